"""From a name or a file to a checked `Scenario`; all problems of all its files are said at once."""

from __future__ import annotations

import copy
import hashlib
import io
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from ruamel.yaml import YAML

from vallum.errors import ScenarioError
from vallum.scenario import changes as changing
from vallum.scenario import checks, library, paths, positions, validation
from vallum.scenario.document import Document, Place, Problem, copied
from vallum.scenario.library import Source
from vallum.scenario.schema import Schema

#: The packaged night table, by name.
SAMPLE: Final = "sample"
_TABLE_KEYS: Final = ("fixed", "raids", "path")
#: Folder beside a scenario in which a copy of its night table lies.
NIGHTS: Final = "nights"
#: What a package says about itself: kept beside the scenario, never laid over its own question and title.
_ABOUT: Final = ("title", "question")
_DIGITS: Final = 16


@dataclass(frozen=True, eq=False)
class Scenario:
    """One frozen problem; `replace` and `with_packages` return another one.

    *packages* are names as given, *package_titles* their titles, *changes* dotted path -> value in the
    order made, *folder* where a relative `path` of a night table starts, *warnings* what is odd but allowed.
    """

    name: str
    schema: Schema
    packages: tuple[str, ...]
    package_titles: tuple[str, ...]
    changes: Mapping[str, Any]
    folder: Path
    warnings: tuple[str, ...]
    night_table: Path | None
    fingerprint: str
    _bare: Document = field(repr=False)
    _laid: Document = field(repr=False)
    _document: Document = field(repr=False)

    @property
    def title(self) -> str:
        """The title of the scenario, or its name."""
        return self.schema.title or self.name

    @property
    def question(self) -> str:
        """The question in words."""
        return self.schema.question

    @property
    def document(self) -> dict[str, Any]:
        """A copy of the merged file as plain data, changes made."""
        made: dict[str, Any] = copied(self._document.data)
        return made

    @property
    def days(self) -> int:
        """Days of the campaign."""
        return self.schema.fixed.days

    @property
    def dates(self) -> tuple[date, ...]:
        """The date of every day."""
        return tuple(self.schema.fixed.start + timedelta(days=day) for day in range(self.days))

    def replace(self, changes: Mapping[str, Any]) -> Scenario:
        """Return the scenario with the values at dotted paths changed (None takes a key out)."""
        made = {path: value for path, value in self.changes.items() if path not in changes}
        document = changing.apply(self._document, changes)
        return _finished(self, self._laid, document, {**made, **changes})

    def with_packages(self, *names: str | Path) -> Scenario:
        """Return the scenario with more packages laid over it, its changes made again on top."""
        laid, titles = _with_packages(self._laid, names)
        packages = (*self.packages, *(_package_name(name) for name in names))
        document = changing.apply(laid, self.changes)
        return _finished(self, laid, document, self.changes, packages, (*self.package_titles, *titles))

    def without_packages(self) -> Scenario:
        """Return the scenario as it was before any package, its changes made again on top.

        A change of what only a package brings (the days of its pause, a pause of its line) is left out.
        """
        whole = self._bared(self.changes)
        if whole is not None:
            return whole
        made: dict[str, Any] = {}
        for path, value in self.changes.items():
            if self._bared(made | {path: value}) is not None:
                made[path] = value
        return _finished(self, self._bare, changing.apply(self._bare, made), made, (), ())

    def _bared(self, changes: Mapping[str, Any]) -> Scenario | None:
        """The scenario before any package with these changes; None where they do not fit it."""
        try:
            return _finished(self, self._bare, changing.apply(self._bare, changes), changes, (), ())
        except ScenarioError:
            return None

    def value(self, path: str) -> Any:
        """Return the value at a dotted path, or the default where the file says nothing."""
        keys = paths.parse(path)
        found, value = paths.look(self._document.data, keys)
        if found:
            return copied(value)
        found, value = _default(self.schema, keys)
        if found:
            return value
        raise ScenarioError(f"{self.name}: there is no {path}" + _nearest_path(path, self))

    def paths(self) -> dict[str, Any]:
        """Return every leaf value under its dotted path."""
        return {paths.show(keys): value for keys, value in paths.leaves(self._document.data)}

    def texts(self) -> Iterator[str]:
        """Yield every text in the merged file."""
        return (value for _, value in paths.leaves(self._document.data) if isinstance(value, str))

    def to_yaml(self, folder: Path | None = None) -> str:
        """Return a self-contained file that reads back to the same fingerprint.

        The path of a user's night table is written relative to *folder*, where the file will be, or in full.
        """
        data = self.document
        if self.night_table is not None and data["fixed"]["raids"]["path"] != SAMPLE:
            data["fixed"]["raids"]["path"] = _table_path(self.night_table.resolve(), folder)
        text = io.StringIO()
        yaml = YAML(typ="safe", pure=True)
        yaml.default_flow_style = None
        yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
        yaml.allow_unicode = True
        yaml.width = 110
        yaml.dump(data, text)
        return text.getvalue()

    def to_folder(self, folder: Path) -> str:
        """Return a self-contained file for a folder, and copy a night table of the user's own into it.

        The folder can then be moved and read anywhere.
        """
        table = self.night_table
        if table is None or self._document.data["fixed"]["raids"]["path"] == SAMPLE:
            return self.to_yaml(folder)
        copied = folder / NIGHTS / table.name
        copied.parent.mkdir()
        shutil.copyfile(table, copied)
        return self.replace({".".join(_TABLE_KEYS): str(copied.absolute())}).to_yaml(folder)


def _table_path(table: Path, folder: Path | None) -> str:
    if folder is not None and table.is_relative_to(folder.resolve()):
        return table.relative_to(folder.resolve()).as_posix()
    return str(table)


def _nearest_path(path: str, scenario: Scenario) -> str:
    near = paths.nearest(path, scenario.paths())
    return f"; did you mean {near}?" if near else ""


def _default(model: Any, keys: paths.Keys) -> tuple[bool, Any]:
    """Return (found, value) of what the schema holds where the file says nothing."""
    for key in keys:
        if not isinstance(model, BaseModel):
            return False, None
        attributes = {info.alias or name: name for name, info in type(model).model_fields.items()}
        if key not in attributes:
            return False, None
        model = getattr(model, attributes[str(key)])
    simple = model is None or isinstance(model, str | int | float | date) or model in ({}, [])
    return simple, copy.deepcopy(model)


# ---- reading ----


def read(
    source: str | Path,
    packages: Sequence[str | Path] = (),
    changes: Mapping[str, Any] | None = None,
) -> Scenario:
    """Read a packaged scenario by name, or a file; lay packages over it in order, then make the changes.

    Raises ScenarioError with every problem found: file, line, path, value, what is allowed.
    """
    packages = (packages,) if isinstance(packages, str | Path) else tuple(packages)
    changes = dict(changes or {})
    found = library.find(source, "scenario")
    base = library.load(found)
    _refuse_idle_nulls(base)
    bare = library.laid_over(Document(), base)
    laid, titles = _with_packages(bare, packages)
    try:
        document = changing.apply(laid, changes)
    except ScenarioError as error:
        raise ScenarioError(_unique([*_all_problems(laid, found), *error.problems])) from None
    return _scenario(found, (bare, laid), document, changes, tuple(map(_package_name, packages)), titles)


def _package_name(package: str | Path) -> str:
    return Path(package).stem if library.looks_like_a_path(str(package)) else str(package)


def _refuse_idle_nulls(document: Document) -> None:
    """In a file without a base there is nothing that null could take out."""
    for keys in sorted(document.nulls - document.broken, key=paths.show):
        document.problems.append(document.say(Problem(keys, "is null; give a value, or leave the key out")))
        document.broken.add(keys)


def _with_packages(laid: Document, packages: Sequence[str | Path]) -> tuple[Document, tuple[str, ...]]:
    titles: list[str] = []
    for package in packages:
        source = library.find(package, "package")
        over = library.load(source)
        over.places.pop((), None)  # what is missing is missing from the scenario, not from the package
        about = [over.data.pop(key, None) for key in _ABOUT]
        titles.append(str(next((text for text in about if text), source.name)))
        laid = library.laid_over(laid, over)
    return laid, tuple(titles)


def _scenario(
    source: Source,
    layers: tuple[Document, Document],
    document: Document,
    changes: Mapping[str, Any],
    packages: tuple[str, ...],
    titles: tuple[str, ...],
) -> Scenario:
    folder = source.path.parent
    table = _night_table(document.data, folder)
    schema, problems, warnings = _checked(document, table, source.label)
    if problems or schema is None:
        raise ScenarioError(problems)
    return Scenario(
        name=source.name,
        schema=schema,
        packages=packages,
        package_titles=titles,
        changes=changes,
        folder=folder,
        warnings=tuple(warnings),
        night_table=table,
        fingerprint=_fingerprint(document.data, table),
        _bare=layers[0],
        _laid=layers[1],
        _document=document,
    )


def _finished(
    scenario: Scenario,
    laid: Document,
    document: Document,
    changes: Mapping[str, Any],
    packages: tuple[str, ...] | None = None,
    titles: tuple[str, ...] | None = None,
) -> Scenario:
    source = Source(scenario.folder / f"{scenario.name}.yaml", scenario.name)
    packages = scenario.packages if packages is None else packages
    titles = scenario.package_titles if titles is None else titles
    return _scenario(source, (scenario._bare, laid), document, dict(changes), packages, titles)


def check(source: str | Path) -> list[str]:
    """Return all problems of a scenario or package; empty if it is fine."""
    try:
        found = library.find(source, "package" if str(source) in library.packaged_paths("package") else "scenario")
        document = library.load(found)
        if _is_package(document, found):
            return _package_problems(document)
        _refuse_idle_nulls(document)
        return _all_problems(library.laid_over(Document(), document), found)
    except ScenarioError as error:
        return list(error.problems)


def _is_package(document: Document, source: Source) -> bool:
    """A package lies in a folder `packages`, or says nothing that every scenario must say."""
    if source.path.parent.name == "packages":
        return True
    needed = [("question",), *(("fixed", name) for name in ("start", "days", "assets", "classes", "raids"))]
    return "extends" not in document.data and not any(paths.look(document.data, keys)[0] for keys in needed)


def _package_problems(document: Document) -> list[str]:
    """Check a package as far as it goes without its scenario."""
    data = {key: value for key, value in document.data.items() if key != "extends"}
    said = [*positions.problems(data), *validation.partial_problems(data)]
    return _unique([*document.problems, *(document.say(problem) for problem in said)])


def _all_problems(document: Document, source: Source) -> list[str]:
    return _checked(document, _night_table(document.data, source.path.parent), source.label)[1]


def _checked(document: Document, table: Path | None, label: str) -> tuple[Schema | None, list[str], list[str]]:
    """Return the schema, all problems and all warnings."""
    document.places.setdefault((), Place(label))
    schema, problems = validation.validated(document.data)
    problems = [problem for problem in problems if problem.keys not in document.broken]
    warnings: list[Problem] = []
    if schema is not None:
        wrong = [problem.keys for problem in problems] + list(document.broken)
        made = checks.run(checks.Check(schema, document.data, table))
        problems += [problem for problem in made.found if not validation.touches(problem.keys, wrong)]
        warnings = made.warnings
    problems += positions.problems(document.data)
    said = [*document.problems, *(document.say(problem) for problem in problems)]
    return schema, _unique(said), _unique([document.say(warning) for warning in warnings])


def _unique(lines: list[str]) -> list[str]:
    return list(dict.fromkeys(lines))


# ---- the night table and the fingerprint ----


def _night_table(data: Mapping[str, Any], folder: Path) -> Path | None:
    found, path = paths.look(data, _TABLE_KEYS)
    if not found or not isinstance(path, str) or "\0" in path:
        return None
    if path == SAMPLE:
        return library.packaged_folder().parent / "record" / "sample_nights.csv"
    return folder / path


def _fingerprint(data: dict[str, Any], table: Path | None) -> str:
    """Hash what the scenario says: any key order and any place of the night table give the same."""
    said = _canonical(data)
    if table is not None and table.is_file():
        said["fixed"]["raids"]["path"] = hashlib.sha256(table.read_bytes()).hexdigest()
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_canonical(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, float) and value.is_integer() else value
