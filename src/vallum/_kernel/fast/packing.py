"""From a Problem to the packed arrays of the compiled kernel, and back to a Tally."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.cache import is_ready
from vallum._kernel.fast import rows, slots
from vallum._kernel.fast.columns import STATES
from vallum._kernel.fast.nights import compiled_nights
from vallum._kernel.fast.rows import ALL_MARKS, BITS, U8, U32, Desk, Given, Rows
from vallum._kernel.fast.views import AXES, addresses
from vallum._kernel.problem import F64, I64, U64, Problem, Tally, blank_sheets, tally_of

#: Cells of the guide for each asset, as a power of 2: so many that hardly one holds the border between two assets.
CELLS_AN_ASSET = 2
#: So many futures are fought in one call: an interrupt from the keyboard waits for no more.
AT_ONCE = 32
#: The next multiple of LANES, as the kernel has it.
filled_up = slots.filled_up.py_func


def _whole(part: Any) -> I64:
    """The one layout of integers that the kernel is compiled for."""
    return np.require(part, np.int64, ["C", "W"])


def _real(part: Any) -> F64:
    """The one layout of real numbers."""
    return np.require(part, np.float64, ["C", "W"])


def _names(part: Any) -> U64:
    """The one layout of words."""
    return np.require(part, np.uint64, ["C", "W"])


def _index(part: Any) -> U32:
    """The one layout of indexes."""
    return np.require(part, np.uint32, ["C", "W"])


def _flags(part: Any) -> U8:
    """The one layout of flags."""
    return np.require(part, np.uint8, ["C", "W"])


def _packed(row: np.dtype[np.void], shape: tuple[int, ...], **fields: Any) -> Rows:
    """Records of this shape; what is not given is 0."""
    made = np.zeros(shape, row)
    for name, value in fields.items():
        made[name] = value
    return made


def _worlds(*parts: Any) -> int:
    """The longest world axis."""
    return max(part.shape[0] for part in parts)


def _scattered(value: Any, place: I64, length: int, blank: float) -> Any:
    """The last axis of an array spread over a longer one, and blank between."""
    made = np.full((*value.shape[:-1], length), blank, value.dtype)
    made[..., place] = value
    return made


def marks_below(probability: Any) -> U64:
    """How many marks have a uniform below this probability: exact, for 2^52 p is, and so is what is rounded up."""
    share = np.clip(np.asarray(probability, np.float64), 0.0, 1.0)
    return _names(np.ceil(share * float(ALL_MARKS) - 0.5))


def _places(p: Problem) -> tuple[dict[str, Any], U32, U64]:
    """Layers with their words of battery bits, and the word and the bit of each battery."""
    first, last = p.layer_start[:-1], p.layer_start[1:]
    last_word = np.cumsum(-(-(last - first) // BITS))
    first_word = np.concatenate([[0], last_word[:-1]])
    layer = np.repeat(np.arange(len(p.layer_kind)), last - first)
    place = np.arange(len(p.battery_word)) - first[layer]
    words = {"first": first, "last": last, "first_word": first_word, "last_word": last_word}
    return words, _index(first_word[layer] + place // BITS), np.uint64(1) << _names(place % BITS)


def _batteries(p: Problem, word: U32, bit: U64) -> Rows:
    worlds = _worlds(p.availability, p.repair, p.loss, p.battery_from, p.teams)
    return _packed(
        rows.BATTERY,
        (worlds, len(p.battery_word)),
        name=p.battery_word,
        availability=p.availability,
        repair=p.repair,
        loss_mark=marks_below(p.loss),
        start=p.battery_from,
        teams=p.teams,
        magazine=np.maximum(p.magazine, 0),
        word=word,
        bit=bit,
        armed=p.magazine >= 0,
        to_depot=p.loss_to_depot,
        sighted=1,
    )


def _bits(flags: Any, word: U32, bit: U64, words: int) -> U64:
    """Sets of batteries as bits. (..., B) to (..., words)"""
    made = np.zeros((*flags.shape[:-1], words), np.uint64)
    for w in range(words):
        here = word == w
        made[..., w] = np.where(flags[..., here], bit[here], np.uint64(0)).sum(axis=-1, dtype=np.uint64)
    return made


def _sight(p: Problem) -> Rows:
    shape = (_worlds(p.track, p.success), p.kill.shape[1], *p.track.shape[2:])
    marks = {"track_mark": marks_below(p.track), "success_mark": marks_below(p.success)}
    return _packed(rows.SIGHT, shape, track=p.track, success=p.success, **marks)


def _classes(p: Problem) -> Rows:
    before = p.fail_before == 1
    shares = {
        "decoy": p.decoy_share,
        "fail_before": np.where(before, p.fail, 0.0),
        "fail_behind": np.where(before, 0.0, p.fail),
        "shift": p.shift[:, None],
    }
    worlds = _worlds(p.decoy_count, *shares.values())
    marks = {f"{name}_mark": marks_below(share) for name, share in shares.items()}
    return _packed(
        rows.THREAT_CLASS,
        (worlds, len(p.class_word)),
        name=p.class_word,
        single=p.single,
        decoyed=((p.decoy_share > 0.0) | (p.decoy_count > 0)).any(axis=0),
        decoy_count=p.decoy_count,
        decoy_share=shares["decoy"],
        fail_before=shares["fail_before"],
        fail_behind=shares["fail_behind"],
        **marks,
    )


def _guide_bits(p: Problem) -> int:
    """Upper bits of a mark that tell its cell of the guide."""
    return CELLS_AN_ASSET + (len(p.asset_word) - 1).bit_length()


def _aims(p: Problem) -> tuple[U64, U32, int]:
    """The first mark beyond each asset; the first asset that each cell of the guide can mean; steps from it.

    Steps are halved from the greatest, a power of two, so that all borders in a cell are within reach.
    """
    cells, shift = 1 << _guide_bits(p), np.uint64(rows.MARK_BITS - _guide_bits(p))
    first = np.arange(cells, dtype=np.uint64) << shift
    last = first + (np.uint64(1) << shift) - np.uint64(1)
    beyond = marks_below(p.target_cut)
    beyond[..., -1] = ALL_MARKS

    def meant(marks: U64) -> I64:
        return np.array([[np.searchsorted(cut, marks, side="right") for cut in of_world] for of_world in beyond])

    guide = meant(first)
    borders = int((meant(last) - guide).max(initial=0))
    step = (1 << borders.bit_length()) >> 1
    return np.pad(beyond, ((0, 0), (0, 0), (0, step)), constant_values=ALL_MARKS), _index(guide), step


def _options(p: Problem, first_step: int) -> Rows:
    names = ("waves", "transit", "massed", "allocation", "order", "spread", "scope", "traced")
    losses, repairs = (p.loss > 0.0).any(), (p.repair > 0.0).any()
    found = {
        "place_shift": rows.MARK_BITS - _guide_bits(p),
        "first_step": first_step,
        "losses": losses,
        "fallible": (p.availability < 1.0).any(),
        "steady": not (losses or repairs or (p.battery_from > 0).any()),
        "blindable": (p.reliability < 1.0).any(),
        "slow": (p.reload_rate >= 0).any(),
        "countries": p.country.any(),
    }
    return _packed(rows.OPTIONS, (1,), **{name: getattr(p, name) for name in names}, **found)


def _cells(p: Problem) -> tuple[dict[str, Any], I64]:
    """Cells by type and in the order of ties, and the cell of each magazine and type: the last one for none."""
    room = p.room_ready + p.room_reload
    by_rank = np.argsort(p.magazine_rank, kind="stable")
    t, place = np.nonzero((room > 0).T[:, by_rank])
    m, counts = by_rank[place], (room > 0).sum(axis=0)
    start = np.concatenate([[0], np.cumsum(filled_up(counts))])
    cell = np.arange(len(t)) + (start[:-1] - np.concatenate([[0], np.cumsum(counts)[:-1]]))[t]
    cells = int(start[-1]) + (slots.LANES if len(p.magazine_rank) else 0)
    number = np.full(room.shape, cells - 1)
    number[m, t] = cell

    def placed(value: Any, blank: float) -> Any:
        return _scattered(value, cell, cells, blank)

    weight = p.weight[:, m, t]
    return {
        "cells_start": _index(start),
        "rooms": _index(counts),
        "cell_magazine": _index(placed(m, 0)),
        "cell_type": _index(placed(t, 0)),
        "room_ready": _whole(placed(p.room_ready[m, t], 0)),
        "room": _real(placed(np.where(weight > 0.0, room[m, t], 0), 0)),
        "weight": _real(placed(weight, 1)),
    }, number


def _loads(p: Problem, cell_of: I64) -> Rows:
    """Load lists; one ends at its first gap. (W, C, B, T)"""
    system = p.battery_system
    listed = np.logical_and.accumulate(p.loads[system] >= 0, axis=2) & (p.magazine >= 0)[:, None, None]
    b, c, place = np.nonzero(listed)
    types = p.loads[system[b], c, place]
    longest = max(1, int(listed.sum(axis=2).max(initial=0)))
    load = np.zeros((len(p.reserve), len(p.class_word), len(system), longest), rows.LOAD)
    load["type"] = rows.NO_TYPE
    for name, value in (("type", types), ("cell", cell_of[p.magazine[b], types])):
        load[name][:, c, b, place] = value
    load["reserve"][:, c, b, place] = p.reserve[:, system[b], c, types]
    return load


def _reach(p: Problem, cell_of: I64, word: U32, bit: U64, words: int) -> dict[str, Any]:
    """Who may reach whom: bits for each asset, and rows for each country, where it depends on the place."""
    load = _loads(p, cell_of)
    may_fire = (load["type"][0, :, :, 0] != rows.NO_TYPE).T
    reaches = ((p.cover_high > p.cover_low) & may_fire[:, None, :]).transpose(0, 3, 2, 1)
    worlds, classes, assets, _batteries = reaches.shape
    is_country = p.country == 1
    c, a, b = np.nonzero(reaches.any(axis=0) & is_country[:, None])
    bits = _bits(reaches & ~is_country[:, None], word, bit, words)
    low, high = p.cover_low[:, b, a, c], p.cover_high[:, b, a, c]
    served = [
        reaches[..., p.layer_start[k] : p.layer_start[k + 1]].any(axis=(0, 2, 3)) for k in range(len(p.layer_kind))
    ]
    return {
        "load": load,
        "may_fire": _flags(may_fire),
        "reach_bits": _names(bits.reshape(worlds, -1)),
        "reach_start": _index(np.searchsorted(c * assets + a, np.arange(classes * assets + 1))),
        "reach": _packed(rows.REACH, (_worlds(low, high), len(b)), battery=b, low=low, high=high),
        "cover_high": _real(p.cover_high),
        "first_type": _first_types(p, may_fire),
        "serves": _flags(np.reshape(served, (len(p.layer_kind), classes))),
    }


def _first_types(p: Problem, may_fire: Any) -> U32:
    """What the batteries of each layer fire first at each class, where they agree. (L, C)"""
    found = np.full((len(p.layer_kind), len(p.class_word)), rows.NO_TYPE)
    for k, c in np.ndindex(found.shape):
        of_layer = slice(p.layer_start[k], p.layer_start[k + 1])
        types = np.unique(p.loads[p.battery_system[of_layer][may_fire[of_layer, c]], c, 0])
        if len(types) == 1:
            found[k, c] = types[0]
    return _index(found)


def _fires(p: Problem) -> U8:
    """Whether some system may fire a type at a class. (C, T)"""
    listed = np.logical_and.accumulate(p.loads >= 0, axis=2)[..., None]
    return _flags(((p.loads[..., None] == np.arange(p.loads.shape[2])) & listed).any(axis=(0, 2)))


def _given(p: Problem) -> Given:
    cells, cell_of = _cells(p)
    places, word, bit = _places(p)
    words = max(1, int(places["last_word"].max(initial=0)))
    beyond, guide, step = _aims(p)
    batteries = np.arange(len(word))

    def spread(value: U64) -> U64:
        return _names(_scattered(value, batteries, filled_up(len(word)), 0))

    return Given(
        chain=_names(p.chains[:, None]),
        options=_options(p, step),
        raid_start=_whole(p.raid_start),
        raid_counts=_whole(p.raid_counts),
        priority=_index(p.priority),
        threat_class=_classes(p),
        asset_name=_names(p.asset_word),
        asset_rank=_names(p.asset_rank),
        country=_flags(p.country),
        people=_real(p.asset_people),
        target_cut=_real(p.target_cut),
        target_share=_real(p.target_share),
        target_mark=beyond,
        guide=guide,
        layer=_packed(rows.LAYER, (len(p.layer_kind),), name=p.layer_word, kind=p.layer_kind, **places),
        sight=_sight(p),
        salvos=_whole(p.salvo),
        battery=_batteries(p, word, bit),
        battery_name=spread(p.battery_word),
        battery_magazine=_index(np.maximum(p.magazine, 0)),
        battery_armed=_flags(p.magazine >= 0),
        channels=_whole(_scattered(p.channels, batteries, filled_up(len(word)), 0)),
        fit_mark=spread(marks_below(p.availability)),
        reliability_mark=marks_below(
            np.broadcast_to(p.reliability, (len(p.reliability), *p.kill.shape[1:2], len(bit)))
        ),
        no_channel_bits=_bits(p.channels <= 0, word, bit, words),
        **_reach(p, cell_of, word, bit, words),
        fires=_fires(p),
        kill_mark=marks_below(p.kill),
        era_start=_whole(p.era_start),
        **cells,
        reload_rate=_whole(p.reload_rate),
        stock=_whole(p.stock),
        arrivals=_whole(p.arrivals),
    )


def _desk(p: Problem, given: Given) -> Desk:
    """A desk of the sizes of this problem, all of it blank."""
    assets, classes, batteries = len(p.asset_word), len(p.class_word), len(p.battery_word)
    threats, cells = filled_up(max(1, int(p.raid_counts.max(initial=0)))), len(given.cell_type)
    words, spread = given.no_channel_bits.shape[1], filled_up(batteries)
    shapes = {
        **_all(rows.OF_THREATS, threats),
        "battery": (batteries,),
        **_all(("luck", "stands", "channels"), spread),
        **_all(("stand_bits", "able_bits", "full_bits", "round_bits"), words),
        "reach_bits": ((classes * assets + threats) * words,),
        **_all(rows.OF_CELLS, cells),
        "pipe": (cells, max(1, p.transit)),
        **_all(("open", "fate", "counts", "filled", "left"), len(p.magazine_rank)),
        **_all(("depot", "imported"), p.stock.shape[1]),
        **_all(("group", "seen"), 2, STATES),
        **_all(("came", "leaked", "attacked", "harmed"), classes, filled_up(assets)),
        "place": (classes, 3, filled_up(assets + (batteries if p.country.any() else 0))),
        **_all(("raided", "harm", "placed"), classes),
        "era": (1,),
        "watchers": (int((given.layer["last_word"] - given.layer["first_word"]).max(initial=1)), threats),
        "kill_mark": (p.stock.shape[1],),
    }
    made: dict[str, Any] = {name: np.zeros(shapes[name], axes.kind) for name, axes in AXES[Desk].items()}
    made |= {"last_bits": made["last"].view(np.int64), "following_bits": made["following"].view(np.int64)}
    return Desk(**made)


def _all(names: tuple[str, ...], *shape: int) -> dict[str, tuple[int, ...]]:
    """One shape for all of them."""
    return dict.fromkeys(names, shape)


def nights(problem: Problem) -> Tally:
    """Fight every future of the block: the twin of `reference.nights`, compiled."""
    sheets = blank_sheets(problem)
    given = _given(problem)
    parts = (given, _desk(problem, given), sheets)
    table, _lengths = addresses(parts, len(problem.chains))
    for first in range(0, len(table), AT_ONCE):
        some = table[first : first + AT_ONCE]
        compiled_nights(some.ctypes.data, some.strides[0], len(some))
    return tally_of(sheets)


def compiled() -> bool:
    """Whether the kernel is compiled, here or by an earlier run; else the first `nights` takes seconds."""
    return is_ready(compiled_nights)
