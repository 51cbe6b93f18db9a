"""Metrics that vanish inside an outage: the page stays, and a service that was removed pages nobody for long."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.schemes.outages import counter, ferry, firing

OUTAGE, LENGTH = 1500, 2200
"""The minute at which everything begins to fail, and the length of the history."""


def states(
    folder: Path, failing: int, gone: tuple[int, int] | None, target: str = "99.9"
) -> dict[str, NDArray[np.bool_]]:
    """All requests fail for ``failing`` minutes; no metric exists in the minutes ``gone``."""
    total, bad = np.full(LENGTH, 60.0), np.zeros(LENGTH)
    bad[OUTAGE : OUTAGE + failing] = 60
    return firing(ferry(folder, "99.9"), (counter("200", total - bad, gone), counter("500", bad, gone)), LENGTH)


def pages(found: dict[str, NDArray[np.bool_]]) -> NDArray[np.bool_]:
    return np.any([found[tier] for tier in ("1h", "6h") if tier in found], axis=0)


@pytest.mark.parametrize("after", [4, 15, 90])
def test_the_page_stays_when_the_metrics_vanish(after: int, tmp_path: Path) -> None:
    found = pages(states(tmp_path, LENGTH - OUTAGE, (OUTAGE + after, LENGTH)))
    fired = np.flatnonzero(found)
    assert fired[0] <= OUTAGE + 4
    assert found[fired[0] : OUTAGE + after + 5 * 60].all(), "no gap in the first five hours without data"
    assert not found[OUTAGE + after + 6 * 60 + 10 :].any(), "nobody is paged for ever for what was removed"


def test_healthy_metrics_that_vanish_page_nobody(tmp_path: Path) -> None:
    assert not pages(states(tmp_path, 0, (OUTAGE, LENGTH))).any()


def test_an_outage_that_had_ended_is_not_paged_again(tmp_path: Path) -> None:
    found = pages(states(tmp_path, 15, (OUTAGE + 100, LENGTH)))
    assert found[OUTAGE + 5]
    assert not found[OUTAGE + 75 :].any()


def test_the_page_ends_when_healthy_metrics_come_back(tmp_path: Path) -> None:
    found = pages(states(tmp_path, 60, (OUTAGE + 15, OUTAGE + 120)))
    assert found[OUTAGE + 5 : OUTAGE + 120].all()
    assert not found[OUTAGE + 160 :].any()


def test_missing_data_is_a_ticket_or_a_page(tmp_path: Path) -> None:
    for written, severity in (("", "ticket"), ("absence: {severity: page}", "page")):
        slo = ferry(tmp_path / severity, "99", alerting=written)
        rules = [rule for group in slo.groups for rule in group.rules if rule.alert == "SLOMetricAbsent"]
        assert [dict(rule.labels)["severity"] for rule in rules] == [severity]
