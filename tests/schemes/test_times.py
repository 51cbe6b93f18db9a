"""Times in comments are multiples of the evaluation interval."""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec
import pytest

from slosmith.model import Duration, Objective
from slosmith.schemes.tiers import tiers
from slosmith.schemes.weighted.service_rules import compile_slo
from slosmith.vocabulary.numbers import evaluation_after, time_until
from tests.dashboards.fleet import lift_wing_service

MINUTE = Decimal(60)


@pytest.mark.parametrize(
    ("seconds", "interval", "seen"),
    [
        ("4.8384", 60, 60),
        ("60", 60, 60),
        ("60.001", 60, 120),
        ("967.68", 60, 1020),
        ("120960.0000000864", 60, 120960),
        ("0", 30, 30),
        ("31", 30, 60),
    ],
)
def test_an_evaluation_sees_it_at_the_next_multiple(seconds: str, interval: int, seen: int) -> None:
    assert evaluation_after(Decimal(seconds), Decimal(interval)) == seen


def test_no_time_is_told_shorter_than_it_is() -> None:
    assert time_until(Decimal(330)) == "6m"
    assert time_until(Decimal(90)) == "1m30s"
    assert time_until(Decimal(86400 + 1)) == "1d1m"
    assert time_until(None) == "never"


@pytest.mark.parametrize(("interval", "first"), [("1m", "1m"), ("30s", "30s"), ("2m", "2m")])
def test_a_strict_target_is_not_said_to_be_seen_in_seconds(interval: str, first: str) -> None:
    """99.99 %: a full outage is above the threshold of the 1h tier, 0.1344 %, after 4.8 seconds."""
    (slo, *_) = lift_wing_service("model").slos
    strict = msgspec.structs.replace(slo, objective=Objective(Decimal("0.9999")))
    assert tiers(strict)[0].detection_seconds(Decimal(1)) == Decimal("4.8384")
    group, _ = compile_slo(strict, Duration.parse(interval))
    first_tier = tiers(strict)[0].window
    (comment,) = [rule.comment for rule in group.alerts if rule.windows == (first_tier,)]
    assert re.search(rf"Time to fire with 1 event a second, by error ratio: {first} at 100%, ", " ".join(comment))
    said = " ".join(group.comment)
    assert f"Rules are evaluated every {interval}. Times of alerts below are rounded up to that." in said
    assert "Alerts can fire and clear up to 5m later" in said
    step = Duration.parse(interval)
    for rule in group.alerts:
        if not rule.windows:
            continue
        times = re.findall(r"([0-9][0-9a-z]*) at |Clears ([0-9][0-9a-z]*)", " ".join(rule.comment))
        assert len(times) >= 4
        for text in times:
            assert Duration.parse("".join(text)) >= step
