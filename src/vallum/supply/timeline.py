"""What has arrived from each source by each day: the table and the chart of `vallum show --supply`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from vallum.results.outcomes import BAND
from vallum.scenario import schema
from vallum.scenario.worlds import F64, I64


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


@dataclass(frozen=True)
class Timeline:
    """Cumulative arrivals by source, line after line in the order of their names."""

    start: date
    sources: tuple[Source, ...]

    def days(self) -> list[date]:
        """The day that each value belongs to."""
        length = len(self.sources[0].mean) if self.sources else 0
        return [self.start + timedelta(days=day) for day in range(length)]

    def rows(self) -> list[dict[str, str | float]]:
        """One row a line and month: what it has delivered by the month's last day (or the campaign's)."""
        days = self.days()
        last = [k for k, day in enumerate(days) if k + 1 == len(days) or days[k + 1].month != day.month]
        return [_row(source, days[k], k) for source in self.sources for k in last]


def _row(source: Source, day: date, at: int) -> dict[str, str | float]:
    return {
        "line": source.line,
        "kind": source.kind,
        "donor": source.donor,
        "delivers": source.what,
        "until": day.isoformat(),
        "mean": float(source.mean[at]),
        "p5": float(source.low[at]),
        "median": float(source.median[at]),
        "p95": float(source.high[at]),
    }


def timeline(start: date, lines: Mapping[str, schema.Line], by_line: Mapping[str, I64]) -> Timeline:
    """Sum up what each line delivers. by_line : (F, D)"""
    return Timeline(start, tuple(_source(name, line, by_line[name]) for name, line in lines.items()))


def _source(name: str, line: schema.Line, landed: I64) -> Source:
    reached = np.cumsum(landed, axis=1)
    low, median, high = np.quantile(reached, BAND, axis=0, method="inverted_cdf").astype(np.float64)
    what = line.interceptor or line.system or ""
    mean = reached.mean(axis=0)
    return Source(name, line.kind, line.donor or name, what, line.system is not None, mean, low, median, high)
