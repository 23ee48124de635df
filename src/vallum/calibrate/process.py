"""The raid process fitted to nights: mass raids for all classes, overdispersion, correlation, block length (R1).

Each night is a mass raid with probability m, the same for all classes, otherwise harassment; launches of a class are
negative binomial with a mean and a dispersion of their own for each kind of night. Fitted by expectation and
maximisation (Dempster, Laird & Rubin 1977, JRSS B 39). Its posterior is the Bayesian bootstrap (Rubin 1981, Annals of
Statistics 9) of blocks of nights, so that lulls and waves keep together. All samples are fitted at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

import numpy as np
from scipy import special

from vallum import dice
from vallum import record as records
from vallum.calibrate.settings import F64, I64, packaged
from vallum.errors import RecordError

_SEED: Final = 0
_WEIGHTS: Final = dice.word("bayesian bootstrap of blocks")
_FLOOR: Final = 1e-3
_LAGS_AT_LEAST: Final = 5
_CUT: Final = 2.0


@dataclass(frozen=True, eq=False)
class Nights:
    """Launches by night and threat class. counts : (N, C)"""

    first: date
    classes: tuple[str, ...]
    counts: F64

    @property
    def last(self) -> date:
        """The last night."""
        return self.first + timedelta(days=len(self.counts) - 1)


@dataclass(frozen=True, eq=False)
class Process:
    """The fitted process: row 0 is the best fit, the others are posterior samples.

    mass : (S,) share of mass nights; calm, wild : (S, C) means of the two kinds of night; calm_size, wild_size :
    (S, C) their dispersions k (variance mean + mean**2 / k)
    """

    nights: Nights
    block: int
    mass: F64
    calm: F64
    wild: F64
    calm_size: F64
    wild_size: F64
    log_likelihood: float

    @property
    def mean(self) -> F64:
        """Mean launches a night. (S, C)"""
        return (1.0 - self.mass[:, None]) * self.calm + self.mass[:, None] * self.wild

    @property
    def ratio(self) -> F64:
        """Mean of a mass night over that of a harassment night. (S, C)"""
        return self.wild / self.calm

    @cached_property
    def correlation(self) -> tuple[F64, F64]:
        """Correlation of launches of one night between classes: seen, and as mass nights alone make it. (C, C) each"""
        with np.errstate(invalid="ignore", divide="ignore"):
            seen = np.corrcoef(self.nights.counts, rowvar=False)
        m, gap = self.mass[0], (self.wild - self.calm)[0]
        made = m * (1.0 - m) * np.outer(gap, gap)
        variance = (1.0 - m) * _variance(self.calm[0], self.calm_size[0]) + m * _variance(
            self.wild[0], self.wild_size[0]
        )
        variance = variance + m * (1.0 - m) * gap**2
        made = made / np.sqrt(np.outer(variance, variance))
        np.fill_diagonal(made, 1.0)
        return np.nan_to_num(np.atleast_2d(seen)), made


def _variance(mean: F64, size: F64) -> F64:
    return mean + mean**2 / size


def nights_of(record: records.Record, until: date) -> Nights:
    """Nights of the window before a cut-off by threat class. Raises RecordError where the record is too short."""
    table = records.class_nights(record, until)
    classes = tuple(table["class"].unique(maintain_order=True))
    window = packaged("calibrate.yaml")["window"]
    counts = table["launched"].to_numpy().astype(np.float64).reshape(-1, len(classes))
    if len(counts) < window:
        raise RecordError(f"the record {record.name!r} has {len(counts)} nights up to {until}; {window} are needed")
    first = table["night"][0] + timedelta(days=len(counts) - window)
    return Nights(first, classes, counts[-window:])


def fitted(nights: Nights) -> Process:
    """Fit the process; the samples differ by the weights of blocks of nights."""
    rules = packaged("calibrate.yaml")
    total = np.log1p(nights.counts).sum(axis=1)
    block = int(np.clip(round(block_length(total)), rules["blocks"]["lowest"], rules["blocks"]["highest"]))
    weights = _block_weights(len(total), block, rules["samples"])
    made = _Fit(nights.counts, weights, rules)
    for k in range(rules["rounds"]):
        made.step(k % rules["sizes_every"] == 0)
    return Process(
        nights, block, made.mass, made.calm, made.wild, made.calm_size, made.wild_size, float(made.likelihood()[0])
    )


def _block_weights(count: int, block: int, samples: int) -> F64:
    """Weight of each night: 1 in row 0, then exponential for each block, with mean 1. (samples + 1, N)"""
    blocks = -(-count // block)
    slots = np.arange(samples * blocks).reshape(samples, blocks)
    drawn = -np.log1p(-dice.uniforms(dice.folds(dice.fold(_SEED, _WEIGHTS), slots)))
    nights = np.repeat(drawn, block, axis=1)[:, :count]
    return np.concatenate([np.ones((1, count)), nights / nights.mean(axis=1, keepdims=True)])


class _Fit:
    """Expectation and maximisation of all samples at once."""

    def __init__(self, counts: F64, weights: F64, rules: Mapping[str, Any]) -> None:
        self.counts, self.weights, self.bounds = counts, weights, rules["bounds"]
        low, high = self.bounds["dispersion"]
        self.sizes = np.geomspace(float(low), float(high), int(rules["dispersions"]))
        gamma = special.gammaln(counts[None] + self.sizes[:, None, None]) - special.gammaln(self.sizes)[:, None, None]
        #: What of the log probability does not depend on the mean. (K, N, C)
        self.fixed = gamma - special.gammaln(counts + 1.0)[None]
        total = np.log1p(counts).sum(axis=1)
        order = np.argsort(np.argsort(-total, kind="stable"), kind="stable")
        first = (order < rules["first_mass_share"] * len(total)).astype(np.float64)
        self._maximise(np.broadcast_to(0.1 + 0.8 * first, weights.shape), sizes=True)

    def step(self, sizes: bool) -> None:
        """One round; the dispersions are looked for again if asked."""
        calm, wild = self._logs()
        self._maximise(special.expit(wild - calm), sizes)

    def likelihood(self) -> F64:
        """Log likelihood of each sample. (S,)"""
        calm, wild = self._logs()
        return np.asarray((self.weights * np.logaddexp(calm, wild)).sum(axis=1))

    def _logs(self) -> tuple[F64, F64]:
        calm = np.log1p(-self.mass)[:, None] + self._log(self.calm, self.calm_size, self._calm_place)
        wild = np.log(self.mass)[:, None] + self._log(self.wild, self.wild_size, self._wild_place)
        return calm, wild

    def _log(self, mean: F64, size: F64, place: I64) -> F64:
        """Log probability of each night in each sample. (S, N)"""
        columns = np.arange(self.counts.shape[1])
        fixed = self.fixed[place, :, columns[None, :]].sum(axis=1)
        level = (size * np.log(size / (size + mean))).sum(axis=1)[:, None]
        return np.asarray(fixed + level + np.einsum("sc,nc->sn", np.log(mean / (size + mean)), self.counts))

    def _maximise(self, chance: F64, sizes: bool) -> None:
        wild, calm = self.weights * chance, self.weights * (1.0 - chance)
        low, high = self.bounds["mass_share"]
        self.mass = np.clip(wild.sum(axis=1) / self.weights.sum(axis=1), low, high)
        wild_mean, calm_mean = (_mean(part, self.counts) for part in (wild, calm))
        least, most = self.bounds["mass_ratio"]
        self.wild = np.maximum(wild_mean, least * calm_mean)
        self.calm = np.maximum(calm_mean, self.wild / most)
        if not sizes:
            return
        self._wild_place, self._calm_place = self._size(wild, self.wild), self._size(calm, self.calm)
        self.wild_size, self.calm_size = self.sizes[self._wild_place], self.sizes[self._calm_place]

    def _size(self, weights: F64, mean: F64) -> I64:
        """Place of the dispersion of greatest likelihood. (S, C)"""
        fixed = np.einsum("sn,knc->ksc", weights, self.fixed)
        sizes, many, of = self.sizes[:, None, None], weights.sum(axis=1)[:, None], _summed(weights, self.counts)
        made = fixed + many * sizes * np.log(sizes / (sizes + mean)) + of * np.log(mean / (sizes + mean))
        place: I64 = np.argmax(made, axis=0)
        return place


def _mean(weights: F64, counts: F64) -> F64:
    total = np.maximum(weights.sum(axis=1), _FLOOR)[:, None]
    return np.asarray(np.maximum(_summed(weights, counts) / total, _FLOOR))


def _summed(weights: F64, counts: F64) -> F64:
    return np.asarray(np.einsum("sn,nc->sc", weights, counts))


def block_length(series: F64) -> float:
    """Nights that a block should hold so that resampled means spread as they should.

    Source: Politis & White 2004, Econometric Reviews 23(1), with the correction of Patton, Politis & White 2009,
    Econometric Reviews 28(4): the length for the circular block bootstrap.
    """
    n = len(series)
    centred = series - series.mean()
    most = int(np.ceil(np.sqrt(n))) + _LAGS_AT_LEAST
    covariance = np.array([float(centred[: n - lag] @ centred[lag:]) / n for lag in range(most + 1)])
    if covariance[0] == 0.0:
        return 1.0
    small = np.abs(covariance[1:] / covariance[0]) < _CUT * np.sqrt(np.log10(n) / n)
    runs = [lag for lag in range(len(small) - _LAGS_AT_LEAST + 1) if small[lag : lag + _LAGS_AT_LEAST].all()]
    window = min(2 * max(1, runs[0] if runs else most // 2), most)
    lags = np.arange(1, window + 1)
    taper = np.clip(2.0 * (1.0 - lags / window), 0.0, 1.0)
    slope = 2.0 * float((taper * lags * covariance[lags]).sum())
    level = covariance[0] + 2.0 * float((taper * covariance[lags]).sum())
    if level <= 0.0:
        return 1.0
    length = (2.0 * slope**2 / (4.0 / 3.0 * level**2)) ** (1.0 / 3.0) * n ** (1.0 / 3.0)
    return max(1.0, float(length))
