"""The validation table: part of its cases with fewer futures, and the page that `make validation` wrote.

`make validation` (`python -m tests.validation`) runs all of it, in minutes.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.validation.case import FURTHEST, Case, version
from tests.validation.cases_published import answers
from tests.validation.document import PAGE, Line, kept, lines_of
from tests.validation.run import all_cases, run

ROOT = Path(__file__).resolve().parents[1]
#: Of the cases and of their futures, what a test has time for.
EVERY, SHARE, LEAST = 2, 0.05, 100
#: The last digit of the page.
DIGIT = 1e-6


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return all_cases()


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


@pytest.mark.theory
def test_cases_meet_their_exact_answers_within_sampling_error(cases: list[Case]) -> None:
    """Theory: V1 to V7 and X1 to X5 through public scenarios, each within four of its own standard errors."""
    off = [
        (one.case.name, one.row.outcome, one.row.exact, one.simulated, one.errors)
        for one in run(cases[::EVERY], SHARE, LEAST)
        if not one.holds
    ]
    assert not off


@pytest.mark.theory
def test_published_answers_without_dice() -> None:
    """Theory: V1, V3, V4, V6 and V7 as printed, by `vallum.exact`."""
    assert not [(one.name, one.published, one.answer) for one in answers() if not one.holds]


@pytest.mark.theory
def test_there_are_enough_cases_of_every_kind(cases: list[Case]) -> None:
    """Theory: every published example that simulates, and at least forty cases of our own across X1 to X5."""
    assert len({case.name for case in cases}) == len(cases)
    kinds = Counter(case.name[:2] for case in cases)
    assert {"V1", "V2", "V3", "V6", "V7"} <= set(kinds)
    own = {kind: number for kind, number in kinds.items() if kind.startswith("X")}
    assert sum(own.values()) >= 40 and min(own[f"X{k}"] for k in range(1, 6)) >= 8
    assert {"V1", "V3", "V4", "V6a", "V6b", "V7"} <= {one.name.split()[0] for one in answers()}


@pytest.mark.docs
def test_the_page_lists_the_cases_as_they_are(cases: list[Case], page: str) -> None:
    """Docs: the same cases, outcomes, exact answers and futures, in the same order; else `make validation`."""
    assert f"`{version(cases)}`" in page, "the cases have changed: run make validation"
    rows = [(case, row) for case in cases for row in case.rows]
    lines = lines_of(page)
    listed = [(one.case, one.rule, one.outcome, one.futures) for one in lines]
    assert listed == [(case.name, case.rule, row.outcome, str(case.futures)) for case, row in rows]
    assert [float(one.exact) for one in lines] == pytest.approx([row.exact for _, row in rows], abs=DIGIT)


@pytest.mark.docs
def test_no_number_of_the_page_is_further_off_than_four_standard_errors(cases: list[Case], page: str) -> None:
    """Docs: every row holds, and its standard error is small enough to matter."""
    lines, rows = lines_of(page), [row for case in cases for row in case.rows]
    assert [one for one in lines if abs(float(one.error)) > FURTHEST] == []
    assert [one for one in lines if not told_truly(one)] == []
    assert [one for one, row in zip(lines, rows, strict=True) if float(one.se) > row.largest_error] == []


def told_truly(line: Line) -> bool:
    """Whether the error of a line is its distance over its standard error, as far as the digits go."""
    off, se = float(line.simulated) - float(line.exact), float(line.se)
    if se == 0.0:
        return abs(off) <= DIGIT
    return abs(float(line.error) * se - off) <= 2 * DIGIT + 0.01 * se + DIGIT * abs(float(line.error))


@pytest.mark.docs
def test_the_page_counts_a_hundred_thousand_pairs_without_a_break(page: str) -> None:
    """Docs: F3 inside its conditions; the pairs that break outside are counted by condition."""
    pairs, worse = kept(page)
    assert pairs >= 100_000 and worse == 0
    named = [row for row in page.splitlines() if row.startswith("| (")]
    assert {row[2:5] for row in named} == {"(a)", "(b)", "(c)", "(d)", "(e)", "(f)"}


@pytest.mark.docs
def test_one_command_runs_it() -> None:
    """Docs: the Makefile has the target, the README and the test names agree."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\nvalidation:" in makefile and "-m tests.validation" in makefile
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make validation" in readme and "docs/model/validation.md" in readme
