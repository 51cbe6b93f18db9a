"""Generated unit tests pass for every kind of SLO, list what they do not test, and are always the same bytes."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from slosmith.model import Alerting, Duration, GaugeThreshold, QueryRatio, Slo
from slosmith.model.rule_tests import TestFile
from slosmith.output.rule_test_text import rule_test_text
from slosmith.ruletests.spans import COMPACTS_ABOVE, LONGEST
from slosmith.schemes.weighted.service_rules import compile_service
from slosmith.schemes.weighted.tests.range_tests import compile_long_tests
from slosmith.schemes.weighted.tests.service_tests import compile_tests
from slosmith.vocabulary.provenance import Source

from .killing import run_tests
from .notation import expand
from .slos import (
    ALERTING,
    COUNTERS,
    HALF_DAYS,
    HISTOGRAM,
    KINDS,
    LAG,
    MONTH,
    PROBE,
    WEEKS,
    duration,
    renamed,
    service,
    slo,
)

ONE_TIER = msgspec.structs.replace(ALERTING, windows=ALERTING.windows[:1])


def alerting(**more: Any) -> Alerting:
    return msgspec.structs.replace(ALERTING, **more)


CASES: dict[str, list[Slo]] = {
    "every kind": [
        slo(kind, renamed(indicator, number), calendar=None, rolling="7d", alerting=ONE_TIER)
        for number, (kind, indicator) in enumerate(KINDS.items())
    ],
    "thresholds": [
        slo(
            f"t{number}",
            renamed(GaugeThreshold(LAG.gauges, op, Decimal(value), how), number),
            calendar=None,
            rolling="7d",
            alerting=ONE_TIER,
        )
        for number, (op, value, how) in enumerate((("<", "0.5", "sum"), (">", "0", "min"), (">=", "-5", "avg")))
    ],
    "95 % over 91d": [slo(target="0.95", rolling="91d")],
    "99.99 % over 30d, by the month": [slo(target="0.9999", rolling="30d", calendar=MONTH)],
    "50 % over 7d, no calendar": [slo(target="0.5", rolling="7d", calendar=None)],
    "grouped": [
        slo("a", group_by=("zone",), alerting=ONE_TIER),
        slo("b", PROBE, group_by=("site",), alerting=ONE_TIER),
        slo("c", HISTOGRAM, group_by=("tenant", "region"), alerting=ONE_TIER),
    ],
    "never alerts": [slo(alerting=None)],
    "pages only": [slo(alerting=alerting(ticket=False, absence=False, exhaustion=False))],
    "pages only, without a calendar": [slo(calendar=None, rolling="30d", alerting=alerting(ticket=False))],
    "without a team": [msgspec.structs.replace(slo(alerting=ONE_TIER), team="")],
    "a zero of one's own": [
        slo(
            indicator=QueryRatio(
                total='sum(rate(jobs_total{queue="mail"}[{{.window}}]))',
                bad='((sum(rate(jobs_failed_total{queue="mail"}[{{.window}}]))) OR vector(0))',
            ),
            alerting=ONE_TIER,
        )
    ],
    "no minimum, at once": [slo(alerting=alerting(minimum_bad_events=Decimal(0), windows=ALERTING.windows[:1]))],
    "a single bad event": [slo(alerting=alerting(minimum_bad_events=Decimal(1), windows=ALERTING.windows[:2]))],
    "many bad events": [slo(alerting=alerting(minimum_bad_events=Decimal("500.5"), windows=ALERTING.windows[:2]))],
    "weeks": [slo(alerting=alerting(windows=WEEKS))],
    "half a day, and weeks of a year": [slo(rolling="365d", calendar=None, alerting=alerting(windows=HALF_DAYS))],
    "site scope, labels, templates": [
        slo(
            scope="site",
            labels=(("env", "prod"),),
            revision="2",
            alerting=alerting(
                windows=ALERTING.windows[:1],
                labels=(("who", "{{ $labels.sloth_slo }}"),),
                annotations=(("where", "{{ $labels.env }}"),),
                absent_for=duration("40d"),
            ),
        )
    ],
    "SLOs that differ": [
        slo("a", alerting=ONE_TIER),
        slo("b", target="0.95", rolling="30d", calendar=MONTH, alerting=None),
        slo("c", renamed(COUNTERS, 1), alerting=alerting(windows=WEEKS)),
        slo("d", KINDS["ratio"], calendar=None),
    ],
}


def compiled(slos: list[Slo]) -> TestFile:
    shop = service(slos)
    return compile_tests(shop, compile_service(shop))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.prometheus
def test_passes(case: str, promtool: Path, tmp_path: Path) -> None:
    shop = service(CASES[case])
    rules = compile_service(shop)
    assert run_tests(promtool, tmp_path, shop, rules, compile_tests(shop, rules)) == ""
    long = compile_long_tests(shop, rules)
    assert long is None or run_tests(promtool, tmp_path, shop, rules, long) == ""


def omissions(tests: TestFile) -> list[str]:
    comments = [*tests.comment, *(line for group in tests.groups for line in group.comment)]
    return [line for line in comments if re.search(r"\b(Not tested|not tested|not compared)\b", line)]


@pytest.mark.parametrize(
    "case",
    ["95 % over 91d", "99.99 % over 30d, by the month", "grouped", "weeks", "pages only", "a zero of one's own"],
)
def test_leaves_nothing_out(case: str) -> None:
    assert omissions(compiled(CASES[case])) == []


def test_says_what_it_leaves_out() -> None:
    said = omissions(compiled(CASES["every kind"]))
    assert [re.findall(r"shop-\w+", line)[0] for line in said] == ["shop-either", "shop-native"]
    unreachable = slo(target="0.9", rolling="90d", alerting=alerting(max_error_ratio=Decimal(1)))
    assert any("cannot be reached" in line for line in omissions(compiled([unreachable])))
    strange = slo(alerting=alerting(annotations=(("graph", '{{ with query "up" }}{{ end }}'),)))
    assert any("Annotations of ErrorBudgetBurn are not compared" in line for line in omissions(compiled([strange])))


@pytest.mark.parametrize("case", CASES)
def test_stays_below_the_span_at_which_promtool_compacts(case: str) -> None:
    """Time 0, when rules are evaluated first, to the last evaluation: every sample stands between them."""
    for group in compiled(CASES[case]).groups:
        last = max([query.at for query in group.queries] + [alert.at for alert in group.alerts])
        samples = [len(expand(one.values)) - 1 for one in group.inputs]
        assert last <= LONGEST < COMPACTS_ABOVE
        assert all(Duration(number * group.interval.milliseconds) <= last for number in samples)


def test_same_bytes() -> None:
    first = rule_test_text(compiled(CASES["SLOs that differ"]), Source("specs"))
    assert first == rule_test_text(compiled(list(CASES["SLOs that differ"])), Source("specs"))


def test_one_rule_file_and_every_group_in_order() -> None:
    tests = compiled(CASES["grouped"])
    assert tests.rule_file == "shop.yaml"
    assert tests.group_order == tuple(group.name for group in compile_service(service(CASES["grouped"])).groups)


def scenarios_of(tests: TestFile | None, tier: str) -> list[str]:
    groups = tests.groups if tests is not None else ()
    said = [query.comment for group in groups if f"tier {tier}" in group.name for query in group.queries]
    return [line for comment in said for line in comment]


@pytest.mark.parametrize("tier", ["1h", "6h", "1d"])
def test_every_tier_has_every_scenario(tier: str) -> None:
    said = scenarios_of(compiled([slo()]), tier)
    # the 6h tier has neither `for` nor `keep_firing_for`
    assert len(said) == (8 if tier == "6h" else 10)
    assert sum("full outage for" in line for line in said) == 2
    assert sum("after a full outage" in line for line in said) == 2
    assert sum("just above" in line for line in said) == 3


def test_a_long_tier_has_every_scenario_in_slosmith_test() -> None:
    """What needs its whole window is not beside the rules."""
    shop = service([slo()])
    beside, here = compiled([slo()]), compile_long_tests(shop, compile_service(shop))
    assert sum("just above" in line for line in scenarios_of(beside, "3d")) == 3
    assert not [line for line in scenarios_of(beside, "3d") if "full outage" in line]
    said = [line for line in scenarios_of(here, "3d") if "bad events" not in line]
    assert len(said) == 8
    assert sum("full outage for" in line for line in said) == 2


def test_texts_of_every_alert_are_compared() -> None:
    tests = compiled([slo()])
    alerts = [alert for group in tests.groups for test in group.alerts for alert in test.alerts]
    shown = {dict(alert.labels)["slo_tier"] for alert in alerts}
    assert shown == {"1h", "6h", "1d", "3d", "absent", "budget-28d", "budget-quarter"}


def test_detection_is_the_computed_minute() -> None:
    """98 % over 28d: 26.88 % of an hour is 16.1 minutes, so a full outage fires after 17 minutes."""
    said = [line for group in compiled([slo()]).groups for query in group.queries for line in query.comment]
    assert "shop-availability: full outage for 17m: fires" in said
    assert "shop-availability: full outage for 16m: does not fire yet" in said
