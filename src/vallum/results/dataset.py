"""A Result as an xarray Dataset on the axes of `vallum.terms`."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from vallum.results.outcomes import BAND, Label
from vallum.results.result import Result

#: Field of a label and the name of its axis.
ABOUT = {
    "threat_class": "class",
    "interceptor": "interceptor",
    "asset": "asset",
    "reason": "reason",
    "donor": "donor",
}


def dataset(result: Result) -> xr.Dataset:
    """Return per-future outcomes (future, class ...) and stock quantiles (quantile, midnight, interceptor).

    Nights that never come are infinity, what is not defined is nan.
    """
    groups: dict[tuple[str, tuple[str, ...]], dict[tuple[str, ...], Label]] = {}
    for label in result.columns:
        axes = tuple(field for field in ABOUT if getattr(label, field))
        name = f"{label.name}_{label.scope}" if label.scope else label.name
        groups.setdefault((name, axes), {})[tuple(getattr(label, field) for field in axes)] = label
    plain = {name for name, _ in groups}
    arrays: dict[str, xr.DataArray] = {}
    for (name, axes), labels in groups.items():
        suffix = "_by_" + "_".join(ABOUT[axis] for axis in axes[1:])
        taken = name in arrays and name in plain
        arrays[name + suffix if taken else name] = _array(result, axes, labels)
    arrays["stock_quantile"] = _stock(result)
    return xr.Dataset(arrays, attrs={"fingerprint": result.manifest.fingerprint, "seed": result.manifest.seed})


def _array(result: Result, axes: tuple[str, ...], labels: dict[tuple[str, ...], Label]) -> xr.DataArray:
    coordinates = [list(dict.fromkeys(key[place] for key in labels)) for place in range(len(axes))]
    futures = len(next(iter(result.columns.values())))
    values = np.full((futures, *(len(names) for names in coordinates)), np.nan)
    for key, label in labels.items():
        where: tuple[Any, ...] = tuple(names.index(part) for names, part in zip(coordinates, key, strict=True))
        values[(slice(None), *where)] = result.columns[label]
    coords: dict[str, Any] = {"future": np.arange(futures)}
    coords |= {ABOUT[axis]: names for axis, names in zip(axes, coordinates, strict=True)}
    unit = next(iter(labels.values())).unit
    return xr.DataArray(values, coords, ("future", *(ABOUT[axis] for axis in axes)), attrs={"unit": unit})


def _stock(result: Result) -> xr.DataArray:
    stock = result.daily.stock
    values = np.stack([stock.quantile(share) for share in BAND])
    coords = {
        "quantile": list(BAND),
        "midnight": np.arange(values.shape[1]),
        "interceptor": list(result.manifest.interceptors) or [""],
    }
    return xr.DataArray(values, coords, ("quantile", "midnight", "interceptor"), attrs={"unit": "interceptors"})
