"""What a run gives back: outcomes with their errors, stocks day by day, and where every number is from."""

from vallum.results.columns import Columns
from vallum.results.daily import Calendar, Daily, Days, Histogram, Seen
from vallum.results.naming import GOOD, named
from vallum.results.outcomes import BAND, Difference, Label, Outcome, difference, outcome, rounded
from vallum.results.result import SCHEMA, Manifest, Result, Split
from vallum.results.store import Row, Store, build

__all__ = [
    "BAND",
    "GOOD",
    "SCHEMA",
    "Calendar",
    "Columns",
    "Daily",
    "Days",
    "Difference",
    "Histogram",
    "Label",
    "Manifest",
    "Outcome",
    "Result",
    "Row",
    "Seen",
    "Split",
    "Store",
    "build",
    "difference",
    "named",
    "outcome",
    "rounded",
]
