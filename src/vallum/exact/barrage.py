"""Barrage without a second look: kill, shots needed, P(no leaker), least magazine (X1, X5; rules E3, E8)."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence

from vallum.exact import checks
from vallum.exact.checks import Answer
from vallum.exact.raid import MOST_THREATS, NONE_LEFT, SPREADS, Fight, Sums, allocate, check_size, layer_of

MOST_RAID = 10_000
MOST_LAYERS = 8
MOST_SHOTS_NEEDED = 10**6
Found = tuple[int | None, float | None]


def salvo_kill(
    p: float | Sequence[float],
    shots: int | Sequence[int] | None = None,
    track: float = 1.0,
    reliability: float = 1.0,
) -> Answer:
    """Chance that one threat is killed by a salvo: reliability x track x (1 - (1-p)**shots) (E3, E8, X1).

    p            kill probability per shot, 0..1; a list is a mixed salvo (E7), one p per shot, no `shots`
                 then
    shots        0..10,000, or a list of them (the answer is then a list); default 1
    track        chance that the threat is seen, one draw for all its shots
    reliability  chance that the layer works at all (common mode)
    Returns kill, leak (1 - kill), shots, ceiling (kill with unlimited shots at p > 0).
    Source: Wilkening 1999, Science & Global Security 8(2).

    >>> [round(kill, 6) for kill in salvo_kill(0.8, [1, 2, 3])["kill"]]
    [0.8, 0.96, 0.992]
    >>> round(salvo_kill([0.5, 0.8], track=0.9)["kill"], 6)
    0.81
    """
    seen = checks.probability("track", track) * checks.probability("reliability", reliability)
    if checks.is_list(p):
        each = checks.many("p", p, checks.probability)
        if shots is not None:
            checks.refuse("shots", shots, "nothing where p is a list (one p per shot)")
        misses, fired = [math.prod(1.0 - one for one in each)], len(each)
        return _kill_answer(None, fired, misses, seen)
    chance = checks.probability("p", p)
    counts = checks.one_or_many(
        "shots", 1 if shots is None else shots, lambda where, value: checks.whole(where, value, 0, MOST_RAID)
    )
    return _kill_answer(shots, checks.like(shots, counts), [(1.0 - chance) ** count for count in counts], seen)


def _kill_answer(given: object, shots: int | list[int], misses: list[float], seen: float) -> Answer:
    kills = [seen * (1.0 - miss) for miss in misses]
    leaks = [1.0 - seen + seen * miss for miss in misses]
    return {
        "kill": checks.like(given, kills),
        "leak": checks.like(given, leaks),
        "shots": shots,
        "ceiling": seen,
    }


def shots_needed(p: float, goal: float | Sequence[float], track: float = 1.0, reliability: float = 1.0) -> Answer:
    """Fewest shots at one threat for a kill probability of at least `goal`: least n with K(n) >= goal (X1).

    p, track, reliability as in `salvo_kill`; goal above 0, up to 1, or a list of goals.
    Returns shots (none if impossible), kill (reached), impossible, ceiling = reliability x track.
    Source: Wilkening 1999. A goal within 1e-9 of the allowed miss counts as reached.

    >>> shots_needed(0.8, [0.90, 0.95, 0.99])["shots"]
    [2, 2, 3]
    >>> shots_needed(0.8, 0.99, track=0.98)
    {'shots': None, 'kill': None, 'impossible': True, 'ceiling': 0.98}
    """
    chance = checks.probability("p", p)
    ceiling = checks.probability("track", track) * checks.probability("reliability", reliability)
    ceiling = ceiling if chance > 0.0 else 0.0
    goals = checks.one_or_many("goal", goal, checks.goal_share)
    shots = [_least_shots(chance, each, ceiling) for each in goals]
    kills = [None if n is None else ceiling * (1.0 - (1.0 - chance) ** n) for n in shots]
    return {
        "shots": checks.like(goal, shots),
        "kill": checks.like(goal, kills),
        "impossible": checks.like(goal, [n is None for n in shots]),
        "ceiling": ceiling,
    }


def _least_shots(p: float, goal: float, ceiling: float) -> int | None:
    miss = 1.0 - goal / ceiling if ceiling > 0.0 else -1.0
    if p == 1.0:
        return 1 if miss >= -checks.SLACK else None
    if miss <= checks.SLACK * checks.SLACK:
        return None
    allowed = miss * (1.0 + checks.SLACK)
    exact = math.log(allowed) / math.log1p(-p)
    if exact > MOST_SHOTS_NEEDED:
        checks.refuse("the number of shots needed", exact, f"up to {MOST_SHOTS_NEEDED:,} (a larger p)")
    n = max(1, math.floor(exact))
    return n if (1.0 - p) ** n <= allowed else n + 1


def no_leak(
    p: float | None = None,
    threats: int = 1,
    interceptors: int | None = None,
    shots: int | None = None,
    spread: str = "even",
    track: float = 1.0,
    reliability: float = 1.0,
    layers: Sequence[Mapping[str, object]] | None = None,
) -> Answer:
    """P(no leaker) of one wave without a second look: reliability x prod_i track (1-(1-p)**n_i) (X1, X5).

    threats       0..10,000
    interceptors  magazine; spread `even` over the threats, or in `turn` at `shots` each; none: ample, `shots`
                  each
    shots         most at one threat (default: as many as there are with `even`; 1 if ample)
    track, reliability   as in `salvo_kill`; reliability is common to all threats of the wave
    layers        instead of p: list of {p, shots, track, reliability}, ample, outer to inner; the leak of a
                  threat is the product over layers, each layer's reliability common to all threats
    Returns no_leak, ceiling (unlimited shots), mean_leakers if ample (none otherwise: see `leakers_finite`),
    shots (threats by shots, in order) or layers (kill of each).
    Source: Wilkening 1999. For looks, channels or mean leakers use `leakers_finite`.

    >>> round(no_leak(0.8, 6, 12)["no_leak"], 6), round(no_leak(0.8, 6, 12, track=0.98)["no_leak"], 6)
    (0.782758, 0.6934)
    >>> round(no_leak(threats=4, layers=[{"p": 0.7}, {"p": 0.5, "shots": 2}])["no_leak"], 6)
    0.732094
    """
    threats = checks.whole("threats", threats, 0, MOST_RAID)
    if layers is not None:
        if p is not None or interceptors is not None or shots is not None:
            checks.refuse("layers", layers, "only without p, interceptors and shots (they stand in each layer)")
        return _no_leak_layers(threats, layers, checks.probability("reliability", reliability))
    if p is None:
        checks.refuse("p", p, "a number from 0 to 1, or layers")
    return _no_leak_barrage(_Barrage(p, threats, interceptors, shots, spread, track, reliability))


class _Barrage:
    """One wave, one look: the checked arguments of `no_leak` and the shots at each threat."""

    def __init__(
        self,
        p: object,
        threats: int,
        stock: object,
        shots: object,
        spread: object,
        track: object,
        works: object,
    ) -> None:
        self.p = checks.probability("p", p)
        self.track = checks.probability("track", track)
        self.works = checks.probability("reliability", works)
        self.ample = stock is None
        most = None if shots is None else checks.whole("shots", shots, 1, MOST_RAID)
        if checks.choice("spread", spread, SPREADS) == "turn" and most is None and not self.ample:
            checks.refuse("shots", shots, "a whole number from 1 where spread is turn")
        if stock is None:
            self.plan = {most or 1: threats}
        else:
            rounds = checks.whole("interceptors", stock, 0, 10**6)
            per_threat = most or max(1, math.ceil(rounds / max(1, threats)))
            self.plan = allocate(threats, rounds, per_threat, str(spread)) if threats else {}
        self.threats = threats

    def no_leak(self) -> float:
        """The product over the threats."""
        each = [(self.track * (1.0 - (1.0 - self.p) ** shots)) ** number for shots, number in self.plan.items()]
        return self.works * math.prod(each)


def _no_leak_barrage(wave: _Barrage) -> Answer:
    ceiling = wave.works * (wave.track if wave.p > 0.0 else 0.0) ** wave.threats
    mean = None
    if wave.ample:
        kill = sum(wave.track * (1.0 - (1.0 - wave.p) ** shots) for shots in wave.plan)
        mean = wave.threats * (1.0 - wave.works * kill)
    shots = [shots for shots, number in wave.plan.items() for _ in range(number)]
    return {"no_leak": wave.no_leak(), "ceiling": ceiling, "mean_leakers": mean, "shots": shots}


def _no_leak_layers(threats: int, layers: object, reliability: float) -> Answer:
    def one(where: str, spec: object) -> tuple[float, float, float]:
        given = checks.fields(where, spec, ("p",), ("shots", "track", "reliability"))
        miss = 1.0 - checks.probability(where + ".p", given["p"])
        shots = checks.whole(where + ".shots", given.get("shots", 1), 0, MOST_RAID)
        track = checks.probability(where + ".track", given.get("track", 1.0))
        works = checks.probability(where + ".reliability", given.get("reliability", 1.0))
        return track * (1.0 - miss**shots), works, track if miss < 1.0 else 0.0

    series = checks.many("layers", layers, one, MOST_LAYERS)
    return {
        "no_leak": reliability * _series(threats, [(kill, works) for kill, works, _ in series]),
        "ceiling": reliability * _series(threats, [(seen, works) for _, works, seen in series]),
        "mean_leakers": threats * (1 - reliability * (1 - math.prod(1.0 - k * works for k, works, _ in series))),
        "layers": [kill for kill, _, _ in series],
    }


def _series(threats: int, series: list[tuple[float, float]]) -> float:
    """Sum over which layers work; reliability is drawn once for all threats."""
    total = 0.0
    for working in itertools.product((False, True), repeat=len(series)):
        states = list(zip(working, series, strict=True))
        weight = math.prod(works if up else 1.0 - works for up, (_, works) in states)
        leak = math.prod(1.0 - kill for up, (kill, _) in states if up)
        total += weight * (1.0 - leak) ** threats
    return total


def least_interceptors(
    p: float,
    threats: int,
    goal: float | Sequence[float],
    track: float = 1.0,
    reliability: float = 1.0,
    salvos: Sequence[int] | None = None,
) -> Answer:
    """Least magazine with P(no leaker) >= goal. One look, spread evenly, unless `salvos` names looks (E4).

    p, track, reliability as in `salvo_kill`; threats 1..10,000 (as in `leakers_finite` with salvos); goal
    above 0, up to 1, or a list. With salvos, e.g. [1, 1], the search is over the stock of `leakers_finite`
    (spread turn).
    Returns interceptors (none if impossible), no_leak (reached), impossible, ceiling = reliability x
    track**threats (with salvos: the same times the kill of the full doctrine).
    Source: Wilkening 1999.

    >>> least_interceptors(0.8, 6, [0.80, 0.90, 0.95])["interceptors"]
    [13, 17, 18]
    >>> least_interceptors(0.8, 6, [0.80, 0.90], track=0.98)["impossible"]
    [False, True]
    """
    goals = checks.one_or_many("goal", goal, checks.goal_share)
    threats = checks.whole("threats", threats, 1, MOST_RAID if salvos is None else MOST_THREATS)
    if salvos is None:
        wave = _no_leak_barrage(_Barrage(p, threats, None, None, "even", track, reliability))
        found = [_least_even(p, threats, each, (track, reliability), wave["ceiling"]) for each in goals]
        ceiling = wave["ceiling"]
    else:
        ceiling, found = _least_with_looks(p, threats, goals, (track, reliability), salvos)
    return {
        "interceptors": checks.like(goal, [n for n, _ in found]),
        "no_leak": checks.like(goal, [reached for _, reached in found]),
        "impossible": checks.like(goal, [n is None for n, _ in found]),
        "ceiling": ceiling,
    }


def _least_even(p: float, threats: int, goal: float, sight: tuple[float, float], ceiling: float) -> Found:
    """From the shots that one threat alone would need upwards, bisecting over the total."""
    if goal > ceiling * (1.0 + checks.SLACK):
        return None, None
    per_threat = _least_shots(p, (goal / ceiling) ** (1.0 / threats), 1.0)
    if per_threat is None:
        return None, None

    def reached(rounds: int) -> float:
        return _Barrage(p, threats, rounds, None, "even", *sight).no_leak()

    return _bisect(reached, goal, threats * (per_threat - 1), threats * per_threat)


def _bisect(reached: Callable[[int], float], goal: float, low: int, high: int) -> Found:
    """Least n in low..high with reached(n) >= goal; reached must rise."""
    wanted = goal * (1.0 - checks.SLACK)
    if reached(high) < wanted:
        return None, None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) >= wanted else (middle + 1, high)
    return low, reached(low)


def _least_with_looks(
    p: float, threats: int, goals: list[float], sight: tuple[float, float], salvos: Sequence[int]
) -> tuple[float, list[Found]]:
    layer = layer_of("", {"p": p, "salvos": salvos, "track": sight[0], "reliability": sight[1]})
    check_size(layer, threats)
    fight, most = Fight(layer, Sums()), threats * layer.shots

    def reached(rounds: int) -> float:
        return float(fight.outcome(threats, rounds)[NONE_LEFT].sum())

    return reached(most), [_bisect(reached, goal, 0, most) for goal in goals]
