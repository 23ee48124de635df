"""How many are enough? The least that meets a standard, with its error, its curve and its cost (Q0, Q1)."""

from vallum.sizing.answer import Frontier, Need, Pairing, Point, Size, Sizing
from vallum.sizing.axes import A_MONTH, Axis, axis, ranged
from vallum.sizing.bounds import Verdict, most_futures
from vallum.sizing.running import TELL_APART, size
from vallum.sizing.standards import CONFIDENCE, Standard, standard

__all__ = [
    "A_MONTH",
    "CONFIDENCE",
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
    "axis",
    "most_futures",
    "ranged",
    "size",
    "standard",
]
