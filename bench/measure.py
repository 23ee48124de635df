"""What is measured, against which target, on which machine; kept as JSON and compared on request."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

from bench.c_twin import FLAGS, NoCompilerError, compiler

RESULTS: Final = Path(__file__).with_name("results.json")
LIBRARIES: Final = ("numpy", "numba", "llvmlite", "simpy")
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
        return f"  {self.name:<42}{self.value:>9.3g} {self.unit:<8}{spread:<22}{goal}{verdict}"

    def is_worse_than(self, kept: Measure) -> bool:
        """Whether this fresh measure is worse than a kept one by more than the tolerance."""
        if self.unit == "slope":
            return self.value > kept.value + SLOPE_TOLERANCE
        if self.better == "more":
            return self.value < kept.value * (1.0 - TOLERANCE)
        return self.value > kept.value * (1.0 + TOLERANCE)


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
        "load": [round(part, 1) for part in os.getloadavg()] if hasattr(os, "getloadavg") else None,
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


def save(measures: list[Measure], about: dict[str, Any], path: Path = RESULTS) -> None:
    """Keep the measures as JSON."""
    rows = [{name: _rounded(value) for name, value in asdict(measure).items()} for measure in measures]
    path.write_text(json.dumps({"machine": about, "measures": rows}, indent=1) + "\n", "utf-8")


def _rounded(value: Any) -> Any:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def load(path: Path = RESULTS) -> dict[str, Measure]:
    """The kept measures by name."""
    rows = json.loads(path.read_text("utf-8"))["measures"]
    return {row["name"]: Measure(**row) for row in rows}


def worse(fresh: list[Measure], kept: dict[str, Measure]) -> list[str]:
    """Say which fresh ratios and slopes are worse than the kept ones by more than the tolerance."""
    pairs = [(now, kept[now.name]) for now in fresh if now.name in kept and now.unit in COMPARED]
    return [f"{now.name}: {now.value:.3g}, was {then.value:.3g}" for now, then in pairs if now.is_worse_than(then)]
