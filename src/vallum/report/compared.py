"""Packages beside a base: sentences, a score card, a figure and files; no rank of them (Q3)."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from vallum.comparison import (
    BETTER,
    NO_CHANGE,
    SAME,
    WORSE,
    BreakEven,
    Change,
    Comparison,
    Condition,
    Criterion,
    Failure,
    Option,
    verdict,
)
from vallum.report import folder, words
from vallum.report.charts import COLOURS, DASHES, INK, MARKERS, MUTED, letters, panels_of, stamped, styled, svg
from vallum.report.summary import WIDTH, aligned, listed, shell_lines, wrapped
from vallum.results import Difference, Label, rounded

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: What a folder of a comparison holds.
PAGE: Final = "report.html"
TEXT: Final = "compare.txt"
TABLE: Final = "compare.csv"
CHART: Final = "compare.svg"
DATA: Final = "compare.json"
OURS: Final = frozenset({PAGE, TEXT, TABLE, CHART, DATA})

#: Width of a column of the printed score card, and how many packages stand beside each other.
_COLUMN: Final = 15
_ACROSS: Final = 5
_SHORT: Final = {SAME: "not told apart"}
_READ: Final = (
    "Each column is a package; its numbers are mean differences from the base, future by future in the same futures. "
    "“Not told apart”: within two standard errors of none. No rank is made of the rows: what weighs more is not the "
    "model's to say."
)
#: Units of what is counted one by one.
_COUNTED: Final = frozenset({"threats", "nights", "interceptors"})
#: What two differences have in common that are the same.
_NUMBERS: Final = ("mean", "se", "p5", "p95")
#: Outcomes that get worse where rounds run out.
_SCARCE: Final = frozenset({"dry_nights", "dry_ever", "first_empty_battery", "first_empty_country", "unmet"})
#: Rows of the score card that a sentence names.
_NAMED: Final = 3
#: From this density on a box tells nearly always, mostly, or in every other future.
_DENSE: Final = ((0.9, "nearly always"), (0.7, "mostly"), (0.5, "more often than not"))
_LOOSE: Final = "more often than elsewhere"


# --- sentences --------------------------------------------------------------------------------------


def compared_sentences(made: Comparison) -> str:
    """The base, what each package changes and at what price, and how the standards fare: a line each."""
    return "\n".join([of_the_base(made), *(told(made, option) for option in made.options), *_reached(made)])


def of_the_base(made: Comparison) -> str:
    """What the outcome asked for is without any package."""
    name, unit = words.with_unit(made.label, made.label.unit)
    name = _said(name, made.label)
    if made.label.may_be_never:
        share = sum(math.isfinite(value) for value in made.base.columns[made.label]) / made.manifest.futures
        return f"Without any package: {name} in {words.percent(share)} of futures."
    found = made.base.outcome(made.label.name, **{key: value for key, value in _where(made.label).items() if value})
    spread = words.band(found.p5, found.p95, unit)
    mean = words.number(found.mean, unit)
    what = f"{mean} {name}" if made.label.unit in _COUNTED else f"{name}: {mean}"
    return f"Without any package: {what} on average (5–95 % of futures: {spread})."


def _where(label: Label) -> dict[str, str]:
    return {
        "threat_class": label.threat_class, "interceptor": label.interceptor, "asset": label.asset,
        "reason": label.reason, "scope": label.scope, "donor": label.donor,
    }  # fmt: skip


def _small(name: str) -> str:
    """A name inside a sentence."""
    shouted = name[:2].isalpha() and name[:2].isupper()
    return name if shouted else name[:1].lower() + name[1:]


def _said(name: str, label: Label) -> str:
    """An outcome's name inside a sentence: what the sentence is about anyway is left out."""
    about = (words.threat_class(label.threat_class), words.plain(label.interceptor))
    for text in about:
        name = name.removesuffix(f", {text}") if text else name
    return _small(name).replace(" that get through", " get through")


def told(made: Comparison, option: Option) -> str:
    """What one package changes, what gets worse or better beside, and what it costs."""
    twin = _twin(made, option)
    start = effect(made, option)
    change = option.difference(made.label)
    if twin:
        return f"{titled(option)}: the same as {twin} in every outcome."
    if change.mean == 0 and change.se == 0:
        return f"{start}{_bare(option)}"
    return f"{start}{_beside(made, option, WORSE)}{_beside(made, option, BETTER)}{_price(option)}"


def titled(option: Option) -> str:
    """A package by its title, with the name that it is called by."""
    return f"{option.title} ({option.name})" if option.title not in ("", option.name) else option.name


def _twin(made: Comparison, option: Option) -> str:
    """An earlier package with the same differences in every outcome that is compared."""
    mine = _told_of(option)
    earlier = made.options[: made.options.index(option)]
    still = all(one.mean == 0 and one.se == 0 for one in option.differences)
    return "" if still else next((one.name for one in earlier if _told_of(one) == mine), "")


def _told_of(option: Option) -> list[tuple[str, float, float, float, float]]:
    return [(str(one.label), *(rounded(getattr(one, key)) or 0.0 for key in _NUMBERS)) for one in option.differences]  # type: ignore[misc]


def effect(made: Comparison, option: Option) -> str:
    """What one package changes in the outcome asked for, in a sentence."""
    change = option.difference(made.label)
    name, unit = words.changed(change)
    whole, name = _small(name), _said(name, made.label)
    who = titled(option)
    if change.mean == 0 and change.se == 0:
        return f"{who}: no change in any future in {whole}."
    if not change.told_apart:
        return f"{who}: cannot be told apart from the base in {whole} ({words.signed(change.mean, unit)})."
    spread = words.changed_by(change, unit)
    size = words.signed(abs(change.mean), unit).removeprefix("+")
    if made.label.unit in _COUNTED and not made.label.may_be_never:
        how = f"{size} {'more' if change.mean > 0 else 'fewer'} {name}"
    else:
        how = f"{name}: {size} {'more' if change.mean > 0 else 'less'}"
    of = f"{words.number(change.before, unit)} without it"
    band = f"5–95 % of futures: {spread}; " if spread else ""
    word = f", {verdict(change)} than the base" if verdict(change) in (BETTER, WORSE) else ""
    return f"{who}: {how} ({band}{of}){word}."


def _beside(made: Comparison, option: Option, word: str) -> str:
    """Other rows of the score card that get better or worse, costs apart: the first few of them by name."""
    others = [one for one in option.differences if one.label in made.card and one.label != made.label]
    others.sort(key=lambda one: made.card.index(one.label))
    found = [one for one in others if verdict(one) == word and not one.label.name.startswith("cost_")]
    if not found:
        return ""
    named = [f"{_said(words.changed(one)[0], one.label)} ({_change_of(one)})" for one in found]
    more = [f"{len(found) - _NAMED} more"] if len(found) > _NAMED else []
    why = _fired(option) if word == WORSE and any(one.label.name in _SCARCE for one in found) else ""
    return f" {words.capital(word)} at the same time{why}: {'; '.join([*named[:_NAMED], *more])}."


def _change_of(made: Difference) -> str:
    return words.signed(made.mean, words.changed(made)[1])


def _fired(option: Option) -> str:
    """Where more rounds are fired, that is why they run out."""
    more = [one for one in option.differences if one.label.name == "used" and one.told_apart and one.mean > 0]
    total = sum(one.mean for one in more)
    return f", for {words.number(total)} more rounds are fired" if total else ""


def _reached(made: Comparison) -> Iterator[str]:
    """How each standard fares, over all options: the range, and who misses it least."""
    options = [("no package", made.failures), *((one.name, one.failures) for one in made.options)]
    for k, standard in enumerate(made.standards):
        shares = {name: failures[k].share for name, failures in options}
        least, most = min(shares.values()), max(shares.values())
        start = f"“{words.capital(standard.words)}”: missed in"
        if least == most:
            yield f"{start} {words.percent(least)} of futures, with any package and without."
            continue
        first = words.join([name for name, share in shares.items() if share == least])
        last = words.join([name for name, share in shares.items() if share == most])
        yield f"{start} {words.percent(least)} of futures with {first}, and in {words.percent(most)} with {last}."


def _bare(option: Option) -> str:
    """Where nothing at all differs, that is said too."""
    still = all(one.mean == 0 and one.se == 0 for one in option.differences)
    return " Nothing that it changes takes effect before the campaign ends." if still else ""


def _price(option: Option) -> str:
    cost = option.cost
    if cost is None or cost.paid == 0:
        return ""
    paid = f" Systems and purchases cost {words.number(cost.paid, 'USD million')} more"
    if cost.paid < 0:
        return f" Systems and purchases cost {words.number(-cost.paid, 'USD million')} less."
    if cost.per_effect is None:
        return f"{paid}."
    error = words.error(cost.se, "USD million")
    each = "for each that no longer gets through" if cost.label.name == "leakers" else "for each unit of it"
    return f"{paid}: {words.number(cost.per_effect, 'USD million')} ({error}) {each}."


def fails(names: list[str], made: Failure) -> str:
    """When options miss a standard, in plain words."""
    often = f"in {words.percent(made.share)} of {made.futures:,} futures" if made.share else "in no future"
    start = f"“{words.capital(made.words)}” is missed {often} by {words.join(names)}"
    if not made.conditions or made.density is None or made.coverage is None:
        return (
            f"{start}."
            if made.rare
            else f"{start}; no few conditions tell when: nothing that is drawn separates them well."
        )
    how = next((word for least, word in _DENSE if made.density >= least), _LOOSE)
    what, those = ("fails", "failures") if made.fails else ("holds", "futures that hold")
    box = words.join([_condition(one) for one in made.conditions])
    return (
        f"{start}. It {what} {how} when {box}: there it {what} in {words.percent(made.density)} of futures, "
        f"and {words.percent(made.coverage)} of all {those} lie there (judged in the {made.judged:,} futures that the "
        "search did not see)."
    )


def _condition(made: Condition) -> str:
    title = made.title.partition(",")[0]
    title = title if title.startswith(("Patriot", "American", "Ukraine")) else _small(title)
    plain = made.unit in ("", "share", "probability") or ("month" in made.unit and "month" in title)
    unit = "" if plain else f" {made.unit}"
    side = "is above" if made.above else "is below"
    if made.unit == "a month":
        side = "exceed" if made.above else "stay under"
    return f"{title} {side} {words.number(made.value, made.unit)}{unit}"


def broken_even(made: BreakEven) -> str:
    """How large an effect without a source would have to be."""
    move, unit = made.move, made.move.unit
    goal = f"To change the outcome {made.goal_words}"
    assumed = f"as the package assumes it ({_range(move.end, unit)})"
    if made.times is None or made.needed is None:
        return (
            f"{move.title}: no effect of this kind is large enough. {goal} ({words.signed(made.goal)}), even the most "
            f"({_range(move.at(move.farthest), unit)}) gives {words.signed(made.ceiling[0])}; {assumed} "
            f"{words.signed(made.assumed[0])}."
        )
    return (
        f"{move.title}: {goal} ({words.signed(made.goal)}), it would have to be {_range(made.needed, unit)} instead of "
        f"{_range(move.start, unit)}, {words.number(made.times)} times the step that the package assumes"
        f"{_between(made)}; {assumed} it gives {words.signed(made.assumed[0])}."
    )


def _between(made: BreakEven) -> str:
    if made.high == float("inf"):
        return f" (more than {words.number(made.low)})"
    return f" (between {words.number(made.low)} and {words.number(made.high)})"


def _range(law: Sequence[float], unit: str) -> str:
    best, low, high = law
    return words.number(best, unit) if low == high else f"{words.number(best, unit)} ({words.band(low, high, unit)})"


def chosen(made: Criterion, unit: str) -> str:
    """What one criterion prefers, in words."""
    picks = words.join(list(made.picks))
    score = words.number(made.scores[made.picks[0]], unit)
    equal = " (a tie)" if len(made.picks) > 1 else ""
    near = f"; cannot be told apart from it: {words.join(list(made.near))}" if made.near else ""
    return f"{words.capital(made.name)} ({made.meaning}): {picks}{equal}, {score}{near}"


def shown_change(value: Any, law: Sequence[float] | None) -> str:
    """One side of a change in the input, as it stands in the file; an uncertain number by its range."""
    if value is None:
        return "–"
    if law is not None:
        return f"{words.number(law[0])} ({words.band(law[1], law[2])})"
    if isinstance(value, Mapping) and "value" in value:
        claims = value.get("claims") or []
        told = ", ".join([claims] if isinstance(claims, str) else claims)
        return f"{value['value']}{f' [{told}]' if told else ''}"
    if isinstance(value, Mapping) and set(value) == {"parameter"}:
        return str(value["parameter"])
    return str(value)


# --- the score card ---------------------------------------------------------------------------------


def shown(made: Comparison, label: Label) -> list[Difference | None]:
    """One row of the score card: the difference that each package makes, None where it has no such outcome."""
    return [next((one for one in option.differences if one.label == label), None) for option in made.options]


def of_base(made: Comparison, label: Label) -> tuple[str, str, str]:
    """Name and unit of a row, and what the outcome is in the base."""
    first = next((one for one in shown(made, label) if one is not None), None)
    if first is None:
        return words.outcome(label), label.unit, "–"
    name, unit = words.changed(first)
    return name, unit, words.number(first.before, unit)


def compared(made: Comparison) -> str:
    """The sentences, the score card, what is changed, where it comes from and when it fails; at most 100 columns."""
    parts = [
        "\n".join(wrapped(line) for line in compared_sentences(made).splitlines()),
        *_cards(made),
        wrapped(_READ),
        *map(_changes, made.options),
        *filter(None, map(_shares, made.options)),
        *filter(None, map(_even, made.options)),
        listed("When it fails", compared_failing(made)),
        listed("By decision criterion, on " + words.outcome(made.label), _criteria(made)),
        _regret(made),
        *_left_out(made),
        listed("Warnings", sorted({text for one in made.results.values() for text in one.manifest.warnings})),
        _again(made),
    ]
    return "\n\n".join(part for part in parts if part)


def _cards(made: Comparison) -> Iterator[str]:
    for first in range(0, len(made.options), _ACROSS):
        few = range(first, min(first + _ACROSS, len(made.options)))
        rows = [_printed(["base", *(made.options[k].name for k in few)]), "-" * WIDTH]
        for label in made.card:
            title, unit, before = of_base(made, label)
            changes = shown(made, label)
            rows += [words.capital(title), _printed([before, *(_cell(changes[k], unit) for k in few)])]
        yield "\n".join(rows)


def _cell(made: Difference | None, unit: str) -> str:
    if made is None:
        return "–"
    word = verdict(made)
    return "no change" if word == NO_CHANGE else f"{words.signed(made.mean, unit)}\n{_SHORT.get(word, word)}"


def _printed(cells: Sequence[str]) -> str:
    """One row of cells under each other, each folded in its own column."""
    folded = [[line for part in cell.splitlines() for line in textwrap.wrap(part, _COLUMN)] for cell in cells]
    rows = range(max(map(len, folded)))
    lines = [" ".join((part[k] if k < len(part) else "").rjust(_COLUMN) for part in folded) for k in rows]
    return "\n".join(line.rstrip() for line in lines)


# --- what stands behind it --------------------------------------------------------------------------


def _changes(option: Option) -> str:
    return listed(f"{option.name} changes, of all the input", map(_change, option.changes))


def _change(made: Change) -> str:
    return f"{made.path}: {shown_change(made.old, made.was)} -> {shown_change(made.new, made.becomes)} ({made.ground})"


def _shares(option: Option) -> str:
    """The effect taken apart; nothing where the package is one part."""
    if len(option.parts) < 2 or not option.attributions:  # noqa: PLR2004
        return f"{option.name} is not taken apart: {option.untaken}" if option.untaken else ""
    heads = (f"{option.name}, part by part", *(words.outcome(one.label) for one in option.attributions[:2]))
    few = option.attributions[:2]
    rows = [heads]
    for k, part in enumerate(option.parts):
        rows.append((part.title, *(_share(one.shares[k].mean, one.shares[k].se, one.label.unit) for one in few)))
    rows.append(("the whole", *(words.signed(float(one.whole), one.label.unit) for one in few)))
    way = "every order weighed alike (Shapley)" if few[0].method == "shapley" else "added in the order of the file"
    return f"{aligned(rows)}\n{wrapped(f'Shares of the effect, {way}; they sum to the whole.')}"


def _share(mean: float, se: float, unit: str) -> str:
    return f"{words.signed(mean, unit)} ({off_by(se, unit)})"


def off_by(se: float, unit: str) -> str:
    """The error of a difference, in the unit that `words.signed` gives it."""
    return words.error(se, unit).replace(" %", " points")


def _even(option: Option) -> str:
    title = f"Break-even of what {option.name} assumes without a source"
    return listed(title, map(broken_even, option.break_evens))


def compared_failing(made: Comparison) -> Iterator[str]:
    """When each option misses each standard; options of which the same is to be said are told together."""
    options = (("the base", made.failures), *((one.name, one.failures) for one in made.options))
    for k in range(len(made.standards)):
        same: dict[Failure, list[str]] = {}
        for name, failures in options:
            same.setdefault(failures[k], []).append(name)
        yield from (fails(names, one) for one, names in same.items())


def _criteria(made: Comparison) -> Iterator[str]:
    yield from (chosen(one, one.unit) for one in made.criteria)


def _regret(made: Comparison) -> str:
    if not made.regrets:
        return ""
    heads = ("Regret: behind the best option of the same future", "mean", "95 %", "most", "none better in")
    unit = made.label.unit
    rows: list[tuple[str, ...]] = [heads]
    for one in made.regrets:
        numbers = (words.number(value, unit) for value in (one.mean, one.p95, one.most))
        rows.append((one.option, *numbers, words.percent(one.best)))
    return aligned(rows)


def _left_out(made: Comparison) -> Iterator[str]:
    """What is not modelled weighs as much as what is: of each package, then of all."""
    for option in made.options:
        yield listed(f"Not modelled of {option.name}", option.not_modelled)
    yield listed("Not modelled of any", made.not_modelled)


def _again(made: Comparison) -> str:
    about = made.manifest
    stamp = f"As of {about.as_of}, {about.futures:,} futures, seed {about.seed}, vallum {about.version}. Again:"
    return f"{wrapped(stamp)}\n{shell_lines(made.command())}"


# --- the figure -------------------------------------------------------------------------------------


def compared_figure(made: Comparison, narrow: bool = False) -> Figure:
    """What each package changes in the outcome asked for: the mean with its error, and 5-95 % of futures."""
    with styled():
        figure, (axes,) = panels_of(1, narrow, height=0.35 + 0.2 * len(made.options))
        for k, option in enumerate(made.options):
            one = option.difference(made.label)
            colour, at = COLOURS[k % len(COLOURS)], len(made.options) - 1 - k
            axes.plot([one.p5, one.p95], [at, at], color=colour, linewidth=5, alpha=0.35, solid_capstyle="butt")
            mark = MARKERS[k % len(MARKERS)]
            face = colour if one.told_apart else "none"
            axes.errorbar(
                one.mean, at, xerr=2 * one.se, color=INK, marker=mark, markerfacecolor=face, markersize=7, capsize=3
            )
        axes.axvline(0.0, color=MUTED, linewidth=1.0, linestyle=DASHES[1])
        axes.set_yticks(range(len(made.options)), [letters(one.name) for one in made.options][::-1])
        axes.set_ylim(-0.6, len(made.options) - 0.4)
        axes.grid(axis="x")
        between = "\n" if narrow else ", "
        axes.set_xlabel(f"change in {words.outcome(made.label)}{between}against the base")
        stamped(figure, _stamp(made), narrow)
        return figure


def _stamp(made: Comparison) -> str:
    about = made.manifest
    return f"vallum {about.version} · {about.title} · {about.futures:,} futures · as of {about.as_of}"


# --- files ------------------------------------------------------------------------------------------


def write_compared(made: Comparison, place: str | Path) -> Path:
    """Write report.html, compare.txt, .csv, .svg and .json into a folder, whole or not at all.

    Raises RunError where the folder holds anything else, cannot be written, or Matplotlib is missing.
    """
    from vallum.report.compared_page import compared_page

    def fill(into: Path) -> None:
        files = {
            PAGE: compared_page(made),
            TEXT: f"{compared(made)}\n",
            TABLE: made.to_csv(),
            CHART: svg(compared_figure(made)),
            DATA: folder.json_text(made),
        }
        for name, text in files.items():
            (into / name).write_text(text, encoding="utf-8", newline="\n")

    return folder.put_whole(place, fill, OURS, DATA)


def refuse_foreign_compared(place: str | Path) -> None:
    """Raise RunError where a comparison must not be written, before it is made."""
    folder.refuse_foreign(place, OURS, DATA)
