"""What a server takes on for a page: a scenario that would keep it busy for minutes is for the command line."""

from __future__ import annotations

from typing import Any, Final

from vallum.campaign.plan import Plan
from vallum.errors import ScenarioError
from vallum.scenario import paths
from vallum.scenario.quantity import Quantity

#: Launches that one future may bring on average, batteries and rounds that may come to stand in it, levels of a value.
MOST_LAUNCHES: Final = 500_000
MOST_BATTERIES: Final = 1_000
MOST_ROUNDS: Final = 50_000
MOST_LEVELS: Final = 20
#: Paths that make the server read a file of its own.
CLOSED: Final[tuple[paths.Keys, ...]] = (("fixed", "raids", "path"), ("extends",))


def bear(plan: Plan) -> None:
    """Raise ScenarioError where a scenario is more than a server takes on."""
    expected = plan.raids.expected(plan.defence.ends).sum(axis=1) * plan.days
    systems, chosen = plan.cast.fixed.systems, plan.cast.choices.batteries
    counts = [
        int(plan.defence.ends.count(given, 0).max())
        for name, given in chosen.items()
        if isinstance(given, Quantity) and systems[name].kind == "battery"
    ]
    ends, supply = plan.defence.ends, plan.supply
    stock = sum(float(ends.count(given, 0).max()) for given in plan.cast.choices.stock.values())
    rounds = stock + float(supply.arrivals(ends, supply.by_line(ends)).sum(axis=(1, 2)).max())
    told = (
        ("choices.stock, choices.supply", "rounds", rounds, MOST_ROUNDS),
        ("fixed.raids", "launches in a future", float(expected.max()), MOST_LAUNCHES),
        ("choices.batteries", "batteries", float(sum(counts)), MOST_BATTERIES),
    )
    problems = [
        f"{path}: there may be {found:,.0f} {what}; a page takes at most {most:,}; use the command line for more"
        for path, what, found, most in told
        if not found <= most
    ]
    if problems:
        raise ScenarioError(problems)


def closed(path: str, value: Any) -> bool:
    """Whether a change would make the server read a file of its own, however its path is written."""
    try:
        keys = tuple(str(key).strip() for key in paths.parse(path))
    except ScenarioError:
        return False  # it is refused as no path
    return any(_reaches(keys, value, one) for one in CLOSED)


def _reaches(keys: paths.Keys, value: Any, one: paths.Keys) -> bool:
    shared = min(len(keys), len(one))
    if keys[:shared] != one[:shared]:
        return False
    return len(keys) >= len(one) or paths.look(value, one[len(keys) :])[0]


def fault(value: Any) -> str | None:
    """Why a value cannot travel, None where it can: too deep, or text that no file can hold."""
    left = [(value, 0)]
    while left:
        one, level = left.pop()
        if level > MOST_LEVELS:
            return f"is nested more than {MOST_LEVELS} levels deep"
        if isinstance(one, str) and not one.isprintable() and any("\ud800" <= sign <= "\udfff" for sign in one):
            return "holds half a character (a lone surrogate)"
        if isinstance(one, dict):
            left += [(inner, level + 1) for pair in one.items() for inner in pair]
        elif isinstance(one, list):
            left += [(inner, level + 1) for inner in one]
    return None
