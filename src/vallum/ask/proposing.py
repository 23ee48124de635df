"""From the questions of a text to scenarios: base by the text's day, packages, the claims' own numbers put in."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from vallum import evidence
from vallum.articles import Article, Candidate
from vallum.articles.moments import moments
from vallum.articles.tokens import Sentence
from vallum.ask.questions import Base, Slot, Template, questions
from vallum.errors import ScenarioError
from vallum.scenario import Scenario, parse_change, read

#: A number on top of what is held, the words that say what is held, and how near before a number they stand.
_MORE: Final = re.compile(r"\b(?:more|additional|extra|another|further)\b", re.IGNORECASE)
_HELD: Final = re.compile(r"\b(?:has|have|had|only|holds?|with|operates?|existing|currently|now)\b", re.IGNORECASE)
_NEAR_BEFORE: Final = 40
_DAYS: Final = {"days": 1.0, "weeks": 7.0, "months": 30.4369, "years": 365.2425}


@dataclass(frozen=True, slots=True)
class Filled:
    """A number of the text that was put into a scenario."""

    path: str
    value: str
    said: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A scenario that answers a question of the text.

    because : the sentence that asks; notes: what was chosen on the way, and why
    ledger  : the claims that the ledger sets side by side, where that is the answer and no scenario
    """

    template: str
    title: str
    because: str
    scenario: str
    packages: tuple[str, ...]
    filled: tuple[Filled, ...]
    notes: tuple[str, ...]
    assumes: tuple[str, ...]
    cannot: tuple[str, ...]
    ledger: tuple[str, ...] | None = None

    @property
    def changes(self) -> tuple[str, ...]:
        """The changes as PATH=VALUE."""
        return tuple(f"{one.path}={one.value}" for one in self.filled)

    @property
    def command(self) -> str:
        """The command that runs it; empty where no scenario answers."""
        if self.ledger is not None:
            return shlex.join(["vallum", "ledger", "reconcile", *self.ledger])
        if not self.scenario:
            return ""
        parts = ["vallum", "run", self.scenario]
        for name in self.packages:
            parts += ["--package", name]
        for change in self.changes:
            parts += ["--set", change]
        return shlex.join(parts)

    def read(self) -> Scenario:
        """The scenario. Raises ScenarioError where it cannot be read so."""
        return read(self.scenario, self.packages, dict(map(parse_change, self.changes)))

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "template": self.template,
            "title": self.title,
            "because": self.because,
            "scenario": self.scenario or None,
            "packages": list(self.packages),
            "set": [
                {"path": one.path, "value": one.value, "said": one.said, "sentence": one.sentence}
                for one in self.filled
            ],
            "command": self.command or None,
            "notes": list(self.notes),
            "assumes": list(self.assumes),
            "cannot": list(self.cannot),
        }


def proposals(
    article: Article, found: Sequence[Sentence], claims: Sequence[Candidate], as_of: date | None
) -> list[Proposal]:
    """The scenarios that a text asks for, in the order in which it asks."""
    text = " ".join(one.text for one in found)
    made: list[tuple[int, Proposal]] = []
    for template in questions().templates:
        place = _asking(template, found)
        if place is not None:
            made.append((place, _proposal(template, found[place].text, claims, as_of, text, article)))
    ordered = [proposal for _, proposal in sorted(made, key=lambda pair: pair[0])]
    return _joined(ordered)


def _asking(template: Template, found: Sequence[Sentence]) -> int | None:
    """The first sentence, or pair of sentences, that asks a question."""
    for width in (1, 2):
        for place in range(len(found) - width + 1):
            if template.asked(" ".join(one.text for one in found[place : place + width])):
                return place
    return None


def base_of(as_of: date | None, text: str) -> tuple[str, str]:
    """The base scenario of a text by its words and its day, and why."""
    known = questions()
    for base in known.bases:
        if any(word.search(text) for word in base.words):
            return base.scenario, "the text is about that theatre"
    plain = [base for base in known.bases if not base.words]
    if as_of is None:
        return known.otherwise, f"the text has no day (--as-of DATE gives one); {known.because}"
    for base in plain:
        if base.first <= as_of <= base.last:
            return base.scenario, f"it holds the day of the text, {as_of}"
    nearest = min(plain, key=lambda base: _apart(base, as_of))
    return (
        nearest.scenario,
        f"no packaged scenario holds {as_of}; this one is nearest ({nearest.first} to {nearest.last})",
    )


def _apart(base: Base, day: date) -> timedelta:
    return base.first - day if day < base.first else day - base.last


def _proposal(
    template: Template, because: str, claims: Sequence[Candidate], as_of: date | None, text: str, article: Article
) -> Proposal:
    scenario, packages, why = _laid(template, as_of, text)
    made = Proposal(
        template.name, template.title, because, scenario, packages, (), tuple(why), template.assumes, template.cannot
    )
    if template.ledger:
        return replace(
            made, scenario="", packages=(), notes=("sums are set side by side, and no campaign is fought",), ledger=()
        )
    for slot in template.slots:
        made = _put(made, slot, claims, article)
    return _checked(made)


def _laid(template: Template, as_of: date | None, text: str) -> tuple[str, tuple[str, ...], list[str]]:
    """Scenario and packages of a template, and why these."""
    if template.base:
        return template.base, template.packages, []
    for variant in template.variants:
        if as_of is not None and variant.first <= as_of <= variant.last:
            return (
                variant.base,
                variant.packages,
                [f"the base is {variant.base}: its package is about the days of the text"],
            )
    base, why = base_of(as_of, text)
    if not template.over or base in template.over:
        return base, template.packages, [f"the base is {base}: {why}"]
    chosen = template.over[0]
    return (
        chosen,
        template.packages,
        [
            f"the base is {chosen}, over which {' and '.join(template.packages)} lies; by the text it would be "
            f"{base} ({why})"
        ],
    )


def _put(made: Proposal, slot: Slot, claims: Sequence[Candidate], article: Article) -> Proposal:
    """Put the first fitting number of the text into a slot."""
    if (slot.bases and made.scenario not in slot.bases) or (slot.needs and slot.needs not in made.packages):
        return made
    nearest = sorted(claims, key=lambda claim: (claim.sentence != made.because, _away(claim, slot)))
    found = next(_fitting_days(made, slot, article) if slot.day else _fitting(slot, nearest), None)
    if found is not None and found.value:
        found, note = _on_top(made, slot, found, claims)
        return replace(made, filled=(*made.filled, found), notes=(*made.notes, *([note] if note else [])))
    if found is not None:
        return replace(made, notes=(*made.notes, found.said))
    if slot.required:
        return replace(
            made,
            notes=(
                *made.notes,
                f"the text names no number for {slot.path}; the one of "
                f"{' and '.join(made.packages) or made.scenario} stands",
            ),
        )
    return made


def _on_top(made: Proposal, slot: Slot, found: Filled, claims: Sequence[Candidate]) -> tuple[Filled, str]:
    """`Ten more systems` are added to those that the text says are held, else to the base's best; with a note."""
    if not slot.on_top or not _MORE.search(found.said + " " + _behind(found)):
        return found, ""
    held = next(
        (one.value for one in claims if one.unit in slot.units and one.value and _HELD.search(_before(one))), None
    )
    whose = "that the text names"
    if held is None:
        held, whose = _best(made.scenario, slot.on_top), "of the base"
    if held is None:
        return found, ""
    total = float(found.value) + held
    return replace(found, value=f"{total:g}"), f"{found.value} more on top of the {held:g} {whose}: {total:g} in all"


def _away(claim: Candidate, slot: Slot) -> int:
    """How far a number stands behind a word of its slot, characters; a word behind it counts as further away."""
    at, to = claim.at - claim.start, claim.to - claim.start
    hits = [hit for word in slot.words for hit in word.finditer(claim.sentence)]
    before = [at - hit.end() for hit in hits if hit.end() <= at]
    after = [hit.start() - to + _NEAR_BEFORE for hit in hits if hit.start() >= to]
    return min((*before, *after), default=len(claim.sentence))


def _behind(found: Filled) -> str:
    """The word behind a number's words in its sentence."""
    rest = found.sentence.partition(found.said)[2].split()
    return rest[0] if rest else ""


def _before(claim: Candidate) -> str:
    """The words before a number in its sentence."""
    return claim.sentence[: claim.at - claim.start][-_NEAR_BEFORE:]


@cache
def _best(scenario: str, name: str) -> float | None:
    """The best value of an uncertain input of a base; None where it has none of that name."""
    entry = read(scenario).schema.uncertain.get(name)
    if entry is None:
        return None
    return evidence.load().parameter(entry.parameter).best if entry.parameter else entry.best


def _fitting(slot: Slot, claims: Sequence[Candidate]) -> Iterator[Filled]:
    for claim in claims:
        near = any(word.search(claim.sentence) for word in slot.words)
        number = _one_number(claim)
        if claim.unit not in slot.units or not near or number is None:
            continue
        value = number * _DAYS[claim.unit] if slot.days else number
        value = float(round(value)) if slot.whole else value
        if value >= slot.least:
            yield Filled(slot.path, f"{value:g}", claim.words, claim.sentence)


def _one_number(claim: Candidate) -> float | None:
    """The number of a claim, the middle of its range, or its one bound."""
    if claim.value is not None:
        return claim.value
    numbers = claim.numbers
    return sum(numbers) / len(numbers) if numbers else None


def _fitting_days(made: Proposal, slot: Slot, article: Article) -> Iterator[Filled]:
    """Days of the asking sentence that lie in the base; where none does, a note without a value."""
    first, last = _campaign(made.scenario)
    outside: Filled | None = None
    for moment in moments(made.because, article.published):
        if first <= moment.last <= last:
            yield Filled(slot.path, moment.last.isoformat(), made.because[moment.start : moment.end], made.because)
        said = (
            f"{made.because[moment.start : moment.end]!r} is {moment}, outside the base ({first} to {last}): "
            f"the day of the package stands"
        )
        outside = outside or Filled(slot.path, "", said, made.because)
    if outside is not None:
        yield outside


@cache
def _campaign(scenario: str) -> tuple[date, date]:
    fixed = read(scenario).schema.fixed
    return fixed.start, fixed.start + timedelta(days=fixed.days - 1)


def _checked(made: Proposal) -> Proposal:
    """A proposal that can be read: numbers that the scenario does not allow are taken out, and said."""
    told = _refusal(made.scenario, made.packages, made.changes)
    if not told:
        return made
    if not made.filled:
        return replace(
            made, scenario="", packages=(), notes=(*made.notes, f"the packaged scenario does not fit: {told}")
        )
    return _checked(replace(made, filled=(), notes=(*made.notes, f"not put in: {', '.join(made.changes)} ({told})")))


@cache
def _refusal(scenario: str, packages: tuple[str, ...], changes: tuple[str, ...]) -> str:
    """Why a scenario cannot be read so; empty where it can."""
    try:
        read(scenario, packages, dict(map(parse_change, changes)))
    except ScenarioError as error:
        return "; ".join(error.problems[:2])
    return ""


def _joined(found: Sequence[Proposal]) -> list[Proposal]:
    """`20 systems and a licence` is one question: the licence is laid over the same base as the systems."""
    names = {one.template: one for one in found}
    systems, licence = names.get("systems-enough"), names.get("licence")
    if systems is None or licence is None or systems.because != licence.because:
        return list(found)
    both = replace(
        systems,
        title=f"{systems.title}, with a licence",
        scenario=licence.scenario,
        packages=(*systems.packages, *licence.packages),
        notes=(*licence.notes, *(note for note in systems.notes if not note.startswith("the base is"))),
        assumes=(*systems.assumes, *licence.assumes),
        cannot=(*systems.cannot, *licence.cannot),
    )
    return [_checked(both) if one is systems else one for one in found if one is not licence]
