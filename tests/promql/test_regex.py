"""The reader of RE2 patterns, compared with Prometheus."""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith.model import Matcher, Selector
from slosmith.promql import (
    check_regex,
    decoys,
    examples,
    matches,
    quote,
)
from slosmith.promql.regex import Regex, counterexamples
from tests.promql.prometheus_says import refused
from tests.sli.promtool_cases import Case, Check, failures

PATTERNS = [
    "(a*)*", "(a|b*)+c", "()*x",
    "5..", "2..|4..", "a|b", "abc", "(api|web)-[0-9]+", "revertrisk-predictor(-default)?", "[^a-z]+", "[a-c]{2,4}",
    r"\d+\.\d+", r"\w+@\w+", r"\S+", r"[\d_]+", "[[:alpha:]]+", "[^[:space:]]+", r"\p{L}+", r"\pN", r"\p{Greek}+",
    r"\PL", "(?i)Error", "(?:a|b)c", "(?P<n>ab)+", "a(?i:B)c", "^start.*end$", r"\Aab\z", r"\bword\b", r"a\Bb",
    "(a|ab)(c|bcd)", "x*y+z?", "(ab){3}", "(ab){2,}", "a{0}b", "a{,3}", "{", "a.*?b", r"\x41\x{1F600}", r"\101",
    r"\Qa.b|c\E", "[]x]", "[^]x]", r"[\]\-a]", r"\.\+\*\?\(\)\|\[\]\{\}\^\$\\", "a||b", "()", "é+", "(?s).+",
    "unknown|(?:a|b(-c)?)", r"[\x00-\x7F]", ".+", "[a-]", "[-a]", "(?:)", r"\/\_\-",
]  # fmt: skip
BAD_PATTERNS = [
    "(", ")", "a)", "(?=a)", "(?!a)", "(?<=a)b", "[", "[a", "[b-a]", "*a", "+", "a**", "a+*", "a{2}{3}", "a{1001}",
    "a{3,2}", "((a{100}){100}){100}", r"\8", r"\1", r"\C", r"\Z", r"\y", "\\", "(?z)", "(?P<n", r"\pX", r"\p{",
    "[[:foo:]]", r"[\w-z", "(?i",
]  # fmt: skip


def example_of(pattern: str) -> str | None:
    """The first example of a pattern that is not empty."""
    found = Regex(pattern).examples()
    return next((text for text in found if text), found[0] if found else None)


@pytest.mark.prometheus
def test_prometheus_agrees_about_examples_and_counterexamples(promtool: Path, tmp_path: Path) -> None:
    cases = []
    for pattern in PATTERNS:
        example, counter = example_of(pattern), next(iter(counterexamples(pattern)), None)
        assert example is not None, pattern
        series = {f'x{{i="yes",a={quote(example)}}}': "1x9"}
        if counter is not None:
            series[f'x{{i="no",a={quote(counter)}}}'] = "1x9"
        expected = {'{i="yes"}': 1.0}
        cases.append(Case(pattern, series, (Check(f"sum by (i) (x{{a=~{quote(pattern)}}})", 1, expected),)))
    assert failures(promtool, tmp_path, cases) == ""


def test_only_patterns_that_match_all_have_no_counterexample() -> None:
    assert [pattern for pattern in PATTERNS if not counterexamples(pattern)] == []
    assert counterexamples("(?s).*") == []


@pytest.mark.prometheus
def test_prometheus_refuses_what_we_refuse(promtool: Path, tmp_path: Path) -> None:
    for pattern in BAD_PATTERNS:
        with pytest.raises(ValueError):  # noqa: PT011 - each has words of its own
            check_regex(pattern)
    found = refused(promtool, tmp_path, [f"x{{a=~{quote(pattern)}}}" for pattern in BAD_PATTERNS])
    assert [pattern for index, pattern in enumerate(BAD_PATTERNS) if index not in found] == []


@pytest.mark.prometheus
def test_prometheus_takes_what_we_take(promtool: Path, tmp_path: Path) -> None:
    for pattern in PATTERNS:
        check_regex(pattern)
    found = refused(promtool, tmp_path, [f"x{{a=~{quote(pattern)}}}" for pattern in PATTERNS])
    assert [PATTERNS[index] for index in found] == []


def test_examples_look_like_what_people_write() -> None:
    assert example_of("5..") == "500"
    assert counterexamples("5..")[0] == "400"
    assert example_of("CONNECT|WATCH") == "CONNECT"
    assert example_of("svc(-default)?") == "svc"
    assert example_of(".*") == "x"
    assert counterexamples(".+")[0] == ""


SELECTOR = Selector(
    "istio_requests_total",
    (
        Matcher("namespace", "=", "shop"), Matcher("service", "=~", "checkout(-v2)?"), Matcher("code", "=~", "5.."),
        Matcher("code", "!~", "4.."), Matcher("verb", "!~", "WATCH|PROXY"), Matcher("flags", "!=", "DC"),
        Matcher("canary", "=", ""), Matcher("path", "!=", ""),
    ),
)  # fmt: skip


def test_an_example_satisfies_every_matcher() -> None:
    labels = examples(SELECTOR)[0]
    assert all(matches(matcher, labels.get(matcher.label, "")) for matcher in SELECTOR.matchers)
    assert "canary" not in labels
    assert labels["code"] == "500"


def test_a_decoy_misses_by_one_matcher() -> None:
    found = decoys(SELECTOR)
    for matcher, labels in found:
        missed = [other for other in SELECTOR.matchers if not matches(other, labels.get(other.label, ""))]
        assert missed == [matcher]
    # code!~"4.." follows from code=~"5..", so no value fails it alone
    assert {matcher for matcher, _ in found} == set(SELECTOR.matchers) - {Matcher("code", "!~", "4..")}


def test_several_examples_differ() -> None:
    found = examples(SELECTOR)
    assert len({tuple(sorted(labels.items())) for labels in found}) == len(found) > 1
    assert {labels["service"] for labels in found} == {"checkout", "checkout-v2"}


def test_matchers_that_exclude_each_other_have_no_example() -> None:
    assert examples(Selector("x", (Matcher("a", "=", "1"), Matcher("a", "=", "2")))) == []
    assert examples(Selector("x", (Matcher("a", "=~", "5.."), Matcher("a", "!~", "[0-9]+|5.*")))) == []
    assert examples(Selector("x", (Matcher("a", "=~", "b|c"), Matcher("a", "!=", "b"))))[0] == {"a": "c"}
