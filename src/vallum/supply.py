"""What arrives: deliveries, streams and pauses, day by day in every future (S1, S2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

import numpy as np

from vallum import dice
from vallum.scenario import schema
from vallum.scenario.cast import Cast
from vallum.scenario.worlds import F64, I64, Worlds
from vallum.terms import NEVER

SUPPLY: Final = dice.word("supply")
STOPS: Final = dice.word("stops")
WHEN: Final = dice.word("when")
#: What a sum of daily shares may fall short of a whole round by rounding.
CARRY_SLACK: Final = 1e-9


@dataclass(frozen=True)
class Supply:
    """The supply lines of a scenario."""

    cast: Cast
    start: date
    days: int

    @cached_property
    def lines(self) -> Mapping[str, schema.Line]:
        """Lines by name, in the order of their names: listing them otherwise changes nothing."""
        return dict(sorted(self.cast.choices.supply.items()))

    @cached_property
    def donors(self) -> tuple[str, ...]:
        """Donors, in the order of their names; a line without one is its own donor."""
        return tuple(sorted({line.donor or name for name, line in self.lines.items()}))

    def by_line(self, worlds: Worlds) -> dict[str, I64]:
        """Rounds that each line lands on each day of each future. (F, D)"""
        return {name: self._line(worlds, name, line) for name, line in self.lines.items()}

    def arrivals(self, worlds: Worlds, by_line: Mapping[str, I64]) -> I64:
        """Rounds of each type that land on each day. (F, D, T)"""
        types = self.cast.interceptors
        landed = np.zeros((len(worlds.futures), self.days, max(1, len(types))), np.int64)
        for name, rounds in by_line.items():
            landed[:, :, types.index(self.lines[name].interceptor)] += rounds
        return landed

    def _line(self, worlds: Worlds, name: str, line: schema.Line) -> I64:
        due = self._deliveries(worlds, name, line) if line.kind == "delivery" else self._stream(worlds, line)
        due = np.broadcast_to(due, (len(worlds.futures), self.days)).copy()
        donor = line.donor or name
        due[np.arange(self.days)[None, :] >= self._stopped(worlds, donor, line)[:, None]] = 0
        for _, pause in sorted(self.cast.choices.pauses.items()):
            if pause.donor is None or pause.donor == donor:
                due = self._paused(worlds, due, pause)
        return due

    def _deliveries(self, worlds: Worlds, name: str, line: schema.Line) -> I64:
        due = np.zeros((len(worlds.futures), self.days), np.int64)
        future = np.arange(len(worlds.futures))
        slots = dice.folds(dice.folds(worlds.chains, np.uint64(SUPPLY)), np.uint64(dice.word(name)))
        for number, delivery in enumerate(line.deliveries):
            comes = dice.uniforms(dice.folds(slots, number)) < worlds.value(delivery.probability, 1.0)
            day = np.broadcast_to(worlds.day(delivery.on, 0), future.shape)
            rounds = np.where(comes, worlds.count(delivery.quantity, 0), 0)
            inside = (day >= 0) & (day < self.days)
            np.add.at(due, (future[inside], day[inside]), rounds[inside])
        return due

    def _stream(self, worlds: Worlds, line: schema.Line) -> I64:
        """So many a month, day by day, whole rounds by carry. (W, D)"""
        rate = worlds.value(line.per_month, 0.0)[:, None] / self._month_lengths[None, :]
        day = np.arange(self.days)[None, :]
        start, end = worlds.day(line.start, 0)[:, None], worlds.day(line.to, NEVER)[:, None]
        reached = np.floor(np.cumsum(np.where((day >= start) & (day < end), rate, 0.0), axis=1) + CARRY_SLACK)
        return np.diff(reached, axis=1, prepend=0.0).astype(np.int64)

    @cached_property
    def _month_lengths(self) -> F64:
        """Days in the month of each day. (D,)"""
        return np.array([_month_length(self.start + timedelta(days=k)) for k in range(self.days)], np.float64)

    def _stopped(self, worlds: Worlds, donor: str, line: schema.Line) -> I64:
        """Day on which the line's giver stops for good, NEVER if not. (F,)"""
        slots = dice.folds(dice.folds(worlds.chains, np.uint64(SUPPLY)), np.uint64(dice.word(donor)))
        stops = dice.uniforms(dice.folds(slots, np.uint64(STOPS))) < worlds.value(line.stops, 0.0)
        day = np.floor(dice.uniforms(dice.folds(slots, np.uint64(WHEN))) * self.days).astype(np.int64)
        return np.where(stops, day, NEVER)

    def _paused(self, worlds: Worlds, due: I64, pause: schema.Pause) -> I64:
        """Take out what falls into a pause; what was held lands on the first day after it (S2)."""
        start = worlds.day(pause.start, 0)
        end = worlds.day(pause.to, 0) if pause.to is not None else start + worlds.count(pause.days, 0)
        day = np.arange(self.days)[None, :]
        inside = np.broadcast_to((day >= start[:, None]) & (day < end[:, None]), due.shape)
        kept = np.where(inside, 0, due)
        if pause.effect == "held":
            held = (due - kept).sum(axis=1)
            resumes = np.broadcast_to(end, held.shape)
            lands = (resumes >= 0) & (resumes < self.days)
            kept[np.flatnonzero(lands), resumes[lands]] += held[lands]
        return kept

    def by_donor(self, by_line: Mapping[str, I64]) -> I64:
        """Rounds that each donor lands in the campaign. (F, donors)"""
        futures = next(iter(by_line.values())).shape[0] if by_line else 0
        total = np.zeros((futures, len(self.donors)), np.int64)
        for name, rounds in by_line.items():
            total[:, self.donors.index(self.lines[name].donor or name)] += rounds.sum(axis=1)
        return total


def _month_length(day: date) -> int:
    first = day.replace(day=1)
    return ((first + timedelta(days=31)).replace(day=1) - first).days
