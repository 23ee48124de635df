"""How futures are cut into blocks, and how blocks are handed out and taken back in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Final, Protocol, TypeVar

from vallum.errors import RunError

Made = TypeVar("Made")
Made_co = TypeVar("Made_co", covariant=True)

#: Blocks for each worker from which on it pays to stagger them.
MANY: Final = 4


class Pending(Protocol[Made_co]):
    """A block that is under way: `result` waits for it."""

    def result(self) -> Made_co:
        """Return what the block made, or raise what went wrong in it."""


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def blocks(futures: int, size: int) -> list[range]:
    """Cut futures 0..futures-1 into blocks. Raises RunError where either is below 1."""
    if futures < 1 or size < 1:
        raise RunError(f"{futures} futures in blocks of {size}: both must be 1 or more")
    return [range(first, min(first + size, futures)) for first in range(0, futures, size)]


def staggered(futures: int, size: int, workers: int) -> list[range]:
    """Cut as `blocks` does, but for many futures so that workers are never all at the same place of a block.

    Threads that begin together would come to what only one of them can do at a time together, block after block. So
    the first block of each is another part of a whole one, and the last makes up for it: all end together.
    """
    plain = blocks(futures, size)
    each = -(-len(plain) // max(1, workers))
    if workers <= 1 or each < MANY:
        return plain
    parts = range(1, workers)
    steps = [*parts, *[workers] * (each * workers - len(parts)), *reversed(parts)]
    edges = [futures * done // (each * workers * workers) for done in accumulate(steps, initial=0)]
    return [range(first, last) for first, last in pairwise(edges) if first < last]


def in_order(submit: Callable[[range], Pending[Made]], parts: Sequence[range], ahead: int) -> Iterator[Made]:
    """Yield what every part makes, in the order of the parts, with at most `ahead` of them under way or waiting."""
    waiting: deque[Pending[Made]] = deque()
    for part in parts:
        waiting.append(submit(part))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
