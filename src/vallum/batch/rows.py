"""What a worker does: fight some variants, and hand back one row of numbers each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from vallum import __version__, campaign
from vallum.batch.variants import Variant
from vallum.errors import RunError
from vallum.results import Label, Outcome, rounded
from vallum.scenario import Scenario

#: What is told of each outcome.
STATISTICS: Final = ("mean", "se_mean", "sd", "median", "p5", "p95", "se_median", "n", "n_never")


@dataclass(frozen=True)
class Work:
    """Variants to fight; it travels to processes and clusters."""

    base: Scenario
    variants: tuple[Variant, ...]
    futures: int
    seed: int
    as_of: date | None
    outcomes: tuple[str, ...]
    version: str = field(default=__version__)

    def __call__(self, part: range) -> list[dict[str, Any]]:
        """Fight the variants of a part. Raises RunError where the worker runs another version of vallum."""
        if self.version != __version__:
            raise RunError(f"a worker runs vallum {__version__}, this is {self.version}: install the same on both")
        return [self.row(k) for k in part]

    def row(self, number: int) -> dict[str, Any]:
        """Fight one variant and return its row. number : its place, from 0"""
        variant = self.variants[number]
        scenario = variant.of(self.base)
        found = campaign.outcomes(scenario, self.futures, self.seed, self.as_of, self.outcomes, _whole)
        return {
            "row": number + 1,
            "name": variant.name,
            "packages": " + ".join(variant.packages),
            **{path: _plain(value) for path, value in variant.changes.items()},
            "fingerprint": scenario.fingerprint,
            **_told(found),
        }


def _whole(label: Label) -> bool:
    """Whether an outcome is about no single asset, month or reason."""
    return not (label.asset or label.reason or label.scope)


def _told(outcomes: Iterable[Outcome]) -> dict[str, float | None]:
    """Every statistic of each outcome, under its name."""
    named = ((str(one.label), one) for one in outcomes)
    return {f"{label} {name}": rounded(_value(one, name)) for label, one in named for name in STATISTICS}


def _value(one: Outcome, name: str) -> float | None:
    value = getattr(one, name)
    return None if value is None else float(value)


def _plain(value: Any) -> str:
    return str(value)
