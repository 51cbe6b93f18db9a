"""PrometheusRule manifests (``monitoring.coreos.com/v1``) for the Prometheus operator: one for each service.

The operator gives each manifest, as a rule file, to every Prometheus (or ThanosRuler) with a ``ruleSelector`` that
matches its labels.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from slosmith.model import Origin
from slosmith.model.rules import RuleFile
from slosmith.output.artefacts import Files, ServiceArtefacts, SharedArtefacts
from slosmith.output.kubernetes.metadata import metadata_problems
from slosmith.output.kubernetes.names import MANAGED_BY, object_name, source_annotation
from slosmith.output.rule_text import head, rule_groups
from slosmith.output.target import no_warnings
from slosmith.output.yaml_text import document
from slosmith.problems import InputError, at
from slosmith.settings import Project
from slosmith.vocabulary.provenance import Source

NAME = "prometheus_operator"
PURPOSE = "PrometheusRule manifests for the Prometheus operator"
PAGE = "targets/prometheus_operator"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The metadata of the objects, and the limit of each group."""

    namespace: str = ""
    """Namespace of the objects. Empty: the namespace that `kubectl` uses."""
    labels: dict[str, str] = {}
    """Labels that the ``ruleSelector`` of the Prometheus selects (``release: kube-prometheus-stack``)."""
    annotations: dict[str, str] = {}
    """Annotations of the objects."""
    name_prefix: str = "slo-"
    """Text before the service's name, in the names of the objects."""
    limit: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Maximum number of series or alerts of one rule; 0: no limit."""


def service_files(artefacts: ServiceArtefacts, settings: Settings) -> Files:
    """``<service>.yaml``: the manifest of a service; none for a service without SLOs."""
    return _manifest(artefacts.rules, artefacts.source, artefacts.project, settings)


def shared_files(artefacts: SharedArtefacts, settings: Settings) -> Files:
    """``calendars.yaml``, if an SLO has a calendar."""
    return _manifest(artefacts.calendars, artefacts.source, artefacts.project, settings)


warnings = no_warnings


def _manifest(rules: RuleFile, source: Source, project: Project, settings: Settings) -> Files:
    _check(settings, at(project.origin, "targets", NAME))
    if not rules.groups:
        return {}
    metadata: dict[str, Any] = {"name": object_name(settings.name_prefix, rules.name)}
    if settings.namespace:
        metadata["namespace"] = settings.namespace
    metadata["labels"] = dict(sorted({**dict([MANAGED_BY]), **settings.labels}.items()))
    metadata["annotations"] = dict(sorted({**settings.annotations, **dict([source_annotation(source)])}.items()))
    fields = {"limit": settings.limit} if settings.limit else {}
    value = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": metadata,
        "spec": {"groups": rule_groups(rules, fields)},
    }
    return {f"{rules.name}.yaml": document(value, comment=head(source, rules.comment))}


def _check(settings: Settings, place: Origin) -> None:
    """Raises InputError for metadata that the API server would refuse."""
    problems = metadata_problems(
        NAME,
        place,
        namespace=settings.namespace,
        name_prefix=settings.name_prefix,
        labels={"labels": settings.labels},
        annotations={"annotations": settings.annotations},
    )
    if problems:
        raise InputError(problems)
