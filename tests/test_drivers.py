"""What drives an answer: indices with exact values, sources believed, facts worth knowing, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("SALib", reason="SALib is not installed: pip install 'vallum[questions]'")

import vallum
from vallum import dice, report
from vallum.campaign import Plan
from vallum.cli import main
from vallum.drivers import Sensitivity, effort, facts, ranking
from vallum.errors import RunError
from vallum.evidence import Distribution

pytestmark = pytest.mark.invariant

F64 = ranking.F64
#: Ishigami and Homma's function with a = 7, b = 0.1: first and total shares of the variance.
ISHIGAMI = {"x1": (0.313905, 0.557589), "x2": (0.442411, 0.442411), "x3": (0.0, 0.243684)}


def ishigami(cube: F64) -> F64:
    x = np.pi * (2.0 * cube - 1.0)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


TWO_LAYERS = """
question: What drives the drones that get through two layers?
fixed:
  start: 2025-11-01
  days: 2
  assets: {City: {}}
  classes: {drone: {}}
  systems:
    outer: {kind: soft, success: {drone: outer_share}}
    inner: {kind: soft, success: {drone: inner_share}}
    other: {kind: soft, success: {cruise: idle}}
  raids: {kind: law, size: {drone: {kind: fixed, n: raid}}}
choices:
  batteries: {outer: 1, inner: 1}
uncertain:
  raid: {best: 20000, low: 20000, high: 20001, shape: uniform, assumption: made for this test}
  outer_share: {best: 0.5, low: 0.2, high: 0.8, shape: uniform, assumption: made for this test}
  inner_share:
    shape: switch
    assumption: made for this test
    options:
      low: {best: 0.1, low: 0.0, high: 0.2, shape: uniform}
      high: {best: 0.5, low: 0.4, high: 0.6, shape: uniform}
"""


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> vallum.Scenario:
    path = tmp_path_factory.mktemp("layers") / "layers.yaml"
    text = TWO_LAYERS.replace("    other: {kind: soft, success: {cruise: idle}}\n", "")
    path.write_text(text, encoding="utf-8")
    return vallum.read(path)


@pytest.fixture(scope="module")
def sensed(layers: vallum.Scenario) -> Sensitivity:
    return vallum.sensitivity(layers, points=256, lucks=4, futures=400, seed=5)


# --- exact shares -------------------------------------------------------------------------------------


@pytest.mark.theory
@pytest.mark.parametrize("seed", range(6))
def test_ishigami_within_its_intervals(seed: int) -> None:
    """Theory: first and total shares of the Ishigami function lie within their intervals (Ishigami & Homma 1990)."""
    made = ranking.shares(list(ISHIGAMI), ishigami, 1_024, seed)
    assert [one.name for one in made] == ["x1", "x2", "x3"]
    for one in made:
        first, total = ISHIGAMI[one.name]
        assert abs(one.first - first) <= one.first_error
        assert abs(one.total - total) <= one.total_error
        assert max(one.first_error, one.total_error) < 0.15
    assert sum(one.first for one in made) == pytest.approx(0.756316, abs=0.06)
    assert sum(one.total for one in made) == pytest.approx(1.243684, abs=0.06)


@pytest.mark.theory
def test_screening_finds_the_effects_of_a_line() -> None:
    """Theory: on a line each elementary effect is its slope, wherever it is taken, and nothing else is kept."""
    slopes = np.array([10.0, -3.0, 0.1, 0.0])
    made = {one.name: one for one in ranking.screened(list("abcd"), lambda cube: cube @ slopes, 0)}
    scale = 1.0 - 1.0 / ranking.LEVELS  # the levels are drawn in from the edge of the cube
    for name, slope in zip("abcd", slopes, strict=True):
        assert made[name].effect == pytest.approx(abs(slope) * scale)
        assert made[name].sigma == pytest.approx(0.0, abs=1e-9)
    assert {name for name, one in made.items() if one.kept} == {"a", "b"}


@pytest.mark.theory
def test_shares_of_a_campaign_are_those_of_its_formula(sensed: Sensitivity) -> None:
    """Theory: drones that pass two soft layers are n (1-a) (1-b); their shares follow from the moments of a and b."""
    mean_a, var_a = 0.5, 0.6**2 / 12
    mean_b, var_b = 0.7, 0.2**2 / 12 + 0.2**2
    whole = var_a * var_b + var_a * mean_b**2 + var_b * mean_a**2
    first = {"outer_share": var_a * mean_b**2 / whole, "inner_share": var_b * mean_a**2 / whole}
    total = {name: share + var_a * var_b / whole for name, share in first.items()}
    found = {one.name: one for one in sensed.drivers}
    assert set(found) == set(first)
    for name, one in found.items():
        assert abs(one.first - first[name]) <= 1.5 * one.first_error  # 3 standard errors
        assert abs(one.total - total[name]) <= 1.5 * one.total_error
    assert sensed.noise < 0.01
    assert sensed.label.name == "leakers"


# --- sources and facts --------------------------------------------------------------------------------


def test_a_source_believed_is_the_run_that_believes_it(layers: vallum.Scenario, sensed: Sensitivity) -> None:
    """Invariant: the outcome of each reading is that of the scenario with `believe`, future by future."""
    assert {one.source for one in sensed.beliefs} == {"low", "high"}
    for one in sensed.beliefs:
        believing = layers.replace({"uncertain.inner_share.believe": one.source})
        result = vallum.run(believing, futures=400, seed=5, explain=False)
        assert result.columns[sensed.label].mean() == pytest.approx(one.mean)
        assert one.change == pytest.approx(one.mean - sensed.mean)


def test_claims_make_their_parameter_anew() -> None:
    """Invariant: of a packaged parameter each claim gives its own numbers; one that changes none is left out."""
    made = vallum.sensitivity("winter-2025-26", points=8, lucks=2, futures=60)
    names = {one.name for one in made.beliefs}
    assert {"rounds_a_month", "patriot_radius"} <= names
    assert "pool" not in {one.source for one in made.beliefs}
    changes = [abs(one.change) for one in made.beliefs]
    assert changes == sorted(changes, reverse=True)
    attackers = {row["name"] for row in made.rows() if row["attacker"]}
    assert {"winter_tempo", "drone_decoys"} <= attackers
    assert "p_kill_ballistic" not in attackers
    assert made.choice is not None and made.choice.options == ("as it is", "twenty-systems")


def uniforms(n: int, name: str) -> F64:
    chains = dice.folds(dice.future_chains(11, np.arange(n)), np.uint64(dice.word(name)))
    return np.asarray(dice.uniforms(chains))


@pytest.mark.theory
def test_the_worth_of_a_fact_is_exact() -> None:
    """Theory: the second option is better by u - 0.4; to know u is worth 0.08, less what eight bins lose of it."""
    n = 40_000
    u, idle, luck = (uniforms(n, name) for name in ("u", "idle", "luck"))
    law = Distribution("uniform", 0.5, 0.0, 1.0)
    first = np.zeros(n)
    second = u - 0.4 + 2.0 * (luck - 0.5)
    made = facts.choice(("A", "B"), (first, second), True, {"u": u, "idle": idle}, {"u": law, "idle": law}, {})
    assert (made.chosen, made.told_apart) == ("B", True)
    known = {fact.name: fact for fact in made.facts}
    in_bins = 0.4 * 0.375 - 0.375**2 / 2
    assert abs(known["u"].value - in_bins) < 4 * known["u"].se
    assert known["u"].changes and len(known["u"].turns) == 3
    assert not known["idle"].changes
    assert abs(known["idle"].value) < 4 * max(known["idle"].se, 1e-12)
    assert known["u"].value < made.everything


@pytest.mark.tiny_case
def test_less_is_better_of_leakers() -> None:
    """Tiny case: of an outcome that is better less, the option with less of it is chosen."""
    law = Distribution("uniform", 0.5, 0.0, 1.0)
    values = np.array([0.1, 0.9, 0.4, 0.6])
    made = facts.choice(("A", "B"), (values, values + 1.0), False, {"u": values}, {"u": law}, {})
    assert (made.chosen, made.gain, made.everything) == ("A", 1.0, 0.0)
    assert made.other == "B"


# --- the answer ---------------------------------------------------------------------------------------


def test_the_answer_exports_itself(sensed: Sensitivity, tmp_path: Path) -> None:
    """Invariant: text, figure, CSV and JSON; it carries its Result, and the same request gives the same bytes."""
    assert "What if this source is right?" in str(sensed)
    assert len(sensed.plot().axes) == 2
    assert sensed.to_csv(tmp_path / "d.csv") == (tmp_path / "d.csv").read_text(encoding="utf-8")
    assert sensed.results["as it is"].columns[sensed.label].mean() == sensed.mean
    made = json.loads(report.json_text(sensed))
    assert (made["schema"], made["kind"]) == (1, "sensitivity")
    report.write_sensed(sensed, tmp_path / "s")
    assert len(list((tmp_path / "s").iterdir())) == 6
    page = (tmp_path / "s" / "report.html").read_text(encoding="utf-8")
    assert page == sensed.to_html()
    assert "What if this source is right?" in page and "What drives leakers" in page
    assert "--points 256 --lucks 4" in sensed.command()


def test_same_bytes_for_any_threads(layers: vallum.Scenario) -> None:
    """Invariant: one thread or two give the same JSON."""
    one, two = (
        report.json_text(vallum.sensitivity(layers, points=8, lucks=2, futures=60, threads=threads))
        for threads in (1, 2)
    )
    assert one == two


def test_what_it_takes_is_counted_before(layers: vallum.Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Invariant: the futures that are really fought lie between the least and the most that were told."""
    told = effort(layers, (), 16, 4, 60, 0, None, 1)
    fought: list[int] = []
    worlds = Plan.worlds

    def counted(plan: Plan, seed: int, futures: range, *more: Any) -> Any:
        fought.append(len(futures))
        return worlds(plan, seed, futures, *more)

    monkeypatch.setattr(Plan, "worlds", counted)
    vallum.sensitivity(layers, points=16, lucks=4, futures=60, threads=1)
    assert told.least <= sum(fought) <= told.most
    assert 0 < told.seconds[0] <= told.seconds[1]


def test_what_cannot_be_asked_is_refused(layers: vallum.Scenario) -> None:
    """Invariant: nothing uncertain, no power of two, an unknown outcome, three packages."""
    sure = layers.replace({f"uncertain.{name}": 0.5 for name in ("outer_share", "inner_share")} | {"uncertain.raid": 9})
    even = layers.replace({"fixed.raids.size.drone.n": 50})
    cases: list[tuple[vallum.Scenario, dict[str, Any], str]] = [
        (sure, {}, "nothing is uncertain"),
        (layers, {"points": 100}, "power of two"),
        (layers, {"lucks": 1}, "2 or more"),
        (layers, {"outcome": "leeker", "futures": 20}, "is not an outcome"),
        (even, {"outcome": "launched[drone]", "futures": 20, "points": 8}, "nothing drives it"),
        (layers, {"between": ("a", "b", "c"), "futures": 20, "points": 8, "lucks": 2}, "the choice is between two"),
    ]
    for scenario, more, said in cases:
        with pytest.raises(RunError, match=said):
            vallum.sensitivity(scenario, **more)


def test_the_command(layers: vallum.Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Invariant: --json prints only JSON; a folder that is not ours is left alone."""
    path = str(layers.folder / "layers.yaml")
    asked_for = ["sensitivity", path, "--points", "8", "--lucks", "2", "--futures", "40", "--quiet"]
    with pytest.raises(SystemExit) as done:
        main([*asked_for, "--json", "--out", str(tmp_path / "s")])
    assert not done.value.code
    assert json.loads(capsys.readouterr().out)["kind"] == "sensitivity"
    assert (tmp_path / "s" / "claims.csv").is_file()
    with pytest.raises(SystemExit):
        main([argument for argument in asked_for if argument != "--quiet"])
    said = capsys.readouterr().err
    assert re.search(r"^[\d,]+ to [\d,]+ futures are fought: about .* on this machine\.", said, re.MULTILINE)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    with pytest.raises(SystemExit) as refused:
        main([*asked_for, "--out", str(tmp_path / "mine")])
    assert refused.value.code == 2
