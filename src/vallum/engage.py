"""Layers, batteries and magazines of a scenario, as the arrays that the kernel fights with (W, E)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np

from vallum import coverage, dice
from vallum._kernel import problem
from vallum.errors import ScenarioError
from vallum.scenario import schema
from vallum.scenario.cast import Cast
from vallum.scenario.quantity import Quantity, When
from vallum.scenario.worlds import F64, I64, U64, Worlds
from vallum.terms import NEVER

#: Mean radius of the Earth, km (IUGG 1980, R1).
EARTH_RADIUS_KM: Final = 6371.0088
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
class Battery:
    """One system at one hypothetical site from one day on (W5), or one entry of a soft or team layer.

    number : place among the batteries of its system, from 1
    limit  : the battery exists in the futures that hold at least `number` systems
    teams  : how many teams the entry stands for (E9)
    """

    name: str
    layer: str
    system: str
    site: str | None
    start: When | None = None
    number: int = 1
    limit: Quantity | None = None
    teams: Quantity | None = None


@dataclass(frozen=True)
class Defence:
    """The defence of a scenario: its names once, its arrays for each block of worlds."""

    cast: Cast

    # --- who stands where ---------------------------------------------------------------------------

    @cached_property
    def batteries(self) -> tuple[Battery, ...]:
        """Every battery that any future may have, in the order of the layers."""
        pairs = ((layer, system) for layer, systems in self.cast.layers.items() for system in systems)
        return tuple(battery for layer, system in pairs for battery in self._of_system(layer, system))

    def _of_system(self, layer: str, system: str) -> Iterator[Battery]:
        chosen = self.cast.choices.batteries.get(system)
        teams = self.cast.fixed.systems[system].kind != "battery"
        if isinstance(chosen, list):
            posts = [(post, k) for post in chosen for k in range(1 if teams else post.n)]
            for number, (post, _) in enumerate(posts, 1):
                count = Quantity(value=float(post.n)) if teams else None
                yield Battery(f"{system}-{number}", layer, system, post.site, post.start, number, teams=count)
        elif teams:
            yield Battery(f"{system}-1", layer, system, None, teams=chosen)
        elif chosen is not None:
            for number in range(1, self.cast.most(chosen) + 1):
                site = self._heaviest[(number - 1) % len(self._heaviest)]
                yield Battery(f"{system}-{number}", layer, system, site, None, number, limit=chosen)

    @cached_property
    def _heaviest(self) -> tuple[str, ...]:
        """Assets by falling weight: there stand batteries that are given as a bare number."""
        return tuple(sorted(self.cast.assets, key=lambda name: (-self.people(name), name)))

    def people(self, asset: str) -> float:
        """Population of an asset, else its weight, else 1."""
        made = self.cast.fixed.assets[asset]
        for given in (made.population, made.weight):
            if given is not None and given.value is not None:
                return given.value
        return 1.0

    def heaviness(self, asset: str) -> float:
        """Weight of an asset, else its population, else 1."""
        given = self.cast.fixed.assets[asset].weight
        return self.people(asset) if given is None or given.value is None else given.value

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

    def arrays(self, worlds: Worlds, expected: F64) -> dict[str, Any]:
        """Return the fields of a Problem that the defence gives.

        expected : (W, A, C) mean threats a night by asset and class, for the depot's split by need (S5)
        """
        doctrine = self.cast.fixed.doctrine
        low, high = self._cover(worlds)
        return {
            **self._names(),
            **self._of_layers(worlds),
            **self._of_batteries(worlds),
            **self._of_magazines(worlds, self._needs(expected, low, high)),
            **self._kill(worlds),
            "order": ORDERS[doctrine.order],
            "spread": SPREADS[doctrine.spread],
            "scope": SCOPES[doctrine.common_mode],
            "transit": doctrine.transit,
            "cover_low": low,
            "cover_high": high,
            "loads": self._loads,
            "reserve": self._reserve(worlds),
        }

    def _names(self) -> dict[str, Any]:
        ranks = {name: rank for rank, name in enumerate(self._by_weight)}
        return {
            "class_word": _words(self.cast.classes),
            "asset_word": _words(self.cast.assets),
            "layer_word": _words(tuple(self.cast.layers)),
            "battery_word": _words(tuple(battery.name for battery in self.batteries)),
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
            "track": _grid(self._by_layer(worlds, self._track, 1.0)),
            "success": _grid(self._by_layer(worlds, lambda made, name: made.success.get(name), 0.0)),
        }

    def _by_layer(self, worlds: Worlds, pick: Any, default: float) -> list[list[F64]]:
        made = [self.cast.fixed.systems[systems[0]] for systems in self.cast.layers.values()]
        return [[worlds.value(pick(system, name), default) for name in self.cast.classes] for system in made]

    @staticmethod
    def _track(system: schema.System, threat_class: str) -> Quantity | None:
        return system.track.get(threat_class) if isinstance(system.track, dict) else system.track

    def _of_batteries(self, worlds: Worlds) -> dict[str, Any]:
        systems = [self.cast.fixed.systems[battery.system] for battery in self.batteries]
        magazine = np.full(len(self.batteries), -1, np.int64)
        for m, rows in enumerate(self.magazines):
            magazine[list(rows)] = m
        return {
            "battery_from": _row([self._start(worlds, battery) for battery in self.batteries], np.int64),
            "battery_system": np.array([self.cast.systems.index(b.system) for b in self.batteries], np.int64),
            "teams": _row([self._teams(worlds, battery) for battery in self.batteries], np.int64),
            "channels": _row([worlds.count(system.channels, UNLIMITED) for system in systems], np.int64),
            "availability": _row([worlds.value(system.availability, 1.0) for system in systems], np.float64),
            "repair": _row([_repair(worlds, system) for system in systems], np.float64),
            "reliability": _row([worlds.value(system.reliability, 1.0) for system in systems], np.float64),
            "loss": _row([worlds.value(system.loss, 0.0) for system in systems], np.float64),
            "loss_to_depot": np.array([system.lost == "depot" for system in systems], np.int64),
            "magazine": magazine,
        }

    def _start(self, worlds: Worlds, battery: Battery) -> I64:
        """First day of a battery; NEVER in the futures that hold fewer systems."""
        start = worlds.day(battery.start, 0)
        if battery.limit is None:
            return start
        return np.where(worlds.count(battery.limit, 0) >= battery.number, start, NEVER)

    def _teams(self, worlds: Worlds, battery: Battery) -> I64:
        system = self.cast.fixed.systems[battery.system]
        if system.kind != "team":
            return np.zeros(1, np.int64)
        return worlds.count(battery.teams, 1) * worlds.count(system.capacity, UNLIMITED)

    # --- coverage (W5) --------------------------------------------------------------------------------

    def _cover(self, worlds: Worlds) -> tuple[F64, F64]:
        """Return the intervals of locations that each battery covers. (W, B, A, C) twice."""
        pairs = [
            [[self._interval(worlds, b, asset, name) for name in self.cast.classes] for asset in self.cast.assets]
            for b in self.batteries
        ]
        rows = max((part.shape[0] for x in pairs for y in x for pair in y for part in pair), default=1)
        shape = (rows, len(self.batteries), len(self.cast.assets), len(self.cast.classes))
        low, high = np.zeros(shape), np.zeros(shape)
        for b, by_asset in enumerate(pairs):
            for a, by_class in enumerate(by_asset):
                for c, (lower, upper) in enumerate(by_class):
                    low[:, b, a, c], high[:, b, a, c] = lower, upper
        return low, high

    def _interval(self, worlds: Worlds, battery: Battery, asset: str, threat_class: str) -> tuple[F64, F64]:
        system = self.cast.fixed.systems[battery.system]
        nothing, all_of_it = np.zeros(1), np.full(1, ALL_LOCATIONS)
        if system.kind != "battery" or (system.radius is None and len(self.cast.assets) == 1):
            return nothing, all_of_it
        if self.is_country(asset):
            return self._country_interval(worlds, battery, asset, threat_class, system)
        if system.radius is None:
            return nothing, all_of_it if battery.site == asset else nothing
        if threat_class not in system.radius:
            return nothing, nothing
        near = self._distance(str(battery.site), asset) <= worlds.value(system.radius[threat_class], 0.0)
        return nothing, np.where(near, ALL_LOCATIONS, 0.0)

    def _country_interval(
        self, worlds: Worlds, battery: Battery, asset: str, threat_class: str, system: schema.System
    ) -> tuple[F64, F64]:
        """The share that the n-th battery adds: from c(n - 1, radius) to c(n, radius), nested."""
        if battery.site != asset or (system.radius is not None and threat_class not in system.radius):
            return np.zeros(1), np.zeros(1)
        if system.radius is None:
            return np.zeros(1), np.full(1, ALL_LOCATIONS)
        table = coverage.load(str(self.cast.fixed.assets[asset].coverage))
        n = min(battery.number, table.most)
        shares = table.shares(n, worlds.value(system.radius[threat_class], 0.0))
        return (shares[:, n - 1], shares[:, n]) if battery.number <= table.most else (shares[:, n], shares[:, n])

    def _distance(self, one: str, other: str) -> float:
        """Distance between two assets: km on the sphere, or the plane of their numbers."""
        a, b = self.cast.fixed.assets[one], self.cast.fixed.assets[other]
        if one == other:
            return 0.0
        if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
            return math.inf
        if self.cast.fixed.doctrine.metric == "planar":
            return math.hypot(a.lat - b.lat, a.lon - b.lon)
        return _great_circle(a.lat, a.lon, b.lat, b.lon)

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

    def _reserve(self, worlds: Worlds) -> I64:
        shape = (len(self.cast.systems), len(self.cast.classes), len(self._types))
        names = ((s, c, t) for s in self.cast.systems for c in self.cast.classes for t in self._types)
        held: I64 = _row([worlds.count(self._held_back(*name), 0) for name in names], np.int64)
        return held.reshape(-1, *shape)

    def _held_back(self, system: str, threat_class: str, interceptor: str) -> Quantity | None:
        given = self.cast.fixed.doctrine.reserve.get(system, {}).get(threat_class)
        return given.get(interceptor) if isinstance(given, dict) else given

    @cached_property
    def _types(self) -> tuple[str, ...]:
        """Interceptor types; one nameless type where the scenario has none, for arrays need a row."""
        return self.cast.interceptors or ("",)

    def _kill(self, worlds: Worlds) -> dict[str, Any]:
        """Kill probabilities by era: an era starts on each day on which some probability changes."""
        table = [[self._changes(worlds, t, name) for name in self.cast.classes] for t in self._types]
        days = [day for row in table for changes in row for day, _ in changes if day.max() > 0]
        rows = max(
            (part.shape[0] for row in table for changes in row for pair in changes for part in pair),
            default=1,
        )
        starts = np.zeros((rows, 1 + len(days)), np.int64)
        for e, day in enumerate(days):
            starts[:, e + 1] = day
        starts = np.sort(np.maximum(starts, 0), axis=1)
        kill = np.zeros((rows, starts.shape[1], len(self._types), len(self.cast.classes)))
        for t, row in enumerate(table):
            for c, changes in enumerate(row):
                for day, value in changes:
                    due = starts >= np.broadcast_to(day, rows)[:, None]
                    kill[:, :, t, c] = np.where(due, np.broadcast_to(value, rows)[:, None], kill[:, :, t, c])
        return {"kill": kill, "era_start": starts}

    def _changes(self, worlds: Worlds, interceptor: str, threat_class: str) -> list[tuple[I64, F64]]:
        """Days and values of one kill probability, in the order listed; the first holds from the start."""
        made = self.cast.fixed.interceptors.get(interceptor)
        given = made.kill.get(threat_class) if made else None
        if given is None:
            return []
        if not isinstance(given, list):
            return [(np.zeros(1, np.int64), worlds.value(given, 0.0))]
        first, *later = given
        changes = [(worlds.day(change.start, 0), worlds.value(change.value, 0.0)) for change in later]
        return [(np.zeros(1, np.int64), worlds.value(first.value, 0.0)), *changes]

    # --- magazines and the depot's split (W4, S5) -----------------------------------------------------

    def _of_magazines(self, worlds: Worlds, needs: F64) -> dict[str, Any]:
        names = [self.batteries[rows[0]].name for rows in self.magazines]
        order = sorted(names)
        ready, reload = self._rooms(worlds)
        rates = [self.cast.fixed.systems[self.batteries[rows[0]].system].reload_rate for rows in self.magazines]
        return {
            "room_ready": ready,
            "room_reload": reload,
            "reload_rate": _row(
                [_rate(worlds, r, len(b)) for r, b in zip(rates, self.magazines, strict=True)], np.int64
            ),
            "weight": needs,
            "magazine_rank": np.array([order.index(name) for name in names], np.int64),
            "stock": _row([worlds.count(self.cast.choices.stock.get(t), 0) for t in self._types], np.int64),
        }

    def _rooms(self, worlds: Worlds) -> tuple[I64, I64]:
        shape = (len(self.magazines), len(self._types))
        ready, reload = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        for m, rows in enumerate(self.magazines):
            system = self.cast.fixed.systems[self.batteries[rows[0]].system]
            for t, name in enumerate(self._types):
                ready[m, t] = min(UNLIMITED, len(rows) * self._launched(worlds, system, name))
                reload[m, t] = len(rows) * _known(worlds, system.reload.get(name), "reload")
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
        return _known(worlds, launchers, "launchers") * _known(worlds, each, "per_launcher")

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


def _words(names: tuple[str, ...]) -> U64:
    return np.array([dice.word(name) for name in names], np.uint64)


def _row(parts: list[Any], dtype: Any) -> Any:
    """Stack (1,) and (F,) parts as columns. (W, n)"""
    rows = max((part.shape[0] for part in parts), default=1)
    packed = np.zeros((rows, len(parts)), dtype)
    for column, part in enumerate(parts):
        packed[:, column] = part
    return packed


def _grid(parts: list[list[F64]]) -> F64:
    """Stack rows of (1,) and (F,) parts. (W, rows, columns)"""
    flat: F64 = _row([part for row in parts for part in row], np.float64)
    return flat.reshape(flat.shape[0], len(parts), -1)


def _known(worlds: Worlds, quantity: Quantity | None, what: str) -> int:
    """Resolve a whole number that all futures share: the size of a magazine."""
    values = worlds.count(quantity, 0)
    if len(values) > 1:
        raise ScenarioError(
            f"systems: {what} is the uncertain {quantity and quantity.name}; give one number for all futures"
        )
    return int(values[0])


def _repair(worlds: Worlds, system: schema.System) -> F64:
    """Mean days of repair, 0 where each day is drawn by itself (W6).

    A battery breaks at most once a day, so a low availability needs repairs of (1 - a) / a days at least.
    """
    if system.repair is None:
        return np.zeros(1)
    share = np.maximum(worlds.value(system.availability, 1.0), np.finfo(np.float64).tiny)
    return np.maximum(worlds.value(system.repair.mean, 1.0), np.maximum(1.0, (1.0 - share) / share))


def _rate(worlds: Worlds, rate: Quantity | None, batteries: int) -> I64:
    return np.full(1, -1) if rate is None else worlds.count(rate, 0) * batteries


def _great_circle(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Haversine distance, km."""
    a, b = math.radians(lat), math.radians(other_lat)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))
