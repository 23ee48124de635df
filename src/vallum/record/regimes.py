"""Reporting regimes: what the reports say changes over time, so the share is not one quantity."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from vallum.record.kinds import DATA


@dataclass(frozen=True)
class Regime:
    """A stretch of one way of reporting, or (kind `mark`) something to know about some nights."""

    kind: str
    name: str
    start: date
    end: date | None
    what: str

    def holds(self, night: date) -> bool:
        """Whether a night lies in it."""
        return self.start <= night and (self.end is None or night <= self.end)

    def as_dict(self) -> dict[str, Any]:
        """The regime as plain data."""
        return {
            "kind": self.kind,
            "name": self.name,
            "from": self.start.isoformat(),
            "to": self.end.isoformat() if self.end else None,
            "what": self.what,
        }


@cache
def packaged(record: str) -> tuple[Regime, ...]:
    """The regimes and marks of a kind of record (`attacks`, `uae`), in order; none for others."""
    lines = (DATA / "regimes.csv").read_text(encoding="utf-8").splitlines()
    return tuple(
        Regime(
            row["kind"],
            row["name"],
            date.fromisoformat(row["from"]),
            date.fromisoformat(row["to"]) if row["to"] else None,
            row["what"],
        )
        for row in csv.DictReader(lines)
        if row["record"] == record
    )


def regime_of(regimes: tuple[Regime, ...], night: date) -> str:
    """Name of the regime of a night; an empty text where none is known."""
    return next((regime.name for regime in regimes if regime.kind == "regime" and regime.holds(night)), "")
