"""The attack record: strict reading of every oddity, whole storing, counts up to a cut-off, reported shares.

All sample rows are made up: the record's own rows must not be in the repository. Tests against the real copy
read it from VALLUM_SHARED and are skipped where there is none.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import NormalDist
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from vallum import exact, record
from vallum.errors import RecordError, RunError
from vallum.raids import read_night_table
from vallum.record import attacks, kinds, sheet, store
from vallum.report.recorded import write_recorded

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("VALLUM_SHARED", ROOT.parent / "shared")) / "data"
COPY = SHARED / "attacks" / "missile_attacks_daily.csv"
PACKAGED = ROOT / "src" / "vallum" / "data" / "record"
needs_copy = pytest.mark.skipif(
    not COPY.is_file(), reason="no copy of the attack record: set VALLUM_SHARED to test against it"
)
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="no reference material: set VALLUM_SHARED")

HEADER = (
    "time_start", "time_end", "model", "launch_place", "target", "target_main", "launched", "destroyed",
    "not_reach_goal", "still_attacking", "border_crossing", "is_shahed", "num_hit_location",
    "num_fall_fragment_location", "carrier", "turbojet", "turbojet_destroyed", "affected region",
    "destroyed_details", "launched_details", "launch_place_details", "source",
)  # fmt: skip
NATIONAL = {
    "time_start": "2024-11-01 19:00",
    "time_end": "2024-11-02 08:00",
    "model": "Shahed-136/131",
    "target": "Ukraine",
    "launched": "60.0",
    "destroyed": "40.0",
    "not_reach_goal": "15.0",
    "border_crossing": "{}",
    "source": "kpszsu/posts/made-up",
}


def made(**cells: str) -> dict[str, str]:
    """A made-up row of a national report; keys of columns with a blank in their name are given as **{...}."""
    return NATIONAL | cells


def written(path: Path, *rows: Mapping[str, str], header: tuple[str, ...] = HEADER) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, header, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


def read(folder: Path, *rows: Mapping[str, str], header: tuple[str, ...] = HEADER, **given: Any) -> record.Record:
    return record.read(written(folder / "copy.csv", *rows, header=header), **given)


def problems_of(path: Path, **given: Any) -> tuple[str, ...]:
    with pytest.raises(RecordError) as caught:
        record.read(path, **given)
    return caught.value.problems


def said(made_record: record.Record, kind: str) -> dict[str, tuple[int, ...]]:
    return {finding.what: finding.rows for finding in made_record.reading.of(kind)}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VALLUM_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "records"


@pytest.fixture(scope="module")
def ukraine() -> record.Record:
    return record.read(COPY)


def command(*arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | ({"VALLUM_HOME": str(home)} if home else {})
    line = [sys.executable, "-m", "vallum", "record", *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=False, timeout=120, env=environment)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---------------------------------------------------------------- labels and families


def map_rows() -> list[dict[str, str]]:
    return list(csv.DictReader((SHARED / "attacks" / "model_family_map.csv").read_text("utf-8").splitlines()))


@needs_copy
@pytest.mark.cross_check
def test_packaged_families_are_those_of_the_reference() -> None:
    """Cross-check: the packaged map gives every label of the full record the family of the reference map."""
    labels = kinds.Labels()
    wrong = [row["model"] for row in map_rows() if labels.find(row["model"]) != kinds.Found(row["family"], "label")]
    assert map_rows() and not wrong


@needs_copy
@pytest.mark.cross_check
def test_parts_alone_give_the_family_of_every_composite_label() -> None:
    """Cross-check: a label that nobody had seen would be read by its parts as the record's composites are mapped."""
    known = {
        row["label"]: row["family"]
        for row in csv.DictReader((PACKAGED / "families.csv").read_text("utf-8").splitlines())
    }
    single = {label: family for label, family in known.items() if not kinds.is_composite(label)}
    composites = [row for row in map_rows() if row["is_composite"] == "1"]
    assert len(composites) > 20
    keys = {kinds.key(label)[0]: family for label, family in single.items()}
    wrong = {
        row["model"]: found
        for row in composites
        if (found := kinds.merged([keys[part] for part in kinds.key(row["model"])])) != row["family"]
    }
    assert not wrong


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("label", "family", "by"),
    [
        ("C-300 and Iskander-M", "sam_and_ballistic_mixed", "label"),  # later vintages
        ("C-400 and Iskander-M", "sam_and_ballistic_mixed", "label"),
        ("KAB", "bomb", "label"),  # older vintages
        ("X-101/X-555 and X-22 and Kalibr", "cruise_mixed", "spelling"),
        ("shahed-136/131", "drone_oneway", "spelling"),
        ("\u0421-300", "sam_ballistic_mode", "spelling"),  # Cyrillic letter
        ("KN-23 and C-400", "sam_and_ballistic_mixed", "parts"),
        ("C-300/C-400 and KN-23 and X-47 Kinzhal", "sam_and_ballistic_mixed", "parts"),
        ("Kalibr and X-59/X-69 and KN-23", "ballistic_and_cruise_mixed", "parts"),
        ("Unknown Missile and Kalibr", "unknown_missile", "parts"),
        ("X-555/X-101", "cruise", "parts"),  # either, of one family
        ("Shahed-136/131 and Kalibr", "unresolved", ""),
        ("Kalibr and Burevestnik", "unresolved", ""),
        ("Kalibr/Shahed-136/131", "unresolved", ""),
        ("Burevestnik", "unresolved", ""),
        ("Geran-9", "drone_oneway", "name"),  # another mark of a known name
        ("Shahed-136/131 and Geran-3", "drone_oneway", "name"),
        ("S-300/S-400", "sam_ballistic_mode", "spelling"),
        ("Kh-101/Kh-555", "cruise", "spelling"),
        ("Kh-47M2/Iskander-M", "ballistic_mixed", "name"),  # either, of two families
        ("Iskander-M/KN-23 and S-400", "sam_and_ballistic_mixed", "parts"),
        ("X-59/69", "guided_air_missile", "parts"),
        ("Oreshnik", "irbm_oreshnik", "name"),
        ("C-400 (RM-48U)", "sam_ballistic_mode", "name"),
        ("Iskander-M, KN-23", "ballistic", "parts"),
        ("9M723 Iskander-M", "ballistic", "name"),  # and not the Iskander of which no mark is said
        ("\u0428\u0430\u0445\u0435\u0434-136", "drone_oneway", "name"),  # in Ukrainian
        ("Geranium", "unresolved", ""),  # a name is a word, not the beginning of one
        ("Kinzhal Shahed", "unresolved", ""),
    ],
)
def test_labels(label: str, family: str, by: str) -> None:
    """Tiny case: labels as written, in other spellings and orders, by parts, or openly unresolved."""
    assert kinds.Labels().find(label) == kinds.Found(family, by)


@pytest.mark.tiny_case
def test_new_labels_are_reported_and_kept(tmp_path: Path) -> None:
    """Tiny case: a label by its parts is said; one without a family stays in the table, in its own family."""
    rows = (made(model="KN-23 and C-400", destroyed="3.0"), made(model="Burevestnik", destroyed="7.0"))
    found = read(tmp_path, *rows)
    assert found.table["family"].to_list() == ["sam_and_ballistic_mixed", "unresolved"]
    assert any("new: read by its parts" in what and rows == (2,) for what, rows in said(found, "merged").items())
    assert any("'Burevestnik'" in what and rows == (3,) for what, rows in said(found, "set aside").items())
    assert "unresolved" in set(record.shares(found)["family"])
    assert len(found.reading.warnings()) == 2  # the label without a family, and a copy that starts late


@pytest.mark.tiny_case
def test_a_user_names_the_family_of_a_new_label(tmp_path: Path) -> None:
    """Tiny case: --families adds labels; a family that there is not is refused with its row."""
    added = tmp_path / "families.csv"
    added.write_text("label,family\nBurevestnik,cruise\n")
    assert read(tmp_path, made(model="Burevestnik"), families=added).table["family"].to_list() == ["cruise"]
    added.write_text("label,family\nBurevestnik,drones\n")
    assert ":2: column family is 'drones'" in problems_of(tmp_path / "copy.csv", families=added)[0]


# ---------------------------------------------------------------- the twelve oddities


@pytest.mark.tiny_case
def test_bracketed_texts_with_nan(tmp_path: Path) -> None:
    """Tiny case (oddity 1): bare NaN and padding blanks in bracketed cells are read; what is cut is refused."""
    split = "{    'Kalibr': 10,    'Iskander-K': 5  }"
    cells = {"destroyed_details": "{'south': 61, 'east': NaN}", "affected region": "['Sumy oblast', \"Kam'yanske\"]"}
    numbers = {"launched": "15.0", "destroyed": "9.0", "not_reach_goal": "", "launched_details": split}
    crossed = "{'belarus': 1.0, 'russia': 3.0}"
    found = read(tmp_path, made(model="Kalibr and Iskander-K", border_crossing=crossed, **numbers, **cells))
    row = found.table.row(0, named=True)
    assert json.loads(row["details"]) == {"Kalibr": 10, "Iskander-K": 5} and row["left_airspace"] == 4
    broken = written(tmp_path / "broken.csv", made(destroyed_details="{'south': 61, 'east'"))
    assert "broken.csv:2: column destroyed_details is" in problems_of(broken)[0]
    odd = {"affected region": "Sumy oblast", "border_crossing": "{'belarus': 1.5}", "destroyed_details": "{'south' 61}"}
    other = read(tmp_path, made(**odd)).reading
    assert sum("no count hangs on it" in warning and "(row 2)" in warning for warning in other.warnings()) == 3


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("start", "end", "given", "first", "last", "night"),
    [
        ("2024-11-01 19:00", "2024-11-02 08:00", (True, True), "11-01 17:00", "11-02 06:00", 2),
        ("2024-11-01", "2024-11-01", (False, False), "10-31 22:00", "11-01 22:00", 1),
        ("2024-11-02", "2024-11-02 3:30", (False, True), "11-01 22:00", "11-02 01:30", 2),
        ("2024-11-01 19:00 ", "2024-11-02 ", (True, False), "11-01 17:00", "11-02 22:00", 2),
    ],
)
def test_windows_are_kyiv_time(
    tmp_path: Path, start: str, end: str, given: tuple[bool, bool], first: str, last: str, night: int
) -> None:
    """Tiny case (oddity 2): two date formats, 3:30 and stray blanks; aware Kyiv times, UTC+2 in November."""
    row = read(tmp_path, made(time_start=start, time_end=end)).table.row(0, named=True)
    assert (row["start_given"], row["end_given"]) == given
    in_utc = [f"{row[name].astimezone(ZoneInfo('UTC')):%m-%d %H:%M}" for name in ("start", "end")]
    assert in_utc == [first, last] and row["night"] == date(2024, 11, night)


@pytest.mark.tiny_case
def test_summer_time_and_the_hour_of_the_change(tmp_path: Path) -> None:
    """Tiny case: UTC+3 in summer (3:30 on 16 May is 0:30 UTC); an hour that stands twice is said."""
    rows = (
        made(time_start="2024-05-16 3:30", time_end="2024-05-16 07:00", not_reach_goal=""),
        made(time_start="2024-10-27 03:30", time_end="2024-10-27 09:00"),
    )
    found = read(tmp_path, *rows)
    start = found.table["start"][0]
    assert isinstance(start, datetime) and start.astimezone(ZoneInfo("UTC")).hour == 0
    assert any("clocks are set" in what and rows == (3,) for what, rows in said(found, "noted").items())


@pytest.mark.tiny_case
def test_counts_that_look_like_flags_and_unknowns(tmp_path: Path) -> None:
    """Tiny case (oddities 4, 5): is_shahed is a count; empty is unknown, never zero; 0.0 is a number."""
    rows = (
        made(is_shahed="25.0", not_reach_goal="0.0", time_start="2025-08-01 20:00", time_end="2025-08-02 08:00"),
        made(model="C-300", launched="", destroyed="0.0", not_reach_goal=""),
        made(model="X-59/X-69", launched="10.0", destroyed="", not_reach_goal=""),
    )
    found = read(tmp_path, *rows)
    table = found.table.select("launched", "destroyed", "lost", "stopped", "unknown", "shahed").rows()
    assert table == [(60, 40, 0, 40, 0, 25), (None, 0, None, None, None, None), (10, None, None, None, 10, None)]
    assert set(said(found, "set aside").values()) == {(3,), (4,)}


@pytest.mark.tiny_case
def test_several_windows_of_one_model_all_count(tmp_path: Path) -> None:
    """Tiny case (oddity 6): overlapping windows of one label with different targets both count, and are said."""
    rows = (
        made(model="Iskander-M/KN-23", launched="2.0", destroyed="0.0", not_reach_goal="", target="Kyiv"),
        made(model="Iskander-M/KN-23", launched="3.0", destroyed="1.0", not_reach_goal="", target="Odesa",
             time_start="2024-11-02 01:00"),
    )  # fmt: skip
    found = read(tmp_path, *rows)
    assert record.nightly(found, families=["ballistic"])["launched"].to_list() == [5]
    assert any("overlaps" in what and rows == (3,) for what, rows in said(found, "noted").items())


@pytest.mark.tiny_case
def test_cyrillic_labels_and_both_spellings_of_the_oreshnik(tmp_path: Path) -> None:
    """Tiny case (oddities 7, 8): Cyrillic labels; two spellings of one label."""
    models = ("Молнія", "Intercontinental Ballistic Missile", "Intercontinental ballistic missile")
    found = read(tmp_path, *(made(model=model, launched="1.0", destroyed="0.0", not_reach_goal="") for model in models))
    assert found.table["family"].to_list() == ["uav_other", "irbm_oreshnik", "irbm_oreshnik"]


@pytest.mark.tiny_case
def test_an_older_vintage_is_the_same_record(tmp_path: Path) -> None:
    """Tiny case (oddity 9): older columns, labels and order give the numbers and families of the newer copy."""
    new = (
        made(model="GBU", launched="3.0", destroyed="2.0", not_reach_goal="", border_crossing="{}"),
        made(border_crossing="{'belarus': 2.0, 'russia': 1.0}"),
        made(model="X-101/X-555 and Kalibr and X-22", launched="72.0", destroyed="60.0", not_reach_goal=""),
    )
    dropped = {"border_crossing", "target_main", "is_shahed", "turbojet", "turbojet_destroyed"}
    header = (*(name for name in HEADER if name not in dropped), "cross_border_belarus", "back_russia")
    old = (
        new[0] | {"model": "KAB"},
        new[1] | {"cross_border_belarus": "2.0", "back_russia": "1.0"},
        new[2] | {"model": "X-101/X-555 and X-22 and Kalibr"},
    )
    (tmp_path / "old").mkdir()
    newer, older = read(tmp_path, *new), read(tmp_path / "old", *old, header=header)
    differing = ["label", "found_by"]
    assert older.table["left_airspace"].to_list() == [None, 3, None]
    assert_frame_equal(newer.table.drop(differing), older.table.drop(differing))
    assert "is_shahed" in older.reading.columns_absent


@pytest.mark.tiny_case
def test_more_outcomes_than_launches_are_held(tmp_path: Path) -> None:
    """Tiny case (oddity 10): destroyed and lost together above launched: kept as reported, stopped held, said."""
    found = read(tmp_path, made(launched="16.0", destroyed="15.0", not_reach_goal="11.0"))
    assert found.table.select("launched", "destroyed", "lost", "stopped").row(0) == (16, 15, 11, 16)
    assert any("exceed launched" in what and rows == (2,) for what, rows in said(found, "noted").items())


@pytest.mark.tiny_case
def test_scopes_and_sources(tmp_path: Path) -> None:
    """Tiny case (oddities 11, 12): the national rule by source or target; other channels and mismatches are said."""
    rows = (
        made(target="south"),
        made(source="PvKPivden/posts/made-up"),
        made(source="PvKPivden/posts/made-up", target="south"),
        made(source="https://t.me/war_monitor/1", target="Sumy"),
        made(source="GeneralStaff.ua/posts/made-up", target="east"),
    )
    found = read(tmp_path, *rows)
    assert found.table["scope"].to_list() == ["national", "national", "regional", "regional", "national"]
    noted = said(found, "noted")
    assert noted["a report on the whole country under a regional source: counted as national"] == (3,)
    assert any("not the Air Force" in what and rows == (5,) for what, rows in noted.items())
    assert record.nightly(found)["launched"].sum() == 180
    assert record.nightly(found, regional=True)["launched"].sum() == 300


@pytest.mark.tiny_case
def test_regimes(tmp_path: Path) -> None:
    """Tiny case: each night lies in one regime; withheld outcomes are marked; lost after the merge is said."""
    nights = ("2023-10-01", "2024-07-09", "2024-07-10", "2024-10-01", "2025-07-23", "2025-07-24")
    found = read(tmp_path, *(made(time_start=night, time_end=night) for night in reversed(nights)))
    assert found.table["regime"].to_list() == [
        "suppressed_merged", "three_outcomes", "three_outcomes", "lost_some_nights", "destroyed_only", "sparse",
    ]  # fmt: skip
    assert any("merged with destroyed" in what and rows == (2,) for what, rows in said(found, "noted").items())
    assert {regime.start for regime in found.regimes if regime.name == "withheld"} == {
        date(2025, 2, 1), date(2025, 2, 11), date(2025, 2, 20),
    }  # fmt: skip


@pytest.mark.tiny_case
def test_repeated_rows_are_set_aside(tmp_path: Path) -> None:
    """Tiny case: a row that is the same in every cell (a file joined with itself) counts once, and is said."""
    found = read(tmp_path, made(), made(launched="61.0"), made())
    assert found.table["row"].to_list() == [2, 3] and found.reading.rows == 3
    assert any("same as an earlier row" in what and rows == (4,) for what, rows in said(found, "set aside").items())
    assert any("same window, label" in what and rows == (3,) for what, rows in said(found, "noted").items())


@pytest.mark.invariant
def test_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    """Invariant: a copy saved by a spreadsheet (CRLF, byte order mark, blank last line) is the same record."""
    plain = read(tmp_path, made(), made(model="Kalibr", launched="5.0", destroyed="5.0", not_reach_goal=""))
    text = (tmp_path / "copy.csv").read_bytes()
    (tmp_path / "saved.csv").write_bytes(b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n") + b"\r\n")
    assert_frame_equal(record.read(tmp_path / "saved.csv").table, plain.table)


# ---------------------------------------------------------------- bad files


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"PK\x03\x04rest", "zip"),
        (b"\x1f\x8b\x08rest", "gzip"),
        (b"PAR1rest", "Parquet"),
        (b"\xff\xfet\x00i\x00", "UTF-16"),
        (b"time_start,\x00\n", "not text"),
        (b"<!DOCTYPE html><html></html>\n", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS"),
        (b'{"a": 1}\n', "JSON"),
        (b"time_start;time_end;model\n1;2;3\n", "semicolons"),
        (b"a,b,a\n1,2,3\n", "twice"),
        (b"a,b,c\n", "no rows"),
        (b"a,b,c\n1,2,3\n", "no record of attacks"),
        (b'time_start,"model\n1,2\n', "quote"),
        (b"model,category,national_origin,type\nKub,UAV,russia,x\n", "table of weapons"),
        (b"month,scope,family,launched\n2022-09,national,cruise,1\n", "sums by month"),
    ],
)
def test_files_that_are_no_record(tmp_path: Path, data: bytes, word: str) -> None:
    """Tiny case: a wrong, empty or binary file is told apart, with what to do."""
    path = tmp_path / "wrong.csv"
    path.write_bytes(data)
    problems = problems_of(path)
    assert len(problems) == 1 and "wrong.csv" in problems[0] and word in problems[0]


@pytest.mark.tiny_case
def test_too_large_or_no_file(tmp_path: Path) -> None:
    """Tiny case: a file above 50 MB is refused without being read; a folder and nothing are told apart."""
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(sheet.MAX_BYTES + 1)
    assert "50,000,001 bytes" in problems_of(large)[0]
    assert "folder" in problems_of(tmp_path)[0]
    assert "no such file" in problems_of(tmp_path / "none.csv")[0]


@pytest.mark.tiny_case
def test_a_truncated_download(tmp_path: Path) -> None:
    """Tiny case: a file that ends inside a row, or whose last row has too few cells, is refused with the row."""
    whole = written(tmp_path / "copy.csv", made(), made(), made(target="south")).read_bytes()
    cut = tmp_path / "cut.csv"
    cut.write_bytes(whole[:-25])
    assert problems_of(cut)[0].startswith(f"{cut}:4: the file ends inside this row")
    cut.write_bytes(whole[: whole.rindex(b"Ukraine")] + b"\n")
    assert ":3: 5 cells, but the header has 22 columns" in problems_of(cut)[0]


@pytest.mark.tiny_case
def test_mixed_encodings(tmp_path: Path) -> None:
    """Tiny case: a row in another encoding is refused with its row and byte."""
    data = written(tmp_path / "copy.csv", made(), made(model="Молнія"), made(model="Фенікс")).read_bytes()
    mixed = tmp_path / "mixed.csv"
    mixed.write_bytes(data.replace("Молнія".encode(), "Молнія".encode("cp1251")))
    (problem,) = problems_of(mixed)
    assert problem.startswith(f"{mixed}:3: byte 0xcc at place") and "UTF-8" in problem


@pytest.mark.tiny_case
def test_a_changed_column_set(tmp_path: Path) -> None:
    """Tiny case: a missing, renamed or unknown column is refused; an unknown one may be left out when asked."""
    renamed = tuple("destroyed_total" if name == "destroyed" else name for name in HEADER)
    problems = problems_of(written(tmp_path / "renamed.csv", made(), header=renamed))
    assert "the column destroyed is missing (renamed to 'destroyed_total'?)" in problems[0] and len(problems) == 2
    more = written(tmp_path / "more.csv", made(), header=(*HEADER, "suppressed"))
    assert "--leave-out 'suppressed'" in problems_of(more)[0]
    assert record.read(more, leave_out=("suppressed",)).reading.columns_left_out == ("suppressed",)
    assert "only a column that is not known" in problems_of(more, leave_out=("suppressed", "launched"))[0]
    without_lost = tuple(name for name in HEADER if name != "not_reach_goal")
    assert "not_reach_goal is missing" in problems_of(written(tmp_path / "lost.csv", made(), header=without_lost))[0]
    early = made(time_start="2023-03-01", time_end="2023-03-02")
    assert read(tmp_path, early, header=without_lost).table["lost"].to_list() == [None]


@pytest.mark.tiny_case
def test_columns_in_other_spellings_and_those_that_programs_add(tmp_path: Path) -> None:
    """Tiny case: capitals, blanks, underscores and order change nothing and are said; an index column is left out."""
    plain = read(tmp_path, made(**{"affected region": "['Sumy oblast']"}), made(model="KN-23", destroyed="1"))
    other = tuple(name.upper().replace(" ", "_") + " " for name in HEADER)
    rows = [
        {new: row.get(name, "") for name, new in zip(HEADER, other, strict=True)} | {"Unnamed: 0": str(k)}
        for k, row in enumerate((made(**{"affected region": "['Sumy oblast']"}), made(model="KN-23", destroyed="1")))
    ]
    path = tmp_path / "other.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ("Unnamed: 0", *reversed(other)))
        writer.writeheader()
        writer.writerows(rows)
    found = record.read(path)
    assert_frame_equal(found.table, plain.table)
    assert found.reading.columns_left_out == ("Unnamed: 0",)
    assert any("'MODEL ' is read as 'model'" in what for what in said(found, "noted"))


@pytest.mark.tiny_case
def test_a_file_with_lines_before_its_header(tmp_path: Path) -> None:
    """Tiny case: a comment above the header is named as what is wrong, not every row under it."""
    data = written(tmp_path / "copy.csv", made()).read_bytes()
    (tmp_path / "led.csv").write_bytes(b"# made on Monday\n" + data)
    (problem,) = problems_of(tmp_path / "led.csv")
    assert "'# made on Monday'" in problem and "lines before the header" in problem


@pytest.mark.tiny_case
def test_what_a_new_copy_changes_about_old_nights(tmp_path: Path) -> None:
    """Tiny case: a later night, another number, another label, a row that is gone, one that came."""
    at = {"source": "kpszsu/posts/1"}
    former = read(
        tmp_path,
        made(**at),
        made(model="KN-23", destroyed="1", **at),
        made(model="Kalibr", **at),
        made(model="X-35", **at),
    )
    later = {"time_start": "2024-11-02 20:00", "time_end": "2024-11-03 08:00"}
    new = read(
        tmp_path,
        made(**later),
        made(destroyed="41", **at),
        made(model="Iskander-M", destroyed="1", **at),
        made(model="X-35", **at),
        made(model="X-31", launched="60", destroyed="7", **at),
    )
    found = record.compared(former, new)
    assert (found.newer, found.renumbered, found.relabelled, found.added) == (1, (3,), (4,), (6,))
    assert (found.gone, found.gone_launched, found.loud) == (1, 60, True)
    assert "1 gone (60 launched)" in found.text()
    assert not record.compared(new, new).loud and "none changed" in record.compared(new, new).text()
    assert "It ends on 2024-11-02, the former on 2024-11-03" in record.compared(new, former).text()


@pytest.mark.tiny_case
def test_all_problems_of_all_rows_at_once(tmp_path: Path) -> None:
    """Tiny case: row, column, value and the way out, for everything that is wrong."""
    bad = written(
        tmp_path / "bad.csv",
        made(),
        made(launched="about 12", destroyed="-1.0"),
        made(launched="NaN"),
        made(destroyed="61.0"),
        made(time_start="2024-11-31", time_end="02.11.2024"),
        made(time_start="2024-11-02 09:00"),
        made(model=" "),
        made(launched="2.5"),
        made(launched="999999"),
        made(time_start="2204-11-01", time_end="2204-11-02"),
    )
    problems = problems_of(bad)
    expected = {
        3: ("column launched is 'about 12'", "column destroyed is '-1.0'"),
        4: ("column launched is 'NaN'",),
        5: ("destroyed and launched are 61 and 60",),
        6: ("column time_start is '2024-11-31'", "column time_end is '02.11.2024'"),
        7: ("ends (2024-11-02 08:00) before it starts",),
        8: ("column model is empty",),
        9: ("column launched is '2.5'",),
        10: ("column launched is '999999'",),
        11: ("mistyped year",),
    }
    for row, words in expected.items():
        for word in words:
            assert any(problem.startswith(f"{bad}:{row}: ") and word in problem for problem in problems), (row, word)
    assert len(problems) == sum(len(words) for words in expected.values())


@pytest.mark.tiny_case
def test_thousands_of_problems_are_cut(tmp_path: Path) -> None:
    """Tiny case: the first problems are printed and the others counted."""
    problems = problems_of(written(tmp_path / "bad.csv", *[made(launched="x")] * 500))
    assert len(problems) == sheet.MOST_PROBLEMS + 1 and "460 more" in problems[-1]


@pytest.mark.invariant
@given(st.binary(max_size=400))
def test_no_bytes_make_a_traceback(data: bytes) -> None:
    """Invariant: whatever the file holds, the answer is a record or a RecordError."""
    path = Path(os.environ["VALLUM_HOME"]) / "bytes.csv"
    path.write_bytes(b",".join(name.encode() for name in HEADER) + b"\n" + data)
    with suppress(RecordError):
        record.read(path)


@pytest.mark.invariant
@given(st.dictionaries(st.sampled_from(HEADER), st.text(max_size=30), max_size=6))
def test_no_cells_make_a_traceback(cells: dict[str, str]) -> None:
    """Invariant: whatever single cells hold, the answer is a record or a RecordError."""
    with suppress(RecordError):
        record.read(written(Path(os.environ["VALLUM_HOME"]) / "cells.csv", made(**cells)))


# ---------------------------------------------------------------- storing


@pytest.mark.tiny_case
def test_keeping_is_whole_and_keeps_the_former(tmp_path: Path, home: Path) -> None:
    """Tiny case: the same import changes nothing, another keeps the former as previous, a bad one changes nothing."""
    first = read(tmp_path, made())
    kept = record.keep(first)
    assert not kept.unchanged and kept.previous is None and kept.folder == home / "ukraine"
    before = tree(home)
    assert record.keep(first).unchanged and tree(home) == before
    second = record.keep(read(tmp_path, made(), made(launched="61.0")))
    assert second.previous is not None
    assert record.load("ukraine").table.height == 2 and record.load("ukraine", previous=True).table.height == 1
    after = tree(home)
    with pytest.raises(RecordError):
        record.keep(read(tmp_path, made(launched="x")))
    assert tree(home) == after
    assert [path.name for path in home.iterdir()] == ["ukraine"]


@pytest.mark.tiny_case
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_while_writing_leaves_what_was_there(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    """Tiny case: when the new folder cannot be put in its place, or we are interrupted, the old one comes back."""
    record.keep(read(tmp_path, made()))
    before = tree(home)
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise failure
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(RunError if isinstance(failure, OSError) else KeyboardInterrupt):
        record.keep(read(tmp_path, made(launched="61.0")))
    assert tree(home) == before and [path.name for path in home.iterdir()] == ["ukraine"]


@pytest.mark.invariant
def test_a_kept_record_is_the_read_one(tmp_path: Path, home: Path) -> None:
    """Invariant: table, zone, regimes, report and licence come back as they were; the same bytes each time."""
    one = read(tmp_path, made(), made(model="KN-23 and C-400", destroyed="3.0"))
    folder = record.keep(one, "one").folder
    again = record.load()
    assert_frame_equal(again.table, one.table)
    assert (again.regimes, again.reading, again.licence, again.zone) == (
        one.regimes, one.reading, one.licence, one.zone,
    )  # fmt: skip
    assert "CC BY-NC-SA" in (folder / "NOTICE.txt").read_text()
    assert json.loads((folder / "record.json").read_text())["source"]["sha256"] == one.reading.sha256
    other = record.keep(one, "two").folder
    assert (other / "record.parquet").read_bytes() == (folder / "record.parquet").read_bytes()


@pytest.mark.tiny_case
def test_what_cannot_be_opened(tmp_path: Path, home: Path) -> None:
    """Tiny case: no record, several, an unknown name, a bad name and a damaged table are said with the way out."""
    with pytest.raises(RecordError, match="vallum record import"):
        record.load()
    one = read(tmp_path, made())
    record.keep(one, "one"), record.keep(one, "two")
    with pytest.raises(RecordError, match="one, two"):
        record.load()
    with pytest.raises(RecordError, match="no record 'three'"):
        record.load("three")
    for name in ("../up", "", "A b", "x" * 41, "previous/x"):
        with pytest.raises(RecordError, match="cannot name a record"):
            record.keep(one, name)
    with pytest.raises(RecordError, match="no previous"):
        record.load("one", previous=True)
    (home / "one" / "record.parquet").write_bytes(b"cut")
    (home / "two" / "report.json").write_text("[]")
    for name in ("one", "two"):
        with pytest.raises(RecordError, match="import the file again"):
            record.load(name)


@pytest.mark.tiny_case
def test_context_stands_beside_and_stays(tmp_path: Path, home: Path) -> None:
    """Tiny case: casualties and sirens are shown as context, enter no number, and outlive a new import."""
    record.keep(read(tmp_path, made()))
    plain = record.summarise(record.load(), with_context=False).as_dict()
    casualties = tmp_path / "casualties.csv"
    casualties.write_text(
        "period,killed,injured,note,published,source_url\n2024-05,10,,early,2024-06,x\n2024-05,12,30,,2025-01,x\n"
    )
    sirens = tmp_path / "sirens.csv"
    sirens.write_text(
        "source,region,month,alerts,hours,longest_h\nofficial,A,2024-05,3,4.5,2\nofficial,B,2024-05,1,1,1\n"
    )
    assert dict(record.add_context(casualties).rows[0]) == {
        "period": "2024-05", "killed": 12, "injured": 30, "published": "2025-01", "note": "",
    }  # fmt: skip
    assert dict(record.add_context(sirens).rows[0])["hours"] == 5.5
    record.keep(read(tmp_path, made(), made(launched="61.0", target="south")))
    shown = record.summarise(record.load())
    assert [one.kind for one in shown.context] == ["casualties", "sirens"]
    assert record.summary_text(shown).count("Context, never modelled") == 2
    record.keep(read(tmp_path, made()))
    assert record.summarise(record.load()).as_dict() | {"context": []} == plain
    casualties.write_text("period,killed,injured,note,published,source_url\nMay,-1,,x,x,x\n")
    with pytest.raises(RecordError) as caught:
        record.add_context(casualties)
    assert len(caught.value.problems) == 2
    with pytest.raises(RecordError, match="a context has"):
        record.read_context(written(tmp_path / "copy.csv", made()))


# ---------------------------------------------------------------- counts, night table, summary


def random_rows() -> st.SearchStrategy[list[dict[str, str]]]:
    night = st.integers(0, 120).map(lambda k: (date(2025, 6, 1) + timedelta(days=k)).isoformat())
    model = st.sampled_from(["Shahed-136/131", "Kalibr", "KN-23", "C-300", "C-400 and Iskander-M", "Lancet"])
    numbers = st.tuples(st.integers(0, 50), st.integers(0, 50), st.booleans())
    return st.lists(st.tuples(night, model, numbers), min_size=1, max_size=25).map(
        lambda rows: [
            made(time_start=night, time_end=night, model=model, launched=f"{max(a, b)}.0",
                 destroyed="" if hidden else f"{min(a, b)}.0", not_reach_goal="", launch_place=str(k))
            for k, (night, model, (a, b, hidden)) in enumerate(rows)
        ]
    )  # fmt: skip


@pytest.mark.invariant
@settings(max_examples=20)
@given(random_rows(), st.integers(0, 120))
def test_nothing_after_the_cut_off_is_used(rows: list[dict[str, str]], k: int) -> None:
    """Invariant: counts, shares, raid sizes and nights to a date do not change when later rows are taken away."""
    until = date(2025, 6, 1) + timedelta(days=k)
    path = Path(os.environ["VALLUM_HOME"]) / "rows.csv"
    whole = record.read(written(path, *rows))
    kept = [row for row in rows if date.fromisoformat(row["time_end"]) <= until]
    if not kept:
        with pytest.raises(RecordError, match="no row up to"):
            record.monthly(whole, until)
        return
    cut = record.read(written(path, *kept))
    assert all(month <= f"{until:%Y-%m}" for month in record.monthly(whole, until)["month"])
    nights = record.nightly(whole, until)
    assert all(night <= until for night in nights["night"])
    inside = nights.filter(pl.col("night") <= cut.last)  # a cut-off keeps the quiet nights up to it
    assert_frame_equal(inside, record.nightly(cut))
    later = nights.filter(pl.col("night") > cut.last)
    assert later["launched"].sum() == 0 and later["reports"].sum() == 0
    assert_frame_equal(record.raid_sizes(whole, until=until), record.raid_sizes(cut))
    early, alone = record.shares(whole, until=until), record.shares(cut)  # quiet nights may reach another regime
    assert_frame_equal(early.drop("regime"), alone.drop("regime"))


@pytest.mark.invariant
@settings(max_examples=20)
@given(random_rows())
def test_counts_add_up(rows: list[dict[str, str]]) -> None:
    """Invariant: nights add up to months and to the table; stopped <= known <= launched; groups hold their families."""
    found = record.read(written(Path(os.environ["VALLUM_HOME"]) / "rows.csv", *rows))
    nights, months = record.nightly(found), record.monthly(found)
    national = found.rows().filter(pl.col("family") != "uav_other")
    for name in ("launched", "destroyed", "unknown"):
        assert nights[name].sum() == months[name].sum() == national[name].sum()
    assert (nights["stopped"] <= nights["known"]).all() and (nights["known"] <= nights["launched"]).all()
    assert (nights["known"] + nights["unknown"] == nights["launched"]).all()
    everything = record.nightly(found, families=["all_ballistic_with_sam"])["launched"].sum()
    assert (
        everything
        == national.filter(pl.col("family") != "drone_oneway").filter(pl.col("family") != "cruise")["launched"].sum()
    )
    assert nights.height == nights["night"].n_unique() * nights["family"].n_unique()


@pytest.mark.tiny_case
def test_the_night_table_is_read_by_replay(tmp_path: Path, home: Path) -> None:
    """Tiny case (R1): a kept record's nights.csv is a night table; mixed numbers are split and keep their sum."""
    split = "{'C-300': 4, 'Iskander-M': 1}"
    rows = (
        made(model="Kalibr", launched="30.0", destroyed="0.0", time_start="2024-11-05", time_end="2024-11-05"),
        made(model="Iskander-M", launched="10.0", destroyed="0.0", not_reach_goal="", time_end="2024-11-03 02:00"),
        made(model="Iskander-M and Iskander-K", launched="8.0", destroyed="0.0", not_reach_goal=""),
        made(model="C-300 and Iskander-M", launched="5.0", destroyed="0.0", launched_details=split),
        made(model="Unknown Missile", launched="9.0", destroyed="0.0"),
        made(target="south", source="PvKPivden/posts/x"),
    )  # fmt: skip
    kept = record.keep(read(tmp_path, *rows))
    first, launched = read_night_table(kept.nights, ("ballistic", "cruise", "sam_ballistic", "drone"))
    assert first == date(2024, 11, 2)
    # of 8, 11/41 are ballistic by the month's unmixed 10 + 0 against 30: 2; the published split gives 1 and 4
    assert launched.tolist() == [[2 + 1, 6, 4, 0], [10, 0, 0, 0], [0, 0, 0, 0], [0, 30, 0, 0]]


@pytest.mark.theory
@pytest.mark.parametrize(("stopped", "launched"), [(0, 1), (0, 10), (10, 10), (97, 101), (3, 7), (33781, 50885)])
def test_wilson_is_the_score_interval(stopped: int, launched: int) -> None:
    """Theory: at both edges the score statistic is exactly the normal quantile (Wilson 1927)."""
    band = record.wilson(stopped, launched)
    assert band is not None
    z = NormalDist().inv_cdf(0.95)
    for edge, trivial in ((band[0], stopped == 0), (band[1], stopped == launched)):
        if trivial:
            assert edge in (0.0, 1.0)
        else:
            distance = abs(stopped - launched * edge)
            assert distance == pytest.approx(z * (launched * edge * (1.0 - edge)) ** 0.5, rel=1e-9)
    assert 0.0 <= band[0] <= stopped / launched <= band[1] <= 1.0
    assert record.wilson(0, 0) is None


@pytest.mark.tiny_case
def test_shares_of_a_tiny_record(tmp_path: Path) -> None:
    """Tiny case: 40 destroyed and 15 lost of 60; outcomes not given leave the denominator; regimes are named."""
    rows = (made(), made(model="Kalibr", launched="4.0", destroyed="1.0", not_reach_goal=""),
            made(model="Kalibr", launched="6.0", destroyed="", not_reach_goal="", target="south"))  # fmt: skip
    found = {row["family"]: row for row in record.shares(read(tmp_path, *rows), "half").iter_rows(named=True)}
    drone, cruise = found["drone_oneway"], found["cruise"]
    assert drone["period"] == "2024H2" and drone["regime"] == "three_outcomes"
    assert (drone["share"], drone["stopped_share"]) == (40 / 60, 55 / 60)
    assert (cruise["launched"], cruise["known"], cruise["unknown"], cruise["share"]) == (10, 4, 6, 0.25)
    with pytest.raises(RecordError, match="year, half or month"):
        record.shares(read(tmp_path, *rows), "week")  # type: ignore[arg-type]
    with pytest.raises(RecordError, match="no family 'drones'"):
        record.nightly(read(tmp_path, *rows), families=["drones"])


@pytest.mark.tiny_case
def test_lulls_and_waves(tmp_path: Path) -> None:
    """Tiny case: lulls between launches, nights in them with a report of something else, and large nights."""
    launches = {1: 1, 2: 10, 6: 2, 12: 10}
    rows = [made(time_start=f"2024-11-{d:02d}", time_end=f"2024-11-{d:02d}", model="KN-23", launched=f"{n}.0",
                 destroyed="0.0", not_reach_goal="") for d, n in launches.items()]  # fmt: skip
    found = read(tmp_path, *rows, made(time_start="2024-11-04", time_end="2024-11-04"))
    lulls = record.lulls(found, ["all_ballistic"])
    assert [(lull.start.day, lull.end.day, lull.nights_reported) for lull in lulls] == [(7, 11, 0), (3, 5, 1)]
    (wave,) = record.waves(found, ["all_ballistic"]).iter_rows(named=True)
    assert (wave["threshold"], wave["nights"], wave["median_gap"], wave["longest_gap"]) == (10.0, 2, 10.0, 10)
    (size,) = record.raid_sizes(found, ["all_ballistic"]).iter_rows(named=True)
    assert (size["dates"], size["mean"], size["largest"], size["dates_large"], size["large_none_destroyed"]) == (
        4, 5.75, 10, 2, 2,
    )  # fmt: skip


@pytest.mark.tiny_case
def test_summary_says_reported_share_and_is_written_whole(tmp_path: Path, home: Path) -> None:
    """Tiny case: text, JSON, tables and charts; *reported interception share*, never kill probability."""
    found = read(tmp_path, made(), made(model="KN-23", launched="9.0", destroyed="0.0", not_reach_goal=""))
    summary = record.summarise(found)
    text = record.summary_text(summary)
    assert "reported interception share, never a kill probability" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 100
    out = write_recorded(summary, tmp_path / "out")
    assert {path.suffix for path in out.rglob("*") if path.is_file()} == {".json", ".txt", ".csv", ".svg"}
    assert len(list((out / "charts").glob("*.svg"))) == 3
    before = tree(out)
    write_recorded(summary, out)
    assert tree(out) == before
    (out / "mine.txt").write_text("thesis")
    with pytest.raises(RunError, match="mine"):
        write_recorded(summary, out)
    assert (out / "mine.txt").read_text() == "thesis"


# ---------------------------------------------------------------- other theatres


LONDON = """
name: london-1944
time_zone: Europe/London
source: press conference of 7 September 1944
licence: facts
columns: {night: day, launched: came, destroyed: brought_down}
date_format: "%d.%m.%Y"
family: drone_oneway
regimes: [{name: all_guns, from: 1944-08-01, what: guns on the coast}]
"""


@pytest.mark.tiny_case
def test_another_theatre_by_a_mapping_file(tmp_path: Path, home: Path) -> None:
    """Tiny case (V8): 97 of 101 on 28 August 1944 through a mapping; what the count says is a posterior, not p."""
    (tmp_path / "london.yaml").write_text(LONDON)
    (tmp_path / "london.csv").write_text("day,came,brought_down,weather\n28.08.1944,101,97,fair\n29.08.1944,,,fair\n")
    found = record.read(tmp_path / "london.csv", tmp_path / "london.yaml")
    assert record.keep(found).name == "london-1944" and found.reading.columns_left_out == ("weather",)
    (share,) = record.shares(found).iter_rows(named=True)
    assert (share["destroyed"], share["known"], share["regime"]) == (97, 101, "all_guns")
    posterior = exact.claims_posterior(share["known"], share["destroyed"])
    low, _, high = (value for _, value in posterior["quantiles"])
    assert (posterior["mean"], low, high) == pytest.approx((0.951456, 0.912508, 0.980489), abs=5e-7)
    assert exact.true_rate(0.85, 0.9, 0.8)["rate"] == pytest.approx(0.928571, abs=5e-7)
    assert exact.claims_posterior(claims=20, p=0.5, false_claim=0.3)["mean_true"] == pytest.approx(15.384615, abs=5e-7)


@pytest.mark.tiny_case
def test_a_mapping_with_labels_scopes_and_hours(tmp_path: Path) -> None:
    """Tiny case: labels of the theatre, a scope column, windows with hours."""
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        "time_zone: Asia/Jerusalem\nsource: made up\nlicence: none\n"
        "columns: {night: d, launched: n, destroyed: k, label: w, scope: who, start: from}\n"
        "families: {Emad: ballistic}\nnational: [army]\n"
    )
    data = tmp_path / "d.csv"
    data.write_text("d,from,n,k,w,who\n2025-06-14,2025-06-13 21:00,40,30,Emad,army\n2025-06-14,,5,5,Emad,town\n")
    table = record.read(data, mapping).table
    assert table["scope"].to_list() == ["national", "regional"] and set(table["family"]) == {"ballistic"}
    assert table["start_given"].to_list() == [True, False]


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("change", "word"),
    [
        (("time_zone: Europe/London", "time_zone: Europe/Lundon"), "'Europe/Lundon' is not known"),
        (("brought_down}", "shot}"), "the mapping says that destroyed is the column 'shot'"),
        (("family: drone_oneway", "family: rockets"), "no such family"),
        (("family: drone_oneway", ""), "either `family`"),
        (("licence: facts", ""), "licence: field required"),
        (("licence: facts", "license: facts"), "license: extra inputs"),
        (("%d.%m.%Y", "%Y/%m/%d"), "dates are written %Y/%m/%d"),
        (("name: london-1944", "name: [1"), "m.yaml:"),
        (("name: london-1944", "name: &a x\nother: *a"), "aliases"),
        (("name: london-1944", "name: x\nname: y"), "m.yaml:"),
    ],
)
def test_bad_mappings(tmp_path: Path, change: tuple[str, str], word: str) -> None:
    """Tiny case: what is wrong in a mapping file is said, with its place."""
    (tmp_path / "m.yaml").write_text(LONDON.replace(*change))
    (tmp_path / "d.csv").write_text("day,came,brought_down\n28.08.1944,101,97\n")
    assert word in "\n".join(problems_of(tmp_path / "d.csv", mapping=tmp_path / "m.yaml"))


@needs_shared
@pytest.mark.cross_check
def test_the_gulf_statements_add_up() -> None:
    """Cross-check: to 10 March 2026 the windows add up to the cumulative statements; after it no outcome is made up."""
    found = record.read(SHARED / "second_theatre" / "uae_2026_mod_statements.csv")
    months = record.monthly(found, until=date(2026, 3, 10))
    sums = {row["family"]: row for row in months.iter_rows(named=True)}
    totals = {name: (row["launched"], row["destroyed"], row["lost"]) for name, row in sums.items()}
    assert totals == {"ballistic": (262, 241, 19), "drone_oneway": (1475, 1385, 0), "cruise": (8, 8, 0)}
    later = found.table.filter(pl.col("night") > date(2026, 3, 10))
    assert later["destroyed"].null_count() == later.height and set(later["regime"]) == {"engaged_totals"}
    assert found.table.filter(pl.col("family") == "drone_oneway")["launched"].sum() == 2012 + 56
    day = found.table.filter((pl.col("night") == date(2026, 3, 9)) & (pl.col("family") == "ballistic"))
    assert day.select("launched", "destroyed", "lost", "stopped").row(0) == (15, 12, 3, 15)


@needs_shared
@pytest.mark.tiny_case
def test_bad_gulf_statements(tmp_path: Path) -> None:
    """Tiny case: a cumulative count that falls, an unsorted date and a missing column are refused."""
    lines = (SHARED / "second_theatre" / "uae_2026_mod_statements.csv").read_text("utf-8").splitlines()
    bad = tmp_path / "uae.csv"
    bad.write_text("\n".join([*lines[:4], lines[5].replace("189,175", "170,160"), *lines[6:]]) + "\n")
    assert any("lower than the statements before it" in problem for problem in problems_of(bad))
    bad.write_text("\n".join([lines[0], lines[6], lines[4]]) + "\n")
    assert any("before the row above" in problem for problem in problems_of(bad))
    bad.write_text(lines[0].replace("cum_cm_detected", "x") + "\n" + lines[1] + "\n")
    assert "cum_cm_detected is missing" in problems_of(bad)[0]


# ---------------------------------------------------------------- against the real copy


@needs_copy
@pytest.mark.cross_check
def test_monthly_sums_to_the_unit(ukraine: record.Record) -> None:
    """Cross-check: every cell of the reference sums by month and family, national and regional."""
    every = [name for name in record.families() if name not in ("uav_other", "unresolved")]
    national = record.monthly(ukraine, families=every)
    both = record.monthly(ukraine, families=every, regional=True)
    sums = ("reports", "launched", "destroyed", "lost", "airborne", "launched_missing", "destroyed_missing")
    regional = both.with_columns(pl.col(name) - national[name] for name in sums)
    ours = {
        (row["month"], scope, row["family"]): tuple(row[name] for name in sums)
        for scope, frame in (("national", national), ("regional", regional))
        for row in frame.iter_rows(named=True)
        if row["reports"]
    }
    names = (
        "reports",
        "launched",
        "destroyed",
        "not_reach_goal",
        "still_attacking",
        "launched_missing",
        "destroyed_missing",
    )
    with (SHARED / "attacks" / "monthly_by_family.csv").open(encoding="utf-8", newline="") as file:
        theirs = {
            (row["month"], row["scope"], row["family"]): tuple(int(row[name]) for name in names)
            for row in csv.DictReader(file)
        }
    assert len(theirs) == 333 and ours == theirs


@needs_copy
@pytest.mark.cross_check
def test_july_2025(ukraine: record.Record) -> None:
    """Cross-check: 6,297 drones and 198 missiles in July 2025, as AFP counted; with regional rows 6,303 and 208."""
    wanted = ["drone_oneway", "missiles"]
    for regional, expected in ((False, [6297, 198]), (True, [6303, 208])):
        months = record.monthly(ukraine, families=wanted, regional=regional)
        assert months.filter(pl.col("month") == "2025-07")["launched"].to_list() == expected
    august = record.monthly(ukraine, families=["missiles"]).filter(pl.col("month") == "2025-08")
    assert august["launched"].to_list() == [158]


def share_tables() -> Iterator[tuple[str, str, str]]:
    """Cells of the README's two tables of reported shares: family, period, text."""
    heads: list[str] = []
    for line in (SHARED / "README.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0] == "family" and len(cells) > 3:
            heads = cells
        elif heads and line.startswith("| ") and not cells[0].startswith("-"):
            yield from ((cells[0], head, text) for head, text in zip(heads[1:], cells[1:], strict=True) if text)
        elif heads and not line.startswith("|"):
            heads = []


@needs_copy
@pytest.mark.cross_check
def test_shares_of_the_reference_by_year_and_half_year(ukraine: record.Record) -> None:
    """Cross-check: destroyed/launched, lost and outcomes not given of every cell of the reference's tables."""
    groups = {
        "**all ballistic, without S-300/400-only rows**": "all_ballistic",
        "**all ballistic, with S-300/400-only rows**": "all_ballistic_with_sam",
    }
    names = [*record.families(), *groups.values()]
    frames = [record.shares(ukraine, by, names) for by in ("year", "half")]
    ours = {(row["period"], row["family"]): row for frame in frames for row in frame.iter_rows(named=True)}
    seen = 0
    for family, period, text in share_tables():
        row = ours[period, groups.get(family, family)]
        share = re.match(r"(\d+)/(\d+) (\d+)%", text)
        if share:
            assert (row["destroyed"], row["known"]) == (int(share[1]), int(share[2])), (family, period)
            assert abs(100 * row["share"] - int(share[3])) <= 0.5, (family, period)
        if lost := re.search(r"\(\+(\d+) lost", text):
            assert row["lost"] == int(lost[1]), (family, period)
        missing = re.search(r"\[\+(\d+) outcome not given", text)
        assert row["unknown"] == (int(missing[1]) if missing else 0), (family, period)
        seen += 1
    assert seen > 100


@needs_copy
@pytest.mark.cross_check
def test_raid_sizes_of_the_reference(ukraine: record.Record) -> None:
    """Cross-check: dates, means, 90 % points, maxima, dates with 8 or more. The reference's mean of 2024 counts three
    dates whose number was not given as zeros; ours leaves them out, so there the sum over its dates is compared."""
    found = {(row["family"], row["year"]): row for row in record.raid_sizes(ukraine).iter_rows(named=True)}
    expected: dict[str, list[tuple[Any, ...]]] = {
        "all_ballistic_with_sam": [(37, 5.9, 12, 35, 8, 6), (146, 3.8, 7, 41, 13, 7), (132, 4.4, 9, 28, 20, 5)],
        "all_ballistic": [(25, 4.1, 9, 19, 3, 1), (100, 3.2, 6, 22, 7, 2), (122, 4.1, 9, 28, 18, 3)],
        "drone_oneway": [(None, *sizes, None, None) for sizes in ((19, 36, 75), (40, 90, 193), (152, 336, 810))],
    }  # fmt: skip
    for family, years in expected.items():
        for year, (dates, mean, p90, largest, large, none) in zip((2023, 2024, 2025), years, strict=True):
            row = found[family, year]
            theirs = row["mean"] * row["dates"] / row["dates_reported"]
            assert abs(theirs - mean) <= (0.05 if mean < 10 else 0.5) + 1e-9, (family, year)
            assert abs(row["p90"] - p90) <= 0.5 and row["largest"] == largest, (family, year)
            if dates is not None:
                assert (row["dates_reported"], row["dates_large"], row["large_none_destroyed"]) == (dates, large, none)


@needs_copy
@pytest.mark.cross_check
def test_the_report_of_the_real_copy(ukraine: record.Record) -> None:
    """Cross-check: 3,175 rows, 1,898 national; the known oddities are found; nothing is unresolved."""
    reading = ukraine.reading
    assert (reading.rows, reading.kept, dict(reading.scopes)) == (3175, 3175, {"national": 1898, "regional": 1277})
    noted, aside = said(ukraine, "noted"), said(ukraine, "set aside")
    assert not any("unresolved" in what for what in aside) and reading.columns_absent == ()
    assert len(next(rows for what, rows in noted.items() if "exceed launched" in what)) == 1
    assert len(next(rows for what, rows in aside.items() if what.startswith("outcome not given"))) == 6
    assert len(next(rows for what, rows in aside.items() if what.startswith("launched not given"))) == 3
    early = record.monthly(ukraine, until=date(2023, 12, 31), families=["drone_oneway"])
    assert int(early["nights"].sum()) - int(early["nights_reported"].sum()) == 207  # "207 of 460 days have none"
    lengths = ukraine.table.filter(pl.col("start_given") & pl.col("end_given")).select(pl.col("end") - pl.col("start"))
    assert all(length <= timedelta(hours=34.5) for length in lengths.to_series())


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("month", "ballistic"),
    [("2024-11", 3), ("2025-06", 9), ("2024-08", 6)],  # 1 to 3 that month, 3 to 1 in the year before, nothing known
)
def test_a_mixed_number_is_split_by_what_is_known(tmp_path: Path, month: str, ballistic: int) -> None:
    """Tiny case (R1): twelve of a mixed label, by the month's unmixed launches, the year's before, or half and half."""

    def at(when: str, **cells: str) -> dict[str, str]:
        return made(time_start=f"{when} 01:00", time_end=f"{when} 05:00", destroyed="", not_reach_goal="", **cells)

    unmixed = [("2024-09-03", 8, 0), ("2024-11-02", 1, 3)]
    rows = [at(day, model="KN-23", launched=str(one)) for day, one, _ in unmixed]
    rows += [at(day, model="C-300", launched=str(other)) for day, _, other in unmixed]
    rows.append(at(f"{month}-05", model="C-300 and Iskander-M", launched="12"))
    nights = record.class_nights(read(tmp_path, *rows)).filter(pl.col("night") == date.fromisoformat(f"{month}-05"))
    assert dict(nights.select("class", "launched").iter_rows()) == {
        "ballistic": ballistic,
        "sam_ballistic": 12 - ballistic,
    }


@needs_copy
@pytest.mark.cross_check
def test_class_nights_add_up_to_the_packaged_months(ukraine: record.Record) -> None:
    """Cross-check: launches by month and class equal data/record/monthly.csv, but for the months in which a report
    published the split of a mixed number, which the packaged sums estimate."""
    nights = record.class_nights(ukraine).with_columns(month=pl.col("night").dt.strftime("%Y-%m"))
    ours = {(m, c): n for m, c, n in nights.group_by("month", "class").agg(pl.col("launched").sum()).iter_rows()}
    mixed = ukraine.rows().filter(pl.col("family").is_in(["sam_and_ballistic_mixed", "ballistic_and_cruise_mixed"]))
    published = set(mixed.filter(pl.col("details") != "")["night"].dt.strftime("%Y-%m"))
    with (PACKAGED / "monthly.csv").open(encoding="utf-8", newline="") as file:
        theirs = {(row["month"], row["class"]): int(row["launched"]) for row in csv.DictReader(file)}
    differ = {month for (month, name), number in theirs.items() if ours.get((month, name), 0) != number}
    assert published and differ <= published
    for month in {month for month, _ in theirs}:
        assert sum(n for (m, _), n in ours.items() if m == month) == sum(
            n for (m, _), n in theirs.items() if m == month
        )


@needs_copy
@pytest.mark.cross_check
def test_the_command_line_is_quick_and_agrees(tmp_path: Path, ukraine: record.Record) -> None:
    """Cross-check: import and summary of the real copy take under 2 s of processor time each, start included."""
    for arguments in (("import", str(COPY), "--json"), ("summary", "--json")):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = command(*arguments, home=tmp_path)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.returncode == 0, done.stderr
        assert after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < 2.0
        answer = json.loads(done.stdout)
        assert answer["schema"] == 1
    july = [row for row in answer["months"] if (row["period"], row["family"]) == ("2025-07", "missiles")]
    assert july[0]["launched"] == 198
    assert answer["source_sha256"] == ukraine.reading.sha256


# ---------------------------------------------------------------- the command line


@pytest.mark.tiny_case
def test_commands_from_import_to_summary(tmp_path: Path) -> None:
    """Tiny case: import, list, summary; a bad file is exit 2 with row and column, and changes nothing."""
    good = written(
        tmp_path / "good.csv", made(), made(model="KN-23", launched="9.0", destroyed="1.0", not_reach_goal="")
    )
    home = tmp_path / "home"
    done = command("import", str(good), "--into", "mine", home=home)
    assert done.returncode == 0 and "Set aside" not in done.stdout and "nights.csv" in done.stderr
    listed = json.loads(command("list", "--json", home=home).stdout)
    assert [one["name"] for one in listed["records"]] == ["mine"]
    before = tree(home)
    bad = written(tmp_path / "bad.csv", made(launched="x"))
    refused = command("import", str(bad), "--into", "mine", home=home)
    assert refused.returncode == 2 and "bad.csv:2: column launched is 'x'" in refused.stderr
    assert "Traceback" not in refused.stderr and tree(home) == before
    shown = command("summary", "mine", "--until", "2024-11-02", "--out", str(tmp_path / "out"), home=home)
    assert shown.returncode == 0, shown.stderr
    assert "Reported interception share by year" in shown.stdout and (tmp_path / "out" / "summary.json").is_file()
    refused = command("summary", "mine", "--until", "May", home=home)
    assert refused.returncode == 2 and "YYYY-MM-DD" in refused.stderr


@pytest.mark.tiny_case
def test_what_may_change_the_record_is_said_aloud_even_when_quiet(tmp_path: Path) -> None:
    """Tiny case: a label nobody knows, then a copy that holds less than the former: on standard error, with -q."""
    home, later = tmp_path / "home", {"time_start": "2024-11-02 20:00", "time_end": "2024-11-03 08:00"}
    first = written(tmp_path / "first.csv", made(), made(model="Burevestnik", destroyed="7.0", **later))
    done = command("import", str(first), "-q", home=home)
    assert done.returncode == 0 and "Look at this: label 'Burevestnik'" in done.stderr and "Kept as" not in done.stderr
    done = command("import", str(written(tmp_path / "second.csv", made())), "-q", "--json", home=home)
    aloud = " ".join(done.stderr.split())
    assert "It ends on 2024-11-02, the former on 2024-11-03" in aloud and "1 gone (60 launched)" in aloud
    assert json.loads(done.stdout)["changes"]["gone"] == 1


@pytest.mark.architecture
def test_help_and_the_front_door_do_not_wait_for_polars() -> None:
    """Architecture: only the commands of the record load polars; without it they say what to install."""
    code = "import sys, vallum.cli; sys.exit('polars' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    code = "import sys; sys.modules['polars'] = None; import vallum.cli; vallum.cli.main(['record', 'list'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "vallum[data]" in done.stderr


@pytest.mark.architecture
def test_tables_name_only_known_families_and_classes() -> None:
    """Architecture: every label, group, mixture and class of the packaged tables is one that there is."""
    from vallum.terms import PRIORITY

    known = kinds.families()
    rows = list(csv.DictReader((PACKAGED / "families.csv").read_text("utf-8").splitlines()))
    assert {row["family"] for row in rows} <= set(known)
    assert len({row["label"] for row in rows}) == len(rows)
    names = kinds.other_names()
    assert len(dict(names)) == len(names) and {family for _, family in names} <= set(known)
    assert all(kinds.Labels().find(name).family == family for name, family in names)
    for family in known.values():
        assert family.holds <= set(known) and set(family.classes) <= set(PRIORITY)
    assert set(attacks.REQUIRED) <= set(HEADER) and store.NIGHTS == "nights.csv"


@pytest.mark.docs
def test_the_python_of_the_page_runs(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Docs: the example of docs/questions/record.md runs on a made-up copy."""
    page = (ROOT / "docs" / "questions" / "record.md").read_text("utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    written(tmp_path / "missile_attacks_daily.csv", made())
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["months"]["family"].to_list() == ["drone_oneway", "all_ballistic"]
    assert names["shares"]["share"].to_list() == [40 / 60]


@pytest.mark.docs
def test_the_mapping_of_the_page_is_one(tmp_path: Path) -> None:
    """Docs: the mapping file of docs/questions/record.md reads the table that it is about."""
    page = (ROOT / "docs" / "questions" / "record.md").read_text("utf-8")
    (tmp_path / "london.yaml").write_text(page.split("```yaml\n")[2].split("```")[0])
    (tmp_path / "london.csv").write_text("day,came,brought_down\n28.08.1944,101,97\n")
    assert record.read(tmp_path / "london.csv", tmp_path / "london.yaml").table["destroyed"].to_list() == [97]
