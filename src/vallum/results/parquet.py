"""A Result as Parquet tables and a file of plain data, and back, to the bit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from vallum.errors import RunError
from vallum.results.columns import Columns
from vallum.results.daily import Daily, Histogram
from vallum.results.outcomes import Difference, Label, Outcome
from vallum.results.result import Manifest, Result, Split

I64 = npt.NDArray[np.int64]

#: Gives, for a run, the function that re-runs one of its futures.
Tracer = Callable[[Manifest], Callable[[int], Any]]

COLUMNS: Final = "columns.parquet"
UNCERTAIN: Final = "uncertain.parquet"
DAYS: Final = "days.parquet"
ABOUT: Final = "about.json"


def ready() -> bool:
    """Whether tables can be read and written here."""
    return find_spec("polars") is not None


def polars() -> Any:
    """Return polars. Raises RunError with the way out where it is not installed."""
    try:
        import polars as found
    except ImportError as error:
        raise RunError(
            "kept runs are Parquet files, and polars is not installed: pip install 'vallum[data]'"
        ) from error
    return found


def write(result: Result, folder: Path) -> None:
    """Write a result into a folder: columns over futures, inputs drawn, days in sums and histograms, and the rest."""
    frame = polars().DataFrame
    labels = list(result.columns)
    frame({str(k): result.columns[label] for k, label in enumerate(labels)}).write_parquet(folder / COLUMNS)
    frame(dict(result.uncertain)).write_parquet(folder / UNCERTAIN)
    frame(_long(result.daily)).write_parquet(folder / DAYS)
    about = {
        "labels": [asdict(label) for label in labels],
        "days": _shapes(result.daily),
        "manifest": asdict(result.manifest),
        "split": None if result.split is None else asdict(result.split),
        **{name: [asdict(one) for one in getattr(result, name)] for name in ("shown", "differences", "losses")},
        "answer": result.answer,
        "notes": list(result.notes),
        "reported": [dict(one) for one in result.reported],
    }
    (folder / ABOUT).write_text(json.dumps(about, default=str, ensure_ascii=False), encoding="utf-8")


def read(folder: Path, tracer: Tracer) -> Result:
    """Read a result that `write` wrote. tracer : makes what re-runs one future, for no trace is kept"""
    about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    manifest = _made(Manifest, about["manifest"])
    kept = polars().read_parquet(folder / COLUMNS)
    columns = Columns(kept.height)
    columns.lay(0, {_made(Label, one): kept[str(k)].to_numpy() for k, one in enumerate(about["labels"])})
    drawn = polars().read_parquet(folder / UNCERTAIN)
    return Result(
        manifest=manifest,
        columns=columns,
        daily=_daily(folder, about["days"]),
        uncertain={name: drawn[name].to_numpy() for name in drawn.columns},
        trace=tracer(manifest),
        shown=tuple(_made(Outcome, one) for one in about["shown"]),
        split=None if about["split"] is None else _made(Split, about["split"]),
        differences=tuple(_made(Difference, one) for one in about["differences"]),
        losses=tuple(_made(Difference, one) for one in about["losses"]),
        answer=about["answer"],
        notes=tuple(about["notes"]),
        reported=tuple(about["reported"]),
    )


@cache
def _reader(kind: type) -> Any:
    from pydantic import TypeAdapter  # only where a run is opened

    return TypeAdapter(kind)


def _made(kind: type, plain: Mapping[str, Any]) -> Any:
    return _reader(kind).validate_python(plain)


# ---- days, one row for each count that is not zero ----


def _arrays(daily: Daily) -> dict[str, npt.NDArray[np.signedinteger]]:
    values = {one.name: getattr(daily, one.name) for one in fields(daily)}
    return {name: value.counts if isinstance(value, Histogram) else value for name, value in values.items()}


def _shapes(daily: Daily) -> dict[str, Any]:
    """Shape of each array, and the width of a bin where it is a histogram."""
    made: dict[str, Any] = {}
    for name, counts in _arrays(daily).items():
        kept = getattr(daily, name)
        made[name] = {"shape": list(counts.shape), "width": kept.width if isinstance(kept, Histogram) else None}
    return made


def _long(daily: Daily) -> dict[str, Any]:
    """What is counted, its place in the flat array, and the count."""
    names: list[str] = []
    places, counts = [], []
    for name, array in _arrays(daily).items():
        flat = array.reshape(-1)
        place = np.flatnonzero(flat)
        names += [name] * len(place)
        places.append(place)
        counts.append(flat[place])
    return {"name": names, "place": np.concatenate(places), "count": np.concatenate(counts)}


def _daily(folder: Path, shapes: Mapping[str, Any]) -> Daily:
    kept = polars().read_parquet(folder / DAYS)
    made: dict[str, Any] = {}
    for name, about in shapes.items():
        mine = kept.filter(polars().col("name") == name)
        counts = np.zeros(int(np.prod(about["shape"])), np.int64)
        counts[mine["place"].to_numpy()] = mine["count"].to_numpy()
        counts = counts.reshape(about["shape"])
        made[name] = counts if about["width"] is None else Histogram(counts, about["width"])
    return Daily(**made)
