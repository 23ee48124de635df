"""Count laws (rule R1) and their sums: fixed, bernoulli, poisson, geometric, negative_binomial, table."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vallum.exact import checks
from vallum.exact.checks import Array

# How a law is spelled: a whole number, {value: probability}, or {"kind": NAME, ...}; keys may be texts.
Spelling = int | Mapping[Any, Any]
LAWS = ("fixed", "bernoulli", "poisson", "geometric", "negative_binomial", "table")
LARGEST_COUNT = 5_000
# Probability left out beyond the last size that is looked at, where a law has no largest value.
TAIL = 1e-12
# exp(-mean) must not underflow.
LARGEST_PANJER = 500.0


@dataclass(frozen=True)
class Law:
    """A distribution on 0, 1, 2, ...: `pmf(top)` gives the probabilities of 0..top, the rest left out."""

    kind: str
    mean: float
    variance: float
    pmf: Callable[[int], Array]
    largest: int | None

    def support(self) -> Array:
        """Probabilities of 0..largest, or up to where less than TAIL is left."""
        if self.largest is not None:
            return self.pmf(self.largest)
        top = int(self.mean + 10 * math.sqrt(self.variance)) + 10
        while True:
            weights = self.pmf(top)
            kept = np.flatnonzero(np.cumsum(weights) >= 1.0 - TAIL)
            if len(kept):
                return weights[: int(kept[0]) + 1]
            if top > 100 * LARGEST_COUNT:
                return weights
            top *= 2


def sure(value: int, top: int) -> Array:
    """The law of a number that is known, on 0..top."""
    weights = np.zeros(top + 1)
    weights[value] = 1.0
    return weights


def log_factorials(top: int) -> Array:
    """log(0!), ..., log(top!)."""
    return np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, top + 1)))))


def binomial(n: int, p: float) -> Array:
    """Probabilities of 0..n successes in n independent trials."""
    if p <= 0.0 or p >= 1.0 or n == 0:
        return sure(0 if p <= 0.0 else n, n)
    counts = np.arange(n + 1)
    log_fact = log_factorials(n)
    ways = log_fact[n] - log_fact - log_fact[::-1]
    return np.asarray(np.exp(ways + counts * math.log(p) + (n - counts) * math.log1p(-p)))


def poisson(mean: float, top: int) -> Array:
    """Probabilities of 0..top."""
    if mean == 0.0:
        return sure(0, top)
    counts = np.arange(top + 1)
    return np.asarray(np.exp(counts * math.log(mean) - mean - log_factorials(top)))


def _geometric(mean: float, top: int) -> Array:
    counts = np.arange(top + 1)
    weights = np.power(1.0 - 1.0 / mean, np.maximum(counts - 1, 0)) / mean
    weights[0] = 0.0
    return np.asarray(weights)


def _negative_binomial(mean: float, size: float, top: int) -> Array:
    if mean == 0.0:
        return sure(0, top)
    counts = np.arange(1, top + 1)
    steps = np.log((counts - 1 + size) / counts) + math.log(mean / (mean + size))
    start = -size * math.log1p(mean / size)
    return np.asarray(np.exp(np.concatenate(([start], start + np.cumsum(steps)))))


def _padded(weights: Array, top: int) -> Array:
    padded = np.zeros(top + 1)
    kept = min(top + 1, len(weights))
    padded[:kept] = weights[:kept]
    return padded


def _finite(kind: str, weights: Array) -> Law:
    counts = np.arange(len(weights))
    mean = float(counts @ weights)
    variance = float((counts - mean) ** 2 @ weights)
    return Law(kind, mean, variance, lambda top: _padded(weights, top), len(weights) - 1)


def table(name: str, sizes: object, weights: object, most: int = LARGEST_COUNT) -> Law:
    """The law of a table of sizes and probabilities, which must sum to 1."""
    values = checks.many(name + ".values", sizes, lambda where, size: checks.whole(where, size, 0, most))
    shares = checks.many(name + ".weights", weights, checks.probability)
    if len(values) != len(shares):
        checks.refuse(name, [len(values), len(shares)], "as many weights as values")
    if abs(math.fsum(shares) - 1.0) > checks.SLACK:
        checks.refuse(f"sum of the weights of {name}", math.fsum(shares), "1")
    pmf = np.zeros(max(values) + 1)
    np.add.at(pmf, values, shares)
    return _finite("table", pmf)


def _fixed(name: str, spec: dict[str, object]) -> Law:
    number = checks.whole(name + ".n", spec["n"], 0, LARGEST_COUNT)
    return _finite("fixed", sure(number, number))


def _bernoulli(name: str, spec: dict[str, object]) -> Law:
    return _finite("bernoulli", binomial(1, checks.probability(name + ".p", spec["p"])))


def _poisson_law(name: str, spec: dict[str, object]) -> Law:
    mean = checks.number(name + ".mean", spec["mean"], 0.0, LARGEST_COUNT)
    return Law("poisson", mean, mean, lambda top: poisson(mean, top), None if mean else 0)


def _geometric_law(name: str, spec: dict[str, object]) -> Law:
    mean = checks.number(name + ".mean", spec["mean"], 1.0, LARGEST_COUNT)
    return Law("geometric", mean, mean * (mean - 1.0), lambda top: _geometric(mean, top), None)


def _negative_binomial_law(name: str, spec: dict[str, object]) -> Law:
    mean = checks.number(name + ".mean", spec["mean"], 0.0, LARGEST_COUNT)
    size = checks.number(name + ".dispersion", spec["dispersion"], 0.0, 1e9, above=True)
    variance = mean + mean * mean / size
    return Law(
        "negative_binomial",
        mean,
        variance,
        lambda top: _negative_binomial(mean, size, top),
        None if mean else 0,
    )


_MAKERS: dict[str, tuple[tuple[str, ...], Callable[[str, dict[str, object]], Law]]] = {
    "fixed": (("n",), _fixed),
    "bernoulli": (("p",), _bernoulli),
    "poisson": (("mean",), _poisson_law),
    "geometric": (("mean",), _geometric_law),
    "negative_binomial": (("mean", "dispersion"), _negative_binomial_law),
    "table": (("values", "weights"), lambda name, spec: table(name, spec["values"], spec["weights"])),
}


def count_law(name: str, spec: object) -> Law:
    """Read a law: a whole number (fixed), {value: probability, ...} (table), or {"kind": NAME, ...}.

    Keys: fixed n; bernoulli p; poisson mean; geometric mean (on 1, 2, ...); negative_binomial mean,
    dispersion (variance mean + mean**2/dispersion); table values, weights.
    """
    if not isinstance(spec, Mapping):
        return _fixed(name, {"n": spec})
    if "kind" not in spec:
        return table(name, [_key(name, key) for key in spec], list(spec.values()))
    kind = checks.choice(name + ".kind", spec["kind"], LAWS)
    needed, make = _MAKERS[kind]
    return make(name, checks.fields(name, spec, ("kind", *needed)))


def _key(name: str, key: object) -> object:
    """A size that came as a JSON key, back as a number."""
    try:
        return float(key) if isinstance(key, str) else key
    except ValueError:
        checks.refuse(f"a key of {name}", key, "a whole number, or the key kind with one of " + ", ".join(LAWS))


def compound(counts: Law, sizes: Array, top: int) -> Array:
    """P(sum of N sizes = 0..top); N by the law `counts`, sizes independent with probabilities `sizes`.

    Poisson counts by Panjer's recursion (1981, ASTIN Bulletin 12), others by adding up the convolutions.
    """
    if counts.kind == "poisson":
        return compound_poisson(counts.mean, sizes, top)
    weights = counts.support()
    power, total = sure(0, top), np.zeros(top + 1)
    for weight in weights:
        total += weight * power
        power = _padded(np.convolve(power, sizes[: top + 1]), top)
    return total


def compound_poisson(mean: float, sizes: Array, top: int) -> Array:
    """Panjer's recursion; large means are halved first, as exp(-mean) would underflow."""
    if mean > LARGEST_PANJER:
        half = compound_poisson(mean / 2.0, sizes, top)
        return _padded(np.convolve(half, half), top)
    jumps = _padded(sizes, top) * np.arange(top + 1)
    result = np.zeros(top + 1)
    result[0] = math.exp(-mean * (1.0 - sizes[0]))
    for total in range(1, top + 1):
        result[total] = mean / total * (jumps[1 : total + 1] @ result[total - 1 :: -1])
    return result


def power(pmf: Array, times: int) -> Array:
    """The law of the sum of `times` independent draws, cut at the length of `pmf`."""
    top = len(pmf) - 1
    result, square = sure(0, top), pmf
    while times:
        if times & 1:
            result = _padded(np.convolve(result, square), top)
        square = _padded(np.convolve(square, square), top)
        times >>= 1
    return result


def compound_moments(counts: Law, mean: float, variance: float) -> tuple[float, float]:
    """Mean and variance of a sum of N draws (Wald): E N m, E N v + Var N m**2."""
    return counts.mean * mean, counts.mean * variance + counts.variance * mean * mean
