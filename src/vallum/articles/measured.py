"""One quantity as it was read: numbers, unit, words, place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Lengths of time.
TIMES: Final = frozenset({"seconds", "minutes", "hours", "days", "weeks", "months", "years", "decades"})
#: Units of time, share and length, which a bare number never stands for.
NO_LENDERS: Final = TIMES | {
    "share",
    "ratio",
    "times",
    "percentage points",
    "km",
    "km2",
    "m2",
    "m3",
    "metres",
    "kg",
    "tonnes",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One quantity: numbers, unit, words, and its place in the sentence (tokens first to last, exclusive).

    value : the number said, None for a bound or a range
    low, high : the ends of a range, or the one bound that is said
    near  : said to be about so much; number: the place of the number alone, with sign, scale and per cent mark
    """

    value: float | None
    low: float | None
    high: float | None
    unit: str
    counted: str
    first: int
    last: int
    start: int
    end: int
    near: bool = False
    number: tuple[int, int] = (0, 0)

    @property
    def numbers(self) -> tuple[float, ...]:
        """Every number that is said."""
        return tuple(number for number in (self.value, self.low, self.high) if number is not None)

    @property
    def plain(self) -> str:
        """The unit without the time of a rate."""
        return self.unit.partition(" per ")[0]

    @property
    def counts(self) -> bool:
        """Whether things are counted, and no time, length or share is measured."""
        return bool(self.plain) and not self.plain.startswith("per ") and self.plain not in NO_LENDERS

    @property
    def money(self) -> str:
        """The currency of a sum; empty for anything else."""
        name = self.unit.partition(" ")[0]
        return name if name.isupper() else ""
