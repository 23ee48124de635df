"""From a weapon label of the record to a family; labels nobody has seen are read by their parts."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from vallum.errors import RecordError

UNRESOLVED: Final = "unresolved"
DATA: Final = files("vallum") / "data" / "record"

#: Cyrillic letters that look like Latin ones: the record mixes the two.
_LOOK_ALIKE: Final = str.maketrans("авекмнорстухі", "abekmhopctyxi")
#: What joins models into one number; a slash does not, it means "either".
_JOINED: Final = re.compile(r"\s+(?:and|та|\u0456|и)\s+|\s*[,;+&]\s*")
#: Other ways of writing Kh-101 and S-300 in Latin letters: the record writes X-101 and C-300.
_WRITTEN: Final = ((re.compile(r"\bkh-?(?=\d)"), "x-"), (re.compile(r"\bs-?(?=[34]00\b)"), "c-"))
_BARE_NUMBER: Final = re.compile(r"\d+")

Key = tuple[str, ...]


@dataclass(frozen=True)
class Family:
    """A family of weapons: *kind* drone, missile, bomb, front line or unresolved.

    *groups* are the sums that it belongs to, *classes* the threat classes (W2) its launches fall into (two for
    a number that mixes them), *holds* the families that may be mixed in it.
    """

    name: str
    title: str
    kind: str
    groups: tuple[str, ...]
    classes: tuple[str, ...]
    holds: frozenset[str]


@dataclass(frozen=True)
class Found:
    """The family of a label and how it was found: by `label`, `spelling`, `parts` or `name`, else not at all."""

    family: str
    by: str


@cache
def families() -> Mapping[str, Family]:
    """Every family, in the order of the packaged table family_kinds.csv."""
    return {
        row["family"]: Family(
            row["family"],
            row["title"],
            row["kind"],
            _parted(row["groups"]),
            _parted(row["classes"]),
            frozenset(_parted(row["holds"])),
        )
        for row in _table("family_kinds.csv")
    }


@cache
def groups() -> Mapping[str, tuple[str, ...]]:
    """The sums of families: `missiles`, `all_ballistic` (no rows of S-300 or S-400 alone), `..._with_sam`."""
    made: dict[str, tuple[str, ...]] = {}
    for family in families().values():
        for group in family.groups:
            made[group] = (*made.get(group, ()), family.name)
    return made


def members(name: str) -> tuple[str, ...]:
    """The families that a family or group name stands for. Raises RecordError for another name."""
    if name in families():
        return (name,)
    if name not in groups():
        raise RecordError(f"there is no family {name!r}; there are {', '.join((*families(), *groups()))}")
    return groups()[name]


def title(name: str) -> str:
    """The name of a family or a group in words."""
    return _GROUP_TITLES[name] if name in _GROUP_TITLES else families()[name].title


_GROUP_TITLES: Final[Mapping[str, str]] = {
    "missiles": "all missiles",
    "all_ballistic": "all ballistic, without rows of S-300 or S-400 alone",
    "all_ballistic_with_sam": "all ballistic, with S-300 and S-400",
}


class Labels:
    """The map from labels to families, with the labels that the user adds."""

    def __init__(self, added: Mapping[str, str] | None = None) -> None:
        known = {row["label"]: row["family"] for row in _table("families.csv")}
        wrong = sorted(f"{label}: {family}" for label, family in (added or {}).items() if family not in families())
        if wrong:
            raise RecordError(f"no such family: {'; '.join(wrong)}; there are {', '.join(families())}")
        self._labels = known | dict(added or {})
        self._keys = {key(label): family for label, family in self._labels.items()}

    def find(self, label: str) -> Found:
        """Return the family of a label: as written, in another spelling or order, by its parts, or by known names."""
        if label in self._labels:
            return Found(self._labels[label], "label")
        wanted = key(label)
        if wanted in self._keys:
            return Found(self._keys[wanted], "spelling")
        for way, one in (("parts", self._known), ("name", self._named)):
            family = merged([_of_sides(part, one) for part in wanted])
            if family != UNRESOLVED:
                return Found(family, way)
        return Found(UNRESOLVED, "")

    def _known(self, model: str) -> str:
        """Family of a single model that the map has."""
        return self._keys.get((model,), UNRESOLVED)

    def _named(self, model: str) -> str:
        """Family of a single model of which a known weapon's name is a part: another mark, a code beside the name."""
        known = self._known(model)
        if known != UNRESOLVED:
            return known
        said = {name: family for name, family in other_names() if _says(model, name)}
        longest = {said[name] for name in said if not any(name != other and name in other for other in said)}
        return longest.pop() if len(longest) == 1 else UNRESOLVED


def _of_sides(part: str, family_of: Callable[[str], str]) -> str:
    """Family of a part; of an 'either' label (a/b) the one that may hold both sides. X-59/69 is X-59/X-69."""
    whole = family_of(part) if "/" not in part else UNRESOLVED
    if whole != UNRESOLVED:
        return whole
    first, *others = (side.strip() for side in part.split("/"))
    return merged([family_of(side) for side in (first, *others) if side == first or not _BARE_NUMBER.fullmatch(side)])


def _says(model: str, name: str) -> bool:
    """Whether a name stands in a model's, from the beginning to the end of words: geran in geran-3, not in gerani."""
    return re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W\d_])(?!(?<=\d)\d)", model) is not None


@cache
def other_names() -> Sequence[tuple[str, str]]:
    """Names of weapons that no known copy uses, or uses in part, in one spelling, each with its family."""
    return [(_plain(row["name"]), row["family"]) for row in _table("other_names.csv")]


def merged(parts: Sequence[str]) -> str:
    """Return the family of a number that holds several families; `unresolved` where no family may hold them.

    >>> merged(["sam_ballistic_mode", "ballistic"]), merged(["cruise", "cruise"]), merged(["drone_oneway", "cruise"])
    ('sam_and_ballistic_mixed', 'cruise', 'unresolved')
    """
    different = set(parts)
    if len(different) == 1:
        return different.pop()
    holding = (family.name for family in families().values() if different <= family.holds)
    return next(holding, UNRESOLVED)


def key(label: str) -> Key:
    """Return the parts of a label in one spelling and order, however it was written.

    >>> key("X-22 and  Kalibr") == key("kalibr and \\u0425-22")  # a Cyrillic letter that looks like X
    True
    """
    return tuple(sorted(_plain(part) for part in _JOINED.split(" ".join(label.split()).casefold())))


def _plain(text: str) -> str:
    """One spelling of a model: small letters, Latin where they look alike, Kh and S as the record writes them."""
    said = text.strip().casefold().translate(_LOOK_ALIKE)
    for pattern, written in _WRITTEN:
        said = pattern.sub(written, said)
    return said


def is_composite(label: str) -> bool:
    """Whether a label joins several models into one number."""
    return len(key(label)) > 1


def _table(name: str) -> Iterable[dict[str, str]]:
    return list(csv.DictReader((DATA / name).read_text(encoding="utf-8").splitlines()))


def _parted(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)
