"""Runs all steps on a specs folder: reading the folder and single files, policy, reports, compiling, explaining,
exporting, and commands. An error of slosmith raises ``UnexpectedError``: an exception that is not one of ours, a
problem without a message or with a place outside of its file, or a file or report that its reader cannot read.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

import msgspec
import yaml
from typer.testing import CliRunner

from slosmith import api
from slosmith.cli.main import app
from slosmith.export import export, export_formats
from slosmith.output.ownership import is_ours
from slosmith.output.registry import load, targets
from slosmith.output.tree import check_names
from slosmith.problems import InputError, Problem
from slosmith.problems.reporters import Facts, formats, render
from slosmith.problems.reporters.text import report
from slosmith.schemes.registry import schemes
from slosmith.sli.describe import describe
from slosmith.sli.library import library
from slosmith.workspace import LoadedWorkspace

TODAY = date(2026, 1, 1)
STAGES = ("read", "sound", "compiled", "explained", "exported", "commanded")
SCHEMES = tuple(schemes())
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("validate",),
    ("validate", "--format", "json", "--strict"),
    ("list",),
    ("list", "--format", "json"),
    ("templates",),
    ("templates", "--format", "json"),
    ("checks",),
    ("explain", "good"),
    ("explain", "good", "--format", "json"),
    ("export", "--format", "json"),
    ("generate",),
)
"""Commands that read specs. ``good`` is the service of :data:`SERVICE`."""

CLASS = """\
version: slosmith/v1
kind: SLOClass
name: stable
description: Stable.
period: {rolling: 28d, calendar: month}
objectives: {availability: {target: 98%}, latency: {target: 98%, threshold: 500ms}}
overrides: {latency: {threshold: [500ms, 5s]}}
"""
SERVICE = """\
version: slosmith/v1
kind: Service
name: good
class: stable
team: ml
sites: [eqiad, codfw]
indicator_source: {template: istio-gateway, with: {namespace: good}}
"""


class UnexpectedError(AssertionError):
    """An error of slosmith. Wrong input must not cause it."""


def settings(chosen: Mapping[str, Mapping[str, Any]], rules: str) -> dict[str, Any]:
    """The settings of a project with these targets, their settings, and this rule scheme."""
    return {
        "version": "slosmith/v1", "kind": "Project", "name": "fuzz", "team": "ml", "max_slos": 200, "rules": rules,
        "period": {"rolling": "28d"}, "targets": chosen,
    }  # fmt: skip


@cache
def target_settings() -> dict[str, dict[str, Any]]:
    """The targets that every project can use, with the defaults of all their settings."""
    return {name: msgspec.to_builtins(load(part).Settings()) for name, part in targets().items()}


def lay_out(root: Path, files: Mapping[str, bytes]) -> None:
    """Makes ``root`` a specs folder with these files only."""
    shutil.rmtree(root, ignore_errors=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def live(root: Path, random: Random, *, deep: bool) -> set[str]:
    """Runs all steps on the folder, until one reports errors. Returns the steps that were reached.

    ``deep``: compiles too. ``random`` chooses the steps for only some folders: a single file, reports, a command.
    """
    loaded = api.load(root)
    _judge_problems(loaded, loaded.problems)
    reached = {"read"}
    if random.random() < 0.2:
        _judge_reports(loaded, loaded.problems)
    if random.random() < 0.2:
        _file_alone(root, random)
    for name in loaded.library.names():
        if name not in library().templates:
            describe(loaded.library.templates[name]).encode()
    if deep and random.random() < 0.2:
        _command(root, random)
        reached.add("commanded")
    if loaded.workspace is None:
        return reached
    reached.add("sound")
    if not deep:
        return reached
    judged = api.check(loaded, today=TODAY)
    _judge_problems(loaded, judged)
    _judge_reports(loaded, judged)
    try:
        files = api.compile(loaded)
        _judge_problems(loaded, api.consumer_warnings(loaded))
    except InputError as error:
        _judge_problems(loaded, error.problems)
    else:
        _judge_files(files)
        reached.add("compiled")
    services = sorted(loaded.workspace.services, key=lambda service: service.name in ("good", "asked"))
    for service in services[:3]:
        for slo in service.slos[:2]:
            api.explain(loaded, slo.id)
            reached.add("explained")
    for name in export_formats():
        exported = export(loaded.workspace.services, name)
        for path, text in exported.files.items():
            _read(path, text)
        reached.add("exported")
    return reached


def _file_alone(root: Path, random: Random) -> None:
    """Loads one file of the folder, by its name or from standard input."""
    found = sorted(path for path in root.rglob("*.yaml") if path.is_file())
    if not found:
        return
    file = random.choice(found)
    loaded = api.load(root, only=[file]) if random.random() < 0.6 else api.load(root, only=[], text=file.read_bytes())
    _judge_problems(loaded, api.check(loaded, today=TODAY))


def _command(root: Path, random: Random) -> None:
    """Runs a command on the folder, like a user. Its exit code must be a documented one."""
    output = root.parent / "generated"
    chosen = random.choice(COMMANDS)
    arguments = [*chosen, "--specs", str(root)]
    if chosen[0] == "generate":
        shutil.rmtree(output, ignore_errors=True)
        arguments += ["--output", str(output), "--jobs", "1"]
    done = CliRunner().invoke(app, arguments)
    if done.exit_code not in (0, 1) and not (done.exit_code == 2 and chosen[:2] == ("explain", "good")):
        raise UnexpectedError(f"{' '.join(chosen)}: exit code {done.exit_code}: {done.output}") from done.exception
    if "json" in chosen and done.exit_code == 0:
        json.loads(done.stdout)
    if chosen[0] == "generate" and done.exit_code == 0:
        again = CliRunner().invoke(app, [*arguments, "--check"])
        if again.exit_code:
            raise UnexpectedError(f"generate --check after generate: {again.output}") from again.exception


_ANNOTATION = re.compile(r"::(?:error|warning|notice) [a-z]+=[^,:]*(?:,[a-z]+=[^,:]*)*::.+")


def _judge_reports(loaded: LoadedWorkspace, problems: tuple[Problem, ...]) -> None:
    """Writes the problems in every format, and reads each with a reader of the format."""
    facts = Facts([loaded.sources.shown(file) for file in loaded.sources.files], loaded.sources, {}, "1")
    for name in formats():
        text = render(name, problems, facts)
        text.encode()
        if name == "junit":
            ElementTree.fromstring(text)
        elif name == "github":
            if not all(_ANNOTATION.fullmatch(line) for line in text.splitlines()):
                raise UnexpectedError(f"a line that is no workflow command: {text!r}")
        elif name != "text":
            json.loads(text)


def _judge_problems(loaded: LoadedWorkspace, problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        if not problem.message.strip() or not problem.code:
            raise UnexpectedError(f"a problem without words: {problem!r}")
        where = problem.where
        if min(where) < 0 or ((where.end_line, where.end_column) < (where.line, where.column) and where.end_line):
            raise UnexpectedError(f"a place that ends before it begins: {problem!r}")
    text = report(problems, loaded.sources)
    if any(ord(character) < 32 and character != "\n" for character in text):
        raise UnexpectedError(f"a control character is shown: {text!r}")
    text.encode()


def _judge_files(files: Mapping[str, str]) -> None:
    if check_names(files):
        raise UnexpectedError(f"unsafe names: {check_names(files)}")
    for path, text in files.items():
        if not is_ours(text.encode(), path):
            raise UnexpectedError(f"{path} lacks the header")
        _read(path, text)


def _read(path: str, text: str) -> None:
    try:
        if path.endswith((".yaml", ".yml")) and len(text) < 200_000:
            list(yaml.load_all(text, Loader=yaml.CSafeLoader))
        elif path.endswith(".json"):
            json.loads(text)
    except ValueError as error:
        raise UnexpectedError(f"{path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise UnexpectedError(f"{path} cannot be read: {error}") from error
