"""Expected covering with backup: where systems stand so that most of what comes is met (Q2).

A demand that k systems of a kind cover is met with 1-(1-p)^k if each stands ready with probability p (Daskin 1983,
Transportation Science 17, the maximal expected covering model), and once met it is stopped with a probability K of
its own. Kinds are layers in series (X5): a demand passes all of them with the product of what passes each.

For one kind the expected cover is concave in the number of systems that cover a demand, so filling the steps
K p (1-p)^(k-1) in turn is exact. For several kinds the logarithms of what passes add up; the exponential of their
sum is replaced by tangents, which never lie below the truth: the solver's bound is then a bound on the truth, and
the gap that the tangents leave is stated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from vallum.basing.solver import PROVEN, Proof, model, solved
from vallum.errors import RunError

if TYPE_CHECKING:
    from linopy import Model

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
Reach = npt.NDArray[np.bool_]

#: Steps that add less than this to a chance are left out: far below the solver's own tolerance.
LEAST: Final = 1e-9
#: Tangents to begin with, and how often those at the plan found are added.
TANGENTS: Final = 12
ROUNDS: Final = 4
#: A solver that is given no time of its own stops after this many seconds.
SECONDS: Final = 60.0


@dataclass(frozen=True)
class Kind:
    """One system type to be placed.

    reach     : (site, demand) whether a system at the site covers the demand
    count     : how many are placed; ready : probability p that one stands ready
    stops     : (demand) probability K that what is met by a ready system is stopped
    at_least  : site -> systems that stand there in any plan; forbidden : sites where none may stand
    most      : systems at one site, None for as many as there are
    """

    name: str
    reach: Reach
    count: int
    ready: float
    stops: F64
    at_least: Mapping[int, int] = field(default_factory=dict)
    forbidden: frozenset[int] = frozenset()
    most: int | None = None


@dataclass(frozen=True)
class Plan:
    """Where the systems stand. at : kind -> systems at each site (I,); value : expected cover, exact.

    bound    : no plan covers more; gap : between value and bound, as a share
    tangents : of several kinds, the share by which the tangents overstate the plan found, in each round
    proof    : of the last model that was solved
    """

    at: Mapping[str, I64]
    value: float
    bound: float
    tangents: tuple[float, ...]
    proof: Proof

    @property
    def gap(self) -> float:
        """Share of the bound that the plan may fall short of the best."""
        gap = (self.bound - self.value) / self.bound if self.bound else 0.0
        return 0.0 if gap <= PROVEN else gap


def chance(kinds: Sequence[Kind], at: Mapping[str, I64]) -> F64:
    """Probability that each demand is stopped, exactly. (demand)"""
    passes = np.ones(kinds[0].reach.shape[1])
    for kind in kinds:
        covered = at[kind.name] @ kind.reach
        passes = passes * (1.0 - kind.stops * (1.0 - (1.0 - kind.ready) ** covered))
    return np.asarray(1.0 - passes)


def expected(weight: F64, kinds: Sequence[Kind], at: Mapping[str, I64]) -> float:
    """Expected cover of a plan, in the unit of the weights."""
    return float(weight @ chance(kinds, at))


def best(weight: F64, kinds: Sequence[Kind], seconds: float = SECONDS) -> Plan:
    """Return the plan with the most expected cover, and how much better another could be.

    weight : (demand). Raises RunError where no plan keeps all that is asked, or linopy and HiGHS are missing.
    """
    _refuse(kinds)
    if len(kinds) == 1:
        # what is met is stopped with a probability of its own, which is but a part of the weight
        (kind,) = kinds
        kept, reduced = _reduced(weight * kind.stops, [replace(kind, stops=np.ones(len(weight)))])
    else:
        kept, reduced = _reduced(weight, kinds)
    if not kept.size:
        return Plan({kind.name: _anywhere(kind) for kind in kinds}, 0.0, 0.0, (), Proof(0.0, 0.0, 0.0))
    made = _one_kind if len(kinds) == 1 else _several
    return made(weight, kinds, kept, reduced, seconds)


def _refuse(kinds: Sequence[Kind]) -> None:
    problems = []
    for kind in kinds:
        sites = kind.reach.shape[0]
        room = sum(_room(kind, site) for site in range(sites))
        if sum(kind.at_least.values()) > kind.count:
            problems.append(f"{kind.name}: {sum(kind.at_least.values())} stand fixed, and only {kind.count} are placed")
        if any(kind.at_least.get(site, 0) > _room(kind, site) for site in kind.at_least):
            problems.append(f"{kind.name}: more stand fixed at a site than may stand there")
        if room < kind.count:
            problems.append(f"{kind.name}: {kind.count} to be placed, and the sites have room for {room}")
    if problems:
        raise RunError("; ".join(problems))


def _room(kind: Kind, site: int) -> int:
    return 0 if site in kind.forbidden else kind.count if kind.most is None else min(kind.most, kind.count)


def _anywhere(kind: Kind) -> I64:
    """A plan where no system covers anything: those that are fixed, the rest at the first site with room."""
    sites = range(kind.reach.shape[0])
    at = np.array([kind.at_least.get(site, 0) for site in sites], np.int64)
    for site in sites:
        at[site] += min(kind.count - int(at.sum()), _room(kind, site) - int(at[site]))
    return at


def _reduced(weight: F64, kinds: Sequence[Kind]) -> tuple[F64, list[Kind]]:
    """Demands that the same sites cover with the same chances are one; those out of all reach are none."""
    rows = np.vstack([part for kind in kinds for part in (kind.reach, kind.stops[None, :])])
    reachable = np.logical_or.reduce([kind.reach.any(axis=0) for kind in kinds]) & (weight > 0)
    columns, group = np.unique(rows[:, reachable], axis=1, return_inverse=True)
    kept: F64 = np.bincount(group.ravel(), weight[reachable], minlength=columns.shape[1]).astype(np.float64)
    reduced, row = [], 0
    for kind in kinds:
        sites = kind.reach.shape[0]
        reach, stops = columns[row : row + sites].astype(bool), columns[row + sites]
        reduced.append(replace(kind, reach=reach, stops=stops))
        row += sites + 1
    return kept, reduced


# --- models -----------------------------------------------------------------------------------------


def _sites(made: Model, kind: Kind) -> Any:
    """Systems of a kind at each site, with their sum and what is fixed or forbidden."""
    import xarray as xr

    names = range(kind.reach.shape[0])
    low = xr.DataArray([float(kind.at_least.get(site, 0)) for site in names], dims="site", coords={"site": names})
    high = xr.DataArray([float(_room(kind, site)) for site in names], dims="site", coords={"site": names})
    x = made.add_variables(lower=low, upper=high, integer=True, name=f"at {kind.name}")
    made.add_constraints(x.sum() == kind.count, name=f"count {kind.name}")
    return x


def _steps(made: Model, kind: Kind, x: Any, gains: F64) -> Any:
    """What a kind gives each demand: steps that are filled in turn, as many as systems cover it. gains : (D, k)"""
    import xarray as xr

    demands, levels = range(gains.shape[0]), range(gains.shape[1])
    coords = {"demand": demands, "step": levels}
    y = made.add_variables(lower=0, upper=1, coords=list(coords.values()), dims=list(coords), name=f"step {kind.name}")
    sites = range(kind.reach.shape[0])
    reach = xr.DataArray(kind.reach.astype(float), dims=("site", "demand"), coords={"site": sites, "demand": demands})
    made.add_constraints(y.sum("step") - (reach * x).sum("site") <= 0, name=f"cover {kind.name}")
    return (xr.DataArray(gains, dims=tuple(coords), coords=coords) * y).sum("step")


def _levels(kind: Kind) -> int:
    """Systems that can add to one demand's chance."""
    most = kind.reach.sum(axis=0).max() * (kind.count if kind.most is None else kind.most)
    steps = kind.ready * (1.0 - kind.ready) ** np.arange(kind.count)
    return max(1, int(min(most, kind.count, (steps > LEAST).sum())))


def _one_kind(weight: F64, kinds: Sequence[Kind], kept: F64, reduced: Sequence[Kind], seconds: float) -> Plan:
    import xarray as xr

    made, kind = model(), reduced[0]
    x = _sites(made, kind)
    steps = kind.ready * (1.0 - kind.ready) ** np.arange(_levels(kind))
    cover = _steps(made, kind, x, np.tile(steps, (len(kept), 1)))
    made.add_objective(
        (xr.DataArray(kept, dims="demand", coords={"demand": range(len(kept))}) * cover).sum(), sense="max"
    )
    found, proof = solved(made, seconds)
    at = {kind.name: np.rint(found[f"at {kind.name}"]).astype(np.int64)}
    value = expected(weight, kinds, at)
    return Plan(at, value, max(proof.bound, value), (), proof)


def _several(weight: F64, kinds: Sequence[Kind], kept: F64, reduced: Sequence[Kind], seconds: float) -> Plan:
    """Solve with tangents, add those at what was found, and solve again until the bound meets the plan."""
    points = -np.log1p(-np.arange(TANGENTS) / TANGENTS)
    plan: Plan | None = None
    left: tuple[float, ...] = ()
    for _ in range(ROUNDS):
        at, depth, proof = _with_tangents(kept, reduced, points, seconds)
        value = expected(weight, kinds, at)
        left = (*left, _left(proof, value))
        ceiling = proof.bound if plan is None else min(proof.bound, plan.bound)
        if plan is not None and value < plan.value:
            at, value = plan.at, plan.value
        plan = Plan(at, value, max(ceiling, value), left, proof)
        if plan.gap == 0.0:
            break
        points = np.unique(np.round(np.concatenate([points, depth]), 9))
    assert plan is not None
    return plan


def _left(proof: Proof, value: float) -> float:
    """Share of the model's value that is not true: what the tangents lie above the curve at the plan."""
    left = (proof.value - value) / proof.value if proof.value else 0.0
    return left if left > PROVEN else 0.0


def _with_tangents(
    kept: F64, reduced: Sequence[Kind], points: F64, seconds: float
) -> tuple[Mapping[str, I64], F64, Proof]:
    """Solve with the exponential replaced by its tangents at these points; return the plan and its depths."""
    import xarray as xr

    made = model()
    demands = range(len(kept))
    depth = sum(_steps(made, kind, _sites(made, kind), _depths(kind)) for kind in reduced)
    z = made.add_variables(lower=0, upper=1, coords=[demands], dims=["demand"], name="chance")
    at = {"tangent": range(len(points))}
    slope = xr.DataArray(np.exp(-points), dims="tangent", coords=at)
    height = xr.DataArray(1.0 - np.exp(-points) * (1.0 + points), dims="tangent", coords=at)
    made.add_constraints(z - slope * depth <= height, name="tangents")
    made.add_objective((xr.DataArray(kept, dims="demand", coords={"demand": demands}) * z).sum(), sense="max")
    found, proof = solved(made, seconds)
    plan = {kind.name: np.rint(found[f"at {kind.name}"]).astype(np.int64) for kind in reduced}
    return plan, -np.log(np.maximum(1.0 - chance(reduced, plan), LEAST)), proof


def _depths(kind: Kind) -> F64:
    """How much each further covering system adds to the depth -ln(what passes), falling in k. (D, k)"""
    k = np.arange(_levels(kind) + 1)
    passes = 1.0 - kind.stops[:, None] * (1.0 - (1.0 - kind.ready) ** k[None, :])
    return np.asarray(np.diff(-np.log(np.maximum(passes, LEAST)), axis=1))


def greedy(weight: F64, kinds: Sequence[Kind]) -> dict[str, I64]:
    """Place one system after the other where it adds most expected cover; ties go to the first kind, then site."""
    at = {kind.name: np.array([kind.at_least.get(site, 0) for site in range(kind.reach.shape[0])]) for kind in kinds}
    while any(int(at[kind.name].sum()) < kind.count for kind in kinds):
        passes = weight * (1.0 - chance(kinds, at))
        gains = [
            (-_gain(kind, at[kind.name], passes, site), k, site)
            for k, kind in enumerate(kinds)
            for site in _open(kind, at)
        ]
        _, k, site = min(gains)
        at[kinds[k].name][site] += 1
    return at


def _open(kind: Kind, at: Mapping[str, I64]) -> list[int]:
    here = at[kind.name]
    if int(here.sum()) >= kind.count:
        return []
    return [site for site in range(len(here)) if int(here[site]) < _room(kind, site)]


def _gain(kind: Kind, at: I64, passes: F64, site: int) -> float:
    """What one more system at a site stops of what now passes."""
    reach = kind.reach[site]
    missed = (1.0 - kind.ready) ** (at @ kind.reach[:, reach])
    now = 1.0 - kind.stops[reach] * (1.0 - missed)
    then = 1.0 - kind.stops[reach] * (1.0 - missed * (1.0 - kind.ready))
    return float(passes[reach] @ ((now - then) / np.maximum(now, LEAST)))
