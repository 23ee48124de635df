"""`vallum scenarios`, `show`, `check` and `schema`: look before running."""

from __future__ import annotations

import json as encode
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from vallum.cli import options
from vallum.errors import ScenarioError

SHOW_EXAMPLES: Final = """Examples:\n
  vallum show winter-2025-26\n
  vallum show winter-2025-26 --package twenty-systems --paths\n
  vallum show winter-2025-26 --package pause-30-days --supply --out out/supply
"""
CHECK_EXAMPLES: Final = """Examples:\n
  vallum check my-winter.yaml\n
  vallum check winter-2025-26
"""
SCHEMA: Final = 1
Futures = Annotated[
    int | None,
    typer.Option("--futures", "-n", min=1, max=100_000, help="With --supply: futures to draw; default 2,000."),
]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="With --supply: seed of all dice; default 0.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="With --supply: write supply.csv, supply.svg and supply.png."),
]


def scenarios(json: options.Json = False) -> None:
    """List the packaged scenarios and packages."""
    from vallum.scenario import packaged  # help must not wait for the schema

    known = packaged()
    if json:
        _print({"kind": "scenarios", "scenarios": known})
        return
    for kind, heading in (
        ("scenario", "Scenarios:  vallum run NAME"),
        ("package", "Packages:  --package NAME"),
    ):
        typer.echo(heading)
        for name, about in known.items():
            if about["kind"] == kind:
                typer.echo(f"  {name:<28} {about['title']}")


def show(
    scenario: options.ScenarioName,
    package: options.Packages = None,
    change: options.Changes = None,
    as_of: options.AsOf = None,
    paths: Annotated[bool, typer.Option("--paths", help="List every dotted path with its value.")] = False,
    supply: Annotated[bool, typer.Option("--supply", help="Show what each supply line delivers, and when.")] = False,
    futures: Futures = None,
    seed: Seed = None,
    out: Out = None,
    json: options.Json = False,
) -> None:
    """Show what a scenario asks, holds, does not know and chooses, or what arrives by its supply lines."""
    if not supply:
        _refuse_without_supply({"--futures": futures, "--seed": seed, "--out": out})
    asked = options.read_scenario(scenario, package, change)
    if supply:
        _show_supply(asked, 2_000 if futures is None else futures, seed or 0, as_of, out, json)
        return
    if paths:
        for path, value in asked.paths().items():
            typer.echo(f"{path} = {value}")
        return
    from vallum import campaign, report  # help must not wait for the model

    plan = campaign.prepare(asked, options.as_of_date(as_of))
    if json:
        _print({"kind": "show", **report.described(plan)})
    else:
        typer.echo(report.description(plan))


def _refuse_without_supply(given: dict[str, Any]) -> None:
    told = [name for name, value in given.items() if value is not None]
    if told:
        raise ScenarioError(f"{', '.join(told)}: only with --supply; the rest of a scenario has no futures to show")


def _show_supply(asked: Any, futures: int, seed: int, as_of: str | None, out: Path | None, json: bool) -> None:
    from vallum import campaign, report  # help must not wait for the model

    made = campaign.arrivals(asked, futures, seed, options.as_of_date(as_of))
    if out is not None:
        report.write_supply(made, out)
    if json:
        _print(report.supply_json(made))
    else:
        typer.echo(report.supply_text(made))
    if out is not None:
        typer.echo(f"Written: {out / 'supply.csv'}", err=True)


def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A scenario or a package.")],
    json: options.Json = False,
) -> None:
    """Check a scenario file; every problem at once, with its line. Exit 2 if there are any."""
    from vallum.scenario import check as problems_of  # help must not wait for the schema

    problems = problems_of(file)
    if json:
        _print({"kind": "check", "file": Path(file).name, "problems": problems})
    if problems and not json:
        raise ScenarioError(problems)
    if problems:
        raise typer.Exit(2)
    if not json:
        typer.echo(f"{file}: nothing wrong found")


def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from vallum.scenario import json_schema  # help must not wait for the schema

    typer.echo(encode.dumps(json_schema(), indent=1, sort_keys=True, ensure_ascii=False))


def _print(made: dict[str, Any]) -> None:
    typer.echo(encode.dumps({"schema": SCHEMA, **made}, indent=1, sort_keys=True, ensure_ascii=False, default=str))
