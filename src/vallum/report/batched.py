"""A batch in words, as JSON, and as a workbook with its data, inputs and provenance."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from vallum import campaign
from vallum.batch import Batch, Estimate, Variant
from vallum.errors import RunError
from vallum.scenario import Scenario

#: The moment that a workbook says it was made: the same bytes every time.
MOMENT: Final = datetime(2000, 1, 1)
WORKBOOK: Final = "batch.xlsx"
#: Rows that a sheet can hold, its heading apart.
SHEET: Final = 1_048_575
#: Rows that the text shows, and the statistics among them.
_SHOWN: Final = 12
#: Outcomes that the text shows first.
_FIRST: Final = ("leakers", "real_leakers", "used", "dry_nights")
_MINUTE: Final = 60.0
_HOUR: Final = 3_600.0


def batch_estimate(made: Estimate) -> str:
    """How long a batch will take."""
    return (
        f"{made.rows:,} rows x {made.futures:,} futures: about {_duration(made.seconds)} on {made.workers} "
        f"{'core' if made.workers == 1 else 'cores'}, by one of its rows."
    )


def _duration(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / _MINUTE:.0f} min" if seconds < _HOUR else f"{seconds / _HOUR:.1f} h"


def batch_json(made: Batch) -> str:
    """The request and every row of a batch, as JSON."""
    request = json.loads((made.folder / "batch.json").read_text(encoding="utf-8"))
    request.pop("build")
    whole = {"schema": 1, **request, "results": made.table().to_dicts()}
    return json.dumps(whole, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def batch_text(made: Batch) -> str:
    """Where the rows are, and the first of them: what was changed, and the mean of what came of it."""
    results = made.results()
    means = [name for name in results.collect_schema().names() if name.endswith(" mean")]
    told = sorted(means, key=lambda name: not name.startswith(_FIRST))[:3]
    few = results.select("row", *made.varied(), *told).head(_SHOWN).collect()
    lines = [few.columns, *([_cell(value) for value in row] for row in few.iter_rows())]
    widths = [max(len(line[k]) for line in lines) for k in range(len(few.columns))]
    text = ["  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines]
    more = made.height - few.height
    tail = [f"... and {more:,} more rows"] if more > 0 else []
    return "\n".join([*text, *tail, f"All rows: {made.folder / 'results.parquet'}, results.csv, {WORKBOOK}"])


def _cell(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def write_workbook(
    made: Batch, base: Scenario, variants: Sequence[Variant], futures: int, seed: int, as_of: date | None
) -> Path:
    """Write batch.xlsx: the rows; the inputs of the base and what varies; claims, version and how to run it again.

    Raises RunError where xlsxwriter is missing or a sheet cannot hold the rows.
    """
    try:
        import xlsxwriter
    except ImportError as error:
        raise RunError("the workbook needs xlsxwriter: pip install 'vallum[report]'; the rows are kept") from error
    if made.height > SHEET:
        raise RunError(f"{made.height:,} rows do not fit into a sheet of {SHEET:,}; use results.parquet")
    about = campaign.about(base, futures, seed, as_of)
    place = made.folder / f".{WORKBOOK}"
    with xlsxwriter.Workbook(str(place), {"constant_memory": True, "nan_inf_to_errors": True}) as book:
        book.set_properties({"title": base.title, "created": MOMENT})
        _sheet(book, "data", _rows(made))
        _sheet(book, "inputs", _inputs(about, variants))
        _sheet(book, "provenance", _provenance(about, futures, seed))
    return place.replace(made.folder / WORKBOOK)


def _rows(made: Batch) -> Iterator[Sequence[Any]]:
    """The heading, and every row; no more of them are held at once than a group."""
    yield made.results().collect_schema().names()
    for group in made.groups():
        yield from group.iter_rows()


def _sheet(book: Any, name: str, rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, float):  # by far the most
                sheet.write_number(number, column, value)
            elif isinstance(value, str):
                sheet.write_string(number, column, value)
            elif value is not None:
                sheet.write(number, column, value)


def _inputs(about: Any, variants: Sequence[Variant]) -> list[list[Any]]:
    keys = ("name", "title", "best", "low", "high", "unit", "shape", "published", "claims", "assumption")
    rows = [[_text(entry[key]) for key in keys] for entry in about.inputs]
    paths = list(dict.fromkeys(path for one in variants for path in one.changes))
    return [list(keys), *rows, [], ["varied", "values"], *([path, _values(variants, path)] for path in paths)]


def _values(variants: Sequence[Variant], path: str) -> str:
    values = list(dict.fromkeys(str(one.changes[path]) for one in variants if path in one.changes))
    return ", ".join(values) if len(values) <= _SHOWN else f"{len(values):,} values, {values[0]} first"


def _provenance(about: Any, futures: int, seed: int) -> list[list[Any]]:
    head = [
        ["scenario", about.name], ["question", about.question], ["fingerprint", about.fingerprint],
        ["as of", about.as_of.isoformat()], ["version", about.version], ["seed", seed], ["futures of a row", futures],
        [], ["not modelled"], *([text] for text in about.not_modelled), [],
    ]  # fmt: skip
    keys = ("id", "quantity", "value", "low", "high", "unit", "as_of", "speaker", "source", "address")
    return [*head, list(keys), *([_text(entry[key]) for key in keys] for entry in about.claims)]


def _text(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list | tuple) else value
