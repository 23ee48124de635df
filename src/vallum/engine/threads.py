"""Blocks on the threads of this process."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Final, TypeVar

Made = TypeVar("Made")

#: Blocks that may wait, finished or running, for each thread: bounds the memory.
AHEAD: Final = 3


class Threads:
    """The threads of this process; the compiled kernel lets go of the interpreter's lock."""

    block = 128

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def __enter__(self) -> Threads:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        return

    def run(self, task: Callable[[range], Made], parts: Sequence[range]) -> Iterator[Made]:
        """Yield task(part) for every part, in order; an interrupt stops what has not begun.

        The caller's thread is one of the workers: a thread more than there are cores, that only takes in what the
        others make, would push them off their cores and out of their caches.
        """
        workers = min(self.workers, len(parts))
        if workers <= 1:
            yield from map(task, parts)
            return
        pool = ThreadPoolExecutor(workers - 1)
        try:
            yield from _shared(pool, task, parts, workers * AHEAD)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _shared(
    pool: ThreadPoolExecutor, task: Callable[[range], Made], parts: Sequence[range], ahead: int
) -> Iterator[Made]:
    """Yield what every part makes, in order; while the next one is under way, this thread makes another."""
    left, waiting = deque(parts), deque[tuple[range, Future[Made]]]()
    while left or waiting:
        while left and len(waiting) < ahead:
            waiting.append((left[0], pool.submit(task, left.popleft())))
        if not waiting[0][1].done():
            free = next((k for k, (_, pending) in enumerate(waiting) if pending.cancel()), None)
            if free is not None:
                waiting[free] = waiting[free][0], _made_here(task, waiting[free][0])
                continue
        yield waiting.popleft()[1].result()


def _made_here(task: Callable[[range], Made], part: range) -> Future[Made]:
    """Do a part; what goes wrong in it is raised in its turn."""
    made: Future[Made] = Future()
    try:
        made.set_result(task(part))
    except Exception as error:
        made.set_exception(error)
    return made
