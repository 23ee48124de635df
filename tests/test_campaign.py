"""Campaigns: the same bytes however the work is cut, paired futures, F5 and the front door."""

from __future__ import annotations

import json
import math
import shlex
from collections import Counter
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

import vallum
from vallum.errors import EvidenceError, RunError, ScenarioError
from vallum.report import json_text
from vallum.results import Label, Result, difference, outcome

SE = 4.0


@pytest.fixture(scope="module")
def night() -> vallum.Scenario:
    return vallum.read("eight-and-none")


@pytest.fixture(scope="module")
def winter() -> vallum.Scenario:
    return vallum.read("winter-2025-26")


@pytest.mark.tiny_case
def test_eight_come_and_none_are_left(night: vallum.Scenario) -> None:
    """Tiny case: with no interceptor all eight leak in every future, and the reason is dry."""
    result = vallum.run(night, futures=500)
    dry = result.outcome("leakers", threat_class="ballistic", reason="dry")
    assert dry.distribution == {"8": 500}
    assert result.outcome("eight_and_none_ever", threat_class="ballistic").mean == 1.0


@pytest.mark.theory
@pytest.mark.parametrize("reliability", [1.0, 0.9])
@pytest.mark.parametrize("salvo", [[2], [1, 1], [2, 1]])
def test_ample_stock_equals_x1_and_x2(night: vallum.Scenario, reliability: float, salvo: list[int]) -> None:
    """Theory: with ample stock the distribution is binomial (X1), shots follow X2, reliability off and on."""
    p, n = 0.6, 20_000
    made = night.replace(
        {
            "choices.stock.patriot_round": 100,
            "uncertain.p_kill": p,
            "fixed.doctrine.salvos.patriot.ballistic": salvo,
            "fixed.systems.patriot.reliability": reliability,
        }
    )
    result = vallum.run(made, futures=n, seed=5, explain=False)
    kill = 1 - (1 - p) ** sum(salvo)
    exact = reliability * kill**8
    clean = result.outcome("no_leaker", threat_class="ballistic").mean
    assert clean is not None and abs(clean - exact) <= SE * np.sqrt(exact * (1 - exact) / n)
    shots = sum(s * (1 - p) ** sum(salvo[:k]) for k, s in enumerate(salvo))
    used = result.outcome("used", interceptor="patriot_round")
    assert used.mean is not None and used.se_mean is not None
    assert abs(used.mean - reliability * 8 * shots) <= SE * max(used.se_mean, 1e-9)
    blind = result.outcome("leakers", threat_class="ballistic", reason="blind").mean
    assert blind is not None and abs(blind - 8 * (1 - reliability)) <= SE * 8 * np.sqrt(0.9 * 0.1 / n) + 1e-12


@pytest.mark.invariant
@pytest.mark.parametrize("kind", ["whole", "parts", "never", "same"])
def test_an_outcome_sums_up_every_future_to_the_last_bit(kind: str) -> None:
    """Invariant: mean, spread and distribution by different values are those of all values one after the other."""
    rng = np.random.default_rng(3)
    values = {
        "whole": rng.poisson(3.0, 999).astype(float),
        "parts": np.round(rng.gamma(0.7, 1e3, 999), 2) / 7.0,
        "never": np.where(rng.random(999) < 0.2, np.inf, rng.poisson(2.0, 999)),
        "same": np.full(7, 0.1),
    }[kind]
    told = outcome(Label("leakers", "threats", may_be_never=kind == "never"), values)
    if kind != "never":
        mean = math.fsum(values) / len(values)
        spread = math.sqrt(math.fsum((values - mean) ** 2) / (len(values) - 1))
        assert (told.mean, told.sd) == (mean, spread)
    few = Counter("never" if np.isinf(value) else f"{value:.12g}" for value in np.sort(values))
    assert told.distribution == (dict(few) if len(few) <= 64 else None)


@pytest.mark.invariant
def test_same_bytes_for_any_threads_and_blocks(winter: vallum.Scenario) -> None:
    """Invariant: threads and block size change no byte of the answer."""
    texts = {
        json_text(vallum.run(winter, futures=150, seed=3, threads=threads, block=block))
        for threads, block in ((1, None), (2, None), (2, 7), (1, 150))
    }
    assert len(texts) == 1


@pytest.mark.invariant
def test_future_k_is_the_same_however_many_are_run(winter: vallum.Scenario) -> None:
    """Invariant: runs can be extended; future k does not depend on their number (F2)."""
    few, many = (vallum.run(winter, futures=n, seed=1, explain=False) for n in (100, 1_000))
    for label, values in few.columns.items():
        np.testing.assert_array_equal(values, many.columns[label][:100], err_msg=str(label))


@pytest.mark.invariant
def test_trace_is_the_same_future(winter: vallum.Scenario) -> None:
    """Invariant: `trace(k)` runs future k again, to the same numbers."""
    result = vallum.run(winter, futures=20, seed=2, explain=False)
    book = result.trace(13)
    for c, name in enumerate(result.manifest.classes):
        leakers = result.columns[result.label("leakers", threat_class=name)][13]
        assert book.tally.leaked[0, c].sum() == leakers
    assert book.tally.magazines.shape[1] == result.manifest.days + 1


@pytest.mark.invariant
def test_paired_futures_face_the_same_raids(winter: vallum.Scenario) -> None:
    """Invariant: another choice meets the same raids, night by night (F3)."""
    more = winter.with_packages("twenty-systems")
    one, two = (vallum.run(made, futures=40, explain=False) for made in (winter, more))
    for name in one.manifest.classes:
        label = one.label("launched", threat_class=name)
        np.testing.assert_array_equal(one.columns[label], two.columns[label])


@pytest.mark.invariant
def test_one_more_round_never_leaks_more(winter: vallum.Scenario) -> None:
    """Invariant: more rounds at the start, no future with more ballistic leakers (F3)."""
    plain = winter.replace({"fixed.doctrine.transit": 0, "fixed.systems.patriot.channels": 1000})
    results: list[Result] = []
    for stock in (40, 41, 60):
        made = plain.replace({"choices.stock.patriot_round": stock})
        results.append(vallum.run(made, futures=200, explain=False))
    label = results[0].label("leakers", threat_class="ballistic")
    for fewer, more in pairwise(results):
        assert (more.columns[label] <= fewer.columns[label]).all()


@pytest.mark.tiny_case
def test_the_run_says_which_condition_of_the_promise_is_off(night: vallum.Scenario, winter: vallum.Scenario) -> None:
    """Tiny case: one battery of one type keeps the promise; limited channels and transit do not (F3)."""
    assert not [note for note in vallum.run(night, futures=20).notes if "(F3)" in note]
    notes = " ".join(vallum.run(winter, futures=20).notes)
    assert "(a)" in notes
    assert "(d)" in notes


@pytest.mark.invariant
def test_every_launch_is_accounted_for(winter: vallum.Scenario) -> None:
    """Invariant: stock balances to the unit in every future; leak reasons sum to leakers (E10)."""
    result = vallum.run(winter, futures=100, explain=False)
    columns = result.columns
    for name in result.manifest.interceptors:
        arrived, used, lost, left = (
            columns[result.label(key, interceptor=name)] for key in ("arrived", "used", "lost", "stock")
        )
        opening = left + used + lost - arrived
        assert (opening >= 0).all() and (opening == np.round(opening)).all()
    for name in result.manifest.classes:
        reasons = [v for k, v in columns.items() if k.name == "leakers" and k.threat_class == name and k.reason]
        np.testing.assert_array_equal(np.sum(reasons, axis=0), columns[result.label("leakers", threat_class=name)])


@pytest.mark.theory
def test_split_of_a_run_without_unknowns_is_all_chance(night: vallum.Scenario) -> None:
    """Theory: where every parameter is fixed, knowledge explains nothing (F5)."""
    made = night.replace({"choices.stock.patriot_round": 8, "uncertain.p_kill": 0.5})
    result = vallum.run(made, futures=4_000)
    assert result.split is not None
    assert result.split.knowledge <= SE * result.split.knowledge_se


@pytest.mark.theory
def test_split_finds_the_share_of_a_known_mixture(night: vallum.Scenario) -> None:
    """Theory: 8 threats, 8 rounds, p uniform on 0.2..0.8: Var E / Var is 64 Var p / (64 Var p + 8 E p(1-p)) (F5)."""
    made = night.replace({"choices.stock.patriot_round": 8, "fixed.doctrine.salvos.patriot.ballistic": [1]})
    entry = {
        "best": 0.5,
        "low": 0.2,
        "high": 0.8,
        "shape": "uniform",
        "assumption": "a test",
        "published": False,
    }
    result = vallum.run(made.replace({"uncertain.p_kill": entry}), futures=8_000)
    var_p = 0.6**2 / 12
    knowledge = 64 * var_p
    exact = knowledge / (knowledge + 8 * (0.25 - var_p))
    assert result.split is not None
    assert abs(result.split.knowledge - exact) <= SE * result.split.knowledge_se
    assert abs(result.split.unpublished - exact) <= SE * result.split.unpublished_se


@pytest.mark.tiny_case
def test_json_has_the_keys_of_the_contract(night: vallum.Scenario) -> None:
    """Tiny case: the JSON layout of every command, sorted, without clock, host or path."""
    text = json_text(vallum.run(night, futures=50, as_of=date(2026, 1, 1)))
    made = json.loads(text)
    keys = {
        "schema",
        "kind",
        "question",
        "answer",
        "as_of",
        "scenario",
        "seed",
        "futures",
        "version",
        "outcomes",
    }
    assert keys | {"assumptions", "claims", "not_modelled", "warnings"} <= set(made)
    assert list(made) == sorted(made)
    assert made["as_of"] == "2026-01-01"
    assert {"name", "packages", "set", "fingerprint"} == set(made["scenario"])


@pytest.mark.tiny_case
def test_bad_requests_say_what_is_wrong(night: vallum.Scenario) -> None:
    """Tiny case: impossible requests are refused in words."""
    with pytest.raises(RunError, match="1 or more"):
        vallum.run(night, futures=0)
    with pytest.raises(ScenarioError, match="not an outcome"):
        vallum.run(night.replace({"outcomes": ["leekers"]}), futures=10)
    with pytest.raises(EvidenceError):
        vallum.run(night, futures=10, as_of=date(2000, 1, 1))


@pytest.mark.tiny_case
def test_data_is_labelled(winter: vallum.Scenario) -> None:
    """Tiny case: `result.data` is a Dataset on the axes of `terms`."""
    data = vallum.run(winter, futures=30, explain=False).data
    assert data["launched"].dims == ("future", "class")
    assert data["stock_quantile"].dims == ("quantile", "midnight", "interceptor")
    assert data["stock_quantile"].sizes["midnight"] == winter.days + 1


@pytest.mark.tiny_case
def test_loss_of_each_supplier_is_told(night: vallum.Scenario) -> None:
    """Tiny case: eight missiles, a sure kill a round; five rounds come from one giver, three from another (O)."""
    lines = {
        name: {
            "kind": "delivery",
            "interceptor": "patriot_round",
            "donor": name,
            "deliveries": [{"on": "2025-02-19", "quantity": rounds}],
        }
        for name, rounds in (("five", 5), ("three", 3))
    }
    sure = {"choices.supply": lines, "uncertain.p_kill": 1.0, "fixed.doctrine.salvos.patriot.ballistic": [1]}
    result = vallum.run(night.replace(sure), futures=20)
    assert result.outcome("leakers", threat_class="ballistic").mean == 0
    lost = {made.package: made.mean for made in result.losses if made.label.name == "leakers"}
    assert lost == {"five": 5.0, "three": 3.0}


@pytest.mark.invariant
def test_loss_of_a_supplier_is_the_run_without_its_lines(winter: vallum.Scenario) -> None:
    """Invariant: what losing a donor changes is the difference to the scenario in which its lines bring nothing."""
    result = vallum.run(winter, futures=100)
    nothing = {"choices.supply.patriot_stream.per_month": 0}
    other = vallum.run(winter.replace(nothing), futures=100, explain=False)
    label = result.label("leakers", threat_class="ballistic")
    made = next(x for x in result.losses if x.package == "United States" and x.label == label)
    assert made.mean == (other.columns[label] - result.columns[label]).mean()


UNIFORM = {"best": 0.5, "low": 0.2, "high": 0.8, "shape": "uniform", "assumption": "a test"}
#: Eight threats, a round for each, and a kill probability that nobody knows.
UNKNOWN = {
    "choices.stock.patriot_round": 8,
    "fixed.doctrine.salvos.patriot.ballistic": [1],
    "uncertain.p_kill": UNIFORM,
}


@pytest.mark.theory
def test_errors_count_worlds_where_futures_share_them(night: vallum.Scenario) -> None:
    """Theory: 10 worlds of 100 lucks, Var = (64 Var p) / 10 + 8 E p(1-p) / 1,000; the stated errors agree (F1)."""
    futures, lucks, runs = 1_000, 100, 60
    var_p = 0.6**2 / 12
    true = np.sqrt(64 * var_p / (futures / lucks) + 8 * (0.25 - var_p) / futures)
    made = [vallum.run(night.replace(UNKNOWN), futures, seed=s, lucks=lucks, explain=False) for s in range(runs)]
    found = [result.outcome("leakers", threat_class="ballistic") for result in made]
    stated = np.sqrt(np.mean([one.se_mean**2 for one in found if one.se_mean is not None]))
    # a variance estimated from 9 degrees of freedom in each of the runs
    assert abs(stated / true - 1) <= SE / np.sqrt(2 * 9 * runs)
    scatter = np.std([one.mean for one in found if one.mean is not None], ddof=1)
    assert abs(scatter / true - 1) <= SE / np.sqrt(2 * (runs - 1))
    medians = np.std([one.median for one in found if one.median is not None], ddof=1)
    assert np.mean([one.se_median for one in found if one.se_median is not None]) >= medians / 2
    assert {one.se_mean for one in made[0].shown if one.label == found[0].label} == {found[0].se_mean}


@pytest.mark.theory
def test_a_difference_counts_worlds_too(night: vallum.Scenario) -> None:
    """Theory: with one future a world the error by world is the plain one; with 100 it is far larger (F1)."""
    values = vallum.run(night.replace(UNKNOWN), 1_000, lucks=100, explain=False)
    label = values.label("leakers", threat_class="ballistic")
    column = values.columns[label]
    plain, shared = (difference("p", label, np.zeros(1_000), column, {}, lucks) for lucks in (1, 100))
    means = column.reshape(10, 100).mean(axis=1)
    assert shared.se == pytest.approx(means.std(ddof=1) / np.sqrt(10))
    assert shared.se > 4 * plain.se
    assert np.isnan(difference("p", label, np.zeros(100), column[:100], {}, 100).se)
    assert outcome(label, column[:100], 100).se_mean is None


@pytest.mark.tiny_case
def test_the_command_runs_it_again(night: vallum.Scenario) -> None:
    """Tiny case: lucks, mappings with dates and paths with quotes stand in the line as a shell reads them."""
    pause = {"from": date(2025, 2, 19), "days": 1}
    result = vallum.run(night.replace({"choices.pauses.p": pause}), futures=6, lucks=3, explain=False)
    line = shlex.split(result.manifest.command())
    assert line[line.index("--lucks") + 1] == "3"
    path, value = vallum.scenario.parse_change(line[line.index("--set") + 1])
    again = night.replace({path: value})
    assert again.fingerprint == night.replace({"choices.pauses.p": pause}).fingerprint
    assert json.loads(json_text(result))["scenario"]["set"] == {"choices.pauses.p": {"from": "2025-02-19", "days": 1}}
    assert "--lucks" not in vallum.run(night, futures=2, explain=False).manifest.command()


@pytest.mark.tiny_case
def test_wishes_for_massed_raids_share_one_size(night: vallum.Scenario) -> None:
    """Tiny case: two sizes are refused by the check; one is counted, by whichever name it is asked for (O)."""
    five = night.replace({"outcomes": [{"name": "eight_and_none_ever", "k": 9}]})
    assert vallum.run(five, futures=5, explain=False).shown[0].mean == 0.0
    with pytest.raises(ScenarioError, match=r"outcomes\.1\.k: eight_and_none asks for 9 threats, and .* for 8"):
        night.replace({"outcomes": ["eight_and_none", {"name": "eight_and_none", "k": 9}]})


@pytest.mark.tiny_case
def test_a_share_by_a_date_is_refused(night: vallum.Scenario) -> None:
    """Tiny case: only a day is there by a date (O)."""
    with pytest.raises(ScenarioError, match=r"outcomes\.0\.by: stopped_share is no day"):
        night.replace({"outcomes": [{"name": "stopped_share", "by": "2025-02-19"}]})
    made = vallum.run(night.replace({"outcomes": [{"name": "first_dry_night", "by": "2025-02-19"}]}), futures=5)
    assert {one.label.name: one.mean for one in made.shown} == {"first_dry_night_by_1": 1.0}


@pytest.mark.tiny_case
def test_a_wish_about_nothing_says_what_there_is(night: vallum.Scenario) -> None:
    """Tiny case: the outcome is there, but not about that."""
    with pytest.raises(ScenarioError, match=r"used is not told about that; there are: used\[patriot_round\]"):
        vallum.run(night.replace({"outcomes": [{"name": "used", "class": "ballistic"}]}), futures=5)


@pytest.mark.theory
def test_a_type_may_be_published_by_nobody(night: vallum.Scenario) -> None:
    """Theory: `published: false` of an interceptor type makes its kill probability one that nobody publishes (F5)."""
    changes = {**UNKNOWN, "fixed.interceptors.patriot_round.published": False}
    result, plain = (vallum.run(night.replace(made), futures=1_000) for made in (changes, UNKNOWN))
    assert result.split is not None and plain.split is not None
    assert plain.split.unpublished == 0.0
    assert result.split.unpublished > 0.3
    assert {entry["name"]: entry["published"] for entry in result.manifest.inputs}["p_kill"] is False


@pytest.mark.tiny_case
def test_a_battery_without_a_price_is_named(night: vallum.Scenario) -> None:
    """Tiny case: the cost of systems says what it leaves out (O)."""
    spare = {"fixed.systems.spare": {}, "choices.batteries.spare": 1}
    result = vallum.run(night.replace(spare), futures=5, explain=False)
    assert "cost_systems leaves out spare: no unit_cost is given (O)" in result.manifest.warnings
    assert not vallum.run(night, futures=5, explain=False).manifest.warnings


@pytest.mark.tiny_case
def test_the_inverse_number_says_what_it_counts(winter: vallum.Scenario) -> None:
    """Tiny case: a magazine filled, not a round left in the country: rounds on the road do not count (F5)."""
    unknown = {"patriot_systems": 2, "opening_stock": {**UNIFORM, "best": 20, "low": 1, "high": 60, "published": False}}
    changes = {f"uncertain.{name}": entry for name, entry in unknown.items()}
    answer = vallum.run(winter.replace({**changes, "fixed.doctrine.transit": 3}), futures=200).answer
    assert "left in the country" not in answer
    if "To last until" in answer:
        assert "(some magazine filled at every midnight, in 80 % of futures)" in answer


@pytest.mark.tiny_case
def test_what_fits_only_the_package_is_left_out_of_the_base_and_said(winter: vallum.Scenario) -> None:
    """Tiny case: a change of a line, and a pause of a line, that a package brings; others hold for both."""
    changes = {
        "choices.supply.patriot_licence.donor": "Somebody",
        "choices.pauses.own": {"line": "patriot_licence", "from": "2026-01-01", "days": 5},
        "choices.stock.patriot_round": 60,
    }
    asked = vallum.read("winter-2025-26", packages=["licence"], changes=changes)
    assert dict(asked.without_packages().changes) == {"choices.stock.patriot_round": 60}
    result = vallum.run(asked, futures=20)
    (said,) = [note for note in result.notes if "only with the package" in note]
    assert said.endswith("choices.supply.patriot_licence.donor, choices.pauses.own.")
    assert result.differences
