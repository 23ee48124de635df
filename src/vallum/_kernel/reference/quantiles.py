"""Quantiles of counts (rule F4), in sums that every machine does in the same order."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

#: Widths, in standard deviations and in counts, of the window in which a binomial quantile is sought:
#: what lies outside weighs less than the last bit of a double.
SPREAD_SD: Final = 10.0
SPREAD_COUNT: Final = 20

#: Takes the weight of a count and the count; gives the weight of the next count below or above.
Step = Callable[[float, int], float]


def binomial_quantile(u: float, n: int, p: float) -> int:
    """Smallest k with P(Binomial(n, p) <= k) >= u (rule F4)."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    odds = p / (1.0 - p)
    mode = min(n, int((n + 1) * p))
    reach = int(SPREAD_SD * math.sqrt(n * p * (1.0 - p))) + SPREAD_COUNT
    low, high = max(0, mode - reach), min(n, mode + reach)
    return smallest_count(
        u,
        (low, mode, high),
        below=lambda weight, k: weight * k / ((n - k + 1) * odds),
        above=lambda weight, k: weight * (n - k) * odds / (k + 1),
    )


def hypergeometric_quantile(u: float, marked: int, others: int, drawn: int) -> int:
    """Smallest k with P(k or fewer of the drawn are marked) >= u (rules F4, E9)."""
    low, high = max(0, drawn - others), min(drawn, marked)
    mode = min(high, max(low, int((drawn + 1.0) * (marked + 1.0) / (marked + others + 2.0))))
    return smallest_count(
        u,
        (low, mode, high),
        below=lambda weight, k: weight * k * (others - drawn + k) / ((marked - k + 1.0) * (drawn - k + 1.0)),
        above=lambda weight, k: weight * (marked - k) * (drawn - k) / ((k + 1.0) * (others - drawn + k + 1.0)),
    )


def smallest_count(u: float, window: tuple[int, int, int], below: Step, above: Step) -> int:
    """Smallest count of the window (low, mode, high) whose cumulative weight reaches u of the whole.

    Weights start from 1 at the mode, so that none overflows, and are summed from low to high.
    """
    low, mode, high = window
    first = 1.0
    for k in range(mode, low, -1):
        first = below(first, k)
    total, weight = 0.0, first
    for k in range(low, high + 1):
        total += weight
        weight = above(weight, k)
    goal, reached, weight = u * total, 0.0, first
    for k in range(low, high):
        reached += weight
        if reached >= goal:
            return k
        weight = above(weight, k)
    return high
