"""Compiled quantiles of counts for raids, element by element (R1).

All are inverse distribution functions, so a larger uniform never gives fewer threats.
"""

from __future__ import annotations

from typing import Final

import numba
import numpy as np

from vallum._kernel.problem import F64, I64

#: Terms below this share of the largest are left out: together they weigh less than the last bit.
NEGLIGIBLE: Final = 1e-18


@numba.njit(nogil=True, error_model="numpy", cache=True)
def negative_binomial(u: F64, mean: F64, dispersion: F64) -> I64:
    """Smallest k with P(X <= k) >= u for mean and dispersion r (variance mean + mean^2 / r).

    An infinite dispersion is the Poisson law. u, mean, dispersion : (n,)
    """
    out = np.zeros(u.shape[0], np.int64)
    for i in range(u.shape[0]):
        m, r = mean[i], dispersion[i]
        if m <= 0.0:
            continue
        ratio = 0.0 if np.isinf(r) else m / (r + m)
        # p(k + 1) = p(k) (base + slope k) / (k + 1); base tends to the mean as the dispersion grows
        slope, base = ratio, m if np.isinf(r) else ratio * r
        mode = int(max(0.0, np.floor((base - slope) / (1.0 - slope))))
        low, weight = mode, 1.0
        while low > 0 and weight > NEGLIGIBLE:
            weight = weight * low / (base + slope * (low - 1))
            low -= 1
        first, total, k = weight, 0.0, low
        while weight > NEGLIGIBLE or k <= mode:
            total += weight
            weight = weight * (base + slope * k) / (k + 1)
            k += 1
        last, goal, reached, weight = k - 1, u[i] * total, 0.0, first
        k = low
        while k < last:
            reached += weight
            if reached >= goal:
                break
            weight = weight * (base + slope * k) / (k + 1)
            k += 1
        out[i] = k
    return out
