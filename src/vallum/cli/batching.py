"""`vallum batch`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from vallum.cli import options
from vallum.cli.running import Progress
from vallum.errors import RunError

EXAMPLES: Final = """Examples:\n
  vallum batch table.csv --scenario winter-2025-26 --out out/batch\n
  vallum batch --scenario winter-2025-26 --design lhs --rows 200 --vary choices.batteries.patriot=4:20\n
    --vary uncertain.p_kill_ballistic=0.3:0.7 --out out/lhs\n
  vallum batch --scenario eight-and-none --design factorial --vary choices.stock.patriot_round=0,8,16 --dry-run
"""

Table = Annotated[
    Path | None,
    typer.Argument(metavar="TABLE", help="CSV or .xlsx: a row a variant, dotted paths as columns; name, packages."),
]
Base = Annotated[str, typer.Option("--scenario", metavar="SCENARIO", help="What every row starts from.")]
Design = Annotated[str | None, typer.Option("--design", metavar="NAME", help="Make the rows: lhs, sobol or factorial.")]
Vary = Annotated[
    list[str] | None, typer.Option("--vary", metavar="PATH=LOW:HIGH", help="A range, or values A,B,C; repeatable.")
]
Rows = Annotated[int | None, typer.Option("--rows", min=1, help="Rows of lhs and sobol.")]
Outcomes = Annotated[
    list[str] | None, typer.Option("--outcome", metavar="NAME", help='Only these, such as "leakers[ballistic]".')
]
Dry = Annotated[bool, typer.Option("--dry-run", help="Check all rows, say how long it will take, and stop.")]
Out = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder of the batch; needed unless --dry-run.")]
Futures = Annotated[int, typer.Option("--futures", "-n", min=1, max=1_000_000, help="Futures of each row.")]


def batch(
    table: Table = None,
    scenario: Base = "winter-2025-26",
    design: Design = None,
    vary: Vary = None,
    rows: Rows = None,
    outcome: Outcomes = None,
    package: options.Packages = None,
    change: options.Changes = None,
    futures: Futures = 100,
    seed: options.Seed = 0,
    as_of: options.AsOf = None,
    threads: options.Threads = None,
    on: options.On = "processes",
    dry_run: Dry = False,
    out: Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Fight many variants of a scenario: a table of them, or a design. A batch that was killed goes on."""
    if (table is None) == (design is None):
        raise RunError("give either a TABLE or --design lhs|sobol|factorial")
    if out is None and not dry_run:
        raise RunError("say where the rows are kept: --out DIR (or only --dry-run)")
    known = options.as_of_date(as_of)
    base = options.read_scenario(scenario, package, change)
    from vallum import batch as batches  # help must not wait for the model
    from vallum import report

    ranges = [batches.spread(text) for text in vary or ()]
    variants = batches.read(table) if table is not None else batches.designed(base, str(design), ranges, rows, seed)
    wanted = tuple(outcome or ())
    with Progress(quiet) as progress:
        progress.say_if_compiling()
        expected = batches.estimate(base, variants, futures, seed, known, wanted, threads, progress=progress.tell)
        if dry_run or not quiet:
            typer.echo(report.batch_estimate(expected), err=not dry_run)
        if dry_run or out is None:
            return
        try:
            made = batches.batch(base, variants, out, futures, seed, known, wanted, on, threads, progress=progress.tell)
        except KeyboardInterrupt:
            raise options.Interrupted("what is done is kept, run the same again to go on") from None
    report.write_workbook(made, base, variants, futures, seed, known)
    typer.echo(report.batch_json(made) if json else report.batch_text(made), nl=not json)
