"""The figure of one future: what came and got through, the stock, and the batteries without a round (Q4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from vallum.explain import Explanation
from vallum.report import tables, words
from vallum.report.charts import COLOURS, INK, MUTED, date_axis, filled, letters, panels_of, stamped, styled, thousands
from vallum.terms import REASONS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_STOPPED: Final = "stopped, or failed by itself"


def explained_figure(made: Explanation, narrow: bool = False) -> Figure:
    """Draw a future: threats by what became of them, rounds left, batteries; the night it turns on is marked."""
    with styled():
        sheet, axes = panels_of(3, narrow, share_x=True)
        _threats(axes[0], made)
        _stock(axes[1], made)
        _batteries(axes[2], made)
        for one in axes:
            one.axvline(made.turn, color=INK, linewidth=1.0, linestyle=(0, (4, 3)))
            one.set_xlim(0.4, len(made.nights) + 0.6)
            one.legend(loc="upper left", ncols=1 if narrow else 4, fontsize=8)
            one.set_ylim(0, one.get_ylim()[1] * 1.25)  # room for the legend
        date_axis(axes[2], [{"date": night.date.isoformat()} for night in made.nights], narrow)
        names = [label.get_text() for label in axes[2].get_xticklabels()]
        axes[2].set_xticks([place + 1 for place in axes[2].get_xticks()], names)
        axes[2].set_xlabel(f"dashed: night {made.turn:,}, on which the story turns")
        stamped(sheet, tables.stamp(made.manifest), narrow)
        return sheet


def _numbers(made: Explanation) -> list[int]:
    return [night.number for night in made.nights]


def _threats(axes: Axes, made: Explanation) -> None:
    raids = [night.raids[made.threat_class] for night in made.nights]
    below = [0] * len(raids)
    stopped = [raid.stopped + raid.failed for raid in raids]
    below = _bars(axes, made, below, stopped, _STOPPED, {"facecolor": "#d5dae0", "edgecolor": MUTED, "linewidth": 0.5})
    for k, reason in enumerate(REASONS):
        leaked = [raid.leaked[reason] for raid in raids]
        if any(leaked):
            below = _bars(axes, made, below, leaked, words.reason(reason), filled(k))
    axes.set_title(letters(f"{words.capital(words.threat_class(made.threat_class))}, by what became of them"))
    axes.set_ylabel("threats")
    thousands(axes.yaxis)


def _bars(
    axes: Axes, made: Explanation, below: Sequence[int], values: Sequence[int], label: str, style: dict[str, Any]
) -> list[int]:
    shown = [k for k, value in enumerate(values) if value]
    bottoms = [below[k] for k in shown]
    axes.bar([made.nights[k].number for k in shown], [values[k] for k in shown], 0.9, bottoms, label=label, **style)
    return [one + other for one, other in zip(below, values, strict=True)]


def _stock(axes: Axes, made: Explanation) -> None:
    numbers = _numbers(made)
    left = [sum(night.rounds[kind].stock for kind in made.types) for night in made.nights]
    landed = [sum(night.rounds[kind].arrived for kind in made.types) for night in made.nights]
    missing = [
        sum(night.lines[line.name].missing for line in made.lines if line.brings in made.types) for night in made.nights
    ]
    axes.step(numbers, left, where="mid", color=COLOURS[0], linewidth=2.0, label="left at midnight")
    _bars(axes, made, [0] * len(landed), landed, "landed that day", {"color": COLOURS[2]})
    if any(missing):
        axes.step(
            numbers, missing, where="mid", color=COLOURS[3], linestyle=(0, (5, 2)), label="due and not landed so far"
        )
    axes.set_title("Rounds that may be fired at them")
    axes.set_ylabel("rounds")
    thousands(axes.yaxis)


def _batteries(axes: Axes, made: Explanation) -> None:
    numbers = _numbers(made)
    stands = [[night.systems[name] for name in made.systems] for night in made.nights]
    fit = [sum(one.fit for one in row) for row in stands]
    bare = [sum(one.bare for one in row) for row in stands]
    axes.step(numbers, fit, where="mid", color=COLOURS[0], linewidth=1.6, label="fit that night")
    _bars(axes, made, [0] * len(bare), bare, "of these, without a round at nightfall", filled(3))
    axes.set_title("Batteries with a magazine")
    axes.set_ylabel("batteries")
    thousands(axes.yaxis)
