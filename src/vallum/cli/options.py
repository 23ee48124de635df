"""Options that every command shares, read in one way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from vallum.errors import ScenarioError


class Interrupted(Exception):  # noqa: N818 - no error
    """The user interrupted a command; the text says what is kept."""


ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="A packaged scenario, or a YAML file.")]
Packages = Annotated[
    list[str] | None,
    typer.Option("--package", "-p", metavar="P", help="Lay a package over the scenario; repeatable, in order."),
]
Changes = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="PATH=VALUE", help="Change one value by its dotted path; repeatable."),
]
Futures = Annotated[int, typer.Option("--futures", "-n", min=1, max=1_000_000, help="Futures to fight.")]
Lucks = Annotated[
    int, typer.Option("--lucks", min=1, max=100_000, help="Futures in a row that share one world, with other dice.")
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of all dice.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Use only claims dated on or before it (YYYY-MM-DD)."),
]
Threads = Annotated[int | None, typer.Option("--threads", min=1, max=1024, help="Threads; default: all cores.")]
On = Annotated[
    str,
    typer.Option("--on", metavar="PLACE", help="Where to run: threads, processes or dask://HOST:PORT."),
]
Block = Annotated[int | None, typer.Option("--block", min=1, max=100_000, help="Futures in a block of work, at most.")]
Json = Annotated[bool, typer.Option("--json", help="Print only JSON on standard output.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes on standard error.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Write report.html, result.json, scenario.yaml, tables.xlsx, tables/."),
]


def as_of_date(text: str | None) -> date | None:
    """Read the date of --as-of. Raises ScenarioError where it is none."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ScenarioError(f"--as-of {text}: not a date; write YYYY-MM-DD") from None


def read_scenario(name: str, packages: Sequence[str] | None, changes: Sequence[str] | None) -> Any:
    """Read a scenario with its packages and changes."""
    from vallum.scenario import parse_change, read  # help must not wait for the schema

    made = dict(parse_change(change) for change in changes or ())
    return read(name, tuple(packages or ()), made)
