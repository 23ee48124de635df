"""Kill a large batch at stated points and a random one, resume it each time, and hold the bytes against a whole one.

    python scripts/kill_batches.py [ROWS] [FUTURES]

Prints, for each kill, how many parts were kept; at the end the digests of both, and the peak memory of the command
and of its largest worker. Exits 1 where a byte differs.
"""

from __future__ import annotations

import hashlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RESULTS = ("results.parquet", "results.csv", "batch.xlsx")
STATED = (0.1, 0.5, 0.9)


def command(folder: Path, rows: int, futures: int) -> list[str]:
    return [
        sys.executable, "-m", "vallum", "batch", "--scenario", "eight-and-none", "--design", "lhs", "--rows", str(rows),
        "--vary", "choices.stock.patriot_round=0:24", "--vary", "uncertain.p_kill=0.2:0.8",
        "--futures", str(futures), "--out", str(folder), "--quiet",
    ]  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest()[:16] for name in RESULTS}


def kept(folder: Path) -> int:
    return len(list((folder / "parts").glob("*.parquet")))


def killed_at(share: float, parts: int, call: list[str], folder: Path) -> int:
    running = subprocess.Popen(call, stdout=subprocess.DEVNULL)
    while running.poll() is None and kept(folder) < share * parts:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    return kept(folder)


def main() -> int:
    rows, futures = (int(text) for text in (sys.argv[1:] + ["10000", "100"][len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as place:
        whole, broken = Path(place) / "whole", Path(place) / "broken"
        before = time.monotonic()
        subprocess.run(command(whole, rows, futures), check=True, stdout=subprocess.DEVNULL)
        print(f"{rows:,} rows x {futures} futures, uninterrupted: {time.monotonic() - before:.0f} s")
        parts = kept(whole)
        random = int.from_bytes(os.urandom(4)) / 2**32
        for share in sorted((*STATED, random)):
            found = killed_at(share, parts, command(broken, rows, futures), broken)
            print(f"killed -9 at {share:.1%}{' (random)' if share == random else ''}: {found} of {parts} parts kept")
        subprocess.run(command(broken, rows, futures), check=True, stdout=subprocess.DEVNULL)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        print(f"whole  {digests(whole)}\nbroken {digests(broken)}\npeak memory of one process: {peak:.0f} MB")
        return int(digests(whole) != digests(broken))


if __name__ == "__main__":
    sys.exit(main())
