"""The shape of the house: who imports whom, how large and how named things are, what start-up loads."""

import ast
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "vallum"
LONGEST_MODULE = 600
LONGEST_FUNCTION = 60
NOT_OUR_WORDS = {"util", "utils", "helper", "helpers", "handler", "handlers", "manager", "managers", "misc"}
HEAVY = {"dask", "llvmlite", "matplotlib", "numba", "pandas", "xarray"}

pytestmark = pytest.mark.architecture


def modules_of(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run CODE in a fresh interpreter that finds the package in src, installed or not."""
    paths = [str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "NO_COLOR": "1"}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def functions_in(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"), filename=str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of_code(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end; the docstring is free, so that nobody saves on it."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function, clean=False) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def test_import_contract_holds():
    """Architecture: rooms import downwards only, as [tool.importlinter] in pyproject.toml says."""
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = run_python(code)
    assert done.returncode == 0, done.stdout + done.stderr


def test_modules_are_short():
    """Architecture: a room past 600 lines becomes a package."""
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in modules_of("src")}
    too_long = {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > LONGEST_MODULE}
    assert lengths, "no modules found"
    assert not too_long


def test_functions_are_short():
    """Architecture: no function is longer than 60 lines, its docstring apart."""
    too_long = {
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}": lines_of_code(function)
        for path in modules_of("src")
        for function in functions_in(path)
        if lines_of_code(function) > LONGEST_FUNCTION
    }
    assert not too_long


def test_names_of_files_say_what_is_in_them():
    """Architecture: there is no utils, helpers or misc, in the package or beside it."""
    paths = {
        part
        for path in modules_of("src", "tests", "scripts", "bench")
        for part in path.relative_to(ROOT).with_suffix("").parts
        if NOT_OUR_WORDS & set(part.lower().split("_"))
    }
    assert not paths


def test_public_names_can_be_imported():
    """Architecture: the front door opens every name that it promises, each once, and no private one."""
    vallum = importlib.import_module("vallum")
    names = vallum.__all__
    assert names
    assert len(set(names)) == len(names)
    assert not [name for name in names if name.startswith("_") and name != "__version__"]
    assert not [name for name in names if not hasattr(vallum, name)]
    assert set(names) <= set(dir(vallum))


def test_every_module_can_be_imported_on_its_own():
    """Architecture: no room relies on another having been imported before it."""
    names = [
        ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")
        for path in modules_of("src/vallum")
        if path.name != "__main__.py"
    ]
    code = """
import importlib, sys
failed = []
for name in sys.argv[1:]:
    ours = [loaded for loaded in sys.modules if loaded.split(".")[0] == "vallum"]
    for loaded in ours:
        del sys.modules[loaded]
    try:
        importlib.import_module(name)
    except Exception as problem:
        failed.append(f"{name}: {problem!r}")
sys.exit("\\n".join(failed) or 0)
"""
    done = run_python(code, *names)
    assert done.returncode == 0, done.stderr


def test_help_loads_nothing_heavy():
    """Architecture: `vallum --help` answers without loading numba, xarray or matplotlib."""
    code = """
import json, sys
sys.argv = ["vallum", "--help"]
from vallum.cli import main
try:
    code = main()
except SystemExit as stop:
    code = stop.code
print()
print(json.dumps({"code": code or 0, "loaded": sorted({name.split(".")[0] for name in sys.modules})}))
"""
    done = run_python(code)
    assert done.returncode == 0, done.stdout + done.stderr
    ended = json.loads(done.stdout.splitlines()[-1])
    assert ended["code"] == 0
    assert "run" in done.stdout
    assert not HEAVY & set(ended["loaded"])


def test_a_kept_run_is_told_without_what_fights_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Architecture: what is asked again loads no compiler; no run loads the room of another question."""
    pytest.importorskip("polars", reason="polars is not installed: pip install 'vallum[data]'")
    code = """
import json, sys
sys.argv = ["vallum", "run", "eight-and-none", "--futures", "20", "--quiet"]
from vallum.cli import main
try:
    main()
finally:
    print(json.dumps(sorted(name for name in sys.modules if name.count(".") < 2)))
"""
    monkeypatch.setenv("VALLUM_STORE", str(tmp_path))
    first, again = (run_python(code) for _ in range(2))
    assert first.returncode == again.returncode == 0, first.stderr + again.stderr
    (*told, loaded), (*same, fewer) = (done.stdout.splitlines() for done in (first, again))
    assert told == same
    others = {"batch", "basing", "calibrate", "comparison", "drivers", "explain", "ledger", "sizing"}
    for names in (set(json.loads(loaded)), set(json.loads(fewer))):
        assert not {f"vallum.{room}" for room in others} & names
        assert not (HEAVY - {"llvmlite", "numba"}) & names
    assert not HEAVY & set(json.loads(fewer))


@pytest.mark.parametrize("first", ["", "sized"])
def test_a_module_does_not_take_the_place_of_a_function_of_its_name(first: str):
    """Architecture: what `report` names is what it promises, whichever of its modules came in before."""
    code = """
import importlib, pkgutil, sys, types
if sys.argv[1]:
    importlib.import_module(f"vallum.report.{sys.argv[1]}")
from vallum import report
for again in range(2):
    modules = [name for name in report.__all__ if isinstance(getattr(report, name), types.ModuleType)]
    assert not modules, modules
    for module in pkgutil.iter_modules(report.__path__):
        importlib.import_module(f"vallum.report.{module.name}")
assert set(report.__all__) == set(dir(report))
"""
    done = run_python(code, first)
    assert done.returncode == 0, done.stderr


def test_version_is_the_same_everywhere():
    """Architecture: the citation file and the changelog know the version that the package states."""
    version = importlib.import_module("vallum").__version__
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^version: {re.escape(version)}$", citation, re.MULTILINE)
    assert re.search(rf"^## {re.escape(version)}\b", changelog, re.MULTILINE)
