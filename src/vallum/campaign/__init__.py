"""Many nights, many futures: stock, losses, running dry."""

from vallum.campaign.arriving import Arrivals, arrivals
from vallum.campaign.glance import Glance, glance, versus
from vallum.campaign.kept import Kept, kept, reopened, request
from vallum.campaign.plan import Plan, prepare
from vallum.campaign.running import about, outcomes, run

__all__ = [
    "Arrivals",
    "Glance",
    "Kept",
    "Plan",
    "about",
    "arrivals",
    "glance",
    "kept",
    "outcomes",
    "prepare",
    "reopened",
    "request",
    "run",
    "versus",
]
