"""Pauses: what was due is held until the pause ends, lost, or not made at all (S2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vallum.scenario import schema
from vallum.scenario.worlds import I64, Worlds
from vallum.supply.clock import Clock


@dataclass(frozen=True)
class Stop:
    """A pause as it falls in each world: [start, end), in days. (W,)"""

    effect: str
    start: I64
    end: I64


def stops(worlds: Worlds, pauses: dict[str, schema.Pause], line: str, donor: str) -> list[Stop]:
    """Pauses of a line, those that lose before those that hold, then by name: their order is no matter."""
    found = []
    for name, pause in pauses.items():
        if pause.donor in (None, donor) and pause.line in (None, line):
            start = worlds.day(pause.start, 0)
            end = worlds.day(pause.to, 0) if pause.to is not None else start + worlds.count(pause.days, 0)
            found.append((pause.effect != "lost", name, Stop(pause.effect, start, end)))
    return [stop for _, _, stop in sorted(found, key=lambda one: one[:2])]


def halted(clock: Clock, pauses: Sequence[Stop]) -> Any:
    """Days on which nothing is made. (W, D), or (1, 1) if there are none"""
    covered = np.zeros((1, 1), np.bool_)
    for stop in pauses:
        if stop.effect == "halted":
            covered = covered | clock.within(stop.start, stop.end)
    return covered


def paused(clock: Clock, due: I64, pauses: Sequence[Stop]) -> I64:
    """Move or take out what is due in a pause; what lands in the next pause is stopped again. (F, D)

    What had been held before a line was halted is there, and waits until the halt is over.
    """
    for _ in pauses:
        for stop in pauses:
            inside = clock.within(stop.start, stop.end)
            stopped = np.where(inside, due, 0).sum(axis=1)
            due = np.where(inside, 0, due)
            if stop.effect != "lost":
                ends = np.broadcast_to(stop.end, stopped.shape)
                lands = (ends >= 0) & (ends < clock.days)
                due[np.flatnonzero(lands), ends[lands]] += stopped[lands]
    return due
