"""Outcomes of a scenario frozen like a forecast: quantiles over futures, claims known at the cut-off (F6, Q6)."""

from __future__ import annotations

from datetime import date

import numpy as np

from vallum import campaign
from vallum.calibrate.locker import LEVELS, Frozen, Target
from vallum.results import Label, rounded
from vallum.scenario import Scenario
from vallum.scenario.worlds import F64

_DIGITS = 4


def freeze_outcomes(scenario: Scenario, cutoff: date, futures: int, seed: int, version: str) -> Frozen:
    """Freeze what a scenario says: quantiles over futures of every outcome it counts; `never` is null.

    Only claims dated on or before the cut-off are used: EvidenceError names those that are younger.
    """
    result = campaign.run(scenario, futures=futures, seed=seed, as_of=cutoff, explain=False)
    first, last = scenario.dates[0], scenario.dates[-1]
    targets = tuple(
        Target(_about(label), first, last, f"{label} ({label.unit})", _quantiles(values))
        for label, values in result.columns.items()
        if not label.reason and not label.asset and not np.isnan(values).all()
    )
    made_from = {
        "program": f"vallum {version}",
        "scenario": scenario.name,
        "packages": list(scenario.packages),
        "changes": {path: str(value) for path, value in scenario.changes.items()},
        "fingerprint": scenario.fingerprint,
        "futures": futures,
        "seed": seed,
        "first_day": first.isoformat(),
        "unit_of_days": f"day 0 is {first}; null is never, or after {last}",
    }
    return Frozen(scenario.question, cutoff, made_from, targets)


def _about(label: Label) -> str:
    return label.threat_class or label.interceptor or label.donor or "all"


def _quantiles(values: F64) -> dict[str, float | None]:
    known = np.sort(values[~np.isnan(values)])
    places = [min(len(known) - 1, int(np.ceil(level * len(known))) - 1) for level in LEVELS]
    return {f"{level:.2f}": _number(float(known[max(0, place)])) for level, place in zip(LEVELS, places, strict=True)}


def _number(value: float) -> float | None:
    if not np.isfinite(value):
        return None
    return rounded(float(f"{value:.{_DIGITS}g}")) if value != round(value) else int(value)
