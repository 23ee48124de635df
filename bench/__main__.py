"""`python -m bench`: measure everything in one run and say what is met and what is missed."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from bench import cluster, growth, measure, page, processes, ratios
from bench.measure import Measure, Section
from bench.ratios import DisagreementError

SECTIONS: Final[dict[str, tuple[str, Callable[[bool], list[Measure]]]]] = {
    "ratios": (
        "The same model, written otherwise (a core, processor time)",
        lambda quick: ratios.measures(quick, print),
    ),
    "growth": ("Growth of the kernel's time", growth.measures),
    "cores": ("Cores", processes.cores),
    "dask": ("Dask, worker processes of one thread each", lambda quick: cluster.measures(quick, print)),
    "startup": ("Start-up", processes.startup),
    "slider": ("A slider's preview", processes.slider),
    "memory": ("Memory", processes.memory),
}
assert tuple(SECTIONS) == measure.SECTIONS
#: What a check compares: ratios of programs in one run, not seconds.
CHECKED: Final = ("ratios", "growth")


def main() -> int:
    """Measure, print, keep or compare."""
    asked = _arguments()
    names = asked.only or (CHECKED if asked.check else tuple(SECTIONS))
    about = measure.machine()
    print(f"{about['processor']}, {about['cores']} cores, load {measure.load_now()}, Python {about['python']}")
    fresh: dict[str, Section] = {}
    try:
        for name in names:
            fresh[name] = _measured(name, asked.quick)
            if asked.save:
                measure.save({name: fresh[name]}, about)
                page.write()
    except DisagreementError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    if asked.save:
        print(f"Kept in {measure.RESULTS.name}; {page.PAGE.name} is written")
    return _checked(fresh) if asked.check else 0


def _measured(name: str, quick: bool) -> Section:
    title, section = SECTIONS[name]
    print(title, flush=True)
    before, begun = measure.load_now(), time.perf_counter()
    made = section(quick)
    print(*(one.line() for one in made), sep="\n", flush=True)
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    return Section(title, today, (before, measure.load_now()), time.perf_counter() - begun, tuple(made))


def _checked(fresh: dict[str, Section]) -> int:
    found = list(measure.by_name(fresh).values())
    worse = measure.worse(found, measure.by_name(measure.load()))
    for line in worse:
        print(f"worse than kept: {line}", file=sys.stderr)
    if not worse:
        print(f"No ratio is worse than kept by {measure.TOLERANCE:.0%}, no slope by {measure.SLOPE_TOLERANCE:g}.")
    return 1 if worse else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small sizes: two minutes, rough")
    parser.add_argument(
        "--save",
        action="store_true",
        help="keep the results in bench/results.json, beside kept sections of the same machine; renew the page",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="compare fresh ratios and slopes with the kept ones; exit 1 if one is worse",
    )
    parser.add_argument("--only", nargs="+", choices=tuple(SECTIONS), help="some sections only")
    asked = parser.parse_args()
    if asked.save and (asked.quick or asked.check):
        parser.error("--save keeps a whole measurement: leave out --quick and --check")
    return asked


if __name__ == "__main__":
    sys.exit(main())
