"""A report folder: page, JSON, scenario and tables, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Protocol

from vallum import folders
from vallum.campaign import arrivals
from vallum.errors import RunError
from vallum.report import excel, tables
from vallum.report.page import page
from vallum.report.tables import RECORD_COUNTRY, Table, everything
from vallum.results import Result
from vallum.scenario import NIGHTS, Scenario

#: What a report folder holds; a folder with anything else in it is not ours to replace.
PAGE: Final = "report.html"
RESULT: Final = "result.json"
SCENARIO: Final = "scenario.yaml"
TABLES: Final = "tables"
WORKBOOK: Final = "tables.xlsx"
#: What arrives is drawn from so many futures at most: enough for its band, and little to hold at once.
MOST_FUTURES: Final = 2_000
#: All that a report folder holds.
OURS: Final = frozenset({PAGE, RESULT, SCENARIO, TABLES, WORKBOOK, NIGHTS})


class Told(Protocol):
    """Whatever an answer is: it knows itself in the JSON layout."""

    def as_dict(self) -> dict[str, Any]:
        """The answer in the JSON layout."""


def json_text(answer: Told) -> str:
    """An answer as the JSON of every command: the same bytes on any machine."""
    return json.dumps(answer.as_dict(), sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write(result: Result, scenario: Scenario, folder: str | Path) -> Path:
    """Write report.html, result.json, scenario.yaml, tables.xlsx and tables/*.csv, and return the folder.

    All of it is made beside the folder and put in its place at the end. An earlier report there is
    replaced. Raises RunError where the folder holds anything else, cannot be written, or Matplotlib or XlsxWriter
    is missing.
    """
    return put_whole(folder, lambda made: fill(made, result, scenario))


def put_whole(
    folder: str | Path, filling: Callable[[Path], None], ours: frozenset[str] = OURS, mark: str = RESULT
) -> Path:
    """Let `filling` write into a new folder and put it in the place of `folder`, at the end and all of it.

    ours, mark : names of all that such a folder may hold, and of what it always holds
    Raises RunError where `folder` holds anything else, or cannot be written.
    """
    refuse_foreign(Path(folder).absolute(), ours, mark)
    return folders.put_whole(folder, filling, "give another folder to --out")


def refuse_foreign(folder: str | Path, ours: frozenset[str] = OURS, mark: str = RESULT) -> None:
    """Raise RunError where nothing must be written: over a file, or over what this command did not write."""
    target = Path(folder)
    if not target.exists() and not target.is_symlink():
        return
    if target.is_symlink() or not target.is_dir():
        raise RunError(f"{folder}: is no folder; give a new or an empty folder to --out")
    foreign = sorted(set(_names(target)) - ours)
    if foreign or (any(_names(target)) and not (target / mark).is_file()):
        found = ", ".join(foreign[:3] or sorted(_names(target))[:3])
        raise RunError(
            f"{folder}: holds what this command of vallum does not write ({found}), and is left as it is; "
            "give a new or an empty folder to --out"
        )


def _names(folder: Path) -> Iterator[str]:
    return (entry.name for entry in folder.iterdir())


def fill(made: Path, result: Result, scenario: Scenario) -> None:
    """Write all that a report folder holds into an empty folder."""
    record = national(scenario)
    supply = _supply(result, scenario)
    put_text(made / PAGE, page(result, record, supply))
    put_text(made / RESULT, json_text(result))
    put_text(made / SCENARIO, scenario.to_folder(made))
    found = everything(result, record) | ({"supply": supply} if supply else {})
    for name, table in found.items():
        put_text(made / TABLES / f"{name}.csv", table.csv())
    excel.write(made / WORKBOOK, found, result.manifest.as_of)


def _supply(result: Result, scenario: Scenario) -> Table | None:
    """What arrives in the first futures of the run; None where there is no supply line."""
    made = result.manifest
    found = arrivals(scenario, min(made.futures, MOST_FUTURES), made.seed, made.as_of, made.lucks).timeline
    return tables.supply(found) if found.sources else None


def national(scenario: Scenario) -> bool:
    """Whether the scenario is about the whole country that the packaged record of attacks reports on."""
    tables = (asset.coverage or "" for asset in scenario.schema.fixed.assets.values())
    return any(table.startswith(RECORD_COUNTRY) for table in tables)


def put_text(path: Path, text: str) -> None:
    """Write a text, in a folder that is made where it is not there."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
