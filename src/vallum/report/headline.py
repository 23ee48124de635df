"""The numbers that answer at a glance, as numbers: a page puts them into words of its reader's language."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

from vallum.report import excel, words
from vallum.report.tables import Column, Table, assumptions, claims, first_dry, inputs, provenance
from vallum.results import Outcome, Result, rounded
from vallum.terms import REASONS

#: What a look costs: outcome -> name in the table.
COSTS: Final = {"cost_fired": "fired", "cost_systems": "systems"}
_NUMBERS: Final = ("mean", "se_mean", "median", "p5", "p95", "se_median")


def headline(result: Result) -> dict[str, Any]:
    """Return when it runs out, what gets through, what is stopped and what it costs; None for what there is none of.

    Shares are of futures, 0 to 1; money in millions of dollars; all with the error of the futures that were run.
    """
    name = words.headline_class(result)
    return {
        "class": name,
        "futures": result.manifest.futures,
        "start": result.manifest.start.isoformat(),
        "end": result.dates[-1].isoformat(),
        "runs_out": _runs_out(result),
        "gets_through": _gets_through(result, name),
        "stopped": _of(result, "stopped_share", threat_class=name or ""),
        "cost": {told: _of(result, outcome) for outcome, told in COSTS.items()},
    }


def _found(result: Result, name: str, **about: str) -> Outcome | None:
    try:
        made = result.outcome(name, **about)
    except KeyError:
        return None
    return made if made.n else None


def _of(result: Result, name: str, **about: str) -> dict[str, Any] | None:
    made = _found(result, name, **about)
    return None if made is None else {key: rounded(getattr(made, key)) for key in _NUMBERS}


def _runs_out(result: Result) -> dict[str, Any] | None:
    """Share of futures in which a magazine stands empty at a midnight: by the end, by month, and all at once."""
    battery, country = (_found(result, name) for name in ("first_empty_battery", "first_empty_country"))
    if battery is None or country is None:
        return None
    share = _ever(battery)
    rows = [row for row in first_dry(result, battery.label).records() if row["outcome"] == "first_empty_battery"]
    return {
        "share": rounded(share),
        "se": rounded(math.sqrt(share * (1.0 - share) / battery.n)),
        "all_at_once": rounded(_ever(country)),
        "by_month": [[row["month"], row["by_end_of_month"]] for row in rows if row["month"] != "never"],
    }


def _ever(made: Outcome) -> float:
    return 1.0 - (made.n_never or 0) / made.n


def _gets_through(result: Result, name: str | None) -> dict[str, Any] | None:
    made = _of(result, "leakers", threat_class=name or "")
    launched = _of(result, "launched", threat_class=name or "")
    if name is None or made is None or launched is None or not launched["mean"]:
        return None
    reasons = {r: _of(result, "leakers", threat_class=name, reason=r) for r in REASONS}
    whole = made["mean"] or 1.0
    shares = {r: rounded((told["mean"] or 0.0) / whole) for r, told in reasons.items() if told is not None}
    return {**made, "launched": launched["median"], "launched_mean": launched["mean"], "reasons": shares}


def costs(result: Result) -> Table:
    """What is fired and what stands, in money; no row where nothing has a price."""
    made = {told: _of(result, outcome) for outcome, told in COSTS.items()}
    rows = tuple((told, *(one[key] for key in _NUMBERS)) for told, one in made.items() if one and one["median"])
    columns = (
        Column("what", "What"),
        Column("mean", "Mean", "USD million"),
        Column("se_mean", "Error of the mean", "USD million"),
        Column("median", "Median", "USD million"),
        Column("p5", "5 %", "USD million"),
        Column("p95", "95 %", "USD million"),
        Column("se_median", "Error of the median", "USD million"),
    )
    return Table("cost", "Cost of interceptors fired and of systems", columns, rows)


def of_costs(table: Table) -> str:
    """What the costs show, in a sentence."""
    said = [
        f"{row['what']} {words.number(float(row['median'] or 0), 'USD million')} in the median future "
        f"(5–95 %: {words.band(float(row['p5'] or 0), float(row['p95'] or 0), 'USD million')})"
        for row in table.records()
    ]
    return words.capital(f"{'; '.join(said)}.") if said else "Nothing here has a price."


def standards_met(result: Result) -> list[dict[str, Any]]:
    """The usual standards (Q0), each with the share of futures that meets it and the error of that share."""
    from vallum.sizing.standards import usual

    told = []
    for one in usual(result.columns, words.headline_class(result)):
        met = one.met(
            result.columns[one.label(result.columns, result.headline)], result.manifest.start, result.manifest.days
        )
        share = float(met.mean())
        error = math.sqrt(share * (1.0 - share) / len(met))
        told.append({"text": one.text, "share": rounded(share), "se": rounded(error)})
    return told


def workbook(path: Path, result: Result, table: Table) -> None:
    """Write one table, with where it is from and what was assumed, into a workbook."""
    more = (provenance(result), inputs(result), assumptions(result), claims(result))
    excel.write(path, {one.name: one for one in (table, *more) if one.rows}, result.manifest.as_of)
