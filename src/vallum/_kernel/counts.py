"""Compiled quantiles of counts for raids, element by element (R1).

All are inverse distribution functions, so a larger uniform never gives fewer threats.
"""

from __future__ import annotations

from typing import Final

import numba
import numpy as np

from vallum._kernel.cache import kept
from vallum._kernel.problem import F64, I64

#: Terms below this share of the largest are left out: together they weigh less than the last bit.
NEGLIGIBLE: Final = 1e-18
#: Laws whose tables are kept at a time: nights of one future alternate between a few.
KEPT: Final = 8
#: Cells of the guide to a table. A power of two: no rounding, so no uniform is led past its count.
CELLS: Final = 64


@numba.njit(nogil=True, error_model="numpy")
def _terms(mean: float, dispersion: float, into: F64) -> tuple[int, int]:
    """Write the cumulative weights of a law into an array, as far as it reaches.

    Returns the smallest count and how many there are. p(k + 1) = p(k) (base + slope k) / (k + 1); the base
    tends to the mean as the dispersion grows, and the slope to zero.
    """
    slope = 0.0 if np.isinf(dispersion) else mean / (dispersion + mean)
    base = mean if np.isinf(dispersion) else slope * dispersion
    mode = int(max(0.0, np.floor((base - slope) / (1.0 - slope))))
    low, weight = mode, 1.0
    while low > 0 and weight > NEGLIGIBLE:
        weight = weight * low / (base + slope * (low - 1))
        low -= 1
    total, k = 0.0, low
    while weight > NEGLIGIBLE or k <= mode:
        total += weight
        if k - low < into.shape[0]:
            into[k - low] = total
        weight = weight * (base + slope * k) / (k + 1)
        k += 1
    return low, k - low


@numba.njit(nogil=True, error_model="numpy")
def _guide(table: F64, terms: int, into: I64) -> None:
    """Write the first place in a table of cumulative weights that each cell of uniforms can mean."""
    found = 0
    for cell in range(CELLS):
        while table[found] < cell / CELLS * table[terms - 1]:
            found += 1
        into[cell] = found


@kept
@numba.njit(nogil=True, error_model="numpy")
def negative_binomial(u: F64, mean: F64, dispersion: F64) -> I64:
    """Smallest k with P(X <= k) >= u for mean and dispersion r (variance mean + mean^2 / r).

    An infinite dispersion is the Poisson law. u, mean, dispersion : (n,)
    """
    out = np.zeros(u.shape[0], np.int64)
    laws = np.full((KEPT, 2), -1.0)
    place = np.zeros((KEPT, 2), np.int64)
    guide = np.zeros((KEPT, CELLS), np.int64)
    table = np.zeros((KEPT, 1))
    following = 0
    for i in range(u.shape[0]):
        if mean[i] <= 0.0:
            continue
        slot = 0
        while slot < KEPT and not (laws[slot, 0] == mean[i] and laws[slot, 1] == dispersion[i]):
            slot += 1
        if slot == KEPT:
            slot, following = following, (following + 1) % KEPT
            low, terms = _terms(mean[i], dispersion[i], table[slot])
            if terms > table.shape[1]:
                table, laws[:] = np.zeros((KEPT, 2 * terms)), -1.0
                _terms(mean[i], dispersion[i], table[slot])
            _guide(table[slot], terms, guide[slot])
            laws[slot, 0], laws[slot, 1] = mean[i], dispersion[i]
            place[slot, 0], place[slot, 1] = low, terms
        terms, found = place[slot, 1], guide[slot, min(int(u[i] * CELLS), CELLS - 1)]
        goal = u[i] * table[slot, terms - 1]
        while table[slot, found] < goal:
            found += 1
        out[i] = place[slot, 0] + found
    return out
