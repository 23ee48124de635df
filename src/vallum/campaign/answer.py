"""The answer in sentences that can be read aloud (F5, Q0)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

import numpy as np

from vallum.campaign import readings
from vallum.campaign.brought import brought, few
from vallum.campaign.fold import Folded
from vallum.campaign.needed import needed
from vallum.campaign.plan import Plan
from vallum.campaign.promise import conditions_off
from vallum.campaign.reported import reported
from vallum.results import Difference, Result
from vallum.terms import REASONS

#: A disputed number is named beside a difference if its readings are this share of it apart.
HALF: Final = 0.5
#: A disputed number is named in the answer if its readings are further apart than this.
TELLING: Final = 0.1
#: A reason is named if it makes at least this share of what gets through.
WORTH: Final = 0.01
#: Why missiles get through, in words (E10).
WHY: Final = {
    "missed": "shot at and missed",
    "dry": "where no round was left",
    "held": "where rounds were held back",
    "saturated": "beyond what could be engaged at once",
    "blind": "not seen",
    "uncovered": "where no battery reaches",
}


def answered(plan: Plan, result: Result, again: Callable[..., Folded]) -> Result:
    """Return the result with its answer, its notes and the reported events beside it."""
    parts = (
        needed(plan, result, again),
        _empty(result),
        _by_reading(plan, result),
        _leaks(plan, result),
        _change(plan, result),
        " ".join(brought(plan, result)),
    )
    notes = (_split_note(result), _order_note(plan), _promise_note(plan), _left_out_note(plan))
    return replace(
        result,
        answer="\n".join(part for part in parts if part) or _counts(plan, result),
        notes=tuple(note for note in notes if note),
        reported=reported(plan, result),
    )


def brief(plan: Plan, result: Result) -> str:
    """The part of the answer that needs no further run: when it is empty, what gets through, a paragraph each."""
    parts = (_empty(result), _by_reading(plan, result), _leaks(plan, result))
    return "\n".join(part for part in parts if part) or _counts(plan, result)


def _quoted(option: str) -> str:
    return f"“{option.replace('_', ' ')}”"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _empty(result: Result) -> str:
    """When a magazine is first empty, as the share of futures by month; a date is never one day (F5)."""
    known = {label.name: values for label, values in result.columns.items() if label.name.startswith("first_empty")}
    if not known:
        return ""
    battery, country = known["first_empty_battery"], known["first_empty_country"]
    *earlier, (last, end) = [(name, float((battery <= midnight).mean())) for name, midnight in _month_ends(result)]
    before = ", ".join(f"{_percent(share)} by {name}" for name, share in earlier)
    return (
        f"In {_percent(end)} of futures the magazine of at least one battery stands empty at a midnight by "
        f"{last}{f' ({before})' if before else ''}; in {_percent(float(np.isinf(battery).mean()))} none ever does. "
        f"All magazines stand empty at once in {_percent(float(np.isfinite(country).mean()))}."
    )


def _by_reading(plan: Plan, result: Result) -> str:
    """How often a magazine is empty by each reading of the switch that moves it most (F2)."""
    found = [label for label in result.columns if label.name == "first_empty_battery"]
    held = readings.chosen(plan, result)
    if not found or not held:
        return ""
    tables = readings.means(plan, held, np.isfinite(result.columns[found[0]]).astype(np.float64))
    name = max(tables, key=lambda key: np.ptp(list(tables[key].values())))
    shares = tables[name]
    if np.ptp(list(shares.values())) < TELLING:
        return ""
    words = ", ".join(f"{_percent(share)} as {_quoted(option)}" for option, share in shares.items())
    return f"An empty magazine turns on a disputed number ({plan.laws[name].title or name}): {words}."


def _month_ends(result: Result) -> list[tuple[str, int]]:
    """At most four month ends of the campaign, evenly spread, the last included; it may end within a month."""
    nights = result.month_ends.values()
    ends = [(f"the end of {result.dates[night - 1]:%B %Y}", night) for night in nights]
    final = result.dates[-1]
    if (final + timedelta(days=1)).month == final.month:
        ends[-1] = (f"{final.day} {final:%B %Y}", ends[-1][1])
    step = max(1, -(-len(ends) // 4))
    return ends[::-1][::step][::-1]


def _leaks(plan: Plan, result: Result) -> str:
    """What gets through of the first class that magazines are for, and why."""
    name = plan.cast.headline
    if name is None:
        return ""
    leakers, launched = (
        result.outcome("leakers", threat_class=name),
        result.outcome("launched", threat_class=name),
    )
    if leakers.median is None or not launched.mean:
        return ""
    reasons = [result.outcome("leakers", threat_class=name, reason=reason) for reason in REASONS]
    whole = leakers.mean or 1.0
    told = [
        f"{_percent(share)} {WHY[one.label.reason]}" for one in reasons if (share := (one.mean or 0.0) / whole) >= WORTH
    ]
    because = f": {', '.join(told)}" if told else ""
    return (
        f"Of {launched.mean:,.0f} {name} missiles on average, {leakers.median:,.0f} get through in the median future "
        f"(5-95 %: {leakers.p5:,.0f}-{leakers.p95:,.0f}){because}."
    )


def _change(plan: Plan, result: Result) -> str:
    """What the packages change in what gets through and in empty magazines, by the reading that moves it most."""
    told = [d for d in result.differences if d.label.name == "leakers" and d.label.threat_class == plan.cast.headline]
    return "\n".join(_changed(result, change) for change in told)


def _changed(result: Result, change: Difference) -> str:
    name = change.label.threat_class
    start = f"With the package {change.package}, in the same futures,"
    if not change.told_apart:
        text = f"{start} the {name} missiles that get through cannot be told apart from those without it"
    else:
        fewer = "fewer" if change.mean < 0 else "more"
        band = f"5-95 %: {change.p5:+.0f} to {change.p95:+.0f}"
        text = f"{start} {few(abs(change.mean))} {fewer} {name} missiles get through ({band})"
    empty = [d for d in result.differences if d.package == change.package and d.label.name == "first_empty_battery"]
    if empty and empty[0].told_apart:
        shares = f"{_percent(empty[0].after)} of futures instead of {_percent(empty[0].before)}"
        text += f", and some magazine stands empty in {shares}"
    return f"{text}{_widest(change)}."


def _widest(change: Difference) -> str:
    """The difference by reading of the switch that moves it most, where that is telling."""
    spans = {name: max(options.values()) - min(options.values()) for name, options in change.readings.items()}
    name = max(spans, key=lambda key: spans[key], default=None)
    if name is None or spans[name] <= HALF * abs(change.mean) or not round(spans[name]):
        return ""
    words = ", ".join(f"{value:+.0f} as {_quoted(option)}" for option, value in change.readings[name].items())
    return f" ({name.replace('_', ' ')}: {words})"


def _counts(plan: Plan, result: Result) -> str:
    """What gets through of each class, where no magazine is fired at any."""
    parts = []
    for name in plan.cast.classes:
        leaked, launched = (result.outcome(outcome, threat_class=name) for outcome in ("leakers", "launched"))
        if leaked.n:
            band = f"5-95 %: {leaked.p5:,.0f}-{leaked.p95:,.0f}"
            what = f"{name.replace('_', ' ')} {leaked.median:,.0f}"
            parts.append(f"{what} of {launched.mean:,.0f} launched on average ({band})")
    return f"Get through in the median future: {', '.join(parts)}."


def _split_note(result: Result) -> str:
    made = result.split
    if made is None:
        return ""
    return (
        f"Of the spread of the headline outcome ({made.label}), {_percent(made.knowledge)} "
        f"(± {_percent(made.knowledge_se)}) is ignorance, "
        f"the rest chance; {_percent(made.unpublished)} (± {_percent(made.unpublished_se)}) comes from what "
        f"nobody publishes."
    )


def _promise_note(plan: Plan) -> str:
    """Say where one more interceptor may yield one more leaker, and why (F3)."""
    off = "; ".join(conditions_off(plan))
    return f"One more interceptor may in single futures yield one more leaker here: {off} (F3)." if off else ""


def _left_out_note(plan: Plan) -> str:
    """Name the changes that fit only with the packages: the run without them is without these too (Q3)."""
    scenario = plan.scenario
    if not scenario.packages:
        return ""
    left_out = [path for path in scenario.changes if path not in scenario.without_packages().changes]
    what = "Changes that fit only with the package are left out of the run without it"
    return f"{what}: {', '.join(left_out)}." if left_out else ""


def _order_note(plan: Plan) -> str:
    """The order of fire is a doctrine with a large effect: it is always named (E1)."""
    made = plan.cast.fixed.doctrine
    words = {
        "arrival": "in order of arrival",
        "random_asset": "asset by asset",
        "weight": "heavier assets first",
    }
    classes = ", ".join(name.replace("_", " ") for name in plan.cast.priority)
    return f"Threats are engaged {words[made.order]}, classes in the order {classes}."
