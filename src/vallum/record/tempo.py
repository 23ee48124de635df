"""How raids come: sizes of the nights with launches, lulls between them, waves of large ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from vallum.record import counts
from vallum.record.table import Record

#: What raids are counted of, in the order in which they are shown.
RAIDS: Final = ("all_ballistic_with_sam", "all_ballistic", "missiles", "drone_oneway")
#: A raid of so many is a large one in reports about ballistic missiles: "eight came and none was stopped".
LARGE: Final = 8
_NINTH: Final = 0.9
#: Longest lulls that are listed for each series.
_LULLS: Final = 5


@dataclass(frozen=True)
class Lull:
    """A run of nights without a reported launch, both ends included."""

    family: str
    start: date
    end: date
    nights: int
    nights_reported: int
    regime: str

    def as_dict(self) -> dict[str, Any]:
        """The lull as plain data; of `nights`, `nights_reported` have a national report of something else."""
        return {
            "family": self.family,
            "from": self.start.isoformat(),
            "to": self.end.isoformat(),
            "nights": self.nights,
            "nights_reported": self.nights_reported,
            "regime": self.regime,
        }


def raid_sizes(
    record: Record, families: Sequence[str] = RAIDS, until: date | None = None, regional: bool = False
) -> pl.DataFrame:
    """Sizes of raids by year: launches of a family on a date with launches.

    Returns a frame (family x year) with dates_reported (that have a report, be it without a number), dates (with
    launches), mean and p90 over the dates with launches (p90 linear between neighbours), largest, dates_large
    (8 or more) and large_none_destroyed (of these, an outcome is given and none is reported destroyed).
    """
    nights = counts.nightly(record, until, families, regional)
    made = []
    for (family, year), part in nights.with_columns(year=pl.col("night").dt.year()).group_by(
        "family", "year", maintain_order=True
    ):
        raids = part.filter(pl.col("launched") > 0)
        sizes = raids["launched"]
        if sizes.is_empty():
            continue
        large = raids.filter(pl.col("launched") >= LARGE)
        none = large.filter((pl.col("known") > 0) & (pl.col("destroyed") == 0)).height
        reported = part.filter(pl.col("reports") > 0).height
        size = (len(sizes), sizes.mean(), sizes.quantile(_NINTH, "linear"), sizes.max())
        made.append((family, year, reported, *size, large.height, none))
    columns = {"family": pl.String, "year": pl.Int32, "dates_reported": pl.Int64, "dates": pl.Int64,
               "mean": pl.Float64, "p90": pl.Float64, "largest": pl.Int64, "dates_large": pl.Int64,
               "large_none_destroyed": pl.Int64}  # fmt: skip
    order = {name: place for place, name in enumerate(families)}
    made.sort(key=lambda row: (order[row[0]], row[1]))
    return pl.DataFrame(made, schema=columns, orient="row")


def lulls(
    record: Record, families: Sequence[str] = RAIDS, until: date | None = None, regional: bool = False
) -> list[Lull]:
    """The longest runs of nights without a reported launch, of each family or group; the longest first.

    Nights without any national report cannot be told from nights without launches: see `nights_reported`.
    """
    nights = counts.nightly(record, until, families, regional)
    made = []
    for family in families:
        part = nights.filter(pl.col("family") == family)
        runs = sorted(_runs(family, part), key=lambda run: (-run.nights, run.start))
        made += runs[:_LULLS]
    return made


def _runs(family: str, nights: pl.DataFrame) -> list[Lull]:
    made: list[Lull] = []
    run: list[tuple[date, bool, str]] = []
    for night, launched, reported, regime in nights.select("night", "launched", "reported", "regime").iter_rows():
        if launched == 0:
            run.append((night, reported, regime))
        elif run:
            made.append(_lull(family, run))
            run = []
    return [*made, _lull(family, run)] if run else made


def _lull(family: str, run: Sequence[tuple[date, bool, str]]) -> Lull:
    regimes = "+".join(dict.fromkeys(regime for _, _, regime in run))
    return Lull(family, run[0][0], run[-1][0], len(run), sum(reported for _, reported, _ in run), regimes)


def waves(
    record: Record, families: Sequence[str] = RAIDS, until: date | None = None, regional: bool = False
) -> pl.DataFrame:
    """Large nights by year: those at or above the 90 % point of the year's nights with launches.

    Returns a frame (family x year) with threshold (launches), nights, launched_share (of the year's launches
    that fell on them), median_gap and longest_gap (nights from one to the next; none where there is one).
    """
    nights = counts.nightly(record, until, families, regional).with_columns(year=pl.col("night").dt.year())
    made = []
    for (family, year), part in nights.group_by("family", "year", maintain_order=True):
        raids = part.filter(pl.col("launched") > 0)
        if raids.is_empty():
            continue
        threshold = raids["launched"].quantile(_NINTH, "linear")
        large = raids.filter(pl.col("launched") >= threshold)
        gaps = large["night"].diff().dt.total_days().drop_nulls()
        share = int(large["launched"].sum()) / int(raids["launched"].sum())
        made.append((family, year, threshold, large.height, share, gaps.median(), gaps.max()))
    columns = {"family": pl.String, "year": pl.Int32, "threshold": pl.Float64, "nights": pl.Int64,
               "launched_share": pl.Float64, "median_gap": pl.Float64, "longest_gap": pl.Int64}  # fmt: skip
    order = {name: place for place, name in enumerate(families)}
    made.sort(key=lambda row: (order[str(row[0])], row[1]))
    return pl.DataFrame(made, schema=columns, orient="row")
