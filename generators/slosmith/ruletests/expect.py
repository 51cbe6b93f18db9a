"""What a test expects: label sets, rounded numbers, rendered alert texts."""

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

# Their inverses are exact as floating-point numbers; coarser ones only where a value lies between two of the finer.
_PRECISIONS = (Fraction(1, 1_000_000), Fraction(1, 10_000), Fraction(1, 1000), Fraction(1, 100), Fraction(1))

Groups = tuple[Labels, ...]


def series(metric: str, labels: Iterable[tuple[str, str]] = ()) -> str:
    """A series as promtool reads it; with an empty ``metric`` just its labels."""
    return f"{metric}{{{', '.join(f'{name}={quote(value)}' for name, value in labels)}}}"


def label_groups(slo: Slo) -> Groups:
    """The label sets that tests feed for ``group_by``: one scenario, one bystander. Without it, one empty set."""
    if not slo.group_by:
        return ((),)
    return tuple(tuple((label, f"{label}-{which}") for label in slo.group_by) for which in ("a", "b"))


def identity(slo: Slo) -> Labels:
    """The identity labels, which every recorded series carries."""
    return ((names.ID, slo.id), (names.SERVICE, slo.service), (names.SLO, slo.name))


def public(slo: Slo, *more: tuple[str, str]) -> Labels:
    """All labels of a recording that is read from outside: identity, the user's, the revision, and ``more``."""
    own = {**dict(slo.labels), **({names.REVISION: slo.revision} if slo.revision else {})}
    return tuple(sorted({**own, **dict(more), **dict(identity(slo))}.items()))


def one_of(values: Iterable[str]) -> str:
    """A regex that matches exactly these values."""
    return "|".join(sorted(literal_regex(value) for value in values))


def rounded(value: Fraction, precision: Fraction) -> str | None:
    """``value`` as PromQL's ``round(value, precision)`` gives it; None where noise could push it to either side."""
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
    """The series of ``selector``, rounded: floating-point noise differs between Prometheus versions."""
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


def firing(
    slo: Slo,
    alerts: Iterable[AlertingRule],
    asked: Iterable[AlertingRule],
    fires: Iterable[AlertingRule],
    at: Duration,
    *comment: str,
) -> QueryTest:
    """Which of ``alerts``, which have one name, fire for the SLO's first group, of those that are ``asked`` about."""
    (name,) = {rule.alert for rule in alerts}
    firing = series(names.ALERTS, ((names.ALERT_NAME, name), (names.ALERT_STATE, "firing"), (names.ID, slo.id)))
    by = ", ".join((names.TIER, *slo.group_by))
    chosen = f"{firing[:-1]}, {names.TIER}=~{quote(one_of({_tier(rule) for rule in asked}))}}}"
    group = label_groups(slo)[0]
    counts = Counter(((names.TIER, _tier(rule)), *group) for rule in fires)
    samples = tuple(Sample(series("", labels), str(count)) for labels, count in sorted(counts.items()))
    return QueryTest(f"count by ({by}) ({chosen})", at, samples, comment)


def _tier(rule: AlertingRule) -> str:
    """The label by which tests tell the alerts of one name apart; a spec may say another than ours."""
    return dict(rule.labels)[names.TIER]


_PLACEHOLDER = re.compile(r"\{\{\s*(\$labels\.\w+|\$externalLabels\.\w+|\$value\s*\|\s*humanizePercentage)\s*\}\}")


def render(template: str, labels: Mapping[str, str], value: float) -> str | None:
    """An alert's label or annotation as promtool shows it (no external labels); None for templates beyond ours."""

    def fill(match: re.Match[str]) -> str:
        inner = match[1]
        if inner.startswith("$labels."):
            return labels.get(inner.removeprefix("$labels."), "")
        return "" if inner.startswith("$external") else f"{value * 100:.4g}%"

    text = _PLACEHOLDER.sub(fill, template)
    return None if "{{" in text else text


def rendered_alert(rule: AlertingRule, series_labels: Labels, value: float) -> tuple[Labels, Labels] | None:
    """Labels and annotations of a firing alert; None where a template is beyond :func:`render`."""
    own = dict(series_labels)
    labels = [(name, render(text, own, value)) for name, text in rule.labels]
    annotations = [(name, render(text, own, value)) for name, text in rule.annotations]
    if any(text is None for _, text in (*labels, *annotations)):
        return None
    merged = {**own, **{name: text or "" for name, text in labels}}
    return (
        tuple(sorted((name, text) for name, text in merged.items() if text)),
        tuple((name, text or "") for name, text in annotations),
    )
