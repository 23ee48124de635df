"""Location models of the textbooks, to check the solver on instances with known answers (Q2, X6).

Abstract units; never fed by a scenario. Each returns the sites chosen, by place, and the proof.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from vallum.basing.cover import SECONDS, Kind, Plan, Reach, best
from vallum.basing.solver import Proof, model, solved

F64 = npt.NDArray[np.float64]


def maximal_cover(weight: F64, reach: Reach, count: int, seconds: float = SECONDS) -> Plan:
    """The `count` sites that cover most weight (Church & ReVelle 1974, Papers Regional Science Association 32)."""
    return best(weight, [Kind("site", reach, count, 1.0, np.ones(len(weight)), most=1)], seconds)


def expected_cover(weight: F64, reach: Reach, count: int, ready: float, seconds: float = SECONDS) -> Plan:
    """`count` systems that are each ready with a probability; several at a site (Daskin 1983)."""
    return best(weight, [Kind("site", reach, count, ready, np.ones(len(weight)))], seconds)


def set_cover(reach: Reach, seconds: float = SECONDS) -> tuple[tuple[int, ...], Proof]:
    """The fewest sites that cover every demand (Toregas et al. 1971, Operations Research 19). reach : (site, demand)

    Raises RunError where some demand is out of every site's reach.
    """
    made, x = _opened(reach.shape[0])
    made.add_constraints((_array(reach.astype(float), "demand") * x).sum("site") >= 1, name="all covered")
    made.add_objective(x.sum(), sense="min")
    return _chosen(made, seconds)


def p_median(weight: F64, distance: F64, count: int, seconds: float = SECONDS) -> tuple[tuple[int, ...], Proof]:
    """The sites with the least weighted distance to the nearest (Hakimi 1964). distance : (site, demand)"""
    made, y = _served(distance, count)
    made.add_objective((_array(distance * weight[None, :], "demand") * y).sum(), sense="min")
    return _chosen(made, seconds)


def p_centre(distance: F64, count: int, seconds: float = SECONDS) -> tuple[tuple[int, ...], Proof]:
    """The sites with the least farthest distance to the nearest (Hakimi 1964). distance : (site, demand)"""
    made, y = _served(distance, count)
    farthest = made.add_variables(lower=0, name="farthest")
    made.add_constraints(farthest - (_array(distance, "demand") * y).sum("site") >= 0, name="none farther")
    made.add_objective(1.0 * farthest, sense="min")
    return _chosen(made, seconds)


def _opened(sites: int) -> tuple[Any, Any]:
    made = model()
    return made, made.add_variables(lower=0, upper=1, coords=[range(sites)], dims=["site"], integer=True, name="open")


def _served(distance: F64, count: int) -> tuple[Any, Any]:
    """A model in which each demand is served by an open site."""
    sites, demands = distance.shape
    made, x = _opened(sites)
    y = made.add_variables(
        lower=0, upper=1, coords=[range(sites), range(demands)], dims=["site", "demand"], name="serves"
    )
    made.add_constraints(x.sum() == count, name="count")
    made.add_constraints(y.sum("site") == 1, name="all served")
    made.add_constraints(y - x <= 0, name="by an open site")
    return made, y


def _array(values: F64, other: str) -> Any:
    import xarray as xr

    coords = {"site": range(values.shape[0]), other: range(values.shape[1])}
    return xr.DataArray(values, dims=("site", other), coords=coords)


def _chosen(made: Any, seconds: float) -> tuple[tuple[int, ...], Proof]:
    found, proof = solved(made, seconds)
    return tuple(int(site) for site in np.flatnonzero(np.rint(found["open"]))), proof
