"""Frames of the report page: sections, tables, cells, badges and links."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from vallum.report import words
from vallum.report.html import Html, element, joined
from vallum.report.tables import Cell, Column, Table

#: A figure's table longer than this shows the rows at the turn of months; the rest is in its CSV.
_LONG: Final = 120


def section(heading: str, *children: str | None, id_: str, class_: str | None = None) -> Html:
    """A section of a page under its heading."""
    title = element("h2", heading, id=f"{id_}-title")
    return element("section", title, *children, id=id_, class_=class_, aria_labelledby=f"{id_}-title")


def numbers(table: Table, heading: str = "The numbers as a table") -> Html:
    """A table to unfold, with its CSV to take away."""
    shown = _shortened(table)
    note = f"Shown: the turns of the months. All {len(table.rows):,} rows are in the CSV." if shown != table else ""
    return element("details", element("summary", heading), html_table(shown), numbers_link(table, note))


def _shortened(table: Table) -> Table:
    if len(table.rows) <= _LONG or "date" not in [column.name for column in table.columns]:
        return table
    dates = table.column("date")
    last = dates[-1]
    kept = (
        row for row, day in zip(table.rows, dates, strict=True) if str(day).endswith("-01") or day in (dates[0], last)
    )
    return Table(table.name, table.title, table.columns, tuple(kept))


def html_table(table: Table) -> Html:
    """A table with caption and scopes, in a frame that scrolls where it is too wide."""
    head = element("tr", *(element("th", c.heading, scope="col", class_=align(c)) for c in table.columns))
    body = [element("tr", *map(cell_of, table.columns, row, range(len(row)))) for row in table.rows]
    return framed(table.title, element("thead", head), element("tbody", *body))


@dataclass(frozen=True)
class Head:
    """Heading of a column of ready cells."""

    name: str
    number: bool = False


def grid(title: str, heads: Sequence[Head], rows: Iterable[Sequence[str]]) -> Html:
    """A table of ready cells, the first of each row its heading; on a phone each row becomes a card."""
    head = element(
        "tr",
        *(element("th", h.name, scope="col", class_=_kind(h.number), role="columnheader") for h in heads),
        role="row",
    )
    body = [element("tr", *map(_ready, heads, row, range(len(heads))), role="row") for row in rows]
    parts = (element("thead", head, role="rowgroup"), element("tbody", *body, role="rowgroup"))
    # a table that is laid out as cards keeps its meaning for screen readers by its roles
    inner = element("table", element("caption", title), *parts, class_="cards-on-phone", role="table", aria_label=title)
    return element("div", inner, class_="frame")


def _ready(head: Head, cell: str, place: int) -> Html:
    if place == 0:
        return element("th", cell, scope="row", role="rowheader", class_=_kind(head.number))
    return element("td", cell, role="cell", class_=_kind(head.number), data_label=head.name)


def _kind(number: bool) -> str | None:
    return "number" if number else None


def framed(title: str, *parts: str) -> Html:
    """A table of ready parts, in a frame that scrolls by keyboard too."""
    inner = element("table", element("caption", title), *parts)
    return element("div", inner, class_="frame", role="region", aria_label=title, tabindex="0")


def align(column: Column) -> str | None:
    """The style of a column of numbers."""
    return "number" if column.is_number else None


def cell_of(column: Column, cell: Cell, place: int) -> Html:
    """A cell of a table; the first one is the heading of its row."""
    shown = cell_text(column, cell)
    if place == 0:
        return element("th", shown, scope="row", class_=align(column))
    return element("td", shown, class_=align(column))


def cell_text(column: Column, cell: Cell) -> str:
    """A cell as people read it."""
    if cell is None or cell == "":
        return "–"
    if isinstance(cell, str):
        return _text_cell(column.unit, cell)
    return words.number(float(cell), column.unit)


def _text_cell(unit: str, cell: str) -> str:
    if unit == "month":
        return "never" if cell == "never" else words.month(cell)
    if unit == "class":
        return words.threat_class(cell)
    if unit == "reason":
        return "all reasons" if cell == "all" else words.reason(cell)
    return words.plain(cell) if unit == "type" else cell


def numbers_link(table: Table, note: str = "") -> Html:
    """The CSV of a table to take away, inside the page itself."""
    data = b64encode(table.csv().encode()).decode()
    link = element("a", f"{table.name}.csv", href=f"data:text/csv;base64,{data}", download=f"{table.name}.csv")
    return element("p", f"{note} Full numbers: ".lstrip(), link, class_="hint")


def badge(words_: str, kind: str) -> Html:
    """A word in a frame of its own; `kind` is its style."""
    return element("span", words_, class_=f"badge {kind}")


def claim_links(claims: Sequence[str]) -> Html:
    """Links from a number to the claims below."""
    links = [element("a", claim, href=f"#claim-{claim}") for claim in claims]
    return element("span", "[", joined(*links, between=", "), "]", class_="claims") if links else Html("")
