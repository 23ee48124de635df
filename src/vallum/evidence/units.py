"""The table of units, held to a units library.

At run time a conversion is one multiplication by a factor of the reviewed table units.csv, so the library is not
needed to run anything: no answer waits for it, and no new version of it can move a number. Here it is asked
whether every factor of the table is what it says, and whether units of different dimensions stay apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from itertools import combinations
from typing import Any

from vallum.evidence.records import Unit

#: Factors of the table keep six digits.
AGREE = 1e-5


def library() -> str | None:
    """Return name and version of the units library, or None where it is not installed."""
    if find_spec("pint") is None:
        return None
    from importlib.metadata import version

    return f"pint {version('pint')}"


def disagreements(units: Iterable[Unit]) -> list[str]:
    """Say where the table and the library differ: an unknown expression, a factor, a dimension.

    Empty also where the library is not installed; `library` tells.
    """
    if library() is None:
        return []
    units = tuple(units)
    registry = _registry(units)
    problems: list[str] = []
    known: dict[str, Any] = {}
    for unit in units:
        try:
            known[unit.name] = registry.parse_expression(unit.library) * registry.dimensionless
        except Exception as error:  # the library raises many kinds, all of which mean that it cannot read the words
            problems.append(f"units.csv: {unit.name}: library: {unit.library!r} cannot be read: {error}")
    found = (unit for unit in units if unit.name in known)
    return problems + [text for one, other in combinations(found, 2) for text in _pair(one, other, known)]


def _registry(units: Iterable[Unit]) -> Any:
    """A registry that also knows what is counted here: missiles, systems, dollars, each a dimension of its own."""
    import pint

    registry: Any = pint.UnitRegistry()
    words = {word for unit in units for word in unit.library.replace("*", " ").replace("/", " ").split()}
    for word in sorted(words):
        if word.isidentifier() and (word in _OURS or word not in registry):
            registry.define(f"{word} = [ours_{word}]")
    return registry


#: Words that mean something else in the library.
_OURS = frozenset({"round", "system", "target", "drone", "person"})


def _pair(one: Unit, other: Unit, known: dict[str, Any]) -> Iterator[str]:
    here, there = known[one.name], known[other.name]
    if one.dimension != other.dimension:
        if here.is_compatible_with(there) and not here.dimensionless:
            yield f"units.csv: {one.name} and {other.name} have two dimensions in the table and one in the library"
        return
    if not here.is_compatible_with(there):
        yield f"units.csv: {one.name} and {other.name} have one dimension in the table and two in the library"
        return
    right = float((here / there).to("dimensionless").magnitude)
    if abs(one.factor / other.factor - right) > AGREE * right:
        yield f"units.csv: one {one.name} is {one.factor / other.factor:g} {other.name}; by the library it is {right:g}"
