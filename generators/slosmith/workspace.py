"""A specs folder -> the model and every problem in it, in one run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from slosmith.formats import dialects, files
from slosmith.formats.declarations import (
    AnyDeclaration,
    BrokenDeclaration,
    CalendarDeclaration,
    CatalogueDeclaration,
    ClassDeclaration,
    PartDeclaration,
    ProjectDeclaration,
    ServiceDeclaration,
)
from slosmith.formats.reading import read_file
from slosmith.formats.sources import Sources
from slosmith.formats.template_files import read_templates
from slosmith.formats.yaml import document
from slosmith.model import Origin, Service, Slo, Workspace
from slosmith.problems import InputError, Problem, Severity
from slosmith.resolve import resolve
from slosmith.resolve.project import build_project
from slosmith.settings import Project
from slosmith.sli.library import TemplateLibrary
from slosmith.sli.library import library as library_of

_FOLDER_KINDS: dict[str, tuple[type[AnyDeclaration], ...]] = {
    "services": (ServiceDeclaration,),
    "classes": (ClassDeclaration,),
    "catalogues": (CatalogueDeclaration,),
}
_KIND_NAMES: dict[type[AnyDeclaration], tuple[str, str]] = {
    ServiceDeclaration: ("a service", "services/"),
    ClassDeclaration: ("a class", "classes/"),
    CatalogueDeclaration: ("an alert catalogue", "catalogues/"),
    CalendarDeclaration: ("calendars", "slosmith.yaml, under `calendars:`"),
    ProjectDeclaration: ("the project's settings", "slosmith.yaml"),
}


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
    """What is wrong with the files, sorted by file and line. Policy is not asked yet."""
    sources: Sources
    """The texts of all files that were read."""
    library: TemplateLibrary
    """The SLI templates that the specs may name."""
    complete: bool = True
    """False: only some of the folder's files were asked for."""

    @property
    def services(self) -> tuple[Service, ...]:
        """Every service, sorted by name. Empty while a problem is an error: half an SLO is not given out."""
        return self.workspace.services if self.workspace is not None else ()

    @property
    def slos(self) -> tuple[Slo, ...]:
        """Every SLO, sorted by service. Empty while a problem is an error: half an SLO is not given out."""
        return self.workspace.slos() if self.workspace is not None else ()

    def sound(self) -> Workspace:
        """The model. Raises InputError, with all problems, where one of them is an error."""
        if self.workspace is None:
            raise InputError(self.problems)
        return self.workspace

    def __repr__(self) -> str:
        counts = f"{len(self.services)} services, {len(self.slos)} SLOs, {len(self.problems)} problems"
        return f"<LoadedWorkspace {self.root.as_posix()}: {counts}>"


def load(root: Path, only: Sequence[Path] | None = None, *, rules: str | None = None) -> LoadedWorkspace:
    """Read and resolve the specs below ``root``. Never raises for what files hold or whether they can be read.

    ``only`` limits the run to some files (or folders): they, settings, classes and catalogues are read. Problems
    of all of these are reported: without its class a service cannot be judged.

    ``rules`` names the rule scheme that is wanted, whatever the project's settings say: one that there is.

    Problems name files with ``root`` as it was given in front, so a relative ``root`` gives relative names.
    """
    return _Loading(root, rules).run(only)


def load_library(root: Path) -> tuple[TemplateLibrary, tuple[Problem, ...], Sources]:
    """The SLI templates that specs below ``root`` may name, what is wrong with the project's own, and their texts."""
    loading = _Loading(root, None)
    templates = loading.library()
    return templates, loading.sorted_problems(), loading.sources


class _Loading:
    def __init__(self, root: Path, rules: str | None) -> None:
        self.root = root
        self.rules = rules
        shown = root.as_posix()
        self.prefix = "" if shown == "." else f"{files.as_text(shown)}/"
        self.sources = Sources(self.prefix)
        self.problems: list[Problem] = []
        self.declarations: list[AnyDeclaration] = []

    def run(self, only: Sequence[Path] | None) -> LoadedWorkspace:
        self._judge_folder()
        paths = self._paths() if only is None else self._some_paths(only)
        for path in paths:
            self._read(path)
        if only is not None and any(isinstance(found, PartDeclaration) for found in self.declarations):
            self._read_shared_parts(set(paths))
        self.declarations, findings = dialects.link(self.declarations)
        self.problems += findings
        project, findings = build_project((*_builtin(), *self.declarations))
        if self.rules is not None:
            project = msgspec.structs.replace(project, rules=self.rules)
        self.problems += findings
        templates = self.library()
        workspace, found = resolve(
            self.declarations, project, templates, known_services=self._service_names() if only is not None else ()
        )
        self.problems += found
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
        )

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
        for folder in ("classes", "catalogues"):
            if files.is_there(self.root, folder):
                wanted.update(self._found(files.find(self.root, folder)))
        return sorted(wanted)

    def _judge_folder(self) -> None:
        """The specs folder's own name stands in the header of every file."""
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
        """The files of a folder that was asked for. It has to hold a spec: where it does not, it is the wrong one."""
        known = len(self.problems)
        found = self._found(files.find(self.root, folder))
        if len(self.problems) == known and all(path == files.PROJECT_FILE for path in found):
            shown = files.as_text(f"{self.prefix}{folder}".rstrip("/") or self.root.as_posix())
            message = f"the folder {shown} holds no spec"
            hint = "write a service to its services/<name>.yaml, or name the folder that has the specs"
            if folder:
                hint = "name a folder that has specs"
            self.problems.append(Problem(code="SYN121", message=message, hint=hint, named=shown))
        return found

    def _service_names(self) -> list[str]:
        """Services by their files' names: enough to know a dependency for a service."""
        folder = self.root / "services"
        found = files.find(self.root, "services") if folder.is_dir() else ()
        return [Path(path).stem for path in found if isinstance(path, str)]

    def library(self) -> TemplateLibrary:
        own = read_templates(self.root, self.sources)
        self.problems += own.problems
        self.declarations += (
            BrokenDeclaration(origin=Origin("default"), kind="template", name=name) for name in sorted(own.broken)
        )
        return library_of(own.templates)

    # --- one file ---

    def _read(self, path: str) -> None:
        found = read_file(self.root, path, self.sources)
        if found.manners and not dialects.is_foreign(found.documents, found.text):
            self.problems += found.manners  # the file is read on: what it declares is known, and its other problems
        if found.problems:
            self.problems += found.problems
            self.declarations += _unreadable(found.name)
            return
        declared: list[AnyDeclaration] = []
        for part in found.documents:
            parts, findings = dialects.declare(part)
            declared += parts
            self.problems += findings
        self.problems += _misplaced(path, declared, self.prefix)
        if path != files.PROJECT_FILE:
            declared = [found for found in declared if not isinstance(found, ProjectDeclaration)]
        self.declarations += declared

    def _read_shared_parts(self, known: set[str]) -> None:
        """Of the files that were not asked for, what others refer to; whatever else they hold is not this run's."""
        declarations, problems = self.declarations, self.problems
        for path in self._found(files.find(self.root)):
            if path not in known:
                self.declarations, self.problems = [], []
                self._read(path)
                declarations += (
                    found for found in self.declarations if isinstance(found, PartDeclaration) and found.shared
                )
        self.declarations, self.problems = declarations, problems


def _unreadable(name: str) -> list[AnyDeclaration]:
    """What a file that cannot be read would have declared, to judge by its place and name."""
    if name == files.PROJECT_FILE:
        return [BrokenDeclaration(origin=Origin("project", name), kind="project", name=None)]
    kinds: dict[str, Literal["service", "class", "catalogue"]] = {
        "services": "service",
        "classes": "class",
        "catalogues": "catalogue",
    }
    kind = kinds.get(name.split("/")[0])
    return [BrokenDeclaration(origin=Origin("default", name), kind=kind, name=Path(name).stem)] if kind else []


def _misplaced(path: str, declared: list[AnyDeclaration], prefix: str) -> Iterable[Problem]:
    """Declarations in the wrong folder, and names that differ from the file's. ``prefix`` leads to the specs folder."""
    folder = path.split("/")[0] if "/" in path else ""
    allowed = _FOLDER_KINDS.get(folder)
    for found in declared:
        place = Origin(found.origin.kind, found.origin.file, ("kind",), found.origin.document)
        if isinstance(found, BrokenDeclaration | PartDeclaration):
            continue
        what, home = _KIND_NAMES[type(found)]
        if isinstance(found, ProjectDeclaration):
            wrong = path != files.PROJECT_FILE
        elif isinstance(found, CalendarDeclaration):
            wrong = True
        else:
            wrong = path == files.PROJECT_FILE or (allowed is not None and not isinstance(found, allowed))
        if wrong:
            message, hint = f"this is the wrong place for {what}", f"move it to {prefix}{home}"
            yield Problem(code="RES315", message=message, hint=hint, origin=place)
    if len(declared) == 1 and isinstance(declared[0], ServiceDeclaration | ClassDeclaration | CatalogueDeclaration):
        only = declared[0]
        stem = Path(path).stem
        own = not isinstance(only, ServiceDeclaration) or only.dialect.startswith("slosmith/")
        if own and only.name != stem:
            message = f"the name '{only.name}' differs from the file's, '{files.as_text(stem)}'"
            hint = f"rename the file to {only.name}.yaml, or the {_KIND_NAMES[type(only)][0].split()[-1]}"
            yield Problem(code="RES314", message=message, hint=hint, origin=only.at("name"))


@cache
def _builtin() -> tuple[AnyDeclaration, ...]:
    """Our own catalogues and calendars: data, read as any spec is. Their origins name no file."""
    folder = Path(__file__).parent / "formats" / "data"
    paths = [folder / "calendars.yaml", *sorted(folder.glob("catalogues/*.yaml"))]
    found: list[AnyDeclaration] = []
    for path in paths:
        for part in document.read(path.read_text("utf-8"), "").documents:
            declared, findings = dialects.declare(part)
            assert not findings, findings  # ours, and tested
            found += declared
    return tuple(found)
