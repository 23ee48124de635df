"""The rows of a batch: a scenario, packages and changes each, read from a CSV or an Excel table."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from vallum.errors import RunError, ScenarioError
from vallum.scenario import Scenario, parse_change

#: Columns that are no dotted paths.
NAME, PACKAGES = "name", "packages"
#: Between the packages of one cell.
AND: Final = "+"
#: A table larger than this is refused, bytes; and so many problems are listed at once.
LARGEST: Final = 50_000_000
_LISTED: Final = 20


@dataclass(frozen=True)
class Variant:
    """One row of a batch. changes : dotted path -> value; place : where the row is written, for messages"""

    name: str
    packages: tuple[str, ...] = ()
    changes: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""

    def of(self, base: Scenario) -> Scenario:
        """Return the base scenario with this row's packages and changes. Raises ScenarioError naming the row."""
        try:
            made = base.with_packages(*self.packages) if self.packages else base
            return made.replace(self.changes) if self.changes else made
        except ScenarioError as error:
            raise ScenarioError([f"{self.place}: {problem}" for problem in error.problems]) from None


def read(path: str | Path) -> list[Variant]:
    """Read the rows of a CSV or .xlsx table.

    The header names dotted paths, and if wanted `name` and `packages` (several joined by +). An empty cell leaves the
    base as it is. Raises ScenarioError with all problems, each with file and line.
    """
    table = Path(path)
    if not table.is_file():
        raise ScenarioError(f"{path}: there is no such file; give a .csv or .xlsx table")
    if table.stat().st_size > LARGEST:
        raise ScenarioError(f"{path}: is larger than {LARGEST // 1_000_000} MB; cut it into several batches")
    lines = _excel(table) if table.suffix.casefold() == ".xlsx" else _csv(table)
    header, rows = _headed(table, lines)
    made: list[Variant] = []
    problems: list[str] = []
    for number, cells in rows:
        try:
            made.append(_variant(f"{table.name}:{number}", len(made) + 1, header, cells))
        except ScenarioError as error:
            problems += error.problems
    if not made and not problems:
        problems = [f"{path}: has a header and no rows"]
    if problems:
        raise ScenarioError(_cut(problems))
    return made


def check(base: Scenario, variants: Sequence[Variant]) -> Iterator[int]:
    """Check each row against the schema, yielding how many are done. Raises ScenarioError with all problems."""
    problems: list[str] = []
    for done, variant in enumerate(variants, 1):
        try:
            variant.of(base)
        except ScenarioError as error:
            problems += error.problems
        yield done
    if problems:
        raise ScenarioError(_cut(problems))


def _cut(problems: list[str]) -> list[str]:
    more = len(problems) - _LISTED
    return [*problems[:_LISTED], f"and {more:,} more problems"] if more > 0 else problems


def _headed(table: Path, lines: Iterator[tuple[int, list[str]]]) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    header = [cell.strip() for cell in next(lines, (1, []))[1]]
    problems = [f"{table.name}:1: column {k} has no name" for k, cell in enumerate(header, 1) if not cell]
    problems += [
        f"{table.name}:1: {cell} stands twice" for cell in dict.fromkeys(header) if cell and header.count(cell) > 1
    ]
    if not header:
        problems = [f"{table.name}: is empty; the first line names dotted paths"]
    if problems:
        raise ScenarioError(problems)
    return header, lines


def _variant(place: str, number: int, header: Sequence[str], cells: Sequence[str]) -> Variant:
    if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
        raise ScenarioError(f"{place}: has {len(cells)} cells for {len(header)} columns")
    told = {column: cell.strip() for column, cell in zip(header, cells, strict=False) if cell.strip()}
    packages = tuple(part.strip() for part in told.pop(PACKAGES, "").split(AND) if part.strip())
    name = told.pop(NAME, str(number))
    try:
        changes = dict(parse_change(f"{path}={cell}") for path, cell in told.items())
    except ScenarioError as error:
        raise ScenarioError([f"{place}: {problem}" for problem in error.problems]) from None
    return Variant(name, packages, changes, place)


def _csv(table: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        with table.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text, strict=True)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield reader.line_num, cells
    except (UnicodeDecodeError, csv.Error) as error:
        raise ScenarioError(f"{table}: is no CSV in UTF-8 ({error}); save it as CSV UTF-8") from None


def _excel(table: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise RunError("Excel tables need openpyxl: pip install 'vallum[data]'; or save the table as CSV") from error
    try:
        book = load_workbook(table, read_only=True, data_only=True)
    except Exception as error:  # whatever a file that is no workbook makes its reader say
        raise ScenarioError(f"{table}: cannot be read as .xlsx ({error}); save it as CSV UTF-8") from None
    for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
        texts = ["" if cell is None else _text(cell) for cell in cells]
        if any(text.strip() for text in texts):
            yield number, texts


def _text(cell: Any) -> str:
    if hasattr(cell, "date"):
        return str(cell.date())
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
