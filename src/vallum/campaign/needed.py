"""The inverse number: what it would take, where nobody can know when it ends (F5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import numpy as np

from vallum.campaign.fold import Folded
from vallum.campaign.plan import Plan
from vallum.results import Result
from vallum.scenario import schema
from vallum.scenario.quantity import Quantity
from vallum.supply import Supply
from vallum.terms import NEVER

#: Share of futures in which the need is met.
CONFIDENCE: Final = 0.8
#: Futures spent on each trial of the search, and the most rounds a month that it tries.
TRIAL_FUTURES: Final = 500
MOST_A_MONTH: Final = 4_096
#: The inverse number leads where more than this share of the variance is published by nobody.
HALF: Final = 0.5


def needed(plan: Plan, result: Result, again: Callable[..., Folded]) -> str:
    """Rounds a month so that some magazine is always filled, where ignorance hides the date.

    A round in the depot or on the road fires at nothing: it does not count.
    """
    made = result.split
    if made is None or made.unpublished <= HALF or not plan.cast.interceptors or not plan.defence.magazines:
        return ""
    kind = _scarcest(plan)
    least = _least(lambda rounds: _lasts(plan, kind, rounds, again) >= CONFIDENCE)
    until = f"{result.dates[-1]:%d %B %Y}"
    if least is None:
        return (
            f"No number of {kind} interceptors a month up to {MOST_A_MONTH} keeps some magazine filled until {until}."
        )
    return (
        f"To last until {until} (some magazine filled at every midnight, in {100 * CONFIDENCE:.0f} % of "
        f"futures) takes about {least} {kind} interceptors a month, whatever was in stock; that stock and the kill "
        f"probability are published by nobody and make most of the spread of any date."
    )


def _scarcest(plan: Plan) -> str:
    """The interceptor type that the first class is to be fired at with."""
    first = str(plan.cast.headline)
    return next(load for system in plan.cast.systems for load in plan.cast.loads(system, first)[:1])


def _least(enough: Callable[[int], bool]) -> int | None:
    """Smallest whole number that is enough, by doubling and halving; None beyond MOST_A_MONTH."""
    high = 1
    while not enough(high):
        high *= 2
        if high > MOST_A_MONTH:
            return None
    low = high // 2
    while high - low > max(1, high // 50):
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _lasts(plan: Plan, interceptor: str, a_month: int, again: Callable[..., Folded]) -> float:
    """Share of futures without an empty country, were so many rounds to come each month and no others."""
    choices = plan.cast.choices.model_copy(update=_only(plan, interceptor, a_month))
    cast = replace(plan.cast, choices=choices)
    fixed = plan.cast.fixed
    trial = replace(plan, supply=Supply(cast, fixed.start, fixed.days))
    made = again(trial, futures=TRIAL_FUTURES, stage="what it would take")
    label = next(label for label in made.columns if label.name == "first_empty_country")
    return float(np.isinf(made.columns[label]).mean())


def _only(plan: Plan, interceptor: str, a_month: int) -> dict[str, Any]:
    """Supply of one stream of rounds, with the lines that bring systems as they are: they need rounds too.

    Rounds that are bought stay in the queue of their fund, so that systems are paid when they were; they never land.
    """
    kept: dict[str, schema.Line] = {}
    for name, line in plan.supply.lines.items():
        if line.system is not None:
            kept[name] = line
        elif line.kind == "purchase":
            kept[name] = line.model_copy(update={"lead": schema.After(days=Quantity(float(NEVER)))})
    pauses = {
        f"{name} {line}": pause.model_copy(update={"donor": None, "line": line})
        for name, pause in plan.cast.choices.pauses.items()
        for line, given in kept.items()
        if pause.donor in (None, given.donor or line) and pause.line in (None, line)
    }
    stream = schema.Line(kind="stream", interceptor=interceptor, per_month=Quantity(float(a_month)))
    # a name that comes after all others is none of them
    return {"supply": {**kept, f"{max(kept, default='')}+": stream}, "pauses": pauses}
