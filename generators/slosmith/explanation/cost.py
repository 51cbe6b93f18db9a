"""What rules cost the server that evaluates them: recorded series, evaluations of rules, and samples that these read.

Samples are counted as Prometheus counts them (``totalQueryableSamples`` of ``stats=all``), from the PromQL alone, with
a whole history: an instant selector reads one sample of each series; a range reads the samples of its length; of a
subquery, Prometheus counts the results at its steps, and not what its expression reads for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from slosmith.model import Duration, Labels, Service, Workspace
from slosmith.model.rules import RecordingKind, RecordingRule, Rule, RuleGroup
from slosmith.output.artefacts import SharedArtefacts, compile_rules
from slosmith.promql import matches, parse
from slosmith.promql.ast import Aggregate, Binary, Call, Node, Paren, Subquery, Unary, VectorSelector
from slosmith.schemes.registry import scheme
from slosmith.settings import Project

MINUTE = 60_000
SCRAPE_INTERVAL = Duration(MINUTE)
"""The time between two samples of a raw series, as the rules assume it."""
_SUBQUERY_STEP = MINUTE
"""The step of a subquery without one: Prometheus' default of the global evaluation interval."""

_KEEP_SERIES = frozenset(["topk", "bottomk", "limitk", "limit_ratio", "count_values"])
"""Aggregations that can have as many results as their operand has series."""
_ONE_SERIES = frozenset(["vector", "absent", "absent_over_time"])
_SCALARS = frozenset(["scalar", "time", "pi"])


class Evaluated(msgspec.Struct, frozen=True):
    """A rule as a server evaluates it: every ``interval``. ``record`` is empty for an alert."""

    record: str
    expr: str
    labels: Labels
    interval: Duration


class Cost(msgspec.Struct, frozen=True):
    """What rules cost. Alerts that fire are not part of it: their series ALERTS, and the queries of their texts."""

    series: int = 0
    """Recorded series."""
    rule_evaluations_per_minute: Decimal = Decimal(0)
    samples_per_minute: Decimal = Decimal(0)
    """Samples that the evaluations read in a minute."""

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.series + other.series,
            self.rule_evaluations_per_minute + other.rule_evaluations_per_minute,
            self.samples_per_minute + other.samples_per_minute,
        )


class SloCost(msgspec.Struct, frozen=True):
    """The cost of one SLO's rules."""

    id: str
    service: str
    slo: str
    group_by: tuple[str, ...]
    """The cost is for one combination of the values of these labels."""
    cost: Cost


class ProjectCost(msgspec.Struct, frozen=True):
    """The cost of some SLOs, or of all SLOs of a project."""

    raw_series: int
    """Number of raw series that each selector of raw series is taken to have."""
    scrape_interval_seconds: Decimal
    slos: tuple[SloCost, ...]
    shared: Cost
    """Of the rules that the project has once: the clocks of calendars. Zero if not all SLOs were asked for."""
    total: Cost


def project_cost(workspace: Workspace, project: Project, slos: Iterable[str] | None, raw_series: int) -> ProjectCost:
    """The cost of the SLOs with these ids, or of the whole project (None). ``raw_series`` is the number of series that
    each selector of raw series has; only the server knows it.
    """
    calendars = evaluated(SharedArtefacts(workspace, project, "").calendars.groups)
    wanted = None if slos is None else set(slos)
    found = tuple(
        each
        for service in workspace.services
        if wanted is None or any(slo.id in wanted for slo in service.slos)
        for each in _service_costs(service, project, calendars, raw_series)
        if wanted is None or each.id in wanted
    )
    shared = Counter(calendars, raw_series).cost(calendars) if wanted is None else Cost()
    return ProjectCost(
        raw_series=raw_series,
        scrape_interval_seconds=SCRAPE_INTERVAL.seconds,
        slos=found,
        shared=shared,
        total=sum((each.cost for each in found), shared),
    )


def _service_costs(
    service: Service, project: Project, calendars: Sequence[Evaluated], raw_series: int
) -> Iterable[SloCost]:
    written = compile_rules(service, project)
    # recordings that another server makes (`write_only`) are read too
    whole = scheme(project.rules).compile_service(service, project.evaluation_interval)
    counter = Counter([*evaluated(whole.groups), *calendars], raw_series)
    for slo in service.slos:
        yield SloCost(slo.id, slo.service, slo.name, slo.group_by, counter.cost(evaluated(written.groups, slo.id)))


def evaluated(groups: Iterable[RuleGroup], slo: str | None = None) -> list[Evaluated]:
    """The rules of ``groups``: those of one SLO, or all."""
    return [
        Evaluated(rule.record if isinstance(rule, RecordingRule) else "", _expr(rule), rule.labels, group.interval)
        for group in groups
        for rule in group.rules
        if slo is None or rule.slo == slo
    ]


def _expr(rule: Rule) -> str:
    # the clocks of calendars read no samples, and can have more operators than the reader of PromQL accepts
    return "vector(time())" if rule.kind is RecordingKind.CALENDAR_CLOCK else rule.expr


class _Read(msgspec.Struct, frozen=True):
    """Samples that one evaluation of an expression reads, and the series of its result (a scalar has none)."""

    samples: int
    series: int


class Counter:
    """Counts what rules read. ``known`` are all rules that record something that the counted rules read; every other
    metric is scraped every :data:`SCRAPE_INTERVAL`. ``raw`` is the number of its series that each selector selects, or
    the labels of all raw series, with their names.
    """

    def __init__(self, known: Iterable[Evaluated], raw: int | Sequence[Labels]) -> None:
        self._raw: int | list[dict[str, str]] = raw if isinstance(raw, int) else [dict(labels) for labels in raw]
        self._recorded: dict[str, list[Evaluated]] = {}
        for rule in known:
            if rule.record:
                self._recorded.setdefault(rule.record, []).append(rule)
        self._reads: dict[str, _Read] = {}

    def cost(self, rules: Iterable[Evaluated]) -> Cost:
        """The cost of ``rules``. Raises PromqlError for an expression that is no PromQL."""
        series, evaluations, samples = 0, Decimal(0), Decimal(0)
        for rule in rules:
            read = self._rule(rule.expr)
            often = MINUTE / Decimal(rule.interval.milliseconds)
            series += max(read.series, 1) if rule.record else 0
            evaluations += often
            samples += often * read.samples
        return Cost(series, evaluations, samples)

    def _rule(self, expr: str) -> _Read:
        if expr not in self._reads:
            self._reads[expr] = _Read(0, 1)  # for a rule that reads itself
            self._reads[expr] = self._read(parse(expr).node)
        return self._reads[expr]

    def _read(self, node: Node) -> _Read:
        match node:
            case VectorSelector():
                return self._selector(node)
            case Subquery():
                inner = self._read(node.expr)
                step = node.step.milliseconds if node.step is not None else _SUBQUERY_STEP
                steps = _points(node.range, step)
                return _Read(steps * inner.series, inner.series)
            case Paren() | Unary():
                return self._read(node.expr)
        parts = [self._read(child) for child in node.children()]
        return _Read(sum(part.samples for part in parts), _series(node, [part.series for part in parts]))

    def _selector(self, node: VectorSelector) -> _Read:
        samples = series = 0
        for count, interval in self._selected(node):
            series += count
            samples += count * (1 if node.range is None else _points(node.range, interval))
        return _Read(samples, series)

    def _selected(self, node: VectorSelector) -> list[tuple[int, int]]:
        """Numbers of series, and the time between two samples of them (milliseconds)."""
        if node.metric not in self._recorded:
            return [(self._raw_selected(node), SCRAPE_INTERVAL.milliseconds)]
        return [
            (max(self._rule(rule.expr).series, 1), rule.interval.milliseconds)
            for rule in self._recorded[node.metric]
            if _may_select(node, dict(rule.labels))
        ]

    def _raw_selected(self, node: VectorSelector) -> int:
        if isinstance(self._raw, int):
            return self._raw
        return sum(
            node.metric in ("", labels["__name__"])
            and any(
                all(matches(matcher, labels.get(matcher.label, "")) for matcher in group)
                for group in node.alternatives or ((),)
            )
            for labels in self._raw
        )


def _may_select(node: VectorSelector, labels: dict[str, str]) -> bool:
    """Whether a selector selects series with these labels. They can have other labels too, which are not known."""
    return any(
        all(matches(matcher, labels[matcher.label]) for matcher in group if matcher.label in labels)
        for group in node.alternatives or ((),)
    )


def _points(range_: Duration, every: int) -> int:
    """Points in a range, one ``every`` milliseconds. The start of the range is not part of it."""
    return -(-range_.milliseconds // every)


def _series(node: Node, parts: Sequence[int]) -> int:
    """The series of an operation's result, from those of its operands."""
    most = max(parts, default=0)
    match node:
        case Aggregate() if node.operator not in _KEEP_SERIES and node.grouping != "without":
            return 1
        case Call() if node.function in _SCALARS:
            return 0
        case Call() if node.function in _ONE_SERIES or not parts:
            return 1
        case Binary() if node.operator in ("and", "unless"):
            return parts[0]
    return most
