"""The most whole systems that supply lines can land in any future: room for so many is made in the defence (S1).

The bound is read off the ends of the ranges, never off the futures that are run, so that it is the same
however the work is cut. It is not tight: it forgets pauses, funds, rivals and chance, which only take away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from vallum.errors import ScenarioError
from vallum.exact.supply import MOST_STEPS, STEPS_A_YEAR
from vallum.scenario import schema
from vallum.scenario.quantity import Quantity, When
from vallum.scenario.worlds import I64, Worlds
from vallum.supply import ramps
from vallum.supply.clock import SLACK, Clock
from vallum.terms import NEVER

#: As many systems of one type may land as one entry of `choices.batteries` may hold.
MOST_SYSTEMS: Final = 500


def most_systems(clock: Clock, ends: Worlds, lines: Mapping[str, schema.Line]) -> dict[str, int]:
    """Return for each system type a number that no future's arrivals pass.

    ends : two futures between which all others lie (`scenario.extremes.ends`)
    Raises ScenarioError where the lines of a type may land more than MOST_SYSTEMS.
    """
    most: dict[str, int] = {}
    for line in lines.values():
        if line.system is not None:
            most[line.system] = most.get(line.system, 0) + _of_line(clock, ends, line)
    problems = [_too_many(name, lines, found) for name, found in most.items() if found > MOST_SYSTEMS]
    if problems:
        raise ScenarioError(problems)
    return most


def _too_many(system: str, lines: Mapping[str, schema.Line], found: int) -> str:
    names = ", ".join(name for name, line in lines.items() if line.system == system)
    return (
        f"choices.supply: {names} may land {found:,} systems of type {system} in some future; a campaign holds "
        f"{MOST_SYSTEMS} of a type; lower the quantities, or use a shape whose range has ends, such as pert"
    )


def _of_line(clock: Clock, ends: Worlds, line: schema.Line) -> int:
    """Rounded as the line rounds: each dated quantity by itself, a rate in its sum."""
    if line.ramp is not None or line.per_month is not None:
        return int(np.floor(_made(clock, ends, line) + SLACK))
    dated = [one.quantity for one in line.deliveries] + [one.quantity for one in line.orders]
    return sum(int(ends.count(quantity, 0).max()) for quantity in dated)


def _made(clock: Clock, ends: Worlds, line: schema.Line) -> float:
    """Our part of the highest rate, over the longest time."""
    start, end = _begins(clock, ends, line), ends.day(line.to, NEVER).max(keepdims=True)
    if line.ramp is None:
        return _highest(ends, line.per_month) * _months(clock, start, end)
    made = _rate(clock, ends, line.ramp, start) * _steps(clock, line.ramp.step, np.maximum(start, 0), end)
    if line.share is not None:
        made *= _highest(ends, line.share)
    if line.ordered_per_month is not None:
        made = min(made, _highest(ends, line.ordered_per_month) * _months(clock, start, end))
    return made


def _begins(clock: Clock, ends: Worlds, line: schema.Line) -> I64:
    """Earliest first day of a line. (1,)"""
    if line.signed is None:
        return _earliest(ends, line.start)
    begins = clock.after(ends, _earliest(ends, line.signed), line.lag).min(keepdims=True)
    return np.asarray(np.maximum.reduce([begins, *(_earliest(ends, until) for until in line.lacks.values())]))


def _rate(clock: Clock, ends: Worlds, ramp: schema.Ramp, start: I64) -> float:
    """More than a step of the ramp ever makes, or as much."""
    opening, target = ends.value(ramp.start, 0.0).max(), ends.value(ramp.target, 0.0)
    if ramp.shape == "learning" and ramp.target is None:
        return _learned(clock, ends, ramp, start)
    best = float(max(opening, target.max()))
    if ramp.increment is not None and not (ramp.target is not None and target.min() >= opening):
        steps = _steps(clock, ramp.step, start, np.array([clock.days]))
        best += max(0.0, _highest(ends, ramp.increment)) * steps
    return best * STEPS_A_YEAR[ramp.per] / STEPS_A_YEAR[ramp.step]


def _learned(clock: Clock, ends: Worlds, ramp: schema.Ramp, start: I64) -> float:
    """The last step of the steepest curve, for learning without a target goes on."""
    opening, rate = _highest(ends, ramp.start), float(ends.value(ramp.learning, 1.0).min())
    steepest = ramp.model_copy(update={"start": Quantity(value=opening), "learning": Quantity(value=rate)})
    steps = int(_steps(clock, ramp.step, start, np.array([clock.days]))) + 1
    return float(ramps.step_rates(clock, ends, steepest, start, min(MOST_STEPS, steps)).max())


def _highest(ends: Worlds, quantity: Quantity | None) -> float:
    return float(ends.value(quantity, 0.0).max())


def _earliest(ends: Worlds, when: When | None) -> I64:
    return np.asarray(ends.day(when, 0).min(keepdims=True))


def _months(clock: Clock, start: I64, end: I64) -> float:
    """Months of the campaign that a line has."""
    return float(clock.elapsed(start, end)[0, -1])


def _steps(clock: Clock, step: str, start: I64, end: I64) -> float:
    """Steps of a ramp between two days."""
    last = np.maximum(start, np.minimum(end, clock.days))
    if step == "day":
        return float((last - start)[0])
    return float((clock.months(last) - clock.months(start))[0]) / ramps.months_a_step(step)
