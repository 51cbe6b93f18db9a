"""A small project for tests of the command line, and functions to run it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.cli.forking import needs_a_start, run_forked

CHECKOUT = Path(__file__).resolve().parents[2]

CLASS = """version: slosmith/v1
kind: SLOClass
name: {name}
description: Services for the tests.
period: {{rolling: 28d, calendar: slo-quarter}}
objectives:
  availability: {{target: {target}}}
  latency: {{target: {target}, threshold: 500ms}}
alerting: {{catalogue: default, minimum_bad_events: 5}}
"""

SERVICE = """version: slosmith/v1
kind: Service
name: {name}
class: {slo_class}
team: {team}
description: A service for the tests.
documentation: https://docs.example.org/{name}
runbook: https://docs.example.org/{name}/runbook
responsible: The {team} team.
clients: {{internal: [tests]}}
decisions: [{{date: 2026-01-01, decision: The class fits., reason: It is a test.}}]
sites: [eqiad, codfw]
indicator_source:
  template: istio-gateway
  with: {{namespace: {name}, service: "{name}-predictor"}}
"""


def make_project(folder: Path, sites: str = "eqiad, codfw") -> Path:
    """Two classes, two services, four SLOs a site below ``folder``; returns the specs folder."""
    specs = folder / "slo_specs"
    write(specs / "classes" / "stable.yaml", CLASS.format(name="stable", target="98%"))
    write(specs / "classes" / "lenient.yaml", CLASS.format(name="lenient", target="95%"))
    for name, slo_class, team in (("alpha", "stable", "ml"), ("beta", "lenient", "search")):
        text = SERVICE.format(name=name, slo_class=slo_class, team=team).replace("eqiad, codfw", sites)
        write(specs / "services" / f"{name}.yaml", text)
    return specs


def write(path: Path, text: str) -> None:
    """Writes a file, and creates its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def slosmith(folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Runs the command line in ``folder``, in a process of its own. ``env`` is added to the environment."""
    surroundings = {**os.environ, **(env or {})}
    if not needs_a_start(env or {}):
        return run_forked(arguments, folder, surroundings, timeout=120)
    return slosmith_from_the_start(folder, *arguments, env=surroundings)


def slosmith_from_the_start(
    folder: Path, *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """The same with a new interpreter."""
    return subprocess.run(
        [sys.executable, "-m", "slosmith", *arguments],
        cwd=folder,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


def files(root: Path) -> dict[str, bytes]:
    """Every file below ``root``, by relative path."""
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
