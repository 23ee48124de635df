"""Numbers that count nothing: dates, years, times, ages, and numbers that are part of a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vallum.articles import words
from vallum.articles.numerals import low
from vallum.articles.tokens import Token

_YEARS: Final = (1800, 2100)
_DAYS: Final = 31
_DASHES: Final = ("-", "–", "—", "\u2011")
#: Endings that may be glued to a number without making it a name.
_GLUED: Final = frozenset(
    {"km", "kms", "m", "bn", "mn", "mln", "bln", "k", "b", "tn", "trn", "percent", "pc", "min", "x"}
)
_TITLED: Final = ("who", "he", "she", "i")
_BEFORE_YEAR: Final = words.listed("skips_before_year")


def skipped(row: Sequence[Token], at: int) -> int | None:
    """The token after a number that is no quantity; None where the number at `at` may be one."""
    for rule in (_part_of_a_name, _telephone, _clock, _date, _age, _listed, _year):
        after = rule(row, at)
        if after is not None:
            return after
    return None


def _part_of_a_name(row: Sequence[Token], at: int) -> int | None:
    """PAC-3, F-16, 155mm, G7, 24/7, No. 10; a number glued behind a word with a hyphen."""
    token = row[at]
    if token.number and _glued_behind_word(row, at):
        last = at + 1
        while last < len(row) and row[last].glued and (row[last].word or row[last].number or row[last].text in _DASHES):
            last += 1
        return last
    if token.number and at + 1 < len(row) and row[at + 1].glued:
        following = row[at + 1]
        if following.text in ("/", ":") and at + 2 < len(row) and row[at + 2].number and row[at + 2].glued:
            return at + 3
        if following.text == "." and at + 2 < len(row) and row[at + 2].number and row[at + 2].glued:
            return at + 3
        if following.word and (following.low not in _GLUED or _goes_on(row, at + 1)):
            return at + 2
    single = low(row, at + 1) in words.listed("skips_singular")
    if token.number and token.text != "1" and single and at > 0 and row[at - 1].capital and row[at - 1].word:
        return at + 1
    if low(row, at + 1) in ("mm", "millimetre", "calibre", "caliber") or (
        low(row, at + 1) == "-" and low(row, at + 2) == "mm"
    ):
        return at + 2
    if low(row, at - 1) == "#" or (low(row, at - 1) == "." and low(row, at - 2) == "no"):
        return at + 1
    return None


def _goes_on(row: Sequence[Token], at: int) -> bool:
    """Whether a number is glued behind letters that are glued behind a number: 9M723."""
    return at + 1 < len(row) and row[at + 1].number and row[at + 1].glued


def _telephone(row: Sequence[Token], at: int) -> int | None:
    """+47 555 01 234, 0212 555: digits in groups, or with a nought before them; Section 36(b)(1)."""
    token = row[at]
    if not token.text.isdigit():
        return None
    if low(row, at - 1) == "(" and low(row, at + 1) == ")" and row[at - 1].glued:
        return at + 1
    last = at
    while last + 1 < len(row) and row[last + 1].text.isdigit():
        last += 1
    plus = low(row, at - 1) == "+"
    nought = len(token.text) > 1 and token.text.startswith("0")
    return last + 1 if last - at > 1 or plus or nought else None


def _glued_behind_word(row: Sequence[Token], at: int) -> bool:
    if not row[at].glued or at == 0:
        return False
    before = row[at - 1]
    if before.word:
        return before.low not in words.table("currencies")
    if before.text not in ("-", "\u2011", "/") or at == 1 or not before.glued:
        return False
    earlier = row[at - 2]
    named = earlier.word and earlier.low not in words.table("numbers") and earlier.low not in words.table("magnitudes")
    return named and (earlier.low not in words.units() or earlier.capital)


def _clock(row: Sequence[Token], at: int) -> int | None:
    """3 a.m., 10:30, 0200 GMT, and the earlier ones of 3, 4 and 5 a.m."""
    if low(row, at + 1) in ("a.m.", "p.m.", "a.m", "p.m", "am", "pm", "gmt", "utc", "o'clock", "local"):
        return at + 2
    last = at
    while last + 1 < len(row) and row[last].number and low(row, last + 1) in (",", "and", "or", "to", *_DASHES):
        last += 1
        while low(row, last) in (",", "and", "or", "to", *_DASHES):
            last += 1
    if last > at and last < len(row) and row[last].number and low(row, last + 1) in ("a.m.", "p.m.", "am", "pm"):
        return last + 2
    return None


def _date(row: Sequence[Token], at: int) -> int | None:
    """24 February 2025, Feb. 24, June 24-26, 24-25 June, 24/25 June."""
    months = words.table("months")
    value = _day(row, at)
    if value is None:
        return None
    end = at + 1
    if low(row, end) in (*_DASHES, "to", "and", "or") and _day(row, end + 1) is not None:
        end += 2
    if low(row, end) in months and row[end].capital and not (low(row, end) == "may" and _verb_follows(row, end)):
        return _with_year(row, end + 1)
    behind = 2 if low(row, at - 1) == "." else 1
    name = low(row, at - behind)
    if name in months and row[at - behind].capital and not _counts_behind(row, end):
        return _with_year(row, end)
    return None


def _verb_follows(row: Sequence[Token], at: int) -> bool:
    return low(row, at + 1) in ("have", "be", "not", "also", "need")


def _counts_behind(row: Sequence[Token], at: int) -> bool:
    """Whether a counted noun follows, so that `in March 94 missiles` is no date."""
    return any(low(row, at + step) in words.units() for step in range(2))


def _day(row: Sequence[Token], at: int) -> int | None:
    if not (0 <= at < len(row)) or not row[at].number or not row[at].text.isdigit():
        return None
    value = int(row[at].text)
    return value if 1 <= value <= _DAYS else None


def _with_year(row: Sequence[Token], at: int) -> int:
    """The token after a year that may follow a day, with or without a comma."""
    step = 1 if low(row, at) in (",", ".") else 0
    if at + step < len(row) and is_year(row[at + step]):
        return at + step + 1
    return at


def _age(row: Sequence[Token], at: int) -> int | None:
    """45-year-old, aged 63, and a number between commas behind a name."""
    if low(row, at + 1) in _DASHES and low(row, at + 2) in ("year", "month") and low(row, at + 4) == "old":
        return at + 5
    if (
        low(row, at + 1) in ("years", "months", "year", "month")
        and low(row, at + 2) in ("old", "of")
        and (low(row, at + 2) == "old" or low(row, at + 3) == "age")
    ):
        return at + 3
    if low(row, at - 1) in ("aged", "age", "ages") or (
        low(row, at - 1) == "of" and low(row, at - 2) in ("age", "ages")
    ):
        return _listed_ages(row, at)
    if (
        low(row, at - 1) in ("was", "is", "turned", "just", "aged")
        and low(row, at + 1) in ("at", "when", "then")
        and low(row, at + 2) in ("the", "he", "she", "it", "and", "that")
    ):
        return at + 1
    told = low(row, at - 1) in ("is", "was", "am", "turned", "turns") and low(row, at - 2) in _TITLED
    if told and low(row, at + 1) in ("", ",", ".", ";", "and", "but", "now", "today", "when", "–", "—", "years"):
        return at + 1
    between = low(row, at - 1) == "," and low(row, at + 1) in (",", ".", ")")
    if between and at > 1 and row[at - 2].capital and row[at].number and row[at].text.isdigit():
        return at + 1
    return None


def _listed_ages(row: Sequence[Token], at: int) -> int:
    """The token after ages in a row: aged 8, 12 and 17."""
    last = at + 1
    while low(row, last) in (",", "and", "or", "to", *_DASHES) and last + 1 < len(row) and row[last + 1].number:
        last += 2
    return last


def _listed(row: Sequence[Token], at: int) -> int | None:
    """The number of a list at the start of a line: `1.` or `2)`."""
    if at == 0 and row[at].number and low(row, 1) in (".", ")") and len(row) > 2:  # noqa: PLR2004 - more than the mark
        return 2
    return None


def is_year(token: Token) -> bool:
    """Whether a token looks like a calendar year."""
    return token.text.isdigit() and len(token.text) == len("2025") and _YEARS[0] <= int(token.text) < _YEARS[1]


def _year(row: Sequence[Token], at: int) -> int | None:
    """2025, 2022-2024, 2025/26; not 2,000 nor about 2000 drones."""
    if not is_year(row[at]):
        return None
    joined = low(row, at + 1) in _DASHES and at + 2 < len(row) and row[at + 2].number
    if joined and (is_year(row[at + 2]) or len(row[at + 2].text) == len("26")):
        return at + 3
    counted = low(row, at + 1) in words.units() or (
        low(row, at + 2) in words.units() and low(row, at + 1) not in _BEFORE_YEAR
    )
    plural = low(row, at + 1) in words.table("magnitudes") or low(row, at + 1) in ("%", "percent", "per")
    if plural or low(row, at - 1) in words.table("currencies"):
        return None
    if not counted:
        return at + 1
    round_number = row[at].text.endswith("00")
    if low(row, at - 1) in _BEFORE_YEAR or (not round_number and row[at + 1].low not in words.units()):
        return at + 1
    return None
