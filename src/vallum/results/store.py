"""Runs kept on disk: a folder each, named by what was asked, and a catalogue of them.

    runs/ID/about.json, columns.parquet, uncertain.parquet, days.parquet, scenario.yaml
    catalogue.sqlite

A run is named by the hash of its request, so that the same request finds it again. Folders appear whole or not
at all, and the catalogue can always be made again from them: several processes may write at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from vallum import folders
from vallum.errors import RunError
from vallum.results import parquet
from vallum.results.result import Result

#: Hexadecimal digits of the name of a run.
DIGITS: Final = 12
#: Seconds to wait for another process that writes the catalogue.
PATIENCE: Final = 30.0
REQUEST: Final = "request.json"
SCENARIO: Final = "scenario.yaml"
WAY_OUT: Final = "free room, or name another folder in VALLUM_STORE"

_TABLE: Final = """create table if not exists runs (
    id text primary key, scenario text, packages text, changes text, question text, futures integer, seed integer,
    as_of text, version text, build text, kept text, bytes integer)"""


@dataclass(frozen=True)
class Row:
    """One run of the catalogue. kept : moment at which it was kept, UTC; size : bytes on disk"""

    id: str
    scenario: str
    packages: tuple[str, ...]
    changes: Mapping[str, str]
    question: str
    futures: int
    seed: int
    as_of: str
    version: str
    build: str
    kept: str
    size: int

    @property
    def current(self) -> bool:
        """Whether this very program made it."""
        return self.build == build()


@cache
def build() -> str:
    """Return a word that changes with any file of the program or of its data."""
    root = Path(__file__).parents[1]
    whole = hashlib.blake2b(digest_size=8)
    for path in sorted(path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        whole.update(path.relative_to(root).as_posix().encode())
        whole.update(path.read_bytes())
    return whole.hexdigest()


def identity(request: Mapping[str, Any]) -> str:
    """Return the name of the run that this request makes, with this program."""
    text = json.dumps({**request, "build": build()}, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


class Store:
    """The runs kept in one folder."""

    def __init__(self, folder: Path | None = None) -> None:
        """Open a store. folder : default VALLUM_STORE, else the folder `store` in VALLUM_HOME"""
        given = os.environ.get("VALLUM_STORE")
        self.folder = folder or (Path(given) if given else folders.home() / "store")

    # ---- one run ----

    def holds(self, name: str) -> bool:
        """Whether a run of exactly this name is kept, and can be read."""
        return parquet.ready() and (self._place(name) / parquet.ABOUT).is_file()

    def save(self, name: str, request: Mapping[str, Any], result: Result, scenario: Callable[[Path], str]) -> None:
        """Keep a run. scenario : writes what it needs into a folder and returns its text

        Raises RunError where the store cannot be written; nothing is then there.
        """

        def fill(made: Path) -> None:
            parquet.write(result, made)
            (made / SCENARIO).write_text(scenario(made), encoding="utf-8", newline="\n")
            (made / REQUEST).write_text(json.dumps({**request, "build": build()}, default=str), encoding="utf-8")

        if folders.put_once(self._place(name), fill, WAY_OUT):
            with self._catalogue() as found:
                self._enter(found, name)

    def load(self, name: str, tracer: parquet.Tracer) -> Result:
        """Open a kept run. Raises RunError where there is none of that name, or its files are damaged."""
        folder = self.place(name)
        try:
            return parquet.read(folder, tracer)
        except RunError:
            raise
        except Exception as error:  # whatever a damaged file makes its reader say
            raise RunError(f"run {name} is damaged ({error}); remove it: vallum runs rm {name}") from error

    def place(self, name: str) -> Path:
        """Return the folder of a run by its name, or by the beginning of one. Raises RunError where none fits."""
        if self.holds(name):
            return self._place(name)
        names = [row.id for row in self.rows()]
        fits = [one for one in names if name and one.startswith(name)]
        if len(fits) != 1:
            several = f"several begin with {name}: {', '.join(fits)}" if fits else f"no run {name} is kept"
            raise RunError(f"{several}; see vallum runs list")
        return self._place(fits[0])

    def remove(self, name: str) -> None:
        """Forget a run. Raises RunError where there is none of that name."""
        folder = self.place(name)
        folders.take_away(folder)
        with self._catalogue() as found:
            found.execute("delete from runs where id = ?", (folder.name,))

    # ---- all runs ----

    def rows(self) -> tuple[Row, ...]:
        """Return the catalogue, the newest run first; runs whose folder is gone are struck off, new ones entered."""
        if not self.folder.is_dir():
            return ()
        with self._catalogue() as found:
            self._mend(found)
            lines = found.execute("select * from runs order by kept desc, id").fetchall()
        return tuple(_row(line) for line in lines)

    def stale(self, keep: int | None = None) -> tuple[Row, ...]:
        """Return the runs to forget: those of other programs, and those beyond the newest so many."""
        rows = self.rows()
        newest = {row.id for row in [row for row in rows if row.current][:keep]}
        return tuple(row for row in rows if row.id not in newest)

    def reports(self, name: str) -> Path:
        """Return the folder for the report of a kept run. Raises RunError where there is none of that name."""
        return self.folder / "reports" / self.place(name).name

    # ---- inside ----

    def _place(self, name: str) -> Path:
        return self.folder / "runs" / name

    @contextmanager
    def _catalogue(self) -> Iterator[sqlite3.Connection]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self.folder / "catalogue.sqlite", timeout=PATIENCE)) as found, found:
                found.execute(_TABLE)
                yield found
        except (OSError, sqlite3.Error) as error:
            raise RunError(f"{self.folder}: the catalogue of runs cannot be used: {error}; {WAY_OUT}") from error

    def _mend(self, found: sqlite3.Connection) -> None:
        listed = {line[0] for line in found.execute("select id from runs")}
        runs = self.folder / "runs"
        there = {path.name for path in runs.iterdir() if (path / parquet.ABOUT).is_file()} if runs.is_dir() else set()
        found.executemany("delete from runs where id = ?", [(name,) for name in sorted(listed - there)])
        for name in sorted(there - listed):
            self._enter(found, name)

    def _enter(self, found: sqlite3.Connection, name: str) -> None:
        folder = self._place(name)
        request = json.loads((folder / REQUEST).read_text(encoding="utf-8"))
        about = json.loads((folder / parquet.ABOUT).read_text(encoding="utf-8"))["manifest"]
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        kept = datetime.fromtimestamp((folder / parquet.ABOUT).stat().st_mtime, UTC).isoformat(timespec="seconds")
        made = (
            name, about["name"], json.dumps(about["packages"]), json.dumps(about["changes"]), about["question"],
            about["futures"], about["seed"], about["as_of"], about["version"], request["build"], kept, size,
        )  # fmt: skip
        found.execute(f"insert or replace into runs values ({', '.join('?' * len(made))})", made)


def _row(line: tuple[Any, ...]) -> Row:
    name, scenario, packages, changes, *rest = line
    return Row(name, scenario, tuple(json.loads(packages)), json.loads(changes), *rest)
