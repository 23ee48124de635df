"""Which conditions of the promise "one more interceptor never yields one more leaker" are off in a run (F3)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from vallum.campaign.plan import Plan
from vallum.scenario import schema
from vallum.scenario.quantity import Quantity


def conditions_off(plan: Plan) -> Iterator[str]:
    """Yield a sentence for each condition that does not hold; none means that the promise holds."""
    doctrine, armed = plan.cast.fixed.doctrine, plan.defence.armed
    systems = [plan.cast.fixed.systems[plan.defence.batteries[b].system] for b in armed]
    if not systems:
        return
    if any(system.channels is not None for system in systems) and len(armed) > 1:
        yield "(a) channels are limited, and a channel may be spent on a miss"
    if any(not _falls(plan, system, name) for system in plan.cast.systems for name in plan.cast.classes):
        yield "(b) a load list does not run from the higher kill probability to the lower"
    if len(plan.cast.interceptors) > 1 and len(armed) > len(plan.cast.layers):
        yield "(b) several interceptor types are shared by several batteries of a layer"
    if doctrine.transit > 0 or (doctrine.split == "weight" and len(armed) > 1):
        yield "(d) the depot sends rounds with a transit time, or by weight"
    if any(system.loss is not None for system in systems):
        yield "(e) batteries may be lost together with their rounds"
    if any(system.reload_rate is not None for system in systems):
        yield "(f) reloading depends on the stock"


def _falls(plan: Plan, system: str, threat_class: str) -> bool:
    """Whether the best kill probabilities of a load list never rise."""
    types = [plan.cast.fixed.interceptors[name] for name in plan.cast.loads(system, threat_class)]
    best = [_best(plan, made, threat_class) for made in types]
    return all(former >= latter for former, latter in pairwise(best))


def _best(plan: Plan, made: schema.Interceptor, threat_class: str) -> float:
    given = made.kill[threat_class]
    quantity: Quantity = given[0].value if isinstance(given, list) else given
    if quantity.name is not None:
        return plan.laws[quantity.name].best
    if quantity.parameter is not None:
        return plan.evidence.parameter(quantity.parameter).best
    return quantity.value or 0.0
