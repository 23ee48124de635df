"""The packaged words by which articles are read: numbers, units, bounds, verbs of speech, names."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML


@cache
def table(name: str) -> Any:
    """A table of data/articles/words.yaml by its name."""
    return _read("words.yaml")[name]


@cache
def names(kind: str) -> Any:
    """A table of data/articles/names.yaml: people, places, titles or outlets."""
    return _read("names.yaml")[kind]


@cache
def listed(name: str) -> frozenset[str]:
    """A table of words.yaml that is a list, to look words up in."""
    return frozenset(map(str, table(name)))


@cache
def units() -> dict[str, str]:
    """Every counted word -> the unit that it is counted in."""
    return {word: unit for unit, said in table("units").items() for word in said}


@cache
def rates() -> dict[str, str]:
    """Every word of a rate -> its time."""
    return {word: time for time, said in table("rates").items() for word in said}


@cache
def bounds() -> tuple[tuple[tuple[str, ...], str], ...]:
    """The phrases before a number and what they make of it (low, high, near), the longest first."""
    pairs = [(tuple(phrase.split()), kind) for kind, said in table("bounds").items() for phrase in said]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@cache
def _read(file: str) -> Any:
    path = files("vallum") / "data" / "articles" / file
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
