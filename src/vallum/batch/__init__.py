"""Many variants of a scenario, each in many futures: from a table of one's own, or from a design."""

from vallum.batch.designs import DESIGNS, designed, spread
from vallum.batch.keeping import Batch, opened
from vallum.batch.running import Estimate, batch, estimate
from vallum.batch.variants import Variant, read

__all__ = ["DESIGNS", "Batch", "Estimate", "Variant", "batch", "designed", "estimate", "opened", "read", "spread"]
