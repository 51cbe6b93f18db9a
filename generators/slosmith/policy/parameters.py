"""Typed parameters of checks: converts settings to a struct, and describes a struct for documentation."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from slosmith.model import Duration
from slosmith.vocabulary.durations import duration_hint

_WORDS = {
    int: "a whole number", Decimal: "a number", Duration: "a duration such as 30d", str: "a text",
    tuple[str, ...]: "a list of texts", bool: "true or false",
}  # fmt: skip


class Parameter(msgspec.Struct, frozen=True):
    """One parameter of a check, for settings and documentation."""

    name: str
    type: Any
    default: Any
    description: str

    @property
    def type_words(self) -> str:
        """The type in words."""
        return _WORDS[_plain(self.type)]

    @property
    def default_text(self) -> str:
        """The default, as it would be written in YAML."""
        return yaml_text(self.default)


def describe(parameters: type[msgspec.Struct]) -> tuple[Parameter, ...]:
    """The parameters of a check, in the order declared."""
    hints = get_type_hints(parameters, include_extras=True)
    defaults = parameters()
    return tuple(
        Parameter(name, hints[name], getattr(defaults, name), _description(hints[name]))
        for name in parameters.__struct_fields__
    )


def convert(parameter: Parameter, value: Any) -> Any:
    """A setting's value as the parameter's type. Raises ValueError with the expected type and bounds."""
    try:
        if _plain(parameter.type) is Duration:
            return Duration.parse(value if isinstance(value, str) else "")
        return msgspec.convert(value, parameter.type)
    except (msgspec.ValidationError, ValueError):
        raise ValueError(f"must be {parameter.type_words}{_bounds(parameter.type)}") from None


def hint(parameter: Parameter, value: Any) -> str:
    """What to write instead of a value that :func:`convert` refuses."""
    near = duration_hint(str(value)) if _plain(parameter.type) is Duration and isinstance(value, str | int) else ""
    return near or f"the default is {parameter.default_text}"


def yaml_text(value: Any) -> str:
    """A parameter's value in YAML flow style."""
    if isinstance(value, tuple):
        return f"[{', '.join(yaml_text(item) for item in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Duration):
        return value.in_days
    return str(value)


def _plain(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _meta(hint: Any) -> list[msgspec.Meta]:
    extra = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return [item for item in extra if isinstance(item, msgspec.Meta)]


def _description(hint: Any) -> str:
    return next((meta.description for meta in _meta(hint) if meta.description), "")


def _bounds(hint: Any) -> str:
    parts = []
    for meta in _meta(hint):
        if meta.ge is not None:
            parts.append(f", at least {meta.ge}")
        if meta.gt is not None:
            parts.append(f", above {meta.gt}")
        if meta.le is not None:
            parts.append(f", at most {meta.le}")
    return "".join(parts)
