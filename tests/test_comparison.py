"""Which package holds up: input diffs, paired differences, parts that sum, break-evens, criteria, discovery (Q3)."""

import json
import pkgutil
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import vallum
from vallum import campaign, dice, report
from vallum.comparison import (
    NO_CHANGE,
    SAME,
    WORSE,
    attribution,
    breakeven,
    criteria,
    discovery,
    inputs,
    verdict,
)
from vallum.comparison import answer as answers
from vallum.errors import RunError, ScenarioError
from vallum.results import Label, difference, standards

pytest.importorskip("ema_workbench", reason="scenario discovery needs vallum[questions]")

CHAIN = dice.future_chains(5, 0)
BASE = """
question: How long do they last?
fixed:
  start: 2025-01-01
  days: 60
  assets: {City: {population: 1000}}
  classes: {ballistic: {}}
  interceptors: {round: {kill: {ballistic: p_kill}, unit_cost: 4}}
  systems: {battery: {track: {ballistic: seen}, availability: fit, unit_cost: 400}}
  raids: {kind: law, raids_a_day: {kind: bernoulli, p: 0.5}, size: {ballistic: {kind: poisson, mean: 4}}}
  doctrine: {salvos: {battery: {ballistic: [2]}}}
uncertain:
  p_kill: {best: 0.6, low: 0.4, high: 0.8, shape: triangular, assumption: made up}
  seen: {best: 0.7, low: 0.6, high: 0.8, shape: triangular, unit: share, assumption: made up}
  fit: {best: 0.8, low: 0.7, high: 0.9, shape: triangular, unit: share, assumption: made up}
  first: {best: 60, low: 20, high: 100, shape: uniform, assumption: made up}
choices:
  batteries: {battery: 1}
  stock: {round: first}
  supply: {stream: {kind: stream, interceptor: round, donor: North, per_month: 30}}
not_modelled: ["everything on the ground"]
"""
PACKAGES = {
    # a sourced part, two parts without a source, and a line with an uncertain number of its own
    "backstop": """
title: A backstop
choices: {supply: {extra: {kind: stream, interceptor: round, donor: South, per_month: extra_rounds}}}
uncertain:
  extra_rounds: {best: 40, low: 30, high: 50, shape: triangular, claims: [F214]}
  seen: {best: 0.8, low: 0.7, high: 0.9, shape: triangular, unit: share, assumption: no source gives an effect}
  fit: {best: 0.801, low: 0.701, high: 0.901, shape: triangular, unit: share, assumption: no source gives an effect}
not_modelled: ["troops", "monitoring"]
""",
    "late": """
title: Too late
choices:
  supply:
    late: {kind: licence, interceptor: round, donor: South, signed: 2025-01-01, lag: {months: 24},
           ramp: {start: 60, per: year, target: 90, over: {months: 12}}}
""",
    "pause": """
title: A pause
choices: {pauses: {stop: {from: 1, days: 59, effect: lost, donor: North}}}
""",
}


def uniforms(name, n):
    """n uniforms of a named slot."""
    return dice.uniforms(dice.folds(dice.folds(CHAIN, np.uint64(dice.word(name))), np.arange(n, dtype=np.uint64)))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("compare")
    (made / "base.yaml").write_text(BASE)
    for name, text in PACKAGES.items():
        (made / f"{name}.yaml").write_text(text)
    return made


@pytest.fixture(scope="module")
def base(folder):
    return vallum.read(folder / "base.yaml")


@pytest.fixture(scope="module")
def made(folder, base):
    packages = [folder / f"{name}.yaml" for name in PACKAGES]
    # one standard: looking for conditions is most of the time
    return vallum.compare(base, *packages, futures=300, standard="leakers <= 60")


# --- input diff -------------------------------------------------------------------------------------


@pytest.mark.tiny_case
def test_the_input_diff_holds_exactly_the_changed_values():
    """Twenty systems: the number held, its source, and the uncertain number that it replaces; nothing else."""
    winter = vallum.read("winter-2025-26")
    other = winter.with_packages("twenty-systems")
    before, after = (campaign.prepare(one).laws for one in (winter, other))
    found = inputs.changes(winter, other, before, after)
    assert [(one.path, one.old, one.new) for one in found] == [
        ("choices.batteries.patriot", "patriot_systems", {"value": 20, "claims": ["F003"]}),
        ("uncertain.patriot_systems", {"parameter": "patriot_systems_winter_2025_26"}, None),
    ]
    assert found[1].was == (10.0, 9.0, 11.0)
    assert found[1].becomes is None


@pytest.mark.invariant
@pytest.mark.parametrize("package", [name for name, one in vallum.packaged().items() if one["kind"] == "package"])
def test_changes_laid_over_the_base_give_the_package(package):
    """All parts of a package together are the package, for every one that is shipped: the diff leaves nothing out."""
    winter = vallum.read("winter-2025-26")
    other = winter.with_packages(package)
    parts = inputs.parts(winter, other, {}, {})
    changes = {path: value for part in parts for path, value in part.changes.items()}
    again = winter.replace(changes)
    drawers = ("fixed", "uncertain", "choices")
    assert {name: again.document[name] for name in drawers} == {name: other.document[name] for name in drawers}


@pytest.mark.tiny_case
def test_what_refers_to_each_other_is_one_part(made):
    """A line and its uncertain number are one part; each number that gets another range is a part of its own."""
    parts = {part.name: part for part in made.options[0].parts}
    assert set(parts) == {"choices.supply.extra", "uncertain.seen", "uncertain.fit"}
    assert set(parts["choices.supply.extra"].changes) == {"choices.supply.extra", "uncertain.extra_rounds"}
    assert parts["choices.supply.extra"].sourced
    assert not parts["uncertain.seen"].sourced


# --- differences ------------------------------------------------------------------------------------


@pytest.mark.cross_check
def test_paired_differences_spread_far_less_than_unpaired_ones():
    """F3: on pause-30-days the paired difference of leakers[ballistic] and used has at least 5 times less variance."""
    winter = vallum.read("winter-2025-26")
    one, other = (
        vallum.run(scenario, futures=300, explain=False) for scenario in (winter, winter.with_packages("pause-30-days"))
    )
    for name in ("leakers[ballistic]", "used[patriot_round]"):
        before, after = (result.columns[result.named(name)] for result in (one, other))
        gain = (before.var() + after.var()) / (after - before).var()
        print(f"{name}: {gain:.0f} times")
        assert gain >= 5.0


@pytest.mark.invariant
def test_every_outcome_has_a_paired_difference_with_a_band(made):
    """All shared outcomes are compared; a package that comes too late changes nothing and is not called better."""
    backstop, late, pause = made.options
    assert {one.label for one in late.differences} == set(made.base.columns)
    assert all(verdict(one) == NO_CHANGE for one in late.differences if one.label.name != "arrived" and one.n)
    assert verdict(pause.difference(made.label)) == WORSE
    change = backstop.difference(made.label)
    columns = [result.columns[made.label] for result in (made.base, backstop.result)]
    assert change.mean == pytest.approx(float((columns[1] - columns[0]).mean()))
    assert change.p5 <= change.p95


@pytest.mark.tiny_case
def test_a_difference_within_its_error_cannot_be_told_apart():
    """Two standard errors: a mean of noise is no effect; neither is a neutral outcome good or bad."""
    label = Label("leakers", "threats", threat_class="ballistic")
    noise = difference("x", label, np.zeros(4), np.array([1.0, -1.0, 1.0, -1.0]), {})
    assert verdict(noise) == SAME
    more = difference(
        "x", Label("used", "interceptors", interceptor="round"), np.zeros(3), np.array([1.0, 1.0, 2.0]), {}
    )
    assert verdict(more) == answers.MORE
    comes = difference("x", Label("first_empty_battery", "midnight", may_be_never=True), np.zeros(3), np.ones(3), {})
    assert verdict(comes) == WORSE


# --- attribution ------------------------------------------------------------------------------------


@pytest.mark.invariant
def test_shares_of_an_effect_sum_to_the_whole_exactly(made):
    """Q3: in exact arithmetic, for every row of the score card and every package."""
    for option in made.options:
        assert option.attributions
        for one in option.attributions:
            assert sum((share.exact for share in one.shares), Fraction()) == one.whole
            change = option.difference(one.label)
            if one.n == change.n:
                assert float(one.whole) == pytest.approx(change.mean, abs=1e-9)


@pytest.mark.tiny_case
def test_shapley_shares_by_hand():
    """Two parts worth 1 and 2 alone and 7 together share the 4 of their meeting: 3 and 4. Many parts: in order."""
    label = Label("leakers", "threats")
    worth = {frozenset(): 0.0, frozenset({0}): 1.0, frozenset({1}): 2.0, frozenset({0, 1}): 7.0}
    one = attribution.attributed(label, ("a", "b"), lambda some: np.full(3, worth[some]))
    assert one is not None
    assert [share.mean for share in one.shares] == [3.0, 4.0]
    many = tuple("abcdefg")
    one = attribution.attributed(label, many, lambda some: np.full(2, float(len(some)) ** 2))
    assert one is not None
    assert one.method == "in order"
    assert [share.mean for share in one.shares] == [1.0, 3.0, 5.0, 7.0, 9.0, 11.0, 13.0]


# --- break-even -------------------------------------------------------------------------------------


@pytest.mark.theory
def test_break_even_finds_a_known_crossing():
    """Theory: an effect of -10 for each step of the package reaches -7 after 0.7 steps; beyond its end none does."""
    move = breakeven.Move("seen", "seen", "share", "triangular", (0.7, 0.6, 0.8), (0.8, 0.7, 0.9))
    noise = uniforms("noise", 400) - 0.5
    found = breakeven.break_even(move, -7.0, "a goal", lambda times: -10.0 * times + noise, -1.0)
    assert found.times == pytest.approx(0.7, abs=move.farthest / 2**breakeven.HALVINGS)
    assert found.low <= 0.7 <= found.high
    assert found.needed is not None and found.times is not None
    assert found.needed[0] == pytest.approx(0.7 + 0.1 * found.times)
    assert move.at(move.farthest) == (1.0, 1.0, 1.0)
    far = breakeven.break_even(move, -99.0, "a goal", lambda times: -10.0 * times + noise, -1.0)
    assert far.times is None
    assert far.ceiling[0] == pytest.approx(-10.0 * move.farthest, abs=0.1)


@pytest.mark.invariant
def test_effects_without_a_source_get_a_break_even_and_the_rest_none(made):
    """Q3: of the backstop the share seen and the share fit; the sourced line is what they are held against."""
    found = {one.move.name: one for one in made.options[0].break_evens}
    assert set(found) == {"seen", "fit"}
    assert all("sourced part" in one.goal_words for one in found.values())
    assert not made.options[1].break_evens
    assert "Break-even" in str(made)


# --- criteria ---------------------------------------------------------------------------------------


class Few:
    """As much of a Result as the criteria ask for."""

    def __init__(self, label, values):
        self.columns = {label: np.array(values, float)}
        self.manifest = type("About", (), {"days": 9})


@pytest.mark.tiny_case
def test_criteria_by_hand():
    """Three options, three futures: maximin, minimax regret per future, Laplace, satisficing; ties are told."""
    label = Label("leakers", "threats")
    results: Any = {"a": Few(label, [0, 5, 10]), "b": Few(label, [4, 4, 8]), "c": Few(label, [0, 9, 9])}
    found = {one.name: one for one in criteria.criteria(label, results, ())}
    assert found["maximin"].picks == ("b",)
    assert found["minimax regret"].scores == {"a": 2.0, "b": 4.0, "c": 5.0}
    assert found["minimax regret"].picks == ("a",)
    assert found["Laplace"].picks == ("a",)
    assert set(found["Laplace"].near) == {"b", "c"}
    worst = {one.option: one.most for one in criteria.regrets(label, results)}
    assert worst == {"a": 2.0, "b": 4.0, "c": 5.0}


@pytest.mark.invariant
def test_no_rank_is_made(made):
    """No overall rank: neither in the JSON nor in the text, and each criterion speaks for itself."""
    data = made.as_dict()
    assert not {"rank", "ranking", "score", "best", "winner"} & set(data)
    assert "No rank is made" in str(made)
    assert {one["name"] for one in data["criteria"]} == {"maximin", "minimax regret", "Laplace", "satisficing"}


# --- standards and discovery ------------------------------------------------------------------------


@pytest.mark.tiny_case
def test_standards_are_read_and_refused(made):
    """OUTCOME >= NUMBER, never, and what is neither."""
    some, never = (standards.standard(text) for text in ("leakers >= 0", "first_empty_battery never"))
    assert some.met_in(made.base).all()
    empty = made.base.columns[made.base.named("first_empty_battery")]
    assert np.array_equal(never.met_in(made.base), np.isinf(empty))
    for text, why in (("leakers", "is not OUTCOME"), ("leakers never", "is no day"), ("leakerz >= 1", "did you mean")):
        with pytest.raises(RunError, match=why):
            standards.standard(text).met_in(made.base)


@pytest.mark.theory
def test_discovery_finds_the_box_that_was_planted():
    """Theory: failures where launches exceed 110 and deliveries stay under 40, 2 % flipped; eight idle quantities."""
    n = 2_000
    launches, deliveries = 60 + 100 * uniforms("launches", n), 20 + 60 * uniforms("deliveries", n)
    about = [
        discovery.Feature("launched", "ballistic launches", "a month", launches),
        discovery.Feature("arrived", "deliveries of rounds", "a month", deliveries),
        *(discovery.Feature(f"x{k}", f"x{k}", "", uniforms(f"x{k}", n)) for k in range(8)),
    ]
    fails = ((launches > 110) & (deliveries < 40)) ^ (uniforms("flip", n) < 0.02)
    found = discovery.failure("s", "it holds", ~fails, about)
    ends = {one.name: one for one in found.conditions}
    assert set(ends) >= {"launched", "arrived"}
    assert ends["launched"].above and ends["launched"].value == pytest.approx(110, abs=6)
    assert not ends["arrived"].above and ends["arrived"].value == pytest.approx(40, abs=4)
    # from the futures that the search did not see: 98 % of the box fail, and about nine in ten failures lie in it
    assert found.density is not None and found.coverage is not None
    assert found.density > 0.9
    assert found.coverage > 0.8
    said = report.fails(["the pause"], found)
    assert "nearly always when ballistic launches exceed" in said
    assert "deliveries of rounds stay under" in said
    assert f"{n:,} futures" in said
    assert f"judged in the {n // 2:,} futures that the search did not see" in said


@pytest.mark.theory
def test_where_nothing_separates_failures_that_is_said():
    """Honesty: failures that are a coin's toss have no conditions, or a box no denser than all futures are."""
    n = 1_000
    about = [discovery.Feature(f"x{k}", f"x{k}", "", uniforms(f"plain {k}", n)) for k in range(6)]
    found = discovery.failure("s", "it holds", uniforms("coin", n) < 0.5, about)
    said = report.fails(["the pause"], found)
    assert "nearly always" not in said and "mostly" not in said
    assert found.density is None or found.density < 0.65


@pytest.mark.invariant
def test_of_the_attacker_only_total_launches_are_a_condition(base):
    """The scope: an uncertain number that only the attack uses is no condition of a sentence."""
    winter = vallum.read("winter-2025-26")
    result = vallum.run(winter, futures=20, explain=False)
    names = {one.name for one in discovery.features(winter, result, campaign.prepare(winter).laws)}
    assert "launched[ballistic]" in names
    assert "patriot_radius" in names
    assert not {"winter_tempo", "drone_decoys"} & names


# --- the answer -------------------------------------------------------------------------------------


@pytest.mark.invariant
def test_cost_per_unit_of_effect_is_told_only_where_there_is_one(base):
    """Two batteries more, paid: the ratio of mean cost and mean effect; a package without cost or effect has none."""
    more = base.replace({"choices.batteries.battery": 3})
    assert more.schema.choices.batteries
    packages = vallum.compare("winter-2025-26", "twenty-systems", "pause-30-days", futures=60, attribute=False).options
    cost = packages[0].cost
    assert cost is not None and cost.per_effect is not None
    assert cost.per_effect == pytest.approx(-cost.paid / packages[0].difference(cost.label).mean)
    assert packages[1].cost is not None and packages[1].cost.per_effect is None


@pytest.mark.invariant
def test_a_comparison_prints_plots_and_exports_itself(made, tmp_path):
    """Text, figure, CSV and JSON; the folder whole; the page loads nothing; verdicts are words, not colours alone."""
    assert str(made) == report.compared(made)
    assert max(map(len, str(made).splitlines())) <= 100
    assert len(made.to_csv(tmp_path / "c.csv").splitlines()) == 1 + sum(len(one.differences) for one in made.options)
    data = json.loads(report.json_text(made))
    assert (data["schema"], data["kind"]) == (1, "compare")
    assert data["reproduce"].startswith("vallum compare base ")
    assert set(made.results) == {"base", *(one.name for one in made.options)}
    folder = report.write_compared(made, tmp_path / "out")
    assert {path.name for path in folder.iterdir()} == {
        "report.html", "compare.txt", "compare.csv", "compare.svg", "compare.json",
    }  # fmt: skip
    page = (folder / "report.html").read_text()
    assert "✗ worse" in page
    assert "Not modelled" in page
    assert "troops" in page
    assert "<script" not in page


@pytest.mark.invariant
def test_the_same_comparison_gives_the_same_bytes(folder, base):
    """Same inputs and seed, other threads and blocks: the same JSON."""
    hows: list[dict[str, Any]] = [{}, {"threads": 1, "block": 13}]
    made = [
        report.json_text(vallum.compare(base, folder / "pause.yaml", futures=80, standard="leakers <= 60", **how))
        for how in hows
    ]
    assert made[0] == made[1]


@pytest.mark.tiny_case
def test_impossible_comparisons_are_said(base):
    """No package, one twice, an unknown one, an unknown outcome."""
    with pytest.raises(ScenarioError, match="at least one package"):
        vallum.compare(base)
    with pytest.raises(ScenarioError, match="given twice") as refused:
        vallum.compare("winter-2025-26", "licence", "licenze", "licence", "nothing")
    assert len(refused.value.problems) == 3
    with pytest.raises(RunError, match="did you mean") as unknown:
        vallum.compare("winter-2025-26", "licence", outcome="leakerz", standard=["x", "leakers never"], futures=5)
    assert len(str(unknown.value).splitlines()) == 3


@pytest.mark.architecture
def test_no_room_has_the_name_of_a_verb():
    """A room imported under a name of the front door would take that name's place."""
    verbs = {name for name, room in vallum._FRONT_DOOR.items() if name.islower()}
    assert verbs.isdisjoint(module.name for module in pkgutil.iter_modules(vallum.__path__))


@pytest.mark.invariant
def test_the_first_page_tells_the_story_in_sentences(made):
    """The base, then each package with its band, what gets worse beside, and every standard; a twin is named as one."""
    base, backstop, late, pause, *standards_told = made.sentences().splitlines()
    assert base.startswith("Without any package: ") and "5–95 % of futures" in base
    assert backstop.startswith("A backstop (backstop): ") and "fewer" in backstop and "better than the base" in backstop
    assert "no change in any future" in late and "before the campaign ends" in late
    assert "worse than the base" in pause
    assert len(standards_told) == 1 and "missed in" in standards_told[0]


@pytest.mark.tiny_case
def test_a_package_that_does_what_an_earlier_one_does_is_told_so(base, folder):
    """Two names for one pause: the second is the same as the first in every outcome."""
    (folder / "rest.yaml").write_text(PACKAGES["pause"].replace("A pause", "A rest"))
    two = vallum.compare(base, folder / "pause.yaml", folder / "rest.yaml", futures=40, attribute=False)
    assert "A rest (rest): the same as pause in every outcome." in two.sentences()


@pytest.mark.invariant
def test_what_changed_values_rest_on_is_told(made):
    """Provenance: claims by id, assumptions and plain choices, in text, JSON and on the card; hashes of the data."""
    grounds = {one.path: one.ground for one in made.options[0].changes}
    assert grounds["uncertain.extra_rounds"] == "F214"
    assert grounds["uncertain.seen"] == grounds["uncertain.fit"] == "assumption"
    assert grounds["choices.supply.extra.donor"] == "chosen"
    data = made.as_dict()
    assert {one["path"]: one["rests_on"] for one in data["packages"][0]["changes"]} == grounds
    assert "evidence/claims.csv" in data["snapshots"]
    assert "evidence/claims.csv" in made.snapshots


@pytest.mark.docs
def test_the_page_on_compare_names_the_command():
    """Docs: the question has a page with the command."""
    text = (Path(__file__).parents[1] / "docs" / "questions" / "compare.md").read_text()
    assert "vallum compare winter-2025-26 twenty-systems licence twenty-systems-with-licence" in text


@pytest.mark.docs
def test_the_example_of_the_page_on_compare_runs(tmp_path, monkeypatch):
    """Docs: the block of Python runs as it stands, with fewer futures."""
    monkeypatch.chdir(tmp_path)
    page = (Path(__file__).parents[1] / "docs" / "questions" / "compare.md").read_text()
    (block,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {"vallum": vallum}
    exec(block.replace("futures=2_000", "futures=10"), names)
    assert (tmp_path / "differences.csv").is_file()
    assert names["made"].options[1].break_evens
