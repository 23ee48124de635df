"""The room `scenario`: what it reads, what it refuses and with which words, and what it promises."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from vallum import scenario
from vallum.errors import ScenarioError
from vallum.scenario import library, paths, positions
from vallum.scenario.document import read_text
from vallum.scenario.quantity import Quantity, When
from vallum.scenario.remembered import Remembered

BAD = Path(__file__).parent / "bad_scenarios"
GOOD = BAD / "good.yaml"
EXPECT = "# expect: "
FILES = sorted(path for path in BAD.glob("*.yaml") if path != GOOD)


@pytest.fixture(scope="module")
def good() -> scenario.Scenario:
    return scenario.read(GOOD)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A packaged folder with one scenario, one that extends it, and two packages."""
    folder = tmp_path / "data" / "scenarios"
    (folder / "packages").mkdir(parents=True)
    (folder / "winter.yaml").write_text(GOOD.read_text(), encoding="utf-8")
    (folder / "spring.yaml").write_text("extends: winter\ntitle: Spring\nfixed: {days: 40}\n")
    (folder / "packages" / "more.yaml").write_text(
        "title: More of all\nquestion: And with more?\nnot_modelled: [land war, trade]\n"
        "choices: {stock: {long_round: 99}}\n"
    )
    (folder / "packages" / "halt.yaml").write_text(
        "title: No shipment\nchoices: {supply: {shipment: null}, pauses: null}\n"
    )
    record = tmp_path / "data" / "record"
    record.mkdir()
    (record / "sample_nights.csv").write_text("night,class,launched\n2025-01-01,drone,4\n")
    monkeypatch.setattr(library, "packaged_folder", lambda: folder)
    return folder


def problems(source: str | Path, **more: Any) -> tuple[str, ...]:
    with pytest.raises(ScenarioError) as caught:
        scenario.read(source, **more)
    return caught.value.problems


def write(folder: Path, text: str | bytes, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# ---- bad input ----


@pytest.mark.tiny_case
@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_bad_scenario_says_all_that_is_wrong_and_no_more(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiny case: every expected fragment is said, and every problem said is expected."""
    expected = [line.removeprefix(EXPECT) for line in path.read_text().splitlines() if line.startswith(EXPECT)]
    monkeypatch.chdir(BAD)
    said = problems(path.name)
    assert expected
    assert [one for one in expected if not any(one in line for line in said)] == []
    assert [line for line in said if not any(one in line for one in expected)] == []
    assert all(".yaml" in line for line in said)
    assert tuple(scenario.check(path.name)) == said


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("content", "fragment"),
    [
        (b"", "is empty"),
        (b"  \n\n", "is empty"),
        (b"a: \x00b", "is a binary file"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "is not a text file in UTF-8"),
        (b"a: \x07", "is not YAML"),
        (b"%YAML 1.1\n---\na: 1\n", "is not YAML 1.2"),
        (b"a: " + b"x" * 2_000_001, "is 2.0 MB; a scenario file has at most 2 MB"),
        (b"a: [" + b"1," * 100_001 + b"1]", "holds more than 100000 values"),
    ],
)
def test_files_that_are_no_scenario(tmp_path: Path, content: bytes, fragment: str) -> None:
    """Tiny case: one clear message for a file of the wrong make."""
    said = problems(write(tmp_path, content))
    assert len(said) == 1
    assert fragment in said[0]
    assert "mine.yaml" in said[0]


@pytest.mark.tiny_case
def test_a_huge_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiny case: 50 MB are refused by their size alone."""
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    monkeypatch.setattr(Path, "read_bytes", lambda self: pytest.fail("the file was read"))
    assert problems(path) == (f"{path}: is 50.0 MB; a scenario file has at most 2 MB",)


@pytest.mark.tiny_case
def test_paths_that_are_not_there(shelf: Path, tmp_path: Path) -> None:
    """Tiny case: the nearest packaged names are offered; a folder and a device are refused."""
    assert "did you mean winter?" in problems("wintr")[0]
    assert "packaged scenarios: spring, winter" in problems("nothing-like-it")[0]
    assert "there is no such file" in problems("no/such/winter.yaml")[0]
    assert "is a folder" in problems(tmp_path)[0]
    assert "there is no such file" in problems(Path(os.devnull))[0]
    assert "there is no packaged scenario" in problems("a\0b")[0]
    assert "more is a package: lay it over a scenario" in problems("more")[0]
    assert "did you mean more?" in problems("winter", packages=["mor"])[0]


@pytest.mark.tiny_case
def test_problems_of_files_and_changes_come_together(shelf: Path) -> None:
    """Tiny case: nobody has to run it twice to see the second mistake."""
    write(shelf / "packages", "choices: {stock: {long_rond: 3}}\n", "odd.yaml")
    said = problems("winter", packages=["odd"], changes={"fixed.dais": 3, "choices.stock.short_round": -4})
    assert any(line.startswith("odd.yaml:1: choices.stock.long_rond: unknown interceptor") for line in said)
    assert any(line.startswith("--set fixed.dais: unknown key dais") for line in said)


# ---- reading, laying over, changing ----


@pytest.mark.tiny_case
def test_reads_the_drawers(good: scenario.Scenario) -> None:
    """Tiny case: a sound file is read as written."""
    assert (good.name, good.title, good.days) == ("good", "A made-up week in two cities", 30)
    assert (good.dates[0], good.dates[-1], len(good.dates)) == (date(2025, 11, 1), date(2025, 11, 30), 30)
    assert good.schema.fixed.interceptors["long_round"].kill["ballistic"] == Quantity(name="p_kill")
    assert good.schema.choices.pauses["winter"].start == When(on=date(2025, 11, 5))
    assert good.warnings == ()
    assert scenario.check(GOOD) == []


@pytest.mark.tiny_case
def test_a_file_is_laid_over_its_base(shelf: Path, tmp_path: Path) -> None:
    """Tiny case: mappings merge, lists and scalars replace, null takes out; several bases in order."""
    spring = scenario.read("spring")
    assert (spring.title, spring.days, spring.question) == ("Spring", 40, scenario.read("winter").question)
    mine = write(
        tmp_path,
        "extends: [winter, other.yaml]\nchoices: {batteries: {guns: null}}\noutcomes: [leakers]\nnot_modelled: [sea]\n",
    )
    write(tmp_path, "fixed: {days: 35}\n", "other.yaml")
    laid = scenario.read(mine)
    assert laid.days == 35
    assert "guns" not in laid.schema.choices.batteries
    assert [wish.name for wish in laid.schema.outcomes] == ["leakers"]
    assert laid.schema.not_modelled == ["land war", "sea"]
    assert "extends" not in laid.document


@pytest.mark.tiny_case
def test_a_cited_number_is_replaced_whole(good: scenario.Scenario, tmp_path: Path) -> None:
    """Tiny case: a new value never keeps the claims or the assumption of the old one."""
    text = f"extends: {GOOD}\nfixed: {{interceptors: {{long_round: {{unit_cost: {{value: 5, claims: []}}}}}}}}\n"
    laid = scenario.read(write(tmp_path, text))
    assert laid.document["fixed"]["interceptors"]["long_round"]["unit_cost"] == {"value": 5, "claims": []}


@pytest.mark.tiny_case
def test_packages(shelf: Path) -> None:
    """Tiny case: in order, question kept, titles beside, lists of the unmodelled added once."""
    both = scenario.read("winter", ["more", "halt"])
    assert both.packages == ("more", "halt")
    assert both.package_titles == ("More of all", "No shipment")
    assert both.question == scenario.read("winter").question
    assert both.schema.not_modelled == ["land war", "trade"]
    assert both.value("choices.stock.long_round") == 99
    assert set(both.schema.choices.supply) == {"flow"}
    assert both.schema.choices.pauses == {}
    assert scenario.read("winter").with_packages("more").with_packages("halt").fingerprint == both.fingerprint
    changed = scenario.read("winter", changes={"choices.stock.long_round": 5}).with_packages("more")
    assert changed.value("choices.stock.long_round") == 5
    assert [scenario.check(name) for name in ("more", "halt", "winter", "spring")] == [[], [], [], []]


@pytest.mark.tiny_case
def test_packaged(shelf: Path) -> None:
    """Tiny case: what is shipped is listed with its kind."""
    listed = scenario.packaged()
    assert {name: entry["kind"] for name, entry in listed.items()} == {
        "spring": "scenario",
        "winter": "scenario",
        "halt": "package",
        "more": "package",
    }
    assert listed["more"]["question"] == "And with more?"


@pytest.mark.tiny_case
def test_changes(good: scenario.Scenario) -> None:
    """Tiny case: scalars, list entries, whole mappings, new keys of a mapping, and taking out."""
    changed = good.replace(
        {
            "choices.stock.long_round": 12,
            "choices.batteries.longbow.0.n": 7,
            "choices.tempo.ballistic": [{"factor": 2, "from": 3}],
            "choices.supply.flow": None,
            'fixed.assets."St. X"': {"lat": 50, "lon": 30.5},
            'fixed.assets."St. X".weight': {"value": 3, "assumption": "made up"},
            'fixed.assets."St. X".weight.value': 4,
        }
    )
    assert changed.schema.choices.stock["long_round"] == Quantity(12)
    assert changed.value("choices.batteries.longbow.0.n") == 7
    assert "flow" not in changed.schema.choices.supply
    assert changed.value('fixed.assets."St. X".weight') == {"value": 4, "assumption": "made up"}
    assert changed.changes["choices.stock.long_round"] == 12
    assert good.value("choices.stock.long_round") == 24
    assert [line.endswith("uncertain.monthly: nothing in the scenario uses it") for line in changed.warnings] == [True]


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("path", "value", "fragment"),
    [
        ("choices.baterries.longbow", 1, "did you mean choices.batteries.longbow?"),
        (
            "choices.stock.long_rond",
            1,
            "unknown interceptor long_rond; known: long_round, short_round; did you mean",
        ),
        (
            "fixed.systems.longbow.availability.x",
            1,
            "is 0.9, one value; it has no x; set fixed.systems.longbow.ava",
        ),
        ("fixed.systems.guns.capacity.value", 1, "set it whole: fixed.systems.guns.capacity={value: VALUE}"),
        ("choices.tempo.drone.x", 1, "choices.tempo.drone is 1.2, one value; it has no x"),
        ("choices.batteries.longbow.5.site", "Kyiv", "has 2 entries, numbered from 0; 5 is none of them"),
        ("choices.batteries.longbow.0", None, "an entry of a list cannot be taken out; set the whole list"),
        (
            "uncertain.pkill.best",
            1,
            "there is no uncertain.pkill; allowed: monthly, p_kill; did you mean p_kill?",
        ),
        ("fixed.systems.longbow.loss.x", 1, "fixed.systems.longbow.loss is one value; it has no x"),
        ("choices.stock.long_round", float("nan"), "nan is not a finite number"),
        ("choices.stock.long_round", object(), "is not a number, text, date, list or mapping"),
        ("a..b", 1, "is not a path"),
        ('"a', 1, "is not a path"),
        ("", 1, "is not a path"),
        ("question", None, "question: is missing"),
        ("fixed", 3, "fixed: is 3, but should be a mapping with keys as_of, assets"),
    ],
)
def test_changes_refused(good: scenario.Scenario, path: str, value: Any, fragment: str) -> None:
    """Tiny case: the message names the path, what is there and the way out."""
    with pytest.raises(ScenarioError) as caught:
        good.replace({path: value})
    assert fragment in str(caught.value)


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("choices.stock.x=12", ("choices.stock.x", 12)),
        ("fixed.start = 2025-11-01", ("fixed.start", date(2025, 11, 1))),
        ("a.b=[2, 1]", ("a.b", [2, 1])),
        ("a.b={value: 0.5, claims: [F1]}", ("a.b", {"value": 0.5, "claims": ["F1"]})),
        ("a.b=null", ("a.b", None)),
        ("a.b=x=y", ("a.b", "x=y")),
        ("a.b=true", ("a.b", True)),
    ],
)
def test_parse_change(text: str, expected: tuple[str, Any]) -> None:
    """Tiny case: a value is YAML on one line."""
    assert scenario.parse_change(text) == expected


@pytest.mark.tiny_case
@pytest.mark.parametrize(
    "text", ["", "a.b", "=3", "a.b=", "a..b=3", "a.b=[1", "a.b=.nan", "a.b={x: 1, x: 2}", "a.b=!t 3"]
)
def test_parse_change_refused(text: str) -> None:
    """Tiny case: what cannot be read is said with the option that holds it."""
    with pytest.raises(ScenarioError):
        scenario.parse_change(text)


# ---- paths, values, round trips ----


@pytest.mark.invariant
def test_every_path_leads_to_its_value(good: scenario.Scenario) -> None:
    """Invariant: what `paths` lists, `value` finds, and setting it to itself changes nothing."""
    for path, value in good.paths().items():
        assert good.value(path) == value
        assert paths.show(paths.parse(path)) == path
    assert good.replace(good.paths()).fingerprint == good.fingerprint


@pytest.mark.invariant
@given(st.lists(st.text(min_size=1, max_size=8).map(str.strip).filter(bool), min_size=1, max_size=4))
def test_any_keys_make_a_path_that_reads_back(keys: list[str]) -> None:
    """Invariant: `parse` undoes `show`, whatever the keys hold."""
    assert paths.parse(paths.show(keys)) == tuple(keys)


@pytest.mark.tiny_case
def test_values_not_written_are_defaults(good: scenario.Scenario) -> None:
    """Tiny case: a default is a value too; a misspelt path is not."""
    assert good.value("fixed.doctrine.transit") == 0
    assert good.value("fixed.raids.waves") == 1
    with pytest.raises(ScenarioError, match=r"did you mean choices.stock.long_round\?"):
        good.value("choices.stock.long_rond")


@pytest.mark.invariant
def test_fingerprint_says_what_not_how(shelf: Path, tmp_path: Path) -> None:
    """Invariant: key order, 12 or 12.0, --set, package or file give the same; another value does not."""
    base = scenario.read("winter")
    turned = write(tmp_path, dumped(reversed_keys(base.document)))
    assert scenario.read(turned).fingerprint == base.fingerprint
    by_set = base.replace({"choices.stock.long_round": 99.0, "not_modelled": ["land war", "trade"]})
    by_file = write(
        tmp_path, "extends: winter\nchoices: {stock: {long_round: 99}}\nnot_modelled: [trade]\n", "file.yaml"
    )
    expected = base.with_packages("more").fingerprint
    assert by_set.fingerprint == scenario.read(by_file).fingerprint == expected != base.fingerprint
    assert len(expected) == 16


@pytest.mark.invariant
def test_yaml_reads_back_to_the_same_fingerprint(shelf: Path, tmp_path: Path) -> None:
    """Invariant: a written scenario needs neither its base nor its packages."""
    made = scenario.read("spring", ["more"], {"choices.tempo.drone": 3, "title": "yes: [no] # 2025-01-01"})
    again = scenario.read(write(tmp_path, made.to_yaml()))
    assert again.fingerprint == made.fingerprint
    assert again.document == made.document


@pytest.mark.tiny_case
def test_night_table(shelf: Path, tmp_path: Path) -> None:
    """Tiny case: the table counts by its content, not by its place, and travels with the written file."""
    (tmp_path / "a").mkdir()
    write(tmp_path / "a", "night,class,launched\n2025-01-01,drone,4\n", "nights.csv")
    text = "extends: winter\nfixed: {raids: {kind: replay, path: nights.csv}}\n"
    made = scenario.read(write(tmp_path / "a", text))
    again = scenario.read(write(tmp_path, made.to_yaml()))
    assert made.night_table == tmp_path / "a" / "nights.csv"
    assert again.fingerprint == made.fingerprint
    assert "path: a/nights.csv" in made.to_yaml(tmp_path)
    sample = scenario.read("winter", changes={"fixed.raids.kind": "replay", "fixed.raids.path": "sample"})
    assert sample.fingerprint == made.fingerprint
    write(tmp_path / "a", "night,class,launched\n2025-01-01,drone,5\n", "nights.csv")
    assert scenario.read(tmp_path / "a" / "mine.yaml").fingerprint != made.fingerprint


@pytest.mark.tiny_case
def test_a_document_cannot_be_changed_from_outside(good: scenario.Scenario) -> None:
    """Tiny case: a scenario is frozen."""
    good.document["fixed"]["days"] = 3
    assert good.document["fixed"]["days"] == 30
    with pytest.raises(AttributeError):
        good.name = "other"  # type: ignore[misc]


@pytest.mark.tiny_case
def test_json_schema_has_the_drawers(good: scenario.Scenario) -> None:
    """Tiny case: editors get every top key, extends among them, and may leave things to a base."""
    schema = json.loads(json.dumps(scenario.json_schema()))
    assert set(good.document) | {"extends"} <= set(schema["properties"])
    assert "required" not in schema
    assert schema["additionalProperties"] is False
    assert schema["title"] == "vallum scenario"


@pytest.mark.tiny_case
@pytest.mark.parametrize("name", ["Kyiv", "Site A1", "Bila Tserkva", "Rayon KTZ", "north 12", "P1", "Divisionsk"])
def test_places_and_made_up_sites_are_no_positions(name: str) -> None:
    """Tiny case: the scope rule lets cities and hypothetical sites pass."""
    assert positions.problems({"fixed": {"assets": {name: {"lat": 50.455, "lon": 30.524}}}}) == []


# ---- anything at all ----


def dumped(data: Any) -> str:
    import io

    text = io.StringIO()
    YAML(typ="safe", pure=True).dump(data, text)
    return text.getvalue()


def reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reversed_keys(inner) for key, inner in reversed(value.items())}
    return [reversed_keys(inner) for inner in value] if isinstance(value, list) else value


def spots(value: Any, keys: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*keys, key)
        if isinstance(inner, dict | list):
            yield from spots(inner, (*keys, key))


MADE = scenario.read(GOOD)
DOCUMENT = read_text(GOOD.read_text(), "good").data
SPOTS = list(spots(DOCUMENT))
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=5),
    st.dates(),
    st.sampled_from(
        ["p_kill", "long_round", "longbow", "drone", "Kyiv", "2025-11-10", "law", "replay", "x\0y", 0, -1, 31]
    ),
    st.just([]),
    st.just({}),
    st.just({"value": 1}),
    st.just({"value": "x", "claims": 5}),
    st.just({"parameter": 5}),
    st.just([{"from": 1, "value": 0.5}]),
    st.just([{"site": "Kyiv", "from": "p_kill"}]),
    st.just([[1, 2]]),
)
ACTS = st.lists(
    st.tuples(st.sampled_from(SPOTS), st.sampled_from(["set", "drop", "rename"]), ODD), min_size=1, max_size=3
)


def mutated(acts: list[tuple[tuple[Any, ...], str, Any]]) -> Any:
    data = copy.deepcopy(DOCUMENT)
    for keys, act, value in acts:
        node = data
        try:
            for key in keys[:-1]:
                node = node[key]
            if act == "set":
                node[keys[-1]] = value
            elif act == "drop":
                del node[keys[-1]]
            else:
                node[str(value)] = node.pop(keys[-1])
        except (KeyError, IndexError, TypeError, AttributeError):
            continue
    return data


def refusal(ask: Callable[[], object]) -> ScenarioError | None:
    """Return the ScenarioError with which something is refused, if it is."""
    try:
        ask()
    except ScenarioError as error:
        return error
    return None


def survives(path: Path) -> None:
    """Read a file: it is sound and reads back, or a ScenarioError says why not."""
    refused = refusal(lambda: scenario.read(path))
    if refused is None:
        made = scenario.read(path)
        path.write_text(made.to_yaml(), encoding="utf-8")
        assert scenario.read(path).fingerprint == made.fingerprint
        return
    assert refused.problems
    if "question: is missing" not in str(refused):  # without a question it may be a package
        assert scenario.check(path) == list(refused.problems)


@pytest.mark.invariant
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_mutated_scenarios_raise_nothing_but_scenario_errors(tmp_path: Path, acts: Any) -> None:
    """Invariant: whatever is put in, left out or renamed, the user gets words, not a traceback."""
    path = tmp_path / "mutated.yaml"
    path.write_text(dumped(mutated(acts)), encoding="utf-8")
    survives(path)


@pytest.mark.invariant
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 3000), cut=st.integers(0, 40), put=st.text(max_size=6) | st.binary(max_size=6))
def test_mangled_text_raises_nothing_but_scenario_errors(tmp_path: Path, start: int, cut: int, put: Any) -> None:
    """Invariant: the same for a file damaged anywhere."""
    raw = GOOD.read_bytes()
    middle = put if isinstance(put, bytes) else put.encode("utf-8", "surrogatepass")
    survives(write(tmp_path, raw[:start] + middle + raw[start + cut :], "mangled.yaml"))


@pytest.mark.invariant
@settings(max_examples=60, deadline=None)
@given(keys=st.sampled_from(SPOTS), extra=st.sampled_from(["", ".x", ".0", ".value", '."']), value=ODD)
def test_any_change_raises_nothing_but_scenario_errors(keys: tuple[Any, ...], extra: str, value: Any) -> None:
    """Invariant: the same for changes by path."""
    refused = refusal(lambda: MADE.replace({paths.show(keys) + extra: value}))
    assert refused is None or refused.problems


@pytest.mark.invariant
def test_what_is_remembered_of_few_futures_is_bounded_too() -> None:
    """Invariant: the bound holds for keys and small arrays, of which a batch makes thousands; the latest stay."""
    memory, made = Remembered(100_000), list[int]()
    said, drawn = "all that a scenario says " * 40, bytes(800)

    def make(number: int) -> dict[int, Any]:
        made.append(number)
        return {number: np.zeros(3)}

    for number in range(500):
        memory.of((said, drawn, number), partial(make, number))
    assert memory.of((said, drawn, 499), partial(make, 499)).keys() == {499}
    assert memory.of((said, drawn, 0), partial(make, 0)).keys() == {0}
    assert made == [*range(500), 0]
    assert 25 < len(memory._kept) <= 100_000 / (len(said) + len(drawn))
