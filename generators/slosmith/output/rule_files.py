"""Finds the rule files and unit tests in an output folder, by their content."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
import yaml

from slosmith.output.ownership import HEAD_BYTES, source
from slosmith.output.tree import OutputError, output_error
from slosmith.output.walking import files_below
from slosmith.vocabulary.characters import visible

_SUFFIXES = (".yaml", ".yml")
_TEST_SUFFIX = re.compile(r"_test\.ya?ml")
_THANOS_FIELD = re.compile(rb"^ +partial_response_strategy:", re.MULTILINE)
_TOP_LEVEL_KEY = re.compile(rb"^([A-Za-z_]+):", re.MULTILINE)


class RuleFiles(msgspec.Struct, frozen=True):
    """Paths, sorted.

    ``untested``: rule files with alerts and without a test file beside them, if no tested file has the same rules.
    ``thanos``: rule files with a field that only Thanos knows. promtool refuses them, so they are in no other list.
    ``copies``: test files with the same tests of the same rules as one in ``tests``. They would give the same result.
    ``alike``: test files that somebody chose not to run, because another one tests rules that differ only in names.
    """

    rules: tuple[Path, ...]
    tests: tuple[Path, ...]
    untested: tuple[Path, ...]
    thanos: tuple[Path, ...] = ()
    copies: tuple[Path, ...] = ()
    alike: tuple[Path, ...] = ()

    def with_tests_of(self, rules: Iterable[Path]) -> RuleFiles:
        """The same with only those ``tests`` that are beside one of ``rules``; the others are ``alike``."""
        wanted = {test_beside(path) for path in rules}
        return msgspec.structs.replace(
            self,
            tests=tuple(path for path in self.tests if path in wanted),
            alike=tuple(path for path in self.tests if path not in wanted),
        )

    def only(self, wanted: Callable[[Path], bool]) -> RuleFiles:
        """The rule files that are ``wanted``, or whose tests are, with their tests."""
        rules = tuple(path for path in self.rules if wanted(path) or wanted(test_beside(path)))
        beside = {test_beside(path) for path in rules}
        return RuleFiles(
            rules=rules,
            tests=tuple(path for path in self.tests if path in beside or wanted(path)),
            untested=tuple(path for path in self.untested if path in rules),
            thanos=tuple(path for path in self.thanos if wanted(path)),
            copies=tuple(path for path in self.copies if wanted(path)),
        )


def find_rule_files(places: Iterable[Path]) -> RuleFiles:
    """All rule and test files below ``places`` (folders, or files themselves).

    A rule file that is named itself brings the test file beside it (``x_test.yaml``), if there is one.

    The first top-level key of a YAML file decides what it is: ``groups`` for rules, ``rule_files`` for tests. Other
    files (manifests, values files) are ignored. Raises OutputError if a file cannot be read.
    """
    rules, thanos = set(), set()
    tests: dict[Path, bytes] = {}
    alerting: dict[Path, bytes] = {}
    for place in places:
        if not place.exists():
            raise OutputError(f"{place}: no such file or folder")
        candidates = [place, test_beside(place)] if place.is_file() else _yaml_files(place)
        for path in candidates:
            if path.is_symlink() or not path.is_file():
                continue
            try:
                content = path.read_bytes()
            except OSError as error:
                raise output_error(error) from error
            key = _TOP_LEVEL_KEY.search(content)
            if key is None:
                continue
            if key[1] == b"groups" and _THANOS_FIELD.search(content):
                thanos.add(path)
            elif key[1] == b"groups":
                rules.add(path)
                if b"- alert:" in content:
                    # the comments before it differ between targets
                    alerting[path] = hashlib.sha256(content[key.start() :]).digest()
            elif key[1] == b"rule_files":
                # the tested file has other names in other targets, so its name is left out
                tests[path] = content.partition(b"\nevaluation_interval:")[2]
    tested = {path: path.with_name(_TEST_SUFFIX.sub(path.suffix, path.name)) for path in sorted(tests)}
    known = {alerting[path] for path in alerting.keys() & set(tested.values())}
    subjects = set(tested.values())
    untested = sorted(path for path, digest in alerting.items() if path not in subjects and digest not in known)
    seen: set[tuple[bytes, bytes]] = set()
    copies = []
    for path, subject in tested.items():
        contents = (alerting.get(subject, b""), tests[path])
        if all(contents) and contents in seen:
            copies.append(path)
        seen.add(contents)
    first = [path for path in tested if path not in copies]
    return RuleFiles(tuple(sorted(rules)), tuple(first), tuple(untested), tuple(sorted(thanos)), tuple(copies))


def groups_of(path: Path) -> list[dict[str, Any]]:
    """The groups of a rule file that have a name, with all values as text. Empty if the file is no rule file: promtool
    says what is wrong with it.
    """
    try:
        content = yaml.load(path.read_bytes(), Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (yaml.YAMLError, OSError, RecursionError):
        return []
    groups = content.get("groups") if isinstance(content, dict) else None
    named = groups if isinstance(groups, list) else []
    return [group for group in named if isinstance(group, dict) and isinstance(group.get("name"), str)]


def test_beside(rules: Path) -> Path:
    """The place of the unit tests of a rule file."""
    return rules.with_name(f"{rules.stem}_test{rules.suffix}")


def files_from(folder: Path, spec: str) -> list[Path]:
    """The YAML files below ``folder`` whose header names ``spec`` (``slo_specs/services/x.yaml``), sorted."""
    wanted = visible(spec)
    found = []
    for path in sorted(_yaml_files(folder)):
        try:
            with path.open("rb") as file:
                if not path.is_symlink() and source(file.read(HEAD_BYTES), path.name) == wanted:
                    found.append(path)
        except OSError as error:
            raise output_error(error) from error
    return found


def _yaml_files(folder: Path) -> list[Path]:
    try:
        return [folder / path for path in files_below(folder) if path.endswith(_SUFFIXES)]
    except OSError as error:
        raise output_error(error) from error
