"""Evidence: source, claim, parameter, and the laws that futures draw from (rules F2, F6).

>>> from vallum import evidence
>>> evidence.load().parameter("pac3_mse_per_launcher").best
12.0
"""

from vallum.evidence import own, snapshots, units
from vallum.evidence.audit import check
from vallum.evidence.conflicts import Conflict, Side, conflicts
from vallum.evidence.distribution import SHAPES, Distribution, Option, quantile
from vallum.evidence.own import PREFIX, beside
from vallum.evidence.records import Claim, Parameter, Reading, Rule, Source, Term, Unit
from vallum.evidence.store import Evidence, load, read

__all__ = [
    "PREFIX",
    "SHAPES",
    "Claim",
    "Conflict",
    "Distribution",
    "Evidence",
    "Option",
    "Parameter",
    "Reading",
    "Rule",
    "Side",
    "Source",
    "Term",
    "Unit",
    "beside",
    "check",
    "conflicts",
    "load",
    "own",
    "quantile",
    "read",
    "snapshots",
    "units",
]
