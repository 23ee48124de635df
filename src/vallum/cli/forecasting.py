"""`vallum record backtest` and `vallum forecast`: how well it would have gone, and forecasts that are frozen now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from vallum import __version__
from vallum.cli import options
from vallum.cli.calibrating import Record
from vallum.cli.recording import Name, Until, day
from vallum.errors import RecordError

BACKTEST_EXAMPLES: Final = """Examples:\n
  vallum record backtest\n
  vallum record backtest ukraine --from 2025-01 --to 2025-11 --horizon 6 --out out/backtest
"""
FREEZE_EXAMPLES: Final = """Examples:\n
  vallum forecast freeze --record ukraine --cutoff 2025-12-07 --out forecast.json\n
  vallum forecast freeze --scenario year-2025 --cutoff 2025-12-07 --out outcomes.json
"""
SCORE_EXAMPLES: Final = """Examples:\n
  vallum forecast score forecast.json --record ukraine
"""
_MOST_MONTHS: Final = 24

app = typer.Typer(
    name="forecast",
    help="Freeze a forecast now, prove later that it was not changed, and score it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Horizon = Annotated[int, typer.Option("--horizon", min=1, max=_MOST_MONTHS, help="Months ahead.")]


def backtest(
    name: Name = None,
    first: Annotated[str | None, typer.Option("--from", metavar="YYYY-MM", help="First target month.")] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM", help="Last target month.")] = None,
    horizon: Horizon = 6,
    until: Until = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write backtest.json, backtest.txt, tables/, charts/.")
    ] = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Forecast every past month as it would have been forecast then, and score it against naive baselines."""
    from vallum import calibrate, record, report  # help must not wait for scipy
    from vallum.report import calibrated

    series = calibrate.series(record.load(name), day("--until", until))
    usual = calibrate.default_months(series)
    made = calibrate.backtest(series, first or usual[0], last or usual[1], horizon)
    if out is not None:
        calibrated.write_backtest(made, out)
    typer.echo(report.json_text(made) if json else calibrated.backtest_text(made), nl=not json)
    if out is not None and not quiet:
        typer.echo(f"Written: {out / calibrated.JSON}", err=True)


@app.command("freeze", epilog=FREEZE_EXAMPLES)
def freeze(
    cutoff: Annotated[str, typer.Option("--cutoff", metavar="DATE", help="Use no row and no claim dated after it.")],
    record: Record = None,
    horizon: Horizon = 6,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the forecast here (JSON).")] = None,
    scenario: Annotated[
        str | None, typer.Option("--scenario", metavar="SCENARIO", help="Freeze the outcomes of a scenario instead.")
    ] = None,
    package: options.Packages = None,
    change: options.Changes = None,
    futures: options.Futures = 2_000,
    seed: options.Seed = 0,
    json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Freeze a forecast into a small file that carries its own hash."""
    from vallum import calibrate, folders  # help must not wait for scipy
    from vallum.report import calibrated

    last = day("--cutoff", cutoff)
    assert last is not None  # the option is required
    if scenario is not None:
        read = options.read_scenario(scenario, package, change)
        made = calibrate.freeze_outcomes(read, last, futures, seed, __version__)
    else:
        _refuse_scenario_options(package, change)
        from vallum import record as records

        made = calibrate.freeze(records.load(record), last, horizon, __version__)
    if out is not None:
        folders.put_file(out, made.text(), "give another file to --out")
    typer.echo(made.text().rstrip("\n") if json else calibrated.frozen_text(made))
    if out is not None and not quiet:
        typer.echo(f"Frozen: {out}", err=True)


def _refuse_scenario_options(package: list[str] | None, change: list[str] | None) -> None:
    given = [name for name, value in (("--package", package), ("--set", change)) if value]
    if given:
        raise RecordError(f"{' and '.join(given)}: only with --scenario; a record is forecast as it is")


@app.command("score", epilog=SCORE_EXAMPLES)
def score(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A frozen forecast.")],
    record: Record = None,
    json: options.Json = False,
) -> None:
    """Verify the hash of a frozen forecast and score it against a record, beside naive baselines."""
    from vallum import calibrate, report  # help must not wait for scipy
    from vallum import record as records
    from vallum.report import calibrated

    frozen = calibrate.opened(file)
    made = calibrate.score(frozen, records.load(record))
    typer.echo(report.json_text(made) if json else calibrated.scores_text(made), nl=not json)
