"""What a package changes in a scenario, value by value, and the parts that can be taken on their own (Q3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vallum.evidence import Distribution
from vallum.results import Manifest
from vallum.scenario import Scenario, paths
from vallum.scenario.paths import Keys
from vallum.scenario.quantity import CITED_KEYS

#: What a file says about itself and about what is printed: it changes no future.
ABOUT: Final = frozenset({"title", "question", "sources", "not_modelled", "beside", "reported", "outcomes"})
#: How many keys name one thing that somebody can decide or know, by the drawer it lies in.
DEPTH: Final[Mapping[str, int]] = {"fixed": 3, "choices": 3, "uncertain": 2}
#: Entries that are one thing whatever lies in them.
WHOLE: Final[frozenset[Keys]] = frozenset({("choices", "ceasefire"), ("fixed", "raids")})
#: What a part is named after, where it changes several drawers.
_FIRST: Final = ("choices", "fixed", "uncertain")
_KINDS: Final[Mapping[str, str]] = {"supply": "supply line", "pauses": "pause", "funds": "fund", "tempo": "tempo of"}

Laws = Mapping[str, Distribution]
Range = tuple[float, float, float]


@dataclass(frozen=True)
class Change:
    """One value that differs: its dotted path, what the base holds there and what the package does.

    old, new         : plain data as in the file; None where nothing stands there
    was, becomes     : best, low and high of an uncertain number before and after, None where it is none
    claims, assumed  : what the new value rests on: claims by id; else whether it is an assumption, or a plain choice
    """

    path: str
    old: Any
    new: Any
    was: Range | None = None
    becomes: Range | None = None
    claims: tuple[str, ...] = ()
    assumed: bool = False

    @property
    def ground(self) -> str:
        """What the new value rests on, in a word or two."""
        if self.new is None:
            return "taken out"
        return ", ".join(self.claims) if self.claims else "assumption" if self.assumed else "chosen"

    def as_dict(self) -> dict[str, Any]:
        """The change in the JSON layout."""
        made: dict[str, Any] = {"path": self.path, "old": _json(self.old), "new": _json(self.new)}
        made |= {"rests_on": self.ground}
        for name, law in (("old_range", self.was), ("new_range", self.becomes)):
            if law is not None:
                made[name] = dict(zip(("best", "low", "high"), law, strict=True))
        return made


@dataclass(frozen=True)
class Part:
    """Changes that stand or fall together: what one refers to, the other brings.

    changes : dotted path of a whole entry -> its new value, None where it is taken out
    sourced : some claim, or a record of the evidence, stands behind it; without one it gets a break-even (Q3)
    """

    name: str
    title: str
    changes: Mapping[str, Any]
    sourced: bool

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the uncertain numbers that the part gives another range."""
        keys = [paths.parse(path) for path in self.changes]
        return tuple(str(key[1]) for key in keys if key[0] == "uncertain")


def changes(
    base: Scenario, other: Scenario, before: Laws, after: Laws, about: Manifest | None = None
) -> tuple[Change, ...]:
    """Return exactly the values that differ, by path.

    before, after : the laws of the uncertain numbers; about : the manifest of `other`, to say what values rest on
    """
    found = _differing(base.document, other.document, ())
    return tuple(_change(keys, old, new, before, after, about) for keys, old, new in sorted(found, key=_order))


def _change(keys: Keys, old: Any, new: Any, before: Laws, after: Laws, about: Manifest | None) -> Change:
    name, path = str(keys[-1]), paths.show(keys)
    claims = tuple(claim["id"] for claim in about.claims if _feeds(claim, path)) if about else ()
    assumed = _assumes(new)
    if keys[0] != "uncertain":
        return Change(path, old, new, claims=claims, assumed=assumed)
    assumed = assumed or not (claims or new is None)
    return Change(path, old, new, _range(before.get(name)), _range(after.get(name)), claims, assumed)


def _feeds(claim: Mapping[str, Any], path: str) -> bool:
    """Whether a claim is used at a path or anywhere below it."""
    return any(used == path or used.startswith(f"{path}.") for used in claim["used_by"])


def _assumes(value: Any) -> bool:
    """Whether an assumption stands anywhere in a value."""
    if isinstance(value, dict):
        return "assumption" in value or any(map(_assumes, value.values()))
    return isinstance(value, list) and any(map(_assumes, value))


def _range(law: Distribution | None) -> Range | None:
    return None if law is None else (law.best, law.low, law.high)


def _order(found: tuple[Keys, Any, Any]) -> tuple[int, str]:
    return _rank(found[0]), paths.show(found[0])


def _differing(old: Any, new: Any, keys: Keys) -> Iterator[tuple[Keys, Any, Any]]:
    """Yield what differs: entries of mappings one by one, a cited number, a list or an uncertain number whole."""
    if old == new:
        return
    sides = [side for side in (old, new) if side is not None]
    is_law = keys[:1] == ("uncertain",) and len(keys) == DEPTH["uncertain"]
    if is_law or not all(map(_opens, sides)):
        yield keys, old, new
        return
    names = dict.fromkeys(name for side in sides for name in side)
    for name in names:
        if keys or name not in ABOUT:
            yield from _differing((old or {}).get(name), (new or {}).get(name), (*keys, name))


def _opens(value: Any) -> bool:
    """Whether a value is a mapping of several things, and not one number with its source."""
    return isinstance(value, dict) and bool(value) and not set(value) <= CITED_KEYS


# --- parts ------------------------------------------------------------------------------------------


def parts(base: Scenario, other: Scenario, before: Laws, after: Laws) -> tuple[Part, ...]:
    """Return the parts of what `other` changes, each a valid change of the base by itself.

    An entry that comes or goes is taken together with every changed entry that names it: a line with its fund and
    its uncertain numbers, a number with what it replaces.
    """
    old, new = base.document, other.document
    entries = list(dict.fromkeys(_entry(keys) for keys, _, _ in sorted(_differing(old, new, ()), key=_order)))
    groups = _joined(entries, old, new)
    return tuple(_part(group, new, before, after) for group in groups)


def _entry(keys: Keys) -> Keys:
    return keys[:2] if keys[:2] in WHOLE else keys[: DEPTH.get(str(keys[0]), 1)]


def _joined(entries: Sequence[Keys], old: Any, new: Any) -> list[list[Keys]]:
    """Groups of entries of which one names another that is only there before, or only after."""
    group = {entry: [entry] for entry in entries}
    for one in entries:
        there = [paths.look(side, one)[0] for side in (old, new)]
        if all(there):
            continue
        for another in entries:
            if group[one] is not group[another] and _names(another, str(one[-1]), old, new):
                merged = sorted([*group[one], *group[another]], key=entries.index)
                for member in merged:
                    group[member] = merged
    return list({id(members): members for members in group.values()}.values())


def _names(entry: Keys, name: str, old: Any, new: Any) -> bool:
    return any(name in _words(paths.look(side, entry)[1]) for side in (old, new))


def _words(value: Any) -> Iterator[str]:
    """Every text in a value, keys of mappings too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)


def _part(entries: Sequence[Keys], new: Any, before: Laws, after: Laws) -> Part:
    made = {paths.show(entry): paths.look(new, entry)[1] for entry in entries}
    first = min(entries, key=lambda entry: (_rank(entry), "funds" in entry))
    return Part(paths.show(first), _title(first, before, after), made, any(map(_cites, made.values())))


def _rank(entry: Keys) -> int:
    return _FIRST.index(str(entry[0])) if entry[0] in _FIRST else len(_FIRST)


def _title(entry: Keys, before: Laws, after: Laws) -> str:
    name = str(entry[-1])
    law = after.get(name, before.get(name)) if entry[0] == "uncertain" else None
    if law is not None:
        return law.title or name
    kinds = [_KINDS.get(str(key), str(key)) for key in entry[1:-1]]
    return " ".join([*kinds, name]).replace("_", " ")


def _cites(value: Any) -> bool:
    """Whether a claim or a record of the evidence stands anywhere in a value."""
    if isinstance(value, dict):
        return bool(value.get("claims") or value.get("parameter")) or any(map(_cites, value.values()))
    return isinstance(value, list) and any(map(_cites, value))


def _json(value: Any) -> Any:
    """Plain data of JSON: dates as text."""
    if isinstance(value, dict):
        return {str(key): _json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_json(inner) for inner in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
