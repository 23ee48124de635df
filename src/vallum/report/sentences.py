"""Sentences made from the data: what a card, a figure and a doctrine say."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from vallum.report import words
from vallum.report.tables import Cell, Table
from vallum.results import Outcome, Result

BAND: Final = (
    "Each of the {futures} futures draws what is not known from its range, and its own luck. A band from 5 to 95 % "
    "leaves out the lowest and the highest twentieth of them. It says how far this model and these ranges "
    "let the number lie; the truth may lie outside."
)
#: Said where something is fired from a magazine.
MAGAZINE_CAUTION: Final = (
    "“No round left” is not “empty”: a magazine can stand empty while no threat comes near it, and a missile can find "
    "no round where it falls while other batteries still have some."
)
CAUTIONS: Final = (
    "Reported shares of threats stopped are claims of one side. They are never used as a kill probability.",
    "Sites of batteries are hypothetical. Nothing here tells where a battery stands.",
    "A date is given as the share of futures by month, for no single day deserves trust.",
)
#: Where the data of a country with a packaged record and coverage tables are from.
NOTICES: Final = (
    "Cities and populations: GeoNames (geonames.org), CC BY 4.0; covered shares computed from them. Populations are of "
    "mixed age, most of before the war.",
    "Outlines of countries and oblasts, where drawn: Natural Earth, public domain.",
    "Attack record: “Massive Missile Attacks on Ukraine” by Petro Ivaniuk (Kaggle, piterfm), compiled from posts "
    "of the Air Force Command of Ukraine, its regional commands and the General Staff. Only monthly sums and fitted "
    "numbers are used, as cited facts; no row of the record is in this report.",
)
#: Where the data of any other theatre are from.
CITY_NOTICE: Final = "Cities and populations of packaged scenarios: GeoNames (geonames.org), CC BY 4.0."
#: At most so many classes or types in the sentence of a figure.
_MOST_NAMED: Final = 3
_SPLITS: Final = {"even": "evenly", "need": "by expected need", "weight": "by the weight of what they defend"}
_SPREADS: Final = {
    "turn": "Each threat in turn gets its full salvo until the magazine is empty.",
    "even": "Each threat first gets one shot, then a second, as far as the magazine goes.",
}
_MAGAZINES: Final = {
    "split": "Each battery has a magazine of its own.",
    "pooled": "All batteries share one magazine: an upper bound on what a defence can do.",
}


@dataclass(frozen=True)
class Card:
    """One number that answers, and its band."""

    title: str
    number: str
    band: str


def cards(result: Result) -> list[Card]:
    """The numbers that answer for the class that the question is about."""
    name = words.headline_class(result)
    made = (
        _dry_card(result, name),
        _empty_card(result),
        _leak_card(result, name),
        _share_card(result, name),
        *_stock_cards(result),
        _cost_card(result),
    )
    return [card for card in made if card is not None]


def _found(result: Result, name: str, **about: str) -> Outcome | None:
    try:
        made = result.outcome(name, **about)
    except KeyError:
        return None
    return made if made.n else None


def _banded(title: str, made: Outcome, more: str = "") -> Card:
    unit = made.label.unit
    if words.constant(made):
        return Card(title, words.number(made.median, unit), f"the same in every future{more}")
    return Card(title, words.number(made.median, unit), f"5–95 %: {words.band(made.p5, made.p95, unit)}{more}")


def _dry_card(result: Result, name: str | None) -> Card | None:
    made = _found(result, "dry_ever", threat_class=name or "")
    if made is None or name is None:
        return None
    title = f"No round left on some night, where {words.threat_class(name)} fall"
    return Card(title, words.number(made.mean, "share"), _by_the_end(result, made.mean or 0.0, made.n))


def _empty_card(result: Result) -> Card | None:
    made = _found(result, "first_empty_battery")
    if made is None or made.n_never is None:
        return None
    share = 1.0 - made.n_never / made.n
    return Card("At least one magazine stands empty", words.number(share, "share"), _by_the_end(result, share, made.n))


def _by_the_end(result: Result, share: float, n: int) -> str:
    error = math.sqrt(share * (1.0 - share) / n)
    more = f" ({words.error(error, 'share')})" if error else ""
    return f"of futures, by {words.day(result.dates[-1])}{more}"


def _leak_card(result: Result, name: str | None) -> Card | None:
    made = _found(result, "leakers", threat_class=name or "")
    launched = _found(result, "launched", threat_class=name or "")
    if made is None or launched is None or name is None:
        return None
    more = f", of about {words.number(launched.median)} launched"
    return _banded(words.capital(words.threat_class(name)) + " that get through", made, more)


def _share_card(result: Result, name: str | None) -> Card | None:
    made = _found(result, "stopped_share", threat_class=name or "")
    return None if made is None or name is None else _banded(f"Share stopped, {words.threat_class(name)}", made)


def _stock_cards(result: Result) -> Iterator[Card]:
    for kind in result.manifest.interceptors[:1]:
        made = _found(result, "stock", interceptor=kind)
        if made is not None:
            yield _banded(f"Left at the end, {words.plain(kind)}", made)


def _cost_card(result: Result) -> Card | None:
    made = _found(result, "cost_fired")
    return _banded("Cost of interceptors fired", made) if made is not None and made.median else None


# --- figures ----------------------------------------------------------------------------------------


def of_figure(result: Result, table: Table) -> str:
    """What a figure shows, in a sentence or two for those who do not see it."""
    return _FIGURES[table.name](result, table)


def _stock(result: Result, table: Table) -> str:
    return " ".join(
        _one_stock(kind, table.where(interceptor=kind)) for kind in table.values("interceptor")[:_MOST_NAMED]
    )


def _one_stock(kind: str, rows: Sequence[Mapping[str, Cell]]) -> str:
    first, last = rows[0], rows[-1]
    return (
        f"{words.capital(words.plain(kind))}: {_whole(first['p50'])} in the median future at the start, "
        f"{_whole(last['p50'])} at the end (5–95 %: {_whole(last['p5'])}–{_whole(last['p95'])})."
    )


def _supply(result: Result, table: Table) -> str:
    """What arrives of each kind by the end: the sum of its lines, which comes after them."""
    said = []
    for kind in table.values("delivers"):
        last = table.where(delivers=kind)[-1]
        band = f"5–95 %: {_whole(last['p5'])}–{_whole(last['p95'])}"
        said.append(f"{words.plain(kind)} {_whole(last['mean'])} ({band})")
    return f"Arrive by {words.day(result.dates[-1])} in the mean future: {'; '.join(said)}."


def _whole(cell: Cell) -> str:
    return words.number(None if cell is None else float(cell))


def _share(cell: Cell) -> str:
    return words.number(None if cell is None else float(cell), "share")


def _leakers(result: Result, table: Table) -> str:
    said = [_one_class(name, table) for name in table.values("class")]
    return " ".join([part for part in said if part][:_MOST_NAMED]) or "Nothing gets through in any future."


def _one_class(name: str, table: Table) -> str:
    rows = {str(row["reason"]): row for row in table.where(**{"class": name})}
    everything = rows.pop("all")
    if not everything["mean"]:
        return ""
    most = max(rows.values(), key=lambda row: float(row["mean"] or 0))
    return (
        f"{words.capital(words.threat_class(name))}: {_whole(everything['mean'])} get through in the mean "
        f"(5–95 %: {_whole(everything['p5'])}–{_whole(everything['p95'])}), most of them "
        f"{words.reason(str(most['reason']))} ({_whole(most['mean'])})."
    )


def _dry_nights(result: Result, table: Table) -> str:
    said = []
    for name in table.values("class"):
        rows = table.where(**{"class": name})
        most = max(rows, key=lambda row: float(row["probability"] or 0))
        if most["probability"]:
            month = words.month(str(most["month"]))
            said.append(
                f"For {words.threat_class(name)} it is likeliest in {month}: {_share(most['probability'])} of futures."
            )
    return " ".join(said) or "No month has such a night in any future."


def _first_dry(result: Result, table: Table) -> str:
    rows = [row for row in table.records() if row["month"] == "never"]
    main = words.headline_class(result)
    said = [_never(row) for row in rows if row["class"] in (main, "")]
    return f"Share of futures by {words.day(result.dates[-1])}: {'; '.join(said)}."


def _never(row: Mapping[str, Cell]) -> str:
    """What comes in how many futures, from the row that says in how many it never comes."""
    name = words.NAMES[str(row["outcome"])].format(what=words.threat_class(str(row["class"])))
    where = f", {words.SCOPES.get(str(row['scope']), str(row['scope']))}" if row["scope"] else ""
    return f"{name}{where}: {words.percent(1.0 - float(row['share'] or 0))}"


def _stopped_share(result: Result, table: Table) -> str:
    said = []
    for name in table.values("class"):
        medians = [float(row["median"]) for row in table.where(**{"class": name}) if row["median"] is not None]
        if medians:
            low, high = min(medians), max(medians)
            span = words.percent(low) if words.percent(low) == words.percent(high) else words.band(low, high, "share")
            said.append(f"{words.threat_class(name)} {span}")
    return words.capital(f"median of the months: {'; '.join(said)}.") if said else "Nothing was launched."


_FIGURES: Final[Mapping[str, Callable[[Result, Table], str]]] = {
    "stock": _stock,
    "supply": _supply,
    "leakers": _leakers,
    "dry_nights": _dry_nights,
    "first_dry": _first_dry,
    "stopped_share": _stopped_share,
}


def cautions(result: Result) -> list[str]:
    """How to read the numbers; what is said of magazines only where there are some."""
    return [*([MAGAZINE_CAUTION] if result.manifest.interceptors else []), *CAUTIONS]


def notices(record: bool) -> tuple[str, ...]:
    """Where the data are from, and their terms; `record`: the country is the one that the packaged record is about."""
    return NOTICES if record else (CITY_NOTICE,)


def doctrine(made: Mapping[str, Any]) -> list[str]:
    """The rest of the doctrine in sentences; none where nothing is fired from a magazine."""
    if not made.get("salvos"):
        return []
    said = [_SPREADS.get(made.get("spread", ""), ""), _MAGAZINES.get(made.get("magazine", ""), "")]
    if made.get("split") in _SPLITS:
        said.append(f"Rounds from the depot go to the batteries {_SPLITS[made['split']]}.")
    return [line for line in said if line]
