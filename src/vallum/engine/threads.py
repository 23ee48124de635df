"""Blocks on the threads of this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Final, TypeVar

from vallum.engine.blocks import in_order

Made = TypeVar("Made")

#: Blocks that may wait, finished or running, for each thread: bounds the memory.
AHEAD: Final = 3


class Threads:
    """The threads of this process; the compiled kernel lets go of the interpreter's lock."""

    block = 128

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def __enter__(self) -> Threads:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        return

    def run(self, task: Callable[[range], Made], parts: Sequence[range]) -> Iterator[Made]:
        """Yield task(part) for every part, in order; an interrupt stops what has not begun."""
        workers = min(self._workers, len(parts))
        if workers <= 1:
            yield from map(task, parts)
            return
        pool = ThreadPoolExecutor(workers)
        try:
            yield from in_order(lambda part: pool.submit(task, part), parts, workers * AHEAD)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
