"""Supply: lines of every kind, funds, rivals, pauses (tiny cases, theory and invariants)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

import vallum
from vallum import exact, report
from vallum._kernel import fast, reference
from vallum._kernel.problem import Tally
from vallum.campaign import prepare
from vallum.campaign.fold import Folded
from vallum.campaign.needed import _lasts
from vallum.campaign.plan import Plan
from vallum.errors import ScenarioError
from vallum.report import json_text, tables
from vallum.results import Label
from vallum.scenario.line_rules import KINDS
from vallum.scenario.schema import Choices
from vallum.scenario.validation import partial_problems
from vallum.scenario.worlds import Worlds
from vallum.supply import ALL_LINES, Supply
from vallum.terms import NEVER

SE = 4.0


def planned(folder: Path, days: int = 61, uncertain: dict[str, Any] | None = None, **choices: Any) -> Plan:
    document = {
        "question": "What arrives?",
        "fixed": {
            "start": "2025-11-01",
            "days": days,
            "assets": {"City": {}},
            "classes": {"ballistic": {}},
            "interceptors": {"round": {"kill": {"ballistic": 0.5}}},
            "systems": {"long": {}},
            "raids": {"kind": "law", "size": {"ballistic": {"kind": "fixed", "n": 1}}},
        },
        "uncertain": uncertain or {},
        "choices": {"batteries": {"long": 1}, **choices},
    }
    path = folder / "supply.yaml"
    YAML(typ="safe").dump(document, path)
    return prepare(vallum.read(path))


def worlds(plan: Plan, futures: int = 3, first: int = 0) -> Worlds:
    return plan.worlds(0, range(first, first + futures))


def rounds(plan: Plan, futures: int = 3, first: int = 0) -> np.ndarray:
    block = worlds(plan, futures, first)
    return plan.supply.arrivals(block, plan.supply.by_line(block))[:, :, 0]


def arrivals(folder: Path, futures: int = 3, days: int = 61, **choices: Any) -> np.ndarray:
    return rounds(planned(folder, days, **choices), futures)


def spread(low: float, high: float) -> dict[str, Any]:
    return {"best": (low + high) / 2, "low": low, "high": high, "shape": "uniform", "assumption": "made up"}


def stream(a_month: float, **about: Any) -> dict[str, Any]:
    return {"kind": "stream", "interceptor": "round", "per_month": a_month, "donor": "us", **about}


@pytest.mark.tiny_case
def test_a_stream_lands_so_many_a_month(tmp_path: Path) -> None:
    """Tiny case: 30 a month is one a day in November and 30 over the 31 days of December, by carry (S1)."""
    landed = arrivals(tmp_path, supply={"line": stream(30)})
    assert (landed[:, :30] == 1).all()
    assert (landed[:, 30:].sum(axis=1) == 30).all()


@pytest.mark.tiny_case
@pytest.mark.parametrize(("effect", "total", "back"), [("held", 60, 11), ("lost", 50, 1), ("halted", 50, 1)])
def test_a_pause_holds_or_loses(tmp_path: Path, effect: str, total: int, back: int) -> None:
    """Tiny case: ten days' pause; what was held lands on the first day after it (S2)."""
    pause = {"donor": "us", "from": "2025-11-06", "days": 10, "effect": effect}
    landed = arrivals(tmp_path, supply={"line": stream(30)}, pauses={"p": pause})
    assert (landed[:, 5:15] == 0).all()
    assert (landed.sum(axis=1) == total).all()
    assert (landed[:, 15] == back).all()


@pytest.mark.invariant
def test_a_pause_never_makes_more_before_it_ends(tmp_path: Path) -> None:
    """Invariant: cumulative arrivals under a held pause never pass those without it (S2)."""
    pause = {"donor": "us", "from": "2025-11-20", "to": "2025-12-05"}
    lines = {"line": stream(47), "other": {**stream(13), "donor": "eu"}}
    free, paused = arrivals(tmp_path, supply=lines), arrivals(tmp_path, supply=lines, pauses={"p": pause})
    assert (np.cumsum(paused, axis=1) <= np.cumsum(free, axis=1)).all()
    assert (paused.sum(axis=1) == free.sum(axis=1)).all()


@pytest.mark.tiny_case
def test_another_donor_is_not_paused(tmp_path: Path) -> None:
    """Tiny case: a pause stops the lines of its donor only (S2)."""
    pause = {"donor": "us", "from": 1, "days": 61}
    landed = arrivals(tmp_path, supply={"a": stream(30), "b": {**stream(30), "donor": "eu"}}, pauses={"p": pause})
    assert (landed[:, :30] == 1).all()


@pytest.mark.theory
def test_deliveries_come_with_their_probability(tmp_path: Path) -> None:
    """Theory: a delivery with probability 0.3 comes in three futures of ten (S1)."""
    line = {"kind": "delivery", "interceptor": "round", "deliveries": [{"on": 5, "quantity": 8, "probability": 0.3}]}
    landed = arrivals(tmp_path, futures=4_000, supply={"line": line})
    assert set(np.unique(landed[:, 4])) == {0, 8}
    assert abs((landed[:, 4] == 8).mean() - 0.3) <= SE * np.sqrt(0.21 / 4_000)


@pytest.mark.invariant
def test_a_new_first_delivery_rolls_no_other_dice_again(tmp_path: Path) -> None:
    """Invariant: F3, a delivery is known by its line, its day (however written) and its ordinal on that day."""
    half = {"quantity": 8, "probability": 0.5}
    later = [{"on": "2025-11-09", **half}, {"on": 15, **half}, {"on": 15, **half}]
    given = [later, [{"on": 3, **half}, *later], [later[1], later[2], {"on": 9, **half}]]
    landed = []
    for deliveries in given:
        line = {"kind": "delivery", "interceptor": "round", "deliveries": deliveries}
        landed.append(arrivals(tmp_path, futures=200, supply={"line": line}))
    np.testing.assert_array_equal(landed[0][:, 3:], landed[1][:, 3:])
    np.testing.assert_array_equal(landed[0], landed[2])
    assert set(np.unique(landed[0][:, 14])) == {0, 8, 16}


@pytest.mark.theory
def test_a_giver_may_stop_for_good(tmp_path: Path) -> None:
    """Theory: with chance 1 the giver stops on a day spread evenly over the campaign (S1)."""
    landed = arrivals(tmp_path, futures=2_000, days=60, supply={"line": stream(30, stops=1.0)})
    last = np.where(landed.any(axis=1), landed.shape[1] - landed[:, ::-1].argmax(axis=1), 0)
    assert abs(last.mean() - 29.5) <= SE * 60 / np.sqrt(12 * 2_000) + 0.5


@pytest.mark.invariant
def test_the_order_of_lines_changes_nothing(tmp_path: Path) -> None:
    """Invariant: lines are named, never counted (F3, S1)."""
    one, two = stream(17, stops=0.5), {**stream(23, stops=0.5), "donor": "eu"}
    forth = arrivals(tmp_path, futures=50, supply={"a": one, "b": two})
    back = arrivals(tmp_path, futures=50, supply={"b": two, "a": one})
    np.testing.assert_array_equal(forth, back)


# ---- purchases and funds ----


def order(*dated: tuple[int, float], **about: Any) -> dict[str, Any]:
    orders = [{"on": on, "quantity": quantity} for on, quantity in dated]
    made = {"kind": "purchase", "interceptor": "round", "unit_price": 2, "fund": "pot", "lead": {"days": 5}}
    return made | {"orders": orders} | about


@pytest.mark.tiny_case
def test_a_purchase_waits_until_its_fund_can_pay(tmp_path: Path) -> None:
    """Tiny case: 40 in hand, 30 a month; 20 rounds at 2 are paid on day 1, ten more on 20 November (S3)."""
    plan = planned(tmp_path, supply={"buy": order((1, 20), (3, 10))}, funds={"pot": {"balance": 40, "per_month": 30}})
    landed = rounds(plan)
    assert (landed[:, 5] == 20).all()
    assert (landed[:, 19 + 5] == 10).all()
    assert (landed.sum(axis=1) == 30).all()
    np.testing.assert_allclose(plan.supply.cost(worlds(plan)), 60.0)


@pytest.mark.tiny_case
def test_an_order_may_fail(tmp_path: Path) -> None:
    """Tiny case: `unpaid: fails` drops what the fund cannot pay on the day of the order (S3)."""
    buys = order((1, 20), (3, 10), unpaid="fails")
    plan = planned(tmp_path, supply={"buy": buys}, funds={"pot": {"balance": 40, "per_month": 30}})
    assert (rounds(plan).sum(axis=1) == 20).all()
    np.testing.assert_allclose(plan.supply.cost(worlds(plan)), 40.0)


@pytest.mark.tiny_case
def test_a_fund_ends(tmp_path: Path) -> None:
    """Tiny case: from its end date a fund takes in nothing and pays for nothing (S3)."""
    fund = {"balance": 0, "per_month": 30, "to": 16}
    plan = planned(tmp_path, supply={"buy": order((1, 7), (15, 1), (16, 0))}, funds={"pot": fund})
    paid = [order.paid[0] for order in plan.supply.orders(worlds(plan))]
    assert paid == [13, NEVER, NEVER]  # 14 in hand after a fortnight, 15 on the last day
    assert (rounds(plan).sum(axis=1) == 7).all()


@pytest.mark.tiny_case
def test_orders_are_paid_by_date_then_name(tmp_path: Path) -> None:
    """Tiny case: 40 pay one of two equal orders of a day: the first by name, in whatever order they are listed (S3)."""
    lines = {"b": order((2, 20)), "a": order((2, 20)), "c": order((1, 1))}
    plan = planned(tmp_path, supply=lines, funds={"pot": {"balance": 42}})
    landed = plan.supply.by_line(worlds(plan))
    assert [int(landed[name].sum()) for name in "abc"] == [60, 0, 3]


@pytest.mark.tiny_case
def test_an_order_that_waits_is_paid_before_any_later_one(tmp_path: Path) -> None:
    """Tiny case: the money is promised to the first order, also against one that would fail today (S3)."""
    for about in ({}, {"unpaid": "fails"}):
        lines = {"big": order((1, 50)), "small": order((2, 5), **about)}
        plan = planned(tmp_path, supply=lines, funds={"pot": {"balance": 40, "per_month": 60}})
        landed = plan.supply.by_line(worlds(plan))
        assert (landed["big"][:, 29 + 5] == 50).all()
        assert landed["small"].sum(axis=1).tolist() == ([0] * 3 if about else [5] * 3)


@pytest.mark.tiny_case
def test_who_has_stopped_is_not_paid(tmp_path: Path) -> None:
    """Tiny case: an order that waits when its giver stops is dropped, and the money is free for the next (S1, S3)."""
    lines = {"big": order((1, 50), stops=1.0, donor="us"), "small": order((2, 5), donor="eu")}
    plan = planned(tmp_path, supply=lines, funds={"pot": {"balance": 40}})
    block = worlds(plan, 200)
    big, small = plan.supply.orders(block)
    assert (big.paid == NEVER).all()
    assert (small.paid == np.maximum(big.until, 1)).all()


@pytest.mark.tiny_case
def test_income_by_month_and_lead_by_month(tmp_path: Path) -> None:
    """Tiny case: no income in November, 62 in December: 20 rounds paid on 20 December, here a month later (S1, S3)."""
    fund = {"per_month": 30, "monthly": {"2025-11": 0, "2025-12": 62}}
    buys = order((1, 20), lead={"months": 1})
    plan = planned(tmp_path, days=100, supply={"buy": buys}, funds={"pot": fund})
    day = (date(2026, 1, 20) - date(2025, 11, 1)).days
    assert (rounds(plan)[:, day] == 20).all()


@pytest.mark.tiny_case
def test_an_order_before_the_campaign_was_paid_before_it(tmp_path: Path) -> None:
    """Tiny case: it lands after its lead time and costs the campaign nothing (S1)."""
    buys = order(lead={"months": 2}, orders=[{"on": "2025-09-15", "quantity": 9}])
    plan = planned(tmp_path, supply={"buy": buys}, funds={"pot": {}})
    assert (rounds(plan)[:, 14] == 9).all()
    assert (plan.supply.cost(worlds(plan)) == 0).all()


@pytest.mark.invariant
def test_funds_never_spend_more_than_they_have(tmp_path: Path) -> None:
    """Invariant: by every day what is paid is at most balance and income so far, however lines are listed (S3)."""
    uncertain = {"when": spread(1, 60), "lag": spread(0, 2), "price": spread(1, 3)}
    lines = {
        name: order(lead={"months": "lag"}, unit_price="price", orders=orders)
        for name, orders in {
            "a": [{"on": "when", "quantity": 8}, {"on": 10, "quantity": 20}],
            "b": [{"on": 10, "quantity": 5}, {"on": 30, "quantity": 3}],
        }.items()
    }
    fund = {"pot": {"balance": 10, "per_month": 20}}
    plan = planned(tmp_path, supply=lines, funds=fund, uncertain=uncertain)
    block = worlds(plan, 300)
    paid_by = np.zeros((300, 61))
    for one in plan.supply.orders(block):
        paid_by += np.where(one.paid[:, None] <= np.arange(61), one.spent[:, None], 0.0)
        assert ((one.paid >= one.ordered) | (one.spent == 0)).all()
    income = 10 + np.concatenate((np.arange(1, 31) / 30, 1 + np.arange(1, 32) / 31)) * 20
    assert (paid_by <= income + 1e-6).all()
    np.testing.assert_allclose(paid_by[:, -1], plan.supply.cost(block))
    turned = {name: lines[name] for name in "ba"}
    np.testing.assert_array_equal(
        rounds(plan, 300), rounds(planned(tmp_path, supply=turned, funds=fund, uncertain=uncertain), 300)
    )


@pytest.mark.invariant
def test_more_money_never_pays_later(tmp_path: Path) -> None:
    """Invariant: with more in the fund every order that waits is paid on the same day or sooner (S3)."""
    lines = {"a": order((1, 9), (20, 14), (21, 2)), "b": order((5, 11), (20, 1), unit_price="price")}
    before = None
    for balance in (0, 5, 20, 60, 100):
        fund = {"pot": {"balance": balance, "per_month": 25, "to": 55}}
        plan = planned(tmp_path, supply=lines, funds=fund, uncertain={"price": spread(1, 6)})
        paid = np.stack([order.paid for order in plan.supply.orders(worlds(plan, 100))])
        assert before is None or (paid <= before).all()
        before = paid


# ---- production, licences, rivals ----


def production(start: float | str, per: str, **about: Any) -> dict[str, Any]:
    ramp = {key: about.pop(key) for key in list(about) if key in RAMP}
    first = {} if about.get("kind") == "licence" else {"from": "2025-11-01"}
    return {
        "kind": "production",
        "interceptor": "round",
        "ramp": {"start": start, "per": per, **ramp},
        **first,
        **about,
    }


RAMP = {"step", "shape", "target", "increment", "reach", "over", "learning", "theory"}


@pytest.mark.theory
@pytest.mark.parametrize(
    "climb", [{"increment": 100}, {"target": 1000, "reach": "2029-11-01"}, {"target": 1000, "over": {"months": 48}}]
)
def test_a_ramp_of_hundreds(tmp_path: Path, climb: dict[str, Any]) -> None:
    """Theory: 600, 700, 800, ... a year make 2,100 after three years and 4,000 after five (V7)."""
    landed = arrivals(tmp_path, futures=1, days=3660, supply={"line": production(600, "year", step="year", **climb)})
    reached = np.cumsum(landed[0])
    years = [(date(2025 + n, 11, 1) - date(2025, 11, 1)).days for n in (1, 3, 5)]
    assert [int(reached[day - 1]) for day in years] == [600, 2100, 4000]


@pytest.mark.theory
@pytest.mark.parametrize("step", ["month", "day"])
@pytest.mark.parametrize(
    ("about", "twin"),
    [
        ({"increment": 1.5, "target": 40}, {"increment": 1.5, "target": 40}),
        ({"shape": "s_curve", "target": 130}, {"shape": "s_curve", "target": 130, "reach": 8}),
        ({"shape": "linear", "target": 3}, {"shape": "linear", "target": 3, "reach": 8}),
        ({"shape": "learning", "learning": 0.85}, {"shape": "learning", "learning": 0.85}),
        ({"shape": "learning", "learning": 0.8, "target": 44}, {"shape": "learning", "learning": 0.8, "target": 44}),
    ],
)
def test_ramps_are_those_of_the_exact_twin(
    tmp_path: Path, step: str, about: dict[str, Any], twin: dict[str, Any]
) -> None:
    """Theory: at the end of every step what has landed is what `vallum.exact.ramp` says (S1)."""
    ends = {"month": "2026-06-15", "day": 8}
    reach = {"reach": ends[step]} if "reach" in twin else {}
    made = production(30, "month", step=step, share=0.7, **about, **reach)
    landed = np.cumsum(arrivals(tmp_path, futures=1, days=212, supply={"line": made})[0])
    periods = 7 if step == "month" else 212
    firsts = [date(2025 + (10 + n) // 12, (10 + n) % 12 + 1, 1) for n in range(1, 8)]
    at = [(day - date(2025, 11, 1)).days - 1 for day in firsts] if step == "month" else list(range(212))
    assert landed[at].tolist() == exact.ramp(30, periods, step=step, per="month", share=0.7, **twin)["cumulative"]


@pytest.mark.invariant
def test_learning_makes_output_rise_and_futures_do_not_mix(tmp_path: Path) -> None:
    """Invariant: a steeper curve makes more, by each theory; an uncertain start gives each future its own line (S1)."""
    total = {}
    for theory in ("unit", "cumulative_average"):
        for rate in (1.0, 0.9, 0.8):
            line = production(10, "month", shape="learning", learning=rate, theory=theory)
            total[theory, rate] = int(arrivals(tmp_path, futures=1, days=365, supply={"line": line})[0].sum())
        assert total[theory, 1.0] == 120 < total[theory, 0.9] < total[theory, 0.8]
    plan = planned(
        tmp_path,
        supply={"line": production("opening", "month", shape="learning", learning="slope")},
        uncertain={"opening": spread(5, 30), "slope": spread(0.8, 0.95)},
    )
    alone = [rounds(plan, first=k, futures=1)[0] for k in range(5)]
    np.testing.assert_array_equal(rounds(plan, futures=5), alone)


@pytest.mark.tiny_case
def test_a_licence_lags_and_may_lack_a_component(tmp_path: Path) -> None:
    """Tiny case: signed on 1 November, a month's lag: 31 in December; a component from the 12th: 20 of them (S1)."""
    about = {"kind": "licence", "signed": "2025-11-01", "lag": {"months": 1}}
    free = arrivals(tmp_path, supply={"line": production(31, "month", **about)})
    assert (free[:, :30] == 0).all()
    assert (free[:, 30:] == 1).all()
    lacking = production(31, "month", lacks={"seeker": "2025-12-12", "motor": 3}, **about)
    landed = arrivals(tmp_path, supply={"line": lacking})
    assert (landed[:, :41] == 0).all()
    assert (landed.sum(axis=1) == 20).all()


@pytest.mark.tiny_case
def test_output_is_divided_by_share(tmp_path: Path) -> None:
    """Tiny case: of 60 in November we get 15 by our quarter, or what rivals of 50 % and 25 % leave (S4)."""
    stated = production(60, "month", share=0.25)
    left = production(60, "month", rivals={"one": {"share": 0.5}, "two": {"share": 0.25}})
    for line in (stated, left):
        assert (arrivals(tmp_path, days=30, supply={"line": line}).sum(axis=1) == 15).all()
    war = {"war": {"from": 1, "quantity": 20}}
    surged = production(60, "month", rivals={"one": {"share": 0.75, "surges": war}})
    landed = arrivals(tmp_path, days=30, supply={"line": surged})
    assert (landed[:, :10] == 0).all()
    assert (landed.sum(axis=1) == 10).all()


@pytest.mark.tiny_case
def test_output_is_divided_by_rank(tmp_path: Path) -> None:
    """Tiny case: of 60 a month, 30 go to the rival before us and none to the one behind us; we ordered 20 (S4)."""
    rivals = {"before": {"rank": 1, "per_month": 30}, "behind": {"rank": 3, "per_month": 60}}
    line = production(60, "month", rank=2, rivals=rivals)
    assert (arrivals(tmp_path, days=30, supply={"line": line}) == 1).all()
    modest = arrivals(tmp_path, days=30, supply={"line": line | {"ordered_per_month": 20}})
    assert (modest.sum(axis=1) == 20).all()


@pytest.mark.tiny_case
def test_a_surge_goes_first_and_its_orders_wait(tmp_path: Path) -> None:
    """Tiny case: 2 made a day, 1 wanted before us; a war wants 10 on day 6: nothing for us until day 15 (S4)."""
    rivals: dict[str, Any] = {"ally": {"rank": 1, "per_month": 30, "surges": {"war": {"from": 6, "quantity": 10}}}}
    landed = arrivals(tmp_path, days=30, supply={"line": production(60, "month", rank=2, rivals=rivals)})
    assert (landed[:, :5] == 1).all()
    assert (landed[:, 5:15] == 0).all()
    assert (landed[:, 15:] == 1).all()
    rivals["ally"]["surges"]["war"]["rank"] = 5
    assert (arrivals(tmp_path, days=30, supply={"line": production(60, "month", rank=2, rivals=rivals)}) == 1).all()


@pytest.mark.theory
def test_one_war_is_one_war_for_every_line(tmp_path: Path) -> None:
    """Theory: a surge comes with its probability, and the same rival and surge in two lines come together (S4, F3)."""
    war = {"war": {"from": 1, "per_month": 600, "probability": 0.3}}
    line = production(60, "month", rank=2, rivals={"ally": {"rank": 1, "surges": war}})
    plan = planned(tmp_path, days=10, supply={"a": line, "b": line})
    landed = plan.supply.by_line(worlds(plan, 3_000))
    struck = landed["a"].sum(axis=1) == 0
    np.testing.assert_array_equal(landed["a"], landed["b"])
    assert abs(struck.mean() - 0.3) <= SE * np.sqrt(0.21 / 3_000)


@pytest.mark.invariant
def test_a_rival_never_helps_us(tmp_path: Path) -> None:
    """Invariant: with a larger demand before us we have never had more, on any day (S4)."""
    sums = []
    for wanted in (0, 20, 45, 200):
        surges = {"war": {"from": 20, "to": 30, "per_month": wanted}}
        line = production(
            40, "month", target=90, over={"months": 1}, rank=2, rivals={"x": {"rank": 1, "surges": surges}}
        )
        sums.append(np.cumsum(arrivals(tmp_path, supply={"line": line}), axis=1))
    assert all((more <= less).all() for less, more in pairwise(sums))


@pytest.mark.cross_check
def test_the_queue_is_that_of_a_plain_loop(tmp_path: Path) -> None:
    """Cross-check: day by day, orders before ours are filled first and wait if they cannot be (S2, S4)."""
    surges = {"war": {"from": 8, "to": 23, "per_month": 120}, "jump": {"from": 30, "quantity": 14}}
    rivals = {
        "x": {"rank": 1, "per_month": 22, "from": 4, "to": 50, "surges": surges},
        "y": {"rank": 4, "per_month": 9},
    }
    line = production(40, "month", target=95, over={"months": 1}, rank=3, ordered_per_month=33, rivals=rivals)
    halt = {"p": {"from": 15, "days": 6, "effect": "halted"}}
    landed = arrivals(tmp_path, futures=1, supply={"line": line}, pauses=halt)[0]
    waiting, ordered, ours, expected = 0.0, 0.0, 0.0, []
    for day in range(1, 62):
        month = 30 if day <= 30 else 31
        made = 0.0 if 15 <= day < 21 else (40 if day <= 30 else 95) / month
        waiting += (22 * (4 <= day < 50) + 120 * (8 <= day < 23)) / month + 14 * (day == 30)
        ordered += 33 / month
        filled = min(waiting, made)
        waiting -= filled
        taken = min(ordered, made - filled)
        ordered -= taken
        ours += taken
        expected.append(int(ours + 1e-9))
    assert 10 < expected[-1] < 66
    assert np.cumsum(landed).tolist() == expected


# ---- pauses of every kind of line ----


def every_kind() -> dict[str, Any]:
    dated = {"kind": "delivery", "interceptor": "round", "deliveries": [{"on": "when", "quantity": 9}], "donor": "us"}
    rivals = {"x": {"rank": 1, "per_month": 11}}
    return {
        "dated": dated,
        "flow": stream(37),
        "bought": order((1, 4), (9, 7), donor="us"),
        "made": production(50, "month", donor="us", rank=2, rivals=rivals),
        "licensed": production(
            20, "month", kind="licence", signed=1, lag={"days": "when"}, target=60, over={"months": 1}
        ),
    }


@pytest.mark.invariant
@pytest.mark.parametrize("effect", ["held", "lost", "halted"])
@pytest.mark.parametrize(
    "before", [{}, {"q": {"from": 5, "days": 7}}, {"z": {"from": 22, "days": 20, "effect": "lost"}}]
)
def test_a_pause_never_makes_more_of_any_line(tmp_path: Path, effect: str, before: dict[str, Any]) -> None:
    """Invariant: no line has landed more before the pause ends, beside other pauses too; nothing lands in it (S2)."""
    about: dict[str, Any] = {
        "supply": every_kind(),
        "funds": {"pot": {"per_month": 40}},
        "uncertain": {"when": spread(1, 50)},
    }
    pause = {"from": 10, "to": 31, "effect": effect}
    free = planned(tmp_path, pauses=before, **about)
    stopped = planned(tmp_path, pauses={**before, "p": pause}, **about)
    block = worlds(free, 200)
    lines = stopped.supply.by_line(block)
    for name, landed in free.supply.by_line(block).items():
        assert (lines[name][:, 9:30] == 0).all()
        assert (np.cumsum(lines[name], axis=1) <= np.cumsum(landed, axis=1))[:, :30].all()
        if effect == "held" and not before:
            np.testing.assert_array_equal(lines[name].sum(axis=1), landed.sum(axis=1))


@pytest.mark.tiny_case
def test_a_halt_makes_nothing_and_does_not_catch_up(tmp_path: Path) -> None:
    """Tiny case: ten days of two a day are gone; the rival before us still wants what it ordered meanwhile (S2, S4)."""
    halt = {"p": {"line": "made", "from": 11, "days": 10, "effect": "halted"}}
    alone = arrivals(tmp_path, days=30, supply={"made": production(60, "month")}, pauses=halt)
    assert alone.sum(axis=1).tolist() == [40] * 3
    queue = production(60, "month", rank=2, rivals={"x": {"rank": 1, "per_month": 30}})
    landed = arrivals(tmp_path, days=30, supply={"made": queue}, pauses=halt)
    assert (landed[:, :10] == 1).all()
    assert (landed[:, 10:] == 0).all()  # the rival's ten of the halt come first


@pytest.mark.tiny_case
def test_what_is_held_may_be_held_again(tmp_path: Path) -> None:
    """Tiny case: two pauses in a row, whatever their names, hold until the second ends (S2)."""
    for first, second in (("a", "b"), ("b", "a")):
        pauses = {first: {"from": 6, "days": 5}, second: {"from": 11, "days": 5}}
        landed = arrivals(tmp_path, supply={"line": stream(30)}, pauses=pauses)
        assert (landed[:, 5:15] == 0).all()
        assert (landed[:, 15] == 11).all()


@pytest.mark.tiny_case
def test_a_pause_of_one_line(tmp_path: Path) -> None:
    """Tiny case: with `line` a pause stops that line and no other of the donor (S2)."""
    pause = {"donor": "us", "line": "b", "from": 1, "days": 61}
    landed = arrivals(tmp_path, supply={"a": stream(30), "b": stream(30)}, pauses={"p": pause})
    assert (landed[:, :30] == 1).all()


@pytest.mark.tiny_case
def test_who_has_stopped_releases_nothing(tmp_path: Path) -> None:
    """Tiny case: what a giver held never comes if it stops for good meanwhile (S1, S2)."""
    line, pause = {"line": stream(30, stops=1.0)}, {"p": {"from": 2, "days": 50}}
    landed = arrivals(tmp_path, futures=400, supply=line, pauses=pause)
    free = arrivals(tmp_path, futures=400, supply=line)
    assert (landed[:, 51] > 0).any()
    assert (landed[:, 51][free[:, 51:].sum(axis=1) == 0] == 0).all()


# ---- systems, ceasefire, timeline ----


@pytest.mark.tiny_case
def test_whole_systems_arrive(tmp_path: Path) -> None:
    """Tiny case: a line of systems delivers batteries and no rounds; two lines of one system add up (S1)."""
    given = {"kind": "delivery", "system": "long", "donor": "eu", "deliveries": [{"on": 3, "quantity": 2}]}
    plan = planned(tmp_path, supply={"a": given, "b": given, "c": stream(30)})
    block = worlds(plan)
    landed = plan.supply.systems(block)
    assert list(landed) == ["long"]
    assert (landed["long"][:, 2] == 4).all()
    assert (landed["long"].sum(axis=1) == 4).all()
    assert (rounds(plan)[:, 2] == 1).all()
    assert plan.supply.donors == ("us",)
    assert plan.supply.by_donor(plan.supply.by_line(block)).shape == (3, 1)


@pytest.mark.invariant
def test_a_ceasefire_does_not_stop_production(tmp_path: Path) -> None:
    """Invariant: lines go on under a ceasefire (S6)."""
    about: dict[str, Any] = {
        "supply": every_kind(),
        "funds": {"pot": {"per_month": 40}},
        "uncertain": {"when": spread(1, 50)},
    }
    quiet = planned(tmp_path, ceasefire={"from": 5, "to": 61, "broken": 0.5}, **about)
    np.testing.assert_array_equal(rounds(planned(tmp_path, **about), 50), rounds(quiet, 50))


@pytest.mark.invariant
def test_every_kind_is_the_same_in_any_block_and_order(tmp_path: Path) -> None:
    """Invariant: a future is the same alone or among others, and lines listed backwards change nothing (F3)."""
    about: dict[str, Any] = {
        "funds": {"pot": {"per_month": 40}},
        "uncertain": {"when": spread(1, 50)},
        "pauses": {"p": {"from": 9, "days": 4}},
    }
    forth = planned(tmp_path, supply=every_kind(), **about)
    back = planned(tmp_path, supply=dict(reversed(every_kind().items())), **about)
    together = rounds(forth, 40)
    np.testing.assert_array_equal(together, rounds(back, 40))
    np.testing.assert_array_equal(together[17:19], rounds(forth, 2, first=17))


@pytest.mark.tiny_case
def test_the_timeline_sums_up_by_month(tmp_path: Path) -> None:
    """Tiny case: 30 a month stand at 30 after November and 60 after December (O)."""
    plan = planned(
        tmp_path, supply={"flow": stream(30), "dated": {**every_kind()["dated"]}}, uncertain={"when": spread(1, 50)}
    )
    timeline = plan.supply.timeline(worlds(plan, 200))
    rows = [row for row in timeline.rows() if row["line"] == "flow"]
    assert [(row["until"], row["mean"], row["p5"], row["p95"]) for row in rows] == [
        ("2025-11-30", 30.0, 30.0, 30.0),
        ("2025-12-31", 60.0, 60.0, 60.0),
    ]
    dated = next(source for source in timeline.sources if source.line == "dated")
    assert (dated.low <= dated.median).all()
    assert (dated.median <= dated.high).all()
    assert (np.diff(dated.mean) >= 0).all()
    assert 0 < dated.mean[25] < 9 == dated.mean[-1]
    assert len(dated.mean) == timeline.days == 61


# ---- systems that stand in the defence ----

COUNTRY: dict[str, Any] = {"Land": {"coverage": "ua-cities-spread"}}
CITIES: dict[str, Any] = {
    "East": {"lat": 50.0, "lon": 36.0, "population": 3},
    "South": {"lat": 46.5, "lon": 30.7, "population": 1},
    "West": {"lat": 49.8, "lon": 24.0, "population": 2},
}
LONG: dict[str, Any] = {
    "launchers": 2,
    "per_launcher": {"round": 8},
    "reload": {"round": 4},
    "reload_rate": 5,
    "channels": 3,
    "radius": {"ballistic": 60},
    "availability": 0.8,
    "repair": {"mean": 4},
    "reliability": 0.9,
    "loss": 0.05,
    "unit_cost": 1000,
}


def fought(
    folder: Path, assets: dict[str, Any] | None = None, futures: int = 150, block: int | None = None, **choices: Any
) -> vallum.Result:
    """A campaign of two months in which systems may land on the uncertain day `when`, fought."""
    document = {
        "question": "What do systems that arrive change?",
        "fixed": {
            "start": "2025-11-01",
            "days": 61,
            "as_of": "2026-06-01",
            "assets": assets or CITIES,
            "classes": {"ballistic": {}, "drone": {}},
            "interceptors": {"round": {"kill": {"ballistic": 0.5}, "unit_cost": 4}},
            "systems": {
                "long": LONG,
                "jammer": {"kind": "soft", "success": {"drone": 0.3}},
                "guns": {"kind": "team", "capacity": 4, "success": {"drone": 0.7}, "unit_cost": 10},
            },
            "raids": {
                "kind": "law",
                "raids_a_day": {"kind": "bernoulli", "p": 0.6},
                "size": {"ballistic": {"kind": "poisson", "mean": 5}, "drone": {"kind": "poisson", "mean": 9}},
            },
            "doctrine": {"salvos": {"long": {"ballistic": [1, 1]}}, "transit": 1},
        },
        "uncertain": {"when": spread(2, 80), "held": spread(0, 3)},
        "choices": {"stock": {"round": 60}, **choices},
    }
    path = folder / "fought.yaml"
    YAML(typ="safe").dump(document, path)
    return vallum.run(vallum.read(path), futures=futures, block=block, explain=False)


def of_systems(quantity: int = 1, on: Any = "when", system: str = "long", **about: Any) -> dict[str, Any]:
    return {"kind": "delivery", "system": system, "deliveries": [{"on": on, "quantity": quantity}], **about}


def assert_same(one: vallum.Result, other: vallum.Result) -> None:
    assert set(one.columns) == set(other.columns)
    for label, values in one.columns.items():
        np.testing.assert_array_equal(values, other.columns[label], err_msg=str(label))


def mean(result: vallum.Result, name: str, **about: str) -> float:
    return float(np.mean(result.columns[result.label(name, **about)]))


@pytest.mark.invariant
@pytest.mark.parametrize("held", [0, 2])
def test_a_system_that_lands_is_one_that_is_listed_from_that_day(tmp_path: Path, held: int) -> None:
    """Invariant: among cities, by falling weight and round again, in every future and outcome (S1, W5, C1, F3)."""
    flow = {"flow": stream(40)}
    sites = ["East", "West", "South", "East", "West", "South"]
    listed = [{"site": site, "from": 1 if k < held else "when"} for k, site in enumerate(sites[: held + 4])]
    landed = fought(tmp_path, batteries={"long": held}, supply={**flow, "a": of_systems(3), "b": of_systems()})
    assert_same(landed, fought(tmp_path, batteries={"long": listed}, supply=flow))
    assert mean(landed, "cost_systems") > 1000 * held
    if not held:
        assert_same(landed, fought(tmp_path, supply={**flow, "a": of_systems(3), "b": of_systems()}))


@pytest.mark.invariant
def test_a_system_that_lands_takes_the_next_interval_of_the_country(tmp_path: Path) -> None:
    """Invariant: in a national scenario, and after a list of posts, the same as listed from that day (W5)."""
    flow = {"flow": stream(40)}
    first, later = {"site": "Land", "n": 2}, {"site": "Land", "n": 3, "from": "when"}
    landed = fought(tmp_path, COUNTRY, batteries={"long": [first]}, supply={**flow, "a": of_systems(3)})
    assert_same(landed, fought(tmp_path, COUNTRY, batteries={"long": [first, later]}, supply=flow))
    without = fought(tmp_path, COUNTRY, batteries={"long": [first]}, supply=flow)
    uncovered = {"threat_class": "ballistic", "reason": "uncovered"}
    assert mean(landed, "leakers", **uncovered) < mean(without, "leakers", **uncovered)


@pytest.mark.invariant
def test_a_system_lands_behind_those_that_a_future_holds(tmp_path: Path) -> None:
    """Invariant: where nobody knows how many are held, the first that lands is number held + 1 of its future (F2)."""
    about: dict[str, Any] = {"batteries": {"long": "held"}}
    one = fought(tmp_path, COUNTRY, **about, supply={"a": of_systems(1, on=1)})
    held = one.uncertain["held"]
    counts = np.floor(held + 0.5)
    assert set(counts) == {0, 1, 2, 3}
    for number in range(4):
        listed = fought(tmp_path, COUNTRY, batteries={"long": number + 1})
        label = one.label("leakers", threat_class="ballistic")
        mine = counts == number
        np.testing.assert_array_equal(one.columns[label][mine], listed.columns[label][mine])


@pytest.mark.invariant
def test_a_team_that_lands_is_one_that_is_listed_from_that_day(tmp_path: Path) -> None:
    """Invariant: teams that land add their capacity from that day (E9)."""
    listed = [{"site": "East", "n": 2}, {"site": "East", "n": 1, "from": "when"}, {"site": "East", "from": "when"}]
    landed = fought(tmp_path, batteries={"guns": 2}, supply={"a": of_systems(2, system="guns")})
    assert_same(landed, fought(tmp_path, batteries={"guns": listed}))
    drones = {"threat_class": "drone"}
    assert mean(landed, "leakers", **drones) < mean(fought(tmp_path, batteries={"guns": 2}), "leakers", **drones)


@pytest.mark.invariant
def test_a_system_that_lands_rolls_no_other_dice_again(tmp_path: Path) -> None:
    """Invariant: systems without rounds meet the same raids, and change nothing for those that have some (F3).

    None of them can be lost: a leaker strikes one of the batteries that cover it, and with more there are others (E11).
    """
    dry = {**LONG, "per_launcher": {"other": 8}, "reload": {}, "loss": 0}

    def changed(result: Path, supply: dict[str, Any]) -> vallum.Result:
        fought(result, futures=2)
        document = YAML(typ="safe").load(result / "fought.yaml")
        document["fixed"]["systems"] |= {"idle": dry, "long": {**LONG, "loss": 0}}
        document["fixed"]["interceptors"]["other"] = {"kill": {"ballistic": 0.5}, "unit_cost": 1}
        document["choices"] = {"stock": {"round": 60}, "batteries": {"long": 2}, "supply": supply}
        YAML(typ="safe").dump(document, result / "changed.yaml")
        return vallum.run(vallum.read(result / "changed.yaml"), futures=200, explain=False)

    few, many = changed(tmp_path, {}), changed(tmp_path, {"a": of_systems(3, system="idle")})
    for name in ("launched", "stopped_share", "used", "lost"):
        for label in few.columns:
            if label.name == name:
                np.testing.assert_array_equal(few.columns[label], many.columns[label], err_msg=str(label))
    assert mean(many, "cost_systems") > mean(few, "cost_systems")


@pytest.mark.tiny_case
def test_no_system_is_paid_twice(tmp_path: Path) -> None:
    """Tiny case: two held and one given at 1,000 each; one bought at its price, which is in `cost_bought` (O)."""
    bought = order((1, 1), interceptor=None, system="long", unit_price=700, lead={"days": 10})
    del bought["interceptor"]
    made = fought(
        tmp_path,
        futures=20,
        batteries={"long": 2},
        supply={"given": of_systems(1, on=5), "bought": bought},
        funds={"pot": {"balance": 700}},
    )
    # the entry of the team layer that stands by default costs 10
    assert made.outcome("cost_systems").distribution == {"3010": 20}
    assert made.outcome("cost_bought").distribution == {"700": 20}


@pytest.mark.tiny_case
def test_the_inverse_number_keeps_systems_and_their_pauses(tmp_path: Path) -> None:
    """Tiny case: of the lines only those of systems are left beside the stream, paid and paused as they were (F5)."""
    lines = {
        "flow": stream(30),
        "gun": order((1, 20)),
        "tanks": {**order((2, 3), unit_price=10), "system": "long", "donor": "eu"},
        "given": of_systems(2, on=12, donor="eu"),
    }
    del lines["tanks"]["interceptor"]
    pauses = {"all": {"from": 10, "days": 9}, "eu": {"donor": "eu", "from": 25, "days": 5, "effect": "lost"}}
    funds = {"pot": {"per_month": 70}}
    plan = planned(tmp_path, supply=lines, pauses=pauses, funds=funds)
    tried: list[Plan] = []

    def again(trial: Plan, futures: int, stage: str) -> Any:
        tried.append(trial)
        label = Label("first_empty_country", "midnight", may_be_never=True)
        return Folded({label: np.array([np.inf, 3.0])}, None, {})  # type: ignore[arg-type]

    assert _lasts(plan, "round", 30, again) == 0.5
    trial, block = tried[0], worlds(plan)
    landed, kept = plan.supply.systems(block)["long"], trial.supply.systems(block)["long"]
    assert landed.sum() > 3 * 2
    np.testing.assert_array_equal(kept, landed)
    by_line = trial.supply.by_line(block)
    only = arrivals(tmp_path, supply={"line": stream(30)})
    np.testing.assert_array_equal(trial.supply.arrivals(block, by_line)[:, :, 0], only)


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("line", "told"),
    [
        (of_systems(system="jammer"), "choices.supply.a.system: jammer is a soft layer, which stands or does not"),
        (of_systems(501, on=1), "a may land 501 systems of type long in some future; a campaign holds 500 of a type"),
    ],
)
def test_systems_that_cannot_stand_are_refused(tmp_path: Path, line: dict[str, Any], told: str) -> None:
    """Tiny case: a soft layer has no number; more than a defence holds is refused, with the way out."""
    with pytest.raises(ScenarioError, match=re.escape(told)):
        fought(tmp_path, supply={"a": line})


# ---- properties over random lines ----

DAYS = 61
RANDOM_DAYS = st.one_of(st.integers(1, DAYS), st.just("when"))
AMOUNTS = st.one_of(st.integers(0, 12), st.just("much"))
RATES = st.one_of(st.floats(0, 40, allow_nan=False), st.just("much"))


@cache
def bare() -> Plan:
    """A plan with two uncertain entries, one of them without an upper end, to give lines to."""
    long_tail = {"best": 4, "low": 1, "high": 9, "shape": "lognormal", "assumption": "made up"}
    with TemporaryDirectory() as folder:
        return planned(Path(folder), uncertain={"when": spread(1, 90), "much": long_tail})


def supplied(lines: dict[str, Any], pauses: dict[str, Any] | None = None) -> Supply:
    funds = {"pot": {"per_month": 60, "balance": 10}}
    choices = Choices.model_validate({"supply": lines, "pauses": pauses or {}, "funds": funds})
    return Supply(replace(bare().cast, choices=choices), bare().cast.fixed.start, DAYS)


@st.composite
def ramps(draw: st.DrawFn) -> dict[str, Any]:
    ramp: dict[str, Any] = {"start": draw(RATES), "per": "month", "step": draw(st.sampled_from(["month", "day"]))}
    shape = draw(st.sampled_from(["flat", "increment", "linear", "s_curve", "learning"]))
    if shape == "increment":
        target = draw(st.one_of(st.just({}), st.fixed_dictionaries({"target": st.floats(0, 60)})))
        return {**ramp, "increment": draw(st.floats(-20, 20)), **target}
    if shape in ("linear", "s_curve"):
        return {**ramp, "shape": shape, "target": draw(RATES), "over": {"days": draw(RANDOM_DAYS)}}
    if shape == "learning":
        start = draw(st.floats(0.5, 9))
        return {**ramp, "start": start, "shape": shape, "learning": draw(st.floats(0.7, 1)), "step": "month"}
    return ramp


@st.composite
def lines(draw: st.DrawFn, delivers: dict[str, str]) -> dict[str, Any]:
    kind = draw(st.sampled_from(sorted(KINDS)))
    line: dict[str, Any] = {"kind": kind, **delivers, "donor": draw(st.sampled_from(["us", "eu"]))}
    if kind == "delivery":
        given = st.fixed_dictionaries({"on": RANDOM_DAYS, "quantity": AMOUNTS, "probability": st.floats(0, 1)})
        return {**line, "deliveries": draw(st.lists(given, min_size=1, max_size=3))}
    if kind == "purchase":
        orders = draw(st.lists(st.fixed_dictionaries({"on": RANDOM_DAYS, "quantity": AMOUNTS}), min_size=1, max_size=3))
        return {**line, "orders": orders, "lead": {"days": draw(RANDOM_DAYS)}, "unit_price": 5, "fund": "pot"}
    if kind == "stream":
        return {**line, "per_month": draw(RATES), "from": draw(RANDOM_DAYS)}
    line |= {"ramp": draw(ramps()), **draw(divisions())}
    if kind == "production":
        return {**line, "from": draw(st.one_of(RANDOM_DAYS, st.just("2025-08-15")))}
    return {**line, "signed": draw(RANDOM_DAYS), "lag": {"days": draw(RANDOM_DAYS)}, "lacks": {"x": draw(RANDOM_DAYS)}}


@st.composite
def divisions(draw: st.DrawFn) -> dict[str, Any]:
    surges = {"war": {"from": draw(RANDOM_DAYS), "quantity": draw(st.integers(0, 30)), "probability": 0.5}}
    if draw(st.booleans()):
        return {"share": draw(st.floats(0, 0.6)), "rivals": {"x": {"share": 0.4, "surges": surges}}}
    return {"rank": 2, "ordered_per_month": draw(RATES), "rivals": {"x": {"rank": 1, "per_month": 5, "surges": surges}}}


def many(delivers: dict[str, str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), lines(delivers), min_size=1, max_size=4)


@pytest.mark.invariant
@settings(max_examples=60)
@given(given_lines=many({"interceptor": "round"}), data=st.data())
def test_a_pause_of_random_lines_never_makes_more(given_lines: dict[str, Any], data: st.DataObject) -> None:
    """Invariant: no line has had more on any day before the pause ends; what is held has all landed after it (S2)."""
    first = data.draw(st.integers(1, DAYS - 1))
    last = data.draw(st.integers(first, DAYS - 1))
    effect = data.draw(st.sampled_from(["held", "lost", "halted"]))
    pause = {"p": {"from": first, "to": last, "effect": effect}}
    block = worlds(bare(), 25)
    free, stopped = (supplied(given_lines, made).by_line(block) for made in ({}, pause))
    for name, landed in free.items():
        before, after = np.cumsum(landed, axis=1), np.cumsum(stopped[name], axis=1)
        assert (after[:, : last - 1] <= before[:, : last - 1]).all()
        assert not stopped[name][:, first - 1 : last - 1].any()
        assert (stopped[name] >= 0).all()
        if effect == "held":
            np.testing.assert_array_equal(after[:, last - 1 :], before[:, last - 1 :])
        else:
            assert (after <= before).all() or effect == "halted"


@pytest.mark.invariant
@settings(max_examples=60)
@given(given_lines=many({"system": "long"}))
def test_no_future_lands_more_systems_than_there_is_room_for(given_lines: dict[str, Any]) -> None:
    """Invariant: the bound that is read off the ends of the ranges holds in every future (S1)."""
    supply = supplied(given_lines)
    most = room(supply)
    landed = supply.systems(worlds(bare(), 300))["long"].sum(axis=1)
    assert landed.max() <= most


def room(supply: Supply) -> int:
    """Systems that a defence makes room for; lines that may land more than it can hold are no example."""
    try:
        return supply.most_systems(bare().defence.ends).get("long", 0)
    except ScenarioError as error:
        assume("a campaign holds 500 of a type" not in str(error))
        raise


@pytest.mark.invariant
@settings(max_examples=40)
@given(given_lines=many({"interceptor": "round"}), order_=st.randoms(use_true_random=False))
def test_listing_random_lines_otherwise_changes_no_byte(given_lines: dict[str, Any], order_: Any) -> None:
    """Invariant: lines are known by name; in another order they land the same, byte for byte (F3)."""
    names = list(given_lines)
    order_.shuffle(names)
    block, pauses = worlds(bare(), 25), {"p": {"donor": "us", "from": 9, "days": 8}}
    one = supplied(given_lines, pauses).by_line(block)
    other = supplied({name: given_lines[name] for name in names}, pauses).by_line(block)
    assert [(name, landed.tobytes()) for name, landed in one.items()] == [
        (name, landed.tobytes()) for name, landed in other.items()
    ]


@pytest.mark.invariant
def test_listing_lines_otherwise_changes_no_byte_of_an_answer(tmp_path: Path) -> None:
    """Invariant: with lines of rounds and systems listed backwards, or in other blocks, the bytes are the same (F3)."""
    supply = {"a": of_systems(2), "b": stream(30), "c": of_systems(1, on=30), "d": of_systems(3, system="guns")}
    texts = set()
    for made, block in ((supply, None), (dict(reversed(supply.items())), None), (supply, 7)):
        result = fought(tmp_path, futures=60, block=block, batteries={"long": "held"}, supply=made)
        texts.add(json_text(replace(result, manifest=replace(result.manifest, fingerprint=""))))
    assert len(texts) == 1


@pytest.mark.cross_check
def test_both_kernels_fight_with_systems_that_land(tmp_path: Path) -> None:
    """Cross-check: where batteries stand from a day of each future, the two kernels tell the same (C1)."""
    lines = {"a": of_systems(2), "b": stream(30), "d": of_systems(3, system="guns")}
    fought(tmp_path, futures=1, batteries={"long": "held"}, supply=lines)
    plan = prepare(vallum.read(tmp_path / "fought.yaml"))
    block = worlds(plan, 12)
    problem = plan.problem(block, plan.supply.by_line(block), traced=True)
    starts = problem.battery_from
    assert ((starts > 0) & (starts < 61)).any()
    for name, one, other in zip(Tally._fields, fast.nights(problem), reference.nights(problem), strict=True):
        np.testing.assert_array_equal(one, other, err_msg=name)


@pytest.mark.invariant
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    systems=many({"system": "long"}),
    rounds_=many({"interceptor": "round"}),
    lost=st.sampled_from(["lost", "depot"]),
    held=st.integers(0, 3),
    transit=st.integers(0, 4),
)
def test_stock_balances_to_the_unit_while_systems_arrive(
    tmp_path: Path, systems: dict[str, Any], rounds_: dict[str, Any], lost: str, held: int, transit: int
) -> None:
    """Invariant: initial + arrived - used - lost = final in every future, whatever lands and is lost (E10, C1)."""
    room(supplied(systems))
    fought(tmp_path, futures=1)
    document = YAML(typ="safe").load(tmp_path / "fought.yaml")
    document["fixed"]["systems"]["long"] |= {"lost": lost, "loss": 0.2}
    document["fixed"]["doctrine"]["transit"] = transit
    document["uncertain"]["much"] = spread(0, 7)
    document["choices"] = {
        "stock": {"round": 37},
        "batteries": {"long": held},
        "supply": {**rounds_, **{f"s{name}": {**line, "fund": "other"} if "fund" in line else line
                                 for name, line in systems.items()}},
        "funds": {"pot": {"per_month": 60}, "other": {"per_month": 15}},
    }  # fmt: skip
    YAML(typ="safe").dump(document, tmp_path / "random.yaml")
    result = vallum.run(vallum.read(tmp_path / "random.yaml"), futures=40, explain=False)
    arrived, used, gone, left = (
        result.columns[result.label(name, interceptor="round")] for name in ("arrived", "used", "lost", "stock")
    )
    np.testing.assert_array_equal(37 + arrived - used - gone, left)
    assert (left >= 0).all()


# ---- what `vallum show --supply` says ----


@pytest.mark.invariant
def test_arrivals_are_those_of_a_run(tmp_path: Path) -> None:
    """Invariant: the total of what is shown is the outcome `arrived` of a run with the same seed (O)."""
    result = fought(tmp_path, supply={"a": of_systems(2), "flow": stream(30, stops=0.5), "more": stream(11)})
    made = vallum.arrivals(vallum.read(tmp_path / "fought.yaml"), futures=150)
    arrived = result.outcome("arrived", interceptor="round")
    (sum_,) = made.timeline.sums
    assert sum_.by(60) == pytest.approx((arrived.mean, arrived.p5, arrived.median, arrived.p95))
    assert [entry["name"] for entry in made.manifest.inputs] == ["when"]


@pytest.mark.invariant
def test_what_arrives_is_said_alike_everywhere(tmp_path: Path) -> None:
    """Invariant: text, JSON and table agree; a sum stands beside lines that deliver the same; 100 columns at most."""
    lines = {"a": of_systems(2), "a_stream_with_a_long_name": stream(300, stops=0.5), "$more_$": stream(11)}
    fought(tmp_path, futures=1, supply=lines)
    made = vallum.arrivals(vallum.read(tmp_path / "fought.yaml"), futures=80)
    text, told, table = report.supply_text(made), report.supply_json(made), tables.supply(made.timeline)
    assert max(map(len, text.splitlines()[:-1])) <= 100
    assert text.splitlines()[-1] == told["reproduce"]
    assert told["reproduce"].startswith("vallum show fought") and told["reproduce"].endswith("--supply")
    assert [line["line"] for line in told["lines"]] == sorted(lines)
    assert [line["line"] for line in told["sums"]] == [ALL_LINES]
    for line in (*told["lines"], *told["sums"]):
        last = [row for row in table.where(line=line["line"]) if row["delivers"] == line["delivers"]][-1]
        assert {name: last[name] for name in line["total"]} == line["total"]
        assert line["line"][:20] in text
    figure = report.draw("supply", table)
    assert report.svg(figure) == report.svg(report.draw("supply", table))
    assert "<script" not in report.svg(figure)


@pytest.mark.docs
def test_the_page_of_a_run_says_what_arrives(tmp_path: Path) -> None:
    """Docs: report.html has a section with the chart, and its numbers are in tables/supply.csv; none without lines."""
    for supply, there in (({"flow": stream(30)}, True), ({}, False)):
        result = fought(tmp_path, futures=20, supply=supply, batteries={"long": 1})
        out = report.write(result, vallum.read(tmp_path / "fought.yaml"), tmp_path / f"out-{there}")
        assert ('<section id="supply"' in (out / "report.html").read_text(encoding="utf-8")) is there
        assert (out / "tables" / "supply.csv").is_file() is there


# ---- errors ----


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"kind": "purchase", "interceptor": "round"}, "a purchase needs orders: [{on, quantity}]"),
        (order((1, 2), fund=None), "a purchase needs fund, one of choices.funds"),
        (order((1, 2), unit_price=None), "a purchase needs unit_price, in USD million"),
        (order((1, 2), fund="pott"), "choices.supply.x.fund: unknown fund pott; known: pot; did you mean pot?"),
        (order((1, 2), lead={}), "choices.supply.x.lead: a length of time has either days or months"),
        (order((99, 2)), "choices.supply.x.orders.0.on: day 99 (2026-02-07) is after the end of the campaign"),
        (stream(3, unit_price=2), "a stream takes no unit_price; it belongs to purchase"),
        (stream(3, rivals={"y": {"share": 0.1}}), "a stream takes no rivals; it belongs to production, licence"),
        ({"kind": "production", "interceptor": "round", "from": 1}, "a production line needs ramp: {start, per}"),
        ({"kind": "licence", "interceptor": "round", "signed": 1}, "a licence needs lag: {days: N} or {months: N}"),
        (stream(3, system="long"), "delivers both an interceptor and a system"),
        (stream(3, interceptor=None), "choices.supply.x.interceptor: is missing"),
        (stream(3, interceptor=None, system="lon"), "choices.supply.x.system: unknown system lon"),
        (production(3, "month", target=5), "choices.supply.x.ramp: target needs one of reach: DAY"),
        (production(3, "month", learning=0.9), "learning and theory belong to shape learning"),
        (production(3, "month", shape="learning"), "shape learning needs learning"),
        (production(0, "month", shape="learning", learning=0.9), "shape learning needs a start above 0"),
        (production(3, "month", target=5, reach="2025-10-01"), "is before the line begins"),
        (production(3, "month", rank=1, share=0.5), "has share and rank"),
        (production(3, "month", rivals={"y": {"rank": 1}}), "needs our rank beside that of y"),
        (production(3, "month", rank=2, rivals={"y": {"share": 0.1}}), "not every rival has a rank"),
        (production(3, "month", rank=1, rivals={"y": {"rank": 1}}), "rival y has our rank 1"),
        (production(3, "month", share=0.7, rivals={"y": {"share": 0.4}}), "shares out 1.1 of what is made"),
        (production(3, "month", rivals={"y": {}}), "rival y needs either share or rank"),
        (
            production(3, "month", rivals={"y": {"share": 0.1, "surges": {"w": {"from": 1}}}}),
            "either per_month or quantity",
        ),
    ],
)
def test_errors_say_what_a_line_needs(tmp_path: Path, line: dict[str, Any], told: str) -> None:
    """Tiny case: each error names the place, what is wrong and what is allowed."""
    line = {key: value for key, value in line.items() if value is not None}
    with pytest.raises(ScenarioError) as refused:
        planned(tmp_path, supply={"x": line}, funds={"pot": {}})
    assert "choices.supply.x" in str(refused.value)
    assert told in str(refused.value)
    assert len(refused.value.problems) == 1


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("choices", "told"),
    [
        (
            {"pauses": {"p": {"line": "y", "from": 1, "days": 2}}},
            "choices.pauses.p.line: unknown supply line y; known: x",
        ),
        ({"pauses": {"p": {"line": "x", "donor": "eu", "from": 1, "days": 2}}}, "x is a line of us, not of eu"),
        ({"funds": {"pot": {"monthly": {"2025-13": 3}}}}, "2025-13 is not a month"),
        ({"funds": {"pot": {"from": 5, "to": 3}}}, "choices.funds.pot.to: day 3 (2025-11-03) is before from"),
    ],
)
def test_errors_of_pauses_and_funds(tmp_path: Path, choices: dict[str, Any], told: str) -> None:
    """Tiny case: unknown lines, pauses that stop nothing, funds that end before they begin."""
    lines = {"x": stream(3), "z": {**stream(3), "donor": "eu"}}
    with pytest.raises(ScenarioError, match=re.escape(told)):
        planned(tmp_path, supply=lines, **choices)


@pytest.mark.tiny_case
def test_a_runaway_learning_curve_is_refused(tmp_path: Path) -> None:
    """Tiny case: output beyond a million rounds is refused, with the way out (S1)."""
    plan = planned(tmp_path, days=3660, supply={"x": production(5000, "month", shape="learning", learning=0.5)})
    with pytest.raises(ScenarioError, match="give it a target"):
        rounds(plan)


@pytest.mark.docs
def test_the_example_of_the_page_runs(tmp_path: Path) -> None:
    """Docs: the scenario part in docs/model/supply.md is sound, every line of it lands something."""
    page = (Path(__file__).parents[1] / "docs" / "model" / "supply.md").read_text(encoding="utf-8")
    example = YAML(typ="safe").load(page.split("```yaml\n")[1].split("```")[0])
    plan = planned(tmp_path, days=300, **example)
    block = worlds(plan, 50)
    landed = plan.supply.by_line(block)
    assert {line.kind for line in plan.supply.lines.values()} == set(KINDS)
    assert all(rounds_of_line.any() for rounds_of_line in landed.values())
    assert (plan.supply.cost(block) > 0).all()
    assert set(KINDS) <= set(re.findall(r"kind: (\w+)", page))


@pytest.mark.tiny_case
def test_a_package_may_change_part_of_a_line(tmp_path: Path) -> None:
    """Tiny case: a package that names a line and a rival need not repeat what the scenario says of them."""
    package = {
        "question": "A war?",
        "choices": {"supply": {"x": {"rivals": {"y": {"surges": {"w": {"from": 1, "per_month": 9}}}}}}},
    }
    path = tmp_path / "war.yaml"
    YAML(typ="safe").dump(package, path)
    assert partial_problems(package) == []
    planned(tmp_path, supply={"x": production(30, "month", rank=2, rivals={"y": {"rank": 1}})})
    plan = prepare(vallum.read(tmp_path / "supply.yaml", packages=[path]))
    assert (rounds(plan).sum(axis=1) < 60).all()
