"""Exact answers of the published verification examples, through public scenarios (theory)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

import vallum
from vallum.results import Result

pytestmark = pytest.mark.theory

SE = 4.0


def scenario(
    folder: Path,
    *,
    days: int = 1,
    raids: dict[str, Any],
    p: float,
    stock: int,
    salvo: list[int],
    spread: str = "turn",
    deliveries: dict[int, int] | None = None,
    **system: Any,
) -> vallum.Scenario:
    """One city, one battery without end of room, one class."""
    supply: dict[str, Any] = {}
    if deliveries:
        dated = [{"on": day, "quantity": rounds} for day, rounds in deliveries.items()]
        supply = {"line": {"kind": "delivery", "interceptor": "round", "deliveries": dated}}
    document = {
        "question": "What does the exact answer say?",
        "fixed": {
            "start": "2025-01-01",
            "days": days,
            "assets": {"City": {}},
            "classes": {"ballistic": {}},
            "interceptors": {"round": {"kill": {"ballistic": p}}},
            "systems": {"long": system},
            "raids": {"kind": "law", **raids},
            "doctrine": {"salvos": {"long": {"ballistic": salvo}}, "spread": spread},
        },
        "choices": {"batteries": {"long": 1}, "stock": {"round": stock}, "supply": supply},
    }
    path = folder / "exact.yaml"
    YAML(typ="safe").dump(document, path)
    return vallum.read(path)


def size(kind: str, **about: Any) -> dict[str, Any]:
    return {"size": {"ballistic": {"kind": kind, **about}}}


def fight(made: vallum.Scenario, futures: int, seed: int = 11) -> Result:
    return vallum.run(made, futures=futures, seed=seed, explain=False)


def assert_close(result: Result, name: str, exact: float, at_most: float | None = None, **about: str) -> None:
    """Hold an outcome's mean within four of its own standard errors, and that error to what is worth something."""
    found = result.outcome(name, **about)
    assert found.mean is not None and found.se_mean is not None
    error = max(found.se_mean, np.sqrt(max(exact * (1 - exact), 0.0) / found.n) if 0 < exact < 1 else 0.0)
    assert abs(found.mean - exact) <= SE * error, (name, found.mean, exact, error)
    if at_most is not None:
        assert found.se_mean <= at_most


@pytest.mark.parametrize(("track", "exact"), [(1.0, 0.782758), (0.98, 0.693400)])
def test_v1_barrage(tmp_path: Path, track: float, exact: float) -> None:
    """Theory: one detection serves all shots at a missile (V1)."""
    made = scenario(tmp_path, raids=size("fixed", n=6), p=0.8, stock=12, salvo=[2], track=track)
    assert_close(fight(made, 20_000), "no_leaker", exact, 0.004, threat_class="ballistic")


@pytest.mark.parametrize(("p", "shots", "exact"), [(0.8, 1, 0.8), (0.8, 2, 0.96), (0.8, 3, 0.992)])
def test_v1_kill_probability(tmp_path: Path, p: float, shots: int, exact: float) -> None:
    """Theory: K = 1 - (1 - p)^n for one missile (V1)."""
    made = scenario(tmp_path, raids=size("fixed", n=1), p=p, stock=shots, salvo=[shots])
    assert_close(fight(made, 20_000), "stopped_share", exact, threat_class="ballistic")


def test_v2a_shoot_look_shoot(tmp_path: Path) -> None:
    """Theory: two looks over a finite magazine (V2 a)."""
    made = fight(scenario(tmp_path, raids=size("fixed", n=6), p=0.65, stock=9, salvo=[1, 1]), 40_000)
    assert_close(made, "no_leaker", 0.437052, threat_class="ballistic")
    assert_close(made, "leakers", 0.827030, 0.01, threat_class="ballistic")
    assert_close(made, "used", 7.958416, interceptor="round")
    exact = np.array([0.437052, 0.365111, 0.144249, 0.042406, 0.009786, 0.001317, 0.000079])
    found = made.outcome("leakers", threat_class="ballistic")
    shares = np.array([(found.distribution or {}).get(str(k), 0) for k in range(7)]) / found.n
    assert (np.abs(shares - exact) <= SE * np.sqrt(exact * (1 - exact) / found.n)).all()


@pytest.mark.parametrize(("spread", "leakers", "clean"), [("turn", 3.63, 0.0), ("even", 2.16, 0.080678)])
def test_v2b_turn_and_even(tmp_path: Path, spread: str, leakers: float, clean: float) -> None:
    """Theory: fourteen interceptors for ten missiles, in turn or spread evenly (V2 b)."""
    made = fight(scenario(tmp_path, raids=size("fixed", n=10), p=0.7, stock=14, salvo=[2], spread=spread), 40_000)
    assert_close(made, "leakers", leakers, 0.01, threat_class="ballistic")
    assert_close(made, "no_leaker", clean, threat_class="ballistic")


def test_v6a_time_to_exhaustion(tmp_path: Path) -> None:
    """Theory: Poisson raids, geometric demand, stock 60: dividing means is wrong (V6 a)."""
    raids = {"raids_a_day": {"kind": "poisson", "mean": 0.5}, **size("geometric", mean=6)}
    made = scenario(tmp_path, days=120, raids=raids, p=1.0, stock=60, salvo=[1])
    result = fight(made, 20_000)
    values = result.columns[result.label("first_empty_country")]
    for day, exact in ((10, 0.069790), (20, 0.464810), (30, 0.834460)):
        assert abs((values <= day).mean() - exact) <= SE * np.sqrt(exact * (1 - exact) / len(values))


@pytest.mark.parametrize(
    ("deliveries", "short", "unmet", "left"),
    [
        ({}, 0.422103, 5.447566, 6.447566),
        ({10: 8, 20: 8, 30: 8}, 0.105014, 0.969173, 25.969173),
        ({20: 8, 30: 8}, 0.225385, 2.368160, 19.368160),
    ],
)
def test_v6b_deliveries(tmp_path: Path, deliveries: dict[int, int], short: float, unmet: float, left: float) -> None:
    """Theory: shortage, unmet demand and the end stock, with, without and with paused deliveries (V6 b)."""
    raids = {
        "raids_a_day": {"kind": "bernoulli", "p": 0.25},
        **size("table", values=[2, 6, 10], weights=[0.4, 0.4, 0.2]),
    }
    made = fight(scenario(tmp_path, days=30, raids=raids, p=1.0, stock=40, salvo=[1], deliveries=deliveries), 40_000)
    assert_close(made, "short_ever", short, 0.003)
    assert_close(made, "dry_ever", short, 0.003, threat_class="ballistic")
    assert_close(made, "unmet", unmet, interceptor="round")
    assert_close(made, "stock", left, interceptor="round")


@pytest.mark.parametrize(
    ("deliveries", "leakers", "used", "short"),
    [({}, 12.070968, 46.310483, 0.810945), ({7: 16}, 6.628266, 57.649447, 0.549551)],
)
def test_v6c_campaign_with_leakage(
    tmp_path: Path, deliveries: dict[int, int], leakers: float, used: float, short: float
) -> None:
    """Theory: fourteen days, two shots at each missile in turn (V6 c)."""
    raids = {
        "raids_a_day": {"kind": "bernoulli", "p": 0.5},
        **size("table", values=[3, 6, 8], weights=[0.5, 0.3, 0.2]),
    }
    made = fight(scenario(tmp_path, days=14, raids=raids, p=0.8, stock=48, salvo=[2], deliveries=deliveries), 130_000)
    assert_close(made, "leakers", leakers, 0.03, threat_class="ballistic")
    assert_close(made, "used", used, interceptor="round")
    assert_close(made, "dry_ever", short, 0.003, threat_class="ballistic")


def test_order_of_fire_matters(tmp_path: Path) -> None:
    """Theory: twelve rounds for two cities with six missiles each: 0.39 asset by asset, 0.001 in arrival order (E1)."""
    base = scenario(tmp_path, raids=size("fixed", n=12), p=0.8, stock=12, salvo=[2])
    document = base.document
    document["fixed"]["assets"] = {"East": {"weight": 1}, "West": {"weight": 1}}
    document["fixed"]["raids"]["allocation"] = "proportional"
    document["fixed"]["systems"]["long"] = {"radius": {"ballistic": 1e6}}
    for name, lon in (("East", 30.0), ("West", 31.0)):
        document["fixed"]["assets"][name] |= {"lat": 50.0, "lon": lon}
    found = {}
    for order in ("random_asset", "arrival"):
        document["fixed"]["doctrine"]["order"] = order
        path = tmp_path / f"{order}.yaml"
        YAML(typ="safe").dump(document, path)
        result = fight(vallum.read(path), 20_000)
        per_city = [
            result.columns[result.label("real_leakers", threat_class="ballistic", asset=a)] == 0
            for a in ("East", "West")
        ]
        found[order] = float(np.mean(per_city))
    exact = 0.96**6 / 2
    assert abs(found["random_asset"] - exact) <= SE * np.sqrt(exact * (1 - exact) / 20_000)
    assert found["arrival"] < 0.01
