"""A scenario made ready to run: names, laws and rooms, and the Problem of any block of futures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from vallum import terms
from vallum._kernel.problem import Problem
from vallum.engage import Defence
from vallum.evidence import Distribution, Evidence
from vallum.raids import Raids
from vallum.scenario import Scenario, extremes, schema, trail
from vallum.scenario.cast import Cast
from vallum.scenario.worlds import F64, I64, Worlds, law
from vallum.supply import Supply

#: Threats that make "eight and none", where no outcome names another number (O).
EIGHT = 8


@dataclass(frozen=True)
class Plan:
    """Everything that is the same for all futures of a run."""

    scenario: Scenario
    as_of: date
    evidence: Evidence
    laws: Mapping[str, Distribution]
    cast: Cast
    raids: Raids
    supply: Supply
    defence: Defence

    @property
    def days(self) -> int:
        """Days of the campaign."""
        return self.scenario.days

    @cached_property
    def massed(self) -> int:
        """Threats that make a massed raid (O); the check sees to it that all wishes name one number."""
        return next((wish.k for wish in self.scenario.schema.outcomes if wish.name in terms.MASSED), EIGHT)

    def worlds(self, seed: int, futures: range, lucks: int = 1) -> Worlds:
        """Return what a block of futures holds for true."""
        fixed = self.cast.fixed
        numbers = np.arange(futures.start, futures.stop, dtype=np.int64)
        ties = tuple(self.scenario.schema.correlations)
        return Worlds(fixed.start, fixed.days, self.laws, self.evidence, seed, numbers, lucks, ties)

    def problem(self, worlds: Worlds, by_line: Mapping[str, I64], traced: bool = False) -> Problem:
        """Return the arrays that the kernel fights for these worlds."""
        people = np.array([self.defence.heaviness(name) for name in self.cast.assets])
        threat = self.raids.arrays(worlds, people)
        shares = np.swapaxes(threat["target_share"], 1, 2)
        expected: F64 = self.raids.expected(worlds)[:, None, :] * shares
        return Problem(
            chains=worlds.chains,
            arrivals=self.supply.arrivals(worlds, by_line),
            massed=self.massed,
            traced=int(traced),
            **threat,
            **self.defence.arrays(worlds, expected, self.supply.systems(worlds, by_line)),
        )


def prepare(scenario: Scenario, as_of: date | None = None) -> Plan:
    """Make a scenario ready to run, with the claims of its date (F6).

    as_of : the date of the knowledge; default the scenario's, else today
    """
    fixed, choices = scenario.schema.fixed, scenario.schema.choices
    today = known(scenario, as_of)
    facts = trail.facts(list(scenario.texts())).at(today)
    laws = {name: law(name, entry, facts) for name, entry in scenario.schema.uncertain.items()}
    laws |= {name: replace(laws[name], published=False) for name in _unpublished(fixed)}
    cast = Cast(fixed, choices, laws)
    supply = Supply(cast, fixed.start, fixed.days)
    ends = extremes.ends(fixed.start, fixed.days, laws, facts)
    return Plan(
        scenario,
        today,
        facts,
        laws,
        cast,
        Raids(cast, fixed.start, fixed.days, scenario.night_table),
        supply,
        Defence(cast, ends, supply.most_systems(ends)),
    )


def _unpublished(fixed: schema.Fixed) -> set[str]:
    """Kill probabilities of the interceptor types of which a scenario says that nobody publishes them (W3, F5)."""
    kills = [kill for made in fixed.interceptors.values() if not made.published for kill in made.kill.values()]
    given = [change.value for kill in kills if isinstance(kill, list) for change in kill]
    given += [kill for kill in kills if not isinstance(kill, list)]
    return {quantity.name for quantity in given if quantity.name is not None}


def known(scenario: Scenario, as_of: date | None = None) -> date:
    """Return the date of the knowledge: as asked, else the scenario's, else today (F6)."""
    return as_of or scenario.schema.fixed.as_of or date.today()


def shifted(worlds: Worlds, names: frozenset[str], offset: int, luck: int) -> Worlds:
    """Return the same futures with other dice, and with `names` taken from other worlds (F5)."""
    return replace(worlds, shifted=names, offset=offset, luck=luck)
