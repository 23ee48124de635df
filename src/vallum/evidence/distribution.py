"""A quantity we do not know: one law, or a choice between laws (rule F2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np
import numpy.typing as npt

from vallum.errors import EvidenceError
from vallum.evidence import quantiles

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

LAWS: Final[dict[str, Callable[[F64, float, float, float], F64]]] = {
    "triangular": quantiles.triangular,
    "pert": quantiles.pert,
    "uniform": quantiles.uniform,
    "lognormal": quantiles.lognormal,
    "beta": quantiles.beta,
}
#: Every shape that a parameter or an `uncertain` entry may name.
SHAPES: Final = (*LAWS, "posterior", "switch")
#: Uniforms inside an option of a switch stay off 0 and 1 by this much.
EDGE: Final = 2.0**-54


@dataclass(frozen=True, slots=True)
class Option:
    """One reading of a switch: its name, how far we believe it, and its law."""

    name: str
    weight: float
    law: Distribution


@dataclass(frozen=True, slots=True)
class Distribution:
    """What a future draws from: shape, best, low and high in `unit`, and where they come from.

    shape      : triangular, pert, uniform, lognormal, beta, posterior or switch; low = high is a constant
    options    : the readings of a switch; sample: the draws of a posterior
    claims     : ids of the claims it rests on; assumption: the reason in words where there are none
    published  : False if nobody publishes the quantity (rule F5)
    Raises EvidenceError, naming all that is wrong, if the numbers do not make a law.
    """

    shape: str
    best: float
    low: float
    high: float
    name: str = ""
    unit: str = ""
    title: str = ""
    options: tuple[Option, ...] = ()
    sample: tuple[float, ...] = ()
    claims: tuple[str, ...] = ()
    assumption: str | None = None
    published: bool = True

    def __post_init__(self) -> None:
        found = problems(self)
        if found:
            raise EvidenceError(f"{self.name or 'a range'}: {text}" for text in found)

    @property
    def constant(self) -> bool:
        """True if every future gets the same value."""
        return self.low == self.high

    def quantile(self, u: npt.ArrayLike) -> F64:
        """Value at each uniform u in (0, 1), rounded to 12 significant digits (rule F2)."""
        at = np.asarray(u, np.float64)
        if self.constant:
            return quantiles.round_significant(np.full(at.shape, self.best))
        return quantiles.round_significant(self._raw(at.ravel())).reshape(at.shape)

    def chosen(self, u: npt.ArrayLike) -> I64:
        """Which option of a switch each uniform falls on, by its place among the options."""
        total = sum(option.weight for option in self.options)
        ends = np.cumsum([option.weight / total for option in self.options])
        return np.minimum(np.searchsorted(ends, np.asarray(u), side="right"), len(self.options) - 1)

    def _raw(self, u: F64) -> F64:
        if self.shape == "switch":
            return self._switched(u)
        if self.shape == "posterior":
            return quantiles.posterior(u, self.sample)
        return LAWS[self.shape](u, self.best, self.low, self.high)

    def _switched(self, u: F64) -> F64:
        """Split u by weight, then stretch each part over its own option."""
        total = sum(option.weight for option in self.options)
        ends = np.cumsum([option.weight / total for option in self.options])
        chosen = self.chosen(u)
        values = np.empty(u.shape)
        for place, option in enumerate(self.options):
            share = option.weight / total
            mine = chosen == place
            inner = np.clip((u[mine] - (ends[place] - share)) / share, EDGE, 1.0 - EDGE)
            values[mine] = option.law.quantile(inner)
        return values


def quantile(shape: str, best: float, low: float, high: float, u: npt.ArrayLike) -> F64:
    """Quantiles of one of the five plain laws; see `Distribution.quantile`."""
    return Distribution(shape=shape, best=best, low=low, high=high).quantile(u)


def problems(law: Distribution) -> list[str]:
    """Say in words why the numbers make no law; empty if they do."""
    if law.shape not in SHAPES:
        return [f"shape is {law.shape!r}, allowed are {', '.join(SHAPES)}"]
    if not all(isfinite(number) for number in (law.best, law.low, law.high)):
        return [f"best {law.best}, low {law.low}, high {law.high}: each must be a finite number"]
    if not law.low <= law.best <= law.high:
        return [f"low {law.low:g} <= best {law.best:g} <= high {law.high:g} does not hold; order them so"]
    return _shape_problems(law)


def _shape_problems(law: Distribution) -> list[str]:
    if law.shape == "posterior" and not law.sample:
        return ["a posterior needs a sample of draws"]
    if law.shape == "switch":
        return _switch_problems(law)
    if law.shape == "lognormal" and law.low <= 0.0:
        return [f"a lognormal range needs low > 0, found {law.low:g}; use pert or triangular"]
    if law.shape == "beta" and not law.constant:
        return _beta_problems(law)
    return []


def _switch_problems(law: Distribution) -> list[str]:
    if not law.options:
        return ["a switch needs at least one option"]
    return [
        f"option {option.name!r} has weight {option.weight}, allowed is a number above 0"
        for option in law.options
        if not (isfinite(option.weight) and option.weight > 0.0)
    ]


def _beta_problems(law: Distribution) -> list[str]:
    if law.low < 0.0 or law.high > 1.0 or not 0.0 < law.best < 1.0:
        return [f"a beta range is a share: 0 <= low, 0 < best < 1, high <= 1, found {law.best:g}"]
    try:
        quantiles.beta_concentration(law.best, law.low, law.high)
    except ValueError as error:
        return [str(error)]
    return []
