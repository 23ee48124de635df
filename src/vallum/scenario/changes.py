"""Changes by dotted path: `--set PATH=VALUE` and `Scenario.replace`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vallum.errors import ScenarioError
from vallum.scenario import paths
from vallum.scenario.document import Document, Place, plain, read_value, without_nulls
from vallum.scenario.paths import Keys


def parse_change(text: str) -> tuple[str, Any]:
    """Read `PATH=VALUE`; VALUE is a YAML scalar, [list] or {mapping}."""
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise ScenarioError(f"--set {text}: is not PATH=VALUE, such as choices.batteries.patriot=12")
    path = path.strip()
    paths.parse(path)
    try:
        return path, read_value(value) if value.strip() else _no_value(path)
    except ScenarioError as error:
        raise ScenarioError([f"--set {path}: {problem}" for problem in error.problems]) from None


def _no_value(path: str) -> Any:
    raise ScenarioError(f"has no value; write {path}=VALUE, or {path}=null to take it out")


def apply(document: Document, changes: Mapping[str, Any]) -> Document:
    """Return the document with every change made; ScenarioError with all that cannot be made."""
    changed = document.copy()
    problems: list[str] = []
    for path, value in changes.items():
        try:
            _change(changed, path, value)
        except ScenarioError as error:
            problems += [f"--set {path}: {problem}" for problem in error.problems]
        except ValueError as error:
            problems.append(f"--set {path}: {error}")
    if problems:
        raise ScenarioError(problems)
    return changed


def _change(document: Document, path: str, value: Any) -> None:
    keys = paths.parse(path)
    value = plain(value)
    node: Any = document.data
    shapes: list[Any] = paths.shapes_at(())
    for depth, key in enumerate(keys):
        _check_place(node, shapes, keys, depth)
        shapes = paths.step(shapes, key)
        if depth + 1 < len(keys):
            node = _inner(node, shapes, keys, depth)
    _put(document, node, _as_found(document.data, keys), value)


def _check_place(node: Any, shapes: list[Any], keys: Keys, depth: int) -> None:
    """Refuse a key that the schema does not know at this place."""
    key, here = str(keys[depth]), keys[:depth]
    if isinstance(node, list):
        if paths.position_in(node, key) is None:
            raise ScenarioError(f"{paths.show(here)} has {len(node)} entries, numbered from 0; {key} is none of them")
        return
    if not isinstance(node, dict):
        raise ScenarioError(_into_scalar(node, shapes, keys, depth))
    if key not in node and not paths.step(shapes, key):
        known = paths.keys_of(shapes) | set(node)
        near = paths.nearest(key, known)
        full = f"; did you mean {paths.show((*here, near, *keys[depth + 1 :]))}?" if near else ""
        raise ScenarioError(f"unknown key {key}" + paths.hint(key, known).split("; did")[0] + full)


def _into_scalar(node: Any, shapes: list[Any], keys: Keys, depth: int) -> str:
    here = paths.show(keys[:depth])
    if not paths.step(shapes, keys[depth]):
        return f"{here} is {node}, one value; it has no {keys[depth]}; set {here}=VALUE"
    rest = ": ".join(f"{{{key}" for key in keys[depth:])
    shape = f"{here}={rest}: VALUE{'}' * (len(keys) - depth)}"
    return f"{here} is {node}, one value for all, and has no {keys[depth]}; set it whole: {shape}"


def _inner(node: Any, shapes: list[Any], keys: Keys, depth: int) -> Any:
    key = str(keys[depth])
    if isinstance(node, list):
        return node[int(key)]
    if key not in node:
        _check_may_be_made(node, shapes, keys, depth)
        node[key] = {}
    return node[key]


def _check_may_be_made(node: dict[str, Any], shapes: list[Any], keys: Keys, depth: int) -> None:
    """An entry with a make of its own (an asset, a line) is not made up from one of its values."""
    entry = paths.show(keys[: depth + 1])
    named = not paths.keys_of(paths.shapes_at(keys[:depth]))
    if named and paths.holds_models(shapes):
        key = str(keys[depth])
        raise ScenarioError(f"there is no {entry}" + (paths.hint(key, set(node)) or f"; set it whole: {entry}={{...}}"))
    if not paths.holds_keys(shapes):
        raise ScenarioError(f"{entry} is one value; it has no {keys[depth + 1]}")


def _as_found(data: Any, keys: Keys) -> Keys:
    """Return the path with numbers where it stands on a list."""
    found: list[str | int] = []
    for key in keys:
        is_list = isinstance(data, list)
        found.append(int(key) if is_list else key)
        data = data[int(key)] if is_list else data.get(key) if isinstance(data, dict) else None
    return tuple(found)


def _put(document: Document, node: Any, keys: Keys, value: Any) -> None:
    document.forget(keys)
    document.places[keys] = Place(f"--set {paths.show(keys)}")
    key = keys[-1]
    if value is not None:
        node[key] = without_nulls(value)
    elif isinstance(node, dict):
        node.pop(key, None)
    else:
        raise ScenarioError("an entry of a list cannot be taken out; set the whole list")
