"""How many are enough? The least that meets a standard, with its error, its curve and its cost (Q0, Q1)."""

from vallum.results.standards import CONFIDENCE, Standard, standard
from vallum.sizing.answer import Frontier, Need, Pairing, Point, Size, Sizing
from vallum.sizing.axes import A_MONTH, Axis, axis, ranged, scouted
from vallum.sizing.bounds import Verdict, Zone, zone
from vallum.sizing.running import CURVE, TELL_APART, size

__all__ = [
    "A_MONTH",
    "CONFIDENCE",
    "CURVE",
    "TELL_APART",
    "Axis",
    "Frontier",
    "Need",
    "Pairing",
    "Point",
    "Size",
    "Sizing",
    "Standard",
    "Verdict",
    "Zone",
    "axis",
    "ranged",
    "scouted",
    "size",
    "standard",
    "zone",
]
