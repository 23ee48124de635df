"""How a plan is fought in many futures: blocks in some place, folded together in the order of the futures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

import numpy as np

from vallum import __version__, engine
from vallum._kernel.problem import Tally
from vallum.campaign.fold import Folded, fold
from vallum.campaign.measures import Book, columns
from vallum.campaign.plan import Plan
from vallum.errors import RunError
from vallum.results import Calendar, Columns, Label
from vallum.scenario.worlds import F64, I64, Worlds

#: Days beyond which a campaign is long: its blocks take no more room than those of one of this length.
LONG: Final = 548
#: Hears the stage, how many futures of it are done, and how many there are.
Progress = Callable[[str, int, int], None]
#: Changes what the futures of a run hold for true.
Vary = Callable[[Worlds], Worlds]
Made = TypeVar("Made")


@dataclass(frozen=True)
class Task(Generic[Made]):
    """What a worker is told once: fight any block of these futures. It travels to processes and clusters.

    keep : reduces a block to what is handed back
    """

    plan: Plan
    seed: int
    futures: int
    lucks: int
    vary: Vary | None
    keep: Callable[[Book], Made]
    version: str = field(default=__version__)

    def __call__(self, part: range) -> Made:
        """Fight one block. Raises RunError where the worker runs another version of vallum."""
        if self.version != __version__:
            raise RunError(f"a worker runs vallum {__version__}, this is {self.version}: install the same on both")
        return self.keep(fight(self.plan, self._worlds.part(part)))

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
        many = self._many(futures)
        kept, drawn, calendar = Columns(many), dict[str, Any](), Calendar()
        for part, made in self._blocks(Task(plan, self.seed, many, self.lucks, vary, fold), stage):
            kept.lay(part.start, made.columns)
            for name, values in made.uncertain.items():
                drawn.setdefault(name, np.empty(many))[part.start : part.stop] = values
            calendar.add(made.days)
        return Folded(kept, calendar.daily(), drawn)

    def columns(
        self, plan: Plan, futures: int | None = None, vary: Vary | None = None, stage: str = "futures"
    ) -> Columns:
        """Fight all blocks of a plan and keep its outcomes alone: neither its days nor what was drawn."""
        many = self._many(futures)
        kept = Columns(many)
        for part, made in self._blocks(Task(plan, self.seed, many, self.lucks, vary, _outcomes), stage):
            kept.lay(part.start, made)
        return kept

    def _many(self, futures: int | None) -> int:
        return self.futures if futures is None else min(futures, self.futures)

    def _blocks(self, task: Task[Made], stage: str) -> Iterator[tuple[range, Made]]:
        """Each block of a task's futures with what was made of it, in the order of the futures."""
        size = self._futures_a_block(task.plan) if self.block is None else self.block
        parts = engine.staggered(task.futures, size, self.place.workers)
        done = 0
        for part, made in zip(parts, self.place.run(task, parts), strict=True):
            yield part, made
            done += len(part)
            if self.progress is not None:
                self.progress(stage, done, task.futures)

    def _futures_a_block(self, plan: Plan) -> int:
        """So many as suit the place; fewer where the campaign is long, for every day of a future takes its room."""
        return max(1, self.place.block * min(LONG, plan.days) // plan.days)


def _outcomes(book: Book) -> Mapping[Label, F64]:
    return dict(columns(book))


def fight(plan: Plan, worlds: Worlds, traced: bool = False, arrivals: Mapping[str, I64] | None = None) -> Book:
    """Fight one block of futures and keep all of it.

    traced   : keep also what stood, what was ready and what had happened on each day
    arrivals : what each line lands on each day (F, D), if it is to be other than the scenario says (Q4)
    """
    from vallum._kernel import fast  # numba takes a third of a second to load

    by_line = plan.supply.by_line(worlds) if arrivals is None else arrivals
    tally: Tally = fast.nights(plan.problem(worlds, by_line, traced))
    return Book(plan, worlds, tally, by_line)
