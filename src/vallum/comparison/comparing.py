"""Fight a base and packages over it in the same futures, and say what each changes (Q3)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from vallum import campaign
from vallum.campaign import Plan, readings
from vallum.comparison import attribution, breakeven, criteria, discovery, inputs
from vallum.comparison.answer import BASE, Comparison, Cost, Option
from vallum.comparison.attribution import Attribution, Coalition
from vallum.comparison.breakeven import BreakEven, Move
from vallum.comparison.inputs import Part
from vallum.errors import RunError, ScenarioError
from vallum.results import Difference, Label, Result, difference, standards
from vallum.results.outcomes import APART
from vallum.results.standards import Standard
from vallum.scenario import Scenario, is_threat, read

F64 = npt.NDArray[np.float64]
#: Hears the stage, how many runs of it are done, and how many there are.
Progress = Callable[[str, int, int], None]

#: Rows of the score card where nothing else is asked for; of classes only the one that the answer is about.
CARD: Final = (
    "leakers",
    "stopped_share",
    "dry_nights",
    "eight_and_none_ever",
    "first_empty_battery",
    "first_empty_country",
    "used",
    "unmet",
    "stock",
    "protected",
    "harm",
    "cost_fired",
    "cost_bought",
    "cost_systems",
)
#: Outcomes that make what a package costs.
PAID: Final = ("cost_systems", "cost_bought")
#: A break-even rests on so many futures at most.
FUTURES: Final = 1_000


@dataclass(frozen=True)
class Effort:
    """How every run of a comparison is made: the same futures and the same dice (F3)."""

    futures: int
    seed: int
    as_of: date | None
    threads: int | None
    block: int | None
    on: str
    progress: Progress | None = None
    done: list[str] = field(default_factory=list)

    def run(self, scenario: Scenario, futures: int | None = None) -> Result:
        """Fight one scenario, without the answer in words."""
        many = self.futures if futures is None else min(futures, self.futures)
        result = campaign.run(
            scenario, many, self.seed, self.as_of, self.threads, self.block, explain=False, on=self.on
        )
        self.done.append(scenario.fingerprint)
        if self.progress is not None:
            self.progress("runs", len(self.done), len(self.done) + 1)
        return result


@dataclass(frozen=True)
class Ground:
    """The base of a comparison, fought."""

    scenario: Scenario
    plan: Plan
    result: Result
    label: Label
    card: tuple[Label, ...]
    standards: tuple[Standard, ...]


def compare(
    base: Scenario | str | Path,
    *packages: str | Path,
    outcome: str | Sequence[str] = (),
    standard: str | Sequence[str] = (),
    futures: int = 2_000,
    seed: int = 0,
    as_of: date | None = None,
    threads: int | None = None,
    block: int | None = None,
    on: str = "threads",
    attribute: bool = True,
    progress: Progress | None = None,
) -> Comparison:
    """Set packages beside a base in the same futures.

    packages  : packaged names or files; several joined by `+` are laid over the base together, in order
    outcome   : outcomes of the score card, such as `leakers[ballistic]`; attribution, regret and criteria rest on the
                first. Default: the main ones of the class that the answer is about
    standard  : tests that a future passes or fails, such as `stopped_share[ballistic] >= 0.5`; default the table of Q0
    attribute : also take each effect apart and look for break-evens, which costs a run for each set of parts
    Raises ScenarioError, EvidenceError for bad input, RunError for an impossible request.
    """
    scenario = base if isinstance(base, Scenario) else read(base)
    others = _others(scenario, [str(given) for given in packages])
    effort = Effort(futures, seed, as_of, threads, block, on, progress)
    ground = _ground(scenario, effort, _listed(outcome), _listed(standard))
    options = tuple(_option(ground, name, other, effort, attribute) for name, other in others.items())
    results = {BASE: ground.result, **{option.name: option.result for option in options}}
    return Comparison(
        base=ground.result,
        scenario=scenario,
        options=options,
        label=ground.label,
        card=ground.card,
        standards=ground.standards,
        failures=_failures(ground, scenario, ground.result, ground.plan),
        criteria=criteria.criteria(ground.label, results, ground.standards),
        regrets=criteria.regrets(ground.label, results),
        asked={"outcomes": _listed(outcome), "standards": _listed(standard), "parts": attribute},
    )


def _laid(scenario: Scenario, given: str) -> tuple[str, Scenario]:
    """One package, or several joined by `+`, laid over the base; and the name of that, without any path."""
    names = [given] if Path(given).is_file() else given.split("+")
    made = scenario.with_packages(*names)
    return "+".join(made.packages[len(scenario.packages) :]), made


def _others(scenario: Scenario, packages: Sequence[str]) -> dict[str, Scenario]:
    """Every package laid over the base, by its name. Raises ScenarioError with what is wrong with any of them."""
    if not packages:
        raise ScenarioError("give at least one package to compare with the base; vallum scenarios lists them")
    laid: dict[str, Scenario] = {}
    problems: list[str] = []
    for given in packages:
        try:
            name, made = _laid(scenario, given)
        except ScenarioError as error:
            problems += error.problems
            continue
        if name in laid:
            problems.append(f"{name}: given twice; give each package once")
        laid[name] = made
    if problems:
        raise ScenarioError(dict.fromkeys(problems))
    return laid


def _listed(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _ground(scenario: Scenario, effort: Effort, outcome: tuple[str, ...], standard: tuple[str, ...]) -> Ground:
    result = effort.run(scenario)
    _refuse_unknown(result, outcome, standard)
    card = tuple(result.named(name) for name in outcome) or _card(result)
    plan = campaign.prepare(scenario, effort.as_of)
    return Ground(scenario, plan, result, card[0], card, _standards(standard, result))


def _refuse_unknown(result: Result, outcome: tuple[str, ...], standard: tuple[str, ...]) -> None:
    """Raise RunError with every outcome and every standard that cannot be read."""
    problems = []
    tests: list[Callable[[], object]] = [partial(result.named, name) for name in outcome]
    tests += [partial(_standards, (text,), result) for text in standard]
    for test in tests:
        try:
            test()
        except RunError as error:
            problems.append(str(error))
    if problems:
        raise RunError("\n".join(problems))


def _card(result: Result) -> tuple[Label, ...]:
    """The main outcomes of the class that the answer is about."""
    mine = [
        label
        for label in result.columns
        if label.threat_class in ("", result.headline) and not (label.reason or label.asset or label.scope)
    ]
    return tuple(label for name in CARD for label in mine if label.name == name)


def _option(ground: Ground, name: str, other: Scenario, effort: Effort, attribute: bool) -> Option:
    result, plan = effort.run(other), campaign.prepare(other, effort.as_of)
    before, after = ground.plan.laws, plan.laws
    parts = inputs.parts(ground.scenario, other, before, after)
    whole = tuple(_differences(ground, name, result))
    shares, untaken = _attributed(ground, parts, result, effort) if attribute else ((), "")
    return Option(
        name=name,
        title=" and ".join(other.package_titles[len(ground.scenario.packages) :]),
        scenario=other,
        result=result,
        changes=inputs.changes(ground.scenario, other, before, after, result.manifest),
        parts=parts,
        differences=whole,
        attributions=shares,
        untaken=untaken,
        cost=_cost(ground, result),
        break_evens=tuple(_break_evens(ground, parts, plan, effort)) if attribute else (),
        failures=_failures(ground, other, result, plan),
        not_modelled=tuple(
            text for text in result.manifest.not_modelled if text not in ground.result.manifest.not_modelled
        ),
    )


# --- differences ------------------------------------------------------------------------------------


def _differences(ground: Ground, name: str, result: Result) -> Iterator[Difference]:
    """Every outcome that base and package share, future by future."""
    held = readings.chosen(ground.plan, ground.result)
    for label in sorted(ground.result.columns):
        if label in result.columns:
            before, after = (_values(one, label) for one in (ground.result, result))
            yield difference(name, label, before, after, readings.means(ground.plan, held, after - before))


def _values(result: Result, label: Label) -> F64:
    """An outcome in each future (F,); a day that may never come counts as 1 where it comes."""
    values = result.columns[label]
    return np.isfinite(values).astype(np.float64) if label.may_be_never else values


def _cost(ground: Ground, result: Result) -> Cost | None:
    """What is paid beside the base, and what that is per unit by which the outcome gets better."""
    if not any(label.name in (*PAID, "cost_fired") for label in result.columns):
        return None
    paid, fired = _money(result, PAID) - _money(ground.result, PAID), _money(result, ("cost_fired",))
    fired = fired - _money(ground.result, ("cost_fired",))
    sign = 1.0 if criteria.is_good(ground.label) and not ground.label.may_be_never else -1.0
    gained = sign * (_values(result, ground.label) - _values(ground.result, ground.label))
    known = ~np.isnan(gained)
    gain, money = gained[known], paid[known]
    n, per_effect, se = len(gain), None, None
    if n > 1 and money.mean() > 0 and gain.mean() > APART * gain.std(ddof=1) / math.sqrt(n):
        per_effect = float(money.mean() / gain.mean())
        # error of a ratio of paired means, by its first-order terms
        se = float((money - per_effect * gain).std(ddof=1) / math.sqrt(n) / gain.mean())
    return Cost(float(paid.mean()), float(fired.mean()), ground.label, per_effect, se)


def _money(result: Result, names: Sequence[str]) -> F64:
    total = np.zeros(result.manifest.futures)
    for label, values in result.columns.items():
        if label.name in names:
            total = total + values
    return total


# --- parts ------------------------------------------------------------------------------------------


def _attributed(
    ground: Ground, parts: Sequence[Part], whole: Result, effort: Effort
) -> tuple[tuple[Attribution, ...], str]:
    """Each row of the score card taken apart; else why it cannot be."""
    if not parts:
        return (), "the package changes nothing"
    ends = {frozenset[int](): ground.result, frozenset(range(len(parts))): whole}
    columns: dict[Coalition, Mapping[Label, F64]] = {}
    try:
        for some in attribution.coalitions(len(parts)):
            made = ends[some] if some in ends else effort.run(with_parts(ground.scenario, parts, some))
            columns[some] = {label: _values(made, label) for label in ground.card if label in made.columns}
    except ScenarioError as error:
        return (), f"its parts are no scenarios by themselves: {error.problems[0]}"
    names = [part.name for part in parts]
    labels = [label for label in ground.card if all(label in one for one in columns.values())]
    made_of = (attribution.attributed(label, names, lambda some, at=label: columns[some][at]) for label in labels)  # type: ignore[misc]
    return tuple(made for made in made_of if made is not None), ""


def with_parts(scenario: Scenario, parts: Sequence[Part], some: Coalition) -> Scenario:
    """Return the scenario with only these parts of a package laid over it. Raises ScenarioError where that is none."""
    changes = {path: value for k, part in enumerate(parts) if k in some for path, value in part.changes.items()}
    return scenario.replace(changes)


def _break_evens(ground: Ground, parts: Sequence[Part], plan: Plan, effort: Effort) -> Iterator[BreakEven]:
    """A break-even for each number that the package moves without a source; never for the attacker's (the scope)."""
    found = [
        move
        for part in parts
        if not part.sourced
        for move in breakeven.moves(part, ground.plan.laws, plan.laws)
        if not is_threat(ground.scenario, breakeven.path_of(move))
    ]
    if not found:
        return
    few = _few(ground)
    goal, words = _goal(ground, parts, few, effort)
    sign = 1.0 if criteria.is_good(ground.label) and not ground.label.may_be_never else -1.0
    for move in found:
        yield breakeven.break_even(move, goal, words, _mover(ground, move, few, effort), sign)


def _few(ground: Ground) -> F64:
    """The outcome of the base in the futures that a break-even rests on."""
    return _values(ground.result, ground.label)[:FUTURES]


def _mover(ground: Ground, move: Move, few: F64, effort: Effort) -> Callable[[float], F64]:
    def change(times: float) -> F64:
        moved = ground.scenario.replace({breakeven.path_of(move): move.entry(times)})
        return _known(_values(effort.run(moved, FUTURES), ground.label) - few)

    return change


def _known(values: F64) -> F64:
    return values[~np.isnan(values)]


def _goal(ground: Ground, parts: Sequence[Part], few: F64, effort: Effort) -> tuple[float, str]:
    """As much as the sourced parts of the package do; where there are none that help, a tenth of the base."""
    sign = 1.0 if criteria.is_good(ground.label) and not ground.label.may_be_never else -1.0
    sourced = frozenset(k for k, part in enumerate(parts) if part.sourced)
    if sourced:
        made = effort.run(with_parts(ground.scenario, parts, sourced), FUTURES)
        change = _known(_values(made, ground.label) - few)
        mean, se = float(change.mean()), float(change.std(ddof=1) / math.sqrt(len(change)))
        if sign * mean > APART * se:
            told = " and ".join(part.title for part in parts if part.sourced)
            return mean, f"as much as the sourced part of the package ({told})"
    return sign * breakeven.WORTH * float(_known(few).mean()), "a tenth of what it is in the base"


# --- when it fails ----------------------------------------------------------------------------------


def _standards(texts: tuple[str, ...], result: Result) -> tuple[Standard, ...]:
    """The standards asked for, else the usual table as far as the run has its outcomes (Q0)."""
    made = tuple(map(standards.standard, texts)) or tuple(standards.usual(result.columns, result.headline))
    for one in made:
        one.met_in(result)
    return made


def _failures(ground: Ground, scenario: Scenario, result: Result, plan: Plan) -> tuple[discovery.Failure, ...]:
    """How often each standard is missed, and when."""
    about = discovery.features(scenario, result, plan.laws)
    return tuple(discovery.failure(one.text, one.words, one.met_in(result), about) for one in ground.standards)
