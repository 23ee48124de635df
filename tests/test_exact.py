"""The exact twins: examples V1-V4 and V6-V8, enumeration of tiny cases, second opinions, bad input."""

import doctest
import inspect
import itertools
import json
import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from vallum import exact
from vallum.errors import ExactError

SIX_DIGITS = 5e-7


def six(value):
    """Equal to six significant digits, or to the digits printed."""
    return pytest.approx(value, rel=SIX_DIGITS, abs=SIX_DIGITS)


BERNOULLI = {"kind": "bernoulli", "p": 0.25}
DEMAND = {"2": 0.4, "6": 0.4, "10": 0.2}
probabilities = st.sampled_from([0.0, 0.15, 0.3, 0.5, 0.65, 0.8, 1.0])
small = settings(max_examples=40, deadline=None)


# --- V1: barrage


@pytest.mark.theory
def test_v1_kill_and_shots():
    """Theory: V1, kill probability and shots needed."""
    assert exact.salvo_kill(0.8, [1, 2, 3])["kill"] == six([0.8, 0.96, 0.992])
    assert exact.shots_needed(0.8, [0.90, 0.95, 0.99])["shots"] == [2, 2, 3]
    assert exact.shots_needed(0.8, 0.96)["shots"] == 2


@pytest.mark.theory
def test_v1_no_leaker():
    """Theory: V1, P(no leaker), with one detection for all shots at a missile, and its ceiling."""
    assert exact.no_leak(0.8, 6, 12)["no_leak"] == six(0.782758)
    blurred = exact.no_leak(0.8, 6, 12, track=0.98)
    assert blurred["no_leak"] == six(0.693400)
    assert blurred["ceiling"] == six(0.885842)
    assert exact.no_leak(0.8, 6, 12, reliability=0.9)["no_leak"] == six(0.9 * 0.78275779)


@pytest.mark.theory
def test_v1_least_interceptors():
    """Theory: V1, least totals; a goal above the ceiling is impossible, not an error."""
    assert exact.least_interceptors(0.8, 6, [0.80, 0.90, 0.95])["interceptors"] == [13, 17, 18]
    blurred = exact.least_interceptors(0.8, 6, [0.80, 0.90], track=0.98)
    assert blurred["interceptors"] == [17, None]
    assert blurred["impossible"] == [False, True]
    assert blurred["ceiling"] == six(0.885842)


@pytest.mark.parametrize("goal", [0.5, 0.8, 0.9, 0.95, 0.99])
@pytest.mark.cross_check
def test_least_interceptors_is_least(goal):
    """Cross-check: the bisection equals a plain search upwards, with and without looks."""
    for salvos, reached in (
        (None, lambda n: exact.no_leak(0.6, 4, n, track=0.99)["no_leak"]),
        ([2, 1], lambda n: exact.leakers_finite(4, n, 0.6, [2, 1], track=0.99)["no_leaker"]),
    ):
        answer = exact.least_interceptors(0.6, 4, goal, track=0.99, salvos=salvos)
        plain = next((n for n in range(60) if reached(n) >= goal), None)
        assert answer["interceptors"] == plain
        assert answer["impossible"] == (plain is None)


@given(p=probabilities, goal=st.floats(0.01, 1.0), track=st.sampled_from([0.9, 1.0]))
@small
def test_shots_needed_is_least(p, goal, track):
    """Invariant: n shots reach the goal, n-1 do not, or no number does."""
    answer = exact.shots_needed(p, goal, track)
    n = answer["shots"]
    if answer["impossible"]:
        assert goal > answer["ceiling"] * (1 - 1e-9) or p == 0.0
    else:
        assert exact.salvo_kill(p, n, track)["kill"] >= goal * (1 - 1e-9)
        assert n == 1 or exact.salvo_kill(p, n - 1, track)["kill"] < goal


@pytest.mark.tiny_case
def test_mixed_salvo():
    """Tiny case: a salvo of two types, each with its own p (E7)."""
    answer = exact.salvo_kill([0.5, 0.8], track=0.9, reliability=0.5)
    assert answer["kill"] == pytest.approx(0.45 * 0.9)
    assert answer["leak"] == pytest.approx(1 - 0.45 * 0.9)


# --- V2: a raid against a finite magazine


@pytest.mark.theory
def test_v2a_shoot_look_shoot():
    """Theory: V2(a)."""
    answer = exact.leakers_finite(6, 9, 0.65, [1, 1])
    assert answer["no_leaker"] == six(0.437052)
    assert answer["mean_leakers"] == six(0.827030)
    assert answer["mean_used"] == six(7.958416)
    printed = [0.437052, 0.365111, 0.144249, 0.042406, 0.009786, 0.001317, 0.000079]
    assert answer["leakers"] == pytest.approx(printed, abs=SIX_DIGITS)


@pytest.mark.theory
def test_v2b_in_turn_and_even():
    """Theory: V2(b), both spreads."""
    turn = exact.leakers_finite(10, 14, 0.7, 2, "turn")
    assert (turn["shots"], turn["no_leaker"]) == ([2] * 7 + [0] * 3, 0.0)
    assert turn["mean_leakers"] == six(3.63)
    assert (turn["mean_dry"], turn["any_dry"]) == (pytest.approx(3), pytest.approx(1))
    even = exact.leakers_finite(10, 14, 0.7, 2, "even")
    assert even["shots"] == [2] * 4 + [1] * 6
    assert even["mean_leakers"] == six(2.16)
    assert even["no_leaker"] == six(0.080678)


def fight_slowly(threats, stock, doctrine):
    """Every threat by itself, every kill a branch: {(leakers, used, dry): probability} of one wave."""
    p, salvos, spread, track, works, channels, reserve = doctrine
    found: dict = {}

    def add(weight, leakers, used, dry):
        found[leakers, used, dry] = found.get((leakers, used, dry), 0.0) + weight

    def shoot(weight, alive, usable, look, used, others, dry):
        """`alive` threats are engaged in this look; `others` leak for sure."""
        if look == len(salvos) or not alive:
            add(weight, others + alive, used, dry)
            return
        shots = [0] * alive
        if spread == "turn":
            for i in range(alive):
                shots[i] = min(salvos[look], usable)
                usable -= shots[i]
        else:
            for _ in range(salvos[look]):
                for i in range(alive):
                    shots[i] += usable > 0
                    usable -= usable > 0
        if look == 0:  # a dry threat leaks; later looks fire at survivors only
            others += shots.count(0)
            shots = [n for n in shots if n]
        for fate in itertools.product((0, 1), repeat=len(shots)):
            chance = math.prod(
                (1 - p) ** n if lives else 1 - (1 - p) ** n for n, lives in zip(shots, fate, strict=True)
            )
            if chance:
                shoot(weight * chance, sum(fate), usable, look + 1, used + sum(shots), others, dry)

    add(1 - works, threats, 0, 0)
    for sight in itertools.product((0, 1), repeat=threats):
        seen = sum(sight)
        weight = works * track**seen * (1 - track) ** (threats - seen)
        usable = max(0, stock - reserve)
        # a dry magazine takes no channel: threats that find a channel are engaged while rounds last
        engaged = seen if channels is None else min(seen, channels)
        per_threat = salvos[0] if spread == "turn" else 1
        lasting = min(engaged, -(-usable // per_threat))
        dry = seen - lasting if lasting < engaged else 0
        if weight:
            shoot(weight, engaged, usable, 0, 0, threats - engaged, dry)
    return found


@given(
    threats=st.integers(0, 4),
    stock=st.integers(0, 9),
    p=probabilities,
    salvos=st.lists(st.integers(1, 2), min_size=1, max_size=3),
    spread=st.sampled_from(["turn", "even"]),
    works=st.sampled_from([1.0, 0.7]),
    reserve=st.integers(0, 2),
)
@small
def test_leakers_equal_enumeration(threats, stock, p, salvos, spread, works, reserve):
    """Tiny cases: the recursion equals branching over every threat (track 1, no channel limit)."""
    slow = fight_slowly(threats, stock, (p, salvos, spread, 1.0, works, None, reserve))
    answer = exact.leakers_finite(threats, stock, p, salvos, spread, reliability=works, reserve=reserve)
    check_against(slow, answer, threats)


@given(
    threats=st.integers(0, 4),
    stock=st.integers(6, 12),
    p=probabilities,
    track=st.sampled_from([0.4, 0.9]),
    channels=st.integers(0, 3),
)
@small
def test_leakers_with_track_and_channels_equal_enumeration(threats, stock, p, track, channels):
    """Tiny cases: unseen threats cost nothing; channels limit engagements, not shots (E2, E8)."""
    slow = fight_slowly(threats, stock, (p, [1, 1], "turn", track, 1.0, channels, 0))
    answer = exact.leakers_finite(threats, stock, p, [1, 1], track=track, channels=channels)
    check_against(slow, answer, threats)


def check_against(slow, answer, threats):
    leakers = [sum(w for (n, _, _), w in slow.items() if n == k) for k in range(threats + 1)]
    assert answer["leakers"] == pytest.approx(leakers, abs=1e-12)
    assert answer["mean_leakers"] == pytest.approx(sum(n * w for (n, _, _), w in slow.items()), abs=1e-12)
    assert answer["mean_used"] == pytest.approx(sum(n * w for (_, n, _), w in slow.items()), abs=1e-12)
    assert answer["mean_dry"] == pytest.approx(sum(n * w for (_, _, n), w in slow.items()), abs=1e-12)
    assert answer["any_dry"] == pytest.approx(sum(w for (_, _, n), w in slow.items() if n), abs=1e-12)
    assert sum(answer["used"]) == pytest.approx(1)


@pytest.mark.tiny_case
def test_channels_saturate_but_a_dry_magazine_takes_none():
    """Tiny case: 5 threats, 2 channels, 1 round: four dry; with 9 rounds three are saturated (E2)."""
    assert exact.leakers_finite(5, 1, 1.0, channels=2)["mean_dry"] == 4
    full = exact.leakers_finite(5, 9, 1.0, channels=2)
    assert (full["mean_dry"], full["mean_leakers"], full["mean_used"]) == (0, 3, 2)


@pytest.mark.theory
def test_waves_renew_channels():
    """Theory: one channel, ample stock, p 1: leakers are what exceeds one in each wave (R4)."""
    answer = exact.leakers_finite(2, 10, 1.0, channels=1, waves=2)
    assert answer["leakers"] == pytest.approx([0.5, 0.5, 0])
    many = exact.leakers_finite(6, 9, 0.65, [1, 1], waves=3, track=0.9)
    assert sum(many["leakers"]) == pytest.approx(1)
    assert many["mean_leakers"] == pytest.approx(np.dot(many["leakers"], range(7)))
    ample = exact.leakers_finite(6, None, 0.65, [1, 1], waves=3, track=0.9)
    assert ample["leakers"] == pytest.approx(exact.leakers_finite(6, None, 0.65, [1, 1], track=0.9)["leakers"])


@pytest.mark.theory
def test_ample_stock_is_binomial():
    """Theory: X1 and X2, with track and common mode."""
    leakers = exact.leakers_finite(8, None, 0.6, [2, 1], track=0.9, reliability=0.8)["leakers"]
    kill = 0.9 * (1 - 0.4**3)
    expected = 0.8 * stats.binom.pmf(np.arange(9), 8, 1 - kill) + 0.2 * (np.arange(9) == 8)
    assert leakers == pytest.approx(expected.tolist(), abs=1e-12)
    looked = exact.look_shoot_look(0.6, [2, 1], 0.9, 0.8, 8)
    assert looked["leakers"] == pytest.approx(leakers, abs=1e-12)
    assert looked["mean_shots"] == pytest.approx(0.8 * 0.9 * (2 + 0.4**2))
    assert sum(weight for _, weight in looked["shots"]) == pytest.approx(1)


@pytest.mark.theory
def test_layers_in_series():
    """Theory: X5 with ample stock, and a chain of two finite magazines by hand."""
    ample = [{"p": 0.7, "salvos": 1}, {"p": 0.5, "salvos": 2, "reliability": 0.9}]
    whole = exact.leakers_finite(4, layers=ample)
    assert whole["mean_leakers"] == pytest.approx(4 * 0.3 * (1 - 0.9 * 0.75))
    closed = exact.no_leak(threats=4, layers=[{"p": 0.7}, {"p": 0.5, "shots": 2, "reliability": 0.9}])
    assert whole["no_leaker"] == pytest.approx(closed["no_leak"])
    assert whole["mean_leakers"] == pytest.approx(closed["mean_leakers"])
    finite = exact.leakers_finite(
        2, layers=[{"p": 0.5, "salvos": 1, "stock": 1}, {"p": 0.5, "salvos": 1, "stock": 1}], reliability=0.8
    )
    # first layer: 1 or 2 threats left with chance 1/2; second: one round again
    assert finite["leakers"] == pytest.approx([0.8 * 0.25, 0.8 * 0.5, 0.2 + 0.8 * 0.25])
    assert finite["layers"][1]["mean_arriving"] == pytest.approx(0.8 * 1.5 + 0.2 * 2)


@given(threats=st.integers(1, 4), rounds=st.integers(0, 7), p=probabilities, least_mean=st.booleans())
@small
def test_two_look_split_equals_enumeration(threats, rounds, p, least_mean):
    """Tiny cases: no allocation of a first look, even or not, beats the answer (X7)."""

    def value(left, stock):
        each, more = divmod(stock, left) if left else (0, 0)
        misses = [(1 - p) ** (each + (i < more)) for i in range(left)]
        return sum(misses) if least_mean else math.prod(1 - miss for miss in misses)

    def after(shots, stock):
        total = 0.0
        for fate in itertools.product((0, 1), repeat=len(shots)):
            chance = math.prod(
                (1 - p) ** n if lives else 1 - (1 - p) ** n for n, lives in zip(shots, fate, strict=True)
            )
            total += chance * value(sum(fate), stock)
        return total

    plans = [each for each in itertools.product(range(rounds + 1), repeat=threats) if sum(each) <= rounds]
    values = [after(each, rounds - sum(each)) for each in plans]
    answer = exact.two_look_split(rounds, threats, p, "mean_leakers" if least_mean else "no_leaker")
    assert answer["value"] == pytest.approx(min(values) if least_mean else max(values), abs=1e-12)


@pytest.mark.invariant
def test_more_looks_never_hurt():
    """Invariant: a third look is worth something, one look is the barrage."""
    worth = [exact.two_look_split(9, 5, 0.6, looks=looks)["value"] for looks in (1, 2, 3)]
    assert worth[0] == pytest.approx(exact.no_leak(0.6, 5, 9)["no_leak"])
    assert worth == sorted(worth)


# --- V3, V4: rationing and assignment


@pytest.mark.theory
def test_v3_bomber():
    """Theory: V3, the whole table, as fractions."""
    answer = exact.bomber(5, 5)
    assert [" ".join(row) for row in answer["fractions"]] == [
        "1/2 1/4 1/8 1/16 1/32",
        "3/4 1/2 5/16 3/16 7/64",
        "7/8 5/8 7/16 19/64 25/128",
        "15/16 3/4 9/16 51/128 35/128",
        "31/32 13/16 41/64 31/64 181/512",
        "63/64 7/8 23/32 73/128 445/1024",
    ]
    assert answer["salvos"] == [
        [0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [2, 1, 1, 1, 1], [3, 2, 2, 2, 1], [4, 2, 2, 2, 2], [5, 3, 2, 2, 2],
    ]  # fmt: skip
    assert (answer["value"], answer["salvo"]) == (445 / 1024, 2)


@pytest.mark.parametrize("objective", ["survival", "leakers"])
@pytest.mark.cross_check
def test_bomber_rounded_equals_rational(objective):
    """Cross-check: floating point agrees with fractions, ties included."""
    given = {"q": "1/3", "r": 0.4, "lethality": 0.8, "objective": objective}
    one, other = (exact.bomber(8, 9, rational=rational, **given) for rational in (True, False))
    assert np.allclose(one["values"], other["values"], rtol=1e-12)
    assert one["salvos"] == other["salvos"]


@pytest.mark.tiny_case
def test_bomber_edges():
    """Tiny case: no period left; a largest salvo; expected leakers of one round in two certain attacks."""
    assert exact.bomber(3, 0) | {"values": 0, "salvos": 0, "fractions": 0} == {
        "value": 1.0, "salvo": None, "values": 0, "salvos": 0, "fractions": 0,
    }  # fmt: skip
    assert max(map(max, exact.bomber(5, 3, most_salvo=1)["salvos"])) == 1
    assert exact.bomber(1, 2, 0.25, 1.0, objective="leakers")["value"] == pytest.approx(1.25)


V4_VALUES = [40, 25, 60, 15]
V4_P = [
    [0.7, 0.5, 0.6, 0.8],
    [0.6, 0.8, 0.5, 0.7],
    [0.8, 0.6, 0.7, 0.5],
    [0.5, 0.7, 0.8, 0.6],
    [0.65, 0.55, 0.75, 0.7],
]


@pytest.mark.theory
def test_v4_assignment():
    """Theory: V4, general matrix and identical resources."""
    answer = exact.assignment(V4_VALUES, V4_P)
    assert answer["value"] == six(19.0)
    assert (answer["assigned"], answer["counts"], answer["proven"]) == ([3, 1, 0, 2, 2], [1, 1, 2, 1], True)
    alike = exact.assignment([50, 30, 20, 10], 0.7, 7)
    assert (alike["value"], alike["counts"]) == (six(12.0), [2, 2, 2, 1])


@given(data=st.data(), resources=st.integers(1, 5), targets=st.integers(1, 3))
@small
def test_assignment_equals_enumeration(data, resources, targets):
    """Tiny cases: the best of all assignments, for a matrix and for identical resources."""
    chances = st.lists(probabilities, min_size=targets, max_size=targets)
    values = data.draw(st.lists(st.integers(0, 50), min_size=targets, max_size=targets))
    p = data.draw(st.lists(chances, min_size=resources, max_size=resources))

    def best(rows):
        plans = itertools.product(range(targets), repeat=resources)
        return min(
            sum(v * math.prod(1 - rows[i][j] for i in range(resources) if plan[i] == j) for j, v in enumerate(values))
            for plan in plans
        )

    answer = exact.assignment(values, p)
    assert answer["value"] == pytest.approx(best(p), abs=1e-9)
    assert exact.assignment(values, p[0], resources)["value"] == pytest.approx(best([p[0]] * resources), abs=1e-9)


@pytest.mark.tiny_case
def test_sequential_assignment():
    """Tiny case: two arrivals of 1 or 3; the better resource for a 3, or for the last (Derman et al.)."""
    answer = exact.assignment({"1": 0.5, "3": 0.5}, [0.2, 0.9], kind="sequential")
    assert answer["thresholds"] == [2.0]
    first_three, first_one = 3 * 0.9 + 2 * 0.2, 1 * 0.2 + 2 * 0.9
    assert answer["value"] == pytest.approx((first_three + first_one) / 2)


# --- V6: depletion


@pytest.mark.theory
def test_v6a_time_to_exhaustion():
    """Theory: V6(a); dividing means is reported as naive_time."""
    answer = exact.depletion(60, {"kind": "geometric", "mean": 6}, {"kind": "poisson", "mean": 0.5}, [10, 20, 30])
    assert answer["p_exhausted"] == six([0.069790, 0.464810, 0.834460])
    assert answer["mean_time"] == six(21.6666667)
    assert answer["mean_time"] == six((1 + 59 / 6) / 0.5)
    assert answer["naive_time"] == six(20)
    assert answer["demand_mean"] == six([30, 60, 90])
    assert answer["demand_variance"] == six([0.5 * t * (6 * 5 + 36) for t in (10, 20, 30)])


@pytest.mark.parametrize(
    ("deliveries", "shortage", "unmet", "end"),
    [
        (None, 0.422103, 5.447566, 6.447566),
        ({"10": 8, "20": 8, "30": 8}, 0.105014, 0.969173, 25.969173),
        ([[20, 8], [30, 8]], 0.225385, 2.368160, 19.368160),
    ],
)
@pytest.mark.theory
def test_v6b_stock_chain(deliveries, shortage, unmet, end):
    """Theory: V6(b), without deliveries, with them, and paused."""
    answer = exact.stock_chain(40, 30, DEMAND, BERNOULLI, deliveries=deliveries)
    assert answer["p_shortage"] == six(shortage)
    assert answer["mean_unmet"] == six(unmet)
    assert answer["mean_end_stock"] == six(end)
    arrived = 0 if deliveries is None else 8 * len(deliveries)
    assert answer["mean_used"] + answer["mean_end_stock"] == pytest.approx(40 + arrived)


@pytest.mark.theory
def test_v6b_least_stock():
    """Theory: V6(b), least start stock, and its neighbour by the forward chain."""
    answer = exact.least_stock([0.90, 0.95], 30, DEMAND, BERNOULLI)
    assert answer["start"] == [58, 64]
    for start, reached, less in zip(answer["start"], answer["probability"], answer["one_less"], strict=True):
        chain = [exact.stock_chain(n, 30, DEMAND, BERNOULLI)["never_dry"] for n in (start, start - 1)]
        assert [reached, less] == pytest.approx(chain)


@pytest.mark.parametrize(
    ("deliveries", "leakers", "used", "dry"),
    [(None, 12.070968, 46.310483, 0.810945), ({7: 16}, 6.628266, 57.649447, 0.549551)],
)
@pytest.mark.theory
def test_v6c_campaign_with_leakage(deliveries, leakers, used, dry):
    """Theory: V6(c), two shots at each missile in turn."""
    half = {"kind": "bernoulli", "p": 0.5}
    answer = exact.stock_chain(48, 14, {3: 0.5, 6: 0.3, 8: 0.2}, half, deliveries, p=0.8, salvos=2)
    assert answer["mean_leakers"] == six(leakers)
    assert answer["mean_used"] == six(used)
    assert answer["p_shortage"] == six(dry)


def campaign_slowly(start, days, sizes, raids, landings, fight):
    """Branch over every day: P(dry), mean unmet or leakers, mean end stock, P(first empty midnight)."""
    states: dict = {(start, False, 0.0, None if start else 0): 1.0}
    for day in range(1, days + 1):
        nights: dict = {}
        for (stock, dry, lost, empty), weight in states.items():
            for number, chance in raids.items():
                pool = {(stock + landings.get(day, 0), dry, lost): weight * chance}
                for _ in range(number):
                    later: dict = {}
                    for (have, was, sum_lost), w in pool.items():
                        for size, share in sizes.items():
                            for (gone, used, thirsty), odds in fight(size, have).items():
                                key = (have - used, was or thirsty > 0, sum_lost + gone)
                                later[key] = later.get(key, 0.0) + w * share * odds
                    pool = later
                for (have, was, sum_lost), w in pool.items():
                    midnight = (have, was, sum_lost, day if empty is None and have == 0 else empty)
                    nights[midnight] = nights.get(midnight, 0.0) + w
        states = nights
    total = list(states.items())
    return {
        "dry": sum(w for (_, dry, _, _), w in total if dry),
        "lost": sum(lost * w for (_, _, lost, _), w in total),
        "clean": sum(w for (_, _, lost, _), w in total if lost == 0),
        "end": sum(have * w for (have, _, _, _), w in total),
        "empty": [sum(w for (*_, first), w in total if first == day) for day in range(days + 1)],
    }


@given(
    start=st.integers(0, 6),
    landing=st.integers(0, 4),
    salvos=st.sampled_from([[1], [2], [1, 1]]),
    spread=st.sampled_from(["turn", "even"]),
    p=probabilities,
    works=st.sampled_from([1.0, 0.7]),
)
@settings(max_examples=20, deadline=None)
def test_campaign_equals_enumeration(start, landing, salvos, spread, p, works):
    """Tiny cases: three days, up to two raids a day, fought in turn (X3, R1, C1)."""
    sizes, raids = {1: 0.5, 3: 0.5}, {0: 0.3, 1: 0.5, 2: 0.2}

    def fight(size, stock):
        return fight_slowly(size, stock, (p, salvos, spread, 1.0, works, None, 0))

    slow = campaign_slowly(start, 3, sizes, raids, {2: landing}, fight)
    answer = exact.stock_chain(
        start, 3, sizes, raids, {2: landing}, p=p, salvos=salvos, spread=spread, reliability=works
    )
    assert answer["p_shortage"] == pytest.approx(slow["dry"], abs=1e-12)
    assert answer["mean_leakers"] == pytest.approx(slow["lost"], abs=1e-12)
    assert answer["no_leaker"] == pytest.approx(slow["clean"], abs=1e-12)
    assert answer["mean_end_stock"] == pytest.approx(slow["end"], abs=1e-12)
    assert answer["first_empty"] == pytest.approx(slow["empty"], abs=1e-12)
    least = exact.least_stock(
        0.9, 3, sizes, raids, {2: landing}, p=p, salvos=salvos, spread=spread, reliability=works, most=30
    )
    plain = [
        exact.stock_chain(n, 3, sizes, raids, {2: landing}, p=p, salvos=salvos, spread=spread, reliability=works)
        for n in range(31)
    ]
    assert least["start"] == next(n for n, each in enumerate(plain) if each["never_dry"] >= 0.9 - 1e-9)


@given(start=st.integers(0, 12), landing=st.integers(0, 4))
@settings(max_examples=20, deadline=None)
def test_demand_equals_enumeration(start, landing):
    """Tiny cases: unmet demand is lost, deliveries come before the demand of the day."""
    sizes, raids = {1: 0.3, 4: 0.7}, {0: 0.5, 1: 0.3, 2: 0.2}

    def fight(size, stock):
        return {(max(0, size - stock), min(size, stock), size > stock): 1.0}

    slow = campaign_slowly(start, 3, sizes, raids, {1: landing}, fight)
    answer = exact.stock_chain(start, 3, sizes, raids, {1: landing})
    assert answer["p_shortage"] == pytest.approx(slow["dry"], abs=1e-12)
    assert answer["mean_unmet"] == pytest.approx(slow["lost"], abs=1e-12)
    assert answer["mean_end_stock"] == pytest.approx(slow["end"], abs=1e-12)
    assert answer["first_empty"] == pytest.approx(slow["empty"], abs=1e-12)


@pytest.mark.tiny_case
def test_pauses_hold_or_lose():
    """Tiny case: a held delivery lands the day after the pause, a lost one never (S2)."""
    ticks: dict = {"size": 1, "raids_a_day": 1, "deliveries": {2: 5}}
    held = exact.stock_chain(1, 6, pauses=[{"from": 2, "to": 3}], **ticks)
    assert held["first_dry"] == [0, 1, 0, 0, 0, 0]
    assert held["mean_stock"] == [1, 0, 0, 0, 4, 3, 2]
    lost = exact.stock_chain(1, 6, pauses=[{"from": 2, "to": 3, "effect": "lost"}], **ticks)
    assert lost["mean_end_stock"] == 0
    assert lost["mean_dry_nights"] == 5
    paused = [{"from": 5, "to": 15, "effect": "lost"}]
    v6b = exact.stock_chain(40, 30, DEMAND, BERNOULLI, {10: 8, 20: 8, 30: 8}, paused)
    assert v6b["p_shortage"] == six(0.225385)


@pytest.mark.theory
def test_random_deliveries_and_start_are_mixtures():
    """Theory: a delivery of 8 with probability 0.7, and a start of 30 or 50, are weighted sums."""
    sure = [exact.stock_chain(30, 20, DEMAND, BERNOULLI, {10: n})["p_shortage"] for n in (0, 8)]
    mixed = exact.stock_chain(30, 20, DEMAND, BERNOULLI, {10: {"0": 0.3, "8": 0.7}})["p_shortage"]
    assert mixed == pytest.approx(0.3 * sure[0] + 0.7 * sure[1])
    starts = [exact.stock_chain(n, 20, DEMAND, BERNOULLI)["mean_unmet"] for n in (30, 50)]
    both = exact.stock_chain({30: 0.5, 50: 0.5}, 20, DEMAND, BERNOULLI)["mean_unmet"]
    assert both == pytest.approx(sum(starts) / 2)


LAWS = [
    4,
    {1: 0.5, 5: 0.5},
    {"kind": "poisson", "mean": 3.0},
    {"kind": "geometric", "mean": 3.0},
    {"kind": "negative_binomial", "mean": 3.0, "dispersion": 0.8},
]


@pytest.mark.parametrize("size", LAWS, ids=str)
@pytest.mark.parametrize(
    "raids",
    [1, BERNOULLI, {"kind": "poisson", "mean": 0.4}, {0: 0.5, 2: 0.5}],
    ids=["daily", "bernoulli", "poisson", "table"],
)
@pytest.mark.cross_check
def test_depletion_equals_the_chain(size, raids):
    """Cross-check: P(T <= d) is P(stock 0 by midnight d) of the Markov chain; so are the moments of use."""
    days = 25
    answer = exact.depletion(20, size, raids, [*range(days + 1)])
    chain = exact.stock_chain(20, days, size, raids)
    assert answer["p_exhausted"] == pytest.approx(np.cumsum(chain["first_empty"]).tolist(), abs=1e-10)
    ample = exact.stock_chain(900, 10, size, raids)
    left = np.array(ample["end_stock"])
    used = 900 - np.arange(len(left))
    assert answer["demand_mean"][10] == pytest.approx(left @ used, rel=1e-9)
    assert answer["demand_variance"][10] == pytest.approx(left @ used**2 - (left @ used) ** 2, rel=1e-6)


@pytest.mark.parametrize("raids", [{"kind": "poisson", "mean": 0.5}, {"kind": "bernoulli", "p": 0.5}])
@pytest.mark.cross_check
def test_depletion_moments_equal_sums_of_the_survival_function(raids):
    """Cross-check: mean, sd and quantiles of T from P(T > t)."""
    grid = np.arange(0, 200, 0.125 if raids["kind"] == "poisson" else 1.0)
    answer = exact.depletion(30, {"kind": "geometric", "mean": 6}, raids, grid.tolist()[: 1600 // 2])
    alive = 1 - np.array(answer["p_exhausted"])
    grid = grid[: len(alive)]
    if raids["kind"] == "poisson":
        mean, second = (integrate.simpson(each, x=grid) for each in (alive, 2 * grid * alive))
        assert answer["mean_days"] == pytest.approx(alive[::8].sum(), rel=1e-6)
    else:
        mean, second = alive.sum(), ((2 * grid + 1) * alive).sum()
    assert answer["mean_time"] == pytest.approx(mean, rel=1e-5)
    assert answer["sd_time"] == pytest.approx(math.sqrt(second - mean**2), rel=1e-4)
    for share, time in answer["quantiles"]:
        reached = exact.depletion(30, {"kind": "geometric", "mean": 6}, raids, [time])["p_exhausted"][0]
        assert reached >= share - 1e-8


@pytest.mark.theory
def test_depletion_with_a_doctrine():
    """Theory: X4, use of ample stock under shoot-look-shoot has the compound mean and variance."""
    answer = exact.depletion(40, 5, BERNOULLI, [8], p=0.6, salvos=[2, 1], track=0.9, reliability=0.8)
    shots = {0: 0.1, 2: 0.9 * 0.84, 3: 0.9 * 0.16}
    mean = sum(n * w for n, w in shots.items())
    spread = sum(n * n * w for n, w in shots.items()) - mean**2
    first, second = 0.8 * 5 * mean, 0.8 * (5 * spread + (5 * mean) ** 2)
    assert answer["demand_mean"][0] == pytest.approx(8 * 0.25 * first)
    assert answer["demand_variance"][0] == pytest.approx(8 * (0.25 * second - (0.25 * first) ** 2))
    chain = exact.stock_chain(40, 8, 5, BERNOULLI, p=0.6, salvos=[2, 1], track=0.9, reliability=0.8)
    assert answer["p_exhausted"][0] <= sum(chain["first_empty"]) + 1e-12


# --- V7: supply


@pytest.mark.theory
def test_v7_learning_curve():
    """Theory: V7, and the cumulative average theory beside it."""
    answer = exact.learning_curve(4.0, 0.9, [2, 100, 1000], [[101, 200]])
    assert answer["unit_costs"] == six([3.6, 1.986341, 1.399751])
    assert answer["block_costs"] == six([187.292164])
    average = exact.learning_curve(4.0, 0.9, [1, 2, 3], theory="cumulative_average")
    assert average["total_costs"] == pytest.approx([n * 4 * n ** math.log2(0.9) for n in (1, 2, 3)])
    assert average["unit_costs"][1] == pytest.approx(3.2)


@pytest.mark.theory
def test_v7_ramp():
    """Theory: V7, and the same ramp in months keeps whole rounds by carry."""
    assert exact.ramp(600, 5, increment=100, step="year")["cumulative"][2::2] == [2100, 4000]
    monthly = exact.ramp(600, 12, step="month", per="year")
    assert (monthly["output"], monthly["total"]) == ([50] * 12, 600)
    assert exact.ramp(100, 12, step="month", per="year")["total"] == 100
    assert exact.ramp(730, 365, step="day", per="year", share=0.5)["output"] == [1] * 365


@pytest.mark.tiny_case
def test_ramp_shapes():
    """Tiny case: the first period named has the start rate, period `reach` the target (S1)."""
    assert exact.ramp(10, 5, target=40, reach=4)["rates"] == pytest.approx([10, 20, 30, 40, 40])
    s_curve = exact.ramp(0, 4, target=100, reach=3, shape="s_curve")["rates"]
    assert s_curve == pytest.approx([0, 50, 100, 100])
    assert exact.ramp(10, 4, increment=-4)["rates"] == pytest.approx([10, 6, 2, 0])
    learned = exact.ramp(100, 6, shape="learning", learning=0.8)
    assert learned["rates"][0] == pytest.approx(100)
    assert learned["rates"] == sorted(learned["rates"])
    made = learned["cumulative"][-1]
    efforts = exact.learning_curve(1.0, 0.8, [100, made, made + 1])["total_costs"]
    assert efforts[1] <= 6 * efforts[0] <= efforts[2]


@pytest.mark.theory
def test_v7_newsvendor():
    """Theory: V7; costs and spares."""
    answer = exact.newsvendor({"kind": "poisson", "mean": 12}, 4, 1)
    assert answer["order"] == 15
    assert answer["cumulative"] == six(0.844416)
    assert answer["fractile"] == six(0.8)
    demand = stats.poisson(12)
    counts = np.arange(200)
    short = (np.maximum(counts - 15, 0) * demand.pmf(counts)).sum()
    left = (np.maximum(15 - counts, 0) * demand.pmf(counts)).sum()
    assert answer["mean_cost"] == pytest.approx(4 * short + left)
    spares = exact.newsvendor({"kind": "poisson", "mean": 12}, goal=0.95)
    assert spares["order"] == demand.ppf(0.95)
    assert exact.newsvendor({2: 0.5, 6: 0.5}, goal=1.0)["order"] == 6


# --- V8: claims


@pytest.mark.theory
def test_v8_claims():
    """Theory: V8, posterior, Rogan-Gladen, and true kills among claims."""
    rate = exact.claims_posterior(101, 97, quantiles=[0.05, 0.95])
    assert rate["mean"] == six(0.951456)
    assert [value for _, value in rate["quantiles"]] == six([0.912508, 0.980489])
    assert exact.true_rate(0.85, 0.9, 0.8)["rate"] == six(0.928571)
    kills = exact.claims_posterior(claims=20, p=0.5, false_claim=0.3)
    assert kills["mean_true"] == six(15.384615)
    assert np.dot(kills["true_kills"], range(21)) == six(15.384615)


@pytest.mark.tiny_case
def test_true_rate_is_clipped_and_flagged():
    """Tiny case: the raw estimate is kept (K1)."""
    answer = exact.true_rate(0.95, 0.9, 0.8, reports=100)
    assert (answer["rate"], answer["clipped"], answer["raw"]) == (1.0, True, pytest.approx(0.75 / 0.7))
    assert answer["se"] == pytest.approx(math.sqrt(0.95 * 0.05 / 100) / 0.7)


@given(a=st.floats(0.2, 3000), b=st.floats(0.2, 3000), share=st.floats(0.001, 0.999))
@small
def test_beta_quantiles_equal_scipy(a, b, share):
    """Cross-check: the incomplete beta function of our own against another library's."""
    value = exact.claims_posterior(0, 0, [a, b], [share])["quantiles"][0][1]
    assert value == pytest.approx(stats.beta.ppf(share, a, b), rel=1e-8, abs=1e-12)


# --- X7: the rest


@pytest.mark.parametrize(
    ("channels", "load", "places"), [(3, 2.0, 0), (3, 2.0, 4), (2, 5.0, 3), (1, 1.0, 2), (4, 0.0, 2)]
)
@pytest.mark.cross_check
def test_queues_equal_birth_and_death(channels, load, places):
    """Cross-check: M/M/c/K by its stationary distribution."""
    weights = [1.0]
    for n in range(1, channels + places + 1):
        weights.append(weights[-1] * load / min(n, channels))
    share = np.array(weights) / sum(weights)
    answer = exact.erlang_loss(channels, load, places)
    assert answer["lost"] == pytest.approx(share[-1])
    assert answer["busy"] == pytest.approx(np.minimum(np.arange(len(share)), channels) @ share)
    queue = np.maximum(np.arange(len(share)) - channels, 0) @ share
    assert answer["mean_wait"] == pytest.approx(queue / (load * (1 - share[-1])) if load else 0)
    assert answer["wait_any"] == pytest.approx(share[channels:-1].sum())


@pytest.mark.theory
def test_queue_limits():
    """Theory: unlimited waiting is Erlang C, no patience is Erlang B, endless patience loses the excess."""
    assert exact.erlang_loss(3, 2.0, None)["wait_any"] == pytest.approx(4 / 9)
    assert exact.erlang_loss(3, 2.0, patience=0)["lost"] == pytest.approx(exact.erlang_loss(3, 2.0)["lost"])
    assert exact.erlang_loss(3, 5.0, patience=200)["lost"] == pytest.approx(0.4)
    assert exact.erlang_loss(3, 2.0, patience=200)["lost"] == pytest.approx(0, abs=1e-12)
    # one channel: loss of M/M/1 + D by integration of the wait density
    a, d = 0.8, 1.5
    waits = integrate.quad(lambda x: a * math.exp((a - 1) * x), 0, d)[0]
    beyond = a * math.exp((a - 1) * d)
    assert exact.erlang_loss(1, a, patience=d)["lost"] == pytest.approx(beyond / (1 + waits + beyond))
    least = exact.erlang_loss(1, 10.0, goal=0.01)["least_channels"]
    assert exact.erlang_loss(least, 10.0)["lost"] <= 0.01 < exact.erlang_loss(least - 1, 10.0)["lost"]


@pytest.mark.parametrize("patience", [0.4, 1.3])
@pytest.mark.cross_check
def test_patience_against_a_simulation(patience):
    """Cross-check: M/M/2 + D simulated by the workload of the channels, within four standard errors."""
    draw, n, load = np.random.default_rng(5), 40_000, 2.4
    gaps, times = draw.exponential(1 / load, n), draw.exponential(1.0, n)
    free, now, lost = [0.0, 0.0], 0.0, []
    for gap, time in zip(gaps, times, strict=True):
        now += gap
        free.sort()
        start = max(now, free[0])
        lost.append(start - now > patience)
        if not lost[-1]:
            free[0] = start + time
    batches = np.array(lost).reshape(40, -1).mean(axis=1)
    error = batches.std(ddof=1) / math.sqrt(40)
    assert abs(batches.mean() - exact.erlang_loss(2, load, patience=patience)["lost"]) < 4 * error


@given(shooters=st.integers(0, 5), targets=st.integers(1, 3), p=probabilities)
@small
def test_uncoordinated_fire_equals_enumeration(shooters, targets, p):
    """Tiny cases: every choice of target and every hit."""
    killed = np.zeros(targets + 1)
    for aims in itertools.product(range(targets), repeat=shooters):
        for hits in itertools.product((0, 1), repeat=shooters):
            chance = math.prod(p if hit else 1 - p for hit in hits) / targets**shooters
            killed[len({aim for aim, hit in zip(aims, hits, strict=True) if hit})] += chance
    answer = exact.uncoordinated_fire(shooters, targets, p)
    assert answer["survivors"] == pytest.approx(killed[::-1].tolist(), abs=1e-12)
    assert answer["mean_killed"] == pytest.approx(killed @ np.arange(targets + 1), abs=1e-12)
    assert answer["loss"] >= -1e-12


@given(
    attackers=st.lists(st.integers(0, 3), min_size=1, max_size=3),
    rounds=st.integers(0, 6),
    shots=st.integers(1, 2),
    p=probabilities,
    damage=st.sampled_from([1.0, 0.6]),
)
@small
def test_preferential_equals_enumeration(attackers, rounds, shots, p, damage):
    """Tiny cases: best sharing of rounds among assets, and the mean over every order of arrival."""

    def saved(raid, plan):
        return math.prod(1 - damage * (1 - p) ** n for n in plan[:raid])

    def best(raid, stock):
        plans = itertools.product(range(stock + 1), repeat=raid)
        return max(saved(raid, plan) for plan in plans if sum(plan) <= stock)

    n = len(attackers)
    sharings = [each for each in itertools.product(range(rounds + 1), repeat=n) if sum(each) == rounds]
    values = [1.0 + i for i in range(n)]
    answer = exact.preferential(attackers, rounds, p, shots, damage, values)
    options = [[best(raid, stock) for stock in range(rounds + 1)] for raid in attackers]
    top = max(sum(values[i] * options[i][each[i]] for i in range(n)) for each in sharings)
    assert answer["preferential"] == pytest.approx(top)
    threats = [asset for asset, raid in enumerate(attackers) for _ in range(raid)]
    plan = [min(shots, max(0, rounds - shots * i)) for i in range(len(threats))]
    orders = set(itertools.permutations(threats))
    means = [
        sum(
            values[i] * math.prod(1 - damage * (1 - p) ** k for k, to in zip(plan, order, strict=True) if to == i)
            for i in range(n)
        )
        for order in orders
    ]
    assert answer["random_subset"] == pytest.approx(sum(means) / len(means))


@pytest.mark.tiny_case
def test_order_of_fire_matters():
    """Tiny case: 12 rounds for 2 x 6 missiles, asset by asset or in arrival order (the note under E1)."""
    answer = exact.preferential([6, 6], 12, 0.62, shots=2)
    assert answer["in_turn"] == pytest.approx((1 - 0.38**2) ** 6)
    assert answer["random_subset"] == pytest.approx(2 / math.comb(12, 6) * (1 - 0.38**2) ** 6)


@pytest.mark.tiny_case
def test_salvo_exchange():
    """Tiny case: Hughes's equations by hand; an exchange that hurts nobody ends it."""
    answer = exact.salvo_exchange(3, 2, 4, 4, 2, 2, 2, 2, exchanges=5)
    assert (answer["a"], answer["b"]) == ([3.0, 2.0], [2.0, 0.0])
    assert answer["exchange_ratio"] == pytest.approx(3)
    assert exact.salvo_exchange(2, 2, 1, 1, 5, 5)["a"] == [2.0]


@pytest.mark.theory
def test_random_cover():
    """Theory: expected cover, depth and kill; the spread of the covered share against thrown discs."""
    answer = exact.random_cover(12, 25.0, 20000.0, at_least=2, p=0.7, availability=0.8)
    one = 0.8 * math.pi * 25**2 / 20000
    assert answer["share"] == pytest.approx(stats.binom.sf(1, 12, one))
    assert answer["mean_kill"] == pytest.approx(1 - (1 - 0.7 * one) ** 12)
    least = exact.random_cover(0, 25.0, 20000.0, goal=0.9)["least_discs"]
    assert [exact.random_cover(n, 25.0, 20000.0)["share"] >= 0.9 for n in (least - 1, least)] == [False, True]


@pytest.mark.cross_check
def test_spread_of_random_cover():
    """Cross-check: mean and sd of the covered share of a torus, within four standard errors."""
    draw, side, radius, discs, trials = np.random.default_rng(3), 10.0, 1.5, 6, 400
    grid = (np.arange(60) + 0.5) / 60 * side
    shares = []
    for _ in range(trials):
        centre = draw.uniform(0, side, (discs, 2))
        apart = np.abs(grid[None, :, None] - centre[:, None, :])
        apart = np.minimum(apart, side - apart) ** 2
        inside = apart[:, :, 0][:, :, None] + apart[:, :, 1][:, None, :] <= radius**2
        shares.append(inside.any(axis=0).mean())
    answer = exact.random_cover(discs, radius, side**2)
    error = np.std(shares) / math.sqrt(trials)
    assert abs(np.mean(shares) - answer["share"]) < 4 * error
    assert abs(np.std(shares) - answer["sd_share"]) < 4 * error


# --- scores


@given(sample=st.lists(st.floats(-5, 5), min_size=2, max_size=8), seen=st.floats(-6, 6))
@small
def test_crps_of_a_sample_is_the_integral(sample, seen):
    """Theory: the integral of the squared distance of the two step functions."""
    points = sorted([*sample, seen])
    total = 0.0
    for low, high in itertools.pairwise(points):
        middle = (low + high) / 2
        share = sum(x <= middle for x in sample) / len(sample)
        total += (high - low) * (share - (seen <= middle)) ** 2
    assert exact.crps(seen, sample=sample)["crps"] == pytest.approx(total, abs=1e-9)
    fair = exact.crps(seen, sample=sample, fair=True)["spread"]
    pairs = [abs(x - y) for x, y in itertools.permutations(sample, 2)]
    assert fair == pytest.approx(sum(pairs) / len(pairs) / 2, abs=1e-9)


@pytest.mark.theory
def test_crps_of_normal_and_quantiles():
    """Theory: the normal form by integration; many quantiles tend to it."""
    answer = exact.crps(1.3, mean=0.5, sd=2.0)["crps"]
    pieces = [integrate.quad(lambda x: stats.norm.cdf(x, 0.5, 2) ** 2, -30, 1.3)[0],
              integrate.quad(lambda x: stats.norm.sf(x, 0.5, 2) ** 2, 1.3, 30)[0]]  # fmt: skip
    assert answer == pytest.approx(sum(pieces), rel=1e-6)
    levels = (np.arange(400) + 0.5) / 400
    quantiles = [[float(level), float(stats.norm.ppf(level, 0.5, 2))] for level in levels]
    assert exact.crps(1.3, quantiles=quantiles)["crps"] == pytest.approx(answer, rel=2e-3)
    assert exact.crps(3.0, mean=1.0, sd=0.0)["crps"] == 2.0
    assert exact.crps(0.0, quantiles={"0.5": 2.0})["crps"] == pytest.approx(2.0)


@given(data=st.data(), n=st.integers(1, 12), bins=st.sampled_from([None, 1, 3, 10]))
@small
def test_brier_parts_add_up(data, n, bins):
    """Invariant: score = reliability - resolution + uncertainty + within, for any binning."""
    forecasts = data.draw(st.lists(st.floats(0, 1), min_size=n, max_size=n))
    outcomes = data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n))
    answer = exact.brier(forecasts, outcomes, bins)
    parts = answer["reliability"] - answer["resolution"] + answer["uncertainty"] + answer["within"]
    assert answer["score"] == pytest.approx(parts, abs=1e-12)
    assert answer["score"] == pytest.approx(np.mean((np.array(forecasts) - outcomes) ** 2), abs=1e-12)
    assert sum(row["n"] for row in answer["bins"]) == n


# --- the front door

REQUIRED = [
    "salvo_kill",
    "shots_needed",
    "no_leak",
    "least_interceptors",
    "leakers_finite",
    "look_shoot_look",
    "depletion",
    "stock_chain",
    "least_stock",
    "bomber",
    "assignment",
    "newsvendor",
    "learning_curve",
    "ramp",
    "erlang_loss",
    "salvo_exchange",
    "two_look_split",
    "uncoordinated_fire",
    "preferential",
    "random_cover",
    "true_rate",
    "claims_posterior",
    "crps",
    "brier",
]

EXAMPLES: dict[str, dict] = {
    "salvo_kill": {"p": 0.8, "shots": [1, 2]},
    "shots_needed": {"p": 0.8, "goal": 0.9},
    "no_leak": {"p": 0.8, "threats": 6, "interceptors": 12},
    "least_interceptors": {"p": 0.8, "threats": 6, "goal": 0.9},
    "leakers_finite": {"threats": 6, "interceptors": 9, "p": 0.65, "salvos": [1, 1]},
    "look_shoot_look": {"p": 0.6},
    "depletion": {"stock": 60, "size": {"kind": "geometric", "mean": 6}, "times": [10]},
    "stock_chain": {"start": 40, "days": 30, "size": DEMAND, "raids_a_day": BERNOULLI},
    "least_stock": {"goal": 0.9, "days": 5, "size": DEMAND, "raids_a_day": BERNOULLI, "most": 60},
    "bomber": {"n": 5, "t": 5, "q": "1/2"},
    "assignment": {"values": V4_VALUES, "p": V4_P},
    "newsvendor": {"demand": {"kind": "poisson", "mean": 12}, "underage": 4, "overage": 1},
    "learning_curve": {"first": 4.0, "rate": 0.9, "units": [2]},
    "ramp": {"start": 600, "periods": 5, "increment": 100, "step": "year"},
    "erlang_loss": {"channels": 3, "load": 2.0},
    "salvo_exchange": {
        "strength_a": 3,
        "strength_b": 2,
        "strike_a": 4,
        "strike_b": 4,
        "defence_a": 2,
        "defence_b": 2,
    },
    "two_look_split": {"rounds": 9, "threats": 6, "p": 0.65},
    "uncoordinated_fire": {"shooters": 4, "targets": 4, "p": 0.8},
    "preferential": {"attackers": [6, 6], "interceptors": 12, "p": 0.62},
    "random_cover": {"discs": 12, "radius": 25.0, "area": 20000.0},
    "true_rate": {"claimed": 0.85, "sensitivity": 0.9, "specificity": 0.8},
    "claims_posterior": {"launched": 101, "stopped": 97},
    "crps": {"observed": 1.0, "sample": [0.0, 2.0]},
    "brier": {"forecasts": [0.8, 0.2], "outcomes": [1, 0]},
}


@pytest.mark.architecture
def test_names_and_registry():
    """Architecture: the names of the promise, all exported, all in the table."""
    assert exact.names() == REQUIRED
    assert set(exact.__all__) == {*REQUIRED, "EXACT", "call", "names"}
    assert all(exact.EXACT[name] is getattr(exact, name) for name in REQUIRED)


PAGE = Path(__file__).parents[1] / "docs" / "model" / "exact.md"


@pytest.mark.docs
def test_the_page_runs_and_names_every_twin():
    """Docs: each twin has a heading and its keys, and the examples of the page print what they say."""
    page = PAGE.read_text(encoding="utf-8")
    for name in REQUIRED:
        section = page.partition(f"### `{name}`")[2].partition("\n#")[0]
        words = set(re.findall(r"\w+", section))
        missing = set(exact.call(name, EXAMPLES[name])) - words
        assert section, name
        assert not missing, (name, missing)
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert (failed, tried > 0) == (0, True)


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.docs
def test_docstrings_name_arguments_keys_and_source(name):
    """Docs: a docstring tells every argument, every key of the answer, and the source."""
    text = inspect.getdoc(exact.EXACT[name]) or ""
    words = set(re.findall(r"\w+", text))
    referred = inspect.getdoc(exact.stock_chain) if name == "least_stock" else None
    told = words | set(re.findall(r"\w+", referred or ""))
    assert not set(inspect.signature(exact.EXACT[name]).parameters) - told
    assert not set(exact.call(name, EXAMPLES[name])) - words
    assert "Source:" in text
    assert ">>>" in text


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.invariant
def test_call_takes_json_texts_and_answers_in_json(name):
    """Invariant: values as JSON texts give the same answer, and it survives JSON (no NaN, no arrays)."""
    plain = exact.call(name, EXAMPLES[name])
    texts = exact.call(name, {key: json.dumps(value) for key, value in EXAMPLES[name].items()})
    assert plain == texts
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1, "words", [], {}, True, 10**400, 1e308])
@pytest.mark.invariant
def test_bad_values_are_refused_or_answered(name, bad):
    """Invariant: any argument may be nonsense; the outcome is an answer or an ExactError, nothing else."""
    for key in inspect.signature(exact.EXACT[name]).parameters:
        refusal = refused(name, {**EXAMPLES[name], key: bad})
        assert refusal is None or "allowed:" in str(refusal)


def refused(name, arguments):
    """The refusal, or None where there is an answer, which must be JSON."""
    try:
        json.dumps(exact.call(name, arguments), allow_nan=False)
    except ExactError as refusal:
        return refusal
    return None


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("bombr", {}, ["bombr", "nearest: bomber"]),
        ("bomber", {"n": 1, "t": 1, "lethalty": 1}, ["lethalty", "nearest: lethality"]),
        ("bomber", {"n": 1}, ["needs the argument t"]),
        ("bomber", {"n": 2.5, "t": 1}, ["n is 2.5", "a whole number from 0 to 1000"]),
        ("bomber", {"n": 1000, "t": 1000}, ["(n + 1) x t is 1001000", "up to 40,000"]),
        ("salvo_kill", {"p": 1.5}, ["p is 1.5", "from 0 up to 1"]),
        ("salvo_kill", {"p": [0.5], "shots": 2}, ["shots is 2", "one p per shot"]),
        ("no_leak", {"p": 0.5, "threats": 4, "interceptors": 6, "spread": "turn"}, ["shots is None"]),
        ("no_leak", {"p": 0.5, "layers": [{"p": 0.5}]}, ["only without p"]),
        (
            "leakers_finite",
            {"threats": 200, "interceptors": 9, "p": 0.5, "salvos": [1, 1]},
            ["200", "up to 120"],
        ),
        (
            "leakers_finite",
            {"threats": 2, "layers": [{"p": 0.5, "salvo": 1}]},
            ["a key of layers[0] is 'salvo'"],
        ),
        ("stock_chain", {"start": 4000, "days": 3, "size": 1}, ["is 4000", "up to 3,000"]),
        ("stock_chain", {"start": 4, "days": 3, "size": {2: 0.5}}, ["sum of the weights", "0.5"]),
        ("stock_chain", {"start": 4, "days": 3, "size": 1, "salvos": 2}, ["p is None"]),
        ("stock_chain", {"start": 4, "days": 3, "size": 1, "deliveries": {9: 2}}, ["is 9", "from 1 to 3"]),
        ("depletion", {"stock": 5, "size": 0}, ["mean demand of a raid is 0"]),
        ("newsvendor", {"demand": {"kind": "poisson", "mean": 2}, "goal": 1.0}, ["fractile", "below 1"]),
        ("true_rate", {"claimed": 0.5, "sensitivity": 0.5, "specificity": 0.5}, ["above 1"]),
        ("erlang_loss", {"channels": 2, "load": 3, "waiting": None}, ["waiting is None"]),
        ("random_cover", {"discs": 2, "radius": 10, "area": 5}, ["area is 5"]),
        ("crps", {"observed": 1}, ["one of sample"]),
        ("brier", {"forecasts": [0.5], "outcomes": [0.5]}, ["outcomes[0] is 0.5"]),
    ],
)
@pytest.mark.invariant
def test_refusals_name_argument_value_and_range(name, arguments, words):
    """Invariant: each refusal says what, which value, and what is allowed."""
    with pytest.raises(ExactError) as refusal:
        exact.call(name, arguments)
    for word in words:
        assert word in str(refusal.value)
