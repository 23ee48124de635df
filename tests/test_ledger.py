"""The aid ledger: stages, currencies, what is counted once, and what a stated total could mean."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from vallum import evidence, ledger
from vallum.cli import main
from vallum.errors import EvidenceError
from vallum.ledger.money import CURRENCIES, Money
from vallum.scenario import library
from vallum.scenario.document import read_file


@pytest.fixture(scope="module")
def book() -> ledger.Ledger:
    return ledger.load()


QUESTIONS = Path(__file__).parents[1] / "docs" / "questions"
#: Rows of a table, the header first.
Rows = list[list[Any]]

#: A made-up release: two months, a member state, the EU's institutions, the United States.
MONTHS: Rows = [
    [
        "country",
        "iso",
        "year",
        "month",
        "total",
        "financial",
        "humanitarian",
        "military",
        "commitments",
        "to_be_allocated",
    ],
    ["United States", "USA", 2024, 12, 10, 4, 1, 5, 12, 2],
    ["United States", "USA", 2025, 1, 3, 0, 0, 3, 3, 0],
    ["Denmark", "DNK", 2024, 12, 2, 0, 0.5, 1.5, 2, 0],
    ["EU (Commission and Council)", "EU", 2024, 12, 6, 5, 1, 0, 9, 3],
]
SUMS: Rows = [
    ["year", "month", "total_allocations", "military", "financial", "humanitarian"],
    [2024, 12, 18, 6.5, 9, 2.5],
]
SUMS = [*SUMS, [2025, 1, 3, 3, 0, 0]]
SHARES: Rows = [["country", "iso", "eu_share_bn"], ["Denmark", "DNK", 2], ["France", "FRA", 4]]
RELEASE: Rows = [["release", "period", "date", "label"], ["0", "01/2025", "2025-02-01", "made up"]]


def _release(folder: Path, **changed: Rows) -> Path:
    files = {"data_explorer": MONTHS, "total_allocations": SUMS, "eu_aid_shares": SHARES, "release_info": RELEASE}
    for name, rows in (files | changed).items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return folder


@pytest.fixture
def tracker(tmp_path: Path) -> ledger.Tracker:
    return ledger.read(_release(tmp_path))


# ---------------------------------------------------------------- packaged figures


@pytest.mark.invariant
def test_the_packaged_ledger_has_no_problem(book: ledger.Ledger) -> None:
    """Invariant: each figure has a claim in a currency, a stage, a kind and a period; each derived sum holds."""
    assert ledger.problems() == []
    for figure in book.figures.values():
        assert figure.stage in book.rules.stages and figure.start <= figure.end
        if figure.id in evidence.load().claims:
            claim = evidence.load().claim(figure.id)
            currency, million = CURRENCIES[claim.unit]
            number = claim.central if claim.central is not None else claim.least
            assert number is not None
            assert figure.money.million == pytest.approx(number * million)
            assert figure.money.currency == currency
    assert all(made.holds for made in ledger.reconcile(book).sums)


@pytest.mark.invariant
def test_every_aid_total_among_the_claims_is_in_the_ledger(book: ledger.Ledger) -> None:
    """Invariant: of the claims on aid, only rates of change and yearly means are left out."""
    money = {
        claim.id
        for claim in evidence.load().claims.values()
        if claim.topic == "aid_ledger" and claim.unit in CURRENCIES
    }
    assert money <= book.figures.keys()


@pytest.mark.theory
def test_rates_are_means_weighted_by_days(book: ledger.Ledger) -> None:
    """Theory: a year has its own rate; two years of 366 and 365 days their weighted mean."""
    rates = book.rates
    assert rates.usd_per_eur(date(2024, 1, 1), date(2024, 12, 31)) == pytest.approx(1.0824)
    both = (366 * 1.0824 + 365 * 1.13) / 731
    assert rates.usd_per_eur(date(2024, 1, 1), date(2025, 12, 31)) == pytest.approx(both)
    there = rates.convert(Money(100.0, "EUR"), "USD", date(2024, 1, 1), date(2024, 12, 31))
    assert there.million == pytest.approx(108.24)
    assert rates.convert(there, "EUR", date(2024, 1, 1), date(2024, 12, 31)).million == pytest.approx(100.0)
    with pytest.raises(EvidenceError, match="no rate of euros to dollars is known for 2019"):
        rates.usd_per_eur(date(2019, 1, 1), date(2019, 12, 31))


@pytest.mark.invariant
def test_only_what_was_known_is_told() -> None:
    """Invariant (F6): before anybody had said it, there is no such figure, nor a sum that holds it."""
    then = ledger.load(date(2024, 6, 1))
    assert "F008" not in then.figures and "us_and_europe_all" not in then.figures
    assert {"F440", "F430"} <= then.figures.keys()


# ---------------------------------------------------------------- the totals that presidents quote


@pytest.mark.tiny_case
def test_the_seed_totals_add_up(book: ledger.Ledger) -> None:
    """Tiny case: 320 = 120 + 200, 67 + 31.5 = 98.5, and 101.5 are left of the 200."""
    sums = {made.total: made for made in ledger.reconcile(book).sums}
    assert (sums["F005"].stated, sums["F005"].added, sums["F005"].holds) == (320_000, 320_000, True)
    assert (sums["F010"].added, sums["F011"].added) == (98_500, 101_500)


@pytest.mark.tiny_case
def test_what_could_be_meant_and_the_gap(book: ledger.Ledger) -> None:
    """Tiny case: 67 has three meanings within 5 %; 31.5 is budget support paid out; 200 matches nothing cited."""
    beside = ledger.reconcile(book).beside
    matches = {name: [one.figure.id for one in made if one.match] for name, made in beside.items()}
    assert set(matches["F008"]) == {"F428", "F432", "F438"}
    assert matches["F009"][0] == "L009"
    assert matches["F007"] == []
    amounts = sorted(one.amount for one in beside["F007"])
    assert amounts[0] < 200_000 < amounts[-1]
    same_number = [one.figure.id for one in beside["F008"] if one.coincidence]
    assert same_number == ["F440"]  # 67 billion euros of all kinds, to February 2024


@pytest.mark.tiny_case
def test_differences_are_said(book: ledger.Ledger) -> None:
    """Tiny case: another stage, kind, period, receiver and currency are each named."""
    beside = {one.figure.id: one.differs for one in ledger.reconcile(book, ("F008",)).beside["F008"]}
    assert beside["F428"] == ("appropriated", "for Ukraine and others", "to 2023-12-06, 14 months earlier")
    assert "all kinds of aid" in beside["F440"]
    assert any("given in EUR, at 1.0" in text for text in beside["F440"])


@pytest.mark.invariant
def test_no_figure_is_set_beside_its_own_parts(book: ledger.Ledger) -> None:
    """Invariant (parts): neither what a total is made of, nor what is made of it, stands beside it."""
    for figure in book.figures.values():
        family = {figure.id, *(part for _, part in figure.parts)}
        for one in ledger.reconcile(book, (figure.id,)).beside[figure.id]:
            assert not family & {one.figure.id, *(part for _, part in one.figure.parts)}


@pytest.mark.tiny_case
def test_unknown_totals_are_refused(book: ledger.Ledger) -> None:
    """Tiny case: the message lists the stated totals."""
    with pytest.raises(EvidenceError, match=r"F251: is no figure of the ledger; stated totals: F005, F006"):
        ledger.reconcile(book, ("F251",))


# ---------------------------------------------------------------- the tracker


@pytest.mark.tiny_case
def test_the_tracker_is_read_and_summed(tracker: ledger.Tracker) -> None:
    """Tiny case: sums by donor, kind and month."""
    us = frozenset(["United States"])
    assert tracker.donors == ("Denmark", "EU (Commission and Council)", "United States")
    assert tracker.allocated(us, "military", date(2024, 12, 31)) == 5
    assert tracker.allocated(us, "military and financial", date(2025, 6, 1)) == 12
    assert tracker.allocated(None, "all", date(2025, 1, 1)) == 21


@pytest.mark.invariant
def test_the_aid_of_the_eu_is_counted_once(book: ledger.Ledger, tracker: ledger.Tracker) -> None:
    """Invariant (EU budget and members): both ways give the same total, and never both rows."""
    ways = {eu: ledger.by_donor(book, tracker, eu=eu) for eu in ("institutions", "members")}
    sums = {eu: sum(row.eur for row in rows) for eu, rows in ways.items()}
    assert sums["institutions"] == pytest.approx(21_000)
    assert sums["members"] == pytest.approx(17_000)  # France has no row of its own in the made-up months
    named = {eu: {row.donor: row.eur for row in rows} for eu, rows in ways.items()}
    assert "EU (Commission and Council)" not in named["members"]
    assert (named["institutions"]["Denmark"], named["members"]["Denmark"]) == (2_000, 4_000)


@pytest.mark.invariant
def test_what_was_kept_comes_back(
    book: ledger.Ledger, tracker: ledger.Tracker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant: import, keep and load give the same release; a damaged file says the way out."""
    monkeypatch.setenv("VALLUM_HOME", str(tmp_path / "home"))
    assert ledger.kept() is None
    folder = ledger.keep(tracker)
    assert ledger.kept() == tracker
    made = ledger.reconcile(book, ("F008",), ledger.kept())
    assert made.tracker == "0"
    near = {one.figure.kind: one.figure for one in made.beside["F008"] if one.figure.id.startswith("tracker")}
    assert (near["military"].money, near["all"].money) == (Money(8_000.0, "EUR"), Money(13_000.0, "EUR"))
    (folder / "tracker.json").write_text("{", encoding="utf-8")
    with pytest.raises(EvidenceError, match="vallum ledger import FOLDER"):
        ledger.kept()


BAD: list[tuple[str, Rows, str]] = [
    ("data_explorer", [MONTHS[0], [*MONTHS[1][:4], "ten", *MONTHS[1][5:]]], r":2: total: 'ten' is not a number"),
    ("data_explorer", [MONTHS[0], [*MONTHS[1][:3], 13, *MONTHS[1][4:]]], r":2: year, month: '2024', '13' is no"),
    ("data_explorer", [MONTHS[0], [*MONTHS[1][:4], 11, *MONTHS[1][5:]]], r"total: 11 is not the sum of financial"),
    ("data_explorer", [*MONTHS, MONTHS[1]], r"United States stands twice in 2024-12"),
    ("data_explorer", [["country", "total"]], r"data_explorer.csv:1: columns year, month, financial.*are missing"),
    ("total_allocations", [SUMS[0], [2024, 12, 17, 0, 0, 0]], r"2024-12: total_allocations 17 is not the donors' sum"),
    ("eu_aid_shares", SHARES[:2], r"eu_share_bn adds up to 2, EU \(Commission and Council\) to 6"),
    ("release_info", [RELEASE[0]], r"release_info.csv: has 0 rows; a release has one"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "rows", "expected"), BAD)
@pytest.mark.tiny_case
def test_a_bad_release_is_refused(tmp_path: Path, name: str, rows: Rows, expected: str) -> None:
    """Tiny case: file, line, field and what is allowed are named."""
    with pytest.raises(EvidenceError, match=expected):
        ledger.read(_release(tmp_path, **{name: rows}))


@pytest.mark.tiny_case
def test_a_folder_without_a_release_is_refused(tmp_path: Path) -> None:
    """Tiny case: every missing file at once."""
    with pytest.raises(EvidenceError) as error:
        ledger.read(tmp_path)
    assert len(error.value.problems) == 4


@pytest.mark.cross_check
def test_the_real_release_agrees_with_what_is_cited_of_it(shared: Path, book: ledger.Ledger) -> None:
    """Cross-check: release 29 against claims of the institute, within revisions between releases."""
    made = ledger.read(shared / "data" / "aid_kiel")
    us, until = frozenset(["United States"]), date(2025, 2, 28)
    assert made.allocated(us, "all", until) == pytest.approx(115, rel=0.01)  # F437: derived, 138 - 23
    assert made.allocated(us, "military", until) == pytest.approx(65, rel=0.02)  # F438
    assert made.allocated(None, "all", date(2026, 4, 30)) == pytest.approx(358.4, abs=0.1)
    # F435: 130 billion of military aid; releases since then have moved some of it to other months
    assert made.allocated(None, "military", until) == pytest.approx(130, rel=0.05)
    found = {
        (one.figure.donor, one.figure.kind): one.amount
        for one in ledger.reconcile(book, ("F007",), made).beside["F007"]
        if one.figure.id.startswith("tracker")
    }
    both, alone = ((f"United States and EU institutions {way}", "all") for way in ("and members", "alone"))
    assert 170_000 < found[alone] < 200_000 < found[both] < 260_000
    ways = [sum(row.eur for row in ledger.by_donor(book, made, eu=eu)) for eu in ("institutions", "members")]
    assert ways[0] == pytest.approx(ways[1], abs=0.01) == pytest.approx(358_400, rel=1e-4)


# ---------------------------------------------------------------- commands


COMMANDS = [
    (["totals", "--packaged"], ["Rows are not added", "appropriated"]),
    (["reconcile", "--packaged"], ["320 = 120 (F006) + 200 (F007)   holds", "counts the same euros twice"]),
    (["reconcile", "F008", "--all", "--packaged"], ["It could be F428, F432 or F438"]),
]


@pytest.mark.parametrize(("words", "expected"), COMMANDS)
@pytest.mark.tiny_case
def test_commands_tell_it_as_text_and_as_json(
    words: list[str], expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Tiny case: both forms of each command."""
    for more in ([], ["--json"]):
        with pytest.raises(SystemExit) as stop:
            main(["ledger", *words, *more])
        told = capsys.readouterr().out
        assert stop.value.code == 0
        if more:
            assert json.loads(told)["schema"] == 1
        else:
            assert all(text in " ".join(told.split()) for text in (" ".join(one.split()) for one in expected)), told


@pytest.mark.tiny_case
def test_import_then_by_donor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tiny case: by-donor needs the tracker, says how to get it, and adds up once it is there."""
    monkeypatch.setenv("VALLUM_HOME", str(tmp_path / "home"))
    (tmp_path / "release").mkdir()
    for words, code, said in (
        (["by-donor"], 2, "vallum ledger import FOLDER"),
        (["import", str(_release(tmp_path / "release"))], 0, "3 donors, 4 rows to 2025-01, 21.0 billion euros"),
        (["by-donor"], 0, "none of their aid is in a member state's row"),
        (["by-donor", "--eu", "both"], 2, "allowed are institutions, members"),
        (["by-donor", "--eu", "members", "--until", "2024-12-31"], 2, "leave out one of them"),
        (["totals", "--until", "yesterday"], 2, "--until yesterday: not a date; write YYYY-MM-DD"),
        (["totals"], 0, "release 0 of the tracker"),
    ):
        with pytest.raises(SystemExit) as stop:
            main(["ledger", *words])
        told = capsys.readouterr()
        assert (stop.value.code, said in told.out + told.err) == (code, True), told


@pytest.mark.docs
def test_the_page_says_what_the_commands_print(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Docs: each line under a command of the two pages is a line that it prints."""
    monkeypatch.setenv("COLUMNS", "120")
    asked = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    for name in ("evidence", "ledger"):
        blocks = asked.findall((QUESTIONS / f"{name}.md").read_text(encoding="utf-8"))
        assert blocks
        for block in blocks:
            command, *told = block.splitlines()
            with pytest.raises(SystemExit) as stop:
                main(command.removeprefix("$ vallum ").split())
            printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
            assert stop.value.code == 0
            assert not [line for line in told if line.rstrip() not in printed]


@pytest.mark.docs
def test_the_page_lists_the_stages_as_the_rules_have_them(book: ledger.Ledger) -> None:
    """Docs: stage and meaning, one row each."""
    page = (QUESTIONS / "ledger.md").read_text(encoding="utf-8")
    for stage, means in book.rules.stages.items():
        assert f"| {stage} | {means} |" in page


# ---------------------------------------------------------------- scenarios draw on the same figures


def _entries(name: str) -> dict[str, dict[str, Any]]:
    paths = library.packaged_paths("package") | library.packaged_paths("scenario")
    data = read_file(paths[name], name).data
    return {"funds": data.get("choices", {}).get("funds", {}), "uncertain": data.get("uncertain", {})}


@pytest.mark.invariant
def test_funds_of_the_packages_are_those_of_the_ledger(book: ledger.Ledger) -> None:
    """Invariant: what a fund cites is a figure of the ledger, and its number follows from it."""
    germany = _entries("german-purchase")["funds"]["germany"]["balance"]
    assert germany["claims"] == ["F269"] and germany["value"] == book.figure("F269").money.million
    sale = _entries("us-sale")["uncertain"]["money_for_rounds"]
    assert "F274" in sale["claims"]
    assert book.figure("F274").months == 5 and book.figure("F274").per_month == pytest.approx(800)
    assert sale["best"] == pytest.approx(0.15 * book.figure("F274").per_month)
    floor = _entries("israel-like")["uncertain"]["floor_money"]
    assert floor["best"] == pytest.approx(book.figure("P001").per_month, abs=0.05)


@pytest.mark.invariant
def test_every_fund_that_cites_a_claim_cites_a_figure(book: ledger.Ledger) -> None:
    """Invariant: claims in money under `funds`, and under inputs in dollars a month, are in the ledger."""
    for name in library.packaged_paths("package") | library.packaged_paths("scenario"):
        entries = _entries(name)
        cited = [claim for fund in entries["funds"].values() for claim in _claims(fund)]
        for entry in entries["uncertain"].values():
            if isinstance(entry, dict) and str(entry.get("unit", "")).startswith("USD million a"):
                cited += _claims(entry)
        money = [id_ for id_ in cited if evidence.load().claim(id_).unit in CURRENCIES]
        assert set(money) <= book.figures.keys(), name


def _claims(given: object) -> list[str]:
    if isinstance(given, dict):
        return [id_ for key, value in given.items() for id_ in (value if key == "claims" else _claims(value))]
    return []


@pytest.mark.invariant
def test_unit_costs_are_made_of_claims_in_one_currency() -> None:
    """Invariant: each cost of the packaged evidence rests on claims of its own currency, or says it is assumed."""
    packaged = evidence.load()
    costs = [made for made in packaged.parameters.values() if made.unit in CURRENCIES]
    assert {"pac3_unit_cost", "patriot_battery_cost"} <= {made.name for made in costs}
    for made in costs:
        assert made.assumption or made.claims, made.name
        for id_ in made.claims:
            assert CURRENCIES[packaged.claim(id_).unit][0] == CURRENCIES[made.unit][0], (made.name, id_)


@pytest.mark.tiny_case
def test_bad_figures_are_named_with_file_line_and_field(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiny case: an unknown stage, a date that is none, a claim without money."""
    from vallum.ledger import figures

    head = "claim,donor,recipient,kind,stage,from,to,price_base,sum_of,scope\n"
    first = "F008,US,Ukraine,military,promised,2022-02-24,2025-02-31,1990,,x\n"
    second = "F251,US,Ukraine,guns,unstated,2022-02-24,2025-02-19,current,,x\n"
    text = {"figures.csv": head + first + second, "rates.csv": "from,to,claim\n"}
    monkeypatch.setattr(figures, "_text", lambda name: text[name])
    monkeypatch.setattr(figures, "_rules", lambda: RULES)
    found = ledger.problems()
    assert any("figures.csv:2: stage: 'promised'; allowed: pledged, appropriated" in line for line in found)
    assert any("figures.csv:2: to: '2025-02-31' is no date; write YYYY-MM-DD" in line for line in found)
    assert any("figures.csv:2: price_base: '1990'; allowed: current" in line for line in found)
    assert any("figures.csv:3: claim: F251 is in interceptors; allowed: USD million" in line for line in found)
    assert any("figures.csv:3: kind: 'guns'; allowed: all, military" in line for line in found)


RULES = replace(ledger.load().rules, combinations={})
