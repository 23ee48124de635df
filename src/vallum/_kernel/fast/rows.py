"""What the compiled kernel works on: arrays of records, one row a thing.

A row holds what is used together, given and changing. Indexes are unsigned: a signed one that might be negative
would be looked at twice at each use.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from vallum._kernel.problem import F64, I64, U64

#: An array of records; numpy has no type for their fields.
Rows: TypeAlias = Any
I32: TypeAlias = npt.NDArray[np.int32]
U32: TypeAlias = npt.NDArray[np.uint32]
U8: TypeAlias = npt.NDArray[np.uint8]

#: No battery.
NOBODY: Final = np.uint32(2**32 - 1)


def _row(**fields: str) -> np.dtype[np.void]:
    return np.dtype(list(fields.items()), align=True)


THREAT: Final = _row(
    asset="u4", site="u4", primary="u4", gun="u4", row="u4", fired="u4",
    decoy="u1", alive="u1", hit="u1", engaged="u1", saw="u1", treated="u1", short="u1",
)  # fmt: skip
#: Whether the layer has engaged a threat: no, by a shot, or it wanted its first round in vain.
NOT_ENGAGED, SHOT, STARVED = range(3)
#: What a layer's batteries showed a threat that drew no shot.
SAW_DRY, SAW_HELD, SAW_FULL, SAW_NOTHING = 1, 2, 4, 8

THREAT_CLASS: Final = _row(
    name="u8", decoy_share="f8", fail="f8", shift="f8", decoy_count="i8", fail_before="u1", single="u1"
)
ASSET: Final = _row(name="u8", rank="i8", country="u1")
LAYER: Final = _row(name="u8", treated="i8", first="u4", last="u4", kind="u1")
SIGHT: Final = _row(track="f8", success="f8")
BATTERY: Final = _row(
    name="u8", start="i8", teams="i8", channels="i8", magazine="u4",
    armed="u1", to_depot="u1", begun="u1", broken="u1", gone="u1", sighted="u1",
)  # fmt: skip
CHANCE: Final = _row(availability="f8", repair="f8", reliability="f8", loss="f8")
#: A battery that may reach an asset against a class: the locations from low to below high, its rows of LOAD.
REACH: Final = _row(low="f8", high="f8", battery="u4", first="u4", last="u4")
#: An interceptor type on a load list, and the cell of the battery's magazine that holds it.
LOAD: Final = _row(reserve="i8", cell="u4", type="u4")
#: The rounds of one type in one magazine that has room for it; moving: on the way to it.
CELL: Final = _row(
    ready="i8", reload="i8", moving="i8", room_ready="i8", room="i8", weight="f8", magazine="u4", type="u4"
)
MAGAZINE: Final = _row(total="i8", rate="i8", left="i8", open="u1", fate="u1", counts="u1")
#: What becomes of rounds that reach a site: taken in, lost, or sent back, where its batteries are lost.
WITH_BATTERY, LOST_WITH_BATTERY, BACK_TO_DEPOT = range(3)
OPTIONS: Final = _row(
    waves="i8", transit="i8", massed="i8", allocation="u1", order="u1", spread="u1", scope="u1", losses="u1",
    traced="u1", fallible="u1", steady="u1", blindable="u1", slow="u1", countries="u1",
)  # fmt: skip
#: Magazines that count, and how many of them stand empty.
EMPTIES: Final = _row(counted="i8", empty="i8")


class Given(NamedTuple):
    """What is fought, packed; axes as in `problem`.

    W is the length of the block, or 1 where all futures share the value; of what has F rows each future
    changes its own.
    """

    chains: U64  # (F,)
    options: Rows  # (1,)
    raid_start: I64  # (F, D + 1)
    raid_counts: I64  # (raids, C)
    priority: U32  # (C,)
    threat_class: Rows  # (W, C)
    asset: Rows  # (A,)
    asset_people: F64  # (A,)
    target: F64  # (W, C, A, 2)
    layer: Rows  # (L,)
    sight: Rows  # (W, E, L, C)
    salvos: I64  # (L, C, K)
    serves: U8  # (L, C) 1: some battery of the layer may reach an asset against the class
    battery: Rows  # (F, B)
    chance: Rows  # (W, E, B)
    reach_start: U32  # (C, A, L + 1) where the batteries of each layer that may reach an asset begin in `reach`
    reach: Rows  # (W, reach) in listed order for each class and asset
    cover_high: F64  # (W, B, A, C) upper ends of all batteries, for the share of an asset that is covered
    may_fire: U8  # (B, C)
    load: Rows  # (W, load) interceptor types in order, of each battery and class
    fires: U8  # (C, T) 1: some system may fire the type at the class
    kill: F64  # (W, E, T, C)
    era_start: I64  # (W, E)
    cell: Rows  # (F, cells + 1) by type, and in the order in which ties go (S5); the last is no cell, and empty
    cells_start: U32  # (T + 1,) where the cells of each type begin
    magazine: Rows  # (F, M)
    depot: I64  # (F, T)
    arrivals: I64  # (F, D, T)


class Desk(NamedTuple):
    """Paper to work on: used by one future after the other, blank after each."""

    threat: Rows  # (most threats of a raid,)
    words: U64  # (THREAT_WORDS, most threats of a raid)
    spot: F64  # (2, most threats of a raid)
    order: U32  # (3, most threats of a raid)
    group: I64  # (2, STATES)
    seen: I64  # (2, STATES)
    tonight: I32  # (C, A, 3)
    touched: U64  # (C, words of 64) a bit for each asset that somebody came to tonight
    place: I32  # (C, A + B or A, 3)
    pipe: I64  # (cells, days of transit)
    waiting: U32  # (M,) cells that wait for rounds of a type
    need: F64  # (6, M)
    country: I64  # (T,) rounds that were ever in the country
    empties: Rows  # (1,)
    luck: F64  # (B,)
    stands: U8  # (B,)
    able: U8  # (B,) stands and sees
    busy: I64  # (B,) channels in use in this wave
    guide: U32  # (C, cells) first asset that a uniform of each cell can mean
