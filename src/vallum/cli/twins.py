"""`vallum exact`: exact answers to hold a simulation, or an exam, against."""

from __future__ import annotations

import inspect
import json as encode
from typing import Annotated, Any, Final

import typer

from vallum.cli import options
from vallum.errors import ExactError

EXAMPLES: Final = """Examples:\n
  vallum exact\n
  vallum exact no_leak p=0.8 threats=6 interceptors=12 track=0.98\n
  vallum exact bomber --json n=5 t=5 q=0.5 r=0.5\n
  vallum exact stock_chain start=40 days=30 size='{"2": 0.4, "6": 0.4, "10": 0.2}' deliveries='{"10": 8}'
"""
SCHEMA: Final = 1


def exact(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Which twin; none lists them.")] = None,
    pairs: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE...", help="Arguments, as JSON values.")
    ] = None,
    json: options.Json = False,
) -> None:
    """Compute an exact twin: closed forms and recursions of small, abstract problems."""
    from vallum import exact as twins  # help must not wait for numpy

    if name is None:
        for known in twins.names():
            typer.echo(f"{known:<20} {_first_line(twins.EXACT[known])}")
        return
    given = dict(_pair(pair) for pair in pairs or ())
    answer = twins.call(name, given)
    if json:
        made = {"schema": SCHEMA, "kind": "exact", "name": name, "arguments": given, "answer": answer}
        typer.echo(encode.dumps(made, indent=1, sort_keys=True, ensure_ascii=False))
        return
    for key, value in answer.items():
        typer.echo(f"{key:<20} {_short(value)}")


def _pair(text: str) -> tuple[str, Any]:
    key, sign, value = text.partition("=")
    if not sign or not key:
        raise ExactError(f"{text!r} is not KEY=VALUE; write for instance p=0.8")
    return key, value


def _first_line(function: Any) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]


def _short(value: Any) -> str:
    return encode.dumps(value, ensure_ascii=False)
