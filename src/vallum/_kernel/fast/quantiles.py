"""Compiled quantiles of counts, by recurrence from the mode: no special function, no table (rule F4).

A draw is first looked for in a shorter way. What that finds counts only where the uniform is so far from the
border of two counts that no rounding can decide between them: the answer is always that of the long way.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from vallum._kernel.fast.slots import jit, leaf

#: A term below this share of the one at the mode is left out, and all beyond it: together they weigh less
#: than the last bit of a double.
NEGLIGIBLE: Final = 1e-18
#: Distance from a border below which the short way gives up. Its own error is below a thousandth of this.
MARGIN: Final = 1e-10
#: Up to this mean a sum from zero upwards is shorter than one from the mode outwards.
FEW: Final = 64.0
#: The short way goes no further than this: beyond it logarithms of factorials have lost digits. And 1 / k for each k up
#: to it, for a product is quicker than a quotient.
FAR: Final = 2000
SHARES: Final = np.array([0.0, *(1.0 / k for k in range(1, FAR + 1))])
#: A first term below exp of this has lost digits.
LOWEST: Final = -600.0
#: So many standard deviations below the mean lies less than a thousandth of the margin, where FEW or more are left out.
SPREADS: Final = 9.0
#: The short way has not found it.
UNSURE: Final = -1


@leaf
def climb(u: float, n: int, k: int, term: float, odds: float) -> int:
    """The first count from k on whose terms together reach u, if `term` is the first; UNSURE near a border."""
    reached, last = term, min(n, FAR)
    while reached < u - MARGIN and k < last:
        k += 1
        term *= (n - k + 1) * odds * SHARES[k]
        reached += term
    return k if reached > u + MARGIN else UNSURE


@jit
def few_of_many(u: float, n: int, p: float, odds: float, log_rest: float) -> int:
    """The binomial quantile for a small mean, summed from zero upwards; UNSURE near a border.

    odds : p / (1 - p); log_rest : log(1 - p)
    """
    exponent = n * log_rest
    if n * p >= FEW or u > 1.0 - 2.0 * MARGIN or exponent < LOWEST:
        return UNSURE
    return int(climb(u, n, 0, math.exp(exponent), odds))


@jit
def many_of_many(u: float, n: int, p: float, odds: float, log_rest: float) -> int:
    """The binomial quantile for a larger mean, summed from where hardly anything lies below; UNSURE near a border.

    The first term comes from logarithms of factorials, whose error grows with n: so n is limited.
    """
    if n > FAR or n * (1.0 - p) < FEW or u > 1.0 - 2.0 * MARGIN:
        return UNSURE
    k = max(0, int(n * p - SPREADS * math.sqrt(n * p * (1.0 - p))))
    ways = math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)
    return int(climb(u, n, k, math.exp(ways + k * math.log(p) + (n - k) * log_rest), odds))


@jit
def binomial_quantile(u: float, n: int, p: float) -> int:
    """Smallest k with P(Binomial(n, p) <= k) >= u (rule F4)."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    odds, log_rest = p / (1.0 - p), math.log1p(-p)
    found = few_of_many(u, n, p, odds, log_rest)
    if found == UNSURE:
        found = many_of_many(u, n, p, odds, log_rest)
    return found if found != UNSURE else from_mode(u, n, p)


@jit
def from_mode(u: float, n: int, p: float) -> int:
    """The binomial quantile the long way, for 0 < p < 1.

    Terms start from 1 at the mode, so that none overflows, and are summed outwards on both sides at once.
    """
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
def marked_of_drawn(u: float, marked: int, others: int, drawn: int, low: int, mode: int, high: int) -> int:
    """The hypergeometric quantile from terms about the mode that are not negligible; UNSURE near a border."""
    first, weight, total = mode, 1.0, 0.0
    while first > low and weight > NEGLIGIBLE:
        weight = weight * first * (others - drawn + first) / ((marked - first + 1.0) * (drawn - first + 1.0))
        first -= 1
    lowest, k = weight, first
    while k <= high and (k <= mode or weight > NEGLIGIBLE):
        total += weight
        weight = weight * (marked - k) * (drawn - k) / ((k + 1.0) * (others - drawn + k + 1.0))
        k += 1
    last, reached, weight, k = k - 1, lowest, lowest, first
    while reached < (u - MARGIN) * total and k < last:
        weight = weight * (marked - k) * (drawn - k) / ((k + 1.0) * (others - drawn + k + 1.0))
        reached += weight
        k += 1
    return k if reached > (u + MARGIN) * total else UNSURE


@jit
def hypergeometric_quantile(u: float, marked: int, others: int, drawn: int) -> int:
    """Smallest k with P(k or fewer of the drawn are marked) >= u (rules F4, E9)."""
    low, high = max(0, drawn - others), min(drawn, marked)
    mode = min(high, max(low, int((drawn + 1.0) * (marked + 1.0) / (marked + others + 2.0))))
    found = marked_of_drawn(u, marked, others, drawn, low, mode, high)
    if found != UNSURE:
        return found
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
