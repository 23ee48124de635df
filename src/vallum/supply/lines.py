"""The supply lines of a scenario and what each lands on each day of each future (S1-S4, S6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from vallum import dice
from vallum.scenario import schema
from vallum.scenario.cast import Cast
from vallum.scenario.quantity import When
from vallum.scenario.worlds import F64, I64, Worlds
from vallum.supply import pauses, ramps
from vallum.supply.clock import SLACK, Clock
from vallum.supply.division import ours
from vallum.supply.most import most_systems
from vallum.supply.purchases import Bought, bought
from vallum.supply.timeline import Timeline, timeline
from vallum.terms import NEVER

SUPPLY: Final = dice.word("supply")
STOPS: Final = dice.word("stops")
WHEN: Final = dice.word("when")


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
        """Donors of interceptors, in the order of their names; a line without one is its own donor."""
        return tuple(sorted({line.donor or name for name, line in self.lines.items() if line.interceptor}))

    def by_line(self, worlds: Worlds) -> dict[str, I64]:
        """Rounds, or whole systems, that each line lands on each day of each future. (F, D)"""
        return dict(worlds.known(self._said, lambda: self._by_line(worlds), "supply"))

    @cached_property
    def _said(self) -> str:
        """All that a scenario says of its supply, as text."""
        choices = self.cast.choices
        return f"{choices.supply!r} {choices.funds!r} {choices.pauses!r}"

    def _by_line(self, worlds: Worlds) -> dict[str, I64]:
        orders = self.orders(worlds)
        return {name: self._line(worlds, name, line, orders) for name, line in self.lines.items()}

    def arrivals(self, worlds: Worlds, by_line: Mapping[str, I64]) -> I64:
        """Rounds of each type that land on each day. (F, D, T)"""
        types = self.cast.interceptors
        landed = np.zeros((len(worlds.futures), self.days, max(1, len(types))), np.int64)
        for name, rounds in by_line.items():
            interceptor = self.lines[name].interceptor
            if interceptor is not None:
                landed[:, :, types.index(interceptor)] += rounds
        return landed

    def systems(self, worlds: Worlds, by_line: Mapping[str, I64] | None = None) -> dict[str, I64]:
        """Whole systems of each type that land on each day: batteries with empty magazines. (F, D)

        by_line : what `by_line` gave for these worlds, if it is at hand
        """
        landed: dict[str, I64] = {}
        for name, arrived in (self.by_line(worlds) if by_line is None else by_line).items():
            system = self.lines[name].system
            if system is not None:
                landed[system] = landed[system] + arrived if system in landed else arrived
        return dict(sorted(landed.items()))

    def most_systems(self, ends: Worlds) -> dict[str, int]:
        """Return for each system type that lines deliver a number that no future's arrivals pass.

        ends : two futures between which all others lie (`scenario.extremes.ends`)
        Raises ScenarioError where so many may land that no defence has room for them.
        """
        return most_systems(self._clock, ends, self.lines)

    def orders(self, worlds: Worlds) -> list[Bought]:
        """Orders of all purchases, with the day on which each is paid (S3)."""
        lines = {name: line for name, line in self.lines.items() if line.kind == "purchase"}
        stopped = {name: self._stopped(worlds, line.donor or name, line) for name, line in lines.items()}
        return bought(self._clock, worlds, lines, self.cast.choices.funds, stopped)

    def cost(self, worlds: Worlds) -> F64:
        """USD million spent on purchases: price times rounds ordered and paid in the campaign. (F,)"""
        return sum((order.spent for order in self.orders(worlds)), np.zeros(len(worlds.futures)))

    def timeline(self, worlds: Worlds) -> Timeline:
        """Cumulative arrivals of each line by day, as mean, median and 5-95 % band over futures."""
        return timeline(self.start, self.days, self.lines, self.by_line(worlds))

    def by_donor(self, by_line: Mapping[str, I64]) -> I64:
        """Rounds that each donor lands in the campaign. (F, donors)"""
        futures = next(iter(by_line.values())).shape[0] if by_line else 0
        total = np.zeros((futures, len(self.donors)), np.int64)
        for name, rounds in by_line.items():
            if self.lines[name].interceptor is not None:
                total[:, self.donors.index(self.lines[name].donor or name)] += rounds.sum(axis=1)
        return total

    # ---- one line ----

    @cached_property
    def _clock(self) -> Clock:
        return Clock(self.start, self.days)

    def _line(self, worlds: Worlds, name: str, line: schema.Line, orders: list[Bought]) -> I64:
        """What a line lands: what is due, after its pauses, until its giver stops. (F, D)"""
        donor = line.donor or name
        stops = pauses.stops(worlds, self.cast.choices.pauses, name, donor)
        halted = pauses.halted(self._clock, stops)
        if line.kind == "delivery":
            due = np.where(halted, 0, self._deliveries(worlds, name, line))
        elif line.kind == "purchase":
            due = np.where(halted, 0, self._purchased(worlds, name, line, orders))
        else:
            due = self._output(worlds, line, halted)
        due = np.broadcast_to(due, (len(worlds.futures), self.days))
        landed = pauses.paused(self._clock, due, stops)
        if line.stops is None:
            return landed
        return np.where(self._clock.within(np.zeros(1, np.int64), self._stopped(worlds, donor, line)), landed, 0)

    def _deliveries(self, worlds: Worlds, name: str, line: schema.Line) -> I64:
        """What dated deliveries land. Each is drawn by its line, its day and its ordinal on that day (F3). (F, D)"""
        due = np.zeros((len(worlds.futures), self.days), np.int64)
        slots = dice.folds(dice.folds(worlds.chains, np.uint64(SUPPLY)), np.uint64(dice.word(name)))
        of_day: Counter[str] = Counter()
        for delivery in line.deliveries:
            day = self._named(delivery.on)
            slot = dice.folds(dice.folds(slots, np.uint64(dice.word(day))), of_day[day])
            of_day[day] += 1
            comes = dice.uniforms(slot) < worlds.value(delivery.probability, 1.0)
            rounds = np.where(comes, worlds.count(delivery.quantity, 0), 0)
            _lay(due, worlds.day(delivery.on, 0), rounds)
        return due

    def _named(self, when: When) -> str:
        """The name of a day in the slot of its dice: its date, however it is written, or what it is called (F3)."""
        if when.name is not None:
            return when.name
        on = when.on or self.start + timedelta(days=(when.day or 1) - 1)
        return on.isoformat()

    def _purchased(self, worlds: Worlds, name: str, line: schema.Line, orders: list[Bought]) -> I64:
        """What has been paid for lands after its lead time. (F, D)"""
        due = np.zeros((len(worlds.futures), self.days), np.int64)
        for order in orders:
            if order.line == name:
                _lay(due, self._clock.after(worlds, order.paid, line.lead), order.quantity)
        return due

    def _output(self, worlds: Worlds, line: schema.Line, halted: npt.NDArray[np.bool_]) -> I64:
        """What a stream, a production line or a licence lands, whole rounds by carry. (W, D)"""
        total = self._made(worlds, line)
        if halted.any():
            made = np.cumsum(np.where(halted, 0.0, np.diff(total, axis=1)), axis=1)
        else:
            made = total[:, 1:]
        reached = np.floor(ours(self._clock, worlds, line, made) + SLACK)
        return np.diff(reached, axis=1, prepend=0.0).astype(np.int64)

    def _made(self, worlds: Worlds, line: schema.Line) -> F64:
        """What has been made at each midnight since the campaign began, not rounded. (W, D + 1)"""
        start, end = worlds.day(line.start, 0), worlds.day(line.to, NEVER)
        if line.ramp is None:
            return worlds.value(line.per_month, 0.0)[:, None] * self._clock.elapsed(start, end)
        if line.kind == "licence":
            start = self._clock.after(worlds, worlds.day(line.signed, 0), line.lag)
            for _, until in sorted(line.lacks.items()):
                start = np.maximum(start, worlds.day(until, 0))
        return ramps.made(self._clock, worlds, line.ramp, start, end)

    def _stopped(self, worlds: Worlds, donor: str, line: schema.Line) -> I64:
        """Day on which the line's giver stops for good, NEVER if not. (F,)"""
        slots = dice.folds(dice.folds(worlds.chains, np.uint64(SUPPLY)), np.uint64(dice.word(donor)))
        stops = dice.uniforms(dice.folds(slots, np.uint64(STOPS))) < worlds.value(line.stops, 0.0)
        day = np.floor(dice.uniforms(dice.folds(slots, np.uint64(WHEN))) * self.days).astype(np.int64)
        return np.where(stops, day, NEVER)


def _lay(due: I64, day: I64, rounds: I64) -> None:
    """Add rounds to the day of each future on which they are due; outside the campaign they are not seen."""
    day = np.broadcast_to(day, len(due))
    inside = (day >= 0) & (day < due.shape[1])
    np.add.at(due, (np.flatnonzero(inside), day[inside]), rounds[inside])
