"""Who gets what is made: customers by contract share or by rank, and their surges (S4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from vallum import dice
from vallum.scenario import schema
from vallum.scenario.worlds import F64, Worlds
from vallum.supply.clock import Clock
from vallum.terms import NEVER

SUPPLY: Final = dice.word("supply")
SURGE: Final = dice.word("surge")


def ours(clock: Clock, worlds: Worlds, line: schema.Line, made: F64) -> F64:
    """Our part of what has been made, at the end of each day. (W, D) -> (W, D)

    First in line are surges of customers by share, then customers by rank; an order that is not filled
    waits, so we get what has been made beyond all that those before us had asked for by then.
    """
    left = made
    before = list(_wanted_before(clock, worlds, line))
    if before:
        left = np.maximum(np.maximum.accumulate(made - sum(before), axis=1), 0.0)
    left = left * _share(worlds, line)[:, None]
    if line.ordered_per_month is not None:
        ordered = worlds.value(line.ordered_per_month, 0.0)[:, None] * _months(clock, worlds, line)
        left = left + np.minimum(np.minimum.accumulate(ordered - left, axis=1), 0.0)
    return np.asarray(left)


def _months(clock: Clock, worlds: Worlds, span: schema.Line | schema.Rival | schema.Surge) -> F64:
    """Months of a span that have gone by at the end of each day. (W, D)"""
    start, end = worlds.day(span.start, 0), worlds.day(span.to, NEVER)
    return clock.elapsed(start, end)[:, 1:]


def _share(worlds: Worlds, line: schema.Line) -> F64:
    """Our contract share: as stated, else what the others leave. (W,)"""
    if line.share is not None:
        return worlds.value(line.share, 1.0)
    others = [worlds.value(rival.share, 0.0) for rival in line.rivals.values()]
    return np.maximum(1.0 - sum(others, np.zeros(1)), 0.0)


def _wanted_before(clock: Clock, worlds: Worlds, line: schema.Line) -> Iterator[F64]:
    """What each customer before us has asked for by the end of each day. (W, D)"""
    for name, rival in sorted(line.rivals.items()):
        if line.rank is not None and rival.rank is not None and rival.rank < line.rank:
            yield worlds.value(rival.per_month, 0.0)[:, None] * _months(clock, worlds, rival)
        for surge_name, surge in sorted(rival.surges.items()):
            rank = surge.rank or rival.rank
            if line.rank is None or (rank is not None and rank < line.rank):
                yield _surge(clock, worlds, surge, name, surge_name)


def _surge(clock: Clock, worlds: Worlds, surge: schema.Surge, rival: str, name: str) -> F64:
    """One surge; two lines with the same rival and surge meet the same war. (W, D)"""
    if surge.per_month is not None:
        wanted = worlds.value(surge.per_month, 0.0)[:, None] * _months(clock, worlds, surge)
    else:
        asked = clock.within(worlds.day(surge.start, 0), np.array([NEVER]))
        wanted = worlds.value(surge.quantity, 0.0)[:, None] * asked
    if surge.probability is None:
        return np.asarray(wanted, np.float64)
    slots = worlds.chains
    for part in (SUPPLY, SURGE, dice.word(rival), dice.word(name)):
        slots = dice.folds(slots, np.uint64(part))
    comes = dice.uniforms(slots) < worlds.value(surge.probability, 1.0)
    return np.asarray(np.where(comes[:, None], wanted, 0.0))
