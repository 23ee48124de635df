"""Compiled engagements: one class of one wave against the layers, threat by threat (E1-E11)."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.fast.columns import (
    ALIVE,
    ASSET,
    BACK_TO_DEPOT,
    BUSY,
    CHANNELS,
    COUNTRY,
    DAY_DRY,
    DAY_LEAKED,
    DAY_STOPPED,
    DAY_USED,
    DAY_WANTED,
    DECOY,
    DRY_HERE,
    ENGAGED,
    FAILED,
    FATE,
    FIRED,
    FIRST,
    GONE,
    GUN,
    HIT,
    KILLS,
    KIND,
    LAST,
    LEAKED,
    LEAKED_HERE,
    LOCATION,
    LOSS,
    LOST,
    LOST_WITH_BATTERY,
    MAGAZINE,
    NOT_ENGAGED,
    OF_SHOTS,
    OF_THREAT,
    PRIMARY,
    READY,
    RELIABILITY,
    RELOAD,
    RESERVE,
    SAW,
    SAW_DRY,
    SAW_FULL,
    SAW_HELD,
    SAW_NOTHING,
    SEEN,
    SHORT,
    SHOT,
    SHOT_AT,
    SHOT_STOPPED,
    SHOTS_HERE,
    SIGHTED,
    SITE,
    STANDS,
    STARVED,
    STOPPED,
    SUCCESS,
    SYSTEM,
    TEAMS,
    THIN,
    TO_DEPOT,
    TRACK,
    TREATED,
    TREATED_SOFT,
    TURN,
    TYPE,
    UNMET,
    USED,
)
from vallum._kernel.fast.muster import covers
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
    battery: I64, chance: F64, layer: I64, names: U64, layer_names: U64, scope: int, raid: Any, wave: int
) -> None:
    """Draw which batteries see nothing in this wave, and renew the channels (E2, E8)."""
    chain = fold(fold(raid, RELIABILITY_WORD), wave)
    for k in range(layer.shape[0]):
        for b in range(layer[k, FIRST], layer[k, LAST]):
            battery[b, BUSY] = 0
            battery[b, SIGHTED] = 1
            if chance[b, RELIABILITY] < 1.0:
                name = names[b]
                if scope == BY_LAYER:
                    name = layer_names[k]
                elif scope == BY_DEFENCE:
                    name = DEFENCE_WORD
                battery[b, SIGHTED] = 1 if uniform(fold(chain, name)) < chance[b, RELIABILITY] else 0


@leaf
def is_tracked(share: float, word: Any, layer_name: Any) -> bool:
    """Whether the layer's track holds the threat: one draw for all its shots (E8)."""
    return share >= 1.0 or bool(uniform(fold(fold(word, TRACK_WORD), layer_name)) < share)


@leaf
def look_out(
    threat: I64,
    words: U64,
    spot: F64,
    battery: I64,
    cover: F64,
    loads: I64,
    first: int,
    last: int,
    track: float,
    layer_name: Any,
    asset_names: U64,
    c: int,
    wave: int,
    i: int,
) -> None:
    """Find whether a battery layer covers and sees threat i."""
    threat[i, SEEN], threat[i, ENGAGED], threat[i, GUN] = 0, NOT_ENGAGED, -1
    covered, sighted = False, False
    asset, location = threat[i, ASSET], spot[i, LOCATION]
    for b in range(first, last):
        if battery[b, STANDS] == 1 and covers(battery, cover, loads, b, c, asset, location):
            if not covered:
                threat[i, PRIMARY] = loads[battery[b, SYSTEM], c, 0, TYPE]
            covered = True
            sighted = sighted or battery[b, SIGHTED] == 1
    if not covered:
        return
    if not sighted or not is_tracked(track, words[i, OF_THREAT], layer_name):
        threat[i, SAW] |= SAW_NOTHING
        return
    threat[i, SEEN] = 1
    words[i, OF_SHOTS] = fold(fold(words[i, OF_THREAT], asset_names[asset] ^ np.uint64(wave)), layer_name)


@leaf
def usable(battery: I64, rounds: I64, loads: I64, b: int, c: int) -> int:
    """First interceptor type that battery b may fire at class c; -1 dry, -2 held by a reserve (E6, E7)."""
    system, m, found = battery[b, SYSTEM], battery[b, MAGAZINE], -1
    for place in range(loads.shape[2]):
        t = loads[system, c, place, TYPE]
        if t < 0:
            break
        if rounds[m, t, READY] > loads[system, c, t, RESERVE]:
            return int(t)
        if rounds[m, t, READY] > 0:
            found = -2
    return found


@leaf
def take_round(
    threat: I64,
    spot: F64,
    battery: I64,
    cover: F64,
    loads: I64,
    rounds: I64,
    first: int,
    last: int,
    c: int,
    i: int,
) -> int:
    """Take one round for threat i from the layer's batteries in order; return its type (E2, E5).

    A battery takes a channel when it first fires at the threat, in whichever look.
    Returns -1 where rounds were wanting (none, or held back), -2 where only channels were.
    """
    saw = 0
    for b in range(first, last):
        if battery[b, STANDS] == 0 or battery[b, SIGHTED] == 0:
            continue
        if not covers(battery, cover, loads, b, c, threat[i, ASSET], spot[i, LOCATION]):
            continue
        new = threat[i, GUN] != b
        if new and battery[b, BUSY] >= battery[b, CHANNELS]:
            saw |= SAW_FULL
            continue
        t = usable(battery, rounds, loads, b, c)
        if t < 0:
            saw |= SAW_DRY if t == -1 else SAW_HELD
            continue
        if new:
            battery[b, BUSY] += 1
            threat[i, GUN] = b
        rounds[battery[b, MAGAZINE], t, READY] -= 1
        return t
    threat[i, SAW] |= saw
    if saw & (SAW_DRY | SAW_HELD):
        threat[i, SHORT] = 1
        if threat[i, ENGAGED] == NOT_ENGAGED:
            threat[i, ENGAGED] = STARVED
        return -1
    return -2


@leaf
def fire(threat: I64, words: U64, kill: F64, by_type: I64, today: I64, c: int, i: int, t: int, slot: int) -> None:
    """Fire one shot of type t at threat i (E3)."""
    threat[i, ENGAGED] = SHOT
    threat[i, FIRED] += 1
    by_type[t, USED] += 1
    today[t, DAY_USED] += 1
    if uniform(fold(words[i, OF_SHOTS], slot)) < kill[t, c]:
        by_type[t, KILLS] += 1 - threat[i, HIT]
        threat[i, HIT] = 1


@jit
def want(threat: I64, by_type: I64, today: I64, shots: int, n: int, look: int) -> None:
    """Count the rounds that the doctrine asks for in a look (E4, O).

    A threat that found no round for its first shot wants those of the later looks too, and has none.
    """
    for i in range(n):
        if threat[i, ALIVE] == 0 or threat[i, SEEN] == 0:
            continue
        if look == 0 or threat[i, ENGAGED] != NOT_ENGAGED:
            today[threat[i, PRIMARY], DAY_WANTED] += shots
        if look > 0 and threat[i, ENGAGED] == STARVED:
            by_type[threat[i, PRIMARY], UNMET] += shots


@leaf
def may_engage(threat: I64, i: int, look: int) -> bool:
    """A later look fires only at survivors of an earlier look of the same layer (E4)."""
    return bool(threat[i, ALIVE] == 1 and threat[i, SEEN] == 1 and (look == 0 or threat[i, ENGAGED] == SHOT))


@jit
def salvo(
    threat: I64,
    words: U64,
    spot: F64,
    battery: I64,
    cover: F64,
    loads: I64,
    rounds: I64,
    kill: F64,
    by_type: I64,
    today: I64,
    first: int,
    last: int,
    spread: int,
    shots: int,
    c: int,
    n: int,
    look: int,
) -> None:
    """One look of one layer at all the threats that it may fire at (E4, E5)."""
    want(threat, by_type, today, shots, n, look)
    passes, each = (shots, 1) if spread == EVEN else (1, shots)
    for turn in range(passes):
        for place in range(n):
            i = threat[place, TURN]
            if not may_engage(threat, i, look):
                continue
            for shot in range(each):
                t = take_round(threat, spot, battery, cover, loads, rounds, first, last, c, i)
                if t >= 0:
                    fire(threat, words, kill, by_type, today, c, i, t, look * 256 + turn + shot)
                elif t == -1:
                    by_type[threat[i, PRIMARY], UNMET] += 1
    for i in range(n):
        if threat[i, HIT] == 1:
            threat[i, ALIVE] = 0


@jit
def layer_room(battery: I64, layer: I64, k: int) -> Any:
    """Capacity tonight of a soft or team layer, whether it stands, whether it sees."""
    room, standing, sighted = 0, 0, 0
    for b in range(layer[k, FIRST], layer[k, LAST]):
        if battery[b, STANDS] == 1:
            standing = 1
            if battery[b, SIGHTED] == 1:
                sighted = 1
                room += battery[b, TEAMS]
    return room, standing, sighted


@jit
def soft_layer(
    threat: I64, words: U64, battery: I64, layer: I64, sight: F64, layer_name: Any, k: int, c: int, n: int
) -> None:
    """A soft or team layer against threats followed one by one (E9)."""
    room, standing, sighted = layer_room(battery, layer, k)
    if standing == 0 or sight[k, c, SUCCESS] <= 0.0:
        return
    for place in range(n):
        i = threat[place, TURN]
        if threat[i, ALIVE] == 0:
            continue
        word = words[i, OF_THREAT]
        if sighted == 0 or not is_tracked(sight[k, c, TRACK], word, layer_name):
            threat[i, SAW] |= SAW_NOTHING
        elif layer[k, KIND] != SOFT and layer[k, TREATED] >= room:
            threat[i, SAW] |= SAW_FULL
        else:
            layer[k, TREATED] += 1
            threat[i, TREATED_SOFT] = 1
            if uniform(fold(fold(word, SOFT_WORD), layer_name)) < sight[k, c, SUCCESS]:
                threat[i, ALIVE] = 0


@jit
def reason(threat: I64, i: int) -> int:
    """Why a threat leaked: the first reason that applies (E10); treated in vain counts after wants."""
    saw = threat[i, SAW]
    if threat[i, FIRED] > 0:
        return MISSED
    if saw & SAW_DRY:
        return DRY
    if saw & SAW_HELD:
        return HELD
    if saw & SAW_FULL:
        return SATURATED
    if threat[i, TREATED_SOFT] == 1:
        return MISSED
    return BLIND if saw & SAW_NOTHING else UNCOVERED


@jit
def first_cover(battery: I64, cover: F64, loads: I64, c: int, asset: int, location: float) -> int:
    """The first standing battery with a magazine that covers the threat there, or -1."""
    for b in range(battery.shape[0]):
        if (
            battery[b, STANDS] == 1
            and battery[b, MAGAZINE] >= 0
            and covers(battery, cover, loads, b, c, asset, location)
        ):
            return b
    return -1


@jit
def drop_rounds(battery: I64, rounds: I64, magazine: I64, depot: I64, by_type: I64, b: int) -> None:
    """Lose a battery's rounds or take them back, unless others share the magazine (E11)."""
    m = battery[b, MAGAZINE]
    for other in range(battery.shape[0]):
        if other != b and battery[other, MAGAZINE] == m and battery[other, GONE] == 0:
            return
    magazine[m, FATE] = BACK_TO_DEPOT if battery[b, TO_DEPOT] == 1 else LOST_WITH_BATTERY
    for t in range(rounds.shape[1]):
        held = rounds[m, t, READY] + rounds[m, t, RELOAD]
        if battery[b, TO_DEPOT] == 1:
            depot[t] += held
        else:
            by_type[t, LOST] += held
        rounds[m, t, READY], rounds[m, t, RELOAD] = 0, 0


@jit
def strike(battery: I64, chance: F64, rounds: I64, magazine: I64, depot: I64, by_type: I64, word: Any, b: int) -> None:
    """A leaker may put the battery that covers its asset out of action (E11)."""
    if b >= 0 and chance[b, LOSS] > 0.0 and uniform(fold(word, LOSS_WORD)) < chance[b, LOSS]:
        battery[b, GONE], battery[b, STANDS] = 1, 0
        drop_rounds(battery, rounds, magazine, depot, by_type, b)


@jit
def settle_leaker(
    threat: I64, tally: I64, today: I64, tonight: I64, place: I64, asset_leaked: I64, c: int, i: int
) -> None:
    """Count a leaker with its reason (E10)."""
    why, decoy, asset = reason(threat, i), threat[i, DECOY], threat[i, ASSET]
    dry = 1 if why == DRY else 0
    tally[c, LEAKED + 2 * why + decoy] += 1
    today[c, DAY_LEAKED] += 1
    if threat[i, FIRED] > 0 and threat[i, SHORT] == 1:
        tally[c, THIN] += 1
    today[c, DAY_DRY] += dry
    tonight[asset, c, DRY_HERE] += dry
    if decoy == 0:
        tonight[asset, c, LEAKED_HERE] += 1
        asset_leaked[asset, c, why] += 1
        place[threat[i, SITE], c, DRY_HERE] += dry


@jit
def locate(
    threat: I64, spot: F64, battery: I64, cover: F64, loads: I64, asset: I64, tally: I64, place: I64, c: int, n: int
) -> None:
    """Find where each threat fell, before a leaker can put a battery out, and whether it drew a shot (O)."""
    for i in range(n):
        site = threat[i, ASSET]
        if asset[site, COUNTRY] == 1:
            guard = first_cover(battery, cover, loads, c, site, spot[i, LOCATION])
            site = asset.shape[0] + guard if guard >= 0 else site
        threat[i, SITE] = site
        tally[c, SHOT_AT] += 1 if threat[i, FIRED] > 0 else 0
        if threat[i, DECOY] == 0:
            place[site, c, 0] += 1
            place[site, c, SHOTS_HERE] += threat[i, FIRED]


@jit
def note_found_dry(
    threat: I64, words: U64, spot: F64, battery: I64, cover: F64, loads: I64, rounds: I64, fail: float, found_dry: I64,
    c: int, n: int,
) -> None:  # fmt: skip
    """Keep which batteries had no round for the dry leakers in their reach (Q4).

    Before the first leaker can put a battery out, and after the last shot: rounds that were wanting are not back.
    """
    for i in range(n):
        if threat[i, ALIVE] == 0 or reason(threat, i) != DRY:
            continue
        if fail > 0.0 and uniform(fold(words[i, OF_THREAT], FAIL_WORD)) < fail:
            continue
        for b in range(battery.shape[0]):
            if battery[b, STANDS] == 0 or battery[b, SIGHTED] == 0 or battery[b, MAGAZINE] < 0:
                continue
            if not covers(battery, cover, loads, b, c, threat[i, ASSET], spot[i, LOCATION]):
                continue
            if usable(battery, rounds, loads, b, c) == -1:
                found_dry[b, c] += 1


@jit
def settle(
    threat: I64, words: U64, spot: F64, battery: I64, chance: F64, cover: F64, loads: I64, rounds: I64,
    magazine: I64, depot: I64, fail: float, losses: int, tally: I64, by_type: I64, today: I64, tonight: I64,
    place: I64, asset_leaked: I64, c: int, n: int,
) -> None:  # fmt: skip
    """Count what was stopped, what failed and what leaked, and why (E10)."""
    for i in range(n):
        decoy = threat[i, DECOY]
        if threat[i, ALIVE] == 0:
            tally[c, STOPPED + decoy] += 1
            today[c, DAY_STOPPED] += 1
            tally[c, SHOT_STOPPED] += threat[i, HIT]
        elif fail > 0.0 and uniform(fold(words[i, OF_THREAT], FAIL_WORD)) < fail:
            tally[c, FAILED + decoy] += 1
        else:
            settle_leaker(threat, tally, today, tonight, place, asset_leaked, c, i)
            if losses == 1 and decoy == 0:
                guard = first_cover(battery, cover, loads, c, threat[i, ASSET], spot[i, LOCATION])
                strike(battery, chance, rounds, magazine, depot, by_type, words[i, OF_THREAT], guard)
