"""The ledger in words, tables and JSON: totals by stage, donors, and what a stated total could mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from vallum.ledger import Comparison, Figure, Ledger, Reconciled, Row, Sum, Tracker
from vallum.ledger.tracker import CITE
from vallum.report.console import table_text, wrapped
from vallum.report.words import join

BILLION: Final = 1_000.0
NO_TRACKER: Final = (
    "Packaged figures only. With a copy of the Kiel Institute's tracker there is more: vallum ledger import FOLDER"
)
NOT_ADDED: Final = "Rows are not added: stages, periods and scopes differ, and each euro passes through several stages."


def totals_text(rows: Sequence[Row], tracker: Tracker | None) -> str:
    """Running totals by stage as a table."""
    heads = ("Stage", "Kind", "Donor", "To", "EUR bn", "USD bn", "From", "What it takes in")
    lines = [table_text(heads, (_row(row) for row in rows), ("EUR bn", "USD bn")), NOT_ADDED, _basis(tracker)]
    return "\n".join(lines)


def donors_text(rows: Sequence[Row], tracker: Tracker, eu: str) -> str:
    """What each donor allocated, as a table with its sum."""
    total = sum(row.eur for row in rows)
    heads = ("Donor", "EUR bn", "USD bn", "Share")
    cells = [(row.donor, _billion(row.eur), _billion(row.usd), f"{row.eur / total:.1%}") for row in rows]
    cells.append(("All", _billion(total), _billion(sum(row.usd for row in rows)), "100.0%"))
    way = (
        "The aid of the EU institutions is divided among the member states, and stands in no row of its own."
        if eu == "members"
        else "The EU institutions stand as a donor of their own; none of their aid is in a member state's row."
    )
    to = max(row.end for row in rows)
    return "\n".join([table_text(heads, cells, heads[1:]), f"Allocated to {to:%Y-%m}. {way}", _basis(tracker)])


def reconciled_text(ledger: Ledger, made: Reconciled, tracker: Tracker | None, every: bool = False) -> str:
    """Stated totals, their arithmetic, and what stands beside each. every : list also what is far off"""
    blocks = ["\n".join(["Arithmetic", *(_sum(ledger, one) for one in made.sums)])] if made.sums else []
    blocks += ["\n".join(_stated(figure, made.beside[figure.id], every)) for figure in made.stated]
    rules = ["What is never added", *(wrapped(text, "  ") for text in ledger.rules.double_counts.values())]
    return "\n\n".join([*blocks, "\n".join(rules), _basis(tracker)])


def imported_text(tracker: Tracker, folder: Path) -> str:
    """What was read, and where it is kept."""
    total = sum(row.financial + row.humanitarian + row.military for row in tracker.months)
    return (
        f"Release {tracker.release} ({tracker.period}): {len(tracker.donors)} donors, {len(tracker.months):,} rows to "
        f"{tracker.last}, {total:.1f} billion euros allocated.\nCite it as: {CITE}.\nKept: {folder}"
    )


def rows_json(kind: str, rows: Iterable[Row], tracker: Tracker | None, **more: Any) -> dict[str, Any]:
    """Rows of the ledger in the JSON layout."""
    return {"kind": kind, "rows": [_row_dict(row) for row in rows], "tracker": _about(tracker), **more}


def reconciled_json(made: Reconciled, tracker: Tracker | None) -> dict[str, Any]:
    """A reconciliation in the JSON layout. Millions of each stated figure's currency"""
    return {
        "kind": "ledger_reconcile",
        "sums": [_sum_dict(one) for one in made.sums],
        "stated": [_stated_dict(one, made.beside[one.id]) for one in made.stated],
        "tracker": _about(tracker),
    }  # fmt: skip


# --- words ------------------------------------------------------------------------------------------


def _basis(tracker: Tracker | None) -> str:
    if tracker is None:
        return NO_TRACKER
    return f"With release {tracker.release} of the tracker ({CITE}), current prices, years' mean exchange rates."


def _billion(million: float) -> str:
    return f"{million / BILLION:,.1f}"


def _row(row: Row) -> tuple[str, ...]:
    bound = "≥ " if row.lower_bound else ""
    eur, usd = bound + _billion(row.eur), bound + _billion(row.usd)
    return (row.stage, row.kind, row.donor, row.end.isoformat(), eur, usd, row.from_, row.scope)


def _sum(ledger: Ledger, made: Sum) -> str:
    parts = " ".join(
        f"{'−' if sign < 0 else '+'} {_amount(ledger.figure(part))} ({part})" for sign, part in made.parts
    ).removeprefix("+ ")
    verdict = "holds" if made.holds else f"does not hold: {made.gap / BILLION:+,.1f} billion"
    return f"  {made.total}: {made.stated / BILLION:,.4g} = {parts}   {verdict}"


def _amount(figure: Figure) -> str:
    return f"{figure.money.million / BILLION:,.4g}"


def _stated(figure: Figure, beside: Sequence[Comparison], every: bool) -> Iterator[str]:
    yield wrapped(
        f"{figure.id}: {_amount(figure)} billion {figure.money.currency}, {figure.kind} aid of {figure.donor}, "
        f"to {figure.end}, stage {figure.stage}. {figure.speaker}: {figure.scope}."
    )
    shown = [one for one in beside if every or _near(one)] or list(beside[:2])
    if shown:
        heads = ("Beside it", "bn", "Gap", "Could be it", "What is different")
        yield table_text(heads, map(_comparison, shown), ("bn", "Gap"))
    yield wrapped(_verdict(figure, beside))


def _near(one: Comparison) -> bool:
    """Near enough to be of interest: within half of the stated amount, or the same number in another currency."""
    return abs(one.share) <= _OF_INTEREST or one.coincidence


_OF_INTEREST: Final = 0.5


def _comparison(one: Comparison) -> tuple[str, ...]:
    verdict = "yes" if one.match else "same number, other currency" if one.coincidence else ""
    name = f"{one.figure.id.replace('_', ' ')}: {one.figure.scope}" if one.figure.scope else one.figure.id
    return (name, _billion(one.amount), f"{one.gap / BILLION:+,.1f}", verdict, "; ".join(one.differs) or "nothing")


def _verdict(figure: Figure, beside: Sequence[Comparison]) -> str:
    """What matches, or between what it lies; and which definitions could explain the gap."""
    matches = [one.figure.id.replace("_", " ") for one in beside if one.match]
    if matches:
        return f"=> It could be {join(matches).replace(' and ', ' or ')}; these are not the same thing."
    if figure.parts:
        return "=> No cited figure takes in the same; see its parts."
    below = max((one for one in beside if one.gap > 0), key=lambda one: one.amount, default=None)
    above = min((one for one in beside if one.gap < 0), key=lambda one: one.amount, default=None)
    told = [f"{_billion(one.amount)} ({one.figure.scope})" for one in (below, above) if one is not None]
    if len(told) > 1:
        return f"=> No cited figure matches. It lies between {told[0]} and {told[1]}."
    return f"=> No cited figure matches; the nearest is {told[0]}." if told else "=> Nothing cited takes in the same."


# --- JSON -------------------------------------------------------------------------------------------


def _about(tracker: Tracker | None) -> dict[str, Any] | None:
    if tracker is None:
        return None
    about = {"release": tracker.release, "period": tracker.period, "published": tracker.published, "cite": CITE}
    return {**about, "snapshots": dict(tracker.hashes)}


def _row_dict(row: Row) -> dict[str, Any]:
    return {
        "donor": row.donor, "kind": row.kind, "stage": row.stage, "from": row.start.isoformat(),
        "to": row.end.isoformat(), "eur_million": _rounded(row.eur), "usd_million": _rounded(row.usd),
        "given_in": row.given_in, "lower_bound": row.lower_bound, "source": row.from_, "scope": row.scope,
        "price_base": "current",
    }  # fmt: skip


def _figure_dict(figure: Figure) -> dict[str, Any]:
    return {
        "id": figure.id, "donor": figure.donor, "recipient": figure.recipient, "kind": figure.kind,
        "stage": figure.stage, "from": figure.start.isoformat(), "to": figure.end.isoformat(),
        "price_base": figure.price_base, "million": _rounded(figure.money.million), "currency": figure.money.currency,
        "speaker": figure.speaker, "source": figure.source, "scope": figure.scope,
    }  # fmt: skip


def _stated_dict(figure: Figure, beside: Iterable[Comparison]) -> dict[str, Any]:
    return {**_figure_dict(figure), "beside": [_beside_dict(one) for one in beside]}


def _sum_dict(made: Sum) -> dict[str, Any]:
    return {
        "total": made.total, "parts": [{"sign": sign, "id": part} for sign, part in made.parts],
        "stated": _rounded(made.stated), "added": _rounded(made.added), "gap": _rounded(made.gap),
        "currency": made.currency, "holds": made.holds,
    }  # fmt: skip


def _beside_dict(one: Comparison) -> dict[str, Any]:
    return {
        **_figure_dict(one.figure), "amount": _rounded(one.amount), "gap": _rounded(one.gap),
        "gap_share": _rounded(one.share), "match": one.match, "same_number_in_another_currency": one.coincidence,
        "differs": list(one.differs),
    }  # fmt: skip


def _rounded(value: float) -> float:
    return float(f"{value:.12g}")
