"""Reported interception shares with binomial bands, by year, half-year or month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from statistics import NormalDist
from typing import Final, Literal

import polars as pl

from vallum.errors import RecordError
from vallum.record import counts
from vallum.record.table import Record

Period = Literal["year", "half", "month"]
#: The house's band: 5 to 95 %.
LEVEL: Final = 0.9
_MONTHS_A_HALF: Final = 6
_SUMMED: Final = ("reports", "launched", "known", "destroyed", "lost", "stopped", "unknown",
                  "launched_missing", "destroyed_missing")  # fmt: skip


def wilson(stopped: int, launched: int, level: float = LEVEL) -> tuple[float, float] | None:
    """The score interval of a share: the p with |stopped - n p| <= z sqrt(n p (1 - p)), n = launched.

    Treats launches as independent with one chance each. Nights differ and a report is one party's word, so the
    truth is less sure than the band. None where nothing was launched. Source: Wilson 1927, Journal of the
    American Statistical Association 22(158).

    >>> [round(edge, 4) for edge in wilson(0, 10)]
    [0.0, 0.2129]
    """
    if launched == 0:
        return None
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    share, spread = stopped / launched, z * z / launched
    middle = (share + spread / 2.0) / (1.0 + spread)
    half = z * math.sqrt(share * (1.0 - share) / launched + spread / (4.0 * launched)) / (1.0 + spread)
    low = 0.0 if stopped == 0 else middle - half
    high = 1.0 if stopped == launched else middle + half
    return max(0.0, low), min(1.0, high)


def shares(
    record: Record,
    by: Period = "year",
    families: Sequence[str] | None = None,
    until: date | None = None,
    regional: bool = False,
    level: float = LEVEL,
) -> pl.DataFrame:
    """Launched and reported interception share of each period and family that has reports.

    A share is what the defender reports, never a kill probability. Arguments as in `counts.nightly`; `by` is
    year (2025), half (2025H1) or month (2025-07). Returns a frame with
      period, family, reports, launched, known, destroyed, lost, stopped, unknown, launched_missing,
      destroyed_missing   sums as in `counts.nightly`
      share, share_low, share_high      destroyed / known with its band at `level`
      stopped_share, ..._low, ..._high  (destroyed + lost) / known; equal where nothing was reported lost
      regime              reporting regimes of the period, joined with +: more than one, and the share mixes them
    """
    if by not in ("year", "half", "month"):
        raise RecordError(f"shares by {by!r}: choose year, half or month")
    nights = counts.nightly(record, until, families, regional).with_columns(period=_period(by))
    names = list(dict.fromkeys(nights["family"]))
    summed = (
        nights.group_by("period", "family")
        .agg(
            *(pl.col(name).sum() for name in _SUMMED),
            pl.col("regime").sort_by("night").unique(maintain_order=True).str.join("+"),
        )
        .filter(pl.col("reports") > 0)
        .join(counts.places(names), on="family")
        .sort("period", "place")
    )
    banded = [_banded(row, level) for row in summed.select("known", "destroyed", "stopped").iter_rows()]
    columns = ("share", "share_low", "share_high", "stopped_share", "stopped_share_low", "stopped_share_high")
    bands = pl.DataFrame(banded, schema=dict.fromkeys(columns, pl.Float64), orient="row")
    return summed.with_columns(bands).select("period", "family", *_SUMMED, *columns, "regime")


def _banded(row: tuple[int, int, int], level: float) -> tuple[float | None, ...]:
    known, destroyed, stopped = row
    made: list[float | None] = []
    for number in (min(destroyed, known), stopped):
        band = wilson(number, known, level)
        made += [None, None, None] if band is None else [number / known, *band]
    return tuple(made)


def _period(by: Period) -> pl.Expr:
    night = pl.col("night")
    if by == "month":
        return night.dt.strftime("%Y-%m")
    year = night.dt.year().cast(pl.String)
    if by == "year":
        return year
    half = pl.when(night.dt.month() <= _MONTHS_A_HALF).then(pl.lit("H1")).otherwise(pl.lit("H2"))
    return pl.concat_str(year, half)
