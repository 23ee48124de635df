"""Compiled engagements: one class of one wave against the layers, threat by threat (E1-E11)."""

from __future__ import annotations

from typing import Any

from vallum._kernel.fast.columns import (
    CAME,
    DAY_DRY,
    DAY_LEAKED,
    DAY_STOPPED,
    DAY_USED,
    DAY_WANTED,
    DRY_HERE,
    FAILED,
    KEY,
    KILLS,
    LEAKED,
    LEAKED_HERE,
    LOCATION,
    LOST,
    OF_PLACE,
    OF_SHOTS,
    OF_THREAT,
    QUEUE,
    SHOT_AT,
    SHOT_STOPPED,
    SHOTS_HERE,
    STOPPED,
    THIN,
    TURN,
    UNMET,
    USED,
)
from vallum._kernel.fast.morning import take_out
from vallum._kernel.fast.rows import (
    BACK_TO_DEPOT,
    I32,
    LOST_WITH_BATTERY,
    NOBODY,
    NOT_ENGAGED,
    SAW_DRY,
    SAW_FULL,
    SAW_HELD,
    SAW_NOTHING,
    SHOT,
    STARVED,
    U8,
    U32,
    Rows,
)
from vallum._kernel.fast.slots import (
    DEFENCE_WORD,
    FAIL_WORD,
    LOSS_WORD,
    RELIABILITY_WORD,
    SOFT_WORD,
    TRACK_WORD,
    fold,
    jit,
    leaf,
    uniform,
)
from vallum._kernel.problem import BY_DEFENCE, BY_LAYER, EVEN, F64, I64, SOFT, U64
from vallum.terms import BLIND, DRY, HELD, MISSED, SATURATED, UNCOVERED


@jit
def open_eyes(
    battery: Rows, chance: Rows, layer: Rows, stands: U8, able: U8, busy: I64, options: Rows, raid: Any, wave: int
) -> None:
    """Draw which batteries see nothing in this wave, and renew the channels (E2, E8)."""
    busy[:] = 0
    for b in range(able.shape[0]):
        able[b] = stands[b]
    if options[0].blindable == 0:
        return
    chain = fold(fold(raid, RELIABILITY_WORD), wave)
    for k in range(layer.shape[0]):
        for b in range(layer[k].first, layer[k].last):
            name = battery[b].name
            if options[0].scope == BY_LAYER:
                name = layer[k].name
            elif options[0].scope == BY_DEFENCE:
                name = DEFENCE_WORD
            reliability = chance[b].reliability
            battery[b].sighted = 1 if reliability >= 1.0 or uniform(fold(chain, name)) < reliability else 0
            if battery[b].sighted == 0:
                able[b] = 0


@leaf
def in_reach(stands: U8, reach: Rows, j: int, location: float) -> bool:
    """Whether the battery in row j of the reach stands and covers the location (W5)."""
    return bool(stands[reach[j].battery] == 1 and reach[j].low <= location < reach[j].high)


@jit
def draw_for_layer(words: U64, spot: F64, track: float, layer_name: Any, n: int) -> None:
    """What a layer draws for each threat of a class, seen or not: no branch, so several at a time."""
    if track < 1.0:
        for i in range(n):
            spot[KEY, i] = uniform(fold(fold(words[OF_THREAT, i], TRACK_WORD), layer_name))
    for i in range(n):
        words[OF_SHOTS, i] = fold(words[OF_PLACE, i], layer_name)


@leaf
def sees(
    threat: Rows, spot: F64, stands: U8, able: U8, reach: Rows, load: Rows, first: int, last: int, track: float, i: int
) -> bool:
    """Whether a battery layer covers and sees threat i, and with which battery first (W5, E8)."""
    row, covered, sighted = threat[i], False, False
    for j in range(first, last):
        if in_reach(stands, reach, j, spot[LOCATION, i]):
            if not covered:
                row.primary = load[reach[j].first].type
            covered = True
            if able[reach[j].battery] == 1:
                sighted = True
                row.row = j
                break
    if not covered:
        return False
    if not sighted or (track < 1.0 and spot[KEY, i] >= track):
        row.saw |= SAW_NOTHING
        return False
    row.engaged, row.gun = NOT_ENGAGED, NOBODY
    return True


@leaf
def take_round(
    threat: Rows, spot: F64, battery: Rows, able: U8, busy: I64, cell: Rows, magazine: Rows, empties: Rows,
    reach: Rows, load: Rows, last: int, i: int,
) -> int:  # fmt: skip
    """Take one round for threat i from the layer's batteries in order; return its type (E2, E5).

    A battery takes a channel when it first fires at the threat, in whichever look; a dry or holding one takes
    none. Returns -1 where rounds were wanting (none, or held back), -2 where only channels were.
    """
    saw, row, location = 0, threat[i], spot[LOCATION, i]
    for j in range(row.row, last):
        b = reach[j].battery
        if not in_reach(able, reach, j, location):
            continue
        new = row.gun != b
        if new and busy[b] >= battery[b].channels:
            saw |= SAW_FULL
            continue
        lacks = SAW_DRY
        for place in range(reach[j].first, reach[j].last):
            here = cell[load[place].cell]
            if here.ready > load[place].reserve:
                if new:
                    busy[b] += 1
                    row.gun = b
                here.ready -= 1
                take_out(magazine, empties, here.magazine, 1)
                return int(load[place].type)
            if here.ready > 0:
                lacks = SAW_HELD
        saw |= lacks
    row.saw |= saw
    if saw & (SAW_DRY | SAW_HELD):
        row.short = 1
        if row.engaged == NOT_ENGAGED:
            row.engaged = STARVED
        return -1
    return -2


@leaf
def fire(threat: Rows, words: U64, kill: F64, by_type: I64, today: I64, c: int, i: int, t: int, slot: int) -> None:
    """Fire one shot of type t at threat i (E3)."""
    threat[i].engaged = SHOT
    threat[i].fired += 1
    by_type[t, USED] += 1
    today[t, DAY_USED] += 1
    if uniform(fold(words[OF_SHOTS, i], slot)) < kill[t, c]:
        by_type[t, KILLS] += 1 - threat[i].hit
        threat[i].hit = 1


@leaf
def shoot(
    threat: Rows, words: U64, spot: F64, battery: Rows, able: U8, busy: I64, cell: Rows, magazine: Rows,
    empties: Rows, reach: Rows, load: Rows, kill: F64, by_type: I64, today: I64, c: int, i: int, last: int, slot: int,
) -> None:  # fmt: skip
    """One shot at threat i, if there is a round for it (E3, E5)."""
    t = take_round(threat, spot, battery, able, busy, cell, magazine, empties, reach, load, last, i)
    if t >= 0:
        fire(threat, words, kill, by_type, today, c, i, t, slot)
    elif t == -1:
        by_type[threat[i].primary, UNMET] += 1


@jit
def first_look(
    threat: Rows, words: U64, spot: F64, order: U32, battery: Rows, stands: U8, able: U8, busy: I64, cell: Rows,
    magazine: Rows, empties: Rows, reach_start: U32, reach: Rows, load: Rows, kill: F64, by_type: I64, today: I64,
    track: float, spread: int, shots: int, k: int, c: int, n: int,
) -> int:  # fmt: skip
    """The first look of a layer: queue who is seen, and fire unless shots are spread; return how many (E4, E8)."""
    queued = 0
    for turn in range(n):
        i = order[TURN, turn]
        if threat[i].alive == 0:
            continue
        first, last = reach_start[c, threat[i].asset, k], reach_start[c, threat[i].asset, k + 1]
        if not sees(threat, spot, stands, able, reach, load, first, last, track, i):
            continue
        today[threat[i].primary, DAY_WANTED] += shots
        order[QUEUE, queued] = i
        queued += 1
        if spread == EVEN:
            continue
        for shot in range(shots):
            shoot(
                threat, words, spot, battery, able, busy, cell, magazine, empties, reach, load, kill, by_type, today,
                c, i, last, shot,
            )  # fmt: skip
        if threat[i].hit == 1:
            threat[i].alive = 0
    return queued


@jit
def want_again(threat: Rows, order: U32, by_type: I64, today: I64, shots: int, queued: int) -> None:
    """Count the rounds that the doctrine asks for in a later look (E4, O).

    A threat that found no round for its first shot wants those of the later looks too, and has none.
    """
    for turn in range(queued):
        row = threat[order[QUEUE, turn]]
        if row.alive == 0 or row.engaged == NOT_ENGAGED:
            continue
        today[row.primary, DAY_WANTED] += shots
        if row.engaged == STARVED:
            by_type[row.primary, UNMET] += shots


@jit
def salvo(
    threat: Rows, words: U64, spot: F64, order: U32, battery: Rows, able: U8, busy: I64, cell: Rows, magazine: Rows,
    empties: Rows, reach_start: U32, reach: Rows, load: Rows, kill: F64, by_type: I64, today: I64, spread: int,
    shots: int, k: int, c: int, queued: int, look: int,
) -> None:  # fmt: skip
    """One look of one layer at all the threats in the queue that it may fire at (E4, E5).

    A later look fires only at survivors of an earlier look of the same layer.
    """
    passes, each = (shots, 1) if spread == EVEN else (1, shots)
    for turn in range(passes):
        for place in range(queued):
            i = order[QUEUE, place]
            if look > 0 and (threat[i].alive == 0 or threat[i].engaged != SHOT):
                continue
            last = reach_start[c, threat[i].asset, k + 1]
            for shot in range(each):
                shoot(
                    threat, words, spot, battery, able, busy, cell, magazine, empties, reach, load, kill, by_type,
                    today, c, i, last, look * 256 + turn + shot,
                )  # fmt: skip
    for place in range(queued):
        row = threat[order[QUEUE, place]]
        if row.hit == 1:
            row.alive = 0


@jit
def battery_layer(
    threat: Rows, words: U64, spot: F64, order: U32, battery: Rows, stands: U8, able: U8, busy: I64, cell: Rows,
    magazine: Rows, empties: Rows, reach_start: U32, reach: Rows, load: Rows, kill: F64, by_type: I64, today: I64,
    layer_name: Any, track: float, spread: int, salvos: I64, k: int, c: int, n: int,
) -> None:  # fmt: skip
    """One layer of batteries against the threats of a class, look by look (E1b, E4)."""
    draw_for_layer(words, spot, track, layer_name, n)
    queued = first_look(
        threat, words, spot, order, battery, stands, able, busy, cell, magazine, empties, reach_start, reach, load,
        kill, by_type, today, track, spread, salvos[k, c, 0], k, c, n,
    )  # fmt: skip
    for look in range(salvos.shape[2]):
        shots = salvos[k, c, look]
        if shots == 0:
            break
        if look == 0 and spread != EVEN:
            continue
        if look > 0:
            want_again(threat, order, by_type, today, shots, queued)
        salvo(
            threat, words, spot, order, battery, able, busy, cell, magazine, empties, reach_start, reach, load, kill,
            by_type, today, spread, shots, k, c, queued, look,
        )  # fmt: skip


@jit
def layer_room(battery: Rows, stands: U8, layer: Rows, k: int) -> Any:
    """Capacity tonight of a soft or team layer, whether it stands, whether it sees."""
    room, standing, sighted = 0, 0, 0
    for b in range(layer[k].first, layer[k].last):
        if stands[b] == 1:
            standing = 1
            if battery[b].sighted == 1:
                sighted = 1
                room += battery[b].teams
    return room, standing, sighted


@jit
def soft_layer(
    threat: Rows, words: U64, order: U32, battery: Rows, stands: U8, layer: Rows, success: float, track: float, k: int,
    n: int,
) -> None:  # fmt: skip
    """A soft or team layer against threats followed one by one (E9)."""
    room, standing, sighted = layer_room(battery, stands, layer, k)
    if standing == 0 or success <= 0.0:
        return
    name = layer[k].name
    for turn in range(n):
        i = order[TURN, turn]
        row, word = threat[i], words[OF_THREAT, i]
        if row.alive == 0:
            continue
        if sighted == 0 or (track < 1.0 and uniform(fold(fold(word, TRACK_WORD), name)) >= track):
            row.saw |= SAW_NOTHING
        elif layer[k].kind != SOFT and layer[k].treated >= room:
            row.saw |= SAW_FULL
        else:
            layer[k].treated += 1
            row.treated = 1
            if uniform(fold(fold(word, SOFT_WORD), name)) < success:
                row.alive = 0


@jit
def reason(threat: Rows, i: int) -> int:
    """Why a threat leaked: the first reason that applies (E10); treated in vain counts after wants."""
    saw = threat[i].saw
    if threat[i].fired > 0:
        return MISSED
    if saw & SAW_DRY:
        return DRY
    if saw & SAW_HELD:
        return HELD
    if saw & SAW_FULL:
        return SATURATED
    if threat[i].treated == 1:
        return MISSED
    return BLIND if saw & SAW_NOTHING else UNCOVERED


@jit
def first_cover(stands: U8, reach_start: U32, reach: Rows, c: int, asset: int, location: float) -> int:
    """The first standing battery with a magazine that covers the threat there, or -1."""
    for j in range(reach_start[c, asset, 0], reach_start[c, asset, reach_start.shape[2] - 1]):
        if in_reach(stands, reach, j, location):
            return int(reach[j].battery)
    return -1


@jit
def drop_rounds(battery: Rows, cell: Rows, magazine: Rows, empties: Rows, depot: I64, by_type: I64, b: int) -> None:
    """Lose a battery's rounds or take them back, unless others share the magazine (E11)."""
    m, to_depot = battery[b].magazine, battery[b].to_depot == 1
    for other in range(battery.shape[0]):
        row = battery[other]
        if other != b and row.armed == 1 and row.magazine == m and row.gone == 0:
            return
    magazine[m].fate = BACK_TO_DEPOT if to_depot else LOST_WITH_BATTERY
    take_out(magazine, empties, m, magazine[m].total)
    for j in range(cell.shape[0] - 1):
        here = cell[j]
        if here.magazine != m:
            continue
        if to_depot:
            depot[here.type] += here.ready + here.reload
        else:
            by_type[here.type, LOST] += here.ready + here.reload
        here.ready, here.reload = 0, 0


@jit
def strike(
    battery: Rows, stands: U8, able: U8, chance: Rows, cell: Rows, magazine: Rows, empties: Rows, depot: I64,
    by_type: I64, word: Any, b: int,
) -> None:  # fmt: skip
    """A leaker may put the battery that covers its asset out of action (E11)."""
    if b >= 0 and chance[b].loss > 0.0 and uniform(fold(word, LOSS_WORD)) < chance[b].loss:
        battery[b].gone, stands[b], able[b] = 1, 0, 0
        drop_rounds(battery, cell, magazine, empties, depot, by_type, b)


@jit
def settle_leaker(
    threat: Rows, tally: I64, today: I64, tonight: I32, place: I32, asset_leaked: I64, c: int, i: int
) -> None:
    """Count a leaker with its reason (E10)."""
    why, row = reason(threat, i), threat[i]
    dry = 1 if why == DRY else 0
    tally[c, LEAKED + 2 * why + row.decoy] += 1
    today[c, DAY_LEAKED] += 1
    if row.fired > 0 and row.short == 1:
        tally[c, THIN] += 1
    today[c, DAY_DRY] += dry
    tonight[c, row.asset, DRY_HERE] += dry
    if row.decoy == 0:
        tonight[c, row.asset, LEAKED_HERE] += 1
        asset_leaked[row.asset, c, why] += 1
        place[c, row.site, DRY_HERE] += dry


@jit
def locate(threat: Rows, spot: F64, stands: U8, reach_start: U32, reach: Rows, asset: Rows, c: int, n: int) -> None:
    """Find where threats in countries fell, before a leaker can put a battery out (O)."""
    for i in range(n):
        site = threat[i].asset
        if asset[site].country == 1:
            guard = first_cover(stands, reach_start, reach, c, site, spot[LOCATION, i])
            if guard >= 0:
                threat[i].site = asset.shape[0] + guard


@jit
def has_round(cell: Rows, load: Rows, first: int, last: int) -> bool:
    """Whether a round on this load list is ready, held back or not."""
    ready = 0
    for place in range(first, last):
        ready += cell[load[place].cell].ready
    return bool(ready > 0)


@jit
def note_found_dry(
    threat: Rows, words: U64, spot: F64, able: U8, cell: Rows, reach_start: U32, reach: Rows, load: Rows, fail: float,
    found_dry: I64, day: int, c: int, n: int,
) -> None:  # fmt: skip
    """Keep which batteries had no round for the dry leakers in their reach (Q4).

    Before the first leaker can put a battery out, and after the last shot: rounds that were wanting are not back.
    """
    for i in range(n):
        if threat[i].alive == 0 or reason(threat, i) != DRY:
            continue
        if fail > 0.0 and uniform(fold(words[OF_THREAT, i], FAIL_WORD)) < fail:
            continue
        asset = threat[i].asset
        for j in range(reach_start[c, asset, 0], reach_start[c, asset, reach_start.shape[2] - 1]):
            if in_reach(able, reach, j, spot[LOCATION, i]) and not has_round(cell, load, reach[j].first, reach[j].last):
                found_dry[day, reach[j].battery, c] += 1


@jit
def settle(
    threat: Rows, words: U64, spot: F64, battery: Rows, stands: U8, able: U8, chance: Rows, cell: Rows,
    magazine: Rows, empties: Rows, reach_start: U32, reach: Rows, depot: I64, fail: float, losses: int, tally: I64,
    by_type: I64, today: I64, tonight: I32, place: I32, asset_leaked: I64, c: int, n: int,
) -> None:  # fmt: skip
    """Count what was stopped, what failed and what leaked, and why (E10)."""
    shot_at, shot_stopped, stopped, decoys_stopped = 0, 0, 0, 0
    for i in range(n):
        row = threat[i]
        shot_at += row.fired > 0
        gone = 1 - row.alive
        stopped += gone
        decoys_stopped += gone & row.decoy
        shot_stopped += gone & row.hit
        if row.decoy == 0:
            place[c, row.site, CAME] += 1
            place[c, row.site, SHOTS_HERE] += row.fired
        if gone == 1:
            continue
        if fail > 0.0 and uniform(fold(words[OF_THREAT, i], FAIL_WORD)) < fail:
            tally[c, FAILED + row.decoy] += 1
        else:
            settle_leaker(threat, tally, today, tonight, place, asset_leaked, c, i)
            if losses == 1 and row.decoy == 0:
                guard = first_cover(stands, reach_start, reach, c, row.asset, spot[LOCATION, i])
                strike(
                    battery, stands, able, chance, cell, magazine, empties, depot, by_type, words[OF_THREAT, i], guard
                )
    tally[c, SHOT_AT] += shot_at
    tally[c, SHOT_STOPPED] += shot_stopped
    tally[c, STOPPED] += stopped - decoys_stopped
    tally[c, STOPPED + 1] += decoys_stopped
    today[c, DAY_STOPPED] += stopped
