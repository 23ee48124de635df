"""Distribution functions of what comes in a stretch of nights, by family: the wandering level and share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
from scipy import special

from vallum.calibrate import counts
from vallum.calibrate.ladder import Ladder
from vallum.calibrate.months import Series, Stretch
from vallum.calibrate.settings import F64, I64, MONTH, Settings
from vallum.calibrate.walk import Filter, State

#: Shares are kept at whole per cents.
_PER_CENT: Final = 101
_EDGE: Final = 6.0
_GROUP: Final = 3
_NOTHING: Final = 1e-14
#: Lengths of stretches whose tables are kept: months, and parts of them.
_TABLES: Final = 16


@dataclass(frozen=True, eq=False)
class Ladders:
    """The two ladders, and what is stopped of so many at such a share, tabled once."""

    settings: Settings

    @cached_property
    def counts(self) -> Ladder:
        """Whole numbers of launches, stops, nights."""
        return Ladder(self.settings.ladder.astype(np.float64), whole=True)

    @cached_property
    def shares(self) -> Ladder:
        """Shares 0..1."""
        return Ladder(np.linspace(0.0, 1.0, _PER_CENT), whole=False)

    @cached_property
    def edges(self) -> F64:
        """Edges of the cells of a share. (cells + 1,)"""
        inner = special.expit(np.linspace(-_EDGE, _EDGE, self.settings.share_cells - 1))
        return np.concatenate([[0.0], inner, [1.0]])

    @cached_property
    def middles(self) -> F64:
        """Middle of each cell. (cells,)"""
        return 0.5 * (self.edges[1:] + self.edges[:-1])

    @cached_property
    def typical(self) -> F64:
        """Launches that stand for each rung: itself, or the middle of the numbers up to it. (L,)"""
        places = self.counts.places
        return np.concatenate([places[:1], np.floor(0.5 * (places[1:] + places[:-1] + 1.0))])

    @cached_property
    def stopped(self) -> F64:
        """P(stopped <= place) for launches and share: (launches L x cells, L)."""
        return self._stopped(self.counts.places[None, None, :], self.typical)

    @cached_property
    def stopped_share(self) -> F64:
        """P(stopped / launched <= share) for launches and share: (groups of rungs x cells, shares)."""
        launched = self.typical[np.minimum(self.grouped + _GROUP // 2, len(self.typical) - 1)]
        return self._stopped(self.shares.places[None, None, :] * launched[:, None, None], launched)

    @cached_property
    def grouped(self) -> I64:
        """First rung of each group of rungs that a share takes together: each of the single ones, then in threes."""
        single = int(np.argmax(np.diff(self.counts.places) > 1.0))
        return np.concatenate([np.arange(single), np.arange(single, len(self.counts.places), _GROUP)])

    def _stopped(self, limit: F64, launched: F64) -> F64:
        made = counts.binomial_cdf(limit, launched[:, None, None], self.middles[None, :, None])
        return _tidy(made.reshape(-1, made.shape[-1]))


@dataclass(eq=False)
class Levels:
    """Launches (or nights) by family: filtered level, and distribution functions of later stretches."""

    seen: F64
    series: Series
    settings: Settings
    ladder: Ladder

    @cached_property
    def filter(self) -> Filter:
        """The recursion, with its kernels."""
        return Filter(self.settings.launches)

    @cached_property
    def states(self) -> list[State]:
        """What is known after each stretch."""
        walk = self.settings.launches
        likelihoods = [
            counts.log_negative_binomial(
                self.seen[t][None, :, None],
                nights * np.exp(walk.grid)[None, None, :],
                (walk.spreads * nights / MONTH)[:, None, None],
            )
            for t, nights in enumerate(self.series.nights)
        ]
        return self.filter.states(likelihoods, [stretch.middle for stretch in self.series.stretches])

    def cdf(self, origin: int, stretches: Sequence[Stretch]) -> F64:
        """Distribution functions after a stretch of the series. (targets, F, L)"""
        odds = self.filter.ahead(self.states[origin], [stretch.middle for stretch in stretches])
        return np.stack(
            [
                np.einsum("kfx,kxl->fl", part, self._table(stretch.nights))
                for part, stretch in zip(odds, stretches, strict=True)
            ]
        )

    def _table(self, nights: int) -> F64:
        return launches_table(self.settings, self.ladder, nights)


@lru_cache(maxsize=_TABLES)
def launches_table(settings: Settings, ladder: Ladder, nights: int) -> F64:
    """Distribution function of launches in so many nights at each spread and level. (K, X, L)"""
    walk = settings.launches
    mean, size = np.broadcast_arrays(nights * np.exp(walk.grid)[None, :], (walk.spreads * nights / MONTH)[:, None])
    return counts.negative_binomial_cdf(ladder.places, mean, size)


@lru_cache(maxsize=1)
def ladders(settings: Settings) -> Ladders:
    """The ladders of some settings with their tables, which take a second to make."""
    return Ladders(settings)


@dataclass(eq=False)
class Shares:
    """Reported stopped share by family: filtered, and spread of the share of later stretches over cells."""

    series: Series
    settings: Settings
    ladders: Ladders

    @cached_property
    def filter(self) -> Filter:
        """The recursion, with its kernels."""
        return Filter(self.settings.shares)

    @cached_property
    def states(self) -> list[State]:
        """What is known after each stretch."""
        walk = self.settings.shares
        share, alike = special.expit(walk.grid)[None, None, :], walk.spreads[:, None, None]
        likelihoods = [
            counts.log_beta_binomial(stopped[None, :, None], known[None, :, None], share, alike)
            for stopped, known in zip(self.series.stopped, self.series.known, strict=True)
        ]
        return self.filter.states(likelihoods, [stretch.middle for stretch in self.series.stretches])

    def cells(self, origin: int, stretches: Sequence[Stretch]) -> F64:
        """Chance of each cell of the share of later stretches. (targets, F, cells)"""
        odds = self.filter.ahead(self.states[origin], [stretch.middle for stretch in stretches])
        return np.asarray(np.einsum("tkfx,kxc->tfc", odds, self._table))

    @cached_property
    def _table(self) -> F64:
        walk = self.settings.shares
        share, alike = np.broadcast_arrays(special.expit(walk.grid)[None, :], walk.spreads[:, None])
        return counts.beta_cells(self.ladders.edges, share, alike)


def nights_cdf(launched: F64, nights: F64, launches: F64, ladders: Ladders) -> F64:
    """Distribution function of large nights: so many a launch, the rate a gamma after `nights` of `launches` so far.

    launched : (..., F, L); nights, launches : (F,). Given n launches the count is negative binomial with mean
    n nights / launches and size nights.
    """
    mass = np.diff(launched, axis=-1, prepend=0.0)
    mean = ladders.typical[None, :] * (nights / launches)[:, None]
    table = counts.negative_binomial_cdf(ladders.counts.places, mean, np.broadcast_to(nights[:, None], mean.shape))
    return np.asarray(np.einsum("...fn,fnl->...fl", mass, table))


def stopped_cdf(launched: F64, cells: F64, ladders: Ladders) -> F64:
    """Distribution function of what is stopped: launches (..., L) and share (..., cells) taken as independent."""
    joined = _joined(np.diff(launched, axis=-1, prepend=0.0), cells)
    return np.asarray(np.einsum("...n,nl->...l", joined, ladders.stopped))


def share_cdf(launched: F64, cells: F64, ladders: Ladders) -> F64:
    """Distribution function of stopped / launched, given that any were launched. (..., shares)"""
    some = np.diff(launched, axis=-1, prepend=0.0)
    some[..., 0] = 0.0
    total = some.sum(axis=-1, keepdims=True)
    some = np.divide(some, total, out=np.full_like(some, 1.0 / some.shape[-1]), where=total > 0.0)
    joined = _joined(np.add.reduceat(some, ladders.grouped, axis=-1), cells)
    return np.asarray(np.einsum("...n,nl->...l", joined, ladders.stopped_share))


def _joined(mass: F64, cells: F64) -> F64:
    both = _tidy(mass)[..., :, None] * _tidy(cells)[..., None, :]
    return np.asarray(both.reshape(*both.shape[:-2], -1))


def _tidy(chance: F64) -> F64:
    """Chances with what is next to nothing set to nothing: numbers at the end of the range make products crawl."""
    return np.where(chance > _NOTHING, chance, 0.0)
