"""Outcomes of one future, as columns: what each is, its unit and its definition (O)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from vallum._kernel.problem import Tally
from vallum.campaign.plan import Plan
from vallum.results import Label
from vallum.scenario.worlds import F64, I64, Worlds
from vallum.terms import NEVER, REASONS

#: Days over which the demand behind `days_of_supply` is averaged (O).
SUPPLY_WINDOW: Final = 30

Column = tuple[Label, F64]


@dataclass(frozen=True)
class Book:
    """One block of futures after the fight."""

    plan: Plan
    worlds: Worlds
    tally: Tally
    by_line: Mapping[str, I64]

    @property
    def futures(self) -> int:
        """Futures in the block."""
        return len(self.worlds.futures)

    def classes(self) -> Iterator[tuple[int, str]]:
        """Rows and names of the threat classes."""
        return iter(enumerate(self.plan.cast.classes))

    def shot_classes(self) -> Iterator[tuple[int, str]]:
        """Rows and names of the classes that some magazine may be fired at."""
        return ((c, name) for c, name in self.classes() if self.plan.cast.single(name))

    def has_decoys(self, threat_class: str) -> bool:
        """Whether some of a class may be decoys: its outcomes are then told with and without them."""
        return self.plan.cast.fixed.classes[threat_class].decoys is not None

    def types(self) -> Iterator[tuple[int, str]]:
        """Rows and names of the interceptor types."""
        return iter(enumerate(self.plan.cast.interceptors))


def columns(book: Book) -> list[Column]:
    """Return every outcome of every future of the block, one column each. (F,)"""
    return [column for measure in MEASURES for column in measure(book)]


def _ratio(part: I64 | F64, whole: I64 | F64) -> F64:
    """part / whole, none where the whole is zero."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1), np.nan)


def _months_asked(book: Book) -> Iterator[Column]:
    """Shares stopped in the months that reported events name; the month stands as the scope."""
    months = book.plan.raids.months.tolist()
    for event in book.plan.scenario.schema.reported:
        if event.month is None or event.threat_class is None or event.month not in months:
            continue
        c = book.plan.cast.classes.index(event.threat_class)
        days = slice(months.index(event.month), len(months) - months[::-1].index(event.month))
        stopped = book.tally.day_stopped[:, days, c].sum(axis=1)
        launched = book.tally.day_launched[:, days, c].sum(axis=1)
        label = Label("stopped_share", "share", threat_class=event.threat_class, scope=event.month)
        yield label, _ratio(stopped, launched)


def _first(days: I64) -> F64:
    """Nights count from 1; what never comes ranks after the last."""
    return np.where(days == NEVER, np.inf, days + 1.0)


def _launched(book: Book) -> Iterator[Column]:
    for c, name in book.classes():
        yield (
            Label("launched", "threats", threat_class=name),
            book.tally.launched[:, c].sum(axis=1).astype(float),
        )


def _leakers(book: Book) -> Iterator[Column]:
    tally = book.tally
    for c, name in book.classes():
        yield (
            Label("leakers", "threats", threat_class=name),
            tally.leaked[:, c].sum(axis=(1, 2)).astype(float),
        )
        for r, reason in enumerate(REASONS):
            leaked = tally.leaked[:, c, r].sum(axis=1).astype(float)
            yield Label("leakers", "threats", threat_class=name, reason=reason), leaked
        if book.has_decoys(name):
            real = tally.leaked[:, c, :, 0].sum(axis=1).astype(float)
            yield Label("real_leakers", "threats", threat_class=name), real
        yield Label("thin", "threats", threat_class=name), tally.thin[:, c].astype(float)
        yield Label("failed", "threats", threat_class=name), tally.failed[:, c].sum(axis=1).astype(float)


def _leakers_by_asset(book: Book) -> Iterator[Column]:
    if not _told_by_asset(book):
        return
    assets, classes = book.plan.cast.assets, book.plan.cast.classes
    leaked = book.tally.asset_leaked.sum(axis=3).transpose(1, 2, 0).astype(float, order="C")
    labels = _labels_by_asset("real_leakers", "threats", assets, classes)
    yield from zip(labels, leaked.reshape(len(labels), book.futures), strict=True)


def _told_by_asset(book: Book) -> bool:
    """Whether outcomes are told for each asset by itself: there are several, and the theatre is not live (scope)."""
    return len(book.plan.cast.assets) > 1 and not book.plan.scenario.schema.live


@lru_cache(maxsize=64)
def _labels_by_asset(
    name: str, unit: str, assets: tuple[str, ...], classes: tuple[str, ...], may_be_never: bool = False
) -> tuple[Label, ...]:
    """Labels of an outcome of each asset and class, class by class within an asset: the same for every block."""
    return tuple(
        Label(name, unit, threat_class=threat_class, asset=asset, may_be_never=may_be_never)
        for asset in assets
        for threat_class in classes
    )


def _shares(book: Book) -> Iterator[Column]:
    tally = book.tally
    for c, name in book.classes():
        launched, stopped = tally.launched[:, c], tally.stopped[:, c]
        yield (
            Label("stopped_share", "share", threat_class=name),
            _ratio(stopped.sum(axis=1), launched.sum(axis=1)),
        )
        if book.has_decoys(name):
            yield (
                Label("real_stopped_share", "share", threat_class=name),
                _ratio(stopped[:, 0], launched[:, 0]),
            )
    for c, name in book.shot_classes():
        share = _ratio(tally.shot_stopped[:, c], tally.shot_at[:, c])
        yield Label("engaged_stopped_share", "share", threat_class=name), share


def _dry(book: Book) -> Iterator[Column]:
    tally, cast = book.tally, book.plan.cast
    for c, name in book.shot_classes():
        for scope, first in (("anywhere", tally.first_dry), ("national", tally.first_dry_national)):
            yield (
                Label("first_dry_night", "night", threat_class=name, scope=scope, may_be_never=True),
                _first(first[:, c]),
            )
        if _told_by_asset(book):
            labels = _labels_by_asset("first_dry_night", "night", cast.assets, (name,), may_be_never=True)
            yield from zip(labels, _first(tally.asset_first_dry[:, :, c].T), strict=True)
        yield Label("dry_nights", "nights", threat_class=name), tally.dry_nights[:, c].astype(float)


def _massed(book: Book) -> Iterator[Column]:
    if book.plan.cast.fixed.doctrine.magazine == "pooled":
        return
    for c, name in book.shot_classes():
        nights = book.tally.massed_dry[:, c].astype(float)
        yield Label("eight_and_none", "nights", threat_class=name), nights
        yield Label("eight_and_none_ever", "probability", threat_class=name), (nights > 0).astype(float)


def _no_leaker(book: Book) -> Iterator[Column]:
    tally = book.tally
    for c, name in book.classes():
        clean = (tally.leaked[:, c, :, 0].sum(axis=1) == 0).astype(float)
        yield Label("no_leaker", "probability", threat_class=name), clean
        nightly = _ratio(tally.clean_nights[:, c], tally.raid_nights[:, c])
        yield Label("no_leaker_night", "share", threat_class=name), nightly


def _shortage(book: Book) -> Iterator[Column]:
    for c, name in book.shot_classes():
        dry = np.isfinite(_first(book.tally.first_dry[:, c])).astype(float)
        yield Label("dry_ever", "probability", threat_class=name), dry
    if book.plan.cast.interceptors:
        yield Label("short_ever", "probability"), (book.tally.unmet.sum(axis=1) > 0).astype(float)


def _empty(book: Book) -> Iterator[Column]:
    if not book.plan.defence.magazines:
        return
    for k, name in enumerate(("first_empty_battery", "first_empty_country")):
        midnights = book.tally.first_empty[:, k]
        yield (
            Label(name, "midnight", may_be_never=True),
            np.where(midnights == NEVER, np.inf, midnights.astype(float)),
        )


def _stocks(book: Book) -> Iterator[Column]:
    tally = book.tally
    for t, name in book.types():
        yield Label("stock", "interceptors", interceptor=name), tally.stock[:, -1, t].astype(float)
        wanted = tally.day_wanted[:, -SUPPLY_WINDOW:, t].mean(axis=1)
        yield Label("days_of_supply", "days", interceptor=name), _ratio(tally.stock[:, -1, t], wanted)
        yield Label("unmet", "interceptors", interceptor=name), tally.unmet[:, t].astype(float)
        yield Label("used", "interceptors", interceptor=name), tally.used[:, t].astype(float)
        yield Label("lost", "interceptors", interceptor=name), tally.lost[:, t].astype(float)
        yield Label("arrived", "interceptors", interceptor=name), _arrived(book, name)
        yield (
            Label("per_kill", "interceptors per kill", interceptor=name),
            _ratio(tally.used[:, t], tally.kills[:, t]),
        )


def _arrived(book: Book, interceptor: str) -> F64:
    total = np.zeros(book.futures)
    for name, rounds in book.by_line.items():
        if book.plan.supply.lines[name].interceptor == interceptor:
            total += rounds.sum(axis=1)
    return total


def _costs(book: Book) -> Iterator[Column]:
    fixed, worlds, tally = book.plan.cast.fixed, book.worlds, book.tally
    prices = {name: fixed.interceptors[name].unit_cost for _, name in book.types()}
    if prices and all(price is not None for price in prices.values()):
        fired = np.zeros(book.futures)
        for t, name in book.types():
            fired += tally.used[:, t] * worlds.value(prices[name], 0.0)
        yield Label("cost_fired", "USD million"), fired
        yield from _exchange(book, fired)
    if any(line.kind == "purchase" for line in book.plan.supply.lines.values()):
        yield Label("cost_bought", "USD million"), book.plan.supply.cost(worlds)
    if any(system.unit_cost is not None for system in fixed.systems.values()):
        yield Label("cost_systems", "USD million"), _cost_of_systems(book)


def _cost_of_systems(book: Book) -> F64:
    """Unit cost of the systems held and of those that land; what is purchased is in `cost_bought`, at its price."""
    fixed, worlds = book.plan.cast.fixed, book.worlds
    total = np.zeros(book.futures)
    for b in book.plan.defence.batteries:
        systems = worlds.count(b.teams, 1) * worlds.value(fixed.systems[b.system].unit_cost, 0.0)
        # a system that is listed for a day after the campaign is none of it
        held = worlds.day(b.start, 0) < book.plan.days if b.held is None else worlds.count(b.held, 0) >= b.number
        total += np.where(held, systems, 0.0)
    for name, landed in book.by_line.items():
        line = book.plan.supply.lines[name]
        if line.system in book.plan.cast.systems and line.kind != "purchase":
            total += landed.sum(axis=1) * worlds.value(fixed.systems[line.system].unit_cost, 0.0)
    return total


def _exchange(book: Book, fired: F64) -> Iterator[Column]:
    """Interceptors fired against the public cost of the threats that drew a shot; harm is left out."""
    prices = {name: book.plan.cast.fixed.classes[name].unit_cost for _, name in book.shot_classes()}
    if prices and all(price is not None for price in prices.values()):
        attack = np.zeros(book.futures)
        for c, name in book.shot_classes():
            attack += book.tally.shot_at[:, c] * book.worlds.value(prices[name], 0.0)
        yield Label("cost_exchange", "ratio"), _ratio(fired, attack)


def _suppliers(book: Book) -> Iterator[Column]:
    by_donor = book.plan.supply.by_donor(book.by_line)
    for k, donor in enumerate(book.plan.supply.donors):
        share = _ratio(by_donor[:, k], by_donor.sum(axis=1))
        yield Label("supplier_share", "share", donor=donor), share


def _protected(book: Book) -> Iterator[Column]:
    """Share of people and nights attacked that saw no real leaker; not for one asset (O)."""
    if len(book.plan.cast.assets) < 2:  # noqa: PLR2004
        return
    everybody = sum(book.plan.defence.people(name) for name in book.plan.cast.assets) * book.plan.days
    for c, name in book.classes():
        attacked, spared = book.tally.attacked[:, c], book.tally.spared[:, c]
        yield Label("protected", "share", threat_class=name), _ratio(spared, attacked)
        yield Label("protected_all", "share", threat_class=name), 1.0 - (attacked - spared) / everybody


def _harm(book: Book) -> Iterator[Column]:
    """Leakers times the weights of their class and asset; an index, no forecast of deaths (E11)."""
    weights = [book.plan.cast.fixed.classes[name].harm for _, name in book.classes()]
    if all(weight is None for weight in weights):
        return
    people = np.array([book.plan.defence.heaviness(name) for name in book.plan.cast.assets])
    people = people / people.sum() * len(people)
    harm = np.zeros(book.futures)
    for c, weight in enumerate(weights):
        leaked = book.tally.asset_leaked[:, :, c].sum(axis=2) @ people
        harm += leaked * book.worlds.value(weight, 0.0)
    yield Label("harm", "index"), harm


MEASURES: Final[tuple[Callable[[Book], Iterator[Column]], ...]] = (
    _dry,
    _empty,
    _massed,
    _no_leaker,
    _shortage,
    _shares,
    _launched,
    _leakers,
    _leakers_by_asset,
    _stocks,
    _costs,
    _suppliers,
    _protected,
    _harm,
    _months_asked,
)
