"""What drives the answer: parameters by their share of the variance, claims, and the fact worth knowing (Q5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from shlex import quote
from typing import Final

import numpy as np

from vallum import campaign, engine
from vallum.campaign import Plan, prepare
from vallum.campaign.fighting import Field, Progress
from vallum.campaign.readings import chosen
from vallum.drivers.answer import About, Sensitivity
from vallum.drivers.beliefs import beliefs
from vallum.drivers.facts import Choice, choice
from vallum.drivers.points import Model, block, finite, names_of
from vallum.drivers.ranking import screened, shares
from vallum.errors import RunError
from vallum.results import GOOD, Label, Result
from vallum.scenario import Scenario, is_threat, read
from vallum.scenario.worlds import F64

#: Base points of the shares, lucks of each point, and paired futures behind claims and choices.
POINTS: Final = 256
LUCKS: Final = 16
FUTURES: Final = 2_000
#: The scenario without a package, by this name.
AS_IT_IS: Final = "as it is"


def sensitivity(
    scenario: Scenario | str,
    outcome: str | None = None,
    between: Sequence[str] = (),
    points: int = POINTS,
    lucks: int = LUCKS,
    futures: int = FUTURES,
    seed: int = 0,
    as_of: date | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Find what drives an outcome (Q5).

    outcome : such as `leakers[ballistic]`; default the leakers of the class that the answer is about
    between : two packages to choose between, or one against the scenario as it is; default what the scenario names
              in `beside`, if anything
    points, lucks : base points of the shares, a power of two, and lucks over which each point is averaged
    futures : paired futures behind the claims and the choice
    Numbers of the attacker's are ranked as knowledge that is given; nothing is sought over them. Raises RunError where
    nothing is uncertain or nothing varies, and what `campaign.run` raises.
    """
    asked = read(scenario) if isinstance(scenario, str) else scenario
    _check(points, lucks, futures)
    plan = prepare(asked, as_of)
    names = names_of(plan)
    base = campaign.run(asked, futures, seed, as_of, threads, block(plan), progress=progress, explain=False)
    label = base.named(outcome or f"leakers[{base.headline}]")
    values = finite(base.columns[label], plan.days)
    with engine.place("threads", threads) as place:
        model = Model(plan, label, names, lucks, seed, place, progress, "screening")
        screening = screened(names, model, seed)
        kept = sorted(one.name for one in screening if one.kept)
        if not kept:
            raise RunError(f"{label} is the same whatever is uncertain here: nothing drives it")
        model = Model(plan, label, kept, lucks, seed, place, progress, "points")
        spread = _Spread(model)
        drivers = shares(kept, spread, points, seed)
        field = Field(place, futures, seed, block=block(plan), progress=None)
        believed = sorted(beliefs(plan, field, label, values), key=lambda one: -abs(one.change))
    options = tuple(between) or asked.schema.beside[:1]
    made = _choice(asked, plan, base, label, tuple(options), threads) if options else None
    results = {AS_IT_IS: base, **(made[1] if made else {})}
    return Sensitivity(
        label, screening, drivers, spread.noise, tuple(believed), made[0] if made else None, float(np.nanmean(values)),
        {name: _about(asked, plan, name) for name in names},
        tuple(sorted({name for a, b, _ in asked.schema.correlations for name in (a, b)})),
        points, lucks, base.manifest, results, asked, _given(outcome, between, points, lucks),
    )  # fmt: skip


def _given(outcome: str | None, between: Sequence[str], points: int, lucks: int) -> str:
    """The options of the command that asks this."""
    told = "" if outcome is None else f" --outcome {quote(outcome)}"
    return told + "".join(f" --between {quote(name)}" for name in between) + f" --points {points} --lucks {lucks}"


def _check(points: int, lucks: int, futures: int) -> None:
    if points < 8 or points & (points - 1):  # noqa: PLR2004
        raise RunError(f"{points} points: give a power of two, 8 or more (64, 128, 256 ...)")
    if lucks < 2 or futures < 2:  # noqa: PLR2004
        raise RunError(f"{lucks} lucks, {futures} futures: give 2 or more of each")


class _Spread:
    """A model that remembers how much of its spread is left of luck."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.noise = 0.0

    def __call__(self, cube: F64) -> F64:
        values = self._model(cube)
        whole = float(values.var())
        if whole > 0.0:
            self.noise = min(1.0, float(self._model.noise[-1].mean()) / self._model.lucks / whole)
        return values


def _about(scenario: Scenario, plan: Plan, name: str) -> About:
    law = plan.laws[name]
    return About(law.title or name, law.unit, law.published, is_threat(scenario, f"uncertain.{name}"))


def _choice(
    scenario: Scenario, plan: Plan, base: Result, label: Label, options: tuple[str, ...], threads: int | None
) -> tuple[Choice, Mapping[str, Result]]:
    """Hold two packages, or one and the scenario as it is, against each other in the futures of the base."""
    if len(options) > 2:  # noqa: PLR2004
        raise RunError(f"{', '.join(options)}: the choice is between two; give two packages, or one")
    pair = (AS_IT_IS, options[0]) if len(options) == 1 else (options[0], options[1])
    if pair[0] == pair[1]:
        raise RunError(f"{pair[0]} twice is no choice; give two packages, or one")
    made = base.manifest
    results = {AS_IT_IS: base}
    for name in pair:
        if name not in results:
            other = scenario.with_packages(name)
            results[name] = campaign.run(
                other, made.futures, made.seed, made.as_of, threads, block(plan), explain=False
            )
    outcomes = [finite(results[name].columns[results[name].named(str(label))], plan.days) for name in pair]
    found = choice(
        (pair[0], pair[1]), (outcomes[0], outcomes[1]), label.name in GOOD, base.uncertain, plan.laws,
        chosen(plan, base),
    )  # fmt: skip
    return found, {name: results[name] for name in pair}
