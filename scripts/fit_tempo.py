"""Monthly sums and a fitted law of raids from a copy of the attack record.

    python scripts/fit_tempo.py [FOLDER]

FOLDER (default: $VALLUM_SHARED/data/attacks) holds missile_attacks_daily.csv ("Massive Missile Attacks on
Ukraine", Petro Ivaniuk) and model_family_map.csv. Writes into src/vallum/data/record
    monthly.csv         launched and reported stopped by month and class
    left_out.csv        what has no class here: unknown missiles, bombs, mixed drones
    tempo.yaml          the law of rule R1 `parametric`, fitted to nights (model: see `fit`)
    sample_nights.csv   nights made up from that law with a fixed seed; not the record
The rows of the record are read and never written. See record/README.md and NOTICE.md.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import optimize, special, stats

from vallum import dice

F64 = npt.NDArray[np.float64]
Counts = dict[str, int]
OUT = Path(__file__).parents[1] / "src" / "vallum" / "data" / "record"
CLASSES = ("ballistic", "aeroballistic", "supersonic", "sam_ballistic", "cruise", "guided", "drone")
#: Families of the record that belong to one class.
PLAIN = {
    "drone_oneway": "drone",
    "cruise": "cruise",
    "cruise_mixed": "cruise",
    "guided_air_missile": "guided",
    "guided_air_mixed": "guided",
    "supersonic_antiship": "supersonic",
    "ballistic": "ballistic",
    "ballistic_mixed": "ballistic",
    "irbm_oreshnik": "ballistic",
    "aeroballistic_kinzhal": "aeroballistic",
    "sam_ballistic_mode": "sam_ballistic",
}
#: Families that hold two classes in one number, split as the month's unmixed launches of the two.
MIXED = {
    "sam_and_ballistic_mixed": ("sam_ballistic", "ballistic"),
    "ballistic_and_cruise_mixed": ("ballistic", "cruise"),
}
LEFT_OUT = ("unknown_missile", "bomb", "uav_mixed")
NUMBERS = ("launched", "destroyed", "not_reach_goal")
FIRST_MONTH, LAST_FULL_MONTH = "2022-09", "2025-11"
WINDOWS = {
    "feb_nov_2025": (date(2025, 2, 1), date(2025, 11, 30)),
    "aug_nov_2025": (date(2025, 8, 1), date(2025, 11, 30)),
}
SAMPLE_WINDOW = "aug_nov_2025"
SAMPLE_START, SAMPLE_NIGHTS, SEED = date(2025, 11, 1), 181, 20251101
#: Resampled blocks of a week keep lulls and waves together; this many times.
BLOCK, RESAMPLES = 7, 100
#: Series of made-up nights in the comparison of fitted with observed.
REPEATS = 101
#: Bounds of the fit: share of mass nights, mass ratio, dispersion.
BOUNDS = ((0.01, 0.5), (0.05, 300.0), (0.01, 300.0))


@dataclass(frozen=True)
class Report:
    """One national row of the record: night it counts for, family and numbers (None: not given)."""

    night: date
    family: str
    national: bool
    numbers: dict[str, int | None]


def read_reports(folder: Path) -> list[Report]:
    """Rows of the record by family; the night is the date of time_end (Kyiv time)."""
    families = {row["model"]: row["family"] for row in rows_of(folder / "model_family_map.csv")}
    return [
        Report(
            night=date.fromisoformat(row["time_end"].strip()[:10]),
            family=families[row["model"].strip()],
            national=is_national(row),
            numbers={name: int(float(row[name])) if row[name] else None for name in NUMBERS},
        )
        for row in rows_of(folder / "missile_attacks_daily.csv")
    ]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_national(row: dict[str, str]) -> bool:
    known = ("kpszsu", "CinCAFU", "GeneralStaff")
    return row["target"].strip() == "Ukraine" or any(name in row["source"] for name in known)


def month_of(night: date) -> str:
    return night.isoformat()[:7]


def family_sums(reports: list[Report]) -> dict[tuple[str, str], Counts]:
    """Sums by (month, family) of national rows, with the number of reports and of missing outcomes."""
    sums: dict[tuple[str, str], Counts] = defaultdict(Counter)
    for report in reports:
        if not report.national:
            continue
        cell = sums[month_of(report.night), report.family]
        cell["reports"] += 1
        for name, number in report.numbers.items():
            cell[name] += number or 0
        cell["launched_missing"] += report.numbers["launched"] is None
        if report.numbers["destroyed"] is None:
            cell["destroyed_missing"] += 1
            cell["no_outcome"] += report.numbers["launched"] or 0
    return dict(sums)


def split_share(sums: dict[tuple[str, str], Counts], month: str, family: str) -> float:
    """Share of a mixed family that goes to the first of its two classes; a half if nothing tells."""
    launched: Counts = Counter()
    for (its_month, its_family), cell in sums.items():
        if its_month == month and its_family in PLAIN:
            launched[PLAIN[its_family]] += cell["launched"]
    first, second = (launched[name] for name in MIXED[family])
    return first / (first + second) if first + second else 0.5


def class_sums(sums: dict[tuple[str, str], Counts]) -> dict[tuple[str, str], Counts]:
    """Sums by (month, class): plain families added, mixed ones split into whole numbers."""
    classes: dict[tuple[str, str], Counts] = defaultdict(Counter)
    for (month, family), cell in sums.items():
        if family in PLAIN:
            classes[month, PLAIN[family]].update(cell)
        elif family in MIXED:
            share = split_share(sums, month, family)
            first, second = MIXED[family]
            for name in (*NUMBERS, "no_outcome"):
                part = round_half_up(share * cell[name])
                classes[month, first][name] += part
                classes[month, second][name] += cell[name] - part
            for name in MIXED[family]:
                classes[month, name]["reports"] += cell["reports"]
    return dict(classes)


def round_half_up(number: float) -> int:
    """Nearest whole number: of two parts that sum to a whole, the largest remainder."""
    return int(number + 0.5)


def nightly(reports: list[Report], first: date, last: date) -> npt.NDArray[np.int64]:
    """National launches (night, class) from first to last; nights without a report count zero.

    Mixed rows are split so that running totals within a month follow the month's share.
    """
    sums = family_sums(reports)
    table = np.zeros(((last - first).days + 1, len(CLASSES)), np.int64)
    running: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for report in sorted(reports, key=lambda report: report.night):
        launched = report.numbers["launched"]
        if not report.national or not launched or not first <= report.night <= last:
            continue
        row = table[(report.night - first).days]
        if report.family in PLAIN:
            row[CLASSES.index(PLAIN[report.family])] += launched
        elif report.family in MIXED:
            key = (month_of(report.night), report.family)
            total, given = running[key]
            now = round_half_up(split_share(sums, *key) * (total + launched))
            running[key] = (total + launched, now)
            for name, part in zip(MIXED[report.family], (now - given, launched - now + given), strict=True):
                row[CLASSES.index(name)] += part
    return table


# ---------------------------------------------------------------- the law


@dataclass(frozen=True)
class Law:
    """Share of mass nights; by class: mean a night, mass ratio rho, dispersion k of each kind of night."""

    mass: float
    mean: F64
    ratio: F64
    calm_spread: F64
    mass_spread: F64

    def level(self, mass_night: bool) -> F64:
        """Mean by class of a harassment or a mass night; the mixture of the two has mean `mean`."""
        harassment = self.mean / (1.0 - self.mass + self.mass * self.ratio)
        return harassment * self.ratio if mass_night else harassment


def log_nb(counts: npt.NDArray[np.int64], mean: F64, spread: F64) -> F64:
    """Log probability of a negative binomial count with a mean and a dispersion k (variance m + m²/k)."""
    return np.asarray(
        special.gammaln(counts + spread)
        - special.gammaln(spread)
        - special.gammaln(counts + 1.0)
        + spread * np.log(spread / (spread + mean))
        + counts * np.log(mean / (spread + mean))
    )


def log_likelihood(law: Law, nights: npt.NDArray[np.int64]) -> float:
    calm = np.log1p(-law.mass) + log_nb(nights, law.level(False), law.calm_spread).sum(axis=1)
    mass = np.log(law.mass) + log_nb(nights, law.level(True), law.mass_spread).sum(axis=1)
    return float(np.logaddexp(calm, mass).sum())


def unpack(point: F64, mean: F64) -> Law:
    """Law from logarithms: mass share, ratios, dispersions; the last are shared if given once."""
    mass, *rest = np.split(np.exp(point), range(1, len(point), len(mean)))
    return Law(float(mass[0]), mean, rest[0], rest[1], rest[-1])


def pack(law: Law, shared: bool) -> F64:
    spreads = (law.mass_spread,) if shared else (law.calm_spread, law.mass_spread)
    return np.asarray(np.log(np.concatenate(([law.mass], law.ratio, *spreads))))


def fit(nights: npt.NDArray[np.int64], start: Law | None = None, shared: bool = True) -> Law:
    """Greatest likelihood of the law; the mean of each class is the mean observed.

    Each night is a mass raid with probability m, the same for all classes, otherwise harassment. The count of
    class c is negative binomial with mean mean_c h_c or mean_c g_c, where g_c = rho_c h_c and
    (1 - m) h_c + m g_c = 1, and dispersion k_c, shared by both kinds of night or not.
    """
    mean = np.maximum(nights.mean(axis=0), 0.5 / len(nights))
    bounds = (
        [np.log(BOUNDS[0])] + [np.log(BOUNDS[1])] * len(mean) + [np.log(BOUNDS[2])] * (len(mean) * (1 if shared else 2))
    )
    starts = [start] if start else [flat(mean, mass) for mass in (0.05, 0.1, 0.2)]
    found = [
        optimize.minimize(
            lambda point: -log_likelihood(unpack(point, mean), nights),
            pack(guess, shared),
            method="L-BFGS-B",
            bounds=bounds,
            options={"maxfun": 100_000, "maxiter": 1000},
        )
        for guess in starts
    ]
    return unpack(min(found, key=lambda result: result.fun).x, mean)


def flat(mean: F64, mass: float) -> Law:
    """A first guess: mass nights five times as large, wide spread."""
    return Law(mass, mean, np.full(len(mean), 5.0), np.ones(len(mean)), np.ones(len(mean)))


def plain_likelihood(nights: npt.NDArray[np.int64]) -> float:
    """Log likelihood of negative binomials without mass nights, for comparison."""
    total = 0.0
    for counts in nights.T:
        mean = max(counts.mean(), 0.5 / len(counts))
        best = optimize.minimize_scalar(
            lambda k, counts=counts, mean=mean: -log_nb(counts, mean, np.exp(k)).sum(),
            bounds=np.log(BOUNDS[2]),
            method="bounded",
        )
        total -= float(best.fun)
    return total


def resampled(nights: npt.NDArray[np.int64], law: Law, purpose: str) -> list[Law]:
    """Fits to nights resampled in blocks of a week, for the spread of the fitted numbers."""
    blocks = -(-len(nights) // BLOCK)
    chain = dice.fold(SEED, dice.word(f"resample {purpose}"))
    slots = np.arange(RESAMPLES * blocks)
    starts = dice.uniforms(dice.folds(chain, slots)) * (len(nights) - BLOCK + 1)
    picks = (starts.astype(int).reshape(RESAMPLES, blocks, 1) + np.arange(BLOCK)).reshape(RESAMPLES, -1)
    return [fit(nights[pick[: len(nights)]], start=law) for pick in picks]


def figures(counts: npt.NDArray[np.int64], repeats: int) -> str:
    """The figures by which fitted and observed nights are compared; max is the median over repeats."""
    found = {
        "zero_share": (counts == 0).mean(),
        "mean": counts.mean(),
        "sd": counts.std(),
        "p90": np.percentile(counts, 90),
        "max": np.median(counts.reshape(repeats, -1).max(axis=1)),
    }
    return ", ".join(f"{name}: {value:.4g}" for name, value in found.items())


def drawn(law: Law, count: int, purpose: str) -> npt.NDArray[np.int64]:
    """Nights made up from the law: (night, class)."""
    chain = dice.fold(SEED, dice.word(purpose))
    slots = np.arange(count * (len(CLASSES) + 1)).reshape(count, -1)
    u = dice.uniforms(dice.folds(chain, slots))
    is_mass = u[:, :1] < law.mass
    mean = np.where(is_mass, law.level(True), law.level(False))
    spread = np.where(is_mass, law.mass_spread, law.calm_spread)
    return np.asarray(stats.nbinom.ppf(u[:, 1:], spread, spread / (spread + mean))).astype(np.int64)


# ---------------------------------------------------------------- files


def write_monthly(sums: dict[tuple[str, str], Counts]) -> None:
    classes = class_sums(sums)
    months = sorted({month for month, _ in sums if month >= FIRST_MONTH})
    rows = []
    for month in months:
        for name in CLASSES:
            cell = classes.get((month, name), Counter())
            stopped = cell["destroyed"] + cell["not_reach_goal"]
            numbers = (cell["launched"], stopped, cell["destroyed"], cell["reports"], cell["no_outcome"])
            rows.append((month, name, *numbers, "yes" if month <= LAST_FULL_MONTH else "no"))
    header = ("month", "class", "launched", "stopped", "destroyed", "reports", "no_outcome", "complete")
    write_rows(OUT / "monthly.csv", header, rows)
    left = [
        (month, family, cell["reports"], cell["launched"], cell["destroyed"])
        for (month, family), cell in sorted(sums.items())
        if family in LEFT_OUT and month >= FIRST_MONTH
    ]
    write_rows(OUT / "left_out.csv", ("month", "family", "reports", "launched", "destroyed"), left)


def write_rows(path: Path, header: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header)
        table.writerows(rows)


def window_lines(name: str, nights: npt.NDArray[np.int64], law: Law, others: list[Law]) -> list[str]:
    """One window of tempo.yaml."""
    first, last = WINDOWS[name]
    two = fit(nights, start=law, shared=False)
    return [
        f"  {name}:",
        f"    from: {first}",
        f"    to: {last}",
        f"    nights: {len(nights)}",
        f"    log_likelihood_without_mass_nights: {plain_likelihood(nights):.1f}",
        f"    log_likelihood: {log_likelihood(law, nights):.1f}",
        f"    mass_share: {law.mass:.4f}",
        f"    mass_share_range: {band([other.mass for other in others])}",
        "    classes:",
        *class_lines(law, nights, "one", others),
        "    two_dispersions:",
        f"      log_likelihood: {log_likelihood(two, nights):.1f}",
        f"      mass_share: {two.mass:.4f}",
        "      classes:",
        *("  " + line for line in class_lines(two, nights, "two", [])),
    ]


def class_lines(law: Law, nights: npt.NDArray[np.int64], purpose: str, others: list[Law]) -> list[str]:
    made = drawn(law, len(nights) * REPEATS, f"check {purpose}")
    lines = []
    for place, kind in enumerate(CLASSES):
        lines += [f"      {kind}:", *number_lines(law, place, others)]
        lines.append(f"        observed: {{{figures(nights[:, place], 1)}}}")
        lines.append(f"        fitted: {{{figures(made[:, place], REPEATS)}}}")
    return lines


def number_lines(law: Law, place: int, others: list[Law]) -> list[str]:
    """The fitted numbers of one class, with their ranges if there are resampled fits."""
    numbers = {"mean_per_night": law.mean, "mass_ratio": law.ratio}
    if others:
        numbers["dispersion"] = law.mass_spread
    else:
        numbers |= {"dispersion_harassment": law.calm_spread, "dispersion_mass": law.mass_spread}
    ranges = {
        "mean_per_night": [other.mean[place] for other in others],
        "mass_ratio": [other.ratio[place] for other in others],
        "dispersion": [other.mass_spread[place] for other in others],
    }
    lines = []
    for name, values in numbers.items():
        lines.append(f"        {name}: {values[place]:.4g}")
        if others:
            lines.append(f"        {name}_range: {band(ranges[name])}")
    return lines


def band(values: list[float]) -> str:
    low, high = np.percentile(values, (5, 95))
    return f"[{low:.4g}, {high:.4g}]"


HEAD = """\
# Law of raids fitted to the attack record, rule R1 `parametric`. Made by scripts/fit_tempo.py, not by hand.
# Source: "Massive Missile Attacks on Ukraine" by Petro Ivaniuk (Kaggle, piterfm), from posts of the Air
# Force Command of Ukraine; national rows, nights by the date of time_end. Cited numbers with attribution;
# no row of the record is here.
# Each night is a mass raid with probability m = mass_share, the same for all classes, otherwise harassment.
# Launches of a class are negative binomial with mean mean_per_night * h (harassment) or * g (mass), where
# g = mass_ratio * h and (1 - m) h + m g = 1, and variance mean + mean^2 / dispersion.
# Ranges are 5-95 % over fits to nights resampled in blocks of seven. Bounds of the fit: mass_ratio 0.05-300,
# dispersion 0.01-300; a number at its bound says "hardly ever outside mass nights" or "as good as Poisson".
# `fitted` are the figures of nights drawn from the law; its max is the median over series of as many nights.
"""


def write_tempo(reports: list[Report]) -> None:
    lines = [HEAD + "windows:"]
    for name, window in WINDOWS.items():
        nights = nightly(reports, *window)
        law = fit(nights)
        lines += window_lines(name, nights, law, resampled(nights, law, name))
    (OUT / "tempo.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_sample(reports: list[Report]) -> None:
    recent = nightly(reports, *WINDOWS[SAMPLE_WINDOW])
    law = fit(recent, start=fit(recent), shared=False)
    nights = drawn(law, SAMPLE_NIGHTS, "sample nights")
    rows = [
        ((SAMPLE_START + timedelta(days=day)).isoformat(), kind, int(nights[day, place]))
        for day in range(SAMPLE_NIGHTS)
        for place, kind in enumerate(CLASSES)
    ]
    write_rows(OUT / "sample_nights.csv", ("night", "class", "launched"), rows)


def main(folder: Path) -> None:
    reports = read_reports(folder)
    write_monthly(family_sums(reports))
    write_tempo(reports)
    write_sample(reports)
    print(f"{len(reports)} rows of the record read", file=sys.stderr)


if __name__ == "__main__":
    shared = Path(os.environ.get("VALLUM_SHARED", "../shared"))
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else shared / "data" / "attacks")
