"""From a latency threshold to a histogram bucket."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from slosmith.model import Duration
from slosmith.sli.template_error import TemplateError, TemplateProblem

UNITS_PER_SECOND = {"seconds": Decimal(1), "milliseconds": Decimal(1000), "microseconds": Decimal(1_000_000)}


def bound_text(bound: Decimal) -> str:
    """A bucket bound as Prometheus 2 prints it in ``le``: the shortest plain digits (``500``, ``0.4``)."""
    text = f"{bound.normalize():f}"
    return "0" if text == "-0" else text


def in_duration(bound: Decimal, unit: str) -> str:
    """A bound in ``unit`` as a duration: ``400ms``, ``2.5s``, ``0.5ms``."""
    seconds = bound / UNITS_PER_SECOND[unit]
    return f"{bound_text(seconds)}s" if seconds >= 1 else f"{bound_text(seconds * 1000)}ms"


def in_unit(length: Duration, unit: str) -> Decimal:
    """``length`` in ``unit``, a key of UNITS_PER_SECOND."""
    return length.seconds * UNITS_PER_SECOND[unit]


def bucket_for(threshold: Duration, unit: str, known: Iterable[str], configured: Iterable[str] = ()) -> str:
    """The ``le`` of ``threshold`` in the metric's ``unit`` (a key of UNITS_PER_SECOND).

    ``configured`` are bounds of the histogram from the user; they replace the ``known`` defaults. Without both, every
    threshold is accepted. Raises TemplateError (threshold-not-a-bucket) naming both neighbours.
    """
    wanted = in_unit(threshold, unit)
    bounds = sorted(Decimal(bound) for bound in (tuple(configured) or tuple(known)))
    if bounds and wanted not in bounds:
        raise TemplateError(_not_a_bucket(wanted, bounds, unit))
    return bound_text(wanted)


def _not_a_bucket(wanted: Decimal, bounds: list[Decimal], unit: str) -> TemplateProblem:
    below = max((bound for bound in bounds if bound < wanted), default=None)
    above = min((bound for bound in bounds if bound > wanted), default=None)
    offers = []
    if below is not None:
        offers.append(f"{in_duration(below, unit)} (stricter: some requests that are fast enough count as bad)")
    if above is not None:
        offers.append(f"{in_duration(above, unit)} (looser: some requests that are too slow count as good)")
    return TemplateProblem(
        (),
        "threshold-not-a-bucket",
        f"{in_duration(wanted, unit)} is not a bucket of the histogram, so it cannot be measured",
        f"measure {' or '.join(offers)}",
    )
