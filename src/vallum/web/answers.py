"""What the API answers with: the words, tables and documents of the rooms below, put into JSON."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vallum import campaign, evidence, report
from vallum.campaign import Glance
from vallum.errors import EvidenceError, RunError, ScenarioError
from vallum.scenario import is_threat
from vallum.web.looks import Looks
from vallum.web.states import Pair, Preview, State, TableOf, shelf

#: Called now and then by whoever makes an answer; raises where nobody waits for it any more.
Stop = Callable[[], None]


def text(made: Any) -> bytes:
    """JSON as bytes, the same every time."""
    return json.dumps(
        made, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str
    ).encode()


def scenarios() -> bytes:
    """The packaged scenarios, and the packages with whether each fits the scenario."""
    return text({"schema": 1, "kind": "scenarios", "scenarios": shelf()})


def described(state: State) -> bytes:
    """What a scenario asks, its controls, where each number is from, and which packages fit it."""
    asked, bare = state.read(), state.bare().read()
    plan = campaign.prepare(asked)
    made = report.described(plan) | {
        "schema": 1,
        "kind": "scenario",
        "live": asked.schema.live,
        "controls": report.controls(campaign.prepare(bare)),
        "paths": _changed(State(scenario=state.scenario).read().paths(), asked.paths()),
        "fits": [name for name, about in shelf().items() if about["kind"] == "package" and _fits(state, name)],
    }
    return text(made)


def _fits(state: State, package: str) -> bool:
    try:
        State(scenario=state.scenario, packages=[package]).read()
    except ScenarioError:
        return False
    return True


def _changed(base: dict[str, Any], now: dict[str, Any]) -> list[dict[str, Any]]:
    """Values that differ: path, before, after."""
    return [
        {"path": path, "before": _plain(base.get(path)), "after": _plain(now.get(path))}
        for path in sorted(base.keys() | now.keys())
        if base.get(path) != now.get(path)
    ]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def opened(state: State) -> bytes:
    """What can be opened of a state that a link carries, and what cannot, each with the reason."""
    left: list[dict[str, Any]] = []
    known = shelf()
    base = state.scenario if known.get(state.scenario, {}).get("kind") == "scenario" else State().scenario
    if base != state.scenario:
        left.append({"what": "scenario", "name": state.scenario, "why": f"there is none of this name; {base} is shown"})
    made = State(scenario=base, seed=state.seed)
    for name in state.packages:
        made = _kept(made, made.model_copy(update={"packages": [*made.packages, name]}), "package", name, left)
    for path, value in state.set.items():
        made = _kept(made, made.model_copy(update={"set": {**made.set, path: value}}), "change", path, left)
    return text({"schema": 1, "kind": "opened", "state": made.model_dump(), "left_out": left})


def _kept(before: State, after: State, what: str, name: str, left: list[dict[str, Any]]) -> State:
    try:
        after.read()
    except ScenarioError as error:
        left.append({"what": what, "name": name, "why": "; ".join(error.problems)})
        return before
    return after


def preview(looks: Looks, asked: Preview, stop: Stop) -> bytes:
    """The answer of few futures: sentences, numbers and the table behind each figure."""
    look = looks.at(asked, asked.futures, stop)
    return text({"schema": 1, "kind": "preview", **_shown(look)})


def _shown(look: Glance) -> dict[str, Any]:
    made = look.result.manifest
    return {
        "question": made.question,
        "title": made.title,
        "fingerprint": made.fingerprint,
        "as_of": made.as_of.isoformat(),
        "version": made.version,
        "live": made.live,
        "futures": made.futures,
        "seed": made.seed,
        "answer": look.result.answer.split("\n"),
        "headline": report.headline(look.result),
        "standards": report.standards_met(look.result),
        "figures": {name: _figure(look, table) for name, table in _tables(look).items()},
        "command": made.command(),
        "warnings": list(made.warnings),
    }


def _tables(look: Glance) -> dict[str, report.Table]:
    costs = report.costs(look.result)
    found = report.figures(look.result, report.national(look.plan.scenario))
    return found | ({costs.name: costs} if costs.rows else {})


def _figure(look: Glance, table: report.Table) -> dict[str, Any]:
    says = report.of_costs(table) if table.name == "cost" else report.of_figure(look.result, table)
    return {
        "title": table.title,
        "says": says,
        "columns": [{"name": one.name, "heading": one.heading, "unit": one.unit} for one in table.columns],
        "rows": [list(row) for row in table.rows],
    }


def table(looks: Looks, asked: TableOf, stop: Stop) -> bytes:
    """The table behind a figure as CSV, or as a workbook with its provenance. Raises RunError where there is none."""
    look = looks.at(asked, asked.futures, stop)
    found = _tables(look)
    if asked.table not in found:
        raise RunError(f"table {asked.table}: there is none of this name here; there are {', '.join(found)}")
    if asked.form == "csv":
        return found[asked.table].csv().encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        report.workbook(path, look.result, found[asked.table])
        return path.read_bytes()


def paired(looks: Looks, asked: Pair, stop: Stop) -> bytes:
    """B against A in the same futures, with the inputs that differ."""
    b = asked.b.model_copy(update={"seed": asked.a.seed})
    before, after = looks.at(asked.a, asked.futures, stop), looks.at(b, asked.futures, stop)
    told = [{**one.as_dict("against"), "words": report.in_words(one)} for one in campaign.versus(before, after)]
    inputs = _changed(before.plan.scenario.paths(), after.plan.scenario.paths())
    attack = [one["path"] for one in inputs if is_threat(after.plan.scenario, one["path"])]
    return text(
        {"schema": 1, "kind": "pair", "futures": asked.futures, "inputs": inputs, "threat": attack, "differences": told}
    )


def outlines(name: str) -> bytes:
    """The map of a country by the name of its coverage table. Raises EvidenceError where it is not shipped."""
    made = report.outlines(name)
    if made is None:
        raise EvidenceError(f"there is no map for {name}")
    return text({"schema": 1, "kind": "outlines", **made})


def hypothetical(state: State) -> bytes:
    """Systems by region, as the covering model would spread them: assumed, no position."""
    return text({"schema": 1, "kind": "hypothetical", **report.hypothetical(campaign.prepare(state.read()))})


def told(name: str) -> bytes:
    """One claim, source, parameter or group with what hangs on it. Raises EvidenceError with the nearest name."""
    facts = evidence.load()
    made = report.evidence_show(facts, name)
    mine = {name, *made.get("claims", ())}
    found = report.conflicts_json(evidence.conflicts(facts))
    about = [one for one in found if one.get("parameter") == name or any(mine & set(s["claims"]) for s in one["sides"])]
    return text({"schema": 1, "kind": "evidence", **made, "conflicts": about})


def listed(what: str, search: str) -> bytes:
    """The packaged claims, sources, parameters or groups, perhaps those that hold a word."""
    rows = report.evidence_list(evidence.load(), what, None, search or None)
    return text({"schema": 1, "kind": what, "rows": rows})


def disputes() -> bytes:
    """Where sources disagree, named disputes first."""
    return text({"schema": 1, "kind": "conflicts", "conflicts": report.conflicts_json(evidence.conflicts())})
