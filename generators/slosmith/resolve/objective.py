"""One objective of one service -> its SLOs: one for each site in global scope, else one."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import msgspec

from slosmith.formats.declarations import ClassDeclaration, InlineIndicator, ServiceDeclaration, TemplateUse
from slosmith.model import DAY, Duration, Indicator, Labels, Matcher, Objective, Origin, Period, Slo
from slosmith.problems import Severity
from slosmith.resolve.alerting import check_labels, merge_labels, placeholders, resolve_alerting
from slosmith.resolve.catalogues import usual_catalogue
from slosmith.resolve.context import Context
from slosmith.resolve.indicators import (
    TemplateCall,
    Wanted,
    at_site,
    check_threshold,
    combine,
    from_inline,
    from_template,
)
from slosmith.resolve.period import resolve_period
from slosmith.resolve.same_alerts import check_alerts
from slosmith.resolve.service_objectives import Layers
from slosmith.vocabulary import names
from slosmith.vocabulary.names import DEFAULT_CATALOGUE

OWN_DIALECT = "slosmith/v1"


class ServiceContext(msgspec.Struct, frozen=True):
    """What all objectives of a service share."""

    context: Context
    declaration: ServiceDeclaration
    slo_class: ClassDeclaration | None
    scope: Literal["global", "site"]
    team: str
    links: Mapping[str, str]
    """documentation, runbook and dashboard of the service."""
    origins: Mapping[str, Origin]
    """Where team and links were written."""
    allowed_labels: frozenset[str]

    @property
    def name(self) -> str:
        return self.declaration.name


class ObjectiveResolver:
    """Resolves one objective; ``origins`` collects the origin of each value."""

    def __init__(self, service: ServiceContext, layers: Layers) -> None:
        self.service, self.layers = service, layers
        self.context, self.declaration = service.context, service.declaration
        self.subject = f"{service.name}-{layers.name}"
        self.origins: dict[str, Origin] = dict(service.origins)

    def slos(self) -> list[Slo]:
        """The SLOs; fewer (or none) after reporting what is wrong."""
        layers, declaration = self.layers, self.declaration
        objective, period = self._objective(), self._period()
        alerting = resolve_alerting(
            self.context,
            [
                self.context.project.alerting,
                self.service.slo_class.alerting if self.service.slo_class is not None else None,
                layers.general.alerting if layers.general is not None else None,
                declaration.alerting,
                layers.own.alerting if layers.own is not None else None,
            ],
            self.subject,
            self.origins,
            self.service.allowed_labels,
            rolling=period.rolling if period is not None else None,
            usual=self._usual_catalogue(period),
            values=placeholders(declaration.name, declaration.slo_class or "", layers.name),
        )
        sites: list[str | None] = [*declaration.sites] if self.service.scope == "global" else []
        made = self._indicator(several_sites=len(sites) > 1)
        if objective is None or period is None or made is None:
            return []
        general, template, wanted = made
        shared: dict[str, Any] = {
            "service": declaration.name,
            "indicator_name": layers.name,
            "objective": objective,
            "period": period,
            "team": self._text("team") or self.service.team,
            "slo_class": declaration.slo_class,
            "group_by": self._group_by(),
            "alerting": alerting,
            "scope": self.service.scope,
            "external_site": bool(declaration.sites) or any(site.covered for site in self.context.project.sites),
            "labels": self._labels("labels"),
            "info_labels": self._labels("info_labels"),
            "revision": declaration.revision,
            "description": self._text("description"),
            "expected_events_per_day": self._traffic(period),
            "dialect": declaration.dialect,
            "origin": layers.own.origin if layers.own is not None else declaration.origin,
            **{kind: self._link(kind, link) for kind, link in self.service.links.items()},
        }
        if declaration.revision:
            self.origins["revision"] = declaration.at("revision")
        found = []
        for site in sites or [None]:
            indicator = at_site(self.context, general, wanted, site, self._scope_matchers(site))
            if indicator is not None:
                name = f"{layers.name}-{site}" if site is not None else layers.name
                origins = tuple(sorted(self.origins.items(), key=lambda item: item[0]))
                found.append(
                    Slo(name=name, site=site, indicator=indicator, template=template, origins=origins, **shared)
                )
        if found:
            # sites have the same alerts
            check_alerts(self.context, found[0], self.subject)
        return found

    # --- the objective ---

    def _objective(self) -> Objective | None:
        target = self._decimal("target_ratio", "target")
        aspirational = self._decimal("aspirational_ratio", "aspirational")
        threshold, measured, place = self._thresholds()
        if measured is not None and threshold is None:
            message = "there is a measured threshold without a threshold"
            self.context.report("RES316", message, place, hint="add `threshold:`", subject=self.subject)
        if target is None:
            message = f"the objective '{self.layers.name}' has no target"
            hint = "add `target: 99%`"
            self.context.report("RES309", message, self.layers.origin, hint=hint, subject=self.subject, on_key=True)
            return None
        return Objective(
            target_ratio=target,
            aspirational_ratio=aspirational,
            threshold=threshold,
            measured_threshold=measured if measured != threshold else None,
        )

    def _decimal(self, field: str, name: str) -> Decimal | None:
        value, place = self.layers.pick(field)
        if not isinstance(value, Decimal):
            return None
        self.origins[name] = place
        return value

    def _thresholds(self) -> tuple[Duration | None, Duration | None, Origin]:
        """The objective's threshold, the bucket that is measured instead, and the origin of the one that is used.

        If a service sets its own threshold, or removes the class's, the class's measured threshold is ignored.
        """
        threshold, place = self.layers.pick("threshold")
        measured, measured_at = self.layers.pick("measured_threshold")
        own = self.layers.own
        changed = own is not None and (own.threshold is not None or "threshold" in own.removed)
        if own is not None and changed and own.measured_threshold is None:
            measured = None
        if isinstance(threshold, Duration):
            self.origins["threshold"] = place
        if isinstance(measured, Duration):
            self.origins["measured_threshold"] = place = measured_at
        return (
            threshold if isinstance(threshold, Duration) else None,
            measured if isinstance(measured, Duration) else None,
            place,
        )

    def _period(self) -> Period | None:
        """Rolling and calendar, each from the first that sets it: objective, class (else service), project, default."""
        own = self.declaration.period
        slo_class, layers = self.service.slo_class, self.layers
        fixed = slo_class.period if slo_class is not None else None
        if own is not None and fixed is not None:
            message = f"class '{self.declaration.slo_class}' decides the period"
            hint = "remove `period:`"
            self.context.report("RES307", message, own.origin, hint=hint, subject=self.service.name, on_key=True)
        parts = [
            layers.own.period if layers.own is not None and layers.general is None else None,
            layers.general.period if layers.general is not None else None,
            fixed or own,
            self.context.project.period,
            self.declaration.usual_period,
        ]
        return resolve_period(self.context, parts, self.subject, self.origins)

    def _usual_catalogue(self, period: Period | None) -> str:
        if period is None:
            return DEFAULT_CATALOGUE
        sloths = self.declaration.dialect in names.SLOTH_MODES
        return usual_catalogue(self.context, self.declaration.usual_catalogue, period.rolling, by_period=sloths)

    def _traffic(self, period: Period) -> Decimal | None:
        """Expected events a day: from the objective, else the service, else the class."""
        for part in (self.layers.own, self.declaration, self.layers.general):
            if part is None or (part.events_per_day is None and part.events_per_period is None):
                continue
            self.origins["expected_events_per_day"] = part.at("events_per_day")
            if part.events_per_day is not None:
                return part.events_per_day
            return (part.events_per_period or Decimal(0)) * DAY.milliseconds / period.rolling.milliseconds
        return None

    # --- labels and texts ---

    def _group_by(self) -> tuple[str, ...]:
        value, place = self.layers.pick("group_by")
        if not isinstance(value, tuple):
            value, place = self.declaration.group_by, self.declaration.at("group_by")
        if value:
            self.origins["group_by"] = place
        return value

    def _labels(self, field: Literal["labels", "info_labels"]) -> Labels:
        """The labels of project, class, class objective, service and objective; later ones win."""
        layers = [self.context.project.labels if field == "labels" else ()]
        parts = (self.service.slo_class, self.layers.general, self.declaration, self.layers.own)
        for part in parts:
            if part is None:
                continue
            labels: Labels = getattr(part, field)
            if not labels:
                continue
            layers.append(labels)
            self.origins[field] = part.at(field)
            check_labels(self.context, labels, part.at(field), self.service.name, self.service.allowed_labels)
        return merge_labels(*layers)

    def _link(self, kind: str, link: str) -> str:
        """The objective's own URL, none where it says null, or else the service's."""
        value, place = self.layers.pick(kind)
        if value is None and place.path:
            self.origins[kind] = place
            return ""
        return self._text(kind) or link

    def _text(self, field: str) -> str:
        value, place = self.layers.pick(field)
        if not isinstance(value, str):
            return ""
        self.origins[field] = place
        return value

    # --- what is counted ---

    def _indicator(self, *, several_sites: bool) -> tuple[Indicator, str, Wanted] | None:
        """The indicator before any site, its template's name and its purpose; None after a problem was reported."""
        threshold, measured, threshold_at = self._thresholds()
        chosen, _ = self.layers.pick("indicator")
        call = None if isinstance(chosen, InlineIndicator) else self._template_call()
        source = chosen if isinstance(chosen, InlineIndicator) else call
        if source is None:
            return None
        wanted = Wanted(
            subject=self.subject,
            objective=self.layers.name,
            objective_origin=self.layers.origin,
            threshold=threshold,
            measured=measured,
            threshold_origin=threshold_at,
            indicator_origin=source.origin,
            several_sites=several_sites,
        )
        self.origins["indicator"] = source.origin
        if isinstance(source, InlineIndicator):
            indicator, template = from_inline(self.context, source, wanted), ""
        else:
            self.origins["template"], template = source.template_origin, source.template
            indicator = from_template(self.context, source, wanted)
        if indicator is None:
            return None
        self._report_unweighted(indicator, source.origin)
        if not check_threshold(self.context, source, indicator, wanted):
            return None
        return indicator, template, wanted

    def _report_unweighted(self, indicator: Indicator, place: Origin) -> None:
        """Report what weighted rules cannot do for a ratio without events."""
        if indicator.counts_events or self.declaration.dialect == OWN_DIALECT:
            return
        if self.context.scheme.counts_events:
            message = f"'{self.layers.name}' is a ratio without events: it cannot be weighted by traffic"
            hint = "its query is evaluated over every window; queries that count events are better"
            self.context.report("RES326", message, place, hint=hint, subject=self.subject, severity=Severity.NOTICE)

    def _template_call(self) -> TemplateCall | None:
        """The merged template use of class, service and objective; None after a problem was reported."""
        parts = (self.service.slo_class, self.declaration)
        sources = [part.source for part in parts if part is not None]
        objectives = [part.indicator for part in (self.layers.general, self.layers.own) if part is not None]
        uses = [use for use in (*sources, *objectives) if isinstance(use, TemplateUse)]
        call = combine(uses, self.layers.name)
        if call is None:
            message = f"'{self.layers.name}' has no indicator"
            hint = "add `indicator_source:` to the service, or `indicator:` to the objective"
            own = self.layers.own
            place = own.origin if own is not None else self.declaration.at("name")
            self.context.report("RES311", message, place, hint=hint, subject=self.subject, on_key=True)
        return call

    def _scope_matchers(self, site: str | None) -> tuple[Matcher, ...]:
        if self.service.scope != "global":
            return ()
        return tuple(
            Matcher(label, "=", value.replace("{site}", site or ""))
            for label, value in self.context.project.global_matchers
            if site is not None or "{site}" not in value
        )
