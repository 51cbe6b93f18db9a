"""The number of bad events that an alert on burn rates needs in its long window, so that single errors do not fire it.

The adaptive floor grows with the number that a service would have if it just met its objective: m = (1 - target) x
events in the window (or threshold x events, if a tier's threshold is lower). An alert needs

    bad + 2.5 >= (sqrt(m) + 2)^2,    which is    bad >= 1.5 + m + 4 x sqrt(m)

These are two bad events where hardly any event comes, three around m = 0.05, and four standard deviations above m where
there are many (a Poisson number with mean m has the standard deviation sqrt(m)). The root makes deviations of small
numbers as rare as those of large ones: Anscombe, "The transformation of Poisson, binomial and negative-binomial data",
Biometrika 35 (1948). The two constants are those with the most incidents found, among floors with no more false pages
than a constant minimum of 5 (bench/alerting).
"""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal, localcontext
from fractions import Fraction

import msgspec

from slosmith.model import Slo
from slosmith.vocabulary.numbers import EXACT

DEVIATIONS = 2
"""Half of the standard deviations: the root of a Poisson number deviates by 1/2."""
SHIFT = Decimal("2.5")

BUDGET_MINIMUM = Decimal(5)
"""The number of bad events that an alert on a spent budget needs, if the floor is adaptive."""

_NUMBER = Decimal | Fraction | int


class Floor(msgspec.Struct, frozen=True):
    """The number of bad events that an alert needs in its long window. ``constant`` is None for the adaptive floor.
    0 is no floor.
    """

    allowed_ratio: Decimal
    """The share of bad events that is usual, 0..1: the error budget, or a lower threshold of a tier."""
    constant: Decimal | None

    def __bool__(self) -> bool:
        return self.constant != 0

    @property
    def adaptive(self) -> bool:
        """Whether it grows with the events of the window."""
        return self.constant is None

    @property
    def least(self) -> Decimal:
        """The number of bad events that is needed with hardly any events in the window."""
        return DEVIATIONS * DEVIATIONS - SHIFT if self.constant is None else self.constant

    @property
    def fewest(self) -> Decimal:
        """The least number of whole bad events with which an alert can fire."""
        return self.least if self.constant is not None else self.least.to_integral_value(ROUND_CEILING)

    def below(self, threshold_ratio: Decimal) -> Floor:
        """The floor of a tier with this threshold: a tier that is to fire below the budget can."""
        return Floor(min(self.allowed_ratio, threshold_ratio), self.constant)

    def needed(self, events: _NUMBER) -> Decimal:
        """The number of bad events that is needed with ``events`` in the long window."""
        if self.constant is not None:
            return self.constant
        with localcontext(EXACT):
            allowed = self.allowed_ratio * Decimal(Fraction(events).numerator) / Fraction(events).denominator
            return (allowed.sqrt() + DEVIATIONS) ** 2 - SHIFT

    @property
    def alone(self) -> Decimal:
        """The number of bad events that is enough if all events are bad: b with b = needed(b)."""
        if self.constant is not None:
            return self.constant
        # with x = sqrt(b): x^2 + 2.5 = (x sqrt(allowed) + 2)^2
        with localcontext(EXACT):
            allowed = self.allowed_ratio
            slope, rest = DEVIATIONS * allowed.sqrt(), (1 - allowed) * (DEVIATIONS * DEVIATIONS - SHIFT)
            return ((slope + (slope * slope + rest).sqrt()) / (1 - allowed)) ** 2


def floor(slo: Slo) -> Floor:
    """The floor of the SLO's alerts on burn rates. A ratio without events has none."""
    budget = slo.objective.error_budget_ratio
    if slo.alerting is None or not slo.counts_events:
        return Floor(budget, Decimal(0))
    minimum = slo.alerting.minimum_bad_events
    return Floor(budget, None if minimum == "adaptive" else minimum)


def budget_minimum(slo: Slo) -> Decimal:
    """The number of bad events that an alert on a spent budget needs in the period: a period has more events than a
    window, and a budget that is spent is spent.
    """
    found = floor(slo)
    return BUDGET_MINIMUM if found.constant is None else found.constant
