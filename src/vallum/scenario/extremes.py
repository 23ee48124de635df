"""The ends between which the numbers of all futures lie: for bounds that must hold in every one of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np

from vallum import dice
from vallum.evidence import Distribution, Evidence
from vallum.scenario.worlds import F64, Worlds

#: The lowest and the highest uniform that dice can throw.
FIRST: Final = 0.5 * dice.CELL
LAST: Final = 1.0 - FIRST


def ends(start: date, days: int, laws: Mapping[str, Distribution], evidence: Evidence) -> Worlds:
    """Return two made-up futures: all that is uncertain at its lowest, and all of it at its highest.

    No future's number lies outside, however many are run: the ends are those of the laws, not of a sample.
    """
    drawn = {name: reach(law) for name, law in laws.items()}
    return Worlds(start, days, laws, evidence, 0, np.arange(2), draws=drawn)


@lru_cache(maxsize=1_024)
def reach(law: Distribution) -> F64:
    """Lowest and highest value that a law can give; a lognormal reaches beyond its low and high. (2,)"""
    if law.options:
        parts = np.array([reach(option.law) for option in law.options])
        return np.array([parts[:, 0].min(), parts[:, 1].max()])
    lowest, highest = law.quantile(np.array([FIRST, LAST]))
    return np.array([min(law.low, lowest), max(law.high, highest)])
