"""Which conditions of the promise "one more interceptor never yields one more leaker" are off in a run (F3).

The conditions are those of rule F3 with what tests over random scenarios added to them; `docs/model/kernel.md` says
which and why. They are cautious: where one is off, no pair of futures need break.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from vallum.campaign.plan import Plan
from vallum.scenario import schema
from vallum.scenario.quantity import Quantity


def conditions_off(plan: Plan) -> Iterator[str]:
    """Yield a sentence for each condition that does not hold; none means that the promise holds."""
    defence = _Armed(plan)
    if defence.batteries:
        yield from _channels(defence)
        yield from _order_of_rounds(defence)
        yield from _teams(plan)
        yield from _flow_of_rounds(defence)


@dataclass(frozen=True)
class _Armed:
    """The part of a defence that fires interceptors."""

    plan: Plan

    @cached_property
    def batteries(self) -> tuple[str, ...]:
        """System of each battery that any future may have."""
        return tuple(self.plan.defence.batteries[b].system for b in self.plan.defence.armed)

    @cached_property
    def systems(self) -> tuple[schema.System, ...]:
        """The systems of these batteries, each once."""
        return tuple(self.plan.cast.fixed.systems[name] for name in dict.fromkeys(self.batteries))

    @cached_property
    def layers(self) -> tuple[str, ...]:
        """Layers in which such a battery stands."""
        layers = self.plan.cast.layers
        return tuple(layer for layer in layers if self.batteries_in(layer) > 0)

    def batteries_in(self, layer: str) -> int:
        """Batteries of a layer."""
        return sum(system in self.plan.cast.layers[layer] for system in self.batteries)

    def types_in(self, layer: str) -> set[str]:
        """Interceptor types that a layer's batteries fire at any class."""
        cast = self.plan.cast
        fired = [cast.loads(system, name) for system in cast.layers[layer] for name in cast.classes]
        return {interceptor for loads in fired for interceptor in loads}


def _channels(defence: _Armed) -> Iterator[str]:
    """(a) A channel spent on a miss is lacking for the next threat."""
    if any(system.channels is not None for system in defence.systems) and not _spent_alike(defence):
        yield "(a) channels are limited, and a channel may be spent on a miss"


def _spent_alike(defence: _Armed) -> bool:
    """Whether a channel buys the same wherever it is spent, so that it does not matter on which threat.

    A reserve undoes it: what one class may fire and another may not decides who takes the channel.
    """
    doctrine = defence.plan.cast.fixed.doctrine
    one_each = all(defence.batteries_in(x) == 1 and len(defence.types_in(x)) <= 1 for x in defence.layers)
    if not one_each or any(doctrine.reserve.get(system) for system in defence.batteries):
        return False
    return len(defence.batteries) == 1 or all(_one_salvo(defence, layer) for layer in defence.layers)


def _one_salvo(defence: _Armed, layer: str) -> bool:
    """Whether a layer has one look and one salvo size for all classes that it fires at."""
    cast = defence.plan.cast
    shot_at = [name for name in cast.classes if any(cast.loads(system, name) for system in cast.layers[layer])]
    salvos = {cast.salvo(layer, name) for name in shot_at}
    return len(salvos) <= 1 and all(len(salvo) == 1 for salvo in salvos)


def _order_of_rounds(defence: _Armed) -> Iterator[str]:
    """(b) The round that is fired first should be the best that is left."""
    cast = defence.plan.cast
    if any(not _falls(defence.plan, system, name) for system in set(defence.batteries) for name in cast.classes):
        yield "(b) a load list does not run from the higher kill probability to the lower in every future"
    if any(defence.batteries_in(x) > 1 and len(defence.types_in(x)) > 1 for x in defence.layers):
        yield "(b) several interceptor types are shared by several batteries of a layer"


def _falls(plan: Plan, system: str, threat_class: str) -> bool:
    """Whether the kill probabilities of a load list never rise, in any future and on any day."""
    types = [plan.cast.fixed.interceptors[name] for name in plan.cast.loads(system, threat_class)]
    kills = [made.kill[threat_class] for made in types]
    return all(a == b or _span(plan, a)[0] >= _span(plan, b)[1] for a, b in pairwise(kills))


def _span(plan: Plan, given: Quantity | list[schema.Change]) -> tuple[float, float]:
    """The lowest and the highest that a kill probability may be."""
    changes = [change.value for change in given] if isinstance(given, list) else [given]
    ends = [_ends(plan, quantity) for quantity in changes]
    return min(low for low, _ in ends), max(high for _, high in ends)


def _ends(plan: Plan, quantity: Quantity) -> tuple[float, float]:
    if quantity.name is not None:
        return plan.laws[quantity.name].low, plan.laws[quantity.name].high
    best = quantity.value or 0.0
    if quantity.parameter is not None:
        best = plan.evidence.parameter(quantity.parameter).best
    return best, best


def _teams(plan: Plan) -> Iterator[str]:
    """(c) One threat less before a team moves the draws of a group that shares its capacity (E9, F4)."""
    shot_at = {name for name in plan.cast.classes if plan.cast.single(name)}
    fielded = dict.fromkeys(battery.system for battery in plan.defence.batteries)
    for system in (plan.cast.fixed.systems[name] for name in fielded):
        treated = set(system.success)
        if system.kind == "team" and system.capacity is not None and treated & shot_at and treated - shot_at:
            yield "(c) a team's capacity is shared by a class that is shot at and one that is fought as a group"
            return


def _flow_of_rounds(defence: _Armed) -> Iterator[str]:
    """(d), (e), (f) What the depot sends, and what is ready to fire, should not hang on the stock elsewhere."""
    doctrine, several = defence.plan.cast.fixed.doctrine, len(defence.batteries) > 1
    if doctrine.transit > 0:
        yield "(d) rounds are on their way from the depot for some days"
    if doctrine.split == "weight" and several:
        yield "(d) the depot divides rounds by the weight of the assets"
    if any(system.loss is not None for system in defence.systems):
        yield "(e) batteries may be lost together with their rounds"
    limited = any(system.reload_rate is not None for system in defence.systems)
    if limited and (several or len(defence.types_in(defence.layers[0])) > 1):
        yield "(f) reloading depends on the stock"
