"""One outcome over futures: its label, its summary and the Monte Carlo error of each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]

BAND: Final = (0.05, 0.5, 0.95)
#: A distribution with at most this many different values is given whole.
SMALL: Final = 64
#: Standard errors from zero beyond which a difference is called one.
APART: Final = 2.0
#: Significant digits of a number that is written out: more than any reader needs, fewer than rounding noise.
DIGITS: Final = 12
#: Times a number, it leaves room for the upper half of its bits alone (Dekker 1971).
HALF: Final = 2.0**27 + 1.0
#: Whole numbers below this have no more digits.
WHOLE: Final = 10.0**DIGITS


@dataclass(frozen=True, order=True)
class Label:
    """Which outcome a column holds: its name, unit and what it is about.

    may_be_never : the value is a day that may never come; it ranks after the last (infinity)
    """

    name: str
    unit: str
    threat_class: str = ""
    scope: str = ""
    asset: str = ""
    reason: str = ""
    interceptor: str = ""
    donor: str = ""
    may_be_never: bool = False

    def keys(self) -> dict[str, str]:
        """What the outcome is about, under the names of the JSON layout."""
        named = {
            "class": self.threat_class,
            "scope": self.scope,
            "asset": self.asset,
            "reason": self.reason,
            "type": self.interceptor,
            "donor": self.donor,
        }
        return {key: value for key, value in named.items() if value}

    def __str__(self) -> str:
        return _written(self)


@lru_cache(maxsize=2_048)
def _written(label: Label) -> str:
    about = ", ".join(label.keys().values())
    return f"{label.name}[{about}]" if about else label.name


@dataclass(frozen=True)
class Outcome:
    """One outcome over futures, with the Monte Carlo error of what it states.

    n       : futures in which it is defined; n_never of them rank after the last night
    mean    : over these futures, none if some are never; se_mean its standard error, sd the spread
    median, p5, p95 : over these futures (never ranks last: None); se_median the error of the median
    distribution : value -> futures, where there are few different values
    """

    label: Label
    n: int
    n_never: int | None
    mean: float | None
    se_mean: float | None
    sd: float | None
    median: float | None
    p5: float | None
    p95: float | None
    se_median: float | None
    distribution: Mapping[str, int] | None = field(default=None, repr=False)

    def as_dict(self) -> dict[str, Any]:
        """The outcome in the JSON layout."""
        made: dict[str, Any] = {
            "name": self.label.name,
            **self.label.keys(),
            "unit": self.label.unit,
            "n": self.n,
        }
        if self.n_never is not None:
            made["n_never"] = self.n_never
        for key in ("mean", "se_mean", "sd", "median", "p5", "p95", "se_median"):
            made[key] = rounded(getattr(self, key))
        if self.distribution is not None:
            made["distribution"] = dict(self.distribution)
        return made


def rounded(value: float | None) -> float | None:
    """Round to DIGITS significant digits, so that two machines print the same."""
    if value is None or not math.isfinite(value):
        return None
    if value % 1.0 == 0.0 and abs(value) < WHOLE:
        return float(value)
    return float(f"{value:.{DIGITS}g}")


def outcome(label: Label, values: F64, lucks: int = 1, distribution: bool = True) -> Outcome:
    """Summarise one column over futures. (F,); nan where the outcome is not defined.

    lucks : so many futures in a row share one world (F1). They are not independent, so errors count worlds: that of
            the mean from the sums of each world, that of the median as if each world were one future
    distribution : tell it, if it is small
    """
    defined = ~np.isnan(values)
    known = np.sort(values[defined])
    n = len(known)
    never = int(np.isinf(known).sum()) if label.may_be_never else None
    low, median, high = (_quantile(known, share) for share in BAND)
    found, many_of = _counted(known)
    mean = _sum(found, many_of) / n if n and not never else None
    sd = math.sqrt(_sum((found - mean) ** 2, many_of) / (n - 1)) if mean is not None and n > 1 else None
    se, many = None if sd is None else sd / math.sqrt(n), n
    if lucks > 1:
        worlds = np.flatnonzero(defined) // lucks
        many = _many(worlds)
        se = None if se is None or mean is None else _error_by_world(values[defined] - mean, worlds)
    told = _distribution(found, many_of) if distribution else None
    return Outcome(label, n, never, mean, se, sd, median, low, high, _median_error(known, many), told)


def _counted(ordered: F64) -> tuple[F64, F64]:
    """Different values among rising ones, and how many there are of each: far fewer than futures, mostly."""
    if not len(ordered):
        return ordered, ordered
    changes = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    edges = np.concatenate([[0], changes, [len(ordered)]])
    return ordered[edges[:-1]], (edges[1:] - edges[:-1]).astype(np.float64)


def _sum(values: F64, many_of: F64) -> float:
    """Sum of so many of each finite value, to the last bit: both halves of a number times a count are exact."""
    upper = values * HALF - (values * HALF - values)
    return math.fsum(np.concatenate([upper * many_of, (values - upper) * many_of]).tolist())


def _many(worlds: npt.NDArray[np.int64]) -> int:
    return len(np.unique(worlds))


def _error_by_world(deviations: F64, worlds: npt.NDArray[np.int64]) -> float | None:
    """Standard error of a mean over futures of which those of one world go together; None with one world.

    deviations : (n,) from the mean; worlds : (n,) world of each, rising. With a future each it is the plain one.
    """
    many = _many(worlds)
    if many < 2:  # noqa: PLR2004
        return None
    sums = np.bincount(worlds, deviations)
    return math.sqrt(math.fsum(sums**2) * many / (many - 1)) / len(deviations)


def _quantile(ordered: F64, share: float) -> float | None:
    """Smallest value that at least this share of the futures does not pass; None if that is never."""
    if not len(ordered):
        return None
    value = float(ordered[max(0, math.ceil(share * len(ordered)) - 1)])
    return value if math.isfinite(value) else None


def _median_error(ordered: F64, worlds: int) -> float | None:
    """Half the distance between the order statistics one binomial standard deviation about the median.

    worlds : independent ones among them; where futures share worlds, those of one count as one
    """
    n = len(ordered)
    if worlds < 2:  # noqa: PLR2004
        return None
    reach = 0.5 * math.sqrt(n) * math.sqrt(n / worlds)
    low = ordered[max(0, math.floor(0.5 * n - reach) - 1)]
    high = ordered[min(n - 1, math.ceil(0.5 * n + reach) - 1)]
    return float(high - low) / 2 if math.isfinite(high) else None


def _distribution(found: F64, many_of: F64) -> dict[str, int] | None:
    if not 0 < len(found) <= SMALL:
        return None
    told = zip(found.tolist(), many_of.tolist(), strict=True)
    return {"never" if math.isinf(value) else f"{value:.{DIGITS}g}": int(many) for value, many in told}


@dataclass(frozen=True)
class Difference:
    """What a package, or the loss of a supplier, changes in one outcome: with minus without, future by future.

    package       : name of the package, or of the supplier that is lost
    before, after : means without and with it; mean, se, p5, p95 of the paired difference
    told_apart    : the mean difference is more than `APART` of its standard errors from zero
    readings      : mean difference by reading of each switch
    """

    package: str
    label: Label
    n: int
    before: float
    after: float
    mean: float
    se: float
    p5: float
    p95: float
    told_apart: bool
    readings: Mapping[str, Mapping[str, float]]

    def as_dict(self, named: str = "package") -> dict[str, Any]:
        """The difference in the JSON layout. named : key of the name of what is changed"""
        made: dict[str, Any] = {
            named: self.package,
            "name": self.label.name,
            **self.label.keys(),
            "n": self.n,
        }
        made["unit"] = "probability" if self.label.may_be_never else self.label.unit
        for key in ("before", "after", "mean", "se", "p5", "p95"):
            made[key] = rounded(getattr(self, key))
        made["told_apart"] = self.told_apart
        made["readings"] = {
            name: {option: rounded(value) for option, value in options.items()}
            for name, options in self.readings.items()
        }
        return made


def difference(
    package: str,
    label: Label,
    before: F64,
    after: F64,
    readings: Mapping[str, Mapping[str, float]],
    lucks: int = 1,
) -> Difference:
    """Summarise a paired difference over the futures in which both are defined. (F,) each

    lucks : so many futures in a row share one world, and the error counts worlds (F1)
    """
    known = ~(np.isnan(before) | np.isnan(after))
    before, after = before[known], after[known]
    n, change = len(before), np.sort(after - before)
    mean = math.fsum(change) / n if n else math.nan
    se = math.sqrt(math.fsum((change - mean) ** 2) / max(1, n - 1) / n) if n else math.nan
    if lucks > 1 and n:
        by_world = _error_by_world(after - before - mean, np.flatnonzero(known) // lucks)
        se = math.nan if by_world is None else by_world
    low, _, high = (_quantile(change, share) for share in BAND)
    return Difference(
        package, label, n,
        math.fsum(before) / n if n else math.nan, math.fsum(after) / n if n else math.nan, mean, se,
        math.nan if low is None else low, math.nan if high is None else high,
        bool(n and abs(mean) > APART * se), readings,
    )  # fmt: skip
