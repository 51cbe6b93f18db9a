"""Model -> specs in the formats of other tools. Every value that a format cannot hold is reported as a loss."""

from slosmith.export.framework import Exported, Loss, export, export_formats

__all__ = ["Exported", "Loss", "export", "export_formats"]
