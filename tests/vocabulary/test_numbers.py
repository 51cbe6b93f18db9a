"""Numbers, percentages and lengths of time for people."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slosmith.model import DAY, HOUR, MINUTE, Duration
from slosmith.policy.fitting_targets import target_at_most, target_at_most_hint
from slosmith.vocabulary.numbers import (
    amount,
    event_count,
    exact,
    number,
    percent,
    percent_exact,
    plural,
    whole_minutes,
    whole_seconds,
)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [("0", 3, "0"), ("13440", 3, "13,400"), ("0.27999", 3, "0.28"), ("1344", 4, "1,344"), ("1e-7", 3, "0.0000001")],
)
def test_numbers(value: str, digits: int, text: str) -> None:
    assert number(Decimal(value), digits) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("0", "0"), ("13440.504", "13,440.5"), ("1.005", "1"), ("0.12345", "0.123"), ("1e6", "1,000,000")],
)
def test_amounts(value: str, text: str) -> None:
    assert amount(Decimal(value)) == text


@pytest.mark.parametrize(("ratio", "text"), [("0.0466667", "4.667%"), ("0.5", "50%"), ("13.44", "1,344%"), ("0", "0%")])
def test_percentages(ratio: str, text: str) -> None:
    assert percent(Decimal(ratio)) == text


@pytest.mark.parametrize(("ratio", "text"), [("0.9995", "99.95%"), ("0.999999999", "99.9999999%")])
def test_percentages_as_they_were_written(ratio: str, text: str) -> None:
    assert percent_exact(Decimal(ratio)) == text
    assert percent_exact(Decimal(1) / 3) == "33.33333333%"


@given(st.integers(1, 10**8 - 1))
def test_a_percentage_that_somebody_wrote_comes_back(millionths: int) -> None:
    written = Decimal(millionths) / 10**6
    assert Decimal(percent_exact(written / 100).removesuffix("%")) == written


def test_counts() -> None:
    assert [plural(1, "file"), plural(2, "file"), plural(0, "copy", "copies")] == ["1 file", "2 files", "0 copies"]
    assert [event_count(Decimal("1.2")), event_count(Decimal(1)), event_count(Decimal(280))] == [
        "about 1.2 events", "about 1 event", "about 280 events",
    ]  # fmt: skip


def test_lengths_of_time_are_rounded_up() -> None:
    assert [whole_seconds(Duration(1)), whole_seconds(Duration(7_800_001))] == ["1s", "2h10m1s"]
    assert [whole_minutes(Decimal("0.1")), whole_minutes(Decimal(7800)), whole_minutes(DAY.seconds * 28)] == [
        "1m", "2h10m", "28d",
    ]  # fmt: skip
    assert (str(MINUTE), str(HOUR), str(DAY)) == ("1m", "1h", "1d")


@pytest.mark.parametrize(
    ("ratio", "target"),
    [("0.99702", "99.7%"), ("0.999999", "99.9%"), ("0.9995", "99.9%"), ("0.5", "50%"), ("0.0004", "no target")],
)
def test_targets_that_fit(ratio: str, target: str) -> None:
    assert target_at_most(Decimal(ratio)) == target
    assert ("remove" in target_at_most_hint(Decimal(ratio))) == (target == "no target")


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.50", "0.5"), ("100", "100"), ("1E+3", "1000"), ("0.000", "0"), ("-1.250", "-1.25"), ("1E-7", "0.0000001")],
)
def test_an_exact_number_has_every_digit_and_no_more(value: str, text: str) -> None:
    assert exact(Decimal(value)) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15))
def test_an_exact_number_is_the_number(value: Decimal) -> None:
    text = exact(value)
    assert Decimal(text) == value
    assert not text.endswith(".")
    assert "E" not in text
