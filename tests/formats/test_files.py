"""Unusual files (encodings, line ends, folders, links, pipes), and the files that are read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from slosmith.formats.yaml.text import MAX_BYTES, Lines, decode
from slosmith.workspace import load

CLASS = """\
version: slosmith/v1
kind: SLOClass
name: stable
description: Stable.
objectives: {availability: {target: 98%}}
"""
SERVICE = """\
version: slosmith/v1
kind: Service
name: api
class: stable
team: ml
indicator_source: {template: istio-gateway, with: {namespace: a, service: b}}
"""


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    (tmp_path / "classes").mkdir()
    (tmp_path / "services").mkdir()
    (tmp_path / "classes" / "stable.yaml").write_text(CLASS)
    return tmp_path


def codes(root: Path, only: list[Path] | None = None) -> list[tuple[str, str, int, int]]:
    """File (below the root), code, line, column of each problem."""
    loaded = load(root, only)
    assert (loaded.workspace is None) == any(problem.severity == "error" for problem in loaded.problems)
    prefix = f"{root.as_posix()}/"
    return [(found.file.removeprefix(prefix), found.code, found.line, found.column) for found in loaded.problems]


@pytest.mark.parametrize(
    "data",
    [
        SERVICE.encode(),
        SERVICE.replace("team: ml", "team: ml\ndescription: Zażółć gęślą jaźń 🙂").encode(),
        b"---\n" + SERVICE.encode() + b"...\n",
    ],
    ids=["plain", "unicode", "markers"],
)
def test_accepted(specs: Path, data: bytes) -> None:
    (specs / "services" / "api.yaml").write_bytes(data)
    assert codes(specs) == []


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (SERVICE.encode("utf-16"), ("SYN104", 1, 1)),
        (SERVICE.encode("utf-16-le"), ("SYN104", 1, 1)),
        (SERVICE.encode("utf-16-be"), ("SYN104", 1, 1)),
        (SERVICE.encode("utf-32"), ("SYN104", 1, 1)),
        (SERVICE.replace("ml", "ml\xe9").encode("latin-1"), ("SYN103", 5, 9)),
        (b"team: \xff\n", ("SYN103", 1, 7)),
        (SERVICE.replace("ml", "m\0l").encode(), ("SYN105", 5, 8)),
        (SERVICE.replace("ml", "m\x07l").encode(), ("SYN105", 5, 8)),
        (SERVICE.replace("ml", "m\ufeffl").encode(), ("SYN105", 5, 8)),
        (SERVICE.replace("ml", r'"m\0l"').encode(), ("SYN105", 5, 7)),
        (SERVICE.replace("ml", r'"m\u001bl"').encode(), ("SYN105", 5, 7)),
        (b"\xef\xbb\xbf" + SERVICE.encode(), ("SYN108", 1, 1)),
        (SERVICE.replace("\n", "\r\n").encode(), ("SYN109", 1, 21)),
        (SERVICE.replace("\n", "\r").encode(), ("SYN109", 1, 21)),
        (SERVICE.replace("team: ml\n", "team: ml # \xe9\r\n").encode(), ("SYN109", 5, 13)),
        (b"", ("SYN113", 0, 0)),
        (b"\n\n  \n", ("SYN113", 0, 0)),
        (b"\xef\xbb\xbf", ("SYN113", 0, 0)),
        (b"# comment\n---\n---\n", ("SYN113", 0, 0)),
        (b"#" * (MAX_BYTES + 1), ("SYN107", 0, 0)),
        (b"a: " + b"[" * 100 + b"]" * 100, ("SYN116", 1, 51)),
        (b"[" * 100_000, ("SYN116", 1, 49)),
        (b"a:\n" + b"".join(b" " * depth + b"- \n" for depth in range(1, 60)), ("SYN116", 49, 49)),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, tuple) else None,
)
def test_refused(specs: Path, data: bytes, expected: tuple[str, int, int]) -> None:
    (specs / "services" / "api.yaml").write_bytes(data)
    assert codes(specs) == [("services/api.yaml", *expected)]


def windows(text: str) -> bytes:
    """A text in the form in which Notepad on Windows saves it."""
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()


def test_crlf_and_bom_do_not_move_positions(specs: Path) -> None:
    wrong = SERVICE.replace("team:", "teem:")
    (specs / "services" / "api.yaml").write_bytes(wrong.encode())
    assert codes(specs) == [("services/api.yaml", "SCH203", 5, 1)]
    (specs / "services" / "api.yaml").write_bytes(windows(wrong))
    assert codes(specs) == [
        ("services/api.yaml", "SYN108", 1, 1),
        ("services/api.yaml", "SYN109", 1, 21),
        ("services/api.yaml", "SCH203", 5, 1),
    ]


def test_crlf_and_bom_are_told_of_a_file_that_is_no_yaml(specs: Path) -> None:
    (specs / "services" / "api.yaml").write_bytes(windows(SERVICE + "clients: [\n"))
    assert [code for _, code, _, _ in codes(specs)] == ["SYN108", "SYN109", "SYN110"]


@pytest.mark.parametrize("name", ["slosmith.yaml", "classes/stable.yaml", "catalogues/calm.yaml"])
def test_crlf_is_told_of_all_our_files(specs: Path, name: str) -> None:
    (specs / "catalogues").mkdir(exist_ok=True)
    (specs / "catalogues/calm.yaml").write_text(
        "version: slosmith/v1\nkind: AlertCatalogue\nname: calm\n"
        "windows: [{budget_share: 2%, long: 1h, short: 5m, severity: page}]\n"
    )
    if name == "slosmith.yaml":
        (specs / name).write_text("version: slosmith/v1\nkind: Project\nname: p\n")
    (specs / name).write_bytes(windows((specs / name).read_text()))
    assert codes(specs) == [(name, "SYN108", 1, 1), (name, "SYN109", 1, 21)]


@pytest.mark.parametrize(
    "first",
    ["version: prometheus/v1", "apiVersion: openslo/v1\nkind: Service", "apiVersion: pyrra.dev/v1alpha1"],
    ids=["sloth", "openslo", "pyrra"],
)
def test_files_of_other_tools_may_have_crlf_and_bom(specs: Path, first: str) -> None:
    """This problem is reported even if the files are not YAML."""
    for rest in ("\nmetadata: {name: x}\n", "\nmetadata: [\n"):
        (specs / "services" / "api.yaml").write_bytes(windows(first + rest))
        assert not {"SYN108", "SYN109"} & {code for _, code, _, _ in codes(specs)}


def test_aliases_are_bounded(specs: Path) -> None:
    bomb = "a: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"b{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 10))
    (specs / "services" / "api.yaml").write_text(bomb)
    assert [code for _, code, _, _ in codes(specs)] == ["SYN115"]


def test_folders_links_and_pipes(specs: Path) -> None:
    (specs / "services" / "folder.yaml").mkdir()
    (specs / "services" / "folder.yaml" / "api.yaml").write_text(SERVICE)
    outside = specs.parent / f"{specs.name}-outside.yaml"
    outside.write_text(SERVICE)
    (specs / "services" / "away.yaml").symlink_to(outside)
    (specs / "services" / "dangling.yaml").symlink_to(specs / "nothing")
    (specs / "services" / "loop.yaml").symlink_to("loop.yaml")
    os.mkfifo(specs / "services" / "pipe.yaml")
    assert codes(specs) == [
        ("services/away.yaml", "SYN106", 0, 0),
        ("services/dangling.yaml", "SYN101", 0, 0),
        ("services/folder.yaml", "SYN102", 0, 0),
        ("services/loop.yaml", "SYN101", 0, 0),
        ("services/pipe.yaml", "SYN102", 0, 0),
    ]


def test_a_link_inside_the_folder_is_a_file(specs: Path) -> None:
    (specs / "stock").mkdir()
    (specs / "stock" / "real.txt").write_text(SERVICE)
    (specs / "services" / "api.yaml").symlink_to("../stock/real.txt")
    assert codes(specs) == []


def test_no_folder_at_all(tmp_path: Path) -> None:
    assert [code for _, code, _, _ in codes(tmp_path / "nowhere")] == ["SYN101"]


def test_names_that_are_not_text(specs: Path) -> None:
    path = os.fsencode(specs / "services") + b"/\xff.yaml"
    Path(os.fsdecode(path)).write_text(SERVICE)
    assert [(file, code) for file, code, _, _ in codes(specs)] == [("services/?.yaml", "SYN122")]


def test_hidden_files_policies_and_templates_are_not_specs(specs: Path) -> None:
    for name in (".git/x.yaml", "policies/x.yaml", "services/.#x.yaml", "services/notes.txt"):
        (specs / name).parent.mkdir(exist_ok=True)
        (specs / name).write_text("not: a spec")
    assert codes(specs) == []


def test_only_some_files(specs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (specs / "services" / "api.yaml").write_text(SERVICE.replace("ml", "ml\ndependencies: {hard: [other]}"))
    (specs / "services" / "other.yaml").write_text("broken: [")
    (specs / "services" / "b.yaml").write_text(SERVICE.replace("api", "b").replace("stable", "stabel"))
    only = specs / "services" / "api.yaml"
    assert codes(specs, [only]) == []
    workspace = load(specs, [only]).workspace
    assert workspace is not None
    assert [service.name for service in workspace.services] == ["api"]
    assert workspace.services[0].dependencies[0].service, "other.yaml makes it known, unread"
    assert codes(specs, [specs / "services" / "b.yaml"]) == [("services/b.yaml", "RES301", 4, 8)]
    assert {code for _, code, _, _ in codes(specs, [specs / "services"])} == {"RES301", "SYN110"}
    assert codes(specs, [specs / "services" / "missing.yaml"]) == [("services/missing.yaml", "SYN101", 0, 0)]
    monkeypatch.chdir(specs / "services")
    assert [problem.file for problem in load(Path(".."), [Path("b.yaml")]).problems] == ["../services/b.yaml"]
    assert [problem.code for problem in load(Path(".."), [Path("/etc/hostname")]).problems] == ["SYN106"]


def test_problems_are_named_as_the_root_was_given(specs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (specs / "services" / "api.yaml").write_text(SERVICE.replace("team", "teem"))
    monkeypatch.chdir(specs.parent)
    problem = load(Path(specs.name)).problems[0]
    assert problem.file == f"{specs.name}/services/api.yaml"
    monkeypatch.chdir(specs)
    assert load(Path()).problems[0].file == "services/api.yaml"


def test_lines_agree_with_the_parser() -> None:
    lines = Lines("a\r\nb\rc\u2028d\x85e\n")
    assert [lines.line(number) for number in range(0, 8)] == ["", "a", "b", "c", "d", "e", "", ""]
    assert lines.position(3) == (2, 1)
    assert decode(b"\xef\xbb\xbfx: 1", "f") == ("x: 1", [])
