"""Schema errors in words: what is wrong, and what to write instead.

The schema itself has the words for a pattern or a type (``errorMessage``). Editors show them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from jsonschema_rs import ValidationError

from slosmith.formats import hints
from slosmith.model import DocumentPath, Origin
from slosmith.problems import Problem
from slosmith.problems.nearest import nearest, suggestion
from slosmith.vocabulary.durations import duration_hint

_LONGEST_EXAMPLE = 120

_TYPES = {
    "object": "a mapping", "array": "a list", "string": "a text", "number": "a number", "integer": "a whole number",
    "boolean": "true or false", "null": "nothing",
}  # fmt: skip


NO_BUDGET = (
    "every error would alert at once, and burn rates would be divisions by zero: write 99.99 (4m of full outage in"
    " 28 days), or alert on single errors without an SLO"
)
"""What follows from a target of 100 %, and what to write instead."""


def describe(error: ValidationError, schema: dict[str, Any], document: Any, origin: Origin) -> Iterable[Problem]:
    """The problems for one error of the validator; ``document`` is the whole value that was validated."""
    path, value = _follow(document, error.instance_path, error.instance)
    place = _Place(error, _parent(schema, error.schema_path), path, origin, schema, value)
    kind = error.kind.name
    handler = _HANDLERS.get(kind)
    if handler is not None:
        return handler(place)
    return [place.problem("SCH206", f"{place.subject} has a wrong value{place.expected}")]


class _Place:
    """An error, the schema object that raised it, and words for both."""

    def __init__(
        self,
        error: ValidationError,
        rule: dict[str, Any],
        path: DocumentPath,
        origin: Origin,
        schema: dict[str, Any],
        value: Any,
    ) -> None:
        self.error, self.rule, self.path, self.origin, self.schema = error, rule, path, origin, schema
        self.value = value

    @property
    def subject(self) -> str:
        return f"`{path_text(self.path)}`" if self.path else "the document"

    @property
    def expected(self) -> str:
        words = self.rule.get("errorMessage")
        return f": it must be {words}" if words else ""

    @property
    def details(self) -> Any:
        """The fields of this kind of error: ``unexpected``, ``property``, ``types``, ``error``."""
        return self.error.kind

    @property
    def is_duration(self) -> bool:
        return "pattern" in self.rule and self.rule in self._definitions("duration", "durationOrNull", "window")

    @property
    def is_date(self) -> bool:
        return self.rule is self.schema["$defs"].get("date")

    @property
    def is_percent(self) -> bool:
        return self.rule in self._definitions("target", "targetOrNull", "percent", "percentOrNull")

    @property
    def is_share(self) -> bool:
        """Whether a percentage or a ratio belongs here, in the notation of any format."""
        return self.is_percent or self.rule in self._definitions("ratio", "sharePercent", "percentText")

    @property
    def pattern(self) -> str:
        return str(self.rule.get("pattern", ""))

    def _definitions(self, *names: str) -> list[Any]:
        return [self.schema["$defs"].get(name) for name in names]

    def problem(self, code: str, message: str, hint: str = "", *, key: str | None = None) -> Problem:
        path = self.path if key is None else (*self.path, key)
        place = Origin(self.origin.kind, self.origin.file, self.origin.path + path, self.origin.document)
        return Problem(code=code, message=message, hint=hint, origin=place, on_key=key is not None)


def path_text(path: DocumentPath) -> str:
    """A path as people write it: ``objectives.latency.target``, ``decisions[0].date``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def shown(value: Any) -> str:
    """A value in a message: short, and as it was written."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = str(value)
    return f"'{text[:60]}{'...' if len(text) > 60 else ''}'" if isinstance(value, str) else text[:40]


def _follow(document: Any, steps: Sequence[str | int], instance: Any) -> tuple[DocumentPath, Any]:
    """The path and the value as slosmith has read them. The validator changes both: the keys '0' and '00' become 0,
    and exact numbers become floats. ``instance`` is the validator's own value.
    """
    found: list[tuple[DocumentPath, Any]] = [((), document)]
    for step in steps:
        found = [((*path, key), value[key]) for path, value in found for key in _keys(value, step)]
    return next((place for place in found if place[1] == instance), found[0] if found else ((), document))


def _keys(value: Any, step: str | int) -> list[str | int]:
    """The keys or indexes of ``value`` that the validator may mean by ``step``."""
    if not isinstance(value, dict):
        return [step] if isinstance(value, list) and isinstance(step, int) and step < len(value) else []
    if step in value:
        return [step]
    return [key for key in value if key.isascii() and key.isdigit() and len(key) < 30 and int(key) == step]


def _parent(schema: dict[str, Any], path: Iterable[str | int]) -> dict[str, Any]:
    rule: Any = schema
    for step in list(path)[:-1]:
        try:
            rule = rule[step]
        except (KeyError, IndexError, TypeError):
            return {}
    return rule if isinstance(rule, dict) else {}


def _unknown_keys(place: _Place) -> list[Problem]:
    where = f" in `{path_text(place.path)}`" if place.path else ""
    known = place.rule.get("properties", {})
    instead = place.rule.get("instead", {})
    return [
        place.problem(
            "SCH203",
            f"unknown key '{key[:60]}'{where}",
            instead.get(key) or _instead_of(key, known, place.schema),
            key=key,
        )
        for key in place.details.unexpected
    ]


def _instead_of(key: str, known: dict[str, Any], schema: dict[str, Any]) -> str:
    """The hint for an unknown key: the known key with this meaning, the key that it belongs below, or the nearest."""
    for name, rule in known.items():
        if key.casefold() in rule.get("aliases", ()):
            return f"write `{name}:`. {rule.get('description', '')}".strip()
    if nearest(key, known) is None:
        for name, rule in known.items():
            if key in _resolved(rule, schema).get("properties", {}):
                return f"it belongs below `{name}:`"
    return suggestion(key, known, "known keys")


def _resolved(rule: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The rule, or what it refers to within the schema."""
    target = rule.get("$ref", "").removeprefix("#/$defs/")
    found = schema["$defs"].get(target, rule) if target else rule
    return found if isinstance(found, dict) else {}


def _missing_key(place: _Place) -> list[Problem]:
    key = place.details.property
    rule = place.rule.get("properties", {}).get(key, {})
    examples = rule.get("examples") or _resolved(rule, place.schema).get("examples") or []
    hint = rule.get("description") or _resolved(rule, place.schema).get("description", "")
    written = _flow(examples[0]) if examples else ""
    if written and len(written) <= _LONGEST_EXAMPLE:
        hint = f"add `{key}: {written}`. {hint.split('. ')[0].rstrip('.')}.".removesuffix(" .")
    where = f" in `{path_text(place.path)}`" if place.path else ""
    return [place.problem("SCH204", f"the key '{key}' is missing{where}", hint)]


def _flow(value: Any) -> str:
    """An example as people write it on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return f"'{text}'" if isinstance(value, str) and re.search(r"[{}\[\],:#]", text) else text


_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)


def _wrong_type(place: _Place) -> list[Problem]:
    value = place.value
    types = [name for name in place.details.types if name != "null"]
    if value is None:
        return [place.problem("SCH205", f"{place.subject} is empty", "give it a value, or remove the key")]
    if place.is_duration and isinstance(value, int | Decimal) and not isinstance(value, bool):
        message = f"{place.subject} is a number without a unit: {value}"
        return [place.problem("SCH211", message, hints.unit_for(str(value), place.path, place.pattern))]
    words = place.rule.get("errorMessage") or " or ".join(_TYPES.get(name, name) for name in types)
    hint = ""
    if place.is_date:
        hint = hints.day(str(value))
    elif place.is_share and isinstance(value, str):
        hint = hints.percentage(value, place.rule)
    elif {"number", "integer"} & {*types} and isinstance(value, str) and re.fullmatch(r"[-+]?[0-9.]{30,}", value):
        return [place.problem("SCH207", f"{place.subject} has too many digits: at most 30")]
    elif {"number", "integer"} & {*types} and isinstance(value, str) and _NUMBER.fullmatch(value):
        hint = f"write {value}, without quotes"
    elif types == ["string"] and isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        hint = f"write {value[0][:40]}, without brackets"
    elif types == ["object"] and isinstance(value, list):
        hint = "write its keys without `- ` before them"
    elif types == ["object"] and place.rule.get("properties"):
        hint = f"its keys: {', '.join(sorted(place.rule['properties'])[:12])}"
    elif types == ["array"] and isinstance(value, dict):
        hint = "begin each item with `- `"
    elif types == ["string"] and isinstance(value, int | Decimal):
        written = shown(value)
        hint = f'put it in quotes if it is a text: "{written}"'
    elif types == ["array"] and isinstance(value, str):
        hint = f"write a list with one item: [{value[:40]}]"
    return [place.problem("SCH205", f"{place.subject} is {shown(value)}, and must be {words}", hint)]


def _pattern(place: _Place) -> list[Problem]:
    value = str(place.value)
    if place.is_duration:
        return [
            place.problem(
                "SCH211", f"{place.subject} is {shown(value)}{place.expected}", duration_hint(value, place.pattern)
            )
        ]
    if place.is_percent:
        return [_wrong_percent(place)]
    if place.is_share:
        return [
            place.problem(
                "SCH213", f"{place.subject} is {shown(value)}{place.expected}", hints.percentage(value, place.rule)
            )
        ]
    hint = hints.name(value, place.rule, place.schema)
    if not hint:
        hint = hints.day(value) if place.is_date else hints.matching(value, place.rule.get("pattern", ""))
    return [place.problem("SCH206", f"{place.subject} is {shown(value)}{place.expected}", hint)]


def _wrong_percent(place: _Place) -> Problem:
    """A value that is not a percentage, or is out of range. Targets of 0 % and 100 % have messages of their own."""
    text = str(place.value).removesuffix("%").strip()
    number = Decimal(text) if re.fullmatch(r"[0-9]{1,3}(\.0{1,12})?", text, re.ASCII) else None
    if number == 0:
        hint = "remove the objective, or set a target above 0 %"
        return place.problem("SCH214", "a target of 0 % is always met", hint)
    if number == 100:
        return place.problem("SCH214", "a target of 100 % leaves no error budget", NO_BUDGET)
    message = f"{place.subject} is {shown(place.value)}{place.expected}"
    if isinstance(place.value, int | Decimal) and 0 < place.value <= 1:
        exact = (place.value * Decimal(100)).normalize()
        hint = f"write {exact:f}%" if exact < 100 else "write the percentage, such as 99%"
        return place.problem("SCH213", f"{place.subject} is {place.value}, which means {place.value} %", hint)
    return place.problem("SCH213", message, hints.percentage(str(place.value), place.rule))


def _choice(place: _Place) -> list[Problem]:
    allowed = [str(option) for option in place.rule.get("enum", [place.rule.get("const")])]
    value = place.value
    words = ", ".join(allowed[:-1]) + (" or " if len(allowed) > 1 else "") + allowed[-1]
    hint = suggestion(value, allowed) if isinstance(value, str) and len(allowed) > 1 else ""
    return [place.problem("SCH206", f"{place.subject} is {shown(value)}, and must be {words}", hint)]


def _range(place: _Place) -> list[Problem]:
    value = shown(place.value)
    if place.is_percent:
        return [_wrong_percent(place)]
    if place.expected:
        hint = hints.percentage(str(place.value), place.rule) if place.is_share else ""
        return [place.problem("SCH207", f"{place.subject} is {value}{place.expected}", hint)]
    rule = place.rule
    bounds = [
        words.format(rule[key])
        for key, words in (
            ("minimum", "at least {}"), ("exclusiveMinimum", "more than {}"), ("maximum", "at most {}"),
            ("exclusiveMaximum", "less than {}"),
        )
        if key in rule
    ]  # fmt: skip
    return [place.problem("SCH207", f"{place.subject} is {value}, and must be {' and '.join(bounds)}")]


def _size(place: _Place) -> list[Problem]:
    kind = place.error.kind.name
    if place.rule.get("errorMessage"):
        length = f" has {len(place.value)} characters" if isinstance(place.value, str) else ""
        return [place.problem("SCH208", f"{place.subject}{length}{place.expected or ' has a wrong size'}")]
    if kind in ("minItems", "minProperties", "minLength"):
        return [place.problem("SCH208", f"{place.subject} is empty", "give it a value, or remove the key")]
    limit = place.rule.get(kind)
    unit = {"maxLength": "characters", "maxItems": "items"}.get(kind, "keys")
    return [place.problem("SCH208", f"{place.subject} is too long: at most {limit} {unit}")]


def _twice(place: _Place) -> list[Problem]:
    items: Any = place.value
    seen: list[Any] = []
    for index, item in enumerate(items):
        if item in seen:
            message = f"{shown(item)} is in `{path_text(place.path)}` twice"
            origin = Origin(
                place.origin.kind, place.origin.file, (*place.origin.path, *place.path, index), place.origin.document
            )
            return [Problem(code="SCH210", message=message, hint="remove one", origin=origin)]
        seen.append(item)
    return [place.problem("SCH210", f"`{path_text(place.path)}` contains an item twice")]


def _one_of(place: _Place) -> list[Problem]:
    words = place.rule.get("errorMessage", "one of the allowed forms")
    if isinstance(place.value, dict) and all("required" in branch for branch in place.rule.get("oneOf", [{}])):
        return [place.problem("SCH209", f"{place.subject} needs {words}")]
    value = shown(place.value)
    hint = "give it a value, or remove the key" if place.value is None else ""
    return [place.problem("SCH205", f"{place.subject} is {value}, and must be {words}", hint)]


def _key_name(place: _Place) -> list[Problem]:
    inner = place.details.error
    name = str(inner.instance)
    rule = _parent(place.schema, inner.schema_path)
    words = rule.get("errorMessage", "a valid name")
    message = f"the key '{name[:60]}' in `{path_text(place.path)}` must be {words}"
    return [place.problem("SCH206", message, hints.name(name, rule, place.schema), key=name)]


def _not_here(place: _Place) -> list[Problem]:
    """A key that is not allowed together with another value of its mapping."""
    key = place.path[-1] if place.path else ""
    hint = "remove it, or change the kind or type of this mapping"
    return [place.problem("SCH203", f"{place.subject}: the key '{key}' is not allowed with the other keys here", hint)]


_HANDLERS = {
    "additionalProperties": _unknown_keys, "required": _missing_key, "type": _wrong_type, "pattern": _pattern,
    "enum": _choice, "const": _choice, "minimum": _range, "maximum": _range, "exclusiveMinimum": _range,
    "exclusiveMaximum": _range, "minItems": _size, "maxItems": _size, "minProperties": _size, "maxProperties": _size,
    "minLength": _size, "maxLength": _size, "uniqueItems": _twice, "oneOf": _one_of, "anyOf": _one_of,
    "propertyNames": _key_name, "falseSchema": _not_here,
}  # fmt: skip
