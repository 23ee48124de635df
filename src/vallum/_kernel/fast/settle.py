"""Compiled settlement: who failed by itself, who leaked and why, and what a leaker strikes (E10, E11, W2, O)."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.fast.columns import (
    CAME_HERE,
    DAY_DRY,
    DAY_LEAKED,
    DRY_HERE,
    FAILED,
    LEAKED,
    LOST,
    SHOT_AT,
    SHOTS_HERE,
    THIN,
)
from vallum._kernel.fast.engage import first_of, rounds_of
from vallum._kernel.fast.rows import (
    BACK_TO_DEPOT,
    DECOY,
    FRESH,
    GONE,
    LOST_WITH_BATTERY,
    NOBODY,
    ONE_SHOT,
    SAW_DRY,
    SAW_FULL,
    SAW_HELD,
    SAW_NOTHING,
    SHORT,
    TREATED,
    WHY,
    Desk,
    Given,
    Sheet,
)
from vallum._kernel.fast.slots import (
    FAIL_WORD,
    LOSS_WORD,
    fold,
    jit,
    leaf,
    mark_of,
)
from vallum.terms import BLIND, DRY, HELD, MISSED, SATURATED, UNCOVERED

#: Why a threat leaked that drew no shot, by the bits of WHY: the first that applies (E10); treated in vain counts
#: after wants.
REASON = np.array(
    [
        DRY if bits & SAW_DRY
        else HELD if bits & SAW_HELD
        else SATURATED if bits & SAW_FULL
        else MISSED if bits & TREATED
        else BLIND if bits & SAW_NOTHING
        else UNCOVERED
        for bits in range(int(WHY) + 1)
    ],
    np.int64,
)  # fmt: skip


@leaf
def reason(d: Desk, i: int) -> int:
    """Why a threat leaked: the first reason that applies (E10)."""
    return MISSED if d.state[i] >= ONE_SHOT else REASON[d.state[i] & WHY]


@leaf
def first_cover(g: Given, d: Desk, i: int) -> Any:
    """The first standing battery with a magazine that reaches threat i, or NOBODY."""
    for k in range(g.layer.shape[0]):
        b = first_of(g, d, k, i)
        if b != NOBODY:
            return b
    return NOBODY


@leaf
def drop_rounds(g: Given, d: Desk, s: Sheet, lost: Any) -> None:
    """Lose a battery's rounds or take them back, unless others share the magazine (E11)."""
    m, to_depot = d.battery[lost].magazine, d.battery[lost].to_depot == 1
    for other in range(d.battery.shape[0]):
        row = d.battery[other]
        if other != lost and row.armed == 1 and row.magazine == m and row.gone == 0:
            return
    d.fate[m] = BACK_TO_DEPOT if to_depot else LOST_WITH_BATTERY
    for j in range(g.cell_type.shape[0]):
        if g.cell_magazine[j] != m:
            continue
        if to_depot:
            d.depot[g.cell_type[j]] += d.ready[j] + d.reload[j]
        else:
            s.by_type[g.cell_type[j], LOST] += d.ready[j] + d.reload[j]
        d.ready[j], d.reload[j] = 0, 0


@leaf
def strike(g: Given, d: Desk, s: Sheet, i: int) -> None:
    """A leaker may put the first standing battery that covers it out of action (E11)."""
    b = first_cover(g, d, i)
    if b == NOBODY or mark_of(fold(d.word[i], LOSS_WORD)) >= d.battery[b].loss_mark:
        return
    own = d.battery[b]
    own.gone, d.stands[b] = 1, 0
    d.stand_bits[own.word] &= ~own.bit
    d.able_bits[own.word] &= ~own.bit
    drop_rounds(g, d, s, b)


@leaf
def fails(g: Given, d: Desk, c: int, i: int) -> bool:
    """Whether threat i, which nobody stopped, fails by itself behind the defence (W2)."""
    return bool(mark_of(fold(d.word[i], FAIL_WORD)) < g.threat_class[c].fail_behind_mark)


@jit
def note_found_dry(g: Given, d: Desk, s: Sheet, c: int, left: int, day: int) -> None:
    """Keep which batteries had no round for the dry leakers in their reach (Q4).

    Before the first leaker can put a battery out, and after the last shot: rounds that were wanting are not back.
    """
    for turn in range(left):
        i = d.turn[turn]
        if reason(d, i) != DRY or fails(g, d, c, i):
            continue
        for b in range(d.battery.shape[0]):
            own = d.battery[b]
            if d.reach_bits[d.row[i] + own.word] & d.able_bits[own.word] & own.bit == np.uint64(0):
                continue
            s.found_dry[day, b, c] += rounds_of(g, d, c, b) == 0


@leaf
def may_be_massed(g: Given, d: Desk, c: int) -> bool:
    """Whether so many real threats may have come to one place tonight that they count as massed (O).

    To a battery's site they come from all countries that it reaches into.
    """
    if g.options[0].countries == 1:
        return bool(d.raided[c] >= g.options[0].massed)
    found = False
    for a in range(d.came.shape[1]):
        found |= d.came[c, a] >= g.options[0].massed
    return found


@jit
def count_places(g: Given, d: Desk, c: int, n: int) -> None:
    """Count real threats, shots at them and dry leakers by place, before a leaker can put a battery out (O).

    In a country the place is the site of the first battery that covers.
    """
    d.placed[c] = 1
    for i in range(n):
        state, place = d.state[i], d.asset[i]
        if state & DECOY != FRESH:
            continue
        if g.country[place] == 1:
            guard = first_cover(g, d, i)
            if guard != NOBODY:
                place = np.uint32(g.country.shape[0]) + guard
        d.place[c, CAME_HERE, place] += 1
        d.place[c, SHOTS_HERE, place] += state // ONE_SHOT
        if state & GONE == FRESH and reason(d, i) == DRY and not fails(g, d, c, i):
            d.place[c, DRY_HERE, place] += 1


@leaf
def drop_failed(g: Given, d: Desk, s: Sheet, c: int, left: int) -> int:
    """Count those that fail by themselves, and take them out of the line; return how many are left (W2)."""
    if g.threat_class[c].fail_behind_mark == np.uint64(0):
        return left
    kept = 0
    for turn in range(left):
        i = d.turn[turn]
        if fails(g, d, c, i):
            s.by_class[c, FAILED + (d.state[i] & DECOY != FRESH)] += 1
            continue
        d.turn[kept] = i
        kept += 1
    return kept


@jit
def settle(g: Given, d: Desk, s: Sheet, c: int, n: int, left: int, day: int, again: bool) -> None:
    """Count what failed and what leaked, and why (E10); places only where they may matter tonight."""
    dry, shot_at, thin, decoys = 0, 0, 0, 0
    for turn in range(left):
        shot_at += d.state[d.turn[turn]] >= ONE_SHOT
    leakers = drop_failed(g, d, s, c, left)
    for turn in range(leakers):
        i = d.turn[turn]
        state, a, why = d.state[i], d.asset[i], reason(d, i)
        is_decoy = 1 if state & DECOY != FRESH else 0
        decoys += is_decoy
        thin += (state >= ONE_SHOT) & (state & SHORT != FRESH)
        s.by_class[c, LEAKED + 2 * why + is_decoy] += 1
        d.leaked[c, a] += 1 - is_decoy
        s.asset_leaked[a, c, why] += 1 - is_decoy
        if why == DRY:
            dry += 1
            s.asset_first_dry[a, c] = min(s.asset_first_dry[a, c], day)
    s.by_class[c, SHOT_AT] += shot_at
    s.by_class[c, THIN] += thin
    d.harm[c] += leakers - decoys
    s.day_class[day, c, DAY_LEAKED] += leakers
    s.day_class[day, c, DAY_DRY] += dry
    if again or (dry > 0 and may_be_massed(g, d, c)):
        count_places(g, d, c, n)
    if g.options[0].losses == 1:
        strike_all(g, d, s, n, leakers)


@jit
def strike_all(g: Given, d: Desk, s: Sheet, n: int, leakers: int) -> None:
    """Let each real leaker strike, in the order in which they came (E11)."""
    for i in range(n):
        d.flag[i] = 0
    for turn in range(leakers):
        d.flag[d.turn[turn]] = d.state[d.turn[turn]] & DECOY == FRESH
    for i in range(n):
        if d.flag[i] == 1:
            strike(g, d, s, i)
