"""A report folder: page, JSON, scenario and tables, written whole or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from vallum.errors import RunError
from vallum.report.page import page
from vallum.report.tables import everything
from vallum.results import Result
from vallum.scenario import Scenario

#: What a report folder holds; a folder with anything else in it is not ours to replace.
PAGE: Final = "report.html"
RESULT: Final = "result.json"
SCENARIO: Final = "scenario.yaml"
TABLES: Final = "tables"
#: Night tables of the user are copied into this folder.
NIGHTS: Final = "nights"
_OURS: Final = frozenset({PAGE, RESULT, SCENARIO, TABLES, NIGHTS})


def json_text(result: Result) -> str:
    """The result as the JSON of every command: the same bytes on any machine."""
    return json.dumps(result.as_dict(), sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write(result: Result, scenario: Scenario, folder: str | Path) -> Path:
    """Write report.html, result.json, scenario.yaml and tables/*.csv, and return the folder.

    All of it is made beside the folder and put in its place at the end. An earlier report there is
    replaced. Raises RunError where the folder holds anything else, cannot be written, or Matplotlib is missing.
    """
    target = Path(folder).absolute()
    refuse_foreign(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as place:
            made = Path(place) / "new"
            made.mkdir()
            _fill(made, result, scenario, target)
            _swap(made, target, Path(place) / "old")
    except OSError as error:
        raise RunError(
            f"{folder}: cannot be written: {error.strerror or error}; give another folder to --out"
        ) from None
    return target


def refuse_foreign(folder: str | Path) -> None:
    """Raise RunError where a report must not be written: over a file, or over what vallum did not write."""
    target = Path(folder)
    if not target.exists() and not target.is_symlink():
        return
    if target.is_symlink() or not target.is_dir():
        raise RunError(f"{folder}: is no folder; give a new or an empty folder to --out")
    foreign = sorted(set(_names(target)) - _OURS)
    if foreign or (any(_names(target)) and not (target / RESULT).is_file()):
        found = ", ".join(foreign[:3] or sorted(_names(target))[:3])
        raise RunError(
            f"{folder}: holds what is not a report of vallum ({found}), and is left as it is; "
            "give a new or an empty folder to --out"
        )


def _names(folder: Path) -> Iterator[str]:
    return (entry.name for entry in folder.iterdir())


def _fill(made: Path, result: Result, scenario: Scenario, target: Path) -> None:
    record = national(scenario)
    _put(made / PAGE, page(result, record))
    _put(made / RESULT, json_text(result))
    _put(made / SCENARIO, _scenario_text(scenario, made))
    for name, table in everything(result, record).items():
        _put(made / TABLES / f"{name}.csv", table.csv())


def national(scenario: Scenario) -> bool:
    """Whether the scenario is about a whole country, which is what the record of attacks reports on."""
    return any(asset.coverage is not None for asset in scenario.schema.fixed.assets.values())


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _scenario_text(scenario: Scenario, made: Path) -> str:
    """The scenario as one file; a night table of the user goes beside it, so that the folder can be moved."""
    table = scenario.night_table
    if table is None or scenario.document["fixed"]["raids"].get("path") == "sample":
        return scenario.to_yaml(made)
    copy = made / NIGHTS / table.name
    copy.parent.mkdir()
    shutil.copyfile(table, copy)
    return scenario.replace({"fixed.raids.path": str(copy.absolute())}).to_yaml(made)


def _swap(made: Path, target: Path, old: Path) -> None:
    """Put the new folder in the place of the old one; the old one comes back where that fails."""
    if target.exists():
        target.rename(old)
    try:
        made.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
