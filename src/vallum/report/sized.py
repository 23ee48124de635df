"""How much is enough, in sentences, a table, a figure and files (Q0, Q1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vallum.report import folder, words
from vallum.report.charts import (
    COLOURS,
    DASHES,
    INK,
    MARKERS,
    MUTED,
    letters,
    panels_of,
    stamped,
    styled,
    svg,
    thousands,
)
from vallum.report.summary import aligned, listed, wrapped
from vallum.sizing import Frontier, Size, Sizing
from vallum.sizing.answer import CLOSE, OUT_OF_REACH, THROUGHOUT, Need, Pairing, Point
from vallum.sizing.axes import Value
from vallum.terms import REASONS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: What a folder of an answer holds.
TEXT: Final = "size.txt"
PAGE: Final = "report.html"
CURVE: Final = "size.csv"
CHART: Final = "size.svg"
DATA: Final = "size.json"
OURS: Final = frozenset({PAGE, TEXT, CURVE, CHART, DATA})
#: Points of a curve that the text lists.
_MOST_POINTS: Final = 9
#: Values that a sentence lists one by one.
_FEW: Final = 3
_BEST: Final = {
    "coverage": "coverage binds, most get through where no battery reaches",
    "magazine": "the magazine binds, for want of rounds",
    "reserve": "the reserve binds, most get through because rounds are held back",
    "channels": "channels bind, most get through because more come at once than can be engaged",
    "sight": "sight binds, most get through untracked or while a battery fails",
    "kill probability": "the kill probability binds, most get through although they are shot at",
}
_THREAT: Final = "The attacker does not adapt to what is varied here, except as the scenario says (R3)."


# --- one variable --------------------------------------------------------------------------------------


def sized(made: Sizing) -> str:
    """The answer, the curve of each standard and what is left out; at most 100 columns."""
    parts = [*(wrapped(line) for line in sized_sentences(made))]
    for one in made.sizes:
        parts.append(f"{one.standard}, wanted in {words.percent(one.goal)} of futures\n{_curve(made, one)}")
    parts.append(wrapped(how(made.tell_apart)))
    parts.append(listed("Not modelled", made.manifest.not_modelled))
    return "\n\n".join(part for part in parts if part)


def sized_sentences(made: Sizing) -> list[str]:
    """A paragraph for each standard, and what holds for all of them."""
    return [*(" ".join(_told(made, one)) for one in made.sizes), _THREAT]


def _told(made: Sizing, one: Size) -> Iterator[str]:
    yield _enough(made, one)
    if one.cost is not None and one.status != OUT_OF_REACH:
        yield f"Systems and all rounds had then cost {words.number(one.cost, 'USD million')} on average."
    best = one.ceiling
    if one.status != OUT_OF_REACH:
        yield f"The ceiling of the values tried is {_share(best)}, at {_value(best.value)}."
    if one.falls is not None:
        before, after = one.falls
        start = "It does not rise all along" if made.latest else "More is not always better"
        yield (
            f"{start}: it is met less often at {_value(after)} ({_share(one.point(after))}) than at {_value(before)} "
            f"({_share(one.point(before))}), in the same futures."
        )
    if one.fails_again:
        yield f"Beyond the answer it fails again at {_listed(one.fails_again)}."
    yield from map(_need, one.needs)


def _enough(made: Sizing, one: Size) -> str:
    start = f"{made.path} for “{one.standard}” in at least {words.percent(one.goal)} of futures:"
    first, last = (_value(value) for value in made.tried)
    if one.status == OUT_OF_REACH:
        best = one.ceiling
        because = f". {_because(one)}" if one.reason else ""
        ceiling = f"The ceiling is {_share(best)}, at {_value(best.value)}"
        return f"{start} not reachable from {first} to {last}. {ceiling}{because}."
    if one.status == CLOSE:
        return f"{start} {_pair(one)}"
    if one.status == THROUGHOUT:
        end = last if made.latest else first
        return f"{start} {end} is enough already, the {'largest' if made.latest else 'least'} that was tried."
    return f"{start} {_value(one.value)} ({_share(one.point(one.value))}); {_next(one)}."  # type: ignore[arg-type]


def _pair(one: Size) -> str:
    assert one.low is not None
    first = f"{_value(one.low)} may be enough ({_share(one.point(one.low))})"
    if one.high is None:
        return f"{CLOSE}: {first}, and nothing tried beyond it surely is."
    second = f"{_value(one.high)} surely is ({_share(one.point(one.high))})"
    return f"{_value(one.low)} or {_value(one.high)} {CLOSE}: {first}, {second}."


def _next(one: Size) -> str:
    """What the neighbour gives that is not enough."""
    failing = [point for point in one.curve if point.verdict == "fails"]
    nearest = min(failing, key=lambda point: _apart(point.value, one.value))
    return f"{_value(nearest.value)} is not enough ({_share(nearest)})"


def _apart(value: Value, other: Value | None) -> float:
    if isinstance(value, date) and isinstance(other, date):
        return abs((value - other).days)
    return abs(float(value) - float(other))  # type: ignore[arg-type]


def _because(one: Size) -> str:
    """What binds: told by what rounds to spare would change."""
    told = f"{_BEST[one.reason]}{_leaks(one)}"
    if one.spare is None:
        return words.capital(told)
    return f"With rounds to spare it would be {_percent(one.spare)}: {told}"


def _listed(values: Sequence[Value]) -> str:
    """A few values, or the first and the last of many."""
    if len(values) <= _FEW:
        return words.join([_value(value) for value in values])
    return f"{len(values)} values tried, from {_value(values[0])} to {_value(values[-1])}"


def _leaks(one: Size) -> str:
    total = sum(one.leaks.values())
    if not total:
        return ""
    parts = [
        f"{words.percent(one.leaks[reason] / total)} {words.reason(reason)}" for reason in REASONS if one.leaks[reason]
    ]
    return f" (of what gets through: {', '.join(parts)})"


def _need(made: Need) -> str:
    start = f"With {_value(made.systems)} systems and no other rounds, it takes"
    if made.low is None:
        return (
            f"With {_value(made.systems)} systems no number of interceptors a month up to {_value(made.most)} is "
            f"enough: at most {words.percent(made.ceiling)} of futures."
        )
    if made.high is None:
        return f"{start} {_value(made.low)} interceptors a month or more; what is enough is not among those tried."
    if not made.high:
        return f"With {_value(made.systems)} systems it takes no interceptor at all."
    if made.low == made.high:
        return f"{start} about {_value(made.high)} interceptors a month."
    return f"{start} about {_value(made.low)} to {_value(made.high)} interceptors a month."


def _share(point: Point) -> str:
    return f"{_percent(point.share)} [{_percent(point.low)}–{_percent(point.high)}]"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %".replace(".0 %", " %")


def _short(path: str) -> str:
    """The last part of a path, as the head of a column."""
    return words.plain(path.rsplit(".", 1)[-1].partition("[")[0])


def _value(value: Value | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, date):
        return words.day(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


def _curve(made: Sizing, one: Size) -> str:
    chosen = nearest(one)
    more = len(one.curve) - len(chosen)
    text = aligned(curve_rows(made, one, chosen))
    return text + (f"\n({more} more values tried, in the CSV)" if more else "")


def nearest(one: Size) -> list[Point]:
    """The points of the curve nearest to the answer, its ends and its ceiling."""
    ends = {one.curve[0].value, one.curve[-1].value, one.ceiling.value, one.low, one.high}
    centre = one.high if one.high is not None else one.low if one.low is not None else one.ceiling.value
    near = sorted(one.curve, key=lambda point: _apart(point.value, centre))[:_MOST_POINTS]
    return [point for point in one.curve if point in near or point.value in ends]


def curve_rows(made: Sizing, one: Size, chosen: Sequence[Point]) -> list[tuple[str, ...]]:
    """A head, and a row for each of some points of a curve."""
    head = [(_short(made.path), "futures that meet it", "95 %", "futures", "verdict", "cost")]
    rows = [
        (
            _value(point.value), _percent(point.share), f"{_percent(point.low)}–{_percent(point.high)}",
            f"{point.futures:,}", point.verdict or "open", words.number(point.cost, "USD million"),
        )
        for point in chosen
    ]  # fmt: skip
    return [*head, *rows]


def how(tell_apart: float) -> str:
    """How values were tried, in two sentences."""
    return (
        "Every value meets the same futures (common dice), more of them where it is close. A share "
        f"{100 * tell_apart:g} points from the one that is wanted is told from it; a nearer one is too close to call. "
        "In brackets: 95 % intervals."
    )


def sized_figure(made: Sizing, narrow: bool = False) -> Figure:
    """Draw the share of futures that meet each standard, with its 95 % interval, by value; the answer is marked."""
    with styled():
        figure, panels = panels_of(len(made.sizes), narrow)
        for axes, one in zip(panels, made.sizes, strict=True):
            _drawn(axes, made, one, narrow)
        stamped(figure, _stamp(made), narrow)
        return figure


def _drawn(axes: Axes, made: Sizing, one: Size, narrow: bool) -> None:
    at: Any = [point.value for point in one.curve]
    shares = [point.share for point in one.curve]
    low, high = [point.low for point in one.curve], [point.high for point in one.curve]
    axes.fill_between(at, low, high, color=COLOURS[0], alpha=0.25, linewidth=0)
    axes.plot(at, shares, color=COLOURS[0], marker=MARKERS[0], markersize=3, linewidth=1.6)
    axes.axhline(one.goal, color=INK, linewidth=1.0, linestyle=DASHES[1])
    ends: list[Any] = [end for end in dict.fromkeys((one.low, one.high)) if end is not None]
    for end in ends:
        axes.axvline(end, color=COLOURS[3], linewidth=1.2, linestyle=DASHES[3])
    axes.set_ylim(0, 1.03)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.set_ylabel("futures that meet it")
    axes.set_xlabel(letters(made.path))
    end = "more" if one.high is None else _value(one.high)
    told = f"{_value(one.low)} or {end}" if one.status == CLOSE else _value(one.value)
    ending = one.status if one.value is None and one.status != CLOSE else told
    axes.set_title(letters(f"{one.standard}:{chr(10) if narrow else ' '}{ending}"))


def _stamp(made: Sizing | Frontier) -> str:
    about = made.manifest
    return f"{about.name} · seed {about.seed} · as of {about.as_of} · vallum {about.version}"


# --- two variables -------------------------------------------------------------------------------------


def frontier_sentences(made: Frontier) -> list[str]:
    """What the frontier says."""
    reached = [point for point in made.points if point.high is not None]
    start = f"“{made.standard}” in at least {words.percent(made.goal)} of futures"
    first, second = made.paths
    if not reached:
        best = max(made.points, key=lambda point: point.share)
        ceiling = f"the ceiling is {_percent(best.share)}, with {first} {_value(best.first)}"
        ceiling += f"; there {_BEST[best.reason]}" if best.reason else ""
        return [f"{start}: not reachable by any pair that was tried; {ceiling}.", _THREAT]
    one, other = reached[0], reached[-1]
    text = f"{start}: with {first} {_value(one.first)} it takes {second} {_value(one.high)}"
    text += f"; with {_value(other.first)}, {_value(other.high)}." if other is not one else "."
    cheap = made.cheapest
    if cheap is not None:
        cost = words.number(cheap.cost, "USD million")
        text += f" Cheapest is {_value(cheap.first)} with {_value(cheap.high)}: {cost} on average"
        text += " for systems and all rounds had."
    out = [point for point in made.points if point.status == OUT_OF_REACH]
    if out:
        text += f" Not reachable with {first} {words.join([_value(point.first) for point in out])}."
    return [text, _THREAT]


def frontier_text(made: Frontier) -> str:
    """The frontier as sentences and a table."""
    parts = [
        *(wrapped(line) for line in frontier_sentences(made)),
        f"The least of {made.paths[1]} by {_short(made.paths[0])}\n{aligned(frontier_rows(made))}",
        wrapped(how(made.tell_apart)),
    ]
    parts.append(listed("Not modelled", made.manifest.not_modelled))
    return "\n\n".join(part for part in parts if part)


def frontier_rows(made: Frontier) -> list[tuple[str, ...]]:
    """A head, and a row for each point."""
    head = (_short(made.paths[0]), "surely enough", "may be enough from", "futures that meet it", "cost")
    return [head, *(_row(point) for point in made.points)]


def _row(point: Pairing) -> tuple[str, ...]:
    most = OUT_OF_REACH if point.status == OUT_OF_REACH else _value(point.high)
    cost = words.number(point.cost, "USD million")
    return _value(point.first), most, _value(point.low), _percent(point.share), cost


def frontier_figure(made: Frontier, narrow: bool = False) -> Figure:
    """Draw the least of the second variable by the first, and the cost along it."""
    with styled():
        reached = [point for point in made.points if point.high is not None]
        priced = [point for point in reached if point.cost is not None]
        figure, panels = panels_of(2 if priced else 1, narrow, share_x=True)
        at: Any = [point.first for point in reached]
        low: Any = [point.low for point in reached]
        high: Any = [point.high for point in reached]
        panels[0].fill_between(at, low, high, color=COLOURS[0], alpha=0.25)
        panels[0].plot(at, high, color=COLOURS[0], marker=MARKERS[0], linewidth=1.6)
        panels[0].set_title(letters(f"{made.standard}, {words.percent(made.goal)} of futures"))
        panels[0].set_ylabel(letters(made.paths[1]))
        if priced:
            first: Any = [point.first for point in priced]
            cost: Any = [point.cost for point in priced]
            panels[1].plot(first, cost, color=MUTED, marker=MARKERS[1], linestyle=DASHES[1])
            panels[1].set_ylabel("USD million")
            thousands(panels[1].yaxis)
            panels[1].set_title("Cost of systems and all rounds had, mean")
        panels[-1].set_xlabel(letters(made.paths[0]))
        stamped(figure, _stamp(made), narrow)
        return figure


# --- files ---------------------------------------------------------------------------------------------


def write_sized(made: Sizing | Frontier, place: str | Path) -> Path:
    """Write report.html, size.txt, size.csv (the curve), size.svg and size.json, whole or not at all.

    Raises RunError where the folder holds anything else, cannot be written, or Matplotlib is missing.
    """

    def fill(there: Path) -> None:
        texts = {
            PAGE: made.to_html(),
            TEXT: f"{made}\n",
            CURVE: made.to_csv(),
            CHART: svg(made.plot()),
            DATA: folder.json_text(made),
        }
        for name, text in texts.items():
            (there / name).write_text(text, encoding="utf-8", newline="\n")

    return folder.put_whole(place, fill, OURS, DATA)


def refuse_foreign_sized(place: str | Path) -> None:
    """Raise RunError where an answer must not be written: over what is not one."""
    folder.refuse_foreign(place, OURS, DATA)
