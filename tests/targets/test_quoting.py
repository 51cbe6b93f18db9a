"""For all characters in names and texts, the files of a target have the same structure: no text becomes code.

Specs cannot have names with such characters (tests/formats/test_names.py). These tests check the targets without the
reader of specs.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from slosmith.engines import jsonnet
from slosmith.output.build import build
from slosmith.output.checksums import sums_of, sums_text
from slosmith.output.ownership import is_ours
from slosmith.output.registry import targets
from slosmith.workspace import LoadedWorkspace
from tests.targets.compiling import put, read_yaml, small_project

PLAIN = "plain"
HOSTILE = (
    'a\n# x: y\n- z: |\n"\'`| <!-- --> {{ exec "id" }} ${HOME} $__file{/etc/passwd} \\ */ <<module>> %s\n'
    "} + importstr '/etc/passwd' // \u2028\x85\x1b[31m\t\r\n---\n...\n0  x\n"
)
NAMES = tuple(targets())


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedWorkspace:
    return small_project(tmp_path_factory.mktemp("project"))


def changed(value: Any, text: str) -> Any:
    """The model with ``text`` in every free text and in every name of a spec's file."""
    if isinstance(value, list | tuple):
        return type(value)(changed(item, text) for item in value)
    if not isinstance(value, msgspec.Struct):
        return value
    fields: dict[str, Any] = {}
    for name in value.__struct_fields__:
        inner = getattr(value, name)
        if name in FREE and isinstance(inner, str) and (inner or name != "file"):
            fields[name] = text
        else:
            fields[name] = changed(inner, text)
    return msgspec.structs.replace(value, **fields)


FREE = frozenset({"description", "team", "responsible", "file", "runbook", "dashboard", "documentation", "reason"})


def made(loaded: LoadedWorkspace, name: str, text: str, folder: Path) -> dict[str, str]:
    """All files of a run with one target, including its list of checksums and the README."""
    assert loaded.workspace is not None
    settings: dict[str, Any] = {"team": "ml"} if name == "operations_alerts" else {}
    settings |= {"folders": "team"} if name == "grafana" else {}
    settings |= {"chart": "a/b", "tpl": True} if name == "helmfile" else {}
    project = msgspec.structs.replace(loaded.project, targets={name: settings})
    workspace = changed(loaded.workspace, text)
    if name == "operations_alerts":  # a team is a folder in this target, and other code refuses such names
        workspace = msgspec.structs.replace(workspace, services=tuple(
            msgspec.structs.replace(each, team="ml", slos=tuple(
                msgspec.structs.replace(slo, team="ml") for slo in each.slos
            )) for each in workspace.services
        ))  # fmt: skip
    build(workspace, project, text, folder)
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in folder.rglob("*") if path.is_file()
    }


def shape(value: Any) -> Any:
    """A value without its texts. A change of texts must not change this."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(inner) for inner in value]
    return type(value).__name__


def parsed(path: str, text: str, files: dict[str, str]) -> Any:
    """The content of the file, as its reader reads it."""
    if path.endswith((".yaml", ".yml")):
        return shape(read_yaml(text))
    if path.endswith(".json"):
        return shape(json.loads(text))
    if path.endswith(".libsonnet"):
        folder = "mixin/"
        library = {name.removeprefix(folder): each for name, each in files.items() if name.startswith(folder)}
        return shape(jsonnet.evaluate(f"(import '{path.removeprefix(folder)}')", files=library))
    lines = text.splitlines()
    if path.endswith("README.md"):
        return [line[:1] == "|" and len(re.findall(r"(?<!\\)\|", line)) for line in lines]
    return [line.split()[:1] for line in lines]  # a manifest


@pytest.mark.parametrize("templates", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_texts_stay_texts(name: str, templates: bool, loaded: LoadedWorkspace, tmp_path: Path) -> None:
    """``templates``: texts that Prometheus reads as templates. Alerts with such labels have no unit test."""
    plain = made(loaded, name, PLAIN, tmp_path / "plain")
    hostile = made(loaded, name, HOSTILE if templates else HOSTILE.replace("{{", "{"), tmp_path / "hostile")
    assert len(plain) == len(hostile)
    common = plain.keys() & hostile.keys()
    assert common - {"README.md"}
    for path in sorted(common):
        if not (templates and "_test." in path):
            assert parsed(path, hostile[path], hostile) == parsed(path, plain[path], plain), path
    for path, text in hostile.items():
        assert is_ours(text.encode(), path), path
        assert "\x1b" not in text
        assert len(text.split("\n", 1)[0].splitlines()) == 1


def test_lists_of_checksums_can_be_checked(loaded: LoadedWorkspace, tmp_path: Path) -> None:
    made(loaded, "puppet", HOSTILE, tmp_path / "out")
    (tmp_path / "list").write_text(sums_text(sums_of(tmp_path / "out/puppet")))
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", tmp_path / "list"],
        cwd=tmp_path / "out/puppet", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_names_in_a_mixin_are_texts_of_jsonnet(loaded: LoadedWorkspace) -> None:
    from slosmith.targets import mixin

    for name in ("plain", "it's", 'say "so"', "back\\slash", "new\nline", "' + importstr '/etc/passwd' + '", "é\u2028"):
        assert jsonnet.evaluate(mixin._quoted(name)) == name
    assert mixin._quoted('a"b') == "'a\"b'"


def test_grafana_expands_nothing_in_the_names_of_teams(loaded: LoadedWorkspace, tmp_path: Path) -> None:
    """In provisioning files, Grafana replaces $NAME and $__file{...}. $$ means a dollar sign."""
    files = made(loaded, "grafana", "$__file{/etc/passwd}", tmp_path / "out")
    providers = yaml.safe_load(files["grafana/provisioning/dashboards.yaml"])["providers"]
    titles = [provider["folder"] for provider in providers]
    assert any("passwd" in title for title in titles)
    assert not any(re.search(r"(?<!\$)\$(?!\$)", title) for title in titles)


def test_a_header_is_one_line(tmp_path: Path) -> None:
    from slosmith.vocabulary.provenance import Source, header, is_header

    line = header(Source(HOSTILE, HOSTILE.replace("`", "")))
    assert line.isprintable() or "\u2028" not in line
    assert len(line.splitlines()) == 1
    assert "-->" not in line
    assert "*/" not in line
    assert is_header(line)
    assert put({"a.yaml": f"# {line}\n"}, tmp_path)


SETTINGS_WITH_LINE_ENDS = [
    ("puppet", "license", "MIT\n"),
    ("puppet", "module", "slo_rules\n"),
    ("puppet", "instance", "k8s\n"),
    ("puppet", "directory", "/etc/rules\n"),
    ("grafana", "folder_uid", "slos\n"),
    ("grafana", "path", "/var/lib\n"),
    ("helmfile", "chart", "repo/chart\n"),
    ("helmfile", "namespace", "ns\n"),
    ("helmfile", "name_prefix", "slo-\n"),
    ("prometheus_operator", "namespace", "ns\n"),
    ("prometheus_operator", "labels", {"a\n": "b"}),
    ("prometheus_operator", "labels", {"a": "b\n"}),
    ("operations_alerts", "instances", ["k8s\n"]),
]


@pytest.mark.parametrize(("name", "setting", "value"), SETTINGS_WITH_LINE_ENDS)
def test_no_pattern_overlooks_a_line_end(
    name: str, setting: str, value: Any, loaded: LoadedWorkspace, tmp_path: Path
) -> None:
    """A pattern that ends with $ also matches before a newline at the end."""
    from slosmith.problems.problem import InputError

    assert loaded.workspace is not None
    scope = "site" if name == "operations_alerts" else "global"
    project = msgspec.structs.replace(loaded.project, scope=scope, targets={name: {setting: value}})
    slos = msgspec.structs.replace
    workspace = slos(loaded.workspace, services=tuple(
        slos(each, slos=tuple(slos(slo, scope=scope) for slo in each.slos)) for each in loaded.workspace.services
    ))  # fmt: skip
    with pytest.raises(InputError):
        build(workspace, project, "slo_specs", tmp_path / "out")
    assert not (tmp_path / "out").exists()
