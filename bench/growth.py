"""How the kernel's time grows with the size of the problem: the slope of a straight line through log and log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from bench.measure import Measure
from bench.problem import drones_at_teams, problem, reference, with_batteries, with_cities, with_raids
from bench.timing import interleaved
from vallum._kernel import fast
from vallum._kernel.problem import Problem

#: In days, futures and raid size of classes that draw on magazines.
LINEAR: Final = 1.05
#: Of drones against soft and team layers in raid size.
BY_GROUP: Final = 0.3


def measures(quick: bool) -> list[Measure]:
    """The slopes, each over sizes an octave apart."""
    few, repeats = (2, 3) if quick else (16, 7)
    sizes = (0.25, 1.0) if quick else (0.25, 0.5, 1.0, 2.0)
    days = [round(1095 * s) for s in sizes]
    things = [round(60 * s) for s in sizes]
    large = (1.0, 16.0) if quick else (1.0, 2.0, 4.0, 8.0, 16.0)
    every = (*sizes, *large[1 if quick else 2 :])
    groups = times_at(every, lambda s: problem(drones_at_teams(s), few), repeats)
    return [
        slope("days", days, lambda n: problem(reference(n), few), repeats, LINEAR),
        slope("futures", [round(4 * few * s) for s in sizes], lambda n: problem(reference(), n), repeats, LINEAR),
        slope("cities, the same raids", things, lambda n: problem(with_cities(n), few), repeats, None),
        slope("batteries, with their deliveries", things, lambda n: problem(with_batteries(n), few), repeats, None),
        slope("raid size, magazines", sizes, lambda s: problem(with_raids(s), few), repeats, LINEAR),
        line("raid size, soft and team layers", groups, every, repeats, BY_GROUP),
        line("raid size, the same, about today's", groups, sizes, repeats, None),
        line("raid size, the same, large raids", groups, large, repeats, None),
    ]


def slope(
    name: str,
    sizes: Sequence[float],
    make: Callable[..., Problem],
    repeats: int,
    target: float | None,
) -> Measure:
    """Slope of log time over log size, of problems of these sizes."""
    return line(name, times_at(sizes, make, repeats), sizes, repeats, target)


def times_at(sizes: Sequence[float], make: Callable[..., Problem], repeats: int) -> dict[float, float]:
    """The least time at each size."""
    problems = {str(size): make(size) for size in sizes}
    times = interleaved({key: _fight(given) for key, given in problems.items()}, repeats)
    return {size: times[str(size)].least for size in sizes}


def line(
    name: str, times: Mapping[float, float], sizes: Sequence[float], repeats: int, target: float | None
) -> Measure:
    """Slope of log time over log size, by least squares on the times at these sizes."""
    least = [times[size] for size in sizes]
    found = float(np.polyfit(np.log(sizes), np.log(least), 1)[0])
    steps = np.diff(np.log(least)) / np.diff(np.log(sizes))
    how = "sizes " + ", ".join(f"{size:g}" for size in sizes) + f"; least of {repeats}; spread: steps"
    return Measure(f"growth in {name}", found, "slope", "less", how, target, float(steps.min()), float(steps.max()))


def _fight(given: Problem) -> Callable[[], object]:
    return lambda: fast.nights(given)
