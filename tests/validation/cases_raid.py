"""One raid: one layer with rounds to spare (X1), looks and finite magazines (X2), layers in series (X5)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy import stats
from tests.validation.case import Case, Row, battery, chance, mean, variance

from vallum import coverage, exact

BALLISTIC: dict[str, Any] = {"threat_class": "ballistic"}
ROUND: dict[str, Any] = {"interceptor": "round"}
TWO_CITIES = {"East": {"lat": 50.0, "lon": 30.0, "weight": 3}, "West": {"lat": 50.0, "lon": 32.0, "weight": 1}}

#: What `leakers_finite` and its like call an outcome.
TOLD = {"no_leaker": "no_leaker", "no_leak": "no_leaker", "mean_leakers": "leakers", "mean_used": "used"}
#: So rare that no run of these sizes would tell.
RARE = 1e-3


def cases() -> list[Case]:
    """Every case of one night or of nights that are alike."""
    return [*ample(), *sight(), *mixed(), *kinds(), *unknowns(), *looks(), *finite(), *series(), *groups(), *places()]


def of_raid(answer: dict[str, Any]) -> tuple[Row, ...]:
    """Rows of what `leakers_finite` and its like tell of one raid."""
    told = []
    for key, outcome in TOLD.items():
        if answer.get(key) is not None and answer[key] > RARE:
            told.append(mean(answer[key], outcome, **(ROUND if outcome == "used" else BALLISTIC)))
    if answer.get("any_dry"):
        told.append(mean(answer["any_dry"], "dry_ever", **BALLISTIC))
    return tuple(told)


# --- X1: one layer, rounds to spare -----------------------------------------------------------------


def ample() -> list[Case]:
    """Stopped is binomial: n threats, t (1 - (1 - p)^s) each."""
    made = []
    for n, p, t, s in ((12, 0.45, 0.8, 2), (8, 0.6, 1.0, 3), (20, 0.7, 0.95, 1), (5, 0.9, 0.7, 1)):
        kill = t * (1 - (1 - p) ** s)
        law = stats.binom(n, 1 - kill)
        usual = round(law.mean())
        rows = [
            mean(law.mean(), "leakers", **BALLISTIC),
            variance(law.var(), "leakers", **BALLISTIC),
            chance(law.pmf(usual), "leakers", "=", usual, **BALLISTIC),
        ]
        if law.pmf(0) > RARE:
            rows.append(mean(law.pmf(0), "no_leaker", **BALLISTIC))
        name = f"X1-binomial-{n}-threats"
        made.append(Case(name, "E3, E8, X1", "binomial law", battery(n, p, [s], track=t), tuple(rows), 40_000))
    return made


def sight() -> list[Case]:
    """Common mode: one draw for all threats of a wave (E8)."""
    made = []
    for n, p, s, t, r in ((8, 0.7, 2, 1.0, 0.7), (6, 0.8, 2, 0.9, 0.85)):
        answer = exact.no_leak(p, n, shots=s, track=t, reliability=r)
        changes = battery(n, p, [s], track=t, reliability=r)
        made.append(Case(f"X1-common-mode-{n}-threats", "E8, X1", "no_leak", changes, of_raid(answer)))
    all_eight = 0.1 + 0.9 * 0.5**8
    rows = (chance(all_eight, "leakers", "=", 8, **BALLISTIC),)
    changes = battery(8, 0.5, reliability=0.9)
    made.append(Case("X1-all-eight-leak", "E8, X1", "(1-r) + r (1-p)^8", changes, rows, 40_000))
    answer = exact.leakers_finite(9, None, 0.7, [2], reliability=0.8, waves=3)
    changes = battery(9, 0.7, [2], reliability=0.8, fixed={"raids.waves": 3})
    made.append(Case("X1-common-mode-by-wave", "E8, R4, X1", "leakers_finite", changes, of_raid(answer)))
    return [*made, *scopes()]


def scopes() -> list[Case]:
    """Two batteries of one layer that fail alone, with their layer, or with the whole defence (E8)."""
    kill, n, r = 1 - 0.3**2, 5, 0.8
    sees = {"battery": 1 - (1 - r) ** 2, "layer": r, "defence": r}
    made = []
    for scope, share in sees.items():
        changes = battery(
            n, 0.7, [2], doctrine={"common_mode": scope}, choices={"batteries.long": 2}, reliability=r
        )  # fmt: skip
        rows = (
            mean(share * kill**n, "no_leaker", **BALLISTIC),
            mean(n * (1 - share * kill), "leakers", **BALLISTIC),
        )
        made.append(Case(f"X1-scope-{scope}", "E8, X1", "a layer sees if any battery does", changes, rows, 40_000))
    return made


def mixed() -> list[Case]:
    """A salvo of two types, each shot with the p of its own (E7)."""
    types = {"round": {"kill": {"ballistic": 0.8}}, "cheap": {"kill": {"ballistic": 0.5}}}
    made = []
    plans = {"even": [(0.8, 0.5)] * 4, "turn": [(0.8, 0.8), (0.8, 0.8), (0.5, 0.5), (0.5, 0.5)]}
    for spread, salvos in plans.items():
        kills = [exact.salvo_kill(list(salvo))["kill"] for salvo in salvos]
        changes = battery(4, salvo=[2], doctrine={"spread": spread})
        changes |= {"fixed.interceptors": types, "choices.stock": {"round": 4, "cheap": 4}}
        del changes["fixed.interceptors.round.kill.ballistic"]
        rows = (
            mean(math.prod(kills), "no_leaker", **BALLISTIC),
            mean(4 - sum(kills), "leakers", **BALLISTIC),
        )
        made.append(Case(f"X1-two-types-{spread}", "E5, E7, X1", "salvo_kill of a mixed salvo", changes, rows))
    return made


def kinds() -> list[Case]:
    """Decoys, threats that fail by themselves, random sizes of raids, batteries out of order."""
    kill, n = 0.75, 10
    real = 0.7
    decoys = (
        mean((1 - real + real * kill) ** n, "no_leaker", **BALLISTIC),
        mean(kill, "real_stopped_share", **BALLISTIC),
        mean(n * real * (1 - kill), "real_leakers", **BALLISTIC),
        mean(n * (1 - kill), "leakers", **BALLISTIC),
    )
    counted = (mean(6 / 66, "no_leaker", **BALLISTIC), mean(2.0, "leakers", reason="dry", **BALLISTIC))
    after = (
        mean(n * (1 - kill) * 0.8, "leakers", **BALLISTIC),
        mean(n * (1 - kill) * 0.2, "failed", **BALLISTIC),
        mean(n, "used", **ROUND),
    )
    before = (
        mean(n * 0.8 * (1 - kill), "leakers", **BALLISTIC),
        mean(n * 0.2, "failed", **BALLISTIC),
        mean(n * 0.8, "used", **ROUND),
    )
    fails = {"classes.ballistic": {"fail": 0.2}}
    fails_before = {"classes.ballistic": {"fail": 0.2, "fail_when": "before"}}
    share, count = {"classes.ballistic": {"decoys": {"share": 0.3}}}, {"classes.ballistic": {"decoys": {"count": 4}}}
    made = [
        Case("X1-decoys-by-share", "W2, X1", "(1-d)(1-K) thinned", battery(n, kill, fixed=share), decoys),
        Case("X1-decoys-by-count", "W2, E5", "C(4,2)/C(12,2)", battery(12, 1.0, stock=10, fixed=count), counted),
        Case("X1-fails-after", "W2, X1", "thinned binomial", battery(n, kill, fixed=fails), after),
        Case("X1-fails-before", "W2, X1", "thinned binomial", battery(n, kill, fixed=fails_before), before),
    ]
    return [*made, *sizes(), *fitness()]


def sizes() -> list[Case]:
    """Random sizes of raids: what leaks of a Poisson or negative binomial raid is again one (R1)."""
    leak = 0.3
    poisson = (
        mean(math.exp(-5 * leak), "no_leaker", **BALLISTIC),
        mean(5 * leak, "leakers", **BALLISTIC),
        variance(5 * leak, "leakers", **BALLISTIC),
    )
    negative = (
        mean((1 + 5 * leak / 2) ** -2, "no_leaker", **BALLISTIC),
        variance(5 * leak + (5 * leak) ** 2 / 2, "leakers", **BALLISTIC),
    )
    geometric = (mean(6, "launched", **BALLISTIC), variance(30, "launched", **BALLISTIC))
    laws: tuple[tuple[dict[str, Any], str, tuple[Row, ...]], ...] = (
        ({"kind": "poisson", "mean": 5}, "thinned Poisson", poisson),
        ({"kind": "negative_binomial", "mean": 5, "dispersion": 2}, "thinned negative binomial", negative),
        ({"kind": "geometric", "mean": 6}, "m, m(m-1)", geometric),
    )
    return [
        Case(f"X1-{law['kind']}-sizes", "R1, X1", source, battery(law, 1 - leak), rows, 100_000)
        for law, source, rows in laws
    ]


def fitness() -> list[Case]:
    """Twenty nights with a battery that is fit three days in four (W6), and a p that falls (K3)."""
    made = []
    repairs: dict[str, dict[str, Any]] = {"each-day": {}, "repairs": {"repair": {"mean": 5}}}
    for name, repair in repairs.items():
        rows: tuple[Row, ...] = (mean(20 * 4 * (1 - 0.75 * 0.8), "leakers", **BALLISTIC),)
        changes = battery(4, 0.8, days=20, availability=0.75, **repair)
        made.append(Case(f"X1-fit-{name}", "W6, X1", "n D (1 - a K)", changes, rows))
    falls = [{"from": 1, "value": 0.8}, {"from": 3, "value": 0.4}]
    rows = (
        mean(2 * 5 * (0.2 + 0.6), "leakers", **BALLISTIC),
        variance(2 * 5 * (0.16 + 0.24), "leakers", **BALLISTIC),
    )
    made.append(Case("X1-falling-p", "K3, X1", "two binomials", battery(5, falls, days=4), rows, 40_000))
    return made


def unknowns() -> list[Case]:
    """What is not known is drawn once a future: the mean over futures is an integral (F1, F2)."""
    law = {"low": 0.3, "high": 0.9, "best": 0.6, "shape": "uniform", "assumption": "drawn for a test"}
    integral = (0.9**5 - 0.3**5) / (5 * 0.6)
    rows: tuple[Row, ...] = (mean(integral, "no_leaker", **BALLISTIC), mean(4 * 0.4, "leakers", **BALLISTIC))
    changes = battery(4, "p") | {"uncertain.p": law}
    made = [Case("X1-uniform-p", "F1, F2, X1", "integral of p^4", changes, rows)]
    changes = two_layers("p", "other", 1) | {"uncertain.p": law, "uncertain.other": law}
    for rho, share in ((0.8, tied_leak(0.8)), (-0.8, tied_leak(-0.8))):
        about = {"correlations": [["p", "other", rho]]}
        rows = (mean(share, "leakers", **BALLISTIC),)
        made.append(
            Case(f"X5-correlated-{rho:g}", "F2, X5", "6/pi asin(rho/2) of a copula", changes | about, rows, 40_000)
        )
    return made


def tied_leak(rho: float) -> float:
    """Mean of (1 - p)(1 - p') of uniform p on 0.3..0.9 tied by a Gaussian copula: rank correlation 6/pi asin(rho/2)."""
    return float(0.4**2 + 0.6**2 / 12 * 6 / math.pi * math.asin(rho / 2))


# --- X2: looks, and what a magazine lacks -----------------------------------------------------------


def looks() -> list[Case]:
    """Shoot, look, shoot with rounds to spare."""
    doctrines: tuple[tuple[float, list[int], float, float, int], ...] = (
        (0.55, [1, 1], 1.0, 1.0, 6),
        (0.6, [2, 1], 1.0, 1.0, 6),
        (0.4, [1, 1, 1], 1.0, 1.0, 5),
        (0.5, [1, 2], 0.9, 1.0, 7),
        (0.45, [2, 2], 1.0, 0.85, 5),
    )
    made = []
    for p, salvos, track, reliability, n in doctrines:
        answer = exact.look_shoot_look(p, salvos, track, reliability, n)
        changes = battery(n, p, salvos, track=track, reliability=reliability)
        name = "X2-looks-" + "-".join(str(shots) for shots in salvos)
        made.append(Case(name, "E4, X2", "look_shoot_look", changes, of_raid(answer), 40_000))
    return made


FINITE: dict[str, dict[str, Any]] = {
    "X2-two-looks": {"threats": 8, "interceptors": 11, "p": 0.55, "salvos": [1, 1]},
    "X2-track": {"threats": 10, "interceptors": 18, "p": 0.5, "salvos": [2, 1], "track": 0.85},
    "X2-three-looks": {"threats": 7, "interceptors": 12, "p": 0.45, "salvos": [1, 1, 1]},
    "X2-even-looks": {"threats": 9, "interceptors": 13, "p": 0.6, "salvos": [2, 1], "spread": "even"},
    "X2-short-salvos": {"threats": 12, "interceptors": 17, "p": 0.65, "salvos": [3]},
    "X2-channels": {"threats": 10, "interceptors": 40, "p": 0.7, "salvos": [2], "channels": 6},
    "X2-channels-track": {"threats": 10, "interceptors": 9, "p": 0.6, "salvos": [1, 1], "channels": 5, "track": 0.7},
    "X2-waves": {"threats": 9, "interceptors": 12, "p": 0.6, "salvos": [1, 1], "channels": 2, "waves": 3},
    "X2-reserve": {"threats": 8, "interceptors": 13, "p": 0.6, "salvos": [1, 1], "reserve": 4},
    "X2-reserve-even": {"threats": 6, "interceptors": 14, "p": 0.5, "salvos": [2], "reserve": 5, "spread": "even"},
    "X2-all-at-once": {
        "threats": 9, "interceptors": 12, "p": 0.55, "salvos": [1, 1], "track": 0.9, "reliability": 0.8,
        "channels": 6, "reserve": 2,
    },
}  # fmt: skip


def finite() -> list[Case]:
    """A magazine that may not do."""
    rules = "E2, E4, E5, E6, E8, R4, X2"
    return [
        Case(name, rules, "leakers_finite", raid(**given), of_raid(exact.leakers_finite(**given)), 40_000)
        for name, given in FINITE.items()
    ]  # fmt: skip


def raid(
    threats: int,
    interceptors: int,
    p: float,
    salvos: list[int],
    spread: str = "turn",
    reserve: int = 0,
    waves: int = 1,
    **system: Any,
) -> dict[str, Any]:
    """The scenario that `leakers_finite` tells of."""
    doctrine: dict[str, Any] = {"spread": spread}
    if reserve:
        doctrine["reserve.long.ballistic"] = reserve
    changes = battery(threats, p, salvos, stock=interceptors, doctrine=doctrine, **system)
    return changes | {"fixed.raids.waves": waves}


# --- X5: layers in series -----------------------------------------------------------------------------


def layered(n: int, *layers: dict[str, Any]) -> dict[str, Any]:
    """A city behind layers, outer to inner: batteries with p, salvo and stock, or soft and team layers."""
    systems: dict[str, Any] = {}
    salvos, interceptors, stock, batteries = {}, {}, {}, {}
    for number, given in enumerate(layers):
        layer = dict(given)
        name = f"layer-{number}"
        batteries[name] = 1
        if "success" in layer:
            layer["success"] = {"ballistic": layer["success"]}
        else:
            kind = f"round-{number}"
            interceptors[kind] = {"kill": {"ballistic": layer.pop("p")}}
            stock[kind] = layer.pop("stock", 100)
            salvos[name] = {"ballistic": layer.pop("salvos", [1])}
            layer |= {"launchers": 1, "per_launcher": {kind: 500}}
        systems[name] = layer
    return {
        "fixed.raids.size.ballistic.n": n,
        "fixed.systems": systems,
        "fixed.interceptors": interceptors,
        "fixed.doctrine.salvos": salvos,
        "choices.batteries": batteries,
        "choices.stock": stock,
    }


def two_layers(outer: Any, inner: Any, n: int) -> dict[str, Any]:
    """Two layers of one shot each with rounds to spare."""
    return layered(n, {"p": outer}, {"p": inner})


def series() -> list[Case]:
    """The leak is the product over layers; a finite layer changes what the next one meets."""
    ample_layers: dict[str, list[dict[str, Any]]] = {
        "two": [{"p": 0.7}, {"p": 0.5, "shots": 2}],
        "three": [{"p": 0.4, "shots": 1, "track": 0.8}, {"p": 0.6, "shots": 2}, {"p": 0.5, "track": 0.9}],
        "unreliable": [{"p": 0.7, "shots": 2, "reliability": 0.8}, {"p": 0.6, "reliability": 0.7}],
    }
    made = []
    for name, layers in ample_layers.items():
        answer = exact.no_leak(threats=5, layers=layers)
        built = [
            {("salvos" if k == "shots" else k): ([v] if k == "shots" else v) for k, v in x.items()} for x in layers
        ]
        made.append(Case(f"X5-{name}-layers", "E1b, E8, X5", "no_leak", layered(5, *built), of_raid(answer), 40_000))
    answer = exact.no_leak(threats=4, layers=[{"p": 0.7}, {"p": 0.6}], reliability=0.75)
    blind = [{"p": p, "reliability": 0.75} for p in (0.7, 0.6)]
    changes = layered(4, *blind) | {"fixed.doctrine.common_mode": "defence"}
    made.append(Case("X5-one-eye-for-all", "E8, X5", "no_leak", changes, of_raid(answer)))
    return [*made, *soft_and_teams(), *finite_series()]


def soft_and_teams() -> list[Case]:
    """A soft layer stops a share; a team of capacity K treats the first K that it sees (E9)."""
    answer = exact.no_leak(threats=6, layers=[{"p": 0.4, "track": 0.9}, {"p": 0.6}])
    soft = layered(6, {"kind": "soft", "success": 0.4, "track": 0.9}, {"p": 0.6})
    made = [Case("X5-soft-then-battery", "E9, X5", "no_leak", soft, of_raid(answer))]
    teams = [{"p": 0.5, "salvos": [1], "channels": 4}, {"p": 0.7, "salvos": [1]}]
    ended = exact.leakers_finite(9, layers=teams)
    rows = of_raid({key: ended[key] for key in ("no_leaker", "mean_leakers")})
    changes = layered(9, {"kind": "team", "success": 0.5, "capacity": 4}, {"p": 0.7})
    made.append(Case("X5-team-then-battery", "E9, X5", "leakers_finite", changes, rows))
    inner = [{"p": 0.6, "salvos": [2], "stock": 7}, {"p": 0.45, "salvos": [1], "channels": 3}]
    ended = exact.leakers_finite(8, layers=inner)
    rows = of_raid({key: ended[key] for key in ("no_leaker", "mean_leakers")})
    changes = layered(8, {"p": 0.6, "salvos": [2], "stock": 7}, {"kind": "team", "success": 0.45, "capacity": 3})
    made.append(Case("X5-battery-then-team", "E9, X5", "leakers_finite", changes, rows))
    return made


def finite_series() -> list[Case]:
    """Finite magazines in series, each with rounds of its own."""
    shapes: dict[str, list[dict[str, Any]]] = {
        "two": [{"p": 0.6, "salvos": [2], "stock": 7}, {"p": 0.7, "salvos": [1, 1], "stock": 5}],
        "three": [
            {"p": 0.35, "salvos": [1], "stock": 5},
            {"p": 0.5, "salvos": [1, 1], "stock": 6},
            {"p": 0.8, "salvos": [1], "stock": 2},
        ],
    }
    made = []
    for name, layers in shapes.items():
        answer = exact.leakers_finite(9, layers=layers)
        used = [
            mean(told["mean_used"], "used", interceptor=f"round-{number}")
            for number, told in enumerate(answer["layers"])
        ]
        rows = (
            mean(answer["no_leaker"], "no_leaker", **BALLISTIC),
            mean(answer["mean_leakers"], "leakers", **BALLISTIC),
            *used,
        )
        made.append(
            Case(f"X5-{name}-magazines", "E4, E5, X5", "leakers_finite", layered(9, *layers), rows, 40_000)
        )  # fmt: skip
    return made


def groups() -> list[Case]:
    """Drones by the group: one draw for many (F4), through jamming and teams of so many (E9)."""
    n, jam, gun, room = 60, 0.3, 0.6, 25
    alive = stats.binom(n, 1 - jam)
    first, second = 0.0, 0.0
    for left in range(n + 1):
        treated = min(room, left)
        expected, spread = left - treated * gun, treated * gun * (1 - gun)
        first += alive.pmf(left) * expected
        second += alive.pmf(left) * (spread + expected**2)
    rows: tuple[Row, ...] = (
        mean(first, "leakers", threat_class="drone"),
        variance(second - first**2, "leakers", threat_class="drone"),
    )
    systems = {
        "jamming": {"kind": "soft", "success": {"drone": jam}},
        "guns": {"kind": "team", "success": {"drone": gun}, "capacity": room},
    }
    changes = drones(n, systems)
    made = [Case("X5-drones", "F4, E9, X5", "binomial, then min(K, left)", changes, rows, 40_000)]
    leak = 1 - 0.8 * 0.7 * 0.5
    plain = {"guns": {"kind": "team", "success": {"drone": 0.5}, "track": 0.7, "reliability": 0.8}}
    rows = (
        mean(n * leak * 0.9, "leakers", threat_class="drone"),
        mean(n * leak * 0.1, "failed", threat_class="drone"),
        mean(n * (1 - 0.8 * 0.7) * 0.9, "leakers", threat_class="drone", reason="blind"),
        mean(1 - leak, "stopped_share", threat_class="drone"),
    )
    changes = drones(n, plain) | {"fixed.classes.drone": {"fail": 0.1}}
    made.append(Case("X5-drones-that-fail", "F4, E8, W2", "products of shares", changes, rows, 40_000))
    return made


def drones(n: int, systems: dict[str, Any]) -> dict[str, Any]:
    """A raid of drones that no magazine is fired at."""
    return {
        "fixed.classes": {"drone": {}},
        "fixed.raids.size": {"drone": {"kind": "fixed", "n": n}},
        "fixed.interceptors": {},
        "fixed.systems": systems,
        "fixed.doctrine.salvos": {},
        "choices.batteries": dict.fromkeys(systems, 1),
        "choices.stock": {},
    }


# --- where they fall ----------------------------------------------------------------------------------


def places() -> list[Case]:
    """Cities that are covered or not, a share of a country, and the order of fire (W5, R3, E1)."""
    kill, n = 0.8, 8
    posts = {"batteries.long": [{"site": "East"}]}
    made = []
    for shift in (0.0, 0.4):
        bare = (1 - shift) * 0.25 + shift
        rows = (
            mean(n * bare, "real_leakers", asset="West", **BALLISTIC),
            mean(n * (1 - bare) * (1 - kill), "real_leakers", asset="East", **BALLISTIC),
            mean(n * bare, "leakers", reason="uncovered", **BALLISTIC),
        )
        changes = battery(n, kill, choices=posts, fixed={"assets": TWO_CITIES, "raids.shift": shift})
        made.append(Case(f"X5-one-of-two-cities-{shift:g}", "W5, R3", "multinomial targets", changes, rows, 40_000))
    return [*made, country(), *order_of_fire(), split_magazines(), eight_and_none()]


def country() -> Case:
    """Three systems in a country cover the share that the table says (W5)."""
    covered = float(coverage.load("ua-cities-spread").shares(3, np.array([30.0]))[0, 3])
    n, kill = 10, 0.9
    leak = 1 - covered * kill
    rows = (
        mean(n * leak, "leakers", **BALLISTIC),
        variance(n * leak * (1 - leak), "leakers", **BALLISTIC),
        mean(n * (1 - covered), "leakers", reason="uncovered", **BALLISTIC),
    )
    changes = battery(n, kill, choices={"batteries.long": 3}, radius={"ballistic": 30.0})
    changes |= {"fixed.assets": {"Country": {"coverage": "ua-cities-spread"}}}
    return Case("X5-country", "W5", "1 - c(3, 30 km) K", changes, rows, 40_000)


def order_of_fire() -> list[Case]:
    """Twelve rounds for two cities with six missiles each (E1): asset by asset one city is defended whole."""
    cities = {name: about | {"weight": 1} for name, about in TWO_CITIES.items()}
    both = {"assets": cities, "raids.allocation": "proportional"}
    made = []
    for order, cover in (("random_asset", 0.96**6 / 2), ("weight", 0.96**6)):
        changes = battery(12, 0.8, [2], stock=12, fixed=both, doctrine={"order": order}, radius={"ballistic": 9e3})
        rows = (chance(cover, "real_leakers", "=", 0, asset="East", **BALLISTIC),)
        made.append(Case(f"X5-order-{order}", "E1", "salvo_kill^6, of one city", changes, rows))
    return made


def split_magazines() -> Case:
    """Ten rounds in each of two cities, twenty missiles: |X - 10| find none though as many are left (W5)."""
    cities = {name: about | {"weight": 1} for name, about in TWO_CITIES.items()}
    posts = {"batteries.long": [{"site": "East"}, {"site": "West"}]}
    short = sum(abs(k - 10) * stats.binom.pmf(k, 20, 0.5) for k in range(21))
    rows = (mean(float(short), "leakers", reason="dry", **BALLISTIC), mean(float(short), "stock", **ROUND))
    changes = battery(20, 1.0, stock=20, choices=posts, fixed={"assets": cities})
    return Case("X5-split-magazines", "W5, S5", "mean of abs(X - 10), X binomial", changes, rows, 40_000)


def eight_and_none() -> Case:
    """Raids of eight, one day in five, and rounds for one raid: the second finds none (O)."""
    twice = 1 - stats.binom.cdf(1, 10, 0.2)
    rows = (
        mean(float(twice), "eight_and_none_ever", **BALLISTIC),
        mean(float(sum(max(0, k - 1) * stats.binom.pmf(k, 10, 0.2) for k in range(11))), "eight_and_none", **BALLISTIC),
    )
    raids = {"kind": "bernoulli", "p": 0.2}
    changes = battery(8, 0.7, [2], stock=16, days=10, raids=raids)
    return Case("X5-eight-and-none", "O, E10", "two or more raids", changes, rows, 40_000)
