"""Articles to candidate claims: what is counted, how much, who said it and when, in which sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from vallum.articles import grouping, words
from vallum.articles.article import Article, open_article
from vallum.articles.measured import TIMES, Measure
from vallum.articles.moments import Moment, moments
from vallum.articles.quantities import NOTHING, measures
from vallum.articles.speakers import Attribution, attributions, speaker_at
from vallum.articles.tokens import Sentence, sentences
from vallum.errors import ArticleError

SCHEMA: Final = 1
_SAID: Final = 34
#: The same where `on` stands before the day: said in an interview broadcast on Sunday.
_SAID_ON: Final = 60
#: "On Tuesday, ..." begins a sentence: the day stands within its first characters.
_FIRST: Final = 10
#: A length of time is about a time only if that stands beside it: suspended for 11 hours on Thursday.
_BESIDE: Final = 15
_CLOCK: Final = re.compile(r"(?:at|by|before|after|around|until)\b.*(?:\d|noon)", re.IGNORECASE)
#: What keeps a time from a quantity: another clause, a comparison.
_BARRIER: Final = re.compile(
    r";|\b(?:who|whose|whereas|compared|ago,)\b|(?<!of )\bwhich\b"
    r"|(?<!more )(?<!less )(?<!fewer )(?<!rather )\bthan\b|, (?:but|while|when|as)\b|\bthat (?:must|will|was|were"
    r"|had)\b|: |\btimes what\b"
    r"|\b(?:up|down) from\b|\bas (?:many|much|large|high|long) as\b"
)
#: A time behind these says when something else was done: the systems it ordered in 2022.
_BY_THE_WAY: Final = re.compile(
    r"\b(?:ordered|signed|announced|founded|dated|published|licen[cs]e|bought|leaked|agreed|promised"
    r"|compares?d?)\b[^,;]{0,14}$",
    re.IGNORECASE,
)


#: The largest since a time: that time says how far back one looks, and not when it was.
_SUPERLATIVE: Final = re.compile(
    r"\b(?:largest|biggest|highest|heaviest|worst|most|fewest|lowest|first|best|record)\b[^,;]{0,40}\bsince (?:the )?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A claim as read, for a person to review; nothing of it is evidence yet.

    value, low, high : the number said; the ends of a range, or the one bound (`more than 300` is low)
    unit     : a unit of the evidence where there is one; `share` is a part of a whole, 0 to 1
    counted  : the words for what is counted; quantity: the same as a name, with what happened to it
    speaker  : who said it, empty where the article says it in its own voice; said_on: the day of saying it, where
    the text gives one
    about    : the time that the number is about, where the sentence names one: a day, a month, a year, or first/last
    day
    start, end : the sentence in the text of the article, in characters; at, to: the number in it
    """

    quantity: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    counted: str
    speaker: str
    said_on: str
    about: str
    near: bool
    words: str
    sentence: str
    start: int
    end: int
    at: int
    to: int
    file: str
    group: str

    @property
    def numbers(self) -> tuple[float, ...]:
        """Every number that is said."""
        return tuple(number for number in (self.value, self.low, self.high) if number is not None)

    @property
    def plain(self) -> str:
        """The unit without the time of a rate."""
        return self.unit.partition(" per ")[0]


@dataclass(frozen=True, slots=True)
class Group:
    """Articles that go back to one story: they count once."""

    name: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read out of some articles."""

    articles: tuple[Article, ...]
    claims: tuple[Candidate, ...]
    groups: tuple[Group, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data, the same for the same files."""
        return {
            "schema": SCHEMA,
            "kind": "evidence_read",
            "articles": [
                {
                    "file": one.file,
                    "title": one.title,
                    "outlet": one.outlet,
                    "published": one.published and one.published.isoformat(),
                    "text": one.text,
                }
                for one in self.articles
            ],
            "claims": [asdict(claim) for claim in self.claims],
            "groups": [{"group": group.name, "files": list(group.files)} for group in self.groups],
        }


def read(files: Sequence[str | Path], published: date | None = None, outlet: str = "") -> Reading:
    """Read articles into candidate claims and groups of one origin.

    published, outlet : of all files, where they do not say it themselves
    Raises ArticleError with the problems of all files; nothing is read then.
    """
    articles: list[Article] = []
    problems: list[str] = []
    for file in files:
        try:
            articles.append(open_article(file, published, outlet))
        except ArticleError as error:
            problems += error.problems
    if problems:
        raise ArticleError(problems)
    return read_articles(articles)


def read_articles(articles: Sequence[Article]) -> Reading:
    """The same for articles that are already text."""
    found = [list(_measured(article)) for article in articles]
    prints = [
        grouping.fingerprint(one, [row.measure for row in rows]) for one, rows in zip(articles, found, strict=True)
    ]
    places = grouping.groups(articles, prints)
    names = [_group_name(articles[places.index(place)]) for place in range(max(places, default=-1) + 1)]
    names = _told_apart(names)
    claims = tuple(
        _candidate(article, row, names[place])
        for article, rows, place in zip(articles, found, places, strict=True)
        for row in rows
    )
    made = tuple(
        Group(name, tuple(one.file for one, place in zip(articles, places, strict=True) if names[place] == name))
        for name in names
    )
    return Reading(tuple(articles), claims, made)


@dataclass(frozen=True, slots=True)
class _Row:
    """A quantity with its sentence, who said it, and the two dates."""

    measure: Measure
    sentence: Sentence
    speaker: str
    said_on: str
    about: str


def _measured(article: Article) -> Iterator[_Row]:
    """The quantities of an article in order. A day of saying holds for the speaker until another one is given."""
    found = sentences(article.text, article.begins)
    days: dict[str, str] = {}
    context, about = NOTHING, ""
    for sentence, said in zip(found, attributions(found, article.outlet, article.title), strict=True):
        row = measures(sentence.text, context)
        context = context.after(row, sentence.text)
        times = moments(sentence.text, article.published)
        spoken = {one.place: _spoken_on(sentence.text, times, one) for one in said.given}
        if said.dated is not None and (day := _spoken_on(sentence.text, times, said.dated)) is not None:
            days[said.dated.speaker] = day.last.isoformat()
        for one in said.given:
            moment = spoken[one.place]
            if moment is not None:
                days[one.speaker] = moment.last.isoformat()
        told = [moment for moment in times if moment not in spoken.values()]
        for measure in row:
            who = speaker_at(said, measure.number[0], sentence.text)
            governing = _governing(sentence.text, told, measure)
            when = str(governing) if governing else about if said.split or sentence.row else ""
            yield _Row(measure, sentence, who.speaker if who else "", days.get(who.speaker, "") if who else "", when)
        about = next((str(moment) for moment in reversed(told)), "" if not (said.split or sentence.row) else about)


def _candidate(article: Article, row: _Row, group: str) -> Candidate:
    text, measure = row.sentence.text, row.measure
    return Candidate(
        quantity=named(measure, text),
        value=measure.value,
        low=measure.low,
        high=measure.high,
        unit=measure.unit,
        counted=" ".join(measure.counted.split()),
        speaker=row.speaker,
        said_on=row.said_on,
        about=row.about,
        near=measure.near,
        words=" ".join(text[measure.start : measure.end].split()),
        sentence=text,
        start=row.sentence.start,
        end=row.sentence.end,
        at=row.sentence.start + measure.number[0],
        to=row.sentence.start + measure.number[1],
        file=article.file,
        group=group,
    )


def _governing(text: str, times: Sequence[Moment], measure: Measure) -> Moment | None:
    """The time that a quantity is about: the nearest one that no other clause keeps from it."""
    start, end = measure.number
    near: list[tuple[int, Moment]] = []
    for moment in times:
        between = text[min(moment.end, end) : max(moment.start, start)]
        before = text[: moment.start]
        if (
            _BARRIER.search(between)
            or _SUPERLATIVE.search(before)
            or (moment.start > end and _BY_THE_WAY.search(before))
            or text[moment.end :].startswith(")")
        ):
            continue
        distance = start - moment.end if moment.end <= start else moment.start - end
        if measure.plain in TIMES and distance > _BESIDE:
            continue
        near.append((max(0, distance), moment))
    return min(near, key=lambda pair: pair[0])[1] if near else None


def _spoken_on(text: str, times: Sequence[Moment], said: Attribution) -> Moment | None:
    """The day that stands beside the verb of saying: Zelensky said on Tuesday; on Tuesday, Zelensky said."""
    for one in times:
        if one.first != one.last or one.until is not None or _CLOCK.match(text[one.start : one.end]):
            continue
        reach = _SAID_ON if text[: one.start].endswith(" on ") else _SAID
        behind = 0 <= one.start - said.place <= reach and not re.search(
            r"[,;:“\"]|\bthat\b|\d", text[said.place : one.start]
        )
        between = text[one.end : said.place]
        early = one.start <= _FIRST or not between.strip()
        before = said.place >= one.end and len(between) <= _SAID and early and not re.search(r"[;“”\"]", between)
        if behind or before:
            return one
    return None


def named(measure: Measure, text: str) -> str:
    """A name for a quantity: what is counted and what happened to it.

    >>> from vallum.articles.quantities import measures
    >>> [named(one, "Russia launched 426 drones.") for one in measures("Russia launched 426 drones.")]
    ['drones_launched']
    """
    counted = re.sub(r"[^a-z0-9]+", "_", (measure.counted or measure.unit).lower()).strip("_")
    done = happened(text, measure.start, measure.end)
    return "_".join(part for part in (counted or "number", done if done not in counted.split("_") else "") if part)


def happened(text: str, start: int, end: int) -> str:
    """What is said to have happened to a quantity: the nearest such verb of its clause; empty where there is none."""
    nearest: tuple[int, str] | None = None
    for word, name in _happenings().items():
        for match in re.finditer(rf"\b{word}\b", text, re.IGNORECASE):
            distance = (
                start - match.end() if match.end() <= start else match.start() - end if match.start() >= end else 0
            )
            between = text[min(match.end(), end) : max(match.start(), start)]
            distance += 40 * sum(between.count(mark) for mark in (",", ";", " and ", " while ", " but "))
            if nearest is None or distance < nearest[0]:
                nearest = distance, name
    return nearest[1] if nearest and nearest[0] < 2 * _SAID else ""


@cache
def _happenings() -> dict[str, str]:
    return {word: name for name, said in words.table("happened").items() for word in said}


def _group_name(article: Article) -> str:
    """A group by the day and the first file of its story."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", Path(article.file).stem).strip("-").upper() or "TEXT"
    return f"G-{stem}-{article.published}" if article.published else f"G-{stem}"


def _told_apart(names: Sequence[str]) -> list[str]:
    """Two files of one name in two folders get two groups."""
    made: list[str] = []
    for name in names:
        again = sum(1 for earlier in names[: len(made)] if earlier == name)
        made.append(f"{name}-{again + 1}" if again else name)
    return made
