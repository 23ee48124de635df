"""The record as counts of whole months up to a cut-off, and the stretches of nights that a forecast is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

import numpy as np

from vallum import record as records
from vallum.calibrate.settings import F64, settings
from vallum.errors import RecordError

GROUPS: Final = ("all_ballistic", "all_ballistic_with_sam", "missiles")
#: Sums whose large nights are counted.
LARGE: Final = ("all_ballistic", "all_ballistic_with_sam")
_LEFT_OUT: Final = ("uav_other", "unresolved")
_DAYS_A_MONTH: Final = 30.4375
_MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True)
class Stretch:
    """Nights from `first` to `last`, both counted: a calendar month or a part of one."""

    first: date
    last: date

    @property
    def nights(self) -> int:
        """How many nights."""
        return (self.last - self.first).days + 1

    @property
    def middle(self) -> float:
        """Its middle, in months from the beginning of the calendar."""
        return (self.first.toordinal() + 0.5 * self.nights) / _DAYS_A_MONTH

    @property
    def whole(self) -> bool:
        """Whether it is a whole calendar month."""
        return self.first.day == 1 and (self.last + timedelta(days=1)).day == 1


@dataclass(frozen=True, eq=False)
class Series:
    """Counts by stretch and family up to a cut-off; nothing later is in it.

    stretches: (T,) months in order, the first and last may be parts; families: (F,)
    launched, stopped, known : (T, F); large : (T, G) nights with at least `large_night` of the sums LARGE
    """

    name: str
    stretches: tuple[Stretch, ...]
    families: tuple[str, ...]
    launched: F64
    stopped: F64
    known: F64
    large: F64

    @property
    def cutoff(self) -> date:
        """The last night that is used."""
        return self.stretches[-1].last

    @cached_property
    def whole(self) -> tuple[int, ...]:
        """Places of the whole months."""
        return tuple(k for k, stretch in enumerate(self.stretches) if stretch.whole)

    @cached_property
    def nights(self) -> F64:
        """Nights of each stretch. (T,)"""
        return np.array([stretch.nights for stretch in self.stretches], np.float64)

    def until(self, last: date) -> Series:
        """The series up to a stretch that ends on or before a day."""
        count = sum(stretch.last <= last for stretch in self.stretches)
        parts = (part[:count] for part in (self.launched, self.stopped, self.known, self.large))
        return Series(self.name, self.stretches[:count], self.families, *parts)

    def together(self, names: Sequence[str], called: str) -> Series:
        """The series of one family: the sum of several. Its large nights are not known, and nought."""
        place = [self.families.index(name) for name in names]
        launched, stopped, known = (
            part[:, place].sum(axis=1, keepdims=True) for part in (self.launched, self.stopped, self.known)
        )
        return Series(self.name, self.stretches, (called,), launched, stopped, known, np.zeros_like(self.large))


def families() -> tuple[str, ...]:
    """Families that are forecast: the packaged table without front-line drones and unresolved labels, and sums."""
    return (*(name for name in records.families() if name not in _LEFT_OUT), *GROUPS)


def series(record: records.Record, until: date | None = None, regional: bool = False) -> Series:
    """Counts of a record by month. Raises RecordError where it is too short to learn from."""
    names = families()
    cut = record.until(until) if until is not None else record
    nights = records.nightly(cut, families=names, regional=regional)
    days = nights["night"].unique().sort().to_list()
    counts = {name: _table(nights[name].to_numpy(), len(names)) for name in ("launched", "stopped", "known")}
    stretches = months(days[0], days[-1])
    if sum(stretch.whole for stretch in stretches) <= settings().first_origin:
        raise RecordError(
            f"the record {record.name!r} runs from {days[0]} to {days[-1]}; a fit needs more than "
            f"{settings().first_origin} whole months"
        )
    starts = [(stretch.first - days[0]).days for stretch in stretches]
    place = [names.index(name) for name in LARGE]
    large = (counts["launched"][:, place] >= settings().large_night).astype(np.float64)
    summed = {name: np.add.reduceat(part, starts, axis=0) for name, part in counts.items()}
    return Series(record.name, stretches, names, **summed, large=np.add.reduceat(large, starts, axis=0))


def _table(column: object, width: int) -> F64:
    return np.asarray(column, np.float64).reshape(-1, width)


def months(first: date, last: date) -> tuple[Stretch, ...]:
    """Calendar months from one day to another, the first and the last as far as they go."""
    made, start = [], first
    while start <= last:
        following = _month_after(start)
        made.append(Stretch(start, min(last, following - timedelta(days=1))))
        start = following
    return tuple(made)


def targets(cutoff: date, horizon: int) -> tuple[Stretch, ...]:
    """Stretches after a cut-off, by calendar month, for so many months.

    >>> [f"{part.first} {part.last}" for part in targets(date(2025, 12, 7), 1)]
    ['2025-12-08 2025-12-31', '2026-01-01 2026-01-07']
    """
    return months(cutoff + timedelta(days=1), _same_day(cutoff, horizon))


def _same_day(day: date, later: int) -> date:
    """The same day of a later month, or its last one; the end of a month leads to the end of a month."""
    number = day.year * _MONTHS_A_YEAR + day.month - 1 + later
    first = date(number // _MONTHS_A_YEAR, number % _MONTHS_A_YEAR + 1, 1)
    last = _month_after(first) - timedelta(days=1)
    ends = (day + timedelta(days=1)).day == 1
    return last if ends else first.replace(day=min(day.day, last.day))


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def months_between(first: date, second: date) -> int:
    """Calendar months from one day's month to another's."""
    return (second.year - first.year) * _MONTHS_A_YEAR + second.month - first.month


def names(stretches: Sequence[Stretch]) -> list[str]:
    """The months in words: 2025-12, or 2025-12-08/31 for a part."""
    return [f"{s.first:%Y-%m}" if s.whole else f"{s.first}/{s.last:%d}" for s in stretches]
