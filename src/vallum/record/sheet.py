"""A CSV file read with care: whole, UTF-8, one physical line a record; every problem is said with its row."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from vallum.errors import RecordError

#: The largest copy of any record known is under 1 MB; this is far above it and far below harm.
MAX_BYTES: Final = 50_000_000
#: Problems that are printed; the others are counted.
MOST_PROBLEMS: Final = 40

#: What a file starts with that is no CSV, and the way out.
_FOREIGN: Final[Mapping[bytes, str]] = {
    b"PK\x03\x04": "a zip archive or a workbook, not a CSV; unpack it, or save the sheet as CSV, and give that file",
    b"\x1f\x8b": "compressed with gzip; unpack it and give the CSV",
    b"PAR1": "a Parquet file; vallum reads the CSV",
    b"%PDF": "a PDF; give the CSV",
    b"SQLite": "a database; give the CSV",
    b"\xff\xfe": "UTF-16; save it as UTF-8",
    b"\xfe\xff": "UTF-16; save it as UTF-8",
    b"version https://git-lfs": "a pointer of Git LFS, not the file itself; fetch it with `git lfs pull`",
    b"<": "a web page or XML, perhaps of a log-in, not a CSV; download the file itself",
    b"{": "JSON, not a CSV",
    b"[": "JSON, not a CSV",
}
#: Characters of a first line that are shown where it is no header.
_LINE_SHOWN: Final = 60
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Row:
    """One record: its row in the file (the header is row 1) and its cells by column, as written."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """A table as text. *label* is how messages name the file, *sha256* the hash of its bytes."""

    label: str
    sha256: str
    size: int
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    blank_rows: tuple[int, ...]
    renamed: tuple[str, ...] = ()

    def in_names(self, known: Sequence[str]) -> Sheet:
        """The sheet with columns named as they are known, where only capitals, blanks or underscores differ."""
        names = {_plain(name): name for name in known}
        new = {name: names.get(_plain(name), name) for name in self.header if name not in known}
        taken = [*(name for name in self.header if name in known), *new.values()]
        changed = {name: other for name, other in new.items() if name != other and taken.count(other) == 1}
        if not changed:
            return self
        rows = (Row(row.number, {changed.get(k, k): cell for k, cell in row.cells.items()}) for row in self.rows)
        header = tuple(changed.get(name, name) for name in self.header)
        said = tuple(f"{name!r} is read as {other!r}" for name, other in changed.items())
        return replace(self, header=header, rows=tuple(rows), renamed=said)

    def says_nothing(self, column: str) -> bool:
        """Whether a column is one that programs add when they write a table: without a name, empty or row numbers."""
        cells = [row.cells[column].strip() for row in self.rows]
        return _ADDED.fullmatch(column) is not None and (not any(cells) or _counts_rows(cells))

    def refuse(self, problems: Sequence[str]) -> None:
        """Raise RecordError with the problems, each led by the file; nothing where there is none."""
        if problems:
            raise RecordError([f"{self.label}{problem}" for problem in cut(problems)])


_ADDED: Final = re.compile(r"\s*(|index|id|#|Unnamed: \d+)\s*", re.IGNORECASE)


def _plain(name: str) -> str:
    return "_".join(name.replace("_", " ").casefold().split())


def _counts_rows(cells: Sequence[str]) -> bool:
    return all(cell.isascii() and cell.isdigit() for cell in cells) and len(set(cells)) == len(cells)


def cut(problems: Sequence[str]) -> list[str]:
    """The problems that are printed, and how many more there are."""
    more = len(problems) - MOST_PROBLEMS
    return [*problems[:MOST_PROBLEMS], *([f": and {more:,} more problems like these"] if more > 0 else [])]


def read_sheet(path: str | Path) -> Sheet:
    """Read a CSV file whole. Raises RecordError: no file, too large, not text, mixed encodings, cut off, ragged."""
    data = read_bytes(Path(path))
    label = str(path)
    lines = _lines(label, data)
    header = _header(label, lines[0])
    rows, blank = _rows(label, header, lines[1:])
    return Sheet(label, hashlib.sha256(data).hexdigest(), len(data), header, rows, blank)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file of a bearable size that looks like text. Raises RecordError."""
    try:
        if not path.is_file():
            what = "is a folder; give the file in it" if path.is_dir() else "there is no such file"
            raise RecordError(f"{path}: {what}")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise RecordError(
                f"{path}: {size:,} bytes; a record is at most {MAX_BYTES:,}: this is another file, or cut it by date"
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise RecordError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    _refuse_foreign(path, data)
    return data.removeprefix(_BOM)


def _refuse_foreign(path: Path, data: bytes) -> None:
    text = data.removeprefix(_BOM).lstrip()
    if not text:
        raise RecordError(f"{path}: the file is empty; download it again")
    for start, what in _FOREIGN.items():
        if data.startswith(start) or text.startswith(start):
            raise RecordError(f"{path}: the file is {what}")
    if b"\0" in data:
        raise RecordError(f"{path}: the file holds zero bytes: it is not text; give the CSV")


def _lines(label: str, data: bytes) -> list[str]:
    """Decode line by line, so that a second encoding is found at its row; lines as they are in the file."""
    if not data.endswith((b"\n", b"\r")):
        row = data.count(b"\n") + 1
        raise RecordError(
            f"{label}:{row}: the file ends inside this row: a download that was cut off? Download it again; "
            "if the row is whole, end it with a new line"
        )
    lines, problems = [], []
    for number, raw in enumerate(_ends(data).removesuffix(b"\n").split(b"\n"), 1):
        try:
            lines.append(raw.decode("utf-8"))
        except UnicodeDecodeError as error:
            problems.append(
                f":{number}: byte {raw[error.start]:#04x} at place {error.start + 1} is not UTF-8: the file mixes "
                "encodings or was saved in another one; save it as UTF-8, or download it again"
            )
    if problems:
        raise RecordError([f"{label}{problem}" for problem in cut(problems)])
    return lines


def _ends(data: bytes) -> bytes:
    """Line ends of Windows, and of old Macs where there are no others, as those of Unix."""
    return data.replace(b"\r\n", b"\n") if b"\n" in data else data.replace(b"\r", b"\n")


def _header(label: str, line: str) -> tuple[str, ...]:
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if line.count(mark) > line.count(","):
            raise RecordError(f"{label}:1: the columns are parted by {name}; save the file with commas")
    try:
        header = tuple(_cells(line))
    except csv.Error as error:
        raise RecordError(f"{label}:1: the header cannot be parted into columns ({error}); close its quotes") from None
    if len(header) == 1:
        raise RecordError(
            f"{label}:1: the first line is {line[:_LINE_SHOWN]!r}: no header of columns parted by commas; "
            "take out the lines before the header, or give another file"
        )
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise RecordError(f"{label}:1: the column {twice[0]!r} stands twice in the header; each may stand once")
    return header


def _rows(label: str, header: tuple[str, ...], lines: Sequence[str]) -> tuple[tuple[Row, ...], tuple[int, ...]]:
    rows, blank, problems = [], [], []
    for number, line in enumerate(lines, 2):
        if not line.strip():
            blank.append(number)
            continue
        try:
            cells = _cells(line)
        except csv.Error as error:
            problems.append(f":{number}: cannot be parted into cells ({error}); a record is one line, quotes closed")
            continue
        if len(cells) != len(header):
            problems.append(
                f":{number}: {len(cells)} cells, but the header has {len(header)} columns: "
                "a row cut off, or a comma outside quotes"
            )
            continue
        rows.append(Row(number, dict(zip(header, cells, strict=True))))
    if problems:
        raise RecordError([f"{label}{problem}" for problem in cut(problems)])
    if not rows:
        raise RecordError(f"{label}: a header and no rows; download it again")
    return tuple(rows), tuple(blank)


def _cells(line: str) -> list[str]:
    parsed: Iterator[list[str]] = csv.reader([line], strict=True)
    return next(parsed)
