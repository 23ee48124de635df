"""What both kernels take and give: plain arrays, and the slots of every draw.

Sizes: F futures of the block, W worlds (1 if all futures share the value, else F), D days, C classes,
T interceptor types, L layers, B batteries, S systems, M magazines, A assets, R reasons, K looks, E eras: the
stretches between the days on which some probability changes (1 where all eras share the value; `kill` has all).
Days, indexes and ranks count from 0. *Kind* is 0 for real threats, 1 for decoys.

Slots (rule F3). Every chain is made with `dice.fold`, left to right; `word` stands for `dice.word(name)`
and every cause is `word(cause)` of `terms.CAUSES`:

- night chain    n = chains[f] . day                     (day as an integer from 0)
- fitness        n . word(fit) . battery_word            and, where repairs last,  n . word(repair) . battery_word
- raid chain     r = n . word(raids) . raid              (raid of the day, from 0)
- class chain    c = r . class_word
- threat chain   t = c . threat                          (index of the threat in its raid and class, from 0)
- of a threat    t . word(place | location | wave | decoy | fail | shift), one draw each
- track          t . word(track) . layer_word
- a shot         ((t . (asset_word XOR wave)) . layer_word) . (look * 256 + shot)
- soft, team     t . word(soft) . layer_word
- reliability    r . word(reliability) . wave . X        X = battery_word, layer_word or word(defence) by scope
- loss           t . word(loss)
- asset order    c . word(asset_order) . asset_word
- a group        c . word(group) . word(decoy)                      how many of the raid are decoys
                 c . word(group) . word(wave) . (wave * 2 + kind)   how many of them come in a wave
                 w . word(group) . X, where w is c, or c . wave if there are several waves, and X is
                   layer_word or word(fail), then what * 16 + kind * 8 + state
                     (what: 0 fails, 1 is seen, 2 is treated, 3 is stopped;
                     state: 0 found no room, 1 was treated, 2 was not seen, 3 met no layer);
                   word(place) . state . asset_word   (state 4: did not leak)

Draws of a group are binomial quantiles (rule F4); see `quantiles.py` in both kernels.

What the caller sees to:

- The location of a threat is its own draw in an asset that is a country, and 0.5 in any other. A battery
  covers such other assets wholly, from 0 to more than 0.5, or not at all.
- Where repairs last, an available share a and a mean repair of r days need a * r >= 1 - a: otherwise a
  battery would have to break down with more than certainty, and the caller must lengthen the repair.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vallum.terms import NEVER, REASONS

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

BATTERY, SOFT, TEAM = 0, 1, 2
TURN, EVEN = 0, 1
ARRIVAL, RANDOM_ASSET, BY_WEIGHT = 0, 1, 2
BY_BATTERY, BY_LAYER, BY_DEFENCE = 0, 1, 2
MULTINOMIAL, PROPORTIONAL = 0, 1
#: A battery in a night: not there (not yet, or lost), there and fit, there and under repair.
ABSENT, FIT, UNFIT = 0, 1, 2


class Problem(NamedTuple):
    """One block of futures, ready to be fought."""

    # raids
    chains: U64  # (F,) chain of seed, future and luck
    raid_start: I64  # (F, D + 1) first raid of each day among the rows of raid_counts
    raid_counts: I64  # (raids, C) threats launched, decoys included
    waves: int
    # threats
    class_word: U64  # (C,)
    priority: I64  # (C,) classes in the order in which they are fought
    decoy_share: F64  # (W, C)
    decoy_count: I64  # (W, C) used instead of the share where it is 0 or more
    fail: F64  # (W, C)
    fail_before: I64  # (C,) 1: fails before the defence; 0: after it
    single: I64  # (C,) 1: followed threat by threat; 0: fought as a group (F4)
    # targets
    asset_word: U64  # (A,)
    target_cut: F64  # (W, C, A) cumulative shares, the last is 1
    target_share: F64  # (W, C, A)
    allocation: int  # MULTINOMIAL or PROPORTIONAL
    shift: F64  # (W,)
    country: I64  # (A,) 1: the asset is a country, covered by location
    asset_rank: I64  # (A,) assets by falling weight, ties by name
    asset_people: F64  # (A,) population, or weight where there is none
    order: int  # ARRIVAL, RANDOM_ASSET or BY_WEIGHT
    # layers and batteries (batteries stand in the order of their layers)
    layer_kind: I64  # (L,)
    layer_word: U64  # (L,)
    layer_start: I64  # (L + 1,) first battery of each layer
    salvo: I64  # (L, C, K) shots a look, 0 where there is no further look
    spread: int  # TURN or EVEN
    track: F64  # (W, E, L, C)
    success: F64  # (W, E, L, C) of soft and team layers
    battery_word: U64  # (B,)
    battery_from: I64  # (W, B) first day on which it stands
    battery_system: I64  # (B,)
    teams: I64  # (W, B) threats that a team entry treats in a night; 0 for others
    channels: I64  # (W, B) engagements in a wave
    cover_low: F64  # (W, B, A, C) a threat is covered if cover_low <= location < cover_high
    cover_high: F64  # (W, B, A, C)
    availability: F64  # (W, B)
    repair: F64  # (W, B) mean days of repair; 0: each day drawn by itself
    reliability: F64  # (W, E, B)
    scope: int  # BY_BATTERY, BY_LAYER or BY_DEFENCE
    loss: F64  # (W, B) chance that one leaker puts the battery out
    loss_to_depot: I64  # (B,)
    loads: I64  # (S, C, T) interceptor types in order, -1 beyond the last
    reserve: I64  # (W, S, C, T)
    kill: F64  # (W, E, T, C) kill probability per shot
    era_start: I64  # (W, E) first day of each era; the first is 0
    # magazines, depot, supply
    magazine: I64  # (B,) magazine of each battery; -1 for soft and team layers
    room_ready: I64  # (M, T) rounds that can be fired in a night
    room_reload: I64  # (M, T)
    reload_rate: I64  # (W, M) rounds a day from reload stock to ready; -1: at once
    weight: F64  # (W, M, T) of the depot's split (S5)
    magazine_rank: I64  # (M,) ties go to the lower rank
    transit: int  # days
    stock: I64  # (W, T) opening stock of the country
    arrivals: I64  # (F, D, T) rounds that land
    # what is counted
    massed: int  # threats that make "eight" (O)
    traced: int  # 1: what stood and what was ready each night is kept, and the books at each midnight


class Tally(NamedTuple):
    """What happened in each future of the block."""

    launched: I64  # (F, C, kind)
    stopped: I64  # (F, C, kind)
    failed: I64  # (F, C, kind)
    leaked: I64  # (F, C, R, kind)
    thin: I64  # (F, C) missed with fewer shots than the doctrine, for want of rounds
    shot_at: I64  # (F, C) threats that drew a shot
    shot_stopped: I64  # (F, C) of these, stopped by a shot and not by a soft or team layer
    first_dry: I64  # (F, C) first day with a dry leaker anywhere
    first_dry_national: I64  # (F, C) and no round left that may be fired at the class
    dry_nights: I64  # (F, C)
    massed_dry: I64  # (F, C) nights of eight-and-none
    raid_nights: I64  # (F, C) nights with a real threat
    clean_nights: I64  # (F, C) of these, without a real leaker
    first_empty: (
        I64  # (F, 2) first midnight with one magazine at zero, with all at zero; a lost one is at zero, a later one
    )
    #                   counts once it has had a round
    used: I64  # (F, T)
    kills: I64  # (F, T)
    unmet: I64  # (F, T) shots that the doctrine asked for and had no round for
    lost: I64  # (F, T) rounds lost with their battery, those in transit to it on the day they land
    asset_leaked: I64  # (F, A, C, R) real leakers
    asset_first_dry: I64  # (F, A, C)
    attacked: F64  # (F, C) people times nights with a real threat
    spared: F64  # (F, C) of these, without a real leaker
    stock: I64  # (F, D + 1, T) at midnights, in the country
    day_class: I64  # (F, D, C, DAY_CLASS_COLUMNS) what follows by class, together
    day_launched: I64  # (F, D, C)
    day_stopped: I64  # (F, D, C)
    day_leaked: I64  # (F, D, C)
    day_dry: I64  # (F, D, C) dry leakers
    day_used: I64  # (F, D, T)
    day_wanted: I64  # (F, D, T)
    # of traced futures only, else with no days; until: in the campaign so far, at midnights
    magazines: I64  # (F, D + 1, M, T) rounds in place
    ready: I64  # (F, D, M, T) rounds that could be fired that night
    standing: I64  # (F, D, B) ABSENT, FIT or UNFIT that night
    found_dry: I64  # (F, D, B, C) dry leakers in reach of a battery that saw, and had no round for them
    failed_until: I64  # (F, D + 1, C, kind)
    leaked_until: I64  # (F, D + 1, C, R, kind)
    shot_at_until: I64  # (F, D + 1, C)
    massed_dry_until: I64  # (F, D + 1, C)
    unmet_until: I64  # (F, D + 1, T)
    lost_until: I64  # (F, D + 1, T)


#: Columns of the counts by class: name of the Tally field and how many columns it takes.
CLASS_COLUMNS = (
    ("launched", 2),
    ("stopped", 2),
    ("failed", 2),
    ("leaked", 2 * len(REASONS)),
    ("thin", 1),
    ("shot_at", 1),
    ("shot_stopped", 1),
    ("first_dry", 1),
    ("first_dry_national", 1),
    ("dry_nights", 1),
    ("massed_dry", 1),
    ("raid_nights", 1),
    ("clean_nights", 1),
)
TYPE_COLUMNS = ("used", "kills", "unmet", "lost")
DAY_CLASS_COLUMNS = ("day_launched", "day_stopped", "day_leaked", "day_dry")
DAY_TYPE_COLUMNS = ("day_used", "day_wanted")
#: Counts of a traced future that are kept at each midnight.
UNTIL = ("failed", "leaked", "shot_at", "massed_dry", "unmet", "lost")


class Sheets(NamedTuple):
    """The memory behind a Tally: counts that are written together lie together."""

    by_class: I64  # (F, C, columns of CLASS_COLUMNS)
    by_type: I64  # (F, T, TYPE_COLUMNS)
    first_empty: I64  # (F, 2)
    asset_leaked: I64  # (F, A, C, R)
    asset_first_dry: I64  # (F, A, C)
    people: F64  # (F, C, 2) attacked, spared
    stock: I64  # (F, D + 1, T)
    day_class: I64  # (F, D, C, DAY_CLASS_COLUMNS)
    day_type: I64  # (F, D, T, DAY_TYPE_COLUMNS)
    # of traced futures only, else with no days
    magazines: I64  # (F, D + 1, M, T)
    ready: I64  # (F, D, M, T)
    standing: I64  # (F, D, B)
    found_dry: I64  # (F, D, B, C)
    class_until: I64  # (F, D + 1, C, columns of CLASS_COLUMNS)
    type_until: I64  # (F, D + 1, T, TYPE_COLUMNS)


def blank_sheets(problem: Problem) -> Sheets:
    """Return what a kernel fills for this problem: zeros, and NEVER for first days."""
    futures, days, types = problem.arrivals.shape
    classes, assets = problem.class_word.shape[0], problem.asset_word.shape[0]
    nights, midnights = (days, days + 1) if problem.traced else (0, 0)
    magazines, batteries = problem.room_ready.shape[0], problem.battery_word.shape[0]
    columns = blank_columns()
    return Sheets(
        by_class=np.tile(columns, (futures, classes, 1)),
        by_type=np.zeros((futures, types, len(TYPE_COLUMNS)), np.int64),
        first_empty=np.full((futures, 2), NEVER, np.int64),
        asset_leaked=np.zeros((futures, assets, classes, len(REASONS)), np.int64),
        asset_first_dry=np.full((futures, assets, classes), NEVER, np.int64),
        people=np.zeros((futures, classes, 2)),
        stock=np.zeros((futures, days + 1, types), np.int64),
        day_class=np.zeros((futures, days, classes, len(DAY_CLASS_COLUMNS)), np.int64),
        day_type=np.zeros((futures, days, types, len(DAY_TYPE_COLUMNS)), np.int64),
        magazines=np.zeros((futures, midnights, magazines, types), np.int64),
        ready=np.zeros((futures, nights, magazines, types), np.int64),
        standing=np.zeros((futures, nights, batteries), np.int64),
        found_dry=np.zeros((futures, nights, batteries, classes), np.int64),
        class_until=np.zeros((futures, midnights, classes, len(columns)), np.int64),
        type_until=np.zeros((futures, midnights, types, len(TYPE_COLUMNS)), np.int64),
    )


def blank_columns() -> I64:
    """Return the counts of a class to which nothing has happened: zeros, and NEVER for first days."""
    parts = [np.full(width, NEVER if name.startswith("first_") else 0) for name, width in CLASS_COLUMNS]
    return np.concatenate(parts).astype(np.int64)


def tally_of(sheets: Sheets) -> Tally:
    """Return the sheets as a Tally of views."""
    fields: dict[str, Any] = {**_named(sheets.by_class), **_typed(sheets.by_type)}
    until = {**_named(sheets.class_until), **_typed(sheets.type_until)}
    fields |= {f"{name}_until": until[name] for name in UNTIL}
    fields |= {name: sheets.day_class[..., i] for i, name in enumerate(DAY_CLASS_COLUMNS)}
    fields |= {name: sheets.day_type[..., i] for i, name in enumerate(DAY_TYPE_COLUMNS)}
    fields |= {"attacked": sheets.people[..., 0], "spared": sheets.people[..., 1]}
    fields |= {name: value for name, value in sheets._asdict().items() if name in Tally._fields}
    return Tally(**fields)


def _named(by_class: I64) -> dict[str, I64]:
    """Take the counts by class apart by name. (..., columns)"""
    fields: dict[str, I64] = {}
    column = 0
    for name, width in CLASS_COLUMNS:
        part = by_class[..., column : column + width]
        fields[name] = part[..., 0] if width == 1 else part
        column += width
    fields["leaked"] = fields["leaked"].reshape(*by_class.shape[:-1], len(REASONS), 2)
    return fields


def _typed(by_type: I64) -> dict[str, I64]:
    """Take the counts by type apart by name. (..., columns)"""
    return {name: by_type[..., i] for i, name in enumerate(TYPE_COLUMNS)}


def blank_tally(problem: Problem) -> Tally:
    """Return an empty Tally for this problem: zeros, and NEVER for first days."""
    return tally_of(blank_sheets(problem))
