"""What `vallum.sensitivity` hands back: drivers by share of the variance, by claim, and the facts worth knowing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from vallum.drivers.beliefs import Belief
from vallum.drivers.facts import Choice
from vallum.drivers.ranking import Index, Screened
from vallum.results import Label, Manifest, Result, rounded
from vallum.results.exporting import porch, tabled, written
from vallum.scenario import Scenario

#: Version of the JSON layout.
SCHEMA: Final = 1


@dataclass(frozen=True)
class About:
    """What an uncertain number is: its title, whether it is published, and whether it is the attacker's."""

    title: str
    unit: str
    published: bool
    attacker: bool


@dataclass(frozen=True)
class Sensitivity:
    """What drives one outcome. It prints itself, plots itself, exports itself and carries its Results.

    screening : every uncertain number by its mean elementary effect; those not kept stand at their medians below
    drivers   : first and total shares of the variance of the outcome's mean over luck, the largest first
    noise     : share of that variance that is left of luck, after the mean over `lucks` of them
    beliefs   : the outcome with one source believed, the largest change first; mean: with all of them as they stand
    choice    : the choice between two packages and what would change it; None where there are no two
    tied      : numbers whose stated correlation is left out of the shares
    """

    label: Label
    screening: tuple[Screened, ...]
    drivers: tuple[Index, ...]
    noise: float
    beliefs: tuple[Belief, ...]
    choice: Choice | None
    mean: float
    about: Mapping[str, About]
    tied: tuple[str, ...]
    points: int
    lucks: int
    manifest: Manifest
    results: Mapping[str, Result] = field(repr=False, compare=False)
    scenario: Scenario = field(repr=False, compare=False)
    given: str = ""

    def question(self) -> str:
        """What is asked, in words."""
        return f"What drives {self.label} in {self.manifest.name}?"

    def command(self) -> str:
        """The line that makes this again."""
        own = self.manifest.command().removeprefix("vallum run ").removeprefix(self.manifest.name)
        return f"vallum sensitivity {self.manifest.name}{self.given}{own}"

    @property
    def answer(self) -> str:
        """The answer in sentences, a paragraph a line."""
        return "\n".join(porch().sensed_sentences(self))

    def __str__(self) -> str:
        return str(porch().sensed(self))

    def plot(self) -> Any:
        """A Matplotlib figure: the drivers by their shares, and what each source would change."""
        return porch().sensed_figure(self)

    def rows(self) -> list[dict[str, Any]]:
        """Every number that is not known, a row each: effect, and shares where it went on to them."""
        found = {one.name: one.as_dict() for one in self.drivers}
        empty = dict.fromkeys(("first", "first_error", "total", "total_error"))
        return [
            {
                "name": one.name,
                "title": self.about[one.name].title,
                "attacker": self.about[one.name].attacker,
                "published": self.about[one.name].published,
                **{key: value for key, value in one.as_dict().items() if key != "name"},
                **{key: found.get(one.name, empty)[key] for key in empty},
            }
            for one in self.screening
        ]

    def to_csv(self, path: str | Path | None = None) -> str:
        """The ranking as CSV; written to a file if one is named."""
        return tabled(self.rows(), path)

    def to_html(self, path: str | Path | None = None) -> str:
        """The answer as a page that needs nothing else; written to a file if one is named."""
        return written(str(porch().sensed_page(self)), path)

    def beliefs_csv(self) -> str:
        """What each source would change, as CSV."""
        return tabled([{**one.as_dict(), "claims": " ".join(one.claims)} for one in self.beliefs], None)

    def as_dict(self) -> dict[str, Any]:
        """The answer in the JSON layout of every command: no clock, no host, no path."""
        made = self.manifest
        return {
            "schema": SCHEMA,
            "kind": "sensitivity",
            "question": made.question,
            "answer": self.answer,
            "as_of": made.as_of.isoformat(),
            "scenario": made.asked(),
            "seed": made.seed,
            "futures": made.futures,
            "version": made.version,
            "outcome": {"name": self.label.name, **self.label.keys(), "unit": self.label.unit},
            "mean": rounded(self.mean),
            "points": self.points,
            "lucks": self.lucks,
            "noise": rounded(self.noise),
            "drivers": self.rows(),
            "beliefs": [one.as_dict() for one in self.beliefs],
            "choice": None if self.choice is None else self.choice.as_dict(),
            "correlations_left_out": list(self.tied),
            "not_modelled": list(made.not_modelled),
        }
