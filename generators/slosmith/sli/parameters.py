"""A service's parameters, checked against the declarations of its template."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from slosmith.model import DocumentPath, Duration, Matcher
from slosmith.promql import check_label_name, check_metric_name, check_regex, literal_regex, parse_matcher, quote
from slosmith.sli.template import Parameter, ParameterType, Template
from slosmith.sli.template_error import TemplateError, TemplateProblem, nearest
from slosmith.vocabulary.durations import duration_hint

BUCKETS = "buckets"
"""Name of the parameter, in any template, that replaces the histogram's known bucket bounds."""


class Values:
    """Checked parameter values with defaults applied; a parameter without a value is absent."""

    def __init__(self, declared: Mapping[str, Parameter], values: Mapping[str, object]) -> None:
        self._declared, self._values = declared, values

    def get(self, name: str) -> object:
        """The value as written, else the default, else None."""
        return self._values.get(name)

    def text(self, name: str) -> str:
        return str(self._values[name])

    def number(self, name: str) -> Decimal:
        """A number, or a duration in seconds."""
        if self._declared[name].type == "duration":
            return self.duration(name).seconds
        return Decimal(str(self._values[name]))

    def duration(self, name: str) -> Duration:
        return Duration.parse(self.text(name))

    def buckets(self) -> tuple[str, ...]:
        """The histogram's bounds as the user gives them, in the metric's unit."""
        return tuple(_strings(self._values.get(BUCKETS, ())))

    def matchers(self, name: str) -> tuple[Matcher, ...]:
        return tuple(parse_matcher(text) for text in _strings(self._values.get(name, ())))

    def matcher_value(self, name: str, *, regex: bool) -> str | None:
        """The value for a matcher, as a pattern for ``=~`` and ``!~``; None when the parameter was left out."""
        value = self._values.get(name)
        if value is None:
            return None
        if isinstance(value, list):
            return "|".join(literal_regex(item) for item in value)
        text = str(value)
        return literal_regex(text) if regex and self._declared[name].type != "regex" else text


def check_parameters(template: Template, given: Mapping[str, object]) -> Values:
    """Raises TemplateError with a problem for every parameter that is unknown, missing or wrong."""
    problems = [
        TemplateProblem((name,), "unknown-parameter", f"template {template.name} has no parameter {name!r}",
                        nearest(name, template.parameters))
        for name in given
        if name not in template.parameters
    ]  # fmt: skip
    values: dict[str, object] = {}
    for name, parameter in template.parameters.items():
        value = given.get(name, parameter.default)
        if value is None:
            if parameter.required:
                problems.append(missing(template, name))
            continue
        found = check_value(name, parameter, value)
        problems.extend(found)
        values[name] = value
    if problems:
        raise TemplateError(*problems)
    return Values(template.parameters, values)


def missing(template: Template, name: str) -> TemplateProblem:
    """The problem for a required parameter that is missing."""
    parameter = template.parameters[name]
    example = f" (for example {parameter.example})" if parameter.example is not None else ""
    return TemplateProblem(
        (), "missing-parameter", f"template {template.name} needs {name}", f"{name}: {parameter.description}{example}"
    )


def check_value(name: str, parameter: Parameter, value: object) -> list[TemplateProblem]:
    """Problems of one value of a parameter."""
    if parameter.type in ("list", "matchers"):
        if not isinstance(value, list) or not value:
            return [_bad((name,), "must be a list with at least one item")]
        kind: ParameterType = "label_value" if parameter.type == "list" else "matchers"
        found = [problem for index, item in enumerate(value) for problem in _check_text((name, index), kind, item)]
        return found or (_bucket_problems(value) if name == BUCKETS else [])
    if parameter.type == "boolean":
        return [] if isinstance(value, bool) else [_bad((name,), "must be true or false")]
    if parameter.type == "number":
        return _check_number((name,), value)
    if parameter.type == "choice" and not (isinstance(value, str) and value in parameter.choices):
        return [_bad((name,), f"is not one of {', '.join(parameter.choices)}",
                     nearest(str(value), parameter.choices))]  # fmt: skip
    return _check_text((name,), parameter.type, value)


def _bucket_problems(bounds: list[object]) -> list[TemplateProblem]:
    return [problem for index, bound in enumerate(bounds) for problem in _check_number((BUCKETS, index), bound)]


def _check_number(path: DocumentPath, value: object) -> list[TemplateProblem]:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        return [_bad(path, "must be a number")]
    try:
        finite = Decimal(str(value)).is_finite()
    except InvalidOperation:
        finite = False
    return [] if finite else [_bad(path, "must be a number")]


def _check_text(path: DocumentPath, kind: ParameterType, value: object) -> list[TemplateProblem]:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        several = isinstance(value, list)
        hint = f"write one text{', such as a|b' if kind == 'regex' else ''}" if several else "put it in quotes"
        return [_bad(path, "must be a text", hint)]
    text = str(value)
    try:
        quote(text)
        if kind == "regex":
            check_regex(text)
        elif kind == "duration":
            return _check_duration(path, text)
        elif kind == "metric":
            check_metric_name(text)
        elif kind == "label":
            check_label_name(text)
        elif kind == "matchers":
            parse_matcher(text)
        elif not text:
            return [_bad(path, "must not be empty")]
    except ValueError as error:
        return [_bad(path, f"cannot be used: {error}")]
    return []


def _check_duration(path: DocumentPath, text: str) -> list[TemplateProblem]:
    try:
        Duration.parse(text)
    except ValueError:
        return [_bad(path, "must be a duration with its unit, such as 500ms, 5s, 1h30m or 28d", duration_hint(text))]
    return []


def _bad(path: DocumentPath, what: str, hint: str = "") -> TemplateProblem:
    return TemplateProblem(path, "bad-parameter", f"{path[0]} {what}", hint)


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, (list, tuple)) else []
