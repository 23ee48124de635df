"""Quantities of a sentence: value or bounds, unit, and what is counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from vallum.articles import words
from vallum.articles.measured import NO_LENDERS, TIMES, Measure
from vallum.articles.nouns import Noun, duration_after_hyphen, noun, rate, rate_before
from vallum.articles.numerals import low, numeral
from vallum.articles.skips import skipped
from vallum.articles.spans import DASHES, Span, bound_before, bound_behind, span_at
from vallum.articles.tokens import Token, tokens

_PER_CENT: Final = 100.0
_MILLION: Final = 1_000_000.0
_HALF: Final = 0.5
_MOST_PARTS: Final = 10
#: One in so many at most: one in twenty, one in a hundred.
_ONE_IN: Final = 100
_SIZES: Final = {1e12: "trillion", 1e9: "billion", 1e6: "million"}
_MULTIPLES: Final = {
    "twice": 2.0, "double": 2.0, "doubled": 2.0, "doubles": 2.0, "doubling": 2.0,
    "triple": 3.0, "tripled": 3.0, "triples": 3.0, "tripling": 3.0,
    "quadruple": 4.0, "quadrupled": 4.0, "quadrupling": 4.0,
    "halved": 0.5, "halving": 0.5, "halves": 0.5, "halve": 0.5,
}  # fmt: skip
#: Before a length of time that only places something in the calendar.
_PLACING: Final = words.listed("quantities_placing")
_CONTRASTS: Final = re.compile(
    r"^\W*(?:(?:up|down) from|compared (?:with|to)|instead of|rather than|against|and not|from|to|or|and"
    r"|, (?:or|sometimes|often|even|perhaps|maybe|then|now))\W*(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
_NOUGHT: Final = words.listed("quantities_nought")


@dataclass(frozen=True, slots=True)
class Context:
    """What the sentences before counted: the unit and the currency that a bare number stands for."""

    unit: str = ""
    money: str = ""

    def after(self, found: Sequence[Measure], text: str = "") -> Context:
        """The context of the next sentence; one that ends with a colon lends what it names to the rows below it."""
        units = [one.plain for one in found if not one.money and one.counts and one.plain in _KNOWN]
        sums = [one.money for one in found if one.money]
        if not units and text.endswith(":"):
            units = [words.units()[token.low] for token in tokens(text) if words.units().get(token.low) in _LENDERS]
        return Context(units[-1] if units else self.unit, sums[-1] if sums else self.money)


NOTHING: Final = Context()


def measures(text: str, context: Context = NOTHING) -> list[Measure]:
    """The quantities of a sentence, in order.

    context : what a bare number stands for whose noun was said before (`only six are functioning`)
    """
    row = tokens(text)
    found: list[Measure] = []
    at = 0
    while at < len(row):
        made, at = _Reader(row, text, found, context).measure(at)
        if made is not None:
            found.append(made)
    return _lent_back(row, found)


def _lent_back(row: Sequence[Token], found: Sequence[Measure]) -> list[Measure]:
    """The first number of a change takes the unit and rate of the second: from 500 to 650 missiles a year."""
    made = list(found)
    for k in range(len(made) - 1):
        one, other = made[k], made[k + 1]
        change = low(row, one.last) == "to" and low(row, one.first - 1) == "from"
        bare = not one.counted and not one.money and one.plain not in NO_LENDERS and bool(other.counted)
        beside = low(row, one.last) == "and" and other.first == one.last + 1
        if beside and one.counts and other.counts and " per " in other.unit and " per " not in one.unit:
            made[k] = replace(one, unit=f"{one.unit} per {other.unit.partition(' per ')[2]}")
        if change and other.plain not in TIMES and (bare or (one.plain == other.plain and "per" in other.unit)):
            made[k] = replace(one, unit=other.unit)
    return made


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one quantity of a sentence, knowing those before it."""

    row: Sequence[Token]
    text: str
    found: Sequence[Measure]
    context: Context

    def measure(self, at: int) -> tuple[Measure | None, int]:
        """The quantity that begins at a token, if any, and the token after what was looked at."""
        for rule in (self._none, self._multiple_word, self._timed_half):
            special = rule(at)
            if special is not None:
                return self._bounded(special), special.last
        span, after = span_at(self.row, at)
        if span is None:
            return None, after
        made = self._with_unit(span)
        if made is None:
            return None, span.last
        return self._bounded(made), max(made.last, at + 1)

    def _low(self, at: int) -> str:
        return low(self.row, at)

    # --- numbers without a numeral

    def _none(self, at: int) -> Measure | None:
        """`No interceptors left`, `none`, `nobody was killed`: nought of them."""
        row, here = self.row, self._low(at)
        if here == "nobody" and any(
            self._low(at + step) in ("killed", "hurt", "injured", "wounded", "died") for step in (1, 2, 3, 4)
        ):
            return self._nought(at, at + 1, "people", "nobody")
        if here == "none" and self._low(at + 1) not in ("of", "the", "other") and self._counts_none(at):
            unit = self._lender(Span(0.0, None, None, at, at + 1))
            return self._nought(at, at + 1, unit, "none") if unit else None
        if here != "no" or self._low(at + 1) in ("longer", "more", "one", "fewer", "less"):
            return None
        named = noun(row, at + 1, True, self.text)
        if named is None or named.unit not in _NOUGHT:
            return None
        return self._nought(at, named.last, named.unit, named.counted)

    def _counts_none(self, at: int) -> bool:
        """Whether `none` stands for no one of things: had none, none left, none landed."""
        before, after = self._low(at - 1), self._low(at + 1)
        if before in words.listed("quantities_had"):
            return True
        done = after.endswith("ed") or after in ("for", "left", "remain", "came", "got", "hit", "fell", "", ".", ",")
        return before in ("", ",", ":", ";") and done

    def _nought(self, at: int, last: int, unit: str, counted: str) -> Measure:
        row = self.row
        return Measure(
            0.0,
            None,
            None,
            unit,
            counted,
            at,
            last,
            row[at].start,
            row[last - 1].end,
            number=(row[at].start, row[at].end),
        )

    def _multiple_word(self, at: int) -> Measure | None:
        """Twice as many, doubled, halved; twice since May is how often."""
        value = _MULTIPLES.get(self._low(at)) or self._fold(at)
        if value is None or self._low(at - 1) in ("the",) or self._low(at + 1) == "-":
            return None
        often = self._low(at) == "twice" and self._low(at + 1) not in (
            "as",
            "the",
            "that",
            "what",
            "its",
            "their",
            "this",
            "of",
            "her",
            "his",
        )
        return self._made(Span(value, None, None, at, at + 1), "times" if often else "ratio", "", at + 1)

    def _fold(self, at: int) -> float | None:
        """Tenfold, fourfold."""
        name = self._low(at)
        return words.table("numbers").get(name.removesuffix("fold")) if name.endswith("fold") else None

    def _timed_half(self, at: int) -> Measure | None:
        """Half an hour, three quarters of an hour, an hour and a half, a year and a half."""
        unit = words.units().get(self._low(at + 1), "")
        if (
            self._low(at) in ("a", "an")
            and unit in TIMES
            and [self._low(at + k) for k in (2, 3, 4)] == ["and", "a", "half"]
        ):
            return self._made(Span(1 + _HALF, None, None, at, at + 5), unit, self._low(at + 1), at + 5)
        share = numeral(self.row, at) if self.row[at].word else None
        half = self._low(at) == "half" and self._low(at + 1) in ("a", "an")
        last = at + 1 if half else share.last if share is not None and share.kind == "share" else 0
        step = last + (self._low(last) == "of") if last else 0
        unit = words.units().get(self._low(step + 1), "") if last and self._low(step) in ("a", "an") else ""
        value = _HALF if half else share.value if share else 0.0
        if unit not in TIMES:
            return None
        smaller, factor = {"hours": ("minutes", 60.0), "years": ("months", 12.0)}.get(unit, (unit, 1.0))
        return self._made(Span(value * factor, None, None, at, last), smaller, self._low(step + 1), step + 2)

    # --- bounds

    def _bounded(self, made: Measure) -> Measure:
        """Make a bound of a value where the text says so: before it, or behind it (`or more`)."""
        row = self.row
        last = next((k for k in range(made.first, made.last) if row[k].end >= made.number[1]), made.last - 1) + 1
        before, first = bound_before(row, Span(made.value, made.low, made.high, made.first, last))
        kind = bound_behind(row, made.first, made.last) or before
        made = replace(made, first=first, start=row[first].start, near=kind == "near")
        if made.value is None or kind in ("", "near"):
            return made
        if kind == "low":
            return replace(made, value=None, low=made.value)
        return replace(made, value=None, high=made.value)

    # --- units

    def _with_unit(self, span: Span) -> Measure | None:
        """Give a number its unit: per cent, money, a share, a multiple, a noun, or the noun it stands for."""
        last = span.last + (self._low(span.last) == "+")
        if self._low(last) in DASHES and self._low(last + 1) in ("odd", "plus"):
            span = replace(span, last=last + 2)
            last = span.last
        for rule in (self._per_cent, self._money, self._part, self._multiple):
            made = rule(span, last)
            if made is not None:
                return made
        return self._counted(span, last)

    def _made(self, span: Span, unit: str, counted: str, last: int, scale: float = 1.0) -> Measure:
        value, low_end, high_end = (
            None if number is None else _plain(number / scale) for number in (span.value, span.low, span.high)
        )
        start, end = self.row[span.first].start, self.row[min(last, len(self.row)) - 1].end
        number = (start, self.row[span.last - 1].end)
        return Measure(value, low_end, high_end, unit, counted, span.first, last, start, end, number=number)

    def _per_cent(self, span: Span, last: int) -> Measure | None:
        after = self._per_cent_sign(last)
        if after is None:
            points = self._low(last) in ("points", "point") and bool(self.found) and self.found[-1].plain == "share"
            return self._made(span, "share", "", last + 1, _PER_CENT) if points else None
        unit = "share"
        if self._low(after) in ("point", "points"):
            unit, after = "percentage points", after + 1
        made = self._made(span, unit, self._of_what(after), after, _PER_CENT if unit == "share" else 1.0)
        far = self._low(after) == "of" and next(
            (rate(self.row, k) for k in range(after, min(after + 6, len(self.row))) if rate(self.row, k)), None
        )
        return replace(made, unit=f"{unit} per {far[0]}") if far else made

    def _per_cent_sign(self, at: int) -> int | None:
        step = 1 if self._low(at) in DASHES and self._low(at + 1) in ("percent", "per") else 0
        if self._low(at + step) in ("%", "percent", "pct", "percentage"):
            return at + step + 1
        if self._low(at + step) == "per" and self._low(at + step + 1) == "cent":
            return at + step + 2
        return None

    def _money(self, span: Span, last: int) -> Measure | None:
        currency, after = span.currency, last
        if not currency:
            signs = words.table("currencies")
            step = (
                1
                if self._low(last) in ("us", "u.s.", "swiss", "american", "canadian", "norwegian", "danish", "swedish")
                or self._low(last) in DASHES
                else 0
            )
            if self._low(last + step) not in signs or (self._low(last + step) == "pounds" and span.biggest < _PER_CENT):
                return None
            currency, after = signs[self._low(last + step)], last + step + 1
        return self._sum(span, currency, after)

    def _sum(self, span: Span, currency: str, after: int) -> Measure:
        """A sum of money, in millions or billions where it is that large, with its rate."""
        size = next((size for size in _SIZES if span.biggest >= size), 1.0)
        unit = f"{currency} {_SIZES[size]}" if size > 1.0 else currency
        timed = rate(self.row, after)
        time = timed[0] if timed else rate_before(self.row, span.first)
        return self._made(
            span, f"{unit} per {time}" if time else unit, self._for_what(after), timed[1] if timed else after, size
        )

    def _for_what(self, at: int) -> str:
        """What money is in, or worth of: in weapons, worth of air defence systems, in aid."""
        step = 1 if self._low(at) == "worth" else 0
        if self._low(at + step) not in ("in", "of", "for"):
            named = noun(self.row, at, True, self.text)
            return named.counted if named else self._phrase_of(at)
        return self._phrase_of(at + step + 1)

    def _phrase_of(self, at: int) -> str:
        """The words of a phrase to its first stop."""
        row, last = self.row, at
        while last < len(row) and (row[last].word or row[last].glued) and row[last].text not in ',.;:)”"':
            if row[last].low in words.listed("stops") and not row[last].glued:
                break
            last += 1
        return self.text[row[at].start : row[last - 1].end] if last > at else ""

    def _of_what(self, at: int) -> str:
        if self._low(at) != "of":
            return self._phrase_of(at) if at < len(self.row) else ""
        step = 2 if self._low(at + 1) in ("the", "all", "its", "their", "those", "these", "our") else 1
        return self._phrase_of(at + step) if at + step < len(self.row) else ""

    def _part(self, span: Span, last: int) -> Measure | None:
        """A fraction, or one in three, nine out of ten."""
        if span.share:
            return self._made(span, "share", self._of_what(last), last)
        out = self._low(last) == "out" and self._low(last + 1) == "of"
        if (not out and self._low(last) != "in") or span.value is None:
            return None
        place = last + (2 if out else 1)
        whole = numeral(self.row, place) if place < len(self.row) else None
        most = _ONE_IN if span.value == 1.0 else _MOST_PARTS
        if whole is None or whole.kind != "number" or not max(1.0, span.value) < whole.value <= most:
            return None
        if self.row[place].number and (out or not self.row[span.first].number or whole.value % 1):
            return None
        if not out and words.units().get(self._low(whole.last), "") in TIMES:
            return None
        share = replace(span, value=span.value / whole.value, last=whole.last)
        return self._made(share, "share", self._phrase_of(whole.last) if whole.last < len(self.row) else "", whole.last)

    def _multiple(self, span: Span, last: int) -> Measure | None:
        """Three times as many, threefold, a factor of ten."""
        if self._low(last) in DASHES and self._low(last + 1) == "fold":
            return self._made(span, "ratio", "", last + 2)
        if self._low(last) in ("x", "×") and self.row[last].glued:
            return self._made(span, "ratio", "", last + 1)
        if self._low(span.first - 1) == "of" and self._low(span.first - 2) == "factor":
            return self._made(span, "ratio", "", last)
        if self._low(last) != "times":
            return None
        more = (
            "more",
            "as",
            "higher",
            "larger",
            "greater",
            "less",
            "fewer",
            "the",
            "that",
            "what",
            "faster",
            "cheaper",
            "its",
            "their",
            "over",
            "dearer",
        )
        return self._made(span, "ratio" if self._low(last + 1) in more else "times", "times", last + 1)

    def _counted(self, span: Span, last: int) -> Measure | None:
        hyphened = duration_after_hyphen(self.row, last)
        if hyphened is not None:
            return self._made(span, hyphened.unit, hyphened.counted, hyphened.last)
        whole = self._of_a_number(span, last)
        if whole is not None:
            return whole
        place, partitive = self._partitive(last)
        named = noun(self.row, place, span.value == 1.0 or bool(span.value and span.value % 1), self.text)
        if named is None or self._low(last) in DASHES:
            return self._standing_for(span, last)
        if (
            named.unit == "pages"
            or self._is_source(span, named)
            or (named.unit in TIMES and (partitive or self._is_moment(span, named)))
        ):
            return None
        return self._timed(span, named)

    def _is_source(self, span: Span, named: Noun) -> bool:
        """Two officials said, four people briefed on the talks: how many sources a statement has."""
        if named.counted.split()[-1].lower() not in words.listed("sources") or span.biggest > _MOST_PARTS:
            return False
        if self._low(named.last) in words.listed("speech") or self._low(named.last) in ("familiar", "briefed"):
            return True
        return self._low(span.first - 1) == "to" and self._low(span.first - 2) == "according"

    def _of_a_number(self, span: Span, last: int) -> Measure | None:
        """18 out of 51 missiles: the first number counts what the second does."""
        place = last + 2 if self._low(last) == "out" and self._low(last + 1) == "of" else last + 1
        if self._low(last) not in ("of", "out"):
            return None
        while self._low(place) in ("the", "its", "a", "total", "all", "their"):
            place += 1
        second = numeral(self.row, place) if place < len(self.row) and self._low(place) not in ("half", "one") else None
        if second is None or second.kind != "number" or skipped(self.row, place) is not None:
            return None
        named = noun(self.row, second.last, False, self.text)
        unit = named.unit if named else self._lender(span)
        return self._made(span, unit, named.counted if named else "", last) if unit not in TIMES else None

    def _partitive(self, last: int) -> tuple[int, bool]:
        """Where the noun begins: behind `of the`, `more`, `or more`, `other`."""
        place, partitive = last, False
        if self._low(place) == "or" and self._low(place + 1) in ("more", "fewer", "so", "less"):
            place += 2
        if self._low(place) in ("more", "additional", "other", "such") and self._low(place + 1) not in (
            "than",
            "of",
            "were",
            "are",
            "was",
        ):
            place += 1
        if self._low(place) == "of" and self._low(place + 1) not in (
            "them",
            "which",
            "these",
            "those",
            "whom",
            "us",
            "it",
        ):
            partitive = True
            place += 1
            while self._low(place) in ("the", "its", "their", "those", "these", "our", "his", "all"):
                place += 1
        return place, partitive

    def _is_moment(self, span: Span, named: Noun) -> bool:
        """Two years ago, three days later, the first two months: a place in the calendar, no length of time."""
        after, before = self._low(named.last), self._low(span.first - 1)
        return (
            after in ("ago", "earlier", "later", "before", "prior", "old")
            or before in _PLACING
            or (named.unit == "hours" and after == "a")
        )

    def _timed(self, span: Span, named: Noun) -> Measure:
        timed = rate(self.row, named.last)
        if named.unit in ("km", "km2", "metres"):
            return self._made(span, named.unit, named.counted, named.last)
        time, last = timed if timed else (rate_before(self.row, span.first) or "", named.last)
        if named.unit in TIMES and not timed:
            time = ""
        return self._made(span, f"{named.unit} per {time}" if time else named.unit, named.counted, last)

    def _standing_for(self, span: Span, last: int) -> Measure | None:
        """A bare number that stands for a noun said before: only six are functioning, 900 of which, from 500 to 650."""
        timed = rate(self.row, last)
        if span.magnitude >= _MILLION and (money := self._money_lender()):
            return self._sum(span, money, last)
        if self._low(span.first - 1) in ("cost", "costs", "costing", "worth") and (money := self._money_lender()):
            return self._sum(span, money, last)
        if span.value == 1.0 and self._low(span.first) == "one" and not self._one_more(span, last):
            return None
        if self._named_by(span, last):
            return None
        unit = self._lender(span)
        plain, _, time = unit.partition(" per ")
        if timed:
            unit = "" if plain in TIMES else plain
            return self._made(span, f"{unit} per {timed[0]}" if unit else f"per {timed[0]}", "", timed[1])
        made = self._made(span, unit, "", last, _PER_CENT if plain == "share" else 1.0)
        return (
            made
            if time or not self._goes_on_a_rate(span)
            else replace(made, unit=f"{unit} per {self.found[-1].unit.partition(' per ')[2]}")
        )

    def _one_more(self, span: Span, last: int) -> bool:
        """Two systems for Poland and one for Norway; one more: a `one` that counts what was counted before."""
        if self._low(last) == "more" and self.context.unit:
            return True
        if not self.found or not self.found[-1].counts:
            return False
        return self._low(last) == "more" or (
            self._low(last) in (",", ".", ";", "for", "from", "to") and self._contrasted(span)
        )

    def _contrasted(self, span: Span) -> bool:
        between = {token.low for token in self.row[self.found[-1].last : span.first]}
        return bool(between & {"and", ","})

    def _named_by(self, span: Span, last: int) -> bool:
        """Whether the words around a bare number make a name of it: page 5, Route 66 Street, nine-storey."""
        row, before = self.row, self._low(span.first - 1)
        hyphened = self._low(last) in DASHES and row[last].glued and last + 1 < len(row) and row[last + 1].glued
        named = last < len(row) and row[last].word and row[last].capital
        return before in words.listed("designators") or hyphened or named

    def _goes_on_a_rate(self, span: Span) -> bool:
        """500 a year now, 650 in 2027: the second number has the rate of the first."""
        if not self.found or " per " not in self.found[-1].unit or self.found[-1].money:
            return False
        between = {token.low for token in self.row[self.found[-1].last : span.first]}
        return bool(between & {"to", "reach", "reaching", "then", "now", "in", "by"}) and "." not in between

    def _money_lender(self) -> str:
        """The currency said before, for the second of two sums: 67 billion dollars, of which 31 billion."""
        sums = [earlier.money for earlier in self.found if earlier.money]
        return sums[-1] if sums else self.context.money

    def _lender(self, span: Span) -> str:
        """The unit of the last thing that is named before this number, in the sentence before, or behind it."""
        if self.found:
            between = self.text[self.found[-1].end : self.row[span.first].start]
            beyond = self.found[-1].plain == "share" and span.biggest > _PER_CENT
            if _CONTRASTS.match(between) and not self.found[-1].money and not beyond:
                return self.found[-1].unit
        if any(token.low in ("toll", "crew", "crews") for token in self.row[max(0, span.first - 6) : span.first]):
            return "people"
        before = [(earlier.first, earlier.plain) for earlier in self.found if not earlier.money and earlier.counts]
        known = words.units()
        mixed = {
            k for earlier in self.found if earlier.plain == "weapons" for k in range(earlier.first, earlier.last + 2)
        }
        before += [
            (k, known[token.low])
            for k, token in enumerate(self.row[: span.first])
            if self._may_lend(k) and k not in mixed
        ]
        if self._low(span.last) == "more":  # its first battery, and six more
            before += [(k, known[token.low]) for k, token in enumerate(self.row[: span.first]) if self._is_lone(k)]
        behind = [known[token.low] for k, token in enumerate(self.row[span.last :], span.last) if self._may_lend(k)]
        if before:
            return max(before)[1]
        return self.context.unit or (behind[0] if behind else "")

    def _is_lone(self, at: int) -> bool:
        return words.units().get(self.row[at].low, "") in _LENDERS and not self.row[at].low.endswith("s")

    def _may_lend(self, at: int) -> bool:
        token = self.row[at]
        unit = words.units().get(token.low, "")
        if token.low == "states" and token.capital:
            return False
        return unit in _LENDERS and (token.low.endswith("s") or unit == "people")


_KNOWN: Final = frozenset(words.units().values())
#: Units whose nouns a bare number may stand for, when they are only named.
_LENDERS: Final = words.listed("quantities_lenders")


def _plain(number: float) -> float:
    """A number without the dust of a division: 1.3 per cent is 0.013."""
    return float(f"{number:.12g}")
