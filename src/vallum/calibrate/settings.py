"""Settings of the forecast: what is tried, and with which weight before any data. All of them are data (Q6)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from ruamel.yaml import YAML

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

#: Nights to which sizes of the negative binomial refer.
MONTH: Final = 30.0


@dataclass(frozen=True, eq=False)
class Walk:
    """A wandering quantity: its grid and the weights of the ways in which it may wander.

    grid    : (X,) places on the scale of the walk (logarithm, or log odds)
    changes : (S,) standard deviation over a month; drifts : (D,) a month; spreads : (K,) of what is observed
    weights : (D, S, K) logarithms, before any data
    """

    grid: F64
    changes: F64
    drifts: F64
    spreads: F64
    weights: F64
    jump: float
    jump_size: float
    damping: float
    forgetting: float


@dataclass(frozen=True)
class Pool:
    """Parts of a pool of distributions with their first weights, and how far past scores move them."""

    weights: dict[str, float]
    learning: float


@dataclass(frozen=True, eq=False)
class Settings:
    """Everything that the forecast rests on beside the record."""

    launches: Walk
    shares: Walk
    share_cells: int
    pool: dict[str, Pool]
    large_before: tuple[float, float]
    ladder: I64
    dispersions: F64
    alike: F64
    first_origin: int
    large_night: int
    bands: tuple[float, ...]
    resamples: int


@cache
def packaged(name: str) -> dict[str, Any]:
    """A packaged file of settings, as plain data."""
    text = (files("vallum") / "data" / "record" / name).read_text(encoding="utf-8")
    made: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return made


@cache
def settings() -> Settings:
    """Read the packaged settings, data/record/forecast.yaml."""
    given = packaged("forecast.yaml")
    launches, shares, base = given["launches"], given["shares"], given["baselines"]
    return Settings(
        launches=_walk(launches, np.log(_spaced(launches["grid"])), launches["dispersion"]),
        shares=_walk(shares, _odds(shares["grid"]), shares["alike"]),
        share_cells=shares["cells"],
        pool={quantity: _pool(dict(part)) for quantity, part in given["pool"].items()},
        large_before=(given["large_nights"]["nights"], given["large_nights"]["launches"]),
        ladder=_rungs(**given["ladder"]),
        dispersions=_spaced(base["dispersion"]) / MONTH,
        alike=_spaced(base["alike"]),
        first_origin=given["first_origin"],
        large_night=given["large_night"],
        bands=tuple(given["bands"]),
        resamples=given["resamples"],
    )


def _pool(given: dict[str, float]) -> Pool:
    learning = given.pop("learning")
    return Pool(given, learning)


def _walk(given: dict[str, Any], grid: F64, spreads: dict[float, float]) -> Walk:
    parts = [given["drift"], given["monthly_change"], spreads]
    keys = [np.array([float(key) for key in part]) for part in parts]
    drift, change, spread = (np.log([float(weight) for weight in part.values()]) for part in parts)
    return Walk(
        grid=grid,
        drifts=keys[0],
        changes=keys[1],
        spreads=keys[2],
        weights=drift[:, None, None] + change[None, :, None] + spread[None, None, :],
        jump=given["jump"]["probability"],
        jump_size=given["jump"]["size"],
        damping=given["damping"],
        forgetting=given["forgetting"],
    )


def _spaced(given: dict[str, float]) -> F64:
    return np.asarray(np.geomspace(given["lowest"], given["highest"], int(given["points"])))


def _odds(given: dict[str, float]) -> F64:
    low, high = (np.log(given[end] / (1.0 - given[end])) for end in ("lowest", "highest"))
    return np.asarray(np.linspace(low, high, int(given["points"])))


def _rungs(single: int, step: float, last: int) -> I64:
    rungs = list(range(single + 1))
    while rungs[-1] < last:
        rungs.append(int(rungs[-1] * (1.0 + step)))
    return np.array(rungs, np.int64)
