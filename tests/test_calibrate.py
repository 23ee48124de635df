"""Fits, back-tests and frozen forecasts: known numbers come back, bands hold, nothing later is read.

All series here are made up by named dice. Tests against the real copy read it from VALLUM_SHARED and are skipped where
there is none.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import special, stats

from vallum import calibrate, cli, dice, exact, record, report, scenario
from vallum.calibrate import baselines, counts, fit, levels, locker, odds, process, scoring
from vallum.calibrate import months as sources
from vallum.calibrate.forecast import LEVEL, OURS, QUANTITIES, Forecaster
from vallum.calibrate.ladder import Ladder, inside
from vallum.calibrate.settings import F64, Walk, packaged, settings
from vallum.calibrate.walk import Filter
from vallum.errors import RecordError, RunError
from vallum.report import calibrated

ROOT = Path(__file__).resolve().parents[1]
COPY = Path(os.environ.get("VALLUM_SHARED", ROOT.parent / "shared")) / "data" / "attacks" / "missile_attacks_daily.csv"
FROZEN = ROOT / "docs" / "forecasts" / "ukraine-2025-12-07.json"
CUTOFF = date(2025, 12, 7)
FITTED = "winter-2025-26-fitted"
needs_copy = pytest.mark.skipif(
    not COPY.is_file(), reason="no copy of the attack record: set VALLUM_SHARED to test against it"
)
#: Standard errors that a statistical test allows.
SURE = 4.0


def uniforms(name: str, *shape: int) -> F64:
    """Made-up luck by name."""
    slots = np.arange(int(np.prod(shape))).reshape(shape)
    return dice.uniforms(dice.folds(dice.fold(20251207, dice.word(name)), slots))


def made_series(
    launched: F64, stopped: F64 | None = None, large: F64 | None = None, names: Sequence[str] = (), until: int = 0
) -> sources.Series:
    """A series of whole months from made-up counts (T, F), with a part of a month of `until` nights at the end."""
    months = sources.months(date(2022, 1, 1), date(2031, 12, 31))[: len(launched)]
    if until:
        months = (*months[:-1], sources.Stretch(months[-1].first, months[-1].first + timedelta(days=until - 1)))
    families = tuple(names) or tuple(f"family_{k}" for k in range(launched.shape[1]))
    shot = launched if stopped is None else stopped
    return sources.Series("made", months, families, launched, shot, launched, np.zeros((len(launched), 2)))


NAMES = ("drone_oneway", "all_ballistic", "all_ballistic_with_sam")


def small_series(months: int = 20) -> sources.Series:
    """Three families of the real names, made up."""
    u = uniforms("small series", months, 4)
    launched = np.stack([1000 + 900 * u[:, 0], 10 + 30 * u[:, 1], 12 + 60 * u[:, 2]], axis=1).round()
    launched[:, 2] = np.maximum(launched[:, 1], launched[:, 2])
    stopped = (launched * np.array([0.8, 0.25, 0.15]) * (0.8 + 0.4 * u[:, 3:])).round()
    made = made_series(launched, np.minimum(stopped, launched), names=NAMES)
    return replace(made, large=np.floor(launched[:, 1:] / 15.0))


# ---- ladders and scores ----


@pytest.mark.theory
def test_crps_of_a_count_is_that_of_its_law_enumerated() -> None:
    """Theory (Q6): on single rungs the CRPS is the exact one of the law, as `exact.crps` has it of an equal sample."""
    ladder = Ladder(np.arange(60.0), whole=True)
    sample = [3, 5, 5, 9]
    cdf = np.searchsorted(np.sort(sample), ladder.places, side="right") / len(sample)
    for seen in (0.0, 5.0, 30.0):
        assert ladder.crps(cdf, np.array(seen)) == pytest.approx(exact.crps(seen, sample=sample)["crps"], abs=1e-12)


@pytest.mark.theory
def test_crps_on_wide_rungs_is_close_and_of_shares_exact() -> None:
    """Theory (Q6): steps of 4 % cost less than a thousandth of the score; a uniform share has 1/3 - y + y**2."""
    wide, fine = Ladder(settings().ladder.astype(float), whole=True), Ladder(np.arange(40_000.0), whole=True)
    for seen in (900.0, 2_000.0, 2_003.0, 6_500.0):
        scores = [
            ladder.crps(counts.negative_binomial_cdf(ladder.places, np.array(2000.0), np.array(8.0)), np.array(seen))
            for ladder in (wide, fine)
        ]
        assert scores[0] == pytest.approx(scores[1], rel=1e-3)
    share = Ladder(np.linspace(0.0, 1.0, 101), whole=False)
    for y in (0.0, 0.123, 0.5, 1.0):
        assert share.crps(share.places, np.array(y)) == pytest.approx(1 / 3 - y + y * y, abs=1e-12)


@pytest.mark.theory
def test_the_sum_of_two_counts_is_their_convolution() -> None:
    """Theory (Q6): exact on single rungs; on wide rungs mean, spread and tail are those of the law."""
    single = Ladder(np.arange(61.0), whole=True)
    few = [counts.negative_binomial_cdf(single.places, np.array(mean), np.array(2.0)) for mean in (3.0, 5.0)]
    first, second = (np.diff(part, prepend=0.0) for part in few)
    wanted = np.cumsum(np.convolve(first, second)[:61])
    assert np.allclose(single.of_sum(*few)[:60], wanted[:60], atol=1e-12)
    wide = odds.ladders(settings()).counts
    alike = 4.0  # two laws of one success chance add up to a law of the same kind
    parts = [
        counts.negative_binomial_cdf(wide.places, np.array(mean), np.array(mean / alike)) for mean in (70.0, 210.0)
    ]
    law = counts.negative_binomial_cdf(wide.places, np.array(280.0), np.array(280.0 / alike))
    assert np.abs(wide.of_sum(*parts) - law).max() < 0.03  # a rung of 4 % holds so much of a law of 13 %
    at = [float(wide.quantile(wide.of_sum(*parts), level) / wide.quantile(law, level)) for level in (0.1, 0.5, 0.9)]
    assert np.allclose(at, 1.0, atol=0.01)


def series_with_sums(relabelled: int) -> sources.Series:
    """All families of the missiles, made up; in the last months ballistic ones stand in numbers with others."""
    names = tuple(dict.fromkeys((*record.members("missiles"), *sources.GROUPS)))
    launched = np.floor(uniforms("parts", 20, len(names)) * np.linspace(2.0, 60.0, len(names)))
    alone, mixed = names.index("ballistic"), names.index("sam_and_ballistic_mixed")
    launched[20 - relabelled :, mixed] += launched[20 - relabelled :, alone]
    launched[20 - relabelled :, alone] = 0.0
    for group in sources.GROUPS:
        places = [names.index(name) for name in record.members(group)]
        launched[:, names.index(group)] = launched[:, places].sum(axis=1)
    return made_series(launched, launched, names=names)


def means(series: sources.Series, quantity: str) -> F64:
    """Means of our forecasts after the last month. (targets, families)"""
    made = Forecaster(series, 2)
    found = made.at(19, sources.targets(series.cutoff, 2))
    return np.asarray(np.diff(found[quantity][OURS], axis=-1, prepend=0.0) @ made.ladders.typical)


@pytest.mark.invariant
@pytest.mark.parametrize("quantity", ["launched", "stopped"])
def test_a_sum_is_that_of_its_parts_however_ballistic_missiles_are_labelled(quantity: str) -> None:
    """Invariant (Q6): the mean of a sum is that of its parts; numbers that mix labels move no sum, only the parts."""
    plain, other = series_with_sums(0), series_with_sums(4)
    before, after = means(plain, quantity), means(other, quantity)
    place = plain.families.index
    for group, inner in (("all_ballistic_with_sam", "all_ballistic"), ("missiles", "all_ballistic_with_sam")):
        rest = [place(name) for name in record.members(group) if name not in record.members(inner)]
        wanted = before[:, place(inner)] + before[:, rest].sum(axis=1)
        assert before[:, place(group)] == pytest.approx(wanted, rel=0.02)
        assert after[:, place(group)] == pytest.approx(before[:, place(group)], rel=1e-9)
    assert (after[:, place("ballistic")] < 0.9 * before[:, place("ballistic")]).all()


@pytest.mark.theory
def test_quantiles_are_those_of_the_law() -> None:
    """Theory: the lowest whole number at or above a level."""
    ladder = Ladder(settings().ladder.astype(float), whole=True)
    mean, size = 7.3, 1.9
    cdf = counts.negative_binomial_cdf(ladder.places, np.array(mean), np.array(size))
    for level in locker.LEVELS:
        assert ladder.quantile(cdf, level) == stats.nbinom.ppf(level, size, size / (size + mean))
    share = Ladder(np.linspace(0.0, 1.0, 101), whole=False)
    assert share.quantile(share.places, 0.275) == pytest.approx(0.275)


@pytest.mark.theory
@pytest.mark.parametrize("band", [0.5, 0.8, 0.9])
def test_a_right_forecast_of_a_count_is_inside_as_often_as_the_band_says(band: float) -> None:
    """Theory (Q6): summed over the law itself, the part inside is the band, however few values there are."""
    ladder = Ladder(np.arange(40.0), whole=True)
    cdf = counts.negative_binomial_cdf(ladder.places, np.array(0.6), np.array(0.5))
    chance = np.diff(cdf, prepend=0.0)
    spans = [ladder.span(cdf, np.array(k)) for k in ladder.places]
    told = sum(p * float(inside(*span, band)) for p, span in zip(chance, spans, strict=True))
    assert told == pytest.approx(band, abs=1e-9)


# ---- the filters ----


def walk(**changes: Any) -> Walk:
    """A walk with one way of wandering: next to none, no jump, counts as good as Poisson."""
    usual: dict[str, Any] = {
        "grid": np.linspace(np.log(0.5), np.log(8.0), 1501),
        "changes": np.array([1e-9]),
        "drifts": np.zeros(1),
        "spreads": np.array([1e9]),
        "weights": np.zeros((1, 1, 1)),
        "jump": 0.0,
        "jump_size": 1.0,
        "damping": 1.0,
        "forgetting": 1.0,
    }
    return Walk(**(usual | changes))


@pytest.mark.theory
def test_a_level_that_stands_still_is_the_conjugate_gamma() -> None:
    """Theory: with a flat prior of the logarithm, y launches in n nights leave a gamma with shape y and rate n."""
    made = replace(settings(), launches=walk())
    seen, nights = np.array([[60.0]]), 31.0
    level = odds.Levels(seen, made_series(seen), made, Ladder(made.ladder.astype(float), whole=True))
    state = level.states[0]
    rate = np.exp(made.launches.grid)
    chance = state.odds[0, 0, 0, 0]
    assert chance @ rate == pytest.approx(60.0 / nights, rel=1e-3)
    assert chance @ rate**2 - (chance @ rate) ** 2 == pytest.approx(60.0 / nights**2, rel=1e-2)


@pytest.mark.theory
def test_wandering_widens_with_time_as_a_random_walk_does() -> None:
    """Theory: after h months the variance of the logarithm has grown by h times the squared change; drift adds up."""
    given = walk(grid=np.linspace(-4.0, 4.0, 801), changes=np.array([0.2]), drifts=np.array([0.1]), damping=0.5)
    start = np.zeros((1, 1, 801))
    start[0, 0] = -0.5 * (given.grid / 0.1) ** 2
    made = Filter(given)
    state = made.states([start], [0.0])[0]
    for months in (1.0, 4.0):
        chance = made.ahead(state, [months])[0, 0, 0]
        mean = chance @ given.grid
        assert mean == pytest.approx(0.1 * months * 0.5**months, abs=2e-3)
        assert chance @ (given.grid - mean) ** 2 == pytest.approx(0.01 + 0.04 * months, rel=0.02)


@pytest.mark.theory
def test_bands_cover_what_they_claim_on_series_drawn_from_the_law() -> None:
    """Theory (Q6): 120 made-up families that wander as the settings say are inside the bands as often as they claim."""
    families, months, ahead = 120, 20, 3
    seen = wandering(families, months + ahead)
    series = made_series(seen)
    cut = series.until(series.stretches[months - 1].last)
    level = odds.Levels(cut.launched, cut, settings(), Ladder(settings().ladder.astype(float), whole=True))
    cdf = level.cdf(months - 1, series.stretches[months : months + ahead])[-1]
    below, at = level.ladder.span(cdf, seen[-1])
    for band in (0.5, 0.8, 0.9):
        error = np.sqrt(band * (1.0 - band) / families)
        assert abs(inside(below, at, band).mean() - band) < SURE * error


def wandering(families: int, months: int) -> F64:
    """Counts drawn from the settings' own law: levels that wander, negative binomial months. (months, families)"""
    given = settings().launches
    change = given.changes[np.searchsorted(np.cumsum([0.3, 0.3, 0.25, 0.1]), uniforms("change", families))]
    size = given.spreads[np.minimum((uniforms("size", families) * 5).astype(int), 4)]
    steps = special.ndtri(uniforms("steps", months, families)) * change
    jumps = (uniforms("jump", months, families) < given.jump) * special.ndtri(uniforms("far", months, families))
    level = np.log(0.5 + 20.0 * uniforms("level", families)) + np.cumsum(steps + given.jump_size * jumps, axis=0)
    mean = 30.4 * np.exp(np.clip(level, given.grid[0], given.grid[-1]))
    return np.asarray(stats.nbinom.ppf(uniforms("counts", months, families), size, size / (size + mean)))


@pytest.mark.theory
def test_the_share_of_a_steady_family_is_found_with_its_scatter() -> None:
    """Theory: a share of 0.7 over 40 months lies in the 90 % band; its months are not taken for binomial."""
    months, known = 40, 200.0
    share = special.betaincinv(0.7 * 20, 0.3 * 20, uniforms("share", months, 1))
    stopped = stats.binom.ppf(uniforms("stopped", months, 1), known, share)
    series = made_series(np.full((months, 1), known), stopped, names=("cruise",))
    made = levels.reported(series, [], 0.9, 0.8)[0]
    assert made.share[0] < 0.7 < made.share[2]
    assert made.alike < 150.0
    assert made.true[1] == pytest.approx(exact.true_rate(made.share[1], 0.9, 0.8)["rate"])


# ---- baselines ----


@pytest.mark.tiny_case
def test_baselines_take_the_months_that_they_name() -> None:
    """Tiny case: counts 0, 1, 2 ... a month, thirty nights each."""
    seen, nights = np.arange(30.0)[:, None], np.full(30, 30.0)
    made = {kind: baselines.of_counts(kind, seen, nights, np.array([1.0])) for kind in baselines.BASELINES}
    means = {kind: 30.0 * float(naive.rate(23, 2)[0]) for kind, naive in made.items()}
    assert means["last"] == pytest.approx(23.0)
    assert means["mean_3"] == pytest.approx(22.0)
    assert means["mean_12"] == pytest.approx(17.5)
    assert means["seasonal"] == pytest.approx(13.0)  # month 25 is forecast, month 13 a year before
    assert means["constant"] == pytest.approx(11.5)
    assert 30.0 * float(made["last"].rate(0, 1)[0]) == pytest.approx(0.5)  # nothing seen is half a launch


@pytest.mark.theory
def test_the_spread_of_a_baseline_is_the_one_its_errors_ask_for() -> None:
    """Theory: constant mean, negative binomial of size 4: the fitted size is near it."""
    mean, size = 60.0, 4.0
    seen = stats.nbinom.ppf(uniforms("spread", 300, 20), size, size / (size + mean))
    rules = settings()
    naive = baselines.of_counts("constant", seen, np.full(300, 30.0), rules.dispersions)
    fitted = naive.spread(298, 1) * 30.0
    assert np.median(fitted) == pytest.approx(size, rel=0.4)  # the grid has steps of 37 %


# ---- nothing later is read ----


@pytest.mark.invariant
def test_later_months_change_no_forecast() -> None:
    """Invariant (Q6): what comes after an origin may be anything; forecasts and weights of the pool keep every bit."""
    series = small_series()
    changed = [part.copy() for part in (series.launched, series.stopped, series.known, series.large)]
    for part in changed:
        part[15:] = 7.0
    other = sources.Series("made", series.stretches, series.families, *changed)
    for k, (one, two) in enumerate(zip(run_through(series, 14), run_through(other, 14), strict=True)):
        for quantity in QUANTITIES:
            for method, cdf in one[quantity].items():
                assert np.array_equal(cdf, two[quantity][method]), (k, quantity, method)


def run_through(series: sources.Series, last: int) -> list[dict[str, dict[str, F64]]]:
    """Forecasts at every origin up to one, learning on the way."""
    made, found = Forecaster(series, 3), []
    for month in range(10, last + 1):
        forecasts = made.at(month, series.stretches[month + 1 : month + 4])
        known = {name: {m: cdf[: max(0, 14 - month)] for m, cdf in part.items()} for name, part in forecasts.items()}
        if month < 14:
            made.learn(month, known)
        found.append(forecasts)
    return found


@pytest.mark.invariant
def test_a_later_copy_of_a_record_freezes_the_same_bytes(tmp_path: Path) -> None:
    """Invariant (Q6): rows dated after the cut-off leave the frozen file as it is, to the byte."""
    cutoff = date(2024, 2, 10)
    early, late = (made_record(tmp_path / name, last) for name, last in (("a", cutoff), ("b", date(2024, 4, 20))))
    texts = [calibrate.freeze(one, cutoff, 1, "x").text() for one in (early, late)]
    assert texts[0] == texts[1]


@cache
def rows(last: date) -> tuple[tuple[str, str, int, int], ...]:
    """Made-up reports: drones every night, ballistic missiles on some."""
    first = date(2023, 1, 1)
    nights = (last - first).days + 1
    u = uniforms("reports", 600, 3)
    made = []
    for k in range(nights):
        night = (first + timedelta(days=k)).isoformat()
        launched = int(40 + 60 * u[k, 0]) + (400 if last > date(2024, 3, 1) and k > 420 else 0)
        made.append((night, "drone", launched, int(0.8 * launched)))
        if u[k, 1] < 0.3:
            made.append((night, "ballistic", 1 + int(12 * u[k, 2]), 1))
    return tuple(made)


def made_record(folder: Path, last: date) -> record.Record:
    """A record of another theatre, read through a mapping."""
    folder.mkdir()
    with (folder / "d.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("day", "what", "came", "down"), *rows(last)])
    (folder / "m.yaml").write_text(
        "name: made\ntime_zone: Europe/Kyiv\nsource: made up\nlicence: made up\n"
        "columns: {night: day, label: what, launched: came, destroyed: down}\n"
        "families: {drone: drone_oneway, ballistic: ballistic}\n",
        encoding="utf-8",
    )
    return record.read(folder / "d.csv", folder / "m.yaml")


# ---- the raid process ----


@pytest.mark.theory
def test_the_raid_process_comes_back_from_nights_drawn_from_it() -> None:
    """Theory (R1): share of mass nights, means and ratio of a made-up law lie within the posterior's reach."""
    nights, mass, calm, wild = 800, 0.2, np.array([40.0, 0.5]), np.array([200.0, 6.0])
    is_mass = uniforms("mass", nights, 1) < mass
    mean, size = np.where(is_mass, wild, calm), np.where(is_mass, 8.0, 2.0)
    drawn = stats.nbinom.ppf(uniforms("nights", nights, 2), size, size / (size + mean))
    made = process.fitted(process.Nights(date(2024, 1, 1), ("drone", "ballistic"), drawn))
    for values, truth in ((made.mass, mass), (made.calm[:, 0], 40.0), (made.wild[:, 0], 200.0), (made.wild[:, 1], 6.0)):
        assert abs(values[0] - truth) < SURE * values[1:].std()
    assert made.calm_size[0, 0] == pytest.approx(2.0, rel=0.35)
    seen, mixed = made.correlation
    assert seen[0, 1] == pytest.approx(mixed[0, 1], abs=SURE / np.sqrt(nights))


@pytest.mark.theory
def test_block_length_grows_with_memory() -> None:
    """Theory: hardly longer than one night without memory; many nights where one night hangs on the last."""
    noise = special.ndtri(uniforms("noise", 2000))
    memory = np.empty(2000)
    memory[0] = noise[0]
    for k in range(1, 2000):
        memory[k] = 0.8 * memory[k - 1] + noise[k]
    assert process.block_length(noise) < 4.0
    assert 10.0 < process.block_length(memory) < 60.0
    assert process.block_length(np.ones(50)) == 1.0


@pytest.mark.theory
def test_a_season_is_found_where_there_is_one_and_shrunk_where_there_is_none() -> None:
    """Theory: a wave of 0.5 that peaks in January over eight years, and none."""
    months = 96
    series = made_series(np.ones((months, 2)))
    wave = 0.5 * np.cos(2 * np.pi * (np.array([s.first.month for s in series.stretches]) + 0.5 - 1.0) / 12)
    mean = 300.0 * np.exp(np.stack([wave, 0.0 * wave], axis=1))
    size = 40.0
    drawn = stats.nbinom.ppf(uniforms("season", months, 2), size, size / (size + mean))
    found, none = (levels.season(made_series(drawn), f, 0.05, size) for f in (0, 1))
    assert found.low < 0.5 < found.high and found.sure > 0.99
    assert abs((found.peak_month - 1.0 + 6.0) % 12.0 - 6.0) < 1.0
    assert none.amplitude < 0.15


# ---- stretches ----


@pytest.mark.tiny_case
def test_targets_are_calendar_months_after_the_cut_off() -> None:
    """Tiny case: the seven stretches after 7 December 2025; whole months after the end of one."""
    told = [(s.first.isoformat(), s.last.isoformat()) for s in sources.targets(CUTOFF, 6)]
    assert told[0] == ("2025-12-08", "2025-12-31") and told[-1] == ("2026-06-01", "2026-06-07") and len(told) == 7
    whole = sources.targets(date(2025, 11, 30), 3)
    assert all(s.whole for s in whole) and whole[-1].last == date(2026, 2, 28)


@pytest.mark.invariant
def test_sums_are_not_below_their_parts_and_stops_not_above_launches() -> None:
    """Invariant: our distribution of a sum lies to the right of its part's, that of stops to the left of launches'."""
    series = small_series()
    made = Forecaster(series, 3)
    found = made.at(19, sources.targets(series.cutoff, 3))
    for quantity in ("launched", "stopped", "nights_8_ballistic"):
        part, whole = (made.names(quantity).index(name) for name in sources.LARGE)
        cdf = found[quantity][OURS]
        assert (cdf[:, part] >= cdf[:, whole]).all()
        assert (np.diff(cdf, axis=-1) >= -1e-12).all() and np.allclose(cdf[..., -1], 1.0)
    assert (found["stopped"][OURS] >= found["launched"][OURS]).all()
    assert set(found["stopped_share"]) == {LEVEL, OURS, *baselines.BASELINES}


# ---- back-test ----


@pytest.mark.invariant
def test_the_back_test_states_every_pair_and_every_miss() -> None:
    """Invariant (Q6): each family, month and step once for each method; misses are where the mean CRPS is not lower."""
    made = calibrate.backtest(small_series(15), "2022-12", "2023-03", 2)
    counted = made.ours.group_by("quantity").len()
    assert dict(counted.iter_rows())["launched"] == 3 * 4 * 2
    for row in made.misses.iter_rows(named=True):
        skill = made.skill.filter((pl.col("quantity") == row["quantity"]) & (pl.col("family") == row["family"]))
        assert skill[OURS][0] >= skill[row["baseline"]][0] - 1e-12
    assert made.misses.height + int(made.skill["beaten"].sum()) == 5 * made.skill.height
    assert (made.coverage["low"] <= made.coverage["inside"] + 1e-12).all()
    text = calibrated.backtest_text(made)
    assert "Misses" in text and json.loads(report.json_text(made))["kind"] == "backtest"
    again = calibrate.backtest(small_series(15), "2022-12", "2023-03", 2)
    assert again.scores.equals(made.scores)


@pytest.mark.tiny_case
@pytest.mark.parametrize(("first", "last", "word"), [("2022-03", "2023-01", "--from"), ("2023-05", "2023-02", "after")])
def test_months_that_the_record_does_not_hold_are_refused(first: str, last: str, word: str) -> None:
    """Tiny case: the message names the option and what it may be."""
    with pytest.raises(RecordError, match=word):
        calibrate.backtest(small_series(), first, last, 3)


@pytest.mark.docs
def test_back_test_is_written_whole(tmp_path: Path) -> None:
    """Docs: JSON, text, tables and charts; a foreign folder is left as it is."""
    made = calibrate.backtest(small_series(15), "2023-02", "2023-03", 1)
    calibrated.write_backtest(made, tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"backtest.json", "backtest.txt", "tables", "charts"}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(RunError):
        calibrated.write_backtest(made, tmp_path / "mine")


# ---- the locker ----


@cache
def frozen_text() -> str:
    """The committed forecast."""
    return FROZEN.read_text(encoding="utf-8")


@pytest.mark.docs
def test_the_committed_forecast_is_as_it_was_frozen() -> None:
    """Docs (Q6): hash, cut-off, all stretches and families, rising quantiles at 1 to 99 %."""
    frozen = calibrate.opened(FROZEN)
    assert frozen.cutoff == CUTOFF and frozen.text() == frozen_text()
    stretches = {(s.first, s.last) for s in sources.targets(CUTOFF, 6)}
    assert {(target.first, target.last) for target in frozen.targets} == stretches
    launched = [target for target in frozen.targets if target.quantity == "launched"]
    assert {target.family for target in launched} == set(sources.families())
    assert {target.quantity for target in frozen.targets} == set(QUANTITIES)
    for target in frozen.targets:
        values = list(target.quantiles.values())
        assert list(target.quantiles) == [f"{level:.2f}" for level in locker.LEVELS]
        assert all(value is not None for value in values) and values == sorted(values)  # type: ignore[type-var]
    assert len(frozen_text()) < 600_000


@pytest.mark.invariant
@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda text: text.replace('"0.50": ', '"0.50": 1', 1), "changed after it was frozen"),
        (lambda text: text.replace("2025-12-07", "2025-12-08", 1), "changed after it was frozen"),
        (lambda text: text[: len(text) // 2], "download"),
        (lambda text: "[1]", "JSON object"),
        (lambda text: '{"schema": 1}', "has no question"),
        (lambda text: text.replace('"schema": 1', '"schema": 2', 1), "schema 2"),
    ],
)
def test_a_changed_forecast_is_refused(
    tmp_path: Path, change: Callable[[str], str], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Invariant (Q6): one changed digit, a cut file, another file: exit 2 and in words, no traceback."""
    path = tmp_path / "forecast.json"
    path.write_text(change(frozen_text()), encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        cli.main(["forecast", "score", str(path)])
    assert left.value.code == 2
    assert word in capsys.readouterr().err


@pytest.mark.invariant
@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda body: body.update(cutoff="December"), "cutoff is 'December'"),
        (lambda body: body.update(targets={}), "targets is no list"),
        (lambda body: body.update(made_from="me"), "made_from"),
        (lambda body: body["targets"].append("one"), "target 3"),
        (lambda body: body["targets"][0]["quantiles"].pop("0.50"), "0.01, 0.02 .. 0.99"),
        (lambda body: body["targets"][0]["quantiles"].update({"0.50": -1}), "do not rise"),
        (lambda body: body["targets"][0].update({"from": "2026-03-01"}), "before it begins"),
        (lambda body: body["targets"][0].update({"from": "2025-12-01"}), "not after the cut-off"),
    ],
)
def test_a_file_with_a_good_hash_may_still_be_no_forecast(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], word: str
) -> None:
    """Invariant (Q6): whoever writes such a file by hand is told what is wrong with it, by target."""
    body = json.loads(frozen_text())
    body["targets"] = body["targets"][:2]
    change(body)
    body["sha256"] = locker._hash(body)
    path = tmp_path / "forecast.json"
    path.write_text(json.dumps(body), encoding="utf-8")
    with pytest.raises(RecordError, match=word):
        calibrate.opened(path)


@pytest.mark.theory
def test_quantiles_are_scored_as_the_exact_twin_scores_them() -> None:
    """Theory (Q6): twice the mean pinball loss."""
    numbers = {f"{level:.2f}": float(level * level * 50) for level in locker.LEVELS}
    for seen in (0.0, 12.0, 70.0):
        assert locker.pinball(numbers, seen) == pytest.approx(exact.crps(seen, quantiles=numbers)["crps"])


@pytest.mark.tiny_case
def test_a_forecast_is_scored_when_its_months_are_over(tmp_path: Path) -> None:
    """Tiny case (Q6): the first stretch is over, the second is not; what came is summed by hand."""
    cutoff, last = date(2024, 1, 31), date(2024, 3, 10)
    made = made_record(tmp_path / "r", last)
    frozen = calibrate.freeze(made, cutoff, 2, "x")
    path = tmp_path / "f.json"
    path.write_text(frozen.text(), encoding="utf-8")
    scored = scoring.score(calibrate.opened(path), made)
    drones = scored.rows.filter((pl.col("family") == "drone_oneway") & (pl.col("quantity") == "launched"))
    assert drones["seen"].to_list() == [
        float(sum(n for day, what, n, _ in rows(last) if what == "drone" and day.startswith("2024-02")))
    ]
    assert len(scored.open) == len([target for target in frozen.targets if target.first == date(2024, 3, 1)])
    assert drones["constant"][0] > 0.0 and "drone_oneway" in calibrated.scores_text(scored)


@pytest.mark.tiny_case
def test_a_copy_that_does_not_reach_back_scores_the_forecast_alone(tmp_path: Path) -> None:
    """Tiny case (Q6): rows after the cut-off only: the same scores of ours, no baselines, and it is said."""
    frozen = calibrate.freeze(made_record(tmp_path / "r", date(2024, 3, 10)), date(2024, 1, 31), 1, "x")
    whole = made_record(tmp_path / "whole", date(2024, 3, 10))
    late = replace(whole, table=whole.table.filter(pl.col("night") > date(2024, 1, 31)))
    both = [scoring.score(frozen, one) for one in (whole, late)]
    assert both[0].same_past and not both[1].same_past
    assert both[0].rows[OURS].equals(both[1].rows[OURS]) and both[1].rows["last"].null_count() == both[1].rows.height
    assert "reach back" in calibrated.scores_text(both[1])


@pytest.mark.tiny_case
def test_a_record_that_ends_too_early_is_no_record_of_zeros(tmp_path: Path) -> None:
    """Tiny case: the cut-off lies after the last row; a record of three months is too short to learn from."""
    made = made_record(tmp_path / "r", date(2024, 2, 10))
    with pytest.raises(RecordError, match="no zeros"):
        calibrate.freeze(made, date(2024, 3, 1), 1, "x")
    with pytest.raises(RecordError, match="whole months"):
        calibrate.freeze(made, date(2023, 3, 31), 1, "x")


@pytest.mark.invariant
def test_outcomes_of_a_scenario_freeze_as_well(tmp_path: Path) -> None:
    """Invariant (F6): same bytes again, `never` is null, and a claim younger than the cut-off is refused by name."""
    texts = []
    for name in ("a.json", "b.json"):
        arguments = ["--scenario", "year-2025", "--cutoff", "2025-12-07", "--futures", "20", "-q"]
        with pytest.raises(SystemExit) as left:
            cli.main(["forecast", "freeze", *arguments, "--out", str(tmp_path / name)])
        assert left.value.code == 0
        texts.append((tmp_path / name).read_text(encoding="utf-8"))
    assert texts[0] == texts[1]
    frozen = calibrate.opened(tmp_path / "a.json")
    assert any(None in target.quantiles.values() for target in frozen.targets)
    with pytest.raises(SystemExit) as left:
        cli.main(["forecast", "freeze", "--scenario", "winter-2025-26", "--cutoff", "2025-12-07", "--futures", "5"])
    assert left.value.code == 2


# ---- the fitted winter ----


@pytest.mark.docs
def test_the_fitted_winter_changes_the_raids_and_nothing_that_is_kept() -> None:
    """Docs (K2): it passes its check; stock, batteries, supply and coverage are those of the hand-set one."""
    assert scenario.check(FITTED) == []
    base, fitted = scenario.read("winter-2025-26"), scenario.read(FITTED)
    before, after = base.paths(), fitted.paths()
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    allowed = ("fixed.raids.", "uncertain.fitted_", "uncertain.p_kill_", "uncertain.winter_tempo", "choices.tempo")
    assert all(path.startswith((*allowed, "title", "question")) for path in changed)
    assert not any(word in path for path in changed for word in ("stock", "batteries", "supply", "radius"))
    assert fitted.schema.uncertain["fitted_ballistic_mean"].shape == "posterior"


@needs_copy
@pytest.mark.cross_check
def test_the_fit_to_the_record_is_the_packaged_tempo_within_its_range() -> None:
    """Cross-check (R1): mass nights of the last 180 nights beside the hand-run fit of February to November 2025."""
    made = process.fitted(process.nights_of(real(), date(2025, 11, 30)))
    drone = made.nights.classes.index("drone")
    assert 0.1 < made.mass[0] < 0.3
    assert 3.0 < made.ratio[0, drone] < 6.0


@cache
def real() -> record.Record:
    """The copy."""
    return record.read(COPY)


@needs_copy
@pytest.mark.cross_check
def test_three_origins_of_the_back_test_on_the_record() -> None:
    """Cross-check (Q6): three origins run, every family is scored, ballistic missiles beat every baseline.

    Drones do not in these three months, in which they doubled; over all months they do: see the page.
    """
    series = sources.series(real(), date(2024, 9, 30))
    made = calibrate.backtest(series, "2024-07", "2024-09", 1)
    assert made.ours["origin"].unique().sort().to_list() == ["2024-06", "2024-07", "2024-08"]
    assert set(made.ours["family"]) == set(sources.families())
    rows = made.skill.filter((pl.col("quantity") == "launched") & (pl.col("family") == "all_ballistic"))
    assert rows["beaten"].to_list() == [len(baselines.BASELINES)]


@pytest.mark.docs
def test_the_python_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Docs: the example of docs/questions/forecast.md runs, with other months, on a made-up record."""
    page = (ROOT / "docs" / "questions" / "forecast.md").read_text("utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    for there, here in (("2024-01", "2023-12"), ("2025-11", "2024-01"), ("2025, 12, 7", "2024, 1, 31"), ("=6", "=1")):
        code = code.replace(there, here)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VALLUM_HOME", str(tmp_path / "home"))
    record.keep(made_record(tmp_path / "r", date(2024, 3, 10)), "ukraine")
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["scored"].rows.height > 0 and names["scored"].same_past
    assert "no longer those" not in calibrated.scores_text(names["scored"])


@pytest.mark.docs
@pytest.mark.parametrize("family", ["drone_oneway", "all_ballistic", "all_ballistic_with_sam"])
def test_the_page_shows_what_the_issue_asks_for(family: str) -> None:
    """Docs (Q6): launches beat the best of five baselines over 2024-01..2025-11; 80 % is inside the interval."""
    page = (ROOT / "docs" / "questions" / "forecast.md").read_text(encoding="utf-8")
    assert "targets 2024-01 to 2025-11" in page
    row = next(line for line in page.split("\nlaunched ")[1].splitlines() if line.startswith(f"{family} "))
    ours, *others = (float(cell.replace(",", "")) for cell in row.split()[1:7])
    assert len(others) == len(baselines.BASELINES) and ours < min(others)
    for quantity in ("launched", "stopped", "stopped_share"):
        line = next(line for line in page.splitlines() if line.startswith(f"{quantity}: all "))
        low, high = (int(part) for part in re.findall(r"\((\d+)-(\d+)\)", line)[1])
        assert low <= 80 <= high


@needs_copy
@pytest.mark.cross_check
def test_the_link_uses_no_month_of_the_last_ninety_days_and_writes_no_stock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cross-check (K2): months end 90 days before the cut-off; stock and radius stay what they were."""
    rules = packaged("calibrate.yaml")
    monkeypatch.setitem(rules["link"], "futures", 400)
    made = fit.calibrate(real(), CUTOFF, scenario.read("year-2025"))
    assert made.link is not None and made.link.last == "2025-08"
    said = {number.name: number.said for number in made.link.numbers}
    assert {said[name] for name in ("opening_stock", "patriot_radius", "rounds_a_month")} == {"kept"}
    text = fit.package(made, scenario.read("winter-2025-26"))
    assert "opening_stock" not in text and "patriot_radius" not in text and "winter_tempo: null" in text
    assert "never fitted" in calibrated.calibration_text(made)
