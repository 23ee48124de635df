"""Laws of counts and shares as arrays: negative binomial, beta-binomial, and tables of what is stopped of a raid."""

from __future__ import annotations

import numpy as np
from scipy import special

from vallum.calibrate.settings import F64


def log_negative_binomial(counts: F64, mean: F64, size: F64) -> F64:
    """Log probability of counts with a mean and a size k: variance mean + mean**2 / k. Shapes broadcast."""
    return np.asarray(
        special.gammaln(counts + size)
        - special.gammaln(size)
        - special.gammaln(counts + 1.0)
        + size * np.log(size / (size + mean))
        + counts * np.log(mean / (size + mean))
    )


def negative_binomial_cdf(places: F64, mean: F64, size: F64) -> F64:
    """Chance of a count at or below each place: mean and size (...), places (L,); returns (..., L)."""
    success = size / (size + mean)
    return np.asarray(special.betainc(size[..., None], places + 1.0, success[..., None]))


def log_beta_binomial(stopped: F64, known: F64, share: F64, alike: F64) -> F64:
    """Log probability of `stopped` of `known` where the share is a beta around `share` worth `alike` launches."""
    a, b = share * alike, (1.0 - share) * alike
    choose = special.gammaln(known + 1.0) - special.gammaln(stopped + 1.0) - special.gammaln(known - stopped + 1.0)
    return np.asarray(choose + special.betaln(stopped + a, known - stopped + b) - special.betaln(a, b))


def beta_cells(edges: F64, share: F64, alike: F64) -> F64:
    """Chance that a beta around `share` worth `alike` launches falls in each cell between edges. (..., cells)"""
    a, b = (share * alike)[..., None], ((1.0 - share) * alike)[..., None]
    return np.diff(special.betainc(a, b, edges), axis=-1)


def binomial_cdf(stopped: F64, launched: F64, share: F64) -> F64:
    """Chance of at most `stopped` of `launched`; shapes broadcast, stopped may be a fraction."""
    under = np.floor(stopped + 1e-9)
    few = under < launched
    left = np.where(few, launched - under, 1.0)
    return np.where(few, special.betainc(left, np.where(few, under + 1.0, 1.0), 1.0 - share), 1.0)
