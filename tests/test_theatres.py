"""The second theatres: Gulf 2026 and London 1944, their records, and probabilities that change by date (K3)."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

import vallum
from vallum import evidence, report
from vallum.errors import ScenarioError
from vallum.report import words
from vallum.report.folder import national
from vallum.results import Result

ROOT = Path(__file__).parents[1]
RECORD = ROOT / "src" / "vallum" / "data" / "record"
THEATRES = ("gulf-2026", "london-1944")
SE = 4.0
#: Columns of the ministry's statements for each class: detected, stopped, fell into the sea, fell on land.
STATEMENTS = {
    "ballistic": ("bm_detected", "bm_destroyed", "bm_fell_sea", "bm_fell_land"),
    "cruise": ("cm_detected", "cm_destroyed", None, None),
    "drone": ("drones_detected", "drones_intercepted", None, "drones_fell_land"),
}
OUTCOMES = ("launched", "stopped", "fell_sea", "fell_land")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


@pytest.fixture(scope="module")
def nights() -> list[dict[str, str]]:
    return table(RECORD / "uae_2026_nights.csv")


@pytest.fixture(scope="module")
def gulf() -> Result:
    return vallum.run(vallum.read("gulf-2026"), futures=2_000)


@pytest.fixture(scope="module")
def london() -> Result:
    return vallum.run(vallum.read("london-1944"), futures=2_000)


# ---------------------------------------------------------------- the record of the Emirates


@pytest.mark.baseline
def test_night_table_gives_the_published_sums(nights: list[dict[str, str]]) -> None:
    """Baseline: sums to 10 March, 262/241/19/2, 1475/1385/90 and 8/8, and each row says where it is from."""
    last = {row["class"]: row for row in nights if row["night"] == "2026-03-10"}
    found = {name: tuple(row[f"{part}_to_date"] for part in OUTCOMES) for name, row in last.items()}
    assert found["ballistic"] == ("262", "241", "19", "2")
    assert found["drone"] == ("1475", "1385", "", "90")
    assert found["cruise"] == ("8", "8", "", "")
    assert all(row["source"].startswith("https://") and row["basis"] for row in nights)


@pytest.mark.invariant
@pytest.mark.parametrize("name", sorted(STATEMENTS))
def test_days_add_up_to_the_sums(nights: list[dict[str, str]], name: str) -> None:
    """Invariant: each day is the growth of the sums, and what was detected was stopped or fell somewhere."""
    rows = [row for row in nights if row["class"] == name]
    assert len(rows) == 10
    before = dict.fromkeys(OUTCOMES, 0)
    for row in rows:
        for part in OUTCOMES:
            if row[part] and row[f"{part}_to_date"]:
                assert int(row[f"{part}_to_date"]) == before[part] + int(row[part]), row
            before[part] = int(row[f"{part}_to_date"] or 0)
        if row["stopped"]:
            assert int(row["launched"]) == sum(int(row[part] or 0) for part in OUTCOMES[1:])
        if row["stopped_to_date"]:
            assert int(row["launched_to_date"]) == sum(int(row[f"{part}_to_date"] or 0) for part in OUTCOMES[1:])


@pytest.mark.cross_check
def test_night_table_is_what_the_ministry_said(nights: list[dict[str, str]], shared: Path) -> None:
    """Cross-check: every number of 2 to 10 March against the collected statements; a blank stays a blank."""
    path = shared / "data" / "second_theatre" / "uae_2026_mod_statements.csv"
    said = {row["date"]: row for row in table(path) if row["bm_detected"] and row["cum_bm_destroyed"]}
    assert len(said) == 9
    for row in nights:
        if row["night"] not in said:
            assert (row["night"], row["basis"].startswith("derived")) == ("2026-03-01", True)
            continue
        statement = said[row["night"]]
        assert row["source"] == statement["source"]
        for part, column in zip(OUTCOMES, STATEMENTS[row["class"]], strict=True):
            told = (statement[column], statement[f"cum_{column}"]) if column else ("", "")
            assert (row[part], row[f"{part}_to_date"]) == told, (row, part)


@pytest.mark.cross_check
def test_claims_are_what_the_reports_said(shared: Path) -> None:
    """Cross-check: claims of 1944 against the collected summary, which rounds "one third" to two digits."""
    claims = {claim.quantity: claim.value for claim in evidence.load().claims.values() if claim.id.startswith("V")}
    said = table(shared / "data" / "second_theatre" / "v1_1944_summary.csv")
    assert len(said) == 13
    for number, row in enumerate(said, 1):
        id_ = f"V{number:03d}"
        value = evidence.load().claim(id_).value
        assert value == pytest.approx(float(row["value"].lstrip("~")), abs=0.005), (row, id_)
    assert claims["v1_launched"] == sum(
        float(claims[f"v1_{name}"] or 0)
        for name in (
            "reached_london_region",
            "failed_or_stray",
            "destroyed_by_guns",
            "destroyed_by_fighters",
            "destroyed_by_balloons",
        )
    )


# ---------------------------------------------------------------- the scenarios


@pytest.mark.parametrize("name", THEATRES)
@pytest.mark.docs
def test_theatres_are_sound(name: str) -> None:
    """Docs: read without a warning, what was reported cites claims, and what is not modelled is said."""
    made = vallum.read(name)
    assert made.warnings == ()
    assert all(event.claims for event in made.schema.reported)
    assert len(made.schema.not_modelled) >= 5


@pytest.mark.invariant
def test_gulf_plays_the_record_back(gulf: Result) -> None:
    """Invariant: every future meets the nights of the record, class by class (R1)."""
    rows = table(RECORD / "uae_2026_nights.csv")
    for c, name in enumerate(gulf.manifest.classes):
        said = [int(row["launched"]) for row in rows if row["class"] == name and row["night"] >= "2026-03-02"]
        np.testing.assert_array_equal(gulf.daily.launched[:, c], np.array(said) * gulf.manifest.futures)


@pytest.mark.invariant
def test_no_share_that_the_emirates_report_is_an_input() -> None:
    """Invariant (K2): what the answer is set against feeds no number of the scenario."""
    schema = vallum.read("gulf-2026").schema
    stopped = {"U002", "U004", "U006", "U007", "U008", "U009", "U030", "U031", "U032", "U033"}
    set_against = {claim for event in schema.reported for claim in event.claims} | stopped
    used = {claim for entry in schema.uncertain.values() for claim in entry.claims}
    assert not used & set_against
    assert used >= {"U001", "U003", "U035"}


@pytest.mark.invariant
def test_london_knows_only_what_was_known() -> None:
    """Invariant (F6): no claim of the run is younger than its date, half a century before the packaged record."""
    made = vallum.run(vallum.read("london-1944"), futures=20, explain=False).manifest
    assert made.as_of == date(1954, 1, 1)
    known = evidence.load()
    assert {claim["id"][0] for claim in made.claims} == {"V"}
    assert all(known.claim(claim["id"]).known_from <= made.as_of for claim in made.claims)


# ---------------------------------------------------------------- layers in series, changing by date (X5, K3)

FAIL, LEARNT = 0.25, 60
SHARES = {
    "fighters_at_first": 0.3,
    "fighters_later": 0.4,
    "guns_inland": 0.1,
    "guns_on_the_coast": 0.45,
    "guns_at_the_end": 0.8,
    "balloons_at_first": 0.12,
    "balloons_thickened": 0.25,
}
#: First and last day of each era (from 1), and the share of each layer in it.
ERAS = (
    (1, 34, ("fighters_at_first", "guns_inland", "balloons_at_first")),
    (35, LEARNT - 1, ("fighters_later", "guns_on_the_coast", "balloons_thickened")),
    (LEARNT, 80, ("fighters_later", "guns_at_the_end", "balloons_thickened")),
)


@pytest.mark.theory
def test_leak_is_the_product_over_the_layers() -> None:
    """Theory: X5, launched less failed, times what each layer lets through, era by era (E9, K3, W2)."""
    held = {f"uncertain.{name}": value for name, value in SHARES.items()}
    size = {"fixed.raids.size.flying_bomb": {"kind": "fixed", "n": 50}}
    made = vallum.read("london-1944").replace(
        {**held, **size, "uncertain.came_to_grief": FAIL, "uncertain.guns_have_learnt": LEARNT}
    )
    futures = 400
    daily = vallum.run(made, futures=futures, seed=11, explain=False).daily
    for first, last, layers in ERAS:
        launched = 50 * futures * (last - first + 1)
        leak = (1 - FAIL) * np.prod([1 - SHARES[name] for name in layers])
        leaked = daily.leaked[first - 1 : last, 0].sum()
        assert daily.launched[first - 1 : last, 0].sum() == launched
        assert abs(leaked - launched * leak) <= SE * np.sqrt(launched * leak * (1 - leak)), (first, last)
        stopped = launched * (1 - FAIL - leak)
        assert abs(daily.stopped[first - 1 : last, 0].sum() - stopped) <= SE * np.sqrt(launched / 4)


TWO_NIGHTS = """
question: What changes on the second of two nights?
fixed:
  start: 2025-01-01
  days: 2
  as_of: 2026-01-01
  assets: {City: {}}
  classes: {ballistic: {}, drone: {}}
  interceptors: {round: {kill: {ballistic: 1}}}
  systems:
    battery: {kind: battery}
    guns: {kind: team, success: {drone: 1}}
  raids: {kind: law, size: {ballistic: {kind: fixed, n: 4}, drone: {kind: fixed, n: 9}}}
choices: {batteries: {battery: 1, guns: 1}, stock: {round: 20}}
"""


@pytest.fixture(scope="module")
def two_nights(tmp_path_factory: pytest.TempPathFactory) -> vallum.Scenario:
    path = tmp_path_factory.mktemp("two") / "two.yaml"
    path.write_text(TWO_NIGHTS, encoding="utf-8")
    return vallum.read(path)


CHANGES = [{"from": "2025-01-01", "value": 1}, {"from": "2025-01-02", "value": 0}]


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("path", "given", "leaked"),
    [
        ("systems.guns.success.drone", CHANGES, [[0, 0], [0, 9]]),
        ("systems.guns.success.drone", CHANGES[::-1][:1], [[0, 9], [0, 9]]),
        ("systems.guns.track", CHANGES, [[0, 0], [0, 9]]),
        ("systems.battery.track.ballistic", CHANGES, [[0, 0], [4, 0]]),
        ("systems.battery.reliability", CHANGES, [[0, 0], [4, 0]]),
        ("interceptors.round.kill.ballistic", CHANGES, [[0, 0], [4, 0]]),
    ],
)
def test_what_changes_from_a_date(
    two_nights: vallum.Scenario, path: str, given: list[dict[str, object]], leaked: list[list[int]]
) -> None:
    """Tiny case (K3): p, track, reliability and success hold until the next date; the first holds from the start."""
    result = vallum.run(two_nights.replace({f"fixed.{path}": given}), futures=3, explain=False)
    np.testing.assert_array_equal(result.daily.leaked, 3 * np.array(leaked))


@pytest.mark.tiny_case
def test_a_change_on_an_uncertain_day(two_nights: vallum.Scenario) -> None:
    """Tiny case (K3): the day of a change may differ from future to future."""
    day = {"best": 1.5, "low": 1.0, "high": 2.0, "shape": "uniform", "assumption": "made up", "unit": "days"}
    given = [{"from": 1, "value": 1}, {"from": "gone", "value": 0}]
    made = two_nights.replace({"uncertain.gone": day, "fixed.systems.guns.success.drone": given})
    leaked = vallum.run(made, futures=200, explain=False).daily.leaked[:, 1]
    assert leaked[1] == 9 * 200
    # half of the futures lose the guns on the first day: a fair coin, four standard errors
    assert abs(leaked[0] / 9 - 100) <= SE * np.sqrt(200) / 2


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("path", "given", "told"),
    [
        ("systems.guns.success.drone", [], "is an empty list"),
        ("systems.guns.track", CHANGES[::-1], "the dates do not go forward"),
        ("systems.battery.reliability", [{"from": "2026-01-01", "value": 1}], "after the end of the campaign"),
        ("systems.guns.success.drone", [{"from": 1, "value": 2}], "2 is out of range"),
    ],
)
def test_wrong_changes_are_named(
    two_nights: vallum.Scenario, path: str, given: list[dict[str, object]], told: str
) -> None:
    """Tiny case: the error names the key and what is wrong with it."""
    with pytest.raises(ScenarioError, match=told) as error:
        two_nights.replace({f"fixed.{path}": given})
    assert f"fixed.{path}" in str(error.value)


# ---------------------------------------------------------------- a report that is not about one country


@pytest.mark.docs
def test_the_record_of_one_country_is_not_set_beside_another() -> None:
    """Docs: only a scenario with a coverage table of the record's country shows that record."""
    assert national(vallum.read("winter-2025-26"))
    assert not any(national(vallum.read(name)) for name in THEATRES)


def read_as_text(result: Result) -> str:
    """The page of a theatre without the packaged record, as a reader sees it."""
    page = report.page(result, record=False)
    return re.sub(r"<style.*?</style>|<svg.*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL)


@pytest.mark.docs
def test_the_page_of_another_theatre_is_about_it(gulf: Result, london: Result) -> None:
    """Docs: no word of another country's data, and none of magazines where there is none; classes in plain words."""
    for text in (read_as_text(gulf), read_as_text(london)):
        assert not any(strange in text for strange in ("Ivaniuk", "oblasts", "Air Force Command of Ukraine"))
        assert "GeoNames" in text
    for strange in ("Ukrain", "Patriot", "No round left", "from the depot", "a magazine of its own", "flying_bomb,"):
        assert strange not in text
    assert "Flying bombs that get through" in text
    assert london.answer.startswith("Get through in the median future: flying bomb 2,")


@pytest.mark.docs
def test_an_answer_within_a_month_names_its_day(gulf: Result) -> None:
    """Docs: a campaign that ends on 10 March says nothing about the end of March."""
    assert "at a midnight by 10 March 2026" in gulf.answer
    assert "the end of March" not in gulf.answer


@pytest.mark.tiny_case
def test_classes_in_plain_words() -> None:
    """Tiny case: a class that nobody named in words is its own name, in the plural."""
    assert words.threat_class("flying_bomb") == "flying bombs"
    assert words.threat_class("ballistic") == "ballistic missiles"


# ---------------------------------------------------------------- what the documentation says


@pytest.mark.docs
@pytest.mark.parametrize("theatre", THEATRES)
def test_reported_against_simulated_is_what_the_page_says(theatre: str, request: pytest.FixtureRequest) -> None:
    """Docs: the share of futures that show each reported event, and the medians beside it, are those of a run."""
    result: Result = request.getfixturevalue(theatre.partition("-")[0])
    text = (ROOT / "docs" / "questions" / "theatres.md").read_text(encoding="utf-8")
    part = text.split(f"## `{theatre}`")[1].split("\n## ")[0]
    rows = [line.split(" | ") for line in part.splitlines() if line.startswith("| ") and line.count("|") == 5]
    told = [row[3].strip(" |") for row in rows if row[0] != "| reported"]
    assert told == [words.percent(event["share_of_futures"]) for event in result.reported]
    said = [row[2] for row in rows if row[0] != "| reported"]
    for event, words_ in zip(result.reported, said, strict=True):
        if event["outcome"] in ("stopped_share", "leakers"):
            made = result.outcome(event["outcome"], threat_class=event["class"])
            unit = made.label.unit
            band = words.band(made.p5, made.p95, unit).removesuffix(" %").replace("–", "-")
            assert words_ == f"{words.number(made.median, unit)} ({band})"
