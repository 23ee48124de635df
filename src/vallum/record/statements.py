"""The daily and cumulative statements of the Ministry of Defence of the United Arab Emirates, March 2026."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from vallum.record import cells, notes, regimes
from vallum.record.cells import Moment
from vallum.record.findings import NOTED, READ, Reading
from vallum.record.notes import Notes
from vallum.record.sheet import Row, Sheet
from vallum.record.table import NATIONAL, Entry, time_zone

KIND: Final = "uae"
ZONE: Final = "Asia/Dubai"
LICENCE: Final = (
    "Counts stated by the Ministry of Defence of the United Arab Emirates, from public reports cited row by row: "
    "facts, to be cited with their source."
)


@dataclass(frozen=True)
class _Weapon:
    """Columns of one kind of threat; *lost* is what fell into the sea, *landed* what fell on land."""

    label: str
    family: str
    detected: str
    destroyed: str
    lost: str = ""
    landed: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Its daily columns."""
        return tuple(name for name in (self.detected, self.destroyed, self.lost, self.landed) if name)


_WEAPONS: Final = (
    _Weapon("ballistic missiles", "ballistic", "bm_detected", "bm_destroyed", "bm_fell_sea", "bm_fell_land"),
    _Weapon("drones", "drone_oneway", "drones_detected", "drones_intercepted", "", "drones_fell_land"),
    _Weapon("cruise missiles", "cruise", "cm_detected", "cm_destroyed"),
)
_CUMULATIVE: Final = "cum_"
REQUIRED: Final = ("date", *(f"{lead}{name}" for lead in ("", _CUMULATIVE) for w in _WEAPONS for name in w.columns),
                   "basis", "source")  # fmt: skip


@dataclass(frozen=True)
class _Counts:
    """Counts of one kind of threat; None: not stated."""

    detected: int | None = None
    destroyed: int | None = None
    lost: int | None = None
    landed: int | None = None

    @property
    def whole(self) -> bool:
        """Whether the outcomes are stated."""
        return self.detected is not None and self.destroyed is not None

    def less(self, other: _Counts) -> _Counts:
        """What is left after another count; what is stated in neither stays open."""
        return _Counts(*(_less(mine, its) for mine, its in zip(self._all, other._all, strict=True)))

    @property
    def _all(self) -> tuple[int | None, ...]:
        return (self.detected, self.destroyed, self.lost, self.landed)

    @property
    def is_nothing(self) -> bool:
        """Whether none was detected and none had an outcome."""
        return not any(self._all)

    @property
    def is_negative(self) -> bool:
        """Whether some count fell."""
        return any(number is not None and number < 0 for number in self._all)


@dataclass(frozen=True)
class _Statement:
    row: Row
    day: date
    daily: _Counts
    total: _Counts


def read(sheet: Sheet, label: str) -> tuple[list[Entry], Reading]:
    """Read the statements: a row for each window between two of them. Raises RecordError with every problem.

    Rows come from differences of the cumulative counts, so that they add up to them. A statement without
    outcomes waits for the next one with them; where none comes, the outcome stays unknown.
    """
    found = Notes()
    missing = [name for name in REQUIRED if name not in sheet.header]
    sheet.refuse([f":1: the column {name} is missing; take the whole table of statements" for name in missing])
    entries = [entry for weapon in _WEAPONS for entry in _Windows(weapon, found).read(sheet.rows)]
    for entry in entries:
        notes.refuse_impossible(entry, found)
    notes.refuse_far_nights(entries, found)
    sheet.refuse(found.problems)
    notes.note_numbers(entries, found)
    return entries, notes.reading(sheet, KIND, entries, found, label)


class _Windows:
    """The windows of one kind of threat, statement by statement."""

    def __init__(self, weapon: _Weapon, found: Notes) -> None:
        self._weapon = weapon
        self._found = found
        self._begin: date = regimes.packaged(KIND)[0].start
        #: Counts and day of the last statement with outcomes, and of the last of any sort.
        self._settled, self._settled_day = _Counts(0, 0, 0, 0), self._begin - timedelta(days=1)
        self._seen, self._seen_day = 0, self._settled_day
        self._waiting: list[Entry] = []
        self._made: list[Entry] = []

    def read(self, rows: Sequence[Row]) -> list[Entry]:
        """The entries, in the order of the statements."""
        for row in rows:
            at = self._found.take(row, "date", cells.moment, None)
            if at is None:
                continue
            self._hear(_Statement(row, at.day, self._counts(row, ""), self._counts(row, _CUMULATIVE)))
        return sorted((*self._made, *self._waiting), key=lambda entry: entry.row)

    def _counts(self, row: Row, lead: str) -> _Counts:
        weapon = self._weapon
        names = (weapon.detected, weapon.destroyed, weapon.lost, weapon.landed)
        return _Counts(*(self._found.take(row, lead + name, cells.count, None) if name else None for name in names))

    def _hear(self, said: _Statement) -> None:
        if said.day < self._seen_day:
            self._found.problem(said.row.number, f"column date is {said.day}, before the row above; sort by date")
        elif said.total.whole:
            self._settle(said)
        elif said.total.detected is not None:
            self._wait(said, said.total.detected - self._seen)
        elif said.daily.detected is not None:
            self._wait(said, said.daily.detected, alone=True)

    def _wait(self, said: _Statement, launched: int, alone: bool = False) -> None:
        """Keep launches without outcomes; *alone*: of that day only, without a cumulative count."""
        if launched < 0:
            self._refuse_falling(said)
            return
        after = said.day if alone else self._after(self._seen_day, said.day)
        self._waiting.append(self._entry(said.row.number, after, said.day, _Counts(launched)))
        self._seen, self._seen_day = self._seen + launched, said.day

    def _settle(self, said: _Statement) -> None:
        """Outcomes are stated to this day: they settle what waited, and this day apart where it is stated."""
        since = said.total.less(self._settled)
        daily = said.daily if said.daily.whole else since
        before = since.less(daily)
        if since.is_negative or before.is_negative:
            self._refuse_falling(said)
            return
        if not before.is_nothing:
            row = self._waiting[-1].row if self._waiting else said.row.number
            end = self._waiting[-1].night if self._waiting else said.day - timedelta(days=1)
            self._made.append(self._entry(row, self._after(self._settled_day, end), end, before))
            daily_from = said.day
        else:
            daily_from = self._after(self._settled_day, said.day)
        self._made.append(self._entry(said.row.number, daily_from, said.day, daily))
        self._note_sum(said)
        self._waiting = []
        self._settled, self._settled_day = said.total, said.day
        self._seen, self._seen_day = said.total.detected or 0, said.day

    def _refuse_falling(self, said: _Statement) -> None:
        self._found.problem(
            said.row.number,
            f"{self._weapon.label}: the cumulative count is lower than the statements before it add up to; correct it",
        )

    def _note_sum(self, said: _Statement) -> None:
        total = said.total
        if total.landed is not None and total.detected != (total.destroyed or 0) + (total.lost or 0) + total.landed:
            what = f"{self._weapon.label}: destroyed, sea and land do not add up to detected"
            self._found.add(NOTED, what, said.row.number)

    def _after(self, before: date, day: date) -> date:
        return min(before + timedelta(days=1), day)

    def _entry(self, row: int, start: date, end: date, counts: _Counts) -> Entry:
        zone = time_zone(ZONE)
        if start < end:
            what = "cumulative counts of several days: one window, one row"
            self._found.add(READ, what, row, counts.detected)
        return Entry(
            row=row, night=end, start=Moment(start, None).start(zone), end=Moment(end, None).end(zone),
            start_given=False, end_given=False, label=self._weapon.label, family=self._weapon.family,
            found_by="label", scope=NATIONAL, regime=regimes.regime_of(regimes.packaged(KIND), end),
            launched=counts.detected, destroyed=counts.destroyed, lost=counts.lost,
            target="United Arab Emirates", source="Ministry of Defence",
        )  # fmt: skip


def _less(mine: int | None, its: int | None) -> int | None:
    return None if mine is None else mine - (its or 0)
