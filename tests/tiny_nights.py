"""Nights worked by hand, for both kernels: their outcome does not hang on chance."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from tests.kernel_cases import PLENTY, plain_batteries, plain_problem, words

from vallum._kernel.problem import BATTERY, EVEN, SOFT, TEAM, Problem, Tally
from vallum.terms import BLIND, DRY, HELD, MISSED, NEVER, SATURATED, UNCOVERED

#: A success that no draw reaches.
TINY = 1e-300


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
            "who finds no round for the first look wants those of the second too",
            six._replace(stock=stock_of(0)),
            {"used": [0], "leaked": leaks(dry=6), "unmet": [12], "day_wanted": [[12]]},
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


def jammed(launched: int, success: float, **changes: Any) -> Problem:
    """A battery whose shots all miss, then a jammer behind it."""
    layers: dict[str, Any] = {"layers": 2, "batteries": 2, "layer_start": np.array([0, 1, 2])}
    kinds: dict[str, Any] = {"layer_kind": np.array([BATTERY, SOFT]), "magazine": np.array([0, -1])}
    return plain_problem([[launched]], **layers, **kinds, success=np.array([[[[0.0], [success]]]]), **changes)


def two_cities(**changes: Any) -> Problem:
    """Two cities, half of the threats at each; the battery, with sure shots, covers the first."""
    plain = plain_problem([[8]], stock=stock_of(20), kill=certain(1.0))
    return plain._replace(
        asset_word=words("city", "town"),
        target_cut=np.array([[[0.5, 1.0]]]),
        target_share=np.array([[[0.5, 0.5]]]),
        country=np.array([0, 0]),
        asset_rank=np.array([0, 1]),
        asset_people=np.array([100.0, 10.0]),
        cover_low=np.zeros((1, 1, 2, 1)),
        cover_high=np.array([[[[2.0], [0.0]]]]),
    )._replace(**changes)


def one_under_repair() -> Problem:
    """Two cities with a battery each, that of the first under repair; all threats are planned for the second."""
    batteries = plain_batteries(2, 1) | {"kill": certain(1.0), "availability": np.array([[0.0, 1.0]])}
    batteries |= {"cover_low": np.zeros((1, 2, 2, 1)), "cover_high": np.array([[[[2.0], [0.0]], [[0.0], [2.0]]]])}
    aimed = {"shift": np.ones(1), "target_cut": np.array([[[0.0, 1.0]]]), "layer_start": np.array([0, 2])}
    return two_cities(**batteries, **aimed)


def sight_nights() -> list[TinyNight]:
    armed = plain_problem([[8]], stock=stock_of(20), kill=certain(1.0))
    narrow = armed._replace(channels=np.array([[3]]))
    return [
        TinyNight("three channels", narrow, {"stopped": [[3, 0]], "leaked": leaks(saturated=5), "unmet": [0]}),
        TinyNight(
            "a second look needs no channel",
            narrow._replace(kill=certain(0.0), salvo=looks_of(1, 2)),
            {"used": [9], "leaked": leaks(missed=3, saturated=5), "day_wanted": [[14]]},
        ),
        TinyNight(
            "a second look by another battery needs one of its channels",
            plain_problem(
                [[2]],
                stock=stock_of(4),
                salvo=looks_of(1, 1),
                channels=np.array([[PLENTY, 1]]),
                **two_magazines(),
            ),
            {"used": [3], "leaked": leaks(missed=2), "unmet": [1], "thin": [1], "day_wanted": [[4]]},
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
            armed._replace(track=np.zeros((1, 1, 1, 1))),
            {"leaked": leaks(blind=8), "used": [0], "day_wanted": [[0]]},
        ),
        TinyNight("no reliability", armed._replace(reliability=np.zeros((1, 1, 1))), {"leaked": leaks(blind=8)}),
        TinyNight("never fit", armed._replace(availability=np.zeros((1, 1))), {"leaked": leaks(uncovered=8)}),
        TinyNight(
            "out of reach",
            armed._replace(cover_high=np.zeros((1, 1, 1, 1))),
            {"leaked": leaks(uncovered=8), "massed_dry": [0]},
        ),
        TinyNight("not fired at", armed._replace(loads=np.full((1, 1, 1), -1)), {"leaked": leaks(uncovered=8)}),
    ]


def layer_nights() -> list[TinyNight]:
    inner = {"layers": 2, "layer_start": np.array([0, 1, 2]), **two_magazines()}
    team = plain_problem([[8]], layer_kind=np.array([TEAM]), teams=np.array([[3]]), success=np.ones((1, 1, 1, 1)))
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
        TinyNight("a team treats three of a group", group, {"stopped": [[3, 0]], "leaked": leaks(saturated=5)}),
        TinyNight(
            "a team treats three a night, not a raid",
            plain_problem([[2, 2]], layer_kind=np.array([TEAM]), teams=np.array([[3]]), success=np.ones((1, 1, 1, 1))),
            {"stopped": [[3, 0]], "leaked": leaks(saturated=1), "raid_nights": [1]},
        ),
        TinyNight(
            "a jammer's try does not hide that the battery was dry",
            jammed(8, TINY),
            {"leaked": leaks(dry=8), "shot_at": [0], "thin": [0], "first_dry": [0], "massed_dry": [1]},
        ),
        TinyNight(
            "nor that the battery was blind to it makes it blind",
            jammed(8, TINY, track=np.array([[[[0.0], [1.0]]]])),
            {"leaked": leaks(missed=8), "shot_at": [0]},
        ),
        TinyNight(
            "what a jammer stops no shot has stopped",
            jammed(8, 1.0, stock=stock_of(5)),
            {"stopped": [[8, 0]], "shot_at": [5], "shot_stopped": [0], "kills": [0], "used": [5]},
        ),
        TinyNight(
            "a full team, then a jammer in vain: the group's first want counts",
            plain_problem(
                [[8]],
                layers=2,
                batteries=2,
                layer_start=np.array([0, 1, 2]),
                layer_kind=np.array([TEAM, SOFT]),
                teams=np.array([[3, 0]]),
                success=np.array([[[[1.0], [TINY]]]]),
                single=np.array([0]),
            ),
            {"stopped": [[3, 0]], "leaked": leaks(saturated=5)},
        ),
        TinyNight(
            "jamming of a group knows no number",
            group._replace(layer_kind=np.array([SOFT])),
            {"stopped": [[8, 0]], "clean_nights": [1], "day_stopped": [[8]]},
        ),
        TinyNight("a blind team", group._replace(reliability=np.zeros((1, 1, 1))), {"leaked": leaks(blind=8)}),
        TinyNight(
            "a group without a layer",
            group._replace(success=np.zeros((1, 1, 1, 1))),
            {"leaked": leaks(uncovered=8), "attacked": [100.0], "spared": [0.0], "raid_nights": [1]},
        ),
    ]


def supply_nights() -> list[TinyNight]:
    later = plain_problem([[1], [1], [1]], kill=certain(1.0), arrivals=landing(0, 2, 0))
    small = plain_problem([[3], [3]], kill=certain(1.0), room_ready=np.array([[2]]), room_reload=np.array([[4]]))
    split = plain_problem([[0]], stock=stock_of(5), **two_magazines())
    late = plain_problem([[2], [0], [1]], arrivals=landing(5, 0, 0), transit=2, loss=np.ones((1, 1)))
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
            "what is on the way to a lost battery is lost when it lands",
            late,
            {"stock": [[0], [5], [5], [0]], "lost": [5], "leaked": leaks(dry=2, uncovered=1)}
            | {"first_empty": [0, 0], "first_dry_national": [NEVER]},
        ),
        TinyNight(
            "or returns to the depot",
            late._replace(loss_to_depot=np.array([1])),
            {"stock": [[0], [5], [5], [5]], "lost": [0], "magazines": [[[0]], [[0]], [[0]], [[0]]]},
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
            "five decoys of a group over three waves are five",
            plain_problem([[8]], waves=3, single=np.array([0]), decoy_count=np.array([[5]])),
            {"launched": [[3, 5]], "day_launched": [[8]], "attacked": [100.0]},
        ),
        TinyNight(
            "eight at one site are eight, whatever the first of them does to the battery",
            plain_problem([[8]], loss=np.ones((1, 1)), country=np.array([1])),
            {"leaked": leaks(dry=8), "massed_dry": [1]},
        ),
        TinyNight(
            "threats that shift all go where nothing covers",
            two_cities(shift=np.ones(1)),
            {"leaked": leaks(uncovered=8), "asset_leaked": [[[0] * 6], [[0, 0, 0, 0, 0, 8]]]},
        ),
        TinyNight(
            "nothing shifts to where a battery is under repair: the attacker is not told",
            one_under_repair(),
            {"stopped": [[8, 0]], "leaked": leaks()},
        ),
        TinyNight(
            "all shift to where a battery has not come yet",
            one_under_repair()._replace(battery_from=np.array([[NEVER, 0]])),
            {"asset_leaked": [[[0, 0, 0, 0, 0, 8]], [[0] * 6]]},
        ),
        TinyNight(
            "where all is covered nothing shifts",
            two_cities(shift=np.ones(1), cover_high=np.full((1, 1, 2, 1), 2.0)),
            {"stopped": [[8, 0]], "leaked": leaks()},
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
            {"used": [2], "lost": [7], "leaked": leaks(missed=2, uncovered=2), "stock": [[9], [0], [0]]}
            | {"first_empty": [1, 1]},
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
        *changing_nights(),
    ]


def changing_nights() -> list[TinyNight]:
    """What the second of two days changes: it is an era of its own (K3)."""
    two_eras: dict[str, Any] = {"kill": np.ones((1, 2, 1, 1)), "era_start": np.array([[0, 1]])}
    armed = plain_problem([[2], [2]], stock=stock_of(9), **two_eras)
    never, later = np.zeros((1, 1, 1, 1)), np.array([[[[0.0]], [[1.0]]]])
    team: dict[str, Any] = {"layer_kind": np.array([TEAM]), "teams": np.array([[PLENTY]]), "success": later}
    return [
        TinyNight("seen from the second day on", armed._replace(track=later), {"day_leaked": [[2], [0]], "used": [2]}),
        TinyNight("never seen", armed._replace(track=never), {"day_leaked": [[2], [2]], "used": [0]}),
        TinyNight(
            "reliable on the first day only",
            armed._replace(reliability=np.array([[[1.0], [0.0]]])),
            {"day_leaked": [[0], [2]], "leaked": leaks(blind=2)},
        ),
        TinyNight("a team learns", armed._replace(**team), {"day_leaked": [[2], [0]], "leaked": leaks(uncovered=2)}),
        TinyNight(
            "a team learns against a group",
            armed._replace(**team, single=np.array([0])),
            {"day_leaked": [[2], [0]], "day_stopped": [[0], [2]]},
        ),
    ]
