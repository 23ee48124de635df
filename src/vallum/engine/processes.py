"""Blocks on processes of this machine; a process that dies costs only the blocks that it held."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Final, TypeVar

from vallum.errors import RunError

Made = TypeVar("Made")

#: Blocks that may wait, finished or running, for each process: bounds the memory.
AHEAD: Final = 3
#: How often in a row processes may die before a block is given up.
DEATHS: Final = 3

#: What this worker process was told to do, by the file in which it was told.
_told: dict[str, Callable[[range], Any]] = {}


class Processes:
    """Processes of this machine, started afresh (never forked: a fork would copy held locks)."""

    block = 256

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._tasks = 0

    def __enter__(self) -> Processes:
        self._desk = tempfile.TemporaryDirectory(prefix="vallum-tasks-")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._desk.cleanup()  # first: whoever is killed while the workers end leaves nothing behind
        if self._pool is not None:
            self._pool.shutdown(wait=kind is None, cancel_futures=True)

    def run(self, task: Callable[[range], Made], parts: Sequence[range]) -> Iterator[Made]:
        """Yield task(part) for every part, in order. Raises RunError where processes keep dying."""
        told, deaths = self._laid(task), 0
        left, waiting = deque(parts), deque[tuple[range, Future[Made]]]()
        while left or waiting:
            try:
                while left and len(waiting) < self.workers * AHEAD:
                    waiting.append((left[0], self._started().submit(_do, told, left[0])))
                    left.popleft()
                made = waiting[0][1].result()
            except BrokenProcessPool as error:
                deaths += 1
                if deaths >= DEATHS:
                    raise RunError(f"worker processes died {deaths} times in a row; is memory short?") from error
                left.extendleft(part for part, _ in reversed(waiting))
                waiting.clear()
                self._pool = None
                continue
            waiting.popleft()
            deaths = 0
            yield made

    def _laid(self, task: Callable[[range], Any]) -> str:
        """Lay a task where the workers find it: it may be large, and each reads it once."""
        self._tasks += 1
        place = Path(self._desk.name) / f"{self._tasks}.pickle"
        place.write_bytes(pickle.dumps(task))
        return str(place)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self.workers, get_context("spawn"), begin, (self._desk.name,))
        return self._pool


def begin(desk: str | None = None) -> None:
    """An interrupt from the keyboard is for the one who asked; workers end when he tells them, or with him.

    desk : the folder of his tasks, if he has one
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, args=(desk,), daemon=True).start()


def _end_with_parent(desk: str | None) -> None:
    """Leave no worker and no task behind when whoever asked was killed and could tell nobody."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        if desk is not None:
            shutil.rmtree(desk, ignore_errors=True)
        os._exit(1)


def _do(told: str, part: range) -> Any:
    """Run one block in a worker; the task is read once."""
    if told not in _told:
        _told.clear()
        _told[told] = pickle.loads(Path(told).read_bytes())  # written by this program a moment ago
    return _told[told](part)
