"""Checks of what a scenario says it does not know, and of the evidence that it cites."""

from __future__ import annotations

from typing import Final

from vallum.scenario import paths, trail
from vallum.scenario.checking import Check, campaign
from vallum.scenario.document import Problem
from vallum.scenario.paths import Keys
from vallum.scenario.quantity import Quantity, When
from vallum.scenario.schema import Uncertain


def _uses(check: Check) -> None:
    for keys, quantity in check.quantities:
        if quantity.name is None:
            continue
        check.used.add(quantity.name)
        if quantity.name not in check.names("uncertain"):
            near = paths.nearest(quantity.name, check.names("uncertain"))
            told = f"{quantity.name!r} is neither a number nor an entry of uncertain"
            check.say(keys, told + (f"; did you mean {near}?" if near else ""))
        elif quantity.name in check.schema.uncertain:
            _fits(check, keys, quantity, check.schema.uncertain[quantity.name])


def _fits(check: Check, keys: Keys, quantity: Quantity | When, entry: Uncertain) -> None:
    """Check that whatever an uncertain entry may draw is allowed where it is used."""
    spans = span(entry)
    if spans is None:
        return
    low, high = spans
    if isinstance(quantity, When):
        if low < 1 or low > check.schema.fixed.days:
            told = f"{quantity.name} reaches from day {low:g} to day {high:g}"
            check.say(keys, f"{told}; {campaign(check)}")
        return
    bounds = paths.bounds_at(keys)
    if bounds is not None and not (bounds.low <= low and high <= bounds.high):
        told = f"{quantity.name} reaches from {low:g} to {high:g} (uncertain.{quantity.name})"
        check.say(keys, f"{told}; allowed here: {bounds.allowed}")
    elif bounds is not None and (most := trail.endless(str(quantity.name), entry)) > bounds.high:
        told = f"{quantity.name} is lognormal (uncertain.{quantity.name}): one draw in twenty lies above {high:g}"
        way_out = "use shape beta, pert or triangular"
        check.say(keys, f"{told}, and some reach {most:.2g}; allowed here: {bounds.allowed}; {way_out}")


def span(entry: Uncertain) -> tuple[float, float] | None:
    """Return the lowest and highest value of an uncertain entry, None if they cannot be known."""
    if entry.sample:
        return min(entry.sample), max(entry.sample)
    if entry.options:
        return min(o.low for o in entry.options.values()), max(o.high for o in entry.options.values())
    if entry.shape == "fixed" and entry.best is not None:
        return entry.best, entry.best
    if entry.parameter is not None:
        return trail.parameter_span(entry.parameter, entry.believe)
    return None if entry.low is None or entry.high is None else (entry.low, entry.high)


def _entries(check: Check) -> None:
    for name, entry in check.schema.uncertain.items():
        keys: Keys = ("uncertain", name)
        if entry.shape == "lognormal" and entry.low is not None and entry.low <= 0:
            check.say((*keys, "low"), f"{entry.low:g} is out of range; a lognormal is above 0")
        own = {"best": entry.best, "low": entry.low, "high": entry.high, "shape": entry.shape}
        given = [key for key, value in own.items() if value is not None]
        if entry.parameter is not None and given:
            told = f"the parameter {entry.parameter} brings its own; take out one or the other"
            check.say(keys, f"has parameter and {', '.join(given)}; {told}")
        if entry.parameter is None and entry.believe is not None and entry.believe not in entry.options:
            check.say(
                (*keys, "believe"),
                f"unknown option {entry.believe}" + paths.hint(entry.believe, entry.options),
            )


def _correlations(check: Check) -> None:
    pairs: set[frozenset[str]] = set()
    sound = True
    for index, (first, second, value) in enumerate(check.schema.correlations):
        keys: Keys = ("correlations", index)
        known = [check.known("entry of uncertain", keys, name) for name in (first, second)]
        pair = frozenset((first, second))
        if not -1 < value < 1:
            way_out = "; two numbers that go together wholly are one entry of uncertain" if abs(value) == 1 else ""
            check.say(keys, f"{value:g} is out of range; allowed: above -1 and below 1{way_out}")
        elif first == second or pair in pairs:
            check.say(keys, f"{first} and {second}: a correlation is given once for two different entries")
        elif all(known):
            pairs.add(pair)
            continue
        sound = False
    if sound and pairs:
        _positive_definite(check)


def _positive_definite(check: Check) -> None:
    import numpy as np

    names = sorted({name for first, second, _ in check.schema.correlations for name in (first, second)})
    matrix = np.eye(len(names))
    for first, second, value in check.schema.correlations:
        at = names.index(first), names.index(second)
        matrix[at] = matrix[at[::-1]] = value
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        check.say(("correlations",), "do not go together (the matrix is not positive definite); make them smaller")


def _trail(check: Check) -> None:
    check.found.extend(trail.problems(check.schema, check.quantities))


def _unused(check: Check) -> None:
    for name in check.schema.uncertain:
        if name not in check.used:
            check.warnings.append(Problem(("uncertain", name), "nothing in the scenario uses it"))


CHECKS: Final = (_uses, _entries, _correlations, _trail, _unused)
