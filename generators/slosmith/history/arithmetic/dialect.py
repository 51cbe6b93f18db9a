"""What differs between versions of Prometheus."""

from __future__ import annotations

import msgspec

FIVE_MINUTES = 300_000


class Dialect(msgspec.Struct, frozen=True):
    """``left_open``: a range or lookback leaves out a sample exactly at its start. ``zero_first``: a counter's zero is
    looked for before the edge of the extrapolation, and not after. ``lookback`` is in milliseconds.
    """

    left_open: bool
    zero_first: bool
    lookback: int = FIVE_MINUTES


PROMETHEUS_2 = Dialect(left_open=False, zero_first=True)
"""Prometheus 2.42 (2.53 and later of 2.x have ``zero_first=False``)."""
PROMETHEUS_3 = Dialect(left_open=True, zero_first=False)
"""Prometheus 3.0 and later."""
