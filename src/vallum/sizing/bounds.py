"""When enough futures have been fought to say that a share lies above or below a goal, or too close to it to call.

About the goal lies a zone of indifference (Bechhofer 1954): its half-width is TOO_CLOSE of `tell_apart`. Shares outside
`tell_apart` are told from the goal, shares inside the zone are said to be too close, both all but surely.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum
from statistics import NormalDist
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vallum.errors import RunError

F64 = npt.NDArray[np.float64]

#: Futures of the first look at a value; each later look doubles them.
FIRST: Final = 512
#: One-sided error of each look before the last.
INTERIM: Final = 0.0005
#: Chance that a share `tell_apart` from the goal is not told from it at the last look.
MISSED: Final = 0.01
#: Within this part of `tell_apart` a share is said to be too close: what lies between may be said either way.
TOO_CLOSE: Final = 0.75
#: `tell_apart` takes at most this part of what is left between the goal and none or all.
NEAREST: Final = 0.5
#: Futures that are fought for one value at most.
MOST_FUTURES: Final = 10_000_000
#: Level of the interval of a share that is shown.
SHOWN: Final = 0.95


class Verdict(Enum):
    """What is known of one value."""

    MEETS = "meets"
    FAILS = "fails"
    CLOSE = "cannot be told apart"


@dataclass(frozen=True)
class Zone:
    """What is too close to a goal to be called, and what it takes to say so.

    low, high  : shares between which a value is too close
    tell_apart : a share this far from the goal is told from it
    most       : futures of the last look
    """

    low: float
    high: float
    tell_apart: float
    most: int


def zone(goal: float, tell_apart: float) -> Zone:
    """Return the zone about a goal. goal : 0..1, both left out; tell_apart : narrowed near none and near all.

    The last look says what the share itself says, with futures enough that a share `tell_apart` from the goal then
    lies outside the zone all but surely (MISSED, normal approximation at the wider of both ends). Raises RunError where
    that takes more than MOST_FUTURES.
    """
    near = min(tell_apart, NEAREST * goal, NEAREST * (1.0 - goal))
    reach = NormalDist().inv_cdf(1.0 - MISSED) / (near * (1.0 - TOO_CLOSE))
    widest = max(share * (1.0 - share) for share in (goal - near, goal + near))
    most = max(FIRST, math.ceil(widest * reach**2))
    if most > MOST_FUTURES:
        raise RunError(
            f"confidence {goal:g}: to tell a share {near:.2g} from it takes {most:,} futures of each value, more than "
            f"{MOST_FUTURES:,}; give a larger tell_apart (--tell-apart), or a confidence that is not so near to 0 or 1"
        )
    return Zone(goal - TOO_CLOSE * near, goal + TOO_CLOSE * near, near, most)


def looks(most: int) -> list[int]:
    """Numbers of futures at which a value is looked at: doubling, then the most."""
    made = [FIRST]
    while 2 * made[-1] < most:
        made.append(2 * made[-1])
    return made if made[-1] >= most else [*made, most]


def verdict(met: int, futures: int, about: Zone, last: bool) -> Verdict | None:
    """What so many futures say of P(met) >= goal; None where more should be fought.

    Before the last look one-sided exact binomial tests against the ends of the zone decide (INTERIM): MEETS where so
    many or more would come at its upper end with at most that chance, FAILS the other way round at its lower end, CLOSE
    where both ends are as unlikely. At the last look the share itself decides.
    """
    if last:
        share = met / futures
        return Verdict.MEETS if share >= about.high else Verdict.FAILS if share <= about.low else Verdict.CLOSE
    if _or_more(met, futures, about.high) <= INTERIM:
        return Verdict.MEETS
    if _or_fewer(met, futures, about.low) <= INTERIM:
        return Verdict.FAILS
    inside = max(_or_fewer(met, futures, about.high), _or_more(met, futures, about.low)) <= INTERIM
    return Verdict.CLOSE if inside else None


def _or_more(met: int, futures: int, share: float) -> float:
    """Chance of so many or more at a share."""
    return float(_special().betainc(met, futures - met + 1, share)) if met else 1.0


def _or_fewer(met: int, futures: int, share: float) -> float:
    """Chance of so many or fewer at a share."""
    return float(_special().betaincc(met + 1, futures - met, share)) if met < futures else 1.0


def interval(met: int, futures: int) -> tuple[float, float]:
    """Clopper-Pearson interval of a share at SHOWN, for all looks up to so many futures together (Bonferroni).

    Where futures are added until something is clear, an interval of the last look alone is too narrow.
    """
    looked = 1 + max(0, math.ceil(math.log2(futures / FIRST)))
    special, tail = _special(), (1.0 - SHOWN) / 2 / looked
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
