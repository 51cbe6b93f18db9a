"""slosmith's own rules, and those that Sloth would write: both compiled by the product from specs, as it is now."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import slosmith
from bench.alerting.contestants.contestant import Contestant, last
from slosmith.history.arithmetic import Outcome

_PROJECT = """\
version: slosmith/v1
kind: Project
name: benchmark
scope: site
severities: {page: page, ticket: ticket}
period: {rolling: 28d}
targets: {prometheus: {}}
"""
_SERVICE = """\
version: slosmith/v1
kind: Service
name: api
team: bench
description: The service of the benchmark.
period: {{rolling: {period}d}}
indicator_source: {{template: http-requests, with: {{select: ['job="api"']}}}}
objectives:
  availability: {{target: {target}%}}
"""


@cache
def _compiled(rules: str, target: str, period: int) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as folder:
        specs = Path(folder)
        (specs / "services").mkdir()
        (specs / "slosmith.yaml").write_text(_PROJECT, "utf-8")
        (specs / "services" / "api.yaml").write_text(_SERVICE.format(target=target, period=period), "utf-8")
        artefacts = slosmith.compile(slosmith.load(specs, rules=rules))
    return tuple(
        text for name, text in sorted(artefacts.items()) if "\ngroups:" in text and not name.endswith("_test.yaml")
    )


def _left(outcome: Outcome, budget_ratio: float) -> float | None:
    return last(outcome, "slo:period_error_budget_remaining:ratio")


def _weighted(target: str, period: int) -> tuple[str, ...]:
    return _compiled("weighted", target, period)


def _sloth(target: str, period: int) -> tuple[str, ...] | None:
    """Sloth has windows for 28 and for 30 days, and refuses other periods."""
    return _compiled("sloth", target, period) if period in (28, 30) else None


SLOSMITH = Contestant("slosmith", "slosmith, as compiled now", _weighted, _left)
SLOTH = Contestant("sloth", "Sloth 0.16 (slosmith's scheme `sloth`)", _sloth, _left)
