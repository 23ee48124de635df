"""`vallum runs`: the runs that are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from vallum.cli import options

RUN: Final = typer.Argument(metavar="RUN", help="Name of a kept run, or the beginning of it.")
EXAMPLES: Final = """Examples:\n
  vallum runs list\n
  vallum runs show 3f2a\n
  vallum runs export 3f2a out/winter\n
  vallum runs gc --keep 20
"""

app = typer.Typer(name="runs", help="List, show, open, export and forget runs that are kept.", epilog=EXAMPLES)
RunName = Annotated[str, RUN]


@app.command("list")
def list_runs(json: options.Json = False) -> None:
    """List the kept runs, the newest first."""
    from vallum import report  # help must not wait for the model
    from vallum.results import Store

    rows = Store().rows()
    typer.echo(report.runs_json(rows) if json else report.runs_text(rows), nl=not json)


@app.command()
def show(run: RunName, json: options.Json = False) -> None:
    """Print a kept run as `vallum run` printed it."""
    from vallum import campaign, report

    result, _ = campaign.reopened(run)
    typer.echo(report.json_text(result) if json else report.summary(result), nl=not json)


@app.command("open")
def open_run(run: RunName) -> None:
    """Write the report of a kept run, and open it in the browser."""
    from vallum import campaign, report
    from vallum.results import Store

    result, scenario = campaign.reopened(run)
    page = report.write(result, scenario, Store().reports(run)) / "report.html"
    typer.echo(str(page))
    typer.launch(page.as_uri())


@app.command()
def export(run: RunName, folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")]) -> None:
    """Write the report of a kept run, with its Parquet tables, into a folder."""
    from vallum import campaign, report
    from vallum.results import Store

    result, scenario = campaign.reopened(run)
    report.export(result, scenario, Store().place(run), folder)
    typer.echo(f"Written: {folder / 'report.html'}", err=True)


@app.command()
def rm(runs: Annotated[list[str], RUN], quiet: options.Quiet = False) -> None:
    """Forget runs."""
    from vallum.results import Store

    store = Store()
    for place in [store.place(name) for name in runs]:  # all names are looked up before any is forgotten
        store.remove(place.name)
        if not quiet:
            typer.echo(f"Forgotten: {place.name}", err=True)


@app.command()
def gc(
    keep: Annotated[int | None, typer.Option("--keep", min=0, help="Keep only so many of the newest.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
) -> None:
    """Forget runs that another version of the program made, and runs beyond the newest so many."""
    from vallum.results import Store

    store = Store()
    stale = list(store.stale(keep))
    if not stale:
        typer.echo("Nothing to forget.", err=True)
    for row in stale:
        if not dry_run:
            store.remove(row.id)
        typer.echo(f"{'Would forget' if dry_run else 'Forgotten'}: {row.id} {row.scenario}", err=True)
