"""Seeded traces: what happened to a service, minute by minute, and the counters that a server scraped of it.

A trace is a function of its plan and nothing else. Its truth is known: how many requests there were, how many failed,
and with which probability a request failed in each minute.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from slosmith.history.arithmetic import Samples, Series, stale

MINUTE = 60_000
DAY = 1440
"""Minutes."""
TARGETS = ("90", "95", "99", "99.5", "99.9", "99.99", "99.999")
"""Percent."""
PERIODS = (7, 28, 30, 91)
"""Days."""
BANDS = {"1/h": 1 / 60, "6/h": 0.1, "1/min": 1.0, "1/s": 60.0, "30/s": 1800.0, "1000/s": 60_000.0}
"""Requests a minute, in the mean over a day."""
HEALTHY = (0.1, 0.3, 0.5, 0.7, 0.9, 0.95)
"""Error ratios of healthy traces, as shares of the error budget."""
SCENARIOS = (*(f"healthy {share:g}" for share in HEALTHY), "outage 100 %", "outage 50 %", "outage 10 %", "burn 2",
             "flapping", "vanishing")  # fmt: skip
DISTURBANCES = ("none", "restarts", "gaps", "half gap", "births", "NaN", "deploys", "server down")
WARM_UP_SHARE = 7
"""A seventh of the period passes before anything is scored: the longest window of any contestant."""
SCORED_DAYS = 6
SCRAPE_PHASES = (20, 50)
"""Seconds after the full minute, of the two instances."""


class Plan(msgspec.Struct, frozen=True):
    """All that a trace depends on. ``days`` is its length; ``whole`` ones last a period and a day, to score budgets."""

    seed: int
    target: str
    period: int
    band: str
    scenario: str
    disturbance: str
    whole: bool = False

    @property
    def budget_ratio(self) -> float:
        """The error budget, 0..1."""
        return 1 - float(self.target) / 100

    @property
    def warm_up(self) -> int:
        """Minutes that are not scored."""
        return self.period * DAY // WARM_UP_SHARE

    @property
    def minutes(self) -> int:
        """The trace's length."""
        return (self.period + 1) * DAY if self.whole else self.warm_up + SCORED_DAYS * DAY


class Incident(msgspec.Struct, frozen=True):
    """From minute ``start`` to ``end``. ``burn`` is the mean error ratio in units of the budget, ``share`` what it
    spends of the period's budget at this pace, ``bad`` the requests that failed in it.
    """

    start: int
    end: int
    burn: float
    share: float
    bad: int


class Trace(msgspec.Struct, frozen=True):
    """Events of each minute, the probability that one is bad, the incidents, and what the server scraped."""

    plan: Plan
    total: NDArray[np.int64]
    bad: NDArray[np.int64]
    probability: NDArray[np.float64]
    incidents: tuple[Incident, ...]
    series: tuple[Series, ...]
    missed: tuple[tuple[int, int], ...]
    """Spans without evaluation, in milliseconds."""
    unseen: tuple[tuple[int, int], ...]
    """Spans without any sample, in minutes: an alert that says so is neither right nor wrong."""


def plans(count: int) -> Iterator[Plan]:
    """The first ``count`` plans: target, period and traffic in all combinations, again and again with other scenarios
    and disturbances.
    """
    cells = list(itertools.product(BANDS, PERIODS, TARGETS))
    order = np.random.default_rng(20261127)
    kinds: list[tuple[str, str]] = []
    for number in range(count):
        if number % len(cells) == 0:
            order.shuffle(cells)
        if not kinds:
            kinds = list(itertools.product(SCENARIOS, DISTURBANCES))
            order.shuffle(kinds)
        band, period, target = cells[number % len(cells)]
        scenario, disturbance = kinds.pop()
        yield Plan(number, target, int(period), str(band), str(scenario), str(disturbance))


def whole_plans(each: int) -> Iterator[Plan]:
    """Plans that last a whole period and a day, ``each`` for every period."""
    number = 1_000_000
    for period in PERIODS:
        for index in range(each):
            band = ("1/min", "1/s", "1000/s", "6/h")[index % 4]
            target = ("99", "99.9", "95", "99.5")[index // 2 % 4]
            scenario = ("outage 50 %", "healthy 0.7", "flapping", "burn 2")[index % 4]
            yield Plan(number, target, period, band, scenario, DISTURBANCES[index % len(DISTURBANCES)], whole=True)
            number += 1


def make(plan: Plan) -> Trace:
    """The trace of a plan."""
    rng = np.random.default_rng([plan.seed, 8])
    length = plan.minutes
    rate = BANDS[plan.band] * _day_and_night(length)
    probability = np.full(length, plan.budget_ratio * _background(plan))
    spans = _happens(plan, rng, probability)
    parts = np.stack([rng.poisson(rate / 2) for _ in SCRAPE_PHASES])
    failed = rng.binomial(parts, np.minimum(probability, 1.0))
    total, bad = parts.sum(axis=0), failed.sum(axis=0)
    incidents = tuple(_incident(plan, start, end, probability, bad) for start, end in spans)
    scraped = Scraped(plan, rng, parts, failed, incidents)
    return Trace(plan, total, bad, probability, incidents, scraped.series(), scraped.missed, scraped.unseen)


def _day_and_night(length: int) -> NDArray[np.float64]:
    minutes = np.arange(length)
    return 1 + 0.6 * np.sin(2 * np.pi * (minutes / DAY - 0.3))


def _background(plan: Plan) -> float:
    return float(plan.scenario.split()[1]) if plan.scenario.startswith("healthy") else 0.2


def _happens(plan: Plan, rng: np.random.Generator, probability: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Writes the scenario into ``probability``; returns the spans of its incidents."""
    if plan.scenario.startswith("healthy"):
        return []
    budget, share = plan.budget_ratio, float(rng.choice([0.03, 0.06, 0.12, 0.3]))
    if plan.scenario == "burn 2":
        burn, share = 2.0, max(share, 0.12)
    elif plan.scenario == "flapping":
        burn = min(1.0, 60 * budget) / 3 / budget
    else:
        ratio = {"outage 50 %": 0.5, "outage 10 %": 0.1}.get(plan.scenario, 1.0)
        burn = ratio / budget
    # long enough for five failures, and for people to act; short enough to leave some days
    length = max(share * plan.period * DAY / burn, 5 / (BANDS[plan.band] * burn * budget), 15.0)
    length = int(min(length, 4 * DAY))
    room = plan.minutes - plan.warm_up - length - DAY // 2
    start = plan.warm_up + 60 + int(rng.integers(0, max(room, 60)))
    end = min(start + length, plan.minutes - 60)
    if plan.scenario == "flapping":
        for place in range(start, end, 30):
            probability[place : min(place + 10, end)] = min(1.0, 60 * budget)
    else:
        probability[start:end] = min(1.0, burn * budget)
    return [(start, end)]


def _incident(plan: Plan, start: int, end: int, probability: NDArray[np.float64], bad: NDArray[np.int64]) -> Incident:
    burn = float(probability[start:end].mean()) / plan.budget_ratio
    return Incident(start, end, burn, burn * (end - start) / (plan.period * DAY), int(bad[start:end].sum()))


class Scraped:
    """The counters of two instances as a server scraped them, with the plan's disturbance."""

    def __init__(
        self,
        plan: Plan,
        rng: np.random.Generator,
        total: NDArray[np.int64],
        bad: NDArray[np.int64],
        incidents: tuple[Incident, ...],
    ) -> None:
        self.plan, self.rng, self.total, self.bad = plan, rng, total, bad
        self.incident = incidents[0] if incidents else None
        self.missed: tuple[tuple[int, int], ...] = ()
        self.unseen: tuple[tuple[int, int], ...] = ()
        self.holes: list[tuple[int, int, tuple[int, ...]]] = []
        """From, to (minutes), and the instances of which nothing was scraped."""

    def series(self) -> tuple[Series, ...]:
        """All series."""
        self._decide()
        lives = self._lives()
        found = []
        for instance, counts in enumerate(zip(self.total - self.bad, self.bad, strict=True)):
            for code, events in zip(("200", "500"), counts, strict=True):
                for life, (first, last) in enumerate(lives):
                    name = f"{instance}-{life}" if self.plan.disturbance == "deploys" else str(instance)
                    found += self._counter(instance, name, code, events, first, last)
        return tuple(_joined(found, self.plan.minutes * MINUTE))

    def _decide(self) -> None:
        length, kind = self.plan.minutes, self.plan.disturbance
        around = self.incident.start + 5 if self.incident is not None else length // 2
        if kind == "gaps":
            days = range(0, length - DAY, DAY)
            starts = [day + int(self.rng.integers(0, DAY - 20)) for day in days]
            self.holes = [(start, start + 20, (0, 1)) for start in starts]
            self.holes.append((around, around + 20, (0, 1)))
        elif kind == "half gap":
            self.holes = [(around, min(around + 12 * 60, length), (1,))]
        elif kind == "server down":
            self.holes = [(around, around + 45, (0, 1))]
            self.missed = ((around * MINUTE, (around + 45) * MINUTE),)
        if self.plan.scenario == "vanishing" and self.incident is not None:
            self.holes.append((self.incident.start + 4, self.incident.end, (0, 1)))
        self.unseen = tuple((first, last) for first, last, instances in self.holes if len(instances) == 2)

    def _lives(self) -> list[tuple[int, int]]:
        """From when to when counters count on: restarts and deploys end them once a day."""
        length = self.plan.minutes
        if self.plan.disturbance not in ("restarts", "births", "deploys"):
            return [(0, length)]
        cuts = [0, *(day + int(self.rng.integers(0, DAY)) for day in range(0, length - DAY, DAY)), length]
        return list(itertools.pairwise(sorted(set(cuts))))

    def _counter(
        self, instance: int, name: str, code: str, events: NDArray[np.int64], first: int, last: int
    ) -> list[tuple[tuple[str, str], NDArray[np.int64], NDArray[np.float64]]]:
        minutes = np.arange(first, last)
        values = np.cumsum(events[first:last]).astype(np.float64)
        kept = np.ones(len(minutes), dtype=np.bool_)
        if self.plan.disturbance in ("births", "deploys"):
            kept &= values > 0  # a client that exports a code from its first event on
        for start, end, instances in self.holes:
            if instance in instances:
                kept &= (minutes < start) | (minutes >= end)
        if self.plan.disturbance == "NaN" and instance == 0 and code == "500":
            values[len(values) // 2] = np.nan
        times = minutes * MINUTE + SCRAPE_PHASES[instance] * 1000
        return [((name, code), times[kept], values[kept])] if kept.any() else []


def _joined(parts: list[tuple[tuple[str, str], NDArray[np.int64], NDArray[np.float64]]], end: int) -> Iterator[Series]:
    """One series for each instance and code; a staleness marker where scrapes went on without it."""
    by_name: dict[tuple[str, str], list[tuple[NDArray[np.int64], NDArray[np.float64]]]] = {}
    for name, times, values in parts:
        by_name.setdefault(name, []).append((times, values))
    for (instance, code), pieces in by_name.items():
        labels = (("__name__", "http_requests_total"), ("code", code), ("instance", instance), ("job", "api"))
        times = np.concatenate([piece[0] for piece in pieces])
        values = np.concatenate([piece[1] for piece in pieces])
        yield Series(labels, _marked(times, values, end))


def _marked(times: NDArray[np.int64], values: NDArray[np.float64], end: int) -> Samples:
    """A target that cannot be scraped gets a marker at the first failing scrape; so does a series that is gone."""
    ends = np.flatnonzero(np.diff(times, append=end) > MINUTE)
    marks = times[ends] + MINUTE
    whole_times = np.concatenate((times, marks))
    whole_values = np.concatenate((values, stale(len(marks))))
    order = np.argsort(whole_times, kind="stable")
    return Samples.scraped(whole_times[order], whole_values[order])
