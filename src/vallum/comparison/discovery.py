"""When a package fails, in plain words: a box of conditions in which most failures lie (Q3).

The box is found by PRIM (Friedman & Fisher 1999, Statistics and Computing 9) as the Exploratory Modeling Workbench
does it (Kwakkel 2017, Environmental Modelling & Software 96). It is looked for in every other future and judged in
the rest, so that its numbers are not flattered by the search. Of the attacker nothing but the total launched is a
condition (the scope).
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vallum.errors import RunError
from vallum.evidence import Distribution
from vallum.results import Label, Result, rounded
from vallum.scenario import Scenario, is_threat

F64 = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: Days of a mean month.
MONTH: Final = 365.25 / 12
#: A box is looked for where at least so many futures fall on the rarer side, in either half.
FEWEST: Final = 25
#: Conditions in a sentence, at most.
CONDITIONS: Final = 3
#: The least share of failures in a box that the search stops at.
DENSITY: Final = 0.8


@dataclass(frozen=True)
class Condition:
    """One end of a box: the quantity stays above or below a number."""

    name: str
    title: str
    unit: str
    above: bool
    value: float

    def as_dict(self) -> dict[str, Any]:
        """The condition in the JSON layout."""
        side = "above" if self.above else "below"
        return {"name": self.name, "title": self.title, "unit": self.unit, "side": side, "value": rounded(self.value)}


@dataclass(frozen=True)
class Failure:
    """When an option misses a standard.

    share      : of all futures that miss it; futures : how many there are
    fails      : the box tells when it fails; else, failing being the rule, when it holds
    conditions : the box, empty where none could be found; density : share of the futures in it that fail (or hold);
    coverage   : share of all that fail (or hold) that lie in it; mass : share of futures in it; from the futures
                 that the search did not see
    """

    standard: str
    words: str
    share: float
    futures: int
    fails: bool = True
    conditions: tuple[Condition, ...] = ()
    density: float | None = None
    coverage: float | None = None
    mass: float | None = None

    @property
    def judged(self) -> int:
        """Futures that the box was not looked for in, and is judged by: every other one."""
        return self.futures // 2

    @property
    def rare(self) -> bool:
        """Whether too few futures fail, or hold, for conditions to be looked for."""
        return min(self.share, 1.0 - self.share) * self.futures < 2 * FEWEST

    def as_dict(self) -> dict[str, Any]:
        """The failure in the JSON layout."""
        numbers = {"share": self.share, "density": self.density, "coverage": self.coverage, "mass": self.mass}
        about = {
            "standard": self.standard,
            "futures": self.futures,
            "judged_in": self.judged,
            "tells_when_it": "fails" if self.fails else "holds",
        }
        conditions = [one.as_dict() for one in self.conditions]
        return {**about, **{name: rounded(value) for name, value in numbers.items()}, "conditions": conditions}


@dataclass(frozen=True)
class Feature:
    """Something that a condition may be about, in each future. values : (F,)"""

    name: str
    title: str
    unit: str
    values: F64


def features(scenario: Scenario, result: Result, laws: Mapping[str, Distribution]) -> tuple[Feature, ...]:
    """Return what conditions may be about: launches and deliveries a month, and what the defence does not know."""
    months = result.manifest.days / MONTH
    found = [
        Feature(name, law.title or name, law.unit, result.uncertain[name])
        for name, law in laws.items()
        if name in result.uncertain and not law.constant and not is_threat(scenario, f"uncertain.{name}")
    ]
    for label, values in result.columns.items():
        told = _told(label, result.headline)
        if told and np.isfinite(values).all() and np.ptp(values) > 0:
            found.append(Feature(str(label), told, "a month", values / months))
    return tuple(found)


def _told(label: Label, headline: str | None) -> str:
    if label.name == "launched" and label.threat_class == headline:
        return f"{headline} launches"
    return f"deliveries of {label.interceptor.replace('_', ' ')}s" if label.name == "arrived" else ""


def failure(standard: str, words: str, met: Mask, about: Sequence[Feature]) -> Failure:
    """Say how often a standard is missed and, by a box, when. met : (F,)"""
    share, futures = float((~met).mean()), len(met)
    fails = share <= 0.5  # noqa: PLR2004 - the rarer side is the one that conditions can tell
    cases = ~met if fails else met
    learnt, judged = slice(0, None, 2), slice(1, None, 2)
    bare = Failure(standard, words, share, futures, fails)
    if not about or min(int(cases[learnt].sum()), int(cases[judged].sum())) < FEWEST:
        return bare
    box = _box(about, cases, learnt)
    if not box:
        return bare
    inside = np.logical_and.reduce([_holds(one, about) for one in box])[judged]
    seen = cases[judged]
    if not inside.any():
        return bare
    density, coverage = float(seen[inside].mean()), float(inside[seen].mean())
    return Failure(standard, words, share, futures, fails, box, density, coverage, float(inside.mean()))


def _holds(one: Condition, about: Sequence[Feature]) -> Mask:
    values = next(feature.values for feature in about if feature.name == one.name)
    return np.asarray(values >= one.value if one.above else values <= one.value)


def _box(about: Sequence[Feature], cases: Mask, learnt: slice) -> tuple[Condition, ...]:
    """The few conditions of some peeled box with the best harmonic mean of density and coverage.

    A peeled box shaves a little off many quantities; all but a few of its ends are left out again.
    """
    seen = cases[learnt]
    best: tuple[float, tuple[Condition, ...]] = (0.0, ())
    for ends in _peeled({feature.name: feature.values[learnt] for feature in about}, seen):
        box = _conditions(about, ends, learnt)
        held = [_holds(one, about)[learnt] for one in box]
        for few in _few(len(box)):
            inside = np.logical_and.reduce([held[k] for k in few])
            score = 2 * float((inside & seen).sum()) / float(inside.sum() + seen.sum())
            if score > best[0]:
                best = score, tuple(box[k] for k in few)
    return best[1]


def _few(n: int) -> Iterator[tuple[int, ...]]:
    """Every choice of at most CONDITIONS of n conditions."""
    return chain.from_iterable(combinations(range(n), size) for size in range(1, CONDITIONS + 1))


def _conditions(about: Sequence[Feature], ends: Mapping[str, tuple[float, float]], learnt: slice) -> list[Condition]:
    """The ends of a box that cut something off."""
    made = []
    for feature in about:
        values, (low, high) = feature.values[learnt], ends[feature.name]
        if low > values.min():
            made.append(Condition(feature.name, feature.title, feature.unit, True, low))
        if high < values.max():
            made.append(Condition(feature.name, feature.title, feature.unit, False, high))
    return made


def _peeled(about: Mapping[str, F64], cases: Mask) -> list[dict[str, tuple[float, float]]]:
    """The boxes of one PRIM peeling, from all futures inwards: for each quantity its lower and upper end."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of its optional parts that are not installed
            import pandas as pd
            from ema_workbench.analysis import prim
    except ImportError:
        raise RunError("scenario discovery needs the questions: pip install 'vallum[questions]'") from None
    quiet = logging.getLogger("EMA")
    level, quiet.disabled = quiet.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = prim.Prim(pd.DataFrame(dict(about)), cases, threshold=DENSITY).find_box()
    finally:
        quiet.disabled = level
    boxes = [] if found is None else found.box_lims
    return [{name: (float(box[name].iloc[0]), float(box[name].iloc[1])) for name in about} for box in boxes]
