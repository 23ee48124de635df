"""Which values of a scenario belong to the attacker: nothing in the program searches over them (the scope)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from vallum.errors import ScenarioError
from vallum.scenario import paths
from vallum.scenario.reading import Scenario

#: What comes: raids, their targets and tempo, threat classes, a ceasefire that the attacker keeps or breaks.
THREAT: Final = (("fixed", "raids"), ("fixed", "classes"), ("choices", "tempo"), ("choices", "ceasefire"))


def is_threat(scenario: Scenario, path: str) -> bool:
    """Whether a dotted path is a value of the attacker's, or an uncertain number that only his values use."""
    keys = tuple(str(key) for key in paths.parse(path))
    if any(keys[: len(side)] == side[: len(keys)] for side in THREAT):
        return True
    return len(keys) > 1 and keys[0] == "uncertain" and keys[1] in _uncertain_threats(scenario)


def refuse_threat(scenario: Scenario, path: str, doing: str) -> None:
    """Raise ScenarioError where a question would search over the attack. doing : what was asked, in words"""
    if is_threat(scenario, path):
        raise ScenarioError(
            f"{path}: belongs to the attacker, and vallum does not {doing} over what he does: it would be a search "
            "for the best attack. Vary batteries, stock, supply or doctrine; for another attack, state it with "
            "--set and compare"
        )


def _uncertain_threats(scenario: Scenario) -> set[str]:
    """Names of uncertain numbers that are used on the attacker's side."""
    names = set(scenario.schema.uncertain)
    sides = (paths.look(scenario.document, side)[1] for side in THREAT)
    return {text for side in sides for text in _texts(side) if text in names}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
