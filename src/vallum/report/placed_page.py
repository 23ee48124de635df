"""Where systems would stand, as one page: the answer, the map of assumed sites, the plans beside each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from vallum.basing import ASSUMED, Placement
from vallum.report import charts, folder, sections, sentences, words
from vallum.report.html import Html, element, joined, verbatim
from vallum.report.page import whole
from vallum.report.placed import (
    LIVE,
    MODEL,
    map_said,
    placed_curve,
    placed_map,
    placed_sentences,
    plan_heads,
    plan_rows,
    row_cells,
    row_heads,
    tables,
)
from vallum.report.question_page import head
from vallum.report.sections import Head, grid, section

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def placed_page(made: Placement) -> str:
    """The answer as HTML that needs nothing else. Raises RunError where Matplotlib is not installed."""
    first = made.beside[0].result
    parts = (
        _answer(made),
        _figure("map", "Where they would stand", map_said(made), lambda narrow: placed_map(made, narrow)),
        _plans(made),
        _figure("curve", "What the next system adds", _CURVE, lambda narrow: placed_curve(made, narrow)),
        _tables(made),
        sections.doctrine(first),
        sections.limits(first),
        sections.claims(first),
        _again(made),
    )
    body = joined(
        element("a", "Skip to the answer", href="#answer", class_="skip"),
        _head(made),
        element("main", *parts, id="content"),
        _notices(made),
        between="\n",
    )
    return whole(made.question(), made.manifest.version, body)


_CURVE = "Line: expected cover with each number of systems placed best. Marks: the other plans with all systems."


def _head(made: Placement) -> Html:
    about = made.manifest
    facts = [f"{about.futures:,} futures", f"knowledge as of {words.day(about.as_of)}", ASSUMED]
    return head(made.question(), about, facts)


def _answer(made: Placement) -> Html:
    first, *rest = placed_sentences(made).splitlines()
    notes = [MODEL, LIVE] if made.ground.live else [MODEL]
    return section(
        "The answer",
        element("p", first, class_="lead"),
        *(element("p", line) for line in rest if line),
        *(element("p", note, class_="hint") for note in notes),
        id_="answer",
    )


def _figure(name: str, heading: str, said: str, draw: Callable[[bool], Figure | None]) -> Html | None:
    """A figure in its wide and its narrow form; nothing where there is none to draw."""
    pictures = []
    for form, narrow in (("wide", False), ("narrow", True)):
        figure = draw(narrow)
        if figure is None:
            return None
        drawn = Html(sections.themed(charts.svg(figure), f"{name}-{form}"))
        pictures.append(element("div", drawn, class_=f"picture {form}", role="img", aria_labelledby=f"{name}-said"))
    caption = element("figcaption", element("p", said, id=f"{name}-said"))
    return section(heading, element("figure", caption, *pictures), id_=name)


def _plans(made: Placement) -> Html:
    said = "The same systems at other sites, in the same futures with the same luck."
    heads = [Head(name, number=k > 0) for k, name in enumerate(plan_heads(made))]
    return section("Beside simpler plans", element("p", said), grid("Plans", heads, plan_rows(made)), id_="plans")


def _tables(made: Placement) -> Html:
    found = []
    for title, rows in tables(made):
        heads = [Head(name, number=k > 0) for k, name in enumerate(row_heads(made, title))]
        found.append(grid(f"Systems and cover: {title.lower()}", heads, [row_cells(made, row) for row in rows]))
    return section("In numbers", *found, id_="numbers")


def _again(made: Placement) -> Html:
    return section(
        "Run it again",
        element("p", "The same line gives the same numbers, on any machine and any number of cores:"),
        element("pre", element("code", verbatim(made.command())), tabindex="0"),
        id_="again",
    )


def _notices(made: Placement) -> Html:
    said = (
        f"Made by vallum {made.manifest.version} (Apache-2.0). Sites found with HiGHS through linopy. Beside this "
        "page: "
        "place.txt, place.csv, place.json and the figures."
    )
    lines = [*sentences.notices(folder.national(made.ground.scenario)), said]
    return element("footer", element("h2", "Data and licences"), *(element("p", line) for line in lines))
