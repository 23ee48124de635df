"""Run the cases and the pairs: on every core, with the same bytes for any number of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.validation import cases_published, cases_raid, cases_stock
from tests.validation.case import Case, Found

from vallum import engine


def all_cases() -> list[Case]:
    """Every case, in the order of the table."""
    named = [*cases_published.cases(), *cases_raid.cases(), *cases_stock.cases()]
    return sorted(named, key=lambda case: case.name[:2])


def run(cases: Iterable[Case], share: float = 1.0, least: int = 1) -> Iterator[Found]:
    """Fight each case with this share of its futures and yield its rows, in order."""
    with ThreadPoolExecutor(engine.cores()) as pool:
        yield from (
            row
            for rows in pool.map(lambda case: case.run(max(least, int(share * case.futures))), cases)
            for row in rows
        )
