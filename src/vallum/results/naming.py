"""Outcomes by name, as people write them: `leakers[ballistic]`, `used[patriot_round]`, `harm`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from vallum.errors import RunError
from vallum.results.outcomes import Label
from vallum.scenario.paths import nearest

#: Outcomes of which more is better; of all others the most is the worst.
GOOD: Final = frozenset(
    {
        "first_dry_night", "first_empty_battery", "first_empty_country", "no_leaker", "no_leaker_night",
        "stopped_share", "real_stopped_share", "engaged_stopped_share", "stock", "days_of_supply", "arrived",
        "protected", "protected_all",
    }
)  # fmt: skip
#: So many names an error lists.
_LISTED: Final = 12


def named(labels: Iterable[Label], headline: str | None, name: str) -> Label:
    """Return the outcome that a name stands for.

    A bare name that several outcomes share stands for the one of the headline class. Raises RunError with the
    nearest name where there is none.
    """
    by_name = {str(label).replace(" ", ""): label for label in labels}
    wanted = name.replace(" ", "")
    for key in (wanted, f"{wanted}[{headline}]", f"{wanted}[{headline},anywhere]"):
        if key in by_name:
            return by_name[key]
    known = sorted(str(label) for label in by_name.values())
    near = nearest(name, known) or nearest(f"{name}[{headline}]", known)
    hint = f"; did you mean {near}?" if near else ""
    raise RunError(f"{name} is not an outcome of this run; it has {', '.join(known[:_LISTED])}, ...{hint}")
