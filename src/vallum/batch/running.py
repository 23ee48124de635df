"""Run a batch: rows in blocks, in any place, kept as they come."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from vallum import engine
from vallum.batch import variants as rows_of
from vallum.batch.keeping import Batch, opened
from vallum.batch.rows import Work
from vallum.batch.variants import Variant
from vallum.scenario import Scenario

#: Parts of a batch: enough to keep all workers busy to the end.
PARTS: Final = 40
#: Rows of a part, at most: what is lost, for each worker, when a batch is killed.
PART: Final = 100
#: Hears the stage, how many rows of it are done, and how many there are.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Estimate:
    """What a batch will take. seconds : on so many workers; measured on its second row, or on the only one"""

    rows: int
    futures: int
    seconds: float
    workers: int


def batch(
    base: Scenario,
    variants: Sequence[Variant],
    folder: str | Path,
    futures: int = 100,
    seed: int = 0,
    as_of: date | None = None,
    outcomes: Sequence[str] = (),
    on: str = "processes",
    workers: int | None = None,
    part: int | None = None,
    progress: Progress | None = None,
) -> Batch:
    """Fight every variant, and keep a row of outcomes for each in a folder.

    part : rows that are kept at once; default: as makes PARTS parts, but no more than PART rows. The results are the
           same for any part, place and number of workers
    A batch that was killed goes on where it stood, if the same is asked again. `estimate` checks all rows first; here a
    bad row ends the batch with ScenarioError. Raises RunError where the folder holds something else.
    """
    work = Work(base, tuple(variants), futures, seed, as_of, tuple(outcomes))
    size = max(1, min(PART, len(work.variants) // PARTS)) if part is None else part
    made = opened(folder, work, size)
    _run(work, made, on, workers, size, progress)
    made.finished()
    return made


def _run(work: Work, made: Batch, on: str, workers: int | None, part: int, progress: Progress | None) -> None:
    whole, missing = len(work.variants), made.missing()
    if not missing:
        return
    blocks = engine.blocks(whole, part)
    done = whole - sum(len(blocks[number]) for number in missing)
    with engine.place(on, workers) as place:
        for number, rows in zip(missing, place.run(work, [blocks[k] for k in missing]), strict=True):
            made.keep(number, rows)
            done += len(blocks[number])
            _tell(progress, "rows", done, whole)


def estimate(
    base: Scenario,
    variants: Sequence[Variant],
    futures: int = 100,
    seed: int = 0,
    as_of: date | None = None,
    outcomes: Sequence[str] = (),
    workers: int | None = None,
    progress: Progress | None = None,
) -> Estimate:
    """Check all rows, fight the first and the second, and say by the second how long all will take.

    The first one reads the data and makes what all rows share; so does the only one, which is fought twice.

    Raises ScenarioError with all bad rows, before anything is run.
    """
    for done in rows_of.check(base, variants):
        _tell(progress, "rows checked", done, len(variants))
    work = Work(base, tuple(variants[:2]), futures, seed, as_of, tuple(outcomes))
    work.row(0)
    before = time.perf_counter()
    work.row(len(work.variants) - 1)
    each = time.perf_counter() - before
    many = workers or engine.cores()
    return Estimate(len(variants), futures, each * math.ceil(len(variants) / many), many)


def _tell(progress: Progress | None, stage: str, done: int, whole: int) -> None:
    if progress is not None:
        progress(stage, done, whole)
