"""Pyrra's ServiceLevelObjective."""

from slosmith.formats.dialects.dialect import Dialect, Mark

DIALECTS = (
    Dialect(
        "pyrra.dev/v1alpha1",
        f"{__name__}.v1alpha1",
        (Mark("apiVersion", "pyrra.dev/v1alpha1"), Mark("apiVersion", "pyrra.dev/*")),
    ),
)
