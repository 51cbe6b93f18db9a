"""A specs folder -> the model and every problem in it, in one run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from slosmith.formats import dialects, files
from slosmith.formats.declarations import (
    AnyDeclaration,
    BrokenDeclaration,
    ClassDeclaration,
    ProjectDeclaration,
    ServiceDeclaration,
)
from slosmith.formats.neighbours import FOLDERS, Declared, Found, Neighbours, Reference, identity, references
from slosmith.formats.placement import misplaced, unreadable
from slosmith.formats.reading import FileRead, read_file, read_text
from slosmith.formats.sources import STANDARD_INPUT, Sources
from slosmith.formats.template_files import ANY_TEMPLATE, read_templates, templates_used
from slosmith.formats.yaml import document
from slosmith.model import Origin, Service, Slo, Workspace
from slosmith.problems import InputError, Problem, Severity
from slosmith.resolve import resolve
from slosmith.resolve.project import build_project
from slosmith.settings import Project
from slosmith.sli.library import TemplateLibrary
from slosmith.sli.library import library as library_of

T = TypeVar("T")


class LoadedWorkspace(msgspec.Struct, frozen=True):
    """A specs folder as it was read: its SLOs and its problems."""

    root: Path
    """The specs folder, as it was named."""
    name: str
    """The folder's own name, for the headers of generated files."""
    workspace: Workspace | None
    """The model of everything in the folder; None while a problem is an error."""
    project: Project
    """The settings in slosmith.yaml, or their defaults."""
    problems: tuple[Problem, ...]
    """The problems of the files, sorted by file and line. Policy has not run yet."""
    sources: Sources
    """The texts of all files that were read."""
    library: TemplateLibrary
    """The SLI templates that the specs may name."""
    complete: bool = True
    """False: only some of the folder's files were loaded."""
    classes: tuple[ClassDeclaration, ...] = ()
    """The classes that were read without an error, sorted by name."""
    declared_services: tuple[str, ...] = ()
    """The names of all services that were read, sorted. Of a spec with errors only if its name is known."""

    @property
    def services(self) -> tuple[Service, ...]:
        """Every service, sorted by name. Empty while a problem is an error: an incomplete SLO is not usable."""
        return self.workspace.services if self.workspace is not None else ()

    @property
    def slos(self) -> tuple[Slo, ...]:
        """Every SLO, sorted by service. Empty while a problem is an error: an incomplete SLO is not usable."""
        return self.workspace.slos() if self.workspace is not None else ()

    def sound(self) -> Workspace:
        """The model. Raises InputError, with all problems, if one of them is an error."""
        if self.workspace is None:
            raise InputError(self.problems)
        return self.workspace

    def __repr__(self) -> str:
        counts = f"{len(self.services)} services, {len(self.slos)} SLOs, {len(self.problems)} problems"
        return f"<LoadedWorkspace {self.root.as_posix()}: {counts}>"


def load(
    root: Path,
    only: Sequence[Path] | None = None,
    *,
    rules: str | None = None,
    write_only: Literal["alerts", "recordings"] | None = None,
    unit_tests: Literal["beside_rules", "on_demand"] | None = None,
    text: bytes | None = None,
) -> LoadedWorkspace:
    """Read and resolve the specs below ``root``. Never raises for the content of files, or for unreadable files.

    ``only`` limits the run to some files (or folders), the settings, and the declarations in other files that these
    refer to (classes, catalogues, templates, documents by name). Problems of all of these are reported: without its
    class, a service cannot be checked. ``text`` is one more file, without a name; with ``only=[]`` it is the only one.

    ``rules`` (an existing rule scheme), ``write_only`` and ``unit_tests`` replace the project's settings with these
    names.

    Problems name files with ``root``, as it was given, before their paths: a relative ``root`` gives relative names.
    """
    wanted = {"rules": rules, "write_only": write_only, "unit_tests": unit_tests}
    return _Loading(root, {name: value for name, value in wanted.items() if value is not None}, text).run(only)


def load_library(root: Path) -> tuple[TemplateLibrary, tuple[Problem, ...], Sources]:
    """The SLI templates that specs below ``root`` may name, the problems of the project's own, and their texts."""
    loading = _Loading(root, {})
    templates = loading.library()
    return templates, loading.sorted_problems(), loading.sources


class _Loading:
    def __init__(self, root: Path, wanted: Mapping[str, str], text: bytes | None = None) -> None:
        self.root = root
        self.wanted = wanted
        """Settings that are replaced."""
        shown = root.as_posix()
        self.prefix = "" if shown == "." else f"{files.as_text(shown)}/"
        self.sources = Sources(self.prefix)
        self.text = text
        self.problems: list[Problem] = []
        self.declarations: list[AnyDeclaration] = []
        self.known: dict[str, frozenset[str]] = {}
        """Kind -> names of declarations that exist, but were not read."""

    def run(self, only: Sequence[Path] | None) -> LoadedWorkspace:
        self._check_folder_name()
        paths = self._paths() if only is None else self._some_paths(only)
        for path in paths:
            self._adopt(self._declare(path))
        if self.text is not None:
            self._adopt(self._declare_text(self.text))
        if only is not None:
            self._follow(paths)
        self.declarations, found = dialects.link(self.declarations)
        self.problems += found
        project, invalid = build_project((*_builtin(), *self.declarations))
        project = msgspec.structs.replace(project, **self.wanted)
        self.problems += invalid
        templates = self.library(None if only is None else frozenset(templates_used(self.declarations)))
        workspace, unresolved = resolve(self.declarations, project, templates, known=self.known)
        self.problems += unresolved
        problems = self.sorted_problems()
        failed = any(problem.severity is Severity.ERROR for problem in problems)
        return LoadedWorkspace(
            root=self.root,
            name=self.root.resolve().name,
            workspace=None if failed else workspace,
            project=project,
            problems=problems,
            sources=self.sources,
            library=templates,
            complete=only is None,
            classes=tuple(sorted(self._declared_as(ClassDeclaration), key=lambda each: each.name)),
            declared_services=tuple(sorted({each.name for each in self._declared_as(ServiceDeclaration)})),
        )

    def _declared_as(self, kind: type[T]) -> list[T]:
        """The declarations of a kind, also those of documents with errors."""
        found = (each.partial if isinstance(each, BrokenDeclaration) else each for each in self.declarations)
        return [each for each in found if isinstance(each, kind)]

    def sorted_problems(self) -> tuple[Problem, ...]:
        """Each problem once, with its texts, in the order of files and lines."""
        return tuple(sorted({self.sources.locate(problem) for problem in self.problems}, key=Problem.sort_key))

    # --- which files ---

    def _paths(self) -> list[str]:
        return self._specs_below("")

    def _some_paths(self, only: Iterable[Path]) -> list[str]:
        inside, outside = files.relative(self.root, only)
        for path in outside:
            hint = f"specs are below {self.root.as_posix()}"
            shown = files.as_text(path.as_posix())
            self.problems.append(
                Problem(code="SYN106", message="the file is outside the specs folder", hint=hint, named=shown)
            )
        wanted = set()
        for name in inside:
            if (self.root / name).is_dir() and not name.lower().endswith(files.SUFFIXES):
                wanted.update(self._specs_below("" if name == "." else name))
            else:
                wanted.add(name)
        if (self.root / files.PROJECT_FILE).exists():
            wanted.add(files.PROJECT_FILE)
        return sorted(wanted)

    def _check_folder_name(self) -> None:
        """The specs folder's own name is in the header of every file."""
        problem = files.bad_name(self.root.resolve().name, named=files.as_text(self.root.as_posix()))
        if problem is not None:
            self.problems.append(problem)

    def _found(self, paths: Iterable[str | Problem]) -> list[str]:
        names = []
        for path in paths:
            if isinstance(path, Problem):
                self.problems.append(path)
            else:
                names.append(path)
        return names

    def _specs_below(self, folder: str) -> list[str]:
        """The files of a folder that the user named. A folder without a spec is a problem: it is the wrong one."""
        known = len(self.problems)
        found = self._found(files.find(self.root, folder))
        if len(self.problems) == known and all(path == files.PROJECT_FILE for path in found):
            shown = files.as_text(f"{self.prefix}{folder}".rstrip("/") or self.root.as_posix())
            message = f"the folder {shown} contains no spec"
            hint = "write a service to its services/<name>.yaml, or name the folder of the specs"
            if folder:
                hint = "name a folder that has specs"
            self.problems.append(Problem(code="SYN121", message=message, hint=hint, named=shown))
        return found

    def library(self, names: frozenset[str] | None = None) -> TemplateLibrary:
        """Our templates and the project's own; of the project's only ``names``, if the run is for some files."""
        own = read_templates(self.root, self.sources, names)
        self.problems += own.problems
        self.declarations += (
            BrokenDeclaration(origin=Origin("default"), kind="template", name=name) for name in sorted(own.broken)
        )
        templates = library_of(own.templates)
        if names is not None and any(name not in templates and name not in own.broken for name in names):
            # all templates, so that the message can name the nearest
            return library_of(read_templates(self.root, Sources(), ANY_TEMPLATE).templates)
        return templates

    # --- one file

    def _declare(self, path: str) -> Declared:
        sources = Sources(self.prefix)
        return self._declared(path, read_file(self.root, path, sources), sources)

    def _declare_text(self, data: bytes) -> Declared:
        sources = Sources(self.prefix)
        return self._declared(STANDARD_INPUT, read_text(data, STANDARD_INPUT, sources), sources)

    def _declared(self, path: str, found: FileRead, sources: Sources) -> Declared:
        problems: list[Problem] = []
        if found.encoding_problems and not dialects.is_foreign(found.documents, found.text):
            problems += found.encoding_problems  # reading continues: the file's text is known
        if found.problems:
            return Declared(path, unreadable(found.name), (*problems, *found.problems), sources)
        declared: list[AnyDeclaration] = []
        for part in found.documents:
            parts, wrong = dialects.declare(part)
            declared += parts
            problems += wrong
        problems += misplaced(path, declared, self.prefix)
        if path != files.PROJECT_FILE:
            declared = [found for found in declared if not isinstance(found, ProjectDeclaration)]
        return Declared(path, declared, problems, sources)

    def _adopt(self, file: Declared) -> None:
        """Add everything in a file to the run."""
        self.sources.take(file.sources)
        self.declarations += file.declarations
        self.problems += file.problems

    # --- what the named files refer to

    def _follow(self, named: Sequence[str]) -> None:
        """Read the declarations in other files that the named files refer to, and no others."""
        beside = Neighbours(self.root, named, self._declare)
        waiting = [reference for each in self.declarations for reference in references(each)]
        done = {known for each in self.declarations if (known := identity(each)) is not None}
        taken: set[int] = set()
        while waiting:
            reference = waiting.pop()
            if reference in done:
                continue
            done.add(reference)
            for found in beside.find(reference) or self._for_hints(beside, reference):
                if found.declaration is None or id(found.declaration) not in taken:
                    self.sources.take(found.file.sources)
                    self.problems += found.problems
                if found.declaration is not None and id(found.declaration) not in taken:
                    taken.add(id(found.declaration))
                    self.declarations.append(found.declaration)
                    waiting += references(found.declaration)
        services = files.find(self.root, "services") if (self.root / "services").is_dir() else ()
        self.known["service"] = frozenset(Path(path).stem for path in services if isinstance(path, str))

    def _for_hints(self, beside: Neighbours, reference: Reference) -> list[Found]:
        """Other declarations, if the one in ``reference`` does not exist: the message can name the nearest."""
        if reference.kind not in FOLDERS:
            return beside.all_parts(reference)
        self.known[reference.kind] = beside.names(reference.kind)
        self.problems += beside.obstacles(reference.kind)
        return []


@cache
def _builtin() -> tuple[AnyDeclaration, ...]:
    """Our own catalogues and calendars: data, read in the same way as specs. Their origins name no file."""
    folder = Path(__file__).parent / "formats" / "data"
    paths = [folder / "calendars.yaml", *sorted(folder.glob("catalogues/*.yaml"))]
    found: list[AnyDeclaration] = []
    for path in paths:
        for part in document.read(path.read_text("utf-8"), "").documents:
            declared, problems = dialects.declare(part)
            assert not problems, problems  # ours, and tested
            found += declared
    return tuple(found)
