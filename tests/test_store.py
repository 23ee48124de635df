"""The store: what is kept comes back to the bit, whole or not at all, also with two processes at once."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import vallum
from vallum import campaign
from vallum.errors import RunError
from vallum.report import json_text, runs_text, summary
from vallum.results import Histogram, Result, Store, parquet, store

pytest.importorskip("polars", reason="polars is not installed: pip install 'vallum[data]'")
pytestmark = pytest.mark.invariant


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("VALLUM_STORE", str(tmp_path / "store"))
    return Store()


@pytest.fixture(scope="module")
def winter() -> vallum.Scenario:
    return vallum.read("winter-2025-26")


@pytest.fixture(scope="module")
def result(winter: vallum.Scenario) -> Result:
    return vallum.run(winter, futures=40)


def same(one: Result, two: Result) -> None:
    assert json_text(one) == json_text(two)
    assert summary(one) == summary(two)
    assert list(one.columns) == list(two.columns)
    for label, values in one.columns.items():
        np.testing.assert_array_equal(values, two.columns[label], err_msg=str(label))
    for name, values in one.uncertain.items():
        np.testing.assert_array_equal(values, two.uncertain[name], err_msg=name)
    for kept in fields(one.daily):
        a, b = getattr(one.daily, kept.name), getattr(two.daily, kept.name)
        a, b = (x.counts if isinstance(x, Histogram) else x for x in (a, b))
        np.testing.assert_array_equal(a, b, err_msg=kept.name)


def test_what_is_kept_comes_back_to_the_bit(shelf: Store, winter: vallum.Scenario, result: Result) -> None:
    """Invariant: JSON, text, columns, days and inputs of a kept run are those of the run; a trace can be made."""
    first = campaign.kept(winter, lambda: result, 40, 0)
    assert first.name and not first.again and not first.trouble
    second = campaign.kept(winter, lambda: pytest.fail("ran again"), 40, 0)
    assert second.again and second.name == first.name
    same(result, second.result)
    opened, scenario = campaign.reopened(first.name[:5])
    same(result, opened)
    assert scenario.fingerprint == winter.fingerprint
    np.testing.assert_array_equal(opened.trace(3).tally.stock, result.trace(3).tally.stock)


def test_other_requests_are_other_runs(winter: vallum.Scenario) -> None:
    """Invariant: futures, seed, date, packages, changes and what is told beside all make another run."""
    name = {"choices.stock.patriot_round": 7}
    asked = [
        campaign.request(winter, 40, 0),
        campaign.request(winter, 41, 0),
        campaign.request(winter, 40, 1),
        campaign.request(winter, 40, 0, lucks=2),
        campaign.request(winter.replace(name), 40, 0),
        campaign.request(winter.replace({"beside": []}), 40, 0),
        campaign.request(winter.with_packages("twenty-systems"), 40, 0),
    ]
    assert len({store.identity(one) for one in asked}) == len(asked)
    assert store.identity(asked[0]) == store.identity(campaign.request(vallum.read("winter-2025-26"), 40, 0))


def test_a_write_that_fails_leaves_nothing(
    shelf: Store, winter: vallum.Scenario, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invariant: a full disk costs the store nothing and the user no answer."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(parquet, "_long", full)
        made = campaign.kept(winter, lambda: result, 40, 0)
    assert made.result is result and not made.name and "No space left" in made.trouble
    assert shelf.rows() == () and not list(shelf.folder.rglob("*.parquet"))


def test_damaged_runs_are_named(shelf: Store, winter: vallum.Scenario, result: Result) -> None:
    """Tiny case: a cut file is said, with the way out; an unknown or ambiguous name too."""
    name = campaign.kept(winter, lambda: result, 40, 0).name
    (shelf.place(name) / parquet.COLUMNS).write_bytes(b"PAR1")
    with pytest.raises(RunError, match=f"run {name} is damaged.*vallum runs rm {name}"):
        campaign.kept(winter, lambda: result, 40, 0)
    for wrong in ("zzz", "", "../" + name):
        with pytest.raises(RunError, match="no run"):
            shelf.place(wrong)
    shelf.remove(name)
    assert shelf.rows() == () and "No run is kept" in runs_text(shelf.rows())


def test_catalogue_is_made_again_from_the_folders(shelf: Store, winter: vallum.Scenario, result: Result) -> None:
    """Invariant: without its catalogue the store lists the same runs; those of another program are stale."""
    for seed in (0, 1):
        campaign.kept(winter, lambda: result, 40, seed)
    before = shelf.rows()
    (shelf.folder / "catalogue.sqlite").unlink()
    assert shelf.rows() == before and len(before) == 2
    assert shelf.stale() == () and len(shelf.stale(keep=1)) == 1
    request = shelf.place(before[0].id) / store.REQUEST
    request.write_text(request.read_text("utf-8").replace(store.build(), "0" * 16), encoding="utf-8")
    (shelf.folder / "catalogue.sqlite").unlink()
    assert [row.id for row in shelf.stale()] == [before[0].id]


def test_two_processes_keep_the_same_run(shelf: Store) -> None:
    """Invariant: two processes that run the same at once leave one whole run, and both print the same bytes."""
    command = [sys.executable, "-m", "vallum", "run", "eight-and-none", "-n", "30", "--json", "--quiet"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ.copy()) for _ in range(2)]
    printed = {process.communicate(timeout=300)[0] for process in both}
    assert len(printed) == 1 and b'"kind": "run"' in printed.pop()
    assert len(shelf.rows()) == 1
    again = subprocess.run(command[:-1], capture_output=True, check=True, timeout=300)
    assert b"Kept already" in again.stderr


def test_commands_of_the_store(shelf: Store, winter: vallum.Scenario, result: Result, tmp_path: Path) -> None:
    """Tiny case: list, show, export, rm and gc do what they say."""
    name = campaign.kept(winter, lambda: result, 40, 0).name
    call = partial(subprocess.run, capture_output=True, text=True, check=False, timeout=300)
    vallum_runs = [sys.executable, "-m", "vallum", "runs"]
    assert name in call([*vallum_runs, "list"]).stdout
    assert call([*vallum_runs, "show", name[:6], "--json"]).stdout == json_text(result)
    assert call([*vallum_runs, "export", name, str(tmp_path / "out")]).returncode == 0
    assert (tmp_path / "out" / "kept" / parquet.COLUMNS).is_file() and (tmp_path / "out" / "report.html").is_file()
    assert call([*vallum_runs, "gc", "--keep", "0", "--dry-run"]).stderr.startswith("Would forget")
    assert len(shelf.rows()) == 1
    assert call([*vallum_runs, "rm", name]).returncode == 0 and shelf.rows() == ()
    assert call([*vallum_runs, "show", name]).returncode == 2
