"""Warnings of a run: launches a year that nobody is known to be able to make (R1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from vallum.campaign.plan import Plan
from vallum.raids import DAYS_A_YEAR
from vallum.results import Label
from vallum.scenario.worlds import F64


def warnings(plan: Plan, columns: Mapping[Label, F64]) -> Iterator[str]:
    """Yield a warning for each class whose mean launches a year leave the cited range of output plus stock."""
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
