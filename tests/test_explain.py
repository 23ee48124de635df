"""Explanations: the night, the layer and the line of one future (Q4)."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML
from tests.kernel_cases import random_problem

import vallum
from vallum import explain as room
from vallum import report
from vallum._kernel import fast
from vallum._kernel.problem import ABSENT
from vallum.cli import main
from vallum.errors import RunError
from vallum.explain import Explanation
from vallum.explain.hindrances import shortfalls, unhindered
from vallum.results import Result
from vallum.terms import REASONS

DOCS = Path(__file__).parents[1] / "docs" / "questions" / "explain.md"
PAUSED = {"p": {"donor": "us", "from": 3, "days": 10}}


def document(days: int = 15, **choices: Any) -> dict[str, Any]:
    """One city, one battery, one threat a night that a round always stops; three rounds."""
    return {
        "question": "When does it run out?",
        "fixed": {
            "start": "2025-11-01",
            "days": days,
            "assets": {"City": {}},
            "classes": {"ballistic": {}},
            "interceptors": {"round": {"kill": {"ballistic": 1.0}}},
            "systems": {"long": {}},
            "raids": {"kind": "law", "size": {"ballistic": {"kind": "fixed", "n": 1}}},
        },
        "choices": {"batteries": {"long": 1}, "stock": {"round": 3}, **choices},
    }


def written(folder: Path, made: dict[str, Any]) -> Path:
    path = folder / "story.yaml"
    YAML(typ="safe").dump(made, path)
    return path


def stream(a_month: float, **about: Any) -> dict[str, Any]:
    return {"kind": "stream", "interceptor": "round", "per_month": a_month, "donor": "us", **about}


def ran(folder: Path, made: dict[str, Any], futures: int = 20, seed: int = 0) -> Result:
    return vallum.run(vallum.read(written(folder, made)), futures=futures, seed=seed, explain=False)


def told(folder: Path, futures: int = 20, which: int | str = 0, **choices: Any) -> Explanation:
    made: Explanation = ran(folder, document(**choices), futures).explain(which)
    return made


@pytest.fixture(scope="module")
def winter() -> Result:
    asked = vallum.read("winter-2025-26", packages=["pause-30-days"])
    return vallum.run(asked, futures=60, seed=0, explain=False)


@pytest.fixture(scope="module")
def worst(winter: Result) -> Explanation:
    made: Explanation = winter.explain("worst", "dry_nights[ballistic]")
    return made


# --- by hand -----------------------------------------------------------------------------------------


@pytest.mark.tiny_case
def test_eight_and_none_is_night_one_dry_and_no_line() -> None:
    """Tiny case: eight come, no round is left, and no line is to blame, for there is none."""
    made = vallum.run(vallum.read("eight-and-none"), futures=5, explain=False).explain(3)
    assert made.dry.number == made.turn == 1
    assert made.dry.layers == ("patriot",) and made.dry.posts == ("patriot-1 at City",)
    assert made.leaked("dry") == made.leaked() == 8
    assert made.nights[0].raids["ballistic"].eight_and_none
    assert made.shortfalls == () and made.unhindered is None
    first = made.sentences[0]
    assert "night 1 (19 February 2025)" in first and "“patriot”" in first and "No supply line brings" in first


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("effect", "said"), [("held", "held back by the pause"), ("lost", "lost to the pause"), ("halted", "not made in")]
)
def test_a_paused_stream_is_named_with_its_pause(tmp_path: Path, effect: str, said: str) -> None:
    """Tiny case: a round a day comes and goes; the pause begins on day 3, three rounds last to night 5 (S2)."""
    made = told(tmp_path, supply={"x": stream(30)}, pauses={"p": {**PAUSED["p"], "effect": effect}})
    assert made.dry is not None and made.dry.number == 6
    assert [night.rounds["round"].stock for night in made.nights[:7]] == [3, 3, 2, 1, 0, 0, 0]
    assert [night.lines["x"].missing for night in made.nights[:7]] == [0, 0, 1, 2, 3, 4, 5]
    assert [(one.line, one.reason, one.name, one.effect) for one in made.shortfalls] == [("x", "paused", "p", effect)]
    assert made.unhindered is not None and made.unhindered.leakers == 0 and made.unhindered.first_dry is None
    first = made.sentences[0]
    for part in ("night 6 (6 November 2025)", "“long”", "The line “x” (us) was behind by 4 interceptors", said, "“p”"):
        assert part in first
    assert "3 November 2025 until 13 November 2025" in first


@pytest.mark.tiny_case
def test_a_delivery_whose_draw_failed_is_named(tmp_path: Path) -> None:
    """Tiny case: five rounds due on day 2 do not come, three rounds last three nights (S1)."""
    line = {"kind": "delivery", "interceptor": "round", "deliveries": [{"on": 2, "quantity": 5, "probability": 0.0}]}
    made = told(tmp_path, supply={"x": line})
    assert made.dry is not None and made.dry.number == 4
    assert [(one.reason, one.missing[1]) for one in made.shortfalls] == [("not_drawn", 5)]
    assert "the draw of its probability failed; due on 2 November 2025" in made.sentences[0]


@pytest.mark.tiny_case
def test_a_donor_that_stopped_is_named(tmp_path: Path) -> None:
    """Tiny case: after its giver stopped nothing lands, and the three rounds last three nights more (S1)."""
    result = ran(tmp_path, document(days=60, supply={"x": stream(31, stops=1.0)}))
    for future in range(0, 20, 4):
        made = result.explain(future)
        (stopped,) = made.shortfalls
        first = next(k for k, missing in enumerate(stopped.missing) if missing)
        landed = [night.lines["x"].landed for night in made.nights]
        assert stopped.reason == "stopped" and sum(landed[first:]) == 0
        assert f"first missing on {report.words.day(made.nights[first].date)}" in " ".join(made.sentences)


def purchase(**about: Any) -> dict[str, Any]:
    orders = [{"on": 1, "quantity": 4}]
    return {
        "kind": "purchase", "interceptor": "round", "orders": orders, "lead": {"days": 1}, "unit_price": 2, "fund": "f",
        **about,
    }  # fmt: skip


@pytest.mark.tiny_case
@pytest.mark.parametrize("unpaid", ["waits", "fails"])
def test_an_unpaid_purchase_names_its_fund(tmp_path: Path, unpaid: str) -> None:
    """Tiny case: a fund without money pays nothing; the order would have landed on day 2 (S3)."""
    made = told(tmp_path, supply={"x": purchase(unpaid=unpaid)}, funds={"f": {"balance": 1}})
    assert [(one.reason, one.name, one.missing[:2]) for one in made.shortfalls] == [("unpaid", "f", (0, 4))]
    assert "the fund “f” had not paid" in made.sentences[0]


def made_line(kind: str, **about: Any) -> dict[str, Any]:
    ramp = {"start": 30, "per": "month"}
    begins = {"signed": 1, "lag": {"days": 0}} if kind == "licence" else {"from": 1}
    return {"kind": kind, "interceptor": "round", "ramp": ramp, **begins, **about}


@pytest.mark.tiny_case
def test_a_lacking_component_and_a_surge_are_named(tmp_path: Path) -> None:
    """Tiny case: a licence that lacks a seeker until day 8, a rival's war that is served first (S1, S4)."""
    surge = {"war": {"from": 1, "per_month": 15}}
    lines = {
        "licence": made_line("licence", lacks={"seeker": 8}),
        "plant": made_line("production", rank=2, rivals={"other": {"rank": 1, "per_month": 3, "surges": surge}}),
    }
    made = told(tmp_path, supply=lines)
    found = {one.line: one for one in made.shortfalls}
    assert (found["licence"].reason, found["licence"].name, found["licence"].missing[6]) == ("lacking", "seeker", 7)
    assert found["plant"].reason == "surge" and found["plant"].missing[-1] in (7, 8)


@pytest.mark.tiny_case
def test_a_paused_line_of_systems_is_named(tmp_path: Path) -> None:
    """Tiny case: the only battery is due on day 3 and held to day 13; until then nothing covers the city (S1)."""
    line = {"kind": "delivery", "system": "long", "donor": "us", "deliveries": [{"on": 3, "quantity": 1}]}
    made = told(tmp_path, supply={"x": line}, pauses=PAUSED, batteries={"long": 0})
    assert made.dry is None and made.leaked("uncovered") == made.leaked() == 12
    (held,) = made.shortfalls
    assert (held.brings, held.is_system, held.missing[2], held.missing[12]) == ("long", True, 1, 0)
    assert "behind by up to 1 system (long)" in " ".join(made.sentences)
    assert "none of the ballistic missiles got through for want of a round" in made.sentences[0]


@pytest.mark.tiny_case
def test_when_nothing_fails_it_is_said(tmp_path: Path) -> None:
    """Tiny case: a line that lands all that is due is not blamed; a defence that never ran out says so."""
    short = told(tmp_path, supply={"x": stream(3)})
    assert "No supply line had failed by then" in short.sentences[0]
    ample = told(tmp_path, stock={"round": 99})
    assert ample.dry is None and ample.worst_night is None and ample.leaked() == 0
    assert "None got through at all" in ample.sentences[0]


@pytest.mark.tiny_case
def test_local_and_national_are_told_apart(tmp_path: Path) -> None:
    """Tiny case: one battery runs dry while the other holds rounds: its name, its site, and what is left elsewhere."""
    made = document(days=3, stock={"round": 4}, batteries={"long": [{"site": "East"}, {"site": "West"}]})
    made["fixed"]["assets"] = {"East": {"lat": 50, "lon": 36, "weight": 1}, "West": {"lat": 50, "lon": 24, "weight": 0}}
    made["fixed"]["systems"] = {"long": {"radius": {"ballistic": 30}}}
    made["fixed"]["doctrine"] = {"split": "even"}
    story = ran(tmp_path, made).explain(0)
    assert story.dry is not None and story.dry.number == 3
    assert story.dry.posts == ("long-East-1",) and story.dry.batteries == {"long": 1}
    assert "1 of the 2 batteries of long (long-East-1)" in story.sentences[0]
    assert "2 were left in the country at midnight" in story.sentences[0]
    assert story.empty is not None and story.empty.number == 2


# --- a live theatre ----------------------------------------------------------------------------------


@pytest.mark.invariant
def test_a_live_theatre_tells_no_date_by_place(tmp_path: Path) -> None:
    """Invariant: scope, no city and no battery of a city is named in any output of a live scenario."""
    made = document(days=6, stock={"round": 4}, batteries={"long": [{"site": "Easton"}, {"site": "Weston"}]})
    made["live"] = True
    made["fixed"]["assets"] = {name: {"lat": 50, "lon": lon} for name, lon in (("Easton", 36), ("Weston", 24))}
    made["fixed"]["systems"] = {"long": {"radius": {"ballistic": 30}}}
    story = ran(tmp_path, made).explain()
    text, table = report.explained(story, every_night=True), report.nights_table(story).csv()
    assert story.dry is not None and story.dry.posts == ()
    assert all(night.posts == {} for night in story.nights)
    for output in (text, table, report.explained_json(story), report.svg(story.plot())):
        assert not re.search(r"Easton|Weston|long-\w+-?\d", output)
    assert "1 of the 2 batteries of long" in text and "The theatre is live" in text


# --- books that balance ------------------------------------------------------------------------------


@pytest.mark.invariant
@pytest.mark.parametrize("future", [7, 59])
def test_nights_sum_to_the_outcomes_of_the_future(winter: Result, future: int) -> None:
    """Invariant: the rows of an explanation add up to what the run counted in that future."""
    made = winter.explain(future)

    def value(name: str, **about: str) -> float:
        return float(winter.columns[winter.label(name, **about)][future])

    for name in winter.manifest.classes:
        raids = [night.raids[name] for night in made.nights]
        assert sum(raid.launched for raid in raids) == value("launched", threat_class=name)
        assert sum(raid.failed for raid in raids) == value("failed", threat_class=name)
        assert sum(raid.leakers for raid in raids) == value("leakers", threat_class=name)
        assert all(raid.launched == raid.stopped + raid.failed + raid.leakers for raid in raids)
        for reason in REASONS:
            leaked = sum(raid.leaked[reason] for raid in raids)
            assert leaked == value("leakers", threat_class=name, reason=reason)
    dry = sum(night.raids["ballistic"].leaked["dry"] > 0 for night in made.nights)
    assert dry == value("dry_nights", threat_class="ballistic")
    for kind in winter.manifest.interceptors:
        rounds = [night.rounds[kind] for night in made.nights]
        names = {"arrived": "arrived", "fired": "used", "lost": "lost", "unmet": "unmet"}
        for key, name in names.items():
            assert sum(getattr(one, key) for one in rounds) == value(name, interceptor=kind)
        assert rounds[-1].stock == value("stock", interceptor=kind)


@pytest.mark.invariant
def test_stock_balances_night_by_night(winter: Result) -> None:
    """Invariant: yesterday's stock, and what arrived, less what was fired and lost, is today's."""
    for future in range(0, 60, 20):
        made = winter.explain(future)
        for kind, opening in made.opening.items():
            stock = opening
            for night in made.nights:
                one = night.rounds[kind]
                assert stock + one.arrived - one.fired - one.lost == one.stock
                assert one.arrived == sum(night.lines[line.name].landed for line in made.lines if line.brings == kind)
                stock = one.stock


@pytest.mark.invariant
def test_dates_of_the_story_are_those_of_the_run(winter: Result) -> None:
    """Invariant: first dry and first empty are the run's first_dry_night and first_empty_battery (O)."""
    dry = winter.columns[winter.label("first_dry_night", threat_class="ballistic", scope="anywhere")]
    empty = winter.columns[winter.label("first_empty_battery")]
    for future in range(0, 60, 8):
        made = winter.explain(future)
        assert (made.dry.number if made.dry else np.inf) == dry[future]
        assert (made.empty is None) == np.isinf(empty[future])
        if made.empty is not None:
            assert made.empty.number == max(1, empty[future]) and made.empty.batteries
        if made.dry is not None:
            assert (
                sum(made.dry.batteries.values())
                == made.nights[made.dry.number - 1].systems["patriot"].found_dry["ballistic"]
            )


@pytest.mark.invariant
def test_batteries_stand_in_order(worst: Explanation) -> None:
    """Invariant: the bare are among the fit, the fit and the empty among the held."""
    for night in worst.nights:
        for stand in night.systems.values():
            assert 0 <= stand.bare <= stand.fit <= stand.held
            assert all(number <= stand.fit for number in stand.found_dry.values())
            assert stand.empty <= stand.held


@pytest.mark.invariant
def test_what_hindered_adds_up(tmp_path: Path) -> None:
    """Invariant: the parts of a line's shortfall are the line unhindered less the line as it was, in every future."""
    lines = {
        "a": stream(40, stops=0.5),
        "b": {**purchase(stops=0.3), "donor": "us", "orders": [{"on": k, "quantity": 3} for k in (1, 9, 20)]},
        "c": made_line("licence", lacks={"seeker": 12}, donor="eu", stops=0.2),
        "d": {"kind": "delivery", "interceptor": "round", "deliveries": [{"on": 5, "quantity": 9, "probability": 0.5}]},
    }
    pauses = {**PAUSED, "q": {"from": 8, "days": 9, "effect": "lost"}, "r": {"line": "c", "from": 2, "to": 30}}
    made = document(days=60, supply=lines, pauses=pauses, funds={"f": {"balance": 7, "per_month": 6}})
    result, seen = ran(tmp_path, made, futures=16), set()
    for future in range(16):
        book = result.trace(future)
        free, found = unhindered(book), shortfalls(book)
        seen |= {one.reason for one in found}
        for name in lines:
            parts = [one.missing for one in found if one.line == name]
            gap = np.cumsum(free[name][0] - book.by_line[name][0])
            np.testing.assert_array_equal(np.sum(parts, axis=0) if parts else np.zeros(60), gap)
    assert seen == {"paused", "stopped", "not_drawn", "unpaid", "lacking"}


@pytest.mark.invariant
def test_what_the_kernel_traces_fits_what_it_counts() -> None:
    """Invariant: batteries found dry are where dry leakers are; books at the last midnight are the sums."""
    dry = 0
    for seed in range(300, 340):
        problem = random_problem(seed, futures=4, days=10, traced=1)
        tally = fast.nights(problem)
        found = tally.found_dry.sum(axis=2)
        np.testing.assert_array_equal(found > 0, tally.day_dry > 0)
        assert (found >= tally.day_dry).all()
        for name in ("failed", "leaked", "shot_at", "massed_dry", "unmet", "lost"):
            until = getattr(tally, f"{name}_until")
            assert (np.diff(until, axis=1) >= 0).all() and not until[:, 0].any()
            np.testing.assert_array_equal(until[:, -1], getattr(tally, name))
        assert not tally.found_dry[tally.standing == ABSENT].any()
        dry += int(tally.day_dry.sum())
        blank = fast.nights(problem._replace(traced=0))
        assert blank.found_dry.size == blank.ready.size == blank.standing.size == blank.leaked_until.size == 0
        np.testing.assert_array_equal(blank.leaked, tally.leaked)
    assert dry > 300


# --- which future ------------------------------------------------------------------------------------


@pytest.mark.invariant
@pytest.mark.parametrize(
    "by", [None, "leakers[cruise]", "dry_nights", "used[patriot_round]", "leakers[ballistic, dry]"]
)
def test_the_worst_is_the_most_and_the_median_the_lower_one(winter: Result, by: str | None) -> None:
    """Invariant: ties go to the lowest number; ranks count the futures below and above."""
    most, median, least = (winter.explain(which, by) for which in ("worst", "median", "best"))
    values = winter.columns[most.standing.label]
    assert str(most.standing.label) == {None: "leakers[ballistic]", "dry_nights": "dry_nights[ballistic]"}.get(by, by)
    assert most.future == int(np.argmax(values)) and least.future == int(np.argmin(values))
    assert median.standing.value == np.sort(values)[(len(values) - 1) // 2]
    assert median.future == int(np.flatnonzero(values == median.standing.value)[0])
    assert (most.standing.more, least.standing.fewer, most.standing.among) == (0, 0, 60)


@pytest.mark.invariant
def test_the_worst_by_what_is_good_is_the_least(winter: Result) -> None:
    """Invariant: the worst stopped share is the lowest, the worst first dry night the earliest."""
    for name in ("stopped_share[ballistic]", "first_dry_night[ballistic, anywhere]", "stock[patriot_round]"):
        made = winter.explain("worst", name)
        assert made.standing.fewer == 0
        assert made.standing.value == np.nanmin(winter.columns[made.standing.label])
    never = winter.explain("best", "first_dry_night")
    assert never.standing.value == np.inf and "never" in never.sentences[-2]
    assert json.loads(report.explained_json(never))["chosen"]["value"] is None


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("which", "by", "said"),
    [
        (60, None, "future 60 is not among the 60"),
        (-1, None, "count from 0 to 59"),
        ("worst", "leaker", "did you mean leakers"),
        ("worst", "leakers[balistic]", "did you mean leakers[ballistic]"),
        ("wurst", None, "allowed: a number, worst, median, best"),
    ],
)
def test_what_there_is_not_is_refused(winter: Result, which: int | str, by: str | None, said: str) -> None:
    """Tiny case: the error names what is wrong and what there is."""
    with pytest.raises(RunError, match=re.escape(said)):
        winter.explain(which, by)


@pytest.mark.invariant
def test_an_explanation_stands_on_its_future_alone(winter: Result, worst: Explanation) -> None:
    """Invariant: F3, the same future of a longer run has the same nights."""
    more = vallum.run(
        vallum.read("winter-2025-26", packages=["pause-30-days"]), futures=70, seed=0, explain=False, threads=1, block=9
    )
    assert more.explain(worst.future).nights == worst.nights


@pytest.mark.tiny_case
def test_the_worst_future_names_night_layer_and_line(worst: Explanation) -> None:
    """Tiny case: issue 3, the story of the worst future of the winter with a pause."""
    text = " ".join(worst.sentences)
    assert worst.dry is not None
    assert f"night {worst.dry.number}" in worst.sentences[0] and "Empty was the layer “patriot”" in worst.sentences[0]
    assert re.search(r"[Nn]o supply line had failed by then|was behind by", worst.sentences[0])
    assert "The line “patriot_stream” (United States) was behind by" in text and "“thirty_days”" in text


@pytest.mark.tiny_case
def test_a_class_without_interceptors_has_no_round_to_want(winter: Result) -> None:
    """Tiny case: drones are fought by a layer without a magazine, so no line and no magazine is blamed."""
    made = winter.explain("worst", "leakers[drone]")
    assert made.types == () and made.dry is None and made.felt_empty is None
    assert made.worst_night is not None and made.turn == made.worst_night.number
    assert "No interceptor may be fired at drones here" in made.sentences[0]
    assert "line" not in " ".join(made.sentences[:-1])


# --- with and without a package ----------------------------------------------------------------------


@pytest.mark.invariant
def test_a_pair_is_the_same_future_of_two_runs(winter: Result, worst: Explanation) -> None:
    """Invariant: F3, what a package changes in one future is what two runs count in it."""
    other = vallum.read("winter-2025-26", packages=["pause-30-days", "twenty-systems"])
    columns = vallum.run(other, futures=60, seed=0, explain=False).columns
    pair = room.against(winter, worst, "twenty-systems")
    for reason in REASONS:
        label = winter.label("leakers", threat_class="ballistic", reason=reason)
        change = columns[label][worst.future] - winter.columns[label][worst.future]
        assert pair.changed[reason] == change
    launched = [[night.raids["ballistic"].launched for night in one.nights] for one in (pair.without, pair.with_it)]
    assert launched[0] == launched[1]
    assert pair.nights and "With twenty-systems" in pair.sentences[0]
    assert json.loads(report.explained_json(worst, pair))["against"]["leakers"]["with"] == pair.with_it.leaked()


@pytest.mark.tiny_case
def test_a_package_with_other_days_is_refused(tmp_path: Path) -> None:
    """Tiny case: two campaigns are only compared if they have the same nights."""
    result = ran(tmp_path, document())
    package = tmp_path / "longer.yaml"
    YAML(typ="safe").dump({"question": "Longer?", "fixed": {"days": 20}}, package)
    with pytest.raises(RunError, match="changes the days"):
        room.against(result, result.explain(0), str(package))


# --- text, files, command ----------------------------------------------------------------------------


@pytest.mark.invariant
def test_json_holds_all_and_nothing_of_the_machine(worst: Explanation) -> None:
    """Invariant: the same bytes again; no host, no clock, no path."""
    text = report.explained_json(worst)
    made = json.loads(text)
    assert text == report.explained_json(replace(worst))
    assert len(made["nights"]) == worst.manifest.days and made["kind"] == "explain" and made["schema"] == 1
    assert made["answer"].split("\n") == list(worst.sentences)
    assert not re.search(r"/home|/tmp|/usr|localhost|\d\d:\d\d:\d\d", text)


@pytest.mark.invariant
def test_text_is_narrow_and_lists_the_nights_asked_for(worst: Explanation) -> None:
    """Invariant: at most 100 columns; a dozen nights, or all of them."""
    short, whole = report.explained(worst), report.explained(worst, every_night=True)
    assert max(map(len, [*short.splitlines(), *whole.splitlines()])) <= 100
    rows = re.compile(r"^\d+, \d+ \w{3} \d{4}", re.MULTILINE)
    assert len(rows.findall(short)) == 12 and len(rows.findall(whole)) == 151
    assert worst.dry is not None and f"\n{worst.dry.number}, " in short
    assert str(worst) == short


@pytest.mark.invariant
def test_a_row_a_night(worst: Explanation) -> None:
    """Invariant: the table has every night once, its columns named apart, and adds up."""
    table = report.nights_table(worst)
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names) and table.column("night") == list(range(1, 152))
    assert sum(int(cell or 0) for cell in table.column("leaked_ballistic_dry")) == worst.leaked("dry")


@pytest.mark.invariant
@pytest.mark.parametrize("narrow", [False, True])
def test_the_figure_is_the_same_bytes(tmp_path: Path, narrow: bool) -> None:
    """Invariant: the figure is drawn alike each time, letters stay letters."""
    made = told(tmp_path, supply={"x": stream(30)}, pauses=PAUSED)
    one, two = (report.svg(made.plot(narrow)) for _ in range(2))
    assert one == two
    assert "no round left" in one and "due and not landed so far" in one and "night 6" in one


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def called(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return called


@pytest.mark.tiny_case
def test_the_command_gives_what_python_gives(command: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    """Tiny case: JSON is all of standard output; --out leaves four files, and replaces them when run again."""
    out = tmp_path / "story"
    asked = ("explain", "eight-and-none", "--future", "2", "-n", "5", "--as-of", "2026-01-01", "--quiet")
    for _ in range(2):
        code, text, said = command(*asked, "--json", "--out", str(out))
        assert (code, said) == (0, "")
    assert text == (out / "explain.json").read_text("utf-8")
    assert sorted(path.name for path in out.iterdir()) == ["explain.csv", "explain.json", "explain.svg", "explain.txt"]
    assert len((out / "explain.csv").read_text("utf-8").splitlines()) == 2
    again = shlex.split(json.loads(text)["reproduce"])[1:]
    assert command(*again, "--json", "--quiet")[1] == text
    (tmp_path / "thesis.txt").write_text("mine")
    assert command(*asked, "--out", str(tmp_path))[0] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["story", "thesis.txt"]


@pytest.mark.tiny_case
def test_a_kept_run_is_explained_by_its_name(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tiny case: RUN may be a kept run; its futures are fought again to the same end."""
    monkeypatch.setenv("VALLUM_STORE", str(tmp_path / "store"))
    asked = ("eight-and-none", "-n", "7", "--seed", "3", "--as-of", "2026-01-01", "--quiet")
    assert command("run", *asked)[0] == 0
    (run,) = json.loads(command("runs", "list", "--json")[1])["runs"]
    code, text, _ = command("explain", run["id"][:6], "--future", "6", "--json", "--quiet")
    assert code == 0 and text == command("explain", *asked, "--future", "6", "--json")[1]
    assert command("explain", run["id"], "--future", "7", "--quiet")[0] == 2
    assert "takes no --package" in command("explain", run["id"], "--package", "twenty-systems")[2]
    assert command("explain", "abcdef012345", "--quiet")[0] == 2


@pytest.mark.tiny_case
def test_a_run_of_another_program_is_not_explained() -> None:
    """Tiny case: where a future ends otherwise than the run counted, that is said and no story is told."""
    made = vallum.run(vallum.read("eight-and-none"), futures=3, explain=False)
    label = made.label("leakers", threat_class="ballistic")
    other = replace(made, columns={**made.columns, label: np.full(3, 7.0)})
    with pytest.raises(RunError, match="another version of vallum"):
        other.explain(0)


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--future", "5"), "future 5 is not among the 5"),
        (("--future", "-1"), "future -1 is not among"),
        (("--worst", "--future", "1"), "give one of them"),
        (("--by", "leekers"), "did you mean leakers"),
        (("--against", "nope"), "nope"),
    ],
)
def test_bad_requests_are_exit_2(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    """Tiny case: one clear message, exit code 2, nothing written."""
    out = tmp_path / "story"
    code, text, told_why = command("explain", "eight-and-none", "-n", "5", "--out", str(out), "--quiet", *arguments)
    assert (code, text) == (2, "") and said in told_why
    assert not list(tmp_path.iterdir())


@pytest.mark.docs
def test_the_examples_of_the_page_are_what_is_printed(
    command: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Docs: every command of `explain.md` prints the lines that stand under it, `...` for what is left out."""
    page = DOCS.read_text("utf-8")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "story.yaml").write_text(page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    sessions = re.findall(r"```text\n\$ vallum ((?:[^\n]*\\\n)*[^\n]*)\n(.*?)```", page, re.DOTALL)
    assert len(sessions) >= 2
    for line, expected in sessions:
        code, text, said = command(*shlex.split(line.replace("\\\n", " ")), "--quiet")
        assert code == 0, said
        parts = [re.escape(part.strip()) for part in f"\n{expected}".split("\n...\n")]
        assert re.fullmatch(".*".join(parts), text.strip(), re.DOTALL), f"vallum {line} prints\n{text}"
