"""What `vallum show --supply` says: what each line delivers, as a table, as JSON and as a chart (S1-S4)."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from vallum.campaign import Arrivals
from vallum.errors import RunError
from vallum.report import charts, tables, words
from vallum.report.description import input_line
from vallum.report.folder import put_whole
from vallum.results import rounded
from vallum.supply import Source, Timeline

WIDTH: Final = 100
#: What a folder of `vallum show --supply --out` holds.
CSV: Final = "supply.csv"
SVG: Final = "supply.svg"
PNG: Final = "supply.png"
#: At most so many month ends are columns of the printed table.
_MOST_MONTHS: Final = 4
#: A longer name of a line is folded.
_NAME_WIDTH: Final = 20
_GAP: Final = "  "
_SPARKS: Final = "▁▂▃▄▅▆▇█"
_SPARK_WIDTH: Final = 10
_NONE: Final = "No supply line: nothing arrives in this scenario."
_READING: Final = (
    "What has arrived by the end of each month, mean of {futures} futures; the last column shows how it grew. Systems "
    "bring no interceptors with them."
)


def supply_json(made: Arrivals) -> dict[str, Any]:
    """What each line delivers as plain data, in the layout of all commands."""
    about = made.manifest
    return {
        "kind": "supply",
        "question": about.question,
        "title": about.title,
        "as_of": about.as_of.isoformat(),
        "scenario": {
            "name": about.name,
            "packages": list(about.packages),
            "set": dict(about.changes),
            "fingerprint": about.fingerprint,
        },
        "seed": about.seed,
        "futures": about.futures,
        "version": about.version,
        "start": about.start.isoformat(),
        "days": about.days,
        "lines": [_source_json(made.timeline, source) for source in made.timeline.sources],
        "sums": [_source_json(made.timeline, source) for source in made.timeline.sums],
        "inputs": [dict(one) for one in about.inputs],
        "assumptions": [dict(one) for one in about.assumptions],
        "claims": [dict(one) for one in about.claims],
        "not_modelled": list(about.not_modelled),
        "warnings": list(about.warnings),
        "reproduce": _command(made),
    }


def _source_json(timeline: Timeline, source: Source) -> dict[str, Any]:
    names = ("mean", "p5", "median", "p95")
    ends = [
        {"until": day.isoformat(), **dict(zip(names, map(rounded, source.by(k)), strict=True))}
        for day, k in timeline.month_ends().items()
    ]
    total = {name: ends[-1][name] for name in names}
    about = {"line": source.line, "kind": source.kind, "donor": source.donor, "delivers": source.delivers}
    return {**about, "is_system": source.is_system, "by_month": ends, "total": total}


def _command(made: Arrivals) -> str:
    return f"{made.manifest.command().replace('vallum run', 'vallum show', 1)} --supply"


# --- as text ----------------------------------------------------------------------------------------


def supply_text(made: Arrivals) -> str:
    """A table of the lines with a small picture of each, at most 100 columns, and what it rests on."""
    about, timeline = made.manifest, made.timeline
    parts = [f"{about.title}: what arrives, {about.start}, {about.days} days, knowledge of {about.as_of}"]
    if timeline.sources:
        reading = textwrap.fill(_READING.format(futures=f"{about.futures:,}"), WIDTH)
        inputs = ["Not known (best, low-high):", *map(_input, about.inputs)] if about.inputs else []
        parts += [_printed(timeline), reading, "\n".join(inputs)]
    else:
        parts.append(_NONE)
    parts += [textwrap.fill(f"Warning: {text}", WIDTH, break_long_words=False) for text in about.warnings]
    return "\n\n".join([*filter(None, parts), f"Again, to the same numbers:\n{_command(made)}"])


def _input(one: Mapping[str, Any]) -> str:
    return textwrap.fill(input_line(one), WIDTH, subsequent_indent="    ", break_long_words=False)


def _printed(timeline: Timeline) -> str:
    from rich.console import Console  # loading rich takes longer than help may
    from rich.table import Table as Printed
    from rich.text import Text

    ends, sources = _spread(timeline.month_ends()), (*timeline.sources, *timeline.sums)
    room = WIDTH + len(_GAP)  # the gap after the last column is cut off again
    printed = Printed(box=None, padding=(0, len(_GAP), 0, 0), width=room, header_style="")
    longest = max(len(source.line) for source in sources)
    printed.add_column(Text("Line"), overflow="fold", width=min(longest, _NAME_WIDTH))
    printed.add_column(Text("Kind"), no_wrap=True)
    for name in ("Donor", "Delivers"):
        printed.add_column(Text(name), overflow="fold")
    for day in ends:
        printed.add_column(Text(words.short_month(f"{day:%Y-%m}")), justify="right", no_wrap=True)
    printed.add_column(Text("5–95 %"), justify="right", no_wrap=True)
    printed.add_column(Text("So far"), no_wrap=True)
    for source in sources:
        printed.add_row(*map(Text, _printed_row(source, ends)))
    text = io.StringIO()
    Console(file=text, width=room, color_system=None, legacy_windows=False).print(printed)
    return "\n".join(line.rstrip() for line in text.getvalue().rstrip().splitlines())


def _spread(ends: Mapping[date, int]) -> dict[date, int]:
    """At most a few month ends, evenly spread, the last included."""
    step = -(-len(ends) // _MOST_MONTHS)
    return dict(list(ends.items())[::-1][::step][::-1])


def _printed_row(source: Source, ends: Mapping[date, int]) -> list[str]:
    about = (source.line, source.kind or "–", source.donor or "–", words.plain(source.delivers))
    means = (words.number(_tidy(source.mean[k])) for k in ends.values())
    band = words.band(float(source.low[-1]), float(source.high[-1]))
    return [*about, *means, band, _spark(source.mean.tolist())]


def _tidy(value: float) -> float:
    """A mean to as many digits as a table needs."""
    return float(f"{value:.3g}")


def _spark(mean: Sequence[float]) -> str:
    """How it grew, as bars of the share that has arrived by ten evenly spread days."""
    total, days = float(mean[-1]), len(mean)
    width = min(days, _SPARK_WIDTH)
    shares = [float(mean[(k + 1) * days // width - 1]) / total if total else 0.0 for k in range(width)]
    return "".join(_SPARKS[round(share * (len(_SPARKS) - 1))] for share in shares)


# --- as files ---------------------------------------------------------------------------------------


def write_supply(made: Arrivals, folder: str | Path) -> Path:
    """Write supply.csv, supply.svg and supply.png, whole or not at all, and return the folder.

    Raises RunError where nothing arrives, where the folder holds anything else or cannot be written, and where
    Matplotlib is not installed.
    """
    if not made.timeline.sources:
        raise RunError(f"{folder}: is not written: the scenario has no supply line")
    rows = tables.supply(made.timeline)

    def fill(place: Path) -> None:
        figure = charts.draw("supply", rows, stamp=tables.stamp(made.manifest))
        (place / CSV).write_text(rows.csv(), encoding="utf-8", newline="\n")
        (place / SVG).write_text(charts.svg(figure), encoding="utf-8", newline="\n")
        (place / PNG).write_bytes(charts.png(figure))

    return put_whole(folder, fill, frozenset({CSV, SVG, PNG}), CSV)
