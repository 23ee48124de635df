"""Quantile functions of the shapes of rule F2: pure functions, arrays in, arrays out.

Every function takes u, uniforms strictly between 0 and 1, and returns values of the same shape. Each
value depends on its own u only, never on how many others there are.
"""

from __future__ import annotations

from functools import lru_cache
from math import lgamma, log
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]

#: Low and high of lognormal and beta stand at these points of the distribution.
TAIL = 0.05
#: Nodes of the table from which the inverse of the incomplete beta function starts.
NODES = 513
#: The same where only two values are wanted.
FEW_NODES = 17
#: Answers for at most so many uniforms at once are remembered: 16 kB each.
FEW_UNIFORMS = 2_048
#: Newton steps, each kept inside its bracket; every step at least halves the bracket when Newton fails.
STEPS = 60
#: A correction smaller than this, relative, changes nothing in double precision.
DONE = 1e-15


def triangular(u: F64, best: float, low: float, high: float) -> F64:
    """Triangular law on low..high with its mode at best."""
    width = high - low
    turn = (best - low) / width
    rising = low + np.sqrt(np.maximum(u * width * (best - low), 0.0))
    falling = high - np.sqrt(np.maximum((1.0 - u) * width * (high - best), 0.0))
    return np.where(u < turn, rising, falling)


def uniform(u: F64, best: float, low: float, high: float) -> F64:
    """Equal weight between low and high; best is shown and does not act."""
    return low + u * (high - low)


def pert(u: F64, best: float, low: float, high: float) -> F64:
    """PERT law: a beta on low..high with mode at best and weight 4 (Malcolm et al. 1959)."""
    width = high - low
    a = 1.0 + 4.0 * (best - low) / width
    b = 1.0 + 4.0 * (high - best) / width
    return low + width * inverse_beta(u, a, b)


def lognormal(u: F64, best: float, low: float, high: float) -> F64:
    """Two-piece lognormal law: median best, low and high at the 5 % and 95 % points. Needs low > 0.

    Each half has its own spread, so all three numbers are met exactly; one draw in ten lies outside
    low..high.
    """
    z = normal(u)
    edge = NormalDist().inv_cdf(1.0 - TAIL)
    below, above = log(best / low) / edge, log(high / best) / edge
    return np.asarray(best * np.exp(z * np.where(z < 0.0, below, above)))


def beta(u: F64, best: float, low: float, high: float) -> F64:
    """Beta law on 0..1 with mean best; its 5-95 % band is as wide as high - low.

    Mean and width fix both parameters; the band's ends agree with low and high as far as one
    concentration allows.
    """
    concentration = beta_concentration(best, low, high)
    return inverse_beta(u, best * concentration, (1.0 - best) * concentration)


def posterior(u: F64, sample: tuple[float, ...]) -> F64:
    """Quantile of a stored sample: straight lines between its sorted values (Hazen points)."""
    ordered = np.sort(np.asarray(sample, np.float64))
    points = (np.arange(ordered.size) + 0.5) / ordered.size
    return np.interp(u, points, ordered)


def normal(u: F64) -> F64:
    """Standard normal quantile."""
    inverse = NormalDist().inv_cdf
    return np.fromiter(map(inverse, u.ravel()), np.float64, u.size).reshape(u.shape)


def round_significant(values: F64, digits: int = 12) -> F64:
    """Round to significant digits, so that the last bits of a library cannot show (rule F2)."""
    size = np.floor(np.log10(np.abs(np.where(values == 0.0, 1.0, values))))
    scale = 10.0 ** (digits - 1.0 - size)
    return np.asarray(np.rint(values * scale) / scale)


@lru_cache(maxsize=256)
def beta_concentration(best: float, low: float, high: float) -> float:
    """Sum of the two beta parameters for which the 5-95 % band is as wide as high - low.

    Raises ValueError if no beta with finite ends is so wide.
    """
    wanted = high - low
    if _beta_width(best, _flattest(best)) < wanted:
        raise ValueError("the range is too wide for a beta law: use pert, triangular or uniform")
    flat, sharp = _bracket(best, wanted)
    for _ in range(STEPS):
        middle = (flat * sharp) ** 0.5
        flat, sharp = (middle, sharp) if _beta_width(best, middle) > wanted else (flat, middle)
    return float((flat * sharp) ** 0.5)


def _bracket(mean: float, width: float) -> tuple[float, float]:
    """Concentrations on both sides of the wanted one, from a normal guess."""
    spread = width / (2.0 * NormalDist().inv_cdf(1.0 - TAIL))
    floor = _flattest(mean)
    flat = sharp = max(floor, mean * (1.0 - mean) / spread**2)
    while _beta_width(mean, sharp) > width:
        sharp *= 2.0
    while flat > floor and _beta_width(mean, flat) < width:
        flat = max(floor, flat / 2.0)
    return flat, sharp


def _flattest(mean: float) -> float:
    """Least concentration with both parameters 1 or more: no infinite end, width falls with it."""
    return 1.0 / min(mean, 1.0 - mean)


def _beta_width(mean: float, concentration: float) -> float:
    a, b = mean * concentration, (1.0 - mean) * concentration
    ends = inverse_beta(np.array([TAIL, 1.0 - TAIL]), a, b, FEW_NODES)
    return float(ends[1] - ends[0])


def inverse_beta(u: F64, a: float, b: float, count: int = NODES) -> F64:
    """Solve I_x(a, b) = u for x: Newton from a table of `count` nodes, held inside a shrinking bracket.

    Few uniforms are remembered: whoever changes one number of a scenario draws all others again.
    """
    if u.size > FEW_UNIFORMS:
        return _solved_beta(u, a, b, count)
    kept = _kept_beta(np.asarray(u, np.float64).tobytes(), a, b, count)
    return np.frombuffer(kept).reshape(u.shape).copy()


@lru_cache(maxsize=512)
def _kept_beta(u: bytes, a: float, b: float, count: int) -> bytes:
    return _solved_beta(np.frombuffer(u), a, b, count).tobytes()


def _solved_beta(u: F64, a: float, b: float, count: int) -> F64:
    nodes, heights = _beta_table(a, b, count)
    right = np.clip(np.searchsorted(heights, u), 1, count - 1)
    low, high = nodes[right - 1].copy(), nodes[right].copy()
    x = 0.5 * (low + high)
    scale = lgamma(a + b) - lgamma(a) - lgamma(b)
    active = np.ones(u.shape, bool)
    for _ in range(STEPS):
        gap = regularised_beta(x[active], a, b) - u[active]
        at = x[active]
        low[active] = np.where(gap < 0.0, at, low[active])
        high[active] = np.where(gap < 0.0, high[active], at)
        slope = np.exp(scale + (a - 1.0) * np.log(at) + (b - 1.0) * np.log1p(-at))
        step = at - gap / np.maximum(slope, 1e-300)
        inside = (step > low[active]) & (step < high[active])
        x[active] = np.where(inside, step, 0.5 * (low[active] + high[active]))
        active[active] = np.abs(x[active] - at) > DONE * at
        if not active.any():
            break
    return x


@lru_cache(maxsize=64)
def _beta_table(a: float, b: float, count: int) -> tuple[F64, F64]:
    """Nodes of x, dense at both ends, and I_x(a, b) there."""
    nodes = 0.5 - 0.5 * np.cos(np.pi * np.linspace(0.0, 1.0, count))
    heights = np.concatenate(([0.0], regularised_beta(nodes[1:-1], a, b), [1.0]))
    return nodes, np.maximum.accumulate(heights)


def regularised_beta(x: F64, a: float, b: float) -> F64:
    """Regularised incomplete beta function I_x(a, b) for 0 < x < 1, by continued fraction.

    Lentz's method on DLMF 8.17.22, mirrored above the mean where it converges slowly.
    """
    mirrored = x > (a + 1.0) / (a + b + 2.0)
    front_x = np.where(mirrored, 1.0 - x, x)
    first, second = np.where(mirrored, b, a), np.where(mirrored, a, b)
    scale = lgamma(a + b) - lgamma(a) - lgamma(b)
    front = np.exp(scale + a * np.log(x) + b * np.log1p(-x)) / first
    part = front * _fraction(front_x, first, second)
    return np.asarray(np.where(mirrored, 1.0 - part, part))


def _fraction(x: F64, a: F64, b: F64) -> F64:
    """Continued fraction of the incomplete beta function; a value stands still once it has converged."""
    tiny = 1e-300
    c = np.ones_like(x)
    d = 1.0 / _away_from_zero(1.0 - (a + b) * x / (a + 1.0), tiny)
    total = d.copy()
    active = np.ones(x.shape, bool)
    for m in range(1, 20_000):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        for term in (even, odd):
            d = 1.0 / _away_from_zero(1.0 + term * d, tiny)
            c = _away_from_zero(1.0 + term / c, tiny)
            step = c * d
            total = np.where(active, total * step, total)
        active &= np.abs(step - 1.0) > DONE
        if not active.any():
            break
    return total


def _away_from_zero(values: F64, tiny: float) -> F64:
    return np.where(np.abs(values) < tiny, tiny, values)


__all__ = [
    "beta",
    "beta_concentration",
    "inverse_beta",
    "lognormal",
    "normal",
    "pert",
    "posterior",
    "regularised_beta",
    "round_significant",
    "triangular",
    "uniform",
]
