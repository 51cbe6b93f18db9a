"""Prometheus' ``rate`` over a history of samples, exactly.

Source: ``extrapolatedRate`` in promql/functions.go. The increase between the first and the last sample in the range is
extrapolated to the ends of the range, if they are near, otherwise by half of the mean interval between samples. At the
start it is never extrapolated to less than zero.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from slosmith.model import Duration
from slosmith.ruletests.series import History

NAN = Decimal("NaN")

_NEAR = Fraction(11, 10)


def rate(history: History, window: Duration, interval: Duration) -> Fraction | Decimal | None:
    """The rate per second at the evaluation. None: the window has not two samples. NAN if the first or the last
    one is NaN. Raises ValueError if versions of Prometheus differ.
    """
    seconds, step = Fraction(window.seconds), Fraction(interval.seconds)
    found = {_rate(history, seconds, step, closed, near_zero) for closed in (0, 1) for near_zero in (0, 1)}
    # NaN is not equal to itself
    if any(isinstance(one, Decimal) for one in found):
        return NAN
    if len(found) != 1:
        raise ValueError(f"versions of Prometheus give different rates over {window}")
    return found.pop()


def _rate(history: History, window: Fraction, step: Fraction, closed: int, near_zero: int) -> Fraction | Decimal | None:
    """``closed``: a sample at the start of the range counts, as in Prometheus 2. ``near_zero``: the distance to zero is
    compared with half of the mean interval, as in newer versions, and not with the distance to the start.
    """
    samples = [
        (step * offset, run.value + run.step * (run.oldest - offset))
        for run in history
        for offset in range(run.oldest, run.newest - 1, -1)
        if step * offset < window or (closed and step * offset == window)
    ]
    if len(samples) < 2:
        return None
    (first_age, first), (last_age, last) = samples[0], samples[-1]
    if any(isinstance(value, Decimal) and value.is_nan() for value in (first, last)):
        return NAN
    values = [Fraction(value) for _, value in samples if not (isinstance(value, Decimal) and value.is_nan())]
    increase = Fraction(last) - Fraction(first) + sum(old for old, new in pairwise(values) if new < old)
    span = first_age - last_age
    mean = span / (len(samples) - 1)
    start, end = window - first_age, last_age
    if near_zero and start >= _NEAR * mean:
        start = mean / 2
    if increase > 0 and first >= 0:
        start = min(start, span * Fraction(first) / increase)
    if start >= _NEAR * mean:
        start = mean / 2
    if end >= _NEAR * mean:
        end = mean / 2
    return increase * (span + start + end) / span / window
