"""Records kept on this machine: VALLUM_HOME/records/NAME, whole or not at all, the former one beside it."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from vallum import folders
from vallum.errors import RecordError
from vallum.record.context import Context, read_context
from vallum.record.findings import Reading
from vallum.record.nights import night_table
from vallum.record.regimes import Regime
from vallum.record.table import Record
from vallum.record.vintages import Changes, compared

SCHEMA: Final = 1
TABLE: Final = "record.parquet"
NIGHTS: Final = "nights.csv"
MANIFEST: Final = "record.json"
REPORT: Final = "report.json"
NOTICE: Final = "NOTICE.txt"
PREVIOUS: Final = "previous"
CONTEXT: Final = "context"
_FILES: Final = (TABLE, NIGHTS, MANIFEST, REPORT, NOTICE)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


@dataclass(frozen=True)
class Kept:
    """Where a record was kept; *unchanged* where the same was there already, *previous* the former one if any.

    changes : what it changes about the nights of the former one; none where there is none that can be read
    """

    name: str
    folder: Path
    unchanged: bool
    previous: Path | None
    changes: Changes | None = None

    @property
    def nights(self) -> Path:
        """The night table, for `fixed.raids.path` of a scenario."""
        return self.folder / NIGHTS


def home() -> Path:
    """The folder of all records."""
    return folders.home() / "records"


def keep(record: Record, into: str | None = None) -> Kept:
    """Keep a record under a name: Parquet, night table, report, manifest with the source's hash, licence note.

    The former record of that name becomes `previous`; its context stays. Raises RecordError for a name that is
    none, RunError where the folder cannot be written; nothing changes then.
    """
    name = checked(into if into is not None else record.name)
    folder = home() / name
    files = _files(record, name)
    if _same(folder, files):
        return Kept(name, folder, True, _previous(folder))
    changes = _against_former(record, folder, name)

    def fill(made: Path) -> None:
        for file, data in files.items():
            (made / file).write_bytes(data)
        if folder.is_dir():
            folders.copied(folder / CONTEXT, made / CONTEXT)
            (made / PREVIOUS).mkdir()
            for file in _FILES:
                if (folder / file).is_file():
                    shutil.copy2(folder / file, made / PREVIOUS / file)

    folders.put_whole(folder, fill, _NO_ROOM)
    return Kept(name, folder, False, _previous(folder), changes)


def _against_former(record: Record, folder: Path, name: str) -> Changes | None:
    """Compare with the record that is there; a damaged one is replaced without."""
    if not (folder / MANIFEST).is_file():
        return None
    with suppress(RecordError):
        return compared(_opened(folder, name), record)
    return None


def load(name: str | None = None, previous: bool = False) -> Record:
    """Open a kept record; without a name the only one. Raises RecordError: none, several, or damaged."""
    known = names()
    if name is None:
        if len(known) != 1:
            raise RecordError(
                f"which record? There are {', '.join(known)}; name one" if known else "there is no record; " + _WAY
            )
        name = known[0]
    if name not in known:
        here = f"there are {', '.join(known)}" if known else _WAY
        raise RecordError(f"there is no record {name!r}; {here}")
    folder = home() / name / PREVIOUS if previous else home() / name
    if not folder.is_dir():
        raise RecordError(f"the record {name!r} has no previous one")
    return _opened(folder, name)


_WAY: Final = "make one: vallum record import FILE"
_NO_ROOM: Final = "free room there, or name another place with VALLUM_HOME"


def names() -> list[str]:
    """Names of the kept records."""
    place = home()
    if not place.is_dir():
        return []
    return sorted(
        entry.name for entry in place.iterdir() if (entry / MANIFEST).is_file() and _NAME.fullmatch(entry.name)
    )


def listed() -> list[dict[str, Any]]:
    """What is known of every kept record, without opening its table."""
    made = []
    for name in names():
        folder = home() / name
        said = _json(folder / MANIFEST)
        kinds = sorted(path.stem for path in (folder / CONTEXT).glob("*.csv"))
        made.append(said | {"name": name, "previous": _previous(folder) is not None, "context": kinds})
    return made


def add_context(path: str | Path, name: str | None = None) -> Context:
    """Keep a context series (casualties, sirens) beside a record; it replaces the former of its kind."""
    made = read_context(path)
    record = load(name)
    data = Path(path).read_bytes()

    folder = home() / record.name / CONTEXT

    def fill(place: Path) -> None:
        folders.copied(folder, place)
        (place / f"{made.kind}.csv").write_bytes(data)

    folders.put_whole(folder, fill, _NO_ROOM)
    return made


def contexts(name: str) -> list[Context]:
    """The context series beside a record."""
    return [read_context(path) for path in sorted((home() / name / CONTEXT).glob("*.csv"))]


def checked(name: str) -> str:
    """A name that may be a folder's. Raises RecordError for another."""
    if not _NAME.fullmatch(name):
        raise RecordError(
            f"{name!r} cannot name a record; use 1 to 40 of a-z, 0-9, - and _, first a letter or a digit (--into)"
        )
    return name


# --- files ------------------------------------------------------------------------------------------


def _files(record: Record, name: str) -> dict[str, bytes]:
    table = io.BytesIO()
    record.table.write_parquet(table)
    data = table.getvalue()
    reading = record.reading
    manifest = {
        "schema": SCHEMA,
        "name": name,
        "kind": record.kind,
        "time_zone": record.zone,
        "source": {"file": reading.source, "sha256": reading.sha256, "bytes": reading.size},
        "rows": record.table.height,
        "first": record.first.isoformat(),
        "last": record.last.isoformat(),
        "licence": record.licence,
        "regimes": [regime.as_dict() for regime in record.regimes],
        "table_sha256": hashlib.sha256(data).hexdigest(),
    }
    notice = f"{record.licence}\n\nSource file: {reading.source}, sha256 {reading.sha256}\n"
    return {
        TABLE: data,
        NIGHTS: night_table(record).encode(),
        MANIFEST: _text(manifest),
        REPORT: _text({"schema": SCHEMA, "kind": "record_import", **reading.as_dict()}),
        NOTICE: notice.encode(),
    }


def _text(made: dict[str, Any]) -> bytes:
    return (json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _same(folder: Path, files: dict[str, bytes]) -> bool:
    return all((folder / file).is_file() and (folder / file).read_bytes() == data for file, data in files.items())


def _previous(folder: Path) -> Path | None:
    place = folder / PREVIOUS
    return place if place.is_dir() else None


def _opened(folder: Path, name: str) -> Record:
    said = _json(folder / MANIFEST)
    try:
        data = (folder / TABLE).read_bytes()
        if said["schema"] != SCHEMA or said["table_sha256"] != hashlib.sha256(data).hexdigest():
            raise _damaged(folder)
        regimes = tuple(
            Regime(r["kind"], r["name"], date.fromisoformat(r["from"]), _date(r["to"]), r["what"])
            for r in said["regimes"]
        )
        reading = Reading.from_dict(_json(folder / REPORT))
        return Record(name, said["kind"], said["time_zone"], pl.read_parquet(data), regimes, reading, said["licence"])
    except (OSError, KeyError, TypeError, ValueError, pl.exceptions.PolarsError):
        raise _damaged(folder) from None


def _damaged(folder: Path) -> RecordError:
    return RecordError(f"{folder}: the record was cut or changed since it was kept; import the file again")


def _json(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise _damaged(path.parent) from None
    if not isinstance(said, dict):
        raise _damaged(path.parent)
    return said


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
