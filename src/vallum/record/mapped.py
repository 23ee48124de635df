"""Any other theatre: a CSV with one number a row, and a mapping file that says what its columns are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent

from vallum.errors import RecordError
from vallum.record import cells, notes, regimes
from vallum.record.cells import Moment
from vallum.record.findings import NOTED, Reading
from vallum.record.kinds import Labels
from vallum.record.notes import Notes
from vallum.record.regimes import Regime
from vallum.record.sheet import Row, Sheet, read_bytes
from vallum.record.table import NATIONAL, REGIONAL, Entry, time_zone

KIND: Final = "mapped"
MAX_MAPPING_BYTES: Final = 200_000


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True, strict=False)


class Columns(_Part):
    """Which column of the CSV holds what; only `night` and `launched` are needed."""

    night: str
    launched: str
    destroyed: str | None = None
    lost: str | None = None
    label: str | None = None
    start: str | None = None
    end: str | None = None
    scope: str | None = None
    target: str | None = None
    source: str | None = None

    def named(self) -> dict[str, str]:
        """What is named: our column -> theirs."""
        return {ours: theirs for ours, theirs in self.model_dump().items() if theirs is not None}


class Stretch(_Part):
    """A reporting regime."""

    name: str
    start: date = Field(alias="from")
    to: date | None = None
    what: str = ""


class Mapping(_Part):
    """A mapping file (YAML).

    name        name of the record, unless --into names it
    time_zone   of the dates, like Asia/Jerusalem
    source, licence   who compiled it and under which terms; both are kept with the record
    columns     our column -> theirs
    date_format like "%d.%m.%Y"; ISO dates where it is not given
    family      the family of every row, or
    families    label -> family, added to the labels that vallum knows
    national    values of the scope column that mean the whole country; all rows are national where not given
    regimes     stretches of one way of reporting
    """

    name: str | None = None
    time_zone: str
    source: str
    licence: str
    columns: Columns
    date_format: str | None = None
    family: str | None = None
    families: dict[str, str] = {}
    national: list[str] | None = None
    regimes: list[Stretch] = []


def read_mapping(path: str | Path) -> Mapping:
    """Read a mapping file. Raises RecordError with every problem."""
    data = read_bytes(Path(path))
    if len(data) > MAX_MAPPING_BYTES:
        raise RecordError(f"{path}: {len(data):,} bytes; a mapping has at most {MAX_MAPPING_BYTES:,}")
    try:
        text = data.decode("utf-8")
        if any(isinstance(event, AliasEvent) for event in YAML().parse(text)):
            raise RecordError(f"{path}: aliases (*name) are not allowed; write the value out")
        content = YAML(typ="safe", pure=True).load(text)
    except UnicodeDecodeError:
        raise RecordError(f"{path}: is not UTF-8; save it as UTF-8") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RecordError(f"{path}:{line}: {error.problem}") from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise RecordError(f"{path}: is not a mapping in YAML: {error}") from None
    return _checked(path, content)


def _checked(path: str | Path, content: Any) -> Mapping:
    if not isinstance(content, dict):
        raise RecordError(f"{path}: should be a mapping with time_zone, source, licence and columns")
    try:
        made = Mapping.model_validate(content)
    except ValidationError as error:
        raise RecordError(
            [f"{path}: {'.'.join(map(str, one['loc']))}: {one['msg'].lower()}" for one in error.errors()]
        ) from None
    if (made.family is None) == (made.columns.label is None):
        raise RecordError(f"{path}: give either `family`, of every row, or `columns.label` with `families`")
    try:
        Labels(made.families | ({"every row": made.family} if made.family is not None else {}))
    except RecordError as error:
        raise RecordError(f"{path}: {error}") from None
    return made


def read(sheet: Sheet, mapping: Mapping, label: str) -> tuple[list[Entry], tuple[Regime, ...], Reading]:
    """Read a CSV by its mapping. Raises RecordError with every problem by row."""
    named = mapping.columns.named()
    sheet.refuse(
        [
            f":1: the mapping says that {ours} is the column {theirs!r}, which is not there; "
            f"the columns are {', '.join(sheet.header)}"
            for ours, theirs in named.items()
            if theirs not in sheet.header
        ]
    )
    found = Notes()
    stretches = tuple(Regime("regime", part.name, part.start, part.to, part.what) for part in mapping.regimes)
    rows = _Rows(mapping, stretches, found)
    entries = [entry for row in sheet.rows if (entry := rows.read(row))]
    sheet.refuse(found.problems)
    for entry in notes.far_nights(entries):
        found.add(NOTED, f"more than {notes.LONGEST_GAP} days from the other nights: a mistyped year?", entry.row)
    notes.note_labels(entries, found)
    notes.note_numbers(entries, found)
    unused = tuple(name for name in sheet.header if name not in named.values())
    return entries, stretches, notes.reading(sheet, KIND, entries, found, label, left_out=unused)


class _Rows:
    """Rows of one CSV, read by its mapping."""

    def __init__(self, mapping: Mapping, stretches: tuple[Regime, ...], found: Notes) -> None:
        self._mapping = mapping
        self._columns = mapping.columns
        self._stretches = stretches
        self._found = found
        self._labels = Labels(mapping.families)
        self._zone = time_zone(mapping.time_zone)
        self._moment = moment_reader(mapping.date_format)

    def read(self, row: Row) -> Entry | None:
        """The entry of a row; None where something is wrong with it, which is kept as a problem."""
        began = len(self._found.problems)
        night = self._found.take(row, self._columns.night, self._moment, None)
        start = self._time(row, self._columns.start) or night
        end = self._time(row, self._columns.end) or night
        launched, destroyed, lost = (
            self._number(row, name) for name in (self._columns.launched, self._columns.destroyed, self._columns.lost)
        )
        if night is None or start is None or end is None or len(self._found.problems) > began:
            return None
        label = self._text(row, self._columns.label) or self._mapping.family or ""
        known = self._labels.find(label)
        entry = Entry(
            row=row.number, night=night.day, start=start.start(self._zone), end=end.end(self._zone),
            start_given=start.clock is not None, end_given=end.clock is not None, label=label,
            family=self._mapping.family or known.family, found_by="label" if self._mapping.family else known.by,
            scope=self._scope(row), regime=regimes.regime_of(self._stretches, night.day),
            launched=launched, destroyed=destroyed, lost=lost,
            target=self._text(row, self._columns.target), source=self._text(row, self._columns.source),
        )  # fmt: skip
        notes.refuse_impossible(entry, self._found)
        return entry

    def _time(self, row: Row, column: str | None) -> Moment | None:
        return self._found.take(row, column, self._moment, None) if column and row.cells[column].strip() else None

    def _number(self, row: Row, column: str | None) -> int | None:
        return self._found.take(row, column, cells.count, None) if column else None

    def _text(self, row: Row, column: str | None) -> str:
        return row.cells[column].strip() if column else ""

    def _scope(self, row: Row) -> str:
        if self._mapping.national is None or self._columns.scope is None:
            return NATIONAL
        return NATIONAL if self._text(row, self._columns.scope) in self._mapping.national else REGIONAL


def moment_reader(date_format: str | None) -> Callable[[str], Moment]:
    """A function that reads a date in a format, or in ISO where none is given."""
    if date_format is None:
        return cells.moment

    def parsed(text: str) -> Moment:
        try:
            at = datetime.strptime(text.strip(), date_format)
        except ValueError:
            raise ValueError(f"the mapping says that dates are written {date_format}") from None
        return Moment(at.date(), at.time() if "%H" in date_format else None)

    return parsed
