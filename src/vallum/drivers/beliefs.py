"""What if this source is right: one reading of a switch, or a parameter made from one claim alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from vallum.campaign import Plan
from vallum.campaign.fighting import Field
from vallum.drivers.points import finite
from vallum.evidence import Distribution
from vallum.evidence.rules import Base, NoClaimLeftError, rederive
from vallum.results import Label, difference, rounded
from vallum.scenario.worlds import F64, Worlds


@dataclass(frozen=True)
class Belief:
    """One source believed, in the same futures as the run that pools them.

    name   : the uncertain number; source: a reading of its switch, or the claims that say the same
    best, low, high : what it then is; mean: the outcome then; change, se: its paired difference, with its error
    """

    name: str
    source: str
    claims: tuple[str, ...]
    best: float
    low: float
    high: float
    mean: float
    change: float
    se: float
    told_apart: bool

    def as_dict(self) -> dict[str, Any]:
        """The belief in the JSON layout."""
        numbers = {key: rounded(getattr(self, key)) for key in ("best", "low", "high", "mean", "change", "se")}
        about = {"name": self.name, "source": self.source, "claims": list(self.claims)}
        return {**about, **numbers, "told_apart": self.told_apart}


def beliefs(plan: Plan, field: Field, label: Label, base: F64) -> Iterator[Belief]:
    """Fight each belief in the futures of `base`. base : (F,) the outcome as the sources stand together

    A claim is believed by making its parameter anew from it alone, by the parameter's own rule; claims that give the
    same numbers are believed together, and one that changes no number is left out.
    """
    for name in sorted(plan.laws):
        for source, claims, law in readings(plan, name):
            made = field.columns(plan, vary=partial(_held, name=name, law=law), stage=f"believing {source}")
            change = difference(source, label, base, finite(made[label], plan.days), {})
            yield Belief(
                name, source, claims, law.best, law.low, law.high, change.after, change.mean, change.se,
                change.told_apart,
            )  # fmt: skip


def readings(plan: Plan, name: str) -> Iterator[tuple[str, tuple[str, ...], Distribution]]:
    """Sources of one uncertain number, each with the law that it alone would give."""
    law = plan.laws[name]
    entry = plan.scenario.schema.uncertain[name]
    if law.options:
        known = plan.evidence.parameter(entry.parameter).readings if entry.parameter is not None else ()
        pools = {reading.name for reading in known if reading.pool}  # no source of its own
        yield from ((o.name, o.law.claims, o.law) for o in law.options if o.name not in pools)
        return
    if entry.parameter is None or law.constant:
        return
    yield from _claims(plan, entry.parameter, law)


def _claims(plan: Plan, parameter: str, law: Distribution) -> Iterator[tuple[str, tuple[str, ...], Distribution]]:
    made = plan.evidence.parameter(parameter)
    same: dict[tuple[float, float, float], list[str]] = {}
    laws: dict[tuple[float, float, float], Distribution] = {}
    for claim in made.claims:
        try:
            alone = rederive(made, Base({claim: plan.evidence.claims[claim]}, plan.evidence.units)).distribution
        except NoClaimLeftError:
            continue
        key = (alone.best, alone.low, alone.high)
        if key != (law.best, law.low, law.high):
            same.setdefault(key, []).append(claim)
            laws[key] = alone
    for key, claims in same.items():
        yield ", ".join(claims), tuple(claims), laws[key]


def _held(worlds: Worlds, name: str, law: Distribution) -> Worlds:
    """The same futures with one number drawn from another law, at the same uniforms."""
    drawn: Mapping[str, F64] = {**worlds.drawn, name: np.asarray(law.quantile(worlds.uniforms(name)))}
    return replace(worlds, draws=drawn)
