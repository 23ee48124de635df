"""Compiled arrivals: who comes, where to, and in which order they are served (R3, R4, W2, W5, E1)."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.fast.columns import FAILED, LAUNCHED, MIDDLE
from vallum._kernel.fast.rows import ALL_MARKS, DECOY, FRESH, U32, Desk, Given, Sheet
from vallum._kernel.fast.slots import (
    ASSET_ORDER_WORD,
    DECOY_WORD,
    FAIL_WORD,
    LOCATION_WORD,
    PLACE_WORD,
    SHIFT_WORD,
    WAVE_WORD,
    filled_up,
    fold,
    jit,
    leaf,
    mark_of,
    uniform,
    uniform_at,
)
from vallum._kernel.problem import ARRIVAL, PROPORTIONAL, RANDOM_ASSET, U64


@leaf
def sort_turns(turn: U32, mark: U64, n: int) -> None:
    """Put the first n turns into rising order of their marks; insertion, for lists are short."""
    for i in range(1, n):
        moved = turn[i]
        j = i
        while j > 0 and mark[turn[j - 1]] > mark[moved]:
            turn[j] = turn[j - 1]
            j -= 1
        turn[j] = moved


@leaf
def covered_share(g: Given, d: Desk, c: int, asset: int) -> float:
    """Share of the asset that batteries that have come and are not lost cover against class c, fit or not (R3, W5)."""
    share = 0.0
    for b in range(d.battery.shape[0]):
        if d.battery[b].begun == 1 and d.battery[b].gone == 0 and g.may_fire[b, c] == 1:
            share = max(share, g.cover_high[b, asset, c])
    return min(1.0, share)


@leaf
def shifted_asset(g: Given, d: Desk, c: int, u: float) -> int:
    """An asset by target weight times the share not covered, or -1 where all is covered (R3)."""
    total = 0.0
    for a in range(g.target_share.shape[1]):
        total += g.target_share[c, a] * (1.0 - covered_share(g, d, c, a))
    reached, found = 0.0, -1
    for a in range(g.target_share.shape[1]):
        weight = g.target_share[c, a] * (1.0 - covered_share(g, d, c, a))
        if weight > 0.0:
            reached += weight
            found = a
            if u * total < reached:
                break
    return found


@leaf
def draw_in_order(d: Desk, chain: Any, cause: Any, n: int) -> None:
    """Draw a mark for each of n threats, and put them into the order of their marks."""
    for i in range(n):
        d.turn[i] = i
        d.mark[i] = mark_of(fold(fold(chain, i), cause))
    sort_turns(d.turn, d.mark, n)


@jit
def plan_shares(g: Given, d: Desk, c: int, chain: Any, n: int) -> None:
    """Spread n threats over assets in proportion, mixed by a draw (`allocation: proportional`)."""
    draw_in_order(d, chain, PLACE_WORD, n)
    done, assets = 0, g.target_cut.shape[1]
    for a in range(assets):
        upto = n if a == assets - 1 else int(np.floor(g.target_cut[c, a] * n + 0.5))
        while done < upto:
            d.asset[d.turn[done]] = a
            done += 1


@jit
def decoy_limit(d: Desk, of_class: Any, chain: Any, n: int) -> Any:
    """A threat is a decoy if its mark is below this: of the share, or the mark that a count reaches (W2)."""
    if of_class.decoy_count < 0:
        return of_class.decoy_mark
    if of_class.decoy_count >= n:
        return ALL_MARKS
    draw_in_order(d, chain, DECOY_WORD, n)
    return d.mark[d.turn[of_class.decoy_count]]


@leaf
def find_targets(g: Given, d: Desk, c: int, chain: Any, n: int) -> None:
    """Draw the chain of each threat of a raid and class, and the asset at which cumulative weights pass its mark (R3).

    The asset is found from the first that the mark's cell of the guide can mean, by halved steps.
    """
    shift, step = g.options[0].place_shift, g.options[0].first_step
    for i in range(filled_up(n)):
        word = fold(chain, i)
        mark = mark_of(fold(word, PLACE_WORD))
        d.word[i], d.mark[i], d.asset[i], d.state[i] = word, mark, g.guide[c, mark >> shift], FRESH
    while step > 0:
        for i in range(filled_up(n)):
            to = d.asset[i] + step
            d.asset[i] = to if d.mark[i] >= g.target_mark[c, to - 1] else d.asset[i]
        step >>= 1


@leaf
def aim(g: Given, d: Desk, c: int, chain: Any, n: int) -> None:
    """Find the asset that each threat of a raid and class is aimed at, and where in it (R3, W5)."""
    find_targets(g, d, c, chain, n)
    if g.options[0].allocation == PROPORTIONAL:
        plan_shares(g, d, c, chain, n)
    if g.options[0].countries == 1:
        for i in range(n):
            d.location[i] = uniform(fold(d.word[i], LOCATION_WORD)) if g.country[d.asset[i]] == 1 else MIDDLE


@jit
def shift_targets(g: Given, d: Desk, c: int, n: int) -> None:
    """Move a share of the threats to where the class is not covered, if there is such a place (R3)."""
    for i in range(n):
        if mark_of(fold(d.word[i], SHIFT_WORD)) >= g.threat_class[c].shift_mark:
            continue
        moved = shifted_asset(g, d, c, uniform_at(d.mark[i]))
        if moved < 0:
            continue
        d.asset[i], d.location[i] = moved, MIDDLE
        if g.country[moved] == 1:
            share = covered_share(g, d, c, moved)
            d.location[i] = share + (1.0 - share) * uniform(fold(d.word[i], LOCATION_WORD))


@jit
def sift(g: Given, d: Desk, s: Sheet, limit: Any, fail: Any, wave: int, c: int, n: int) -> int:
    """Keep the threats of this wave, find the decoys, take out what fails before the defence (R4, W2)."""
    waves, kept = g.options[0].waves, 0
    for i in range(n):
        word, a = d.word[i], d.asset[i]
        if waves > 1 and int(uniform(fold(word, WAVE_WORD)) * waves) != wave:
            continue
        decoy = 1 if mark_of(fold(word, DECOY_WORD)) < limit else 0
        s.by_class[c, LAUNCHED + decoy] += 1
        d.came[c, a] += 1 - decoy
        d.raided[c] += 1 - decoy
        if mark_of(fold(word, FAIL_WORD)) < fail:
            s.by_class[c, FAILED + decoy] += 1
            continue
        d.word[kept], d.asset[kept], d.location[kept] = word, a, d.location[i]
        d.state[kept] = DECOY if decoy == 1 else FRESH
        kept += 1
    return kept


@jit
def find_cover(g: Given, d: Desk, c: int, n: int) -> None:
    """Find the batteries that reach each threat in a country, at its place (W5)."""
    words = d.stand_bits.shape[0]
    for i in range(n):
        if g.country[d.asset[i]] == 0:
            continue
        of_place, own = c * g.asset_name.shape[0] + d.asset[i], (g.reach_start.shape[0] - 1 + i) * words
        d.row[i] = own
        for w in range(words):
            d.reach_bits[own + w] = np.uint64(0)
        for j in range(g.reach_start[of_place], g.reach_start[of_place + 1]):
            of_battery = g.reach[j]
            if of_battery.low <= d.location[i] < of_battery.high:
                d.reach_bits[own + d.battery[of_battery.battery].word] |= d.battery[of_battery.battery].bit


@leaf
def line_up(g: Given, d: Desk, c: int, n: int, wave: int) -> None:
    """Where the batteries that reach each threat are listed, its word of the wave, and the line in order of arrival."""
    words, first = np.uint32(d.stand_bits.shape[0]), np.uint32(c * g.asset_name.shape[0])
    for i in range(filled_up(n)):
        d.row[i] = (first + d.asset[i]) * words
        d.place_word[i] = fold(d.word[i], g.asset_name[d.asset[i]] ^ np.uint64(wave))
        d.turn[i] = i


@jit
def reorder(g: Given, d: Desk, chain: Any, n: int) -> None:
    """Put threats in another order than that of arrival in which they are served (E1)."""
    for i in range(n):
        if g.options[0].order == RANDOM_ASSET:
            d.mark[i] = mark_of(fold(fold(chain, ASSET_ORDER_WORD), g.asset_name[d.asset[i]]))
        else:
            d.mark[i] = g.asset_rank[d.asset[i]]
    sort_turns(d.turn, d.mark, n)


@jit
def muster(g: Given, d: Desk, s: Sheet, c: int, chain: Any, launched: int, wave: int) -> int:
    """List the threats of one class that come in this wave; return how many there are.

    One loop for each question, and none for a question that no threat of the class asks.
    """
    of_class = g.threat_class[c]
    limit = decoy_limit(d, of_class, chain, launched)
    fail = of_class.fail_before_mark
    aim(g, d, c, chain, launched)
    if of_class.shift_mark > np.uint64(0):
        shift_targets(g, d, c, launched)
    n = launched
    if g.options[0].waves > 1 or limit > np.uint64(0) or fail > np.uint64(0):
        n = sift(g, d, s, limit, fail, wave, c, launched)
    else:
        s.by_class[c, LAUNCHED] += launched
        d.raided[c] += launched
        for i in range(n):
            d.came[c, d.asset[i]] += 1
    line_up(g, d, c, n, wave)
    if g.options[0].countries == 1:
        find_cover(g, d, c, n)
    if g.options[0].order != ARRIVAL:
        reorder(g, d, chain, n)
    return n
