"""How much of a package's effect each of its parts makes: shares that sum to the whole, exactly (Q3).

With few parts every order in which they could come is weighed alike (Shapley 1953, "A value for n-person games"); with
many, each part is added in the order of the file. Both are conventions: where parts help or hinder one another, no
split of the effect is the true one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vallum.results import Label, rounded

F64 = npt.NDArray[np.float64]
#: A set of parts, by their places.
Coalition = frozenset[int]
Columns = Mapping[Label, F64]

#: With more parts than this the 2^n runs of all sets are too many, and the parts are added in order.
FEW: Final = 6


@dataclass(frozen=True)
class Share:
    """What one part makes of a difference. exact : the mean share; se : its paired standard error"""

    part: str
    exact: Fraction
    se: float

    @property
    def mean(self) -> float:
        """The mean share as a number."""
        return float(self.exact)


@dataclass(frozen=True)
class Attribution:
    """One outcome's difference taken apart. whole : the mean difference over the n futures where all is defined."""

    label: Label
    n: int
    whole: Fraction
    shares: tuple[Share, ...]
    method: str

    def as_dict(self) -> dict[str, Any]:
        """The attribution in the JSON layout."""
        shares = [{"part": one.part, "mean": rounded(one.mean), "se": rounded(one.se)} for one in self.shares]
        about = {"name": self.label.name, **self.label.keys(), "method": self.method, "n": self.n}
        return {**about, "whole": rounded(float(self.whole)), "shares": shares}


def coalitions(n: int) -> tuple[Coalition, ...]:
    """Return the sets of parts that have to be run: all of them, or the first so many one by one."""
    if n > FEW:
        return tuple(frozenset(range(k)) for k in range(n + 1))
    return tuple(frozenset(some) for size in range(n + 1) for some in combinations(range(n), size))


def attributed(label: Label, parts: Sequence[str], values: Callable[[Coalition], F64]) -> Attribution | None:
    """Take the difference in one outcome apart; None where no future has it with every set of parts.

    values : the outcome in each future (F,) when only these parts are there
    """
    n = len(parts)
    known = {some: values(some) for some in coalitions(n)}
    defined = np.logical_and.reduce([np.isfinite(one) for one in known.values()])
    if not defined.any():
        return None
    kept = {some: one[defined] for some, one in known.items()}
    means = {some: Fraction(math.fsum(one)) / len(one) for some, one in kept.items()}
    shares = []
    for k, part in enumerate(parts):
        weighed = [(weight, with_it, without) for weight, with_it, without in _marginals(k, n)]
        exact = sum((weight * (means[a] - means[b]) for weight, a, b in weighed), Fraction())
        each = np.sum([float(weight) * (kept[a] - kept[b]) for weight, a, b in weighed], axis=0)
        shares.append(Share(part, exact, _error(each)))
    whole = means[frozenset(range(n))] - means[frozenset()]
    return Attribution(label, int(defined.sum()), whole, tuple(shares), "in order" if n > FEW else "shapley")


def _marginals(k: int, n: int) -> list[tuple[Fraction, Coalition, Coalition]]:
    """Sets without part k, with their weight: how many of the n! orders have exactly these parts before it."""
    if n > FEW:
        return [(Fraction(1), frozenset(range(k + 1)), frozenset(range(k)))]
    others = [j for j in range(n) if j != k]
    sets = [frozenset(some) for size in range(n) for some in combinations(others, size)]
    orders = math.factorial(n)
    return [
        (Fraction(math.factorial(len(some)) * math.factorial(n - len(some) - 1), orders), some | {k}, some)
        for some in sets
    ]


def _error(values: F64) -> float:
    n = len(values)
    return float(np.std(values, ddof=1) / math.sqrt(n)) if n > 1 else math.nan
