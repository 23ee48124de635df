"""The page docs/model/speed.md: tables made from the kept results, and what they mean."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bench import measure
from bench.measure import Measure, Section

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "model" / "speed.md"
PROSE: Final = Path(__file__).with_name("page.md")
#: Where the tables stand in the prose.
TABLES: Final = "{tables}"


def text() -> str:
    """The page as it follows from the prose and the kept results."""
    about = json.loads(measure.RESULTS.read_text("utf-8"))["machine"]
    return PROSE.read_text("utf-8").replace(TABLES, "\n".join([*_machine(about), *_sections()]))


def write() -> None:
    """Write the page anew."""
    PAGE.write_text(text(), "utf-8")


def _machine(about: dict[str, Any]) -> Iterator[str]:
    libraries = ", ".join(f"{name} {version}" for name, version in about["libraries"].items() if version)
    computer = f"{about['processor']}, {about['cores']} cores, {about['system']}"
    yield f"Machine: {computer}, Python {about['python']}, {libraries}."
    yield f"C: {about['compiler']}, `{about['flags']}`."


def _sections() -> Iterator[str]:
    kept = measure.load()
    missing = ", ".join(f"`{name}`" for name in measure.SECTIONS if name not in kept)
    if missing:
        yield f"Sections not measured yet on this machine: {missing}."
    for section in kept.values():
        yield from ("", f"### {section.title}", "")
        yield f"Measured {section.measured}, {_load(section)}, in {section.seconds:.0f} s."
        yield from ("", "| what | value | spread | target | |", "|---|---:|---:|---:|---|")
        yield from (_row(one) for one in section.measures)
        yield ""
        yield from (f"- *{one.name}*: {one.how}." for one in section.measures)


def _load(section: Section) -> str:
    return f"load {section.load[0]:g} before and {section.load[1]:g} after"


def _row(one: Measure) -> str:
    spread = "" if one.low is None or one.high is None else f"{one.low:.3g} to {one.high:.3g}"
    goal = "" if one.target is None else f"{'≥' if one.better == 'more' else '≤'} {one.target:g}"
    return f"| {one.name} | {one.value:.3g} {one.unit} | {spread} | {goal} | {_verdict(one)} |"


def _verdict(one: Measure) -> str:
    if one.met is None or one.target is None:
        return ""
    if one.met:
        return "met"
    short = one.target / one.value if one.better == "more" else one.value / one.target
    return f"missed by a factor of {short:.2g}"
