"""Fight a scenario in many futures and say what came of it (F1-F6, C1, C2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from vallum import engine
from vallum.campaign.answer import answered
from vallum.campaign.beside import beside
from vallum.campaign.fighting import Field, Progress, fight
from vallum.campaign.manifest import manifest
from vallum.campaign.plan import Plan, prepare
from vallum.campaign.plausible import warnings
from vallum.campaign.shown import shown
from vallum.campaign.split import split
from vallum.campaign.suppliers import losses
from vallum.results import Label, Manifest, Outcome, Result, named, outcome
from vallum.scenario import Scenario

#: Pairs of futures that the split of F5 rests on, at most: a standard error of three per cent.
PAIRS = 1_000


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
    on: str = "threads",
) -> Result:
    """Fight the scenario in many futures.

    futures : how many; future k is the same however many are run
    as_of   : only claims dated on or before it are used (F6); default the scenario's date, else today
    on, threads, block : where the work is done and how it is cut (`threads`, `processes` or `dask://HOST:PORT`;
              how many threads or processes; futures in a block); they never change a byte of the answer
    lucks   : futures that share one world, with other dice (F1)
    explain : also find how much of the spread is knowledge and what would be needed (F5); costs
              about as much again
    Raises ScenarioError, EvidenceError or RecordError for bad input, RunError for an impossible request.
    """
    plan = prepare(scenario, as_of)
    with engine.place(on, threads) as place:
        field = Field(place, futures, seed, lucks, block, progress)
        result = counted(plan, field)
        return _answered(plan, field, result) if explain else result


def counted(plan: Plan, field: Field, listed: bool = True) -> Result:
    """Return what the futures show, without words. listed : with the list of outcomes to show"""
    made = field.fought(plan)
    about = manifest(plan, field.futures, field.seed, field.lucks)
    return Result(
        manifest=replace(about, warnings=(*about.warnings, *warnings(plan, made.columns))),
        columns=made.columns,
        daily=made.daily,
        uncertain=made.uncertain,
        trace=partial(trace, plan, field.seed, field.lucks),
        shown=shown(plan, made.columns, field.lucks) if listed else (),
    )


def _answered(plan: Plan, field: Field, result: Result) -> Result:
    """The same with what drives it, what packages and suppliers change, and the answer in words."""
    again = replace(field, futures=min(field.futures, PAIRS)).fought
    result = replace(
        result,
        split=split(plan, result, again),
        differences=tuple(beside(plan, result, again)),
        losses=tuple(losses(plan, result, again)),
    )
    return answered(plan, result, again)


def outcomes(
    scenario: Scenario,
    futures: int,
    seed: int = 0,
    as_of: date | None = None,
    names: Sequence[str] = (),
    only: Callable[[Label], bool] = bool,
) -> tuple[Outcome, ...]:
    """Fight on this thread, and return outcomes alone, without their distributions: all that a row of a table needs.

    names : those wanted, in this order, as people write them: `leakers[ballistic]`; none for those that `run` lists
    only  : of the latter, whether it is wanted
    Raises what `run` raises, and RunError with the nearest name where there is no such outcome.
    """
    plan = prepare(scenario, as_of)
    with engine.place("threads", 1) as place:
        columns = Field(place, futures, seed).columns(plan)
    if not names:
        return shown(plan, columns, only=only, distributions=False)
    headline = plan.cast.headline or plan.cast.classes[0]
    labels = (named(columns, headline, name) for name in names)
    return tuple(outcome(label, columns[label], distribution=False) for label in labels)


def about(scenario: Scenario, futures: int, seed: int = 0, as_of: date | None = None, lucks: int = 1) -> Manifest:
    """Return what a run of the scenario would rest on, without running it."""
    return manifest(prepare(scenario, as_of), futures, seed, lucks)


def trace(plan: Plan, seed: int, lucks: int, future: int) -> Any:
    """Run one future again and keep all of it: the Book, with the stock of each magazine at midnights."""
    return fight(plan, plan.worlds(seed, range(future, future + 1), lucks), traced=True)
