"""What is measured, against which target, on which machine; kept as JSON and compared on request."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from bench.c_twin import FLAGS, NoCompilerError, compiler

RESULTS: Final = Path(__file__).with_name("results.json")
LIBRARIES: Final = ("numpy", "numba", "llvmlite", "simpy", "distributed")
#: What is measured, in the order in which it is told.
SECTIONS: Final = ("ratios", "growth", "cores", "dask", "startup", "slider", "memory")
#: A fresh ratio may be worse than the kept one by this share before the check fails: two runs on a shared machine
#: differ by up to a sixth.
TOLERANCE: Final = 0.3
#: A slope may be greater by this much.
SLOPE_TOLERANCE: Final = 0.12
#: Units that say something about the program and not about the machine.
COMPARED: Final = ("ratio", "slope")

Better = Literal["more", "less"]


@dataclass(frozen=True)
class Measure:
    """One number: what it is, its unit, which way is better, the target, the spread over repeats."""

    name: str
    value: float
    unit: str
    better: Better
    how: str
    target: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; none where there is none."""
        if self.target is None:
            return None
        return self.value >= self.target if self.better == "more" else self.value <= self.target

    def line(self) -> str:
        """The measure as a line of text."""
        spread = "" if self.low is None or self.high is None else f"  ({self.low:.3g} to {self.high:.3g})"
        goal = "" if self.target is None else f"  target {'>=' if self.better == 'more' else '<='} {self.target:g}"
        verdict = {None: "", True: ": met", False: ": MISSED"}[self.met]
        return f"  {self.name:<48}{self.value:>9.3g} {self.unit:<8}{spread:<22}{goal}{verdict}"

    def is_worse_than(self, kept: Measure) -> bool:
        """Whether this fresh measure is worse than a kept one by more than the tolerance."""
        if self.unit == "slope":
            return self.value > kept.value + SLOPE_TOLERANCE
        if self.better == "more":
            return self.value < kept.value * (1.0 - TOLERANCE)
        return self.value > kept.value * (1.0 + TOLERANCE)


@dataclass(frozen=True)
class Section:
    """Measures that were taken together. load : how many processes wanted a core, on average, before and after"""

    title: str
    measured: str
    load: tuple[float, float]
    seconds: float
    measures: tuple[Measure, ...]


def load_now() -> float:
    """Processes that wanted a core in the last minute, on average."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else float("nan")


def machine() -> dict[str, Any]:
    """What the numbers were measured on; no name of a host."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "compiler": _compiler(),
        "flags": " ".join(FLAGS),
    }


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    if about.is_file():
        for line in about.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _compiler() -> str | None:
    try:
        return compiler()
    except NoCompilerError:
        return None


def save(fresh: Mapping[str, Section], about: Mapping[str, Any], path: Path = RESULTS) -> None:
    """Keep sections as JSON beside those of earlier calls on the same machine; others are dropped."""
    kept = load(path) if path.is_file() and _about(path) == about else {}
    sections = {**kept, **fresh}
    rows = {name: asdict(sections[name]) for name in SECTIONS if name in sections}
    text = json.dumps({"machine": about, "sections": _rounded(rows)}, indent=1)
    path.write_text(text + "\n", "utf-8")


def _about(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))["machine"]


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(part) for part in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def load(path: Path = RESULTS) -> dict[str, Section]:
    """The kept sections by name."""
    sections = json.loads(path.read_text("utf-8"))["sections"]
    return {
        name: Section(
            title=one["title"],
            measured=one["measured"],
            load=(one["load"][0], one["load"][1]),
            seconds=one["seconds"],
            measures=tuple(Measure(**row) for row in one["measures"]),
        )
        for name, one in sections.items()
    }


def by_name(sections: Mapping[str, Section]) -> dict[str, Measure]:
    """All measures of some sections by name."""
    return {one.name: one for section in sections.values() for one in section.measures}


def worse(fresh: Sequence[Measure], kept: Mapping[str, Measure]) -> list[str]:
    """Say which fresh ratios and slopes are worse than the kept ones by more than the tolerance."""
    pairs = [(now, kept[now.name]) for now in fresh if now.name in kept and now.unit in COMPARED]
    return [f"{now.name}: {now.value:.3g}, was {then.value:.3g}" for now, then in pairs if now.is_worse_than(then)]
