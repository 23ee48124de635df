"""How quickly the page answers: slider to picture, many people dragging at once, and what each of them takes.

    python scripts/bench_page.py [--clients 20 50] [--seconds 10] [--sessions 200]

Starts `vallum serve` as a process of its own. Prints CPU milliseconds of one preview, which depend little on what
else the machine does; p50 and p95 from a slider's event to the new picture in a headless Chromium, where there is one;
p50 and p95 of clients that each replay a drag of four changes a second, where the newest change wins; and by how much
the memory of the server grows with each session. All on the cores that the server has: the clients take theirs too.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from vallum import campaign
from vallum.web import answers
from vallum.web.looks import Looks
from vallum.web.states import FEW, Preview

STOCK, BATTERIES = "choices.stock.patriot_round", "choices.batteries.patriot"
CHANGES_A_SECOND = 4
PATIENCE = 60.0
#: A hand that looks for the stock at which it no longer runs out, as it was recorded: up, too far, back, and closer.
DRAG = (120, 124, 137, 158, 181, 207, 233, 260, 284, 301, 312, 318, 309, 291, 268, 252, 246, 249, 255, 261, 264, 262)
#: From a slider's event to the frame after the picture of its answer.
SLIDE = """async ([path, values]) => {
  const slider = document.querySelector(`[data-path="${path}"] input`), took = [];
  for (const value of values) {
    const drawn = new Promise(next => new MutationObserver((_, me) => { me.disconnect(); requestAnimationFrame(next); })
      .observe(document.querySelector("#figure-cost .plot"), {childList: true}));
    const from = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event("input", {bubbles: true}));
    await drawn;
    took.push(performance.now() - from);
    await new Promise(next => setTimeout(next, 60));
  }
  return took;
}"""


def spread(took: list[float]) -> str:
    if not took:
        return "no answers"
    took = sorted(took)
    return f"p50 {took[len(took) // 2]:.0f} ms, p95 {took[int(0.95 * (len(took) - 1))]:.0f} ms ({len(took)})"


def cpu() -> None:
    """CPU of one preview in one process, from the parsed request to the packed answer."""
    campaign.glance(Preview().read(), FEW)
    took = []
    for k in range(40):
        asked, began = Preview(set={STOCK: 100 + k}), time.process_time()
        gzip.compress(answers.preview(Looks(), asked, lambda: None), 3)
        took.append(1e3 * (time.process_time() - began))
    print(f"one preview of {FEW} futures, CPU: {spread(took)}", flush=True)


@dataclass(frozen=True)
class Server:
    """`vallum serve` at work."""

    port: int
    process: int

    def memory(self) -> float:
        """Resident megabytes of the server and its workers; nan where the system does not tell."""
        try:
            return sum(map(resident, (self.process, *children(self.process))))
        except OSError:
            return float("nan")


def resident(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def children(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task").glob("*/children")
    return [int(name) for listed in found for name in listed.read_text(encoding="ascii").split()]


@contextmanager
def serving() -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = [sys.executable, "-m", "vallum", "serve", "--port", str(port), "--rate", "0"]
    with subprocess.Popen(line, stderr=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + PATIENCE
            while not is_up(port):
                assert time.monotonic() < until, "the server does not begin"
                time.sleep(0.1)
            time.sleep(8)  # the workers load
            yield Server(port, process.pid)
        finally:
            process.terminate()


def is_up(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/scenarios", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def browser(port: int) -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        print("slider to picture: no Chromium here")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = made.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_selector("#figure-cost .plot svg")
        page.wait_for_function("() => document.getElementById('sure').textContent.startsWith('2,000')")
        took = page.evaluate(SLIDE, [STOCK, [7 * k + 3 for k in range(60)]])
        print(f"slider to picture, all figures drawn again: {spread(took)}", flush=True)
        made.close()


@dataclass
class Client:
    """One page: a few connections that stay open, as a browser's do, and as little work as a browser elsewhere.

    took  : ms from a request to its answer, of those that were answered
    fresh : ms from a change until an answer to it or to a newer one, of all changes
    """

    port: int
    who: int
    took: list[float] = field(default_factory=list)
    fresh: list[float] = field(default_factory=list)
    superseded: int = 0
    wrong: list[str] = field(default_factory=list)
    _idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = field(default_factory=list)
    _waits: dict[int, float] = field(default_factory=dict)

    async def drag(self, seconds: float) -> None:
        """Replay the drag, a change after the other, whether the one before was answered or not."""
        asked = []
        await asyncio.sleep((self.who % 17) / 17 / CHANGES_A_SECOND)  # hands do not move together
        for k in range(int(seconds * CHANGES_A_SECOND)):
            change = {STOCK: DRAG[k % len(DRAG)] + self.who + 400 * (k // len(DRAG)), BATTERIES: self.who % 20}
            asked.append(asyncio.create_task(self.change(k, {"futures": FEW, "set": change})))
            await asyncio.sleep(1 / CHANGES_A_SECOND)
        await asyncio.gather(*asked)

    async def change(self, k: int, body: dict[str, object]) -> None:
        """Ask for the preview of one change, and note what came of it."""
        began = self._waits[k] = time.monotonic()
        try:
            status = await self.post(body)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.wrong.append(type(error).__name__)
            return
        now = time.monotonic()
        if status == 409:
            self.superseded += 1
        elif status != 200:
            self.wrong.append(str(status))
        else:
            self.took.append(1e3 * (now - began))
            self.fresh += [1e3 * (now - self._waits.pop(older)) for older in sorted(self._waits) if older <= k]

    async def post(self, body: dict[str, object]) -> int:
        """Send a request over a connection that is open, or a new one; return the status of its answer."""
        reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection("127.0.0.1", self.port)
        data = json.dumps(body).encode()
        head = (
            f"POST /api/v1/preview HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nX-Page: {self.who}.preview"
            f"\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        writer.write(head.encode() + data)
        answer = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        self._idle.append((reader, writer))
        return int(answer.split()[1])

    def close(self) -> None:
        """Close the connections."""
        for _, writer in self._idle:
            writer.close()


async def crowd(port: int, clients: int, seconds: float, first: int = 0, say: bool = True) -> None:
    pages = [Client(port, first + who) for who in range(clients)]
    await asyncio.gather(*(page.drag(seconds) for page in pages))
    for page in pages:
        page.close()
    if not say:
        return
    took, fresh = ([ms for page in pages for ms in getattr(page, name)] for name in ("took", "fresh"))
    wrong = [one for page in pages for one in page.wrong]
    print(
        f"{clients} clients, {CHANGES_A_SECOND} changes a second, newest wins: answers {spread(took)}; from a change "
        f"to an answer to it or a newer one {spread(fresh)}; {sum(page.superseded for page in pages)} superseded; "
        f"{len(wrong)} errors {sorted(set(wrong)) or ''}",
        flush=True,
    )


async def sessions(server: Server, many: int) -> None:
    """Memory that stays with sessions that came and went, after those before filled what is kept of answers."""
    before = server.memory()
    for first in range(0, many, 20):
        await crowd(server.port, min(20, many - first), 1.0, 1_000 + first, say=False)
    grown = (server.memory() - before) / many
    print(f"memory: {before:.0f} MB before {many} more sessions, {grown:.3f} MB more for each of them", flush=True)


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    reader.add_argument("--clients", type=int, nargs="+", default=[20, 50])
    reader.add_argument("--seconds", type=float, default=10.0)
    reader.add_argument("--sessions", type=int, default=200)
    given = reader.parse_args()
    print(f"{date.today()}, {os.cpu_count()} cores, {sys.platform}", flush=True)
    cpu()
    with serving() as server:
        browser(server.port)
        for clients in given.clients:
            asyncio.run(crowd(server.port, clients, given.seconds))
        asyncio.run(sessions(server, given.sessions))


if __name__ == "__main__":
    main()
