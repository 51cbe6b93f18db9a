"""A table of the objectives, in Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from slosmith.export.framework import Exported, Loss
from slosmith.model import Service
from slosmith.vocabulary.numbers import percent_exact


def export_services(services: Sequence[Service]) -> Exported:
    """One file for all services. It has no column for indicators."""
    slos = [slo for service in services for slo in service.slos]
    rows = [f"| {slo.service} | {slo.name} | {percent_exact(slo.objective.target_ratio)} |" for slo in slos]
    text = "\n".join(("| service | SLO | target |", "|---|---|--:|", *rows, ""))
    losses = tuple(Loss(slo.id, "indicator", "the table names no queries") for slo in slos)
    return Exported({"objectives.md": text}, losses)
