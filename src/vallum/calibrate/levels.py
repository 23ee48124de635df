"""Where the launches of each class stand at a cut-off: level ahead, trend, season; and the reported shares (K1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from scipy import special, stats

from vallum import exact
from vallum import record as records
from vallum.calibrate import months as sources
from vallum.calibrate import odds
from vallum.calibrate.months import Series
from vallum.calibrate.settings import F64, MONTH, Walk, packaged, settings
from vallum.calibrate.walk import State

_YEAR: Final = 12
_BAND: Final = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Season:
    """A yearly wave of log launches a night: amplitude cos(2 pi (month - peak) / 12), with how sure it is."""

    amplitude: float
    low: float
    high: float
    peak_month: float
    sure: float


@dataclass(frozen=True, eq=False)
class Level:
    """The launches a night of one class. sample : quantiles at equal steps, some months ahead.

    now, ahead : 5, 50 and 95 % today and some months ahead; drift a year in logarithms, 5, 50 and 95 %; change : the
    standard deviation of the logarithm from month to month; season : as fitted, whether or not it is written
    """

    name: str
    now: tuple[float, ...]
    ahead: tuple[float, ...]
    sample: tuple[float, ...]
    drift: tuple[float, ...]
    change: float
    season: Season


def class_series(record: records.Record, until: date) -> Series:
    """Launches by month and threat class."""
    table = records.class_nights(record, until)
    classes = tuple(table["class"].unique(maintain_order=True))
    days = table["night"].unique().sort().to_list()
    stretches = sources.months(days[0], days[-1])
    starts = [(stretch.first - days[0]).days for stretch in stretches]
    counts = np.add.reduceat(table["launched"].to_numpy().astype(np.float64).reshape(-1, len(classes)), starts, axis=0)
    nothing = np.zeros_like(counts)
    return Series(record.name, stretches, classes, counts, nothing, nothing, nothing)


def levels(series: Series) -> list[Level]:
    """Level, trend and season of each class at the end of a series."""
    rules, given = settings(), packaged("calibrate.yaml")
    walk = rules.launches
    made = odds.Levels(series.launched, series, rules, odds.ladders(rules).counts)
    state = made.states[-1]
    months = np.array([given["ahead"]]) + state.middle
    now = np.einsum("dskf,dskfx->fx", state.of_ways(), state.odds)
    later = made.filter.ahead(state, list(months))[0].sum(axis=0)
    steps = (np.arange(given["samples"]) + 0.5) / given["samples"]
    return [
        Level(
            name,
            _spread(walk, now[f], _BAND),
            _spread(walk, later[f], _BAND),
            _spread(walk, later[f], steps),
            _drift(walk, state, f),
            _change(walk, state, f),
            season(series, f, _change(walk, state, f), _size(walk, state, f)),
        )
        for f, name in enumerate(series.families)
    ]


def _spread(walk: Walk, chance: F64, levels: Sequence[float] | F64) -> tuple[float, ...]:
    """Quantiles of the rate behind chances over the grid, each place spread over its own step."""
    step = walk.grid[1] - walk.grid[0]
    ends = np.concatenate([[walk.grid[0] - 0.5 * step], walk.grid + 0.5 * step])
    total = np.concatenate([[0.0], np.cumsum(chance)])
    return tuple(float(value) for value in np.exp(np.interp(levels, total / total[-1], ends)))


def _drift(walk: Walk, state: State, f: int) -> tuple[float, ...]:
    """5, 50 and 95 % of the drift a year: of the few values that are tried."""
    chance = np.cumsum(state.of_ways().sum(axis=(1, 2))[:, f])
    places = [int(np.searchsorted(chance, level)) for level in _BAND]
    return tuple(float(walk.drifts[min(place, len(chance) - 1)] * _YEAR) for place in places)


def _change(walk: Walk, state: State, f: int) -> float:
    return float(state.of_ways().sum(axis=(0, 2))[:, f] @ walk.changes)


def _size(walk: Walk, state: State, f: int) -> float:
    """The size of a month's negative binomial, averaged as a variance is."""
    return 1.0 / float(state.of_ways().sum(axis=(0, 1))[:, f] @ (1.0 / walk.spreads))


def season(series: Series, f: int, change: float, size: float) -> Season:
    """The yearly wave in the log counts of whole months, beside a wandering level; in closed form.

    Generalised least squares: log counts are a wave, a random walk of the fitted change, and noise of the fitted size;
    the wave's two parts are normal around 0 beforehand, which shrinks them strongly.
    """
    given = packaged("calibrate.yaml")["season"]
    places = list(series.whole)
    counts, nights = series.launched[places, f], series.nights[places]
    month = np.array([series.stretches[place].first.month for place in places], np.float64) + 0.5
    seen = np.log((counts + 0.5) / nights * MONTH)
    angle = 2.0 * np.pi * month / _YEAR
    wave = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    order = np.arange(1.0, len(places) + 1.0)
    spread = change**2 * np.minimum(order[:, None], order[None, :]) + np.diag(1.0 / size + 1.0 / (counts + 1.0))
    flat = np.linalg.inv(spread)
    ones = flat @ np.ones(len(places))
    flat = flat - np.outer(ones, ones) / ones.sum()  # a level of its own, with a flat prior
    precision = wave.T @ flat @ wave + np.eye(2) / given["sd"] ** 2
    cover = np.linalg.inv(precision)
    mean = cover @ wave.T @ flat @ seen
    sure = float(stats.chi2.cdf(mean @ precision @ mean, 2))
    amplitude = float(np.hypot(*mean))
    width = float(np.sqrt(mean @ cover @ mean)) / amplitude if amplitude > 0.0 else 0.0
    reach = float(stats.norm.ppf(_BAND[-1])) * width
    peak = float(np.arctan2(mean[1], mean[0])) * _YEAR / (2.0 * np.pi) % _YEAR
    return Season(amplitude, max(0.0, amplitude - reach), amplitude + reach, peak, sure)


# ---- reported shares ----


@dataclass(frozen=True)
class Reported:
    """The reported stopped share of one family at a cut-off (never a kill probability).

    share   : 5, 50 and 95 %
    alike   : launches that the share of one month is worth
    change  : standard deviation of the log odds from month to month
    regime  : shift of the log odds over the last change of reporting, 5, 50, 95 %
    true    : the share corrected for what one party says of itself (K1); clipped : whether it had to be
    """

    family: str
    known: float
    share: tuple[float, ...]
    alike: float
    change: float
    regime: tuple[float, ...] | None
    true: tuple[float, ...]
    clipped: bool


def reported(series: Series, regimes: Sequence[date], sensitivity: float, specificity: float) -> list[Reported]:
    """Hierarchical share of every family: how much shares move and scatter is learned from all families together."""
    rules = settings()
    shares = odds.Shares(series, rules, odds.ladders(rules))
    states = shares.states
    ways = _pooled_ways(states[-1])
    made = []
    for f, family in enumerate(series.families):
        known = float(series.known[:, f].sum())
        if known == 0.0:
            continue
        chance = _share_chance(states[-1], ways, f)
        share = _share_band(rules.shares, chance)
        answers = [exact.true_rate(value, sensitivity, specificity) for value in share]
        made.append(
            Reported(
                family,
                known,
                share,
                float(ways.sum(axis=(0, 1))[:, f] @ rules.shares.spreads),
                float(ways.sum(axis=(0, 2))[:, f] @ rules.shares.changes),
                _shift(series, states, ways, f, regimes, rules.shares),
                tuple(float(answer["rate"]) for answer in answers),
                any(answer["clipped"] for answer in answers),
            )
        )
    return made


def _pooled_ways(state: State) -> F64:
    """Chances of the ways of wandering, shrunk towards what all families have in common. (D, S, K, F)

    The common weights are those of greatest marginal likelihood (empirical Bayes; expectation and maximisation of a
    mixture, Robbins 1956, as in Efron & Morris 1973), each way keeping a chance as if one more family had no wish.
    """
    single = state.of_ways()
    families = single.shape[-1]
    common = np.full(single.shape[:-1], 1.0 / single[..., 0].size)
    made = single
    for _ in range(packaged("calibrate.yaml")["rounds"]):
        made = single * common[..., None]
        made = made / made.sum(axis=(0, 1, 2))
        common = (made.sum(axis=-1) + 1.0 / common.size) / (families + 1.0)
    return np.asarray(made)


def _share_chance(state: State, ways: F64, f: int) -> F64:
    return np.asarray(np.einsum("dsk,dskx->x", ways[..., f], state.odds[..., f, :]))


def _share_band(walk: Walk, chance: F64) -> tuple[float, ...]:
    total = np.cumsum(chance)
    return tuple(float(special.expit(np.interp(level, total / total[-1], walk.grid))) for level in _BAND)


def _shift(
    series: Series, states: Sequence[State], ways: F64, f: int, regimes: Sequence[date], walk: Walk
) -> tuple[float, ...] | None:
    """Change of the log odds from the month before the last change of reporting to the month after it."""
    changes = [day for day in regimes if series.stretches[0].last < day <= series.stretches[-2].first]
    if not changes:
        return None
    after = next(k for k, stretch in enumerate(series.stretches) if stretch.first > changes[-1])
    if not series.known[after - 2 : after, f].all() or not series.known[after, f]:
        return None
    means, variances = [], []
    for place in (after - 2, after):
        chance = _share_chance(states[place], ways, f)
        mean = float(chance @ walk.grid) / float(chance.sum())
        means.append(mean)
        variances.append(float(chance @ (walk.grid - mean) ** 2) / float(chance.sum()))
    gap, sd = means[1] - means[0], float(np.sqrt(sum(variances)))
    reach = float(stats.norm.ppf(_BAND[-1])) * sd
    return gap - reach, gap, gap + reach
