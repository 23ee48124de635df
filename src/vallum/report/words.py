"""Numbers and names as people read them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from vallum.results import Difference, Label, Outcome, Result

CLASSES: Final[Mapping[str, str]] = {
    "ballistic": "ballistic missiles",
    "aeroballistic": "aeroballistic missiles",
    "supersonic": "supersonic missiles",
    "sam_ballistic": "surface-to-air missiles",
    "cruise": "cruise missiles",
    "guided": "guided air missiles",
    "drone": "drones",
}
REASONS: Final[Mapping[str, str]] = {
    "missed": "engaged and not stopped",
    "dry": "no round left",
    "held": "rounds held in reserve",
    "saturated": "no free channel",
    "blind": "not seen in time",
    "uncovered": "out of reach of every battery",
}
SCOPES: Final[Mapping[str, str]] = {"anywhere": "anywhere", "national": "in the whole country"}
ORDERS: Final[Mapping[str, str]] = {
    "arrival": "in the order of their arrival",
    "random_asset": "asset by asset",
    "weight": "at heavier assets first",
}
SALVOS: Final = ("none", "one", "two at once", "three at once", "four at once")

#: Outcome -> its name in words; {what} is the threat class, {type} the interceptor, {donor} the supplier.
NAMES: Final[Mapping[str, str]] = {
    "first_dry_night": "first night without a round, {what}",
    "first_empty_battery": "first magazine stands empty",
    "first_empty_country": "all magazines stand empty at once",
    "dry_nights": "nights on which no round was left, {what}",
    "dry_ever": "a night without a round comes, {what}",
    "eight_and_none": "nights of eight and none, {what}",
    "eight_and_none_ever": "a night of eight and none comes, {what}",
    "no_leaker": "none gets through in the whole campaign, {what}",
    "no_leaker_night": "nights on which none gets through, {what}",
    "short_ever": "some shot is missing for want of rounds",
    "stopped_share": "share stopped, {what}",
    "real_stopped_share": "share stopped without decoys, {what}",
    "engaged_stopped_share": "share stopped of those shot at, {what}",
    "launched": "{what} launched",
    "leakers": "{what} that get through",
    "real_leakers": "{what} that get through, without decoys",
    "thin": "{what} missed with too few shots",
    "failed": "{what} that fail by themselves",
    "stock": "interceptors left at the end, {type}",
    "days_of_supply": "days of supply at the end, {type}",
    "unmet": "shots wanted and not to be had, {type}",
    "used": "interceptors fired, {type}",
    "lost": "interceptors lost with batteries, {type}",
    "arrived": "interceptors that arrived, {type}",
    "per_kill": "interceptors fired for each kill, {type}",
    "cost_fired": "cost of interceptors fired",
    "cost_systems": "cost of the systems",
    "cost_exchange": "cost of interceptors against the attacker's",
    "supplier_share": "share of deliveries from {donor}",
    "protected": "attacked people and nights without a hit, {what}",
    "protected_all": "all people and nights without a hit, {what}",
    "harm": "harm index",
}

_MONTH: Final = re.compile(r"\d{4}-\d{2}")
_BILLION: Final = 1_000.0
_WHOLE_FROM: Final = 100.0
_PERCENT: Final = 100.0


def plain(name: str) -> str:
    """An internal name as words: `patriot_round` -> `patriot round`."""
    return name.replace("_", " ")


def threat_class(name: str) -> str:
    """Name of a threat class in the plural."""
    return CLASSES.get(name, plain(name).removesuffix("s") + "s")


def reason(name: str) -> str:
    """Why a threat got through, in words."""
    return REASONS.get(name, plain(name))


def scope(name: str) -> str:
    """Where, or in which month, in words."""
    return f"in {month(name)}" if _MONTH.fullmatch(name) else SCOPES.get(name, plain(name))


def capital(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def outcome(label: Label) -> str:
    """Name of an outcome with all that it is about, in words."""
    name = NAMES.get(label.name, plain(label.name) + (", {what}" if label.threat_class else ""))
    what, kind = threat_class(label.threat_class), plain(label.interceptor)
    text = name.format(what=what, type=kind, donor=label.donor)
    about = (scope(label.scope), label.asset, label.reason and reason(label.reason))
    return ", ".join([text, *filter(None, about)])


def number(value: float | None, unit: str = "") -> str:
    """A number in human form: 1,131; 38 %; USD 412 million; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    if unit in ("share", "probability"):
        return percent(value)
    if unit == "USD million":
        return _money(value)
    return _count(value)


def percent(share: float) -> str:
    """A share as a percentage; never rounded to 0 or 100 unless it is.

    >>> percent(0.384), percent(0.004), percent(0.9996), percent(1)
    ('38 %', '0.4 %', '> 99.9 %', '100 %')
    """
    value = _PERCENT * share
    if 0.0 < value < 0.05:  # noqa: PLR2004 - what one decimal can show
        return "< 0.1 %"
    if 99.95 <= value < _PERCENT:  # noqa: PLR2004
        return "> 99.9 %"
    close = value < 1.0 or value > _PERCENT - 1.0
    return f"{value:.1f} %".replace(".0 %", " %") if close else f"{value:.0f} %"


def _money(million: float) -> str:
    if abs(million) >= _BILLION:
        return f"USD {million / _BILLION:.3g} billion"
    return f"USD {million:.3g} million" if million else "USD 0"


def _significant(value: float) -> float:
    return float(f"{value:.3g}")


def _count(value: float) -> str:
    if value == round(value) or abs(value) >= _WHOLE_FROM:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1e-4 else f"{value:.1e}"  # noqa: PLR2004


def signed(value: float, unit: str = "") -> str:
    """A difference: `+34 points` between shares, `−16` between counts.

    >>> signed(0.34, "share"), signed(-16.0), signed(0.0)
    ('+34 points', '−16', '0')
    """
    sign = "+" if value > 0 else "−" if value < 0 else ""
    if unit in ("share", "probability"):
        return f"{sign}{_count(float(f'{_PERCENT * abs(value):.2g}'))} points"
    return sign + (_count(_significant(abs(value))) if unit != "USD million" else number(abs(value), unit))


def error(value: float | None, unit: str = "") -> str:
    """A Monte Carlo error: two digits are enough."""
    if value is None:
        return "–"
    if unit in ("share", "probability"):
        return f"± {_PERCENT * value:.2g} %"
    if unit == "USD million":
        return f"± {_money(float(f'{value:.2g}')).removeprefix('USD ')}"
    return f"± {_count(float(f'{value:.2g}'))}"


def band(low: float | None, high: float | None, unit: str = "") -> str:
    """A 5-95 % band: `217–632`, `10–48 %`."""
    first, last = number(low, unit), number(high, unit)
    if unit == "USD million" and low is not None and high is not None:
        return f"USD {_count(_significant(low))}–{_count(_significant(high))} million"
    if first.endswith(" %") and last.endswith(" %"):
        first = first.removesuffix(" %")
    return f"{first}–{last}" if len(first) + len(last) < 20 else f"{first} – {last}"  # noqa: PLR2004


def with_unit(label: Label, unit: str) -> tuple[str, str]:
    """Name and unit of an outcome in a table; money has its unit in the name, so that numbers stand alone."""
    name = capital(outcome(label))
    return (f"{name}, {unit}", "count") if unit == "USD million" else (name, unit)


def changed(made: Difference) -> tuple[str, str]:
    """Name and unit of a difference: of a night that may never come, it is whether it comes."""
    return with_unit(made.label, "probability" if made.label.may_be_never else made.label.unit)


def changed_by(made: Difference, unit: str) -> str:
    """The 5-95 % band of a difference; none where in each future it is there or not."""
    if unit == "probability":
        return ""
    first = signed(made.p5, unit).removesuffix(" points")
    return f"{first} to {signed(made.p95, unit)}"


#: Differences in the order in which they are read; what is not named comes between the last and the costs.
_CHANGES_FIRST: Final = ("leakers", "first_empty_battery", "first_empty_country", "stopped_share", "dry_nights")
_CHANGES_LAST: Final = ("cost_fired", "cost_systems", "cost_exchange")


def by_weight(result: Result, package: str) -> list[Difference]:
    """What a package changes, the class that the answer is about first, costs last."""
    main = headline_class(result)
    mine = [made for made in result.differences if made.package == package]
    return sorted(mine, key=lambda made: (_weight(made.label), made.label.threat_class != main))


def _weight(label: Label) -> int:
    if label.name in _CHANGES_FIRST and not label.reason:
        return _CHANGES_FIRST.index(label.name)
    return len(_CHANGES_FIRST) + (label.name in _CHANGES_LAST)


def in_words(made: Difference) -> dict[str, str]:
    """A difference as people read it: outcome, without, with, change and its band; what is not told apart says so."""
    name, unit = changed(made)
    change = signed(made.mean, unit) if made.told_apart else "cannot be told apart"
    numbers = {"before": number(made.before, unit), "after": number(made.after, unit)}
    return {"outcome": name, **numbers, "change": change, "band": changed_by(made, unit)}


#: What the loss of a supplier is told by.
LOSSES: Final = ("leakers", "dry_nights", "first_empty_battery")


def losses(result: Result) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of what the loss of each supplier changes; no heads where nothing is told."""
    main = headline_class(result)
    told = {
        (made.package, made.label.name): made
        for made in result.losses
        if made.label.name in LOSSES and made.label.threat_class in ("", main) and not made.label.scope
    }
    names = {label.name: label for label in (made.label for made in told.values())}
    labels = [names[name] for name in LOSSES if name in names]
    donors = dict.fromkeys(made.package for made in result.losses)
    rows = [[donor, *(_lost(told.get((donor, label.name))) for label in labels)] for donor in donors]
    return [capital(outcome(label)) for label in labels], rows if labels else []


def _lost(made: Difference | None) -> str:
    if made is None:
        return "no change"
    if not made.told_apart:
        return "cannot be told apart"
    _, unit = changed(made)
    band = changed_by(made, unit)
    return f"{signed(made.mean, unit)}{f' ({band})' if band else ''}"


def span(value: float | None, low: float | None, high: float | None, unit: str = "") -> str:
    """A value with its range, of which an end or the value itself may be missing."""
    if low is None and high is None:
        return number(value, unit)
    if low is None:
        told = f"up to {number(high, unit)}"
    else:
        told = f"{number(low, unit)} or more" if high is None else band(low, high, unit)
    return told if value is None or value in (low, high) else f"{number(value, unit)} ({told})"


def constant(made: Outcome) -> bool:
    """Whether the outcome is the same in every future."""
    return made.n > 0 and made.p5 is not None and made.p5 == made.p95 and not made.sd


def month(name: str) -> str:
    """`2025-09` -> `September 2025`."""
    return f"{date.fromisoformat(name + '-01'):%B %Y}"


def short_month(name: str) -> str:
    """`2025-09` -> `Sep 25`."""
    return f"{date.fromisoformat(name + '-01'):%b %y}"


def day(value: date) -> str:
    """A date in words, without a leading zero."""
    return f"{value.day} {value:%B %Y}"


def salvo(shots: list[int]) -> str:
    """A shot doctrine in words: [2, 1] -> `two at once, look, one`."""
    return ", look, ".join(SALVOS[s] if s < len(SALVOS) else f"{s} at once" for s in shots)


def join(parts: list[str]) -> str:
    """`a, b and c`."""
    return ", ".join(parts[:-1]) + " and " + parts[-1] if len(parts) > 1 else "".join(parts)


def order_of_fire(result: Result) -> str:
    """The order of fire, which has a large effect (E1)."""
    made = result.manifest.doctrine
    how = f"Threats are engaged {ORDERS.get(made['order'], made['order'])}"
    classes = [threat_class(name) for name in made["priority"]]
    return f"{how}; first {join(classes)}, in this order." if len(classes) > 1 else f"{how}."


def notes(result: Result) -> list[str]:
    """The notes of a run with the outcome of the split in words."""
    if result.split is None:
        return list(result.notes)
    label = result.split.label
    return [note.replace(str(label), f"“{outcome(label)}”") for note in result.notes]


def headline_class(result: Result) -> str | None:
    """The class that the answer is about: the first that interceptors are fired at, else the first."""
    return result.headline
