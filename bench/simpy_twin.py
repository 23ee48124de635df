"""The same model in SimPy, a process for each threat: the days are the clock, arrivals are moments of a night."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Final

import simpy

from bench.objects_twin import Country, Threat, books_of
from bench.plain import Books, Parameters

#: Moments of a night, in days: when a class begins, when its threats reach the next layer, when a layer looks again,
#: and how closely threats follow each other.
OF_CLASS, OF_LAYER, OF_LOOK, OF_THREAT = 0.1, 0.02, 0.005, 1e-6

Events = Generator[simpy.Event, Any, None]


class Theatre(Country):
    """One future: batteries and salvos as in plain Python, moved by SimPy's clock."""

    def __init__(self, p: Parameters, seed: str) -> None:
        super().__init__(p, seed)
        self.env: Final = simpy.Environment()

    def threat(self, c: int, threat: Threat, arrival: float) -> Events:
        """One threat: it arrives, meets the layers one after the other, and is stopped or leaks."""
        env = self.env
        yield env.timeout(arrival)
        for number, (reach, track, looks) in enumerate(self.layers[c]):
            if number > 0:
                yield env.timeout(OF_LAYER)
            here = reach[threat.asset]
            if not self.meets(threat, here, track):
                continue
            for look, shots in enumerate(looks):
                if look > 0:
                    yield env.timeout(OF_LOOK)
                if not self.looks_at(threat, here, c, look, shots):
                    break
            if not threat.alive:
                break
        self.settle(threat, c)

    def days(self, raids: list[list[int]], arrivals: list[list[int]]) -> Events:
        """Mornings, raids and midnights (C1)."""
        self.fill()
        self.count(0)
        for day, launched in enumerate(raids):
            self.morning(arrivals[day])
            for place, c in enumerate(self.p.priority):
                cut = self.p.cut[c]
                assets = self.random.choices(range(len(cut)), cum_weights=cut, k=launched[c])
                for number, asset in enumerate(assets):
                    self.env.process(self.threat(c, Threat(asset), place * OF_CLASS + number * OF_THREAT))
            yield self.env.timeout(1)
            self.close_day(day)


def nights(p: Parameters, seed: int) -> Books:
    """Fight every future."""
    theatres: list[Country] = []
    for f in range(p.futures):
        theatre = Theatre(p, f"{seed} {f}")
        theatre.env.process(theatre.days(p.raids[f].tolist(), p.arrivals[f].tolist()))
        theatre.env.run()
        theatres.append(theatre)
    return books_of(theatres)
