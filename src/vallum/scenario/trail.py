"""Checks of a scenario against the packaged evidence: claims, parameters and coverage tables that it names.

The evidence is loaded only when a scenario names something of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from vallum.errors import EvidenceError
from vallum.scenario import paths
from vallum.scenario.document import Problem
from vallum.scenario.paths import Keys
from vallum.scenario.quantity import Quantity, When
from vallum.scenario.schema import Schema, Uncertain

if TYPE_CHECKING:
    from vallum.evidence import Evidence


def problems(schema: Schema, quantities: Iterable[tuple[Keys, Quantity | When]]) -> Iterator[Problem]:
    """Yield the claims and parameters that the evidence does not have."""
    cited = [(keys, quantity) for keys, quantity in quantities if isinstance(quantity, Quantity)]
    for keys, claim in _claims(schema, cited):
        known = facts(claim).claims
        if claim not in known:
            yield Problem(keys, f"unknown claim {claim}" + _near(claim, known))
    for keys, quantity in cited:
        if quantity.parameter is not None:
            yield from _cited_parameter(keys, quantity.parameter)
    for name, entry in schema.uncertain.items():
        if entry.parameter is not None:
            yield from _uncertain_parameter(("uncertain", name), entry, entry.parameter)


def parameter_span(parameter: str, believe: str | None = None) -> tuple[float, float] | None:
    """Return lowest and highest value of a packaged parameter, or of the reading of it that is believed."""
    found = _evidence().parameters.get(parameter)
    if found is None:
        return None
    for reading in found.readings:
        if reading.name == believe:
            return reading.low, reading.high
    return found.low, found.high


def endless(name: str, entry: Uncertain) -> float:
    """Return how high the draws of a lognormal may reach, 0 where there is none: its `high` is no end (F2)."""
    shapes: set[str | None] = {entry.shape, *(option.shape for option in entry.options.values())}
    if entry.parameter is not None:
        found = _evidence().parameters.get(entry.parameter)
        shapes = {found.shape, *(reading.shape for reading in found.readings)} if found else set()
    sound = entry.low is None or entry.low > 0
    if "lognormal" not in shapes or not sound:
        return 0.0
    from vallum.scenario import extremes, worlds

    return float(extremes.reach(worlds.law(name, entry, _evidence()))[1])


def coverage_problem(name: str) -> str | None:
    """Return why a coverage table cannot be had, None if it can."""
    from vallum import coverage

    try:
        coverage.load(name)
    except EvidenceError as error:
        return str(error)
    return None


def facts(data: Any) -> Evidence:
    """Return the evidence that a document may cite: the packaged, and the user's own claims where it names one."""
    from vallum import evidence

    return evidence.beside() if _names_own(data, evidence.PREFIX) else evidence.load()


def own_claims(data: Any) -> str | None:
    """Return a hash of the user's own claims where a document names one, None where it names none."""
    from vallum import evidence

    if not _names_own(data, evidence.PREFIX):
        return None
    return "".join(evidence.snapshots.sha256(evidence.own.folder() / name) for name in evidence.own.FILES)


def _names_own(data: Any, prefix: str) -> bool:
    left = [data]
    while left:
        value = left.pop()
        if isinstance(value, str):
            if value.startswith(prefix):
                return True
        elif isinstance(value, dict):
            left.extend(value.values())
        elif isinstance(value, list | tuple):
            left.extend(value)
    return False


def _evidence() -> Evidence:
    from vallum import evidence

    return evidence.load()


def _near(name: str, names: Collection[str]) -> str:
    near = paths.nearest(name, names)
    return f"; did you mean {near}?" if near else "; `vallum evidence list` shows what there is"


def _claims(schema: Schema, cited: Iterable[tuple[Keys, Quantity]]) -> Iterator[tuple[Keys, str]]:
    for keys, quantity in cited:
        yield from (((*keys, "claims"), claim) for claim in quantity.claims)
    for name, entry in schema.uncertain.items():
        yield from ((("uncertain", name, "claims"), claim) for claim in entry.claims)
        for option, reading in entry.options.items():
            yield from ((("uncertain", name, "options", option, "claims"), claim) for claim in reading.claims)
    for index, event in enumerate(schema.reported):
        yield from ((("reported", index, "claims"), claim) for claim in event.claims)


def _cited_parameter(keys: Keys, name: str) -> Iterator[Problem]:
    found = _evidence().parameters.get(name)
    bounds = paths.bounds_at(keys)
    if found is None:
        yield Problem(keys, f"unknown parameter {name}" + _near(name, _evidence().parameters))
    elif bounds is not None and not bounds.low <= found.best <= bounds.high:
        yield Problem(keys, f"parameter {name} is {found.best:g}; allowed here: {bounds.allowed}")


def _uncertain_parameter(keys: Keys, entry: Uncertain, name: str) -> Iterator[Problem]:
    found = _evidence().parameters.get(name)
    if found is None:
        yield Problem(keys, f"unknown parameter {name}" + _near(name, _evidence().parameters))
        return
    readings = [reading.name for reading in found.readings]
    if entry.believe is not None and entry.believe not in readings:
        told = f"unknown reading {entry.believe} of {name}"
        yield Problem((*keys, "believe"), told + paths.hint(entry.believe, readings))
