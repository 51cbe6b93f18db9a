"""A Puppet module: the rule files, a class that installs them for a Thanos ruler or a Prometheus, and Hiera data.

The names of the files match the configurations of these servers: ``*.yaml`` for a Thanos ruler, ``rules_*.yml`` for a
Prometheus instance.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from slosmith.model.rules import RuleFile
from slosmith.output.artefacts import Files, ServiceArtefacts, SharedArtefacts
from slosmith.output.rule_text import head, rule_file_text
from slosmith.output.target import no_warnings
from slosmith.output.yaml_text import document
from slosmith.settings import Project
from slosmith.targets.puppet.manifest import class_text
from slosmith.vocabulary.provenance import Source

PURPOSE = "A Puppet module that installs the rule files"
PAGE = "targets/puppet"

Evaluator = Literal["thanos", "prometheus"]

_DIRECTORIES: dict[Evaluator, str] = {"thanos": "/etc/thanos-rule/rules", "prometheus": "/etc/prometheus/rules"}
_ABSOLUTE = msgspec.Meta(pattern=r"^/([A-Za-z0-9._@+-]+/)*[A-Za-z0-9._@+-]+\Z")


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The name of the module, and the evaluator of its rules."""

    module: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*\Z")] = "slo_rules"
    """Name of the module, and of its class."""
    evaluator: Evaluator | None = None
    """The server that evaluates the rules; by default a Thanos ruler for global scope, Prometheus for site scope."""
    instance: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]*\Z")] = ""
    """A Prometheus instance. Its rules are in ``/srv/prometheus/<instance>/rules``."""
    directory: Annotated[str, _ABSOLUTE] | None = None
    """The folder of the files, if it is not the default folder."""
    validate_cmd: str | None = None
    """Command that Puppet runs on each file before it replaces the old file; ``%`` is the file."""
    license: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9.+() -]+\Z")] = "Apache-2.0"
    """SPDX expression in the first line of every file."""


def service_files(artefacts: ServiceArtefacts, settings: Settings) -> Files:
    """The service's rule file."""
    return _rule_file(artefacts.rules, artefacts.source, artefacts.project, settings)


def shared_files(artefacts: SharedArtefacts, settings: Settings) -> Files:
    """The calendars' rule file, the class, and the Hiera data, which name every file."""
    project, source, module = artefacts.project, artefacts.source, settings.module
    files = _rule_file(artefacts.calendars, source, project, settings)
    stems = [service.name for service in artefacts.workspace.services if service.slos]
    stems += [artefacts.calendars.name] if files else []
    data: dict[str, object] = {
        f"{module}::directory": _directory(project, settings),
        f"{module}::files": sorted(_name(stem, project, settings) for stem in stems),
    }
    if settings.validate_cmd is not None:
        data[f"{module}::validate_cmd"] = settings.validate_cmd
    hierarchy = {"version": 5, "hierarchy": [{"name": "The module's own data", "path": "common.yaml"}]}
    return files | {
        f"{module}/manifests/init.pp": _licensed(class_text(module, source, _evaluator(project, settings)), settings),
        f"{module}/data/common.yaml": _licensed(document(data, comment=head(source)), settings),
        f"{module}/hiera.yaml": _licensed(document(hierarchy, comment=head(source)), settings),
    }


warnings = no_warnings


def _rule_file(rules: RuleFile, source: Source, project: Project, settings: Settings) -> Files:
    if not rules.groups:
        return {}
    name = _name(rules.name, project, settings)
    return {f"{settings.module}/files/{name}": _licensed(rule_file_text(rules, source), settings)}


def _name(stem: str, project: Project, settings: Settings) -> str:
    # recordings and alerts are in one file: a group is evaluated in order, and its alerts come last
    return f"slo_{stem}.yaml" if _evaluator(project, settings) == "thanos" else f"rules_slo_{stem}.yml"


def _evaluator(project: Project, settings: Settings) -> Evaluator:
    return settings.evaluator or ("thanos" if project.scope == "global" else "prometheus")


def _directory(project: Project, settings: Settings) -> str:
    if settings.directory is not None:
        return settings.directory
    if settings.instance:
        return f"/srv/prometheus/{settings.instance}/rules"
    return _DIRECTORIES[_evaluator(project, settings)]


def _licensed(text: str, settings: Settings) -> str:
    return f"# SPDX-License-Identifier: {settings.license}\n{text}"
