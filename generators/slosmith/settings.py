"""The project's settings: the values of slo_specs/slosmith.yaml, with defaults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from slosmith.formats.declarations import AlertingDeclaration, CatalogueDeclaration, PeriodDeclaration
from slosmith.model import Calendar, Duration, Labels, Origin
from slosmith.vocabulary.dashboard_uids import service_uid
from slosmith.vocabulary.names import DEFAULT_SCHEME
from slosmith.vocabulary.provenance import COMMAND


class Site(msgspec.Struct, frozen=True):
    """A place where services run. ``covered`` False: no SLO covers it (a staging cluster)."""

    name: str
    covered: bool = True
    description: str = ""


class DeclaredDependency(msgspec.Struct, frozen=True):
    """A dependency of services outside this project, with its target if that is known."""

    name: str
    target_ratio: Decimal | None = None
    description: str = ""


class Approval(msgspec.Struct, frozen=True):
    """A rule of approval: changes with one of the verdicts in ``verdicts`` are approved by all in ``by``."""

    verdicts: tuple[str, ...]
    """Values of :class:`slosmith.changes.kinds.Verdict`, or ``policy``."""
    by: tuple[str, ...]
    """``team``, ``dependants``, ``owners``, or names."""
    effective: str = ""
    """The calendar on whose first days such changes take effect. Empty: on any day."""
    reason: str = ""


class Inventory(msgspec.Struct, frozen=True):
    """A file with a list of workloads (path relative to the specs folder), and the workloads that need no SLO."""

    file: str
    exclude: tuple[str, ...] = ()


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a specs folder. ``origin`` says where they were written; without a file all are defaults."""

    name: str = "slos"
    description: str = ""
    origin: Origin = Origin("default")
    sites: tuple[Site, ...] = ()
    """Empty: any site is accepted."""
    scope: Literal["global", "site"] = "global"
    global_matchers: Labels = (("site", "{site}"),)
    """Matchers that global scope adds to every selector; ``{site}`` in a value stands for the SLO's site."""
    severities: Labels = (("page", "page"), ("ticket", "ticket"))
    documentation_url: str = ""
    runbook_url: str = ""
    dashboard_url: str = ""
    evaluation_interval: Duration = Duration(60_000)
    max_slos: int = 5000
    """The most SLOs of a run: every site of a service multiplies its objectives."""
    team: str = ""
    period: PeriodDeclaration | None = None
    alerting: AlertingDeclaration | None = None
    labels: Labels = ()
    calendars: tuple[Calendar, ...] = ()
    """Ours and the project's, sorted by name."""
    catalogues: tuple[CatalogueDeclaration, ...] = ()
    """Ours and the project's, sorted by name."""
    dependencies: tuple[DeclaredDependency, ...] = ()
    inventory: Inventory | None = None
    approvals: tuple[Approval, ...] = ()
    policy: Mapping[str, Any] = {}
    """Levels and parameters of checks, as written. The policy engine checks them."""
    targets: Mapping[str, Any] = {}
    """Target -> its settings, as written. Each target checks its own."""
    rules: str = DEFAULT_SCHEME
    """The rule scheme (:func:`slosmith.schemes.registry.scheme`): it always exists."""
    keep_firing_for: bool = True
    """Whether rules have ``keep_firing_for``. Some rulers do not know it."""
    write_only: Literal["", "alerts", "recordings"] = ""
    """The one kind of rules that is written, if another server evaluates the other kind; empty: both."""
    unit_tests: Literal["beside_rules", "on_demand"] = "beside_rules"
    """Whether unit tests are artefacts, or made when they are run and when rules are handed over."""
    command: str = COMMAND
    """The command that writes the files again, for headers and hints: ``make generate``."""

    def url(self, kind: Literal["documentation", "runbook", "dashboard"], service: str, slo_class: str = "") -> str:
        """The URL of a service by the project's pattern, its names percent-encoded; empty without a pattern."""
        pattern: str = getattr(self, f"{kind}_url")
        return fill_url(pattern, url_values(service, slo_class))

    def site(self, name: str) -> Site | None:
        return next((site for site in self.sites if site.name == name), None)


def url_values(service: str, slo_class: str = "") -> dict[str, str]:
    """The values of the placeholders in a URL pattern; ``uid`` is the UID of the service's dashboard."""
    return {"service": service, "class": slo_class, "uid": service_uid(service)}


_PLACEHOLDER = re.compile(r"(?<![{$])\{([a-z]+)\}(?!\})")


def fill_text(pattern: str, values: Mapping[str, str]) -> str:
    """Like :func:`fill_url`. In a text that is no URL the values stay as they are."""
    return fill_url(pattern, values, encode="://" in pattern)


def fill_url(pattern: str, values: Mapping[str, str], *, encode: bool = True) -> str:
    """Put ``values`` into ``{name}`` placeholders, percent-encoded (RFC 3986: only unreserved characters stay) with
    ``encode``.

    ``{{ ... }}`` is a template of Prometheus and ``${...}`` a variable of Grafana, not a placeholder. Unknown
    placeholders stay as they are.
    """
    parts = re.split(r"(\{\{.*?\}\})", pattern, flags=re.DOTALL)

    def filled(found: re.Match[str]) -> str:
        value = values.get(found[1])
        if value is None:
            return found[0]
        return quote(value, safe="") if encode else value

    for index in range(0, len(parts), 2):
        parts[index] = _PLACEHOLDER.sub(filled, parts[index])
    return "".join(parts)
