"""Days of all futures together: sums and histograms that merge by adding."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Histogram:
    """Counts of futures by whole value, for every cell of some axes; merged by adding.

    counts : (..., bins); the value of bin b is b * width
    """

    counts: I64
    width: float = 1.0

    def merged(self, other: Histogram) -> Histogram:
        """Add two histograms of the same cells and width."""
        bins = max(self.counts.shape[-1], other.counts.shape[-1])
        return Histogram(_widened(self.counts, bins) + _widened(other.counts, bins), self.width)

    def quantile(self, share: float) -> F64:
        """Smallest value that at least this share of the futures does not pass, nan where there are none."""
        values, reached, before = self._found
        total = np.diff(before, append=reached[-1:].sum())
        wanted = np.ceil(share * total).astype(np.int64)
        place = np.searchsorted(reached, before + wanted).clip(max=max(len(values) - 1, 0))
        index = np.where(wanted > 0, values[place], 0) if len(values) else wanted
        return np.where(total > 0, index * self.width, np.nan).reshape(self.counts.shape[:-1])

    @cached_property
    def _found(self) -> tuple[I64, I64, I64]:
        """What was seen, cell after cell and value after value: the values, the futures up to each of them over all
        cells, and the futures of all cells before each cell.
        """
        flat, bins = self.counts.ravel(), self.counts.shape[-1]
        seen = np.flatnonzero(flat)
        reached, value = np.cumsum(flat[seen]), seen % bins
        first = np.searchsorted(seen, np.arange(0, len(flat), bins))
        return value, reached, np.concatenate([[0], reached])[first]

    def mean(self) -> F64:
        """Mean over futures, nan where there are none."""
        total = self.counts.sum(axis=-1)
        values = self.counts @ (np.arange(self.counts.shape[-1]) * self.width)
        return np.where(total > 0, values / np.maximum(total, 1), np.nan)


def _widened(counts: I64, bins: int) -> I64:
    return np.pad(counts, [(0, 0)] * (counts.ndim - 1) + [(0, bins - counts.shape[-1])])


def histogram(values: I64, width: float = 1.0) -> Histogram:
    """Count whole values over the first axis; negative values are not counted. (F, ...) -> (..., bins)"""
    bins = int(values.max(initial=0)) + 1
    flat = values.reshape(values.shape[0], -1)
    cells = flat.shape[1]
    place = np.arange(cells)[None, :] * bins + flat
    counts = np.bincount(place[flat >= 0], minlength=cells * bins)
    return Histogram(counts.reshape(*values.shape[1:], bins).astype(np.int64, copy=False), width)


@dataclass(frozen=True)
class Daily:
    """What is kept of the days: sums over futures, and histograms.

    stock : midnight x interceptor; launched, stopped, leaked, dry : (D, C) sums over futures;
    dry_futures : (D, C) futures with a dry leaker that night; month_share, month_leaked, month_launched :
    month x class
    """

    stock: Histogram
    launched: I64
    stopped: I64
    leaked: I64
    dry_futures: I64
    month_dry: I64
    month_share: Histogram
    month_leaked: Histogram
    month_launched: Histogram

    def merged(self, other: Daily) -> Daily:
        """Add the days of two blocks of futures."""
        return Daily(
            self.stock.merged(other.stock),
            self.launched + other.launched,
            self.stopped + other.stopped,
            self.leaked + other.leaked,
            self.dry_futures + other.dry_futures,
            self.month_dry + other.month_dry,
            self.month_share.merged(other.month_share),
            self.month_leaked.merged(other.month_leaked),
            self.month_launched.merged(other.month_launched),
        )
