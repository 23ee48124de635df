"""A number in a scenario: bare, cited, assumed, or the name of something uncertain."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema


@dataclass(frozen=True)
class Quantity:
    """One number of a scenario.

    Exactly one of *value*, *name* (of an entry of `uncertain`) and *parameter* (of the packaged
    evidence, whose best value is taken) is given; *claims* or *assumption* say where a value is from.
    """

    value: float | None = None
    name: str | None = None
    parameter: str | None = None
    claims: tuple[str, ...] = ()
    assumption: str | None = None

    @property
    def said(self) -> tuple[float | None, str | None, str | None]:
        """What it says, whoever says it: two numbers that say the same are equal in every future."""
        return self.value, self.name, self.parameter


@dataclass(frozen=True)
class When:
    """A day: a date, a day number (1 is the start of the campaign) or the name of something uncertain."""

    on: date | None = None
    day: int | None = None
    name: str | None = None


#: Keys of a cited number: it is laid over as a whole, so a value never keeps another value's claims.
CITED_KEYS = frozenset({"value", "parameter", "claims", "assumption"})


def _cited(given: Mapping[str, Any]) -> Quantity:
    unknown = sorted(set(given) - CITED_KEYS)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]}; a cited number has value or parameter, and claims or assumption")
    if ("value" in given) == ("parameter" in given):
        raise ValueError("a cited number has either value or parameter")
    if "parameter" in given:
        return Quantity(parameter=_text(given["parameter"], "parameter"))
    assumption = given.get("assumption")
    if assumption is not None:
        _text(assumption, "assumption")
    return Quantity(_finite(given["value"]), claims=_claims(given.get("claims", ())), assumption=assumption)


def _text(given: Any, key: str) -> str:
    if not isinstance(given, str):
        raise ValueError(f"{key} is {given!r}; it should be text")
    return given


def _claims(given: Any) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,)
    if not isinstance(given, list | tuple):
        raise ValueError(f"claims is {given!r}; it should be a list of claim ids")
    return tuple(_text(claim, "a claim") for claim in given)


def _finite(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise ValueError(f"{given!r} is not a number; give a number or the name of an entry of `uncertain`")
    if not math.isfinite(given):
        raise ValueError(f"{given} is not a finite number")
    return float(given)


def _quantity(given: Any) -> Quantity:
    if isinstance(given, Quantity):
        return given
    if isinstance(given, str):
        return Quantity(name=given)
    if isinstance(given, Mapping):
        return _cited(given)
    return Quantity(_finite(given))


@dataclass(frozen=True)
class Bounds:
    """Validates a quantity: its value lies in [low, high] (and is whole); other ways of giving it pass."""

    low: float = -math.inf
    high: float = math.inf
    whole: bool = False

    def __call__(self, given: Any) -> Quantity:
        """Return the quantity; ValueError if its value is out of range."""
        quantity = _quantity(given)
        value = quantity.value
        if value is None:
            return quantity
        if not self.low <= value <= self.high:
            raise ValueError(f"{value:g} is out of range; allowed: {self.allowed}")
        if self.whole and value != int(value):
            raise ValueError(f"{value:g} is not a whole number")
        return quantity

    @property
    def allowed(self) -> str:
        """The range in words."""
        return f"{self.low:g}..{self.high:.10g}" if math.isfinite(self.high) else f"{self.low:g} or more"


def _when(given: Any) -> When:
    if isinstance(given, When):
        return given
    if isinstance(given, date):
        return When(on=given)
    if isinstance(given, int) and not isinstance(given, bool):
        if given < 1:
            raise ValueError(f"day {given} is before the campaign; day 1 is its first day")
        return When(day=given)
    if isinstance(given, str):
        try:
            return When(on=date.fromisoformat(given))
        except ValueError:
            if given[:1].isdigit():
                raise ValueError(f"{given!r} is not a date; write YYYY-MM-DD or a day number") from None
            return When(name=given)
    raise ValueError(f"{given!r} is not a day; write YYYY-MM-DD, a day number or a name of `uncertain`")


def _schema(number: dict[str, Any]) -> WithJsonSchema:
    cited = {
        "type": "object",
        "properties": {
            "value": number,
            "parameter": {"type": "string"},
            "claims": {"type": "array", "items": {"type": "string"}},
            "assumption": {"type": "string"},
        },
        "additionalProperties": False,
    }
    return WithJsonSchema({"anyOf": [number, {"type": "string"}, cited]})


Share = Annotated[Quantity, PlainValidator(Bounds(0.0, 1.0)), _schema({"type": "number", "minimum": 0, "maximum": 1})]
Amount = Annotated[Quantity, PlainValidator(Bounds(0.0)), _schema({"type": "number", "minimum": 0})]
Count = Annotated[
    Quantity,
    PlainValidator(Bounds(0.0, 1e6, whole=True)),
    _schema({"type": "integer", "minimum": 0, "maximum": 10**6}),
]
Real = Annotated[Quantity, PlainValidator(Bounds()), _schema({"type": "number"})]
Day = Annotated[
    When,
    PlainValidator(_when),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 1}]}),
]
