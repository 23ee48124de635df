"""Where vallum keeps things, and folders that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from vallum.errors import RunError


def home() -> Path:
    """Return the folder of all that vallum keeps: VALLUM_HOME, else the platform's folder for user data."""
    given = os.environ.get("VALLUM_HOME")
    if given:
        return Path(given)
    import platformdirs  # only where nobody says otherwise

    return Path(platformdirs.user_data_dir("vallum"))


def put_whole(folder: str | Path, fill: Callable[[Path], None], way_out: str) -> Path:
    """Let `fill` write into a new folder, put it in the place of `folder` at the end, and return that.

    way_out : what the user can do where it cannot be written
    Raises RunError where it cannot be written; what was there before then stays.
    """
    target = Path(folder).absolute()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as place:
            made = Path(place) / "new"
            made.mkdir()
            fill(made)
            _swap(made, target, Path(place) / "old")
    except OSError as error:
        raise RunError(f"{folder}: cannot be written: {error.strerror or error}; {way_out}") from None
    return target


def put_file(path: str | Path, content: str | bytes, way_out: str) -> Path:
    """Write a file whole or not at all, and return its path; what was there before goes only when it is whole.

    Raises RunError where it cannot be written.
    """
    target = Path(path).absolute()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as place:
            made = Path(place) / "new"
            made.write_bytes(content.encode() if isinstance(content, str) else content)
            made.replace(target)
    except OSError as error:
        raise RunError(f"{path}: cannot be written: {error.strerror or error}; {way_out}") from None
    return target


def put_once(target: Path, fill: Callable[[Path], None], way_out: str) -> bool:
    """Like `put_whole`, but what is there stays: of several processes that write the same, the first one does.

    Returns whether this call wrote it.
    """
    if target.exists():
        return False
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as place:
            made = Path(place) / "new"
            made.mkdir()
            fill(made)
            made.rename(target)
    except OSError as error:
        if target.is_dir():
            return False
        raise RunError(f"{target}: cannot be written: {error.strerror or error}; {way_out}") from None
    return True


def take_away(folder: Path) -> None:
    """Remove a folder: first out of sight in one step, then bit by bit."""
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as place:
        folder.rename(Path(place) / "gone")


def copied(source: Path, target: Path) -> None:
    """Copy what is in a folder, where there is one."""
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)


def _swap(made: Path, target: Path, old: Path) -> None:
    """Put the new folder in its place; the old one comes back where that fails or is interrupted."""
    if target.exists():
        target.rename(old)
    try:
        made.rename(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.rename(target)
        raise
