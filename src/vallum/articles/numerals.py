"""Numbers in English text: digits, words, magnitudes, fractions, dozens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from vallum.articles import words
from vallum.articles.tokens import Token

_HUNDRED: Final = 100
_TEN: Final = 10
_TWENTY: Final = 20
_HALF: Final = 0.5
#: What stands for things named before, and how far before a part it may stand.
_POINTING: Final = frozenset({"which", "those", "these", "them", "whom"})
_FAR: Final = 8
#: "dozens of", "several hundred": two of them at least.
_SOME: Final = 2
#: Magnitudes that are letters count only where they are glued to the number: 5m, but not 5 m.
_LETTERS: Final = frozenset({"k", "m", "b"})


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number and the tokens that it takes, from first to last (exclusive).

    bare  : the number before its magnitude, and the magnitude, which a range may lend to its first end
    kind  : number, share (a fraction) or vague (dozens: `value` is the least that it can mean)
    """

    value: float
    first: int
    last: int
    bare: float
    magnitude: float
    kind: str = "number"


def numeral(row: Sequence[Token], at: int) -> Numeral | None:
    """The number that begins at a token, or None."""
    token = row[at]
    if token.number:
        return _digits(row, at)
    if not token.word:
        return None
    return _half_of(row, at) or _fraction(row, at) or _vague(row, at) or _spelled(row, at)


def low(row: Sequence[Token], at: int) -> str:
    """The small letters of a token; nothing outside the sentence."""
    return row[at].low if 0 <= at < len(row) else ""


def _digits(row: Sequence[Token], at: int) -> Numeral:
    text = row[at].text
    for blank in (",", "\u00a0", "\u202f"):
        text = text.replace(blank, "")
    bare = float(text)
    magnitude, last = _magnitude(row, at + 1)
    value = bare * magnitude
    if low(row, last) == "and" and low(row, last + 1) == "a" and low(row, last + 2) == "half":
        return Numeral(value + _HALF * magnitude, at, last + 3, bare, magnitude)
    return Numeral(value, at, last, bare, magnitude)


def _magnitude(row: Sequence[Token], at: int) -> tuple[float, int]:
    """The magnitude at a token and the token after it; a hyphen may stand before it."""
    sizes = words.table("magnitudes")
    if low(row, at) == "-" and low(row, at + 1) in sizes and row[at].glued and row[at + 1].glued:
        return float(sizes[low(row, at + 1)]), at + 2
    name = low(row, at)
    if name not in sizes or (name in _LETTERS and not row[at].glued):
        return 1.0, at
    size, last = float(sizes[name]), at + 1
    if name in ("hundred", "thousand") and low(row, last) in ("thousand", "million", "billion"):
        return size * float(sizes[low(row, last)]), last + 1
    return size, last


def _spelled(row: Sequence[Token], at: int) -> Numeral | None:
    """A number in words: twenty-five, one hundred and fifty thousand, a dozen, two and a half million."""
    counts, sizes = words.table("numbers"), words.table("magnitudes")
    if low(row, at) in ("a", "an"):
        following = low(row, at + 1)
        if following == "score" and low(row, at + 2) == "of":
            return Numeral(float(_TWENTY), at, at + 2, float(_TWENTY), 1.0)
        if following in ("couple", "pair") and low(row, at + 2) == "of":
            if low(row, at + 3) in ("hundred", "dozen", "thousand", "million", "billion"):
                return _with_words(row, at + 3, float(_SOME), at)
            return Numeral(float(_SOME), at, at + 2, float(_SOME), 1.0)
        if following not in ("hundred", "thousand", "million", "billion", "trillion", "dozen"):
            return None
        return _with_words(row, at + 1, 1.0, at)
    if low(row, at) not in counts:
        return None
    total, last = _below_hundred(row, at)
    if low(row, last) == "and" and low(row, last + 1) == "a" and low(row, last + 2) == "half":
        magnitude, end = _magnitude(row, last + 3)
        return Numeral((total + _HALF) * magnitude, at, end, total + _HALF, magnitude)
    step = 1 if low(row, last) == "-" and low(row, last + 1) in sizes else 0
    if low(row, last + step) in sizes and low(row, last + step) not in _LETTERS:
        return _with_words(row, last + step, total, at)
    if low(row, last) == "point" and low(row, last + 1) in counts and counts[low(row, last + 1)] < _TEN:
        total += counts[low(row, last + 1)] / _TEN
        magnitude, end = _magnitude(row, last + 2)
        return Numeral(total * magnitude, at, end, total, magnitude)
    return Numeral(total, at, last, total, 1.0)


def _below_hundred(row: Sequence[Token], at: int) -> tuple[float, int]:
    """A number word, with the ones after tens: twenty-five, twenty five."""
    counts = words.table("numbers")
    value = counts[low(row, at)]
    if value < _TWENTY or value % _TEN:
        return float(value), at + 1
    step = 2 if low(row, at + 1) in ("-", "\u2011", "–") else 1
    if 0 < counts.get(low(row, at + step), 0) < _TEN:
        return float(value + counts[low(row, at + step)]), at + step + 1
    return float(value), at + 1


def _with_words(row: Sequence[Token], at: int, count: float, first: int) -> Numeral:
    """A count and the magnitudes behind it, with what is added after them: two hundred and fifty thousand."""
    counts, sizes = words.table("numbers"), words.table("magnitudes")
    size = float(sizes[low(row, at)])
    total, last = count * size, at + 1
    if low(row, last) == "and" and low(row, last + 1) == "a" and low(row, last + 2) == "half":
        return Numeral((count + _HALF) * size, first, last + 3, count + _HALF, size)
    if size >= _HUNDRED:
        step = 1 if low(row, last) == "and" and low(row, last + 1) in counts else 0
        if low(row, last + step) in counts and (step or size == _HUNDRED or size > _HUNDRED):
            more, end = _below_hundred(row, last + step)
            if low(row, end) == "hundred":
                more, end = more * _HUNDRED, end + 1
            if more < size:
                total, last = total + more, end
    name = low(row, last)
    if name in ("thousand", "million", "billion", "trillion") and float(sizes[name]) > size:
        return Numeral(total * float(sizes[name]), first, last + 1, total, float(sizes[name]))
    return Numeral(total, first, last, count, size)


def _fraction(row: Sequence[Token], at: int) -> Numeral | None:
    """Two thirds, three-quarters, a third of, half of."""
    parts, counts = words.table("fractions"), words.table("numbers")
    before, here = low(row, at - 1), low(row, at)
    if here == "half":
        if low(row, at + 1) in ("a", "an", "-", "\u2011") or before in (
            "first",
            "second",
            "latter",
            "other",
            "a",
            "and",
            "last",
        ):
            return None
        return Numeral(_HALF, at, at + 1, _HALF, 1.0, "share")
    count = 1 if here in ("a", "one") else counts.get(here, 0)
    step = 2 if low(row, at + 1) in ("-", "\u2011") else 1
    named = low(row, at + step)
    single = named[:-1] if named.endswith("s") and named not in parts else named
    if named == "halves":
        single = "half"
    if not count or single not in parts or (single == "half" and count == 1 and here == "a"):
        return None
    if count == 1 and not (_of_a_whole(row, at + step + 1) or _of_those(row, at, at + step + 1)):
        return None
    if count > 1 and not named.endswith("s"):
        return None
    value = count / parts[single]
    return Numeral(value, at, at + step + 1, value, 1.0, "share")


def _of_a_whole(row: Sequence[Token], at: int) -> bool:
    """Whether `a third` is a part: of something, or more or less than before."""
    return low(row, at) in ("of", "more", "less", "fewer", "as", "higher", "lower")


def _of_those(row: Sequence[Token], at: int, after: int) -> bool:
    """Whether a part is one of things named before it, `of which a quarter is the radar`, and no third thing.

    One fifth is a part wherever it stands.
    """
    following = low(row, after)
    if following in words.units():
        return False
    if low(row, at) == "one":
        return True
    before = [low(row, k) for k in range(max(0, at - _FAR), at)]
    return any(one == "of" and other in _POINTING for one, other in pairwise(before))


def _half_of(row: Sequence[Token], at: int) -> Numeral | None:
    """Half a dozen, half a million."""
    if low(row, at) != "half" or low(row, at + 1) not in ("a", "an", "-"):
        return None
    name = low(row, at + 2)
    sizes = words.table("magnitudes")
    if name not in ("dozen", "million", "billion", "thousand", "trillion"):
        return None
    return Numeral(_HALF * sizes[name], at, at + 3, _HALF, float(sizes[name]))


def _vague(row: Sequence[Token], at: int) -> Numeral | None:
    """Dozens, hundreds of, tens of thousands; several hundred."""
    some, sizes = words.table("vague"), words.table("magnitudes")
    here = low(row, at)
    if (
        here == "a"
        and low(row, at + 1) == "few"
        and low(row, at + 2) in ("hundred", "thousand", "million", "billion", "dozen")
    ):
        size = float(sizes[low(row, at + 2)])
        return Numeral(_SOME * size, at, at + 3, _SOME, size, "vague")
    if here in ("several", "few") and low(row, at + 1) in ("hundred", "thousand", "million", "billion", "dozen"):
        size = float(sizes[low(row, at + 1)])
        return Numeral(_SOME * size, at, at + 2, _SOME, size, "vague")
    if here == "tens" and low(row, at + 1) == "of" and low(row, at + 2) in some:
        value = float(_SOME * _TEN * some[low(row, at + 2)])
        return Numeral(value, at, at + 3, value, 1.0, "vague")
    if here == "hundreds" and low(row, at + 1) == "of" and low(row, at + 2) in ("thousands", "millions"):
        value = float(_SOME * _HUNDRED * some[low(row, at + 2)])
        return Numeral(value, at, at + 3, value, 1.0, "vague")
    if here in some and low(row, at + 1) in ("of", "more"):
        value = float(_SOME * some[here])
        return Numeral(value, at, at + 1, value, 1.0, "vague")
    return None
