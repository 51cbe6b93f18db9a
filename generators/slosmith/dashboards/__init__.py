"""Grafana dashboards: one a service and one for the fleet, drawn by the jsonnet library in ``lib/``."""

from slosmith.dashboards.compile import (
    Dashboard,
    ExtensionError,
    fleet_dashboard,
    service_dashboard,
)
from slosmith.dashboards.settings import DashboardSettings

__all__ = [
    "Dashboard",
    "DashboardSettings",
    "ExtensionError",
    "fleet_dashboard",
    "service_dashboard",
]
