"""How quickly the page answers: slider to picture, and many people dragging at once.

    python scripts/bench_page.py [--clients 20] [--seconds 10]

Starts a server of its own. Prints CPU milliseconds of one preview, which depend little on what else the machine does;
p50 and p95 from a slider's event to the new picture in a headless Chromium, where there is one; and p50 and p95 of
clients that each replay a drag of four changes a second and take only the newest answer.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from vallum import campaign
from vallum.web import answers
from vallum.web.looks import Looks
from vallum.web.states import Preview

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.serving import served

STOCK = "choices.stock.patriot_round"
FUTURES = 48
CHANGES_A_SECOND = 4
#: From a slider's event to the frame after the picture of its answer.
DRAG = """async ([path, values]) => {
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
    took = sorted(took)
    return f"p50 {took[len(took) // 2]:.0f} ms, p95 {took[int(0.95 * (len(took) - 1))]:.0f} ms ({len(took)} answers)"


def cpu() -> None:
    campaign.glance(Preview().read(), FUTURES)
    took = []
    for k in range(12):
        asked, began = Preview(futures=FUTURES, set={STOCK: 100 + k}), time.process_time()
        answers.preview(Looks(), asked, lambda: None)
        took.append(1e3 * (time.process_time() - began))
    print(f"one preview of {FUTURES} futures, CPU: {spread(took)}")


def browser(address: str) -> None:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not chromium:
        print("slider to picture: no Chromium here")
        return
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = made.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        page.wait_for_selector("#figure-cost .plot svg")
        page.wait_for_function("() => document.getElementById('sure').textContent.startsWith('2,000')")
        took = page.evaluate(DRAG, [STOCK, [7 * k + 3 for k in range(40)]])
        print(f"slider to picture, all figures drawn again: {spread(took)}")
        made.close()


async def drag(client: httpx.AsyncClient, who: int, seconds: float, took: list[float], wrong: list[int]) -> None:
    async def one(value: int) -> None:
        began = time.monotonic()
        body: dict[str, Any] = {"futures": FUTURES, "set": {STOCK: value, "choices.batteries.patriot": who % 20}}
        answer = await client.post("/api/v1/preview", json=body, headers={"X-Page": f"bench-{who}.preview"})
        if answer.status_code == httpx.codes.OK:
            took.append(1e3 * (time.monotonic() - began))
        elif answer.status_code != httpx.codes.CONFLICT:
            wrong.append(answer.status_code)

    asked = []
    for k in range(int(seconds * CHANGES_A_SECOND)):
        asked.append(asyncio.create_task(one((13 * k + 31 * who) % 300)))
        await asyncio.sleep(1 / CHANGES_A_SECOND)
    await asyncio.gather(*asked)


async def crowd(address: str, clients: int, seconds: float) -> None:
    took: list[float] = []
    wrong: list[int] = []
    limits = httpx.Limits(max_connections=4 * clients)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        await asyncio.gather(*(drag(client, who, seconds, took, wrong) for who in range(clients)))
    print(f"{clients} clients, {CHANGES_A_SECOND} changes a second, newest wins: {spread(took)}, {len(wrong)} errors")


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    reader.add_argument("--clients", type=int, default=20)
    reader.add_argument("--seconds", type=float, default=8.0)
    given = reader.parse_args()
    cpu()
    with served() as address:
        browser(address)
        asyncio.run(crowd(address, given.clients, given.seconds))


if __name__ == "__main__":
    main()
