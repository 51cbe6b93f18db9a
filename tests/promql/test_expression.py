"""Valid expressions: they are accepted, compared and inspected."""

from __future__ import annotations

from pathlib import Path

import promql_parser
import pytest

from slosmith.model import Duration, Matcher, Selector
from slosmith.promql import PromqlError, parse, selectors
from slosmith.promql.ast import Paren, Subquery, VectorSelector, canonical, skeleton
from slosmith.promql.syntax import read
from tests.promql.forms import normalise
from tests.promql.prometheus_says import refused

SAME = [
    ["sum(foo) by (b,a)", "sum by (a, b) (foo)", " sum by(a,b)( foo{} ) # c"],
    ['x{b="1",a=~"5.."}', "x {a=~'5..', b = `1`,}", 'x{b="\\x31",a=~"5.."}'],
    ["rate(foo[90s])", "rate( foo [1m30s] )", "(rate(foo[90s]))"],
    ["a * 1e3", "a*1000", "a * 1000.0", "a * 0x3e8"],
    ["1h", "3600"],
    ["-foo^2", "-(foo^2)", "- foo ^ 2.0"],
    ["a-b-c", "(a - b) - c"],
    ["a^b^c", "a ^ (b ^ c)"],
    ["a or b and c", "a or (b and c)"],
    ["a > bool on(x,y) group_left(v,u) b", "a > bool on (y, x) group_left (u, v) b"],
    ["foo offset 5m @ 60", "foo @ 60 offset 5m"],
    ["sum(foo)", "sum by () (foo)", "sum(((foo)))", "+sum(foo)"],
    ["foo[1h:5m] offset -1w", "foo[60m:300s] offset -7d"],
    ["quantile(.5, x)", "quantile(0.50, x)"],
    ["x == inf", "x == +Inf", "x == Inf"],
]
DIFFERENT = [
    ("a - b - c", "a - (b - c)"),
    ("(a ^ b) ^ c", "a ^ b ^ c"),
    ("(-1)^2", "-1^2"),
    ("foo[5m:]", "foo[5m:1m]"),
    ("foo", "foo offset 5m"),
    ("foo", "foo @ end()"),
    ("sum(foo)", "sum without () (foo)"),
    ('x{a="b"}', 'x{a=~"b"}'),
    ("a > b", "a > bool b"),
    ("a / on(x) b", "a / ignoring(x) b"),
    ("a or b", "b or a"),
    ("sum(a)", "avg(a)"),
]
OTHERS = [
    "time()", "start", "sum", 'sum{a="b"}', "vector(1)", "foo @ start()", "min_over_time(rate(foo[5m])[1h:])[1d:1h]",
    'label_replace(a, "b", "$1", "c", "(.*)")', 'x{a=~"\\\\Qa.b\\\\E"}', "job:x:rate5m", "1 > bool 2", "- - foo",
    "topk by (a) (3, foo)", 'count_values("v", foo)', "a atan2 b % c", "x and on () (y > 1)", "foo{a='\\u00e9'}",
    "absent_over_time(foo{job='x'}[1h])", "a unless ignoring (x) b", "-1 ^ -2", "predict_linear(foo[5m], 60)",
    "sum(x) without (a)", 'foo{a="b",c!="d",e!~"f"}', "5m",
]  # fmt: skip

RIGHT = [text for texts in (*SAME, *DIFFERENT) for text in texts] + OTHERS
WRONG_TYPES = [
    "rate(foo)", "sum(1)", "1 and foo", "foo > bool 'a'", "vector(foo)", "nosuch(foo)", "rate(foo[5m], 1)", "-'a'",
    "histogram_quantile(foo, 0.9)", 'x{__name__="y"}', "rate(sum)", "{'my.metric', a='b'}", 'sum{on="x",by="y"}',
]  # fmt: skip


@pytest.mark.parametrize("texts", SAME, ids=lambda texts: texts[0])
def test_the_same_expression_has_one_form(texts: list[str]) -> None:
    forms = {normalise(text) for text in texts}
    assert len(forms) == 1
    assert normalise(forms.copy().pop()) in forms


def test_the_form_is_plain_and_sorted() -> None:
    text = 'sum by (z,m,a)(rate(x{z="1",y!="2",m=~"3",b!~"4",a="5"}[120s]))/1e1'
    assert normalise(text) == 'sum by (a, m, z) (rate(x{a="5",b!~"4",m=~"3",y!="2",z="1"}[2m])) / 10'


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_expressions_have_different_forms(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.prometheus
def test_prometheus_takes_them_and_their_forms(promtool: Path, tmp_path: Path) -> None:
    # Prometheus 2.42 never accepts a duration in place of a number
    texts = [text for text in RIGHT if text not in ("1h", "5m")]
    wrapped = [_as_vector(text) for text in texts]
    forms = [normalise(text) for text in wrapped]
    assert [(wrapped + forms)[index] for index in refused(promtool, tmp_path, wrapped + forms)] == []


def _as_vector(text: str) -> str:
    """An expression in the form for a rule. The line break ends a comment."""
    expression = parse(text)
    if expression.is_scalar:
        return f"vector({text}\n)"
    node = expression.node.expr if isinstance(expression.node, Paren) else expression.node
    is_range = isinstance(node, Subquery) or (isinstance(node, VectorSelector) and node.range is not None)
    return f"count_over_time({text}\n)" if is_range else text


def test_selectors_with_their_places() -> None:
    text = 'sum(rate(foo{a="b",c=~"x|y"}[{{.window}}] offset 1h)) / on () {__name__="bar",d!=""}'
    first, second = selectors(text, Duration.parse("30m"))
    assert first.selector == Selector("foo", (Matcher("a", "=", "b"), Matcher("c", "=~", "x|y")))
    assert (first.range, first.offset_ms) == (Duration.parse("30m"), 3_600_000)
    assert text[first.start : first.end] == 'foo{a="b",c=~"x|y"}[{{.window}}] offset 1h'
    assert second.selector == Selector("bar", (Matcher("d", "!=", ""),))
    assert second.range is None
    assert text[second.start : second.end] == '{__name__="bar",d!=""}'


def _accepted(text: str) -> bool:
    try:
        promql_parser.parse(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("text", RIGHT + WRONG_TYPES)
def test_the_skeleton_has_the_type_of_the_expression(text: str) -> None:
    node = read(text)
    whole = canonical(node, regexes=False)
    assert _accepted(skeleton(node)) == _accepted(whole)
    assert _accepted(f"vector({skeleton(node)})") == _accepted(f"vector({whole})")
    assert _accepted(f"rate({skeleton(node)})") == _accepted(f"rate({whole})")


def test_wrong_types_are_refused_each_time_in_their_own_words() -> None:
    for name in ("one", "other", "one"):
        with pytest.raises(PromqlError) as refused_here:
            parse(f"rate({name}) / {name}_total")
        assert refused_here.value.offset == 0
        assert refused_here.value.length == len(f"rate({name})")


def test_queries_that_differ_in_names_and_values_share_a_skeleton() -> None:
    one, other = read('sum(rate(a{b="1",c=~"2"}[5m])) / 2'), read('sum(rate(x_total{y!="z"}[5m]))/2')
    assert skeleton(one) == skeleton(other) == "sum(rate(x[5m])) / 2"


def test_scalars_are_known() -> None:
    assert parse("1 + time()").is_scalar
    assert not parse("vector(1)").is_scalar
    assert not parse("foo").is_scalar
