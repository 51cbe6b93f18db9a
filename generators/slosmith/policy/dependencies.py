"""The highest target that a service can keep: the product of the targets of its hard dependencies.

Source: the service is down while one of them is down. If failures are independent, availabilities multiply.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from slosmith.model import Dependency, Slo
from slosmith.policy.context import Context
from slosmith.vocabulary.numbers import percent_exact


class Limit(msgspec.Struct, frozen=True):
    """The product of the known targets, 0..1, and the factors by name."""

    ratio: Decimal
    factors: tuple[tuple[str, Decimal], ...]

    @property
    def words(self) -> str:
        """The product as a text: ``mw-api 99.9% x store 99.5% = 99.4005%``."""
        parts = [f"{name} {percent_exact(ratio)}" for name, ratio in self.factors]
        return parts[0] if len(parts) == 1 else f"{' x '.join(parts)} = {percent_exact(self.ratio)}"


def hard_limit(slo: Slo, context: Context) -> Limit | None:
    """The limit of an SLO's target. None if no hard dependency has a known target.

    The target of a dependency that is a service of the project is the lowest one of the same indicator at the same
    site.
    """
    product, factors = Decimal(1), []
    for dependency in context.service_of(slo).dependencies:
        known = _target(dependency, slo, context) if dependency.hard else None
        if known is not None:
            product *= known
            factors.append((dependency.name, known))
    return Limit(product, tuple(factors)) if factors else None


def _target(dependency: Dependency, slo: Slo, context: Context) -> Decimal | None:
    if not dependency.service:
        return dependency.target_ratio
    targets = [
        other.objective.target_ratio
        for service in context.services.get(dependency.name, ())
        for other in service.slos
        if other.indicator_name == slo.indicator_name and (slo.site is None or other.site in (None, slo.site))
    ]
    return min(targets, default=dependency.target_ratio)
