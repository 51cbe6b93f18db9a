"""All rule schemes: the folders beside this module, and the schemes of other packages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, wraps
from typing import Any, cast

from slosmith.discovery import Part, own, with_foreign
from slosmith.schemes.scheme import Scheme

SCHEMES = "slosmith.schemes"
"""The package of our schemes, and the group of entry points for schemes of other packages."""

ASKED = (*Scheme.__annotations__, *(name for name in vars(Scheme) if not name.startswith("_")))
"""The attributes that a scheme must have."""


def schemes() -> Mapping[str, Part]:
    """Every scheme, by name, sorted. Raises PluginError if a scheme of another package has the name of one of ours."""
    return with_foreign(own_schemes(), SCHEMES)


def own_schemes() -> dict[str, Part]:
    """Our schemes, by name, sorted."""
    return own(SCHEMES, folders=True)


@cache
def scheme(name: str) -> Scheme:
    """The scheme with this name. Raises KeyError if :func:`schemes` does not have the name. Raises PluginError if a
    scheme of another package lacks an attribute. Later errors inside such a scheme are PluginErrors too.
    """
    part = schemes()[name]
    found = part.attribute(part.load(), "SCHEME")
    if not part.foreign:
        return cast("Scheme", found)
    for asked in ASKED:
        if not hasattr(found, asked):
            raise part.error(f"`SCHEME` of the module {part.module} has no `{asked}`")
    if found.name != name:
        raise part.error(f"`SCHEME` of the module {part.module} is named {found.name!r}")
    return cast("Scheme", _Guarded(part, found))


class _Guarded:
    """A scheme of another package. Its exceptions become PluginError."""

    def __init__(self, part: Part, found: Any) -> None:
        self._part, self._found = part, found

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._found, name)
        if not callable(value):
            return value

        @wraps(value)
        def guarded(*arguments: Any, **named: Any) -> Any:
            with self._part.guarded():
                return value(*arguments, **named)

        return guarded
