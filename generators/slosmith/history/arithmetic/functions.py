"""Functions of instant vectors and scalars: mathematics, limits and the calendar."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from slosmith.history.arithmetic.grid import Floats

Elementwise = Callable[..., Floats]


def _sign(values: Floats) -> Floats:
    return np.sign(values)


def _round(values: Floats, nearest: Floats | float = 1.0) -> Floats:
    inverse = 1.0 / nearest
    rounded: Floats = np.floor(values * inverse + 0.5) / inverse
    return rounded


ELEMENTWISE: dict[str, Elementwise] = {
    "abs": np.abs, "ceil": np.ceil, "floor": np.floor, "exp": np.exp, "ln": np.log, "log2": np.log2, "log10": np.log10,
    "sqrt": np.sqrt, "sgn": _sign, "round": _round, "clamp_min": np.maximum, "clamp_max": np.minimum,
}  # fmt: skip
"""Functions of a vector, whose further arguments are scalars. All drop the metric's name."""


def _day(values: Floats) -> Floats:
    return np.floor(np.trunc(values) / 86400)


def _date(values: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.datetime64]]:
    return np.trunc(np.nan_to_num(values)).astype("int64").astype("datetime64[s]")


def _whole(days: object) -> Floats:
    return np.asarray(days).astype("int64").astype(np.float64)


def _minute(values: Floats) -> Floats:
    return np.floor(np.mod(np.trunc(values), 3600) / 60)


def _hour(values: Floats) -> Floats:
    return np.floor(np.mod(np.trunc(values), 86400) / 3600)


def _day_of_week(values: Floats) -> Floats:
    return np.mod(_day(values) + 4, 7)  # 1970 began on a Thursday


def _day_of_month(values: Floats) -> Floats:
    date = _date(values)
    return _whole(date.astype("datetime64[D]") - date.astype("datetime64[M]").astype("datetime64[D]")) + 1


def _day_of_year(values: Floats) -> Floats:
    date = _date(values)
    return _whole(date.astype("datetime64[D]") - date.astype("datetime64[Y]").astype("datetime64[D]")) + 1


def _days_in_month(values: Floats) -> Floats:
    month = _date(values).astype("datetime64[M]")
    return _whole((month + np.timedelta64(1, "M")).astype("datetime64[D]") - month.astype("datetime64[D]"))


def _month(values: Floats) -> Floats:
    return np.mod(_whole(_date(values).astype("datetime64[M]")), 12) + 1


def _year(values: Floats) -> Floats:
    return _whole(_date(values).astype("datetime64[Y]")) + 1970


DATES: dict[str, Callable[[Floats], Floats]] = {
    "minute": _minute, "hour": _hour, "day_of_week": _day_of_week, "day_of_month": _day_of_month,
    "day_of_year": _day_of_year, "days_in_month": _days_in_month, "month": _month, "year": _year,
}  # fmt: skip
"""Parts of a Unix time in UTC; without an argument, of the time of evaluation."""
