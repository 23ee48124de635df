"""What an outcome is in the futures that hold each reading of each disputed number (F2)."""

from __future__ import annotations

from collections.abc import Mapping

from vallum.campaign.plan import Plan
from vallum.results import Result
from vallum.scenario.worlds import F64, I64

#: The reading of each switch in each future, by its place among the options.
Chosen = Mapping[str, I64]


def chosen(plan: Plan, result: Result) -> Chosen:
    """Return which reading of each switch every future of the run holds. (F,) each"""
    made = result.manifest
    worlds = plan.worlds(made.seed, range(made.futures), made.lucks)
    return {name: law.chosen(worlds.uniforms(name)) for name, law in plan.laws.items() if law.options}


def means(plan: Plan, readings: Chosen, values: F64) -> dict[str, dict[str, float]]:
    """Return the mean of a column by reading of each switch; the column may stop before the last future."""
    found: dict[str, dict[str, float]] = {}
    for name, options in readings.items():
        held = options[: len(values)]
        groups = {option.name: values[held == k] for k, option in enumerate(plan.laws[name].options)}
        found[name] = {option: float(group.mean()) for option, group in groups.items() if len(group)}
    return found
