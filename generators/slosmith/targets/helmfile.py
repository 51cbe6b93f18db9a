"""Values files for a chart that takes raw manifests (``resources: [...]``): dashboards and rules as Kubernetes objects.

There is one values file for each service, for a release of its own. Helm replaces lists when it merges values files.
It also stores a release (values and manifests) in one Secret of at most 1 MiB, and all dashboards together are larger.
"""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Any, Literal

import msgspec

from slosmith.model.rules import RuleFile
from slosmith.output.artefacts import Files, ServiceArtefacts, SharedArtefacts
from slosmith.output.kubernetes.config_maps import MOST_BYTES, TooLargeError, rule_parts
from slosmith.output.kubernetes.metadata import metadata_problems
from slosmith.output.kubernetes.names import object_name, source_annotation
from slosmith.output.rule_text import head, rule_groups
from slosmith.output.target import no_warnings
from slosmith.output.yaml_text import Commented, Pairs, document
from slosmith.problems import InputError, Problem, at
from slosmith.settings import Project
from slosmith.targets import grafana
from slosmith.vocabulary.provenance import Source

NAME = "helmfile"
PURPOSE = "Dashboards and rules as values of a Helm chart that takes raw manifests"
PAGE = "targets/helmfile"
SHARED = "shared.yaml"
"""Values of the release of shared objects: the fleet's dashboard and the calendars' rules."""

_RELEASE = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LONGEST_RELEASE = 53


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The objects, their labels, and how the chart renders them."""

    dashboards: bool = True
    """Whether the values contain the dashboards, as ConfigMaps."""
    rules: Literal["configmap", "prometheusrule", "none"] = "configmap"
    """The kind of objects for the rules."""
    namespace: str = ""
    """Namespace of the objects and the releases. Empty: the namespace of the release."""
    labels: dict[str, str] = {}
    """Labels of every object."""
    dashboard_labels: dict[str, str] = msgspec.field(default_factory=lambda: {"grafana_dashboard": "1"})
    """Labels that Grafana's sidecar looks for."""
    dashboard_annotations: dict[str, str] = {}
    """Annotations of the dashboards, such as ``grafana_folder: SLOs`` if the sidecar reads it."""
    rule_labels: dict[str, str] = {}
    """Labels that a sidecar, or the ``ruleSelector`` of a Prometheus, looks for."""
    name_prefix: str = "slo-"
    """Text before the service's name, in the names of objects and releases."""
    tpl: bool = False
    """Whether the chart renders each resource with Helm's ``tpl``. If it does, braces are escaped."""
    chart: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.:/@+-]*\Z")] = ""
    """The chart, as helmfile names it. If it is set, ``releases.yaml`` has a release for each service."""


def service_files(artefacts: ServiceArtefacts, settings: Settings) -> Files:
    """``services/<service>.yaml``: the values of a service's release."""
    _check(artefacts.project, settings)
    objects = _Objects(settings, artefacts.project, artefacts.source)
    resources = objects.of_rules(artefacts.rules)
    if settings.dashboards:
        resources += objects.of_dashboards(grafana.service_files(artefacts, grafana.without_folders(artefacts.project)))
    return {_values_path(artefacts.service.name): objects.values_file(resources)} if resources else {}


def shared_files(artefacts: SharedArtefacts, settings: Settings) -> Files:
    """``shared.yaml``: the values of the shared release; and ``releases.yaml``, if the chart is set."""
    _check(artefacts.project, settings)
    objects = _Objects(settings, artefacts.project, artefacts.source)
    resources = objects.of_rules(artefacts.calendars)
    if settings.dashboards:
        resources += objects.of_dashboards(grafana.shared_files(artefacts, grafana.without_folders(artefacts.project)))
    files = {SHARED: objects.values_file(resources)} if resources else {}
    if settings.chart:
        releases = [_release("slos", path, settings) for path in files]
        for service in artefacts.workspace.services:
            if settings.dashboards or (settings.rules != "none" and service.slos):
                releases.append(_release(release_name(service.name), _values_path(service.name), settings))
        files["releases.yaml"] = document({"releases": releases}, comment=head(artefacts.source))
    return files


warnings = no_warnings


def release_name(service: str) -> str:
    """``slo-<service>`` as a name of a release: at most 53 characters, lower-case letters, digits and dashes.

    Other names are converted, with a hash of the whole name.
    """
    wanted = f"slo-{service}"
    if len(wanted) <= _LONGEST_RELEASE and _RELEASE.fullmatch(wanted):
        return wanted
    digest = hashlib.sha256(service.encode()).hexdigest()[:10]
    # another prefix: no name of a service can give the same release
    readable = re.sub(r"[^a-z0-9]+", "-", f"slox-{service.lower()}")[: _LONGEST_RELEASE - len(digest) - 1].strip("-")
    return f"{readable}-{digest}"


def escaped(value: Any) -> Any:
    """``value`` with escaped braces of templates, so that Helm's ``tpl`` writes them unchanged.

    The escapes are raw strings of Go, in back quotes. They work in every YAML style that a chart may use, because they
    have no quotes that YAML would escape.
    """
    if isinstance(value, str):
        return value.replace("{{", "{{`{{`}}")
    if isinstance(value, dict):
        return {key: escaped(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [escaped(inner) for inner in value]
    if isinstance(value, Commented):
        return Commented(value.comment, escaped(value.value))
    if isinstance(value, Pairs):
        return Pairs(tuple((key, escaped(inner)) for key, inner in value.pairs))
    return value


class _Objects:
    """Makes the objects of one source (a spec, or all of them)."""

    def __init__(self, settings: Settings, project: Project, source: Source) -> None:
        self._settings = settings
        self._project = project
        self._source = source

    def values_file(self, resources: list[dict[str, Any]]) -> str:
        """The values for the chart."""
        written = escaped(resources) if self._settings.tpl else resources
        return document({"resources": written}, comment=head(self._source))

    def of_rules(self, rules: RuleFile) -> list[dict[str, Any]]:
        """The objects of the rules, of the kind in the settings; none without rules."""
        settings = self._settings
        if settings.rules == "none" or not rules.groups:
            return []
        name = object_name(f"{settings.name_prefix}rules-", rules.name)
        if settings.rules == "prometheusrule":
            rule = self._object("monitoring.coreos.com/v1", "PrometheusRule", name, settings.rule_labels)
            return [{**rule, "spec": {"groups": rule_groups(rules)}}]
        try:
            parts = rule_parts(rules, self._source)
        except TooLargeError as error:
            raise self._too_large(str(error)) from error
        numbered = [name] if len(parts) == 1 else [f"{name}-{number}" for number in range(1, len(parts) + 1)]
        return [
            {**self._object("v1", "ConfigMap", each, settings.rule_labels), "data": dict([part])}
            for each, part in zip(numbered, parts, strict=True)
        ]

    def of_dashboards(self, drawn: Files) -> list[dict[str, Any]]:
        """A ConfigMap for each dashboard."""
        settings = self._settings
        resources = []
        for path, text in sorted(drawn.items()):
            if not path.endswith(".json"):
                continue
            if len(text.encode()) > MOST_BYTES:
                raise self._too_large(f"the dashboard {path} has {len(text.encode())} bytes")
            name = object_name(f"{settings.name_prefix}dashboard-", path.removesuffix(".json"))
            config_map = self._object(
                "v1", "ConfigMap", name, settings.dashboard_labels, settings.dashboard_annotations
            )
            resources.append({**config_map, "data": {path: text}})
        return resources

    def _object(
        self, version: str, kind: str, name: str, labels: dict[str, str], annotations: dict[str, str] | None = None
    ) -> dict[str, Any]:
        settings = self._settings
        metadata: dict[str, Any] = {"name": name}
        if settings.namespace:
            metadata["namespace"] = settings.namespace
        if all_labels := {**settings.labels, **labels}:
            metadata["labels"] = dict(sorted(all_labels.items()))
        metadata["annotations"] = dict(
            sorted({**(annotations or {}), **dict([source_annotation(self._source)])}.items())
        )
        return {"apiVersion": version, "kind": kind, "metadata": metadata}

    def _too_large(self, what: str) -> InputError:
        hint = "split the service's spec: a ConfigMap holds at most 1 MiB"
        origin = at(self._project.origin, "targets", NAME)
        return InputError([Problem(code="TGT409", message=f"{NAME}: {what}", origin=origin, hint=hint)])


def _values_path(service: str) -> str:
    return f"services/{service}.yaml"


def _release(name: str, path: str, settings: Settings) -> dict[str, Any]:
    namespace = {"namespace": settings.namespace} if settings.namespace else {}
    return {"name": name, **namespace, "chart": settings.chart, "values": [path]}


def _check(project: Project, settings: Settings) -> None:
    """Raises InputError for metadata that the API server would refuse."""
    problems = metadata_problems(
        NAME,
        at(project.origin, "targets", NAME),
        namespace=settings.namespace,
        name_prefix=settings.name_prefix,
        labels={
            "labels": settings.labels,
            "dashboard_labels": settings.dashboard_labels,
            "rule_labels": settings.rule_labels,
        },
        annotations={"dashboard_annotations": settings.dashboard_annotations},
    )
    if problems:
        raise InputError(problems)
