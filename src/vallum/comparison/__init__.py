"""Which package holds up? Paired differences, parts, regret and when each fails; no rank (Q3)."""

from __future__ import annotations

from vallum.comparison.answer import BASE, BETTER, NO_CHANGE, SAME, WORSE, Comparison, Cost, Option, verdict
from vallum.comparison.attribution import FEW, Attribution, Share
from vallum.comparison.breakeven import BreakEven, Move
from vallum.comparison.comparing import compare, with_parts
from vallum.comparison.criteria import Criterion, Regret, is_good
from vallum.comparison.discovery import Condition, Failure
from vallum.comparison.inputs import Change, Part
from vallum.results.standards import Standard

__all__ = [
    "BASE",
    "BETTER",
    "FEW",
    "NO_CHANGE",
    "SAME",
    "WORSE",
    "Attribution",
    "BreakEven",
    "Change",
    "Comparison",
    "Condition",
    "Cost",
    "Criterion",
    "Failure",
    "Move",
    "Option",
    "Part",
    "Regret",
    "Share",
    "Standard",
    "compare",
    "is_good",
    "verdict",
    "with_parts",
]
