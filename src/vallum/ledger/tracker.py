"""The user's own copy of the Kiel Institute's Ukraine Support Tracker: read strictly, kept under VALLUM_HOME.

Its rows are never shipped: the institute states no licence for the files, and asks to be cited. Kept is one table of
months, with the hash of each file that was read.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any, Final, TypeVar

from vallum import folders
from vallum.errors import EvidenceError
from vallum.evidence.snapshots import sha256

T = TypeVar("T")

CITE: Final = "Kiel Institute for the World Economy - Ukraine Support Tracker"
MONTHS: Final = "data_explorer.csv"
SUMS: Final = "total_allocations.csv"
SHARES: Final = "eu_aid_shares.csv"
RELEASE: Final = "release_info.csv"
#: Columns that each file must have; more are left alone.
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    MONTHS: ("country", "year", "month", "total", "financial", "humanitarian", "military", "commitments"),
    SUMS: ("year", "month", "total_allocations", "military", "financial", "humanitarian"),
    SHARES: ("country", "eu_share_bn"),
    RELEASE: ("release", "period", "date"),
}
KINDS: Final = ("financial", "humanitarian", "military")
INSTITUTIONS: Final = "EU (Commission and Council)"
KEPT: Final = "tracker.json"
#: Sums of the files agree to this many billions of euros, for they are printed with six decimals.
AGREE: Final = 1e-3
WAY_OUT: Final = "free room, or name another folder in VALLUM_HOME"


@dataclass(frozen=True, slots=True)
class Month:
    """What one donor allocated in one month, and promised in all (commitments), EUR billion."""

    donor: str
    month: str
    financial: float
    humanitarian: float
    military: float
    commitments: float


@dataclass(frozen=True)
class Tracker:
    """One release.

    shares : each member state's share of the aid of the EU institutions over all months, EUR billion
    """

    release: str
    period: str
    published: str
    months: tuple[Month, ...]
    shares: Mapping[str, float]
    hashes: Mapping[str, str]

    @property
    def donors(self) -> tuple[str, ...]:
        """All donors, by name."""
        return tuple(sorted({row.donor for row in self.months}))

    @property
    def last(self) -> str:
        """The last month, YYYY-MM."""
        return max(row.month for row in self.months)

    def allocated(self, donors: frozenset[str] | None, kind: str, until: date) -> float:
        """Sum of allocations of some donors (None: all) of a kind, to the month of a day. EUR billion"""
        kinds = KINDS if kind == "all" else tuple(kind.split(" and "))
        rows = (row for row in self.months if row.month <= f"{until:%Y-%m}" and (donors is None or row.donor in donors))
        return float(sum(getattr(row, name) for row in rows for name in kinds))


def read(folder: str | Path) -> Tracker:
    """Read the release files of a folder strictly. Raises EvidenceError with file, line, field and what is allowed."""
    reader = _Reader(Path(folder))
    months = reader.rows(MONTHS, _month)
    sums = reader.rows(SUMS, _sum)
    shares = dict(reader.rows(SHARES, lambda cells: (cells.text("country"), cells.number("eu_share_bn"))))
    release = reader.rows(RELEASE, lambda cells: tuple(cells.text(name) for name in COLUMNS[RELEASE]))
    if not reader.problems:
        reader.problems += _whole(months, sums, shares, release)
    if reader.problems:
        raise EvidenceError(reader.problems)
    hashes = {name: sha256(Path(folder) / name) for name in COLUMNS}
    number, period, published = release[0]
    return Tracker(number, period, published, tuple(months), shares, hashes)


def keep(tracker: Tracker) -> Path:
    """Keep a release under VALLUM_HOME in the place of an earlier one, and return its folder."""
    text = json.dumps(asdict(tracker), sort_keys=True, indent=1, ensure_ascii=False) + "\n"

    def fill(made: Path) -> None:
        (made / KEPT).write_text(text, encoding="utf-8", newline="\n")

    return folders.put_whole(_folder(), fill, WAY_OUT)


def kept() -> Tracker | None:
    """Return the release that is kept on this machine, None where there is none.

    Raises EvidenceError where it is damaged.
    """
    path = _folder() / KEPT
    if not path.is_file():
        return None
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
        months = tuple(Month(**row) for row in made.pop("months"))
        return Tracker(months=months, **made)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise EvidenceError(f"{path}: is damaged; import the release again: vallum ledger import FOLDER") from None


def _folder() -> Path:
    return folders.home() / "ledger" / "kiel"


@dataclass(frozen=True, slots=True)
class _Cells:
    """One row, which says which of its cells is wrong."""

    row: Mapping[str, Any]

    def text(self, name: str) -> str:
        value = (self.row[name] or "").strip()
        if not value:
            raise ValueError(f"{name}: is empty")
        return str(value)

    def number(self, name: str) -> float:
        text = (self.row[name] or "").strip()
        try:
            value = float(text)
        except ValueError:
            raise ValueError(f"{name}: {text!r} is not a number") from None
        if not abs(value) < float("inf"):
            raise ValueError(f"{name}: {text!r} is not a finite number")
        return value

    def month(self) -> str:
        try:
            return f"{date(int(self.text('year')), int(self.text('month')), 1):%Y-%m}"
        except ValueError:
            raise ValueError(f"year, month: {self.row['year']!r}, {self.row['month']!r} is no month") from None


class _Reader:
    """Reads files of a folder and gathers what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.problems: list[str] = []

    def rows(self, name: str, make: Callable[[_Cells], T]) -> list[T]:
        text = self._text(name)
        if text is None:
            return []
        rows = csv.DictReader(StringIO(text, newline=""), strict=True)
        missing = [column for column in COLUMNS[name] if column not in (rows.fieldnames or ())]
        if missing:
            self.problems.append(f"{name}:1: columns {', '.join(missing)} are missing; is it the tracker's?")
            return []
        made: list[T] = []
        try:
            for row in rows:
                try:
                    made.append(make(_Cells(row)))
                except ValueError as error:
                    self.problems.append(f"{name}:{rows.line_num}: {error}")
        except csv.Error as error:
            self.problems.append(f"{name}:{rows.line_num}: is not CSV: {error}")
        return made

    def _text(self, name: str) -> str | None:
        path = self._folder / name
        try:
            return path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError:
            self.problems.append(f"{path}: is not a text file in UTF-8")
        except OSError as error:
            self.problems.append(
                f"{path}: cannot be read: {error.strerror or error}; a release has {', '.join(COLUMNS)}"
            )
        return None


def _month(cells: _Cells) -> Month:
    parts = {name: cells.number(name) for name in KINDS}
    total = cells.number("total")
    if abs(sum(parts.values()) - total) > AGREE:
        raise ValueError(f"total: {total:g} is not the sum of {', '.join(KINDS)}, {sum(parts.values()):g}")
    return Month(cells.text("country"), cells.month(), commitments=cells.number("commitments"), **parts)


def _sum(cells: _Cells) -> tuple[str, float]:
    return cells.month(), cells.number("total_allocations")


def _whole(
    months: list[Month], sums: list[tuple[str, float]], shares: Mapping[str, float], release: list[Any]
) -> Iterator[str]:
    """What the files say of each other: sums by month, no donor twice in a month, the EU's aid divided whole."""
    if len(release) != 1:
        yield f"{RELEASE}: has {len(release)} rows; a release has one"
    seen = [(row.donor, row.month) for row in months]
    twice = sorted({pair for pair in seen if seen.count(pair) > 1}) if len(set(seen)) < len(seen) else []
    yield from (f"{MONTHS}: {donor} stands twice in {month}" for donor, month in twice)
    by_month: dict[str, float] = {}
    for row in months:
        by_month[row.month] = by_month.get(row.month, 0.0) + row.financial + row.humanitarian + row.military
    for month, total in sums:
        if abs(by_month.get(month, 0.0) - total) > AGREE:
            yield f"{SUMS}: {month}: total_allocations {total:g} is not the donors' sum, {by_month.get(month, 0.0):g}"
    institutions = sum(row.financial + row.humanitarian + row.military for row in months if row.donor == INSTITUTIONS)
    if abs(sum(shares.values()) - institutions) > AGREE:
        added = sum(shares.values())
        yield f"{SHARES}: eu_share_bn adds up to {added:g}, {INSTITUTIONS} to {institutions:g} in {MONTHS}"
