"""Which supply line did not land what was due, and why: the same lines without what hindered them (S1-S4, Q4).

The lines of a future are laid out again with nothing in their way, and what may hinder them is then put back
one after the other, in the order in which the supply rules apply it. What a step takes away is what that
reason kept back, so the parts add up to the whole. Same world and same dice throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from vallum.campaign.measures import Book
from vallum.explain.story import Shortfall
from vallum.scenario import schema
from vallum.scenario.quantity import Quantity
from vallum.scenario.worlds import I64, Worlds

#: Why a line did not land what was due, in the order in which the rules apply.
REASONS: Final = ("not_drawn", "unpaid", "lacking", "surge", "paused", "stopped")

Lines = Mapping[str, schema.Line]
Landed = Mapping[str, I64]
Freed = Callable[[schema.Choices], schema.Choices]


@dataclass(frozen=True)
class Step:
    """One thing that may hinder lines: how choices look without it."""

    reason: str
    name: str
    without: Freed


def unhindered(book: Book) -> dict[str, I64]:
    """What each line would land on each day with nothing in its way. (1, D)"""
    return _landed(book, [step.without for step in _steps(book)])


def shortfalls(book: Book) -> tuple[Shortfall, ...]:
    """What each line of a traced future did not land, by reason, in the order of lines and rules."""
    steps = _steps(book)
    found: list[Shortfall] = []
    free = _landed(book, [step.without for step in steps])
    for k, step in enumerate(steps):
        hindered = _landed(book, [later.without for later in steps[k + 1 :]])
        for name in book.plan.supply.lines:
            missing = np.cumsum(free[name][0] - hindered[name][0])
            if (missing > 0).any():
                found.append(_shortfall(book, name, step, missing))
        free = hindered
    return tuple(sorted(found, key=lambda one: (one.line, REASONS.index(one.reason), one.start)))


def _landed(book: Book, freed: list[Freed]) -> dict[str, I64]:
    supply = book.plan.supply
    choices = supply.cast.choices
    for without in freed:
        choices = without(choices)
    return replace(supply, cast=replace(supply.cast, choices=choices)).by_line(book.worlds)


# --- what may hinder, and the choices without it -----------------------------------------------------


def _steps(book: Book) -> list[Step]:
    """Everything in this scenario that may hinder a line."""
    choices = book.plan.supply.cast.choices
    lines = choices.supply.values()
    found: list[Step] = []
    if any(delivery.probability is not None for line in lines for delivery in line.deliveries):
        found.append(Step("not_drawn", "", _of_lines(_certain)))
    if any(line.fund is not None for line in lines):
        found.append(Step("unpaid", "", _paid))
    if any(line.lacks for line in lines):
        found.append(Step("lacking", "", _of_lines(lambda line: line.model_copy(update={"lacks": {}}))))
    if any(rival.surges for line in lines for rival in line.rivals.values()):
        found.append(Step("surge", "", _of_lines(_peaceful)))
    found += [Step("paused", name, _unpaused(name)) for name in sorted(choices.pauses)]
    if any(line.stops is not None for line in lines):
        found.append(Step("stopped", "", _of_lines(lambda line: line.model_copy(update={"stops": None}))))
    return found


def _of_lines(change: Callable[[schema.Line], schema.Line]) -> Freed:
    def without(choices: schema.Choices) -> schema.Choices:
        return choices.model_copy(update={"supply": {name: change(line) for name, line in choices.supply.items()}})

    return without


def _certain(line: schema.Line) -> schema.Line:
    """Every delivery comes."""
    return line.model_copy(
        update={"deliveries": [one.model_copy(update={"probability": None}) for one in line.deliveries]}
    )


def _peaceful(line: schema.Line) -> schema.Line:
    """No rival has a surge."""
    return line.model_copy(
        update={"rivals": {name: one.model_copy(update={"surges": {}}) for name, one in line.rivals.items()}}
    )


def _paid(choices: schema.Choices) -> schema.Choices:
    """Every order is paid on its day: the fund is open, and nothing costs."""
    lines = {
        name: line.model_copy(update={"unit_price": Quantity(value=0.0)}) if line.kind == "purchase" else line
        for name, line in choices.supply.items()
    }
    funds = {name: fund.model_copy(update={"start": None, "to": None}) for name, fund in choices.funds.items()}
    return choices.model_copy(update={"supply": lines, "funds": funds})


def _unpaused(name: str) -> Freed:
    def without(choices: schema.Choices) -> schema.Choices:
        return choices.model_copy(update={"pauses": {k: one for k, one in choices.pauses.items() if k != name}})

    return without


# --- one shortfall -----------------------------------------------------------------------------------


def _shortfall(book: Book, name: str, step: Step, missing: Any) -> Shortfall:
    line = book.plan.supply.lines[name]
    start = book.plan.supply.start
    first, end = start + timedelta(days=int(np.argmax(missing > 0))), None
    effect = ""
    if step.reason == "paused":
        pause = book.plan.supply.cast.choices.pauses[step.name]
        first, end = _span(book.worlds, pause, start)
        effect = pause.effect
    return Shortfall(
        line=name,
        kind=line.kind,
        donor=line.donor or name,
        brings=line.interceptor or line.system or "",
        is_system=line.system is not None,
        reason=step.reason,
        name=step.name or _called(line, step.reason),
        effect=effect,
        start=first,
        end=end,
        missing=tuple(int(rounds) for rounds in missing),
    )


def _called(line: schema.Line, reason: str) -> str:
    """The fund that did not pay, or the components that were lacking."""
    if reason == "unpaid":
        return line.fund or ""
    return ", ".join(sorted(line.lacks)) if reason == "lacking" else ""


def _span(worlds: Worlds, pause: schema.Pause, start: date) -> tuple[date, date]:
    """First day of a pause and the first day after it, as they fell in this future (S2)."""
    first = int(worlds.day(pause.start, 0)[0])
    last = int(worlds.day(pause.to, 0)[0]) if pause.to is not None else first + int(worlds.count(pause.days, 0)[0])
    return _date(start, first), _date(start, last)


def _date(start: date, day: int) -> date:
    """The date of a day, the last that there is for what never comes."""
    return start + timedelta(days=min(day, (date.max - start).days))


def to_blame(found: tuple[Shortfall, ...], brings: frozenset[str], night: int) -> Iterator[Shortfall]:
    """Shortfalls of what these types need that were felt by a night, the largest first."""
    felt = [one for one in found if one.brings in brings and one.missing[night - 1] > 0]
    yield from sorted(felt, key=lambda one: (-one.missing[night - 1], one.line))
