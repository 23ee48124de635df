"""`vallum compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from vallum.cli import options
from vallum.cli.running import Progress

EXAMPLES: Final = """Examples:\n
  vallum compare winter-2025-26 twenty-systems licence pause-30-days\n
  vallum compare winter-2025-26 us-backstop --standard "dry_nights[ballistic] <= 5" --out out/backstop\n
  vallum compare three-years twenty-systems+licence licence --outcome "leakers[ballistic]" --outcome cost_systems
"""

Base = Annotated[str, typer.Argument(metavar="BASE", help="A packaged scenario, or a YAML file.")]
Packages = Annotated[
    list[str], typer.Argument(metavar="PACKAGE...", help="Packages beside it; A+B lays two over the base together.")
]
Outcomes = Annotated[
    list[str] | None,
    typer.Option("--outcome", metavar="NAME", help="Rows of the score card; criteria rest on the first."),
]
Standards = Annotated[
    list[str] | None,
    typer.Option(
        "--standard", metavar="TEXT", help='"OUTCOME >= NUMBER" or "OUTCOME never"; default: the usual three.'
    ),
]
Parts = Annotated[
    bool, typer.Option("--parts/--no-parts", help="Take effects apart and look for break-evens: more runs.")
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Write report.html, compare.txt, .csv, .svg, .json."),
]


def compare(
    base: Base,
    packages: Packages,
    outcome: Outcomes = None,
    standard: Standards = None,
    parts: Parts = True,
    laid: options.Packages = None,
    change: options.Changes = None,
    futures: options.Futures = 2_000,
    seed: options.Seed = 0,
    as_of: options.AsOf = None,
    threads: options.Threads = None,
    block: options.Block = None,
    on: options.On = "threads",
    out: Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Set packages beside a base in the same futures: what differs, by how much, and when each fails."""
    known = options.as_of_date(as_of)
    asked = options.read_scenario(base, laid, change)
    from vallum import report  # help must not wait for the model
    from vallum.comparison import compare as asked_for

    if out is not None:
        report.refuse_foreign_compared(out)
    with Progress(quiet) as progress:
        progress.say_if_compiling()
        made = asked_for(
            asked, *packages, outcome=tuple(outcome or ()), standard=tuple(standard or ()), futures=futures, seed=seed,
            as_of=known, threads=threads, block=block, on=on, attribute=parts, progress=progress.tell,
        )  # fmt: skip
    typer.echo(report.json_text(made) if json else report.compared(made), nl=not json)
    if out is not None:
        report.write_compared(made, out)
        if not quiet:
            typer.echo(f"Written: {out / 'report.html'}", err=True)
