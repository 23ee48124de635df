"""Small problems for both kernels: random ones that mix every feature, and tiny nights worked by hand."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from vallum import dice
from vallum._kernel.problem import (
    ARRIVAL,
    BATTERY,
    BY_BATTERY,
    EVEN,
    MULTINOMIAL,
    SOFT,
    TEAM,
    TURN,
    Problem,
    Tally,
)
from vallum.terms import BLIND, DRY, HELD, MISSED, NEVER, SATURATED, UNCOVERED

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
    looks: int = 3


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
    batteries_in = rng.integers(1, 4, sizes.layers)
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
        {"by_asset": int(rng.integers(2)), "traced": int(rng.integers(2))},
    )
    problem = Problem(**{name: value for part in parts for name, value in part.items()})
    return problem._replace(**{name: v for name, v in features.items() if name in Problem._fields})


def random_sizes(rng: np.random.Generator, futures: int, days: int) -> Sizes:
    most = {"classes": 3, "types": 3, "layers": 4, "systems": 3, "assets": 4}
    return Sizes(futures, days, **{name: int(rng.integers(1, n + 1)) for name, n in most.items()})


def worlds(rng: np.random.Generator, sizes: Sizes) -> int:
    """Length of a world axis: one value for all futures, or one for each."""
    return int(rng.choice([1, sizes.futures]))


def often(rng: np.random.Generator, share: float, shape: tuple[int, ...], usual: Any, other: Any) -> Any:
    """An array that is `other` in this share of its cells and `usual` elsewhere."""
    return np.where(rng.random(shape) < share, other, usual)


def random_loads(rng: np.random.Generator, sizes: Sizes) -> np.ndarray:
    """Load lists; now and then a class that nothing may be fired at, or a system that may not fire at it."""
    loads = np.full((sizes.systems, sizes.classes, sizes.types), -1)
    for s in range(sizes.systems):
        for c in range(sizes.classes):
            listed = rng.permutation(sizes.types)[
                : rng.integers(0 if rng.random() < 0.3 else 1, sizes.types + 1)
            ]
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


def layers_part(
    rng: np.random.Generator, sizes: Sizes, kinds: np.ndarray, batteries_in: np.ndarray
) -> dict[str, Any]:
    layers, classes = sizes.layers, sizes.classes
    shape = (worlds(rng, sizes), layers, classes)
    salvo = np.array(PATTERNS)[rng.integers(len(PATTERNS), size=(layers, classes))]
    success = often(rng, 0.2, shape, rng.random(shape), 0.0)
    return {
        "layer_kind": kinds.astype(np.int64),
        "layer_word": numbered("layer", layers),
        "layer_start": np.concatenate([[0], np.cumsum(batteries_in)]).astype(np.int64),
        "salvo": np.ascontiguousarray(salvo[:, :, : sizes.looks]),
        "spread": int(rng.integers(2)),
        "track": often(rng, 0.5, shape, 1.0, rng.random(shape)),
        "success": np.where(kinds[:, None] == BATTERY, 0.0, success),
    }


def batteries_part(rng: np.random.Generator, sizes: Sizes, kinds: np.ndarray) -> dict[str, Any]:
    batteries = len(kinds)
    shape = (worlds(rng, sizes), batteries)
    teams = rng.integers(0, 12, shape)
    return {
        "battery_word": numbered("battery", batteries),
        "battery_from": often(rng, 0.3, shape, 0, rng.integers(-2, sizes.days + 2, shape)),
        "battery_system": rng.integers(0, sizes.systems, batteries),
        "teams": np.where(kinds == TEAM, teams, 0),
        "channels": often(rng, 0.4, shape, PLENTY, rng.integers(0, 4, shape)),
        "availability": often(rng, 0.4, shape, 1.0, rng.uniform(0.5, 1.0, shape)),
        "repair": often(rng, 0.5, shape, 0.0, rng.uniform(1.0, 4.0, shape)),
        "reliability": often(rng, 0.4, shape, 1.0, rng.random(shape)),
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
    eras = int(rng.integers(1, 4))
    starts = np.sort(rng.integers(1, sizes.days + 2, (worlds(rng, sizes), eras)), axis=1)
    starts[:, 0] = 0
    held = (worlds(rng, sizes), *loads.shape[:2], sizes.types)
    return {
        "loads": loads.astype(np.int64),
        "reserve": often(rng, 0.5, held, 0, rng.integers(0, 6, held)),
        "kill": rng.random((worlds(rng, sizes), eras, sizes.types, sizes.classes)),
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
        "by_asset": 1,
        "traced": 1,
    }


def plain_layers(layers: int, batteries: int) -> dict[str, Any]:
    return {
        "layer_kind": np.full(layers, BATTERY),
        "layer_word": numbered("layer", layers),
        "layer_start": np.array([0] + [batteries] * layers),
        "salvo": np.ones((layers, 1, 1), np.int64),
        "spread": TURN,
        "track": np.ones((1, layers, 1)),
        "success": np.zeros((1, layers, 1)),
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
        "reliability": np.ones(shape),
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


# --- tiny nights, worked by hand --------------------------------------------------------------------


class TinyNight(NamedTuple):
    """A problem whose outcome does not hang on chance; `expected` are fields of the Tally's first future."""

    name: str
    problem: Problem
    expected: dict[str, Any]

    def differences(self, tally: Tally) -> dict[str, tuple[Any, Any]]:
        """Fields that differ: what was found and what was expected."""
        found = {name: getattr(tally, name)[0].tolist() for name in self.expected}
        return {name: (found[name], value) for name, value in self.expected.items() if found[name] != value}


def tiny_nights() -> list[TinyNight]:
    """Every tiny night."""
    return [
        *stock_nights(),
        *doctrine_nights(),
        *sight_nights(),
        *layer_nights(),
        *supply_nights(),
        *other_nights(),
    ]


def stock_of(*rounds: int) -> np.ndarray:
    return np.array([rounds])


def looks_of(*shots: int) -> np.ndarray:
    return np.array([[shots]])


def certain(kill: float) -> np.ndarray:
    """Kill probability of one type in one era against one class."""
    return np.full((1, 1, 1, 1), kill)


def landing(*rounds: int) -> np.ndarray:
    """Arrivals of one type by day."""
    return np.array(rounds).reshape(1, -1, 1)


def leaks(decoys: bool = False, **reasons: int) -> list[list[list[int]]]:
    """Leakers of the one class by reason and kind."""
    order = {"missed": MISSED, "dry": DRY, "held": HELD, "saturated": SATURATED, "blind": BLIND}
    order["uncovered"] = UNCOVERED
    counts = [[0, 0] for _ in order]
    for reason, count in reasons.items():
        counts[order[reason]][int(decoys)] = count
    return [counts]


def stock_nights() -> list[TinyNight]:
    eight = plain_problem([[8]], kill=certain(1.0))
    return [
        TinyNight(
            "eight come and none are left",
            eight,
            {"leaked": leaks(dry=8), "used": [0], "unmet": [8], "day_wanted": [[8]], "first_dry": [0]}
            | {"first_dry_national": [0], "dry_nights": [1], "massed_dry": [1], "first_empty": [0, 0]}
            | {"asset_first_dry": [[0]], "raid_nights": [1], "clean_nights": [0], "spared": [0.0]},
        ),
        TinyNight(
            "seven are not eight",
            plain_problem([[7]]),
            {"leaked": leaks(dry=7), "massed_dry": [0], "attacked": [100.0]},
        ),
        TinyNight(
            "one was shot at, so it is not eight and none",
            eight._replace(stock=stock_of(1)),
            {"leaked": leaks(dry=7), "stopped": [[1, 0]], "massed_dry": [0], "first_empty": [1, 1]},
        ),
        TinyNight(
            "enough",
            eight._replace(stock=stock_of(9)),
            {"stopped": [[8, 0]], "shot_stopped": [8], "kills": [8], "clean_nights": [1], "spared": [100.0]}
            | {"stock": [[9], [1]], "first_dry": [NEVER], "first_empty": [NEVER, NEVER]},
        ),
        TinyNight(
            "two raids of one night share the stock",
            plain_problem([[4, 4]], stock=stock_of(5), kill=certain(1.0)),
            {"stopped": [[5, 0]], "leaked": leaks(dry=3), "dry_nights": [1], "raid_nights": [1]},
        ),
        TinyNight(
            "a reserve is held",
            plain_problem([[8]], stock=stock_of(8), reserve=np.full((1, 1, 1, 1), 3)),
            {"used": [5], "leaked": leaks(missed=5, held=3), "unmet": [3], "first_dry": [NEVER]},
        ),
    ]


def doctrine_nights() -> list[TinyNight]:
    ten = plain_problem([[10]], stock=stock_of(14), salvo=looks_of(2))
    six = plain_problem([[6]], stock=stock_of(9), salvo=looks_of(1, 1))
    return [
        TinyNight(
            "V2 b, missile by missile: 2 2 2 2 2 2 2 0 0 0",
            ten,
            {"used": [14], "leaked": leaks(missed=7, dry=3), "thin": [0], "unmet": [6], "day_wanted": [[20]]},
        ),
        TinyNight(
            "V2 b, spread evenly: 2 2 2 2 1 1 1 1 1 1",
            ten._replace(spread=EVEN),
            {"used": [14], "leaked": leaks(missed=10), "thin": [6], "unmet": [6], "shot_at": [10]},
        ),
        TinyNight(
            "V2 b, sure shots: seven stopped in turn",
            ten._replace(kill=certain(1.0)),
            {"used": [14], "kills": [7], "stopped": [[7, 0]], "leaked": leaks(dry=3)},
        ),
        TinyNight(
            "V2 a, all miss: six first looks, three second ones",
            six,
            {"used": [9], "leaked": leaks(missed=6), "thin": [3], "unmet": [3], "day_wanted": [[12]]},
        ),
        TinyNight(
            "V2 a, all hit: no second look",
            six._replace(kill=certain(1.0)),
            {"used": [6], "stopped": [[6, 0]], "unmet": [0], "day_wanted": [[6]]},
        ),
        TinyNight(
            "a salvo tops up from the next type: 1 of the first, 3 of the second",
            plain_problem([[3]], types=2, stock=stock_of(1, 3), salvo=looks_of(2)),
            {"used": [1, 3], "leaked": leaks(missed=2, dry=1), "unmet": [2, 0], "day_wanted": [[6, 0]]},
        ),
        TinyNight(
            "a salvo tops up from the next battery: 2 and 2, so four shots at two threats",
            plain_problem([[3]], stock=stock_of(4), salvo=looks_of(2), **two_magazines()),
            {"used": [4], "leaked": leaks(missed=2, dry=1), "magazines": [[[2], [2]], [[0], [0]]]},
        ),
    ]


def two_magazines() -> dict[str, Any]:
    return {"batteries": 2, "magazines": 2, "magazine": np.array([0, 1])}


def sight_nights() -> list[TinyNight]:
    armed = plain_problem([[8]], stock=stock_of(20), kill=certain(1.0))
    narrow = armed._replace(channels=np.array([[3]]))
    return [
        TinyNight(
            "three channels", narrow, {"stopped": [[3, 0]], "leaked": leaks(saturated=5), "unmet": [0]}
        ),
        TinyNight(
            "a second look needs no channel",
            narrow._replace(kill=certain(0.0), salvo=looks_of(1, 2)),
            {"used": [9], "leaked": leaks(missed=3, saturated=5)},
        ),
        TinyNight(
            "channels renew between raids",
            plain_problem([[2, 2]], stock=stock_of(9), kill=certain(1.0), channels=np.array([[1]])),
            {"stopped": [[2, 0]], "leaked": leaks(saturated=2)},
        ),
        TinyNight(
            "no channel and no round: saturated, for dry is to have a channel",
            plain_problem([[2]], channels=np.array([[0]])),
            {"leaked": leaks(saturated=2), "first_dry": [NEVER]},
        ),
        TinyNight(
            "a dry battery takes no channel",
            plain_problem([[2]], channels=np.array([[1]])),
            {"leaked": leaks(dry=2)},
        ),
        TinyNight(
            "no track",
            armed._replace(track=np.zeros((1, 1, 1))),
            {"leaked": leaks(blind=8), "used": [0], "day_wanted": [[0]]},
        ),
        TinyNight("no reliability", armed._replace(reliability=np.zeros((1, 1))), {"leaked": leaks(blind=8)}),
        TinyNight("never fit", armed._replace(availability=np.zeros((1, 1))), {"leaked": leaks(uncovered=8)}),
        TinyNight(
            "out of reach",
            armed._replace(cover_high=np.zeros((1, 1, 1, 1))),
            {"leaked": leaks(uncovered=8), "massed_dry": [0]},
        ),
        TinyNight(
            "not fired at", armed._replace(loads=np.full((1, 1, 1), -1)), {"leaked": leaks(uncovered=8)}
        ),
    ]


def layer_nights() -> list[TinyNight]:
    inner = {"layers": 2, "layer_start": np.array([0, 1, 2]), **two_magazines()}
    team = plain_problem(
        [[8]], layer_kind=np.array([TEAM]), teams=np.array([[3]]), success=np.ones((1, 1, 1))
    )
    group = team._replace(single=np.array([0]))
    return [
        TinyNight(
            "the inner layer meets what passed the outer one",
            plain_problem([[8]], stock=stock_of(5), kill=certain(1.0), **inner),
            {"stopped": [[5, 0]], "leaked": leaks(dry=3), "magazines": [[[3], [2]], [[0], [0]]]},
        ),
        TinyNight(
            "missed by both layers",
            plain_problem([[2]], stock=stock_of(4), **inner),
            {"used": [4], "leaked": leaks(missed=2), "shot_at": [2], "thin": [0]},
        ),
        TinyNight("a team treats three", team, {"stopped": [[3, 0]], "leaked": leaks(saturated=5)}),
        TinyNight(
            "a team treats three of a group", group, {"stopped": [[3, 0]], "leaked": leaks(saturated=5)}
        ),
        TinyNight(
            "a team treats three a night, not a raid",
            plain_problem(
                [[2, 2]], layer_kind=np.array([TEAM]), teams=np.array([[3]]), success=np.ones((1, 1, 1))
            ),
            {"stopped": [[3, 0]], "leaked": leaks(saturated=1), "raid_nights": [1]},
        ),
        TinyNight(
            "jamming of a group knows no number",
            group._replace(layer_kind=np.array([SOFT])),
            {"stopped": [[8, 0]], "clean_nights": [1], "day_stopped": [[8]]},
        ),
        TinyNight("a blind team", group._replace(reliability=np.zeros((1, 1))), {"leaked": leaks(blind=8)}),
        TinyNight(
            "a group without a layer",
            group._replace(success=np.zeros((1, 1, 1))),
            {"leaked": leaks(uncovered=8), "attacked": [100.0], "spared": [0.0], "raid_nights": [1]},
        ),
    ]


def supply_nights() -> list[TinyNight]:
    later = plain_problem([[1], [1], [1]], kill=certain(1.0), arrivals=landing(0, 2, 0))
    small = plain_problem(
        [[3], [3]], kill=certain(1.0), room_ready=np.array([[2]]), room_reload=np.array([[4]])
    )
    split = plain_problem([[0]], stock=stock_of(5), **two_magazines())
    return [
        TinyNight(
            "what lands on a day is fired that night",
            later,
            {"day_stopped": [[0], [1], [1]], "day_dry": [[1], [0], [0]], "stock": [[0], [0], [1], [0]]}
            | {"first_empty": [0, 0]},
        ),
        TinyNight(
            "one day in transit",
            later._replace(transit=1),
            {"day_stopped": [[0], [0], [1]], "stock": [[0], [0], [2], [1]], "dry_nights": [2]}
            | {"first_dry_national": [0], "magazines": [[[0]], [[0]], [[0]], [[1]]]},
        ),
        TinyNight(
            "two are ready, the rest is at the site and in the depot",
            small._replace(stock=stock_of(9)),
            {"day_stopped": [[2], [2]], "leaked": leaks(dry=2), "stock": [[9], [7], [5]]}
            | {"magazines": [[[6]], [[4]], [[4]]], "first_dry": [0], "first_dry_national": [NEVER]},
        ),
        TinyNight(
            "one round a day becomes ready",
            small._replace(stock=stock_of(9), reload_rate=np.array([[1]])),
            {"day_stopped": [[2], [1]], "leaked": leaks(dry=3)},
        ),
        TinyNight(
            "five rounds over two: the odd one goes to the lower rank",
            split._replace(magazine_rank=np.array([1, 0])),
            {"magazines": [[[2], [3]], [[2], [3]]]},
        ),
        TinyNight(
            "by weight 3 to 1",
            split._replace(weight=np.array([[[3.0], [1.0]]])),
            {"magazines": [[[4], [1]], [[4], [1]]]},
        ),
        TinyNight(
            "a battery comes on the second day and is given what the depot has",
            plain_problem([[1], [1]], stock=stock_of(1), kill=certain(1.0), battery_from=np.array([[1]])),
            {"leaked": leaks(uncovered=1), "stopped": [[1, 0]], "first_empty": [2, 2]}
            | {"magazines": [[[0]], [[0]], [[0]]], "stock": [[1], [1], [0]]},
        ),
    ]


def other_nights() -> list[TinyNight]:
    armed = plain_problem([[8]], stock=stock_of(20), kill=certain(1.0))
    struck = plain_problem([[2], [2]], stock=stock_of(9), loss=np.ones((1, 1)))
    return [
        TinyNight(
            "decoys use up shots and do no harm",
            armed._replace(decoy_count=np.array([[3]])),
            {"launched": [[5, 3]], "stopped": [[5, 3]], "used": [8], "clean_nights": [1]},
        ),
        TinyNight(
            "only decoys",
            armed._replace(decoy_share=np.ones((1, 1)), stock=stock_of(0)),
            {"leaked": leaks(decoys=True, dry=8), "raid_nights": [0], "massed_dry": [0], "attacked": [0.0]},
        ),
        TinyNight(
            "failed before the defence",
            armed._replace(fail=np.ones((1, 1)), fail_before=np.array([1])),
            {"failed": [[8, 0]], "used": [0], "shot_at": [0], "raid_nights": [1], "clean_nights": [1]},
        ),
        TinyNight(
            "fails after it",
            armed._replace(fail=np.ones((1, 1)), stock=stock_of(3)),
            {"failed": [[5, 0]], "stopped": [[3, 0]], "used": [3], "dry_nights": [0]},
        ),
        TinyNight(
            "the first leaker puts the battery out, its seven rounds are lost",
            struck,
            {"used": [2], "lost": [7], "leaked": leaks(missed=2, uncovered=2), "stock": [[9], [0], [0]]},
        ),
        TinyNight(
            "or return to the depot",
            struck._replace(loss_to_depot=np.array([1])),
            {"used": [2], "lost": [0], "stock": [[9], [7], [7]], "magazines": [[[9]], [[0]], [[0]]]},
        ),
        TinyNight(
            "shots hit from the second day on",
            plain_problem(
                [[2], [2]],
                stock=stock_of(9),
                kill=np.array([[[[0.0]], [[1.0]]]]),
                era_start=np.array([[0, 1]]),
            ),
            {"day_leaked": [[2], [0]], "day_stopped": [[0], [2]], "kills": [2], "used": [4]},
        ),
    ]
