"""Evidence: the packaged files, the rule engine, and the laws of rule F2."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from vallum import evidence
from vallum.errors import EvidenceError
from vallum.evidence import Distribution, Option, quantile
from vallum.evidence.quantiles import regularised_beta

GRID = (np.arange(2001) + 0.5) / 2001
LATE = date(2026, 12, 31)
FOLDER = Path(evidence.__file__).parents[1] / "data" / "evidence"


@pytest.fixture(scope="module")
def packaged() -> evidence.Evidence:
    return evidence.load()


# ---------------------------------------------------------------- packaged files


def test_packaged_evidence_has_no_problem() -> None:
    """Invariant: every stored number is what its claims give, every record is well formed."""
    assert evidence.check() == []


def test_all_facts_are_there(packaged: evidence.Evidence) -> None:
    """Baseline: 514 claims of the first import keep their ids; sources without an address say why."""
    assert len(packaged.claims) >= 514
    assert {"F001", "F081", "F237", "F345", "F576"} <= packaged.claims.keys()
    unknown = [source for source in packaged.sources.values() if source.address == "unknown"]
    assert len(unknown) == 6  # five of the first import, and a book
    assert all(source.address_note for source in unknown)


def test_qualitative_claims_feed_no_parameter(packaged: evidence.Evidence) -> None:
    """Invariant: a claim without a number is context at most."""
    for parameter in packaged.parameters.values():
        assert not [id_ for id_ in parameter.claims if packaged.claim(id_).qualitative], parameter.name


def test_unpublished_quantities_are_assumptions_and_wide(packaged: evidence.Evidence) -> None:
    """Invariant (F5): what nobody publishes is labelled so, gives its reason, and is no point."""
    unpublished = [parameter for parameter in packaged.parameters.values() if not parameter.published]
    assert {"opening_stock_patriot_winter_2025_26", "p_kill_ballistic"} <= {p.name for p in unpublished}
    for parameter in unpublished:
        assert parameter.assumption
        assert not parameter.distribution.constant, parameter.name


def test_kill_probability_is_no_national_share(packaged: evidence.Evidence) -> None:
    """Invariant (K2): no kill probability is made from the claims of reported shares."""
    for name, parameter in packaged.parameters.items():
        if name.startswith("p_kill"):
            assert not parameter.claims
            assert parameter.best != packaged.parameter("reported_share_ballistic").best


def test_parameter_files_name_each_parameter_once() -> None:
    """Invariant: a key that stands twice would be read as one."""
    names = re.findall(r"(?m)^([a-z]\w*):$", (FOLDER / "parameters.yaml").read_text(encoding="utf-8"))
    assert len(names) == len(set(names)) == len(evidence.load().parameters)


# ---------------------------------------------------------------- as of a day (F6)


def test_at_a_late_day_nothing_changes(packaged: evidence.Evidence) -> None:
    """Invariant: with all claims known, making the parameters anew gives what is stored."""
    late = packaged.at(LATE)
    for name, parameter in packaged.parameters.items():
        made = late.parameter(name)
        assert (made.best, made.low, made.high) == pytest.approx(
            (parameter.best, parameter.low, parameter.high), rel=1e-5
        )


@settings(max_examples=25, deadline=None)
@given(day=st.dates(date(2018, 1, 1), LATE))
def test_only_claims_of_the_day_are_used(day: date) -> None:
    """Invariant (F6): every number left rests on claims known by that day, and makes a law."""
    then = evidence.load().at(day)
    for parameter in then.parameters.values():
        assert all(then.claim(id_).known_from <= day for id_ in (*parameter.claims, *parameter.context))
        assert parameter.low <= parameter.best <= parameter.high
        assert parameter.distribution.quantile(0.5).shape == ()


def test_a_parameter_without_claims_left_says_so(packaged: evidence.Evidence) -> None:
    """Tiny case (F6): the message names the parameter, the day and the way out."""
    then = packaged.at(date(2025, 11, 1))
    with pytest.raises(EvidenceError, match=r"patriot_rounds_received_per_month.*2025-11-01.*2026-03-05.*as_of"):
        then.parameter("patriot_rounds_received_per_month")


def test_a_number_said_later_was_not_known_before(packaged: evidence.Evidence) -> None:
    """Tiny case (F6): output of 2024 that was stated in January 2026 is not known in 2025."""
    assert packaged.claim("F132").as_of == date(2024, 12, 31)
    assert "F132" not in packaged.at(date(2025, 12, 31)).claims
    assert packaged.at(date(2025, 12, 31)).parameter("pac3_mse_output_2024").best == 500


def test_a_switch_loses_its_later_readings(packaged: evidence.Evidence) -> None:
    """Tiny case (F6): in 2024 only the range claim stood, so there is nothing to pool."""
    radius = packaged.at(date(2024, 6, 1)).parameter("patriot_radius_ballistic")
    assert [reading.name for reading in radius.readings] == ["range_claim"]
    assert (radius.best, radius.low, radius.high) == (40, 40, 40)


def test_unknown_names_offer_the_nearest(packaged: evidence.Evidence) -> None:
    """Tiny case: a misspelt name is an error that names the nearest."""
    with pytest.raises(EvidenceError, match="did you mean 'p_kill_ballistic'"):
        packaged.parameter("p_kill_balistic")


# ---------------------------------------------------------------- bad files


def _copy(folder: Path, name: str, old: str, new: str) -> Path:
    for file in FOLDER.iterdir():
        if file.is_file():
            text = file.read_text(encoding="utf-8")
            if file.name == name:
                assert old in text
                text = text.replace(old, new, 1)
            (folder / file.name).write_text(text, encoding="utf-8")
    return folder


BROKEN = [
    ("parameters.yaml", "best: 0.75\n", "best: 0.8\n", "its claims give 0.75"),
    ("parameters.yaml", "claims: [F237]", "claims: [F999]", "claim 'F999' is not in claims.csv"),
    ("parameters.yaml", "unit: km\n", "unit: furlongs\n", "unit 'furlongs' is not in units.csv"),
    (
        "parameters.yaml",
        "take: median, claims: [F233",
        "take: average, claims: [F233",
        "rule 'average' is none of",
    ),
    ("claims.csv", ",S001,", ",S999,", "source 'S999' is not in sources.csv"),
    ("sources.csv", "https://", "ftp://", "is no http(s) address"),
    (
        "parameters.yaml",
        "rule: {best: mean,",
        "rule: {best: 'claim:F081',",
        "uses F081, which is not among its claims",
    ),
    (
        "parameters.yaml",
        "unit: interceptors, factor: 0.25",
        "unit: km, factor: 0.25",
        "cannot be converted to km",
    ),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), BROKEN)
def test_check_finds_what_is_broken(tmp_path: Path, file: str, old: str, new: str, expected: str) -> None:
    """Tiny case: one defect put into a copy of the files is found and named."""
    found = evidence.check(evidence.read(_copy(tmp_path, file, old, new)))
    assert any(expected in problem for problem in found), found


UNREADABLE = [
    ("claims.csv", ",2025-02-19,2025-02-19,", ",2025-02-31,2025-02-31,", "claims.csv:2"),
    ("claims.csv", "\nF002,", "\nF001,", "'F001' stands twice"),
    ("claims.csv", "incoming_missiles_in_reported_stockout_night,8,", "incoming,nan,", "not a finite number"),
    ("parameters.yaml", "  title: ", "  titel: ", "unknown key 'titel'; did you mean 'title'"),
    ("parameters.yaml", "  shape: triangular\n", "", "'shape' is missing"),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), UNREADABLE)
def test_unreadable_files_are_refused(tmp_path: Path, file: str, old: str, new: str, expected: str) -> None:
    """Tiny case: a malformed record stops the reading, with file and place."""
    with pytest.raises(EvidenceError) as error:
        evidence.read(_copy(tmp_path, file, old, new))
    assert expected in str(error.value)


def test_claims_of_one_group_count_once(packaged: evidence.Evidence) -> None:
    """Tiny case: two receipts of one report give their middle, not two votes."""
    reading = packaged.parameter("patriot_rounds_received_per_month").readings[0]
    assert reading.best == pytest.approx((600 + 667) / 2 / 35, rel=1e-5)


# ---------------------------------------------------------------- laws (F2)


def _scipy(shape: str, best: float, low: float, high: float) -> np.ndarray:
    width = high - low
    if shape == "triangular":
        return stats.triang.ppf(GRID, (best - low) / width, low, width)
    if shape == "uniform":
        return low + GRID * width
    a, b = 1 + 4 * (best - low) / width, 1 + 4 * (high - best) / width
    return low + width * stats.beta.ppf(GRID, a, b)


@pytest.mark.parametrize("shape", ["triangular", "pert", "uniform"])
@pytest.mark.parametrize(("best", "low", "high"), [(0.45, 0.15, 0.75), (0, 0, 300), (11, 9, 11), (-3, -10, 40)])
def test_quantiles_equal_a_reference(shape: str, best: float, low: float, high: float) -> None:
    """Theory: the closed or tabulated inverse agrees with another library."""
    ours = quantile(shape, best, low, high, GRID)
    np.testing.assert_allclose(ours, _scipy(shape, best, low, high), rtol=1e-9, atol=1e-9 * (high - low))


@pytest.mark.parametrize(("a", "b"), [(1, 5), (0.4, 1.6), (3.3, 2.7), (80, 20), (4000, 900)])
def test_incomplete_beta_equals_a_reference(a: float, b: float) -> None:
    """Theory: the continued fraction agrees with another library."""
    np.testing.assert_allclose(regularised_beta(GRID, a, b), stats.beta.cdf(GRID, a, b), rtol=1e-9, atol=1e-14)


def test_lognormal_meets_its_three_points() -> None:
    """Theory: median best, 5 % and 95 % points low and high."""
    found = quantile("lognormal", 30, 10, 200, [0.05, 0.5, 0.95])
    np.testing.assert_allclose(found, [10, 30, 200], rtol=1e-10)


def test_symmetric_lognormal_equals_a_reference() -> None:
    """Theory: with best as the geometric middle it is the plain lognormal law."""
    sigma = np.log(2) / stats.norm.ppf(0.95)
    np.testing.assert_allclose(
        quantile("lognormal", 20, 10, 40, GRID), stats.lognorm.ppf(GRID, sigma, scale=20), rtol=1e-9
    )


@pytest.mark.parametrize(("best", "low", "high"), [(0.5, 0.2, 0.8), (0.9, 0.8, 0.97), (0.05, 0.01, 0.12)])
def test_beta_has_its_mean_and_width(best: float, low: float, high: float) -> None:
    """Theory: mean best, 5-95 % band as wide as high - low; the same law as another library's."""
    ends = quantile("beta", best, low, high, [0.05, 0.95])
    assert ends[1] - ends[0] == pytest.approx(high - low, rel=1e-8)
    draws = quantile("beta", best, low, high, (np.arange(20_000) + 0.5) / 20_000)
    assert draws.mean() == pytest.approx(best, abs=1e-5)
    assert ends[0] == pytest.approx(low, abs=0.03)


@settings(max_examples=60, deadline=None)
@given(
    shape=st.sampled_from(["triangular", "pert", "uniform", "lognormal"]),
    ends=st.lists(st.floats(0.01, 1e4), min_size=3, max_size=3),
    count=st.integers(1, 40),
)
def test_quantiles_rise_and_stand_alone(shape: str, ends: list[float], count: int) -> None:
    """Invariant (F2): monotone in u, inside its bounds, and no value depends on how many are asked for."""
    low, best, high = sorted(ends)
    u = GRID[:: 2001 // count]
    found = quantile(shape, best, low, high, u)
    assert (np.diff(found) >= 0).all()
    assert found.tobytes() == np.array([quantile(shape, best, low, high, one) for one in u]).tobytes()
    if shape != "lognormal":
        slack = 1e-11 * high
        assert ((found >= low - slack) & (found <= high + slack)).all()


@pytest.mark.parametrize("shape", ["triangular", "pert", "uniform", "lognormal", "beta"])
def test_a_range_without_width_is_constant(shape: str) -> None:
    """Tiny case: low = best = high gives that number in every future."""
    assert (quantile(shape, 0.7, 0.7, 0.7, GRID) == 0.7).all()


def test_values_keep_twelve_digits() -> None:
    """Invariant (F2): 12 significant digits, zero stays zero."""
    found = quantile("pert", 0.4, 0.1, 3.0, GRID)
    assert all(float(f"{value:.11e}") == pytest.approx(value, rel=1e-15) for value in found)
    assert quantile("uniform", 0, 0, 0, 0.5) == 0


def test_a_switch_splits_u_by_weight() -> None:
    """Tiny case: weights 1 and 3; inside an option u is stretched again."""
    one = Distribution("uniform", 1, 0, 2)
    two = Distribution("uniform", 15, 10, 20)
    law = Distribution("switch", 1, 0, 20, options=(Option("a", 1, one), Option("b", 3, two)))
    np.testing.assert_allclose(law.quantile([0.125, 0.25 + 0.375, 0.999999]), [1, 15, 20], rtol=1e-5)
    assert (law.quantile(GRID) < 5).mean() == pytest.approx(0.25, abs=1e-3)


def test_a_posterior_is_the_quantile_of_its_sample() -> None:
    """Tiny case: the middle of three draws is the median; order of the sample does not matter."""
    law = Distribution("posterior", 2, 1, 9, sample=(9, 1, 2))
    np.testing.assert_allclose(law.quantile([1e-9, 0.5, 1 - 1e-9]), [1, 2, 9])


BAD_LAWS = [
    ({"shape": "gauss"}, "allowed are triangular"),
    ({"low": 2.0}, "does not hold"),
    ({"best": float("nan")}, "finite"),
    ({"shape": "lognormal", "low": 0.0}, "low > 0"),
    ({"shape": "posterior"}, "needs a sample"),
    ({"shape": "switch"}, "at least one option"),
    ({"shape": "beta", "low": -1.0}, "share"),
    ({"shape": "beta", "best": 0.5, "low": 0.001, "high": 0.999}, "too wide"),
]


@pytest.mark.parametrize(("change", "expected"), BAD_LAWS)
def test_a_law_that_is_none_is_refused(change: dict[str, object], expected: str) -> None:
    """Tiny case: the message names the number and what is allowed."""
    fields: dict[str, object] = {"shape": "triangular", "best": 0.5, "low": 0.1, "high": 0.9, "name": "x"}
    with pytest.raises(EvidenceError, match=expected):
        Distribution(**(fields | change))  # type: ignore[arg-type]


def test_claims_file_is_plain_csv() -> None:
    """Invariant: every row has the columns of the header, so that a person can edit it."""
    with (FOLDER / "claims.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert {len(row) for row in rows} == {15}
