"""The sections of the report page that say what it rests on: inputs, claims, doctrine, limits, how to run it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from vallum.report import sentences, words
from vallum.report.html import Html, element, joined, verbatim, void
from vallum.report.sections.frames import Head, badge, claim_links, grid, section
from vallum.results import Result

_WEB: Final = re.compile(r"https?://[^\s\"'<>]+")


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
        parts += [badge("published by nobody", "out"), " "]
    if entry["assumption"]:
        parts += [badge("assumption", "assumed"), " ", element("span", entry["assumption"]), " "]
    told = [claim for claim in result.manifest.claims if claim["id"] in entry["claims"]]
    if told:
        parts.append(element("ul", *map(_told, told), class_="told"))
    return parts


def _told(claim: Mapping[str, Any]) -> Html:
    """Who said it, and when; the rest of the claim is in its own table."""
    return element("li", claim_links([claim["id"]]), f" {claim['speaker']}, {claim['as_of']}")


def _held(result: Result) -> Html | None:
    """Assumptions about values that are held fixed, those with the same words together."""
    named = {entry["name"] for entry in result.manifest.inputs}
    items = [_held_one(entry) for entry in result.manifest.assumptions if entry["name"] not in named]
    if not items:
        return None
    return joined(element("h3", "Held at one value by assumption"), element("ul", *items, class_="held"))


def _held_one(entry: Mapping[str, Any]) -> Html:
    values = [element("code", f"{path} = {words.number(value)}") for path, value in entry["values"].items()]
    assumed = badge("assumption", "assumed")
    return element("li", assumed, " ", entry["assumption"], void("br"), joined(*values, between=", "))


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
