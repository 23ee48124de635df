"""Cities of a country that is shipped with its outlines: demand, and candidate sites where the user gives none (Q2)."""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from vallum.engage import EARTH_RADIUS_KM
from vallum.scenario.document import read_file

#: The countries that are shipped, below `data`.
SETTINGS: Final = "basing/theatres.yaml"
#: Degrees of a great circle are cut to what a city needs (the scope): three decimal places.
DECIMALS: Final = 3
#: Turn from one point of a spiral to the next, radians: the golden angle, which fills a disc evenly (Vogel 1979).
GOLDEN_ANGLE: Final = math.pi * (3.0 - math.sqrt(5.0))
#: Kilometres of a degree of latitude.
KM_A_DEGREE: Final = math.radians(EARTH_RADIUS_KM)


@dataclass(frozen=True)
class Place:
    """A point of demand, a candidate site, or both.

    lat, lon : degrees, or coordinates of a plane; people : who is to be protected there, 0 for a bare site
    city     : the city that it is a part of
    """

    name: str
    lat: float
    lon: float
    people: float = 0.0
    region: str = ""
    is_site: bool = True
    city: str = ""


@dataclass(frozen=True)
class Theatre:
    """One country by its shipped data; `made` is its entry in theatres.yaml."""

    name: str
    made: Mapping[str, Any]

    def places(self, table: str) -> tuple[Place, ...]:
        """Return the points of its cities as the coverage table `table` takes them, the largest first."""
        rows = list(csv.DictReader(_text(str(self.made["cities"])).splitlines()))
        kept = [row for row in rows if table in self.made["everywhere"] or self._held(row)]
        often = Counter(row["name"] for row in kept)
        spread = table in self.made["spread"]
        return tuple(place for row in kept for place in self._points(row, often[row["name"]] > 1, spread))

    def _held(self, row: Mapping[str, str]) -> bool:
        """Whether a city lies in the part of the country that the defence holds, oblast by oblast."""
        region = row[self.made["region"]]
        return region not in self.made["left_out"] and row["name"] == self.made["only_centre"].get(region, row["name"])

    def _points(self, row: Mapping[str, str], twice: bool, spread: bool) -> Iterator[Place]:
        region, people = row[self.made["region"]], float(row["population"])
        city = f"{row['name']} ({region})" if twice else row["name"]
        lat, lon = float(row["lat"]), float(row["lon"])
        many = math.ceil(people / self.made["people_a_point"]) if spread else 1
        radius = math.sqrt(people / self.made["density"] / math.pi)
        for k in range(many):
            out = radius * math.sqrt((k + 0.5) / many) / KM_A_DEGREE if many > 1 else 0.0
            north, east = out * math.cos(k * GOLDEN_ANGLE), out * math.sin(k * GOLDEN_ANGLE)
            at = round(lat + north, DECIMALS), round(lon + east / math.cos(math.radians(lat)), DECIMALS)
            name = f"{city}, part {k + 1}" if many > 1 else city
            yield Place(name, *at, people / many, region, True, city)

    def files(self) -> tuple[str, ...]:
        """The files, below `data`, that its places and outlines are from."""
        return (SETTINGS, str(self.made["cities"]), str(self.made["outlines"]))

    def outlines(self) -> dict[str, Any]:
        """The outlines of its regions as GeoJSON, each with a name and a point for its label."""
        found: dict[str, Any] = json.loads(_text(str(self.made["outlines"])))
        return found


def _text(path: str) -> str:
    return (files("vallum") / "data" / path).read_text(encoding="utf-8")


@cache
def theatres() -> tuple[Theatre, ...]:
    """Return every country that is shipped."""
    path = Path(str(files("vallum"))) / "data" / SETTINGS
    return tuple(Theatre(name, made) for name, made in read_file(path, path.name).data.items())


def of_table(table: str) -> Theatre | None:
    """Return the country of a coverage table, None where it is not shipped."""
    return next((theatre for theatre in theatres() if table in theatre.made["tables"]), None)
