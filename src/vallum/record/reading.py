"""From a file to a Record: what sort of file it is, and who reads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from vallum.errors import RecordError
from vallum.record import attacks, regimes, statements
from vallum.record.kinds import Labels, families
from vallum.record.sheet import Sheet, read_sheet
from vallum.record.table import Record, frame

#: Names under which a record is kept unless another is given.
NAMES: Final = {attacks.KIND: "ukraine", statements.KIND: "uae"}
_COMPANION: Final = ("category", "national_origin")
_SUMS: Final = ("month", "family", "launched")
_FAMILY_COLUMNS: Final = ("label", "family")


def read(
    path: str | Path,
    mapping: str | Path | None = None,
    families: str | Path | None = None,
    leave_out: Collection[str] = (),
) -> Record:
    """Read an attack record strictly and whole; nothing is stored.

    path      the CSV: "Massive Missile Attacks on Ukraine" in any vintage, the UAE's statements, or another
    mapping   YAML file that says what the columns of another theatre's CSV are (see `mapped.Mapping`)
    families  CSV (label, family) of labels to add or to read otherwise
    leave_out unknown columns that may be left out

    Raises RecordError with every problem, each with file, row, column, value and the way out.
    """
    sheet, name = read_sheet(path), Path(path).name
    if mapping is not None:
        return _mapped(sheet, mapping, name)
    sheet = sheet.in_names(attacks.KNOWN)
    labels = Labels(read_families(families) if families else None)
    kind = _kind(sheet)
    if kind == statements.KIND:
        entries, reading = statements.read(sheet, name)
        zone, licence = statements.ZONE, statements.LICENCE
    else:
        entries, reading = attacks.read(sheet, labels, leave_out, name)
        zone, licence = attacks.ZONE, attacks.LICENCE
    return Record(NAMES[kind], kind, zone, frame(entries, zone), regimes.packaged(kind), reading, licence)


def _mapped(sheet: Sheet, path: str | Path, label: str) -> Record:
    from vallum.record import mapped  # the record of Ukraine must not wait for YAML and its checks

    said = mapped.read_mapping(path)
    entries, stretches, reading = mapped.read(sheet, said, label)
    name = said.name or Path(label).stem.lower()
    licence = f"{said.source}\n{said.licence}"
    return Record(name, mapped.KIND, said.time_zone, frame(entries, said.time_zone), stretches, reading, licence)


def _kind(sheet: Sheet) -> str:
    """Tell a record by its columns. Raises RecordError for another table."""
    if _holds_most(sheet.header, attacks.REQUIRED):
        return attacks.KIND
    if _holds_most(sheet.header, statements.REQUIRED):
        return statements.KIND
    raise RecordError(
        f"{sheet.label}:1: {_what_it_is(sheet.header)}; the columns are {', '.join(sheet.header[:8])}. The record of "
        f"attacks has {', '.join(attacks.REQUIRED)}; for another theatre say what the columns are with --mapping FILE"
    )


def _holds_most(header: Collection[str], needed: Collection[str]) -> bool:
    return 2 * sum(name in header for name in needed) > len(needed)


def _what_it_is(header: Collection[str]) -> str:
    if all(name in header for name in _COMPANION):
        return "this is the table of weapons that comes with the record; give missile_attacks_daily.csv"
    if all(name in header for name in _SUMS):
        return "these are sums by month, not the record"
    return "this is no record of attacks that is known"


def read_families(path: str | Path) -> Mapping[str, str]:
    """Labels that the user adds: a CSV with the columns label and family. Raises RecordError."""
    sheet = read_sheet(path)
    if not set(_FAMILY_COLUMNS) <= set(sheet.header):
        raise RecordError(f"{path}:1: the columns are {', '.join(sheet.header)}; label and family are needed")
    known = families()
    sheet.refuse(
        [
            f":{row.number}: column family is {row.cells['family']!r}; there are {', '.join(known)}"
            for row in sheet.rows
            if row.cells["family"].strip() not in known
        ]
    )
    return {row.cells["label"].strip(): row.cells["family"].strip() for row in sheet.rows}
