"""Compiled groups: classes that no magazine may be fired at, by binomial quantiles (F4, E9)."""

from __future__ import annotations

from typing import Any

from vallum._kernel.fast.columns import (
    CAME,
    DAY_LEAKED,
    FAILED,
    FULL_STATE,
    LAUNCHED,
    LEAKED,
    LEAKED_HERE,
    OPEN_STATE,
    SHARE,
    STATES,
    TREATED_STATE,
    UNSEEN_STATE,
)
from vallum._kernel.fast.engage import layer_room
from vallum._kernel.fast.muster import touch
from vallum._kernel.fast.quantiles import binomial_quantile, hypergeometric_quantile
from vallum._kernel.fast.rows import I32, U8, Rows
from vallum._kernel.fast.slots import (
    DECOY_WORD,
    FAIL_WORD,
    GROUP_WORD,
    PLACE_WORD,
    WAVE_WORD,
    fold,
    jit,
    uniform,
)
from vallum._kernel.problem import F64, I64, SOFT, U64
from vallum.terms import BLIND, MISSED, SATURATED, UNCOVERED

#: The reason of what leaks in each state.
STATE_REASON = (SATURATED, MISSED, BLIND, UNCOVERED)
#: The state of what did not leak, in the slots of places.
NOT_LEAKED = STATES


@jit
def group_uniform(chain: Any, name: Any, what: int, kind: int, state: int) -> float:
    """The uniform of one draw of a group: layer, what is drawn, kind and state."""
    return float(uniform(fold(fold(fold(chain, GROUP_WORD), name), what * 16 + kind * 8 + state)))


@jit
def group_layer(
    group: I64, seen: I64, battery: Rows, stands: U8, layer: Rows, success: float, track: float, chain: Any, k: int
) -> None:
    """One soft or team layer against a group, by kind and state."""
    room, standing, sighted = layer_room(battery, stands, layer, k)
    if standing == 0 or success <= 0.0:
        return
    track = track if sighted == 1 else 0.0
    waiting, name = 0, layer[k].name
    for kind in range(2):
        for state in range(STATES):
            u = group_uniform(chain, name, 1, kind, state)
            seen[kind, state] = binomial_quantile(u, group[kind, state], track)
            waiting += seen[kind, state]
    left = waiting
    if layer[k].kind != SOFT:
        left = min(waiting, max(0, room - layer[k].treated))
        layer[k].treated += left
    treat(group, seen, success, name, chain, waiting, left)


@jit
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


@jit
def decoys_among(of_class: Any, chain: Any, launched: int) -> int:
    """How many of a raid's group are decoys, over all its waves (W2)."""
    if of_class.decoy_count >= 0:
        return min(launched, of_class.decoy_count)
    u = uniform(fold(fold(chain, GROUP_WORD), DECOY_WORD))
    return int(binomial_quantile(u, launched, of_class.decoy_share))


@jit
def group_muster(group: I64, fail: float, tally: I64, chain: Any, c: int, kind: int, n: int) -> int:
    """Note the launch of n of a kind, and take out what fails before the defence; return what is left (W2)."""
    for state in range(STATES):
        group[kind, state] = 0
    tally[c, LAUNCHED + kind] += n
    failed = binomial_quantile(group_uniform(chain, FAIL_WORD, 0, kind, OPEN_STATE), n, fail)
    tally[c, FAILED + kind] += failed
    group[kind, OPEN_STATE] = n - failed
    return n - failed


@jit
def left_of(group: I64, kind: int) -> int:
    """Threats of one kind that are still alive."""
    alive = 0
    for state in range(STATES):
        alive += group[kind, state]
    return alive


@jit
def group_settle(group: I64, fail: float, tally: I64, today: I64, chain: Any, c: int) -> None:
    """Count what is left of a group as failed or leaked, and keep the leakers in it."""
    for kind in range(2):
        for state in range(STATES):
            alive = group[kind, state]
            failed = binomial_quantile(group_uniform(chain, FAIL_WORD, 0, kind, state), alive, fail)
            group[kind, state] = alive - failed
            tally[c, FAILED + kind] += failed
            tally[c, LEAKED + 2 * STATE_REASON[state] + kind] += alive - failed
            today[c, DAY_LEAKED] += alive - failed


@jit
def spread_out(
    tonight: I32, touched: U64, asset_leaked: I64, target: F64, asset: Rows, chain: Any, c: int, state: int, n: int
) -> None:
    """Share n real threats of a group out over the assets (R3)."""
    left, share = n, 1.0
    for a in range(target.shape[1]):
        if left == 0:
            return
        here = left
        if a < target.shape[1] - 1:
            u = uniform(fold(fold(fold(fold(chain, GROUP_WORD), PLACE_WORD), state), asset[a].name))
            here = binomial_quantile(u, left, min(1.0, target[c, a, SHARE] / share)) if share > 0.0 else 0
        share -= target[c, a, SHARE]
        left -= here
        if here == 0:
            continue
        touch(touched, c, a)
        tonight[c, a, CAME] += here
        if state < NOT_LEAKED:
            tonight[c, a, LEAKED_HERE] += here
            asset_leaked[a, c, STATE_REASON[state]] += here


@jit
def wave_share(chain: Any, kind: int, number: int, waves: int, wave: int) -> int:
    """How many of a kind come in this wave (R4)."""
    left, here = number, 0
    for earlier in range(wave + 1):
        u = uniform(fold(fold(fold(chain, GROUP_WORD), WAVE_WORD), earlier * 2 + kind))
        here = binomial_quantile(u, left, 1.0 / (waves - earlier))
        left -= here
    return here
