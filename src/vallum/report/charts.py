"""Figures drawn from their tables: bands always, readable in grey and by the colour-blind, same bytes each time."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from vallum.errors import RunError
from vallum.report import tables, words
from vallum.report.tables import Table
from vallum.results import Result
from vallum.supply import ALL_LINES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Okabe and Ito's palette, readable for the colour-blind, in an order whose greys differ.
COLOURS: Final = ("#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8a7a00")
INK: Final = "#1d2733"
MUTED: Final = "#5b6776"
GRID: Final = "#d5dae0"
#: Marks, dashes and hatches, so that colour never stands alone.
MARKERS: Final = ("o", "s", "^", "D", "v", "P", "X")
DASHES: Final[tuple[Any, ...]] = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (7, 2)))
HATCHES: Final = ("", "////", "---", "xxxx", "\\\\\\\\", "|||", "++")

_STYLE: Final[Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10.0,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": MUTED,
    "axes.labelcolor": MUTED,
    "axes.titlecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "vallum",
}
#: Style of the many small panels that show the record, and forecasts beside it.
SMALL: Final[Any] = {
    "font.size": 9.5, "axes.titlesize": 10.0, "axes.titlelocation": "left", "axes.titleweight": "bold",
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": MUTED, "axes.titlecolor": INK,
    "axes.grid": True, "axes.axisbelow": True, "grid.color": GRID, "xtick.color": MUTED, "ytick.color": MUTED,
    "xtick.labelcolor": INK, "ytick.labelcolor": INK, "legend.frameon": False, "figure.facecolor": "none",
    "axes.facecolor": "none",
}  # fmt: skip
#: Width and height of a panel in inches, on a wide page and on a phone.
_WIDE: Final = (7.8, 2.9)
_NARROW: Final = (3.75, 2.7)
_NO_METADATA: Final = {"Date": None, "Creator": None, "Format": None, "Type": None}
_SHORT_CAMPAIGN: Final = 45
#: Dots an inch of a figure that is no drawing.
_DOTS: Final = 200


@dataclass(frozen=True)
class Plots:
    """`result.plot.stock()` and its like: Matplotlib figures of a result. RunError where there is nothing to draw."""

    result: Result

    def stock(self) -> Figure:
        """Stock at each midnight by interceptor type: median, 25-75 % and 5-95 % of futures."""
        return self._drawn("stock")

    def leakers(self) -> Figure:
        """What gets through in the mean future, by class and reason, with the 5-95 % band of the sum."""
        return self._drawn("leakers")

    def dry_nights(self) -> Figure:
        """Probability that a month has a night without a round, by class."""
        return self._drawn("dry_nights")

    def stopped_share(self, record: bool | None = None) -> Figure:
        """Share stopped by month and class.

        record : set what the packaged record reports beside it; default where the run is about its whole country
        """
        return self._drawn("stopped_share", tables.national(self.result) if record is None else record)

    def first_dry(self) -> Figure:
        """Month of the first night without a round: share of futures, with those in which it never comes."""
        return self._drawn("first_dry")

    def _drawn(self, name: str, record: bool = True) -> Figure:
        found = tables.figures(self.result, record)
        if name not in found:
            raise RunError(f"this result has nothing to draw as {name}; it has: {', '.join(found) or 'no figure'}")
        return draw(name, found[name], stamp=tables.stamp(self.result.manifest))


def draw(name: str, table: Table, narrow: bool = False, stamp: str = "") -> Figure:
    """Draw a figure from its table.

    narrow : the form for a phone; stamp : a line below it, what was run and on what knowledge
    Raises RunError where Matplotlib is not installed.
    """
    with styled():
        figure = DRAWINGS[name](table, narrow)
        stamped(figure, stamp, narrow)
        return figure


def stamped(figure: Figure, stamp: str, narrow: bool = False) -> None:
    """Put a small line below a figure, so that a copied picture still says where it is from."""
    if stamp:
        shown = stamp.replace(" · as of", "\nas of", 1) if narrow else stamp
        figure.supxlabel(letters(shown), x=0.995, ha="right", fontsize=6.5, color=MUTED)


def svg(figure: Figure) -> str:
    """The figure as SVG text: letters stay letters, and the bytes are the same each time."""
    text = io.StringIO()
    with styled():
        figure.savefig(text, format="svg", metadata=_NO_METADATA)
    body = text.getvalue()
    body = re.sub(r"<metadata>.*?</metadata>\s*", "", body[body.index("<svg") :], flags=re.DOTALL)
    return "\n".join(line.rstrip() for line in body.splitlines()) + "\n"


def png(figure: Figure) -> bytes:
    """The figure as PNG on white paper, the same bytes each time."""
    data = io.BytesIO()
    with styled():
        figure.savefig(data, format="png", dpi=_DOTS, facecolor="white", metadata={"Software": None})
    return data.getvalue()


@contextmanager
def styled(style: Any = None) -> Iterator[None]:
    """Draw in the one style of all figures, or in another. Raises RunError where Matplotlib is not installed."""
    try:
        import matplotlib as mpl
    except ImportError:
        raise RunError("figures need Matplotlib: pip install 'vallum[report]'") from None
    with mpl.rc_context(_STYLE if style is None else style):
        yield


def panels_of(
    n: int, narrow: bool, columns: int = 1, height: float = 1.0, share_x: bool = False
) -> tuple[Figure, list[Axes]]:
    """A figure of n panels; on a phone they stand below each other."""
    from matplotlib.figure import Figure

    across = 1 if narrow else min(columns, n)
    down = -(-n // across)
    width, panel = _NARROW if narrow else _WIDE
    figure = Figure(figsize=(width, (panel * height) * down + 0.15), layout="constrained")
    axes = figure.subplots(down, across, squeeze=False, sharex=share_x)
    flat = [axis for row in axes for axis in row]
    for idle in flat[n:]:
        idle.set_visible(False)
    return figure, flat[:n]


def _floats(cells: Sequence[tables.Cell]) -> list[float]:
    return [float("nan") if cell is None else float(cell) for cell in cells]


def _column(rows: Sequence[Mapping[str, tables.Cell]], name: str) -> list[float]:
    return _floats([row[name] for row in rows])


def thousands(axis: Any) -> None:
    """Whole numbers with commas along an axis."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def _percents(axes: Axes) -> None:
    from matplotlib.ticker import FuncFormatter

    axes.set_ylim(0, 1.03)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))


def _month_ticks(axes: Axes, months: Sequence[str], narrow: bool, room: int | None = None) -> None:
    """Month names under the axis, thinned out where there is no room; a year under its first month."""
    step = -(-len(months) // (room or (6 if narrow else 13)))
    places = range(0, len(months), step)
    axes.set_xticks(list(places), _month_names([months[k] for k in places]))


def _month_names(months: Sequence[str]) -> list[str]:
    names, year = [], ""
    for name in months:
        if name == "never":
            names.append("never")
            continue
        day = date.fromisoformat(f"{name}-01")
        names.append(f"{day:%b}\n{day:%Y}" if f"{day:%Y}" != year else f"{day:%b}")
        year = f"{day:%Y}"
    return names


# --- stock ------------------------------------------------------------------------------------------


def _stock(table: Table, narrow: bool) -> Figure:
    kinds = table.values("interceptor")
    figure, panels = panels_of(len(kinds), narrow, columns=1)
    for k, (axes, kind) in enumerate(zip(panels, kinds, strict=True)):
        rows = table.where(interceptor=kind)
        _fan(axes, rows, COLOURS[k % len(COLOURS)])
        date_axis(axes, rows, narrow)
        axes.set_title(words.capital(words.plain(kind)) if len(kinds) > 1 else "")
        axes.set_ylabel("interceptors left")
        thousands(axes.yaxis)
    _fan_legend(figure, COLOURS[0], narrow)
    return figure


def _fan(axes: Axes, rows: Sequence[Mapping[str, tables.Cell]], colour: str) -> None:
    at = _column(rows, "midnight")
    axes.fill_between(at, _column(rows, "p5"), _column(rows, "p95"), color=colour, alpha=0.20, linewidth=0, step="post")
    axes.fill_between(
        at, _column(rows, "p25"), _column(rows, "p75"), color=colour, alpha=0.38, linewidth=0, step="post"
    )
    for edge in ("p5", "p95"):
        axes.step(at, _column(rows, edge), where="post", color=colour, linewidth=0.8, linestyle=(0, (3, 2)))
    axes.step(at, _column(rows, "p50"), where="post", color=colour, linewidth=2.2)
    axes.set_ylim(bottom=0, top=max(1.0, *_column(rows, "p95")) * 1.05)
    axes.set_xlim(at[0], at[-1])


def _fan_legend(figure: Figure, colour: str, narrow: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Line2D([], [], color=colour, linewidth=2.2, label="median"),
        Patch(facecolor=colour, alpha=0.5, label="half of futures"),
        Patch(facecolor=colour, alpha=0.20, label="nine in ten"),
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=3, columnspacing=1.2, handlelength=1.4)


def date_axis(axes: Axes, rows: Sequence[Mapping[str, tables.Cell]], narrow: bool) -> None:
    """Months where they begin; days in a short campaign."""
    days = [date.fromisoformat(str(row["date"])) for row in rows]
    if len(days) <= _SHORT_CAMPAIGN:
        step = max(1, -(-len(days) // (4 if narrow else 8)))
        axes.set_xticks(range(0, len(days), step), [f"{day.day} {day:%b}" for day in days[::step]])
        return
    firsts = [k for k, day in enumerate(days) if day.day == 1]
    step = -(-len(firsts) // (5 if narrow else 13))
    kept = firsts[::step]
    axes.set_xticks(kept, _month_names([f"{days[k]:%Y-%m}" for k in kept]))


# --- what arrives -----------------------------------------------------------------------------------


def _supply(table: Table, narrow: bool) -> Figure:
    """What has arrived so far, a panel for each interceptor or system: lines with their bands, and their sum."""
    kinds = table.values("delivers")
    lines = [line for line in table.values("line") if line != ALL_LINES]
    figure, panels = panels_of(len(kinds), narrow)
    for axes, kind in zip(panels, kinds, strict=True):
        mine = table.where(delivers=kind)
        for name in dict.fromkeys(str(row["line"]) for row in mine):
            rows = [row for row in mine if row["line"] == name]
            _source(axes, rows, lines.index(name) if name in lines else None)
        date_axis(axes, [row for row in mine if row["line"] == mine[0]["line"]], narrow)
        axes.set_title(letters(words.capital(words.plain(kind))) if len(kinds) > 1 else "")
        axes.set_ylabel("arrived so far")
        axes.set_ylim(bottom=0)
        thousands(axes.yaxis)
    _source_legend(figure, lines, ALL_LINES in table.values("line"), narrow)
    return figure


def _source(axes: Axes, rows: Sequence[Mapping[str, tables.Cell]], k: int | None) -> None:
    """One supply line, the k-th; or the sum of all, in ink and with the edges of its band alone."""
    at, low, high = (_column(rows, name) for name in ("midnight", "p5", "p95"))
    if k is None:
        for edge in (low, high):
            axes.step(at, edge, where="post", color=INK, linewidth=0.8, linestyle=(0, (3, 2)))
    else:
        axes.fill_between(at, low, high, color=COLOURS[k % len(COLOURS)], alpha=0.2, linewidth=0, step="post")
    axes.step(at, _column(rows, "mean"), where="post", linewidth=1.3 if k is None else 2.2, **_stroke(k))
    axes.set_xlim(at[0], at[-1])


def _stroke(k: int | None) -> dict[str, Any]:
    return {"color": INK} if k is None else {"color": COLOURS[k % len(COLOURS)], "linestyle": DASHES[k % len(DASHES)]}


def _source_legend(figure: Figure, lines: Sequence[str], summed: bool, narrow: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [Line2D([], [], linewidth=2.2, **_stroke(k)) for k in range(len(lines))]
    labels = [letters(words.plain(name)) for name in lines]
    if summed:
        handles.append(Line2D([], [], linewidth=1.3, **_stroke(None)))
        labels.append(ALL_LINES)
    handles.append(Patch(facecolor=MUTED, alpha=0.2))
    labels.append("5–95 % of futures")
    figure.legend(handles, labels, loc="outside upper left", ncols=1 if narrow else 4, columnspacing=1.4)


def letters(text: str) -> str:
    """Text of a user that stays text: no formula between dollar signs."""
    return text.replace("$", r"\$")


# --- what gets through ------------------------------------------------------------------------------

#: Reasons of leakers in the order of the bars, from what defence was there to what was not.
_DRONE: Final = "drone"


def _leakers(table: Table, narrow: bool) -> Figure:
    classes = [name for name in table.values("class") if _total(table, name) > 0] or table.values("class")[:1]
    groups = [[c for c in classes if c != _DRONE], [c for c in classes if c == _DRONE]]
    groups = [group for group in groups if group]
    reasons = [r for r in table.values("reason") if r != "all" and any(_mean(table, c, r) > 0 for c in classes)]
    ratios = [len(group) + 0.7 for group in groups]
    figure = _stacked_figure(ratios, narrow)
    panels = figure.subplots(len(groups), 1, squeeze=False, height_ratios=ratios)
    for axes, group in zip(panels[:, 0], groups, strict=True):
        _bars(axes, table, group, reasons)
        axes.set_xlabel("" if axes is not panels[-1, 0] else "threats in the whole campaign")
    _reason_legend(figure, reasons, narrow)
    return figure


def _stacked_figure(ratios: Sequence[float], narrow: bool) -> Figure:
    from matplotlib.figure import Figure

    width = (_NARROW if narrow else _WIDE)[0]
    height = 0.62 * sum(ratios) + (1.7 if narrow else 1.1)
    return Figure(figsize=(width, height), layout="constrained")


def _mean(table: Table, name: str, reason: str) -> float:
    return _floats([table.where(**{"class": name, "reason": reason})[0]["mean"]])[0]


def _total(table: Table, name: str) -> float:
    return _mean(table, name, "all")


def _bars(axes: Axes, table: Table, classes: Sequence[str], reasons: Sequence[str]) -> None:
    for place, name in enumerate(classes):
        left = 0.0
        for k, reason in enumerate(reasons):
            width = _mean(table, name, reason)
            axes.barh(place, width, left=left, height=0.6, **filled(k))
            left += width
        everything = table.where(**{"class": name, "reason": "all"})[0]
        low, high = _floats([everything["p5"], everything["p95"]])
        axes.plot([low, high], [place + 0.4] * 2, color=INK, linewidth=1.4, marker="|", markersize=6)
    names = [words.capital(words.threat_class(name)) for name in classes]
    axes.set_yticks(range(len(classes)), [name.replace(" missiles", "\nmissiles") for name in names])
    axes.set_ylim(len(classes) - 0.4, -0.5)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_xlim(left=0)
    thousands(axes.xaxis)


def filled(k: int) -> dict[str, Any]:
    """Colour, hatch and edge of the bars of reason k."""
    return {"facecolor": COLOURS[k % 7], "hatch": HATCHES[k % 7] or None, "edgecolor": INK, "linewidth": 0.5}


def _reason_legend(figure: Figure, reasons: Sequence[str], narrow: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [Patch(label=words.reason(reason), **filled(k)) for k, reason in enumerate(reasons)]
    handles.append(Line2D([], [], color=INK, marker="|", label="sum, 5–95 % of futures"))
    figure.legend(handles=handles, loc="outside upper left", ncols=1 if narrow else 3, columnspacing=1.4)


# --- nights without a round -------------------------------------------------------------------------


def _dry_nights(table: Table, narrow: bool) -> Figure:
    months, classes = table.values("month"), table.values("class")
    figure, (axes,) = panels_of(1, narrow)
    for k, name in enumerate(classes):
        rows = table.where(**{"class": name})
        at = [m + _dodge(k, len(classes)) for m in range(len(months))]
        _points(axes, at, rows, "probability", k, words.threat_class(name))
    axes.set_xlim(-0.6, len(months) - 0.4)
    _percents(axes)
    _month_ticks(axes, months, narrow)
    _key(figure, axes, narrow)
    return figure


def _dodge(k: int, n: int) -> float:
    return 0.5 * ((k + 0.5) / n - 0.5)


def _points(
    axes: Axes, at: Sequence[float], rows: Sequence[Mapping[str, tables.Cell]], value: str, k: int, label: str
) -> None:
    """Points with their 95 % interval."""
    middle, low, high = (_column(rows, name) for name in (value, "low", "high"))
    reach = [[m - x for m, x in zip(middle, low, strict=True)], [x - m for m, x in zip(middle, high, strict=True)]]
    colour = COLOURS[k % len(COLOURS)]
    axes.vlines(at, 0, middle, color=colour, linewidth=1.2, linestyles=DASHES[k % len(DASHES)])
    axes.errorbar(
        at, middle, yerr=reach, fmt=MARKERS[k % len(MARKERS)], color=colour, ecolor=INK, elinewidth=1.0, capsize=2.5,
        markersize=6, markeredgecolor=INK, markeredgewidth=0.6, label=label,
    )  # fmt: skip


def _key(figure: Figure, axes: Axes, narrow: bool) -> None:
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper left", ncols=1 if narrow else 3, columnspacing=1.4)


def _first_dry(table: Table, narrow: bool) -> Figure:
    """Share of futures by month of the first dry night, anywhere and in the whole country, by class."""
    rows = [row for row in table.records() if row["outcome"] == "first_dry_night"] or table.records()
    classes = _happening(rows) or [str(rows[0]["class"])]
    months = table.values("month")
    figure, panels = panels_of(len(classes), narrow)
    for axes, name in zip(panels, classes, strict=True):
        mine = [row for row in rows if row["class"] == name]
        for k, scope in enumerate(dict.fromkeys(str(row["scope"]) for row in mine)):
            chosen = [row for row in mine if row["scope"] == scope]
            at = [m + _dodge(k, 2) for m in range(len(months))]
            _points(axes, at, chosen, "share", k, f"no round {words.SCOPES.get(scope, scope)}")
        axes.set_title(words.capital(words.threat_class(name)) if name else "")
        axes.axvline(len(months) - 1.5, color=MUTED, linewidth=0.8)
        axes.set_xlim(-0.6, len(months) - 0.4)
        _percents(axes)
        _never_ticks(axes, months, narrow)
    _key(figure, panels[0], narrow)
    return figure


def _never_ticks(axes: Axes, months: Sequence[str], narrow: bool) -> None:
    step = -(-len(months) // (5 if narrow else 12))
    places = [*range(0, len(months) - step, step), len(months) - 1]
    axes.set_xticks(places, _month_names([months[k] for k in places]))


def _happening(rows: Sequence[Mapping[str, tables.Cell]]) -> list[str]:
    """Classes for which it comes in some future."""
    seen = (str(row["class"]) for row in rows if row["month"] != "never" and row["share"])
    return list(dict.fromkeys(seen))


# --- share stopped ----------------------------------------------------------------------------------


def _stopped_share(table: Table, narrow: bool) -> Figure:
    months = table.values("month")
    classes = [c for c in table.values("class") if any(x is not None for x in _cells(table, c, "median"))]
    figure, panels = panels_of(max(1, len(classes)), narrow, columns=2, height=0.85)
    for k, (axes, name) in enumerate(zip(panels, classes, strict=False)):
        rows = table.where(**{"class": name})
        _share_band(axes, rows, COLOURS[k % len(COLOURS)])
        _told(axes, rows)
        axes.set_title(words.capital(words.threat_class(name)))
        axes.set_xlim(-0.6, len(months) - 0.4)
        _percents(axes)
        _month_ticks(axes, months, narrow, room=6)
    _share_legend(figure, any(cell is not None for cell in table.column("reported")), narrow)
    return figure


def _cells(table: Table, name: str, column: str) -> list[tables.Cell]:
    return [row[column] for row in table.where(**{"class": name})]


def _share_band(axes: Axes, rows: Sequence[Mapping[str, tables.Cell]], colour: str) -> None:
    """A bar from 5 to 95 % for each month, with the median across it."""
    for m, row in enumerate(rows):
        if row["median"] is None:
            continue
        low, middle, high = _floats([row["p5"], row["median"], row["p95"]])
        axes.bar(m, high - low, bottom=low, width=0.62, color=colour, alpha=0.35, edgecolor=colour, linewidth=0.8)
        axes.plot([m - 0.31, m + 0.31], [middle] * 2, color=colour, linewidth=2.4, solid_capstyle="butt")


def _told(axes: Axes, rows: Sequence[Mapping[str, tables.Cell]]) -> None:
    """Reported shares: a full diamond for a whole month, an open one for part of it."""
    for m, row in enumerate(rows):
        if row["reported"] is not None:
            face = INK if row["reported_complete"] == "yes" else "none"
            axes.plot(
                m, _floats([row["reported"]])[0], marker="D", color=INK, markerfacecolor=face, markersize=5.5, zorder=4
            )


def _share_legend(figure: Figure, told: bool, narrow: bool) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles: list[Any] = [
        Line2D([], [], color=MUTED, linewidth=2.4, label="simulated, median"),
        Patch(facecolor=MUTED, alpha=0.35, label="5–95 % of futures"),
    ]
    if told:
        text = "reported, claims of one side"
        handles.append(Line2D([], [], color=INK, marker="D", linestyle="none", markersize=5.5, label=text))
    figure.legend(handles=handles, loc="outside upper left", ncols=1 if narrow else 3, columnspacing=1.4)


DRAWINGS: Final[Mapping[str, Callable[[Table, bool], Figure]]] = {
    "stock": _stock,
    "supply": _supply,
    "leakers": _leakers,
    "dry_nights": _dry_nights,
    "first_dry": _first_dry,
    "stopped_share": _stopped_share,
}
