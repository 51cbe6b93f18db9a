"""Metrics that templates describe: labels, units and bucket boundaries by metric name, for indicators of any making."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from slosmith.policy.context import Context

_SUFFIXES = ("_bucket", "_count", "_sum")


class KnownMetric(msgspec.Struct, frozen=True):
    """What is known of a metric; ``labels`` and ``buckets`` are empty where nothing is. Buckets are in ``unit``."""

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
    """What ``template``, or else any template, says about a metric; None when none knows it."""
    index = context.memo("known metrics", lambda: _index(context))
    for name in (metric, base_name(metric)):
        found = index.get((template, name)) or index.get(("", name))
        if found is not None:
            return found
    return None


def _index(context: Context) -> dict[tuple[str, str], KnownMetric]:
    found: dict[tuple[str, str], KnownMetric] = {}
    for template in context.templates.templates.values():
        for name, metric in template.metrics.items():
            known = KnownMetric(
                template.name, metric.unit, frozenset(metric.labels), tuple(sorted(map(Decimal, metric.buckets)))
            )
            found[template.name, name] = known
            general = found.get(("", name))
            if general is not None:
                # two templates describe one metric: what either knows may be there
                labels = general.labels | known.labels if general.labels and known.labels else frozenset()
                buckets = general.buckets if general.buckets == known.buckets else ()
                known = KnownMetric(general.template, general.unit, labels, buckets)
            found["", name] = known
    return found
