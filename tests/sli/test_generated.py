"""Every template with the most difficult values that people can write: Prometheus selects the right series.

The series are made from the selectors: several that each selector selects, and for each matcher one that fails this
matcher only. The expected sums come from our own matching, and Prometheus must give the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith.model import CounterRatio, Duration, HistogramLatency, Selector
from slosmith.promql import decoys, examples, matches, quote
from slosmith.sli.base import base_expressions
from slosmith.sli.expand import expand
from slosmith.sli.library import library
from slosmith.sli.template import Parameter, Template
from tests.sli.promtool_cases import Case, Check, failures, one

NASTY = {
    "label_value": 'a"b\\c\n{é}',
    "string": "'`x",
    "regex": r"x\.y|\"z\"|[a-c]+(-default)?",
    "list": ["a.b", 'c|d"', "(e"],
    "matchers": ['job="q\\"uo"', 'path!~"/metrics|/h.*"', 'zone=~"é+"'],
}
FITTING: dict[str, object] = {"buckets": ["0.5", "500"], "excluded": '4.."'}
"""Values that have to fit the others: bounds are numbers, what is excluded is not bad."""

THRESHOLDS = ("500ms", "100ms", "1s", "8ms", "64ms", "1h")
COUNTED = [
    (name, indicator)
    for name, template in library().templates.items()
    for indicator, shape in template.indicators.items()
    if shape.kind in ("counter_ratio", "histogram_latency")
]


@pytest.mark.prometheus
@pytest.mark.parametrize(("template", "indicator"), COUNTED)
def test_prometheus_picks_what_the_selectors_say(template: str, indicator: str, promtool: Path, tmp_path: Path) -> None:
    found = library().get(template)
    assert found is not None
    made = _expand(found, indicator)
    if isinstance(made, CounterRatio):
        parts = [*made.total, *made.bad, *made.good]
    else:
        bound = [Selector(selector.metric, selector.matchers) for selector in made.buckets]
        parts = [*made.total, *bound]
    fed = _series(parts)
    per_second = {series: 2**index for index, series in enumerate(fed)}

    def add(selectors: tuple[Selector, ...]) -> int:
        picked = {series for series in fed for selector in selectors if _picks(selector, series)}
        return sum(per_second[series] for series in picked)

    total = add(made.total)
    le = made.le if isinstance(made, HistogramLatency) else ""
    values = {_text(series, le): f"0+{60 * rate}x20" for series, rate in per_second.items()}
    if isinstance(made, CounterRatio):
        bad = add(made.bad) if made.bad else max(total - add(made.good), 0)
    else:
        bad = max(total - add(made.buckets), 0)
    base = base_expressions(made)
    case = Case(template, values, (Check(base.total, 10, one(total)), Check(base.bad, 10, one(bad))))
    assert failures(promtool, tmp_path, [case]) == ""


def _expand(template: Template, indicator: str) -> CounterRatio | HistogramLatency:
    values = {name: _value(parameter) for name, parameter in template.parameters.items() if name not in FITTING}
    values |= {name: value for name, value in FITTING.items() if name in template.parameters}
    values = {name: value for name, value in values.items() if value is not None}
    for threshold in THRESHOLDS:
        try:
            made = expand(template.name, values, indicator=indicator, threshold=Duration.parse(threshold),
                          library=library())  # fmt: skip
        except Exception as error:
            last = error
            continue
        assert isinstance(made, CounterRatio | HistogramLatency)
        return made
    raise last


def _value(parameter: Parameter) -> object:
    return NASTY.get(parameter.type, parameter.default if parameter.default is not None else parameter.example)


def _series(selectors: list[Selector]) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Metric and labels of series that the selectors select, and of decoys. Each is there once."""
    found = []
    for selector in selectors:
        picked = examples(selector, 4)
        missed = [labels for _, labels in decoys(selector)]
        assert picked, selector
        found += [(selector.metric, tuple(sorted(labels.items()))) for labels in picked + missed if labels]
    return list(dict.fromkeys(found))


def _picks(selector: Selector, series: tuple[str, tuple[tuple[str, str], ...]]) -> bool:
    metric, labels = series[0], dict(series[1])
    return metric == selector.metric and all(matches(m, labels.get(m.label, "")) for m in selector.matchers)


def _text(series: tuple[str, tuple[tuple[str, str], ...]], le: str) -> str:
    metric, labels = series
    bound = (("le", le),) if metric.endswith("_bucket") else ()
    return f"{metric}{{{','.join(f'{label}={quote(value)}' for label, value in (*labels, *bound))}}}"
