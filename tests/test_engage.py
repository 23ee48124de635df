"""The room `engage`: who stands where, under which name, and what it covers, holds back and sees."""

from __future__ import annotations

from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

import vallum
from vallum import coverage
from vallum.campaign.plan import Plan, prepare
from vallum.engage import Defence
from vallum.report import json_text
from vallum.results import Result
from vallum.scenario.worlds import Worlds

TABLE = "ua-cities-spread"
LAND: dict[str, Any] = {"Land": {"coverage": TABLE}}
CITY: dict[str, Any] = {"City": {"lat": 50.0, "lon": 30.0, "weight": 2}}
REACH: dict[str, Any] = {"radius": {"ballistic": 30}}


def document(assets: dict[str, Any], systems: dict[str, Any], **choices: Any) -> dict[str, Any]:
    return {
        "question": "Who stands where?",
        "fixed": {
            "start": "2025-11-01",
            "days": 10,
            "as_of": "2026-06-01",
            "assets": assets,
            "classes": {"ballistic": {}, "drone": {}},
            "interceptors": {"round": {"kill": {"ballistic": 1.0}}},
            "systems": systems,
            "raids": {"kind": "law", "size": {"ballistic": {"kind": "fixed", "n": 4}}},
        },
        "choices": {"stock": {"round": 1000}, **choices},
    }


def read(folder: Path, made: dict[str, Any], **changes: Any) -> vallum.Scenario:
    path = folder / "engage.yaml"
    YAML(typ="safe").dump(made, path)
    return vallum.read(path).replace({name.replace("__", "."): value for name, value in changes.items()})


def plan_of(folder: Path, made: dict[str, Any]) -> Plan:
    return prepare(read(folder, made))


def covered(plan: Plan, asset: str = "Land") -> list[tuple[float, float]]:
    """The intervals of locations that the batteries cover in future 0, without the empty ones."""
    worlds = plan.worlds(0, range(1))
    problem = plan.problem(worlds, plan.supply.by_line(worlds))
    a = plan.cast.assets.index(asset)
    ends = zip(problem.cover_low[0, :, a, 0].tolist(), problem.cover_high[0, :, a, 0].tolist(), strict=True)
    return [(low, high) for low, high in ends if high > low]


def measure(intervals: list[tuple[float, float]]) -> float:
    """Length of a union of intervals."""
    total, upto = 0.0, 0.0
    for low, high in sorted(intervals):
        total += max(0.0, high - max(low, upto))
        upto = max(upto, high)
    return total


def ran(folder: Path, made: dict[str, Any], futures: int = 20) -> Result:
    return vallum.run(read(folder, made), futures=futures, explain=False)


def leakers(result: Result, threat_class: str = "ballistic", **about: str) -> float | None:
    return result.outcome("leakers", threat_class=threat_class, **about).mean


# --- names (F3) -------------------------------------------------------------------------------------


@pytest.mark.invariant
def test_a_new_post_renames_no_battery_of_another_site(tmp_path: Path) -> None:
    """Invariant: F3, a battery is known by system, site and ordinal there, wherever its post stands in the list."""
    assets = LAND | CITY
    posts: list[dict[str, Any]] = [{"site": "Land", "from": "2025-11-05"}, {"site": "Land"}, {"site": "City", "n": 2}]
    plain = plan_of(tmp_path, document(assets, {"long": REACH}, batteries={"long": posts}))
    assert [one.name for one in plain.defence.batteries] == ["long-Land-2", "long-Land-1", "long-City-1", "long-City-2"]
    more = plan_of(tmp_path, document(assets, {"long": REACH}, batteries={"long": [{"site": "City"}, *posts[::-1]]}))
    starts = [{b.name: b.start for b in plan.defence.batteries} for plan in (plain, more)]
    assert starts[0].items() <= starts[1].items()
    assert set(starts[1]) - set(starts[0]) == {"long-City-3"}
    alone = plan_of(tmp_path, document(CITY, {"long": REACH}, batteries={"long": 2}))
    assert [one.name for one in alone.defence.batteries] == ["long-1", "long-2"]


@pytest.mark.invariant
def test_a_new_post_rolls_no_dice_of_another_site_again(tmp_path: Path) -> None:
    """Invariant: F3, with one battery more listed first, those of other sites are fit on the same days."""
    assets = {name: {"lat": 50.0, "lon": lon} for name, lon in (("East", 36.0), ("West", 24.0))}
    half = {"long": REACH | {"availability": 0.5}}
    posts = [{"site": "West"}], [{"site": "East"}, {"site": "West"}]
    standing = []
    for given in posts:
        book = ran(tmp_path, document(assets, half, batteries={"long": given})).trace(3)
        row = [one.site for one in book.plan.defence.batteries].index("West")
        standing.append(book.tally.standing[0, :, row].tolist())
    assert standing[0] == standing[1]
    assert len(set(standing[0])) == 2


# --- the sites of a country (W5) ----------------------------------------------------------------------


@pytest.mark.tiny_case
def test_the_number_of_a_battery_counts_those_of_its_country_only(tmp_path: Path) -> None:
    """Tiny case: W5, [City, Land] and [Land, City] cover the same: the best site of the country."""
    best = coverage.load(TABLE).shares(1, 30.0)[0].tolist()
    for sites in (["City", "Land"], ["Land", "City"]):
        posts = [{"site": site} for site in sites]
        assert covered(plan_of(tmp_path, document(LAND | CITY, {"long": REACH}, batteries={"long": posts}))) == [
            (best[0], best[1])
        ]
    bare = plan_of(tmp_path, document(LAND | CITY, {"long": REACH}, batteries={"long": 4}))
    two = coverage.load(TABLE).shares(2, 30.0)[0].tolist()
    assert [one.site for one in bare.defence.batteries] == ["City", "Land", "City", "Land"]
    assert covered(bare) == [(0.0, two[1]), (two[1], two[2])]


@pytest.mark.tiny_case
def test_two_systems_share_the_sites_of_a_country(tmp_path: Path) -> None:
    """Tiny case: W5, five and five of one radius cover what ten do, in one layer or in two."""
    ten = covered(plan_of(tmp_path, document(LAND, {"one": REACH}, batteries={"one": 10})))
    both = document(LAND, {"one": REACH, "two": REACH}, batteries={"one": 5, "two": 5})
    assert covered(plan_of(tmp_path, both)) == ten
    both["fixed"]["doctrine"] = {"layers": {"all": ["one", "two"]}}
    plan = plan_of(tmp_path, both)
    assert covered(plan) == ten
    assert list(plan.defence.warnings()) == []


@pytest.mark.invariant
@pytest.mark.parametrize("radii", [(30, 30), (60, 20), (20, 60)])
def test_a_battery_more_never_uncovers_a_country(tmp_path: Path, radii: tuple[int, int]) -> None:
    """Invariant: W5, whichever system it is of and whatever its radius; no location that was covered is lost."""
    systems = {name: {"radius": {"ballistic": km}} for name, km in zip(("one", "two"), radii, strict=True)}

    def grid(one: int, two: int) -> np.ndarray:
        batteries = {"one": one, "two": two}
        intervals = covered(plan_of(tmp_path, document(LAND, systems, batteries=batteries)))
        at = np.linspace(0, 1, 2001)
        return np.any([(low <= at) & (at < high) for low, high in intervals] or [at < 0], axis=0)

    found = {(one, two): grid(one, two) for one, two in product(range(4), repeat=2)}
    for (one, two), here in found.items():
        for more in ((one + 1, two), (one, two + 1)):
            assert more not in found or (found[more] | ~here).all()


@pytest.mark.invariant
def test_different_radii_are_never_counted_twice_and_it_is_said(tmp_path: Path) -> None:
    """Invariant: W5, at least as much as the larger alone or all at the smaller radius, at most both together."""
    systems = {"wide": {"radius": {"ballistic": 80}}, "near": {"radius": {"ballistic": 20}}}
    plan = plan_of(tmp_path, document(LAND, systems, batteries={"near": 6, "wide": 2}))
    table = coverage.load(TABLE)
    wide, near = float(table.shares(2, 80.0)[0, -1]), table.shares(8, 20.0)[0]
    found = measure(covered(plan))
    assert max(wide, float(near[-1])) - 1e-12 <= found <= wide + float(near[6]) + 1e-12
    (said,) = plan.defence.warnings()
    assert "wide" in said and "near" in said and "the least it can be (W5)" in said
    assert said in vallum.run(plan.scenario, futures=5, explain=False).manifest.warnings


@pytest.mark.tiny_case
def test_who_comes_later_takes_the_next_sites(tmp_path: Path) -> None:
    """Tiny case: W5, a post from day 5, listed first, stands behind one of the first day."""
    posts = [{"site": "Land", "from": 5}, {"site": "Land"}]
    two = coverage.load(TABLE).shares(2, 30.0)[0].tolist()
    plan = plan_of(tmp_path, document(LAND, {"long": REACH}, batteries={"long": posts}))
    assert covered(plan) == [(two[1], two[2]), (0.0, two[1])]


@pytest.mark.tiny_case
def test_a_battery_beyond_the_table_is_named(tmp_path: Path) -> None:
    """Tiny case: W5, the table ends; the run says which battery covers nothing."""
    most = coverage.load(TABLE).most
    made = document(LAND, {"long": REACH}, batteries={"long": most + 3})
    (said,) = plan_of(tmp_path, made).defence.warnings()
    assert f"up to {most + 3} batteries" in said and f"battery {most + 1} and all later ones cover nothing" in said
    assert len(covered(plan_of(tmp_path, made))) == most
    assert list(plan_of(tmp_path, document(LAND, {"long": REACH}, batteries={"long": most})).defence.warnings()) == []


# --- who is protected (W1) ----------------------------------------------------------------------------


@pytest.mark.tiny_case
def test_a_population_may_be_a_parameter_or_held_at_one_value(tmp_path: Path) -> None:
    """Tiny case: W1, a cited parameter, an entry held fixed and a plain number weigh what they say."""
    assets = {
        "Named": {"lat": 50.0, "lon": 30.0, "population": {"parameter": "patriot_launchers_per_battery"}},
        "Held": {"lat": 48.0, "lon": 30.0, "weight": "people"},
        "Plain": {"lat": 46.0, "lon": 30.0, "population": 100, "weight": 2},
        "Bare": {"lat": 45.0, "lon": 30.0},
    }
    made = document(assets, {"long": REACH}, batteries={"long": 1})
    made["uncertain"] = {"people": 5}
    plan = plan_of(tmp_path, made)
    launchers = plan.evidence.parameter("patriot_launchers_per_battery").best
    assert launchers not in (1.0, 5.0)
    people = {name: plan.defence.people(name) for name in assets}
    assert people == {"Named": launchers, "Held": 5.0, "Plain": 100.0, "Bare": 1.0}
    weights = {name: plan.defence.heaviness(name) for name in assets}
    assert weights == {"Named": launchers, "Held": 5.0, "Plain": 2.0, "Bare": 1.0}
    worlds = plan.worlds(0, range(1))
    shares = plan.problem(worlds, plan.supply.by_line(worlds)).target_share[0, 0]
    np.testing.assert_allclose(shares, np.array([weights[name] for name in plan.cast.assets]) / (launchers + 8))


# --- layers (E1b), reserves (E6), soft layers (E9) ----------------------------------------------------


@pytest.mark.tiny_case
def test_a_layer_whose_systems_differ_says_what_holds(tmp_path: Path) -> None:
    """Tiny case: E1b, track and shots of a mixed layer; nothing is said where they agree or the layer has its own."""
    systems: dict[str, Any] = {"one": {"track": 0.5}, "two": {}}
    made = document(CITY, systems, batteries={"one": 1, "two": 1})
    made["fixed"]["doctrine"] = {"layers": {"all": ["one", "two"]}, "salvos": {"two": {"ballistic": [2]}}}
    said = read(tmp_path, made).warnings
    assert len(said) == 2
    assert "one, two differ in track against ballistic, which a layer has once: that of one holds for all" in said[0]
    assert "one, two differ in salvos against ballistic, which a layer has once: [2] holds for all" in said[1]
    assert "say fixed.doctrine.salvos.all.ballistic" in said[1]
    plan = plan_of(tmp_path, made)
    assert plan.cast.salvo("all", "ballistic") == (2,)
    made["fixed"]["doctrine"]["salvos"] = {"all": {"ballistic": [2]}}
    systems["two"] = {"track": {"ballistic": {"value": 0.5, "assumption": "said by somebody else"}}}
    assert read(tmp_path, made).warnings == ()


@pytest.mark.tiny_case
def test_a_system_speaks_only_for_what_it_engages(tmp_path: Path) -> None:
    """Tiny case: E1b, one fires at drones only and two at missiles only: each is seen with its own track."""
    systems = {
        "one": {"launchers": 1, "per_launcher": {"flak": 9}, "track": 0.0},
        "two": {"launchers": 1, "per_launcher": {"round": 90}, "track": 1.0},
    }
    made = document(CITY, systems, batteries={"one": 1, "two": 1})
    made["fixed"]["interceptors"]["flak"] = {"kill": {"drone": 1.0}}
    made["fixed"]["doctrine"] = {"layers": {"all": ["one", "two"]}}
    assert read(tmp_path, made).warnings == ()
    assert leakers(ran(tmp_path, made)) == 0.0


@pytest.mark.tiny_case
def test_a_pooled_reserve_is_held_for_each_battery(tmp_path: Path) -> None:
    """Tiny case: E6, four batteries with three rounds each and a reserve of three fire nothing, split or pooled."""
    used = {}
    for magazine, rounds in product(("split", "pooled"), (12, 14)):
        made = document(CITY, {"long": {}}, batteries={"long": 4}, stock={"round": rounds})
        made["fixed"]["doctrine"] = {"magazine": magazine, "reserve": {"long": {"ballistic": 3}}, "split": "even"}
        used[magazine, rounds] = ran(tmp_path, made).outcome("used", interceptor="round").mean
    assert used == {("split", 12): 0.0, ("pooled", 12): 0.0, ("split", 14): 2.0, ("pooled", 14): 2.0}


@pytest.mark.invariant
def test_a_pooled_magazine_stays_an_upper_bound_with_a_reserve(tmp_path: Path) -> None:
    """Invariant: E6 and W5, where futures hold different numbers of batteries the pool never fires less."""
    made = document(CITY, {"long": {}}, batteries={"long": "held"}, stock={"round": 20})
    entry = {"best": 3, "low": 1, "high": 6, "shape": "uniform", "assumption": "a test"}
    made["uncertain"] = {"held": entry}
    made["fixed"]["raids"]["size"]["ballistic"]["n"] = 2
    columns = []
    for magazine in ("split", "pooled"):
        made["fixed"]["doctrine"] = {"magazine": magazine, "reserve": {"long": {"ballistic": 2}}, "split": "even"}
        result = ran(tmp_path, made, futures=60)
        columns.append(result.columns[result.label("used", interceptor="round")])
    assert (columns[1] >= columns[0]).all()
    assert len(set(columns[1].tolist())) > 1


@pytest.mark.tiny_case
@pytest.mark.parametrize("none", [0, [], [{"site": "City", "n": 0}]])
@pytest.mark.parametrize("kind", ["soft", "team"])
def test_a_layer_of_none_stops_nothing(tmp_path: Path, kind: str, none: object) -> None:
    """Tiny case: E9, 0 entries are gone; left out, one stands."""
    systems = {"long": {}, "jam": {"kind": kind, "success": {"ballistic": 1.0}}}
    made = document(CITY, systems, batteries={"long": 0, "jam": none})
    assert leakers(ran(tmp_path, made), reason="uncovered") == 40.0
    del made["choices"]["batteries"]["jam"]
    assert leakers(ran(tmp_path, made)) == 0.0


@pytest.mark.tiny_case
def test_a_layer_of_an_uncertain_number_is_there_where_it_is_not_none(tmp_path: Path) -> None:
    """Tiny case: E9, half of the futures have one jammer and half have none."""
    made = document(CITY, {"jam": {"kind": "soft", "success": {"ballistic": 1.0}}}, batteries={"jam": "number"})
    made["uncertain"] = {"number": {"best": 0.5, "low": 0, "high": 1, "shape": "uniform", "assumption": "a test"}}
    result = ran(tmp_path, made, futures=60)
    stands = result.uncertain["number"] >= 0.5
    leaked = result.columns[result.label("leakers", threat_class="ballistic")]
    np.testing.assert_array_equal(leaked, np.where(stands, 0.0, 40.0))
    assert 0 < stands.sum() < 60


# --- the attacker is not told (R3) --------------------------------------------------------------------


@pytest.mark.tiny_case
def test_shift_does_not_know_who_is_under_repair(tmp_path: Path) -> None:
    """Tiny case: R3, where both cities have a battery nobody moves, fit or not; before it comes they all do."""
    assets = {name: {"lat": 50.0, "lon": lon} for name, lon in (("East", 36.0), ("West", 24.0))}
    east: dict[str, Any] = {"site": "East"}
    made = document(assets, {"long": REACH}, batteries={"long": [east, {"site": "West"}]})
    made["fixed"]["interceptors"]["round"]["kill"]["ballistic"] = 0.0
    made["fixed"]["raids"]["shift"] = 1.0
    fit = at_east(ran(tmp_path, made))
    assert fit.min() > 0 and fit.max() < 40
    made["fixed"]["systems"]["long"] = REACH | {"availability": 0.5}
    np.testing.assert_array_equal(at_east(ran(tmp_path, made)), fit)
    east["from"] = 10
    assert (at_east(ran(tmp_path, made)) >= 36).all()


def at_east(result: Result) -> np.ndarray:
    return result.columns[result.label("real_leakers", threat_class="ballistic", asset="East")]


@pytest.mark.invariant
def test_places_follow_the_start_of_each_future(tmp_path: Path) -> None:
    """Invariant: W5, in each future the batteries that have come cover one stretch from 0, without a gap."""
    posts = [{"site": "Land", "from": "when"}, {"site": "Land", "from": 4}, {"site": "Land"}]
    made = document(LAND, {"long": REACH}, batteries={"long": posts})
    made["uncertain"] = {"when": {"best": 5, "low": 2, "high": 9, "shape": "uniform", "assumption": "a test"}}
    plan = plan_of(tmp_path, made)
    worlds = plan.worlds(0, range(30))
    problem = plan.problem(worlds, plan.supply.by_line(worlds))
    assert len(problem.cover_low) == 30
    for f, day in product(range(30), range(10)):
        come = problem.battery_from[f % len(problem.battery_from)] <= day
        ends = sorted(zip(problem.cover_low[f, come, 0, 0], problem.cover_high[f, come, 0, 0], strict=True))
        assert ends[0][0] == 0.0
        assert all(one[1] == other[0] for one, other in pairwise(ends))


@pytest.mark.invariant
@pytest.mark.parametrize("known", [True, False])
def test_a_defence_that_is_known_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool) -> None:
    """Invariant: blocks share it, each as long as it is; of one that is uncertain each block has its own."""
    sizes: list[int] = []
    arrays = Defence._arrays

    def counted(self: Defence, worlds: Worlds, *more: Any) -> dict[str, Any]:
        sizes.append(len(worlds.futures))
        return arrays(self, worlds, *more)

    monkeypatch.setattr(Defence, "_arrays", counted)
    made = document(CITY, {"long": REACH | {"availability": "fit"}}, batteries={"long": [{"site": "City", "from": 2}]})
    high = 0.6 if known else 0.7
    made["uncertain"] = {"fit": {"best": 0.6, "low": 0.6, "high": high, "shape": "uniform", "assumption": "a test"}}
    scenario = read(tmp_path, made)
    cut = vallum.run(scenario, futures=50, seed=5, block=20, threads=1, explain=False)
    assert sizes == ([20, 10] if known else [20, 20, 10])
    assert json_text(cut) == json_text(vallum.run(scenario, futures=50, seed=5, explain=False))
