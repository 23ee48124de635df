"""Which input drives an output: screening (Morris), then shares of the variance (Sobol), by SALib.

The functions here know nothing of campaigns: they are given a function of points in the unit cube.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vallum.errors import RunError
from vallum.results import rounded

F64 = npt.NDArray[np.float64]
#: (points, inputs) of the unit cube -> (points,)
Evaluate = Callable[[F64], F64]

#: Levels and trajectories of the screening; Morris steps between the middle of the lowest and of the highest level.
LEVELS: Final = 4
TRAJECTORIES: Final = 10
#: Level of every interval, and bootstrap samples behind it.
LEVEL: Final = 0.95
RESAMPLES: Final = 200
#: An input whose mean elementary effect is at least this share of the largest one is kept; and so many at most.
KEPT: Final = 0.05
MOST: Final = 12


@dataclass(frozen=True)
class Screened:
    """One input in the screening: the mean size of its elementary effects, in the output's unit (Morris 1991).

    sigma : spread of the effects: it acts differently in different places; kept: it went on to the shares
    """

    name: str
    effect: float
    error: float
    sigma: float
    kept: bool

    def as_dict(self) -> dict[str, Any]:
        """The input in the JSON layout."""
        numbers = {key: rounded(getattr(self, key)) for key in ("effect", "error", "sigma")}
        return {"name": self.name, "kept": self.kept, **numbers}


@dataclass(frozen=True)
class Index:
    """Shares of the output's variance: of one input alone (first), and with all that it acts through (total).

    first_error, total_error : half of the 95 % interval (bootstrap)
    """

    name: str
    first: float
    first_error: float
    total: float
    total_error: float

    def as_dict(self) -> dict[str, Any]:
        """The shares in the JSON layout."""
        keys = ("first", "first_error", "total", "total_error")
        return {"name": self.name, **{key: rounded(getattr(self, key)) for key in keys}}


def screened(names: Sequence[str], evaluate: Evaluate, seed: int) -> tuple[Screened, ...]:
    """Screen inputs by Morris's elementary effects, the strongest first.

    The levels of the cube's edge are drawn in to the middle of their cells, for a law may have no end.
    """
    _needs_salib()
    from SALib.analyze import morris as analyse
    from SALib.sample import morris as sample

    problem = _problem(names)
    points = sample.sample(problem, TRAJECTORIES, num_levels=LEVELS, seed=seed)
    values = evaluate(0.5 / LEVELS + points * (1.0 - 1.0 / LEVELS))
    if np.ptp(values) == 0.0:
        return tuple(Screened(name, 0.0, 0.0, 0.0, False) for name in names)
    # seed 0 would be none at all to SALib
    made = analyse.analyze(
        problem, points, values, num_resamples=RESAMPLES, conf_level=LEVEL, num_levels=LEVELS, seed=seed + 1
    )
    effects = np.asarray(made["mu_star"], np.float64)
    order = sorted(range(len(names)), key=lambda k: (-effects[k], names[k]))
    kept = {k for k in order[:MOST] if effects[k] >= KEPT * effects.max()}
    errors, sigmas = np.asarray(made["mu_star_conf"], np.float64), np.asarray(made["sigma"], np.float64)
    return tuple(Screened(names[k], float(effects[k]), float(errors[k]), float(sigmas[k]), k in kept) for k in order)


def shares(names: Sequence[str], evaluate: Evaluate, points: int, seed: int) -> tuple[Index, ...]:
    """Return first and total shares of the variance, the largest total first (Sobol 1993, Saltelli 2010).

    points : base points, a power of two; the function is asked points x (inputs + 2) times
    Raises RunError where the output does not vary.
    """
    _needs_salib()
    from SALib.analyze import sobol as analyse
    from SALib.sample import sobol as sample

    problem = _problem(names)
    cube = sample.sample(problem, points, calc_second_order=False, seed=seed)
    values = evaluate(np.clip(cube, _EDGE, 1.0 - _EDGE))
    if np.ptp(values) == 0.0:
        raise RunError("the outcome is the same whatever is uncertain: nothing drives it")
    made = analyse.analyze(
        problem, values, calc_second_order=False, num_resamples=RESAMPLES, conf_level=LEVEL, seed=seed + 1
    )
    found = [
        Index(name, *(float(made[key][k]) for key in ("S1", "S1_conf", "ST", "ST_conf")))
        for k, name in enumerate(names)
    ]
    return tuple(sorted(found, key=lambda one: (-one.total, one.name)))


_EDGE: Final = 1e-9


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def _needs_salib() -> None:
    try:
        import SALib  # noqa: F401
    except ImportError:
        raise RunError("this question needs SALib: pip install 'vallum[questions]'") from None
