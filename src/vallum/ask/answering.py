"""A text asked of the model: verdicts on its claims, scenarios that answer it, and what is assumed and cannot be
answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from vallum import ledger
from vallum.articles import Article, Candidate, from_text, open_article, read_articles
from vallum.articles.article import refuse_unreadable
from vallum.articles.tokens import sentences
from vallum.ask.checking import OUT_OF_SCOPE, Checker, Verdict
from vallum.ask.proposing import Proposal, base_of, proposals
from vallum.ask.questions import questions
from vallum.ask.spelling import corrected
from vallum.errors import ArticleError

SCHEMA: Final = 1
_FILE: Final = re.compile(r"\S+\.(?:txt|html?|xhtml|pdf|md)$", re.IGNORECASE)
_LONGEST_NAME: Final = 255
#: A question may be as short as this.
FEWEST_WORDS: Final = 2
#: Sums in billions; two are one where they differ by no more than this share.
_SIZES: Final = {"million": 1e-3, "billion": 1.0, "trillion": 1e3}
_CLOSE: Final = 0.005
_BILLION: Final = 1e9
#: A longer text is an article, and is read as it is spelled, characters.
LONGEST_QUESTION: Final = 400


@dataclass(frozen=True, slots=True)
class Answer:
    """What vallum has to say to a text.

    as_of    : the day of the text, given or read; base: the scenario of that day
    respelled: misspelled words of a question, as written and as read
    refused  : what no model here can judge; proposals: scenarios, in the order in which the text asks
    """

    article: Article
    as_of: date | None
    base: str
    why_base: str
    claims: tuple[Candidate, ...]
    verdicts: tuple[Verdict, ...]
    proposals: tuple[Proposal, ...]
    respelled: tuple[tuple[str, str], ...] = ()

    @property
    def refused(self) -> tuple[Verdict, ...]:
        """The questions that are out of scope."""
        return tuple(one for one in self.verdicts if one.verdict == OUT_OF_SCOPE)

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return {
            "schema": SCHEMA,
            "kind": "ask",
            "file": self.article.file,
            "title": self.article.title or None,
            "as_of": self.as_of.isoformat() if self.as_of else None,
            "base": self.base,
            "because": self.why_base,
            "respelled": [{"written": written, "read": read} for written, read in self.respelled],
            "verdicts": [one.as_dict() for one in self.verdicts],
            "proposals": [one.as_dict() for one in self.proposals],
            "refused": sorted({one.because for one in self.refused}),
        }


def ask(text: str, as_of: date | None = None, files: bool = True) -> Answer:
    """Ask a sentence, or a file if one of that name is there: check its claims, and propose the scenarios that
    answer it.

    as_of : the day of the text; read from the text if None
    files : whether the text may be the name of a file; not where it comes from somebody else
    Raises ArticleError where the file or the text cannot be read.
    """
    article, respelled = _article(text, as_of, files)
    day = article.published
    found = sentences(article.text, article.begins)
    claims = read_articles([article]).claims
    verdicts = tuple(Checker(article, day).verdicts(found, claims))
    base, why = base_of(day, article.text)
    made = proposals(article, found, claims, day)
    asked = tuple(_with_ids(one, verdicts, claims) for one in made)
    return Answer(article, day, base, why, claims, verdicts, asked, respelled)


def _article(text: str, as_of: date | None, files: bool) -> tuple[Article, tuple[tuple[str, str], ...]]:
    """The text as an article; a question with its spelling put right, and what was changed."""
    if files and _is_file(text):
        return open_article(text, as_of), ()
    if _FILE.fullmatch(text.strip()):
        raise ArticleError(f"{text}: there is no such file; give the name of a file, or a sentence in quotation marks")
    plain, respelled = corrected(text) if len(text) <= LONGEST_QUESTION else (text, ())
    made = replace(from_text(plain, "the question"), begins=0)
    if len(re.findall(r"[^\W\d_]+", plain)) >= FEWEST_WORDS or not re.search(r"\d", plain):
        refuse_unreadable(made, FEWEST_WORDS)  # a sum without words is asked of the ledger
    return replace(made, published=as_of or made.published), respelled


def _is_file(text: str) -> bool:
    try:
        return len(text) <= _LONGEST_NAME and "\n" not in text and Path(text).exists()
    except (OSError, ValueError):
        return False


def _with_ids(made: Proposal, verdicts: tuple[Verdict, ...], claims: tuple[Candidate, ...]) -> Proposal:
    """The sums of the text as claims of the evidence, for the ledger to reconcile."""
    template = next(one for one in questions().templates if one.name == made.template)
    if not template.ledger:
        return made
    ids = list(
        dict.fromkeys(
            one.claims[0] for one in verdicts if one.claims and re.search(r"[$€£]|billion|dollars|euros", one.said)
        )
    )
    return replace(made, ledger=tuple(dict.fromkeys((*ids, *_stated(claims)))))


def _stated(claims: tuple[Candidate, ...]) -> Iterator[str]:
    """Totals of the ledger whose stage nobody says, and whose amount the text names: 320, 67, also without a sign."""
    named = {number for claim in claims for number in _billions(claim)}
    for figure in ledger.load().figures.values():
        if figure.stage == "unstated" and any(abs(figure.money.million / 1e3 - one) <= _CLOSE * one for one in named):
            yield figure.id


def _billions(claim: Candidate) -> Iterator[float]:
    """The numbers of a claim in billions, where it is a sum, or a bare number beside one."""
    currency, _, size = claim.plain.partition(" ")
    for number in claim.numbers:
        if currency.isupper() and size in _SIZES:
            yield number * _SIZES[size]
        elif number >= _BILLION:
            yield number / _BILLION
        elif not claim.plain:
            yield number
