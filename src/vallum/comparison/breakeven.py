"""How large an effect that no source gives would have to be: a break-even in place of an effect (Q3).

Intelligence or cyber defence changes some number of the model (a share seen in time, a share fit), and nobody says by
how much. Its range is moved from the base's range through the package's and on, with the rest of the base as it is,
until it changes the outcome as much as the sourced parts of the package do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vallum.comparison.inputs import Part, Range
from vallum.evidence import Distribution
from vallum.results import rounded
from vallum.results.outcomes import APART
from vallum.scenario import paths

F64 = npt.NDArray[np.float64]

#: Halvings of the interval in which the break-even lies: to a 128th of the farthest move.
HALVINGS: Final = 7
#: A range without natural end is moved at most so many times as far as the package moves it.
FARTHEST: Final = 8.0
#: Where a package has no sourced part that helps, the goal is this share of the outcome in the base.
WORTH: Final = 0.1
#: Units whose numbers end at one.
_SHARES: Final = ("share", "probability")
_PLAIN: Final = ("triangular", "pert", "uniform")


@dataclass(frozen=True)
class Move:
    """One uncertain number of the package: its range in the base and in the package."""

    name: str
    title: str
    unit: str
    shape: str
    start: Range
    end: Range

    def at(self, times: float) -> Range:
        """Best, low and high after the package's move is made so many times; a share stays within 0 and 1."""
        ends = [a + times * (b - a) for a, b in zip(self.start, self.end, strict=True)]
        top = 1.0 if self.unit in _SHARES else math.inf
        best, low, high = (min(max(value, 0.0), top) for value in ends)
        return best, min(low, best), max(high, best)

    @property
    def farthest(self) -> float:
        """How many times the package's move can be made: until the whole range lies at the end of a share."""
        if self.unit not in _SHARES:
            return FARTHEST
        reach = [((1.0 if b > a else 0.0) - a) / (b - a) for a, b in zip(self.start, self.end, strict=True) if b != a]
        return max(1.0, *reach) if reach else 1.0

    def entry(self, times: float) -> dict[str, Any]:
        """The entry of `uncertain` that holds the moved range."""
        best, low, high = self.at(times)
        about = {"title": self.title, "unit": self.unit, "shape": self.shape, "published": False}
        return {**about, "best": best, "low": low, "high": high, "assumption": "moved to find a break-even (Q3)"}


@dataclass(frozen=True)
class BreakEven:
    """What a part without a sourced effect would have to do.

    goal     : the change of the outcome that it has to reach, and in words what that is
    assumed  : mean change and its standard error by the package's own assumption, alone on the base
    times    : the package's move, made so many times, reaches the goal; None where even the farthest does not
    low, high: the break-even lies in this interval of times; outside it the change can be told apart from the goal
    needed   : best, low and high of the number at the break-even; ceiling: the change at the farthest move
    """

    move: Move
    goal: float
    goal_words: str
    assumed: tuple[float, float]
    times: float | None
    low: float
    high: float
    ceiling: tuple[float, float]

    @property
    def needed(self) -> Range | None:
        """Best, low and high of the number at the break-even."""
        return None if self.times is None else self.move.at(self.times)

    def as_dict(self) -> dict[str, Any]:
        """The break-even in the JSON layout."""
        numbers = {"goal": self.goal, "times": self.times, "low": self.low, "high": self.high}
        ranges = {"base": self.move.start, "assumed": self.move.end, "needed": self.needed}
        made: dict[str, Any] = {name: rounded(value) for name, value in numbers.items()}
        made |= {name: None if law is None else [rounded(value) for value in law] for name, law in ranges.items()}
        made |= {"effect_assumed": [rounded(value) for value in self.assumed]}
        made |= {"effect_at_most": [rounded(value) for value in self.ceiling]}
        return {"parameter": self.move.name, "title": self.move.title, "goal_in_words": self.goal_words, **made}


def moves(part: Part, before: Mapping[str, Distribution], after: Mapping[str, Distribution]) -> tuple[Move, ...]:
    """Return the numbers that a part gives another range, in base and package, where both are plain ranges."""
    found = []
    for name in part.parameters:
        old, new = before.get(name), after.get(name)
        if old is None or new is None or old.options or new.options or old.sample or new.sample:
            continue
        shape = old.shape if old.shape in _PLAIN else "triangular"
        start, end = (old.best, old.low, old.high), (new.best, new.low, new.high)
        if start != end:
            found.append(Move(name, new.title or name, new.unit or old.unit, shape, start, end))
    return tuple(found)


def path_of(move: Move) -> str:
    """The dotted path of the number that is moved."""
    return paths.show(("uncertain", move.name))


def break_even(move: Move, goal: float, goal_words: str, change: Callable[[float], F64], gain: float) -> BreakEven:
    """Find how often the package's move has to be made to change an outcome by `goal`.

    change : the paired change of the outcome (F,) when the move is made so many times, alone on the base
    gain   : 1 where more of the outcome is better, -1 where less is
    """
    seen: dict[float, tuple[float, float]] = {}

    def effect(times: float) -> tuple[float, float]:
        if times not in seen:
            values = change(times)
            seen[times] = float(np.mean(values)), float(np.std(values, ddof=1) / math.sqrt(len(values)))
        return seen[times]

    assumed, ceiling = effect(1.0), effect(move.farthest)
    wanted = gain * goal
    times = None
    if gain * ceiling[0] >= wanted:
        times = _halved(lambda at: gain * effect(at)[0] >= wanted, move.farthest)
    short = [at for at, (mean, se) in seen.items() if gain * mean + APART * se < wanted]
    enough = [at for at, (mean, se) in seen.items() if gain * mean - APART * se > wanted]
    low, high = max(short, default=0.0), min(enough, default=math.inf)
    return BreakEven(move, goal, goal_words, assumed, times, low, high, ceiling)


def _halved(reached: Callable[[float], bool], farthest: float) -> float:
    """The smallest move that reaches the goal, by halving; the effect rises with the move."""
    low, high = 0.0, farthest
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high
