"""The places by name: `threads`, `processes`, `dask://host:port`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Final, Protocol, TypeVar

from vallum.engine.blocks import cores
from vallum.errors import RunError

Made = TypeVar("Made")

#: What `--on` may say.
PLACES: Final = "threads, processes or dask://HOST:PORT"
CLUSTER: Final = "dask://"


class Place(Protocol):
    """Somewhere to run blocks."""

    #: Futures in a block where nothing else is asked: enough to keep a worker busy, few enough for its cache.
    block: int

    @property
    def workers(self) -> int:
        """How many blocks are worked on at a time."""

    def run(self, task: Callable[[range], Made], parts: Sequence[range]) -> Iterator[Made]:
        """Yield task(part) for every part, in order."""


def place(on: str = "threads", workers: int | None = None) -> AbstractContextManager[Place]:
    """Open a place; leaving it stops what has not begun.

    on      : threads (of this process), processes (of this machine) or dask://HOST:PORT
    workers : threads or processes; default: all cores. A cluster has the workers it has.
    Raises RunError for an unknown place, fewer than one worker, or a cluster that is not there.
    """
    if workers is not None and workers < 1:
        raise RunError(f"{workers} threads: give 1 or more")
    if on == "threads":
        from vallum.engine.threads import Threads

        return Threads(workers or cores())
    if on == "processes":
        from vallum.engine.processes import Processes

        return Processes(workers or cores())
    if on.startswith(CLUSTER):
        from vallum.engine.cluster import Cluster

        return Cluster(on.removeprefix(CLUSTER))
    raise RunError(f"no place to run is called {on!r}; there are {PLACES}")
