"""Where along an axis a standard begins to be met: a scout over the range, then halving where it turns.

Nothing is taken to rise all along: the scout looks at the whole range and the answer is its first turn, with what
falls again beyond it said. Only between two neighbours of the scout is the turn halved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vallum.sizing.bounds import Verdict, falls
from vallum.sizing.ground import Ground


@dataclass(frozen=True)
class Turn:
    """Places of the first value that does not surely fail, and of the first that surely meets; None where none does."""

    first: int | None
    surely: int | None


def turn(ground: Ground, goal: int, scout: Sequence[int]) -> Turn:
    """Find the first turn. scout : places that are looked at, ascending, both ends among them"""
    verdicts: dict[int, Verdict] = {}

    def judged(k: int) -> Verdict:
        verdicts[k] = ground.judged(k, goal)
        return verdicts[k]

    for k in scout:
        if judged(k) is Verdict.MEETS:
            break
    hopeful = [k for k in sorted(verdicts) if verdicts[k] is not Verdict.FAILS]
    if not hopeful:
        return Turn(None, None)
    high = hopeful[0]
    low = max((k for k in verdicts if k < high), default=-1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if judged(middle) is Verdict.FAILS else (low, middle)
    first = high
    meeting = [k for k in sorted(verdicts) if k >= first and verdicts[k] is Verdict.MEETS]
    if not meeting:
        return Turn(first, None)
    high = meeting[0]
    low = max((k for k in verdicts if k < high), default=first - 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if judged(middle) is Verdict.MEETS else (middle, high)
    return Turn(first, high)


@dataclass(frozen=True)
class Fall:
    """The standard is met less often at `after` than at `before`, a value less wished for. Places of the values."""

    before: int
    after: int


def fall(ground: Ground, goal: int) -> Fall | None:
    """The deepest fall of the curve along the axis that is told from chance, in the same futures; None if none is."""
    places = sorted(ground.trials)
    best = places[0]
    deepest: tuple[float, Fall | None] = (0.0, None)
    for k in places[1:]:
        drop = ground.trials[best].share(goal) - ground.trials[k].share(goal)
        if drop <= 0.0:
            best = k
        elif drop > deepest[0] and falls(ground.trials[best].met[goal], ground.trials[k].met[goal]):
            deepest = (drop, Fall(best, k))
    return deepest[1]
