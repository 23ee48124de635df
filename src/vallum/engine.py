"""Where futures run: blocks of futures on the threads of this machine, handed back in their order.

The engine is given a function and knows nothing of the model. Every block is a pure function of the numbers
of its futures, so the answer does not depend on the block size, on the threads or on who finishes first.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

from vallum.errors import RunError

Made = TypeVar("Made")

#: Futures in a block where nothing else is asked: enough to keep a core busy, little enough for its cache.
BLOCK: Final = 128
#: Blocks that may wait, finished or running, for each thread: bounds the memory.
AHEAD: Final = 3


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def blocks(futures: int, size: int | None) -> list[range]:
    """Cut futures 0..futures-1 into blocks."""
    size = BLOCK if size is None else size
    if futures < 1 or size < 1:
        raise RunError(f"{futures} futures in blocks of {size}: both must be 1 or more")
    return [range(first, min(first + size, futures)) for first in range(0, futures, size)]


def run(
    task: Callable[[range], Made],
    parts: list[range],
    threads: int | None = None,
) -> Iterator[Made]:
    """Yield task(part) for every part, in order.

    An interrupt stops what has not begun and is passed on.
    """
    workers = min(cores() if threads is None else threads, len(parts))
    if workers < 1:
        raise RunError(f"{threads} threads: give 1 or more")
    if workers == 1:
        yield from map(task, parts)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from _pooled(pool, task, parts, workers * AHEAD)


def _pooled(pool: ThreadPoolExecutor, task: Callable[[range], Made], parts: list[range], ahead: int) -> Iterator[Made]:
    waiting: deque[Future[Made]] = deque()
    try:
        for part in parts:
            waiting.append(pool.submit(task, part))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
