"""B against A taken apart, and what each package would change: the same futures on all sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from vallum import campaign, report
from vallum.campaign import Glance
from vallum.comparison import Attribution, with_parts
from vallum.comparison.attribution import Coalition, attributed, coalitions
from vallum.comparison.inputs import parts
from vallum.errors import ScenarioError
from vallum.report import words
from vallum.results import Label
from vallum.web.answers import Stop, text
from vallum.web.looks import Looks
from vallum.web.states import Apart, Effects, State, shelf

F64 = npt.NDArray[np.float64]
#: Outcomes that are taken apart, and told of each package, where the scenario has them.
TAKEN: Final = ("leakers", "stopped_share", "first_empty_battery")


def attribution(looks: Looks, asked: Apart, stop: Stop) -> bytes:
    """Whose doing the difference between two views is: parts that stand or fall together, each with its share."""
    b = asked.b.model_copy(update={"seed": asked.a.seed})
    before, after = looks.at(asked.a, asked.futures, stop), looks.at(b, asked.futures, stop)
    base = before.plan.scenario
    found = parts(base, after.plan.scenario, before.plan.laws, after.plan.laws)
    ends = {frozenset[int](): before, frozenset(range(len(found))): after}
    columns: dict[Coalition, Mapping[Label, F64]] = {}
    why = "" if found else "A and B are the same"
    try:
        for some in coalitions(len(found)) if found else ():
            stop()
            made = ends.get(some) or campaign.glance(with_parts(base, found, some), asked.futures, asked.a.seed)
            columns[some] = _taken(made)
    except ScenarioError as error:
        why = f"the parts are no scenarios by themselves: {error.problems[0]}"
    told = [{"name": part.name, "title": part.title, "paths": sorted(part.changes)} for part in found]
    shares = () if why else _shares([part.name for part in found], columns)
    made_of = [{**one.as_dict(), "unit": _unit(one.label), "words": words.outcome(one.label)} for one in shares]
    return text({"schema": 1, "kind": "attribution", "futures": asked.futures, "parts": told, "attribution": made_of,
                 "note": why})  # fmt: skip


def _shares(names: list[str], columns: Mapping[Coalition, Mapping[Label, F64]]) -> list[Attribution]:
    labels = [label for label in columns[frozenset()] if all(label in one for one in columns.values())]
    labels.sort(key=lambda label: TAKEN.index(label.name))
    made = [attributed(label, names, lambda some, at=label: columns[some][at]) for label in labels]  # type: ignore[misc]
    return [one for one in made if one is not None]


def _taken(look: Glance) -> dict[Label, F64]:
    """Outcomes of the class that the answer is about; a day that may never come counts as 1 where it comes."""
    found = {label: values for label, values in look.result.columns.items() if _is_told(look, label)}
    return {
        label: np.isfinite(values).astype(float) if label.may_be_never else values for label, values in found.items()
    }


def _is_told(look: Glance, label: Label) -> bool:
    about = label.keys()
    return label.name in TAKEN and about in ({}, {"class": look.result.headline})


def _unit(label: Label) -> str:
    return "probability" if label.may_be_never else label.unit


def effects(looks: Looks, asked: Effects, stop: Stop) -> bytes:
    """What each package that fits would change, one at a time."""
    before = looks.at(asked, asked.futures, stop)
    rows = []
    for name, about in shelf().items():
        state = State(**asked.model_dump(include=set(State.model_fields)))
        if about["kind"] != "package" or name in state.packages:
            continue
        stop()
        try:
            laid = state.model_copy(update={"packages": [*state.packages, name]}).read()
            after = campaign.glance(laid, asked.futures, asked.seed, lambda *_: stop())
        except ScenarioError:
            continue
        told = [one for one in campaign.versus(before, after) if _is_told(before, one.label)]
        changes = [{**one.as_dict("against"), "words": report.in_words(one)} for one in told]
        rows.append({"name": name, "title": about["title"], "differences": changes})
    return text({"schema": 1, "kind": "effects", "futures": asked.futures, "packages": rows})
