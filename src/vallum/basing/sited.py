"""Plans put back into the scenario, so that they can be fought: places as assets, batteries at sites (W5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from vallum.basing.cover import I64
from vallum.basing.ground import Ground
from vallum.basing.theatre import Place
from vallum.errors import ScenarioError
from vallum.scenario import Scenario, paths


def sited(ground: Ground, at: Mapping[str, I64]) -> Scenario:
    """Return the scenario with the systems of a plan at their sites, and its other batteries as they were.

    Only classes that magazines may be fired at are fought where that is possible: the others meet layers whose success
    does not depend on where batteries stand.
    """
    base = ground.scenario
    changes: dict[str, Any] = {}
    if ground.theatre is not None or any(place.name not in base.schema.fixed.assets for place in ground.places):
        changes |= _assets(ground)
    for system, many in at.items():
        posts = [
            {"site": ground.places[site].name, "n": int(n)} for site, n in zip(ground.sites, many, strict=True) if n
        ]
        changes[paths.show(("choices", "batteries", system))] = posts
    made = base.replace(changes)
    try:
        return made.replace(_without(ground))
    except ScenarioError:
        return made


def _assets(ground: Ground) -> dict[str, Any]:
    """Every place as an asset; a bare site weighs nothing and draws no threat."""
    old = ground.scenario.document["fixed"]["assets"]
    assets = {place.name: old.get(place.name, _asset(place)) for place in ground.places}
    if ground.theatre is None:
        return {"fixed.assets": assets}
    return {"fixed.assets": assets, "fixed.raids.targets": None}


def _asset(place: Place) -> dict[str, Any]:
    made: dict[str, Any] = {"lat": place.lat, "lon": place.lon, "population": place.people}
    if not place.people:
        made["weight"] = 0
    return made | ({"region": place.region} if place.region else {})


def _without(ground: Ground) -> dict[str, Any]:
    """Changes that take out what no magazine is fired at, and what is printed about it."""
    document, cast = ground.scenario.document, ground.plan.cast
    idle = [name for name in cast.classes if not cast.single(name)]
    gone: list[tuple[str, ...]] = [("outcomes",), ("reported",), ("beside",)]
    for name in idle:
        gone += [("fixed", "classes", name), ("choices", "tempo", name)]
        gone += [("fixed", "raids", part, name) for part in ("classes", "size", "targets")]
    gone += [("fixed", "systems", name) for name in _idle_systems(ground, idle)]
    return {paths.show(keys): None for keys in gone if paths.look(document, keys)[0]}


def _idle_systems(ground: Ground, idle: Sequence[str]) -> Iterator[str]:
    """Soft and team layers with a success against nothing but idle classes."""
    for name, system in ground.plan.cast.fixed.systems.items():
        if system.kind != "battery" and set(system.success) <= set(idle):
            yield name


# --- plans to set beside the best -------------------------------------------------------------------


def even_spread(ground: Ground) -> dict[str, I64]:
    """One system after the other goes to the region that has fewest, at its heaviest site; larger regions first.

    Where no regions are known every site is a region of its own.
    """
    return {kind.name: _dealt(ground, k) for k, kind in enumerate(ground.kinds)}


def _dealt(ground: Ground, kind: int) -> I64:
    made = ground.kinds[kind]
    at = _standing(ground, kind)
    open_sites = [site for site in _by_weight(ground) if site not in made.forbidden]
    regions: dict[str, list[int]] = {}
    for site in open_sites:
        place = ground.places[ground.sites[site]]
        regions.setdefault(place.region or place.city, []).append(site)
    while int(at.sum()) < made.count:
        free = {name: [s for s in sites if made.most is None or at[s] < made.most] for name, sites in regions.items()}
        rest = {name: sites for name, sites in free.items() if sites}
        name = min(rest, key=lambda region: int(at[regions[region]].sum()))
        at[min(rest[name], key=lambda site: int(at[site]))] += 1
    return at


def largest_only(ground: Ground) -> dict[str, I64]:
    """All systems at the largest city, as far as its sites have room; then at the next."""
    found = {}
    for k, kind in enumerate(ground.kinds):
        at = _standing(ground, k)
        order = [site for site in _by_weight(ground) if site not in kind.forbidden]
        cities = dict.fromkeys(ground.places[ground.sites[site]].city for site in order)
        for city in cities:
            here = [site for site in order if ground.places[ground.sites[site]].city == city]
            while int(at.sum()) < kind.count:
                free = [site for site in here if kind.most is None or at[site] < kind.most]
                if not free:
                    break
                at[min(free, key=lambda site: int(at[site]))] += 1
        found[kind.name] = at
    return found


def _standing(ground: Ground, kind: int) -> I64:
    made = ground.kinds[kind]
    return np.array([made.at_least.get(site, 0) for site in range(len(ground.sites))], np.int64)


def _by_weight(ground: Ground) -> list[int]:
    """Sites by the threats expected in their city, falling; a bare site by those within its reach."""
    near = np.zeros(len(ground.sites))
    expected = np.zeros(len(ground.places))
    for demand in ground.demands:
        expected[demand.place] += demand.weight
    by_city: dict[str, float] = {}
    for k, place in enumerate(ground.places):
        by_city[place.city] = by_city.get(place.city, 0.0) + float(expected[k])
    reach = np.logical_or.reduce([kind.reach for kind in ground.kinds])
    for site, k in enumerate(ground.sites):
        near[site] = by_city[ground.places[k].city] or float(ground.weight @ reach[site])
    return sorted(range(len(ground.sites)), key=lambda site: (-near[site], site))
