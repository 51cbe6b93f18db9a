"""Every text can be written into PromQL and read again without a change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import promql_parser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slosmith.model import Duration, Matcher, Selector
from slosmith.promql import fill_window, has_window, literal_regex, matches, parse, parse_matcher, quote, selector_text
from tests.promql.prometheus_says import refused
from tests.sli.promtool_cases import Case, Check, failures

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NASTY = [
    '"',
    "\\",
    "\n",
    "\r\n",
    "\t",
    '"} or vector(1) #',
    "`",
    "'",
    "é😀",
    "\u2028",
    "\x7f",
    "\ufeff",
    "\u202e",
    "a\\",
    "{{.window}}",
]  # fmt: skip


@given(TEXT)
def test_two_readers_get_back_what_was_quoted(text: str) -> None:
    quoted = quote(text)
    parsed: Any = promql_parser.parse(f"x{{a={quoted}}}")
    theirs = parsed.matchers.matchers[0].value
    ours = parse(f"x{{a={quoted}}}").selectors()[0].matchers[0].value
    assert (theirs, ours) == (text, text)
    assert "\n" not in quoted


@pytest.mark.prometheus
def test_prometheus_reads_what_was_quoted(promtool: Path, tmp_path: Path) -> None:
    # Prometheus checks the length of the label with a pattern that slosmith makes
    cases = [
        Case(repr(text), {f"x{{a={quote(text)}}}": "1x20"},
             (Check(f'count(x{{a=~{quote("(?s:.{" + str(len(text)) + "})")},a={quote(text)}}})', 5, {"{}": 1}),))
        for text in NASTY
    ]  # fmt: skip
    assert failures(promtool, tmp_path, cases) == ""


@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "x\udfff"])
def test_what_no_label_can_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not allowed in a PromQL string"):
        quote(text)


@given(TEXT)
def test_a_literal_pattern_matches_its_text_alone(text: str) -> None:
    matcher = Matcher("a", "=~", literal_regex(text))
    assert matches(matcher, text)
    assert not matches(matcher, text + "x")


@given(TEXT, TEXT)
def test_a_value_cannot_leave_its_matcher(value: str, other: str) -> None:
    selector = Selector("x", (Matcher("a", "=", value), Matcher("b", "!=", other)))
    found = parse(f"sum(rate({selector_text(selector, Duration.parse('5m'))}))").selectors()
    assert [item.selector for item in found] == [selector]


@pytest.mark.parametrize("name", ["", "a b", "a{", "1a", "a-b", "é", 'a"', "or", "sum", "NaN", "inf", "a\n"])
def test_a_metric_name_is_a_name(name: str) -> None:
    with pytest.raises(ValueError, match=r"not a metric name|needs a metric name"):
        selector_text(Selector(name))


@pytest.mark.parametrize("name", ["", "a b", "a=", "1a", "a:b", "é", 'a"', "a\n"])
def test_a_label_name_is_a_name(name: str) -> None:
    with pytest.raises(ValueError, match="not a label name"):
        selector_text(Selector("x", (Matcher(name, "=", "y"),)))


def test_selectors_read_as_people_write_them() -> None:
    selector = Selector("http_requests_total", (Matcher("job", "=", "web"), Matcher("code", "=~", "5..")))
    assert selector_text(selector) == 'http_requests_total{job="web",code=~"5.."}'
    assert selector_text(selector, Duration.parse("5m")) == 'http_requests_total{job="web",code=~"5.."}[5m]'
    assert selector_text(Selector("up")) == "up"
    assert selector_text(Selector("", (Matcher("job", "=", "web"),))) == '{job="web"}'


@pytest.mark.parametrize("spelling", ["{{.window}}", "{{ .window }}", "{{- .window -}}", "{{\t.window\n}}"])
def test_every_spelling_of_the_placeholder_is_filled(spelling: str) -> None:
    text = f"rate(x[{spelling}]) / rate(y[{spelling}])"
    assert has_window(text)
    assert fill_window(text, Duration.parse("2h")) == "rate(x[2h]) / rate(y[2h])"


def test_what_is_no_placeholder_stays() -> None:
    for text in ("{{ $labels.x }}", "{{window}}", "{ {.window} }", "{{.windows}}"):
        assert not has_window(text)
        assert fill_window(text, Duration.parse("5m")) == text


@pytest.mark.parametrize(
    ("text", "matcher"),
    [
        ('job="web"', Matcher("job", "=", "web")),
        (' code !~ "4..|0" ', Matcher("code", "!~", "4..|0")),
        ("a='it\"s'", Matcher("a", "=", 'it"s')),
        ('a="b" # c', Matcher("a", "=", "b")),
        ("a=~`\\d+`,", Matcher("a", "=~", "\\d+")),
    ],
)
def test_a_matcher_is_read(text: str, matcher: Matcher) -> None:
    assert parse_matcher(text) == matcher


@pytest.mark.parametrize(
    "text",
    ["", "job", 'job="a",b="c"', 'job="a"} or up{x="y"', 'job="a"}[5m', '"a"', 'a=~"("', 'a="b" or c="d"',
     'a="b"} offset 5m #'],
)  # fmt: skip
def test_anything_but_one_matcher_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not (a|one) matcher"):
        parse_matcher(text)


@pytest.mark.prometheus
def test_quoted_text_is_valid_in_rules(promtool: Path, tmp_path: Path) -> None:
    assert refused(promtool, tmp_path, [f"x{{a={quote(text)}}}" for text in NASTY]) == set()
