"""Alerting of one SLO: default < project < class < class objective < service < service objective."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from slosmith.formats.declarations import AlertingDeclaration
from slosmith.model import Alerting, Duration, Labels, Origin
from slosmith.resolve.catalogues import choose, windows_for
from slosmith.resolve.context import Context
from slosmith.settings import fill_text, url_values
from slosmith.vocabulary import names
from slosmith.vocabulary.links import ANNOTATIONS
from slosmith.vocabulary.names import DEFAULT_CATALOGUE

_REPLACED = (
    "name", "absent_name", "exhausted_name", "max_error_ratio", "minimum_bad_events", "absent_for", "absent_severity",
    "absent_severity_label", "page", "ticket",
    "absence", "exhaustion",
)  # fmt: skip
_MERGED = ("labels", "annotations", "page_labels", "page_annotations", "ticket_labels", "ticket_annotations")
_LABELS = ("labels", "page_labels", "ticket_labels")

_RESERVED = frozenset({"alertname", "le"})
"""Labels with a meaning in Prometheus: an alert's name, the bounds of a histogram."""
_OWN_LABELS = frozenset({
    *names.IDENTITY, names.WINDOW, names.VERSION, names.MODE, names.SPEC, names.OBJECTIVE, names.REVISION,
    names.SEVERITY, names.TIER, names.TEAM, names.CALENDAR, names.SITE, names.CLASS, names.INDICATOR, *_RESERVED,
})  # fmt: skip


def _check_templates(context: Context, texts: Labels, origin: Origin, subject: str) -> None:
    """Report templates that are not closed: Prometheus would refuse the whole file of rules."""
    for name, text in texts:
        if "{{" in _TEMPLATE.sub("", text):
            place = Origin(origin.kind, origin.file, (*origin.path, name), origin.document)
            message, hint = f"'{name}' holds a template that is not closed", "end it with }}"
            context.report("RES332", message, place, hint=hint, subject=subject)


def _check_names(context: Context, renamed: Labels, origins: Mapping[str, Origin], subject: str) -> None:
    """Report two annotations that would have the same name: one of them would be lost."""
    written: dict[str, str] = {}
    for own in ANNOTATIONS:
        name = dict(renamed).get(own, own)
        if name and name in written:
            message = f"the annotations '{written[name]}' and '{own}' would both be written as '{name}'"
            context.report(
                "RES336", message, origins["annotation_names"], hint="give one of them another name", subject=subject
            )
        written[name] = own


def placeholders(service: str, slo_class: str, indicator: str) -> dict[str, str]:
    """What is put into the placeholders of annotations: those of URLs, and the name of the indicator."""
    return url_values(service, slo_class) | {"indicator": indicator}


def merge_labels(*layers: Labels) -> Labels:
    """Label pairs of all layers, later ones winning, sorted by name. An empty value removes what was there."""
    merged: dict[str, str] = {}
    for layer in layers:
        merged.update(layer)
    return tuple(sorted((name, value) for name, value in merged.items() if value))


_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_VALUE = re.compile(r"\$value\b|\.Value\b")


def check_labels(
    context: Context, labels: Labels, origin: Origin, subject: str, allowed: frozenset[str], *, of_alerts: bool = False
) -> None:
    """Report labels that slosmith sets (identity, window, severity, ...) or Prometheus reserves (``__...``), and
    templates that do harm: Prometheus does not fill in templates in labels of recording rules. A label that holds an
    alert's value makes a new alert at every evaluation.
    """
    for label, value in labels:
        if "{{" in value and (not of_alerts or _VALUE.search(value)):
            place = Origin(origin.kind, origin.file, (*origin.path, label), origin.document)
            if of_alerts:
                message = f"the label '{label}' changes with the alert's value: it would be a new alert every time"
                hint = "write the value in an annotation"
            else:
                message = f"the label '{label}' holds a template, which recording rules do not fill in"
                hint = "write plain text; labels below `alerting:` may hold templates"
            context.report("RES332", message, place, hint=hint, subject=subject)
        if label.startswith("__") or (label in _OWN_LABELS and label not in allowed):
            place = Origin(origin.kind, origin.file, (*origin.path, label), origin.document)
            whose = "reserved by Prometheus" if label.startswith("__") or label in _RESERVED else "set by slosmith"
            hint = "choose another name" if label != names.TEAM else "set `team:` instead"
            context.report("RES319", f"the label '{label}' is {whose}", place, hint=hint, subject=subject, on_key=True)


def resolve_alerting(
    context: Context, layers: Sequence[AlertingDeclaration | None], subject: str, origins: dict[str, Origin],
    allowed_labels: frozenset[str], *, rolling: Duration | None = None, usual: str = DEFAULT_CATALOGUE,
    values: Mapping[str, str] = {},
) -> Alerting | None:  # fmt: skip
    """The alerting of one SLO; None if it is switched off. Adds the origin of each field to ``origins``.

    ``rolling`` is the period that the windows are for; None after a problem. ``usual`` is the catalogue if no layer
    names one.
    """
    fields: dict[str, Any] = {}
    disable = False
    for layer in layers:
        if layer is None:
            continue
        if layer.disable is not None:
            disable, origins["alerting"] = layer.disable, layer.at("disable")
        for field in _REPLACED:
            value = getattr(layer, field)
            if field in layer.removed:
                fields.pop(field, None)
                origins[field] = layer.at(field)
            elif value is not None:
                fields[field], origins[field] = value, layer.at(field)
        for field in _MERGED:
            value = getattr(layer, field)
            if value and layer.placeholders and field.endswith("annotations"):
                value = tuple((name, fill_text(text, values)) for name, text in value)
            if value:
                fields[field], origins[field] = merge_labels(fields.get(field, ()), value), layer.at(field)
                _check_templates(context, value, layer.at(field), subject)
                if field in _LABELS:
                    check_labels(context, value, layer.at(field), subject, allowed_labels, of_alerts=True)
        if layer.annotation_names:
            # a removed name stays: it says that the annotation is not written
            fields["annotation_names"] = tuple(
                sorted({**dict(fields.get("annotation_names", ())), **dict(layer.annotation_names)}.items())
            )
            origins["annotation_names"] = layer.at("annotation_names")
    _check_names(context, fields.get("annotation_names", ()), origins, subject)
    chosen = choose(context, layers, usual, subject)
    if chosen is None or rolling is None:
        return None
    origins["catalogue"] = chosen.origin
    if disable:
        return None
    if context.project.write_only == "recordings":
        fields.update(dict.fromkeys(("page", "ticket", "absence", "exhaustion"), False))
    windows = windows_for(context, chosen, rolling, origins.get("period", chosen.origin), subject)
    if not context.project.keep_firing_for:
        windows = tuple(msgspec.structs.replace(window, keep=None) for window in windows)
    return Alerting(catalogue=chosen.name, windows=windows, severities=context.project.severities, **fields)
