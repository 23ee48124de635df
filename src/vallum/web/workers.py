"""Processes that make quick previews: the interpreter's lock lets one process work out one answer at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, Final

from starlette.concurrency import run_in_threadpool

from vallum.engine.processes import begin
from vallum.web import answers
from vallum.web.desk import Stop
from vallum.web.looks import Looks, warm

#: What a worker can make, by name.
MAKERS: Final[Mapping[str, Callable[[Looks, Any, Stop], bytes]]] = {
    "preview": answers.preview,
    "pair": answers.paired,
}

#: The looks of this process.
_looks = Looks()


class Workers:
    """So many processes, started with the server; until they are ready, and where they die, its threads do the work."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None
        self._ready: list[Future[None]] = []
        self._start()

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    async def made(self, kind: str, asked: Any) -> bytes:
        """Return an answer. Raises what making it raises."""
        if self._pool is not None and any(one.done() for one in self._ready):
            try:
                return await asyncio.get_running_loop().run_in_executor(self._pool, make, kind, asked)
            except BrokenProcessPool:
                self._start()
        return await run_in_threadpool(make, kind, asked)

    def _start(self) -> None:
        if self._processes:
            # started afresh, never forked: a fork would copy held locks
            self._pool = ProcessPoolExecutor(self._processes, get_context("spawn"), begin)
            self._ready = [self._pool.submit(warm) for _ in range(self._processes)]


def make(kind: str, asked: Any) -> bytes:
    """Make an answer in this process."""
    return MAKERS[kind](_looks, asked, _nobody_stops)


def _nobody_stops() -> None:
    """A quick answer is made sooner than anybody could take the question back."""
