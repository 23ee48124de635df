"""What reported shares say about a scenario's unpublished numbers, through the model itself (K2), and what they do not.

The scenario is fought in many worlds drawn from its priors. Each world is weighed by how well its simulated share of
each class, all months together, fits the reported one. A number whose spread hardly falls is not identified: it stays
what it was, a prior. The last 90 days are never used, and stock, batteries, deliveries and coverage are never written.
Source: importance sampling, as in Raftery & Bao 2010, Biometrics 66(4), on incremental mixture importance sampling.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from vallum import campaign
from vallum import record as records
from vallum.calibrate import counts
from vallum.calibrate import months as sources
from vallum.calibrate.settings import F64, packaged
from vallum.errors import RecordError, RunError
from vallum.scenario import Scenario

#: What a scenario says about its defence that a record of launches and stops must not set.
_KEPT: Final = ("batteries", "stock", "supply", "radius", "availability", "repair")
_SMALL: Final = 0.005


@dataclass(frozen=True, eq=False)
class Number:
    """One uncertain number of a scenario before and after the record. before, after : 5, 50, 95 %.

    fall : how far the record lowers its variance, 0..1; said : identified, partly, prior only, or kept (never fitted)
    correlation : with the share of the months together, over the worlds drawn from the priors
    """

    name: str
    before: tuple[float, ...]
    after: tuple[float, ...]
    fall: float
    correlation: float
    said: str
    sample: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Link:
    """The fit of one scenario to reported shares.

    rows   : (class, month, stopped, known, simulated before, simulated after)
    worlds : how many were drawn; worth : how many the weights are worth (effective sample size)
    """

    scenario: str
    first: str
    last: str
    rows: tuple[tuple[str, str, int, int, float, float], ...]
    worlds: int
    worth: float
    numbers: tuple[Number, ...]


def link(scenario: Scenario, record: records.Record, until: date, seed: int = 0) -> Link:
    """Weigh the worlds of a scenario by the reported shares of its classes that a magazine is fired at.

    Only whole months inside the campaign that end 90 days before the cut-off are used. Raises RecordError where there
    are none, RunError where no world comes near the record.
    """
    rules = packaged("calibrate.yaml")["link"]
    last = until - timedelta(days=rules["spare"])
    classes, months = _classes(scenario), _months(scenario, last)
    if not months:
        raise RecordError(
            f"{scenario.name}: no whole month of the campaign ends on or before {last}, {rules['spare']} days before "
            f"the cut-off {until}; choose another scenario with --link"
        )
    asked = scenario.replace({"reported": [_event(name, month) for name in classes for month in months]})
    result = campaign.run(asked, futures=rules["futures"], seed=seed, as_of=until, explain=False)
    seen = _seen(record, classes, months, last)
    simulated = {
        (label.threat_class, label.scope): values
        for label, values in result.columns.items()
        if label.name == "stopped_share" and label.scope in months
    }
    shares = {name: _together(name, seen, simulated) for name in classes}
    logs = np.zeros(rules["futures"])
    for stopped, known, share in shares.values():
        logs += _log(stopped, known, share, rules["alike"])
    weights = np.exp(logs - logs.max())
    weights = weights / weights.sum()
    worth = float(1.0 / (weights**2).sum())
    if worth < rules["fewest"]:
        raise RunError(f"{scenario.name}: hardly a world of {rules['futures']} comes near the reported shares")
    flat = np.full(len(weights), 1.0 / len(weights))
    rows = [
        (*key, int(stopped), int(known), _mean(simulated[key], flat), _mean(simulated[key], weights))
        for key, (stopped, known) in seen.items()
        if key in simulated and known
    ]
    most = max(shares.values(), key=lambda part: part[1])[2]
    numbers = _numbers(asked, result.uncertain, weights, most)
    return Link(scenario.name, months[0], months[-1], tuple(rows), len(weights), worth, numbers)


def _event(name: str, month: str) -> dict[str, Any]:
    ends = {"at_least": 0.0, "at_most": 1.0}
    return {"title": f"{name} {month}", "claims": [], "outcome": "stopped_share", "class": name, "month": month, **ends}


def _classes(scenario: Scenario) -> tuple[str, ...]:
    """Classes that an interceptor with a magazine may be fired at."""
    killed = {name for made in scenario.schema.fixed.interceptors.values() for name in made.kill}
    return tuple(name for name in scenario.schema.fixed.classes if name in killed)


def _months(scenario: Scenario, last: date) -> list[str]:
    ends = scenario.dates[0], min(scenario.dates[-1], last)
    return [f"{s.first:%Y-%m}" for s in sources.months(*ends) if s.whole]


def _seen(
    record: records.Record, classes: Sequence[str], months: Sequence[str], last: date
) -> dict[tuple[str, str], tuple[float, float]]:
    """Stopped and known launches of the families of one class alone, by class and month."""
    families = {
        name: [family.name for family in records.families().values() if family.classes == (name,)] for name in classes
    }
    made = {}
    for name, members in families.items():
        table = records.monthly(record, until=last, families=members)
        for month in months:
            rows = table.filter(table["month"] == month)
            made[name, month] = float(rows["stopped"].sum()), float(rows["known"].sum())
    return made


def _together(
    name: str, seen: Mapping[tuple[str, str], tuple[float, float]], simulated: Mapping[tuple[str, str], F64]
) -> tuple[float, float, F64]:
    """Stopped and known launches of a class in all months, and the simulated share of them in each world. (W,)"""
    keys = [key for key in seen if key[0] == name and key in simulated and seen[key][1] > 0.0]
    stopped, known = (sum(seen[key][k] for key in keys) for k in (0, 1))
    worlds = len(next(iter(simulated.values())))
    top, bottom = np.zeros(worlds), np.zeros(worlds)
    for key in keys:
        fought = ~np.isnan(simulated[key])
        top += np.where(fought, seen[key][1] * simulated[key], 0.0)
        bottom += np.where(fought, seen[key][1], 0.0)
    return stopped, known, np.divide(top, bottom, out=np.full(worlds, np.nan), where=bottom > 0.0)


def _log(stopped: float, known: float, share: F64, alike: float) -> F64:
    """Log likelihood of the reported share in each world; a world without launches says nothing about it."""
    held = np.clip(np.where(np.isnan(share), 0.5, share), _SMALL, 1.0 - _SMALL)
    made = counts.log_beta_binomial(np.array(stopped), np.array(known), held, np.array(alike))
    return np.where(np.isnan(share), 0.0, made)


def _numbers(scenario: Scenario, drawn: Mapping[str, F64], weights: F64, share: F64) -> tuple[Number, ...]:
    rules = packaged("calibrate.yaml")["link"]
    flat, kept = np.full(len(weights), 1.0 / len(weights)), _kept(scenario)
    steps = (np.arange(packaged("calibrate.yaml")["samples"]) + 0.5) / packaged("calibrate.yaml")["samples"]
    made, noise = (
        [],
        np.sqrt(2.0 * float((weights**2).sum())),
    )  # of the variance of as many worlds as the weights are worth
    least = max(rules["partly"], 2.0 * noise)
    for name, values in drawn.items():
        variance = float(np.var(values))
        if variance == 0.0:
            continue
        mean = float(weights @ values)
        fall = max(0.0, 1.0 - float(weights @ (values - mean) ** 2) / variance)
        correlation = float(np.corrcoef(_ranks(values), _ranks(np.nan_to_num(share)))[0, 1])
        said = "identified" if fall >= rules["identified"] else "partly" if fall >= least else "prior only"
        said = "kept" if name in kept else said
        before, after = (_quantiles(values, part, (0.05, 0.5, 0.95)) for part in (flat, weights))
        sample = _quantiles(values, weights, tuple(steps))
        made.append(Number(name, before, after, fall, correlation, said, sample))
    return tuple(made)


def _kept(scenario: Scenario) -> set[str]:
    """Names of uncertain numbers that say what a live army has, where it stands, and what it gets."""
    names = set(scenario.schema.uncertain)
    return {
        str(value)
        for path, value in scenario.paths().items()
        if isinstance(value, str) and value in names and any(part in path for part in _KEPT)
    }


def _quantiles(values: F64, weights: F64, levels: tuple[float, ...]) -> tuple[float, ...]:
    order = np.argsort(values, kind="stable")
    total = np.cumsum(weights[order])
    return tuple(float(value) for value in np.interp(levels, total - 0.5 * weights[order], values[order]))


def _ranks(values: F64) -> F64:
    return np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(np.float64)


def _mean(values: F64, weights: F64) -> float:
    known = ~np.isnan(values)
    return float(weights[known] @ values[known] / weights[known].sum()) if known.any() else float("nan")
