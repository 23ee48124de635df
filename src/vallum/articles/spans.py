"""Numbers with their currency, range and bounds: what is said about how much, before it is known of what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vallum.articles import words
from vallum.articles.numerals import Numeral, low, numeral
from vallum.articles.skips import skipped
from vallum.articles.tokens import Token

DASHES: Final = ("-", "–", "—", "\u2011")
_THOUSAND: Final = 1_000.0
_CODE: Final = 3
#: A sum of money or a time in so many words behind `over` is spread over it, not above it.
_LASTING: Final = words.listed("spans_lasting")
_LENGTHS: Final = words.listed("spans_lengths")
_CHANGES: Final = words.listed("spans_changes")


@dataclass(frozen=True, slots=True)
class Span:
    """A number with its range, before its unit is known; its tokens from first to last (exclusive)."""

    value: float | None
    low: float | None
    high: float | None
    first: int
    last: int
    currency: str = ""
    share: bool = False
    magnitude: float = 1.0

    @property
    def biggest(self) -> float:
        """The largest number said."""
        return max(number for number in (self.value, self.low, self.high) if number is not None)


def span_at(row: Sequence[Token], at: int) -> tuple[Span | None, int]:
    """A number with its currency and range, and the token after what was looked at."""
    currency, place = currency_before(row, at)
    if place >= len(row):
        return None, at + 1
    if not currency:
        after = skipped(row, place)
        if after is not None and (row[place].number or low(row, place) in words.table("numbers")):
            return None, after
    first = numeral(row, place)
    if first is None or _pronoun(row, place, first):
        return None, (first.last if first else at + 1)
    if first.kind == "vague":
        return Span(None, first.value, None, at, first.last, currency), first.last
    return _ranged(row, at, first, currency)


def currency_before(row: Sequence[Token], at: int) -> tuple[str, int]:
    """The currency that a number begins with, and the token of the number."""
    signs = words.table("currencies")
    name = low(row, at)
    if name in ("us", "u.s.", "c", "a") and low(row, at + 1) == "$" and row[at + 1].glued:
        return {"c": "CAD", "a": "AUD"}.get(name, "USD"), at + 2
    sign = at < len(row) and (not row[at].word or (row[at].text.isupper() and len(name) == _CODE) or name == "us$")
    if sign and name in signs and at + 1 < len(row) and row[at + 1].number:
        return signs[name], at + 1
    return "", at


def _pronoun(row: Sequence[Token], at: int, found: Numeral) -> bool:
    """`One` that counts nothing, and `the two` that were just named."""
    before, following = low(row, at - 1), [low(row, at + step) for step in range(1, 9)]
    if before == "the" and low(row, at) == "two" and found.last == at + 1 and low(row, at - 2) not in ("of", "out"):
        return following[0] not in words.units() or following[0] in ("countries", "governments", "sides")
    if low(row, at) != "one" or found.last != at + 1:
        return False
    if following[0] in ("in", "out") and (
        following[1] in words.table("numbers") or following[1].isdigit() or following[1] == "of"
    ):
        return False
    if following[0] in ("-", "\u2011"):
        return following[1] not in words.units()
    if following[0] == "night" and before in ("lasted", "lasts", "last", "for", "within"):
        return False
    if following[0] == "more" and following[1] in (",", ".", ""):
        return False
    if following[0] in (",", ".", ";", "") and before in words.listed("spans_gets_one"):
        return False
    if following[0] in ("day", "night", "of", "another") or before in (
        "no",
        "any",
        "every",
        "each",
        "this",
        "that",
        "the",
        "which",
        "only",
        "other",
    ):
        return True
    if following[0] in ("person", "man", "woman", "child", "people", "civilian", "killed", "dead"):
        return False
    return _counts_nothing(following)


def _counts_nothing(following: Sequence[str]) -> bool:
    for name in following:
        if name in words.units() or name == "fire":
            return False
        if name in words.listed("stops") or name in (",", ".", ";", ""):
            return True
    return True


def _ranged(row: Sequence[Token], at: int, first: Numeral, currency: str) -> tuple[Span, int]:
    """A number, or two that are the ends of a range."""
    share = first.kind == "share"
    alone = Span(first.value, None, None, at, first.last, currency, share, first.magnitude)
    place = first.last + (low(row, first.last) in ("%", "percent"))
    sign = low(row, place)
    if _is_change(row, at, first, place):
        return alone, alone.last
    joined = sign in DASHES or sign in ("to", "or") or (sign == "and" and _between(row, at))
    if not joined or share:
        return alone, alone.last
    step = place + 1
    while low(row, step) in DASHES:
        step += 1
    again, second_at = currency_before(row, step)
    second = numeral(row, second_at) if second_at < len(row) else None
    if second is None or second.kind != "number" or not _is_range(row, at, first, second, sign):
        return alone, alone.last
    lent = _lent(first, second)
    span = Span(None, first.value * lent, second.value, at, second.last, currency or again, magnitude=second.magnitude)
    return span, span.last


def _is_change(row: Sequence[Token], at: int, first: Numeral, place: int) -> bool:
    """Rose by 19 per cent to 620: how much, and to what, are two numbers."""
    if low(row, at - 1) == "by" and low(row, place) == "to":
        return True
    parted = place > first.last
    return (
        parted
        and low(row, place) in ("to", "or")
        and not {"%", "percent"} & {low(row, place + step) for step in (2, 3)}
    )


def _lent(first: Numeral, second: Numeral) -> float:
    """What the second end lends the first: 2-4 million are two to four million."""
    lent = second.magnitude if first.magnitude == 1.0 and first.value < _THOUSAND else 1.0
    return lent if first.value * lent < second.value else 1.0


def _between(row: Sequence[Token], at: int) -> bool:
    return low(row, at - 1) == "between" or (
        low(row, at - 1) in ("about", "roughly", "some") and low(row, at - 2) == "between"
    )


def _is_range(row: Sequence[Token], at: int, first: Numeral, second: Numeral, sign: str) -> bool:
    """Ends of a range grow; `raised from 500 to 650` is a change, two numbers."""
    if not first.value * _lent(first, second) < second.value:
        return False
    if sign == "to" and low(row, at - 1) in (
        "from",
        "approximately",
        "about",
        "roughly",
        "some",
        "around",
        "nearly",
        "over",
    ):
        before = {token.low for token in row[:at]}
        changed = before & _CHANGES or "target" in before
        return not (changed and "from" in before)
    return True


def bound_before(row: Sequence[Token], span: Span) -> tuple[str, int]:
    """What the words before a number make of it (low, high, near or nothing), and where they begin."""
    place, kind = span.first, ""
    while place > 0 and low(row, place - 1) in ("a", "the", "(", "“", '"'):
        if _phrase(row, place - 1, span)[0] == "":
            break
        place -= 1
    for _ in range(3):
        more, start = _phrase(row, place, span)
        if not more:
            break
        kind = kind if more == "near" and kind else (more if kind in ("", "near") else kind)
        place = start
    return kind, place


def _phrase(row: Sequence[Token], at: int, span: Span) -> tuple[str, int]:
    for phrase, kind in words.bounds():
        start = at - len(phrase)
        if start < 0 or tuple(token.low for token in row[start:at]) != phrase:
            continue
        before = low(row, start - 1)
        if phrase in (("over",), ("under",), ("above",), ("below",)) and before in ("all", "fired", "flew", "handed"):
            continue
        if phrase == ("over",) and low(row, span.last) in _LENGTHS and before not in _LASTING:
            continue
        if phrase in (("pass",), ("passes",), ("passed",)) and kind == "low" and before in ("the", "a"):
            continue
        return kind, start
    return "", at


def bound_behind(row: Sequence[Token], first: int, last: int) -> str:
    """What the words behind a quantity make of it: or more, at best, 300+."""
    for at in range(first, min(last + 2, len(row))):
        if low(row, at) == "or" and low(row, at + 1) in ("more", "fewer", "less", "so"):
            return {"more": "low", "so": "near"}.get(low(row, at + 1), "high")
    if any(low(row, at) in DASHES and low(row, at + 1) == "plus" for at in range(first, last)):
        return "low"
    if any(low(row, at) in DASHES and low(row, at + 1) == "odd" for at in range(first, last)):
        return "near"
    if low(row, last) == "at":
        step = 2 if low(row, last + 1) == "the" else 1
        said = low(row, last + step)
        if said == "very":
            said = low(row, last + step + 1)
        return {"best": "high", "most": "high", "least": "low", "minimum": "low"}.get(said, "")
    return "low" if any(row[at].text == "+" and row[at].glued for at in range(first, min(last, len(row)))) else ""
