"""Defence in the abstract: fire without orders, preferential defence, queues, salvo equations, cover (X7)."""

import math
from collections.abc import Sequence

import numpy as np

from vallum.exact import checks
from vallum.exact.checks import Answer, Array
from vallum.exact.laws import sure
from vallum.exact.raid import allocate

MOST_TARGETS = 2_000
MOST_ASSETS = 200
MOST_ASSET_ROUNDS = 1_000
MOST_ATTACKERS = 500
MOST_SERVERS = 10_000
MOST_EXCHANGES = 1_000
MOST_DISCS = 10**6


def uncoordinated_fire(shooters: int, targets: int, p: float) -> Answer:
    """Each of k shooters picks one of n targets at random and fires once: the number killed (X7, abstract).

    shooters  0..2,000; targets 1..2,000; p kill probability per shot
    E killed = n (1 - (1 - p/n)**k); the number killed is a Markov chain, j -> j+1 with chance p (n-j)/n a
    shot.
    Returns mean_killed, mean_survivors, survivors (probabilities of 0..targets), all_killed, and for the same
    shots shared out evenly: coordinated_mean_killed, coordinated_all_killed; loss (killed by coordination
    more, on average).
    Source: Feller 1968, An Introduction to Probability Theory 1 (occupancy); Eckler & Burr 1972.

    >>> answer = uncoordinated_fire(4, 4, 0.8)
    >>> round(answer["mean_killed"], 6), round(answer["coordinated_mean_killed"], 6)
    (2.3616, 3.2)
    """
    shooters = checks.whole("shooters", shooters, 0, MOST_TARGETS)
    targets = checks.whole("targets", targets, 1, MOST_TARGETS)
    chance = checks.probability("p", p)
    killed = sure(0, targets)
    fresh = chance * (targets - np.arange(targets + 1)) / targets
    for _ in range(shooters):
        moved = killed * fresh
        killed = killed - moved
        killed[1:] += moved[:-1]
    mean = targets * -math.expm1(shooters * math.log1p(-chance / targets)) if chance < targets else float(shooters > 0)
    each, more = divmod(shooters, targets)
    kills = [1.0 - (1.0 - chance) ** (each + 1), 1.0 - (1.0 - chance) ** each]
    coordinated = more * kills[0] + (targets - more) * kills[1]
    return {
        "mean_killed": mean,
        "mean_survivors": targets - mean,
        "survivors": checks.floats(killed[::-1]),
        "all_killed": float(killed[-1]),
        "coordinated_mean_killed": coordinated,
        "coordinated_all_killed": kills[0] ** more * kills[1] ** (targets - more),
        "loss": coordinated - mean,
    }


def preferential(
    attackers: Sequence[int],
    interceptors: int,
    p: float,
    shots: int = 1,
    damage: float = 1.0,
    values: Sequence[float] | None = None,
) -> Answer:
    """Choosing which assets to defend, against defending without choice: expected value saved (X7).

    attackers     how many come at each asset (known to the preferential defence), 1..200 assets of 0..500
    interceptors  0..1,000; p kill probability per shot
    shots         shots at each threat by the defences that do not choose, 1..50
    damage        chance that a leaker destroys its asset
    values        of the assets, default 1 each
    An asset with shots n_i at its attackers is saved with prod (1 - damage (1-p)**n_i).
    preferential   rounds among assets by dynamic programming, evenly over an asset's attackers
    random_subset  `shots` at each of a random subset of all attackers, until empty (arrival order); the last
                   one may get fewer
    in_turn        asset by asset as listed, `shots` at each attacker, until empty (random_asset order of E1
                   if alike)
    Returns preferential, plan (rounds by asset), random_subset, in_turn, undefended, total_value.
    Source: Eckler & Burr 1972, Mathematical Models of Target Coverage and Missile Allocation; Matheson 1967.

    >>> answer = preferential([6, 6], 12, 0.62, shots=2)
    >>> round(answer["in_turn"], 4), round(answer["random_subset"], 4), answer["plan"]
    (0.3923, 0.0008, [12, 0])
    """
    raids = checks.many("attackers", attackers, lambda where, n: checks.whole(where, n, 0, MOST_ATTACKERS), MOST_ASSETS)
    rounds = checks.whole("interceptors", interceptors, 0, MOST_ASSET_ROUNDS)
    salvo, chance = checks.whole("shots", shots, 1, 50), checks.probability("p", p)
    harm = checks.probability("damage", damage)
    worth = [1.0] * len(raids) if values is None else checks.many("values", values, _value)
    if len(worth) != len(raids):
        checks.refuse("length of values", len(worth), f"as many as attackers ({len(raids)})")
    sites = _Sites(raids, chance, harm, worth)
    best, plan = sites.preferential(rounds)
    return {
        "preferential": best,
        "plan": plan,
        "random_subset": sites.random_subset(rounds, salvo),
        "in_turn": sites.in_turn(rounds, salvo),
        "undefended": sites.in_turn(0, salvo),
        "total_value": math.fsum(worth),
    }


def _value(name: str, value: object) -> float:
    return checks.number(name, value, 0.0, 1e12)


class _Sites:
    """Assets, each with its attackers, and the three ways to share rounds among them."""

    def __init__(self, raids: list[int], p: float, damage: float, worth: list[float]) -> None:
        self.raids, self.p, self.damage, self.worth = raids, p, damage, worth

    def _saved(self, shots: int) -> float:
        return 1.0 - self.damage * (1.0 - self.p) ** shots

    def _even(self, raid: int, rounds: int) -> float:
        plan = allocate(raid, rounds, max(1, -(-rounds // raid)), "even") if raid else {}
        return math.prod(self._saved(shots) ** number for shots, number in plan.items())

    def preferential(self, rounds: int) -> tuple[float, list[int]]:
        """Best sharing of the rounds, by dynamic programming over the assets; the least rounds among ties."""
        best, choices = np.zeros(rounds + 1), []
        for raid, value in zip(self.raids, self.worth, strict=True):
            gain = np.array([value * self._even(raid, spent) for spent in range(rounds + 1)])
            options = [best[: left + 1][::-1] + gain[: left + 1] for left in range(rounds + 1)]
            choices.append([int(np.flatnonzero(each >= each.max() * (1 - 1e-13))[0]) for each in options])
            best = np.array([each.max() for each in options])
        plan, left = [], rounds
        for choice in reversed(choices):
            plan.append(choice[left])
            left -= choice[left]
        return float(best[rounds]), plan[::-1]

    def in_turn(self, rounds: int, salvo: int) -> float:
        """Asset by asset as listed."""
        total = 0.0
        for raid, value in zip(self.raids, self.worth, strict=True):
            plan = allocate(raid, rounds, salvo, "turn") if raid else {}
            rounds -= sum(shots * number for shots, number in plan.items())
            total += value * math.prod(self._saved(shots) ** number for shots, number in plan.items())
        return total

    def random_subset(self, rounds: int, salvo: int) -> float:
        """Every attacker is equally likely to be among those that meet a full, a partial or no salvo."""
        plan = allocate(sum(self.raids), rounds, salvo, "turn") if sum(self.raids) else {}
        return math.fsum(value * self._mixed(raid, plan) for raid, value in zip(self.raids, self.worth, strict=True))

    def _mixed(self, raid: int, plan: dict[int, int]) -> float:
        """Sum over how many of this asset's attackers fall in each group of the plan (hypergeometric)."""
        return self._groups(list(plan.items()), sum(plan.values()), raid)

    def _groups(self, groups: list[tuple[int, int]], pool: int, raid: int) -> float:
        if raid == 0:
            return 1.0
        (shots, number), rest = groups[0], groups[1:]
        if not rest:
            return self._saved(shots) ** raid
        return math.fsum(
            _hypergeometric(pool, number, raid, j)
            * self._saved(shots) ** j
            * self._groups(rest, pool - number, raid - j)
            for j in range(max(0, raid - pool + number), min(raid, number) + 1)
        )


def _log_ways(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _hypergeometric(pool: int, marked: int, drawn: int, k: int) -> float:
    """P(k of the drawn are marked)."""
    return math.exp(_log_ways(marked, k) + _log_ways(pool - marked, drawn - k) - _log_ways(pool, drawn))


def erlang_loss(
    channels: int,
    load: float,
    waiting: int | None = 0,
    patience: float | None = None,
    goal: float | None = None,
) -> Answer:
    """Threats that find every channel busy: Erlang loss, limited places to wait, or patience (X7, abstract).

    channels  0..10,000; load = arrival rate x mean engagement time (erlang), 0..100,000
    waiting   places to wait (M/M/c/c+waiting), 0..100,000; none: unlimited (needs load < channels)
    patience  instead of places: every threat waits at most so long, in mean engagement times, then is lost
              (M/M/c + D)
    goal      wanted share lost: adds least_channels
    With no waiting B(c) = a B(c-1) / (c + a B(c-1)), true for any law of engagement times; otherwise
    exponential times. With patience the loss is p0 a**c/c! exp(-(c-a) d), p0 from sum p_j + integral of the
    wait density = 1.
    Returns lost (share of arrivals), busy (mean channels engaged), utilisation, wait_any (share of arrivals
    that wait; none with patience), mean_wait (of those not lost, in engagement times; none with patience),
    least_channels.
    Source: Erlang 1917; Barrer 1957, Operations Research 5(5); Baccelli & Hebuterne 1981.

    >>> round(erlang_loss(3, 2.0)["lost"], 6), round(erlang_loss(3, 2.0, waiting=2)["lost"], 6)
    (0.210526, 0.075829)
    """
    servers = checks.whole("channels", channels, 0, MOST_SERVERS)
    offered = checks.number("load", load, 0.0, 1e5)
    places = None if waiting is None else checks.whole("waiting", waiting, 0, 100_000)
    limit = None if patience is None else checks.number("patience", patience, 0.0, 1e6)
    if limit is not None and places != 0:
        checks.refuse("waiting", waiting, "0 where patience is given")
    if places is None and offered >= servers:
        checks.refuse("waiting", waiting, "a number of places, as load is not below channels")
    lost, wait_any, mean_wait = _loss(servers, offered, places, limit)
    least = None if goal is None else _least_channels(offered, places, limit, checks.goal_share("goal", goal))
    busy = offered * (1.0 - lost)
    return {
        "lost": lost,
        "busy": busy,
        "utilisation": busy / servers if servers else None,
        "wait_any": wait_any,
        "mean_wait": mean_wait,
        "least_channels": least,
    }


def _erlang_b(servers: int, load: float) -> float:
    lost = 1.0
    for server in range(1, servers + 1):
        lost = load * lost / (server + load * lost)
    return lost


Waits = tuple[float, float | None, float | None]


def _loss(servers: int, load: float, places: int | None, patience: float | None) -> Waits:
    """Share lost, share that waits, mean wait; from B and load/servers, so that nothing overflows."""
    lost = _erlang_b(servers, load)
    if servers == 0:
        return 1.0, (0.0 if patience is None else None), None
    ratio = load / servers
    if patience is not None:
        return _impatient(servers, load, patience, lost), None, None
    if places is None:
        waiting = lost / (1.0 - ratio * (1.0 - lost))
        return 0.0, waiting, waiting / (servers - load)
    # P(c + j) = P(c) ratio**j; sum of the weights relative to P(c): (1 - B)/B below c.
    powers = np.exp(np.arange(places + 1) * math.log(ratio) - max(0.0, places * math.log(ratio))) if load else None
    if powers is None:
        return 0.0, 0.0, 0.0
    below = (1.0 - lost) / lost * math.exp(-max(0.0, places * math.log(ratio))) if lost > 0.0 else math.inf
    total = below + float(powers.sum())
    full = float(powers[-1]) / total
    queue = float(powers @ np.arange(places + 1)) / total
    return full, float(powers[:-1].sum()) / total, queue / (load * (1.0 - full)) if full < 1.0 else 0.0


def _impatient(servers: int, load: float, patience: float, lost: float) -> float:
    """M/M/c + D: density of the offered wait x ~ exp(-(c-a) x) up to the patience d, exp(-c (x-d)) beyond."""
    if load == 0.0:
        return 0.0
    slope = servers - load
    decay = -slope * patience
    # Relative to P(c) of the loss system = load P(c-1) / c; scaled by exp(-max(decay, 0)).
    scale = math.exp(-max(decay, 0.0))
    beyond = math.exp(decay - max(decay, 0.0))
    waits = patience * scale if slope == 0.0 else (scale - beyond) / slope
    idle = (1.0 - lost) / lost * scale if lost > 0.0 else math.inf
    return beyond / (idle + servers * waits + beyond)


def _least_channels(load: float, places: int | None, patience: float | None, goal: float) -> int | None:
    """Least channels with a share lost of at most the goal; the share falls with each channel."""
    low, high = 0 if places is not None else math.floor(load) + 1, MOST_SERVERS
    if _loss(high, load, places, patience)[0] > goal:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _loss(middle, load, places, patience)[0] <= goal else (middle + 1, high)
    return low


def salvo_exchange(
    strength_a: float,
    strength_b: float,
    strike_a: float,
    strike_b: float,
    defence_a: float,
    defence_b: float,
    staying_a: float = 1.0,
    staying_b: float = 1.0,
    exchanges: int = 1,
) -> Answer:
    """Hughes's salvo equations: loss of B = (strike_a A - defence_b B) / staying_b, likewise A (X7).

    strength_a, strength_b  forces of each side, 0 or more
    strike_a, strike_b      well-aimed missiles that one force sends in an exchange, 0 or more
    defence_a, defence_b    incoming missiles that one force stops, 0 or more
    staying_a, staying_b    hits that put one force out, above 0
    exchanges               1..1,000 simultaneous exchanges; fewer when a side is out or nobody loses
    A loss is never negative and never more than what is left.
    Returns a, b (strength before the first and after each exchange), lost_a, lost_b (shares of the opening
    strength, none if it was 0), exchange_ratio (share of B lost / share of A lost; none if A lost nothing).
    Source: Hughes 1995, Naval Research Logistics 42(2).

    >>> answer = salvo_exchange(3, 2, 4, 4, 2, 2, 2, 2)
    >>> answer["a"], answer["b"]
    ([3.0, 2.0], [2.0, 0.0])
    """
    given = {
        "strength_a": strength_a, "strength_b": strength_b, "strike_a": strike_a, "strike_b": strike_b,
        "defence_a": defence_a, "defence_b": defence_b,
    }  # fmt: skip
    side = {name: checks.number(name, value, 0.0, 1e9) for name, value in given.items()}
    stay_a = checks.number("staying_a", staying_a, 0.0, 1e9, above=True)
    stay_b = checks.number("staying_b", staying_b, 0.0, 1e9, above=True)
    a, b = [side["strength_a"]], [side["strength_b"]]
    for _ in range(checks.whole("exchanges", exchanges, 1, MOST_EXCHANGES)):
        loss_a = (side["strike_b"] * b[-1] - side["defence_a"] * a[-1]) / stay_a
        loss_b = (side["strike_a"] * a[-1] - side["defence_b"] * b[-1]) / stay_b
        if max(loss_a, 0.0) * a[-1] == 0.0 and max(loss_b, 0.0) * b[-1] == 0.0:
            break
        left_a, left_b = a[-1] - min(max(loss_a, 0.0), a[-1]), b[-1] - min(max(loss_b, 0.0), b[-1])
        a.append(left_a)
        b.append(left_b)
    shares = [1.0 - after[-1] / after[0] if after[0] else None for after in (a, b)]
    ratio = None if not shares[0] or shares[1] is None else shares[1] / shares[0]
    return {"a": a, "b": b, "lost_a": shares[0], "lost_b": shares[1], "exchange_ratio": ratio}


def random_cover(
    discs: int,
    radius: float,
    area: float,
    availability: float = 1.0,
    points: int | None = None,
    at_least: int = 1,
    p: float | None = None,
    goal: float | None = None,
) -> Answer:
    """Share of a region covered by N discs thrown at random, edges ignored (X7, abstract).

    discs         N, 0..1,000,000; radius above 0; area of the region, at least that of one disc (same unit
                  squared)
    availability  chance that a disc counts, independently
    points        number of points whose mean number covered is wanted, 0..1,000,000
    at_least      covered by so many discs or more, 1..50
    p             kill probability of each covering disc: adds mean_kill = 1 - E (1-p)**k
    goal          share wanted: adds least_discs
    Each disc covers a given point with f = availability pi r**2 / area (centres uniform, the region without
    edges), so the number over a point is binomial(N, f): share = P(at least k of N), 1 - (1-f)**N for one.
    Returns share, by_depth (P of exactly 0, 1, ..., at_least-1 discs), mean_depth (N f), mean_points,
    sd_share (sampling sd of the covered share for at_least 1 on a square torus at least 4 radii wide; none
    otherwise), mean_kill, least_discs, impossible (goal out of reach with 1,000,000 discs or above the
    ceiling 1).
    Source: Robbins 1944, Annals of Mathematical Statistics 15(1); Hall 1988, Coverage Processes.

    >>> answer = random_cover(12, 25.0, 20000.0, points=60, goal=0.9)
    >>> round(answer["share"], 6), round(answer["mean_points"], 4), answer["least_discs"]
    (0.71062, 42.6372, 23)
    """
    number = checks.whole("discs", discs, 0, MOST_DISCS)
    reach, region = (
        checks.number("radius", radius, 0.0, 1e9, above=True),
        checks.number("area", area, 0.0, 1e18, above=True),
    )
    if (disc := math.pi * reach**2) > region:
        checks.refuse("area", area, f"at least the area of one disc ({disc:g})")
    ready = checks.probability("availability", availability)
    depth = checks.whole("at_least", at_least, 1, 50)
    one = ready * disc / region
    share, by_depth = _deep(number, one, depth)
    least = None if goal is None else _least_discs(one, depth, checks.goal_share("goal", goal))
    count = None if points is None else checks.whole("points", points, 0, MOST_DISCS)
    return {
        "share": share,
        "by_depth": by_depth,
        "mean_depth": number * one,
        "mean_points": None if count is None else count * share,
        "sd_share": _sd_share(number, reach, region, ready) if depth == 1 else None,
        "mean_kill": None if p is None else -_power_minus_1(number, one * checks.probability("p", p)),
        "least_discs": least,
        "impossible": None if goal is None else least is None,
    }


def _power_minus_1(number: int, one: float) -> float:
    """(1 - one)**number - 1 without loss of digits."""
    return math.expm1(number * math.log1p(-one)) if one < 1.0 else -float(number > 0)


def _deep(number: int, one: float, depth: int) -> tuple[float, list[float]]:
    """P(at least `depth` of `number`), and P(exactly 0 .. depth-1)."""
    if depth == 1:
        return -_power_minus_1(number, one), [1.0 + _power_minus_1(number, one)]
    exactly = [_exactly(number, one, k) for k in range(depth)]
    return max(0.0, 1.0 - math.fsum(exactly)), exactly


def _exactly(number: int, one: float, k: int) -> float:
    if k > number:
        return 0.0
    return math.comb(number, k) * one**k * (1.0 + _power_minus_1(number - k, one))


def _least_discs(one: float, depth: int, goal: float) -> int | None:
    low, high, wanted = 0, MOST_DISCS, goal * (1.0 - checks.SLACK)
    if (one < 1.0 and goal == 1.0) or _deep(high, one, depth)[0] < wanted:
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _deep(middle, one, depth)[0] >= wanted else (middle + 1, high)
    return low


def _sd_share(number: int, radius: float, area: float, ready: float) -> float | None:
    """Root of the mean over pairs of points of P(both uncovered) less P(uncovered)**2; by Gauss-Legendre."""
    if area < (4.0 * radius) ** 2:
        return None
    nodes, weights = np.polynomial.legendre.leggauss(200)
    apart = radius * (nodes + 1.0)
    lens: Array = 2.0 * radius**2 * np.arccos(apart / (2.0 * radius)) - 0.5 * apart * np.sqrt(
        4.0 * radius**2 - apart**2
    )
    disc = math.pi * radius**2
    both = np.exp(number * np.log1p(-ready * (2.0 * disc - lens) / area))
    far = math.exp(number * math.log1p(-ready * 2.0 * disc / area))
    once = math.exp(2.0 * number * math.log1p(-ready * disc / area))
    near = float((both - far) @ (weights * radius * 2.0 * math.pi * apart)) / area
    return math.sqrt(max(0.0, near + far - once))
