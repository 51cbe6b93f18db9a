"""A monitoring mixin: a jsonnet library with ``prometheusRules``, ``prometheusAlerts`` and ``grafanaDashboards``.

``mixin.libsonnet`` makes these fields from ``slos``. There, recordings are lists in their order, and alerts are objects
by name. So a user of the mixin can change one alert with ``+:``, without changing a list.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

import msgspec

from slosmith.model import Labels
from slosmith.model.rules import AlertingRule, Rule, RuleFile, RuleGroup
from slosmith.output.artefacts import Files, ServiceArtefacts, SharedArtefacts
from slosmith.output.target import no_warnings
from slosmith.output.yaml_text import json_text
from slosmith.targets import grafana
from slosmith.vocabulary.provenance import Source, header

NAME = "mixin"
PURPOSE = "A jsonnet monitoring mixin: rules, alerts and dashboards, to be imported and overridden"
PAGE = "targets/mixin"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The contents of the mixin. The settings of the target grafana apply to its dashboards, if the project has it."""

    dashboards: bool = True
    """Whether the mixin contains the dashboards."""


def service_files(artefacts: ServiceArtefacts, settings: Settings) -> Files:
    """``services/<service>.libsonnet``: its SLOs; ``dashboards/<uid>.json``."""
    text = _library(_groups(artefacts.rules), artefacts.source)
    files = {f"services/{artefacts.rules.name}.libsonnet": text}
    if settings.dashboards:
        files.update(_dashboards(grafana.service_files(artefacts, grafana.without_folders(artefacts.project))))
    return files


def shared_files(artefacts: SharedArtefacts, settings: Settings) -> Files:
    """``mixin.libsonnet``, ``calendars.libsonnet`` and the fleet's dashboard."""
    files = {"calendars.libsonnet": _library(_groups(artefacts.calendars), artefacts.source)}
    services = [service.name for service in artefacts.workspace.services]
    uids = []
    if settings.dashboards:
        from slosmith.vocabulary.dashboard_uids import FLEET, service_uid

        files.update(_dashboards(grafana.shared_files(artefacts, grafana.without_folders(artefacts.project))))
        uids = sorted([FLEET, *map(service_uid, services)])
    files["mixin.libsonnet"] = _mixin(services, uids, artefacts.source)
    return files


warnings = no_warnings


def _dashboards(files: Files) -> Files:
    return {
        f"dashboards/{PurePosixPath(path).name}": text for path, text in files.items() if path != grafana.PROVISIONING
    }


# --- SLOs as jsonnet values


def _library(value: object, source: Source) -> str:
    """A jsonnet file with one plain value: JSON is valid jsonnet."""
    return f"// {header(source)}\n{json_text(value)}"


def _groups(rules: RuleFile) -> dict[str, Any]:
    """Group -> its interval, its recordings in order and its alerts by name."""
    return {group.name: _group(group) for group in rules.groups}


def _group(group: RuleGroup) -> dict[str, Any]:
    alerts: dict[str, Any] = {}
    for rule in group.alerts:
        name = f"{rule.alert} {rule.tier}"
        if name in alerts:
            name = f"{name} {len(alerts)}"
        alerts[name] = _rule(rule)
    return {
        "interval": str(group.interval),
        "recordings": [_rule(rule) for rule in group.rules if not isinstance(rule, AlertingRule)],
        "alerts": alerts,
    }


def _rule(rule: Rule) -> dict[str, Any]:
    if isinstance(rule, AlertingRule):
        value: dict[str, Any] = {"alert": rule.alert, "expr": rule.expr}
        if rule.hold is not None:
            value["for"] = str(rule.hold)
        if rule.keep is not None:
            value["keep_firing_for"] = str(rule.keep)
        return {**value, **_mapping("labels", rule.labels), **_mapping("annotations", rule.annotations)}
    return {"record": rule.record, "expr": rule.expr, **_mapping("labels", rule.labels)}


def _mapping(name: str, pairs: Labels) -> dict[str, dict[str, str]]:
    return {name: dict(pairs)} if pairs else {}


# --- the library's entry

_FIELDS = """\
  // One evaluation of an SLO's recordings, in order: each reads what the one before it has just recorded.
  prometheusRules+:: {
    groups+: [
      { name: name, interval: mixin.slos[name].interval, rules: mixin.slos[name].recordings }
      for name in std.objectFields(mixin.slos)
      if std.length(mixin.slos[name].recordings) > 0
    ],
  },

  prometheusAlerts+:: {
    groups+: [
      {
        name: name + '-alerts',
        interval: mixin.slos[name].interval,
        rules: [mixin.slos[name].alerts[alert] for alert in std.objectFields(mixin.slos[name].alerts)],
      }
      for name in std.objectFields(mixin.slos)
      if std.length(mixin.slos[name].alerts) > 0
    ],
  },
"""


def _mixin(services: list[str], uids: list[str], source: Source) -> str:
    lines = [
        f"// {header(source)}",
        "{",
        "  local mixin = self,",
        "",
        "  // Group -> interval, recordings, and alerts by name and tier. Change or hide what you like with +:.",
        "  slos+::",
        "    (import 'calendars.libsonnet')",
        *(f"    + (import {_quoted(f'services/{name}.libsonnet')})" for name in services),
    ]
    lines[-1] += ","
    text = "\n".join(lines) + "\n\n" + _FIELDS
    if uids:
        imports = "".join(
            f"    {_quoted(f'{uid}.json')}: import {_quoted(f'dashboards/{uid}.json')},\n" for uid in uids
        )
        text += f"\n  grafanaDashboards+:: {{\n{imports}  }},\n"
    return text + "}\n"


def _quoted(text: str) -> str:
    """A jsonnet string in single quotes, as jsonnetfmt writes them."""
    return "'" + json.dumps(text)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"
