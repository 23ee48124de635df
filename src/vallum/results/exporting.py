"""How answers leave as rows and texts, and how they find the room that puts them into words and pictures."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any


def porch() -> Any:
    """The room that puts answers into words and pictures: upstairs, so found by name when an answer is asked."""
    return import_module("vallum.report")


def tabled(rows: Sequence[Mapping[str, Any]], path: str | Path | None) -> str:
    """Rows as CSV, an empty cell where there is nothing; written to a file if one is named."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written(text.getvalue(), path)


def written(text: str, path: str | Path | None) -> str:
    """The text, which is also in the file if one is named."""
    if path is not None:
        Path(path).write_text(text, encoding="utf-8", newline="\n")
    return text
