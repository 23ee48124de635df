"""Where scenarios and packages are found: shipped by name, or a file by its path."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

from vallum.errors import ScenarioError
from vallum.scenario.document import Document, lay_over, read_file
from vallum.scenario.paths import nearest

Kind = Literal["scenario", "package"]


@dataclass(frozen=True)
class Source:
    """One file: its path and the name that messages give it."""

    path: Path
    label: str

    @property
    def name(self) -> str:
        """The name of the file without its ending."""
        return self.path.stem


def packaged_folder() -> Path:
    """Return the folder of the packaged scenarios; packages are in its folder `packages`."""
    return Path(str(files("vallum"))) / "data" / "scenarios"


def packaged_paths(kind: Kind) -> dict[str, Path]:
    """Return the packaged files of one kind by name."""
    folder = packaged_folder() if kind == "scenario" else packaged_folder() / "packages"
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def packaged() -> dict[str, dict[str, str]]:
    """Return name -> {title, question, kind} of every packaged scenario and package."""
    kinds: tuple[Kind, ...] = ("scenario", "package")
    return {name: _entry(path, kind) for kind in kinds for name, path in packaged_paths(kind).items()}


def _entry(path: Path, kind: Kind) -> dict[str, str]:
    data = read_file(path, path.name).data
    return {
        "title": str(data.get("title", path.stem)),
        "question": str(data.get("question", "")),
        "kind": kind,
    }


def find(source: str | Path, kind: Kind) -> Source:
    """Find a scenario or package by packaged name or path; ScenarioError names the nearest ones."""
    names = packaged_paths(kind)
    text = str(source)
    if isinstance(source, str) and text in names:
        return Source(names[text], f"{text}.yaml")
    path = Path(source)
    if looks_like_a_path(text) or isinstance(source, Path) or _exists(path):
        if not _exists(path):
            raise ScenarioError(f"{text}: there is no such file" + _other_names(path.stem, kind))
        return Source(path, text)
    raise ScenarioError(f"{text}: there is no packaged {kind} and no file of this name" + _other_names(text, kind))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def looks_like_a_path(text: str) -> bool:
    """Tell whether a text means a file, not a packaged name."""
    return bool(re.search(r"[/\\]|\.ya?ml$", text))


def _other_names(text: str, kind: Kind) -> str:
    other: Kind = "package" if kind == "scenario" else "scenario"
    if text in packaged_paths(other):
        way = "lay it over a scenario as a package" if other == "package" else "run it as a scenario"
        return f"; {text} is a {other}: {way}"
    names = packaged_paths(kind)
    near = nearest(text, names)
    known = f"; packaged {kind}s: {', '.join(names)}" if names else ""
    return known + (f"; did you mean {near}?" if near else "")


def find_base(base: str, extending: Source) -> Source:
    """Find what a file extends: a packaged name, or a path relative to the file."""
    if not looks_like_a_path(base):
        kind: Kind = "package" if base in packaged_paths("package") else "scenario"
        return find(base, kind)
    path = extending.path.parent / base
    label = str(Path(extending.label).parent / base)
    if not _exists(path):
        raise ScenarioError(f"{label}: there is no such file" + _other_names(Path(base).stem, "scenario"))
    return Source(path, label)


def load(source: Source, above: tuple[Source, ...] = ()) -> Document:
    """Read a file and lay it over what it extends; problems are kept in the document."""
    _refuse_loop(source, above)
    document = read_file(source.path, source.label)
    bases = _bases(document, source)
    if not bases:
        return document
    laid = Document()
    for base in bases:
        laid = laid_over(laid, _load_base(base, source, document, (*above, source)))
    return laid_over(laid, document)


def laid_over(base: Document, over: Document) -> Document:
    """Lay a document over another one, `extends` left out."""
    over = over.copy()
    over.data.pop("extends", None)
    return lay_over(base, over)


def _refuse_loop(source: Source, above: tuple[Source, ...]) -> None:
    paths = [earlier.path.resolve() for earlier in above]
    if source.path.resolve() in paths:
        chain = " -> ".join(earlier.label for earlier in (*above, source))
        raise ScenarioError(f"{above[-1].label}: extends: the files extend each other in a loop: {chain}")


def _bases(document: Document, source: Source) -> list[str]:
    given = document.data.get("extends", [])
    bases = [given] if isinstance(given, str) else given
    if not isinstance(bases, list) or not all(isinstance(base, str) and base for base in bases):
        place = document.place(("extends",))
        raise ScenarioError(f"{place or source.label}: extends: should be a name, a path or a list of them")
    return bases


def _load_base(base: str, source: Source, document: Document, above: tuple[Source, ...]) -> Document:
    try:
        found = find_base(base, source)
    except ScenarioError as error:
        raise ScenarioError(f"{document.place(('extends',))}: extends: {error}") from None
    return load(found, above)
