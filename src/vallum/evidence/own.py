"""Claims that the user accepted: kept under VALLUM_HOME, loaded beside the packaged ones, never mixed with them.

Their ids and those of their sources begin with `own-`, so none can take the place of a packaged claim; no packaged
parameter names one, so none can move a packaged number. A scenario of the user's may cite them; the manifest of its
run lists them like any other claim.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final

from vallum import folders
from vallum.errors import EvidenceError
from vallum.evidence.audit import check
from vallum.evidence.records import Claim, Source
from vallum.evidence.store import Evidence, load, read_claims

#: How the ids of the user's own claims and sources begin.
PREFIX: Final = "own-"
FILES: Final = ("sources.csv", "claims.csv")
WAY_OUT: Final = "free room, or name another folder in VALLUM_HOME"


def folder() -> Path:
    """Return the folder of the user's own claims: `evidence` in VALLUM_HOME."""
    return folders.home() / "evidence"


def read() -> tuple[dict[str, Source], dict[str, Claim]]:
    """Return the user's own sources and claims by id; nothing where none was ever accepted.

    Raises EvidenceError with all problems of the files, each with file, line and field.
    """
    sources, claims, _ = _read()
    return sources, claims


def beside(packaged: Evidence | None = None) -> Evidence:
    """Return the packaged evidence with the user's own claims beside it; its parameters stay as they are.

    Raises EvidenceError where the user's own files are malformed.
    """
    packaged = packaged or load()
    sources, claims, places = _read()
    if not claims and not sources:
        return packaged
    made = replace(
        packaged,
        sources={**packaged.sources, **sources},
        claims={**packaged.claims, **claims},
        places={**packaged.places, **places},
    )
    problems = check(replace(made, sources=sources, claims=claims, parameters={}), known=made)
    if problems:
        raise EvidenceError(f"{folder()}{os.sep}{text}" for text in problems)
    return made


def write(sources: Iterable[Source], claims: Iterable[Claim]) -> Path:
    """Put the user's own sources and claims in the place of those that are there, and return the folder.

    Ids must begin with `own-`. The folder is written whole or not at all; what else lies in it stays.
    Raises EvidenceError where a record is malformed, RunError where the folder cannot be written.
    """
    mine, said = {one.id: one for one in sources}, {one.id: one for one in claims}
    made = replace(load(), sources=mine, claims=said, parameters={}, places={})
    known = replace(load(), sources={**load().sources, **mine}, claims={**load().claims, **said})
    problems = [*check(made, known=known), *_foreign((*mine, *said))]
    if problems:
        raise EvidenceError(problems)
    return folders.put_whole(folder(), lambda place: _fill(place, mine, said), WAY_OUT)


def _read() -> tuple[dict[str, Source], dict[str, Claim], dict[str, str]]:
    place = folder()
    if not any((place / name).exists() for name in FILES):
        return {}, {}, {}
    try:
        sources, claims, places = read_claims(place)
    except EvidenceError as error:
        raise EvidenceError(f"{place}{os.sep}{text}" for text in error.problems) from None
    foreign = list(_foreign(places, places))
    if foreign:
        raise EvidenceError(f"{place}{os.sep}{text}" for text in foreign)
    return {one.id: one for one in sources}, {one.id: one for one in claims}, places


def _foreign(ids: Iterable[str], places: Mapping[str, str] | None = None) -> Iterable[str]:
    for id_ in ids:
        if not id_.startswith(PREFIX):
            place = f"{places[id_]}: " if places else ""
            yield f"{place}id: {id_!r} must begin with {PREFIX!r}, which keeps it apart from the packaged ids"


def _fill(place: Path, sources: Mapping[str, Source], claims: Mapping[str, Claim]) -> None:
    folders.copied(folder(), place)
    _table(place / FILES[0], Source, sources.values())
    _table(place / FILES[1], Claim, claims.values())


def _table(path: Path, kind: type[Any], records: Iterable[Any]) -> None:
    names = [one.name for one in fields(kind)]
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(names)
        for record in records:
            cells = (getattr(record, name) for name in names)
            table.writerow(["" if cell is None else cell for cell in cells])
