"""The answer to a text, in words: verdicts, scenarios, what is assumed and what cannot be answered."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from typing import Any, Final

from vallum.ask import VERDICTS, Answer, Proposal, Verdict
from vallum.ask.counting import Count

_WIDTH: Final = 110


def asked_text(answer: Answer) -> str:
    """The answer as text."""
    return "\n".join(_lines(answer))


def _lines(answer: Answer) -> Iterator[str]:
    day = f"of {answer.as_of}" if answer.as_of else "of no known day"
    yield f"{answer.article.title or answer.article.file}, {day}"
    if answer.respelled:
        yield "Read: " + ", ".join(f"{_plain(read)!r} for {_plain(written)!r}" for written, read in answer.respelled)
    yield f"Base scenario: {answer.base} ({answer.why_base})"
    yield ""
    yield "Claims" if answer.verdicts else "No claim was found that could be checked."
    for one in answer.verdicts:
        yield from _verdict(one)
    if answer.verdicts:
        counts = ", ".join(f"{sum(one.verdict == name for one in answer.verdicts)} {name}" for name in VERDICTS)
        yield f"  {counts}. Supported means: others say so, or the record agrees; it is no proof."
    yield ""
    yield from _proposals(answer)
    yield from _beyond(answer)


def _verdict(one: Verdict) -> Iterator[str]:
    speaker = f", {one.speaker}" if one.speaker else ""
    yield from _wrapped(f"  {one.verdict.upper():<14} {_plain(one.said)}{speaker}: {one.because}", 17)
    if one.claims:
        yield f"{'':17}claims {', '.join(one.claims)}"
    for row in one.rows:
        yield f"{'':17}{row_text(row)}"


def row_text(row: Count) -> str:
    """A row of the record as text."""
    stopped = f", {row.stopped:,} of {row.known:,} with an outcome reported stopped" if row.known else ""
    return f"record {row.period}, {row.what}: {row.launched:,} launched{stopped} ({row.source})"


def _proposals(answer: Answer) -> Iterator[str]:
    if not answer.proposals:
        yield "No question was found that a packaged scenario answers: vallum scenarios lists what there is."
        return
    yield "What the model can say"
    for number, one in enumerate(answer.proposals, 1):
        yield from _proposal(number, one)


def _proposal(number: int, one: Proposal) -> Iterator[str]:
    yield f"  {number}. {one.title}"
    yield from _wrapped(f"     asked by: {_plain(one.because)}", 15)
    if one.command:
        yield f"     {one.command}"
    for filled in one.filled:
        yield from _wrapped(f"     put in: {filled.path} = {filled.value}, from {_plain(filled.said)!r}", 15)
    for title, texts in (("chosen", one.notes), ("assumed", one.assumes), ("cannot say", one.cannot)):
        for text in texts:
            yield from _wrapped(f"     {title}: {text}", 15)


def _beyond(answer: Answer) -> Iterator[str]:
    refused = list(dict.fromkeys(one.because for one in answer.refused if ": " in one.because))
    if refused:
        yield ""
        yield "What no model here can judge"
        for text in refused:
            yield from _wrapped(f"  - {text}", 4)
    if any(one.scenario for one in answer.proposals):
        yield ""
        yield from _wrapped(
            "A packaged scenario uses all claims known to its own day (fixed.as_of), also such as came after the "
            "text: this is a look back, no forecast "
            "made on the day.", 0
        )  # fmt: skip


def _wrapped(text: str, indent: int) -> list[str]:
    lead = text[: len(text) - len(text.lstrip())]
    return textwrap.wrap(
        text.strip(),
        _WIDTH,
        initial_indent=lead,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _plain(text: str) -> str:
    """A text of somebody else's without what a terminal would obey."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def asked_json(answer: Answer, result: dict[str, Any] | None = None) -> str:
    """The answer as JSON, with the result of the scenario that was run."""
    made = answer.as_dict() | ({"result": result} if result is not None else {})
    return json.dumps(made, indent=1, ensure_ascii=False, allow_nan=False)
