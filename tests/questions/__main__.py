"""Ask every stock problem with a hundred seeds and write the table of docs/questions/size.md."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.questions.seeds import SEEDS, run

PAGE = Path(__file__).parents[2] / "docs" / "questions" / "size.md"
FIRST, LAST = "<!-- table: python -m tests.questions -->", "<!-- end of table -->"
HEAD = (
    "problem", "by `vallum.exact`", "exact answer", "below / above the goal", "asked for", "seeds",
    "that answer", "bracketing pair", "truth in the interval", "futures, mean",
)  # fmt: skip


def main() -> int:
    """Return 1 if a problem does not hold, after the page is written."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS
    lines, off = [], []
    for one in run(seeds):
        print(one.line, flush=True)
        lines.append(one.line)
        off += [] if one.holds else [one.problem.name]
    PAGE.write_text(tabled(PAGE.read_text(encoding="utf-8"), lines), encoding="utf-8")
    print(*(f"does not hold: {name}" for name in off), sep="\n", file=sys.stderr, end="\n" if off else "")
    return int(bool(off))


def tabled(page: str, lines: Sequence[str]) -> str:
    """The page with these lines as its table."""
    before, rest = page.split(FIRST)
    head = [f"| {' | '.join(HEAD)} |", "|" + "---|" * len(HEAD)]
    return "\n".join([before + FIRST, "", *head, *lines, "", LAST + rest.split(LAST)[1]])


if __name__ == "__main__":
    sys.exit(main())
