"""What the API answers with: the schemas and examples of its OpenAPI document. They describe; they compute nothing."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from vallum.web.bearable import MOST_BATTERIES, MOST_LAUNCHES, MOST_ROUNDS
from vallum.web.limits import BURST, RATE
from vallum.web.states import (
    LARGEST,
    MOST_CHANGES,
    MOST_FUTURES,
    MOST_JOBS,
    MOST_PACKAGES,
    MOST_PREVIEW,
    MOST_WAITING,
)

PROBLEM: Final = "application/problem+json"
JSON: Final = "application/json"

LIMITS: Final = f"""How long do the interceptors last? Hypothetical sites, public figures, honest bands.

Errors are `{PROBLEM}` (RFC 9457): all that is wrong at once, each with its path, in the words of the command line.

| limit | answer |
|---|---|
| a request of more than {LARGEST:,} bytes | 413 |
| more than {MOST_PREVIEW:,} futures of a preview, {MOST_FUTURES:,} of a run, {MOST_PACKAGES} packages, {MOST_CHANGES} \
changes | 422 |
| a change that may bring more than {MOST_LAUNCHES:,} launches in a future, {MOST_BATTERIES:,} batteries or \
{MOST_ROUNDS:,} rounds | 422 |
| more than {MOST_WAITING} requests in a line, or {MOST_JOBS} jobs that wait | 429 with `Retry-After` |
| more than {RATE:g} requests a second of one address, {BURST} at once (`vallum serve --rate`) | 429, as above |
| an older request of the same page (`X-Page`) | 409, the newest wins |
"""


class Fault(BaseModel):
    """One thing that is wrong. path : where in the request, "" where it is the request as a whole"""

    path: str
    message: str


class Problem(BaseModel):
    """What went wrong, by RFC 9457, with all of it in `errors` and, line by line, in `problems`."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault]
    problems: list[str]


class Told(BaseModel):
    """What every answer begins with; `schema` is the version of its layout."""

    model_config = ConfigDict(extra="allow")

    layout: Literal[1] = Field(alias="schema")
    kind: str


class Column(BaseModel):
    """A column of a table: its name in the CSV, its heading, its unit."""

    name: str
    heading: str
    unit: str


class Figure(BaseModel):
    """The table behind a figure, and what it shows in a sentence."""

    title: str
    says: str
    columns: list[Column]
    rows: list[list[str | int | float | None]]


class PreviewTold(Told):
    """The answer of few futures: sentences, numbers with their error, and the table behind each figure."""

    question: str
    title: str
    fingerprint: str
    as_of: str
    version: str
    live: bool
    futures: int
    seed: int
    answer: list[str]
    headline: dict[str, JsonValue]
    standards: list[dict[str, JsonValue]]
    figures: dict[str, Figure]
    command: str
    warnings: list[str]


class PairTold(Told):
    """B against A in the same futures."""

    futures: int
    inputs: list[dict[str, JsonValue]]
    threat: list[str]
    differences: list[dict[str, JsonValue]]


class ScenarioTold(Told):
    """What a scenario asks, its controls, and where each number is from."""

    question: str
    controls: list[dict[str, JsonValue]]
    paths: list[dict[str, JsonValue]]
    fits: list[str]


class ScenariosTold(Told):
    """The packaged scenarios and packages by name."""

    scenarios: dict[str, dict[str, str]]


class OpenedTold(Told):
    """What of a link could be opened, and what was left out, each with the reason."""

    state: dict[str, JsonValue]
    left_out: list[dict[str, str]]


class RunTold(Told):
    """A whole run: the bytes that `vallum run --json` prints."""

    question: str
    answer: str
    outcomes: list[dict[str, JsonValue]]
    reproduce: str


class JobTold(Told):
    """How a job stands, with what was asked."""

    id: str
    asked: dict[str, JsonValue]
    state: Literal["waiting", "running", "done", "failed", "cancelled", "interrupted"]
    stage: str
    done: int
    total: int
    problems: list[str]
    file: str
    form: str


class JobsTold(Told):
    """The jobs that are kept, the newest first."""

    jobs: list[JobTold]


_NUMBERS: Final = {"mean": 224.875, "se_mean": 12.8811895914, "median": 210, "p5": 150, "p95": 345, "se_median": 10}
EXAMPLES: Final[dict[type[BaseModel], dict[str, Any]]] = {
    Problem: {
        "type": "urn:vallum:problem:refused",
        "title": "This cannot be answered as asked",
        "status": 422,
        "detail": "--set choices.stock.patriot_round: -1 is out of range; allowed: 0..1000000",
        "errors": [{"path": "choices.stock.patriot_round", "message": "-1 is out of range; allowed: 0..1000000"}],
        "problems": ["--set choices.stock.patriot_round: -1 is out of range; allowed: 0..1000000"],
    },
    PreviewTold: {
        "schema": 1, "kind": "preview", "title": "The winter of 2025-26", "fingerprint": "c0674dc811792ef8",
        "question": "When do the Patriot interceptors run out in the winter of 2025-26, and what gets through?",
        "as_of": "2026-03-31", "version": "0.1.0", "live": True, "futures": 20, "seed": 0,
        "answer": ["Of 272 ballistic missiles on average, 210 get through in the median future (5-95 %: 150-345)."],
        "headline": {"class": "ballistic", "gets_through": {**_NUMBERS, "launched": 261}},
        "standards": [{"text": "first_empty_battery never", "share": 0.5, "se": 0.102062072616}],
        "figures": {
            "leakers": {
                "title": "What gets through, by class and reason",
                "says": "Ballistic missiles: 225 get through in the mean (5–95 %: 150–345).",
                "columns": [{"name": "class", "heading": "Class", "unit": "class"}],
                "rows": [["ballistic"]],
            }
        },
        "command": "vallum run winter-2025-26 --futures 20 --seed 0 --as-of 2026-03-31", "warnings": [],
    },
    PairTold: {
        "schema": 1, "kind": "pair", "futures": 20, "threat": [],
        "inputs": [{"path": "choices.stock.patriot_round", "before": "opening_stock", "after": 300}],
        "differences": [
            {"name": "cost_fired", "unit": "USD million", "n": 20, "before": 736.92, "after": 831.44, "mean": 94.52,
             "se": 37.47, "p5": 0, "p95": 610.28, "told_apart": True}
        ],
    },
    ScenarioTold: {
        "schema": 1, "kind": "scenario", "paths": [], "fits": ["aid-resumed"],
        "question": "When do the Patriot interceptors run out in the winter of 2025-26, and what gets through?",
        "controls": [
            {"path": "choices.batteries.patriot", "label": "Patriot systems held in Ukraine, winter 2025-26",
             "kind": "number", "best": 10, "low": 0, "high": 20, "step": 1, "unit": "systems", "claims": ["F237"]}
        ],
    },
    ScenariosTold: {
        "schema": 1, "kind": "scenarios",
        "scenarios": {"aid-resumed": {"kind": "package", "title": "American aid resumed", "question": ""}},
    },
    OpenedTold: {
        "schema": 1, "kind": "opened",
        "state": {"scenario": "winter-2025-26", "packages": [], "set": {}, "seed": 0},
        "left_out": [{"what": "package", "name": "gone", "why": "there is no packaged package gone"}],
    },
    RunTold: {
        "schema": 1, "kind": "run", "question": "When do the Patriot interceptors run out?", "answer": "In 46 % ...",
        "outcomes": [{"name": "leakers", "class": "ballistic", "unit": "threats", "n": 2000, **_NUMBERS}],
        "reproduce": "vallum run winter-2025-26 --futures 2000 --seed 0 --as-of 2026-03-31",
    },
    JobTold: {
        "schema": 1, "kind": "job", "id": "9f86d081884c7d65", "state": "running", "stage": "futures", "done": 512,
        "total": 2000, "problems": [], "file": "", "form": JSON,
        "asked": {"kind": "run", "scenario": "winter-2025-26", "futures": 2000, "seed": 0},
    },
}  # fmt: skip
EXAMPLES[JobsTold] = {"schema": 1, "kind": "jobs", "jobs": [EXAMPLES[JobTold]]}


def told(model: type[BaseModel], status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The responses of a route: what it answers, and its problems."""
    example = {"example": EXAMPLES[model]} if model in EXAMPLES else {}
    return {status: {"model": model, "content": {JSON: example}}, **PROBLEMS}


def _refusal(means: str, later: bool = False) -> dict[str, Any]:
    headers = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
    made: dict[str, Any] = {"description": means, "content": {PROBLEM: {"schema": PROBLEM_SCHEMA}}}
    return {**made, "headers": headers} if later else made


#: The schema of a problem, written out: the routes would give it as plain JSON.
PROBLEM_SCHEMA: Final = {
    **Problem.model_json_schema(ref_template="#/components/schemas/{model}"), "example": EXAMPLES[Problem],
}  # fmt: skip
PROBLEM_SCHEMA["properties"]["errors"]["items"] = PROBLEM_SCHEMA.pop("$defs")["Fault"]
#: What every route may refuse with.
PROBLEMS: Final[dict[int | str, dict[str, Any]]] = {
    409: _refusal("A newer request of the page has come, or a name is taken"),
    413: _refusal("The request is too large; the limit is named"),
    422: _refusal("What is wrong with what was asked, all of it at once"),
    429: _refusal("Too many wait, or one address asks too often; the limit is named", later=True),
}
