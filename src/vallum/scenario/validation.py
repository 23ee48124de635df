"""From merged data to the validated schema, with every problem said in the words of the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from vallum.scenario import paths
from vallum.scenario.document import Problem, copied, without_nulls
from vallum.scenario.paths import Keys
from vallum.scenario.quantity import CITED_KEYS
from vallum.scenario.schema import Schema

#: So often is what is wrong taken out to see what else is wrong behind it.
_ROUNDS = 5
#: A value is shown up to so many characters.
_SHOWN = 60
#: Entries (an asset, a line) begin below a drawer and its mapping.
_ENTRY_DEPTH = 2
_MISSING = "is missing"
#: A package may leave these to the scenario beneath it.
_LEFT_TO_BASE = (_MISSING, "give parameter, or best, low and high")


def validated(data: dict[str, Any]) -> tuple[Schema | None, list[Problem]]:
    """Return the schema of the sound part of the data, if there is one, and what is wrong with the rest."""
    sound = data
    problems: list[Problem] = []
    for _ in range(_ROUNDS):
        try:
            return Schema.model_validate(sound), problems
        except ValidationError as error:
            found = _problems(error, sound)
            sound = copied(sound)  # only now: what is sound is never touched
        fresh = [problem for problem in found if not touches(problem.keys, [known.keys for known in problems])]
        problems += fresh
        taken_out = [_take_out(sound, problem.keys) for problem in found]
        if not all(taken_out):
            break
    return None, problems


def touches(keys: Keys, others: Iterable[Keys]) -> bool:
    """Tell whether a path is one of the others, around one of them, or beside it in the same entry."""
    for other in others:
        shared = min(len(keys), len(other))
        if keys[:shared] == other[:shared] or (len(other) > _ENTRY_DEPTH and keys == other[:-1]):
            return True
    return False


def _take_out(data: Any, keys: Keys) -> bool:
    """Take out what is wrong, or what it is missing from; False if nothing would be left."""
    if not keys:
        return False
    found, node = paths.look(data, keys[:-1])
    if not found:
        return True
    if isinstance(node, list) or str(keys[-1]) not in node:
        return _take_out(data, keys[:-1])
    del node[str(keys[-1])]
    return True


def _problems(error: ValidationError, data: dict[str, Any]) -> list[Problem]:
    """Return one problem a path; of a union, those of the branch that the value means, else the first."""
    found: dict[Keys, Problem] = {}
    other_branches: dict[Keys, Problem] = {}
    for detail in error.errors(include_url=False):
        keys, unfit = _keys(detail["loc"], data)
        if unfit is None:
            found.setdefault(keys, Problem(keys, _words(detail, keys, data)))
        else:
            other_branches.setdefault(unfit, Problem(unfit, _words(detail, unfit, data)))
    for union, problem in other_branches.items():
        if not any(keys[: len(union)] == union for keys in found):
            found[union] = problem
    return list(found.values())


def _keys(location: tuple[int | str, ...], data: Any) -> tuple[Keys, Keys | None]:
    """Return the path of an error without the branches of unions, and the union whose branch is unfit."""
    keys: list[int | str] = []
    unfit: Keys | None = None
    for depth, part in enumerate(location):
        last = depth + 1 == len(location)
        found, inner = paths.look(data, (part,)) if isinstance(data, Mapping | list) else (False, None)
        if found:
            keys.append(part)
            data = inner
        elif (branch := _branch(str(part))) is not None:
            if unfit is None and branch != _kind(data):
                unfit = tuple(keys)
        elif last:
            keys.append(part)
    return tuple(keys), unfit


def _branch(part: str) -> str | None:
    match = re.match(r"(function-plain|list|dict)\[", part)
    return match.group(1) if match else None


def _kind(value: Any) -> str:
    """Return the branch of a union that a value means: a list, a mapping by name, or one number."""
    if isinstance(value, list):
        return "list"
    if isinstance(value, Mapping) and not CITED_KEYS & set(value):
        return "dict"
    return "function-plain"


def _words(detail: ErrorDetails, keys: Keys, data: dict[str, Any]) -> str:
    given = paths.look(data, keys)[1]
    shown = _short(given)
    kind = detail["type"]
    if kind == "extra_forbidden":
        known = paths.keys_of(paths.shapes_at(keys[:-1])) | ({"extends"} if len(keys) == 1 else set())
        return f"unknown key {keys[-1]}" + paths.hint(str(keys[-1]), known)
    if kind == "missing":
        return _MISSING
    message = detail["msg"].removeprefix("Value error, ").replace("Input should be", "should be")
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
        return f"{shown} is not allowed" + paths.hint(str(given), allowed)
    if kind in ("model_type", "dict_type"):
        return f"is {shown}, but should be a mapping" + _allowed_keys(keys)
    if kind == "value_error":
        return message
    return f"is {shown}, but {message}"


def _allowed_keys(keys: Keys) -> str:
    known = sorted(paths.keys_of(paths.shapes_at(keys)))
    return f" with keys {', '.join(known)}" if known else " of names to values"


def _short(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def partial_problems(data: dict[str, Any]) -> list[Problem]:
    """Return what is wrong with a package by itself: all but what it leaves to the scenario beneath."""
    data = without_nulls(data)
    try:
        Schema.model_validate(data)
    except ValidationError as error:
        return [problem for problem in _problems(error, data) if problem.text not in _LEFT_TO_BASE]
    return []
