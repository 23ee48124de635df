"""What was computed lately from the same inputs: the arrays of one side stay when only the other side changes."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from threading import Lock
from typing import Any, Final, TypeVar

import numpy as np

#: Bytes that are remembered at most: previews of many pages, or a run of a few thousand futures.
MOST: Final = 32_000_000
#: Bytes of an array beside its numbers.
_ARRAY: Final = sys.getsizeof(np.empty(0))

Made = TypeVar("Made")


class Remembered:
    """Arrays by what they were made from; the least recently used go first. Whoever gets them must not change them."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def of(self, key: Hashable, make: Callable[[], Made], alike: float = 1.0) -> Made:
        """Return what was made for the key, or make it.

        key   : all that the answer depends on, by value
        alike : so many like it are made in turn. Where not all of them fit, none is kept: each would be gone before
                it is asked for again
        """
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                found: Made = self._kept[key][0]
                return found
        made = make()
        size = _bytes(key) + _bytes(made)
        if size * alike <= self._most:
            self._keep(key, made, size)
        return made

    def _keep(self, key: Hashable, made: Any, size: int) -> None:
        with self._lock:
            if key in self._kept:
                return
            self._kept[key] = made, size
            self._size += size
            while self._size > self._most:
                self._size -= self._kept.popitem(last=False)[1][1]


def _bytes(made: Any) -> int:
    """Bytes of all arrays and texts in it, with what holds them: of few futures, most of it is that."""
    if isinstance(made, np.ndarray):
        return made.nbytes + _ARRAY
    parts = made.values() if isinstance(made, Mapping) else made if isinstance(made, tuple | list) else ()
    return sys.getsizeof(made) + sum(map(_bytes, parts))
