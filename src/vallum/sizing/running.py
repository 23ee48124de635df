"""How many are enough: the least value that meets a standard, or two values against each other (Q0, Q1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from shlex import quote
from typing import Any, Final

from vallum import campaign, engine
from vallum.campaign import Plan
from vallum.campaign.fighting import Progress
from vallum.errors import RunError
from vallum.results import Label, Result
from vallum.results.standards import Standard, standard, usual
from vallum.scenario import Scenario, read
from vallum.scenario.worlds import F64
from vallum.sizing.answer import CLOSE, FOUND, OUT_OF_REACH, THROUGHOUT, Frontier, Need, Pairing, Point, Size, Sizing
from vallum.sizing.axes import Axis, Value, axis, monthly, scouted
from vallum.sizing.bounds import FIRST, Verdict, verdict
from vallum.sizing.ground import Goal, Ground, Trial
from vallum.sizing.search import Turn, fall, turn

#: A share this far from the confidence is told from it; of campaigns longer than LONG days, whose futures cost more,
#: one this far.
TELL_APART: Final = 0.005
LONG: Final = 100
TELL_APART_LONG: Final = 0.03
#: The same where rounds a month are sought beside systems, and along a frontier: about, not to the round.
ABOUT: Final = 0.05
#: Values of the curve at most, of a frontier's first variable, and of each scout of its second.
CURVE: Final = 25
FIRSTS: Final = 13
SECONDS: Final = 7
_WIDEST: Final = 0.25
#: What binds, by the reason of most leakers where there are rounds to spare (E10).
BINDS: Final[Mapping[str, str]] = {
    "uncovered": "coverage",
    "dry": "magazine",
    "held": "reserve",
    "saturated": "channels",
    "blind": "sight",
    "missed": "kill probability",
}
#: Rounds of each type in the opening stock where it is asked what would be if there were rounds to spare.
AMPLE: Final = 100_000
Range = tuple[Any, Any]


@dataclass(frozen=True)
class _Asked:
    """What is the same for all trials of one question."""

    scenario: Scenario
    standards: tuple[Standard, ...]
    confidence: float | None
    seed: int
    as_of: date | None
    place: engine.Place
    progress: Progress | None
    given: str

    def ground(self, scenario: Scenario, made: Axis, tell_apart: float, standards: Sequence[Standard] = ()) -> Ground:
        """Ground for an axis; the standards, if not all of them."""

        def goals(plan: Plan, columns: Mapping[Label, F64]) -> list[Goal]:
            asked = standards or self.standards or usual(columns, plan.cast.headline)
            if not asked:
                raise RunError("the scenario has none of the outcomes of the usual standards; say --standard")
            labels = [one.label(columns, plan.cast.headline) for one in asked]
            return [
                Goal(one, label, one.goal(label, self.confidence)) for one, label in zip(asked, labels, strict=True)
            ]

        return Ground(scenario, made, goals, self.seed, self.as_of, self.place, tell_apart, self.progress)


def size(
    scenario: Scenario | str,
    vary: str | Mapping[str, Range],
    between: Range | None = None,
    standards: str | Sequence[str] = (),
    confidence: float | None = None,
    seed: int = 0,
    as_of: date | None = None,
    threads: int | None = None,
    tell_apart: float | None = None,
    step: float | None = None,
    latest: bool | None = None,
    needs: bool | None = None,
    progress: Progress | None = None,
) -> Sizing | Frontier:
    """Find the least value that meets a standard in at least a share `confidence` of futures (Q1).

    vary, between : a dotted path of the defence with (low, high); or {path: (low, high)} of one path, or of two, for
                    which the frontier is found. Whole numbers, numbers or dates; `interceptors_a_month` is a path too
    standards     : such as "stopped_share[ballistic] >= 0.7"; none: the usual table of three (Q0)
    confidence    : share of futures, 0..1; default 0.8, or the bound itself of a probability ("no_leaker >= 0.9")
    tell_apart    : a share of futures this far from the confidence is told from it; default 0.005, or 0.03 for more
                    than 100 days, and 0.05 along a frontier
    step, latest  : see `axes.axis`
    needs         : also seek the rounds a month that the answer needs; default where systems are varied
    Common dice: every value meets the same futures, more of them where it is close. Raises ScenarioError for a path
    of the attacker's or a bad range, RunError for a bad standard or an impossible request.
    """
    asked = read(scenario) if isinstance(scenario, str) else scenario
    ranges = _ranges(vary, between)
    _check(confidence, tell_apart)
    wanted = tuple(standard(text) for text in ([standards] if isinstance(standards, str) else standards))
    axes = [axis(asked, path, *ends, step=step, latest=latest) for path, ends in ranges.items()]
    with engine.place("threads", threads) as place:
        given = _given(ranges, wanted, confidence, tell_apart, step, latest, needs)
        question = _Asked(asked, wanted, confidence, seed, as_of, place, progress, given)
        if len(axes) == 2:  # noqa: PLR2004
            return _frontier(question, (axes[0], axes[1]), tell_apart or ABOUT)
        usually = TELL_APART if asked.schema.fixed.days <= LONG else TELL_APART_LONG
        return _sizing(question, axes[0], tell_apart or usually, needs)


def _given(
    ranges: Mapping[str, Range],
    standards: Sequence[Standard],
    confidence: float | None,
    tell_apart: float | None,
    step: float | None,
    latest: bool | None,
    needs: bool | None,
) -> str:
    """The options of the command that asks this."""
    text = "".join(f" --vary {quote(path)} --range {low}:{high}" for path, (low, high) in ranges.items())
    text += "".join(f" --standard {quote(one.text)}" for one in standards)
    numbers = (("confidence", confidence), ("tell-apart", tell_apart), ("step", step))
    text += "".join(f" --{name} {value:g}" for name, value in numbers if value is not None)
    turned = ((latest, " --latest", " --least"), (needs, " --rounds", " --no-rounds"))
    return text + "".join(yes if asked else no for asked, yes, no in turned if asked is not None)


def _ranges(vary: str | Mapping[str, Range], between: Range | None) -> dict[str, Range]:
    if isinstance(vary, str):
        if between is None:
            raise RunError(f"{vary}: say between which values, such as (4, 40)")
        return {vary: between}
    if not 1 <= len(vary) <= 2:  # noqa: PLR2004
        raise RunError(f"{len(vary)} paths are varied; give one, or two for a frontier")
    return dict(vary)


def _check(confidence: float | None, tell_apart: float | None) -> None:
    if confidence is not None and not 0.0 < confidence < 1.0:
        raise RunError(
            f"confidence {confidence:g}: give a share above 0 and below 1, such as 0.8 for 80 %; no number of futures "
            "proves all"
        )
    if tell_apart is not None and not 0.0 < tell_apart <= _WIDEST:
        raise RunError(f"tell_apart {tell_apart:g}: give a share above 0, up to {_WIDEST}")


# --- one variable --------------------------------------------------------------------------------------


def _sizing(asked: _Asked, made: Axis, tell_apart: float, needs: bool | None) -> Sizing:
    ground = asked.ground(asked.scenario, made, tell_apart)
    scout = scouted(made.values, CURVE)
    for done, k in enumerate(scout, 1):
        ground.trial(k)
        _tell(asked.progress, "values", done, len(scout))
    turns = [turn(ground, goal, scout) for goal in range(len(ground.goals))]
    with_needs = made.is_batteries and bool(asked.scenario.schema.fixed.interceptors) if needs is None else needs
    sizes = []
    for goal, found in enumerate(turns):
        one = _bound(asked, ground, goal, _size(ground, goal, found))
        if with_needs:
            one = replace(one, needs=tuple(_need(asked, ground, goal, value) for value in _systems(made, one)))
        sizes.append(one)
    tried = sorted((made.values[0], made.values[-1]))

    def run(value: Value) -> Result:
        return campaign.run(made.of(asked.scenario, value), FIRST, asked.seed, asked.as_of, threads=1, explain=False)

    about = campaign.about(asked.scenario, FIRST, asked.seed, asked.as_of)
    return Sizing(
        made.path, (tried[0], tried[1]), made.latest, tuple(sizes), about, tell_apart, asked.scenario, asked.given, run
    )


def _tell(progress: Progress | None, stage: str, done: int, whole: int) -> None:
    if progress is not None:
        progress(stage, done, whole)


def _size(ground: Ground, goal: int, found: Turn) -> Size:
    """Put a turn, the curve and what binds together."""
    values, asked = ground.axis.values, ground.goals[goal]
    points = {k: _point(ground, goal, k) for k in sorted(ground.trials)}
    top = max(points, key=lambda k: (points[k].share, k))
    low = None if found.first is None else values[found.first]
    high = None if found.surely is None else values[found.surely]
    status = _status(found)
    dropped = fall(ground, goal)
    again = [k for k in points if found.surely is not None and k > found.surely]
    curve = [points[k] for k in (reversed(points) if ground.axis.latest else points)]
    return Size(
        asked.standard.text, asked.label, asked.share, status,
        high if status in (FOUND, THROUGHOUT) else None, low, high, tuple(curve), points[top],
        falls=None if dropped is None else (values[dropped.before], values[dropped.after]),
        fails_again=tuple(values[k] for k in again if points[k].verdict == Verdict.FAILS.value),
    )  # fmt: skip


def _status(found: Turn) -> str:
    if found.first is None:
        return OUT_OF_REACH
    if found.first != found.surely:
        return CLOSE
    return FOUND if found.first else THROUGHOUT


def _point(ground: Ground, goal: int, k: int) -> Point:
    made: Trial = ground.trial(k)
    low, high = made.band(goal)
    cost = None if made.cost is None else float(made.cost.mean())
    if ground.known(k, goal):
        said: Verdict | None = ground.judged(k, goal)
    else:
        said = verdict(int(made.met[goal].sum()), made.futures, ground.zones[goal], last=False)
    return Point(made.value, made.futures, made.share(goal), low, high, said.value if said else "", cost)


def _bound(asked: _Asked, ground: Ground, goal: int, one: Size) -> Size:
    """The same with what keeps the standard out of reach, from the ceiling fought again with rounds to spare.

    If that is not sure to fail, the magazine binds; else the reason of most that then get through.
    """
    if one.status != OUT_OF_REACH:
        return one
    best = ground.axis.of(asked.scenario, one.ceiling.value)
    spare = _spared(asked, ground, goal, best)
    if spare is None:
        top = next(trial for trial in ground.trials.values() if trial.value == one.ceiling.value)
        leaks = _leaks(top, one.label)
        return replace(one, reason=_binds(leaks), leaks=leaks)
    if spare.judged(0, 0) is not Verdict.FAILS:
        return replace(one, reason=BINDS["dry"], spare=spare.trial(0).share(0))
    leaks = _leaks(spare.trial(0), one.label)
    return replace(one, reason=_binds(leaks), leaks=leaks, spare=spare.trial(0).share(0))


def _spared(asked: _Asked, ground: Ground, goal: int, scenario: Scenario) -> Ground | None:
    """Ground of one value: the scenario with rounds to spare; None where it has no interceptors."""
    kinds = scenario.schema.fixed.interceptors
    if not kinds:
        return None
    first, *others = [f"choices.stock.{kind}" for kind in kinds]
    ample = scenario.replace(dict.fromkeys(others, AMPLE))
    return asked.ground(ample, Axis(first, (AMPLE,)), ground.tell_apart, [ground.goals[goal].standard])


def _leaks(made: Trial, label: Label) -> dict[str, float]:
    return made.leaks(label.threat_class or str(made.plan.cast.headline))


def _binds(leaks: Mapping[str, float]) -> str:
    return BINDS[max(leaks, key=lambda reason: leaks[reason])] if any(leaks.values()) else ""


def _systems(made: Axis, one: Size) -> list[Value]:
    """Of how many systems it is asked what they need: the answer's, or those at the ceiling, and the last tried."""
    chosen = one.high if one.high is not None else one.ceiling.value
    return list(dict.fromkeys((chosen, made.values[-1])))


def _need(asked: _Asked, ground: Ground, goal: int, chosen: Value) -> Need:
    """Rounds a month that so many systems need."""
    rounds = monthly(asked.scenario)
    scenario = ground.axis.of(asked.scenario, chosen)
    other = asked.ground(scenario, rounds, ABOUT, [ground.goals[goal].standard])
    scout = scouted(rounds.values, SECONDS)
    found = turn(other, 0, scout)
    _tell(asked.progress, "rounds a month", goal + 1, len(ground.goals))
    low = None if found.first is None else rounds.values[found.first]
    high = None if found.surely is None else rounds.values[found.surely]
    ceiling = max(trial.share(0) for trial in other.trials.values())
    return Need(chosen, low, high, rounds.values[-1], ceiling)


# --- two variables -------------------------------------------------------------------------------------


def _frontier(asked: _Asked, axes: tuple[Axis, Axis], tell_apart: float) -> Frontier:
    if len(asked.standards) != 1:
        raise RunError('a frontier is drawn for one standard; say which, such as "stopped_share[ballistic] >= 0.5"')
    first, second = axes
    places = scouted(first.values, FIRSTS)
    points, ground = [], None
    for done, k in enumerate(sorted(places, reverse=first.latest), 1):
        value = first.values[k]
        ground = asked.ground(first.of(asked.scenario, value), second, tell_apart)
        points.append(_pairing(replace(asked, scenario=ground.scenario), ground, value))
        _tell(asked.progress, "points of the frontier", done, len(places))
    assert ground is not None

    def run(one: Value, other: Value) -> Result:
        made = second.of(first.of(asked.scenario, one), other)
        return campaign.run(made, FIRST, asked.seed, asked.as_of, threads=1, explain=False)

    goal = ground.goals[0]
    about = campaign.about(asked.scenario, FIRST, asked.seed, asked.as_of)
    return Frontier(
        (first.path, second.path),
        goal.standard.text,
        goal.label,
        goal.share,
        tuple(points),
        about,
        tell_apart,
        asked.scenario,
        asked.given,
        run,
    )


def _pairing(asked: _Asked, ground: Ground, value: Value) -> Pairing:
    """The least of the second variable for one value of the first."""
    found = turn(ground, 0, scouted(ground.axis.values, SECONDS))
    one = _bound(asked, ground, 0, _size(ground, 0, found))
    shown = one.ceiling if one.high is None else one.point(one.high)
    cost = shown.cost if one.high is not None else None
    return Pairing(value, one.status, one.low, one.high, shown.share, shown.value, cost, one.reason)
