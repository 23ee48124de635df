"""Processor time, paired and interleaved: the machine is shared, so time on the wall says little.

Programs that are compared run in turn, again and again, and what is kept is the time of this thread alone. The
least is what the program needs; the median and the spread say how disturbed the machine was.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Seconds of processor time of one program, one entry a repeat."""

    seconds: tuple[float, ...]

    @property
    def least(self) -> float:
        """The repeat that was disturbed least."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The middle repeat."""
        return statistics.median(self.seconds)


def processor_time(call: Callable[[], object]) -> float:
    """Seconds of this thread in a call; garbage is collected before."""
    gc.collect()
    begun = time.thread_time()
    call()
    return time.thread_time() - begun


def interleaved(calls: dict[str, Callable[[], object]], repeats: int) -> dict[str, Times]:
    """Time programs in turn, `repeats` times over, after one call of each that is not counted."""
    for call in calls.values():
        call()
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(repeats):
        for name, call in calls.items():
            seconds[name].append(processor_time(call))
    return {name: Times(tuple(found)) for name, found in seconds.items()}


def paired_ratios(slow: Times, fast: Times) -> list[float]:
    """Ratio of each pair of neighbouring repeats, in rising order."""
    return sorted(a / b for a, b in zip(slow.seconds, fast.seconds, strict=True))
