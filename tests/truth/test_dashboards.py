"""Every query of every dashboard, sent to the Prometheus with the recordings."""

from __future__ import annotations

import math
import re

import pytest

from slosmith.dashboards import fleet_dashboard, service_dashboard
from slosmith.dashboards.panel_queries import Query, all_queries
from slosmith.model import Workspace
from tests.prometheus_api import PrometheusApi
from tests.truth.lift_wing import SPAN
from tests.truth.recorded import LAST, Recorded

pytestmark = [pytest.mark.prometheus, pytest.mark.slow, pytest.mark.xdist_group("truth")]

NOW = SPAN.start + 60 * LAST + 59
RAW = re.compile(r"\b(?:istio_|apiserver_)")


def values_of(query: Query, lift_wing: Recorded) -> list[float]:
    """The values that Grafana would draw: of an instant query now, or of a range query over the last two hours."""
    server: PrometheusApi = lift_wing.raw if RAW.search(query.expr) else lift_wing.recorded
    if query.instant:
        return [sample.value for sample in server.instant(query.expr, NOW)]
    return [value for series in server.range(query.expr, NOW - 7200, NOW, 60) for value in series.values]


def test_every_query_returns_data(lift_wing: Recorded) -> None:
    services = lift_wing.world.services
    workspace = Workspace(services, calendars=lift_wing.world.calendars)
    dashboards = [fleet_dashboard(workspace), *(service_dashboard(service) for service in services)]
    asked, empty = 0, []
    for dashboard in dashboards:
        for query in all_queries(dashboard.json_text):
            asked += 1
            values = values_of(query, lift_wing)
            if not values or all(math.isnan(value) for value in values):
                empty.append(f"{dashboard.name}, {query.panel} {query.ref_id}: {query.expr}")
    print(f"\n{asked} queries of {len(dashboards)} dashboards asked")
    assert asked > 50
    assert empty == []
