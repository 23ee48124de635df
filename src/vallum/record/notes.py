"""What every reader does alike: take cells, gather problems and findings, look over the nights."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import pairwise
from typing import Final, TypeVar

from vallum.record import kinds
from vallum.record.cells import UnreadError
from vallum.record.findings import KINDS, MERGED, NOTED, READ, SET_ASIDE, Finding, Reading
from vallum.record.sheet import Row, Sheet
from vallum.record.table import NATIONAL, REGIONAL, Entry

T = TypeVar("T")
#: A longer gap between two nights of a record is a mistyped year.
LONGEST_GAP: Final = 366
_LONGEST_SHOWN: Final = 40
_FRONT_LINE: Final = "uav_other"


class Notes:
    """Problems, which refuse the file, and findings, which do not; in the order in which they are met."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self._rows: dict[tuple[str, str], list[int]] = {}
        self._launched: Counter[tuple[str, str]] = Counter()
        self._loud: set[tuple[str, str]] = set()

    def problem(self, row: int, text: str) -> None:
        """Keep what is wrong in a row."""
        self.problems.append(f":{row}: {text}")

    def add(
        self, kind: str, what: str, row: int | None = None, launched: int | None = None, loud: bool = False
    ) -> None:
        """Keep a finding; the same words of another row are one finding. *loud*: not to be overlooked."""
        if loud:
            self._loud.add((kind, what))
        rows = self._rows.setdefault((kind, what), [])
        if row is not None:
            rows.append(row)
        if launched is not None:
            self._launched[kind, what] += launched

    def take(self, row: Row, column: str, parse: Callable[[str], T], otherwise: T) -> T:
        """Parse a cell; what is wrong with it is kept with row, column, value and the way out.

        A side note in an unknown way of writing refuses nothing: it is taken as not given, and said aloud.
        """
        text = row.cells.get(column, "")
        shown = text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "..."
        try:
            return parse(text)
        except UnreadError as error:
            what = f"column {column} is written in another way ({error}): taken as not given, no count hangs on it"
            self.add(NOTED, what, row.number, loud=True)
            return otherwise
        except ValueError as error:
            self.problem(row.number, f"column {column} is {shown!r}: {error}")
            return otherwise

    def findings(self) -> tuple[Finding, ...]:
        """All findings: read, merged, set aside, noted."""
        made = [
            Finding(kind, what, tuple(sorted(set(rows))), self._launched.get((kind, what)), (kind, what) in self._loud)
            for (kind, what), rows in self._rows.items()
        ]
        return tuple(sorted(made, key=lambda finding: KINDS.index(finding.kind)))


def note_labels(entries: Iterable[Entry], notes: Notes) -> None:
    """Say which labels were merged into one number, read in another spelling or by parts, or not understood."""
    for entry in entries:
        if not entry.found_by:
            way = "kept as `unresolved`, in no sum or forecast; name its family with --families or in the mapping"
            said = f"label {entry.label!r}: no family may hold its parts; {way}"
            notes.add(SET_ASIDE, said, entry.row, entry.launched, loud=True)
            continue
        if entry.found_by == "parts":
            said = f"label {entry.label!r} is new: read by its parts as {entry.family}"
            notes.add(MERGED, said, entry.row, entry.launched)
        elif entry.found_by == "name":
            way = "if it is not, name its family with --families or in the mapping"
            said = f"label {entry.label!r} is new: read by its name as {entry.family}; {way}"
            notes.add(MERGED, said, entry.row, entry.launched, loud=True)
        elif kinds.is_composite(entry.label) and entry.family != _FRONT_LINE:
            notes.add(MERGED, f"{entry.label!r} is one number, family {entry.family}", entry.row, entry.launched)
        if entry.found_by == "spelling":
            notes.add(NOTED, f"label {entry.label!r} is an older or other spelling, family {entry.family}", entry.row)


def note_numbers(entries: Iterable[Entry], notes: Notes) -> None:
    """Say what is left out of shares and why, and which numbers do not fit each other."""
    for entry in entries:
        if entry.scope == REGIONAL:
            what = "regional reports: left out unless asked for; they partly repeat national ones"
            notes.add(SET_ASIDE, what, entry.row, entry.launched)
        if entry.family == _FRONT_LINE:
            what = f"reconnaissance and front-line drones ({_FRONT_LINE}): left out of sums unless named"
            notes.add(SET_ASIDE, what, entry.row, entry.launched)
        if entry.launched is None:
            notes.add(SET_ASIDE, "launched not given: unknown, not zero; left out of sums and shares", entry.row)
        elif entry.destroyed is None:
            notes.add(SET_ASIDE, "outcome not given: left out of shares, counted as unknown", entry.row, entry.launched)
        if entry.launched is not None and (entry.destroyed or 0) + (entry.lost or 0) > entry.launched:
            what = "destroyed and lost together exceed launched: stopped is held at launched"
            notes.add(NOTED, what, entry.row, entry.launched)


def refuse_impossible(entry: Entry, notes: Notes) -> None:
    """Keep as a problem what no report can mean: more destroyed than launched, a window that ends before it starts."""
    if entry.launched is not None and entry.destroyed is not None and entry.destroyed > entry.launched:
        notes.problem(
            entry.row,
            f"columns destroyed and launched are {entry.destroyed} and {entry.launched}: more destroyed than launched; "
            "look the report up and correct the row, or take it out",
        )
    if entry.end < entry.start:
        notes.problem(entry.row, f"the window ends ({entry.end:%Y-%m-%d %H:%M}) before it starts; correct the row")


def refuse_far_nights(entries: Sequence[Entry], notes: Notes) -> None:
    """Keep as problems the nights that lie so far from all others that the year must be mistyped."""
    for entry in far_nights(entries):
        notes.problem(
            entry.row, f"the night is {entry.night}, more than {LONGEST_GAP} days from the other rows: a mistyped year?"
        )


def far_nights(entries: Sequence[Entry]) -> list[Entry]:
    """The entries on the rarer side of each gap of more than a year."""
    nights = sorted({entry.night for entry in entries})
    gaps = [pair for pair in pairwise(nights) if (pair[1] - pair[0]).days > LONGEST_GAP]
    odd = {entry.row: entry for before, after in gaps for entry in _rarer(entries, before, after)}
    return sorted(odd.values(), key=lambda entry: entry.row)


def _rarer(entries: Sequence[Entry], before: date, after: date) -> list[Entry]:
    low = [entry for entry in entries if entry.night <= before]
    high = [entry for entry in entries if entry.night >= after]
    return min(low, high, key=len)


def counted(labels: Iterable[str]) -> dict[str, int]:
    """How often each text stands, the most frequent first."""
    return dict(sorted(Counter(labels).items(), key=lambda pair: (-pair[1], pair[0])))


def scopes(entries: Iterable[Entry]) -> dict[str, int]:
    """Rows by scope, national first."""
    found = Counter(entry.scope for entry in entries)
    return {scope: found[scope] for scope in (NATIONAL, REGIONAL) if found[scope]}


def note_read(entries: Iterable[Entry], notes: Notes) -> None:
    """Say which windows have no hour."""
    for entry in entries:
        if not entry.start_given and not entry.end_given:
            notes.add(READ, "window of whole days, no hour given", entry.row)
        elif not entry.start_given:
            notes.add(
                READ, "window from the beginning of the day, only the end given (during the night to it)", entry.row
            )
        elif not entry.end_given:
            notes.add(READ, "window to the end of the day, only the start given", entry.row)


def reading(
    sheet: Sheet,
    kind: str,
    entries: Sequence[Entry],
    found: Notes,
    label: str,
    absent: tuple[str, ...] = (),
    left_out: tuple[str, ...] = (),
) -> Reading:
    """The report of an import that went well; *label* is the file as it is named in it."""
    nights = [entry.night for entry in entries]
    return Reading(
        source=label,
        sha256=sheet.sha256,
        size=sheet.size,
        kind=kind,
        rows=len(sheet.rows),
        kept=len(entries),
        first=min(nights).isoformat(),
        last=max(nights).isoformat(),
        scopes=scopes(entries),
        families=counted(entry.family for entry in entries),
        columns_absent=absent,
        columns_left_out=left_out,
        findings=found.findings(),
    )
