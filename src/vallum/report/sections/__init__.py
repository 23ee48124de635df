"""The sections of the report page."""

from vallum.report.sections.answers import (
    all_outcomes,
    answer,
    changes,
    drivers,
    figures,
    losses,
    reported,
    shares,
    themed,
)
from vallum.report.sections.frames import (
    Head,
    cell_text,
    claim_links,
    framed,
    grid,
    html_table,
    numbers,
    numbers_link,
    section,
)
from vallum.report.sections.origins import again, claims, doctrine, inputs, limits, notices

__all__ = [
    "Head",
    "again",
    "all_outcomes",
    "answer",
    "cell_text",
    "changes",
    "claim_links",
    "claims",
    "doctrine",
    "drivers",
    "figures",
    "framed",
    "grid",
    "html_table",
    "inputs",
    "limits",
    "losses",
    "notices",
    "numbers",
    "numbers_link",
    "reported",
    "section",
    "shares",
    "themed",
]
