"""`vallum covering`."""

from __future__ import annotations

import json as encode
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, cast

import typer

from vallum.cli import options
from vallum.errors import RunError

if TYPE_CHECKING:
    from vallum.basing.instance import Model

EXAMPLES: Final = """Examples:\n
  vallum covering sites.yaml\n
  vallum covering sites.yaml --model fewest --json\n
  vallum covering two-kinds.json --seconds 20
"""
MODELS: Final = ("expected", "fewest", "median", "centre")

Given = Annotated[Path, typer.Argument(metavar="FILE", help="YAML or JSON: demands, sites, systems.")]
Which = Annotated[str, typer.Option("--model", metavar="NAME", help="expected (default), fewest, median or centre.")]
Seconds = Annotated[float, typer.Option("--seconds", min=1.0, help="Time for each model; the gap is told either way.")]


def covering(file: Given, model: Which = "expected", seconds: Seconds = 60.0, json: options.Json = False) -> None:
    """Solve a small abstract location problem, as the textbooks state it: objective, sites, proven gap."""
    if model not in MODELS:
        raise RunError(f"--model {model}: allowed: {', '.join(MODELS)}")
    from vallum.basing import covering as solve  # help must not wait for the model

    made = solve(file, model=cast("Model", model), seconds=seconds)
    typer.echo(encode.dumps(made.as_dict(), indent=1, sort_keys=True, ensure_ascii=False) if json else made.summary())
