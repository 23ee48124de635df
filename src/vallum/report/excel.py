"""The tables of a run as one workbook: data, inputs and provenance, the same bytes each time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final

from vallum.errors import RunError
from vallum.report.tables import Column, Table

#: What stands first: where the numbers are from comes before the numbers.
_FIRST: Final = ("provenance", "outcomes", "differences", "supplier_losses", "inputs", "assumptions", "claims")
#: Longest name of a sheet that the format allows.
_NAME: Final = 31
_WIDEST: Final = 60
_NARROWEST: Final = 8
_SHARE: Final = "0.0 %"


def write(path: Path, tables: Mapping[str, Table], as_of: date) -> None:
    """Write tables into a workbook, a sheet each; texts stay texts, so that none can run as a formula.

    as_of : the date of the knowledge, which the file carries as its own: the clock would change its bytes
    Raises RunError where XlsxWriter is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise RunError("tables.xlsx needs XlsxWriter: pip install 'vallum[report]'") from None
    book = xlsxwriter.Workbook(str(path), {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": "vallum", "created": datetime.combine(as_of, time())})
    forms = {"head": book.add_format({"bold": True, "bottom": 1}), "share": book.add_format({"num_format": _SHARE})}
    order = [*(name for name in _FIRST if name in tables), *(name for name in tables if name not in _FIRST)]
    for name in order:
        _sheet(book.add_worksheet(name[:_NAME]), tables[name], forms)
    book.close()


def _sheet(sheet: Any, table: Table, forms: Mapping[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.name, forms["head"])
        sheet.set_column(place, place, _width(column, [row[place] for row in table.rows]))
    for number, row in enumerate(table.rows, 1):
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _cell(sheet, (number, place), column, cell, forms)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)


def _cell(sheet: Any, at: tuple[int, int], column: Column, cell: Any, forms: Mapping[str, Any]) -> None:
    """Full numbers as numbers, shares shown in per cent; nothing where there is none."""
    if isinstance(cell, str):
        sheet.write_string(*at, cell)
    elif cell is not None:
        sheet.write_number(*at, cell, forms["share"] if column.unit in ("share", "probability") else None)


def _width(column: Column, cells: list[Any]) -> int:
    longest = max((len(cell) for cell in cells if isinstance(cell, str)), default=0)
    return max(_NARROWEST, min(_WIDEST, max(longest, len(column.name)) + 1))
