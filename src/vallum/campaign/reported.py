"""Reported against simulated: events of the period that were no input."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from vallum.campaign.plan import Plan
from vallum.errors import ScenarioError
from vallum.results import Label, Result, rounded
from vallum.scenario import schema
from vallum.scenario.worlds import F64


def reported(plan: Plan, result: Result) -> tuple[dict[str, Any], ...]:
    """The reported events of the scenario, none of them an input, each with the share of futures that show it."""
    return tuple(_event(plan, result, event) for event in plan.scenario.schema.reported)


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
        "class": event.threat_class,
        "month": event.month,
        "by": None if event.by is None else _date_text(event.by.on),
        "at_least": event.at_least,
        "at_most": event.at_most,
        "share_of_futures": rounded(share),
    }


def _date_text(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _event_values(plan: Plan, result: Result, event: schema.Event) -> F64:
    month = event.month if event.outcome == "stopped_share" else None
    found: list[Label] = [
        label
        for label in result.columns
        if label.name == event.outcome
        and (event.threat_class or label.threat_class) == label.threat_class
        and not label.reason
        and (month is None or label.scope == month)
    ]
    if not found:
        about = " ".join(part for part in (event.threat_class, event.month) if part)
        raise ScenarioError(f"reported: {event.title}: this run has no outcome {event.outcome} {about}".rstrip())
    return result.columns[found[0]]
