"""Who and what appears in a scenario, by name and in one order: the rows of every array."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from vallum.evidence import Distribution
from vallum.scenario import schema


@dataclass(frozen=True)
class Cast:
    """Names of a scenario in the order of the arrays."""

    fixed: schema.Fixed
    choices: schema.Choices
    laws: Mapping[str, Distribution]

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Threat classes, as listed."""
        return tuple(self.fixed.classes)

    @cached_property
    def interceptors(self) -> tuple[str, ...]:
        """Interceptor types, as listed."""
        return tuple(self.fixed.interceptors)

    @cached_property
    def assets(self) -> tuple[str, ...]:
        """Assets, as listed."""
        return tuple(self.fixed.assets)

    @cached_property
    def layers(self) -> Mapping[str, tuple[str, ...]]:
        """System types of each layer, outer to inner; by default each type is a layer (E1b)."""
        given = self.fixed.doctrine.layers
        if given is None:
            return {name: (name,) for name in self.fixed.systems}
        return {name: tuple(systems) for name, systems in given.items()}

    @cached_property
    def systems(self) -> tuple[str, ...]:
        """System types in the order of their layers."""
        return tuple(system for systems in self.layers.values() for system in systems)

    @cached_property
    def priority(self) -> tuple[str, ...]:
        """Classes in the order in which they are fought; what the list leaves out comes last (E1)."""
        listed = [name for name in self.fixed.doctrine.priority if name in self.classes]
        return (*listed, *(name for name in self.classes if name not in listed))

    def loads(self, system: str, threat_class: str) -> tuple[str, ...]:
        """Interceptor types that a system fires at a class, in order (E7).

        By default those that its launchers hold, or all, as far as they have a kill probability.
        """
        made = self.fixed.systems[system]
        if made.kind != "battery":
            return ()
        given = self.fixed.doctrine.loads.get(system, {})
        if threat_class in given:
            return tuple(given[threat_class])
        held = made.per_launcher or self.fixed.interceptors
        return tuple(
            t for t in self.fixed.interceptors if t in held and threat_class in self.fixed.interceptors[t].kill
        )

    def engaging(self, layer: str, threat_class: str) -> tuple[str, ...]:
        """Systems of a layer that engage a class: with something to fire at it, or with a success against it (E1b)."""
        systems = self.layers[layer]
        return tuple(x for x in systems if self.loads(x, threat_class) or threat_class in self.fixed.systems[x].success)

    def speaks(self, layer: str, threat_class: str) -> str:
        """The system whose track and success hold for a layer against a class: the first that engages it (E1b)."""
        return next(iter(self.engaging(layer, threat_class)), self.layers[layer][0])

    def salvo(self, layer: str, threat_class: str) -> tuple[int, ...]:
        """Shots of each look of a layer at a class (E4): its own, those of its first system that has some, or one."""
        salvos = self.fixed.doctrine.salvos
        for name in (layer, *self.engaging(layer, threat_class), *self.layers[layer]):
            if threat_class in salvos.get(name, {}):
                return tuple(salvos[name][threat_class])
        return (1,)

    def kind(self, layer: str) -> str:
        """Kind of a layer: battery, soft or team."""
        return self.fixed.systems[self.layers[layer][0]].kind

    def single(self, threat_class: str) -> bool:
        """Whether some magazine may be fired at the class: then its threats are followed one by one (F4)."""
        return any(self.loads(system, threat_class) for system in self.systems)

    @cached_property
    def headline(self) -> str | None:
        """The first class in the order of fire that some magazine may be fired at: an answer is about it."""
        return next((name for name in self.priority if self.single(name)), None)
