"""Hashes of the data that an answer rests on: whoever has the same hash has the same data."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

#: The files of the packaged evidence.
EVIDENCE: Final = ("evidence/sources.csv", "evidence/claims.csv", "evidence/parameters.yaml", "evidence/units.csv")


def packaged(names: Iterable[str] = EVIDENCE) -> dict[str, str]:
    """Return the SHA-256 of packaged data files by their path below `data`."""
    return {name: _packaged(name) for name in names}


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _packaged(name: str) -> str:
    return hashlib.sha256((files("vallum") / "data").joinpath(*name.split("/")).read_bytes()).hexdigest()
