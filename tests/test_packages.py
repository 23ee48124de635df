"""The packaged packages: each changes an input, passes its check, tells its effects and what it leaves out."""

from __future__ import annotations

import html
import importlib.util
import json
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import vallum
from vallum import report
from vallum.campaign import prepare, run
from vallum.campaign.plan import Plan
from vallum.results import Result
from vallum.results.outcomes import APART
from vallum.scenario import Scenario, check, library

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = sorted(library.packaged_paths("package"))
#: Few futures: the tests hold what is said, not how large an effect is.
FUTURES = 8
#: Packages that bring nothing in a winter: all of them deliver later than it ends.
IDLE_IN_WINTER = ("german-purchase", "israel-like", "joint-production", "licence")


@cache
def script() -> ModuleType:
    """The script that makes the tables of the packages."""
    spec = importlib.util.spec_from_file_location("make_packages", ROOT / "scripts" / "make_packages.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def laid() -> list[Any]:
    """Every package over every base that it is made for."""
    return [pytest.param(base, name, id=f"{name}-{base}") for name in PACKAGES for base in script().bases(name)]


@cache
def read(base: str, package: str = "") -> Scenario:
    """A base, or a base with a package over it."""
    return read(base).with_packages(package) if package else vallum.read(base)


@cache
def ready(base: str) -> Plan:
    """A base made ready to run."""
    return prepare(read(base))


@cache
def fought(package: str) -> Result:
    """A short run of a package over the first of its bases."""
    return run(read(script().bases(package)[0], package), FUTURES)


@pytest.mark.docs
@pytest.mark.parametrize("name", PACKAGES)
def test_every_package_passes_its_check_and_says_what_it_asks(name: str) -> None:
    """Docs: no problem, a title, a question, a comment on top, and a source or an assumption of its numbers."""
    assert check(name) == []
    about = library.load(library.find(name, "package")).data
    assert about["title"] != name and about["question"].endswith("?")
    text = library.packaged_paths("package")[name].read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert "sources:" in text or "assumption" in text


@pytest.mark.invariant
@pytest.mark.parametrize(("base", "name"), laid())
def test_every_package_changes_an_input(base: str, name: str) -> None:
    """Invariant: another fingerprint, and at least one choice, law or fixed value that differs; nothing left unused."""
    before, after = read(base), read(base, name)
    assert after.fingerprint != before.fingerprint
    assert script().changed(before, after)
    assert not after.warnings
    plans = ready(base), prepare(after)
    same_choices = plans[0].cast.choices == plans[1].cast.choices
    assert not (same_choices and plans[0].laws == plans[1].laws)


@pytest.mark.invariant
@pytest.mark.parametrize(("base", "name"), laid())
def test_what_is_not_modelled_is_added_never_dropped(base: str, name: str) -> None:
    """Invariant: all that the base leaves out is still said, and what the package promises beside it comes after."""
    own = library.load(library.find(name, "package")).data.get("not_modelled", [])
    assert read(base, name).schema.not_modelled == [*read(base).schema.not_modelled, *own]


@pytest.mark.invariant
@pytest.mark.parametrize("name", PACKAGES)
def test_what_is_reported_is_added_never_dropped(name: str) -> None:
    """Invariant: the events of the base stand before those of the package."""
    base = script().bases(name)[0]
    own = library.load(library.find(name, "package")).data.get("reported", [])
    assert len(read(base, name).schema.reported) == len(read(base).schema.reported) + len(own)
    assert read(base, name).schema.reported[: len(read(base).schema.reported)] == read(base).schema.reported


@pytest.mark.invariant
@pytest.mark.parametrize("name", PACKAGES)
def test_every_effect_is_told(name: str) -> None:
    """Invariant: each effect has its band, or says that it cannot be told apart, in the JSON and in what is printed."""
    result = fought(name)
    told = effects(result)
    for key in ("leakers[ballistic]", "stopped_share[ballistic]", "first_empty_battery", "used[patriot_round]"):
        assert {"before", "after", "mean", "se", "p5", "p95"} <= set(told[key])
    for effect in told.values():
        assert effect["told_apart"] == (abs(effect["mean"]) > APART * effect["se"])
    printed = " ".join(result.summary().split())
    assert f"With {name}, in the same futures" in printed
    if told["leakers[ballistic]"]["told_apart"]:
        assert f"With the package {name}, in the same futures," in printed and "get through (5-95 %:" in printed
    else:
        assert "the ballistic missiles that get through cannot be told apart from those without it" in printed
    if not any(effect["told_apart"] for effect in told.values()):
        assert "(in brackets: cannot be told apart from none)" in printed


def effects(result: Result) -> dict[str, Any]:
    """What a run says that its package changes, by the name of the outcome, as it stands in the JSON."""
    made = json.loads(report.json_text(result))["differences"]
    about = ("class", "scope", "type")
    names = [[effect[key] for key in about if key in effect] for effect in made]
    return {
        effect["name"] + (f"[{', '.join(more)}]" if more else ""): effect
        for effect, more in zip(made, names, strict=True)
    }


@pytest.mark.invariant
@pytest.mark.parametrize("name", IDLE_IN_WINTER)
def test_what_comes_after_the_winter_cannot_be_told_apart_in_it(name: str) -> None:
    """Invariant: what is signed or ordered in the winter and made later changes no future of it, and why is said."""
    result = fought(name)
    told = effects(result)
    assert told
    assert not any(effect["told_apart"] or effect["mean"] or effect["p5"] or effect["p95"] for effect in told.values())
    assert "brings nothing by 31 March 2026, in any future." in result.answer


@pytest.mark.invariant
@pytest.mark.parametrize("name", IDLE_IN_WINTER)
def test_it_arrives_on_the_longer_horizon(name: str) -> None:
    """Invariant: over three years the same packages bring rounds, in some of the futures at least."""
    plan = prepare(read("three-years", name))
    added = set(plan.supply.lines) - set(read("three-years").schema.choices.supply)
    arrived = plan.supply.by_line(plan.worlds(0, range(1_000)))
    assert sum(int(arrived[line].sum()) for line in added) > 0


@pytest.mark.docs
def test_every_output_says_what_is_not_modelled() -> None:
    """Docs: text, JSON, page and `vallum show` name what the base and the package leave out."""
    result, asked = fought("european-contingent"), read("winter-2025-26", "european-contingent")
    left_out = asked.schema.not_modelled
    squeezed = " ".join(result.summary().split())
    page = " ".join(html.unescape(report.page(result, record=False)).split())
    described = " ".join(report.description(prepare(asked)).split())
    for text in left_out:
        assert text in squeezed
        assert text in described
        assert text[1:] in page  # a sentence begins with a capital there
    assert json.loads(report.json_text(result))["not_modelled"][: len(left_out)] == left_out


@pytest.mark.invariant
def test_three_years_begin_as_the_winter() -> None:
    """Invariant: without cruise missiles and drones each future of the winter is the same, missile by missile."""
    winter = read("winter-2025-26")
    tempo = {f"choices.tempo.{name}": winter.value(f"choices.tempo.{name}") for name in ("ballistic", "aeroballistic")}
    shorter = vallum.read("three-years", changes={"fixed.days": winter.days, **tempo})
    before, after = (run(asked, FUTURES, explain=False).columns for asked in (winter, shorter))
    for label, values in after.items():
        if label.name in ("launched", "leakers", "used", "stock", "first_empty_battery"):
            assert values.tolist() == before[label].tolist(), label


@pytest.mark.tiny_case
def test_a_package_may_be_changed_and_still_set_against_its_base() -> None:
    """Tiny case: a change of what only the package brings is not asked of the base; a change of both is."""
    changes = {"choices.pauses.thirty_days.effect": "lost", "choices.supply.patriot_stream.per_month": 40}
    asked = vallum.read("winter-2025-26", packages=["pause-30-days"], changes=changes)
    bare = asked.without_packages()
    assert dict(bare.changes) == {"choices.supply.patriot_stream.per_month": 40}
    assert bare.value("choices.supply.patriot_stream.per_month") == 40
    assert effects(run(asked, FUTURES))["used[patriot_round]"]["mean"] <= 0


@pytest.mark.tiny_case
def test_dozens_were_held_in_july() -> None:
    """Tiny case: what the pause of July holds is as large as reported, two dozen or more (F261, F262), and late."""
    asked = read("year-2025", "pause-july-2025")
    plan, free = prepare(asked), prepare(asked.without_packages())
    made = [one.supply.by_line(one.worlds(0, range(500)))["patriot_stream"].cumsum(axis=1) for one in (plan, free)]
    held = (made[1] - made[0]).max(axis=1)
    assert 24 <= held.mean() <= 60
    assert (made[0][:, -1] == made[1][:, -1]).all()
    assert (made[0] <= made[1]).all()


@pytest.mark.docs
def test_the_page_has_every_package() -> None:
    """Docs: the page has each package, its question and what it leaves out (renew: scripts/make_packages.py)."""
    page = (ROOT / "docs" / "questions" / "packages.md").read_text(encoding="utf-8")
    for name in PACKAGES:
        first = script().bases(name)[0]
        said = "\n".join(script().about(name, read(first), read(first, name)))
        assert said in page, f"{name}: run scripts/make_packages.py"
        for base in script().bases(name):
            assert f"| `{name}` |" in page.split(f"### Over `{base}`")[1].split("###")[0]
