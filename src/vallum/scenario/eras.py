"""Probabilities that change on some day: the eras between the changes, and what holds in each (K3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from vallum.scenario import schema
from vallum.scenario.quantity import Quantity
from vallum.scenario.worlds import F64, I64, Worlds

#: Days and values of one probability; each value holds from its day until a later entry's day.
Steps = list[tuple[I64, F64]]


def steps(worlds: Worlds, given: Quantity | list[schema.Change] | None, default: float) -> Steps:
    """Days and values of one probability, in the order listed; the first holds from the start (K3).

    Days count from 0; each part is (1,) where all futures share it, else (F,).
    """
    first_day = np.zeros(1, np.int64)
    if not isinstance(given, list):
        return [(first_day, worlds.value(given, default))]
    first, *later = given
    changes = [(worlds.day(change.start, 0), worlds.value(change.value, default)) for change in later]
    return [(first_day, worlds.value(first.value, default)), *changes]


def starts_of(probabilities: Iterable[Steps]) -> I64:
    """First day of each era: one era for each change of any probability, the first on day 0. (W, E)"""
    days = [day for changes in probabilities for day, _ in changes if day.max() > 0]
    starts = np.zeros((max((day.shape[0] for day in days), default=1), 1 + len(days)), np.int64)
    for era, day in enumerate(days, 1):
        starts[:, era] = day
    return np.sort(np.maximum(starts, 0), axis=1)


def values_in(starts: I64, table: Sequence[Sequence[Steps]]) -> F64:
    """What each probability of a table is in each era. (W, E, rows, columns)

    starts : (W, E) first day of each era
    table  : rows of columns of steps
    """
    parts = [part for row in table for changes in row for pair in changes for part in pair]
    worlds = max([starts.shape[0], *(part.shape[0] for part in parts)])
    begun = np.broadcast_to(starts, (worlds, starts.shape[1]))
    values = np.zeros((worlds, starts.shape[1], len(table), len(table[0]) if table else 0))
    for r, row in enumerate(table):
        for c, changes in enumerate(row):
            for day, value in changes:
                due = begun >= np.broadcast_to(day, worlds)[:, None]
                values[:, :, r, c] = np.where(due, np.broadcast_to(value, worlds)[:, None], values[:, :, r, c])
    return values
