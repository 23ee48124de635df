"""Which future to explain: the one asked for, the worst, the best, or the median by a named outcome (Q4)."""

from __future__ import annotations

import numpy as np

from vallum.errors import RunError
from vallum.explain.story import Standing
from vallum.results import GOOD, Label, Result

WORST, MEDIAN, BEST, ASKED = "worst", "median", "best", "asked"


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
