"""Compiled quantiles of counts, by recurrence from the mode: no special function, no table (rule F4)."""

from __future__ import annotations

from typing import Final

from vallum._kernel.fast.slots import jit

#: A term below this share of the one at the mode is left out, and all beyond it: together they weigh less
#: than the last bit of a double.
NEGLIGIBLE: Final = 1e-18


@jit
def binomial_quantile(u: float, n: int, p: float) -> int:
    """Smallest k with P(Binomial(n, p) <= k) >= u (rule F4).

    Terms start from 1 at the mode, so that none overflows, and are summed outwards on both sides at once.
    """
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    odds = p / (1.0 - p)
    mode = min(n, int((n + 1) * p))
    low, high, down, up, below, above = mode, mode, 1.0, 1.0, 0.0, 1.0
    while (low > 0 and down > NEGLIGIBLE) or (high < n and up > NEGLIGIBLE):
        if low > 0 and down > NEGLIGIBLE:
            down = down * low / ((n - low + 1) * odds)
            below += down
            low -= 1
        if high < n and up > NEGLIGIBLE:
            up = up * ((n - high) * odds) / (high + 1)
            above += up
            high += 1
    goal, k, term = u * (below + above), mode, 1.0
    if goal > below:
        reached = below + term
        while reached < goal and k < high:
            term = term * ((n - k) * odds) / (k + 1)
            reached += term
            k += 1
        return k
    reached = below
    while k > low:
        term = term * k / ((n - k + 1) * odds)
        k -= 1
        reached -= term
        if reached < goal:
            break
    return k


@jit
def hypergeometric_quantile(u: float, marked: int, others: int, drawn: int) -> int:
    """Smallest k with P(k or fewer of the drawn are marked) >= u (rules F4, E9)."""
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
