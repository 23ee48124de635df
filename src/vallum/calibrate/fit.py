"""`vallum calibrate`: everything that a record says about a scenario, in one place, with what it cannot say."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from ruamel.yaml import YAML

from vallum import record as records
from vallum.calibrate import levels, linking, process
from vallum.calibrate import months as sources
from vallum.calibrate.levels import Level, Reported
from vallum.calibrate.linking import Link
from vallum.calibrate.process import Process
from vallum.calibrate.settings import packaged
from vallum.calibrate.written import written
from vallum.errors import ScenarioError
from vallum.scenario import Scenario

_DIGITS: Final = 4
_PREFIX: Final = "fitted"


@dataclass(frozen=True, eq=False)
class Calibration:
    """What was fitted to a record up to a cut-off: nights, levels, reported shares, and the link to a scenario."""

    record: str
    until: date
    process: Process
    levels: tuple[Level, ...]
    shares: tuple[Reported, ...]
    bias: tuple[float, float]
    link: Link | None

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain data; samples left out."""
        made = self.process
        seen, mixed = made.correlation
        bands = {
            "mean": made.mean, "mass_ratio": made.ratio,
            "dispersion": made.calm_size, "mass_dispersion": made.wild_size,
        }  # fmt: skip
        classes = {
            name: {key: _banded(values[:, c]) for key, values in bands.items()}
            for c, name in enumerate(made.nights.classes)
        }
        raids = {
            "from": made.nights.first.isoformat(), "to": made.nights.last.isoformat(),
            "nights": len(made.nights.counts),
            "block": made.block, "log_likelihood": made.log_likelihood, "mass_share": _banded(made.mass),
            "classes": classes, "correlation_seen": seen.tolist(), "correlation_of_mass_nights": mixed.tolist(),
        }  # fmt: skip
        about = {
            "schema": 1,
            "kind": "calibration",
            "record": self.record,
            "until": self.until.isoformat(),
            "raids": raids,
            "levels": [_without_sample(level) for level in self.levels],
            "shares": [asdict(share) for share in self.shares],
            "sensitivity": self.bias[0],
            "specificity": self.bias[1],
            "link": None if self.link is None else _link(self.link),
        }
        plain: dict[str, Any] = written(about)
        return plain


def _banded(values: Any) -> dict[str, float]:
    low, high = np.percentile(values[1:], (5.0, 95.0))
    return {"best": float(values[0]), "low": float(low), "high": float(high)}


def _without_sample(made: Any) -> dict[str, Any]:
    return {key: value for key, value in asdict(made).items() if key != "sample"}


def _link(made: Link) -> dict[str, Any]:
    return {**asdict(made), "numbers": [_without_sample(number) for number in made.numbers]}


def calibrate(
    record: records.Record,
    until: date,
    link_to: Scenario | None = None,
    sensitivity: float = 1.0,
    specificity: float = 1.0,
    regional: bool = False,
) -> Calibration:
    """Fit the raid process and the reported shares to the rows up to a cut-off; link them to a scenario if given.

    sensitivity, specificity : chance that a stop is claimed, and that a miss is rightly not claimed (K1)
    """
    cut = record.until(until)
    regimes = [regime.start for regime in cut.regimes if regime.kind == "regime" and regime.start <= until]
    return Calibration(
        record.name,
        cut.last,
        process.fitted(process.nights_of(cut, cut.last)),
        tuple(levels.levels(levels.class_series(cut, cut.last))),
        tuple(levels.reported(sources.series(cut, regional=regional), regimes, sensitivity, specificity)),
        (sensitivity, specificity),
        None if link_to is None else linking.link(link_to, cut, cut.last),
    )


# ---- a package to lay over a scenario ----


def package(made: Calibration, scenario: Scenario) -> str:
    """The calibration as a package over a scenario: YAML whose uncertain numbers are posterior samples.

    It sets the raids and, where the record identifies them, kill probabilities. It never sets stock, batteries,
    deliveries or coverage. Raises ScenarioError where the scenario's raids are not `parametric`.
    """
    raids = scenario.schema.fixed.raids
    if raids.kind != "parametric":
        raise ScenarioError(
            f"{scenario.name}: fixed.raids.kind is {raids.kind}; a fitted law lies over `parametric` raids only"
        )
    classes = [name for name in raids.classes if name in made.process.nights.classes]
    uncertain: dict[str, Any] = _mass(made)
    for name in classes:
        uncertain |= _class(made, name)
    uncertain |= _kills(made, scenario)
    law = {name: _law(made, name) for name in classes}
    about = f"the attack record {made.record!r} up to {made.until}"
    data: dict[str, Any] = {
        "title": f"Raids fitted to {about}",
        "question": "What if raids come as the record says, with what it leaves open?",
        "fixed": {"raids": {"mass_share": f"{_PREFIX}_mass_share", "classes": law}},
        "uncertain": uncertain | _idle(scenario, classes),
    }
    tempo = _tempo(scenario, classes)
    if tempo:
        data["choices"] = {"tempo": dict.fromkeys(tempo)}
    head = [
        f"# Made by `vallum calibrate` from {about}; not by hand. Fitted numbers, no row of the record.",
        f"# Shape of nights: {made.process.nights.first} to {made.process.nights.last}. Level: a wandering mean, "
        f"{packaged('calibrate.yaml')['ahead']} months ahead.",
        "# Samples are independent but for the mass nights, which all classes share.",
    ]
    return "\n".join(head) + "\n" + _yaml(data)


def _posterior(values: Any, title: str, unit: str, made: Calibration) -> dict[str, Any]:
    sample = sorted(float(f"{value:.{_DIGITS}g}") for value in values)
    text = f"fitted to the attack record up to {made.until} by vallum calibrate; see docs/questions/calibration.md"
    return {"title": title, "unit": unit, "shape": "posterior", "sample": sample, "assumption": text}


def _mass(made: Calibration) -> dict[str, Any]:
    entry = _posterior(made.process.mass[1:], "Share of nights with a mass raid", "share", made)
    return {f"{_PREFIX}_mass_share": entry}


def _class(made: Calibration, name: str) -> dict[str, Any]:
    place = made.process.nights.classes.index(name)
    level = next(level for level in made.levels if level.name == name)
    fit = made.process
    entries = {
        "mean": _posterior(level.sample, f"Launches a night, {name}, in the months ahead", "launches/night", made),
        "mass_ratio": _posterior(fit.ratio[1:, place], f"Mass night over harassment night, {name}", "ratio", made),
        "dispersion": _posterior(fit.calm_size[1:, place], f"Dispersion of harassment nights, {name}", "number", made),
        "mass_dispersion": _posterior(fit.wild_size[1:, place], f"Dispersion of mass nights, {name}", "number", made),
    }
    return {f"{_PREFIX}_{name}_{key}": entry for key, entry in entries.items()}


def _law(made: Calibration, name: str) -> dict[str, Any]:
    law: dict[str, Any] = {
        key: f"{_PREFIX}_{name}_{key}" for key in ("mean", "mass_ratio", "dispersion", "mass_dispersion")
    }
    season = next(level for level in made.levels if level.name == name).season
    if season.sure >= packaged("calibrate.yaml")["season"]["sure"]:
        text = f"fitted to the attack record up to {made.until} by vallum calibrate"
        law["season"] = {
            "amplitude": {"value": float(f"{season.amplitude:.{_DIGITS}g}"), "assumption": text},
            "peak_month": {"value": float(f"{season.peak_month:.{_DIGITS}g}"), "assumption": text},
        }
    return law


def _kills(made: Calibration, scenario: Scenario) -> dict[str, Any]:
    """Kill probabilities that the record identifies at least in part (K2)."""
    if made.link is None:
        return {}
    used = {
        str(value)
        for path, value in scenario.paths().items()
        if path.startswith("fixed.interceptors.") and ".kill." in path
    }
    entries = {}
    for number in made.link.numbers:
        if number.name in used & set(scenario.schema.uncertain) and number.said in ("identified", "partly"):
            entry = _posterior(number.sample, "Kill probability of one shot, weighed by reported shares", "share", made)
            entries[number.name] = {"parameter": None, **entry, "published": False}
    return entries


def _tempo(scenario: Scenario, classes: list[str]) -> list[str]:
    return [name for name in classes if name in scenario.schema.choices.tempo]


def _idle(scenario: Scenario, classes: list[str]) -> dict[str, Any]:
    """Uncertain tempo that only the factors taken out here used: the level ahead stands in its place."""
    paths = scenario.paths()
    gone = tuple(f"choices.tempo.{name}" for name in _tempo(scenario, classes))
    used = {str(value) for path, value in paths.items() if path.startswith(gone)} if gone else set()
    left = {str(value) for path, value in paths.items() if not path.startswith(gone)} if gone else set()
    return dict.fromkeys(sorted((used - left) & set(scenario.schema.uncertain)))


def _yaml(data: Mapping[str, Any]) -> str:
    text = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.allow_unicode = True
    yaml.width = 130
    yaml.dump(data, text)
    return text.getvalue()
