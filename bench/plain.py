"""The plain parameters of a Problem, for those who write the same model again in Python.

The twins keep to what the reference problem uses; a Problem that asks for more is refused, for a twin that leaves
something out would be fast for a bad reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from vallum._kernel import problem as terms
from vallum._kernel.problem import Problem, Tally
from vallum.terms import NEVER, REASONS

#: Location of every threat in an asset that is no country (W5).
MIDDLE = 0.5
F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]


class Books(NamedTuple):
    """What every program keeps of each future: the parts of a Tally that the reference problem can fill."""

    stopped: I64  # (F, C)
    leaked: I64  # (F, C, R)
    thin: I64  # (F, C)
    shot_at: I64  # (F, C)
    first_dry: I64  # (F, C)
    dry_nights: I64  # (F, C)
    massed_dry: I64  # (F, C)
    raid_nights: I64  # (F, C)
    clean_nights: I64  # (F, C)
    attacked: F64  # (F, C)
    spared: F64  # (F, C)
    first_empty: I64  # (F, 2)
    used: I64  # (F, T)
    kills: I64  # (F, T)
    unmet: I64  # (F, T)
    asset_leaked: I64  # (F, A, C, R)
    asset_first_dry: I64  # (F, A, C)
    stock: I64  # (F, D + 1, T)
    day_stopped: I64  # (F, D, C)
    day_leaked: I64  # (F, D, C)
    day_dry: I64  # (F, D, C)
    day_used: I64  # (F, D, T)
    day_wanted: I64  # (F, D, T)


@dataclass(frozen=True)
class Layer:
    """A layer of batteries against one class: who may reach whom, and how it fires."""

    reach: list[list[int]]  # by asset: batteries in order
    track: float
    looks: list[int]  # shots of each look


@dataclass(frozen=True)
class Parameters:
    """One campaign in plain numbers; lists run over classes, assets, batteries and interceptor types."""

    futures: int
    days: int
    raids: I64  # (F, D, C) launches
    arrivals: I64  # (F, D, T)
    priority: list[int]
    cut: list[list[float]]  # by class: cumulative shares of the assets
    layers: list[list[Layer]]  # by class: outer to inner, those that serve it
    fires: list[list[int]]  # by battery and class: the interceptor type, -1 for none
    kill: list[list[float]]  # by type and class
    channels: list[int]
    availability: list[float]
    kind: list[int]  # by battery: the one type that it holds
    room_ready: list[int]
    room: list[int]  # ready and reload
    weight: list[float]
    rank: list[int]
    stock: list[int]  # by type
    people: list[float]  # by asset
    massed: int


def parameters(p: Problem) -> Parameters:
    """Take the plain numbers out of a Problem; ValueError where it uses what the twins leave out."""
    _refuse(p)
    shape = (len(p.chains), p.arrivals.shape[1], len(p.class_word))
    raids = np.zeros(shape, np.int64)
    future, day = np.nonzero(np.diff(p.raid_start, axis=1))
    raids[future, day] = p.raid_counts[p.raid_start[future, day]]
    room = (p.room_ready + p.room_reload)[p.magazine]
    kind = room.argmax(axis=1)
    battery = np.arange(len(p.battery_word))
    return Parameters(
        futures=shape[0],
        days=shape[1],
        raids=raids,
        arrivals=p.arrivals,
        priority=p.priority.tolist(),
        cut=p.target_cut[0].tolist(),
        layers=[_layers(p, c) for c in range(shape[2])],
        fires=p.loads[p.battery_system, :, 0].tolist(),
        kill=p.kill[0, 0].tolist(),
        channels=p.channels[0].tolist(),
        availability=p.availability[0].tolist(),
        kind=kind.tolist(),
        room_ready=p.room_ready[p.magazine, kind].tolist(),
        room=room[battery, kind].tolist(),
        weight=p.weight[0][p.magazine, kind].tolist(),
        rank=p.magazine_rank[p.magazine].tolist(),
        stock=p.stock[0].tolist(),
        people=p.asset_people.tolist(),
        massed=p.massed,
    )


def _layers(p: Problem, c: int) -> list[Layer]:
    made = []
    for k in range(len(p.layer_kind)):
        batteries = range(int(p.layer_start[k]), int(p.layer_start[k + 1]))
        able = [b for b in batteries if p.loads[p.battery_system[b], c, 0] >= 0]
        reach = [[b for b in able if p.cover_high[0, b, a, c] > MIDDLE] for a in range(len(p.asset_word))]
        if any(reach):
            looks = [int(shots) for shots in p.salvo[k, c] if shots > 0]
            made.append(Layer(reach, float(p.track[0, 0, k, c]), looks))
    return made


def _refuse(p: Problem) -> None:
    """Say what a Problem uses that the twins leave out."""
    uses: dict[str, Any] = {
        "several worlds": max(len(v) for v in (p.kill, p.track, p.cover_high, p.stock, p.availability, p.weight)) > 1,
        "several raids a day": np.diff(p.raid_start, axis=1).max(initial=0) > 1,
        "waves": p.waves > 1,
        "decoys": p.decoy_share.any() or (p.decoy_count >= 0).any(),
        "failures": p.fail.any(),
        "groups": (p.single == 0).any(),
        "proportional targets": p.allocation != terms.MULTINOMIAL,
        "a shift": p.shift.any(),
        "a country": p.country.any(),
        "another order than arrival": p.order != terms.ARRIVAL,
        "soft or team layers": (p.layer_kind != terms.BATTERY).any(),
        "even salvos": p.spread != terms.TURN,
        "repairs": p.repair.any(),
        "reliability": (p.reliability < 1.0).any(),
        "losses": p.loss.any(),
        "mixed loads": (p.loads[:, :, 1:] >= 0).any(),
        "reserves": p.reserve.any(),
        "eras": p.kill.shape[1] > 1,
        "shared magazines": len(set(p.magazine.tolist())) < len(p.magazine),
        "magazines of several types": ((p.room_ready + p.room_reload > 0).sum(axis=1) > 1).any(),
        "slow reloading": (p.reload_rate >= 0).any(),
        "transit": p.transit > 0,
        "later batteries": (p.battery_from > 0).any(),
    }
    used = [name for name, is_used in uses.items() if is_used]
    if used:
        raise ValueError(f"the Python twins leave out: {', '.join(used)}")


def books_of(tally: Tally) -> Books:
    """The same books from vallum's Tally; there are no decoys here."""
    fields = {name: getattr(tally, name) for name in Books._fields}
    fields |= {"stopped": tally.stopped[:, :, 0], "leaked": tally.leaked[:, :, :, 0]}
    return Books(**fields)


def blank_books(p: Parameters) -> Books:
    """Empty books: zeros, and NEVER for first days."""
    futures, days, classes = p.raids.shape
    types, assets, reasons = len(p.stock), len(p.people), len(REASONS)
    by_class, by_type = (futures, classes), (futures, types)
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(Books._fields[:11], by_class)
    shapes |= dict.fromkeys(("used", "kills", "unmet"), by_type)
    shapes |= {"leaked": (*by_class, reasons), "first_empty": (futures, 2)}
    shapes |= {"asset_leaked": (futures, assets, classes, reasons), "asset_first_dry": (futures, assets, classes)}
    shapes |= dict.fromkeys(("day_stopped", "day_leaked", "day_dry"), (futures, days, classes))
    shapes |= dict.fromkeys(("day_used", "day_wanted"), (futures, days, types))
    shapes |= {"stock": (futures, days + 1, types)}
    kinds = {name: np.float64 if name in ("attacked", "spared") else np.int64 for name in Books._fields}
    first = {name: NEVER if "first" in name else 0 for name in Books._fields}
    blank: dict[str, Any] = {name: np.full(shapes[name], first[name], kinds[name]) for name in Books._fields}
    return Books(**blank)
