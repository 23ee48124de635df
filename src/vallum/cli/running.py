"""`vallum run`."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Annotated, Any, Final

import typer

from vallum.cli import options

EXAMPLES: Final = """Examples:\n
  vallum run winter-2025-26 --out out/winter\n
  vallum run winter-2025-26 --package twenty-systems --futures 5000\n
  vallum run winter-2025-26 --futures 100000 --on dask://127.0.0.1:8786\n
  vallum run eight-and-none --set choices.stock.patriot_round=16 --json
"""
Fresh = Annotated[bool, typer.Option("--fresh", help="Run again also where the same run is kept; keep nothing.")]
#: Work that takes longer than this shows how far it is, seconds.
PATIENCE: Final = 1.0


def run(
    scenario: options.ScenarioName,
    package: options.Packages = None,
    change: options.Changes = None,
    futures: options.Futures = 2_000,
    seed: options.Seed = 0,
    lucks: options.Lucks = 1,
    as_of: options.AsOf = None,
    threads: options.Threads = None,
    block: options.Block = None,
    on: options.On = "threads",
    fresh: Fresh = False,
    out: options.Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Fight a scenario in many futures and say when the interceptors run out, and what leaks."""
    known = options.as_of_date(as_of)
    asked = options.read_scenario(scenario, package, change)
    from vallum import campaign, report  # help must not wait for the model

    if out is not None:
        report.refuse_foreign(out)
    with Progress(quiet) as progress:

        def anew() -> Any:
            progress.say_if_compiling()
            return campaign.run(asked, futures, seed, known, threads, block, lucks, progress.tell, on=on)

        made = campaign.Kept(anew(), "") if fresh else campaign.kept(asked, anew, futures, seed, known, lucks)
    if not quiet and (said := report.kept_note(made)):
        typer.echo(said, err=True)
    result = made.result
    typer.echo(report.json_text(result) if json else report.summary(result), nl=not json)
    if out is not None:
        report.write(result, asked, out)
        if not quiet:
            typer.echo(f"Written: {out / 'report.html'}", err=True)


class Progress:
    """A bar on standard error, shown only on a terminal and only for work that takes a while."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._shown = not quiet and sys.stderr.isatty()
        self._started = time.monotonic()
        self._bar: Any = None
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def say_if_compiling(self) -> None:
        """Say that the first run on a machine compiles the kernel."""
        from vallum._kernel import fast  # numba takes a third of a second to load

        if not self._quiet and not fast.compiled():
            typer.echo("Compiling the kernel, once on this machine: about half a minute.", err=True)

    def tell(self, what: str, done: int, total: int) -> None:
        """Hear that `done` of `total` futures of a stage are fought."""
        if not self._shown or (self._bar is None and time.monotonic() - self._started < PATIENCE):
            return
        if self._bar is None:
            self._bar = _bar()
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(what, total=total)
        self._bar.update(self._tasks[what], completed=done)


def _bar() -> Any:
    from rich.console import Console  # only where a bar is shown
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    bar = Bar(*columns, console=Console(stderr=True), transient=True)
    bar.start()
    return bar
