"""What an explanation holds: one future, night by night, and where and why it ran out (Q4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from vallum.results import Label, Manifest, rounded
from vallum.results.exporting import porch

#: Version of the JSON layout.
SCHEMA: Final = 1


@dataclass(frozen=True)
class Raid:
    """What one class of threats did in one night, decoys included.

    launched = stopped + failed + the sum of `leaked` over its reasons (E10)
    shot_at       : threats that drew a shot
    eight_and_none: so many came to one place, none was shot at and one leaked dry (O)
    """

    launched: int
    stopped: int
    failed: int
    leaked: Mapping[str, int]
    shot_at: int
    eight_and_none: bool

    @property
    def leakers(self) -> int:
        """All that got through."""
        return sum(self.leaked.values())


@dataclass(frozen=True)
class Rounds:
    """One interceptor type on one day: stock yesterday + arrived - fired - lost = stock.

    wanted, unmet : shots that the doctrine asked for that night, and those that found no round
    stock         : in the country at the midnight after
    """

    arrived: int
    fired: int
    wanted: int
    unmet: int
    lost: int
    stock: int


@dataclass(frozen=True)
class Stand:
    """The batteries (or entries of a soft or team layer) of one system in one night.

    held      : there, fit or not (W5)
    fit       : of these, fit that night (W6)
    bare      : of the fit, without a round to fire when the night began
    found_dry : by class, those of the fit that had no round for a leaker of it in their reach
    empty     : of those held, with nothing in the magazine at the midnight after
    """

    held: int
    fit: int
    bare: int
    found_dry: Mapping[str, int]
    empty: int


@dataclass(frozen=True)
class Arrival:
    """One supply line on one day: what it landed, and what it has not landed by then for all that hindered it."""

    landed: int
    missing: int


@dataclass(frozen=True)
class Post:
    """One battery in one night: absent, fit or unfit; rounds to fire when it began, and in place at midnight."""

    state: str
    ready: int
    left: int


@dataclass(frozen=True)
class Night:
    """One night: what came by class, rounds by type, batteries by system, arrivals by line.

    number : from 1
    posts  : by battery; none in a scenario of a live theatre, where no date may be told by place (scope)
    """

    number: int
    date: date
    raids: Mapping[str, Raid]
    rounds: Mapping[str, Rounds]
    systems: Mapping[str, Stand]
    lines: Mapping[str, Arrival]
    posts: Mapping[str, Post]


@dataclass(frozen=True)
class Empty:
    """A night on which a magazine was empty.

    number    : of the night
    layers    : outer to inner
    batteries : how many of each system were empty, and `posts` which, where it may be told
    held      : how many of each system were there
    ready     : rounds that these had to fire when the night began
    """

    number: int
    date: date
    layers: tuple[str, ...]
    batteries: Mapping[str, int]
    held: Mapping[str, int]
    posts: tuple[str, ...]
    ready: int


@dataclass(frozen=True)
class Shortfall:
    """What one line did not land for one reason: what it would have landed without it, less what it landed.

    brings  : the interceptor or system; reason one of `hindrances.REASONS`; name of the pause or fund
    start, end : of a pause, as it fell in this future; else the first day on which something is missing
    missing : rounds (or systems) not landed by the end of each day
    """

    line: str
    kind: str
    donor: str
    brings: str
    is_system: bool
    reason: str
    name: str
    effect: str
    start: date
    end: date | None
    missing: tuple[int, ...]


@dataclass(frozen=True)
class Source:
    """A supply line: its kind, its donor and the interceptor or system that it brings (S1)."""

    name: str
    kind: str
    donor: str
    brings: str


@dataclass(frozen=True)
class Unhindered:
    """The same future with every line landing all that was due, when it was due.

    leakers : of the class; first_dry the number of the first night with a dry leaker, None for never
    """

    leakers: int
    first_dry: int | None


@dataclass(frozen=True)
class Standing:
    """Why this future: the outcome it was chosen by, its value, and where it stands among all.

    chosen : asked, worst, median or best; value None where the outcome is not defined in this future
    fewer, more : futures in which the outcome is lower, higher; of the `among` in which it is defined
    """

    chosen: str
    label: Label
    value: float | None
    fewer: int
    more: int
    among: int


@dataclass(frozen=True)
class Explanation:
    """One future, night by night.

    threat_class : that the story is about; types the interceptors that may be fired at it, systems those that fire them
    opening      : stock before the first day, by type
    dry, empty   : the first night on which a threat of the class found no round; on which a magazine was at zero
    """

    manifest: Manifest
    future: int
    standing: Standing
    threat_class: str
    types: tuple[str, ...]
    systems: tuple[str, ...]
    lines: tuple[Source, ...]
    opening: Mapping[str, int]
    nights: tuple[Night, ...]
    dry: Empty | None
    empty: Empty | None
    shortfalls: tuple[Shortfall, ...]
    unhindered: Unhindered | None

    @property
    def brings(self) -> frozenset[str]:
        """Interceptors and systems that a supply line may bring against the class."""
        return frozenset((*self.types, *self.systems))

    @property
    def felt_empty(self) -> Empty | None:
        """The first empty magazine, if it was one that may be fired at the class."""
        felt = self.empty is not None and (not self.empty.batteries or set(self.empty.batteries) & set(self.systems))
        return self.empty if self.types and felt else None

    @property
    def worst_night(self) -> Night | None:
        """The night on which most of the class got through; none if none ever did."""
        most = max(self.nights, key=lambda night: night.raids[self.threat_class].leakers)
        return most if most.raids[self.threat_class].leakers else None

    @property
    def driest_night(self) -> Night | None:
        """The night on which most of the class got through for want of a round; none if none ever did."""
        most = max(self.nights, key=lambda night: night.raids[self.threat_class].leaked["dry"])
        return most if most.raids[self.threat_class].leaked["dry"] else None

    @property
    def turn(self) -> int:
        """Number of the night that the story turns on: the first dry one, else the first empty, else the worst."""
        if self.dry is not None:
            return self.dry.number
        if self.felt_empty is not None:
            return self.felt_empty.number
        return self.worst_night.number if self.worst_night else self.nights[-1].number

    def leaked(self, reason: str | None = None) -> int:
        """Threats of the class that got through in the campaign, for one reason or for all."""
        raids = (night.raids[self.threat_class] for night in self.nights)
        return sum(raid.leakers if reason is None else raid.leaked[reason] for raid in raids)

    def command(self) -> str:
        """The line that explains this future again."""
        made = self.manifest.command().replace("vallum run ", "vallum explain ", 1)
        return f"{made} --future {self.future}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """The story, a paragraph each."""
        return tuple(porch().story(self))

    def summary(self) -> str:
        """The story and the nights that mattered, as text that can be read aloud."""
        return str(porch().explained(self))

    def plot(self, narrow: bool = False) -> Any:
        """The campaign of this future as a Matplotlib figure."""
        return porch().explained_figure(self, narrow)

    def __str__(self) -> str:
        return self.summary()

    def as_dict(self) -> dict[str, Any]:
        """The explanation in the JSON layout of every command."""
        made = self.manifest
        return {
            "schema": SCHEMA,
            "kind": "explain",
            "question": made.question,
            "answer": "\n".join(self.sentences),
            "as_of": made.as_of.isoformat(),
            "scenario": {"name": made.name, "packages": list(made.packages), "fingerprint": made.fingerprint},
            "seed": made.seed,
            "futures": made.futures,
            "lucks": made.lucks,
            "version": made.version,
            "live": made.live,
            "future": self.future,
            "chosen": _standing(self.standing),
            "class": self.threat_class,
            "types": list(self.types),
            "systems": list(self.systems),
            "lines": [_plain(line) for line in self.lines],
            "opening_stock": dict(self.opening),
            "first_dry": _plain(self.dry),
            "first_empty": _plain(self.empty),
            "shortfalls": [_plain(shortfall) for shortfall in self.shortfalls],
            "unhindered": _plain(self.unhindered),
            "nights": [_plain(night) for night in self.nights],
            "not_modelled": list(made.not_modelled),
            "warnings": list(made.warnings),
            "reproduce": self.command(),
        }


def _standing(made: Standing) -> dict[str, Any]:
    value = rounded(made.value)
    ranks = {"fewer": made.fewer, "more": made.more, "among": made.among}
    return {"how": made.chosen, "by": str(made.label), "unit": made.label.unit, "value": value, **ranks}


def _plain(made: Any) -> Any:
    """A part of the story as plain data."""
    return None if made is None else _undated(asdict(made))


def _undated(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _undated(inner) for key, inner in value.items()}
    return [_undated(inner) for inner in value] if isinstance(value, list | tuple) else value
