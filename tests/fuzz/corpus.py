"""Good documents of every format that people write, from this repository: what damage starts from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

import slosmith
from slosmith import api
from slosmith.export import export, export_formats
from tests.cli.project import CHECKOUT
from tests.formats.dialects import test_foreign_fuzz

PACKAGE = Path(slosmith.__file__).parent
_BLOCK = re.compile(r"^```ya?ml\n(.*?)^```", re.MULTILINE | re.DOTALL)

_IN_TRANSCRIPT = re.compile(r"^-- slo_specs/\S+\.yaml --\n(.*?)(?=^-- |\Z)", re.MULTILINE | re.DOTALL)


class Seed(NamedTuple):
    """A document, and the file of a specs folder that one of its kind is read from."""

    folder: str
    """``services``, ``classes``, ..., or empty for the project's settings."""
    value: Any


@cache
def seeds() -> tuple[Seed, ...]:
    """Every document that there is, once, in an order that is always the same."""
    texts: list[str] = []
    for folder in (CHECKOUT / "slo_specs", CHECKOUT / "tests/transcripts/trees", PACKAGE / "sli/templates"):
        texts += (path.read_text("utf-8") for path in sorted(folder.rglob("*.yaml")) if "generated" not in path.parts)
    for folder in (PACKAGE / "formats/data", CHECKOUT / "tests/sli/templates"):
        texts += (path.read_text("utf-8") for path in sorted(folder.rglob("*.yaml")))
    for folder in (CHECKOUT / "docs", CHECKOUT / "tests/transcripts"):
        for path in sorted((*folder.rglob("*.md"), *folder.rglob("*.txt"))):
            texts += _BLOCK.findall(path.read_text("utf-8"))
            texts += re.findall(
                r"(?s)^-- slo_specs/\S+\.yaml --\n(.*?)(?=^-- |\Z)", path.read_text("utf-8"), re.MULTILINE
            )
    texts += _texts_of_tests()
    values = [value for text in texts for value in _documents(text)]
    values += [value for documents in test_foreign_fuzz.GOOD for value in documents] + _exported()
    found: dict[str, Seed] = {}
    for value in values:
        if (folder := _folder(value)) is not None:
            found.setdefault(repr(value), Seed(folder, value))
    return tuple(found.values())


def _exported() -> list[Any]:
    """Lift Wing's own SLOs as specs of the other tools."""
    services = api.load(CHECKOUT / "slo_specs").sound().services[::6]
    texts = (text for name in export_formats() for text in export(services, name).files.values())
    return [value for text in texts for value in _documents(text)]


def _texts_of_tests() -> Iterator[str]:
    """Specs in other tools' formats, which stand in the tests as texts."""
    for path in sorted((CHECKOUT / "tests").rglob("*.py")):
        if "fuzz" in path.parts:
            continue
        for found in re.finditer(r'"""\\?\n?((?:apiVersion|version): .*?)"""', path.read_text("utf-8"), re.DOTALL):
            yield found[1].replace("{{", "{").replace("}}", "}") if "{name}" in found[1] else found[1]


def _documents(text: str) -> list[Any]:
    try:
        return [value for value in yaml.load_all(text, Loader=_Plain) if isinstance(value, dict)]
    except (yaml.YAMLError, ValueError, TypeError):
        return []


class _Plain(yaml.CSafeLoader):
    """Dates stay texts, as in specs."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}

_FOLDERS = {
    "Service": "services",
    "SLOClass": "classes",
    "AlertCatalogue": "catalogues",
    "SLITemplate": "templates",
    "Policy": "policies",
    "Project": "",
    "AlertWindows": "catalogues",
}


def _folder(value: dict[str, Any]) -> str | None:
    """Where a document belongs; None for what is none of a format that is read."""
    version = value.get("version", value.get("apiVersion"))
    if not isinstance(version, str):
        return None
    kind = value.get("kind")
    return _FOLDERS.get(kind, "services") if isinstance(kind, str) else "services"


@cache
def by_key() -> dict[str, tuple[Any, ...]]:
    """Key -> every value that it has somewhere."""
    found: dict[str, dict[str, Any]] = {}

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                found.setdefault(str(key), {}).setdefault(repr(inner), inner)
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    for seed in seeds():
        walk(seed.value)
    return {key: tuple(values.values()) for key, values in found.items()}


@cache
def words() -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """All keys and all single values that the documents have: what damage is made of."""
    keys: dict[str, None] = {}
    values: dict[str, Any] = {}

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            keys.update((str(key), None) for key in value)
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)
        elif value not in (None, ""):
            values.setdefault(repr(value), value)

    for seed in seeds():
        walk(seed.value)
    return tuple(keys), tuple(values.values())
