"""Pyrra's Kubernetes resource, ``ServiceLevelObjective``: one SLO, or one for each group of labels."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from slosmith.formats.declarations import (
    AnyDeclaration,
    BrokenDeclaration,
    InlineIndicator,
    ObjectiveDeclaration,
    PeriodDeclaration,
    ServiceDeclaration,
)
from slosmith.formats.dialects.foreign import UnusableError, link, not_for_rules, without_nothing
from slosmith.formats.dialects.pyrra.alerting import read_alerting
from slosmith.formats.dialects.pyrra.indicators import read_indicator
from slosmith.formats.messages import NO_BUDGET, shown
from slosmith.formats.schema import Schema
from slosmith.formats.values import Node, decimal
from slosmith.formats.yaml.document import Document
from slosmith.model import Duration, Labels
from slosmith.problems import Problem
from slosmith.problems.nearest import suggestion

NAME = "pyrra.dev/v1alpha1"
KIND = "ServiceLevelObjective"
SCHEMA = Schema("pyrra-v1alpha1")

SERVICE_ANNOTATION = "slosmith/service"
"""The label with the service's name: Pyrra has no services."""

_PREFIX = "pyrra.dev/"
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)
_SERVICE = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?", re.ASCII)
_HOUR_MS = 3_600_000
_LONGEST = Duration.parse("366d")


def declare(document: Document) -> tuple[tuple[AnyDeclaration, ...], list[Problem]]:
    """The SLO of one resource, in its service; a broken one if it has problems."""
    place = document.origin()
    value = without_nothing(document.value)
    kind = value.get("kind")
    if kind is not None and kind != KIND:
        hint = suggestion(str(kind), (KIND,), "kinds")
        at = document.origin("service", "kind")
        return (), [Problem(code="SCH202", message=f"{shown(kind)} is not a kind of {NAME}", hint=hint, origin=at)]
    problems = SCHEMA.check(value, KIND, place)
    if problems:
        metadata = value.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        broken = BrokenDeclaration(origin=place, kind="service", name=name if isinstance(name, str) else None)
        return (broken,), problems
    reader = _Reader(Node(value, place, problems))
    try:
        return (reader.service(),), problems
    except UnusableError:
        return (BrokenDeclaration(origin=place, kind="service", name=reader.service_name),), problems


class _Reader:
    def __init__(self, root: Node) -> None:
        spec, metadata = root.child("spec"), root.child("metadata")
        assert spec is not None  # the schema requires both
        assert metadata is not None
        self.root, self.spec, self.metadata = root, spec, metadata
        self.name = metadata.text("name")
        labels = metadata.values.get("labels", {})
        annotations = metadata.values.get("annotations", {})
        named = annotations.get(SERVICE_ANNOTATION) or labels.get(f"{_PREFIX}service")
        self.named = str(named).strip() if named else ""
        self.service_name = self.named or self.name

    def service(self) -> ServiceDeclaration:
        """The service with its one SLO. Raises UnusableError for what is not supported (reported)."""
        failed = False
        if not _SERVICE.fullmatch(self.service_name) or len(self.service_name) > 63:
            message = f"'{self.service_name[:60]}' cannot be the name of a service"
            hint = "at most 63 letters, digits, '-', '_' and '.', a letter or digit at both ends"
            self.metadata.report("SCH206", message, (), hint)
            failed = True
        found: list[Any] = []
        readers: tuple[Callable[[], Any], ...] = (
            self._target, self._period, lambda: read_indicator(self.spec), self._labels, self._annotations,
        )  # fmt: skip
        for read in readers:
            try:
                found.append(read())
            except UnusableError:
                failed = True
        if failed:
            raise UnusableError
        target, period, (indicator, threshold, grouping, field), labels, annotations = found
        labels, info_labels = self._output(labels)
        self._report_ignored_settings()
        alerting = read_alerting(self.spec, period.rolling, annotations, (*self.metadata.origin.path, "annotations"))
        place, spec = self.root.origin, self.spec.origin.path
        metadata = self.metadata.origin.path
        objective = ObjectiveDeclaration(
            origin=place,
            paths={
                "name": (*metadata, "name"),
                "target_ratio": (*spec, "target"),
                "indicator": (*spec, "indicator"),
                "threshold": (*spec, "indicator", field),
                "group_by": (*spec, "indicator", field, "grouping"),
                "labels": (*metadata, "labels"),
                "team": (*metadata, "labels"),
                "description": (*spec, "description"),
                **dict.fromkeys(("documentation", "runbook", "dashboard"), (*metadata, "annotations")),
            },
            name=self._slo_name(field),
            target_ratio=target,
            threshold=threshold,
            indicator=InlineIndicator(origin=self.spec.at("indicator", field), indicator=indicator),
            description=self.spec.text("description"),
            period=period,
            alerting=alerting,
            labels=labels,
            info_labels=info_labels,
            group_by=grouping,
            team=dict(labels).get("team", ""),
            documentation=link(dict(annotations), "documentation"),
            runbook=link(dict(annotations), "runbook"),
            dashboard=link(dict(annotations), "dashboard"),
        )
        return ServiceDeclaration(
            origin=place,
            paths={"name": (*metadata, "name")},
            dialect=NAME,
            name=self.service_name,
            objectives=(objective,),
        )

    def _slo_name(self, field: str) -> str:
        """With a service: the object's name without a leading service name. Else: what is measured."""
        if not self.named or self.name == self.named:
            return "latency" if field.startswith("latency") else "availability"
        prefix = f"{self.named}-"
        return self.name.removeprefix(prefix)

    def _target(self) -> Decimal:
        """The target as a ratio; it is written in percent, as a string without a sign."""
        target = decimal(Decimal(str(self.spec.values["target"])) / 100)
        if not 0 < target < 1:
            message, hint = "a target of 100 % leaves no error budget", NO_BUDGET
            if target <= 0:
                message, hint = "a target of 0 % is always met", "set a target"
            if target > 1:
                message, hint = f"a target of {self.spec.text('target')} % is not possible", 'such as "99.9"'
            self.spec.report("SCH214", message, ("target",), hint)
            raise UnusableError
        return target

    def _period(self) -> PeriodDeclaration:
        text = self.spec.text("window")
        try:
            rolling = Duration.parse(text)
        except ValueError:
            self.spec.report(
                "SCH211", f"`window` is '{text[:40]}', which is not a duration", ("window",), "such as 28d"
            )
            raise UnusableError from None
        if rolling.milliseconds % _HOUR_MS or rolling > _LONGEST:
            what = "too long" if rolling > _LONGEST else "not whole hours, and budgets are counted by the hour"
            hint = "at most 366d" if rolling > _LONGEST else "such as 28d, 1d or 1h"
            self.spec.report("SCH215", f"a rolling period of {text} is {what}", ("window",), hint)
            raise UnusableError
        path = (*self.spec.origin.path, "window")
        return PeriodDeclaration(origin=self.spec.origin, paths={"rolling": path}, rolling=rolling)

    def _labels(self) -> Labels:
        found = {}
        for name, value in self.metadata.values.get("labels", {}).items():
            if name.startswith(_PREFIX):
                found[name.removeprefix(_PREFIX)] = str(value)
        return self._checked(found, "labels")

    def _annotations(self) -> Labels:
        found = {}
        for name, value in self.metadata.values.get("annotations", {}).items():
            if name.startswith(_PREFIX):
                found[name.removeprefix(_PREFIX)] = str(value)
        return self._checked(found, "annotations")

    def _checked(self, found: dict[str, str], field: str) -> Labels:
        failed = False
        for name in found:
            if not _LABEL.fullmatch(name):
                message = f"'{name[:60]}' cannot be the name of {'a label' if field == 'labels' else 'an annotation'}"
                hint = "letters, digits and '_', no digit first"
                self.metadata.report("SCH206", message, (field, _PREFIX + name), hint, on_key=True)
                failed = True
        if failed:
            raise UnusableError
        return tuple(sorted((name, value) for name, value in found.items() if value))

    def _output(self, labels: Labels) -> tuple[Labels, Labels]:
        """The labels of all rules and of the info series, with what ``ruleOutput`` adds to them."""
        node = self.spec.child("ruleOutput")
        if node is None:
            return labels, ()
        short, long = (node.values.get(field, {}) for field in ("shortRulesLabels", "longRulesLabels"))
        both = {name: str(value) for name, value in short.items() if long.get(name) == value and value}
        for field, values in (("shortRulesLabels", short), ("longRulesLabels", long)):
            for name in values:
                if name not in both:
                    message = f"the label '{name}' is for some rules only, and here all rules of an SLO have one set"
                    hint = f"give the object the label `{_PREFIX}{name}`: then all rules have it"
                    not_for_rules(node, (field, name), message, hint)
        description = self.spec.text("description")
        wanted = node.values.get("enableDescriptionAsLabel") and description
        info: Labels = (("description", " ".join(description.split())),) if wanted else ()
        return tuple(sorted({**both, **dict(labels)}.items())), info

    def _report_ignored_settings(self) -> None:
        if self.spec.values.get("performanceOverAccuracy"):
            message = "no effect here: slosmith reads raw series over 5m only, and recorded series over longer windows"
            not_for_rules(self.spec, ("performanceOverAccuracy",), message, "remove it")
        strategy = self.spec.text("partial_response_strategy")
        if strategy == "warn":
            message = "the handling of partial responses by Thanos Ruler is one setting for all rules"
            hint = "set it under `targets: {thanos: ...}` in slosmith.yaml"
            not_for_rules(self.spec, ("partial_response_strategy",), message, hint)
