"""Wrong PromQL: the place of the error, and what is expected there."""

from __future__ import annotations

from pathlib import Path

import pytest

from slosmith.model import Duration
from slosmith.promql import PromqlError, parse
from tests.promql.prometheus_says import refused

# (expression, the text that the error points at - empty at the end -, words of the message)
BROKEN = [
    ("sum(", "(", "to close this ("),
    ("sum(rate(foo[5m]) / sum(bar)", "(rate(foo[5m]) / sum(bar)", "to close this ("),
    ('foo{a="b"', '{a="b"', "to close this {"),
    ("foo[5m", "[5m", "to close this ["),
    ("rate(foo[5m]", "(foo[5m]", "to close this ("),
    ('foo{a="', '"', 'closing "'),
    ("foo{a='b\n'}", "'b", "closing '"),
    ("foo{a=`b}", "`b}", "closing `"),
    ("1 +", "", "expected an expression"),
    ('foo{a="b"} or', "", "expected an expression"),
    ("foo bar", "bar", "an operator or the end"),
    ("foo)", ")", "an operator or the end"),
    ("5 5", "5", "an operator or the end"),
    ("foo $ bar", "$", "an expression"),
    ("é", "é", "an expression"),
    ("a ! b", "!", "!= or !~"),
    ("* 2", "*", "an expression"),
    ("a and and b", "and", "an expression"),
    ("foo[5x]", "5x", "a number or a duration"),
    ("foo[5m5h]", "5m5h", "large to small"),
    ("foo[0s]", "0s", "above zero"),
    ("foo[bar]", "bar", "a duration"),
    ("foo[5m:bar]", "bar", "a step"),
    ("foo offset", "", "a duration"),
    ("foo offset bar", "bar", "a duration"),
    ("foo @ now", "now", "start() or end()"),
    ("rate(foo[5m] offset)", ")", "a duration"),
    ("foo{,}", ",", "a label name or }"),
    ("foo{a b}", "b", "one of = != =~ !~"),
    ("foo{a=}", "}", "a value in quotes"),
    ("foo{a=b}", "b", "a value in quotes"),
    ('foo{a=="b"}', "==", "one of = != =~ !~"),
    ('foo{a="b" c="d"}', "c", "a comma or }"),
    ('foo{a="b",,}', ",", "a label name"),
    ('foo{a="\\d"}', "\\d", "an escape"),
    ('foo{a=~"("}', '"("', "closing parenthesis"),
    ('foo{a=~"a(?=b)"}', '"a(?=b)"', "look-ahead"),
    ('foo{a=~"a{1,2000}"}', '"a{1,2000}"', "repeat count"),
    ("{}", "{}", "a metric name or a matcher"),
    ('{a=~".*"}', '{a=~".*"}', "a metric name or a matcher"),
    ('{a!="b"}', '{a!="b"}', "a metric name or a matcher"),
    ("(foo)[5m]", "[5m]", "[5m:]"),
    ("rate(sum(foo)[5m])", "[5m]", "[5m:]"),
    ("foo[5m][5m]", "[5m]", "[5m:]"),
    ("sum(foo) offset 5m", "offset", "follow a selector"),
    ("sum by a (foo)", "a", "( and label names"),
    ("sum by (1) (foo)", "1", "a label name or )"),
    ("sum by (a b) (foo)", "b", "a comma or )"),
    ("a + bool b", "bool", "comparisons only"),
    ("a or on(b) group_left(c) d", "group_left", "many to many"),
    ("a + group_left b", "group_left", "an expression"),
    ("abs(1, 2)", "abs(1, 2)", "1 argument"),
    ("rate(foo)", "rate(foo)", "type matrix"),
    ("1 + rate(foo[5m]) * rate(bar)", "rate(bar)", "type matrix"),
    ("sum(ratee(foo[5m]))", "ratee(foo[5m])", "a function that Prometheus knows"),
    ("a and 1", "a and 1", "set operator"),
    ("max_over_time(x[5m:1m][5m:])", ":])", "subquery is of an instant vector"),
    ("x > 1e309", "1e309", "1.8e308"),
    ("x > " + "9" * 400, "9" * 400, "1.8e308"),
    ("2 * (1 > 2)", "1 > 2", "BOOL"),
    ("histogram_quantile(x, 0.9)", "histogram_quantile(x, 0.9)", "type scalar"),
]


@pytest.mark.parametrize(("text", "at", "words"), BROKEN, ids=lambda value: repr(value)[:40])
def test_the_place_and_what_is_expected(text: str, at: str, words: str) -> None:
    with pytest.raises(PromqlError) as caught:
        parse(text)
    error = caught.value
    assert words in error.message
    pointed = text[error.offset : error.offset + error.length]
    if at == "":
        assert (error.offset, error.length) == (len(text), 0)
    elif error.length > 1:
        assert pointed == at
    else:
        assert text[error.offset :].startswith(at)


@pytest.mark.prometheus
def test_prometheus_refuses_every_one_of_them(promtool: Path, tmp_path: Path) -> None:
    assert refused(promtool, tmp_path, [text for text, _, _ in BROKEN]) == set(range(len(BROKEN)))


def test_nothing_is_no_expression() -> None:
    for text in ("", "  \n", "# only a comment"):
        with pytest.raises(PromqlError, match="expected an expression"):
            parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000 + "a" + ")" * 3000,
        "-" * 3000 + "a",
        "a" + " + a" * 3000,
        "sum(" * 3000,
        "a" + "[5m:1m]" * 3000,
        "a" + "[5m:1m] offset 5m" * 3000,
        "1e99999999",
        "-1e99999999",
    ],
)
def test_depth_is_an_error_and_no_crash(text: str) -> None:
    with pytest.raises(PromqlError):
        parse(text)


def test_what_is_too_small_for_a_float_is_zero() -> None:
    """The number is read as in Prometheus. It is not written with a hundred million digits."""
    for text in ("1e-99999999", "x > 1e-400", "x @ 1e-99999999", "5e-324", "1.7e308"):
        assert len(str(parse(text).node)) < 2000


@pytest.mark.parametrize("spelling", ["{{.window}}", "{{ .window }}", "{{- .window -}}", "{{.window }}"])
def test_places_count_in_the_text_with_the_placeholder(spelling: str) -> None:
    text = f"sum(rate(a[{spelling}])) + rate(b)"
    with pytest.raises(PromqlError) as caught:
        parse(text, Duration.parse("5m"))
    assert text[caught.value.offset :] == "rate(b)"


def test_an_offset_counts_characters_not_bytes() -> None:
    with pytest.raises(PromqlError) as caught:
        parse('x{a="é😀"} y')
    assert caught.value.offset == 10
