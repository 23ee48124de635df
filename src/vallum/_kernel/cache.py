"""Where compiled functions are kept between runs, so that each version is compiled once on a machine.

numba looks only at the file of the function that it keeps, not at the files of the functions that this one
calls. The folder is therefore named after all of them: another source, numba, Python or processor is
another folder. It lies with the user's data, for the package may stand where nobody may write.
"""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import numba
import platformdirs
from llvmlite import binding  # type: ignore[import-untyped]

from vallum import dice, terms


@cache
def folder() -> Path | None:
    """Return the folder of this version of the kernel; none if it cannot be written."""
    home = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("VALLUM_HOME")
    try:
        place = Path(home or platformdirs.user_data_dir("vallum")) / "kernels" / version()
        place.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=place).close()
    except OSError:
        return None
    return place


def version() -> str:
    """Return a word that changes with anything that the compiled functions are made of."""
    made_by = (numba.__version__, platform.python_version(), binding.get_host_cpu_name())
    whole = hashlib.blake2b(" ".join(made_by).encode(), digest_size=8)
    sources = [*Path(__file__).parent.rglob("*.py"), Path(str(dice.__file__)), Path(str(terms.__file__))]
    for source in sorted(sources):
        whole.update(source.read_bytes())
    return whole.hexdigest()


def kept(compiled: Any) -> Any:
    """Keep what is compiled of a function when it is first called."""
    place = folder()
    if place is None:
        return compiled
    config: Any = numba.config
    before = config.CACHE_DIR
    config.CACHE_DIR = str(place)  # numba reads it here, and only here, for this function
    try:
        compiled.enable_caching()
    finally:
        config.CACHE_DIR = before
    return compiled


def is_ready(compiled: Any) -> bool:
    """Whether a kept function need not be compiled again."""
    place = folder()
    name = compiled.py_func.__name__
    return bool(compiled.signatures) or (place is not None and any(place.rglob(f"*.{name}-*.nbc")))
