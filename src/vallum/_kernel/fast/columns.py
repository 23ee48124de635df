"""Columns of the packed arrays: what is used together lies together, one row a thing.

The compiled functions take a few such arrays instead of the many of a Problem: attributes of a tuple of
arrays cost a reference count at each use, and that is most of the time of a short loop.
"""

from __future__ import annotations

# options (one row of integers)
WAVES, ALLOCATION, ORDER, SPREAD, SCOPE, TRANSIT, MASSED, BY_ASSET, TRACED = range(9)
OPTIONS = 9

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
RANK, RATE, OPEN_TODAY = range(3)
MAGAZINE_COLUMNS = 3

# layer (L, LAYER_COLUMNS), integers
KIND, FIRST, LAST, TREATED = range(4)
LAYER_COLUMNS = 4
# sight (L, C, 2), floats
TRACK, SUCCESS = range(2)

# threat_class (C, 2), integers, and class_share (C, 3), floats
FAIL_BEFORE, SINGLE = range(2)
DECOY_SHARE, FAIL, DECOY_COUNT = range(3)
# target (C, A, 2), floats; cover (B, A, C, 2), floats; loads (S, C, T, 2), integers
CUT, SHARE = range(2)
LOW, HIGH = range(2)
TYPE, RESERVE = range(2)
# asset (A, 2), integers
COUNTRY, ASSET_RANK = range(2)

# threat (n, THREAT_COLUMNS), integers; chain (n, 2), 64-bit words; spot (n, 2), floats
ASSET, DECOY, ALIVE, HIT, SEEN, ENGAGED, FIRED, GUN, SAW, TRIED, SHORT, PRIMARY, TURN, PLAN = range(14)
THREAT_COLUMNS = 14
OF_THREAT, OF_SHOTS = range(2)
LOCATION, KEY = range(2)
#: What a layer's batteries showed a threat that drew no shot.
SAW_DRY, SAW_HELD, SAW_FULL, SAW_NOTHING = 1, 2, 4, 8

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
TRIED_STATE, FULL_STATE, UNSEEN_STATE, OPEN_STATE = range(4)
