"""Where systems would stand, how good that is proven to be, and what simulation makes of it (Q2).

For a theatre marked live nothing leaves by city: sites are told as systems a region and a size class (the scope).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from vallum.basing.cover import F64, I64, Plan, chance
from vallum.basing.ground import Ground
from vallum.results import Difference, Label, Manifest, Result, rounded
from vallum.results.exporting import porch, written

#: Version of the JSON layout.
SCHEMA: Final = 1
#: Said wherever sites are shown.
ASSUMED: Final = "assumed sites, not positions"
#: Lower ends of the size classes of cities, and how they are called.
SIZES: Final = ((1_000_000, "1 million and more"), (300_000, "300,000 to 1 million"), (100_000, "100,000 to 300,000"))
SMALL: Final = "under 100,000"
SITE_ONLY: Final = "bare sites"


@dataclass(frozen=True)
class Beside:
    """One plan, by the covering model and by simulation.

    at    : kind -> systems at each site; kept inside, for a live theatre tells no city
    cover : expected share of the threats stopped, by the covering model: ample rounds
    """

    name: str
    meaning: str
    at: Mapping[str, I64] = field(repr=False)
    cover: float
    result: Result = field(repr=False)
    differences: tuple[Difference, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The plan in the JSON layout, without its sites."""
        told = [one.as_dict("plan") for one in self.differences]
        return {"name": self.name, "meaning": self.meaning, "expected_cover": rounded(self.cover), "differences": told}


@dataclass(frozen=True)
class Row:
    """Systems and cover of one region, size class or site. systems : plan -> kind -> systems there"""

    name: str
    people: float
    threats: float
    systems: Mapping[str, Mapping[str, int]]
    covered: float

    def as_dict(self) -> dict[str, Any]:
        """The row in the JSON layout."""
        numbers = {"people": self.people, "expected_threats": self.threats, "expected_cover": self.covered}
        plans = {plan: dict(kinds) for plan, kinds in self.systems.items()}
        return {"name": self.name, **{key: rounded(value) for key, value in numbers.items()}, "systems": plans}


@dataclass(frozen=True)
class Placement:
    """The answer of `vallum place`: it prints itself, plots itself, exports itself and carries its Results.

    plan  : the best plan with its proof; beside: it and the alternatives, each fought with the same dice
    curve : expected share stopped with 0, 1, ... systems of the first kind; what it adds is the value of the N-th
    """

    ground: Ground = field(repr=False)
    plan: Plan = field(repr=False)
    beside: tuple[Beside, ...]
    curve: tuple[float, ...]
    label: Label
    request: Mapping[str, Any]

    @property
    def results(self) -> Mapping[str, Result]:
        """The Results by plan, the best first."""
        return {one.name: one.result for one in self.beside}

    @property
    def manifest(self) -> Manifest:
        """What the best plan was fought on."""
        return self.beside[0].result.manifest

    @property
    def marginal(self) -> tuple[float, ...]:
        """Share of the expected threats that the N-th system adds, for N = 1, 2, ..."""
        return tuple(float(step) for step in np.diff(self.curve))

    @property
    def regions(self) -> tuple[Row, ...]:
        """Systems and cover by region; none where regions are not known."""
        names = [place.region for place in self.ground.places]
        return self._rows(names) if len({name for name in names if name}) > 1 else ()

    @property
    def sizes(self) -> tuple[Row, ...]:
        """Systems and cover by the size of the city."""
        by_city: dict[str, float] = {}
        for place in self.ground.places:
            by_city[place.city] = by_city.get(place.city, 0.0) + place.people
        rows = self._rows([_size(by_city[place.city]) for place in self.ground.places])
        order = [*(name for _, name in SIZES), SMALL, SITE_ONLY]
        return tuple(sorted(rows, key=lambda row: order.index(row.name)))

    @property
    def sites(self) -> tuple[Row, ...]:
        """Systems by site; none for a live theatre (the scope)."""
        if self.ground.live:
            return ()
        rows = self._rows([place.name for place in self.ground.places])
        return tuple(row for row in rows if any(any(kinds.values()) for kinds in row.systems.values()))

    def _rows(self, names: list[str]) -> tuple[Row, ...]:
        """Systems and cover by name of the places. names : one for each place"""
        stopped = self._stopped()
        rows = []
        for name in dict.fromkeys(names):
            here = [k for k, other in enumerate(names) if other == name]
            mine = np.isin([demand.place for demand in self.ground.demands], here)
            threats = float(self.ground.weight[mine].sum())
            people = sum(self.ground.places[k].people for k in here)
            covered = float(stopped[mine].sum()) / threats if threats else 0.0
            rows.append(Row(name or "no region given", people, threats, self._systems(set(here)), covered))
        return tuple(sorted(rows, key=lambda row: (-row.people, row.name)))

    def _systems(self, here: set[int]) -> dict[str, dict[str, int]]:
        inside = np.array([k in here for k in self.ground.sites])
        return {one.name: {kind: int(at[inside].sum()) for kind, at in one.at.items()} for one in self.beside}

    def _stopped(self) -> F64:
        return self.ground.weight * chance(self.ground.kinds, self.plan.at)

    def command(self) -> str:
        """The line that makes this again."""
        made = self.request
        kinds = "".join(f" --system {kind.name} --count {kind.count}" for kind in self.ground.kinds)
        more = "".join(f" --{name} '{value}'" for name in ("fixed", "forbid") for value in made[name])
        more += f" --per-site {made['per_site']}" if made["per_site"] else ""
        more += f" --sites {made['sites']}" if made["sites"] else ""
        own = self.manifest.command().removeprefix("vallum run ").removeprefix(self.manifest.name)
        return f"vallum place {self.manifest.name}{kinds}{more}{own}"

    def question(self) -> str:
        """What is asked, in words."""
        told = " and ".join(f"{kind.count} {kind.name.replace('_', ' ')}" for kind in self.ground.kinds)
        return f"{self.ground.scenario.title}: where would {told} systems stand?"

    def as_dict(self) -> dict[str, Any]:
        """The answer in the JSON layout of every command."""
        made, plan = self.manifest, self.plan
        proof = {"value": plan.value, "bound": plan.bound, "gap": plan.gap}
        rows = {"regions": self.regions, "sizes": self.sizes, "sites": self.sites}
        return {
            "schema": SCHEMA,
            "kind": "place",
            "question": self.question(),
            "answer": self.sentences(),
            "note": ASSUMED,
            "scenario": {
                "name": made.name,
                "packages": list(made.packages),
                "fingerprint": self.ground.scenario.fingerprint,
            },
            "systems": [
                {"system": kind.name, "count": kind.count, "ready": rounded(kind.ready)} for kind in self.ground.kinds
            ],
            "request": dict(self.request),
            "expected_threats": rounded(float(self.ground.weight.sum())),
            "proof": {
                **{name: rounded(value) for name, value in proof.items()},
                "linearisation_gaps": [rounded(gap) for gap in plan.tangents],
            },
            "readings": [{"probability": rounded(share), **dict(reading)} for reading, share in self.ground.readings],
            "outcome": str(self.label),
            "plans": [one.as_dict() for one in self.beside],
            "curve": [rounded(value) for value in self.curve],
            **{name: [row.as_dict() for row in made_rows] for name, made_rows in rows.items()},
            "as_of": made.as_of.isoformat(),
            "seed": made.seed,
            "futures": made.futures,
            "version": made.version,
            "snapshots": dict(made.snapshots),
            "claims": [dict(claim) for claim in made.claims],
            "not_modelled": list(made.not_modelled),
            "warnings": list(made.warnings),
            "reproduce": self.command(),
        }

    def sentences(self) -> str:
        """The answer in sentences."""
        return str(porch().placed_sentences(self))

    def summary(self) -> str:
        """The answer and its tables as text."""
        return str(porch().placed(self))

    def __str__(self) -> str:
        return self.summary()

    def plot(self) -> Any:
        """A Matplotlib figure: the map where outlines are shipped, else the curve of the N-th system."""
        return porch().placed_figure(self)

    def to_csv(self, path: str | Path | None = None) -> str:
        """Return systems and cover by site, or by region or size for a live theatre, as CSV; write it to a path."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        kinds = [kind.name for kind in self.ground.kinds]
        plans = [f"{kind}, {one.name}" for one in self.beside for kind in kinds]
        writer.writerow(["by", "name", "people", "expected_threats", "expected_cover", *plans])
        for by, rows in (("region", self.regions), ("size", self.sizes), ("site", self.sites)):
            for row in rows:
                many = [row.systems[one.name][kind] for one in self.beside for kind in kinds]
                writer.writerow([by, row.name, *map(rounded, (row.people, row.threats, row.covered)), *many])
        return written(text.getvalue(), path)


def _size(people: float) -> str:
    if not people:
        return SITE_ONLY
    return next((name for least, name in SIZES if people >= least), SMALL)
