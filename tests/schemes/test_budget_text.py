"""The texts of alerts about the rest of the budget and how long it lasts. promtool renders them, and the expected
numbers are computed by hand.

The input is recordings, so every number of the texts can be computed: the SLO is 98 % over 28 days. The period has
4,032,100 events, and 80,642 may be bad. Up to the last full hour 25 % of the budget was spent. So 75 % of the budget is
left, 60,481.5 events.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from slosmith.model import MINUTE, Duration, Slo
from slosmith.model.rules import AlertingRule, AlertKind, Rule, RuleFile
from slosmith.output.rule_text import rule_file_text
from slosmith.schemes.weighted.service_rules import compile_service
from slosmith.schemes.weighted.tests.service_tests import compile_tests
from slosmith.vocabulary import names
from slosmith.vocabulary.provenance import Source

from .ruletests.killing import run_tests
from .ruletests.slos import ALERTING, RATIO, service, slo

HOURS_AND_A_HALF = 90
"""Minutes: half an hour after a full hour, of which the recorded budget knows nothing yet."""

LEFT, TOTAL, SEEN, BAD = names.PERIOD_BUDGET_REMAINING, names.PERIOD_TOTAL, names.COVERAGE, names.BAD_RATE
USUAL = {LEFT: "0.75x200", TOTAL: "4032100x200", SEEN: "1x200", BAD: "2x200"}


def alone(subject: Slo, kind: AlertKind, tier: str, interval: Duration = MINUTE) -> RuleFile:
    """The rules of an SLO without its recordings: only one alert."""
    rules = compile_service(service([subject]), interval)
    every = [rule for group in rules.groups for rule in group.alerts]
    kept = tuple(rule for rule in every if rule.kind is kind and rule.tier == tier)
    return msgspec.structs.replace(rules, groups=(msgspec.structs.replace(rules.groups[0], rules=kept),))


def texts(
    promtool: Path, folder: Path, rules: RuleFile, fed: Mapping[str, str], minute: int, name: str = "budget"
) -> list[str]:
    """An annotation of the alerts that fire at a minute, as promtool renders it."""
    labels = f'{names.ID}="shop-availability",{names.SERVICE}="shop",{names.SLO}="availability"'
    (alert,) = {rule.alert for rule in rules.groups[0].alerts}
    series = [
        {"series": f"{metric[:-1]},{labels}}}" if "{" in metric else f"{metric}{{{labels}}}", "values": values}
        for metric, values in fed.items()
    ]
    expected: dict[str, Any] = {
        "eval_time": f"{minute}m",
        "alertname": alert,
        "exp_alerts": [{"exp_labels": {"a": "b"}}],
    }
    test = {"interval": "1m", "input_series": series, "alert_rule_test": [expected]}
    (folder / "rules.yaml").write_text(rule_file_text(rules, Source("specs")))
    document = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": [test]}
    (folder / "test.yaml").write_text(yaml.safe_dump(document))
    done = subprocess.run(
        [promtool, "test", "rules", "test.yaml"], cwd=folder, capture_output=True, text=True, check=False, timeout=60
    )
    said = f"{done.stdout}{done.stderr}"
    assert "got:" in said, said
    got = said[said.index("got:") :]
    return re.findall(rf'{name}="((?:[^"\\]|\\.)*)"', got)


def tier_text(
    promtool: Path,
    folder: Path,
    fed: Mapping[str, str],
    minute: int,
    tier: str = "1h",
    interval: Duration = MINUTE,
    **of_slo: Any,
) -> str:
    """The same for one tier that fires for one series. Both of its ratios are 50 %, and there is no minimum."""
    subject = slo(alerting=msgspec.structs.replace(ALERTING, minimum_bad_events=Decimal(0)), **of_slo)
    windows = {"1h": ("1h", "5m"), "6h": ("6h", "30m")}[tier]
    ratios = {f'slo:sli_error:ratio_rate{window}{{{names.WINDOW}="{window}"}}': "0.5x1500" for window in windows}
    (found,) = texts(promtool, folder, alone(subject, AlertKind.TIER, tier, interval), {**ratios, **fed}, minute)
    return found


CASES: dict[str, tuple[dict[str, str], int, str]] = {
    # 60,481.5 events may still be bad, two a second: 30,240.75 seconds
    "on a full hour": (USUAL, 60, "75.0%. It lasts 8h 24m 0s if bad events go on as in the last 5m."),
    # thirty minutes with two a second: 3,600 of 80,642 are 4.46 %; 56,881.5 are left for 28,440.75 seconds
    "what was spent since the last full hour": (
        USUAL, HOURS_AND_A_HALF, "70.5%. It lasts 7h 54m 0s if bad events go on as in the last 5m."
    ),
    "the last minute before the next full hour": (
        USUAL, 119, "66.2%. It lasts 7h 25m 0s if bad events go on as in the last 5m."
    ),
    # 1 % of the budget is left at the full hour, and 4.46 % were spent since then
    "spent since the last full hour": (USUAL | {LEFT: "0.01x200"}, HOURS_AND_A_HALF, "-3.5%. It is spent."),
    "exactly spent": (USUAL | {LEFT: "0x200"}, 60, "0.0%. It is spent."),
    "a hundred budgets spent": (USUAL | {LEFT: "-9999x200"}, 60, "-999900.0%. It is spent."),
    "a few events among many: it outlasts the period": (
        USUAL | {BAD: "0.001x200"}, 60, "75.0%. It lasts longer than 28d if bad events go on as in the last 5m."
    ),
    "seconds": (USUAL | {BAD: "13440x200"}, 60, "75.0%. It lasts 4.5s if bad events go on as in the last 5m."),
    "nothing is bad now": (USUAL | {BAD: "0x200"}, 60, "75.0%. How long it lasts is not known."),
    # a whole period of the same traffic has twice as many events: half as much was spent, and twice as much is left
    "half of the period was seen": (
        USUAL | {SEEN: "0.5x200"}, HOURS_AND_A_HALF, "72.8%. It lasts 16h 18m 1s if bad events go on as in the last 5m."
    ),
    "no budget is recorded": ({TOTAL: "4032100x200", SEEN: "1x200", BAD: "2x200"}, 60, "not known."),
    "no events are recorded": ({LEFT: "0.75x200", SEEN: "1x200", BAD: "2x200"}, 60, "not known."),
    "nobody knows what was seen": ({LEFT: "0.75x200", TOTAL: "4032100x200", BAD: "2x200"}, 60, "not known."),
    "no event in the whole period": (USUAL | {TOTAL: "0x200"}, 60, "not known."),
    "bad events are not known": ({LEFT: "0.75x200", TOTAL: "4032100x200", SEEN: "1x200"}, 60, "not known."),
    "nothing is recorded": ({}, 60, "not known."),
    "not a number": (USUAL | {LEFT: " ".join(["NaN"] * 200)}, 60, "not known."),
    "minus infinity": (USUAL | {LEFT: " ".join(["-Inf"] * 200)}, 60, "not known."),
    "infinitely many bad events": (USUAL | {BAD: " ".join(["Inf"] * 200)}, HOURS_AND_A_HALF, "not known."),
}  # fmt: skip


@pytest.mark.prometheus
@pytest.mark.parametrize("name", CASES)
def test_what_is_left(promtool: Path, tmp_path: Path, name: str) -> None:
    fed, minute, expected = CASES[name]
    assert tier_text(promtool, tmp_path, fed, minute) == f"Error budget left (28d): {expected}"


@pytest.mark.prometheus
def test_the_rate_is_that_of_the_short_window(promtool: Path, tmp_path: Path) -> None:
    # no bad events, and 4 a second from minute 91 on: the tier 6h reads the recorded rates of 30 minutes
    fed = USUAL | {BAD: "0x90 4x200"}
    said = tier_text(promtool, tmp_path, fed, 120, tier="6h")
    assert said == "Error budget left (28d): 75.0%. It lasts 4h 12m 0s if bad events go on as in the last 30m."
    # at minute 105 half of the window is without errors: 2 a second; 3,600 were spent since minute 60
    said = tier_text(promtool, tmp_path, fed, 105, tier="6h")
    assert said == "Error budget left (28d): 70.5%. It lasts 7h 54m 0s if bad events go on as in the last 30m."


@pytest.mark.prometheus
def test_the_interval_of_evaluations_counts(promtool: Path, tmp_path: Path) -> None:
    """A recorded rate counts for the time until the next one. With an evaluation every two minutes there are half as
    many.
    """
    every_two = " ".join(["2 _"] * 100)
    said = tier_text(promtool, tmp_path, USUAL | {BAD: every_two}, HOURS_AND_A_HALF, interval=Duration(120_000))
    assert said == "Error budget left (28d): 70.5%. It lasts 7h 54m 0s if bad events go on as in the last 5m."


@pytest.mark.prometheus
def test_a_ratio_without_events_speaks_of_its_ratio(promtool: Path, tmp_path: Path) -> None:
    # one event a second stands for time: 28 days are 2,419,200 of them, 2 % are 48,384, 75 % of these 36,288
    fed = {LEFT: "0.75x200", TOTAL: "2419200x200", SEEN: "1x200", BAD: "0.5x200"}
    said = tier_text(promtool, tmp_path, fed, 60, indicator=RATIO)
    assert said == "Error budget left (28d): 75.0%. It lasts 20h 9m 36s if the error ratio stays as in the last 5m."


@pytest.mark.prometheus
@pytest.mark.parametrize("zone", ["a1", 'quote " and \\ and {{ $value }}', "%d of 100%", "größer\n", "`'"])
def test_a_group_has_a_budget_of_its_own(promtool: Path, tmp_path: Path, zone: str) -> None:
    """The text is right for every value of the label."""
    subject = slo(group_by=("zone",), alerting=msgspec.structs.replace(ALERTING, minimum_bad_events=Decimal(0)))
    own = "zone=" + '"' + zone.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    fed = {f"{metric}{{{own}}}": values for metric, values in USUAL.items()}
    fed |= {f'{metric}{{zone="other"}}': "9000000x200" for metric in USUAL}
    fed |= {
        f'slo:sli_error:ratio_rate{window}{{{own},{names.WINDOW}="{window}"}}': "0.5x200" for window in ("1h", "5m")
    }
    (said,) = texts(promtool, tmp_path, alone(subject, AlertKind.TIER, "1h"), fed, HOURS_AND_A_HALF)
    assert said == "Error budget left (28d): 70.5%. It lasts 7h 54m 0s if bad events go on as in the last 5m."


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("fed", "expected"),
    [
        ({LEFT: "0.75x200"}, "75.0%"),
        ({LEFT: "-9999x200"}, "-999900.0%"),
        ({}, "not known"),
        ({LEFT: " ".join(["NaN"] * 200)}, "not known"),
        ({f'{LEFT}{{zone="a"}}': "0.75x200", f'{LEFT}{{zone="b"}}': "0.5x200"}, "50.0%"),
    ],
)
def test_without_data(promtool: Path, tmp_path: Path, fed: dict[str, str], expected: str) -> None:
    fed = {names.OBJECTIVE_RATIO: "0.98x200", **fed}
    (said,) = texts(promtool, tmp_path, alone(slo(), AlertKind.ABSENT, "absent"), fed, HOURS_AND_A_HALF)
    assert said == f"Error budget left (28d), by what was counted: {expected}. How long it lasts is not known."


@pytest.mark.prometheus
@pytest.mark.parametrize(
    ("left", "shown"), [("0", "0%"), ("-0.5", "-50%"), ("-10", "-1000%"), ("-9999", "less than -1000%")]
)
def test_a_spent_budget_has_no_exponents(promtool: Path, tmp_path: Path, left: str, shown: str) -> None:
    subject = slo(calendar=None, alerting=msgspec.structs.replace(ALERTING, minimum_bad_events=Decimal(0)))
    rules = alone(subject, AlertKind.EXHAUSTED, "budget-28d")
    description = dict(rules.groups[0].alerts[0].annotations)["description"]
    only = msgspec.structs.replace(rules.groups[0].alerts[0], annotations=(("budget", description),))
    rules = msgspec.structs.replace(rules, groups=(msgspec.structs.replace(rules.groups[0], rules=(only,)),))
    (said,) = texts(promtool, tmp_path, rules, {LEFT: f"{left}x200"}, 60)
    assert f" Budget left: {shown} (below 0%: overspent)." in said


FAULTS = {
    "another budget": (names.PERIOD_BUDGET_REMAINING, names.PERIOD_BURN_RATE),
    "bad events in place of all": (f"max({names.PERIOD_TOTAL}", f"max({names.PERIOD_BAD}"),
    "another budget ratio": ("* 0.0002 *", "* 0.0004 *"),
    "a ratio in place of percent": ("100 * max(", "1 * max("),
    "another rate": (f"(max({names.BAD_RATE}", f"(max({names.TOTAL_RATE}"),
    "another SLO": ("shop-availability", "shop-other"),
    "another period": ("(28d)", "(30d)"),
    "no text": ("It lasts ", ""),
}


@pytest.mark.prometheus
def test_generated_unit_tests_notice_a_fault(promtool: Path, tmp_path: Path) -> None:
    shop = service([slo()])
    rules = compile_service(shop)
    tests = compile_tests(shop, rules)
    group = next(group for group in tests.groups if group.name.startswith("burn rate, tier 1h"))
    tests = msgspec.structs.replace(tests, groups=(group,))
    assert run_tests(promtool, tmp_path, shop, rules, tests) == ""
    missed = []
    for name, (old, new) in FAULTS.items():
        faulty = replaced(rules, old, new)
        assert faulty != rules, name
        if not run_tests(promtool, tmp_path, shop, faulty, tests):
            missed.append(name)
    assert missed == []


def replaced(rules: RuleFile, old: str, new: str) -> RuleFile:
    """The rules with another text about the budget."""

    def changed(rule: Rule) -> Rule:
        if not isinstance(rule, AlertingRule):
            return rule
        own = tuple((name, text.replace(old, new) if name == "budget" else text) for name, text in rule.annotations)
        return msgspec.structs.replace(rule, annotations=own)

    groups = (msgspec.structs.replace(group, rules=tuple(map(changed, group.rules))) for group in rules.groups)
    return msgspec.structs.replace(rules, groups=tuple(groups))


@pytest.mark.prometheus
def test_an_alert_fires_though_its_query_fails(promtool: Path, tmp_path: Path) -> None:
    """Prometheus writes the error into the one annotation. All others are those of an alert without a fault."""
    subject = slo(alerting=msgspec.structs.replace(ALERTING, minimum_bad_events=Decimal(0)))
    rules = replaced(alone(subject, AlertKind.TIER, "1h"), "max(", "no_function(")
    ratios = {f'slo:sli_error:ratio_rate{window}{{{names.WINDOW}="{window}"}}': "0.5x200" for window in ("1h", "5m")}
    (said,) = texts(promtool, tmp_path, rules, {**USUAL, **ratios}, 60)
    assert said.startswith("<error expanding template: ")
    (description,) = texts(promtool, tmp_path, rules, {**USUAL, **ratios}, 60, name="description")
    assert description.startswith("50% of the events of shop (availability) in the last 1h were bad.")


def test_a_query_that_fails_spoils_no_other_text() -> None:
    """Only the annotation about the budget has a query."""
    for subject in (slo(), slo(group_by=("zone",)), slo(indicator=RATIO)):
        for rule in compile_service(service([subject])).groups[0].alerts:
            asking = [name for name, text in (*rule.annotations, *rule.labels) if "query" in text]
            assert asking == (["budget"] if rule.kind in (AlertKind.TIER, AlertKind.ABSENT) else [])
