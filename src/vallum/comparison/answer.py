"""What a comparison says: packages beside a base in the same futures, and no rank of them (Q3)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from vallum.comparison.attribution import Attribution
from vallum.comparison.breakeven import BreakEven
from vallum.comparison.criteria import Criterion, Regret, is_good
from vallum.comparison.discovery import Failure
from vallum.comparison.inputs import Change, Part
from vallum.results import Difference, Label, Manifest, Result, rounded
from vallum.results.exporting import porch, written
from vallum.results.standards import Standard
from vallum.scenario import Scenario

#: Version of the JSON layout.
SCHEMA: Final = 1
#: More packages than this are counted in the question, not named.
MOST_NAMED: Final = 2
#: Name of the base among the options.
BASE: Final = "base"
#: Outcomes of which more is neither better nor worse by itself.
NEUTRAL: Final = frozenset(
    {
        "used", "cost_fired", "cost_exchange", "stock", "days_of_supply", "arrived", "lost", "launched", "thin",
        "failed", "supplier_share",
    }
)  # fmt: skip
BETTER, WORSE, MORE, LESS = "better", "worse", "more", "less"
SAME, NO_CHANGE = "cannot be told apart", "no change"


def verdict(made: Difference) -> str:
    """Say in a word what a difference is: better or worse, more or less, or not to be told apart."""
    if made.mean == 0 and made.se == 0:
        return NO_CHANGE
    if not made.told_apart:
        return SAME
    if made.label.name in NEUTRAL:
        return MORE if made.mean > 0 else LESS
    # of a day that may never come the probability that it comes is compared: less of it is better
    good = is_good(made.label) and not made.label.may_be_never
    return BETTER if (made.mean > 0) == good else WORSE


@dataclass(frozen=True)
class Cost:
    """What a package costs beside the base, and what it costs per unit of the effect.

    paid  : mean of systems and purchases, USD million; fired: mean of the rounds fired, which may have been given
    per_effect, se : USD million per unit by which the outcome gets better; None where nothing is paid, or where the
                     outcome does not get better in a way that can be told
    """

    paid: float
    fired: float
    label: Label
    per_effect: float | None
    se: float | None

    def as_dict(self) -> dict[str, Any]:
        """The cost in the JSON layout."""
        numbers = {"paid": self.paid, "fired": self.fired, "per_effect": self.per_effect, "se": self.se}
        return {"effect": str(self.label), **{name: rounded(value) for name, value in numbers.items()}}


@dataclass(frozen=True)
class Option:
    """One package laid over the base: what it changes in the input, and what that changes in the outcomes."""

    name: str
    title: str
    scenario: Scenario = field(repr=False)
    result: Result = field(repr=False)
    changes: tuple[Change, ...]
    parts: tuple[Part, ...]
    differences: tuple[Difference, ...]
    attributions: tuple[Attribution, ...]
    untaken: str
    cost: Cost | None
    break_evens: tuple[BreakEven, ...]
    failures: tuple[Failure, ...]
    not_modelled: tuple[str, ...]

    def difference(self, label: Label) -> Difference:
        """Return the paired difference of one outcome. Raises KeyError where there is none."""
        return next(made for made in self.differences if made.label == label)

    def as_dict(self) -> dict[str, Any]:
        """The option in the JSON layout."""
        made = self.result.manifest
        return {
            "name": self.name,
            "title": self.title,
            "fingerprint": made.fingerprint,
            "changes": [one.as_dict() for one in self.changes],
            "parts": [
                {"name": part.name, "title": part.title, "paths": sorted(part.changes), "sourced": part.sourced}
                for part in self.parts
            ],
            "differences": [{**one.as_dict(), "verdict": verdict(one)} for one in self.differences],
            "attribution": [one.as_dict() for one in self.attributions],
            "attribution_note": self.untaken,
            "cost": self.cost.as_dict() if self.cost else None,
            "break_even": [one.as_dict() for one in self.break_evens],
            "fails": [one.as_dict() for one in self.failures],
            "not_modelled": list(self.not_modelled),
        }


@dataclass(frozen=True)
class Comparison:
    """The answer of `vallum compare`: it prints itself, plots itself, exports itself and carries its Results.

    label    : the outcome on which attribution, regret and criteria rest
    card     : the outcomes of the score card, in the order of its rows
    failures : when the base itself misses the standards
    asked    : outcomes and standards that were asked for, and whether effects were taken apart
    """

    base: Result = field(repr=False)
    scenario: Scenario = field(repr=False)
    options: tuple[Option, ...]
    label: Label
    card: tuple[Label, ...]
    standards: tuple[Standard, ...]
    failures: tuple[Failure, ...]
    criteria: tuple[Criterion, ...]
    regrets: tuple[Regret, ...]
    asked: Mapping[str, Any]

    @property
    def manifest(self) -> Manifest:
        """What the base was run on."""
        return self.base.manifest

    @property
    def results(self) -> Mapping[str, Result]:
        """The Results by option, the base first."""
        return {BASE: self.base, **{option.name: option.result for option in self.options}}

    @property
    def not_modelled(self) -> tuple[str, ...]:
        """What no option's numbers hold, as the base says it."""
        return self.manifest.not_modelled

    @property
    def snapshots(self) -> Mapping[str, str]:
        """SHA-256 of every table of data that base and packages rest on, by its path below `data`."""
        return {name: value for one in self.results.values() for name, value in one.manifest.snapshots.items()}

    def command(self) -> str:
        """The line that makes this again."""
        made = self.manifest
        words = made.command().removeprefix("vallum run ").removeprefix(made.name)
        names = " ".join(option.name for option in self.options)
        more = [f' --outcome "{name}"' for name in self.asked["outcomes"]]
        more += [f' --standard "{text}"' for text in self.asked["standards"]]
        more += [] if self.asked["parts"] else [" --no-parts"]
        return f"vallum compare {made.name} {names}{words}{''.join(more)}"

    def question(self) -> str:
        """What is asked, in words."""
        names = [option.name for option in self.options]
        if len(names) > MOST_NAMED:
            return f"{self.manifest.title}: what would each of {len(names)} packages change?"
        told = ", ".join(names[:-1]) + f" or {names[-1]}" if len(names) > 1 else names[0]
        return f"{self.manifest.title}: what would {told} change?"

    def as_dict(self) -> dict[str, Any]:
        """The comparison in the JSON layout of every command."""
        made = self.manifest
        claims = {claim["id"]: dict(claim) for result in self.results.values() for claim in result.manifest.claims}
        return {
            "schema": SCHEMA,
            "kind": "compare",
            "question": self.question(),
            "answer": self.sentences(),
            "base": {"name": made.name, "packages": list(made.packages), "fingerprint": made.fingerprint},
            "outcome": str(self.label),
            "asked": {name: list(given) if isinstance(given, tuple) else given for name, given in self.asked.items()},
            "card": [str(label) for label in self.card],
            "packages": [option.as_dict() for option in self.options],
            "base_fails": [one.as_dict() for one in self.failures],
            "failing": list(porch().compared_failing(self)),
            "standards": [{"text": one.text, "words": one.words} for one in self.standards],
            "criteria": [one.as_dict() for one in self.criteria],
            "regret": [one.as_dict() for one in self.regrets],
            "as_of": made.as_of.isoformat(),
            "seed": made.seed,
            "futures": made.futures,
            "version": made.version,
            "snapshots": dict(self.snapshots),
            "claims": [claims[key] for key in sorted(claims)],
            "not_modelled": list(self.not_modelled),
            "warnings": sorted({text for one in self.results.values() for text in one.manifest.warnings}),
            "reproduce": self.command(),
        }

    def sentences(self) -> str:
        """The answer in sentences, one line a package."""
        return str(porch().compared_sentences(self))

    def summary(self) -> str:
        """The score card and what stands behind it, as text."""
        return str(porch().compared(self))

    def __str__(self) -> str:
        return self.summary()

    def plot(self) -> Any:
        """A Matplotlib figure: what each package changes in the outcome asked for, with its bands."""
        return porch().compared_figure(self)

    def to_csv(self, path: str | Path | None = None) -> str:
        """Return every paired difference of every package as CSV, and write it where a path is given."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        names = ("n", "before", "after", "mean", "se", "p5", "p95")
        writer.writerow(["package", "outcome", "unit", *names, "verdict"])
        for option in self.options:
            for made in option.differences:
                unit = "probability" if made.label.may_be_never else made.label.unit
                numbers = [rounded(getattr(made, name)) for name in names]
                writer.writerow([option.name, str(made.label), unit, *numbers, verdict(made)])
        return written(text.getvalue(), path)
