"""What was read out of articles, as a table to review, and how well a folder is read."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from vallum.articles import Accepted, Candidate, Reading, Score, review_csv
from vallum.errors import RunError

_NARROWEST: Final = 100
#: A column of the table but its last, characters.
_WIDEST: Final = 22
_HINT: Final = (
    "Nothing is written yet. To keep some: --out TABLE.csv, write yes in the column keep, then vallum "
    "evidence accept TABLE.csv"
)
#: The measures of a benchmark as readers are told them.
MEASURES: Final = {
    "recall": "quantities found, of those labelled",
    "precision": "labelled, of the quantities found",
    "unit": "of those right: unit",
    "bound": "of those right: value, at least, at most or range",
    "rate": "of those right: a day, a month, a year or none",
    "speaker": "of those right: speaker, or nobody",
    "named speaker": "of those with a speaker: speaker",
    "said_on": "of those right: day of saying, or none",
    "refers_to": "of those right: time it is about, or none",
    "dates": "both dates together",
    "dated": "of the dates that are labelled: right",
    "one story joined": "pairs of texts of one story in one group",
    "two stories kept apart": "pairs of texts of two stories in two groups",
}


def reading_text(reading: Reading, width: int = 0) -> str:
    """The candidates as a table, article by article, with the groups of one origin.

    width : of the screen, characters; 0 for a narrow table
    """
    parts = [_article(reading, place, max(width, _NARROWEST)) for place in range(len(reading.articles))]
    several = [f"  {group.name}: {', '.join(group.files)}" for group in reading.groups if len(group.files) > 1]
    origin = ["One origin, so they count once:", *several] if several else []
    return "\n".join([*parts, *origin, _HINT])


def _article(reading: Reading, place: int, width: int) -> str:
    article = reading.articles[place]
    told = [
        article.title or "(no title)",
        article.outlet or "outlet not known",
        str(article.published or "day not known: --date DATE"),
    ]
    claims = [claim for claim in reading.claims if claim.file == article.file]
    head = f"{article.file}: {' · '.join(told)}"
    if not claims:
        return f"{head}\n  no quantity was found\n"
    return f"{head}\n{_table(claims, width)}"


def _table(claims: list[Candidate], width: int) -> str:
    from rich.console import Console  # only where a table is shown
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_edge=False)
    for name in ("how much", "unit", "what", "who", "said on", "about"):
        table.add_column(name, overflow="fold", max_width=_WIDEST)
    table.add_column("sentence", overflow="fold", ratio=1)
    shown = ""
    for claim in claims:
        sentence = '"' if claim.sentence == shown else " ".join(claim.sentence.split())
        shown = claim.sentence
        cells = (
            amount(claim),
            claim.unit,
            claim.counted,
            claim.speaker or "(the article)",
            claim.said_on,
            claim.about,
            sentence,
        )
        table.add_row(*(_plain(cell) for cell in cells))
    text = io.StringIO()
    Console(file=text, width=width, color_system=None, highlight=False, markup=False, emoji=False).print(table)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n"


def _plain(cell: str) -> str:
    """A text without what a terminal would obey."""
    return "".join(sign if sign.isprintable() else " " for sign in cell)


def amount(claim: Candidate) -> str:
    """A number as said: 8, 60 to 65, at least 300, about 15."""
    if claim.value is not None:
        return f"{'about ' if claim.near else ''}{claim.value:,.10g}"
    if claim.low is not None and claim.high is not None:
        return f"{claim.low:,.10g} to {claim.high:,.10g}"
    return f"at least {claim.low:,.10g}" if claim.low is not None else f"at most {claim.high:,.10g}"


def write_review(reading: Reading, file: str | Path) -> Path:
    """Write the table to review as CSV. Raises RunError where the file is there already, for it may hold somebody's
    review.
    """
    target = Path(file)
    try:
        with target.open("x", encoding="utf-8", newline="") as made:
            made.write(review_csv(reading))
    except FileExistsError:
        raise RunError(f"{target}: is there already, and may hold your review; give --out another name") from None
    except OSError as error:
        raise RunError(f"{target}: cannot be written: {error.strerror or error}; give --out another name") from None
    return target


def accepted_text(made: Accepted) -> str:
    """What an acceptance wrote."""
    if not made.claims:
        return f"Nothing new: all {made.known} rows that you kept are in {made.folder} already."
    known = f"; {made.known} were there already" if made.known else ""
    ids = made.claims[0] if len(made.claims) == 1 else f"{made.claims[0]} to {made.claims[-1]}"
    return f"Written to {made.folder}: {len(made.claims)} claims, {ids}{known}; {made.left} rows left out."


def score_text(score: Score, misses: bool = False) -> str:
    """How well a folder was read, with 95 % intervals; every miss, where asked."""
    lines = [f"{score.folder}: {score.texts} texts, {score.labels} labelled quantities"]
    lines += [f"  {name:<52} {right:>11}  {share:>6}  {band}" for name, right, share, band in score_rows(score)]
    if misses:
        lines += [
            f"{one.measure}: {one.file}: labelled {one.labelled or 'nothing'}; read {one.read or 'nothing'}; "
            f"{one.sentence}"
            for one in score.misses
        ]
    return "\n".join(lines)


def score_rows(score: Score) -> Iterator[tuple[str, str, str, str]]:
    """Measure, right of all, share, 95 % interval; as text."""
    for one in score.shares:
        band = one.interval
        told = (
            ("-", "")
            if band is None or one.value is None
            else (f"{one.value:.1%}", f"({band[0]:.1%} to {band[1]:.1%})")
        )
        yield MEASURES[one.name], f"{one.right} of {one.of}", *told


def score_table(scores: dict[str, Score]) -> str:
    """Several folders side by side, as the table of docs/questions/articles.md."""
    names = list(scores)
    lines = [f"| | {' | '.join(names)} |", f"|---|{'---:|' * len(names)}"]
    for number, name in enumerate(MEASURES):
        cells = [
            " ".join((*list(score_rows(score))[number][2:], f"{score.shares[number].right}/{score.shares[number].of}"))
            for score in scores.values()
        ]
        lines.append(f"| {MEASURES[name]} | {' | '.join(cells)} |")
    counted = [f"{score.texts} texts, {score.labels} quantities" for score in scores.values()]
    return "\n".join([*lines[:2], f"| measured on | {' | '.join(counted)} |", *lines[2:]])


def reading_json(reading: Reading) -> str:
    """The candidates as JSON."""
    return json.dumps(reading.as_dict(), indent=1, ensure_ascii=False, allow_nan=False)
