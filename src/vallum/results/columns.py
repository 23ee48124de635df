"""Columns over futures that grow block by block and lie packed: most outcomes are small whole numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vallum.results.outcomes import Label

F64 = npt.NDArray[np.float64]

#: Ways to keep a column, the smallest first. The lowest and the highest whole number stand for nan and never.
KINDS: Final = (np.dtype(np.int8), np.dtype(np.int16), np.dtype(np.int32), np.dtype(np.float64))
LIMITS: Final = {kind: int(np.iinfo(kind).max) for kind in KINDS[:-1]}


class Columns(Mapping[Label, F64]):
    """Outcome -> value in each future (F,), nan where undefined, infinity for never.

    A column is kept in the smallest of KINDS that holds it exactly; what comes out is what went in.
    """

    def __init__(self, futures: int) -> None:
        self._futures = futures
        self._kept: dict[Label, npt.NDArray[Any]] = {}

    def lay(self, first: int, block: Mapping[Label, F64]) -> None:
        """Put the columns of a block of futures in their place. first : number of its first future"""
        for label, packed in zip(block, _packed(np.array([*block.values()])), strict=True):
            kept = self._kept.get(label)
            if kept is None:
                kept = self._kept[label] = np.zeros(self._futures, packed.dtype)
            elif kept.dtype != packed.dtype:
                kind = max(kept.dtype, packed.dtype, key=KINDS.index)
                kept = self._kept[label] = _as(kind, kept)
            kept[first : first + len(packed)] = _as(kept.dtype, packed)

    def __getitem__(self, label: Label) -> F64:
        return _unpacked(self._kept[label])

    def __iter__(self) -> Iterator[Label]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def _packed(together: F64) -> list[npt.NDArray[Any]]:
    """Each column in the smallest kind that holds it exactly; all are packed together, for they are many. (n, F)"""
    finite = np.where(np.isfinite(together), together, 0.0)
    whole = (finite == np.rint(finite)).all(axis=1) & ~np.isneginf(together).any(axis=1)
    most = np.where(whole, np.abs(finite).max(axis=1, initial=0.0), np.inf)
    place = np.searchsorted([*LIMITS.values()], most, side="right")
    packed = {k: iter(_as(KINDS[k], together[place == k])) for k in set(place.tolist())}
    return [next(packed[k]) for k in place.tolist()]


def _unpacked(kept: npt.NDArray[Any]) -> F64:
    if kept.dtype.kind == "f":
        return kept
    most = LIMITS[kept.dtype]
    values = kept.astype(np.float64)
    values[kept == -most - 1] = np.nan
    values[kept == most] = np.inf
    return values


def _as(kind: np.dtype[Any], kept: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same values in another kind that holds them."""
    if kept.dtype == kind:
        return kept
    values = _unpacked(kept)
    if kind.kind == "f":
        return values
    most = LIMITS[kind]
    known = np.isfinite(values)
    if known.all():
        return values.astype(kind)
    coded = np.where(np.isnan(values), -most - 1, most)
    coded[known] = values[known].astype(np.int64)
    return coded.astype(kind)
