"""A verdict on each claim of a text: supported, contradicted, not checkable, out of scope, and what says so."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from vallum import evidence
from vallum.articles import Article, Candidate
from vallum.articles.moments import Moment, moments
from vallum.articles.tokens import Sentence
from vallum.ask import counting, matching
from vallum.ask.counting import Count, Nights
from vallum.ask.questions import questions
from vallum.evidence import Claim, Evidence

SUPPORTED: Final = "supported"
CONTRADICTED: Final = "contradicted"
NOT_CHECKABLE: Final = "not checkable"
OUT_OF_SCOPE: Final = "out of scope"
VERDICTS: Final = (SUPPORTED, CONTRADICTED, NOT_CHECKABLE, OUT_OF_SCOPE)
_ONE_DAY: Final = timedelta(days=1)
#: A claim that is older or younger may be right as well.
_AROUND: Final = timedelta(days=92)
#: A night is dated by its evening or its morning, and told a day later.
_NIGHTS: Final = timedelta(days=2)
_MOST_IDS: Final = 6
#: Words that two superlatives share at the least, to be about one thing.
_ALIKE: Final = 4
_MONTHS_BEFORE: Final = 3
_A_YEAR: Final = 364
#: Months of a span that must be known, so that the rest may be missing.
_MOST_OF_A_YEAR: Final = 9
_THAN_A_YEAR: Final = re.compile(
    r"\b(?:than|since|from|with|on) (?:in |the )?(?:last year|a year (?:ago|earlier|before)"
    r"|(?:same \w+ )?the year before|20\d\d)\b|\byear[- ]on[- ]year\b|\bthis year\b",
    re.IGNORECASE,
)
_ATTACK: Final = re.compile(
    r"\b(?:attack\w*|assaults?|barrages?|raids?|strikes?|launch\w*|fir(?:e|es|ed|ing)|salvos?|bombard\w*|unleash\w*"
    r"|night|sent|sends|pound(?:s|ed)|incoming|waves?|use of|uses|used)\b",
    re.IGNORECASE,
)
_STOPPED: Final = re.compile(
    r"\b(?:shot down|shoot\w* down|intercept\w*|downed|destroyed|suppressed|brought down|stopped|neutrali[sz]ed)\b",
    re.IGNORECASE,
)
_OF_A_MONTH: Final = re.compile(
    r"\bmonth|\bin (?:january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found about one claim.

    said     : the words of the claim; sentence: where they stand
    because  : what says so, in words; claims: ids of the evidence; rows: of the record
    """

    said: str
    sentence: str
    speaker: str
    verdict: str
    because: str
    claims: tuple[str, ...] = ()
    rows: tuple[Count, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "said": self.said,
            "sentence": self.sentence,
            "speaker": self.speaker or None,
            "verdict": self.verdict,
            "because": self.because,
            "claims": list(self.claims),
            "rows": [row.as_dict() for row in self.rows],
        }


@dataclass(frozen=True)
class Checker:
    """Sets the claims of one article against the evidence and the record."""

    article: Article
    as_of: date | None

    @cached_property
    def known(self) -> Evidence:
        """The packaged evidence, with the user's own claims beside it."""
        return evidence.beside()

    @cached_property
    def nights(self) -> Nights | None:
        """The nights of the user's record, where one is kept."""
        return counting.imported()

    def verdicts(self, found: Sequence[Sentence], claims: Sequence[Candidate]) -> Iterator[Verdict]:
        """A verdict for each refused question, superlative, trend and number, in order of the sentences."""
        for sentence in found:
            refused = list(self._refused(sentence))
            yield from refused
            here = [claim for claim in claims if claim.start == sentence.start]
            told = [] if refused else list(self._wording(sentence, here or claims))
            yield from told
            for claim in here:
                if not any(claim.words in one.said or one.said in claim.words for one in told):
                    yield self._outside(claim) if refused else self._number(claim)

    # --- what is not asked here

    def _refused(self, sentence: Sentence) -> Iterator[Verdict]:
        for one in questions().refused:
            match = next((hit for pattern in one.some if (hit := pattern.search(sentence.text))), None)
            if match:
                yield Verdict(match.group(), sentence.text, "", OUT_OF_SCOPE, f"{one.title}: {one.because}")

    def _outside(self, claim: Candidate) -> Verdict:
        return Verdict(
            claim.words, claim.sentence, claim.speaker, OUT_OF_SCOPE, "the sentence is about what no model here judges"
        )

    # --- superlatives and trends

    def _wording(self, sentence: Sentence, here: Sequence[Candidate]) -> Iterator[Verdict]:
        kind = kind_of(sentence.text)
        superlative = _first(questions().superlatives, sentence.text)
        told = superlative or next(
            (hit for patterns in questions().trends.values() if (hit := _first(patterns, sentence.text))), ""
        )
        if kind is None:
            if (
                told
                and re.search(r"\b(?:attacks?|raids?|strikes?|assaults?)\b", sentence.text, re.IGNORECASE)
                and not _supply(sentence.text)
            ):
                yield self._open(sentence, told, "the sentence names no kind of weapon that the record counts")
            return
        if superlative and _ATTACK.search(sentence.text) and not self._elsewhere(sentence.text):
            yield self._superlative(sentence, superlative, kind, here)
            return
        if self._elsewhere(sentence.text):
            return
        for direction, patterns in questions().trends.items():
            trend = _first(patterns, sentence.text)
            if (
                trend
                and (_ATTACK.search(sentence.text) or _STOPPED.search(sentence.text))
                and not _supply(sentence.text)
            ):
                yield self._trend(sentence, trend, kind, direction)
                return

    def _superlative(self, sentence: Sentence, said: str, kind: str, here: Sequence[Candidate]) -> Verdict:
        times = moments(sentence.text, self.article.published)
        if _OF_A_MONTH.search(sentence.text) and not re.search(r"\bovernight|\bnight\b", sentence.text):
            month = next((f"{one.first:%Y-%m}" for one in times), self._month_before())
            return self._largest_month(sentence, said, kind, month)
        day = next((one for one in times if one.first == one.last and one.until is None), None)
        wanted = day.first if day else self.as_of
        if wanted is not None and self.nights is None:
            made = self._by_the_largest_said(sentence, said, kind, here, wanted)
            if made is not None:
                return made
        return self._largest_night(sentence, said, kind, wanted, _since(times))

    def _by_the_largest_said(
        self, sentence: Sentence, said: str, kind: str, here: Sequence[Candidate], day: date
    ) -> Verdict | None:
        """A record night against the largest night that the evidence names up to then, where no nights are kept."""
        named = [
            one
            for one in self.known.claims.values()
            if re.fullmatch(rf"{kind}s_launched_max_night|raid_\w+_{kind}s", one.quantity)
            and one.value is not None
            and one.as_of <= day
        ]
        numbers = [
            claim.numbers[0]
            for claim in here
            if claim.plain == f"{kind}s"
            and claim.numbers
            and (claim.sentence == sentence.text or claim.about == str(day))
        ]
        if not named or not numbers:
            return None
        largest = max(named, key=lambda one: one.value or 0.0)
        asked, most = max(numbers), largest.value or 0.0
        if asked < most * (1 - questions().near):
            told = f"{largest.id} names {_amount(largest)} in one night, on {largest.as_of}"
            return Verdict(said, sentence.text, "", CONTRADICTED, told, (largest.id,))
        if abs(asked - most) <= most * questions().near and largest.quantity.endswith("max_night"):
            told = f"{largest.id} names the same night as the largest; no nights are packaged to look it up"
            return Verdict(said, sentence.text, "", SUPPORTED, told, (largest.id,))
        return None

    def _largest_month(self, sentence: Sentence, said: str, kind: str, month: str) -> Verdict:
        if month not in counting.months_known():
            return self._open(
                sentence,
                said,
                f"the packaged months end with {counting.months_known()[-1]}, and {month or 'no month'} is asked",
            )
        earlier = [
            one for name in counting.months_known() if name <= month for one in counting.by_month(kind, [name])[:1]
        ]
        largest = max(earlier, key=lambda one: one.launched)
        here = next(one for one in earlier if one.period == month)
        if largest.period == month:
            return Verdict(
                said,
                sentence.text,
                "",
                SUPPORTED,
                f"no earlier month of the record has more than the {here.launched:,} of {month}",
                rows=(here,),
            )
        text = f"{largest.period} has {largest.launched:,}, {month} has {here.launched:,}"
        return Verdict(said, sentence.text, "", CONTRADICTED, text, rows=(here, largest))

    def _largest_night(
        self, sentence: Sentence, said: str, kind: str, day: date | None, since: date = date.min
    ) -> Verdict:
        ids = self._said_before("largest record max night " + sentence.text)
        if day is None:
            return self._open(sentence, said, "the text names no day; give its day with --as-of", ids)
        if self.nights is None:
            month = counting.by_month(kind, [f"{day:%Y-%m}"])[:1]
            context = f"; {month[0].period} has {month[0].launched:,} launches in all" if month else ""
            return self._open(
                sentence,
                said,
                f"the packaged table holds months, no nights{context}; import the record: vallum record import FILE",
                ids,
                month,
            )
        rows = self.nights.of(kind, since, day)
        here = next((row for row in rows if abs(date.fromisoformat(row.period) - day) <= _ONE_DAY), None)
        if here is None:
            return self._open(sentence, said, f"the record has no night of {day}", ids)
        largest = rows[0]
        if largest.launched <= here.launched:
            span = f"from {since} to {day}" if since > date.min else f"to {day}"
            text = f"of all nights {span} the one of {here.period} has the most: {here.launched:,} launched"
            return Verdict(said, sentence.text, "", SUPPORTED, text, ids, (here, *rows[1:2]))
        text = f"the night of {largest.period} has {largest.launched:,}, the one of {here.period} {here.launched:,}"
        return Verdict(said, sentence.text, "", CONTRADICTED, text, ids, (here, largest))

    def _trend(self, sentence: Sentence, said: str, kind: str, direction: str) -> Verdict:
        """The last whole month against the mean of the three before: what `rising` can mean at the least."""
        year = _THAN_A_YEAR.search(sentence.text)
        times = [
            one
            for one in moments(sentence.text, self.article.published)
            if one.first != one.last and not (year and year.start() <= one.start < year.end())
        ]
        month = f"{times[-1].last:%Y-%m}" if times else self._month_before()
        months = counting.months_known()
        whole_year = bool(times) and (times[-1].last - times[-1].first).days >= _A_YEAR
        if whole_year and month > months[-1] and month[:4] == months[-1][:4]:
            month = months[-1]
        if month not in months or months.index(month) < _MONTHS_BEFORE:
            return self._open(
                sentence,
                said,
                f"the packaged months run from {months[0]} to {months[-1]}, and {month or 'no month'} is asked",
            )
        wanted, others, than = _compared(sentence.text, months, month, whole_year)
        here, before = counting.by_month(kind, wanted)[0], counting.by_month(kind, others)[0]
        shares = bool(_STOPPED.search(sentence.text)) and bool(
            re.search(r"\b(?:rate|share|percent|per cent|effective\w*)\b|%", sentence.text)
        )
        now, then = (
            (here.share, before.share) if shares else (here.launched / len(wanted), before.launched / len(others))
        )
        if now is None or then is None:
            return self._open(sentence, said, "the record gives no outcome for these months", rows=(here, before))
        a_month = "" if shares else " a month" if len(wanted) > 1 else ""
        told = f"{here.period}: {_written(now, shares)}{a_month}, {than}: {_written(then, shares)}"
        right = (now > then) == (direction == "up") and now != then and _as_much(said, now, then)
        return Verdict(said, sentence.text, "", SUPPORTED if right else CONTRADICTED, told, rows=(here, before))

    def _month_before(self) -> str:
        return f"{self.as_of.replace(day=1) - _ONE_DAY:%Y-%m}" if self.as_of else ""

    def _said_before(self, text: str) -> tuple[str, ...]:
        """Claims of the evidence that say the like; they are statements, and no proof."""
        said = matching.stems(text)
        like = [
            one.id
            for one in self.known.claims.values()
            if len(matching.stems(one.quote) & said) >= _ALIKE
            and _first(questions().superlatives, one.quote)
            and (self.as_of is None or one.as_of <= self.as_of + _NIGHTS)
        ]
        return tuple(like[:_MOST_IDS])

    def _open(
        self, sentence: Sentence, said: str, because: str, ids: tuple[str, ...] = (), rows: Sequence[Count] = ()
    ) -> Verdict:
        return Verdict(said, sentence.text, "", NOT_CHECKABLE, because, ids, tuple(rows))

    # --- numbers

    def _number(self, claim: Candidate) -> Verdict:
        kind = kind_of(f"{claim.counted} {claim.unit}") or (kind_of(claim.sentence) if claim.unit == "share" else None)
        counted = kind is not None and self._is_of_the_record(claim)
        if counted and kind is not None:
            made = self._by_record(claim, kind)
            if made is not None:
                return self._with_claims(made, claim)
        return self._by_evidence(claim, counted)

    def _with_claims(self, made: Verdict, claim: Candidate) -> Verdict:
        """A verdict by the record with the claims that name the same number: they say so, and the record decides."""
        found = matching.matches(claim, self.known, questions().near)
        ids = tuple(one.claim.id for one in found if one.near and one.apart == 0.0)[:_MOST_IDS]
        if not ids or made.verdict != CONTRADICTED:
            return made
        return replace(made, claims=ids, because=f"{made.because}; {', '.join(ids[:3])} say so all the same")

    def _elsewhere(self, sentence: str) -> bool:
        """Whether a sentence, or its article where it names no place, is about another theatre than the record's."""
        for text in (sentence, self.article.text):
            here, there = (
                sum(len(word.findall(text)) for word in questions().theatre[name]) for name in ("here", "elsewhere")
            )
            if here or there:
                return there > here
        return False

    def _is_of_the_record(self, claim: Candidate) -> bool:
        if self._elsewhere(claim.sentence):
            return False
        if claim.unit == "share":
            return bool(_STOPPED.search(claim.sentence)) or "success rate" in claim.sentence
        told = _ATTACK.search(claim.sentence) or _STOPPED.search(claim.sentence)
        dated = bool(claim.about) and not _supply(claim.sentence)
        return claim.unit in ("drones", "missiles") and bool(told or dated)

    def _by_record(self, claim: Candidate, kind: str) -> Verdict | None:
        span = _period(claim.about)
        if span is None:
            return None
        if span[0] == span[1] or (span[1] - span[0]).days < _ONE_DAY.days * 8:
            rows = self.nights.of(kind, span[0] - _ONE_DAY, span[1]) if self.nights else []
        else:
            rows = counting.by_month(kind, self._known_months(span))
        return _judged(claim, rows) if rows else None

    def _known_months(self, span: tuple[date, date]) -> list[str]:
        """The months of a span; of a long one that the packaged table does not hold to its end, those that it holds."""
        wanted = counting.months_between(*span)
        known = [month for month in wanted if month in counting.months_known()]
        return known if len(known) >= _MOST_OF_A_YEAR and known[0] == wanted[0] else wanted

    def _by_evidence(self, claim: Candidate, counted: bool) -> Verdict:
        near, far = questions().near, questions().far
        found = matching.matches(claim, self.known, near)
        if not any(claim.numbers):  # that there is none, of one night or one place, is not contradicted by a count
            found = [match for match in found if match.quoted]
        if counted:
            found = [match for match in found if match.quoted or self._of_that_night(match.claim, claim)]
        agree = [match.claim for match in found if match.near]
        named = {one.quantity for one in agree}
        against = [
            match.claim
            for match in found
            if match.apart > far and (match.claim.quantity in named if named else self._of_that_time(match.claim))
        ]
        if agree:
            groups = len({one.group for one in agree})
            ids = tuple(one.id for one in agree[:_MOST_IDS])
            again = claim.speaker and all(one.speaker == claim.speaker for one in agree)
            alone = "; the same speaker, so this repeats the claim and proves nothing" if again else ""
            beside = (
                f"; {len(against)} of the same quantity say otherwise ({', '.join(one.id for one in against[:3])})"
                if against
                else ""
            )
            return Verdict(
                claim.words,
                claim.sentence,
                claim.speaker,
                SUPPORTED,
                f"{_independent(groups)} say so{alone}{beside}",
                ids,
            )
        if against and not counted:
            ids = tuple(one.id for one in against[:_MOST_IDS])
            told = "; ".join(f"{one.id} says {_amount(one)}" for one in against[:2])
            return Verdict(claim.words, claim.sentence, claim.speaker, CONTRADICTED, told, ids)
        return Verdict(claim.words, claim.sentence, claim.speaker, NOT_CHECKABLE, self._why_open(claim, counted))

    def _of_that_time(self, claim: Claim) -> bool:
        """Whether a claim is about the months around the text, so that another number is another answer."""
        return self.as_of is not None and abs(claim.as_of - self.as_of) <= _AROUND

    def _of_that_night(self, claim: Claim, said: Candidate) -> bool:
        """Whether a count of launches in the evidence is of the days that the sentence is about, or of the text's
        own.
        """
        span = _period(said.about) or ((self.as_of, self.as_of) if self.as_of else None)
        return span is None or span[0] - _NIGHTS <= claim.as_of <= span[1] + _NIGHTS

    def _why_open(self, claim: Candidate, counted: bool) -> str:
        if not counted:
            return "no claim of the evidence and no row of the record is about this"
        if not claim.about:
            return "the sentence names no night and no month to look up"
        if self.nights is None:
            return (
                f"the packaged table holds months to {counting.months_known()[-1]}, no nights; import the "
                f"record: vallum record import FILE"
            )
        return f"the record has nothing for {claim.about}"


def _since(times: Sequence[Moment]) -> date:
    """The day from which a superlative counts: the largest since March, of this year; of the war: from its start."""
    for one in times:
        if one.until is not None or (one.last - one.first).days >= _A_YEAR:
            return one.first
    return date.min


def _compared(
    text: str, months: Sequence[str], month: str, whole_year: bool = False
) -> tuple[list[str], list[str], str]:
    """The months of a trend, those that they are set against, and the words for these."""
    year = whole_year or _THAN_A_YEAR.search(text)
    wanted = [one for one in months if one[:4] == month[:4] and one <= month]
    before = [f"{int(one[:4]) - 1}{one[4:]}" for one in wanted]
    if year and wanted and all(one in months for one in before):
        return wanted, before, "the same months a year before"
    place = months.index(month)
    return [month], list(months[place - _MONTHS_BEFORE : place]), "mean of the three months before"


def _as_much(said: str, now: float, then: float) -> bool:
    """Whether a change is as large as its word says: doubled, tripled, halved; other words say only which way."""
    factor = next((one for word, one in questions().factors.items() if said.lower().startswith(word)), None)
    if factor is None or not then:
        return True
    far = questions().far
    return now / then >= factor * (1 - far) if factor > 1 else now / then <= factor * (1 + far)


def kind_of(text: str) -> str | None:
    """The class of weapon that a text is about, the first that fits."""
    return next((name for name, patterns in questions().classes.items() if _first(patterns, text)), None)


def _first(patterns: Sequence[re.Pattern[str]], text: str) -> str:
    return next((hit.group() for pattern in patterns if (hit := pattern.search(text))), "")


def _supply(text: str) -> bool:
    """Whether a trend is about output or deliveries, which the record of attacks does not hold."""
    return bool(
        re.search(r"\b(?:produc\w+|output|deliver\w+|suppl\w+|spending|budget|capacity)\b", text, re.IGNORECASE)
    )


def _period(about: str) -> tuple[date, date] | None:
    """First and last day of a time as articles write it: a day, a month, a year, or two of them."""
    if not about:
        return None
    first, _, last = about.partition("/")
    return _span(first)[0], _span(last or first)[1]


def _span(text: str) -> tuple[date, date]:
    year, *rest = [int(part) for part in text.split("-")]
    if not rest:
        return date(year, 1, 1), date(year + 1, 1, 1) - _ONE_DAY
    month, *days = rest
    last = days[0] if days else monthrange(year, month)[1]
    return date(year, month, days[0] if days else 1), date(year, month, last)


def _judged(claim: Candidate, rows: Sequence[Count]) -> Verdict | None:
    """A claim against rows that count the same in different ways: one that agrees is enough."""
    apart: list[tuple[float, Count, float]] = []
    for row in rows:
        number = _of_row(claim, row)
        if number is not None:
            apart.append((_distance(claim, number), row, number))
    if not apart:
        return None
    least, row, number = min(apart, key=lambda one: one[0])
    near, far = questions().near, questions().far
    verdict = SUPPORTED if least <= near else CONTRADICTED if least > far else NOT_CHECKABLE
    told = f"the record has {_written(number, claim.unit == 'share')} for {row.period} ({row.what})"
    between = (
        "; that is further apart than rounding, and no further than counters differ" if verdict == NOT_CHECKABLE else ""
    )
    return Verdict(claim.words, claim.sentence, claim.speaker, verdict, told + between, rows=(row,))


def _of_row(claim: Candidate, row: Count) -> float | None:
    if claim.unit == "share":
        return row.share
    near = claim.sentence[max(0, claim.at - claim.start - 60) : claim.to - claim.start + 60]
    stopped = claim.quantity.endswith("_stopped") or (
        not claim.quantity.endswith("_launched") and _STOPPED.search(near) and not _ATTACK.search(near)
    )
    return float(row.stopped if stopped else row.launched)


def _distance(claim: Candidate, number: float) -> float:
    """How far a claim is from a number of the record, as a share of it; nought beyond its bound."""
    low = claim.low if claim.value is None else claim.value
    high = claim.high if claim.value is None else claim.value
    if (low is None or number >= low) and (high is None or number <= high):
        return 0.0
    bound = low if low is not None and number < low else high
    return abs((bound or 0.0) - number) / number if number else float("inf")


def _written(number: float, share: bool) -> str:
    return f"{number:.0%}" if share else f"{number:,.0f}"


def _amount(claim: Claim) -> str:
    numbers = [number for number in (claim.value, claim.low, claim.high) if number is not None]
    return f"{' to '.join(f'{number:g}' for number in dict.fromkeys(numbers))} {claim.unit}"


def _independent(groups: int) -> str:
    return "claims of one origin" if groups == 1 else f"claims of {groups} independent origins"
