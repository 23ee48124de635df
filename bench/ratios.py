"""vallum's compiled kernel against the same model in SimPy, in Python objects, in NumPy and in C."""

from __future__ import annotations

import importlib
import importlib.util
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bench import c_twin
from bench.agree import ERRORS, compared, differing
from bench.measure import Measure
from bench.plain import Books, Parameters, parameters
from bench.problem import problem, reference
from bench.timing import Times, interleaved, paired_ratios, processor_time
from vallum._kernel import fast


@dataclass(frozen=True)
class Size:
    """How much of the reference problem a comparison fights."""

    futures: int
    days: int
    repeats: int


@dataclass(frozen=True)
class Twin:
    """A program that fights the same problem in Python."""

    name: str
    module: str
    target: float | None
    size: Size
    quick: Size


TWINS: Final = (
    Twin("SimPy, a process per threat", "simpy_twin", 150.0, Size(3, 1095, 7), Size(2, 365, 3)),
    Twin("plain Python objects", "objects_twin", 40.0, Size(4, 1095, 9), Size(3, 365, 3)),
    Twin("NumPy over futures", "numpy_twin", None, Size(1000, 30, 3), Size(300, 20, 2)),
)
#: The C twin uses the same dice: its ratio is that of the kernel's time to its own.
C_TARGET: Final = 1.4
#: Futures that vallum fights at once, as in a run; programs in Python take one after the other, or all at once.
BLOCK: Final = 32
AGREE, AGREE_QUICK = Size(400, 40, 1), Size(120, 20, 1)
C_SIZE, C_QUICK = Size(32, 1095, 15), Size(8, 365, 9)


class DisagreementError(Exception):
    """A twin does not tell the same as vallum, so its time is worth nothing."""


def measures(quick: bool, say: Callable[[str], None]) -> list[Measure]:
    """Compare with every twin that can run here."""
    made = []
    for twin in TWINS:
        if twin.module == "simpy_twin" and importlib.util.find_spec("simpy") is None:
            say("  SimPy: skipped, it is not installed (pip install 'vallum[bench]')")
            continue
        made.append(against_python(twin, *((twin.quick, AGREE_QUICK) if quick else (twin.size, AGREE))))
    try:
        made.append(against_c(C_QUICK if quick else C_SIZE))
    except c_twin.NoCompilerError as error:
        say(f"  C: skipped, {error}")
    return made


def against_python(twin: Twin, size: Size, agree: Size) -> Measure:
    """Compare with a twin in Python, then time it, a future: every repeat fights other futures.

    Both fight the same problem; vallum fights more futures of it, the twin's among them, for its own are short.
    """
    nights: Callable[[Parameters, int], Books] = importlib.import_module(f"bench.{twin.module}").nights
    wrong = compared(nights, agree.futures, agree.days)
    if wrong:
        raise DisagreementError(f"{twin.name} differs from vallum in {', '.join(wrong)}")
    slow, quick = [], []
    for repeat in range(size.repeats):
        first = repeat * size.futures
        plain, seed = parameters(problem(reference(size.days), size.futures, first)), repeat
        given = problem(reference(size.days), max(BLOCK, size.futures), first)
        before = processor_time(lambda g=given: fast.nights(g))  # type: ignore[misc]
        slow.append(processor_time(lambda p=plain, s=seed: nights(p, s)) / size.futures)  # type: ignore[misc]
        after = processor_time(lambda g=given: fast.nights(g))  # type: ignore[misc]
        quick.append((before + after) / 2.0 / len(given.chains))
    pairs = paired_ratios(Times(tuple(slow)), Times(tuple(quick)))
    how = (
        f"{size.futures} futures x {size.days} days, {size.repeats} pairs, median; at best a future takes "
        f"{min(slow) * 1e3:.3g} ms, here {min(quick) * 1e3:.3g} ms; means of "
        f"{agree.futures} futures x {agree.days} days within {ERRORS:g} standard errors"
    )
    return Measure(
        f"times {twin.name}", statistics.median(pairs), "ratio", "more", how, twin.target, pairs[0], pairs[-1]
    )


def against_c(size: Size) -> Measure:
    """Time and compare with C: equal to the last count, for the dice are the same."""
    given = problem(reference(size.days), size.futures)
    wrong = differing(c_twin.nights(given), fast.nights(given))
    if wrong:
        raise DisagreementError(f"C differs from vallum in {', '.join(wrong)}")
    times = interleaved({"c": lambda: c_twin.nights(given), "vallum": lambda: fast.nights(given)}, size.repeats)
    pairs = paired_ratios(times["vallum"], times["c"])
    how = (
        f"{size.futures} futures x {size.days} days, {size.repeats} pairs, median, equal counts; a future "
        f"{times['vallum'].least / size.futures * 1e3:.2f} ms, in C {times['c'].least / size.futures * 1e3:.2f} ms"
    )
    return Measure(
        "time, of that of C -O3", statistics.median(pairs), "ratio", "less", how, C_TARGET, pairs[0], pairs[-1]
    )
