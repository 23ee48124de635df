"""The calendar of the campaign: days from its start, and months by the calendar, of 28 to 31 days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

import numpy as np

from vallum.scenario import schema
from vallum.scenario.worlds import F64, I64, Worlds
from vallum.terms import NEVER

#: What a sum of shares may fall short of a whole (a round, a day) by rounding.
SLACK: Final = 1e-9


@dataclass(frozen=True)
class Clock:
    """Turns days into months and back; day 0 is the start of the campaign.

    A position is a number of months since the first of the starting month: 15 November stands at 14/30
    of its month. A day of a short month is a larger part of it than a day of a long one.
    """

    start: date
    days: int

    @cached_property
    def midnights(self) -> F64:
        """Position of each midnight: day d lies between midnights d and d + 1. (D + 1,)"""
        return self.months(np.arange(self.days + 1))

    def months(self, day: I64) -> F64:
        """Position of the beginning of a day."""
        dates = np.datetime64(self.start, "D") + day.astype("timedelta64[D]")
        month = dates.astype("datetime64[M]")
        inside = (dates - month.astype("datetime64[D]")).astype(np.int64)
        return np.asarray(self._since(month) + inside / _length(month), np.float64)

    def day(self, position: F64) -> I64:
        """Day on which a position lies; NEVER at most."""
        capped = np.minimum(position, self.months(np.array([NEVER])))
        whole = np.floor(capped + SLACK)
        month = np.datetime64(self.start, "M") + whole.astype(np.int64).astype("timedelta64[M]")
        inside = np.floor(np.maximum(capped - whole, 0.0) * _length(month) + SLACK).astype(np.int64)
        first = (month.astype("datetime64[D]") - np.datetime64(self.start, "D")).astype(np.int64)
        return np.asarray(np.minimum(first + inside, NEVER), np.int64)

    def after(self, worlds: Worlds, day: I64, wait: schema.After | None) -> I64:
        """Day that lies so many days or months after another."""
        if wait is None:
            return day
        if wait.months is not None:
            return self.day(self.months(day) + worlds.value(wait.months, 0.0))
        return np.asarray(np.minimum(day + _whole_days(worlds.value(wait.days, 0.0)), NEVER), np.int64)

    def elapsed(self, start: I64, end: I64) -> F64:
        """Months of [start, end) that have gone by at each midnight since the campaign began. (W, D + 1)"""
        low, high = self.months(start)[:, None], self.months(end)[:, None]
        gone = np.clip(self.midnights[None, :], low, np.maximum(low, high))
        return np.asarray(gone - gone[:, :1])

    def within(self, start: I64, end: I64) -> Any:
        """Whether each day lies in [start, end). (W, D)"""
        day = np.arange(self.days)[None, :]
        return (day >= start[:, None]) & (day < end[:, None])

    def _since(self, month: Any) -> F64:
        return np.asarray((month - np.datetime64(self.start, "M")).astype(np.int64), np.float64)


def _length(month: Any) -> F64:
    """Days in each month."""
    following = (month + np.timedelta64(1, "M")).astype("datetime64[D]")
    return np.asarray((following - month.astype("datetime64[D]")).astype(np.int64), np.float64)


def _whole_days(days: F64) -> I64:
    return np.floor(np.minimum(days, NEVER) + 0.5).astype(np.int64)
