"""Write reviewed claims into the user's own evidence files: all of the rows that were kept, or none."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final

from vallum import evidence
from vallum.articles.review import COLUMNS
from vallum.errors import ArticleError
from vallum.evidence import Claim, Source, own
from vallum.evidence.words import nearest

_YES: Final = frozenset({"yes", "y", "x", "1", "true", "keep"})
_NO: Final = frozenset({"", "no", "n", "0", "false"})
_NUMBERS: Final = ("value", "low", "high")
_DAYS: Final = ("as_of", "known_from")
_FILLED: Final = ("quantity", "unit", "speaker", "publisher", "title", "address", "quote", "group")


@dataclass(frozen=True, slots=True)
class Accepted:
    """What an acceptance wrote: ids of new claims, rows that were there already, and where."""

    claims: tuple[str, ...]
    known: int
    left: int
    folder: Path


def accept(file: str | Path) -> Accepted:
    """Write the rows of a reviewed table with `keep` into the user's own evidence, VALLUM_HOME/evidence.

    The packaged evidence is never written.
    Raises ArticleError with every problem of the table, by line and column; nothing is written then.
    """
    rows = list(_rows(Path(file)))
    problems = [problem for line, row in rows for problem in _problems(f"{file}:{line}", row)]
    if problems:
        raise ArticleError(problems)
    kept = [row for _, row in rows if row["keep"].lower() in _YES]
    if not kept:
        raise ArticleError(f"{file}: no row is kept; write yes in the column keep of the rows that you have checked")
    sources, claims = own.read()
    new = _added(kept, sources, claims)
    if new:
        own.write(sources.values(), claims.values())
    return Accepted(tuple(new), len(kept) - len(new), len(rows) - len(kept), own.folder())


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of the reviewed table with their lines; the marks against formulas taken off."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ArticleError(f"{path}: cannot be read: {error.strerror or error}; check the name") from None
    except UnicodeDecodeError:
        raise ArticleError(f"{path}: is no UTF-8 text; save the table as CSV in UTF-8") from None
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise ArticleError(
            f"{path}: lacks the column {missing[0]}; give a table made by: vallum evidence read FILE --out TABLE.csv"
        )
    for row in reader:
        yield reader.line_num, {name: _unmarked((row.get(name) or "").strip()) for name in COLUMNS}


def _unmarked(cell: str) -> str:
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@\t\r" else cell


def _problems(place: str, row: Mapping[str, str]) -> Iterator[str]:
    keep = row["keep"].lower()
    if keep not in _YES | _NO:
        yield f"{place}: keep is {row['keep']!r}; write yes or no, or leave it empty"
    if keep not in _YES:
        return
    for name in _FILLED:
        if not row[name]:
            yield f"{place}: {name} is empty; fill it in"
    yield from _wrong_numbers(place, row)
    yield from _wrong_days(place, row)
    units = evidence.load().units
    if row["unit"] and row["unit"] not in units:
        near = nearest(row["unit"], units)
        yield f"{place}: unit {row['unit']!r} is not one of the evidence{near}; allowed: {', '.join(units)}"
    if row["address"] == "unknown" and not row["address_note"]:
        yield f"{place}: address is unknown without a reason; give the address, or the reason in address_note"
    elif row["address"] not in ("", "unknown") and not row["address"].startswith(("https://", "http://")):
        yield (
            f"{place}: address {row['address']!r} is none; begin with https://, or write unknown and a reason "
            f"in address_note"
        )


def _wrong_numbers(place: str, row: Mapping[str, str]) -> Iterator[str]:
    numbers: dict[str, float] = {}
    for name in _NUMBERS:
        try:
            if row[name]:
                numbers[name] = float(row[name])
        except ValueError:
            yield f"{place}: {name} is {row[name]!r}, which is no number; write digits with a point, without commas"
            continue
        if name in numbers and not math.isfinite(numbers[name]):
            yield f"{place}: {name} is {row[name]!r}; a finite number is needed"
    order = [(name, numbers[name]) for name in ("low", "value", "high") if name in numbers]
    for (one, least), (other, most) in pairwise(order):
        if least > most:
            yield f"{place}: {one} {least:g} is above {other} {most:g}; a value lies in its own range"


def _wrong_days(place: str, row: Mapping[str, str]) -> Iterator[str]:
    days: dict[str, date] = {}
    for name in _DAYS:
        try:
            days[name] = date.fromisoformat(row[name])
        except ValueError:
            yield f"{place}: {name} is {row[name]!r}; write the day as YYYY-MM-DD"
    if len(days) == len(_DAYS) and days["known_from"] < days["as_of"]:
        yield (
            f"{place}: known_from {row['known_from']} is before as_of {row['as_of']}; nobody knows a number "
            f"before its day (rule F6)"
        )


def _added(kept: Sequence[Mapping[str, str]], sources: dict[str, Source], claims: dict[str, Claim]) -> list[str]:
    """Add what is new to both tables, and return the ids of the new claims."""
    new: list[str] = []
    there = {_same(claim) for claim in claims.values()}
    for row in kept:
        claim = _claim(row, _next("", claims), _source(row, sources))
        if _same(claim) in there:
            continue
        there.add(_same(claim))
        claims[claim.id] = claim
        new.append(claim.id)
    return new


def _same(claim: Claim) -> tuple[object, ...]:
    """What tells whether a claim is there already."""
    return claim.quantity, claim.value, claim.low, claim.high, claim.unit, claim.quote


def _claim(row: Mapping[str, str], id_: str, source: str) -> Claim:
    value, low, high = (float(row[name]) if row[name] else None for name in _NUMBERS)
    return Claim(
        id=id_,
        topic=row["topic"] or "read",
        quantity=row["quantity"],
        value=value,
        low=low,
        high=high,
        unit=row["unit"],
        as_of=date.fromisoformat(row["as_of"]),
        known_from=date.fromisoformat(row["known_from"]),
        speaker=row["speaker"],
        source=source,
        quote=row["quote"],
        group=row["group"],
        notes=row["notes"],
        superseded_by="",
    )


def _source(row: Mapping[str, str], sources: dict[str, Source]) -> str:
    """The id of the source of a row, which is added if it is new."""
    for source in sources.values():
        if (source.publisher, source.title, source.address) == (row["publisher"], row["title"], row["address"]):
            return source.id
    id_ = _next("s", sources)
    sources[id_] = Source(id_, row["publisher"], row["title"], row["address"], row["address_note"])
    return id_


def _next(letter: str, taken: Iterable[str]) -> str:
    """The next free id of the user's own: own-001, own-002 ... and own-s001 for sources."""
    start = f"{evidence.PREFIX}{letter}"
    numbers = [int(id_[len(start) :]) for id_ in taken if id_.startswith(start) and id_[len(start) :].isdigit()]
    return f"{start}{max(numbers, default=0) + 1:03}"
