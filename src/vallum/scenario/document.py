"""A YAML file read with care: plain data, and for every key the file and line it came from.

The file is untrusted: size, depth, number of values and the use of aliases are bounded before anything is
built, tags and merge keys are refused, and duplicate keys are an error.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.nodes import ScalarNode

from vallum.errors import ScenarioError
from vallum.scenario.paths import Keys, look, show
from vallum.scenario.quantity import CITED_KEYS

#: Limits of a file: far above any scenario, far below harm.
MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 40
MAX_VALUES: Final = 100_000
MAX_ALIASES: Final = 20
MAX_DIGITS: Final = 18

_TAG = "tag:yaml.org,2002:"
_SCALARS = {"null", "bool", "int", "float", "timestamp", "str", "value", "merge"}
#: Lists that a file laid over adds to; every other list replaces.
_ADDED_LISTS = {("sources",), ("reported",), ("not_modelled",)}
#: An entry of `uncertain` that has one of these sets of keys says by itself what it is.
_COMPLETE_RANGES = ({"parameter"}, {"options"}, {"sample"}, {"best", "low", "high"})


@dataclass(frozen=True)
class Place:
    """Where a value was written: a file and line, or a `--set`."""

    label: str
    line: int | None = None

    def __str__(self) -> str:
        return self.label if self.line is None else f"{self.label}:{self.line}"


@dataclass(frozen=True)
class Problem:
    """Something wrong at a path; the place is filled in from the document."""

    keys: Keys
    text: str


@dataclass
class Document:
    """Plain data with the place of every key; problems found while it was read."""

    data: dict[str, Any] = field(default_factory=dict)
    places: dict[Keys, Place] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    nulls: set[Keys] = field(default_factory=set)
    broken: set[Keys] = field(default_factory=set)

    def place(self, keys: Keys) -> Place | None:
        """Return the place of a path, or of the nearest thing around it."""
        for end in range(len(keys), -1, -1):
            if keys[:end] in self.places:
                return self.places[keys[:end]]
        return None

    def say(self, problem: Problem) -> str:
        """Return a problem as one line: place, path, what is wrong."""
        place = self.place(problem.keys)
        path = show(problem.keys)
        if place is None:
            return f"{path}: {problem.text}"
        if (place.line is None and place.label == f"--set {path}") or not path:
            return f"{place}: {problem.text}"
        return f"{place}: {path}: {problem.text}"

    def copy(self) -> Document:
        """Return an independent copy."""
        return Document(
            copied(self.data),
            dict(self.places),
            list(self.problems),
            set(self.nulls),
            set(self.broken),
        )

    def forget(self, keys: Keys) -> None:
        """Drop the places at and below a path."""
        for known in _inner_keys(look(self.data, keys)[1], keys):
            self.places.pop(known, None)


def copied(value: Any) -> Any:
    """Copy plain data: mappings and lists anew, what they hold as it is, for it cannot be changed."""
    if isinstance(value, dict):
        return {key: copied(inner) for key, inner in value.items()}
    return [copied(inner) for inner in value] if isinstance(value, list) else value


# ---- reading text ----


def read_file(path: Path, label: str) -> Document:
    """Read a YAML file; ScenarioError if it cannot be read as one mapping."""
    try:
        if path.is_dir():
            raise ScenarioError(f"{label}: is a folder; give a YAML file")
        if not path.is_file():
            raise ScenarioError(f"{label}: there is no such file")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ScenarioError(f"{label}: is {size / 1e6:.1f} MB; a scenario file has at most {MAX_BYTES / 1e6:g} MB")
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ScenarioError(f"{label}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    return read_text(_decoded(raw, label), label)


def _decoded(raw: bytes, label: str) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ScenarioError(f"{label}: is not a text file in UTF-8; give a YAML file") from None
    if "\0" in text:
        raise ScenarioError(f"{label}: is a binary file (it holds NUL bytes); give a YAML file")
    if not text.strip():
        raise ScenarioError(f"{label}: is empty; a scenario needs question and fixed")
    return text


def read_text(text: str, label: str) -> Document:
    """Read YAML text as one mapping."""
    document = _Builder(text, label).document()
    if not isinstance(document.data, dict):
        raise ScenarioError(f"{label}: is not a mapping; a scenario has keys such as question, fixed, choices")
    return document


def read_value(text: str) -> Any:
    """Read a YAML value of one line (a scalar, [list] or {mapping})."""
    document = _Builder(text, "value").document()
    if document.problems:
        raise ScenarioError(document.problems)
    return document.data


class _Builder:
    """Builds plain data from YAML events, within the limits."""

    def __init__(self, text: str, label: str) -> None:
        yaml = YAML(typ="safe", pure=True)
        self._resolver = yaml.resolver
        self._events: Iterator[Event] = yaml.parse(text)
        self._label = label
        self._anchors: dict[str, Any] = {}
        self._values = 0
        self._aliases = 0
        self._document = Document()

    def document(self) -> Document:
        try:
            self._document.data = self._only_document()
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise self._refuse(mark.line if mark else None, f"is not YAML: {error.problem or error.context}") from None
        except YAMLError as error:
            raise self._refuse(None, f"is not YAML: {str(error).splitlines()[0]}") from None
        return self._document

    def _refuse(self, line: int | None, text: str) -> ScenarioError:
        return ScenarioError(f"{self._place(line)}: {text}")

    def _place(self, line: int | None) -> Place:
        return Place(self._label, None if line is None else line + 1)

    def _only_document(self) -> Any:
        next(self._events)
        start = next(self._events)
        if isinstance(start, StreamEndEvent):
            raise self._refuse(None, "is empty; a scenario needs question and fixed")
        if isinstance(start, DocumentStartEvent) and start.version not in (None, (1, 2)):
            raise self._refuse(start.start_mark.line, "is not YAML 1.2; take the %YAML line out")
        data = self._node(next(self._events), ())
        next(self._events)
        extra = next(self._events)
        if not isinstance(extra, StreamEndEvent):
            raise self._refuse(extra.start_mark.line, "holds a second document (---); a file is one scenario")
        return data

    def _node(self, event: Event, keys: Keys) -> Any:
        line = event.start_mark.line
        self._values += 1
        if self._values > MAX_VALUES:
            raise self._refuse(line, f"holds more than {MAX_VALUES} values; that is no scenario")
        if len(keys) > MAX_DEPTH:
            raise self._refuse(line, f"is nested more than {MAX_DEPTH} levels deep; that is no scenario")
        self._document.places.setdefault(keys, self._place(line))
        if isinstance(event, AliasEvent):
            return self._alias(event, line)
        value = self._built(event, keys)
        if isinstance(event, NodeEvent) and event.anchor:
            self._anchors[str(event.anchor)] = value
        return value

    def _alias(self, event: AliasEvent, line: int) -> Any:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise self._refuse(line, f"uses more than {MAX_ALIASES} aliases (*name); write the values out")
        if event.anchor not in self._anchors:
            raise self._refuse(line, f"*{event.anchor} has no anchor before it, or repeats itself")
        value = self._anchors[str(event.anchor)]
        self._values += _size(value)
        return copied(value) if self._values <= MAX_VALUES else None

    def _built(self, event: Event, keys: Keys) -> Any:
        if isinstance(event, MappingStartEvent):
            self._check_tag(event, keys, {"map"})
            return self._mapping(keys)
        if isinstance(event, SequenceStartEvent):
            self._check_tag(event, keys, {"seq"})
            return self._sequence(keys)
        assert isinstance(event, ScalarEvent)
        self._check_tag(event, keys, _SCALARS)
        return self._scalar(event, keys)

    def _check_tag(self, event: Any, keys: Keys, allowed: set[str]) -> None:
        tag = str(event.tag) if event.tag else ""
        if tag and tag != "!" and tag.removeprefix(_TAG) not in allowed:
            self._problem(keys, f"the tag {tag} is not read; write the value without it")

    def _problem(self, keys: Keys, text: str) -> None:
        self._document.broken.add(keys)
        self._document.problems.append(self._document.say(Problem(keys, text)))

    def _sequence(self, keys: Keys) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self._events), CollectionEndEvent):
            values.append(self._node(event, (*keys, len(values))))
        return values

    def _mapping(self, keys: Keys) -> dict[str, Any]:
        values: dict[str, Any] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := next(self._events), CollectionEndEvent):
            line = event.start_mark.line
            name = self._key(event)
            inner = (*keys, name)
            if name in lines:
                first = f"{self._place(lines[name])} and {self._place(line)}"
                self._document.problems.append(f"{first}: {show(inner)}: the key is given twice; keep one")
            self._document.places[inner] = self._place(line)
            lines.setdefault(name, line)
            value = self._node(next(self._events), inner)
            values[name] = value
            if value is None:
                self._document.nulls.add(inner)
        return values

    def _key(self, event: Event) -> str:
        line = event.start_mark.line
        self._values += 1
        if not isinstance(event, ScalarEvent):
            raise self._refuse(line, "a key is a list, a mapping or an alias; keys are text")
        if event.value == "<<" and event.implicit[0]:
            raise self._refuse(line, "merge keys (<<) are not read; lay files over each other with extends")
        return str(event.value)

    def _scalar(self, event: ScalarEvent, keys: Keys) -> Any:
        text = str(event.value)
        if event.tag and str(event.tag) != "!":
            kind = str(event.tag).removeprefix(_TAG)
        elif not event.implicit[0]:
            kind = "str"
        else:
            kind = str(self._resolver.resolve(ScalarNode, text, (True, False))).removeprefix(_TAG)
        if kind == "null" and not text:
            self._problem(keys, "is blank; give a value, or null to take it out of the base")
            return None
        try:
            return finite(_converted(text, kind))
        except ValueError as error:
            self._problem(keys, str(error))
            return None


def _size(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_size, inner))


def _converted(text: str, kind: str) -> Any:
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return _whole_number(text)
    if kind == "float":
        return float(text.replace("_", "").lower().replace(".inf", "inf").replace(".nan", "nan"))
    if kind == "timestamp":
        return _day(text)
    return text


def _whole_number(text: str) -> int:
    plain = text.replace("_", "").lower()
    if len(plain) > MAX_DIGITS + 1:
        raise ValueError(f"{text[:24]}... has too many digits")
    bases = {"0x": 16, "0o": 8, "0b": 2}
    return int(plain, bases.get(plain.lstrip("+-")[:2], 10))


def _day(text: str) -> date:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError(f"{text} is not a day; write a date as YYYY-MM-DD, without a time")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text} is not a date: {error}") from None


def finite(value: Any) -> Any:
    """Return a scalar as it is; ValueError if it is a number that is not finite or far too large."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is not a finite number; give a number")
    if isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        raise ValueError("the number has too many digits")
    return value


def plain(value: Any, depth: int = 0) -> Any:
    """Return a value given from Python as plain data; ValueError if it is none."""
    if depth > MAX_DEPTH:
        raise ValueError(f"is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, Mapping):
        return {str(key): plain(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner, depth + 1) for inner in value]
    if value is None or isinstance(value, str | bool) or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    if isinstance(value, int | float):
        return finite(value)
    if callable(getattr(value, "item", None)) and not getattr(value, "shape", ()):
        return plain(value.item(), depth + 1)
    raise ValueError(f"{value!r} is not a number, text, date, list or mapping")


# ---- laying one document over another ----


def lay_over(base: Document, over: Document) -> Document:
    """Return *base* with *over* laid over it: mappings merge, the rest replaces, null takes out."""
    merged = base.copy()
    _merge(merged, merged.data, over, over.data, ())
    if () in over.places:
        merged.places[()] = over.places[()]
    merged.problems += over.problems
    merged.broken |= over.broken
    return merged


def _merge(merged: Document, into: dict[str, Any], over: Document, data: dict[str, Any], keys: Keys) -> None:
    for key, value in data.items():
        inner = (*keys, key)
        old = into.get(key)
        if isinstance(value, dict) and isinstance(old, dict) and not _replaces(inner, old, value):
            merged.places[inner] = over.places.get(inner, merged.places[inner])
            _merge(merged, old, over, value, inner)
        elif isinstance(value, list) and isinstance(old, list) and inner in _ADDED_LISTS:
            _append(merged, old, over, value, inner)
        else:
            _replace(merged, into, over, inner, value)


def _replaces(keys: Keys, old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Tell whether a mapping is one thing: its parts would be wrong beside another's parts."""
    if keys == ("uncertain", keys[-1]):
        return any(complete <= set(new) for complete in _COMPLETE_RANGES)
    if _is_cited(new) or _is_cited(old):
        return True
    law = keys[:3] == ("fixed", "raids", "size") or keys == ("fixed", "raids", "raids_a_day")
    return law and "kind" in new and new["kind"] != old.get("kind")


def _is_cited(given: dict[str, Any]) -> bool:
    return bool(given) and set(given) <= CITED_KEYS and ("value" in given or "parameter" in given)


def _append(merged: Document, old: list[Any], over: Document, new: list[Any], keys: Keys) -> None:
    for index, value in enumerate(new):
        if value not in old:
            merged.places[(*keys, len(old))] = over.places.get((*keys, index), over.places[keys])
            old.append(copied(value))


def _replace(merged: Document, into: dict[str, Any], over: Document, keys: Keys, value: Any) -> None:
    merged.forget(keys)
    key = str(keys[-1])
    if value is None:
        into.pop(key, None)
        if keys in over.places:
            merged.places[keys] = over.places[keys]
        return
    into[key] = without_nulls(copied(value))
    for known in _inner_keys(value, keys):
        if known in over.places:
            merged.places[known] = over.places[known]


def _inner_keys(value: Any, keys: Keys) -> Iterator[Keys]:
    yield keys
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _inner_keys(inner, (*keys, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _inner_keys(inner, (*keys, index))


def without_nulls(value: Any) -> Any:
    """Return nested mappings without the keys whose value is null."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value
