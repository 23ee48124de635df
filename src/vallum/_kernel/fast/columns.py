"""Columns of the plain arrays of counts: what is used together lies together."""

from __future__ import annotations

#: Location in an asset that is no country.
MIDDLE = 0.5

# place (C, 3, A + B), or (C, 3, A) where no asset is a country: real threats, shots at them, dry real leakers
CAME_HERE, SHOTS_HERE, DRY_HERE = range(3)

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
