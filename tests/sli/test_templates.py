"""Every template and each of its indicators: the input is the series of exporters, and the results are exact."""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith.sli.library import FOLDER, library
from slosmith.sli.template import Condition, IndicatorTemplate, Narrowing, SelectorTemplate
from tests.sli.promtool_cases import failures
from tests.sli.template_cases import cases, picked, with_one_matcher_less

CASES = cases()
NOT_CLASSIC = {("latency-histogram", "native_latency")}
"""promtool 2.42 cannot feed native histograms; its kind is held in test_base."""


@pytest.mark.prometheus
@pytest.mark.parametrize("template", library().names())
def test_totals_and_bad_events_are_what_the_series_say(template: str, promtool: Path, tmp_path: Path) -> None:
    assert failures(promtool, tmp_path, [case.promtool() for case in CASES if case.template == template]) == ""


def test_every_indicator_of_every_template_has_a_case() -> None:
    have = {(case.template, case.indicator) for case in CASES} | NOT_CLASSIC
    want = {(name, indicator) for name, item in library().templates.items() for indicator in item.indicators}
    assert have == want


def test_no_matcher_could_be_left_out_without_a_case_that_notices() -> None:
    noticed: dict[tuple[str, ...], bool] = {}
    for case in CASES:
        indicator, series = case.expanded(), [name for _, _, name in case.series]
        right, literal = picked(indicator, series), _literal_values(case.template)
        for (field, matcher), mutant in with_one_matcher_less(indicator):
            value = matcher.value if matcher.value in literal else "a parameter"
            key = (case.template, case.indicator, field, matcher.label, matcher.op, value)
            noticed[key] = noticed.get(key, False) or picked(mutant, series) != right
    assert sorted(key for key, seen in noticed.items() if not seen) == []


def _literal_values(template: str) -> set[str | None]:
    indicators = library().templates[template].indicators.values()
    return {matcher.value for indicator in indicators for part in _parts(indicator) for matcher in part.match}


def test_every_condition_is_met_and_missed_by_some_case() -> None:
    """Each ``when`` of a template is true in one case and false in another, so every choice is tested."""
    missing = []
    for name, template in library().templates.items():
        for indicator_name, indicator in template.indicators.items():
            mine = [case for case in CASES if (case.template, case.indicator) == (name, indicator_name)]
            defaults = {key: parameter.default for key, parameter in template.parameters.items()}
            for condition in _conditions(indicator):
                held = {_holds(condition, {**defaults, **case.parameters}) for case in mine}
                if held != {True, False}:
                    missing.append((name, indicator_name, str(condition), held))
    assert missing == []


def _parts(indicator: IndicatorTemplate) -> list[SelectorTemplate | Narrowing]:
    return [*indicator.select, *indicator.bad, *indicator.good]


def _conditions(indicator: IndicatorTemplate) -> list[Condition]:
    parts = _parts(indicator)
    every = [part.when for part in parts] + [matcher.when for part in parts for matcher in part.match]
    return [condition for condition in every if condition]


def _holds(condition: Condition, values: dict[str, object]) -> bool:
    return all(values.get(key) in (want if isinstance(want, list) else [want]) for key, want in condition.items())


def test_files_are_named_after_their_templates() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {item.name for item in library().templates.values()}


def test_every_template_says_where_its_facts_come_from() -> None:
    for template in library().templates.values():
        assert template.references, template.name
        assert all(url.startswith("https://") for url in template.references), template.name
