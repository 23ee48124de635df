"""What drives an outcome, as one page: the answer, the ranking, the sources, and the facts worth knowing (Q5)."""

from __future__ import annotations

from vallum.drivers import AS_IT_IS, Sensitivity
from vallum.report import folder, sections, words
from vallum.report.html import Html, element
from vallum.report.question_page import again, answer, figure, page_of
from vallum.report.sections import Head, grid, section
from vallum.report.sensed import belief_rows, driver_rows, fact_rows, how, sensed_figure, sensed_sentences

_FIGURE = (
    "Above: share of the outcome's variance that comes from each number that is not known, alone (first) and with all "
    "that it acts through (total). Below: what changes where one source is right alone."
)
_BELIEFS = "Each source believed alone, all others as they stand, in the same futures with the same luck."
_FACTS = "What it would be worth to know one number before choosing, in the unit of the outcome."
_BESIDE = "sensitivity.txt, drivers.csv, claims.csv, sensitivity.svg, sensitivity.json"


def sensed_page(made: Sensitivity) -> str:
    """The answer as HTML that needs nothing else. Raises RunError where Matplotlib is not installed."""
    base = made.results[AS_IT_IS]
    parts = (
        answer(sensed_sentences(made), ()),
        figure("drivers", "What drives it", _FIGURE, lambda narrow: sensed_figure(made, narrow)),
        section("The ranking", _table(f"Shares of the variance: {words.outcome(made.label)}", driver_rows(made)),
                id_="ranking"),
        _beliefs(made),
        _facts(made),
        section("How it was found", element("p", how(made)), id_="how"),
        sections.doctrine(base),
        sections.limits(base),
        sections.claims(base),
        again(made.command()),
    )  # fmt: skip
    facts = [f"{made.manifest.futures:,} futures", f"{made.points} base points", f"seed {made.manifest.seed}"]
    record = folder.national(made.scenario)
    return page_of(made.question(), made.manifest, facts, parts, _BESIDE, record)


def _beliefs(made: Sensitivity) -> Html | None:
    if not made.beliefs:
        return None
    table = _table("The outcome with one source believed", belief_rows(made, made.beliefs))
    return section("What if this source is right?", element("p", _BELIEFS), table, id_="sources")


def _facts(made: Sensitivity) -> Html | None:
    if made.choice is None:
        return None
    one = made.choice
    table = _table(f"{one.options[0]} or {one.options[1]}: worth of each fact", fact_rows(made))
    return section("Which fact would change the choice?", element("p", _FACTS), table, id_="facts")


def _table(title: str, rows: list[tuple[str, ...]]) -> Html:
    head, *body = rows
    return grid(title, [Head(name or "number", number=k > 0) for k, name in enumerate(head)], [list(r) for r in body])
