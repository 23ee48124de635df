"""A text asked of the model: verdicts on its claims, scenarios that answer it, and what is assumed and cannot be
answered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from vallum.articles import Article, Candidate, from_text, open_article, read_articles
from vallum.articles.article import refuse_unreadable
from vallum.articles.tokens import sentences
from vallum.ask.checking import OUT_OF_SCOPE, Checker, Verdict
from vallum.ask.proposing import Proposal, base_of, proposals
from vallum.ask.questions import questions
from vallum.errors import ArticleError

SCHEMA: Final = 1
_FILE: Final = re.compile(r"\S+\.(?:txt|html?|xhtml|pdf|md)$", re.IGNORECASE)
_LONGEST_NAME: Final = 255
#: A question may be as short as this.
FEWEST_WORDS: Final = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """What vallum has to say to a text.

    as_of    : the day of the text, given or read; base: the scenario of that day
    refused  : what no model here can judge; proposals: scenarios, in the order in which the text asks
    """

    article: Article
    as_of: date | None
    base: str
    why_base: str
    claims: tuple[Candidate, ...]
    verdicts: tuple[Verdict, ...]
    proposals: tuple[Proposal, ...]

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
    article = _article(text, as_of, files)
    day = article.published
    found = sentences(article.text, article.begins)
    claims = read_articles([article]).claims
    verdicts = tuple(Checker(article, day).verdicts(found, claims))
    base, why = base_of(day, article.text)
    made = proposals(article, found, claims, day)
    return Answer(article, day, base, why, claims, verdicts, tuple(_with_ids(one, verdicts) for one in made))


def _article(text: str, as_of: date | None, files: bool) -> Article:
    if files and _is_file(text):
        return open_article(text, as_of)
    if _FILE.fullmatch(text.strip()):
        raise ArticleError(f"{text}: there is no such file; give the name of a file, or a sentence in quotation marks")
    made = replace(from_text(text, "the question"), begins=0)
    refuse_unreadable(made, FEWEST_WORDS)
    return replace(made, published=as_of or made.published)


def _is_file(text: str) -> bool:
    try:
        return len(text) <= _LONGEST_NAME and "\n" not in text and Path(text).exists()
    except (OSError, ValueError):
        return False


def _with_ids(made: Proposal, verdicts: tuple[Verdict, ...]) -> Proposal:
    """The sums of the text as claims of the evidence, for the ledger to reconcile."""
    template = next(one for one in questions().templates if one.name == made.template)
    if not template.ledger:
        return made
    ids = list(
        dict.fromkeys(
            one.claims[0] for one in verdicts if one.claims and re.search(r"[$€£]|billion|dollars|euros", one.said)
        )
    )
    return replace(made, ledger=tuple(ids))
