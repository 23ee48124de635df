"""The attack record: read strictly, kept with its source's hash, summed up without promising more than it says.

from datetime import date
from vallum import record

made = record.read("missile_attacks_daily.csv")     # strict; RecordError with every problem
print(made.reading.text())                          # what was read, merged, set aside, noted
record.keep(made, "ukraine")                        # VALLUM_HOME/records/ukraine, the former as previous
made = record.load("ukraine")
record.monthly(made, until=date(2025, 6, 30))       # tidy counts, no row dated later
"""

from vallum.errors import RunError

try:
    import polars as _  # noqa: F401
except ModuleNotFoundError:
    raise RunError("the attack record needs polars: pip install 'vallum[data]'") from None

from vallum.record.bands import shares, wilson
from vallum.record.context import Context, read_context
from vallum.record.counts import monthly, nightly
from vallum.record.findings import Finding, Reading
from vallum.record.kinds import Family, families, groups, members
from vallum.record.nights import class_nights, night_table
from vallum.record.reading import read
from vallum.record.regimes import Regime
from vallum.record.store import Kept, add_context, contexts, keep, listed, load, names
from vallum.record.summing import Summary, summarise
from vallum.record.table import Entry, Record
from vallum.record.tempo import Lull, lulls, raid_sizes, waves
from vallum.record.vintages import Changes, compared
from vallum.record.wording import summary_text

__all__ = [
    "Changes",
    "Context",
    "Entry",
    "Family",
    "Finding",
    "Kept",
    "Lull",
    "Reading",
    "Record",
    "Regime",
    "Summary",
    "add_context",
    "class_nights",
    "compared",
    "contexts",
    "families",
    "groups",
    "keep",
    "listed",
    "load",
    "lulls",
    "members",
    "monthly",
    "names",
    "night_table",
    "nightly",
    "raid_sizes",
    "read",
    "read_context",
    "shares",
    "summarise",
    "summary_text",
    "waves",
    "wilson",
]
