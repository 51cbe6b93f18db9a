"""Spec files: text -> declarations -> the model. :func:`load` is the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from slosmith.spec.loading import Loaded, load
    from slosmith.spec.sources import Sources

__all__ = ["Loaded", "Sources", "load"]


def __getattr__(name: str) -> Any:
    # lazily: slosmith.settings needs slosmith.spec.declarations, and loading needs the settings
    if name in ("Loaded", "load"):
        from slosmith.spec import loading

        return getattr(loading, name)
    if name == "Sources":
        from slosmith.spec.sources import Sources

        return Sources
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
