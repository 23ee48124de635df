"""Layers, batteries and magazines of a scenario, as the arrays that the kernel fights with (W, E)."""

from vallum.engage.battery import Battery
from vallum.engage.defence import Defence
from vallum.engage.rows import EARTH_RADIUS_KM

__all__ = ["EARTH_RADIUS_KM", "Battery", "Defence"]
