"""What each future holds for true: every uncertain number drawn, every quantity resolved (F1, F2, F6)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from statistics import NormalDist
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from vallum import dice
from vallum.errors import ScenarioError
from vallum.evidence import Distribution, Evidence, Option
from vallum.scenario import schema
from vallum.scenario.quantity import Quantity, When
from vallum.scenario.remembered import Remembered
from vallum.terms import NEVER

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
U64 = npt.NDArray[np.uint64]

WORLD = dice.word("world")
#: What was drawn, and made of it, lately, of all scenarios.
LATELY: Final = Remembered()
Made = TypeVar("Made")


def law(name: str, entry: schema.Uncertain, evidence: Evidence) -> Distribution:
    """Return the distribution of an entry of `uncertain`, made from evidence or from its own range."""
    if entry.parameter is not None:
        made = evidence.parameter(entry.parameter).distribution
        return _believed(name, made, entry.believe)
    if entry.shape == "switch":
        options = tuple(_option(name, key, option) for key, option in entry.options.items())
        made = _own(name, entry, min(o.law.low for o in options), max(o.law.high for o in options), options=options)
        return _believed(name, made, entry.believe)
    if entry.shape == "posterior":
        sample = tuple(sorted(entry.sample))
        return _own(name, entry, sample[0], sample[-1], sample=sample)
    best = entry.best if entry.best is not None else np.nan
    low = entry.low if entry.low is not None else best
    high = entry.high if entry.high is not None else best
    return _own(name, entry, low, high)


def _own(
    name: str,
    entry: schema.Uncertain,
    low: float,
    high: float,
    options: tuple[Option, ...] = (),
    sample: tuple[float, ...] = (),
) -> Distribution:
    shape = entry.shape if entry.shape not in (None, "fixed") else "triangular"
    best = entry.best if entry.best is not None else 0.5 * (low + high)
    claims = (*entry.claims, *(claim for option in entry.options.values() for claim in option.claims))
    return Distribution(
        str(shape), best, low, high, name, entry.unit or "", entry.title or name, options, sample, claims,
        entry.assumption, entry.published,
    )  # fmt: skip


def _option(name: str, key: str, option: schema.Option) -> Option:
    made = Distribution(
        option.shape, option.best, option.low, option.high, f"{name}.{key}", claims=tuple(option.claims)
    )
    return Option(key, option.weight, made)


def _believed(name: str, made: Distribution, believe: str | None) -> Distribution:
    """Return the one reading of a switch that is believed, or all of it."""
    if believe is None:
        return made
    for option in made.options:
        if option.name == believe:
            return option.law
    known = ", ".join(option.name for option in made.options) or "none: it is no switch"
    raise ScenarioError(f"uncertain.{name}.believe is {believe}; readings: {known}")


@dataclass(frozen=True)
class Worlds:
    """The knowledge of a block of futures.

    futures : (F,) numbers of the futures; with `lucks` L, future k is luck k mod L of world k // L
    shifted : names whose value is taken from the world `offset` further on, and luck the number of other
              dice (both for the split of F5)
    draws   : what was drawn already, by name
    among   : futures of the run that these are a block of
    """

    start: date
    days: int
    laws: Mapping[str, Distribution]
    evidence: Evidence
    seed: int
    futures: I64
    lucks: int = 1
    correlations: tuple[tuple[str, str, float], ...] = ()
    shifted: frozenset[str] = frozenset()
    offset: int = 0
    luck: int = 0
    draws: Mapping[str, F64] | None = None
    among: int = 0

    def part(self, futures: range) -> Worlds:
        """Return a block of these futures, its draws taken from what is drawn already.

        futures : places among these futures. Drawing once for all of them costs far less than block by
        block, and each draw depends on its own future only.
        """
        cut = slice(futures.start, futures.stop)
        drawn = {name: values[cut] for name, values in self.drawn.items()}
        return replace(self, futures=self.futures[cut], draws=drawn, among=len(self.futures))

    @cached_property
    def numbers(self) -> I64:
        """World of each future. (F,)"""
        return self.futures // self.lucks

    @cached_property
    def _told(self) -> bytes:
        """World of each future, as part of what is remembered of them."""
        return self.numbers.tobytes()

    @cached_property
    def chains(self) -> U64:
        """Chain (seed, future, luck) of each future. (F,)"""
        worlds = dice.future_chains(self.seed, self.numbers)
        return dice.folds(worlds, (self.futures % self.lucks + self.luck).astype(np.uint64))

    def uniforms(self, name: str) -> F64:
        """Uniform of one uncertain quantity in each future (F2). (F,)"""
        numbers = self.numbers + (self.offset if name in self.shifted else 0)
        worlds = dice.future_chains(self.seed, numbers)
        return dice.uniforms(dice.folds(dice.folds(worlds, WORLD), np.uint64(dice.word(name))))

    @cached_property
    def drawn(self) -> dict[str, F64]:
        """Every uncertain quantity by name. (F,)"""
        if self.draws is not None:
            return dict(self.draws)
        tied = self._tied()
        return {
            name: made.quantile(tied[name]) if name in tied else self._free(name, made)
            for name, made in self.laws.items()
        }

    def _free(self, name: str, made: Distribution) -> F64:
        """One quantity that is tied to no other: most laws stay as they are when one of them is changed."""
        offset = self.offset if name in self.shifted else 0
        key = (made, name, self.seed, offset, self._told)
        return LATELY.of(key, lambda: made.quantile(self.uniforms(name)))

    def _tied(self) -> dict[str, F64]:
        """Uniforms of correlated quantities: a Gaussian copula on their own uniforms (F2)."""
        names = sorted({name for a, b, _ in self.correlations for name in (a, b)})
        if not names:
            return {}
        matrix = np.eye(len(names))
        for a, b, value in self.correlations:
            i, j = names.index(a), names.index(b)
            matrix[i, j] = matrix[j, i] = value
        normal = NormalDist()
        free = np.array([[normal.inv_cdf(u) for u in self.uniforms(name)] for name in names])
        tied = np.linalg.cholesky(matrix) @ free
        return {name: np.array([normal.cdf(z) for z in row]) for name, row in zip(names, tied, strict=True)}

    def known(self, said: str, make: Callable[[], Made], *more: Hashable, everywhere: bool = False) -> Made:
        """Return what `make` makes of a part of a scenario in these futures, or what it made of the same lately (F3).

        said : all that the scenario says of it, as `repr` writes it, with the names that are uncertain
        more : whatever else it depends on. What is returned is shared, so nobody may change it
        everywhere : it rolls no dice, and `more` is the same in all futures of a run: so is what is made, then, where
               nothing that it says is uncertain either
        """
        names = [name for name in self.laws if repr(name)[1:-1] in said]
        same = everywhere and all(self.laws[name].constant for name in names)
        drawn = tuple((self.laws[name].constant, self.drawn[name].tobytes()) for name in names)
        futures = len(self.futures) if same else self.chains.tobytes()
        key = (said, self.start, self.days, futures, drawn, id(self.evidence), *more)
        alike = 1.0 if same else max(1.0, self.among / len(self.futures))
        return LATELY.of(key, lambda: (make(), self.evidence), alike)[0]  # with the evidence, so its id stays its own

    def value(self, quantity: Quantity | None, default: float) -> F64:
        """Resolve a quantity: (1,) where all futures share it, else (F,)."""
        if quantity is None:
            return np.array([default])
        if quantity.name is not None:
            values = self.drawn[quantity.name]
            return values[:1] if self.laws[quantity.name].constant else values
        if quantity.parameter is not None:
            return np.array([self.evidence.parameter(quantity.parameter).best])
        return np.array([default if quantity.value is None else quantity.value])

    def count(self, quantity: Quantity | None, default: int) -> I64:
        """Resolve a whole number, rounding half up what was drawn."""
        return np.floor(self.value(quantity, default) + 0.5).astype(np.int64)

    def day(self, when: When | None, default: int) -> I64:
        """Resolve a day, counted from 0; what is never is NEVER."""
        if when is None:
            return np.array([default])
        if when.on is not None:
            return np.array([(when.on - self.start).days])
        if when.day is not None:
            return np.array([when.day - 1])
        days = np.floor(self.drawn[str(when.name)] + 0.5).astype(np.int64) - 1
        return np.minimum(days, NEVER)
