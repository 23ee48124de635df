"""What holds for any scenario: books that balance, the promise of F3, pauses, and the order of things (invariant).

Hypothesis draws the scenarios; a numbered part of the same scenarios is run beside it. `make validation` counts the
promise over many more of them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from ruamel.yaml import YAML
from tests.kernel_cases import PLENTY, random_problem
from tests.validation.case import BASE, battery
from tests.validation.pairs import AS_OF, NONE, Draw, Pairs, compare, counted, draws
from tests.validation.random_scenarios import SPOILERS, SYSTEMS, random_scenario

import vallum
from vallum._kernel import fast
from vallum._kernel.problem import BATTERY, SOFT, TEAM, Problem, Tally
from vallum.campaign.plan import Plan, prepare
from vallum.campaign.promise import conditions_off
from vallum.results import Result
from vallum.scenario.worlds import I64

FUTURES = 12
SPOILED = st.sampled_from([None, *SPOILERS])
SOME = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])

Dice = st.randoms(use_true_random=False)


def numbered(each: int) -> list[Draw]:
    """A fixed part of the random scenarios: so many of each kind."""
    return [Draw(number, spoil) for spoil in (None, *SPOILERS) for number in range(each)]


def fought(plan: Plan, futures: int = FUTURES, seed: int = 1) -> tuple[Problem, Tally]:
    worlds = plan.worlds(seed, range(futures))
    problem = plan.problem(worlds, plan.supply.by_line(worlds))
    return problem, fast.nights(problem)


# --- books that balance -------------------------------------------------------------------------------


def assert_books_balance(scenario: vallum.Scenario) -> None:
    """Hold every future to E10 and to the balance of stock, in the kernel's tally and in the result."""
    problem, tally = fought(prepare(scenario, AS_OF))
    leaked = tally.leaked.sum(axis=2)
    assert_array_equal(tally.launched, tally.stopped + tally.failed + leaked)
    assert min(int(np.min(rows)) for rows in tally if rows.size) >= 0
    came = np.broadcast_to(problem.stock, tally.used.shape) + problem.arrivals.sum(axis=1)
    assert_array_equal(came, tally.stock[:, -1] + tally.used + tally.lost)
    nightly = tally.stock[:, :-1] + problem.arrivals - tally.day_used - tally.stock[:, 1:]
    assert (nightly >= 0).all(), "stock that nobody fired and no lost battery held is gone"
    assert_array_equal(nightly.sum(axis=1), tally.lost)
    assert_result_balances(vallum.run(scenario, futures=FUTURES, seed=1, as_of=AS_OF, explain=False), tally)


def assert_result_balances(result: Result, tally: Tally) -> None:
    columns = result.columns
    for name in result.manifest.classes:
        reasons = [v for k, v in columns.items() if k.name == "leakers" and k.threat_class == name and k.reason]
        leaked = columns[result.label("leakers", threat_class=name)]
        assert_array_equal(np.sum(reasons, axis=0), leaked)
        stopped = columns[result.label("launched", threat_class=name)] - leaked
        stopped = stopped - columns[result.label("failed", threat_class=name)]
        c = result.manifest.classes.index(name)
        assert_array_equal(stopped, tally.stopped[:, c].sum(axis=1))
    for t, name in enumerate(result.manifest.interceptors):
        opening = sum(
            sign * columns[result.label(key, interceptor=name)]
            for key, sign in (("stock", 1), ("used", 1), ("lost", 1), ("arrived", -1))
        )
        assert_array_equal(opening, tally.stock[:, 0, t])


@pytest.mark.invariant
@SOME
@given(dice=Dice, spoil=SPOILED)
def test_books_balance(dice: Random, spoil: str | None) -> None:
    """Invariant: launched = stopped + failed + leaked, reasons sum, stock balances to the round (E10, C1)."""
    assert_books_balance(random_scenario(dice, spoil))


@pytest.mark.invariant
def test_books_of_numbered_scenarios_balance() -> None:
    """Invariant: the same for a fixed part of the scenarios of the validation table."""
    for draw in numbered(5):
        assert_books_balance(draw.scenario())


# --- the promise of F3 --------------------------------------------------------------------------------


@pytest.mark.invariant
@SOME
@given(dice=Dice)
def test_one_more_interceptor_never_yields_one_more_leaker(dice: Random) -> None:
    """Invariant: F3, where the run names no condition that is off."""
    off, pairs = compare(random_scenario(dice), FUTURES, seed=1)
    assert off != NONE or pairs.worse == 0


@pytest.mark.invariant
def test_pairs_that_break_have_their_condition_named() -> None:
    """Invariant: F3 over numbered scenarios; inside the conditions no pair breaks, outside some do."""
    found = counted(draws(inside=50, outside=8), futures=80)
    kept = found.pop(NONE)
    assert kept.worse == 0
    assert kept.pairs > 5_000 and kept.better > 500, "the promise is empty where one more never matters"
    assert sum(found.values(), Pairs()).worse > 20, "outside the conditions pairs do break"


def off(changes: dict[str, Any]) -> str:
    return " ".join(conditions_off(prepare(vallum.read(BASE).replace(changes), AS_OF)))


@pytest.mark.tiny_case
def test_a_reserve_decides_who_takes_the_only_channel() -> None:
    """Tiny case: one more round lets the first class take the channel, and miss; the second had hit with it."""
    classes = {"fixed.classes.cruise": {}, "fixed.raids.size.cruise": {"kind": "fixed", "n": 1}}
    kill = {"fixed.interceptors.round.kill": {"ballistic": 0.0, "cruise": 1.0}}
    reserve = {"fixed.doctrine.reserve": {"long": {"ballistic": 1}}}
    night = vallum.read(BASE).replace(battery(1, channels=1) | classes | kill | reserve)
    leaked = []
    for rounds in (1, 2):
        result = vallum.run(night.replace({"choices.stock.round": rounds}), futures=1, explain=False)
        leaked.append([result.outcome("leakers", threat_class=name).mean for name in ("ballistic", "cruise")])
    assert leaked == [[1, 0], [1, 1]]
    assert "(a)" in " ".join(conditions_off(prepare(night, AS_OF)))


@pytest.mark.tiny_case
def test_conditions_are_named_where_they_are_off_and_only_there() -> None:
    """Tiny case: each condition of F3 by a change to one battery that keeps them all."""
    two = {"round": {"kill": {"ballistic": 0.8}}, "cheap": {"kill": {"ballistic": 0.5}}}
    types = {"fixed.interceptors": two, "choices.stock": {"round": 3, "cheap": 3}}
    doubt = {"low": 0.3, "best": 0.5, "high": 0.9, "shape": "uniform", "assumption": "for a test"}
    doubted = {"uncertain.p": doubt, "fixed.interceptors.cheap.kill.ballistic": "p"}
    falls = {
        "fixed.days": 3,
        "fixed.interceptors.round.kill.ballistic": [{"from": 1, "value": 0.8}, {"from": 2, "value": 0.2}],
    }
    drones = {
        "fixed.classes.drone": {},
        "fixed.raids.size.drone": {"kind": "fixed", "n": 9},
        "choices.batteries.guns": 1,
    }
    guns = {"kind": "team", "capacity": 3, "success": {"ballistic": 0.5, "drone": 0.5}}
    several = {"choices.batteries.long": 2}
    slow = {"fixed.systems.long": {"launchers": 1, "per_launcher": {"round": 4}, "reload_rate": 1}}
    assert off({}) == off({"fixed.systems.long.channels": 2}) == off(several) == off(types) == off(slow) == ""
    assert "(a)" in off({"fixed.systems.long.channels": 2} | several)
    assert "(a)" in off({"fixed.systems.long.channels": 2} | types)
    assert "load list" in off(types | {"fixed.doctrine.loads": {"long": {"ballistic": ["cheap", "round"]}}})
    assert "load list" in off(types | doubted) and "load list" in off(types | falls)
    assert "several batteries" in off(types | several)
    assert "(c)" in off(drones | {"fixed.systems.guns": guns})
    assert off(drones | {"fixed.systems.guns": guns | {"success": {"drone": 0.5}}}) == ""
    assert "(d)" in off({"fixed.doctrine.transit": 1}) and "(d)" in off({"fixed.doctrine.split": "weight"} | several)
    assert "(e)" in off({"fixed.systems.long.loss": 0.1})
    assert "(f)" in off(slow | several)


# --- pauses -------------------------------------------------------------------------------------------


def assert_a_pause_never_adds(scenario: vallum.Scenario, dice: Random) -> bool:
    """Hold a pause to S2: till it ends, no future has more rounds with it than without. False: no line to pause.

    Lines of whole systems are left out: a battery that is late fires later, and stock is higher for it.
    """
    rounds = {name: line for name, line in scenario.document["choices"]["supply"].items() if name != SYSTEMS}
    scenario, days = scenario.replace({"choices.supply": rounds}), scenario.days
    if not rounds:
        return False
    first, length = dice.randint(1, days), dice.randint(1, days)
    pause: dict[str, Any] = {"from": first, "days": length, "effect": dice.choice(["held", "lost", "halted"])}
    pause |= dice.choice([{}, {"line": dice.choice(sorted(rounds))}])
    made = [prepare(scenario.replace({"choices.pauses": pauses}), AS_OF) for pauses in ({}, {"p": pause})]
    (problem, without), (paused, with_pause) = (fought(plan) for plan in made)
    end = min(days, first - 1 + length)
    arrived = [np.cumsum(one.arrivals, axis=1)[:, :end] for one in (problem, paused)]
    assert (arrived[1] <= arrived[0]).all()
    if not list(conditions_off(made[0])):
        assert (with_pause.stock[:, : end + 1] <= without.stock[:, : end + 1]).all()
    return True


@pytest.mark.invariant
@SOME
@given(dice=Dice)
def test_a_pause_never_makes_stock_higher_before_it_ends(dice: Random) -> None:
    """Invariant: S2, paired futures; stock where nothing else reads it (F3), arrivals anywhere."""
    assert_a_pause_never_adds(random_scenario(dice), dice)


@pytest.mark.invariant
def test_pauses_of_numbered_scenarios_never_add() -> None:
    """Invariant: the same for a fixed part of the scenarios."""
    held = [assert_a_pause_never_adds(draw.scenario(), Random(draw.number)) for draw in numbered(8)]
    assert sum(held) > 35


# --- the order of things ------------------------------------------------------------------------------


def turned_round(given: Any) -> Any:
    """The same mapping, its entries in the opposite order."""
    return dict(reversed(given.items())) if isinstance(given, dict) else given


def in_another_order(scenario: vallum.Scenario, folder: Path) -> vallum.Scenario:
    """The file with lines, pauses, stocks, unknowns and the keys of every drawer listed the other way round."""
    document = scenario.document
    document["choices"] = turned_round({key: turned_round(value) for key, value in document["choices"].items()})
    document["fixed"] = turned_round(document["fixed"])
    document["uncertain"] = turned_round(document.get("uncertain", {}))
    path = folder / "other.yaml"
    yaml = YAML(typ="safe")
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.dump(turned_round(document), path)
    return vallum.read(path)


def bytes_of(result: Result) -> dict[str, bytes]:
    return {repr(label): np.asarray(values, np.float64).tobytes() for label, values in result.columns.items()}


@pytest.mark.invariant
def test_the_order_of_lines_blocks_futures_and_threads_changes_nothing(tmp_path: Path) -> None:
    """Invariant: F3, byte for byte, in every outcome of every future."""
    for draw in numbered(2):
        scenario = draw.scenario()
        usual = vallum.run(scenario, futures=20, seed=3, as_of=AS_OF, explain=False)
        cut = vallum.run(scenario, futures=20, seed=3, as_of=AS_OF, explain=False, block=3, threads=2)
        assert bytes_of(cut) == bytes_of(usual)
        other = in_another_order(scenario, tmp_path)
        assert list(other.document["choices"]) != list(scenario.document["choices"])
        assert bytes_of(vallum.run(other, futures=20, seed=3, as_of=AS_OF, explain=False)) == bytes_of(usual)
        fewer = vallum.run(scenario, futures=7, seed=3, as_of=AS_OF, explain=False)
        for label, values in fewer.columns.items():
            assert_array_equal(values, usual.columns[label][:7])


@pytest.mark.invariant
def test_futures_fought_backwards_are_the_same_futures() -> None:
    """Invariant: F3, a future does not know which others are fought, or when."""
    for draw in numbered(2):
        plan = prepare(draw.scenario(), AS_OF)
        _, together = fought(plan)
        worlds = plan.worlds(1, range(FUTURES))
        for k in reversed(range(FUTURES)):
            alone = worlds.part(range(k, k + 1))
            tally = fast.nights(plan.problem(alone, plan.supply.by_line(alone)))
            for name in Tally._fields:
                assert_array_equal(getattr(tally, name)[0], getattr(together, name)[k], err_msg=name)


# --- what the twin test of the kernels covers ---------------------------------------------------------


def full(value: Any) -> Callable[[np.ndarray], np.ndarray]:
    return lambda given: np.full_like(given, value)


def first_look_only(salvo: I64) -> I64:
    return np.where(np.arange(salvo.shape[2]) == 0, salvo, 0)


#: Field of a Problem, and what it is where its feature is not used.
UNUSED: dict[str, Callable[[Any], Any]] = {
    "waves": lambda _: 1,
    "reserve": full(0),
    "spread": lambda spread: 1 - spread,
    "reload_rate": full(-1),
    "transit": lambda _: 0,
    "loss": full(0.0),
    "loss_to_depot": lambda given: 1 - given,
    "decoy_share": full(0.0),
    "decoy_count": full(-1),
    "fail": full(0.0),
    "fail_before": lambda given: 1 - given,
    "scope": lambda scope: (scope + 1) % 3,
    "reliability": full(1.0),
    "track": full(1.0),
    "success": full(0.0),
    "teams": full(PLENTY),
    "channels": full(PLENTY),
    "salvo": first_look_only,
    "single": full(1),
    "shift": full(0.0),
    "allocation": lambda given: 1 - given,
    "order": lambda order: (order + 1) % 3,
    "availability": full(1.0),
    "repair": full(0.0),
    "battery_from": full(0),
    "arrivals": full(0),
    "era_start": full(2**30),
    "cover_low": full(0.0),
    "weight": full(1.0),
}
#: Problems of `test_the_two_kernels_agree` in which each feature must be told from its absence.
TOLD = 5


def differs(problem: Problem, field: str) -> bool:
    """Whether a feature of a problem matters to what happens."""
    usual = getattr(problem, field)
    other = UNUSED[field](usual)
    if field == "era_start":
        other[:, 0] = 0
    one, two = fast.nights(problem), fast.nights(problem._replace(**{field: other}))
    return any(not np.array_equal(a, b) for a, b in zip(one, two, strict=True))


@pytest.mark.cross_check
def test_the_twin_test_of_the_kernels_covers_every_feature() -> None:
    """Cross-check: each feature changes the outcome of some of the random problems on which both kernels agree."""
    problems = [random_problem(seed) for seed in range(60)]
    for field in UNUSED:
        told = 0
        for problem in problems:
            told += differs(problem, field)
            if told == TOLD:
                break
        assert told == TOLD, f"{field} hardly matters in the random problems"
    kinds = [kind for problem in problems for kind in problem.layer_kind]
    assert {BATTERY, SOFT, TEAM} <= set(kinds)
    pooled = [len(set(p.magazine[p.magazine >= 0])) < (p.magazine >= 0).sum() for p in problems]
    assert sum(pooled) >= TOLD and {problem.traced for problem in problems} == {0, 1}
