"""The JSON Schema of specs with the names of one project: editors complete classes, templates, sites and services."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

from slosmith.formats.schema import Schema
from slosmith.sli.template import Parameter, Template
from slosmith.workspace import LoadedWorkspace


def project_schema(loaded: LoadedWorkspace) -> dict[str, Any]:
    """The schema ``slosmith-v1`` with the names that the specs of ``loaded`` declare.

    The names are suggestions: other names stay valid, so that an editor with an older schema shows no false errors.
    `slosmith validate` reports names that do not exist.
    """
    schema: dict[str, Any] = copy.deepcopy(Schema("slosmith-v1").document())
    project = loaded.project
    schema["$id"] = f"urn:slosmith:schema:slosmith-v1:project:{project.name}"
    schema["title"] = f"slosmith/v1 of {project.name}"
    definitions = schema["$defs"]
    service = definitions["Service"]["properties"]
    services = {*loaded.declared_services, *(each.name for each in project.dependencies)}
    _suggest(service, "class", (each.name for each in loaded.classes))
    service["sites"]["items"] = _with_names(
        {"$ref": "#/$defs/name"}, (each.name for each in project.sites if each.covered)
    )
    for kind in definitions["dependencies"]["properties"].values():
        kind["items"] = _with_names({"$ref": "#/$defs/name"}, services)
    _suggest(definitions["alerting"]["properties"], "catalogue", (each.name for each in project.catalogues))
    _suggest(definitions["period"]["properties"], "calendar", (each.name for each in project.calendars))
    source = definitions["indicatorSource"]
    _suggest(source["properties"], "template", loaded.library.names())
    source["allOf"] = [_parameters(loaded.library.templates[name]) for name in loaded.library.names()]
    return schema


def _suggest(properties: dict[str, Any], key: str, names: Iterable[str]) -> None:
    """Add names to a property that is a reference."""
    property = properties[key]
    reference = property.pop("$ref")
    property.update(_with_names({"$ref": reference}, names))


def _with_names(other: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    known = sorted(set(names))
    return {"anyOf": [{"enum": known}, dict(other)]} if known else dict(other)


def _parameters(template: Template) -> dict[str, Any]:
    """The parameters of a template, for specs that name it."""
    described = {name: _parameter(parameter) for name, parameter in template.parameters.items()}
    return {
        "if": {"properties": {"template": {"const": template.name}}, "required": ["template"]},
        "then": {"properties": {"with": {"properties": described}}},
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    described: dict[str, Any] = {"description": parameter.description}
    if parameter.default is not None:
        described["default"] = parameter.default
    if parameter.choices:
        described["anyOf"] = [{"enum": list(parameter.choices)}, {"type": "string"}]
        described["description"] += "".join(f"\n- {name}: {meaning}" for name, meaning in parameter.choices.items())
    return described
