"""slosmith's own specs."""

from slosmith.formats.dialects.dialect import Dialect, Mark

DIALECTS = (Dialect("slosmith/v1", f"{__name__}.v1", (Mark("version", "slosmith/v1"), Mark("version", "slosmith/*"))),)
