"""Scores of a frozen forecast once its months are over, beside the naive baselines from the same cut-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

import polars as pl

from vallum import record as records
from vallum.calibrate import locker, months
from vallum.calibrate.baselines import BASELINES
from vallum.calibrate.forecast import OURS, QUANTITIES
from vallum.calibrate.locker import Frozen, Target
from vallum.calibrate.months import Series
from vallum.calibrate.written import written
from vallum.errors import RecordError

_BANDS: Final = {"inside_50": ("0.25", "0.75"), "inside_80": ("0.10", "0.90"), "inside_90": ("0.05", "0.95")}
_KEYS: Final = ("quantity", "family")
_ALL_BALLISTIC: Final = "all_ballistic_with_sam"


@dataclass(frozen=True, eq=False)
class Scored:
    """A frozen forecast against the record.

    rows : frame (quantity, family, from, to, seen, median, low, high, crps, inside_50 .. inside_90, and the CRPS of
           each baseline); low and high are the ends of the 80 % band
    open : targets whose nights the record does not hold yet; empty : shares of nothing; unscored : not in a record
    same_past : whether the record's counts up to the cut-off are still those that the forecast was made from
    unresolved : launches of the nights scored whose label has no family: they are in no target
    mixed : ballistic launches in numbers that mix labels and all of them (`all_ballistic_with_sam`), in the nights
            scored and in as many before the cut-off: where the first share moves, families were merged differently
    """

    frozen: Frozen
    record: str
    last: str
    rows: pl.DataFrame
    open: tuple[Target, ...]
    empty: tuple[Target, ...]
    unscored: tuple[Target, ...]
    same_past: bool
    unresolved: int
    mixed: tuple[tuple[int, int], tuple[int, int]]

    @cached_property
    def skill(self) -> pl.DataFrame:
        """Mean CRPS by quantity and family, ours and the baselines'; share of targets inside the bands."""
        names = [OURS, *BASELINES, *_BANDS]
        grouped = self.rows.group_by(*_KEYS, maintain_order=True)
        return grouped.agg(pl.len().alias("targets"), *(pl.col(name).mean() for name in names))

    @cached_property
    def coverage(self) -> pl.DataFrame:
        """Share of all targets inside the bands, by quantity."""
        grouped = self.rows.group_by("quantity", maintain_order=True)
        return grouped.agg(pl.len().alias("targets"), *(pl.col(name).mean() for name in _BANDS))

    def as_dict(self) -> dict[str, Any]:
        """Everything as plain data."""
        left = {name: [_named(target) for target in getattr(self, name)] for name in ("open", "empty", "unscored")}
        about = {
            "schema": 1,
            "kind": "forecast_scores",
            "cutoff": self.frozen.cutoff.isoformat(),
            "record": self.record,
            "last_night": self.last,
            "same_past": self.same_past,
            "unresolved_launched": self.unresolved,
            "ballistic_in_mixed_labels": {"scored": list(self.mixed[0]), "before": list(self.mixed[1])},
            "skill": self.skill.to_dicts(),
            "coverage": self.coverage.to_dicts(),
            "targets": self.rows.to_dicts(),
            **left,
        }
        plain: dict[str, Any] = written(about)
        return plain


def score(frozen: Frozen, record: records.Record) -> Scored:
    """Score a frozen forecast against a record; baselines see the record up to the cut-off only.

    A record that does not reach back far enough for them still scores the forecast, alone.
    """
    known = [target for target in frozen.targets if target.quantity in QUANTITIES]
    unscored = tuple(target for target in frozen.targets if target.quantity not in QUANTITIES)
    past = _past(record, frozen.cutoff) if known else None
    plain = {}
    if past is not None and any(target.last <= record.last for target in known):
        plain = locker.baseline_quantiles(past, frozen)
    rows, still_open, empty = [], [], []
    for target in known:
        seen = locker.came(record, target)
        if seen is not None:
            rows.append(_row(target, seen, plain))
        elif target.last > record.last:
            still_open.append(target)
        else:
            empty.append(target)
    table = pl.DataFrame(rows, schema=_schema(), orient="row")
    last = record.last.isoformat()
    end = max((target.last for target in known if target.last <= record.last), default=frozen.cutoff)
    after = (frozen.cutoff + timedelta(days=1), end)
    before = (frozen.cutoff - (end - frozen.cutoff), frozen.cutoff)
    return Scored(
        frozen, record.name, last, table, tuple(still_open), tuple(empty), unscored,
        same_past=not known or _same_past(frozen, past),
        unresolved=_launched(record, after, ["unresolved"]),
        mixed=(_mixed(record, after), _mixed(record, before)),
    )  # fmt: skip


def _past(record: records.Record, cutoff: date) -> Series | None:
    """The record up to the cut-off; none where it is too short to forecast from."""
    with suppress(RecordError):
        return months.series(record, cutoff)
    return None


def _same_past(frozen: Frozen, past: Series | None) -> bool:
    return past is not None and frozen.made_from.get("counts_sha256") == locker.counts_sha256(past)


def _mixed(record: records.Record, nights: tuple[date, date]) -> tuple[int, int]:
    ballistic = records.members(_ALL_BALLISTIC)
    mixed = [name for name in ballistic if records.families()[name].holds]
    return _launched(record, nights, mixed), _launched(record, nights, ballistic)


def _launched(record: records.Record, nights: tuple[date, date], families: Sequence[str]) -> int:
    """National launches of some families from one night to another, both counted."""
    rows = record.rows().filter(pl.col("night").is_between(*nights) & pl.col("family").is_in(list(families)))
    return int(rows["launched"].sum())


def _schema() -> dict[str, Any]:
    texts = dict.fromkeys((*_KEYS, "from", "to"), pl.String)
    numbers = dict.fromkeys(("seen", "median", "low", "high", OURS, *BASELINES), pl.Float64)
    return {**texts, **numbers, **dict.fromkeys(_BANDS, pl.Float64)}


def _row(target: Target, seen: float, plain: Mapping[Any, Mapping[str, float | None]]) -> tuple[Any, ...]:
    key = (target.family, target.first, target.quantity)
    others = [locker.pinball(plain[method, *key], seen) if (method, *key) in plain else None for method in BASELINES]
    numbers = target.quantiles
    inside = [float(_at(numbers, low) <= seen <= _at(numbers, high)) for low, high in _BANDS.values()]
    about = (target.quantity, target.family, target.first.isoformat(), target.last.isoformat(), seen)
    middle = (_at(numbers, "0.50"), _at(numbers, "0.10"), _at(numbers, "0.90"))
    return (*about, *middle, locker.pinball(numbers, seen), *others, *inside)


def _at(quantiles: Mapping[str, float | None], level: str) -> float:
    value = quantiles[level]
    return float("inf") if value is None else float(value)


def _named(target: Target) -> dict[str, str]:
    return {
        "family": target.family,
        "from": target.first.isoformat(),
        "to": target.last.isoformat(),
        "quantity": target.quantity,
    }
