"""Tidy tables: one for each figure and for each list of a report; they are the CSV behind it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np

from vallum.report import words
from vallum.results import Difference, Label, Manifest, Result, rounded
from vallum.supply import Source, Timeline
from vallum.terms import REASONS

Cell = str | int | float | None

#: Quantiles of the fan of stocks.
FAN: Final = (0.05, 0.25, 0.5, 0.75, 0.95)
#: How the names of the coverage tables begin that are of the country of the packaged record (data/record).
RECORD_COUNTRY: Final = "ua-"
#: Standard normal quantile of a 95 % interval.
_Z: Final = 1.959963984540054
#: Outcomes that are a night or a midnight which may never come.
_NEVER_UNITS: Final = ("night", "midnight")


@dataclass(frozen=True)
class Column:
    """A column: its name in the CSV, its heading for people, its unit (text, month, date, share ...)."""

    name: str
    heading: str
    unit: str = "text"

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers."""
        return self.unit not in ("text", "month", "date", "class", "reason", "type")


@dataclass(frozen=True)
class Table:
    """A tidy table: one row for each observation."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def records(self) -> list[dict[str, Cell]]:
        """The rows as mappings from column to cell."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]

    def column(self, name: str) -> list[Cell]:
        """All cells of one column."""
        place = [column.name for column in self.columns].index(name)
        return [row[place] for row in self.rows]

    def values(self, name: str) -> list[str]:
        """The different texts of one column, in order of appearance."""
        return list(dict.fromkeys(str(cell) for cell in self.column(name)))

    def where(self, **wanted: str) -> list[dict[str, Cell]]:
        """The rows in which these columns hold these cells."""
        return [row for row in self.records() if all(row[key] == value for key, value in wanted.items())]

    def csv(self) -> str:
        """The table as CSV: full numbers, an empty cell where there is none."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(column.name for column in self.columns)
        writer.writerows(["" if cell is None else _guarded(cell) for cell in row] for row in self.rows)
        return text.getvalue()


def _guarded(cell: str | int | float) -> str | int | float:
    """A text that a spreadsheet would run as a formula is marked as text."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@\t\r") else cell


def national(result: Result) -> bool:
    """Whether a run was about the whole country that the packaged record of attacks reports on."""
    return any(name.startswith(f"coverage/{RECORD_COUNTRY}") for name in result.manifest.snapshots)


def figures(result: Result, record: bool = True) -> dict[str, Table]:
    """Return the table behind each figure that this result has something to show in.

    record : set the shares reported for the whole country beside the simulated ones; meaningful for a
             national scenario only
    """
    made = (stock(result), leakers(result), dry_nights(result), first_dry(result), stopped_share(result, record))
    return {table.name: table for table in made if table.rows}


def stock(result: Result) -> Table:
    """Quantiles over futures of the stock at each midnight, by interceptor type."""
    quantiles = np.stack([result.daily.stock.quantile(share) for share in FAN], axis=-1)
    start, fan_of = result.manifest.start, quantiles.tolist()
    midnights = [(start + timedelta(days=k)).isoformat() for k in range(result.manifest.days + 1)]
    rows = (
        (k, midnight, name, *map(rounded, fan_of[k][t]))
        for t, name in enumerate(result.manifest.interceptors)
        for k, midnight in enumerate(midnights)
    )
    head = (
        Column("midnight", "Midnight", "count"),
        Column("date", "Midnight before", "date"),
        Column("interceptor", "Interceptor", "type"),
    )
    fan = tuple(Column(f"p{100 * share:.0f}", f"{100 * share:.0f} %", "interceptors") for share in FAN)
    return Table("stock", "Interceptors left, by midnight: quantiles over futures", (*head, *fan), tuple(rows))


def supply(timeline: Timeline) -> Table:
    """What each supply line has delivered by each midnight, then the sums of lines that deliver the same (C2)."""
    columns = (
        Column("midnight", "Midnight", "count"),
        Column("date", "Midnight before", "date"),
        Column("line", "Line"),
        Column("kind", "Kind"),
        Column("donor", "Donor"),
        Column("delivers", "Delivers", "type"),
        Column("mean", "Mean", "arrivals"),
        Column("p5", "5 %", "arrivals"),
        Column("median", "Median", "arrivals"),
        Column("p95", "95 %", "arrivals"),
    )
    rows = (
        (k, (timeline.start + timedelta(days=k)).isoformat(), *about, *_arrived(source, k))
        for source in (*timeline.sources, *timeline.sums)
        for about in [(source.line, source.kind, source.donor, source.delivers)]
        for k in range(timeline.days + 1)
    )
    return Table("supply", "Arrived by each midnight, by supply line", columns, tuple(rows))


def _arrived(source: Source, midnight: int) -> Iterator[float | None]:
    """Mean, 5 %, median and 95 % at a midnight; nothing has arrived before the first day."""
    return map(rounded, source.by(midnight - 1) if midnight else (0.0,) * 4)


def leakers(result: Result) -> Table:
    """What gets through by class and reason; `all` is the sum of the reasons."""
    rows: list[tuple[Cell, ...]] = []
    for name in result.manifest.classes:
        launched = result.outcome("launched", threat_class=name).mean or 0.0
        for reason in (*REASONS, ""):
            made = result.outcome("leakers", threat_class=name, reason=reason)
            share = made.mean / launched if made.mean is not None and launched else None
            numbers = (made.mean, made.se_mean, made.median, made.p5, made.p95, share)
            rows.append((name, reason or "all", *map(rounded, numbers)))
    columns = (
        Column("class", "Class", "class"),
        Column("reason", "Reason", "reason"),
        Column("mean", "Mean", "threats"),
        Column("se_mean", "Error of the mean", "threats"),
        Column("median", "Median", "threats"),
        Column("p5", "5 %", "threats"),
        Column("p95", "95 %", "threats"),
        Column("share_of_launched", "Share of launched", "share"),
    )
    return Table("leakers", "What gets through, by class and reason", columns, tuple(rows))


def dry_nights(result: Result) -> Table:
    """Probability that a month has a night without a round, by class, with its 95 % interval."""
    futures = result.manifest.futures
    rows = [
        (month, name, *map(rounded, _share(int(result.daily.month_dry[m, c]), futures)))
        for c, name in enumerate(result.manifest.classes)
        if _fired_at(result, name)
        for m, month in enumerate(result.months)
    ]
    columns = (
        Column("month", "Month", "month"),
        Column("class", "Class", "class"),
        Column("probability", "Probability", "share"),
        Column("low", "95 % interval from", "share"),
        Column("high", "to", "share"),
    )
    title = "Probability that a month has a night without a round"
    return Table("dry_nights", title, columns, tuple(rows))


def first_dry(result: Result, *labels: Label) -> Table:
    """Month in which each `first` outcome falls: share of futures, and share by the end of the month.

    labels : which outcomes; default: all of them
    """
    rows = tuple(row for label in labels or first_labels(result) for row in _first_rows(result, label))
    columns = (
        Column("outcome", "Outcome"),
        Column("class", "Class", "class"),
        Column("scope", "Where"),
        Column("month", "Month", "month"),
        Column("share", "First in this month", "share"),
        Column("low", "95 % interval from", "share"),
        Column("high", "to", "share"),
        Column("by_end_of_month", "By its end", "share"),
    )
    return Table("first_dry", "First night without a round and first empty magazine, by month", columns, rows)


def first_labels(result: Result) -> list[Label]:
    """Outcomes that are the first night or midnight of something, assets left out."""
    dated = [label for label in result.columns if label.unit in _NEVER_UNITS and not label.asset]
    return sorted(dated, key=lambda label: (_class_rank(result, label), label))


def _class_rank(result: Result, label: Label) -> int:
    order = result.manifest.doctrine.get("priority", result.manifest.classes)
    return order.index(label.threat_class) if label.threat_class in order else len(order)


def _first_rows(result: Result, label: Label) -> Iterator[tuple[Cell, ...]]:
    values = result.columns[label]
    futures, before = len(values), 0
    about = (label.name, label.threat_class, label.scope)
    for month, last in month_ends(result):
        seen = int((values <= last).sum())
        yield (*about, month, *map(rounded, (*_share(seen - before, futures), seen / futures)))
        before = seen
    yield (*about, "never", *map(rounded, (*_share(int(np.isinf(values).sum()), futures), 1.0)))


def month_ends(result: Result) -> list[tuple[str, int]]:
    """Each month with the number of its last night in the campaign, nights counted from 1."""
    return list(result.month_ends.items())


def stopped_share(result: Result, record: bool = True) -> Table:
    """Share stopped by month and class; beside it what was reported, where the whole month is fought."""
    bands = [result.daily.month_share.quantile(share) for share in (0.05, 0.5, 0.95)]
    launched = result.daily.month_launched.quantile(0.5)
    reported = _reported(result) if record else {}
    rows = []
    for c, name in enumerate(result.manifest.classes):
        for m, month in enumerate(result.months):
            low, median, high = (_number(band[m, c]) for band in bands)
            told = reported.get((month, name), (None, None, None))
            mark = _mark(low, high, told[0])
            rows.append((month, name, low, median, high, _number(launched[m, c]), *told, mark))
    columns = (
        Column("month", "Month", "month"),
        Column("class", "Class", "class"),
        Column("p5", "Simulated, 5 %", "share"),
        Column("median", "Simulated, median", "share"),
        Column("p95", "Simulated, 95 %", "share"),
        Column("launched_median", "Launched, simulated median", "threats"),
        Column("reported", "Reported share", "share"),
        Column("reported_launched", "Launched with a reported outcome", "threats"),
        Column("reported_complete", "Whole month reported"),
        Column("mark", "Reported against the band"),
    )
    title = "Share stopped by month: simulated, and reported (claims of one side)"
    return Table("stopped_share", title, columns, tuple(rows))


def _mark(low: float | None, high: float | None, told: float | None) -> str | None:
    if told is None or low is None or high is None:
        return None
    return "reported lies below" if told < low else "reported lies above" if told > high else "inside"


def _reported(result: Result) -> dict[tuple[str, str], tuple[float | None, int | None, str | None]]:
    """Reported shares of months that the campaign fights whole and the knowledge of the run knows (F6)."""
    whole = set(_whole_months(result))
    told: dict[tuple[str, str], tuple[float | None, int | None, str | None]] = {}
    for row in _recorded_months():
        # launches whose outcome was withheld say nothing about the share stopped
        launched, stopped = int(row["launched"]) - int(row["no_outcome"]), int(row["stopped"])
        if row["month"] in whole and launched:
            told[row["month"], row["class"]] = (rounded(stopped / launched), launched, row["complete"])
    return told


@cache
def _recorded_months() -> tuple[dict[str, str], ...]:
    text = (files("vallum") / "data" / "record" / "monthly.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))


def _whole_months(result: Result) -> Iterator[str]:
    dates = set(result.dates)
    for month in result.months:
        first = date.fromisoformat(f"{month}-01")
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if first in dates and last in dates and last <= result.manifest.as_of:
            yield month


def outcomes(result: Result) -> Table:
    """Every outcome that the answer lists, with full numbers."""
    keys = ("n", "n_never", "mean", "se_mean", "sd", "median", "p5", "p95", "se_median")
    rows = []
    for made in result.shown:
        entry = made.as_dict()
        head = (words.capital(words.outcome(made.label)), *(entry.get(key) for key in _ABOUT), entry["unit"])
        rows.append((*head, *(entry.get(key) for key in keys)))
    columns = (
        Column("in_words", "Outcome"),
        *(Column(key, words.capital(key)) for key in _ABOUT),
        Column("unit", "Unit"),
        *(Column(key, _OUTCOME_HEADINGS[key], "count") for key in keys),
    )
    return Table("outcomes", "All outcomes", columns, tuple(rows))


_ABOUT: Final = ("name", "class", "scope", "asset", "reason", "type", "donor")
_CHANGE_KEYS: Final = ("n", "before", "after", "mean", "se", "p5", "p95")
_OUTCOME_HEADINGS: Final = {
    "n": "Futures",
    "n_never": "Never",
    "mean": "Mean",
    "se_mean": "Error of the mean",
    "sd": "Spread (sd)",
    "median": "Median",
    "p5": "5 %",
    "p95": "95 %",
    "se_median": "Error of the median",
}


def inputs(result: Result) -> Table:
    """What is uncertain: best, range, unit and where each is from."""
    rows = [
        (
            entry["name"], entry["title"], entry["best"], entry["low"], entry["high"], entry["unit"], entry["shape"],
            "yes" if entry["published"] else "no", " ".join(entry["claims"]), entry["assumption"],
        )
        for entry in result.manifest.inputs
    ]  # fmt: skip
    names = ("name", "title", "best", "low", "high", "unit", "shape", "published", "claims", "assumption")
    numbers = ("best", "low", "high")
    columns = tuple(Column(name, words.capital(name), "count" if name in numbers else "text") for name in names)
    return Table("inputs", "Inputs that are not known exactly", columns, tuple(rows))


def differences(result: Result) -> Table:
    """What packages change, future by future: with minus without."""
    return _compared("differences", "package", "What packages change, with minus without", result.differences)


def losses(result: Result) -> Table:
    """What the loss of each supplier changes, future by future: without minus with."""
    return _compared("supplier_losses", "donor", "What losing a supplier changes, without minus with", result.losses)


def _compared(name: str, named: str, title: str, made_of: Iterable[Difference]) -> Table:
    rows = []
    for made in made_of:
        entry = made.as_dict(named)
        head = (
            made.package,
            words.capital(words.outcome(made.label)),
            *(entry.get(key) for key in _ABOUT),
            entry["unit"],
        )
        numbers = (entry[key] for key in _CHANGE_KEYS)
        rows.append((*head, *numbers, "yes" if made.told_apart else "no"))
    columns = (
        Column(named, words.capital(named)),
        Column("in_words", "Outcome"),
        *(Column(key, words.capital(key)) for key in _ABOUT),
        Column("unit", "Unit"),
        *(Column(key, words.capital(key), "count") for key in _CHANGE_KEYS),
        Column("told_apart", "Told apart"),
    )
    return Table(name, title, columns, tuple(rows))


def claims(result: Result) -> Table:
    """Claims that feed the run: who said what, when and where."""
    names = (
        "id", "quantity", "value", "low", "high", "unit", "as_of", "known_from", "speaker", "source", "address",
        "group",
    )  # fmt: skip
    rows = [(*(entry[name] for name in names), " ".join(entry["used_by"])) for entry in result.manifest.claims]
    numbers = ("value", "low", "high")
    columns = tuple(
        Column(name, words.capital(words.plain(name)), "count" if name in numbers else "text")
        for name in (*names, "used_by")
    )
    return Table("claims", "Claims that feed this run", columns, tuple(rows))


def assumptions(result: Result) -> Table:
    """What was assumed: the value, where it stands, and the reason."""
    rows = [
        (
            entry["name"], entry.get("title", ""), entry["best"], entry.get("low"), entry.get("high"),
            entry.get("unit", ""), " ".join(entry.get("values", ())), entry["assumption"],
        )
        for entry in result.manifest.assumptions
    ]  # fmt: skip
    names = ("name", "title", "best", "low", "high", "unit", "paths", "assumption")
    numbers = ("best", "low", "high")
    columns = tuple(Column(name, words.capital(name), "count" if name in numbers else "text") for name in names)
    return Table("assumptions", "What was assumed", columns, tuple(rows))


def provenance(result: Result) -> Table:
    """What was run, on what knowledge, and the hashes of the data: enough to get the same numbers again."""
    made = result.manifest
    about = {
        "question": made.question,
        "scenario": made.name,
        "packages": " ".join(made.packages),
        "changes": "; ".join(f"{path}={value}" for path, value in made.changes.items()),
        "fingerprint": made.fingerprint,
        "as_of": made.as_of.isoformat(),
        "futures": str(made.futures),
        "seed": str(made.seed),
        "lucks": str(made.lucks),
        "version": f"vallum {made.version}",
        "reproduce": made.command(),
    }
    about |= {f"sha256 of {name}": value for name, value in made.snapshots.items()}
    columns = (Column("what", "What"), Column("value", "Value"))
    return Table("provenance", "What was run, and on what data", columns, tuple(about.items()))


def stamp(made: Manifest) -> str:
    """One line that travels with a picture: what was run, on what knowledge."""
    about = f"vallum {made.version} · {made.name} {made.fingerprint} · as of {made.as_of}"
    return f"{about} · {made.futures:,} futures, seed {made.seed}"


def everything(result: Result, record: bool = True) -> dict[str, Table]:
    """All tables of a report by name: those of the figures, the lists, and where all of it is from."""
    lists = (
        outcomes(result), differences(result), losses(result), inputs(result), assumptions(result), claims(result),
        provenance(result),
    )  # fmt: skip
    return figures(result, record) | {table.name: table for table in lists if table.rows}


def _fired_at(result: Result, name: str) -> bool:
    return any(label.name == "dry_nights" and label.threat_class == name for label in result.columns)


def _number(value: float) -> float | None:
    return rounded(float(value))


def _share(count: int, n: int) -> tuple[float, float, float]:
    """A share of futures with Wilson's 95 % interval, which never leaves 0..1."""
    share, z2 = count / n, _Z * _Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = _Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return share, min(share, max(0.0, middle - reach)), max(share, min(1.0, middle + reach))
