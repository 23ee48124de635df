"""Dask workers as processes of their own: how much two do, and whether the answer stays the same bytes."""

from __future__ import annotations

import hashlib
import importlib.util
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import vallum
from bench.measure import Measure
from bench.problem import DAYS, reference
from bench.processes import environment
from vallum import report

#: Two workers against one.
TWO_TARGET: Final = 1.7
#: Seconds that a scheduler and its workers may take to start.
PATIENCE: Final = 60
HERE: Final = "127.0.0.1"

Process = subprocess.Popen[bytes]


def measures(quick: bool, say: Callable[[str], None]) -> list[Measure]:
    """Two workers against one in turn, and the bytes of every answer, also with a worker killed in the middle."""
    if importlib.util.find_spec("distributed") is None:
        say("  skipped: Dask is not installed (pip install 'vallum[cluster]')")
        return []
    futures, repeats = (512, 1) if quick else (4096, 3)
    asked = reference(DAYS)
    answers = {digest(vallum.run(asked, futures=futures, explain=False))}
    ratios: list[float] = []
    with started(1) as (one, _), started(2) as (two, _):
        for on in (one, two):
            vallum.run(asked, futures=futures, explain=False, on=on)  # its workers read the data, and are warm
        for _ in range(repeats):
            alone, both = (_timed(asked, futures, on, answers) for on in (one, two))
            ratios.append(alone / both)
    with started(2) as (on, workers):
        answers.add(digest(_with_a_death(asked, futures, on, workers)))
    tried = 2 + 2 * repeats
    how = f"{futures} futures x {DAYS} days, vallum.run, {repeats} pairs, median, on the wall"
    same = f"vallum.run on threads, on one worker, on two, and on two of which one is killed -9: {tried} runs"
    return [
        Measure(
            "two workers, of one", statistics.median(ratios), "times", "more", how, TWO_TARGET, min(ratios), max(ratios)
        ),
        Measure("different answers, one worker killed", float(len(answers)), "answers", "less", same, 1.0),
    ]


def digest(result: Any) -> str:
    """A word for all that an answer says."""
    return hashlib.sha256(report.json_text(result).encode()).hexdigest()


def _timed(asked: Any, futures: int, on: str, answers: set[str]) -> float:
    begun = time.perf_counter()
    made = vallum.run(asked, futures=futures, explain=False, on=on)
    spent = time.perf_counter() - begun
    answers.add(digest(made))
    return spent


def _with_a_death(asked: Any, futures: int, on: str, workers: Sequence[Process]) -> Any:
    """Run on workers of which the first is killed when the first block is back."""

    def kill_one(_stage: str, _done: int, _total: int) -> None:
        if workers[0].poll() is None:
            workers[0].kill()
            workers[0].wait()

    return vallum.run(asked, futures=futures, explain=False, on=on, block=futures // 16, progress=kill_one)


@contextmanager
def started(workers: int) -> Iterator[tuple[str, Sequence[Process]]]:
    """A scheduler and workers of one thread each; yields what `--on` takes, and the workers."""
    with socket.socket() as free:
        free.bind((HERE, 0))
        address = f"tcp://{HERE}:{free.getsockname()[1]}"
    scheduler = _process("scheduler", "--host", HERE, "--port", address.rpartition(":")[2], "--no-dashboard")
    hands = [_process("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard") for _ in range(workers)]
    try:
        _wait_for(address, workers)
        yield f"dask://{address.removeprefix('tcp://')}", hands
    finally:
        for process in (*hands, scheduler):
            process.kill()
            process.wait()


def _process(role: str, *arguments: str) -> Process:
    command = [sys.executable, "-m", "distributed.cli.dask_" + role, *arguments]
    return subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _wait_for(address: str, workers: int) -> None:
    from distributed import Client

    with Client(address, timeout=PATIENCE, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=PATIENCE)
