"""A comparison as one page to hand up: the answer, the score card, and with the same weight what is not modelled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Final

from vallum.comparison import BETTER, NO_CHANGE, SAME, WORSE, Comparison, Option, verdict
from vallum.report import charts, folder, sections, sentences, words
from vallum.report.compared import (
    broken_even,
    chosen,
    compared_failing,
    compared_figure,
    compared_sentences,
    effect,
    of_base,
    off_by,
    shown,
    shown_change,
    titled,
    told,
)
from vallum.report.html import Html, element, joined, verbatim
from vallum.report.page import whole
from vallum.report.question_page import head
from vallum.report.sections import Head, grid, section
from vallum.results import Difference

_MARKS: Final = {BETTER: ("better", "✓ better"), WORSE: ("worse", "✗ worse")}
_SCORES: Final = (
    "Each column is one package beside the base, in the same futures with the same luck. The number is the mean "
    "difference, "
    "the small one its 5–95 % band over futures. No rank is made of the rows: what weighs more is not the model's to "
    "say."
)
_READING: Final = (
    "Differences are means over the same futures with and without the package. “5–95 % of futures”: in nine of ten the "
    "difference lies between. “Cannot be told apart”: within two standard errors of none."
)
_PARTS: Final = (
    "A share of the effect for each part, all orders in which the parts could come weighed alike (Shapley); the shares "
    "sum to the whole. Where parts help or hinder one another, no split is the true one: this is one convention."
)
_EVEN: Final = (
    "No source says how large these effects are; the package assumes them. Told instead is how large each "
    "would have to be."
)
_FAILS: Final = (
    "Conditions are looked for in one half of the futures (PRIM) and judged in the other. What the attacker does "
    "enters "
    "only as the total he launches."
)
_CRITERIA: Final = (
    "Decision criteria weigh the same futures in different ways, and may disagree. None of them is the answer."
)


def compared_page(made: Comparison) -> str:
    """The comparison as HTML that needs nothing else. Raises RunError where Matplotlib is not installed."""
    about = made.manifest
    parts = (
        _answer(made),
        _card(made),
        _figure(made),
        _beside(made),
        _failures(made),
        _criteria(made),
        _evens(made),
        _parts(made),
        *_inputs(made),
        sections.doctrine(made.base),
        sections.limits(made.base),
        _claims(made),
        _again(made),
    )
    body = joined(
        element("a", "Skip to the answer", href="#answer", class_="skip"),
        _head(made),
        element("main", *parts, id="content"),
        _notices(made),
        between="\n",
    )
    style = (files("vallum.report") / "compared.css").read_text(encoding="utf-8")
    return whole(made.question(), about.version, body, style)


def _head(made: Comparison) -> Html:
    about = made.manifest
    facts = [f"{about.futures:,} futures", f"knowledge as of {words.day(about.as_of)}", f"{len(made.options)} packages"]
    return head(made.question(), about, facts)


def _answer(made: Comparison) -> Html:
    lines = compared_sentences(made).splitlines()
    packages = [_said(option, told(made, option), effect(made, option)) for option in made.options]
    standards = [element("li", line) for line in lines[1 + len(made.options) :]]
    return section(
        "The answer",
        element("p", lines[0], class_="lead"),
        element("ul", *packages, class_="told-of"),
        element("h3", "Is it enough?") if standards else None,
        element("ul", *standards) if standards else None,
        element("p", _READING, class_="hint"),
        id_="answer",
    )


def _said(option: Option, line: str, first: str) -> Html:
    """What is said of one package: its name and the effect, then what comes with it."""
    who = f"{titled(option)}: "
    start = first if line.startswith(first) else line
    rest = line.removeprefix(start).strip()
    more = element("span", rest, class_="rest") if rest else None
    return element("li", element("strong", who), start.removeprefix(who), more)


# --- the score card ---------------------------------------------------------------------------------


def _card(made: Comparison) -> Html:
    names = ("Outcome", "Base", *(one.name for one in made.options))
    heads = [element("th", text, scope="col", role="columnheader") for text in names]
    rows = []
    for label in made.card:
        title, unit, before = of_base(made, label)
        cells = [element("td", before, role="cell", data_label="Base")]
        for option, one in zip(made.options, shown(made, label), strict=True):
            cells.append(element("td", _cell(one, unit), role="cell", data_label=option.name))
        rows.append(
            element("tr", element("th", words.capital(title), scope="row", role="rowheader"), *cells, role="row")
        )
    grounds = [element("td", _grounds(one), role="cell", data_label=one.name) for one in made.options]
    first = element("th", "Values changed, and what they rest on", scope="row", role="rowheader")
    rows.append(element("tr", first, element("td", "", role="cell"), *grounds, role="row", class_="grounds"))
    parts = (
        element("thead", element("tr", *heads, role="row"), role="rowgroup"),
        element("tbody", *rows, role="rowgroup"),
    )
    title = "Score card: difference from the base"
    inner = element("table", element("caption", title), *parts, class_="cards-on-phone", role="table", aria_label=title)
    table = element("div", element("div", inner, class_="frame"), class_="card-table")
    return section(
        "Score card", element("p", _SCORES), table, element("p", _provenance(made), class_="hint"), id_="card"
    )


def _grounds(option: Option) -> str:
    """How many values a package changes, and how many of the new ones rest on claims."""
    new = [one for one in option.changes if one.new is not None]
    counts = {
        "from claims": sum(bool(one.claims) for one in new),
        "assumed": sum(one.assumed and not one.claims for one in new),
        "chosen": sum(not one.assumed and not one.claims for one in new),
        "taken out": len(option.changes) - len(new),
    }
    return ", ".join(f"{many} {what}" for what, many in counts.items() if many) or "none"


def _provenance(made: Comparison) -> str:
    """What the card was made from."""
    about = made.manifest
    claims = {claim["id"] for result in made.results.values() for claim in result.manifest.claims}
    return (
        f"From {about.futures:,} futures, seed {about.seed}, knowledge as of {words.day(about.as_of)}, {len(claims)} "
        f"claims (listed below), vallum {about.version}. “From claims”: somebody said it, and it is cited; “assumed”: "
        "nobody did; “chosen”: what the package decides. All outcomes are in compare.csv; hashes of the data in "
        "compare.json."
    )


def _cell(made: Difference | None, unit: str) -> Html:
    if made is None:
        return Html("–")
    word = verdict(made)
    kind, text = _MARKS.get(
        word, ("neutral", f"= {word}" if word == NO_CHANGE else f"≈ {word}" if word == SAME else word)
    )
    if word == NO_CHANGE:
        return element("span", text, class_=f"verdict {kind}")
    spread = words.changed_by(made, unit)
    parts: list[str] = [element("strong", words.signed(made.mean, unit))]
    if spread:
        parts += [" ", element("span", spread, class_="hint")]
    return joined(*parts, element("span", text, class_=f"verdict {kind}"))


def _beside(made: Comparison) -> Html:
    """What a package does, what the model says of it, and what it leaves out, in columns of the same width."""
    heads = [Head("Package"), Head("What the model says"), Head("Not modelled")]
    rows = [[_named(one), _short(made, one), _own_limits(one)] for one in made.options]
    inner = element("div", grid("What is said of each package, and what is not", heads, rows), class_="beside")
    rest = joined(element("p", "Left out for every package:"), _bullets(made.not_modelled))
    return section("What the numbers leave out", inner, rest, id_="left-out", class_="box")


def _short(made: Comparison, option: Option) -> str:
    """The effect without the package's name, which stands beside it."""
    return words.capital(effect(made, option).removeprefix(f"{titled(option)}: "))


def _own_limits(option: Option) -> Html:
    """What is left out of one package alone; where nothing is named, that is said, and not taken for complete."""
    return _bullets(option.not_modelled or ("nothing is named beside what is left out for every package, below",))


def _named(option: Option) -> Html:
    return joined(element("strong", option.name), element("span", f" {option.title}", class_="hint"))


def _bullets(lines: Iterable[str]) -> Html:
    return element("ul", *(element("li", line) for line in lines))


def _figure(made: Comparison) -> Html:
    said = f"Change in {words.outcome(made.label)} against the base, by package."
    reading = (
        "Mark: mean of the futures with twice its error, open where it cannot be told apart. Bar: 5–95 % of futures."
    )
    pictures = [
        element(
            "div",
            Html(sections.themed(charts.svg(compared_figure(made, narrow)), f"effect-{form}")),
            class_=f"picture {form}",
            role="img",
            aria_labelledby="effect-said",
        )
        for form, narrow in (("wide", False), ("narrow", True))
    ]
    caption = element("figcaption", element("p", said, id="effect-said"), element("p", reading, class_="hint"))
    return section("What each package changes", element("figure", caption, *pictures), id_="effect")


# --- what stands behind it --------------------------------------------------------------------------


def _inputs(made: Comparison) -> Iterator[Html]:
    heads = [Head("Value"), Head("Base"), Head("Package"), Head("Rests on")]
    tables = []
    for option in made.options:
        rows = [
            [
                element("code", one.path),
                shown_change(one.old, one.was),
                shown_change(one.new, one.becomes),
                one.ground,
            ]
            for one in option.changes
        ]
        tables.append(grid(f"{option.name}: {option.title}", heads, rows))
    said = element("p", "Exactly these values differ from the base; everything else is the same.")
    yield section("What each package changes in the input", said, *tables, id_="inputs")


def _parts(made: Comparison) -> Html | None:
    tables = []
    for option in made.options:
        if len(option.parts) < 2 or not option.attributions:  # noqa: PLR2004
            continue
        few = option.attributions
        heads = [Head("Outcome"), *(Head(part.title, True) for part in option.parts), Head("The whole", True)]
        rows = []
        for one in few:
            cells = [f"{words.signed(s.mean, one.label.unit)} ({off_by(s.se, one.label.unit)})" for s in one.shares]
            whole_ = words.signed(float(one.whole), one.label.unit)
            rows.append([words.capital(words.outcome(one.label)), *cells, whole_])
        tables.append(grid(f"{option.name}, part by part", heads, rows))
    return section("Where the effect comes from", element("p", _PARTS), *tables, id_="parts") if tables else None


def _evens(made: Comparison) -> Html | None:
    lines = [f"{option.name}. {broken_even(one)}" for option in made.options for one in option.break_evens]
    if not lines:
        return None
    return section("Effects that no source gives", element("p", _EVEN), _bullets(lines), id_="break-even", class_="box")


def _failures(made: Comparison) -> Html:
    return section("When it fails", element("p", _FAILS), _bullets(compared_failing(made)), id_="fails")


def _criteria(made: Comparison) -> Html:
    lines = [chosen(one, one.unit) for one in made.criteria]
    unit = made.label.unit
    heads = [Head("Option"), *(Head(name, True) for name in ("Mean", "95 %", "Most", "None better in"))]
    rows = [
        [one.option, *(words.number(value, unit) for value in (one.mean, one.p95, one.most)), words.percent(one.best)]
        for one in made.regrets
    ]
    table = grid(
        f"Regret across futures: {words.outcome(made.label)} behind the best option of the same future", heads, rows
    )
    return section("By decision criterion", element("p", _CRITERIA), _bullets(lines), table, id_="criteria")


def _claims(made: Comparison) -> Html | None:
    """The claims of base and packages in one table."""
    found = {claim["id"]: claim for result in made.results.values() for claim in result.manifest.claims}
    everything = replace(made.base.manifest, claims=tuple(found[key] for key in sorted(found)))
    return sections.claims(replace(made.base, manifest=everything))


def _again(made: Comparison) -> Html:
    about = made.manifest
    facts = {
        "Base": f"{about.name}, {about.fingerprint}",
        **{option.name: option.result.manifest.fingerprint for option in made.options},
        "Seed": str(about.seed),
        "Futures": f"{about.futures:,}",
        "As of": str(about.as_of),
        "Version": f"vallum {about.version}",
    }
    rows = [joined(element("dt", key), element("dd", value)) for key, value in facts.items()]
    return section(
        "Run it again",
        element("p", "The same line gives the same numbers, on any machine and any number of cores:"),
        element("pre", element("code", verbatim(made.command())), tabindex="0"),
        element("dl", *rows),
        id_="again",
    )


def _notices(made: Comparison) -> Html:
    record = folder.national(made.scenario)
    said = (
        f"Made by vallum {made.manifest.version} (Apache-2.0). Beside this page: compare.txt, compare.csv, "
        "compare.svg, "
        "compare.json."
    )
    lines = [element("p", line) for line in (*sentences.notices(record), said)]
    return element("footer", element("h2", "Data and licences"), *lines)
