"""Which articles tell one story: near-copies, and paraphrases whose names were taken out.

Two fingerprints, both without names. Runs of content words find copies. Quantities, weighed by how seldom such a
number is said,
and shared content words find paraphrases. Pairs are joined into groups, which count once as evidence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from vallum.articles import words
from vallum.articles.article import Article
from vallum.articles.measured import Measure
from vallum.articles.tokens import Token, tokens

#: Content words in a run. A copy shares this part of the shorter text's runs.
RUN: Final = 4
COPIED: Final = 0.25
#: A paraphrase shares at least so many numbers of the text with fewer, a part of their weight and a part of its
#: words. With more weight
#: of numbers fewer words are asked for: rewording and taking out names change words, seldom numbers.
FEWEST_NUMBERS: Final = 3
SHARED: Final = ((0.6, 0.12), (0.45, 0.35))
#: Where hardly any number is said, words must do.
SHARED_WORDS_ALONE: Final = 0.55
#: Where few numbers are said, all of them shared, and so telling (653 drones and 51 missiles), fewer words do.
TELLING: Final = 3.5
SHARED_WORDS_TOO: Final = 0.25
#: Two texts that are further apart in time are two stories, unless one is a copy.
NEAR: Final = timedelta(days=5)
_STEM: Final = 5
_LEAST: Final = 4
_ANY: Final = 0.3
_BIG: Final = 1_000.0
_SIZES: Final = {"million": 1e6, "billion": 1e9, "trillion": 1e12}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What two articles are compared by; no names in it."""

    runs: frozenset[tuple[str, ...]]
    stems: frozenset[str]
    numbers: frozenset[tuple[float, str]]

    def shared(self, other: Fingerprint) -> frozenset[tuple[float, str]]:
        """The numbers that both say, of one kind of thing, or where one of them does not say of what."""
        theirs: dict[float, set[str]] = {}
        for number, kind in other.numbers:
            theirs.setdefault(number, set()).add(kind)
        return frozenset(
            (number, kind)
            for number, kind in self.numbers
            if (kinds := theirs.get(number)) and (not kind or kind in kinds or "" in kinds)
        )


def fingerprint(article: Article, found: Sequence[Measure]) -> Fingerprint:
    """Runs and stems of content words, and the quantities, of an article."""
    row = [stem for token in tokens(article.text) if (stem := _stem(token))]
    runs = frozenset(tuple(row[k : k + RUN]) for k in range(len(row) - RUN + 1))
    numbers = frozenset(
        (_whole(number, measure.unit), _kind(measure.unit)) for measure in found for number in measure.numbers
    )
    return Fingerprint(runs, frozenset(row), numbers)


def groups(articles: Sequence[Article], prints: Sequence[Fingerprint]) -> list[int]:
    """The group of each article, numbered from 0 in order of appearance."""
    leader = list(range(len(articles)))
    for one in range(len(articles)):
        for other in range(one):
            if same_story(prints[one], prints[other], _near(articles[one], articles[other])):
                _join(leader, one, other)
    order = list(dict.fromkeys(_root(leader, k) for k in range(len(articles))))
    return [order.index(_root(leader, k)) for k in range(len(articles))]


def same_story(one: Fingerprint, other: Fingerprint, near: bool = True) -> bool:
    """Whether two articles go back to one story."""
    if contained(one.runs, other.runs) >= COPIED:
        return True
    if not near:
        return False
    fewer, more = sorted((one, other), key=lambda print_: _weight(print_.numbers))
    shared, stems = fewer.shared(more), contained(one.stems, other.stems)
    if min(len(one.numbers), len(other.numbers)) < FEWEST_NUMBERS:
        telling = len(shared) == len(fewer.numbers) and _weight(shared) >= TELLING
        return stems >= (SHARED_WORDS_TOO if telling else SHARED_WORDS_ALONE)
    whole = min(_weight(one.numbers), _weight(other.numbers))
    part = _weight(shared) / whole if whole else 0.0
    return len(shared) >= FEWEST_NUMBERS and any(part >= numbers and stems >= said for numbers, said in SHARED)


def contained(
    one: frozenset[tuple[str, ...]] | frozenset[str], other: frozenset[tuple[str, ...]] | frozenset[str]
) -> float:
    """The part of the smaller set that is in the other one, 0 to 1.

    >>> contained(frozenset({"a", "b"}), frozenset({"b", "c", "d"}))
    0.5
    """
    smaller = min(len(one), len(other))
    return len(set(one) & set(other)) / smaller if smaller else 0.0


def _near(one: Article, other: Article) -> bool:
    if one.published is None or other.published is None:
        return True
    return abs(one.published - other.published) <= NEAR


def _weight(numbers: frozenset[tuple[float, str]]) -> float:
    """How much a set of quantities tells: a 2 is said in every story, a 1,970 in one."""
    return sum(_telling(number) for number, _ in numbers)


def _telling(number: float) -> float:
    """Every number tells something; a large one more, and one that is not round more again."""
    digits = f"{abs(number):.10g}".replace(".", "").strip("0")
    return _ANY + math.log10(1.0 + min(abs(number), _BIG)) / 2.0 + (len(digits) - 1) / 2.0


def _whole(number: float, unit: str) -> float:
    """A sum in whole units of its currency, so that 7 billion is one number with and without the currency."""
    size = unit.partition(" per ")[0].partition(" ")[2]
    return float(f"{number * _SIZES.get(size, 1.0):.12g}")


def _kind(unit: str) -> str:
    """A unit as coarse as paraphrases change it: deaths and people, interceptors and missiles."""
    plain = unit.partition(" per ")[0]
    return next((kind for kind, units in words.table("kinds").items() if plain in units), "")


def _stem(token: Token) -> str:
    """The beginning of a content word; empty for function words, names and numbers."""
    if not token.word or token.capital or token.low in words.listed("stops") or token.low in words.listed("english"):
        return ""
    plain = re.sub(r"[^a-z]", "", token.low)
    return plain[:_STEM] if len(plain) >= _LEAST else ""


def _root(leader: list[int], place: int) -> int:
    while leader[place] != place:
        place = leader[place]
    return place


def _join(leader: list[int], one: int, other: int) -> None:
    roots = sorted((_root(leader, one), _root(leader, other)))
    leader[roots[1]] = roots[0]
