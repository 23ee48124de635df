"""The benchmark: its twins tell what vallum tells, its arithmetic is right, and the page says what was measured."""

from __future__ import annotations

import json
import platform
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest
from bench import agree, c_twin, growth, measure, page
from bench.measure import Measure, Section
from bench.plain import Parameters, parameters
from bench.problem import drones_at_teams, problem, reference, scarce
from bench.timing import Times, paired_ratios
from tests.kernel_cases import random_problem

from vallum._kernel import fast

TARGETS = {
    "times SimPy, a process per threat": 150.0,
    "times plain Python objects": 40.0,
    "time, of that of C -O3": 1.4,
    "growth in days": 1.05,
    "growth in futures": 1.05,
    "growth in raid size, magazines": 1.05,
    "growth in raid size, soft and team layers": 0.3,
    "two threads, of one, on the wall": 1.85,
    "two workers, of one": 1.7,
    "vallum --help": 0.5,
    "vallum run eight-and-none, warm": 2.0,
    "vallum run eight-and-none, warm, a new seed, and keeps it": 2.0,
    "peak memory of 100000 futures": 500.0,
}


def ratio(value: float, name: str = "times somebody", better: str = "more", unit: str = "ratio") -> Measure:
    return Measure(name, value, unit, better, "made up", 2.0)  # type: ignore[arg-type]


# --- twins ------------------------------------------------------------------------------------------


@pytest.mark.cross_check
@pytest.mark.parametrize(("module", "futures"), [("simpy_twin", 100), ("objects_twin", 200), ("numpy_twin", 400)])
def test_a_twin_agrees_in_distribution(module: str, futures: int):
    """Cross-check: the means of all outcomes within four standard errors, in a campaign where much runs dry."""
    if module == "simpy_twin":
        pytest.importorskip("simpy", reason="SimPy is not installed: pip install 'vallum[bench]'")
    assert agree.compared(import_module(f"bench.{module}").nights, futures, 20) == []


@pytest.mark.cross_check
def test_a_twin_that_is_wrong_is_found():
    """Cross-check: kill probabilities a tenth higher, or channels left out, are seen in the means."""
    nights = import_module("bench.numpy_twin").nights

    def too_good(p: Parameters, seed: int):
        return nights(replace(p, kill=[[1.1 * share for share in row] for row in p.kill]), seed)

    def tireless(p: Parameters, seed: int):
        return nights(replace(p, channels=[1_000 for _ in p.channels]), seed)

    assert any("kills" in line for line in agree.compared(too_good, 400, 20))
    assert agree.compared(tireless, 400, 20)


@pytest.mark.cross_check
def test_c_is_equal_to_the_last_count():
    """Cross-check: the C twin on the reference problem, on groups, and on random problems with every feature."""
    try:
        c_twin.compiler()
    except c_twin.NoCompilerError as error:
        pytest.skip(str(error))
    given = [problem(scarce(40), 4), problem(drones_at_teams(1.0), 1)]
    given += [random_problem(seed)._replace(traced=0) for seed in range(40)]
    for one in given:
        assert agree.differing(c_twin.nights(one), fast.nights(one)) == []


@pytest.mark.invariant
def test_the_python_twins_refuse_what_they_leave_out():
    """Invariant: a problem with groups is refused, for a twin that leaves something out is fast for a bad reason."""
    with pytest.raises(ValueError, match=r"leave out: .*groups.*soft or team layers"):
        parameters(problem(drones_at_teams(1.0), 1))
    assert parameters(problem(reference(5), 2)).raids.shape == (2, 5, 4)


# --- measures ---------------------------------------------------------------------------------------


@pytest.mark.tiny_case
def test_targets_and_what_is_worse():
    """Tiny case: what is met, what is missed, and what a check takes for worse."""
    assert ratio(2.0).met and not ratio(1.9).met and ratio(1.9, better="less").met
    assert Measure("free", 1.0, "s", "less", "").met is None
    assert "MISSED" in ratio(1.0).line() and "met" in ratio(3.0).line()
    kept = {one.name: one for one in (ratio(100.0), ratio(1.0, "slope", "less", "slope"), ratio(1.0, "s", unit="s"))}
    assert measure.worse([ratio(71.0), ratio(1.1, "slope", "less", "slope")], kept) == []
    worse = measure.worse([ratio(69.0), ratio(1.13, "slope", "less", "slope"), ratio(0.1, "s", unit="s")], kept)
    assert worse == ["times somebody: 69, was 100", "slope: 1.13, was 1"]
    assert measure.worse([ratio(1.31, "c", "less")], {"c": ratio(1.0, "c", "less")})


@pytest.mark.tiny_case
def test_sections_are_kept_one_by_one_on_one_machine(tmp_path: Path):
    """Tiny case: a section replaces itself alone; those of another machine are dropped."""
    results = tmp_path / "results.json"
    first = Section("A", "2026-01-01", (0.1, 0.2), 3.14159, (ratio(1.23456),))
    second = replace(first, title="B", measures=(ratio(5.0, "other"),))
    measure.save({"growth": second}, {"cores": 2}, results)
    measure.save({"ratios": first}, {"cores": 2}, results)
    kept = measure.load(results)
    assert list(kept) == ["ratios", "growth"]
    assert kept["ratios"].measures[0].value == 1.235 and kept["growth"] == replace(second, seconds=3.142)
    measure.save({"ratios": first}, {"cores": 4}, results)
    assert list(measure.load(results)) == ["ratios"]


@pytest.mark.tiny_case
def test_slopes_and_ratios(monkeypatch: pytest.MonkeyPatch):
    """Tiny case: time that grows as the root of the size has slope a half; ratios are of neighbours."""

    def made(calls: dict[str, object], repeats: int) -> dict[str, Times]:
        return {size: Times((float(size) ** 0.5,) * repeats) for size in calls}

    monkeypatch.setattr(growth, "interleaved", made)
    found = growth.slope("x", (1.0, 2.0, 8.0), lambda size: size, 3, 0.3)
    assert found.value == pytest.approx(0.5) and not found.met
    assert paired_ratios(Times((6.0, 4.0)), Times((2.0, 4.0))) == [1.0, 3.0]


# --- what is kept -----------------------------------------------------------------------------------


@pytest.mark.docs
def test_the_kept_results_are_whole_and_name_no_host():
    """Docs: targets are those of the project, the page names sections that are missing, the machine is a class."""
    text = measure.RESULTS.read_text("utf-8")
    about, kept = json.loads(text)["machine"], measure.by_name(measure.load())
    assert {name: kept[name].target for name in TARGETS if name in kept}.items() <= TARGETS.items()
    missing = [name for name in measure.SECTIONS if name not in measure.load()]
    assert {"ratios", "growth", "cores", "startup"}.isdisjoint(missing)
    assert all(f"`{name}`" in page.text() for name in missing)
    assert all(
        (one.value > 0.0 or one.unit == "slope") and one.how and one.better in ("more", "less") for one in kept.values()
    )
    assert {"processor", "cores", "system", "python", "libraries", "compiler", "flags"} == set(about)
    assert len(platform.node()) < 4 or platform.node() not in text


@pytest.mark.docs
def test_the_page_says_what_was_measured():
    """Docs: docs/model/speed.md is made from bench/results.json."""
    assert page.PAGE.read_text("utf-8") == page.text()
