"""A new service before it is written: names, parameters and objectives that fit the template and the project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

import msgspec

from slosmith.formats.schema import Schema
from slosmith.model import Duration
from slosmith.problems.nearest import suggestion
from slosmith.sli.example import example_parameters, example_threshold
from slosmith.sli.expand import expand
from slosmith.sli.parameters import check_value
from slosmith.sli.template import Parameter, ParameterValue, Template, TemplateLibrary
from slosmith.sli.template_error import TemplateError
from slosmith.vocabulary.durations import in_one_unit

Objectives = Mapping[str, Mapping[str, str]]
"""Name -> target and threshold, as a spec has them."""

TARGET = "99.9%"
"""The target of a new objective without a threshold: strict enough to be worth an alert, loose enough to be met."""
SLOW_TARGET = "99%"
"""The target of a new objective with a threshold."""


_THRESHOLDS = ("500ms", "1s", "400ms", "250ms", "300ms", "600ms", "750ms", "200ms", "100ms", "1500ms", "2s", "2500ms",
               "5s", "50ms", "25ms", "10ms", "10s", "30s", "1m", "5m", "5ms", "1ms")  # fmt: skip
"""Thresholds of a new objective, the best first: the first one that is a bucket is used."""


class DraftError(ValueError):
    """A value that cannot be used. The message says which, and what to write."""


class ServiceDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What the spec of a new service will have. Empty values are left out."""

    name: str
    slo_class: str = ""
    team: str = ""
    description: str = ""
    sites: tuple[str, ...] = ()
    template: str = ""
    class_template: str = ""
    """The template of the class, if the service names none."""
    parameters: Mapping[str, ParameterValue] = {}
    objectives: Objectives = {}


def check_name(name: str, what: str) -> str:
    """``name``, if specs may have it. Raises DraftError."""
    rule = Schema("slosmith-v1").document()["$defs"]["name"]
    if not re.fullmatch(rule["pattern"], name) or len(name) > rule["maxLength"]:
        raise DraftError(f"{what} '{name}' cannot be used: write {rule['errorMessage']}")
    return name


def place_of(root: Path, folder: str, name: str) -> Path:
    """The file of a new declaration. Raises DraftError if it exists, or if links lead out of the specs folder."""
    path = root / folder / f"{name}.yaml"
    for taken in (path, path.with_suffix(".yml")):
        if taken.exists() or taken.is_symlink():
            raise DraftError(f"{taken} exists: choose another name, or change that file")
    if not path.parent.resolve().is_relative_to(root.resolve()):
        raise DraftError(f"{path.parent} is a link that leads out of the specs folder")
    return path


def parse_parameters(template: Template, settings: Iterable[str]) -> dict[str, ParameterValue]:
    """The values of ``NAME=VALUE`` texts. A name that is repeated is a list. Raises DraftError."""
    found: dict[str, ParameterValue] = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals:
            raise DraftError(f"--set {setting}: write NAME=VALUE")
        if name not in template.parameters:
            hint = suggestion(name, template.parameters, "there are")
            raise DraftError(f"--set {name}: the template {template.name} has no such parameter; {hint}")
        value = parse_value(name, template.parameters[name], text)
        before = found.get(name)
        if isinstance(before, list) and isinstance(value, list):
            found[name] = [*before, *value]
        elif before is not None:
            raise DraftError(f"--set {name}: it is there twice, and takes one value")
        else:
            found[name] = value
    return found


def parse_value(name: str, parameter: Parameter, text: str) -> ParameterValue:
    """A written value as its type. Raises DraftError if the parameter does not take it."""
    value: ParameterValue = text
    if parameter.type in ("list", "matchers"):
        value = [text] if parameter.type == "matchers" else [part.strip() for part in text.split(",")]
    elif parameter.type == "boolean" and text in ("true", "false"):
        value = text == "true"
    elif parameter.type == "number":
        value = _number(text)
    problems = check_value(name, parameter, value)
    if problems:
        first = problems[0]
        hint = f"; {first.hint}" if first.hint else ""
        raise DraftError(f"--set {name}={text}: {first.message}{hint}")
    return value


def _number(text: str) -> ParameterValue:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    return int(number) if number == number.to_integral_value() and number.is_finite() else float(number)


def missing_parameters(template: Template, given: Mapping[str, ParameterValue]) -> list[str]:
    """The required parameters that have no value yet."""
    return [name for name, each in template.parameters.items() if each.required and name not in given]


def default_objectives(
    template: Template, parameters: Mapping[str, object], only: Sequence[str] = ()
) -> dict[str, dict[str, str]]:
    """An objective for each indicator of the template that these parameters are enough for; only for those in ``only``
    if it has names. Raises DraftError if there is none.
    """
    library = TemplateLibrary({template.name: template})
    found: dict[str, dict[str, str]] = {}
    wrong: list[str] = []
    for name in only or template.indicators:
        usual = example_threshold(template, name)
        tried = [None] if usual is None else [usual, *map(Duration.parse, _THRESHOLDS)]
        for threshold in tried:
            try:
                expand(template.name, dict(parameters), indicator=name, threshold=threshold, library=library)
            except TemplateError as error:
                wrong += [f"{each.message}{f'; {each.hint}' if each.hint else ''}" for each in error.problems]
                if any(each.code != "threshold-not-a-bucket" for each in error.problems):
                    break
                continue
            found[name] = {"target": TARGET}
            if threshold is not None:
                found[name] = {"target": SLOW_TARGET, "threshold": in_one_unit(threshold)}
            break
    if not found:
        raise DraftError(wrong[0])
    return found


CLASS_DESCRIPTION = "Services that people need every day."


def class_objectives(template: Template | None) -> dict[str, dict[str, str]]:
    """The objectives of a new class: of the template's indicators, or availability and latency."""
    if template is not None:
        return default_objectives(template, example_parameters(template))
    return {"availability": {"target": TARGET}, "latency": {"target": SLOW_TARGET, "threshold": "500ms"}}


def example_text(parameter: Parameter) -> str:
    """An example of a parameter's value, as a user types it."""
    example = parameter.example
    if isinstance(example, list):
        return example[0] if parameter.type == "matchers" else ",".join(example)
    return str(example if example is not None else "...")
