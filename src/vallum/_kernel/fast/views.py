"""How the parts of the compiled kernel hand on the arrays of a future: as the address of a row of addresses.

A future has more than a hundred arrays. Handed on one by one they would cost more time than most parts of the kernel
take, in each call and again when the kernel is compiled. So each future has a row of addresses, which `packing` makes,
and `Given`, `Desk` and `Sheet` are, once compiled, no more than the address of that row: an array is looked up when it
is named. Rows never change, so the compiler looks each array up once, before a loop. What a row points to is held by
the caller of the kernel; nothing here owns memory.

Each load and each store says to which array it belongs. Arrays of different names do not overlap, so what was read of
one need not be read again because something was written to another: that is what the compiler cannot find out by
itself, and what keeps a loop from being done several at a time. Places count from 0 upwards and are not checked.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any, Final, get_type_hints

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, signature
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_getattr_generic,
    lower_setattr_generic,
    models,
    register_model,
)
from numba.core.typing.templates import infer_global

from vallum._kernel.fast.rows import Axes, Desk, Given, Sheet
from vallum._kernel.problem import I64

PARTS: Final[tuple[Any, ...]] = (Given, Desk, Sheet)
WORD: Final = ir.IntType(64)
BYTE: Final = ir.IntType(8)


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


# ---- types ----


class Part(types.Type):
    """The compiled type of a part: a row's address."""

    def __init__(self, part: Any) -> None:
        self.part = part
        super().__init__(name=f"Part({part.__name__})")


class Column(types.Type):
    """The compiled type of an array of a part: a row's address, too."""

    def __init__(self, part: Any, name: str) -> None:
        self.part, self.name_in_part, self.axes = part, name, AXES[part][name]
        self.element = numba.from_dtype(self.axes.kind)
        super().__init__(name=f"Column({part.__name__}.{name})")

    @property
    def tag(self) -> str:
        """The name by which what belongs to this array is told from what does not."""
        return f"{self.part.__name__}.{self.axes.memory_of or self.name_in_part}"


class Entry(types.Type):
    """The compiled type of an entry of an array of records: its address."""

    def __init__(self, column: Column) -> None:
        self.column, self.record = column, column.element
        super().__init__(name=f"Entry({column.tag})")


@register_model(Part)
@register_model(Column)
@register_model(Entry)
class _AddressModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: types.Type) -> None:
        super().__init__(manager, kind, WORD)


@infer_getattr
class _ColumnsOfPart(AttributeTemplate):
    key = Part

    def generic_resolve(self, value: Any, attr: str) -> Any:  # type: ignore[override]
        return Column(value.part, attr) if attr in AXES[value.part] else None


@infer_getattr
class _ShapeOfColumn(AttributeTemplate):
    key = Column

    def resolve_shape(self, value: Any) -> Any:
        return types.UniTuple(types.int64, value.axes.number)


@infer_getattr
class _FieldsOfEntry(AttributeTemplate):
    key = Entry

    def generic_resolve(self, value: Any, attr: str) -> Any:  # type: ignore[override]
        return value.record.typeof(attr) if attr in value.record.fields else None


def _element(column: Any, index: Any) -> Any:
    """The type of what stands at a place of an array; none where that is no place."""
    indexes = tuple(index) if isinstance(index, types.BaseTuple) else (index,)
    if not isinstance(column, Column) or len(indexes) != column.axes.number:
        return None
    if not all(isinstance(one, types.Integer) for one in indexes):
        return None
    return Entry(column) if isinstance(column.element, types.Record) else column.element


@infer_global(operator.getitem)
class _GetElement(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        column, index = args
        element = _element(column, index)
        return None if element is None else signature(element, column, index)


@infer_global(operator.setitem)
class _SetElement(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        column, index, value = args
        element = _element(column, index)
        if element is None:
            return None
        return signature(types.none, column, index, value if isinstance(element, Entry) else element)


# ---- code ----


def _fixed(builder: Any, pointer: Any) -> Any:
    """Load a word that never changes."""
    loaded = builder.load(pointer)
    loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
    return loaded


def _tagged(builder: Any, access: Any, tag: str) -> Any:
    """Say to which array a load or a store belongs."""
    root = builder.module.add_metadata(["vallum"])
    kind = builder.module.add_metadata([tag, root, WORD(0)])
    access.set_metadata("tbaa", builder.module.add_metadata([kind, kind, WORD(0)]))
    return access


def _lengths(builder: Any, column: Column, address: Any) -> list[Any]:
    _, axis = PLACES[column.part, column.name_in_part]
    row = builder.inttoptr(address, WORD.as_pointer())
    lengths = builder.inttoptr(_fixed(builder, row), WORD.as_pointer())
    found = [_fixed(builder, cgutils.gep_inbounds(builder, lengths, axis + k)) for k in range(column.axes.number)]
    if column.axes.last is not None:
        found[-1] = WORD(column.axes.last)
    return found


def _pointer(context: Any, builder: Any, column: Column, address: Any, index: Any, indexes: Any) -> Any:
    """The address of a place: its indexes, the lengths of the axes after the first, and where the array begins."""
    kinds, values = (index, [indexes])
    kinds = [index]
    if isinstance(index, types.BaseTuple):
        kinds, values = list(index), cgutils.unpack_tuple(builder, indexes)
    wide = [
        context.cast(builder, value, kind, types.int64 if kind.signed else types.uint64)
        for kind, value in zip(kinds, values, strict=True)
    ]
    place = wide[0]
    for length, one in zip(_lengths(builder, column, address)[1:], wide[1:], strict=True):
        place = builder.add(builder.mul(place, length, flags=("nsw",)), one, flags=("nsw",))
    row = builder.inttoptr(address, WORD.as_pointer())
    number, _ = PLACES[column.part, column.name_in_part]
    begin = _fixed(builder, cgutils.gep_inbounds(builder, row, number))
    if isinstance(column.element, types.Record):
        size = WORD(column.element.size)
        bytes_ = builder.inttoptr(begin, BYTE.as_pointer())
        return builder.gep(bytes_, [builder.mul(place, size, flags=("nsw",))], inbounds=True)
    data = builder.inttoptr(begin, context.get_data_type(column.element).as_pointer())
    return builder.gep(data, [place], inbounds=True)


@lower_getattr_generic(Part)
def _column(_context: Any, _builder: Any, _part: Part, address: Any, _name: str) -> Any:
    return address


@lower_getattr_generic(Column)
def _shape(_context: Any, builder: Any, column: Column, address: Any, _name: str) -> Any:
    return cgutils.pack_array(builder, _lengths(builder, column, address))


@lower_builtin(operator.getitem, Column, types.Integer)
@lower_builtin(operator.getitem, Column, types.BaseTuple)
def _get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    column, index = sig.args
    pointer = _pointer(context, builder, column, args[0], index, args[1])
    if isinstance(sig.return_type, Entry):
        return builder.ptrtoint(pointer, WORD)
    return _tagged(builder, builder.load(pointer), column.tag)


@lower_builtin(operator.setitem, Column, types.Integer, types.Any)
@lower_builtin(operator.setitem, Column, types.BaseTuple, types.Any)
def _set(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    column, index, value = sig.args
    pointer = _pointer(context, builder, column, args[0], index, args[1])
    if isinstance(value, Entry):
        other = builder.inttoptr(args[2], BYTE.as_pointer())
        cgutils.raw_memcpy(builder, pointer, other, WORD(column.element.size), 1)
    else:
        _tagged(builder, builder.store(args[2], pointer), column.tag)
    return context.get_dummy_value()


def _field(context: Any, builder: Any, entry: Entry, address: Any, name: str) -> tuple[Any, str]:
    kind = context.get_data_type(entry.record.typeof(name))
    pointer = builder.inttoptr(builder.add(address, WORD(entry.record.offset(name))), kind.as_pointer())
    return pointer, f"{entry.column.tag}.{name}"


@lower_getattr_generic(Entry)
def _get_field(context: Any, builder: Any, entry: Entry, address: Any, name: str) -> Any:
    pointer, tag = _field(context, builder, entry, address, name)
    return _tagged(builder, builder.load(pointer), tag)


@lower_setattr_generic(Entry)
def _set_field(context: Any, builder: Any, sig: Any, args: Any, name: str) -> Any:
    pointer, tag = _field(context, builder, sig.args[0], args[0], name)
    _tagged(builder, builder.store(args[1], pointer), tag)


def _part_at(part: Any) -> Any:
    """The function that takes the address of a row for a part."""

    def take(_typing: Any, _address: Any) -> Any:
        return Part(part)(types.int64), lambda _context, _builder, _signature, arguments: arguments[0]

    return intrinsic(take)


given_at, desk_at, sheet_at = (_part_at(part) for part in PARTS)
