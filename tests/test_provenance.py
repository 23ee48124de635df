"""Provenance travels: what an answer rests on is in its manifest, JSON, CSV, workbook, page and pictures."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

import vallum
from vallum import evidence, report
from vallum.campaign import kept, request
from vallum.errors import EvidenceError, RunError, ScenarioError
from vallum.report import charts, excel, tables
from vallum.results import Result
from vallum.scenario import Scenario

DATA = Path(evidence.__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return vallum.read("winter-2025-26")


@pytest.fixture(scope="module")
def result(scenario: Scenario) -> Result:
    return vallum.run(scenario, futures=30, explain=False)


@pytest.fixture(scope="module")
def written(result: Result, scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report.write(result, scenario, tmp_path_factory.mktemp("report") / "winter")


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(path.read_text(encoding="utf-8"))))


# ---------------------------------------------------------------- snapshots


@pytest.mark.invariant
def test_snapshots_are_the_hashes_of_the_tables_used(result: Result) -> None:
    """Invariant: evidence, the coverage table, and the record tables that the words of the scenario name."""
    found = result.manifest.snapshots
    assert set(found) == {
        "evidence/sources.csv", "evidence/claims.csv", "evidence/parameters.yaml", "evidence/units.csv",
        "coverage/ua-cities-spread.csv", "record/monthly.csv", "record/tempo.yaml",
    }  # fmt: skip
    for name, hashed in found.items():
        assert hashed == hashlib.sha256((DATA / name).read_bytes()).hexdigest()


@pytest.mark.invariant
def test_a_night_table_is_hashed_too(tmp_path: Path) -> None:
    """Tiny case: the packaged table by its path, a table of the user's own by its name."""
    gulf = vallum.read("gulf-2026")
    table = "record/uae_2026_nights.csv"
    assert table in vallum.run(gulf, futures=1, explain=False).manifest.snapshots
    mine = tmp_path / "mine.csv"
    mine.write_bytes((DATA / table).read_bytes())
    other = gulf.replace({"fixed.raids.path": str(mine)})
    found = vallum.run(other, futures=1, explain=False).manifest.snapshots
    assert found["night table mine.csv"] == hashlib.sha256(mine.read_bytes()).hexdigest()


@pytest.mark.invariant
def test_snapshots_come_back_from_the_store(result: Result, scenario: Scenario) -> None:
    """Invariant: a kept run has the same manifest, hashes included."""
    first = kept(scenario, lambda: result, 30, 0)
    again = kept(scenario, lambda: pytest.fail("it was kept"), 30, 0)
    assert (first.again, again.again) == (False, True)
    assert again.result.manifest.snapshots == result.manifest.snapshots


# ---------------------------------------------------------------- where it is shown


@pytest.mark.invariant
def test_every_form_lists_the_same_claims_with_their_dates(written: Path, result: Result) -> None:
    """Invariant: JSON, CSV and page name each claim used, its date and the day from which it was known."""
    told = json.loads((written / "result.json").read_text(encoding="utf-8"))
    used = {claim["id"]: claim for claim in result.manifest.claims}
    assert {"F077", "F081", "F237"} <= used.keys()
    assert {claim["id"] for claim in told["claims"]} == used.keys()
    assert told["snapshots"] == dict(result.manifest.snapshots)
    rows = {row["id"]: row for row in _rows(written / "tables" / "claims.csv")}
    assert rows.keys() == used.keys()
    page = (written / "report.html").read_text(encoding="utf-8")
    for name, claim in used.items():
        made = evidence.load().claim(name)
        assert (claim["as_of"], claim["known_from"]) == (made.as_of.isoformat(), made.known_from.isoformat())
        assert (rows[name]["as_of"], rows[name]["known_from"]) == (claim["as_of"], claim["known_from"])
        assert f'id="claim-{name}"' in page and claim["as_of"] in page


@pytest.mark.invariant
def test_claims_that_the_scenario_as_a_whole_cites_are_listed(result: Result) -> None:
    """Invariant: what stands under `sources` is a claim used, of those known on the day (F6)."""
    used = {claim["id"]: claim["used_by"] for claim in result.manifest.claims}
    assert used["F338"] == ["sources"]
    assert {"F220", "F222", "F565"} <= used.keys()


@pytest.mark.invariant
def test_hashes_stand_in_table_page_and_workbook(written: Path, result: Result) -> None:
    """Invariant: each hash and the fingerprint are in provenance.csv and on the page."""
    rows = {row["what"]: row["value"] for row in _rows(written / "tables" / "provenance.csv")}
    page = (written / "report.html").read_text(encoding="utf-8")
    assert rows["fingerprint"] == result.manifest.fingerprint and rows["seed"] == "0"
    assert rows["as_of"] == "2026-03-31" and rows["reproduce"].startswith("vallum run winter-2025-26")
    for name, hashed in result.manifest.snapshots.items():
        assert rows[f"sha256 of {name}"] == hashed
        assert hashed in page


@pytest.mark.invariant
def test_pictures_say_what_was_run_and_on_what_knowledge(result: Result, written: Path) -> None:
    """Invariant: each figure, wide and narrow, carries fingerprint and as-of date, without a formula or a stray id."""
    fingerprint = result.manifest.fingerprint
    for name, table in tables.figures(result).items():
        for narrow in (False, True):
            drawn = charts.svg(charts.draw(name, table, narrow, tables.stamp(result.manifest)))
            assert fingerprint in drawn and "as of 2026-03-31" in drawn, (name, narrow)
    assert fingerprint in charts.svg(result.plot.stock())
    page = (written / "report.html").read_text(encoding="utf-8")
    assert page.count("as of 2026-03-31 ·") == 2 * page.count('class="picture wide"')


# ---------------------------------------------------------------- workbook


@pytest.mark.invariant
def test_the_workbook_holds_every_table_number_for_number(written: Path, result: Result) -> None:
    """Invariant: data, inputs and provenance sheets equal the CSV tables; no cell is a formula."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.load_workbook(written / "tables.xlsx")
    files = {path.stem: _rows(path) for path in (written / "tables").glob("*.csv")}
    assert set(book.sheetnames) == files.keys()
    assert book.sheetnames[0] == "provenance" and {"inputs", "assumptions", "claims"} <= files.keys()
    for name, rows in files.items():
        cells = list(book[name].iter_rows(values_only=True))
        assert list(cells[0]) == list(rows[0])
        assert len(cells) == len(rows) + 1
        for cell, text in zip(cells[1], rows[0].values(), strict=True):
            if isinstance(cell, int | float):
                assert float(text) == cell
            else:
                assert (cell or "") == text.removeprefix("'")
    types = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in types
    book.close()


@pytest.mark.tiny_case
def test_a_text_that_looks_like_a_formula_stays_text(tmp_path: Path, result: Result) -> None:
    """Tiny case: a name that begins with = is written as letters."""
    openpyxl = pytest.importorskip("openpyxl")
    column = tables.Column("name", "Name")
    table = tables.Table("odd", "Odd", (column,), (("=1+1",), ("https://example.org",), (None,)))
    excel.write(tmp_path / "odd.xlsx", {"odd": table}, result.manifest.as_of)
    book = openpyxl.load_workbook(tmp_path / "odd.xlsx")
    cell = book["odd"]["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")
    assert book["odd"]["A3"].hyperlink is None
    book.close()


@pytest.mark.invariant
def test_the_workbook_is_the_same_bytes_each_time(written: Path, result: Result, tmp_path: Path) -> None:
    """Invariant: no clock and no path in it."""
    again = tmp_path / "again.xlsx"
    made = tables.everything(result)
    for path in (again, tmp_path / "other.xlsx"):
        excel.write(path, made, result.manifest.as_of)
    assert again.read_bytes() == (tmp_path / "other.xlsx").read_bytes()
    assert b"2026-03-31" in _core(again)


def _core(path: Path) -> bytes:
    from zipfile import ZipFile

    with ZipFile(path) as found:
        return found.read("docProps/core.xml")


@pytest.mark.tiny_case
def test_without_xlsxwriter_the_way_out_is_named(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tiny case: the extra that brings it is named, and nothing is written."""
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(RunError, match=r"vallum\[report\]"):
        excel.write(tmp_path / "a.xlsx", tables.everything(result), result.manifest.as_of)
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- the user's own claims


@pytest.mark.invariant
def test_an_own_claim_is_listed_and_hashed_where_it_is_cited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scenario: Scenario
) -> None:
    """Invariant: packaged answers do not change; a scenario that cites an own claim says so, and is another run."""
    monkeypatch.setenv("VALLUM_HOME", str(tmp_path))
    change = {"fixed.classes.drone.unit_cost": {"value": 0.05, "claims": ["own-1"]}}
    with pytest.raises(ScenarioError, match="unknown claim own-1"):
        scenario.replace(change)
    before, asked = vallum.run(scenario, futures=5, explain=False), request(scenario, 5, 0)
    claim = replace(evidence.load().claim("F402"), id="own-1", source="own-s1", group="own-g1", value=0.05)
    evidence.own.write([evidence.Source("own-s1", "a paper", "A story", "https://example.org/a", "")], [claim])
    assert report.json_text(vallum.run(scenario, futures=5, explain=False)) == report.json_text(before)
    assert request(scenario, 5, 0) == asked
    mine = scenario.replace(change)
    made = vallum.run(mine, futures=5, explain=False).manifest
    told = next(one for one in made.claims if one["id"] == "own-1")
    assert told["used_by"] == ["fixed.classes.drone.unit_cost"] and told["address"] == "https://example.org/a"
    assert {"own evidence/sources.csv", "own evidence/claims.csv"} <= made.snapshots.keys()
    first = request(mine, 5, 0)
    evidence.own.write([evidence.Source("own-s1", "a paper", "Another", "https://example.org/a", "")], [claim])
    assert request(mine, 5, 0) != first
    (tmp_path / "evidence" / "claims.csv").write_text("not,a,table\n1,2,3\n", encoding="utf-8")
    with pytest.raises(EvidenceError, match="lacks the column"):
        vallum.run(mine, futures=5, explain=False)
    assert vallum.run(scenario, futures=5, explain=False).manifest.snapshots == before.manifest.snapshots
