"""What a run gives back: outcomes with their errors, stocks day by day, and where every number is from."""

from vallum.results.daily import Daily, Histogram, histogram
from vallum.results.outcomes import BAND, Label, Outcome, outcome, rounded
from vallum.results.result import SCHEMA, Manifest, Result, Split

__all__ = [
    "BAND",
    "SCHEMA",
    "Daily",
    "Histogram",
    "Label",
    "Manifest",
    "Outcome",
    "Result",
    "Split",
    "histogram",
    "outcome",
    "rounded",
]
