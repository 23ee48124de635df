"""Money with its currency, and dated rates between euros and dollars: means of the years, weighted by days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from vallum.errors import EvidenceError

#: Unit of a claim -> currency, and how many millions one of it is.
CURRENCIES: Final = {
    "USD million": ("USD", 1.0),
    "USD billion": ("USD", 1_000.0),
    "EUR million": ("EUR", 1.0),
    "EUR billion": ("EUR", 1_000.0),
}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in millions of a currency, in prices of its own day."""

    million: float
    currency: str


@dataclass(frozen=True, slots=True)
class Rates:
    """Dollars for a euro by period: (first day, last day, rate, claim)."""

    periods: tuple[tuple[date, date, float, str], ...]

    def usd_per_eur(self, start: date, end: date) -> float:
        """Return the mean rate between two days, both included. Raises EvidenceError where no rate is known.

        A period that begins before the first rate, or ends after the last, takes what lies within.
        """
        weight = total = 0.0
        for first, last, rate, _ in self.periods:
            days = (min(end, last) - max(start, first)).days + 1
            if days > 0:
                weight, total = weight + days, total + days * rate
        if not weight:
            raise EvidenceError(f"no rate of euros to dollars is known for {start} to {end}; see data/ledger/rates.csv")
        return total / weight

    def convert(self, money: Money, currency: str, start: date, end: date) -> Money:
        """Return money in another currency, at the mean rate of the period that it was given in."""
        if money.currency == currency:
            return money
        rate = self.usd_per_eur(start, end)
        return Money(money.million * rate if currency == "USD" else money.million / rate, currency)
