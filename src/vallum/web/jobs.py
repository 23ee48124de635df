"""Work in the background: one job at a time, with progress and cancel; it outlives its page, its inputs the server."""

from __future__ import annotations

import io
import secrets
import tempfile
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock
from typing import Any, Final

from pydantic import ValidationError

from vallum import campaign, report
from vallum.errors import RunError, VallumError
from vallum.web import kept
from vallum.web.inquiries import INQUIRIES
from vallum.web.problems import TakenError, TooManyError
from vallum.web.states import MOST_JOBS, Work

#: Jobs remembered.
KEPT: Final = 32
#: The earliest time that a ZIP can tell: the clock would change the bytes of a bundle.
TIMELESS: Final = (1980, 1, 1, 0, 0, 0)
JSON: Final = "application/json"

Tell = Callable[[str, int, int], None]


class CancelledError(Exception):
    """Somebody does not want it any more."""


@dataclass
class Job:
    """One piece of work.

    state : waiting, running, done, failed, cancelled; or interrupted, where the server ended before it did
    made  : what came of it, where it could not be written to disk
    """

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
            "file": self.file, "form": self.form,
        }  # fmt: skip

    def result(self) -> bytes:
        """Return what came of it. Raises RunError where that is gone."""
        return self.made or kept.result(self.name)


class Jobs:
    """The jobs of this server."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._stop: dict[str, Event] = {}
        self._lock, self._closed = Lock(), False
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="job")
        for name, told in kept.all_of_them():
            job = _found(name, told)
            if job is not None:
                self._jobs[name], self._stop[name] = job, Event()
        self._forget()

    def close(self) -> None:
        """Stop what runs and take nothing more."""
        self._closed = True  # what stops now was interrupted, not cancelled
        for stop in self._stop.values():
            stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def begin(self, asked: Work) -> Job:
        """Take a job. Raises ScenarioError where it cannot be asked, TooManyError where too many wait."""
        return self._taken(Job(secrets.token_hex(8), asked))

    def again(self, name: str) -> Job:
        """Start a job that has ended again, with what was asked then. Raises what `find` and `begin` raise."""
        job = self.find(name)
        if job.state in ("waiting", "running"):
            raise TakenError(f"job {name} is {job.state} already")
        return self._taken(Job(name, job.asked))

    def _taken(self, job: Job) -> Job:
        job.asked.read()
        with self._lock:
            if sum(job.state == "waiting" for job in self._jobs.values()) >= MOST_JOBS:
                raise TooManyError(f"at most {MOST_JOBS} jobs wait at once; cancel one, or try again later")
            self._jobs[job.name], self._stop[job.name] = job, Event()
            self._forget()
        _keep(job)
        self._pool.submit(self._work, job)
        return job

    def listed(self) -> list[Job]:
        """All jobs, the newest first."""
        return list(self._jobs.values())[::-1]

    def find(self, name: str) -> Job:
        """Return a job. Raises RunError where there is none."""
        if name not in self._jobs:
            raise RunError(f"job {name}: there is none; the server keeps the last {KEPT}")
        return self._jobs[name]

    def cancel(self, name: str) -> Job:
        """Ask a job to stop; it does after its next block of futures."""
        job = self.find(name)
        self._stop[name].set()
        if job.state == "waiting":
            job.state = "cancelled"
            _keep(job)
        return job

    def _forget(self) -> None:
        over = [name for name, job in self._jobs.items() if job.state not in ("waiting", "running")]
        for name in over[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[name], self._stop[name]
            with suppress(OSError):
                kept.forget(name)

    def _work(self, job: Job) -> None:
        if job.state == "cancelled":
            return
        stop = self._stop[job.name]

        def tell(stage: str, done: int, total: int) -> None:
            if stop.is_set():
                raise CancelledError
            job.stage, job.done, job.total = stage, done, total

        job.state = "running"
        _keep(job)
        ended = _done(job, tell)
        if ended != "cancelled" or not self._closed:
            _keep(job, ended)
        job.state = ended  # once that is on disk: whoever reads it may end the server


def _found(name: str, told: Mapping[str, Any]) -> Job | None:
    """A job from disk; one that had not ended was interrupted. None where it is of another make."""
    try:
        asked, state = Work(**told["asked"]), str(told["state"])
        problems, form, file = tuple(map(str, told["problems"])), str(told["form"]), str(told["file"])
    except (KeyError, TypeError, ValidationError):
        return None
    if state in ("waiting", "running"):
        state, problems = "interrupted", ("the server ended before the job did; it can be started again",)
    return Job(name, asked, state, problems=problems, form=form, file=file)


def _done(job: Job, tell: Tell) -> str:
    """Do a job, and keep what came of it; return how it ended."""
    try:
        made, job.form, job.file = KINDS[job.asked.kind](job.asked, tell)
        _keep_result(job, made)
    except CancelledError:
        return "cancelled"
    except VallumError as error:
        job.problems = tuple(getattr(error, "problems", None) or [str(error)])
        return "failed"
    except Exception as error:
        job.problems = (f"this is a fault of ours, not of your input: {type(error).__name__}: {error}",)
        return "failed"
    return "done"


def _keep(job: Job, state: str | None = None) -> None:
    """Keep how a job stands, or will, on disk; where that cannot be written it lives as long as the server."""
    with suppress(RunError):
        kept.put(job.name, job.as_dict() | {"state": state or job.state})


def _keep_result(job: Job, made: bytes) -> None:
    try:
        kept.put_result(job.name, made)
    except RunError:
        job.made = made


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
    from vallum.comparison import compare

    if not asked.beside:
        raise RunError("beside: name the packages to set beside the scenario")
    made = compare(
        asked.read(), *asked.beside, standard=asked.standard, futures=asked.futures, seed=asked.seed, progress=tell
    )
    return report.json_text(made).encode(), JSON, "compare.json"


def _size(asked: Work, tell: Tell) -> Made:
    """The bytes that `vallum size --json` prints."""
    from vallum import sizing

    if not asked.vary or not asked.between:
        raise RunError("vary, between: name a path of the defence and its range, such as 4:40")
    wanted = {asked.vary: sizing.ranged(asked.between)}
    made = sizing.size(asked.read(), wanted, None, asked.standard, None, asked.seed, progress=tell)
    return report.json_text(made).encode(), JSON, "size.json"


KINDS: Final[Mapping[str, Callable[[Work, Tell], Made]]] = {
    "run": _run, "report": _report, "compare": _compare, "size": _size, **INQUIRIES,
}  # fmt: skip
