"""What losing each supplier would change: the same futures without its lines (O, supplier_share)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from vallum.campaign.beside import differences
from vallum.campaign.fold import Folded
from vallum.campaign.plan import Plan
from vallum.results import Difference, Result
from vallum.supply import Supply

#: Pairs of futures spent on each supplier: dice are paired, so that few are enough to see a loss that matters.
PAIRS: Final = 500
#: Outcomes whose change is told.
TOLD: Final = ("first_empty_battery", "dry_nights", "leakers", "stopped_share", "used", "unmet", "stock")


def losses(plan: Plan, result: Result, again: Callable[..., Folded]) -> Iterator[Difference]:
    """For each supplier, yield what is different in the same futures if its lines deliver nothing."""
    pairs = min(PAIRS, result.manifest.futures)
    for donor in sorted({line.donor or name for name, line in plan.supply.lines.items()}):
        made = again(_without(plan, donor), futures=pairs, stage=f"without {donor}")
        yield from differences(plan, result, donor, result.columns, made.columns, TOLD)


def _without(plan: Plan, donor: str) -> Plan:
    kept = {name: line for name, line in plan.cast.choices.supply.items() if (line.donor or name) != donor}
    cast = replace(plan.cast, choices=plan.cast.choices.model_copy(update={"supply": kept}))
    return replace(plan, supply=Supply(cast, plan.supply.start, plan.supply.days))
