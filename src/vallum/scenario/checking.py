"""What the checks of a scenario share: problems found, names that exist, days of the campaign."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from vallum.scenario import paths
from vallum.scenario.document import Problem
from vallum.scenario.paths import Keys
from vallum.scenario.quantity import Quantity, When
from vallum.scenario.schema import Schema

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)


#: Every number and day of a scenario with its path.
Quantities = list[tuple[Keys, Quantity | When]]


def quantities(schema: BaseModel) -> Quantities:
    """Return every number and day of a validated scenario with its path, in the order of the schema."""
    found: Quantities = []
    _gather(schema, (), found)
    return found


_PLAIN: Final = frozenset({type(None), bool, int, float, str, date})


def _gather(value: Any, keys: Keys, found: Quantities) -> None:
    if isinstance(value, Quantity | When):
        found.append((keys, value))
    elif isinstance(value, BaseModel):
        inside = vars(value)
        for name, key in _keys_of(type(value)):
            if type(inside[name]) not in _PLAIN:
                _gather(inside[name], (*keys, key), found)
    elif isinstance(value, dict):
        for key, inner in value.items():
            _gather(inner, (*keys, str(key)), found)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            _gather(inner, (*keys, index), found)


@cache
def _keys_of(model: type[BaseModel]) -> tuple[tuple[str, str], ...]:
    """The attributes of a model, each with the key that files use."""
    return tuple((name, info.alias or name) for name, info in model.model_fields.items())


@dataclass
class Check:
    """What the checks share: the schema, the names of the whole document, and what was found."""

    schema: Schema
    data: Mapping[str, Any]
    night_table: Path | None
    found: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    _named: dict[Keys, list[str]] = field(default_factory=dict)

    @cached_property
    def quantities(self) -> Quantities:
        """Every number and day of the scenario with its path."""
        return quantities(self.schema)

    def say(self, keys: Keys, text: str) -> None:
        """Keep a problem."""
        self.found.append(Problem(keys, text))

    def names(self, *keys: str) -> list[str]:
        """Return the names in a mapping of the document, also those of entries that are wrong themselves."""
        if keys not in self._named:
            found = paths.look(self.data, keys)[1]
            self._named[keys] = [str(name) for name in found] if isinstance(found, Mapping) else []
        return self._named[keys]

    def known(self, kind: str, keys: Keys, name: str) -> bool:
        """Check that a name is one of the scenario's classes, interceptors, ..."""
        names = self.names(*_HOMES[kind])
        if name in names:
            return True
        listed = f"; known: {', '.join(sorted(names)[:20])}" if names else f"; the scenario has no {kind}"
        near = paths.nearest(name, names)
        self.say(keys, f"unknown {kind} {name}{listed}" + (f"; did you mean {near}?" if near else ""))
        return False

    def all_known(self, kind: str, keys: Keys, names: Iterable[str]) -> None:
        """`known` for the keys of a mapping."""
        for name in names:
            self.known(kind, (*keys, name), name)


#: Where the names of a kind live.
_HOMES: Final = {
    "class": ("fixed", "classes"),
    "interceptor": ("fixed", "interceptors"),
    "system": ("fixed", "systems"),
    "asset": ("fixed", "assets"),
    "entry of uncertain": ("uncertain",),
}


def check_month(check: Check, keys: Keys, month: str) -> None:
    """Check that a text is a month."""
    if not _MONTH.fullmatch(month):
        check.say(keys, f"{month} is not a month; write YYYY-MM")


def day_number(check: Check, when: When | None) -> int | None:
    """Return the day number of a day (1 is the first), None if it is uncertain or not given."""
    if when is None or when.name is not None:
        return None
    return when.day if when.on is None else (when.on - check.schema.fixed.start).days + 1


def campaign(check: Check) -> str:
    """Return first and last day of the campaign in words."""
    fixed = check.schema.fixed
    try:
        last = (fixed.start + timedelta(days=fixed.days - 1)).isoformat()
    except OverflowError:
        last = "?"
    return f"the campaign lasts {fixed.days} days, {fixed.start} to {last} (fixed.start, fixed.days)"


def named_day(check: Check, day: int) -> str:
    """Return a day number with its date."""
    try:
        return f"day {day} ({check.schema.fixed.start + timedelta(days=day - 1)})"
    except OverflowError:
        return f"day {day}"


def inside(check: Check, keys: Keys, day: int | None) -> None:
    """Check that a known day is one of the campaign."""
    if day is not None and not 1 <= day <= check.schema.fixed.days:
        check.say(keys, f"{named_day(check, day)} is outside the campaign; {campaign(check)}")


def not_after_end(check: Check, keys: Keys, day: int | None) -> None:
    """Check that something begins before the campaign is over."""
    if day is not None and day > check.schema.fixed.days:
        check.say(keys, f"{named_day(check, day)} is after the end of the campaign; {campaign(check)}")


def within_or_across(check: Check, keys: Keys, start: When | None, end: When | None) -> None:
    """Check both ends of a pause, a stream, a tempo: it may reach out of the campaign, not lie outside."""
    first, last = day_number(check, start), day_number(check, end)
    not_after_end(check, (*keys, "from"), first)
    if first is not None and last is not None and last < first:
        check.say((*keys, "to"), f"{named_day(check, last)} is before from, {named_day(check, first)}")
    elif last is not None and last < 1:
        check.say((*keys, "to"), f"{named_day(check, last)} is before the campaign; {campaign(check)}")
