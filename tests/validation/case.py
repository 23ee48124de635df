"""What a case of the validation table is, and how its answer is held against a run."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import vallum
from vallum import dice
from vallum.results import Result

F64 = npt.NDArray[np.float64]
BASE = Path(__file__).with_name("one_battery.yaml")
#: A simulated answer may be this many of its standard errors from the exact one.
FURTHEST = 4.0
#: A standard error says something if it is at most this, or this share of the exact answer.
SMALL, SMALL_SHARE = 0.005, 0.01
#: Futures where a case does not say otherwise, and futures of a block (which changes no byte).
FUTURES, BLOCK = 20_000, 2_048
#: An answer without chance is met to this share.
EXACTLY = 1e-9


@dataclass(frozen=True)
class Row:
    """One number of a case: what is measured in each future, and the exact answer.

    most : the largest standard error allowed, where the case's source states one
    """

    outcome: str
    exact: float
    measure: Callable[[Result], F64]
    is_variance: bool = False
    most: float | None = None

    @property
    def largest_error(self) -> float:
        """Largest standard error with which the row is worth something."""
        return max(SMALL, SMALL_SHARE * abs(self.exact)) if self.most is None else self.most


@dataclass(frozen=True)
class Case:
    """A public scenario, changed, and the exact answers about it.

    source : the function of `vallum.exact` or the closed form behind the answers
    """

    name: str
    rule: str
    source: str
    changes: Mapping[str, Any]
    rows: tuple[Row, ...]
    futures: int = FUTURES

    @property
    def seed(self) -> int:
        """Seed of the run, from the name: nobody chooses it."""
        return dice.word(self.name) >> 33

    def scenario(self) -> vallum.Scenario:
        """The scenario of the case."""
        return vallum.read(BASE).replace(self.changes)

    def run(self, futures: int | None = None) -> list[Found]:
        """Fight the case and hold each row against its exact answer."""
        number = self.futures if futures is None else futures
        result = vallum.run(
            self.scenario(), futures=number, seed=self.seed, explain=False, threads=1, block=BLOCK
        )  # fmt: skip
        return [found(self, row, row.measure(result)) for row in self.rows]

    def told(self) -> str:
        """All that makes the case what it is, in one line."""
        rows = [f"{row.outcome}={row.exact:.6g}" for row in self.rows]
        return f"{self.name} | {self.rule} | {self.source} | {dict(self.changes)} | {rows} | {self.futures}"


@dataclass(frozen=True)
class Found:
    """A row after the run. errors : distance from the exact answer in standard errors."""

    case: Case
    row: Row
    simulated: float
    se: float
    errors: float
    futures: int

    @property
    def holds(self) -> bool:
        """Whether the answer is near enough."""
        return abs(self.errors) <= FURTHEST

    @property
    def is_sharp(self) -> bool:
        """Whether the standard error is small enough to matter."""
        return self.se <= self.row.largest_error


def found(case: Case, row: Row, values: F64) -> Found:
    """Summarise a row. values : (F,)"""
    simulated, se = _variance(values) if row.is_variance else _mean(values, row.exact)
    off = simulated - row.exact
    if se > 0.0:
        errors = off / se
    else:
        errors = 0.0 if abs(off) <= EXACTLY * max(1.0, abs(row.exact)) else math.copysign(math.inf, off)
    return Found(case, row, simulated, se, errors, len(values))


def _mean(values: F64, exact: float) -> tuple[float, float]:
    """Mean and its standard error; of a probability the error that the exact answer implies."""
    n, mean = len(values), math.fsum(values) / len(values)
    if np.isin(values, (0.0, 1.0)).all():
        return mean, math.sqrt(max(0.0, exact * (1.0 - exact)) / n)
    return mean, float(np.std(values, ddof=1)) / math.sqrt(n)


def _variance(values: F64) -> tuple[float, float]:
    """Sample variance and its standard error, from the fourth moment."""
    n = len(values)
    centred = values - values.mean()
    variance, fourth = float((centred**2).sum()) / (n - 1), float((centred**4).mean())
    return variance, math.sqrt(max(0.0, fourth - variance**2 * (n - 3) / (n - 1)) / n)


# --- rows ---------------------------------------------------------------------------------------------


def column(name: str, about: Mapping[str, str]) -> Callable[[Result], F64]:
    """The values of one outcome in each future in which it is defined."""

    def values(result: Result) -> F64:
        found = result.columns[result.label(name, **about)]
        return found[~np.isnan(found)]

    return values


def mean(exact: float, name: str, most: float | None = None, **about: str) -> Row:
    """The mean of an outcome, or the probability where it is one."""
    return Row(_words(name, about), exact, column(name, about), most=most)


def variance(exact: float, name: str, **about: str) -> Row:
    """The variance of an outcome over futures."""
    return Row(f"variance of {_words(name, about)}", exact, column(name, about), is_variance=True)


def chance(exact: float, name: str, is_so: str, value: float, **about: str) -> Row:
    """The probability that an outcome `is_so` (= or <=) to a value."""
    values = column(name, about)

    def holds(result: Result) -> F64:
        given = values(result)
        return np.asarray(given == value if is_so == "=" else given <= value, np.float64)

    return Row(f"P({_words(name, about)} {is_so} {value:g})", exact, holds)


#: What a case is about where it does not say so.
USUAL = ("ballistic", "round")


def _words(name: str, about: Mapping[str, str]) -> str:
    told = [value for value in about.values() if value not in USUAL]
    return f"{name} ({', '.join(told)})" if told else name


# --- scenarios ----------------------------------------------------------------------------------------


def battery(
    threats: int | Mapping[str, Any] = 6,
    p: Any = 0.8,
    salvo: list[int] | None = None,
    stock: Any = None,
    days: int = 1,
    raids: Mapping[str, Any] | None = None,
    deliveries: Mapping[int, Any] | None = None,
    doctrine: Mapping[str, Any] | None = None,
    choices: Mapping[str, Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
    **system: Any,
) -> dict[str, Any]:
    """Changes to the scenario of one battery: one law of raids, one magazine, one shot doctrine.

    threats : a number, or a law as in a scenario; deliveries : {day: rounds or (rounds, probability)}
    system  : keys of the battery's system; the other mappings are keys below their drawer
    """
    size = {"kind": "fixed", "n": threats} if isinstance(threats, int) else dict(threats)
    made: dict[str, Any] = {
        "fixed.days": days,
        "fixed.raids.size.ballistic": size,
        "fixed.interceptors.round.kill.ballistic": p,
        "fixed.doctrine.salvos.long.ballistic": salvo or [1],
    }
    if raids is not None:
        made["fixed.raids.raids_a_day"] = dict(raids)
    if stock is not None:
        made["choices.stock.round"] = stock
    if deliveries is not None:
        made["choices.supply.line"] = dated(deliveries)
    drawers = (("fixed.systems.long", system), ("fixed.doctrine", doctrine), ("choices", choices), ("fixed", fixed))
    for drawer, keys in drawers:
        made |= {f"{drawer}.{key}": value for key, value in (keys or {}).items()}
    return made


def dated(deliveries: Mapping[int, Any]) -> dict[str, Any]:
    """A supply line of deliveries: {day: rounds or (rounds, probability)}."""
    due = []
    for day, given in deliveries.items():
        quantity, probability = given if isinstance(given, tuple) else (given, None)
        due.append({"on": day, "quantity": quantity} | ({} if probability is None else {"probability": probability}))
    return {"kind": "delivery", "interceptor": "round", "donor": "A", "deliveries": due}


@dataclass(frozen=True)
class Exact:
    """An answer without dice: what was published, and what `vallum.exact` says."""

    name: str
    source: str
    published: tuple[float, ...]
    answer: tuple[float, ...]
    digits: int = field(default=6)

    @property
    def holds(self) -> bool:
        """Whether both are equal to so many significant digits."""
        pairs = zip(self.published, self.answer, strict=True)
        return all(_rounded(one, self.digits) == _rounded(other, self.digits) for one, other in pairs)


def _rounded(value: float, digits: int) -> str:
    return f"{value:.{digits}g}"


def version(cases: list[Case]) -> str:
    """A word that changes when any case does."""
    return hashlib.blake2b("\n".join(case.told() for case in cases).encode(), digest_size=6).hexdigest()
