"""Many nights, many futures: stock, losses, running dry."""

from vallum.campaign.plan import Plan, prepare
from vallum.campaign.running import run

__all__ = ["Plan", "prepare", "run"]
