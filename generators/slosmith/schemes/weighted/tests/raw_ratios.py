"""Scenes for raw error ratios of the form "rate of a counter / rate of another counter". Each window is a query of its
own.

Scrapes are in clusters. There is a cluster just inside the start of every window, and each has another share of errors.
All series are scraped at the same times, so ``rate`` extrapolates both sides by the same factor. The ratio is the ratio
of the increases.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from slosmith.model import Duration
from slosmith.promql import parse
from slosmith.promql.ast import Binary, Node, Paren
from slosmith.ruletests.counted import Counted, selector_of, series_of
from slosmith.ruletests.scenes import COUNTED, MISSING, Outcome, Scene, Scraped
from slosmith.ruletests.series import History, Run
from slosmith.ruletests.spans import fits
from slosmith.schemes.tiers import FIVE_MINUTES
from slosmith.schemes.weighted.tests.evaluate import samples_of

_START = 100_000_000
"""First value of counters. It is so high that ``rate`` does not assume a start at 0 inside the range."""

_SHARES = (Fraction(1, 4), Fraction(0), Fraction(3, 5), Fraction(1, 20), Fraction(4, 5), Fraction(3, 20))
_EVENTS = 60


def divided(query: str) -> Counted | None:
    """The selectors of bad and of all events, if the query of a ratio divides one by the other. Else None."""
    node: Node = parse(query, FIVE_MINUTES).node
    while isinstance(node, Paren):
        node = node.expr
    if not isinstance(node, Binary) or node.operator != "/" or node.matching:
        return None
    bad, total = selector_of(node.left), selector_of(node.right)
    return Counted((total,), (bad,), good=False) if bad is not None and total is not None else None


def ratio_scenes(what: Counted, windows: Sequence[Duration], *, whole: bool = False) -> tuple[Scene, ...]:
    """``windows`` are ascending. Empty if no series can match, or if the windows are too close together.

    Windows that are too long for a test of a consumer contain all samples, unless the ``whole`` of them is wanted.
    """
    short = [window for window in windows if whole or fits(window)]
    clusters = _clusters(short)
    every = series_of(what, ())
    total = [one for one in every if one.picked_by(what.total)]
    bad = [one for one in every if one.picked_by(what.marked)]
    rest = [one for one in every if one not in total and one not in bad]
    if not clusters or not total or not bad:
        return ()
    weights = {one: index for index, one in enumerate(every, 1)}
    fed = [(one, _history(clusters, weights[one], one in bad)) for one in every]
    ratios = []
    seen = [*enumerate(short, 1), *((len(clusters), window) for window in windows[len(short) :])]
    for number, window in seen:
        errors = sum((_increase(weights[one], step, True) for one in bad for step in range(number)), Fraction(0))
        events = sum(
            (_increase(weights[one], step, one in bad) for one in total for step in range(number)), Fraction(0)
        )
        ratios.append((window, errors / events))
    first = next(ratio for window, ratio in ratios if window == FIVE_MINUTES)
    return (
        Scene(
            COUNTED,
            "each window has its own error ratio",
            tuple(fed),
            (Outcome((), Fraction(1), first),),
            tuple(ratios),
        ),
        Scene(MISSING, "only series that do not match: nothing is recorded", tuple(_only(fed, rest)), ()),
    )


def _only(fed: Sequence[tuple[Scraped, History]], some: Sequence[Scraped]) -> list[tuple[Scraped, History]]:
    return [(one, history) for one, history in fed if one in some]


def _clusters(windows: Sequence[Duration]) -> list[tuple[int, int]]:
    """Newest and oldest offset of the scrapes of each window, and of a cluster older than all windows."""
    found = [(0, 3)]
    for shorter, window in pairwise(windows):
        end = samples_of(window)
        if end - 4 <= samples_of(shorter):
            return []
        found.append((end - 4, end - 2))
    beyond = samples_of(windows[-1]) + 2
    return [*found, (beyond, beyond + 2)] if windows and windows[0] == FIVE_MINUTES else []


def _per_minute(weight: int, step: int, failing: bool) -> int:
    """The increase of a counter from scrape to scrape."""
    share = _SHARES[step % len(_SHARES)] if failing else Fraction(1)
    return int(_EVENTS * weight * share)


def _increase(weight: int, step: int, failing: bool) -> Fraction:
    return Fraction(_per_minute(weight, step, failing) * (3 if step == 0 else 2))


def _history(clusters: Sequence[tuple[int, int]], weight: int, failing: bool) -> History:
    value = _START
    runs: list[Run] = []
    for step, (newest, oldest) in reversed(list(enumerate(clusters))):
        rise = _per_minute(weight, step, failing)
        runs.append(Run(newest, oldest, value, rise))
        value += rise * (oldest - newest)
    return tuple(runs)
