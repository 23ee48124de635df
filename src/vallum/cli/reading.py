"""`vallum evidence read`, `accept` and `benchmark`: articles into claims that a person reviews."""

from __future__ import annotations

import json as encode
import shutil
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from vallum.cli import options
from vallum.errors import ArticleError

READ_EXAMPLES: Final = """Examples:\n
  vallum evidence read article.txt\n
  vallum evidence read story.html paper.pdf --out claims.csv\n
  vallum evidence read article.txt --date 2025-07-04 --json
"""
ACCEPT_EXAMPLES: Final = """Example:\n
  vallum evidence accept claims.csv
"""
BENCHMARK_EXAMPLES: Final = """Examples:\n
  vallum evidence benchmark my-articles\n
  vallum evidence benchmark my-articles --misses
"""

Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Articles: text, HTML or PDF.")]


def read(
    files: Files,
    published: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="Day of the articles, where they do not say it.")
    ] = None,
    outlet: Annotated[
        str, typer.Option("--outlet", metavar="NAME", help="Outlet of the articles, where they do not say it.")
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="TABLE", help="Write the table to review as a new CSV file.")
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Read articles into candidate claims to review: how much, of what, who said it, when, in which sentence."""
    from vallum import articles  # help must not wait for the rules
    from vallum.report import read as wording

    made = articles.read(files, _day(published), outlet)
    if json:
        typer.echo(wording.reading_json(made))
    elif out is None:
        typer.echo(wording.reading_text(made, shutil.get_terminal_size().columns))
    if out is not None:
        wording.write_review(made, out)
        if not quiet:
            typer.echo(
                f"Written: {out}, {len(made.claims)} rows. Write yes in the column keep, then: vallum evidence "
                f"accept {out}",
                err=True,
            )


def accept(
    file: Annotated[
        Path, typer.Argument(metavar="TABLE", help="A table of `evidence read --out`, with yes in the column keep.")
    ],
    json: options.Json = False,
) -> None:
    """Write the reviewed claims into your own evidence, VALLUM_HOME/evidence; never into the packaged one."""
    from vallum import articles  # help must not wait for the rules
    from vallum.report import read as wording

    made = articles.accept(file)
    if json:
        told = {
            "schema": 1,
            "kind": "evidence_accept",
            "claims": list(made.claims),
            "known": made.known,
            "left": made.left,
            "folder": str(made.folder),
        }
        typer.echo(encode.dumps(told, indent=1))
    else:
        typer.echo(wording.accepted_text(made))


def benchmark(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Articles with labels*.jsonl beside them.")],
    misses: Annotated[bool, typer.Option("--misses", help="List everything that was read wrong.")] = False,
    json: options.Json = False,
) -> None:
    """Score the reader on labelled articles: quantities, units, speakers, dates, stories, with intervals."""
    from vallum import articles  # help must not wait for the rules
    from vallum.report import read as wording

    made = articles.benchmark(folder)
    typer.echo(encode.dumps(made.as_dict(), indent=1, ensure_ascii=False) if json else wording.score_text(made, misses))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArticleError(f"--date {text}: not a date; write YYYY-MM-DD") from None
