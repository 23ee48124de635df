"""A scenario as a covering problem: who is to be protected, against what, and from where (Q2, W5, R3).

A demand is a place, a threat class and a reading of what is disputed (the defended radius): its weight is the
expected number of threats of the class at the place, times the probability of the reading. Everything else is taken
at its mean.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vallum import campaign
from vallum.basing.cover import Kind, Reach
from vallum.basing.sites import read_sites
from vallum.basing.theatre import Place, Theatre, of_table
from vallum.campaign import Plan
from vallum.engage import EARTH_RADIUS_KM
from vallum.errors import RunError, ScenarioError
from vallum.scenario import Scenario, is_threat, paths, refuse_threat, schema
from vallum.scenario.quantity import Quantity
from vallum.scenario.worlds import Worlds

F64 = npt.NDArray[np.float64]

#: Futures over which means are taken: a standard error of a few per cent of the spread.
DRAWS: Final = 1_000
#: More disputed readings than this together are too many; the radii are then taken at their means.
MOST_READINGS: Final = 16

Reading = Mapping[str, float]


@dataclass(frozen=True)
class Wanted:
    """How many systems of a type are to be placed, where one must stand and where none may."""

    system: str
    count: int


@dataclass(frozen=True)
class Demand:
    """One row of what is to be covered."""

    place: int
    threat_class: str
    reading: int
    weight: float


@dataclass(frozen=True)
class Ground:
    """Everything that plans are made and judged on.

    places : demand and sites; the sites are those with `is_site`
    """

    scenario: Scenario
    plan: Plan
    theatre: Theatre | None
    places: tuple[Place, ...]
    sites: tuple[int, ...]
    demands: tuple[Demand, ...]
    kinds: tuple[Kind, ...]
    readings: tuple[tuple[Reading, float], ...]

    @property
    def weight(self) -> F64:
        """Expected threats of each demand. (D,)"""
        return np.array([demand.weight for demand in self.demands])

    @property
    def live(self) -> bool:
        """Whether results leave only by region or size class (the scope)."""
        return self.scenario.schema.live


def ground(
    scenario: Scenario,
    wanted: Sequence[Wanted],
    sites: str | None = None,
    fixed: Sequence[str] = (),
    forbidden: Sequence[str] = (),
    per_site: int | None = None,
    seed: int = 0,
    as_of: Any = None,
) -> Ground:
    """Return the covering problem of a scenario. Raises ScenarioError, RunError where it cannot be one."""
    _refuse(scenario, wanted)
    plan = campaign.prepare(scenario, as_of)
    theatre, places = _places(plan, sites)
    spots = tuple(k for k, place in enumerate(places) if place.is_site)
    worlds = plan.worlds(seed, range(DRAWS))
    disputed = tuple(_readings(plan, wanted))
    demands = tuple(_demands(plan, worlds, places, wanted, len(disputed), [weight for _, weight in disputed]))
    if not any(demand.weight for demand in demands):
        raise RunError("nothing that these systems can stop is expected anywhere; there is nothing to place them for")
    apart = _distances(plan, places)
    stand = _fixed([places[k] for k in spots], fixed, [one.system for one in wanted])
    closed = frozenset(k for name in forbidden for k in _named([places[k] for k in spots], name))
    kinds = tuple(
        Kind(
            name=one.system,
            reach=_reach(plan, worlds, one.system, spots, demands, apart, [reading for reading, _ in disputed]),
            count=one.count,
            ready=_ready(plan, worlds, one.system),
            stops=np.array([_stops(plan, worlds, one.system, demand.threat_class) for demand in demands]),
            at_least=stand[one.system],
            forbidden=closed,
            most=per_site,
        )
        for one in wanted
    )
    return Ground(scenario, plan, theatre, places, spots, demands, kinds, disputed)


def _refuse(scenario: Scenario, wanted: Sequence[Wanted]) -> None:
    """Refuse what is no system with a magazine; what is the attacker's, with the reason."""
    systems = scenario.schema.fixed.systems
    for one in wanted:
        for path in (one.system, f"fixed.classes.{one.system}"):
            known = "." in one.system or one.system in scenario.schema.fixed.classes
            if known and is_threat(scenario, path):
                refuse_threat(scenario, path, "place")
        if one.system not in systems:
            raise ScenarioError(
                f"--system {one.system}: is no system of {scenario.name}{paths.hint(one.system, set(systems))}"
            )
        if systems[one.system].kind != "battery":
            raise ScenarioError(
                f"--system {one.system}: is a {systems[one.system].kind} layer without magazine and has no site; "
                "place a system of kind battery"
            )
        if one.count < 1:
            raise RunError(f"--count {one.count}: give 1 or more")
    if len({one.system for one in wanted}) < len(wanted):
        raise RunError("a system is given twice; give each once, with its count")


# --- places -----------------------------------------------------------------------------------------


def _places(plan: Plan, sites: str | None) -> tuple[Theatre | None, tuple[Place, ...]]:
    assets = plan.cast.fixed.assets
    table = next((asset.coverage for asset in assets.values() if asset.coverage), None)
    if table is None:
        theatre, demand = None, tuple(_of_assets(plan))
    else:
        theatre = of_table(table)
        if theatre is None:
            raise RunError(f"no cities are shipped for the coverage table {table}; give assets with lat and lon")
        if len(assets) > 1:
            raise RunError(
                f"{plan.scenario.name} holds a whole country beside other assets; place needs one of the two"
            )
        demand = theatre.places(table)
    if sites is None:
        return theatre, demand
    own = read_sites(sites)
    names = {place.name for place in demand}
    twice = sorted(names & {place.name for place in own})
    if twice:
        raise ScenarioError(f"{sites}: {twice[0]} is a place of the scenario already; give the site a name of its own")
    bare = tuple(Place(p.name, p.lat, p.lon, p.people, p.region, False, p.city) for p in demand)
    return theatre, (*bare, *own)


def _of_assets(plan: Plan) -> Iterator[Place]:
    for name, asset in plan.cast.fixed.assets.items():
        if asset.lat is None or asset.lon is None:
            raise RunError(f"fixed.assets.{name}: has no lat and lon; place needs to know where it lies")
        yield Place(name, asset.lat, asset.lon, plan.defence.heaviness(name), asset.region or "", True, name)


def _distances(plan: Plan, places: Sequence[Place]) -> F64:
    """Distance between each two places: km on the sphere, or the plane of their numbers. (P, P)"""
    lat, lon = (np.array([getattr(place, key) for place in places]) for key in ("lat", "lon"))
    if plan.cast.fixed.doctrine.metric == "planar":
        return np.asarray(np.hypot(lat[:, None] - lat, lon[:, None] - lon))
    north, east = np.radians(lat), np.radians(lon)
    half = np.sin((north[:, None] - north) / 2) ** 2
    half += np.cos(north[:, None]) * np.cos(north) * np.sin((east[:, None] - east) / 2) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def _named(sites: Sequence[Place], name: str) -> list[int]:
    """Sites of a name, or all of a city's. Raises RunError with the nearest name."""
    found = [k for k, place in enumerate(sites) if place.name == name]
    found = found or [k for k, place in enumerate(sites) if place.city == name]
    if not found:
        raise RunError(f"{name} is no candidate site{paths.hint(name, {place.city for place in sites})}")
    return found


def _fixed(sites: Sequence[Place], given: Sequence[str], systems: Sequence[str]) -> dict[str, dict[int, int]]:
    """Systems that stand at a site in any plan: `SITE` for the first type, or `SYSTEM@SITE`."""
    found: dict[str, dict[int, int]] = {system: {} for system in systems}
    for text in given:
        system, _, site = text.partition("@") if "@" in text else (systems[0], "", text)
        if system not in found:
            raise RunError(f"--fixed {text}: {system} is not among the systems to be placed: {', '.join(systems)}")
        k = _named(sites, site)[0]
        found[system][k] = found[system].get(k, 0) + 1
    return found


# --- what is expected, and what stops it ------------------------------------------------------------


def _demands(
    plan: Plan,
    worlds: Worlds,
    places: Sequence[Place],
    wanted: Sequence[Wanted],
    readings: int,
    weights: Sequence[float],
) -> Iterator[Demand]:
    threats = plan.raids.expected(worlds).mean(axis=0) * plan.days
    shares = _shares(plan, worlds, places)
    for c, name in enumerate(plan.cast.classes):
        if any(plan.cast.loads(one.system, name) for one in wanted):
            for k, share in enumerate(shares[c]):
                if share > 0:
                    for r in range(readings):
                        yield Demand(k, name, r, float(threats[c] * share * weights[r]))


def _shares(plan: Plan, worlds: Worlds, places: Sequence[Place]) -> F64:
    """Share of each class that is aimed at each place (R3): as the scenario says, else by people. (C, P)"""
    people = np.array([place.people for place in places])
    by_people = people / people.sum() if people.sum() else people
    shares = np.tile(by_people, (len(plan.cast.classes), 1))
    if any(asset.coverage for asset in plan.cast.fixed.assets.values()):
        return shares
    heavy = np.array([plan.defence.heaviness(name) for name in plan.cast.assets])
    aimed = plan.raids.targets(worlds, heavy).mean(axis=0)
    shares[:, : len(plan.cast.assets)] = aimed
    return shares


def _mean(worlds: Worlds, given: Any, default: float) -> float:
    """Mean of a quantity over futures; of one that changes, what holds from the start (K3)."""
    first = given[0].value if isinstance(given, list) else given
    return float(worlds.value(first, default).mean())


def _ready(plan: Plan, worlds: Worlds, system: str) -> float:
    """Probability that a system stands ready in a wave: fit, and without a common failure (W6, E8)."""
    made = plan.cast.fixed.systems[system]
    return _mean(worlds, made.availability, 1.0) * _mean(worlds, made.reliability, 1.0)


def _stops(plan: Plan, worlds: Worlds, system: str, threat_class: str) -> float:
    """Probability that a ready system stops a threat that it covers: it is seen, and a shot kills (E3, E8)."""
    loads = plan.cast.loads(system, threat_class)
    if not loads:
        return 0.0
    shots = sum(plan.cast.salvo(_layer(plan, system), threat_class))
    kill = _mean(worlds, plan.cast.fixed.interceptors[loads[0]].kill[threat_class], 0.0)
    track = _mean(worlds, plan.cast.fixed.systems[system].track_of(threat_class), 1.0)
    return track * (1.0 - (1.0 - kill) ** shots)


def _layer(plan: Plan, system: str) -> str:
    return next(layer for layer, systems in plan.cast.layers.items() if system in systems)


# --- radii ------------------------------------------------------------------------------------------


def _readings(plan: Plan, wanted: Sequence[Wanted]) -> Iterator[tuple[Reading, float]]:
    """Every way to read the disputed radii together, with its probability; one empty reading where none is."""
    names = {
        quantity.name
        for one in wanted
        for quantity in (plan.cast.fixed.systems[one.system].radius or {}).values()
        if quantity.name is not None and plan.laws[quantity.name].options
    }
    laws = {name: plan.laws[name] for name in sorted(names)}
    if math.prod(len(law.options) for law in laws.values()) > MOST_READINGS:
        laws = {}
    for options in product(*(law.options for law in laws.values())):
        total = [sum(option.weight for option in law.options) for law in laws.values()]
        share = math.prod(option.weight / whole for option, whole in zip(options, total, strict=True))
        yield {name: option.law.best for name, option in zip(laws, options, strict=True)}, share


def _reach(
    plan: Plan,
    worlds: Worlds,
    system: str,
    sites: Sequence[int],
    demands: Sequence[Demand],
    apart: F64,
    readings: Sequence[Reading],
) -> Reach:
    """Whether a system at each site covers each demand (W5). (I, D)"""
    made = plan.cast.fixed.systems[system]
    place = np.array([demand.place for demand in demands])
    radius = np.array([_radius(worlds, made, demand.threat_class, readings[demand.reading]) for demand in demands])
    return np.asarray(apart[np.array(sites)][:, place] <= radius)


def _radius(worlds: Worlds, system: schema.System, threat_class: str, reading: Reading) -> float:
    """Defended radius, km: none against a class that is not named; its own place only where no radius is given."""
    if system.radius is None:
        return 0.0
    quantity: Quantity | None = system.radius.get(threat_class)
    if quantity is None:
        return -1.0
    return reading.get(quantity.name or "", _mean(worlds, quantity, 0.0))
