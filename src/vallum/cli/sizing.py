"""`vallum size`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from vallum.cli import options
from vallum.cli.running import Progress
from vallum.errors import RunError

EXAMPLES: Final = """Examples:\n
  vallum size winter-2025-26 --vary choices.batteries.patriot --range 4:40
    --standard "stopped_share[ballistic] >= 0.7" --confidence 0.8\n
  vallum size winter-2025-26 --vary interceptors_a_month --range 0:400 --standard "first_empty_country never"\n
  vallum size winter-2025-26 --vary choices.batteries.patriot --range 4:24 --vary interceptors_a_month --range 0:400
    --standard "stopped_share[ballistic] >= 0.3"\n
  vallum size three-years --package licence --vary choices.supply.patriot_licence.signed
    --range 2025-11-01:2026-10-31 --standard "stopped_share[ballistic] >= 0.2"
"""

Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary", metavar="PATH", help="A number or date of the defence, or interceptors_a_month; once or twice."
    ),
]
Ranges = Annotated[list[str] | None, typer.Option("--range", metavar="LO:HI", help="Its range; one for each --vary.")]
Standards = Annotated[
    list[str] | None,
    typer.Option(
        "--standard", metavar="TEXT", help='"OUTCOME >= NUMBER" or "OUTCOME never"; default: the usual three.'
    ),
]
Confidence = Annotated[
    float | None,
    typer.Option("--confidence", metavar="SHARE", help="Share of futures that must meet it.  [default: 0.8]"),
]
TellApart = Annotated[
    float | None,
    typer.Option(
        "--tell-apart",
        metavar="SHARE",
        help="A share nearer to the confidence is too close to call.  [default: 0.005; of more than 100 days 0.03; "
        "of two variables 0.05]",
    ),
]
Step = Annotated[float | None, typer.Option("--step", help="Between values; default 1, or 1/200 of a range of reals.")]
Most = Annotated[
    bool | None, typer.Option("--latest/--least", help="Seek the largest or the least value; default: dates latest.")
]
Needs = Annotated[
    bool | None,
    typer.Option("--rounds/--no-rounds", help="Also: interceptors a month for the answer; default where systems vary."),
]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Write report.html, size.txt, .csv, .svg, .json.")
]


def size(
    scenario: options.ScenarioName,
    vary: Vary = None,
    between: Ranges = None,
    standard: Standards = None,
    confidence: Confidence = None,
    tell_apart: TellApart = None,
    step: Step = None,
    latest: Most = None,
    rounds: Needs = None,
    package: options.Packages = None,
    change: options.Changes = None,
    seed: options.Seed = 0,
    as_of: options.AsOf = None,
    threads: options.Threads = None,
    out: Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Find the least value that meets a standard: how many systems, how many interceptors a month, how late a date."""
    paths, ranges = vary or [], between or []
    if len(set(paths)) != len(paths):
        raise RunError(f"--vary {paths[0]} is given twice; vary another path with it, or only one")
    if not paths or len(paths) != len(ranges):
        raise RunError("give each --vary PATH its --range LO:HI, such as --vary choices.batteries.patriot --range 4:40")
    known = options.as_of_date(as_of)
    asked = options.read_scenario(scenario, package, change)
    from vallum import report, sizing  # help must not wait for the model

    if out is not None:
        report.refuse_foreign_sized(out)
    wanted = {path: sizing.ranged(told) for path, told in zip(paths, ranges, strict=True)}
    with Progress(quiet) as progress:
        progress.say_if_compiling()
        made = sizing.size(
            asked, wanted, None, standard or (), confidence, seed, known, threads, tell_apart, step, latest, rounds,
            progress=progress.tell,
        )  # fmt: skip
    typer.echo(report.json_text(made) if json else str(made), nl=not json)
    if out is not None:
        report.write_sized(made, out)
        if not quiet:
            typer.echo(f"Written: {out / 'report.html'}", err=True)
