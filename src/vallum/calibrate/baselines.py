"""Naive forecasts to beat, each with a spread fitted to its own past errors, so that none is a mere point (Q6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from vallum.calibrate import counts
from vallum.calibrate.ladder import Ladder
from vallum.calibrate.settings import F64, I64

LAST, MEAN_3, MEAN_12, SEASONAL, CONSTANT = "last", "mean_3", "mean_12", "seasonal", "constant"
BASELINES: Final = (LAST, MEAN_3, MEAN_12, SEASONAL, CONSTANT)
#: The baselines in words.
TITLES: Final = {
    LAST: "last month",
    MEAN_3: "mean of 3 months",
    MEAN_12: "mean of 12 months",
    SEASONAL: "same month a year before",
    CONSTANT: "constant mean",
}
_WINDOWS: Final = {LAST: 1, MEAN_3: 3, MEAN_12: 12}
_YEAR: Final = 12
#: Least number of past errors that a spread is fitted to, where there are any earlier months.
_FEWEST: Final = 4
#: Months after which the constant mean counts as a forecast.
_CONSTANT_FROM: Final = 6
#: A mean of nothing is taken as half a launch, a share of nothing stopped as half a stop.
_HALF: Final = 0.5


@dataclass(eq=False)
class Naive:
    """One baseline for whole months: its means by origin and step, and the spread that its past errors ask for.

    counts : (M, F) what is forecast; of : (M, F) what it is a share of, or nights for counts
    likelihood : log probability of counts (..., F) given `of`, the forecast rate, and the spreads (K,): (K, ..., F)
    An origin is the last whole month known, counted from 0; step 1 is the month after it.
    """

    kind: str
    counts: F64
    of: F64
    spreads: F64
    likelihood: Callable[[F64, F64, F64, F64], F64]
    share: bool = False

    def window(self, origin: int, step: int) -> slice:
        """The months whose mean is the forecast."""
        if self.kind == SEASONAL:
            month = origin + step - _YEAR * -(-step // _YEAR)
            return slice(month, month + 1) if month >= 0 else slice(0, origin + 1)
        if self.kind == CONSTANT:
            return slice(0, origin + 1)
        return slice(max(0, origin + 1 - _WINDOWS[self.kind]), origin + 1)

    def rate(self, origin: int, step: int) -> F64:
        """Forecast launches a night, or share, of the month `step` after the origin. (F,)"""
        key = (origin, step)
        if key not in self._rates:
            part = self.window(origin, step)
            total, of = self.counts[part].sum(axis=0), self.of[part].sum(axis=0)
            if self.share:
                self._rates[key] = (total + _HALF) / (of + 2.0 * _HALF)
            else:
                self._rates[key] = np.maximum(total, _HALF) / of
        return self._rates[key]

    @cached_property
    def _rates(self) -> dict[tuple[int, int], F64]:
        return {}

    def spread(self, origin: int, step: int) -> F64:
        """The spread of greatest likelihood for errors of this step that are known at the origin. (F,)"""
        earliest = {SEASONAL: _YEAR - 1, CONSTANT: _CONSTANT_FROM - 1}.get(self.kind, _WINDOWS.get(self.kind, 1) - 1)
        last = origin - step
        first = max(0, min(earliest, last + 1 - _FEWEST))
        if last < first:
            return np.full(self.counts.shape[1], self.spreads[len(self.spreads) // 2])
        total = np.sum([self._past(past, step) for past in range(first, last + 1)], axis=0)
        best: I64 = np.argmax(total, axis=0)
        return np.asarray(self.spreads[best])

    def _past(self, origin: int, step: int) -> F64:
        key = (origin, step)
        if key not in self._errors:
            month = origin + step
            self._errors[key] = self.likelihood(
                self.counts[month], self.of[month], self.rate(origin, step), self.spreads[:, None]
            )
        return self._errors[key]

    @cached_property
    def _errors(self) -> dict[tuple[int, int], F64]:
        return {}


def of_counts(kind: str, seen: F64, nights: F64, spreads: F64) -> Naive:
    """A baseline of counts: negative binomial, spread as its size for one night."""
    of = np.broadcast_to(nights[:, None], seen.shape)
    return Naive(kind, seen, of, spreads, _count_likelihood)


def _count_likelihood(seen: F64, nights: F64, rate: F64, spreads: F64) -> F64:
    return counts.log_negative_binomial(seen, nights * rate, nights * spreads)


def of_shares(kind: str, stopped: F64, known: F64, spreads: F64) -> Naive:
    """A baseline of shares: a beta worth `spread` launches around the share of its window."""
    return Naive(kind, stopped, known, spreads, counts.log_beta_binomial, share=True)


def count_cdf(naive: Naive, origin: int, step: int, nights: int, ladder: Ladder) -> F64:
    """Distribution function of the count in so many nights. (F, L)"""
    rate, size = naive.rate(origin, step), naive.spread(origin, naive_step(origin, step))
    return counts.negative_binomial_cdf(ladder.places, nights * rate, nights * size)


def share_cells(naive: Naive, origin: int, step: int, edges: F64) -> F64:
    """Chance of each cell of the share. (F, cells)"""
    return counts.beta_cells(edges, naive.rate(origin, step), naive.spread(origin, naive_step(origin, step)))


def naive_step(origin: int, step: int) -> int:
    """The step whose past errors stand for this one: itself, or the longest that has any."""
    return min(step, max(1, origin))
