"""Finds the members of a family (targets, dialects, checks, ...) by their place: there is no list to edit.

Our members are the modules of one package. Members of other packages are entry points, in the family's own group
(``[project.entry-points."slosmith.targets"]``), each with the name of a module. Both are sorted by name, so that the
order does not depend on the file system. Members are imported when they are used.

Most environments have no such packages. For them ``importlib.metadata``, whose import takes 20 ms, is not imported.
"""

from __future__ import annotations

import os
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import Any

import msgspec


class PluginError(Exception):
    """A package outside slosmith cannot be used as it is installed. The message names it and says what to do."""


class Part(msgspec.Struct, frozen=True):
    """A member of a family, and its module."""

    name: str
    module: str
    group: str = ""
    """The family of entry points; empty for a part of ours."""
    package: str = ""
    """The package that provides it, with its version; empty for a part of ours."""

    @property
    def foreign(self) -> bool:
        """Whether a package outside slosmith provides it."""
        return bool(self.package)

    def load(self) -> Any:
        """The module. Raises PluginError if it is another package's and cannot be imported."""
        if not self.foreign:
            return import_module(self.module)
        with self.guarded():
            return import_module(self.module)

    def attribute(self, module: Any, name: str) -> Any:
        """``module``'s attribute ``name``. Raises PluginError if another package's module has none."""
        if self.foreign and not hasattr(module, name):
            raise self.error(f"the module {self.module} has no `{name}`")
        return getattr(module, name)

    def error(self, reason: str) -> PluginError:
        """The error for this part of another package, with the reason and what to do."""
        hint = "update it, or uninstall it"
        return PluginError(f"the package {self.package} gives {self.group} '{self.name}': {reason}; {hint}")

    @contextmanager
    def guarded(self, *through: type[Exception]) -> Iterator[None]:
        """Runs code of another package: its exceptions, except those in ``through``, become PluginError."""
        try:
            yield
        except (Exception, SystemExit) as error:
            if not self.foreign or isinstance(error, (PluginError, *through)):
                raise
            raise self.error(f"{type(error).__name__}: {error}") from error


@cache
def modules(package: str, *, folders: bool = False) -> Mapping[str, str]:
    """The modules and packages in ``package``, sorted: name -> dotted name. Without names that begin with ``_``; with
    ``folders``, only packages.

    Imports ``package``, but none of the modules.
    """
    found = pkgutil.iter_modules(import_module(package).__path__)
    names = sorted(info.name for info in found if info.ispkg or not folders)
    return {name: f"{package}.{name}" for name in names if not name.startswith("_")}


def own(package: str, *, folders: bool = False) -> dict[str, Part]:
    """A part for every module of a package of ours, by name, sorted. With ``folders``, only for folders: for packages
    that have other modules beside the members of a family.
    """
    return {name: Part(name, module) for name, module in modules(package, folders=folders).items()}


@cache
def foreign(group: str) -> tuple[Part, ...]:
    """The parts of installed packages in ``group``, sorted by name. Raises PluginError if two have the same name."""
    if not _some_entry_points():
        return ()
    from importlib.metadata import entry_points

    found: dict[str, Part] = {}
    for entry in entry_points(group=group):
        package = f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else "of an unknown name"
        part = Part(entry.name, entry.value, group, package)
        known = found.setdefault(entry.name, part)
        # a package can be found twice: as installed, and in the folder that it was installed from
        if known.package != package or known.module != part.module:
            raise part.error(f"{known.package} has the same name")
    return tuple(found[name] for name in sorted(found))


def with_foreign(ours: Mapping[str, Part], group: str) -> dict[str, Part]:
    """Our parts and those of other packages, sorted by name. Raises PluginError for one that has a name of ours."""
    parts = dict(ours)
    for part in foreign(group):
        if part.name in parts:
            raise part.error("slosmith has the same name itself, and does not replace it")
        parts[part.name] = part
    return dict(sorted(parts.items()))


_OURS = b"[slosmith."


@cache
def _some_entry_points() -> bool:
    """Whether a package on the path may have entry points for us: a fast check of the files of importlib.metadata."""
    for place in sys.path:
        try:
            with os.scandir(place or ".") as entries:
                folders = [entry.path for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
        except NotADirectoryError:
            if place.endswith((".zip", ".egg", ".whl")) and not _is_standard_library(place):
                return True  # there is no fast check for an archive
            continue
        except OSError:
            continue
        if any(_names_us(os.path.join(folder, "entry_points.txt")) for folder in folders):  # noqa: PTH118
            return True
    return False


def _is_standard_library(place: str) -> bool:
    return os.path.basename(place).startswith("python")  # noqa: PTH119


def _names_us(file: str) -> bool:
    try:
        with open(file, "rb") as stream:  # noqa: PTH123
            return _OURS in stream.read()
    except OSError:
        return False
