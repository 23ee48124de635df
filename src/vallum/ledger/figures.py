"""Cited figures of aid, each with its donor, kind, stage, period and price base; the numbers stand in the claims."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from io import StringIO
from typing import Any, Final

from ruamel.yaml import YAML

from vallum.errors import EvidenceError
from vallum.evidence import Claim, Evidence
from vallum.evidence import load as load_evidence
from vallum.ledger.money import CURRENCIES, Money, Rates

KINDS: Final = ("all", "military", "financial", "humanitarian")
PRICE_BASES: Final = ("current",)
#: Sum that holds: the parts may differ from the stated sum by rounding, as a share of it.
ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Figure:
    """One cited figure: what kind of money, at which stage, from whom, over which days.

    id     : the claim that holds the number, or the name of a combination
    kind   : military, financial, humanitarian, or several joined by " and "; all
    stage  : pledged, appropriated, allocated, committed, delivered, disbursed, or unstated
    parts  : figures that it is the sum of, with the sign of each
    """

    id: str
    donor: str
    recipient: str
    kind: str
    stage: str
    start: date
    end: date
    price_base: str
    parts: tuple[tuple[float, str], ...]
    scope: str
    money: Money
    lower_bound: bool
    speaker: str
    source: str

    @property
    def months(self) -> int:
        """Months of the calendar that the period touches."""
        return (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1

    @property
    def per_month(self) -> float:
        """Money a month over the period, in millions of its own currency."""
        return self.money.million / self.months


@dataclass(frozen=True, slots=True)
class Rules:
    """How the ledger adds up: stages and their meaning, what is never counted twice, who belongs to what."""

    stages: Mapping[str, str]
    double_counts: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]
    combinations: Mapping[str, Mapping[str, Any]]
    match: float


@dataclass(frozen=True)
class Ledger:
    """Figures by id, the rules, and dated rates; perhaps only what was known on a day (F6)."""

    figures: Mapping[str, Figure]
    rules: Rules
    rates: Rates

    def figure(self, id_: str) -> Figure:
        """Return a figure by its claim. Raises EvidenceError with what there is."""
        if id_ in self.figures:
            return self.figures[id_]
        stated = ", ".join(name for name, made in self.figures.items() if made.stage == "unstated")
        raise EvidenceError(
            f"{id_}: is no figure of the ledger; stated totals: {stated}; vallum ledger totals lists others"
        )


def load(as_of: date | None = None) -> Ledger:
    """Return the packaged ledger; with a date, only figures whose claims were known on it (F6).

    Raises EvidenceError with all problems of its files.
    """
    known = load_evidence() if as_of is None else load_evidence().at(as_of)
    return _load(known)


def problems() -> list[str]:
    """Say what is wrong with the packaged ledger, with file and line; empty if nothing is."""
    try:
        _load(load_evidence())
    except EvidenceError as error:
        return list(error.problems)
    return []


def _load(evidence: Evidence) -> Ledger:
    rules, everything = _rules(), load_evidence()
    found: list[str] = []
    made: dict[str, Figure] = {}
    for place, row in _rows("figures.csv"):
        wrong = list(_wrong(place, row, rules, everything))
        found += wrong
        if not wrong and row["claim"] in evidence.claims:
            made[row["claim"]] = _figure(row, evidence)
    rates = Rates(tuple(_rates(evidence, found)))
    if found:
        raise EvidenceError(found)
    found += _bad_sums(made)
    for name, entry in rules.combinations.items():
        if all(part in made for part in entry["parts"]):
            made[name] = _combined(name, entry, made, rates)
        elif not all(part in everything.claims for part in entry["parts"]):
            found.append(f"rules.yaml: combinations.{name}: names a figure that is not in figures.csv")
    if found:
        raise EvidenceError(found)
    return Ledger(made, rules, rates)


@cache
def _text(name: str) -> str:
    return (files("vallum") / "data" / "ledger" / name).read_text(encoding="utf-8")


def _rows(name: str) -> Iterator[tuple[str, dict[str, str]]]:
    rows = csv.DictReader(StringIO(_text(name)), strict=True)
    for row in rows:
        yield f"{name}:{rows.line_num}", row


@cache
def _rules() -> Rules:
    given = YAML(typ="safe", pure=True).load(_text("rules.yaml"))
    groups = {name: tuple(members) for name, members in given["groups"].items()}
    return Rules(given["stages"], given["double_counts"], groups, given["combinations"], float(given["match"]))


def _wrong(place: str, row: Mapping[str, str], rules: Rules, evidence: Evidence) -> Iterator[str]:
    claim = evidence.claims.get(row["claim"])
    if claim is None or (claim.central is None and claim.least is None):
        yield f"{place}: claim: {row['claim']!r} is no claim with a number"
    elif claim.unit not in CURRENCIES:
        yield f"{place}: claim: {row['claim']} is in {claim.unit}; allowed: {', '.join(CURRENCIES)}"
    for part in row["kind"].split(" and "):
        if part not in KINDS:
            yield f"{place}: kind: {row['kind']!r}; allowed: {', '.join(KINDS)}, joined by ' and '"
    if row["stage"] not in rules.stages:
        yield f"{place}: stage: {row['stage']!r}; allowed: {', '.join(rules.stages)}"
    if row["price_base"] not in PRICE_BASES:
        yield f"{place}: price_base: {row['price_base']!r}; allowed: {', '.join(PRICE_BASES)}"
    for name in ("from", "to"):
        try:
            date.fromisoformat(row[name])
        except ValueError:
            yield f"{place}: {name}: {row[name]!r} is no date; write YYYY-MM-DD"
    if row["to"] < row["from"]:
        yield f"{place}: to: {row['to']} is before from, {row['from']}"


def _figure(row: Mapping[str, str], evidence: Evidence) -> Figure:
    claim = evidence.claims[row["claim"]]
    parts = tuple((-1.0 if part.startswith("-") else 1.0, part.lstrip("-")) for part in row["sum_of"].split())
    return Figure(
        claim.id, row["donor"], row["recipient"], row["kind"], row["stage"], date.fromisoformat(row["from"]),
        date.fromisoformat(row["to"]), row["price_base"], parts, row["scope"], _money(claim),
        claim.low is not None and claim.high is None, claim.speaker, evidence.sources[claim.source].title,
    )  # fmt: skip


def _money(claim: Claim) -> Money:
    number = claim.central if claim.central is not None else claim.least
    assert number is not None, claim.id
    currency, million = CURRENCIES[claim.unit]
    return Money(number * million, currency)


def _rates(evidence: Evidence, found: list[str]) -> Iterator[tuple[date, date, float, str]]:
    for place, row in _rows("rates.csv"):
        claim = load_evidence().claims.get(row["claim"])
        if claim is None or claim.unit != "USD per EUR" or claim.value is None:
            found.append(f"{place}: claim: {row['claim']!r} is no claim in USD per EUR")
        elif claim.id in evidence.claims:
            yield date.fromisoformat(row["from"]), date.fromisoformat(row["to"]), claim.value, claim.id


def _bad_sums(made: Mapping[str, Figure]) -> Iterator[str]:
    for figure in made.values():
        for _, part in figure.parts:
            if part not in made:
                yield f"figures.csv: {figure.id}: sum_of: {part} is no figure"
            elif made[part].money.currency != figure.money.currency:
                yield f"figures.csv: {figure.id}: sum_of: {part} is in another currency"


def _combined(name: str, entry: Mapping[str, Any], made: Mapping[str, Figure], rates: Rates) -> Figure:
    """The sum of cited figures of one stage and one price base, in the currency of the first."""
    parts = [made[part] for part in entry["parts"]]
    wrong = [part.id for part in parts if part.stage != entry["stage"] or part.price_base != parts[0].price_base]
    if wrong:
        raise EvidenceError(f"rules.yaml: combinations.{name}: {', '.join(wrong)} is of another stage or price base")
    currency = parts[0].money.currency
    million = sum(rates.convert(part.money, currency, part.start, part.end).million for part in parts)
    return Figure(
        name, entry["donor"], parts[0].recipient, entry["kind"], entry["stage"],
        min(part.start for part in parts), max(part.end for part in parts), parts[0].price_base,
        tuple((1.0, part.id) for part in parts), entry["scope"], Money(million, currency),
        any(part.lower_bound for part in parts), "derived", "sum of cited figures",
    )  # fmt: skip
