"""Covered share of a country against the number of sites and the defended radius (rule W5).

A national scenario does not place its batteries: it reads the share of city people covered by the first n
of nested hypothetical sites from a packaged table c(n, radius), made by scripts/make_coverage.py.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import StringIO

import numpy as np
import numpy.typing as npt

from vallum.errors import EvidenceError

F64 = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Coverage:
    """One table: radii (radius) in km, rising; table (radius, n) of shares, rising in both."""

    name: str
    radii: F64
    table: F64

    @property
    def most(self) -> int:
        """The largest number of sites in the table."""
        return int(self.table.shape[1]) - 1

    def shares(self, n: int, radius_km: npt.ArrayLike) -> F64:
        """Covered share for 0..n sites, (radius, n + 1), never falling in either.

        n         : number of sites, 0 to `most`
        radius_km : (radius) defended radii, km, 0 or more
        Straight lines between the radii of the table; below the smallest the share falls with the square of
        the radius (a site covers a part of its own city); above the largest it stays. Raises
        EvidenceError for an n or a radius outside its range.
        """
        radius = np.atleast_1d(np.asarray(radius_km, np.float64))
        self._refuse(n, radius)
        inside = np.clip(radius, self.radii[0], self.radii[-1])
        right = np.clip(np.searchsorted(self.radii, inside), 1, len(self.radii) - 1)
        left = right - 1
        weight = ((inside - self.radii[left]) / (self.radii[right] - self.radii[left]))[:, None]
        columns = self.table[:, : n + 1]
        between = columns[left] + weight * (columns[right] - columns[left])
        return np.asarray(between * (np.minimum(radius / self.radii[0], 1.0) ** 2)[:, None])

    def _refuse(self, n: int, radius: F64) -> None:
        problems = []
        if not 0 <= n <= self.most:
            problems.append(f"coverage table {self.name!r} holds 0 to {self.most} sites, asked for {n}")
        if not (np.isfinite(radius) & (radius >= 0.0)).all():
            problems.append(f"a defended radius is a finite number of km, 0 or more, found {radius.min():g}")
        if problems:
            raise EvidenceError(problems)


@cache
def load(name: str = "ua-cities") -> Coverage:
    """Return a packaged table. Raises EvidenceError, with the names there are, if there is none so named."""
    folder = files("vallum") / "data" / "coverage"
    names = sorted(file.name.removesuffix(".csv") for file in folder.iterdir() if file.name.endswith(".csv"))
    if name not in names:
        raise EvidenceError(f"there is no coverage table {name!r}; there are {', '.join(names)}")
    return _parse(name, (folder / f"{name}.csv").read_text(encoding="utf-8"))


def _parse(name: str, text: str) -> Coverage:
    rows = list(csv.DictReader(StringIO(text)))
    radii = sorted({float(row["radius_km"]) for row in rows})
    table = np.zeros((len(radii), 1 + max(int(row["n"]) for row in rows)))
    place = {radius: index for index, radius in enumerate(radii)}
    for row in rows:
        table[place[float(row["radius_km"])], int(row["n"])] = float(row["covered"])
    table.setflags(write=False)
    return Coverage(name, np.array(radii), table)
