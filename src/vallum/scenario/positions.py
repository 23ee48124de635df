"""Refuses what looks like the position of a real military unit: out of scope, always.

vallum works with cities and hypothetical sites. Grid references, fine coordinates, unit names and numbers
and military symbol codes are refused with the reason and the way out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from vallum.scenario.document import Problem
from vallum.scenario.paths import Keys

#: Finest coordinates: three decimal places of a degree, about 100 m; enough for a city, not for a launcher.
MAX_DECIMALS: Final = 3

WAY_OUT: Final = (
    "vallum does not take real unit positions (scope); use cities or hypothetical sites with names of your "
    f"own, and coordinates of at most {MAX_DECIMALS} decimal places"
)

_ANYWHERE: Final = {
    "an MGRS grid reference": re.compile(
        r"(?<![\w/-])\d{1,2}[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2}\s?(?:\d{4}|\d{6}|\d{8}|\d{10}|\d{2,5}\s\d{2,5})(?!\w)"
    ),
    "coordinates in a text": re.compile(r"(?<![\d.])[-+]?\d{1,2}\.\d{4,}\s?°?\s?[NS]?\s?[,;/ ]\s?[-+]?\d{1,3}\.\d{4,}"),
    "coordinates in degrees and minutes": re.compile(r"\d{1,3}\s?°\s?\d{1,2}(?:\.\d+)?\s?['\u2032’]"),
    "a military symbol code (SIDC)": re.compile(
        r"(?<!\w)(?:[SGWIOE][PUAFNSHGWMDLJKO*-][A-Z*-][APCDXF*-](?=[A-Z0-9*]*-)[A-Z0-9*-]{8,11}(?!\w)|1[0-5]\d{18}(?!\d))"
    ),
    "a plus code": re.compile(r"(?<!\w)[23456789CFGHJMPQRVWX]{8}\+[23456789CFGHJMPQRVWX]{2,3}(?!\w)"),
}
_IN_NAMES: Final = {
    "a military unit": re.compile(
        r"(?<!\w)(?:brigade|bde|battalion|btn|regiment|rgt|squadron|division|platoon|military[ _-]unit"
        r"|unit[ _-]?\d+|firing[ _-]position|launch[ _-]site|бригад\w*|батальйон\w*|батальон\w*|полк\w?"
        r"|дивізіон\w*|дивизион\w*|рота)s?(?!\w)"
        r"|\bв\s?/\s?ч|військов\w+[ _]частин|воинск\w+[ _]част|войсков\w+[ _]част",
        re.IGNORECASE,
    ),
    "a unit number": re.compile(r"(?<!\w)[AT\u0410\u0422][- ]?\d{4}(?!\w)"),
    "a call sign": re.compile(r"call[ _-]?sign|позивн|позывн", re.IGNORECASE),
}
#: Mappings whose keys are names of assets, systems or layers, and the values that name a place.
_NAMED: Final = (
    ("fixed", "assets"),
    ("fixed", "systems"),
    ("fixed", "doctrine", "layers"),
    ("choices", "batteries"),
)
_PLACE_KEYS: Final = ("site", "region")


def problems(data: Any) -> list[Problem]:
    """Return what looks like unit positions in a document."""
    found: dict[Keys, Problem] = {}
    _look_into((), data, found)
    return list(found.values())


def _look_into(keys: Keys, value: Any, found: dict[Keys, Problem]) -> None:
    """Look at a value and all inside it, each key once."""
    if isinstance(value, dict):
        inside, named = value.items(), keys in _NAMED
    elif isinstance(value, list):
        inside, named = dict(enumerate(value)).items(), False
    else:
        _look_at(keys, value, found)
        return
    for key, inner in inside:
        here = (*keys, key)
        if here != ("sources",):
            _keep(here, str(key), named, found)
            _look_into(here, inner, found)


def _look_at(keys: Keys, value: Any, found: dict[Keys, Problem]) -> None:
    if isinstance(value, str):
        _keep(keys, value, keys[-1:] != () and keys[-1] in _PLACE_KEYS, found)
    for problem in _fine_coordinate(keys, value):
        found.setdefault(keys, problem)


def _keep(keys: Keys, text: str, is_name: bool, found: dict[Keys, Problem]) -> None:
    what = _likeness(text, is_name)
    if what:
        found.setdefault(keys, Problem(keys, f"{text[:60]!r} looks like {what}; {WAY_OUT}"))


@lru_cache(maxsize=20_000)
def _likeness(text: str, is_name: bool) -> str:
    """What a text looks like, "" if like nothing; kept, for a batch reads the same words ten thousand times."""
    readable = text.replace("_", " ")
    patterns = _ANYWHERE | _IN_NAMES if is_name else _ANYWHERE
    return next((what for what, seen in patterns.items() if seen.search(text) or seen.search(readable)), "")


def _fine_coordinate(keys: Keys, value: Any) -> Iterable[Problem]:
    if keys[-1:] in (("lat",), ("lon",)) and isinstance(value, float) and value != round(value, MAX_DECIMALS):
        yield Problem(keys, f"{value!r} is finer than {MAX_DECIMALS} decimal places; {WAY_OUT}")
