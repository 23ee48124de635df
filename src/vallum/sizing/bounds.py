"""When enough futures have been fought to say that a share lies above or below a goal: exact binomial bounds."""

from __future__ import annotations

import math
from enum import Enum
from statistics import NormalDist
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vallum.errors import RunError

F64 = npt.NDArray[np.float64]

#: Futures of the first look at a value; each later look doubles them.
FIRST: Final = 512
#: One-sided error of each look before the last, and of the last: with nine looks before it, 0.95 % a side.
INTERIM: Final = 0.0005
LAST: Final = 0.005
#: Chance that a share `tell_apart` from the goal is not told from it at the last look.
MISSED: Final = 0.005
#: Level of the interval of a share that is shown.
SHOWN: Final = 0.95


class Verdict(Enum):
    """What is known of one value."""

    MEETS = "meets"
    FAILS = "fails"
    CLOSE = "cannot be told apart"


def most_futures(goal: float, tell_apart: float) -> int:
    """Futures at which a share `tell_apart` away from the goal is told from it, all but surely (MISSED)."""
    normal = NormalDist()
    reach = normal.inv_cdf(1.0 - LAST) + normal.inv_cdf(1.0 - MISSED)
    return max(FIRST, math.ceil(goal * (1.0 - goal) * (reach / tell_apart) ** 2))


def looks(most: int) -> list[int]:
    """Numbers of futures at which a value is looked at: doubling, then the most."""
    made = [FIRST]
    while 2 * made[-1] < most:
        made.append(2 * made[-1])
    return made if made[-1] >= most else [*made, most]


def verdict(met: int, futures: int, goal: float, last: bool) -> Verdict | None:
    """What so many futures say of P(met) >= goal; None where more should be fought.

    MEETS where so many or more would come at the goal itself with a chance of at most the look's error (the exact
    binomial test, which is the lower Clopper-Pearson bound above the goal); FAILS the other way round.
    """
    special = _special()
    level = LAST if last else INTERIM
    if met and special.betainc(met, futures - met + 1, goal) <= level:
        return Verdict.MEETS
    if met < futures and special.betaincc(met + 1, futures - met, goal) <= level:
        return Verdict.FAILS
    return Verdict.CLOSE if last else None


def interval(met: int, futures: int) -> tuple[float, float]:
    """Clopper-Pearson interval of a share at SHOWN (Clopper & Pearson 1934)."""
    special, tail = _special(), (1.0 - SHOWN) / 2
    low = float(special.betaincinv(met, futures - met + 1, tail)) if met else 0.0
    high = float(special.betaincinv(met + 1, futures - met, 1.0 - tail)) if met < futures else 1.0
    return low, high


def falls(before: npt.NDArray[np.bool_], after: npt.NDArray[np.bool_]) -> bool:
    """Whether a standard is met less often after than before, in the same futures (exact sign test, INTERIM)."""
    n = min(len(before), len(after))
    lost = int((before[:n] & ~after[:n]).sum())
    gained = int((after[:n] & ~before[:n]).sum())
    return lost > gained and float(_special().betainc(lost, gained + 1, 0.5)) <= INTERIM


def _special() -> Any:
    try:
        from scipy import special
    except ImportError:
        raise RunError("this question needs SciPy: pip install 'vallum[questions]'") from None
    return special
