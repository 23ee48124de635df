"""Columns of arrays from parts of one future and of many; places, distances and numbers of one battery."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from vallum import dice
from vallum.errors import ScenarioError
from vallum.scenario import schema
from vallum.scenario.quantity import Quantity
from vallum.scenario.worlds import F64, I64, U64, Worlds

#: Mean radius of the Earth, km (IUGG 1980, R1).
EARTH_RADIUS_KM: Final = 6371.0088


def words_of(names: tuple[str, ...]) -> U64:
    """The words under which names enter the dice (F3). (n,)"""
    return np.array([dice.word(name) for name in names], np.uint64)


def stacked(parts: list[Any], dtype: Any) -> Any:
    """Stack (1,) and (F,) parts as columns. (W, n)"""
    rows = max((part.shape[0] for part in parts), default=1)
    packed = np.zeros((rows, len(parts)), dtype)
    for column, part in enumerate(parts):
        packed[:, column] = part
    return packed


def places_of(starts: list[I64], radii: list[F64]) -> I64:
    """Place of each battery in a row of sites, from 1: by first day, by falling radius, as listed. (W, n)"""
    first, reach = np.maximum(stacked(starts, np.int64), 0), stacked(radii, np.float64)
    shape = (max(len(first), len(reach)), len(starts))
    order = np.lexsort((-np.broadcast_to(reach, shape), np.broadcast_to(first, shape)), axis=-1)
    places = np.argsort(order, axis=-1) + 1
    return places[:1] if (places == places[:1]).all() else places


def shares_at(shares: F64, places: I64) -> F64:
    """Share of each row up to its place. (W,)"""
    rows = np.arange(max(len(shares), len(places)))
    return shares[rows % len(shares), places[rows % len(places)]]


def known_number(worlds: Worlds, quantity: Quantity | None, what: str) -> int:
    """Resolve a whole number that all futures share: the size of a magazine."""
    values = worlds.count(quantity, 0)
    if len(values) > 1:
        raise ScenarioError(
            f"systems: {what} is the uncertain {quantity and quantity.name}; give one number for all futures"
        )
    return int(values[0])


def repair(worlds: Worlds, system: schema.System) -> F64:
    """Mean days of repair, 0 where each day is drawn by itself (W6).

    A battery breaks at most once a day, so a low availability needs repairs of (1 - a) / a days at least.
    """
    if system.repair is None:
        return np.zeros(1)
    share = np.maximum(worlds.value(system.availability, 1.0), np.finfo(np.float64).tiny)
    return np.maximum(worlds.value(system.repair.mean, 1.0), np.maximum(1.0, (1.0 - share) / share))


def rate_of(worlds: Worlds, rate: Quantity | None, batteries: int) -> I64:
    """Rounds a day from the reload stock of all batteries of a magazine; -1 where they are loaded at once. (W,)"""
    return np.full(1, -1) if rate is None else worlds.count(rate, 0) * batteries


def great_circle(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Haversine distance, km."""
    a, b = math.radians(lat), math.radians(other_lat)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))
