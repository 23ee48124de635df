"""The sections of the report page that answer: figures, what packages change, what was reported, what drives it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from vallum.report import charts, sentences, words
from vallum.report.html import Html, element, joined
from vallum.report.sections.frames import (
    Head,
    align,
    badge,
    cell_of,
    claim_links,
    framed,
    grid,
    numbers,
    numbers_link,
    section,
)
from vallum.report.tables import Column, Table
from vallum.report.tables import stamp as stamp_of
from vallum.results import Difference, Result

#: Colours of the figures -> the page's own, which follow light, dark and print.
_PAGE_COLOURS: Final = {
    charts.INK: "var(--ink)",
    charts.MUTED: "var(--muted)",
    charts.GRID: "var(--grid)",
    **{colour: f"var(--c{k})" for k, colour in enumerate(charts.COLOURS, 1)},
}
#: A table of reported shares longer than this is folded, and its misses are listed.
_MANY: Final = 16
_HEADINGS: Final = {
    "stock": "How many interceptors are left",
    "supply": "What arrives",
    "leakers": "What gets through, and why",
    "dry_nights": "Nights without a round",
    "first_dry": "When the first night without a round comes",
    "stopped_share": "Share stopped, month by month",
}
_READING: Final = {
    "stock": "Line: median. Dark band: the middle half of the futures. Light band: nine in ten.",
    "supply": "Lines: mean of what each supply line has delivered so far. Bands: 5–95 %. Over the first 2,000 futures "
    "at most.",
    "leakers": "Bars: mean of the futures, by the first reason that applies. Line below: 5–95 % of the sum.",
    "dry_nights": "Points: share of futures in which the month has a night without a round, with its 95 % interval.",
    "first_dry": "Points: share of futures, with its 95 % interval. “Never” is never within the campaign.",
    "stopped_share": "Bars: 5–95 % of futures, with the median.",
}
#: How what was reported is drawn, where there is some.
_REPORTED: Final = (
    " Diamonds: reported by the defending side, open where only part of the month is reported; a reported share is a "
    "claim, not the truth."
)
_IN_UNIT: Final = ("median", "p5", "p95", "mean", "se_mean", "se_median")


def answer(result: Result) -> Html:
    """The answer in words, in numbers, and how to read its bands."""
    first, *rest = result.answer.split("\n")
    return section(
        "The answer",
        element("p", first, class_="lead"),
        *(element("p", part) for part in rest),
        element("ul", *map(_card, sentences.cards(result)), class_="cards"),
        element("p", sentences.BAND.format(futures=f"{result.manifest.futures:,}"), class_="hint"),
        id_="answer",
    )


def _card(card: sentences.Card) -> Html:
    return element(
        "li",
        element("span", card.title, class_="card-title"),
        element("strong", card.number),
        element("span", card.band, class_="hint"),
    )


def figures(result: Result, made: Mapping[str, Table]) -> Html:
    """All figures that have something to show."""
    found = [_figure(result, name, made[name]) for name in charts.DRAWINGS if name in made]
    return joined(*found, between="\n")


def _figure(result: Result, name: str, table: Table) -> Html:
    said = f"{name}-said"
    stamp = stamp_of(result.manifest)
    pictures = [_picture(name, table, narrow, said, stamp) for narrow in (False, True)]
    caption = element(
        "figcaption",
        element("p", sentences.of_figure(result, table), id=said, class_="takeaway"),
        element("p", _READING[name] + (_REPORTED if _tells(table) else ""), class_="hint"),
    )
    inner = element("figure", caption, *pictures, numbers(table), role="group", aria_labelledby=f"{name}-title")
    return section(_HEADINGS[name], inner, id_=name)


def _tells(table: Table) -> bool:
    """Whether a figure has something reported in it."""
    named = {column.name for column in table.columns}
    return "reported" in named and any(cell is not None for cell in table.column("reported"))


def _picture(name: str, table: Table, narrow: bool, said: str, stamp: str) -> Html:
    form = "narrow" if narrow else "wide"
    drawn = themed(charts.svg(charts.draw(name, table, narrow, stamp)), f"{name}-{form}")
    return element("div", Html(drawn), class_=f"picture {form}", role="img", aria_labelledby=said)


def themed(drawing: str, prefix: str) -> str:
    """The drawing with colours of the page, and with identifiers that no other drawing has."""
    made = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', drawing)
    made = re.sub(r'(href="#|url\(#)', rf"\1{prefix}-", made)
    made = re.sub(r'<svg ([^>]*?)width="[^"]*"', r'<svg aria-hidden="true" focusable="false" \1', made, count=1)
    made = re.sub(r'(<svg [^>]*?)\bheight="[^"]*" ', r"\1", made, count=1)
    for colour, variable in _PAGE_COLOURS.items():
        made = made.replace(colour, variable)
    return made


def all_outcomes(made: Mapping[str, Table]) -> Html | None:
    """Every outcome of the answer, unfolded on demand."""
    table = made.get("outcomes")
    if table is None:
        return None
    names = ("in_words", "unit", "median", "p5", "p95", "mean", "se_mean", "se_median", "n", "n_never")
    places = [k for name in names for k, column in enumerate(table.columns) if column.name == name]
    few = Table(
        table.name,
        table.title,
        tuple(table.columns[k] for k in places),
        tuple(tuple(row[k] for k in places) for row in table.rows),
    )
    head = element("tr", *(element("th", c.heading, scope="col", class_=align(c)) for c in few.columns))
    unit = names.index("unit")
    body = [
        element("tr", *(cell_of(_in_unit(column, str(row[unit])), row[k], k) for k, column in enumerate(few.columns)))
        for row in few.rows
    ]
    link_table = numbers_link(table)
    inner = framed(few.title, element("thead", head), element("tbody", *body))
    fold = element("details", element("summary", f"All {len(few.rows)} outcomes with their errors"), inner, link_table)
    return section("All outcomes", fold, id_="outcomes")


def _in_unit(column: Column, unit: str) -> Column:
    """Means and quantiles stand in the unit of their row."""
    return Column(column.name, column.heading, unit) if column.name in _IN_UNIT else column


def changes(result: Result) -> Html | None:
    """What each package changes, future by future."""
    if not result.differences:
        return None
    packages = dict.fromkeys(change.package for change in result.differences)
    said = "The same futures, with and without: luck and what is not known are the same on both sides."
    tables = [_change_table(name, words.by_weight(result, name)) for name in packages]
    return section("What a package changes", element("p", said), *tables, id_="changes")


def _change_table(package: str, made: Sequence[Difference]) -> Html:
    heads = [Head("Outcome"), *(Head(name, True) for name in ("Without", "With", "Difference", "5–95 %"))]
    return grid(f"With {package}", [*heads, Head("By reading of what is disputed")], map(_change_row, made))


def _change_row(made: Difference) -> list[str]:
    name, unit = words.changed(made)
    error = words.error(made.se, unit).replace(" %", "")
    return [
        name,
        words.number(made.before, unit),
        words.number(made.after, unit),
        f"{words.signed(made.mean, unit)} ({error})" if made.told_apart else "cannot be told apart",
        words.changed_by(made, unit) or "–",
        "; ".join(_by_reading(name, means, unit) for name, means in made.readings.items()) or "–",
    ]


def losses(result: Result) -> Html | None:
    """What the loss of each supplier changes: its lines deliver nothing, all else is the same (O)."""
    heads, rows = words.losses(result)
    if not rows:
        return None
    said = "The same futures, in which all lines of one supplier bring nothing. Mean change, and its 5–95 % band."
    table = grid("Without one supplier", [Head(name) for name in ("Supplier lost", *heads)], rows)
    return section("What losing a supplier changes", element("p", said), table, id_="losses")


def _by_reading(name: str, means: Mapping[str, float], unit: str) -> str:
    told = [f"{words.signed(mean, unit)} as “{words.plain(reading)}”" for reading, mean in means.items()]
    return f"{words.plain(name)}: {', '.join(told)}"


def reported(result: Result) -> Html | None:
    """Events that were reported and not used as input, with the share of futures that show them."""
    if not result.reported:
        return None
    items = [
        element(
            "li",
            element("strong", _shown(event["share_of_futures"])),
            element("span", event["title"], " ", claim_links(event["claims"])),
        )
        for event in result.reported
    ]
    return section(
        "Reported against simulated",
        element("p", "Reported, and not used as input; beside it the share of futures that show it."),
        element("ul", *items, class_="reported"),
        id_="reported",
        class_="box",
    )


def _shown(share: float | None) -> str:
    return "–" if share is None else words.percent(share)


def shares(made: Mapping[str, Table]) -> Html | None:
    """Months for which a share was reported, beside the band; what lies outside is marked."""
    table = made.get("stopped_share")
    rows = [] if table is None else [row for row in table.records() if row["reported"] is not None]
    if not rows:
        return None
    outside = [row for row in rows if row["mark"] not in ("inside", None)]
    said = (
        f"{len(outside)} of {len(rows)} reported monthly shares lie outside the simulated 5–95 % band; each is a miss "
        "of the model, of the report, or of both."
    )
    heads = [
        Head("Month"),
        Head("Class"),
        *(Head(name, True) for name in ("Simulated", "5–95 %", "Reported")),
        Head("Against the band"),
    ]
    inner = grid("Share stopped: simulated, and reported by the defending side", heads, map(_share_row, rows))
    if len(rows) > _MANY:
        inner = joined(
            _misses(outside), element("details", element("summary", f"All {len(rows)} monthly shares"), inner)
        )
    return section("Monthly shares against the record", element("p", said), inner, id_="shares")


def _misses(rows: Sequence[Mapping[str, Any]]) -> Html | None:
    """Months out of range, class by class."""
    classes = dict.fromkeys(row["class"] for row in rows)
    return element("ul", *(element("li", _missed(name, rows)) for name in classes)) if rows else None


def _missed(name: str, rows: Sequence[Mapping[str, Any]]) -> str:
    told = [
        f"{words.short_month(row['month'])} {words.number(row['reported'], 'share')} "
        f"(simulated {words.band(row['p5'], row['p95'], 'share')})"
        for row in rows
        if row["class"] == name
    ]
    return f"{words.capital(words.threat_class(name))}, reported: {'; '.join(told)}"


def _share_row(row: Mapping[str, Any]) -> list[str]:
    mark = row["mark"] or "nothing simulated"
    partly = "" if row["reported_complete"] == "yes" else " (part of the month)"
    return [
        words.month(row["month"]),
        words.threat_class(row["class"]),
        words.number(row["median"], "share"),
        words.band(row["p5"], row["p95"], "share"),
        words.number(row["reported"], "share"),
        joined(badge(mark, "out") if mark != "inside" else mark, partly),
    ]


def drivers(result: Result) -> Html | None:
    """How much of the spread is ignorance, and how much of that nobody publishes."""
    if result.split is None:
        return None
    made = result.split
    parts = [
        (made.unpublished, "what nobody publishes", "c4"),
        (made.knowledge - made.unpublished, "other things not known exactly", "c2"),
        (1 - made.knowledge, "chance", "c1"),
    ]
    said = [element("p", note) for note in words.notes(result) if words.outcome(made.label) in note]
    bar = [
        element("span", "", style=f"flex-grow:{max(share, 0.0):.4f}", class_=colour)
        for share, _, colour in parts
        if share > 0
    ]
    key = [
        element("li", element("i", "", class_=colour), f"{words.percent(max(share, 0.0))} {name}")
        for share, name, colour in parts
    ]
    return section(
        "What drives the spread",
        *said,
        element("div", *bar, class_="bar", aria_hidden="true"),
        element("ul", *key, class_="key"),
        id_="drivers",
    )
