"""Read the evidence files into records; find every problem in them at once."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from vallum.errors import EvidenceError
from vallum.evidence.records import Claim, Parameter, Reading, Rule, Source, Term, Unit
from vallum.evidence.rules import Base, NoClaimLeftError, rederive
from vallum.evidence.words import nearest

T = TypeVar("T")

PARAMETER_KEYS = {
    "title",
    "unit",
    "shape",
    "best",
    "low",
    "high",
    "as_of",
    "claims",
    "rule",
    "options",
    "assumption",
    "published",
    "context",
    "note",
}
READING_KEYS = {"weight", "shape", "best", "low", "high", "claims", "rule", "pool", "note"}
TERM_KEYS = {"take", "claims", "ratio", "value", "unit", "factor", "because"}


@dataclass(frozen=True)
class Evidence:
    """All sources, claims and parameters, perhaps only those known on a day (rule F6)."""

    sources: Mapping[str, Source]
    claims: Mapping[str, Claim]
    parameters: Mapping[str, Parameter]
    units: Mapping[str, Unit]
    as_of: date | None = None
    #: Parameters without a claim left, each with the first day on which one was known.
    not_yet: Mapping[str, date] = field(default_factory=dict)

    def claim(self, id_: str) -> Claim:
        """Return a claim. Raises EvidenceError if there is none of that id (on this day)."""
        return self._find(self.claims, id_, "claim")

    def source(self, id_: str) -> Source:
        """Return a source. Raises EvidenceError if there is none of that id."""
        return self._find(self.sources, id_, "source")

    def parameter(self, name: str) -> Parameter:
        """Return a parameter. Raises EvidenceError if it is unknown or has no claim left by `as_of`."""
        if name in self.not_yet:
            raise EvidenceError(
                f"{name} has no claim dated on or before {self.as_of}; the first is of {self.not_yet[name]}. "
                "Choose a later as_of, or state a range with `assumption:`."
            )
        return self._find(self.parameters, name, "parameter")

    def at(self, as_of: date) -> Evidence:
        """Only what was known on that day; each parameter made anew from the claims left (rule F6)."""
        claims = {id_: claim for id_, claim in self.claims.items() if claim.known_from <= as_of}
        base = Base(claims, self.units)
        parameters: dict[str, Parameter] = {}
        not_yet: dict[str, date] = dict(self.not_yet)
        for name, parameter in self.parameters.items():
            try:
                parameters[name] = rederive(parameter, base)
            except NoClaimLeftError:
                not_yet[name] = min(self.claims[id_].known_from for id_ in parameter.claims)
        return Evidence(self.sources, claims, parameters, self.units, as_of, not_yet)

    @property
    def base(self) -> Base:
        """What the rules look at."""
        return Base(self.claims, self.units)

    def _find(self, table: Mapping[str, T], key: str, kind: str) -> T:
        if key in table:
            return table[key]
        when = f" on {self.as_of}" if self.as_of else ""
        raise EvidenceError(f"there is no {kind} {key!r}{when}{nearest(key, table)}")


@cache
def load() -> Evidence:
    """Return the packaged evidence. Raises EvidenceError with all problems of the files at once."""
    return read(files("vallum") / "data" / "evidence")


def read(folder: Path | Traversable) -> Evidence:
    """Read sources.csv, claims.csv, units.csv and parameters.yaml of a folder."""
    reader = _Reader()
    sources = reader.table(folder, "sources.csv", _source)
    claims = reader.table(folder, "claims.csv", _claim)
    units = {unit.name: unit for unit in reader.table(folder, "units.csv", _unit)}
    parameters = reader.parameters(folder / "parameters.yaml")
    if reader.problems:
        raise EvidenceError(reader.problems)
    return Evidence(
        {source.id: source for source in sources},
        {claim.id: claim for claim in claims},
        {parameter.name: parameter for parameter in parameters},
        units,
    )


class _Reader:
    """Reads files and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def table(self, folder: Path | Traversable, name: str, make: Callable[[dict[str, str]], T]) -> list[T]:
        """Rows of a CSV file as records; a row that fails is a problem with its line."""
        records: list[T] = []
        seen: set[str] = set()
        rows = csv.DictReader(StringIO((folder / name).read_text(encoding="utf-8")), strict=True)
        for row in rows:
            try:
                records.append(make(row))
            except (ValueError, KeyError, TypeError) as error:
                self.problems.append(f"{name}:{rows.line_num}: {_plain(error)}")
            key = next(iter(row.values())) or ""
            if key in seen:
                self.problems.append(f"{name}:{rows.line_num}: {key!r} stands twice")
            seen.add(key)
        return records

    def parameters(self, path: Path | Traversable) -> list[Parameter]:
        try:
            entries = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")) or {}
        except YAMLError as error:
            self.problems.append(f"{path.name}: {error}")
            return []
        if not isinstance(entries, dict):
            self.problems.append(f"{path.name}: needs one entry per parameter (name: ...)")
            return []
        return [made for name, entry in entries.items() for made in self._parameter(path.name, name, entry)]

    def _parameter(self, file: str, name: str, entry: dict[str, Any]) -> Iterator[Parameter]:
        try:
            _known(entry, PARAMETER_KEYS)
            yield _make_parameter(name, entry)
        except (ValueError, KeyError, TypeError) as error:
            self.problems.append(f"{file}: {name}: {_plain(error)}")


def _plain(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)


def _known(entry: Mapping[str, Any], keys: Iterable[str]) -> None:
    allowed = sorted(keys)
    for key in entry:
        if key not in allowed:
            raise ValueError(f"unknown key {key!r}{nearest(key, allowed)}")


def _number(text: str) -> float | None:
    if not text.strip():
        return None
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text!r} is not a finite number")
    return number


def _source(row: dict[str, str]) -> Source:
    return Source(row["id"], row["publisher"], row["title"], row["address"], row["address_note"])


def _unit(row: dict[str, str]) -> Unit:
    return Unit(row["unit"], row["dimension"], float(row["factor"]))


def _claim(row: dict[str, str]) -> Claim:
    return Claim(
        id=row["id"],
        topic=row["topic"],
        quantity=row["quantity"],
        value=_number(row["value"]),
        low=_number(row["low"]),
        high=_number(row["high"]),
        unit=row["unit"],
        as_of=date.fromisoformat(row["as_of"]),
        known_from=date.fromisoformat(row["known_from"]),
        speaker=row["speaker"],
        source=row["source"],
        quote=row["quote"],
        group=row["group"],
        notes=row["notes"],
        superseded_by=row["superseded_by"],
    )


def _make_parameter(name: str, entry: dict[str, Any]) -> Parameter:
    readings = tuple(_reading(key, part) for key, part in entry.get("options", {}).items())
    claims = dict.fromkeys(entry.get("claims", ()))
    claims.update(dict.fromkeys(id_ for reading in readings for id_ in reading.claims))
    return Parameter(
        name=name,
        title=entry["title"],
        unit=entry["unit"],
        shape=entry["shape"],
        best=float(entry["best"]),
        low=float(entry["low"]),
        high=float(entry["high"]),
        as_of=_day(entry["as_of"]),
        claims=tuple(claims),
        rule=_rule(entry["rule"]) if "rule" in entry else None,
        readings=readings,
        assumption=entry.get("assumption"),
        published=bool(entry.get("published", True)),
        context=tuple(entry.get("context", ())),
        note=entry.get("note", ""),
    )


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _reading(name: str, entry: dict[str, Any]) -> Reading:
    _known(entry, READING_KEYS)
    return Reading(
        name=name,
        weight=float(entry["weight"]),
        shape=entry["shape"],
        best=float(entry["best"]),
        low=float(entry["low"]),
        high=float(entry["high"]),
        claims=tuple(entry.get("claims", ())),
        rule=_rule(entry["rule"]) if "rule" in entry else None,
        pool=tuple(entry.get("pool", ())),
        note=entry.get("note", ""),
    )


def _rule(entry: dict[str, Any]) -> Rule:
    _known(entry, ("best", "low", "high"))
    return Rule(_term(entry["best"]), _term(entry["low"]), _term(entry["high"]))


def _term(entry: str | dict[str, Any]) -> Term:
    if isinstance(entry, str):
        return Term(take=entry)
    _known(entry, TERM_KEYS)
    factor, because = float(entry.get("factor", 1.0)), entry.get("because", "")
    if "value" in entry:
        return Term(take="value", value=float(entry["value"]), because=because)
    if "ratio" in entry:
        return Term(take="ratio", claims=tuple(entry["ratio"]), factor=factor, because=because)
    return Term(
        take=entry["take"],
        claims=tuple(entry.get("claims", ())),
        unit=entry.get("unit", ""),
        factor=factor,
        because=because,
    )
