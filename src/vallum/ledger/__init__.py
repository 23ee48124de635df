"""The aid ledger: who pledged, allocated, delivered and paid what, and what a stated total could mean.

>>> from vallum import ledger
>>> ledger.load().figure("F008").stage
'unstated'
"""

from vallum.ledger.figures import Figure, Ledger, Rules, load, problems
from vallum.ledger.reconcile import SEED, Comparison, Reconciled, Sum, reconcile
from vallum.ledger.totals import Row, by_donor, totals
from vallum.ledger.tracker import Month, Tracker, keep, kept, read

__all__ = [
    "SEED",
    "Comparison",
    "Figure",
    "Ledger",
    "Month",
    "Reconciled",
    "Row",
    "Rules",
    "Sum",
    "Tracker",
    "by_donor",
    "keep",
    "kept",
    "load",
    "problems",
    "read",
    "reconcile",
    "totals",
]
