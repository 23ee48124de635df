"""Words of a question that are misspelled, put right where only one word of this field is meant."""

from __future__ import annotations

import re
from collections import Counter
from difflib import get_close_matches
from functools import cache
from typing import Final

from vallum import evidence
from vallum.articles import words

#: Shorter words have too many neighbours.
_LEAST: Final = 5
#: How alike a misspelled word is to the one that is meant, by difflib's ratio.
_ALIKE: Final = 0.84
_ENDINGS: Final = ("ing", "ed", "s")
_LISTS: Final = ("stops", "english", "speech", "designators", "people_bodies", "spelled_right")


def corrected(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The text with misspelled words of the questions put right, and which: written, read.

    A word is changed only if it is in none of the word lists and claims, is no name, and is close to a word that a
    question is known by.

    >>> corrected("Eight misiles incoming")[1]
    (('misiles', 'missiles'),)
    """
    changed: list[tuple[str, str]] = []

    def one(match: re.Match[str]) -> str:
        word = match.group()
        meant = _meant(word.lower())
        name = word[0].isupper() and match.start() > 0 and not meant.startswith("patriot")
        if not meant or name:
            return word
        written = meant.capitalize() if word[0].isupper() else meant
        changed.append((word, written))
        return written

    return re.sub(rf"\b[A-Za-z]{{{_LEAST},}}\b", one, text), tuple(dict.fromkeys(changed))


@cache
def _meant(word: str) -> str:
    """The one word of the questions that a word is close to; empty where it is a word itself, or means none."""
    if word in _known() or word.rstrip("s") in _known():
        return ""
    meant = next(iter(get_close_matches(word, sorted(words.listed("spelled_right")), 1, _ALIKE)), "")
    return "" if _inflected(word, meant) else meant


def _inflected(word: str, meant: str) -> bool:
    """Whether a word is another form of the one that is close to it: redirects, redirected."""
    ending = next((one for one in _ENDINGS if word.endswith(one)), "")
    return word.startswith(meant.rstrip("s")) or meant.startswith(word.removesuffix(ending))


@cache
def _known() -> frozenset[str]:
    """Words that are spelled right: those of the lists, and those that claims use more than once."""
    quotes = " ".join(claim.quote for claim in evidence.load().claims.values()).lower()
    often = {word for word, count in Counter(re.findall(r"[a-z]+", quotes)).items() if count > 1}
    listed = {str(word) for name in _LISTS for word in words.table(name)}
    phrases = {part for said in words.table("happened").values() for phrase in said for part in phrase.split()}
    return frozenset(often | listed | phrases | set(words.units()))
