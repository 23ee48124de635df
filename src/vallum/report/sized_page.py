"""How much is enough, as one page: the answer, the curve as figure and table, and what stands behind it (Q0, Q1)."""

from __future__ import annotations

from collections.abc import Iterator

from vallum.report import folder, sections, words
from vallum.report.html import Html, element
from vallum.report.question_page import again, answer, figure, page_of
from vallum.report.sections import Head, grid, section
from vallum.report.sized import (
    curve_rows,
    frontier_figure,
    frontier_rows,
    frontier_sentences,
    how,
    nearest,
    sized_figure,
    sized_sentences,
)
from vallum.sizing import Frontier, Sizing

_CURVE = (
    "Line: share of futures that meet the standard, with its 95 % interval. Dashed: the share that is wanted. Dotted: "
    "the answer, or both ends of the pair that cannot be told apart."
)
_FRONTIER = "Line: the least that is surely enough; the band reaches down to what may be enough. Below: mean cost."
_BESIDE = "size.txt, size.csv, size.svg, size.json"


def sized_page(made: Sizing | Frontier) -> str:
    """The answer as HTML that needs nothing else. Raises RunError where Matplotlib is not installed."""
    parts = _frontier(made) if isinstance(made, Frontier) else _sized(made)
    shown = made.shown()
    behind = (
        section("How it was found", element("p", how(made.tell_apart)), id_="how"),
        sections.doctrine(shown),
        sections.limits(shown),
        sections.claims(shown),
        again(made.command()),
    )
    record = folder.national(made.scenario)
    standards = [made.standard] if isinstance(made, Frontier) else [one.standard for one in made.sizes]
    facts = [*standards, f"seed {made.manifest.seed}"]
    return page_of(made.question(), made.manifest, facts, (*parts, *behind), _BESIDE, record)


def _sized(made: Sizing) -> Iterator[Html]:
    yield answer(sized_sentences(made)[:-1], sized_sentences(made)[-1:])
    yield figure("curve", "How often it is met", _CURVE, lambda narrow: sized_figure(made, narrow))
    tables: list[Html] = []
    for one in made.sizes:
        title = f"{one.standard}, wanted in {words.percent(one.goal)} of futures"
        few = nearest(one)
        tables.append(_table(title, curve_rows(made, one, few)))
        if len(few) < len(one.curve):
            whole = _table(title, curve_rows(made, one, one.curve))
            tables.append(element("details", element("summary", "Every value that was tried"), whole))
    yield section("In numbers", *tables, id_="values")


def _frontier(made: Frontier) -> Iterator[Html]:
    said = frontier_sentences(made)
    yield answer(said[:-1], said[-1:])
    yield figure("frontier", "One against the other", _FRONTIER, lambda narrow: frontier_figure(made, narrow))
    yield section("In numbers", _table(f"The least of {made.paths[1]}", frontier_rows(made)), id_="values")


def _table(title: str, lines: list[tuple[str, ...]]) -> Html:
    head, *rows = lines
    return grid(title, [Head(name, number=name != "verdict") for name in head], [list(row) for row in rows])
