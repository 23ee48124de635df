"""Checks across a scenario: names that must exist, dates within the campaign, ranges that must fit.

Each check looks at the validated schema and keeps what is wrong; nothing is raised here.
"""

from __future__ import annotations

from vallum.scenario import check_choices, check_fixed, check_uncertain
from vallum.scenario.checking import Check

__all__ = ["Check", "run"]


def run(check: Check) -> Check:
    """Make every check."""
    for one in (*check_fixed.CHECKS, *check_choices.CHECKS, *check_uncertain.CHECKS):
        one(check)
    return check
