"""The SLO, its service, its class, and the workspace."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from slosmith.model.duration import Duration
from slosmith.model.indicators import Indicator
from slosmith.model.objectives import Alerting, Calendar, Labels, Objective, Period
from slosmith.model.statements import Decision, Dependency, NoGuarantee, Operations, Origin, Waiver


class Slo(msgspec.Struct, frozen=True):
    """One SLO: one indicator of one service at one site. With ``group_by``, it stands for one SLO for each combination
    of label values.
    """

    service: str
    name: str
    """``availability-eqiad``: the name of the indicator and, if there are sites, the name of the site."""
    indicator_name: str
    indicator: Indicator
    objective: Objective
    period: Period
    team: str
    site: str | None = None
    slo_class: str | None = None
    group_by: tuple[str, ...] = ()
    """Label names. The declaration stands for one SLO for each combination of their values."""
    alerting: Alerting | None = None
    """None: the SLO is recorded, and has no alerts."""
    scope: Literal["global", "site"] = "global"
    external_site: bool = True
    """In site scope: whether texts of alerts name the site, which is an external label of the server. False where the
    specs name no sites.
    """
    labels: Labels = ()
    """Extra labels on every recording and alert of this SLO."""
    info_labels: Labels = ()
    """Extra labels on the info series only. Joins do not see them."""
    revision: str = ""
    description: str = ""
    documentation: str = ""
    runbook: str = ""
    dashboard: str = ""
    expected_events_per_day: Decimal | None = None
    dialect: str = "slosmith/v1"
    template: str = ""
    """Name of the SLI template of the indicator. Empty for an indicator without a template."""
    origin: Origin = Origin("default")
    """The document (and path in it) that declares this SLO."""
    origins: tuple[tuple[str, Origin], ...] = ()
    """Field -> origin, sorted by field: aspirational, catalogue, minimum_bad_events, period, target, threshold, ..."""

    @property
    def id(self) -> str:
        """Sloth's ``sloth_id``: ``<service>-<slo>``."""
        return f"{self.service}-{self.name}"

    @property
    def counts_events(self) -> bool:
        """Whether its indicator counts events. A ratio without events has no budget in events, and no
        minimum of them.
        """
        return self.indicator.counts_events

    def origin_of(self, field: str) -> Origin:
        """The place of ``field``. If it is not known, the place of the SLO."""
        return dict(self.origins).get(field, self.origin)


class Service(msgspec.Struct, frozen=True):
    """A service and its SLOs: one spec file, one rule file."""

    name: str
    team: str
    slos: tuple[Slo, ...]
    origin: Origin
    slo_class: str | None = None
    description: str = ""
    documentation: str = ""
    runbook: str = ""
    dashboard: str = ""
    responsible: str = ""
    sites: tuple[str, ...] = ()
    clients_external: tuple[str, ...] = ()
    clients_internal: tuple[str, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    operations: Operations = Operations()
    decisions: tuple[Decision, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    no_guarantees: tuple[NoGuarantee, ...] = ()
    dialect: str = "slosmith/v1"


class ClassObjective(msgspec.Struct, frozen=True):
    """An objective of a class, without a service and a site."""

    indicator: str
    target_ratio: Decimal
    origin: Origin
    threshold: Duration | None = None
    aspirational_ratio: Decimal | None = None
    allowed_target: tuple[Decimal, Decimal] | None = None
    """The lowest and the highest target_ratio that a service may set."""


class SloClass(msgspec.Struct, frozen=True):
    """A class of services with the same objectives."""

    name: str
    description: str
    objectives: tuple[ClassObjective, ...]
    origin: Origin
    period: Period | None = None
    no_guarantees: tuple[NoGuarantee, ...] = ()
    decisions: tuple[Decision, ...] = ()
    waivers: tuple[Waiver, ...] = ()


class Workspace(msgspec.Struct, frozen=True):
    """Everything in one specs folder, resolved. Services, classes and calendars are sorted by name."""

    services: tuple[Service, ...]
    classes: tuple[SloClass, ...] = ()
    calendars: tuple[Calendar, ...] = ()

    def slos(self) -> tuple[Slo, ...]:
        return tuple(slo for service in self.services for slo in service.slos)
