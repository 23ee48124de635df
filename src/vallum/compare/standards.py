"""What counts as enough in one future: standards by name, and the three of Q0 where none is given."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from vallum.errors import RunError
from vallum.results import Label, Result

F64 = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_TESTS: Final[Mapping[str, Callable[[F64, float], Mask]]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_SHAPE: Final = re.compile(r"(?P<name>.+?)\s*(?:(?P<test>>=|<=|>|<)\s*(?P<value>[-+.\deE]+)|\s(?P<never>never))\s*")
#: The default table of Q0: half of them stopped, and eight-and-none less than once a year.
HALF: Final = 0.5
YEAR: Final = 365.25


@dataclass(frozen=True)
class Standard:
    """A test that each future passes or fails. text : as written; words : as said"""

    text: str
    words: str

    def met(self, result: Result) -> Mask:
        """Whether each future meets it; where the outcome is not defined nothing failed. (F,)

        Raises RunError for a test that cannot be read, or an outcome that the run does not have.
        """
        label, test, value = self._read(result)
        values = result.columns[label]
        passed = np.isinf(values) if test is None else test(values, value)
        return np.asarray(passed | np.isnan(values))

    def _read(self, result: Result) -> tuple[Label, Callable[[F64, float], Mask] | None, float]:
        found = _SHAPE.fullmatch(self.text.strip())
        if found is None:
            raise RunError(
                f'--standard "{self.text}": is no test; write OUTCOME >= NUMBER (or <=, >, <), such as '
                '"stopped_share[ballistic] >= 0.5", or "first_empty_battery never"'
            )
        label = result.named(found["name"])
        if found["never"]:
            if not label.may_be_never:
                raise RunError(f'--standard "{self.text}": {label} is no night; give a test such as {label} >= 0.5')
            return label, None, 0.0
        try:
            return label, _TESTS[found["test"]], float(found["value"])
        except ValueError:
            raise RunError(f'--standard "{self.text}": {found["value"]} is not a number') from None


def given(texts: tuple[str, ...], result: Result) -> tuple[Standard, ...]:
    """Return the standards asked for, else the default table of Q0 as far as the run has its outcomes."""
    standards = tuple(Standard(text, text) for text in texts) or tuple(_table(result))
    for standard in standards:
        standard.met(result)
    return standards


def _table(result: Result) -> list[Standard]:
    about = result.headline
    a_year = result.manifest.days / YEAR
    table = {
        "stopped_share": Standard(f"stopped_share[{about}] >= {HALF}", f"half of the {about} threats are stopped"),
        "first_empty_battery": Standard("first_empty_battery never", "no magazine ever stands empty"),
        "eight_and_none": Standard(
            f"eight_and_none[{about}] < {a_year:.6g}", "nights of eight and none come less than once a year"
        ),
    }
    there = {label.name for label in result.columns if label.threat_class in ("", about)}
    return [standard for name, standard in table.items() if name in there]
