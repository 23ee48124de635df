"""A table whose records are made when they are first asked for: a run asks for few of the many parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

T = TypeVar("T")


class Asked(Mapping[str, T]):
    """Name -> record, made once; a name of which nothing is made is not in the table."""

    def __init__(self, make: Callable[[str], T | None], *names: Mapping[str, Any]) -> None:
        """Make a table. make : returns the record of a name, None where there is none; names : all that may be in it"""
        self._names = names
        self._make = make
        self._made: dict[str, T | None] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._made:
            self._made[name] = self._make(name) if any(name in names for names in self._names) else None
        found = self._made[name]
        if found is None:
            raise KeyError(name)
        return found

    def __iter__(self) -> Iterator[str]:
        return (name for names in self._names for name in names if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
