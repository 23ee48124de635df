"""A quick look: few futures, and the part of the answer that needs no further run."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vallum import engine
from vallum.campaign.answer import brief
from vallum.campaign.beside import TOLD, differences
from vallum.campaign.fighting import Field, Progress
from vallum.campaign.plan import Plan, prepare
from vallum.campaign.running import counted
from vallum.results import Difference, Result
from vallum.scenario import Scenario


@dataclass(frozen=True)
class Glance:
    """A scenario made ready, and what its first futures show; `result.answer` is the brief one."""

    plan: Plan
    result: Result


def glance(scenario: Scenario | Plan, futures: int, seed: int = 0, progress: Progress | None = None) -> Glance:
    """Fight the first futures of a run on this thread, and answer in brief: neither split nor differences.

    scenario : or the plan of one that is ready already
    progress : hears of each block; what it raises ends the run
    Raises what `run` raises.
    """
    plan = scenario if isinstance(scenario, Plan) else prepare(scenario)
    with engine.place("threads", 1) as place:
        result = counted(plan, Field(place, futures, seed, progress=progress), listed=False)
    return Glance(plan, replace(result, answer=brief(plan, result)))


def versus(before: Glance, after: Glance) -> tuple[Difference, ...]:
    """Return what `after` has and `before` has not, future by future (F3), where both have the same seed.

    Equal outcomes of the first class are told too.
    """
    named, one, other = after.plan.scenario.title, before.result, after.result
    return tuple(differences(before.plan, one, named, one.columns, other.columns, TOLD, unchanged=True))
