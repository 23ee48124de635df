"""docs/model/validation.md: written from what was found, and read back by its test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tests.validation.case import FURTHEST, SMALL, SMALL_SHARE, Case, Exact, Found, version
from tests.validation.pairs import NONE, Pairs

PAGE = Path(__file__).parents[2] / "docs" / "model" / "validation.md"

#: The words of the page, with places for the numbers.
WORDS = Path(__file__).with_name("page.md")

COLUMNS = ("case", "rule", "source", "outcome", "exact", "simulated", "standard error", "error", "futures")


class Line(NamedTuple):
    """One line of the table, as text."""

    case: str
    rule: str
    source: str
    outcome: str
    exact: str
    simulated: str
    se: str
    error: str
    futures: str


def page(cases: list[Case], found: Sequence[Found], answers: Sequence[Exact], pairs: Mapping[str, Pairs]) -> str:
    """The whole page."""
    errors = np.abs([one.errors for one in found if one.se > 0.0])
    one, two, three = (float(np.mean(errors <= limit)) for limit in (1, 2, 3))
    return WORDS.read_text(encoding="utf-8").format(
        furthest=FURTHEST,
        small=SMALL,
        share=SMALL_SHARE,
        version=version(cases),
        cases=len(cases),
        numbers=len(found),
        worst=errors.max(),
        random=len(errors),
        one=one,
        two=two,
        three=three,
        tables="\n".join([without_dice(answers), *simulated(found)]),
        pairs="\n".join(counted(pairs)),
    )


def without_dice(answers: Sequence[Exact]) -> str:
    """The published answers without dice."""
    lines = ["## Published answers without dice (V1, V3, V4, V6, V7)", ""]
    lines += ["| answer | function of `vallum.exact` | published | found |", "|---|---|---|---|"]
    lines += [
        f"| {one.name} | `{one.source}` | {_numbers(one.published)} | {_numbers(one.answer)} |" for one in answers
    ]
    return "\n".join([*lines, "", "Equal to six significant digits, or as many as are printed.", ""])


def _numbers(values: Iterable[float]) -> str:
    return ", ".join(f"{value:.6g}" for value in values)


SECTIONS = {
    "V": "Published examples (V1, V2, V3, V6, V7)",
    "X1": "One layer, rounds to spare (X1)",
    "X2": "Looks and finite magazines (X2)",
    "X3": "Stock over time: the chain, supply, rationing (X3)",
    "X4": "Compound demand and depletion (X4)",
    "X5": "Layers in series, groups and places (X5)",
}


def simulated(found: Sequence[Found]) -> list[str]:
    """A table for each kind of case."""
    return [
        "\n".join([f"## {title}", "", _row(COLUMNS), "|" + "---|" * len(COLUMNS), *rows, ""])
        for kind, title in SECTIONS.items()
        if (rows := [_row(line(one)) for one in found if one.case.name.startswith(kind)])
    ]


def line(found: Found) -> Line:
    """One number as it stands in the table."""
    case, row = found.case, found.row
    return Line(
        case.name,
        case.rule,
        case.source,
        row.outcome,
        f"{row.exact:.6f}",
        f"{found.simulated:.6f}",
        f"{found.se:.6f}",
        f"{round(found.errors, 2) + 0.0:+.2f}",
        str(found.futures),
    )


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def counted(pairs: Mapping[str, Pairs]) -> list[str]:
    """Lines of the table of pairs."""
    return [
        _row(
            (
                off,
                f"{made.scenarios:,}",
                f"{made.pairs:,}",
                f"{made.worse:,}",
                f"{made.worse / made.pairs:.3%}" if made.worse else "none",
                f"{made.better:,}",
            )
        )
        for off, made in pairs.items()
    ]


# --- read back ----------------------------------------------------------------------------------------


def lines_of(text: str) -> list[Line]:
    """Every number of a page that was simulated."""
    cells = [_cells(row) for row in text.splitlines() if row.startswith("|")]
    return [Line(*row) for row in cells if len(row) == len(COLUMNS) and row[0].startswith(tuple(SECTIONS))]


def kept(text: str) -> tuple[int, int]:
    """Pairs inside the conditions of a page, and how many of them have more leakers."""
    row = next(_cells(row) for row in text.splitlines() if row.startswith(f"| {NONE} |"))
    return int(row[2].replace(",", "")), int(row[3].replace(",", ""))


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]
