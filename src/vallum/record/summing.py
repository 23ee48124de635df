"""What a record says, in numbers: `vallum record summary`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import polars as pl

from vallum.record import bands, counts, kinds, store, tempo
from vallum.record.bands import LEVEL
from vallum.record.context import Context
from vallum.record.regimes import Regime
from vallum.record.table import Record
from vallum.record.tempo import Lull

SCHEMA: Final = 1
#: Sums that are shown after the families, where the record has any of their families.
GROUPS: Final = ("all_ballistic", "all_ballistic_with_sam", "missiles")
CAVEATS: Final = (
    "A share is reported by the defender: a reported interception share, never a kill probability. It mixes what was "
    "covered, what was shot at and what was hit.",
    "Bands treat launches as independent with one chance. Nights differ, reporting changes: the truth is less sure.",
    "A night without a report cannot be told from a night without launches.",
)


@dataclass(frozen=True)
class Summary:
    """Numbers of a record; frames are documented where they are made.

    years, halves, months : `bands.shares`; nights: `counts.monthly` has the exposure; sizes, waves: `tempo`
    """

    name: str
    kind: str
    first: date
    last: date
    nights: int
    nights_reported: int
    regional: bool
    level: float
    years: pl.DataFrame
    halves: pl.DataFrame
    months: pl.DataFrame
    exposure: pl.DataFrame
    sizes: pl.DataFrame
    waves: pl.DataFrame
    lulls: tuple[Lull, ...]
    regimes: tuple[Regime, ...]
    context: tuple[Context, ...]
    source: str
    licence: str

    def as_dict(self) -> dict[str, Any]:
        """The summary as plain data, the same bytes for the same record."""
        frames = {
            "years": self.years, "half_years": self.halves, "months": self.months, "exposure": self.exposure,
            "raid_sizes": self.sizes, "waves": self.waves,
        }  # fmt: skip
        return {
            "schema": SCHEMA,
            "kind": "record_summary",
            "record": self.name,
            "record_kind": self.kind,
            "source_sha256": self.source,
            "licence": self.licence,
            "first": self.first.isoformat(),
            "last": self.last.isoformat(),
            "nights": self.nights,
            "nights_reported": self.nights_reported,
            "regional_rows": self.regional,
            "band_level": self.level,
            "caveats": list(CAVEATS),
            **{name: frame.to_dicts() for name, frame in frames.items()},
            "lulls": [lull.as_dict() for lull in self.lulls],
            "regimes": [regime.as_dict() for regime in self.regimes],
            "context": [one.as_dict() for one in self.context],
        }


def summarise(
    record: Record, until: date | None = None, regional: bool = False, level: float = LEVEL, with_context: bool = True
) -> Summary:
    """Sum a record up: launched and reported interception shares with bands, raid sizes, lulls and waves.

    until        : no row dated after it is used; regional: add regional rows; level: of the bands, 0 to 1
    with_context : show the context series that are kept beside the record
    Raises RecordError where no row is left.
    """
    cut = record.until(until) if until is not None else record
    names = shown(cut, regional)
    raids = [name for name in tempo.RAIDS if name in names]
    months = counts.monthly(cut, families=list(kinds.families())[:1])
    frames = [bands.shares(cut, by, names, regional=regional, level=level) for by in ("year", "half", "month")]
    return Summary(
        name=record.name,
        kind=record.kind,
        first=cut.first,
        last=cut.last,
        nights=int(months["nights"].sum()),
        nights_reported=int(months["nights_reported"].sum()),
        regional=regional,
        level=level,
        years=frames[0],
        halves=frames[1],
        months=frames[2],
        exposure=months.select("month", "nights", "nights_reported", "whole", "regime"),
        sizes=tempo.raid_sizes(cut, raids, regional=regional),
        waves=tempo.waves(cut, raids, regional=regional),
        lulls=tuple(tempo.lulls(cut, raids, regional=regional)),
        regimes=tuple(regime for regime in cut.regimes if regime.start <= cut.last),
        context=tuple(store.contexts(record.name)) if with_context else (),
        source=record.reading.sha256,
        licence=record.licence,
    )


def shown(record: Record, regional: bool = False) -> Sequence[str]:
    """Families of a record, then the groups that hold more than one of them."""
    found = counts.present(record, regional)
    groups = [name for name in GROUPS if len(set(kinds.groups()[name]) & set(found)) > 1]
    return [*found, *groups]
