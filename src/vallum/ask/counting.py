"""What the record says: sums of the packaged months, nights of a record that the user has imported."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

from vallum.ask.questions import questions
from vallum.errors import VallumError

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Count:
    """One row: what was launched and reported stopped in a month, a night or some months.

    known : launched in reports that give an outcome, the denominator of the share
    """

    period: str
    what: str
    launched: int
    stopped: int
    known: int
    source: str

    @property
    def share(self) -> float | None:
        """Reported share stopped; a claim of the defender, never a kill probability."""
        return self.stopped / self.known if self.known else None

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "period": self.period,
            "what": self.what,
            "launched": self.launched,
            "stopped": self.stopped,
            "known": self.known,
            "source": self.source,
        }


@cache
def _months() -> dict[tuple[str, str], tuple[int, int, int, bool]]:
    text = (files("vallum") / "data" / "record" / "monthly.csv").read_text(encoding="utf-8")
    return {
        (row["month"], row["class"]): (
            *(int(row["launched"]), int(row["stopped"])),
            *(int(row["launched"]) - int(row["no_outcome"]), row["complete"] == "yes"),
        )
        for row in csv.DictReader(io.StringIO(text))
    }  # fmt: skip


def months_known(whole: bool = True) -> list[str]:
    """The months of the packaged table, in order."""
    return sorted({month for (month, _), row in _months().items() if row[3] or not whole})


def classes_known() -> set[str]:
    """The classes of the packaged months."""
    return {name for _, name in _months()}


def by_month(kind: str, months: Iterable[str]) -> list[Count]:
    """Sums of some packaged months, once for each way to count a kind (without and with S-300 and S-400)."""
    wanted = list(months)
    if not wanted or any(month not in months_known() for month in wanted):
        return []
    period = wanted[0] if len(wanted) == 1 else f"{wanted[0]} to {wanted[-1]}"
    made = []
    for classes in questions().counted[kind]["classes"]:
        rows = [_months()[month, name] for month in wanted for name in classes]
        launched, stopped, known = (sum(row[k] for row in rows) for k in range(3))
        made.append(Count(period, " + ".join(classes), launched, stopped, known, "data/record/monthly.csv"))
    return made


def months_between(first: date, last: date) -> list[str]:
    """The months from one day to another, as YYYY-MM."""
    found, day = [], first.replace(day=1)
    while day <= last:
        found.append(f"{day:%Y-%m}")
        day = (day + 32 * _ONE_DAY).replace(day=1)
    return found


@dataclass(frozen=True)
class Nights:
    """The nights of an imported record, by kind."""

    name: str
    frame: Any

    def of(self, kind: str, first: date, last: date) -> list[Count]:
        """Counts of some nights, for each way to count a kind, the largest first."""
        rows = [
            Count(
                str(row["night"]), row["family"], row["launched"], row["stopped"], row["known"], f"record {self.name}"
            )
            for row in self.frame.iter_rows(named=True)
            if first <= row["night"] <= last and (row["family"],) in questions().counted[kind]["families"]
        ]
        return sorted(rows, key=lambda row: -row.launched)


def imported() -> Nights | None:
    """The nights of the record that the user keeps, the one named ukraine where there are several; None where there
    is none, or no polars.
    """
    try:
        from vallum import record  # polars: only where a record is asked

        known = record.names()
        if not known:
            return None
        kept = record.load("ukraine" if "ukraine" in known else known[0])
        wanted = [name for kind in questions().counted.values() for (name,) in kind["families"]]
        return Nights(kept.name, record.nightly(kept, families=_there(wanted)))
    except VallumError:
        return None


def _there(wanted: Sequence[str]) -> list[str]:
    from vallum import record  # polars: only where a record is asked

    return [name for name in dict.fromkeys(wanted) if name in record.families() or name in record.groups()]
