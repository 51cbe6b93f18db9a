"""Model -> specs in other tools' formats; what they have no place for is reported, never dropped in silence."""

from slosmith.export.framework import Exported, Loss, export, export_formats

__all__ = ["Exported", "Loss", "export", "export_formats"]
