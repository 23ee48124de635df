"""What a package changes: the same futures with and without it, paired (O, F3)."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from typing import Final

import numpy as np

from vallum.campaign import readings
from vallum.campaign.fold import Folded
from vallum.campaign.plan import Plan, prepare
from vallum.results import Difference, Label, Result, difference
from vallum.scenario.worlds import F64

#: Outcomes whose change is told; days count as happening or not.
TOLD: Final = (
    "first_empty_battery",
    "first_empty_country",
    "dry_nights",
    "leakers",
    "stopped_share",
    "used",
    "unmet",
    "stock",
    "cost_fired",
    "cost_systems",
)


def beside(plan: Plan, result: Result, again: Callable[..., Folded]) -> Iterator[Difference]:
    """Yield paired differences: of the packages laid over this run, else of those shown beside the scenario."""
    scenario, mine = plan.scenario, result.columns
    if scenario.packages:
        base = again(prepare(scenario.without_packages(), plan.as_of), stage="without the package")
        yield from differences(plan, result, " + ".join(scenario.packages), base.columns, mine, TOLD, unchanged=True)
        return
    for name in scenario.schema.beside:
        other = scenario.with_packages(name)
        made = again(prepare(other, plan.as_of), stage=f"with {name}")
        yield from differences(plan, result, name, mine, made.columns, TOLD, unchanged=True)


def differences(
    plan: Plan,
    result: Result,
    named: str,
    base: Mapping[Label, F64],
    other: Mapping[Label, F64],
    told: Container[str],
    unchanged: bool = False,
) -> Iterator[Difference]:
    """Yield what `other` has and `base` has not, future by future, in the outcomes told.

    unchanged : also what is equal in every future, of the class that the answer is about and of all together:
                a package that changes nothing is told, not passed over
    """
    held = readings.chosen(plan, result)
    for label in sorted(base):
        if label.name in told and not label.reason and not label.asset and label in other:
            pairs = min(len(base[label]), len(other[label]))
            before, after = _values(label, base[label][:pairs]), _values(label, other[label][:pairs])
            always = unchanged and label.threat_class in ("", plan.cast.headline)
            if always or not np.array_equal(before, after, equal_nan=True):
                means = readings.means(plan, held, after - before)
                yield difference(named, label, before, after, means, result.manifest.lucks)


def _values(label: Label, values: F64) -> F64:
    """A day that may never come counts as 1 where it comes."""
    return np.isfinite(values).astype(np.float64) if label.may_be_never else values
