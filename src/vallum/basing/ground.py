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
from pathlib import Path
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
from vallum.evidence import snapshots
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

    places    : demand and sites; the sites are those with `is_site`
    snapshots : SHA-256 of the data that places are from: shipped files by their path below `data`, the user's by name
    """

    scenario: Scenario
    plan: Plan
    theatre: Theatre | None
    places: tuple[Place, ...]
    sites: tuple[int, ...]
    demands: tuple[Demand, ...]
    kinds: tuple[Kind, ...]
    readings: tuple[tuple[Reading, float], ...]
    snapshots: Mapping[str, str]

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
    """Return the covering problem of a scenario.

    Raises ScenarioError with every problem of what is asked, RunError where the scenario cannot be such a problem.
    """
    problems = list(_refused(scenario, wanted, per_site))
    plan = campaign.prepare(scenario, as_of)
    try:
        theatre, places = _places(plan, sites)
    except ScenarioError as error:
        raise ScenarioError([*problems, *error.problems]) from None
    spots = tuple(k for k, place in enumerate(places) if place.is_site)
    candidates = [places[k] for k in spots]
    stand, closed, unplaced = standing(candidates, fixed, forbidden, wanted, per_site)
    if problems or unplaced:
        raise ScenarioError([*problems, *unplaced])
    worlds = plan.worlds(seed, range(DRAWS))
    disputed = tuple(_readings(plan, wanted))
    demands = tuple(_demands(plan, worlds, places, wanted, len(disputed), [weight for _, weight in disputed]))
    if not any(demand.weight for demand in demands):
        raise RunError("nothing that these systems can stop is expected anywhere; there is nothing to place them for")
    apart = _distances(plan, places)
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
    return Ground(scenario, plan, theatre, places, spots, demands, kinds, disputed, _snapshots(plan, theatre, sites))


def _snapshots(plan: Plan, theatre: Theatre | None, sites: str | None) -> dict[str, str]:
    """Hashes of what places are from: the shipped country with its coverage table, and the user's own sites."""
    made = {}
    if theatre is not None:
        tables = {f"coverage/{asset.coverage}.csv" for asset in plan.cast.fixed.assets.values() if asset.coverage}
        made = snapshots.packaged((*theatre.files(), *sorted(tables)))
    if sites is not None:
        made[f"sites {Path(sites).name}"] = snapshots.sha256(Path(sites))
    return made


def _refused(scenario: Scenario, wanted: Sequence[Wanted], per_site: int | None) -> Iterator[str]:
    """What is no system with a magazine, what is the attacker's, and counts that are none."""
    for one in wanted:
        wrong = _no_system(scenario, one.system)
        if wrong:
            yield wrong
        if one.count < 1 or one.count % 1:
            yield f"--count {one.count}: of {one.system}; give a whole number, 1 or more"
    names = [one.system for one in wanted]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"--system {name}: is given twice; give each system once, with its count"
    if per_site is not None and per_site < 1:
        yield f"--per-site {per_site}: give 1 or more, or leave it out for as many as there are"


def _no_system(scenario: Scenario, name: str) -> str:
    """Why a name is no system that can be placed; empty where it is one."""
    systems = scenario.schema.fixed.systems
    for path in (name, f"fixed.classes.{name}"):
        known = "." in name or name in scenario.schema.fixed.classes
        if known and is_threat(scenario, path):
            try:
                refuse_threat(scenario, path, "place")
            except ScenarioError as error:
                return str(error)
    if name not in systems:
        return f"--system {name}: is no system of {scenario.name}{paths.hint(name, set(systems))}"
    if systems[name].kind != "battery":
        return (
            f"--system {name}: is a {systems[name].kind} layer without magazine and has no site; "
            "place a system of kind battery"
        )
    return ""


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


def standing(
    sites: Sequence[Place],
    fixed: Sequence[str],
    forbidden: Sequence[str],
    wanted: Sequence[Wanted],
    per_site: int | None,
) -> tuple[dict[str, dict[int, int]], frozenset[int], list[str]]:
    """Return what stands fixed (system -> site -> how many), the closed sites, and every problem with them."""
    stand: dict[str, dict[int, int]] = {one.system: {} for one in wanted}
    problems: list[str] = []
    for text in fixed:
        system, _, site = text.partition("@") if "@" in text else (wanted[0].system, "", text)
        found = _named(sites, site)
        if system not in stand:
            problems.append(f"--fixed {text}: {system} is not among the systems to be placed: {', '.join(stand)}")
        elif found:
            stand[system][found[0]] = stand[system].get(found[0], 0) + 1
        if not found:
            problems.append(f"--fixed {text}: {_no_site(sites, site)}")
    closed = {name: _named(sites, name) for name in forbidden}
    problems += [f"--forbid {name}: {_no_site(sites, name)}" for name, found in closed.items() if not found]
    shut = frozenset(k for found in closed.values() for k in found)
    for one in wanted:
        problems += _crowded(sites, one, stand[one.system], shut, per_site)
    return stand, shut, problems


def _crowded(
    sites: Sequence[Place], wanted: Wanted, stand: Mapping[int, int], shut: frozenset[int], per_site: int | None
) -> Iterator[str]:
    """Where fixed, forbidden and counted do not go together."""
    for k, many in stand.items():
        if k in shut:
            yield f"{sites[k].name}: a {wanted.system} is both fixed and forbidden there; give one of the two"
        elif per_site is not None and many > per_site:
            yield f"{sites[k].name}: {many} {wanted.system} stand fixed there, and --per-site allows {per_site}"
    if sum(stand.values()) > wanted.count:
        yield f"--count {wanted.count}: {sum(stand.values())} {wanted.system} stand fixed; give as many or more"
    room = None if per_site is None else per_site * (len(sites) - len(shut))
    if len(sites) == len(shut):
        yield "--forbid: leaves no site open"
    elif room is not None and wanted.count > room:
        yield (
            f"--count {wanted.count}: {wanted.system}: {len(sites) - len(shut)} open sites with at most {per_site} "
            f"each have room for {room}; ask for fewer, or allow more sites or more at a site"
        )


def _named(sites: Sequence[Place], name: str) -> list[int]:
    """Sites of a name, or all of a city's."""
    found = [k for k, place in enumerate(sites) if place.name == name]
    return found or [k for k, place in enumerate(sites) if place.city == name]


def _no_site(sites: Sequence[Place], name: str) -> str:
    return f"{name} is no candidate site{paths.hint(name, {place.city for place in sites})}"


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
