"""The rules of every contestant of the benchmark of alerting, on parts of its traces, as promtool evaluates them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet
from bench.alerting.contestants import CONTESTANTS, Contestant
from bench.alerting.traces import MINUTE, Plan, Trace, make

from slosmith.history.arithmetic import Samples, Series
from tests.history.arithmetic.comparing import differences

BEFORE, LENGTH = 200, 600
"""Minutes before the incident, and of the part."""
PLANS = (
    Plan(1, "99.9", 28, "1/s", "outage 10 %", "deploys"),
    Plan(2, "99", 28, "1/min", "flapping", "gaps"),
    Plan(3, "95", 28, "30/s", "vanishing", "none"),
    Plan(4, "99.5", 30, "6/h", "outage 100 %", "births"),
    Plan(5, "99.9", 30, "1/s", "outage 50 %", "NaN"),
)


def part(trace: Trace) -> list[Series]:
    """The minutes around the incident, with times from 0 on."""
    begin = (trace.incidents[0].start - BEFORE) * MINUTE
    found = []
    for series in trace.series:
        times, values = series.samples.times - begin, series.samples.values
        kept = (times >= 0) & (times <= LENGTH * MINUTE)
        if kept.any():
            found.append(Series(series.labels, Samples.scraped(times[kept], values[kept])))
    return found


def _cases() -> Iterator[ParameterSet]:
    """Every contestant on every plan. `make test` tries each contestant on one plan, and each plan with one."""
    for number, contestant in enumerate(CONTESTANTS):
        for place, plan in enumerate(PLANS):
            marks = () if place == number % len(PLANS) else (pytest.mark.all,)
            yield pytest.param(contestant, plan, id=f"{plan.scenario}-{contestant.name}", marks=marks)


@pytest.mark.slow
@pytest.mark.parametrize(("contestant", "plan"), [*_cases()])
def test_a_contestant(contestant: Contestant, plan: Plan, promtool: Path, tmp_path: Path) -> None:
    rules = contestant.rules(plan.target, plan.period)
    assert rules is not None
    found, compared = differences(promtool, tmp_path, rules, part(make(plan)), LENGTH, every=11)
    assert found == []
    assert compared > 200
