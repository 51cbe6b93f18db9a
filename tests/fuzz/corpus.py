"""Good documents of every format that people write, from this repository. Mutations start from them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import yaml

import slosmith
from slosmith import api
from slosmith.export import export, export_formats
from tests.cli.project import CHECKOUT
from tests.formats.dialects import test_foreign_fuzz
from tests.formats.test_cases import read_case
from tests.policy import cases

PACKAGE = Path(slosmith.__file__).parent
_BLOCK = re.compile(r"^```ya?ml\n(.*?)^```", re.MULTILINE | re.DOTALL)
_IN_TRANSCRIPT = re.compile(r"^-- slo_specs/\S+\.yaml --\n(.*?)(?=^-- |\Z)", re.MULTILINE | re.DOTALL)


class Seed(NamedTuple):
    """A document, and a path in a specs folder for documents of its kind."""

    folder: str
    """``services``, ``classes``, ..., or empty for the project's settings."""
    value: Any
    beside: tuple[Any, ...] = ()
    """The other documents of its file, which it refers to."""


@cache
def seeds() -> tuple[Seed, ...]:
    """Every document, once, always in the same order."""
    texts: list[str] = []
    for folder in (CHECKOUT / "slo_specs", CHECKOUT / "tests/transcripts/trees", PACKAGE / "sli/templates"):
        texts += (path.read_text("utf-8") for path in sorted(folder.rglob("*.yaml")) if "generated" not in path.parts)
    for folder in (PACKAGE / "formats/data", CHECKOUT / "tests/sli/templates"):
        texts += (path.read_text("utf-8") for path in sorted(folder.rglob("*.yaml")))
    for folder in (CHECKOUT / "docs", CHECKOUT / "tests/transcripts"):
        for path in sorted((*folder.rglob("*.md"), *folder.rglob("*.txt"))):
            texts += _BLOCK.findall(path.read_text("utf-8"))
            texts += _IN_TRANSCRIPT.findall(path.read_text("utf-8"))
    texts += _texts_of_tests()
    texts += Path(__file__).with_name("documents.yaml").read_text("utf-8").split("# ---\n")
    files = [_documents(text) for text in texts] + test_foreign_fuzz.GOOD + _exported()
    found: dict[str, Seed] = {}
    for values in files:
        for index, value in enumerate(values):
            if (folder := _folder(value)) is not None:
                beside = (*values[:index], *values[index + 1 :]) if len(values) < 12 else ()
                found.setdefault(repr(value), Seed(folder, value, beside))
    return tuple(found.values())


@cache
def _by_format() -> tuple[tuple[Seed, ...], ...]:
    found: dict[tuple[str, str], list[Seed]] = {}
    for seed in seeds():
        found.setdefault((seed.folder, str(seed.value.get("version", seed.value.get("apiVersion")))), []).append(seed)
    return tuple(map(tuple, found.values()))


def pick(random: Random) -> Seed:
    """A document. Half of them by their format first, because a few formats have most of the documents."""
    return random.choice(seeds() if random.random() < 0.5 else random.choice(_by_format()))


def _exported() -> list[list[Any]]:
    """Lift Wing's SLOs as specs of other tools."""
    services = api.load(CHECKOUT / "slo_specs").sound().services[::6]
    texts = (text for name in export_formats() for text in export(services, name).files.values())
    return [_documents(text) for text in texts]


def _texts_of_tests() -> Iterator[str]:
    """Specs in the tests: those in cases of problems and of checks, and texts in other formats."""
    for path in sorted((CHECKOUT / "tests/formats/cases").glob("*.txt")):
        yield from (text for name, text in read_case(path.read_text("utf-8"))[0].items() if name.endswith(".yaml"))
    for path in sorted(cases.FOLDER.glob("*.yaml")):
        for case in cases.cases(path.stem):
            yield from (text for name, text in case.files.items() if name.endswith(".yaml"))
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
    """A loader that reads dates as strings, as in specs."""


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
    """The path for a document. None if slosmith does not read its format."""
    version = value.get("version", value.get("apiVersion"))
    if not isinstance(version, str):
        return None
    kind = value.get("kind")
    return _FOLDERS.get(kind, "services") if isinstance(kind, str) else "services"


@cache
def by_key() -> dict[str, tuple[Any, ...]]:
    """Key -> all its values in the documents."""
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
    """All keys and all single values in the documents, for mutations."""
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
