"""What drives the answer? Shares of the variance by SALib, claims believed one by one, and facts worth knowing (Q5)."""

from __future__ import annotations

from vallum.drivers.answer import About, Sensitivity
from vallum.drivers.beliefs import Belief
from vallum.drivers.effort import Effort, effort
from vallum.drivers.facts import Choice, Fact, Turned
from vallum.drivers.ranking import Index, Screened
from vallum.drivers.running import AS_IT_IS, FUTURES, LUCKS, POINTS, sensitivity

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
