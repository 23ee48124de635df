"""Report: what is said is what was computed; the page needs nothing else; a folder is written whole or not at all."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

import vallum
from vallum import report
from vallum.errors import RunError
from vallum.report import charts, folder, html, tables, words
from vallum.results import Difference, Result
from vallum.scenario import Scenario

NASTY = "<script>alert('x')</script> & \"quoted\""
QUOTED = NASTY.replace("'", "''")

SCENARIO = f"""
title: 'Two months {QUOTED}'
question: 'When do the rounds run out, {QUOTED}?'
fixed:
  start: 2025-09-01
  days: 61
  as_of: 2026-06-01
  assets:
    Ukraine: {{coverage: ua-cities}}
  classes:
    ballistic: {{families: [ballistic]}}
    drone: {{families: [drone]}}
  interceptors:
    patriot_round: {{kill: {{ballistic: p_kill}}, unit_cost: {{parameter: pac3_unit_cost}}}}
  systems:
    patriot: {{radius: {{ballistic: {{value: 30, assumption: made up}}}}}}
    guns: {{kind: team, success: {{drone: {{value: 0.8, assumption: made up}}}}}}
  raids:
    kind: parametric
    mass_share: 0.2
    classes:
      ballistic: {{mean: 2.0, mass_ratio: 7.5, dispersion: 0.39}}
      drone: {{mean: 150, mass_ratio: 4, dispersion: 2}}
  doctrine:
    salvos: {{patriot: {{ballistic: [2, 1]}}}}
uncertain:
  p_kill: {{parameter: p_kill_ballistic}}
  opening: {{best: 60, low: 0, high: 200, unit: interceptors, title: '{QUOTED}', assumption: wide, published: false}}
choices:
  batteries: {{patriot: 6, guns: 1}}
  stock: {{patriot_round: opening}}
reported:
  - {{title: 'Empty by October', claims: [F002], outcome: first_empty_battery, by: 2025-10-01}}
not_modelled:
  - '{QUOTED}'
"""


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """A small national scenario, with text that would break a careless page."""
    path = tmp_path_factory.mktemp("scenario") / "small.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return vallum.read(path)


@pytest.fixture(scope="module")
def result(scenario: Scenario) -> Result:
    return vallum.run(scenario, futures=120)


@pytest.fixture(scope="module")
def written(result: Result, scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report.write(result, scenario, tmp_path_factory.mktemp("out") / "small")


@pytest.fixture(scope="module")
def page(written: Path) -> str:
    return (written / "report.html").read_text(encoding="utf-8")


VOID = {"meta", "br", "link", "img", "input", "hr"}


class Reader(HTMLParser):
    """Reads a page strictly: every element that opens must close, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.open == []
    return reader


# --- the page ---------------------------------------------------------------------------------------


@pytest.mark.invariant
def test_page_is_whole_and_asks_for_nothing(page: str) -> None:
    """Invariant: elements nest; no script; nothing is fetched; links lead out only as links of sources."""
    reader = read(page)
    assert page.startswith("<!doctype html>")
    assert not {"script", "link", "iframe", "img", "object", "base"} & {tag for tag, _ in reader.tags}
    for tag, attributes in reader.tags:
        assert "src" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        for name in ("href", "xlink:href"):
            target = attributes.get(name) or "#"
            assert target.startswith(("#", "data:text/csv;base64,")) or (tag == "a" and attributes.get("rel"))
    assert not re.search(r"@import|url\((?!#)", page)


@pytest.mark.invariant
def test_identifiers_are_unique_and_found(page: str) -> None:
    """Invariant: no identifier stands twice, and everything that is pointed at is there."""
    reader = read(page)
    found = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(found) == len(set(found))
    pointed = [attributes.get("aria-labelledby") for _, attributes in reader.tags]
    links = [str(a.get("href") or a.get("xlink:href") or "") for _, a in reader.tags]
    wanted = {name for name in pointed if name} | {link[1:] for link in links if link.startswith("#")}
    wanted |= set(re.findall(r"url\(#([^)]+)\)", page))
    assert wanted <= set(found)


SECTIONS = (
    "answer", "stock", "leakers", "dry_nights", "first_dry", "stopped_share", "reported", "shares", "drivers", "inputs",
    "doctrine", "limits", "outcomes", "claims", "again",
)  # fmt: skip


@pytest.mark.docs
def test_every_section_is_there(page: str, result: Result) -> None:
    """Docs: question, answer, figures, inputs, doctrine, limits, reproduce line, notices (issue 2, item 7)."""
    reader = read(page)
    ids = {attributes.get("id") for tag, attributes in reader.tags if tag == "section"}
    assert set(SECTIONS) <= ids
    text = " ".join("".join(reader.text).split())
    assert [tag for tag, _ in reader.tags].count("h1") == 1
    for said in ("GeoNames", "CC BY 4.0", "Natural Earth", "Petro Ivaniuk", "in the order of their arrival"):
        assert said in text
    assert result.manifest.fingerprint in text
    assert result.manifest.command() in text
    assert "published by nobody" in text
    assert "two at once, look, one" in text


@pytest.mark.invariant
def test_every_table_and_figure_is_named(page: str) -> None:
    """Invariant: each table has a caption and scopes, each figure a sentence and its numbers."""
    reader = read(page)
    names = [tag for tag, _ in reader.tags]
    assert names.count("table") == names.count("caption") > 5
    assert all("scope" in attributes for tag, attributes in reader.tags if tag == "th")
    figures = [attributes for tag, attributes in reader.tags if tag == "figure"]
    assert len(figures) == 5
    assert all(one.get("role") == "group" and one.get("aria-labelledby") for one in figures)
    pictures = [attributes for _, attributes in reader.tags if attributes.get("role") == "img"]
    assert len(pictures) == 2 * len(figures)
    assert names.count("details") >= len(figures)


@pytest.mark.invariant
def test_text_of_the_user_stays_text(page: str) -> None:
    """Invariant: what a scenario says is shown, never run."""
    assert "<script" not in page
    assert page.count("&lt;script&gt;alert") >= 4


@pytest.mark.tiny_case
def test_elements_escape_text_and_attributes() -> None:
    """Tiny case: text is escaped once, HTML is left as it is."""
    inner = html.element("b", "<&")
    assert html.element("p", inner, " 5 %", title='"') == '<p title="&quot;"><b>&lt;&amp;</b> 5\u00a0%</p>'


@pytest.mark.invariant
def test_a_source_links_only_to_the_web(result: Result, page: str) -> None:
    """Invariant: an address that is no web address is never a link."""
    claim = {**result.manifest.claims[0], "address": "javascript:alert(1)"}
    manifest = replace(result.manifest, claims=(claim,))
    assert "javascript:" not in report.page(replace(result, manifest=manifest))
    assert "javascript:" not in page


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


# --- numbers ----------------------------------------------------------------------------------------


@pytest.mark.invariant
def test_tables_equal_json(written: Path) -> None:
    """Invariant: the outcomes in the CSV are those of the JSON, digit by digit."""
    told = json.loads((written / "result.json").read_text(encoding="utf-8"))
    rows = rows_of(written / "tables" / "outcomes.csv")
    assert len(rows) == len(told["outcomes"])
    for row, one in zip(rows, told["outcomes"], strict=True):
        for key in (
            "name",
            "class",
            "scope",
            "reason",
            "type",
            "unit",
            "n",
            "n_never",
            "mean",
            "se_mean",
            "median",
            "p95",
        ):
            wanted = one.get(key)
            assert row[key] == ("" if wanted is None else str(wanted))
    leakers = {(row["class"], row["reason"]): row for row in rows_of(written / "tables" / "leakers.csv")}
    for one in told["outcomes"]:
        if one["name"] == "leakers":
            assert float(leakers[one["class"], one.get("reason", "all")]["mean"]) == one["mean"]


@pytest.mark.invariant
def test_page_shows_the_numbers_of_the_json(page: str, result: Result) -> None:
    """Invariant: the cards hold the outcomes of the result."""
    text = "".join(read(page).text)
    leakers = result.outcome("leakers", threat_class="ballistic")
    assert words.number(leakers.median) in text
    assert words.band(leakers.p5, leakers.p95) in text


@pytest.mark.invariant
def test_first_dry_shares_sum_to_one(result: Result) -> None:
    """Invariant: each future is dry first in one month, or never."""
    table = tables.first_dry(result)
    for label in tables.first_labels(result):
        rows = [r for r in table.where(outcome=label.name, scope=label.scope) if r["class"] == label.threat_class]
        assert sum(float(row["share"] or 0) for row in rows) == pytest.approx(1.0)
        before_never = float(rows[-2]["by_end_of_month"] or 0)
        assert before_never == pytest.approx(1.0 - float(rows[-1]["share"] or 0))


@pytest.mark.invariant
def test_stock_fan_is_ordered_and_ends_with_the_outcome(result: Result) -> None:
    """Invariant: quantiles rise; the last midnight is the outcome `stock`."""
    rows = tables.stock(result).records()
    for row in rows:
        fan = [float(row[name] or 0) for name in ("p5", "p25", "p50", "p75", "p95")]
        assert fan == sorted(fan)
    last = result.outcome("stock", interceptor="patriot_round")
    assert (rows[-1]["p5"], rows[-1]["p50"], rows[-1]["p95"]) == (last.p5, last.median, last.p95)
    assert rows[-1]["date"] == "2025-11-01"


@pytest.mark.tiny_case
def test_intervals_of_shares() -> None:
    """Tiny case: Wilson's interval of 5 in 10 is 0.2366 to 0.7634; of none it begins at 0."""
    share, low, high = tables._share(5, 10)
    assert (share, low, high) == pytest.approx((0.5, 0.2366, 0.7634), abs=1e-4)
    assert tables._share(0, 10)[:2] == (0.0, 0.0)
    assert tables._share(10, 10)[2] == 1.0


@pytest.mark.invariant
def test_reported_shares_stand_only_beside_whole_known_months(result: Result) -> None:
    """Invariant: the record is set beside months fought whole and known at the date of the run (F6)."""
    told = [row for row in tables.stopped_share(result).records() if row["reported"] is not None]
    assert {row["month"] for row in told} == {"2025-09", "2025-10"}
    early = replace(result, manifest=replace(result.manifest, as_of=date(2025, 10, 15)))
    assert {r["month"] for r in tables.stopped_share(early).records() if r["reported"] is not None} == {"2025-09"}
    assert not any(row["reported"] for row in tables.stopped_share(result, record=False).records())


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1131.0, "threats", "1,131"),
        (0.38, "share", "38 %"),
        (0.0004, "share", "< 0.1 %"),
        (0.9999, "probability", "> 99.9 %"),
        (1.0, "probability", "100 %"),
        (412.5, "USD million", "USD 412 million"),
        (4125.0, "USD million", "USD 4.12 billion"),
        (0.0, "USD million", "USD 0"),
        (4.656, "", "4.66"),
        (None, "share", "–"),
    ],
)
def test_numbers_in_human_form(value: float | None, unit: str, text: str) -> None:
    """Tiny case: how a number is written."""
    assert words.number(value, unit) == text


@pytest.mark.tiny_case
def test_ranges_with_an_open_end() -> None:
    """Tiny case: a claim may have a value, a range, or one end of it."""
    assert words.span(8, None, 16) == "8 (up to 16)"
    assert words.span(40, None, 40) == "up to 40"
    assert words.span(None, 5.6, 8) == "5.6–8"
    assert words.span(3, 3, None) == "3 or more"
    assert words.span(5, None, None) == "5"


@pytest.mark.tiny_case
def test_spreadsheets_run_no_formula_of_ours() -> None:
    """Tiny case: a cell that begins like a formula is marked as text; numbers stay numbers."""
    table = tables.Table("t", "T", (tables.Column("a", "A"), tables.Column("b", "B", "count")), (("=1+1", -2.0),))
    assert table.csv() == "a,b\n'=1+1,-2.0\n"


# --- the summary ------------------------------------------------------------------------------------


@pytest.mark.invariant
def test_summary_is_narrow_and_begins_with_the_answer(result: Result) -> None:
    """Invariant: at most 100 columns; answer first, reproduce line last."""
    text = report.summary(result)
    assert max(map(len, text.splitlines())) <= 100
    assert " ".join(text.split()).startswith(" ".join(result.answer.split()))
    assert text.endswith(result.manifest.command())
    for said in (
        "5-95 %",
        "What drives it",
        "Published by nobody",
        "Reported against simulated",
        "Not modelled",
        "never",
    ):
        assert said in text
    assert "first_dry_night" not in text


@pytest.mark.invariant
def test_changes_of_a_package_are_shown(result: Result) -> None:
    """Invariant: page, summary and CSV give the same paired differences; what is not told apart says so."""
    label = result.label("leakers", threat_class="ballistic")
    fewer = Difference("more-systems", label, 120, 30.0, 17.5, -12.5, 0.4, -30.0, 0.0, True, {"radius": {"low": -20.0}})
    vague = replace(
        fewer, label=result.label("first_empty_battery"), before=0.5, after=0.51, mean=0.01, told_apart=False
    )
    made = replace(result, differences=(vague, fewer))
    text = report.summary(made)
    assert max(map(len, text.splitlines())) <= 100
    line = next(line for line in text.splitlines() if "−12.5" in line)
    assert line.endswith("−30 to 0")
    assert "(+1 points)" in text
    page = "".join(read(report.page(made)).text)
    assert "−12.5 (± 0.4)" in page.replace("\u00a0", " ")
    assert "cannot be told apart" in page
    assert [row["mean"] for row in tables.differences(made).records()] == [0.01, -12.5]


@pytest.mark.invariant
def test_losses_of_suppliers_are_shown(result: Result) -> None:
    """Invariant: page, summary and CSV name each supplier and what its loss changes."""
    leaks = result.label("leakers", threat_class="ballistic")
    lost = Difference("United States", leaks, 120, 17.5, 30.0, 12.5, 0.4, 0.0, 30.0, True, {})
    empty = replace(lost, label=result.label("first_empty_battery"), mean=0.01, told_apart=False)
    none = replace(empty, package="Germany")
    made = replace(result, losses=(lost, empty, none))
    text = report.summary(made)
    assert max(map(len, text.splitlines())) <= 100
    assert "United States: Ballistic missiles that get through +12.5 (0 to +30)" in " ".join(text.split())
    page = "".join(read(report.page(made)).text)
    for said in ("What losing a supplier changes", "+12.5 (0 to +30)", "no change", "cannot be told apart"):
        assert said in page.replace("\u00a0", " ")
    assert [row["donor"] for row in tables.losses(made).records()] == ["United States", "United States", "Germany"]


@pytest.mark.invariant
def test_summary_leaves_out_what_never_happens(result: Result) -> None:
    """Invariant: rows that are 0 in all futures are left out, and a constant has no band."""
    chosen = report.summary(result).split("What drives it")[0]
    assert "reserve" not in chosen
    assert len([line for line in chosen.splitlines() if line.endswith("%") or "±" in line]) <= 30
    single = vallum.run(vallum.read("eight-and-none"), futures=50)
    line = next(x for x in report.summary(single).splitlines() if x.startswith("Ballistic missiles launched"))
    assert line.split() == ["Ballistic", "missiles", "launched", "8"]


@pytest.mark.tiny_case
def test_long_command_can_be_copied(result: Result) -> None:
    """Tiny case: a command is broken before options only, so that a shell reads it as one line."""
    changes = {f"choices.stock.kind_{k}": 5 for k in range(6)}
    long = replace(result, manifest=replace(result.manifest, changes=changes))
    lines = report.summary(long).splitlines()
    start = next(k for k, line in enumerate(lines) if line.startswith("vallum run"))
    assert all(line.endswith(" \\") for line in lines[start:-1])
    assert " ".join(" ".join(lines[start:]).replace("\\", "").split()) == long.manifest.command()


# --- figures ----------------------------------------------------------------------------------------


@pytest.mark.invariant
@pytest.mark.parametrize("name", sorted(set(charts.DRAWINGS) - {"supply"}))  # what arrives: tests/test_supply.py
@pytest.mark.parametrize("narrow", [False, True])
def test_figures_are_the_same_bytes_and_keep_their_letters(result: Result, name: str, narrow: bool) -> None:
    """Invariant: the same table gives the same SVG, without a date, with letters as letters."""
    table = report.figures(result)[name]
    first, again = (report.svg(report.draw(name, table, narrow)) for _ in range(2))
    assert first == again
    assert "<text" in first
    assert "<dc:date" not in first
    assert "Created with" not in first


@pytest.mark.docs
def test_plots_return_figures_and_say_what_is_missing(result: Result) -> None:
    """Docs: `result.plot.stock()` returns a Matplotlib figure."""
    from matplotlib.figure import Figure

    plots = report.Plots(result)
    assert isinstance(plots.stock(), Figure)
    bare = replace(result, manifest=replace(result.manifest, interceptors=()))
    with pytest.raises(RunError, match="nothing to draw as stock"):
        report.Plots(bare).stock()


@pytest.mark.invariant
def test_the_record_stands_beside_its_own_country_only() -> None:
    """Invariant: a scenario of another place in the same months has no reported share beside it, nor words of one."""
    changes = {"fixed.assets.Ukraine": None, "fixed.assets.Elsewhere": {"lat": 10, "lon": 10}}
    home = vallum.read("winter-2025-26").replace({"choices.batteries.patriot": 8})
    away = home.replace(changes)
    found = {}
    for name, made in (("home", home), ("away", away)):
        result = vallum.run(made, futures=20, as_of=date(2026, 6, 1), explain=False)
        found[name] = [text.get_text() for text in report.Plots(result).stopped_share().legends[0].get_texts()]
        page = report.page(result, record=tables.national(result))
        assert ("Diamonds" in page) == (name == "home")
    assert any("reported" in text for text in found["home"])
    assert not any("reported" in text for text in found["away"])


@pytest.mark.docs
def test_without_matplotlib_the_way_out_is_named(result: Result, monkeypatch: pytest.MonkeyPatch) -> None:
    """Docs: Matplotlib is an extra, and the message says how to get it."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(RunError, match=r"pip install 'vallum\[report\]'"):
        report.Plots(result).leakers()


# --- the folder -------------------------------------------------------------------------------------


def contents(place: Path) -> Iterator[tuple[str, bytes]]:
    return ((str(path.relative_to(place)), path.read_bytes()) for path in sorted(place.rglob("*")) if path.is_file())


@pytest.mark.invariant
def test_two_writes_give_the_same_bytes(written: Path, result: Result, scenario: Scenario, tmp_path: Path) -> None:
    """Invariant: no clock, path or name of a machine in a report; written over an old one it is the same."""
    again = report.write(result, scenario, tmp_path / "again")
    assert dict(contents(again)) == dict(contents(written))
    (again / "tables" / "old.csv").write_text("left from an older version")
    report.write(result, scenario, again)
    assert dict(contents(again)) == dict(contents(written))
    assert [path.name for path in tmp_path.iterdir()] == ["again"]


@pytest.mark.invariant
def test_json_is_that_of_the_command(written: Path, result: Result) -> None:
    """Invariant: result.json is what --json prints, sorted and finite."""
    text = (written / "result.json").read_text(encoding="utf-8")
    assert text == report.json_text(result)
    assert json.loads(text) == json.loads(json.dumps(result.as_dict()))


@pytest.mark.invariant
def test_scenario_beside_the_page_is_the_same_scenario(written: Path, scenario: Scenario) -> None:
    """Invariant: scenario.yaml reads back to the fingerprint of the run."""
    assert vallum.read(written / "scenario.yaml").fingerprint == scenario.fingerprint


@pytest.mark.usefixtures("plain_page")
@pytest.mark.invariant
def test_a_night_table_goes_along(tmp_path: Path) -> None:
    """Invariant: the folder can be moved, table and all, and reads back to the same fingerprint."""
    (tmp_path / "my nights.csv").write_text("night,class,launched\n2025-09-01,ballistic,4\n2025-09-02,ballistic,2\n")
    text = re.sub(
        r"kind: parametric.*?doctrine", "kind: replay\n    path: my nights.csv\n  doctrine", SCENARIO, flags=re.DOTALL
    )
    text = text.replace("days: 61", "days: 2").replace("    drone: {families: [drone]}\n", "")
    text = (
        text.replace(", guns: 1", "")
        .replace("success: {drone:", "success: {ballistic:")
        .replace("by: 2025-10-01", "by: 2025-09-02")
    )
    (tmp_path / "replayed.yaml").write_text(text)
    scenario = vallum.read(tmp_path / "replayed.yaml")
    made = report.write(vallum.run(scenario, futures=40), scenario, tmp_path / "out")
    moved = made.rename(tmp_path / "moved")
    (tmp_path / "my nights.csv").unlink()
    assert str(tmp_path) not in (moved / "scenario.yaml").read_text()
    assert vallum.read(moved / "scenario.yaml").fingerprint == scenario.fingerprint


@pytest.fixture
def plain_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page without figures, where only the folder is in question."""
    monkeypatch.setattr(folder, "page", lambda *_: "<!doctype html>")


@pytest.mark.usefixtures("plain_page")
@pytest.mark.invariant
def test_foreign_folders_are_left_alone(result: Result, scenario: Scenario, tmp_path: Path) -> None:
    """Invariant: a folder with anything of the user's is refused, and an empty one is taken."""
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "tables" / "tables").mkdir(parents=True)
    for name in ("thesis", "file", "tables"):
        before = dict(contents(tmp_path))
        with pytest.raises(RunError, match="give a new or an empty folder"):
            report.write(result, scenario, tmp_path / name)
        assert dict(contents(tmp_path)) == before
    (tmp_path / "empty").mkdir()
    assert (report.write(result, scenario, tmp_path / "empty") / "report.html").is_file()


@pytest.mark.usefixtures("plain_page")
@pytest.mark.invariant
@pytest.mark.parametrize("step", ["page", "everything"])
def test_a_failure_leaves_the_old_report(
    result: Result, scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Invariant: a report is written whole or not at all; an old one stays as it was."""
    made = report.write(result, scenario, tmp_path / "out")
    before = dict(contents(tmp_path))

    def broken(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, step, broken)
    with pytest.raises(RunError, match="No space left"):
        report.write(result, scenario, made)
    with pytest.raises(RunError, match="No space left"):
        report.write(result, scenario, tmp_path / "new")
    assert dict(contents(tmp_path)) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.usefixtures("plain_page")
@pytest.mark.invariant
def test_a_failed_swap_brings_the_old_report_back(
    result: Result, scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant: where the new folder cannot be put in place, the old one is there again."""
    made = report.write(result, scenario, tmp_path / "out")
    before = dict(contents(made))
    rename = Path.rename

    def refusing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(13, "Permission denied")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refusing)
    with pytest.raises(RunError, match="Permission denied"):
        report.write(result, scenario, made)
    assert dict(contents(made)) == before
