"""Where systems could stand, region by region: hypothetical sites, never positions (Q2, the scope)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from vallum.campaign import Plan
from vallum.report import words
from vallum.results import rounded
from vallum.scenario import Quantity


def outlines(table: str) -> dict[str, Any] | None:
    """Return regions as GeoJSON and the cities of the country of a coverage table; None where it is not shipped."""
    from vallum.basing import theatre

    country = theatre.of_table(table)
    if country is None:
        return None
    cities: dict[str, dict[str, Any]] = {}
    for place in country.places(table):
        made = cities.setdefault(
            place.city, {"lat": place.lat, "lon": place.lon, "region": place.region, "people": 0.0}
        )
        made["people"] += place.people
    told = [{"name": name, **made, "people": round(made["people"])} for name, made in cities.items()]
    return {"regions": country.outlines(), "cities": sorted(told, key=lambda one: -one["people"])}


def hypothetical(plan: Plan) -> dict[str, Any]:
    """Return systems by region as the covering model would spread them, with the radius that is publicly claimed.

    Only the number in each region is told, and it is drawn at the middle of the region: no site, and no position.
    """
    from vallum.basing import theatre

    table = next((asset.coverage for asset in plan.cast.fixed.assets.values() if asset.coverage), None)
    country = None if table is None else theatre.of_table(table)
    if country is None:
        return {"table": table, "systems": []}
    middle = {one["properties"]["name"]: one["properties"] for one in country.outlines()["features"]}
    return {"table": table, "systems": list(_systems(plan, middle))}


def _systems(plan: Plan, middle: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    from vallum.basing import cover, ground

    for name, system in plan.cast.fixed.systems.items():
        held = plan.scenario.schema.choices.batteries.get(name)
        count = round(_best(plan, held)) if isinstance(held, Quantity) else 0
        if system.kind != "battery" or count < 1 or system.radius is None:
            continue
        found = ground.ground(plan.scenario, [ground.Wanted(name, count)], as_of=plan.as_of)
        weight = np.array([demand.weight for demand in found.demands])
        at = cover.greedy(weight, found.kinds)[name]
        by_region: Counter[str] = Counter()
        for site, many in zip(found.sites, at, strict=True):
            by_region[found.places[site].region] += int(many)
        rows = [
            {"region": region, "count": many, "lat": middle[region]["label_lat"], "lon": middle[region]["label_lon"]}
            for region, many in sorted(by_region.items(), key=lambda one: (-one[1], one[0]))
            if many and region in middle
        ]
        radii = [_span(plan, one) for one in system.radius.values()]
        yield {
            "system": name, "title": words.capital(words.plain(name)), "count": count, "regions": rows,
            "radius_km": max(radii, key=lambda one: one[-1], default=None),
        }  # fmt: skip


def _best(plan: Plan, given: Quantity) -> float:
    return plan.laws[given.name].best if given.name is not None else given.value or 0.0


def _span(plan: Plan, given: Quantity) -> list[float]:
    """The claimed radii: best of each reading of a switch, else low and high; one number where it is one."""
    if given.name is None:
        return [rounded(given.value or 0.0) or 0.0]
    law = plan.laws[given.name]
    told = [option.law.best for option in law.options] or [law.low, law.high]
    return sorted({rounded(value) or 0.0 for value in told})
