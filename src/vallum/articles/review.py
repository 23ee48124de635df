"""The table that a person reviews: candidate claims in the columns of the evidence files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from vallum import evidence
from vallum.articles.article import Article
from vallum.articles.claims import Candidate, Reading

#: `keep` is empty until somebody writes yes.
COLUMNS: Final = (
    *("keep", "topic", "quantity", "value", "low", "high", "unit", "as_of", "known_from", "speaker"),
    *("publisher", "title", "address", "address_note", "quote", "group", "notes", "said"),
)
#: Units of a text that the evidence keeps in another one, with the factor.
_CONVERTED: Final = {
    "weeks": ("days", 7.0),
    "hours": ("minutes", 60.0),
    "decades": ("years", 10.0),
    "metres": ("km", 0.001),
    "miles": ("km", 1.609344),
    "USD": ("USD million", 1e-6),
    "EUR": ("EUR million", 1e-6),
    "USD trillion": ("USD billion", 1e3),
    "EUR trillion": ("EUR billion", 1e3),
}
_NO_ADDRESS: Final = "read from a file; give the address of the page where it is known"
_GUARDED: Final = ("=", "+", "-", "@", "\t", "\r")


def review_csv(reading: Reading) -> str:
    """The candidates as CSV, one row each, nothing kept yet; a cell that a spreadsheet would run is marked as text."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in rows(reading):
        writer.writerow({name: guarded(cell) for name, cell in row.items()})
    return text.getvalue()


def rows(reading: Reading) -> Iterator[dict[str, str]]:
    """The rows of the table, as text."""
    articles = {article.file: article for article in reading.articles}
    for claim in reading.claims:
        yield _row(claim, articles[claim.file])


def guarded(cell: str) -> str:
    """A text that a spreadsheet would run as a formula, marked as text; a negative number stays."""
    formula = cell[:1] in _GUARDED and not re.fullmatch(r"-?[\d.]+(?:e-?\d+)?", cell)
    return f"'{cell}" if formula else cell


def _row(claim: Candidate, article: Article) -> dict[str, str]:
    unit, factor = kept_unit(claim.unit)
    known = article.published.isoformat() if article.published else claim.said_on
    near = "said to be about so much; " if claim.near else ""
    about = f"about {claim.about}; " if claim.about else ""
    return {
        "keep": "",
        "topic": "read",
        "quantity": claim.quantity,
        "value": written(claim.value, factor),
        "low": written(claim.low, factor),
        "high": written(claim.high, factor),
        "unit": unit,
        "as_of": _as_of(claim, known),
        "known_from": known,
        "speaker": claim.speaker or article.outlet or "the article",
        "publisher": article.outlet or "unknown outlet",
        "title": article.title or article.file,
        "address": "unknown",
        "address_note": _NO_ADDRESS,
        "quote": " ".join(claim.sentence.split()),
        "group": claim.group,
        "notes": f"{near}{about}{claim.file}, characters {claim.start} to {claim.end}",
        "said": claim.words,
    }


def written(number: float | None, factor: float = 1.0) -> str:
    """A number as text, empty for none."""
    return "" if number is None else f"{number * factor:.12g}"


def kept_unit(unit: str) -> tuple[str, float]:
    """The unit in which the evidence keeps a quantity, and the factor to it; the unit itself where it knows none."""
    known: Mapping[str, object] = evidence.load().units
    if unit in known:
        return unit, 1.0
    if unit in _CONVERTED:
        return _CONVERTED[unit]
    _, _, time = unit.partition("per ")
    if time and f"per {time}" in known and not unit[:3].isupper():
        return f"per {time}", 1.0
    return unit or "unclear", 1.0


def _as_of(claim: Candidate, known: str) -> str:
    """The last day that the number is about, never after it was known."""
    day = _last_day(claim.about) or claim.said_on or known
    return min(day, known) if known else day


def _last_day(about: str) -> str:
    last = about.rpartition("/")[2]
    if re.fullmatch(r"\d{4}-\d\d", last):
        year, month = map(int, last.split("-"))
        following = date(year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(following.toordinal() - 1).isoformat()
    return f"{last}-12-31" if re.fullmatch(r"\d{4}", last) else last
