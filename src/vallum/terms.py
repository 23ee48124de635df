"""Words that every room shares: axes, reasons, threat classes and the clock of a day."""

from __future__ import annotations

from typing import Final

#: One order of axes everywhere; a table leaves out what it lacks.
#: *midnight* has days + 1 values (what stands), *day* has days values (what happens): rule C2.
AXES: Final = ("future", "day", "midnight", "month", "asset", "class", "layer", "interceptor", "reason")

#: Why a threat leaked, in the order in which the first that applies is taken (rule E10).
REASONS: Final = ("missed", "dry", "held", "saturated", "blind", "uncovered")
MISSED, DRY, HELD, SATURATED, BLIND, UNCOVERED = range(len(REASONS))

#: Outcomes about massed raids, of which one run counts one size (O).
MASSED: Final = ("eight_and_none", "eight_and_none_ever")
#: Outcomes that are a day, or never (O).
DAYS: Final = ("first_dry_night", "first_empty_battery", "first_empty_country")

#: Default order in which the classes of a wave are fought (rule E1).
PRIORITY: Final = ("ballistic", "aeroballistic", "supersonic", "sam_ballistic", "cruise", "guided", "drone")

#: A day number that no campaign reaches: "never".
NEVER: Final = 2**30

#: Causes of chance; each names a family of slots (rule F3). Names, never positions.
CAUSES: Final = (
    "world",
    "raids",
    "supply",
    "fit",
    "repair",
    "place",
    "location",
    "shift",
    "wave",
    "decoy",
    "fail",
    "track",
    "reliability",
    "defence",
    "soft",
    "loss",
    "asset_order",
    "group",
)
