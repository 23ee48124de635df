"""Stock over time: the chain of a pooled magazine (X3), compound demand and depletion (X4), supply and rationing."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats
from tests.validation.case import Case, Row, battery, chance, dated, mean, variance

from vallum import exact

BALLISTIC: dict[str, Any] = {"threat_class": "ballistic"}
ROUND: dict[str, Any] = {"interceptor": "round"}
POISSON: dict[str, Any] = {"kind": "poisson", "mean": 0.5}
COIN: dict[str, Any] = {"kind": "bernoulli", "p": 0.5}
GEOMETRIC: dict[str, Any] = {"kind": "geometric", "mean": 4}
TABLE: dict[str, Any] = {"kind": "table", "values": [2, 4, 9], "weights": [0.5, 0.3, 0.2]}
NEGATIVE: dict[str, Any] = {"kind": "negative_binomial", "mean": 5, "dispersion": 1.5}
#: So rare that no run of these sizes would tell.
RARE = 1e-3


def cases() -> list[Case]:
    """Every case in which a stock is carried from night to night."""
    return [
        *demand(),
        *deliveries(),
        *pauses(),
        *lines(),
        *fights(),
        *threat_side(),
        *rationing(),
        *compound(),
        *time(),
    ]


def of_chain(answer: dict[str, Any], *days: int) -> tuple[Row, ...]:
    """Rows of what `stock_chain` tells, with the chance of a dry night by each of these days.

    What is left at the end is not among them: stock balances to the round in every future, so it is what was used.
    """
    named: list[tuple[str, str, dict[str, Any]]] = [("p_shortage", "short_ever", {}), ("mean_unmet", "unmet", ROUND)]
    if answer["mean_leakers"] is not None:
        named = [("p_shortage", "dry_ever", BALLISTIC), ("mean_leakers", "leakers", BALLISTIC)]
        named.append(("no_leaker", "no_leaker", BALLISTIC))
    named += [("mean_used", "used", ROUND), ("mean_dry_nights", "dry_nights", BALLISTIC)]
    rows = [mean(answer[key], outcome, **about) for key, outcome, about in named]
    for day in days:
        dry = answer["dry_by_day"][day - 1]
        if dry > RARE:
            rows.append(chance(dry, "first_dry_night", "<=", day, scope="anywhere", **BALLISTIC))
    return tuple(rows)


def of_reserve(answer: dict[str, Any]) -> tuple[Row, ...]:
    """Rows of a chain with a reserve: what finds no round that it may use is *held*, not dry (E10)."""
    return (
        mean(answer["mean_leakers"], "leakers", **BALLISTIC),
        mean(answer["mean_dry"], "leakers", reason="held", **BALLISTIC),
        chance(1 - answer["p_shortage"], "leakers", "<=", 0, reason="held", **BALLISTIC),
        mean(answer["no_leaker"], "no_leaker", **BALLISTIC),
        mean(answer["mean_used"], "used", **ROUND),
    )


def chained(
    name: str,
    rule: str,
    given: dict[str, Any],
    changes: dict[str, Any],
    *days: int,
    futures: int = 40_000,
    more: tuple[Row, ...] = (),
) -> Case:
    """A case whose answer is `stock_chain` of these arguments."""
    answer = exact.stock_chain(**given)
    return Case(name, rule, "stock_chain", changes, (*of_chain(answer, *days), *more), futures)


# --- X3: demand in rounds -----------------------------------------------------------------------------


def demand() -> list[Case]:
    """Every threat takes one round and is killed by it: demand in rounds."""
    chains: dict[str, tuple[int, int, dict[str, Any], dict[str, Any], tuple[int, ...]]] = {
        "X3-poisson-raids": (60, 40, GEOMETRIC, POISSON, (15, 25, 40)),
        "X3-coin-raids": (50, 25, TABLE, COIN, (10, 20)),
        "X3-two-raids-a-day": (60, 12, {"kind": "table", "values": [0, 2, 6], "weights": [0.3, 0.4, 0.3]},
                               {"kind": "fixed", "n": 2}, (8, 10, 12)),
        "X3-negative-binomial-raids": (70, 25, NEGATIVE, POISSON, (10, 20)),
    }  # fmt: skip
    made = []
    for name, (stock, days, size, raids, dry) in chains.items():
        given = {"start": stock, "days": days, "size": size, "raids_a_day": raids}
        changes = battery(size, 1.0, stock=stock, days=days, raids=raids)
        empty = np.cumsum(exact.stock_chain(**given)["first_empty"])  # type: ignore[arg-type]
        more = tuple(chance(float(empty[day]), "first_empty_country", "<=", day) for day in dry)
        made.append(chained(name, "X3, C1, C2", given, changes, *dry, more=more))
    return [*made, unknown_opening(), least_opening()]


def unknown_opening() -> Case:
    """An opening stock that is one of two numbers (F2)."""
    given = {"start": {30: 0.5, 50: 0.5}, "days": 25, "size": TABLE, "raids_a_day": COIN}
    options = {str(n): {"best": n, "low": n, "high": n} for n in (30, 50)}
    law = {"shape": "switch", "options": options, "assumption": "drawn for a test"}
    changes = battery(TABLE, 1.0, stock="opening", days=25, raids=COIN) | {"uncertain.opening": law}
    return chained("X3-unknown-opening-stock", "F2, X3", given, changes, 15)


def least_opening() -> Case:
    """The least opening stock for nine in ten, and what it reaches."""
    least = exact.least_stock(0.9, 25, TABLE, COIN, most=200)
    rows = (mean(1 - least["probability"], "short_ever"),)
    changes = battery(TABLE, 1.0, stock=least["start"], days=25, raids=COIN)
    return Case("X3-least-stock", "Q1, X3", "least_stock for 0.90", changes, rows)


# --- X3: what arrives ---------------------------------------------------------------------------------


def deliveries() -> list[Case]:
    """Dated deliveries, sure and not, and a stream of one a day (S1)."""
    base: dict[str, Any] = {"start": 30, "days": 30, "size": TABLE, "raids_a_day": COIN}
    sure = {8: 12, 16: 12, 24: 12}
    made = [
        chained("X3-deliveries", "S1, X3", base | {"deliveries": sure}, campaign(sure), 10, 20),
        chained(
            "X3-unsure-deliveries",
            "S1, X3",
            base | {"deliveries": {day: {0: 0.4, 12: 0.6} for day in sure}},
            campaign({day: (rounds, 0.6) for day, rounds in sure.items()}),
            10,
            20,
        ),
    ]
    stream = {"kind": "stream", "interceptor": "round", "per_month": 31}
    each_day = dict.fromkeys(range(1, 31), 1)
    changes = campaign(None) | {"choices.supply.line": stream}
    made.append(chained("X3-stream", "S1, X3", base | {"deliveries": each_day}, changes, 10, 20))
    return made


def campaign(due: dict[int, Any] | None, **more: Any) -> dict[str, Any]:
    """Thirty days, raids on half of them, thirty rounds at the start."""
    return battery(TABLE, 1.0, stock=30, days=30, raids=COIN, deliveries=due, **more)


def pauses() -> list[Case]:
    """What was due in a pause is held until it ends, or lost (S2)."""
    base: dict[str, Any] = {"start": 30, "days": 30, "size": TABLE, "raids_a_day": COIN}
    due = {6: 8, 12: 8, 18: 8, 24: 8}
    made = []
    for effect in ("held", "lost", "halted"):
        given = base | {"deliveries": due, "pauses": [{"from": 10, "to": 20, "effect": effect}]}
        changes = campaign(due, choices={"pauses.pause": {"from": 10, "days": 11, "effect": effect}})
        made.append(chained(f"X3-pause-{effect}", "S2, X3", given, changes, 15, 25))
    return made


def lines() -> list[Case]:
    """Lead time, transit, a giver that stops, and money that comes day by day (S1, S3, S5)."""
    base: dict[str, Any] = {"start": 30, "days": 30, "size": TABLE, "raids_a_day": COIN}
    bought = {
        "kind": "purchase", "interceptor": "round", "unit_price": 2, "fund": "allied", "lead": {"days": 9},
        "orders": [{"on": 1, "quantity": 10}, {"on": 8, "quantity": 10}],
    }  # fmt: skip
    changes = campaign(None) | {"choices.supply.line": bought, "choices.funds.allied": {"balance": 100}}
    made = [chained("X3-purchase", "S1, S3, X3", base | {"deliveries": {10: 10, 17: 10}}, changes, 12, 20)]
    # The second order waits for its money: 1 a day from the first day, 20 in hand at the end of day 20.
    poor = {"balance": 20, "per_month": 31}
    changes = campaign(None) | {"choices.supply.line": bought, "choices.funds.allied": poor}
    made.append(chained("X3-waits-for-money", "S3, X3", base | {"deliveries": {10: 10, 29: 10}}, changes, 12, 25))
    late = campaign({8: 12, 16: 12}, doctrine={"transit": 3}, launchers=1, per_launcher={"round": 400})
    given = base | {"deliveries": {11: 12, 19: 12}}
    answer = exact.stock_chain(**given)
    rows = (
        mean(answer["p_shortage"], "short_ever"),
        mean(answer["mean_unmet"], "unmet", **ROUND),
        mean(answer["mean_used"], "used", **ROUND),
    )
    made.append(Case("X3-transit", "S5, X3", "stock_chain, deliveries 3 days later", late, rows))
    landed = 0.5 * sum(10 * (1 - day / 30) for day in (5, 15, 25)) + 0.5 * 30
    stops = dated({5: 10, 15: 10, 25: 10}) | {"stops": 0.5}
    changes = campaign(None) | {"choices.supply.line": stops}
    arrived = mean(landed, "arrived", **ROUND)
    made.append(Case("X3-giver-stops", "S1", "day of the stop is uniform", changes, (arrived,)))
    return made


# --- X3: fights ---------------------------------------------------------------------------------------

FIGHTS: dict[str, dict[str, Any]] = {
    "X3-looks": {"p": 0.7, "salvos": [1, 1], "deliveries": {7: 10}},
    "X3-two-at-once": {"p": 0.55, "salvos": [2], "spread": "turn"},
    "X3-even": {"p": 0.55, "salvos": [3], "spread": "even"},
    "X3-track": {"p": 0.7, "salvos": [2, 1], "track": 0.85},
    "X3-common-mode": {"p": 0.75, "salvos": [2], "reliability": 0.8, "deliveries": {5: 6, 10: 6}},
    "X3-channels": {"p": 0.6, "salvos": [1, 1], "channels": 3},
    "X3-reserve": {"p": 0.6, "salvos": [2], "reserve": 8},
    "X3-channels-and-reserve": {"p": 0.6, "salvos": [2], "channels": 4, "reserve": 5, "track": 0.9},
    "X3-waves": {"p": 0.65, "salvos": [1, 1], "channels": 2, "waves": 2},
}


def fights() -> list[Case]:
    """Each raid is fought with looks, salvos and what sees it; the chain carries rounds and leakers."""
    made = []
    for name, doctrine in FIGHTS.items():
        base: dict[str, Any] = {"start": 36, "days": 14, "size": TABLE, "raids_a_day": COIN}
        shape = {key: value for key, value in doctrine.items() if key in ("track", "reliability", "channels")}
        below: dict[str, Any] = {"spread": doctrine.get("spread", "turn")}
        if "reserve" in doctrine:
            below["reserve.long.ballistic"] = doctrine["reserve"]
        changes = battery(
            TABLE, doctrine["p"], doctrine["salvos"], 36, 14, COIN, doctrine.get("deliveries"), below, **shape
        ) | {"fixed.raids.waves": doctrine.get("waves", 1)}
        answer = exact.stock_chain(**base, **doctrine)
        rows = of_reserve(answer) if "reserve" in doctrine else of_chain(answer, 8)
        made.append(Case(name, "E2 to E8, R4, X3", "stock_chain", changes, rows, 60_000))
    return made


def threat_side() -> list[Case]:
    """A ceasefire, kept or broken, and a tempo (R2)."""
    given = {"start": 40, "days": 20, "size": TABLE, "raids_a_day": COIN}
    truce = {"from": 11, "to": 21}
    kept = battery(TABLE, 1.0, stock=40, days=30, raids=COIN, choices={"ceasefire": truce})
    made = [chained("X3-ceasefire", "R2, X3", given, kept)]
    broken = battery(TABLE, 1.0, days=30, raids=COIN, choices={"ceasefire": truce | {"broken": 0.4}})
    nights = 20 + 0.4 * sum(10 - day for day in range(10)) / 10
    launched = mean(0.5 * 4 * nights, "launched", **BALLISTIC)
    made.append(Case("X3-ceasefire-broken", "R2", "day of the breach is uniform", broken, (launched,)))
    faster = battery(5, 1.0, days=10, choices={"tempo": {"ballistic": 1.3}})
    rows = (mean(65.0, "launched", **BALLISTIC), variance(2.5, "launched", **BALLISTIC))
    made.append(Case("X3-tempo", "R2", "6 or 7 with 6.5 in the mean", faster, rows, 40_000))
    return made


# --- rationing: who may fire what ---------------------------------------------------------------------


def rationing() -> list[Case]:
    """Two classes at one magazine: by priority, and with a reserve kept for one of them (E1, E6)."""
    by_priority = {"fixed.doctrine.priority": ["ballistic", "cruise"]}
    rows = (
        mean(6 * 0.2**2, "leakers", **BALLISTIC),
        mean(4 + 0.4**2, "leakers", threat_class="cruise"),
        mean(0.96**6, "no_leaker", **BALLISTIC),
    )
    made = [Case("X3-priority", "E1, E5", "6 salvos, then 1", two_classes(6, 5, 14) | by_priority, rows)]
    kept = {"fixed.doctrine.priority": ["cruise", "ballistic"], "fixed.doctrine.reserve": {"long": {"cruise": 6}}}
    rows = (
        mean(4 + 3 * 0.2**2 - 1, "leakers", **BALLISTIC),
        mean(2 + 5 * 0.4**2, "leakers", threat_class="cruise"),
        mean(2.0, "leakers", threat_class="cruise", reason="held"),
    )
    made.append(Case("X3-reserve-for-a-class", "E6", "5 salvos, 6 rounds kept", two_classes(6, 7, 16) | kept, rows))
    return [*made, slow_reload(), bombers()]


def two_classes(ballistic: int, cruise: int, stock: int) -> dict[str, Any]:
    """A raid of ballistic (p 0.8) and cruise missiles (p 0.6), two shots at each, one magazine."""
    changes = battery(ballistic, {"ballistic": 0.8}, [2], stock=stock)
    del changes["fixed.interceptors.round.kill.ballistic"]
    return changes | {
        "fixed.classes.cruise": {},
        "fixed.raids.size.cruise": {"kind": "fixed", "n": cruise},
        "fixed.interceptors.round.kill": {"ballistic": 0.8, "cruise": 0.6},
        "fixed.doctrine.salvos.long.cruise": [2],
    }


def slow_reload() -> Case:
    """Six rounds on the launchers, two a day from the reload stock: a chain over both (W4)."""
    room, rate, size, days = 6, 2, 5, 12
    chain, unmet = {(room, 24): 1.0}, 0.0
    for _ in range(days):
        after: dict[tuple[int, int], float] = {}
        for (before, stored), weight in chain.items():
            moved = min(rate, stored, room - before)
            ready, left = before + moved, stored - moved
            fired = min(ready, size)
            unmet += 0.5 * weight * (size - fired)
            for state in ((ready, left), (ready - fired, left)):
                after[state] = after.get(state, 0.0) + 0.5 * weight
        chain = after
    end = sum(weight * (ready + left) for (ready, left), weight in chain.items())
    rows = (mean(unmet, "unmet", **ROUND), mean(end, "stock", **ROUND))
    magazine: dict[str, Any] = {
        "launchers": 1,
        "per_launcher": {"round": room},
        "reload": {"round": 24},
        "reload_rate": rate,
    }
    changes = battery(size, 1.0, stock=30, days=days, raids=COIN, **magazine)
    return Case("X3-slow-reload", "W4", "chain over ready and reload stock", changes, rows)


def bombers() -> Case:
    """A doctrine of one round at each bomber cannot beat the best, and comes to what its own chain says (X7)."""
    answer = exact.stock_chain(4, 6, 1, COIN, p=0.5, salvos=[1])
    best = exact.bomber(n=4, t=6, q=0.5, r=0.5)["value"]
    assert answer["no_leaker"] < best
    rows = (mean(answer["no_leaker"], "no_leaker", **BALLISTIC),)
    changes = battery(1, 0.5, [1], stock=4, days=6, raids=COIN)
    return Case("X3-bombers", "X3, X7", "stock_chain, below bomber", changes, rows, 40_000)


# --- X4: compound demand ------------------------------------------------------------------------------


def compound() -> list[Case]:
    """Mean and variance of what is used in T nights when there is enough."""
    laws: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
        "X4-poisson-geometric": (POISSON, GEOMETRIC, 20),
        "X4-coin-table": (COIN, TABLE, 20),
        "X4-poisson-negative-binomial": (POISSON, NEGATIVE, 15),
        "X4-three-a-day": ({"kind": "fixed", "n": 3}, {"kind": "poisson", "mean": 2}, 8),
    }
    made = []
    for name, (raids, size, days) in laws.items():
        told = exact.depletion(400, size, raids, [days])
        changes = battery(size, 1.0, days=days, raids=raids)
        made.append(Case(name, "R1, X4", "depletion: Wald", changes, used(told), 100_000))
    doctrines: tuple[tuple[str, dict[str, Any]], ...] = (
        ("X4-two-at-once", {"salvos": [2], "track": 0.9}),
        ("X4-looks", {"salvos": [1, 1], "p": 0.6, "track": 0.9, "reliability": 0.8}),
    )
    for name, doctrine in doctrines:
        told = exact.depletion(400, TABLE, COIN, [14], **doctrine)
        sight = {key: doctrine[key] for key in ("track", "reliability") if key in doctrine}
        changes = battery(TABLE, doctrine.get("p", 0.6), doctrine["salvos"], days=14, raids=COIN, **sight)
        made.append(Case(name, "E4, E8, X4", "depletion: Wald", changes, used(told), 100_000))
    return made


def used(told: dict[str, Any]) -> tuple[Row, ...]:
    """Mean and variance of the rounds used."""
    return mean(told["demand_mean"][0], "used", **ROUND), variance(told["demand_variance"][0], "used", **ROUND)


def time() -> list[Case]:
    """When demand has reached the stock."""
    times: dict[str, tuple[int, dict[str, Any], dict[str, Any], tuple[int, ...]]] = {
        "X4-time-poisson": (50, GEOMETRIC, POISSON, (15, 25, 35)),
        "X4-time-coin": (40, TABLE, COIN, (10, 20, 30)),
        "X4-time-negative-binomial": (45, NEGATIVE, POISSON, (10, 20, 30)),
    }
    made = []
    for name, (stock, size, raids, days) in times.items():
        told = exact.depletion(stock, size, raids, list(days))
        rows = [
            chance(share, "first_empty_country", "<=", day)
            for share, day in zip(told["p_exhausted"], days, strict=True)
        ]
        changes = battery(size, 1.0, stock=stock, days=max(days), raids=raids)
        made.append(Case(name, "X4", "depletion", changes, tuple(rows)))
    told = exact.depletion(12, TABLE, COIN)
    rows = [mean(told["mean_time"], "first_empty_country")]
    changes = battery(TABLE, 1.0, stock=12, days=60, raids=COIN)
    made.append(Case("X4-mean-time", "X4", "depletion: renewal", changes, tuple(rows), 40_000))
    arrivals = stats.binom(10, 0.5)
    rows = [
        mean(float(arrivals.mean()), "used", **ROUND),
        chance(float(arrivals.cdf(4)), "used", "<=", 4, **ROUND),
    ]
    single = battery(1, 0.5, days=10, raids=COIN)
    made.append(Case("X4-single-threats", "X4", "binomial law", single, tuple(rows), 40_000))
    return made
