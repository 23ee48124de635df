"""Totals by stage and by donor, with nothing counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from vallum.ledger.figures import Figure, Ledger
from vallum.ledger.money import Money
from vallum.ledger.tracker import INSTITUTIONS, KINDS, Tracker

#: How the aid of the EU institutions is told: as a donor of its own, or divided among the members.
EU_WAYS: Final = ("institutions", "members")
BILLION: Final = 1_000.0
UKRAINE: Final = "Ukraine"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the ledger: who, what, at which stage, to which day, in euros and in dollars (millions).

    from_ : the claims it rests on, or the tracker; scope : what the words of its source take in
    """

    donor: str
    kind: str
    stage: str
    start: date
    end: date
    eur: float
    usd: float
    given_in: str
    lower_bound: bool
    from_: str
    scope: str


def totals(ledger: Ledger, tracker: Tracker | None = None, until: date | None = None) -> tuple[Row, ...]:
    """Return running totals by stage: the latest cited figure of each donor, kind and stage; the tracker's if given.

    Rows are listed, never added: their stages, periods and scopes differ (the ledger's double-count rules).
    """
    rows = list(_latest(ledger, until))
    if tracker is not None:
        rows += _tracked(ledger, tracker, until or _last_day(tracker))
    order = list(ledger.rules.stages)
    return tuple(sorted(rows, key=lambda row: (order.index(row.stage), row.kind, row.donor, row.from_)))


def by_donor(ledger: Ledger, tracker: Tracker, until: date | None = None, eu: str = "institutions") -> tuple[Row, ...]:
    """Return what each donor allocated in all, the largest first; the rows add up to the tracker's total.

    eu : `institutions` keeps the EU budget as a donor; `members` divides it among the member states and drops that row.
         Both at once would count the same euros twice. The shares are those of the whole release, so `members`
         takes no earlier day.
    """
    end = until or _last_day(tracker)
    shares = dict(tracker.shares) if eu == "members" else {}
    donors = [name for name in tracker.donors if not (shares and name == INSTITUTIONS)]
    amounts = {name: tracker.allocated(frozenset([name]), "all", end) + shares.get(name, 0.0) for name in donors}
    return tuple(
        _row(ledger, name, "all", "allocated", end, amounts[name], tracker, _said(name, shares))
        for name in sorted(donors, key=lambda name: (-amounts[name], name))
    )


def _said(name: str, shares: dict[str, float]) -> str:
    return "own aid and its share of the EU's" if name in shares else "own aid"


def _latest(ledger: Ledger, until: date | None) -> Iterator[Row]:
    """The latest figure of each donor, kind and stage; of figures to one day, all, for they may differ."""
    kept: dict[tuple[str, str, str], list[Figure]] = {}
    for figure in ledger.figures.values():
        if (
            figure.recipient.startswith(UKRAINE)
            and figure.stage != "unstated"
            and (until is None or figure.end <= until)
        ):
            same = kept.setdefault((figure.donor, figure.kind, figure.stage), [])
            if not same or figure.end >= same[0].end:
                kept[figure.donor, figure.kind, figure.stage] = [
                    *(one for one in same if one.end == figure.end),
                    figure,
                ]
    found = [figure for same in kept.values() for figure in same]
    inner = {part for figure in found for _, part in figure.parts}
    yield from (of_figure(ledger, figure) for figure in found if figure.id not in inner)


def of_figure(ledger: Ledger, figure: Figure) -> Row:
    """A figure as a line, in both currencies."""
    eur, usd = (ledger.rates.convert(figure.money, name, figure.start, figure.end).million for name in ("EUR", "USD"))
    parts = " ".join(part for _, part in figure.parts)
    return Row(
        figure.donor, figure.kind, figure.stage, figure.start, figure.end, eur, usd, figure.money.currency,
        figure.lower_bound, parts if figure.source == "sum of cited figures" else figure.id, figure.scope,
    )  # fmt: skip


def _tracked(ledger: Ledger, tracker: Tracker, end: date) -> Iterator[Row]:
    for kind in (*KINDS, "all"):
        amount = tracker.allocated(None, kind, end)
        yield _row(ledger, "all donors", kind, "allocated", end, amount, tracker, "every donor of the tracker")
    promised = sum(row.commitments for row in tracker.months if row.month <= f"{end:%Y-%m}")
    yield _row(ledger, "all donors", "all", "pledged", end, promised, tracker, "commitments, allocated or not")


def _row(
    ledger: Ledger, donor: str, kind: str, stage: str, end: date, billion: float, tracker: Tracker, scope: str
) -> Row:
    start = date.fromisoformat(f"{min(row.month for row in tracker.months)}-01")
    money = Money(billion * BILLION, "EUR")
    usd = ledger.rates.convert(money, "USD", start, end).million
    return Row(donor, kind, stage, start, end, money.million, usd, "EUR", False, f"tracker {tracker.release}", scope)


def _last_day(tracker: Tracker) -> date:
    """A day in the last month of the tracker."""
    return date.fromisoformat(f"{tracker.last}-28")
