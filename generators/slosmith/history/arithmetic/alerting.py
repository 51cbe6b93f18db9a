"""The states of alerts: inactive, pending, firing."""

from __future__ import annotations

import numpy as np

from slosmith.history.arithmetic.grid import Flags, Integers, Kinds

INACTIVE, PENDING, FIRING = 0, 1, 2


def states(active: Flags, times: Integers, hold: int, keep: int) -> Kinds:
    """The state after each evaluation, for one alert: method ``AlertingRule.Eval`` of Prometheus.

    ``active`` says where the expression gave the alert, ``times`` are the evaluations in milliseconds. ``hold`` is
    ``for``, ``keep`` is ``keep_firing_for``, both in milliseconds.
    """
    found: Kinds = np.where(active, FIRING, INACTIVE).astype(np.uint8)
    if not hold and not keep:
        return found
    edges = np.diff(np.concatenate(([0], active.astype(np.int8), [0])))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    kept_until = -1  # index of the first evaluation at which an earlier firing is over
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        fires = begin
        if begin > kept_until and hold:  # it goes on where it is back at the evaluation that would have ended it
            fires = begin + int(np.searchsorted(times[begin:end], times[begin] + hold))
            found[begin:fires] = PENDING
        if fires < end and keep and end < len(times):
            # the first evaluation without the alert begins the time for which it is kept
            kept_until = end + int(np.searchsorted(times[end:], times[end] + keep))
            found[end:kept_until] = FIRING
    return found
