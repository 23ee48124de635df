"""A summary of the attack record to hand up: charts, the tables behind them, text and JSON, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from string import ascii_lowercase
from typing import TYPE_CHECKING, Final

import polars as pl

from vallum.record import Summary, groups, summary_text
from vallum.report.charts import COLOURS, DASHES, INK, MARKERS, MUTED, SMALL, styled, svg
from vallum.report.folder import json_text, put_text, put_whole
from vallum.report.words import capital

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

JSON: Final = "summary.json"
TEXT: Final = "summary.txt"
TABLES: Final = "tables"
CHARTS: Final = "charts"
_OURS: Final = frozenset({JSON, TEXT, TABLES, CHARTS})
#: What is drawn, where the record has it; families that are part of a drawn group are not drawn again.
_DRAWN: Final = ("drone_oneway", "cruise", "all_ballistic_with_sam", "all_ballistic", "ballistic")
_NAMES: Final = {
    "drone_oneway": "one-way drones",
    "cruise": "cruise missiles",
    "ballistic": "ballistic missiles",
    "all_ballistic": "ballistic, without S-300 and S-400 alone",
    "all_ballistic_with_sam": "ballistic, with S-300 and S-400",
    "missiles": "missiles",
}
_WIDTH: Final = 7.8
_PANEL: Final = 2.5
_TICKS: Final = 13
_MONTH: Final = 31.0


def write_recorded(summary: Summary, folder: str | Path) -> Path:
    """Write summary.json, summary.txt, tables/*.csv and charts/*.svg, all or nothing, and return the folder.

    Raises RunError where the folder holds anything else, cannot be written, or Matplotlib is missing.
    """

    def fill(made: Path) -> None:
        put_text(made / JSON, json_text(summary))
        put_text(made / TEXT, summary_text(summary, all_months=True) + "\n")
        for name, table in recorded_tables(summary).items():
            put_text(made / TABLES / f"{name}.csv", table.write_csv())
        for name, figure in recorded_charts(summary).items():
            put_text(made / CHARTS / f"{name}.svg", svg(figure))

    return put_whole(folder, fill, _OURS, JSON)


def recorded_tables(summary: Summary) -> dict[str, pl.DataFrame]:
    """The tables of a summary by file name; context series are marked as such in their names."""
    lulls = pl.DataFrame([lull.as_dict() for lull in summary.lulls])
    regimes = pl.DataFrame([regime.as_dict() for regime in summary.regimes])
    made = {
        "shares_by_year": summary.years,
        "shares_by_half_year": summary.halves,
        "shares_by_month": summary.months,
        "nights_by_month": summary.exposure,
        "raid_sizes": summary.sizes,
        "waves": summary.waves,
        "lulls": lulls,
        "reporting_regimes": regimes,
    }
    beside = {f"context_{one.kind}": pl.DataFrame([dict(row) for row in one.rows]) for one in summary.context}
    return {name: table for name, table in (made | beside).items() if table.width}


def recorded_charts(summary: Summary) -> dict[str, Figure]:
    """The charts of a summary: launches by month, reported shares with bands, raid sizes; none of an empty record."""
    if summary.sizes.is_empty():
        return {}
    with styled({**SMALL, "axes.grid.axis": "y"}):
        return {
            "launched_by_month": launched_chart(summary),
            "reported_share_by_month": share_chart(summary),
            "raid_sizes": sizes_chart(summary),
        }


def launched_chart(summary: Summary) -> Figure:
    """Launches by month, a panel for each of the main families, with the regimes of reporting."""
    families = _drawn(summary)
    months = summary.exposure["month"].to_list()
    figure, panels = _panels(len(families))
    for k, (axes, family) in enumerate(zip(panels, families, strict=True)):
        rows = dict(_of(summary, family).select("period", "launched").iter_rows())
        bars = axes.bar(range(len(months)), [rows.get(month, 0) for month in months], color=COLOURS[k % len(COLOURS)])
        for bar, whole in zip(bars, summary.exposure["whole"], strict=True):
            bar.set_alpha(1.0 if whole else 0.45)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.set_title(f"Launched a month (pale: part of a month): {_named(family)}")
        _months(axes, months)
        _regime_lines(axes, summary, months)
    return figure


def share_chart(summary: Summary) -> Figure:
    """Reported interception share by month with its band; dashed with what was reported lost."""
    families = _drawn(summary)
    months = summary.exposure["month"].to_list()
    place = {month: k for k, month in enumerate(months)}
    figure, panels = _panels(len(families))
    for k, (axes, family) in enumerate(zip(panels, families, strict=True)):
        rows = _of(summary, family).filter(pl.col("known") > 0)
        at = [place[month] for month in rows["period"]]
        colour = COLOURS[k % len(COLOURS)]
        _banded(axes, at, rows, "share", colour, "-")
        _banded(axes, at, rows, "stopped_share", INK, "--")
        axes.set_ylim(0.0, 1.03)
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
        axes.set_title(f"Reported interception share, no kill probability: {_named(family)}")
        _months(axes, months)
        _regime_lines(axes, summary, months)
    _share_legend(figure, summary)
    return figure


def sizes_chart(summary: Summary) -> Figure:
    """Mean, 90 % point and largest raid of each year, by family; sizes on a logarithmic axis."""
    families = list(dict.fromkeys(summary.sizes["family"]))
    figure, (axes,) = _panels(1)
    years = sorted(set(summary.sizes["year"]))
    for k, family in enumerate(families):
        rows = summary.sizes.filter(pl.col("family") == family)
        shift = (k - (len(families) - 1) / 2.0) * 0.8 / max(len(families), 1)
        at = [years.index(year) + shift for year in rows["year"]]
        axes.vlines(at, rows["mean"], rows["largest"], color=COLOURS[k % len(COLOURS)], linewidth=1.2)
        for name, size in (("mean", 7.0), ("p90", 5.0), ("largest", 3.0)):
            marker, colour = MARKERS[k % len(MARKERS)], COLOURS[k % len(COLOURS)]
            label = _named(family) if name == "mean" else None
            axes.plot(at, rows[name], linestyle="", marker=marker, markersize=size, color=colour, label=label)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xticks(range(len(years)), [str(year) for year in years])
    axes.set_title("Launched on a date with launches: mean, 90 % point, largest (large to small marks)")
    figure.legend(loc="outside lower center", ncols=2)
    return figure


# --- pieces -----------------------------------------------------------------------------------------


def _drawn(summary: Summary) -> list[str]:
    found = set(summary.months["family"])
    names = [name for name in _DRAWN if name in found]
    covered = {family for name in names for family in groups().get(name, ())}
    return [name for name in names if name not in covered] or sorted(found)[:1]


def _named(family: str) -> str:
    return _NAMES.get(family, family.replace("_", " "))


def _of(summary: Summary, family: str) -> pl.DataFrame:
    return summary.months.filter(pl.col("family") == family).sort("period")


def _banded(axes: Axes, at: Sequence[int], rows: pl.DataFrame, name: str, colour: str, dash: str) -> None:
    """A line of shares with their bands; that of stopped only in months in which some were reported lost."""
    if name == "stopped_share":
        given = pl.when(pl.col("lost") > 0)
        rows = rows.with_columns(given.then(pl.col(column)) for column in (name, f"{name}_low", f"{name}_high"))
    shares, low, high = (
        rows[column].fill_null(float("nan")).to_list() for column in (name, f"{name}_low", f"{name}_high")
    )
    axes.vlines(at, low, high, color=colour, linewidth=2.6 if dash == "-" else 0.9, alpha=0.45)
    axes.plot(at, shares, color=colour, linestyle=dash, linewidth=1.4, marker="o", markersize=3.2)


def _share_legend(figure: Figure, summary: Summary) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=COLOURS[0], marker="o", markersize=3.2, label="destroyed / launched"),
        Line2D([], [], color=INK, linestyle="--", marker="o", markersize=3.2, label="destroyed or lost / launched"),
        Line2D([], [], color=MUTED, linewidth=2.6, alpha=0.45, label=f"{100 * summary.level:.0f} % band of the share"),
        Line2D([], [], color=MUTED, linestyle=DASHES[3], label="reporting changes: letters as in the text"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, columnspacing=1.6)


def _regime_lines(axes: Axes, summary: Summary, months: Sequence[str]) -> None:
    """A line where reporting changes, with the letter that the regime has in the text."""
    named = [regime for regime in summary.regimes if regime.kind == "regime"]
    for letter, regime in zip(ascii_lowercase, named, strict=False):
        month = f"{regime.start:%Y-%m}"
        if month not in months[1:]:
            continue
        at = months.index(month) - 0.5 + (regime.start.day - 1) / _MONTH
        axes.axvline(at, color=MUTED, linestyle=DASHES[3], linewidth=1.0)
        axes.text(
            at + 0.1, 0.99, f"({letter})", transform=axes.get_xaxis_transform(), color=MUTED, fontsize=7.5, va="top"
        )


def _months(axes: Axes, months: Sequence[str]) -> None:
    """Month names under the axis, thinned out where there is no room; the year under its first."""
    step = -(-len(months) // _TICKS)
    kept, names, year = range(0, len(months), step), [], ""
    for k in kept:
        day = date.fromisoformat(f"{months[k]}-01")
        names.append(f"{day:%b}" if f"{day:%Y}" == year else f"{day:%b}\n{day:%Y}")
        year = f"{day:%Y}"
    axes.set_xticks(list(kept), [capital(name) for name in names])
    axes.set_xlim(-0.6, len(months) - 0.4)


def _panels(n: int) -> tuple[Figure, list[Axes]]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH, _PANEL * n + 0.9), layout="constrained")
    return figure, list(figure.subplots(n, 1, squeeze=False)[:, 0])
