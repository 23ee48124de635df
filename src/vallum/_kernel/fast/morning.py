"""Compiled mornings: deliveries land, batteries stand, the depot fills them (C1, S5, W4, W6).

Loops over batteries and over cells are short, and in those of every day who stands or waits is no branch, for it could
not be foreseen: so the processor takes several at a time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.fast.columns import LOST
from vallum._kernel.fast.rows import BITS, LOST_WITH_BATTERY, WITH_BATTERY, Desk, Given, Sheet
from vallum._kernel.fast.slots import (
    FIT_WORD,
    REPAIR_WORD,
    filled_up,
    fold,
    jit,
    leaf,
    loose,
    mark_of,
    uniform,
    uniform_at,
)
from vallum._kernel.problem import F64, I64

#: Above every level, and below every one that a round can have: not its negative, for levels are told by their bits.
BEYOND, NOTHING = 1e300, 0.0
#: So few rounds are given one by one.
FEW = 8
#: The water level is found well enough in so few passes: what is amiss is put right round by round.
MOST_PASSES = 4


@jit
def land(g: Given, d: Desk, s: Sheet, day: int) -> None:
    """Land what arrives in the country and what was sent to a battery `transit` days ago (S5, E11)."""
    for t in range(d.depot.shape[0]):
        d.depot[t] += g.arrivals[day, t]
        d.imported[t] += g.arrivals[day, t]
    transit = g.options[0].transit
    if transit == 0:
        return
    for j in range(g.cell_type.shape[0]):
        landed, m = d.pipe[j, day % transit], g.cell_magazine[j]
        d.pipe[j, day % transit] = 0
        d.moving[j] -= landed
        if d.fate[m] == WITH_BATTERY:
            d.reload[j] += landed
            d.had[j] |= landed > 0
        elif d.fate[m] == LOST_WITH_BATTERY:
            s.by_type[g.cell_type[j], LOST] += landed
        else:
            d.depot[g.cell_type[j]] += landed


@leaf
def is_fit(g: Given, d: Desk, night: Any, b: int) -> bool:
    """Whether battery b is fit today, by its draw for the day (W6)."""
    own = d.battery[b]
    share, repair = own.availability, own.repair
    if share >= 1.0:
        return True
    if repair <= 0.0:
        return bool(d.luck[b] < g.fit_mark[b])
    if own.begun == 0:
        own.broken = 0 if d.luck[b] < g.fit_mark[b] else 1
    elif own.broken == 1:
        if uniform(fold(fold(night, REPAIR_WORD), own.name)) * repair < 1.0:
            own.broken = 0
    elif uniform_at(d.luck[b]) * (share * repair) >= share * repair - (1.0 - share):
        own.broken = 1
    return bool(own.broken == 0)


@jit
def stand(g: Given, d: Desk, night: Any, day: int) -> None:
    """Find which batteries stand today (W5, W6)."""
    if g.options[0].fallible == 1:
        chain = fold(night, FIT_WORD)
        for b in range(d.luck.shape[0]):
            d.luck[b] = mark_of(fold(chain, g.battery_name[b]))
    if g.options[0].steady == 1:
        for b in range(d.stands.shape[0]):
            d.stands[b] = d.luck[b] < g.fit_mark[b]
    else:
        for b in range(d.battery.shape[0]):
            own, d.stands[b] = d.battery[b], 0
            if own.start <= day and own.gone == 0:
                d.stands[b] = 1 if is_fit(g, d, night, b) else 0
                own.begun = 1
    for k in range(g.layer.shape[0]):
        b, last = g.layer[k].first, g.layer[k].last
        for w in range(g.layer[k].first_word, g.layer[k].last_word):
            bits = np.uint64(0)
            for place in range(min(BITS, last - b)):
                bits |= np.uint64(d.stands[b]) << np.uint64(place)
                b += np.uint32(1)
            d.stand_bits[w] = bits


@jit
def open_magazines(g: Given, d: Desk) -> None:
    """Open the magazines of the batteries that stand to the depot, and close all others (S5)."""
    if d.open.shape[0] == 0:
        return
    for m in range(d.open.shape[0]):
        d.open[m] = 0
    for b in range(d.battery.shape[0]):
        d.open[g.battery_magazine[b]] |= d.stands[b] & g.battery_armed[b]


@loose
def find_room(g: Given, d: Desk, first: int, end: int) -> float:
    """What each cell holds and has room for; return the room of all. Whole numbers: their sum has no order."""
    room = 0.0
    for j in range(first, end):
        held = float(d.ready[j] + d.reload[j] + d.moving[j])
        free = max(0.0, g.room[j] * d.open[g.cell_magazine[j]] - held)
        d.held[j], d.free[j] = held, free
        room += free
    return room


@loose
def water_level(held: F64, free: F64, weight: F64, first: int, end: int, rounds: float) -> float:
    """About the level (stock + in transit) / weight to which these rounds lift the cells that have room."""
    held_by, total = rounds, 0.0
    for j in range(first, end):
        waits = 1.0 if free[j] > 0.0 else 0.0
        held_by += waits * (held[j] + 0.5)
        total += waits * weight[j]
    level = held_by / total
    for _ in range(MOST_PASSES):
        held_by, total, left, active = 0.0, 0.0, rounds, 0.0
        for j in range(first, end):
            wanted = level * weight[j] - held[j]
            is_active = 1.0 if 0.0 < wanted < free[j] else 0.0
            active += is_active
            held_by += is_active * held[j]
            total += is_active * weight[j]
            left -= free[j] if wanted >= free[j] else 0.0
        better = (left + held_by + 0.5 * active) / total if active > 0.0 else level
        if better == level:
            break
        level = better
    return level


@leaf
def lowest_of(level: I64, first: int, end: int) -> Any:
    """The smallest level, by its bits."""
    lowest = level[first]
    for j in range(first, end):
        lowest = min(lowest, level[j])
    return lowest


@leaf
def highest_of(level: I64, first: int, end: int) -> Any:
    """The greatest level, by its bits."""
    highest = level[first]
    for j in range(first, end):
        highest = max(highest, level[j])
    return highest


@leaf
def first_lowest(level: F64, first: int, end: int) -> Any:
    """The first place of the smallest level, one by one: for few places this is shorter."""
    lowest, found = level[first], first
    for j in range(first, end):
        is_less = level[j] < lowest
        lowest = level[j] if is_less else lowest
        found = j if is_less else found
    return found


@leaf
def first_at(level: I64, first: int, end: int, sought: Any) -> Any:
    """The first place at a level."""
    found = end
    for j in range(first, end):
        found = min(found, j if level[j] == sought else end)
    return found


@leaf
def last_at(level: I64, first: int, end: int, sought: Any) -> Any:
    """The last place at a level."""
    found = first
    for j in range(first, end):
        found = max(found, j if level[j] == sought else first)
    return found


@leaf
def level_of_last(g: Given, d: Desk, j: int) -> float:
    """The level of the last round that a cell was given."""
    level = (d.held[j] + d.given[j]) / g.weight[j]
    return level if d.given[j] > 0.0 else NOTHING


@leaf
def level_of_following(g: Given, d: Desk, j: int) -> float:
    """The level of the round that a cell would be given next."""
    level = (d.held[j] + d.given[j] + 1.0) / g.weight[j]
    return level if d.given[j] < d.free[j] else BEYOND


@leaf
def move(g: Given, d: Desk, j: int, step: float) -> None:
    """Give a cell one round more or less, and note the levels."""
    d.given[j] += step
    d.last[j] = level_of_last(g, d, j)
    d.following[j] = level_of_following(g, d, j)


@leaf
def give_few(g: Given, d: Desk, first: int, end: int, last: int, rounds: int) -> None:
    """Give rounds one at a time, each to the lowest level, ties by rank (S5)."""
    for j in range(first, end):
        d.given[j] = 0.0
        d.following[j] = level_of_following(g, d, j)
    for _ in range(rounds):
        j = first_lowest(d.following, first, last)
        d.given[j] += 1.0
        d.following[j] = level_of_following(g, d, j)


@leaf
def give_below(g: Given, d: Desk, first: int, end: int, level: float, rounds: float) -> float:
    """Give the rounds below a level, as many as there are at most for each cell; return how many in all."""
    given = 0.0
    for j in range(first, end):
        wanted = min(level * g.weight[j] - d.held[j], rounds, d.free[j])
        d.given[j] = np.floor(max(0.0, wanted))
        d.last[j] = level_of_last(g, d, j)
        d.following[j] = level_of_following(g, d, j)
    for j in range(first, end):
        given += d.given[j]
    return given


@jit
def give_many(g: Given, d: Desk, first: int, end: int, rounds: float) -> None:
    """Give many rounds as if one at a time, each to the lowest level, ties by rank (S5).

    Round j of a cell is at the level (held + j) / weight, and those at the lowest levels are given. Those below
    about the water level are given at once; then rounds go from the highest that is given to the lowest that is not.
    """
    level = water_level(d.held, d.free, g.weight, first, end, rounds)
    left = rounds - give_below(g, d, first, end, level, rounds)
    while True:
        lowest, highest = lowest_of(d.following_bits, first, end), highest_of(d.last_bits, first, end)
        if left == 0.0 and highest < lowest:
            return
        following = first_at(d.following_bits, first, end, lowest)
        if left > 0.0:
            move(g, d, following, 1.0)
            left -= 1.0
            continue
        last = last_at(d.last_bits, first, end, highest)
        if left == 0.0 and highest == lowest and last <= following:
            return
        move(g, d, last, -1.0)
        left += 1.0


@jit
def fill(g: Given, d: Desk, day: int, transit: int) -> None:
    """Send rounds from the depot to where they are needed most (S5)."""
    for t in range(d.depot.shape[0]):
        if d.depot[t] == 0:
            continue
        first = np.int64(g.cells_start[t])  # whole steps follow, by packing: so the compiler is told
        end = first + filled_up(np.int64(g.cells_start[t + 1]) - first)
        sent = find_room(g, d, first, end)
        if sent == 0.0:
            continue
        if d.depot[t] >= sent:
            for j in range(first, end):
                d.given[j] = d.free[j]
        else:
            sent = float(d.depot[t])
            if d.depot[t] <= FEW:
                give_few(g, d, first, end, first + g.rooms[t], d.depot[t])
            else:
                give_many(g, d, first, end, sent)
        d.depot[t] -= int(sent)
        if transit == 0:
            for j in range(first, end):
                d.reload[j] += int(d.given[j])
                d.had[j] |= d.given[j] > 0.0
        else:
            for j in range(first, end):
                d.moving[j] += int(d.given[j])
                d.pipe[j, day % transit] += int(d.given[j])


@jit
def ready_up(g: Given, d: Desk, slow: int) -> None:
    """Move reload stock to ready: at once, or so many rounds a day of all types, in their order (W4)."""
    if slow == 0:
        for j in range(g.room_ready.shape[0]):
            moved = min(d.reload[j], g.room_ready[j] - d.ready[j])
            d.ready[j] += moved
            d.reload[j] -= moved
        return
    for m in range(d.left.shape[0]):
        d.left[m] = g.reload_rate[m]
    for j in range(g.room_ready.shape[0]):
        m, moved = g.cell_magazine[j], min(d.reload[j], g.room_ready[j] - d.ready[j])
        if g.reload_rate[m] >= 0:
            moved = min(moved, d.left[m])
            d.left[m] -= moved
        d.ready[j] += moved
        d.reload[j] -= moved


@jit
def begin(g: Given, d: Desk) -> None:
    """Share the opening stock, in the depot, out over the first day's batteries.

    Their magazines count from now on as ones that may stand empty (O).
    """
    for b in range(d.battery.shape[0]):
        d.stands[b] = d.battery[b].start <= 0
        d.battery[b].begun = g.options[0].steady
    open_magazines(g, d)
    fill(g, d, np.int64(0), np.int64(0))  # of the kinds that a day has: else all of it would be compiled twice
    ready_up(g, d, np.uint8(0))
    for m in range(d.open.shape[0]):
        d.counts[m] = d.open[m]
