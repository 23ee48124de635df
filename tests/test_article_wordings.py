"""More ways of writing: numbers, names with numbers, parts, transcripts, tables, days; stories of one day."""

from __future__ import annotations

from datetime import date

import pytest
from tests.conftest import ROOT

from vallum import articles
from vallum.articles import Candidate, from_text, measures, read_articles
from vallum.articles.moments import moments

MONDAY = date(2025, 12, 8)

Amount = tuple[float | None, float | None, float | None, str]


def amounts(text: str) -> list[Amount]:
    return [(one.value, one.low, one.high, one.unit) for one in measures(text)]


def read(text: str, title: str = "Made up for a test") -> list[Candidate]:
    return list(read_articles([from_text(f"{title}\nExample Wire\n{MONDAY}\n\n{text}")]).claims)


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Nine in ten drones were stopped.", [(0.9, None, None, "share")]),
        ("One in twenty came through.", [(0.05, None, None, "share")]),
        ("1 in 5 missiles fell.", [(0.2, None, None, "share")]),
        ("Groups like his bring down one fifth.", [(0.2, None, None, "share")]),
        ("Of those a quarter fell.", [(0.25, None, None, "share")]),
        ("Some 500-odd drones came.", [(500, None, None, "drones")]),
        ("It lost 100-plus missiles.", [(None, 100, None, "missiles")]),
        ("A score of missiles came.", [(20, None, None, "missiles")]),
        ("It rose tenfold.", [(10, None, None, "ratio")]),
        ("It is 3x more.", [(3, None, None, "ratio")]),
        ("Output rose by 19 percent to 620 missiles.", [(0.19, None, None, "share"), (620, None, None, "missiles")]),
        ("It has two S-300s and 3 F-16s.", [(2, None, None, "systems"), (3, None, None, "aircraft")]),
        ("It ordered six Skyranger 35 systems.", [(6, None, None, "systems")]),
        ("It sent 8,500 155mm artillery shells.", [(8500, None, None, "weapons")]),
        ("Germany pays for two systems and Norway for one.", [(2, None, None, "systems"), (1, None, None, "systems")]),
        ("We saw eight drones and got none.", [(8, None, None, "drones"), (0, None, None, "drones")]),
        ("It rose from 3,376 to 13,773 missiles.", [(3376, None, None, "missiles"), (13773, None, None, "missiles")]),
        (
            "It makes 40 missiles and 15 bombs each month.",
            [(40, None, None, "missiles per month"), (15, None, None, "bombs per month")],
        ),
        ("The load lasted one night.", [(1, None, None, "days")]),
    ],
)  # fmt: skip
def test_a_number_is_read_in_other_words(text: str, wanted: list[Amount]) -> None:
    """Tiny case: parts, odd and plus, folds, changes, systems that are called by a number, shared rates."""
    found = amounts(text)
    assert [one[3] for one in found] == [one[3] for one in wanted]
    for one, other in zip(found, wanted, strict=True):
        assert one[:3] == tuple(None if number is None else pytest.approx(number) for number in other[:3])


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    "text",
    [
        "She is 73 and lives in flat 19, 12 Mill Lane.",
        "The siblings were aged 8, 12 and 17.",
        "He was a cook until the age of 38.",
        "They fired S-300, PAC-3 MSE, Mk 41, AIM-120, 9M723, Oniks P-800 and 155 mm shells.",
        "An Arrow 3 missile and a leaflet of eight pages.",
    ],
)
def test_a_name_an_age_and_a_page_are_no_quantity(text: str) -> None:
    """Tiny case: ages, flats, models and pages count nothing."""
    assert amounts(text) == []


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("on the night of 7-8 December", "2025-12-08"),
        ("in the night from 7 to 8 December", "2025-12-07/2025-12-08"),
        ("between January and June 2025", "2025-01/2025-06"),
        ("in 2023 and 2024", "2023/2024"),
        ("They can say that they have lost it since June", "2025-06/2025-12-08"),
        ("Two convoys stopped at the border on Friday", "2025-12-05"),
        ("The money runs out in March", "2026-03"),
    ],
)
def test_a_time_is_read_in_other_words(text: str, wanted: str) -> None:
    """Tiny case: nights over two days, spans of months and years, looking back and ahead."""
    assert [str(one) for one in moments(text, MONDAY)] == [wanted]


@pytest.mark.tiny_case
def test_who_and_when_in_the_ways_of_agencies() -> None:
    """Tiny case: a day beside the name holds for what is quoted after it; the person between commas; the company."""
    text = (
        "President Volodymyr Zelenskyy on Wednesday rejected a claim by Donald Trump.\n\n"
        '"They gave us $67 billion," he told a news conference.\n\n'
        "Lockheed Martin delivered 500 missiles. The company said it would make 650 a year.\n\n"
        "Output rose to 620 missiles, the maker's finance chief, Evan Marsh, told analysts.\n\n"
        "Ihnat, speaking on television, added that 400 drones had come."
    )
    made = [(one.value, one.speaker, one.said_on) for one in read(text)]
    assert (67, "Volodymyr Zelensky", "2025-12-03") in made
    assert {(value, who) for value, who, _ in made} >= {
        (650, "Lockheed Martin"),
        (620, "Evan Marsh"),
        (400, "Yurii Ihnat"),
    }


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "It lost 12 drones, according to a report by the Centre for Strategic Studies.",
            "Centre for Strategic Studies",
        ),
        ("A study by RUSI estimates losses at 12 drones.", "RUSI"),
        ("The report found that 12 drones had been lost.", "report"),
        ('Kovalenko: "We lost 12 drones."', "Kovalenko"),
        ("Ukraine needs 12 systems, its president says.", "Volodymyr Zelensky"),
        ("The Wall Street Journal, citing US officials, reported that 12 missiles remained.", "US officials"),
        ('"The gap is $12 billion," reckons Timothy Ash, an economist.', "Timothy Ash"),
        ("Two people died in Kryvyi Rih, its mayor, Oleksandr Vilkul, said.", "Oleksandr Vilkul"),
    ],
)
def test_who_said_it_in_other_words(text: str, wanted: str) -> None:
    """Tiny case: papers of somebody, a name before a colon, its president, what a newspaper relays."""
    assert read(text)[0].speaker == wanted


@pytest.mark.tiny_case
def test_a_transcript_is_told_by_its_names() -> None:
    """Tiny case: names in capitals speak; in questions and answers the one whom the title names does."""
    text = (
        "CHAIRMAN HOLT: How many do you hold?\n\n"
        "GEN. DORSEY: We ordered 1,970 missiles. That takes three years.\n\n"
        "MS. ARCHER: And if 500 drones come?\n"
    )
    assert [one.speaker for one in read(text)] == ["Dorsey", "Dorsey", "Archer"]
    asked = "Q: Is it enough?\nA: We have 36 launchers. Nine batteries are paid for.\n"
    assert {one.speaker for one in read(asked, "Interview: General Arne Tveit on shelves")} == {"Arne Tveit"}


@pytest.mark.tiny_case
def test_rows_of_a_table_count_what_stands_above_them() -> None:
    """Tiny case: batteries by donor, of the month that is named above the rows."""
    text = "Patriot batteries delivered, by donor, as of April 2025:\n\nGermany: 3\nUnited States: 3\nNetherlands: 1\n"
    made = [(one.value, one.unit, one.about) for one in read(text)]
    assert made == [(3, "batteries", "2025-04"), (3, "batteries", "2025-04"), (1, "batteries", "2025-04")]


@pytest.mark.tiny_case
def test_a_time_that_is_compared_with_is_not_the_time() -> None:
    """Tiny case: since after a superlative, as many as, down from."""
    for text in (
        "It was 728 drones, the largest number since February 2022.",
        "They fired 5,000 drones, ten times as many as in June 2024.",
        "It has seven batteries, down from eight in January.",
    ):
        assert read(text)[0].about == "", text


@pytest.mark.invariant
def test_offsets_are_those_of_the_text_that_json_holds() -> None:
    """Invariant: text[start:end] is the sentence, text[at:to] the number, of every claim of every open text."""
    folder = ROOT / "tests" / "articles" / "stories"
    made = articles.read(sorted(folder.glob("*.txt"))).as_dict()
    texts = {one["file"]: one["text"] for one in made["articles"]}
    assert len(made["claims"]) > 100
    for one in made["claims"]:
        assert texts[one["file"]][one["start"] : one["end"]] == one["sentence"]
        assert one["start"] <= one["at"] < one["to"] <= one["end"]


@pytest.mark.cross_check
def test_ten_stories_of_one_day_are_told_apart_and_their_retellings_joined() -> None:
    """Cross-check: each story of stories/ and its retelling without names are one group, and no two stories are."""
    made = articles.benchmark(ROOT / "tests" / "articles" / "stories")
    assert made.share("one story joined").right == made.share("one story joined").of == 10
    assert made.share("two stories kept apart").right == made.share("two stories kept apart").of == 180
