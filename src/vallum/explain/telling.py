"""Explain one future of a run, or set it beside the same future with a package (Q4)."""

from __future__ import annotations

from vallum.campaign import prepare
from vallum.campaign.fighting import fight
from vallum.campaign.measures import Book
from vallum.campaign.plan import Plan
from vallum.campaign.running import trace
from vallum.errors import RunError
from vallum.explain.beside import Pair, pair
from vallum.explain.choosing import chosen
from vallum.explain.hindrances import shortfalls, unhindered
from vallum.explain.nights import Ledger
from vallum.explain.story import Explanation, Source, Standing, Unhindered
from vallum.results import Manifest, Result
from vallum.scenario import schema
from vallum.scenario.cast import Cast
from vallum.terms import NEVER


def explain(result: Result, which: int | str = "worst", by: str | None = None) -> Explanation:
    """Tell night by night why and when it ran out in one future.

    which : number of a future, from 0; or `worst`, `median` or `best` by the outcome `by`
    by    : name of an outcome, default leakers of the class that the answer is about
    Raises RunError for a future or an outcome that the run does not have.
    """
    future, standing = chosen(result, which, result.named(by or "leakers"))
    book = result.trace(future)
    _same_fight(result, book, future)
    return told(book, result.manifest, future, standing)


def against(result: Result, made: Explanation, package: str) -> Pair:
    """Fight the same future with one more package, and set the two beside each other, night by night."""
    book = result.trace(made.future)
    other = prepare(book.plan.scenario.with_packages(package), book.plan.as_of)
    _comparable(book, other, package)
    with_it = trace(other, result.manifest.seed, result.manifest.lucks, made.future)
    return pair(package, made, told(with_it, result.manifest, made.future, made.standing))


def _same_fight(result: Result, book: Book, future: int) -> None:
    """A kept run of another version of the program is not explained by fights that it did not count."""
    for c, name in book.classes():
        counted = result.columns[result.label("leakers", threat_class=name)][future]
        if int(book.tally.leaked[0, c].sum()) != counted:
            raise RunError(
                f"future {future} now ends otherwise than in this run, which another version of vallum made; "
                "run it again"
            )


def _comparable(book: Book, other: Plan, package: str) -> None:
    """Two campaigns are set beside each other night by night only if they have the same nights and threats."""
    mine, theirs = book.plan.cast, other.cast
    if (mine.fixed.start, mine.fixed.days, mine.classes) != (theirs.fixed.start, theirs.fixed.days, theirs.classes):
        raise RunError(f"{package} changes the days or the threat classes; --against takes a package that leaves them")


def told(book: Book, manifest: Manifest, future: int, standing: Standing) -> Explanation:
    """Put the story of a traced future together."""
    cast = book.plan.cast
    name = standing.label.threat_class or cast.headline or cast.classes[0]
    found = shortfalls(book)
    ledger = Ledger(book, found)
    return Explanation(
        manifest=manifest,
        future=future,
        standing=standing,
        threat_class=name,
        types=_fired_at(cast, name),
        systems=tuple(system for system in cast.systems if cast.loads(system, name)),
        lines=tuple(_source(line, made) for line, made in book.plan.supply.lines.items()),
        opening={kind: int(book.tally.stock[0, 0, t]) for t, kind in book.types()},
        nights=ledger.nights(),
        dry=ledger.first_dry(name),
        empty=ledger.first_empty(),
        shortfalls=found,
        unhindered=_unhindered(book, name) if found else None,
    )


def _fired_at(cast: Cast, threat_class: str) -> tuple[str, ...]:
    """Interceptor types that some system may fire at the class."""
    loads = {kind for system in cast.systems for kind in cast.loads(system, threat_class)}
    return tuple(kind for kind in cast.interceptors if kind in loads)


def _source(name: str, line: schema.Line) -> Source:
    return Source(name, line.kind, line.donor or name, line.interceptor or line.system or "")


def _unhindered(book: Book, threat_class: str) -> Unhindered:
    tally = fight(book.plan, book.worlds, arrivals=unhindered(book)).tally
    c = book.plan.cast.classes.index(threat_class)
    first = int(tally.first_dry[0, c])
    return Unhindered(int(tally.leaked[0, c].sum()), None if first == NEVER else first + 1)
