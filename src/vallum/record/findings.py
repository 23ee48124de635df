"""What an import read, merged, set aside and noticed, each with its rows: as text and as plain data."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

READ: Final = "read"
MERGED: Final = "merged"
SET_ASIDE: Final = "set aside"
NOTED: Final = "noted"
KINDS: Final = (READ, MERGED, SET_ASIDE, NOTED)
_WIDTH: Final = 100
#: Stretches of rows printed for a finding; the JSON has all.
_MOST_STRETCHES: Final = 6


@dataclass(frozen=True)
class Finding:
    """One thing to know about some rows; *launched* is how many launches they hold, where that says something.

    *loud* : said again after an import, for it may change what the record says
    """

    kind: str
    what: str
    rows: tuple[int, ...] = ()
    launched: int | None = None
    loud: bool = False

    def text(self) -> str:
        """One line: what, how many launches, which rows."""
        many = f"; {self.launched:,} launched" if self.launched is not None else ""
        return f"{self.what}{many}{_rows_text(self.rows)}"


@dataclass(frozen=True)
class Reading:
    """The report of an import. *counts* are rows by scope and by family; rows count from 1, the header."""

    source: str
    sha256: str
    size: int
    kind: str
    rows: int
    kept: int
    first: str
    last: str
    scopes: Mapping[str, int]
    families: Mapping[str, int]
    columns_absent: tuple[str, ...] = ()
    columns_left_out: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = field(default=())

    def of(self, kind: str) -> list[Finding]:
        """The findings of a kind."""
        return [finding for finding in self.findings if finding.kind == kind]

    def warnings(self) -> list[str]:
        """What nobody should overlook: rows in no sum, labels read by their name, a copy that may be cut off."""
        return [finding.text() for finding in self.findings if finding.loud]

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data; every finding with all its rows."""
        return {
            "source": {"file": self.source, "sha256": self.sha256, "bytes": self.size, "kind": self.kind},
            "rows": {
                "read": self.rows,
                "kept": self.kept,
                "by_scope": dict(self.scopes),
                "by_family": dict(self.families),
            },
            "nights": {"first": self.first, "last": self.last},
            "columns": {"absent": list(self.columns_absent), "left_out": list(self.columns_left_out)},
            "findings": [
                {"kind": f.kind, "what": f.what, "rows": list(f.rows), "launched": f.launched, "loud": f.loud}
                for f in self.findings
            ],
        }

    @staticmethod
    def from_dict(said: Mapping[str, Any]) -> Reading:
        """The report from its plain data. Raises KeyError or TypeError where it is not."""
        source, rows, columns = said["source"], said["rows"], said["columns"]
        return Reading(
            source=source["file"],
            sha256=source["sha256"],
            size=source["bytes"],
            kind=source["kind"],
            rows=rows["read"],
            kept=rows["kept"],
            first=said["nights"]["first"],
            last=said["nights"]["last"],
            scopes=rows["by_scope"],
            families=rows["by_family"],
            columns_absent=tuple(columns["absent"]),
            columns_left_out=tuple(columns["left_out"]),
            findings=tuple(
                Finding(f["kind"], f["what"], tuple(f["rows"]), f["launched"], f.get("loud", False))
                for f in said["findings"]
            ),
        )

    def text(self) -> str:
        """The report as text of at most 100 columns."""
        scopes = ", ".join(f"{number:,} {name}" for name, number in self.scopes.items())
        head = [
            f"{self.source}: {self.rows:,} rows read, {self.kept:,} numbers kept ({scopes}); "
            f"nights {self.first} to {self.last}",
            f"sha256 {self.sha256}",
        ]
        if self.columns_absent:
            head.append(f"Columns that this copy lacks: {', '.join(self.columns_absent)}")
        if self.columns_left_out:
            head.append(f"Columns left out: {', '.join(self.columns_left_out)}")
        parts = ["\n".join(_wrapped(head)), *(self._part(kind) for kind in KINDS)]
        return "\n\n".join(part for part in parts if part)

    def _part(self, kind: str) -> str:
        found = self.of(kind)
        if not found:
            return ""
        return "\n".join([kind.capitalize(), *_wrapped((f.text() for f in found), "- ", "  ")])


def _wrapped(lines: Iterable[str], first: str = "", then: str = "  ") -> Iterator[str]:
    for line in lines:
        yield textwrap.fill(line, _WIDTH, initial_indent=first, subsequent_indent=then)


def _rows_text(rows: tuple[int, ...]) -> str:
    if not rows:
        return ""
    parts = list(stretches(rows))
    more = "" if len(parts) <= _MOST_STRETCHES else " ..."
    word = "row" if len(rows) == 1 else f"{len(rows):,} rows:"
    return f" ({word} {', '.join(parts[:_MOST_STRETCHES])}{more})"


def stretches(rows: Iterable[int]) -> Iterator[str]:
    """Row numbers as stretches.

    >>> list(stretches([7, 2, 3, 4]))
    ['2-4', '7']
    """
    start = end = None
    for row in sorted(rows):
        if end is not None and row == end + 1:
            end = row
            continue
        if start is not None:
            yield _stretch(start, end)
        start = end = row
    if start is not None:
        yield _stretch(start, end)


def _stretch(start: int, end: int | None) -> str:
    return str(start) if start == end else f"{start}-{end}"
