"""Raids: laws, tables, tempo and ceasefire (theory and tiny cases)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

import vallum
from vallum.campaign import prepare
from vallum.errors import RecordError
from vallum.raids import read_night_table

SE = 4.0


def scenario(folder: Path, raids: dict[str, Any], days: int = 40, **choices: Any) -> vallum.Scenario:
    document = {
        "question": "What comes?",
        "fixed": {
            "start": "2025-11-01",
            "days": days,
            "assets": {"City": {}},
            "classes": {"ballistic": {}, "cruise": {}},
            "raids": raids,
        },
        "choices": choices,
    }
    path = folder / "raids.yaml"
    YAML(typ="safe").dump(document, path)
    return vallum.read(path)


def launched(made: vallum.Scenario, futures: int, seed: int = 3) -> np.ndarray:
    plan = prepare(made)
    schedule = plan.raids.schedule(plan.worlds(seed, range(futures)))
    totals = np.zeros((futures, made.days, 2), np.int64)
    for f in range(futures):
        for day in range(made.days):
            totals[f, day] = schedule.launched[schedule.start[f, day] : schedule.start[f, day + 1]].sum(axis=0)
    return totals


@pytest.mark.theory
def test_parametric_nights_have_the_stated_mean_and_variance(tmp_path: Path) -> None:
    """Theory: a mixture of two negative binomials keeps the mean; its variance follows from both (R1)."""
    mean, ratio, share, k, wild = 3.0, 6.0, 0.2, 0.8, 2.0
    intensity = {"mean": mean, "mass_ratio": ratio, "dispersion": k, "mass_dispersion": wild}
    made = scenario(tmp_path, {"kind": "parametric", "mass_share": share, "classes": {"ballistic": intensity}})
    nights = launched(made, 1_000)[:, :, 0].ravel()
    quiet = mean / (1 - share + share * ratio)
    means = np.array([quiet, ratio * quiet])
    weights = np.array([1 - share, share])
    second = weights @ (means + means**2 * (1 + 1 / np.array([k, wild])))
    sd = np.sqrt(second - mean**2)
    assert abs(nights.mean() - mean) <= SE * sd / np.sqrt(len(nights))
    fourth = ((nights - nights.mean()) ** 4).mean()
    assert abs(nights.var() - sd**2) <= SE * np.sqrt((fourth - sd**4) / len(nights))


@pytest.mark.theory
def test_mass_nights_are_shared_by_the_classes(tmp_path: Path) -> None:
    """Theory: the mass night is one draw for all classes, so they rise together (R1)."""
    intensity = {"mean": 4, "mass_ratio": 20, "dispersion": 5}
    made = scenario(
        tmp_path,
        {"kind": "parametric", "mass_share": 0.15, "classes": {"ballistic": intensity, "cruise": intensity}},
    )
    nights = launched(made, 300).reshape(-1, 2)
    assert np.corrcoef(nights.T)[0, 1] > 0.5


@pytest.mark.tiny_case
def test_monthly_sums_and_tempo(tmp_path: Path) -> None:
    """Tiny case: monthly sums set the mean; tempo multiplies it (R1, R2)."""
    intensity = {"monthly": {"2025-11": 60, "2025-12": 31}, "dispersion": 1e6}
    raids = {"kind": "parametric", "classes": {"ballistic": intensity}}
    plain, double = (
        scenario(tmp_path, raids, days=61),
        scenario(tmp_path, raids, days=61, tempo={"ballistic": 2}),
    )
    for made, factor in ((plain, 1), (double, 2)):
        nights = launched(made, 600)[:, :, 0]
        assert abs(nights[:, :30].sum(axis=1).mean() - 60 * factor) <= SE * np.sqrt(60 * factor / 600)
        assert abs(nights[:, 30:].sum(axis=1).mean() - 31 * factor) <= SE * np.sqrt(31 * factor / 600)


@pytest.mark.tiny_case
def test_replay_is_the_table(tmp_path: Path) -> None:
    """Tiny case: replay gives the nights of the table in every future; days without a row have no launch (R1)."""
    (tmp_path / "nights.csv").write_text("night,class,launched\n2025-11-01,ballistic,4\n2025-11-03,cruise,7\n")
    made = scenario(tmp_path, {"kind": "replay", "path": "nights.csv"}, days=3)
    nights = launched(made, 5)
    assert (nights == np.array([[4, 0], [0, 0], [0, 7]])).all()


@pytest.mark.invariant
def test_resample_keeps_runs_of_nights(tmp_path: Path) -> None:
    """Invariant: each block of a resample is a run of consecutive nights of the table (R1)."""
    rows = "".join(f"2025-{1 + k // 28:02d}-{1 + k % 28:02d},ballistic,{k + 1}\n" for k in range(28))
    (tmp_path / "nights.csv").write_text("night,class,launched\n" + rows)
    made = scenario(tmp_path, {"kind": "resample", "path": "nights.csv", "block": 7}, days=35)
    nights = launched(made, 50)[:, :, 0].reshape(50, 5, 7)
    assert (np.diff(nights, axis=2) == 1).all()
    assert len(np.unique(nights[:, :, 0])) > 10


@pytest.mark.tiny_case
def test_replay_outside_the_table_is_refused(tmp_path: Path) -> None:
    """Tiny case: a campaign beyond the night table is bad input, with the way out."""
    (tmp_path / "nights.csv").write_text("night,class,launched\n2025-11-01,ballistic,4\n")
    made = scenario(tmp_path, {"kind": "replay", "path": "nights.csv"}, days=3)
    with pytest.raises(RecordError, match="resample"):
        launched(made, 1)


@pytest.mark.tiny_case
def test_night_table_problems_come_all_at_once(tmp_path: Path) -> None:
    """Tiny case: each bad row is named with its line; a blank is not a zero."""
    path = tmp_path / "nights.csv"
    path.write_text("night,class,launched\n2025-13-01,ballistic,4\n2025-11-02,ballistic,\n2025-11-03,cruise,-1\n")
    with pytest.raises(RecordError) as caught:
        read_night_table(path, ("ballistic", "cruise"))
    assert len(caught.value.problems) == 3
    assert "nights.csv:3" in caught.value.problems[1]


@pytest.mark.tiny_case
def test_ceasefire_stops_the_raids_and_may_be_broken(tmp_path: Path) -> None:
    """Tiny case: no launch while it holds; broken in the stated share of futures (R2)."""
    raids = {"kind": "law", "size": {"ballistic": {"kind": "fixed", "n": 5}}}
    truce = {"from": "2025-11-11", "to": "2025-12-01"}
    holds = launched(scenario(tmp_path, raids, ceasefire=truce), 20)[:, :, 0]
    assert (holds[:, 10:30] == 0).all() and (holds[:, :10] == 5).all() and (holds[:, 30:] == 5).all()
    broken = launched(scenario(tmp_path, raids, ceasefire=truce | {"broken": 0.5}), 2_000)[:, :, 0]
    share = (broken[:, 29] == 5).mean()
    assert abs(share - 0.5) <= SE * np.sqrt(0.25 / 2_000)


@pytest.mark.tiny_case
def test_sample_table_is_packaged(tmp_path: Path) -> None:
    """Tiny case: the made-up sample reads by its name."""
    made = scenario(tmp_path, {"kind": "replay", "path": "sample"}, days=30)
    assert made.night_table is not None
    first, nights = read_night_table(made.night_table, ("ballistic",))
    assert first == date(2025, 11, 1) and nights.sum() > 0
