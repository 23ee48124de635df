"""Runs that are kept: the same scenario, seed and program find the answer that is there already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from vallum.campaign.plan import known, prepare
from vallum.campaign.running import trace
from vallum.errors import RunError
from vallum.results import Manifest, Result, store
from vallum.scenario import Scenario, read, trail

#: Runs a scenario afresh, wherever and however the caller wants it done.
Fresh = Callable[[], Result]


@dataclass(frozen=True)
class Kept:
    """A run and its place in the store.

    name : of the run in the store, "" where it is not kept; again : it was there already;
    trouble : why it is not kept, "" if it is
    """

    result: Result
    name: str
    again: bool = False
    trouble: str = ""


def kept(scenario: Scenario, fresh: Fresh, futures: int, seed: int, as_of: date | None = None, lucks: int = 1) -> Kept:
    """Return a run from the store, or run it and keep it.

    A store that cannot be written costs no answer: its trouble is told. Raises what `fresh` raises, and RunError
    where a kept run is damaged.
    """
    asked = request(scenario, futures, seed, as_of, lucks)
    shelf, name = store.Store(), store.identity(asked)
    if shelf.holds(name):
        return Kept(shelf.load(name, partial(_tracer, scenario)), name, again=True)
    result = fresh()
    try:
        shelf.save(name, asked, result, scenario.to_folder)
    except RunError as error:
        return Kept(result, "", trouble=str(error))
    return Kept(result, name)


def request(
    scenario: Scenario, futures: int, seed: int, as_of: date | None = None, lucks: int = 1
) -> Mapping[str, Any]:
    """Return all that decides the bytes of an answer, apart from the program itself.

    The scenarios that are told beside this one belong to it: without its packages, and with those shown beside it.
    """
    bare = scenario.without_packages().fingerprint if scenario.packages else None
    others = [] if scenario.packages else [scenario.with_packages(name).fingerprint for name in scenario.schema.beside]
    return {
        "kind": "run", "name": scenario.name, "packages": list(scenario.packages), "set": dict(scenario.changes),
        "fingerprint": scenario.fingerprint, "without_packages": bare, "beside": others,
        "as_of": known(scenario, as_of).isoformat(), "futures": futures, "seed": seed, "lucks": lucks,
        "own_claims": trail.own_claims(scenario.document),
    }  # fmt: skip


def reopened(name: str) -> tuple[Result, Scenario]:
    """Open a kept run by its name, or by the beginning of one. Raises RunError where there is none."""
    shelf = store.Store()
    scenario = read(shelf.place(name) / store.SCENARIO)
    return shelf.load(name, partial(_tracer, scenario)), scenario


def _tracer(scenario: Scenario, about: Manifest) -> Callable[[int], Any]:
    """What re-runs one future of a kept run; the plan is made when first asked."""

    def traced(future: int) -> Any:
        return trace(prepare(scenario, about.as_of), about.seed, about.lucks, future)

    return traced
