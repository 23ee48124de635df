"""What a stated total could mean: its own arithmetic, figures beside it, the gap, and the definitions that differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from vallum.ledger.figures import ROUNDING, Figure, Ledger
from vallum.ledger.money import Money
from vallum.ledger.totals import BILLION
from vallum.ledger.tracker import KINDS, Tracker

#: The totals that presidents quote: 320 = 120 + 200, and 67 + 31.5.
SEED: Final = ("F005", "F006", "F007", "F008", "F009", "F010", "F011")
#: Months between two ends that are told as another period.
ANOTHER_PERIOD: Final = 1
_TRACKED: Final = "tracker"


@dataclass(frozen=True, slots=True)
class Sum:
    """A total and the parts that it is said or derived to be made of. Millions of its currency"""

    total: str
    parts: tuple[tuple[float, str], ...]
    stated: float
    added: float
    currency: str

    @property
    def gap(self) -> float:
        """Stated minus added."""
        return self.stated - self.added

    @property
    def holds(self) -> bool:
        """Whether the parts add up to the total."""
        return abs(self.gap) <= ROUNDING * abs(self.stated)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure set beside a stated one, in its currency (millions).

    gap     : the stated amount minus this one; share : the gap as a share of the stated amount
    match   : near enough that it could be what was meant
    differs : how its definition differs; empty where nothing differs
    """

    figure: Figure
    amount: float
    gap: float
    share: float
    match: bool
    differs: tuple[str, ...]
    coincidence: bool


@dataclass(frozen=True)
class Reconciled:
    """Stated figures with their arithmetic and what stands beside each, the nearest first."""

    stated: tuple[Figure, ...]
    sums: tuple[Sum, ...]
    beside: Mapping[str, tuple[Comparison, ...]]
    tracker: str | None


def reconcile(ledger: Ledger, ids: tuple[str, ...] = SEED, tracker: Tracker | None = None) -> Reconciled:
    """Set stated totals beside what is cited, and beside the tracker where the user has it.

    Raises EvidenceError where an id is no figure of the ledger.
    """
    stated = tuple(ledger.figure(id_) for id_ in dict.fromkeys(ids))
    sums = tuple(_sum(ledger, figure) for figure in stated if figure.parts)
    beside = {figure.id: tuple(_beside(ledger, figure, tracker)) for figure in stated}
    return Reconciled(stated, sums, beside, tracker.release if tracker else None)


def _sum(ledger: Ledger, figure: Figure) -> Sum:
    added = sum(sign * ledger.figure(part).money.million for sign, part in figure.parts)
    return Sum(figure.id, figure.parts, figure.money.million, added, figure.money.currency)


def _beside(ledger: Ledger, stated: Figure, tracker: Tracker | None) -> list[Comparison]:
    others = [*_cited(ledger, stated), *(_tracked(ledger, stated, tracker) if tracker else ())]
    made = [_compared(ledger, stated, other) for other in others]
    return sorted(made, key=lambda one: (not one.match, one.coincidence, abs(one.share), one.figure.id))


def _cited(ledger: Ledger, stated: Figure) -> Iterator[Figure]:
    """Figures of the same payer and of a kind that the stated one could take in, neither its parts nor made of it."""
    family = {stated.id, *(part for _, part in stated.parts)}
    found = [figure for figure in ledger.figures.values() if _could_be(stated, figure)]
    inner = {part for figure in found for _, part in figure.parts}
    for figure in found:
        if figure.id not in inner and not family & {figure.id, *(part for _, part in figure.parts)}:
            yield figure


def _could_be(stated: Figure, other: Figure) -> bool:
    """The same payer and receiver, kinds that overlap, money of which some was there when the total was said."""
    same = _payer(other.donor) == _payer(stated.donor) and other.recipient.startswith(stated.recipient)
    return same and other.start <= stated.end and bool(_kinds(stated) & _kinds(other))


def _kinds(figure: Figure) -> set[str]:
    return set(KINDS) if figure.kind == "all" else set(figure.kind.split(" and "))


def _payer(donor: str) -> str:
    """Who pays, under one name: what a speaker calls the EU may be its institutions, its members or all of Europe."""
    return {"EU and others": "Europe", "EU institutions": "Europe"}.get(donor, donor)


def _tracked(ledger: Ledger, stated: Figure, tracker: Tracker) -> Iterator[Figure]:
    """The tracker's allocations to the month of the stated total, of the payers and of the kinds it could mean."""
    for name, donors in _payers(ledger, stated.donor).items():
        for kind in dict.fromkeys((stated.kind, "all")):
            amount = tracker.allocated(donors, kind, stated.end)
            yield replace(
                stated, id=f"{_TRACKED} {tracker.release}: {name}, {kind}", donor=name, kind=kind, stage="allocated",
                start=date.fromisoformat(f"{min(row.month for row in tracker.months)}-01"), parts=(),
                scope=f"the tracker's allocations, {name}", money=Money(amount * BILLION, "EUR"),
                lower_bound=False, speaker="Kiel Institute", source=f"Ukraine Support Tracker {tracker.release}",
            )  # fmt: skip


def _payers(ledger: Ledger, donor: str) -> dict[str, frozenset[str] | None]:
    """Ways to read who pays, as the donors of the tracker."""
    groups = {name: frozenset(members) for name, members in ledger.rules.groups.items()}
    budget = groups["EU institutions"]
    eu = groups["European Union"] | budget
    europe, us = eu | groups["Europe beyond the EU"], frozenset(["United States"])
    ways: dict[str, dict[str, frozenset[str] | None]] = {
        "United States": {"United States": us},
        "Europe": {
            "Europe": europe,
            "EU institutions and members": eu,
            "EU institutions alone": budget,
        },
        "United States and EU": {
            "United States and EU institutions and members": us | eu,
            "United States and EU institutions alone": us | budget,
            "United States and all of Europe": us | europe,
        },
        "all donors": {"all donors": None},
    }
    return ways.get(_payer(donor), {})


def _compared(ledger: Ledger, stated: Figure, other: Figure) -> Comparison:
    amount = ledger.rates.convert(other.money, stated.money.currency, other.start, other.end).million
    gap = stated.money.million - amount
    near, whole = ledger.rules.match, abs(stated.money.million)
    match = abs(gap) <= near * whole
    same_number = (
        other.money.currency != stated.money.currency
        and abs(stated.money.million - other.money.million) <= near * whole
    )
    return Comparison(
        other, amount, gap, gap / whole, match, tuple(_differences(ledger, stated, other)), same_number and not match
    )


def _differences(ledger: Ledger, stated: Figure, other: Figure) -> Iterator[str]:
    if other.stage != stated.stage:
        yield other.stage if stated.stage == "unstated" else f"{other.stage}, not {stated.stage}"
    if other.kind != stated.kind:
        yield f"{other.kind} aid, not {stated.kind}" if other.kind != "all" else "all kinds of aid"
    if other.donor != stated.donor:
        yield f"paid by {other.donor}"
    if other.recipient != stated.recipient:
        yield f"for {other.recipient}"
    months = (stated.end.year - other.end.year) * 12 + stated.end.month - other.end.month
    if abs(months) > ANOTHER_PERIOD:
        yield f"to {other.end}, {abs(months)} months {'earlier' if months > 0 else 'later'}"
    if other.money.currency != stated.money.currency:
        rate = ledger.rates.usd_per_eur(other.start, other.end)
        yield f"given in {other.money.currency}, at {rate:.3f} dollars for a euro"
    if other.lower_bound:
        yield "a lower bound"
