"""What a document declares, before classes, settings and defaults are applied. Every dialect yields these types.

A declaration holds only what was written: None means "not said here", so that resolving can look further. Values are
typed and exact (ratios, durations, selectors); a dialect has already turned its notation into them.

``paths`` of a declaration says where in the document its fields stand. A field that is not listed stands at
``origin.path`` with its own name appended, which is where dialect slosmith/v1 has most of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import msgspec

from slosmith.model import (
    AlertSeverity,
    BurnRateWindow,
    Calendar,
    Decision,
    DocumentPath,
    Duration,
    Indicator,
    Labels,
    Matcher,
    NoGuarantee,
    Operations,
    Origin,
    Waiver,
)


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """What all declarations share: where they stand."""

    origin: Origin
    paths: Mapping[str, DocumentPath] = {}
    """Field -> its path in the document, where that is not ``origin.path + (field,)``."""
    removed: frozenset[str] = frozenset()
    """Fields that are null: they have no value, whatever a class or the project says."""

    def at(self, field: str, *below: str | int) -> Origin:
        """The origin of ``field``, or of what stands ``below`` it."""
        path = self.paths.get(field, (*self.origin.path, field))
        return Origin(self.origin.kind, self.origin.file, path + below, self.origin.document)


class PeriodDeclaration(Declaration, frozen=True, kw_only=True):
    """``rolling`` and ``calendar`` (a calendar's name), each None where not said."""

    rolling: Duration | None = None
    calendar: str | None = None


class AlertingDeclaration(Declaration, frozen=True, kw_only=True):
    """Fields of :class:`slosmith.model.Alerting`, None where not said. Labels are merged, everything else replaces."""

    disable: bool | None = None
    catalogue: str | None = None
    windows: tuple[BurnRateWindow, ...] | None = None
    """Tiers written out in the spec itself (foreign formats); they win over ``catalogue``."""
    windows_made_for: Duration | None = None
    """The period that the budget shares of ``windows`` are parts of, where the format says burn rates; None: the SLO's
    own.
    """
    name: str | None = None
    absent_name: str | None = None
    exhausted_name: str | None = None
    max_error_ratio: Decimal | None = None
    minimum_bad_events: Decimal | None = None
    absent_for: Duration | None = None
    absent_severity: AlertSeverity | None = None
    absent_severity_label: str | None = None
    page: bool | None = None
    ticket: bool | None = None
    absence: bool | None = None
    exhaustion: bool | None = None
    labels: Labels = ()
    annotations: Labels = ()
    page_labels: Labels = ()
    page_annotations: Labels = ()
    ticket_labels: Labels = ()
    ticket_annotations: Labels = ()


class TemplateUse(Declaration, frozen=True, kw_only=True):
    """An SLI template and its parameters. ``template`` None: the class's. ``indicator`` None: the objective's name."""

    template: str | None = None
    parameters: Mapping[str, Any] = {}
    indicator: str | None = None
    matchers: tuple[Matcher, ...] = ()
    """Put on every selector, on both sides alike, besides what the template itself matches on."""
    idle: bool = False
    """True: in Sloth's rules there are 0 errors where no series exists (some of its plugins say so)."""


class InlineIndicator(Declaration, frozen=True, kw_only=True):
    """An indicator written out. ``unit_ms`` (milliseconds in the histogram's unit) is set when the bound is to come
    from the objective's threshold, and then the bound in ``indicator`` is a placeholder.
    """

    indicator: Indicator
    unit_ms: int | None = None


class ObjectiveDeclaration(Declaration, frozen=True, kw_only=True):
    """One objective of a class or a service: a whole one, or what a service changes in its class's."""

    name: str
    target_ratio: Decimal | None = None
    aspirational_ratio: Decimal | None = None
    threshold: Duration | None = None
    measured_threshold: Duration | None = None
    indicator: InlineIndicator | TemplateUse | None = None
    description: str = ""
    period: PeriodDeclaration | None = None
    alerting: AlertingDeclaration | None = None
    labels: Labels = ()
    info_labels: Labels = ()
    group_by: tuple[str, ...] | None = None
    events_per_day: Decimal | None = None
    events_per_period: Decimal | None = None
    team: str = ""
    """Whose this SLO is, where formats say it for one SLO; empty: the service's team."""
    documentation: str = ""
    runbook: str = ""
    dashboard: str = ""
    read_by: Mapping[str, ObjectiveDeclaration] = {}
    """Tool -> how it reads this objective of another format, where that differs: for rules that imitate the tool's."""


class Override(Declaration, frozen=True, kw_only=True):
    """What a service may change in one objective of its class."""

    objective: str
    target: tuple[Decimal, Decimal] | None = None
    """Lowest and highest target ratio."""
    thresholds: tuple[Duration, ...] = ()
    indicator: bool = False


class DependencyDeclaration(Declaration, frozen=True, kw_only=True):
    """A name that a service needs."""

    name: str
    hard: bool


class Common(Declaration, frozen=True, kw_only=True):
    """What classes and services have in common. A service that does not say a thing has its class's."""

    name: str
    team: str = ""
    description: str = ""
    responsible: str = ""
    documentation: str = ""
    runbook: str = ""
    dashboard: str = ""
    clients_external: tuple[str, ...] = ()
    clients_internal: tuple[str, ...] = ()
    dependencies: tuple[DependencyDeclaration, ...] = ()
    operations: Operations = Operations()
    period: PeriodDeclaration | None = None
    source: TemplateUse | None = None
    objectives: tuple[ObjectiveDeclaration, ...] = ()
    """In the order written. Of one name (and one ``origin.document``) at most one."""
    no_guarantees: tuple[NoGuarantee, ...] = ()
    decisions: tuple[Decision, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    alerting: AlertingDeclaration | None = None
    labels: Labels = ()
    info_labels: Labels = ()


class ClassDeclaration(Common, frozen=True, kw_only=True):
    """A class of services."""

    overrides: tuple[Override, ...] = ()


class ServiceDeclaration(Common, frozen=True, kw_only=True):
    """A service. Foreign formats declare one a document (its SLOs are complete objectives, without a class); documents
    of one format that declare SLOs of the same service are put together.
    """

    dialect: str = "slosmith/v1"
    slo_class: str | None = None
    sites: tuple[str, ...] = ()
    scope: Literal["global", "site"] | None = None
    group_by: tuple[str, ...] = ()
    events_per_day: Decimal | None = None
    events_per_period: Decimal | None = None
    revision: str = ""
    usual_period: PeriodDeclaration | None = None
    """The period that the format means where neither the document nor the project says one."""


class CatalogueDeclaration(Declaration, frozen=True, kw_only=True):
    """An alert catalogue: tiers, fastest first."""

    name: str
    windows: tuple[BurnRateWindow, ...]
    description: str = ""
    period: Duration | None = None
    """The rolling period that it is made for (Sloth's are made for one); None: any."""


class CalendarDeclaration(Declaration, frozen=True, kw_only=True):
    """A calendar of reporting periods."""

    calendar: Calendar


class ProjectDeclaration(Declaration, frozen=True, kw_only=True):
    """The project's settings, as plain checked values; :mod:`slosmith.settings` makes them a ``Project``."""

    settings: Mapping[str, Any]
    period: PeriodDeclaration | None = None
    alerting: AlertingDeclaration | None = None
    calendars: tuple[CalendarDeclaration, ...] = ()


class BrokenDeclaration(Declaration, frozen=True, kw_only=True):
    """Something that is declared, and cannot be used: its problems are reported, and nobody else's for missing it.

    ``name`` is None when not even that could be read (then it may be anything of its kind).
    """

    kind: Literal["service", "class", "catalogue", "project", "template", "default"]
    name: str | None
    partial: ServiceDeclaration | None = None
    """What is sound in a service: enough to judge the names that it mentions."""


class PartDeclaration(Declaration, frozen=True, kw_only=True):
    """A document of a format whose documents refer to each other, across files: its dialect's ``link`` makes
    declarations of all of them together.
    """

    dialect: str
    kind: str
    name: str
    value: Mapping[str, Any]
    """The document as the schema passed it; empty where it is ``broken``."""
    broken: bool = False
    """True when it has problems, which are reported already: what refers to it cannot be judged."""
    shared: bool = True
    """Whether others refer to it; False for those that refer to others only (SLOs)."""


AnyDeclaration = (
    BrokenDeclaration
    | PartDeclaration
    | ClassDeclaration
    | ServiceDeclaration
    | CatalogueDeclaration
    | CalendarDeclaration
    | ProjectDeclaration
)
