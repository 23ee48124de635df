"""Why and when it ran out in one future, night by night: which layer was empty, which line did not arrive (Q4)."""

from vallum.explain.beside import Pair
from vallum.explain.choosing import ASKED, BEST, MEDIAN, WORST
from vallum.explain.hindrances import to_blame
from vallum.explain.story import Empty, Explanation, Night, Shortfall
from vallum.explain.telling import against, explain

__all__ = [
    "ASKED",
    "BEST",
    "MEDIAN",
    "WORST",
    "Empty",
    "Explanation",
    "Night",
    "Pair",
    "Shortfall",
    "against",
    "explain",
    "to_blame",
]
