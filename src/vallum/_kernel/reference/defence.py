"""What stands in one future: classes, assets, magazines, batteries and layers, with plain numbers.

Indexes of classes, assets and interceptor types are those of the Problem.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from vallum._kernel.problem import Problem, Tally


@dataclass(frozen=True)
class ThreatClass:
    """A class of threats (W2) and where it is aimed (R3)."""

    number: int
    word: int
    followed: bool  # threat by threat; else fought as a group (F4)
    decoy_share: float
    decoy_count: int  # used where it is 0 or more
    fail: float
    fails_before: bool
    target_cut: list[float]  # by asset, cumulative
    target_share: list[float]  # by asset


@dataclass(frozen=True)
class Asset:
    """Something to protect (W1)."""

    word: int
    is_country: bool
    rank: int
    people: float


@dataclass
class Magazine:
    """The rounds of one battery, or of several that share them (W4, W5); lists run over interceptor types."""

    ready: list[int]
    reload: list[int]
    on_the_way: list[list[int]]  # by day modulo transit, then type
    room_ready: list[int]
    room_reload: list[int]
    rate: int  # rounds a day from reload stock to ready; -1: at once
    weight: list[float]
    rank: int
    open: bool = False  # a fit battery fires from it, so the depot fills it
    counts: bool = False  # as one that may stand empty: from the first day, or once it has held a round
    lost: bool = False  # with every battery that fired from it
    rounds_return: bool = False  # to the depot, now that it is lost (E11)

    def in_place(self, t: int) -> int:
        """Rounds of type t that are at the site."""
        return self.ready[t] + self.reload[t]

    def held(self, t: int) -> int:
        """Rounds of type t at the site or in transit to it."""
        return self.in_place(t) + sum(load[t] for load in self.on_the_way)

    def has_room(self, t: int) -> bool:
        """Whether one more round of type t may be sent (S5)."""
        return self.held(t) < self.room_ready[t] + self.room_reload[t]


@dataclass
class Battery:
    """One system at one site (W5), or one entry of a soft or team layer, which has no magazine."""

    number: int
    word: int
    first_day: int
    loads: list[list[int]]  # by class: interceptor types in order (E7)
    reserve: list[list[int]]  # by class and type (E6)
    magazine: Magazine | None
    teams: int
    channels: int
    cover_low: list[list[float]]  # by asset and class
    cover_high: list[list[float]]
    availability: float
    repair: float
    reliabilities: list[float]  # by era (E8, K3)
    loss: float
    rounds_return: bool  # to the depot when it is lost (E11)
    reliability: float = 1.0  # of the era
    begun: bool = False
    broken: bool = False
    gone: bool = False
    stands: bool = False  # begun, fit and not gone
    sighted: bool = True  # sees in this wave
    busy: int = 0  # channels used in this wave

    def may_fire(self, c: int) -> bool:
        """Whether it has a magazine and a type for class c."""
        return self.magazine is not None and len(self.loads[c]) > 0

    def defends(self, c: int) -> bool:
        """Whether it stands and may fire at class c."""
        return self.stands and self.may_fire(c)

    def is_there(self) -> bool:
        """Whether it has come and is not lost, fit or not."""
        return self.begun and not self.gone

    def covers(self, c: int, asset: int, location: float) -> bool:
        """Whether it defends this location of the asset against class c (W5)."""
        return self.defends(c) and self.cover_low[asset][c] <= location < self.cover_high[asset][c]


@dataclass
class Layer:
    """Batteries that engage a threat once together (E1b), or a soft or team layer (E9)."""

    word: int
    kind: int
    batteries: list[Battery]
    looks: list[list[int]]  # by class: shots of each look (E4)
    tracks: list[list[float]]  # by era and class (E8, K3)
    successes: list[list[float]]  # by era and class (E9, K3)
    track: list[float] = field(default_factory=list)  # by class, of the era
    success: list[float] = field(default_factory=list)
    treated: int = 0  # threats treated this night


@dataclass
class Future:
    """One future: who comes, what stands, and the rows of the Tally in which it is written down."""

    problem: Problem
    tally: Tally  # rows of this future, without the axis of futures
    chain: int
    first_raids: list[int]  # first raid of each day, and the end
    shift: float
    kill: list[list[list[float]]]  # by era, type and class
    era_start: list[int]
    classes: list[ThreatClass]
    assets: list[Asset]
    magazines: list[Magazine]
    batteries: list[Battery]
    layers: list[Layer]
    depot: list[int]  # rounds by type
    arrivals: list[list[int]]  # by day and type
    #: Nights with a real threat, and of these the spared ones, by asset and class.
    attacked: Counter[tuple[int, int]] = field(default_factory=Counter)
    spared: Counter[tuple[int, int]] = field(default_factory=Counter)

    def enter_era(self, day: int) -> list[list[float]]:
        """Let the last era that has begun hold; return its kill probabilities, by type and class (E3, K3)."""
        era = max(e for e, start in enumerate(self.era_start) if e == 0 or start <= day)
        for layer in self.layers:
            layer.track, layer.success = layer.tracks[era], layer.successes[era]
        for battery in self.batteries:
            battery.reliability = battery.reliabilities[era]
        return self.kill[era]


def future_of(problem: Problem, tally: Tally, f: int) -> Future:
    """Return future f as it is before its first day."""
    magazines = magazines_of(problem, f)
    batteries = batteries_of(problem, f, magazines)
    return Future(
        problem=problem,
        tally=Tally(*(rows[f] for rows in tally)),
        chain=int(problem.chains[f]),
        first_raids=problem.raid_start[f].tolist(),
        shift=in_world(problem.shift, f),
        kill=in_world(problem.kill, f),
        era_start=in_world(problem.era_start, f),
        classes=classes_of(problem, f),
        assets=assets_of(problem),
        magazines=magazines,
        batteries=batteries,
        layers=layers_of(problem, f, batteries),
        depot=in_world(problem.stock, f),
        arrivals=problem.arrivals[f].tolist(),
    )


def in_world(values: Any, f: int) -> Any:
    """The row of future f in an array that has worlds, as plain numbers."""
    return values[f % len(values)].tolist()


def in_eras(p: Problem, values: Any, f: int) -> list[Any]:
    """The rows of future f by era, in an array that may have one row for all eras (K3)."""
    rows: list[Any] = in_world(values, f)
    return rows if len(rows) > 1 else rows * p.kill.shape[1]


def classes_of(p: Problem, f: int) -> list[ThreatClass]:
    """The classes of threats in future f."""
    columns = zip(
        range(len(p.class_word)),
        p.class_word.tolist(),
        (p.single == 1).tolist(),
        in_world(p.decoy_share, f),
        in_world(p.decoy_count, f),
        in_world(p.fail, f),
        (p.fail_before == 1).tolist(),
        in_world(p.target_cut, f),
        in_world(p.target_share, f),
        strict=True,
    )
    return [ThreatClass(*column) for column in columns]


def assets_of(p: Problem) -> list[Asset]:
    """The assets, the same in every future."""
    is_country = (p.country == 1).tolist()
    columns = zip(p.asset_word.tolist(), is_country, p.asset_rank.tolist(), p.asset_people.tolist(), strict=True)
    return [Asset(*column) for column in columns]


def magazines_of(p: Problem, f: int) -> list[Magazine]:
    """Empty magazines."""
    types = p.loads.shape[2]
    return [
        Magazine(
            ready=[0] * types,
            reload=[0] * types,
            on_the_way=[[0] * types for _ in range(p.transit)],
            room_ready=p.room_ready[m].tolist(),
            room_reload=p.room_reload[m].tolist(),
            rate=in_world(p.reload_rate, f)[m],
            weight=in_world(p.weight, f)[m],
            rank=int(p.magazine_rank[m]),
        )
        for m in range(len(p.magazine_rank))
    ]


def batteries_of(p: Problem, f: int, magazines: list[Magazine]) -> list[Battery]:
    """The batteries of future f, each with its magazine."""
    columns = zip(
        range(len(p.battery_word)),
        p.battery_word.tolist(),
        in_world(p.battery_from, f),
        [[list(takewhile(is_type, loads)) for loads in p.loads[s].tolist()] for s in p.battery_system],
        [in_world(p.reserve, f)[s] for s in p.battery_system],
        [magazines[m] if m >= 0 else None for m in p.magazine],
        in_world(p.teams, f),
        in_world(p.channels, f),
        in_world(p.cover_low, f),
        in_world(p.cover_high, f),
        in_world(p.availability, f),
        in_world(p.repair, f),
        list(zip(*in_eras(p, p.reliability, f), strict=True)),
        in_world(p.loss, f),
        (p.loss_to_depot == 1).tolist(),
        strict=True,
    )
    return [Battery(*column) for column in columns]


def is_type(t: int) -> bool:
    """Whether an entry of a load list is an interceptor type; the first that is not ends the list."""
    return t >= 0


def layers_of(p: Problem, f: int, batteries: list[Battery]) -> list[Layer]:
    """The layers of future f, outer to inner."""
    return [
        Layer(
            word=int(p.layer_word[number]),
            kind=int(p.layer_kind[number]),
            batteries=batteries[p.layer_start[number] : p.layer_start[number + 1]],
            looks=[list(takewhile(bool, looks)) for looks in p.salvo[number].tolist()],
            tracks=[rows[number] for rows in in_eras(p, p.track, f)],
            successes=[rows[number] for rows in in_eras(p, p.success, f)],
        )
        for number in range(len(p.layer_kind))
    ]
