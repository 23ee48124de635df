"""The report as one page that needs nothing else: no script, no server, no request."""

from __future__ import annotations

import re
from importlib.resources import files

from vallum.report import sections, words
from vallum.report.html import Html, element, joined, void
from vallum.report.tables import Table, everything
from vallum.results import Result


def page(result: Result, record: bool = True, supply: Table | None = None) -> str:
    """Return the report as HTML.

    record : set the shares reported for the whole country beside the simulated ones
    supply : what arrives (`tables.supply`); without it, that section is left out
    Raises RunError where Matplotlib is not installed.
    """
    made = everything(result, record) | ({"supply": supply} if supply else {})
    parts = (
        sections.answer(result),
        sections.figures(result, made),
        sections.changes(result),
        sections.losses(result),
        sections.reported(result),
        sections.shares(made),
        sections.drivers(result),
        sections.inputs(result),
        sections.doctrine(result),
        sections.limits(result),
        sections.all_outcomes(made),
        sections.claims(result),
        sections.again(result),
    )
    body = joined(
        element("a", "Skip to the answer", href="#answer", class_="skip"),
        _head(result),
        element("main", *parts, id="content"),
        sections.notices(result, record),
        between="\n",
    )
    return whole(result.manifest.question, result.manifest.version, body)


def whole(title: str, version: str, body: Html, style: str = "") -> str:
    """A page around its body: nothing of it is loaded from anywhere. style : more rules beside those of all pages"""
    return f"<!doctype html>\n{element('html', _meta(title, version, style), element('body', body), lang='en')}\n"


def _unbroken(heading: str) -> Html:
    """Keep spans of years such as 2025-26 on one line."""
    parts = re.split(r"(\d+[-–]\d+)", heading)
    return joined(*(element("span", part, class_="nowrap") if k % 2 else part for k, part in enumerate(parts)))


def _meta(title: str, version: str, style: str) -> Html:
    # a policy in the page itself: nothing may be loaded, whatever somebody wrote into a scenario
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    return element(
        "head",
        void("meta", charset="utf-8"),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", http_equiv="Content-Security-Policy", content=policy),
        void("meta", name="color-scheme", content="light dark"),
        void("meta", name="generator", content=f"vallum {version}"),
        element("title", f"{title} – vallum"),
        element("style", Html(_style() + style)),
    )


def _style() -> str:
    return (files("vallum.report") / "style.css").read_text(encoding="utf-8")


def _head(result: Result) -> Html:
    made = result.manifest
    last = result.dates[-1]
    span = words.day(made.start) if made.days == 1 else f"{words.day(made.start)} to {words.day(last)}"
    facts = [span, f"{made.futures:,} futures", f"knowledge as of {words.day(made.as_of)}"]
    packages = [f"with {words.join(list(made.packages))}"] if made.packages else []
    return element(
        "header",
        element("p", element("strong", "vallum"), " ", made.title, class_="brand"),
        element("h1", _unbroken(made.question)),
        element("p", " · ".join([*packages, *facts]), class_="facts"),
    )
