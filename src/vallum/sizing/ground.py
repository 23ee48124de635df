"""Where values are tried: the same futures for every value, more of them where it is close (common dice, F3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

from vallum import engine
from vallum.campaign import Plan, prepare
from vallum.campaign.fighting import Field, Progress, fight
from vallum.campaign.measures import MEASURES
from vallum.results import Label
from vallum.results.standards import Standard
from vallum.scenario import Scenario
from vallum.scenario.worlds import F64
from vallum.sizing.axes import Axis, Value
from vallum.sizing.bounds import FIRST, Verdict, Zone, interval, looks, verdict, zone
from vallum.terms import REASONS

#: Days times futures of a block: few enough for a worker's cache. It changes no byte.
_BLOCK: Final = 100_000
_BLOCKS: Final = (128, 8_192)
#: Rounds that were had: what is left, fired and lost is what there was and what came (stock balances to the round).
_HAD: Final = ("stock", "used", "lost")
#: Batches of so many futures are told of one by one.
_LONG: Final = 4_096


@dataclass(frozen=True)
class Goal:
    """A standard, the outcome it is about, and the share of futures that must meet it."""

    standard: Standard
    label: Label
    share: float


@dataclass
class Trial:
    """One value, fought in the first `futures` futures.

    met   : for each goal, which futures meet its standard (F,)
    first : outcomes of the first look (F,)
    cost  : USD million of systems and rounds in each future of the first look, where every price is known (F,)
    """

    value: Value
    scenario: Scenario
    plan: Plan
    met: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    first: Mapping[Label, F64] = field(default_factory=dict)
    cost: F64 | None = None

    @property
    def futures(self) -> int:
        """Futures fought so far."""
        return len(self.met[0]) if self.met else 0

    def share(self, goal: int) -> float:
        """Share of futures that meet a goal."""
        return float(self.met[goal].mean())

    def band(self, goal: int) -> tuple[float, float]:
        """Interval of that share."""
        return interval(int(self.met[goal].sum()), self.futures)

    def leaks(self, threat_class: str) -> dict[str, float]:
        """Mean leakers of a class by reason."""
        return {
            reason: float(self.first[label].mean())
            for reason in REASONS
            for label in self.first
            if label.name == "leakers" and label.threat_class == threat_class and label.reason == reason
        }


class Ground:
    """Trials of one axis, each value in the same futures."""

    def __init__(
        self,
        scenario: Scenario,
        axis: Axis,
        goals: Callable[[Plan, Mapping[Label, F64]], Sequence[Goal]],
        seed: int,
        as_of: date | None,
        place: engine.Place,
        tell_apart: float,
        progress: Progress | None = None,
    ) -> None:
        self.scenario, self.axis, self.seed, self.as_of = scenario, axis, seed, as_of
        self.tell_apart = tell_apart
        self.goals: Sequence[Goal] = ()
        self.zones: Sequence[Zone] = ()
        self.trials: dict[int, Trial] = {}
        self._goals, self._place, self._progress = goals, place, progress
        self._verdicts: dict[tuple[int, int], Verdict] = {}

    def trial(self, k: int) -> Trial:
        """The k-th value, fought at least once."""
        if k not in self.trials:
            value = self.axis.values[k]
            scenario = self.axis.of(self.scenario, value)
            made = Trial(value, scenario, prepare(scenario, self.as_of))
            self._more(made, FIRST)
            self.trials[k] = made
        return self.trials[k]

    def judged(self, k: int, goal: int) -> Verdict:
        """Whether the k-th value meets a goal: futures in successive batches until it is known, or it is too close."""
        if (k, goal) not in self._verdicts:
            made = self.trial(k)
            self._verdicts[k, goal] = self._decided(made, goal)
        return self._verdicts[k, goal]

    def known(self, k: int, goal: int) -> bool:
        """Whether the k-th value was judged already."""
        return (k, goal) in self._verdicts

    def _decided(self, made: Trial, goal: int) -> Verdict:
        about = self.zones[goal]
        batches = looks(about.most)
        for futures in batches:
            if futures > made.futures:
                self._more(made, futures)
            said = verdict(int(made.met[goal][:futures].sum()), futures, about, futures == batches[-1])
            if said is not None:
                return said
        return Verdict.CLOSE

    def _more(self, made: Trial, futures: int) -> None:
        """Fight the next futures of a value, up to so many in all; the first time for every outcome."""
        first = made.futures
        if not first:
            fought = Field(self._place, futures, self.seed, block=_block(made.plan)).columns(made.plan)
            made.first = dict(fought)
            made.cost = costs(made.plan, self.seed, made.first)
        if not self.goals:
            self.goals = self._goals(made.plan, made.first)
            self.zones = [zone(goal.share, self.tell_apart) for goal in self.goals]
        found = [made.first[goal.label] for goal in self.goals] if not first else self._further(made, futures)
        start, days = made.plan.cast.fixed.start, made.plan.days
        new = [goal.standard.met(values, start, days) for goal, values in zip(self.goals, found, strict=True)]
        made.met = [np.concatenate(pair) for pair in zip(made.met, new, strict=True)] if first else new

    def _further(self, made: Trial, futures: int) -> list[F64]:
        """The outcomes of the goals in the futures not fought yet, and nothing else. (F,) each"""
        first = made.futures
        task = _Further(made.plan, self.seed, first, tuple(goal.label for goal in self.goals))
        parts = engine.blocks(futures - first, _block(made.plan))
        blocks: list[list[F64]] = []
        for done, found in enumerate(self._place.run(task, parts), 1):
            blocks.append(found)
            if self._progress is not None and futures >= _LONG:
                self._progress("where it is close", parts[done - 1].stop, futures - first)
        return [np.concatenate(columns) for columns in zip(*blocks, strict=True)]


def _block(plan: Plan) -> int:
    """Futures of a block of work."""
    return max(_BLOCKS[0], min(_BLOCKS[1], _BLOCK // plan.days))


@dataclass(frozen=True)
class _Further:
    """What a thread does: fight some of the futures from `first` on, for a few outcomes. It makes no histograms."""

    plan: Plan
    seed: int
    first: int
    labels: tuple[Label, ...]

    def __call__(self, part: range) -> list[F64]:
        """The outcomes of a block, in the order of the labels. (F,) each"""
        futures = range(self.first + part.start, self.first + part.stop)
        book = fight(self.plan, self.plan.worlds(self.seed, futures))
        found: dict[Label, F64] = {}
        for measure in MEASURES:
            found |= {label: values for label, values in measure(book) if label in self.labels}
            if len(found) == len(set(self.labels)):
                break
        return [found[label] for label in self.labels]


def costs(plan: Plan, seed: int, columns: Mapping[Label, F64]) -> F64 | None:
    """Systems and all rounds that are had, opening stock and arrivals, at their public unit costs. USD million (F,)

    None where a system or a round has no price.
    """
    fixed = plan.cast.fixed
    futures = len(next(iter(columns.values())))
    worlds = plan.worlds(seed, range(futures))
    total = np.zeros(futures)
    systems = [values for label, values in columns.items() if label.name == "cost_systems"]
    total += sum(systems)
    for name in plan.cast.interceptors:
        price = fixed.interceptors[name].unit_cost
        if price is None:
            return None
        had = sum(columns[label] for label in columns if label.interceptor == name and label.name in _HAD)
        total += had * worlds.value(price, 0.0)
    return total if systems or plan.cast.interceptors else None
