"""Durations and percentages: what is written wrong gets a hint that can be written, in every format and setting."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import slosmith
from slosmith import api
from slosmith.formats import hints
from slosmith.model import Duration
from slosmith.vocabulary.durations import duration_hint, in_one_unit
from tests.cli.project import write

PACKAGE = Path(slosmith.__file__).parent
SCHEMAS = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8"))
    for path in sorted(PACKAGE.glob("*/schemas/*.schema.json"))
}
DURATIONS = ("duration", "durationOrNull", "window")
SHARES = ("target", "targetOrNull", "percent", "percentOrNull", "ratio", "sharePercent", "percentText")
_SUGGESTED = re.compile(r"(?:write|such as) ([0-9][0-9a-z.%]*)")


def definitions(names: tuple[str, ...]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for schema, content in SCHEMAS.items():
        for name in names:
            rule = content.get("$defs", {}).get(name)
            if rule is not None and ("pattern" in rule or "number" in rule.get("type", ())):
                yield schema, name, rule


# --- what a hint says can be written


@pytest.mark.parametrize(("schema", "name", "rule"), [*definitions(DURATIONS)])
def test_durations(schema: str, name: str, rule: dict[str, Any]) -> None:
    wrong = (
        "0.25s",
        "0.5h",
        "1.5d",
        "250 ms",
        "1 hour",
        "2 days",
        "90 minutes",
        "1h30m",
        "250",
        "1m30",
        "soon",
        "36h5m",
    )
    for text in (each for each in wrong if not re.search(rule["pattern"], each)):
        for written in _SUGGESTED.findall(duration_hint(text, rule["pattern"])):
            assert re.search(rule["pattern"], written), (text, written)
    for path in (("threshold",), ("rolling",), ("for",), ("timeSliceWindow",)):
        for written in _SUGGESTED.findall(hints.unit_for("30", path, rule["pattern"])):
            assert re.search(rule["pattern"], written), (path, written)
    assert duration_hint("1 hour", rule["pattern"]) == "write 1h"


@pytest.mark.parametrize(("schema", "name", "rule"), [*definitions(SHARES)])
def test_percentages(schema: str, name: str, rule: dict[str, Any]) -> None:
    meant = {"98": "98", "98%": "98", "98 %": "98", "98,5%": "98.5", "99.95 percent": "99.95"}
    for text, number in meant.items():
        hint = hints.percentage(text, rule)
        written = _SUGGESTED.findall(hint)[0]
        scale = 100 if rule.get("exclusiveMaximum") == 1 else 1
        assert float(written.removesuffix("%")) * scale == pytest.approx(float(number)), (text, hint)
        assert ("%" in written) is ("%" in rule.get("pattern", "")), (text, hint)


def test_every_number_with_a_unit_is_one_of_these_definitions() -> None:
    """A pattern for durations or percentages that stands elsewhere would have messages of its own."""

    def loose(rule: Any, path: str) -> Iterator[str]:
        if isinstance(rule, dict):
            pattern = rule.get("pattern")
            if isinstance(pattern, str) and ("[mhd" in pattern or ")?%" in pattern or "%$" in pattern):
                yield path
            for key, inner in rule.items():
                yield from loose(inner, f"{path}/{key}")
        elif isinstance(rule, list):
            for index, inner in enumerate(rule):
                yield from loose(inner, f"{path}/{index}")

    known = {f"{schema}/$defs/{name}" for schema, name, _ in definitions((*DURATIONS, *SHARES))}
    found = {place for schema, content in SCHEMAS.items() for place in loose(content, schema)}
    assert found <= known


@pytest.mark.parametrize(
    ("written", "shown"), [("26h", "26h"), ("1200ms", "1200ms"), ("7d", "7d"), ("90s", "90s"), ("1h30m", "90m")]
)
def test_a_duration_in_one_unit(written: str, shown: str) -> None:
    assert in_one_unit(Duration.parse(written)) == shown


# --- in every format and setting


OWN = "version: slosmith/v1\nkind: Service\nname: shop\n"
UP = "indicator: {boolean_gauge: {gauges: up}}"
PROJECT = "version: slosmith/v1\nkind: Project\nname: p\n"
SLOTH = """\
version: prometheus/v1
service: shop
slos:
  - name: orders
    objective: OBJECTIVE
    MORE
    sli: {events: {error_query: 'sum(rate(x[{{.window}}]))', total_query: 'sum(rate(y[{{.window}}]))'}}
    alerting: {name: A, WINDOWS}
"""
OPENSLO = """\
apiVersion: openslo/v1
kind: SLO
metadata: {name: orders}
spec:
  service: shop
  indicator:
    metadata: {name: i}
    spec:
      ratioMetric:
        counter: true
        bad: {metricSource: {type: Prometheus, spec: {query: x}}}
        total: {metricSource: {type: Prometheus, spec: {query: y}}}
  timeWindow: [{duration: WINDOW, isRolling: true}]
  budgetingMethod: Occurrences
  objectives: [{TARGET}]
"""
PYRRA = """\
apiVersion: pyrra.dev/v1alpha1
kind: ServiceLevelObjective
metadata: {name: orders}
spec: {target: TARGET, window: WINDOW, indicator: {ratio: {errors: {metric: 'x{c="5"}'}, total: {metric: x}}}}
"""


def sloth(objective: str = "99", more: str = "", windows: str = "labels: {a: b}") -> str:
    text = SLOTH.replace("OBJECTIVE", objective).replace("WINDOWS", windows)
    return text.replace("    MORE\n", f"    {more}\n" if more else "")


def openslo(window: str = "28d", target: str = "target: 0.99") -> str:
    return OPENSLO.replace("WINDOW", window).replace("TARGET", target)


def pyrra(window: str = "28d", target: str = '"99"') -> str:
    return PYRRA.replace("WINDOW", window).replace("TARGET", target)


SERVICE, CATALOGUE, SETTINGS = "services/shop.yaml", "catalogues/quick.yaml", "slosmith.yaml"


@pytest.mark.parametrize(
    ("file", "text", "code", "hint"),
    [
        (SERVICE, f"{OWN}objectives: {{up: {{target: 99%, threshold: 0.25s, {UP}}}}}", "SCH211", "write 250ms"),
        (SERVICE, f"{OWN}objectives: {{up: {{target: 99%, {UP}}}}}\noperations: {{time_to_repair: 1 hour}}", "SCH211",
         "write 1h"),
        (SERVICE, f"{OWN}indicator_source: {{template: local, with: {{limit: 0.25s}}}}\n"
         "objectives: {fresh: {target: 99%}}", "RES305", "write 250ms"),
        (SETTINGS, f"{PROJECT}evaluation_interval: 0.5m", "SCH211", "write 30s"),
        (SETTINGS, f"{PROJECT}policy: {{parameters: {{SLI308: {{scrape_interval: 0.25m}}}}}}", "POL701", "write 15s"),
        (SETTINGS, f"{PROJECT}policy: {{parameters: {{SLI308: {{scrape_interval: [1m]}}}}}}", "POL701",
         "the default is 1m"),
        (SERVICE, sloth(more="period: 30 days"), "SCH211", "write 30d"),
        (SERVICE, sloth(windows="windows: [{severity: page, long: 1.5h, short: 5m, factor: 2}]"), "SCH211",
         "write 90m"),
        (SERVICE, openslo(window="1h30m"), "SCH211", "write 90m"),
        (SERVICE, openslo(window="28"), "SCH211", "write 28d"),
        (SERVICE, openslo(window="0.25s"), "SCH211", ""),
        (SERVICE, pyrra(window="4 weeks"), "SCH211", "write 4w"),
        (SERVICE, f"{OWN}objectives: {{up: {{target: '98', {UP}}}}}", "SCH213", "write 98%"),
        (SERVICE, f"{OWN}objectives: {{up: {{target: '0.98', {UP}}}}}", "SCH213",
         "write 98%, or 0.98% if you mean that"),
        (SERVICE, f"{OWN}objectives: {{up: {{target: 0.98, {UP}}}}}", "SCH213", "write 98%"),
        (SETTINGS, f"{PROJECT}dependencies: {{store: {{target: '98,5 %'}}}}", "SCH213", "write 98.5%"),
        (CATALOGUE, "version: slosmith/v1\nkind: AlertCatalogue\nname: quick\n"
         "windows: [{budget_share: '2', long: 1h, short: 5m, severity: page}]", "SCH213", "write 2%"),
        (SERVICE, sloth("98%"), "SCH205", "write 98"),
        (SERVICE, sloth("'98'"), "SCH205", "write 98, without quotes"),
        (SERVICE, openslo(target="target: 98"), "SCH207", "write 0.98"),
        (SERVICE, openslo(target="target: 98%"), "SCH205", "write 0.98"),
        (SERVICE, openslo(target="targetPercent: 98%"), "SCH205", "write 98"),
        (SERVICE, pyrra(target="98%"), "SCH213", "write 98"),
    ],
)  # fmt: skip
def test_what_to_write_instead(file: str, text: str, code: str, hint: str, tmp_path: Path) -> None:
    write(
        tmp_path / "services/other.yaml", f"{OWN.replace('shop', 'other')}objectives: {{up: {{target: 99%, {UP}}}}}\n"
    )
    write(tmp_path / "templates/local.yaml", LOCAL)
    write(tmp_path / file, f"{text}\n")
    loaded = api.load(tmp_path)
    problems = loaded.problems if loaded.workspace is None else api.check(loaded)
    assert (code, hint) in [(problem.code, problem.hint) for problem in problems], problems


LOCAL = """\
version: slosmith/v1
kind: SLITemplate
name: local
title: A template of a test
description: Has a parameter that is a duration.
references: ["https://example.org"]
metrics: {done_seconds: {type: gauge, unit: seconds, description: The time of the last run.}}
parameters: {limit: {type: duration, description: The largest age., required: true, example: 26h}}
indicators:
  fresh: {kind: freshness, description: Runs., select: [{metric: done_seconds}], max_age: {parameter: limit}}
"""


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            SERVICE,
            f"{OWN}objectives: {{a: {{target: 98, {UP}}}, b: {{target: 98%, {UP}}}, c: {{target: '98%', {UP}}}}}",
        ),
        (SERVICE, sloth("98", "period: 14d")),
        (SERVICE, openslo("14d", "targetPercent: 98")),
        (SERVICE, pyrra("2w", "'98'")),
        (SERVICE, pyrra("2w", "98")),
    ],
)
def test_what_is_right(file: str, text: str, tmp_path: Path) -> None:
    write(tmp_path / file, f"{text}\n")
    slos = api.load(tmp_path).sound().slos()
    assert {str(slo.objective.target_ratio) for slo in slos} == {"0.98"}
