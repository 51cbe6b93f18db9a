"""What a project may choose about its dashboards."""

from __future__ import annotations

import msgspec


class DashboardSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of all dashboards of a project; the defaults suit a Thanos with a Grafana 10 or later before it."""

    datasource: str = "thanos"
    """Name or UID of the Prometheus data source that is chosen when a dashboard opens."""
    title: str = "SLOs"
    """Title of the fleet dashboard."""
    time_from: str = "now-7d"
    """Grafana's notation; charts of budgets show their whole period whatever is chosen."""
    refresh: str = "5m"
    timezone: str = "utc"
    """UTC, because reporting periods begin at midnight UTC."""
    tags: tuple[str, ...] = ()
    """Added to ``slo`` and ``slosmith``."""
    extension: str = ""
    """A jsonnet object that is added to the library, to change or extend what it draws."""
    extension_files: tuple[tuple[str, str], ...] = ()
    """Import path -> text, of what the extension itself imports."""
