"""Who stands where, under which name, and what it covers, holds back and sees (W, E)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vallum import coverage
from vallum._kernel import problem
from vallum.engage.battery import Battery, first_day
from vallum.engage.rows import great_circle, known_number, places_of, rate_of, repair, shares_at, stacked, words_of
from vallum.scenario import eras, schema
from vallum.scenario.cast import Cast
from vallum.scenario.quantity import Quantity
from vallum.scenario.worlds import F64, I64, Worlds
from vallum.terms import NEVER

#: More rounds or channels than any campaign uses: "unlimited".
UNLIMITED: Final = 10**9
#: Upper end of an interval of locations that holds all of them.
ALL_LOCATIONS: Final = 2.0

KINDS: Final = {"battery": problem.BATTERY, "soft": problem.SOFT, "team": problem.TEAM}
ORDERS: Final = {
    "arrival": problem.ARRIVAL,
    "random_asset": problem.RANDOM_ASSET,
    "weight": problem.BY_WEIGHT,
}
SPREADS: Final = {"turn": problem.TURN, "even": problem.EVEN}
SCOPES: Final = {"battery": problem.BY_BATTERY, "layer": problem.BY_LAYER, "defence": problem.BY_DEFENCE}


@dataclass(frozen=True)
class Defence:
    """The defence of a scenario: its names once, its arrays for each block of worlds.

    ends    : two futures between which all others lie (`scenario.extremes.ends`)
    landing : the most systems of each type that supply lines may land in any future
    """

    cast: Cast
    ends: Worlds
    landing: Mapping[str, int]

    # --- who stands where ---------------------------------------------------------------------------

    @cached_property
    def batteries(self) -> tuple[Battery, ...]:
        """Every battery that any future may have, in the order of the layers.

        A battery is named by its system, its site and its ordinal there, in the order in which they come; where all
        sites are one, without it. So a battery more at one site rolls no other's dice again (F3).
        """
        pairs = ((layer, system) for layer, systems in self.cast.layers.items() for system in systems)
        unnamed = [battery for layer, system in pairs for battery in self._of_system(layer, system)]
        found: Counter[str] = Counter()
        names = {}
        for b in sorted(range(len(unnamed)), key=lambda b: self._turn(unnamed[b])):
            battery = unnamed[b]
            told = battery.site is not None and len(self.cast.assets) > 1
            home = f"{battery.system}-{battery.site}" if told else battery.system
            found[home] += 1
            names[b] = f"{home}-{found[home]}"
        return tuple(replace(battery, name=names[b]) for b, battery in enumerate(unnamed))

    def _turn(self, battery: Battery) -> tuple[bool, list[int], str]:
        """Sort key of the order in which batteries come: those listed with a day of their own, then the others."""
        days = np.maximum(self.ends.day(battery.start, 0), 0).tolist()
        return battery.held is not None, days, str(battery.start and battery.start.name)

    def _of_system(self, layer: str, system: str) -> Iterator[Battery]:
        """Batteries that are listed one by one, then those that are counted or land by a supply line."""
        chosen = self.cast.choices.batteries.get(system)
        teams = self.cast.fixed.systems[system].kind != "battery"
        listed = tuple(self._listed(layer, system, teams))
        yield from listed
        counted = not teams and not isinstance(chosen, list)
        held = chosen if counted and isinstance(chosen, Quantity) else Quantity(value=float(len(listed)))
        most = int(self.ends.count(held, 0).max()) + self.landing.get(system, 0)
        for number in range(len(listed) + 1, most + 1):
            # numbers go on round the assets, whoever stands there: a site depends on nothing but the number
            site = self._heaviest[(number - 1) % len(self._heaviest)]
            one = Quantity(value=1.0) if teams else None
            yield Battery("", layer, system, site, None, number, held, one)

    def _listed(self, layer: str, system: str, teams: bool) -> Iterator[Battery]:
        """Batteries with a site and a day of their own; teams given as a number are one entry."""
        chosen = self.cast.choices.batteries.get(system)
        if isinstance(chosen, list):
            posts = [(post, k) for post in chosen for k in range(1 if teams else post.n)]
            for number, (post, _) in enumerate(posts, 1):
                count = Quantity(value=float(post.n)) if teams else None
                yield Battery("", layer, system, post.site, post.start, number, teams=count)
        elif teams:
            yield Battery("", layer, system, None, teams=chosen)

    @cached_property
    def _heaviest(self) -> tuple[str, ...]:
        """Assets by falling weight: there stand batteries that are given as a bare number, and those that land."""
        return tuple(sorted(self.cast.assets, key=lambda name: (-self.people(name), name)))

    def people(self, asset: str) -> float:
        """Population of an asset, else its weight, else 1."""
        made = self.cast.fixed.assets[asset]
        return self._same_for_all(made.weight if made.population is None else made.population)

    def heaviness(self, asset: str) -> float:
        """Weight of an asset, else its population, else 1."""
        given = self.cast.fixed.assets[asset].weight
        return self.people(asset) if given is None else self._same_for_all(given)

    def _same_for_all(self, given: Quantity | None) -> float:
        """A number of an asset, the same in all futures; 1 where none is given.

        The check refuses one that nobody knows: the order of the assets gives batteries their sites.
        """
        return float(self.ends.value(given, 1.0)[0])

    def is_country(self, asset: str) -> bool:
        """Whether the asset is a whole country, covered by a table c(N, radius)."""
        return self.cast.fixed.assets[asset].coverage is not None

    @cached_property
    def armed(self) -> tuple[int, ...]:
        """Rows of the batteries that hold a magazine."""
        rows = enumerate(self.batteries)
        return tuple(b for b, battery in rows if self.cast.fixed.systems[battery.system].kind == "battery")

    @cached_property
    def magazines(self) -> tuple[tuple[int, ...], ...]:
        """Rows of the batteries of each magazine: each its own, or one for all of a system (W5)."""
        if self.cast.fixed.doctrine.magazine == "split":
            return tuple((b,) for b in self.armed)
        systems = dict.fromkeys(self.batteries[b].system for b in self.armed)
        return tuple(tuple(b for b in self.armed if self.batteries[b].system == name) for name in systems)

    # --- arrays ---------------------------------------------------------------------------------------

    def arrays(self, worlds: Worlds, expected: F64, landed: Mapping[str, I64]) -> dict[str, Any]:
        """Return the fields of a Problem that the defence gives.

        expected : (W, A, C) mean threats a night by asset and class, for the depot's split by need (S5)
        landed   : whole systems of each type that supply lines land on each day, (F, D) each (S1)
        """
        bounds = tuple(values.tobytes() for name, values in self.ends.drawn.items() if repr(name)[1:-1] in self._said)
        arrived = tuple((system, days.tobytes()) for system, days in landed.items())
        more = expected.tobytes(), arrived, tuple(self.landing.items()), bounds
        everywhere = len(expected) == 1 and not landed
        made = worlds.known(self._said, lambda: self._arrays(worlds, expected, landed), *more, everywhere=everywhere)
        stock = [worlds.count(self.cast.choices.stock.get(t), 0) for t in self._types]
        return {**made, "stock": stacked(stock, np.int64)}

    @cached_property
    def _said(self) -> str:
        """All that a scenario says of the defence but its stock, as text."""
        fixed = self.cast.fixed
        said = (fixed.systems, fixed.interceptors, fixed.doctrine, fixed.assets, self.cast.classes)
        return f"{said!r} {self.cast.choices.batteries!r}"

    def _arrays(self, worlds: Worlds, expected: F64, landed: Mapping[str, I64]) -> dict[str, Any]:
        doctrine = self.cast.fixed.doctrine
        starts = self._starts(worlds, landed)
        low, high = self._cover(worlds, starts)
        return {
            **self._names(),
            **self._of_layers(worlds),
            **self._of_batteries(worlds, starts),
            **self._of_magazines(worlds, self._needs(expected, low, high)),
            **self._by_era(worlds),
            "order": ORDERS[doctrine.order],
            "spread": SPREADS[doctrine.spread],
            "scope": SCOPES[doctrine.common_mode],
            "transit": doctrine.transit,
            "cover_low": low,
            "cover_high": high,
            "loads": self._loads,
            "reserve": self._reserve(worlds, starts),
        }

    def _names(self) -> dict[str, Any]:
        ranks = {name: rank for rank, name in enumerate(self._by_weight)}
        return {
            "class_word": words_of(self.cast.classes),
            "asset_word": words_of(self.cast.assets),
            "layer_word": words_of(tuple(self.cast.layers)),
            "battery_word": words_of(tuple(battery.name for battery in self.batteries)),
            "priority": np.array([self.cast.classes.index(name) for name in self.cast.priority], np.int64),
            "single": np.array([self.cast.single(name) for name in self.cast.classes], np.int64),
            "country": np.array([self.is_country(name) for name in self.cast.assets], np.int64),
            "asset_rank": np.array([ranks[name] for name in self.cast.assets], np.int64),
            "asset_people": np.array([self.people(name) for name in self.cast.assets]),
        }

    @cached_property
    def _by_weight(self) -> tuple[str, ...]:
        return tuple(sorted(self.cast.assets, key=lambda name: (-self.heaviness(name), name)))

    def _of_layers(self, worlds: Worlds) -> dict[str, Any]:
        layers, classes = tuple(self.cast.layers), self.cast.classes
        salvos = [[self.cast.salvo(layer, name) for name in classes] for layer in layers]
        looks = max((len(salvo) for row in salvos for salvo in row), default=1)
        packed = np.zeros((len(layers), len(classes), looks), np.int64)
        for i, row in enumerate(salvos):
            for j, salvo in enumerate(row):
                packed[i, j, : len(salvo)] = salvo
        first = [next((b for b, x in enumerate(self.batteries) if x.layer == layer), None) for layer in layers]
        starts: list[int] = []
        upto = len(self.batteries)
        for start in reversed(first):
            upto = upto if start is None else start
            starts.insert(0, upto)
        return {
            "layer_kind": np.array([KINDS[self.cast.kind(layer)] for layer in layers], np.int64),
            "layer_start": np.array([*starts, len(self.batteries)], np.int64),
            "salvo": packed,
        }

    def _of_batteries(self, worlds: Worlds, starts: list[I64]) -> dict[str, Any]:
        systems = self._fielded
        magazine = np.full(len(self.batteries), -1, np.int64)
        for m, rows in enumerate(self.magazines):
            magazine[list(rows)] = m
        return {
            "battery_from": stacked(starts, np.int64),
            "battery_system": np.array([self.cast.systems.index(b.system) for b in self.batteries], np.int64),
            "teams": stacked([self._teams(worlds, battery) for battery in self.batteries], np.int64),
            "channels": stacked([worlds.count(system.channels, UNLIMITED) for system in systems], np.int64),
            "availability": stacked([worlds.value(system.availability, 1.0) for system in systems], np.float64),
            "repair": stacked([repair(worlds, system) for system in systems], np.float64),
            "loss": stacked([worlds.value(system.loss, 0.0) for system in systems], np.float64),
            "loss_to_depot": np.array([system.lost == "depot" for system in systems], np.int64),
            "magazine": magazine,
        }

    def _starts(self, worlds: Worlds, landed: Mapping[str, I64]) -> list[I64]:
        """First day of each battery; NEVER in the futures that neither hold nor receive so many systems (C1).

        An entry of a soft or team layer that stands for none never stands (E9).
        """
        reached = {system: np.cumsum(arrived, axis=1) for system, arrived in landed.items()}
        starts = [first_day(worlds, battery, reached.get(battery.system)) for battery in self.batteries]
        some = [worlds.count(battery.teams, 1) > 0 for battery in self.batteries]
        return [np.where(stands, start, NEVER) for stands, start in zip(some, starts, strict=True)]

    def _teams(self, worlds: Worlds, battery: Battery) -> I64:
        system = self.cast.fixed.systems[battery.system]
        if system.kind != "team":
            return np.zeros(1, np.int64)
        return worlds.count(battery.teams, 1) * worlds.count(system.capacity, UNLIMITED)

    # --- coverage (W5) --------------------------------------------------------------------------------

    def _cover(self, worlds: Worlds, starts: list[I64]) -> tuple[F64, F64]:
        """Return the intervals of locations that each battery covers. (W, B, A, C) twice.

        starts : first day of each battery, (1,) or (F,)
        """
        wholly = {
            (b, c): self._wholly(worlds, battery, name)
            for b, battery in enumerate(self.batteries)
            for c, name in enumerate(self.cast.classes)
        }
        partly = {
            (b, a, c): interval
            for a, asset in enumerate(self.cast.assets)
            for c, name in enumerate(self.cast.classes)
            for b, interval in self._in_country(worlds, starts, asset, name).items()
        }
        parts = [*wholly.values(), *(part for pair in partly.values() for part in pair)]
        rows = max((part.shape[0] for part in parts), default=1)
        shape = (rows, len(self.batteries), len(self.cast.assets), len(self.cast.classes))
        low, high = np.zeros(shape), np.zeros(shape)
        for (b, c), upper in wholly.items():
            high[:, b, :, c] = upper
        for (b, a, c), (lower, upper) in partly.items():
            low[:, b, a, c], high[:, b, a, c] = lower, upper
        return low, high

    def _wholly(self, worlds: Worlds, battery: Battery, threat_class: str) -> F64:
        """Upper ends of the locations of each asset that a battery covers wholly or not at all. (W, A)"""
        system, assets = self.cast.fixed.systems[battery.system], self.cast.assets
        if system.kind != "battery":
            return np.full((1, len(assets)), ALL_LOCATIONS)
        if system.radius is None:
            near = np.array([[len(assets) == 1 or battery.site == asset for asset in assets]])
        elif threat_class not in system.radius or not self._single.any():
            near = np.zeros((1, len(assets)), bool)
        else:
            radius = worlds.value(system.radius[threat_class], 0.0)
            near = (self._distances[str(battery.site)] <= radius[:, None]) & self._single
        return np.where(near, ALL_LOCATIONS, 0.0)

    @cached_property
    def _single(self) -> npt.NDArray[np.bool_]:
        """Whether an asset is one place, and no country. (A,)"""
        return np.array([not self.is_country(asset) for asset in self.cast.assets], bool)

    @cached_property
    def _distances(self) -> dict[str, F64]:
        """Distance of each site of a battery to every asset. (A,)"""
        sites = dict.fromkeys(battery.site for battery in self.batteries if battery.site is not None)
        return {site: np.array([self._distance(site, asset) for asset in self.cast.assets]) for site in sites}

    def _in_country(
        self, worlds: Worlds, starts: list[I64], asset: str, threat_class: str
    ) -> dict[int, tuple[F64, F64]]:
        """The shares of a country that its batteries add: the k-th from c(k - 1, radius) to c(k, radius).

        All systems that reach the class share one row of sites. With one radius a battery more never uncovers; with
        several, what a smaller circle adds beside a larger one is not known, and the least is taken.
        """
        shared = self.sharing(asset, threat_class)
        if not shared:
            return {}
        table = coverage.load(str(self.cast.fixed.assets[asset].coverage))
        systems = [self.batteries[b].system for b in shared]
        radii = {name: worlds.value(self._radius(name, threat_class), 0.0) for name in systems}
        shares = {name: table.shares(table.most, radius) for name, radius in radii.items()}
        places = places_of([starts[b] for b in shared], [radii[name] for name in systems])
        upto = np.minimum(places, table.most).T, np.minimum(places - 1, table.most).T
        ends = zip(shared, systems, *upto, strict=True)
        return {b: (shares_at(shares[name], before), shares_at(shares[name], after)) for b, name, after, before in ends}

    def sharing(self, asset: str, threat_class: str) -> tuple[int, ...]:
        """Rows of the batteries that share the sites of a country against a class, by its table (W5)."""
        if not self.is_country(asset):
            return ()
        here = (b for b in self.armed if self.batteries[b].site == asset)
        return tuple(b for b in here if self._radius(self.batteries[b].system, threat_class) is not None)

    def _radius(self, system: str, threat_class: str) -> Quantity | None:
        return (self.cast.fixed.systems[system].radius or {}).get(threat_class)

    def warnings(self) -> Iterator[str]:
        """Yield what the coverage of a country leaves out (W5)."""
        for asset in self.cast.assets:
            for name in self.cast.classes:
                shared = self.sharing(asset, name)
                yield from self._beyond(asset, name, len(shared))
                systems = dict.fromkeys(self.batteries[b].system for b in shared)
                radii = [self._radius(system, name) for system in systems]
                if len({radius.said for radius in radii if radius is not None}) > 1:
                    yield (
                        f"{asset}: {', '.join(systems)} defend different radii against {name}; what a smaller circle "
                        "adds beside a larger one is not known, so the covered share is the least it can be (W5)"
                    )

    def _beyond(self, asset: str, threat_class: str, batteries: int) -> Iterator[str]:
        if not batteries:
            return
        table = str(self.cast.fixed.assets[asset].coverage)
        most = coverage.load(table).most
        if batteries > most:
            yield (
                f"{asset}: up to {batteries} batteries may stand there against {threat_class}, and the coverage table "
                f"{table} has {most} sites: battery {most + 1} and all later ones cover nothing (W5)"
            )

    def _distance(self, one: str, other: str) -> float:
        """Distance between two assets: km on the sphere, or the plane of their numbers."""
        a, b = self.cast.fixed.assets[one], self.cast.fixed.assets[other]
        if one == other:
            return 0.0
        if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
            return math.inf
        if self.cast.fixed.doctrine.metric == "planar":
            return math.hypot(a.lat - b.lat, a.lon - b.lon)
        return great_circle(a.lat, a.lon, b.lat, b.lon)

    # --- loads, reserves, kill probabilities (E3, E6, E7, K3) -----------------------------------------

    @cached_property
    def _loads(self) -> I64:
        types, classes, systems = self.cast.interceptors, self.cast.classes, self.cast.systems
        packed = np.full((len(systems), len(classes), max(1, len(types))), -1, np.int64)
        for s, system in enumerate(systems):
            for c, name in enumerate(classes):
                order = [types.index(t) for t in self.cast.loads(system, name)]
                packed[s, c, : len(order)] = order
        return packed

    def _reserve(self, worlds: Worlds, starts: list[I64]) -> I64:
        """Rounds that a magazine keeps back: once, or where it is pooled, for each battery of the first day (E6).

        Later ones are left out, so that a pooled magazine never holds back more than its batteries would.
        """
        shape = (len(self.cast.systems), len(self.cast.classes), len(self._types))
        names = ((s, c, t) for s in self.cast.systems for c in self.cast.classes for t in self._types)
        held: I64 = stacked([worlds.count(self._held_back(*name), 0) for name in names], np.int64)
        held = held.reshape(-1, *shape)
        if self.cast.fixed.doctrine.magazine == "split":
            return held
        there = [
            np.atleast_1d(sum(starts[b] <= 0 for b in self.armed if self.batteries[b].system == name))
            for name in self.cast.systems
        ]
        times: I64 = np.maximum(1, stacked(there, np.int64))
        return held * times[:, :, None, None]

    def _held_back(self, system: str, threat_class: str, interceptor: str) -> Quantity | None:
        given = self.cast.fixed.doctrine.reserve.get(system, {}).get(threat_class)
        return given.get(interceptor) if isinstance(given, dict) else given

    @cached_property
    def _types(self) -> tuple[str, ...]:
        """Interceptor types; one nameless type where the scenario has none, for arrays need a row."""
        return self.cast.interceptors or ("",)

    def _by_era(self, worlds: Worlds) -> dict[str, Any]:
        """What may change from a date, by era: an era starts on each day on which something does (K3)."""
        classes, fixed = self.cast.classes, self.cast.fixed.systems
        told = [[fixed[self.cast.speaks(layer, name)] for name in classes] for layer in self.cast.layers]
        pairs = [list(zip(systems, classes, strict=True)) for systems in told]
        tables = {
            "kill": [[self._kill(worlds, t, name) for name in classes] for t in self._types],
            "track": [[eras.steps(worlds, system.track_of(name), 1.0) for system, name in row] for row in pairs],
            "success": [[eras.steps(worlds, system.success.get(name), 0.0) for system, name in row] for row in pairs],
            "reliability": [[eras.steps(worlds, system.reliability, 1.0) for system in self._fielded]],
        }
        starts = eras.starts_of(changes for table in tables.values() for row in table for changes in row)
        values: dict[str, Any] = {name: eras.values_in(starts, table) for name, table in tables.items()}
        return {**values, "reliability": values["reliability"][:, :, 0], "era_start": starts}

    @property
    def _fielded(self) -> list[schema.System]:
        """System type of each battery."""
        return [self.cast.fixed.systems[battery.system] for battery in self.batteries]

    def _kill(self, worlds: Worlds, interceptor: str, threat_class: str) -> eras.Steps:
        """Days and values of one kill probability; zero where the type is not meant for the class."""
        made = self.cast.fixed.interceptors.get(interceptor)
        return eras.steps(worlds, made.kill.get(threat_class) if made else None, 0.0)

    # --- magazines and the depot's split (W4, S5) -----------------------------------------------------

    def _of_magazines(self, worlds: Worlds, needs: F64) -> dict[str, Any]:
        names = [self.batteries[rows[0]].name for rows in self.magazines]
        order = sorted(names)
        ready, reload = self._rooms(worlds)
        rates = [self.cast.fixed.systems[self.batteries[rows[0]].system].reload_rate for rows in self.magazines]
        return {
            "room_ready": ready,
            "room_reload": reload,
            "reload_rate": stacked(
                [rate_of(worlds, r, len(b)) for r, b in zip(rates, self.magazines, strict=True)], np.int64
            ),
            "weight": needs,
            "magazine_rank": np.array([order.index(name) for name in names], np.int64),
        }

    def _rooms(self, worlds: Worlds) -> tuple[I64, I64]:
        shape = (len(self.magazines), len(self._types))
        ready, reload = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for m, rows in enumerate(self.magazines):
            system = self.cast.fixed.systems[self.batteries[rows[0]].system]
            for t, name in enumerate(self._types):
                ready[m, t] = min(UNLIMITED, len(rows) * self._launched(worlds, system, name))
                reload[m, t] = len(rows) * known_number(worlds, system.reload.get(name), "reload")
        return ready, reload

    def _launched(self, worlds: Worlds, system: schema.System, interceptor: str) -> int:
        """Rounds of a type on the launchers of one battery."""
        fired = any(
            interceptor in self.cast.loads(name, c) for name in self._names_of(system) for c in self.cast.classes
        )
        if not fired:
            return 0
        if system.per_launcher is None:
            return UNLIMITED
        launchers = system.launchers.get(interceptor) if isinstance(system.launchers, dict) else system.launchers
        each = system.per_launcher.get(interceptor)
        return known_number(worlds, launchers, "launchers") * known_number(worlds, each, "per_launcher")

    def _names_of(self, system: schema.System) -> list[str]:
        return [name for name in self.cast.systems if self.cast.fixed.systems[name] is system]

    def _needs(self, expected: F64, low: F64, high: F64) -> F64:
        """Weights of the depot's split, one for each world, magazine and type. (W, M, T)"""
        split = self.cast.fixed.doctrine.split
        shape = (len(self.magazines), len(self._types))
        if split == "even":
            return np.ones((1, *shape))
        if split == "weight":
            by_battery = np.array([self.heaviness(b.site) if b.site else 1.0 for b in self.batteries])
            weight = np.array([by_battery[list(rows)].sum() for rows in self.magazines])
            return np.broadcast_to(weight[None, :, None], (1, *shape)).copy()
        return self._expected_use(expected, low, high)

    def _expected_use(self, expected: F64, low: F64, high: F64) -> F64:
        """Mean rounds a night that each magazine is asked for, before any stock is known (S5 `need`).

        expected : (W, A, C) mean threats a night by asset and class
        """
        rows = max(expected.shape[0], low.shape[0])
        need = np.zeros((rows, len(self.magazines), len(self._types)))
        for m, members in enumerate(self.magazines):
            for b in members:
                battery = self.batteries[b]
                for c, name in enumerate(self.cast.classes):
                    share = np.minimum(high[:, b, :, c], 1.0) - low[:, b, :, c]
                    wanted = (share * expected[:, :, c]).sum(axis=1) * sum(self.cast.salvo(battery.layer, name)[:1])
                    for t in self.cast.loads(battery.system, name):
                        need[:, m, self.cast.interceptors.index(t)] += wanted
        idle = need.sum(axis=1, keepdims=True) <= 0.0
        return np.where(idle, 1.0, need)
