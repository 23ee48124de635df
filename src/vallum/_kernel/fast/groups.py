"""Compiled groups: classes that no magazine may be fired at, by binomial quantiles (F4, E9)."""

from __future__ import annotations

from typing import Any

from vallum._kernel.fast.columns import (
    DAY_LEAKED,
    DAY_STOPPED,
    FAILED,
    FULL_STATE,
    LAUNCHED,
    LEAKED,
    OPEN_STATE,
    STATES,
    STOPPED,
    TREATED_STATE,
    UNSEEN_STATE,
)
from vallum._kernel.fast.engage import layer_room
from vallum._kernel.fast.muster import find_targets
from vallum._kernel.fast.quantiles import binomial_quantile, hypergeometric_quantile
from vallum._kernel.fast.rows import Desk, Given, Sheet
from vallum._kernel.fast.slots import (
    DECOY_WORD,
    FAIL_WORD,
    GROUP_WORD,
    WAVE_WORD,
    fold,
    jit,
    leaf,
    uniform,
)
from vallum._kernel.problem import BATTERY, I64, SOFT
from vallum.terms import BLIND, MISSED, SATURATED, UNCOVERED

#: The reason of what leaks in each state.
STATE_REASON = (SATURATED, MISSED, BLIND, UNCOVERED)


@leaf
def group_uniform(chain: Any, name: Any, what: int, kind: int, state: int) -> float:
    """The uniform of one draw of a group: layer, what is drawn, kind and state."""
    return float(uniform(fold(fold(fold(chain, GROUP_WORD), name), what * 16 + kind * 8 + state)))


@jit
def group_layer(g: Given, d: Desk, chain: Any, k: int, c: int) -> None:
    """One soft or team layer against a group, by kind and state."""
    room, standing, sighted = layer_room(g, d, k)
    own, sight = g.layer[k], g.sight[d.era[0], k, c]
    if standing == 0 or sight.success <= 0.0:
        return
    track, waiting = sight.track if sighted == 1 else 0.0, 0
    for kind in range(2):
        for state in range(STATES):
            u = group_uniform(chain, own.name, 1, kind, state)
            d.seen[kind, state] = binomial_quantile(u, d.group[kind, state], track)
            waiting += d.seen[kind, state]
    left = waiting
    if own.kind != SOFT:
        left = min(waiting, max(0, room - own.treated))
        own.treated += left
    treat(d.group, d.seen, sight.success, own.name, chain, waiting, left)


@leaf
def treat(group: I64, seen: I64, success: float, name: Any, chain: Any, waiting: int, left: int) -> None:
    """Treat `left` of the `waiting`; the others found no room, and what was not seen stays as it was."""
    for kind in range(2):
        full, tried, unseen = 0, 0, 0
        for state in range(STATES):
            here = seen[kind, state]
            others = waiting - here
            treated = min(here, left)
            if 0 < left < waiting and here > 0 and others > 0:
                treated = hypergeometric_quantile(group_uniform(chain, name, 2, kind, state), here, others, left)
            waiting, left = others, left - treated
            survived = treated - binomial_quantile(group_uniform(chain, name, 3, kind, state), treated, success)
            hidden = group[kind, state] - here
            full += here - treated
            if state == FULL_STATE:
                full += survived + hidden
            elif state == TREATED_STATE:
                tried += survived + hidden
            else:
                tried += survived
                unseen += hidden
        group[kind, FULL_STATE], group[kind, TREATED_STATE] = full, tried
        group[kind, UNSEEN_STATE], group[kind, OPEN_STATE] = unseen, 0


@leaf
def decoys_among(of_class: Any, chain: Any, launched: int) -> int:
    """How many of a raid's group are decoys, over all its waves (W2)."""
    if of_class.decoy_count >= 0:
        return min(launched, of_class.decoy_count)
    u = uniform(fold(fold(chain, GROUP_WORD), DECOY_WORD))
    return int(binomial_quantile(u, launched, of_class.decoy_share))


@leaf
def group_muster(d: Desk, s: Sheet, fail: float, chain: Any, c: int, kind: int, n: int) -> int:
    """Note the launch of n of a kind, and take out what fails before the defence; return what is left (W2)."""
    for state in range(STATES):
        d.group[kind, state] = 0
    s.by_class[c, LAUNCHED + kind] += n
    failed = binomial_quantile(group_uniform(chain, FAIL_WORD, 0, kind, OPEN_STATE), n, fail)
    s.by_class[c, FAILED + kind] += failed
    d.group[kind, OPEN_STATE] = n - failed
    return n - failed


@leaf
def left_of(group: I64, kind: int) -> int:
    """Threats of one kind that are still alive."""
    alive = 0
    for state in range(STATES):
        alive += group[kind, state]
    return alive


@jit
def group_settle(d: Desk, s: Sheet, fail: float, chain: Any, c: int, day: int) -> None:
    """Count what is left of a group as failed or leaked, and keep the leakers in it."""
    for kind in range(2):
        for state in range(STATES):
            alive = d.group[kind, state]
            failed = binomial_quantile(group_uniform(chain, FAIL_WORD, 0, kind, state), alive, fail)
            d.group[kind, state] = alive - failed
            s.by_class[c, FAILED + kind] += failed
            s.by_class[c, LEAKED + 2 * STATE_REASON[state] + kind] += alive - failed
            s.day_class[day, c, DAY_LEAKED] += alive - failed


@leaf
def count_at_only_place(d: Desk, s: Sheet, c: int, real: int) -> None:
    """Count the real threats of a group and those that leaked, where there is one asset: nothing need be drawn."""
    d.came[c, 0] += real
    for state in range(STATES):
        d.leaked[c, 0] += d.group[0, state]
        s.asset_leaked[0, c, STATE_REASON[state]] += d.group[0, state]


@leaf
def count_at_places(g: Given, d: Desk, s: Sheet, chain: Any, c: int, real: int) -> None:
    """Count the real threats of a group where they came down: those that leaked first, then the others (R3)."""
    find_targets(g, d, c, chain, real)
    leaked = 0
    for state in range(STATES):
        why, end = STATE_REASON[state], leaked + d.group[0, state]
        for i in range(leaked, end):
            a = d.asset[i]
            d.came[c, a] += 1
            d.leaked[c, a] += 1
            s.asset_leaked[a, c, why] += 1
        leaked = end
    for i in range(leaked, real):
        d.came[c, d.asset[i]] += 1


@leaf
def wave_share(chain: Any, kind: int, number: int, waves: int, wave: int) -> int:
    """How many of a kind come in this wave (R4)."""
    left, here = number, 0
    for earlier in range(wave + 1):
        u = uniform(fold(fold(fold(chain, GROUP_WORD), WAVE_WORD), earlier * 2 + kind))
        here = binomial_quantile(u, left, 1.0 / (waves - earlier))
        left -= here
    return here


@jit
def group_raid(g: Given, d: Desk, s: Sheet, c: int, chain: Any, launched: int, wave: int, day: int) -> None:
    """One class of one wave, as a group of real threats and one of decoys (F4)."""
    of_class, waves = g.threat_class[c], g.options[0].waves
    decoys = decoys_among(of_class, chain, launched)
    real = launched - decoys
    of_wave = chain
    if waves > 1:
        real, decoys = wave_share(chain, 0, real, waves, wave), wave_share(chain, 1, decoys, waves, wave)
        of_wave = fold(chain, wave)
    real_before = group_muster(d, s, of_class.fail_before, of_wave, c, 0, real)
    decoys_before = group_muster(d, s, of_class.fail_before, of_wave, c, 1, decoys)
    for k in range(g.layer.shape[0]):
        if g.layer[k].kind != BATTERY:
            group_layer(g, d, of_wave, k, c)
    d.raided[c] += real
    stopped, decoys_stopped = real_before - left_of(d.group, 0), decoys_before - left_of(d.group, 1)
    s.by_class[c, STOPPED] += stopped
    s.by_class[c, STOPPED + 1] += decoys_stopped
    s.day_class[day, c, DAY_STOPPED] += stopped + decoys_stopped
    group_settle(d, s, of_class.fail_behind, of_wave, c, day)
    d.harm[c] += left_of(d.group, 0)
    if g.asset_name.shape[0] == 1:
        count_at_only_place(d, s, c, real)
    else:
        count_at_places(g, d, s, of_wave, c, real)
