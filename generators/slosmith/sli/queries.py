"""Free PromQL that counts events, made fit to stand beside what templates write."""

from __future__ import annotations

from textwrap import indent

from slosmith.model import Duration
from slosmith.promql import fill_window


def events_per_second(expr: str, group_by: tuple[str, ...], window: Duration) -> str:
    """``expr`` over ``window``, summed to one series for each ``group_by``."""
    by = f" by ({', '.join(group_by)}) " if group_by else ""
    return f"sum{by}(\n{indent(fill_window(expr, window).strip(), '  ')}\n)"
