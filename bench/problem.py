"""The reference problem and its relatives of other sizes, as scenarios and as the Problem that a kernel takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import vallum
from vallum._kernel.problem import Problem
from vallum.campaign.plan import prepare
from vallum.scenario import Scenario

REFERENCE: Final = Path(__file__).with_name("reference.yaml")
CITIES, BATTERIES, DAYS = 60, 60, 1095
#: Relatives with more cities than the reference stand this far north of it: nobody covers both.
ELSEWHERE: Final = 20.0
SEED: Final = 7


def made_up(value: float) -> dict[str, Any]:
    """A number of a scenario file that is an assumption."""
    return {"value": value, "assumption": "made up"}


def problem(scenario: Scenario, futures: int, first: int = 0) -> Problem:
    """The arrays of a block of futures, as `vallum.run` makes them."""
    plan = prepare(scenario)
    worlds = plan.worlds(SEED, range(first, first + futures))
    return plan.problem(worlds, plan.supply.by_line(worlds))


def reference(days: int = DAYS) -> Scenario:
    """The reference problem, perhaps shorter."""
    return vallum.read(REFERENCE).replace({"fixed.days": days})


def scarce(days: int) -> Scenario:
    """A short relative with a fifth of the opening stock: much happens in it, so that programs can differ."""
    whole = reference(days)
    stock = {name: entry["value"] for name, entry in whole.document["choices"]["stock"].items()}
    return whole.replace({f"choices.stock.{name}": made_up(round(value / 5)) for name, value in stock.items()})


def with_cities(cities: int) -> Scenario:
    """The same raids over fewer or more cities, the same batteries in the most populous ones."""
    whole = reference()
    known = whole.document["fixed"]["assets"]
    assets = {}
    for k in range(cities):
        name, city = list(known.items())[k % len(known)]
        again = k // len(known)
        assets[f"{name}-{again}"] = {**city, "lat": city["lat"] + again * ELSEWHERE}
    return whole.replace({"fixed.assets": assets})


def with_batteries(batteries: int) -> Scenario:
    """Fewer or more batteries of each system in proportion, with the stock and deliveries that they use."""
    whole, share = reference(), batteries / BATTERIES
    return whole.replace(_scaled(whole, ("batteries", "stock", "supply"), share))


def with_raids(share: float) -> Scenario:
    """Larger or smaller raids in proportion, and as much more of stock, deliveries, room and channels."""
    whole = reference()
    changes = _scaled(whole, ("stock", "supply"), share)
    for name, law in whole.document["fixed"]["raids"]["classes"].items():
        changes[f"fixed.raids.classes.{name}.mean"] = made_up(law["mean"]["value"] * share)
    for name, system in whole.document["fixed"]["systems"].items():
        for key in ("launchers", "channels"):
            changes[f"fixed.systems.{name}.{key}"] = made_up(max(1, round(system[key]["value"] * share)))
    return whole.replace(changes)


def drones_at_teams(share: float) -> Scenario:
    """Drones alone, against jamming and teams instead of magazines: they are fought by the group (F4)."""
    gone = [
        "fixed.systems.short", "fixed.interceptors.short_round", "fixed.doctrine.salvos.short",
        "choices.batteries.short", "choices.stock.short_round", "choices.supply.short_stream",
    ]  # fmt: skip
    changes: dict[str, Any] = dict.fromkeys(gone)
    changes["fixed.systems.jamming"] = {"kind": "soft", "success": {"drone": made_up(0.3)}}
    changes["fixed.systems.teams"] = {
        "kind": "team", "success": {"drone": made_up(0.6)}, "capacity": made_up(max(1, round(share))),
    }  # fmt: skip
    changes |= {"choices.batteries.jamming": made_up(1), "choices.batteries.teams": made_up(30)}
    changes |= {f"choices.tempo.{name}": made_up(0) for name in ("ballistic", "aeroballistic", "cruise")}
    changes["fixed.raids.classes.drone.mean"] = made_up(38 * share)
    return reference().replace(changes)


def _scaled(whole: Scenario, what: tuple[str, ...], share: float) -> dict[str, Any]:
    choices, changes = whole.document["choices"], {}
    for drawer in what:
        for name, entry in choices[drawer].items():
            path = f"choices.{drawer}.{name}" + (".per_month" if drawer == "supply" else "")
            value = (entry["per_month"] if drawer == "supply" else entry)["value"]
            changes[path] = made_up(max(1, round(value * share)))
    return changes
