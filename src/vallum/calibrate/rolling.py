"""The rolling back-test: what would have been forecast at the end of every month, scored against what came (Q6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import polars as pl

from vallum import dice, exact
from vallum.calibrate import months as sources
from vallum.calibrate.baselines import BASELINES
from vallum.calibrate.forecast import LARGE_NIGHTS, OURS, QUANTITIES, Forecaster, Made, log_mass
from vallum.calibrate.ladder import Ladder, inside
from vallum.calibrate.months import Series
from vallum.calibrate.settings import F64, Settings, settings
from vallum.calibrate.written import written
from vallum.errors import RecordError

METHODS: Final = (OURS, *BASELINES)
#: Edges of the bands that the tables show, with the median.
EDGES: Final = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
#: Levels of the reliability curve.
LEVELS: Final = tuple(round(0.05 * k, 2) for k in range(1, 20))
_RESAMPLE: Final = dice.word("target months")
_SEED: Final = 0
_LOW, _HIGH = 5.0, 95.0
_KEYS: Final = ("quantity", "family")


@dataclass(frozen=True, eq=False)
class Backtest:
    """Scores of every forecast of the targets.

    scores : frame (quantity, family, origin, month, step, method, seen, crps, log_score, below, at) and, for our
             own forecasts, the quantiles q05 .. q95. `origin` is the last month known. `below`, `at`: F just below
             and at what came. A share is scored in months with known launches. The log score is that of the whole
             number, for a share that of the per cent.
    """

    record: str
    first: str
    last: str
    horizon: int
    scores: pl.DataFrame
    rules: Settings

    @cached_property
    def skill(self) -> pl.DataFrame:
        """Mean CRPS by quantity and family, ours and each baseline's; ratio to the best baseline; pairs scored."""
        means = self.scores.group_by(*_KEYS, "method", maintain_order=True).agg(pl.col("crps").mean())
        wide = means.pivot(on="method", index=list(_KEYS), values="crps")
        pairs = self.ours.group_by(*_KEYS, maintain_order=True).agg(
            pairs=pl.len(), months=pl.col("month").n_unique(), seen=pl.col("seen").mean()
        )
        best = pl.min_horizontal(*BASELINES)
        return (
            pairs.join(wide, on=_KEYS, how="left", maintain_order="left")
            .with_columns(best=best, ratio=pl.col(OURS) / best)
            .with_columns(beaten=pl.sum_horizontal(*(pl.col(OURS) < pl.col(name) for name in BASELINES)))
        )

    @cached_property
    def ours(self) -> pl.DataFrame:
        """The rows of our own forecasts."""
        return self.scores.filter(pl.col("method") == OURS)

    @cached_property
    def against(self) -> pl.DataFrame:
        """Mean CRPS of ours less each baseline's, with 5-95 % over resampled target months; misses are above 0."""
        rows = []
        for (quantity, family, method), part in self._paired.group_by(*_KEYS, "method", maintain_order=True):
            low, high = self._interval(part["gap"].to_numpy(), part["pairs"].to_numpy().astype(np.float64))
            gap, pairs = part["gap"].to_numpy(), part["pairs"].to_numpy()
            rows.append((quantity, family, method, float((gap * pairs).sum() / pairs.sum()), low, high))
        texts: dict[str, Any] = dict.fromkeys((*_KEYS, "baseline"), pl.String)
        numbers: dict[str, Any] = dict.fromkeys(("difference", "low", "high"), pl.Float64)
        return pl.DataFrame(rows, schema=texts | numbers, orient="row")

    @cached_property
    def _paired(self) -> pl.DataFrame:
        keys = [*_KEYS, "origin", "month"]
        theirs = self.scores.filter(pl.col("method") != OURS)
        both = theirs.join(self.ours.select(*keys, ours="crps"), on=keys, how="left", maintain_order="left")
        return both.group_by(*_KEYS, "method", "month", maintain_order=True).agg(
            gap=(pl.col("ours") - pl.col("crps")).mean(), pairs=pl.len()
        )

    @cached_property
    def misses(self) -> pl.DataFrame:
        """Every quantity, family and baseline where our mean CRPS is not the lower one."""
        return self.against.filter(pl.col("difference") >= 0.0)

    @cached_property
    def coverage(self) -> pl.DataFrame:
        """How often what came lay in the central bands, by quantity and family and over all (`all`).

        inside : counts a number at the edge of a band by the part of its probability inside: 50 % for a right
                 forecast of whole numbers too; low, high: 5-95 % over resampled target months
        closed : counts it as inside, as a reader of the two quantiles does
        """
        rows = [row for quantity in QUANTITIES for row in self._covered(quantity)]
        names = ("quantity", "family", "band", "pairs", "inside", "low", "high", "closed")
        kinds = (pl.String, pl.String, pl.Float64, pl.Int64, *[pl.Float64] * 4)
        return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")

    def _covered(self, quantity: str) -> list[tuple[Any, ...]]:
        part = self.ours.filter(pl.col("quantity") == quantity)
        if part.is_empty():
            return []
        families = ["all", *part["family"].unique(maintain_order=True)]
        return [
            (quantity, family, band, *self._cover(part.filter(pl.col("family") == family) if k else part, band))
            for k, family in enumerate(families)
            for band in self.rules.bands
        ]

    def _cover(self, part: pl.DataFrame, band: float) -> tuple[int, float, float, float, float]:
        within = inside(part["below"].to_numpy(), part["at"].to_numpy(), band)
        low, high = (part[_edge(0.5 + sign * band / 2.0)] for sign in (-1, 1))
        closed = float(((part["seen"] >= low) & (part["seen"] <= high)).mean())  # type: ignore[arg-type]
        months = part.select("month").with_columns(inside=within).group_by("month", maintain_order=True)
        table = months.agg(pl.col("inside").mean(), pairs=pl.len())
        ends = self._interval(table["inside"].to_numpy(), table["pairs"].to_numpy().astype(np.float64))
        return (part.height, float(within.mean()), *ends, closed)

    def _interval(self, values: F64, pairs: F64) -> tuple[float, float]:
        """5 and 95 % of a mean when whole target months are resampled: pairs of one month go together."""
        count = len(values)
        slots = np.arange(self.rules.resamples * count).reshape(-1, count)
        picks = (dice.uniforms(dice.folds(dice.fold(_SEED, _RESAMPLE), slots)) * count).astype(np.int64)
        means = (values * pairs)[picks].sum(axis=1) / pairs[picks].sum(axis=1)
        low, high = np.percentile(means, (_LOW, _HIGH))
        return float(low), float(high)

    @cached_property
    def by_step(self) -> pl.DataFrame:
        """Mean CRPS by quantity, family, step and method."""
        means = self.scores.group_by(*_KEYS, "step", "method", maintain_order=True).agg(pl.col("crps").mean())
        return means.pivot(on="method", index=[*_KEYS, "step"], values="crps").sort(*_KEYS, "step", maintain_order=True)

    @cached_property
    def log_scores(self) -> pl.DataFrame:
        """Mean log score (lower is better, natural logarithm) by quantity, family and method."""
        means = self.scores.group_by(*_KEYS, "method", maintain_order=True).agg(pl.col("log_score").mean())
        return means.pivot(on="method", index=list(_KEYS), values="log_score")

    @cached_property
    def brier(self) -> pl.DataFrame:
        """Brier score of "at least one night with many ballistic missiles this month", by sum and method."""
        rows = []
        part = self.scores.filter(pl.col("quantity") == LARGE_NIGHTS)
        for (family, method), group in part.group_by("family", "method", maintain_order=True):
            some = (1.0 - group["none"]).clip(0.0, 1.0).to_list()
            answer = exact.brier(some, [int(seen > 0) for seen in group["seen"]], bins=10)
            rows.append((family, method, group.height, answer["base_rate"], answer["score"], answer["skill"]))
        names = ("family", "method", "pairs", "base_rate", "brier", "skill")
        return pl.DataFrame(rows, schema=list(names), orient="row")

    @cached_property
    def reliability(self) -> pl.DataFrame:
        """Share of what came at or below each quantile, by quantity; the level itself for a right forecast."""
        rows = []
        for quantity in QUANTITIES:
            part = self.ours.filter(pl.col("quantity") == quantity)
            below, at = part["below"].to_numpy(), part["at"].to_numpy()
            width = np.where(at > below, at - below, 1.0)
            for level in LEVELS:
                under = np.where(at > below, np.clip((level - below) / width, 0.0, 1.0), (at <= level) * 1.0)
                rows.append((quantity, level, float(under.mean()) if part.height else None))
        return pl.DataFrame(rows, schema=["quantity", "level", "seen"], orient="row")

    def as_dict(self) -> dict[str, Any]:
        """All tables but the single scores, as plain data."""
        tables = {
            "skill": self.skill, "against": self.against, "misses": self.misses, "coverage": self.coverage,
            "log_scores": self.log_scores, "brier": self.brier, "by_step": self.by_step,
            "reliability": self.reliability,
        }  # fmt: skip
        about: dict[str, Any] = {
            "schema": 1, "kind": "backtest", "record": self.record, "from": self.first, "to": self.last,
            "horizon": self.horizon,
        }  # fmt: skip
        plain: dict[str, Any] = written(about | {name: table.to_dicts() for name, table in tables.items()})
        return plain


def backtest(series: Series, first: str, last: str, horizon: int, rules: Settings | None = None) -> Backtest:
    """Forecast every month from `first` to `last` (YYYY-MM) from up to `horizon` months before, and score it.

    Raises RecordError where the record does not hold the months, or not enough before them.
    """
    made = Forecaster(series, horizon, rules or settings())
    wanted = _wanted(made, first, last)
    rows: list[pl.DataFrame] = []
    months = sources.names([series.stretches[place] for place in series.whole])
    for month in range(made.rules.first_origin, len(months) - 1):
        if month >= wanted.stop - 1:
            break
        origin = series.whole[month]
        following = made.following(origin)
        forecasts = made.at(origin, following)
        made.learn(origin, forecasts)
        steps = [k for k in range(len(following)) if month + 1 + k in wanted]
        rows += [_scored(made, forecasts, months, month, k) for k in steps]
    scores = pl.concat(rows)
    order = {name: k for k, name in enumerate(QUANTITIES)}
    scores = scores.sort(pl.col("quantity").replace_strict(order), maintain_order=True)
    return Backtest(series.name, first, last, horizon, scores, made.rules)


def _wanted(made: Forecaster, first: str, last: str) -> range:
    """Places of the target months among the whole months of the series."""
    months = sources.names([made.series.stretches[place] for place in made.series.whole])
    earliest = made.rules.first_origin + 1
    problems = [
        f"{what} {month}: not a whole month of the record; targets may be {months[earliest]} to {months[-1]}"
        for what, month in (("--from", first), ("--to", last))
        if month not in months[earliest:]
    ]
    if not problems and first > last:
        problems = [f"--from {first} is after --to {last}"]
    if problems:
        raise RecordError(problems)
    return range(months.index(first), months.index(last) + 1)


def _scored(made: Forecaster, forecasts: dict[str, Made], months: Sequence[str], month: int, k: int) -> pl.DataFrame:
    target = month + 1 + k
    frames = []
    for quantity in QUANTITIES:
        seen = made.seen(quantity, made.series.whole[target])
        about = {"quantity": quantity, "origin": months[month], "month": months[target], "step": k + 1}
        for method in METHODS:
            cdf = forecasts[quantity][method][k]
            frames.append(_rows(made.ladder(quantity), cdf, seen, made.names(quantity), {**about, "method": method}))
    return pl.concat(frames)


def _rows(ladder: Ladder, cdf: F64, seen: F64, families: Sequence[str], about: dict[str, Any]) -> pl.DataFrame:
    filled = np.where(np.isnan(seen), 0.0, seen)
    below, at = ladder.span(cdf, filled)
    ours = about["method"] == OURS
    made: dict[str, Any] = {
        "family": families,
        "seen": seen,
        "crps": ladder.crps(cdf, filled),
        "log_score": -log_mass(ladder, cdf, filled),
        "below": below,
        "at": at,
        "none": cdf[..., 0],
    }
    edges = {_edge(level): ladder.quantile(cdf, level) if ours else np.full(len(families), np.nan) for level in EDGES}
    table = pl.DataFrame(made | edges).with_columns(**{name: pl.lit(value) for name, value in about.items()})
    lead = ("quantity", "family", "origin", "month", "step", "method")
    return table.filter(pl.col("seen").is_not_nan()).select(*lead, pl.exclude(*lead))


def _edge(level: float) -> str:
    return f"q{round(100 * level):02d}"


def default_months(series: Series) -> tuple[str, str]:
    """First and last target month where the user names none: 2024, when reports became daily; the last whole one."""
    months = sources.names([series.stretches[place] for place in series.whole])
    earliest = months[settings().first_origin + 1]
    return max(earliest, min("2024-01", months[-1])), months[-1]
