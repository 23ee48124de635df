"""Fight a scenario in many futures and say what came of it (F1-F6, C1, C2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import numpy as np

from vallum import engine
from vallum._kernel.problem import Tally
from vallum.campaign.answer import answered
from vallum.campaign.beside import beside
from vallum.campaign.fold import Folded, fold
from vallum.campaign.manifest import manifest
from vallum.campaign.measures import Book
from vallum.campaign.plan import Plan, prepare
from vallum.campaign.plausible import warnings
from vallum.campaign.shown import shown
from vallum.campaign.split import split
from vallum.campaign.suppliers import losses
from vallum.results import Result
from vallum.scenario import Scenario
from vallum.scenario.worlds import Worlds

#: Pairs of futures that the split of F5 rests on, at most: a standard error of three per cent.
PAIRS = 1_000
#: Hears the stage, how many futures of it are done, and how many there are.
Progress = Callable[[str, int, int], None]


def run(
    scenario: Scenario,
    futures: int = 2_000,
    seed: int = 0,
    as_of: date | None = None,
    threads: int | None = None,
    block: int | None = None,
    lucks: int = 1,
    progress: Progress | None = None,
    explain: bool = True,
) -> Result:
    """Fight the scenario in many futures.

    futures : how many; future k is the same however many are run
    as_of   : only claims dated on or before it are used (F6); default the scenario's date, else today
    threads, block : how the work is cut; they never change a byte of the answer
    lucks   : futures that share one world, with other dice (F1)
    explain : also find how much of the spread is knowledge and what would be needed (F5); costs
              about as much again
    Raises ScenarioError, EvidenceError or RecordError for bad input, RunError for an impossible request.
    """
    plan = prepare(scenario, as_of)
    made = fought(plan, futures, seed, threads, block, lucks, progress)
    about = manifest(plan, futures, seed, lucks)
    result = Result(
        manifest=replace(about, warnings=(*about.warnings, *warnings(plan, made.columns))),
        columns=made.columns,
        daily=made.daily,
        uncertain=made.uncertain,
        trace=partial(trace, plan, seed, lucks),
        shown=shown(plan, made.columns),
    )
    if not explain:
        return result
    again = partial(
        fought, futures=min(futures, PAIRS), seed=seed, threads=threads, block=block, lucks=lucks, progress=progress,
    )  # fmt: skip
    result = replace(
        result,
        split=split(plan, result, again),
        differences=tuple(beside(plan, result, again)),
        losses=tuple(losses(plan, result, again)),
    )
    return answered(plan, result, again)


def fought(
    plan: Plan,
    futures: int,
    seed: int,
    threads: int | None = None,
    block: int | None = None,
    lucks: int = 1,
    progress: Progress | None = None,
    vary: Callable[[Worlds], Worlds] | None = None,
    stage: str = "futures",
) -> Folded:
    """Fight all blocks of a plan and fold them together, in the order of the futures."""
    parts = engine.blocks(futures, block)

    worlds = plan.worlds(seed, range(futures), lucks)
    worlds = worlds if vary is None else vary(worlds)

    def task(part: range) -> Folded:
        return fold(_fight(plan, worlds.part(part)))

    made: list[Folded] = []
    daily, done = None, 0
    for folded in engine.run(task, parts, threads):
        done += len(next(iter(folded.columns.values())))
        if progress is not None:
            progress(stage, done, futures)
        daily = folded.daily if daily is None else daily.merged(folded.daily)
        made.append(folded)
    assert daily is not None
    columns = {label: np.concatenate([one.columns[label] for one in made]) for label in made[0].columns}
    drawn = {name: np.concatenate([one.uncertain[name] for one in made]) for name in made[0].uncertain}
    return Folded(columns, daily, drawn)


def _fight(plan: Plan, worlds: Worlds, traced: bool = False) -> Book:
    from vallum._kernel import fast  # numba takes a third of a second to load

    by_line = plan.supply.by_line(worlds)
    tally: Tally = fast.nights(plan.problem(worlds, by_line, traced))
    return Book(plan, worlds, tally, by_line)


def trace(plan: Plan, seed: int, lucks: int, future: int) -> Any:
    """Run one future again and keep all of it: the Book, with the stock of each magazine at midnights."""
    return _fight(plan, plan.worlds(seed, range(future, future + 1), lucks), traced=True)
