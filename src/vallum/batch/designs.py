"""Rows made by a design over ranges: Latin hypercube, Sobol sequence, or every combination."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from vallum.batch.variants import Variant
from vallum.errors import RunError, ScenarioError
from vallum.scenario import Scenario, parse_change, refuse_threat

DESIGNS: Final = ("lhs", "sobol", "factorial")
#: Digits kept of a drawn value: what is printed is what is run.
DIGITS: Final = 6
#: More rows than this are a mistake.
MOST: Final = 1_000_000


@dataclass(frozen=True)
class Range:
    """What one path takes: listed values, or all numbers from low to high (whole ones if both ends are)."""

    path: str
    values: tuple[Any, ...] = ()
    low: float = 0.0
    high: float = 0.0
    whole: bool = False

    def at(self, share: float) -> Any:
        """Return the value at a share 0..1 of the range."""
        if self.values:
            return self.values[min(len(self.values) - 1, int(share * len(self.values)))]
        if self.whole:
            return int(self.low) + min(int(self.high - self.low), int(share * (self.high - self.low + 1)))
        return float(f"{self.low + share * (self.high - self.low):.{DIGITS}g}")


def spread(text: str) -> Range:
    """Read `PATH=LOW:HIGH` or `PATH=A,B,C`. Raises ScenarioError where it is neither."""
    path, equals, told = text.partition("=")
    wrong = ScenarioError(f"--vary {text}: is neither PATH=LOW:HIGH nor PATH=A,B,C")
    if not equals or not told.strip():
        raise wrong
    low, colon, high = told.partition(":")
    if not colon:
        return Range(path.strip(), tuple(parse_change(f"{path}={value}")[1] for value in told.split(",")))
    try:
        ends = float(low), float(high)
    except ValueError:
        raise wrong from None
    if not (np.isfinite(ends).all() and ends[0] <= ends[1]):
        raise ScenarioError(f"--vary {text}: the low end must be a number no larger than the high end")
    return Range(path.strip(), (), *ends, whole=all(end.strip().lstrip("+-").isdigit() for end in (low, high)))


def designed(base: Scenario, design: str, ranges: Sequence[Range], rows: int | None, seed: int) -> list[Variant]:
    """Return the rows of a design. Raises ScenarioError for a path of the attacker's, RunError for a bad request."""
    for one in ranges:
        refuse_threat(base, one.path, "build a design")
    if not ranges:
        raise RunError("a design needs ranges: --vary choices.batteries.patriot=4:20")
    if design == "factorial":
        return _factorial(ranges)
    if design not in DESIGNS:
        raise RunError(f"no design is called {design!r}; there are {', '.join(DESIGNS)}")
    if rows is None or not 1 <= rows <= MOST:
        raise RunError(f"--rows {rows}: the design {design} needs between 1 and {MOST:,} rows")
    shares = _shares(design, len(ranges), rows, seed)
    return [_row(k, {one.path: one.at(u) for one, u in zip(ranges, us, strict=True)}) for k, us in enumerate(shares, 1)]


def _factorial(ranges: Sequence[Range]) -> list[Variant]:
    values = [one.values or _steps(one) for one in ranges]
    count = int(np.prod([float(len(options)) for options in values]))
    if count > MOST:
        raise RunError(f"{count:,} combinations are more than {MOST:,}; list fewer values")
    paths = [one.path for one in ranges]
    return [_row(k, dict(zip(paths, made, strict=True))) for k, made in enumerate(itertools.product(*values), 1)]


def _steps(one: Range) -> tuple[Any, ...]:
    if not one.whole:
        raise RunError(f"{one.path}: a factorial design needs listed values, such as {one.path}=0.2,0.5,0.8")
    return tuple(range(int(one.low), int(one.high) + 1))


def _row(number: int, changes: Mapping[str, Any]) -> Variant:
    return Variant(str(number), (), changes, f"row {number}")


def _shares(design: str, columns: int, rows: int, seed: int) -> Any:
    """Points of the unit cube. (rows, columns)"""
    try:
        from scipy.stats import qmc
    except ImportError as error:
        raise RunError(f"the design {design} needs SciPy: pip install 'vallum[questions]'") from error
    if design == "lhs":
        return qmc.LatinHypercube(columns, rng=seed).random(rows)
    # a Sobol sequence keeps its balance only in whole powers of two; what is beyond `rows` is cut off
    return qmc.Sobol(columns, rng=seed).random_base2(max(0, (rows - 1).bit_length()))[:rows]
