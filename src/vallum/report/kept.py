"""Runs that are kept: their list, and what is handed out of the store."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from vallum.campaign import Kept
from vallum.report.folder import OURS, fill, put_whole
from vallum.results import Result, Row
from vallum.scenario import Scenario

#: Folder of an exported run in which its Parquet tables lie.
TABLES: Final = "kept"
HEADS: Final = ("Run", "Scenario", "Packages, changes", "Futures", "Seed", "As of", "Kept (UTC)", "kB")


def kept_note(made: Kept) -> str:
    """Say whether an answer was there already; nothing where it was not to be kept."""
    if made.again:
        return f"Kept already: run {made.name} (same scenario, seed and program). To run it again: --fresh."
    return f"Not kept: {made.trouble}" if made.trouble else ""


def runs_text(rows: Sequence[Row]) -> str:
    """The kept runs as an aligned table; a run of another version of the program is marked."""
    if not rows:
        return "No run is kept yet. vallum run winter-2025-26 keeps one."
    lines = [HEADS, *(_line(row) for row in rows)]
    widths = [max(len(line[k]) for line in lines) for k in range(len(HEADS))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    old = sum(not row.current for row in rows)
    note = [f"* {old} made by another version of the program; vallum runs gc forgets them."] if old else []
    return "\n".join([*table, *note])


def _line(row: Row) -> tuple[str, ...]:
    about = [*row.packages, *(f"{path}={value}" for path, value in row.changes.items())]
    name = row.id if row.current else f"{row.id}*"
    size = f"{-(-row.size // 1024):,}"
    return (name, row.scenario, ", ".join(about), f"{row.futures:,}", str(row.seed), row.as_of, row.kept, size)


def runs_json(rows: Sequence[Row]) -> str:
    """The kept runs as JSON; what differs between two machines that ran the same is left out."""
    made: list[dict[str, Any]] = []
    for row in sorted(rows, key=lambda row: row.id):
        about = {key: value for key, value in asdict(row).items() if key not in ("kept", "build", "size")}
        made.append({**about, "current": row.current})
    return json.dumps({"schema": 1, "kind": "runs", "runs": made}, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def export(result: Result, scenario: Scenario, kept: Path, folder: str | Path) -> Path:
    """Write the report of a kept run and a copy of its Parquet tables into a folder, whole or not at all."""

    def both(made: Path) -> None:
        fill(made, result, scenario)
        shutil.copytree(kept, made / TABLES)

    return put_whole(folder, both, OURS | {TABLES})
