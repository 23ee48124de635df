"""From a Problem to the packed arrays of the compiled kernel, and back to a Tally."""

from __future__ import annotations

import numpy as np

from vallum._kernel.fast.columns import (
    BATTERY_COLUMNS,
    CHANNELS,
    FAIL_BEFORE,
    FIRST,
    KIND,
    LAST,
    LAYER,
    LAYER_COLUMNS,
    MAGAZINE,
    MAGAZINE_COLUMNS,
    RANK,
    RATE,
    ROOM_READY,
    ROOM_RELOAD,
    ROUND_COLUMNS,
    SINGLE,
    START,
    SYSTEM,
    TEAMS,
    TO_DEPOT,
)
from vallum._kernel.fast.nights import compiled_nights
from vallum._kernel.problem import F64, I64, Problem, Tally, blank_sheets, tally_of

#: Room for the threats of a raid, where no raid comes at all.
FEWEST_THREATS = 8


def _columns(rows: int, *parts: I64 | F64) -> I64 | F64:
    """Stack parts of axes (world or 1, ..., things) as the last axis; rows is the longest world axis."""
    return np.ascontiguousarray(np.stack([np.broadcast_to(part, (rows, *part.shape[1:])) for part in parts], axis=-1))


def _worlds(*parts: I64 | F64) -> int:
    return max(part.shape[0] for part in parts)


def _batteries(p: Problem) -> I64:
    rows = _worlds(p.battery_from, p.teams, p.channels)
    layer_of = np.repeat(np.arange(len(p.layer_kind)), np.diff(p.layer_start))
    packed = np.zeros((rows, len(p.battery_word), BATTERY_COLUMNS), np.int64)
    fixed = ((SYSTEM, p.battery_system), (MAGAZINE, p.magazine), (LAYER, layer_of), (TO_DEPOT, p.loss_to_depot))
    varying = ((START, p.battery_from), (TEAMS, p.teams), (CHANNELS, p.channels))
    for column, value in (*fixed, *varying):
        packed[:, :, column] = value
    return packed


def _chances(p: Problem) -> F64:
    parts = (p.availability, p.repair, p.reliability, p.loss)
    return _columns(_worlds(*parts), *parts)


def _loads(p: Problem) -> I64:
    rows = p.reserve.shape[0]
    return _columns(rows, p.loads[None], p.reserve)


def _magazines(p: Problem) -> I64:
    packed = np.zeros((p.reload_rate.shape[0], len(p.magazine_rank), MAGAZINE_COLUMNS), np.int64)
    packed[:, :, RANK], packed[:, :, RATE] = p.magazine_rank, p.reload_rate
    return packed


def _rooms(p: Problem) -> I64:
    rooms = np.zeros((*p.room_ready.shape, ROUND_COLUMNS), np.int64)
    rooms[..., ROOM_READY], rooms[..., ROOM_RELOAD] = p.room_ready, p.room_reload
    return rooms


def _layers(p: Problem) -> I64:
    packed = np.zeros((1, len(p.layer_kind), LAYER_COLUMNS), np.int64)
    packed[0, :, KIND], packed[0, :, FIRST], packed[0, :, LAST] = p.layer_kind, p.layer_start[:-1], p.layer_start[1:]
    return packed


def _classes(p: Problem) -> tuple[I64, F64]:
    rows = _worlds(p.decoy_share, p.fail, p.decoy_count)
    whole = np.zeros((len(p.class_word), 2), np.int64)
    whole[:, FAIL_BEFORE], whole[:, SINGLE] = p.fail_before, p.single
    return whole, _columns(rows, p.decoy_share, p.fail, p.decoy_count.astype(np.float64))


def _options(p: Problem) -> I64:
    values = (p.waves, p.allocation, p.order, p.spread, p.scope, p.transit, p.massed, p.by_asset, p.traced)
    return np.array(values, np.int64)


def nights(problem: Problem) -> Tally:
    """Fight every future of the block: the twin of `reference.nights`, compiled."""
    p, sheets = problem, blank_sheets(problem)
    whole, shares = _classes(p)
    targets = _columns(p.target_cut.shape[0], p.target_cut, p.target_share)
    covers = _columns(p.cover_low.shape[0], p.cover_low, p.cover_high)
    sights = _columns(_worlds(p.track, p.success), p.track, p.success)
    assets = np.stack([p.country, p.asset_rank], axis=-1).astype(np.int64)
    most = max(FEWEST_THREATS, int(p.raid_counts.max(initial=0)))
    compiled_nights(
        p.chains, _options(p), p.raid_start, p.raid_counts, p.priority, whole, p.class_word, shares, assets,
        p.asset_word, p.asset_people, targets, p.shift, _layers(p), p.layer_word, sights, p.salvo, _batteries(p),
        p.battery_word, _chances(p), covers, _loads(p), p.kill, p.era_start, _rooms(p), _magazines(p), p.weight,
        p.stock, p.arrivals, *sheets, most,
    )  # fmt: skip
    return tally_of(sheets)
