"""What the pages of the questions share: head, figures in two widths, the line that makes it again, and notices."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from vallum.report import charts, sections, sentences, words
from vallum.report.html import Html, element, joined, verbatim
from vallum.report.page import whole
from vallum.report.sections import section
from vallum.results import Manifest

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def page_of(
    question: str, made: Manifest, facts: Iterable[str], parts: Iterable[Html | None], beside: str, record: bool
) -> str:
    """A page of a question: its head, its sections, and the notices. beside : files in the same folder, in words"""
    body = joined(
        element("a", "Skip to the answer", href="#answer", class_="skip"),
        head(question, made, [*facts, f"knowledge as of {words.day(made.as_of)}"]),
        element("main", *parts, id="content"),
        _notices(made, beside, record),
        between="\n",
    )
    return whole(question, made.version, body)


def head(question: str, made: Manifest, facts: Iterable[str]) -> Html:
    """What stands above the answer: the scenario, the question, and the facts of the run in one line."""
    return element(
        "header",
        element("p", element("strong", "vallum"), " ", made.title, class_="brand"),
        element("h1", question),
        element("p", " · ".join(facts), class_="facts"),
    )


def answer(lines: Iterable[str], hints: Iterable[str]) -> Html:
    """The answer: its first sentence leads, what holds for all of it stands small below."""
    first, *rest = lines
    return section(
        "The answer",
        element("p", first, class_="lead"),
        *(element("p", line) for line in rest),
        *(element("p", hint, class_="hint") for hint in hints),
        id_="answer",
    )


def figure(name: str, heading: str, said: str, draw: Callable[[bool], Figure]) -> Html:
    """A figure in its wide and its narrow form. draw : whether it is for a phone -> the figure"""
    pictures = []
    for form, narrow in (("wide", False), ("narrow", True)):
        drawn = Html(sections.themed(charts.svg(draw(narrow)), f"{name}-{form}"))
        pictures.append(element("div", drawn, class_=f"picture {form}", role="img", aria_labelledby=f"{name}-said"))
    caption = element("figcaption", element("p", said, id=f"{name}-said"))
    return section(heading, element("figure", caption, *pictures), id_=name)


def again(command: str) -> Html:
    """The line that makes the answer again."""
    return section(
        "Run it again",
        element("p", "The same line gives the same numbers, on any machine and any number of cores:"),
        element("pre", element("code", verbatim(command)), tabindex="0"),
        id_="again",
    )


def _notices(made: Manifest, beside: str, record: bool) -> Html:
    said = f"Made by vallum {made.version} (Apache-2.0). Beside this page: {beside}."
    lines = [*sentences.notices(record), said]
    return element("footer", element("h2", "Data and licences"), *(element("p", line) for line in lines))
