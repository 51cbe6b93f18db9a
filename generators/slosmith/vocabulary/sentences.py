"""An objective in words, for rules, dashboards and explanations.

The words for a threshold depend on what is measured: speed, age, or the value of a gauge.
"""

from __future__ import annotations

from slosmith.model import Freshness, GaugeThreshold, Slo
from slosmith.vocabulary.numbers import percent_exact


def objective(slo: Slo, *, calendar: str | None = None) -> str:
    """The objective without subject and full stop: ``98% of events are answered within 500ms, over 28d and over each
    reporting period (slo-quarter)``. ``calendar`` replaces the name of the calendar, for example with an escaped name.
    """
    text = f"{_share(slo)} {kept(slo)}, over {slo.period.rolling.in_days}"
    if slo.period.calendar is not None:
        text += f" and over each reporting period ({calendar or slo.period.calendar.name})"
    return text


def objective_in_brief(slo: Slo) -> str:
    """The objective for a comment: ``98% of events are good within 500ms, over the last 28d and each ...``."""
    text = f"{_share(slo)} good{limit(slo)}, over the last {slo.period.rolling.in_days}"
    calendar = slo.period.calendar
    return text if calendar is None else f"{text} and each reporting period ({calendar.name})"


def _share(slo: Slo) -> str:
    return f"{percent_exact(slo.objective.target_ratio)} {'of events are' if slo.counts_events else 'is'}"


def kept(slo: Slo) -> str:
    """The property of a good event: ``answered within 500ms``. ``good`` if the objective has no threshold."""
    said = slo.objective.threshold_text
    if not said:
        return "good"
    match slo.indicator:
        case GaugeThreshold(op=op):
            return f"good (at {'most' if op in ('<', '<=') else 'least'} {said})"
        case Freshness():
            return f"good (at most {said} old)"
    return f"answered within {said}"


def limit(slo: Slo) -> str:
    """The threshold, written after a target: `` within 500ms``. Empty if the objective has no threshold."""
    said = slo.objective.threshold_text
    least = isinstance(slo.indicator, GaugeThreshold) and slo.indicator.op in (">", ">=")
    return f" {'above' if least else 'within'} {said}" if said else ""


def broken(slo: Slo) -> str:
    """The property of a bad event, written after "was" or "be": ``slower than 500ms``. ``bad`` without a threshold."""
    objective = slo.objective
    if objective.threshold is None:
        return "bad"
    match slo.indicator:
        case GaugeThreshold(op=op):
            words = "above" if op in ("<", "<=") else "below"
        case Freshness():
            words = "older than"
        case _:
            words = "slower than"
    if objective.measured_threshold is None:
        return f"{words} {objective.threshold}"
    return f"{words} {objective.measured_threshold} (measured in place of {objective.threshold})"
