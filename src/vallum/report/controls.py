"""The controls of a scenario: every choice and every uncertain number, with label, unit, range, step and source.

One source of truth for the sliders of the page: they are made from the scenario and its evidence, never typed in.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Final

from vallum.campaign import Plan
from vallum.evidence import Distribution
from vallum.report import words
from vallum.results import rounded
from vallum.scenario import Quantity, is_threat

#: A slider of a choice reaches from nothing to so many times its likeliest or highest value.
REACH: Final = 2.0
#: And at least so far, where the scenario has none of it.
LEAST: Final = 20.0
#: Steps of a slider over a range that is no count.
STEPS: Final = 100.0
#: Units of which there are no halves.
WHOLE: Final = ("systems", "interceptors", "batteries", "launchers", "rounds", "days", "missiles", "drones", "threats")


def controls(plan: Plan) -> list[dict[str, Any]]:
    """Return the controls: choices first, then what is not known; a number of the attacker's says so."""
    choices = list(_choices(plan))
    taken = {one["name"] for one in choices if one["name"]}
    unknown = [_unknown(plan, name, law) for name, law in plan.laws.items() if name not in taken]
    return [*choices, *sorted(unknown, key=lambda one: (one["threat"], one["label"]))]


def _choices(plan: Plan) -> Iterator[dict[str, Any]]:
    made = plan.scenario.schema.choices
    for system, held in made.batteries.items():
        label = f"{words.capital(words.plain(system))} systems"
        if isinstance(held, Quantity):
            yield _choice(plan, f"choices.batteries.{system}", label, held, "systems")
    for kind, rounds in made.stock.items():
        label = f"{words.capital(words.plain(kind))}s at the start"
        yield _choice(plan, f"choices.stock.{kind}", label, rounds, "interceptors")
    for name, line in made.supply.items():
        if line.per_month is not None:
            unit = "systems a month" if line.system else "interceptors a month"
            label = f"{words.capital(words.plain(name))}, a month"
            yield _choice(plan, f"choices.supply.{name}.per_month", label, line.per_month, unit)
        for number, delivery in enumerate(line.deliveries):
            what = words.capital(words.plain(line.system or line.interceptor or name))
            label = f"{what}s, delivery {number + 1} ({line.donor or words.plain(name)})"
            path = f"choices.supply.{name}.deliveries.{number}.quantity"
            yield _choice(plan, path, label, delivery.quantity, "systems" if line.system else "interceptors")


def _choice(plan: Plan, path: str, label: str, given: Quantity, unit: str) -> dict[str, Any]:
    law = plan.laws.get(given.name or "")
    best = law.best if law is not None else (given.value or 0.0)
    most = law.high if law is not None else best
    high = max(REACH * best, most, LEAST)
    range_known = None if law is None else [rounded(law.low), rounded(law.high)]
    return {
        "path": path,
        "name": given.name,
        "group": "choices",
        "kind": "number",
        "label": label if law is None or not law.title else law.title,
        "unit": unit,
        "low": 0,
        "high": math.ceil(high),
        "step": 1,
        "best": rounded(best),
        "drawn": law is not None and not law.constant,
        "range": range_known,
        "claims": list(law.claims if law is not None else given.claims),
        "assumption": law.assumption if law is not None else given.assumption,
        "published": law.published if law is not None else True,
        "options": _options(law),
        "parameter": _parameter(plan, given.name),
        "threat": is_threat(plan.scenario, path),
    }


def _unknown(plan: Plan, name: str, law: Distribution) -> dict[str, Any]:
    path = f"uncertain.{name}"
    width = law.high - law.low
    whole = law.unit in WHOLE
    return {
        "path": path,
        "name": name,
        "group": "unknown",
        "kind": "switch" if law.options else "number",
        "label": law.title or words.capital(words.plain(name)),
        "unit": law.unit,
        "low": math.floor(law.low) if whole else rounded(law.low),
        "high": math.ceil(law.high) if whole else rounded(law.high),
        "step": 1 if whole else _step(width),
        "best": rounded(law.best),
        "drawn": not law.constant,
        "range": [rounded(law.low), rounded(law.high)],
        "claims": list(law.claims),
        "assumption": law.assumption,
        "published": law.published,
        "options": _options(law),
        "parameter": _parameter(plan, name),
        "threat": is_threat(plan.scenario, path),
    }


def _options(law: Distribution | None) -> list[dict[str, Any]]:
    """The readings of a switch: name, range, how far each is believed, and whose claims it takes."""
    return [
        {
            "name": option.name,
            "weight": rounded(option.weight),
            "low": rounded(option.law.low),
            "best": rounded(option.law.best),
            "high": rounded(option.law.high),
            "claims": list(option.law.claims),
        }
        for option in (law.options if law is not None else ())
    ]


def _parameter(plan: Plan, name: str | None) -> str | None:
    """The packaged parameter that an uncertain number takes its range from, None where it has its own."""
    entry = plan.scenario.schema.uncertain.get(name or "")
    return None if entry is None else entry.parameter


def _step(width: float) -> float:
    """A round step of which about STEPS fit into the range."""
    return float(f"{10.0 ** math.floor(math.log10(width / STEPS)):.1g}") if width > 0 else 1.0
