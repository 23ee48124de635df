"""The night table of a record: launches by night and threat class, as `replay` and `resample` read it (R1)."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import polars as pl

from vallum.record import cells
from vallum.record.kinds import Labels, families
from vallum.record.table import Record
from vallum.terms import PRIORITY

_HALF: Final = 0.5
_MONTHS: Final = 12
_Table = dict[tuple[date, str], int]


def class_nights(record: Record, until: date | None = None) -> pl.DataFrame:
    """Launches of every night and threat class (W2) of the national rows up to `until`.

    A number that holds several classes is split by its published split where there is one, else in the
    proportion of that month's unmixed launches of the classes (of the twelve months before where there are none,
    else half and half), in whole numbers that keep the month's sum. Families without a class (unknown missiles,
    bombs, mixed drones) and rows without a number are left out. Returns a frame (night, class, launched), zeros
    written out.
    """
    cut = record.until(until) if until is not None else record
    rows = cut.rows().filter(pl.col("launched").is_not_null()).sort("night", maintain_order=True)
    table = _launched(rows)
    nights = [cut.first + timedelta(days=k) for k in range((cut.last - cut.first).days + 1)]
    known = {name for _, name in table}
    classes = [name for name in PRIORITY if name in known]
    made = [(night, name, table.get((night, name), 0)) for night in nights for name in classes]
    return pl.DataFrame(made, schema={"night": pl.Date, "class": pl.String, "launched": pl.Int64}, orient="row")


def night_table(record: Record, until: date | None = None) -> str:
    """The night table as CSV text; lines that start with # say where it is from."""
    nights = class_nights(record, until)
    head = [
        f"# Launches by night and class, from the national rows of the record {record.name!r}",
        f"# (source sha256 {record.reading.sha256}). Nights without a report are zeros.",
        *(f"# {line}" for line in record.licence.splitlines()),
    ]
    return "\n".join([*head, nights.write_csv().rstrip("\n")]) + "\n"


def _launched(rows: pl.DataFrame) -> _Table:
    table: _Table = defaultdict(int)
    shares = _Shares(rows)
    for night, family, launched, details in rows.select("night", "family", "launched", "details").iter_rows():
        for name, part in shares.split(night, family, launched, details):
            table[night, name] += part
    return table


class _Shares:
    """Splits numbers that hold several classes; running totals within a month follow the month's share."""

    def __init__(self, rows: pl.DataFrame) -> None:
        self._labels = Labels()
        self._plain: Counter[tuple[str, str]] = Counter()
        self._running: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
        for night, family, launched in rows.select("night", "family", "launched").iter_rows():
            classes = families()[family].classes
            if len(classes) == 1:
                self._plain[_month(night), classes[0]] += launched

    def split(self, night: date, family: str, launched: int, details: str) -> Sequence[tuple[str, int]]:
        """Launches by class of one row."""
        classes = families()[family].classes
        if len(classes) <= 1:
            return [(name, launched) for name in classes]
        published = self._published(details, launched)
        if published is not None:
            return published
        first, second = classes
        key = (_month(night), family)
        total, given = self._running[key]
        now = int(self._share(key[0], first, second) * (total + launched) + _HALF)
        self._running[key] = (total + launched, now)
        return [(first, now - given), (second, launched - now + given)]

    def _share(self, month: str, first: str, second: str) -> float:
        for months in ([month], _year_before(month)):
            one, other = (sum(self._plain[name, part] for name in months) for part in (first, second))
            if one + other:
                return one / (one + other)
        return _HALF

    def _published(self, details: str, launched: int) -> Sequence[tuple[str, int]] | None:
        """The split that the report gives, if each part is of one class and the parts add up."""
        split = json.loads(details) if details else {}
        if not split or cells.total(split) != launched:
            return None
        parts = [(families()[self._labels.find(label).family].classes, number) for label, number in split.items()]
        if any(len(classes) != 1 or not isinstance(number, int) for classes, number in parts):
            return None
        return [(classes[0], number) for classes, number in parts]


def _month(night: date) -> str:
    return f"{night:%Y-%m}"


def _year_before(month: str) -> list[str]:
    """The twelve months before a month.

    >>> _year_before("2026-02")[0], _year_before("2026-02")[-1]
    ('2025-02', '2026-01')
    """
    end = int(month[:4]) * _MONTHS + int(month[5:]) - 1
    return [f"{number // _MONTHS:04d}-{number % _MONTHS + 1:02d}" for number in range(end - _MONTHS, end)]
