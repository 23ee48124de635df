"""Refuses what looks like the position of a real military unit: out of scope, always.

vallum works with cities and hypothetical sites. Grid references, fine coordinates, unit names and numbers
and military symbol codes are refused with the reason and the way out.
"""

from __future__ import annotations

import re
import unicodedata
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
#: Read in the name of a place and in what a map says beside it; of systems and layers such words are the business.
_OF_PLACES: Final = {
    "an MGRS grid reference": re.compile(
        r"(?<![\w/-])\d{2}[C-HJ-NP-X]\s?[A-HJ-NP-Z]{2}(?!\w)"
        r"|(?i:(?<![\w/-])\d{1,2}\s?[c-hj-np-x]\s?[a-hj-np-z]{2}\s?\d{2,5}\s?\d{2,5}(?!\w))"
    ),
    "a grid reference": re.compile(
        r"(?<!\w)(?:(?:utm|usng|mgrs)(?!\w)|(?:easting|northing|grid)(?:\W{0,3}\d{3,}|[ _-]?ref))", re.IGNORECASE
    ),
    "an address of three words": re.compile(r"///\w+\.\w+\.\w+"),
    "coordinates in a text": re.compile(r"(?<![\d.,])\d{1,3}[.,]\d{4,}"),
    "coordinates in degrees and minutes": re.compile(
        r"(?<!\d)\d{1,3}[\s°]+\d{1,2}[\s'\u2032’]+\d{1,2}(?:\.\d+)?[\s\"\u2033”]*[NSEW](?!\w)"
    ),
    "a military symbol code (SIDC)": re.compile(
        r"(?<!\w)[SGWIOE][PUAFNSHGWMDLJKO*-][A-Z*-][APCDXF*-](?=[A-Z0-9*]*[-*])[A-Z0-9*-]{6,11}(?!\w)|(?<!\d)1[0-5]\d{16}(?:\d{2}|\d{12})?(?!\d)"
    ),
    "a military unit": re.compile(
        r"(?<!\w)(?:\d+(?:st|nd|rd|th)?[ -]*(?:bat|bn|ad|sam|div)|bn|bty|btry|regt|sqn|ada|corps|od?shbr|detachment"
        r"|garrison|headquarters|hq|command[ -]post|c2[ -](?:post|node)|fire[ -]unit|missile[ -]unit|troops"
        r"|(?:patriot|thaad|nasams|hawk|buk|iris-?t|samp/?t|s-?[34]00|alpha|bravo|charlie|delta)[ -]+battery)s?(?!\w)"
        r"|(?<!\w)(?:зрбр|зрдн|зрп|зрк|ппо|пво|\w{0,3}мбр|\w{0,3}шбр|штаб|командн\w+ пункт|гарн[иі]зон|взвод\w?"
        r"|корпус|\d+ ?\u0431\u0440|\d+ ?бат)(?!\w)",
        re.IGNORECASE,
    ),
    "military equipment": re.compile(
        r"(?<!\w)(?:TELs?|AN/[A-Z]{3}-\d+"
        r"|(?i:launchers?|radars?|firing[ -](?:unit|point)|пусков\w+|позиці\w+|позици\w+|рлс))(?!\w)"
    ),
}
#: Mappings whose keys are names of assets, systems or layers, and the values that name a place.
_NAMED: Final = (
    ("fixed", "systems"),
    ("fixed", "doctrine", "layers"),
    ("choices", "batteries"),
)
_PLACES: Final = ("fixed", "assets")
_PLACE_KEYS: Final = ("site", "region")


def problems(data: Any) -> list[Problem]:
    """Return what looks like unit positions in a document."""
    found: dict[Keys, Problem] = {}
    _look_into((), data, found)
    return list(found.values())


def _look_into(keys: Keys, value: Any, found: dict[Keys, Problem]) -> None:
    """Look at a value and all inside it, each key once."""
    if isinstance(value, dict):
        inside, kind = value.items(), "place" if keys == _PLACES else "name" if keys in _NAMED else "text"
    elif isinstance(value, list):
        inside, kind = dict(enumerate(value)).items(), "text"
    else:
        _look_at(keys, value, found)
        return
    for key, inner in inside:
        here = (*keys, key)
        if here != ("sources",):
            _keep(here, str(key), kind, found)
            _look_into(here, inner, found)


def _look_at(keys: Keys, value: Any, found: dict[Keys, Problem]) -> None:
    if isinstance(value, str):
        _keep(keys, value, "place" if keys[-1:] != () and keys[-1] in _PLACE_KEYS else "text", found)
    for problem in _fine_coordinate(keys, value):
        found.setdefault(keys, problem)


def _keep(keys: Keys, text: str, kind: str, found: dict[Keys, Problem]) -> None:
    what = likeness(text, kind)
    if what:
        found.setdefault(keys, Problem(keys, f"{text[:60]!r} looks like {what}; {WAY_OUT}"))


@lru_cache(maxsize=20_000)
def likeness(text: str, kind: str = "place") -> str:
    """What a text looks like, "" if like nothing; kept, for a batch reads the same words ten thousand times.

    kind : `place` for the name of a place or what a map says beside it, `name` for that of a system or layer, `text`
    """
    plain = unicodedata.normalize("NFKC", text)
    forms = (plain, plain.replace("_", " "), *([re.sub(r"[-_.:]+", " ", plain)] if kind == "place" else []))
    patterns = (*_ANYWHERE.items(), *(_IN_NAMES.items() if kind != "text" else ()))
    patterns += tuple(_OF_PLACES.items()) if kind == "place" else ()
    return next((what for what, seen in patterns if any(map(seen.search, forms))), "")


def _fine_coordinate(keys: Keys, value: Any) -> Iterable[Problem]:
    if keys[-1:] in (("lat",), ("lon",)) and isinstance(value, float) and value != round(value, MAX_DECIMALS):
        yield Problem(keys, f"{value!r} is finer than {MAX_DECIMALS} decimal places; {WAY_OUT}")
