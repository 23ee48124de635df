"""Who said it: attributions in a sentence, quotations and interviews that run on, totals that are split up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from vallum.articles import words
from vallum.articles.names import is_outlet
from vallum.articles.numerals import low
from vallum.articles.people import BODIES, People, joined, person_in
from vallum.articles.tokens import Sentence, Token, tokens

_HE: Final = frozenset({"he", "she", "i"})
_IT: Final = frozenset({"it", "they", "we"})
QUOTES: Final = frozenset({'"', "“", "”", "«", "»", "„"})
#: Words between a subject and its verb.
_BETWEEN: Final = words.listed("speakers_between")
_INSIDE: Final = words.listed("speakers_inside")
_CLAUSE: Final = words.listed("speakers_clause")
#: A subject with its day stands within so many words of a sentence's start.
_LEADS: Final = 10
#: Verbs that are also nouns, or that say something only with an object: a clear subject is needed.
_DOUBTFUL: Final = words.listed("speakers_doubtful")
#: What must stand behind some verbs, so that they are verbs of speech.
_BEHIND: Final = {
    "speak": ("of",), "speaks": ("of",), "spoke": ("of",), "admit": ("to", "that"), "admits": ("to", "that"),
    "added": (",", "that", ".", ":", '"', "”", ""), "adds": (",", "that", ".", ":", '"', "“", ""),
}  # fmt: skip
#: Verbs whose object alone is said by the subject: he put the cost at 320 billion.
_OBJECT: Final = frozenset({"put", "puts", "admit", "admits"})
_PASSIVE: Final = words.listed("speakers_passive")
_SOURCES: Final = tuple(tuple(str(phrase).split()) for phrase in words.table("sources_named"))
#: Somebody else's words, which make nobody the one that a pronoun means.
_RETOLD: Final = ("claim", "claims", "assertion")
#: Bodies that are documents: what stands "under a draft" is said by it.
_PAPERS: Final = words.listed("speakers_papers")
_SPLIT: Final = re.compile(
    r"(?:They (?:were|are|included)|Of (?:these|those|them|that|this|the (?:total|sum|\w+ total))\b|Among them"
    r"|These (?:were|are|included)|The rest\b|That makes)"
    r"|\bof the (?:sum|total)\b",
)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Somebody to whom a sentence is given: where its verb stands, and from where on it holds."""

    speaker: str
    place: int
    holds_from: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """The attributions of a sentence; `split` if it splits up the total of the sentence before.

    dated : somebody who did something on a day (`The minister on Tuesday rejected`), to whom that day holds
    """

    given: tuple[Attribution, ...]
    split: bool = False
    dated: Attribution | None = None


def attributions(found: Sequence[Sentence], outlet: str = "", title: str = "") -> list[Said]:
    """The attributions of each sentence; a quotation without one takes that of its paragraph, or of the one before."""
    people = People.of(" ".join(one.text for one in found), found, outlet, title)
    direct: list[tuple[Attribution, ...]] = []
    dated: list[Attribution | None] = []
    for sentence in found:
        row = tokens(sentence.text)
        people.watch(row)
        direct.append(tuple(_of_sentence(row, people)))
        dated.append(_dated(row, people))
        people.remember(row, said=any(not _retold(row, one) for one in direct[-1]))
    made: list[Said] = []
    for place, own in enumerate(direct):
        split = place > 0 and not own and bool(_SPLIT.search(found[place].text))
        given = own or (made[-1].given if split else _inherited(found, direct, place, people))
        made.append(Said(given, split, dated[place]))
    return made


def _retold(row: Sequence[Token], one: Attribution) -> bool:
    """Whether an attribution is to somebody whose words another one tells: a claim by Trump."""
    return any(token.start == one.place and token.low in _RETOLD for token in row)


def _dated(row: Sequence[Token], people: People) -> Attribution | None:
    """Who did something on a day: `The president on Wednesday rejected`."""
    for at in range(1, min(_LEADS, len(row) - 1)):
        if low(row, at) == "on" and low(row, at + 1) in words.table("weekdays"):
            kept = people.person, people.body
            name = _phrase(row, at - 1, people, at)
            people.person, people.body = kept
            return Attribution(name, row[at].start) if name else None
    return None


def speaker_at(said: Said, place: int, text: str) -> Attribution | None:
    """Who said what stands at a place of a sentence: the verb of its own clause, or the nearest one."""
    held = [one for one in said.given if one.holds_from <= place]
    if not held:
        return None

    def distance(one: Attribution) -> tuple[int, int]:
        left, right = sorted((one.place, place))
        breaks = sum(text[left:right].count(mark) for mark in (";", " while ", " but ", " whereas ", ": "))
        return breaks, abs(one.place - place)

    return min(held, key=distance)


def _inherited(
    found: Sequence[Sentence], direct: Sequence[Sequence[Attribution]], place: int, people: People
) -> tuple[Attribution, ...]:
    """What a sentence without a verb of speech takes over: the answer of an interview, a quotation that goes on."""
    voice = found[place].voice
    if voice == "Q" or (not voice and not _quoted(found, place)):
        return ()
    if voice not in ("", "A"):
        return (Attribution(people.voiced(voice), 0),)
    if voice == "A" or any(one.voice for one in found[:place] if one.paragraph == found[place].paragraph):
        return (Attribution(people.answering, 0),) if people.answering else ()
    here = found[place].paragraph
    before = [k for k in range(place - 1, -1, -1) if found[k].paragraph == here and direct[k]]
    after = [k for k in range(place + 1, len(found)) if found[k].paragraph == here and direct[k]]
    earlier = [k for k in range(place - 1, -1, -1) if direct[k] and found[k].paragraph >= here - 1]
    for k in (*before[:1], *after[:1], *earlier[:1]):
        return (Attribution(direct[k][-1].speaker, 0),)
    return ()


def _quoted(found: Sequence[Sentence], place: int) -> bool:
    """Whether a sentence stands in a quotation: it has marks around more than a word, or one is open before it."""
    text = found[place].text
    if re.search(r"[\"“«].{12,}", text) or text.endswith(('"', "”", "»")):
        return True
    here = found[place].paragraph
    before = "".join(one.text for one in found[:place] if one.paragraph == here)
    return before.count("“") > before.count("”") or before.count('"') % 2 == 1


def _of_sentence(row: Sequence[Token], people: People) -> Iterator[Attribution]:
    """The attributions of a sentence; a paper that cites somebody only relays."""
    found = list(_told(row, people))
    cited = any(token.low == "citing" for token in row)
    yield from (one for one in found if not (cited and is_outlet(one.speaker)))


def _told(row: Sequence[Token], people: People) -> Iterator[Attribution]:
    name = _before_colon(row, people)
    if name:
        yield Attribution(name, row[0].start)
    for at, token in enumerate(row):
        name = _from_source(row, at, people)
        if name and not people.is_outlet(name):
            yield Attribution(name, token.start)
        if token.low in words.listed("speech") and not (token.capital and at):
            name = _speaks(row, at, people)
            if name and not people.is_outlet(name):
                only = token.low in _OBJECT or _relative(row, at)
                yield Attribution(name, token.start, token.start if only else 0)


def _before_colon(row: Sequence[Token], people: People) -> str:
    """Who stands before a colon and a quotation: `Kovalenko: "We lost twelve."`"""
    at = next((k for k, token in enumerate(row[:_LEADS]) if token.text == ":"), 0)
    if not at or at + 1 >= len(row) or row[at + 1].text not in QUOTES or not all(token.word for token in row[:at]):
        return ""
    return _named(row[:at], people, "said") if row[at - 1].capital else ""


def _relative(row: Sequence[Token], verb: int) -> bool:
    """Whether a verb stands in a relative clause: a cost that the ministry puts at 60 billion."""
    before = [token.low for token in row[max(0, verb - 7) : verb]]
    return "that" in before and low(row, verb) in _DOUBTFUL


def _from_source(row: Sequence[Token], at: int, people: People) -> str:
    for phrase in _SOURCES:
        if tuple(low(row, at + k) for k in range(len(phrase))) != phrase:
            continue
        after = at + len(phrase)
        if len(phrase) == 1 and phrase[0] != "citing":
            while low(row, after) in ("a", "an", "the", "leaked", "confidential", "secret"):
                after += 1
            return (
                row[after].low
                if after < len(row) and row[after].low in _PAPERS and low(row, after - 1) not in ("in", "under")
                else ""
            )
        kept = people.person
        name = _after(row, after, people)
        if phrase[0] in _RETOLD:
            people.person = kept
        return name
    return ""


def _speaks(row: Sequence[Token], at: int, people: People) -> str:
    """The speaker of a verb; empty where it is none of speech here."""
    verb = low(row, at)
    if verb in _BEHIND and low(row, at + 1) not in _BEHIND[verb]:
        return ""
    if verb in ("give", "gives", "gave", "called", "calls") and not _amounts(row, at):
        return ""
    return _subject(row, at, people) or _inverted(row, at, people)


def _amounts(row: Sequence[Token], at: int) -> bool:
    """Whether a count or a rate is given: the army gives its rate as 86 per cent, the count gives the continent 138
    billion.
    """
    named = {token.low for token in row[max(0, at - 4) : at + 6]}
    return bool(named & {"count", "rate", "number", "figure", "figures", "toll", "tally", "as", "share"}) and any(
        token.number for token in row[at:]
    )


def _subject(row: Sequence[Token], verb: int, people: People) -> str:
    """The subject before a verb of speech; empty where there is none."""
    at = verb - 1
    if low(row, at) in _PASSIVE:
        return ""
    if low(row, at) == "," and low(row, verb + 1) == "that":
        return _before_apposition(row, at, people, verb) or _leading(row, at, people)
    if low(row, at) == "and":
        return _leading(row, at, people)
    while at >= 0 and (
        row[at].low in _BETWEEN
        or (row[at].number and low(row, at - 1) in words.table("months"))
        or row[at].low in words.table("months")
    ):
        at -= 1
        if row[at + 1].low == "it" and (at < 0 or row[at].text in (".", ",", *QUOTES)):
            return people.body
    if at < 0:
        return ""
    if row[at].low in _HE:
        return people.person
    if row[at].low in _IT:
        return people.body
    if row[at].low in ("who", "which"):
        at -= 2 if low(row, at - 1) == "," else 1
        return _phrase(row, at, people, verb)
    if row[at].text == ")":
        while at > 0 and row[at].text != "(":
            at -= 1
        at -= 1
    if row[at].text == ",":
        return _before_apposition(row, at, people, verb)
    return _phrase(row, at, people, verb)


def _leading(row: Sequence[Token], at: int, people: People) -> str:
    """`A Qatari official rejected that and said`: the subject that the clause begins with."""
    first = at - 1
    while first >= 0 and row[first].text not in (",", ";", ".", *QUOTES):
        first -= 1
    return _after(row, first + 1, people) if at - first > 2 else ""  # noqa: PLR2004 - a subject and its verb


def _before_apposition(row: Sequence[Token], comma: int, people: People, verb: int) -> str:
    """`Armin Papperger, chief executive of Rheinmetall, said`: the person before or between the commas."""
    for at in range(comma - 1, 0, -1):
        if row[at].text == ",":
            inner = person_in(row[at + 1 : comma], people)
            outer = _phrase(row, at - 1, people, verb)
            if inner:
                people.person = inner
            return inner or outer
        if row[at].text in QUOTES or row[at].low in words.listed("speech"):
            return ""
    return ""


def _phrase(row: Sequence[Token], last: int, people: People, verb: int) -> str:
    """The noun phrase that ends at a token, as a speaker."""
    first = last
    while first >= 0 and _holds(row, first):
        first -= 1
    first += 1
    if (
        low(row, first - 1) == "by"
        and low(row, first - 2) in _PAPERS
        and any(token.capital for token in row[first : last + 1])
    ):
        while row[first].low in ("the", "a", "an"):
            first += 1
        people.body = people.office(joined(row[first : last + 1]))
        return people.body
    while first <= last and (row[first].low in _INSIDE or row[first].low in _BETWEEN or not row[first].word):
        first += 1
    return _named(row[first : last + 1], people, low(row, verb)) if first <= last else ""


def _holds(row: Sequence[Token], at: int) -> bool:
    token = row[at]
    if token.text in ("-", "\u2011", "&", ".") and token.glued:
        return True
    if _is_paper(row, at):
        return True
    if not token.word or token.low in _CLAUSE or (token.low in words.listed("speech") and not token.capital):
        return False
    if token.low == "and":
        return at > 0 and row[at - 1].capital and at + 1 < len(row) and row[at + 1].capital
    return token.low not in ("he", "she", "they", "it", "we", "one")


def _is_paper(row: Sequence[Token], at: int) -> bool:
    """Whether a word is a document here, and no verb: the report, a new study, its estimate."""
    before = low(row, at - 1)
    owned = at > 0 and row[at - 1].text.endswith(("'s", "’s"))
    return row[at].low in _PAPERS and (
        owned or before in ("the", "a", "an", "its", "their", "this", "new", "recent", "latest")
    )


def _named(run: Sequence[Token], people: People, verb: str) -> str:
    """A phrase as a speaker: the person in it, else the one with that office, else the body, without an article."""
    person = person_in(run, people)
    if person:
        people.person = person
        return person
    if run[-1].low in _FIRMS and people.firm and (len(run) == 1 or not any(token.capital for token in run)):
        people.body = people.firm
        return people.firm
    heads = [token for token in run if token.low in BODIES]
    if len(run) == 1 and people.state(run[0].text):
        return people.state(run[0].text)
    if not heads and (verb in _DOUBTFUL or not any(token.capital for token in run)):
        return ""
    if not heads and not run[-1].capital:
        return ""
    if run[-1].low in _FIGURES and any(token.text.endswith(("'s", "’s")) for token in run[:-1]):
        owner = max(k for k, token in enumerate(run[:-1]) if token.text.endswith(("'s", "’s")))
        return _named(run[: owner + 1], people, "")
    name = people.office(joined(run, possessive=len(run) > 1 and not run[-1].text.endswith(("'s", "’s"))))
    if (name[:1].isupper() and name in people.named.values()) or any(token.low in _HUMANS for token in run):
        people.person = name
    else:
        people.body = name
    return name


#: `The company`: the one that was named.
_FIRMS: Final = frozenset({"company", "firm", "manufacturer", "maker", "group", "producer", "startup", "contractor"})
#: What somebody has published, which speaks for them.
_FIGURES: Final = words.listed("speakers_figures")
_HUMANS: Final = words.listed("speakers_humans")


def _inverted(row: Sequence[Token], verb: int, people: People) -> str:
    """`..., said Zelensky`: the subject behind the verb, after a comma or a quotation mark."""
    if verb == 0 or row[verb - 1].text not in (",", *QUOTES, "'", "’"):
        return ""
    if low(row, verb) not in words.listed("speakers_inverted"):
        return ""
    return people.person if low(row, verb + 1) in _HE else _after(row, verb + 1, people)


def _after(row: Sequence[Token], at: int, people: People) -> str:
    """The noun phrase that begins at a token, as a speaker."""
    if low(row, at) in ("his", "her", "him", "our", "my"):
        return people.person
    if low(row, at) in ("them", "it", "their"):
        return people.body
    while at < len(row) and (
        low(row, at) in ("the", "a", "an") or low(row, at) in words.table("numbers") or row[at].number
    ):
        at += 1
    last = at + 1 if at < len(row) and _is_paper(row, at) else at
    while last < len(row) and _goes_on(row, last, at):
        last += 1
    while last > at and (row[last - 1].low in _INSIDE or row[last - 1].text in "-."):
        last -= 1
    if last == at:
        return ""
    paper = row[last - 1].low in _PAPERS and low(row, last) in ("by", "from")
    if paper or row[last - 1].low in _FIGURES or any(token.low in _FIGURES for token in row[at:last]):
        whose = next((k for k in range(last, min(last + 6, len(row))) if row[k].low in ("by", "from", "of")), 0)
        if whose:
            return _after(row, whose + 1, people)
    return _apposed(row, last, people) or _named(row[at:last], people, "")


def _apposed(row: Sequence[Token], last: int, people: People) -> str:
    """The name behind a comma: `said the spokesman, Yurii Ihnat`."""
    if low(row, last) != "," or low(row, last - 1) not in BODIES:
        return ""
    end = last + 1
    while end < len(row) and row[end].word and row[end].capital:
        end += 1
    return person_in(row[last + 1 : end], people) if end - last > 2 else ""  # noqa: PLR2004 - two names at least


def _goes_on(row: Sequence[Token], at: int, first: int) -> bool:
    token, following = row[at], row[min(at + 1, len(row) - 1)]
    if token.text in ("-", "\u2011", "&") and token.glued:
        return True
    if not token.word:
        return False
    if token.low in ("of", "for", "at", "on") or (token.low == "in" and following.capital):
        return at > first and not following.number and following.low not in words.table("weekdays")
    if token.low == "and":
        return at > first and following.capital and row[at - 1].capital
    if token.low in ("the", "a", "an"):
        return at > first and low(row, at - 1) in ("of", "for", "in", "at", "on")
    if token.low in words.listed("speech") and not token.capital:
        return False
    state = token.text.isupper() and len(token.text) > 1  # US, which is no pronoun
    return state or (token.low not in words.listed("stops") and token.low not in _BETWEEN)
