"""From a weapon label of the record to a family; labels nobody has seen are read by their parts."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from vallum.errors import RecordError

UNRESOLVED: Final = "unresolved"
DATA: Final = files("vallum") / "data" / "record"

#: Cyrillic letters that look like Latin ones: the record mixes the two.
_LOOK_ALIKE: Final = str.maketrans("авекмнорстухі", "abekmhopctyxi")
_AND: Final = re.compile(r"\s+and\s+", re.IGNORECASE)

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
    """The family of a label and how it was found: by `label`, `spelling` or `parts`, else not at all."""

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
        """Return the family of a label: as written, in another spelling or order, or by its parts."""
        if label in self._labels:
            return Found(self._labels[label], "label")
        wanted = key(label)
        if wanted in self._keys:
            return Found(self._keys[wanted], "spelling")
        parts = [self._part(part) for part in wanted]
        family = merged(parts)
        return Found(family, "parts" if family != UNRESOLVED else "")

    def _part(self, part: str) -> str:
        """Family of one part; of 'either' labels (a/b) if both sides are of one family."""
        if (part,) in self._keys:
            return self._keys[part,]
        sides = {self._keys.get((side.strip(),), UNRESOLVED) for side in part.split("/")}
        return sides.pop() if len(sides) == 1 else UNRESOLVED


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
    plain = " ".join(label.split()).casefold().translate(_LOOK_ALIKE)
    return tuple(sorted(part.strip() for part in _AND.split(plain)))


def is_composite(label: str) -> bool:
    """Whether a label joins several models into one number."""
    return len(key(label)) > 1


def _table(name: str) -> Iterable[dict[str, str]]:
    return list(csv.DictReader((DATA / name).read_text(encoding="utf-8").splitlines()))


def _parted(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)
