"""Stock over time: the Markov chain of a pooled magazine (X3), compound demand and depletion (X4)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vallum.exact import checks
from vallum.exact.checks import Answer, Array
from vallum.exact.laws import TAIL, Law, Spelling, compound, count_law
from vallum.exact.raid import ALL, DRY, LEFT, NONE_DRY, NONE_LEFT, Fight, Layer, Sums, layer_of, most_threats

MOST_DAYS = 3_660
MOST_STOCK = 3_000
# Days x raids a day x rounds a raid x stock: at most half a minute of work.
MOST_WORK = 2_000_000_000
PAUSE_EFFECTS = ("held", "lost", "halted")
Amounts = Mapping[Any, Any] | Sequence[Sequence[object]] | None


@dataclass(frozen=True)
class Raid:
    """One raid (or one day of demand) against every stock: probabilities by (rounds used, stock before)."""

    moves: Array  # (all | no dry | no leaker, used, stock)
    leak: Array  # (stock,) mean leakers, none in demand mode
    dry: Array  # (stock,) mean dry threats, or mean unmet rounds in demand mode
    number: Law  # raids a day

    def step(self, chains: Array) -> Array:
        """Distributions over stock, one row for each row of `moves`, after one raid."""
        after = np.zeros_like(chains)
        width = chains.shape[1]
        for used in range(self.moves.shape[1]):
            after[:, : width - used] += chains[:, used:] * self.moves[:, used, used:]
        return after

    def back(self, row: int, value: Array) -> Array:
        """Expected value before one raid, by stock, of a value after it; only the outcomes of `row` count."""
        before = np.zeros_like(value)
        for used in range(self.moves.shape[1]):
            before[used:] += self.moves[row, used, used:] * value[: len(value) - used]
        return before


def _demand(size: Law, raids: Law, stock: int) -> Raid:
    """A day of demand for rounds: used = min(stock, demand), the rest unmet and lost."""
    pmf = compound(raids, size.support(), stock)
    mean = size.mean * raids.mean
    below = np.concatenate(([0.0], np.cumsum(pmf)))  # below[s] = P(demand < s)
    width = min(stock, int(np.searchsorted(below, 1.0 - TAIL)))
    moves = np.zeros((3, width + 1, stock + 1))
    for used in range(width + 1):
        moves[:, used, used:] = pmf[used]
    for before in range(width + 1):
        moves[ALL, before, before] = max(0.0, 1.0 - below[before])
    # E(demand - s)+ = E demand - sum over j < s of P(demand > j)
    unmet = mean - np.concatenate(([0.0], np.cumsum(1.0 - below[1:-1])))
    return Raid(moves, np.zeros(stock + 1), np.maximum(unmet, 0.0), count_law("raids_a_day", 1))


def _fight(size: Law, raids: Law, layer: Layer, stock: int) -> Raid:
    """A raid of threats: rounds used, leakers and dry threats from the recursion over looks."""
    weights = size.support()
    most = most_threats(layer)
    if len(weights) - 1 > most:
        checks.refuse(
            "the largest size",
            len(weights) - 1,
            f"up to {most} threats with this doctrine; cut the law to a table",
        )
    fight = Fight(layer, Sums())
    width = min(stock, (len(weights) - 1) * layer.shots)
    moves, means = np.zeros((3, width + 1, stock + 1)), np.zeros((2, stock + 1))
    for threats in np.flatnonzero(weights).tolist():
        for before in range(stock + 1):
            table = fight.outcome(threats, before)
            used = table.shape[1]
            moves[:, :used, before] += weights[threats] * table[[ALL, NONE_DRY, NONE_LEFT]]
            means[:, before] += weights[threats] * table[[LEFT, DRY]].sum(axis=1)
    return Raid(moves, means[0], means[1], raids)


@dataclass
class Tally:
    """What a campaign leaves behind."""

    leak: float
    dry: float
    first_dry: list[float]
    first_empty: list[float]
    dry_nights: float
    mean_stock: list[float]
    no_leaker: float
    end: Array


def _day(raid: Raid, chains: Array) -> tuple[Array, float, float]:
    """All raids of a day, in turn (R1): chains after it, mean leakers, mean dry."""
    after, leak, dry = np.zeros_like(chains), 0.0, 0.0
    weights = raid.number.support()
    for number, weight in enumerate(weights):
        after += weight * chains
        if number + 1 < len(weights):
            more = math.fsum(weights[number + 1 :])
            leak += more * float(chains[0] @ raid.leak)
            dry += more * float(chains[0] @ raid.dry)
            chains = raid.step(chains)
    return after, leak, dry


def _campaign(raid: Raid, start: Law, landings: list[Law | None], stock: int) -> Tally:
    """Rows of `chains`: all, not dry so far, no leaker so far, not empty so far, not dry today."""
    rows = Raid(raid.moves[[ALL, NONE_DRY, NONE_LEFT, ALL, NONE_DRY]], raid.leak, raid.dry, raid.number)
    chains = np.tile(start.pmf(stock), (5, 1))
    chains[3, 0] = 0.0
    counts = np.arange(stock + 1)
    tally = Tally(0.0, 0.0, [], [1.0 - chains[3].sum()], 0.0, [float(chains[0] @ counts)], 0.0, chains[0])
    for landing in landings:
        if landing is not None:
            chains = np.array([np.convolve(row, landing.pmf(landing.largest or 0))[: stock + 1] for row in chains])
        clear, filled = chains[1].sum(), chains[3].sum()
        chains[4] = chains[0]
        chains, leak, dry = _day(rows, chains)
        chains[3, 0] = 0.0
        tally.leak += leak
        tally.dry += dry
        tally.first_dry.append(clear - chains[1].sum())
        tally.first_empty.append(filled - chains[3].sum())
        tally.dry_nights += 1.0 - chains[4].sum()
        tally.mean_stock.append(float(chains[0] @ counts))
    tally.no_leaker, tally.end = float(chains[2].sum()), chains[0]
    return tally


def _day_back(raid: Raid, row: int, value: Array) -> Array:
    """Expected value on the morning of a day (after deliveries) of a value at its midnight."""
    total = np.zeros_like(value)
    weights = raid.number.support()
    for number, weight in enumerate(weights):
        total += weight * value
        if number + 1 < len(weights):
            value = raid.back(row, value)
    return total


def _before(landing: Law, value: Array) -> Array:
    """Expected value before a delivery; stocks that it could lift past the end keep the last value."""
    padded = np.concatenate((value, np.full(landing.largest or 0, value[-1])))
    weights = landing.support()
    total = np.zeros_like(value)
    for quantity, weight in enumerate(weights):
        total += weight * padded[quantity : quantity + len(value)]
    return total


@dataclass(frozen=True)
class Campaign:
    """Checked arguments of a campaign of one pooled magazine."""

    days: int
    size: Law
    raids: Law
    layer: Layer | None
    landings: list[Law | None]

    @property
    def arrivals(self) -> int:
        """Most rounds that can land."""
        return sum(law.largest or 0 for law in self.landings if law is not None)

    def fight(self, start: Law) -> Tally:
        """Run the chain from a law of the opening stock."""
        stock = (start.largest or 0) + self.arrivals
        return _campaign(self.raid(stock), start, self.landings, stock)

    def success(self, row: int, most: int) -> Array:
        """P(no shortage) or P(no leaker), by row, for opening stocks 0..most: the chain run backwards."""
        stock = most + self.arrivals
        raid, value = self.raid(stock), np.ones(stock + 1)
        for landing in reversed(self.landings):
            value = _day_back(raid, row, value)
            if landing is not None:
                value = _before(landing, value)
        return value[: most + 1]

    def raid(self, stock: int) -> Raid:
        """A raid against every stock up to `stock`."""
        if stock > MOST_STOCK:
            checks.refuse("the opening stock and all deliveries together", stock, f"up to {MOST_STOCK:,} rounds")
        if self.layer is None:
            raid = _demand(self.size, self.raids, stock)
        else:
            raid = _fight(self.size, self.raids, self.layer, stock)
        work = self.days * len(raid.number.support()) * raid.moves.shape[1] * stock
        if work > MOST_WORK:
            checks.refuse("days x raids a day x rounds a raid x stock", work, f"up to {MOST_WORK:,}")
        return raid


def _campaign_of(
    days: object, size: object, raids: object, deliveries: object, pauses: object, layer: Mapping[str, object]
) -> Campaign:
    last = checks.whole("days", days, 1, MOST_DAYS)
    if layer["p"] is None and layer["salvos"] is not None:
        checks.refuse("p", None, "a kill probability per shot where salvos are given")
    fought = None
    if layer["p"] is not None:
        fought = layer_of("", {**layer, "salvos": 1 if layer["salvos"] is None else layer["salvos"]})
    landings = _paused(_landings(deliveries, last), _pauses(pauses), last)
    return Campaign(last, count_law("size", size), count_law("raids_a_day", raids), fought, landings)


def _landings(deliveries: object, days: int) -> list[tuple[int, Law]]:
    """(day, quantity) pairs from {day: quantity} or [[day, quantity], ...]; a quantity may be a law."""
    if deliveries is None:
        return []
    given = [list(pair) for pair in deliveries.items()] if isinstance(deliveries, Mapping) else deliveries
    if not checks.is_list(given):
        checks.refuse("deliveries", deliveries, "{day: quantity} or [[day, quantity], ...]")
    return checks.many("deliveries", given, lambda where, pair: _landing(where, pair, days), least=0)


def _landing(where: str, pair: object, days: int) -> tuple[int, Law]:
    parts: list[object] = list(pair) if checks.is_list(pair) else []  # type: ignore[call-overload]
    if len(parts) != len(("day", "quantity")):
        checks.refuse(where, pair, "[day, quantity]")
    day = int(parts[0]) if isinstance(parts[0], str) and parts[0].isdecimal() else parts[0]
    law = count_law(f"the quantity of {where}", parts[1])
    if law.largest is None:
        checks.refuse(f"the quantity of {where}", parts[1], "a whole number or a table")
    return checks.whole(f"the day of {where}", day, 1, days), law


def _pauses(pauses: object) -> list[tuple[int, int, str]]:
    def one(where: str, spec: object) -> tuple[int, int, str]:
        given = checks.fields(where, spec, ("from", "to"), ("effect",))
        first = checks.whole(where + ".from", given["from"], 1, MOST_DAYS)
        last = checks.whole(where + ".to", given["to"], first, MOST_DAYS)
        return first, last, checks.choice(where + ".effect", given.get("effect", "held"), PAUSE_EFFECTS)

    return [] if pauses is None else checks.many("pauses", pauses, one, least=0)


def _paused(landings: list[tuple[int, Law]], pauses: list[tuple[int, int, str]], days: int) -> list[Law | None]:
    """Deliveries by day after the pauses (S2); two on one day add up."""
    by_day: list[Law | None] = [None] * days
    for due, law in landings:
        day: int | None = due
        for first, last, effect in sorted(pauses):
            if day is not None and first <= day <= last:
                day = last + 1 if effect == "held" else None
        if day is not None and day <= days:
            by_day[day - 1] = _sum(by_day[day - 1], law)
    return by_day


def _sum(one: Law | None, other: Law) -> Law:
    if one is None:
        return other
    pmf = np.convolve(one.support(), other.support())
    return count_law("deliveries", {place: float(weight) for place, weight in enumerate(pmf) if weight > 0.0})


def stock_chain(
    start: Spelling,
    days: int,
    size: Spelling,
    raids_a_day: Spelling = 1,
    deliveries: Amounts = None,
    pauses: Sequence[Mapping[str, object]] | None = None,
    p: float | None = None,
    salvos: int | Sequence[int] | None = None,
    spread: str = "turn",
    track: float = 1.0,
    reliability: float = 1.0,
    channels: int | None = None,
    reserve: int = 0,
    waves: int = 1,
) -> Answer:
    """A pooled magazine over days as a Markov chain: when dry, what is unmet or leaks, what is left (X3).

    start        rounds on the first morning, 0..3,000 with all deliveries; or a table {rounds: probability}
    days         1..3,660; each day: deliveries land, then the raids in turn, then the stock is counted (C1)
    size         of one raid: rounds wanted (no p), or threats (p given); a number, {size: probability}, or
                 {"kind": fixed|bernoulli|poisson|geometric|negative_binomial|table, ...}
    raids_a_day  a number or a law of the same form, e.g. {"kind": "bernoulli", "p": 0.25}
    deliveries   {day: rounds} or [[day, rounds], ...], day 1..days; rounds may be a table {rounds:
                 probability}
    pauses       [{"from": day, "to": day, "effect": held|lost|halted}], both days included; held: lands on
                 `to` + 1
    p            kill probability per shot: each raid is then fought with salvos (default 1), spread, track,
                 reliability, channels, reserve and waves as in `leakers_finite`; leakers and rounds used
                 follow
    Returns p_shortage (P(any night with unmet demand, or with a dry threat)), mean_unmet (rounds, demand
    mode), mean_dry (threats without a round), mean_leakers, no_leaker (all three fights only), mean_used,
    mean_end_stock, end_stock (probabilities of 0, 1, ...), first_dry (P by day 1..days), never_dry,
    dry_by_day (P(dry on or before the day)), first_empty (P by midnight 0..days), never_empty,
    mean_dry_nights, mean_stock (midnights 0..days).
    Source: Moran 1954, Australian Journal of Applied Science 5 (dams); Markov recursion.

    >>> answer = stock_chain(40, 30, {2: 0.4, 6: 0.4, 10: 0.2}, {"kind": "bernoulli", "p": 0.25})
    >>> round(answer["p_shortage"], 6), round(answer["mean_unmet"], 6), round(answer["mean_end_stock"], 6)
    (0.422103, 5.447566, 6.447566)
    """
    layer = {
        "p": p, "salvos": salvos, "spread": spread, "track": track, "reliability": reliability,
        "channels": channels, "reserve": reserve, "waves": waves,
    }  # fmt: skip
    campaign = _campaign_of(days, size, raids_a_day, deliveries, pauses, layer)
    opening = _opening(start)
    return _tell(campaign, opening, campaign.fight(opening))


def _opening(start: object) -> Law:
    law = count_law("start", start)
    if law.largest is None:
        checks.refuse("start", start, "a whole number or a table")
    return law


def _tell(campaign: Campaign, start: Law, tally: Tally) -> Answer:
    fought = campaign.layer is not None
    end = float(tally.end @ np.arange(len(tally.end)))
    landed = math.fsum(law.mean for law in campaign.landings if law is not None)
    shortage = math.fsum(tally.first_dry)
    return {
        "p_shortage": shortage,
        "mean_unmet": None if fought else tally.dry,
        "mean_dry": tally.dry if fought else None,
        "mean_leakers": tally.leak if fought else None,
        "no_leaker": tally.no_leaker if fought else None,
        "mean_used": start.mean + landed - end,
        "mean_end_stock": end,
        "end_stock": checks.floats(tally.end),
        "first_dry": checks.floats(tally.first_dry),
        "never_dry": 1.0 - shortage,
        "dry_by_day": checks.floats(np.cumsum(tally.first_dry)),
        "first_empty": checks.floats(tally.first_empty),
        "never_empty": 1.0 - math.fsum(tally.first_empty),
        "mean_dry_nights": tally.dry_nights,
        "mean_stock": tally.mean_stock,
    }


CRITERIA = ("no_shortage", "no_leaker")


def least_stock(
    goal: float | Sequence[float],
    days: int,
    size: Spelling,
    raids_a_day: Spelling = 1,
    deliveries: Amounts = None,
    pauses: Sequence[Mapping[str, object]] | None = None,
    p: float | None = None,
    salvos: int | Sequence[int] | None = None,
    spread: str = "turn",
    track: float = 1.0,
    reliability: float = 1.0,
    channels: int | None = None,
    reserve: int = 0,
    waves: int = 1,
    criterion: str = "no_shortage",
    most: int = 1_000,
) -> Answer:
    """Least opening stock with P(no shortage) >= goal, or P(no leaker) >= goal, over the campaign (X3).

    goal       above 0, up to 1, or a list; criterion `no_shortage` (default) or `no_leaker` (needs p)
    most       largest opening stock tried, 1..3,000 less all deliveries
    The other arguments are those of `stock_chain`.
    Returns start (none if impossible), probability (reached), one_less (probability with one round less),
    impossible, ceiling (probability at `most`: the goal is above it where impossible), most.
    Source: Moran 1954, as `stock_chain`; the chain run backwards gives every opening stock at once.

    >>> raids = {"kind": "bernoulli", "p": 0.25}
    >>> least_stock([0.90, 0.95], 30, {2: 0.4, 6: 0.4, 10: 0.2}, raids, most=200)["start"]
    [58, 64]
    """
    goals = checks.one_or_many("goal", goal, checks.goal_share)
    layer = {
        "p": p, "salvos": salvos, "spread": spread, "track": track, "reliability": reliability,
        "channels": channels, "reserve": reserve, "waves": waves,
    }  # fmt: skip
    campaign = _campaign_of(days, size, raids_a_day, deliveries, pauses, layer)
    word = checks.choice("criterion", criterion, CRITERIA)
    if word == "no_leaker" and campaign.layer is None:
        checks.refuse("criterion", criterion, "no_shortage where p is not given")
    top = checks.whole("most", most, 1, MOST_STOCK - campaign.arrivals)
    values = campaign.success(NONE_LEFT if word == "no_leaker" else NONE_DRY, top)
    found = [_first(values, each) for each in goals]
    return {
        "start": checks.like(goal, found),
        "probability": checks.like(goal, [None if n is None else float(values[n]) for n in found]),
        "one_less": checks.like(goal, [None if not n else float(values[n - 1]) for n in found]),
        "impossible": checks.like(goal, [n is None for n in found]),
        "ceiling": float(values.max()),
        "most": top,
    }


def _first(values: Array, goal: float) -> int | None:
    """Place of the first value that reaches the goal."""
    reached = np.flatnonzero(values >= goal * (1.0 - checks.SLACK))
    return int(reached[0]) if len(reached) else None
