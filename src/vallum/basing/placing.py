"""Find where systems would stand, prove how good it is, and fight it beside simpler plans (Q2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from vallum import campaign
from vallum.basing import cover, sited
from vallum.basing.answer import Beside, Placement
from vallum.basing.cover import I64, SECONDS, Kind
from vallum.basing.ground import Ground, Wanted, ground
from vallum.errors import ScenarioError
from vallum.results import Difference, Label, Result, difference
from vallum.scenario import Scenario, read

#: Hears the stage, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]

BEST: Final = "best cover"
PLANS: Final[Mapping[str, str]] = {
    BEST: "the most expected cover, solved to a proven gap",
    "even spread": "one after the other to the region that has fewest",
    "largest city only": "all at the largest city",
    "greedy": "each next one where it adds most",
}
#: Outcomes whose change is told between plans.
TOLD: Final = ("leakers", "stopped_share", "protected", "dry_nights", "used", "first_empty_battery")
#: Futures in a block: many places are assets here, and what each battery covers takes room.
BLOCK: Final = 128


def place(
    scenario: Scenario | str | Path,
    system: str | Sequence[str],
    count: int | Sequence[int],
    *,
    sites: str | Path | None = None,
    fixed: Sequence[str] = (),
    forbid: Sequence[str] = (),
    per_site: int | None = None,
    futures: int = 500,
    seed: int = 0,
    as_of: date | None = None,
    threads: int | None = None,
    block: int | None = None,
    on: str = "threads",
    seconds: float = SECONDS,
    progress: Progress | None = None,
) -> Placement:
    """Say where systems would stand, at hypothetical sites.

    system, count : one system type and how many, or several of both
    sites    : a CSV or GeoJSON file of candidate sites; default the places of the scenario, or the shipped cities
    fixed    : sites where one system stands in any plan: `SITE`, or `SYSTEM@SITE`; forbid: where none may
    per_site : systems at one site, at most; default as many as there are
    futures  : in which the plans are fought, with the same dice; seconds: for each model that is solved
    Raises ScenarioError, EvidenceError for bad input and what looks like real positions, RunError for an impossible
    request.
    """
    asked = scenario if isinstance(scenario, Scenario) else read(scenario)
    wanted = _wanted(system, count)
    own = None if sites is None else str(sites)
    found = ground(asked, wanted, own, fixed, forbid, per_site, seed, as_of)
    tell = progress or _silent
    tell("plans", 0, len(PLANS))
    best = cover.best(found.weight, found.kinds, seconds)
    curve = _curve(found, seconds, tell)
    plans = {
        BEST: best.at,
        "even spread": sited.even_spread(found),
        "largest city only": sited.largest_only(found),
        "greedy": cover.greedy(found.weight, found.kinds),
    }

    def fought(at: Mapping[str, I64]) -> Result:
        stood = sited.sited(found, at)
        made = campaign.run(stood, futures, seed, as_of, threads, block or BLOCK, explain=False, on=on)
        # the sites are in the changes, and warnings name what they made idle: what leaves is what the user said
        idle = set(stood.warnings) - set(asked.warnings)
        kept = tuple(text for text in made.manifest.warnings if text not in idle)
        rests_on = {**made.manifest.snapshots, **found.snapshots}
        about = replace(made.manifest, changes=asked.changes, warnings=kept, snapshots=rests_on)
        return replace(made, manifest=about)

    made = []
    for k, (name, at) in enumerate(plans.items()):
        made.append((name, at, fought(at)))
        tell("plans", k + 1, len(PLANS))
    request = {
        "sites": None if sites is None else Path(sites).name,
        "fixed": list(fixed),
        "forbid": list(forbid),
        "per_site": per_site,
    }
    return _answer(found, best, made, curve, request)


def _silent(stage: str, done: int, total: int) -> None:
    """Hear nothing."""


def _wanted(system: str | Sequence[str], count: int | Sequence[int]) -> tuple[Wanted, ...]:
    systems = (system,) if isinstance(system, str) else tuple(system)
    counts = tuple(count) if isinstance(count, Sequence) else (count,)
    if not systems or len(systems) != len(counts):
        raise ScenarioError(
            f"{len(systems)} systems and {len(counts)} counts: give each --system its --count, in order"
        )
    return tuple(Wanted(name, many) for name, many in zip(systems, counts, strict=True))


def _curve(found: Ground, seconds: float, tell: Progress) -> tuple[float, ...]:
    """Expected share stopped with 0, 1, ... systems of the first kind, each placed best; the others as asked."""
    first, *others = found.kinds
    total = float(found.weight.sum())
    values = []
    least = sum(first.at_least.values())
    for count in range(least, first.count + 1):
        kinds = [_with(first, count), *others] if count else others
        values.append(cover.best(found.weight, kinds, seconds).value / total if kinds else 0.0)
        tell("value of the next", count, first.count)
    return tuple(values)


def _with(kind: Kind, count: int) -> Kind:
    return replace(kind, count=count)


def _answer(
    found: Ground,
    best: cover.Plan,
    made: Sequence[tuple[str, Mapping[str, I64], Result]],
    curve: tuple[float, ...],
    request: Mapping[str, object],
) -> Placement:
    total = float(found.weight.sum())
    reference = made[0][2]
    label = reference.named("leakers")
    beside = tuple(
        Beside(
            name,
            PLANS[name],
            at,
            cover.expected(found.weight, found.kinds, at) / total,
            result,
            () if result is reference else tuple(_differences(name, reference, result)),
        )
        for name, at, result in made
    )
    return Placement(found, best, beside, curve, label, request)


def _differences(name: str, best: Result, other: Result) -> list[Difference]:
    """What another plan has and the best has not, future by future, of the class that the answer is about."""
    told = []
    for label in sorted(best.columns):
        if label.name in TOLD and _general(label, best.headline) and label in other.columns:
            before, after = (_values(one, label) for one in (best, other))
            told.append(difference(name, label, before, after, {}))
    return told


def _general(label: Label, headline: str | None) -> bool:
    return label.threat_class in ("", headline) and not (label.asset or label.reason or label.scope)


def _values(result: Result, label: Label) -> cover.F64:
    values = result.columns[label]
    return np.isfinite(values).astype(np.float64) if label.may_be_never else values
