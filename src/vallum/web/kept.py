"""Jobs on disk, in VALLUM_HOME/jobs: what was asked, how it stands and what was made; a restart finds them again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from vallum import folders
from vallum.errors import RunError

_WAY_OUT: Final = "set VALLUM_HOME to a folder that can be written"
_JOB, _RESULT = "job.json", "result"


def place() -> Path:
    """The folder of the jobs."""
    return folders.home() / "jobs"


def put(name: str, told: Mapping[str, Any]) -> None:
    """Keep how a job stands. Raises RunError where it cannot be written."""
    folders.put_file(place() / name / _JOB, json.dumps(told, indent=1, sort_keys=True) + "\n", _WAY_OUT)


def put_result(name: str, made: bytes) -> None:
    """Keep what a job made. Raises RunError where it cannot be written."""
    folders.put_file(place() / name / _RESULT, made, _WAY_OUT)


def result(name: str) -> bytes:
    """Return what a job made. Raises RunError where it is gone."""
    try:
        return (place() / name / _RESULT).read_bytes()
    except OSError:
        raise RunError(f"job {name}: its result is gone from {place()}; start it again") from None


def all_of_them() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every job by name with what is kept of it, the oldest first; what cannot be read is passed over."""
    for path in sorted(place().glob(f"*/{_JOB}"), key=_age):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(told, dict):
            yield path.parent.name, told


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def forget(name: str) -> None:
    """Remove a job, where there is one."""
    if (place() / name).is_dir():
        folders.take_away(place() / name)
