"""Compiled mornings: deliveries land, batteries stand, the depot fills them (C1, S5, W4, W6)."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.fast.columns import (
    AVAILABILITY,
    BEGUN,
    BROKEN,
    COUNTS,
    FATE,
    GONE,
    LOST,
    LOST_WITH_BATTERY,
    MAGAZINE,
    MOVING,
    OPEN_TODAY,
    RANK,
    RATE,
    READY,
    RELOAD,
    REPAIR,
    ROOM_READY,
    ROOM_RELOAD,
    STANDS,
    START,
    WITH_BATTERY,
)
from vallum._kernel.fast.slots import FIT_WORD, REPAIR_WORD, fold, jit, uniform
from vallum._kernel.problem import F64, I64, U64


@jit
def neediest(rounds: I64, magazine: I64, weight: F64, t: int) -> int:
    """Magazine with room and the lowest (stock + in transit + 1) / weight (S5), or -1."""
    best, lowest = -1, np.inf
    for m in range(magazine.shape[0]):
        if magazine[m, OPEN_TODAY] == 0 or weight[m, t] <= 0.0:
            continue
        held = rounds[m, t, READY] + rounds[m, t, RELOAD] + rounds[m, t, MOVING]
        if held >= rounds[m, t, ROOM_READY] + rounds[m, t, ROOM_RELOAD]:
            continue
        level = (held + 1.0) / weight[m, t]
        if level < lowest or (level == lowest and magazine[m, RANK] < magazine[best, RANK]):
            best, lowest = m, level
    return best


@jit
def fill(rounds: I64, magazine: I64, weight: F64, depot: I64, pipe: I64, day: int, transit: int) -> None:
    """Send rounds from the depot one at a time to where they are needed most (S5)."""
    for t in range(depot.shape[0]):
        while depot[t] > 0:
            m = neediest(rounds, magazine, weight, t)
            if m < 0:
                break
            depot[t] -= 1
            if transit == 0:
                rounds[m, t, RELOAD] += 1
            else:
                rounds[m, t, MOVING] += 1
                pipe[m, t, day % transit] += 1


@jit
def ready_up(rounds: I64, magazine: I64, at_once: bool) -> None:
    """Move reload stock to ready, so many rounds a day (W4); a magazine with rounds counts from now on (O)."""
    for m in range(rounds.shape[0]):
        left = -1 if at_once else magazine[m, RATE]
        for t in range(rounds.shape[1]):
            moved = min(rounds[m, t, RELOAD], rounds[m, t, ROOM_READY] - rounds[m, t, READY])
            if left >= 0:
                moved = min(moved, left)
                left -= moved
            rounds[m, t, READY] += moved
            rounds[m, t, RELOAD] -= moved
            if rounds[m, t, READY] + rounds[m, t, RELOAD] > 0:
                magazine[m, COUNTS] = 1


@jit
def land(
    rounds: I64, magazine: I64, depot: I64, pipe: I64, arrivals: I64, by_type: I64, day: int, transit: int
) -> None:
    """Land what arrives in the country and what was sent to a battery `transit` days ago (S5, E11)."""
    for t in range(depot.shape[0]):
        depot[t] += arrivals[day, t]
        if transit == 0:
            continue
        for m in range(rounds.shape[0]):
            landed = pipe[m, t, day % transit]
            pipe[m, t, day % transit] = 0
            rounds[m, t, MOVING] -= landed
            if magazine[m, FATE] == WITH_BATTERY:
                rounds[m, t, RELOAD] += landed
            elif magazine[m, FATE] == LOST_WITH_BATTERY:
                by_type[t, LOST] += landed
            else:
                depot[t] += landed


@jit
def is_fit(battery: I64, chance: F64, night: Any, name: Any, b: int) -> bool:
    """Whether battery b is fit today (W6)."""
    share, repair = chance[b, AVAILABILITY], chance[b, REPAIR]
    if share >= 1.0:
        return True
    u = uniform(fold(fold(night, FIT_WORD), name))
    if repair <= 0.0:
        return bool(u < share)
    if battery[b, BEGUN] == 0:
        battery[b, BROKEN] = 0 if u < share else 1
    elif battery[b, BROKEN] == 1:
        if uniform(fold(fold(night, REPAIR_WORD), name)) * repair < 1.0:
            battery[b, BROKEN] = 0
    elif u * (share * repair) >= share * repair - (1.0 - share):
        battery[b, BROKEN] = 1
    return bool(battery[b, BROKEN] == 0)


@jit
def close_magazines(magazine: I64) -> None:
    """Close all magazines to the depot."""
    for m in range(magazine.shape[0]):
        magazine[m, OPEN_TODAY] = 0


@jit
def stand(battery: I64, chance: F64, magazine: I64, names: U64, night: Any, day: int) -> None:
    """Find which batteries stand today, and which magazines the depot may fill."""
    close_magazines(magazine)
    for b in range(battery.shape[0]):
        battery[b, STANDS] = 0
        if battery[b, START] > day or battery[b, GONE] == 1:
            continue
        if is_fit(battery, chance, night, names[b], b):
            battery[b, STANDS] = 1
            if battery[b, MAGAZINE] >= 0:
                magazine[battery[b, MAGAZINE], OPEN_TODAY] = 1
        battery[b, BEGUN] = 1


@jit
def begin(battery: I64, rounds: I64, magazine: I64, weight: F64, depot: I64, pipe: I64) -> None:
    """Empty the roads, and share the opening stock, in the depot, out over the first day's batteries."""
    for m in range(pipe.shape[0]):
        for t in range(pipe.shape[1]):
            for place in range(pipe.shape[2]):
                pipe[m, t, place] = 0
    close_magazines(magazine)
    for b in range(battery.shape[0]):
        if battery[b, START] <= 0 and battery[b, MAGAZINE] >= 0:
            magazine[battery[b, MAGAZINE], OPEN_TODAY] = 1
    fill(rounds, magazine, weight, depot, pipe, 0, 0)
    ready_up(rounds, magazine, True)
