"""The command line: contract of all commands, exit codes, nothing half-written."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import vallum
from vallum.report import json_text, supply_json

pytestmark = pytest.mark.tiny_case

BAD = Path(__file__).parent / "bad_scenarios"


def vallum_command(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vallum", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, timeout=300)


def test_json_is_all_of_standard_output_and_equals_the_front_door() -> None:
    """Tiny case: the command line and Python give the same bytes; messages go to standard error."""
    made = vallum_command("run", "eight-and-none", "--futures", "50", "--seed", "4", "--as-of", "2026-01-01", "--json")
    assert made.returncode == 0, made.stderr
    answer = json.loads(made.stdout)
    dry = [o for o in answer["outcomes"] if o["name"] == "leakers" and o.get("reason") == "dry"]
    assert dry[0]["mean"] == 8.0 and dry[0]["n"] == 50
    from datetime import date

    result = vallum.run(vallum.read("eight-and-none"), futures=50, seed=4, as_of=date(2026, 1, 1))
    assert made.stdout == json_text(result)


def test_summary_starts_with_the_answer() -> None:
    """Tiny case: what is printed can be read aloud, and ends with the line that runs it again."""
    made = vallum_command("run", "eight-and-none", "--futures", "50", "--quiet")
    assert made.returncode == 0 and made.stderr == ""
    assert "empty" in made.stdout and "vallum run eight-and-none" in made.stdout


def test_set_changes_a_value_and_is_listed() -> None:
    """Tiny case: --set is repeatable and part of the manifest."""
    changes = ("--set", "choices.stock.patriot_round=100", "--set", "uncertain.p_kill=1.0")
    made = vallum_command("run", "eight-and-none", "--futures", "20", "--json", *changes)
    answer = json.loads(made.stdout)
    assert answer["scenario"]["set"] == {"choices.stock.patriot_round": 100, "uncertain.p_kill": 1.0}
    leakers = next(o for o in answer["outcomes"] if o["name"] == "leakers" and "reason" not in o)
    assert leakers["mean"] == 0.0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "winter"), "winter-2025-26"),
        (("run", "eight-and-none", "--set", "choices.stok.patriot_round=1"), "stock"),
        (("run", "eight-and-none", "--set", "choices.stock.patriot_round=-1"), "allowed: 0.."),
        (("run", "eight-and-none", "--as-of", "yesterday"), "YYYY-MM-DD"),
        (("run", "eight-and-none", "--futures", "0"), "--futures"),
        (("run", "eight-and-none", "--package", "nope"), "nope"),
        (("exact", "bombre"), "bomber"),
        (("exact", "bomber", "n"), "KEY=VALUE"),
        (("nonsense",), "nonsense"),
    ],
)
def test_bad_input_is_exit_2_in_words(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """Tiny case: one clear message, exit code 2, nothing written, no traceback."""
    made = vallum_command(*arguments, cwd=tmp_path)
    assert made.returncode == 2
    assert said in made.stderr and "Traceback" not in made.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "path", [path for path in sorted(BAD.glob("*.yaml")) if path.stem != "good"], ids=lambda path: path.stem
)
def test_every_bad_scenario_is_exit_2(path: Path, tmp_path: Path) -> None:
    """Tiny case: a bad file names itself and its line, and nothing is written."""
    made = vallum_command("check", str(path), cwd=tmp_path)
    assert made.returncode == 2 and path.name in made.stderr and "Traceback" not in made.stderr
    assert not list(tmp_path.iterdir())


def test_out_is_written_whole_and_again(tmp_path: Path) -> None:
    """Tiny case: a run with --out leaves the four things, and a second one over it replaces them."""
    out = tmp_path / "night"
    for _ in range(2):
        made = vallum_command("run", "eight-and-none", "--futures", "50", "--out", str(out))
        assert made.returncode == 0, made.stderr
    assert {path.name for path in out.iterdir()} >= {"report.html", "result.json", "scenario.yaml", "tables"}
    assert [path.name for path in tmp_path.iterdir()] == ["night"]
    again = vallum_command("check", str(out / "scenario.yaml"))
    assert again.returncode == 0, again.stderr


def test_a_foreign_folder_is_refused(tmp_path: Path) -> None:
    """Tiny case: a folder with somebody's files is never overwritten."""
    (tmp_path / "thesis.txt").write_text("mine")
    made = vallum_command("run", "eight-and-none", "--futures", "20", "--out", str(tmp_path))
    assert made.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_interrupt_is_exit_130_and_writes_nothing(tmp_path: Path) -> None:
    """Tiny case: Ctrl-C in the middle leaves no half-written folder."""
    command = [
        sys.executable,
        "-m",
        "vallum",
        "run",
        "winter-2025-26",
        "-n",
        "100000",
        "--out",
        str(tmp_path / "out"),
    ]
    # A shell may start its background jobs deaf to Ctrl-C; the run under test must hear it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        signal.signal(signal.SIGINT, before)
        time.sleep(6)
        running.send_signal(signal.SIGINT)
        try:
            _, said = running.communicate(timeout=120)
        finally:
            running.kill()
    assert running.returncode == 130
    assert said.decode().endswith("vallum: interrupted; nothing was written\n")
    assert not list(tmp_path.iterdir())


def test_help_has_examples() -> None:
    """Tiny case: --help shows how to call it."""
    made = vallum_command("run", "--help")
    assert made.returncode == 0 and "eight-and-none" in made.stdout


def test_scenarios_and_show_and_schema() -> None:
    """Tiny case: one looks before running."""
    assert "winter-2025-26" in vallum_command("scenarios").stdout
    assert json.loads(vallum_command("scenarios", "--json").stdout)["kind"] == "scenarios"
    shown = vallum_command("show", "winter-2025-26", "--package", "twenty-systems")
    assert shown.returncode == 0 and "opening" in shown.stdout.lower()
    paths = vallum_command("show", "eight-and-none", "--paths")
    assert "choices.batteries.patriot = 1" in paths.stdout
    assert "properties" in json.loads(vallum_command("schema").stdout)


@pytest.mark.docs
def test_the_scenario_of_the_docs_runs(tmp_path: Path) -> None:
    """Docs: the example of `write-a-scenario` is whole and runs."""
    page = Path(__file__).parents[1] / "docs" / "questions" / "write-a-scenario.md"
    text = page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    made = vallum_command("run", str(tmp_path / "own.yaml"), "--futures", "50", "--json")
    assert made.returncode == 0, made.stderr
    assert {o["name"] for o in json.loads(made.stdout)["outcomes"]} >= {"leakers", "first_empty_country"}


def test_show_supply_says_what_arrives(tmp_path: Path) -> None:
    """Tiny case: text, JSON equal to the front door, and three files, written whole and again."""
    asked = ("show", "winter-2025-26", "--package", "pause-30-days", "--supply", "--futures", "60", "--seed", "5")
    text = vallum_command(*asked)
    assert text.returncode == 0, text.stderr
    assert "patriot_stream" in text.stdout and max(map(len, text.stdout.splitlines()[:-1])) <= 100
    for _ in range(2):
        made = vallum_command(*asked, "--json", "--out", str(tmp_path / "supply"))
        assert made.returncode == 0, made.stderr
    winter = vallum.read("winter-2025-26", packages=["pause-30-days"])
    told = json.loads(made.stdout)
    assert told == json.loads(json.dumps(supply_json(vallum.arrivals(winter, futures=60, seed=5)))) | {"schema": 1}
    assert told["lines"][0]["total"]["p95"] == 30.0
    assert {path.name for path in tmp_path.rglob("*.*")} == {"supply.csv", "supply.svg", "supply.png"}
    again = vallum_command("run", "eight-and-none", "--futures", "20", "--out", str(tmp_path / "supply"))
    assert again.returncode == 2 and "supply.png" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("winter-2025-26", "--futures", "9", "--out", "x"), "--futures, --out: only with --supply"),
        (("winter-2025-26", "--supply", "--futures", "0"), "--futures"),
        (("eight-and-none", "--supply", "--out", "x"), "the scenario has no supply line"),
    ],
)
def test_show_supply_refuses_in_words(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """Tiny case: what asks for futures asks for --supply, and nothing is drawn of nothing."""
    made = vallum_command("show", *arguments, cwd=tmp_path)
    assert made.returncode == 2
    assert said in made.stderr and "Traceback" not in made.stderr
    assert not list(tmp_path.iterdir())
