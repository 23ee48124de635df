"""Compiled dice: the same words as `vallum.dice`, as unsigned 64-bit arithmetic."""

from __future__ import annotations

from typing import Any, Final

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.extending import intrinsic

from vallum import dice

#: All compiled functions but the outermost are part of it: only that one is kept on disk and called from
#: Python, so the others need no wrappers, which take long to compile. They make no arrays, so references to
#: them need no counting (`_nrt`), which would take half of the time.
_WHOLE: Final[dict[str, Any]] = {"nogil": True, "error_model": "numpy", "_nrt": False}
_PART: Final[dict[str, Any]] = {**_WHOLE, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
outermost = numba.njit(**_WHOLE)
jit = numba.njit(**_PART)
#: The same, copied to where it is called.
leaf = numba.njit(**_PART, forceinline=True)
#: The same for the few that are called once: copied before anything is compiled, else the compiler would go over all
#: below them once more for each.
once = numba.njit(**_PART, inline="always")
#: The same where sums may be taken in any order: only for numbers that no count depends on, or whole ones.
loose = numba.njit(**_PART, fastmath=True, forceinline=True)

#: So many are taken at a time: what nobody asks for costs less, a whole step of it, than the rest one by one.
LANES: Final = 8
GOLDEN: Final = np.uint64(dice.GOLDEN)
MIX_A: Final = np.uint64(dice.MIX_A)
MIX_B: Final = np.uint64(dice.MIX_B)
CELL: Final = dice.CELL
S12, S27, S30, S31 = np.uint64(12), np.uint64(27), np.uint64(30), np.uint64(31)


def _word(name: str) -> np.uint64:
    return np.uint64(dice.word(name))


RAIDS, FIT_WORD, REPAIR_WORD = _word("raids"), _word("fit"), _word("repair")
PLACE_WORD, LOCATION_WORD, SHIFT_WORD = _word("place"), _word("location"), _word("shift")
WAVE_WORD, DECOY_WORD, FAIL_WORD = _word("wave"), _word("decoy"), _word("fail")
TRACK_WORD, RELIABILITY_WORD, DEFENCE_WORD = _word("track"), _word("reliability"), _word("defence")
SOFT_WORD, LOSS_WORD = _word("soft"), _word("loss")
ASSET_ORDER_WORD, GROUP_WORD = _word("asset_order"), _word("group")


@leaf
def fold(chain: Any, part: Any) -> Any:
    """Add one part to a chain."""
    z = (chain ^ np.uint64(part)) + GOLDEN
    z = (z ^ (z >> S30)) * MIX_A
    z = (z ^ (z >> S27)) * MIX_B
    return z ^ (z >> S31)


@leaf
def filled_up(n: int) -> int:
    """The next multiple of LANES."""
    return (n + LANES - 1) & -LANES


@intrinsic
def lowest_bit(_context: Any, word: Any) -> Any:
    """The number of the lowest bit that is set in a word that is not 0: one instruction of the processor."""

    def code(_of: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return numba.types.uint64(numba.types.uint64), code


@leaf
def mark_of(chain: Any) -> Any:
    """The mark at the end of a chain: a uniform in whole numbers."""
    return chain >> S12


@leaf
def uniform_at(mark: Any) -> Any:
    """The uniform in (0, 1) of a mark."""
    return (np.float64(mark) + 0.5) * CELL


@leaf
def uniform(chain: Any) -> Any:
    """The uniform in (0, 1) at the end of a chain."""
    return uniform_at(mark_of(chain))
