"""The rule schemes there are: the folders beside this module, and what other packages add."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, wraps
from typing import Any, cast

from slosmith.discovery import Part, own, with_foreign
from slosmith.schemes.scheme import Scheme

SCHEMES = "slosmith.schemes"
"""Our schemes' package, and the group of entry points of others."""

ASKED = (*Scheme.__annotations__, *(name for name in vars(Scheme) if not name.startswith("_")))
"""The names that a scheme has to have."""


def schemes() -> Mapping[str, Part]:
    """Every scheme, by name, sorted. Raises PluginError where another package's has the name of one of ours."""
    return with_foreign(own_schemes(), SCHEMES)


def own_schemes() -> dict[str, Part]:
    """Our schemes, by name, sorted."""
    return own(SCHEMES, folders=True)


@cache
def scheme(name: str) -> Scheme:
    """The scheme of that name. Raises KeyError where none of :func:`schemes` has it, and PluginError if it is another
    package's and lacks something that schemes are asked. What goes wrong in such a scheme later is a PluginError, too.
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
    """A scheme of another package, whose exceptions become PluginError."""

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
