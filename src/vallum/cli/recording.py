"""`vallum record`: import the attack record, keep it, say what it says and what it cannot say."""

from __future__ import annotations

import json as encode
import textwrap
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from vallum.cli import options
from vallum.errors import RecordError

IMPORT_EXAMPLES: Final = """Examples:\n
  vallum record import missile_attacks_daily.csv\n
  vallum record import statements.csv --into gulf\n
  vallum record import other.csv --mapping other.yaml --into other
"""
SUMMARY_EXAMPLES: Final = """Examples:\n
  vallum record summary\n
  vallum record summary ukraine --until 2025-06-30 --out out/record
"""
SCHEMA: Final = 1

app = typer.Typer(
    name="record",
    help="The attack record: import it strictly, sum it up, list what is kept.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Name = Annotated[str | None, typer.Argument(metavar="[NAME]", help="A kept record; the only one if not given.")]
Regional = Annotated[bool, typer.Option("--regional", help="Add regional rows, which partly repeat national ones.")]
Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="Use no row dated after it.")]


@app.command("import", epilog=IMPORT_EXAMPLES)
def import_record(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The record as CSV, in any vintage.")],
    into: Annotated[str | None, typer.Option("--into", metavar="NAME", help="Name to keep it under.")] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", metavar="FILE", help="YAML: what the columns of another CSV are.")
    ] = None,
    families: Annotated[
        Path | None, typer.Option("--families", metavar="FILE", help="CSV of labels to add: label, family.")
    ] = None,
    leave_out: Annotated[
        list[str] | None, typer.Option("--leave-out", metavar="COLUMN", help="Leave out an unknown column; repeatable.")
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Read a record strictly and keep it: all or nothing, the former one stays as previous."""
    from vallum import record  # help must not wait for polars

    made = record.read(file, mapping, families, tuple(leave_out or ()))
    kept = record.keep(made, into)
    if json:
        changes = kept.changes.as_dict() if kept.changes else None
        about = {"kind": "record_import", "record": kept.name, "unchanged": kept.unchanged, "changes": changes}
        _print({**about, **made.reading.as_dict()})
    else:
        typer.echo(made.reading.text())
    for warning in _loud(made, kept):
        typer.echo(textwrap.fill(f"Look at this: {warning}", 100, subsequent_indent="  "), err=True)
    if not quiet:
        typer.echo(_kept(kept), err=True)


def _loud(made: Any, kept: Any) -> list[str]:
    """What is said even when the command is to be quiet: it may change what the record says."""
    changes = kept.changes.text() if kept.changes and kept.changes.loud else None
    return [*made.reading.warnings(), *([changes] if changes else [])]


def _kept(kept: Any) -> str:
    if kept.unchanged:
        return f"Kept as {kept.name!r} already: {kept.folder}; nothing was changed."
    former = f"; the former one is in {kept.previous}" if kept.previous else ""
    compared = f"{textwrap.fill(kept.changes.text(), 100)}\n" if kept.changes and not kept.changes.loud else ""
    return f"{compared}Kept as {kept.name!r}: {kept.folder}{former}\nNight table for replay and resample: {kept.nights}"


@app.command("summary", epilog=SUMMARY_EXAMPLES)
def summary(
    name: Name = None,
    until: Until = None,
    regional: Regional = False,
    months: Annotated[bool, typer.Option("--months", help="Print every month of every family.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write summary.json, summary.txt, tables/, charts/.")
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Reported interception shares with bands, regimes, raid sizes, lulls and waves of a record."""
    from vallum import record  # help must not wait for polars

    made = record.summarise(record.load(name), day("--until", until), regional)
    if out is not None:
        from vallum.report.recorded import write_recorded  # the text must not wait for the model and the charts

        write_recorded(made, out)
    if json:
        typer.echo(encode.dumps(made.as_dict(), indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False))
    else:
        typer.echo(record.summary_text(made, months))
    if out is not None and not quiet:
        typer.echo(f"Written: {out / 'summary.json'}", err=True)


@app.command("list")
def list_records(json: options.Json = False) -> None:
    """List the records that are kept on this machine."""
    from vallum import record  # help must not wait for polars

    known = record.listed()
    if json:
        _print({"kind": "records", "records": known})
        return
    if not known:
        typer.echo("No record is kept. Make one: vallum record import FILE")
    for one in known:
        beside = "".join(f"; {name}" for name in one["context"]) + ("; a previous one" if one["previous"] else "")
        typer.echo(
            f"{one['name']:<20} {one['rows']:>6,} rows, nights {one['first']} to {one['last']}, from "
            f"{one['source']['file']} (sha256 {one['source']['sha256'][:12]}){beside}"
        )


@app.command("context")
def context(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV of civilian casualties or of sirens.")],
    into: Annotated[str | None, typer.Option("--into", metavar="NAME", help="Record to keep it beside.")] = None,
    json: options.Json = False,
) -> None:
    """Keep a series of civilian casualties or sirens beside a record: shown as context, never modelled."""
    from vallum import record  # help must not wait for polars

    made = record.add_context(file, into)
    if json:
        _print({"kind": "record_context", "context": made.as_dict()})
    else:
        typer.echo(f"Kept as context, never modelled: {made.title.lower()}, {len(made.rows):,} rows; {made.caveat}")


def day(option: str, text: str | None) -> date | None:
    """Read the date of an option. Raises RecordError where it is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RecordError(f"{option} {text}: not a date; write YYYY-MM-DD") from None


def _print(made: dict[str, Any]) -> None:
    typer.echo(encode.dumps({"schema": SCHEMA, **made}, indent=1, sort_keys=True, ensure_ascii=False))
