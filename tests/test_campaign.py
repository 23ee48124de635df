"""Campaigns: the same bytes however the work is cut, paired futures, F5 and the front door."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

import vallum
from vallum.errors import EvidenceError, RunError, ScenarioError
from vallum.report import json_text
from vallum.results import Result

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
