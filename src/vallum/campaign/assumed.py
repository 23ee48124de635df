"""How much of an answer's spread the assumptions cause: what no claim gives, published or not (F5)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from vallum import engine
from vallum.campaign.fighting import Field, Progress
from vallum.campaign.plan import prepare
from vallum.campaign.running import run
from vallum.campaign.split import split
from vallum.results import Label
from vallum.scenario import Scenario


@dataclass(frozen=True)
class Assumed:
    """Shares of the variance of one outcome, each with its standard error, from n pairs of futures.

    knowledge   : all that is not known exactly; assumptions : of that, what rests on an assumption;
    unpublished : of that, what nobody publishes
    laws        : how many of the uncertain numbers rest on an assumption, of how many
    """

    label: Label
    knowledge: tuple[float, float]
    assumptions: tuple[float, float]
    unpublished: tuple[float, float]
    laws: tuple[int, int]
    n: int


def assumed(
    scenario: Scenario,
    futures: int = 1_000,
    seed: int = 0,
    as_of: date | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Assumed | None:
    """Split the variance of the headline outcome; None where nothing is uncertain or nothing varies.

    The split of F5, made twice: for what nobody publishes, and for all that rests on an assumption.
    """
    plan = prepare(scenario, as_of)
    result = run(scenario, futures, seed, as_of, threads, progress=progress, explain=False)
    marked = {name: replace(law, published=law.published and not law.assumption) for name, law in plan.laws.items()}
    with engine.place("threads", threads) as place:
        again = Field(place, futures, seed, progress=progress).fought
        hidden = split(plan, result, again)
        guessed = split(replace(plan, laws=marked), result, again)
    if hidden is None or guessed is None:
        return None
    many = sum(not law.published for law in marked.values())
    return Assumed(
        guessed.label, (guessed.knowledge, guessed.knowledge_se), (guessed.unpublished, guessed.unpublished_se),
        (hidden.unpublished, hidden.unpublished_se), (many, len(marked)), guessed.n,
    )  # fmt: skip
