"""The expected results of a test: label sets, rounded numbers, rendered alert texts."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from slosmith.model import Duration, Labels, Slo
from slosmith.model.rule_tests import QueryTest, Sample
from slosmith.model.rules import AlertingRule
from slosmith.promql import literal_regex, quote
from slosmith.vocabulary import names
from slosmith.vocabulary.numbers import exact

# Their inverses are exact floating-point numbers. A coarse one is used if a value lies between two steps of a finer
# one.
_PRECISIONS = (Fraction(1, 1_000_000), Fraction(1, 10_000), Fraction(1, 1000), Fraction(1, 100), Fraction(1))

Groups = tuple[Labels, ...]


def series(metric: str, labels: Iterable[tuple[str, str]] = ()) -> str:
    """A series as promtool reads it. With an empty ``metric``, only the labels."""
    return f"{metric}{{{', '.join(f'{name}={quote(value)}' for name, value in labels)}}}"


def label_groups(slo: Slo) -> Groups:
    """The label sets of ``group_by`` in tests: the first has the scenario, the second must not be affected by it.
    Without ``group_by``, one empty set.
    """
    if not slo.group_by:
        return ((),)
    return tuple(tuple((label, f"{label}-{which}") for label in slo.group_by) for which in ("a", "b"))


def identity(slo: Slo) -> Labels:
    """The identity labels, which every recorded series has."""
    return ((names.ID, slo.id), (names.SERVICE, slo.service), (names.SLO, slo.name))


def public(slo: Slo, *more: tuple[str, str]) -> Labels:
    """All labels of a recording that people read: identity, the user's labels, the revision, and ``more``."""
    own = {**dict(slo.labels), **({names.REVISION: slo.revision} if slo.revision else {})}
    return tuple(sorted({**own, **dict(more), **dict(identity(slo))}.items()))


def one_of(values: Iterable[str]) -> str:
    """A regex that matches exactly these values."""
    return "|".join(sorted(literal_regex(value) for value in values))


def rounded(value: Fraction, precision: Fraction) -> str | None:
    """The result of PromQL's ``round(value, precision)``. None if a rounding error could change it."""
    scaled = value / precision + Fraction(1, 2)
    whole = math.floor(scaled)
    if min(scaled - whole, whole + 1 - scaled) < Fraction(1, 1000):
        return None
    return decimal(whole * Decimal(precision.numerator) / Decimal(precision.denominator))


def decimal(value: Decimal) -> str:
    """A plain literal without trailing zeros."""
    text = exact(value)
    return "0" if text == "-0" else text


def round_query(selector: str, at: Duration, values: Iterable[tuple[Labels, Fraction]], *comment: str) -> QueryTest:
    """A query of the series of ``selector``, rounded, because rounding errors differ between Prometheus versions."""
    found = list(values)
    for precision in _PRECISIONS:
        texts = [rounded(value, precision) for _, value in found]
        if None not in texts:
            break
    samples = tuple(
        Sample(series("", labels), text) for (labels, _), text in zip(found, texts, strict=True) if text is not None
    )
    nearest = decimal(Decimal(precision.numerator) / Decimal(precision.denominator))
    return QueryTest(f"round({selector}, {nearest})", at, samples, comment)


def states_of(
    slo: Slo,
    alerts: Iterable[AlertingRule],
    states: Iterable[tuple[AlertingRule, str | None]],
    at: Duration,
    *comment: str,
) -> QueryTest:
    """A query: the states (:mod:`.states`) of some alerts for the first group of the SLO. An alert whose state is None
    is not asked for. All ``alerts`` have the same name.
    """
    (name,) = {rule.alert for rule in alerts}
    known = [(rule, state) for rule, state in states if state is not None]
    own = series(names.ALERTS, ((names.ALERT_NAME, name), (names.ID, slo.id)))
    by = ", ".join((names.ALERT_STATE, names.TIER, *slo.group_by))
    chosen = f"{own[:-1]}, {names.TIER}=~{quote(one_of({_tier(rule) for rule, _ in known}))}}}"
    group = label_groups(slo)[0]
    counts = Counter(((names.ALERT_STATE, state), (names.TIER, _tier(rule)), *group) for rule, state in known if state)
    samples = tuple(Sample(series("", labels), str(count)) for labels, count in sorted(counts.items()))
    return QueryTest(f"count by ({by}) ({chosen})", at, samples, comment)


def _tier(rule: AlertingRule) -> str:
    """The value of the label that distinguishes alerts of one name in tests. A spec may set another value than ours."""
    return dict(rule.labels)[names.TIER]


_PLACEHOLDER = re.compile(r"\{\{\s*(\$labels\.\w+|\$externalLabels\.\w+|\$value\s*\|\s*humanizePercentage)\s*\}\}")


def render(template: str, labels: Mapping[str, str], value: float, known: Mapping[str, str] = {}) -> str | None:
    """An alert's label or annotation as promtool shows it, without external labels. None for a template that slosmith
    does not write itself.

    ``known`` has parts of templates and their text, for templates with queries.
    """
    for part, shown in known.items():
        template = template.replace(part, shown)

    def fill(match: re.Match[str]) -> str:
        inner = match[1]
        if inner.startswith("$labels."):
            return labels.get(inner.removeprefix("$labels."), "")
        return "" if inner.startswith("$external") else f"{value * 100:.4g}%"

    text = _PLACEHOLDER.sub(fill, template)
    return None if "{{" in text else text


def rendered_alert(
    rule: AlertingRule, series_labels: Labels, value: float, known: Mapping[str, str] = {}
) -> tuple[Labels, Labels] | None:
    """Labels and annotations of a firing alert. None if :func:`render` cannot render one of them."""
    own = dict(series_labels)
    labels = [(name, render(text, own, value)) for name, text in rule.labels]
    annotations = [(name, render(text, own, value, known)) for name, text in rule.annotations]
    if any(text is None for _, text in (*labels, *annotations)):
        return None
    merged = {**own, **{name: text or "" for name, text in labels}}
    return (
        tuple(sorted((name, text) for name, text in merged.items() if text)),
        tuple((name, text or "") for name, text in annotations),
    )
