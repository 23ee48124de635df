"""The application: its commands, and how errors leave it."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import Annotated, Any, Final

import typer

from vallum import __version__
from vallum.cli import (
    asking,
    batching,
    calibrating,
    comparing,
    covering,
    explaining,
    forecasting,
    ledger,
    look,
    options,
    placing,
    reading,
    recording,
    running,
    runs,
    sensing,
    serving,
    sizing,
    sources,
    twins,
)
from vallum.errors import VallumError

FAULT: Final = 1
BAD_INPUT: Final = 2
INTERRUPTED: Final = 130
#: New things in memory between two searches for what nobody holds any more. Python's 700 would have a run searched
#: hundreds of times while it loads libraries, which throw nothing away.
SEARCHED_AFTER: Final = 50_000

app = typer.Typer(
    name="vallum",
    help="How long until the interceptors run out, what leaks, what would change it: sourced, in honest bands.",
    epilog="Start with:  vallum scenarios  ·  vallum run winter-2025-26 --package twenty-systems",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"vallum {__version__}")
        raise typer.Exit


@app.callback()
def _front(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


app.command("run", epilog=running.EXAMPLES)(running.run)
app.command("scenarios")(look.scenarios)
app.command("show", epilog=look.SHOW_EXAMPLES)(look.show)
app.command("check", epilog=look.CHECK_EXAMPLES)(look.check)
app.command("schema")(look.schema)
app.command("batch", epilog=batching.EXAMPLES)(batching.batch)
app.command("size", epilog=sizing.EXAMPLES)(sizing.size)
app.command("place", epilog=placing.EXAMPLES)(placing.place)
app.command("covering", epilog=covering.EXAMPLES)(covering.covering)
app.command("compare", epilog=comparing.EXAMPLES)(comparing.compare)
app.command("sensitivity", epilog=sensing.EXAMPLES)(sensing.sensitivity)
app.command("explain", epilog=explaining.EXAMPLES)(explaining.explain)
app.command("serve", epilog=serving.EXAMPLES)(serving.serve)
app.command("exact", epilog=twins.EXAMPLES)(twins.exact)
sources.app.command("read", epilog=reading.READ_EXAMPLES)(reading.read)
sources.app.command("accept", epilog=reading.ACCEPT_EXAMPLES)(reading.accept)
sources.app.command("benchmark", epilog=reading.BENCHMARK_EXAMPLES)(reading.benchmark)
app.add_typer(sources.app)
app.command("ask", epilog=asking.EXAMPLES)(asking.ask)
app.add_typer(ledger.app)
app.command("calibrate", epilog=calibrating.EXAMPLES)(calibrating.calibrate)
recording.app.command("backtest", epilog=forecasting.BACKTEST_EXAMPLES)(forecasting.backtest)
app.add_typer(recording.app)
app.add_typer(forecasting.app)
app.add_typer(runs.app)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    if arguments is None:
        _have_the_process()
    sys.exit(_answered(arguments))


def _have_the_process() -> None:
    """Spend no time on memory in a process that lives for one command: a fifth of a second of a run at its end."""
    gc.set_threshold(SEARCHED_AFTER)
    atexit.register(gc.freeze)  # what lives until then goes with the process; nobody need look through it


def _answered(arguments: list[str] | None) -> int:
    try:
        code: Any = app(arguments, standalone_mode=False)
        sys.stdout.flush()
        if code == INTERRUPTED:  # how Typer hands on an interrupt from the keyboard
            raise KeyboardInterrupt
        return code if isinstance(code, int) else 0
    except options.Interrupted as error:
        typer.echo(f"vallum: interrupted; {error}", err=True)
        return INTERRUPTED
    except VallumError as error:
        typer.echo(f"vallum: {error}", err=True)
        return BAD_INPUT
    except (KeyboardInterrupt, typer.Abort):
        typer.echo("vallum: interrupted; nothing was written", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> int:
    """Bad usage is the user's, with the usage line; anything else is our fault, said so in one line."""
    if hasattr(error, "show") and hasattr(error, "exit_code"):
        error.show()
        return BAD_INPUT
    if os.environ.get("VALLUM_DEBUG"):
        raise error
    typer.echo(
        f"vallum: this is a fault of ours, not of your input: {type(error).__name__}: {error}\n"
        "Set VALLUM_DEBUG=1 to see where, and please report it with the command.",
        err=True,
    )
    return FAULT
