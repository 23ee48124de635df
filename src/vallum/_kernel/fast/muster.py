"""Compiled arrivals: who comes, where to, and in which order they are served (R3, R4, W2, W5, E1)."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.fast.columns import (
    ALIVE,
    ALLOCATION,
    ASSET,
    ASSET_RANK,
    CAME,
    COUNTRY,
    CUT,
    DECOY,
    DECOY_COUNT,
    DECOY_SHARE,
    FAIL,
    FAIL_BEFORE,
    FAILED,
    FIRED,
    HIGH,
    HIT,
    KEY,
    LAUNCHED,
    LOCATION,
    LOW,
    MAGAZINE,
    MIDDLE,
    OF_THREAT,
    PLAN,
    SAW,
    SHARE,
    SHIFT,
    SHORT,
    STANDS,
    SYSTEM,
    TREATED_SOFT,
    TURN,
    TYPE,
    WAVES,
)
from vallum._kernel.fast.slots import (
    ASSET_ORDER_WORD,
    DECOY_WORD,
    FAIL_WORD,
    LOCATION_WORD,
    PLACE_WORD,
    SHIFT_WORD,
    WAVE_WORD,
    fold,
    jit,
    leaf,
    uniform,
)
from vallum._kernel.problem import ARRIVAL, F64, I64, PROPORTIONAL, RANDOM_ASSET, U64


@jit
def sort_turns(threat: I64, spot: F64, n: int) -> None:
    """Put the first n turns into rising order of their keys; insertion, for lists are short."""
    for i in range(1, n):
        moved = threat[i, TURN]
        j = i
        while j > 0 and spot[threat[j - 1, TURN], KEY] > spot[moved, KEY]:
            threat[j, TURN] = threat[j - 1, TURN]
            j -= 1
        threat[j, TURN] = moved


@leaf
def covers(battery: I64, cover: F64, loads: I64, b: int, c: int, asset: int, location: float) -> bool:
    """Whether battery b may fire at class c and covers the threat there (W5)."""
    if loads[battery[b, SYSTEM], c, 0, TYPE] < 0:
        return False
    return bool(cover[b, asset, c, LOW] <= location < cover[b, asset, c, HIGH])


@jit
def covered_share(battery: I64, cover: F64, loads: I64, c: int, asset: int) -> float:
    """Share of the asset that standing batteries cover against class c (W5)."""
    share = 0.0
    for b in range(battery.shape[0]):
        if battery[b, STANDS] == 1 and battery[b, MAGAZINE] >= 0 and loads[battery[b, SYSTEM], c, 0, TYPE] >= 0:
            share = max(share, cover[b, asset, c, HIGH])
    return min(1.0, share)


@jit
def draw_asset(target: F64, c: int, u: float) -> int:
    """The asset in whose cell of the cumulative shares u falls."""
    a = 0
    while a < target.shape[1] - 1 and u >= target[c, a, CUT]:
        a += 1
    return a


@jit
def shifted_asset(battery: I64, cover: F64, loads: I64, target: F64, c: int, u: float) -> int:
    """An asset by target weight times the share not covered, or -1 where all is covered (R3)."""
    total = 0.0
    for a in range(target.shape[1]):
        total += target[c, a, SHARE] * (1.0 - covered_share(battery, cover, loads, c, a))
    reached, found = 0.0, -1
    for a in range(target.shape[1]):
        weight = target[c, a, SHARE] * (1.0 - covered_share(battery, cover, loads, c, a))
        if weight > 0.0:
            reached += weight
            found = a
            if u * total < reached:
                break
    return found


@jit
def aim(
    threat: I64,
    spot: F64,
    battery: I64,
    cover: F64,
    loads: I64,
    target: F64,
    asset: I64,
    shift: float,
    planned: bool,
    c: int,
    i: int,
    number: int,
    chain: Any,
) -> None:
    """Give threat i its asset and its location in it (R3, W5)."""
    spot[i, LOCATION] = MIDDLE
    u = uniform(fold(chain, PLACE_WORD))
    a = threat[number, PLAN] if planned else draw_asset(target, c, u)
    if asset[a, COUNTRY] == 1:
        spot[i, LOCATION] = uniform(fold(chain, LOCATION_WORD))
    if shift > 0.0 and uniform(fold(chain, SHIFT_WORD)) < shift:
        moved = shifted_asset(battery, cover, loads, target, c, u)
        if moved >= 0:
            a, spot[i, LOCATION] = moved, MIDDLE
            if asset[a, COUNTRY] == 1:
                share = covered_share(battery, cover, loads, c, a)
                spot[i, LOCATION] = share + (1.0 - share) * uniform(fold(chain, LOCATION_WORD))
    threat[i, ASSET] = a


@jit
def plan_shares(threat: I64, spot: F64, target: F64, c: int, chain: Any, n: int) -> None:
    """Spread n threats over assets in proportion, mixed by a draw (`allocation: proportional`)."""
    for i in range(n):
        threat[i, TURN] = i
        spot[i, KEY] = uniform(fold(fold(chain, i), PLACE_WORD))
    sort_turns(threat, spot, n)
    done, assets = 0, target.shape[1]
    for a in range(assets):
        upto = n if a == assets - 1 else int(np.floor(target[c, a, CUT] * n + 0.5))
        while done < upto:
            threat[threat[done, TURN], PLAN] = a
            done += 1


@jit
def decoy_limit(threat: I64, spot: F64, count: int, share: float, chain: Any, n: int) -> float:
    """A threat is a decoy if its draw is below this: the share, or the draw that a count reaches (W2)."""
    if count < 0:
        return share
    if count >= n:
        return 1.0
    for i in range(n):
        threat[i, TURN] = i
        spot[i, KEY] = uniform(fold(fold(chain, i), DECOY_WORD))
    sort_turns(threat, spot, n)
    return float(spot[threat[count, TURN], KEY])


@jit
def muster(
    threat: I64,
    words: U64,
    spot: F64,
    option: I64,
    battery: I64,
    cover: F64,
    loads: I64,
    target: F64,
    asset: I64,
    threat_class: I64,
    class_share: F64,
    tally: I64,
    tonight: I64,
    c: int,
    chain: Any,
    launched: int,
    wave: int,
) -> int:
    """List the threats of one class that come in this wave; return how many there are."""
    limit = decoy_limit(threat, spot, threat_class[c, DECOY_COUNT], class_share[c, DECOY_SHARE], chain, launched)
    planned = option[ALLOCATION] == PROPORTIONAL
    if planned:
        plan_shares(threat, spot, target, c, chain, launched)
    shift = class_share[c, SHIFT]
    fail = class_share[c, FAIL] if threat_class[c, FAIL_BEFORE] == 1 else 0.0
    i = 0
    for number in range(launched):
        word = fold(chain, number)
        if option[WAVES] > 1 and int(uniform(fold(word, WAVE_WORD)) * option[WAVES]) != wave:
            continue
        decoy = 1 if limit > 0.0 and uniform(fold(word, DECOY_WORD)) < limit else 0
        aim(threat, spot, battery, cover, loads, target, asset, shift, planned, c, i, number, word)
        tally[c, LAUNCHED + decoy] += 1
        tonight[threat[i, ASSET], c, CAME] += 1 - decoy
        if fail > 0.0 and uniform(fold(word, FAIL_WORD)) < fail:
            tally[c, FAILED + decoy] += 1
            continue
        words[i, OF_THREAT] = word
        threat[i, DECOY], threat[i, ALIVE], threat[i, HIT] = decoy, 1, 0
        threat[i, FIRED], threat[i, SAW], threat[i, TREATED_SOFT], threat[i, SHORT] = 0, 0, 0, 0
        i += 1
    return i


@jit
def line_up(threat: I64, spot: F64, asset: I64, names: U64, order: int, chain: Any, n: int) -> None:
    """Put threats in the order in which they are served (E1)."""
    for i in range(n):
        threat[i, TURN] = i
    if order == ARRIVAL:
        return
    for i in range(n):
        a = threat[i, ASSET]
        if order == RANDOM_ASSET:
            spot[i, KEY] = uniform(fold(fold(chain, ASSET_ORDER_WORD), names[a]))
        else:
            spot[i, KEY] = asset[a, ASSET_RANK]
    sort_turns(threat, spot, n)
