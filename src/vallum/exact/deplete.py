"""Compound demand against a stock without deliveries: time to exhaustion, mean and variance of use (X4)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vallum.exact import checks
from vallum.exact.checks import Answer, Array
from vallum.exact.laws import Law, Spelling, compound, compound_moments, compound_poisson, count_law, power
from vallum.exact.magazine import shots_law
from vallum.exact.raid import salvos_of

MOST_DEPLETION_STOCK = 3_000
MOST_TIMES = 1_000
MOST_QUANTILES = 20
# Times x stock squared: about ten seconds of work.
MOST_WORK = 1_000_000_000
LONGEST = 1e6
DEFAULT_QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class Demand:
    """Rounds wanted by one raid: probabilities of 0..stock - 1 (enough to tell when it is gone), moments."""

    pmf: Array
    mean: float
    variance: float


def depletion(
    stock: int,
    size: Spelling,
    raids_a_day: Spelling = 1,
    times: float | Sequence[float] = (),
    p: float | None = None,
    salvos: int | Sequence[int] | None = None,
    track: float = 1.0,
    reliability: float = 1.0,
    quantiles: Sequence[float] = DEFAULT_QUANTILES,
) -> Answer:
    """Time T at which cumulative demand first reaches the stock; no deliveries, no rationing (X4).

    stock        1..3,000 rounds
    size         of a raid: a number, {size: probability}, or {"kind": ...} as in `stock_chain`; in rounds, or
                 in threats if `salvos` is given
    raids_a_day  a law as in `stock_chain`. With {"kind": "poisson", "mean": rate} time is continuous (a
                 Poisson process); with any other law it is counted in days: T is the day whose raids exhaust
                 the stock
    times        days, 0..1,000,000 (rounded down to whole days unless poisson), at which P(T <= t) and the
                 demand are wanted
    salvos       shots per threat and look, e.g. 2 or [1, 1] (a second look needs p); track and reliability
                 (per raid) as in `leakers_finite`: then a raid wants what its threats draw while stock is
                 ample
    quantiles    probabilities whose quantiles of T are wanted
    Returns times, p_exhausted (P(T <= t) for each time), mean_time, sd_time, quantiles ([probability, time]
    pairs), demand_mean and demand_variance (compound demand by each time), mean_days (poisson only: mean of T
    rounded up to whole days), naive_time (stock / mean demand a day, wrong because raids come whole).
    P(T <= t) = P(sum of N(t) sizes >= stock); E N = sum over j < stock of the renewal density; E T = E N /
    rate.
    Source: Cox 1962, Renewal Theory; Panjer 1981, ASTIN Bulletin 12.

    >>> size, raids = {"kind": "geometric", "mean": 6}, {"kind": "poisson", "mean": 0.5}
    >>> answer = depletion(60, size, raids, [10, 20, 30])
    >>> [round(share, 6) for share in answer["p_exhausted"]], round(answer["mean_time"], 4)
    ([0.06979, 0.46481, 0.83446], 21.6667)
    """
    stock = checks.whole("stock", stock, 1, MOST_DEPLETION_STOCK)
    raids = count_law("raids_a_day", raids_a_day)
    demand = _demand(stock, count_law("size", size), p, salvos, (track, reliability))
    clock = _Clock(raids, demand, stock)
    given = times if checks.is_list(times) else [times]
    instants = checks.many("times", given, _instant, MOST_TIMES, least=0)
    if (work := len(instants) * stock**2) > MOST_WORK:
        checks.refuse("times x stock squared", work, f"up to {MOST_WORK:,}")
    shares = checks.many("quantiles", quantiles, checks.inside, MOST_QUANTILES, least=0)
    mean, variance = clock.moments()
    by_then = [_compound_by(raids, demand, time) for time in instants]
    return {
        "times": instants,
        "p_exhausted": [clock.exhausted(time) for time in instants],
        "mean_time": mean,
        "sd_time": math.sqrt(variance),
        "quantiles": [[share, clock.quantile(share)] for share in shares],
        "demand_mean": [mean for mean, _ in by_then],
        "demand_variance": [variance for _, variance in by_then],
        "mean_days": clock.mean_days(),
        "naive_time": stock / (raids.mean * demand.mean),
    }


def _instant(name: str, value: object) -> float:
    return checks.number(name, value, 0.0, LONGEST)


def _demand(stock: int, size: Law, p: object, salvos: object, sight: tuple[object, object]) -> Demand:
    if salvos is None:
        if p is not None:
            checks.refuse("p", p, "nothing, unless salvos are given")
        return _positive(Demand(size.pmf(stock - 1), size.mean, size.variance))
    doctrine = salvos_of("salvos", salvos)
    if len(doctrine) > 1 and p is None:
        checks.refuse("p", p, "a number from 0 to 1 where salvos has several looks")
    chance = 0.0 if p is None else checks.probability("p", p)
    shots = shots_law(chance, doctrine, checks.probability("track", sight[0]))
    per_threat = count_law("shots", {n: max(0.0, weight) for n, weight in shots.items()})
    return _positive(_raid_demand(stock, size, per_threat, checks.probability("reliability", sight[1])))


def _raid_demand(stock: int, size: Law, per_threat: Law, works: float) -> Demand:
    """A raid's threats each draw their shots; with 1 - reliability none does."""
    pmf = works * compound(size, per_threat.support(), stock - 1)
    pmf[0] += 1.0 - works
    mean, variance = compound_moments(size, per_threat.mean, per_threat.variance)
    return Demand(pmf, works * mean, works * variance + works * (1.0 - works) * mean * mean)


def _positive(demand: Demand) -> Demand:
    if demand.mean <= 0.0:
        checks.refuse("the mean demand of a raid", demand.mean, "above 0 (size, track, reliability)")
    return demand


def _compound_by(raids: Law, demand: Demand, time: float) -> tuple[float, float]:
    mean, variance = compound_moments(raids, demand.mean, demand.variance)
    days = time if raids.kind == "poisson" else math.floor(time)
    return mean * days, variance * days


class _Clock:
    """When demand has reached the stock: continuous for Poisson raids, by whole days otherwise."""

    def __init__(self, raids: Law, demand: Demand, stock: int) -> None:
        if raids.mean <= 0.0:
            checks.refuse("raids_a_day", raids.mean, "a law with a mean above 0")
        self.raids, self.demand, self.top = raids, demand, stock - 1
        self.continuous = raids.kind == "poisson"
        self.day = compound(raids, demand.pmf, self.top)

    def exhausted(self, time: float) -> float:
        """P(T <= time)."""
        if self.continuous:
            total = compound_poisson(self.raids.mean * time, self.demand.pmf, self.top)
        else:
            total = power(self.day, math.floor(time))
        return min(1.0, max(0.0, 1.0 - float(total.sum())))

    def moments(self) -> tuple[float, float]:
        """Mean and variance of T: of raids between exponential gaps, or of days."""
        mean, second = _renewal(self.demand.pmf if self.continuous else self.day)
        variance = max(0.0, second - mean * mean)
        if self.continuous:
            return mean / self.raids.mean, (mean + variance) / self.raids.mean**2
        return mean, variance

    def mean_days(self) -> float | None:
        """Mean of T rounded up to a whole day; None where days are counted anyway."""
        return _renewal(self.day)[0] if self.continuous else None

    def quantile(self, share: float) -> float:
        """Smallest time with P(T <= time) >= share; to nine digits where time is continuous."""
        low, high = 0.0, 1.0
        while self.exhausted(high) < share:
            low, high = high, 2.0 * high
            if high > LONGEST * LONGEST:
                checks.refuse("a quantile of T", share, "a stock that is used up within a million million days")
        step = high * checks.SLACK if self.continuous else 1.0
        while high - low > step:
            middle = 0.5 * (low + high) if self.continuous else (low + high) // 2
            low, high = (low, middle) if self.exhausted(middle) >= share else (middle, high)
        return high


def _renewal(pmf: Array) -> tuple[float, float]:
    """E N and E N**2 of the number of draws until their sum passes the length of `pmf`.

    E N = sum u_j with u = 1 + u * f; E N**2 = sum over k of (2k + 1) P(N > k), and sum of k f^k = u * u - u.
    """
    u = np.zeros(len(pmf))
    u[0] = 1.0 / (1.0 - pmf[0])
    for total in range(1, len(pmf)):
        u[total] = pmf[1 : total + 1] @ u[total - 1 :: -1] / (1.0 - pmf[0])
    mean = float(u.sum())
    return mean, 2.0 * float(np.convolve(u, u)[: len(pmf)].sum() - mean) + mean
