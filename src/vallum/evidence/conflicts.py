"""Where independent sources disagree: on what, how far, and what could explain it.

Two kinds are found. Claims under one name, about one time, of groups that do not go back to one origin, whose ranges do
not meet: found by comparing. Disputes of disputes.yaml: one thing under several names, or one number with several
meanings, which only a reader can see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from statistics import median
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from vallum.errors import EvidenceError
from vallum.evidence.records import Claim
from vallum.evidence.store import Evidence, load
from vallum.evidence.words import nearest

FILE: Final = "disputes.yaml"
KINDS: Final = ("value", "meaning")
KEYS: Final = frozenset({"title", "kind", "sides", "why", "parameter", "also"})
#: Numbers closer than this, as a share of the larger, are one number said in two ways.
SAME: Final = 0.05
#: Claims further apart in time than this are about two times, not in conflict.
ONE_TIME: Final = 366
#: How names end whose claims are about one month, one day or one year each.
_PERIODS: Final[Mapping[str, str]] = {"_month": "%Y-%m", "_night": "%Y-%m-%d", "_year": "%Y", "_annual": "%Y"}


@dataclass(frozen=True, slots=True)
class Side:
    """What one independent group, or one reading, says: median, least and greatest in `unit`."""

    name: str
    claims: tuple[str, ...]
    groups: tuple[str, ...]
    speakers: tuple[str, ...]
    best: float | None
    low: float | None
    high: float | None
    unit: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something on which sources disagree.

    kind      : value (they differ on one thing), meaning (one number stands for several things)
    factor    : the largest best over the smallest; None where units cannot be compared or one is zero
    apart     : the largest best minus the smallest, in `unit`
    why       : what could explain it, where somebody looked
    parameter : the packaged parameter that chooses between the sides; `also` those that stand for it
    feeds     : packaged parameters that claims of two sides feed
    """

    id: str
    title: str
    kind: str
    unit: str
    sides: tuple[Side, ...]
    factor: float | None
    apart: float | None
    why: str = ""
    parameter: str | None = None
    also: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()

    @property
    def days_apart(self) -> int:
        """Days between the first and the last day that the sides are about: much of it may be change, not dispute."""
        return (max(side.last for side in self.sides) - min(side.first for side in self.sides)).days


def conflicts(evidence: Evidence | None = None) -> tuple[Conflict, ...]:
    """Return all conflicts: first the disputes that a reader named, then those found by comparing, widest first."""
    evidence = evidence or load()
    named = [made for name, entry in _disputes().items() for made in _dispute(name, entry, evidence)]
    found = sorted(_found(evidence), key=lambda one: (-(one.factor or 0.0), one.id))
    told = [{id_ for side in one.sides for id_ in side.claims} for one in named]
    return (*named, *(one for one in found if not any(_claims_of(one) <= claims for claims in told)))


def problems(evidence: Evidence) -> list[str]:
    """Say what is wrong with the packaged disputes: unknown keys, claims and parameters, sides without numbers."""
    return [text for name, entry in _disputes().items() for text in _wrong(name, entry, evidence)]


def _claims_of(conflict: Conflict) -> set[str]:
    return {id_ for side in conflict.sides for id_ in side.claims}


@cache
def _disputes() -> Mapping[str, Any]:
    text = (files("vallum") / "data" / "evidence" / FILE).read_text(encoding="utf-8")
    try:
        return YAML(typ="safe", pure=True).load(text) or {}
    except YAMLError as error:
        raise EvidenceError(f"{FILE}: {error}") from None


def _wrong(name: str, entry: Mapping[str, Any], evidence: Evidence) -> Iterator[str]:
    place = f"{FILE}: {name}"
    yield from (f"{place}: unknown key {key!r}{nearest(key, KEYS)}" for key in entry if key not in KEYS)
    yield from (f"{place}: {key} is missing" for key in ("title", "kind", "sides", "why") if key not in entry)
    if entry.get("kind") not in KINDS:
        yield f"{place}: kind is {entry.get('kind')!r}; allowed: {', '.join(KINDS)}"
    for side, claims in entry.get("sides", {}).items():
        for id_ in claims:
            if id_ not in evidence.claims:
                yield f"{place}: sides.{side}: claim {id_!r} is not in claims.csv"
            elif evidence.claims[id_].qualitative:
                yield f"{place}: sides.{side}: claim {id_!r} holds no number"
    for parameter in (*filter(None, [entry.get("parameter")]), *entry.get("also", ())):
        if parameter not in evidence.parameters and parameter not in evidence.not_yet:
            yield f"{place}: parameter {parameter!r} is not in parameters.yaml"


def _dispute(name: str, entry: Mapping[str, Any], evidence: Evidence) -> Iterator[Conflict]:
    """A named dispute with the sides that have a claim left (F6); none where fewer than two have."""
    told = {
        side: [evidence.claims[id_] for id_ in ids if id_ in evidence.claims] for side, ids in entry["sides"].items()
    }
    told = {side: claims for side, claims in told.items() if claims}
    if len(told) > 1:
        also, parameter = tuple(entry.get("also", ())), entry.get("parameter")
        unit = _common_unit([claim for claims in told.values() for claim in claims], evidence)
        sides = tuple(_side(side, claims, unit, evidence) for side, claims in told.items())
        if parameter is not None and parameter in evidence.parameters:
            unit = evidence.parameters[parameter].unit
            sides = tuple(_as_read(side, parameter, evidence) for side in sides)
        yield _conflict(name, entry["title"], entry["kind"], unit, sides, evidence, entry["why"], parameter, also)


def _as_read(side: Side, parameter: str, evidence: Evidence) -> Side:
    """A side in the numbers of the reading that has its name: claims in several units made one quantity."""
    made = evidence.parameters[parameter]
    for reading in made.readings:
        if reading.name == side.name:
            return replace(side, best=reading.best, low=reading.low, high=reading.high, unit=made.unit)
    return side


def _found(evidence: Evidence) -> Iterator[Conflict]:
    by_name: dict[tuple[str, str], list[Claim]] = {}
    for claim in evidence.claims.values():
        if not claim.qualitative and not claim.superseded_by:
            dimension = evidence.units[claim.unit].dimension
            by_name.setdefault((claim.quantity, dimension), []).append(claim)
    for (name, _), claims in sorted(by_name.items()):
        for period, together in _at_one_time(name, claims):
            yield from _compared(name, period, together, evidence)


def _at_one_time(name: str, claims: list[Claim]) -> Iterator[tuple[str, list[Claim]]]:
    """Claims about one time: the month, night or year that the name asks for, else within a year of the first."""
    ending = next((form for end, form in _PERIODS.items() if name.endswith(end)), None)
    if ending is not None:
        periods: dict[str, list[Claim]] = {}
        for claim in claims:
            periods.setdefault(f"{claim.as_of:{ending}}", []).append(claim)
        yield from sorted(periods.items())
        return
    rest = sorted(claims, key=lambda claim: claim.as_of)
    while rest:
        first = rest[0].as_of
        near = [claim for claim in rest if (claim.as_of - first).days <= ONE_TIME]
        yield (f"{first:%Y}" if len(near) < len(claims) else ""), near
        rest = rest[len(near) :]


def _compared(name: str, period: str, claims: list[Claim], evidence: Evidence) -> Iterator[Conflict]:
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(claim.group, []).append(claim)
    unit = _common_unit(claims, evidence)
    sides = tuple(_side(group, said, unit, evidence) for group, said in groups.items())
    if any(_disagree(one, other) for one in sides for other in sides):
        about = f"{name}, {period}" if period else name
        sides = tuple(sorted(sides, key=lambda side: (side.best is None, side.best or 0.0)))
        yield _conflict(about, about.replace("_", " "), "value", unit, sides, evidence)


def _disagree(one: Side, other: Side) -> bool:
    """Whether the ranges of two sides do not meet, and are further apart than a rounding."""
    if one.best is None or other.best is None or one.low is None or other.low is None:
        return False
    if one.best > other.best:
        return _disagree(other, one)
    top = one.best if one.high is None else max(one.high, one.best)
    return min(other.low, other.best) > top and other.best - one.best > SAME * max(abs(other.best), abs(one.best))


def _common_unit(claims: Iterable[Claim], evidence: Evidence) -> str:
    """The unit of the first claim, or nothing where their dimensions differ."""
    units = [claim.unit for claim in claims]
    return units[0] if len({evidence.units[unit].dimension for unit in units}) == 1 else ""


def _side(name: str, claims: list[Claim], unit: str, evidence: Evidence) -> Side:
    """A side; claims of one group count once for its median."""
    mine = unit or claims[0].unit
    same = [claim for claim in claims if evidence.units[claim.unit].dimension == evidence.units[mine].dimension]

    def numbers(pick: str) -> list[float]:
        found = ((getattr(claim, pick), claim.unit) for claim in same)
        return [evidence.base.convert(number, its, mine) for number, its in found if number is not None]

    groups: dict[str, list[float]] = {}
    for claim in same:
        if claim.central is not None:
            groups.setdefault(claim.group, []).append(evidence.base.convert(claim.central, claim.unit, mine))
    return Side(
        name,
        tuple(claim.id for claim in claims),
        tuple(dict.fromkeys(claim.group for claim in claims)),
        tuple(dict.fromkeys(claim.speaker for claim in claims)),
        median(median(values) for values in groups.values()) if groups else None,
        min(numbers("least"), default=None),
        max(numbers("most"), default=None),
        mine,
        min(claim.as_of for claim in claims),
        max(claim.as_of for claim in claims),
    )


def _conflict(
    id_: str,
    title: str,
    kind: str,
    unit: str,
    sides: tuple[Side, ...],
    evidence: Evidence,
    why: str = "",
    parameter: str | None = None,
    also: tuple[str, ...] = (),
) -> Conflict:
    bests = [side.best for side in sides if side.best is not None] if unit else []
    apart = max(bests) - min(bests) if len(bests) > 1 else None
    factor = max(bests) / min(bests) if len(bests) > 1 and min(bests) > 0.0 else None
    feeds = tuple(
        name
        for name, made in evidence.parameters.items()
        if sum(bool(set(side.claims) & set(made.claims)) for side in sides) > 1
    )
    return Conflict(id_, title, kind, unit, sides, factor, apart, why, parameter, also, feeds)
