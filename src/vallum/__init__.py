"""vallum: how long do the interceptors last? A sourced, campaign-level simulator of air defence.

>>> import vallum
>>> scenario = vallum.read("eight-and-none")
>>> result = vallum.run(scenario, futures=100, seed=0)
>>> result.outcome("leakers", threat_class="ballistic", reason="dry").mean
8.0
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

#: Public name -> the room it lives in; rooms load when first asked for, so that help is instant.
_FRONT_DOOR = {
    "read": "vallum.scenario",
    "check": "vallum.scenario",
    "packaged": "vallum.scenario",
    "json_schema": "vallum.scenario",
    "Scenario": "vallum.scenario",
    "run": "vallum.campaign",
    "arrivals": "vallum.campaign",
    "size": "vallum.sizing",
    "sensitivity": "vallum.drivers",
    "place": "vallum.basing",
    "covering": "vallum.basing",
    "compare": "vallum.comparison",
    "Result": "vallum.results",
    "VallumError": "vallum.errors",
    "ScenarioError": "vallum.errors",
    "EvidenceError": "vallum.errors",
    "RecordError": "vallum.errors",
}

__all__ = [
    "EvidenceError",
    "RecordError",
    "Result",
    "Scenario",
    "ScenarioError",
    "VallumError",
    "__version__",
    "arrivals",
    "calibrate",
    "check",
    "compare",
    "coverage",
    "covering",
    "evidence",
    "exact",
    "json_schema",
    "ledger",
    "packaged",
    "place",
    "read",
    "record",
    "run",
    "sensitivity",
    "size",
]

if TYPE_CHECKING:
    from vallum import calibrate, coverage, evidence, exact, ledger, record
    from vallum.basing import covering, place
    from vallum.campaign import arrivals, run
    from vallum.comparison import compare
    from vallum.drivers import sensitivity
    from vallum.errors import EvidenceError, RecordError, ScenarioError, VallumError
    from vallum.results import Result
    from vallum.scenario import Scenario, check, json_schema, packaged, read
    from vallum.sizing import size


def __getattr__(name: str) -> Any:
    if name in _FRONT_DOOR:
        return getattr(import_module(_FRONT_DOOR[name]), name)
    if name in __all__:
        return import_module(f"vallum.{name}")
    raise AttributeError(f"module 'vallum' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
