"""`vallum explain`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from vallum.cli import options
from vallum.cli.running import Progress
from vallum.errors import RunError

EXAMPLES: Final = """Examples:\n
  vallum explain winter-2025-26 --worst\n
  vallum explain winter-2025-26 --package pause-30-days --worst --by "dry_nights[ballistic]" --out out/worst\n
  vallum explain winter-2025-26 --future 17 --against twenty-systems --all
"""

#: How the name of a kept run looks (`vallum runs list`); no packaged scenario has such a name.
_KEPT: Final = re.compile(r"[0-9a-f]{4,}")
Run = Annotated[
    str,
    typer.Argument(
        metavar="RUN", help="A packaged scenario, a YAML file, or a kept run, which brings its own futures and seed."
    ),
]
Future = Annotated[int | None, typer.Option("--future", metavar="K", help="This future, counted from 0.")]
Worst = Annotated[bool, typer.Option("--worst", help="The worst future (the default).")]
Median = Annotated[bool, typer.Option("--median", help="The future with the lower median.")]
Best = Annotated[bool, typer.Option("--best", help="The best future.")]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="OUTCOME", help='What worst means; default "leakers[CLASS]" of the main class.'),
]
Against = Annotated[
    str | None, typer.Option("--against", metavar="P", help="Fight the same future with this package, and compare.")
]
All = Annotated[bool, typer.Option("--all", help="List every night.")]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="Write explain.txt, explain.csv, explain.svg, explain.json."),
]


def explain(
    run: Run,
    future: Future = None,
    worst: Worst = False,
    median: Median = False,
    best: Best = False,
    by: By = None,
    against: Against = None,
    every_night: All = False,
    package: options.Packages = None,
    change: options.Changes = None,
    futures: options.Futures = 2_000,
    seed: options.Seed = 0,
    as_of: options.AsOf = None,
    threads: options.Threads = None,
    block: options.Block = None,
    on: options.On = "threads",
    out: Out = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Say night by night why and when it ran out in one future: which layer was empty, which line did not arrive."""
    which = _which(future, worst, median, best)
    known = options.as_of_date(as_of)
    kept = _KEPT.fullmatch(run) is not None and not Path(run).exists()
    if kept and (package or change or as_of):
        raise RunError(
            f"{run} is a kept run: it takes no --package, --set or --as-of; --against lays a package over it"
        )
    asked = None if kept else options.read_scenario(run, package, change)
    from vallum import campaign, explain, report  # help must not wait for the model

    if out is not None:
        report.refuse_foreign_explained(out)
    with Progress(quiet) as progress:
        progress.say_if_compiling()
        if asked is None:
            result, _ = campaign.reopened(run)
        else:
            result = campaign.run(
                asked, futures, seed, known, threads, block, progress=progress.tell, explain=False, on=on
            )
    made = result.explain(which, by)
    beside = None if against is None else explain.against(result, made, against)
    typer.echo(
        report.explained_json(made, beside) if json else report.explained(made, every_night, beside), nl=not json
    )
    if out is not None:
        report.write_explained(made, out, every_night, beside)
        if not quiet:
            typer.echo(f"Written: {out / 'explain.txt'}", err=True)


def _which(future: int | None, worst: bool, median: bool, best: bool) -> int | str:
    """The future that is asked for; the worst where nothing is said."""
    ways: dict[str, Any] = {"--worst": worst, "--median": median, "--best": best}
    said = [name for name, given in ways.items() if given]
    if future is not None:
        said.append("--future")
    if len(said) > 1:
        raise RunError(f"{', '.join(said)}: give one of them, for one future is explained")
    if future is not None:
        return future
    return said[0].removeprefix("--") if said else "worst"
