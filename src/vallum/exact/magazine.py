"""A raid against finite magazines: looks, channels, waves, layers in series (X1, X2, X5; rules E2-E8, R4)."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from vallum.exact import checks
from vallum.exact.checks import Answer, Array
from vallum.exact.laws import binomial, sure
from vallum.exact.raid import (
    ALL,
    DRY,
    LEFT,
    MOST_ROUNDS,
    MOST_THREATS,
    NONE_DRY,
    Counts,
    Fight,
    Layer,
    Sums,
    allocate,
    check_size,
    layer_of,
    salvos_of,
    survivors,
)

MOST_LAYERS = 8
MOST_SPLIT_THREATS = 60
MOST_SPLIT_WORK = 100_000


def leakers_finite(
    threats: int,
    interceptors: int | None = None,
    p: float | None = None,
    salvos: int | Sequence[int] = (1,),
    spread: str = "turn",
    track: float = 1.0,
    reliability: float = 1.0,
    channels: int | None = None,
    reserve: int = 0,
    waves: int = 1,
    layers: Sequence[Mapping[str, object]] | None = None,
) -> Answer:
    """Distribution of leakers of one raid against a finite magazine (X1, X2, X5; rules E2-E6, E8, R4).

    threats       0..1,000 with one salvo and track 1, else 0..300, 120, 60, 30 with 1, 2, 3, more looks; and
                  threats x waves at most 100
    interceptors  rounds in the magazine; none: ample
    p             kill probability per shot
    salvos        doctrine: 2 or [2] two at once; [1, 1] shoot, look, shoot. A later look fires at survivors
                  only, with what the first looks left
    spread        `turn`: each threat its whole salvo until empty; `even`: one at each, then a second, ...
    track         chance that a threat is seen, one draw for all its shots; unseen threats cost nothing
    reliability   chance, per wave, that the layer engages at all
    channels      threats engaged at most per wave; a look at survivors needs no new channel; a dry magazine
                  no channel
    reserve       rounds kept back
    waves         each threat falls in one of so many waves with equal chance; channels renew, rounds do not
    layers        instead of p...waves: list of {p, salvos, stock, spread, track, reliability, channels,
                  reserve}, outer to inner, each with its own magazine; `reliability` beside it is that of the
                  whole defence
    Returns no_leaker, mean_leakers, leakers (probabilities of 0..threats), mean_used, used (probabilities of
    0, 1, ...; one layer only), any_dry = P(some seen threat finds a channel but no round; one layer only),
    mean_dry, shots (first look, all seen, one wave, one layer), layers (mean_arriving, mean_used, mean_dry of
    each; none without layers).
    Source: recursion over the looks on (alive, rounds), binomial survivors; Soland 1987, Operations Research
    35(4), for the looks.

    >>> answer = leakers_finite(6, 9, 0.65, [1, 1])
    >>> round(answer["no_leaker"], 6), round(answer["mean_leakers"], 6), round(answer["mean_used"], 6)
    (0.437052, 0.82703, 7.958416)
    >>> leakers_finite(10, 14, 0.7, 2)["shots"]
    [2, 2, 2, 2, 2, 2, 2, 0, 0, 0]
    """
    threats = checks.whole("threats", threats, 0, MOST_THREATS)
    if layers is not None:
        if p is not None or interceptors is not None:
            checks.refuse("layers", layers, "only without p and interceptors (they stand in each layer)")
        series = checks.many("layers", layers, layer_of, MOST_LAYERS)
        return _series(threats, series, checks.probability("reliability", reliability))
    rounds = None if interceptors is None else checks.whole("interceptors", interceptors, 0, MOST_ROUNDS)
    spec = {
        "stock": rounds,
        "p": p, "salvos": salvos, "spread": spread, "track": track, "reliability": reliability,
        "channels": channels, "reserve": reserve, "waves": waves,
    }  # fmt: skip
    layer = layer_of("", spec)
    check_size(layer, threats)
    return _one_layer(threats, layer)


def _one_layer(threats: int, layer: Layer) -> Answer:
    stock = layer.magazine(threats)
    counts = Fight(layer, Counts(threats)).outcome(threats, stock)
    sums = Fight(layer, Sums()).outcome(threats, stock)
    leakers, used = counts.sum(axis=1), sums[ALL]
    return {
        "no_leaker": float(leakers[0]),
        "mean_leakers": float(sums[LEFT].sum()),
        "leakers": checks.floats(leakers),
        "mean_used": float(used @ np.arange(len(used))),
        "used": checks.floats(used),
        "any_dry": float(max(0.0, used.sum() - sums[NONE_DRY].sum())),
        "mean_dry": float(sums[DRY].sum()),
        "shots": _first_look(threats, layer, stock),
        "layers": None,
    }


def _first_look(threats: int, layer: Layer, stock: int) -> list[int] | None:
    if layer.waves > 1:
        return None
    engaged = threats if layer.channels is None else min(threats, layer.channels)
    usable = max(0, stock - layer.reserve)
    plan = allocate(engaged, usable, layer.salvos[0], layer.spread) if engaged else {}
    shots = [shots for shots, number in plan.items() for _ in range(number)]
    return shots + [0] * (threats - len(shots))


def _series(threats: int, series: list[Layer], reliability: float) -> Answer:
    """Threats meet one layer after the other; only their number matters to the next."""
    alive = sure(threats, threats)
    told = []
    for place, layer in enumerate(series):
        if layer.waves > 1:
            checks.refuse(f"layers[{place}].waves", layer.waves, "1 where layers are given")
        check_size(layer, threats)
        alive, story = _through(alive, layer, reliability)
        told.append(story)
    nothing_works = sure(threats, threats)
    leakers = reliability * alive + (1.0 - reliability) * nothing_works
    return {
        "no_leaker": float(leakers[0]),
        "mean_leakers": float(leakers @ np.arange(threats + 1)),
        "leakers": checks.floats(leakers),
        "mean_used": math.fsum(each["mean_used"] for each in told),
        "used": None,
        "any_dry": None,
        "mean_dry": math.fsum(each["mean_dry"] for each in told),
        "shots": None,
        "layers": told,
    }


def _through(alive: Array, layer: Layer, reliability: float) -> tuple[Array, dict[str, float]]:
    """The distribution of threats behind a layer, given that before it, and what the layer did."""
    most = len(alive) - 1
    by_count, by_sum = Fight(layer, Counts(most)), Fight(layer, Sums())
    behind, used, dry = np.zeros(most + 1), 0.0, 0.0
    for number, weight in enumerate(alive):
        stock = layer.magazine(number)
        behind += weight * by_count.outcome(number, stock).sum(axis=1)
        sums = by_sum.outcome(number, stock)
        used += weight * float(sums[ALL] @ np.arange(sums.shape[1]))
        dry += weight * float(sums[DRY].sum())
    arriving = reliability * float(alive @ np.arange(most + 1)) + (1.0 - reliability) * most
    return behind, {"mean_arriving": arriving, "mean_used": reliability * used, "mean_dry": reliability * dry}


def look_shoot_look(
    p: float,
    salvos: int | Sequence[int] = (1, 1),
    track: float = 1.0,
    reliability: float = 1.0,
    threats: int = 1,
) -> Answer:
    """Ample stock: mean shots s1 + q**s1 s2 + q**(s1+s2) s3 + ..., kill 1 - q**(s1+s2+...) (X2, E4).

    p, track, reliability as in `salvo_kill`; salvos one salvo size per look; threats 0..1,000.
    Returns mean_shots (per threat), kill (per threat), leak, shots_per_kill, shots (probability by number of
    shots, as [shots, probability] pairs), and for the raid mean_used, mean_leakers, leakers (probabilities of
    0..threats; all fail together with 1 - reliability), no_leaker. For finite magazines use `leakers_finite`.
    Source: Wilkening 1999, Science & Global Security 8(2); geometric sums of independent shots.

    >>> answer = look_shoot_look(0.6, [2, 1])
    >>> round(answer["mean_shots"], 6), round(answer["kill"], 6)
    (2.16, 0.936)
    """
    chance, seen = checks.probability("p", p), checks.probability("track", track)
    works = checks.probability("reliability", reliability)
    doctrine, threats = salvos_of("salvos", salvos), checks.whole("threats", threats, 0, MOST_THREATS)
    shots = shots_law(chance, doctrine, seen)
    mean, kill = (
        math.fsum(n * weight for n, weight in shots.items()),
        seen * (1 - (1 - chance) ** sum(doctrine)),
    )
    leakers = works * binomial(threats, 1.0 - kill)
    leakers[-1] += 1.0 - works
    return {
        "mean_shots": works * mean,
        "kill": works * kill,
        "leak": 1.0 - works * kill,
        "shots_per_kill": mean / kill if kill > 0.0 else None,
        "shots": [[0, 1.0 - works + works * shots.pop(0, 0.0)], *([n, works * w] for n, w in shots.items())],
        "mean_used": threats * works * mean,
        "mean_leakers": threats * (1.0 - works * kill),
        "leakers": checks.floats(leakers),
        "no_leaker": float(leakers[0]),
    }


def shots_law(p: float, salvos: Sequence[int], track: float) -> dict[int, float]:
    """Rounds drawn by one threat when stock is ample: {rounds: probability}."""
    law = {0: 1.0 - track}
    alive, fired = track, 0
    for look, salvo in enumerate(salvos):
        fired += salvo
        left = alive * (1.0 - p) ** salvo if look < len(salvos) - 1 else 0.0
        law[fired] = alive - left
        alive = left
    return law


def two_look_split(
    rounds: int, threats: int, p: float | Sequence[float], goal: str = "no_leaker", looks: int = 2
) -> Answer:
    """How many of `rounds` to fire at the first look, when survivors are seen before the next (X7, abstract).

    rounds   0..500; threats 1..60; p kill probability per shot, or one per look; looks 1..6, default 2
    goal     `no_leaker` (maximise its probability) or `mean_leakers` (minimise)
    V_k(n, m) = best over f of E V_(k-1)(survivors of n under f rounds spread evenly, m - f); all rounds may
    be fired at the last look. Even spreading within a look is optimal for like threats (checked by
    enumeration in the tests).
    Returns first_look (smallest optimum), value, by_first_look (value for 0..rounds), all_at_once (one look
    only).
    Source: Soland 1987, Operations Research 35(4); dynamic programming.

    >>> answer = two_look_split(9, 6, 0.65)
    >>> answer["first_look"], round(answer["value"], 6)
    (6, 0.560391)
    """
    rounds = checks.whole("rounds", rounds, 0, 500)
    threats = checks.whole("threats", threats, 1, MOST_SPLIT_THREATS)
    looks = checks.whole("looks", looks, 1, MOST_LAYERS)
    chances = checks.one_or_many("p", p, checks.probability)
    chances = chances * looks if len(chances) == 1 else chances
    if len(chances) != looks:
        checks.refuse("length of p", len(chances), f"1, or the number of looks ({looks})")
    work = (looks - 2) * threats * rounds**2 + rounds * threats
    if work > MOST_SPLIT_WORK:
        checks.refuse("(looks - 2) x threats x rounds**2", work, f"up to {MOST_SPLIT_WORK:,}")
    split = _Split(chances, checks.choice("goal", goal, ("no_leaker", "mean_leakers")))
    values = split.values(0, threats, rounds)
    first = split.smallest_best(values)
    return {
        "first_look": first,
        "value": values[first],
        "by_first_look": values,
        "all_at_once": split.after(looks - 1, threats, rounds),
    }


class _Split:
    """Values of the looks still to come, by (look, threats alive, rounds left)."""

    def __init__(self, chances: list[float], goal: str) -> None:
        self.chances = chances
        self.rising = goal == "no_leaker"
        self.known: dict[tuple[int, int, int], float] = {}

    def after(self, look: int, alive: int, rounds: int) -> float:
        """Best value from `look` on."""
        if look == len(self.chances) or alive == 0:
            return float(alive == 0) if self.rising else float(alive)
        key = (look, alive, rounds)
        if key not in self.known:
            values = self.values(look, alive, rounds)
            self.known[key] = values[self.smallest_best(values)]
        return self.known[key]

    def values(self, look: int, alive: int, rounds: int) -> list[float]:
        """Value of firing 0..rounds at this look; at the last look all are fired."""
        if look == len(self.chances) - 1:
            return [self._fire(look, alive, rounds, rounds)]
        return [self._fire(look, alive, rounds, fired) for fired in range(rounds + 1)]

    def _fire(self, look: int, alive: int, rounds: int, fired: int) -> float:
        left = survivors(allocate(alive, fired, max(1, math.ceil(fired / alive)), "even"), self.chances[look])
        if look == len(self.chances) - 1:
            return float(left[0]) if self.rising else float(left @ np.arange(alive + 1))
        return math.fsum(w * self.after(look + 1, n, rounds - fired) for n, w in enumerate(left) if w > 0.0)

    def smallest_best(self, values: list[float]) -> int:
        """Place of the first value that no other beats by more than rounding."""
        best = max(values) if self.rising else min(values)
        slack = checks.SLACK * abs(best)
        return next(place for place, value in enumerate(values) if abs(value - best) <= slack)
