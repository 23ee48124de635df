"""What a number counts: the noun behind it, its unit, and the rate that may follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from vallum.articles import words
from vallum.articles.numerals import low
from vallum.articles.tokens import Token

#: A noun is looked for in so many words behind its number.
_REACH: Final = 14
#: Endings of words that look like plurals and are none.
_NO_PLURAL: Final = ("ss", "us", "is", "ous")
_ADJECTIVES: Final = frozenset(
    {"overseas", "various", "previous", "numerous", "serious", "dangerous", "anonymous", "continuous"}
)
_HYPHENS: Final = ("-", "\u2011")
_SUFFERED: Final = frozenset(
    {
        "killed",
        "wounded",
        "injured",
        "dead",
        "missing",
        "hospitalised",
        "hospitalized",
        "trapped",
        "hurt",
        "died",
        "homeless",
    }
)


@dataclass(frozen=True, slots=True)
class Noun:
    """A counted noun: its unit, the words that name it, the tokens that it takes (last exclusive)."""

    unit: str
    counted: str
    first: int
    last: int


def noun(row: Sequence[Token], at: int, one: bool, text: str) -> Noun | None:
    """The noun behind a number; `one` allows a singular.

    A known word is taken before an unknown plural. The phrase ends at a verb, a preposition or a sign.
    """
    if low(row, at) == "others":
        return _sufferers(row, at)
    last_known, last_plural = _heads(row, at, one)
    head = last_known if last_known is not None else last_plural
    if head is None:
        return _sufferers(row, at) or _weapon(row, at, text)
    unit = _as_rounds(row, head, _of_weapons(row, at, head, _unit(row, head)))
    return Noun(unit, text[row[at].start : row[head].end], at, head + 1)


def _of_weapons(row: Sequence[Token], at: int, head: int, unit: str) -> str:
    """`Two IRIS-T units` are systems: units of a named weapon are what its name counts."""
    if row[head].low != "units":
        return unit
    named = (words.table("weapons").get(low(row, k)) for k in range(at, head))
    return next((str(one) for one in named if one), unit)


def _as_rounds(row: Sequence[Token], head: int, unit: str) -> str:
    """Patriots that are fired are rounds, and no systems."""
    if row[head].low != "patriots":
        return unit
    following = {low(row, head + step) for step in range(1, 4)}
    return "interceptors" if following & {"fired", "launched", "used", "intercepted"} else unit


def _heads(row: Sequence[Token], at: int, one: bool) -> tuple[int | None, int | None]:
    """The last known noun of the phrase and its last plural."""
    known: int | None = None
    plural: int | None = None
    place, joins = at, False
    while place < len(row) and place < at + _REACH:
        token = row[place]
        if token.text in _HYPHENS and place > at and token.glued:
            place += 1
            continue
        if token.text in ("(", "[") and known is None and plural is None:
            place = _closed(row, place)
            continue
        if token.low in ("and", "or", "/") and place > at and known is None and plural is None and not joins:
            joins, place = True, place + 1
            continue
        if token.text in ("“", '"', "\u2018", "'") and known is None and place + 1 < len(row):
            place += 1
            continue
        joined = place > at and token.glued and row[place - 1].text in _HYPHENS
        begins = (
            place + 2 < len(row) and row[place + 1].text in _HYPHENS and row[place + 1].glued and row[place + 2].glued
        )
        inside = joined or begins
        if token.number and token.glued and row[place - 1].word and place > at:
            place += 1
            continue
        if token.number and not inside and low(row, place + 1) == "mm":
            place += 2
            continue
        named = place > at and row[place - 1].word and row[place - 1].capital and low(row, place + 1) in words.units()
        if token.number and not inside and named:  # six Skyranger 35 systems
            place += 1
            continue
        if token.number and not inside:
            break
        if not token.word and not token.number:
            break
        if _stops(token, inside):
            break
        if plural is not None and known is None and not _plural(token):
            break
        if known is not None and token.low not in words.units():
            break
        pair = f"{low(row, place - 1)} {token.low}" in words.table("pairs")
        if begins and not joined:
            place += 1
            continue
        if (token.low in words.units() or pair) and (one or _many(token) or token.low in ("mile", "percent")):
            known = place
        elif _plural(token):
            plural = place
        place += 1
    return known, plural


def _stops(token: Token, inside: bool) -> bool:
    return not inside and token.low in words.listed("stops") and token.low not in ("killed", "injured", "wounded")


def _closed(row: Sequence[Token], at: int) -> int:
    """The token after a bracket that opens at `at`."""
    while at < len(row) and row[at].text not in (")", "]"):
        at += 1
    return at + 1


def _many(token: Token) -> bool:
    """Whether a known noun is a plural, or has none of its own."""
    return token.low.endswith("s") or token.low in _PLURALS


_PLURALS: Final = words.listed("nouns_plurals")


def _plural(token: Token) -> bool:
    name = token.low
    if not name.endswith("s") or len(name) < len("guns") or name in _ADJECTIVES or token.text.endswith(("'s", "’s")):
        return False
    return not name.endswith(_NO_PLURAL)


def _unit(row: Sequence[Token], head: int) -> str:
    pair = words.table("pairs").get(f"{low(row, head - 1)} {low(row, head)}")
    name = row[head].low
    if pair:
        return str(pair)
    unit = words.units().get(name)
    if (
        unit in _ARMS
        and low(row, head + 1) in ("and", "or")
        and words.units().get(low(row, head + 2)) in _ARMS - {unit}
    ):
        return "weapons"
    if unit is None and name.endswith(tuple(words.table("people_endings"))):
        return "people"
    return unit or name


#: Two of these in one number are weapons of mixed kind.
_ARMS: Final = frozenset({"missiles", "drones", "bombs", "weapons"})


def _weapon(row: Sequence[Token], at: int, text: str) -> Noun | None:
    """A weapon that stands for a number of itself: 36 IRIS-T, 1,000 PAC-3."""
    unit = words.table("weapons").get(low(row, at))
    lone = len(low(row, at)) == 1 and not (low(row, at + 1) in _HYPHENS and row[at + 1].glued)
    if unit is None or lone:
        return None
    last = at + 1
    while (
        last < len(row)
        and row[last].glued
        and (row[last].word or row[last].number or row[last].text in (*_HYPHENS, "/"))
    ):
        last += 1
    return Noun(unit, text[row[at].start : row[last - 1].end], at, last)


def _sufferers(row: Sequence[Token], at: int) -> Noun | None:
    """People who are named only by what happened to them: 21 killed, 90 others."""
    name = low(row, at)
    if name in ("others", "more") and at < len(row):
        return Noun("people", row[at].text, at, at + 1) if name == "others" else None
    step = 1 if name in ("were", "was", "people", "are", "others") else 0
    if low(row, at + step) in _SUFFERED:
        return Noun("people", row[at + step].text, at, at + step + 1)
    return None


def duration_after_hyphen(row: Sequence[Token], at: int) -> Noun | None:
    """The time of a 40-minute call, the weight of a 3-tonne load: a singular glued behind a hyphen."""
    if low(row, at) not in _HYPHENS or at + 1 >= len(row) or not row[at].glued or not row[at + 1].glued:
        return None
    unit = words.units().get(low(row, at + 1))
    return Noun(unit, row[at + 1].text, at + 1, at + 2) if unit else None


def rate(row: Sequence[Token], at: int) -> tuple[str, int] | None:
    """The time of a rate behind a noun, and the token after it: a month, per year, annually, /day, each night."""
    times = words.rates()
    here, following = low(row, at), low(row, at + 1)
    if here in ("a", "an", "per", "each", "every", "/") and following in times:
        return times[following], at + 2
    if here in times and here.endswith(("ly", "annually")) and here not in ("daily-",):
        return times[here], at + 1
    if here == "in" and following in ("a", "each", "every") and low(row, at + 2) in times:
        return (times[low(row, at + 2)], at + 3) if following != "a" else None
    return None


def rate_before(row: Sequence[Token], at: int) -> str | None:
    """The time of a rate that stands before a number: an annual output of, monthly, annually produced."""
    for step in range(1, 5):
        name = low(row, at - step)
        if name in ("annual", "annually", "monthly", "daily", "yearly", "weekly"):
            return words.rates()[name]
        if not name.isalpha():
            return None
    return None
