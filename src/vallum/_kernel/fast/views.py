"""How the parts of the compiled kernel hand on the arrays of a future: as the address of a row of addresses.

A future has more than a hundred arrays. Handed on one by one they would cost more time than most parts of the kernel
take, in each call and again when the kernel is compiled. So each future has a row of addresses, which `packing` makes,
and `Given`, `Desk` and `Sheet` are, once compiled, no more than the address of that row: an array is looked up when it
is named. Rows never change, so the compiler looks each array up once, before a loop. What a row points to is held by
the caller of the kernel; nothing here owns memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, get_type_hints

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, models, register_model
from numba.np.arrayobj import make_array, populate_array

from vallum._kernel.fast.rows import Axes, Desk, Given, Sheet
from vallum._kernel.problem import I64

PARTS: Final[tuple[Any, ...]] = (Given, Desk, Sheet)
WORD: Final = ir.IntType(64)


def _axes_of(part: Any) -> dict[str, Axes]:
    """Kind and number of axes of each array of a part, for one future."""
    return {name: hint.__metadata__[0] for name, hint in get_type_hints(part, include_extras=True).items()}


def _places() -> Iterator[tuple[Any, tuple[int, int]]]:
    axis = 0
    arrays = [(part, name, axes) for part in PARTS for name, axes in AXES[part].items()]
    for place, (part, name, axes) in enumerate(arrays, 1):
        yield (part, name), (place, axis)
        axis += axes.number


AXES: Final[dict[Any, dict[str, Axes]]] = {part: _axes_of(part) for part in PARTS}
#: Where the address of each array stands in a row, and its first length among the lengths.
PLACES: Final = dict(_places())


def addresses(parts: tuple[Any, ...], futures: int) -> tuple[I64, I64]:
    """Rows of addresses, and the lengths of all axes; an array with an axis more has a piece for each future or world.

    Returns (futures, 1 + arrays) and (axes,); the first address of a row is that of the lengths.
    """
    rows, lengths = [], []
    for part, arrays in zip(PARTS, parts, strict=True):
        for name, axes in AXES[part].items():
            array = getattr(arrays, name)
            several = array.ndim - axes.number
            if array.dtype != axes.kind or several not in (0, 1) or not array.flags.c_contiguous:
                raise TypeError(f"{part.__name__}.{name}: {array.dtype} {array.shape}, not as the kernel takes it")
            if axes.last not in (None, array.shape[-1]):
                raise TypeError(f"{part.__name__}.{name}: {array.shape[-1]} columns, not {axes.last}")
            step, pieces = (array.strides[0], len(array)) if several else (0, 1)
            rows.append(array.ctypes.data + np.arange(futures) % pieces * step)
            lengths += array.shape[several:]
    every = np.array(lengths, np.int64)
    return np.stack([np.full(futures, every.ctypes.data), *rows], axis=1).astype(np.int64), every


class Part(types.Type):
    """The compiled type of a part: a row's address."""

    def __init__(self, part: Any) -> None:
        self.part = part
        super().__init__(name=f"Part({part.__name__})")


@register_model(Part)
class _PartModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Part) -> None:
        super().__init__(manager, kind, WORD)


@infer_getattr
class _PartArrays(AttributeTemplate):
    key = Part

    def generic_resolve(self, value: Any, attr: str) -> Any:  # type: ignore[override]
        return _kind_of(value, attr)


def _kind_of(part: Part, name: str) -> Any:
    """The compiled type of an array of a part, or none."""
    axes = AXES[part.part].get(name)
    return None if axes is None else types.Array(numba.from_dtype(axes.kind), axes.number, "C")


def _fixed(builder: Any, pointer: Any) -> Any:
    """Load a word that never changes."""
    loaded = builder.load(pointer)
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


@lower_getattr_generic(Part)
def _look_up(context: Any, builder: Any, part: Part, address: Any, name: str) -> Any:
    """Look an array up: its address and its lengths; it has no gaps and no owner."""
    kind = _kind_of(part, name)
    axes = AXES[part.part][name]
    place, axis = PLACES[part.part, name]
    row = builder.inttoptr(address, WORD.as_pointer())
    lengths = builder.inttoptr(_fixed(builder, row), WORD.as_pointer())
    shape = [_fixed(builder, cgutils.gep_inbounds(builder, lengths, axis + k)) for k in range(kind.ndim)]
    if axes.last is not None:
        shape[-1] = WORD(axes.last)
    steps = [WORD(context.get_abi_sizeof(context.get_data_type(kind.dtype)))]
    for length in shape[:0:-1]:
        steps.insert(0, builder.mul(steps[0], length))
    view = make_array(kind)(context, builder)
    data = builder.inttoptr(_fixed(builder, cgutils.gep_inbounds(builder, row, place)), view.data.type)
    populate_array(view, data=data, shape=shape, strides=steps, itemsize=steps[-1], meminfo=None)
    return view._getvalue()


def _part_at(part: Any) -> Any:
    """The function that takes the address of a row for a part."""

    def take(_typing: Any, _address: Any) -> Any:
        return Part(part)(types.int64), lambda _context, _builder, _signature, arguments: arguments[0]

    return intrinsic(take)


given_at, desk_at, sheet_at = (_part_at(part) for part in PARTS)
