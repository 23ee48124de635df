"""Run every package over its base and write the tables of docs/questions/packages.md.

    python scripts/make_packages.py [FUTURES]

Packages lie over winter-2025-26 and three-years; those whose dates are of 2025 over year-2025. Each is set against
its base in the same futures (2,000 unless told otherwise, seed 0). What stands outside the two marks in the page is
written by hand and kept.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

import vallum
from vallum.campaign import run
from vallum.results import Difference, Label, Result, difference
from vallum.scenario import Scenario, packaged
from vallum.scenario.worlds import F64

PAGE: Final = Path(__file__).parents[1] / "docs" / "questions" / "packages.md"
BEGIN: Final = "<!-- made by scripts/make_packages.py: begin -->"
END: Final = "<!-- made by scripts/make_packages.py: end -->"
FUTURES: Final = 2_000
BASES: Final = ("winter-2025-26", "three-years")
OF_2025: Final = ("pause-march-2025", "pause-july-2025")
#: Headline outcomes: heading, name, what about, kind of number.
TOLD: Final[tuple[tuple[str, str, dict[str, str], str], ...]] = (
    ("ballistic missiles that get through", "leakers", {"threat_class": "ballistic"}, "count"),
    ("share stopped, points", "stopped_share", {"threat_class": "ballistic"}, "share"),
    ("nights without a round", "dry_nights", {"threat_class": "ballistic"}, "count"),
    ("some magazine empty, points of futures", "first_empty_battery", {}, "happens"),
    ("rounds fired", "used", {"interceptor": "patriot_round"}, "count"),
    ("rounds left at the end", "stock", {"interceptor": "patriot_round"}, "count"),
)
#: How deep a changed path is named: choices.supply.NAME, uncertain.NAME.
DEPTH: Final = {"choices": 3, "uncertain": 2, "fixed": 3}


def bases(package: str) -> tuple[str, ...]:
    """The scenarios that a package is run over here."""
    return ("year-2025",) if package in OF_2025 else BASES


@cache
def questions() -> dict[str, str]:
    """Question of each package."""
    return {name: about["question"] for name, about in packaged().items() if about["kind"] == "package"}


def changed(base: Scenario, laid: Scenario) -> list[str]:
    """Paths of the choices and uncertain numbers that differ, named once each."""
    before, after = base.paths(), laid.paths()
    paths = [path for path in sorted({*before, *after}) if before.get(path) != after.get(path)]
    named = [path.split(".") for path in paths if path.split(".")[0] in DEPTH]
    return list(dict.fromkeys(".".join(parts[: DEPTH[parts[0]]]) for parts in named))


def effects(package: str, before: Result, after: Result) -> Iterator[Difference]:
    """What a package changes in each headline outcome, future by future."""
    for _, name, about, kind in TOLD:
        label = before.label(name, **about)
        without, laid = (_values(result.columns, label, kind) for result in (before, after))
        yield difference(package, label, without, laid, {})


def _values(columns: Mapping[Label, F64], label: Label, kind: str) -> F64:
    values = columns[label]
    return np.isfinite(values).astype(float) if kind == "happens" else values


def cell(made: Difference, kind: str) -> str:
    """Mean change and its band, or that it cannot be told apart."""
    if not made.told_apart:
        return "cannot be told apart"
    scale = 1 if kind == "count" else 100
    band = "" if kind == "happens" else f" ({signed(made.p5 * scale)} to {signed(made.p95 * scale)})"
    return f"{signed(made.mean * scale)}{band}"


def signed(value: float) -> str:
    """A change with its sign: whole from ten on, with decimals below."""
    size = abs(value)
    told = f"{value:+.0f}" if size >= 9.95 else f"{value:+.1f}" if size >= 0.95 else f"{value:+.1g}"
    return "0" if not value else told.removesuffix(".0").replace("-", "\N{MINUS SIGN}")


def table(base: str, results: Mapping[str, Result]) -> list[str]:
    """The effects of all packages over one base, as Markdown."""
    start = results[""]
    heads = ["package", *(heading for heading, *_ in TOLD)]
    rows = [["*(the base itself)*", *(level(start, name, about, kind) for _, name, about, kind in TOLD)]]
    for package, result in results.items():
        if package:
            made = zip(effects(package, start, result), TOLD, strict=True)
            rows.append([f"`{package}`", *(cell(one, kind) for one, (*_, kind) in made)])
    return [f"### Over `{base}`", "", line(heads), line(["---"] * len(heads)), *map(line, rows), ""]


def level(result: Result, name: str, about: Mapping[str, str], kind: str) -> str:
    """What an outcome is without a package: mean, and 5-95 % of futures."""
    label = result.label(name, **about)
    values = _values(result.columns, label, kind)
    known = values[~np.isnan(values)]
    if kind == "happens":
        return f"{100 * known.mean():.0f} %"
    low, high = np.quantile(known, (0.05, 0.95), method="inverted_cdf")
    if kind == "share":
        return f"{100 * known.mean():.0f} % ({100 * low:.0f}-{100 * high:.0f})"
    return f"{known.mean():.0f} ({low:.0f}-{high:.0f})"


def line(cells: list[str]) -> str:
    """One row of a Markdown table."""
    return f"| {' | '.join(cells)} |"


def about(package: str, base: Scenario, laid: Scenario) -> list[str]:
    """Question, what changes, and what is not modelled, of one package over its first base."""
    sources = [source for source in laid.schema.sources if source not in base.schema.sources]
    more = [text for text in laid.schema.not_modelled if text not in base.schema.not_modelled]
    return [
        f"### `{package}`",
        "",
        questions()[package],
        "",
        f"- Changes: {', '.join(f'`{path}`' for path in changed(base, laid))}.",
        *([f"- Sources beside those of the base: {', '.join(sources)}."] if sources else []),
        *(f"- Not modelled: {text}." for text in more),
        "",
    ]


def generated(futures: int) -> str:
    """The part of the page that is made here."""
    lines = [BEGIN, "", f"{futures:,} futures, seed 0, vallum {vallum.__version__}.", ""]
    for base in (*BASES, "year-2025"):
        laid = [package for package in questions() if base in bases(package)]
        results = {"": run(vallum.read(base), futures, explain=False)}
        results |= {p: run(vallum.read(base, packages=[p]), futures, explain=False) for p in laid}
        lines += table(base, results)
    for package in questions():
        base = bases(package)[0]
        lines += about(package, vallum.read(base), vallum.read(base, packages=[package]))
    return "\n".join([*lines, END])


def main(futures: int = FUTURES) -> None:
    """Write the page anew between its two marks."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    PAGE.write_text(f"{before}{generated(futures)}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
