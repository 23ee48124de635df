"""Scores of forecasts: continuous ranked probability score and Brier score with its parts (Q6)."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from vallum.exact import checks
from vallum.exact.checks import Answer, Array

MOST_SAMPLE = 1_000_000
MOST_BINS = 1_000


def crps(
    observed: float,
    sample: Sequence[float] | None = None,
    mean: float | None = None,
    sd: float | None = None,
    quantiles: Mapping[Any, float] | Sequence[Sequence[float]] | None = None,
    fair: bool = False,
) -> Answer:
    """Continuous ranked probability score: integral of (F(x) - 1[x >= observed])**2; lower is better (Q6).

    observed   what came, in the unit of the forecast (so is the score)
    sample     forecast as 1..1,000,000 draws: E|X - y| - E|X - X'| / 2 (`fair`: the unbiased form for few
               draws)
    mean, sd   normal forecast, sd 0 or more: sd (z (2 Phi(z) - 1) + 2 phi(z) - 1/sqrt(pi)), z = (y - mean) /
               sd
    quantiles  {level: value} or [[level, value], ...]: twice the mean pinball loss, which tends to the CRPS
               as equally spaced levels fill 0..1
    Returns crps, kind (sample, normal, quantiles), spread (E|X - X'| / 2; none for quantiles).
    Source: Matheson & Winkler 1976, Management Science 22(10); Gneiting & Raftery 2007, JASA 102.

    >>> round(crps(1.0, sample=[0.0, 2.0])["crps"], 6), round(crps(0.0, mean=0.0, sd=1.0)["crps"], 6)
    (0.5, 0.233695)
    """
    seen = checks.number("observed", observed)
    if sum(given is not None for given in (sample, mean, quantiles)) != 1 or (mean is None) != (sd is None):
        checks.refuse("the forecast", "none, or more than one", "one of sample; mean with sd; quantiles")
    unbiased = checks.yes_no("fair", fair)
    if sample is not None:
        return _of_sample(seen, np.array(checks.many("sample", sample, checks.number, MOST_SAMPLE)), unbiased)
    if unbiased:
        checks.refuse("fair", fair, "true only with a sample")
    if quantiles is not None:
        return _of_quantiles(seen, quantiles)
    return _of_normal(seen, checks.number("mean", mean), checks.number("sd", sd, 0.0))


def _of_sample(seen: float, draws: Array, fair: bool) -> Answer:
    n = len(draws)
    if fair and n == 1:
        checks.refuse("length of sample", n, "2 or more with fair")
    ranked = np.sort(draws)
    pairs = 2.0 * float((2.0 * np.arange(1, n + 1) - n - 1.0) @ ranked)  # sum over i, j of |x_i - x_j|
    spread = pairs / (2.0 * n * (n - 1 if fair else n))
    return {"crps": float(np.abs(draws - seen).mean()) - spread, "kind": "sample", "spread": spread}


def _of_normal(seen: float, mean: float, sd: float) -> Answer:
    spread = sd / math.sqrt(math.pi)
    if sd == 0.0:
        return {"crps": abs(seen - mean), "kind": "normal", "spread": 0.0}
    z = (seen - mean) / sd
    density = math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    return {
        "crps": sd * (z * math.erf(z / math.sqrt(2.0)) + 2.0 * density) - spread,
        "kind": "normal",
        "spread": spread,
    }


def _of_quantiles(seen: float, quantiles: object) -> Answer:
    pairs = list(quantiles.items()) if isinstance(quantiles, Mapping) else quantiles
    found = sorted(checks.many("quantiles", pairs, _level))
    values = [value for _, value in found]
    if len({level for level, _ in found}) < len(found) or values != sorted(values):
        checks.refuse("quantiles", quantiles, "each level once, values not falling with the level")
    losses = [(float(seen < value) - level) * (value - seen) for level, value in found]
    return {"crps": 2.0 * math.fsum(losses) / len(losses), "kind": "quantiles", "spread": None}


def _level(where: str, pair: object) -> tuple[float, float]:
    parts = list(pair) if checks.is_list(pair) else []  # type: ignore[call-overload]
    if len(parts) != len(("level", "value")):
        checks.refuse(where, pair, "[level, value]")
    try:
        level = float(parts[0]) if isinstance(parts[0], str) else parts[0]
    except ValueError:
        checks.refuse(where, pair, "[level, value] with a number as level")
    return checks.inside(where + " level", level), checks.number(where + " value", parts[1])


def brier(forecasts: Sequence[float], outcomes: Sequence[float], bins: int | None = None) -> Answer:
    """Brier score: mean of (forecast - outcome)**2, and its parts; lower is better (Q6).

    forecasts  probabilities, 1..10,000; outcomes as many, each 0 or 1 (false or true)
    bins       number of equal bins of the forecast, 1..1,000; none: one for each different forecast
    score = reliability - resolution + uncertainty + within; within is the variance less twice the covariance
    inside bins and is 0 without bins.
    Returns score, reliability, resolution, uncertainty, within, base_rate, skill (1 - score / uncertainty;
    none if the uncertainty is 0), bins (list of {low, high, n, forecast, observed}; low = high = the forecast
    without bins).
    Source: Brier 1950, Monthly Weather Review 78(1); Murphy 1973, Journal of Applied Meteorology 12;
    Stephenson, Coelho & Jolliffe 2008, Weather and Forecasting 23.

    >>> answer = brier([0.8, 0.8, 0.2, 0.2], [1, 1, 0, 1])
    >>> round(answer["score"], 6), round(answer["reliability"], 6), round(answer["resolution"], 6)
    (0.19, 0.065, 0.0625)
    """
    given = np.array(checks.many("forecasts", forecasts, checks.probability))
    came = np.array(checks.many("outcomes", outcomes, _zero_or_one))
    if len(given) != len(came):
        checks.refuse("length of outcomes", len(came), f"as many as forecasts ({len(given)})")
    rows = _binned(given, None if bins is None else checks.whole("bins", bins, 1, MOST_BINS))
    base, table, parts = float(came.mean()), [], np.zeros(3)
    for low, high, inside in rows:
        forecast, observed, n = float(given[inside].mean()), float(came[inside].mean()), int(inside.sum())
        table.append({"low": low, "high": high, "n": n, "forecast": forecast, "observed": observed})
        apart, off = given[inside] - forecast, came[inside] - observed
        spread = float(apart @ apart - 2.0 * (apart @ off))
        parts += np.array([n * (forecast - observed) ** 2, n * (observed - base) ** 2, spread])
    reliability, resolution, within = (parts / len(given)).tolist()
    score, uncertainty = float(((given - came) ** 2).mean()), base * (1.0 - base)
    return {
        "score": score,
        "reliability": reliability,
        "resolution": resolution,
        "uncertainty": uncertainty,
        "within": within,
        "base_rate": base,
        "skill": 1.0 - score / uncertainty if uncertainty > 0.0 else None,
        "bins": table,
    }


def _zero_or_one(name: str, value: object) -> float:
    if isinstance(value, (bool, np.bool_)):
        return float(value)
    return float(checks.whole(name, value, 0, 1))


def _binned(given: Array, bins: int | None) -> list[tuple[float, float, np.ndarray[tuple[int], np.dtype[np.bool_]]]]:
    """Low, high and members of each bin that is not empty."""
    if bins is None:
        return [(float(value), float(value), given == value) for value in np.unique(given)]
    places = np.minimum((given * bins).astype(int), bins - 1)
    return [(int(place) / bins, (int(place) + 1) / bins, places == place) for place in np.unique(places)]
