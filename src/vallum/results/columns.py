"""Columns over futures that grow block by block and lie packed: most outcomes are small whole numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vallum.results.outcomes import Label

F64 = npt.NDArray[np.float64]

#: Ways to keep a column, the smallest first. The lowest and the highest whole number stand for nan and never.
KINDS: Final = (np.dtype(np.int16), np.dtype(np.int32), np.dtype(np.float64))


class Columns(Mapping[Label, F64]):
    """Outcome -> value in each future (F,), nan where undefined, infinity for never.

    A column is kept in the smallest of KINDS that holds it exactly; what comes out is what went in.
    """

    def __init__(self, futures: int) -> None:
        self._futures = futures
        self._kept: dict[Label, npt.NDArray[Any]] = {}

    def lay(self, first: int, block: Mapping[Label, F64]) -> None:
        """Put the columns of a block of futures in their place. first : number of its first future"""
        for label, values in block.items():
            packed = _packed(values)
            kept = self._kept.get(label)
            if kept is None:
                kept = self._kept[label] = np.zeros(self._futures, packed.dtype)
            elif KINDS.index(packed.dtype) > KINDS.index(kept.dtype):
                kept = self._kept[label] = _as(packed.dtype, kept)
            kept[first : first + len(values)] = _as(kept.dtype, packed)

    def __getitem__(self, label: Label) -> F64:
        return _unpacked(self._kept[label])

    def __iter__(self) -> Iterator[Label]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def _packed(values: F64) -> npt.NDArray[Any]:
    """The values in the smallest kind that holds them exactly."""
    finite = values[np.isfinite(values)]
    if (np.isneginf(values)).any() or (finite != np.rint(finite)).any():
        return values
    most = float(np.abs(finite).max(initial=0.0))
    kind = next((kind for kind in KINDS[:-1] if most < np.iinfo(kind).max), KINDS[-1])
    return _as(kind, values)


def _unpacked(kept: npt.NDArray[Any]) -> F64:
    if kept.dtype.kind == "f":
        return kept
    limits = np.iinfo(kept.dtype)
    values = kept.astype(np.float64)
    values[kept == limits.min] = np.nan
    values[kept == limits.max] = np.inf
    return values


def _as(kind: np.dtype[Any], kept: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same values in another kind that holds them."""
    if kept.dtype == kind:
        return kept
    values = _unpacked(kept)
    if kind.kind == "f":
        return values
    limits = np.iinfo(kind)
    known = np.isfinite(values)
    coded = np.where(np.isnan(values), limits.min, limits.max)
    coded[known] = values[known].astype(np.int64)
    return coded.astype(kind)
