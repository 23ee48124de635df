"""What a run gives back: outcomes with their errors, stocks day by day, and where every number is from."""

from vallum.results.columns import Columns
from vallum.results.daily import Daily, Histogram, histogram
from vallum.results.outcomes import BAND, Difference, Label, Outcome, difference, outcome, rounded
from vallum.results.result import SCHEMA, Manifest, Result, Split
from vallum.results.store import Row, Store

__all__ = [
    "BAND",
    "SCHEMA",
    "Columns",
    "Daily",
    "Difference",
    "Histogram",
    "Label",
    "Manifest",
    "Outcome",
    "Result",
    "Row",
    "Split",
    "Store",
    "difference",
    "histogram",
    "outcome",
    "rounded",
]
