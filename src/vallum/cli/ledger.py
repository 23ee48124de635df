"""`vallum ledger`: aid by stage and donor, and what a stated total could mean."""

from __future__ import annotations

import json as encode
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from vallum.cli import options
from vallum.errors import EvidenceError, ScenarioError

EXAMPLES: Final = """Examples:\n
  vallum ledger reconcile\n
  vallum ledger reconcile F008 --all\n
  vallum ledger import aid_kiel\n
  vallum ledger by-donor --eu members
"""
SCHEMA: Final = 1

app = typer.Typer(
    name="ledger",
    help="Aid by stage and donor, and what a stated total could mean.",
    epilog=EXAMPLES,
    no_args_is_help=True,
    rich_markup_mode=None,
)

Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Running totals to this day.")]
Packaged = Annotated[bool, typer.Option("--packaged", help="Leave out the tracker, also where it is kept.")]


@app.command()
def totals(
    until: Until = None, as_of: options.AsOf = None, packaged: Packaged = False, json: options.Json = False
) -> None:
    """Running totals by stage and kind: cited figures, and the tracker's where it is kept."""
    from vallum import ledger, report  # help must not wait for the evidence

    tracker = None if packaged else ledger.kept()
    rows = ledger.totals(ledger.load(options.as_of_date(as_of)), tracker, _day(until))
    if json:
        _print(report.ledger_rows_json("ledger_totals", rows, tracker))
    else:
        typer.echo(report.ledger_totals_text(rows, tracker))


@app.command("by-donor")
def by_donor(
    until: Until = None,
    eu: Annotated[
        str, typer.Option("--eu", metavar="WAY", help="The EU's aid: `institutions` (a donor), or `members` (divided).")
    ] = "institutions",
    json: options.Json = False,
) -> None:
    """What each donor allocated; needs the tracker. The EU's aid is counted once, in one of two ways."""
    from vallum import ledger, report  # help must not wait for the evidence

    if eu not in ("institutions", "members"):
        raise EvidenceError(f"--eu {eu}: allowed are institutions, members")
    tracker = ledger.kept()
    if tracker is None:
        raise EvidenceError("no release of the tracker is kept; import one: vallum ledger import FOLDER")
    if eu == "members" and until is not None:
        raise EvidenceError("--until with --eu members: the shares are of the whole release; leave out one of them")
    rows = ledger.by_donor(ledger.load(), tracker, _day(until), eu)
    if json:
        _print(report.ledger_rows_json("ledger_by_donor", rows, tracker, eu=eu))
    else:
        typer.echo(report.ledger_donors_text(rows, tracker, eu))


@app.command()
def reconcile(
    claims: Annotated[
        list[str] | None,
        typer.Argument(metavar="CLAIM...", help="Stated totals by claim; default 320 = 120 + 200, 67 + 31.5."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List also what is far from the stated total.")] = False,
    as_of: options.AsOf = None,
    packaged: Packaged = False,
    json: options.Json = False,
) -> None:
    """What a stated total could mean: its arithmetic, what is cited beside it, the gap, the definitions."""
    from vallum import ledger, report  # help must not wait for the evidence

    book = ledger.load(options.as_of_date(as_of))
    tracker = None if packaged else ledger.kept()
    made = ledger.reconcile(book, tuple(claims or ()) or ledger.SEED, tracker)
    if json:
        _print(report.ledger_reconciled_json(made, tracker))
    else:
        typer.echo(report.ledger_reconciled_text(book, made, tracker, every))


@app.command("import")
def import_tracker(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The release files of the Ukraine Support Tracker.")],
    json: options.Json = False,
) -> None:
    """Read a release of the tracker strictly and keep it on this machine, in the place of an earlier one."""
    from vallum import ledger, report  # help must not wait for the evidence

    made = ledger.read(folder)
    kept = ledger.keep(made)
    if json:
        _print({"kind": "ledger_import", "release": made.release, "donors": len(made.donors), "rows": len(made.months)})
    else:
        typer.echo(report.ledger_imported_text(made, kept))


def _day(text: str | None) -> Any:
    try:
        return options.as_of_date(text)
    except ScenarioError:
        raise EvidenceError(f"--until {text}: not a date; write YYYY-MM-DD") from None


def _print(made: dict[str, Any]) -> None:
    typer.echo(encode.dumps({"schema": SCHEMA, **made}, indent=1, sort_keys=True, ensure_ascii=False))
