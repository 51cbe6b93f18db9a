"""The minimum of bad events: one failure wakes nobody, and a service with few requests that is down is found."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from slosmith.schemes.floors import Floor, budget_minimum, floor
from tests.schemes.outages import arrivals, counter, ferry, firing, paged

HEALTHY = 1500
"""Minutes before an outage, more than a day."""


def minutes_to_page(
    folder: Path, target: str, per_minute: float, ratio: float, lasting: int, alerting: str = ""
) -> int | None:
    """From the start of an outage, with evenly spaced requests."""
    found = ferry(folder, target, alerting=alerting)
    length = HEALTHY + lasting
    states = firing(found, arrivals(length, per_minute, HEALTHY, HEALTHY + lasting, ratio), length)
    return paged(found, states, HEALTHY)


@pytest.mark.parametrize(
    ("target", "every", "lasting", "at_most"),
    [
        ("99.9", 5, 120, 13),
        ("99.9", 10, 120, 25),
        # three requests and ten minutes
        ("99.9", 20, 70, 70),
        ("99", 20, 70, 70),
        ("98", 20, 70, 70),
        ("99.9", 60, 240, 190),
        ("99", 60, 240, 190),
    ],
)
def test_a_service_with_few_requests_that_is_down_is_found(
    target: str, every: int, lasting: int, at_most: int, tmp_path: Path
) -> None:
    minutes = minutes_to_page(tmp_path, target, 1 / every, 1.0, lasting)
    print(f"\n{target} %, a request in {every} minutes, all fail: a page after {minutes} minutes")
    assert minutes is not None
    assert minutes <= at_most


def test_a_tenth_of_sixty_requests_an_hour_is_found_with_its_third_failure(tmp_path: Path) -> None:
    # failures at the end of 10, 20 and 30 minutes
    minutes = minutes_to_page(tmp_path, "99.9", 1.0, 0.1, 120)
    print(f"\n99.9 %, a request a minute, a tenth fails: a page after {minutes} minutes")
    assert minutes is not None
    assert minutes <= 33
    constant = minutes_to_page(tmp_path / "constant", "99.9", 1.0, 0.1, 120, "minimum_bad_events: 5")
    assert constant is not None
    assert constant > minutes + 15


def test_a_busy_service_that_is_down_pages_in_two_minutes(tmp_path: Path) -> None:
    minutes = minutes_to_page(tmp_path, "99.9", 6000.0, 1.0, 60)
    assert minutes is not None
    assert minutes <= 2


@pytest.mark.parametrize("minimum", ["adaptive", "0"])
@pytest.mark.parametrize("requests", [1, 3, 30])
def test_one_failure_wakes_nobody(minimum: str, requests: int, tmp_path: Path) -> None:
    found = ferry(tmp_path, "99.9", alerting=f"minimum_bad_events: {minimum}")
    length = 400
    total, bad = np.zeros(length), np.zeros(length)
    total[100 : 100 + 2 * requests : 2] = 1
    bad[100] = 1
    states = firing(found, (counter("200", total - bad), counter("500", bad)), length)
    fires = any(states[tier].any() for tier in ("1h", "6h", "1d", "3d") if tier in states)
    assert fires is (minimum == "0"), "without a minimum, one failure fires"


def test_a_constant_is_what_it_was(tmp_path: Path) -> None:
    minutes = minutes_to_page(tmp_path, "99.9", 0.2, 1.0, 120, "minimum_bad_events: 5")
    assert minutes is not None
    assert 20 <= minutes <= 31, "five requests"
    assert minutes_to_page(tmp_path / "hour", "99.9", 0.05, 1.0, 70, "minimum_bad_events: 5") is None


def test_the_number_that_is_needed() -> None:
    adaptive = Floor(Decimal("0.01"), None)
    assert adaptive
    assert adaptive.fewest == 2
    # m = 0.25: (0.5 + 2)^2 - 2.5
    assert adaptive.needed(25) == Decimal("3.75")
    assert adaptive.needed(Fraction(25)) == Decimal("3.75")
    assert abs(adaptive.needed(adaptive.alone) - adaptive.alone) < Decimal("1e-20")
    # four standard deviations above the mean
    assert abs(float(adaptive.needed(1_000_000)) - (10_000 + 4 * 100)) < 2
    constant = Floor(Decimal("0.01"), Decimal(7))
    assert (constant.needed(10**9), constant.alone, constant.fewest, constant.adaptive) == (7, 7, 7, False)
    assert not Floor(Decimal("0.01"), Decimal(0))
    assert adaptive.below(Decimal("0.002")) == Floor(Decimal("0.002"), None)
    assert adaptive.below(Decimal("0.2")) == adaptive


def test_budgets_need_a_constant_number(tmp_path: Path) -> None:
    for written, needed in (("adaptive", 5), ("7", 7), ("0", 0)):
        slo = ferry(tmp_path / written, "99", alerting=f"minimum_bad_events: {written}").slo
        assert budget_minimum(slo) == needed
        assert bool(floor(slo)) is (written != "0")
