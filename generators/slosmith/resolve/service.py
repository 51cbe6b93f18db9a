"""One service declaration -> a Service with its SLOs: site by site, objective by objective."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from slosmith.model import (
    Dependency,
    Duration,
    Indicator,
    Matcher,
    Objective,
    Origin,
    Period,
    Service,
    Slo,
)
from slosmith.problems.nearest import suggestion
from slosmith.resolve.alerting import check_labels, merge_labels, resolve_alerting
from slosmith.resolve.context import Context
from slosmith.resolve.indicators import (
    TemplateCall,
    Wanted,
    combine,
    from_inline,
    from_template,
    takes_threshold,
)
from slosmith.resolve.objectives import Layers, objectives_of
from slosmith.spec.declarations import (
    ClassDeclaration,
    Common,
    InlineIndicator,
    PeriodDeclaration,
    ServiceDeclaration,
    TemplateUse,
)

DEFAULT_ROLLING = Duration.parse("28d")
_DAY_MS = 86_400_000
_OWN_DIALECT = "slosmith/v1"
_FOREIGN_LABELS = frozenset({"severity", "team", "calendar"})
"""Labels that specs in foreign formats may set: there they mean what they mean there."""


def resolve_service(context: Context, declaration: ServiceDeclaration) -> Service | None:
    """The service, or None when a problem (reported) leaves nothing to resolve."""
    slo_class: ClassDeclaration | None = None
    if declaration.slo_class is not None:
        slo_class = context.classes.get(declaration.slo_class)
        if slo_class is None:
            hint = suggestion(declaration.slo_class, context.classes, "classes")
            message = f"there is no class '{declaration.slo_class}'"
            context.report("RES301", message, declaration.at("slo_class"), hint=hint, subject=declaration.name)
            return None
    return _ServiceResolver(context, declaration, slo_class).resolve()


class _ServiceResolver:
    def __init__(self, context: Context, declaration: ServiceDeclaration, slo_class: ClassDeclaration | None) -> None:
        self.context, self.declaration, self.slo_class = context, declaration, slo_class
        self.layers: list[Common] = [declaration] if slo_class is None else [declaration, slo_class]
        self.allowed_labels = frozenset() if declaration.dialect == _OWN_DIALECT else _FOREIGN_LABELS
        self.scope: Literal["global", "site"] = declaration.scope or context.project.scope
        self.shared_origins: dict[str, Origin] = {}

    def resolve(self) -> Service:
        declaration, project = self.declaration, self.context.project
        self._check_sites()
        team = self._first("team") or project.team
        if team and "team" not in self.shared_origins:
            self.shared_origins["team"] = Origin("project", project.origin.file, ("team",), project.origin.document)
        links = {kind: self._link(kind) for kind in ("documentation", "runbook", "dashboard")}
        for layer in self.layers:
            for field in ("labels", "info_labels"):
                check_labels(self.context, getattr(layer, field), layer.at(field), declaration.name, self.allowed_labels)
        slos: list[Slo] = []
        found = objectives_of(self.context, declaration, self.slo_class)
        if not found and not declaration.no_guarantees:
            message = "the service promises nothing: it has neither a class nor objectives"
            hint = "add `class:`, `objectives:`, or say `no_guarantee:` with a reason"
            self.context.report("RES310", message, declaration.at("name"), hint=hint, subject=declaration.name)
        for layers in found:
            slos.extend(self._slos(layers, team, links))
        return Service(
            name=declaration.name,
            team=team,
            slos=tuple(slos),
            origin=declaration.origin,
            slo_class=declaration.slo_class,
            description=declaration.description,
            **links,
            responsible=declaration.responsible,
            sites=declaration.sites,
            clients_external=declaration.clients_external,
            clients_internal=declaration.clients_internal,
            dependencies=self._dependencies(),
            operations=declaration.operations,
            decisions=declaration.decisions,
            waivers=declaration.waivers + (self.slo_class.waivers if self.slo_class is not None else ()),
            no_guarantees=declaration.no_guarantees,
            dialect=declaration.dialect,
        )

    def _check_sites(self) -> None:
        sites = self.context.project.sites
        names = [site.name for site in sites]
        for index, name in enumerate(self.declaration.sites):
            if sites and name not in names:
                hint = suggestion(name, names, "sites")
                origin = self.declaration.at("sites", index)
                message = f"there is no site '{name}'"
                self.context.report("RES306", message, origin, hint=hint, subject=self.declaration.name)

    def _first(self, field: str) -> str:
        """The first text among service and class; remembers where it was written."""
        for layer in self.layers:
            text: str = getattr(layer, field)
            if text:
                self.shared_origins[field] = layer.at(field)
                return text
        return ""

    def _link(self, kind: Literal["documentation", "runbook", "dashboard"] | str) -> str:
        from slosmith.settings import fill_url

        values = {"service": self.declaration.name, "class": self.declaration.slo_class or ""}
        written = self._first(kind)
        if written:
            return fill_url(written, values)
        project = self.context.project
        pattern: str = getattr(project, f"{kind}_url")
        if pattern:
            self.shared_origins[kind] = Origin("project", project.origin.file, ("urls", kind), project.origin.document)
        return fill_url(pattern, values)

    def _dependencies(self) -> tuple[Dependency, ...]:
        promises = {dependency.name: dependency.promise for dependency in self.context.project.dependencies}
        return tuple(
            Dependency(
                name=item.name,
                hard=item.hard,
                origin=item.origin,
                promise=promises.get(item.name),
                service=item.name in self.context.services,
            )
            for item in self.declaration.dependencies
        )

    # --- SLOs ---

    def _slos(self, layers: Layers, team: str, links: dict[str, str]) -> list[Slo]:
        """The SLOs of one objective: one a site in global scope, one altogether otherwise."""
        origins = dict(self.shared_origins)
        subject = f"{self.declaration.name}-{layers.name}"
        objective = self._objective(layers, subject, origins)
        period = self._period(layers, subject, origins)
        alerting = resolve_alerting(
            self.context,
            [
                self.context.project.alerting,
                self.slo_class.alerting if self.slo_class is not None else None,
                layers.general.alerting if layers.general is not None else None,
                self.declaration.alerting,
                layers.own.alerting if layers.own is not None else None,
            ],
            subject,
            origins,
            self.allowed_labels,
        )
        if objective is None or period is None:
            return []
        shared: dict[str, Any] = {
            "alerting": alerting,
            "labels": self._labels(layers, "labels", origins),
            "info_labels": self._labels(layers, "info_labels", origins),
            "description": self._text(layers, "description", origins),
            "expected_events_per_day": self._traffic(layers, period, origins),
            **{kind: self._text(layers, kind, origins) or link for kind, link in links.items()},
        }
        group_by, place = layers.pick("group_by")
        if group_by is None:
            group_by, place = self.declaration.group_by, self.declaration.at("group_by")
        if group_by:
            origins["group_by"] = place
        if self.declaration.revision:
            origins["revision"] = self.declaration.at("revision")
        sites: list[str | None] = [*self.declaration.sites] if self.scope == "global" else []
        found = []
        for site in sites or [None]:
            made = self._indicator(layers, site, subject, origins)
            if made is None:
                continue
            indicator, template = made
            found.append(
                Slo(
                    service=self.declaration.name,
                    name=f"{layers.name}-{site}" if site is not None else layers.name,
                    indicator_name=layers.name,
                    indicator=indicator,
                    objective=objective,
                    period=period,
                    team=team,
                    site=site,
                    slo_class=self.declaration.slo_class,
                    group_by=tuple(group_by) if isinstance(group_by, tuple) else (),
                    scope=self.scope,
                    revision=self.declaration.revision,
                    dialect=self.declaration.dialect,
                    template=template,
                    origin=layers.own.origin if layers.own is not None else self.declaration.origin,
                    origins=tuple(sorted(origins.items(), key=lambda item: item[0])),
                    **shared,
                )
            )
        return found

    def _objective(self, layers: Layers, subject: str, origins: dict[str, Origin]) -> Objective | None:
        target, place = layers.pick("target_ratio")
        if not isinstance(target, Decimal):
            message = f"the objective '{layers.name}' has no target"
            self.context.report(
                "RES309", message, layers.origin, hint="add `target: 99%`", subject=subject, on_key=True
            )
            return None
        origins["target"] = place
        aspirational, aspires_at = layers.pick("aspirational_ratio")
        if aspirational is not None:
            origins["aspirational"] = aspires_at
        threshold, threshold_at = layers.pick("threshold")
        if threshold is not None:
            origins["threshold"] = threshold_at
        measured, measured_at = layers.pick("measured_threshold")
        if measured is not None:
            origins["measured_threshold"] = measured_at
            if threshold is None:
                message = "there is a measured threshold, and no threshold that it stands for"
                self.context.report("RES316", message, measured_at, hint="add `threshold:`", subject=subject)
        return Objective(
            target_ratio=target,
            aspirational_ratio=aspirational if isinstance(aspirational, Decimal) else None,
            threshold=threshold if isinstance(threshold, Duration) else None,
        )

    def _period(self, layers: Layers, subject: str, origins: dict[str, Origin]) -> Period | None:
        """Rolling and calendar, each from the first that says it: objective, class (else service), project, default."""
        own = self.declaration.period
        fixed = self.slo_class.period if self.slo_class is not None else None
        if own is not None and fixed is not None:
            message = f"class '{self.declaration.slo_class}' decides the period"
            self.context.report(
                "RES307", message, own.origin, hint="remove `period:`", subject=self.declaration.name, on_key=True
            )
        parts = [
            layers.own.period if layers.own is not None and layers.general is None else None,
            layers.general.period if layers.general is not None else None,
            fixed or own,
            self.context.project.period,
        ]
        return resolve_period(self.context, parts, subject, origins)

    def _traffic(self, layers: Layers, period: Period, origins: dict[str, Origin]) -> Decimal | None:
        for part in (layers.own, self.declaration, layers.general):
            if part is None:
                continue
            if part.events_per_day is not None:
                origins["expected_events_per_day"] = part.at("events_per_day")
                return part.events_per_day
            if part.events_per_period is not None:
                origins["expected_events_per_day"] = part.at("events_per_day")
                return part.events_per_period * _DAY_MS / period.rolling.milliseconds
        return None

    def _labels(self, layers: Layers, field: Literal["labels", "info_labels"], origins: dict[str, Origin]) -> Any:
        parts: list[Any] = [self.slo_class, layers.general, self.declaration, layers.own]
        found = [part for part in parts if part is not None and getattr(part, field)]
        for part in found:
            origins[field] = part.at(field)
            if part is layers.general or part is layers.own:
                check_labels(self.context, getattr(part, field), part.at(field), self.declaration.name, self.allowed_labels)
        project = self.context.project.labels if field == "labels" else ()
        return merge_labels(project, *(getattr(part, field) for part in found))

    def _text(self, layers: Layers, field: str, origins: dict[str, Origin]) -> str:
        value, place = layers.pick(field)
        if not isinstance(value, str):
            return ""
        origins[field] = place
        return value

    # --- indicators ---

    def _indicator(
        self, layers: Layers, site: str | None, subject: str, origins: dict[str, Origin]
    ) -> tuple[Indicator, str] | None:
        threshold, threshold_at = layers.pick("threshold")
        measured, measured_at = layers.pick("measured_threshold")
        wanted = Wanted(
            subject=subject,
            objective=layers.name,
            objective_origin=layers.origin,
            threshold=threshold if isinstance(threshold, Duration) else None,
            measured=measured if isinstance(measured, Duration) else None,
            threshold_origin=measured_at if measured is not None else threshold_at,
            matchers=self._scope_matchers(site),
            site=site,
            several_sites=site is not None and len(self.declaration.sites) > 1,
        )
        chosen, _ = layers.pick("indicator")
        if isinstance(chosen, InlineIndicator):
            origins["indicator"] = chosen.origin
            indicator, template = from_inline(self.context, chosen, wanted), ""
        else:
            call = self._template_call(layers)
            if call is None:
                message = f"nothing says what '{layers.name}' counts"
                hint = "add `indicator_source:` to the service, or `indicator:` to the objective"
                place = layers.own.origin if layers.own is not None else self.declaration.at("name")
                self.context.report("RES311", message, place, hint=hint, subject=subject, on_key=True)
                return None
            origins["indicator"], template = call.origin, call.template
            origins["template"] = call.template_origin
            indicator = from_template(self.context, call, wanted)
        if indicator is None:
            return None
        if wanted.threshold is not None and not takes_threshold(indicator, from_template=bool(template)):
            message = f"'{layers.name}' has no latency, so a threshold means nothing"
            self.context.report("RES316", message, threshold_at, hint="remove `threshold:`", subject=subject)
            return None
        return indicator, template

    def _template_call(self, layers: Layers) -> TemplateCall | None:
        sources = [layer.source for layer in reversed(self.layers)]
        objectives = [part.indicator if part is not None else None for part in (layers.general, layers.own)]
        uses = [use for use in (*sources, *objectives) if isinstance(use, TemplateUse)]
        return combine(uses, layers.name)

    def _scope_matchers(self, site: str | None) -> tuple[Matcher, ...]:
        if self.scope != "global":
            return ()
        return tuple(
            Matcher(label, "=", value.replace("{site}", site or ""))
            for label, value in self.context.project.global_matchers
            if site is not None or "{site}" not in value
        )


def resolve_period(
    context: Context, parts: list[PeriodDeclaration | None], subject: str, origins: dict[str, Origin]
) -> Period | None:
    """Rolling window and calendar, each from the first part that says it. None after reporting an unknown calendar."""
    rolling, calendar = DEFAULT_ROLLING, None
    origins["period"] = origins["calendar"] = Origin("default")
    for part in parts:
        if part is not None and part.rolling is not None:
            rolling, origins["period"] = part.rolling, part.at("rolling")
            break
    for part in parts:
        if part is not None and part.calendar is not None:
            calendar = context.calendars.get(part.calendar)
            origins["calendar"] = part.at("calendar")
            if calendar is None:
                hint = suggestion(part.calendar, context.calendars, "calendars")
                context.report("RES303", f"there is no calendar '{part.calendar}'", part.at("calendar"), hint=hint, subject=subject)
                return None
            break
    return Period(rolling, calendar)


