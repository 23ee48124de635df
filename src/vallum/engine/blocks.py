"""How futures are cut into blocks, and for how many workers."""

from __future__ import annotations

import os
from itertools import accumulate, pairwise
from typing import Final

from vallum.errors import RunError

#: Blocks for each worker from which on it pays to stagger them.
MANY: Final = 4


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def blocks(futures: int, size: int) -> list[range]:
    """Cut futures 0..futures-1 into blocks. Raises RunError where either is below 1."""
    if futures < 1 or size < 1:
        raise RunError(f"{futures} futures in blocks of {size}: both must be 1 or more")
    return [range(first, min(first + size, futures)) for first in range(0, futures, size)]


def staggered(futures: int, size: int, workers: int) -> list[range]:
    """Cut as `blocks` does, but for many futures so that workers are seldom all at the same place of a block.

    Threads that begin together would come to what only one of them can do at a time together, block after block. So
    the first block of each is another part of a whole one, and the last makes up for it: all end at about the same
    time. Processes need it less, and lose nothing by it.
    """
    plain = blocks(futures, size)
    each = -(-len(plain) // max(1, workers))
    if workers <= 1 or each < MANY:
        return plain
    parts = range(1, workers)
    steps = [*parts, *[workers] * (each * workers - len(parts)), *reversed(parts)]
    edges = [futures * done // (each * workers * workers) for done in accumulate(steps, initial=0)]
    return [range(first, last) for first, last in pairwise(edges) if first < last]
