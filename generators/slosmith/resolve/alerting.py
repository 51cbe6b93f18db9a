"""Alerting of one SLO: default < project < class < class objective < service < service objective."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from slosmith.formats.declarations import AlertingDeclaration, CatalogueDeclaration
from slosmith.model import Alerting, BurnRateWindow, Duration, Labels, Origin
from slosmith.problems import Severity
from slosmith.problems.nearest import suggestion
from slosmith.resolve.context import Context
from slosmith.resolve.short_periods import SHORT, fitted, of_period, readable
from slosmith.schemes.registry import own_schemes, scheme
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
    fits: bool = False, values: Mapping[str, str] = {},
) -> Alerting | None:  # fmt: skip
    """The alerting of one SLO; None if it is switched off. Adds the origin of each field to ``origins``.

    ``rolling`` is the period that the catalogue has to fit. ``usual`` is the catalogue if no layer names one; with
    ``fits`` its windows are scaled to a short period.
    """
    fields: dict[str, Any] = {}
    disable = False
    windows: tuple[BurnRateWindow, ...] | None = None
    catalogue, catalogue_origin = usual, Origin("default")
    for layer in layers:
        if layer is None:
            continue
        if layer.disable is not None:
            disable, origins["alerting"] = layer.disable, layer.at("disable")
        if layer.windows is not None:
            windows, catalogue, catalogue_origin = layer.windows, "", layer.at("windows")
            if layer.windows_made_for is not None and rolling is not None:
                windows = of_period(windows, layer.windows_made_for, rolling)
        elif layer.catalogue is not None:
            windows, catalogue, catalogue_origin = None, layer.catalogue, layer.at("catalogue")
        elif "catalogue" in layer.removed:
            windows, catalogue, catalogue_origin = None, usual, layer.at("catalogue")
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
    origins["catalogue"] = catalogue_origin
    written: CatalogueDeclaration | None = None
    if windows is None:
        found = context.catalogues.get(catalogue)
        if found is None and context.is_broken("catalogue", catalogue):
            return None
        if found is None:
            hint = suggestion(catalogue, {*context.catalogues, *context.unread.get("catalogue", ())}, "catalogues")
            context.report(
                "RES302", f"there is no alert catalogue '{catalogue}'", catalogue_origin, hint=hint, subject=subject
            )
            return None
        if found.period is not None and rolling is not None and found.period != rolling:
            message = f"the alert catalogue '{catalogue}' is for {found.period.in_days}, not {rolling.in_days}"
            hint = "name another catalogue, or set the period"
            context.report("RES324", message, catalogue_origin, hint=hint, subject=subject)
        windows, written = found.windows, found
        named = any(layer is not None and layer.catalogue is not None for layer in layers)
        if fits and not named and found.period is None and rolling is not None and rolling < SHORT:
            windows = fitted(windows, rolling)
    if disable:
        return None
    if context.project.write_only == "recordings":
        fields.update(dict.fromkeys(("page", "ticket", "absence", "exhaustion"), False))
    shortest = context.scheme.shortest_window
    if shortest is not None:
        place = catalogue_origin if written is None else written.at("windows")
        windows = _readable(context, windows, shortest, place, subject)
    longest = max((window.long for window in windows), default=None)
    if rolling is not None and longest is not None and longest >= rolling:
        # also, both ratios (over the period and over the window) would be the same recording, written twice
        message = f"the longest alert window, {longest.in_days}, is not shorter than the period, {rolling.in_days}"
        hint = "name a catalogue with shorter windows, or set a longer period"
        context.report("RES331", message, origins.get("period", catalogue_origin), hint=hint, subject=subject)
    return Alerting(catalogue=catalogue, windows=windows, severities=context.project.severities, **fields)


def _readable(
    context: Context, windows: tuple[BurnRateWindow, ...], shortest: Duration, origin: Origin, subject: str
) -> tuple[BurnRateWindow, ...]:
    """The windows, none below ``shortest``: the scheme records rates over that time, and derives all other windows."""
    short = sorted({length for each in windows for length in (each.long, each.short) if length < shortest})
    if not short:
        return windows
    message = f"{context.scheme.title} read rates over {shortest}, so the window of {short[0]} becomes {shortest}"
    others = " or ".join(f"`rules: {name}`" for name in own_schemes() if scheme(name).shortest_window is None)
    hint = f"with {others} every window is read from the raw series, unchanged"
    context.report("RES333", message, origin, hint=hint, subject=subject, severity=Severity.NOTICE)
    return readable(windows, shortest)
