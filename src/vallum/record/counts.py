"""Tidy counts of a record by night and by month, up to any cut-off: what fits and forecasts read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import polars as pl

from vallum.record import kinds
from vallum.record.regimes import regime_of
from vallum.record.table import Record

#: Sums of a night or a month; the rows that do not say launched or destroyed are counted, never guessed.
SUMS: Final = ("reports", "launched", "destroyed", "lost", "stopped", "known", "unknown", "airborne",
               "launched_missing", "destroyed_missing")  # fmt: skip
_FRONT_LINE: Final = "uav_other"


def nightly(
    record: Record, until: date | None = None, families: Sequence[str] | None = None, regional: bool = False
) -> pl.DataFrame:
    """Counts of every night and family, nights without a report as zero; no row dated after `until` is used.

    until    : last night; None takes all. The night of a row is the local date of the end of its window
    families : names of families or groups (`all_ballistic`, `all_ballistic_with_sam`, `missiles`), in the order
               wanted; None takes every family that the record has, front-line drones left out
    regional : add regional rows, which partly repeat national ones

    Returns a frame (night x family), sorted, with
      reports            rows of the family on that night
      launched           sum of the numbers given
      destroyed, lost    as reported; from 24 July 2025 `destroyed` holds what was suppressed, and drones' lost is 0
      stopped            destroyed + lost, row by row never more than launched; of rows with launched and outcome
      known              launched in rows with an outcome: the denominator of a reported share
      unknown            launched in rows without one
      airborne           still in the air when the report was written, part of launched
      launched_missing, destroyed_missing   rows that do not say it
      reported           whether any national row of any family counts for that night
      regime             reporting regime of the night
    A night that was not reported cannot be told from a night without launches: see `reported` and `regime`.
    """
    cut = record.until(until) if until is not None else record
    names = list(families) if families is not None else present(cut, regional)
    summed = _summed(cut.rows(regional), names)
    first, last = cut.first, cut.last
    nights = [first + timedelta(days=k) for k in range((last - first).days + 1)]
    reported = set(cut.rows()["night"])
    every = pl.DataFrame(
        {
            "night": pl.Series(nights, dtype=pl.Date),
            "reported": [night in reported for night in nights],
            "regime": [regime_of(cut.regimes, night) for night in nights],
        }
    )
    grid = every.join(places(names), how="cross")
    filled = grid.join(summed, on=["night", "family"], how="left").with_columns(pl.col(SUMS).fill_null(0))
    return filled.sort("night", "place").select("night", "family", *SUMS, "reported", "regime")


def monthly(
    record: Record, until: date | None = None, families: Sequence[str] | None = None, regional: bool = False
) -> pl.DataFrame:
    """Counts of every month and family; arguments and sums as in `nightly`. No row dated after `until` is used.

    Returns a frame (month x family), sorted, with `month` (YYYY-MM), the sums, and
      nights           nights of the month inside the record and up to the cut-off
      nights_reported  those with any national report
      nights_launched  those with launches of the family
      whole            whether all nights of the month are inside
      regime           regimes of the month, joined with +
    """
    nights = nightly(record, until, families, regional)
    names = list(dict.fromkeys(nights["family"]))
    made = (
        nights.with_columns(month=pl.col("night").dt.strftime("%Y-%m"))
        .group_by("month", "family")
        .agg(
            *(pl.col(name).sum() for name in SUMS),
            nights=pl.len(),
            nights_reported=pl.col("reported").sum(),
            nights_launched=(pl.col("launched") > 0).sum(),
            whole=pl.len() == pl.col("night").first().dt.month_end().dt.day(),
            regime=pl.col("regime").sort_by("night").unique(maintain_order=True).str.join("+"),
        )
    )
    return (
        made.join(places(names), on="family")
        .sort("month", "place")
        .select("month", "family", *SUMS, "nights", "nights_reported", "nights_launched", "whole", "regime")
    )


def present(record: Record, regional: bool = False) -> list[str]:
    """The families that the record has rows of, in their usual order; front-line drones left out."""
    found = set(record.rows(regional)["family"])
    return [name for name in kinds.families() if name in found and name != _FRONT_LINE]


def members(names: Sequence[str]) -> pl.DataFrame:
    """Pairs of a wanted name and the families that it stands for, to join rows with."""
    pairs = [(name, family) for name in names for family in kinds.members(name)]
    return pl.DataFrame(pairs, schema={"name": pl.String, "family": pl.String}, orient="row")


def places(names: Sequence[str]) -> pl.DataFrame:
    """The names in the order wanted."""
    return pl.DataFrame({"family": names, "place": range(len(names))}, schema={"family": pl.String, "place": pl.Int64})


def _summed(rows: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    both = pl.col("launched").is_not_null() & pl.col("destroyed").is_not_null()
    return (
        rows.join(members(names), on="family")
        .group_by("night", "name")
        .agg(
            reports=pl.len(),
            launched=pl.col("launched").sum(),
            destroyed=pl.col("destroyed").sum(),
            lost=pl.col("lost").sum(),
            stopped=pl.col("stopped").sum(),
            known=pl.col("launched").filter(both).sum(),
            unknown=pl.col("unknown").sum(),
            airborne=pl.col("airborne").sum(),
            launched_missing=pl.col("launched").null_count(),
            destroyed_missing=pl.col("destroyed").null_count(),
        )
        .rename({"name": "family"})
        .with_columns(pl.col(SUMS).cast(pl.Int64))
    )
