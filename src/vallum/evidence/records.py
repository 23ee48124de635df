"""Source, claim, parameter: what the evidence files hold, as typed and frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from vallum.evidence.distribution import Distribution, Option


@dataclass(frozen=True, slots=True)
class Source:
    """Where claims were read. An address is `unknown` only with a reason in `address_note`."""

    id: str
    publisher: str
    title: str
    address: str
    address_note: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as written in the files; two units of one dimension convert by their factors.

    library : the same unit in the words of a units library, to which `units.disagreements` holds the factors
    """

    name: str
    dimension: str
    factor: float
    library: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement by one speaker. Without a number it is qualitative and feeds no parameter.

    as_of      : day that the number is about
    known_from : first day on which a reader could know it, never before as_of (rule F6)
    group      : claims of one group go back to one origin and count once
    """

    id: str
    topic: str
    quantity: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    as_of: date
    known_from: date
    speaker: str
    source: str
    quote: str
    group: str
    notes: str
    superseded_by: str

    @property
    def qualitative(self) -> bool:
        """True if the claim holds no number."""
        return self.value is None and self.low is None and self.high is None

    @property
    def central(self) -> float | None:
        """The value, or the middle of a range that has both ends; None for a bound alone."""
        if self.value is not None:
            return self.value
        if self.low is None or self.high is None:
            return None
        return (self.low + self.high) / 2.0

    @property
    def least(self) -> float | None:
        """The lower end if one is given, otherwise the value."""
        return self.low if self.low is not None else self.value

    @property
    def most(self) -> float | None:
        """The upper end if one is given, otherwise the value."""
        return self.high if self.high is not None else self.value


@dataclass(frozen=True, slots=True)
class Term:
    """How one of best, low and high is made.

    take   : min, max, median, mean, claim:ID, claim:ID.low, claim:ID.high, value or ratio
    claims : the claims it looks at, all of the parameter's if empty; two for a ratio
    value  : the number of a `value` term, with its reason in `because`
    unit   : the unit in which the claims are read, the parameter's if empty
    factor : multiplies the result
    """

    take: str
    claims: tuple[str, ...] = ()
    value: float = 0.0
    unit: str = ""
    factor: float = 1.0
    because: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """The three terms of a parameter or of one reading of a switch."""

    best: Term
    low: Term
    high: Term


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read the claims of a switch: believe some of them, or pool other readings."""

    name: str
    weight: float
    shape: str
    best: float
    low: float
    high: float
    claims: tuple[str, ...] = ()
    rule: Rule | None = None
    pool: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A sourced number with its range (style habit 3).

    A parameter has a rule, or readings (a switch), or an assumption: the reason in words for a range
    that no claim gives. `published` is False if nobody publishes the quantity (rule F5). `context`
    lists claims that bear on an assumption and feed no number. `as_of` is the day from which all
    its claims were known.
    """

    name: str
    title: str
    unit: str
    shape: str
    best: float
    low: float
    high: float
    as_of: date
    claims: tuple[str, ...] = ()
    rule: Rule | None = None
    readings: tuple[Reading, ...] = ()
    assumption: str | None = None
    published: bool = True
    context: tuple[str, ...] = ()
    note: str = ""

    @property
    def distribution(self) -> Distribution:
        """The law that futures draw from. Raises EvidenceError if the numbers make none."""
        return Distribution(
            shape=self.shape,
            best=self.best,
            low=self.low,
            high=self.high,
            name=self.name,
            unit=self.unit,
            title=self.title,
            options=tuple(Option(reading.name, reading.weight, self._law(reading)) for reading in self.readings),
            claims=self.claims,
            assumption=self.assumption,
            published=self.published,
        )

    def _law(self, reading: Reading) -> Distribution:
        return Distribution(
            shape=reading.shape,
            best=reading.best,
            low=reading.low,
            high=reading.high,
            name=f"{self.name}.{reading.name}",
            unit=self.unit,
            title=self.title,
            claims=reading.claims,
        )
