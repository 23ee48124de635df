"""Compiled engagements: one class of one wave against the layers, threat by threat (E1-E11)."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.fast.columns import (
    CAME_HERE,
    DAY_DRY,
    DAY_LEAKED,
    DAY_STOPPED,
    DAY_WANTED,
    DRY_HERE,
    FAILED,
    KILLS,
    LEAKED,
    LOST,
    SHOT_AT,
    SHOT_STOPPED,
    SHOTS_HERE,
    STOPPED,
    THIN,
    UNMET,
    USED,
)
from vallum._kernel.fast.rows import (
    BACK_TO_DEPOT,
    BITS,
    DECOY,
    FRESH,
    GONE,
    HIT,
    LOST_WITH_BATTERY,
    NO_TYPE,
    NOBODY,
    NOT_ENGAGED,
    ONE_SHOT,
    OUT,
    SAW_DRY,
    SAW_FULL,
    SAW_HELD,
    SAW_NOTHING,
    SHORT,
    SHOT,
    STARVED,
    TREATED,
    WHY,
    Desk,
    Given,
    Sheet,
)
from vallum._kernel.fast.slots import (
    DEFENCE_WORD,
    FAIL_WORD,
    LOSS_WORD,
    RELIABILITY_WORD,
    SOFT_WORD,
    TRACK_WORD,
    filled_up,
    fold,
    jit,
    leaf,
    lowest_bit,
    mark_of,
    once,
)
from vallum._kernel.problem import BATTERY, BY_DEFENCE, BY_LAYER, EVEN, SOFT
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


@jit
def open_eyes(g: Given, d: Desk, raid: Any, wave: int) -> None:
    """Draw which batteries see nothing in this wave, and renew the channels (E2, E8)."""
    for b in range(d.channels.shape[0]):
        d.channels[b] = g.channels[b]
    for w in range(d.full_bits.shape[0]):
        d.full_bits[w] = g.no_channel_bits[w]
        d.able_bits[w] = d.stand_bits[w]
    if g.options[0].blindable == 0:
        return
    chain, era = fold(fold(raid, RELIABILITY_WORD), wave), d.era[0]
    for k in range(g.layer.shape[0]):
        for b in range(g.layer[k].first, g.layer[k].last):
            own = d.battery[b]
            name = own.name
            if g.options[0].scope == BY_LAYER:
                name = g.layer[k].name
            elif g.options[0].scope == BY_DEFENCE:
                name = DEFENCE_WORD
            own.sighted = mark_of(fold(chain, name)) < g.reliability_mark[era, b]
            if own.sighted == 0:
                d.able_bits[own.word] &= ~own.bit


@leaf
def enlist(d: Desk, left: int) -> int:
    """Queue whom the layer sees, in their turns; return how many. Who that is cannot be foreseen: no branch."""
    queued = 0
    for turn in range(left):
        d.queue[queued] = d.turn[turn]
        queued += d.flag[d.turn[turn]]
    return queued


@leaf
def draw_for_layer(g: Given, d: Desk, k: int, c: int, n: int) -> None:
    """What a layer draws for each threat of a class, and whom it covers and sees (W5, E8).

    For all of them, seen or not, and for places of the queue that stay empty: without a branch several are drawn at a
    time.
    """
    name, track = g.layer[k].name, g.sight[d.era[0], k, c].track_mark
    for i in range(filled_up(n)):
        is_seen = (d.watched[i] != np.uint64(0)) & (mark_of(fold(fold(d.word[i], TRACK_WORD), name)) < track)
        word = fold(d.place_word[i], name)
        d.shots_word[i] = word
        d.mark[i] = mark_of(fold(word, 0))
        d.flag[i] = is_seen
        d.state[i] |= SAW_NOTHING if (d.guarded[i] != np.uint64(0)) & (not is_seen) else FRESH
        d.gun[i], d.engaged[i] = NOBODY, NOT_ENGAGED
    for t in range(d.kill_mark.shape[0]):
        d.kill_mark[t] = g.kill_mark[d.era[0], t, c]


@leaf
def find_watchers(g: Given, d: Desk, k: int, n: int) -> None:
    """Which batteries of the layer stand, reach each threat and see, and whether there is one, seeing or not."""
    first = g.layer[k].first_word
    for w in range(first, g.layer[k].last_word):
        d.round_bits[w] = d.able_bits[w]
        able, standing, is_first = d.able_bits[w], d.stand_bits[w], w == first
        for i in range(filled_up(n)):
            reached = d.reach_bits[d.row[i] + w]
            d.watchers[w - first, i] = reached & able
            d.watched[i] = (reached & able) | (np.uint64(0) if is_first else d.watched[i])
            d.guarded[i] = (reached & standing) | (np.uint64(0) if is_first else d.guarded[i])


@leaf
def first_of(g: Given, d: Desk, k: int, i: int) -> Any:
    """The first battery of a layer that stands and reaches threat i, or NOBODY."""
    b = g.layer[k].first
    for w in range(g.layer[k].first_word, g.layer[k].last_word):
        bits = d.reach_bits[d.row[i] + w] & d.stand_bits[w]
        if bits != np.uint64(0):
            return b + np.uint32(lowest_bit(bits))  # type: ignore[call-arg]
        b += BITS
    return NOBODY


@leaf
def take_in_word(d: Desk, g: Given, c: int, i: int, j: int, word: int, w: Any, base: Any) -> int:
    """Take one round from the batteries of one word of a layer; its type, or -1 (E2, E5)."""
    gun, bits = d.gun[j], d.watchers[word, i]
    usable = ~d.full_bits[w] | (np.uint64(1) << np.uint64(gun - base) if gun - base < BITS else np.uint64(0))
    while True:
        free = bits & usable & d.round_bits[w]
        if free == np.uint64(0):
            return -1
        b = base + np.uint32(lowest_bit(free))  # type: ignore[call-arg]
        t = take_from(g, d, c, b)
        if t >= 0:
            if b != gun:
                d.gun[j] = b
                d.channels[b] -= 1
                if d.channels[b] <= 0:
                    d.full_bits[w] |= free & -free
            return t
        d.round_bits[w] &= ~(free & -free)


@jit
def take_beyond(g: Given, d: Desk, k: int, c: int, i: int, j: int) -> int:
    """Take one round from the batteries of a layer beyond those of its first word; its type, or -1 (E2, E5)."""
    own = g.layer[k]
    for w in range(own.first_word + np.uint32(1), own.last_word):
        word = w - own.first_word
        t = take_in_word(d, g, c, i, j, word, w, own.first + np.uint32(word * BITS))
        if t >= 0:
            return t
    return -1


@leaf
def take_round(g: Given, d: Desk, k: int, c: int, i: int, j: int) -> int:
    """Take one round for threat i, j in the queue, from the layer's batteries in order; its type (E2, E5).

    A battery takes a channel when it first fires at the threat, in whichever look; a dry or holding one takes none.
    Returns -1 where no battery has a channel and a round for it.
    """
    own = g.layer[k]
    t = take_in_word(d, g, c, i, j, 0, own.first_word, own.first)
    if t < 0 and own.last_word - own.first_word > 1:
        t = take_beyond(g, d, k, c, i, j)
    return t


@leaf
def take_from(g: Given, d: Desk, c: int, b: Any) -> int:
    """Take a round of the first type on the load list of battery b that is there and not held back; -1 for none (E5)."""
    for place in range(g.load.shape[2]):
        load = g.load[c, b, place]
        if load.type == NO_TYPE:
            break
        if d.ready[load.cell] > load.reserve:
            d.ready[load.cell] -= 1
            return int(load.type)
    return -1


@leaf
def rounds_of(g: Given, d: Desk, c: int, b: Any) -> int:
    """Rounds that are ready for battery b, of all types that it may fire at the class, held back or not."""
    rounds = 0
    for place in range(g.load.shape[2]):
        load = g.load[c, b, place]
        if load.type != NO_TYPE:
            rounds += d.ready[load.cell]
    return rounds


@jit
def find_wanting(g: Given, d: Desk, k: int, c: int, i: int, gun: Any) -> Any:
    """Why a threat drew no shot: what the batteries lack that cover and see it, up to the first that is dry (E2, E5, E6).

    That one is dry comes before all else (E10).
    """
    saw, base, first = FRESH, g.layer[k].first, g.layer[k].first_word
    for w in range(first, g.layer[k].last_word):
        bits = d.watchers[w - first, i]
        while bits != np.uint64(0):
            b = base + np.uint32(lowest_bit(bits))  # type: ignore[call-arg]
            if b != gun and d.full_bits[w] & bits & -bits != np.uint64(0):
                saw |= SAW_FULL
            elif rounds_of(g, d, c, b) > 0:
                saw |= SAW_HELD
            else:
                return saw | SAW_DRY
            bits &= bits - np.uint64(1)
        base += BITS
    return saw


@leaf
def wanted_by(g: Given, d: Desk, k: int, c: int, j: int) -> Any:
    """The type of the rounds that threat j of the queue wants."""
    return g.first_type[k, c] if g.first_type[k, c] != NO_TYPE else d.wanted[j]


@leaf
def shoot(g: Given, d: Desk, s: Sheet, k: int, c: int, j: int, mark: Any) -> None:
    """One shot at threat j of the queue, if there is a round for it (E3, E5)."""
    i = d.queue[j]
    t = take_round(g, d, k, c, i, j)
    if t >= 0:
        state, hit = d.state[i], HIT if mark < d.kill_mark[t] else FRESH
        s.by_type[t, USED] += 1
        s.by_type[t, KILLS] += hit & ~state != FRESH
        d.state[i] = (state | hit) + ONE_SHOT
        d.engaged[j] = SHOT
        return
    saw = find_wanting(g, d, k, c, i, d.gun[j])
    d.state[i] |= saw
    if saw & (SAW_DRY | SAW_HELD) != FRESH:
        d.state[i] |= SHORT
        s.by_type[wanted_by(g, d, k, c, j), UNMET] += 1
        if d.engaged[j] == NOT_ENGAGED:
            d.engaged[j] = STARVED


@leaf
def want(g: Given, d: Desk, s: Sheet, k: int, c: int, queued: int, day: int) -> None:
    """Want the rounds of the first look: of the type that the first standing battery that covers fires first (O)."""
    shots = g.salvos[k, c, 0]
    if g.first_type[k, c] != NO_TYPE:
        s.day_type[day, g.first_type[k, c], DAY_WANTED] += shots * queued
        return
    for j in range(queued):
        b = first_of(g, d, k, d.queue[j])
        d.wanted[j] = g.load[c, b, 0].type
        s.day_type[day, d.wanted[j], DAY_WANTED] += shots


@leaf
def first_look(g: Given, d: Desk, s: Sheet, k: int, c: int, queued: int) -> None:
    """The first look of a layer: fire, unless shots are spread (E4)."""
    shots = g.salvos[k, c, 0]
    if g.options[0].spread == EVEN or shots == 0:
        return
    for j in range(queued):
        i = d.queue[j]
        mark = d.mark[i]
        for shot in range(1, shots + 1):
            shoot(g, d, s, k, c, j, mark)
            if shot < shots:
                mark = mark_of(fold(d.shots_word[i], shot))


@leaf
def want_again(g: Given, d: Desk, s: Sheet, k: int, c: int, shots: int, queued: int, day: int) -> None:
    """Count the rounds that the doctrine asks for in a later look (E4, O).

    A threat that found no round for its first shot wants those of the later looks too, and has none.
    """
    for j in range(queued):
        wants = d.state[d.queue[j]] & HIT == FRESH and d.engaged[j] != NOT_ENGAGED
        t = wanted_by(g, d, k, c, j)
        s.day_type[day, t, DAY_WANTED] += shots * wants
        s.by_type[t, UNMET] += shots * (wants and d.engaged[j] == STARVED)


@leaf
def still_fired_at(d: Desk, queued: int) -> int:
    """List whom a later look fires at: survivors of an earlier look of the same layer; return how many (E4)."""
    again = 0
    for j in range(queued):
        d.out[again] = j
        again += (d.state[d.queue[j]] & HIT == FRESH) & (d.engaged[j] == SHOT)
    return again


@jit
def look_again(g: Given, d: Desk, s: Sheet, k: int, c: int, look: int, queued: int, day: int) -> None:
    """A look at all the threats in the queue that may be fired at (E4, E5)."""
    shots, again = g.salvos[k, c, look], queued
    passes, each = (shots, 1) if g.options[0].spread == EVEN else (1, shots)
    if look > 0:
        want_again(g, d, s, k, c, shots, queued, day)
        again = still_fired_at(d, queued)
    else:
        for j in range(queued):
            d.out[j] = j
    for turn in range(passes):
        for place in range(again):
            j = d.out[place]
            for shot in range(each):
                word = d.shots_word[d.queue[j]]
                shoot(g, d, s, k, c, j, mark_of(fold(word, look * 256 + turn + shot)))


@jit
def battery_layer(g: Given, d: Desk, s: Sheet, k: int, c: int, n: int, left: int, day: int) -> None:
    """One layer of batteries against the threats of a class, look by look (E1b, E4)."""
    find_watchers(g, d, k, n)
    draw_for_layer(g, d, k, c, n)
    queued = enlist(d, left)
    want(g, d, s, k, c, queued, day)
    first_look(g, d, s, k, c, queued)
    for look in range(0 if g.options[0].spread == EVEN else 1, g.salvos.shape[2]):
        if g.salvos[k, c, look] == 0:
            break
        look_again(g, d, s, k, c, look, queued, day)


@leaf
def layer_room(g: Given, d: Desk, k: int) -> Any:
    """Capacity tonight of a soft or team layer, whether it stands, whether it sees."""
    room, standing, sighted = 0, 0, 0
    for b in range(g.layer[k].first, g.layer[k].last):
        if d.stands[b] == 1:
            standing = 1
            if d.battery[b].sighted == 1:
                sighted = 1
                room += d.battery[b].teams
    return room, standing, sighted


@jit
def soft_layer(g: Given, d: Desk, k: int, c: int, left: int) -> None:
    """A soft or team layer against threats followed one by one (E9)."""
    room, standing, sighted = layer_room(g, d, k)
    own, sight = g.layer[k], g.sight[d.era[0], k, c]
    if standing == 0 or sight.success <= 0.0:
        return
    for turn in range(left):
        i = d.turn[turn]
        word = d.word[i]
        if sighted == 0 or mark_of(fold(fold(word, TRACK_WORD), own.name)) >= sight.track_mark:
            d.state[i] |= SAW_NOTHING
        elif own.kind != SOFT and own.treated >= room:
            d.state[i] |= SAW_FULL
        else:
            own.treated += 1
            d.state[i] |= TREATED
            if mark_of(fold(fold(word, SOFT_WORD), own.name)) < sight.success_mark:
                d.state[i] |= OUT


@leaf
def reason(d: Desk, i: int) -> int:
    """Why a threat leaked: the first reason that applies (E10)."""
    return MISSED if d.state[i] >= ONE_SHOT else REASON[d.state[i] & WHY]


@leaf
def thin_out(d: Desk, left: int) -> int:
    """Take those that a layer stopped out of the line; return how many are left. No branch: not foreseen."""
    kept, gone = 0, 0
    for turn in range(left):
        i = d.turn[turn]
        is_gone = d.state[i] & GONE != FRESH
        d.turn[kept], d.out[gone] = i, i
        kept += not is_gone
        gone += is_gone
    return kept


@leaf
def count_stopped(g: Given, d: Desk, s: Sheet, k: int, c: int, stopped: int, day: int) -> None:
    """Count those that layer k stopped: shots stop whoever a battery layer does."""
    tally, decoys, shot_at = s.by_class, 0, stopped
    if g.threat_class[c].decoyed == 1:
        for place in range(stopped):
            decoys += d.state[d.out[place]] & DECOY != FRESH
    if g.layer[k].kind == BATTERY:
        tally[c, SHOT_STOPPED] += stopped
    else:
        shot_at = 0
        for place in range(stopped):
            shot_at += d.state[d.out[place]] >= ONE_SHOT
    tally[c, SHOT_AT] += shot_at
    tally[c, STOPPED] += stopped - decoys
    tally[c, STOPPED + 1] += decoys
    s.day_class[day, c, DAY_STOPPED] += stopped


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
    if g.threat_class[c].fail_before == 1 or g.threat_class[c].fail_mark == np.uint64(0):
        return False
    return bool(mark_of(fold(d.word[i], FAIL_WORD)) < g.threat_class[c].fail_mark)


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
    of_class, kept = g.threat_class[c], 0
    if of_class.fail_before == 1 or of_class.fail_mark == np.uint64(0):
        return left
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


@once
def fight_layers(g: Given, d: Desk, s: Sheet, c: int, n: int, day: int) -> int:
    """Send the threats of a class through the layers, outer to inner; return how many are left (E1)."""
    left = n
    for k in range(g.layer.shape[0]):
        if g.layer[k].kind != BATTERY:
            soft_layer(g, d, k, c, left)
        elif g.serves[k, c] == 1:
            battery_layer(g, d, s, k, c, n, left, day)
        else:
            continue
        kept = thin_out(d, left)
        count_stopped(g, d, s, k, c, left - kept, day)
        left = kept
    return left
