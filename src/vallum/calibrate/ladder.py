"""Distribution functions kept on a ladder of places: quantiles, scores and coverage of any number of them at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from vallum.calibrate.settings import F64, I64

#: Distribution functions are compared to this many digits, so that the last bit of a library changes nothing.
_DIGITS = 10


@dataclass(frozen=True, eq=False)
class Ladder:
    """Places at which a distribution function F is kept; between two of them it runs straight.

    places : (L,) rising from 0. Whole: F(k) is meant at every whole number k, 0 below the first. Not whole: F is
    a continuous function with a jump at the first place.
    All methods take `cdf` (..., L).
    """

    places: F64
    whole: bool

    @cached_property
    def _widths(self) -> F64:
        return np.diff(self.places)

    def _sums(self, start: F64, slope: F64, length: F64) -> F64:
        """Sum (whole) or integral of (start + slope j)**2 over j from 0 to length."""
        first, second = length * length / 2.0, length**3 / 3.0
        if self.whole:
            first, second = length * (length - 1.0) / 2.0, (length - 1.0) * length * (2.0 * length - 1.0) / 6.0
        return np.asarray(length * start**2 + 2.0 * start * slope * first + slope**2 * second)

    def crps(self, cdf: F64, seen: F64) -> F64:
        """Continuous ranked probability score, in the unit of the places: sum of (F(x) - 1[x >= seen])**2 (Q6). (...)

        Source: Matheson & Winkler 1976; on whole numbers the ranked probability score of Epstein 1969.
        """
        start, slope = cdf[..., :-1], np.diff(cdf) / self._widths
        below = self._sums(start, slope, self._widths)
        above = self._sums(1.0 - start, -slope, self._widths)
        rung = self._rung(seen)[..., None]
        column = np.arange(len(self._widths))
        total = np.where(column < rung, below, np.where(column > rung, above, 0.0)).sum(axis=-1)
        at, a, b, width = (self._take(part, rung) for part in (self.places[:-1], start, slope, self._widths))
        cut = np.clip(seen - at, 0.0, width)
        middle = a + b * cut
        return np.asarray(total + self._sums(a, b, cut) + self._sums(1.0 - middle, -b, width - cut))

    def _rung(self, seen: F64) -> I64:
        return np.clip(np.searchsorted(self.places, seen, side="right") - 1, 0, len(self._widths) - 1)

    @staticmethod
    def _take(part: F64, rung: I64) -> F64:
        shape = np.broadcast_shapes(part.shape[:-1], rung.shape[:-1])
        full = np.broadcast_to(part, (*shape, part.shape[-1]))
        return np.take_along_axis(full, np.broadcast_to(rung, (*shape, 1)), axis=-1)[..., 0]

    def value(self, cdf: F64, at: F64) -> F64:
        """F at a place; 0 below the first. (...)"""
        rung = self._rung(at)
        left, right = self._take(cdf, rung[..., None]), self._take(cdf, rung[..., None] + 1)
        part = np.clip((at - self.places[rung]) / self._widths[rung], 0.0, 1.0)
        return np.where(at < self.places[0], 0.0, left + part * (right - left))

    def span(self, cdf: F64, seen: F64) -> tuple[F64, F64]:
        """F just below what was seen, and at it: the stretch that its probability integral transform is spread over.

        Source: Czado, Gneiting & Held 2009, Biometrics 65(4).
        """
        at = self.value(cdf, seen)
        below = self.value(cdf, seen - 1.0) if self.whole else np.where(seen <= self.places[0], 0.0, at)
        return below, at

    @cached_property
    def _rung_of_sums(self) -> I64:
        """Rung of the sum of two numbers, each the mean of the whole numbers that its own rung stands for. (L * L,)"""
        means = np.concatenate([self.places[:1], 0.5 * (self.places[1:] + self.places[:-1] + 1.0)])
        rungs = np.searchsorted(self.places, means[:, None] + means[None, :])
        return np.asarray(np.minimum(rungs, len(self.places) - 1).ravel())

    def of_sum(self, first: F64, second: F64) -> F64:
        """Distribution function of the sum of two independent whole numbers; exact where rungs are single. (..., L)"""
        one, other = (np.diff(part, axis=-1, prepend=0.0) for part in (first, second))
        both = (one[..., :, None] * other[..., None, :]).reshape(-1, len(self._rung_of_sums))
        made = [np.bincount(self._rung_of_sums, weights=row, minlength=len(self.places)) for row in both]
        return np.minimum(np.cumsum(made, axis=-1), 1.0).reshape(first.shape)

    def quantile(self, cdf: F64, level: float) -> F64:
        """The lowest place with F at or above a level. (...)"""
        rounded = np.round(cdf, _DIGITS)
        rung = np.minimum((rounded < level).sum(axis=-1), len(self.places) - 1)
        right = self._take(rounded, rung[..., None])
        left = np.where(rung > 0, self._take(rounded, np.maximum(rung - 1, 0)[..., None]), 0.0)
        width = np.where(rung > 0, self._widths[np.maximum(rung - 1, 0)], 0.0)
        part = np.where(right > left, (level - left) / np.where(right > left, right - left, 1.0), 1.0)
        step = np.clip(part, 0.0, 1.0) * width
        up = np.ceil(np.round(step, _DIGITS // 2)) if self.whole else step
        return np.asarray(self.places[np.maximum(rung - 1, 0)] + up)


def inside(below: F64, at: F64, band: float) -> F64:
    """How much of the stretch from F just below to F at what was seen lies in the central band: 0, 1 or a part.

    In the mean it is the band for a right forecast, also of whole numbers, where a closed band holds more than it says.
    """
    low, high = (1.0 - band) / 2.0, (1.0 + band) / 2.0
    over = np.minimum(at, high) - np.maximum(below, low)
    point = ((at >= low) & (at <= high)).astype(np.float64)
    width = at - below
    return np.where(width > 0.0, np.clip(over, 0.0, None) / np.where(width > 0.0, width, 1.0), point)
