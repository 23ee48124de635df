"""From a Problem to the packed arrays of the compiled kernel, and back to a Tally."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.cache import is_ready
from vallum._kernel.fast import rows
from vallum._kernel.fast.columns import STATES, THREAT_WORDS
from vallum._kernel.fast.nights import compiled_nights
from vallum._kernel.fast.rows import U8, U32, Desk, Given, Rows
from vallum._kernel.problem import F64, I64, U64, Problem, Tally, blank_sheets, tally_of

#: Room for the threats of a raid, where no raid comes at all.
FEWEST_THREATS = 8
#: Cells of the guide for each asset: so many that hardly one of them holds the border between two assets.
CELLS_AN_ASSET = 8
#: Bits of a word of flags.
BITS = 64


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


def _batteries(p: Problem) -> Rows:
    return _packed(
        rows.BATTERY,
        (len(p.chains), len(p.battery_word)),
        name=p.battery_word,
        start=p.battery_from,
        teams=p.teams,
        channels=p.channels,
        magazine=np.maximum(p.magazine, 0),
        armed=p.magazine >= 0,
        to_depot=p.loss_to_depot,
        sighted=1,
    )


def _chances(p: Problem) -> Rows:
    parts = {
        "availability": p.availability[:, None],
        "repair": p.repair[:, None],
        "reliability": p.reliability,
        "loss": p.loss[:, None],
    }
    return _packed(rows.CHANCE, (_worlds(*parts.values()), p.kill.shape[1], len(p.battery_word)), **parts)


def _sight(p: Problem) -> Rows:
    shape = (_worlds(p.track, p.success), p.kill.shape[1], *p.track.shape[2:])
    return _packed(rows.SIGHT, shape, track=p.track, success=p.success)


def _classes(p: Problem) -> Rows:
    parts = {"decoy_share": p.decoy_share, "fail": p.fail, "shift": p.shift[:, None], "decoy_count": p.decoy_count}
    fixed = {"name": p.class_word, "fail_before": p.fail_before, "single": p.single}
    return _packed(rows.THREAT_CLASS, (_worlds(*parts.values()), len(p.class_word)), **parts, **fixed)


def _target(p: Problem) -> F64:
    return _real(np.stack([p.target_cut, p.target_share], axis=-1))


def _options(p: Problem) -> Rows:
    names = ("waves", "transit", "massed", "allocation", "order", "spread", "scope", "traced")
    losses, repairs = (p.loss > 0.0).any(), (p.repair > 0.0).any()
    found = {
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
    has_room = (p.room_ready + p.room_reload > 0).T
    by_rank = np.argsort(p.magazine_rank, kind="stable")
    t, place = np.nonzero(has_room[:, by_rank])
    m, cells = by_rank[place], len(t)
    cell = np.zeros((len(p.chains), cells + 1), rows.CELL)
    fixed = {"room_ready": p.room_ready[m, t], "room": (p.room_ready + p.room_reload)[m, t], "magazine": m, "type": t}
    for name, value in {**fixed, "weight": p.weight[:, m, t]}.items():
        cell[name][:, :cells] = value
    number = np.full(p.room_ready.shape, cells)
    number[m, t] = np.arange(cells)
    return {"cell": cell, "cells_start": _index(np.searchsorted(t, np.arange(p.stock.shape[1] + 1)))}, number


def _loads(p: Problem, cell_of: I64) -> tuple[Rows, I64]:
    """Load lists one after the other, and where those of each battery and class begin; a list ends at its first gap."""
    system = p.battery_system
    listed = np.logical_and.accumulate(p.loads[system] >= 0, axis=2) & (p.magazine >= 0)[:, None, None]
    b, c, place = np.nonzero(listed)
    types = p.loads[system[b], c, place]
    load = _packed(
        rows.LOAD,
        (p.reserve.shape[0], len(types)),
        type=types,
        cell=cell_of[p.magazine[b], types],
        reserve=p.reserve[:, system[b], c, types],
    )
    return load, np.concatenate([[0], np.cumsum(listed.sum(axis=2))])


def _reach(p: Problem, cell_of: I64) -> dict[str, Any]:
    """Who may reach whom, as rows in compressed form: most batteries reach few assets, against few classes."""
    load, load_start = _loads(p, cell_of)
    may_fire = np.diff(load_start).reshape(len(p.battery_word), len(p.class_word)) > 0
    flags = ((p.cover_high > p.cover_low).any(axis=0) & may_fire[:, None, :]).transpose(2, 1, 0)
    classes, assets, batteries = flags.shape
    c, a, b = np.nonzero(flags)
    first_of_row = np.arange(classes * assets).reshape(classes, assets, 1) * batteries
    start = np.concatenate([[0], np.cumsum(flags)])[first_of_row + p.layer_start]
    low, high = p.cover_low[:, b, a, c], p.cover_high[:, b, a, c]
    lists = {"first": load_start[b * classes + c], "last": load_start[b * classes + c + 1]}
    return {
        "load": load,
        "may_fire": _flags(may_fire),
        "reach_start": _index(start),
        "reach": _packed(rows.REACH, (_worlds(low, high), len(b)), battery=b, low=low, high=high, **lists),
        "cover_high": _real(p.cover_high),
        "serves": _flags((np.diff(start, axis=2) > 0).any(axis=1).T),
    }


def _fires(p: Problem) -> U8:
    """Whether some system may fire a type at a class. (C, T)"""
    listed = np.logical_and.accumulate(p.loads >= 0, axis=2)[..., None]
    return _flags(((p.loads[..., None] == np.arange(p.loads.shape[2])) & listed).any(axis=(0, 2)))


def _given(p: Problem) -> Given:
    layers, assets, futures = (len(p.layer_kind),), (len(p.asset_word),), len(p.chains)
    cells, cell_of = _cells(p)
    return Given(
        chains=_names(p.chains),
        options=_options(p),
        raid_start=_whole(p.raid_start),
        raid_counts=_whole(p.raid_counts),
        priority=_index(p.priority),
        threat_class=_classes(p),
        asset=_packed(rows.ASSET, assets, name=p.asset_word, rank=p.asset_rank, country=p.country),
        asset_people=_real(p.asset_people),
        target=_target(p),
        layer=_packed(
            rows.LAYER, layers, name=p.layer_word, kind=p.layer_kind, first=p.layer_start[:-1], last=p.layer_start[1:]
        ),
        sight=_sight(p),
        salvos=_whole(p.salvo),
        battery=_batteries(p),
        chance=_chances(p),
        **_reach(p, cell_of),
        fires=_fires(p),
        kill=_real(p.kill),
        era_start=_whole(p.era_start),
        **cells,
        magazine=_packed(rows.MAGAZINE, (futures, len(p.magazine_rank)), rate=p.reload_rate),
        depot=np.array(np.broadcast_to(p.stock, (futures, p.stock.shape[1])), np.int64, order="C"),
        arrivals=_whole(p.arrivals),
    )


def _desk(p: Problem) -> Desk:
    most = max(FEWEST_THREATS, int(p.raid_counts.max(initial=0)))
    assets, classes, batteries = len(p.asset_word), len(p.class_word), len(p.battery_word)
    magazines, sites = len(p.magazine_rank), assets + (batteries if p.country.any() else 0)
    return Desk(
        threat=np.zeros(most, rows.THREAT),
        words=np.zeros((THREAT_WORDS, most), np.uint64),
        spot=np.zeros((2, most)),
        order=np.zeros((3, most), np.uint32),
        group=np.zeros((2, STATES), np.int64),
        seen=np.zeros((2, STATES), np.int64),
        tonight=np.zeros((classes, assets, 3), np.int32),
        touched=np.zeros((classes, -(-assets // BITS)), np.uint64),
        place=np.zeros((classes, sites, 3), np.int32),
        pipe=np.zeros((p.room_ready.size, max(1, p.transit)), np.int64),
        waiting=np.zeros(magazines, np.uint32),
        need=np.zeros((6, magazines)),
        country=np.zeros(p.stock.shape[1], np.int64),
        empties=np.zeros(1, rows.EMPTIES),
        luck=np.full(batteries, 0.5),
        stands=np.zeros(batteries, np.uint8),
        able=np.zeros(batteries, np.uint8),
        busy=np.zeros(batteries, np.int64),
        guide=np.zeros((classes, CELLS_AN_ASSET << (assets - 1).bit_length()), np.uint32),
    )


def nights(problem: Problem) -> Tally:
    """Fight every future of the block: the twin of `reference.nights`, compiled."""
    sheets = blank_sheets(problem)
    compiled_nights(_given(problem), sheets, _desk(problem))
    return tally_of(sheets)


def compiled() -> bool:
    """Whether the kernel is compiled, here or by an earlier run; else the first `nights` takes seconds."""
    return is_ready(compiled_nights)
