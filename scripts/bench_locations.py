"""Time the covering models on made instances: proven or not, gap, seconds (Q2, X6).

Sites and points are uniform in the unit square, weights whole numbers from 1 to 100, all drawn from named slots of
the dice with seed 11; a site covers what is within its radius. Run: python scripts/bench_locations.py
"""

from __future__ import annotations

import time

import numpy as np

from vallum import dice
from vallum.basing import textbook
from vallum.basing.cover import F64, Kind, Reach, best

SEED = 11
SITES = 300
COUNT = 20
#: Seconds for one model; several kinds are solved in rounds, each with so much.
LIMIT = 30.0
SEVERAL = 10.0


def uniforms(name: str, *shape: int) -> F64:
    """Uniforms of named slots, in any shape."""
    chain = dice.future_chains(SEED, 0)
    slots = np.arange(np.prod(shape), dtype=np.uint64)
    return dice.uniforms(dice.folds(dice.folds(chain, np.uint64(dice.word(name))), slots)).reshape(shape)


def made(demands: int, radius: float) -> tuple[F64, Reach]:
    """Weights (D,) and reach (I, D) of one instance."""
    sites, points = uniforms("sites", SITES, 2), uniforms("points", demands, 2)
    apart = np.hypot(*(sites[:, None] - points[None]).transpose(2, 0, 1))
    return np.floor(1 + 99 * uniforms("people", demands)), np.asarray(apart <= radius)


def main() -> None:
    """Print a line for each model and instance."""
    print(f"{'model':<34} {'points':>6} {'radius':>6} {'covered':>8} {'gap':>9} {'seconds':>8}")
    for demands in (700, 5_000):
        for radius in (0.06, 0.1, 0.15):
            weight, reach = made(demands, radius)
            ones = np.ones(demands)
            two = [Kind("a", reach, 12, 0.8, 0.7 * ones), Kind("b", reach, 8, 0.6, 0.5 * ones)]
            for name, kinds in (
                ("maximal cover, 20 of 300", [Kind("a", reach, COUNT, 1.0, ones, most=1)]),
                ("with backup, ready 0.8, 20 of 300", [Kind("a", reach, COUNT, 0.8, ones)]),
                *([("two kinds, 12 and 8 of 300", two)] if radius < 0.1 and demands == 700 else []),
            ):
                started = time.monotonic()
                plan = best(weight, kinds, LIMIT if len(kinds) == 1 else SEVERAL)
                seconds = time.monotonic() - started
                left = "" if not plan.tangents else " tangents " + ", ".join(f"{gap:.3%}" for gap in plan.tangents)
                share = plan.value / weight.sum()
                print(
                    f"{name:<34} {demands:>6} {radius:>6} {share:>8.2%} {plan.gap:>9.4%} {seconds:>8.2f}{left}",
                    flush=True,
                )
    weight, reach = made(700, 0.15)
    sites, proof = textbook.set_cover(reach[:, reach.any(axis=0)])
    print(f"fewest that cover all that can be: {len(sites)}, gap {proof.gap:.4%}, {proof.seconds:.2f} s")


if __name__ == "__main__":
    main()
