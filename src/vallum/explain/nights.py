"""One traced future as nights: who came, what stood, what was fired, what arrived (Q4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Final

import numpy as np

from vallum._kernel.problem import ABSENT, FIT, UNFIT
from vallum.campaign.measures import Book
from vallum.explain.story import Arrival, Empty, Night, Post, Raid, Rounds, Shortfall, Stand
from vallum.scenario.worlds import I64
from vallum.terms import NEVER, REASONS

STATES: Final = {ABSENT: "absent", FIT: "fit", UNFIT: "unfit"}


@dataclass(frozen=True)
class Ledger:
    """A traced future (a Book of one), read day by day.

    shortfalls : what lines did not land, for the column of what is missing
    """

    book: Book
    shortfalls: Sequence[Shortfall]

    def nights(self) -> tuple[Night, ...]:
        """All nights, from the first."""
        return tuple(self._night(day) for day in range(self.book.plan.days))

    def _night(self, day: int) -> Night:
        return Night(
            number=day + 1,
            date=self.book.plan.supply.start + timedelta(days=day),
            raids={name: self._raid(day, c) for c, name in self.book.classes()},
            rounds={name: self._rounds(day, t) for t, name in self.book.types()},
            systems={name: self._stand(day, rows) for name, rows in self._rows.items()},
            lines={name: self._arrival(day, name) for name in self.book.plan.supply.lines},
            posts={} if self._live else dict(self._posts(day)),
        )

    @property
    def _live(self) -> bool:
        return self.book.plan.scenario.schema.live

    # --- what came, what was fired, what arrived ------------------------------------------------------

    def _raid(self, day: int, c: int) -> Raid:
        tally = self.book.tally
        leaked = _on(tally.leaked_until, day)[c].sum(axis=1).tolist()
        return Raid(
            launched=int(tally.day_launched[0, day, c]),
            stopped=int(tally.day_stopped[0, day, c]),
            failed=int(_on(tally.failed_until, day)[c].sum()),
            leaked=dict(zip(REASONS, leaked, strict=True)),
            shot_at=int(_on(tally.shot_at_until, day)[c]),
            eight_and_none=bool(_on(tally.massed_dry_until, day)[c]),
        )

    def _rounds(self, day: int, t: int) -> Rounds:
        tally = self.book.tally
        return Rounds(
            arrived=int(self._arrived[day, t]),
            fired=int(tally.day_used[0, day, t]),
            wanted=int(tally.day_wanted[0, day, t]),
            unmet=int(_on(tally.unmet_until, day)[t]),
            lost=int(_on(tally.lost_until, day)[t]),
            stock=int(tally.stock[0, day + 1, t]),
        )

    @cached_property
    def _arrived(self) -> I64:
        """Rounds of each type that land on each day. (D, T)"""
        landed: I64 = self.book.plan.supply.arrivals(self.book.worlds, self.book.by_line)[0]
        return landed

    def _arrival(self, day: int, line: str) -> Arrival:
        missing = sum(one.missing[day] for one in self.shortfalls if one.line == line)
        return Arrival(int(self.book.by_line[line][0, day]), missing)

    # --- what stood -----------------------------------------------------------------------------------

    @cached_property
    def _rows(self) -> Mapping[str, list[int]]:
        """Rows of the batteries of each system, in the order of the layers."""
        batteries = self.book.plan.defence.batteries
        return {
            name: [b for b, battery in enumerate(batteries) if battery.system == name]
            for name in self.book.plan.cast.systems
        }

    @cached_property
    def _magazine(self) -> Mapping[int, int]:
        """Magazine of each battery that has one."""
        return {b: m for m, rows in enumerate(self.book.plan.defence.magazines) for b in rows}

    def _stand(self, day: int, rows: Sequence[int]) -> Stand:
        standing = self.book.tally.standing[0, day].tolist()
        held = [b for b in rows if standing[b] != ABSENT]
        armed = [b for b in held if b in self._magazine]
        return Stand(
            held=len(held),
            fit=sum(standing[b] == FIT for b in held),
            bare=sum(standing[b] == FIT and self._ready(day, b) == 0 for b in armed),
            found_dry={name: self._found_dry(day, rows, c) for c, name in self.book.shot_classes()},
            empty=sum(self._left(day, b) == 0 for b in armed),
        )

    def _found_dry(self, day: int, rows: Sequence[int], c: int) -> int:
        """Batteries of these rows that had no round for a leaker of the class in their reach."""
        return int(np.count_nonzero(self.book.tally.found_dry[0, day, rows, c]))

    def _ready(self, day: int, b: int) -> int:
        """Rounds that a battery had to fire when the night began."""
        return int(self.book.tally.ready[0, day, self._magazine[b]].sum())

    def _left(self, day: int, b: int) -> int:
        """Rounds in its magazine at the midnight after."""
        return int(self.book.tally.magazines[0, day + 1, self._magazine[b]].sum())

    def _posts(self, day: int) -> Iterator[tuple[str, Post]]:
        for b, m in sorted(self._magazine.items()):
            state = STATES[int(self.book.tally.standing[0, day, b])]
            ready = int(self.book.tally.ready[0, day, m].sum())
            yield self.book.plan.defence.batteries[b].name, Post(state, ready, self._left(day, b))

    # --- when it ran out ------------------------------------------------------------------------------

    def first_dry(self, threat_class: str) -> Empty | None:
        """The first night on which a threat of the class found no round, and the batteries that had none."""
        c = self.book.plan.cast.classes.index(threat_class)
        day = int(self.book.tally.first_dry[0, c])
        if day == NEVER:
            return None
        return self._empty(day, np.flatnonzero(self.book.tally.found_dry[0, day, :, c]).tolist())

    def first_empty(self) -> Empty | None:
        """The first midnight with a magazine at zero, and the batteries whose magazine it was (O).

        A magazine counts from the first day of a battery that stood from then on, else once it has had a round.
        """
        midnight = int(self.book.tally.first_empty[0, 0])
        if midnight == NEVER:
            return None
        day = max(0, midnight - 1)
        counted = [b for b in self._magazine if self._has_counted(b, midnight)]
        return self._empty(
            day, [b for b in counted if self.book.tally.magazines[0, midnight, self._magazine[b]].sum() == 0]
        )

    def _has_counted(self, b: int, midnight: int) -> bool:
        tally, m = self.book.tally, self._magazine[b]
        since = bool(tally.standing[0, :1, b].any())
        return since or bool(tally.magazines[0, : midnight + 1, m].any() or tally.ready[0, :midnight, m].any())

    def _empty(self, day: int, rows: Sequence[int]) -> Empty:
        batteries = self.book.plan.defence.batteries
        systems = [name for name in self._rows if any(batteries[b].system == name for b in rows)]
        standing = self.book.tally.standing[0, day].tolist()
        return Empty(
            number=day + 1,
            date=self.book.plan.supply.start + timedelta(days=day),
            layers=tuple(dict.fromkeys(batteries[b].layer for b in rows)),
            batteries={name: sum(batteries[b].system == name for b in rows) for name in systems},
            held={name: sum(standing[b] != ABSENT for b in self._rows[name]) for name in systems},
            posts=() if self._live else tuple(self._place(b) for b in rows),
            ready=sum(int(self.book.tally.ready[0, day, m].sum()) for m in {self._magazine[b] for b in rows}),
        )

    def _place(self, b: int) -> str:
        """A battery by its name and its hypothetical site; where there are several sites the name has it already."""
        battery = self.book.plan.defence.batteries[b]
        alone = battery.site is not None and len(self.book.plan.cast.assets) == 1
        return f"{battery.name} at {battery.site}" if alone else battery.name


def _on(until: I64, day: int) -> I64:
    """What happened on one day, from counts of the campaign so far at midnights."""
    return np.asarray(until[0, day + 1] - until[0, day])
