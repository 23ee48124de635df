"""The sections of the report page."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vallum.report import charts, sentences, words
from vallum.report.html import Html, element, joined, verbatim, void
from vallum.report.tables import Cell, Column, Table
from vallum.report.tables import stamp as stamp_of
from vallum.results import Difference, Result

#: Colours of the figures -> the page's own, which follow light, dark and print.
_PAGE_COLOURS: Final = {
    charts.INK: "var(--ink)",
    charts.MUTED: "var(--muted)",
    charts.GRID: "var(--grid)",
    **{colour: f"var(--c{k})" for k, colour in enumerate(charts.COLOURS, 1)},
}
#: A figure's table longer than this shows the rows at the turn of months; the rest is in its CSV.
_LONG: Final = 120
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
_WEB: Final = re.compile(r"https?://[^\s\"'<>]+")


def section(heading: str, *children: str | None, id_: str, class_: str | None = None) -> Html:
    """A section of a page under its heading."""
    title = element("h2", heading, id=f"{id_}-title")
    return element("section", title, *children, id=id_, class_=class_, aria_labelledby=f"{id_}-title")


# --- the answer -------------------------------------------------------------------------------------


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


# --- figures ----------------------------------------------------------------------------------------


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


def numbers(table: Table, heading: str = "The numbers as a table") -> Html:
    """A table to unfold, with its CSV to take away."""
    shown = _shortened(table)
    note = f"Shown: the turns of the months. All {len(table.rows):,} rows are in the CSV." if shown != table else ""
    return element("details", element("summary", heading), html_table(shown), numbers_link(table, note))


def _shortened(table: Table) -> Table:
    if len(table.rows) <= _LONG or "date" not in [column.name for column in table.columns]:
        return table
    dates = table.column("date")
    last = dates[-1]
    kept = (
        row for row, day in zip(table.rows, dates, strict=True) if str(day).endswith("-01") or day in (dates[0], last)
    )
    return Table(table.name, table.title, table.columns, tuple(kept))


def html_table(table: Table) -> Html:
    """A table with caption and scopes, in a frame that scrolls where it is too wide."""
    head = element("tr", *(element("th", c.heading, scope="col", class_=_align(c)) for c in table.columns))
    body = [element("tr", *map(_cell, table.columns, row, range(len(row)))) for row in table.rows]
    return framed(table.title, element("thead", head), element("tbody", *body))


@dataclass(frozen=True)
class Head:
    """Heading of a column of ready cells."""

    name: str
    number: bool = False


def grid(title: str, heads: Sequence[Head], rows: Iterable[Sequence[str]]) -> Html:
    """A table of ready cells, the first of each row its heading; on a phone each row becomes a card."""
    head = element(
        "tr",
        *(element("th", h.name, scope="col", class_=_kind(h.number), role="columnheader") for h in heads),
        role="row",
    )
    body = [element("tr", *map(_ready, heads, row, range(len(heads))), role="row") for row in rows]
    parts = (element("thead", head, role="rowgroup"), element("tbody", *body, role="rowgroup"))
    # a table that is laid out as cards keeps its meaning for screen readers by its roles
    inner = element("table", element("caption", title), *parts, class_="cards-on-phone", role="table", aria_label=title)
    return element("div", inner, class_="frame")


def _ready(head: Head, cell: str, place: int) -> Html:
    if place == 0:
        return element("th", cell, scope="row", role="rowheader", class_=_kind(head.number))
    return element("td", cell, role="cell", class_=_kind(head.number), data_label=head.name)


def _kind(number: bool) -> str | None:
    return "number" if number else None


def framed(title: str, *parts: str) -> Html:
    """A table of ready parts, in a frame that scrolls by keyboard too."""
    inner = element("table", element("caption", title), *parts)
    return element("div", inner, class_="frame", role="region", aria_label=title, tabindex="0")


def _align(column: Column) -> str | None:
    return "number" if column.is_number else None


def _cell(column: Column, cell: Cell, place: int) -> Html:
    shown = cell_text(column, cell)
    if place == 0:
        return element("th", shown, scope="row", class_=_align(column))
    return element("td", shown, class_=_align(column))


def cell_text(column: Column, cell: Cell) -> str:
    """A cell as people read it."""
    if cell is None or cell == "":
        return "–"
    if isinstance(cell, str):
        return _text_cell(column.unit, cell)
    return words.number(float(cell), column.unit)


def _text_cell(unit: str, cell: str) -> str:
    if unit == "month":
        return "never" if cell == "never" else words.month(cell)
    if unit == "class":
        return words.threat_class(cell)
    if unit == "reason":
        return "all reasons" if cell == "all" else words.reason(cell)
    return words.plain(cell) if unit == "type" else cell


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
    head = element("tr", *(element("th", c.heading, scope="col", class_=_align(c)) for c in few.columns))
    unit = names.index("unit")
    body = [
        element("tr", *(_cell(_in_unit(column, str(row[unit])), row[k], k) for k, column in enumerate(few.columns)))
        for row in few.rows
    ]
    link_table = numbers_link(table)
    inner = framed(few.title, element("thead", head), element("tbody", *body))
    fold = element("details", element("summary", f"All {len(few.rows)} outcomes with their errors"), inner, link_table)
    return section("All outcomes", fold, id_="outcomes")


def _in_unit(column: Column, unit: str) -> Column:
    """Means and quantiles stand in the unit of their row."""
    return Column(column.name, column.heading, unit) if column.name in _IN_UNIT else column


_IN_UNIT: Final = ("median", "p5", "p95", "mean", "se_mean", "se_median")


def numbers_link(table: Table, note: str = "") -> Html:
    """The CSV of a table to take away, inside the page itself."""
    data = b64encode(table.csv().encode()).decode()
    link = element("a", f"{table.name}.csv", href=f"data:text/csv;base64,{data}", download=f"{table.name}.csv")
    return element("p", f"{note} Full numbers: ".lstrip(), link, class_="hint")


# --- what packages change ---------------------------------------------------------------------------


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


# --- what it is set against -------------------------------------------------------------------------


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
        joined(_badge(mark, "out") if mark != "inside" else mark, partly),
    ]


def _badge(words_: str, kind: str) -> Html:
    return element("span", words_, class_=f"badge {kind}")


# --- what it rests on -------------------------------------------------------------------------------


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


def inputs(result: Result) -> Html:
    """Inputs with best value, range, unit and source; assumptions carry a badge."""
    rows = [_input_row(result, entry) for entry in result.manifest.inputs]
    heads = [Head("Input"), Head("Best", True), Head("Range", True), Head("Unit"), Head("Where it is from")]
    uncertain = grid("Inputs that are not known exactly", heads, rows)
    nothing = element("p", "Nothing is uncertain in this scenario.")
    return section("What goes in", uncertain if rows else nothing, _held(result), id_="inputs")


def _input_row(result: Result, entry: Mapping[str, Any]) -> list[str]:
    unit = entry["unit"] or ""
    return [
        joined(entry["title"], " ", element("code", entry["name"])),
        words.number(entry["best"], unit),
        words.band(entry["low"], entry["high"], unit),
        unit or "–",
        joined(*_origin(result, entry)),
    ]


def _origin(result: Result, entry: Mapping[str, Any]) -> list[str]:
    parts: list[str] = []
    if not entry["published"]:
        parts += [_badge("published by nobody", "out"), " "]
    if entry["assumption"]:
        parts += [_badge("assumption", "assumed"), " ", element("span", entry["assumption"]), " "]
    told = [claim for claim in result.manifest.claims if claim["id"] in entry["claims"]]
    if told:
        parts.append(element("ul", *map(_told, told), class_="told"))
    return parts


def _told(claim: Mapping[str, Any]) -> Html:
    """Who said it, and when; the rest of the claim is in its own table."""
    return element("li", claim_links([claim["id"]]), f" {claim['speaker']}, {claim['as_of']}")


def claim_links(claims: Sequence[str]) -> Html:
    """Links from a number to the claims below."""
    links = [element("a", claim, href=f"#claim-{claim}") for claim in claims]
    return element("span", "[", joined(*links, between=", "), "]", class_="claims") if links else Html("")


def _held(result: Result) -> Html | None:
    """Assumptions about values that are held fixed, those with the same words together."""
    named = {entry["name"] for entry in result.manifest.inputs}
    items = [_held_one(entry) for entry in result.manifest.assumptions if entry["name"] not in named]
    if not items:
        return None
    return joined(element("h3", "Held at one value by assumption"), element("ul", *items, class_="held"))


def _held_one(entry: Mapping[str, Any]) -> Html:
    values = [element("code", f"{path} = {words.number(value)}") for path, value in entry["values"].items()]
    badge = _badge("assumption", "assumed")
    return element("li", badge, " ", entry["assumption"], void("br"), joined(*values, between=", "))


def claims(result: Result) -> Html | None:
    """Who said what, when and where."""
    if not result.manifest.claims:
        return None
    heads = [Head("Claim"), Head("What"), Head("Value"), Head("Who said it"), Head("Date"), Head("Source")]
    inner = grid("Claims that feed this run", heads, map(_claim_row, result.manifest.claims))
    return section(
        "Claims and sources", element("p", "A claim is what somebody said, not the truth."), inner, id_="claims"
    )


def _claim_row(entry: Mapping[str, Any]) -> list[str]:
    return [
        element("span", entry["id"], id=f"claim-{entry['id']}"),
        words.plain(entry["quantity"]),
        _claimed(entry),
        entry["speaker"],
        joined(*_dates(entry)),
        joined(*_source(entry)),
    ]


def _dates(entry: Mapping[str, Any]) -> Iterable[str]:
    """The day that a claim is about, and the day from which it was known where that is another."""
    yield element("span", entry["as_of"], class_="nowrap")
    if entry["known_from"] != entry["as_of"]:
        yield element("span", f" (known from {entry['known_from']})", class_="hint")


def _claimed(entry: Mapping[str, Any]) -> str:
    """The value of a claim with its range and unit."""
    unit = entry["unit"]
    value = words.span(entry["value"], entry["low"], entry["high"], unit)
    return value if unit in ("share", "USD million") else f"{value} {unit}"


def _source(entry: Mapping[str, Any]) -> Iterable[str]:
    """The source's title; a link only where its address is a plain web address."""
    if _WEB.fullmatch(entry["address"]):
        return [element("a", entry["source"], href=entry["address"], rel="noreferrer")]
    return [entry["source"], " ", element("span", "(address not known)", class_="hint")]


# --- how to read it ---------------------------------------------------------------------------------


def doctrine(result: Result) -> Html:
    """How the defence fights; the order of fire is named, for its effect is large."""
    made = result.manifest.doctrine
    lines = [words.order_of_fire(result), *sentences.doctrine(made)]
    salvos = [_salvo_row(name, shots) for name, shots in made.get("salvos", {}).items()]
    inner = grid("Shot doctrine", [Head("Layer"), Head("Against"), Head("Shots")], salvos) if salvos else None
    return section(
        "How the defence fights", element("ul", *(element("li", line) for line in lines)), inner, id_="doctrine"
    )


def _salvo_row(name: str, shots: list[int]) -> list[str]:
    layer, _, against = name.partition(", ")
    return [words.plain(layer), words.threat_class(against), words.salvo(shots)]


def limits(result: Result) -> Html:
    """What is not modelled, with as much weight as the rest."""
    parts = [
        element("p", "Left out of the model, so out of every number above:"),
        element("ul", *(element("li", words.capital(line)) for line in result.manifest.not_modelled)),
    ]
    if result.manifest.warnings:
        parts += [element("h3", "Warnings"), element("ul", *(element("li", line) for line in result.manifest.warnings))]
    parts += [
        element("h3", "How to read the numbers"),
        element("ul", *(element("li", line) for line in sentences.cautions(result))),
    ]
    return section("Limits", *parts, id_="limits", class_="box")


def again(result: Result) -> Html:
    """How to get the same numbers again."""
    made = result.manifest
    own = f"vallum run scenario.yaml --futures {made.futures} --seed {made.seed} --as-of {made.as_of}"
    facts = {
        "Scenario": made.name,
        "Packages": ", ".join(made.packages) or "none",
        "Fingerprint": made.fingerprint,
        "Seed": str(made.seed),
        "Futures": f"{made.futures:,}",
        "As of": str(made.as_of),
        "Version": f"vallum {made.version}",
    }
    rows = [joined(element("dt", key), element("dd", value)) for key, value in facts.items()]
    hashes = [joined(element("dt", key), element("dd", value)) for key, value in made.snapshots.items()]
    return section(
        "Run it again",
        element("p", "The same line gives the same numbers, on any machine and any number of cores:"),
        element("pre", element("code", verbatim(made.command())), tabindex="0"),
        element("p", "Or from the file beside this page:"),
        element("pre", element("code", verbatim(own)), tabindex="0"),
        element("dl", *rows),
        element("details", element("summary", "SHA-256 of the data that this rests on"), element("dl", *hashes)),
        id_="again",
    )


def notices(result: Result, record: bool = True) -> Html:
    """Where the data is from, and its terms; `record` as in `page`."""
    made = element(
        "p",
        f"Made by vallum {result.manifest.version} (Apache-2.0). Beside this page: result.json, scenario.yaml, "
        "tables.xlsx, tables/*.csv.",
    )
    return element(
        "footer", element("h2", "Data and licences"), *(element("p", line) for line in sentences.notices(record)), made
    )
