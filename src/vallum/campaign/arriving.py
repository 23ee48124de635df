"""What arrives by each supply line, in the futures of a run and without fighting them (S1-S4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from pydantic import BaseModel

from vallum.campaign.manifest import manifest
from vallum.campaign.plan import Plan, prepare
from vallum.errors import RunError
from vallum.results import Manifest
from vallum.scenario import Scenario
from vallum.scenario.quantity import Quantity, When
from vallum.supply import Timeline

#: Where a scenario says what arrives.
SUPPLY: Final = ("choices.supply.", "choices.funds.", "choices.pauses.")


@dataclass(frozen=True)
class Arrivals:
    """What each supply line delivers, and what it was computed from."""

    manifest: Manifest
    timeline: Timeline


def arrivals(
    scenario: Scenario, futures: int = 2_000, seed: int = 0, as_of: date | None = None, lucks: int = 1
) -> Arrivals:
    """Return what each supply line has delivered by each day: mean, median and 5-95 % band over futures.

    The futures are those of `run` with the same seed. Raises ScenarioError, EvidenceError for bad input,
    RunError for an impossible request.
    """
    if futures < 1:
        raise RunError(f"{futures} futures: give 1 or more")
    plan = prepare(scenario, as_of)
    timeline = plan.supply.timeline(plan.worlds(seed, range(futures), lucks))
    return Arrivals(_about_supply(plan, manifest(plan, futures, seed, lucks)), timeline)


def _about_supply(plan: Plan, made: Manifest) -> Manifest:
    """The manifest with only those inputs, claims and assumptions that feed the supply lines."""
    choices = plan.cast.choices
    names = {name for part in (choices.supply, choices.funds, choices.pauses) for name in _names(part)}

    def feeds(path: str) -> bool:
        return path.removeprefix("uncertain.") in names or path.startswith(SUPPLY)

    claims = [{**claim, "used_by": [path for path in claim["used_by"] if feeds(path)]} for claim in made.claims]
    return replace(
        made,
        inputs=tuple(entry for entry in made.inputs if entry["name"] in names),
        claims=tuple(claim for claim in claims if claim["used_by"]),
        assumptions=tuple(entry for entry in made.assumptions if any(map(feeds, entry.get("values", [entry["name"]])))),
    )


def _names(model: Any) -> Iterator[str]:
    """Names of entries of `uncertain` that a part of a scenario uses."""
    if isinstance(model, Quantity | When):
        yield from () if model.name is None else (model.name,)
    elif isinstance(model, BaseModel):
        for field in type(model).model_fields:
            yield from _names(getattr(model, field))
    elif isinstance(model, Mapping | list):
        for part in model.values() if isinstance(model, Mapping) else model:
            yield from _names(part)
