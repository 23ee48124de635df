"""The typed table of a record, and the record itself: what every later question reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from vallum.errors import RecordError
from vallum.record.cells import microseconds
from vallum.record.findings import Reading
from vallum.record.regimes import Regime

NATIONAL: Final = "national"
REGIONAL: Final = "regional"


@dataclass(frozen=True)
class Entry:
    """One number of the record: one weapon label in one report.

    row            row in the file, the header is 1
    night          the date it counts for: the day of the end of its window, local time
    start, end     the window, aware; where the hour is not given, the beginning and the end of the day
    start_given, end_given   whether the hour was given
    label, family, found_by  the label as written, its family, how it was found (label, spelling, parts, name, or empty)
    scope          national or regional
    regime         reporting regime of the night
    launched       None: not given
    destroyed      reported destroyed; None: outcome not given
    lost           reported as not reaching the target; None: not reported, which is no zero
    airborne       still in the air when the report was written; part of launched
    left_airspace  drones that left the country's airspace
    shahed         how many of the drones were Shaheds: a count
    places_hit, places_debris   places, not weapons
    details        launched by part, where a number of several labels was split
    """

    row: int
    night: date
    start: datetime
    end: datetime
    start_given: bool
    end_given: bool
    label: str
    family: str
    found_by: str
    scope: str
    regime: str
    launched: int | None
    destroyed: int | None
    lost: int | None
    airborne: int | None = None
    left_airspace: int | None = None
    shahed: int | None = None
    places_hit: int | None = None
    places_debris: int | None = None
    launch_place: str = ""
    target: str = ""
    carrier: str = ""
    source: str = ""
    details: str = ""

    @property
    def stopped(self) -> int | None:
        """Destroyed and lost together, never more than launched; None where launched or outcome is not given."""
        if self.launched is None or self.destroyed is None:
            return None
        return min(self.launched, self.destroyed + (self.lost or 0))

    @property
    def unknown(self) -> int | None:
        """Launches without a published outcome; None where the launches are not given either."""
        if self.launched is None:
            return None
        return self.launched if self.destroyed is None else 0


def schema(zone: str) -> dict[str, Any]:
    """Columns of the table in their order, with their types; times are of the theatre's time zone."""
    count, text = pl.Int32, pl.String
    return {
        "row": count, "night": pl.Date, "start": pl.Datetime("us", zone), "end": pl.Datetime("us", zone),
        "start_given": pl.Boolean, "end_given": pl.Boolean, "label": text, "family": text, "found_by": text,
        "scope": text, "regime": text, "launched": count, "destroyed": count, "lost": count, "stopped": count,
        "unknown": count, "airborne": count, "left_airspace": count, "shahed": count, "places_hit": count,
        "places_debris": count, "launch_place": text, "target": text, "carrier": text, "source": text,
        "details": text,
    }  # fmt: skip


def frame(entries: Iterable[Entry], zone: str) -> pl.DataFrame:
    """The table of the entries, in the order of the file."""
    kept = list(entries)
    columns = schema(zone)
    made: dict[str, pl.Series] = {}
    for name, kind in columns.items():
        values = [getattr(entry, name) for entry in kept]
        if name in ("start", "end"):
            since = pl.Series(name, [microseconds(value) for value in values], pl.Int64)
            made[name] = since.cast(pl.Datetime("us", "UTC")).dt.convert_time_zone(zone)
        else:
            made[name] = pl.Series(name, values, kind)
    return pl.DataFrame(made)


def time_zone(name: str) -> ZoneInfo:
    """The time zone of a theatre. Raises RecordError where it is not known on this machine."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RecordError(
            f"the time zone {name!r} is not known here; write one like Europe/Kyiv, or: pip install tzdata"
        ) from None


@dataclass(frozen=True, eq=False)
class Record:
    """A record as read: the table, its regimes and marks, the report of its reading, its licence note.

    table : one row for each Entry, columns as in `schema`, in the order of the file
    """

    name: str
    kind: str
    zone: str
    table: pl.DataFrame
    regimes: tuple[Regime, ...]
    reading: Reading
    licence: str
    cutoff: date | None = None

    def until(self, day: date) -> Record:
        """The record as it would be without any row dated after a day. Raises RecordError where none is left."""
        kept = self.table.filter(pl.col("night") <= day)
        if kept.is_empty():
            raise RecordError(f"the record {self.name!r} has no row up to {day}; it begins on {self.first}")
        return replace(self, table=kept, cutoff=min(day, self.last))

    def rows(self, regional: bool = False) -> pl.DataFrame:
        """The national rows, which are for shares and forecasts; with the regional ones if asked."""
        return self.table if regional else self.table.filter(pl.col("scope") == NATIONAL)

    @property
    def first(self) -> date:
        """The first night."""
        return _day(self.table["night"].min())

    @property
    def last(self) -> date:
        """The last night: of the table, or of the cut-off, to which nights without a report count as well."""
        return self.cutoff or _day(self.table["night"].max())


def _day(value: object) -> date:
    assert isinstance(value, date)  # a record is never empty
    return value
