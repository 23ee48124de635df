"""The same model in NumPy, vectorised over futures: only days, classes, layers, looks and turns are loops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.plain import F64, I64, Books, Layer, Parameters, blank_books
from vallum.terms import BLIND, DRY, MISSED, NEVER, REASONS, SATURATED, UNCOVERED

Flags = npt.NDArray[np.bool_]
#: What a threat that drew no shot has met.
SAW_DRY, SAW_FULL, SAW_NOTHING = 1, 2, 4


@dataclass(frozen=True)
class State:
    """The state of all futures at once, and what is counted."""

    ready: I64  # (F, B)
    reload: I64  # (F, B)
    depot: I64  # (F, T)
    stands: Flags  # (F, B)
    busy: I64  # (F, B)
    massed: int
    wanted: I64  # (F, T) in the campaign so far
    books: Books


@dataclass(frozen=True)
class Fixed:
    """Parameters as arrays."""

    kind: I64
    room_ready: I64
    room: I64
    weight: F64
    channels: I64
    availability: F64
    kill: F64  # (T, C)
    by_kind: list[I64]  # batteries of each type, in the order in which ties go
    reach: list[list[I64]]  # by class and layer: (A, most), -1 beyond the last
    people: F64


def _fixed(p: Parameters) -> Fixed:
    order = np.argsort(p.rank, kind="stable")
    kind = np.array(p.kind)
    return Fixed(
        kind=kind,
        room_ready=np.array(p.room_ready),
        room=np.array(p.room),
        weight=np.array(p.weight),
        channels=np.array(p.channels),
        availability=np.array(p.availability),
        kill=np.array(p.kill),
        by_kind=[order[kind[order] == t] for t in range(len(p.stock))],
        reach=[[_padded(layer) for layer in layers] for layers in p.layers],
        people=np.array(p.people),
    )


def _padded(layer: Layer) -> I64:
    most = max(len(row) for row in layer.reach)
    return np.array([row + [-1] * (most - len(row)) for row in layer.reach])


def _fill(x: Fixed, s: State) -> None:
    """Share the depot out: each round to the lowest (held + 1) / weight (S5), all futures at a time.

    The rounds that a future can give are those at the lowest levels of a sorted table of levels.
    """
    for t, batteries in enumerate(x.by_kind):
        givers = np.flatnonzero(s.depot[:, t] > 0)
        if len(givers) == 0 or len(batteries) == 0:
            continue
        held = s.ready[np.ix_(givers, batteries)] + s.reload[np.ix_(givers, batteries)]
        free = np.where(s.stands[np.ix_(givers, batteries)], x.room[batteries] - held, 0)
        given = np.minimum(free, _shares(held, free, x.weight[batteries], s.depot[givers, t]))
        s.reload[np.ix_(givers, batteries)] += given
        s.depot[givers, t] -= given.sum(axis=1)
    moved = np.minimum(s.reload, x.room_ready - s.ready)
    s.ready[:] += moved
    s.reload[:] -= moved


def _shares(held: I64, free: I64, weight: F64, rounds: I64) -> I64:
    """How many of its rounds a future gives to each battery. (giver, battery)"""
    enough = free.sum(axis=1) <= rounds
    given = np.where(enough[:, None], free, 0)
    rest = np.flatnonzero(~enough)
    if len(rest) == 0:
        return given
    most = int(min(free[rest].max(), rounds[rest].max()))
    step = np.arange(1, most + 1)
    level = (held[rest, :, None] + step) / weight[:, None]
    level[step > free[rest, :, None]] = np.inf
    flat = level.reshape(len(rest), -1)
    last = np.sort(flat, axis=1)[np.arange(len(rest)), rounds[rest] - 1]
    below = (level < last[:, None, None]).sum(axis=2)
    ties = (level == last[:, None, None]).sum(axis=2)
    left = rounds[rest] - below.sum(axis=1)
    before = np.cumsum(ties, axis=1) - ties
    given[rest] = below + np.clip(left[:, None] - before, 0, ties)
    return given


@dataclass(frozen=True)
class Raid:
    """The threats of one class in one night: (F, most) each."""

    c: int
    asset: I64
    came: Flags
    alive: Flags
    fired: I64
    saw: I64
    short: Flags
    gun: I64  # the battery that fired last, in this layer; -1 for none
    starved: Flags  # in this layer, for its first shot

    @property
    def futures(self) -> I64:
        """The future of each threat."""
        return np.broadcast_to(np.arange(len(self.came))[:, None], self.came.shape)


def _take(x: Fixed, s: State, raid: Raid, f: I64, i: int, at: I64) -> I64:
    """One round each for threat i of the futures f from batteries `at` in order: who fires, or -1 (E2, E5)."""
    gun, row = raid.gun[f, i], np.arange(len(f))
    standing = (at >= 0) & s.stands[f[:, None], at]
    known = at == gun[:, None]
    full = standing & ~known & (s.busy[f[:, None], at] >= x.channels[at])
    loaded = s.ready[f[:, None], at] > 0
    able = standing & ~full & loaded
    first = able.argmax(axis=1)
    fires = able[row, first]
    b = np.where(fires, at[row, first], -1)
    s.ready[f[fires], b[fires]] -= 1
    s.busy[f[fires], b[fires]] += ~known[row, first][fires]
    raid.gun[f[fires], i] = b[fires]
    lacks = ~fires & (standing & ~full & ~loaded).any(axis=1)
    raid.saw[f, i] |= np.where(fires, 0, SAW_FULL * full.any(axis=1) + SAW_DRY * lacks)
    raid.short[f[lacks], i] = True
    raid.starved[f[lacks], i] = raid.gun[f[lacks], i] < 0
    s.books.unmet[f[lacks], x.kind[at[lacks, 0]]] += 1
    return b


def _salvo(x: Fixed, s: State, raid: Raid, rng: np.random.Generator, f: I64, i: int, at: I64, shots: int) -> None:
    """A salvo at threat i of the futures f (E3)."""
    hit = np.zeros(len(f), bool)
    for _ in range(shots):
        b = _take(x, s, raid, f, i, at)
        shot = b >= 0
        kind = x.kind[b[shot]]
        s.books.used[f[shot], kind] += 1
        raid.fired[f[shot], i] += 1
        kills = rng.random(len(kind)) < x.kill[kind, raid.c]
        s.books.kills[f[shot], kind] += kills & ~hit[shot]
        hit[shot] |= kills
    raid.alive[f[hit], i] = False


def _layer(x: Fixed, s: State, raid: Raid, rng: np.random.Generator, reach: I64, layer: Layer) -> None:
    """One layer, look by look, threat by threat in the order of arrival (E1, E4)."""
    at = reach[raid.asset]
    covered = ((at >= 0) & s.stands[raid.futures[:, :, None], at]).any(axis=2)
    met = raid.alive & covered
    seen = met & (rng.random(covered.shape) < layer.track)
    raid.saw[met & ~seen] |= SAW_NOTHING
    raid.gun[:], raid.starved[:] = -1, False
    for look, shots in enumerate(layer.looks):
        going = seen & raid.alive & ((look == 0) | (raid.gun >= 0) | raid.starved)
        kind = x.kind[at[:, :, 0]]
        np.add.at(s.wanted, (raid.futures[going], kind[going]), shots)
        if look > 0:
            starved = going & raid.starved
            np.add.at(s.books.unmet, (raid.futures[starved], kind[starved]), shots)
            going &= ~starved
        for i in range(going.shape[1]):
            f = np.flatnonzero(going[:, i])
            if len(f):
                _salvo(x, s, raid, rng, f, i, at[f, i], shots)


def _settle(x: Fixed, s: State, raid: Raid, day: int) -> None:
    """Count what was stopped, what leaked and why (E10, O)."""
    c, books, leaks = raid.c, s.books, raid.alive
    why = np.select(
        [raid.fired > 0, raid.saw & SAW_DRY > 0, raid.saw & SAW_FULL > 0, raid.saw & SAW_NOTHING > 0],
        [MISSED, DRY, SATURATED, BLIND],
        UNCOVERED,
    )
    shape = (len(leaks), len(x.people), len(REASONS))
    cell = (raid.futures * shape[1] + raid.asset) * shape[2] + why
    leaked = np.bincount(cell[leaks], minlength=int(np.prod(shape))).reshape(shape)
    at = raid.futures * shape[1] + raid.asset
    came = np.bincount(at[raid.came], minlength=shape[0] * shape[1]).reshape(shape[:2])
    shots = np.bincount(at[raid.came], raid.fired[raid.came], shape[0] * shape[1]).reshape(shape[:2])
    stopped = (raid.came & ~leaks).sum(axis=1)
    dry, leaked_here = leaked[:, :, DRY], leaked.sum(axis=2)
    books.stopped[:, c] += stopped
    books.day_stopped[:, day, c] += stopped
    books.leaked[:, c] += leaked.sum(axis=1)
    books.asset_leaked[:, :, c] += leaked
    books.day_leaked[:, day, c] += leaked_here.sum(axis=1)
    books.day_dry[:, day, c] += dry.sum(axis=1)
    books.thin[:, c] += (leaks & (raid.fired > 0) & raid.short).sum(axis=1)
    books.shot_at[:, c] += (raid.fired > 0).sum(axis=1)
    books.attacked[:, c] += (came > 0) @ x.people
    books.spared[:, c] += ((came > 0) & (leaked_here == 0)) @ x.people
    books.raid_nights[:, c] += came.any(axis=1)
    books.clean_nights[:, c] += came.any(axis=1) & ~leaked_here.any(axis=1)
    books.dry_nights[:, c] += dry.any(axis=1)
    books.massed_dry[:, c] += ((came >= s.massed) & (shots == 0) & (dry > 0)).any(axis=1)
    books.first_dry[:, c] = np.minimum(books.first_dry[:, c], np.where(dry.any(axis=1), day, NEVER))
    books.asset_first_dry[:, :, c] = np.minimum(books.asset_first_dry[:, :, c], np.where(dry > 0, day, NEVER))


def _raid(x: Fixed, s: State, p: Parameters, rng: np.random.Generator, c: int, day: int) -> None:
    """The raid of one class in all futures (E1, R3)."""
    launched = p.raids[:, day, c]
    most = int(launched.max())
    if most == 0:
        return
    came = np.arange(most) < launched[:, None]
    asset = np.minimum(np.searchsorted(p.cut[c], rng.random(came.shape), side="right"), len(p.cut[c]) - 1)
    none, no = np.zeros(came.shape, np.int64), np.zeros_like(came)
    raid = Raid(c, asset, came, came.copy(), none, none.copy(), no, none - 1, no.copy())
    for reach, layer in zip(x.reach[c], p.layers[c], strict=True):
        _layer(x, s, raid, rng, reach, layer)
    _settle(x, s, raid, day)


def _count(x: Fixed, s: State, midnight: int) -> None:
    """Stocks at midnight, and the first empty magazines (C2, O)."""
    books, held = s.books, s.ready + s.reload
    books.stock[:, midnight] = s.depot
    for t, batteries in enumerate(x.by_kind):
        books.stock[:, midnight, t] += held[:, batteries].sum(axis=1)
    for column, empty in enumerate(((held == 0).any(axis=1), (held == 0).all(axis=1))):
        books.first_empty[:, column] = np.minimum(books.first_empty[:, column], np.where(empty, midnight, NEVER))


def _begin(p: Parameters) -> State:
    shape, types = (p.futures, len(p.kind)), len(p.stock)
    return State(
        ready=np.zeros(shape, np.int64),
        reload=np.zeros(shape, np.int64),
        depot=np.tile(np.array(p.stock), (p.futures, 1)),
        stands=np.ones(shape, bool),
        busy=np.zeros(shape, np.int64),
        massed=p.massed,
        wanted=np.zeros((p.futures, types), np.int64),
        books=blank_books(p),
    )


def nights(p: Parameters, seed: int) -> Books:
    """Fight every future, all at a time."""
    rng, x, s = np.random.default_rng(seed), _fixed(p), _begin(p)
    _fill(x, s)
    _count(x, s, 0)
    for day in range(p.days):
        used, wanted = s.books.used.copy(), s.wanted.copy()
        s.depot[:] += p.arrivals[:, day]
        s.stands[:] = rng.random(s.stands.shape) < x.availability
        s.busy[:] = 0
        _fill(x, s)
        for c in p.priority:
            _raid(x, s, p, rng, c, day)
        s.books.day_used[:, day], s.books.day_wanted[:, day] = s.books.used - used, s.wanted - wanted
        _count(x, s, day + 1)
    return s.books
