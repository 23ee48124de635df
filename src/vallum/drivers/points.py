"""A campaign as a function of what is not known: a point of the unit cube is a world, fought with common lucks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

import numpy as np

from vallum import engine
from vallum.campaign import Plan
from vallum.campaign.fighting import Field, Progress
from vallum.errors import RunError
from vallum.results import Label
from vallum.scenario.worlds import F64, Worlds

#: Futures fought at once, and a median's place.
_AT_ONCE: Final = 16_384
_MIDDLE: Final = 0.5
#: Days times futures of a block; it changes no byte.
_BLOCK: Final = 100_000


@dataclass
class Model:
    """The mean of one outcome over a few lucks, at points of the unit cube of some uncertain numbers.

    names : coordinates of the cube; every other uncertain number stands at its median
    lucks : the same for every point, so that points differ by what is held for true and not by luck
    noise : variance over lucks within each point asked so far, divided by the lucks: what the mean keeps of chance
    """

    plan: Plan
    label: Label
    names: Sequence[str]
    lucks: int
    seed: int
    place: engine.Place
    progress: Progress | None = None
    stage: str = "points"
    noise: list[F64] = field(default_factory=list)

    def __call__(self, cube: F64) -> F64:
        """Mean outcome at each point. (points, names) -> (points,)"""
        step = max(1, _AT_ONCE // self.lucks)
        parts = []
        for first in range(0, len(cube), step):
            parts.append(self._fought(cube[first : first + step]))
            if self.progress is not None:
                self.progress(self.stage, min(first + step, len(cube)), len(cube))
        values = np.concatenate(parts)
        means = _mean(values)
        self.noise.append(np.nan_to_num(np.nanvar(values, axis=1, ddof=1) if self.lucks > 1 else np.zeros(len(values))))
        return np.where(np.isnan(means), np.nanmean(means) if np.isfinite(means).any() else 0.0, means)

    def _fought(self, cube: F64) -> F64:
        """(points, lucks)"""
        draws = {name: np.full(len(cube), law.quantile(_MIDDLE)) for name, law in self.plan.laws.items()}
        draws |= {name: self.plan.laws[name].quantile(cube[:, k]) for k, name in enumerate(self.names)}
        vary = partial(_at, lucks=self.lucks, draws={name: np.repeat(v, self.lucks) for name, v in draws.items()})
        ground = Field(self.place, len(cube) * self.lucks, self.seed, block=block(self.plan))
        made = ground.columns(self.plan, vary=vary)
        return finite(made[self.label], self.plan.days).reshape(len(cube), self.lucks)


def _mean(values: F64) -> F64:
    """Mean over lucks in which the outcome is defined. (points, lucks) -> (points,)"""
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _at(worlds: Worlds, lucks: int, draws: dict[str, F64]) -> Worlds:
    """Worlds with these numbers; the dice are those of the first futures, over and over."""
    return replace(worlds, futures=worlds.futures % lucks, draws=draws)


def finite(values: F64, days: int) -> F64:
    """A night that never comes counts as the night after the last."""
    return np.where(np.isinf(values), days + 1.0, values)


def block(plan: Plan) -> int:
    """Futures of a block of work."""
    return int(max(128, min(8_192, _BLOCK // plan.days)))


def names_of(plan: Plan) -> list[str]:
    """Uncertain numbers that are no constants, by name. Raises RunError where there is none."""
    found = sorted(name for name, law in plan.laws.items() if not law.constant)
    if not found:
        raise RunError("nothing is uncertain in this scenario: there is nothing that could drive the outcome")
    return found
