"""What drives the answer? Shares of the variance by SALib, claims believed one by one, and facts worth knowing (Q5).

The room has the name of its verb: `vallum.sensitivity(scenario)` works whether or not the room was imported before.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from vallum.sensitivity.answer import About, Sensitivity
from vallum.sensitivity.beliefs import Belief
from vallum.sensitivity.effort import Effort, effort
from vallum.sensitivity.facts import Choice, Fact, Turned
from vallum.sensitivity.ranking import Index, Screened
from vallum.sensitivity.running import AS_IT_IS, FUTURES, LUCKS, POINTS, sensitivity

__all__ = [
    "AS_IT_IS",
    "FUTURES",
    "LUCKS",
    "POINTS",
    "About",
    "Belief",
    "Choice",
    "Effort",
    "Fact",
    "Index",
    "Screened",
    "Sensitivity",
    "Turned",
    "effort",
    "sensitivity",
]


class _Door(ModuleType):
    """A room that can be called like its verb."""

    def __call__(self, *given: Any, **named: Any) -> Sensitivity:
        return sensitivity(*given, **named)


sys.modules[__name__].__class__ = _Door
