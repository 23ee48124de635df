"""Dotted paths: how any value of a scenario is addressed, and what the schema expects there.

`choices.batteries.patriot`; list positions are numbers from 0 (`choices.batteries.patriot.0.site`); a key
with a dot in it is quoted (`fixed.assets."St. X".weight`).
"""

from __future__ import annotations

import difflib
import json
import re
import types
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, PlainValidator
from pydantic.fields import FieldInfo

from vallum.errors import ScenarioError
from vallum.scenario.quantity import CITED_KEYS, Bounds, Quantity
from vallum.scenario.schema import Schema

#: A path taken apart: keys of mappings as text, positions in lists as numbers.
Keys = tuple[str | int, ...]

_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[^."]+')
_PLAIN = re.compile(r'[^.\s"]+(?: [^.\s"]+)*')


def parse(text: str) -> Keys:
    """Take a dotted path apart; every part is text, also list positions.

    Raises ScenarioError if the text is not a path.
    """
    parts: list[str] = []
    position = 0
    while match := _PART.match(text, position):
        parts.append(_unquoted(match.group(), text))
        position = match.end()
        if position == len(text):
            return tuple(parts)
        if text[position] != ".":
            break
        position += 1
    raise ScenarioError(
        f"{text!r} is not a path; write keys joined by dots, such as choices.batteries.patriot, "
        'and quote a key that has a dot in it: fixed.assets."St. X".weight'
    )


def _unquoted(part: str, text: str) -> str:
    if not part.startswith('"'):
        return part.strip()
    try:
        return str(json.loads(part))
    except ValueError:
        raise ScenarioError(f"{text!r}: the quoted key {part} cannot be read") from None


def show(keys: Iterable[str | int]) -> str:
    """Write a path as text, the way `parse` reads it."""
    return ".".join(_shown(key) for key in keys)


def _shown(key: str | int) -> str:
    if isinstance(key, int) or _PLAIN.fullmatch(key):
        return str(key)
    return json.dumps(key, ensure_ascii=False)


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the name most like *name*, if any is like it."""
    by_folded = {known.casefold(): known for known in names}
    close = difflib.get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None


def hint(name: str, names: Collection[str]) -> str:
    """Return '; allowed: ...; did you mean ...?' for a misspelt name."""
    shown = sorted(names)[:20]
    allowed = f"; allowed: {', '.join(shown)}" + (", ..." if len(names) > len(shown) else "") if names else ""
    near = nearest(name, names)
    return f"{allowed}; did you mean {near}?" if near else allowed


def look(data: Any, keys: Iterable[str | int]) -> tuple[bool, Any]:
    """Return (found, value) of a path in nested mappings and lists."""
    for key in keys:
        if isinstance(data, Mapping) and str(key) in data:
            data = data[str(key)]
        elif isinstance(data, list) and (index := position_in(data, key)) is not None:
            data = data[index]
        else:
            return False, None
    return True, data


def position_in(data: Sequence[Any], key: str | int) -> int | None:
    """Return the position that a key names in a list, None if there is none."""
    if not re.fullmatch(r"\d{1,9}", str(key), re.ASCII):
        return None
    return int(key) if int(key) < len(data) else None


def leaves(data: Any, keys: Keys = ()) -> Iterable[tuple[Keys, Any]]:
    """Yield every leaf (a scalar, an empty mapping, an empty list) with its path."""
    if isinstance(data, Mapping) and data:
        for key, value in data.items():
            yield from leaves(value, (*keys, key))
    elif isinstance(data, list) and data:
        for index, value in enumerate(data):
            yield from leaves(value, (*keys, index))
    else:
        yield keys, data


# ---- what the schema expects at a path ----


def shapes_at(keys: Iterable[str | int]) -> list[Any]:
    """Return the annotations that the schema allows at a path; empty if there is no such place."""
    shapes: list[Any] = [Schema]
    for key in keys:
        shapes = step(shapes, key)
    return shapes


def step(shapes: Iterable[Any], key: str | int) -> list[Any]:
    """Return the shapes one key further in."""
    return [inner for shape in shapes for inner in _inside(shape, key)]


def _inside(shape: Any, key: str | int) -> list[Any]:
    bare = _bare(shape)
    origin = get_origin(bare)
    if bare is Any:
        return [Any]
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return [inner for name, info in fields(bare).items() if name == key for inner in _alternatives(_whole(info))]
    if bare is Quantity and key in CITED_KEYS:
        return [Any]
    if origin is dict and _key_allowed(get_args(bare)[0], key):
        return _alternatives(get_args(bare)[1])
    if origin in (list, tuple) and str(key).isdigit():
        return [inner for argument in get_args(bare) for inner in _alternatives(argument)]
    return []


def _key_allowed(shape: Any, key: str | int) -> bool:
    return not get_args(shape) or key in get_args(shape)


def fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model under the names that files use."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def _whole(info: FieldInfo) -> Any:
    annotation: Any = info.annotation
    for extra in info.metadata:
        annotation = Annotated[annotation, extra]
    return annotation


def _alternatives(shape: Any) -> list[Any]:
    """Return the members of a union; None is no place to go to."""
    bare = _bare(shape)
    if get_origin(bare) in (Union, types.UnionType):
        return [inner for member in get_args(bare) for inner in _alternatives(member)]
    return [] if bare is type(None) else [shape]


def _bare(shape: Any) -> Any:
    return get_args(shape)[0] if get_origin(shape) is Annotated else shape


def keys_of(shapes: Iterable[Any]) -> set[str]:
    """Return the keys that the schema itself names in these shapes."""
    names: set[str] = set()
    for shape in map(_bare, shapes):
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            names |= set(fields(shape))
        elif get_origin(shape) is dict:
            names |= {str(key) for key in get_args(get_args(shape)[0])}
    return names


def holds_models(shapes: Iterable[Any]) -> bool:
    """Tell whether these shapes hold entries of fixed make: such an entry is not made up from one key."""
    return any(isinstance(_bare(shape), type) and issubclass(_bare(shape), BaseModel) for shape in shapes)


def holds_keys(shapes: Iterable[Any]) -> bool:
    """Tell whether a mapping may stand here."""
    return any(get_origin(_bare(shape)) is dict for shape in shapes) or holds_models(shapes)


@lru_cache(maxsize=4_096)
def bounds_at(keys: Keys) -> Bounds | None:
    """Return the range that the schema allows for the number at a path; kept, for each reading asks again."""
    for shape in shapes_at(keys):
        for extra in get_args(shape)[1:]:
            if isinstance(extra, PlainValidator) and isinstance(extra.func, Bounds):
                return extra.func
    return None
