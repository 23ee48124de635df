"""What has arrived from each source by each day: the table and the chart of `vallum show --supply`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from vallum.results import BAND
from vallum.scenario import schema
from vallum.scenario.worlds import F64, I64

#: Name of the sum of all lines that deliver the same.
ALL_LINES: Final = "all lines"


@dataclass(frozen=True)
class Source:
    """What one line has delivered by the end of each day, over futures. (D,)

    what : name of the interceptor or system; mean, low (5 %), median and high (95 %) of the sum so far
    """

    line: str
    kind: str
    donor: str
    what: str
    is_system: bool
    mean: F64
    low: F64
    median: F64
    high: F64

    @property
    def delivers(self) -> str:
        """What it delivers, in words that tell a system from a round of the same name."""
        return f"{self.what} systems" if self.is_system else self.what

    def by(self, day: int) -> tuple[float, float, float, float]:
        """Mean, 5 %, median and 95 % by the end of a day, counted from 0."""
        mean, low, median, high = (float(column[day]) for column in (self.mean, self.low, self.median, self.high))
        return mean, low, median, high


@dataclass(frozen=True)
class Timeline:
    """Cumulative arrivals by source: line after line in the order of their names, then sums of several lines."""

    start: date
    days: int
    sources: tuple[Source, ...]
    sums: tuple[Source, ...]

    def month_ends(self) -> dict[date, int]:
        """Last day of each month of the campaign, or the campaign's own, with its number from 0."""
        days = [self.start + timedelta(days=day) for day in range(self.days)]
        return {day: k for k, day in enumerate(days) if k + 1 == self.days or days[k + 1].month != day.month}

    def rows(self) -> list[dict[str, str | float]]:
        """One row a source and month: what it has delivered by the month's last day (or the campaign's)."""
        return [_row(source, day, k) for source in (*self.sources, *self.sums) for day, k in self.month_ends().items()]


def _row(source: Source, day: date, at: int) -> dict[str, str | float]:
    about = {"line": source.line, "kind": source.kind, "donor": source.donor, "delivers": source.delivers}
    mean, low, median, high = source.by(at)
    return {**about, "until": day.isoformat(), "mean": mean, "p5": low, "median": median, "p95": high}


def timeline(start: date, days: int, lines: Mapping[str, schema.Line], by_line: Mapping[str, I64]) -> Timeline:
    """Sum up what each line delivers. by_line : (F, D) each"""
    reached = {name: np.cumsum(by_line[name], axis=1) for name in lines}
    sources = tuple(_source(name, line, line.kind, line.donor or name, reached[name]) for name, line in lines.items())
    return Timeline(start, days, sources, tuple(_sums(lines, reached)))


def _sums(lines: Mapping[str, schema.Line], reached: Mapping[str, I64]) -> Iterator[Source]:
    """The sum of the lines that deliver the same, where there are several: a band of a sum is no sum of bands."""
    givers: dict[tuple[str | None, str | None], list[str]] = {}
    for name, line in lines.items():
        givers.setdefault((line.interceptor, line.system), []).append(name)
    for names in givers.values():
        if len(names) > 1:
            yield _source(ALL_LINES, lines[names[0]], "", "", np.sum([reached[name] for name in names], axis=0))


def _source(name: str, line: schema.Line, kind: str, donor: str, reached: I64) -> Source:
    """reached : (F, D) delivered by the end of each day"""
    low, median, high = np.quantile(reached, BAND, axis=0, method="inverted_cdf").astype(np.float64)
    what = line.interceptor or line.system or ""
    return Source(name, kind, donor, what, line.system is not None, reached.mean(axis=0), low, median, high)
