"""How much a line makes, step by step: along a line, along an S, or by learning (S1).

The formulas are those of `vallum.exact`: `ramp` for the way from start to target, `learning_curve` for the
effort that a round takes. Here they are only laid over many futures and over the days of a campaign.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from vallum import exact
from vallum.errors import ScenarioError
from vallum.exact.supply import MONTHS_A_YEAR, MOST_MADE, MOST_STEPS, STEPS_A_YEAR
from vallum.scenario import schema
from vallum.scenario.worlds import F64, I64, Worlds
from vallum.supply.clock import Clock

#: So many efforts `exact.learning_curve` tells at a time.
PAGE: Final = 10_000
#: A learning rate is held to three decimal places: futures with the same rate share one curve.
RATE_PLACES: Final = 3
#: What a number of steps may fall short of a whole one by rounding.
STEP_SLACK: Final = 1e-6


def made(clock: Clock, worlds: Worlds, ramp: schema.Ramp, start: I64, end: I64) -> F64:
    """Rounds made at each midnight since the campaign began, not rounded. (W, D + 1)

    start : day on which the first step begins, also before the campaign; end : first day without output
    """
    gone = _steps_gone(clock, ramp.step, start, end)
    steps = min(MOST_STEPS, int(gone.max()) + 1)
    rates = step_rates(clock, worlds, ramp, start, steps)
    rows = max(len(rates), len(gone))
    rates, gone = np.broadcast_to(rates, (rows, steps)), np.broadcast_to(gone, (rows, gone.shape[1]))
    reached = np.concatenate((np.zeros((rows, 1)), np.cumsum(rates, axis=1)), axis=1)
    step = np.minimum(gone.astype(np.int64), steps - 1)
    total = np.take_along_axis(reached, step, 1) + (gone - step) * np.take_along_axis(rates, step, 1)
    return np.asarray(total - total[:, :1])


def _steps_gone(clock: Clock, step: str, start: I64, end: I64) -> F64:
    """Steps of the ramp that have gone by at each midnight; 0 before its first. (W, D + 1)"""
    if step == "day":
        low, high = start[:, None], np.maximum(start, end)[:, None]
        return np.asarray(np.clip(np.arange(clock.days + 1)[None, :], low, high) - low, np.float64)
    first, last = clock.months(start)[:, None], clock.months(np.maximum(start, end))[:, None]
    return np.asarray((np.clip(clock.midnights[None, :], first, last) - first) / months_a_step(step))


def months_a_step(step: str) -> float:
    """Months of a step of a year or a month."""
    return MONTHS_A_YEAR / STEPS_A_YEAR[step]


def step_rates(clock: Clock, worlds: Worlds, ramp: schema.Ramp, start: I64, steps: int) -> F64:
    """Rounds that each step of a ramp makes, the first beginning on day `start`. (W, steps)"""
    scale = STEPS_A_YEAR[ramp.per] / STEPS_A_YEAR[ramp.step]
    opening = worlds.value(ramp.start, 0.0)[:, None] * scale
    target = None if ramp.target is None else worlds.value(ramp.target, 0.0)[:, None] * scale
    if ramp.shape == "learning":
        most = np.array([np.inf]) if target is None else target[:, 0]
        return _learned(worlds.value(ramp.learning, 1.0), opening[:, 0], most, steps, ramp.theory or "unit")
    if ramp.increment is not None:
        rise = worlds.value(ramp.increment, 0.0)[:, None] * scale
        rates = opening + rise * np.array(exact.ramp(0, steps, increment=1)["rates"])
        return np.maximum(rates if target is None else _not_beyond(rates, opening, target), 0.0)
    if target is None:
        return np.broadcast_to(opening, (len(opening), steps))
    return opening + (target - opening) * _way(_reached_in(clock, worlds, ramp, start), steps, ramp.shape)


def _not_beyond(rates: F64, opening: F64, target: F64) -> F64:
    return np.where(target >= opening, np.minimum(rates, target), np.maximum(rates, target))


def _reached_in(clock: Clock, worlds: Worlds, ramp: schema.Ramp, start: I64) -> I64:
    """Number of the step, from 1, in which the target is reached: the one that holds the day. (W,)"""
    reach = clock.after(worlds, start, ramp.over) if ramp.reach is None else worlds.day(ramp.reach, 0)
    if ramp.step == "day":
        gone = np.asarray(reach - start, np.float64)
    else:
        gone = (clock.months(reach) - clock.months(start)) / months_a_step(ramp.step)
    return np.clip(np.floor(gone + STEP_SLACK).astype(np.int64) + 1, 1, MOST_STEPS)


def _way(reached_in: I64, steps: int, shape: str) -> F64:
    """Part of the way from start to target in each step. (W, steps)"""
    different, which = np.unique(reached_in, return_inverse=True)
    ways = [exact.ramp(0, steps, target=1, reach=int(reach), shape=shape)["rates"] for reach in different]
    return np.asarray(np.array(ways)[which])


# ---- learning ----


def _learned(rate: F64, opening: F64, most: F64, steps: int, theory: str) -> F64:
    """Rounds of each step if each has the effort of the first and a round takes ever less. (W, steps)"""
    rows = max(len(rate), len(opening), len(most))
    rounded = np.broadcast_to(np.round(rate, RATE_PLACES), (rows,))
    opening, most = np.broadcast_to(opening, (rows,)), np.broadcast_to(most, (rows,))
    rates = np.zeros((rows, steps))
    for one in np.unique(rounded):
        same = rounded == one
        rates[same] = _with_curve(float(one), opening[same], most[same], steps, theory)
    return rates


def _with_curve(rate: float, opening: F64, most: F64, steps: int, theory: str) -> F64:
    """The rates of futures that share one learning curve. (W, steps)

    After k steps the effort is k times that of the first; a line at its most stays there, for it only gets faster.
    """
    curve = _Curve(rate, theory)
    budget = curve.effort(opening)
    end = curve.long_enough(budget, most, steps)
    spent = budget[:, None] * np.arange(steps + 1)
    free = np.diff(curve.rounds(spent), axis=1)
    return np.minimum(np.where(spent[:, 1:] <= end, free, np.inf), most[:, None])


class _Curve:
    """Effort of the first n rounds, as far as it is asked for; straight between whole rounds."""

    def __init__(self, rate: float, theory: str) -> None:
        self._rate, self._theory = rate, theory
        self._total = np.zeros(1)

    def effort(self, rounds: F64) -> F64:
        """Effort of the first so many rounds."""
        while len(self._total) - 1 < rounds.max(initial=0.0):
            self._longer()
        return np.asarray(np.interp(rounds, np.arange(len(self._total)), self._total))

    def long_enough(self, budget: F64, most: F64, steps: int) -> float:
        """Follow the curve until all steps fit on it, or those beyond are at their most; return its effort."""
        while True:
            end, last = float(self._total[-1]), len(self._total) - 1
            late = end - self.effort(np.maximum(last - np.minimum(most, last), 0.0))
            if bool(np.all((budget * steps <= end) | ((most <= last) & (late <= budget)))):
                return end
            self._longer()

    def rounds(self, effort: F64) -> F64:
        """Rounds that so much effort makes, the end of the curve at most."""
        return np.asarray(np.interp(effort, self._total, np.arange(len(self._total))))

    def _longer(self) -> None:
        if len(self._total) > MOST_MADE:
            raise ScenarioError(
                f"choices.supply: a ramp of shape learning makes more than {MOST_MADE:,} rounds; give it a target, "
                "a smaller start or a learning nearer to 1"
            )
        pages = max(1, 2 * (len(self._total) - 1) // PAGE)
        total = [_page(self._rate, self._theory, page) for page in range(min(pages, MOST_MADE // PAGE))]
        self._total = np.concatenate((np.zeros(1), *total))


@lru_cache(maxsize=1024)
def _page(rate: float, theory: str, page: int) -> F64:
    """Effort of the first n rounds, n being the numbers of one page."""
    numbers = range(page * PAGE + 1, (page + 1) * PAGE + 1)
    return np.array(exact.learning_curve(1.0, rate, units=numbers, theory=theory)["total_costs"])
