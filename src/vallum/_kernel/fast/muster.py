"""Compiled arrivals: who comes, where to, and in which order they are served (R3, R4, W2, W5, E1)."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.fast.columns import (
    CAME,
    CUT,
    FAILED,
    KEY,
    LAUNCHED,
    LOCATION,
    MIDDLE,
    OF_PLACE,
    OF_THREAT,
    PLAN,
    SHARE,
    TURN,
)
from vallum._kernel.fast.rows import I32, U8, U32, Rows
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
def sort_turns(order: U32, spot: F64, n: int) -> None:
    """Put the first n turns into rising order of their keys; insertion, for lists are short."""
    for i in range(1, n):
        moved = order[TURN, i]
        j = i
        while j > 0 and spot[KEY, order[TURN, j - 1]] > spot[KEY, moved]:
            order[TURN, j] = order[TURN, j - 1]
            j -= 1
        order[TURN, j] = moved


@jit
def covered_share(battery: Rows, cover_high: F64, may_fire: U8, c: int, asset: int) -> float:
    """Share of the asset that batteries that have come and are not lost cover against class c, fit or not (R3, W5)."""
    share = 0.0
    for b in range(battery.shape[0]):
        if battery[b].begun == 1 and battery[b].gone == 0 and may_fire[b, c] == 1:
            share = max(share, cover_high[b, asset, c])
    return min(1.0, share)


@jit
def make_guide(guide: U32, target: F64) -> None:
    """Note for each cell of the uniforms the first asset that one of them can mean: no long search later."""
    cells, assets = guide.shape[1], target.shape[1]
    for c in range(guide.shape[0]):
        a = 0
        for cell in range(cells):
            while a < assets - 1 and cell / cells >= target[c, a, CUT]:
                a += 1
            guide[c, cell] = a


@leaf
def draw_asset(target: F64, guide: U32, c: int, u: float) -> int:
    """The asset in whose cell of the cumulative shares u falls."""
    a = guide[c, np.uint32(u * guide.shape[1])]
    while a < target.shape[1] - 1 and u >= target[c, a, CUT]:
        a += np.uint32(1)
    return a


@jit
def shifted_asset(battery: Rows, cover_high: F64, may_fire: U8, target: F64, c: int, u: float) -> int:
    """An asset by target weight times the share not covered, or -1 where all is covered (R3)."""
    total = 0.0
    for a in range(target.shape[1]):
        total += target[c, a, SHARE] * (1.0 - covered_share(battery, cover_high, may_fire, c, a))
    reached, found = 0.0, -1
    for a in range(target.shape[1]):
        weight = target[c, a, SHARE] * (1.0 - covered_share(battery, cover_high, may_fire, c, a))
        if weight > 0.0:
            reached += weight
            found = a
            if u * total < reached:
                break
    return found


@jit
def plan_shares(order: U32, spot: F64, target: F64, c: int, chain: Any, n: int) -> None:
    """Spread n threats over assets in proportion, mixed by a draw (`allocation: proportional`)."""
    for i in range(n):
        order[TURN, i] = i
        spot[KEY, i] = uniform(fold(fold(chain, i), PLACE_WORD))
    sort_turns(order, spot, n)
    done, assets = 0, target.shape[1]
    for a in range(assets):
        upto = n if a == assets - 1 else int(np.floor(target[c, a, CUT] * n + 0.5))
        while done < upto:
            order[PLAN, order[TURN, done]] = a
            done += 1


@jit
def decoy_limit(order: U32, spot: F64, count: int, share: float, chain: Any, n: int) -> float:
    """A threat is a decoy if its draw is below this: the share, or the draw that a count reaches (W2)."""
    if count < 0:
        return share
    if count >= n:
        return 1.0
    for i in range(n):
        order[TURN, i] = i
        spot[KEY, i] = uniform(fold(fold(chain, i), DECOY_WORD))
    sort_turns(order, spot, n)
    return float(spot[KEY, order[TURN, count]])


@jit
def draw_words(words: U64, spot: F64, chain: Any, n: int) -> None:
    """Chain of each threat of a raid and class, and the draw of its place: no branch, so several at a time."""
    for i in range(n):
        words[OF_THREAT, i] = fold(chain, i)
    for i in range(n):
        spot[KEY, i] = uniform(fold(words[OF_THREAT, i], PLACE_WORD))


@jit
def draw_locations(words: U64, spot: F64, asset: Rows, threat: Rows, n: int) -> None:
    """Where in their countries threats are aimed (W5)."""
    for i in range(n):
        if asset[threat[i].asset].country == 1:
            spot[LOCATION, i] = uniform(fold(words[OF_THREAT, i], LOCATION_WORD))


@jit
def shift_targets(
    threat: Rows, words: U64, spot: F64, battery: Rows, cover_high: F64, may_fire: U8, target: F64, asset: Rows,
    shift: float, c: int, n: int,
) -> None:  # fmt: skip
    """Move a share of the threats to where the class is not covered, if there is such a place (R3)."""
    for i in range(n):
        word = words[OF_THREAT, i]
        if uniform(fold(word, SHIFT_WORD)) >= shift:
            continue
        moved = shifted_asset(battery, cover_high, may_fire, target, c, spot[KEY, i])
        if moved < 0:
            continue
        threat[i].asset = moved
        spot[LOCATION, i] = MIDDLE
        if asset[moved].country == 1:
            share = covered_share(battery, cover_high, may_fire, c, moved)
            spot[LOCATION, i] = share + (1.0 - share) * uniform(fold(word, LOCATION_WORD))


@leaf
def touch(touched: U64, c: int, a: int) -> None:
    """Note that somebody came to asset a."""
    touched[c, a >> 6] |= np.uint64(1) << np.uint64(a & 63)


@jit
def sift(
    threat: Rows, words: U64, spot: F64, tally: I64, tonight: I32, touched: U64, limit: float, fail: float, waves: int,
    wave: int, c: int, n: int,
) -> int:  # fmt: skip
    """Keep the threats of this wave, find the decoys, take out what fails before the defence (R4, W2)."""
    kept = 0
    for i in range(n):
        word = words[OF_THREAT, i]
        if waves > 1 and int(uniform(fold(word, WAVE_WORD)) * waves) != wave:
            continue
        decoy = 1 if limit > 0.0 and uniform(fold(word, DECOY_WORD)) < limit else 0
        a = threat[i].asset
        tally[c, LAUNCHED + decoy] += 1
        tonight[c, a, CAME] += 1 - decoy
        touch(touched, c, a)
        if fail > 0.0 and uniform(fold(word, FAIL_WORD)) < fail:
            tally[c, FAILED + decoy] += 1
            continue
        words[OF_THREAT, kept], spot[LOCATION, kept] = word, spot[LOCATION, i]
        threat[kept].asset, threat[kept].decoy = a, decoy
        kept += 1
    return kept


@jit
def muster(
    threat: Rows, words: U64, spot: F64, order: U32, options: Rows, battery: Rows, cover_high: F64, may_fire: U8,
    target: F64, guide: U32, asset: Rows, threat_class: Rows, tally: I64, tonight: I32, touched: U64, c: int,
    chain: Any, launched: int, wave: int,
) -> int:  # fmt: skip
    """List the threats of one class that come in this wave; return how many there are.

    One loop for each question, and none for a question that no threat of the class asks.
    """
    of_class, waves = threat_class[c], options[0].waves
    limit = decoy_limit(order, spot, of_class.decoy_count, of_class.decoy_share, chain, launched)
    planned = options[0].allocation == PROPORTIONAL
    if planned:
        plan_shares(order, spot, target, c, chain, launched)
    fail = of_class.fail if of_class.fail_before == 1 else 0.0
    draw_words(words, spot, chain, launched)
    for i in range(launched):
        a = order[PLAN, i] if planned else draw_asset(target, guide, c, spot[KEY, i])
        threat[i].asset, threat[i].decoy, spot[LOCATION, i] = a, 0, MIDDLE
    if options[0].countries == 1:
        draw_locations(words, spot, asset, threat, launched)
    if of_class.shift > 0.0:
        shift_targets(threat, words, spot, battery, cover_high, may_fire, target, asset, of_class.shift, c, launched)
    n = launched
    if waves > 1 or limit > 0.0 or fail > 0.0:
        n = sift(threat, words, spot, tally, tonight, touched, limit, fail, waves, wave, c, launched)
    else:
        tally[c, LAUNCHED] += launched
        for i in range(n):
            tonight[c, threat[i].asset, CAME] += 1
            touch(touched, c, threat[i].asset)
    for i in range(n):
        row = threat[i]
        words[OF_PLACE, i] = fold(words[OF_THREAT, i], asset[row.asset].name ^ np.uint64(wave))
        row.site, row.fired, row.alive, row.hit, row.saw, row.treated, row.short = row.asset, 0, 1, 0, 0, 0, 0
    return n


@jit
def line_up(threat: Rows, spot: F64, order: U32, asset: Rows, how: int, chain: Any, n: int) -> None:
    """Put threats in the order in which they are served (E1)."""
    for i in range(n):
        order[TURN, i] = i
    if how == ARRIVAL:
        return
    for i in range(n):
        of_asset = asset[threat[i].asset]
        if how == RANDOM_ASSET:
            spot[KEY, i] = uniform(fold(fold(chain, ASSET_ORDER_WORD), of_asset.name))
        else:
            spot[KEY, i] = of_asset.rank
    sort_turns(order, spot, n)
