"""What every test shares: fixed Hypothesis examples, a private VALLUM_HOME, the reference material."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
HOME = pytest.StashKey[tempfile.TemporaryDirectory]()

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


def pytest_configure(config: pytest.Config) -> None:
    """Keep what vallum saves out of the user's home.

    A hook, not a fixture, because a fixture of this folder would not reach the doctests of src. It holds
    for child processes too. What is compiled is kept in the checkout, so that only the first session compiles.
    """
    config.stash[HOME] = tempfile.TemporaryDirectory(prefix="vallum-home-")
    os.environ["VALLUM_HOME"] = config.stash[HOME].name
    os.environ.pop("VALLUM_STORE", None)
    os.environ["COLUMNS"] = "120"  # tables of commands are as wide wherever the tests run
    os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".numba_cache"))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the session's VALLUM_HOME."""
    config.stash[HOME].cleanup()


@pytest.fixture(scope="session")
def vallum_home(pytestconfig: pytest.Config) -> Path:
    """The folder in which this session's vallum keeps things."""
    return Path(pytestconfig.stash[HOME].name)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference material (rules, copies of the record), which is not in the repository."""
    folder = ROOT / os.environ.get("VALLUM_SHARED", "../shared")
    if not folder.is_dir():
        pytest.skip(f"no reference material at {folder}; set VALLUM_SHARED to its folder")
    return folder.resolve()
