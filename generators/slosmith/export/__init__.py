"""Model -> specs in other tools' formats; what they have no place for is told, never dropped in silence."""

from slosmith.export.framework import FORMATS, Exported, Loss, export

__all__ = ["FORMATS", "Exported", "Loss", "export"]
