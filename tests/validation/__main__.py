"""Run every case and every pair, print them, and write docs/model/validation.md."""

from __future__ import annotations

import sys

from tests.validation.cases_published import answers
from tests.validation.document import PAGE, counted, line, page
from tests.validation.pairs import NONE, draws
from tests.validation.pairs import counted as counted_pairs
from tests.validation.run import all_cases, run

#: Random scenarios meant to keep the conditions of F3, and with each of them spoiled; futures of each.
INSIDE, OUTSIDE, FUTURES = 450, 60, 200


def main() -> int:
    """Return 1 if anything is off, after the page is written."""
    cases, found, published = all_cases(), [], answers()
    for one in run(cases):
        print(" | ".join(line(one)), flush=True)
        found.append(one)
    pairs = counted_pairs(draws(INSIDE, OUTSIDE), FUTURES)
    print(*counted(pairs), sep="\n")
    PAGE.write_text(page(cases, found, published, pairs), encoding="utf-8")
    print(f"Written: {PAGE.relative_to(PAGE.parents[2])}")
    off = [
        f"{one.case.name}, {one.row.outcome}: {one.errors:+.2f} standard errors off" for one in found if not one.holds
    ]
    off += [
        f"{one.case.name}, {one.row.outcome}: standard error {one.se:.4g} is too large"
        for one in found
        if not one.is_sharp
    ]
    off += [f"{one.name}: {one.answer} is not {one.published}" for one in published if not one.holds]
    off += [f"F3: {pairs[NONE].worse} pairs inside the conditions have more leakers"] * (pairs[NONE].worse > 0)
    print(*off, sep="\n", file=sys.stderr, end="\n" if off else "")
    return int(bool(off))


if __name__ == "__main__":
    sys.exit(main())
