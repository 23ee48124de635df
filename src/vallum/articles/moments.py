"""Days, months and seasons that a sentence names, resolved against the day of the article."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from vallum.articles import words

_WEEK: Final = 7
_INVASION: Final = date(2022, 2, 24)
_DECEMBER: Final = 12
_LAST: Final = 31
_SEASON: Final = 3
_HALF: Final = 6
_ORDINALS: Final = ("first", "second", "third", "fourth")
_LOOK: Final = 70
_PAST: Final = re.compile(
    r"(?<!\bbe )(?<!\bbeen )(?<!\bbeing )\b(?:had|were|was|has been|have been|did|said|took|got|came|hit|struck"
    r"|(?!expected|planned|scheduled|based|needed|agreed|promised|pledged|hoped|aimed|wanted)[a-z]{3,}ed)\b",
    re.IGNORECASE,
)
_FUTURE: Final = re.compile(
    r"\b(?:will|would|due|next|plans?|planned|expects?|expected|scheduled|coming|upcoming|to be|should|could|must"
    r"|going to|aims?|hopes?|wants?|won't|may|can|runs? (?:out|dry)|expires?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that a text names: its first and last day, and where it stands. `until` is set for `since` it: up to
    that day.
    """

    first: date
    last: date
    start: int
    end: int
    until: date | None = None

    def __str__(self) -> str:
        """A day, a month, a year, or the first and the last of them joined by a stroke."""
        if self.until is not None:
            return f"{Moment(self.first, self.last, 0, 0)}/{self.until}"
        if self.first == self.last:
            return self.first.isoformat()
        if self.first == date(self.first.year, 1, 1) and self.last == date(self.first.year, _DECEMBER, 31):
            return str(self.first.year)
        if (self.first.month, self.first.day, self.last.month, self.last.day) == (1, 1, _DECEMBER, _LAST):
            return f"{self.first.year}/{self.last.year}"
        if (self.first, self.last) == _month(self.first.year, self.first.month):
            return f"{self.first:%Y-%m}"
        if self.first.day == 1 and self.last == _month(self.last.year, self.last.month)[1]:
            return f"{self.first:%Y-%m}/{self.last:%Y-%m}"
        return f"{self.first}/{self.last}"


Span = tuple[date, date]
Rule = Callable[[re.Match[str], date | None, bool], Span | None]


def moments(text: str, published: date | None) -> list[Moment]:
    """The times that a sentence names, in order; relative ones only where the article's day is known."""
    found: list[Moment] = []
    taken: list[tuple[int, int]] = []
    for pattern, rule in _rules():
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            span = _made(rule, match, published, _ahead(text, match.start()))
            if span is not None:
                taken.append(match.span())
                found.append(Moment(*span, match.start(), match.end(), _until(text, match, published)))
    return sorted(found, key=lambda moment: moment.start)


def _ahead(text: str, place: int) -> bool:
    """Whether a time lies ahead, by the verbs before it."""
    before = text[max(0, place - _LOOK) : place]
    if re.search(r"\bsince(?: the)?\s*$", before, re.IGNORECASE) or text[place : place + 5].lower() == "since":
        return False
    future = [match.start() for match in _FUTURE.finditer(before)]
    past = [match.start() for match in _PAST.finditer(before)]
    return bool(future) and (not past or future[-1] > past[-1])


def _until(text: str, match: re.Match[str], published: date | None) -> date | None:
    """The day of the article, for what has been so since a time."""
    before = text[: match.start()].rstrip().lower()
    since = before.endswith((" since", "since")) or match.group().lower().startswith("since")
    since = (
        since
        or bool(re.search(r"\bsince [a-z ]{0,40}\b(?:on|in)$", before))
        or bool(re.search(r"\bsince the [a-z ]{0,40}$", before))
    )
    return published if since else None


def stated_day(text: str) -> date | None:
    """The first whole date, with its year, in a text."""
    days = [moment for moment in moments(text, None) if moment.first == moment.last]
    return days[0].first if days else None


def _made(rule: Rule, match: re.Match[str], published: date | None, ahead: bool) -> Span | None:
    try:
        return rule(match, published, ahead)
    except ValueError:  # the 31st of June
        return None


@cache
def _rules() -> tuple[tuple[re.Pattern[str], Rule], ...]:
    """Patterns and what they mean, the more special first."""
    month = _either("months")
    day, season, weekday = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?", _either("seasons"), _either("weekdays")
    year = r"(?P<year>(?:19|20)\d\d)"
    count = r"(?P<count>\d{1,3}|a|an|one|two|three|four|five|six|seven|eight|nine|ten)"
    step = r"(?P<step>day|night|week|month|year)"
    written: tuple[tuple[str, Rule], ...] = (
        (rf"\b{year}-(?P<m>\d\d)-(?P<day>\d\d)\b", _iso),
        ((rf"\b(?:between|from) (?P<one>\d{{1,2}})(?: (?P<first>{month}))? (?:and"
            rf"|to) {day} (?P<month>{month})\b(?:,? {year})?"), _days),
        (rf"\bnights? (?:of|from) \d{{1,2}}(?:[-–/]| to | and ){day} (?P<month>{month})\b(?:,? {year})?", _day),
        (rf"\bnights? of (?P<month>{month})\.? \d{{1,2}}(?:[-–/]| to ){day}\b(?:,? {year})?", _day),
        (rf"\b(?P<month>{month})\.? (?P<one>\d{{1,2}})[-–]{day}\b(?:,? {year})?", _days),
        (rf"\b(?P<one>\d{{1,2}})[-–]{day} (?P<month>{month})\b\.?(?:,? {year})?", _days),
        (rf"\b(?:between|from) (?P<first>{month}) (?:and|to) (?P<month>{month})\b(?:,? {year})?", _two_months),
        (rf"\b(?P<first>{month}) and (?P<month>{month})\b(?! \d)(?:,? {year})?", _two_months),
        (rf"\b(?:in|from|between|during|over|of) (?P<one>(?:19|20)\d\d)(?: and | to |[-–]){year}\b", _years),
        (rf"\b(?:the )?first {count} months of (?:{year}|(?P<this>this year|the year|last year))", _first_months),
        ((r"\b(?:since )?(?:the )?(?:start|beginning|outset) of (?:the |russia's |its )?(?:full-scale "
            r"|all-out )?(?:war|invasion)\b"), _war),
        (r"\bsince (?:the |russia's |its )?(?:full-scale |all-out )?(?:war|invasion)(?: began| started)?\b", _war),
        ((rf"\b(?:since )?(?:the )?(?:start|beginning) of (?:{year}|(?P<this>this year|the year|next year"
            rf"|last year))"), _start),
        (rf"\b(?P<part>early|mid|late)[- ]{year}\b", _year),
        (rf"\b(?P<month>{month})\.? {day}\b(?!\s*%)(?:,? {year})?", _day),
        (rf"\b{day}(?: of)? (?P<month>{month})\b\.?(?:,? {year})?", _day),
        (rf"\b(?P<part>early|mid|late)[- ](?P<month>{month})\b\.?(?:,? {year})?", _month_named),
        ((rf"\b(?:the )?(?P<part>first|second|third|fourth) (?P<kind>half|quarter) of (?:{year}|(?P<this>this year"
            rf"|the year|last year))"), _part),
        ((rf"\b(?:the )?end of (?:{year}|(?P<this>this year|the year|next year|last year|the decade|the month"
            rf"|this month|next month))"), _end),
        (rf"\b(?:the )?end of (?P<month>{month})\b\.?(?:,? {year})?", _month_named),
        (rf"\b(?P<month>{month})\.?,? (?:of )?{year}\b", _month_named),
        ((rf"\b(?P<which>last|this|next|the|in|by|until|during|since|previous|past"
            rf"|coming)(?: the)? (?P<season>{season})(?: of)?(?: {year})?\b"), _season),
        (rf"\b(?P<season>{season})(?: of)? {year}\b", _season),
        (rf"\b(?:(?P<which>last|next|this|this past|past) )?(?P<weekday>{weekday})\b(?!\.\w)", _weekday),
        (rf"\b{count} (?P<step>day|week|month|year|hour)s? (?:ago|earlier)\b", _ago),
        ((rf"\b(?P<which>last|this|next|the previous|the past|the same|current|the current|earlier this"
            rf"|later this) {step}\b(?!s)"), _near),
        ((r"\b(?:at|by|before|after|around|until) (?:about )?\d{1,2}(?:[:.]\d\d)?(?:\s?[ap]\.?m\b\.?"
            r"|(?<=\d\d:\d\d)|(?<=\d\d\.\d\d)|(?<=\d:\d\d))|\bbefore noon\b|\bby noon\b"), _clock),
        ((r"\b(?P<which>yesterday|today|tonight|tomorrow|overnight|this morning|this afternoon|this evening"
            r"|last night)\b"), _named_day),
        ((rf"(?P<before>\b(?:in|since|by|until|of|during|for|before|after|from|to|through|and|or|between|the|last"
            rf"|next|this|as of|around|over)) (?P<month>{month})\b\.?(?! \d)"),
         _month_named),
        ((rf"\b(?:in|since|by|until|of|during|for|before|after|from|to|through|throughout|and|early|late|mid|mid-"
            rf"|fiscal|year|over|between) ?{year}\b"), _year),
        (rf"\b{year}\b(?=[,.;)]|$)", _year),
    )  # fmt: skip
    return tuple((re.compile(pattern, re.IGNORECASE), rule) for pattern, rule in written)


def _either(table: str) -> str:
    return "|".join(sorted(map(re.escape, words.table(table)), key=len, reverse=True))


def _month(year: int, month: int) -> Span:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _iso(match: re.Match[str], _: date | None, __: bool) -> Span:
    day = date(int(match["year"]), int(match["m"]), int(match["day"]))
    return day, day


def _day(match: re.Match[str], published: date | None, ahead: bool) -> Span | None:
    month, number = words.table("months")[match["month"].lower()], int(match["day"])
    if not match["month"][0].isupper():
        return None
    year = match["year"]
    if year:
        day = date(int(year), month, number)
    elif published is None:
        return None
    else:
        day = _nearest(published, month, number, ahead)
    return day, day


def _nearest(published: date, month: int, number: int, ahead: bool) -> date:
    """The day of that name before the article, or after it where the text looks ahead."""
    day = date(published.year, month, number)
    if ahead and day < published - timedelta(days=_WEEK):
        return day.replace(year=day.year + 1)
    if not ahead and day > published + timedelta(days=_WEEK):
        return day.replace(year=day.year - 1)
    return day


def _month_named(match: re.Match[str], published: date | None, ahead: bool) -> Span | None:
    groups = match.groupdict()
    if not match["month"][0].isupper():
        return None
    month = words.table("months")[match["month"].lower()]
    if groups.get("year"):
        return _month(int(groups["year"]), month)
    if published is None:
        return None
    before = (groups.get("before") or "").lower()
    year = _nearest(published, month, 1, ahead or before == "next").year
    if before == "last" and month == published.month:
        year = published.year - 1
    return _month(year, month)


def _part(match: re.Match[str], published: date | None, _: bool) -> Span | None:
    year = _year_said(match, published)
    if year is None:
        return None
    length = _HALF if match["kind"].lower() == "half" else _SEASON
    first = _ORDINALS.index(match["part"].lower()) * length + 1
    if first + length - 1 > _DECEMBER:
        return None
    return date(year, first, 1), _month(year, first + length - 1)[1]


def _end(match: re.Match[str], published: date | None, _: bool) -> Span | None:
    said = (match["this"] or "").lower()
    if said.endswith("month"):
        if published is None:
            return None
        year, month = divmod(published.year * _DECEMBER + published.month - 1 + (said == "next month"), _DECEMBER)
        return _month(year, month + 1)
    return _start(match, published, _)


def _start(match: re.Match[str], published: date | None, _: bool) -> Span | None:
    """The start or the end of a year, as the year; since the start of it, from its first day."""
    year = _year_said(match, published)
    if year is None:
        return None
    if match.group().lower().startswith("since"):
        return date(year, 1, 1), date(year, 1, 1)
    return date(year, 1, 1), date(year, _DECEMBER, 31)


def _war(_: re.Match[str], published: date | None, __: bool) -> Span | None:
    """The day of the full-scale invasion of Ukraine, which is "the war" in articles after it."""
    return (_INVASION, _INVASION) if published is not None and published > _INVASION else None


def _clock(_: re.Match[str], published: date | None, __: bool) -> Span | None:
    """A time of the day is one of the day of the article."""
    return None if published is None else (published, published)


def _days(match: re.Match[str], published: date | None, ahead: bool) -> Span | None:
    """Between 13 and 24 June, 24-25 June."""
    last = _day(match, published, ahead)
    if last is None:
        return None
    named = match.groupdict().get("first") or match["month"]
    return date(last[0].year, words.table("months")[named.lower()], int(match["one"])), last[1]


def _two_months(match: re.Match[str], published: date | None, ahead: bool) -> Span | None:
    """January and February."""
    last = _month_named(match, published, ahead)
    if last is None or not match["first"][0].isupper():
        return None
    first = words.table("months")[match["first"].lower()]
    return (date(last[0].year, first, 1), last[1]) if first < last[0].month else None


def _first_months(match: re.Match[str], published: date | None, _: bool) -> Span | None:
    """The first two months of the year."""
    year, count = _year_said(match, published), match["count"].lower()
    months = _counted(count)
    return None if year is None or months > _DECEMBER else (date(year, 1, 1), _month(year, months)[1])


def _counted(said: str) -> int:
    """A small number in digits or words; `a` is one."""
    return int(said) if said.isdigit() else int(words.table("numbers").get(said, 1))


def _year_said(match: re.Match[str], published: date | None) -> int | None:
    if match["year"]:
        return int(match["year"])
    if published is None:
        return None
    said = match["this"].lower()
    if said == "the decade":
        return published.year // 10 * 10 + 10
    return published.year + {"last year": -1, "next year": 1}.get(said, 0)


def _season(match: re.Match[str], published: date | None, ahead: bool) -> Span | None:
    groups = match.groupdict()
    name, which = match["season"].lower(), (groups.get("which") or "").lower()
    if name == "fall" and which in ("the", "in"):
        return None
    first = words.table("seasons")[name]
    if groups.get("year"):
        year = int(groups["year"])
    elif published is None:
        return None
    else:
        year = _season_year(published, first, which, ahead)
    return date(year, first, 1), _end_of_season(year, first)


def _season_year(published: date, first: int, which: str, ahead: bool) -> int:
    """The year in which the season meant begins; winter begins in December."""
    year = published.year
    started = date(year, first, 1) <= published
    over = _end_of_season(year, first) < published
    if first == _DECEMBER and (
        published.month < _SEASON or (published.month <= _HALF and which in ("this", "last", "the", "past"))
    ):
        return year - 1 if which != "next" else year
    if which in ("last", "past", "previous"):
        return year if over else year - 1
    if which == "next":
        return year + 1 if started else year
    if (
        which in ("the", "in", "during")
        and not ahead
        and not started
        and date(year, first, 1) - published > timedelta(days=_HALF * 30)
    ):
        return year - 1
    if which in ("by", "until") and over:
        return year + 1
    return year + 1 if over and ahead else year


def _end_of_season(year: int, first: int) -> date:
    month = first + _SEASON - 1
    return _month(year + (month > _DECEMBER), (month - 1) % _DECEMBER + 1)[1]


def _weekday(match: re.Match[str], published: date | None, ahead: bool) -> Span | None:
    if published is None or not match["weekday"][0].isupper():
        return None
    wanted, which = words.table("weekdays")[match["weekday"].lower()], (match["which"] or "").lower()
    back = (published.weekday() - wanted) % _WEEK
    if which == "next" or (ahead and which != "last" and back > 0):
        day = published + timedelta(days=(wanted - published.weekday()) % _WEEK or _WEEK)
    else:
        day = published - timedelta(days=back or (_WEEK if which == "last" else 0))
    return day, day


def _ago(match: re.Match[str], published: date | None, _: bool) -> Span | None:
    if published is None:
        return None
    said = match["count"].lower()
    count = _counted(said)
    step = match["step"].lower()
    if step in ("day", "week", "hour"):
        day = published - timedelta(days=count * {"day": 1, "week": _WEEK, "hour": 0}[step])
        return day, day
    months = published.year * _DECEMBER + published.month - 1 - count * (_DECEMBER if step == "year" else 1)
    year, month = divmod(months, _DECEMBER)
    return _month(year, month + 1) if step == "month" else (date(year, 1, 1), date(year, _DECEMBER, 31))


def _near(match: re.Match[str], published: date | None, _: bool) -> Span | None:
    if published is None:
        return None
    which = match["which"].lower()
    shift = -1 if which in ("last", "the previous", "the past") else 1 if which == "next" else 0
    step = match["step"].lower()
    if step in ("day", "night"):
        day = published + timedelta(days=shift if step == "day" else 0)
        return day, day
    if step == "week":
        monday = published - timedelta(days=published.weekday()) + timedelta(days=_WEEK * shift)
        return monday, monday + timedelta(days=_WEEK - 1)
    if step == "year":
        return date(published.year + shift, 1, 1), date(published.year + shift, _DECEMBER, 31)
    year, month = divmod(published.year * _DECEMBER + published.month - 1 + shift, _DECEMBER)
    return _month(year, month + 1)


def _named_day(match: re.Match[str], published: date | None, _: bool) -> Span | None:
    if published is None:
        return None
    shift = {"yesterday": -1, "tomorrow": 1}.get(match["which"].lower(), 0)
    day = published + timedelta(days=shift)
    return day, day


def _years(match: re.Match[str], _: date | None, __: bool) -> Span | None:
    """In 2023 and 2024, from 2022 to 2024."""
    first, last = int(match["one"]), int(match["year"])
    return (date(first, 1, 1), date(last, _DECEMBER, 31)) if first < last else None


def _year(match: re.Match[str], _: date | None, __: bool) -> Span:
    year = int(match["year"])
    return date(year, 1, 1), date(year, _DECEMBER, 31)
