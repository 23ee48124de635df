"""Stock problems with exact answers: V1, V6 and our own, as scenarios and as what `vallum.exact` says of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.validation.case import BASE, battery

import vallum
from vallum import exact

TABLE: dict[str, Any] = {"kind": "table", "values": [2, 6, 10], "weights": [0.4, 0.4, 0.2]}
FIGHT: dict[str, Any] = {"kind": "table", "values": [3, 6, 8], "weights": [0.5, 0.3, 0.2]}
POISSON: dict[str, Any] = {"kind": "poisson", "mean": 0.5}
ROUNDS = "choices.stock.round"
#: How far the exact probability must be from the goal on both sides for the number to be asked for.
CLEAR = 0.005


@dataclass(frozen=True)
class Problem:
    """A stock that is sought.

    probability : exact chance that the standard is met, of a value; least: the least value by `vallum.exact`
    """

    name: str
    source: str
    changes: Mapping[str, Any]
    between: tuple[int, int]
    standard: str
    goal: float
    probability: Callable[[int], float]
    least: int | None
    path: str = ROUNDS

    @property
    def gaps(self) -> tuple[float, float]:
        """How far the exact probability is below the goal one before the answer, and above it at the answer."""
        assert self.least is not None
        return self.goal - self.probability(self.least - 1), self.probability(self.least) - self.goal

    @property
    def is_clear(self) -> bool:
        """Whether the number itself must come back."""
        return self.least is not None and min(self.gaps) >= CLEAR

    @property
    def is_close(self) -> bool:
        """Whether a bracketing pair must come back."""
        return self.least is not None and min(self.gaps) <= CLEAR / 2

    def scenario(self) -> vallum.Scenario:
        """The scenario of the problem."""
        return vallum.read(BASE).replace(self.changes)

    def sized(self, seed: int, **more: Any) -> Any:
        """The answer of `vallum.size`."""
        made = {"seed": seed, "threads": 1} | more
        return vallum.size(self.scenario(), self.path, self.between, self.standard, self.goal, **made)


@cache
def problems() -> tuple[Problem, ...]:
    """Every problem, in the order of the table."""
    return (
        *(barrage(goal) for goal in (0.80, 0.90, 0.95)),
        *(barrage(goal, track=0.98) for goal in (0.80, 0.90)),
        barrage(0.75, threats=4, p=0.6),
        *(depletion(goal) for goal in (0.85, 0.90, 0.95)),
        *(geometric(goal) for goal in (0.85, 0.72)),
        fight(0.70),
        *(monthly(goal) for goal in (0.89, 0.92)),
    )


def barrage(goal: float, threats: int = 6, p: float = 0.8, track: float = 1.0) -> Problem:
    """One wave, rounds spread evenly: P(no leaker) (V1)."""
    found = exact.least_interceptors(p, threats, goal, track=track)
    changes = battery(threats, p, [16], doctrine={"spread": "even"}, track=track)
    return Problem(
        f"V1: {threats} missiles, p {p:g}, track {track:g}, goal {goal:g}",
        "least_interceptors",
        changes,
        (1, 40),
        "no_leaker >= 1",
        goal,
        lambda rounds: float(exact.no_leak(p, threats, rounds, track=track)["no_leak"]),
        found["interceptors"],
    )


def chain(name: str, goal: float, given: dict[str, Any], between: tuple[int, int], changes: dict[str, Any]) -> Problem:
    """A stock over time and its chance of no shortage (X3)."""
    return Problem(
        name,
        "least_stock",
        changes,
        between,
        "short_ever <= 0",
        goal,
        lambda rounds: 1.0 - float(exact.stock_chain(start=rounds, **given)["p_shortage"]),
        exact.least_stock(goal, most=250, **given)["start"],
    )


def depletion(goal: float) -> Problem:
    """Thirty days, raids of 2, 6 or 10 on a quarter of them, no deliveries (V6 b)."""
    raids = {"kind": "bernoulli", "p": 0.25}
    given = {"days": 30, "size": TABLE, "raids_a_day": raids}
    changes = battery(TABLE, 1.0, stock=40, days=30, raids=raids)
    return chain(f"V6 (b): no shortage in 30 days, goal {goal:g}", goal, given, (10, 110), changes)


def geometric(goal: float) -> Problem:
    """Twenty days of V6 (a): Poisson raids of a geometric size; one round a threat."""
    size = {"kind": "geometric", "mean": 6}
    given = {"days": 20, "size": size, "raids_a_day": POISSON}
    changes = battery(size, 1.0, stock=40, days=20, raids=POISSON)
    return chain(f"V6 (a): no shortage in 20 days, goal {goal:g}", goal, given, (20, 180), changes)


def fight(goal: float) -> Problem:
    """Fourteen days of V6 (c): two shots at each missile in turn; no missile without a shot."""
    given: dict[str, Any] = {
        "days": 14,
        "size": FIGHT,
        "raids_a_day": {"kind": "bernoulli", "p": 0.5},
        "p": 0.8,
        "salvos": [2],
    }
    changes = battery(FIGHT, 0.8, [2], stock=48, days=14, raids={"kind": "bernoulli", "p": 0.5})
    return Problem(
        f"V6 (c): no missile without a shot in 14 days, goal {goal:g}",
        "least_stock",
        changes,
        (20, 160),
        "dry_ever[ballistic] <= 0",
        goal,
        lambda rounds: 1.0 - float(exact.stock_chain(start=rounds, **given)["p_shortage"]),
        exact.least_stock(goal, most=250, **given)["start"],
    )


def monthly(goal: float) -> Problem:
    """So many rounds on day 10, with 30 at the start: our own, by `stock_chain` value by value."""
    raids = {"kind": "bernoulli", "p": 0.25}

    def probability(rounds: int) -> float:
        answer = exact.stock_chain(start=30, days=30, size=TABLE, raids_a_day=raids, deliveries={10: rounds})
        return 1.0 - float(answer["p_shortage"])

    changes = battery(TABLE, 1.0, stock=30, days=30, raids=raids, deliveries={10: 8})
    least = next((rounds for rounds in range(80) if probability(rounds) >= goal), None)
    return Problem(
        f"own: one delivery on day 10 to 30 rounds, goal {goal:g}",
        "stock_chain",
        changes,
        (0, 80),
        "short_ever <= 0",
        goal,
        probability,
        least,
        "choices.supply.line.deliveries.0.quantity",
    )
