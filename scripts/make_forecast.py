"""Fit, back-test and freeze from a copy of the attack record, and write what the docs show of it.

    python scripts/make_forecast.py [FILE [forecast] [calibration]]

FILE (default: $VALLUM_SHARED/data/attacks/missile_attacks_daily.csv) is the record; its rows are read and never
written. Writes
    docs/forecasts/ukraine-2025-12-07.json                the frozen forecast
    src/vallum/data/scenarios/winter-2025-26-fitted.yaml  the winter with fitted raids
    docs/questions/forecast.md, calibration.md            between their two marks
    docs/images/forecast_*.svg                            reliability, and skill by months ahead
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

import vallum
from vallum import calibrate, record, scenario
from vallum.campaign import run
from vallum.report import calibrated
from vallum.report.charts import svg
from vallum.results import Label

ROOT: Final = Path(__file__).parents[1]
FORECAST: Final = ROOT / "docs" / "questions" / "forecast.md"
CALIBRATION: Final = ROOT / "docs" / "questions" / "calibration.md"
FROZEN: Final = ROOT / "docs" / "forecasts" / "ukraine-2025-12-07.json"
FITTED: Final = ROOT / "src" / "vallum" / "data" / "scenarios" / "winter-2025-26-fitted.yaml"
BEGIN: Final = "<!-- made by scripts/make_forecast.py: begin -->"
END: Final = "<!-- made by scripts/make_forecast.py: end -->"
CUTOFF: Final = date(2025, 12, 7)
FIRST, LAST, HORIZON = "2024-01", "2025-11", 6
BASE, LINK = "winter-2025-26", "year-2025"
FUTURES: Final = 2_000
PARTS: Final = ("forecast", "calibration")
ABOUT: Final = """\
# The winter of 2025-26 with raids fitted to the record, not set by hand: see docs/questions/calibration.md.
# Made by scripts/make_forecast.py with `vallum calibrate`. Everything else is as in winter-2025-26.
"""


def main(path: Path, parts: Sequence[str]) -> None:
    made = record.read(path)
    if "forecast" in parts:
        write_forecast(made)
    if "calibration" in parts:
        write_calibration(made)


def write_forecast(made: record.Record) -> None:
    tested = calibrate.backtest(calibrate.series(made, CUTOFF), FIRST, LAST, HORIZON)
    between(FORECAST, fenced(calibrated.backtest_text(tested)))
    for name, figure in calibrated.backtest_charts(tested).items():
        (ROOT / "docs" / "images" / f"forecast_{name}.svg").write_text(svg(figure), encoding="utf-8", newline="\n")
    FROZEN.write_text(
        calibrate.freeze(made, CUTOFF, HORIZON, vallum.__version__).text(), encoding="utf-8", newline="\n"
    )


def write_calibration(made: record.Record) -> None:
    fit = calibrate.calibrate(made, CUTOFF, scenario.read(LINK))
    write_fitted(calibrate.package(fit, scenario.read(BASE)))
    between(CALIBRATION, fenced(calibrated.calibration_text(fit)) + "\n\n" + beside())


def write_fitted(package: str) -> None:
    """The fitted package as a scenario of its own that extends the winter."""
    head, body = package.split("\ntitle:", 1)
    title = "title: The winter of 2025-26, raids fitted to the record\n"
    asked = "When do the Patriot interceptors run out in the winter of 2025-26 if raids come as the record says?"
    question = f"question: {asked}\n"
    rest = body.split("\nfixed:", 1)[1]
    FITTED.write_text(f"{ABOUT}{head}\nextends: {BASE}\n{title}{question}fixed:{rest}", encoding="utf-8", newline="\n")


def beside() -> str:
    """The hand-set and the fitted winter side by side."""
    wanted = [
        ("launched", "ballistic"),
        ("launched", "aeroballistic"),
        ("leakers", "ballistic"),
        ("stopped_share", "ballistic"),
        ("dry_nights", "ballistic"),
        ("launched", "drone"),
    ]
    results = [run(scenario.read(name), FUTURES, explain=False) for name in (BASE, f"{BASE}-fitted")]
    rows = ["| outcome, median (5-95 %) | hand-set | fitted |", "|---|---:|---:|"]
    for name, kind in wanted:
        cells = []
        for result in results:
            label = next(one for one in result.columns if plain(one, name, kind))
            low, middle, high = np.nanpercentile(result.columns[label], (5.0, 50.0, 95.0))
            cells.append(f"{number(middle)} ({number(low)}-{number(high)})")
        rows.append(f"| {name.replace('_', ' ')}, {kind} | {' | '.join(cells)} |")
    return "\n".join(rows)


def plain(label: Label, name: str, kind: str) -> bool:
    """Whether a label is an outcome of a class as a whole."""
    return label.name == name and label.threat_class == kind and not (label.reason or label.asset or label.scope)


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10.0 or value == round(value) else f"{value:.2f}"


def fenced(text: str) -> str:
    return f"```text\n{text}\n```"


def between(page: Path, text: str) -> None:
    """Put a text between the two marks of a page; what stands outside is kept."""
    before, rest = page.read_text(encoding="utf-8").split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    shared = Path(os.environ.get("VALLUM_SHARED", "../shared"))
    usual = shared / "data" / "attacks" / "missile_attacks_daily.csv"
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else usual, sys.argv[2:] or PARTS)
