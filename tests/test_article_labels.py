"""The measuring set for the article reader is well-formed: its labels fit its texts and its README."""

from __future__ import annotations

import csv
import html
import json
import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import ROOT

pytestmark = pytest.mark.invariant

Row = dict[str, Any]

FOLDER = ROOT / "tests" / "articles"
LABELS = {"open": FOLDER / "open" / "labels.jsonl", "sealed": FOLDER / "sealed" / "labels_sealed.jsonl"}
TEXT_FIELDS = {"file", "title", "outlet", "published", "language", "group", "half", "body_start", "claims"}
CLAIM_FIELDS = {
    *("sentence", "start", "end", "value", "low", "high", "unit", "per"),
    *("counted", "speaker", "said_on", "refers_to"),
}
RATES = {None, "day", "week", "month", "year"}
WHOLE_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})*|\d+")
#: Shorter quotes of the facts file are turns of phrase that any article may have.
FEWEST_WORDS_OF_A_SENTENCE = 5


@cache
def rows(half: str) -> list[Row]:
    lines = LABELS[half].read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def texts() -> list[Row]:
    return [row for half in LABELS for row in rows(half)]


def path_of(row: Row) -> Path:
    return FOLDER / str(row["half"]) / str(row["file"])


def raw(row: Row) -> str:
    return path_of(row).read_bytes().decode("utf-8")


def visible(page: str) -> str:
    """What a page shows: no scripts, styles or tags, entities decoded, blanks made single."""
    bare = re.sub(r"(?s)<(script|style)\b.*?</\1>|<[^>]*>", "", page)
    return " ".join(html.unescape(bare).split())


def units_of_the_readme() -> set[str]:
    section = (FOLDER / "README.md").read_text(encoding="utf-8").split("\n## Units\n")[1].split("\n## ")[0]
    return {unit for line in section.splitlines() if line.startswith("| `") for unit in first_column(line)}


def first_column(line: str) -> list[str]:
    return re.findall(r"`(\w+)`", line.split("|")[1])


def is_date(text: str) -> bool:
    """Whether the text is an ISO date, possibly without day or month."""
    missing = {4: "-01-01", 7: "-01", 10: ""}
    try:
        date.fromisoformat(text + missing[len(text)])
    except (KeyError, ValueError):
        return False
    return True


def is_period(text: str) -> bool:
    """Whether the text is a date, or two of them in order, with a slash between."""
    ends = text.split("/")
    return len(ends) <= 2 and all(map(is_date, ends)) and ends[0] <= ends[-1]


def problems(claim: Row, units: set[str]) -> list[str]:
    """What is wrong with one claim, apart from where it stands."""
    amounts = [claim["value"], claim["low"], claim["high"]]
    value, low, high = amounts
    dates = [claim["said_on"], claim["refers_to"]]
    checks = {
        "fields": set(claim) == CLAIM_FIELDS,
        "amount": (value is None) != (low is None and high is None),
        "negative": all(amount is None or amount >= 0 for amount in amounts),
        "order": low is None or high is None or low < high,
        "unit": claim["unit"] in units,
        "per": claim["per"] in RATES,
        "counted": bool(claim["counted"].strip()),
        "dates": all(text is None or is_period(text) for text in dates),
        "said by nobody": claim["said_on"] is None or claim["speaker"] is not None,
    }
    return [name for name, right in checks.items() if not right]


def test_every_text_is_labelled_once_and_every_label_has_a_text() -> None:
    files = {
        half: {path.name for path in (FOLDER / half).iterdir() if path.suffix in {".txt", ".html"}} for half in LABELS
    }
    for half, names in files.items():
        listed = Counter(row["file"] for row in rows(half))
        assert set(listed) == names and set(listed.values()) == {1}
        assert {row["half"] for row in rows(half)} == {half}
    assert not files["open"] & files["sealed"]


def test_the_halves_share_no_story_and_no_text() -> None:
    stories = {half: {row["group"] for row in rows(half)} for half in LABELS}
    assert not stories["open"] & stories["sealed"]
    bodies = [raw(row) for row in texts()]
    assert len(set(bodies)) == len(bodies)


def test_the_set_is_large_enough_and_balanced() -> None:
    claims = {half: sum(len(row["claims"]) for row in rows(half)) for half in LABELS}
    assert len(texts()) >= 60
    assert sum(claims.values()) >= 600
    assert min(claims.values()) >= 0.45 * sum(claims.values())
    for half in LABELS:
        retold = Counter(row["group"] for row in rows(half))
        assert sum(count > 1 for count in retold.values()) >= 3
        assert sum(row["file"].endswith(".html") for row in rows(half)) >= 5
        assert sum(not row["claims"] for row in rows(half)) >= 3


def test_texts_are_well_formed() -> None:
    for row in texts():
        assert set(row) == TEXT_FIELDS, row["file"]
        assert row["published"] is None or (len(row["published"]) == 10 and is_date(row["published"])), row["file"]
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row["group"]), row["file"]
        assert row["language"] == "en" or not row["claims"], row["file"]
        assert (row["body_start"] is None) == row["file"].endswith(".html"), row["file"]


def test_claims_are_well_formed() -> None:
    units = units_of_the_readme()
    wrong = [
        (row["file"], claim["sentence"], faults)
        for row in texts()
        for claim in row["claims"]
        if (faults := problems(claim, units))
    ]
    assert not wrong


def test_nothing_is_said_after_publication() -> None:
    for row in texts():
        for claim in row["claims"]:
            said = claim["said_on"]
            assert said is None or said.split("/")[0] <= row["published"], (row["file"], claim["sentence"])


def test_the_units_of_the_readme_are_all_in_use() -> None:
    used = {claim["unit"] for row in texts() for claim in row["claims"]}
    assert units_of_the_readme() == used


def test_heads_of_plain_texts() -> None:
    for row in texts():
        if row["file"].endswith(".txt") and row["title"]:
            title, outlet, _dateline, blank = raw(row).split("\n")[:4]
            assert (title, outlet, blank) == (row["title"], row["outlet"], ""), row["file"]
            assert raw(row)[: row["body_start"]].endswith("\n\n"), row["file"]


def test_offsets_of_plain_texts() -> None:
    for row in texts():
        if not row["file"].endswith(".txt"):
            continue
        text, last = raw(row), row["body_start"]
        for claim in row["claims"]:
            start, end = claim["start"], claim["end"]
            where = (row["file"], claim["sentence"], start)
            assert last <= start < end, where
            assert text[start:end] == text[start:end].strip(), where
            first = text.rfind(claim["sentence"], 0, start + len(claim["sentence"]))
            assert first != -1 and first <= start and end <= first + len(claim["sentence"]), where
            last = end


def test_whole_numbers_are_labelled_as_they_stand() -> None:
    for row in texts():
        for claim in row["claims"]:
            phrase = "" if claim["start"] is None else raw(row)[claim["start"] : claim["end"]]
            if WHOLE_NUMBER.fullmatch(phrase):
                amounts = {claim["value"], claim["low"], claim["high"]} - {None}
                assert amounts == {int(phrase.replace(",", ""))}, (row["file"], claim["sentence"])


def test_sentences_of_pages_stand_in_their_page() -> None:
    for row in texts():
        if row["file"].endswith(".html"):
            page = visible(raw(row))
            for claim in row["claims"]:
                assert claim["start"] is None and claim["end"] is None, row["file"]
                assert claim["sentence"] in page, (row["file"], claim["sentence"])


def test_no_quote_of_the_facts_file_is_copied(shared: Path) -> None:
    with (shared / "data" / "facts.csv").open(encoding="utf-8", newline="") as lines:
        quotes = {plain(fact["quote"]) for fact in csv.DictReader(lines)}
    sentences = [quote for quote in quotes if len(quote.split()) >= FEWEST_WORDS_OF_A_SENTENCE]
    assert sentences
    for row in texts():
        words = f" {plain(visible(raw(row)))} "
        assert not [quote for quote in sentences if f" {quote} " in words], row["file"]


def plain(text: str) -> str:
    """Lower-case words alone, so that marks and line breaks cannot hide a copy."""
    return " ".join(re.findall(r"\w+", text.lower()))
