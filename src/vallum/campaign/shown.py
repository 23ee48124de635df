"""Which outcomes an answer lists: those asked for, or all that the scenario has (O)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

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

    Columns are unpacked one after the other: together they would be far larger than all else that a run keeps.
    lucks         : so many futures in a row share one world (F1)
    only          : whether an outcome is wanted at all; default each is
    distributions : tell also how many futures showed each value, where there are few
    """
    wishes = plan.scenario.schema.outcomes
    chosen = {} if wishes else {label: Source(label) for label in columns}
    for wish in wishes:
        chosen |= _wished(plan, columns, wish)
    wanted = sorted(filter(only, chosen))
    return tuple(outcome(label, chosen[label].values(columns), lucks, distributions) for label in wanted)


class Source(NamedTuple):
    """Where a listed outcome is taken from: a column, or whether its night comes by this one."""

    column: Label
    night: int | None = None

    def values(self, columns: Mapping[Label, F64]) -> F64:
        """The outcome in each future. (F,)"""
        values = columns[self.column]
        return values if self.night is None else (values <= self.night).astype(np.float64)


def _wished(plan: Plan, columns: Mapping[Label, F64], wish: schema.Wish) -> dict[Label, Source]:
    """The outcomes that a wish names: what it leaves open may be anything."""
    asked = {
        "threat_class": wish.threat_class,
        "scope": wish.scope if wish.scope in ("anywhere", "national") else None,
        "asset": wish.asset or (wish.scope if wish.scope in plan.cast.assets else None),
        "reason": wish.reason,
        "interceptor": wish.type,
    }
    found = [
        label
        for label in columns
        if label.name == wish.name
        and all(value is None or getattr(label, key) == value for key, value in asked.items())
    ]
    if not found:
        raise ScenarioError(f"outcomes: {_missing(columns, wish)}")
    if wish.by is None:
        return {label: Source(label) for label in found}
    night = int(plan.worlds(0, range(1)).day(wish.by, 0)[0]) + 1
    return {_by(label, night): Source(label, night) for label in found}


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
