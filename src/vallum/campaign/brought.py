"""What the lines that a package adds bring before the campaign ends: the reason why it may change nothing (S1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vallum.campaign.plan import Plan
from vallum.results import Result
from vallum.scenario.worlds import I64

#: Futures that the shares rest on, at most.
FUTURES: Final = 1_000
#: From here on a mean is told without decimals.
WHOLE: Final = 9.5


def brought(plan: Plan, result: Result) -> Iterator[str]:
    """Yield a sentence for each line that the run's packages add to the scenario."""
    if not plan.scenario.packages:
        return
    before = plan.scenario.without_packages().schema.choices.supply
    added = [name for name in plan.supply.lines if name not in before]
    if not added:
        return
    made = result.manifest
    arrived = plan.supply.by_line(plan.worlds(made.seed, range(min(FUTURES, made.futures)), made.lucks))
    end = f"{result.dates[-1]:%d %B %Y}"
    for name in added:
        line = plan.supply.lines[name]
        yield _said(name, line.interceptor or str(line.system), end, arrived[name].sum(axis=1))


def _said(line: str, what: str, end: str, total: I64) -> str:
    """What a line brings, in words. total : (F,)"""
    if not total.any():
        return f"The line {line} brings nothing by {end}, in any future."
    nothing = float((total == 0).mean())
    never = f"; nothing in {100 * nothing:.0f} % of futures" if nothing else ""
    return f"The line {line} brings {few(float(total.mean()))} {what} by {end} on average{never}."


def few(amount: float) -> str:
    """A mean number of things: whole from ten on, two digits below."""
    return f"{amount:,.0f}" if amount >= WHOLE else f"{amount:.2g}"
