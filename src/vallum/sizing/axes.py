"""What is varied: a path of the defence, and the values that are tried, the one wished for first."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from vallum.errors import RunError, ScenarioError
from vallum.scenario import Scenario, paths, refuse_threat

Value = int | float | date

#: A path of our own: all rounds that come, as so many a month.
A_MONTH: Final = "interceptors_a_month"
_A_MONTH: Final = re.compile(rf"{A_MONTH}(?:\[(?P<type>[^\]]+)\])?")
#: Drawers in which the numbers of the defence stand.
_OURS: Final = (
    ("choices", "batteries"), ("choices", "stock"), ("choices", "supply"), ("choices", "funds"), ("choices", "pauses"),
    ("fixed", "doctrine"), ("fixed", "systems"), ("fixed", "interceptors"), ("uncertain",),
)  # fmt: skip
#: Steps that a range of real numbers is cut into, where no step is given; and the most values that are tried.
_STEPS: Final = 200
MOST: Final = 100_000
_DIGITS: Final = 12
#: Rounds a month are tried one by one up to here, then in steps of this share, up to the most.
_ONE_BY_ONE: Final = 50
_SHARE: Final = 0.02
MOST_A_MONTH: Final = 4_096
#: A purchase with this lead, in days, keeps its place in the queue of its fund and never lands.
_NEVER_LANDS: Final = 100_000


@dataclass(frozen=True)
class Axis:
    """A path, and its values in the order in which they are wished for.

    latest : the wish is for the largest value (a date: the latest), not the smallest
    """

    path: str
    values: tuple[Value, ...]
    latest: bool = False

    def of(self, scenario: Scenario, value: Value) -> Scenario:
        """Return the scenario with this value. Raises ScenarioError where it is not allowed."""
        found = _A_MONTH.fullmatch(self.path)
        if found is None:
            return scenario.replace({self.path: value})
        return scenario.replace(_only(scenario, found["type"] or scarcest(scenario), value))

    @property
    def is_batteries(self) -> bool:
        """Whether systems are counted."""
        return self.path.startswith("choices.batteries.")

    @property
    def is_supply(self) -> bool:
        """Whether it is about rounds that come."""
        return self.path.startswith((A_MONTH, "choices.supply."))


def axis(
    scenario: Scenario, path: str, low: Any, high: Any, step: float | None = None, latest: bool | None = None
) -> Axis:
    """Return the values of a path from low to high. Raises ScenarioError for a path or a range that cannot be varied.

    step   : between values; default 1 for whole numbers and dates, else a two-hundredth of the range
    latest : wish for the largest value; default for dates, where later is easier to do and worse to have
    """
    _check_path(scenario, path)
    first, last = _end(path, low), _end(path, high)
    if isinstance(first, date) != isinstance(last, date):
        raise ScenarioError(f"{path}: {low}:{high} is half a date; give two dates or two numbers")
    if not (first <= last):  # type: ignore[operator]
        raise ScenarioError(f"{path}: {low}:{high} runs downwards; write the smaller end first")
    if step is not None and not (math.isfinite(step) and step > 0):
        raise ScenarioError(f"{path}: a step of {step} leads nowhere; give a number above 0")
    values = _values(path, first, last, step)
    wish = isinstance(first, date) if latest is None else latest
    made = Axis(path, tuple(reversed(values)) if wish else values, wish)
    for value in (values[0], values[-1]):
        _check_value(made, scenario, value)
    return made


def ranged(told: str) -> tuple[str, str]:
    """Read `LOW:HIGH`. Raises ScenarioError where it is none."""
    low, colon, high = told.partition(":")
    if not colon or not low.strip() or not high.strip():
        raise ScenarioError(f"--range {told}: is not LOW:HIGH, such as 4:40 or 2025-11-01:2026-03-31")
    return low.strip(), high.strip()


def monthly(scenario: Scenario) -> Axis:
    """Rounds a month from none to MOST_A_MONTH, of the type that the main class is fought with."""
    values, last = list(range(_ONE_BY_ONE + 1)), float(_ONE_BY_ONE)
    while last < MOST_A_MONTH:
        last *= 1.0 + _SHARE
        values.append(min(MOST_A_MONTH, round(last)))
    return Axis(f"{A_MONTH}[{scarcest(scenario)}]", tuple(dict.fromkeys(values)))


def scarcest(scenario: Scenario) -> str:
    """The interceptor type that the first class in priority is to be fired at with. RunError where there is none."""
    fixed = scenario.schema.fixed
    for name in [*fixed.doctrine.priority, *fixed.classes]:
        for kind, made in fixed.interceptors.items():
            if name in fixed.classes and name in made.kill:
                return kind
    raise RunError(f"{A_MONTH}: the scenario has no interceptor that is fired at anything")


def scouted(values: Sequence[Value], points: int) -> list[int]:
    """Places of at most so many values, evenly spread, both ends among them."""
    last = len(values) - 1
    if last < points:
        return list(range(last + 1))
    return sorted({round(k * last / (points - 1)) for k in range(points)})


def _check_path(scenario: Scenario, path: str) -> None:
    found = _A_MONTH.fullmatch(path)
    if found is not None:
        kind = found["type"]
        if kind is not None and kind not in scenario.schema.fixed.interceptors:
            known = ", ".join(scenario.schema.fixed.interceptors) or "none"
            raise ScenarioError(f"{path}: there is no interceptor {kind}; there are {known}")
        return
    refuse_threat(scenario, path, "look for the best value")
    keys = tuple(str(key) for key in paths.parse(path))
    if not any(keys[: len(side)] == side for side in _OURS):
        near = paths.nearest(".".join(keys[:2]), (".".join(side) for side in _OURS))
        raise ScenarioError(
            f"{path}: is no number of the defence; vary a number of choices.batteries, choices.stock, choices.supply, "
            f"fixed.doctrine or fixed.systems, or {A_MONTH}" + (f"; did you mean {near}?" if near else "")
        )


def _check_value(made: Axis, scenario: Scenario, value: Value) -> None:
    """Raise ScenarioError, in the words of what was asked, where a value is not allowed."""
    try:
        made.of(scenario, value)
    except ScenarioError as wrong:
        asked = [
            str(problem).replace("--set ", "--vary ").replace(repr(value), f"{value}") for problem in wrong.problems
        ]
        raise ScenarioError(asked) from None


def _end(path: str, given: Any) -> Value:
    """One end of a range: a number as it is, a text read as a whole number, a number or a date."""
    if isinstance(given, date | int | float) and not isinstance(given, bool):
        return given
    text = str(given).strip()
    for read in (int, float, date.fromisoformat):
        try:
            value: Value = read(text)
        except ValueError:
            continue
        if isinstance(value, date) or math.isfinite(value):
            return value
    raise ScenarioError(f"{path}: {given} is no number and no date; write LOW:HIGH, such as 4:40")


def _values(path: str, first: Value, last: Value, step: float | None) -> tuple[Value, ...]:
    if isinstance(first, date) and isinstance(last, date):
        days = max(1, round(step or 1))
        count = (last - first).days // days
        return tuple(first + timedelta(days=k * days) for k in range(_checked(path, count) + 1))
    assert not isinstance(first, date)
    assert not isinstance(last, date)
    if isinstance(first, int) and isinstance(last, int) and (step is None or float(step).is_integer()):
        whole = 1 if step is None else int(step)
        return tuple(first + k * whole for k in range(_checked(path, (last - first) // whole) + 1))
    width = _step(last - first) if step is None else step
    count = _checked(path, math.floor((last - first) / width + 1e-9)) if last > first else 0
    return tuple(float(f"{first + k * width:.{_DIGITS}g}") for k in range(count + 1))


def _checked(path: str, count: int) -> int:
    if count >= MOST:
        raise ScenarioError(f"{path}: {count + 1:,} values are more than {MOST:,}; narrow the range or widen --step")
    return count


def _step(width: float) -> float:
    """A two-hundredth of the range, rounded down to 1, 2 or 5 times a power of ten."""
    if width <= 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(width / _STEPS))
    return next(times * power for times in (5, 2, 1) if times * power <= width / _STEPS * (1 + 1e-9))


def _only(scenario: Scenario, interceptor: str, a_month: Value) -> Mapping[str, Any]:
    """Changes that leave one stream of rounds, and the lines that bring systems as they are.

    Rounds that are bought stay in the queue of their fund, so that systems are paid when they were; they never land.
    """
    choices = scenario.document.get("choices", {})
    kept: dict[str, Any] = {}
    for name, line in choices.get("supply", {}).items():
        if "system" in line:
            kept[name] = line
        elif line["kind"] == "purchase":
            kept[name] = {**line, "lead": {"days": _NEVER_LANDS}}
    stream = {"kind": "stream", "interceptor": interceptor, "per_month": a_month}
    pauses = {
        f"{name} {line}": {key: what for key, what in pause.items() if key != "donor"} | {"line": line}
        for name, pause in choices.get("pauses", {}).items()
        for line, given in kept.items()
        if _stops(pause, line, given.get("donor", line))
    }
    # a name that comes after all others is none of them
    changes: dict[str, Any] = {"choices.supply": {**kept, f"{max(kept, default='')}+": stream}}
    return changes | {"choices.pauses": pauses} if choices.get("pauses") else changes


def _stops(pause: Mapping[str, Any], line: str, donor: str) -> bool:
    return pause.get("donor") in (None, donor) and pause.get("line") in (None, line)
