"""What an objective's threshold means in words, which depends on what is measured: speed, age, or a gauge's value."""

from __future__ import annotations

from slosmith.model import Freshness, GaugeThreshold, Slo


def kept(slo: Slo) -> str:
    """What a good event does: ``answered within 500ms``; ``good`` where the objective has no threshold."""
    said = slo.objective.threshold_said
    if not said:
        return "good"
    match slo.indicator:
        case GaugeThreshold(op=op):
            return f"good (at {'most' if op in ('<', '<=') else 'least'} {said})"
        case Freshness():
            return f"good (at most {said} old)"
    return f"answered within {said}"


def limit(slo: Slo) -> str:
    """The threshold behind a target: `` within 500ms``; empty where the objective has none."""
    said = slo.objective.threshold_said
    least = isinstance(slo.indicator, GaugeThreshold) and slo.indicator.op in (">", ">=")
    return f" {'above' if least else 'within'} {said}" if said else ""


def broken(slo: Slo) -> str:
    """What a bad event is, after "was" or "be": ``slower than 500ms``; ``bad`` where there is no threshold."""
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
    return f"{words} {objective.measured_threshold} (measured for the promised {objective.threshold})"
