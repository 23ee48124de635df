"""Evidence: the packaged files, the rule engine, and the laws of rule F2."""

from __future__ import annotations

import csv
import json
import pickle
import re
from dataclasses import replace
from datetime import date
from functools import cache, partial
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from vallum import evidence, read, run
from vallum.campaign.believing import effects
from vallum.cli import main
from vallum.errors import EvidenceError
from vallum.evidence import Distribution, Option, quantile, store
from vallum.evidence.conflicts import problems as disputes_wrong
from vallum.evidence.quantiles import regularised_beta
from vallum.scenario import sourcing

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
    ("claims.csv", ",8,,,missiles,", ",8,9,,missiles,", "low <= value <= high does not hold: low 9, value 8"),
    ("claims.csv", ",8,,,missiles,", ",8,,,furlongs,", "unit 'furlongs' is not in units.csv"),
    ("claims.csv", ",8,,,missiles,", ",8,,,missile,", "allowed: share, ratio, missiles,"),
    ("claims.csv", '; address unknown",\n', '; address unknown",F001\n', "superseded_by 'F001' leads back to it"),
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
    ("claims.csv", "id,topic,", "ident,topic,", "claims.csv:1: lacks the column id; allowed: id, topic, quantity"),
    ("claims.csv", "\nF003,", '\n"F003,', "close the quotation mark"),
    ("sources.csv", "address_note\n", "address_note,mood\n", "unknown column 'mood'"),
    ("parameters.yaml", "  title: ", "  titel: ", "unknown key 'titel'; did you mean 'title'"),
    ("parameters.yaml", "  shape: triangular\n", "", "'shape' is missing"),
]


@pytest.mark.parametrize(("file", "old", "new", "expected"), UNREADABLE)
def test_unreadable_files_are_refused(tmp_path: Path, file: str, old: str, new: str, expected: str) -> None:
    """Tiny case: a malformed record stops the reading, with file and place."""
    with pytest.raises(EvidenceError) as error:
        evidence.read(_copy(tmp_path, file, old, new))
    assert expected in str(error.value)


@pytest.mark.parametrize("day", [None, date(2022, 3, 1), date(2025, 2, 1)])
def test_parameters_read_one_by_one_are_those_of_the_whole_file(day: date | None) -> None:
    """Invariant: a run reads the parameters that it asks for; they are what the whole file gives, on any day."""
    store.load.cache_clear()
    pieces, whole = evidence.load(), evidence.read(FOLDER)
    if day is not None:
        pieces, whole = pieces.at(day), whole.at(day)
    for name in reversed([*whole.parameters, *whole.not_yet, "no_such_thing"]):
        assert pieces.parameters.get(name) == whole.parameters.get(name)
        assert pieces.not_yet.get(name) == whole.not_yet.get(name)
    assert list(pieces.parameters.items()) == list(whole.parameters.items())
    assert pieces.places == whole.places
    assert pickle.loads(pickle.dumps(pieces)) == pieces


def test_a_malformed_parameter_tells_all_that_is_wrong_with_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tiny case: entries are malformed; who asks for one of them hears of all, who asks for a claim of none."""
    place = _copy(tmp_path, "parameters.yaml", "  shape: triangular\n", "")
    path = place / "parameters.yaml"
    text = path.read_text("utf-8").replace("  title: ", "  titel: ")
    path.write_text(text, "utf-8")
    monkeypatch.setattr(store, "_folder", lambda: place)
    found = store.load.__wrapped__()
    for name in ("patriot_systems_functioning", "patriot_availability"):
        with pytest.raises(EvidenceError, match="unknown key 'titel'") as error:
            found.parameter(name)
        assert len(error.value.problems) == len(found.places) - len(found.claims) - len(found.sources) - len(
            found.units
        )
    assert found.claim("F001").id == "F001"


def test_empty_and_foreign_files_are_refused(tmp_path: Path) -> None:
    """Tiny case: an empty table, a file in another encoding, a missing one; a byte order mark is read over."""
    place = _copy(tmp_path, "claims.csv", "F001", "F001")
    plain = (place / "claims.csv").read_bytes()
    (place / "claims.csv").write_bytes(b"\xef\xbb\xbf" + plain)
    assert len(evidence.read(place).claims) == plain.count(b"\n") - 1
    for content, said in ((b"", "claims.csv: is empty; its first line needs"), (plain + b"\xff", "save it as UTF-8")):
        (place / "claims.csv").write_bytes(content)
        with pytest.raises(EvidenceError, match=said):
            evidence.read(place)
    (place / "claims.csv").unlink()
    with pytest.raises(EvidenceError, match="check its name and place"):
        evidence.read(place)


def test_claims_of_one_group_count_once(packaged: evidence.Evidence) -> None:
    """Tiny case: two receipts of one report give their middle, not two votes."""
    reading = packaged.parameter("patriot_rounds_received_per_month").readings[0]
    assert reading.best == pytest.approx((600 + 667) / 2 / 35, rel=1e-5)


@pytest.mark.cross_check
def test_every_fact_is_imported(shared: Path, packaged: evidence.Evidence) -> None:
    """Cross-check: each collected fact is a claim with its numbers, unit and group; one was corrected by hand."""
    rows = list(csv.DictReader(StringIO((shared / "data" / "facts.csv").read_text(encoding="utf-8"))))
    assert len(rows) == 514
    differ = []
    for row in rows:
        claim = packaged.claim(row["id"])
        told = tuple(float(row[key]) if row[key] else None for key in ("value", "low", "high"))
        same = told == (claim.value, claim.low, claim.high) and row["unit"] == claim.unit
        if not same or claim.group != row["independence_group"] or claim.quote != row["quote"]:
            differ.append(row["id"])
        address = packaged.source(claim.source).address
        assert address == (row["source_url"] or "unknown"), row["id"]
    assert differ == ["F288"]  # the product is stated in words: 24 missiles


@pytest.mark.cross_check
def test_ballistic_sums_of_2025_are_those_of_the_record(packaged: evidence.Evidence) -> None:
    """Cross-check: the two claims computed from the packaged monthly table are its sums."""
    table = (FOLDER.parent / "record" / "monthly.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(StringIO(table)) if row["month"].startswith("2025")]
    launched = {
        name: sum(int(r["launched"]) for r in rows if r["class"] == name) for name in {r["class"] for r in rows}
    }
    flat = launched["ballistic"] + launched["aeroballistic"]
    assert packaged.claim("L017").value == flat
    assert packaged.claim("L018").value == flat + launched["sam_ballistic"]


# ---------------------------------------------------------------- units


def test_the_table_of_units_agrees_with_a_units_library(packaged: evidence.Evidence) -> None:
    """Theory: every factor is what the library says, and no two dimensions are one."""
    pytest.importorskip("pint")
    assert evidence.units.disagreements(packaged.units.values()) == []


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("years", {"factor": 10.0}, "by the library it is"),
        ("days", {"dimension": "length"}, "one dimension in the table and two in the library"),
        ("km", {"dimension": "way"}, ""),
        ("months", {"library": "fortnightish +"}, "cannot be read"),
        ("per day", {"dimension": "other"}, "two dimensions in the table and one in the library"),
    ],
)
def test_a_wrong_unit_is_found(
    packaged: evidence.Evidence, name: str, change: dict[str, object], expected: str
) -> None:
    """Tiny case: a factor, a dimension or an expression that is wrong is named."""
    pytest.importorskip("pint")
    broken = [replace(unit, **change) if unit.name == name else unit for unit in packaged.units.values()]  # type: ignore[arg-type]
    found = evidence.units.disagreements(broken)
    assert any(expected in text and name in text for text in found) if expected else not found


# ---------------------------------------------------------------- numbers of the packaged scenarios


def test_no_packaged_scenario_has_a_number_without_a_source() -> None:
    """Invariant: every number has claims, a parameter or `assumption:`."""
    found = sourcing.tally()
    assert found.unsourced == ()
    assert found.cited > 20 and found.from_parameters > 50 and found.assumed > 100 and found.by_comment > 5


UNSOURCED = """question: What?
# assumption: the head of a file is a reason for nothing
fixed:
  start: 2025-01-01
  days: 10
  assets: {A: {lat: 50, lon: 30, population: 5}}
  raids:
    # assumption: four waves
    waves: 4
  doctrine: {transit: 2} # one day (F338)
choices:
  batteries: {patriot: 3}
  stock: {patriot_round: {value: 7, claims: []}}
  tempo:
    # assumption: said of all entries
    - {factor: 2}
    - {factor: 3}
"""


def test_a_number_without_a_source_is_named_with_its_line(tmp_path: Path) -> None:
    """Tiny case: days, places and cited numbers pass; a bare number, and one whose list of claims is empty, do not."""
    path = tmp_path / "x.yaml"
    path.write_text(UNSOURCED, encoding="utf-8")
    found = sourcing.read(path).unsourced
    assert [text.partition(": has")[0] for text in found] == [
        "x.yaml:6: fixed.assets.A.population",
        "x.yaml:12: choices.batteries.patriot",
        "x.yaml:13: choices.stock.patriot_round.value",
    ]


def test_check_leaves_with_1_where_something_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tiny case: the command prints what is wrong and exits 1; without a fault it exits 0."""
    with pytest.raises(SystemExit) as stop:
        main(["evidence", "check", "--no-run", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert stop.value.code == 0
    assert told["scenario_numbers"]["unsourced"] == 0 and told["problems"] == []
    assert (told["claims"], told["sources"]) == (len(evidence.load().claims), len(evidence.load().sources))
    monkeypatch.setattr(sourcing, "tally", lambda: sourcing.Tally(1, 1, 1, 1, ("x.yaml:3: a: has neither",)))
    with pytest.raises(SystemExit) as stop:
        main(["evidence", "check", "--no-run"])
    assert stop.value.code == 1
    assert "wrong         x.yaml:3: a: has neither" in capsys.readouterr().out


def test_check_leaves_with_1_where_a_date_or_an_address_is_malformed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Tiny case: a date that is none, with file, line and field; an address that is none."""
    broken = [
        ("claims.csv", ",2025-02-19,2025-02-19,", ",2025-02-31,2025-02-19,", ":2: as_of: '2025-02-31' is no date"),
        ("sources.csv", "https://", "gopher://", "sources.csv:7: S006: address 'gopher://"),
    ]
    for file, old, new, expected in broken:
        folder = _copy(tmp_path, file, old, new)
        monkeypatch.setattr(evidence, "load", cache(partial(evidence.read, folder)))
        with pytest.raises(SystemExit) as stop:
            main(["evidence", "check", "--no-run"])
        assert stop.value.code == 1
        assert expected in capsys.readouterr().out


# ---------------------------------------------------------------- the user's own claims


def _own(change: dict[str, object] | None = None) -> tuple[evidence.Source, evidence.Claim]:
    source = evidence.Source("own-s1", "a paper", "A story", "https://example.org/a", "")
    claim = replace(evidence.load().claim("F251"), id="own-1", source="own-s1", value=650.0, group="own-g1")
    return source, replace(claim, **(change or {}))  # type: ignore[arg-type]


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VALLUM_HOME", str(tmp_path))
    return tmp_path / "evidence"


def test_own_claims_stand_beside_the_packaged_ones(own_home: Path) -> None:
    """Invariant: they can be read back, and no packaged number moves."""
    source, claim = _own()
    assert evidence.beside() is evidence.load()
    (own_home).mkdir()
    (own_home / "notes.txt").write_text("mine", encoding="utf-8")
    evidence.own.write([source], [claim])
    both = evidence.beside()
    assert both.claim("own-1") == claim and both.source("own-s1") == source
    assert both.parameters == evidence.load().parameters
    assert "own-1" not in evidence.load().claims
    assert (own_home / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_own_claims_keep_their_prefix_and_their_form(own_home: Path) -> None:
    """Tiny case: a foreign id, an unknown unit, an impossible date are refused with what is allowed."""
    source, claim = _own()
    with pytest.raises(EvidenceError, match="'F251' must begin with 'own-'"):
        evidence.own.write([source], [replace(claim, id="F251")])
    with pytest.raises(EvidenceError, match=r"unit 'missile' is not in units.csv; did you mean 'missiles'"):
        evidence.own.write([source], [replace(claim, unit="missile")])
    assert not own_home.exists()
    evidence.own.write([source], [claim])
    path = own_home / "claims.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2026-03-06", "2026-02-30"), encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"claims.csv:2: as_of: '2026-02-30' is no date.*write YYYY-MM-DD"):
        evidence.beside()
    path.write_text(path.read_text(encoding="utf-8").replace("2026-02-30", "2026-03-06,"), encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"claims.csv:2: has not as many fields as the header"):
        evidence.beside()


# ---------------------------------------------------------------- conflicts


def test_the_conflicts_that_a_reader_would_name_are_found() -> None:
    """Baseline: radius, receipts against use, ballistic totals of 2025, meanings of 67 billion."""
    found = {one.id: one for one in evidence.conflicts()}
    assert {"defended_radius", "received_against_used", "ballistic_2025", "meanings_of_67"} <= found.keys()
    assert found["defended_radius"].factor == pytest.approx(37.5 / 6.8)
    assert found["received_against_used"].factor == pytest.approx(175 / 18.1)
    assert [side.best for side in found["ballistic_2025"].sides] == [900, 520, 607]
    assert {side.unit for side in found["meanings_of_67"].sides} == {"USD billion", "EUR billion"}
    assert found["ballistic_launched_month, 2024-03"].factor == pytest.approx(94 / 27)


def test_found_conflicts_are_between_groups_whose_ranges_do_not_meet() -> None:
    """Invariant: of what comparing finds, some two sides of different groups lie apart."""
    for one in evidence.conflicts():
        if not one.why:
            groups = [set(side.groups) for side in one.sides]
            assert len({frozenset(group) for group in groups}) == len(groups) > 1
            bests = [side.best for side in one.sides if side.best is not None]
            assert max(bests) > min(bests) and one.factor is not None and one.factor > 1.05


def test_disputes_name_what_exists(packaged: evidence.Evidence) -> None:
    """Invariant: claims, parameters and readings of the named disputes are there."""
    assert disputes_wrong(packaged) == []
    radius = packaged.parameter("patriot_radius_ballistic")
    sides = {side.name for one in evidence.conflicts() if one.id == "defended_radius" for side in one.sides}
    assert sides <= {reading.name for reading in radius.readings}


def test_a_conflict_not_yet_known_is_not_told(packaged: evidence.Evidence) -> None:
    """Tiny case (F6): in 2024 nobody had said how much was used in the winter of 2025-26."""
    assert "received_against_used" not in {one.id for one in evidence.conflicts(packaged.at(date(2024, 12, 31)))}


def test_believing_one_side_is_a_paired_run() -> None:
    """Invariant: the effect is what two runs with that reading show, future by future."""
    scenario = read("winter-2025-26")
    names = ("defended_radius", "us_total", "pac3_mse_unit_cost, 2025")
    wanted = [one for one in evidence.conflicts() if one.id in names]
    radius, total, cost = effects(scenario, wanted, futures=40)
    assert [belief.name for belief in radius.beliefs] == ["area_claim", "range_claim", "pool"]
    low, high = (
        run(scenario.replace({"uncertain.patriot_radius.believe": name}), futures=40, explain=False)
        for name in ("area_claim", "range_claim")
    )
    label = low.label("leakers", threat_class="ballistic")
    told = next(one for one in radius.differences if one.label == label and one.package == "range_claim")
    assert told.mean == pytest.approx(float((high.columns[label] - low.columns[label]).mean()))
    assert total.beliefs == ()
    assert cost.places == ("fixed.interceptors.patriot_round.unit_cost",)
    moved = {one.label.name for one in cost.differences if one.told_apart}
    assert moved == {"cost_fired", "cost_exchange"}


COMMANDS = [
    (["list", "--topic", "exchange_rate"], ["USD per EUR", "5 claims"]),
    (["list", "parameters", "--search", "radius"], ["patriot_radius_ballistic"]),
    (["show", "F081"], ["derived: sqrt(area/pi)", "patriot_radius_ballistic"]),
    (["show", "patriot_radius_ballistic"], ["area_claim", "F077"]),
    (["used-by", "F274"], ["ledger", "us-sale"]),
    (["conflicts", "meanings_of_67"], ["One number, or one name, for several things"]),
]


@pytest.mark.parametrize(("words", "expected"), COMMANDS)
def test_commands_tell_it_as_text_and_as_json(
    words: list[str], expected: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Tiny case: both forms of each command hold what was asked."""
    for more in ([], ["--json"]):
        with pytest.raises(SystemExit) as stop:
            main(["evidence", *words, *more])
        told = capsys.readouterr().out
        assert stop.value.code == 0
        if more:
            assert json.loads(told)["schema"] == 1
        else:
            assert all(text in told for text in expected), told


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["show", "F9999"], "there is no claim, parameter, source or group 'F9999'"),
        (["used-by", "patriot_radius_balistic"], "did you mean 'patriot_radius_ballistic'"),
        (["list", "clams"], "allowed are claims, sources, parameters, groups"),
        (["list", "--topic", "rocket"], "no claim has it"),
        (["conflicts", "defended_radios"], "did you mean 'defended_radius'"),
        (["show", "F268", "--as-of", "2025-01-01"], "there is no claim"),
    ],
)
def test_bad_requests_are_refused(words: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Tiny case: exit 2, and the way out in words."""
    with pytest.raises(SystemExit) as stop:
        main(["evidence", *words])
    assert stop.value.code == 2
    assert expected in capsys.readouterr().err


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
