"""Warnings of a run: launches that nobody can make, batteries beyond a table, systems without a price (R1, W5, O)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from vallum.campaign.plan import Plan
from vallum.raids import DAYS_A_YEAR
from vallum.results import Label
from vallum.scenario.worlds import F64


def warnings(plan: Plan, columns: Mapping[Label, F64]) -> Iterator[str]:
    """Yield what a reader of the answer should know before its numbers."""
    yield from _launches(plan, columns)
    yield from plan.defence.warnings()
    yield from _unpriced(plan, columns)


def _launches(plan: Plan, columns: Mapping[Label, F64]) -> Iterator[str]:
    """Each class whose mean launches a year leave the cited range of output plus stock."""
    worlds = plan.worlds(0, range(1))
    for name, made in plan.cast.fixed.classes.items():
        if made.yearly_range is None:
            continue
        label = next(x for x in columns if x.name == "launched" and x.threat_class == name)
        yearly = float(np.mean(columns[label])) * DAYS_A_YEAR / plan.days
        low, high = (float(worlds.value(end, 0.0)[0]) for end in (made.yearly_range.low, made.yearly_range.high))
        if not low <= yearly <= high:
            yield (
                f"{name}: {yearly:,.0f} launches a year on average; the cited range of output plus stock is "
                f"{low:,.0f} to {high:,.0f} (R1)"
            )


def _unpriced(plan: Plan, columns: Mapping[Label, F64]) -> Iterator[str]:
    """Systems with a magazine that `cost_systems` leaves out, for they have no unit cost."""
    fielded = dict.fromkeys(plan.defence.batteries[b].system for b in plan.defence.armed)
    free = [name for name in fielded if plan.cast.fixed.systems[name].unit_cost is None]
    if free and any(label.name == "cost_systems" for label in columns):
        yield f"cost_systems leaves out {', '.join(free)}: no unit_cost is given (O)"
