"""One name for the spellings of a person or a place."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from vallum.articles import words

_ENDINGS: Final = re.compile(r"(?:iy|yy|yi|ii|ij|yj|iyi|i|y|j)$")


@cache
def _folded() -> dict[str, str]:
    """Every spelling, reduced, -> the name that is used."""
    made: dict[str, str] = {}
    for kind in ("people", "places"):
        for name, spellings in words.names(kind).items():
            made.update({reduced(spelling): name for spelling in (name, *spellings)})
    return made


def reduced(name: str) -> str:
    """A name without accents, case and the ways to write a Ukrainian or Russian ending.

    >>> reduced("Zelenskyy") == reduced("Zelenskiy") == reduced("Zelensky")
    True
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return " ".join(_ENDINGS.sub("y", word) for word in re.findall(r"[a-z]+", plain))


def canonical(name: str) -> str:
    """The one name for a spelling; the spelling itself where no other is known.

    >>> canonical("Zelenskiy")
    'Volodymyr Zelensky'
    """
    return _folded().get(reduced(name), name)


@cache
def _outlets() -> frozenset[str]:
    return frozenset(outlet.lower() for outlet in words.names("outlets"))


def is_outlet(name: str) -> bool:
    """Whether a name is that of a newspaper, an agency or a channel."""
    return name.lower() in _outlets()


@cache
def titles() -> frozenset[str]:
    """Words before a name that are no part of it."""
    return frozenset(map(str, words.names("titles")))
