"""Forecasts of launches, stops, shares and large nights by month, from what was known at an origin (Q6).

At an origin only the months up to it are read: the filter runs forwards, the baselines and the weights of the pool
are fitted to errors that were known by then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from typing import Final

import numpy as np

from vallum import record as records
from vallum.calibrate import baselines, odds
from vallum.calibrate import months as sources
from vallum.calibrate.ladder import Ladder
from vallum.calibrate.months import GROUPS, LARGE, Series, Stretch
from vallum.calibrate.settings import F64, Settings, settings

LAUNCHED, STOPPED, SHARE, LARGE_NIGHTS = "launched", "stopped", "stopped_share", "nights_8_ballistic"
QUANTITIES: Final = (LAUNCHED, STOPPED, SHARE, LARGE_NIGHTS)
OURS: Final = "vallum"
LEVEL: Final = "level"
BALLISTIC: Final = "ballistic"
#: Ballistic missiles alone or in a number with others; no family of the record, a part of its sums.
MIXED: Final = "ballistic, alone or mixed"
_LEAST: Final = 1e-12

#: Distribution functions by method: (targets, families, places).
Made = dict[str, F64]


@dataclass(eq=False)
class Forecaster:
    """Everything that forecasts one series.

    beside : baselines that are forecast as well; those of the pool always are
    """

    series: Series
    horizon: int
    rules: Settings = field(default_factory=settings)
    beside: Sequence[str] = baselines.BASELINES

    @cached_property
    def ladders(self) -> odds.Ladders:
        """Ladders of counts and shares."""
        return odds.ladders(self.rules)

    def ladder(self, quantity: str) -> Ladder:
        """The ladder on which a quantity is kept."""
        return self.ladders.shares if quantity == SHARE else self.ladders.counts

    def names(self, quantity: str) -> tuple[str, ...]:
        """Families of a quantity."""
        return LARGE if quantity == LARGE_NIGHTS else self.series.families

    # ---- what was seen ----

    @cached_property
    def counted(self) -> dict[str, F64]:
        """Counts by quantity, all stretches. (T, F)"""
        return {LAUNCHED: self.series.launched, STOPPED: self.series.stopped, LARGE_NIGHTS: self.series.large}

    def seen(self, quantity: str, place: int) -> F64:
        """What came in a stretch of the series; a share of nothing is NaN. (F,)"""
        if quantity != SHARE:
            return np.asarray(self.counted[quantity][place])
        known, stopped = self.series.known[place], self.series.stopped[place]
        return np.asarray(np.divide(stopped, known, out=np.full(known.shape, np.nan), where=known > 0.0))

    def known_by(self, origin: int) -> int:
        """Number of the last whole month at a stretch, counted among whole months."""
        return sum(place <= origin for place in self.series.whole) - 1

    def following(self, origin: int) -> tuple[Stretch, ...]:
        """The next whole months of the series after a whole month, as many as the horizon."""
        month = self.known_by(origin)
        return tuple(self.series.stretches[place] for place in self.series.whole[month + 1 : month + 1 + self.horizon])

    # ---- parts ----

    @cached_property
    def levels(self) -> odds.Levels:
        """The filtered level of launches."""
        return odds.Levels(self.series.launched, self.series, self.rules, self.ladders.counts)

    @cached_property
    def shares(self) -> odds.Shares:
        """The filtered share."""
        return odds.Shares(self.series, self.rules, self.ladders)

    @cached_property
    def _naive(self) -> dict[tuple[str, str], baselines.Naive]:
        whole = list(self.series.whole)
        nights, rules = self.series.nights[whole], self.rules
        made = {
            (quantity, kind): baselines.of_counts(kind, seen[whole], nights, rules.dispersions)
            for quantity, seen in self.counted.items()
            for kind in baselines.BASELINES
        }
        shares = {
            (SHARE, kind): baselines.of_shares(kind, self.series.stopped[whole], self.series.known[whole], rules.alike)
            for kind in baselines.BASELINES
        }
        return made | shares

    def _step(self, origin: int, target: Stretch) -> int:
        last = self.series.stretches[self.series.whole[self.known_by(origin)]].first
        return sources.months_between(last, target.first)

    def _plain(self, quantity: str, origin: int, targets: Sequence[Stretch], launched: F64 | None = None) -> Made:
        """The baselines of a quantity. A share's are mixed over the launches that we expect."""
        month = self.known_by(origin)
        made: Made = {}
        for kind in self.beside:
            naive = self._naive[quantity, kind]
            rows = []
            for k, target in enumerate(targets):
                step = self._step(origin, target)
                if launched is None:
                    rows.append(baselines.count_cdf(naive, month, step, target.nights, self.ladders.counts))
                else:
                    cells = baselines.share_cells(naive, month, step, self.ladders.edges)
                    rows.append(odds.share_cdf(launched[k], cells, self.ladders))
            made[kind] = np.array(rows)
        return made

    # ---- all methods at one origin ----

    def at(self, origin: int, targets: Sequence[Stretch]) -> dict[str, Made]:
        """Distribution functions of every quantity by every method, from what was known after a stretch."""
        made = self._counts(origin, targets)
        launched, cells = made[LAUNCHED][OURS], self.shares.cells(origin, targets)
        share = odds.share_cdf(launched, cells, self.ladders)
        made[SHARE] = self._all(SHARE, origin, targets, share, launched)
        made[LARGE_NIGHTS] = self._all(LARGE_NIGHTS, origin, targets, self._large(origin, launched))
        self._ordered(made)
        return made

    def _counts(self, origin: int, targets: Sequence[Stretch]) -> dict[str, Made]:
        """Launches and stops by every method, sums added up."""
        mixed = self._mixed._counts(origin, targets) if self._mixed else None
        made = {LAUNCHED: self._all(LAUNCHED, origin, targets, self.levels.cdf(origin, targets))}
        self._add_up(LAUNCHED, made, mixed)
        cells = self.shares.cells(origin, targets)
        stopped = odds.stopped_cdf(made[LAUNCHED][OURS], cells, self.ladders)
        made[STOPPED] = self._all(STOPPED, origin, targets, stopped)
        self._add_up(STOPPED, made, mixed)
        return made

    def _all(
        self, quantity: str, origin: int, targets: Sequence[Stretch], level: F64, launched: F64 | None = None
    ) -> Made:
        made = {LEVEL: level, **self._plain(quantity, origin, targets, launched)}
        return made | {OURS: self._pooled(quantity, origin, made)}

    def _large(self, origin: int, launched: F64) -> F64:
        """Large nights from the launches expected, by the nights a launch so far. (targets, G, L)"""
        place = [self.series.families.index(name) for name in LARGE]
        nights, launches = self.rules.large_before
        seen = slice(0, origin + 1)
        total = launches + self.series.launched[seen][:, place].sum(axis=0)
        return odds.nights_cdf(launched[:, place], nights + self.series.large[seen].sum(axis=0), total, self.ladders)

    def _add_up(self, quantity: str, made: Mapping[str, Made], mixed: Mapping[str, Made] | None) -> None:
        """Make every sum whose parts are all there the sum of them, taken as independent."""
        cdf, families = made[quantity][OURS], self.series.families
        known = {name: cdf[:, place] for place, name in enumerate(families)}
        if mixed:
            known[MIXED] = mixed[quantity][OURS][:, 0]
        for parts, group in self._sums:
            known[group] = reduce(self.ladders.counts.of_sum, [known[name] for name in parts])
            cdf[:, families.index(group)] = known[group]

    @cached_property
    def _sums(self) -> list[tuple[list[str], str]]:
        """Names of the parts of each sum, smaller sums first and taken as parts of the larger."""
        known = {name: {name} for name in self.series.families if name not in GROUPS}
        if self._mixed:
            known[MIXED] = set(mixed_families())
        made: list[tuple[list[str], str]] = []
        for group in GROUPS:
            left, parts = set(records.members(group)), []
            for name in reversed(known):
                if known[name] <= left:
                    parts.append(name)
                    left -= known[name]
            if not left and group in self.series.families:
                made.append((parts, group))
                known[group] = set(records.members(group))
        return made

    @cached_property
    def _mixed(self) -> Forecaster | None:
        """A forecaster of ballistic missiles and the numbers that mix them with others, in one: labels come and go."""
        names = mixed_families()
        if not set(names) <= set(self.series.families):
            return None
        return Forecaster(self.series.together(names, MIXED), self.horizon, self.rules, self.beside)

    def _ordered(self, made: dict[str, Made]) -> None:
        """Make ours agree: a sum is never below its part, stops never above launches.

        Where the distribution functions of a sum and of its part cross, both take their mean there. They do for large
        nights, and for launches where the parts of a sum are not there to be added up.
        """
        for name in (LAUNCHED, STOPPED, LARGE_NIGHTS):
            part, whole = (self.names(name).index(group) for group in LARGE)
            cdf = made[name][OURS]
            middle = 0.5 * (cdf[:, part] + cdf[:, whole])
            cdf[:, part], cdf[:, whole] = np.maximum(cdf[:, part], middle), np.minimum(cdf[:, whole], middle)
        made[STOPPED][OURS] = np.maximum(made[STOPPED][OURS], made[LAUNCHED][OURS])

    @cached_property
    def _masses(self) -> dict[tuple[str, int], F64]:
        """Log probability that each part of the pool gave to what came: (parts, steps, F), by quantity and origin."""
        return {}

    def learn(self, origin: int, made: Mapping[str, Made]) -> None:
        """Keep what the parts of the pool said about the months after a whole month, to weigh them later."""
        month = self.known_by(origin)
        if self._mixed:
            self._mixed.learn(origin, self._mixed._counts(origin, self.following(origin)))
        for quantity, methods in made.items():
            ladder, rows = self.ladder(quantity), []
            for part in self.rules.pool[quantity].weights:
                cdf = methods[part]
                places = self.series.whole[month + 1 : month + 1 + cdf.shape[0]]
                seen = np.array([self.seen(quantity, place) for place in places])
                rows.append(log_mass(ladder, cdf, seen))
            self._masses[quantity, month] = np.array(rows)

    def weights(self, quantity: str, origin: int) -> F64:
        """Weights of the parts of the pool at an origin, from months that were known by then. (parts, F)"""
        month, pool = self.known_by(origin), self.rules.pool[quantity]
        total = np.zeros((len(pool.weights), len(self.names(quantity))))
        for past in range(month):
            masses = self._masses.get((quantity, past))
            if masses is not None:
                total += masses[:, : month - past].sum(axis=1) / self.horizon
        logs = np.log(list(pool.weights.values()))[:, None] + pool.learning * total
        made = np.exp(logs - logs.max(axis=0))
        return np.asarray(made / made.sum(axis=0))

    def _pooled(self, quantity: str, origin: int, made: Made) -> F64:
        parts = zip(self.rules.pool[quantity].weights, self.weights(quantity, origin), strict=True)
        return np.asarray(sum(weight[None, :, None] * made[part] for part, weight in parts))


def mixed_families() -> tuple[str, ...]:
    """Ballistic missiles and the families of `all_ballistic` whose numbers may hold them."""
    known = records.families()
    return tuple(name for name in records.members(LARGE[0]) if name == BALLISTIC or BALLISTIC in known[name].holds)


def log_mass(ladder: Ladder, cdf: F64, seen: F64) -> F64:
    """Log of the probability of what came: of the whole number, or of the per cent; 0 where nothing came to score."""
    filled = np.where(np.isnan(seen), 0.0, seen)
    if ladder.whole:
        below, at = ladder.span(cdf, filled)
    else:
        half = 0.5 * float(ladder.places[1])
        below = np.where(filled > half, ladder.value(cdf, filled - half), 0.0)
        at = ladder.value(cdf, np.minimum(filled + half, 1.0))
    return np.where(np.isnan(seen), 0.0, np.log(np.maximum(at - below, _LEAST)))
