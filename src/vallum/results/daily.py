"""Days of all futures together: sums and histograms, to which blocks of futures are added."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Histogram:
    """Counts of futures by whole value, for every cell of some axes.

    counts : (..., bins), as narrow as so many futures need; the value of bin b is b * width
    """

    counts: npt.NDArray[np.signedinteger]
    width: float = 1.0

    def quantile(self, share: float) -> F64:
        """Smallest value that at least this share of the futures does not pass, nan where there are none."""
        values, reached, before = self._found
        total = np.diff(before, append=reached[-1:].sum())
        wanted = np.ceil(share * total).astype(np.int64)
        place = np.searchsorted(reached, before + wanted).clip(max=max(len(values) - 1, 0))
        index = np.where(wanted > 0, values[place], 0) if len(values) else wanted
        return np.where(total > 0, index * self.width, np.nan).reshape(self.counts.shape[:-1])

    @cached_property
    def _found(self) -> tuple[I64, I64, I64]:
        """What was seen, cell after cell and value after value: the values, the futures up to each of them over all
        cells, and the futures of all cells before each cell.
        """
        flat, bins = self.counts.ravel(), self.counts.shape[-1]
        seen = np.flatnonzero(flat)
        reached, value = np.cumsum(flat[seen]), seen % bins
        first = np.searchsorted(seen, np.arange(0, len(flat), bins))
        return value, reached, np.concatenate([[0], reached])[first]

    def mean(self) -> F64:
        """Mean over futures, nan where there are none."""
        total = self.counts.sum(axis=-1)
        values = self.counts @ (np.arange(self.counts.shape[-1]) * self.width)
        return np.where(total > 0, values / np.maximum(total, 1), np.nan)


@dataclass(frozen=True)
class Daily:
    """What is kept of the days: sums over futures, and histograms.

    stock : midnight x interceptor; launched, stopped, leaked, dry : (D, C) sums over futures;
    dry_futures : (D, C) futures with a dry leaker that night; month_share, month_leaked, month_launched :
    month x class
    """

    stock: Histogram
    launched: I64
    stopped: I64
    leaked: I64
    dry_futures: I64
    month_dry: I64
    month_share: Histogram
    month_leaked: Histogram
    month_launched: Histogram


@dataclass(frozen=True)
class Seen:
    """Whole values of a block of futures before they are counted: far smaller than a histogram with all its bins.

    values : (F, ...), negative where there is none; the value is values * width
    """

    values: npt.NDArray[np.signedinteger]
    width: float = 1.0

    @classmethod
    def of(cls, values: I64, width: float = 1.0) -> Seen:
        """Keep the values in as few bytes as hold them all."""
        ends = int(values.min(initial=0)), int(values.max(initial=0))
        kind = np.promote_types(*(np.min_scalar_type(min(end, -1 - end)) for end in ends))
        return cls(values.astype(kind), width)


@dataclass(frozen=True)
class Days:
    """The days of one block of futures: sums over them, and what is still to be counted, by the names of `Daily`."""

    sums: Mapping[str, I64]
    seen: Mapping[str, Seen]


class Calendar:
    """Days of all futures in the making: blocks are added where it lies, in any order, and leave the same."""

    def __init__(self) -> None:
        self._sums: dict[str, I64] = {}
        self._counts: dict[str, _Counts] = {}

    def add(self, days: Days) -> None:
        """Add the days of a block."""
        for name, part in days.sums.items():
            self._sums[name] = self._sums[name] + part if name in self._sums else part
        for name, seen in days.seen.items():
            if name not in self._counts:
                self._counts[name] = _Counts(seen.values.shape[1:], seen.width)
            self._counts[name].add(seen.values)

    def daily(self) -> Daily:
        """What was added, together."""
        together: dict[str, Any] = {**self._sums, **{name: made.histogram() for name, made in self._counts.items()}}
        return Daily(**together)


class _Counts:
    """Futures counted by whole value, in the making.

    The bins of a value lie together for all cells, and the room for them doubles: room beyond the largest value is
    never touched, so it costs no memory. No count passes the number of futures, so they are as narrow as that.
    """

    def __init__(self, cells: tuple[int, ...], width: float) -> None:
        self._cells, self._width = cells, width
        self._futures, self._bins = 0, 1
        self._room = np.zeros((1, math.prod(cells)), np.int8)

    def add(self, values: npt.NDArray[np.signedinteger]) -> None:
        """Count values over the first axis; negative ones are not counted. (F, ...)"""
        self._futures += len(values)
        self._make_room(int(values.max(initial=0)) + 1, np.min_scalar_type(-1 - self._futures))
        flat = values.reshape(len(values), -1)
        place = np.multiply(flat, flat.shape[1], dtype=np.int64)
        place += np.arange(flat.shape[1])
        counted = place[flat >= 0] if flat.min(initial=0) < 0 else place.reshape(-1)
        np.add.at(self._room.reshape(-1), counted, self._room.dtype.type(1))

    def _make_room(self, bins: int, kind: np.dtype[Any]) -> None:
        enough = len(self._room) if bins <= len(self._room) else max(bins, 2 * len(self._room))
        if enough > len(self._room) or kind != self._room.dtype:
            before, self._room = self._room, np.zeros((enough, self._room.shape[1]), kind)
            self._room[: self._bins] = before[: self._bins]
        self._bins = max(bins, self._bins)

    def histogram(self) -> Histogram:
        """What was counted, with as many bins as the largest value needs."""
        counted = self._room[: self._bins].reshape(self._bins, *self._cells)
        return Histogram(np.moveaxis(counted, 0, -1), self._width)
