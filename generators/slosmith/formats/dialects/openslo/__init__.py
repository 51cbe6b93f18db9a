"""OpenSLO."""

from slosmith.formats.dialects.dialect import Dialect, Mark

DIALECTS = (
    Dialect("openslo/v1alpha", f"{__name__}.v1alpha", (Mark("apiVersion", "openslo/v1alpha"),)),
    Dialect(
        "openslo.com/v2alpha",
        f"{__name__}.v2alpha",
        (
            Mark("apiVersion", "openslo.com/v2alpha"),
            Mark("apiVersion", "openslo.com/*"),
            Mark("apiVersion", "openslo/v2*"),
        ),
    ),
    Dialect("openslo/v1", f"{__name__}.v1", (Mark("apiVersion", "openslo/v1"), Mark("apiVersion", "openslo/*"))),
)
