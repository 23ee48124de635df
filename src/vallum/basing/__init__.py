"""Where should they stand? Hypothetical sites for N systems, proven and then fought (Q2)."""

from vallum.basing.answer import ASSUMED, Beside, Placement, Row
from vallum.basing.cover import Kind, Plan, best, chance, expected, greedy
from vallum.basing.instance import Covering, covering
from vallum.basing.placing import BEST, place
from vallum.basing.sites import read_sites
from vallum.basing.solver import Proof
from vallum.basing.textbook import expected_cover, maximal_cover, p_centre, p_median, set_cover
from vallum.basing.theatre import Place

__all__ = [
    "ASSUMED",
    "BEST",
    "Beside",
    "Covering",
    "Kind",
    "Place",
    "Placement",
    "Plan",
    "Proof",
    "Row",
    "best",
    "chance",
    "covering",
    "expected",
    "expected_cover",
    "greedy",
    "maximal_cover",
    "p_centre",
    "p_median",
    "place",
    "read_sites",
    "set_cover",
]
