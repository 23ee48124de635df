"""What comes: launches of every night in every future, from a law, a fit or a night table (R1-R4)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from vallum import dice
from vallum._kernel import problem
from vallum.errors import RecordError
from vallum.scenario import schema
from vallum.scenario.cast import Cast
from vallum.scenario.quantity import Quantity
from vallum.scenario.worlds import F64, I64, U64, Worlds

RAIDS: Final = dice.word("raids")
SIZE: Final = dice.word("size")
MASS: Final = dice.word("mass")
ROUNDING: Final = dice.word("rounding")
BLOCK: Final = dice.word("block")
CEASEFIRE: Final = dice.word("ceasefire")
DAYS_A_YEAR: Final = 365.25
MONTHS_A_YEAR: Final = 12
NIGHT_COLUMNS: Final = ("night", "class", "launched")
Made = TypeVar("Made")
ALLOCATIONS: Final = {"multinomial": problem.MULTINOMIAL, "proportional": problem.PROPORTIONAL}


@dataclass(frozen=True)
class Schedule:
    """The raids of a block of futures: rows of launches by class, and the first row of each day.

    start : (F, D + 1); launched : (rows, C)
    """

    start: I64
    launched: I64


@dataclass(frozen=True)
class Raids:
    """The threat side of a scenario."""

    cast: Cast
    start: date
    days: int
    table: Path | None = None

    @property
    def _given(self) -> schema.Raids:
        return self.cast.fixed.raids

    def schedule(self, worlds: Worlds) -> Schedule:
        """Return who comes in each night of each future of the block."""
        rows, launched = self._by_law(worlds) if self._given.kind == "law" else self._by_night(worlds)
        start = np.zeros((len(worlds.futures), self.days + 1), np.int64)
        edges = np.concatenate([[0], np.cumsum(rows.ravel())])
        start[:, :-1] = edges[:-1].reshape(rows.shape)
        start[:, -1] = edges[self.days :: self.days]
        return Schedule(start, np.ascontiguousarray(launched, np.int64))

    # --- night chains and tempo -----------------------------------------------------------------------

    def _nights(self, worlds: Worlds) -> U64:
        """Chain of each night of each future, for the draws of this room. (F, D)"""
        return dice.folds(dice.folds(worlds.chains[:, None], np.arange(self.days)), np.uint64(RAIDS))

    def tempo(self, worlds: Worlds) -> F64:
        """Factor on the launches of each class on each day, ceasefire included (R2). (W, D, C)"""
        factors = np.ones((1, self.days, len(self.cast.classes)))
        for c, name in enumerate(self.cast.classes):
            given = self.cast.choices.tempo.get(name)
            for part in given if isinstance(given, list) else [given]:
                factors = self._with_tempo(worlds, factors, c, part)
        return factors * self._truce(worlds)[:, :, None]

    def _with_tempo(self, worlds: Worlds, factors: F64, c: int, part: schema.Tempo | Quantity | None) -> F64:
        if part is None:
            return factors
        stretch = isinstance(part, schema.Tempo)
        value = worlds.value(part.factor if isinstance(part, schema.Tempo) else part, 1.0)
        start = worlds.day(part.start if stretch else None, 0)  # type: ignore[union-attr]
        end = worlds.day(part.to if stretch else None, self.days)  # type: ignore[union-attr]
        rows = max(factors.shape[0], value.shape[0], start.shape[0], end.shape[0])
        made = np.broadcast_to(factors, (rows, *factors.shape[1:])).copy()
        day = np.arange(self.days)[None, :]
        inside = (day >= start[:, None]) & (day < end[:, None])
        made[:, :, c] *= np.where(inside, value[:, None], 1.0)
        return made

    def _truce(self, worlds: Worlds) -> F64:
        """Zero on the days of a ceasefire that holds, else one (R2). (W, D)"""
        given = self.cast.choices.ceasefire
        day = np.arange(self.days)[None, :]
        if given is None:
            return np.ones((1, self.days))
        start, end = worlds.day(given.start, 0), worlds.day(given.to, self.days)
        if given.broken is not None:
            chains = dice.folds(worlds.chains, np.uint64(CEASEFIRE))
            breaks = dice.uniforms(dice.folds(chains, 0)) < worlds.value(given.broken, 0.0)
            broken = start + np.floor(dice.uniforms(dice.folds(chains, 1)) * (end - start)).astype(np.int64)
            end = np.where(breaks, broken, end)
        return np.where((day >= start[:, None]) & (day < end[:, None]), 0.0, 1.0)

    # --- law: raids a day, size of each raid (R1) -----------------------------------------------------

    def _by_law(self, worlds: Worlds) -> tuple[I64, I64]:
        nights, tempo = self._nights(worlds), self.tempo(worlds)
        rows = self._raids_a_day(worlds, nights)
        future, day = np.nonzero(rows)
        many = rows[future, day]
        future, day = np.repeat(future, many), np.repeat(day, many)
        raid = np.arange(len(day)) - np.repeat(np.cumsum(many) - many, many)
        chains = dice.folds(nights[future, day], raid)
        launched = np.zeros((len(day), len(self.cast.classes)), np.int64)
        for c, name in enumerate(self.cast.classes):
            if name in self._given.size:
                slots = dice.folds(dice.folds(chains, np.uint64(SIZE)), np.uint64(dice.word(name)))
                sizes = _sizes(worlds, self._given.size[name], dice.uniforms(slots), future)
                launched[:, c] = _scaled(sizes, tempo[future % len(tempo), day, c], slots)
        return rows, launched

    def _raids_a_day(self, worlds: Worlds, nights: U64) -> I64:
        given = self._given.raids_a_day or schema.RaidsADay(kind="fixed", n=Quantity(1.0))
        u = dice.uniforms(nights)
        if given.kind == "fixed":
            return np.broadcast_to(worlds.count(given.n, 1)[:, None], u.shape).copy()
        if given.kind == "bernoulli":
            return (u > 1.0 - worlds.value(given.p, 0.0)[:, None]).astype(np.int64)
        mean = np.broadcast_to(worlds.value(given.mean, 0.0)[:, None], u.shape)
        return _poisson(u, mean)

    # --- parametric and tables: one raid a night ------------------------------------------------------

    def _by_night(self, worlds: Worlds) -> tuple[I64, I64]:
        launched = self._parametric(worlds) if self._given.kind == "parametric" else self._from_table(worlds)
        rows = (launched.sum(axis=2) > 0).astype(np.int64)
        return rows, launched[rows > 0]

    def _parametric(self, worlds: Worlds) -> I64:
        """Negative binomial nights, each either a mass raid for all classes or harassment. (F, D, C)"""
        nights, tempo, level = self._nights(worlds), self.tempo(worlds), self._level(worlds)
        share = worlds.value(self._given.mass_share, 0.0)[:, None]
        mass = dice.uniforms(dice.folds(nights, np.uint64(MASS))) < share
        launched = np.zeros((*mass.shape, len(self.cast.classes)), np.int64)
        for c, name in enumerate(self.cast.classes):
            if name not in self._given.classes:
                continue
            made = self._given.classes[name]
            ratio = worlds.value(made.mass_ratio, 1.0)[:, None]
            quiet = 1.0 / (1.0 - share + share * ratio)
            mean = level[:, :, c] * tempo[:, :, c] * quiet * np.where(mass, ratio, 1.0)
            calm = worlds.value(made.dispersion, np.inf)[:, None]
            wild = worlds.value(made.mass_dispersion, np.inf)[:, None] if made.mass_dispersion else calm
            u = dice.uniforms(dice.folds(nights, np.uint64(dice.word(name))))
            launched[:, :, c] = _negative_binomial(u, mean, np.where(mass, wild, calm))
        return launched

    def _level(self, worlds: Worlds) -> F64:
        """Mean launches of each class on each night before tempo: mean or month, trend, season. (W, D, C)"""
        columns = [self._class_level(worlds, self._given.classes.get(name)) for name in self.cast.classes]
        rows = max(column.shape[0] for column in columns)
        return np.stack([np.broadcast_to(column, (rows, self.days)) for column in columns], axis=-1)

    def _class_level(self, worlds: Worlds, made: schema.Intensity | None) -> F64:
        if made is None:
            return np.zeros((1, self.days))
        level = np.repeat(worlds.value(made.mean, 0.0)[:, None], self.days, axis=1)
        for month, total in made.monthly.items():
            inside = self.months == month
            value = worlds.value(total, 0.0)[:, None] / _month_days(month)
            level = np.where(inside[None, :], value, level)
        if made.trend_per_year is not None:
            years = np.arange(self.days)[None, :] / DAYS_A_YEAR
            level = level * np.exp(worlds.value(made.trend_per_year, 0.0)[:, None] * years)
        if made.season:
            level = level * self._season(worlds, made.season)
        return level

    def _season(self, worlds: Worlds, season: Mapping[Any, Quantity]) -> F64:
        amplitude = worlds.value(season.get("amplitude"), 0.0)[:, None]
        peak = worlds.value(season.get("peak_month"), 1.0)[:, None]
        position = np.array(
            [day.month + (day.day - 1) / _month_days(month) for day, month in zip(self.dates, self.months, strict=True)]
        )
        return np.exp(amplitude * np.cos(2 * np.pi * (position[None, :] - peak) / MONTHS_A_YEAR))

    @cached_property
    def months(self) -> npt.NDArray[np.str_]:
        """Month of each day, YYYY-MM."""
        return np.datetime_as_string(np.datetime64(self.start, "D") + np.arange(self.days), "M")

    @cached_property
    def dates(self) -> tuple[date, ...]:
        """Date of each day."""
        return tuple(self.start + timedelta(days=k) for k in range(self.days))

    def _from_table(self, worlds: Worlds) -> I64:
        nights = self._nights(worlds)
        if self._given.kind == "replay":
            drawn = np.broadcast_to(self._replayed[None], (*nights.shape, len(self.cast.classes)))
        else:
            drawn = self._resampled(nights)
        tempo = self.tempo(worlds)
        names = np.array([dice.word(name) for name in self.cast.classes], np.uint64)
        slots = dice.folds(nights[:, :, None], names)
        return _scaled(drawn, np.broadcast_to(tempo, drawn.shape), slots)

    @cached_property
    def _table(self) -> tuple[date, I64]:
        """First night and launches by night and class of the night table."""
        if self.table is None:
            raise RecordError("the scenario names no night table (fixed.raids.path)")
        return read_night_table(self.table, self.cast.classes)

    @cached_property
    def _replayed(self) -> I64:
        """The nights of the campaign as the table has them. (D, C)"""
        first, launched = self._table
        skip = (self.start - first).days
        if skip < 0 or skip + self.days > len(launched):
            last = first + timedelta(days=len(launched) - 1)
            raise RecordError(
                f"{self.table}: the night table runs from {first} to {last}, the campaign from {self.start} to "
                f"{self.dates[-1]}; choose fixed.start and fixed.days inside it, or kind: resample"
            )
        return launched[skip : skip + self.days]

    def _resampled(self, nights: U64) -> I64:
        """Blocks of consecutive nights from anywhere in the table, laid end to end. (F, D, C)"""
        _, launched = self._table
        length = min(self._given.block, len(launched))
        day = np.arange(self.days)
        u = dice.uniforms(dice.folds(nights[:, day - day % length], np.uint64(BLOCK)))
        first = np.floor(u * (len(launched) - length + 1)).astype(np.int64)
        blocks: I64 = launched[first + (day % length)[None, :]]
        return blocks

    # --- what the defence may expect, and where it falls ----------------------------------------------

    def expected(self, worlds: Worlds) -> F64:
        """Mean threats a night of each class, before a day of the campaign is known. (W, C)"""
        return self._lately("expected", worlds, lambda: self._expected(worlds))

    def _expected(self, worlds: Worlds) -> F64:
        if self._given.kind == "law":
            nightly = self._expected_law(worlds)[:, None, :]
        elif self._given.kind == "parametric":
            nightly = self._level(worlds)
        else:
            nights = self._replayed if self._given.kind == "replay" else self._table[1]
            nightly = nights.mean(axis=0)[None, None, :]
        expected: F64 = (nightly * self.tempo(worlds)).mean(axis=1)
        return expected

    def _expected_law(self, worlds: Worlds) -> F64:
        given = self._given.raids_a_day
        raids = np.ones(1)
        if given is not None:
            raids = worlds.value({"fixed": given.n, "bernoulli": given.p, "poisson": given.mean}[given.kind], 1.0)
        means = [_mean_size(worlds, self._given.size.get(name)) for name in self.cast.classes]
        rows = max(raids.shape[0], *(mean.shape[0] for mean in means))
        return np.stack([np.broadcast_to(raids * mean, rows) for mean in means], axis=-1)

    def targets(self, worlds: Worlds, weights: F64) -> F64:
        """Share of each class that is aimed at each asset (R3). (W, C, A)

        weights : (A,) weight or population of the assets, used where the scenario names no targets
        """
        parts = []
        for name in self.cast.classes:
            given = self._given.targets.get(name)
            aimed = None if given is None else [worlds.value(given.get(asset), 0.0) for asset in self.cast.assets]
            parts.append(weights[None] if aimed is None else _stack(aimed))
        rows = max(part.shape[0] for part in parts)
        shares = np.stack([np.broadcast_to(part, (rows, len(weights))) for part in parts], axis=1)
        total = shares.sum(axis=2, keepdims=True)
        return np.where(total > 0.0, shares / np.where(total > 0.0, total, 1.0), 1.0 / shares.shape[2])

    def arrays(self, worlds: Worlds, weights: F64) -> dict[str, Any]:
        """Return the fields of a Problem that the threat side gives; they are shared, so nobody may change them."""
        return self._lately(weights.tobytes(), worlds, lambda: self._arrays(worlds, weights))

    def _lately(self, what: str | bytes, worlds: Worlds, make: Callable[[], Made]) -> Made:
        """What the same threat gave lately in the same futures: a change of the defence brings no other raids (F3)."""
        return make() if self.table is not None else worlds.known(self._said, make, what)  # a file may change

    @cached_property
    def _said(self) -> str:
        """All that a scenario says of the threat, as text."""
        fixed, choices = self.cast.fixed, self.cast.choices
        return f"{fixed.raids!r} {fixed.classes!r} {self.cast.assets!r} {choices.tempo!r} {choices.ceasefire!r}"

    def _arrays(self, worlds: Worlds, weights: F64) -> dict[str, Any]:
        made, share = self.schedule(worlds), self.targets(worlds, weights)
        classes = [self.cast.fixed.classes[name] for name in self.cast.classes]
        cut = np.cumsum(share, axis=2)
        cut[:, :, -1] = 1.0
        return {
            "raid_start": made.start,
            "raid_counts": made.launched,
            "waves": self._given.waves,
            "target_cut": cut,
            "target_share": share,
            "allocation": ALLOCATIONS[self._given.allocation],
            "shift": worlds.value(self._given.shift, 0.0),
            "decoy_share": _stack([worlds.value(c.decoys.share if c.decoys else None, 0.0) for c in classes]),
            "decoy_count": _stack([_decoy_count(worlds, c) for c in classes]),
            "fail": _stack([worlds.value(c.fail, 0.0) for c in classes]),
            "fail_before": np.array([c.fail_when == "before" for c in classes], np.int64),
        }


def read_night_table(path: Path, classes: tuple[str, ...]) -> tuple[date, I64]:
    """Read a night table: CSV with the columns night (YYYY-MM-DD), class and launched.

    Nights between the first and the last that are not listed had no launch. Classes that the scenario
    lacks are left out. Returns the first night and the launches (nights, classes). Raises RecordError
    with all problems, each with its line.
    """
    rows: list[tuple[date, str, int]] = []
    problems: list[str] = []
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(line for line in file if not line.startswith("#"))
            if reader.fieldnames is None or not set(NIGHT_COLUMNS) <= set(reader.fieldnames):
                raise RecordError(f"{path}: the columns are {reader.fieldnames}; a night table needs {NIGHT_COLUMNS}")
            for row in reader:
                try:
                    rows.append(_night_row(row))
                except ValueError as error:
                    problems.append(f"{path}:{reader.line_num}: {error}")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"{path}: cannot be read as a night table: {error}") from None
    if not rows and not problems:
        problems.append(f"{path}: no night in the table")
    if problems:
        raise RecordError(problems)
    first, last = min(row[0] for row in rows), max(row[0] for row in rows)
    launched = np.zeros(((last - first).days + 1, len(classes)), np.int64)
    for night, name, number in rows:
        if name in classes:
            launched[(night - first).days, classes.index(name)] += number
    return first, launched


def _night_row(row: Mapping[str, str]) -> tuple[date, str, int]:
    try:
        night = date.fromisoformat(row["night"].strip())
    except ValueError:
        raise ValueError(f"night is {row['night']!r}; write YYYY-MM-DD") from None
    text = (row["launched"] or "").strip()
    if not text.isdigit():
        raise ValueError(f"launched is {text!r}; a whole number of 0 or more is needed (a blank is not a zero)")
    return night, row["class"].strip(), int(text)


def _month_days(month: str) -> int:
    year, number = (int(part) for part in month.split("-"))
    following = date(year + number // MONTHS_A_YEAR, number % MONTHS_A_YEAR + 1, 1)
    return (following - date(year, number, 1)).days


def _stack(parts: list[Any]) -> Any:
    rows = max(part.shape[0] for part in parts)
    return np.stack([np.broadcast_to(part, rows) for part in parts], axis=-1)


def _decoy_count(worlds: Worlds, made: schema.ThreatClass) -> I64:
    if made.decoys is None or made.decoys.count is None:
        return np.full(1, -1)
    return worlds.count(made.decoys.count, 0)


def _scaled(sizes: I64, factor: F64, slots: U64) -> I64:
    """Multiply counts by a factor; the fraction is rounded up with its own probability."""
    if np.all(factor == 1.0):
        return np.asarray(sizes, np.int64)
    u = dice.uniforms(dice.folds(slots, np.uint64(ROUNDING)))
    return np.floor(sizes * factor + 1.0 - u).astype(np.int64)


def _poisson(u: F64, mean: F64) -> I64:
    return _negative_binomial(u, mean, np.full(mean.shape, np.inf))


def _negative_binomial(u: F64, mean: F64, dispersion: F64) -> I64:
    from vallum._kernel import counts  # numba takes a third of a second to load, and a run that is kept draws nothing

    flat = [np.ascontiguousarray(np.broadcast_to(part, u.shape).ravel(), np.float64) for part in (u, mean, dispersion)]
    drawn: I64 = counts.negative_binomial(*flat).reshape(u.shape)
    return drawn


def _at(values: F64, future: I64) -> F64:
    return np.broadcast_to(values, future.shape) if values.shape[0] == 1 else values[future]


def _sizes(worlds: Worlds, size: schema.Size, u: F64, future: I64) -> I64:
    """Size of each raid at its uniform: the quantile of the law (R1)."""
    if size.kind == "fixed":
        return _at(worlds.count(size.n, 0).astype(np.float64), future).astype(np.int64)
    if size.kind == "table":
        values, weights = np.array(size.values, np.int64), np.array(size.weights, np.float64)
        order = np.argsort(values, kind="stable")
        ends = np.cumsum(weights[order]) / weights.sum()
        return values[order][np.minimum(np.searchsorted(ends, u, side="left"), len(values) - 1)]
    mean = _at(worlds.value(size.mean, 0.0), future)
    if size.kind == "geometric":
        q = 1.0 - 1.0 / np.maximum(mean, 1.0)
        with np.errstate(divide="ignore"):
            return np.maximum(1, np.ceil(np.log1p(-u) / np.where(q > 0.0, np.log(q), -np.inf))).astype(np.int64)
    if size.kind == "poisson":
        return _poisson(u, mean)
    return _negative_binomial(u, mean, _at(worlds.value(size.dispersion, np.inf), future))


def _mean_size(worlds: Worlds, size: schema.Size | None) -> F64:
    if size is None:
        return np.zeros(1)
    if size.kind == "fixed":
        return worlds.count(size.n, 0).astype(np.float64)
    if size.kind == "table":
        return np.array([np.average(size.values or [0], weights=size.weights)])
    return worlds.value(size.mean, 0.0)
