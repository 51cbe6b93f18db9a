"""The queries of a dashboard as Prometheus gets them, for tests and for use outside of Grafana."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from slosmith.model import Duration

_VARIABLE = re.compile(r"\$(?:(?P<plain>[A-Za-z_]\w*)|\{(?P<braced>[A-Za-z_]\w*)(?::\w+)?\})")
_REGEX_SPECIAL = re.compile(r"([\\^$.*+?()\[\]{}|])")


class Query(msgspec.Struct, frozen=True):
    """One query. ``expr`` is PromQL with values for the dashboard's variables. ``legend`` is empty in tables."""

    panel: str
    ref_id: str
    expr: str
    instant: bool
    legend: str = ""


def queries(dashboard_json: str, chosen: Mapping[str, list[str]] | None = None) -> list[tuple[str, str]]:
    """(panel title, PromQL) of every query, in the dashboard's order; see :func:`all_queries`."""
    return [(query.panel, query.expr) for query in all_queries(dashboard_json, chosen)]


STEP = Duration.from_seconds(300)
"""The time between two points of a chart, if nobody says another."""

NOTHING = Duration(0)


def all_queries(
    dashboard_json: str,
    chosen: Mapping[str, list[str]] | None = None,
    step: Duration = STEP,
    scrape: Duration = NOTHING,
) -> list[Query]:
    """Every query of a dashboard, including queries in collapsed rows.

    ``chosen`` has selected values of variables. Other variables have the values that they have when the dashboard opens
    ("All"). ``step`` is the time between two points of a chart. It gives Grafana's own variables their values; as in
    Grafana, the range of ``rate`` is longer by a scrape interval (``scrape``).
    Raises msgspec.DecodeError for text that is not JSON, KeyError for a variable that the dashboard does not have.
    """
    dashboard = msgspec.json.decode(dashboard_json)
    values = {
        **_variables(dashboard, chosen or {}),
        "__interval": str(step),
        "__interval_ms": str(step.milliseconds),
        "__rate_interval": str(Duration(step.milliseconds + scrape.milliseconds)),
    }
    return [
        Query(
            panel=panel["title"],
            ref_id=target["refId"],
            expr=fill(target["expr"], values),
            instant=target.get("instant", False),
            legend=target.get("legendFormat", ""),
        )
        for panel in panels(dashboard)
        for target in panel.get("targets", [])
    ]


def panels(dashboard: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every panel of a decoded dashboard. A row comes before its panels."""
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def fill(expr: str, values: Mapping[str, str]) -> str:
    """``expr`` with ``$name`` and ``${name}`` replaced. ``$`` and ``$1`` of a regular expression are not variables.

    Raises KeyError for a variable without a value. Grafana would send the name of such a variable to Prometheus.
    """
    return _VARIABLE.sub(lambda found: values[found["plain"] or found["braced"]], expr)


def _variables(dashboard: Mapping[str, Any], chosen: Mapping[str, list[str]]) -> dict[str, str]:
    filled = {}
    for variable in dashboard["templating"]["list"]:
        name = variable["name"]
        if name in chosen:
            filled[name] = alternatives(chosen[name])
        elif variable["type"] == "custom":
            filled[name] = alternatives(variable["query"].split(","))
        elif variable["type"] == "query":
            filled[name] = variable["allValue"]
        else:
            filled[name] = variable["current"]["value"]
    return filled


def alternatives(values: list[str]) -> str:
    """Values of a variable as Grafana writes them into a regex matcher: escaped for the regex and for the PromQL
    string.
    """
    escaped = [_REGEX_SPECIAL.sub(r"\\\\\1", value) for value in values]
    return escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"
