"""What a document declares, before classes, settings and defaults are applied. Every dialect produces these types.

A declaration holds only what was written. None means "not set here": resolving looks in the next layer. Values are
typed and exact (ratios, durations, selectors); a dialect has already turned its notation into them.

``paths`` of a declaration has the paths of its fields in the document. The default for a field is ``origin.path`` with
the field's name appended, as in most of dialect slosmith/v1.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import msgspec

from slosmith.formats.catalogues import Tiers
from slosmith.model import (
    AlertSeverity,
    Calendar,
    Decision,
    DocumentPath,
    Duration,
    Indicator,
    Labels,
    Matcher,
    MinimumBadEvents,
    NoGuarantee,
    Operations,
    Origin,
    Waiver,
)


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """What all declarations share: their places."""

    origin: Origin
    paths: Mapping[str, DocumentPath] = {}
    """Field -> its path in the document, if that is not ``origin.path + (field,)``."""
    removed: frozenset[str] = frozenset()
    """Fields that are null: they have no value, whatever a class or the project says. A field of a group (clients,
    dependencies, operations) is named ``<group>_<field>``.
    """

    def at(self, field: str, *below: str | int) -> Origin:
        """The origin of ``field``, or of the value ``below`` it."""
        path = self.paths.get(field, (*self.origin.path, field))
        return Origin(self.origin.kind, self.origin.file, path + below, self.origin.document)


class PeriodDeclaration(Declaration, frozen=True, kw_only=True):
    """``rolling`` and ``calendar`` (a calendar's name), each None if not set."""

    rolling: Duration | None = None
    calendar: str | None = None


class AlertingDeclaration(Declaration, frozen=True, kw_only=True):
    """Fields of :class:`slosmith.model.Alerting`, None if not set. Labels are merged; every other field replaces."""

    disable: bool | None = None
    catalogue: str | None = None
    windows: Tiers | None = None
    """Tiers written out in the spec itself (other tools' formats). They override ``catalogue``."""
    name: str | None = None
    absent_name: str | None = None
    exhausted_name: str | None = None
    max_error_ratio: Decimal | None = None
    minimum_bad_events: MinimumBadEvents | None = None
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
    annotation_names: Labels = ()
    """Our name of an annotation -> the name that is written. Empty: the annotation is not written."""
    placeholders: bool = False
    """Whether ``{service}`` and the like in annotations are replaced."""


class TemplateUse(Declaration, frozen=True, kw_only=True):
    """An SLI template and its parameters. ``template`` None: the class's. ``indicator`` None: the objective's name."""

    template: str | None = None
    parameters: Mapping[str, Any] = {}
    indicator: str | None = None
    matchers: tuple[Matcher, ...] = ()
    """Added to every selector, on both sides, beside the template's own matchers."""
    idle: bool = False
    """True: Sloth's rules have 0 errors if no series exists. Some of Sloth's plugins set it."""


class InlineIndicator(Declaration, frozen=True, kw_only=True):
    """An indicator written out. ``unit_ms`` (milliseconds in the histogram's unit) is set if the bound comes from
    the objective's threshold. Then the bound in ``indicator`` is a placeholder.
    """

    indicator: Indicator
    unit_ms: int | None = None


class ObjectiveDeclaration(Declaration, frozen=True, kw_only=True):
    """One objective of a class or a service: a complete one, or a service's changes to one of its class."""

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
    """The team of this SLO, in formats with a team for each SLO. Empty: the service's team."""
    documentation: str = ""
    runbook: str = ""
    dashboard: str = ""
    read_by: Mapping[str, ObjectiveDeclaration] = {}
    """Tool -> how that tool reads this objective, if that differs. For rules that imitate the tool's rules."""


class Override(Declaration, frozen=True, kw_only=True):
    """What a service may change in one objective of its class."""

    objective: str
    target: tuple[Decimal, Decimal] | None = None
    """Lowest and highest target ratio."""
    thresholds: tuple[Duration, ...] = ()
    indicator: bool = False


class DependencyDeclaration(Declaration, frozen=True, kw_only=True):
    """The name of a service that a service needs."""

    name: str
    hard: bool


class Common(Declaration, frozen=True, kw_only=True):
    """What classes and services have in common. A service inherits the fields that it does not set."""

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
    """In the order written. Names are unique (within one ``origin.document``)."""
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
    """A service. Other tools' formats declare one in each document (its SLOs are complete objectives, without a
    class). Documents of one format that declare SLOs of the same service are joined.
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
    """The format's default period, if neither the document nor the project sets one."""
    usual_catalogue: str = ""
    """The format's own alert catalogue, for the periods that it is made for. Empty: the default catalogue."""


class CatalogueDeclaration(Declaration, frozen=True, kw_only=True):
    """An alert catalogue."""

    name: str
    windows: Tiers
    description: str = ""


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
    """A declaration that cannot be used. Its problems are reported; references to it are not.

    ``name`` is None if it cannot be read. Then it may be any name of its kind.
    """

    kind: Literal["service", "class", "catalogue", "project", "template", "default"]
    name: str | None
    partial: ServiceDeclaration | None = None
    """The valid part of a service, to check the names that it mentions."""


class PartDeclaration(Declaration, frozen=True, kw_only=True):
    """A document of a format whose documents refer to each other, across files: its dialect's ``link`` makes
    declarations of all of them together.
    """

    dialect: str
    kind: str
    name: str
    value: Mapping[str, Any]
    """The document after the schema's checks; empty if it is ``broken``."""
    broken: bool = False
    """True if it has problems (already reported). References to it cannot be checked."""
    shared: bool = True
    """Whether other documents refer to it. False for SLOs, which only refer to others."""


AnyDeclaration = (
    BrokenDeclaration
    | PartDeclaration
    | ClassDeclaration
    | ServiceDeclaration
    | CatalogueDeclaration
    | CalendarDeclaration
    | ProjectDeclaration
)
