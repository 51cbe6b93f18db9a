"""One SLO of OpenSLO -> its service with one objective for each of its objectives."""

from __future__ import annotations

import re
from decimal import Decimal
from textwrap import indent
from typing import Any, Final

import msgspec

from slosmith.formats.declarations import (
    AlertingDeclaration,
    AnyDeclaration,
    BrokenDeclaration,
    CalendarDeclaration,
    InlineIndicator,
    ObjectiveDeclaration,
    PartDeclaration,
    PeriodDeclaration,
    ServiceDeclaration,
)
from slosmith.formats.dialects.foreign import UnusableError, link, not_for_rules
from slosmith.formats.dialects.openslo.alerts import read_alerting
from slosmith.formats.dialects.openslo.composite import Share, composite
from slosmith.formats.dialects.openslo.indicators import Sli, read_ratio_metrics, read_sli, read_threshold
from slosmith.formats.dialects.openslo.references import Documents
from slosmith.formats.dialects.openslo.slices import budgeted
from slosmith.formats.dialects.openslo.windows import DEFAULT, read_window
from slosmith.formats.values import Node, decimal
from slosmith.model import Labels, Origin, QueryRatio, RawRatio
from slosmith.problems import Problem, Severity


class Notation(msgspec.Struct, frozen=True):
    """How the versions differ in spelling."""

    dialect: str
    windows: str = "timeWindow"
    indicator: str = "indicator"
    reference: str = "indicatorRef"


V1: Final = Notation("openslo/v1")
V1ALPHA: Final = Notation("openslo/v1alpha", windows="timeWindows")
V2ALPHA: Final = Notation("openslo.com/v2alpha", indicator="sli", reference="sliRef")

_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)
_SLUG = re.compile(r"[^A-Za-z0-9]+", re.ASCII)


def slo_declarations(
    part: PartDeclaration, documents: Documents, problems: list[Problem], notation: Notation
) -> list[AnyDeclaration]:
    """A service with this SLO's objectives (and a calendar, if its window has a start of its own)."""
    service = part.value.get("spec")
    name = service.get("service") if isinstance(service, dict) else None
    broken = BrokenDeclaration(origin=part.origin, kind="service", name=name if isinstance(name, str) else None)
    if part.broken:
        return [broken]
    before = len(problems)
    try:
        declarations = _Reader(part, documents, problems, notation).declarations()
    except UnusableError:
        return [broken]
    failed = any(problem.severity is Severity.ERROR for problem in problems[before:])
    return [broken] if failed else declarations


class _Reader:
    def __init__(
        self, part: PartDeclaration, documents: Documents, problems: list[Problem], notation: Notation
    ) -> None:
        self.root = Node(part.value, part.origin, problems)
        spec, metadata = self.root.child("spec"), self.root.child("metadata")
        assert spec is not None  # the schema requires both
        assert metadata is not None
        self.spec, self.metadata = spec, metadata
        self.documents, self.notation = documents, notation
        self.service = spec.text("service")

    def declarations(self) -> list[AnyDeclaration]:
        period, calendar = read_window(self.spec, self.notation.windows)
        objectives = self._objectives(period)
        described = self.documents.find("Service", self.service)
        service = ServiceDeclaration(
            origin=self.root.origin,
            paths={"name": (*self.spec.origin.path, "service")},
            dialect=self.notation.dialect,
            name=self.service,
            description=_description(described) if described is not None else "",
            objectives=tuple(objectives),
            usual_period=PeriodDeclaration(origin=Origin("default"), rolling=DEFAULT),
        )
        return [*([calendar] if isinstance(calendar, CalendarDeclaration) else []), service]

    # --- objectives

    def _objectives(self, period: PeriodDeclaration | None) -> list[ObjectiveDeclaration]:
        nodes = self.spec.items("objectives")
        names = self._names(nodes)
        rolling = period.rolling if period is not None and period.rolling is not None else DEFAULT
        shared = self._shared(period)
        shared["alerting"] = read_alerting(self.spec, self.documents, rolling, slices=self._in_slices())
        found: list[ObjectiveDeclaration] = []
        shares: list[Share] = []
        usable = True
        for node, name in zip(nodes, names, strict=True):
            try:
                indicator = self._indicator(node)
            except UnusableError:
                usable = False
                continue
            target = _target(node)
            weight = node.number("compositeWeight")
            shares.append(Share(weight if weight is not None else Decimal(1), target, indicator.indicator))
            objective = ObjectiveDeclaration(
                origin=node.origin,
                paths={
                    **self._paths(),
                    "target_ratio": (*node.origin.path, "target" if "target" in node else "targetPercent"),
                    "indicator": indicator.origin.path,
                },
                name=name,
                target_ratio=target,
                indicator=indicator,
                **shared,
            )
            read_by = {"sloth": self._as_sloth(objective, indicator, len(found))}
            found.append(msgspec.structs.replace(objective, read_by=read_by))
        if not usable:
            raise UnusableError
        if len(nodes) > 1 and any("compositeWeight" in node for node in nodes):
            found.append(self._composite(shares, shared))
        return found

    def _as_sloth(
        self, objective: ObjectiveDeclaration, indicator: InlineIndicator, index: int
    ) -> ObjectiveDeclaration:
        """The objective as Sloth reads it. Sloth numbers all objectives from 0, also a single one. It counts every
        event that is not good as an error. Without alert policies, it writes no alerts.
        """
        counted = indicator.indicator
        if isinstance(counted, QueryRatio) and counted.good is not None:
            good, total = (indent(text.strip(), "  ") for text in (counted.good, counted.total))
            indicator = msgspec.structs.replace(
                indicator, indicator=RawRatio(f"1 - (\n(\n{good}\n)\n/\n(\n{total}\n)\n)")
            )
        alerting = objective.alerting
        if "alertPolicies" not in self.spec:
            # its windows are still recorded
            alerting = AlertingDeclaration(
                origin=self.spec.origin, page=False, ticket=False, absence=False, exhaustion=False
            )
        return msgspec.structs.replace(
            objective, name=f"{self.metadata.text('name')}-{index}", indicator=indicator, alerting=alerting
        )

    def _composite(self, shares: list[Share], shared: dict[str, Any]) -> ObjectiveDeclaration:
        indicator, target = composite(shares)
        place = self.spec.at("objectives")
        return ObjectiveDeclaration(
            origin=place,
            paths={**self._paths(), "target_ratio": place.path},
            name=self._name(),
            target_ratio=target,
            indicator=InlineIndicator(origin=place, indicator=indicator),
            **shared,
        )

    def _shared(self, period: PeriodDeclaration | None) -> dict[str, Any]:
        labels = self._labels()
        annotations = self.metadata.child("annotations")
        return {
            "description": _description(self.root),
            "period": period,
            "labels": labels,
            "team": dict(labels).get("team", ""),
            **{
                kind: link(annotations.values if annotations is not None else {}, kind)
                for kind in ("documentation", "runbook", "dashboard")
            },
        }

    def _paths(self) -> dict[str, tuple[str | int, ...]]:
        metadata = self.metadata.origin.path
        return {
            "name": (*metadata, "name"),
            "description": (*self.spec.origin.path, "description"),
            "labels": (*metadata, "labels"),
            "team": (*metadata, "labels"),
            **dict.fromkeys(("documentation", "runbook", "dashboard"), (*metadata, "annotations")),
        }

    def _name(self) -> str:
        """The SLO's name. A leading service name is removed, because the identity already contains the service."""
        name = self.metadata.text("name")
        prefix = f"{self.service}-"
        return name.removeprefix(prefix) if len(name) > len(prefix) else name

    def _names(self, nodes: list[Node]) -> list[str]:
        """A single objective has the SLO's name. Several have their own name or number appended.

        Numbers are Sloth's, from 0: with other rules ``errors-1`` would be another objective. No display name is taken
        for a number.
        """
        base = self._name()
        if len(nodes) == 1:
            return [base]
        slugs = [_SLUG.sub("-", node.text("displayName")).strip("-").lower() for node in nodes]
        return [
            f"{base}-{slug if slug and not slug.isdigit() and slugs.count(slug) == 1 else index}"
            for index, slug in enumerate(slugs)
        ]

    def _labels(self) -> Labels:
        """The labels that Prometheus can have; the others are reported."""
        found = {}
        for name, value in self.metadata.values.get("labels", {}).items():
            if not _LABEL.fullmatch(name):
                hint = "rename it: letters, digits and '_' are allowed, and no digit at the start"
                not_for_rules(self.metadata, ("labels", name), f"'{name[:60]}' cannot be a label of rules", hint)
                continue
            text = ",".join(map(str, value)) if isinstance(value, list) else _text(value)
            if text:
                found[name] = text
        return tuple(sorted(found.items()))

    # --- what is counted

    def _in_slices(self) -> bool:
        return bool(self.spec.values["budgetingMethod"] != "Occurrences")

    def _indicator(self, objective: Node) -> InlineIndicator:
        sli, place = self._sli(objective)
        threshold = read_threshold(objective, sli)
        indicator = budgeted(self.spec.text("budgetingMethod"), sli, threshold, objective)
        return InlineIndicator(origin=place, indicator=indicator)

    def _sli(self, objective: Node) -> tuple[Sli, Origin]:
        if self.notation is V1ALPHA:
            return self._sli_of_alpha(objective)
        names = (self.notation.indicator, self.notation.reference)
        for node in (self.spec, objective):
            if all(name in node for name in names):
                self._exclude(node, *names)
        for node in (objective, self.spec):
            spec = self.documents.spec(node, *names, "SLI")
            if spec is not None:
                other = next((name for name in names if name in self.spec), None)
                if node is objective and other is not None:
                    field = next(name for name in names if name in objective)
                    hint = f"remove it, or the `{other}` of the SLO"
                    message = f"the SLO and this objective both have an indicator: `{field}`"
                    node.report("SCH209", message, (field,), hint, on_key=True)
                    raise UnusableError
                return read_sli(spec, self.documents), spec.origin
        hint = f"add `{names[0]}:` or `{names[1]}:`"
        self.spec.report("SCH204", "the SLO has no indicator", hint=hint)
        raise UnusableError

    def _sli_of_alpha(self, objective: Node) -> tuple[Sli, Origin]:
        ratio, indicator = objective.child("ratioMetrics"), self.spec.child("indicator")
        if ratio is not None and indicator is not None:
            self._exclude(objective, "ratioMetrics", "indicator")
        if ratio is not None:
            return read_ratio_metrics(ratio), ratio.origin
        if indicator is not None:
            return read_sli(indicator, self.documents, alpha=True), indicator.origin
        objective.report("SCH204", "the objective has no indicator", hint="add `ratioMetrics:` here")
        raise UnusableError

    def _exclude(self, node: Node, first: str, second: str) -> None:
        message = f"`{first}` and `{second}` exclude each other"
        node.report("SCH209", message, (first,), "remove one of them", on_key=True)
        raise UnusableError


def _target(node: Node) -> Decimal:
    if "target" in node:
        return decimal(node.values["target"])
    return decimal(decimal(node.values["targetPercent"]) / 100)


def _description(root: Node) -> str:
    spec, metadata = root.child("spec"), root.child("metadata")
    description = spec.text("description") if spec is not None else ""
    return description or (metadata.text("displayName") if metadata is not None else "")


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
