"""Histories, their notation, and the samples that ranges over them contain."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slosmith.model import Duration
from slosmith.ruletests.expect import render, rounded
from slosmith.ruletests.series import Run, Timeline, at_evaluation, constant, window_sum, without

from .notation import expand

MINUTE, HOUR = Duration(60_000), Duration(3_600_000)


def test_notation() -> None:
    timeline = Timeline(MINUTE, HOUR)
    timeline.feed("a", 1, (Run(5, 5, 3), Run(0, 2, 10, 5)))
    timeline.feed("a", 2, constant(7, 1, 4))
    (series,) = timeline.inputs()
    values = expand(series.values)
    assert values[55:61] == ["3", "_", "_", "10", "15", "20"]
    assert values[116:] == ["7"] * 4
    assert set(values[:55]) == {"_"}


def test_histories_do_not_overlap() -> None:
    timeline = Timeline(MINUTE, HOUR)
    timeline.feed("a", 1, constant(1, 0, 10))
    with pytest.raises(ValueError, match="overlap"):
        timeline.feed("a", 2, constant(1, 0, 60))


runs = st.lists(st.tuples(st.integers(1, 20), st.integers(0, 12), st.integers(0, 9)), max_size=6)


@given(runs, st.integers(0, 200), st.sampled_from([1, 5, 12]), st.integers(0, 5))
def test_window_sum(parts: list[tuple[int, int, int]], last: int, step: int, reach: int) -> None:
    """The result is the same as counting offset by offset."""
    history, newest, samples = [], 0, {}
    for length, gap, value in parts:
        history.append(Run(newest, newest + length - 1, value))
        samples.update(dict.fromkeys(range(newest, newest + length), value))
        newest += length + gap
    seen = []
    for offset in range(0, last + 1, step):
        back = [samples[at] for at in range(offset, offset + reach + 1) if at in samples]
        seen += back[:1]
    assert window_sum(tuple(reversed(history)), last, step, reach) == (sum(seen), len(seen))


@given(st.integers(0, 30), st.integers(0, 30))
def test_without(newest: int, length: int) -> None:
    history = constant(1, 0, 40)
    _, count = window_sum(without(history, newest, newest + length), 40)
    assert count == 41 - max(0, min(newest + length, 40) - newest + 1)


def test_at_tick() -> None:
    assert at_evaluation((Run(0, 3, 10, 5),)) == 25
    assert at_evaluation(constant(7, 1, 3)) is None
    assert at_evaluation(()) is None


def test_rounded() -> None:
    millionth = Fraction(1, 1_000_000)
    assert rounded(Fraction(1, 3), millionth) == "0.333333"
    assert rounded(Fraction(-7, 2), millionth) == "-3.5"
    assert rounded(Fraction(5, 10_000_000), millionth) is None
    assert rounded(Fraction(0), millionth) == "0"


def test_render() -> None:
    text = "{{ $value | humanizePercentage }} of {{ $labels.zone }} in {{ $externalLabels.site }}."
    assert render(text, {"zone": "a"}, 0.271488) == "27.15% of a in ."
    assert render("{{ $value }}", {}, 1.0) is None


def test_not_a_number_is_written_out() -> None:
    timeline = Timeline(MINUTE, HOUR)
    timeline.feed("a", 1, constant(Decimal("NaN"), 0, 2))
    assert timeline.inputs()[0].values == "_x58 NaN NaN NaN"
