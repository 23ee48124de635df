"""Score the reader of articles on the two halves of the measuring set and write the table of
docs/questions/articles.md.

    python scripts/make_article_scores.py

What stands outside the two marks in the page is written by hand and kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from vallum.articles import benchmark
from vallum.report.read import score_table

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "questions" / "articles.md"
BEGIN: Final = "<!-- made by scripts/make_article_scores.py: begin -->"
END: Final = "<!-- made by scripts/make_article_scores.py: end -->"
HALVES: Final = ("open", "sealed")


def table() -> str:
    """The table of the page."""
    return score_table({half: benchmark(ROOT / "tests" / "articles" / half) for half in HALVES})


def main() -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
