"""A batch on disk: parts that are kept as they come, so that a batch that was killed goes on where it stood."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vallum.batch.rows import Work
from vallum.errors import RunError
from vallum.results import build
from vallum.results.parquet import polars

PARTS: Final = "parts"
REQUEST: Final = "batch.json"
RESULTS: Final = "results.parquet"
WORKBOOK: Final = "batch.xlsx"
TABLE: Final = "results.csv"
_OURS: Final = frozenset({PARTS, REQUEST, RESULTS, WORKBOOK, TABLE})


@dataclass(frozen=True)
class Batch:
    """The folder of one batch."""

    folder: Path
    parts: int

    def missing(self) -> list[int]:
        """Numbers of the parts that are not kept yet."""
        return [number for number in range(self.parts) if not self._part(number).is_file()]

    def keep(self, number: int, rows: Sequence[Mapping[str, Any]]) -> None:
        """Keep a part: it appears whole, or not at all."""
        place = self._part(number)
        made = place.with_suffix(f".{os.getpid()}")
        try:
            polars().DataFrame(list(rows), infer_schema_length=None).write_parquet(made)
            made.replace(place)
        except OSError as error:
            made.unlink(missing_ok=True)
            raise RunError(
                f"{place}: cannot be written: {error.strerror or error}; free room, and run the same again: it goes on"
            ) from None

    def table(self) -> Any:
        """All rows in order, as a polars frame; a number column is one in all parts."""
        pl = polars()
        parts = [pl.read_parquet(self._part(number)) for number in range(self.parts)]
        return pl.concat(parts, how="diagonal_relaxed").rechunk()

    def finished(self) -> Path:
        """Write results.parquet and results.csv from the parts; return the former."""
        table = self.table()
        for name, write in ((RESULTS, table.write_parquet), (TABLE, table.write_csv)):
            made = self.folder / f".{name}.{os.getpid()}"
            write(made)
            made.replace(self.folder / name)
        return self.folder / RESULTS

    def _part(self, number: int) -> Path:
        return self.folder / PARTS / f"{number:06d}.parquet"


def request(work: Work, size: int) -> dict[str, Any]:
    """All that decides the bytes of a batch."""
    rows = [[one.name, list(one.packages), dict(one.changes)] for one in work.variants]
    whole = hashlib.sha256(json.dumps(rows, sort_keys=True, default=str).encode()).hexdigest()
    return {
        "kind": "batch", "scenario": work.base.name, "fingerprint": work.base.fingerprint, "rows": len(rows),
        "rows_sha256": whole, "futures": work.futures, "seed": work.seed, "outcomes": list(work.outcomes),
        "as_of": None if work.as_of is None else work.as_of.isoformat(), "rows_in_a_part": size,
        "version": work.version, "build": build(),
    }  # fmt: skip


def opened(folder: str | Path, work: Work, size: int) -> Batch:
    """Open the folder of a batch, new or begun. Raises RunError where it holds another batch, or something else."""
    place = Path(folder)
    made = Batch(place, -(-len(work.variants) // size))
    wanted = json.dumps(request(work, size), indent=1, sort_keys=True) + "\n"
    try:
        place.mkdir(parents=True, exist_ok=True)
        foreign = sorted(
            entry.name for entry in place.iterdir() if not entry.name.startswith(".") and entry.name not in _OURS
        )
        if foreign:
            raise RunError(f"{folder}: holds what no batch writes ({foreign[0]}); give a new folder to --out")
        (place / PARTS).mkdir(exist_ok=True)
        begun = place / REQUEST
        if begun.is_file() and begun.read_text(encoding="utf-8") != wanted:
            raise RunError(f"{folder}: holds {_unlike(begun, json.loads(wanted))}; give a new folder to --out")
        fresh = place / f".{REQUEST}.{os.getpid()}"
        fresh.write_text(wanted, encoding="utf-8")
        fresh.replace(begun)
    except OSError as error:
        raise RunError(f"{folder}: cannot be written: {error.strerror or error}; give another folder") from None
    return made


def _unlike(begun: Path, wanted: Mapping[str, Any]) -> str:
    try:
        there = json.loads(begun.read_text(encoding="utf-8"))
        keys = ", ".join(key for key in wanted if there.get(key) != wanted[key])
    except ValueError:
        keys = "unreadable"
    return f"another batch (other {keys})"
