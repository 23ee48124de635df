"""Work in the background: one job at a time, with progress and cancel; it survives a reload of the page."""

from __future__ import annotations

import io
import secrets
import tempfile
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Any, Final

from vallum import campaign, report
from vallum.errors import RunError, VallumError
from vallum.web.inquiries import INQUIRIES
from vallum.web.problems import TooManyError
from vallum.web.states import Work

#: Jobs remembered, and jobs that may wait.
KEPT: Final = 32
MOST_WAITING: Final = 8
#: The earliest time that a ZIP can tell: the clock would change the bytes of a bundle.
TIMELESS: Final = (1980, 1, 1, 0, 0, 0)
JSON: Final = "application/json"

Tell = Callable[[str, int, int], None]


class CancelledError(Exception):
    """Somebody does not want it any more."""


@dataclass
class Job:
    """One piece of work. state : waiting, running, done, failed or cancelled"""

    name: str
    asked: Work
    state: str = "waiting"
    stage: str = ""
    done: int = 0
    total: int = 0
    problems: tuple[str, ...] = ()
    made: bytes = b""
    form: str = JSON
    file: str = ""

    def as_dict(self) -> dict[str, Any]:
        """How it stands, with what was asked."""
        return {
            "schema": 1, "kind": "job", "id": self.name, "asked": self.asked.model_dump(), "state": self.state,
            "stage": self.stage, "done": self.done, "total": self.total, "problems": list(self.problems),
            "file": self.file,
        }  # fmt: skip


class Jobs:
    """The jobs of this server."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._stop: dict[str, Event] = {}
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="job")

    def close(self) -> None:
        """Stop what runs and take nothing more."""
        for stop in self._stop.values():
            stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def begin(self, asked: Work) -> Job:
        """Take a job. Raises ScenarioError where it cannot be asked, TooManyError where too many wait."""
        asked.read()
        with self._lock:
            if sum(job.state == "waiting" for job in self._jobs.values()) >= MOST_WAITING:
                raise TooManyError(f"at most {MOST_WAITING} jobs wait at once; cancel one, or try again later")
            job = Job(secrets.token_hex(8), asked)
            self._jobs[job.name], self._stop[job.name] = job, Event()
            self._forget()
        self._pool.submit(self._work, job)
        return job

    def find(self, name: str) -> Job:
        """Return a job. Raises RunError where there is none."""
        if name not in self._jobs:
            raise RunError(f"job {name}: there is none; the server keeps the last {KEPT} until it ends")
        return self._jobs[name]

    def cancel(self, name: str) -> Job:
        """Ask a job to stop; it does after its next block of futures."""
        job = self.find(name)
        self._stop[name].set()
        if job.state == "waiting":
            job.state = "cancelled"
        return job

    def _forget(self) -> None:
        over = [name for name, job in self._jobs.items() if job.state not in ("waiting", "running")]
        for name in over[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[name], self._stop[name]

    def _work(self, job: Job) -> None:
        if job.state == "cancelled":
            return
        stop = self._stop[job.name]

        def tell(stage: str, done: int, total: int) -> None:
            if stop.is_set():
                raise CancelledError
            job.stage, job.done, job.total = stage, done, total

        job.state = "running"
        try:
            job.made, job.form, job.file = KINDS[job.asked.kind](job.asked, tell)
            job.state = "done"
        except CancelledError:
            job.state = "cancelled"
        except VallumError as error:
            job.problems, job.state = tuple(getattr(error, "problems", None) or [str(error)]), "failed"
        except Exception as error:
            job.problems = (f"this is a fault of ours, not of your input: {type(error).__name__}: {error}",)
            job.state = "failed"


Made = tuple[bytes, str, str]


def _run(asked: Work, tell: Tell) -> Made:
    """The bytes that `vallum run --json` prints."""
    made = campaign.run(asked.read(), asked.futures, asked.seed, progress=tell)
    return report.json_text(made).encode(), JSON, "result.json"


def _report(asked: Work, tell: Tell) -> Made:
    """What `vallum run --out` writes, as one file."""
    scenario = asked.read()
    made = campaign.run(scenario, asked.futures, asked.seed, progress=tell)
    tell("report", 0, 1)
    with tempfile.TemporaryDirectory() as place:
        folder = report.write(made, scenario, Path(place) / "report")
        return _zipped(folder), "application/zip", f"vallum-{scenario.name}-{made.manifest.fingerprint}.zip"


def _zipped(folder: Path) -> bytes:
    """A folder as a ZIP, the same bytes each time."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), TIMELESS)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            bundle.writestr(entry, path.read_bytes())
    return data.getvalue()


def _compare(asked: Work, tell: Tell) -> Made:
    """The bytes that `vallum compare --json` prints."""
    from vallum.compare import compare

    if not asked.beside:
        raise RunError("beside: name the packages to set beside the scenario")
    made = compare(
        asked.read(), *asked.beside, standard=asked.standard, futures=asked.futures, seed=asked.seed, progress=tell
    )
    return report.compared_json(made).encode(), JSON, "compare.json"


def _size(asked: Work, tell: Tell) -> Made:
    """The bytes that `vallum size --json` prints."""
    from vallum import sizing

    if not asked.vary or not asked.between:
        raise RunError("vary, between: name a path of the defence and its range, such as 4:40")
    wanted = {asked.vary: sizing.ranged(asked.between)}
    made = sizing.size(asked.read(), wanted, None, asked.standard, None, asked.seed, progress=tell)
    return report.sized_json(made).encode(), JSON, "size.json"


KINDS: Final[Mapping[str, Callable[[Work, Tell], Made]]] = {
    "run": _run, "report": _report, "compare": _compare, "size": _size, **INQUIRIES,
}  # fmt: skip
