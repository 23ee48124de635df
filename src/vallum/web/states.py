"""What a page asks for: a packaged scenario, packages, changes, seed and futures, held to limits."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.config import JsonDict

from vallum import campaign
from vallum.campaign.plan import Plan
from vallum.errors import ScenarioError
from vallum.scenario import Scenario, packaged, read
from vallum.web.bearable import bear, closed, fault

#: Most futures of a preview and of a whole run, packages and changes of one request.
MOST_PREVIEW: Final = 2_000
MOST_FUTURES: Final = 20_000
MOST_PACKAGES: Final = 8
MOST_CHANGES: Final = 64
#: Futures to take a difference apart, systems to place, base points of a sensitivity, letters of a text, at most.
MOST_APART: Final = 500
MOST_PLACED: Final = 60
MOST_POINTS: Final = 1_024
MOST_LETTERS: Final = 40_000
#: Days that a text may have.
EARLIEST, LATEST = date(1900, 1, 1), date(2100, 1, 1)
#: Futures of a preview while a slider moves, the fewest of which one is a twentieth; the most of a quick answer.
FEW: Final = 20
QUICK: Final = 64
#: The largest request, bytes; requests in a line and jobs that may wait.
LARGEST: Final = 64_000
MOST_WAITING: Final = 200
MOST_JOBS: Final = 8

Value = str | int | float | bool | list[Any] | dict[str, Any] | None
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[a-z0-9][a-z0-9-]*$")]
Path = Annotated[str, Field(min_length=1, max_length=200)]
Site = Annotated[str, Field(min_length=1, max_length=120)]
EXAMPLE: Final[JsonDict] = {
    "scenario": "winter-2025-26",
    "packages": ["twenty-systems"],
    "set": {"choices.stock.patriot_round": 200},
    "seed": 0,
}


@cache
def shelf() -> dict[str, dict[str, str]]:
    """The packaged scenarios and packages, read once."""
    return packaged()


@lru_cache(maxsize=32)
def _laid(scenario: str, packages: tuple[str, ...]) -> Scenario:
    """A packaged scenario with its packages, read once."""
    return read(scenario, packages)


class State(BaseModel):
    """A scenario as a page has it. Names are those of `vallum scenarios`; paths are dotted, as for `--set`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    scenario: Name = "winter-2025-26"
    packages: list[Name] = Field(default=[], max_length=MOST_PACKAGES)
    set: dict[Path, Value] = Field(default={}, max_length=MOST_CHANGES)
    seed: int = Field(default=0, ge=0, le=2**31)

    @field_validator("set")
    @classmethod
    def _may_travel(cls, given: dict[str, Value]) -> dict[str, Value]:
        faults = [f"{path} {told}" for path, value in given.items() if (told := fault(value))]
        if faults:
            raise ValueError("; ".join(faults))
        return given

    def read(self) -> Scenario:
        """Return the scenario. Raises ScenarioError with all that is wrong, as the command line says it."""
        return self.plan().scenario if self.set else self._made()

    def plan(self) -> Plan:
        """Return the scenario made ready. Raises what `read` raises."""
        made = campaign.prepare(self._made())
        if self.set:
            bear(made)
        return made

    def _made(self) -> Scenario:
        problems = [
            f"there is no packaged {kind} {name}"
            for name, kind in ((self.scenario, "scenario"), *((name, "package") for name in self.packages))
            if shelf().get(name, {}).get("kind") != kind
        ]
        problems += [f"{path}: cannot be set from a page" for path, value in self.set.items() if closed(path, value)]
        if problems:
            raise ScenarioError(problems)
        laid = _laid(self.scenario, tuple(self.packages))
        return laid.replace(self.set) if self.set else laid

    def bare(self) -> State:
        """The same without its changes: what the controls are made from."""
        return State(scenario=self.scenario, packages=self.packages, seed=self.seed)


class Preview(State):
    """A state, and how many futures to show it with."""

    futures: int = Field(default=FEW, ge=8, le=MOST_PREVIEW)


class Whole(State):
    """A state, and how many futures to run it in."""

    futures: int = Field(default=2_000, ge=8, le=MOST_FUTURES)


class TableOf(Preview):
    """A state, and which table of it to take away in which form."""

    table: Annotated[str, Field(max_length=40)] = "stock"
    form: Literal["csv", "xlsx"] = "csv"


class Pair(BaseModel):
    """Two states, set against each other in the same futures."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"a": {}, "b": EXAMPLE, "futures": FEW}]})

    a: State
    b: State
    futures: int = Field(default=FEW, ge=8, le=MOST_PREVIEW)


class Effects(State):
    """A state over which each package is laid, and how many futures to see that in: a run for each package."""

    futures: int = Field(default=100, ge=8, le=MOST_APART)


class Apart(BaseModel):
    """Two states whose difference is taken apart, and in how many futures: a run for each set of parts."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"a": {}, "b": EXAMPLE, "futures": 8}]})

    a: State
    b: State
    futures: int = Field(default=100, ge=8, le=MOST_APART)


class Work(Whole):
    """Work for the background: a whole run, its report, or one of the longer questions.

    beside   : compare: packages, several joined by `+` laid together
    vary, between, standard : size: a path of the defence, its range `LO:HI`, and what is enough
    system, count, fixed, forbid, per_site : place: which systems, how many, and where some stand or none may
    outcome, choice, points : sensitivity: what is to be explained, the choice, and base points
    which, outcome, against : explain: which future, what worst means, and a package to fight it with
    record   : backtest: the name of an imported record; the only one if not given
    """

    kind: Literal["run", "report", "compare", "size", "place", "sensitivity", "explain", "backtest"] = "run"
    beside: list[Annotated[str, Field(max_length=300)]] = Field(default=[], max_length=MOST_PACKAGES)
    vary: Annotated[str, Field(max_length=200)] = ""
    between: Annotated[str, Field(max_length=60)] = ""
    standard: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=8)
    system: Annotated[str, Field(max_length=80)] = ""
    count: int = Field(default=1, ge=1, le=MOST_PLACED)
    fixed: list[Site] = Field(default=[], max_length=MOST_PLACED)
    forbid: list[Site] = Field(default=[], max_length=MOST_PLACED)
    per_site: int | None = Field(default=None, ge=1, le=MOST_PLACED)
    outcome: Annotated[str, Field(max_length=200)] = ""
    choice: list[Name] = Field(default=[], max_length=2)
    points: int = Field(default=64, ge=8, le=MOST_POINTS)
    which: Annotated[str, Field(pattern=r"^(worst|median|best|[0-9]{1,5})$")] = "worst"
    against: Annotated[str, Field(max_length=300)] = ""
    record: Annotated[str, Field(max_length=40)] = ""

    def read(self) -> Scenario:
        """Return the scenario. Raises ScenarioError, also for what is to be laid over it and is no packaged package."""
        given = (name for text in (*self.beside, *self.choice, self.against) for name in text.split("+") if name)
        unknown = [name for name in given if shelf().get(name, {}).get("kind") != "package"]
        if unknown:
            raise ScenarioError([f"there is no packaged package {name}" for name in unknown])
        return super().read()


class Question(BaseModel):
    """A text whose claims are to be checked, or a question; its day picks the base scenario."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "Eight missiles incoming and none left"}]}
    )

    text: Annotated[str, Field(min_length=1, max_length=MOST_LETTERS)]
    as_of: Annotated[date, Field(ge=EARLIEST, le=LATEST)] | None = None


class Link(BaseModel):
    """A named link: what follows the question mark in the address of a view."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"name": "more", "address": "v=1"}]})

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]
    address: Annotated[str, Field(min_length=1, max_length=8_000, pattern=r"^[\x21-\x7e]+$")]
