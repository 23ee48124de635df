"""The answer of a run: columns, days, manifest; and its JSON layout."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from vallum.results.daily import Daily
from vallum.results.exporting import porch
from vallum.results.naming import named
from vallum.results.outcomes import Difference, Label, Outcome, outcome, rounded

if TYPE_CHECKING:
    import xarray as xr

F64 = npt.NDArray[np.float64]

#: What an outcome may be about.
ABOUT: Final = ("threat_class", "scope", "asset", "reason", "interceptor", "donor")
#: Version of the JSON layout.
SCHEMA: Final = 1


@dataclass(frozen=True)
class Manifest:
    """What was run, on what knowledge: enough to run it again to the same bytes."""

    name: str
    title: str
    question: str
    packages: tuple[str, ...]
    changes: Mapping[str, Any]
    fingerprint: str
    as_of: date
    start: date
    days: int
    seed: int
    futures: int
    lucks: int
    version: str
    live: bool
    classes: tuple[str, ...]
    interceptors: tuple[str, ...]
    doctrine: Mapping[str, Any]
    assumptions: tuple[Mapping[str, Any], ...]
    inputs: tuple[Mapping[str, Any], ...]
    claims: tuple[Mapping[str, Any], ...]
    not_modelled: tuple[str, ...]
    warnings: tuple[str, ...]
    #: SHA-256 of every table of data that the answer rests on, by its path below `data`.
    snapshots: Mapping[str, str] = field(default_factory=dict)

    def asked(self) -> dict[str, Any]:
        """Which scenario was fought, with what laid over it, in the JSON layout."""
        return {
            "name": self.name,
            "packages": list(self.packages),
            "set": {path: _plain(value) for path, value in self.changes.items()},
            "fingerprint": self.fingerprint,
        }

    def command(self) -> str:
        """The line that runs this again."""
        packages = "".join(f" --package {name}" for name in self.packages)
        changes = "".join(f" --set {_change(path, value)}" for path, value in self.changes.items())
        lucks = f" --lucks {self.lucks}" if self.lucks > 1 else ""
        return (
            f"vallum run {self.name}{packages}{changes} --futures {self.futures} --seed {self.seed}{lucks} "
            f"--as-of {self.as_of}"
        )


@lru_cache(maxsize=64)
def _days(start: date, days: int) -> tuple[date, ...]:
    return tuple(start + timedelta(days=k) for k in range(days))


@lru_cache(maxsize=64)
def _month_ends(start: date, days: int) -> Mapping[str, int]:
    return MappingProxyType({f"{day:%Y-%m}": night for night, day in enumerate(_days(start, days), 1)})


def _change(path: str, value: Any) -> str:
    """A change as `--set` reads it, on one line, as a shell passes it on."""
    plain = _plain(value)
    return shlex.quote(f"{path}={plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)}")


@dataclass(frozen=True)
class Split:
    """How much of an outcome's variance is knowledge, and how much of it nobody publishes (F5).

    Shares of the variance with their standard errors, from n pairs of futures.
    """

    label: Label
    knowledge: float
    knowledge_se: float
    unpublished: float
    unpublished_se: float
    n: int

    def as_dict(self) -> dict[str, Any]:
        """The split in the JSON layout."""
        shares = {"knowledge": self.knowledge, "knowledge_se": self.knowledge_se}
        shares |= {"unpublished": self.unpublished, "unpublished_se": self.unpublished_se}
        return {
            "name": self.label.name,
            **self.label.keys(),
            **{k: rounded(v) for k, v in shares.items()},
            "n": self.n,
        }


@dataclass(frozen=True)
class Result:
    """The answer of a run: per-future scalars, days in sums and histograms, and the manifest.

    columns : outcome -> value in each future (F,), nan where undefined, infinity for never
    losses  : what the loss of each supplier changes
    trace   : re-run one future by its number and return all that happened in it
    """

    manifest: Manifest
    columns: Mapping[Label, F64]
    daily: Daily
    uncertain: Mapping[str, F64]
    trace: Callable[[int], Any] = field(repr=False)
    shown: Sequence[Outcome] = ()
    split: Split | None = None
    differences: Sequence[Difference] = ()
    losses: Sequence[Difference] = ()
    answer: str = ""
    notes: tuple[str, ...] = ()
    reported: tuple[Mapping[str, Any], ...] = ()

    def outcome(self, name: str, **about: str) -> Outcome:
        """Return one outcome: `result.outcome("leakers", threat_class="ballistic", reason="dry")`."""
        return self._told(self.label(name, **about))

    def _told(self, label: Label) -> Outcome:
        """An outcome, summarised once however often it is asked for."""
        if label not in self._outcomes:
            self._outcomes[label] = outcome(label, self.columns[label], self.manifest.lucks)
        return self._outcomes[label]

    @cached_property
    def _outcomes(self) -> dict[Label, Outcome]:
        return {}

    @cached_property
    def _by_about(self) -> dict[tuple[str, ...], Label]:
        """Labels by what they tell, and about what."""
        return {tuple(getattr(label, key) for key in ("name", *ABOUT)): label for label in reversed([*self.columns])}

    def label(self, name: str, **about: str) -> Label:
        """Return the one label that fits. Raises KeyError with the labels of that name where none does."""
        found = self._by_about.get((name, *(about.get(key, "") for key in ABOUT)))
        if found is not None and about.keys() <= set(ABOUT):
            return found
        named = [label for label in self.columns if label.name == name]
        known = sorted({label.name for label in self.columns})
        raise KeyError(f"no outcome {name} {about}; there are {[str(label) for label in named] or known}")

    def named(self, name: str) -> Label:
        """Return the outcome that a name stands for: `leakers[ballistic]`, `used[patriot_round]`, `harm`.

        Raises RunError with the nearest name where there is none.
        """
        return named(self.columns, self.headline, name)

    def shown_by(self, name: str) -> Outcome:
        """Return one outcome by its name as people write it: `leakers[ballistic]`."""
        return self._told(self.named(name))

    @property
    def dates(self) -> tuple[date, ...]:
        """Date of each day of the campaign."""
        return _days(self.manifest.start, self.manifest.days)

    @property
    def months(self) -> tuple[str, ...]:
        """Months of the campaign, YYYY-MM."""
        return tuple(self.month_ends)

    @property
    def month_ends(self) -> Mapping[str, int]:
        """Each month with the number of its last night in the campaign, nights counted from 1."""
        return _month_ends(self.manifest.start, self.manifest.days)

    def as_dict(self) -> dict[str, Any]:
        """The result in the JSON layout of every command."""
        made = self.manifest
        return {
            "schema": SCHEMA,
            "kind": "run",
            "question": made.question,
            "answer": self.answer,
            "as_of": made.as_of.isoformat(),
            "scenario": made.asked(),
            "seed": made.seed,
            "futures": made.futures,
            "lucks": made.lucks,
            "version": made.version,
            "outcomes": [one.as_dict() for one in self.shown],
            "differences": [one.as_dict() for one in self.differences],
            "supplier_losses": [one.as_dict("donor") for one in self.losses],
            "split": self.split.as_dict() if self.split else None,
            "assumptions": [dict(entry) for entry in made.assumptions],
            "inputs": [dict(entry) for entry in made.inputs],
            "claims": [dict(entry) for entry in made.claims],
            "snapshots": dict(made.snapshots),
            "reported": [dict(entry) for entry in self.reported],
            "not_modelled": list(made.not_modelled),
            "notes": list(self.notes),
            "warnings": list(made.warnings),
            "reproduce": made.command(),
        }

    @property
    def headline(self) -> str | None:
        """The class that the answer is about: the first that interceptors are fired at, else the first."""
        shot = {label.threat_class for label in self.columns if label.name == "dry_nights"}
        order = [*self.manifest.doctrine.get("priority", ()), *self.manifest.classes]
        return next((name for name in order if name in shot), next(iter(self.manifest.classes), None))

    def explain(self, which: int | str = "worst", by: str | None = None) -> Any:
        """Why and when it ran out in one future, night by night (Q4): an `Explanation`, which prints itself.

        which : the number of a future, from 0; or `worst`, `median`, `best`
        by    : the outcome that tells which is the worst, such as `leakers[ballistic]`
        """
        return import_module("vallum.explain").explain(self, which, by)

    def summary(self) -> str:
        """The answer and its main numbers as text that can be read aloud."""
        return str(porch().summary(self))

    @property
    def plot(self) -> Any:
        """Figures of this result: `result.plot.stock()`, `leakers`, `dry_nights`, `stopped_share`, `first_dry`."""
        return porch().Plots(self)

    @property
    def data(self) -> xr.Dataset:
        """The numbers as a labelled Dataset on the axes of `vallum.terms`."""
        from vallum.results.dataset import dataset  # xarray takes half a second to load

        return dataset(self)


def _plain(value: Any) -> Any:
    """A value of a scenario as JSON has it: a date as text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
