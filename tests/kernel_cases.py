"""Small problems for both kernels: random ones that mix every feature, and plain ones to change."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from vallum import dice
from vallum._kernel.problem import (
    ARRIVAL,
    BATTERY,
    BY_BATTERY,
    MULTINOMIAL,
    SOFT,
    TEAM,
    TURN,
    Problem,
)
from vallum.terms import NEVER

PLENTY = 10**6
#: Shots of each look: one, two, shoot-look-shoot and longer.
PATTERNS = [(1, 0, 0), (2, 0, 0), (1, 1, 0), (2, 1, 0), (1, 2, 1)]


class Sizes(NamedTuple):
    """How much of everything a random problem has."""

    futures: int
    days: int
    classes: int
    types: int
    layers: int
    systems: int
    assets: int
    eras: int
    looks: int = 3
    most_in_layer: int = 3


def words(*names: str) -> np.ndarray:
    return np.array([dice.word(name) for name in names], np.uint64)


def numbered(name: str, count: int) -> np.ndarray:
    return words(*(f"{name}-{i}" for i in range(count)))


# --- random problems --------------------------------------------------------------------------------


def random_problem(seed: int, futures: int = 3, days: int = 6, **features: Any) -> Problem:
    """A valid problem of a few threats a night, drawn from every feature of the kernel.

    A feature is a size of `Sizes` (`assets=1`), or a field of the Problem that replaces the one drawn.
    """
    unknown = set(features) - set(Sizes._fields) - set(Problem._fields)
    assert not unknown, f"not a size or a field of the Problem: {unknown}"
    rng = np.random.default_rng(seed)
    sizes = random_sizes(rng, futures, days)
    sizes = sizes._replace(**{name: value for name, value in features.items() if name in Sizes._fields})
    kinds = rng.choice([BATTERY, BATTERY, SOFT, TEAM], sizes.layers)
    kinds[rng.integers(sizes.layers)] = BATTERY
    batteries_in = rng.integers(1, sizes.most_in_layer + 1, sizes.layers)
    loads, country = random_loads(rng, sizes), rng.integers(0, 2, sizes.assets)
    parts: tuple[dict[str, Any], ...] = (
        raids_part(rng, sizes, loads),
        threats_part(rng, sizes, loads),
        targets_part(rng, sizes, country),
        layers_part(rng, sizes, kinds, batteries_in),
        batteries_part(rng, sizes, np.repeat(kinds, batteries_in)),
        cover_part(rng, sizes, country, int(batteries_in.sum())),
        firing_part(rng, sizes, loads),
        magazines_part(rng, sizes, np.repeat(kinds, batteries_in)),
        {"chains": dice.future_chains(seed, np.arange(futures)), "massed": int(rng.integers(2, 5))},
        {"traced": int(rng.integers(2))},
    )
    problem = Problem(**{name: value for part in parts for name, value in part.items()})
    return problem._replace(**{name: v for name, v in features.items() if name in Problem._fields})


def random_sizes(rng: np.random.Generator, futures: int, days: int) -> Sizes:
    most = {"classes": 3, "types": 3, "layers": 4, "systems": 3, "assets": 4, "eras": 3}
    return Sizes(futures, days, **{name: int(rng.integers(1, n + 1)) for name, n in most.items()})


def worlds(rng: np.random.Generator, sizes: Sizes) -> int:
    """Length of a world axis: one value for all futures, or one for each."""
    return int(rng.choice([1, sizes.futures]))


def eras(rng: np.random.Generator, sizes: Sizes) -> int:
    """Length of an axis of eras: one value for all of them, or one for each."""
    return int(rng.choice([1, sizes.eras]))


def often(rng: np.random.Generator, share: float, shape: tuple[int, ...], usual: Any, other: Any) -> Any:
    """An array that is `other` in this share of its cells and `usual` elsewhere."""
    return np.where(rng.random(shape) < share, other, usual)


def random_loads(rng: np.random.Generator, sizes: Sizes) -> np.ndarray:
    """Load lists; now and then a class that nothing may be fired at, or a system that may not fire at it."""
    loads = np.full((sizes.systems, sizes.classes, sizes.types), -1)
    for s in range(sizes.systems):
        for c in range(sizes.classes):
            listed = rng.permutation(sizes.types)[: rng.integers(0 if rng.random() < 0.3 else 1, sizes.types + 1)]
            loads[s, c, : len(listed)] = listed
    if sizes.classes > 1:
        loads[:, rng.random(sizes.classes) < 0.3] = -1
    return loads


def raids_part(rng: np.random.Generator, sizes: Sizes, loads: np.ndarray) -> dict[str, Any]:
    raids = rng.choice([0, 1, 1, 2], (sizes.futures, sizes.days))
    ends = np.cumsum(raids).reshape(raids.shape)
    starts = np.concatenate([(ends - raids), ends[:, -1:]], axis=1)
    most = np.where((loads[:, :, 0] >= 0).any(axis=0), 10, 40)
    return {
        "raid_start": starts.astype(np.int64),
        "raid_counts": rng.integers(0, most, (int(raids.sum()), sizes.classes)),
        "waves": int(rng.choice([1, 1, 2, 3])),
    }


def threats_part(rng: np.random.Generator, sizes: Sizes, loads: np.ndarray) -> dict[str, Any]:
    classes = sizes.classes
    shape = (worlds(rng, sizes), classes)
    may_be_fired_at = (loads[:, :, 0] >= 0).any(axis=0)
    return {
        "class_word": numbered("class", classes),
        "priority": rng.permutation(classes),
        "decoy_share": often(rng, 0.5, shape, 0.0, rng.random(shape)),
        "decoy_count": often(rng, 0.3, shape, -1, rng.integers(0, 6, shape)),
        "fail": often(rng, 0.5, shape, 0.0, 0.5 * rng.random(shape)),
        "fail_before": rng.integers(0, 2, classes),
        "single": np.where(may_be_fired_at | (rng.random(classes) < 0.2), 1, 0),
    }


def targets_part(rng: np.random.Generator, sizes: Sizes, country: np.ndarray) -> dict[str, Any]:
    assets = sizes.assets
    share = rng.dirichlet(np.ones(assets), (worlds(rng, sizes), sizes.classes))
    cut = np.cumsum(share, axis=2)
    cut[:, :, -1] = 1.0
    shape = (worlds(rng, sizes),)
    return {
        "asset_word": numbered("asset", assets),
        "target_cut": cut,
        "target_share": share,
        "allocation": int(rng.integers(2)),
        "shift": often(rng, 0.5, shape, 0.0, rng.random(shape)),
        "country": country,
        "asset_rank": rng.permutation(assets),
        "asset_people": rng.uniform(0.1, 3.0, assets),
        "order": int(rng.integers(3)),
    }


def layers_part(rng: np.random.Generator, sizes: Sizes, kinds: np.ndarray, batteries_in: np.ndarray) -> dict[str, Any]:
    layers, classes = sizes.layers, sizes.classes
    seen, treated = ((worlds(rng, sizes), eras(rng, sizes), layers, classes) for _ in range(2))
    salvo = np.array(PATTERNS)[rng.integers(len(PATTERNS), size=(layers, classes))]
    success = often(rng, 0.2, treated, rng.random(treated), 0.0)
    return {
        "layer_kind": kinds.astype(np.int64),
        "layer_word": numbered("layer", layers),
        "layer_start": np.concatenate([[0], np.cumsum(batteries_in)]).astype(np.int64),
        "salvo": np.ascontiguousarray(salvo[:, :, : sizes.looks]),
        "spread": int(rng.integers(2)),
        "track": often(rng, 0.5, seen, 1.0, rng.random(seen)),
        "success": np.where(kinds[:, None] == BATTERY, 0.0, success),
    }


def batteries_part(rng: np.random.Generator, sizes: Sizes, kinds: np.ndarray) -> dict[str, Any]:
    batteries = len(kinds)
    shape = (worlds(rng, sizes), batteries)
    sighted = (shape[0], eras(rng, sizes), batteries)
    teams = rng.integers(0, 12, shape)
    return {
        "battery_word": numbered("battery", batteries),
        "battery_from": often(rng, 0.3, shape, 0, rng.integers(-2, sizes.days + 2, shape)),
        "battery_system": rng.integers(0, sizes.systems, batteries),
        "teams": np.where(kinds == TEAM, teams, 0),
        "channels": often(rng, 0.4, shape, PLENTY, rng.integers(0, 4, shape)),
        "availability": often(rng, 0.4, shape, 1.0, rng.uniform(0.5, 1.0, shape)),
        "repair": often(rng, 0.5, shape, 0.0, rng.uniform(1.0, 4.0, shape)),
        "reliability": often(rng, 0.4, sighted, 1.0, rng.random(sighted)),
        "scope": int(rng.integers(3)),
        "loss": often(rng, 0.3, shape, 0.0, 0.5 * rng.random(shape)),
        "loss_to_depot": rng.integers(0, 2, batteries),
    }


def cover_part(rng: np.random.Generator, sizes: Sizes, country: np.ndarray, batteries: int) -> dict[str, Any]:
    """A city is covered wholly or not at all; shares of a country nest: each battery adds to the last."""
    shape = (worlds(rng, sizes), batteries, sizes.assets, sizes.classes)
    share = np.sort(rng.random(shape), axis=1)
    before = np.concatenate([np.zeros_like(share[:, :1]), share[:, :-1]], axis=1)
    whole = often(rng, 0.75, shape, 0.0, 2.0)
    is_country = country[:, None] == 1
    return {
        "cover_low": np.where(is_country, often(rng, 0.3, shape, before, 0.0), 0.0),
        "cover_high": np.where(is_country, share, whole),
    }


def firing_part(rng: np.random.Generator, sizes: Sizes, loads: np.ndarray) -> dict[str, Any]:
    starts = np.sort(rng.integers(1, sizes.days + 2, (worlds(rng, sizes), sizes.eras)), axis=1)
    starts[:, 0] = 0
    held = (worlds(rng, sizes), *loads.shape[:2], sizes.types)
    return {
        "loads": loads.astype(np.int64),
        "reserve": often(rng, 0.5, held, 0, rng.integers(0, 6, held)),
        "kill": rng.random((worlds(rng, sizes), sizes.eras, sizes.types, sizes.classes)),
        "era_start": np.where(starts > sizes.days, NEVER, starts),
    }


def magazines_part(rng: np.random.Generator, sizes: Sizes, kinds: np.ndarray) -> dict[str, Any]:
    """Magazines of their own or shared by neighbours; stock, deliveries, the way from depot to battery."""
    firing = np.flatnonzero(kinds == BATTERY)
    shared = rng.random(len(firing)) < 0.25
    shared[0] = False
    magazine = np.full(len(kinds), -1)
    magazine[firing] = np.cumsum(~shared) - 1
    magazines, types = int((~shared).sum()), sizes.types
    weights, rates = (worlds(rng, sizes), magazines, types), (worlds(rng, sizes), magazines)
    landed = (sizes.futures, sizes.days, types)
    return {
        "magazine": magazine,
        "room_ready": rng.integers(0, 15, (magazines, types)),
        "room_reload": rng.integers(0, 8, (magazines, types)),
        "reload_rate": often(rng, 0.5, rates, -1, rng.integers(0, 5, rates)),
        "weight": often(rng, 0.2, weights, rng.choice([1.0, 1.0, 2.5, 0.3], weights), 0.0),
        "magazine_rank": rng.permutation(magazines),
        "transit": int(rng.choice([0, 0, 1, 2])),
        "stock": rng.integers(0, 40, (worlds(rng, sizes), types)),
        "arrivals": often(rng, 0.3, landed, 0, rng.integers(0, 12, landed)),
    }


# --- plain problems: one battery, one class, nothing uncertain --------------------------------------


def plain_problem(raids: list[list[int]], futures: int = 1, seed: int = 1, **changes: Any) -> Problem:
    """One city, one battery, one class, shots that all miss; `raids` lists the raids of each day.

    `batteries`, `layers`, `magazines` and `types` (default 1) enlarge the arrays, every battery in layer 0
    with the first magazine; any field of the Problem replaces the plain one.
    """
    sizes = {name: int(changes.pop(name, 1)) for name in ("batteries", "layers", "magazines", "types")}
    parts: tuple[dict[str, Any], ...] = (
        plain_raids(raids, futures, seed),
        plain_targets(),
        plain_layers(sizes["layers"], sizes["batteries"]),
        plain_batteries(sizes["batteries"], sizes["types"]),
        plain_magazines(sizes["magazines"], sizes["types"], futures, len(raids)),
    )
    return Problem(**{name: value for part in parts for name, value in part.items()})._replace(**changes)


def plain_raids(raids: list[list[int]], futures: int, seed: int) -> dict[str, Any]:
    ends = np.cumsum([len(of_day) for of_day in raids])
    first = np.arange(futures)[:, None] * ends[-1]
    rows = np.array([[launched] for of_day in raids for launched in of_day], np.int64).reshape(-1, 1)
    return {
        "chains": dice.future_chains(seed, np.arange(futures)),
        "raid_start": (first + np.concatenate([[0], ends])).astype(np.int64),
        "raid_counts": np.tile(rows, (futures, 1)),
        "waves": 1,
        "class_word": words("ballistic"),
        "priority": np.array([0]),
        "decoy_share": np.zeros((1, 1)),
        "decoy_count": np.full((1, 1), -1),
        "fail": np.zeros((1, 1)),
        "fail_before": np.array([0]),
        "single": np.array([1]),
    }


def plain_targets() -> dict[str, Any]:
    return {
        "asset_word": words("city"),
        "target_cut": np.ones((1, 1, 1)),
        "target_share": np.ones((1, 1, 1)),
        "allocation": MULTINOMIAL,
        "shift": np.zeros(1),
        "country": np.array([0]),
        "asset_rank": np.array([0]),
        "asset_people": np.array([100.0]),
        "order": ARRIVAL,
        "massed": 8,
        "traced": 1,
    }


def plain_layers(layers: int, batteries: int) -> dict[str, Any]:
    return {
        "layer_kind": np.full(layers, BATTERY),
        "layer_word": numbered("layer", layers),
        "layer_start": np.array([0] + [batteries] * layers),
        "salvo": np.ones((layers, 1, 1), np.int64),
        "spread": TURN,
        "track": np.ones((1, 1, layers, 1)),
        "success": np.zeros((1, 1, layers, 1)),
    }


def plain_batteries(batteries: int, types: int) -> dict[str, Any]:
    shape = (1, batteries)
    return {
        "battery_word": numbered("battery", batteries),
        "battery_from": np.zeros(shape, np.int64),
        "battery_system": np.zeros(batteries, np.int64),
        "teams": np.zeros(shape, np.int64),
        "channels": np.full(shape, PLENTY),
        "cover_low": np.zeros((*shape, 1, 1)),
        "cover_high": np.full((*shape, 1, 1), 2.0),
        "availability": np.ones(shape),
        "repair": np.zeros(shape),
        "reliability": np.ones((1, 1, batteries)),
        "scope": BY_BATTERY,
        "loss": np.zeros(shape),
        "loss_to_depot": np.zeros(batteries, np.int64),
        "magazine": np.zeros(batteries, np.int64),
        "loads": np.arange(types).reshape(1, 1, types),
        "reserve": np.zeros((1, 1, 1, types), np.int64),
        "kill": np.zeros((1, 1, types, 1)),
        "era_start": np.zeros((1, 1), np.int64),
    }


def plain_magazines(magazines: int, types: int, futures: int, days: int) -> dict[str, Any]:
    return {
        "room_ready": np.full((magazines, types), PLENTY),
        "room_reload": np.zeros((magazines, types), np.int64),
        "reload_rate": np.full((1, magazines), -1),
        "weight": np.ones((1, magazines, types)),
        "magazine_rank": np.arange(magazines),
        "transit": 0,
        "stock": np.zeros((1, types), np.int64),
        "arrivals": np.zeros((futures, days, types), np.int64),
    }


# --- problems for which one more interceptor is promised to help ------------------------------------


def promised_problem(seed: int, one_battery: bool, futures: int = 24, days: int = 8) -> Problem:
    """A random problem inside the conditions of F3's promise, a to f.

    Either one interceptor type, or one battery in each layer with load lists from higher to lower p:
    with several types, batteries in listed order would fire low p of the first before high p of the next.
    """
    p = random_problem(seed, futures, days, **({} if one_battery else {"types": 1}))
    batteries_in, rng = np.diff(p.layer_start), np.random.default_rng(seed)
    beyond = p.loads.shape[2]
    loads = np.sort(np.where(p.loads < 0, beyond, p.loads), axis=2)
    start = p.battery_from.copy()
    if one_battery:
        start[:, np.setdiff1d(np.arange(start.shape[1]), p.layer_start[:-1])] = NEVER
    return p._replace(
        battery_from=start,
        battery_system=np.repeat(rng.integers(0, len(loads), len(batteries_in)), batteries_in),
        loads=np.where(loads == beyond, -1, loads),
        kill=-np.sort(-p.kill, axis=2),
        channels=np.full_like(p.channels, PLENTY),
        teams=np.full_like(p.teams, PLENTY),
        loss=np.zeros_like(p.loss),
        transit=0,
        reload_rate=np.full_like(p.reload_rate, -1),
    )
