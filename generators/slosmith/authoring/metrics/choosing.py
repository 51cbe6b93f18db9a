"""Values of labels that mean a service, by its name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from slosmith.promql import quote
from slosmith.sli.template import Reference, Template


def choose(values: Sequence[str], name: str) -> str | None:
    """The value that is the service's: its name, the only one, or the only one that has the name in it."""
    if name in values:
        return name
    if len(values) == 1:
        return values[0]
    near = [value for value in values if is_name(value, name)]
    return near[0] if len(near) == 1 else None


def is_name(value: str, name: str) -> bool:
    """Whether a value is the name of the service, or has it as a word in it (``shop-checkout-main``)."""
    return re.search(rf"(^|[^A-Za-z0-9]){re.escape(name)}(\Z|[^A-Za-z0-9])", value) is not None


def job_matcher(values: Sequence[str], name: str) -> str | None:
    """The matcher on ``job``; None if no value is the service's."""
    picked = choose(values, name)
    return f"job={quote(picked)}" if picked is not None else None


def labels_of_parameters(template: Template) -> dict[str, list[tuple[str, str]]]:
    """Each parameter that selects series by one label -> the metrics and labels that it is compared with."""
    found: dict[str, list[tuple[str, str]]] = {}
    for indicator in template.indicators.values():
        for select in indicator.select:
            metric = _name(template, select.metric)
            for matcher in select.match:
                label = _name(template, matcher.label)
                plain = matcher.parameter is not None and not matcher.prefix and not matcher.suffix
                if plain and matcher.op in ("=", "=~") and metric and label:
                    assert matcher.parameter is not None
                    places = found.setdefault(matcher.parameter, [])
                    if (metric, label) not in places:
                        places.append((metric, label))
    return found


def _name(template: Template, written: str | Reference) -> str:
    """A name of a metric or label; for a parameter its default."""
    if isinstance(written, str):
        return written
    default = template.parameters[written.parameter].default
    return default if isinstance(default, str) else ""
