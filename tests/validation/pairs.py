"""One more interceptor: pairs of futures of random scenarios, inside and outside the conditions of F3."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from random import Random

from tests.validation.random_scenarios import SPOILERS, random_scenario

import vallum
from vallum import engine
from vallum._kernel import fast
from vallum.campaign.plan import prepare
from vallum.campaign.promise import conditions_off

AS_OF = date(2026, 1, 1)
#: Where all conditions hold, and where several are off at once.
NONE, SEVERAL = "none", "several at once"


@dataclass(frozen=True)
class Pairs:
    """Futures with and without one more interceptor at the start.

    worse, better : of these pairs, with more and with fewer leakers
    """

    scenarios: int = 0
    pairs: int = 0
    worse: int = 0
    better: int = 0

    def __add__(self, other: Pairs) -> Pairs:
        return Pairs(
            self.scenarios + other.scenarios,
            self.pairs + other.pairs,
            self.worse + other.worse,
            self.better + other.better,
        )


@dataclass(frozen=True)
class Draw:
    """A random scenario by its number, and the condition that was spoiled in it."""

    number: int
    spoil: str | None = None

    def scenario(self) -> vallum.Scenario:
        """The scenario: the same for the same draw, on every machine."""
        return random_scenario(Random(f"{self.spoil} {self.number}"), self.spoil)


def compare(scenario: vallum.Scenario, futures: int, seed: int) -> tuple[str, Pairs]:
    """Fight a scenario with and without one more interceptor of each type; name the condition that is off."""
    plan = prepare(scenario, AS_OF)
    off = list(conditions_off(plan))
    worlds = plan.worlds(seed, range(futures))
    problem = plan.problem(worlds, plan.supply.by_line(worlds))
    leaked = fast.nights(problem).leaked.sum(axis=(1, 2, 3))
    made = Pairs(scenarios=1)
    for kind in range(problem.stock.shape[1]):
        stock = problem.stock.copy()
        stock[:, kind] += 1
        with_one = fast.nights(problem._replace(stock=stock)).leaked.sum(axis=(1, 2, 3))
        made += Pairs(0, futures, int((with_one > leaked).sum()), int((with_one < leaked).sum()))
    return (SEVERAL if len(off) > 1 else off[0] if off else NONE), made


def counted(draws: Iterable[Draw], futures: int) -> dict[str, Pairs]:
    """Pairs of many random scenarios, by the condition that is off."""
    with ThreadPoolExecutor(engine.cores()) as pool:
        found = pool.map(lambda draw: compare(draw.scenario(), futures, draw.number), draws)
        total: dict[str, Pairs] = {}
        for off, made in found:
            total[off] = total.get(off, Pairs()) + made
    return dict(sorted(total.items(), key=lambda item: (item[0] != NONE, item[0] == SEVERAL, item[0])))


def draws(inside: int, outside: int) -> list[Draw]:
    """So many scenarios meant to keep the conditions, and so many with each of them spoiled."""
    spoiled = [Draw(number, spoil) for spoil in SPOILERS for number in range(outside)]
    return [*(Draw(number) for number in range(inside)), *spoiled]
