"""From the Tally of a block to what is kept of it: scalars a future, sums and histograms (F1, O)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from vallum.campaign.measures import Book, columns
from vallum.results import Daily, Days, Label, Seen
from vallum.scenario.worlds import F64, I64

#: A month's share is kept to half a per cent.
SHARE_WIDTH: Final = 0.005


@dataclass(frozen=True)
class Block:
    """What is kept of a block of futures."""

    columns: Mapping[Label, F64]
    days: Days
    uncertain: dict[str, F64]


@dataclass(frozen=True)
class Folded:
    """What is kept of all futures of a plan."""

    columns: Mapping[Label, F64]
    daily: Daily
    uncertain: dict[str, F64]


def fold(book: Book) -> Block:
    """Reduce a block: the traces are dropped here."""
    made = dict(columns(book))
    return Block(made, _days(book), dict(book.worlds.drawn))


def _days(book: Book) -> Days:
    tally, edges = book.tally, _month_edges(book)
    launched, stopped = _by_month(tally.day_launched, edges), _by_month(tally.day_stopped, edges)
    share = np.where(launched > 0, np.rint(stopped / np.maximum(launched, 1) / SHARE_WIDTH), -1).astype(np.int64)
    dry = tally.day_dry > 0
    sums = {
        "launched": tally.day_launched.sum(axis=0),
        "stopped": tally.day_stopped.sum(axis=0),
        "leaked": tally.day_leaked.sum(axis=0),
        "dry_futures": dry.sum(axis=0),
        "month_dry": (_by_month(dry.astype(np.int64), edges) > 0).sum(axis=0),
    }
    seen = {
        "stock": Seen.of(tally.stock),
        "month_share": Seen.of(share, SHARE_WIDTH),
        "month_leaked": Seen.of(_by_month(tally.day_leaked, edges)),
        "month_launched": Seen.of(launched),
    }
    return Days(sums, seen)


def _month_edges(book: Book) -> list[int]:
    """First day of each month of the campaign."""
    months = book.plan.raids.months.tolist()
    return [k for k, month in enumerate(months) if k == 0 or month != months[k - 1]]


def _by_month(values: I64, edges: list[int]) -> I64:
    """Sum days into months. (F, D, C) -> (F, months, C)"""
    return np.add.reduceat(values, edges, axis=1)
