"""What only whole processes show: memory, cores, first run, start-up; and the few futures behind a slider."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

import vallum
from bench.measure import Measure
from bench.problem import DAYS, REFERENCE, reference
from bench.timing import processor_time

ROOT: Final = Path(__file__).resolve().parents[1]
#: Futures that a slider's first picture is made of.
PREVIEW: Final = 100
#: Two cores against one.
TWO_TARGET: Final = 1.85
KILOBYTE: Final = 1024
NIGHT: Final = ("run", "eight-and-none")


def environment(**changes: str) -> dict[str, str]:
    """The environment of a child: it finds the package in the checkout, and keeps what Python compiles, as users do."""
    paths = [str(ROOT / "src"), str(ROOT), os.environ.get("PYTHONPATH", "")]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": os.pathsep.join(filter(None, paths))} | changes


def child(arguments: Sequence[str], **changes: str) -> tuple[float, float, str]:
    """Run Python with arguments: seconds on the wall, seconds of processor time, what it printed."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments], env=environment(**changes), cwd=ROOT, capture_output=True, text=True, check=True
    )
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


# --- memory ---------------------------------------------------------------------------------------------


def memory(quick: bool) -> list[Measure]:
    """Peak memory and time of a run of many futures of the reference problem."""
    futures = 512 if quick else 100_000
    _, spent, printed = child(["-m", "bench.processes", str(futures)])
    peak = json.loads(printed)["peak_megabytes"]
    how = f"{futures} futures x 1095 days x 60 cities, vallum.run without explanations, whole process"
    return [
        Measure(f"peak memory of {futures} futures", peak, "MB", "less", how, None if quick else 500.0),
        Measure(f"processor time of {futures} futures", spent, "s", "less", f"{how}; all threads together"),
        Measure("futures a second of processor time", futures / spent, "1/s", "more", f"{how}; divide by it for time"),
    ]


def _many_futures(futures: int) -> dict[str, Any]:
    """Fight many futures and say how much memory that took at most; in a process of its own."""
    vallum.run(vallum.read(REFERENCE), futures=futures, explain=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    unit = 1 if sys.platform == "darwin" else KILOBYTE
    return {"peak_megabytes": peak * unit / 1e6}


# --- cores ----------------------------------------------------------------------------------------------


def cores(quick: bool) -> list[Measure]:
    """Two threads against one: by processor time of each thread, and on the wall, which others share."""
    futures, repeats = (512, 2) if quick else (4096, 4)
    asked = reference(DAYS)
    by_thread: list[float] = []
    on_wall: list[float] = []
    for _ in range(repeats):
        one, two = (_run_on(asked, futures, threads) for threads in (1, 2))
        by_thread.append(2.0 * one[0] / two[0])
        on_wall.append(one[1] / two[1])
    how = f"{futures} futures x {DAYS} days, vallum.run, {repeats} pairs, median"
    return [
        Measure(
            "two threads, of one, on the wall", statistics.median(on_wall), "times", "more",
            f"{how}; says little where others use the cores", TWO_TARGET, min(on_wall), max(on_wall),
        ),
        Measure(
            "two threads, of one, by processor time", statistics.median(by_thread), "times", "more",
            f"{how}; what two free cores would give if no thread waited for another", None,
            min(by_thread), max(by_thread),
        ),
    ]  # fmt: skip


def _run_on(asked: Any, futures: int, threads: int) -> tuple[float, float]:
    spent, begun = time.process_time(), time.perf_counter()
    vallum.run(asked, futures=futures, threads=threads, explain=False)
    return time.process_time() - spent, time.perf_counter() - begun


# --- start-up -------------------------------------------------------------------------------------------


def startup(quick: bool) -> list[Measure]:
    """Help, the first run in an empty home, warm runs that keep nothing and that are kept, and one asked again."""
    repeats = 2 if quick else 7
    new = [[*NIGHT, "--seed", str(seed)] for seed in range(1, repeats + 1)]
    with tempfile.TemporaryDirectory(prefix="vallum-bench-") as empty:
        home = {"NUMBA_CACHE_DIR": empty, "VALLUM_HOME": empty}
        first = child(["-m", "vallum", *NIGHT], **home)
        warm = _started("vallum run eight-and-none, warm", [[*NIGHT, "--fresh"]] * repeats, 2.0, home)
        keeps = _started("vallum run eight-and-none, warm, a new seed, and keeps it", new, 2.0, home)
        again = _started("the same, asked again: kept", [NIGHT] * repeats, None, home)
    how = f"an empty home: the kernel is compiled, once on a machine; processor time {first[1]:.1f} s"
    return [
        _started("vallum --help", [["--help"]] * repeats, 0.5, {}),
        warm,
        keeps,
        again,
        Measure("vallum run eight-and-none, first of all", first[0], "s", "less", how),
    ]


def _started(name: str, commands: Sequence[Sequence[str]], target: float | None, home: Mapping[str, str]) -> Measure:
    """Run commands one after the other; the quickest tells what the program needs, the slowest what others took."""
    found = [child(["-m", "vallum", *arguments], **home) for arguments in commands]
    walls = sorted(wall for wall, _, _ in found)
    how = f"on the wall, least of {len(walls)}; processor time at best {min(spent for _, spent, _ in found):.2f} s"
    return Measure(name, walls[0], "s", "less", how, target, walls[0], walls[-1])


# --- slider ---------------------------------------------------------------------------------------------


def slider(quick: bool) -> list[Measure]:
    """A change of a scenario and its preview of a few futures, as a page asks for while a slider moves."""
    steps = 8 if quick else 40
    scenario = vallum.read("winter-2025-26")
    _preview(scenario, 12)  # warm
    times = [processor_time(partial(_preview, scenario, 8 + k % 20)) for k in range(steps)]
    middle, late = (float(np.quantile(times, share)) * 1e3 for share in (0.5, 0.95))
    how = f"{PREVIEW} futures of winter-2025-26, change and vallum.run without explanations, {steps} steps, one thread"
    return [
        Measure("slider, median step", middle, "ms", "less", how),
        Measure("slider, 95th percentile", late, "ms", "less", how),
    ]


def _preview(scenario: Any, batteries: int) -> None:
    asked = scenario.replace({"choices.batteries.patriot": batteries})
    vallum.run(asked, futures=PREVIEW, threads=1, explain=False)


if __name__ == "__main__":
    print(json.dumps(_many_futures(int(sys.argv[1]))))
