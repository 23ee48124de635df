"""The questions that an article may ask of the model, as data: data/questions.yaml, read and checked once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

Patterns = tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Base:
    """A scenario for texts of some days, or of some words."""

    scenario: str
    first: date
    last: date
    words: Patterns


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a number of a claim goes.

    units, words : of the claims that may fill it; day: it takes a day instead of a number
    whole, least : round to a whole number, not below the least; days: a length of time, in days
    required     : without it the template's packages still answer, and the answer says which number they take
    bases, needs : the scenarios, and the package, that have the path; empty: all
    on_top       : the uncertain input of the base to which a number is added that the text calls more
    """

    path: str
    units: tuple[str, ...]
    words: Patterns
    day: bool
    whole: bool
    least: float
    days: bool
    required: bool
    bases: tuple[str, ...]
    needs: str
    on_top: str


@dataclass(frozen=True, slots=True)
class Variant:
    """The base and packages of a template for texts of some days."""

    first: date
    last: date
    base: str
    packages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """One question: the words by which it is known and the scenario that answers it."""

    name: str
    title: str
    every: Patterns
    some: Patterns
    never: Patterns
    base: str
    over: tuple[str, ...]
    packages: tuple[str, ...]
    variants: tuple[Variant, ...]
    slots: tuple[Slot, ...]
    assumes: tuple[str, ...]
    cannot: tuple[str, ...]
    ledger: bool

    def asked(self, text: str) -> bool:
        """Whether a text asks this question; the stops in U.S. end no sentence."""
        text = text.replace("U.S.", "US").replace("U.K.", "UK")
        if any(found.search(text) for found in self.never) or not all(found.search(text) for found in self.every):
            return False
        return not self.some or any(found.search(text) for found in self.some)


@dataclass(frozen=True, slots=True)
class Refused:
    """A question that no model here can judge, and why."""

    name: str
    title: str
    some: Patterns
    because: str


@dataclass(frozen=True, slots=True)
class Questions:
    """All of data/questions.yaml."""

    bases: tuple[Base, ...]
    otherwise: str
    because: str
    templates: tuple[Template, ...]
    refused: tuple[Refused, ...]
    classes: Mapping[str, Patterns]
    counted: Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]]
    near: float
    far: float
    superlatives: Patterns
    trends: Mapping[str, Patterns]
    factors: Mapping[str, float]
    theatre: Mapping[str, Patterns]


@cache
def questions() -> Questions:
    """The packaged questions."""
    text = (files("vallum") / "data" / "questions.yaml").read_text(encoding="utf-8")
    made = YAML(typ="safe", pure=True).load(text)
    return Questions(
        bases=tuple(
            Base(one["scenario"], one["from"], one["to"], _patterns(one.get("words"))) for one in made["bases"]
        ),
        otherwise=made["otherwise"]["scenario"],
        because=made["otherwise"]["because"],
        templates=tuple(_template(name, one) for name, one in made["templates"].items()),
        refused=tuple(
            Refused(name, one["title"], _patterns(one["any"]), one["because"]) for name, one in made["refused"].items()
        ),
        classes={name: _patterns(one) for name, one in made["classes"].items()},
        counted={
            name: {key: tuple(map(tuple, lists)) for key, lists in one.items()} for name, one in made["counted"].items()
        },
        near=made["tolerance"]["near"],
        far=made["tolerance"]["far"],
        superlatives=_patterns(made["superlatives"]),
        trends={name: _patterns(one) for name, one in made["trends"].items()},
        theatre={name: _patterns(one) for name, one in made["theatre"].items()},
        factors={word: float(factor) for word, factor in made["factors"].items()},
    )


def _template(name: str, one: Mapping[str, Any]) -> Template:
    return Template(
        name=name,
        title=one["title"],
        every=_patterns(one.get("all")),
        some=_patterns(one.get("any")),
        never=_patterns(one.get("none")),
        base=one.get("base", ""),
        over=tuple(one.get("over", ())),
        packages=tuple(one.get("packages", ())),
        variants=tuple(
            Variant(part["from"], part["to"], part["base"], tuple(part["packages"])) for part in one.get("variants", ())
        ),
        slots=tuple(map(_slot, one["slots"])),
        assumes=tuple(one["assumes"]),
        cannot=tuple(one["cannot"]),
        ledger=bool(one.get("ledger")),
    )


def _slot(one: Mapping[str, Any]) -> Slot:
    return Slot(
        path=one["path"],
        units=tuple(one.get("units", ())),
        words=_patterns(one.get("words")),
        day=bool(one.get("day")),
        whole=bool(one.get("whole")),
        least=float(one.get("least", 0)),
        days=bool(one.get("days")),
        required=bool(one.get("required")),
        bases=tuple(one.get("bases", ())),
        needs=one.get("needs", ""),
        on_top=one.get("on_top", ""),
    )


def _patterns(written: Sequence[str] | None) -> Patterns:
    return tuple(re.compile(one, re.IGNORECASE) for one in written or ())
