"""Ask stock problems with a hundred seeds and write their rows into the table of docs/questions/size.md.

`python -m tests.questions` asks all of them, `python -m tests.questions 100 0 3` those two; other rows stay.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from tests.questions.seeds import SEEDS, run
from tests.questions.stock_problems import problems

PAGE = Path(__file__).parents[2] / "docs" / "questions" / "size.md"
FIRST, LAST = "<!-- table: python -m tests.questions -->", "<!-- end of table -->"
HEAD = (
    "problem", "by `vallum.exact`", "exact answer", "below / above the goal", "asked for", "seeds",
    "that answer", "bracketing pair", "truth in the interval", "futures, mean",
)  # fmt: skip


def main() -> int:
    """Return 1 if a problem does not hold, after the page is written."""
    numbers = [int(told) for told in sys.argv[1:]]
    seeds, places = (numbers[0], numbers[1:]) if numbers else (SEEDS, [])
    lines: dict[str, str] = {}
    off: list[str] = []
    for one in run(seeds, places or range(len(problems()))):
        print(one.line, flush=True)
        lines[one.problem.name] = one.line
        off += [] if one.holds else [one.problem.name]
    PAGE.write_text(tabled(PAGE.read_text(encoding="utf-8"), lines), encoding="utf-8")
    print(*(f"does not hold: {name}" for name in off), sep="\n", file=sys.stderr, end="\n" if off else "")
    return int(bool(off))


def tabled(page: str, lines: Mapping[str, str]) -> str:
    """The page with these rows in its table, by the name of the problem; other rows stay as they are."""
    before, rest = page.split(FIRST)
    table, after = rest.split(LAST)
    kept = {line.split("|")[1].strip(): line for line in table.splitlines() if line.startswith("|")}
    rows = {**kept, **lines}
    known = [rows[one.name] for one in problems() if one.name in rows]
    head = [f"| {' | '.join(HEAD)} |", "|" + "---|" * len(HEAD)]
    return "\n".join([before + FIRST, "", *head, *known, "", LAST + after])


if __name__ == "__main__":
    sys.exit(main())
