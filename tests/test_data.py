"""Packaged tables: coverage (W5), geography, and the tempo of the attacks with its source."""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from vallum import coverage
from vallum.errors import EvidenceError

ROOT = Path(__file__).parents[1]
DATA = ROOT / "src" / "vallum" / "data"
SHARED = Path(os.environ.get("VALLUM_SHARED", ROOT.parent / "shared")) / "data"
TABLES = ("ua-cities", "ua-cities-spread", "ua-cities-all")
CLASSES = ("ballistic", "aeroballistic", "supersonic", "sam_ballistic", "cruise", "guided", "drone")
needs_record = pytest.mark.skipif(
    not (SHARED / "attacks").is_dir(),
    reason="no copy of the attack record: set VALLUM_SHARED to test against it",
)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


# ---------------------------------------------------------------- coverage (W5)


@pytest.mark.parametrize("name", TABLES)
def test_tables_never_fall(name: str) -> None:
    """Invariant (W5): more sites or a larger radius uncover nobody; no site covers nobody."""
    table = coverage.load(name).table
    assert (np.diff(table, axis=0) >= 0).all()
    assert (np.diff(table, axis=1) >= 0).all()
    assert (table[:, 0] == 0).all()
    assert (table <= 1).all()


@settings(max_examples=50, deadline=None)
@given(
    name=st.sampled_from(TABLES),
    n=st.integers(0, 120),
    radii=st.lists(st.floats(0, 300), min_size=2, max_size=6),
)
def test_shares_never_fall_between_the_nodes(name: str, n: int, radii: list[float]) -> None:
    """Invariant (W5): monotone in both directions at any radius."""
    shares = coverage.load(name).shares(n, sorted(radii))
    assert shares.shape == (len(radii), n + 1)
    assert (np.diff(shares, axis=0) >= -1e-15).all()
    assert (np.diff(shares, axis=1) >= 0).all()
    assert ((shares >= 0) & (shares <= 1)).all()


def test_shares_at_and_between_nodes() -> None:
    """Tiny case: node, middle of two nodes, quarter of the smallest, nothing at zero, cap at the top."""
    table = coverage.load("ua-cities")
    found = table.shares(10, [5, 5.5, 2.5, 0, 500])[:, 10]
    five, six, most = (table.table[place, 10] for place in (0, 1, -1))
    np.testing.assert_allclose(found, [five, (five + six) / 2, five / 4, 0, most], rtol=1e-12)


def test_first_site_is_the_largest_city() -> None:
    """Tiny case: at 5 km the first site covers the largest city and what lies within 5 km of it."""
    cities = rows_of(DATA / "geo" / "ua_cities.csv")
    make = script("make_coverage")
    held = [city for city in cities if make.held(city)]
    people = np.array([float(city["population"]) for city in held])
    within = make.distances(held) <= 5
    assert coverage.load("ua-cities").table[0, 1] == pytest.approx((within @ people).max() / people.sum(), abs=1e-6)


def test_distances_are_great_circles() -> None:
    """Theory: a quarter of a meridian, and a known pair of cities (Kyiv to Lviv about 468 km)."""
    make = script("make_coverage")
    places = [{"lat": "0", "lon": "0"}, {"lat": "90", "lon": "0"}]
    assert make.distances(places)[0, 1] == pytest.approx(np.pi / 2 * make.EARTH_KM, rel=1e-12)
    pair = [{"lat": "50.45466", "lon": "30.5238"}, {"lat": "49.83826", "lon": "24.02324"}]
    assert make.distances(pair)[0, 1] == pytest.approx(468, abs=2)


def test_a_spread_city_takes_several_sites() -> None:
    """Invariant: giving cities an area never adds cover, and takes much away at small radii."""
    point, spread = (coverage.load(name).table for name in ("ua-cities", "ua-cities-spread"))
    assert spread[2, 6] < 0.6 * point[2, 6]
    assert spread[-1] == pytest.approx(point[-1], abs=0.02)


def test_coverage_files_are_what_the_script_makes() -> None:
    """Baseline: the shipped table is made anew from the shipped cities (renew: scripts/make_coverage.py)."""
    make = script("make_coverage")
    held = [city for city in rows_of(DATA / "geo" / "ua_cities.csv") if make.held(city)]
    np.testing.assert_allclose(make.table(held, None), coverage.load("ua-cities").table, atol=1e-6)


@pytest.mark.parametrize(("n", "radius", "expected"), [(500, 7, "0 to 120"), (-1, 7, "0 to 120"), (3, -1, "radius")])
def test_coverage_refuses(n: int, radius: float, expected: str) -> None:
    """Tiny case: outside the table is an error that says what is allowed."""
    with pytest.raises(EvidenceError, match=expected):
        coverage.load("ua-cities").shares(n, [radius])


def test_unknown_table_lists_those_there_are() -> None:
    """Tiny case: the message names the tables."""
    with pytest.raises(EvidenceError, match="ua-cities-spread"):
        coverage.load("atlantis")


# ---------------------------------------------------------------- geography


def test_cities_are_counted_once() -> None:
    """Invariant: no district of a larger city, all in the country's frame, largest first."""
    cities = rows_of(DATA / "geo" / "ua_cities.csv")
    assert cities[0]["name"] == "Kyiv"
    assert len({city["geonameid"] for city in cities}) == len(cities)
    assert not {"Obolon", "Saltivka", "Pravyi Bereh"} & {city["name"] for city in cities}
    assert sum(int(city["population"]) >= 100_000 for city in cities) == 43
    assert all(44 < float(city["lat"]) < 53 and 22 < float(city["lon"]) < 41 for city in cities)


def test_outlines_are_there() -> None:
    """Baseline: 27 oblasts with names, and closed rings."""
    shapes = json.loads((DATA / "geo" / "ua_oblasts.geojson").read_text(encoding="utf-8"))["features"]
    assert len(shapes) == 27
    assert all(shape["properties"]["name"] for shape in shapes)
    rings = [ring for shape in shapes for part in polygons(shape["geometry"]) for ring in part]
    assert all(ring[0] == ring[-1] for ring in rings)


def polygons(geometry: dict[str, Any]) -> list[list[list[list[float]]]]:
    parts: list[Any] = geometry["coordinates"]
    return [parts] if geometry["type"] == "Polygon" else parts


# ---------------------------------------------------------------- tempo


def test_monthly_table_has_every_month_and_class() -> None:
    """Baseline: September 2022 to December 2025, seven classes, whole and consistent."""
    rows = rows_of(DATA / "record" / "monthly.csv")
    assert len(rows) == 40 * len(CLASSES)
    assert {row["class"] for row in rows} == set(CLASSES)
    assert {row["month"] for row in rows if row["complete"] == "no"} == {"2025-12"}
    for row in rows:
        assert int(row["destroyed"]) <= int(row["stopped"])
        assert int(row["destroyed"]) <= int(row["launched"])


def test_monthly_sums_agree_with_other_counts() -> None:
    """Cross-check: a news agency counted 6,297 drones and 198 missiles in July 2025."""
    july = {r["class"]: int(r["launched"]) for r in rows_of(DATA / "record" / "monthly.csv") if r["month"] == "2025-07"}
    assert july.pop("drone") == 6297
    assert sum(july.values()) == 198


@needs_record
def test_family_sums_agree_with_the_reference() -> None:
    """Cross-check: parsed sums equal the reference table by month and family, to the unit."""
    make = script("fit_tempo")
    sums = make.family_sums(make.read_reports(SHARED / "attacks"))
    names = ("reports", "launched", "destroyed", "not_reach_goal", "launched_missing", "destroyed_missing")
    reference = [row for row in rows_of(SHARED / "attacks" / "monthly_by_family.csv") if row["scope"] == "national"]
    for row in reference:
        cell = sums.pop((row["month"], row["family"]))
        assert {name: cell.get(name, 0) for name in names} == {name: int(float(row[name])) for name in names}, row
    assert {family for _, family in sums} <= {"uav_other"}


@needs_record
def test_classes_and_left_out_hold_every_launch() -> None:
    """Invariant: splitting mixed families loses and makes no missile, month by month."""
    expected: dict[str, int] = defaultdict(int)
    for row in rows_of(SHARED / "attacks" / "monthly_by_family.csv"):
        if row["scope"] == "national" and row["family"] != "uav_other":
            expected[row["month"]] += int(float(row["launched"]))
    found: dict[str, int] = defaultdict(int)
    for name in ("monthly.csv", "left_out.csv"):
        for row in rows_of(DATA / "record" / name):
            found[row["month"]] += int(row["launched"])
    assert dict(found) == {month: expected[month] for month in found}


@needs_record
def test_nightly_sums_to_monthly() -> None:
    """Invariant: nights, with mixed rows split as they come, sum to the shipped months."""
    make = script("fit_tempo")
    nights = make.nightly(make.read_reports(SHARED / "attacks"), date(2025, 6, 1), date(2025, 6, 30))
    june = {r["class"]: int(r["launched"]) for r in rows_of(DATA / "record" / "monthly.csv") if r["month"] == "2025-06"}
    assert dict(zip(make.CLASSES, nights.sum(axis=0).tolist(), strict=True)) == june


def laws() -> dict[str, Any]:
    windows: dict[str, Any] = YAML(typ="safe", pure=True).load(DATA / "record" / "tempo.yaml")["windows"]
    return windows


def test_law_keeps_the_mean() -> None:
    """Theory: nights drawn from the law have the stated mean, within four standard errors."""
    assert set(laws()) == {"feb_nov_2025", "aug_nov_2025"}
    for window in laws().values():
        for law in (window, window["two_dispersions"]):
            assert tuple(law["classes"]) == CLASSES
            for kind in law["classes"].values():
                fitted = kind["fitted"]
                error = fitted["sd"] / (window["nights"] * 101) ** 0.5
                assert abs(fitted["mean"] - kind["mean_per_night"]) < 4 * error
                assert kind["mean_per_night"] == pytest.approx(kind["observed"]["mean"], rel=1e-3)


def test_mass_nights_earn_their_parameters() -> None:
    """Cross-check: mass nights and a second dispersion each raise the likelihood beyond their number."""
    for window in laws().values():
        one, two = window["log_likelihood"], window["two_dispersions"]["log_likelihood"]
        assert one > window["log_likelihood_without_mass_nights"] + 1 + len(CLASSES)
        assert two > one + len(CLASSES)


def test_monthly_and_law_agree() -> None:
    """Cross-check: the law's mean times its nights is the launches of its months."""
    law = laws()["aug_nov_2025"]
    months = ("2025-08", "2025-09", "2025-10", "2025-11")
    for kind in CLASSES:
        launched = sum(
            int(row["launched"])
            for row in rows_of(DATA / "record" / "monthly.csv")
            if row["class"] == kind and row["month"] in months
        )
        assert law["classes"][kind]["mean_per_night"] * law["nights"] == pytest.approx(launched, rel=1e-3)


def test_sample_nights_are_a_night_table() -> None:
    """Baseline: 181 nights from 1 November 2025, every class each night, whole numbers, made up."""
    rows = rows_of(DATA / "record" / "sample_nights.csv")
    assert list(rows[0]) == ["night", "class", "launched"]
    assert len(rows) == 181 * len(CLASSES)
    assert (rows[0]["night"], rows[-1]["night"]) == ("2025-11-01", "2026-04-30")
    assert all(row["launched"].isdigit() for row in rows)
    assert "made up" in (DATA / "record" / "README.md").read_text(encoding="utf-8")


def test_notices_name_every_folder() -> None:
    """Docs: the notice says where each packaged table comes from."""
    notice = (DATA / "NOTICE.md").read_text(encoding="utf-8")
    for folder in ("evidence", "geo", "coverage", "record"):
        assert f"`{folder}/" in notice
    for name in ("GeoNames", "CC BY 4.0", "Natural Earth", "Ivaniuk", "MIT"):
        assert name in notice
