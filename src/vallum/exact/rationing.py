"""Few rounds, many calls: the bomber problem, assignment of resources to targets (X7, abstract units)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from vallum.exact import checks
from vallum.exact.checks import Answer, Array

MOST_BOMBER_STATES = 40_000
MOST_ROUNDS = 1_000
MOST_RATIONAL_STATES = 400
MOST_RESOURCES = 1_000
MOST_MATRIX = 20
MOST_NODES = 300_000
TIE = 1e-13
OBJECTIVES = ("survival", "leakers")
Chance = float | str


def bomber(
    n: int,
    t: int,
    q: Chance = 0.5,
    r: Chance = 0.5,
    lethality: Chance = 1.0,
    objective: str = "survival",
    most_salvo: int | None = None,
    rational: bool | None = None,
) -> Answer:
    """How many of n rounds to fire now, t periods before the end: the bomber problem in discrete time (X7).

    n            rounds 0..1,000; t periods 0..1,000; (n+1) x t at most 40,000
    q            chance that one round misses; r chance of an attack in a period; numbers or fractions such as
                 "1/3"
    lethality    chance that an attacker who is missed kills the defender
    objective    `survival`: p(n,t) = (1-r) p(n,t-1) + r max_k (1 - lethality q**k) p(n-k,t-1), p(n,0) = 1;
                 `leakers`: expected leakers, (1-r) L(n,t-1) + r min_k (q**k + L(n-k,t-1)), L(n,0) = 0
    most_salvo   largest k allowed
    rational     exact fractions (default: where (n+1) x t is at most 400)
    Returns value (at n, t), salvo (smallest optimal k at n, t; none if t is 0), values and salvos (rows n =
    0..n, columns t = 1..t), fractions (the values as text, none if not rational).
    Source: Klinger & Brown 1968 in Stochastic Optimization and Control; Weber 2013, Annals of Operations
    Research 208.

    >>> answer = bomber(5, 5)
    >>> answer["fractions"][5][4], answer["salvos"][5]
    ('445/1024', [5, 3, 2, 2, 2])
    """
    rounds, periods = checks.whole("n", n, 0, MOST_ROUNDS), checks.whole("t", t, 0, MOST_ROUNDS)
    if (states := (rounds + 1) * periods) > MOST_BOMBER_STATES:
        checks.refuse("(n + 1) x t", states, f"up to {MOST_BOMBER_STATES:,}")
    exact = states <= MOST_RATIONAL_STATES if rational is None else checks.yes_no("rational", rational)
    if exact and states > MOST_RATIONAL_STATES:
        checks.refuse("(n + 1) x t", states, f"up to {MOST_RATIONAL_STATES} with rational")
    miss, attack = _chance("q", q), _chance("r", r)
    harm = _chance("lethality", lethality)
    survival = checks.choice("objective", objective, OBJECTIVES) == "survival"
    most = rounds if most_salvo is None else checks.whole("most_salvo", most_salvo, 0, MOST_ROUNDS)
    ration = _Ration(rounds, miss, attack, harm, survival, most)
    values, salvos, now = ration.exact(periods) if exact else ration.rounded(periods)
    return {
        "value": float(now[rounds]),
        "salvo": salvos[-1][rounds] if salvos else None,
        "values": [[float(column[row]) for column in values] for row in range(rounds + 1)],
        "salvos": [[column[row] for column in salvos] for row in range(rounds + 1)],
        "fractions": [[str(column[row]) for column in values] for row in range(rounds + 1)] if exact else None,
    }


def _chance(name: str, value: object) -> Fraction:
    """A probability as the fraction that its text says: 0.1 is 1/10."""
    if isinstance(value, str):
        try:
            share = Fraction(value)
        except (ValueError, ZeroDivisionError):
            checks.refuse(name, value, "a number from 0 to 1 or a fraction such as 1/3")
        if not 0 <= share <= 1:
            checks.refuse(name, value, "a number from 0 to 1 or a fraction such as 1/3")
        return share
    return Fraction(str(checks.probability(name, value)))


Columns = tuple[list[list[Fraction]] | list[list[float]], list[list[int]], list[Fraction] | list[float]]


@dataclass(frozen=True)
class _Ration:
    """Backward induction over the periods; a column holds one value for each number of rounds."""

    rounds: int
    miss: Fraction
    attack: Fraction
    harm: Fraction
    survival: bool
    most: int

    def exact(self, periods: int) -> Columns:
        """In fractions: ties are ties."""
        powers = [self.miss**k for k in range(self.rounds + 1)]
        column = [Fraction(int(self.survival))] * (self.rounds + 1)
        values, salvos = [], []
        for _ in range(periods):
            options = [self._options(column, powers, row) for row in range(self.rounds + 1)]
            best = [max(each) if self.survival else min(each) for each in options]
            salvos.append([each.index(top) for each, top in zip(options, best, strict=True)])
            column = [(1 - self.attack) * stay + self.attack * top for stay, top in zip(column, best, strict=True)]
            values.append(column)
        return values, salvos, column

    def _options(self, column: list[Fraction], powers: list[Fraction], row: int) -> list[Fraction]:
        salvos = range(min(row, self.most) + 1)
        if self.survival:
            return [(1 - self.harm * powers[k]) * column[row - k] for k in salvos]
        return [powers[k] + column[row - k] for k in salvos]

    def rounded(self, periods: int) -> Columns:
        """In floating point: the smallest k within rounding of the best."""
        powers = np.power(float(self.miss), np.arange(self.rounds + 1))
        column = np.full(self.rounds + 1, float(self.survival))
        values, salvos = [], []
        for _ in range(periods):
            best, chosen = self._step(column, powers)
            column = (1.0 - float(self.attack)) * column + float(self.attack) * best
            values.append(checks.floats(column))
            salvos.append(chosen)
        return values, salvos, checks.floats(column)

    def _step(self, column: Array, powers: Array) -> tuple[Array, list[int]]:
        best, chosen = np.empty_like(column), []
        for row in range(self.rounds + 1):
            most = min(row, self.most) + 1
            later = column[row - most + 1 : row + 1][::-1]
            options = (1.0 - float(self.harm) * powers[:most]) * later if self.survival else -powers[:most] - later
            top = options.max()
            k = int(np.flatnonzero(options >= top - TIE * abs(top))[0])
            best[row] = options[k] if self.survival else -options[k]
            chosen.append(k)
        return best, chosen


def assignment(
    values: Sequence[float] | Mapping[Any, float],
    p: float | Sequence[float] | Sequence[Sequence[float]],
    resources: int | None = None,
    kind: str = "static",
) -> Answer:
    """Resources to targets for the least surviving value: min sum_j v_j prod_i (1-p_ij)**x_ij (X7, abstract).

    values     value of each target, 0 or more; up to 20 with a matrix, 10,000 otherwise
    p          a matrix (a row for each resource, up to 20), or identical resources: one p, or one for each
               target
    resources  number of identical resources, 0..1,000 (not with a matrix)
    kind       `static` (default); `sequential`: targets come one by one, values drawn independently from the
               table {value: probability}, each arrival takes one resource of the list p; maximise the
               expected sum of p x value
    Static returns value (surviving), assigned (target of each resource, from 0; matrix only), counts
    (resources on each target), proven, bound (lower bound, the value itself if proven).
    Sequential returns value, thresholds (for the first arrival: take the smallest p below the first
    threshold, the next p between the first and the second, ...), proven.
    Source: Ahuja, Kumar, Jha & Orlin 2007, Operations Research 55(6); denBroeder, Ellison & Emerling 1959,
    Operations Research 7(3) (greedy is optimal for identical resources); Derman, Lieberman & Ross 1972,
    Management Science 18(7).

    >>> answer = assignment([50, 30, 20, 10], 0.7, 7)
    >>> round(answer["value"], 6), answer["counts"]
    (12.0, [2, 2, 2, 1])
    """
    if checks.choice("kind", kind, ("static", "sequential")) == "sequential":
        return _sequential(values, p, resources)
    worth = checks.many("values", values, lambda where, value: checks.number(where, value, 0.0, 1e12))
    if checks.is_list(p) and any(checks.is_list(row) for row in p):  # type: ignore[union-attr]
        if resources is not None:
            checks.refuse("resources", resources, "nothing where p is a matrix (a row for each resource)")
        return _matrix(worth, p)
    if resources is None:
        checks.refuse("resources", resources, f"a whole number from 0 to {MOST_RESOURCES}, or p as a matrix")
    chances = checks.one_or_many("p", p, checks.probability)
    chances = chances * len(worth) if not checks.is_list(p) else chances
    if len(chances) != len(worth):
        checks.refuse("length of p", len(chances), f"as many as values ({len(worth)})")
    left, counts = _greedy(
        np.array(worth), 1.0 - np.array(chances), checks.whole("resources", resources, 0, MOST_RESOURCES)
    )
    return {"value": left, "assigned": None, "counts": counts, "proven": True, "bound": left}


def _greedy(worth: Array, miss: Array, resources: int) -> tuple[float, list[int]]:
    """Each resource where it takes away most; optimal for identical resources (denBroeder et al. 1959)."""
    left, counts = worth.copy(), [0] * len(worth)
    for _ in range(resources):
        target = int(np.argmax(left * (1.0 - miss)))
        left[target] *= miss[target]
        counts[target] += 1
    return float(left.sum()), counts


def _matrix(worth: list[float], p: object) -> Answer:
    def row(where: str, value: object) -> list[float]:
        chances = checks.many(where, value, checks.probability)
        if len(chances) != len(worth):
            checks.refuse(f"length of {where}", len(chances), f"as many as values ({len(worth)})")
        return chances

    rows = checks.many("p", p, row, MOST_MATRIX)
    if len(worth) > MOST_MATRIX:
        checks.refuse("length of values", len(worth), f"up to {MOST_MATRIX} with a matrix")
    search = _Search(np.array(rows))
    search.start(np.array(worth))
    counts = [search.best.count(target) for target in range(len(worth))]
    return {
        "value": search.value,
        "assigned": search.best,
        "counts": counts,
        "proven": search.proven,
        "bound": search.value if search.proven else search.bound,
    }


@dataclass
class _Search:
    """Branch and bound by resource; the bound lends every resource the best p left for each target."""

    p: Array
    value: float = math.inf
    best: list[int] = field(default_factory=list)
    nodes: int = 0
    bound: float = 0.0
    proven: bool = True

    def start(self, worth: Array) -> None:
        """Strongest resources first; a first answer by greedy, then the search."""
        self.order = np.argsort(-(self.p * worth).max(axis=1), kind="stable")
        ranked = self.p[self.order]
        self.hopes = [1.0 - ranked[place:].max(axis=0) for place in range(len(ranked))]
        self.ranked = 1.0 - ranked
        self.bound = _greedy(worth, self.hopes[0], len(ranked))[0]
        self._down(0, worth, [])

    def _down(self, place: int, left: Array, chosen: list[int]) -> None:
        if place == len(self.ranked):
            self._keep(float(left.sum()), chosen)
            return
        self.nodes += 1
        if self.nodes > MOST_NODES:
            self.proven = False
            return
        if _greedy(left, self.hopes[place], len(self.ranked) - place)[0] >= self.value * (1.0 - TIE):
            return
        for target in np.argsort(-left * (1.0 - self.ranked[place]), kind="stable").tolist():
            after = left.copy()
            after[target] *= self.ranked[place][target]
            self._down(place + 1, after, [*chosen, target])

    def _keep(self, value: float, chosen: list[int]) -> None:
        if value < self.value:
            self.value = value
            self.best = [0] * len(chosen)
            for place, target in zip(self.order.tolist(), chosen, strict=True):
                self.best[place] = target


def _sequential(values: object, p: object, resources: object) -> Answer:
    """Derman, Lieberman & Ross 1972: a_(i,n+1) = E min(max(X, a_(i-1,n)), a_(i,n)), value sum p a."""
    if not isinstance(values, Mapping):
        checks.refuse("values", values, "a table {value: probability} where kind is sequential")
    if resources is not None:
        checks.refuse("resources", resources, "nothing where kind is sequential (p lists them)")
    worth = np.array([_worth(key) for key in values])
    weights = np.array([checks.probability(f"values[{key}]", share) for key, share in values.items()])
    if abs(weights.sum() - 1.0) > checks.SLACK:
        checks.refuse("sum of the probabilities of values", float(weights.sum()), "1")
    chances = sorted(checks.many("p", p, checks.probability, MOST_RESOURCES))
    thresholds = np.empty(0)
    for _ in range(len(chances)):
        before = thresholds
        low, high = np.append(-np.inf, thresholds), np.append(thresholds, np.inf)
        thresholds = np.clip(worth[None, :], low[:, None], high[:, None]) @ weights
    return {"value": float(thresholds @ chances), "thresholds": checks.floats(before), "proven": True}


def _worth(key: object) -> float:
    try:
        return checks.number("a value of values", float(key) if isinstance(key, str) else key, 0.0, 1e12)
    except ValueError:
        checks.refuse("a value of values", key, "a number from 0")
