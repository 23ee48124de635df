"""What a sizing hands back: for each standard the value, its interval, the curve, the ceiling and the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from vallum.results import Label, Manifest, Result, rounded
from vallum.results.exporting import porch, tabled, written
from vallum.scenario import Scenario
from vallum.sizing.axes import A_MONTH, Value

#: Version of the JSON layout.
SCHEMA: Final = 1
#: How a sizing ends.
FOUND: Final = "found"
CLOSE: Final = "cannot be told apart"
OUT_OF_REACH: Final = "not reachable"
THROUGHOUT: Final = "met by the first value"


@dataclass(frozen=True)
class Point:
    """One value of the curve.

    share, low, high : futures that meet the standard, with the 95 % interval (Clopper-Pearson, for all looks together)
    cost             : mean USD million of systems and rounds; None where a price is missing
    """

    value: Value
    futures: int
    share: float
    low: float
    high: float
    verdict: str
    cost: float | None

    def as_dict(self) -> dict[str, Any]:
        """The point in the JSON layout."""
        numbers = {key: rounded(getattr(self, key)) for key in ("share", "low", "high", "cost")}
        return {"value": plain(self.value), "futures": self.futures, "verdict": self.verdict, **numbers}


@dataclass(frozen=True)
class Need:
    """Rounds a month that so many systems need for the standard, were no others to come (Q0).

    low, high : between which the number lies; high is None where no number up to `most` is known to be enough
    ceiling   : share of futures that meet the standard with `most` a month
    """

    systems: Value
    low: Value | None
    high: Value | None
    most: Value
    ceiling: float

    def as_dict(self) -> dict[str, Any]:
        """The need in the JSON layout."""
        made = {key: plain(getattr(self, key)) for key in ("systems", "low", "high", "most")}
        return {**made, "ceiling": rounded(self.ceiling)}


@dataclass(frozen=True)
class Size:
    """How much is enough for one standard.

    status   : found, `cannot be told apart`, `not reachable` or `met by the first value`
    value    : the value wished for; None where it is not reachable, or lies in the pair
    low, high: ends of the interval that holds it; high is None where no value tried surely meets the standard
    curve    : every value tried, ascending
    ceiling  : the point of the curve with the highest share
    reason   : what binds where it is not reachable: coverage, magazine, kill probability ...
    spare    : share of futures that meet the standard at the ceiling with rounds to spare; None if never asked
    leaks    : mean leakers by reason then, where it is not the magazine that binds
    falls    : (from, to): values between which the standard is met less often as there is more
    fails_again : values beyond the answer that surely fail
    needs    : where systems are varied, the rounds a month that the answer needs, and the most systems that were tried
    """

    standard: str
    label: Label
    goal: float
    status: str
    value: Value | None
    low: Value | None
    high: Value | None
    curve: tuple[Point, ...]
    ceiling: Point
    reason: str = ""
    spare: float | None = None
    leaks: Mapping[str, float] = field(default_factory=dict)
    falls: tuple[Value, Value] | None = None
    fails_again: tuple[Value, ...] = ()
    needs: tuple[Need, ...] = ()

    @property
    def pair(self) -> tuple[Value | None, Value | None] | None:
        """The bracketing pair, where the answer cannot be told apart."""
        return (self.low, self.high) if self.status == CLOSE else None

    @property
    def cost(self) -> float | None:
        """Mean cost at the value, or at the upper end of the pair. USD million"""
        chosen = self.value if self.value is not None else self.high
        return next((point.cost for point in self.curve if point.value == chosen), None)

    def point(self, value: Value) -> Point:
        """The point of the curve at a value."""
        return next(point for point in self.curve if point.value == value)

    def as_dict(self) -> dict[str, Any]:
        """The size in the JSON layout."""
        pair = None if self.pair is None else [plain(end) for end in self.pair]
        return {
            "standard": self.standard,
            "outcome": {"name": self.label.name, **self.label.keys()},
            "confidence": rounded(self.goal),
            "status": self.status,
            "value": plain(self.value),
            "interval": [plain(self.low), plain(self.high)],
            "pair": pair,
            "cost": rounded(self.cost),
            "ceiling": self.ceiling.as_dict(),
            "reason": self.reason or None,
            "with_rounds_to_spare": rounded(self.spare),
            "leaks": {reason: rounded(mean) for reason, mean in self.leaks.items()},
            "falls": None if self.falls is None else [plain(end) for end in self.falls],
            "fails_again": [plain(value) for value in self.fails_again],
            "interceptors_a_month": [need.as_dict() for need in self.needs],
            "curve": [point.as_dict() for point in self.curve],
        }


@dataclass(frozen=True)
class Sizing:
    """The answer of `vallum.size`: one Size for each standard, from the same futures.

    It prints itself, plots itself, exports itself and carries its Results.
    """

    path: str
    tried: tuple[Value, Value]
    latest: bool
    sizes: tuple[Size, ...]
    manifest: Manifest
    tell_apart: float
    scenario: Scenario = field(repr=False, compare=False)
    given: str
    run: Callable[[Value], Result] = field(repr=False, compare=False)

    @property
    def value(self) -> Value | None:
        """The value of the first standard."""
        return self.sizes[0].value

    @property
    def interval(self) -> tuple[Value | None, Value | None]:
        """The interval of the first standard."""
        return self.sizes[0].low, self.sizes[0].high

    @property
    def pair(self) -> tuple[Value | None, Value | None] | None:
        """The bracketing pair of the first standard."""
        return self.sizes[0].pair

    @property
    def status(self) -> str:
        """How the first standard ends."""
        return self.sizes[0].status

    @cached_property
    def results(self) -> dict[Value, Result]:
        """A Result for each end of each answer, and for each ceiling; run when first asked, from the same seed."""
        wanted = [v for one in self.sizes for v in (one.low, one.high, one.ceiling.value) if v is not None]
        return {value: self.run(value) for value in dict.fromkeys(wanted)}

    def shown(self) -> Result:
        """The Result at the answer of the first standard, or at its ceiling."""
        one = self.sizes[0]
        return self.results[one.ceiling.value if one.high is None else one.high]

    def question(self) -> str:
        """What is asked, in words."""
        return f"How late may {self.path} be?" if self.latest else f"{_how_much(self.path)} enough?"

    def command(self) -> str:
        """The line that makes this again."""
        return asked_again(self.manifest, self.given)

    @property
    def answer(self) -> str:
        """The answer in sentences, one standard a line."""
        return "\n".join(porch().sized_sentences(self))

    def __str__(self) -> str:
        return str(porch().sized(self))

    def plot(self) -> Any:
        """A Matplotlib figure: the share of futures that meet each standard, with its interval, by value."""
        return porch().sized_figure(self)

    def rows(self) -> list[dict[str, Any]]:
        """The curve of every standard, a row a point."""
        return [
            {"standard": one.standard, "confidence": rounded(one.goal), **point.as_dict()}
            for one in self.sizes
            for point in one.curve
        ]

    def to_html(self, path: str | Path | None = None) -> str:
        """The answer as a page that needs nothing else; written to a file if one is named."""
        return written(porch().sized_page(self), path)

    def to_csv(self, path: str | Path | None = None) -> str:
        """The curve as CSV; written to a file if one is named."""
        return tabled(self.rows(), path)

    def as_dict(self) -> dict[str, Any]:
        """The answer in the JSON layout of every command."""
        return {
            **about(self.manifest),
            "kind": "size",
            "answer": self.answer,
            "vary": [{"path": self.path, "range": [plain(v) for v in self.tried], "latest": self.latest}],
            "tell_apart": rounded(self.tell_apart),
            "sizes": [one.as_dict() for one in self.sizes],
        }


@dataclass(frozen=True)
class Pairing:
    """One point of a frontier: of the first variable so much, of the second between low and high.

    cost : mean at `high`, USD million; share: futures that meet the standard there, or the most that do, at `best`;
    reason: what binds where it is not reachable
    """

    first: Value
    status: str
    low: Value | None
    high: Value | None
    share: float
    best: Value
    cost: float | None
    reason: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The point in the JSON layout."""
        values = {key: plain(getattr(self, key)) for key in ("first", "low", "high")}
        return {
            **values,
            "status": self.status,
            "reason": self.reason or None,
            "share": rounded(self.share),
            "cost": rounded(self.cost),
        }


@dataclass(frozen=True)
class Frontier:
    """The answer of `vallum.size` over two variables: for each value of the first the least of the second.

    It prints itself, plots itself, exports itself and carries its Results.
    """

    paths: tuple[str, str]
    standard: str
    label: Label
    goal: float
    points: tuple[Pairing, ...]
    manifest: Manifest
    tell_apart: float
    scenario: Scenario = field(repr=False, compare=False)
    given: str
    run: Callable[[Value, Value], Result] = field(repr=False, compare=False)

    @property
    def cheapest(self) -> Pairing | None:
        """The point with the least mean cost among those where the standard is met."""
        priced = [point for point in self.points if point.cost is not None and point.high is not None]
        return min(priced, key=lambda point: point.cost or 0.0, default=None)

    @cached_property
    def results(self) -> dict[tuple[Value, Value], Result]:
        """A Result for each point that meets the standard; run when first asked, from the same seed."""
        pairs = [(point.first, point.high) for point in self.points if point.high is not None]
        return {pair: self.run(*pair) for pair in pairs}

    def shown(self) -> Result:
        """The Result at the cheapest point, else at the first that is enough, else at the first that was tried."""
        point = self.cheapest or next((p for p in self.points if p.high is not None), self.points[0])
        if point.high is not None:
            return self.results[point.first, point.high]
        return self.run(point.first, point.best)

    def question(self) -> str:
        """What is asked, in words."""
        return f"{_how_much(self.paths[0])} enough, against {self.paths[1]}?"

    def command(self) -> str:
        """The line that makes this again."""
        return asked_again(self.manifest, self.given)

    @property
    def answer(self) -> str:
        """The answer in sentences."""
        return "\n".join(porch().frontier_sentences(self))

    def __str__(self) -> str:
        return str(porch().frontier_text(self))

    def plot(self) -> Any:
        """A Matplotlib figure: the frontier, and below it the cost along it."""
        return porch().frontier_figure(self)

    def rows(self) -> list[dict[str, Any]]:
        """The frontier, a row a point."""
        return [point.as_dict() for point in self.points]

    def to_html(self, path: str | Path | None = None) -> str:
        """The answer as a page that needs nothing else; written to a file if one is named."""
        return written(porch().sized_page(self), path)

    def to_csv(self, path: str | Path | None = None) -> str:
        """The frontier as CSV; written to a file if one is named."""
        return tabled(self.rows(), path)

    def as_dict(self) -> dict[str, Any]:
        """The answer in the JSON layout of every command."""
        return {
            **about(self.manifest),
            "kind": "size",
            "answer": self.answer,
            "vary": [{"path": path} for path in self.paths],
            "standard": self.standard,
            "confidence": rounded(self.goal),
            "tell_apart": rounded(self.tell_apart),
            "frontier": self.rows(),
            "cheapest": None if self.cheapest is None else self.cheapest.as_dict(),
        }


def _how_much(path: str) -> str:
    name = path.rsplit(".", 1)[-1].replace("_", " ")
    if path.startswith("choices.batteries."):
        return f"How many {name} systems are"
    if path.startswith(A_MONTH):
        return "How many interceptors a month are"
    return f"How much of {path} is"


def about(made: Manifest) -> dict[str, Any]:
    """What every answer says of its scenario in JSON: no clock, no host, no path."""
    return {
        "schema": SCHEMA,
        "question": made.question,
        "as_of": made.as_of.isoformat(),
        "scenario": {**made.asked(), "set": plain(made.changes)},
        "seed": made.seed,
        "version": made.version,
        "not_modelled": list(made.not_modelled),
    }


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, float):
        return rounded(value)
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def asked_again(made: Manifest, given: str) -> str:
    """The line that asks the same question. given : its own options"""
    own = made.command().removeprefix("vallum run ").removeprefix(made.name).replace(f" --futures {made.futures}", "")
    return f"vallum size {made.name}{given}{own}"
