"""Value of information: which single fact, if it were learned, would change the choice between two packages.

By binning of paired futures (Strong & Oakley 2013 review the regression form): within a bin of one uncertain number the
better option is chosen; what that gains over one choice for all is the expected value of knowing that number. Choices
are made on one half of the futures and valued on the other, so that noise is not counted as gain.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vallum.evidence import Distribution
from vallum.results import rounded
from vallum.scenario.worlds import F64, I64

#: Bins of a number that takes many values.
BINS: Final = 8
#: Standard errors from zero beyond which a bin's preference, or a value, is called one.
APART: Final = 2.0


@dataclass(frozen=True)
class Turned:
    """A range of one number in which the other option would be chosen; gain: by how much it is better there."""

    range: str
    gain: float
    se: float
    share: float

    def as_dict(self) -> dict[str, Any]:
        """The range in the JSON layout."""
        return {"range": self.range, **{key: rounded(getattr(self, key)) for key in ("gain", "se", "share")}}


@dataclass(frozen=True)
class Fact:
    """What it is worth to know one uncertain number before choosing, in the outcome's unit, with its error."""

    name: str
    value: float
    se: float
    turns: tuple[Turned, ...]

    @property
    def changes(self) -> bool:
        """Whether learning it would change the choice for some of its values, told from chance."""
        return bool(self.turns) and self.value > APART * self.se

    def as_dict(self) -> dict[str, Any]:
        """The fact in the JSON layout."""
        return {
            "name": self.name,
            "value": rounded(self.value),
            "se": rounded(self.se),
            "changes": self.changes,
            "turns": [one.as_dict() for one in self.turns],
        }


@dataclass(frozen=True)
class Choice:
    """Two options held against each other on one outcome, and what would be worth knowing.

    options, means : the two, and the mean of the outcome with each; chosen: the better one
    gain, se       : by how much it is better on average; told_apart: whether that is told from chance
    everything     : worth of knowing all beforehand, luck included: no fact is worth more
    """

    options: tuple[str, str]
    means: tuple[float, float]
    chosen: str
    gain: float
    se: float
    told_apart: bool
    everything: float
    facts: tuple[Fact, ...]

    @property
    def other(self) -> str:
        """The option that is not chosen."""
        return next(name for name in self.options if name != self.chosen)

    def as_dict(self) -> dict[str, Any]:
        """The choice in the JSON layout."""
        numbers = {key: rounded(getattr(self, key)) for key in ("gain", "se", "everything")}
        return {
            "options": list(self.options),
            "means": [rounded(mean) for mean in self.means],
            "chosen": self.chosen,
            "told_apart": self.told_apart,
            **numbers,
            "facts": [fact.as_dict() for fact in self.facts],
        }


def choice(
    options: tuple[str, str],
    outcomes: tuple[F64, F64],
    more_is_better: bool,
    drawn: Mapping[str, F64],
    laws: Mapping[str, Distribution],
    chosen: Mapping[str, I64],
) -> Choice:
    """Hold two options against each other. outcomes, drawn : (F,), paired; chosen: readings of switches (F,)"""
    known = ~(np.isnan(outcomes[0]) | np.isnan(outcomes[1]))
    first, second = outcomes[0][known], outcomes[1][known]
    gain = (second - first) * (1.0 if more_is_better else -1.0)
    second_chosen = bool(gain.mean() > 0.0)
    better = gain if second_chosen else -gain
    facts = [
        _fact(name, better, drawn[name][known], laws[name], chosen[name][known] if name in chosen else None)
        for name in sorted(drawn)
        if name in laws and not laws[name].constant
    ]
    mean, se = _mean(better)
    return Choice(
        options, (float(first.mean()), float(second.mean())), options[int(second_chosen)], mean, se,
        mean > APART * se, float(np.maximum(-better, 0.0).mean()), tuple(sorted(facts, key=lambda one: -one.value)),
    )  # fmt: skip


def _fact(name: str, better: F64, values: F64, law: Distribution, reading: I64 | None) -> Fact:
    """better : (F,) how much better the chosen option is; a bin with a negative mean would turn the choice"""
    places, labels = _bins(values, law, reading)
    value, se = _mean(_gained(places, better, len(labels)))
    turns = []
    for k, label in enumerate(labels):
        mine = -better[places == k]
        mean, error = _mean(mine)
        if mean > APART * error:
            turns.append(Turned(label, mean, error, len(mine) / len(better)))
    return Fact(name, value, se, tuple(turns))


def _gained(places: npt.NDArray[np.intp] | I64, better: F64, bins: int) -> F64:
    """What each future gains if its bin's choice is made on the other half of the futures. (F,)"""
    half = np.arange(len(better)) % 2
    gained = np.zeros(len(better))
    for side in (0, 1):
        other = half != side
        total = np.bincount(places[other], better[other], bins)
        turned = (total < 0.0)[places] & (half == side)
        gained[turned] = -better[turned]
    return gained


def _bins(values: F64, law: Distribution, reading: I64 | None) -> tuple[npt.NDArray[np.intp] | I64, Sequence[str]]:
    """The bin of each future, and the bins' names."""
    if reading is not None:
        return reading, [f"“{option.name.replace('_', ' ')}”" for option in law.options]
    edges = np.unique(np.quantile(values, np.linspace(0.0, 1.0, BINS + 1)))
    if len(edges) < 3:  # noqa: PLR2004 - one value only
        return np.zeros(len(values), np.intp), ["any value"]
    places = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2)
    return places, [f"{low:.3g} to {high:.3g}" for low, high in itertools.pairwise(edges)]


def _mean(values: F64) -> tuple[float, float]:
    """Mean and its standard error."""
    n = len(values)
    if n < 2:  # noqa: PLR2004
        return (float(values.mean()) if n else 0.0), math.inf
    return float(values.mean()), float(values.std(ddof=1)) / math.sqrt(n)
