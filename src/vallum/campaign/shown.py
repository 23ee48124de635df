"""Which outcomes an answer lists: those asked for, or all that the scenario has (O)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from vallum.campaign.plan import Plan
from vallum.errors import ScenarioError
from vallum.results import Label, Outcome, outcome
from vallum.scenario import schema
from vallum.scenario.worlds import F64


def shown(
    plan: Plan,
    columns: Mapping[Label, F64],
    lucks: int = 1,
    only: Callable[[Label], bool] = bool,
    distributions: bool = True,
) -> tuple[Outcome, ...]:
    """Return the outcomes to list, sorted by name and what they are about.

    lucks         : so many futures in a row share one world (F1)
    only          : whether an outcome is wanted at all; default each is
    distributions : tell also how many futures showed each value, where there are few
    """
    wishes = plan.scenario.schema.outcomes
    chosen: dict[Label, F64] = {} if wishes else dict(columns)
    for wish in wishes:
        chosen |= _wished(plan, columns, wish)
    wanted = sorted(filter(only, chosen))
    return tuple(outcome(label, chosen[label], lucks, distributions) for label in wanted)


def _wished(plan: Plan, columns: Mapping[Label, F64], wish: schema.Wish) -> dict[Label, F64]:
    """The columns that a wish names: what it leaves open may be anything."""
    asked = {
        "threat_class": wish.threat_class,
        "scope": wish.scope if wish.scope in ("anywhere", "national") else None,
        "asset": wish.asset or (wish.scope if wish.scope in plan.cast.assets else None),
        "reason": wish.reason,
        "interceptor": wish.type,
    }
    found = {
        label: values
        for label, values in columns.items()
        if label.name == wish.name
        and all(value is None or getattr(label, key) == value for key, value in asked.items())
    }
    if not found:
        raise ScenarioError(f"outcomes: {_missing(columns, wish)}")
    if wish.by is None:
        return found
    night = int(plan.worlds(0, range(1)).day(wish.by, 0)[0]) + 1
    return {_by(label, night): (values <= night).astype(np.float64) for label, values in found.items()}


def _missing(columns: Mapping[Label, F64], wish: schema.Wish) -> str:
    """Why a wish finds nothing: there is no such outcome, or none about this."""
    names = sorted({label.name for label in columns})
    if wish.name not in names:
        return f"{wish.name} is not an outcome of this scenario; it has: {', '.join(names)}"
    about = [str(label) for label in sorted(columns) if label.name == wish.name]
    return f"{wish.name} is not told about that; there are: {', '.join(about)}"


def _by(label: Label, night: int) -> Label:
    """The label of `happens by this night`."""
    return Label(f"{label.name}_by_{night}", "probability", label.threat_class, label.scope, label.asset)
