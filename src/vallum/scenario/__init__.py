"""Fixed, uncertain, choices, outcomes: read, check, replace, fingerprint."""

from vallum.scenario.changes import parse_change
from vallum.scenario.editors import json_schema
from vallum.scenario.library import packaged
from vallum.scenario.quantity import Quantity, When
from vallum.scenario.reading import NIGHTS, Scenario, check, read
from vallum.scenario.schema import Schema
from vallum.scenario.sides import is_threat, refuse_threat

__all__ = [
    "NIGHTS",
    "Quantity",
    "Scenario",
    "Schema",
    "When",
    "check",
    "is_threat",
    "json_schema",
    "packaged",
    "parse_change",
    "read",
    "refuse_threat",
]
