"""What a new copy of a record changes about the nights that the former one held already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from vallum.record.findings import stretches
from vallum.record.table import Record

#: What names a report, and what it says.
_REPORT: Final = ("scope", "start", "end", "launch_place", "target", "source")
_LABEL: Final = ("label",)
_NUMBERS: Final = ("launched", "destroyed", "lost", "airborne")
_NONE: Final = -1
_MOST_STRETCHES: Final = 6


@dataclass(frozen=True)
class Changes:
    """A new copy against the former one.

    newer      rows of nights after the former copy's last
    added, renumbered, relabelled   rows of the new copy: older nights, and not in the former as they are now
    gone       rows of the former copy that are not in the new one in any form; their launches
    ends, began   what the copy lost at either end, as text; empty where it lost nothing
    """

    newer: int
    added: tuple[int, ...]
    renumbered: tuple[int, ...]
    relabelled: tuple[int, ...]
    gone: int
    gone_launched: int
    ends: str
    began: str

    @property
    def loud(self) -> bool:
        """Whether the new copy holds less than the former."""
        return bool(self.gone or self.ends or self.began)

    def as_dict(self) -> dict[str, Any]:
        """The changes as plain data; rows are those of the new file."""
        rows = {name: list(getattr(self, name)) for name in ("added", "renumbered", "relabelled")}
        return {"newer": self.newer, **rows, "gone": self.gone, "gone_launched": self.gone_launched}

    def text(self) -> str:
        """One paragraph."""
        parts = [
            f"{len(rows):,} {what}{_named(rows)}"
            for rows, what in (
                (self.added, "added"),
                (self.renumbered, "with other numbers"),
                (self.relabelled, "with another label"),
            )
            if rows
        ]
        if self.gone:
            parts.append(f"{self.gone:,} gone ({self.gone_launched:,} launched)")
        older = ", ".join(parts) if parts else "none changed"
        ends = "".join(f" {said}." for said in (self.began, self.ends) if said)
        return f"Against the former copy: {self.newer:,} rows of later nights; of older rows {older}.{ends}"


def compared(former: Record, new: Record) -> Changes:
    """Compare a new copy with the former, row by row, for the nights that the former held."""
    before, now = _filled(former.table), _filled(new.table)
    older = now.filter(pl.col("night") <= former.last)
    left = before.join(older, on=[*_REPORT, *_LABEL, *_NUMBERS], how="anti")
    other = older.join(before, on=[*_REPORT, *_LABEL, *_NUMBERS], how="anti")
    renumbered = other.join(left, on=[*_REPORT, *_LABEL], how="semi")
    relabelled = other.join(left, on=[*_REPORT, *_NUMBERS], how="semi").join(renumbered, on="row", how="anti")
    gone = left.join(other, on=[*_REPORT, *_LABEL], how="anti").join(other, on=[*_REPORT, *_NUMBERS], how="anti")
    known = pl.concat([renumbered, relabelled])
    ends = f"It ends on {new.last}, the former on {former.last}" if new.last < former.last else ""
    began = f"It begins on {new.first}, the former on {former.first}" if new.first > former.first else ""
    return Changes(
        newer=now.height - older.height,
        added=_rows(other.join(known, on="row", how="anti")),
        renumbered=_rows(renumbered),
        relabelled=_rows(relabelled),
        gone=gone.height,
        gone_launched=int(gone.filter(pl.col("launched") > 0)["launched"].sum()),
        ends=ends,
        began=began,
    )


def _filled(table: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(pl.col(_NUMBERS).cast(pl.Int64).fill_null(_NONE))


def _rows(table: pl.DataFrame) -> tuple[int, ...]:
    return tuple(sorted(set(table["row"].to_list())))


def _named(rows: tuple[int, ...]) -> str:
    parts = list(stretches(rows))
    more = "" if len(parts) <= _MOST_STRETCHES else " ..."
    return f" (row{'s' if len(rows) > 1 else ''} {', '.join(parts[:_MOST_STRETCHES])}{more})"
