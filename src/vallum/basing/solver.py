"""One door to HiGHS: a model built with linopy goes in, a solution with a proven bound comes out (Q2).

HiGHS only: it proves covering models of this size in seconds, and a second solver in one process does not load
beside it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from vallum.errors import RunError

if TYPE_CHECKING:
    from linopy import Model

F64 = npt.NDArray[np.float64]

#: A gap up to this share of the value is none: the solver's own tolerance on what is whole.
PROVEN: Final = 1e-6


@dataclass(frozen=True)
class Proof:
    """How good a solution is.

    value : of the objective; bound : what no solution can pass; seconds : the solver's, never written into an answer
    """

    value: float
    bound: float
    seconds: float

    @property
    def gap(self) -> float:
        """Distance of the value from the bound, as a share of the larger."""
        scale = max(abs(self.value), abs(self.bound))
        gap = abs(self.bound - self.value) / scale if scale else 0.0
        return 0.0 if gap <= PROVEN else gap

    @property
    def optimal(self) -> bool:
        """Whether the solution is proven to be the best."""
        return self.gap == 0.0


def model() -> Model:
    """Return an empty model. Raises RunError where linopy and HiGHS are not installed."""
    try:
        import highspy  # noqa: F401 - asked for here, so that one message names both
        import linopy
    except ImportError:
        raise RunError("placing needs linopy and HiGHS: pip install 'vallum[questions]'") from None
    return linopy.Model()


def solved(made: Model, seconds: float) -> tuple[dict[str, F64], Proof]:
    """Solve a model on one thread, to the proven best or until `seconds` have passed.

    Returns the values of each variable by name, and the proof. Raises RunError where there is no solution.
    """
    started = time.monotonic()
    solver = _passed(made)
    for option, value in (("threads", 1), ("random_seed", 0), ("mip_rel_gap", 0.0), ("time_limit", seconds)):
        solver.setOptionValue(option, value)
    solver.run()
    status = solver.modelStatusToString(solver.getModelStatus())
    found, info = solver.getSolution(), solver.getInfo()
    if not found.value_valid or info.primal_solution_status != _FEASIBLE:
        raise RunError(
            f"there is no such plan: HiGHS says {status.lower()}; ask for fewer systems, or allow more sites"
        )
    values = np.array(found.col_value)
    place = {label: k for k, label in enumerate(made.matrices.vlabels)}
    named = {
        name: values[[place[label] for label in variable.labels.to_numpy().ravel()]].reshape(variable.shape)
        for name, variable in made.variables.items()
    }
    bound = info.mip_dual_bound if _whole(made) else info.objective_function_value
    return named, Proof(info.objective_function_value, bound, time.monotonic() - started)


#: What HiGHS calls a solution that keeps all constraints.
_FEASIBLE: Final = 2


def _whole(made: Model) -> bool:
    return bool((made.matrices.vtypes == "I").any() or (made.matrices.vtypes == "B").any())


def _passed(made: Model) -> Any:
    """The model in a solver that prints nothing: the direct way of linopy prints a banner before options are read."""
    import highspy

    parts: Any = made.matrices
    rows = parts.A.tocsr()
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(parts.c), rows.shape[0]
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = parts.c, parts.lb, parts.ub
    inf = highspy.kHighsInf
    lp.row_lower_ = np.where(parts.sense == "<", -inf, parts.b)
    lp.row_upper_ = np.where(parts.sense == ">", inf, parts.b)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
    kinds = {"C": highspy.HighsVarType.kContinuous}
    lp.integrality_ = [kinds.get(kind, highspy.HighsVarType.kInteger) for kind in parts.vtypes]
    lp.sense_ = highspy.ObjSense.kMaximize if made.objective.sense == "max" else highspy.ObjSense.kMinimize
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.passModel(lp)
    return solver
