"""How the server works through requests: few models at once, the newest of a page wins, answers are kept a while."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from starlette.concurrency import run_in_threadpool

#: Answers kept; one is some tens of kilobytes.
KEPT: Final = 256
#: Requests that may wait for a model at once.
MOST_WAITING: Final = 200

#: Makes an answer; it is handed what to call now and then, which raises where nobody waits for the answer any more.
Make = Callable[[Callable[[], None]], bytes]


class SupersededError(Exception):
    """A newer request of the same page has come."""


class BusyError(Exception):
    """Too many requests wait already."""


class Desk:
    """At most so many models at once; of the requests of one page only the newest is worked on."""

    def __init__(self, workers: int) -> None:
        self._room = asyncio.Semaphore(workers)
        self._waiting = 0
        self._newest: OrderedDict[str, int] = OrderedDict()
        self._answers: OrderedDict[str, bytes] = OrderedDict()

    async def answer(self, page: str, key: str, make: Make, keep: bool = True) -> bytes:
        """Return what `make` makes, or what it made before for the same key.

        page : names the page that asks, and for what; "" for nobody in particular; keep : for the next who asks
        Raises SupersededError where a newer request of the page came meanwhile, BusyError where too many wait.
        """
        mine = self._take_number(page)
        if key in self._answers:
            self._answers.move_to_end(key)
            return self._answers[key]
        if self._waiting >= MOST_WAITING:
            raise BusyError

        def stop() -> None:
            if page and self._newest.get(page, mine) != mine:
                raise SupersededError

        self._waiting += 1
        try:
            async with self._room:
                stop()
                made = await run_in_threadpool(make, stop)
        finally:
            self._waiting -= 1
        if keep:
            self._keep(key, made)
        return made

    def _keep(self, key: str, made: bytes) -> None:
        self._answers[key] = made
        while len(self._answers) > KEPT:
            self._answers.popitem(last=False)

    def _take_number(self, page: str) -> int:
        if not page:
            return 0
        number = self._newest.get(page, 0) + 1
        self._newest[page] = number
        self._newest.move_to_end(page)
        while len(self._newest) > KEPT:
            self._newest.popitem(last=False)
        return number
