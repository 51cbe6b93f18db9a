"""The settings of a project's dashboards."""

from __future__ import annotations

import msgspec


class DashboardSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of all dashboards of a project. The defaults are for Thanos and Grafana 10 or later."""

    datasource: str = "thanos"
    """Name or UID of the Prometheus data source that is selected when a dashboard opens."""
    title: str = "SLOs"
    """Title of the fleet dashboard."""
    time_from: str = "now-7d"
    """The time range in Grafana's notation. Charts of budgets always show their whole period."""
    refresh: str = "5m"
    timezone: str = "utc"
    """UTC, because reporting periods begin at midnight UTC."""
    tags: tuple[str, ...] = ()
    """Tags of all dashboards, added to ``slo`` and ``slosmith``."""
    evaluation_interval: str = "1m"
    """The time between two recorded samples, which is the shortest step of charts. The project's setting."""
    extension: str = ""
    """A jsonnet object that is added to the library. It can change panels and add new ones."""
    extension_files: tuple[tuple[str, str], ...] = ()
    """Import path -> text, of the files that the extension imports."""
