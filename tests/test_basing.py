"""Where should they stand: textbook instances, proofs, the scope, and plans that are fought (Q2, X6)."""

import hashlib
import itertools
import json
import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import vallum
from vallum import basing, dice, report
from vallum.basing import cover, ground, sited, textbook, theatre
from vallum.cli.app import app
from vallum.errors import RunError, ScenarioError

pytest.importorskip("linopy", reason="placing needs vallum[questions]")
pytest.importorskip("highspy", reason="placing needs vallum[questions]")

#: V5: nine demand points (x, y, weight) and five sites, radius 15.
POINTS = np.array(
    [
        (5, 5, 40), (15, 8, 25), (30, 6, 30), (42, 12, 55), (8, 25, 20), (25, 28, 70), (40, 30, 35), (18, 42, 45),
        (36, 45, 30),
    ],
    float,
)  # fmt: skip
SITES = np.array([(10, 10), (34, 10), (16, 30), (38, 34), (27, 40)], float)
WEIGHT = POINTS[:, 2]
APART = np.hypot(SITES[:, None, 0] - POINTS[None, :, 0], SITES[:, None, 1] - POINTS[None, :, 1])
REACH = APART <= 15
CHAIN = dice.future_chains(11, 0)


def uniforms(name, *shape):
    """Uniforms of named slots, in any shape."""
    slots = np.arange(np.prod(shape), dtype=np.uint64)
    return dice.uniforms(dice.folds(dice.folds(CHAIN, np.uint64(dice.word(name))), slots)).reshape(shape)


def abstract():
    """A small country of cities on a plane, two kinds of systems, one raid a night."""
    cities = {f"C{k}": (x, y, w) for k, (x, y, w) in enumerate(POINTS)}
    assets = "\n".join(f"    {n}: {{lat: {x}, lon: {y}, population: {w}}}" for n, (x, y, w) in cities.items())
    text = f"""
question: Where?
fixed:
  start: 2025-01-01
  days: 10
  assets:
{assets}
  classes: {{ballistic: {{}}}}
  interceptors: {{round_a: {{kill: {{ballistic: 0.6}}}}, round_b: {{kill: {{ballistic: 0.4}}}}}}
  systems:
    near: {{radius: {{ballistic: 15}}, per_launcher: {{round_a: 8}}, launchers: 4, availability: 0.8}}
    far: {{radius: {{ballistic: 22}}, per_launcher: {{round_b: 8}}, launchers: 4, availability: 0.6}}
    jamming: {{kind: soft, success: {{ballistic: 0.1}}}}
  raids: {{kind: law, raids_a_day: {{kind: fixed, n: 1}}, size: {{ballistic: {{kind: poisson, mean: 6}}}}}}
  doctrine: {{metric: planar, salvos: {{near: {{ballistic: [2]}}}}}}
choices:
  batteries: {{near: 1, far: 1}}
  stock: {{round_a: 400, round_b: 400}}
"""
    return text


@pytest.fixture(scope="module")
def country(tmp_path_factory):
    path = tmp_path_factory.mktemp("country") / "country.yaml"
    path.write_text(abstract())
    return vallum.read(path)


@pytest.fixture(scope="module")
def placement(country):
    return vallum.place(country, "near", 3, futures=60)


@pytest.fixture(scope="module")
def live_placement():
    """The national scenario, live: few systems and few futures are enough for what is tested."""
    return vallum.place("winter-2025-26", "patriot", 3, futures=8)


# --- the textbook (V5) ------------------------------------------------------------------------------


@pytest.mark.tiny_case
@pytest.mark.parametrize(("count", "covered"), [(1, 145), (2, 230), (3, 295), (4, 350)])
def test_maximal_covering_of_v5(count, covered):
    """V5: weight covered by the best 1, 2, 3, 4 sites; proven."""
    plan = textbook.maximal_cover(WEIGHT, REACH, count)
    assert plan.value == covered
    assert plan.gap == 0.0


@pytest.mark.tiny_case
def test_fewest_sites_that_cover_all_of_v5():
    """V5: four sites, {0, 1, 2, 3}."""
    sites, proof = textbook.set_cover(REACH)
    assert sites == (0, 1, 2, 3)
    assert proof.optimal


@pytest.mark.tiny_case
def test_expected_covering_of_v5():
    """V5: three systems, each down with probability 0.2: 239.2 at {1, 2, 3}, not at the best sites of sure systems."""
    plan = textbook.expected_cover(WEIGHT, REACH, 3, 0.8)
    assert plan.value == pytest.approx(239.2, abs=1e-9)
    assert list(np.flatnonzero(plan.at["site"])) == [1, 2, 3]
    assert list(np.flatnonzero(textbook.maximal_cover(WEIGHT, REACH, 3).at["site"])) == [0, 1, 4]


@pytest.mark.theory
@pytest.mark.parametrize("count", [1, 2, 3])
def test_median_and_centre_equal_full_enumeration(count):
    """Theory: p-median and p-centre of V5's map against every choice of sites."""
    every = [list(some) for some in itertools.combinations(range(5), count)]
    median = min(float(APART[some].min(axis=0) @ WEIGHT) for some in every)
    centre = min(float(APART[some].min(axis=0).max()) for some in every)
    assert textbook.p_median(WEIGHT, APART, count)[1].value == pytest.approx(median, rel=1e-9)
    assert textbook.p_centre(APART, count)[1].value == pytest.approx(centre, rel=1e-6)


@pytest.mark.tiny_case
def test_a_demand_out_of_reach_cannot_be_covered():
    """A set cover that cannot be is refused in words."""
    with pytest.raises(RunError, match="no such plan"):
        textbook.set_cover(np.zeros((2, 1), bool))


# --- covering with backup ---------------------------------------------------------------------------


@pytest.mark.theory
def test_one_kind_equals_full_enumeration():
    """Theory: small random instances of one kind against every plan; the bound is the value."""
    for case in range(4):
        reach = uniforms(f"reach {case}", 4, 7) < 0.5
        weight, stops = uniforms(f"weight {case}", 7), uniforms(f"stops {case}", 7)
        kind = cover.Kind("a", reach, 3, 0.7, stops)
        plan = cover.best(weight, [kind])
        every = itertools.combinations_with_replacement(range(4), 3)
        most = max(cover.expected(weight, [kind], {"a": np.bincount(some, minlength=4)}) for some in every)
        assert plan.value == pytest.approx(most, rel=1e-9)
        assert plan.gap == 0.0


@pytest.mark.theory
def test_several_kinds_equal_full_enumeration_and_tell_what_the_tangents_left():
    """Theory: two kinds in series against every plan; the first tangents overstate, the last do not."""
    kinds = [
        cover.Kind("a", REACH, 2, 0.8, np.full(9, 0.7)),
        cover.Kind("b", APART <= 22, 2, 0.6, np.full(9, 0.5)),
    ]
    plan = cover.best(WEIGHT, kinds)
    pairs = list(itertools.combinations_with_replacement(range(5), 2))
    most = max(
        cover.expected(WEIGHT, kinds, {"a": np.bincount(a, minlength=5), "b": np.bincount(b, minlength=5)})
        for a, b in itertools.product(pairs, pairs)
    )
    assert plan.value == pytest.approx(most, rel=1e-9)
    assert plan.tangents[0] > 0.0
    assert plan.gap == plan.tangents[-1] == 0.0


def v5(**kinds):
    """V5 as an instance of `vallum covering`, with systems of one's own."""
    demands = [{"x": x, "y": y, "weight": w} for x, y, w in POINTS.tolist()]
    return {"demands": demands, "sites": [{"x": x, "y": y} for x, y in SITES.tolist()], "systems": kinds}


@pytest.mark.tiny_case
def test_v5_by_the_front_door(tmp_path):
    """V5 from Python and from a file: expected cover 239.2 at {1, 2, 3}; all covered by four; sure systems 295."""
    made = vallum.covering(v5(near={"count": 3, "radius": 15, "ready": 0.8}))
    assert made.value == pytest.approx(239.2, abs=1e-9)
    assert (made.gap, made.chosen("near")) == (0.0, (1, 2, 3))
    by_lists = [np.flatnonzero(row).tolist() for row in REACH]
    assert vallum.covering(v5(near={"count": 3, "covers": by_lists, "ready": 0.8})).as_dict() == made.as_dict()
    for count, covered in ((1, 145), (2, 230), (3, 295), (4, 350)):
        assert vallum.covering(v5(near={"count": count, "radius": 15})).value == covered
    fewest = vallum.covering(v5(near={"count": 1, "radius": 15}), model="fewest")
    assert (fewest.value, fewest.chosen("near")) == (4, (0, 1, 2, 3))
    path = tmp_path / "v5.json"
    path.write_text(json.dumps(v5(near={"count": 3, "radius": 15, "ready": 0.8})))
    told = CliRunner().invoke(app, ["covering", str(path)])
    assert told.exit_code == 0
    assert "239.2" in told.output and "1, 2, 3" in told.output and "gap                  0" in told.output
    data = json.loads(CliRunner().invoke(app, ["covering", str(path), "--json"]).output)
    assert (data["objective"], data["sites"], data["gap"], data["proven"]) == (239.2, {"near": [1, 2, 3]}, 0.0, True)


@pytest.mark.theory
@pytest.mark.parametrize("kinds", [1, 2, 3])
def test_random_instances_equal_full_enumeration(kinds):
    """Theory: other sites, radii, readiness, kill and limits of a site, one to three kinds, against every plan."""
    for case in range(5):
        draw = uniforms(f"instance {kinds} {case}", 60)
        demands = [{"x": 50 * a, "y": 50 * b, "weight": round(90 * c)} for a, b, c in draw[:24].reshape(8, 3)]
        sites = [{"x": 50 * a, "y": 50 * b} for a, b in draw[24:32].reshape(4, 2)]
        systems = {
            f"kind {k}": {
                "count": 1 + int(2 * draw[40 + k]), "radius": 8 + 22 * draw[43 + k], "ready": draw[46 + k],
                "stops": 0.5 + 0.5 * draw[49 + k], "per_site": 1 if draw[52 + k] < 0.4 else None,
            }
            for k in range(kinds)
        }  # fmt: skip
        made = vallum.covering({"demands": demands, "sites": sites, "systems": systems})
        most = enumerated(demands, sites, systems)
        assert made.value == pytest.approx(most, rel=1e-9)
        assert made.bound >= made.value and made.gap == 0.0
        assert bool(made.tangents) == (kinds > 1)


def enumerated(demands, sites, systems):
    """The most expected cover over every plan there is: 1 less the product of what passes each kind (Q2, X5)."""
    weight = np.array([one["weight"] for one in demands])
    apart = np.array([[np.hypot(s["x"] - d["x"], s["y"] - d["y"]) for d in demands] for s in sites])
    passes = []
    for one in systems.values():
        every = itertools.combinations if one["per_site"] else itertools.combinations_with_replacement
        covered = [(apart[list(some)] <= one["radius"]).sum(axis=0) for some in every(range(len(sites)), one["count"])]
        passes.append([1 - one["stops"] * (1 - (1 - one["ready"]) ** many) for many in covered])
    return max(float(weight @ (1 - np.prod(some, axis=0))) for some in itertools.product(*passes))


@pytest.mark.tiny_case
def test_a_bad_instance_is_said_all_at_once(tmp_path):
    """File and line of each problem, lat and lon refused with the scope, exit 2; what does not go together too."""
    path = tmp_path / "bad.yaml"
    path.write_text(
        "demands:\n  - {lat: 5, lon: 5}\n  - {x: 1, y: 2, weight: -1}\nsites: []\n"
        "systems:\n  near: {count: 0, radius: 15, readyy: 1}\n"
    )
    with pytest.raises(ScenarioError) as refused:
        vallum.covering(path)
    told = "\n".join(refused.value.problems)
    assert all(place in told for place in ("bad.yaml:2", "bad.yaml:3", "bad.yaml:4", "count", "readyy"))
    assert "real unit positions" in told
    assert CliRunner().invoke(app, ["covering", str(path)]).exit_code != 0
    given = v5(near={"count": 9, "radius": 15, "per_site": 1, "fixed": [0], "forbidden": [0]})
    given["sites"][1]["name"] = "993rd brigade"
    given["sites"][2] = {}
    with pytest.raises(ScenarioError) as refused:
        vallum.covering(given)
    assert len(refused.value.problems) == 4
    with pytest.raises(ScenarioError, match="needs x and y"):
        vallum.covering(
            {"demands": [{}], "sites": [{}], "systems": {"a": {"count": 1, "covers": [[0]]}}}, model="median"
        )
    with pytest.raises(RunError, match="no such plan"):
        vallum.covering(
            {"demands": [{}], "sites": [{}], "systems": {"a": {"count": 1, "covers": [[]]}}}, model="fewest"
        )


@pytest.mark.invariant
def test_fixed_and_forbidden_sites_are_kept():
    """What stands fixed is in every plan, and nothing stands where none may."""
    kind = cover.Kind("a", REACH, 3, 0.8, np.ones(9), {0: 1}, frozenset({1}), most=1)
    for at in (cover.best(WEIGHT, [kind]).at["a"], cover.greedy(WEIGHT, [kind])["a"]):
        assert at[0] == 1
        assert at[1] == 0
        assert at.sum() == 3
        assert at.max() == 1
    with pytest.raises(RunError, match="have room for"):
        cover.best(WEIGHT, [cover.Kind("a", REACH, 9, 0.8, np.ones(9), most=1)])


@pytest.mark.invariant
def test_the_value_of_the_next_system_never_rises_for_sure_cover(placement):
    """The curve rises, and its steps fall: expected cover is worth ever less (one kind, by its best plans)."""
    assert np.all(np.diff(placement.curve) >= -1e-12)
    assert placement.curve[0] == 0.0
    assert placement.curve[-1] == pytest.approx(placement.beside[0].cover)


@pytest.mark.theory
@pytest.mark.parametrize("demands", [700, 5_000])
def test_location_instances_are_proven(demands):
    """20 of 300 sites, 700 points: proven under 10 s. For 5,000 the time limit is 20 s and the gap is told."""
    sites, points = uniforms("sites", 300, 2), uniforms("points", demands, 2)
    weight = np.floor(1 + 99 * uniforms("people", demands))
    reach = np.hypot(*(sites[:, None] - points[None]).transpose(2, 0, 1)) <= 0.06
    started = time.monotonic()
    plan = textbook.maximal_cover(weight, reach, 20, seconds=20.0)
    seconds = time.monotonic() - started
    print(f"20 of 300 x {demands}: {plan.value:g}, at most {plan.bound:g}, gap {plan.gap:.4%}, {seconds:.1f} s")
    assert plan.value == weight @ reach[plan.at["site"] > 0].any(axis=0)
    if demands == 700:
        assert plan.gap == 0.0
        assert plan.proof.seconds < 10.0


# --- a scenario as a covering problem ---------------------------------------------------------------


@pytest.mark.tiny_case
def test_demand_is_what_is_expected_by_place_and_what_stops_it(country):
    """Six a night for ten nights, by people; ready and stopped as the scenario says (E3, E8, W6)."""
    made = ground.ground(country, [ground.Wanted("near", 3), ground.Wanted("far", 2)])
    assert made.weight.sum() == pytest.approx(60.0)
    assert made.weight[5] == pytest.approx(60.0 * 70 / 350)
    near, far = made.kinds
    assert [near.ready, far.ready] == pytest.approx([0.8, 0.6])
    assert near.stops == pytest.approx(1 - 0.4**2)
    assert far.stops == pytest.approx(0.4)
    assert np.array_equal(
        near.reach.sum(axis=1),
        (np.hypot(*(POINTS[:, None, :2] - POINTS[None, :, :2]).transpose(2, 0, 1)) <= 15).sum(axis=1),
    )


@pytest.mark.invariant
def test_plans_are_fought_with_the_same_dice(placement):
    """The best plan and the simpler ones meet the same raids; a difference is paired, and cover orders the extremes."""
    launched = [one.result.columns[one.result.named("launched")] for one in placement.beside]
    assert all(np.array_equal(launched[0], other) for other in launched)
    by_name = {one.name: one for one in placement.beside}
    assert by_name["best cover"].cover == max(one.cover for one in placement.beside)
    assert by_name["best cover"].cover > by_name["largest city only"].cover
    told = {change.label.name: change for change in by_name["largest city only"].differences}
    assert told["leakers"].mean > 0.0
    assert told["leakers"].told_apart


@pytest.mark.cross_check
def test_cover_and_simulation_agree_where_rounds_are_ample(country):
    """Cross-check: with ample rounds and no soft layer the share stopped is the expected cover (E1b: once a layer)."""
    ample = country.replace(
        {"choices.stock": {"round_a": 100_000, "round_b": 0}, "fixed.systems.near.launchers": 1_000,
         "fixed.systems.near.repair": {"mean": 1}, "fixed.systems.jamming.success": {"ballistic": 0}}
    )  # fmt: skip
    made = vallum.place(ample, "near", 4, futures=400, seed=3)
    best = made.beside[0]
    share = best.result.outcome("stopped_share", threat_class="ballistic")
    assert share.mean is not None and share.se_mean is not None
    assert abs(share.mean - best.cover) < 4 * share.se_mean


@pytest.mark.invariant
def test_other_batteries_and_mixed_systems_stand(country):
    """Two kinds at once; with a bare site of the user's own."""
    made = ground.ground(
        country, [ground.Wanted("near", 2), ground.Wanted("far", 1)], fixed=["far@C8"], forbidden=["C5"]
    )
    plan = cover.best(made.weight, made.kinds)
    stood = sited.sited(made, plan.at)
    posts = stood.document["choices"]["batteries"]
    assert sum(post["n"] for post in posts["near"]) == 2
    assert {"site": "C8", "n": 1} in posts["far"]
    assert not any(post["site"] == "C5" for system in ("near", "far") for post in posts[system])


# --- the scope --------------------------------------------------------------------------------------


@pytest.mark.invariant
def test_the_data_that_places_are_from_are_hashed(live_placement, country, tmp_path):
    """Provenance: cities, outlines, the country's settings and its coverage table, in the answer and in each run."""
    wanted = {"basing/theatres.yaml", "geo/ua_cities.csv", "geo/ua_oblasts.geojson", "evidence/claims.csv"}
    data = Path(vallum.__file__).parent / "data"
    for hashes in (
        live_placement.as_dict()["snapshots"],
        *(r.manifest.snapshots for r in live_placement.results.values()),
    ):
        assert wanted < set(hashes)
        assert any(name.startswith("coverage/") for name in hashes)
        assert all(hashes[name] == hashlib.sha256((data / name).read_bytes()).hexdigest() for name in wanted)
    notice = (data / "NOTICE.md").read_text()
    assert "`basing/theatres.yaml`" in notice
    sites = tmp_path / "mine.csv"
    sites.write_text("name,lat,lon\nS,10,10\n")
    own = vallum.place(country, "near", 1, sites=sites, futures=2).as_dict()["snapshots"]
    assert own["sites mine.csv"] == hashlib.sha256(sites.read_bytes()).hexdigest()


@pytest.mark.invariant
def test_a_live_theatre_tells_no_city(live_placement):
    """The scope: of a live theatre sites are told by region and size class only, in text, JSON, CSV, page and runs."""
    cities = {place.city for place in live_placement.ground.places} - {
        place.region for place in live_placement.ground.places
    }
    chosen = {live_placement.ground.places[k].city for k in live_placement.ground.sites} & cities
    told = [
        report.placed(live_placement), report.json_text(live_placement), live_placement.to_csv(),
        json.dumps([one.result.as_dict() for one in live_placement.beside]),
        report.svg(live_placement.plot()),
    ]  # fmt: skip
    # a few towns are named like an oblast's adjective; whole words only
    named = [
        city
        for city in chosen
        for text in told
        if f'"{city}"' in text or f" {city}," in text or f"{city}, part" in text
    ]
    assert not named
    assert live_placement.sites == ()
    assert sum(row.systems[basing.BEST]["patriot"] for row in live_placement.regions) == 3
    assert sum(row.systems[basing.BEST]["patriot"] for row in live_placement.sizes) == 3
    assert all(basing.ASSUMED[1:] in text for text in (told[0], told[1], told[-1]))


@pytest.mark.invariant
@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("993rd brigade,50.1,30.2,", "military unit"),
        ("A,50.12345,30.2,", "decimal places"),
        ("36UUA 1234 5678,50.1,30.2,", "MGRS"),
        ("SFGPUCDM--------,50.1,30.2,", "military symbol"),
        ("A,50.1,30.2,925th separate battalion", "military unit"),
    ],
)
def test_what_looks_like_real_positions_is_refused(tmp_path, row, why):
    """The scope: unit names, symbol codes, grid references and fine coordinates, with the line and the way out."""
    path = tmp_path / "sites.csv"
    path.write_text(f"name,lat,lon,region\n{row}\n")
    with pytest.raises(ScenarioError, match=why) as refused:
        basing.read_sites(path)
    assert "sites.csv:2" in str(refused.value)
    assert "hypothetical sites" in str(refused.value)


@pytest.mark.invariant
def test_a_map_of_military_symbols_is_refused(tmp_path):
    """The scope: a GeoJSON with the properties of a map of units, whatever they hold."""
    point = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [30.1, 50.2]}}
    path = tmp_path / "sites.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [point | {"properties": {"name": "x", "echelon": "F"}}]})
    )
    with pytest.raises(ScenarioError, match="map of military units"):
        basing.read_sites(path)


@pytest.mark.tiny_case
def test_sites_of_the_users_own_are_read_and_used(tmp_path, country):
    """Candidate sites from CSV and GeoJSON; a bad file says all that is wrong."""
    path = tmp_path / "sites.csv"
    path.write_text("name,lat,lon\n" + "\n".join(f"S{k},{x:g},{y:g}" for k, (x, y) in enumerate(SITES)))
    made = vallum.place(country, "near", 3, sites=path, futures=20)
    assert {row.name for row in made.sites} <= {f"S{k}" for k in range(5)}
    assert made.ground.kinds[0].reach.shape == (5, 9)
    path.write_text("name,lat,lon\n,x,200\nA,1,2\nA,1,2\n")
    with pytest.raises(ScenarioError) as refused:
        basing.read_sites(path)
    assert len(refused.value.problems) == 4
    path.write_text("place,lat,lon\n")
    with pytest.raises(ScenarioError, match="has no column name"):
        basing.read_sites(path)


#: Phrasings of real units, posts, equipment and positions; none of them names anything that exists.
REAL = (
    "993rd brigade", "995 ODShBr", "995 \u041e\u0414\u0428\u0411\u0440", "9th Bn 999th ADA", "Bravo Battery 5-7",
    "938 \u0417\u0420\u0411\u0440", "A-0000", "military unit 99999", "unit 7", "36U UA 12345 67890", "36uua12345678",
    "36UUA", "36U-UA-1234-5678", "SFGPUCD---", "130310001412110000", "10031000001301000000", "PAC-3 launcher 2",
    "TEL 4", "Patriot battery 3", "AN/MPQ-99", "command post", "firing position 4", "lat 50.45012 lon 30.52345",
    "50.45012", "50,45012", "50°27'N 30°31'E", "50 27 01 N 30 31 24 E", "8CGRC9XQ+2V", "callsign Falcon",
    "\u043f\u043e\u0437\u0438\u0432\u043d\u0438\u0439 \u0421\u043e\u043a\u0456\u043b",
    "\u0437\u0435\u043d\u0438\u0442\u043d\u044b\u0439 \u043f\u043e\u043b\u043a", "\u0437\u0440\u0434\u043d",
    "HQ 92nd Corps", "UTM 36N 318000 5590000", "grid 3456 7890", "///filled.count.soap", "\uff13\uff16U UA 1234 5678",
    "radar station",
)  # fmt: skip
#: What anonymous and hypothetical sites are called.
OURS = (
    "Site A", "S1", "North", "Kyiv", "Point 12", "candidate 7", "Lviv west", "site_003", "Zone 36", "A12", "Tel Aviv",
    "Kherson, part 3", "Corpus Christi", "Battery Park", "Unity", "Grid A", "Post 4", "Camp", "100", "Brig",
)  # fmt: skip


@pytest.mark.invariant
def test_many_phrasings_of_real_positions_are_refused_and_anonymous_sites_are_not(tmp_path):
    """The scope: as a name, as a remark, as a property of GeoJSON, and as an asset of a scenario."""
    path = tmp_path / "sites.csv"
    for text in REAL:
        for row in (f'"{text}",50.1,30.2,', f'A,50.1,30.2,"{text}"', f'A,50.1,30.2,,"{text}"'):
            path.write_text(f"name,lat,lon,remark\n{row}\n", encoding="utf-8")
            with pytest.raises(ScenarioError, match="looks like"):
                basing.read_sites(path)
    point = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [30.1, 50.2]}}
    for text in REAL:
        for about in ({"id": text, "properties": {"name": "A"}}, {"properties": {"name": "A", "more": {"note": text}}}):
            path.write_text(json.dumps({"features": [point | about]}), encoding="utf-8")
            with pytest.raises(ScenarioError, match="looks like"):
                basing.read_sites(path)
    path.write_text("name,lat,lon\n" + "\n".join(f'"{name}",50.1,30.2' for name in OURS))
    assert [place.name for place in basing.read_sites(path)] == list(OURS)


@pytest.mark.invariant
@pytest.mark.parametrize(
    "key", ["SIDC", "Symbol Code", "symbol-set", "MGRS", "unit_name", "Higher Formation", "azimuth"]
)
def test_columns_of_a_map_of_units_are_refused(tmp_path, key):
    """The scope: however the column is written, and whatever it holds."""
    path = tmp_path / "sites.csv"
    path.write_text(f"name,lat,lon,{key}\nA,50.1,30.2,x\n")
    with pytest.raises(ScenarioError, match="map of military units"):
        basing.read_sites(path)


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("name;lat;lon\nA;1;2\n", ["parted by commas"]),
        ("name,lat\nA,1\n", ["no column lon"]),
        ("name,lat,lon,lat\nA,1,2,1\n", ["the column lat twice"]),
        ("name,lat,lon\nA,1\n", ["sites:2: has no lon"]),
        ("name,lat,lon\nA,1,\u221e\nB,nan,1e999\n", ["2: lon is", "3: lat is", "3: lon is"]),
        ("name,lat,lon\n", ["holds no site"]),
        ('name,lat,lon\n"A,1,2\n' + "x" * 200_000, ["is no CSV"]),
        ("", ["no column name, lat, lon"]),
        ('{"type": "FeatureCollection", "features": [', ["is no JSON: line 1"]),
        ("[" * 100_000, ["is nested too deeply"]),
        ("[1, 2]", ["no GeoJSON collection"]),
        ('{"features": 3}', ["no GeoJSON collection"]),
        (
            '{"features": [7, {"geometry": {"type": "Point", "coordinates": 5}}, {"geometry": {"type": "Polygon"}}]}',
            ["feature 1: has no geometry", "feature 2: has no coordinates", "feature 3: is no point but Polygon"],
        ),
        (
            '{"features": [{"geometry": {"type": "Point", "coordinates": ["a", true]}, "properties": []}]}',
            ["feature 1: has no name", "lat is True", "lon is 'a'"],
        ),
    ],
)
def test_malformed_sites_are_said_all_at_once(tmp_path, text, problems):
    """No traceback: file, line or feature, and what is wrong, for each problem."""
    path = tmp_path / "sites"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        basing.read_sites(path)
    assert len(refused.value.problems) == len(problems)
    assert all(why in told for why, told in zip(problems, refused.value.problems, strict=True))


@pytest.mark.tiny_case
def test_all_that_cannot_be_placed_is_said_at_once(country, tmp_path):
    """Unknown system and sites, a bad file, a count of none; fixed where forbidden, and more than there is room for."""
    path = tmp_path / "sites.csv"
    path.write_text("name,lat\n")
    with pytest.raises(ScenarioError) as refused:
        vallum.place(country, "nearr", 0, sites=path)
    assert len(refused.value.problems) == 3
    with pytest.raises(ScenarioError) as refused:
        vallum.place(country, ["near", "far"], [2, 99], fixed=["C1", "C99", "zap@C2"], forbid=["C1", "C77"], per_site=1)
    told = "\n".join(refused.value.problems)
    assert "C1: a near is both fixed and forbidden" in told
    assert "8 open sites with at most 1 each have room for 8" in told
    assert all(word in told for word in ("--fixed C99", "--fixed zap@C2", "--forbid C77"))
    with pytest.raises(ScenarioError, match="leaves no site open"):
        vallum.place(country, "near", 1, forbid=[f"C{k}" for k in range(9)])


@pytest.mark.invariant
@pytest.mark.parametrize("name", ["ballistic", "fixed.raids.size.ballistic", "choices.tempo"])
def test_the_attack_is_not_placed(country, name):
    """The scope: threat fields are refused as variables, and it is said why."""
    with pytest.raises(ScenarioError, match="belongs to the attacker"):
        vallum.place(country, name, 3)


@pytest.mark.tiny_case
def test_impossible_requests_are_said(country):
    """Unknown systems and sites, layers without site, counts that do not fit."""
    with pytest.raises(ScenarioError, match="did you mean near"):
        vallum.place(country, "nearr", 3)
    with pytest.raises(ScenarioError, match="without magazine"):
        vallum.place(country, "jamming", 3)
    with pytest.raises(ScenarioError, match="no candidate site"):
        vallum.place(country, "near", 3, forbid=["C99"])
    with pytest.raises(ScenarioError, match="each --system its --count"):
        vallum.place(country, ["near", "far"], 3)
    with pytest.raises(ScenarioError, match="1 or more"):
        vallum.place(country, "near", 0)


@pytest.mark.tiny_case
def test_a_large_city_is_cut_into_equal_points():
    """A table that takes a city as a disc: its points share its people, lie in it, and are coarse."""
    made = theatre.of_table("ua-cities-spread")
    assert made is not None
    kyiv = [place for place in made.places("ua-cities-spread") if place.city == "Kyiv"]
    assert len(kyiv) == 10
    assert sum(place.people for place in kyiv) == pytest.approx(2_952_301)
    assert all(place.lat == round(place.lat, 3) for place in kyiv)
    assert len({place.name for place in made.places("ua-cities")}) == len(made.places("ua-cities"))


# --- the answer -------------------------------------------------------------------------------------


@pytest.mark.invariant
def test_an_answer_prints_plots_and_exports_itself(placement, tmp_path):
    """Text, figure, CSV and JSON; the folder whole; the page loads nothing."""
    assert str(placement) == report.placed(placement)
    assert "proven to be the best" in str(placement)
    assert f"expected to cover {placement.plan.value:.6g} of 60 threats" in " ".join(str(placement).split())
    assert placement.to_csv(tmp_path / "place.csv") == (tmp_path / "place.csv").read_text()
    made = json.loads(report.json_text(placement))
    assert (made["schema"], made["kind"]) == (1, "place")
    assert made["proof"]["gap"] == 0.0
    assert made["reproduce"].startswith("vallum place country --system near --count 3")
    folder = report.write_placed(placement, tmp_path / "out")
    assert {path.name for path in folder.iterdir()} == {
        "report.html", "place.txt", "place.csv", "place-map.svg", "place-curve.svg", "place.json",
    }  # fmt: skip
    page = (folder / "report.html").read_text()
    assert 'src="http' not in page
    assert "<script" not in page
    (folder / "mine.txt").write_text("x")
    with pytest.raises(RunError, match="does not write"):
        report.write_placed(placement, folder)


@pytest.mark.invariant
def test_the_same_question_gives_the_same_bytes(country, placement):
    """Same inputs and seed, other threads and blocks: the same JSON."""
    again = vallum.place(country, "near", 3, futures=60, threads=1, block=7)
    assert report.json_text(again) == report.json_text(placement)


@pytest.mark.docs
def test_the_page_on_place_names_the_command():
    """Docs: the question has a page with the command."""
    text = (Path(__file__).parents[1] / "docs" / "questions" / "place.md").read_text()
    assert "vallum place winter-2025-26 --system patriot --count 20" in text


@pytest.mark.docs
def test_the_examples_of_the_page_on_place_run(tmp_path, monkeypatch):
    """Docs: the blocks of Python and the instance run as they stand, with few systems and futures."""
    monkeypatch.chdir(tmp_path)
    page = (Path(__file__).parents[1] / "docs" / "questions" / "place.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    names = {"vallum": vallum}
    exec(blocks[0], names)
    made: Any = names["made"]
    assert (made.value, made.chosen("near"), made.gap) == (4.0, (0, 1), 0.0)
    assert "made.value  # 4.0" in blocks[0]
    exec(blocks[1].replace('"patriot", 20, futures=500', '"patriot", 2, futures=4'), names)
    assert (tmp_path / "place.csv").is_file()
    (tmp_path / "instance.yaml").write_text(re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[0])
    assert vallum.covering("instance.yaml").gap == 0.0
