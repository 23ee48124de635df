"""The public record "Massive Missile Attacks on Ukraine", in any of its vintages.

One row is one weapon label in one report of the Air Force, its commands or the General Staff. The oddities
that are read here are listed in docs/questions/record.md.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from vallum.record import cells, kinds, notes, regimes
from vallum.record.findings import NOTED, SET_ASIDE, Reading
from vallum.record.kinds import Found, Labels
from vallum.record.notes import Notes
from vallum.record.sheet import Row, Sheet
from vallum.record.table import NATIONAL, REGIONAL, Entry, time_zone

KIND: Final = "attacks"
ZONE: Final = "Europe/Kyiv"
LICENCE: Final = (
    '"Massive Missile Attacks on Ukraine" by Petro Ivaniuk (Kaggle, piterfm), from posts of the Air Force Command of '
    "Ukraine, its regional commands and the General Staff. The original is reported as CC BY-NC-SA 4.0: this copy and "
    "tables of its rows are for your own, non-commercial use; pass them on only under the same terms and with the "
    "attribution. Sums and fitted numbers may be cited with the source."
)

REQUIRED: Final = ("time_start", "time_end", "model", "launched", "destroyed", "target", "source")
OPTIONAL: Final = (
    "launch_place", "target_main", "not_reach_goal", "still_attacking", "border_crossing", "is_shahed",
    "num_hit_location", "num_fall_fragment_location", "carrier", "turbojet", "turbojet_destroyed",
    "affected region", "destroyed_details", "launched_details", "launch_place_details",
)  # fmt: skip
#: Columns of copies before `border_crossing`: drones that flew on to Belarus, or back to Russia.
OLDER: Final = ("cross_border_belarus", "back_russia")
KNOWN: Final = (*REQUIRED, *OPTIONAL, *OLDER)
_LOST: Final = "not_reach_goal"
_COUNTS: Final = ("still_attacking", "is_shahed", "num_hit_location", "num_fall_fragment_location",
                  "turbojet", "turbojet_destroyed")  # fmt: skip

#: A post of one of these, or a row about the whole country, is a national report.
_NATIONAL_SOURCES: Final = ("kpszsu", "cincafu", "generalstaff")
_WHOLE_COUNTRY: Final = "ukraine"
_KNOWN_SOURCES: Final = (*_NATIONAL_SOURCES, "pvkpivden", "pvkshid", "pvkzahid", "pvkcenter", "watch/")
_DRONE: Final = "drone_oneway"
#: In these regimes a drone report says how many were lost.
_LOST_GIVEN: Final = ("lost_some_nights", "three_outcomes", "suppressed_merged")
_MERGED_REGIME: Final = "suppressed_merged"
#: A copy whose oldest row is this much younger than the record is cut.
_LATE_START: Final = timedelta(days=31)


def read(sheet: Sheet, labels: Labels, left_out: Collection[str], label: str) -> tuple[list[Entry], Reading]:
    """Read a copy of the record. Raises RecordError with every problem by row.

    left_out : unknown columns that the user allows to be left out
    """
    idle = [name for name in sheet.header if name not in KNOWN and name not in left_out and sheet.says_nothing(name)]
    sheet.refuse(_column_problems([name for name in sheet.header if name not in idle], left_out))
    found = Notes()
    for said in sheet.renamed:
        found.add(NOTED, f"column {said}")
    for name in idle:
        found.add(NOTED, f"column {name!r} has no name of its own and is empty or numbers the rows: left out")
    made = [_entry(row, labels, found) for row in sheet.rows]
    kept = _without_repeats(sheet.rows, [entry for entry in made if entry], found)
    notes.refuse_far_nights(kept, found)
    _refuse_missing_lost(sheet, kept, found)
    sheet.refuse(found.problems)
    _note(sheet, kept, found)
    absent = tuple(name for name in OPTIONAL if name not in sheet.header)
    return kept, notes.reading(sheet, KIND, kept, found, label, absent, (*left_out, *idle))


# --- columns ----------------------------------------------------------------------------------------


def _column_problems(header: Sequence[str], left_out: Collection[str]) -> list[str]:
    strange = [name for name in header if name not in KNOWN]
    problems = [
        f":1: the column {name} is missing{_renamed(name, strange)}; the record cannot be read without it"
        for name in REQUIRED
        if name not in header
    ]
    problems += [
        f":1: the column {name!r} is in no known copy of the record, and might change what the counts mean; "
        f"look it up, then leave it out with --leave-out {name!r}"
        for name in strange
        if name not in left_out
    ]
    unmet = [name for name in left_out if name not in strange]
    return problems + [f":1: --leave-out {name!r}: only a column that is not known may be left out" for name in unmet]


def _renamed(name: str, strange: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, strange, n=1)
    return f" (renamed to {near[0]!r}?)" if near else ""


def _refuse_missing_lost(sheet: Sheet, entries: Sequence[Entry], found: Notes) -> None:
    if _LOST in sheet.header:
        return
    late = [entry for entry in entries if entry.family == _DRONE and entry.regime in _LOST_GIVEN]
    if late:
        found.problem(
            1,
            f"the column {_LOST} is missing, but the copy has drone reports of {late[-1].night} and later, when drones "
            "lost were reported there: the column set was changed; take a whole copy",
        )


# --- rows -------------------------------------------------------------------------------------------


def _entry(row: Row, labels: Labels, found: Notes) -> Entry | None:
    began = len(found.problems)
    zone = time_zone(ZONE)
    start = found.take(row, "time_start", cells.moment, None)
    end = found.take(row, "time_end", cells.moment, None)
    numbers = {name: found.take(row, name, cells.count, None) for name in ("launched", "destroyed", _LOST, *_COUNTS)}
    known = _label(row, labels, found)
    crossed = _crossed(row, found)
    details = _details(row, found)
    if start is None or end is None or len(found.problems) > began:
        return None
    entry = Entry(
        row=row.number, night=end.day, start=start.start(zone), end=end.end(zone),
        start_given=start.clock is not None, end_given=end.clock is not None,
        label=row.cells["model"].strip(), family=known.family, found_by=known.by, scope=_scope(row),
        regime=regimes.regime_of(regimes.packaged(KIND), end.day),
        launched=numbers["launched"], destroyed=numbers["destroyed"], lost=numbers[_LOST],
        airborne=numbers["still_attacking"], left_airspace=crossed, shahed=numbers["is_shahed"],
        places_hit=numbers["num_hit_location"], places_debris=numbers["num_fall_fragment_location"],
        launch_place=row.cells.get("launch_place", "").strip(), target=row.cells["target"].strip(),
        carrier=row.cells.get("carrier", "").strip(), source=row.cells["source"].strip(), details=details,
    )  # fmt: skip
    notes.refuse_impossible(entry, found)
    for column, at in (("time_start", start), ("time_end", end)):
        if at.is_odd(zone):
            found.add(
                NOTED, f"{column} falls into the hour in which clocks are set: the first reading is taken", row.number
            )
    return entry


def _label(row: Row, labels: Labels, found: Notes) -> Found:
    text = row.cells["model"].strip()
    if not text:
        found.problem(row.number, "column model is empty: a weapon label is needed")
    return labels.find(text)


def _crossed(row: Row, found: Notes) -> int | None:
    """Drones that left the airspace: from border_crossing, or from the two columns of older copies."""
    if "border_crossing" in row.cells:
        return cells.total(_bracketed(row, "border_crossing", found))
    numbers = [found.take(row, name, cells.count, None) for name in OLDER]
    given = [number for number in numbers if number is not None]
    return sum(given) if given else None


def _details(row: Row, found: Notes) -> str:
    """The split of launched by label as JSON; the other bracketed columns are only checked."""
    _bracketed(row, "destroyed_details", found)
    _bracketed(row, "launch_place_details", found)
    no_names: list[str] = []
    found.take(row, "affected region", cells.names, no_names)
    split = _bracketed(row, "launched_details", found)
    return json.dumps(split, ensure_ascii=False) if split else ""


def _bracketed(row: Row, column: str, found: Notes) -> dict[str, cells.Value]:
    nothing: dict[str, cells.Value] = {}
    return found.take(row, column, cells.details, nothing)


def _scope(row: Row) -> str:
    whole = row.cells["target"].strip().casefold() == _WHOLE_COUNTRY
    return NATIONAL if whole or _from(row.cells["source"], _NATIONAL_SOURCES) else REGIONAL


def _from(source: str, senders: Collection[str]) -> bool:
    said = source.casefold()
    return any(sender in said for sender in senders)


def _without_repeats(rows: Sequence[Row], entries: Sequence[Entry], found: Notes) -> list[Entry]:
    """Leave out rows that are the same in every cell: a file that was joined with itself."""
    cells_of = {row.number: tuple(row.cells.values()) for row in rows}
    seen: set[tuple[str, ...]] = set()
    kept = []
    for entry in entries:
        if cells_of[entry.row] in seen:
            what = "the same as an earlier row in every cell: left out of the table"
            found.add(SET_ASIDE, what, entry.row, entry.launched)
            continue
        seen.add(cells_of[entry.row])
        kept.append(entry)
    return kept


# --- what is worth saying ---------------------------------------------------------------------------


def _note(sheet: Sheet, entries: Sequence[Entry], found: Notes) -> None:
    by_row: Mapping[int, Row] = {row.number: row for row in sheet.rows}
    notes.note_read(entries, found)
    notes.note_labels(entries, found)
    notes.note_numbers(entries, found)
    for entry in entries:
        _note_row(entry, by_row[entry.row], found)
    _note_same_window(entries, found)
    _note_overlaps(entries, found)
    if any(name in sheet.header for name in OLDER):
        found.add(NOTED, "an older copy: cross_border_belarus and back_russia are read for border_crossing")
    for number in sheet.blank_rows:
        found.add(NOTED, "blank line", number)
    first = min(entry.night for entry in entries)
    starts: date = regimes.packaged(KIND)[0].start
    if first > starts + _LATE_START:
        what = f"the oldest night is {first}; the record starts on {starts}: this copy may be cut off"
        found.add(NOTED, what, loud=True)


def _note_row(entry: Entry, row: Row, found: Notes) -> None:
    for column in ("time_start", "time_end", "model", "target", "source"):
        if row.cells[column] != row.cells[column].strip():
            found.add(NOTED, f"blanks around the cell in {column}, taken off", entry.row)
    if not _from(entry.source, _KNOWN_SOURCES):
        found.add(NOTED, "the source is not the Air Force, one of its commands or the General Staff", entry.row)
    elif entry.scope == NATIONAL and not _from(entry.source, (*_NATIONAL_SOURCES, "watch/")):
        found.add(NOTED, "a report on the whole country under a regional source: counted as national", entry.row)
    if entry.shahed is not None and entry.launched is not None and entry.shahed > entry.launched:
        found.add(NOTED, "is_shahed, a count, is above launched", entry.row)
    if entry.family == _DRONE and entry.regime == _MERGED_REGIME and entry.lost:
        found.add(
            NOTED, "drones lost have a number of their own although it is merged with destroyed by then", entry.row
        )
    split = json.loads(entry.details) if entry.details else {}
    if split and cells.total(split) != entry.launched:
        found.add(NOTED, "launched_details do not add up to launched: not used", entry.row)


def _note_same_window(entries: Sequence[Entry], found: Notes) -> None:
    """Several numbers under one key: both count, since the record never repeats a row."""
    seen: set[tuple[object, ...]] = set()
    for entry in entries:
        key = (entry.start, entry.end, entry.label, entry.launch_place, entry.target, entry.source)
        if key in seen:
            found.add(
                NOTED, "the same window, label, place, target and source as an earlier row: both count", entry.row
            )
        seen.add(key)


def _note_overlaps(entries: Sequence[Entry], found: Notes) -> None:
    """National windows of one label that overlap, hours given: both count."""
    by_label: dict[kinds.Key, list[Entry]] = {}
    for entry in entries:
        if entry.scope == NATIONAL and entry.start_given and entry.end_given:
            by_label.setdefault(kinds.key(entry.label), []).append(entry)
    for group in by_label.values():
        latest = None
        for entry in sorted(group, key=lambda one: (one.start, one.row)):
            if latest is not None and entry.start < latest:
                what = "overlaps another national window of the same label: both count"
                found.add(NOTED, what, entry.row, entry.launched)
            latest = entry.end if latest is None else max(latest, entry.end)
