"""How the parts of the compiled kernel hand on the arrays of a future: as the address of a row of addresses.

A future has more than a hundred arrays. Handed on one by one they would cost more time than most parts of the kernel
take, in each call and again when the kernel is compiled. So each future has a row of addresses, which `packing` makes,
and `Given`, `Desk` and `Sheet` are, once compiled, no more than the address of that row: an array is looked up when it
is named. Rows never change, so the compiler looks each array up once, before a loop. What a row points to is held by
the caller of the kernel; nothing here owns memory.

Each load and each store says to which array it belongs. Arrays of different names do not overlap, so what was read of
one need not be read again because something was written to another: that is what the compiler cannot find out by
itself, and what keeps a loop from being done several at a time. Two arrays show the memory of another again
(`memory_of`), and count as the same; a record that is copied whole may be of any. Places count from 0 upwards and are
not checked.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any, Final, get_type_hints

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba.core import cgutils, types
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_global, signature
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_getattr_generic,
    lower_setattr_generic,
    models,
    register_model,
)

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

    def __init__(self, part: Any, array: str) -> None:
        self.axes = AXES[part][array]
        self.place, self.first_axis = PLACES[part, array]
        self.element = numba.from_dtype(self.axes.kind)
        #: What is read of one memory does not change when another is written to.
        self.memory = f"{part.__name__}.{self.axes.memory_of or array}"
        super().__init__(name=f"Column({part.__name__}.{array})")


class Entry(types.Type):
    """The compiled type of an entry of an array of records: its address."""

    def __init__(self, column: Column) -> None:
        self.memory, self.record = column.memory, column.element
        super().__init__(name=f"Entry({column.memory})")


@register_model(Part)
@register_model(Column)
@register_model(Entry)
class _AddressModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: types.Type) -> None:
        super().__init__(manager, kind, WORD)


@infer_getattr
class _ArraysOfPart(AttributeTemplate):
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


def _indexes(index: Any) -> tuple[Any, ...]:
    """The types of the indexes of a place."""
    several: Any = index
    return tuple(several) if isinstance(index, types.BaseTuple) else (index,)


def _element(column: Any, index: Any) -> Any:
    """The type of what stands at a place of an array; none where that is no place."""
    if not isinstance(column, Column) or len(_indexes(index)) != column.axes.number:
        return None
    if not all(isinstance(one, types.Integer) for one in _indexes(index)):
        return None
    return Entry(column) if isinstance(column.element, types.Record) else column.element


@infer_global(operator.getitem)
class _GetElement(AbstractTemplate):
    def generic(self, args: Any, _named: Any) -> Any:
        column, index = args
        element = _element(column, index)
        return None if element is None else signature(element, column, index)


@infer_global(operator.setitem)
class _SetElement(AbstractTemplate):
    def generic(self, args: Any, _named: Any) -> Any:
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


def _of_memory(builder: Any, access: Any, memory: str) -> Any:
    """Say to which memory a load or a store belongs."""
    root = builder.module.add_metadata(["vallum"])
    kind = builder.module.add_metadata([memory, root, WORD(0)])
    access.set_metadata("tbaa", builder.module.add_metadata([kind, kind, WORD(0)]))
    return access


def _lengths(builder: Any, column: Column, address: Any) -> list[Any]:
    """The lengths of the axes of an array."""
    row = builder.inttoptr(address, WORD.as_pointer())
    lengths = builder.inttoptr(_fixed(builder, row), WORD.as_pointer())
    axes = range(column.first_axis, column.first_axis + column.axes.number)
    found = [_fixed(builder, cgutils.gep_inbounds(builder, lengths, axis)) for axis in axes]
    return found if column.axes.last is None else [*found[:-1], WORD(column.axes.last)]


def _place(context: Any, builder: Any, column: Column, address: Any, index: Any, value: Any) -> Any:
    """How many elements stand before a place."""
    values = cgutils.unpack_tuple(builder, value) if isinstance(index, types.BaseTuple) else [value]
    first, *others = (
        context.cast(builder, one, kind, types.int64 if kind.signed else types.uint64)
        for kind, one in zip(_indexes(index), values, strict=True)
    )
    for length, one in zip(_lengths(builder, column, address)[1:], others, strict=True):
        first = builder.add(builder.mul(first, length, flags=("nsw",)), one, flags=("nsw",))
    return first


def _pointer(context: Any, builder: Any, kinds: Any, values: Any) -> Any:
    """Where an element of an array stands; for an entry of records, of which kind its bytes are is not told."""
    column, address = kinds[0], values[0]
    place = _place(context, builder, column, address, kinds[1], values[1])
    row = builder.inttoptr(address, WORD.as_pointer())
    begin = _fixed(builder, cgutils.gep_inbounds(builder, row, column.place))
    if isinstance(column.element, types.Record):
        place = builder.mul(place, WORD(column.element.size), flags=("nsw",))
        return builder.gep(builder.inttoptr(begin, BYTE.as_pointer()), [place], inbounds=True)
    data = builder.inttoptr(begin, context.get_data_type(column.element).as_pointer())
    return builder.gep(data, [place], inbounds=True)


@lower_getattr_generic(Part)
def _array(_context: Any, _builder: Any, _part: Part, address: Any, _name: str) -> Any:
    return address


@lower_getattr_generic(Column)
def _shape(_context: Any, builder: Any, column: Column, address: Any, _name: str) -> Any:
    return cgutils.pack_array(builder, _lengths(builder, column, address))


@lower_builtin(operator.getitem, Column, types.Integer)
@lower_builtin(operator.getitem, Column, types.BaseTuple)
def _get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    pointer = _pointer(context, builder, sig.args, args)
    if isinstance(sig.return_type, Entry):
        return builder.ptrtoint(pointer, WORD)
    return _of_memory(builder, builder.load(pointer), sig.args[0].memory)


@lower_builtin(operator.setitem, Column, types.Integer, types.Any)
@lower_builtin(operator.setitem, Column, types.BaseTuple, types.Any)
def _set(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    column, _, value = sig.args
    pointer = _pointer(context, builder, sig.args, args)
    if isinstance(value, Entry):
        other = builder.inttoptr(args[2], BYTE.as_pointer())
        cgutils.raw_memcpy(builder, pointer, other, WORD(column.element.size), 1)
    else:
        _of_memory(builder, builder.store(args[2], pointer), column.memory)
    return context.get_dummy_value()


def _field(context: Any, builder: Any, entry: Entry, address: Any, name: str) -> Any:
    kind = context.get_data_type(entry.record.typeof(name))
    return builder.inttoptr(builder.add(address, WORD(entry.record.offset(name))), kind.as_pointer())


@lower_getattr_generic(Entry)
def _get_field(context: Any, builder: Any, entry: Entry, address: Any, name: str) -> Any:
    loaded = builder.load(_field(context, builder, entry, address, name))
    return _of_memory(builder, loaded, f"{entry.memory}.{name}")


@lower_setattr_generic(Entry)
def _set_field(context: Any, builder: Any, sig: Any, args: Any, name: str) -> Any:
    entry, address = sig.args[0], args[0]
    stored = builder.store(args[1], _field(context, builder, entry, address, name))
    _of_memory(builder, stored, f"{entry.memory}.{name}")


def _part_at(part: Any) -> Any:
    """The function that takes the address of a row for a part."""

    def take(_typing: Any, _address: Any) -> Any:
        return Part(part)(types.int64), lambda _context, _builder, _signature, arguments: arguments[0]

    return intrinsic(take)


given_at, desk_at, sheet_at = (_part_at(part) for part in PARTS)
