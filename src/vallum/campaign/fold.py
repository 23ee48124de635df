"""From the Tally of a block to what is kept of it: scalars a future, sums and histograms (F1, O)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from vallum._kernel.problem import DAY_CLASS_COLUMNS
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
    tally = book.tally
    nights = _by_name(tally.day_class.sum(axis=0))
    months = _by_name(np.add.reduceat(tally.day_class, _month_edges(book), axis=1))
    launched, stopped = months["day_launched"], months["day_stopped"]
    share = np.where(launched > 0, np.rint(stopped / np.maximum(launched, 1) / SHARE_WIDTH), -1).astype(np.int64)
    sums = {
        "launched": nights["day_launched"],
        "stopped": nights["day_stopped"],
        "leaked": nights["day_leaked"],
        "dry_futures": (tally.day_dry > 0).sum(axis=0),
        "month_dry": (months["day_dry"] > 0).sum(axis=0),
    }
    seen = {
        "stock": Seen.of(tally.stock),
        "month_share": Seen.of(share, SHARE_WIDTH),
        "month_leaked": Seen.of(months["day_leaked"]),
        "month_launched": Seen.of(launched),
    }
    return Days(sums, seen)


def _by_name(by_class: I64) -> dict[str, I64]:
    """Take the days of classes apart, once they are added up: that is done for all columns in one pass."""
    return {name: by_class[..., column] for column, name in enumerate(DAY_CLASS_COLUMNS)}


def _month_edges(book: Book) -> list[int]:
    """First day of each month of the campaign."""
    months = book.plan.raids.months.tolist()
    return [k for k, month in enumerate(months) if k == 0 or month != months[k - 1]]
