"""The pages about the model say what the program does: rules, fields, functions, tests, outcomes, worked examples."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.conftest import ROOT
from tests.tiny_nights import tiny_nights

import vallum
from vallum import terms
from vallum.cli import main
from vallum.scenario.schema import Schema

pytestmark = pytest.mark.docs

MODEL = ROOT / "docs" / "model"
PAGES = ("README.md", "rules.md", "day.md", "limits.md", "odd.md")
RULES = [
    *(f"F{n}" for n in range(1, 7)),
    *(f"W{n}" for n in range(1, 7)),
    *(f"R{n}" for n in range(1, 5)),
    "E1",
    "E1b",
    *(f"E{n}" for n in range(2, 12)),
    *(f"S{n}" for n in range(1, 7)),
    *("C1", "C2", "K1", "K2", "K3"),
]
#: A file of ours and what is cited in it: `raids.py::Raids.tempo`, `tests/test_dice.py::test_chains_of_futures`.
CITED = re.compile(r"`([\w/-]+\.py)::([\w.]+)(?:\[([^\]]+)\])?`")
FIELD = re.compile(
    r"`((?:fixed|choices|uncertain|correlations|outcomes|reported|live)(?:\.\w+)*)`(?: \(default `([^`]+)`\))?"
)
OUTCOME_ROW = re.compile(r"^\| `(\w+)` \| ([\w ]+) \| [^|]*\| .+ \|$", re.MULTILINE)


def page(name: str) -> str:
    return (MODEL / name).read_text(encoding="utf-8")


def sections() -> dict[str, str]:
    """Text of each rule, by the number in its heading."""
    parts = re.split(r"^### (\w+) .*$", page("rules.md"), flags=re.MULTILINE)
    return {number: text.split("\n## ")[0] for number, text in zip(parts[1::2], parts[2::2], strict=True)}


def outcomes_section() -> str:
    return page("rules.md").split("\n## O Outcomes\n")[1].split("\n## ")[0]


# --- rules ------------------------------------------------------------------------------------------


def test_every_rule_is_there_in_its_place() -> None:
    """Docs: each rule has one entry, in order."""
    assert list(sections()) == RULES


@pytest.mark.parametrize("rule", [*RULES, "O"])
def test_every_rule_names_its_fields_code_and_tests(rule: str) -> None:
    """Docs: each entry says which fields it reads, where it is in the code and which test holds it."""
    text = outcomes_section() if rule == "O" else sections()[rule]
    for part in ("**Fields**:", "**Code**:", "**Held by**:"):
        assert part in text, f"{rule} does not say {part}"
    code, held = text.split("**Code**:")[1].split("**Held by**:", 1)
    assert CITED.search(code), f"{rule} names no function"
    assert CITED.search(held), f"{rule} names no test"


def test_every_reason_of_a_leaker_is_defined() -> None:
    """Docs: the reasons of E10 are those of the program, in its order."""
    assert tuple(re.findall(r"^\| `(\w+)` \|", sections()["E10"], re.MULTILINE)) == terms.REASONS


# --- code and tests ---------------------------------------------------------------------------------


@cache
def names_in(file: Path) -> frozenset[str]:
    """What a module defines: functions, classes and their methods, and its own constants."""
    found: set[str] = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        found |= set(defined(node))
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{name}" for part in node.body for name in defined(part)}
    return frozenset(found)


def defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def cited(name: str) -> list[tuple[str, str, str]]:
    return [(file, what, night or "") for file, what, night in CITED.findall(page(name))]


@pytest.mark.parametrize("name", PAGES)
def test_what_is_cited_exists(name: str) -> None:
    """Docs: every function and every test that a page names is there."""
    missing = []
    for file, what, _ in cited(name):
        path = ROOT / file if file.startswith("tests/") else ROOT / "src" / "vallum" / file
        if not path.is_file() or what not in names_in(path):
            missing.append(f"{file}::{what}")
    assert not missing


def test_cited_nights_exist() -> None:
    """Docs: a night worked by hand is cited by its name."""
    known = {night.name for night in tiny_nights()}
    named = {night for name in PAGES for _, _, night in cited(name) if night}
    assert named and named <= known, sorted(named - known)


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name: str) -> None:
    """Docs: every link to a file of ours finds it."""
    links = [link for link in re.findall(r"\]\(([^)#]+)(?:#[\w-]+)?\)", page(name)) if "://" not in link]
    assert not [link for link in links if not (MODEL / link).exists()]


# --- fields -----------------------------------------------------------------------------------------


@cache
def schema() -> dict[str, Any]:
    return Schema.model_json_schema()


def shapes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All that a place of the schema may be, lists opened."""
    if "$ref" in node:
        yield from shapes(schema()["$defs"][node["$ref"].rsplit("/", 1)[1]])
    for one in node.get("anyOf", ()):
        yield from shapes(one)
    if isinstance(node.get("items"), dict):
        yield from shapes(node["items"])
    yield node


def below(node: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    """What stands under a key; a key in capitals is a name of the user's own."""
    for shape in shapes(node):
        if key in shape.get("properties", {}):
            yield shape["properties"][key]
        elif key.isupper() and isinstance(shape.get("additionalProperties"), dict):
            yield shape["additionalProperties"]


def field(path: str) -> list[dict[str, Any]]:
    places = [schema()]
    for key in path.split("."):
        places = [inner for place in places for inner in below(place, key)]
    return places


def test_every_field_is_in_the_schema_with_its_default() -> None:
    """Docs: each field that a page names can be written in a scenario, and each default is the schema's."""
    found = [(path, default) for name in PAGES for path, default in FIELD.findall(page(name))]
    assert len(found) > 100
    assert not [path for path, _ in found if not field(path)]
    wrong = [
        (path, default)
        for path, default in found
        if default and default not in {str(place.get("default")).lower() for place in field(path)}
    ]
    assert not wrong


# --- outcomes ---------------------------------------------------------------------------------------

#: One scenario that has everything an outcome may be about.
EVERYTHING = """
question: What can be printed?
fixed:
  start: 2025-11-01
  days: 40
  assets: {East: {population: 1000}, West: {population: 500}}
  classes:
    ballistic: {unit_cost: 2, harm: 1, fail: 0.1}
    drone: {unit_cost: 1, harm: 1, decoys: {share: 0.5}}
  interceptors: {round: {unit_cost: 4, kill: {ballistic: 0.5}}}
  systems:
    jammer: {kind: soft, success: {drone: 0.5}}
    long: {unit_cost: 400, loss: 0.01}
  raids: {kind: law, size: {ballistic: {kind: fixed, n: 9}, drone: {kind: fixed, n: 9}}}
choices:
  batteries: {jammer: 1, long: 2}
  stock: {round: 20}
  supply:
    bought:
      {kind: purchase, interceptor: round, donor: A, unit_price: 4, fund: ours, lead: {days: 3},
       orders: [{on: 2025-11-03, quantity: 5}]}
    given: {kind: stream, interceptor: round, donor: B, per_month: 10}
  funds: {ours: {balance: 100}}
reported:
  - {title: made up for this test, claims: [], outcome: stopped_share, class: ballistic, month: 2025-11}
"""


def written_labels() -> set[tuple[str, str]]:
    """Names and units of outcomes as the source writes them; a name that is made of parts is left to the run."""
    found = set()
    for file in (ROOT / "src" / "vallum" / "campaign").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Label"):
                continue
            name, unit = node.args[:2]
            if isinstance(name, ast.Constant) and isinstance(unit, ast.Constant):
                found.add((str(name.value), str(unit.value)))
    return found


def printed_labels(folder: Path) -> set[tuple[str, str]]:
    (folder / "everything.yaml").write_text(EVERYTHING, encoding="utf-8")
    result = vallum.run(vallum.read(folder / "everything.yaml"), futures=4, explain=False)
    return {(label.name, label.unit) for label in result.columns}


def test_every_outcome_is_defined_with_its_unit(tmp_path: Path) -> None:
    """Docs: the table of outcomes is what the program can print, no more and no less."""
    rows = OUTCOME_ROW.findall(outcomes_section())
    told = {(name, unit) for name, unit in rows if name != "NAME_by_NIGHT"}
    assert len(told) == len({name for name, _ in told}) == len(rows) - 1
    assert told == written_labels() | printed_labels(tmp_path)


def test_a_wish_by_a_date_is_a_probability(tmp_path: Path) -> None:
    """Docs: `NAME_by_NIGHT` is the share of futures in which the night has come."""
    document = YAML(typ="safe").load(EVERYTHING)
    document["outcomes"] = [{"name": "first_dry_night", "class": "ballistic", "scope": "anywhere", "by": "2025-11-20"}]
    YAML(typ="safe").dump(document, tmp_path / "by.yaml")
    (made,) = vallum.run(vallum.read(tmp_path / "by.yaml"), futures=4, explain=False).shown
    assert (made.label.name, made.label.unit) == ("first_dry_night_by_20", "probability")


# --- examples ---------------------------------------------------------------------------------------

#: A block of code and, right after it, what it prints.
WORKED = re.compile(r"^```python\n(.*?)^```\n+```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ASKED = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_worked_examples_print_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Docs: the blocks of the page, one after another, print exactly what stands beneath them."""
    blocks = WORKED.findall(page("README.md"))
    assert len(blocks) >= 2
    names: dict[str, Any] = {}
    for code, told in blocks:
        exec(compile(code, "docs/model/README.md", "exec"), names)
        assert capsys.readouterr().out == told


def test_commands_print_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    """Docs: each line under a command is a line that it prints."""
    blocks = ASKED.findall(page("README.md"))
    assert blocks
    for block in blocks:
        command, *told = block.splitlines()
        with pytest.raises(SystemExit) as done:
            main(command.removeprefix("$ vallum ").split())
        assert not done.value.code
        printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
        assert not [line for line in told if line.rstrip() not in printed]
