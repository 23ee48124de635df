"""A summary as plain text of at most 100 columns. It stands here, for it must not wait for the model to load."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import polars as pl

from vallum.record import kinds
from vallum.record.context import CASUALTIES, Context
from vallum.record.summing import CAVEATS, Summary

WIDTH: Final = 100
#: Families of which half-years and months are printed; all are in the JSON and in the tables.
MAIN: Final = ("drone_oneway", "cruise", "all_ballistic", "all_ballistic_with_sam", "ballistic")
_MONTHS: Final = 12
_CONTEXT_ROWS: Final = 6
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_Cells = Sequence[str]


def summary_text(summary: Summary, all_months: bool = False) -> str:
    """What a record says: shares with bands by family, regimes, raid sizes, lulls, waves, context.

    all_months : print every month of every family, not the last twelve of the main ones
    """
    marks = _marks(summary)
    main = [name for name in MAIN if name in set(summary.halves["family"])] or list(
        dict.fromkeys(summary.years["family"])
    )
    months = summary.months if all_months else _last(summary.months.filter(pl.col("family").is_in(main)))
    parts = (
        _head(summary),
        _listed("How to read it", CAVEATS),
        _regimes(summary, marks),
        _shares("Reported interception share by year", summary.years, summary, marks),
        _shares("By half-year", summary.halves.filter(pl.col("family").is_in(main)), summary, marks),
        _shares("By month" if all_months else "By month, the last twelve", months, summary, marks),
        _sizes(summary),
        _waves(summary),
        _lulls(summary),
        *(_context(one) for one in summary.context),
        _wrapped(f"Source: {' '.join(summary.licence.split())} sha256 {summary.source}"),
    )
    return "\n\n".join(part for part in parts if part)


def _head(summary: Summary) -> str:
    rows = "national and regional rows" if summary.regional else "national rows"
    return _wrapped(
        f"Record {summary.name}: nights {summary.first} to {summary.last}, {summary.nights:,} in all, "
        f"{summary.nights_reported:,} with a national report; {rows}. Bands: {100 * summary.level:.0f} %."
    )


def _regimes(summary: Summary, marks: Mapping[str, str]) -> str:
    lines = []
    for regime in summary.regimes:
        to = f"to {regime.end}" if regime.end else "on"
        when = str(regime.start) if regime.start == regime.end else f"{regime.start} {to}"
        lead = f"({marks[regime.name]}) " if regime.kind == "regime" else ""
        lines.append(f"{lead}{when}: {regime.what or regime.name}")
    return _listed("Reporting", lines)


def _marks(summary: Summary) -> dict[str, str]:
    named = [regime.name for regime in summary.regimes if regime.kind == "regime"]
    return dict(zip(named, _LETTERS, strict=False))


def _last(months: pl.DataFrame) -> pl.DataFrame:
    kept = sorted(set(months["period"]))[-_MONTHS:]
    return months.filter(pl.col("period").is_in(kept))


# --- tables -----------------------------------------------------------------------------------------


def _shares(title: str, frame: pl.DataFrame, summary: Summary, marks: Mapping[str, str]) -> str:
    head = ("", "launched", "destroyed / launched", "and lost / launched", "no outcome", "regime")
    return _by_family(title, head, frame, lambda row: _share_row(row, marks))


def _share_row(row: Mapping[str, Any], marks: Mapping[str, str]) -> _Cells:
    lost = _band(row, "stopped_share") if row["lost"] else "-"
    letters = "".join(marks.get(name, "") for name in row["regime"].split("+"))
    missing = f"{row['unknown']:,}" if row["unknown"] else "-"
    return (row["period"], f"{row['launched']:,}", _band(row, "share"), lost, missing, letters)


def _band(row: Mapping[str, Any], name: str) -> str:
    if row[name] is None:
        return "-"
    low, high = 100 * row[f"{name}_low"], 100 * row[f"{name}_high"]
    return f"{100 * row[name]:.0f} % ({low:.0f}-{high:.0f})"


def _sizes(summary: Summary) -> str:
    head = ("", "dates", "mean", "90 %", "largest", "8 or more", "of these none destroyed")
    return _by_family("Raid sizes: launched on a date with launches", head, summary.sizes, _size_row)


def _size_row(row: Mapping[str, Any]) -> _Cells:
    return (
        str(row["year"]), str(row["dates"]), f"{row['mean']:.1f}", f"{row['p90']:.0f}", str(row["largest"]),
        str(row["dates_large"]), str(row["large_none_destroyed"]),
    )  # fmt: skip


def _waves(summary: Summary) -> str:
    head = ("", "launched, at least", "nights", "their share", "median gap", "longest gap")
    title = "Waves: the largest tenth of the year's nights with launches, and the nights from one to the next"
    return _by_family(title, head, summary.waves, _wave_row)


def _wave_row(row: Mapping[str, Any]) -> _Cells:
    gaps = [("-" if row[name] is None else f"{row[name]:.0f}") for name in ("median_gap", "longest_gap")]
    threshold, share = f"{row['threshold']:.0f}", f"{100 * row['launched_share']:.0f} %"
    return (str(row["year"]), threshold, str(row["nights"]), share, *gaps)


def _by_family(title: str, head: _Cells, frame: pl.DataFrame, cells: Callable[[Mapping[str, Any]], _Cells]) -> str:
    if frame.is_empty():
        return ""
    blocks = [
        (family, [cells(row) for row in frame.filter(pl.col("family") == family).iter_rows(named=True)])
        for family in sorted(set(frame["family"]), key=_place)
    ]
    widths = _widths([head, *(row for _, rows in blocks for row in rows)])
    lines = [title, _line(head, widths)]
    for family, rows in blocks:
        lines += [kinds.title(family), *(_line(row, widths) for row in rows)]
    return "\n".join(lines)


def _place(family: str) -> int:
    return [*kinds.families(), *kinds.groups()].index(family)


def _lulls(summary: Summary) -> str:
    frame = pl.DataFrame([lull.as_dict() for lull in summary.lulls])
    head = ("", "nights", "of these with a report of something else")
    title = "Lulls: the longest runs of nights without a reported launch"
    return _by_family(title, head, frame, _lull_row)


def _lull_row(row: Mapping[str, Any]) -> _Cells:
    return (f"{row['from']} to {row['to']}", str(row["nights"]), str(row["nights_reported"]))


def _context(context: Context) -> str:
    rows = context.rows[-_CONTEXT_ROWS:]
    if context.kind == CASUALTIES:
        lines = [
            f"{row['period']}: {_number(row['killed'])} killed, {_number(row['injured'])} injured"
            f" (published {row['published']})"
            for row in rows
        ]
    else:
        lines = [
            f"{row['month']}, {row['source']}: {row['alerts']:,} alerts, {row['hours']:,.0f} hours, "
            f"{row['regions']} regions"
            for row in rows
        ]
    title = f"Context, never modelled: {context.title.lower()} ({context.caveat}); the last {len(lines)}"
    return "\n".join([_wrapped(title), *_bullets(lines)])


# --- lines ------------------------------------------------------------------------------------------


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"


def _widths(rows: Iterable[_Cells]) -> list[int]:
    return [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]


def _line(row: _Cells, widths: Sequence[int]) -> str:
    first, *others = zip(row, widths, strict=True)
    cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
    return "  ".join(["", *cells]).rstrip()


def _wrapped(text: str) -> str:
    return textwrap.fill(text, WIDTH)


def _bullets(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield textwrap.fill(line, WIDTH, initial_indent="- ", subsequent_indent="  ")


def _listed(title: str, lines: Iterable[str]) -> str:
    rows = list(_bullets(lines))
    return "\n".join([title, *rows]) if rows else ""
