"""Compiled quantiles of counts, by recurrence from the mode: no special function, no table (rule F4)."""

from __future__ import annotations

from typing import Final

import numpy as np

from vallum._kernel.fast.slots import jit

#: Width of the window in which a binomial quantile is sought, in standard deviations and in counts:
#: what lies outside weighs less than the last bit of a double.
SPREAD_SD: Final = 10.0
SPREAD_COUNT: Final = 20


@jit
def binomial_quantile(u: float, n: int, p: float) -> int:
    """Smallest k with P(Binomial(n, p) <= k) >= u (rule F4)."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    odds = p / (1.0 - p)
    mode = min(n, int((n + 1) * p))
    reach = int(SPREAD_SD * np.sqrt(n * p * (1.0 - p))) + SPREAD_COUNT
    low, high = max(0, mode - reach), min(n, mode + reach)
    first = 1.0
    for k in range(mode, low, -1):
        first = first * k / ((n - k + 1) * odds)
    total, weight = 0.0, first
    for k in range(low, high + 1):
        total += weight
        weight = weight * (n - k) * odds / (k + 1)
    goal, reached, weight = u * total, 0.0, first
    for k in range(low, high):
        reached += weight
        if reached >= goal:
            return k
        weight = weight * (n - k) * odds / (k + 1)
    return high


@jit
def hypergeometric_quantile(u: float, marked: int, others: int, drawn: int) -> int:
    """Smallest k with P(k or fewer of the drawn are marked) >= u."""
    low, high = max(0, drawn - others), min(drawn, marked)
    mode = min(high, max(low, int((drawn + 1.0) * (marked + 1.0) / (marked + others + 2.0))))
    first = 1.0
    for k in range(mode, low, -1):
        first = first * k * (others - drawn + k) / ((marked - k + 1.0) * (drawn - k + 1.0))
    total, weight = 0.0, first
    for k in range(low, high + 1):
        total += weight
        weight = weight * (marked - k) * (drawn - k) / ((k + 1.0) * (others - drawn + k + 1.0))
    goal, reached, weight = u * total, 0.0, first
    for k in range(low, high):
        reached += weight
        if reached >= goal:
            return k
        weight = weight * (marked - k) * (drawn - k) / ((k + 1.0) * (others - drawn + k + 1.0))
    return high
