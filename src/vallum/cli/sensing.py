"""`vallum sensitivity`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from vallum.cli import options
from vallum.cli.running import Progress

EXAMPLES: Final = """Examples:\n
  vallum sensitivity winter-2025-26\n
  vallum sensitivity winter-2025-26 --outcome "dry_nights[ballistic]" --out out/drivers\n
  vallum sensitivity winter-2025-26 --between twenty-systems --between us-backstop --points 512
"""

Outcome = Annotated[
    str | None,
    typer.Option(
        "--outcome", metavar="NAME", help='What is to be explained; default "leakers[CLASS]" of the main class.'
    ),
]
Between = Annotated[
    list[str] | None,
    typer.Option(
        "--between", metavar="P", help="Packages to choose between: two, or one against the scenario as it is."
    ),
]
Points = Annotated[int, typer.Option("--points", min=8, max=65_536, help="Base points of the shares, a power of two.")]
Lucks = Annotated[int, typer.Option("--lucks", min=2, max=10_000, help="Lucks over which each point is averaged.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Write report.html, sensitivity.txt, .svg, .json, drivers.csv, claims.csv."
    ),
]


def sensitivity(
    scenario: options.ScenarioName,
    outcome: Outcome = None,
    between: Between = None,
    points: Points = 256,
    lucks: Lucks = 16,
    package: options.Packages = None,
    change: options.Changes = None,
    futures: options.Futures = 2_000,
    seed: options.Seed = 0,
    as_of: options.AsOf = None,
    threads: options.Threads = None,
    out: Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Say what drives an outcome: which number, which source, and which fact would change a choice."""
    known = options.as_of_date(as_of)
    asked = options.read_scenario(scenario, package, change)
    from vallum import report  # help must not wait for the model
    from vallum.drivers import effort
    from vallum.drivers import sensitivity as asked_for

    if out is not None:
        report.refuse_foreign_sensed(out)
    with Progress(quiet) as progress:
        progress.say_if_compiling()
        if not quiet:
            takes = effort(asked, between or (), points, lucks, futures, seed, known, threads)
            typer.echo(report.effort_told(takes), err=True)
        made = asked_for(
            asked, outcome, between or (), points, lucks, futures, seed, known, threads, progress=progress.tell
        )
    typer.echo(report.json_text(made) if json else str(made), nl=not json)
    if out is not None:
        report.write_sensed(made, out)
        if not quiet:
            typer.echo(f"Written: {out / 'report.html'}", err=True)
