"""Candidate sites of the user's own, from CSV or GeoJSON; what looks like real positions is refused (the scope)."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from vallum.basing.theatre import Place
from vallum.errors import ScenarioError
from vallum.scenario import positions
from vallum.scenario.document import Problem

#: Columns of a CSV, and properties of a point, that are read; a CSV must have the first three.
READ: Final = ("name", "lat", "lon", "region")
#: Columns and properties that only a map of real units has.
MILITARY: Final = frozenset(
    {
        "sidc",
        "symbol",
        "symbol_code",
        "mgrs",
        "utm",
        "unit",
        "unit_id",
        "echelon",
        "affiliation",
        "callsign",
        "call_sign",
    }
)
#: More than any answer uses, far below harm.
MOST_BYTES: Final = 20_000_000
MOST_SITES: Final = 20_000
_FORM: Final = "a CSV with the columns name, lat, lon (and region), or GeoJSON points with the property name"


def read_sites(path: str | Path) -> tuple[Place, ...]:
    """Read candidate sites. Raises ScenarioError with every problem: file, line or feature, value, the way out."""
    path = Path(path)
    text = _text(path)
    rows = list(_features(path, text) if text.lstrip()[:1] == "{" else _lines(path, text))
    if not rows:
        raise ScenarioError(f"{path.name}: holds no site; give {_FORM}")
    if len(rows) > MOST_SITES:
        raise ScenarioError(f"{path.name}: holds {len(rows):,} sites; at most {MOST_SITES:,} are read")
    problems = [text for where, row in rows for text in _problems(where, row)]
    problems += _twice([(where, str(row.get("name", ""))) for where, row in rows])
    if problems:
        raise ScenarioError(problems)
    return tuple(_place(row) for _, row in rows)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ScenarioError(f"{path.name}: is larger than {MOST_BYTES / 1e6:g} MB; that is no list of sites")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise ScenarioError(f"{path.name}: cannot be read: {told}; give {_FORM}") from None


def _lines(path: Path, text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    found = csv.DictReader(text.splitlines())
    head = [str(name).strip().lower() for name in found.fieldnames or ()]
    missing = [name for name in READ[:3] if name not in head]
    if missing:
        raise ScenarioError(f"{path.name}:1: has no column {', '.join(missing)}; give {_FORM}")
    found.fieldnames = head
    for row in found:
        yield f"{path.name}:{found.line_num}", {name: value for name, value in row.items() if name is not None}


def _features(path: Path, text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        data = json.loads(text)
        features = data["features"]
        assert isinstance(features, list)
    except (ValueError, KeyError, AssertionError):
        raise ScenarioError(f"{path.name}: is no GeoJSON collection of features; give {_FORM}") from None
    for number, feature in enumerate(features, 1):
        where = f"{path.name}: feature {number}"
        if not isinstance(feature, Mapping) or not isinstance(feature.get("geometry"), Mapping):
            raise ScenarioError(f"{where}: has no geometry; give {_FORM}")
        geometry = feature["geometry"]
        if geometry.get("type") != "Point" or len(geometry.get("coordinates") or ()) < 2:  # noqa: PLR2004 - lon, lat
            raise ScenarioError(f"{where}: is no point but {geometry.get('type')}; give {_FORM}")
        properties = {str(key).strip().lower(): value for key, value in (feature.get("properties") or {}).items()}
        lon, lat = geometry["coordinates"][:2]
        yield where, {**properties, "lat": lat, "lon": lon}


def _problems(where: str, row: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with one site: a missing name, a number that is none, or the look of a real position."""
    if not str(row.get("name") or "").strip():
        yield f"{where}: has no name; give each site a name of your own"
    for key in ("lat", "lon"):
        if row.get(key) not in (None, "") and _number(row[key]) is None:
            yield f"{where}: {key} is {row[key]!r}, which is no number"
    for key, most in (("lat", 90.0), ("lon", 180.0)):
        value = _number(row.get(key))
        if value is None and row.get(key) in (None, ""):
            yield f"{where}: has no {key}; give degrees"
        elif value is not None and abs(value) > most:
            yield f"{where}: {key} is {value:g}; allowed: -{most:g}..{most:g}"
    for problem in _positions(row):
        yield f"{where}: {problem.text}"


def _number(value: Any) -> float | None:
    try:
        made = float(value)
    except (TypeError, ValueError):
        return None
    return made if math.isfinite(made) and not isinstance(value, bool) else None


def _positions(row: Mapping[str, Any]) -> Iterator[Problem]:
    """What looks like a real unit: every key and text is taken for a name, and coordinates must be coarse."""
    for key in sorted(set(row) & MILITARY):
        yield Problem((), f"has {key}, which belongs to a map of military units; {positions.WAY_OUT}")
    texts = [str(value) for key, value in row.items() if key not in ("lat", "lon") and value is not None]
    for text in texts:
        yield from positions.problems({"fixed": {"assets": {text: {}}}})
    yield from positions.problems(
        {"fixed": {"assets": {"site": {key: _number(row.get(key)) for key in ("lat", "lon")}}}}
    )


def _twice(names: list[tuple[str, str]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for where, name in names:
        if name in seen:
            yield f"{where}: {name} is a site already ({seen[name]}); give each site a name of its own"
        seen.setdefault(name, where)


def _place(row: Mapping[str, Any]) -> Place:
    name = str(row["name"]).strip()
    return Place(name, float(row["lat"]), float(row["lon"]), 0.0, str(row.get("region") or ""), True, name)
