"""Which option each decision criterion picks, by name; they disagree, and no rank is made of them (Q3)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vallum.results import GOOD, Label, Result, rounded
from vallum.results.outcomes import APART
from vallum.results.standards import Standard

F64 = npt.NDArray[np.float64]
#: Upper end of the band in which regret is told.
HIGH: Final = 0.95


@dataclass(frozen=True)
class Criterion:
    """What one criterion says. scores : option -> its number; picks : those it prefers, several where equal

    near : options that cannot be told apart from the pick
    """

    name: str
    meaning: str
    unit: str
    scores: Mapping[str, float]
    picks: tuple[str, ...]
    near: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The criterion in the JSON layout."""
        scores = {name: rounded(value) for name, value in self.scores.items()}
        about = {"name": self.name, "meaning": self.meaning, "unit": self.unit, "scores": scores}
        return {**about, "picks": list(self.picks), "cannot_be_told_apart": list(self.near)}


@dataclass(frozen=True)
class Regret:
    """How far an option stays behind the best one of each future. best : share of futures where none is better"""

    option: str
    mean: float
    p95: float
    most: float
    best: float

    def as_dict(self) -> dict[str, Any]:
        """The regret in the JSON layout."""
        numbers = {"mean": self.mean, "p95": self.p95, "most": self.most, "best": self.best}
        return {"option": self.option, **{name: rounded(value) for name, value in numbers.items()}}


def is_good(label: Label) -> bool:
    """Whether more of an outcome is better."""
    return label.name in GOOD


def gains(label: Label, results: Mapping[str, Result]) -> tuple[F64, F64]:
    """Return the outcome of each option, and the same with a sign such that more is better. (O, F) each

    Futures in which some option has no such outcome are left out; what never comes counts as the day after the last.
    """
    late = float(next(iter(results.values())).manifest.days + 1)
    table = np.array([result.columns[label] for result in results.values()])
    table = np.where(np.isinf(table), late, table)[:, ~np.isnan(table).any(axis=0)]
    return table, table if is_good(label) else -table


def regrets(label: Label, results: Mapping[str, Result]) -> tuple[Regret, ...]:
    """Return the regret of each option across futures."""
    _, gain = gains(label, results)
    behind = gain.max(axis=0) - gain if gain.size else gain
    return tuple(_regret(name, row) for name, row in zip(results, behind, strict=True) if len(row))


def _regret(name: str, behind: F64) -> Regret:
    ordered = np.sort(behind)
    p95 = ordered[max(0, math.ceil(HIGH * len(ordered)) - 1)]
    mean = math.fsum(behind) / len(behind)
    return Regret(name, mean, float(p95), float(ordered[-1]), float((behind == 0).mean()))


def criteria(label: Label, results: Mapping[str, Result], standards: Sequence[Standard]) -> tuple[Criterion, ...]:
    """Return what each criterion says of the options."""
    names = tuple(results)
    table, gain = gains(label, results)
    if not gain.size:
        return ()
    behind = (gain.max(axis=0) - gain).max(axis=1)
    worst = np.where(is_good(label), table.min(axis=1), table.max(axis=1))
    means = np.array([math.fsum(row) / len(row) for row in table])
    made = [
        _picked("maximin", "the best in its worst future", label.unit, names, worst, gain.min(axis=1)),
        _picked("minimax regret", "never far behind the best of the same future", label.unit, names, behind, -behind),
        _picked(
            "Laplace", "the best mean, all futures weighed alike", label.unit, names, means, gain.mean(axis=1), gain
        ),
    ]
    for standard in standards:
        met = np.array([standard.met_in(result) for result in results.values()], np.float64)
        shares = met.mean(axis=1)
        meaning = f"the most futures in which {standard.words}"
        made.append(_picked("satisficing", meaning, "share", names, shares, shares, met))
    return tuple(made)


def _picked(
    name: str, meaning: str, unit: str, names: Sequence[str], scores: F64, worth: F64, each: F64 | None = None
) -> Criterion:
    """Prefer the most worth. each : (O, F) what the worth is the mean of, to say what cannot be told apart"""
    first = int(np.argmax(worth))
    equal = [k for k in range(len(names)) if worth[k] == worth[first]]
    near = [] if each is None else [k for k in range(len(names)) if k not in equal and _same(each[first] - each[k])]
    told = dict(zip(names, map(float, scores), strict=True))
    return Criterion(name, meaning, unit, told, tuple(names[k] for k in equal), tuple(names[k] for k in near))


def _same(change: F64) -> bool:
    """Whether a paired difference is within `APART` of its standard errors from zero."""
    error = np.std(change, ddof=1) / math.sqrt(len(change)) if len(change) > 1 else math.inf
    return bool(abs(change.mean()) <= APART * error)
