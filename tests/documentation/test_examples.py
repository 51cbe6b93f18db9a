"""Examples on pages: YAML is valid in its format, settings compile, and commands have the options that pages show."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from typer.main import get_command

import slosmith
from slosmith.cli.main import COMMANDS, app
from slosmith.cli.schema import find_schemas
from slosmith.formats.dialects import dialects
from slosmith.targets.lock import FILE
from tests.documentation.pages import CHECKOUT, DOCS, Block, blocks, parse

SCHEMAS = {name: json.loads(file.read_text("utf-8")) for name, file in find_schemas().items()}
OURS = SCHEMAS["slosmith-v1"]["$defs"]
KINDS = ("Project", "Service", "SLOClass", "AlertCatalogue", "objective")
"""What a fragment may be a part of; ``objective`` stands for the keys of an objective."""
PAGES = sorted({*DOCS.glob("*.md"), *(DOCS / "targets").glob("*.md"), CHECKOUT / "README.md"}
               - {DOCS / "getting-started.md"})  # fmt: skip
"""Getting started is executed as a whole."""
OTHERS = {
    "docs/reports.md": {"validate"},
    "docs/targets/verify.md": {"slo-copy"},
    "docs/extending.md": {"slosmith", "version"},  # a format that only this page has
    "docs/targets/prometheus.md": {"rule_files"},
    "docs/targets/mimir.md": {"overrides"},
    "docs/targets/helmfile.md": {"releases"},
    "README.md": {"- alert"},
}
"""YAML of other programs, by page: the first key."""


class _Loader(yaml.SafeLoader):
    """A loader that reads dates as strings, as in specs."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def documents(block: Block) -> list[Any]:
    """The documents of a block: a single one, or several files, each with its path in a comment."""
    parts = re.split(r"^(?=# [\w./-]+\.yaml$)", block.text, flags=re.MULTILINE)
    return [yaml.load(part, _Loader) for part in parts if part.strip()]


def yaml_blocks() -> list[tuple[str, Block, Any]]:
    """Every YAML block of every page. An indented block has no language. It is YAML if it is a mapping with keys of our
    formats.
    """
    found = []
    known = {key for kind in KINDS for key in OURS[kind]["properties"]} | {"apiVersion"}
    known |= set(SCHEMAS["sli-template-v1"]["properties"])
    for page in PAGES:
        name = page.relative_to(CHECKOUT).as_posix()
        for block in blocks(page.read_text("utf-8")):
            try:
                contents = documents(block)
            except yaml.YAMLError:
                assert block.language != "yaml", f"{name}:{block.line}"
                continue
            for content in contents:
                ours = isinstance(content, dict) and set(content) <= known | {"kind", "spec", "metadata"}
                if block.language == "yaml" or (not block.language and ours):
                    found.append((name, block, content))
    return found


BLOCKS = yaml_blocks()


def valid(schema: str, definition: str, content: Any) -> list[str]:
    """The errors in ``content``. A fragment of a document is completed with the keys that every document needs."""
    document = SCHEMAS[schema]
    rule = dict(document["$defs"][definition] if definition else document)
    rule["$defs"] = document["$defs"]
    if "version" in content:
        rule.pop("required", None) if definition == "objective" else None
    else:
        rule.pop("required", None)
    return [error.message for error in jsonschema_rs.Draft202012Validator(rule).iter_errors(content)]


def wrong(page: str, content: Any) -> list[str]:
    """The errors in a YAML block."""
    if not isinstance(content, dict) or next(iter(content)) in OTHERS.get(page, ()):
        return [] if page in OTHERS else ["is no mapping"]
    if "apiVersion" in content or content.get("version", "").startswith(("prometheus/", "openslo/")):
        marks = f"{content.get('apiVersion') or content['version']}"
        checked = [
            [
                error.message
                for error in jsonschema_rs.Draft202012Validator(json.loads(d.reader().SCHEMA.text)).iter_errors(content)
            ]
            for d in dialects()
            if marks.split("/")[0] in d.reader().SCHEMA.text
        ]
        windows = [
            e.message
            for e in jsonschema_rs.Draft202012Validator(SCHEMAS["sloth-alert-windows-v1"]).iter_errors(content)
        ]
        return min([*checked, windows], key=len)
    kind = content.get("kind")
    if kind == "SLITemplate":
        return valid("sli-template-v1", "", content)
    if kind == "Policy":
        return valid("policy-v1", "Policy", content)
    if kind is not None:
        return valid("slosmith-v1", kind, content)
    return min((valid("slosmith-v1", each, content) for each in KINDS), key=len)


@pytest.mark.parametrize(
    ("page", "block", "content"), BLOCKS, ids=[f"{page}:{block.line}" for page, block, _ in BLOCKS]
)
def test_yaml_is_what_its_format_takes(page: str, block: Block, content: Any) -> None:
    assert wrong(page, content) == [], block.text


def test_wrong_yaml_would_be_seen() -> None:
    assert wrong("docs/policy.md", {"policy": {}, "waver": []})
    assert wrong("docs/policy.md", {"version": "slosmith/v1", "kind": "Service"})
    assert wrong(
        "docs/catalogues.md", {"apiVersion": "sloth.slok.dev/v1", "kind": "AlertWindows", "spec": {"page": {}}}
    )
    assert len(BLOCKS) > 30


SETTINGS = [(page, block, content) for page, block, content in BLOCKS
            if isinstance(content, dict) and set(content) <= set(OURS["Project"]["properties"])
            and content.keys() & {"targets", "urls", "scope"} and "kind" not in content]  # fmt: skip


@pytest.mark.parametrize(("page", "block", "content"), SETTINGS, ids=[f"{p}:{b.line}" for p, b, _ in SETTINGS])
def test_settings_compile(page: str, block: Block, content: Any, tmp_path: Path) -> None:
    """Targets check their settings, and write files with them."""
    specs = tmp_path / "slo_specs"
    (specs / "services").mkdir(parents=True)
    settings = {"version": "slosmith/v1", "kind": "Project", "name": "example", **content}
    (specs / "slosmith.yaml").write_text(yaml.safe_dump(settings), "utf-8")
    service = {
        "version": "slosmith/v1", "kind": "Service", "name": "example", "team": "ml",
        "indicator_source": {"template": "istio-gateway", "with": {"namespace": "example"}},
        "objectives": {"availability": {"target": "99%"}},
    }  # fmt: skip
    (specs / "services/example.yaml").write_text(yaml.safe_dump(service), "utf-8")
    workspace = slosmith.load(specs)
    assert [str(problem) for problem in workspace.problems] == []
    made = slosmith.compile(workspace)
    places = {path.split("/")[0] for path in made}
    assert places >= {FILE if name == "lock" else name for name in content.get("targets", ())}


def command_lines() -> list[tuple[str, str]]:
    """Every command line that begins with ``slosmith``, in code blocks and code spans."""
    found = []
    for page in [*sorted(DOCS.rglob("*.md")), CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md"]:
        text = page.read_text("utf-8")
        lines = [line for block in blocks(text) for line in block.text.splitlines()]
        lines += [
            child.content for token in parse(text) for child in token.children or () if child.type == "code_inline"
        ]
        for line in lines:
            if match := re.match(r"(?:\$ |\s*- |\.venv/bin/)*(slosmith [a-z].*)", line.strip()):
                found.append((page.relative_to(CHECKOUT).as_posix(), re.split(r"\s{2,}|\s#", match[1])[0]))
    return sorted(set(found))


LINES = [(page, line) for page, line in command_lines() if line.split()[1] in COMMANDS or "--" in line]


@pytest.mark.parametrize(("page", "line"), LINES)
def test_commands_have_the_options_that_they_show(page: str, line: str) -> None:
    words = [word.strip("[]") for word in shlex.split(re.split(r"[|>]", line)[0]) if word != "..."]
    assert _complaint(words[1], words[2:]) in ("", "MissingParameter"), page


def _complaint(name: str, arguments: list[str]) -> str:
    """The error message of the parser of the command line. Empty if the arguments are valid."""
    group = get_command(app)
    with group.make_context("slosmith", [name, "--help"], resilient_parsing=True) as context:
        command = group.get_command(context, name)  # type: ignore[attr-defined]
        if command is None:
            return "no such command"
        try:
            command.make_context(name, arguments)
        except Exception as error:  # typer has its own copies of click's exceptions
            kind = type(error).__name__
            return "" if kind == "Exit" else "MissingParameter" if kind == "MissingParameter" else f"{kind}: {error}"
    return ""


def test_a_wrong_command_would_be_seen() -> None:
    assert _complaint("validate", ["--nonsense"]).startswith("NoSuchOption")
    assert _complaint("export", ["--to"]) != ""
    assert _complaint("list", ["--format", "xml"]) != ""
    assert _complaint("valdate", []) != ""
    assert _complaint("handover", []) == "MissingParameter"


def test_there_are_commands() -> None:
    assert len(LINES) > 60
    assert {line.split()[1] for _, line in LINES} == set(COMMANDS)
