"""What arrives: deliveries, streams, purchases, production, licences and pauses, day by day (S1-S4, S6)."""

from vallum.supply.lines import Supply
from vallum.supply.timeline import ALL_LINES, Source, Timeline

__all__ = ["ALL_LINES", "Source", "Supply", "Timeline"]
