"""A specs folder, taken all the way: read, judged, compiled, explained, exported. What no input may bring about is an
``Unexpected``: an exception that is none of ours, a problem without words or outside of its file, a file that its
reader cannot read.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from slosmith import api
from slosmith.export import export, export_formats
from slosmith.output.ownership import is_ours
from slosmith.output.registry import load, targets
from slosmith.output.tree import check_names
from slosmith.problems import InputError, Problem
from slosmith.problems.reporters.text import report
from slosmith.workspace import LoadedWorkspace

TODAY = date(2026, 1, 1)
STAGES = ("read", "sound", "compiled", "explained", "exported")

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
    """Something that is wrong with slosmith, whatever is wrong with the input."""


def settings(chosen: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The project's settings, with these targets and their settings."""
    return {
        "version": "slosmith/v1", "kind": "Project", "name": "fuzz", "team": "ml", "max_slos": 200,
        "period": {"rolling": "28d"}, "targets": chosen,
    }  # fmt: skip


@cache
def target_settings() -> dict[str, dict[str, Any]]:
    """The targets that any project can turn on, with the defaults of all their settings."""
    return {name: msgspec.to_builtins(load(part).Settings()) for name, part in targets().items()}


def lay_out(root: Path, files: Mapping[str, bytes]) -> None:
    """``root`` as a specs folder with these files, and with nothing else."""
    shutil.rmtree(root, ignore_errors=True)
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def live(root: Path, *, deep: bool) -> set[str]:
    """Take the folder all the way, as far as it goes; returns the stages that it reached. ``deep``: compile, too."""
    loaded = api.load(root)
    _judge_problems(loaded, loaded.problems)
    reached = {"read"}
    if loaded.workspace is None:
        return reached
    reached.add("sound")
    if not deep:
        return reached
    _judge_problems(loaded, api.check(loaded, today=TODAY))
    try:
        files = api.compile(loaded)
        _judge_problems(loaded, api.consumer_warnings(loaded))
    except InputError as error:
        _judge_problems(loaded, error.problems)
    else:
        _judge_files(files)
        reached.add("compiled")
    for service in loaded.workspace.services[:3]:
        for slo in service.slos[:2]:
            api.explain(loaded, slo.id)
            reached.add("explained")
    for name in export_formats():
        exported = export(loaded.workspace.services, name)
        for path, text in exported.files.items():
            _read(path, text)
        reached.add("exported")
    return reached


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
