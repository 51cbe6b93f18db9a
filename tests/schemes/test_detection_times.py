"""Explained times are never shorter than what the rules do, with evenly spaced events of any number."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from slosmith.model import Duration, Service
from slosmith.schemes.detection import TYPICAL, clears_after, fires_after
from slosmith.schemes.registry import scheme
from slosmith.workspace import load
from tests.schemes.outages import arrivals, ferry, firing

MINUTE = Duration(60_000)
WEIGHTED = scheme("weighted")
HEALTHY, LASTING = 1501, 700
"""Minutes without errors, then minutes with a constant share of them: it begins just after a full hour, so it is an
hour until hour tiles show it.
"""
EARLIER = 3
"""Minutes by which the rules may be quicker than explained, beside the time between two errors: rates grow while an
event is inside their five minutes, and a ratio can be above its threshold before the last error was counted whole."""


@pytest.mark.parametrize("target", ["90", "99", "99.9"])
@pytest.mark.parametrize("per_minute", [1 / 20, 1 / 5, 1.0, 60.0, 6000.0])
@pytest.mark.parametrize("ratio", ["1", "0.5", "0.1"])
@pytest.mark.parametrize("minimum", ["adaptive", "5"])
def test_no_explained_time_is_shorter_than_the_rules(
    target: str, per_minute: float, ratio: str, minimum: str, tmp_path: Path
) -> None:
    found = ferry(tmp_path, target, alerting=f"minimum_bad_events: {minimum}")
    length = HEALTHY + LASTING
    series = arrivals(length, per_minute, HEALTHY, length, float(ratio))
    states = firing(found, series, length)
    rate = Decimal(per_minute) / 60
    for alert in WEIGHTED.alerts(found.slo):
        if alert.trigger is None:
            continue
        explained = fires_after(found.slo, WEIGHTED, alert, Decimal(ratio), MINUTE, rate)
        fires = np.flatnonzero(states.get(alert.tier, np.zeros(length))[HEALTHY:])
        happened = int(fires[0]) if len(fires) else None
        delay, tiles = WEIGHTED.longest_delay(MINUTE).seconds, WEIGHTED.window_delay(alert.trigger.pairs[0]).seconds
        case = f"{alert.tier}: explained {explained}, happened after {happened} minutes"
        if explained is not None and explained + delay < LASTING * 60:
            assert happened is not None, case
            assert happened * 60 <= explained + delay, case
            between = 1 / (per_minute * float(ratio))
            if alert.trigger.pairs[0].long.seconds <= HEALTHY * 60:
                # of the tiles' hours, the first and the last count whole or not at all
                assert happened >= float(explained - 2 * tiles) / 60 - EARLIER - between, case


def test_times_of_a_slo_without_traffic_are_given_for_typical_traffic(tmp_path: Path) -> None:
    slo = ferry(tmp_path, "99.9").slo
    page = next(alert for alert in WEIGHTED.alerts(slo) if alert.tier == "1h")
    times = [fires_after(slo, WEIGHTED, page, Decimal("0.1"), MINUTE, per_second) for per_second, _ in TYPICAL]
    # three errors of one event a minute; then 1.344 % of an hour, at ten percent errors
    assert times == [1800, 540, 540]
    (rule,) = (rule for group in WEIGHTED.compile_service(_service(tmp_path), MINUTE).groups for rule in group.alerts
               if rule.tier == "1h")  # fmt: skip
    said = " ".join(rule.comment)
    assert "Time to fire with 1 event a minute, by error ratio: 3m at 100%, 6m at 50%, 30m at 10%, never" in said
    assert "Time to fire with 1 event a second, by error ratio: 1m at 100%" in said


def test_for_and_keep_firing_for_are_part_of_the_times(tmp_path: Path) -> None:
    slo = ferry(tmp_path, "99").slo
    alerts = {alert.tier: alert for alert in WEIGHTED.alerts(slo) if alert.trigger is not None}
    # 2.8 % of a day, an hour until the tiles show it, and an hour of waiting
    assert fires_after(slo, WEIGHTED, alerts["1d"], Decimal(1), MINUTE, None) == 41 * 60 + 3600 + 3600
    assert clears_after(alerts["1d"], Decimal(1), MINUTE) == 117 * 60 + 86400
    assert clears_after(alerts["1h"], Decimal(1), MINUTE) == 5 * 60 + 25 * 60


def test_declared_traffic_is_the_only_one(tmp_path: Path) -> None:
    ferry(tmp_path, "99.9", per_day="1440")
    (rule,) = (rule for group in WEIGHTED.compile_service(_service(tmp_path), MINUTE).groups for rule in group.alerts
               if rule.tier == "1h")  # fmt: skip
    times = [line for line in rule.comment if line.startswith("Time to fire")]
    assert times == [
        "Time to fire with about 1,440 events a day, by error ratio: 3m at 100%, 6m at 50%, 30m at 10%, "
        "never at 2x the error budget."
    ]


def _service(folder: Path) -> Service:
    workspace = load(folder).workspace
    assert workspace is not None
    return workspace.services[0]
