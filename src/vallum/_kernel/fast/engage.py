"""Compiled engagements: one class of one wave against the layers, threat by threat (E1-E9)."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.fast.columns import (
    DAY_STOPPED,
    DAY_WANTED,
    KILLS,
    SHOT_AT,
    SHOT_STOPPED,
    STOPPED,
    UNMET,
    USED,
)
from vallum._kernel.fast.rows import (
    BITS,
    DECOY,
    FRESH,
    GONE,
    HIT,
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
    Desk,
    Given,
    Sheet,
)
from vallum._kernel.fast.slots import (
    DEFENCE_WORD,
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
    """What a layer draws for each threat of a class, whom it covers and sees, and how sure its shots are (W5, E3, E8).

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
    """Which batteries of the layer stand, reach each threat and see, and whether there is one, seeing or not.

    All that see may still have a round for the class.
    """
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
def take_in_word(g: Given, d: Desk, c: int, i: int, j: int, place: int, w: Any, base: Any) -> int:
    """Take one round from the batteries of one word of a layer; its type, or -1 (E2, E5)."""
    gun, bits = d.gun[j], d.watchers[place, i]
    usable = ~d.full_bits[w] | (np.uint64(1) << np.uint64(gun - base) if gun - base < BITS else np.uint64(0))
    while True:
        free = bits & usable & d.round_bits[w]
        if free == np.uint64(0):
            return -1
        b, bit = base + np.uint32(lowest_bit(free)), free & -free  # type: ignore[call-arg]
        t = take_from(g, d, c, b)
        if t >= 0:
            if b != gun:
                d.gun[j] = b
                d.channels[b] -= 1
                if d.channels[b] <= 0:
                    d.full_bits[w] |= bit
            return t
        d.round_bits[w] &= ~bit


@jit
def take_beyond(g: Given, d: Desk, k: int, c: int, i: int, j: int) -> int:
    """Take one round from the batteries of a layer beyond those of its first word; its type, or -1 (E2, E5)."""
    own = g.layer[k]
    for w in range(own.first_word + np.uint32(1), own.last_word):
        place = w - own.first_word
        t = take_in_word(g, d, c, i, j, place, w, own.first + np.uint32(place * BITS))
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
    t = take_in_word(g, d, c, i, j, 0, own.first_word, own.first)
    if t < 0 and own.last_word - own.first_word > 1:
        t = take_beyond(g, d, k, c, i, j)
    return t


@leaf
def take_from(g: Given, d: Desk, c: int, b: Any) -> int:
    """Take a round of the first type on the list of battery b that is there and not held back; -1 for none (E5)."""
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
    """Why a threat drew no shot: what the batteries lack that cover and see it (E2, E5, E6).

    Up to the first that is dry, for that comes before all else (E10).
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
