"""Where systems would stand: sentences, tables, a map of assumed sites, and files (Q2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vallum.basing import ASSUMED, BEST, Beside, Placement, Row
from vallum.report import folder, words
from vallum.report.charts import COLOURS, GRID, INK, MARKERS, MUTED, letters, panels_of, stamped, styled, svg, thousands
from vallum.report.summary import aligned, listed, shell_lines, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: What a folder of an answer holds.
PAGE: Final = "report.html"
TEXT: Final = "place.txt"
TABLE: Final = "place.csv"
MAP: Final = "place-map.svg"
CURVE: Final = "place-curve.svg"
DATA: Final = "place.json"
OURS: Final = frozenset({PAGE, TEXT, TABLE, MAP, CURVE, DATA})

LIVE: Final = (
    "The theatre is live: what leaves the program is told by region or size of the city, and no site by its name "
    "(scope)."
)
MODEL: Final = (
    "The covering model takes ample rounds, all numbers at their means, and each reading of a disputed radius with its "
    "probability; the simulation has the magazines, the dates and the spread. A city is a point, or several of equal "
    "people "
    "where it is taken as a disc."
)
#: Systems of a region are drawn in steps of one colour, light to dark.
_STEPS: Final = ("#ffffff", "#d6e6f2", "#a9cce4", "#6fa9d2", "#3582b8", "#0b5a91")


# --- sentences --------------------------------------------------------------------------------------


def placed_sentences(made: Placement) -> str:
    """How good the plan is, how sure that is, and what simulation makes of it beside simpler plans, a line each."""
    return "\n".join([_cover(made), _gap(made), *map(_against, made.beside[1:]), _next(made)])


def _cover(made: Placement) -> str:
    kinds = words.join([f"{kind.count} {words.plain(kind.name)} systems" for kind in made.ground.kinds])
    best = made.beside[0]
    return (
        f"{words.capital(kinds)} at the sites with the most expected cover would stop {words.percent(best.cover)} of "
        "the "
        f"{words.number(float(made.ground.weight.sum()))} threats that they can engage, if rounds were ample; "
        "simulated "
        f"with the rounds that there are: {_simulated(made, best)}."
    )


def _simulated(made: Placement, one: Beside) -> str:
    label = made.label
    found = one.result.outcome(label.name, threat_class=label.threat_class)
    spread = words.band(found.p5, found.p95)
    return f"{words.number(found.mean)} {words.outcome(label)} on average (5–95 % of futures: {spread})"


def _exact(value: float) -> str:
    """A number of the covering model to six figures: it is computed, not sampled."""
    return f"{value:.6g}"


def _gap(made: Placement) -> str:
    plan = made.plan
    proven = (
        "proven to be the best (gap 0)"
        if plan.gap == 0
        else f"proven to be within {words.percent(plan.gap)} of the best"
    )
    total = float(made.ground.weight.sum())
    covers = f"expected to cover {_exact(plan.value)} of {_exact(total)} threats"
    proven = f"{covers} (no plan passes {_exact(plan.bound)}): {proven}"
    if not plan.tangents:
        return f"The plan is {proven}."
    rounds = ", then ".join(words.percent(gap) if gap else "0" for gap in plan.tangents)
    return f"The plan is {proven}. Several kinds are solved with tangents, which overstate the plan found by {rounds}."


def map_said(made: Placement) -> str:
    """How the map is read."""
    if made.ground.live:
        return f"{words.capital(ASSUMED)}. A number is how many would stand in the region; darker is more."
    return f"{words.capital(ASSUMED)}. A mark is a site with its number of systems; dots are what is to be protected."


def _against(one: Beside) -> str:
    """What another plan makes of the same systems, against the best, in the same futures."""
    change = next(made for made in one.differences if made.label.name == "leakers")
    start = f"{words.capital(one.name)} ({one.meaning}): {words.percent(one.cover)} by the covering model"
    if not change.told_apart:
        return f"{start}; in the simulation it cannot be told apart from the best plan."
    more = "more" if change.mean > 0 else "fewer"
    spread = words.changed_by(change, change.label.unit)
    return (
        f"{start}; in the simulation {words.number(abs(change.mean))} {more} {words.outcome(change.label)} ({spread})."
    )


def _next(made: Placement) -> str:
    steps = made.marginal
    if not steps:
        return ""
    kind = made.ground.kinds[0]
    return (
        f"The last of the {kind.count} {words.plain(kind.name)} systems adds {words.signed(steps[-1], 'share')}, the "
        "first "
        f"{words.signed(steps[0], 'share')}."
    )


# --- text -------------------------------------------------------------------------------------------


def placed(made: Placement) -> str:
    """The sentences, the plans beside each other, systems by region and size, and what is left out."""
    parts = [
        "\n".join(wrapped(line) for line in placed_sentences(made).splitlines() if line),
        _plans(made),
        *(_rows(made, title, rows) for title, rows in tables(made)),
        _steps(made),
        wrapped(f"{words.capital(ASSUMED)}. {LIVE if made.ground.live else ''}".strip()),
        wrapped(MODEL),
        listed("Not modelled", made.manifest.not_modelled),
        listed("Warnings", made.manifest.warnings),
        _again(made),
    ]
    return "\n\n".join(part for part in parts if part)


def tables(made: Placement) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """The tables that may leave: by region, by size of the city, and by site where the theatre is not live."""
    for title, rows in (("Region", made.regions), ("Size of the city", made.sizes), ("Site", made.sites)):
        if rows:
            yield title, rows


def plan_rows(made: Placement) -> list[tuple[str, ...]]:
    """A row for each plan: cover by the model, and outcomes of the simulation against the best."""
    rows: list[tuple[str, ...]] = []
    for one in made.beside:
        found = one.result.outcome(made.label.name, threat_class=made.label.threat_class)
        change = next((made for made in one.differences if made.label.name == "leakers"), None)
        told = "–" if change is None else words.signed(change.mean) if change.told_apart else "cannot be told apart"
        spread = "" if change is None else words.changed_by(change, change.label.unit)
        rows.append((one.name, words.percent(one.cover), words.number(found.mean), told, spread))
    return rows


def plan_heads(made: Placement) -> tuple[str, ...]:
    """Heads of `plan_rows`."""
    return ("Plan", "expected cover", words.capital(words.outcome(made.label)), "against the best", "5–95 %")


def _plans(made: Placement) -> str:
    return aligned([plan_heads(made), *plan_rows(made)])


def row_heads(made: Placement, title: str) -> tuple[str, ...]:
    """Heads of a table by region, size or site."""
    return (title, "people", "threats expected", "cover", *(one.name for one in made.beside))


def row_cells(made: Placement, row: Row) -> tuple[str, ...]:
    """One row of a table by region, size or site: the systems of each plan last."""
    kinds = [kind.name for kind in made.ground.kinds]
    many = [" + ".join(str(row.systems[one.name][kind]) for kind in kinds) for one in made.beside]
    return (row.name, words.number(row.people), words.number(row.threats), words.percent(row.covered), *many)


def _rows(made: Placement, title: str, rows: tuple[Row, ...]) -> str:
    kinds = [words.plain(kind.name) for kind in made.ground.kinds]
    note = f"\nSystems of each plan: {' + '.join(kinds)}." if len(kinds) > 1 else ""
    return aligned([row_heads(made, title), *(row_cells(made, row) for row in rows)]) + note


def _steps(made: Placement) -> str:
    kind = words.plain(made.ground.kinds[0].name)
    first = made.ground.kinds[0].count - len(made.marginal)
    rows: list[tuple[str, ...]] = [(f"{kind} system", "adds", "cover with it")]
    rows += [
        (f"number {first + k}", words.signed(step, "share"), words.percent(made.curve[k]))
        for k, step in enumerate(made.marginal, 1)
    ]
    return aligned(rows) if made.marginal else ""


def _again(made: Placement) -> str:
    about = made.manifest
    stamp = f"As of {about.as_of}, {about.futures:,} futures, seed {about.seed}, vallum {about.version}. Again:"
    return f"{wrapped(stamp)}\n{shell_lines(made.command())}"


# --- figures ----------------------------------------------------------------------------------------


def placed_figure(made: Placement, narrow: bool = False) -> Figure:
    """The map where it can be drawn, else the curve."""
    return placed_map(made, narrow) or placed_curve(made, narrow)


def placed_map(made: Placement, narrow: bool = False) -> Figure | None:
    """Assumed sites on a map: systems by region for a live theatre, else sites; None where neither is known."""
    ground = made.ground
    outlines = None if ground.theatre is None else ground.theatre.outlines()
    if (ground.live and (outlines is None or not made.regions)) or (not ground.live and not made.sites):
        return None
    with styled():
        figure, (axes,) = panels_of(1, narrow, height=1.5)
        if outlines is not None:
            _outlines(axes, outlines, made)
        if not ground.live:
            _points(axes, made)
        axes.set_axis_off()
        axes.set_title(letters(f"{words.capital(ASSUMED)}: {made.beside[0].name}"))
        axes.set_aspect("equal" if outlines is None else _stretch(outlines))
        stamped(figure, _stamp(made), narrow)
        return figure


def _stretch(outlines: dict[str, Any]) -> float:
    """How much longer a degree of latitude is than one of longitude, in the middle of the map."""
    import math

    rows = [float(feature["properties"]["label_lat"]) for feature in outlines["features"]]
    return 1.0 / math.cos(math.radians(sum(rows) / len(rows)))


def _outlines(axes: Axes, outlines: dict[str, Any], made: Placement) -> None:
    """Regions, for a live theatre shaded by the systems that stand there, with their number."""
    from matplotlib.patches import Polygon

    many = {row.name: sum(row.systems[BEST].values()) for row in made.regions} if made.ground.live else {}
    for feature in outlines["features"]:
        about, shape = feature["properties"], feature["geometry"]
        parts = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        systems = many.get(about["name"], 0)
        face = _STEPS[min(systems, len(_STEPS) - 1)]
        for part in parts:
            axes.add_patch(Polygon(part[0], closed=True, facecolor=face, edgecolor=MUTED, linewidth=0.6))
        if systems:
            dark = systems >= len(_STEPS) - 2
            axes.annotate(
                str(systems), (about["label_lon"], about["label_lat"]), ha="center", va="center", fontsize=9,
                fontweight="bold", color="#ffffff" if dark else INK,
            )  # fmt: skip
    axes.autoscale_view()


def _points(axes: Axes, made: Placement) -> None:
    """Demand as small grey dots, sites as marks with their number of systems."""
    places = [place for place in made.ground.places if place.people]
    axes.scatter([p.lon for p in places], [p.lat for p in places], s=16, color=GRID, edgecolor=MUTED, linewidth=0.5)
    at = {place.name: place for place in made.ground.places}
    for k, kind in enumerate(made.ground.kinds):
        rows = [row for row in made.sites if row.systems[BEST][kind.name]]
        lon, lat = ([getattr(at[row.name], key) for row in rows] for key in ("lon", "lat"))
        mark = MARKERS[k % len(MARKERS)]
        axes.scatter(
            lon, lat, s=60, marker=mark, color=COLOURS[k % len(COLOURS)], label=letters(words.plain(kind.name))
        )
        for row, x, y in zip(rows, lon, lat, strict=True):
            told = f"{row.name}: {row.systems[BEST][kind.name]}"
            axes.annotate(letters(told), (x, y), xytext=(5, 5), textcoords="offset points", fontsize=7.5)
    axes.legend(loc="best")


def placed_curve(made: Placement, narrow: bool = False) -> Figure:
    """Expected cover against the number of systems of the first kind: the next one adds ever less."""
    with styled():
        from matplotlib.ticker import FuncFormatter

        figure, (axes,) = panels_of(1, narrow)
        kind = made.ground.kinds[0]
        first = kind.count - len(made.marginal)
        axes.plot(range(first, kind.count + 1), made.curve, color=COLOURS[0], marker=MARKERS[0], linewidth=1.8)
        for k, one in enumerate(made.beside[1:], 1):
            axes.plot(
                kind.count, one.cover, linestyle="none", marker=MARKERS[k], color=COLOURS[k], label=letters(one.name)
            )
        axes.set_xlabel(f"{words.plain(kind.name)} systems, each number placed best")
        axes.set_ylabel("expected cover")
        axes.set_ylim(bottom=0)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: words.percent(value)))
        thousands(axes.xaxis)
        axes.legend(loc="lower right")
        stamped(figure, _stamp(made), narrow)
        return figure


def _stamp(made: Placement) -> str:
    about = made.manifest
    return f"vallum {about.version} · {about.title} · {ASSUMED} · as of {about.as_of}"


# --- files ------------------------------------------------------------------------------------------


def write_placed(made: Placement, place: str | Path) -> Path:
    """Write report.html, place.txt, .csv, .json and the figures into a folder, whole or not at all.

    Raises RunError where the folder holds anything else, cannot be written, or Matplotlib is missing.
    """
    from vallum.report.placed_page import placed_page

    def fill(into: Path) -> None:
        drawn = placed_map(made)
        files = {
            PAGE: placed_page(made),
            TEXT: f"{placed(made)}\n",
            TABLE: made.to_csv(),
            CURVE: svg(placed_curve(made)),
            **({} if drawn is None else {MAP: svg(drawn)}),
            DATA: folder.json_text(made),
        }
        for name, text in files.items():
            (into / name).write_text(text, encoding="utf-8", newline="\n")

    return folder.put_whole(place, fill, OURS, DATA)


def refuse_foreign_placed(place: str | Path) -> None:
    """Raise RunError where an answer must not be written, before it is made."""
    folder.refuse_foreign(place, OURS, DATA)
