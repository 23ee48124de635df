"""Candidate sites of the user's own, from CSV or GeoJSON; what looks like real positions is refused (the scope)."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from vallum.basing.theatre import Place
from vallum.errors import ScenarioError
from vallum.scenario import positions

#: Columns of a CSV, and properties of a point, that are read; a CSV must have the first three.
READ: Final = ("name", "lat", "lon", "region")
#: Columns and properties that only a map of real units has; capitals, blanks and dashes in them do not count.
MILITARY: Final = frozenset(
    {
        "sidc", "symbol", "symbolcode", "symbolid", "symbolset", "militarysymbol", "milsymbol", "mgrs", "usng", "utm",
        "gridref", "grid", "unit", "unitid", "unitname", "unitnumber", "unittype", "echelon", "affiliation",
        "hostility", "standardidentity", "hierarchy", "higherformation", "uniquedesignation", "formation", "brigade",
        "battalion", "regiment", "callsign", "commander", "azimuth", "equipment", "radar", "launcher", "weapon",
    }
)  # fmt: skip
#: More than any answer uses, far below harm.
MOST_BYTES: Final = 20_000_000
MOST_SITES: Final = 20_000
_FORM: Final = "a CSV with the columns name, lat, lon (and region), or GeoJSON points with the property name"


def read_sites(path: str | Path) -> tuple[Place, ...]:
    """Read candidate sites. Raises ScenarioError with every problem: file, line or feature, value, the way out."""
    path = Path(path)
    text = _text(path)
    try:
        rows = list(_features(path, text) if text.lstrip()[:1] in ("{", "[") else _lines(path, text))
    except RecursionError:
        raise ScenarioError(f"{path.name}: is nested too deeply; give {_FORM}") from None
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
    found = csv.reader(io.StringIO(text, newline=""))
    try:
        head = [name.strip().lower() for name in next(found, [])]
        _check_head(path, head)
        for row in found:
            if row:
                # what stands beyond the last column has no name, and is looked through all the same
                extra = {f"field {k + 1}": row[k] for k in range(len(head), len(row))}
                yield f"{path.name}:{found.line_num}", {**dict(zip(head, row, strict=False)), **extra}
    except csv.Error as error:
        raise ScenarioError(f"{path.name}:{found.line_num}: is no CSV: {error}; give {_FORM}") from None


def _check_head(path: Path, head: list[str]) -> None:
    missing = [name for name in READ[:3] if name not in head]
    if missing:
        first = ", ".join(head)[:80] + ("; columns are parted by commas" if ";" in "".join(head) else "")
        raise ScenarioError(f"{path.name}:1: has no column {', '.join(missing)}; found: {first}; give {_FORM}")
    twice = sorted({name for name in head if head.count(name) > 1})
    if twice:
        raise ScenarioError(f"{path.name}:1: has the column {', '.join(twice)} twice; give each once")


def _features(path: Path, text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        data = json.loads(text)
    except ValueError as error:
        told = f": line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else ""
        raise ScenarioError(f"{path.name}: is no JSON{told}; give {_FORM}") from None
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list):
        raise ScenarioError(f"{path.name}: is no GeoJSON collection of features; give {_FORM}")
    wrong = [f"{path.name}: feature {n}: {why}" for n, one in enumerate(features, 1) for why in _misshapen(one)]
    if wrong:
        raise ScenarioError(wrong)
    for number, feature in enumerate(features, 1):
        about = dict(_flat({**feature, "geometry": None, "type": None}))
        lon, lat = feature["geometry"]["coordinates"][:2]
        yield f"{path.name}: feature {number}", {**about, "lat": lat, "lon": lon}


def _misshapen(feature: Any) -> Iterator[str]:
    """What keeps a feature from being a point with properties."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        yield f"has no geometry; give {_FORM}"
        return
    at = geometry.get("coordinates")
    if geometry.get("type") != "Point":
        yield f"is no point but {str(geometry.get('type'))[:40]}; give {_FORM}"
    elif not isinstance(at, list) or len(at) < 2:  # noqa: PLR2004 - lon, lat
        yield f"has no coordinates [lon, lat]; give {_FORM}"
    if not isinstance(feature.get("properties") or {}, dict):
        yield f"has properties that are no mapping; give {_FORM}"


def _flat(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Keys and values of nested mappings, those of `properties` by their own names; what is in lists, as text."""
    for key, inner in value.items():
        if isinstance(inner, dict):
            yield from _flat(inner)
            if key != "properties":
                yield str(key).strip().lower(), ""
        else:
            yield str(key).strip().lower(), inner


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
        yield f"{where}: {problem}"


def _number(value: Any) -> float | None:
    try:
        made = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return made if math.isfinite(made) and not isinstance(value, bool) else None


def _positions(row: Mapping[str, Any]) -> Iterator[str]:
    """What looks like a real unit: every column and text is read as the name of a place; coordinates must be coarse."""
    for key in sorted(row):
        if "".join(filter(str.isalnum, key)) in MILITARY:
            yield f"has {key}, which belongs to a map of military units; {positions.WAY_OUT}"
    for key, value in row.items():
        what = "" if value is None or key in ("lat", "lon") else positions.likeness(str(value))
        if what:
            yield f"{str(value)[:60]!r} looks like {what}; {positions.WAY_OUT}"
    for key in ("lat", "lon"):
        number = _number(row.get(key))
        if number is not None and number != round(number, positions.MAX_DECIMALS):
            yield f"{key} is {number!r}, finer than {positions.MAX_DECIMALS} decimal places; {positions.WAY_OUT}"


def _twice(names: list[tuple[str, str]]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for where, name in names:
        if name in seen:
            yield f"{where}: {name} is a site already ({seen[name]}); give each site a name of its own"
        seen.setdefault(name, where)


def _place(row: Mapping[str, Any]) -> Place:
    name = str(row["name"]).strip()
    return Place(name, float(row["lat"]), float(row["lon"]), 0.0, str(row.get("region") or ""), True, name)
