"""Columns of the packed arrays: what is used together lies together, one row a thing.

The compiled functions take a few such arrays instead of the many of a Problem: attributes of a tuple of
arrays cost a reference count at each use, and that is most of the time of a short loop.
"""

from __future__ import annotations

from typing import NamedTuple

from vallum._kernel.problem import F64, I64, U64

# options (one row of integers)
WAVES, ALLOCATION, ORDER, SPREAD, SCOPE, TRANSIT, MASSED, LOSSES, TRACED = range(9)

# battery (B, BATTERY_COLUMNS), integers: what is given, then what changes
START, SYSTEM, MAGAZINE, LAYER, TO_DEPOT, TEAMS, CHANNELS, STANDS, BEGUN, BROKEN, GONE, SIGHTED, BUSY = range(13)
BATTERY_COLUMNS = 13
# chance (B, CHANCE_COLUMNS), floats
AVAILABILITY, REPAIR, RELIABILITY, LOSS = range(4)
CHANCE_COLUMNS = 4

# rounds (M, T, ROUND_COLUMNS), integers
READY, RELOAD, MOVING, ROOM_READY, ROOM_RELOAD = range(5)
ROUND_COLUMNS = 5
# magazine (M, MAGAZINE_COLUMNS), integers
RANK, RATE, OPEN_TODAY, FATE, COUNTS = range(5)
MAGAZINE_COLUMNS = 5
#: What becomes of rounds that reach a site: taken in, lost, or sent back, where its batteries are lost.
WITH_BATTERY, LOST_WITH_BATTERY, BACK_TO_DEPOT = range(3)

# layer (L, LAYER_COLUMNS), integers
KIND, FIRST, LAST, TREATED = range(4)
LAYER_COLUMNS = 4
# sight (L, C, 2), floats
TRACK, SUCCESS = range(2)

# threat_class (C, 3), integers, and class_share (C, 3), floats
FAIL_BEFORE, SINGLE, DECOY_COUNT = range(3)
DECOY_SHARE, FAIL, SHIFT = range(3)
# target (C, A, 2), floats; cover (B, A, C, 2), floats; loads (S, C, T, 2), integers
CUT, SHARE = range(2)
LOW, HIGH = range(2)
TYPE, RESERVE = range(2)
# asset (A, 2), integers
COUNTRY, ASSET_RANK = range(2)

# threat (n, THREAT_COLUMNS), integers; chain (n, 2), 64-bit words; spot (n, 2), floats
ASSET, DECOY, ALIVE, HIT, SEEN, ENGAGED, FIRED, GUN, SAW, TREATED_SOFT, SHORT, PRIMARY, TURN, PLAN, SITE = range(15)
THREAT_COLUMNS = 15
#: Whether the layer has engaged a threat: no, by a shot, or it wanted its first round in vain.
NOT_ENGAGED, SHOT, STARVED = range(3)
OF_THREAT, OF_SHOTS = range(2)
LOCATION, KEY = range(2)
#: What a layer's batteries showed a threat that drew no shot.
SAW_DRY, SAW_HELD, SAW_FULL, SAW_NOTHING = 1, 2, 4, 8

#: Location in an asset that is no country.
MIDDLE = 0.5

# tonight (A, C, 3) by asset: real threats, real leakers, dry leakers
CAME, LEAKED_HERE, DRY_HERE = range(3)
# place (A + B, C, 3): real threats, shots at them, dry real leakers
SHOTS_HERE = 1

# tally by class (C, columns): the order of problem.CLASS_COLUMNS
LAUNCHED, STOPPED, FAILED, LEAKED = 0, 2, 4, 6
THIN, SHOT_AT, SHOT_STOPPED, FIRST_DRY, FIRST_DRY_NATIONAL = 18, 19, 20, 21, 22
DRY_NIGHTS, MASSED_DRY, RAID_NIGHTS, CLEAN_NIGHTS = 23, 24, 25, 26
# tally by type, by day and class, by day and type: the orders of problem.TYPE_COLUMNS and so on
USED, KILLS, UNMET, LOST = range(4)
DAY_LAUNCHED, DAY_STOPPED, DAY_LEAKED, DAY_DRY = range(4)
DAY_USED, DAY_WANTED = range(2)
ATTACKED, SPARED = range(2)

# group (2, 4): alive, by kind and state; states stand in the order in which a reason is taken from them
FULL_STATE, TREATED_STATE, UNSEEN_STATE, OPEN_STATE = range(4)
STATES = 4


class Given(NamedTuple):
    """What is fought, packed; axes as in `problem`, the last one of columns.

    W is the length of the block, or 1 where all futures share the value; of what has F rows each future
    changes its own.
    """

    chains: U64  # (F,)
    option: I64  # (options,)
    raid_start: I64  # (F, D + 1)
    raid_counts: I64  # (raids, C)
    priority: I64  # (C,)
    threat_class: I64  # (W, C, 3)
    class_names: U64  # (C,)
    class_share: F64  # (W, C, 3)
    asset: I64  # (A, 2)
    asset_names: U64  # (A,)
    asset_people: F64  # (A,)
    target: F64  # (W, C, A, 2)
    layer: I64  # (L, LAYER_COLUMNS)
    layer_names: U64  # (L,)
    sight: F64  # (W, E, L, C, 2)
    salvos: I64  # (L, C, K)
    battery: I64  # (F, B, BATTERY_COLUMNS)
    battery_names: U64  # (B,)
    chance: F64  # (W, E, B, CHANCE_COLUMNS)
    cover: F64  # (W, B, A, C, 2)
    loads: I64  # (W, S, C, T, 2)
    kill: F64  # (W, E, T, C)
    era_start: I64  # (W, E)
    rounds: I64  # (F, M, T, ROUND_COLUMNS)
    magazine: I64  # (F, M, MAGAZINE_COLUMNS)
    weight: F64  # (W, M, T)
    depot: I64  # (F, T)
    arrivals: I64  # (F, D, T)


class Desk(NamedTuple):
    """Paper to work on: used by one future after the other, blank after each."""

    threat: I64  # (most threats of a raid, THREAT_COLUMNS)
    words: U64  # (most threats of a raid, 2)
    spot: F64  # (most threats of a raid, 2)
    group: I64  # (2, STATES)
    seen: I64  # (2, STATES)
    tonight: I64  # (A, C, 3)
    place: I64  # (A + B, C, 3)
    pipe: I64  # (M, T, days of transit)
