"""The same future with and without a package: which nights differ, and why (Q4, F3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vallum.explain.story import Explanation, Night
from vallum.results.exporting import porch
from vallum.terms import REASONS


@dataclass(frozen=True)
class Pair:
    """One future twice: the same raids and the same luck, one choice apart.

    changed : leakers of the class with the package less those without it, by reason and for all
    nights  : numbers of the nights on which another number of the class got through
    """

    package: str
    without: Explanation
    with_it: Explanation
    changed: Mapping[str, int]
    nights: tuple[int, ...]

    def as_dict(self) -> dict[str, Any]:
        """The pair in the JSON layout: what changed, and both stories of the nights that differ."""
        return {
            "package": self.package,
            "answer": "\n".join(self.sentences),
            "leakers": {"without": self.without.leaked(), "with": self.with_it.leaked(), "changed": dict(self.changed)},
            "first_dry": {"without": _number(self.without), "with": _number(self.with_it)},
            "nights": [self._night(number - 1) for number in self.nights],
        }

    def _night(self, day: int) -> dict[str, Any]:
        before, after = self.without.nights[day], self.with_it.nights[day]
        return {
            "number": before.number,
            "date": before.date.isoformat(),
            "without": self._side(before),
            "with": self._side(after),
        }

    def _side(self, night: Night) -> dict[str, Any]:
        raid = night.raids[self.without.threat_class]
        return {"launched": raid.launched, "leaked": dict(raid.leaked), "fired": self.fired(night)}

    def fired(self, night: Night) -> int:
        """Rounds fired that may be fired at the class."""
        return sum(night.rounds[kind].fired for kind in self.without.types)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the package changes in this future, a paragraph each."""
        return tuple(porch().pair_story(self))


def pair(package: str, without: Explanation, with_it: Explanation) -> Pair:
    """Set two stories of one future beside each other."""
    changed = {reason: with_it.leaked(reason) - without.leaked(reason) for reason in REASONS}
    name = without.threat_class
    nights = tuple(
        before.number
        for before, after in zip(without.nights, with_it.nights, strict=True)
        if before.raids[name].leaked != after.raids[name].leaked
    )
    return Pair(package, without, with_it, {**changed, "all": sum(changed.values())}, nights)


def _number(made: Explanation) -> int | None:
    return made.dry.number if made.dry else None
