"""What is told without a run: claims of a text, monthly sums, the records that were imported, frozen forecasts."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import vallum
from vallum import ask, folders, report
from vallum.errors import RunError
from vallum.report import asked
from vallum.web.answers import text
from vallum.web.states import Question

SUMS: Final = Path(vallum.__file__).parent / "data" / "record" / "monthly.csv"
#: Quantiles of a frozen forecast that a page is told, of the ninety-nine that the file has.
LEVELS: Final = ("0.05", "0.25", "0.50", "0.75", "0.95")


def claimed(question: Question) -> bytes:
    """The bytes of `vallum ask --json` for a text; what looks like the name of a file is never opened."""
    return f"{asked.asked_json(ask.ask(question.text, question.as_of, files=False))}\n".encode()


def monthly() -> bytes:
    """Launches and reported stops by month and class: sums that are shipped, no row of the record."""
    with SUMS.open(encoding="utf-8", newline="") as lines:
        columns, *rows = list(csv.reader(lines))
    made = [[cell if name in _WORDS else int(cell) for name, cell in zip(columns, row, strict=True)] for row in rows]
    return text({"schema": 1, "kind": "monthly", "columns": columns, "rows": made})


_WORDS: Final = ("month", "class", "complete")


def records() -> bytes:
    """The records that are kept on this machine."""
    from vallum import record

    return text({"schema": 1, "kind": "records", "records": record.listed()})


def summary(name: str) -> bytes:
    """The summary of a kept record. Raises RecordError where there is none of this name."""
    from vallum import record

    return text(record.summarise(record.load(name)).as_dict())


def forecasts() -> bytes:
    """The frozen forecasts that are at hand, by name."""
    return text({"schema": 1, "kind": "forecasts", "names": sorted(_frozen()), "folder": str(_own())})


def forecast(name: str) -> bytes:
    """A frozen forecast whose hash is proven, with a few quantiles of each target.

    Raises RunError where there is none of this name, RecordError where it was changed.
    """
    from vallum import calibrate

    known = _frozen()
    if name not in known:
        raise RunError(f"forecast {name}: there is none of this name; there are {', '.join(sorted(known)) or 'none'}")
    made = calibrate.opened(known[name])
    rows = [
        {**one.as_dict(), "quantiles": {level: one.quantiles[level] for level in LEVELS if level in one.quantiles}}
        for one in made.targets
    ]
    about = {"question": made.question, "cutoff": made.cutoff.isoformat(), "made_from": dict(made.made_from)}
    return text({"schema": 1, "kind": "forecast", "name": name, **about, "targets": rows})


def scored(name: str, record_name: str) -> bytes:
    """The bytes of `vallum forecast score --json`. Raises RunError, RecordError where either is not there."""
    from vallum import calibrate, record

    known = _frozen()
    if name not in known:
        raise RunError(f"forecast {name}: there is none of this name")
    made = calibrate.score(calibrate.opened(known[name]), record.load(record_name))
    return report.json_text(made).encode()


def _own() -> Path:
    return folders.home() / "forecasts"


def _frozen() -> dict[str, Path]:
    """Frozen forecasts by name: the user's own, and those of a checkout; an installed package ships none."""
    return {path.stem: path for place in _places() for path in sorted(place.glob("*.json"))}


def _places() -> Iterator[Path]:
    checkout = Path(vallum.__file__).parents[2]
    if (checkout / "pyproject.toml").is_file():
        yield checkout / "docs" / "forecasts"
    yield _own()
