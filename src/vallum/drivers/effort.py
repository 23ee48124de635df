"""How much a question takes, told before it is asked: futures that are fought, and how long that takes here."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from vallum import engine
from vallum.campaign import prepare
from vallum.campaign.fighting import Field
from vallum.drivers.beliefs import readings
from vallum.drivers.points import block, names_of
from vallum.drivers.ranking import MOST, TRAJECTORIES
from vallum.scenario import Scenario, read


@dataclass(frozen=True)
class Effort:
    """Futures that are fought, at least and at most: how many numbers go on to the shares only the screening tells.

    a_second : futures that this machine fought in a second, measured
    """

    least: int
    most: int
    a_second: float

    @property
    def seconds(self) -> tuple[float, float]:
        """What that takes, at least and at most."""
        return self.least / self.a_second, self.most / self.a_second


def effort(
    scenario: Scenario | str,
    between: Sequence[str],
    points: int,
    lucks: int,
    futures: int,
    seed: int,
    as_of: date | None,
    threads: int | None,
) -> Effort:
    """Count what `sensitivity` would fight with these arguments, and time a small part of it."""
    asked = read(scenario) if isinstance(scenario, str) else scenario
    plan = prepare(asked, as_of)
    names = names_of(plan)
    sources = sum(1 for name in plan.laws for _ in readings(plan, name))
    options = len(between) or len(asked.schema.beside[:1])
    paired = futures * (1 + sources + options)
    screening = TRAJECTORIES * (len(names) + 1) * lucks
    least, most = (points * (kept + 2) * lucks for kept in (1, min(MOST, len(names))))
    tried = block(plan) * (threads or engine.cores())
    with engine.place("threads", threads) as place:
        field = Field(place, tried, seed, block=block(plan))
        field.columns(plan, 1)  # the kernel is loaded once
        started = time.perf_counter()
        field.columns(plan)
        a_second = tried / (time.perf_counter() - started)
    return Effort(paired + screening + least, paired + screening + most, a_second)
