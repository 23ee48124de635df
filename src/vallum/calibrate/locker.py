"""The forecast locker: a forecast frozen into a readable file that proves it was not changed, scored later (Q6)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np

from vallum import record as records
from vallum.calibrate import months as sources
from vallum.calibrate.baselines import BASELINES
from vallum.calibrate.forecast import LARGE_NIGHTS, OURS, QUANTITIES, SHARE, Forecaster, Made
from vallum.calibrate.ladder import Ladder
from vallum.calibrate.months import LARGE, Series, Stretch
from vallum.calibrate.settings import F64, settings
from vallum.errors import RecordError

SCHEMA: Final = 1
LEVELS: Final = tuple(round(0.01 * k, 2) for k in range(1, 100))
_KEYS: Final = ("schema", "question", "cutoff", "made_from", "targets", "sha256")
_TARGET: Final = ("family", "from", "to", "quantity", "quantiles")
_SHARE_DIGITS: Final = 4
#: A share is frozen where launches are at least as likely as not.
_EVEN: Final = 0.5
QUESTION: Final = (
    "How many launches will be reported in the national rows of the attack record, how many of them as stopped "
    "(destroyed or lost), which share is that, and on how many nights will there be {large} or more ballistic missiles?"
)
#: Quantiles of one target by level.
Quantiles = dict[str, float | int | None]


@dataclass(frozen=True)
class Target:
    """One frozen distribution."""

    family: str
    first: date
    last: date
    quantity: str
    quantiles: Mapping[str, float | None]

    def as_dict(self) -> dict[str, Any]:
        """The target as it stands in the file."""
        dates = {"from": self.first.isoformat(), "to": self.last.isoformat()}
        return {"family": self.family, **dates, "quantity": self.quantity, "quantiles": dict(self.quantiles)}


@dataclass(frozen=True)
class Frozen:
    """A frozen forecast: what was asked, up to when facts were used, what it was made from, and its targets."""

    question: str
    cutoff: date
    made_from: Mapping[str, Any]
    targets: tuple[Target, ...]

    def text(self) -> str:
        """The file: JSON with one target a line, and the hash of all the rest at its end."""
        body = self._body()
        head = [f'"{key}": {_json(body[key])}' for key in _KEYS[:-2]]
        rows = ",\n".join(_json(target) for target in body["targets"])
        return "{" + ",\n".join([*head, f'"targets": [\n{rows}\n]', f'"sha256": "{_hash(body)}"']) + "}\n"

    def _body(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "question": self.question,
            "cutoff": self.cutoff.isoformat(),
            "made_from": dict(self.made_from),
            "targets": [target.as_dict() for target in self.targets],
        }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _hash(body: Mapping[str, Any]) -> str:
    """SHA-256 of everything but the hash, in one canonical writing."""
    said = {key: value for key, value in body.items() if key != "sha256"}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


# ---- freezing ----


def freeze(record: records.Record, cutoff: date, horizon: int, version: str) -> Frozen:
    """Freeze forecasts of every family for the months after a cut-off, from rows dated on or before it.

    Raises RecordError where the record ends before the cut-off or is too short.
    """
    if record.last < cutoff:
        raise RecordError(
            f"the record {record.name!r} ends on {record.last}, before the cut-off {cutoff}; nights without a row are "
            f"no zeros: use --cutoff {record.last} or import a newer copy"
        )
    series = sources.series(record, cutoff)
    made = trained(series, horizon)
    stretches = sources.targets(cutoff, horizon)
    forecasts = made.at(len(series.stretches) - 1, stretches)
    targets = [
        Target(family, stretch.first, stretch.last, quantity, numbers)
        for quantity in QUANTITIES
        for k, stretch in enumerate(stretches)
        for family, numbers in _quantiles(made, forecasts, quantity, k)
    ]
    question = QUESTION.format(large=made.rules.large_night)
    return Frozen(question, cutoff, _made_from(series, record.until(cutoff), horizon, version), tuple(targets))


def trained(series: Series, horizon: int, beside: Sequence[str] | None = None) -> Forecaster:
    """A forecaster that has been through every month of a series, so that its pool is weighed."""
    rules = settings()
    pooled = [name for name in BASELINES if any(name in pool.weights for pool in rules.pool.values())]
    made = Forecaster(series, horizon, rules, pooled)
    for month in range(made.rules.first_origin, len(series.whole) - 1):
        origin = series.whole[month]
        made.learn(origin, made.at(origin, made.following(origin)))
    made.beside = beside if beside is not None else pooled
    return made


def _quantiles(
    made: Forecaster, forecasts: Mapping[str, Made], quantity: str, k: int, method: str = OURS
) -> list[tuple[str, Quantiles]]:
    """Quantiles of each family of a quantity in stretch k."""
    ladder, cdf = made.ladder(quantity), forecasts[quantity][method][k]
    some = 1.0 - forecasts["launched"][OURS][k, :, 0]
    values = {level: ladder.quantile(cdf, level) for level in LEVELS}
    rows: list[tuple[str, Quantiles]] = []
    for f, family in enumerate(made.names(quantity)):
        if quantity == SHARE and some[f] < _EVEN:
            continue
        rows.append((family, {f"{level:.2f}": _number(ladder, values[level][f]) for level in LEVELS}))
    return rows


def _number(ladder: Ladder, value: float) -> float | int:
    return int(value) if ladder.whole else round(float(value), _SHARE_DIGITS)


def _made_from(series: Series, used: records.Record, horizon: int, version: str) -> dict[str, Any]:
    """What the forecast stands on: only what is dated up to the cut-off, so a later copy gives the same bytes."""
    return {
        "program": f"vallum {version}",
        "record": used.name,
        "licence": used.licence,
        "first_night": series.stretches[0].first.isoformat(),
        "last_night": series.cutoff.isoformat(),
        "national_rows": used.rows().height,
        "counts_sha256": counts_sha256(series),
        "horizon_months": horizon,
        "method": "docs/questions/forecast.md; settings in data/record/forecast.yaml",
    }


def counts_sha256(series: Series) -> str:
    """Hash of the counts that a forecast is made from."""
    counts = [series.launched, series.stopped, series.known, series.large]
    text = json.dumps([part.astype(int).tolist() for part in counts])
    return hashlib.sha256(text.encode()).hexdigest()


# ---- opening ----


def opened(path: str | Path) -> Frozen:
    """Read a frozen forecast and prove that it is as it was frozen.

    Raises RecordError where it is no such file, is damaged, or was changed after it was frozen.
    """
    path = Path(path)
    body = _read(path)
    missing = [key for key in _KEYS if key not in body]
    if missing:
        raise RecordError(
            f"{path}: no frozen forecast: it has no {', '.join(missing)}; make one: vallum forecast freeze"
        )
    if body["schema"] != SCHEMA:
        raise RecordError(f"{path}: schema {body['schema']!r}; this version reads schema {SCHEMA}")
    if _hash(body) != body["sha256"]:
        raise RecordError(
            f"{path}: was changed after it was frozen: it says sha256 {body['sha256']}, its content has {_hash(body)}; "
            "get the file again from where it was published"
        )
    targets, problems = _targets(path, body["targets"])
    cutoff = _cutoff(body["cutoff"])
    if cutoff is None:
        problems.append(f"{path}: cutoff is {body['cutoff']!r}: not a date; write YYYY-MM-DD")
    else:
        problems += [
            f"{path}: target {k}: {target.quantity} of {target.family} begins on {target.first}, not after the cut-off"
            for k, target in enumerate(targets, start=1)
            if target.quantity in QUANTITIES and target.first <= cutoff
        ]
    if not isinstance(body["made_from"], dict):
        problems.append(f"{path}: made_from is no mapping of names to values")
    if problems or cutoff is None:
        raise RecordError(problems)
    return Frozen(str(body["question"]), cutoff, body["made_from"], targets)


def _cutoff(said: object) -> date | None:
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        return None


def _read(path: Path) -> dict[str, Any]:
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RecordError(f"{path}: cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise RecordError(f"{path}: no JSON ({error}); is the download whole?") from None
    if not isinstance(body, dict):
        raise RecordError(f"{path}: no frozen forecast: a JSON object is needed")
    return body


def _targets(path: Path, given: object) -> tuple[tuple[Target, ...], list[str]]:
    made: list[Target] = []
    problems: list[str] = []
    if not isinstance(given, list):
        return (), [f"{path}: targets is no list"]
    for k, row in enumerate(given, start=1):
        try:
            made.append(_target(row))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            problems.append(f"{path}: target {k}: {error!r}; a target has {', '.join(_TARGET)}")
    return tuple(made), problems


def _target(row: Mapping[str, Any]) -> Target:
    """One target. ValueError where it is none, or its quantiles are not those of 1 to 99 %, rising."""
    family, first, last, quantity, quantiles = (row[key] for key in _TARGET)
    if list(quantiles) != [f"{level:.2f}" for level in LEVELS]:
        raise ValueError("quantiles are needed at 0.01, 0.02 .. 0.99, in this order")
    values = [float("inf") if value is None else float(value) for value in quantiles.values()]
    if values != sorted(values):
        raise ValueError("quantiles do not rise")
    made = Target(str(family), date.fromisoformat(first), date.fromisoformat(last), str(quantity), quantiles)
    if made.last < made.first:
        raise ValueError(f"it ends on {last}, before it begins on {first}")
    return made


# ---- what came ----


def came(record: records.Record, target: Target) -> float | None:
    """What the record says came; none where its nights are not all there, or there is nothing to divide by.

    Raises RecordError for a family or quantity that a record does not count.
    """
    if record.last < target.last:
        return None
    family = target.family
    if target.quantity not in QUANTITIES or (target.quantity == LARGE_NIGHTS and family not in LARGE):
        raise RecordError(f"{target.quantity} of {family}: a record counts {', '.join(QUANTITIES)}")
    nights = records.nightly(record, until=target.last, families=[family])
    rows = nights.filter((nights["night"] >= target.first) & (nights["night"] <= target.last))
    if rows.height < (target.last - target.first).days + 1:
        return None
    if target.quantity == LARGE_NIGHTS:
        return float((rows["launched"] >= settings().large_night).sum())
    if target.quantity == SHARE:
        known = float(rows["known"].sum())
        return float(rows["stopped"].sum()) / known if known else None
    return float(rows[target.quantity].sum())


def baseline_quantiles(series: Series, frozen: Frozen) -> dict[tuple[str, str, date, str], Quantiles]:
    """Quantiles of the naive baselines from the same cut-off, by (method, family, first night, quantity).

    series : the record up to the cut-off
    """
    horizon = 1 + max(sources.months_between(frozen.cutoff, target.last) for target in frozen.targets)
    made = trained(series, horizon, BASELINES)
    stretches = sorted({(target.first, target.last) for target in frozen.targets})
    forecasts = made.at(len(series.stretches) - 1, [Stretch(first, last) for first, last in stretches])
    return {
        (method, family, stretches[k][0], quantity): numbers
        for method in BASELINES
        for quantity in QUANTITIES
        for k in range(len(stretches))
        for family, numbers in _quantiles(made, forecasts, quantity, k, method)
    }


def pinball(quantiles: Mapping[str, float | None], seen: float) -> float:
    """CRPS of frozen quantiles: twice the mean pinball loss over their levels, as `exact.crps` gives it."""
    levels: F64 = np.array([float(level) for level in quantiles])
    values: F64 = np.array([np.inf if value is None else value for value in quantiles.values()], np.float64)
    return float(2.0 * ((values > seen) - levels) @ (values - seen) / len(levels))
