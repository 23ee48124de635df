"""Compiled mornings: deliveries land, batteries stand, the depot fills them (C1, S5, W4, W6)."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.fast.columns import FOLLOWING, FREE, GIVEN, HELD_NOW, LAST, LOST, WEIGHT
from vallum._kernel.fast.rows import LOST_WITH_BATTERY, U8, U32, WITH_BATTERY, Rows
from vallum._kernel.fast.slots import FIT_WORD, REPAIR_WORD, fold, jit, leaf, loose, uniform
from vallum._kernel.problem import F64, I64

#: Beyond every level.
BEYOND = 1e300
#: So few rounds are given one by one.
FEW = 6
#: The water level is found well enough in so few passes: what is amiss is put right round by round.
MOST_PASSES = 4


@leaf
def take_in(magazine: Rows, empties: Rows, m: int, rounds: int) -> None:
    """Let rounds come into a magazine: it is not empty, and counts from now on as one that may be (O)."""
    if rounds > 0 and magazine[m].total == 0:
        if magazine[m].counts == 1:
            empties[0].empty -= 1
        else:
            magazine[m].counts = 1
            empties[0].counted += 1
    magazine[m].total += rounds


@leaf
def take_out(magazine: Rows, empties: Rows, m: int, rounds: int) -> None:
    """Let rounds leave a magazine, which may then be empty (O)."""
    magazine[m].total -= rounds
    if rounds > 0 and magazine[m].total == 0:
        empties[0].empty += 1


@jit
def land(
    cell: Rows, magazine: Rows, empties: Rows, depot: I64, country: I64, pipe: I64, arrivals: I64, by_type: I64,
    day: int, transit: int,
) -> None:  # fmt: skip
    """Land what arrives in the country and what was sent to a battery `transit` days ago (S5, E11)."""
    for t in range(depot.shape[0]):
        depot[t] += arrivals[day, t]
        country[t] += arrivals[day, t]
    if transit == 0:
        return
    for j in range(cell.shape[0] - 1):
        landed, m = pipe[j, day % transit], cell[j].magazine
        pipe[j, day % transit] = 0
        cell[j].moving -= landed
        if magazine[m].fate == WITH_BATTERY:
            cell[j].reload += landed
            take_in(magazine, empties, m, landed)
        elif magazine[m].fate == LOST_WITH_BATTERY:
            by_type[cell[j].type, LOST] += landed
        else:
            depot[cell[j].type] += landed


@leaf
def is_fit(battery: Rows, chance: Rows, u: float, night: Any, b: int) -> bool:
    """Whether battery b is fit today, by its draw for the day (W6)."""
    share, repair = chance[b].availability, chance[b].repair
    if share >= 1.0:
        return True
    if repair <= 0.0:
        return bool(u < share)
    if battery[b].begun == 0:
        battery[b].broken = 0 if u < share else 1
    elif battery[b].broken == 1:
        if uniform(fold(fold(night, REPAIR_WORD), battery[b].name)) * repair < 1.0:
            battery[b].broken = 0
    elif u * (share * repair) >= share * repair - (1.0 - share):
        battery[b].broken = 1
    return bool(battery[b].broken == 0)


@jit
def stand(battery: Rows, chance: Rows, options: Rows, luck: F64, stands: U8, night: Any, day: int) -> None:
    """Find which batteries stand today (W5, W6)."""
    if options[0].fallible == 1:
        chain = fold(night, FIT_WORD)
        for b in range(battery.shape[0]):
            luck[b] = uniform(fold(chain, battery[b].name))
    if options[0].steady == 1:
        for b in range(battery.shape[0]):
            stands[b] = 1 if luck[b] < chance[b].availability else 0
            battery[b].begun = 1
        return
    for b in range(battery.shape[0]):
        stands[b] = 0
        if battery[b].start > day or battery[b].gone == 1:
            continue
        stands[b] = 1 if is_fit(battery, chance, luck[b], night, b) else 0
        battery[b].begun = 1


@jit
def open_magazines(battery: Rows, magazine: Rows, stands: U8) -> None:
    """Open the magazines of the batteries that stand to the depot, and close all others (S5)."""
    if magazine.shape[0] == 0:
        return
    for m in range(magazine.shape[0]):
        magazine[m].open = 0
    for b in range(battery.shape[0]):  # no branch: who stands cannot be foreseen
        magazine[battery[b].magazine].open |= stands[b] & battery[b].armed


@jit
def queue_up(waiting: U32, need: F64, cell: Rows, magazine: Rows, first: int, last: int) -> int:
    """List the cells that wait for rounds, in the order in which ties go; return how many."""
    n = 0
    for j in range(first, last):
        here = cell[j]
        held = here.ready + here.reload + here.moving
        waiting[n] = j
        need[WEIGHT, n], need[HELD_NOW, n], need[FREE, n] = here.weight, held, here.room - held
        n += magazine[here.magazine].open & (held < here.room) & (here.weight > 0.0)  # no branch: not foreseen
    return n


@loose
def refine(need: F64, n: int, rounds: float, level: float) -> float:
    """A better water level: that of the cells which the last one found neither above the water nor full."""
    held, total, left, active = 0.0, 0.0, rounds, 0.0
    for j in range(n):
        wanted = level * need[WEIGHT, j] - need[HELD_NOW, j]
        is_active = 1.0 if 0.0 < wanted < need[FREE, j] else 0.0
        active += is_active
        held += is_active * need[HELD_NOW, j]
        total += is_active * need[WEIGHT, j]
        left -= need[FREE, j] if wanted >= need[FREE, j] else 0.0
    return (left + held + 0.5 * active) / total if active > 0.0 else level


@loose
def water_level(need: F64, n: int, rounds: float) -> float:
    """About the level (stock + in transit) / weight to which these rounds lift the waiting cells."""
    held, total = rounds + 0.5 * n, 0.0
    for j in range(n):
        held += need[HELD_NOW, j]
        total += need[WEIGHT, j]
    level = held / total
    for _ in range(MOST_PASSES):
        better = refine(need, n, rounds, level)
        if better == level:
            break
        level = better
    return level


@jit
def give_below(need: F64, n: int, level: float, rounds: float) -> float:
    """Give the rounds below a level, as many as there are at most for each cell; return how many in all."""
    given = 0.0
    for j in range(n):
        wanted = min(level * need[WEIGHT, j] - need[HELD_NOW, j], rounds)
        need[GIVEN, j] = np.floor(max(0.0, min(wanted, need[FREE, j])))
    for j in range(n):
        given += need[GIVEN, j]
        level_now = need[HELD_NOW, j] + need[GIVEN, j]
        need[LAST, j] = level_now / need[WEIGHT, j] if need[GIVEN, j] > 0.0 else -BEYOND
        need[FOLLOWING, j] = (level_now + 1.0) / need[WEIGHT, j] if need[GIVEN, j] < need[FREE, j] else BEYOND
    return given


@leaf
def move(need: F64, j: int, step: float) -> None:
    """Give a cell one round more or less, and note the levels of its last round and of the one that follows."""
    need[GIVEN, j] += step
    level = need[HELD_NOW, j] + need[GIVEN, j]
    need[LAST, j] = level / need[WEIGHT, j] if need[GIVEN, j] > 0.0 else -BEYOND
    need[FOLLOWING, j] = (level + 1.0) / need[WEIGHT, j] if need[GIVEN, j] < need[FREE, j] else BEYOND


@loose
def least(need: F64, row: int, n: int) -> float:
    """The smallest of a row of levels."""
    lowest = BEYOND
    for j in range(n):
        lowest = min(lowest, need[row, j])
    return lowest


@loose
def greatest(need: F64, row: int, n: int) -> float:
    """The greatest of a row of levels."""
    highest = -BEYOND
    for j in range(n):
        highest = max(highest, need[row, j])
    return highest


@jit
def share_out(need: F64, n: int, rounds: float) -> None:
    """Give rounds to the waiting cells as if one at a time, each to the lowest level, ties by rank (S5).

    Round j of a cell is at the level (held + j) / weight, and those at the lowest levels are given. Few rounds
    are given one by one. Of many, those below about the water level are given at once; then rounds go from the
    highest that is given to the lowest that is not.
    """
    few = rounds <= FEW
    level = 0.0 if few else water_level(need, n, rounds)
    left = rounds - give_below(need, n, level, rounds)
    while not few or left > 0.0:
        lowest, following = least(need, FOLLOWING, n), 0
        while following < n - 1 and need[FOLLOWING, following] != lowest:
            following += 1
        if left > 0.0:
            move(need, following, 1.0)
            left -= 1.0
            continue
        highest, last = greatest(need, LAST, n), n - 1
        while last > 0 and need[LAST, last] != highest:
            last -= 1
        if left == 0.0 and (highest < lowest or (highest == lowest and last <= following)):
            return
        move(need, last, -1.0)
        left += 1.0


@jit
def fill(
    cell: Rows, cells_start: U32, magazine: Rows, empties: Rows, depot: I64, pipe: I64, waiting: U32, need: F64,
    day: int, transit: int,
) -> None:  # fmt: skip
    """Send rounds from the depot to where they are needed most (S5)."""
    for t in range(depot.shape[0]):
        if depot[t] == 0:
            continue
        n = queue_up(waiting, need, cell, magazine, cells_start[t], cells_start[t + 1])
        sent = 0.0
        for j in range(n):
            need[GIVEN, j] = need[FREE, j]
            sent += need[FREE, j]
        if depot[t] < sent:
            sent = float(depot[t])
            share_out(need, n, sent)
        depot[t] -= int(sent)
        for j in range(n):
            here, given = cell[waiting[j]], int(need[GIVEN, j])
            if transit == 0:
                here.reload += given
                take_in(magazine, empties, here.magazine, given)
            else:
                here.moving += given
                pipe[waiting[j], day % transit] += given


@jit
def ready_up(cell: Rows, magazine: Rows, slow: int) -> None:
    """Move reload stock to ready: at once, or so many rounds a day of all types, in their order (W4)."""
    if slow == 1:
        for m in range(magazine.shape[0]):
            magazine[m].left = magazine[m].rate
    for j in range(cell.shape[0] - 1):
        here = cell[j]
        if here.reload == 0:
            continue
        moved = min(here.reload, here.room_ready - here.ready)
        if slow == 1 and magazine[here.magazine].rate >= 0:
            moved = min(moved, magazine[here.magazine].left)
            magazine[here.magazine].left -= moved
        here.ready += moved
        here.reload -= moved


@jit
def begin(
    battery: Rows, cell: Rows, cells_start: U32, magazine: Rows, empties: Rows, depot: I64, country: I64, pipe: I64,
    stands: U8, waiting: U32, need: F64,
) -> None:  # fmt: skip
    """Empty the roads, and share the opening stock, in the depot, out over the first day's batteries.

    Their magazines count from now on as ones that may stand empty (O).
    """
    pipe[:] = 0
    empties[0].counted, empties[0].empty = 0, 0
    for t in range(depot.shape[0]):
        country[t] = depot[t]
    for b in range(battery.shape[0]):
        stands[b] = 1 if battery[b].start <= 0 else 0
    open_magazines(battery, magazine, stands)
    fill(cell, cells_start, magazine, empties, depot, pipe, waiting, need, 0, 0)
    ready_up(cell, magazine, 0)
    for m in range(magazine.shape[0]):
        if magazine[m].open == 1 and magazine[m].counts == 0:
            magazine[m].counts = 1
            empties[0].counted += 1
            empties[0].empty += 1
