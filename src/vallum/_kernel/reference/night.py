"""One night as it is being fought, and what is kept of it by asset until its end (E1, O)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from vallum._kernel.reference.defence import Future


@dataclass
class Attack:
    """What one class did to one asset tonight."""

    real: int = 0
    leaked: int = 0  # real threats only
    dry: int = 0  # dry leakers, decoys included


@dataclass
class Place:
    """Real threats of one class that met the defence at one place tonight (eight-and-none)."""

    real: int = 0
    fired: int = 0
    dry: int = 0


@dataclass
class Night:
    """One night of one future."""

    future: Future
    day: int
    chain: int
    kill: list[list[float]]  # by type and class, of the era (E3, K3)
    #: By asset and class.
    attacks: defaultdict[tuple[int, int], Attack] = field(default_factory=lambda: defaultdict(Attack))
    #: By place and class; a place is an asset, or beyond the last asset the site of a battery.
    places: defaultdict[tuple[int, int], Place] = field(default_factory=lambda: defaultdict(Place))
