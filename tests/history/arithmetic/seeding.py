"""Seeded counters as scrapes would give them: with restarts, gaps, births, NaN and scrapes at odd moments."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.random

from slosmith.history.arithmetic import Samples, Series, stale
from slosmith.model import Labels

SECOND = 1000


def counter(
    rng: np.random.Generator,
    labels: Labels,
    minutes: int,
    per_minute: Sequence[float] | float,
    *,
    scrape: int = 30,
    phase: int = 0,
    born: int = 0,
    restarts: Sequence[int] = (),
    gaps: Sequence[tuple[int, int]] = (),
    ends: int | None = None,
    nan: Sequence[int] = (),
) -> Series:
    """A counter scraped every ``scrape`` seconds from ``phase`` seconds on. Minutes: when it is ``born``, restarted (it
    falls to 0), not scraped (``gaps``, from and to), gone for good (``ends``, with a staleness marker), NaN once.
    """
    rates = np.broadcast_to(np.asarray(per_minute, dtype=np.float64), (minutes + 1,))
    times = np.arange(phase, minutes * 60, scrape, dtype=np.int64)
    growth = rng.poisson(rates[times // 60] * scrape / 60).astype(np.float64)
    total = np.cumsum(growth)
    for restart in restarts:
        later = times >= restart * 60
        if later.any():
            total[later] -= total[later][0] - growth[later][0]
    for minute in nan:
        total[np.argmax(times >= minute * 60)] = np.nan
    kept = times >= born * 60
    for first, last in gaps:
        kept &= (times < first * 60) | (times >= last * 60)
    if ends is not None:
        kept &= times <= ends * 60
        place = int(np.argmax(times > ends * 60))
        total[place : place + 1] = stale(1)
        kept[place] = True
    return Series(labels, Samples.scraped(times[kept] * SECOND, total[kept]))
