"""What drives an outcome, in sentences, tables, a figure and files (Q5)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from vallum.drivers import Belief, Choice, Effort, Fact, Sensitivity
from vallum.report import folder, words
from vallum.report.charts import COLOURS, INK, MUTED, filled, letters, panels_of, stamped, styled, svg
from vallum.report.summary import aligned, listed, wrapped

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: What a folder of an answer holds.
TEXT: Final = "sensitivity.txt"
PAGE: Final = "report.html"
DRIVERS: Final = "drivers.csv"
BELIEFS: Final = "claims.csv"
CHART: Final = "sensitivity.svg"
DATA: Final = "sensitivity.json"
OURS: Final = frozenset({PAGE, TEXT, DRIVERS, BELIEFS, CHART, DATA})
#: So many of a kind the text, the sentences and the figure show.
_ROWS: Final = 12
_TOLD: Final = 3
_TALLER: Final = 1.35
#: A share of the variance that luck leaves in the points, above which it is named.
_NOISY: Final = 0.1
_MINUTE: Final = 60
_ATTACKER: Final = " (the attacker's: given knowledge, nothing is sought over it)"


def sensed(made: Sensitivity) -> str:
    """The answer, the ranking, what each source would change, and what is left out; at most 100 columns."""
    parts = [wrapped(line) for line in sensed_sentences(made)]
    parts.append(f"Shares of the variance of: {words.outcome(made.label)}\n{aligned(driver_rows(made))}")
    if made.beliefs:
        parts.append(f"What if this source is right?\n{_beliefs(made)}")
    parts.append(wrapped(how(made)))
    parts.append(listed("Not modelled", made.manifest.not_modelled))
    return "\n\n".join(parts)


def sensed_sentences(made: Sensitivity) -> list[str]:
    """What drives it; which source moves it most; which fact would change the choice."""
    told = (_driven(made), _believed(made), _chosen(made))
    return [text for text in told if text]


def _driven(made: Sensitivity) -> str:
    what = words.capital(words.outcome(made.label))
    first = made.drivers[0]
    attacker = _ATTACKER if made.about[first.name].attacker else ""
    most = f"“{_title(made, first.name)}”{attacker}, {_of(first.total, first.total_error)} of the variance"
    text = f"{what}: most of what is not known comes from {most}."
    ours = [one for one in made.drivers if not made.about[one.name].attacker and one is not first][:_TOLD]
    if ours:
        text += (
            f" Then {words.join([f'“{_title(made, one.name)}” ({_of(one.total, one.total_error)})' for one in ours])}."
        )
    hidden = [one.name for one in made.drivers[: _TOLD + 1] if not made.about[one.name].published]
    if hidden:
        text += f" Nobody publishes {words.join([f'“{_title(made, name)}”' for name in hidden])}."
    if made.noise > _NOISY:
        text += f" Luck is still {words.percent(made.noise)} of the spread between points: give more lucks."
    return text


def _of(share: float, error: float) -> str:
    return f"{100 * share:.0f} % ± {100 * error:.0f}"


def _title(made: Sensitivity, name: str) -> str:
    return made.about[name].title


def _believed(made: Sensitivity) -> str:
    strongest = {one.name: one for one in reversed(made.beliefs) if one.told_apart}
    found = [one for one in made.beliefs if one is strongest.get(one.name)][:_TOLD]
    if not found:
        return "No single source, if it were right alone, changes it by more than chance." if made.beliefs else ""
    parts = [f"{_source(one)} on “{_title(made, one.name)}”: {_change(made, one)}" for one in found]
    mean = words.number(made.mean, made.label.unit)
    start = f"With all sources as they stand the mean is {mean}."
    return f"{start} If one is right alone, it changes most by {'; '.join(parts)}."


def _source(one: Belief) -> str:
    return one.source.replace("_", " ")


def _change(made: Sensitivity, one: Belief) -> str:
    unit = made.label.unit if made.label.unit in ("share", "probability") else ""
    return words.signed(one.change, unit)


def _chosen(made: Sensitivity) -> str:
    one = made.choice
    if one is None:
        return ""
    what = words.outcome(made.label)
    gain = f"{words.number(one.gain)} ± {words.number(one.se)}"
    start = f"Of {_names(one)}, {one.chosen} is the better for {what}, by {gain} on average"
    if not one.told_apart:
        start = f"{_names(one)} cannot be told apart on average for {what}"
    telling = [fact for fact in one.facts if fact.changes]
    if not telling:
        return f"{start}. No single fact that is uncertain here, if it were learned, would change that choice."
    parts = [_fact(made, fact) for fact in telling[:_TOLD]]
    everything = f"Knowing everything, luck included, were worth {words.number(one.everything)}"
    return f"{start}. The fact most worth learning: {'; then '.join(parts)}. {everything}."


def _names(one: Choice) -> str:
    return f"“{one.options[0]}” and “{one.options[1]}”"


def _fact(made: Sensitivity, fact: Fact) -> str:
    other = made.choice.other if made.choice else ""
    places = words.join([turned.range for turned in fact.turns])
    worth = f"worth {words.number(fact.value)} ± {words.number(fact.se)}"
    return f"“{_title(made, fact.name)}”, for at {places} the choice turns to {other} ({worth})"


def effort_told(made: Effort) -> str:
    """What a question takes, in a sentence before it is asked."""
    least, most = (_duration(seconds) for seconds in made.seconds)
    told = least if least == most else f"{least} to {most}"
    return f"{made.least:,} to {made.most:,} futures are fought: about {told} on this machine."


def _duration(seconds: float) -> str:
    return f"{seconds / _MINUTE:.0f} min" if seconds >= 2 * _MINUTE else f"{max(1.0, seconds):.0f} s"


def how(made: Sensitivity) -> str:
    """How it was found, and what was held or left out."""
    left = [one.name for one in made.screening if not one.kept]
    text = (
        "Screening by Morris's elementary effects, shares by Sobol and Saltelli (SALib), ± half of a 95 % interval. "
        f"{made.points} base points, each the mean over {made.lucks} lucks that are the same for all points; luck left "
        f"in them: {words.percent(made.noise)} of their variance. Sources and the choice: {made.manifest.futures:,} "
        f"paired futures, seed {made.manifest.seed}."
    )
    if left:
        text += f" Held at their medians, for they move it little: {', '.join(left)}."
    if made.tied:
        text += f" Stated correlations of {', '.join(made.tied)} are left out of the shares."
    return text


def driver_rows(made: Sensitivity) -> list[tuple[str, ...]]:
    """A head, and a row for each of the strongest drivers."""
    effects = {one.name: one.effect for one in made.screening}
    rows: list[tuple[str, ...]] = [("", "first", "total", "effect", "whose, published")]
    for one in made.drivers[:_ROWS]:
        about = made.about[one.name]
        whose = ("attacker" if about.attacker else "defence") + (", yes" if about.published else ", no")
        first, total = _of(one.first, one.first_error), _of(one.total, one.total_error)
        rows.append((one.name, first, total, words.number(effects[one.name]), whose))
    return rows


def fact_rows(made: Sensitivity) -> list[tuple[str, ...]]:
    """A head, and a row for each fact that the choice may rest on, the most worth first."""
    assert made.choice is not None
    rows: list[tuple[str, ...]] = [("", "worth", "error", "the choice turns at")]
    for fact in made.choice.facts[:_ROWS]:
        places = words.join([turned.range for turned in fact.turns]) if fact.changes else "nowhere that is told apart"
        rows.append((_title(made, fact.name), words.number(fact.value), words.error(fact.se), places))
    return rows


def _beliefs(made: Sensitivity) -> str:
    more = len(made.beliefs) - _ROWS
    text = aligned(belief_rows(made, made.beliefs[:_ROWS]))
    return text + (f"\n({more} more sources in the CSV)" if more > 0 else "")


def belief_rows(made: Sensitivity, chosen: Sequence[Belief]) -> list[tuple[str, ...]]:
    """A head, and a row for each of some sources believed."""
    rows: list[tuple[str, ...]] = [("", "source", "it is then", "outcome", "change", "error")]
    for one in chosen:
        spread = f"{one.best:.3g} ({one.low:.3g}–{one.high:.3g})"
        same = "not told apart" if one.se else "no change"
        change = _change(made, one) if one.told_apart else same
        rows.append(
            (one.name, _source(one), spread, words.number(one.mean, made.label.unit), change, words.error(one.se))
        )
    return rows


# --- figure and files ----------------------------------------------------------------------------------


def sensed_figure(made: Sensitivity, narrow: bool = False) -> Figure:
    """Draw the shares of the variance, the largest on top, and what each source would change."""
    with styled():
        figure, panels = panels_of(2 if made.beliefs else 1, narrow, height=_TALLER)
        _shares_drawn(panels[0], made, narrow)
        if made.beliefs:
            _beliefs_drawn(panels[1], made, narrow)
        about = made.manifest
        stamped(figure, f"{about.name} · seed {about.seed} · as of {about.as_of} · vallum {about.version}", narrow)
        return figure


def _shares_drawn(axes: Axes, made: Sensitivity, narrow: bool) -> None:
    shown = made.drivers[:_ROWS][::-1]
    places = range(len(shown))
    for offset, key, k in ((0.2, "total", 0), (-0.2, "first", 1)):
        widths = [max(0.0, getattr(one, key)) for one in shown]
        errors = [getattr(one, f"{key}_error") for one in shown]
        axes.barh(
            [p + offset for p in places], widths, 0.38, xerr=errors, ecolor=INK, label=f"{key} share", **filled(k)
        )
    axes.set_yticks(list(places), [_marked(made, one.name) for one in shown])
    axes.set_xlim(left=0.0)
    axes.set_title("What drives it" if narrow else letters(f"What drives: {words.outcome(made.label)}"))
    axes.set_xlabel(_broken("share of the variance, with 95 % intervals; * the attacker's, given", narrow))
    axes.legend(loc="lower right")


def _marked(made: Sensitivity, name: str) -> str:
    return letters(words.plain(name)) + (" *" if made.about[name].attacker else "")


def _beliefs_drawn(axes: Axes, made: Sensitivity, narrow: bool) -> None:
    shown: Sequence[Belief] = made.beliefs[:_ROWS][::-1]
    places = range(len(shown))
    colours = [COLOURS[0] if one.told_apart else MUTED for one in shown]
    axes.barh(
        list(places), [one.change for one in shown], 0.7, xerr=[2 * one.se for one in shown], color=colours, ecolor=INK
    )
    axes.set_yticks(list(places), [letters(_broken(_short(made, one), narrow)) for one in shown])
    axes.axvline(0.0, color=INK, linewidth=0.8)
    axes.set_title("If it is right" if narrow else "What if this source is right: change of the mean")
    axes.set_xlabel(letters(_broken(f"change in {made.label.unit}, with twice the error", narrow)))


def _broken(text: str, narrow: bool) -> str:
    """A text of two parts, on a phone in two lines."""
    return text.replace("; ", ";\n").replace(", with", ",\nwith").replace(": ", ":\n") if narrow else text


def _short(made: Sensitivity, one: Belief) -> str:
    return f"{words.plain(one.name)}: {_source(one)}"


def write_sensed(made: Sensitivity, place: str | Path) -> Path:
    """Write report.html, sensitivity.txt, .svg and .json, drivers.csv and claims.csv, whole or not at all.

    Raises RunError where the folder holds anything else, cannot be written, or Matplotlib is missing.
    """

    def fill(there: Path) -> None:
        for name, text in _files(made):
            (there / name).write_text(text, encoding="utf-8", newline="\n")

    return folder.put_whole(place, fill, OURS, DATA)


def _files(made: Sensitivity) -> Iterator[tuple[str, str]]:
    yield PAGE, made.to_html()
    yield TEXT, f"{made}\n"
    yield DRIVERS, made.to_csv()
    yield BELIEFS, made.beliefs_csv()
    yield CHART, svg(sensed_figure(made))
    yield DATA, folder.json_text(made)


def refuse_foreign_sensed(place: str | Path) -> None:
    """Raise RunError where an answer must not be written: over what is not one."""
    folder.refuse_foreign(place, OURS, DATA)
