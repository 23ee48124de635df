"""Article mode: questions matched, scenarios proposed, claims checked against evidence and record, refusals."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.conftest import ROOT

from vallum import ask
from vallum.ask import counting, questions
from vallum.ask.checking import CONTRADICTED, NOT_CHECKABLE, OUT_OF_SCOPE, SUPPORTED, VERDICTS, Checker, Verdict
from vallum.ask.counting import Nights
from vallum.cli import main
from vallum.errors import ArticleError
from vallum.evidence import load
from vallum.report.asked import asked_text
from vallum.scenario import packaged, read

PAGE = ROOT / "docs" / "questions" / "ask.md"
#: One sentence for each question, made up.
ASKED = {
    "stock-out-night": "There are eight missiles incoming, but we have nothing left to intercept them.",
    "run-out": "How long until the interceptors run out?",
    "systems-enough": "Ukraine could make do with 25 Patriot systems.",
    "licence": "A license to produce the missiles was asked for.",
    "joint-production": "They spoke of joint production of interceptors.",
    "pause": "A pause in U.S. military shipments worried them.",
    "funding-end": "The funding is due to run out in January 2026.",
    "purchase": "Germany is in talks on purchasing two Patriot systems.",
    "sale": "The allies will pay for the weapons through PURL.",
    "aid-resumed": "American weapons deliveries have resumed.",
    "backstop": "They asked for an American backstop.",
    "israel-like": "The guarantees should be at least as strong as Israel's.",
    "ceasefire": "What would a ceasefire change?",
    "rival-war": "Interceptors were diverted to the Middle East.",
    "what-gets-through": "How many of the missiles get through?",
    "totals": "The total cost of $320 billion was split into $120 billion and $200 billion.",
}


def verdict(text: str, as_of: str | None = None, nights: Nights | None = None) -> Verdict:
    """The first verdict on a sentence, with the nights of a record where given."""
    return verdicts(text, as_of, nights)[0]


def verdicts(text: str, as_of: str | None = None, nights: Nights | None = None) -> list[Verdict]:
    answer = ask.ask(text, date.fromisoformat(as_of) if as_of else None)
    checker = Checker(answer.article, answer.as_of)
    checker.__dict__["nights"] = nights
    from vallum.articles.tokens import sentences

    return list(checker.verdicts(sentences(answer.article.text), answer.claims))


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No record and no claims of whoever runs the tests."""
    monkeypatch.setenv("VALLUM_HOME", str(tmp_path / "home"))


# --- questions --------------------------------------------------------------------------------------


@pytest.mark.tiny_case
@pytest.mark.parametrize("name", ASKED)
def test_each_question_is_known_by_its_sentence(name: str) -> None:
    """Tiny case: a sentence finds its question, and no third one beside it."""
    found = [one.template for one in ask.ask(ASKED[name]).proposals]
    assert found[0] == name or name in found
    assert len(found) <= 2, found


@pytest.mark.invariant
def test_every_question_has_a_sentence_and_names_what_exists() -> None:
    """Invariant: scenarios and packages of the questions are packaged; regular expressions find words, not
    everything.
    """
    known = packaged()
    made = questions()
    assert {one.name for one in made.templates} == set(ASKED)
    named = [made.otherwise, *(base.scenario for base in made.bases)]
    for one in made.templates:
        named += [*one.over, *one.packages, *([one.base] if one.base else [])]
        named += [name for variant in one.variants for name in (variant.base, *variant.packages)]
        assert one.some or one.every
        assert not one.asked("The weather was fine, and the harvest was good.")
    assert not set(named) - set(known)
    for kind in made.counted.values():
        assert {name for classes in kind["classes"] for name in classes} <= counting.classes_known()


@pytest.mark.tiny_case
@pytest.mark.parametrize("name", [name for name in ASKED if name != "totals"])
def test_each_proposal_can_be_run(name: str) -> None:
    """Tiny case: the proposed scenario reads, and so does its command."""
    proposal = next(one for one in ask.ask(ASKED[name]).proposals if one.template == name)
    assert proposal.read().schema.fixed.days >= 1
    assert proposal.command.startswith(f"vallum run {proposal.scenario}")
    assert proposal.assumes and proposal.cannot


@pytest.mark.tiny_case
def test_the_numbers_of_the_claim_are_put_in() -> None:
    """Tiny case: eleven missiles; 25 systems; two systems ordered; the day on which the money ends."""

    def changes(text: str) -> tuple[str, ...]:
        return ask.ask(text).proposals[0].changes

    assert changes("There are eleven missiles incoming and none are left.") == ("fixed.raids.size.ballistic.n=11",)
    assert changes(ASKED["systems-enough"]) == ("choices.batteries.patriot=25",)
    assert changes(ASKED["purchase"]) == ("choices.supply.patriot_german_systems.orders.0.quantity=2",)
    assert changes(ASKED["funding-end"]) == ("choices.funds.interceptors.to=2026-01-31",)
    pause = ask.ask("Deliveries of weapons were paused for two weeks.").proposals[0]
    assert pause.changes == ("choices.pauses.thirty_days.days=14",)
    assert pause.read().schema.fixed.days == read("winter-2025-26").schema.fixed.days


#: The same questions in other words, orders and spellings -> the question, and what is put in.
OTHER_WORDS = (
    (
        "8 ballistic missiles inbound, zero interceptors in the launchers",
        "stock-out-night",
        "fixed.raids.size.ballistic.n=8",
    ),
    ("None left, and twelve missiles are coming", "stock-out-night", "fixed.raids.size.ballistic.n=12"),
    ("Eight misiles incoming and none left", "stock-out-night", "fixed.raids.size.ballistic.n=8"),
    ("The battery had nothing to fire when six missiles came in", "stock-out-night", "fixed.raids.size.ballistic.n=6"),
    ("Ukraine is running low on PAC-3 interceptors", "run-out", ""),
    ("When does the stock of interceptors hit zero?", "run-out", ""),
    ("How many weeks until the air defence runs out of ammunition?", "run-out", ""),
    ("When will they run out of Patroit interceptros?", "run-out", ""),
    ("Would 25 Patriot batteries be sufficient?", "systems-enough", "choices.batteries.patriot=25"),
    ("They could manage with 15 Patriots, the general says", "systems-enough", "choices.batteries.patriot=15"),
    ("It has only 6 Patriot batteries; it needs at least ten more", "systems-enough", "choices.batteries.patriot=16"),
    ("Ukraine needs 10 additional Patriot systems", "systems-enough", "choices.batteries.patriot=20"),
    ("Interceptors could be made at home under license", "licence", ""),
    ("Trump freezes all military aid to Ukraine", "pause", ""),
    ("Deliverys of intercepters were haltd for two weeks", "pause", "choices.pauses.thirty_days.days=14"),
    ("Money for the air defence runs out in March", "funding-end", "choices.funds.interceptors.to=2026-03-31"),
    ("What if Congress does not renew the aid package?", "funding-end", ""),
    (
        "Norway will finance three Patriot batteries",
        "purchase",
        "choices.supply.patriot_german_systems.orders.0.quantity=3",
    ),
    ("We gave them more than anyone, 500 billion dollars", "totals", ""),
    ("US aid amounts to 350 billion dollars", "totals", ""),
)


@pytest.mark.tiny_case
@pytest.mark.parametrize(("text", "name", "change"), OTHER_WORDS)
def test_a_question_is_known_in_other_words(text: str, name: str, change: str) -> None:
    """Tiny case: other words, another order, a misspelling; the number goes in, more is added to what is held."""
    answer = ask.ask(text, date(2025, 12, 8))
    proposal = next(one for one in answer.proposals if one.template == name)
    assert proposal.changes == ((change,) if change else ())
    assert name == answer.proposals[0].template


@pytest.mark.tiny_case
def test_what_is_respelled_is_told() -> None:
    """Tiny case: a misspelled word is read as the one meant, and the answer says so; names and files are left alone."""
    answer = ask.ask("Eight misiles incoming and none left")
    assert answer.respelled == (("misiles", "missiles"),) and answer.verdicts[0].claims == ("F001",)
    assert "Read: 'missiles' for 'misiles'" in asked_text(answer)
    assert ask.ask("The missions of Bishop Patrick were stocked with drinks.").respelled == ()


@pytest.mark.tiny_case
def test_systems_and_a_licence_are_one_scenario() -> None:
    """Tiny case: "20 Patriot systems and a license" lays both packages over one base."""
    (proposal,) = ask.ask("Ukraine could make do with 20 Patriot systems and a license from the US.").proposals
    assert proposal.packages == ("twenty-systems", "licence")
    assert proposal.scenario == "three-years" and proposal.changes == ("choices.batteries.patriot=20",)


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("as_of", "wanted"),
    [
        ("2025-02-19", "year-2025"),
        ("2025-12-24", "winter-2025-26"),
        ("2027-01-01", "winter-2025-26"),
        ("2022-12-01", "year-2025"),
    ],
)
def test_the_day_picks_the_base(as_of: str, wanted: str) -> None:
    """Tiny case: the base that holds the day, else the nearest one, and it is said why."""
    answer = ask.ask(ASKED["run-out"], date.fromisoformat(as_of))
    assert answer.base == answer.proposals[0].scenario == wanted
    assert as_of in answer.why_base


@pytest.mark.tiny_case
def test_a_pause_of_2025_is_its_own_package() -> None:
    """Tiny case: the same words mean the pause of their days."""
    packages = {
        day: ask.ask(ASKED["pause"], date.fromisoformat(day)).proposals[0].packages
        for day in ("2025-03-05", "2025-07-04", "2025-12-01")
    }
    assert packages == {
        "2025-03-05": ("pause-march-2025",),
        "2025-07-04": ("pause-july-2025",),
        "2025-12-01": ("pause-30-days",),
    }


@pytest.mark.tiny_case
def test_a_package_lies_over_its_base_and_that_is_said() -> None:
    """Tiny case: the money of summer 2025 ends in a package that lies over the winter; its own day stands."""
    answer = ask.ask("The American funding is due to run out in the summer.", date(2025, 6, 25))
    (proposal,) = answer.proposals
    assert proposal.scenario == "winter-2025-26" and not proposal.changes
    assert any("year-2025" in note for note in proposal.notes)
    assert any("outside the base" in note for note in proposal.notes)


@pytest.mark.tiny_case
def test_another_theatre_is_known_by_its_name() -> None:
    """Tiny case: the Emirates and the V-1."""
    assert ask.ask("How long until the interceptors of the Emirates run out?").base == "gulf-2026"
    assert ask.ask("How long until the guns against the V-1 run out of ammunition?").base == "london-1944"


# --- verdicts ---------------------------------------------------------------------------------------


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Russia launched 6,297 drones in July 2025.", SUPPORTED),
        ("Russia launched 6,129 drones in July 2025.", SUPPORTED),
        ("Russia launched 9,000 drones in July 2025.", CONTRADICTED),
        ("Russia launched more than 5,000 drones in July 2025.", SUPPORTED),
        ("Russia launched more than 9,000 drones in July 2025.", CONTRADICTED),
        ("Russia launched 7,300 drones in July 2025.", NOT_CHECKABLE),
        ("Ukraine shot down 82% of the drones in May 2025.", SUPPORTED),
        ("Ukraine shot down 40% of the drones in May 2025.", CONTRADICTED),
        ("Russia launched 700 drones in July 2031.", NOT_CHECKABLE),
        ("The bakery sold 700 loaves in July 2025.", NOT_CHECKABLE),
    ],
)
def test_a_number_against_the_packaged_months(text: str, wanted: str) -> None:
    """Tiny case: within a tenth is supported, beyond a quarter contradicted; between, counters differ as much."""
    made = verdict(text)
    assert made.verdict == wanted, made
    assert bool(made.rows) == (("drones in" in text and "2031" not in text) or "%" in text)


@pytest.mark.tiny_case
def test_a_number_against_the_evidence() -> None:
    """Tiny case: the same number with the same words is supported by its claim; the speaker himself proves nothing."""
    made = verdict("The US provided $67 billion in weapons.")
    assert made.verdict == SUPPORTED and "F008" in made.claims
    again = verdict(
        '"There are eight missiles incoming, but we have nothing left to intercept them," said Volodymyr Zelensky.'
    )
    assert again.verdict == SUPPORTED and again.claims == ("F001",) and "proves nothing" in again.because
    assert all(id_ in load().claims for id_ in made.claims + again.claims)


@pytest.mark.tiny_case
def test_a_month_superlative_and_a_trend() -> None:
    """Tiny case: the record month of drones is July 2025 up to then; drones rose into it."""
    made = verdict("In July Russia launched a record number of drones, more than in any month.", "2025-08-02")
    assert made.verdict == SUPPORTED and made.rows[0].launched == 6297
    before = verdict("In May Russia launched a record number of drones, more than in any month.", "2025-06-02")
    assert (before.verdict, [row.period for row in before.rows]) == (CONTRADICTED, ["2025-05", "2025-03"])
    rising = verdict("Drone attacks have increased sharply.", "2025-08-02")
    falling = verdict("Drone attacks have fallen sharply.", "2025-08-02")
    assert (rising.verdict, falling.verdict) == (SUPPORTED, CONTRADICTED)
    assert verdict("Attacks have increased sharply.", "2025-08-02").verdict == NOT_CHECKABLE


def nights_made(**launched: int) -> Nights:
    """A record of one-way drones, made up: night -> launched."""
    days = [date.fromisoformat(night.removeprefix("n").replace("_", "-")) for night in launched]
    numbers = list(launched.values())
    frame = pl.DataFrame(
        {"night": days, "family": "drone_oneway", "launched": numbers, "stopped": numbers, "known": numbers}
    )
    return Nights("made-up", frame)


@pytest.mark.tiny_case
def test_the_largest_assault_needs_nights() -> None:
    """Tiny case: "largest drone assault of the war" by the nights of a record; without one it is not checkable."""
    text = "It came just hours after the largest drone assault of the war."
    open_ = verdict(text, "2025-07-04")
    assert open_.verdict == NOT_CHECKABLE and "vallum record import" in open_.because and "F017" in open_.claims
    record = nights_made(n2025_06_29=477, n2025_07_04=539, n2025_09_07=810)
    made = verdict(text, "2025-07-04", record)
    assert made.verdict == SUPPORTED and [row.launched for row in made.rows] == [539, 477]
    later = verdict(text, "2025-09-20", nights_made(n2025_09_07=810, n2025_09_20=579))
    assert later.verdict == CONTRADICTED and [row.launched for row in later.rows] == [579, 810]


@pytest.mark.tiny_case
def test_a_record_night_is_set_against_what_is_said_where_no_nights_are_kept() -> None:
    """Tiny case: 653 drones are no record after 810, which a claim names; with nights, these say so."""
    text = "Russia launched a record 653 drones in one night."
    made = verdict(text, "2025-12-06")
    assert (made.verdict, made.claims) == (CONTRADICTED, ("F364",))
    nights = verdict(text, "2025-12-06", nights_made(n2025_09_07=810, n2025_12_06=653))
    assert nights.verdict == CONTRADICTED and nights.rows[0].source == "record made-up"
    since = verdict(
        "It was the largest drone attack since October.", "2025-12-06", nights_made(n2025_09_07=810, n2025_12_06=653)
    )
    assert since.verdict == SUPPORTED
    assert verdict("Russia launched a record 810 drones in one night.", "2025-09-07").verdict == SUPPORTED


@pytest.mark.tiny_case
def test_a_trend_against_the_year_before_and_as_much_as_it_says() -> None:
    """Tiny case: than last year means the same months of it; tripled is more than risen."""
    made = verdict("Russia fires fewer cruise missiles than last year.", "2025-12-06")
    assert made.rows[0].period == "2025-01 to 2025-11" and made.rows[1].period == "2024-01 to 2024-11"
    assert verdict("Drone launches have tripled compared with last year.", "2025-12-06").verdict == SUPPORTED
    assert (
        verdict("Ballistic missile launches have tripled compared with last year.", "2025-12-06").verdict
        == CONTRADICTED
    )


@pytest.mark.tiny_case
def test_a_night_is_looked_up_in_the_record() -> None:
    """Tiny case: the drones of last night against the imported night."""
    record = nights_made(n2025_07_03=20, n2025_07_04=539)
    assert verdict("Russia launched 539 drones overnight.", "2025-07-04", record).verdict == SUPPORTED
    assert verdict("Russia launched 900 drones overnight.", "2025-07-04", record).verdict == CONTRADICTED
    assert verdict("Russia launched 539 drones overnight.", "2025-07-04").verdict == NOT_CHECKABLE


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    "text",
    [
        "The US does not consider NATO membership viable.",
        "They signed a minerals deal.",
        "New sanctions were imposed.",
        "Where exactly are the Patriot batteries now?",
        "What is the best way to attack the city?",
        "Where should the other side strike next?",
        "How can I hit a Patriot battery?",
        "Who will win the war?",
        "When will the war end?",
        "NATO accession is off the table.",
        "They have lost Pokrovsk.",
    ],
)
def test_what_no_model_judges_is_refused(text: str) -> None:
    """Tiny case: out of scope, with the reason; no scenario is proposed."""
    answer = ask.ask(text)
    assert [one.verdict for one in answer.verdicts] == [OUT_OF_SCOPE]
    assert answer.proposals == () and answer.refused[0].because.count(": ") == 1
    assert "What no model here can judge" in asked_text(answer)


@pytest.mark.tiny_case
def test_numbers_of_a_refused_sentence_are_not_checked() -> None:
    """Tiny case: a sum in a minerals deal is out of scope with it."""
    assert {one.verdict for one in ask.ask("The minerals deal is worth $500 billion.").verdicts} == {OUT_OF_SCOPE}


# --- the command ------------------------------------------------------------------------------------


def run(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    told = capsys.readouterr()
    assert isinstance(left.value.code, int)
    return left.value.code, told.out, told.err


@pytest.mark.tiny_case
def test_ask_and_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Tiny case: eight missiles incoming and none left; all eight get through."""
    code, out, _ = run(["ask", "Eight missiles incoming and none left", "--run", "--futures", "8", "--json"], capsys)
    made = json.loads(out)
    assert (
        code == 0
        and made["proposals"][0]["command"] == "vallum run eight-and-none --set fixed.raids.size.ballistic.n=8"
    )
    assert made["verdicts"][0]["verdict"] == SUPPORTED and made["verdicts"][0]["claims"] == ["F001"]
    leakers = [
        one for one in made["result"]["outcomes"] if one["name"] == "leakers" and one.get("class") == "ballistic"
    ]
    assert leakers[0]["median"] == 8


@pytest.mark.tiny_case
def test_ask_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tiny case: a file, with the day given; every verdict and every number of it is told."""
    file = tmp_path / "a.txt"
    file.write_text(f"{ASKED['stock-out-night']} {ASKED['pause']} New sanctions were imposed.", encoding="utf-8")
    code, out, _ = run(["ask", str(file), "--as-of", "2025-07-04"], capsys)
    assert code == 0
    for part in ("SUPPORTED", "OUT OF SCOPE", "--package pause-july-2025", "assumed: ", "cannot say: ", "look back"):
        assert part in out
    assert all(re.search(rf"\d+ {name}", out) for name in VERDICTS)


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["ask", "no-such-article.txt"], "there is no such file"),
        (["ask", "..."], "too little text"),
        (["ask", "Eight missiles incoming and none left", "--as-of", "July"], "write YYYY-MM-DD"),
        (["ask", "New sanctions were imposed on the city.", "--run"], "--pick 1: the text asks 0 questions"),
        (["ask", ASKED["totals"], "--run"], "vallum ledger reconcile"),
    ],
)
def test_bad_questions_leave_with_2(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Tiny case: what cannot be asked is said, with the way out."""
    code, out, err = run(arguments, capsys)
    assert (code, out) == (2, "") and told in err


@pytest.mark.invariant
def test_a_text_in_another_language_is_refused() -> None:
    """Invariant: nothing is read out of what the rules do not know."""
    with pytest.raises(ArticleError, match="does not look like English"):
        ask.ask("Wie lange reichen die Raketen noch, wenn niemand mehr welche liefert und jede Nacht acht kommen?")


@pytest.mark.docs
def test_the_page_names_every_question_and_every_refusal() -> None:
    """Docs: the table of questions and the list of refusals are those of data/questions.yaml."""
    page = PAGE.read_text(encoding="utf-8")
    for template in questions().templates:
        row = next(line for line in page.splitlines() if line.startswith(f"| `{template.name}` |"))
        assert all(f"`{name}`" in row for name in (*template.packages, *([template.base] if template.base else [])))
    assert all(one.title in page for one in questions().refused)
