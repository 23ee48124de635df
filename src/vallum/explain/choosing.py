"""Which future to explain: the one asked for, the worst, the best, or the median by a named outcome (Q4)."""

from __future__ import annotations

from typing import Final

import numpy as np

from vallum.errors import RunError
from vallum.explain.story import Standing
from vallum.results import Label, Result
from vallum.scenario.paths import nearest

#: Outcomes of which more is better; of all others the most is the worst.
GOOD: Final = frozenset(
    {
        "first_dry_night", "first_empty_battery", "first_empty_country", "no_leaker", "no_leaker_night",
        "stopped_share", "real_stopped_share", "engaged_stopped_share", "stock", "days_of_supply", "arrived",
        "protected", "protected_all",
    }
)  # fmt: skip
WORST, MEDIAN, BEST, ASKED = "worst", "median", "best", "asked"
#: So many names an error lists.
_LISTED: Final = 12


def outcome_named(result: Result, name: str | None) -> Label:
    """Return the outcome that a name stands for: `leakers[ballistic]`, `used[patriot_round]`, `harm`.

    Default: leakers of the class that the answer is about. A bare name that several outcomes share
    stands for the one of that class. Raises RunError with the nearest name where there is none.
    """
    by_name = {str(label).replace(" ", ""): label for label in result.columns}
    wanted = (name or "leakers").replace(" ", "")
    for key in (wanted, f"{wanted}[{result.headline}]", f"{wanted}[{result.headline},anywhere]"):
        if key in by_name:
            return by_name[key]
    known = sorted(str(label) for label in result.columns)
    near = nearest(str(name), known) or nearest(f"{name}[{result.headline}]", known)
    hint = f"; did you mean {near}?" if near else ""
    raise RunError(f"{name} is not an outcome of this run; it has {', '.join(known[:_LISTED])}, ...{hint}")


def chosen(result: Result, which: int | str, label: Label) -> tuple[int, Standing]:
    """Return the number of the future, and why it is that one. Ties go to the lowest number.

    which : a future from 0, or worst, median (the lower median), best
    """
    values = result.columns[label]
    future = _asked(which, len(values)) if isinstance(which, int) else _ranked(values, which, label)
    value, known = float(values[future]), values[~np.isnan(values)]
    standing = Standing(
        chosen=ASKED if isinstance(which, int) else which,
        label=label,
        value=None if np.isnan(value) else value,
        fewer=int((known < value).sum()),
        more=int((known > value).sum()),
        among=len(known),
    )
    return future, standing


def _asked(future: int, futures: int) -> int:
    if not 0 <= future < futures:
        raise RunError(
            f"future {future} is not among the {futures:,} of this run, which count from 0 to {futures - 1:,}; "
            "give one of these, or more --futures"
        )
    return future


def _ranked(values: np.ndarray, which: str, label: Label) -> int:
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        raise RunError(f"{label} is not defined in any future of this run; choose another outcome")
    ordered = known[np.argsort(values[known], kind="stable")]
    if which == MEDIAN:
        wanted = values[ordered[(len(ordered) - 1) // 2]]
    elif which in (WORST, BEST):
        lowest = (which == WORST) == (label.name in GOOD)
        wanted = values[ordered[0 if lowest else -1]]
    else:
        raise RunError(f"{which} is no way to choose a future; allowed: a number, {WORST}, {MEDIAN}, {BEST}")
    return int(np.flatnonzero(values == wanted)[0])
