"""The files of a new project, by path below its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from slosmith.authoring.draft import CLASS_DESCRIPTION, Objectives, ServiceDraft
from slosmith.authoring.texts import class_text, service_text, settings_text

Ci = Literal["gitlab", "github", "none"]
SETTINGS = "slo_specs/slosmith.yaml"
SCHEMA = ".vscode/slosmith.schema.json"
CLASS = "standard"
"""The class of the first service."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a new project has."""

    name: str
    team: str = ""
    runbook: str = ""
    targets: tuple[str, ...]
    """Empty: no settings are written, and the project keeps those that it has."""
    service: ServiceDraft | None
    """None: the project has services already."""
    objectives: Objectives
    """Those of the class of the first service."""
    ci: Ci
    editor: bool


def specs_of(plan: Plan) -> dict[str, str]:
    """The settings, the class and the service: path -> text."""
    found = {}
    if plan.targets:
        found[SETTINGS] = settings_text(plan.name, team=plan.team, runbook=plan.runbook, targets=plan.targets)
    if plan.service is not None:
        found[f"slo_specs/classes/{CLASS}.yaml"] = class_text(CLASS, CLASS_DESCRIPTION, plan.objectives)
        found[f"slo_specs/services/{plan.service.name}.yaml"] = service_text(plan.service)
    return found


def surroundings_of(plan: Plan) -> dict[str, str]:
    """The files beside the specs: of the pipeline, the editor and git. The schema of the editor is not among them."""
    found = {".gitignore": _GITIGNORE}
    if plan.ci != "none":
        path, text = _PIPELINES[plan.ci]
        found[path] = text
    if plan.editor:
        found[".vscode/settings.json"] = _editor_settings()
    return found


def _editor_settings() -> str:
    folders = ("services", "classes", "catalogues")
    specs = [SETTINGS, *(f"slo_specs/{folder}/**/*.yaml" for folder in folders)]
    return json.dumps({"yaml.schemas": {SCHEMA: specs}}, indent=2) + "\n"


_GITIGNORE = """\
.venv/
reports/
"""

_GITLAB = """\
# Checks the SLOs of every merge request: the specs, the files in generated/, and the rules with promtool.
slos:
  image: python:3.11-bookworm
  before_script:
    - apt-get update && apt-get install --yes --no-install-recommends prometheus
    # from your package index, or a wheel in this repository
    - pip install slosmith
  script:
    - mkdir -p reports
    - slosmith validate --report code-quality=reports/code-quality.json --report junit=reports/slos.xml
    - slosmith fmt --check
    # fails if somebody changed a spec and did not run `slosmith generate`
    - slosmith generate --check
    - slosmith test --junit reports/promtool.xml
  artifacts:
    when: always
    paths: [reports/]
    reports:
      codequality: reports/code-quality.json
      junit: [reports/slos.xml, reports/promtool.xml]
"""

_GITHUB = """\
# Checks the SLOs of every pull request: the specs, the files in generated/, and the rules with promtool.
name: SLOs
on:
  pull_request:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  slos:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: sudo apt-get update && sudo apt-get install --yes --no-install-recommends prometheus
      # from your package index, or a wheel in this repository
      - run: pip install slosmith
      - run: slosmith validate
      - run: slosmith fmt --check
      # fails if somebody changed a spec and did not run `slosmith generate`
      - run: slosmith generate --check
      - run: slosmith test
"""

_PIPELINES: Mapping[str, tuple[str, str]] = {
    "gitlab": (".gitlab-ci.yml", _GITLAB),
    "github": (".github/workflows/slos.yml", _GITHUB),
}


def has_services(folder: Path) -> bool:
    """Whether the project in ``folder`` has a spec of a service."""
    services = folder / "slo_specs" / "services"
    return services.is_dir() and any(services.rglob("*.y*ml"))
