"""Metrics that templates describe: labels, units and bucket boundaries by metric name, for all indicators."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from slosmith.policy.context import Context
from slosmith.sli.template import Template

_SUFFIXES = ("_bucket", "_count", "_sum")


class KnownMetric(msgspec.Struct, frozen=True):
    """A metric as templates describe it. Empty ``labels`` or ``buckets`` are not known. Buckets are in ``unit``."""

    template: str
    unit: str
    labels: frozenset[str]
    buckets: tuple[Decimal, ...]


def base_name(metric: str) -> str:
    """A histogram's name without the suffix of its series."""
    for suffix in _SUFFIXES:
        if metric.endswith(suffix):
            return metric.removesuffix(suffix)
    return metric


def known_metric(metric: str, context: Context, template: str = "") -> KnownMetric | None:
    """The metric as ``template`` describes it, or else any template; None if none does.

    The other templates are read only if the SLO's own template does not have the metric. Most specs do not need them.
    """
    own = context.memo(("metrics of", template), lambda: _of(context.templates.get(template))) if template else {}
    for name in (metric, base_name(metric)):
        if name in own:
            return own[name]
    index = context.memo("known metrics", lambda: _index(context))
    return index.get(metric) or index.get(base_name(metric))


def _of(template: Template | None) -> dict[str, KnownMetric]:
    if template is None:
        return {}
    return {
        name: KnownMetric(
            template.name, metric.unit, frozenset(metric.labels), tuple(sorted(map(Decimal, metric.buckets)))
        )
        for name, metric in template.metrics.items()
    }


def _index(context: Context) -> dict[str, KnownMetric]:
    """All metrics of all templates. Two descriptions of one metric are merged."""
    found: dict[str, KnownMetric] = {}
    for template in context.templates.templates.values():
        for name, known in _of(template).items():
            other = found.get(name)
            if other is not None:
                labels = other.labels | known.labels if other.labels and known.labels else frozenset()
                buckets = other.buckets if other.buckets == known.buckets else ()
                known = KnownMetric(other.template, other.unit, labels, buckets)
            found[name] = known
    return found
