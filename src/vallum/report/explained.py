"""One future put into words, a table and files: why and when it ran out, night by night (Q4)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from vallum.explain import ASKED, Empty, Explanation, Night, Pair, Shortfall, to_blame
from vallum.report import folder, words
from vallum.report.charts import svg
from vallum.report.explained_chart import explained_figure
from vallum.report.summary import aligned, listed, shell_lines, wrapped
from vallum.report.tables import Cell, Column, Table
from vallum.terms import REASONS

#: What a folder of an explanation holds.
TEXT: Final = "explain.txt"
NIGHTS: Final = "explain.csv"
CHART: Final = "explain.svg"
DATA: Final = "explain.json"
#: The most nights that the short table lists, and the most lines that the first paragraph blames.
MOST_NIGHTS: Final = 12
_MOST_LINES: Final = 3
_ONE_FUTURE: Final = "One future is one way in which it can go, not a forecast."
_NO_PLACES: Final = (
    "The theatre is live: batteries are told by system and number, and nothing is told by the place that they defend."
)
_WHY: Final = {
    "not_drawn": "a delivery did not come: the draw of its probability failed; due on {start}",
    "unpaid": "the fund “{name}” had not paid for what was ordered; first missing on {start}",
    "lacking": "a component was lacking (“{name}”); first missing on {start}",
    "surge": "a rival's surge was served first; first missing on {start}",
    "stopped": "the donor stopped for good; first missing on {start}",
}
_PAUSED: Final = {
    "held": "held back by the pause “{name}”, {start} until {end}",
    "lost": "lost to the pause “{name}”, {start} until {end}",
    "halted": "not made in the pause “{name}”, {start} until {end}",
}


# --- the story ---------------------------------------------------------------------------------------


def story(made: Explanation) -> list[str]:
    """The story of a future, a paragraph each; the first names the night, the layer and the line."""
    told = (_turn(made), _driest(made), _later(made), _freed(made), _whole(made), _which(made))
    return [*(part for part in told if part), *([_NO_PLACES] if made.manifest.live else [])]


def _turn(made: Explanation) -> str:
    if made.dry is not None:
        return " ".join((_dry(made, made.dry), _bare(made, made.dry), *_lines(made, made.dry.number)))
    what = words.threat_class(made.threat_class)
    if not made.types:
        return f"No interceptor may be fired at {what} here, so no round can be wanting. {_worst(made)}"
    said = [f"In this future none of the {what} got through for want of a round."]
    if made.felt_empty is not None:
        said.append(_stood_empty(made.felt_empty))
    said.append(_worst(made))
    return " ".join((*said, *_lines(made, made.turn)))


def _night(number: int, day: date) -> str:
    return f"night {number:,} ({words.day(day)})"


def _dry(made: Explanation, dry: Empty) -> str:
    what = words.threat_class(made.threat_class)
    return (
        f"No round was left for {what} for the first time on {_night(dry.number, dry.date)}: {_raid(made, dry.number)}."
    )


def _raid(made: Explanation, number: int) -> str:
    raid = made.nights[number - 1].raids[made.threat_class]
    return f"{raid.launched:,} came, {raid.leakers:,} got through, {raid.leaked['dry']:,} of them for want of a round"


def _bare(made: Explanation, dry: Empty) -> str:
    one = sum(dry.batteries.values()) == 1
    began = f"{dry.ready:,} {'round' if dry.ready == 1 else 'rounds'} to fire" if dry.ready else "none to fire"
    left = sum(made.nights[dry.number - 1].rounds[kind].stock for kind in made.types)
    return (
        f"Empty was the layer {_layers(dry)}: {_of_systems(dry)} had no round for a threat in reach. "
        f"{'It' if one else 'They'} began the night with {began}; {left:,} were left in the country at midnight."
    )


def _layers(made: Empty) -> str:
    return words.join([f"“{words.plain(layer)}”" for layer in made.layers])


def _of_systems(made: Empty) -> str:
    """`2 of the 9 batteries of patriot`, and which, where that may be told."""
    which = f" ({words.join(list(made.posts))})" if made.posts else ""
    return words.join([_of_system(name, number, made.held[name]) for name, number in made.batteries.items()]) + which


def _of_system(name: str, number: int, held: int) -> str:
    what = words.plain(name)
    if number < held:
        return f"{number:,} of the {held:,} batteries of {what}"
    return {1: f"the only battery of {what}", 2: f"both batteries of {what}"}.get(
        held, f"all {held:,} batteries of {what}"
    )


def _stood_empty(empty: Empty) -> str:
    if not empty.batteries:
        return f"A magazine stood empty from the midnight after {_night(empty.number, empty.date)}."
    return (
        f"A magazine stood empty for the first time at the midnight after {_night(empty.number, empty.date)}: that of "
        f"{_of_systems(empty)}, of the layer {_layers(empty)}."
    )


def _driest(made: Explanation) -> str:
    """The night on which most were lost for want of a round, if it is another than the first."""
    night = made.driest_night
    if night is None or made.dry is None or night.number == made.dry.number:
        return ""
    bare = {name: night.systems[name].found_dry[made.threat_class] for name in made.systems}
    found = [_of_system(name, number, night.systems[name].held) for name, number in bare.items() if number]
    which = words.join(found)
    lines = [_blame(one, night.number) for one in to_blame(made.shortfalls, made.brings, night.number)]
    when = _night(night.number, night.date)
    said = f"Most were lost for want of a round on {when}: {_raid(made, night.number)}; empty: {which}."
    return " ".join((said, *lines[:_MOST_LINES]))


def _later(made: Explanation) -> str:
    """Shortfalls that began after the night that the story turns on."""
    late = [one for one in made.shortfalls if one.brings in made.brings and one.missing[made.turn - 1] <= 0]
    late = sorted(late, key=lambda one: (-max(one.missing), one.line))[:_MOST_LINES]
    return " ".join(_short_of(made, one) for one in late)


def _short_of(made: Explanation, one: Shortfall) -> str:
    """How far a line was behind, and what was lost for want of a round in that time."""
    nights = [night for night, missing in zip(made.nights, one.missing, strict=True) if missing > 0]
    lost = sum(night.raids[made.threat_class].leaked["dry"] for night in nights)
    through = f"{lost or 'no'} {words.threat_class(made.threat_class)} got through for want of a round"
    span = f"from {words.day(nights[0].date)} to {words.day(nights[-1].date)}"
    return (
        f"The line “{one.line}”{_donor(one)} was behind by up to {_brought(one, max(one.missing))} {span}: "
        f"{_why(one)}. In that time {through}."
    )


def _worst(made: Explanation) -> str:
    night = made.worst_night
    if night is None:
        return "None got through at all."
    raid = night.raids[made.threat_class]
    return (
        f"Most got through on {_night(night.number, night.date)}: {raid.launched:,} came, {raid.leakers:,} got through "
        f"({_reasons(raid.leaked)})."
    )


def _reasons(leaked: Any) -> str:
    ordered = sorted((reason for reason in REASONS if leaked[reason]), key=lambda reason: -leaked[reason])
    return ", ".join(f"{leaked[reason]:,} {words.reason(reason)}" for reason in ordered)


def _lines(made: Explanation, night: int) -> Iterator[str]:
    """Which line had not landed what was due by a night, or that none had failed."""
    blamed = list(to_blame(made.shortfalls, made.brings, night))
    for one in blamed[:_MOST_LINES]:
        yield _blame(one, night)
    if len(blamed) > _MOST_LINES:
        yield f"{len(blamed) - _MOST_LINES} smaller shortfalls are in the table of nights."
    if not blamed:
        yield _no_line(made, night)


def _blame(one: Shortfall, night: int) -> str:
    now, most = one.missing[night - 1], max(one.missing[night - 1 :])
    later = f" and by up to {most:,} later" if most > now else ""
    return f"The line “{one.line}”{_donor(one)} was behind by {_brought(one, now)} by then{later}: {_why(one)}."


def _brought(one: Shortfall, number: int) -> str:
    """`33 interceptors (patriot round)`."""
    what = "system" if one.is_system else "interceptor"
    return f"{number:,} {what if number == 1 else what + 's'} ({words.plain(one.brings)})"


def _donor(one: Shortfall) -> str:
    return f" ({one.donor})" if one.donor != one.line else ""


def _why(one: Shortfall) -> str:
    form = _PAUSED[one.effect] if one.reason == "paused" else _WHY[one.reason]
    end = words.day(one.end) if one.end else ""
    return form.format(name=one.name, start=words.day(one.start), end=end)


def _no_line(made: Explanation, night: int) -> str:
    if not any(line.brings in made.brings for line in made.lines):
        return "No supply line brings rounds for them."
    landed = sum(one.rounds[kind].arrived for one in made.nights[:night] for kind in made.types)
    return f"No supply line had failed by then: {landed:,} rounds had landed since the first day, as was due."


def _freed(made: Explanation) -> str:
    """The same future with nothing in the way of any line."""
    if made.unhindered is None or not made.types:
        return ""
    what, free = words.threat_class(made.threat_class), made.unhindered
    before, after = made.dry.number if made.dry else None, free.first_dry
    if (before, made.leaked()) == (after, free.leakers):
        return f"With every line landing in full and on time the same number of {what} would have got through."
    dry = f"the first night without a round would be {_or_never(after)} instead of {_or_never(before)}"
    same = f"the first night without a round would still be {_or_never(before)}"
    return (
        f"With every line landing in full and on time, in this same future, {same if before == after else dry}, and "
        f"{free.leakers:,} instead of {made.leaked():,} {what} would get through."
    )


def _or_never(number: int | None) -> str:
    return "none" if number is None else f"night {number:,}"


def _whole(made: Explanation) -> str:
    """The campaign in sums."""
    raids = [night.raids[made.threat_class] for night in made.nights]
    launched, leaked = sum(raid.launched for raid in raids), made.leaked()
    dry = sum(raid.leaked["dry"] > 0 for raid in raids)
    totals = {reason: made.leaked(reason) for reason in REASONS}
    through = f"{leaked:,} of {launched:,} {words.threat_class(made.threat_class)} got through"
    because = f" ({_reasons(totals)})" if leaked else ""
    nights = f", on {dry:,} {'night' if dry == 1 else 'nights'} for want of a round" if dry else ""
    return f"In the whole campaign {through}{because}{nights}. {_stock(made)}".strip()


def _stock(made: Explanation) -> str:
    said = []
    for kind in made.types:
        rounds = [night.rounds[kind] for night in made.nights]
        lost = sum(one.lost for one in rounds)
        gone = f", {lost:,} were lost with batteries" if lost else ""
        landed, fired = sum(one.arrived for one in rounds), sum(one.fired for one in rounds)
        said.append(
            f"{words.capital(words.plain(kind))}: {made.opening[kind]:,} at the start, {landed:,} landed, "
            f"{fired:,} were fired{gone}, {rounds[-1].stock:,} are left."
        )
    return " ".join(said)


def _which(made: Explanation) -> str:
    """Which future it is, and why this one."""
    how, name = made.standing, f"“{words.outcome(made.standing.label)}”"
    number = f"This is future {made.future:,} of {made.manifest.futures:,}, counted from 0"
    if how.value is None:
        return f"{number}; {name} is not defined in it. {_ONE_FUTURE}"
    value = _value(how.value, how.label.unit, how.label.may_be_never)
    chosen = "" if how.chosen == ASKED else f"the {how.chosen} by "
    rank = f"{how.fewer:,} have less, {how.more:,} more" if how.fewer or how.more else "the same in every one"
    return f"{number}: {chosen}{name}, {value}; {rank}. {_ONE_FUTURE}"


def _value(value: float, unit: str, may_be_never: bool) -> str:
    if may_be_never:
        return "never" if value == float("inf") else f"{unit} {value:,.0f}"
    return words.number(value, unit)


# --- the table of nights -----------------------------------------------------------------------------


def explained(made: Explanation, every_night: bool = False, beside: Pair | None = None) -> str:
    """The story, what a package changes in it, and the nights that mattered (or all), at most 100 columns."""
    parts = (
        "\n\n".join(wrapped(part) for part in made.sentences),
        "" if beside is None else "\n\n".join(wrapped(part) for part in beside.sentences),
        "" if beside is None or not beside.nights else _pair_table(beside),
        _table(made, list(made.nights) if every_night else mattered(made)),
        listed("Not modelled", made.manifest.not_modelled),
        f"Again:\n{shell_lines(_command(made, beside))}",
    )
    return "\n\n".join(part for part in parts if part)


def _command(made: Explanation, beside: Pair | None) -> str:
    return made.command() + (f" --against {beside.package}" if beside else "")


def mattered(made: Explanation) -> list[Night]:
    """The nights on which the story turns, then those with most dry leakers, then with most leakers."""
    name = made.threat_class
    marked = {_day(made, one.start) for one in made.shortfalls} | {made.turn}
    marked |= {one.number for one in (made.dry, made.felt_empty) if one}

    def weight(night: Night) -> tuple[bool, int, int]:
        raid = night.raids[name]
        return (night.number not in marked, -raid.leaked["dry"], -raid.leakers)

    felt = [n for n in made.nights if n.number in marked or n.raids[name].leakers]
    return sorted(sorted(felt, key=weight)[:MOST_NIGHTS], key=lambda night: night.number)


def _day(made: Explanation, day: date) -> int:
    """Number of the night of a date; 0 for what is outside the campaign."""
    number = (day - made.nights[0].date).days + 1
    return number if 1 <= number <= len(made.nights) else 0


def _table(made: Explanation, nights: Sequence[Night]) -> str:
    head = ("Night", "came", "through", "no round", "fired", "wanted", "landed", "missing", "left", "fit", "bare")
    if not nights:
        return ""
    rows = [head, *(_row(made, night) for night in nights)]
    key = (
        f"Came, through, no round: {words.threat_class(made.threat_class)} launched, that got through, for want of a "
        "round. Fired, wanted, landed, left: rounds that may be fired at them; left at midnight. Missing: rounds not "
        "landed so far that were due. Fit, bare: batteries with a magazine that were fit, and of these without a round "
        "at nightfall."
    )
    return f"{aligned(rows)}\n{wrapped(key)}"


def _row(made: Explanation, night: Night) -> tuple[str, ...]:
    raid = night.raids[made.threat_class]
    rounds = [night.rounds[kind] for kind in made.types]
    armed = [night.systems[name] for name in made.systems]
    numbers = (
        raid.launched, raid.leakers, raid.leaked["dry"], sum(one.fired for one in rounds),
        sum(one.wanted for one in rounds), sum(one.arrived for one in rounds),
        sum(night.lines[line.name].missing for line in made.lines if line.brings in made.types),
        sum(one.stock for one in rounds), sum(one.fit for one in armed), sum(one.bare for one in armed),
    )  # fmt: skip
    name = f"{night.number:,}, {night.date.day} {night.date:%b %Y}{_mark(made, night)}"
    return (name, *(f"{number:,}" for number in numbers))


def _mark(made: Explanation, night: Night) -> str:
    """What is to be said of a night, in a word or two."""
    marks = []
    if made.dry and night.number == made.dry.number:
        marks.append("first without a round")
    if made.felt_empty and night.number == made.felt_empty.number:
        marks.append("first empty magazine")
    marks += [f"{one.reason.replace('_', ' ')}: {one.line}" for one in made.shortfalls if one.start == night.date]
    return f" ({'; '.join(marks)})" if marks else ""


def nights_table(made: Explanation) -> Table:
    """Every night as one row: threats by class, rounds by type, batteries by system, arrivals by line."""
    rows = [tuple(_cells(night)) for night in made.nights]
    names = [name for name, _ in rows[0]]
    columns = tuple(
        Column(name, words.plain(name), "text" if name.startswith(("date", "state_")) else "count") for name in names
    )
    return Table(
        "explain",
        f"Future {made.future}, night by night",
        columns,
        tuple(tuple(cell for _, cell in row) for row in rows),
    )


def _cells(night: Night) -> Iterator[tuple[str, Cell]]:
    yield "night", night.number
    yield "date", night.date.isoformat()
    for name, raid in night.raids.items():
        yield from ((f"{key}_{name}", getattr(raid, key)) for key in ("launched", "stopped", "failed"))
        yield f"leaked_{name}", raid.leakers
        yield from ((f"leaked_{name}_{reason}", number) for reason, number in raid.leaked.items())
        yield f"shot_at_{name}", raid.shot_at
        yield f"eight_and_none_{name}", int(raid.eight_and_none)
    for fields in (night.rounds, night.systems, night.lines, night.posts):
        for name, made in fields.items():
            for key, value in vars(made).items():
                yield from _spread(f"{key}_{name}", value)


def _spread(name: str, value: Any) -> Iterator[tuple[str, Cell]]:
    """A cell, or one for each part of what has parts."""
    parts = value.items() if isinstance(value, Mapping) else ()
    yield from ((f"{name}_{part}", number) for part, number in parts)
    if not isinstance(value, Mapping):
        yield name, value


# --- the same future with and without a package -------------------------------------------------------


def pair_story(made: Pair) -> list[str]:
    """What a package changes in one future, and where it begins."""
    name = words.threat_class(made.without.threat_class)
    before, after = made.without.leaked(), made.with_it.leaked()
    many = f"{after:,} instead of {before:,} {name}" if after != before else f"as many {name} ({before:,})"
    start = f"With {made.package}, in this same future, {many} get through"
    parts = [
        f"{abs(number):,} {'more' if number > 0 else 'fewer'} {words.reason(reason)}"
        for reason in REASONS
        if (number := made.changed[reason])
    ]
    if not parts:
        return [
            f"With {made.package}, in this same future, the same {before:,} {name} get through, for the same reasons."
        ]
    first = f"The nights first differ on {_night(made.nights[0], made.without.nights[made.nights[0] - 1].date)}."
    return [f"{start}: {', '.join(parts)}. {_pair_dry(made)} {first}"]


def _pair_dry(made: Pair) -> str:
    before, after = (_or_never(one.dry.number if one.dry else None) for one in (made.without, made.with_it))
    if before == after:
        return f"The first night without a round is {before} in both."
    return f"The first night without a round is {after} instead of {before}."


def _pair_table(made: Pair) -> str:
    """The nights that differ most, with and without the package."""
    name = made.without.threat_class

    def change(number: int) -> int:
        before, after = (side.nights[number - 1].raids[name].leakers for side in (made.without, made.with_it))
        return abs(after - before)

    chosen = sorted(sorted(made.nights, key=change, reverse=True)[:MOST_NIGHTS])
    head = (f"Without and with {made.package}", "came", "through", "", "no round", "", "fired", "", "bare", "")
    rows: list[tuple[str, ...]] = [head]
    for number in chosen:
        sides = [_row(side, side.nights[number - 1]) for side in (made.without, made.with_it)]
        both = [cell for place in (2, 3, 4, 10) for cell in (sides[0][place], sides[1][place])]
        night = made.without.nights[number - 1]
        rows.append((f"{number:,}, {night.date.day} {night.date:%b %Y}", sides[0][1], *both))
    return f"{aligned(rows)}\nOf each two columns the left is without, the right with it."


# --- files -------------------------------------------------------------------------------------------


def explained_json(made: Explanation, beside: Pair | None = None) -> str:
    """The explanation as the JSON of every command: the same bytes on any machine."""
    data = made.as_dict()
    if beside is not None:
        data |= {"against": beside.as_dict(), "reproduce": _command(made, beside)}
    return json.dumps(data, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def write_explained(
    made: Explanation, place: str | Path, every_night: bool = False, beside: Pair | None = None
) -> Path:
    """Write explain.txt, explain.csv (a row a night), explain.svg and explain.json, whole or not at all.

    Raises RunError where the folder holds anything else, cannot be written, or Matplotlib is missing.
    """

    def fill(made_there: Path) -> None:
        texts = {
            TEXT: explained(made, every_night, beside) + "\n",
            NIGHTS: nights_table(made).csv(),
            CHART: svg(explained_figure(made)),
            DATA: explained_json(made, beside),
        }
        for name, text in texts.items():
            (made_there / name).write_text(text, encoding="utf-8", newline="\n")

    return folder.put_whole(place, fill, frozenset({TEXT, NIGHTS, CHART, DATA}), DATA)


def refuse_foreign_explained(place: str | Path) -> None:
    """Raise RunError where an explanation must not be written: over what is not one."""
    folder.refuse_foreign(place, frozenset({TEXT, NIGHTS, CHART, DATA}), DATA)
