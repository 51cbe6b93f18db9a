"""Pyrra's ``alerting``: the alerts, their names and their severities."""

from __future__ import annotations

import msgspec

from slosmith.formats.catalogues import Tiers
from slosmith.formats.declarations import AlertingDeclaration
from slosmith.formats.dialects.foreign import UnusableError, not_supported, severity_of
from slosmith.formats.dialects.pyrra.windows import absent_for, of_fields, pyrra_tiers
from slosmith.formats.values import Node
from slosmith.model import DocumentPath, Duration, Labels


def read_alerting(
    spec: Node, rolling: Duration, annotations: Labels, annotations_at: DocumentPath
) -> AlertingDeclaration:
    """The alerting of an SLO of that period. Raises UnusableError for what is not supported (reported)."""
    node = Node(spec.values.get("alerting", {}), spec.at("alerting"), spec.problems)
    burn_rates = node.values.get("burnrates", True) is not False
    disabled = node.values.get("disabled", False) is True
    if node.text("burnRateType") == "dynamic":
        hint = (
            "remove it; `alerting: {minimum_bad_events: adaptive}`, the default, keeps single errors from alerting "
            "when there is little traffic"
        )
        not_supported(node, ("burnRateType",), "thresholds that follow the traffic are not supported", hint)
        raise UnusableError
    severities = node.child("severities") or Node({}, node.at("severities"), node.problems)
    absent = severities.text("absent")
    base = node.origin.path
    return AlertingDeclaration(
        origin=node.origin,
        paths={
            "page": (*base, "burnrates"), "ticket": (*base, "burnrates"), "exhaustion": (*base, "burnrates"),
            "absence": (*base, "absent"), "absent_name": (*base, "absentName"), "disable": (*base, "disabled"),
            "absent_severity": severities.origin.path, "absent_severity_label": severities.origin.path,
            "absent_for": (*spec.origin.path, "window"), "windows": (*spec.origin.path, "window"),
            "annotations": annotations_at,
        },
        disable=True if disabled else None,
        windows=_windows(severities) if burn_rates and not disabled else None,
        name=node.text("name") or None,
        absent_name=node.text("absentName") or None,
        absent_for=absent_for(rolling),
        # Pyrra's absence alerts are critical
        absent_severity=severity_of(absent) or "page",
        absent_severity_label=absent or None,
        page=None if burn_rates else False,
        ticket=None if burn_rates else False,
        # the ticket about a spent budget is off if the burn-rate alerts are
        exhaustion=None if burn_rates else False,
        absence=node.values.get("absent"),
        annotations=annotations,
    )  # fmt: skip


def _windows(severities: Node) -> Tiers:
    """The tiers with their severities. A word that is neither page nor ticket only changes the label."""
    found = []
    for field, tier in of_fields().items():
        label = severities.text(field)
        severity = severity_of(label) or tier.severity
        found.append(msgspec.structs.replace(tier, severity=severity, severity_label=label))
    return msgspec.structs.replace(pyrra_tiers(), tiers=tuple(found))
