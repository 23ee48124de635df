"""The same nights in C: compiled here with stated flags, called with the arrays of a Problem."""

from __future__ import annotations

import ctypes
import hashlib
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, Final, get_type_hints

import numpy as np

from vallum import dice, terms
from vallum._kernel.problem import Problem, Sheets, Tally, blank_sheets, tally_of

SOURCE: Final = Path(__file__).with_name("twin.c")
#: Products and sums may not be fused, else the last bit of a probability could differ.
FLAGS: Final = ("-O3", "-march=native", "-ffp-contract=off", "-std=c11", "-shared", "-fPIC")
#: Causes of chance that belong to other rooms than the kernel.
NOT_OF_THE_KERNEL: Final = ("world", "supply")
SIZES: Final = (
    "futures", "days", "classes", "types", "layers", "batteries", "systems", "magazines", "assets", "eras", "looks",
)  # fmt: skip
#: Fields of a Problem that the twin does without: it keeps no books of traced futures.
LEFT_OUT: Final = ("traced",)
SHEETS: Final = (
    "by_class", "by_type", "first_empty", "asset_leaked", "asset_first_dry", "people", "stock", "day_class", "day_type",
)  # fmt: skip


class NoCompilerError(Exception):
    """There is no C compiler here, or it failed."""


def _problem_fields() -> list[tuple[str, Any]]:
    fields: list[tuple[str, Any]] = [(name, ctypes.c_int64) for name in SIZES]
    for name, kind in get_type_hints(Problem).items():
        if name in LEFT_OUT:
            continue
        fields += [(name, ctypes.c_int64)] if kind is int else _array_fields(name)
    return fields + [(f"{name}_eras", ctypes.c_int64) for name in ("track", "success", "reliability")]


def _array_fields(name: str) -> list[tuple[str, Any]]:
    return [(name, ctypes.c_void_p), (f"{name}_rows", ctypes.c_int64)]


class _Problem(ctypes.Structure):
    _fields_ = _problem_fields()


class _Sheets(ctypes.Structure):
    _fields_ = [(name, ctypes.c_void_p) for name in SHEETS]


def compiler() -> str:
    """Return the C compiler of this machine and its version; NoCompilerError where there is none."""
    command = shutil.which("cc")
    if command is None:
        raise NoCompilerError("no C compiler: `cc` is not on the path")
    about = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    return about.stdout.splitlines()[0]


@cache
def _library() -> ctypes.CDLL:
    compiler()
    version = hashlib.blake2b(SOURCE.read_bytes(), digest_size=8).hexdigest()
    folder = Path(tempfile.mkdtemp(prefix="vallum-bench-"))
    made = folder / f"twin-{version}.so"
    done = subprocess.run(
        ["cc", *FLAGS, "-o", str(made), str(SOURCE), "-lm"], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NoCompilerError(f"the C compiler failed: {done.stderr.strip()}")
    library = ctypes.CDLL(str(made))
    shutil.rmtree(folder)
    library.nights.restype = None
    return library


def _words() -> Any:
    causes = [cause for cause in terms.CAUSES if cause not in NOT_OF_THE_KERNEL]
    return np.array([dice.word(cause) for cause in causes], np.uint64)


def _given(problem: Problem, kept: list[Any]) -> _Problem:
    """The Problem as the C structure; arrays that had to be copied are added to `kept`."""
    p = problem
    sizes = (*p.arrivals.shape[:2], len(p.class_word), p.loads.shape[2], len(p.layer_kind), len(p.battery_word))
    sizes += (p.loads.shape[0], len(p.magazine_rank), len(p.asset_word), p.kill.shape[1], p.salvo.shape[2])
    made = _Problem(*sizes)
    for name, value in p._asdict().items():
        if name in LEFT_OUT:
            continue
        if isinstance(value, np.ndarray):
            kind = {"u": np.uint64, "i": np.int64, "f": np.float64}[value.dtype.kind]
            array = np.ascontiguousarray(value, kind)
            kept.append(array)
            setattr(made, name, array.ctypes.data)
            setattr(made, f"{name}_rows", array.shape[0])
        else:
            setattr(made, name, int(value))
    for name in ("track", "success", "reliability"):
        setattr(made, f"{name}_eras", getattr(p, name).shape[1])
    return made


def nights(problem: Problem) -> Tally:
    """Fight every future of the block: equal to vallum's kernels to the last count, traces left out."""
    if problem.traced:
        raise ValueError("the C twin keeps no books of traced futures")
    sheets: Sheets = blank_sheets(problem)
    kept: list[Any] = []
    given, words = _given(problem, kept), _words()
    counted = _Sheets(*(getattr(sheets, name).ctypes.data for name in SHEETS))
    _library().nights(ctypes.byref(given), ctypes.byref(counted), ctypes.c_void_p(words.ctypes.data))
    return tally_of(sheets)
