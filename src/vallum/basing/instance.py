"""Small abstract location problems from a file or from Python: points, sites, systems, and the proven best plan (X6).

Coordinates are of a plane and in units of the problem's own; nothing here is fed by a scenario or feeds one. What a
real place would need (lat, lon, names of units) is refused: `vallum place` takes hypothetical sites.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vallum.basing import textbook
from vallum.basing.cover import F64, SECONDS, Kind, Plan, Reach, best, chance
from vallum.basing.solver import Proof
from vallum.errors import ScenarioError
from vallum.results import rounded
from vallum.scenario import positions
from vallum.scenario.document import Document, Problem, read_file
from vallum.scenario.paths import Keys

#: Version of the JSON layout.
SCHEMA: Final = 1
#: What is asked: the most expected cover, the fewest sites that cover all, the least weighted or farthest distance.
Model = Literal["expected", "fewest", "median", "centre"]
#: A distance that misses a radius by less than this share of it is within: 3-4-5 triangles have rounding errors too.
TOUCH: Final = 1e-9
#: Whole numbers of sites are shown to so many figures.
_FIGURES: Final = 10

Share = Annotated[float, Field(ge=0, le=1)]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Index = Annotated[int, Field(ge=0)]


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Point(_Given):
    """A demand, or a site. x, y : on a plane; not needed where every system says what it covers"""

    x: Finite | None = None
    y: Finite | None = None
    name: str = ""


class Demand(Point):
    """What is to be covered. weight : what covering it is worth"""

    weight: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 1.0


class System(_Given):
    """Systems of one kind.

    radius : a site covers what is no farther; else covers : for each site the demands that it covers, from 0
    ready  : probability that a system stands ready, each by itself; stops : probability that what a ready system
             covers is stopped, one for all demands or one for each
    fixed, forbidden : sites where one stands in any plan (twice for two), and where none may
    """

    count: Annotated[int, Field(ge=1)]
    radius: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    covers: list[list[Index]] | None = None
    ready: Share = 1.0
    stops: Share | list[Share] = 1.0
    per_site: Annotated[int, Field(ge=1)] | None = None
    fixed: list[Index] = []
    forbidden: list[Index] = []


class Instance(_Given):
    """A location problem: demands, sites, and the systems that are to be placed."""

    demands: Annotated[list[Demand], Field(min_length=1)]
    sites: Annotated[list[Point], Field(min_length=1)]
    systems: Annotated[dict[str, System], Field(min_length=1)]


@dataclass(frozen=True)
class Covering:
    """The answer of `vallum covering`.

    value  : the objective: expected weight that is covered and stopped, sites, or distance; bound : what no plan passes
    at     : kind -> systems at each site; chance : of each demand to be stopped, None where distance is asked for
    tangents : of several kinds, the share by which the linearisation overstated the plan found, in each round
    """

    model: Model
    value: float
    bound: float
    gap: float
    at: Mapping[str, tuple[int, ...]]
    total: float
    chance: F64 | None = field(repr=False)
    tangents: tuple[float, ...]
    proof: Proof

    def chosen(self, system: str) -> tuple[int, ...]:
        """The sites of a kind, from 0, as often as systems stand there."""
        return tuple(site for site, many in enumerate(self.at[system]) for _ in range(many))

    def as_dict(self) -> dict[str, Any]:
        """The answer in the JSON layout of every command."""
        return {
            "schema": SCHEMA,
            "kind": "covering",
            "model": self.model,
            "objective": rounded(self.value),
            "bound": rounded(self.bound),
            "gap": rounded(self.gap),
            "proven": self.gap == 0.0,
            "total_weight": rounded(self.total),
            "sites": {name: list(self.chosen(name)) for name in self.at},
            "systems_at_sites": {name: list(many) for name, many in self.at.items()},
            "linearisation_gaps": [rounded(gap) for gap in self.tangents],
            "chance": None if self.chance is None else [rounded(float(value)) for value in self.chance],
        }

    def summary(self) -> str:
        """The answer as text: objective, bound, gap, sites, and what the linearisation left."""
        rows = [("model", self.model), ("objective", _told(self.value)), ("bound", _told(self.bound))]
        rows += [("gap", f"{self.gap:.4%}" if self.gap else "0 (proven to be the best)")]
        if self.model == "expected":
            rows += [("of total weight", f"{_told(self.total)} ({self.value / self.total if self.total else 0:.4%})")]
        rows += [(f"sites of {name}", ", ".join(map(str, self.chosen(name)))) for name in self.at]
        if self.tangents:
            rows += [("linearisation", "overstated the plan found by " + ", then ".join(map(_share, self.tangents)))]
        return "\n".join(f"{name:<20} {told}" for name, told in rows)

    def __str__(self) -> str:
        return self.summary()


def _told(value: float) -> str:
    return f"{value:.{_FIGURES}g}"


def _share(value: float) -> str:
    return f"{value:.4%}" if value else "0"


def covering(given: str | Path | Mapping[str, Any], *, model: Model = "expected", seconds: float = SECONDS) -> Covering:
    """Solve a small abstract location problem to a proven gap, or until the time is over.

    given   : a YAML or JSON file, or a mapping, with `demands`, `sites` and `systems` (docs/questions/place.md)
    model   : `expected` cover with backup, several kinds at once (Q2); of the first kind alone `fewest` sites that
              cover all, the `median` with the least weighted distance, the `centre` with the least farthest distance
    Raises ScenarioError with every problem of the input, RunError where there is no such plan.
    """
    document = Document(dict(given)) if isinstance(given, Mapping) else read_file(Path(given), Path(given).name)
    problem = _checked(document)
    if model == "expected":
        return _expected(problem, seconds)
    return _textbook(problem, model, seconds)


# --- what is given ----------------------------------------------------------------------------------


def _checked(document: Document) -> Instance:
    if document.problems:
        raise ScenarioError(document.problems)
    try:
        made = Instance.model_validate(document.data)
    except ValidationError as error:
        raise ScenarioError(
            document.say(_problem(tuple(one["loc"]), one["msg"], one["input"])) for one in error.errors()
        ) from None
    wrong = [*_senseless(made), *(p for name in made.systems for p in _beside(made, name)), *_names(made)]
    if wrong:
        raise ScenarioError(map(document.say, wrong))
    return made


def _problem(keys: tuple[str | int, ...], text: str, given: Any) -> Problem:
    if keys[-1] in ("lat", "lon"):
        return Problem(keys, f"this is a problem on a plane: give x and y; {positions.WAY_OUT}")
    shown = "" if isinstance(given, dict | list) else f" (given: {given!r})"
    return Problem(keys, f"{text[:1].lower()}{text[1:]}{shown}")


def _names(made: Instance) -> list[Problem]:
    """What is called like a real unit (the scope)."""
    told: list[tuple[Keys, str, str]] = [(("systems", name), name, "name") for name in made.systems]
    told += [(("demands", k, "name"), one.name, "place") for k, one in enumerate(made.demands)]
    told += [(("sites", k, "name"), one.name, "place") for k, one in enumerate(made.sites)]
    found = ((keys, text, positions.likeness(text, kind)) for keys, text, kind in told)
    return [
        Problem(keys, f"{text[:60]!r} looks like {what}; {positions.WAY_OUT}") for keys, text, what in found if what
    ]


def _senseless(made: Instance) -> list[Problem]:
    """Points without a place, where some system needs distances."""
    if all(one.covers is not None for one in made.systems.values()):
        return []
    points: list[tuple[Keys, Point]] = [(("demands", k), one) for k, one in enumerate(made.demands)]
    points += [(("sites", k), one) for k, one in enumerate(made.sites)]
    return [
        Problem(keys, "has no x and y, and a system has a radius") for keys, one in points if None in (one.x, one.y)
    ]


def _beside(made: Instance, name: str) -> list[Problem]:
    """What of one system does not fit the sites and the demands."""
    one, at, sites, demands = made.systems[name], ("systems", name), len(made.sites), len(made.demands)
    found = []
    if (one.radius is None) == (one.covers is None):
        found.append(Problem(at, "give either radius or covers"))
    if one.covers is not None and len(one.covers) != sites:
        found.append(Problem((*at, "covers"), f"has {len(one.covers)} lists for {sites} sites; give one for each site"))
    if any(k >= demands for few in one.covers or () for k in few):
        found.append(Problem((*at, "covers"), f"names a demand that is not there; allowed: 0..{demands - 1}"))
    if isinstance(one.stops, list) and len(one.stops) != demands:
        found.append(Problem((*at, "stops"), f"has {len(one.stops)} numbers for {demands} demands; give one for each"))
    for key, named in (("fixed", one.fixed), ("forbidden", one.forbidden)):
        if any(site >= sites for site in named):
            found.append(Problem((*at, key), f"names a site that is not there; allowed: 0..{sites - 1}"))
    return found + _room(one, at, sites)


def _room(one: System, at: tuple[str, str], sites: int) -> list[Problem]:
    """Where counts, fixed and forbidden sites do not go together."""
    found = []
    both = sorted(set(one.fixed) & set(one.forbidden))
    if both:
        found.append(Problem(at, f"site {both[0]} is both fixed and forbidden; give one of the two"))
    if len(one.fixed) > one.count:
        found.append(Problem((*at, "count"), f"is {one.count}, and {len(one.fixed)} stand fixed"))
    crowd = [site for site in set(one.fixed) if one.per_site is not None and one.fixed.count(site) > one.per_site]
    if crowd:
        found.append(Problem((*at, "fixed"), f"more stand at site {crowd[0]} than per_site allows"))
    still = sites - len(set(one.forbidden))
    if still * (one.count if one.per_site is None else one.per_site) < one.count:
        found.append(Problem((*at, "count"), f"is {one.count}, and {still} open sites have no room for so many"))
    return found


# --- what is solved ---------------------------------------------------------------------------------


def _distances(problem: Instance) -> F64:
    """Distance of each demand from each site. (I, D)"""
    sites, demands = (
        np.array([(one.x, one.y) for one in points], float) for points in (problem.sites, problem.demands)
    )
    return np.asarray(np.hypot(*(sites[:, None, :] - demands[None, :, :]).transpose(2, 0, 1)))


def _reach(problem: Instance, system: System) -> Reach:
    """Whether a system at each site covers each demand. (I, D)"""
    if system.radius is not None:
        return np.asarray(_distances(problem) <= system.radius * (1.0 + TOUCH))
    reach = np.zeros((len(problem.sites), len(problem.demands)), bool)
    for site, few in enumerate(system.covers or ()):
        reach[site, few] = True
    return reach


def _kind(problem: Instance, name: str) -> Kind:
    one = problem.systems[name]
    return Kind(
        name=name,
        reach=_reach(problem, one),
        count=one.count,
        ready=one.ready,
        stops=np.broadcast_to(np.array(one.stops, float), len(problem.demands)).copy(),
        at_least={site: one.fixed.count(site) for site in one.fixed},
        forbidden=frozenset(one.forbidden),
        most=one.per_site,
    )


def _expected(problem: Instance, seconds: float) -> Covering:
    weight = np.array([one.weight for one in problem.demands])
    kinds = [_kind(problem, name) for name in problem.systems]
    plan: Plan = best(weight, kinds, seconds)
    return Covering(
        model="expected",
        value=plan.value,
        bound=plan.bound,
        gap=plan.gap,
        at={name: tuple(map(int, many)) for name, many in plan.at.items()},
        total=float(weight.sum()),
        chance=chance(kinds, plan.at),
        tangents=plan.tangents,
        proof=plan.proof,
    )


def _textbook(problem: Instance, model: Model, seconds: float) -> Covering:
    """One of the textbook models, with the reach or the count of the first kind."""
    name, system = next(iter(problem.systems.items()))
    weight = np.array([one.weight for one in problem.demands])
    if model == "fewest":
        sites, proof = textbook.set_cover(_reach(problem, system), seconds)
    elif any(None in (one.x, one.y) for one in (*problem.sites, *problem.demands)):
        raise ScenarioError(f"--model {model}: needs x and y of every demand and site")
    elif model == "median":
        sites, proof = textbook.p_median(weight, _distances(problem), system.count, seconds)
    else:
        sites, proof = textbook.p_centre(_distances(problem), system.count, seconds)
    at = tuple(int(site in sites) for site in range(len(problem.sites)))
    return Covering(model, proof.value, proof.bound, proof.gap, {name: at}, float(weight.sum()), None, (), proof)
