"""The answer as plain text that can be read aloud: what `vallum run` prints."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from vallum.report import tables, words
from vallum.results import Difference, Outcome, Result

WIDTH: Final = 100
#: The most outcomes that the table lists; the full list is in the JSON.
MOST_ROWS: Final = 18
_MOST_MONTHS: Final = 5
_MOST_CHANGES: Final = 10
_MOST_DATED: Final = 6
_GAP: Final = "  "
_BREAK: Final = " \\"

#: Outcomes that matter of the class that the answer is about, of the other classes, and of all together.
_HEADLINE: Final = (
    "launched", "leakers", "leakers:dry", "leakers:missed", "leakers:uncovered", "stopped_share", "dry_ever",
    "dry_nights", "eight_and_none_ever", "no_leaker",
)  # fmt: skip
_OTHERS: Final = ("leakers", "stopped_share")
_TOGETHER: Final = ("stock", "used", "unmet", "cost_fired", "cost_exchange", "protected", "harm")


def summary(result: Result) -> str:
    """The answer, the outcomes that matter, what drives them, what is left out; at most 100 columns."""
    parts = (
        "\n".join(wrapped(part) for part in result.answer.split("\n")),
        _outcomes(result),
        _dated(result),
        _changes(result),
        _losses(result),
        _drivers(result),
        _reported(result),
        listed("Not modelled", result.manifest.not_modelled),
        listed("Warnings", result.manifest.warnings),
        _reproduce(result),
    )
    return "\n\n".join(part for part in parts if part)


def wrapped(text: str, first: str = "", then: str = "") -> str:
    """Text in lines of at most WIDTH columns."""
    together = text.replace(" %", "\u00a0%")  # a number and its sign stay on one line
    filled = textwrap.fill(together, WIDTH, initial_indent=first, subsequent_indent=then)
    return filled.replace("\u00a0%", " %")


def listed(title: str, lines: Iterable[str]) -> str:
    """A title with a line for each of its points; empty where there are none."""
    rows = [wrapped(line, "- ", "  ") for line in lines]
    return "\n".join([title, *rows]) if rows else ""


# --- outcomes ---------------------------------------------------------------------------------------


def _outcomes(result: Result) -> str:
    chosen = matters(result)
    if not chosen:
        return ""
    head = ("Outcome", "median", "5-95 %", "mean", "error: median, mean")
    left = sum(not made.label.may_be_never for made in result.shown) - len(chosen)
    more = wrapped(f"{left} more outcomes with --json or --out.") if left > 0 else ""
    return "\n".join(filter(None, [aligned([head, *map(_row, chosen)]), more]))


def matters(result: Result) -> list[Outcome]:
    """The outcomes to print: those asked for, else the ones that matter; rows that are 0 throughout left out."""
    undated = [made for made in result.shown if not made.label.may_be_never and made.n]
    if len(result.shown) < len(result.columns):
        return undated[:MOST_ROWS]
    chosen = sorted((made for made in undated if _rank(result, made) is not None), key=lambda m: _rank(result, m) or ())
    return [made for made in chosen if not _idle(made)][:MOST_ROWS]


def _idle(made: Outcome) -> bool:
    """Nothing of it happens in any future, and nobody would miss the row."""
    kept = made.label.name in ("leakers", "launched", "stock", "stopped_share") and not made.label.reason
    return not kept and words.constant(made) and not made.median


def _rank(result: Result, made: Outcome) -> tuple[int, ...] | None:
    """Place in the table; None for what it leaves out."""
    label = made.label
    key = f"{label.name}:{label.reason}" if label.reason else label.name
    if label.asset or label.scope:
        return None
    if label.threat_class and label.name != "protected":
        main = label.threat_class == words.headline_class(result)
        names, group = (_HEADLINE, 0) if main else (_OTHERS, 2)
        order = list(result.manifest.doctrine["priority"])
        place = order.index(label.threat_class) if label.threat_class in order else len(order)
        return (group, place, names.index(key)) if key in names else None
    if key in _TOGETHER:
        return (1, _TOGETHER.index(key), 0)
    return None


def _row(made: Outcome) -> tuple[str, ...]:
    name, unit = words.with_unit(made.label, made.label.unit)
    if words.constant(made):
        return (name, words.number(made.median, unit), "", "", "")
    if unit == "probability":
        return (name, "", "", words.number(made.mean, unit), words.error(made.se_mean, unit))
    errors = f"{words.error(made.se_median, unit)}, {words.error(made.se_mean, unit)}"
    return (
        name,
        words.number(made.median, unit),
        words.band(made.p5, made.p95, unit),
        words.number(made.mean, unit),
        errors,
    )


def aligned(rows: list[tuple[str, ...]]) -> str:
    """Columns under each other, numbers to the right; a long name goes on in the next line."""
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    room = WIDTH - sum(widths[1:]) - len(_GAP) * (len(widths) - 1)
    widths[0] = min(widths[0], room)
    return "\n".join(line for k, row in enumerate(rows) for line in _lines(row, widths, head=k == 0))


def _lines(row: tuple[str, ...], widths: list[int], head: bool) -> Iterator[str]:
    names = textwrap.wrap(row[0], widths[0], subsequent_indent="  ") or [""]
    cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
    yield from (name for name in names[:-1])
    yield _GAP.join([names[-1].ljust(widths[0]), *cells]).rstrip()
    if head:
        yield "-" * (sum(widths) + len(_GAP) * (len(widths) - 1))


# --- nights that may never come ---------------------------------------------------------------------


def _dated(result: Result) -> str:
    """Share of futures by month, for what has a date: never one day (F5)."""
    shown = {made.label for made in result.shown}
    labels = [label for label in tables.first_labels(result) if label in shown]
    main = words.headline_class(result)
    labels = sorted(labels, key=lambda label: label.threat_class not in ("", main))[:_MOST_DATED]
    if not labels:
        return ""
    ends = _spread(tables.month_ends(result))
    head = ("Share of futures by the end of", *(words.short_month(month) for month, _ in ends), "never")
    rows = [head]
    for label in labels:
        values = result.columns[label]
        shares = [float((values <= last).mean()) for _, last in ends]
        never = float((values > result.manifest.days).mean())
        rows.append((words.capital(words.outcome(label)), *(words.percent(share) for share in (*shares, never))))
    return aligned(rows)


def _spread(ends: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """At most a few months, evenly spread, the last included."""
    step = max(1, -(-len(ends) // _MOST_MONTHS))
    return ends[::-1][::step][::-1]


# --- what packages change ---------------------------------------------------------------------------


def _changes(result: Result) -> str:
    """With against without each package, in the same futures."""
    packages = list(dict.fromkeys(change.package for change in result.differences))
    return "\n\n".join(_change(package, result) for package in packages)


def _change(package: str, result: Result) -> str:
    head = (f"With {package}, in the same futures", "without", "with", "difference", "5-95 %")
    mine = words.by_weight(result, package)[:_MOST_CHANGES]
    vague = "" if all(made.told_apart for made in mine) else "(in brackets: cannot be told apart from none)"
    return "\n".join(filter(None, [aligned([head, *map(_changed, mine)]), vague]))


def _changed(made: Difference) -> tuple[str, ...]:
    name, unit = words.changed(made)
    apart = words.signed(made.mean, unit) if made.told_apart else f"({words.signed(made.mean, unit)})"
    spread = words.changed_by(made, unit)
    return (name, words.number(made.before, unit), words.number(made.after, unit), apart, spread)


def _losses(result: Result) -> str:
    """What the loss of each supplier changes, a line each."""
    heads, rows = words.losses(result)
    lines = [
        f"{donor}: {'; '.join(f'{head} {cell}' for head, cell in zip(heads, cells, strict=True))}"
        for donor, *cells in rows
    ]
    return listed("Without one supplier, in the same futures (mean change, 5-95 %)", lines)


# --- where it is from -------------------------------------------------------------------------------


def _drivers(result: Result) -> str:
    rows = [wrapped(note) for note in words.notes(result)]
    hidden = [entry for entry in result.manifest.inputs if not entry["published"]]
    if hidden:
        rows.append("Published by nobody, so assumed:")
    rows += [wrapped(_assumed(entry), "- ", "  ") for entry in hidden]
    return "\n".join(["What drives it", *rows]) if rows else ""


def _assumed(entry: Mapping[str, Any]) -> str:
    unit = entry["unit"] or ""
    spread = f"{words.number(entry['low'], unit)} to {words.number(entry['high'], unit)}"
    named = "" if unit in ("share", "probability", "USD million") else f" {unit}"
    return f"{entry['title']}: {words.number(entry['best'], unit)} ({spread}){named}"


def _reported(result: Result) -> str:
    rows = [
        f"{event['title']} ({', '.join(event['claims'])}): {_shown_by(event['share_of_futures'])}"
        for event in result.reported
    ]
    return listed("Reported against simulated", rows)


def _shown_by(share: float | None) -> str:
    return "not defined in any future" if share is None else f"{words.percent(share)} of futures show it"


def _reproduce(result: Result) -> str:
    made = result.manifest
    stamp = f"As of {made.as_of}, scenario {made.fingerprint}, vallum {made.version}. Again, to the same numbers:"
    return f"{wrapped(stamp)}\n{shell_lines(made.command())}"


def shell_lines(line: str) -> str:
    """A command that stays whole when it is copied: broken before options, with backslashes."""
    lines = [""]
    for part in re.split(r" (?=--)", line):
        longer = f"{lines[-1]} {part}".strip() if len(lines) == 1 else f"{lines[-1]} {part}"
        if lines[-1] and len(longer) > WIDTH - len(_BREAK):
            lines.append(f"  {part}")
        else:
            lines[-1] = longer
    return f"{_BREAK}\n".join(lines)
