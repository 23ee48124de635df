"""Make the covered-share tables c(N, radius) of rule W5 from the list of cities.

    python scripts/make_coverage.py

Reads src/vallum/data/geo/ua_cities.csv and writes src/vallum/data/coverage/*.csv with the columns
radius_km, n, covered: the share of the listed city population within reach of the first n of nested
sites. A site is any listed city; each next one is that which adds most people (greedy), ties going to
the larger and then the first by name. What the tables mean and leave out: coverage/README.md.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

F64 = npt.NDArray[np.float64]
DATA = Path(__file__).parents[1] / "src" / "vallum" / "data"
#: IUGG mean radius of the earth, km.
EARTH_KM = 6371.0088
RADII = (5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 35, 40, 50, 60, 80, 100)
SITES = 120
#: Occupied or at the front line: no battery is sited there and nobody there is counted as defended.
LEFT_OUT = frozenset({"Crimea", "Sevastopol", "Donetsk", "Luhansk"})
#: In these two oblasts only the centre is counted: most of the rest is occupied or at the front line.
ONLY_CENTRE = {"Zaporizhzhia": "Zaporizhzhya", "Kherson": "Kherson"}
#: People per km2 of built-up city, for the table that gives cities an area (assumption, see README).
DENSITY = 3500.0

City = dict[str, str]


def everywhere(city: City) -> bool:
    return True


def held(city: City) -> bool:
    """True for cities of the part of the country that the defence holds, oblast by oblast."""
    centre = ONLY_CENTRE.get(city["oblast"], city["name"])
    return city["oblast"] not in LEFT_OUT and city["name"] == centre


def distances(cities: list[City]) -> F64:
    """Great-circle distance between each two cities, km (haversine)."""
    lat, lon = (np.radians([float(city[key]) for city in cities]) for key in ("lat", "lon"))
    a = np.sin((lat[:, None] - lat) / 2) ** 2
    a += np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(a, 1.0))))


def nested_shares(within: npt.NDArray[np.bool_], people: F64, part: F64, repeat: bool) -> F64:
    """Share of the people covered by the first 0..SITES sites.

    within : (site, city) reach; people : (city); part : (city) share of a city that one site covers
    repeat : whether a site may be taken again (it adds only where a city is wider than one site's reach)
    """
    left = np.ones(len(people))
    free = np.ones(len(people), bool)
    shares = [0.0]
    for _ in range(SITES):
        gain = within @ (people * np.minimum(part, left))
        chosen = int(np.argmax(np.where(free, gain, -1.0)))
        left = np.maximum(left - part * within[chosen], 0.0)
        free[chosen] = repeat
        shares.append(1.0 - float(people @ left) / float(people.sum()))
    return np.asarray(shares)


def table(cities: list[City], density: float | None) -> F64:
    """Covered share, (radius, n); the running maximum makes it rise in the radius too."""
    people = np.array([float(city["population"]) for city in cities])
    apart = distances(cities)
    rows = []
    for radius in RADII:
        part = np.ones(len(people))
        if density is not None:
            part = np.minimum(np.pi * radius**2 * density / people, 1.0)
        rows.append(nested_shares(apart <= radius, people, part, repeat=density is not None))
    return np.maximum.accumulate(np.maximum.accumulate(np.array(rows), axis=0), axis=1)


def write(path: Path, shares: F64) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("radius_km", "n", "covered"))
        for radius, row in zip(RADII, shares, strict=True):
            rows.writerows((radius, n, f"{max(share, 0.0):.6f}") for n, share in enumerate(row))


def main() -> None:
    with (DATA / "geo" / "ua_cities.csv").open(encoding="utf-8", newline="") as file:
        cities = list(csv.DictReader(file))
    tables: dict[str, tuple[Callable[[City], bool], float | None]] = {
        "ua-cities": (held, None),
        "ua-cities-spread": (held, DENSITY),
        "ua-cities-all": (everywhere, None),
    }
    for name, (keep, density) in tables.items():
        kept = [city for city in cities if keep(city)]
        write(DATA / "coverage" / f"{name}.csv", table(kept, density))
        people = sum(int(city["population"]) for city in kept)
        print(f"{name}: {len(kept)} cities, {people} people", file=sys.stderr)


if __name__ == "__main__":
    main()
