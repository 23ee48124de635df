"""The answer in sentences that can be read aloud, and what was reported set against it (F5, Q0)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, Final

import numpy as np

from vallum.campaign.fold import Folded
from vallum.campaign.plan import Plan
from vallum.results import Label, Result, rounded
from vallum.scenario import schema
from vallum.scenario.quantity import Quantity
from vallum.scenario.worlds import F64
from vallum.supply import Supply

#: Share of futures in which a need is met, where the headline is "needs about N a month" (F5).
CONFIDENCE: Final = 0.8
#: Futures spent on each trial of that search, and the most rounds a month that it tries.
TRIAL_FUTURES: Final = 500
MOST_A_MONTH: Final = 4_096
HALF: Final = 0.5


def answered(plan: Plan, result: Result, again: Callable[..., Folded]) -> Result:
    """Return the result with its answer, its notes and the reported events beside it."""
    parts = [part for part in (_needed(plan, result, again), _empty(plan, result), _leaks(plan, result)) if part]
    notes = [part for part in (_split_note(result), _order_note(plan)) if part]
    return replace(
        result,
        answer=" ".join(parts) or _counts(plan, result),
        notes=tuple(notes),
        reported=tuple(_event(plan, result, event) for event in plan.scenario.schema.reported),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _empty(plan: Plan, result: Result) -> str:
    """When a magazine is first empty, as the share of futures by month; a date is never one day (F5)."""
    labels = [label for label in result.columns if label.name in ("first_empty_battery", "first_empty_country")]
    if not labels:
        return ""
    sentences = []
    words = {"first_empty_battery": "at least one magazine has stood empty", "first_empty_country": "all magazines have stood empty at once"}
    for label in labels:
        values = result.columns[label]
        ends = _month_ends(result)
        shares = [f"{_percent(float((values <= midnight).mean()))} by the end of {name}" for name, midnight in ends]
        never = float(np.isinf(values).mean())
        sentences.append(f"The share of futures in which {words[label.name]}: {', '.join(shares)}; never {_percent(never)}.")
    return " ".join(sentences)


def _month_ends(result: Result) -> list[tuple[str, int]]:
    """At most four month ends of the campaign, evenly spread, the last included."""
    last: dict[str, int] = {}
    for midnight, day in enumerate(result.dates, 1):
        last[f"{day:%B %Y}"] = midnight
    ends = list(last.items())
    step = max(1, -(-len(ends) // 4))
    return ends[::-1][::step][::-1]


def _leaks(plan: Plan, result: Result) -> str:
    """What gets through of the first class that magazines are for."""
    name = next((c for c in plan.cast.priority if plan.cast.single(c)), None)
    if name is None:
        return ""
    leakers, launched = result.outcome("leakers", threat_class=name), result.outcome("launched", threat_class=name)
    dry = result.outcome("leakers", threat_class=name, reason="dry")
    if leakers.median is None or not launched.median:
        return ""
    return (
        f"Of about {launched.median:.0f} {name} missiles, {leakers.median:.0f} get through "
        f"(5-95 %: {leakers.p5:.0f}-{leakers.p95:.0f}), {dry.median:.0f} of them because no round was left where they fell."
    )


def _counts(plan: Plan, result: Result) -> str:
    leaked = [result.outcome("leakers", threat_class=name) for name in plan.cast.classes]
    parts = [f"{one.median:g} {one.label.threat_class} (5-95 %: {one.p5:g}-{one.p95:g})" for one in leaked if one.n]
    return f"Get through in the median future: {', '.join(parts)}."


def _split_note(result: Result) -> str:
    made = result.split
    if made is None:
        return ""
    return (
        f"Of the spread of {made.label}, {_percent(made.knowledge)} (± {_percent(made.knowledge_se)}) is ignorance, the rest "
        f"chance; {_percent(made.unpublished)} (± {_percent(made.unpublished_se)}) comes from what nobody publishes."
    )


def _order_note(plan: Plan) -> str:
    """The order of fire is a doctrine with a large effect: it is always named (E1)."""
    made = plan.cast.fixed.doctrine
    words = {"arrival": "in order of arrival", "random_asset": "asset by asset", "weight": "heavier assets first"}
    return f"Threats are engaged {words[made.order]}, classes in the order {', '.join(plan.cast.priority)}."


# --- the inverse number (F5): what would be needed --------------------------------------------------


def _needed(plan: Plan, result: Result, again: Callable[..., Folded]) -> str:
    """Rounds a month so that the country's magazines are never all empty, where ignorance hides the date."""
    made = result.split
    if made is None or made.unpublished <= HALF or not plan.cast.interceptors or not plan.defence.magazines:
        return ""
    kind = _scarcest(plan)
    least = _least(lambda rounds: _lasts(plan, kind, rounds, again) >= CONFIDENCE)
    until = f"{result.dates[-1]:%d %B %Y}"
    if least is None:
        return f"No number of {kind} interceptors a month up to {MOST_A_MONTH} keeps some magazine filled until {until}."
    return (
        f"To last until {until} (some round left in the country at every midnight, in {_percent(CONFIDENCE)} of futures) "
        f"takes about {least} {kind} interceptors a month, whatever was in stock; that stock and the kill probability are "
        f"published by nobody and make most of the spread of any date."
    )


def _scarcest(plan: Plan) -> str:
    """The interceptor type that the first class is to be fired at with."""
    first = next(name for name in plan.cast.priority if plan.cast.single(name))
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
    """Share of futures without an empty country, were so many rounds to come each month and nothing else."""
    line = schema.Line(kind="stream", interceptor=interceptor, per_month=Quantity(float(a_month)))
    choices = plan.cast.choices.model_copy(update={"supply": {"needed": line}, "pauses": {}})
    cast = replace(plan.cast, choices=choices)
    fixed = plan.cast.fixed
    trial = replace(plan, supply=Supply(cast, fixed.start, fixed.days))
    made = again(trial, futures=TRIAL_FUTURES)
    label = next(label for label in made.columns if label.name == "first_empty_country")
    return float(np.isinf(made.columns[label]).mean())


# --- reported against simulated ---------------------------------------------------------------------


def _event(plan: Plan, result: Result, event: schema.Event) -> dict[str, Any]:
    """One reported event and the share of futures that show it."""
    values = _event_values(plan, result, event)
    known = ~np.isnan(values)
    low = -np.inf if event.at_least is None else event.at_least
    high = np.inf if event.at_most is None else event.at_most
    if event.by is not None:
        high = float(plan.worlds(0, range(1)).day(event.by, 0)[0]) + 1.0
    shows = (values >= low) & (values <= high) & known
    share = float(shows.sum() / known.sum()) if known.any() else None
    return {
        "title": event.title,
        "claims": list(event.claims),
        "outcome": event.outcome,
        "by": None if event.by is None else _date_text(event.by.on),
        "at_least": event.at_least,
        "at_most": event.at_most,
        "share_of_futures": rounded(share),
    }


def _date_text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _event_values(plan: Plan, result: Result, event: schema.Event) -> F64:
    found: list[Label] = [
        label
        for label in result.columns
        if label.name == event.outcome and (event.threat_class or label.threat_class) == label.threat_class and not label.reason
    ]
    return result.columns[found[0]]
