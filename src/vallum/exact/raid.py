"""One layer of one class against one magazine, exactly: the recursion behind the twins (rules E2-E8, R4).

Threats of a class are exchangeable, so the state is a few counts: threats still alive, rounds left, the look.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from vallum.exact import checks
from vallum.exact.checks import Array
from vallum.exact.laws import binomial, sure

SPREADS = ("turn", "even")
MOST_THREATS = 1_000
# Looks and waves multiply the states of the recursion; these limits keep a call to a few seconds.
MOST_THREATS_BY_LOOKS = {1: 300, 2: 120, 3: 60}
MOST_THREATS_MANY_LOOKS = 30
MOST_THREATS_TIMES_WAVES = 100
MOST_ROUNDS = 3_000
MOST_LOOKS = 6
MOST_SHOTS = 50
# Rows of a `Sums`: what is worth knowing of a raid besides the rounds used.
ALL, NONE_DRY, NONE_LEFT, LEFT, DRY = range(5)


@dataclass(frozen=True)
class Layer:
    """p per shot, a doctrine of salvos, and what can go wrong; `stock` None is ample."""

    p: float
    salvos: tuple[int, ...]
    stock: int | None = None
    spread: str = "turn"
    track: float = 1.0
    reliability: float = 1.0
    channels: int | None = None
    reserve: int = 0
    waves: int = 1

    @property
    def shots(self) -> int:
        """Most rounds that one threat can draw."""
        return sum(self.salvos)

    def magazine(self, threats: int) -> int:
        """Rounds that so many threats can draw at most out of this stock."""
        most = threats * self.shots + self.reserve
        return most if self.stock is None else min(self.stock, most)


FIELDS = ("stock", "spread", "track", "reliability", "channels", "reserve", "waves")


def salvos_of(name: str, value: object) -> tuple[int, ...]:
    """A shot doctrine (E4): [2] is a salvo of two; [1, 1] is shoot, look, shoot; 2 stands for [2]."""
    values = checks.one_or_many(name, value, lambda where, each: checks.whole(where, each, 1, MOST_SHOTS))
    if len(values) > MOST_LOOKS:
        checks.refuse(f"length of {name}", len(values), f"1 to {MOST_LOOKS} looks")
    return tuple(values)


def layer_of(name: str, spec: object) -> Layer:
    """Check a mapping with p, salvos and any of FIELDS."""
    given = checks.fields(name, spec, ("p", "salvos"), FIELDS)
    where = f"{name}." if name else ""

    def count(key: str, low: int, high: int) -> int | None:
        value = given.get(key)
        return None if value is None else checks.whole(where + key, value, low, high)

    return Layer(
        p=checks.probability(where + "p", given["p"]),
        salvos=salvos_of(where + "salvos", given["salvos"]),
        stock=count("stock", 0, MOST_ROUNDS),
        spread=checks.choice(where + "spread", given.get("spread", "turn"), SPREADS),
        track=checks.probability(where + "track", given.get("track", 1.0)),
        reliability=checks.probability(where + "reliability", given.get("reliability", 1.0)),
        channels=count("channels", 0, 10**6),
        reserve=count("reserve", 0, MOST_ROUNDS) or 0,
        waves=count("waves", 1, MOST_SHOTS) or 1,
    )


def most_threats(layer: Layer) -> int:
    """Largest raid that the recursion takes in a few seconds."""
    if len(layer.salvos) == 1 and layer.track == 1.0 and layer.waves == 1:
        return MOST_THREATS
    most = MOST_THREATS_BY_LOOKS.get(len(layer.salvos), MOST_THREATS_MANY_LOOKS)
    return most if layer.waves == 1 else min(most, MOST_THREATS_TIMES_WAVES // layer.waves)


def check_size(layer: Layer, threats: int) -> None:
    """Refuse what would take minutes."""
    most = most_threats(layer)
    if threats > most:
        doctrine = f"{len(layer.salvos)} looks and {layer.waves} waves"
        checks.refuse("the number of threats in a raid", threats, f"up to {most} with {doctrine}")


def allocate(threats: int, rounds: int, salvo: int, spread: str) -> dict[int, int]:
    """Shots at each threat in one look (E5), as {shots: threats}.

    >>> allocate(10, 14, 2, "turn"), allocate(10, 14, 2, "even")
    ({2: 7, 0: 3}, {2: 4, 1: 6})
    """
    if rounds >= threats * salvo:
        plan = [(salvo, threats)]
    elif spread == "even":
        each, more = divmod(rounds, threats)
        plan = [(each + 1, more), (each, threats - more)]
    else:
        full, part = divmod(rounds, salvo)
        plan = [(salvo, full), (part, min(part, 1)), (0, threats - full - min(part, 1))]
    return {shots: number for shots, number in plan if number}


@dataclass(frozen=True)
class Sums:
    """By rounds used: total probability, that of no dry threat, that of no leaker, and two means."""

    def settled(self, left: int) -> Array:
        """`left` threats leak, nothing more is fired."""
        return np.array([[1.0], [1.0], [float(left == 0)], [float(left)], [0.0]])

    def dry(self, table: Array, dry: int) -> Array:
        """Of the threats that were left, `dry` had no round."""
        if dry:
            table[NONE_DRY] = 0.0
            table[DRY] += dry * table[ALL]
        return table

    def more(self, table: Array, left: int) -> Array:
        """Other threats, never engaged, leak as well."""
        if left:
            table[NONE_LEFT] = 0.0
            table[LEFT] += left * table[ALL]
        return table

    def then(self, first: Array, rest: Array) -> Array:
        """One wave (a single column) and, independently, all that follows."""
        table = first[:, None] * rest
        for mean in (LEFT, DRY):
            table[mean] = first[ALL] * rest[mean] + first[mean] * rest[ALL]
        return table


@dataclass(frozen=True)
class Counts:
    """For each number of rounds used: the distribution of leakers 0..most."""

    most: int

    def settled(self, left: int) -> Array:
        """`left` threats leak, nothing more is fired."""
        return sure(left, self.most)[:, None]

    def dry(self, table: Array, dry: int) -> Array:
        """Dry threats are among the leakers already."""
        return table

    def more(self, table: Array, left: int) -> Array:
        """Other threats, never engaged, leak as well."""
        return table if left == 0 else np.vstack((np.zeros((left, table.shape[1])), table[:-left]))

    def then(self, first: Array, rest: Array) -> Array:
        """One wave (a single column) and, independently, all that follows."""
        table = np.zeros_like(rest)
        for left in np.flatnonzero(first):
            table[left:] += first[left] * rest[: len(rest) - left]
        return table


def _pad(table: Array, width: int) -> Array:
    return np.hstack((table, np.zeros((len(table), width - table.shape[1]))))


def mix(parts: list[tuple[float, int, Array]]) -> Array:
    """Weighted sum of tables, each moved right by the rounds already used."""
    width = max(used + table.shape[1] for _, used, table in parts)
    total = np.zeros((len(parts[0][2]), width))
    for weight, used, table in parts:
        total[:, used : used + table.shape[1]] += weight * table
    return total


@dataclass(frozen=True)
class Fight:
    """A raid against a layer: `outcome(threats, stock)` is a table (row of the ledger, rounds used)."""

    layer: Layer
    ledger: Sums | Counts
    _looks: dict[tuple[int, int, int], Array] = field(default_factory=dict)
    _waves: dict[tuple[int, int], Array] = field(default_factory=dict)
    _raids: dict[tuple[int, int, int], Array] = field(default_factory=dict)

    def outcome(self, threats: int, stock: int) -> Array:
        """The whole raid, wave after wave; a stock beyond what can be drawn changes nothing."""
        return self._raid(threats, stock, self.layer.waves)

    def _raid(self, threats: int, stock: int, waves: int) -> Array:
        if waves == 1 or threats == 0:
            return self._wave(threats, stock)
        stock = min(stock, threats * self.layer.shots + self.layer.reserve)
        key = (threats, stock, waves)
        if key not in self._raids:
            shares = binomial(threats, 1.0 / waves)
            self._raids[key] = mix(
                [part for here, share in enumerate(shares) for part in self._split(key, here, share)]
            )
        return self._raids[key]

    def _split(self, key: tuple[int, int, int], here: int, share: float) -> list[tuple[float, int, Array]]:
        threats, stock, waves = key
        first = self._wave(here, stock)
        return [
            (
                share,
                used,
                self.ledger.then(first[:, used], self._raid(threats - here, stock - used, waves - 1)),
            )
            for used in np.flatnonzero(first.any(axis=0)).tolist()
        ]

    def _wave(self, threats: int, stock: int) -> Array:
        layer = self.layer
        usable = min(max(0, stock - layer.reserve), threats * layer.shots)
        key = (threats, usable)
        if key not in self._waves:
            seen = binomial(threats, layer.track)
            parts = [
                (layer.reliability * weight, 0, self._seen(threats, number, usable))
                for number, weight in enumerate(seen)
                if weight > 0.0
            ]
            self._waves[key] = mix([(1.0 - layer.reliability, 0, self.ledger.settled(threats)), *parts])
        return self._waves[key]

    def _seen(self, threats: int, seen: int, usable: int) -> Array:
        layer = self.layer
        engaged = seen if layer.channels is None else min(seen, layer.channels)
        per_threat = 1 if layer.spread == "even" else layer.salvos[0]
        shot_at = min(engaged, math.ceil(usable / per_threat))
        table = self._look(shot_at, usable, 0)
        # A dry battery takes no channel (E2): all that is seen after the last round counts as dry.
        dry = seen - shot_at if shot_at < engaged else 0
        return self.ledger.dry(self.ledger.more(table.copy(), threats - shot_at), dry)

    def _look(self, alive: int, rounds: int, look: int) -> Array:
        layer = self.layer
        if look == len(layer.salvos) or alive == 0:
            return self.ledger.settled(alive)
        rounds = min(rounds, alive * sum(layer.salvos[look:]))
        key = (alive, rounds, look)
        if key not in self._looks:
            plan = allocate(alive, rounds, layer.salvos[look], layer.spread)
            fired = sum(shots * number for shots, number in plan.items())
            parts = [
                (weight, fired, self._look(left, rounds - fired, look + 1))
                for left, weight in enumerate(survivors(plan, layer.p))
                if weight > 0.0
            ]
            self._looks[key] = mix(parts)
        return self._looks[key]


def survivors(plan: Mapping[int, int], p: float) -> Array:
    """Distribution of how many threats outlive a plan {shots: threats}."""
    total = np.ones(1)
    for shots, number in plan.items():
        total = np.convolve(total, binomial(number, (1.0 - p) ** shots))
    return total
