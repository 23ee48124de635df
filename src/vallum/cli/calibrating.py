"""`vallum calibrate`: fit raids and reported shares to a record, lay them over a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from vallum.cli import options
from vallum.cli.recording import day

EXAMPLES: Final = """Examples:\n
  vallum calibrate --record ukraine --until 2025-12-07\n
  vallum calibrate --until 2025-12-07 --over winter-2025-26 --into fitted.yaml\n
  vallum run winter-2025-26 --package fitted.yaml
"""

Record = Annotated[
    str | None, typer.Option("--record", metavar="NAME", help="A kept record; the only one if not given.")
]


def calibrate(
    record: Record = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Use no row dated after it.")] = None,
    over: Annotated[
        str, typer.Option("--over", metavar="SCENARIO", help="Scenario that the fitted package is for.")
    ] = "winter-2025-26",
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FILE", help="Write the fitted package (YAML) here.")
    ] = None,
    link: Annotated[
        str,
        typer.Option("--link", metavar="SCENARIO", help="Scenario that reported shares are linked to; none: no link."),
    ] = "year-2025",
    sensitivity: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Chance that a stop is claimed (rule K1).")
    ] = 1.0,
    specificity: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Chance that a miss is rightly not claimed (rule K1).")
    ] = 1.0,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Fit raids and reported shares to the record; say what it identifies, and write it as a package."""
    from vallum import calibrate as room  # help must not wait for scipy
    from vallum import folders, report
    from vallum import record as records
    from vallum.report import calibrated
    from vallum.scenario import read

    given = records.load(record)
    linked = None if link == "none" else read(link)
    made = room.calibrate(given, day("--until", until) or given.last, linked, sensitivity, specificity)
    if into is not None:
        folders.put_file(into, room.package(made, read(over)), "give another file to --into")
    typer.echo(report.json_text(made) if json else calibrated.calibration_text(made), nl=not json)
    if into is not None and not quiet:
        typer.echo(f"Written: {into}; lay it over: vallum run {over} --package {into}", err=True)
