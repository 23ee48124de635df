"""Convert the collected facts into the packaged sources and claims, once.

    python scripts/make_evidence.py [FACTS.csv]

Reads one table of facts (default: $VALLUM_SHARED/data/facts.csv) and writes sources.csv and
claims.csv of src/vallum/data/evidence. After the first conversion those two files are edited and
extended by hand; this script stays as the record of how they were made. parameters.yaml is
hand-made and never touched.
"""

from __future__ import annotations

import csv
import os
import re
import sys
from calendar import monthrange
from datetime import date
from pathlib import Path
from urllib.parse import urlparse

OUT = Path(__file__).parents[1] / "src" / "vallum" / "data" / "evidence"
SOURCE_FIELDS = ("id", "publisher", "title", "address", "address_note")
CLAIM_FIELDS = (
    "id",
    "topic",
    "quantity",
    "value",
    "low",
    "high",
    "unit",
    "as_of",
    "known_from",
    "speaker",
    "source",
    "quote",
    "group",
    "notes",
    "superseded_by",
)
NO_ADDRESS = "read as a text without its address; the outlet or page was not identified"

#: Reviewed by hand: the product is stated in words, the original gives it as a text in the unit.
CORRECTIONS = {"F288": {"value": "24", "unit": "missiles", "quantity": "iris_t_ready_missiles_per_fire_unit"}}
#: Outlets of the texts without an address, read from their titles.
OUTLETS = {"Interfax-Ukraine": "Interfax-Ukraine", "News.Az": "News.Az"}
PERIOD = re.compile(r"-((?:19|20)\d\d)(?:-(\d\d))?(?:-(\d\d))?(?:-|$)")


def group_period(group: str) -> tuple[date, date] | None:
    """First and last day of the date that a group's name carries: the story it comes from."""
    found = PERIOD.search(group)
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups())
    if not month:
        return date(year, 1, 1), date(year, 12, 31)
    if not day:
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    return date(year, month, day), date(year, month, day)


def known_from(as_of: str, group: str) -> str:
    """Day from which a reader could know the claim (rule F6).

    A number about an earlier day than the story that carries it was not known on that day: then
    the last day of the story's stated period counts.
    """
    about = date.fromisoformat(as_of)
    period = group_period(group)
    return (period[1] if period and about < period[0] else about).isoformat()


def publisher(title: str, address: str) -> str:
    """Name the outlet: the host of the address, or what the title tells."""
    if address:
        return (urlparse(address).hostname or "").removeprefix("www.")
    return next((name for start, name in OUTLETS.items() if title.startswith(start)), "unknown outlet")


def source_row(number: int, title: str, address: str) -> dict[str, str]:
    return {
        "id": f"S{number:03d}",
        "publisher": publisher(title, address),
        "title": title,
        "address": address or "unknown",
        "address_note": "" if address else NO_ADDRESS,
    }


def claim_row(fact: dict[str, str], source: str) -> dict[str, str]:
    fact = fact | CORRECTIONS.get(fact["id"], {})
    return {
        "id": fact["id"],
        "topic": fact["topic"],
        "quantity": fact["quantity"],
        "value": fact["value"],
        "low": fact["low"],
        "high": fact["high"],
        "unit": fact["unit"],
        "as_of": fact["as_of_date"],
        "known_from": known_from(fact["as_of_date"], fact["independence_group"]),
        "speaker": fact["speaker_or_publisher"],
        "source": source,
        "quote": fact["quote"],
        "group": fact["independence_group"],
        "notes": fact["notes"],
        "superseded_by": "",
    }


def write(path: Path, fields: tuple[str, ...], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, fields, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def main(facts_path: Path) -> None:
    with facts_path.open(encoding="utf-8", newline="") as file:
        facts = list(csv.DictReader(file))
    sources: dict[tuple[str, str], dict[str, str]] = {}
    claims = []
    for fact in facts:
        key = (fact["source_title"], fact["source_url"])
        source = sources.setdefault(key, source_row(len(sources) + 1, *key))
        claims.append(claim_row(fact, source["id"]))
    write(OUT / "sources.csv", SOURCE_FIELDS, list(sources.values()))
    write(OUT / "claims.csv", CLAIM_FIELDS, claims)
    print(f"{len(sources)} sources, {len(claims)} claims", file=sys.stderr)


if __name__ == "__main__":
    shared = Path(os.environ.get("VALLUM_SHARED", "../shared"))
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else shared / "data" / "facts.csv")
