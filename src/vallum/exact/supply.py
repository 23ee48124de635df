"""Making and buying rounds: newsvendor and spares, learning curve, production ramp (S1, X7)."""

import math
from collections.abc import Sequence

import numpy as np

from vallum.exact import checks
from vallum.exact.checks import Answer, Array
from vallum.exact.laws import LARGEST_COUNT, Law, Spelling, count_law

MOST_MADE = 1_000_000
MOST_STEPS = 10_000
DAYS_A_YEAR, MONTHS_A_YEAR = 365, 12
STEPS_A_YEAR = {"year": 1, "month": MONTHS_A_YEAR, "day": DAYS_A_YEAR}
SHAPES = ("linear", "s_curve", "learning")
THEORIES = ("unit", "cumulative_average")


def newsvendor(
    demand: Spelling,
    underage: float | None = None,
    overage: float | None = None,
    goal: float | None = None,
) -> Answer:
    """One order before an unknown demand: least Q with P(D <= Q) >= underage / (underage + overage) (X7).

    demand    a law of whole numbers: {"kind": "poisson", "mean": 12}, {value: probability}, ... as in
              `stock_chain`
    underage  cost of one short, overage cost of one left; above 0
    goal      instead of costs: P(D <= Q) wanted (spares), above 0, below 1 for demand without a largest value
    Returns order, fractile (or goal), cumulative (P(D <= order)), one_less (P(D <= order-1)), mean_short,
    mean_left, mean_cost (none with a goal).
    Source: Arrow, Harris & Marschak 1951, Econometrica 19(3).

    >>> answer = newsvendor({"kind": "poisson", "mean": 12}, 4, 1)
    >>> answer["order"], round(answer["cumulative"], 6), answer["fractile"]
    (15, 0.844416, 0.8)
    """
    law = count_law("demand", demand)
    costs = None
    if goal is None:
        under = checks.number("underage", underage, 0.0, above=True)
        over = checks.number("overage", overage, 0.0, above=True)
        costs, fractile = (under, over), under / (under + over)
    elif underage is None and overage is None:
        fractile = checks.goal_share("goal", goal)
    else:
        checks.refuse("goal", goal, "either a goal or underage and overage")
    order, cumulative = _least_order(law, fractile)
    below = np.cumsum(np.concatenate(([0.0], cumulative[:-1])))  # sum over j < q of P(D <= j) = E(q - D)+
    left = float(below[order])
    short = max(0.0, law.mean - order + left)
    return {
        "order": order,
        "fractile": fractile,
        "cumulative": float(cumulative[order]),
        "one_less": float(cumulative[order - 1]) if order else 0.0,
        "mean_short": short,
        "mean_left": left,
        "mean_cost": None if costs is None else costs[0] * short + costs[1] * left,
    }


def _least_order(law: Law, fractile: float) -> tuple[int, Array]:
    top = 16 if law.largest is None else law.largest
    while True:
        cumulative = np.cumsum(law.pmf(top))
        reached = np.flatnonzero(cumulative >= fractile * (1.0 - 1e-12))
        if len(reached) and (fractile < 1.0 or law.largest is not None):
            return int(reached[0]), np.minimum(cumulative, 1.0)
        if top > 1000 * LARGEST_COUNT or fractile == 1.0:
            checks.refuse("the fractile wanted", fractile, "below 1 for this demand")
        top *= 2


def learning_curve(
    first: float,
    rate: float,
    units: Sequence[int] = (),
    blocks: Sequence[Sequence[int]] = (),
    theory: str = "unit",
) -> Answer:
    """Cost of the n-th round made: each doubling costs `rate` times as much (S1).

    first   cost of the first, above 0; rate above 0, up to 1 (0.9 is a 90 % curve)
    units   numbers n, 1..1,000,000; blocks [from, to] pairs, both included
    theory  `unit` (Crawford): cost of the n-th = first n**b; `cumulative_average` (Wright 1936): mean cost of
            the first n = first n**b; b = log2(rate)
    Returns exponent b, unit_costs (of `units`), total_costs (of the first n, for `units`), block_costs,
    block_means.
    Source: Wright 1936, Journal of the Aeronautical Sciences 3(4); Crawford 1944. V7 and rule S1 mean `unit`.

    >>> answer = learning_curve(4.0, 0.9, [2, 100, 1000], [[101, 200]])
    >>> [round(cost, 6) for cost in answer["unit_costs"]], round(answer["block_costs"][0], 6)
    ([3.6, 1.986341, 1.399751], 187.292164)
    """
    opening = checks.number("first", first, 0.0, 1e15, above=True)
    slope = math.log2(checks.number("rate", rate, 0.0, 1.0, above=True))
    word = checks.choice("theory", theory, THEORIES)

    def numbered(where: str, value: object) -> int:
        return checks.whole(where, value, 1, MOST_MADE)

    def block(where: str, value: object) -> tuple[int, int]:
        pair = checks.many(where, value, numbered)
        if len(pair) != len(("from", "to")) or pair[0] > pair[1]:
            checks.refuse(where, value, "[from, to] with from <= to")
        return pair[0], pair[1]

    made = checks.many("units", units, numbered, least=0)
    spans = checks.many("blocks", blocks, block, least=0)
    total = _totals(opening, slope, word, max([1, *made, *(last for _, last in spans)]))
    costs = [float(total[last] - total[start - 1]) for start, last in spans]
    exact_unit = word == "unit"
    return {
        "exponent": slope,
        "unit_costs": [opening * n**slope if exact_unit else float(total[n] - total[n - 1]) for n in made],
        "total_costs": [float(total[n]) for n in made],
        "block_costs": costs,
        "block_means": [cost / (last - start + 1) for cost, (start, last) in zip(costs, spans, strict=True)],
    }


def _totals(first: float, slope: float, theory: str, last: int) -> Array:
    """Cost of the first 0..last."""
    numbers = np.arange(1, last + 1, dtype=float)
    if theory == "unit":
        return np.concatenate(([0.0], np.cumsum(first * numbers**slope)))
    return np.concatenate(([0.0], first * numbers ** (1.0 + slope)))


def ramp(
    start: float,
    periods: int,
    increment: float | None = None,
    target: float | None = None,
    reach: int | None = None,
    shape: str = "linear",
    learning: float | None = None,
    step: str = "month",
    per: str | None = None,
    share: float = 1.0,
) -> Answer:
    """Output of a production line that ramps up, period by period, in whole rounds by carry (S1).

    start      rate in the first period, 0..1,000,000 per `per`
    periods    number of periods, 1..10,000, each a `step`: year, month (default), day
    per        the rate's time unit: year, month, day (default: the step; a year has 12 months, 365 days)
    shape      `linear`: rate start + (k-1) increment in period k, not beyond `target` if given; or from start
               to `target`, reached in period `reach`; `s_curve`: the same ends along 3x**2 - 2x**3;
               `learning`: the effort of a period stays what its first `start` rounds took, each doubling
               takes `learning` times the effort (unit theory), not beyond `target` if given
    share      our share of the output, 0..1
    Whole rounds by carry: after k periods floor(sum of rates x share) have been delivered.
    Returns rates (per period, before share), output (whole rounds by period), cumulative, total.
    Source: arithmetic; Wright 1936 for `learning`.

    >>> ramp(600, 5, increment=100, step="year")["cumulative"]
    [600, 1300, 2100, 3000, 4000]
    >>> ramp(10, 4, target=40, reach=4, per="year")["output"]
    [0, 2, 3, 3]
    """
    number = checks.whole("periods", periods, 1, MOST_STEPS)
    opening = checks.number("start", start, 0.0, MOST_MADE)
    goal = None if target is None else checks.number("target", target, 0.0, MOST_MADE)
    of_step = checks.choice("step", step, tuple(STEPS_A_YEAR))
    unit = of_step if per is None else checks.choice("per", per, tuple(STEPS_A_YEAR))
    scale = STEPS_A_YEAR[unit] / STEPS_A_YEAR[of_step]
    if checks.choice("shape", shape, SHAPES) == "learning":
        if increment is not None or reach is not None:
            checks.refuse("shape", shape, "linear or s_curve where increment or reach is given")
        rate = checks.number("learning", learning, 0.0, 1.0, above=True)
        made = _learned(opening * scale, number, rate, None if goal is None else goal * scale)
    else:
        if learning is not None:
            checks.refuse("learning", learning, "nothing unless shape is learning")
        made = scale * _straight(opening, number, increment, goal, reach, shape)
    cumulative = np.floor(np.cumsum(made) * checks.probability("share", share) + checks.SLACK)
    return {
        "rates": checks.floats(made),
        "output": [int(each) for each in np.diff(cumulative, prepend=0.0)],
        "cumulative": [int(each) for each in cumulative],
        "total": int(cumulative[-1]),
    }


def _straight(start: float, periods: int, increment: object, target: float | None, reach: object, shape: str) -> Array:
    """Rates along a line or an S from start to target."""
    steps = np.arange(periods, dtype=np.float64)
    if increment is not None:
        if shape == "s_curve" or reach is not None:
            checks.refuse("increment", increment, "nothing where shape is s_curve or reach is given")
        rise = checks.number("increment", increment, -MOST_MADE, MOST_MADE)
        rates = np.full(periods, start) + steps * rise
        if target is not None:
            rates = np.minimum(rates, target) if target >= start else np.maximum(rates, target)
        return np.maximum(rates, 0.0)
    if target is None and reach is None and shape == "linear":
        return np.full(periods, start)
    if target is None or reach is None:
        checks.refuse("target, reach", [target, reach], "both, or an increment")
    last = checks.whole("reach", reach, 1, MOST_STEPS)
    x = np.minimum(steps / (last - 1), 1.0) if last > 1 else np.ones(periods)
    return np.full(periods, start) + (target - start) * (x * x * (3.0 - 2.0 * x) if shape == "s_curve" else x)


def _learned(start: float, periods: int, rate: float, most: float | None) -> Array:
    """Rounds per period when each period has the effort of the first and effort falls along the unit curve.

    Effort of the first x rounds: the sum of n**b, straight between whole rounds.
    """
    effort, numbers = _totals(1.0, math.log2(rate), "unit", MOST_MADE), np.arange(MOST_MADE + 1.0)
    rates, made = [], 0.0
    budget = float(np.interp(start, numbers, effort))
    for _ in range(periods):
        spent = float(np.interp(made, numbers, effort))
        more = float(np.interp(spent + budget, effort, numbers)) - made
        rates.append(more if most is None else min(more, most))
        made += rates[-1]
    if made >= MOST_MADE:
        checks.refuse("the rounds made", made, f"fewer than {MOST_MADE:,} with shape learning")
    return np.array(rates)
