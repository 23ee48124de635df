"""Numbers of the packaged scenarios without a trail: neither claim, parameter nor assumption.

A number is cited in its own mapping (`{value: 5, claims: [F064]}`), or, where the schema takes a plain number only,
by a comment on its line or directly above it, or above what holds it: a claim's id, or `assumption:` with the reason.
What frames the question needs no source: days and dates, places on the map, ranks.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from vallum.scenario import library, paths
from vallum.scenario.document import Document, read_file
from vallum.scenario.paths import Keys
from vallum.scenario.trail import facts

#: Keys whose numbers are the frame of a question, or geography, and no input that somebody could source.
FRAME: Final = frozenset({"block", "k", "rank", "lat", "lon", "on", "from", "to", "by", "signed"})
KINDS: Final[tuple[library.Kind, ...]] = ("scenario", "package")
#: Keys of a mapping that say where its number is from.
_TRAIL: Final = ("claims", "parameter", "assumption")
_CLAIM: Final = re.compile(r"\b([A-Z]\d{3,})\b")
_DAYS: Final = ("fixed", "days")


@dataclass(frozen=True)
class Tally:
    """Numbers of the packaged scenarios by their trail; `unsourced` names file, line and path of those without one."""

    cited: int
    from_parameters: int
    assumed: int
    by_comment: int
    unsourced: tuple[str, ...]


def tally() -> Tally:
    """Count the numbers of all packaged scenarios and packages by where they are from."""
    return summed(*(read(path) for kind in KINDS for path in library.packaged_paths(kind).values()))


def read(path: Path) -> Tally:
    """The same for one file, without what it extends."""
    document = read_file(path, path.name)
    lines = path.read_text(encoding="utf-8").splitlines()
    claims = facts(None).claims
    kinds = [(keys, _kind(document, lines, claims, keys, given)) for keys, given in _numbers(document.data, ())]
    count = [kind for _, kind in kinds].count
    return Tally(
        count("cited"), count("parameter"), count("assumed"), count("comment"),
        tuple(f"{document.place(keys)}: {paths.show(keys)}: has neither claims nor `assumption:`"
              for keys, kind in kinds if kind == "unsourced"),
    )  # fmt: skip


def summed(*parts: Tally) -> Tally:
    """All counts together."""
    return Tally(
        sum(part.cited for part in parts), sum(part.from_parameters for part in parts),
        sum(part.assumed for part in parts), sum(part.by_comment for part in parts),
        tuple(text for part in parts for text in part.unsourced),
    )  # fmt: skip


def _numbers(given: Any, keys: Keys) -> Iterator[tuple[Keys, Any]]:
    """Every number that is an input: a mapping that says where its number is from, or a plain number."""
    if isinstance(given, Mapping):
        if any(given.get(key) for key in _TRAIL):
            yield keys, given
            return
        for key, value in given.items():
            yield from _numbers(value, (*keys, str(key)))
    elif isinstance(given, list):
        for place, value in enumerate(given):
            yield from _numbers(value, (*keys, place))
    elif isinstance(given, int | float) and not isinstance(given, bool) and not _frames(keys):
        yield keys, given


def _frames(keys: Keys) -> bool:
    return keys == _DAYS or keys[-1] in FRAME


def _kind(document: Document, lines: list[str], claims: Container[str], keys: Keys, given: Any) -> str:
    if isinstance(given, Mapping):
        if given.get("parameter"):
            return "parameter"
        return "assumed" if given.get("assumption") else "cited"
    return "comment" if any(_trail(text, claims) for text in _comments(document, lines, keys)) else "unsourced"


def _comments(document: Document, lines: list[str], keys: Keys) -> Iterator[str]:
    """Comments on the line of a key or directly above it, then of what holds it; the head of the file is none."""
    for depth in range(len(keys), 1, -1):
        # what stands above the first entry of a list is said of all its entries
        heads = {keys[:depth], (*keys[: depth - 1], 0) if isinstance(keys[depth - 1], int) else keys[:depth]}
        for place in (document.places.get(head) for head in heads):
            if place is not None and place.line is not None:
                yield from _beside(lines, place.line - 1)


def _beside(lines: list[str], at: int) -> Iterator[str]:
    """The comment on a line, and those directly above it."""
    yield lines[at].partition(" #")[2]
    while at and lines[at - 1].lstrip().startswith("#"):
        at -= 1
        yield lines[at]


def _trail(comment: str, claims: Container[str]) -> bool:
    return "assumption:" in comment or any(id_ in claims for id_ in _CLAIM.findall(comment))


def uses(word: str) -> list[tuple[str, str, str]]:
    """Return where packaged scenarios and packages name a parameter or a claim: (name, place, dotted path)."""
    found: list[tuple[str, str, str]] = []
    for kind in KINDS:
        for name, path in library.packaged_paths(kind).items():
            document = read_file(path, path.name)
            for keys in _naming(document.data, (), word):
                found.append((name, str(document.place(keys) or path.name), paths.show(keys)))
    return found


def _naming(given: Any, keys: Keys, word: str) -> Iterator[Keys]:
    if isinstance(given, Mapping):
        for key, value in given.items():
            yield from _naming(value, (*keys, str(key)), word)
    elif isinstance(given, list):
        if word in given:
            yield keys
        for place, value in enumerate(given):
            if isinstance(value, Mapping | list):
                yield from _naming(value, (*keys, place), word)
    elif given == word and (keys[-1] in _TRAIL or keys[0] == "uncertain"):
        yield keys
