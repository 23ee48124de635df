"""How a plan is fought in many futures: blocks in some place, folded together in the order of the futures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

import numpy as np

from vallum import __version__, engine
from vallum._kernel.problem import Tally
from vallum.campaign.fold import Block, Folded, fold
from vallum.campaign.measures import Book
from vallum.campaign.plan import Plan
from vallum.errors import RunError
from vallum.results import Calendar, Columns
from vallum.scenario.worlds import I64, Worlds

#: Days beyond which a campaign is long: its blocks take no more room than those of one of this length.
LONG: Final = 548
#: Hears the stage, how many futures of it are done, and how many there are.
Progress = Callable[[str, int, int], None]
#: Changes what the futures of a run hold for true.
Vary = Callable[[Worlds], Worlds]


@dataclass(frozen=True)
class Task:
    """What a worker is told once: fight any block of these futures. It travels to processes and clusters."""

    plan: Plan
    seed: int
    futures: int
    lucks: int
    vary: Vary | None
    version: str = field(default=__version__)

    def __call__(self, part: range) -> Block:
        """Fight one block. Raises RunError where the worker runs another version of vallum."""
        if self.version != __version__:
            raise RunError(f"a worker runs vallum {__version__}, this is {self.version}: install the same on both")
        return fold(fight(self.plan, self._worlds.part(part)))

    @cached_property
    def _worlds(self) -> Worlds:
        worlds = self.plan.worlds(self.seed, range(self.futures), self.lucks)
        return worlds if self.vary is None else self.vary(worlds)

    def __getstate__(self) -> Mapping[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_worlds"}


@dataclass(frozen=True)
class Field:
    """Where and how a run fights: all its plans, in the same futures."""

    place: engine.Place
    futures: int
    seed: int
    lucks: int = 1
    block: int | None = None
    progress: Progress | None = None

    def fought(
        self, plan: Plan, futures: int | None = None, vary: Vary | None = None, stage: str = "futures"
    ) -> Folded:
        """Fight all blocks of a plan and fold them together. futures : the first so many; default all"""
        many = self.futures if futures is None else min(futures, self.futures)
        parts = engine.blocks(many, self._futures_a_block(plan) if self.block is None else self.block)
        task = Task(plan, self.seed, many, self.lucks, vary)
        columns, drawn, calendar, done = Columns(many), dict[str, Any](), Calendar(), 0
        for part, made in zip(parts, self.place.run(task, parts), strict=True):
            columns.lay(part.start, made.columns)
            for name, values in made.uncertain.items():
                drawn.setdefault(name, np.empty(many))[part.start : part.stop] = values
            calendar.add(made.days)
            done += len(part)
            if self.progress is not None:
                self.progress(stage, done, many)
        return Folded(columns, calendar.daily(), drawn)

    def _futures_a_block(self, plan: Plan) -> int:
        """So many as suit the place; fewer where the campaign is long, for every day of a future takes its room."""
        return max(1, self.place.block * min(LONG, plan.days) // plan.days)


def fight(plan: Plan, worlds: Worlds, traced: bool = False, arrivals: Mapping[str, I64] | None = None) -> Book:
    """Fight one block of futures and keep all of it.

    traced   : keep also what stood, what was ready and what had happened on each day
    arrivals : what each line lands on each day (F, D), if it is to be other than the scenario says (Q4)
    """
    from vallum._kernel import fast  # numba takes a third of a second to load

    by_line = plan.supply.by_line(worlds) if arrivals is None else arrivals
    tally: Tally = fast.nights(plan.problem(worlds, by_line, traced))
    return Book(plan, worlds, tally, by_line)
