"""`vallum place`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from vallum.cli import options
from vallum.cli.running import Progress

EXAMPLES: Final = """Examples:\n
  vallum place winter-2025-26 --system patriot --count 20\n
  vallum place winter-2025-26 --system patriot --count 12 --forbid "Chernihiv" --per-site 2 --out out/place\n
  vallum place gulf-2026 --system patriot --count 5 --system thaad --count 2
"""

Systems = Annotated[list[str], typer.Option("--system", metavar="NAME", help="System type to place; repeatable.")]
Counts = Annotated[list[int], typer.Option("--count", metavar="N", help="How many; one for each --system, in order.")]
Sites = Annotated[
    Path | None,
    typer.Option("--sites", metavar="FILE", help="Candidate sites: CSV (name, lat, lon) or GeoJSON points."),
]
Fixed = Annotated[
    list[str] | None,
    typer.Option(
        "--fixed", metavar="SITE", help="One system stands here in any plan: SITE or SYSTEM@SITE; repeatable."
    ),
]
Forbid = Annotated[list[str] | None, typer.Option("--forbid", metavar="SITE", help="None stands here; repeatable.")]
PerSite = Annotated[int | None, typer.Option("--per-site", min=1, help="Systems of a type at one site, at most.")]
Futures = Annotated[int, typer.Option("--futures", "-n", min=1, max=100_000, help="Futures to fight each plan in.")]
Seconds = Annotated[float, typer.Option("--seconds", min=1.0, help="Time for each model; the gap is told either way.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Write report.html, place.txt, .csv, .json and the figures."),
]


def place(
    scenario: options.ScenarioName,
    system: Systems,
    count: Counts,
    sites: Sites = None,
    fixed: Fixed = None,
    forbid: Forbid = None,
    per_site: PerSite = None,
    seconds: Seconds = 60.0,
    package: options.Packages = None,
    change: options.Changes = None,
    futures: Futures = 500,
    seed: options.Seed = 0,
    as_of: options.AsOf = None,
    threads: options.Threads = None,
    block: options.Block = None,
    on: options.On = "threads",
    out: Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Say where N systems would stand: hypothetical sites, a proven gap, and a fight beside simpler plans."""
    known = options.as_of_date(as_of)
    asked = options.read_scenario(scenario, package, change)
    from vallum import basing, report  # help must not wait for the model

    if out is not None:
        report.refuse_foreign_placed(out)
    with Progress(quiet) as progress:
        progress.say_if_compiling()
        made = basing.place(
            asked, system, count, sites=sites, fixed=tuple(fixed or ()), forbid=tuple(forbid or ()), per_site=per_site,
            futures=futures, seed=seed, as_of=known, threads=threads, block=block, on=on, seconds=seconds,
            progress=progress.tell,
        )  # fmt: skip
    typer.echo(report.json_text(made) if json else report.placed(made), nl=not json)
    if out is not None:
        report.write_placed(made, out)
        if not quiet:
            typer.echo(f"Written: {out / 'report.html'}", err=True)
