"""Kill a large batch at stated points and a random one, resume it each time, and hold the bytes against a whole one.

    python scripts/kill_batches.py [ROWS] [FUTURES] [RANDOM]

RANDOM is the share of the parts at which the random kill falls, to repeat one. Only the command is killed, with -9;
its workers must then end by themselves. Prints the seconds and the peak memory of whole batches, of one row, a tenth of
them and all; for each kill, how many parts were kept; at the end the digests of both. Exits 1 where a byte
differs, a kept part is made again, a worker outlives the command, or a kill comes too late. Needs /proc.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

RESULTS = ("results.parquet", "results.csv", "batch.xlsx")
#: Shares of the parts; at the last one the results are being written.
STATED = (0.1, 0.5, 0.9, 1.0)
#: Seconds between two looks, and after which a worker has outlived its command.
LOOK, PATIENCE = 0.01, 10.0


def command(folder: Path, rows: int, futures: int) -> list[str]:
    return [
        sys.executable, "-m", "vallum", "batch", "--scenario", "eight-and-none", "--design", "lhs", "--rows", str(rows),
        "--vary", "choices.stock.patriot_round=0:24", "--vary", "uncertain.p_kill=0.2:0.8",
        "--futures", str(futures), "--out", str(folder), "--quiet",
    ]  # fmt: skip


def started(call: list[str], errors: int | None = None) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own, by which its workers are found."""
    return subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True)


def members(session: int) -> list[int]:
    """Processes of a session that have not ended."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, belongs = (place / "stat").read_text().rpartition(")")[2].split()[:4]
        except OSError:  # it has just ended
            continue
        if int(belongs) == session and state != "Z":
            found.append(int(place.name))
    return found


def peak(process: int) -> int:
    """Largest memory of a process so far, in MB."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM:")), 0)


def uninterrupted(call: list[str], said: str) -> None:
    """Run a command to its end, and print how long it took and the largest memory of it and of a worker."""
    before, peaks = time.monotonic(), dict[int, int]()
    running = started(call)
    while running.poll() is None:
        for process in members(running.pid):
            peaks[process] = max(peaks.get(process, 0), peak(process))
        time.sleep(10 * LOOK)
    if running.returncode:
        sys.exit(f"{said}: ended with {running.returncode}")
    mine = peaks.pop(running.pid)
    seconds = time.monotonic() - before
    largest = f"of a worker {max(peaks.values())} MB" if peaks else "no worker needed"
    print(f"{said}, uninterrupted: {seconds:.0f} s; peak {mine} MB, {largest}", flush=True)


@dataclass(frozen=True)
class Killed:
    """What a kill left. kept : parts with the moment each was written; late : the command had ended before"""

    kept: dict[str, int]
    orphans: int
    late: bool


def parts(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in (folder / "parts").glob("*.parquet")}


def killed(call: list[str], folder: Path, many: float) -> Killed:
    """Kill a command as soon as so many parts are kept, and wait for its workers to end."""
    running = started(call, subprocess.DEVNULL)  # the tracker of its semaphores outlives it, and complains
    while running.poll() is None and len(parts(folder)) < many:
        time.sleep(LOOK)
    late = running.poll() is not None
    running.send_signal(signal.SIGKILL)
    running.wait()
    deadline = time.monotonic() + PATIENCE
    while members(running.pid) and time.monotonic() < deadline:
        time.sleep(LOOK)
    orphans = members(running.pid)
    for process in orphans:
        os.kill(process, signal.SIGKILL)
    return Killed(parts(folder), len(orphans), late)


def kills(call: list[str], folder: Path, whole: int, random: float) -> bool:
    """Kill and resume at each point, then let it end; return whether all that was kept stayed, and nobody was left."""
    sound, before = True, dict[str, int]()
    for share in sorted((*STATED, random)):
        found = killed(call, folder, share * whole)
        stayed = found.kept.items() >= before.items()
        sound = sound and stayed and not found.orphans and not found.late
        about = f"{' (random)' if share == random else ''}{', too late' if found.late else ''}"
        print(
            f"killed -9 at {share:.2%}{about}: {len(found.kept)} of {whole} parts kept, those of the last time "
            f"{'untouched' if stayed else 'MADE AGAIN'}, {found.orphans} workers left",
            flush=True,
        )
        before = found.kept
    uninterrupted(call, "resumed")
    return sound and parts(folder).items() >= before.items()


def digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest()[:16] for name in RESULTS}


def main() -> int:
    given = [float(text) for text in sys.argv[1:]]
    rows, futures = (int(number) for number in (*given[:2], *(10_000, 100)[len(given[:2]) :]))
    random = given[2] if len(given) > 2 else int.from_bytes(os.urandom(4)) / 2**32
    with tempfile.TemporaryDirectory() as place:
        first, tenth, whole, broken = (Path(place) / name for name in ("first", "tenth", "whole", "broken"))
        uninterrupted(command(first, 1, futures), "1 row, where the kernel may have to be compiled")
        uninterrupted(command(tenth, -(-rows // 10), futures), f"{-(-rows // 10):,} rows x {futures} futures")
        uninterrupted(command(whole, rows, futures), f"{rows:,} rows x {futures} futures")
        sound = kills(command(broken, rows, futures), broken, len(parts(whole)), random)
        found = [digests(folder) for folder in (whole, broken)]
        print(f"whole  {found[0]}\nbroken {found[1]}")
        return int(not sound or found[0] != found[1])


if __name__ == "__main__":
    sys.exit(main())
