"""What one cell says: a count, a time, a bracketed text of the record. ValueError says what was expected."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

#: More than any night or statement of any theatre.
MAX_COUNT: Final = 100_000

_COUNT: Final = re.compile(r"(\d{1,9})(?:\.0+)?")
_GROUPED: Final = re.compile(r"\d{1,3}(?:[,.' \u00a0\u202f]\d{3})+(?:\.0+)?")
_MOMENT: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2}):(\d{2})(?::\d{2})?)?")
_NUMBER: Final = r"[+-]?\d+(?:\.\d+)?"
_TEXT: Final = r"'[^']*'|\"[^\"]*\""
_PAIR: Final = re.compile(rf"\s*({_TEXT})\s*:\s*({_NUMBER}|{_TEXT}|NaN|nan|None)\s*(,|$)")
_ENTRY: Final = re.compile(rf"\s*({_TEXT})\s*(,|$)")

Value = int | str | None


class UnreadError(ValueError):
    """A side note written in a way that is not known: whole, and no count hangs on it."""


@dataclass(frozen=True)
class Moment:
    """A time of the record: its day, and the instant if the hour is given."""

    day: date
    clock: time | None

    def start(self, zone: ZoneInfo) -> datetime:
        """The instant; the beginning of the day where the hour is not given."""
        return datetime.combine(self.day, self.clock or time(), zone)

    def end(self, zone: ZoneInfo) -> datetime:
        """The instant; the end of the day where the hour is not given."""
        if self.clock is None:
            return datetime.combine(self.day + timedelta(days=1), time(), zone)
        return datetime.combine(self.day, self.clock, zone)

    def is_odd(self, zone: ZoneInfo) -> bool:
        """Whether the clock shows this time twice or never on that day: it was being set."""
        at = self.start(zone)
        return at.utcoffset() != at.replace(fold=1).utcoffset()


def count(text: str) -> int | None:
    """Return a whole number of 0 or more, None for an empty cell (not given, which is no zero).

    >>> count("236.0"), count(""), count(" 7")
    (236, None, 7)
    """
    said = text.strip()
    if not said:
        return None
    match = _COUNT.fullmatch(said)
    if match is None:
        grouped = _GROUPED.fullmatch(said) is not None
        way = ", without thousands separators" if grouped else "; leave the cell empty where it was not given"
        raise ValueError(f"a whole number of 0 or more is needed{way}")
    number = int(match[1])
    if number > MAX_COUNT:
        raise ValueError(f"more than any report; 0..{MAX_COUNT:,} is allowed")
    return number


@lru_cache(maxsize=8_192)
def moment(text: str) -> Moment:
    """Return a time written YYYY-MM-DD or YYYY-MM-DD HH:MM; blanks around it and 3:30 for 03:30 are read.

    >>> moment("2023-05-16 3:30")
    Moment(day=datetime.date(2023, 5, 16), clock=datetime.time(3, 30))
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise ValueError("write YYYY-MM-DD HH:MM, or YYYY-MM-DD where the hour is not known")
    year, month, day, hour, minute = match.groups()
    try:
        clock = None if hour is None else time(int(hour), int(minute))
        return Moment(date(int(year), int(month), int(day)), clock)
    except ValueError as error:
        raise ValueError(f"no such day or hour ({error})") from None


def details(text: str) -> dict[str, Value]:
    """Return a text such as {'south': 61, 'east': NaN}: neither JSON nor Python; NaN is None (not given).

    >>> details("{ 'south': 61,   'east': NaN }")
    {'south': 61, 'east': None}
    """
    inner = _inner(text, "{", "}")
    made: dict[str, Value] = {}
    place = 0
    while place < len(inner):
        match = _PAIR.match(inner, place)
        if match is None:
            raise UnreadError("{'name': number, 'other': NaN} is read")
        made[match[1][1:-1]] = _value(match[2])
        place = match.end()
    return made


def names(text: str) -> list[str]:
    """Return a list such as ['Sumy oblast', 'Odesa oblast'].

    >>> names("['Sumy oblast']")
    ['Sumy oblast']
    """
    inner = _inner(text, "[", "]")
    made: list[str] = []
    place = 0
    while place < len(inner):
        match = _ENTRY.match(inner, place)
        if match is None:
            raise UnreadError("['name', 'other'] is read")
        made.append(match[1][1:-1])
        place = match.end()
    return made


def total(found: Mapping[str, Value]) -> int | None:
    """Sum of the numbers of details; None where there is none."""
    numbers = [value for value in found.values() if isinstance(value, int)]
    return sum(numbers) if numbers else None


def microseconds(at: datetime) -> int:
    """Microseconds since 1970 UTC of an aware time."""
    return int(at.astimezone(UTC).timestamp()) * 1_000_000


def _inner(text: str, left: str, right: str) -> str:
    said = text.strip()
    if not said:
        return ""
    if said.startswith(left) != said.endswith(right):
        raise ValueError(f"a text in {left}{right} is needed: it was cut off")
    if not said.startswith(left):
        raise UnreadError(f"a text in {left}{right} is read")
    return said[1:-1].strip()


def _value(text: str) -> Value:
    if text in ("NaN", "nan", "None"):
        return None
    if text[0] in "'\"":
        return text[1:-1]
    number = float(text)
    if not number.is_integer() or number < 0:
        raise UnreadError("a part is a whole number of 0 or more")
    return int(number)
