"""Series that stand beside a record and are never modelled: civilian casualties, air-raid sirens."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vallum.errors import RecordError
from vallum.record import cells
from vallum.record.notes import Notes
from vallum.record.sheet import Row, Sheet, read_sheet

CASUALTIES: Final = "casualties"
SIRENS: Final = "sirens"
COLUMNS: Final = {
    CASUALTIES: ("period", "killed", "injured", "note", "published", "source_url"),
    SIRENS: ("source", "region", "month", "alerts", "hours", "longest_h"),
}
_TITLES: Final = {CASUALTIES: "Civilian casualties", SIRENS: "Air-raid alerts"}
_CAVEATS: Final = {
    CASUALTIES: "verified minimum numbers of all causes, not of these weapons alone; months are missing, and old ones "
    "were revised: the newest figure of a period is shown",
    SIRENS: "alerts also sound for aircraft that take off: they measure disruption, not attacks",
}
_PERIOD: Final = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_HOURS: Final = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True)
class Context:
    """A series for the reader of a record. It enters no share, no fit and no forecast.

    rows : casualties: period, killed, injured, published, note; sirens: month, source, regions, alerts, hours
    """

    kind: str
    title: str
    caveat: str
    rows: tuple[Mapping[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        """The series as plain data."""
        return {"kind": self.kind, "title": self.title, "caveat": self.caveat, "rows": [dict(row) for row in self.rows]}


def read_context(path: str | Path) -> Context:
    """Read a series of civilian casualties or of sirens. Raises RecordError with every problem by row."""
    sheet = read_sheet(path)
    kind = next((kind for kind, columns in COLUMNS.items() if set(columns) <= set(sheet.header)), None)
    if kind is None:
        needed = "; ".join(f"{kind}: {', '.join(columns)}" for kind, columns in COLUMNS.items())
        raise RecordError(f"{path}:1: the columns are {', '.join(sheet.header)}; a context has {needed}")
    found = Notes()
    rows = _casualties(sheet, found) if kind == CASUALTIES else _sirens(sheet, found)
    sheet.refuse(found.problems)
    return Context(kind, _TITLES[kind], _CAVEATS[kind], tuple(rows))


def _casualties(sheet: Sheet, found: Notes) -> list[Mapping[str, Any]]:
    """The newest figure of each month or year, months first."""
    newest: dict[str, dict[str, Any]] = {}
    for row in sheet.rows:
        period = found.take(row, "period", _matching(_PERIOD, "write YYYY-MM or YYYY"), "")
        made = {
            "period": period,
            "killed": found.take(row, "killed", cells.count, None),
            "injured": found.take(row, "injured", cells.count, None),
            "published": row.cells["published"].strip(),
            "note": row.cells["note"].strip(),
        }
        if period not in newest or newest[period]["published"] <= made["published"]:
            newest[period] = made
    return sorted(newest.values(), key=lambda made: (len(made["period"]) == len("2022"), made["period"]))


def _sirens(sheet: Sheet, found: Notes) -> list[Mapping[str, Any]]:
    """Sums over regions by month and source."""
    sums: dict[tuple[str, str], list[tuple[int, float]]] = defaultdict(list)
    for row in sheet.rows:
        month = found.take(row, "month", _matching(_MONTH, "write YYYY-MM"), "")
        sums[month, row.cells["source"].strip()].append(
            (found.take(row, "alerts", cells.count, None) or 0, _hours(row, found))
        )
    return [
        {
            "month": month,
            "source": source,
            "regions": len(parts),
            "alerts": sum(alerts for alerts, _ in parts),
            "hours": round(sum(hours for _, hours in parts), 1),
        }
        for (month, source), parts in sorted(sums.items())
    ]


def _hours(row: Row, found: Notes) -> float:
    return float(found.take(row, "hours", _matching(_HOURS, "a number of hours is needed"), "0"))


def _matching(pattern: re.Pattern[str], way: str) -> Any:
    def parsed(text: str) -> str:
        if pattern.fullmatch(text.strip()) is None:
            raise ValueError(way)
        return text.strip()

    return parsed
