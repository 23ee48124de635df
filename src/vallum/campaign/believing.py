"""How an answer moves with what one believes: sources that disagree, side by side, in the same futures (F2, F3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np

from vallum import engine
from vallum.campaign.fighting import Field, Progress
from vallum.campaign.plan import Plan, prepare
from vallum.evidence import Conflict, Evidence, Parameter, Side
from vallum.evidence.rules import Base, NoClaimLeftError, rederive
from vallum.results import Difference, Label, Outcome, difference, outcome
from vallum.scenario import Scenario, paths
from vallum.scenario.checking import quantities
from vallum.scenario.quantity import Quantity
from vallum.scenario.worlds import F64

#: Outcomes that are told of each belief.
TOLD: Final = (
    "cost_fired",
    "cost_exchange",
    "dry_ever",
    "dry_nights",
    "first_empty_battery",
    "leakers",
    "stopped_share",
)
#: The name of believing all sides together.
POOL: Final = "pool"


@dataclass(frozen=True)
class Belief:
    """One side believed: the changes that this makes in the scenario, and what then comes out."""

    name: str
    changes: Mapping[str, Any]
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True)
class Effect:
    """What a conflict changes in a scenario.

    beliefs     : the sides, and the pool; empty where the scenario does not use the quantity
    differences : each later belief minus the first, future by future
    """

    conflict: Conflict
    parameter: str | None
    places: tuple[str, ...]
    beliefs: tuple[Belief, ...] = ()
    differences: tuple[Difference, ...] = ()


def effects(
    scenario: Scenario,
    conflicts: Iterable[Conflict],
    futures: int = 1_000,
    seed: int = 0,
    as_of: date | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> tuple[Effect, ...]:
    """Run a scenario once for each side of each conflict that it uses, with the same luck and the same raids.

    A switch is believed reading by reading. Any other parameter is made anew from the claims of its lowest and of
    its highest group alone, by its own rule; the pool is the parameter as it stands.
    Raises what `campaign.run` raises.
    """
    plan = prepare(scenario, as_of)
    with engine.place("threads", threads) as place:
        field = Field(place, futures, seed, progress=progress)
        return tuple(_effect(plan, field, one, name) for one in conflicts for name in _parameters(one))


def _parameters(conflict: Conflict) -> tuple[str | None, ...]:
    return (conflict.parameter,) if conflict.parameter else conflict.feeds or (None,)


def _effect(plan: Plan, field: Field, conflict: Conflict, name: str | None) -> Effect:
    if name is None or name not in plan.evidence.parameters:
        return Effect(conflict, name, ())
    places = tuple(_places(plan.scenario, {name, *conflict.also}))
    beliefs = list(_beliefs(plan.evidence, conflict, plan.evidence.parameters[name], places)) if places else []
    if len(beliefs) < 2:  # noqa: PLR2004 - nothing is left to choose between
        return Effect(conflict, name, places)
    columns = [_columns(plan, field, belief) for belief in beliefs]
    labels = list(_labels(plan, columns))
    told = tuple(
        replace(belief, outcomes=tuple(outcome(label, mine[label]) for label in labels))
        for belief, mine in zip(beliefs, columns, strict=True)
    )
    changes = tuple(
        difference(belief.name, label, _values(label, columns[0][label]), _values(label, mine[label]), {})
        for belief, mine in zip(beliefs[1:], columns[1:], strict=True)
        for label in labels
    )
    return Effect(conflict, name, places, told, changes)


def _places(scenario: Scenario, names: set[str]) -> Iterator[str]:
    """Dotted paths at which a scenario takes one of these parameters."""
    for name, entry in scenario.schema.uncertain.items():
        if entry.parameter in names:
            yield f"uncertain.{name}"
    for keys, quantity in quantities(scenario.schema):
        if isinstance(quantity, Quantity) and quantity.parameter in names:
            yield paths.show(keys)


def _beliefs(evidence: Evidence, conflict: Conflict, made: Parameter, places: tuple[str, ...]) -> Iterator[Belief]:
    if made.readings:
        for reading in made.readings:
            entry = {"parameter": made.name, "believe": reading.name}
            yield Belief(reading.name, {place: _at(place, entry, reading.best) for place in places})
        return
    sides = [side for side in (_alone(evidence, made, one) for one in conflict.sides) if side is not None]
    ends = sorted(sides, key=lambda side: side[1].best)
    for name, alone in ends[:1] + ends[1:][-1:]:
        yield Belief(name, {place: _at(place, _range(alone), alone.best) for place in places})
    if len(ends) > 1:
        yield Belief(POOL, {place: _at(place, {"parameter": made.name}, made.best) for place in places})


def _at(place: str, entry: Mapping[str, Any], value: float) -> Any:
    """What stands at a path under a belief: an entry of `uncertain`, or one number."""
    return dict(entry) if place.startswith("uncertain.") else {"value": value, "assumption": "believed"}


def _alone(evidence: Evidence, made: Parameter, side: Side) -> tuple[str, Parameter] | None:
    """The parameter as it would be if only the claims of this side were known; None where they do not feed it."""
    claims = {id_: evidence.claims[id_] for id_ in side.claims if id_ in made.claims}
    try:
        name = f"{', '.join(side.speakers)} ({', '.join(claims)})"
        return (name, rederive(made, Base(claims, evidence.units))) if claims else None
    except NoClaimLeftError:
        return None


def _range(alone: Parameter) -> dict[str, Any]:
    about = {"title": alone.title, "unit": alone.unit, "shape": alone.shape, "claims": list(alone.claims)}
    return {**about, "best": alone.best, "low": alone.low, "high": alone.high, "published": alone.published}


def _columns(plan: Plan, field: Field, belief: Belief) -> Mapping[Label, F64]:
    other = prepare(plan.scenario.replace(belief.changes), plan.as_of)
    return field.columns(other, stage=f"believing {belief.name}")


def _labels(plan: Plan, columns: list[Mapping[Label, F64]]) -> Iterator[Label]:
    """The outcomes told, of the class that the answer is about, that every belief has."""
    for label in sorted(columns[0]):
        mine = label.threat_class in ("", plan.cast.headline)
        local = label.reason or label.asset or (label.scope and label.scope != "anywhere")
        if label.name in TOLD and mine and not local and all(label in other for other in columns):
            yield label


def _values(label: Label, values: F64) -> F64:
    """A day that may never come counts as 1 where it comes."""
    return np.isfinite(values).astype(np.float64) if label.may_be_never else values
