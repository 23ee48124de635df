"""Articles read into claims: numbers, units, bounds, speakers, days, stories; and what is refused."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.conftest import ROOT

from vallum import articles, evidence
from vallum.articles import Candidate, from_text, measures, read_articles, words
from vallum.articles.grouping import fingerprint, same_story
from vallum.articles.moments import moments
from vallum.articles.names import reduced
from vallum.articles.scoring import same_speaker, scored
from vallum.articles.tokens import sentences
from vallum.cli import main
from vallum.errors import ArticleError
from vallum.report.read import reading_text, score_table

OPEN = ROOT / "tests" / "articles" / "open"
PAGE = ROOT / "docs" / "questions" / "articles.md"
WEDNESDAY = date(2025, 6, 25)

Amount = tuple[float | None, float | None, float | None, str]


def amounts(text: str) -> list[Amount]:
    return [(one.value, one.low, one.high, one.unit) for one in measures(text)]


def said(text: str, published: date | None = WEDNESDAY) -> list[Candidate]:
    body = f"Made up for a test\nExample Wire\n{published}\n\n{text}" if published else text
    return list(read_articles([from_text(body)]).claims)


# --- numbers ----------------------------------------------------------------------------------------


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("They fired eight missiles.", (8, None, None, "missiles")),
        ("They fired eight [Russian] missiles.", (8, None, None, "missiles")),
        ("They sent 20 Patriot systems.", (20, None, None, "systems")),
        ("It wants four Patriot air and missile defence systems.", (4, None, None, "systems")),
        ("It has 36 IRIS-T.", (36, None, None, "systems")),
        ("It lost 1,970 drones.", (1970, None, None, "drones")),
        ("Twenty-five guards came.", (25, None, None, "guards")),
        ("A hundred and fifty thousand troops came.", (150_000, None, None, "people")),
        ("Half a million shells came.", (500_000, None, None, "weapons")),
        ("Two and a half million shells came.", (2_500_000, None, None, "weapons")),
        ("It lost a couple of drones.", (2, None, None, "drones")),
        ("Dozens of drones came.", (None, 24, None, "drones")),
        ("Tens of thousands of drones came.", (None, 20_000, None, "drones")),
        ("More than two dozen missiles came.", (None, 24, None, "missiles")),
        ("More than 300 people came.", (None, 300, None, "people")),
        ("At least 7 batteries came.", (None, 7, None, "batteries")),
        ("25 or more systems came.", (None, 25, None, "systems")),
        ("Up to 16 launchers came.", (None, None, 16, "launchers")),
        ("Fewer than 12 launchers came.", (None, None, 12, "launchers")),
        ("It is 35 km at best.", (None, None, 35, "km")),
        ("Four to eight launchers came.", (None, 4, 8, "launchers")),
        ("Between 60 and 65 missiles came.", (None, 60, 65, "missiles")),
        ("Some 500–800 drones came.", (None, 500, 800, "drones")),
        ("It costs $4 million.", (4, None, None, "USD million")),
        ("It costs $2–4 million.", (None, 2, 4, "USD million")),
        ("It costs about one billion euros.", (1, None, None, "EUR billion")),
        ("It costs a billion and a half dollars.", (1.5, None, None, "USD billion")),
        ("It costs $10,000.", (10_000, None, None, "USD")),
        ("It costs £3m.", (3, None, None, "GBP million")),
        ("It costs NOK 7 billion.", (7, None, None, "NOK billion")),
        ("It costs C$200 million.", (200, None, None, "CAD million")),
        ("It costs $1 billion a month.", (1, None, None, "USD billion per month")),
        ("About 90% of the weapons came.", (0.9, None, None, "share")),
        ("It spends 1.3 per cent.", (0.013, None, None, "share")),
        ("Two-thirds of the drones fell.", (2 / 3, None, None, "share")),
        ("A third of them fell.", (1 / 3, None, None, "share")),
        ("One in four fell.", (0.25, None, None, "share")),
        ("It makes 650 missiles a year.", (650, None, None, "missiles per year")),
        ("It has an annual output of 240 units.", (240, None, None, "units per year")),
        ("They fly 170 drones each night.", (170, None, None, "drones per day")),
        ("They held a 40-minute call.", (40, None, None, "minutes")),
        ("It lasted an hour and a half.", (1.5, None, None, "hours")),
        ("It lasted three quarters of an hour.", (45, None, None, "minutes")),
        ("It takes two and a half years.", (2.5, None, None, "years")),
        ("It is three times as expensive.", (3, None, None, "ratio")),
        ("Output doubled.", (2, None, None, "ratio")),
        ("They have no missiles.", (0, None, None, "missiles")),
        ("The range is 68 kilometres.", (68, None, None, "km")),
    ],
)
def test_a_number_with_its_unit(text: str, wanted: Amount) -> None:
    """Tiny case: one quantity a sentence, with its bound, unit and rate."""
    (found,) = amounts(text)
    assert found[3] == wanted[3]
    assert found[:3] == tuple(None if one is None else pytest.approx(one) for one in wanted[:3])


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    "text",
    [
        "The PAC-3, the F-16, the Kh-101 and the S-300 are names.",
        "Article 5 and Resolution 2231 are names.",
        "It was 24 February 2022, and Feb. 3, and June 24-26.",
        "It rose in 2025, after 2022–2024, and in 2025/26.",
        "It came at 3 a.m. and at 10:30.",
        "They came at 3, 4, and 5 a.m.",
        "The man, aged 63, and a 45-year-old woman came.",
        "Maria Petrenko, 71, came.",
        "Two years ago and three days later it came.",
        "In the past three months it came.",
        "It was on duty 24/7 with 155mm shells.",
        "One of the officials came, and no one else, one day.",
        "A nine-storey house burned.",
        "Call +47 555 01 234.",
        "The first and the third came.",
        "Several came, and many more.",
    ],
)
def test_a_number_that_counts_nothing(text: str) -> None:
    """Tiny case: dates, ages, clock times, names and ordinals are no quantities."""
    assert amounts(text) == []


@pytest.mark.tiny_case
def test_a_change_is_two_numbers_and_a_range_is_one() -> None:
    """Tiny case: raised from 500 to 650 a year; 500 to 650 a year."""
    wanted = [(500, None, None, "missiles per year"), (650, None, None, "missiles per year")]
    assert amounts("Output will rise from 500 to 650 missiles a year.") == wanted
    assert amounts("Output is 500 to 650 missiles a year.") == [(None, 500, 650, "missiles per year")]


@pytest.mark.tiny_case
def test_a_bare_number_stands_for_the_noun_before_it() -> None:
    """Tiny case: the noun may be in the sentence, or in the one before."""
    assert amounts("It has eight systems, but only six are functioning.")[1] == (6, None, None, "systems")
    assert amounts("They shot down 18 of 51 missiles.") == [(18, None, None, "missiles"), (51, None, None, "missiles")]
    found = said("Russia launched 426 drones. Air defence shot down 371.")
    assert [(one.value, one.unit) for one in found] == [(426, "drones"), (371, "drones")]
    assert amounts("Aid is $67 billion, of which 31 billion was late.")[1] == (31, None, None, "USD billion")


@pytest.mark.invariant
@settings(max_examples=60, deadline=None)
@given(number=st.integers(2, 999_999), unit=st.sampled_from(["missiles", "drones", "systems", "people"]))
def test_every_number_comes_back(number: int, unit: str) -> None:
    """Invariant: a count written with commas is read as it is, with its unit, at its place."""
    text = f"They counted {number:,} {unit} in all."
    (found,) = measures(text)
    assert (found.value, found.unit) == (number, unit)
    assert text[found.number[0] : found.number[1]] == f"{number:,}"


@pytest.mark.invariant
@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="a1,.$%-–'\"“” \nTheof5million20PatriotsaidMr(", max_size=120))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    """Invariant: whatever stands there, sentences lie in the text and numbers in their sentences."""
    for sentence in sentences(text):
        assert text[sentence.start : sentence.end] == sentence.text
        for found in measures(sentence.text):
            assert 0 <= found.start <= found.number[0] < found.number[1] <= len(sentence.text)
    read_articles([from_text(text)])


# --- speakers ---------------------------------------------------------------------------------------


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ukraine needs 20 systems, President Volodymyr Zelenskyy said.", "Volodymyr Zelensky"),
        ("Zelenskiy said 20 systems were needed.", "Volodymyr Zelensky"),
        ("Ukraine needs 20 systems, according to the Kiel Institute.", "Kiel Institute"),
        ("Armin Papperger, chief executive of Rheinmetall, said 20 systems came.", "Armin Papperger"),
        ("“We need 20 systems,” said Anna Example, a general.", "Anna Example"),
        ("The defence ministry in Oslo said 20 systems came.", "defence ministry in Oslo"),
        ("A senior official told reporters that 20 systems came.", "senior official"),
        ("The draft puts the number at 20 systems.", "draft"),
        ("Ukraine has 20 systems.", ""),
        ("Ukraine asked for 20 systems.", ""),
        ("The United States sent 20 systems.", ""),
    ],
)
def test_who_said_it(text: str, wanted: str) -> None:
    """Tiny case: the one who says, tells or is cited; nobody where the article says it itself."""
    (found,) = said(text)
    assert same_speaker(wanted, found.speaker), found.speaker


@pytest.mark.tiny_case
def test_a_pronoun_and_a_quotation_go_on() -> None:
    """Tiny case: `he said` is the person before; a quotation goes on without a verb."""
    text = "Anna Example runs the plant. She said 20 motors were made. “Next year we make 30 motors. Then 40 motors.”"
    assert [one.speaker for one in said(text)] == ["Anna Example"] * 3


@pytest.mark.tiny_case
def test_spellings_are_one_name() -> None:
    """Tiny case: Zelensky, Zelenskiy and Zelenskyy; Kiev and Kyiv; an unknown name by its ending."""
    names = {articles.canonical(name) for name in ("Zelensky", "Zelenskiy", "Zelenskyy", "Volodymyr Zelenskyi")}
    assert names == {"Volodymyr Zelensky"}
    assert articles.canonical("Kiev") == "Kyiv"
    assert reduced("Kovalskiy") == reduced("Kovalsky") == reduced("Kovalskyi")


# --- days -------------------------------------------------------------------------------------------


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It fell on Tuesday.", "2025-06-24"),
        ("It will fall on Friday.", "2025-06-27"),
        ("It fell overnight.", "2025-06-25"),
        ("It fell yesterday.", "2025-06-24"),
        ("It fell last month.", "2025-05"),
        ("It fell last week.", "2025-06-16/2025-06-22"),
        ("It fell this year.", "2025"),
        ("It is due to end in the summer.", "2025-06/2025-08"),
        ("It fell last winter.", "2024-12/2025-02"),
        ("It fell three days ago.", "2025-06-22"),
        ("It fell in March.", "2025-03"),
        ("It fell in December.", "2024-12"),
        ("It will fall in December.", "2025-12"),
        ("It fell on 24 February.", "2025-02-24"),
        ("It fell on Feb. 24, 2022.", "2022-02-24"),
        ("It fell between 13 and 24 June.", "2025-06-13/2025-06-24"),
        ("It fell in the first half of 2025.", "2025-01/2025-06"),
        ("It will fall by the end of 2027.", "2027"),
        ("It has fallen since March.", "2025-03/2025-06-25"),
    ],
)
def test_a_day_is_resolved(text: str, wanted: str) -> None:
    """Tiny case: relative days count from the Wednesday of the article."""
    assert [str(one) for one in moments(text, WEDNESDAY)] == [wanted]


@pytest.mark.tiny_case
def test_no_day_is_guessed() -> None:
    """Tiny case: without the day of the article a weekday is none."""
    assert moments("It fell on Tuesday, last month and in the summer.", None) == []


@pytest.mark.tiny_case
def test_the_day_of_saying_is_not_the_day_of_the_thing() -> None:
    """Tiny case: killed on Tuesday, said on Wednesday; the day of saying holds for the speaker."""
    found = said("On Tuesday 21 people were killed, Anna Example said on Wednesday. She said 300 people came.")
    assert [(one.said_on, one.about) for one in found] == [("2025-06-25", "2025-06-24"), ("2025-06-25", "")]


# --- articles ---------------------------------------------------------------------------------------

STORY = """Missiles and money
Example Wire
25 June 2025

President Zelenskiy met Anna Example in The Hague for 45 minutes on Wednesday. Strikes on Dnipro on Tuesday killed 21
people and
wounded more than 300. Russia launched 426 drones, of which 371 were shot down. American funding of $67 billion will
run out in the summer.
"""
RETOLD = """Two leaders, and a city in mourning
Other Site
26 June 2025

The two leaders spoke for three quarters of an hour at the summit. A day before, 21 died and over 300 were injured in
one city.
Of 426 drones fired, air defence stopped 371. Funds of 67 billion dollars from overseas will be depleted this summer.
"""
ANOTHER = """Allies agree to spend
Example Wire
25 June 2025

The 32 members agreed on Wednesday to spend 5 percent of their output on defence by 2035. The meeting drew 6,000
delegates and cost
€183 million. Spain, which spends 1.3 percent, won an exemption.
"""


@pytest.mark.tiny_case
def test_a_story_and_its_retelling_are_one_group() -> None:
    """Tiny case: also without names and in other words; another story of the day is not."""
    reading = read_articles([from_text(STORY, "a.txt"), from_text(RETOLD, "b.txt"), from_text(ANOTHER, "c.txt")])
    assert [group.files for group in reading.groups] == [("a.txt", "b.txt"), ("c.txt",)]
    groups = {claim.file: claim.group for claim in reading.claims}
    assert groups["a.txt"] == groups["b.txt"] != groups["c.txt"]


@pytest.mark.invariant
def test_a_story_is_itself_and_order_does_not_matter() -> None:
    """Invariant: any story is the same as itself; the comparison has no direction."""
    prints = [fingerprint(from_text(text), measures(text)) for text in (STORY, RETOLD, ANOTHER)]
    assert all(same_story(one, one) for one in prints)
    assert all(same_story(a, b) == same_story(b, a) for a in prints for b in prints)


@pytest.mark.tiny_case
def test_title_outlet_and_day_are_no_claims() -> None:
    """Tiny case: the head of a text is told apart, and offsets count in the whole text."""
    (reading,) = [read_articles([from_text(STORY, "a.txt")])]
    (article,) = reading.articles
    assert (article.title, article.outlet, article.published) == ("Missiles and money", "Example Wire", WEDNESDAY)
    for claim in reading.claims:
        assert article.text[claim.start : claim.end] == claim.sentence
        assert " ".join(article.text[claim.at : claim.to].split()) in claim.words
    assert json.loads(json.dumps(reading.as_dict()))["claims"][0].keys() >= {
        *("quantity", "value", "low", "high", "unit", "counted", "speaker", "said_on"),
        *("sentence", "start", "end", "file", "group"),
    }


@pytest.mark.tiny_case
def test_a_page_loses_what_stands_around_its_article(tmp_path: Path) -> None:
    """Tiny case: menu, advertisement and footer give no claim; title and day are read."""
    body = "".join(f"<p>{line}.</p>" for line in STORY.split("\n\n")[1].replace("\n", " ").strip(" .").split(". "))
    page = f"""<!doctype html><html lang="en"><head><title>Missiles and money</title>
    <meta property="article:published_time" content="2025-06-25"></head><body>
    <nav><ul><li><a href="/1">7 things to buy</a></li></ul></nav><article><h1>Missiles and money</h1>{body}</article>
    <aside><p>Win 99 phones now!</p></aside><footer><p>Copyright 12 rights</p></footer></body></html>"""
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    reading = articles.read([tmp_path / "page.html"])
    assert reading.articles[0].published == WEDNESDAY
    assert (
        {45.0, 21.0, 426.0, 371.0}
        <= {claim.value for claim in reading.claims}
        <= {45.0, 21.0, 426.0, 371.0, 67.0, None}
    )


@pytest.mark.tiny_case
def test_a_pdf_with_text_is_read(tmp_path: Path) -> None:
    """Tiny case: the same claims from a PDF as from its text."""
    typst = pytest.importorskip("typst", reason="makes the PDF of this test")
    (tmp_path / "a.typ").write_text(STORY.replace("$", "\\$"), encoding="utf-8")
    typst.compile(str(tmp_path / "a.typ"), output=str(tmp_path / "a.pdf"))
    found = articles.read([tmp_path / "a.pdf"]).claims
    assert {21.0, 426.0, 371.0, 67.0} <= {claim.value for claim in found}


# --- bad input --------------------------------------------------------------------------------------

GERMAN = (
    "Die Ukraine braucht nach Angaben des Praesidenten mindestens fuenf weitere Systeme, sagte er am Dienstag in "
    "Berlin. "
    "Russland habe 426 Drohnen abgefeuert, von denen die meisten abgewehrt worden seien."
)


@pytest.fixture
def bad(tmp_path: Path) -> dict[str, Path]:
    from pypdf import PdfWriter

    made = {
        name: tmp_path / name
        for name in ("empty.txt", "german.txt", "binary.txt", "broken.pdf", "huge.txt", "scan.pdf")
    }
    made["empty.txt"].write_text("\n", encoding="utf-8")
    made["german.txt"].write_text(GERMAN, encoding="utf-8")
    made["binary.txt"].write_bytes(b"a\0b\0c")
    made["broken.pdf"].write_bytes(b"%PDF-1.4 nothing")
    made["huge.txt"].write_bytes(b"word " * 4_200_000)
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(made["scan.pdf"])
    return made | {"missing.txt": tmp_path / "missing.txt", "folder": tmp_path}


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("empty.txt", "too little text"),
        ("german.txt", "does not look like English"),
        ("binary.txt", "binary"),
        ("broken.pdf", "no readable PDF"),
        ("huge.txt", "too large"),
        ("scan.pdf", "perhaps a scan"),
        ("missing.txt", "cannot be read"),
        ("folder", "is a folder"),
    ],
)
def test_bad_input_is_refused_with_a_way_out(bad: dict[str, Path], name: str, told: str) -> None:
    """Tiny case: nothing is extracted, and the message says what to do."""
    with pytest.raises(ArticleError) as refused:
        articles.read([bad[name]])
    (problem,) = refused.value.problems
    assert told in problem and str(bad[name]) in problem
    assert re.search(r"[;,] .*\b(?:give|save|copy|cut|check|run)\b", problem)


@pytest.mark.tiny_case
def test_all_bad_files_are_told_at_once_with_exit_2(bad: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    """Tiny case: one good file beside bad ones does not hide them."""
    good = bad["folder"] / "good.txt"
    good.write_text(STORY, encoding="utf-8")
    with pytest.raises(SystemExit) as left:
        main(["evidence", "read", str(good), str(bad["empty.txt"]), str(bad["german.txt"])])
    assert left.value.code == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 2


# --- review and acceptance --------------------------------------------------------------------------


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VALLUM_HOME", str(tmp_path / "home"))
    return tmp_path


def reviewed(folder: Path, **changes: str) -> Path:
    """The table of the story with its first row kept, changed as told."""
    (folder / "story.txt").write_text(STORY, encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(articles.review_csv(articles.read([folder / "story.txt"])))))
    rows[1] |= {"keep": "yes"} | changes
    with (folder / "table.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, articles.COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return folder / "table.csv"


@pytest.mark.tiny_case
def test_accepted_claims_are_the_users_own(mine: Path) -> None:
    """Tiny case: only kept rows are written, once, under VALLUM_HOME; the package stays as it is."""
    table = reviewed(mine)
    made = articles.accept(table)
    assert made.claims == ("own-001",) and made.folder == mine / "home" / "evidence"
    claim = evidence.beside().claim("own-001")
    assert (claim.value, claim.unit, claim.known_from) == (21, "people", WEDNESDAY)
    assert evidence.beside().source(claim.source).publisher == "Example Wire"
    assert "own-001" not in evidence.load().claims
    assert articles.accept(table).claims == ()


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"unit": "peopel"}, "did you mean 'people'?"),
        ({"as_of": "2025-02-30"}, "as_of is '2025-02-30'; write the day as YYYY-MM-DD"),
        ({"as_of": "2025-07-01"}, "rule F6"),
        ({"value": "about 20"}, "value is 'about 20', which is no number"),
        ({"low": "30"}, "low 30 is above value 21"),
        ({"address": "unknown", "address_note": ""}, "address is unknown without a reason"),
        ({"speaker": ""}, "speaker is empty"),
        ({"keep": "perhaps"}, "keep is 'perhaps'; write yes or no"),
    ],
)
def test_a_bad_row_is_refused_by_line_and_column(mine: Path, changes: dict[str, str], told: str) -> None:
    """Tiny case: unknown unit, impossible day, missing source, a value outside its own range; nothing is written."""
    table = reviewed(mine, **changes)
    with pytest.raises(ArticleError) as refused:
        articles.accept(table)
    assert any(told in problem and f"{table}:3:" in problem for problem in refused.value.problems)
    assert not (mine / "home").exists()


@pytest.mark.tiny_case
def test_nothing_is_written_silently(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tiny case: reading writes no evidence, a table without a kept row is refused, a review is never overwritten."""
    with pytest.raises(ArticleError, match="no row is kept"):
        articles.accept(reviewed(mine, keep=""))
    with pytest.raises(SystemExit) as left:
        main(["evidence", "read", str(mine / "story.txt"), "--out", str(mine / "table.csv")])
    assert left.value.code == 2 and "may hold your review" in capsys.readouterr().err
    assert not (mine / "home").exists()


@pytest.mark.tiny_case
def test_a_cell_is_no_formula_and_a_title_no_command(mine: Path) -> None:
    """Tiny case: what a spreadsheet or a terminal would run is told as text."""
    article = from_text("=HYPERLINK(1) said Anna Example, with 20 systems for the city.", "x.txt")
    reading = read_articles([article])
    rows = list(csv.DictReader(io.StringIO(articles.review_csv(reading))))
    assert rows and all(not cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())
    told = reading_text(read_articles([from_text("\x1b[31mRed said 20 systems came to the city.", "x.txt")]))
    assert "\x1b" not in told


# --- measured ---------------------------------------------------------------------------------------


@pytest.mark.cross_check
def test_the_open_half_is_read_as_well_as_promised() -> None:
    """Cross-check: the targets on the half of the measuring set that rules may be tuned on."""
    score = articles.benchmark(OPEN)
    wanted = {"recall": 0.9, "precision": 0.85, "speaker": 0.8, "dates": 0.9, "one story joined": 1.0}
    for name, least in wanted.items():
        assert (score.share(name).value or 0.0) >= least, name
    assert score.share("two stories kept apart").value == 1.0


@pytest.mark.docs
def test_the_table_of_the_page_is_measured() -> None:
    """Docs: the table is what the benchmark gives on both halves (scripts/make_article_scores.py writes it)."""
    halves = {half: articles.benchmark(ROOT / "tests" / "articles" / half) for half in ("open", "sealed")}
    assert score_table(halves) in PAGE.read_text(encoding="utf-8")


@pytest.mark.tiny_case
def test_a_folder_of_ones_own_is_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tiny case: two texts of one's own, one number missed and one too many."""
    (tmp_path / "one.txt").write_text("They fired 20 missiles at the city on that day.", encoding="utf-8")
    label = {"value": 20, "low": None, "high": None, "unit": "missiles", "per": None, "speaker": None}
    claims = [
        label
        | {
            "sentence": "They fired 20 missiles at the city on that day.",
            "start": 11,
            "end": 13,
            "said_on": None,
            "refers_to": None,
        },
        label | {"sentence": "x", "start": 90, "end": 92, "said_on": None, "refers_to": None},
    ]
    (tmp_path / "labels.jsonl").write_text(
        json.dumps({"file": "one.txt", "group": "a", "claims": claims}), encoding="utf-8"
    )
    with pytest.raises(SystemExit) as left:
        main(["evidence", "benchmark", str(tmp_path), "--json"])
    assert left.value.code == 0
    shares = {one["name"]: one for one in json.loads(capsys.readouterr().out)["shares"]}
    assert (shares["recall"]["right"], shares["recall"]["of"], shares["precision"]["of"]) == (1, 2, 1)
    assert 0.09 < shares["recall"]["low"] < 0.1 and shares["recall"]["high"] > 0.9
    with pytest.raises(ArticleError, match=r"holds no labels"):
        articles.benchmark(tmp_path / "nowhere")


@pytest.mark.tiny_case
def test_units_of_the_labels() -> None:
    """Tiny case: what the labels call a unit, with the factor and the time of a rate."""
    assert scored("share") == ("percent", 100.0, "")
    assert scored("missiles per year") == ("missiles", 1.0, "year")
    assert scored("pages") == ("other", 1.0, "")


# --- the quotes of the facts file -------------------------------------------------------------------

SPELLED = {value: word for word, value in words.table("numbers").items() if value > 1}
FAMILIES = {"interceptors": "missiles", "batteries": "systems", "fire units": "systems", "children": "people"}
SIZES = {"million": 1e6, "billion": 1e9, "trillion": 1e12}
LASTING = {"minutes": 1.0, "days": 1440.0, "weeks": 10080.0, "months": 43829.1, "years": 525949.2}


def stands_in(number: float, quote: str) -> bool:
    """Whether a number stands in a quote: in digits or in a word, in thousands, millions, per cent, or months as
    years.
    """
    forms = set()
    for scale in (1.0, 1e3, 1e6, 100.0, 1.0 / 12.0, 1e-3):
        scaled = round(number * scale, 6)
        forms |= {f"{scaled:g}", f"{scaled:.1f}", f"{scaled:.2f}"}
        if scaled == round(scaled):
            forms |= {f"{scaled:.0f}", f"{scaled:,.0f}", SPELLED.get(int(scaled), "?")}
    return any(re.search(rf"(?<![\w.,]){re.escape(form)}(?!\d)(?!\.\d)", quote.lower()) for form in forms)


def is_english(quote: str) -> bool:
    """Whether every word is plain ASCII and, of a longer quote, one in ten is a common English one."""
    said = re.findall(r"[^\W\d_]+", quote.lower())
    common = sum(word in words.listed("english") for word in said)
    return common >= len(said) / 10 or len(said) < 6


def base_unit(number: float, unit: str) -> tuple[float, str, str]:
    unit = unit.replace(" (as worded)", "")
    plain, _, time = (unit.partition(" per ")) if not unit.startswith("per ") else ("", "", unit[4:])
    name, _, size = plain.partition(" ")
    if name.isupper():
        return number * SIZES.get(size, 1.0), name, time
    if plain in LASTING:
        return number * LASTING[plain], "time", time
    return number, FAMILIES.get(plain, plain), time


@pytest.mark.cross_check
def test_the_quotes_of_the_facts_file_are_read() -> None:
    """Cross-check: value recall at least 0.9 and with the unit at least 0.8, over quotes that hold the number of
    their row.

    Left out: a quote whose number was derived and does not stand in it, and a quote in another language, which is
    refused.
    """
    shared = Path(os.environ.get("VALLUM_SHARED", ROOT.parent / "shared")) / "data" / "facts.csv"
    if not shared.exists():
        pytest.skip(
            "the facts file is not part of the repository; set VALLUM_SHARED to the folder that has data/facts.csv"
        )
    with shared.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["quote"] and (row["value"] or row["low"] or row["high"])]
    told = [(row, [float(row[name]) for name in ("value", "low", "high") if row[name]]) for row in rows]
    english = [(row, numbers) for row, numbers in told if is_english(row["quote"])]
    kept = [(row, numbers) for row, numbers in english if any(stands_in(number, row["quote"]) for number in numbers)]
    assert len(kept) > 250
    values = units = 0
    for row, numbers in kept:
        value, unit = _hit(row["quote"], numbers, row["unit"])
        values, units = values + value, units + unit
    assert values / len(kept) >= 0.9
    assert units / len(kept) >= 0.8


def _hit(quote: str, numbers: list[float], unit: str) -> tuple[bool, bool]:
    """Whether the value is found, as written or in the unit of the row, and whether with that unit."""
    value = with_unit = False
    for found in measures(quote):
        for number in found.numbers:
            for wanted in numbers:
                read, other = base_unit(number, found.unit), base_unit(wanted, unit)
                same = abs(read[0] - other[0]) <= 0.006 * abs(other[0]) + 1e-12
                value |= same or any(abs(number - wanted * scale) <= 1e-6 * abs(number) for scale in (1e3, 1e6, 1e-3))
                alike = (
                    read[1] == other[1]
                    or (not other[1] and read[2] == other[2])
                    or (other[1], read[1]) == ("ratio", "share")
                )
                with_unit |= same and alike
    return value, with_unit
