"""Sloth's specs."""

from slosmith.formats.dialects.dialect import Dialect, Mark

DIALECTS = (
    Dialect(
        "prometheus/v1", f"{__name__}.prometheus", (Mark("version", "prometheus/v1"), Mark("version", "prometheus/*"))
    ),
    Dialect(
        "sloth.slok.dev/v1",
        f"{__name__}.kubernetes",
        (Mark("apiVersion", "sloth.slok.dev/v1"), Mark("apiVersion", "sloth.slok.dev/*")),
    ),
    Dialect(
        "sloth.slok.dev/v1 AlertWindows",
        f"{__name__}.alert_windows",
        (
            Mark("apiVersion", "sloth.slok.dev/v1", "AlertWindows"),
            Mark("apiVersion", "sloth.slok.dev/*", "AlertWindows"),
        ),
    ),
)
