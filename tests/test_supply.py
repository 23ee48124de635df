"""Supply: deliveries, streams, pauses (tiny cases and invariants)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

import vallum
from vallum.campaign import prepare

SE = 4.0


def arrivals(folder: Path, futures: int = 3, days: int = 61, **choices: Any) -> np.ndarray:
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
        "choices": {"batteries": {"long": 1}, **choices},
    }
    path = folder / "supply.yaml"
    YAML(typ="safe").dump(document, path)
    plan = prepare(vallum.read(path))
    worlds = plan.worlds(0, range(futures))
    return plan.supply.arrivals(worlds, plan.supply.by_line(worlds))[:, :, 0]


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
