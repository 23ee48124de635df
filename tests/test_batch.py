"""Batches: rows from tables and designs, the same bytes however they are run, and a killed batch goes on."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import vallum
from vallum import batch, report
from vallum.errors import RunError, ScenarioError
from vallum.results import rounded

pl = pytest.importorskip("polars", reason="polars is not installed: pip install 'vallum[data]'")
pytestmark = pytest.mark.invariant

RESULTS = ("results.parquet", "results.csv", "batch.xlsx")


@pytest.fixture(scope="module")
def night() -> vallum.Scenario:
    return vallum.read("eight-and-none")


def magazines(*rounds: int) -> list[batch.Variant]:
    return [batch.Variant(str(n), (), {"choices.stock.patriot_round": n}, f"row {n}") for n in rounds]


def digests(folder: Path) -> list[str]:
    return [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in RESULTS if (folder / name).is_file()]


@pytest.mark.tiny_case
def test_a_row_is_a_run(night: vallum.Scenario, tmp_path: Path) -> None:
    """Tiny case: each row holds what `vallum.run` gives for its scenario."""
    table = batch.batch(night, magazines(0, 8), tmp_path / "b", futures=40, on="threads").table()
    for row, rounds in zip(table.to_dicts(), (0, 8), strict=True):
        scenario = night.replace({"choices.stock.patriot_round": rounds})
        mean = vallum.run(scenario, futures=40, explain=False).outcome("leakers", threat_class="ballistic").mean
        assert row["leakers[ballistic] mean"] == mean
        assert row["choices.stock.patriot_round"] == str(rounds)
        assert row["fingerprint"] == scenario.fingerprint


def test_same_bytes_for_any_place_and_part(night: vallum.Scenario, tmp_path: Path) -> None:
    """Invariant: threads and processes, one worker or two, parts of 3 or of 50: the same results."""
    ways = [("threads", 1, 3), ("threads", 2, 50), ("processes", 2, 4)]
    made = []
    for k, (on, workers, part) in enumerate(ways):
        folder = tmp_path / str(k)
        variants = magazines(*range(12))
        done = batch.batch(night, variants, folder, futures=10, on=on, workers=workers, part=part)
        report.write_workbook(done, night, variants, 10, 0, None)
        made.append(digests(folder))
    assert made[0] == made[1] == made[2] and len(made[0]) == 3


def test_results_are_written_some_rows_at_a_time(
    night: vallum.Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant: many groups of rows hold what one holds, though columns are empty or missing in some parts."""
    variants = [*magazines(0, 0, 8, 8), batch.Variant("kill", (), {"uncertain.p_kill": 0.5}), *magazines(20, 20)]
    made = []
    for size in (100, 3):
        monkeypatch.setattr(batch.keeping, "AT_ONCE", size)
        done = batch.batch(night, variants, tmp_path / str(size), futures=10, on="threads", part=2)
        report.write_workbook(done, night, variants, 10, 0, None)
        made.append((pl.read_parquet(done.folder / "results.parquet").to_dicts(), digests(done.folder)[1:]))
        assert made[-1][0] == done.table().to_dicts()
        assert [len(group) for group in done.groups()] == ([7] if size == 100 else [3, 3, 1])
        assert "choices.stock.patriot_round" in done.varied() and "packages" not in done.varied()
    assert made[0] == made[1] and len(made[0][0]) == len(variants)


@pytest.mark.tiny_case
def test_a_row_holds_what_is_asked(night: vallum.Scenario, tmp_path: Path) -> None:
    """Tiny case: the outcomes asked for, in their order and with all statistics; one that is not there is refused."""
    told = ("used[patriot_round]", "leakers")
    table = batch.batch(night, magazines(8), tmp_path / "b", futures=20, outcomes=told, on="threads").table()
    after = table.columns[table.columns.index("fingerprint") + 1 :]
    names = ("used[patriot_round]", "leakers[ballistic]")
    assert after == [f"{name} {statistic}" for name in names for statistic in batch.rows.STATISTICS]
    result = vallum.run(night.replace({"choices.stock.patriot_round": 8}), futures=20, explain=False)
    for name in names:
        one = result.shown_by(name)
        row = [table[f"{name} {statistic}"][0] for statistic in batch.rows.STATISTICS]
        assert row == [rounded(getattr(one, statistic)) for statistic in batch.rows.STATISTICS]
    with pytest.raises(RunError, match=r"leeks is not an outcome .* did you mean leakers"):
        batch.batch(night, magazines(8), tmp_path / "c", futures=20, outcomes=["leeks"], on="threads")


@pytest.mark.tiny_case
def test_what_a_kill_left_half_written_goes_and_no_more(night: vallum.Scenario, tmp_path: Path) -> None:
    """Tiny case: half a part and half a table are cleared away; what is the user's stays."""
    batch.batch(night, magazines(0, 8), tmp_path / "b", futures=5, on="threads", part=1)
    half = [tmp_path / "b" / name for name in ("parts/.000001.parquet.77", ".results.csv.77", ".batch.json.77")]
    mine = [tmp_path / "b" / name for name in (".gitignore", "parts/.notes.77")]
    for path in (*half, *mine):
        path.touch()
    batch.batch(night, magazines(0, 8), tmp_path / "b", futures=5, on="threads", part=1)
    assert not any(path.exists() for path in half) and all(path.exists() for path in mine)


@pytest.mark.tiny_case
def test_a_full_disk_is_said(night: vallum.Scenario, tmp_path: Path) -> None:
    """Tiny case: a file that cannot be written whole is not there, and the message says how to go on."""
    made = batch.opened(tmp_path / "b", batch.rows.Work(night, tuple(magazines(0)), 5, 0, None, ()), 1)
    (tmp_path / "b" / "parts").rename(tmp_path / "gone")
    with pytest.raises(RunError, match=r"000000\.parquet: cannot be written: .*it goes on"):
        made.keep(0, [{"row": 1}])


def command(folder: Path) -> list[str]:
    return [
        sys.executable, "-m", "vallum", "batch", "--scenario", "eight-and-none", "--design", "factorial",
        "--vary", "choices.stock.patriot_round=0:299", "--futures", "20", "--out", str(folder), "--quiet",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The batch of `command`, uninterrupted."""
    folder = tmp_path_factory.mktemp("batch") / "whole"
    subprocess.run(command(folder), check=True, timeout=300, capture_output=True)
    return folder


@pytest.mark.parametrize("parts", [1, 4])
def test_a_killed_batch_goes_on(whole: Path, tmp_path: Path, parts: int) -> None:
    """Invariant: killed in the middle and asked again, the results are the bytes of an uninterrupted batch.

    Its workers end and take their tasks with them.
    """
    killed, desks, silent = tmp_path / "killed", tmp_path / "desks", subprocess.DEVNULL
    desks.mkdir()
    running = subprocess.Popen(command(killed), env=os.environ | {"TMPDIR": str(desks)}, stdout=silent, stderr=silent)
    deadline = time.monotonic() + 240
    while len(list((killed / "parts").glob("*.parquet"))) < parts and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list(desks.glob("vallum-tasks-*"))
    running.send_signal(signal.SIGKILL)
    running.wait(timeout=60)
    while list(desks.glob("vallum-tasks-*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not list(desks.glob("vallum-tasks-*"))
    kept = {path.name: path.stat().st_mtime_ns for path in (killed / "parts").glob("*.parquet")}
    assert len(kept) >= parts
    subprocess.run(command(killed), check=True, timeout=300, capture_output=True)
    assert {path.name: path.stat().st_mtime_ns for path in (killed / "parts").glob("*.parquet")}.items() >= kept.items()
    assert digests(killed) == digests(whole)


def test_another_batch_is_refused(night: vallum.Scenario, tmp_path: Path) -> None:
    """Tiny case: a folder with another batch, or with something else, is left alone."""
    batch.batch(night, magazines(1), tmp_path / "b", futures=5, on="threads")
    with pytest.raises(RunError, match=r"another batch \(other .*futures"):
        batch.batch(night, magazines(1), tmp_path / "b", futures=6, on="threads")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").touch()
    with pytest.raises(RunError, match="holds what no batch writes"):
        batch.batch(night, magazines(1), tmp_path / "mine", futures=5, on="threads")


@pytest.mark.tiny_case
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_tables_are_read(tmp_path: Path, suffix: str) -> None:
    """Tiny case: names, packages, empty cells and dates, from CSV and from Excel."""
    rows = [
        ["name", "packages", "choices.stock.patriot_round", "fixed.start"],
        ["none", "", "0", ""],
        ["", "a + b", "", "2025-03-01"],
    ]
    table = tmp_path / f"table.{suffix}"
    if suffix == "csv":
        table.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    else:
        import xlsxwriter

        with xlsxwriter.Workbook(str(table)) as book:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    first, second = batch.read(table)
    assert (first.name, first.changes) == ("none", {"choices.stock.patriot_round": 0})
    assert (second.name, second.packages) == ("2", ("a", "b"))
    assert str(second.changes["fixed.start"]) == "2025-03-01"


@pytest.mark.tiny_case
def test_bad_rows_are_all_named_before_anything_runs(night: vallum.Scenario, tmp_path: Path) -> None:
    """Tiny case: every bad row with its file and line, and nothing is written."""
    table = tmp_path / "table.csv"
    table.write_text("choices.stock.patriot_round\n4\n-3\nmany\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        batch.estimate(night, batch.read(table))
    assert [problem.split(": ")[0] for problem in caught.value.problems] == ["table.csv:3", "table.csv:4"]
    for text, said in (("", "is empty"), ("a,a\n1,2\n", "stands twice"), ("choices.days\n", "no rows")):
        table.write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError, match=said):
            batch.read(table)
    table.write_bytes(b"\xff\xfe\x00binary")
    with pytest.raises(ScenarioError, match="no CSV in UTF-8"):
        batch.read(table)


@pytest.mark.parametrize("design", ["lhs", "sobol"])
def test_designs_fill_the_space(night: vallum.Scenario, design: str) -> None:
    """Invariant: each eighth of each range has its share of the rows; the same seed makes the same rows."""
    ranges = [batch.spread("uncertain.p_kill=0.2:0.8"), batch.spread("choices.stock.patriot_round=0:15")]
    rows = batch.designed(night, design, ranges, 64, 7)
    assert rows == batch.designed(night, design, ranges, 64, 7)
    kills = [row.changes["uncertain.p_kill"] for row in rows]
    counts = [sum(0.2 + 0.075 * k <= kill < 0.2 + 0.075 * (k + 1) for kill in kills) for k in range(8)]
    assert counts == [8] * 8
    assert {row.changes["choices.stock.patriot_round"] for row in rows} == set(range(16))


@pytest.mark.tiny_case
def test_factorial_is_every_combination(night: vallum.Scenario) -> None:
    """Tiny case: two lists make their product, in order."""
    ranges = [batch.spread("choices.stock.patriot_round=0,8"), batch.spread("uncertain.p_kill=0.3,0.5,0.7")]
    rows = batch.designed(night, "factorial", ranges, None, 0)
    assert [tuple(row.changes.values()) for row in rows] == [(n, p) for n in (0, 8) for p in (0.3, 0.5, 0.7)]


@pytest.mark.parametrize(
    "path",
    ["fixed.raids.size.ballistic.n", "choices.tempo.ballistic", "fixed.classes.ballistic.fail", "choices.ceasefire"],
)
def test_designs_never_search_over_the_attack(night: vallum.Scenario, path: str) -> None:
    """Invariant: nothing in the program searches over the attacker's side (the scope)."""
    with pytest.raises(ScenarioError, match="search for the best attack"):
        batch.designed(night, "lhs", [batch.spread(f"{path}=0:1")], 4, 0)


def test_uncertain_numbers_of_the_attacker_are_his() -> None:
    """Invariant: an uncertain number that the tempo uses belongs to the attack; the kill probability does not."""
    from vallum.scenario import is_threat

    winter = vallum.read("winter-2025-26")
    assert is_threat(winter, "uncertain.winter_tempo.high")
    assert not is_threat(winter, "uncertain.p_kill_ballistic")
    assert not is_threat(winter, "choices.batteries.patriot")


@pytest.mark.tiny_case
def test_dry_run_says_how_long_and_writes_nothing(tmp_path: Path) -> None:
    """Tiny case: --dry-run prints the estimate and leaves the folder alone."""
    made = subprocess.run(
        [*command(tmp_path / "b"), "--dry-run"], capture_output=True, text=True, check=True, timeout=300, env=os.environ
    )
    assert made.stdout.startswith("300 rows x 20 futures: about")
    assert not (tmp_path / "b").exists()


@pytest.mark.tiny_case
def test_an_interrupted_batch_says_how_to_go_on(tmp_path: Path) -> None:
    """Tiny case: Ctrl-C ends with 130, says that what is done is kept, and no worker prints a traceback."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    call = [text.replace("0:299", "0:1499") for text in command(tmp_path / "b")]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as running:
        signal.signal(signal.SIGINT, before)
        deadline = time.monotonic() + 240
        while not list((tmp_path / "b").rglob("*.parquet")) and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGINT)
        try:
            _, said = running.communicate(timeout=120)
        finally:
            running.kill()
    assert running.returncode == 130
    assert said.decode() == "vallum: interrupted; what is done is kept, run the same again to go on\n"
