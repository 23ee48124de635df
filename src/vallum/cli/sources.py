"""`vallum evidence`: what is claimed, what uses it, where sources disagree, and whether every number has a source."""

from __future__ import annotations

import json as encode
from typing import Annotated, Any, Final

import typer

from vallum.cli import options
from vallum.cli.running import Progress
from vallum.errors import EvidenceError

EXAMPLES: Final = """Examples:\n
  vallum evidence check\n
  vallum evidence show F251\n
  vallum evidence used-by patriot_radius_ballistic\n
  vallum evidence conflicts --effect winter-2025-26
"""
SCHEMA: Final = 1
#: The scenario whose spread `check` splits.
DEMO: Final = "winter-2025-26"
FAILED: Final = 1

app = typer.Typer(
    name="evidence",
    help="Claims and their sources: list, show, check, find what uses them and where they disagree.",
    epilog=EXAMPLES,
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("list")
def list_evidence(
    what: Annotated[str, typer.Argument(metavar="WHAT", help="claims, sources, parameters or groups.")] = "claims",
    topic: Annotated[str | None, typer.Option("--topic", metavar="T", help="Only claims of this topic.")] = None,
    search: Annotated[str | None, typer.Option("--search", metavar="TEXT", help="Only rows with this text.")] = None,
    as_of: options.AsOf = None,
    json: options.Json = False,
) -> None:
    """List claims, sources, parameters or groups; your own accepted claims beside the packaged ones."""
    from vallum import report  # help must not wait for the evidence

    rows = report.evidence_list(_evidence(as_of), what, topic, search)
    if json:
        _print({"kind": "evidence_list", "what": what, "rows": rows})
    else:
        typer.echo(report.evidence_list_text(what, rows))


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="A claim, a parameter, a source or a group.")],
    as_of: options.AsOf = None,
    json: options.Json = False,
) -> None:
    """Show one claim, parameter, source or group with all that hangs on it."""
    from vallum import report  # help must not wait for the evidence

    made = report.evidence_show(_evidence(as_of), name)
    if json:
        _print({"kind": "evidence_show", **made})
    else:
        typer.echo(report.evidence_show_text(made))


@app.command()
def check(
    no_run: Annotated[bool, typer.Option("--no-run", help="Only check: run nothing.")] = False,
    futures: options.Futures = 1_000,
    seed: options.Seed = 0,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Check that every number has a source, and say how much of the demo's spread rests on assumptions.

    Exit 1 if anything is wrong.
    """
    from vallum import read, report  # help must not wait for the evidence
    from vallum.campaign.assumed import assumed

    evidence, problems = _all_problems()
    if evidence is None:
        _print({"kind": "evidence_check", "problems": list(problems)}) if json else typer.echo("\n".join(problems))
        raise typer.Exit(FAILED)
    made = None
    if not no_run and not problems:
        with Progress(quiet) as progress:
            progress.say_if_compiling()
            made = assumed(read(DEMO), futures, seed, progress=progress.tell)
    found = _checked(evidence, problems, made)
    if json:
        _print(found.as_dict())
    else:
        typer.echo(report.checked_text(found))
    if problems:
        raise typer.Exit(FAILED)


@app.command("used-by")
def used_by(
    name: Annotated[str, typer.Argument(metavar="PARAM", help="A parameter, or a claim.")],
    json: options.Json = False,
) -> None:
    """Say which parameters, ledger figures and packaged scenarios use a parameter or a claim, and where."""
    from vallum import report  # help must not wait for the evidence

    found = report.used_by(_evidence(None), name)
    if json:
        _print({"kind": "evidence_used_by", "name": name, "used_by": found})
    else:
        typer.echo(report.used_by_text(name, found))


@app.command()
def conflicts(
    only: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Only these, by the name in brackets; default all.")
    ] = None,
    effect: Annotated[
        str | None,
        typer.Option("--effect", metavar="SCENARIO", help="Run it once for each side believed, in the same futures."),
    ] = None,
    package: options.Packages = None,
    futures: options.Futures = 1_000,
    seed: options.Seed = 0,
    as_of: options.AsOf = None,
    threads: options.Threads = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Quantities on which independent sources disagree, how far, and how an answer moves with what one believes."""
    from vallum import evidence, report  # help must not wait for the evidence

    known = options.as_of_date(as_of)
    asked = None if effect is None else options.read_scenario(effect, package, None)
    found = _chosen(evidence.conflicts(_evidence(as_of)), only)
    moved: Any = ()
    if asked is not None:
        from vallum.campaign.believing import effects

        with Progress(quiet) as progress:
            progress.say_if_compiling()
            moved = effects(asked, found, futures, seed, known, threads, progress.tell)
    if json:
        _print({"kind": "evidence_conflicts", "scenario": effect, "conflicts": report.conflicts_json(found, moved)})
    else:
        typer.echo(report.conflicts_text(found, moved, effect or ""))


def _chosen(found: Any, only: list[str] | None) -> Any:
    if not only:
        return found
    names = {one.id: one for one in found}
    unknown = [name for name in only if name not in names]
    if unknown:
        from vallum.evidence.words import nearest

        raise EvidenceError(f"there is no conflict {name!r}{nearest(name, names)}" for name in unknown)
    return tuple(names[name] for name in only)


def _evidence(as_of: str | None) -> Any:
    from vallum import evidence

    day = options.as_of_date(as_of)
    return evidence.beside() if day is None else evidence.beside().at(day)


def _all_problems() -> tuple[Any, tuple[str, ...]]:
    """The evidence, None where it cannot be read; and all that is wrong with it, with the ledger, with scenarios."""
    from vallum import evidence, ledger
    from vallum.evidence.conflicts import problems as of_disputes
    from vallum.scenario import sourcing

    try:
        everything = packaged = evidence.load()
        found = evidence.check(packaged)
    except EvidenceError as error:
        return None, error.problems
    own: list[str] = []
    try:
        everything = evidence.beside()
    except EvidenceError as error:
        own = list(error.problems)
    units = evidence.units.disagreements(packaged.units.values())
    scenarios = sourcing.tally().unsourced
    return everything, (
        *found, *of_disputes(packaged), *units, *ledger.problems(), *scenarios, *own,
    )  # fmt: skip


def _checked(everything: Any, problems: tuple[str, ...], made: Any) -> Any:
    from vallum import evidence, report
    from vallum.scenario import sourcing

    library = evidence.units.library()
    return report.Checked(everything, sourcing.tally(), evidence.conflicts(everything), problems, library, made, DEMO)


def _print(made: dict[str, Any]) -> None:
    typer.echo(encode.dumps({"schema": SCHEMA, **made}, indent=1, sort_keys=True, ensure_ascii=False))
