"""Copy the geographic tables into the package: outlines with short numbers, cities without their districts.

    python scripts/make_geo.py [FOLDER]

FOLDER (default: $VALLUM_SHARED/data/geo) holds ua_oblasts.geojson, region_outlines.geojson (Natural Earth,
public domain) and ua_cities.csv (GeoNames, CC BY 4.0). Notices: src/vallum/data/NOTICE.md.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from pathlib import Path
from typing import Any

OUT = Path(__file__).parents[1] / "src" / "vallum" / "data" / "geo"
OUTLINES = ("ua_oblasts.geojson", "region_outlines.geojson")
CITY_FIELDS = ("geonameid", "name", "lat", "lon", "population", "oblast")
#: Three digits of a degree are about a hundred metres: finer than the outlines themselves.
DIGITS = 3


def shortened(value: Any) -> Any:
    """Round every number of a nested list of coordinates."""
    if isinstance(value, list):
        return [shortened(part) for part in value]
    return round(value, DIGITS) if isinstance(value, float) else value


def copy_outline(source: Path, target: Path) -> None:
    shapes = json.loads(source.read_text(encoding="utf-8"))
    for feature in shapes["features"]:
        feature["geometry"]["coordinates"] = shortened(feature["geometry"]["coordinates"])
    text = json.dumps(shapes, ensure_ascii=False, separators=(",", ":"))
    target.write_text(text + "\n", encoding="utf-8")


def copy_cities(source: Path, target: Path) -> int:
    """Drop districts of larger cities, which would count people twice; largest first."""
    with source.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["possible_district_of"]]
    rows.sort(key=lambda row: (-int(row["population"]), row["name"], row["geonameid"]))
    with target.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, CITY_FIELDS, extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    return len(rows)


def main(folder: Path) -> None:
    for name in OUTLINES:
        copy_outline(folder / name, OUT / name)
    print(f"{copy_cities(folder / 'ua_cities.csv', OUT / 'ua_cities.csv')} cities", file=sys.stderr)


if __name__ == "__main__":
    shared = Path(os.environ.get("VALLUM_SHARED", "../shared"))
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else shared / "data" / "geo")
