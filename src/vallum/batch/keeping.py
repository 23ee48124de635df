"""A batch on disk: parts that are kept as they come, so that a batch that was killed goes on where it stood."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
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
#: Rows that are written or read at once: the memory of a batch does not grow with its rows.
AT_ONCE: Final = 2_500
_OURS: Final = frozenset({PARTS, REQUEST, RESULTS, WORKBOOK, TABLE})
#: What a batch that is killed leaves half written.
_HALF: Final = re.compile(r"\.(\d{6}\.parquet|results\.parquet|results\.csv|batch\.json)\.\d+")


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
        frame = polars().DataFrame(list(rows), infer_schema_length=None)
        _put(self._part(number), frame.write_parquet)

    def table(self) -> Any:
        """All rows in order, as a polars frame; a number column is one in all parts."""
        return self._rows().collect()

    def finished(self) -> Path:
        """Write results.parquet and results.csv from the parts, clear away what kills left; return the former."""
        rows = self._rows()
        _put(self.folder / RESULTS, partial(rows.sink_parquet, row_group_size=AT_ONCE))
        _put(self.folder / TABLE, rows.sink_csv)
        for left in (*self.folder.iterdir(), *(self.folder / PARTS).iterdir()):
            if _HALF.fullmatch(left.name):
                left.unlink(missing_ok=True)
        return self.folder / RESULTS

    def results(self) -> Any:
        """All rows of a finished batch as a lazy polars frame: only what is asked of it is read."""
        return polars().scan_parquet(self.folder / RESULTS)

    @property
    def height(self) -> int:
        """How many rows a finished batch has."""
        return int(self.results().select(polars().len()).collect().item())

    def groups(self) -> Iterator[Any]:
        """The rows of a finished batch in order, some thousand at a time, as polars frames."""
        return (self.results().slice(first, AT_ONCE).collect() for first in range(0, self.height, AT_ONCE))

    def varied(self) -> list[str]:
        """What the rows of a finished batch say of themselves (name, packages, paths), where that is not the same."""
        results = self.results()
        columns = results.collect_schema().names()
        given = columns[1 : columns.index("fingerprint")]
        found = results.select(polars().col(given).n_unique()).collect().row(0)
        return [name for name, different in zip(given, found, strict=True) if different > 1]

    def _rows(self) -> Any:
        """All rows of the parts, lazily: a column that is empty or missing in one part has its kind from the others."""
        pl = polars()
        parts = [self._part(number) for number in range(self.parts)]
        kinds = dict.fromkeys(tuple(pl.read_parquet_schema(part).items()) for part in parts)
        whole = pl.concat([pl.DataFrame(schema=dict(kind)) for kind in kinds], how="diagonal_relaxed").schema
        return pl.scan_parquet(parts, schema=whole, missing_columns="insert")

    def _part(self, number: int) -> Path:
        return self.folder / PARTS / f"{number:06d}.parquet"


def _put(place: Path, write: Callable[[Path], object]) -> None:
    """Let a file be written beside its place, and put it there when it is whole."""
    made = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        write(made)
        made.replace(place)
    except (OSError, polars().exceptions.PolarsError) as error:
        made.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or error
        raise RunError(f"{place}: cannot be written: {reason}; free room, and run the same again: it goes on") from None


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
    except OSError as error:
        raise RunError(f"{folder}: cannot be written: {error.strerror or error}; give another folder") from None
    _put(begun, lambda fresh: fresh.write_text(wanted, encoding="utf-8"))
    return made


def _unlike(begun: Path, wanted: Mapping[str, Any]) -> str:
    try:
        there = json.loads(begun.read_text(encoding="utf-8"))
        keys = ", ".join(key for key in wanted if there.get(key) != wanted[key])
    except ValueError:
        keys = "unreadable"
    return f"another batch (other {keys})"
