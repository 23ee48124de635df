"""Quantiles of counts (rule F4), in sums that every machine does in the same order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

#: A term below this share of the one at the mode is left out, and all beyond it: together they weigh less
#: than the last bit of a double.
NEGLIGIBLE: Final = 1e-18

#: Takes the weight of a count and the count; gives the weight of the next count below or above.
Step = Callable[[float, int], float]


def binomial_quantile(u: float, n: int, p: float) -> int:
    """Smallest k with P(Binomial(n, p) <= k) >= u (rule F4), summed outwards from the mode."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    odds = p / (1.0 - p)
    mode = min(n, int((n + 1) * p))
    lower, upper = [1.0], [1.0]  # terms at mode, mode - 1 ... and at mode, mode + 1 ...
    while mode - len(lower) >= 0 and lower[-1] > NEGLIGIBLE:
        k = mode - len(lower) + 1
        lower.append(lower[-1] * k / ((n - k + 1) * odds))
    while mode + len(upper) <= n and upper[-1] > NEGLIGIBLE:
        k = mode + len(upper) - 1
        upper.append(upper[-1] * ((n - k) * odds) / (k + 1))
    below, above = in_turn(lower[1:], 0.0), in_turn(upper[1:], 1.0)
    goal = u * (below + above)
    return climb(mode, upper, below, goal) if goal > below else descend(mode, lower, below, goal)


def in_turn(terms: Sequence[float], start: float) -> float:
    """Add terms one after the other, so that the sum is the same to the bit."""
    for term in terms:
        start += term
    return start


def climb(mode: int, upper: Sequence[float], below: float, goal: float) -> int:
    """Smallest count from the mode on at which the cumulative weight reaches the goal."""
    reached = below + upper[0]
    for count, term in enumerate(upper[1:], mode + 1):
        if reached >= goal:
            return count - 1
        reached += term
    return mode + len(upper) - 1


def descend(mode: int, lower: Sequence[float], below: float, goal: float) -> int:
    """Smallest count under the mode at which the cumulative weight still reaches the goal."""
    reached = below
    for count, term in zip(range(mode - 1, -1, -1), lower[1:], strict=False):
        reached -= term
        if reached < goal:
            return count
    return mode - len(lower) + 1


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
