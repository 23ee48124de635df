"""What the compiled kernel works on: plain arrays of what is used for each threat, records of the rest.

What belongs together is one tuple; `views` tells how the parts of the kernel get at it.

Chance is compared in whole numbers. A draw is a *mark*, the upper 52 bits of a chain; its uniform is
(mark + 1/2) / 2^52. The uniform is below p if and only if the mark is below `marks_below(p)`: both are exact.

Sets of batteries are bits. Each layer begins with a word of its own, so most layers are one word.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from vallum._kernel.problem import (
    DAY_CLASS_COLUMNS,
    DAY_TYPE_COLUMNS,
    F64,
    I64,
    TYPE_COLUMNS,
    U64,
    blank_columns,
)
from vallum.terms import REASONS

#: An array of records; numpy has no type for their fields.
Rows: TypeAlias = Any
I32: TypeAlias = npt.NDArray[np.int32]
U32: TypeAlias = npt.NDArray[np.uint32]
U8: TypeAlias = npt.NDArray[np.uint8]

#: No battery; no one type.
NOBODY: Final = np.uint32(2**32 - 1)
NO_TYPE: Final = NOBODY
#: Bits of a word.
BITS: Final = np.uint32(64)
#: Bits of a mark, and how many marks there are: one below this is drawn with certainty.
MARK_BITS: Final = 52
ALL_MARKS: Final = np.uint64(2**MARK_BITS)


def _row(**fields: str) -> np.dtype[np.void]:
    return np.dtype(list(fields.items()), align=True)


#: What a threat has been through is one word of bits. The lowest tell why it leaks if nothing is fired at it: what
#: the batteries showed it that saw it and drew no shot, and whether a soft or team layer treated it.
SAW_DRY, SAW_HELD, SAW_FULL, SAW_NOTHING, TREATED, SHORT, DECOY, HIT, OUT = (np.uint32(1 << bit) for bit in range(9))
FRESH: Final = np.uint32(0)
#: One shot at a threat: the upper bits of its word count them.
ONE_SHOT: Final = np.uint32(1 << 16)
#: Bits of the word that tell the reason of a leak.
WHY: Final = np.uint32(31)
#: Stopped: by a shot, or by a soft or team layer.
GONE: Final = HIT | OUT
#: Whether the layer has engaged a threat: no, by a shot, or it wanted its first round in vain.
NOT_ENGAGED, SHOT, STARVED = range(3)

THREAT_CLASS: Final = _row(
    name="u8", decoy_share="f8", decoy_mark="u8", decoy_count="i8", fail_before="f8", fail_behind="f8",
    fail_before_mark="u8", fail_behind_mark="u8", shift_mark="u8", single="u1", decoyed="u1",
)  # fmt: skip
LAYER: Final = _row(name="u8", treated="i8", first="u4", last="u4", first_word="u4", last_word="u4", kind="u1")
SIGHT: Final = _row(track="f8", success="f8", track_mark="u8", success_mark="u8")
BATTERY: Final = _row(
    name="u8", availability="f8", repair="f8", loss_mark="u8", start="i8", teams="i8", magazine="u4",
    word="u4", bit="u8", armed="u1", to_depot="u1", begun="u1", broken="u1", gone="u1", sighted="u1",
)  # fmt: skip
#: A battery that may reach a country against a class: the locations from low to below high.
REACH: Final = _row(low="f8", high="f8", battery="u4")
#: An interceptor type on a load list, and the cell of the battery's magazine that holds it.
LOAD: Final = _row(reserve="i8", cell="u4", type="u4")
#: What becomes of rounds that reach a site: taken in, lost, or sent back, where its batteries are lost.
WITH_BATTERY, LOST_WITH_BATTERY, BACK_TO_DEPOT = range(3)
OPTIONS: Final = _row(
    waves="i8", transit="i8", massed="i8", place_shift="u8", first_step="u4", allocation="u1", order="u1",
    spread="u1", scope="u1", losses="u1", traced="u1", fallible="u1", steady="u1", blindable="u1", slow="u1",
    countries="u1",
)  # fmt: skip


class Axes(NamedTuple):
    """What an array of one future is made of, along how many axes, and how long the last is where that is fixed.

    memory_of : the array whose memory it shows again, as another kind
    """

    kind: np.dtype[Any]
    number: int
    last: int | None = None
    memory_of: str | None = None


# By kind and number of axes.
BatteryRows1: TypeAlias = Annotated[Rows, Axes(BATTERY, 1)]
F64x1: TypeAlias = Annotated[F64, Axes(np.dtype(np.float64), 1)]
F64x2: TypeAlias = Annotated[F64, Axes(np.dtype(np.float64), 2)]
F64x3: TypeAlias = Annotated[F64, Axes(np.dtype(np.float64), 3)]
I32x2: TypeAlias = Annotated[I32, Axes(np.dtype(np.int32), 2)]
I32x3: TypeAlias = Annotated[I32, Axes(np.dtype(np.int32), 3)]
I64x1: TypeAlias = Annotated[I64, Axes(np.dtype(np.int64), 1)]
I64x2: TypeAlias = Annotated[I64, Axes(np.dtype(np.int64), 2)]
I64x3: TypeAlias = Annotated[I64, Axes(np.dtype(np.int64), 3)]
LayerRows1: TypeAlias = Annotated[Rows, Axes(LAYER, 1)]
LoadRows3: TypeAlias = Annotated[Rows, Axes(LOAD, 3)]
OptionsRows1: TypeAlias = Annotated[Rows, Axes(OPTIONS, 1)]
ReachRows1: TypeAlias = Annotated[Rows, Axes(REACH, 1)]
SightRows3: TypeAlias = Annotated[Rows, Axes(SIGHT, 3)]
ThreatClassRows1: TypeAlias = Annotated[Rows, Axes(THREAT_CLASS, 1)]
U32x1: TypeAlias = Annotated[U32, Axes(np.dtype(np.uint32), 1)]
U32x2: TypeAlias = Annotated[U32, Axes(np.dtype(np.uint32), 2)]
U64x1: TypeAlias = Annotated[U64, Axes(np.dtype(np.uint64), 1)]
U64x2: TypeAlias = Annotated[U64, Axes(np.dtype(np.uint64), 2)]
U64x3: TypeAlias = Annotated[U64, Axes(np.dtype(np.uint64), 3)]
U8x1: TypeAlias = Annotated[U8, Axes(np.dtype(np.uint8), 1)]
U8x2: TypeAlias = Annotated[U8, Axes(np.dtype(np.uint8), 2)]
# Counts, whose columns are fixed.
ClassCounts: TypeAlias = Annotated[I64, Axes(np.dtype(np.int64), 2, len(blank_columns()))]
TypeCounts: TypeAlias = Annotated[I64, Axes(np.dtype(np.int64), 2, len(TYPE_COLUMNS))]
DayClassCounts: TypeAlias = Annotated[I64, Axes(np.dtype(np.int64), 3, len(DAY_CLASS_COLUMNS))]
DayTypeCounts: TypeAlias = Annotated[I64, Axes(np.dtype(np.int64), 3, len(DAY_TYPE_COLUMNS))]
LeakCounts: TypeAlias = Annotated[I64, Axes(np.dtype(np.int64), 3, len(REASONS))]


class Given(NamedTuple):
    """What is fought, packed; axes as in `problem`.

    W is the length of the block, or 1 where all futures share the value. As one future sees it, there is no axis F
    or W.
    """

    chain: U64x1  # (F, 1)
    options: OptionsRows1  # (1,)
    raid_start: I64x1  # (F, D + 1)
    raid_counts: I64x2  # (raids, C)
    priority: U32x1  # (C,)
    threat_class: ThreatClassRows1  # (W, C)
    asset_name: U64x1  # (A,)
    asset_rank: U64x1  # (A,)
    country: U8x1  # (A,)
    people: F64x1  # (A,)
    target_cut: F64x2  # (W, C, A)
    target_share: F64x2  # (W, C, A)
    target_mark: U64x2  # (W, C, A and more) first mark beyond each asset
    guide: U32x2  # (W, C, cells) first asset that a mark of each cell can mean
    layer: LayerRows1  # (L,)
    sight: SightRows3  # (W, E, L, C)
    salvos: I64x3  # (L, C, K)
    serves: U8x2  # (L, C) 1: some battery of the layer may reach an asset against the class
    first_type: U32x2  # (L, C) what the layer's batteries fire first at the class; NO_TYPE where they differ
    battery: BatteryRows1  # (W, B)
    battery_name: U64x1  # (B filled up,)
    battery_magazine: U32x1  # (B,)
    battery_armed: U8x1  # (B,)
    channels: I64x1  # (W, B filled up)
    fit_mark: U64x1  # (W, B filled up)
    reliability_mark: U64x2  # (W, E, B)
    no_channel_bits: U64x1  # (W, words) batteries without any channel
    reach_bits: U64x1  # (W, C * A * words) batteries that reach an asset that is no country
    reach_start: U32x1  # (C * A + 1,) where the batteries that may reach a country begin in `reach`
    reach: ReachRows1  # (W, reach) in listed order for each class and country
    cover_high: F64x3  # (W, B, A, C) upper ends of all batteries, for the share of an asset that is covered
    may_fire: U8x2  # (B, C)
    load: LoadRows3  # (W, C, B, T) interceptor types in order; NO_TYPE beyond the last
    fires: U8x2  # (C, T) 1: some system may fire the type at the class
    kill_mark: U64x3  # (W, E, T, C)
    era_start: I64x1  # (W, E)
    # cells: the rounds of one type in one magazine that has room for it; by type, and in the order in which ties go
    # (S5); each type is filled up with cells that have no room, and so is what comes after the last
    cells_start: U32x1  # (T + 1,) where the cells of each type begin
    rooms: U32x1  # (T,) cells of each type that have room
    cell_magazine: U32x1  # (cells,)
    cell_type: U32x1  # (cells,)
    room_ready: I64x1  # (cells,)
    room: F64x1  # (W, cells) for all rounds; none where the weight is 0
    weight: F64x1  # (W, cells)
    reload_rate: I64x1  # (W, M)
    stock: I64x1  # (W, T)
    arrivals: I64x2  # (F, D, T)


class Desk(NamedTuple):
    """Paper to work on: used by one future after the other, blank before each."""

    # of each threat of a raid and class
    word: U64x1
    place_word: U64x1
    shots_word: U64x1
    mark: U64x1
    guarded: U64x1  # not 0: some battery of the layer stands and reaches it
    watched: U64x1  # not 0: some such battery sees
    location: F64x1
    asset: U32x1
    row: U32x1  # where its reach bits begin
    state: U32x1
    turn: U32x1  # who is served, in order
    out: U32x1  # whom the layer stopped; before that, the places in the queue at which a later look fires
    flag: U8x1  # 1: the layer sees it; behind the layers, it is a real leaker that may strike
    # of each threat that a layer sees, in order
    queue: U32x1
    wanted: U32x1  # type of the rounds that it wants, where batteries differ
    gun: U32x1  # battery whose channel it has
    engaged: U8x1
    watchers: U64x2  # (words of a layer, threats) batteries of the layer that stand, reach a threat and see
    # of batteries
    battery: BatteryRows1  # (B,)
    luck: U64x1  # (B filled up,)
    stands: U8x1  # (B filled up,)
    channels: I64x1  # (B filled up,) that are left in this wave
    stand_bits: U64x1  # (words,)
    able_bits: U64x1  # (words,) stand and see
    full_bits: U64x1  # (words,) have no channel left
    round_bits: U64x1  # (words,) may still have a round for the class
    reach_bits: U64x1  # (C * A + most threats, words) in one row: of assets; then of threats in countries
    # of cells
    ready: I64x1
    reload: I64x1
    moving: I64x1  # on the way to the magazine
    had: U8x1  # 1: has had a round
    held: F64x1
    free: F64x1
    given: F64x1
    last: F64x1  # the level of the last round that was given
    following: F64x1  # the level of the one that follows
    # the same memory: levels above 0 are in the order of their bits, and these are found sooner
    last_bits: Annotated[I64, Axes(np.dtype(np.int64), 1, memory_of="last")]
    following_bits: Annotated[I64, Axes(np.dtype(np.int64), 1, memory_of="following")]
    pipe: I64x2  # (cells, days of transit)
    # of magazines
    open: U8x1
    fate: U8x1
    counts: U8x1  # 1: counts as one that may stand empty (O)
    filled: U8x1
    left: I64x1  # rounds that may still be reloaded today
    # of types
    depot: I64x1
    imported: I64x1  # rounds that ever were or came into the country
    # of the night
    group: I64x2  # (2, STATES)
    seen: I64x2  # (2, STATES)
    came: I32x2  # (C, A filled up) real threats
    leaked: I32x2  # (C, A filled up) real leakers
    place: I32x3  # (C, 3, A + B or A, filled up)
    raided: I64x1  # (C,) real threats tonight
    harm: I64x1  # (C,) real leakers tonight
    placed: U8x1  # (C,) 1: somebody was counted at a place
    # of the campaign
    attacked: I32x2  # (C, A filled up) nights with a real threat
    harmed: I32x2  # (C, A filled up) of these, with a real leaker
    era: U32x1  # (1,)
    # of a layer and class
    kill_mark: U64x1  # (T,)


class Sheet(NamedTuple):
    """Where the outcomes of one future are counted: a part of `Sheets`, whose axes these are but for the first."""

    by_class: ClassCounts
    by_type: TypeCounts
    first_empty: I64x1
    asset_leaked: LeakCounts
    asset_first_dry: I64x2
    people: F64x2
    stock: I64x2
    day_class: DayClassCounts
    day_type: DayTypeCounts
    magazines: I64x3
    ready: I64x3
    standing: I64x2
    found_dry: I64x3
    class_until: I64x3
    type_until: I64x3


#: What the desk holds of each threat.
OF_THREATS: Final = (
    "word", "place_word", "shots_word", "mark", "guarded", "watched", "location", "asset", "row",
    "state", "turn", "out", "flag", "queue", "wanted", "gun", "engaged",
)  # fmt: skip
#: What it holds of each cell.
OF_CELLS: Final = (
    "ready", "reload", "moving", "had", "held", "free", "given", "last", "following", "last_bits",
    "following_bits",
)  # fmt: skip
