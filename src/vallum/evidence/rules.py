"""From claims to best, low and high: the small rule engine of parameters.

Claims of one independence group count once: median and mean are taken over one value per group (the
median of the group's values); min and max look at the lower and the upper ends. A term that names
a claim which is not there any more (rule F6) falls back to the median, least or greatest of what is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from statistics import fmean, median
from typing import Final

from vallum.evidence.records import Claim, Parameter, Reading, Rule, Term, Unit

TAKES: Final = ("min", "max", "median", "mean", "value", "ratio")
ENDS: Final = ("low", "high")
FALLBACK: Final = {"best": "median", "low": "min", "high": "max"}
Pick = Callable[[Claim], float | None]


class NoClaimLeftError(Exception):
    """No claim is left from which a number could be made."""


@dataclass(frozen=True, slots=True)
class Base:
    """The claims that a derivation may use, and the table of units."""

    claims: Mapping[str, Claim]
    units: Mapping[str, Unit]

    def usable(self, ids: Iterable[str]) -> list[Claim]:
        """Claims among ids that are there, hold a number and are not superseded."""
        found = (self.claims[id_] for id_ in ids if id_ in self.claims)
        return [claim for claim in found if not claim.qualitative and not claim.superseded_by]

    def convert(self, number: float, unit: str, wanted: str) -> float:
        """Convert between two units of one dimension; `check` has refused all others."""
        return number * (self.units[unit].factor / self.units[wanted].factor)


def rederive(parameter: Parameter, base: Base) -> Parameter:
    """Make best, low, high, claims and as_of anew from the claims in base.

    Raises NoClaimLeftError if it has claims and none of them is there. An assumption keeps its numbers.
    """
    context = tuple(id_ for id_ in parameter.context if id_ in base.claims)
    if parameter.readings:
        return replace(_rederive_switch(parameter, base), context=context)
    if parameter.rule is None:
        return replace(parameter, context=context)
    best, low, high = derive(parameter.rule, parameter.claims, parameter.unit, base)
    claims = tuple(id_ for id_ in parameter.claims if id_ in base.claims)
    day = latest(claims, base, parameter.as_of)
    return replace(parameter, best=best, low=low, high=high, claims=claims, context=context, as_of=day)


def latest(ids: Iterable[str], base: Base, otherwise: date) -> date:
    """Day from which all of these claims were known."""
    return max((base.claims[id_].known_from for id_ in ids), default=otherwise)


def _rederive_switch(parameter: Parameter, base: Base) -> Parameter:
    """Readings without a claim left are dropped, pools of fewer than two readings too."""
    made: dict[str, Reading] = {}
    for reading in (reading for reading in parameter.readings if not reading.pool):
        if base.usable(reading.claims):
            made[reading.name] = _rederive_reading(reading, parameter.unit, base)
    if not made:
        raise NoClaimLeftError
    for reading in (reading for reading in parameter.readings if reading.pool):
        parts = [made[name] for name in reading.pool if name in made]
        if len(parts) > 1:
            made[reading.name] = pooled(reading, parts)
    readings = tuple(made[reading.name] for reading in parameter.readings if reading.name in made)
    claims = tuple(dict.fromkeys(id_ for reading in readings for id_ in reading.claims))
    return replace(
        parameter,
        best=max(readings, key=lambda reading: (reading.weight, bool(reading.pool))).best,
        low=min(reading.low for reading in readings),
        high=max(reading.high for reading in readings),
        claims=claims,
        readings=readings,
        as_of=latest(claims, base, parameter.as_of),
    )


def _rederive_reading(reading: Reading, unit: str, base: Base) -> Reading:
    assert reading.rule is not None, reading.name
    best, low, high = derive(reading.rule, reading.claims, unit, base)
    claims = tuple(id_ for id_ in reading.claims if id_ in base.claims)
    return replace(reading, best=best, low=low, high=high, claims=claims)


def pooled(reading: Reading, parts: list[Reading]) -> Reading:
    """The pool of other readings: mean of their bests, from the least low to the greatest high."""
    return replace(
        reading,
        best=fmean(part.best for part in parts),
        low=min(part.low for part in parts),
        high=max(part.high for part in parts),
        claims=tuple(dict.fromkeys(id_ for part in parts for id_ in part.claims)),
    )


def derive(rule: Rule, ids: tuple[str, ...], unit: str, base: Base) -> tuple[float, float, float]:
    """Best, low and high in `unit`; low and high are widened to hold best if need be."""
    if not base.usable(ids):
        raise NoClaimLeftError
    best = evaluate(rule.best, "best", ids, unit, base)
    low = evaluate(rule.low, "low", ids, unit, base)
    high = evaluate(rule.high, "high", ids, unit, base)
    return best, min(low, best), max(high, best)


def evaluate(term: Term, role: str, ids: tuple[str, ...], unit: str, base: Base) -> float:
    """One number of a rule. Raises NoClaimLeftError if no claim is left that could give it."""
    if term.take == "value":
        return term.value
    unit = term.unit or unit
    if term.take == "ratio":
        return _ratio(term, base) * term.factor
    if term.take.startswith("claim:"):
        named = _named(term.take, unit, base)
        if named is not None:
            return named * term.factor
    claims = base.usable(term.claims or ids) or base.usable(ids)
    take = term.take if term.take in TAKES else FALLBACK[role]
    return _statistic(take, claims, unit, base) * term.factor


def _ratio(term: Term, base: Base) -> float:
    claims = base.usable(term.claims)
    if len(claims) != len(term.claims):
        raise NoClaimLeftError
    above, below = (claim.central for claim in claims)
    if above is None or not below:
        raise NoClaimLeftError
    return above / base.convert(below, claims[1].unit, claims[0].unit)


def _named(take: str, unit: str, base: Base) -> float | None:
    id_, _, end = take.removeprefix("claim:").partition(".")
    for claim in base.usable([id_]):
        number = getattr(claim, end) if end else claim.central
        if number is not None:
            return base.convert(number, claim.unit, unit)
    return None


def _statistic(take: str, claims: list[Claim], unit: str, base: Base) -> float:
    if take == "min":
        return min(_numbers(claims, lambda claim: claim.least, unit, base))
    if take == "max":
        return max(_numbers(claims, lambda claim: claim.most, unit, base))
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.central is not None:
            groups.setdefault(claim.group, []).append(claim)
    if not groups:
        raise NoClaimLeftError
    once = [median(_numbers(group, lambda claim: claim.central, unit, base)) for group in groups.values()]
    return fmean(once) if take == "mean" else median(once)


def _numbers(claims: Iterable[Claim], pick: Pick, unit: str, base: Base) -> list[float]:
    found = ((claim, pick(claim)) for claim in claims)
    numbers = [base.convert(number, claim.unit, unit) for claim, number in found if number is not None]
    if not numbers:
        raise NoClaimLeftError
    return numbers
