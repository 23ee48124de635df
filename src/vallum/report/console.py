"""Tables for a terminal: aligned, wrapped to its width, plain text where nobody looks."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from io import StringIO
from typing import Final

#: Columns of text where there is no terminal to ask.
WIDTH: Final = 120


def table_text(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[str] = ()) -> str:
    """Return a table as lines of text. numbers : heads of the columns that are aligned to the right"""
    from rich.box import SIMPLE_HEAD  # only where a table is shown
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for head in heads:
        right = head in numbers
        table.add_column(head, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for row in rows:
        table.add_row(*(_plain(cell) for cell in row))
    text = StringIO()
    width = shutil.get_terminal_size((WIDTH, 0)).columns
    Console(file=text, width=width, color_system=None, legacy_windows=False).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()).strip("\n")


def _plain(cell: str) -> str:
    """Text of a file that is not read as markup."""
    from rich.markup import escape

    return escape(cell)


def wrapped(text: str, indent: str = "") -> str:
    """A paragraph wrapped to the width of the terminal."""
    from textwrap import fill

    width = shutil.get_terminal_size((WIDTH, 0)).columns
    return fill(text, width, initial_indent=indent, subsequent_indent=indent)
