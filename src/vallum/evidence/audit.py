"""Check the evidence: every problem in words (issue "no number without a trail")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlparse

from vallum.errors import EvidenceError
from vallum.evidence.records import Claim, Parameter, Reading, Rule, Source, Term
from vallum.evidence.rules import ENDS, TAKES, NoClaimLeftError, rederive
from vallum.evidence.store import Evidence, load
from vallum.evidence.words import nearest

#: Stored and re-derived numbers agree to this relative distance: stored ones keep six digits.
AGREE = 1e-5
#: A quote is a line, not a passage.
LONGEST_QUOTE = 300


def check(evidence: Evidence | None = None, known: Evidence | None = None) -> list[str]:
    """Return all problems of the packaged or the given evidence, each with its file and line.

    known : where sources and claims that are named may be found, if not in `evidence` itself
    Sources, dates, units, ranges, rules, and numbers without a trail.
    """
    evidence = evidence or load()
    known = known or evidence
    return [
        *(_at(evidence, source.id, problem) for source in evidence.sources.values() for problem in _source(source)),
        *(_at(evidence, claim.id, text) for claim in evidence.claims.values() for text in _claim(claim, known)),
        *(_at(evidence, made.name, text) for made in evidence.parameters.values() for text in _parameter(made, known)),
    ]


def _at(evidence: Evidence, key: str, problem: str) -> str:
    """A problem behind its file and line."""
    return f"{evidence.places[key]}: {problem}" if key in evidence.places else problem


def _source(source: Source) -> Iterator[str]:
    if source.address == "unknown":
        if not source.address_note:
            yield f"{source.id}: its address is unknown and address_note gives no reason"
    elif urlparse(source.address).scheme not in ("http", "https") or not urlparse(source.address).hostname:
        yield f"{source.id}: address {source.address!r} is no http(s) address; write `unknown` with a reason"
    if not source.title or not source.publisher:
        yield f"{source.id}: title and publisher must not be empty"


def _claim(claim: Claim, evidence: Evidence) -> Iterator[str]:
    if claim.source not in evidence.sources:
        near = nearest(claim.source, evidence.sources)
        yield f"{claim.id}: source {claim.source!r} is not in sources.csv{near}; add its row there, or name another"
    if claim.unit not in evidence.units:
        near = nearest(claim.unit, evidence.units)
        yield f"{claim.id}: unit {claim.unit!r} is not in units.csv{near}; allowed: {', '.join(evidence.units)}"
    if claim.known_from < claim.as_of:
        yield (
            f"{claim.id}: known_from: {claim.known_from} is before as_of {claim.as_of}, the day that it is about; "
            f"nobody knows a number before its day"
        )
    if not claim.group or not claim.quantity:
        yield f"{claim.id}: group and quantity must not be empty"
    if len(claim.quote) > LONGEST_QUOTE:
        yield f"{claim.id}: a quote has at most {LONGEST_QUOTE} characters, found {len(claim.quote)}"
    if claim.superseded_by and claim.superseded_by not in evidence.claims:
        near = nearest(claim.superseded_by, evidence.claims)
        yield f"{claim.id}: superseded_by {claim.superseded_by!r} is not in claims.csv{near}; or leave it empty"
    elif _in_a_circle(claim, evidence):
        yield f"{claim.id}: superseded_by {claim.superseded_by!r} leads back to it; leave it empty in the newest"
    numbers = [number for number in (claim.low, claim.value, claim.high) if number is not None]
    if numbers != sorted(numbers):
        told = ", ".join(f"{name} {number:g}" for name, number in _ends(claim))
        yield f"{claim.id}: low <= value <= high does not hold: {told}; put them in order, or leave one empty"


def _ends(claim: Claim) -> Iterator[tuple[str, float]]:
    for name in ("low", "value", "high"):
        number = getattr(claim, name)
        if number is not None:
            yield name, number


def _in_a_circle(claim: Claim, evidence: Evidence) -> bool:
    """Whether following what supersedes a claim leads back to it."""
    passed: set[str] = set()
    following = claim.superseded_by
    while following in evidence.claims and following not in passed:
        if following == claim.id:
            return True
        passed.add(following)
        following = evidence.claims[following].superseded_by
    return False


def _parameter(parameter: Parameter, evidence: Evidence) -> Iterator[str]:
    yield from (f"{parameter.name}: {text}" for text in _trail(parameter))
    missing = list(dict.fromkeys(_missing(parameter, evidence)))
    yield from (f"{parameter.name}: {text}" for text in missing)
    try:
        _ = parameter.distribution
    except EvidenceError as error:
        yield from error.problems
    if not missing:
        yield from (f"{parameter.name}: {text}" for text in _derived(parameter, evidence))


def _trail(parameter: Parameter) -> Iterator[str]:
    """A number has claims with a rule, readings, or an assumption: exactly one of them."""
    ways = (parameter.rule is not None, bool(parameter.readings), parameter.assumption is not None)
    if sum(ways) != 1:
        yield "needs exactly one of rule, options and assumption"
    if parameter.assumption is not None and not parameter.assumption.strip():
        yield "its assumption gives no reason"
    if parameter.rule is not None and not parameter.claims:
        yield "has a rule and no claim"
    if parameter.published is False and parameter.assumption is None:
        yield "is not published and has no assumption"
    if (parameter.shape == "switch") != bool(parameter.readings):
        yield "a switch has options, and only a switch"


def _missing(parameter: Parameter, evidence: Evidence) -> Iterator[str]:
    if parameter.unit not in evidence.units:
        yield f"unit {parameter.unit!r} is not in units.csv"
        return
    for id_ in (*parameter.claims, *parameter.context):
        if id_ not in evidence.claims:
            yield f"claim {id_!r} is not in claims.csv"
    for rule, ids in _rules(parameter):
        for term in (rule.best, rule.low, rule.high):
            yield from _term(term, ids, parameter.unit, evidence)


def _rules(parameter: Parameter) -> Iterator[tuple[Rule, tuple[str, ...]]]:
    if parameter.rule is not None:
        yield parameter.rule, parameter.claims
    for reading in parameter.readings:
        if reading.rule is not None:
            yield reading.rule, reading.claims


def _term(term: Term, ids: tuple[str, ...], unit: str, evidence: Evidence) -> Iterator[str]:
    named = _named(term)
    if term.take not in TAKES and not term.take.startswith("claim:"):
        yield f"rule {term.take!r} is none of {', '.join(TAKES)}, claim:ID, claim:ID.low, claim:ID.high"
    if term.take == "value" and not term.because:
        yield "a `value` in its rule needs a reason in `because`"
    if term.factor != 1.0 and not term.because:
        yield "a `factor` in its rule needs a reason in `because`"
    if term.take.partition(".")[2] not in ("", *ENDS):
        yield f"{term.take!r} asks for an end that is none of {', '.join(ENDS)}"
    yield from (f"its rule uses {id_}, which is not among its claims" for id_ in named if id_ not in ids)
    used = [evidence.claims[id_] for id_ in named or ids if id_ in evidence.claims]
    if term.take not in ("value", "ratio"):
        yield from _units(used, term.unit or unit, evidence)


def _named(term: Term) -> tuple[str, ...]:
    if term.take.startswith("claim:"):
        return (term.take.removeprefix("claim:").partition(".")[0],)
    return term.claims


def _units(claims: Iterable[Claim], unit: str, evidence: Evidence) -> Iterator[str]:
    if unit not in evidence.units:
        yield f"unit {unit!r} in its rule is not in units.csv"
        return
    wanted = evidence.units[unit].dimension
    for claim in claims:
        found = evidence.units.get(claim.unit)
        if found is not None and found.dimension != wanted:
            yield f"{claim.id} is in {claim.unit} and cannot be converted to {unit}"


def _derived(parameter: Parameter, evidence: Evidence) -> Iterator[str]:
    """Stored numbers against the same numbers made from the claims."""
    try:
        made = rederive(parameter, evidence.base)
    except NoClaimLeftError:
        yield "no claim is left from which its numbers could be made"
        return
    if made.as_of != parameter.as_of and parameter.assumption is None:
        yield f"as_of is {parameter.as_of}, its latest claim was known from {made.as_of}"
    yield from _numbers("", parameter, made)
    if len(made.readings) != len(parameter.readings):
        yield "an option has no claim that feeds it"
    for stored in parameter.readings:
        for derived in (reading for reading in made.readings if reading.name == stored.name):
            yield from _numbers(f"options.{stored.name}.", stored, derived)


def _numbers(place: str, stored: Parameter | Reading, made: Parameter | Reading) -> Iterator[str]:
    for name in ("best", "low", "high"):
        here, there = getattr(stored, name), getattr(made, name)
        if abs(here - there) > AGREE * max(abs(here), abs(there)):
            yield f"{place}{name} is stored as {here:g}, its claims give {there:.6g}"
