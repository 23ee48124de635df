"""Places to run: the same blocks in the same order everywhere, and a worker that dies costs only its blocks."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import vallum
from vallum import engine
from vallum.campaign import fighting, prepare
from vallum.campaign.fold import fold
from vallum.campaign.shown import shown
from vallum.errors import RunError
from vallum.report import json_text
from vallum.results import Calendar, Columns, Days, Label, Seen

pytestmark = pytest.mark.invariant


@dataclass(frozen=True)
class Squares:
    """A task that travels; it kills its worker at one block, as often as there are files to take away."""

    fatal: int = -1
    deaths: Path | None = None

    def __call__(self, part: range) -> list[int]:
        if self.deaths is not None and self.fatal in part:
            for once in self.deaths.iterdir():
                once.unlink()
                os._exit(9)
        return [k * k for k in part]


def squares(on: str, task: Squares, size: int = 3, workers: int = 2) -> list[int]:
    with engine.place(on, workers) as place:
        return [value for made in place.run(task, engine.blocks(20, size)) for value in made]


@pytest.mark.parametrize("on", ["threads", "processes"])
@pytest.mark.parametrize("size", [1, 7, 50])
def test_blocks_come_back_in_order(on: str, size: int) -> None:
    """Invariant: whatever the place and the size of the blocks, the same values in the same order."""
    assert squares(on, Squares(), size) == [k * k for k in range(20)]


def test_process_that_dies_costs_only_its_blocks(tmp_path: Path) -> None:
    """Invariant: a worker killed in the middle is replaced, and its blocks are run again."""
    (tmp_path / "once").touch()
    assert squares("processes", Squares(8, tmp_path)) == [k * k for k in range(20)]
    assert not list(tmp_path.iterdir())


def test_processes_that_keep_dying_are_given_up(tmp_path: Path) -> None:
    """Tiny case: three deaths in a row end the run with a message."""
    for name in ("one", "two", "three"):
        (tmp_path / name).touch()
    with pytest.raises(RunError, match="died 3 times in a row"):
        squares("processes", Squares(0, tmp_path), size=30, workers=1)


ORPHANS = """
import os, signal
from vallum import engine
from vallum.campaign import fighting, prepare
from vallum.campaign.shown import shown

if __name__ == "__main__":
    with engine.place("processes", 2) as place:
        print(sum(place.run(len, engine.blocks(20, 1))), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_end_with_the_one_who_asked(tmp_path: Path) -> None:
    """Invariant: killed -9, a run leaves no process behind; those left would hold this pipe open."""
    (tmp_path / "asks.py").write_text(ORPHANS, "utf-8")
    told = subprocess.run([sys.executable, str(tmp_path / "asks.py")], stdout=subprocess.PIPE, timeout=60, check=False)
    assert told.returncode != 0 and told.stdout == b"20\n"


@pytest.mark.parametrize(
    ("on", "workers", "said"),
    [
        ("moon", None, "threads, processes or dask://HOST:PORT"),
        ("threads", 0, "give 1 or more"),
    ],
)
def test_places_that_are_none_are_refused(on: str, workers: int | None, said: str) -> None:
    """Tiny case: the message says which places there are."""
    with pytest.raises(RunError, match=said):
        engine.place(on, workers)


def test_futures_and_blocks_start_at_one() -> None:
    """Tiny case: no future, or blocks of none, is refused."""
    for futures, size in ((0, 5), (5, 0)):
        with pytest.raises(RunError, match="1 or more"):
            engine.blocks(futures, size)
        with pytest.raises(RunError, match="1 or more"):
            engine.staggered(futures, size, 2)


@given(futures=st.integers(1, 5_000), size=st.integers(1, 300), workers=st.integers(1, 9))
def test_staggered_blocks_hold_every_future_once(futures: int, size: int, workers: int) -> None:
    """Invariant: in order, none too large; where there are many, each worker in turn does the same, to a future."""
    parts = engine.staggered(futures, size, workers)
    assert [future for part in parts for future in part] == list(range(futures))
    assert all(1 <= len(part) <= size for part in parts)


def test_workers_begin_at_different_places_and_end_together() -> None:
    """Tiny case: the first block of each of four is another part of a whole one, and all do a quarter."""
    parts, done = engine.staggered(64 * 16, 64, 4), [0] * 4
    for part in parts:
        done[done.index(min(done))] += len(part)  # whoever is free takes the next
    assert [len(part) for part in parts[:4]] == [16, 32, 48, 64]
    assert done == [256] * 4
    assert engine.staggered(200, 64, 4) == engine.blocks(200, 64) == engine.staggered(200, 64, 0)


def test_the_thread_that_asks_works_along() -> None:
    """Invariant: two threads are this one and one more; each block is done once, and no more are under way at once."""
    done: list[tuple[int, int]] = []

    def task(part: range) -> int:
        done.append((part.start, threading.get_ident()))
        time.sleep(0.002)
        return part.start

    with engine.place("threads", 2) as place:
        assert list(place.run(task, engine.blocks(20, 1))) == list(range(20))
    assert sorted(start for start, _ in done) == list(range(20))
    assert len({thread for _, thread in done}) == 2 and threading.get_ident() in {thread for _, thread in done}


def test_what_goes_wrong_in_a_block_is_raised_in_its_turn() -> None:
    """Invariant: whichever thread met it, all blocks before it are handed back."""

    def task(part: range) -> int:
        if part.start >= 5:
            raise RunError(f"block {part.start}")
        return part.start

    made: list[int] = []
    with engine.place("threads", 3) as place, pytest.raises(RunError, match="block 5"):
        made.extend(place.run(task, engine.blocks(20, 1)))
    assert made == list(range(5))


def test_a_worker_of_another_version_is_refused() -> None:
    """Invariant: a task made by one version of vallum does not run in another."""
    task = fighting.Task(prepare(vallum.read("eight-and-none")), 0, 1, 1, None, fold)
    with pytest.raises(RunError, match="install the same on both"):
        replace(task, version="0.0.0")(range(1))


def test_a_run_on_processes_is_the_same_run() -> None:
    """Invariant: the same bytes on threads and on processes."""
    night = vallum.read("eight-and-none")
    made = [vallum.run(night, futures=50, on=on, block=20) for on in ("threads", "processes")]
    assert json_text(made[0]) == json_text(made[1])


def test_a_calendar_counts_the_same_in_any_order_of_blocks() -> None:
    """Invariant: blocks with more and fewer bins, added in any order, give the counts of all futures at once."""
    values = (np.arange(40 * 3 * 2).reshape(40, 3, 2) * 7919) % 311 - 5
    values[30:] *= 200  # a block that needs more bytes for each value
    whole, backwards = Calendar(), Calendar()
    whole.add(block_of_days(values))
    for start in (30, 20, 10, 0):
        backwards.add(block_of_days(values[start : start + 10]))
    expected = np.stack([np.bincount(cell[cell >= 0], minlength=values.max() + 1) for cell in values.reshape(40, -1).T])
    for made in (whole.daily(), backwards.daily()):
        assert np.array_equal(made.stock.counts.reshape(6, -1), expected)
        assert np.array_equal(made.launched, values.sum(axis=0))


def test_counts_are_as_narrow_as_so_many_futures_need() -> None:
    """Invariant: a count never passes the number of futures, and loses nothing where it reaches it."""
    for futures, kind in ((127, np.int8), (128, np.int16), (33_000, np.int32)):
        made = Calendar()
        for part in engine.blocks(futures, 10_000):
            made.add(block_of_days(np.full((len(part), 1, 1), part.start // 10_000 * 3)))
        counts = made.daily().stock.counts
        assert counts.dtype == kind and counts.sum() == futures
        assert counts[0, 0, 0] == min(futures, 10_000)


def block_of_days(values: np.ndarray) -> Days:
    sums = ("launched", "stopped", "leaked", "dry_futures", "month_dry")
    seen = ("stock", "month_share", "month_leaked", "month_launched")
    return Days({name: values.sum(axis=0) for name in sums}, {name: Seen.of(values) for name in seen})


def test_columns_give_back_what_was_laid() -> None:
    """Invariant: packing by block loses nothing: whole numbers, large ones, fractions, never and undefined."""
    label = Label("leakers", "threats")
    small = [[126.0, -127.0, np.inf, np.nan], [127.0, -128.0, np.nan, np.inf], [128.0, -129.0, np.inf, np.nan]]
    large = [[0.0, 5.0, np.inf, np.nan], [-3.0, 40_000.0, 32_767.0, np.inf], [0.25, 3e9, -32_768.0, np.nan]]
    for blocks in (small, large, [*small, *large]):
        for order in permutations(range(len(blocks))):
            columns = Columns(4 * len(blocks))
            for k in order:
                columns.lay(4 * k, {label: np.array(blocks[k])})
            np.testing.assert_array_equal(columns[label], np.concatenate(blocks))
    assert list(columns) == [label] and len(columns) == 1


def test_a_long_campaign_is_cut_into_smaller_blocks() -> None:
    """Invariant: a block takes no more room the longer the campaign is, and the answer is the same as in others."""
    night, steps = vallum.read("eight-and-none"), list[int]()
    for days, size in ((1, 128), (548, 128), (1096, 64)):
        asked = night.replace({"fixed.days": days})
        steps.clear()
        made = vallum.run(asked, futures=200, explain=False, progress=lambda _, done, __: steps.append(done))
        assert steps == [part.stop for part in engine.blocks(200, size)]
    assert json_text(made) == json_text(vallum.run(asked, futures=200, explain=False, block=77))


def test_an_answer_unpacks_one_column_at_a_time() -> None:
    """Invariant: to list all outcomes takes far less memory than all columns as numbers of eight bytes."""
    plan, futures, columns = prepare(vallum.read("eight-and-none")), 4_000, Columns(4_000)
    made = replace(plan, scenario=plan.scenario.replace({"outcomes": []}))
    for k in range(100):
        columns.lay(0, {Label("leakers", "threats", asset=str(k)): np.arange(futures, dtype=np.float64) % 100})
    tracemalloc.start()
    listed = shown(made, columns)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(listed) == len(columns) and peak < len(columns) * futures * 8 / 4


# --- a cluster of real processes --------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def started(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:], "--no-dashboard"]
    paths = os.pathsep.join(filter(None, [str(Path(vallum.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]))
    silent = subprocess.DEVNULL
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": paths}, stdout=silent, stderr=silent)


@contextmanager
def cluster(workers: int) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and workers as processes of their own."""
    port = free_port()
    scheduler = started("scheduler", "--host", "127.0.0.1", "--port", str(port))
    address = f"127.0.0.1:{port}"
    alive = [started("worker", f"tcp://{address}", "--nthreads", "1", "--no-nanny") for _ in range(workers)]
    try:
        wait_for(address, workers)
        yield f"dask://{address}", alive
    finally:
        for process in (*alive, scheduler):
            process.kill()
            process.wait()


def wait_for(address: str, workers: int) -> None:
    from distributed import Client

    with Client(f"tcp://{address}", timeout=60, set_as_default=False) as client:
        client.wait_for_workers(workers, timeout=60)


def test_dask_gives_the_same_bytes_also_when_a_worker_is_killed() -> None:
    """Invariant: a cluster of two, one of them killed in the middle, prints what threads print."""
    pytest.importorskip("distributed", reason="Dask is not installed: pip install 'vallum[cluster]'")
    winter = vallum.read("winter-2025-26")
    here = vallum.run(winter, futures=1_200, explain=False)
    with cluster(2) as (on, workers):
        killed: list[float] = []

        def kill_one(stage: str, done: int, total: int) -> None:
            if not killed:
                workers[0].kill()
                killed.append(time.monotonic())

        there = vallum.run(winter, futures=1_200, explain=False, on=on, block=60, progress=kill_one)
    assert killed
    assert json_text(there) == json_text(here)


def test_no_cluster_is_said() -> None:
    """Tiny case: an address where nothing answers is named."""
    pytest.importorskip("distributed", reason="Dask is not installed: pip install 'vallum[cluster]'")
    with pytest.raises(RunError, match="no Dask scheduler answers"):
        engine.place(f"dask://127.0.0.1:{free_port()}")
