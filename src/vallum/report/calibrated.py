"""Fits, back-tests and scores to hand up: text, tables and charts, whole or not at all."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from vallum.calibrate import Backtest, Calibration, Frozen, Scored
from vallum.calibrate.baselines import BASELINES, TITLES
from vallum.calibrate.forecast import LARGE_NIGHTS, LAUNCHED, OURS, QUANTITIES, SHARE, STOPPED
from vallum.report.charts import COLOURS, DASHES, MARKERS, MUTED, SMALL, styled, svg
from vallum.report.folder import json_text, put_text, put_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

JSON: Final = "backtest.json"
TEXT: Final = "backtest.txt"
TABLES: Final = "tables"
CHARTS: Final = "charts"
_OURS: Final = frozenset({JSON, TEXT, TABLES, CHARTS})
_WIDTH: Final = 100
_WHAT: Final = {
    LAUNCHED: "launched",
    STOPPED: "reported stopped",
    SHARE: "reported stopped share",
    LARGE_NIGHTS: "nights with 8 or more ballistic missiles",
}
_SHORT: Final = {"last": "last", "mean_3": "mean 3", "mean_12": "mean 12", "seasonal": "season", "constant": "const"}
_HEADLINES: Final = ("drone_oneway", "all_ballistic", "all_ballistic_with_sam")
#: A family that can be scored in fewer than this part of the target months is only named.
_FEW: Final = 0.5
_80: Final = 0.8


# ---- back-test ----


def write_backtest(made: Backtest, folder: str | Path) -> Path:
    """Write backtest.json, backtest.txt, tables/*.csv and charts/*.svg, all or nothing, and return the folder.

    Raises RunError where the folder holds anything else, cannot be written, or Matplotlib is missing.
    """

    def fill(new: Path) -> None:
        put_text(new / JSON, json_text(made))
        put_text(new / TEXT, backtest_text(made) + "\n")
        for name, table in backtest_tables(made).items():
            put_text(new / TABLES / f"{name}.csv", table.write_csv(float_precision=6))
        for name, figure in backtest_charts(made).items():
            put_text(new / CHARTS / f"{name}.svg", svg(figure))

    return put_whole(folder, fill, _OURS, JSON)


def backtest_tables(made: Backtest) -> dict[str, pl.DataFrame]:
    """The tables of a back-test by file name; `scores` has every single forecast."""
    return {
        "skill": made.skill, "against": made.against, "misses": made.misses, "coverage": made.coverage,
        "log_scores": made.log_scores, "brier": made.brier, "by_step": made.by_step, "reliability": made.reliability,
        "scores": made.scores,
    }  # fmt: skip


def backtest_text(made: Backtest) -> str:
    """Skill, coverage and every miss, as plain text."""
    head = _wrapped(
        f"Back-test on the record {made.record}: targets {made.first} to {made.last}, each forecast from up to "
        f"{made.horizon} months before, from rows dated up to the origin. Mean CRPS, lower is better: in launches, "
        "stops, share (0 to 1), nights. Each baseline has a spread fitted to its own past errors."
    )
    skills = (_skill(made, quantity) for quantity in QUANTITIES)
    parts = [head, *skills, _log_scores(made), _coverage(made), _brier(made), _misses(made)]
    return "\n\n".join(part for part in parts if part)


def _skill(made: Backtest, quantity: str) -> str:
    rows = made.skill.filter((pl.col("quantity") == quantity) & (pl.col("months") >= _fewest(made)))
    names = (OURS, *BASELINES)
    table = [
        (row["family"], *(_number(row[name]) for name in names), f"{100 * (1 - row['ratio']):+.0f} %")
        for row in rows.iter_rows(named=True)
    ]
    titles = (_WHAT[quantity], OURS, *(_SHORT[name] for name in BASELINES), "gain on the best")
    few = made.skill.filter((pl.col("quantity") == quantity) & (pl.col("months") < _fewest(made)))
    note = f"\nLess than half of the months can be scored: {', '.join(few['family'])}." if few.height else ""
    return _table(titles, table) + note


def _fewest(made: Backtest) -> float:
    return _FEW * float(made.ours["month"].n_unique())


def _log_scores(made: Backtest) -> str:
    """Mean log scores of the main families, all methods."""
    names = (OURS, *BASELINES)
    shown = made.log_scores.filter(pl.col("family").is_in(_HEADLINES))
    rows = [
        (f"{row['quantity']}: {row['family']}", *(f"{row[name]:.2f}" for name in names))
        for row in shown.iter_rows(named=True)
    ]
    titles = ("log score, lower is better", OURS, *(_SHORT[name] for name in BASELINES))
    note = "Natural logarithm, of the whole number or the per cent that came. All families: tables/log_scores.csv."
    return _table(titles, rows) + "\n" + note


def _coverage(made: Backtest) -> str:
    shown = made.coverage.filter(pl.col("family").is_in(["all", *_HEADLINES]))
    rows = []
    for (quantity, family), part in shown.group_by("quantity", "family", maintain_order=True):
        cells = [
            f"{100 * row['inside']:.0f} % ({100 * row['low']:.0f}-{100 * row['high']:.0f})"
            for row in part.iter_rows(named=True)
        ]
        closed = 100 * part.filter(pl.col("band") == _80)["closed"][0]
        rows.append((f"{quantity}: {family}", str(part["pairs"][0]), *cells, f"{closed:.0f} %"))
    bands = [f"{100 * band:.0f} % band" for band in made.rules.bands]
    table = _table(("how often inside", "pairs", *bands, "closed 80 %"), rows)
    return (
        table
        + "\n"
        + _wrapped(
            "In brackets 5-95 % over resampled target months. A whole number at the edge of a band counts by the part "
            "of its probability inside; `closed` counts it as inside, so it lies above 80 % where counts are small."
        )
    )


def _brier(made: Backtest) -> str:
    rows = [
        (row["family"], row["method"], str(row["pairs"]), f"{row['base_rate']:.2f}", f"{row['brier']:.3f}")
        for row in made.brier.iter_rows(named=True)
    ]
    titles = ("a month with a large night", "method", "pairs", "how often", "Brier")
    return _table(titles, rows)


def _misses(made: Backtest) -> str:
    misses = made.misses.join(made.skill.select("quantity", "family", "months"), on=["quantity", "family"])
    if misses.is_empty():
        return "Misses: none; every baseline has the higher mean CRPS in every family."
    lines = ["Misses, where a baseline has the lower mean CRPS (ours less its; 5-95 % over target months):"]
    for row in misses.iter_rows(named=True):
        sure = "sure" if row["low"] > 0.0 else "not sure"
        few = ", few months" if row["months"] < _fewest(made) else ""
        lines.append(
            f"- {row['quantity']}, {row['family']}: {TITLES[row['baseline']]} by {_number(row['difference'])} "
            f"({_number(row['low'])} to {_number(row['high'])}; {sure}{few})"
        )
    return "\n".join(lines)


def backtest_charts(made: Backtest) -> dict[str, Figure]:
    """Reliability of the quantiles, and CRPS of the baselines relative to ours by step."""
    with styled(SMALL):
        return {"reliability": reliability_chart(made), "skill_by_step": step_chart(made)}


def reliability_chart(made: Backtest) -> Figure:
    """How often what came lay at or below each quantile; a right forecast runs along the diagonal."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5.2, 5.0), layout="constrained")
    axes = figure.subplots()
    axes.plot([0.0, 1.0], [0.0, 1.0], color=MUTED, linestyle=DASHES[3], linewidth=1.0)
    for k, quantity in enumerate(QUANTITIES):
        part = made.reliability.filter(pl.col("quantity") == quantity)
        look: Any = {"color": COLOURS[k], "marker": MARKERS[k], "linestyle": DASHES[k], "markersize": 3.6}
        axes.plot(part["level"], part["seen"], label=_WHAT[quantity], linewidth=1.3, **look)
    axes.set_title("Seen at or below the quantile, by its level")
    axes.set_xlabel("level of the quantile")
    axes.legend(loc="upper left", fontsize=8.0)
    return figure


def step_chart(made: Backtest) -> Figure:
    """Mean CRPS of launches by months ahead, ours and the baselines', drones and all ballistic."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7.8, 3.6), layout="constrained")
    for k, (axes, family) in enumerate(zip(figure.subplots(1, 2), _HEADLINES[:2], strict=True)):
        part = made.by_step.filter((pl.col("quantity") == LAUNCHED) & (pl.col("family") == family))
        for n, name in enumerate((OURS, *BASELINES)):
            look: Any = {"color": COLOURS[n], "marker": MARKERS[n], "linestyle": DASHES[n], "markersize": 3.6}
            label = TITLES.get(name, name) if k == 0 else None
            axes.plot(part["step"], part[name], label=label, linewidth=2.0 if n == 0 else 1.1, **look)
        axes.set_ylim(bottom=0.0)
        axes.set_title(f"CRPS of launches: {family.replace('_', ' ')}")
        axes.set_xlabel("months ahead")
    figure.legend(loc="outside lower center", ncols=3)
    return figure


# ---- scores of a frozen forecast ----


def scores_text(made: Scored) -> str:
    """Scores of a frozen forecast beside the baselines from the same cut-off."""
    head = _wrapped(
        f"Forecast frozen on rows up to {made.frozen.cutoff}, hash verified; record {made.record} up to {made.last}. "
        f"{made.rows.height} targets scored, {len(made.open)} not over yet, {len(made.empty)} without anything to "
        f"divide by, {len(made.unscored)} that a record does not count."
    )
    names = (OURS, *BASELINES)
    rows = [
        (f"{row['quantity']}: {row['family']}", str(row["targets"]), *(_number(row[name]) for name in names),
         f"{100 * row['inside_80']:.0f} %")
        for row in made.skill.iter_rows(named=True)
    ]  # fmt: skip
    titles = ("mean CRPS", "n", OURS, *(_SHORT[name] for name in BASELINES), "in 80 %")
    covered = [
        f"{row['quantity']}: of {row['targets']} targets {100 * row['inside_50']:.0f} % in the 50 %, "
        f"{100 * row['inside_80']:.0f} % in the 80 % and {100 * row['inside_90']:.0f} % in the 90 % band."
        for row in made.coverage.iter_rows(named=True)
    ]
    if covered:
        covered.append("Closed bands: where counts are small, more lies inside than they say (see the back-test).")
    parts = (head, _table(titles, rows) if rows else "", "\n".join(covered), "\n".join(_of_record(made)))
    return "\n\n".join(part for part in parts if part)


def _of_record(made: Scored) -> Iterator[str]:
    """What about the record itself may have moved the scores."""
    if not made.same_past:
        yield _wrapped(
            "The record's counts up to the cut-off are no longer those that the forecast was made from: it was "
            "revised, or is another copy, or does not reach back. The baselines see the counts as they are now."
        )
    if made.unresolved:
        yield _wrapped(
            f"{made.unresolved:,} launches have a label without a family and are in no target: import the record "
            "again with --families."
        )
    (now, of), (before, of_before) = made.mixed
    if now or before:
        yield _wrapped(
            f"Of {of:,} ballistic launches {now:,} stand in mixed labels; of {of_before:,} in as many nights before "
            f"the cut-off {before:,} did. Where that moved, only all_ballistic_with_sam means what it meant."
        )


def frozen_text(made: Frozen) -> str:
    """What was frozen: the medians and 80 % bands of the main families."""
    rows = [
        (target.quantity, target.family, f"{target.first}", f"{target.last}", *_band(target.quantiles))
        for target in made.targets
        if target.family in _HEADLINES or target.quantity not in QUANTITIES
    ]
    head = _wrapped(f"Frozen with the facts of {made.cutoff}: {len(made.targets)} distributions. {made.question}")
    return head + "\n\n" + _table(("quantity", "family", "from", "to", "10 %", "median", "90 %"), rows)


def _band(quantiles: Any) -> tuple[str, ...]:
    return tuple("never" if quantiles[key] is None else _number(quantiles[key]) for key in ("0.10", "0.50", "0.90"))


# ---- calibration ----


def calibration_text(made: Calibration) -> str:
    """What was fitted, with bands; what the record identifies, and what it does not."""
    return "\n\n".join(_calibration_parts(made))


def _calibration_parts(made: Calibration) -> Iterator[str]:
    told = made.as_dict()
    raids = told["raids"]
    mass = raids["mass_share"]
    yield _wrapped(
        f"Fitted to the record {made.record} up to {made.until}. Shape of nights: {raids['from']} to {raids['to']}, "
        f"{raids['nights']} nights, blocks of {raids['block']}; a night is a mass raid with chance {_spread(mass)}. "
        "Bands: 5-95 %."
    )
    rows = [
        (name, *(_spread(part[key]) for key in ("mean", "mass_ratio", "dispersion", "mass_dispersion")))
        for name, part in raids["classes"].items()
    ]
    yield _table(("class", "mean a night", "mass / other nights", "dispersion", "of mass nights"), rows)
    yield _levels(told["levels"])
    yield _correlations(made, told)
    yield _shares(told)
    if told["link"] is not None:
        yield _linked(told["link"])


def _levels(levels: Sequence[dict[str, Any]]) -> str:
    rows = [
        (
            level["name"], _three(level["now"]), _three(level["ahead"]), _three(level["drift"]),
            f"{level['season']['amplitude']:.2f} ({level['season']['low']:.2f}-{level['season']['high']:.2f})",
            f"{100 * level['season']['sure']:.0f} %",
        )
        for level in levels
    ]  # fmt: skip
    return _table(("launches a night", "now", "months ahead", "trend a year (log)", "season (log)", "sure"), rows)


def _correlations(made: Calibration, told: dict[str, Any]) -> str:
    names, raids = made.process.nights.classes, told["raids"]
    pairs = [
        (f"{names[i]} and {names[j]}", raids["correlation_seen"][i][j], raids["correlation_of_mass_nights"][i][j])
        for i in range(len(names))
        for j in range(i)
    ]
    strongest = sorted(pairs, key=lambda pair: -abs(pair[1]))[:5]
    rows = [(name, f"{seen:.2f}", f"{mixed:.2f}") for name, seen, mixed in strongest]
    return _table(("correlation within a night", "seen", "of the mass nights"), rows)


def _shares(told: dict[str, Any]) -> str:
    rows = [
        (
            share["family"], f"{share['known']:,.0f}", _per_cent(share["share"]), f"{share['alike']:.0f}",
            _per_cent(share["true"]) + (" clipped" if share["clipped"] else ""),
            "" if share["regime"] is None else _three(share["regime"]),
        )
        for share in told["shares"]
    ]  # fmt: skip
    titles = ("reported stopped share", "known", "now", "worth", "if claims are so good", "last change of reporting")
    return (
        _table(titles, rows)
        + "\n"
        + _wrapped(
            "Never a kill probability. `worth`: launches that the share of one month is worth. `if claims are so "
            f"good`: with sensitivity {told['sensitivity']:g} and specificity {told['specificity']:g} (rule K1; 1 and "
            "1 take claims as they are). The last column: shift of the log odds."
        )
    )


def _linked(link: dict[str, Any]) -> str:
    rows = [
        (number["name"], _three(number["before"]), _three(number["after"]), f"{100 * number['fall']:.0f} %",
         f"{number['correlation']:+.2f}", number["said"])
        for number in link["numbers"]
    ]  # fmt: skip
    head = _wrapped(
        f"Link to {link['scenario']}, months {link['first']} to {link['last']}: {link['worlds']} worlds drawn from its "
        f"priors, weighed by reported shares, worth {link['worth']:.0f}. `kept`: stock, batteries, supply and coverage "
        "of a live theatre are never fitted, whatever the record says about them."
    )
    titles = ("number", "before", "after", "variance falls", "with share", "said")
    return head + "\n" + _table(titles, rows)


# ---- pieces ----


def _spread(part: dict[str, float]) -> str:
    return f"{_number(part['best'])} ({_number(part['low'])}-{_number(part['high'])})"


def _three(part: Sequence[float]) -> str:
    return f"{_number(part[1])} ({_number(part[0])} to {_number(part[2])})"


def _per_cent(part: Sequence[float]) -> str:
    return f"{100 * part[1]:.0f} % ({100 * part[0]:.0f}-{100 * part[2]:.0f})"


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100.0 else f"{value:.3g}"  # noqa: PLR2004


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    cells = [tuple(titles), *(tuple(row) for row in rows)]
    widths = [max(len(row[k]) for row in cells) for k in range(len(titles))]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in cells
    ]
    return "\n".join(line.rstrip() for line in lines)


def _wrapped(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), _WIDTH)
