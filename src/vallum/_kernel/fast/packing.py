"""From a Problem to the packed arrays of the compiled kernel, and back to a Tally."""

from __future__ import annotations

from typing import Any

import numpy as np

from vallum._kernel.cache import is_ready
from vallum._kernel.fast.columns import (
    BATTERY_COLUMNS,
    CHANNELS,
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
    START,
    STATES,
    SYSTEM,
    TEAMS,
    THREAT_COLUMNS,
    TO_DEPOT,
    Desk,
    Given,
)
from vallum._kernel.fast.nights import compiled_nights
from vallum._kernel.problem import F64, I64, U64, Problem, Tally, blank_sheets, tally_of

#: Room for the threats of a raid, where no raid comes at all.
FEWEST_THREATS = 8


def _whole(part: Any) -> I64:
    """The one layout of integers that the kernel is compiled for."""
    return np.require(part, np.int64, ["C", "W"])


def _real(part: Any) -> F64:
    """The one layout of real numbers."""
    return np.require(part, np.float64, ["C", "W"])


def _names(part: Any) -> U64:
    """The one layout of words."""
    return np.require(part, np.uint64, ["C", "W"])


def _columns(rows: int, *parts: I64 | F64) -> Any:
    """Stack parts of axes (world or 1, ..., things) as the last axis; rows is the longest world axis."""
    return np.stack([np.broadcast_to(part, (rows, *part.shape[1:])) for part in parts], axis=-1)


def _worlds(*parts: I64 | F64) -> int:
    return max(part.shape[0] for part in parts)


def _each(futures: int, part: I64) -> I64:
    """A copy of (world or 1, ...) for every future, to change."""
    return np.array(np.broadcast_to(part, (futures, *part.shape[1:])), np.int64, order="C")


def _in_eras(p: Problem, part: F64) -> F64:
    """A part of axes (world, era or 1, ...) with every era; kill has them all (K3)."""
    return np.broadcast_to(part, (part.shape[0], p.kill.shape[1], *part.shape[2:]))


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
    parts = [_in_eras(p, part) for part in (p.availability[:, None], p.repair[:, None], p.reliability, p.loss[:, None])]
    return _real(_columns(_worlds(*parts), *parts))


def _sight(p: Problem) -> F64:
    parts = [_in_eras(p, part) for part in (p.track, p.success)]
    return _real(_columns(_worlds(*parts), *parts))


def _loads(p: Problem) -> I64:
    return _whole(_columns(p.reserve.shape[0], p.loads[None], p.reserve))


def _magazines(p: Problem) -> I64:
    packed = np.zeros((p.reload_rate.shape[0], len(p.magazine_rank), MAGAZINE_COLUMNS), np.int64)
    packed[:, :, RANK], packed[:, :, RATE] = p.magazine_rank, p.reload_rate
    return packed


def _rooms(p: Problem) -> I64:
    rooms = np.zeros((1, *p.room_ready.shape, ROUND_COLUMNS), np.int64)
    rooms[..., ROOM_READY], rooms[..., ROOM_RELOAD] = p.room_ready, p.room_reload
    return rooms


def _layers(p: Problem) -> I64:
    packed = np.zeros((len(p.layer_kind), LAYER_COLUMNS), np.int64)
    packed[:, KIND], packed[:, FIRST], packed[:, LAST] = p.layer_kind, p.layer_start[:-1], p.layer_start[1:]
    return packed


def _classes(p: Problem) -> tuple[I64, F64]:
    shift = np.broadcast_to(p.shift[:, None], (len(p.shift), len(p.class_word)))
    shares = (p.decoy_share, p.fail, shift)
    whole = _columns(p.decoy_count.shape[0], p.fail_before[None], p.single[None], p.decoy_count)
    return _whole(whole), _real(_columns(_worlds(*shares), *shares))


def _options(p: Problem) -> I64:
    losses = int((p.loss > 0.0).any())
    values = (p.waves, p.allocation, p.order, p.spread, p.scope, p.transit, p.massed, losses, p.traced)
    return np.array(values, np.int64)


def _given(p: Problem) -> Given:
    futures = len(p.chains)
    threat_class, class_share = _classes(p)
    return Given(
        chains=_names(p.chains),
        option=_options(p),
        raid_start=_whole(p.raid_start),
        raid_counts=_whole(p.raid_counts),
        priority=_whole(p.priority),
        threat_class=threat_class,
        class_names=_names(p.class_word),
        class_share=class_share,
        asset=_whole(np.stack([p.country, p.asset_rank], axis=-1)),
        asset_names=_names(p.asset_word),
        asset_people=_real(p.asset_people),
        target=_real(_columns(p.target_cut.shape[0], p.target_cut, p.target_share)),
        layer=_layers(p),
        layer_names=_names(p.layer_word),
        sight=_sight(p),
        salvos=_whole(p.salvo),
        battery=_each(futures, _batteries(p)),
        battery_names=_names(p.battery_word),
        chance=_chances(p),
        cover=_real(_columns(p.cover_low.shape[0], p.cover_low, p.cover_high)),
        loads=_loads(p),
        kill=_real(p.kill),
        era_start=_whole(p.era_start),
        rounds=_each(futures, _rooms(p)),
        magazine=_each(futures, _magazines(p)),
        weight=_real(p.weight),
        depot=_each(futures, p.stock),
        arrivals=_whole(p.arrivals),
    )


def _desk(p: Problem) -> Desk:
    most = max(FEWEST_THREATS, int(p.raid_counts.max(initial=0)))
    assets, classes, batteries = len(p.asset_word), len(p.class_word), len(p.battery_word)
    return Desk(
        threat=np.zeros((most, THREAT_COLUMNS), np.int64),
        words=np.zeros((most, 2), np.uint64),
        spot=np.zeros((most, 2)),
        group=np.zeros((2, STATES), np.int64),
        seen=np.zeros((2, STATES), np.int64),
        tonight=np.zeros((assets, classes, 3), np.int64),
        place=np.zeros((assets + batteries, classes, 3), np.int64),
        pipe=np.zeros((*p.room_ready.shape, max(1, p.transit)), np.int64),
    )


def nights(problem: Problem) -> Tally:
    """Fight every future of the block: the twin of `reference.nights`, compiled."""
    sheets = blank_sheets(problem)
    compiled_nights(_given(problem), sheets, _desk(problem))
    return tally_of(sheets)


def compiled() -> bool:
    """Whether the kernel is compiled, here or by an earlier run; else the first `nights` takes seconds."""
    return is_ready(compiled_nights)
