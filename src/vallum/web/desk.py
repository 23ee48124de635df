"""How the server works through requests: lanes with room for so many, the newest of a page wins, answers are kept."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from starlette.concurrency import run_in_threadpool

from vallum.web.states import MOST_WAITING

#: Answers kept; one is some tens of kilobytes.
KEPT: Final = 256

#: Called now and then by whoever makes an answer; raises where nobody waits for it any more.
Stop = Callable[[], None]
#: Makes an answer on a thread of this process.
Make = Callable[[Stop], bytes]


class SupersededError(Exception):
    """A newer request of the same page has come."""


class BusyError(Exception):
    """Too many requests wait already."""


class Lane:
    """A line of requests with room for so many at work. The newest request of a page takes the place of its older one.

    So a page that asks again and again neither waits behind itself nor loses its place.
    """

    def __init__(self, room: int) -> None:
        self._free = room
        self._line: OrderedDict[object, asyncio.Future[None]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, page: str) -> AsyncIterator[None]:
        """Wait for a turn, and hold it. Raises SupersededError, BusyError where the line is full."""
        await self._wait(page or object())
        try:
            yield
        finally:
            self._next()

    def leave(self, page: str) -> None:
        """Take a page's request out of the line: a newer one has been answered already."""
        older = self._line.pop(page, None)
        if older is not None and not older.done():
            older.set_exception(SupersededError())

    async def _wait(self, page: object) -> None:
        if self._free and not self._line:
            self._free -= 1
            return
        older = self._line.get(page)
        if older is None and len(self._line) >= MOST_WAITING:
            raise BusyError
        mine = self._line[page] = asyncio.get_running_loop().create_future()
        if older is not None and not older.done():
            older.set_exception(SupersededError())
        try:
            await mine
        except asyncio.CancelledError:
            if self._line.get(page) is mine:
                del self._line[page]
            elif mine.done() and not mine.cancelled() and mine.exception() is None:
                self._next()  # its turn had come at that moment
            raise

    def _next(self) -> None:
        while self._line:
            _, first = self._line.popitem(last=False)
            if not first.done():
                first.set_result(None)
                return
        self._free += 1


class Desk:
    """Three lanes, so that a short request never waits for a long one.

    quick : previews of few futures, each some hundredths of a second
    light : what needs no run
    slow  : everything else; it fills at most half the room, so that hands on sliders find a free core
    """

    def __init__(self, workers: int) -> None:
        self.quick, self.light, self.slow = Lane(workers), Lane(workers), Lane(max(1, workers // 2))
        self._newest: OrderedDict[str, int] = OrderedDict()
        self._answers: OrderedDict[str, bytes] = OrderedDict()

    async def answer(self, page: str, key: str, make: Make, lane: Lane | None = None) -> bytes:
        """Return what `make` makes on a thread, or what it made before for the same key.

        page : names the page that asks, and for what; "" for nobody in particular; lane : default: light
        Raises SupersededError where a newer request of the page came meanwhile, BusyError where too many wait.
        """
        mine = self._take_number(page)

        def stop() -> None:
            if page and self._newest.get(page, mine) != mine:
                raise SupersededError

        async def made() -> bytes:
            stop()
            return await run_in_threadpool(make, stop)

        return await self._answered(page, key, made, lane or self.light)

    async def elsewhere(self, page: str, key: str, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """The same for a quick answer that another process makes."""
        self._take_number(page)
        return await self._answered(page, key, make, self.quick)

    async def _answered(self, page: str, key: str, make: Callable[[], Awaitable[bytes]], lane: Lane) -> bytes:
        if key in self._answers:
            for line in (self.quick, self.light, self.slow):
                line.leave(page)
            return self._kept(key)
        async with lane.turn(page):
            if key in self._answers:  # somebody asked the same, and was before us in the line
                return self._kept(key)
            made = await make()
        self._answers[key] = made
        while len(self._answers) > KEPT:
            self._answers.popitem(last=False)
        return made

    def _kept(self, key: str) -> bytes:
        self._answers.move_to_end(key)
        return self._answers[key]

    def _take_number(self, page: str) -> int:
        if not page:
            return 0
        number = self._newest.get(page, 0) + 1
        self._newest[page] = number
        self._newest.move_to_end(page)
        while len(self._newest) > KEPT:
            self._newest.popitem(last=False)
        return number
