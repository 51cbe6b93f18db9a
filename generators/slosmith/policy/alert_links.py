"""Links that alerts carry."""

from __future__ import annotations

from typing import Literal

from slosmith.model import Slo


def alert_link(slo: Slo, kind: Literal["runbook", "dashboard"]) -> str:
    """The runbook or dashboard of an SLO's alerts: its own, or an annotation (usual in other tools' formats)."""
    own = slo.runbook if kind == "runbook" else slo.dashboard
    if own or slo.alerting is None:
        return own
    annotations = dict(slo.alerting.annotations) | dict(slo.alerting.page_annotations)
    names = (slo.alerting.annotation_name(kind), kind, f"{kind}_url")
    return next((annotations[name] for name in names if annotations.get(name)), "")
