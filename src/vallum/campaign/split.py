"""Ignorance and chance: how much of an outcome's variance each explains (F5)."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np

from vallum.campaign.fold import Folded
from vallum.campaign.plan import Plan, shifted
from vallum.results import Label, Result, Split
from vallum.scenario.worlds import F64

#: Other dice than those of the run itself.
OTHER_LUCK = 1_000_003


def headline(plan: Plan, result: Result) -> Label | None:
    """The outcome whose spread is explained: the first dry night, else the leakers of the first class."""
    for name in plan.cast.priority:
        dry = [
            x
            for x in result.columns
            if x.name == "first_dry_night" and x.threat_class == name and x.scope == "anywhere"
        ]
        if dry and np.ptp(_finite(plan, result.columns[dry[0]])) > 0:
            return dry[0]
    for name in plan.cast.priority:
        leakers = result.label("leakers", threat_class=name)
        if np.ptp(result.columns[leakers]) > 0:
            return leakers
    return None


def split(plan: Plan, result: Result, again: Callable[..., Folded]) -> Split | None:
    """Split the variance of the headline outcome by pairs of futures that share part of their world.

    The covariance of two futures with the same world and other dice is the variance that knowledge
    explains; of two that share only what nobody publishes, the variance that this explains (Sobol 1993).
    None where nothing is uncertain or nothing varies.
    """
    label = headline(plan, result)
    if label is None or not plan.laws:
        return None
    futures = result.manifest.futures
    published = frozenset(name for name, made in plan.laws.items() if made.published)
    shares = []
    lucks = result.manifest.lucks
    for names in (frozenset[str](), published):
        other = again(plan, vary=partial(shifted, names=names, offset=futures, luck=OTHER_LUCK), stage="what drives it")
        pairs = len(other.columns[label])
        here = _finite(plan, result.columns[label][:pairs])
        shares.append(_shared(here, _finite(plan, other.columns[label]), -(-pairs // lucks)))
    (known, known_se), (hidden, hidden_se) = shares
    if len(published) == len(plan.laws):
        hidden, hidden_se = 0.0, 0.0
    return Split(label, known, known_se, min(hidden, known), hidden_se, pairs)


def _finite(plan: Plan, values: F64) -> F64:
    """A night that never comes counts as the night after the last."""
    return np.where(np.isinf(values), plan.days + 1.0, values)


def _shared(one: F64, other: F64, worlds: int) -> tuple[float, float]:
    """Share of the variance that two columns have in common, in 0..1, and its standard error.

    worlds : independent pairs among them; where futures share a world, those of one count as one (F1)
    """
    deviations = np.vstack([one - one.mean(), other - other.mean()])
    spread = math.sqrt(float((deviations[0] ** 2).mean() * (deviations[1] ** 2).mean()))
    if spread <= 0.0:
        return 0.0, 0.0
    share = float((deviations[0] * deviations[1]).mean()) / spread
    return min(1.0, max(0.0, share)), (1.0 - share * share) / math.sqrt(worlds)
