"""One system at one hypothetical site, and the day from which it stands (W5, S1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vallum.scenario.quantity import Quantity, When
from vallum.scenario.worlds import I64, Worlds
from vallum.terms import NEVER


@dataclass(frozen=True)
class Battery:
    """One system at one hypothetical site from one day on (W5), or one entry of a soft or team layer.

    name   : the name of its dice (F3); see `Defence.batteries`
    number : place among the batteries of its system, from 1
    held   : systems that stand from the first day, where the battery is not listed by itself: up to this number
             it stands from then on, and beyond it from the day on which system `number - held` lands (S1)
    teams  : how many teams the entry stands for (E9)
    """

    name: str
    layer: str
    system: str
    site: str | None
    start: When | None = None
    number: int = 1
    held: Quantity | None = None
    teams: Quantity | None = None


def first_day(worlds: Worlds, battery: Battery, reached: I64 | None) -> I64:
    """First day of a battery. reached : (F, D) systems of its type that have landed by the end of each day"""
    if battery.held is None:
        return worlds.day(battery.start, 0)
    held = worlds.count(battery.held, 0)
    lands = np.full(1, NEVER) if reached is None else _day_of(reached, battery.number - held)
    return np.where(held >= battery.number, 0, lands)


def _day_of(reached: I64, number: I64) -> I64:
    """Day on which so many have landed for the first time; NEVER where they do not in the campaign. (F,)"""
    day = (reached < number[:, None]).sum(axis=1)
    return np.where(day < reached.shape[1], day, NEVER)
