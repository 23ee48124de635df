"""Which package holds up? Paired differences, parts, regret and when each fails; no rank (Q3).

The room has the name of its verb: `vallum.compare(base, package)` works whether or not the room was imported before.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from vallum.compare.answer import BASE, BETTER, NO_CHANGE, SAME, WORSE, Comparison, Cost, Option, verdict
from vallum.compare.attribution import FEW, Attribution, Share
from vallum.compare.breakeven import BreakEven, Move
from vallum.compare.comparing import compare, with_parts
from vallum.compare.criteria import Criterion, Regret, is_good
from vallum.compare.discovery import Condition, Failure
from vallum.compare.inputs import Change, Part
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


class _Door(ModuleType):
    """A room that can be called like its verb."""

    def __call__(self, *given: Any, **named: Any) -> Comparison:
        return compare(*given, **named)


sys.modules[__name__].__class__ = _Door
