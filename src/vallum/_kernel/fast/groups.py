"""Compiled groups: classes that no magazine may be fired at, by binomial quantiles (F4, E9)."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.fast.columns import (
    DAY_LEAKED,
    DECOY_COUNT,
    DECOY_SHARE,
    FAIL,
    FAIL_BEFORE,
    FAILED,
    FULL_STATE,
    KIND,
    LAUNCHED,
    LEAKED,
    OPEN_STATE,
    SHARE,
    SUCCESS,
    TRACK,
    TREATED,
    TRIED_STATE,
    UNSEEN_STATE,
)
from vallum._kernel.fast.engage import layer_room
from vallum._kernel.fast.quantiles import binomial_quantile, hypergeometric_quantile
from vallum._kernel.fast.slots import DECOY_WORD, FAIL_WORD, GROUP_WORD, PLACE_WORD, WAVE_WORD, fold, jit, uniform
from vallum._kernel.problem import F64, I64, SOFT, U64
from vallum.terms import BLIND, MISSED, SATURATED, UNCOVERED

#: The reason of what leaks in each state.
STATE_REASON = (MISSED, SATURATED, BLIND, UNCOVERED)
#: The state of what did not leak, in the slots of places.
NOT_LEAKED = 4


@jit
def group_uniform(chain: Any, name: Any, what: int, kind: int, state: int) -> float:
    """The uniform of one draw of a group: layer, what is drawn, kind and state."""
    return float(uniform(fold(fold(fold(chain, GROUP_WORD), name), what * 16 + kind * 8 + state)))


@jit
def group_layer(
    group: I64, battery: I64, layer: I64, sight: F64, name: Any, chain: Any, k: int, c: int
) -> None:
    """One soft or team layer against a group, by kind and state."""
    room, standing, sighted = layer_room(battery, layer, k)
    success = sight[k, c, SUCCESS]
    if standing == 0 or success <= 0.0:
        return
    track = sight[k, c, TRACK] if sighted == 1 else 0.0
    seen = np.zeros((2, 4), np.int64)
    for kind in range(2):
        for state in range(4):
            seen[kind, state] = binomial_quantile(group_uniform(chain, name, 1, kind, state), group[kind, state], track)
    waiting = seen.sum()
    left = waiting
    if layer[k, KIND] != SOFT:
        left = min(waiting, max(0, room - layer[k, TREATED]))
        layer[k, TREATED] += left
    treat(group, seen, success, name, chain, waiting, left)


@jit
def treat(group: I64, seen: I64, success: float, name: Any, chain: Any, waiting: int, left: int) -> None:
    """Treat `left` of the `waiting`; the others found no room, and what was not seen stays as it was."""
    for kind in range(2):
        tried, full, unseen = 0, 0, 0
        for state in range(4):
            here = seen[kind, state]
            others = waiting - here
            treated = min(here, left)
            if 0 < left < waiting and here > 0 and others > 0:
                treated = hypergeometric_quantile(group_uniform(chain, name, 2, kind, state), here, others, left)
            waiting, left = others, left - treated
            tried += treated - binomial_quantile(group_uniform(chain, name, 3, kind, state), treated, success)
            hidden = group[kind, state] - here
            if state == TRIED_STATE:
                tried += hidden + here - treated
            elif state == FULL_STATE:
                full += hidden + here - treated
            else:
                full += here - treated
                unseen += hidden
        group[kind, TRIED_STATE], group[kind, FULL_STATE] = tried, full
        group[kind, UNSEEN_STATE], group[kind, OPEN_STATE] = unseen, 0


@jit
def group_muster(group: I64, threat_class: I64, class_share: F64, tally: I64, chain: Any, c: int, n: int) -> int:
    """Split a group into real threats and decoys, take out what fails before; return the real ones."""
    count = int(class_share[c, DECOY_COUNT])
    if count >= 0:
        decoys = min(n, count)
    else:
        u = uniform(fold(fold(chain, GROUP_WORD), DECOY_WORD))
        decoys = binomial_quantile(u, n, class_share[c, DECOY_SHARE])
    group[:] = 0
    group[0, OPEN_STATE], group[1, OPEN_STATE] = n - decoys, decoys
    for kind in range(2):
        alive = group[kind, OPEN_STATE]
        tally[c, LAUNCHED + kind] += alive
        if threat_class[c, FAIL_BEFORE] == 1:
            u = group_uniform(chain, FAIL_WORD, 0, kind, OPEN_STATE)
            failed = binomial_quantile(u, alive, class_share[c, FAIL])
            tally[c, FAILED + kind] += failed
            group[kind, OPEN_STATE] -= failed
    return n - decoys


@jit
def group_settle(group: I64, fail: float, tally: I64, today: I64, chain: Any, c: int) -> int:
    """Count what is left of a group as failed or leaked; return the real leakers."""
    for kind in range(2):
        for state in range(4):
            alive = group[kind, state]
            failed = binomial_quantile(group_uniform(chain, FAIL_WORD, 0, kind, state), alive, fail)
            group[kind, state] = alive - failed
            tally[c, FAILED + kind] += failed
            tally[c, LEAKED + 2 * STATE_REASON[state] + kind] += alive - failed
            today[c, DAY_LEAKED] += alive - failed
    return int(group[0].sum())


@jit
def spread_out(
    tonight: I64, asset_leaked: I64, target: F64, names: U64, chain: Any, c: int, state: int, n: int
) -> None:
    """Share n real threats of a group out over the assets (R3)."""
    left, share = n, 1.0
    for a in range(target.shape[1]):
        if left == 0:
            return
        here = left
        if a < target.shape[1] - 1:
            u = uniform(fold(fold(fold(fold(chain, GROUP_WORD), PLACE_WORD), state), names[a]))
            here = binomial_quantile(u, left, min(1.0, target[c, a, SHARE] / share)) if share > 0.0 else 0
        share -= target[c, a, SHARE]
        left -= here
        tonight[a, c, 0] += here
        if state < NOT_LEAKED:
            tonight[a, c, 1] += here
            asset_leaked[a, c, STATE_REASON[state]] += here


@jit
def wave_share(chain: Any, launched: int, waves: int, wave: int) -> int:
    """How many of a group come in this wave (R4)."""
    left = launched
    here = 0
    for earlier in range(wave + 1):
        u = uniform(fold(fold(fold(chain, GROUP_WORD), WAVE_WORD), earlier))
        here = binomial_quantile(u, left, 1.0 / (waves - earlier))
        left -= here
    return here
