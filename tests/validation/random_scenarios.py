"""Random small scenarios: what a file may hold, drawn by the rules of a `random.Random`.

The draws come from a generator that is handed in, so that Hypothesis can shrink them and a bulk run can number
them. Nothing here knows the rules of the model: it writes files as a user would.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import vallum

BASE = Path(__file__).with_name("one_battery.yaml")
CLASSES = ("ballistic", "cruise", "drone")
ORDERS = ("arrival", "random_asset", "weight")
SALVOS = ([1], [2], [1, 1], [2, 1], [1, 2, 1])
#: Longest random campaign, days.
LONGEST = 10
#: The supply line that lands whole systems.
SYSTEMS = "systems"
Part = dict[str, Any]
#: What is spoiled only where there are several interceptor types.
SEVERAL_TYPES = ("list", "doubt", "types")


def random_scenario(rng: Random, spoil: str | None = None) -> vallum.Scenario:
    """A scenario that was drawn to keep the conditions of F3's promise, but for the one that `spoil` names.

    Whether it does keep them is for `campaign.promise` to say.
    """
    several = spoil in SEVERAL_TYPES or (spoil in (None, "reload") and rng.random() < 0.5)
    types = [f"type-{k}" for k in range(rng.randint(2, 3) if several else 1)]
    classes = sorted(rng.sample(CLASSES, rng.randint(1, 3)))
    if spoil == "team":
        classes = sorted({"ballistic", "drone", *classes})
    days = rng.randint(3, LONGEST)
    assets = _assets(rng)
    armed = [f"system-{k}" for k in range(rng.randint(1, 2))]
    fixed: Part = {
        "start": "2025-01-01",
        "days": days,
        "assets": assets,
        "classes": {name: _threat_class(rng) for name in classes},
        "interceptors": {name: {"kill": _kill(rng, classes, spoil == "team")} for name in types},
        "systems": _systems(rng, armed, classes, assets, spoil),
        "raids": _raids(rng, classes),
    }
    fixed["doctrine"] = _doctrine(rng, fixed, armed, spoil)
    batteries: Part = {name: _batteries(rng, list(assets), 1 if several else 3, days) for name in armed}
    batteries |= {name: rng.randint(1, 2) for name in fixed["systems"] if name not in armed}
    choices: Part = {"batteries": batteries, "stock": {name: rng.randint(0, 14) for name in types}}
    choices |= _supply(rng, types, days, armed)
    if rng.random() < 0.4:
        _fill_the_depot(rng, fixed, armed)
    whole = {"fixed": fixed, "choices": choices, "uncertain": _uncertain(rng, fixed)}
    if spoil is not None:
        SPOILERS[spoil](rng, whole, armed)
    return vallum.read(BASE).replace(whole)


# --- what comes, and on what ------------------------------------------------------------------------


def _assets(rng: Random) -> Part:
    """One city, two or three cities on a plane, or a country."""
    if rng.random() < 0.2:
        return {"Country": {"coverage": "ua-cities-spread"}}
    number = rng.randint(1, 3)
    weights = [rng.choice([1, 2, 5]) for _ in range(number)]
    return {f"City-{k}": {"lat": 50.0 + k, "lon": 30.0, "weight": weight} for k, weight in enumerate(weights)}


def _threat_class(rng: Random) -> Part:
    made: Part = {}
    if rng.random() < 0.3:
        made["decoys"] = {"share": round(rng.random(), 2)} if rng.random() < 0.5 else {"count": rng.randint(0, 3)}
    if rng.random() < 0.3:
        made |= {"fail": round(0.4 * rng.random(), 2), "fail_when": rng.choice(["before", "after"])}
    return made


def _kill(rng: Random, classes: list[str], spare_drones: bool) -> dict[str, float]:
    """Drones are often nobody's target: then they are fought as a group (F4)."""
    shot_at = [name for name in classes if name != "drone" or (not spare_drones and rng.random() < 0.5)]
    return {name: round(rng.uniform(0.1, 0.95), 2) for name in shot_at or classes}


def _raids(rng: Random, classes: list[str]) -> Part:
    most = {"ballistic": 6, "cruise": 5, "drone": 12}
    laws: list[Callable[[int], Part]] = [
        lambda n: {"kind": "fixed", "n": rng.randint(1, n)},
        lambda n: {"kind": "poisson", "mean": rng.randint(1, n)},
        lambda n: {"kind": "table", "values": [1, n], "weights": [rng.random() + 0.1, 1]},
        lambda n: {"kind": "negative_binomial", "mean": 0.6 * n, "dispersion": 2.0},
    ]
    a_day: list[Part] = [{"kind": "bernoulli", "p": 0.7}, {"kind": "poisson", "mean": 1.0}, {"kind": "fixed", "n": 1}]
    return {
        "kind": "law",
        "raids_a_day": rng.choice(a_day),
        "size": {name: rng.choice(laws)(most[name]) for name in classes},
        "allocation": rng.choice(["multinomial", "proportional"]),
        "shift": rng.choice([0, 0, 0.4]),
        "waves": rng.choice([1, 1, 2, 3]),
    }


# --- who defends ------------------------------------------------------------------------------------


def _systems(rng: Random, armed: list[str], classes: list[str], assets: Part, spoil: str | None) -> Part:
    """Batteries and, now and then, a layer without magazines, outer to inner in random order."""
    systems = {name: _battery_system(rng, classes, assets) for name in armed}
    for kind in ("soft", "team"):
        if rng.random() < 0.3:
            systems[kind] = {"kind": kind, "success": {name: round(rng.random(), 2) for name in classes}}
            systems[kind] |= _sight(rng)
    if "team" in systems and spoil != "team":
        shot_at_or_not = {name: share for name, share in systems["team"]["success"].items() if name != "drone"}
        systems["team"] |= {"capacity": rng.randint(0, 4), "success": shot_at_or_not}
    names = rng.sample(list(systems), len(systems))
    return {name: systems[name] for name in names}


def _battery_system(rng: Random, classes: list[str], assets: Part) -> Part:
    made = _sight(rng)
    if rng.random() < 0.3:
        made["availability"] = round(rng.uniform(0.5, 1.0), 2)
        if rng.random() < 0.5:
            made["repair"] = {"mean": rng.randint(1, 4)}
    if "Country" in assets:
        made["radius"] = dict.fromkeys(classes, 30)
    elif len(assets) > 1:
        made["radius"] = {name: rng.choice([0.5, 1.5, 9.0]) for name in classes}
    return made


def _sight(rng: Random) -> Part:
    made: Part = {}
    if rng.random() < 0.4:
        made["track"] = _share(rng)
    if rng.random() < 0.4:
        made["reliability"] = _share(rng)
    return made


def _share(rng: Random) -> float | list[Part]:
    """A chance to see; now and then it changes on a day (K3)."""
    first, later = (round(rng.uniform(0.5, 1.0), 2) for _ in range(2))
    return [{"from": 1, "value": first}, {"from": 3, "value": later}] if rng.random() < 0.2 else first


def _batteries(rng: Random, sites: list[str], most: int, days: int) -> list[Part]:
    posts: list[Part] = []
    for _ in range(rng.randint(1, most)):
        post: Part = {"site": rng.choice(sites)}
        if rng.random() < 0.2:
            post["from"] = rng.randint(1, days)
        posts.append(post)
    return posts


def _doctrine(rng: Random, fixed: Part, armed: list[str], spoil: str | None) -> Part:
    """Load lists from the higher kill probability to the lower; one salvo for all, or one for each class."""
    kill = {name: made["kill"] for name, made in fixed["interceptors"].items()}
    loads: dict[str, dict[str, list[str]]] = {}
    for system in armed:
        own = rng.sample(sorted(kill), rng.randint(1, len(kill)))
        loads[system] = {}
        for name in fixed["classes"]:
            fit = [kind for kind in own if name in kill[kind]]
            loads[system][name] = [kind for _, kind in sorted((-kill[kind][name], kind) for kind in fit)]
    made: Part = {
        "order": rng.choice(ORDERS),
        "spread": rng.choice(["turn", "even"]),
        "salvos": {system: {name: rng.choice(SALVOS) for name in fixed["classes"]} for system in armed},
        "loads": loads,
        "common_mode": rng.choice(["battery", "layer", "defence"]),
        "magazine": rng.choice(["split", "split", "pooled"]),
        "split": rng.choice(["even", "need"]),
        "metric": "planar",
    }
    if rng.random() < 0.4:
        made["reserve"] = {armed[0]: {rng.choice(list(fixed["classes"])): rng.randint(1, 3)}}
    if spoil is None and rng.random() < 0.3:
        _limit_channels(rng, fixed, made, armed)
    return made


def _limit_channels(rng: Random, fixed: Part, doctrine: Part, armed: list[str]) -> None:
    """Channels for a defence in which it does not matter on which threat one is spent, more often than not."""
    shots = [rng.randint(1, 2)]
    if rng.random() < 0.7:
        doctrine.pop("reserve", None)
        doctrine["salvos"] = {system: dict.fromkeys(fixed["classes"], shots) for system in armed}
    for system in armed:
        fixed["systems"][system]["channels"] = rng.randint(1, 4)


# --- what arrives, and what is not known --------------------------------------------------------------


def _supply(rng: Random, types: list[str], days: int, armed: list[str]) -> Part:
    """Lines of rounds and, now and then, of whole systems; a pause."""
    lines: Part = {}
    if rng.random() < 0.2:
        due = [{"on": rng.randint(1, days), "quantity": 1}]
        lines[SYSTEMS] = {"kind": "delivery", "system": rng.choice(armed), "donor": "A", "deliveries": due}
    for k in range(rng.randint(0, 3)):
        line: Part = {"interceptor": rng.choice(types), "donor": rng.choice(["A", "B"])}
        if rng.random() < 0.6:
            due = [{"on": rng.randint(1, days), "quantity": rng.randint(1, 5)} for _ in range(rng.randint(1, 3))]
            line |= {"kind": "delivery", "deliveries": due}
        else:
            line |= {"kind": "stream", "per_month": rng.choice([15, 31, 62])}
        if rng.random() < 0.3:
            line["stops"] = 0.3
        lines[f"line-{k}"] = line
    pauses: Part = {}
    if lines and rng.random() < 0.4:
        first = rng.randint(1, days)
        pauses["pause"] = {"from": first, "days": rng.randint(1, days), "effect": rng.choice(["held", "lost"])}
    return {"supply": lines, "pauses": pauses}


def _uncertain(rng: Random, fixed: Part) -> Part:
    """Where there is one interceptor type, nobody knows how good it is; now and then it changes on a day (K3)."""
    if len(fixed["interceptors"]) > 1 or rng.random() < 0.5:
        return {}
    kill = next(iter(fixed["interceptors"].values()))["kill"]
    name = rng.choice(sorted(kill))
    later = [{"from": 1, "value": "p"}, {"from": 2, "value": round(rng.random(), 2)}]
    kill[name] = rng.choice(["p", later])
    return {"p": {"best": 0.5, "low": 0.2, "high": 0.9, "shape": "uniform", "assumption": "drawn for a test"}}


# --- one condition spoiled ----------------------------------------------------------------------------


def _spoil_channels(rng: Random, whole: Part, armed: list[str]) -> None:
    """Several batteries, or a reserve, with few channels."""
    fixed, choices = whole["fixed"], whole["choices"]
    for system in armed:
        fixed["systems"][system]["channels"] = rng.randint(1, 3)
    if rng.random() < 0.5:
        fixed["doctrine"]["reserve"] = {armed[0]: {rng.choice(list(fixed["classes"])): rng.randint(1, 3)}}
    else:
        site = rng.choice(list(fixed["assets"]))
        choices["batteries"][armed[0]] = [*choices["batteries"][armed[0]], {"site": site}]


def _spoil_list(rng: Random, whole: Part, armed: list[str]) -> None:
    """Load lists that run from the lower kill probability to the higher."""
    kill = {kind: made["kill"] for kind, made in whole["fixed"]["interceptors"].items()}
    for by_class in whole["fixed"]["doctrine"]["loads"].values():
        for name in by_class:
            rising = sorted((kill[kind][name], kind) for kind in kill if name in kill[kind])
            by_class[name] = [kind for _, kind in rising]


def _spoil_doubt(rng: Random, whole: Part, armed: list[str]) -> None:
    """Nobody knows which type is the better: in some futures the list runs from the lower to the higher."""
    for name, made in whole["fixed"]["interceptors"].items():
        made["kill"] = dict.fromkeys(made["kill"], f"p-{name}")
        best = round(rng.uniform(0.4, 0.6), 2)
        law = {"best": best, "low": 0.1, "high": 0.9, "shape": "uniform", "assumption": "drawn for a test"}
        whole["uncertain"][f"p-{name}"] = law


def _spoil_types(rng: Random, whole: Part, armed: list[str]) -> None:
    """Several batteries of a layer, each with all types."""
    sites = list(whole["fixed"]["assets"])
    whole["choices"]["batteries"][armed[0]] = [{"site": rng.choice(sites)} for _ in range(rng.randint(2, 3))]
    whole["fixed"]["doctrine"]["layers"] = {"outer": armed}
    rest = [name for name in whole["fixed"]["systems"] if name not in armed]
    whole["fixed"]["doctrine"]["layers"] |= {name: [name] for name in rest}
    shots = whole["fixed"]["doctrine"]["salvos"][armed[0]]
    whole["fixed"]["doctrine"]["salvos"] = dict.fromkeys(armed, shots)


def _spoil_team(rng: Random, whole: Part, armed: list[str]) -> None:
    """A battery outside two layers of teams with little room, met by drones and by what is shot at."""
    systems = whole["fixed"]["systems"]
    both = dict.fromkeys(whole["fixed"]["classes"], 0.5)
    teams = {f"team-{k}": {"kind": "team", "success": both, "capacity": rng.randint(1, 6)} for k in range(2)}
    whole["fixed"]["systems"] = {name: systems[name] for name in armed} | teams
    batteries = whole["choices"]["batteries"]
    whole["choices"]["batteries"] = {name: batteries[name] for name in armed} | dict.fromkeys(teams, 1)


def _spoil_transit(rng: Random, whole: Part, armed: list[str]) -> None:
    whole["fixed"]["doctrine"]["transit"] = rng.randint(1, 3)
    _fill_the_depot(rng, whole["fixed"], armed)


def _spoil_weight(rng: Random, whole: Part, armed: list[str]) -> None:
    whole["fixed"]["doctrine"]["split"] = "weight"
    _fill_the_depot(rng, whole["fixed"], armed)
    sites = list(whole["fixed"]["assets"])
    whole["choices"]["batteries"][armed[0]] = [{"site": rng.choice(sites)} for _ in range(3)]


def _fill_the_depot(rng: Random, fixed: Part, armed: list[str]) -> None:
    """Magazines with so little room that rounds wait in the depot."""
    types = list(fixed["interceptors"])
    for system in armed:
        room = {"launchers": dict.fromkeys(types, 1), "per_launcher": {t: rng.randint(2, 5) for t in types}}
        fixed["systems"][system] |= room


def _spoil_loss(rng: Random, whole: Part, armed: list[str]) -> None:
    """A leaker puts a battery out, and what the depot has sent to it is lost."""
    _fill_the_depot(rng, whole["fixed"], armed)
    for system in armed:
        whole["fixed"]["systems"][system] |= {"loss": 0.3, "lost": rng.choice(["lost", "depot"])}


def _spoil_reload(rng: Random, whole: Part, armed: list[str]) -> None:
    _fill_the_depot(rng, whole["fixed"], armed)
    types = list(whole["fixed"]["interceptors"])
    for system in armed:
        reload = {t: rng.randint(0, 4) for t in types}
        whole["fixed"]["systems"][system] |= {"reload": reload, "reload_rate": rng.randint(1, 3)}


SPOILERS: dict[str, Callable[[Random, Part, list[str]], None]] = {
    "channels": _spoil_channels,
    "list": _spoil_list,
    "doubt": _spoil_doubt,
    "types": _spoil_types,
    "team": _spoil_team,
    "transit": _spoil_transit,
    "weight": _spoil_weight,
    "loss": _spoil_loss,
    "reload": _spoil_reload,
}
