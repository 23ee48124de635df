"""Blocks on a Dask cluster; a worker that dies costs only the blocks that it held."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Final, TypeVar

from vallum.errors import RunError

Made = TypeVar("Made")

#: Blocks that may wait, finished or running, for each thread of the cluster: bounds the memory here.
AHEAD: Final = 3
#: How often a block that fails for want of its worker is tried again.
RETRIES: Final = 3
#: Seconds to wait for the scheduler.
PATIENCE: Final = 10


class Cluster:
    """A Dask cluster that already runs: `dask scheduler` and `dask worker` processes."""

    #: A task of a fifth of a second or more keeps the cost of Dask's own work below a tenth.
    block = 512

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise RunError("Dask is not installed: pip install 'vallum[cluster]'") from error
        try:
            self._client = Client(f"tcp://{address}", timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise RunError(
                f"no Dask scheduler answers at {address} within {PATIENCE} s; start one: dask scheduler"
            ) from error

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._client.close()

    @property
    def workers(self) -> int:
        """Threads of all workers that are there now."""
        return sum(self._client.nthreads().values())

    def run(self, task: Callable[[range], Made], parts: Sequence[range]) -> Iterator[Made]:
        """Yield task(part) for every part, in order. Raises RunError where there are no workers."""
        if not self.workers:
            raise RunError("the Dask scheduler has no workers; start some: dask worker ADDRESS")
        # A task of its own, so that the scheduler can make it again if its worker dies.
        held = self._client.submit(pickle.loads, pickle.dumps(task), pure=False)
        # Laid on every worker: else blocks gather where it was made, and other workers wait to steal them.
        self._client.replicate([held])
        waiting, ahead = deque[Any](), self.workers * AHEAD
        for part in parts:
            waiting.append(self._client.submit(_do, held, part, pure=False, retries=RETRIES))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _do(task: Callable[[range], Made], part: range) -> Made:
    return task(part)
