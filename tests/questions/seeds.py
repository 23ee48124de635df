"""A problem asked with many seeds, and what came back."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from tests.questions.stock_problems import Problem, problems

from vallum import engine

SEEDS = 100


@dataclass(frozen=True)
class Asked:
    """One answer: its status, the value, the ends of its interval, and the futures that it took."""

    status: str
    value: int | None
    low: int | None
    high: int | None
    futures: int

    def holds(self, least: int | None) -> bool:
        """Whether the true value lies in the interval; where there is none, whether it is said to be out of reach."""
        if least is None:
            return self.status == "not reachable"
        return self.low is not None and self.low <= least and (self.high is None or least <= self.high)


@dataclass(frozen=True)
class Tally:
    """What a problem's seeds gave. number: the very answer; pair: a bracketing pair; held: the truth in the interval"""

    problem: Problem
    seeds: int
    number: int
    pair: int
    held: int
    futures: float

    @property
    def line(self) -> str:
        """A row of the table."""
        gaps = " / ".join(f"{gap:.4f}" for gap in self.problem.gaps) if self.problem.least is not None else "–"
        least = "none" if self.problem.least is None else str(self.problem.least)
        cells = (
            self.problem.name, f"`{self.problem.source}`", least, gaps, self.wanted, str(self.seeds), str(self.number),
            str(self.pair), str(self.held), f"{self.futures:,.0f}",
        )  # fmt: skip
        return f"| {' | '.join(cells)} |"

    @property
    def wanted(self) -> str:
        """What must come back."""
        if self.problem.least is None:
            return "out of reach"
        return "number" if self.problem.is_clear else "pair" if self.problem.is_close else "either"

    @property
    def holds(self) -> bool:
        """What is promised: the number in 95 of 100 where it is clear, else a pair; the truth in it in 93 of 100."""
        clear = not self.problem.is_clear or self.number >= 0.95 * self.seeds
        close = not self.problem.is_close or self.pair >= 0.95 * self.seeds
        return clear and close and self.held >= 0.93 * self.seeds


def asked(place: int, seed: int) -> Asked:
    """Ask one problem with one seed."""
    made = problems()[place].sized(seed)
    one = made.sizes[0]
    return Asked(one.status, one.value, one.low, one.high, sum(point.futures for point in one.curve))


def tallied(problem: Problem, answers: Sequence[Asked]) -> Tally:
    """Count what came back."""
    wanted = [one for one in answers if one.status in ("found", "not reachable") and one.value == problem.least]
    pairs = [one for one in answers if one.status == "cannot be told apart"]
    held = [one for one in answers if one.holds(problem.least)]
    mean = sum(one.futures for one in answers) / len(answers)
    return Tally(problem, len(answers), len(wanted), len(pairs), len(held), mean)


def run(seeds: int, places: Iterable[int]) -> Iterator[Tally]:
    """Ask problems with the seeds 0, 1, ...: on every core, the same answers for any number of them."""
    with ProcessPoolExecutor(engine.cores(), multiprocessing.get_context("spawn")) as pool:
        for place in places:
            yield tallied(problems()[place], list(pool.map(asked, [place] * seeds, range(seeds))))
