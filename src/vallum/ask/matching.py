"""Which claims of the evidence speak of what a sentence counts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from vallum import evidence
from vallum.articles import Candidate, words
from vallum.articles.review import kept_unit
from vallum.evidence import Claim, Evidence

#: A quantity of the evidence is meant by a sentence that has this part of its words, by weight; a quote, by this
#: part of its own.
MEANT: Final = 0.8
QUOTED: Final = 0.5
#: Numbers that are the same but for rounding.
_SAME: Final = 0.005
_STEM: Final = 6
_LEAST: Final = 2
#: Deeds that make two counts of one thing two counts.
_DEEDS: Final = frozenset({"needed", "ordered", "delivered", "promised"})
#: An open bound (at least 25) is taken to reach half as far again when claims are looked for that agree with it.
_OPEN: Final = 1.5


@dataclass(frozen=True, slots=True)
class Match:
    """A claim of the evidence that speaks of the same thing.

    near : it names the same number; apart: how far it is from it, as a share; quoted: it has the same words and number
    """

    claim: Claim
    near: bool
    apart: float
    quoted: bool


def matches(candidate: Candidate, known: Evidence, near: float) -> list[Match]:
    """Claims that speak of what a candidate counts, the ones with the same words first.

    near : how far apart two numbers may be and still agree, as a share
    """
    unit, factor = kept_unit(candidate.unit)
    dimension = known.units[unit].dimension if unit in known.units else ""
    said = stems(f"{candidate.counted} {_clause(candidate)}")
    scale = factor * known.units[unit].factor if dimension else factor
    numbers = [number * scale for number in candidate.numbers]
    found = [
        Match(claim, apart <= near, apart, _is_quoted(claim, said, known, numbers))
        for claim in known.claims.values()
        if not claim.qualitative
        and not _other_deed(candidate, claim)
        and _comparable(dimension, known, claim)
        and (_meant(claim, said, known, numbers) or _is_repeated(candidate, claim, said, known, numbers))
        for apart in [_apart(numbers, candidate, claim, known)]
    ]
    return sorted(found, key=lambda match: (match.apart, match.claim.id))


def _other_deed(candidate: Candidate, claim: Claim) -> bool:
    """Whether what is said to have happened differs: 25 systems needed are not 25 systems bought."""
    names = words.table("happened")
    here = candidate.quantity.rpartition("_")[2]
    said = claim.quantity.split("_")
    there = {name for name in names if name in said or set(names[name]) & set(said)} & _DEEDS
    return here in _DEEDS and bool(there) and here not in there


def _clause(candidate: Candidate) -> str:
    """The part of a sentence between semicolons in which a number stands; all of it where it names no noun."""
    if not candidate.counted:
        return candidate.sentence
    at = candidate.at - candidate.start
    first = candidate.sentence.rfind(";", 0, at) + 1
    last = candidate.sentence.find(";", at)
    return candidate.sentence[first : last if last >= 0 else None]


def stems(text: str) -> frozenset[str]:
    """The beginnings of the words of a text that say something."""
    found = re.findall(r"[a-z]+|\d{4}", text.lower().replace("_", " "))
    cut = (word[:_STEM] for word in found if len(word) >= _LEAST and word not in words.listed("dull"))
    return frozenset(words.table("alike").get(word, word.rstrip("s")) for word in cut)


def _comparable(dimension: str, known: Evidence, claim: Claim) -> bool:
    other = known.units[claim.unit].dimension
    arms = {"missile", "interceptor"}
    return bool(dimension) and (dimension == other or {dimension, other} <= arms)


def _meant(claim: Claim, said: frozenset[str], known: Evidence, numbers: Sequence[float]) -> bool:
    """By its quantity's name, or by its quote with the same number: half of its words."""
    years = {word for word in stems(claim.quantity) if word.isdigit()}
    if years - said and _weight(stems(claim.quantity) - years) == 0:
        return False
    if not years - said and _part(stems(claim.quantity), said) >= MEANT:
        return True
    return _is_quoted(claim, said, known, numbers)


def _is_quoted(claim: Claim, said: frozenset[str], known: Evidence, numbers: Sequence[float]) -> bool:
    """Whether a claim's quote has the same number and half of its words in the sentence."""
    same = any(_close(a, b) for a in numbers for b in _numbers(claim, known))
    return same and _part(stems(claim.quote), said) >= QUOTED


def _is_repeated(
    candidate: Candidate, claim: Claim, said: frozenset[str], known: Evidence, numbers: Sequence[float]
) -> bool:
    """Whether the same speaker said the same number of something alike: a word of the quantity or topic is shared."""
    if not candidate.speaker or candidate.speaker != claim.speaker:
        return False
    same = any(_close(a, b) for a in numbers for b in _numbers(claim, known) if b)
    return same and bool((stems(claim.quantity) | stems(claim.topic)) & said)


def _part(wanted: frozenset[str], said: frozenset[str]) -> float:
    whole = _weight(wanted)
    return _weight(wanted & said) / whole if whole else 0.0


def _weight(said: Iterable[str]) -> float:
    return sum(_weights().get(word, 1.0) for word in said)


@cache
def _weights() -> Mapping[str, float]:
    """How much a word tells: the less, the more quantities have it."""
    names = {claim.quantity for claim in evidence.load().claims.values()}
    rows = [stems(name) for name in names]
    count: dict[str, int] = {}
    for row in rows:
        for word in row:
            count[word] = count.get(word, 0) + 1
    return {word: math.log(len(rows) / number) for word, number in count.items()}


def _numbers(claim: Claim, known: Evidence) -> Iterator[float]:
    factor = known.units[claim.unit].factor
    yield from (number * factor for number in (claim.value, claim.low, claim.high) if number is not None)


def _close(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=_SAME, abs_tol=1e-12)


def _apart(numbers: Sequence[float], candidate: Candidate, claim: Claim, known: Evidence) -> float:
    """How far a candidate is from a claim, as a share of the claim; nought inside its range or beyond its bound."""
    others = list(_numbers(claim, known))
    least, most = min(others), max(others)
    if claim.value is None and claim.low is None:
        least /= _OPEN
    if claim.value is None and claim.high is None:
        most *= _OPEN
    low, high = min(numbers), max(numbers)
    if candidate.value is None and candidate.high is None:
        high *= _OPEN
    if candidate.value is None and candidate.low is None:
        low /= _OPEN
    if low <= most and high >= least:
        return 0.0
    gap = low - most if low > most else least - high
    return gap / abs(most if low > most else least) if (most if low > most else least) else math.inf
