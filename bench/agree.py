"""Whether a twin tells the same as vallum: to the last count, or in distribution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from bench.plain import F64, Books, Parameters, books_of, parameters
from bench.problem import SEED, problem, scarce
from vallum._kernel import fast
from vallum._kernel.problem import Tally

#: Standard errors by which the mean of an outcome may differ.
ERRORS: Final = 4.0
#: Outcomes whose means are compared, by class, reason or interceptor type; days and places are summed.
COMPARED: Final = (
    "stopped", "leaked", "thin", "shot_at", "dry_nights", "clean_nights", "attacked", "spared", "used", "kills",
    "unmet",
)  # fmt: skip
BY_DAY: Final = ("stock", "day_dry", "day_wanted")


def differing(one: Tally, other: Tally) -> list[str]:
    """Fields in which two tallies are not equal to the last count."""
    return [name for name in Tally._fields if not np.array_equal(getattr(one, name), getattr(other, name))]


def errors_apart(one: Books, other: Books) -> dict[str, float]:
    """By how many standard errors the means of two books of the same raids differ, at most, for each outcome."""
    apart = {name: _apart(getattr(one, name), getattr(other, name)) for name in COMPARED}
    by_day = {name: _apart(getattr(one, name).mean(axis=1), getattr(other, name).mean(axis=1)) for name in BY_DAY}
    return {**apart, **by_day}


def _apart(one: F64, other: F64) -> float:
    """The futures are paired: they meet the same raids and deliveries, though not the same luck."""
    difference = (one - other).reshape(len(one), -1)
    mean, error = difference.mean(axis=0), difference.std(axis=0, ddof=1) / np.sqrt(len(one))
    known = error > 0.0
    return float(np.abs(mean[known] / error[known]).max(initial=0.0))


def compared(nights: Callable[[Parameters, int], Books], futures: int, days: int) -> list[str]:
    """Say in which means a twin differs from vallum by more than the standard errors allow."""
    given = problem(scarce(days), futures)
    apart = errors_apart(books_of(fast.nights(given)), nights(parameters(given), SEED))
    return [f"{name} by {errors:.1f} standard errors" for name, errors in apart.items() if errors > ERRORS]
