"""Grafana dashboards: one for each service and one for the fleet, drawn by the jsonnet library in ``lib/``."""

from slosmith.dashboards.options import DashboardSettings
from slosmith.dashboards.render import (
    Dashboard,
    ExtensionError,
    fleet_dashboard,
    service_dashboard,
)

__all__ = [
    "Dashboard",
    "DashboardSettings",
    "ExtensionError",
    "fleet_dashboard",
    "service_dashboard",
]
