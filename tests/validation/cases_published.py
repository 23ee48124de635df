"""The published verification examples V1, V2, V3, V4, V6 and V7: their numbers are facts, written here as printed."""

from __future__ import annotations

from typing import Any

from tests.validation.case import Case, Exact, Row, battery, chance, mean

from vallum import exact

BALLISTIC: dict[str, Any] = {"threat_class": "ballistic"}
ROUND: dict[str, Any] = {"interceptor": "round"}
#: The standard errors that the examples themselves ask for.
V2_LEAKERS, V6_SHARE, V6_LEAKERS = 0.01, 0.003, 0.03


def cases() -> list[Case]:
    """Every published example that a scenario can hold."""
    return [*v1(), *v2(), v3_one_round(), *v6(), *v7()]


def v1() -> list[Case]:
    """Barrage, and detection that serves all shots (Wilkening 1999)."""
    made = [
        Case(
            f"V1-{shots}-shots",
            "E3, X1",
            "V1 table",
            battery(1, 0.8, [shots], stock=shots),
            (mean(kill, "stopped_share", **BALLISTIC),),
            40_000,
        )
        for shots, kill in ((1, 0.8), (2, 0.96), (3, 0.992))
    ]
    for track, clean in ((1.0, 0.782758), (0.98, 0.693400)):
        rows = (mean(clean, "no_leaker", **BALLISTIC),)
        made.append(
            Case(f"V1-track-{track:g}", "E8, X1", "V1 table", battery(6, 0.8, [2], stock=12, track=track), rows)
        )
    return made


def v2() -> list[Case]:
    """A raid against a finite magazine."""
    law = (0.437052, 0.365111, 0.144249, 0.042406, 0.009786, 0.001317, 0.000079)
    looks: list[Row] = [chance(share, "leakers", "=", k, **BALLISTIC) for k, share in enumerate(law)]
    looks += [mean(0.827030, "leakers", V2_LEAKERS, **BALLISTIC), mean(7.958416, "used", **ROUND)]
    made = [Case("V2a-two-looks", "E4, X2", "V2 (a)", battery(6, 0.65, [1, 1], stock=9), tuple(looks), 40_000)]
    for spread, leakers, clean in (("turn", 3.63, 0.0), ("even", 2.16, 0.080678)):
        rows = (mean(leakers, "leakers", V2_LEAKERS, **BALLISTIC), mean(clean, "no_leaker", **BALLISTIC))
        changes = battery(10, 0.7, [2], stock=14, doctrine={"spread": spread})
        made.append(Case(f"V2b-{spread}", "E5", "V2 (b)", changes, rows, 40_000))
    return made


def v3_one_round() -> Case:
    """With one round there is nothing to ration: fire at the first bomber (Klinger & Brown 1968)."""
    raids = {"kind": "bernoulli", "p": 0.5}
    rows = (mean(7 / 64, "no_leaker", **BALLISTIC),)
    return Case("V3-one-round", "X7", "V3: p(1,5) = 7/64", battery(1, 0.5, stock=1, days=5, raids=raids), rows)


def v6() -> list[Case]:
    """When the interceptors run out."""
    poisson = {"kind": "poisson", "mean": 0.5}
    gone = ((10, 0.069790), (20, 0.464810), (30, 0.834460))
    exhausted = tuple(chance(share, "first_empty_country", "<=", day) for day, share in gone)
    size = {"kind": "geometric", "mean": 6}
    made = [
        Case("V6a-exhausted", "X4", "V6 (a)", battery(size, 1.0, stock=60, days=30, raids=poisson), exhausted, 40_000)
    ]
    shortages = (
        ("none", None, 0.422103, 5.447566, 6.447566),
        ("dated", {10: 8, 20: 8, 30: 8}, 0.105014, 0.969173, 25.969173),
        ("paused", {20: 8, 30: 8}, 0.225385, 2.368160, 19.368160),
    )
    made += [_v6b(*given) for given in shortages]
    raids = {"kind": "bernoulli", "p": 0.5}
    sizes = {"kind": "table", "values": [3, 6, 8], "weights": [0.5, 0.3, 0.2]}
    campaigns: tuple[tuple[str, Any, float, float, float], ...] = (
        ("short", None, 12.070968, 46.310483, 0.810945),
        ("resupplied", {7: 16}, 6.628266, 57.649447, 0.549551),
    )
    for name, deliveries, leakers, used, dry in campaigns:
        rows = (
            mean(leakers, "leakers", V6_LEAKERS, **BALLISTIC),
            mean(used, "used", **ROUND),
            mean(dry, "dry_ever", V6_SHARE, **BALLISTIC),
        )
        changes = battery(sizes, 0.8, [2], stock=48, days=14, raids=raids, deliveries=deliveries)
        made.append(Case(f"V6c-{name}", "X3", "V6 (c)", changes, rows, 130_000))
    return made


def _v6b(name: str, deliveries: dict[int, int] | None, short: float, unmet: float, left: float) -> Case:
    raids = {"kind": "bernoulli", "p": 0.25}
    sizes = {"kind": "table", "values": [2, 6, 10], "weights": [0.4, 0.4, 0.2]}
    rows = (mean(short, "short_ever", V6_SHARE), mean(unmet, "unmet", **ROUND), mean(left, "stock", **ROUND))
    changes = battery(sizes, 1.0, stock=40, days=30, raids=raids, deliveries=deliveries)
    return Case(f"V6b-{name}", "X3, S1, S2", "V6 (b)", changes, rows, 160_000 if deliveries else 60_000)


def v7() -> list[Case]:
    """600, 700, 800, ... a year: what a supply line of a scenario lands (S1)."""
    ramp = {"start": 600, "per": "year", "step": "year", "increment": 100}
    line = {"kind": "production", "interceptor": "round", "from": 1, "ramp": ramp}
    made = []
    for years, days, rounds in ((3, 1095, 2_100), (5, 1826, 4_000)):
        changes = battery(0, days=days, choices={"supply.line": line})
        made.append(
            Case(f"V7-ramp-{years}-years", "S1", "V7", changes, (mean(rounds, "arrived", **ROUND),), 100)
        )  # fmt: skip
    return made


# --- answers without dice -----------------------------------------------------------------------------


def answers() -> list[Exact]:
    """The published answers that are numbers, policies or prices, beside those of `vallum.exact`."""
    return [*_barrage(), *_bombers(), *_assignments(), *_stocks(), *_supply()]


def _barrage() -> list[Exact]:
    kill = exact.salvo_kill(0.8, [1, 2, 3])["kill"]
    shots = exact.shots_needed(0.8, [0.90, 0.95, 0.99])["shots"]
    least = exact.least_interceptors(0.8, 6, [0.80, 0.90, 0.95])["interceptors"]
    unseen = exact.least_interceptors(0.8, 6, [0.80, 0.90], track=0.98)
    ceiling = exact.no_leak(0.8, 6, 12, track=0.98)["ceiling"]
    return [
        Exact("V1 kill of 1, 2, 3 shots", "salvo_kill", (0.8, 0.96, 0.992), tuple(kill)),
        Exact("V1 shots for 0.90, 0.95, 0.99", "shots_needed", (2, 2, 3), tuple(shots)),
        Exact("V1 ceiling with track 0.98", "no_leak", (0.885842,), (ceiling,)),
        Exact("V1 least total for 0.80, 0.90, 0.95", "least_interceptors", (13, 17, 18), tuple(least)),
        Exact("V1 least total for 0.80, track 0.98", "least_interceptors", (17,), (unseen["interceptors"][0],)),
        Exact("V1 0.90 with track 0.98 is impossible", "least_interceptors", (1,), (int(unseen["impossible"][1]),)),
    ]


#: V3: p(n, t) for t = 1..5 and the smallest best salvo, by rounds n.
BOMBERS: tuple[tuple[tuple[float, ...], tuple[int, ...]], ...] = (
    ((1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32), (0, 0, 0, 0, 0)),
    ((3 / 4, 1 / 2, 5 / 16, 3 / 16, 7 / 64), (1, 1, 1, 1, 1)),
    ((7 / 8, 5 / 8, 7 / 16, 19 / 64, 25 / 128), (2, 1, 1, 1, 1)),
    ((15 / 16, 3 / 4, 9 / 16, 51 / 128, 35 / 128), (3, 2, 2, 2, 1)),
    ((31 / 32, 13 / 16, 41 / 64, 31 / 64, 181 / 512), (4, 2, 2, 2, 2)),
    ((63 / 64, 7 / 8, 23 / 32, 73 / 128, 445 / 1024), (5, 3, 2, 2, 2)),
)


def _bombers() -> list[Exact]:
    made = []
    for n, (values, salvos) in enumerate(BOMBERS):
        found = [exact.bomber(n=n, t=t, q=0.5, r=0.5) for t in range(1, 6)]
        made.append(Exact(f"V3 p({n}, 1..5)", "bomber", values, tuple(one["value"] for one in found)))
        made.append(Exact(f"V3 salvo k({n}, 1..5)", "bomber", salvos, tuple(one["salvo"] for one in found)))
    return made


def _assignments() -> list[Exact]:
    worth = [40, 25, 60, 15]
    p = [
        [0.7, 0.5, 0.6, 0.8],
        [0.6, 0.8, 0.5, 0.7],
        [0.8, 0.6, 0.7, 0.5],
        [0.5, 0.7, 0.8, 0.6],
        [0.65, 0.55, 0.75, 0.7],
    ]
    named = exact.assignment(values=worth, p=p)
    alike = exact.assignment(values=[50, 30, 20, 10], p=0.7, resources=7)
    return [
        Exact("V4 five resources, four targets: value", "assignment", (19.0,), (named["value"],)),
        Exact("V4 resources to targets", "assignment", (3, 1, 0, 2, 2), tuple(named["assigned"])),
        Exact("V4 seven like resources: value", "assignment", (12.0,), (alike["value"],)),
        Exact("V4 their counts", "assignment", (2, 2, 2, 1), tuple(alike["counts"])),
    ]


def _stocks() -> list[Exact]:
    time = exact.depletion(60, {"kind": "geometric", "mean": 6}, {"kind": "poisson", "mean": 0.5}, [10, 20, 30])
    raids, sizes = {"kind": "bernoulli", "p": 0.25}, {2: 0.4, 6: 0.4, 10: 0.2}
    least = exact.least_stock([0.90, 0.95], 30, sizes, raids, most=200)["start"]
    return [
        Exact("V6a P(T <= 10, 20, 30)", "depletion", (0.069790, 0.464810, 0.834460), tuple(time["p_exhausted"]), 5),
        Exact("V6a mean time, days", "depletion", (21.6667,), (time["mean_time"],)),
        Exact("V6a mean stock over mean use, wrong", "depletion", (20.0,), (time["naive_time"],)),
        Exact("V6b least stock for 0.90, 0.95", "least_stock", (58, 64), tuple(least)),
    ]


def _supply() -> list[Exact]:
    costs = exact.learning_curve(4.0, 0.9, units=[2, 100, 1000], blocks=[[101, 200]])
    output = exact.ramp(600, 5, increment=100, step="year")["cumulative"]
    order = exact.newsvendor({"kind": "poisson", "mean": 12}, underage=4, overage=1)
    return [
        Exact("V7 cost of units 2, 100, 1000", "learning_curve", (3.6, 1.986341, 1.399751), tuple(costs["unit_costs"])),
        Exact("V7 cost of units 101 to 200", "learning_curve", (187.292164,), tuple(costs["block_costs"])),
        Exact("V7 output of 3 and 5 years", "ramp", (2_100, 4_000), (output[2], output[4])),
        Exact(
            "V7 order, and its cumulative probability",
            "newsvendor",
            (15, 0.844416),
            (order["order"], order["cumulative"]),
        ),
    ]
