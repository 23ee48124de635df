"""What "enough" means (Q0): a condition on one outcome in each future, and the share of futures that must meet it."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vallum.errors import RunError
from vallum.results.naming import named
from vallum.results.outcomes import Label
from vallum.results.result import Result

F64 = npt.NDArray[np.float64]
Met = npt.NDArray[np.bool_]

#: Share of futures that must meet a standard where nothing is said.
CONFIDENCE: Final = 0.8
#: The share of the main class that the usual table wants stopped.
HALF: Final = 0.5
_SENSES: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip
_SHAPE: Final = re.compile(
    r"(?P<name>[a-z_]+(?:\[[^\]]*\])?)\s*(?:(?P<never>never)|(?P<sense>>=|<=|>|<)\s*(?P<bound>[^\s%]+)\s*(?P<percent>%)?"
    r"(?:\s+(?P<per>a year|a month))?)"
)
_EXAMPLES: Final = '"stopped_share[ballistic] >= 0.7", "first_empty_battery never", "eight_and_none < 1 a year"'
#: Days of what a bound may be given for.
_DAYS: Final = {"a year": 365.25, "a month": 365.25 / 12}


@dataclass(frozen=True)
class Standard:
    """A condition that a future meets or does not.

    text  : as it was asked
    name  : the outcome; sense and bound: what it is held against. `never` is a day that does not come
    per   : `a year` or `a month`, where the bound is a rate
    words : the condition as a sentence says it
    """

    text: str
    name: str
    sense: str
    bound: float | date
    per: str = ""
    words: str = ""

    def label(self, labels: Iterable[Label], headline: str | None) -> Label:
        """The outcome among those of a run. Raises RunError with the nearest name, or where the bound does not fit."""
        found = named(labels, headline, self.name)
        if not found.may_be_never and (self.sense == "never" or isinstance(self.bound, date)):
            raise RunError(f"standard {self.text!r}: {found} is no day; hold it against a number, as in {_EXAMPLES}")
        return found

    def met(self, values: F64, start: date, days: int) -> Met:
        """Whether each future meets it; one in which the outcome is not defined (nothing came) does. (F,)"""
        if self.sense == "never":
            return np.isinf(values)
        bound = float((self.bound - start).days + 1) if isinstance(self.bound, date) else self.bound
        if self.per:
            bound *= days / _DAYS[self.per]
        return np.asarray(np.isnan(values) | _SENSES[self.sense](values, bound))

    def met_in(self, result: Result) -> Met:
        """Whether each future of a run meets it. (F,) Raises RunError as `label`."""
        label = self.label(result.columns, result.headline)
        return self.met(result.columns[label], result.manifest.start, result.manifest.days)

    def goal(self, label: Label, confidence: float | None) -> float:
        """Share of futures that must meet it.

        Of an outcome that is there or not in each future, such as `no_leaker`, a bound between 0 and 1 is itself the
        share, unless a confidence is asked for.
        """
        if confidence is not None:
            return confidence
        if label.unit != "probability" or isinstance(self.bound, date) or not 0.0 < self.bound < 1.0:
            return CONFIDENCE
        return self.bound if self.sense in (">=", ">") else 1.0 - self.bound


def standard(text: str) -> Standard:
    """Read `OUTCOME >= NUMBER`, `OUTCOME < NUMBER a year` or `OUTCOME never`. Raises RunError where it is none."""
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        raise RunError(f"standard {text!r}: is not OUTCOME >= NUMBER or OUTCOME never; examples: {_EXAMPLES}")
    if found["never"]:
        return Standard(text.strip(), found["name"], "never", np.inf, words=text.strip())
    bound = _bound(text, found["bound"])
    if found["percent"]:
        if isinstance(bound, date):
            raise RunError(f"standard {text!r}: a date has no per cent")
        bound /= 100
    return Standard(text.strip(), found["name"], found["sense"], bound, found["per"] or "", text.strip())


def _bound(text: str, told: str) -> float | date:
    try:
        return date.fromisoformat(told)
    except ValueError:
        pass
    try:
        made = float(told)
    except ValueError:
        made = np.nan
    if not np.isfinite(made):
        raise RunError(f"standard {text!r}: {told} is no number and no date (YYYY-MM-DD); examples: {_EXAMPLES}")
    return made


def usual(labels: Iterable[Label], headline: str | None) -> list[Standard]:
    """The default table of Q0: no empty battery; half of the main class stopped; eight-and-none under once a year."""
    names = {str(label) for label in labels}
    wanted = (
        ("first_empty_battery", "never", "no magazine ever stands empty"),
        (f"stopped_share[{headline}]", f">= {HALF}", f"half of the {headline} threats are stopped"),
        (f"eight_and_none[{headline}]", "< 1 a year", "nights of eight and none come less than once a year"),
    )
    return [replace(standard(f"{name} {told}"), words=words) for name, told, words in wanted if name in names]
