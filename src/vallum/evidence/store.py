"""Read the evidence files into records; find every problem in them at once."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache, lru_cache, partial
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import Any, TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from vallum.errors import EvidenceError
from vallum.evidence.asked import Asked
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
_ENTRY = re.compile(r"^([a-z]\w*):[ \t]*$", re.MULTILINE)
PARAMETERS = "parameters.yaml"
#: The columns of each file.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "sources.csv": tuple(one.name for one in fields(Source)),
    "claims.csv": tuple(one.name for one in fields(Claim)),
    "units.csv": ("unit", "dimension", "factor", "library", "note"),
}
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
    #: File and line of each record, by its id or name.
    places: Mapping[str, str] = field(default_factory=dict)

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
        return _packaged_at(as_of) if self is load() else self._left_on(as_of)

    def _left_on(self, as_of: date) -> Evidence:
        claims = {id_: claim for id_, claim in self.claims.items() if claim.known_from <= as_of}
        left = Asked(partial(_left, self.parameters, Base(claims, self.units)), self.parameters)
        not_yet = Asked(partial(_first_day, self, left), self.parameters, self.not_yet)
        return Evidence(self.sources, claims, left, self.units, as_of, not_yet, self.places)

    @property
    def base(self) -> Base:
        """What the rules look at."""
        return Base(self.claims, self.units)

    def _find(self, table: Mapping[str, T], key: str, kind: str) -> T:
        if key in table:
            return table[key]
        if self.as_of:
            way_out = "choose a later as_of, or leave out what cites it"
            raise EvidenceError(f"there is no {kind} {key!r} that was known on {self.as_of}; {way_out}")
        raise EvidenceError(f"there is no {kind} {key!r}{nearest(key, table)}")


def _left(parameters: Mapping[str, Parameter], base: Base, name: str) -> Parameter | None:
    """A parameter made anew from the claims left; None where none is."""
    try:
        return rederive(parameters[name], base)
    except NoClaimLeftError:
        return None


def _first_day(before: Evidence, left: Mapping[str, Parameter], name: str) -> date | None:
    """The first day on which a claim of a parameter was known; None where one is left."""
    if name in before.not_yet:
        return before.not_yet[name]
    return None if name in left else min(before.claims[id_].known_from for id_ in before.parameters[name].claims)


@cache
def load() -> Evidence:
    """Return the packaged evidence, each parameter read when it is first asked for.

    Raises EvidenceError with all problems of the files at once: of the tables here, of parameters when one that has
    a problem is asked for.
    """
    return _tables(_folder(), _by_entry)


def _folder() -> Traversable:
    return files("vallum") / "data" / "evidence"


@lru_cache(maxsize=16)
def _packaged_at(as_of: date) -> Evidence:
    """The packaged evidence as known on a day, remembered: a page asks for one day many times a second."""
    return load()._left_on(as_of)


def read(folder: Path | Traversable) -> Evidence:
    """Read sources.csv, claims.csv, units.csv and parameters.yaml of a folder.

    Raises EvidenceError with all problems of the files at once.
    """
    return _tables(folder, _whole)


def _tables(folder: Path | Traversable, parameters: Callable[[_Reader, str], Mapping[str, Parameter]]) -> Evidence:
    reader = _Reader()
    sources = reader.table(folder, "sources.csv", _source)
    claims = reader.table(folder, "claims.csv", _claim)
    units = {unit.name: unit for unit in reader.table(folder, "units.csv", _unit)}
    made = parameters(reader, reader.text(folder / PARAMETERS))
    if reader.problems:
        raise EvidenceError(reader.problems)
    return Evidence(
        {source.id: source for source in sources},
        {claim.id: claim for claim in claims},
        made,
        units,
        places=reader.places,
    )


def _whole(reader: _Reader, text: str) -> Mapping[str, Parameter]:
    _entries(reader, text)
    return {made.name: made for made in reader.parameters(text)}


def _by_entry(reader: _Reader, text: str) -> Mapping[str, Parameter]:
    """An entry of the file is a mapping of its own, so that it can be read without the others."""
    entries = _entries(reader, text)
    return Asked(partial(_entry, entries), entries)


def _entries(reader: _Reader, text: str) -> dict[str, str]:
    """The text of each entry; the reader notes its line."""
    starts = list(_ENTRY.finditer(text))
    ends = [*(found.start() for found in starts[1:]), len(text)]
    for found in starts:
        line = text.count("\n", 0, found.start()) + 1
        reader.places[found[1]] = f"{PARAMETERS}:{line}"
    return {found[1]: text[found.start() : end] for found, end in zip(starts, ends, strict=True)}


def _entry(entries: Mapping[str, str], name: str) -> Parameter | None:
    """Read one parameter; where that fails the whole file is read, for all that is wrong with it."""
    reader = _Reader()
    made = reader.parameters(entries[name])
    return made[0] if made and not reader.problems else read(_folder()).parameters[name]


def read_claims(folder: Path) -> tuple[list[Source], list[Claim], dict[str, str]]:
    """Read only sources.csv and claims.csv of a folder, with the file and line of each record.

    Raises EvidenceError with all problems of the two files.
    """
    reader = _Reader()
    sources, claims = reader.table(folder, "sources.csv", _source), reader.table(folder, "claims.csv", _claim)
    if reader.problems:
        raise EvidenceError(reader.problems)
    return sources, claims, reader.places


class _Reader:
    """Reads files and gathers what is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.places: dict[str, str] = {}

    def table(self, folder: Path | Traversable, name: str, make: Callable[[dict[str, str]], T]) -> list[T]:
        """Rows of a CSV file as records; a row that fails is a problem with its line."""
        records: list[T] = []
        known = len(self.problems)
        text = self.text(folder / name)
        rows = csv.DictReader(StringIO(text, newline=""), strict=True)
        if len(self.problems) > known or not self._headed(rows, name, HEADERS[name]):
            return records
        try:
            for row in rows:
                self._keep(records, make, row, f"{name}:{rows.line_num}")
        except csv.Error as error:
            self.problems.append(
                f"{name}:{rows.line_num}: is not CSV: {error}; close the quotation mark that is open here or above"
            )
        return records

    def _headed(self, rows: csv.DictReader[str], name: str, wanted: Sequence[str]) -> bool:
        """Whether the first line holds the columns that are wanted, in any order and no others."""
        try:
            found = list(rows.fieldnames or ())
        except csv.Error as error:
            self.problems.append(f"{name}:1: is not CSV: {error}")
            return False
        if not found:
            self.problems.append(f"{name}: is empty; its first line needs the columns {', '.join(wanted)}")
            return False
        lacking, foreign = [one for one in wanted if one not in found], [one for one in found if one not in wanted]
        if lacking:
            self.problems.append(f"{name}:1: lacks the column {', '.join(lacking)}; allowed: {', '.join(wanted)}")
        self.problems += [f"{name}:1: unknown column {one!r}{nearest(one, wanted)}" for one in foreign]
        return not lacking and not foreign

    def _keep(self, records: list[T], make: Callable[[dict[str, str]], T], row: dict[str, str], place: str) -> None:
        if None in row or None in row.values():
            self.problems.append(f"{place}: has not as many fields as the header; quote a text that holds a comma")
            return
        try:
            records.append(make(row))
        except (ValueError, KeyError, TypeError) as error:
            self.problems.append(f"{place}: {_plain(error)}")
        key = next(iter(row.values()))
        if key in self.places:
            self.problems.append(f"{place}: {key!r} stands twice, here and at {self.places[key]}")
        self.places[key] = place

    def text(self, path: Path | Traversable) -> str:
        """The text of a file, empty where it cannot be read."""
        try:
            return path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            self.problems.append(f"{path.name}: is not a text file in UTF-8; save it as UTF-8")
        except OSError as error:
            self.problems.append(f"{path}: cannot be read: {error.strerror or error}; check its name and place")
        return ""

    def parameters(self, text: str) -> list[Parameter]:
        """Entries of parameters.yaml, or some of them, as records."""
        try:
            entries = YAML(typ="safe", pure=True).load(text) or {}
        except YAMLError as error:
            self.problems.append(f"{PARAMETERS}: {error}")
            return []
        if not isinstance(entries, dict):
            self.problems.append(f"{PARAMETERS}: needs one entry per parameter (name: ...)")
            return []
        return [made for name, entry in entries.items() for made in self._parameter(name, entry)]

    def _parameter(self, name: str, entry: dict[str, Any]) -> Iterator[Parameter]:
        try:
            _known(entry, PARAMETER_KEYS)
            yield _make_parameter(name, entry)
        except (ValueError, KeyError, TypeError) as error:
            self.problems.append(f"{self.places.get(name, PARAMETERS)}: {name}: {_plain(error)}")


def _plain(error: Exception) -> str:
    return f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else str(error)


def _known(entry: Mapping[str, Any], keys: Iterable[str]) -> None:
    allowed = sorted(keys)
    for key in entry:
        if key not in allowed:
            raise ValueError(f"unknown key {key!r}{nearest(key, allowed)}")


def _number(row: Mapping[str, str], name: str) -> float | None:
    text = row[name]
    if not text.strip():
        return None
    try:
        number = float(text)
    except ValueError:
        raise ValueError(f"{name}: {text!r} is not a number; write it with a point, or leave it empty") from None
    if not isfinite(number):
        raise ValueError(f"{name}: {text!r} is not a finite number")
    return number


def _date(row: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(row[name])
    except ValueError as error:
        raise ValueError(f"{name}: {row[name]!r} is no date: {error}; write YYYY-MM-DD") from None


def _source(row: dict[str, str]) -> Source:
    return Source(row["id"], row["publisher"], row["title"], row["address"], row["address_note"])


def _unit(row: dict[str, str]) -> Unit:
    factor = _number(row, "factor")
    if factor is None or factor <= 0.0:
        raise ValueError(f"factor: {row['factor']!r} is not a number above 0")
    return Unit(row["unit"], row["dimension"], factor, row["library"])


def _claim(row: dict[str, str]) -> Claim:
    return Claim(
        id=row["id"],
        topic=row["topic"],
        quantity=row["quantity"],
        value=_number(row, "value"),
        low=_number(row, "low"),
        high=_number(row, "high"),
        unit=row["unit"],
        as_of=_date(row, "as_of"),
        known_from=_date(row, "known_from"),
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
