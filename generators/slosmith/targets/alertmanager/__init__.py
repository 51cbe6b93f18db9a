"""Alertmanager: the receivers of an SLO's alerts, and the alerts that a page inhibits.

The file is a whole configuration, so that ``amtool`` can check it. For an Alertmanager with other alerts, copy
``route.routes`` and ``inhibit_rules``: they match on ``sloth_id``, so they do not change the handling of other alerts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from slosmith.model import ALERT_SEVERITIES, AlertSeverity, Origin, Slo
from slosmith.output.artefacts import Files, SharedArtefacts
from slosmith.output.rule_text import head
from slosmith.output.target import no_files, no_warnings
from slosmith.output.yaml_text import Commented, document
from slosmith.problems import InputError, Problem, at
from slosmith.problems.nearest import suggestion
from slosmith.promql.quoting import LABEL_NAME
from slosmith.schemes.registry import scheme
from slosmith.schemes.scheme import Scheme
from slosmith.targets.alertmanager.inhibition import inhibit_rules
from slosmith.targets.alertmanager.labels import OURS, Raised, any_of
from slosmith.vocabulary import names as rule_names

NAME = "alertmanager"
PURPOSE = "Inhibition and routes for Alertmanager: a page silences its tickets, each team gets its alerts"
PAGE = "targets/alertmanager"

_EXTERNAL_LABELS = ("prometheus", "site")
"""If an SLO is evaluated at every site, a page of one site must not inhibit the alerts of another."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Receivers and grouping. Receivers are names only: the configuration of Alertmanager defines them."""

    receiver: str = "{team}-{severity}"
    """Pattern of a receiver's name; ``{severity}`` is page or ticket."""
    receivers: dict[str, dict[str, str]] = {}
    """Receivers with other names, by team and severity: ``{ml: {page: ml-phone}}``."""
    default_receiver: str = "default"
    """Receiver of alerts that match no route of slosmith."""
    group_by: tuple[str, ...] = (rule_names.SERVICE, rule_names.SLO)
    """Labels that group alerts into one notification, together with team and severity."""
    equal: tuple[str, ...] | None = None
    """Labels that must be equal in a page and in the alerts that it inhibits, together with the SLO's own labels. The
    default is the external labels of Prometheus servers (``prometheus``, ``site``) in site scope, and none in global
    scope.
    """


service_files = no_files  # the configuration is one for all services


def shared_files(artefacts: SharedArtefacts, settings: Settings) -> Files:
    """``alertmanager.yml``. Raises InputError for settings with unknown teams, severities or labels."""
    project = artefacts.project
    rules = scheme(project.rules)
    alerting = [slo for slo in artefacts.workspace.slos() if slo.alerting is not None]
    alerts = [rules.alerts(slo) for slo in alerting]
    teams: dict[str, list[Raised]] = {}
    for slo, own in zip(alerting, alerts, strict=True):
        for raised in (Raised(slo, alert) for alert in own):
            teams.setdefault(raised.label(rule_names.TEAM), []).append(raised)
    teams.pop("", None)  # no route is possible for alerts without a team's label
    _check(settings, teams, at(project.origin, "targets", NAME))
    routes = [_route(team, raised, rules, settings) for team, raised in sorted(teams.items())]
    receivers = {settings.default_receiver, *(name for route in routes for name in _named(route))}
    value = {
        "route": {"receiver": settings.default_receiver, "routes": routes},
        "inhibit_rules": list(inhibit_rules(alerts, rules, _equal(alerting, settings))),
        "receivers": Commented(
            ("Without integrations they notify nobody: put your own here.",),
            [{"name": name} for name in sorted(receivers)],
        ),
    }
    comment = ("An Alertmanager with other alerts takes over the routes and the inhibit_rules.",)
    return {"alertmanager.yml": document(value, comment=head(artefacts.source, comment))}


warnings = no_warnings


def _route(team: str, alerts: Sequence[Raised], rules: Scheme, settings: Settings) -> dict[str, Any]:
    """The route of a team: pages go to its receiver of pages, all other alerts to its receiver of tickets."""
    label = rules.severity_label
    group_by = dict.fromkeys((rule_names.TEAM, label, *settings.group_by))
    route: dict[str, Any] = {
        "receiver": _receiver(team, "ticket", settings),
        "matchers": [OURS, any_of(rule_names.TEAM, [team])],
        "group_by": list(group_by),
    }
    pages = {raised.label(label) for raised in alerts if raised.alert.severity == "page"}
    if pages:
        page = {"receiver": _receiver(team, "page", settings), "matchers": [any_of(label, pages)]}
        route["routes"] = [page]
    return route


def _receiver(team: str, kind: AlertSeverity, settings: Settings) -> str:
    own = settings.receivers.get(team, {})
    return own.get(kind) or settings.receiver.replace("{team}", team).replace("{severity}", kind)


def _named(route: Mapping[str, Any]) -> Iterator[str]:
    yield route["receiver"]
    for child in route.get("routes", ()):
        yield from _named(child)


def _equal(slos: Sequence[Slo], settings: Settings) -> list[str]:
    """Labels that must be equal in a page and in the alerts that it inhibits. A label that both lack is equal."""
    groups = sorted({label for slo in slos for label in slo.group_by})
    more = settings.equal
    if more is None:
        more = _EXTERNAL_LABELS if any(slo.scope == "site" for slo in slos) else ()
    return list(dict.fromkeys((*rule_names.IDENTITY, *groups, *more)))


def _check(settings: Settings, teams: Mapping[str, object], place: Origin) -> None:
    problems = []

    def refuse(message: str, hint: str, *path: str | int, on_key: bool = False) -> None:
        where = at(place, *path)
        problems.append(Problem(code="TGT402", message=f"{NAME}: {message}", origin=where, hint=hint, on_key=on_key))

    for team, receivers in sorted(settings.receivers.items()):
        if team not in teams:
            hint = suggestion(team, teams, "teams")
            refuse(f"the team '{team}' has no SLO with alerts", hint, "receivers", team, on_key=True)
        for kind in sorted(set(receivers) - set(ALERT_SEVERITIES)):
            hint = suggestion(kind, ALERT_SEVERITIES, "severities")
            refuse(f"'{kind}' is not a severity of a tier", hint, "receivers", team, kind, on_key=True)
    for field, labels in (("group_by", settings.group_by), ("equal", settings.equal or ())):
        for index, label in enumerate(labels):
            if not LABEL_NAME.fullmatch(label):
                refuse(f"'{label}' is not a label name", "write letters, digits and _", field, index)
    if problems:
        raise InputError(problems)
